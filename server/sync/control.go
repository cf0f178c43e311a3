package sync

import (
	"libslapi/server/ber"
	"libslapi/server/wire"
)

// Object identifiers of RFC 4533 and of draft-ietf-ldapext-psearch.
const (
	ControlSyncRequest = "1.3.6.1.4.1.4203.1.9.1.1"
	ControlSyncState   = "1.3.6.1.4.1.4203.1.9.1.2"
	ControlSyncDone    = "1.3.6.1.4.1.4203.1.9.1.3"
	MessageSyncInfo    = "1.3.6.1.4.1.4203.1.9.1.4"

	ControlPersistentSearch = "2.16.840.1.113730.3.4.3"
	ControlEntryChange      = "2.16.840.1.113730.3.4.7"
)

// RefreshRequired is the result code e-syncRefreshRequired.
const RefreshRequired wire.ResultCode = 4096

// Mode of a Sync Request.
type Mode int

const (
	RefreshOnly       Mode = 1
	RefreshAndPersist Mode = 3
)

// EntryState is the state of a Sync State control.
type EntryState int

const (
	Present EntryState = iota
	Add
	Modify
	Delete
)

// Request is a syncRequestValue.
type Request struct {
	Mode       Mode
	Cookie     []byte
	HasCookie  bool
	ReloadHint bool
}

// DecodeRequest reads a syncRequestValue (RFC 4533 section 2.2).
func DecodeRequest(value []byte) (Request, bool) {
	cur := ber.NewCursor(value)
	seq := cur.Enter(ber.TagSequence)
	r := Request{Mode: Mode(seq.Enum())}
	if seq.More() && seq.Tag() == ber.TagOctetString {
		r.Cookie, r.HasCookie = append([]byte(nil), seq.OctetString()...), true
	}
	if seq.More() && seq.Tag() == ber.TagBoolean {
		r.ReloadHint = seq.Bool()
	}
	ok := seq.Err() == nil && cur.Err() == nil && !seq.More()
	return r, ok && (r.Mode == RefreshOnly || r.Mode == RefreshAndPersist)
}

// EncodeRequest is the opposite of DecodeRequest.
func EncodeRequest(r Request) []byte {
	b := ber.NewBuilder(nil)
	m := b.Begin(ber.TagSequence)
	b.Enum(ber.TagEnumerated, int64(r.Mode))
	if r.HasCookie {
		b.OctetString(ber.TagOctetString, r.Cookie)
	}
	if r.ReloadHint {
		b.Bool(ber.TagBoolean, true)
	}
	b.End(m)
	return b.Bytes()
}

// StateControl is the Sync State control of an entry or reference; cookie nil
// leaves the cookie out (RFC 4533 section 2.3).
func StateControl(state EntryState, id UUID, cookie []byte) wire.Control {
	b := ber.NewBuilder(make([]byte, 0, 32+len(cookie)))
	m := b.Begin(ber.TagSequence)
	b.Enum(ber.TagEnumerated, int64(state))
	b.OctetString(ber.TagOctetString, id[:])
	if cookie != nil {
		b.OctetString(ber.TagOctetString, cookie)
	}
	b.End(m)
	return wire.Control{OID: ControlSyncState, HasValue: true, Value: b.Bytes()}
}

// DoneControl is the Sync Done control (RFC 4533 section 2.4).
func DoneControl(cookie []byte, refreshDeletes bool) wire.Control {
	b := ber.NewBuilder(nil)
	m := b.Begin(ber.TagSequence)
	if cookie != nil {
		b.OctetString(ber.TagOctetString, cookie)
	}
	if refreshDeletes {
		b.Bool(ber.TagBoolean, true)
	}
	b.End(m)
	return wire.Control{OID: ControlSyncDone, HasValue: true, Value: b.Bytes()}
}

// InfoNewCookie is the value of a Sync Info message that brings a cookie
// (RFC 4533 section 2.5).
func InfoNewCookie(cookie []byte) []byte {
	b := ber.NewBuilder(nil)
	b.OctetString(0x80, cookie)
	return b.Bytes()
}

// InfoRefreshDone is the value of the Sync Info message that ends the delete
// phase (deletes) or the present phase, and with it the refresh stage.
func InfoRefreshDone(deletes bool, cookie []byte) []byte {
	tag := 0xa2
	if deletes {
		tag = 0xa1
	}
	b := ber.NewBuilder(nil)
	m := b.Begin(tag)
	if cookie != nil {
		b.OctetString(ber.TagOctetString, cookie)
	}
	b.End(m) // refreshDone is TRUE by default
	return b.Bytes()
}

// InfoIDSet is the value of a syncIdSet: entries that are present, or with
// deletes entries that are no longer. cookie may be nil.
func InfoIDSet(deletes bool, ids []UUID, cookie []byte) []byte {
	b := ber.NewBuilder(make([]byte, 0, 16+18*len(ids)+len(cookie)))
	m := b.Begin(0xa3)
	if cookie != nil {
		b.OctetString(ber.TagOctetString, cookie)
	}
	if deletes {
		b.Bool(ber.TagBoolean, true)
	}
	set := b.Begin(ber.TagSet)
	for i := range ids {
		b.OctetString(ber.TagOctetString, ids[i][:])
	}
	b.End(set)
	b.End(m)
	return b.Bytes()
}

// Change types of a persistent search.
const (
	ChangeAdd    = 1
	ChangeDelete = 2
	ChangeModify = 4
	ChangeModDN  = 8
)

// Persistent is the value of a Persistent Search control.
type Persistent struct {
	Types       int
	ChangesOnly bool
	ReturnECs   bool
}

// DecodePersistent reads it.
func DecodePersistent(value []byte) (Persistent, bool) {
	cur := ber.NewCursor(value)
	seq := cur.Enter(ber.TagSequence)
	p := Persistent{Types: int(seq.Int())}
	p.ChangesOnly = seq.Bool()
	p.ReturnECs = seq.Bool()
	return p, seq.Err() == nil && cur.Err() == nil && p.Types > 0 && p.Types <= 15
}

// EntryChangeControl is the Entry Change Notification: previous is the name
// before a modDN, "" else.
func EntryChangeControl(kind int, previous string) wire.Control {
	b := ber.NewBuilder(nil)
	m := b.Begin(ber.TagSequence)
	b.Enum(ber.TagEnumerated, int64(kind))
	if kind == ChangeModDN {
		b.String(ber.TagOctetString, previous)
	}
	b.End(m)
	return wire.Control{OID: ControlEntryChange, HasValue: true, Value: b.Bytes()}
}
