package syncrepl

import (
	"bytes"
	"fmt"
)

// Object identifiers and numbers of RFC 4533 section 2 and 6.
const (
	oidSyncRequest = "1.3.6.1.4.1.4203.1.9.1.1"
	oidSyncState   = "1.3.6.1.4.1.4203.1.9.1.2"
	oidSyncDone    = "1.3.6.1.4.1.4203.1.9.1.3"
	oidSyncInfo    = "1.3.6.1.4.1.4203.1.9.1.4"
	oidManageDsaIT = "2.16.840.1.113730.3.4.2"
	oidCancel      = "1.3.6.1.1.8"

	codeRefreshRequired = 4096
	codeCanceled        = 118
)

type messageKind int

const (
	kindEntry messageKind = iota
	kindReference
	kindNewCookie      // Sync Info [0]
	kindRefreshDelete  // [1]
	kindRefreshPresent // [2]
	kindIDSet          // [3]
	kindDone
	kindOther // an intermediate response that is not Sync Info
)

type syncState int

const (
	statePresent syncState = iota
	stateAdd
	stateModify
	stateDelete
)

// message is one message of the server to the search, decoded.
type message struct {
	kind messageKind

	entry *Entry // kindEntry; for kindReference only the UUID
	state syncState

	cookie    string
	hasCookie bool

	refreshDone    bool // of refreshDelete and refreshPresent
	refreshDeletes bool // of syncIdSet and Sync Done
	ids            []UUID

	urls     []string // of a reference or a referral
	code     int
	matched  string
	text     string
	syncDone bool // the Sync Done control was there
	size     int
}

func malformed(format string, args ...any) error {
	return &ProtocolError{Reason: fmt.Sprintf(format, args...)}
}

// maxIDs bounds a syncIdSet; slapd sends 256 at a time.
const maxIDs = 1 << 20

// parseMessage decodes an LDAPMessage that answers the search.
func parseMessage(b []byte) (*message, error) {
	m := &message{size: len(b)}
	outer := cursor{b: b}
	c := outer.in(0x30)
	c.integer(0x02)
	op, body := c.next()
	if c.bad || outer.bad {
		return nil, malformed("undecodable message")
	}
	var controls *cursor
	if c.peek() == 0xa0 {
		in := c.in(0xa0)
		controls = &in
	}
	in := cursor{b: body}
	var err error
	switch op {
	case 0x64:
		err = m.parseEntry(&in)
	case 0x73:
		m.kind = kindReference
		for !in.empty() {
			m.urls = append(m.urls, string(in.want(0x04)))
		}
		m.entry = &Entry{}
	case 0x65:
		m.parseResult(&in)
	case 0x79:
		err = m.parseIntermediate(&in)
	default:
		err = malformed("answer with the tag %#x to a search", op)
	}
	if err == nil && in.bad {
		err = malformed("undecodable answer to a search")
	}
	if err == nil && controls != nil {
		err = m.parseControls(controls)
	}
	if err == nil && m.kind == kindEntry && m.state < 0 {
		err = malformed("the entry %q comes without a Sync State control", m.entry.DN)
	}
	return m, err
}

func (m *message) parseEntry(in *cursor) error {
	m.kind = kindEntry
	m.state = -1
	m.entry = &Entry{DN: string(in.want(0x04))}
	attrs := in.in(0x30)
	for !attrs.empty() {
		one := attrs.in(0x30)
		a := Attribute{Name: string(one.want(0x04))}
		set := one.in(0x31)
		for !set.empty() {
			// Copied together below: the record must not hold on to the message.
			a.Values = append(a.Values, set.want(0x04))
		}
		if one.bad || set.bad || a.Name == "" {
			return malformed("undecodable attribute in the entry %q", m.entry.DN)
		}
		m.entry.Attributes = append(m.entry.Attributes, a)
	}
	if attrs.bad {
		return malformed("undecodable entry %q", m.entry.DN)
	}
	for _, a := range m.entry.Attributes {
		for i := range a.Values {
			a.Values[i] = bytes.Clone(a.Values[i])
			if a.Values[i] == nil {
				a.Values[i] = []byte{}
			}
		}
	}
	return nil
}

func (m *message) parseResult(in *cursor) {
	m.kind = kindDone
	m.code = int(in.integer(0x0a))
	m.matched = string(in.want(0x04))
	m.text = string(in.want(0x04))
	if in.peek() == 0xa3 {
		refs := in.in(0xa3)
		for !refs.empty() {
			m.urls = append(m.urls, string(refs.want(0x04)))
		}
		in.bad = in.bad || refs.bad
	}
}

// parseIntermediate reads an IntermediateResponse (RFC 4511 section 4.13); only
// the Sync Info message is of interest.
func (m *message) parseIntermediate(in *cursor) error {
	m.kind = kindOther
	var name string
	var value []byte
	for !in.empty() {
		switch tag, b := in.next(); tag {
		case 0x80:
			name = string(b)
		case 0x81:
			value = b
		}
	}
	if name != oidSyncInfo || in.bad {
		return nil
	}
	v := cursor{b: value}
	switch v.peek() {
	case 0x80:
		m.kind = kindNewCookie
		m.setCookie(v.want(0x80), true)
	case 0xa1, 0xa2:
		m.kind = kindRefreshDelete
		if v.peek() == 0xa2 {
			m.kind = kindRefreshPresent
		}
		s := v.in(v.peek())
		m.setCookie(s.optional())
		m.refreshDone = s.boolean(true)
		v.bad = v.bad || s.bad
	case 0xa3:
		m.kind = kindIDSet
		s := v.in(0xa3)
		m.setCookie(s.optional())
		m.refreshDeletes = s.boolean(false)
		set := s.in(0x31)
		for !set.empty() {
			id, err := parseUUID(set.want(0x04))
			if err != nil {
				return err
			}
			if m.ids = append(m.ids, id); len(m.ids) > maxIDs {
				return malformed("a syncIdSet of more than %d UUIDs", maxIDs)
			}
		}
		v.bad = v.bad || s.bad || set.bad
	default:
		return malformed("Sync Info message of unknown form")
	}
	if v.bad {
		return malformed("undecodable Sync Info message")
	}
	return nil
}

func parseUUID(b []byte) (UUID, error) {
	if len(b) != 16 {
		return UUID{}, malformed("a UUID of %d octets", len(b))
	}
	return UUID(b), nil
}

// setCookie notes a cookie. An empty one says nothing; slapd sends it when it
// has no state to give.
func (m *message) setCookie(b []byte, there bool) {
	if there && len(b) > 0 {
		m.cookie, m.hasCookie = string(b), true
	}
}

func (m *message) parseControls(list *cursor) error {
	for !list.empty() {
		one := list.in(0x30)
		oid := string(one.want(0x04))
		one.boolean(false)
		value, _ := one.optional()
		if one.bad {
			return malformed("undecodable control")
		}
		v := cursor{b: value}
		switch {
		case oid == oidSyncState && (m.kind == kindEntry || m.kind == kindReference):
			s := v.in(0x30)
			state := s.integer(0x0a)
			id := s.want(0x04)
			m.setCookie(s.optional())
			if v.bad || s.bad || state < 0 || state > int64(stateDelete) {
				return malformed("undecodable Sync State control")
			}
			var err error
			if m.entry.UUID, err = parseUUID(id); err != nil {
				return err
			}
			m.state = syncState(state)
		case oid == oidSyncDone && m.kind == kindDone:
			s := v.in(0x30)
			m.setCookie(s.optional())
			m.refreshDeletes = s.boolean(false)
			if v.bad || s.bad {
				return malformed("undecodable Sync Done control")
			}
			m.syncDone = true
		}
	}
	if list.bad {
		return malformed("undecodable controls")
	}
	return nil
}
