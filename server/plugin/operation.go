package plugin

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/wire"
)

// ErrNoTarget is what a Host sets Operation.TargetErr to when a plug-in took the
// target of an operation away (set it to NULL) without naming another one: the
// operation then ends with operationsError.
var ErrNoTarget = errors.New("the target was taken away")

// Conn is what an operation knows of the connection it came on. The frontend
// makes it, the pipeline changes the bind state when a bind ends, under the
// rule that no other operation of the connection runs meanwhile.
type Conn struct {
	ID         uint64
	Remote     net.Addr
	Local      net.Addr
	ListenURL  string // the listener's URL, e.g. ldap://127.0.0.1:3389/
	ListenName string // its address as OpenLDAP writes it, e.g. IP=0.0.0.0:389, PATH=/run/ldapi
	LDAPI      bool
	PeerUID    int // of an LDAPI peer, -1 unknown
	PeerGID    int
	SSF        int // 0 clear, else TLS or SASL strength
	AuthDN     dn.Name
	AuthMethod string // "none", "simple", "SASL "+mechanism
	Version    int    // protocol version of the last bind, 3 before one
	HostState  any    // the Host's own state of the connection (object extensions)
	Opened     time.Time
	Unbound    bool // the unbind hooks have run (pipeline)
	TLS        *TLS // nil without TLS
	SASL       any  // state of a SASL bind between its steps
	// RemoteName and LocalName are Remote and Local as access directives write
	// them, e.g. IP=127.0.0.1:40122; Rights is what the requestor was found to
	// have (pipeline).
	RemoteName, LocalName string
	Rights                atomic.Value
}

// TLS is what TLS tells of a connection. It is not changed once it is there.
type TLS struct {
	// Certificate is the client's (DER), nil without one; Subject the name in
	// it as a DN (RFC 4514), "" when it was not verified.
	Certificate []byte
	Subject     string
	// Bindings are the channel bindings by type (tls-exporter, tls-unique,
	// tls-server-end-point).
	Bindings map[string][]byte
}

// Responder takes what goes to the client of an operation. The frontend
// implements it for clients, the pipeline for internal operations.
type Responder interface {
	SendEntry(op *Operation, msg *EntryMessage) error
	SendReference(op *Operation, urls []string, controls []wire.Control) error
	SendIntermediate(op *Operation, oid string, value []byte, hasValue bool, controls []wire.Control) error
	// SendResult sends the final response of op from op.Result,
	// op.ResponseControls and, for an extended operation, op.Extended.
	SendResult(op *Operation) error
}

// EntryMessage is a search result entry as it goes out: already cut down to
// what was asked for and may be seen.
type EntryMessage struct {
	DN       string
	Attrs    []wire.Attribute // no values when types only
	Controls []wire.Control
}

// Operation is one operation on its way through the pipeline: what was asked,
// by whom, what came of it so far. Exactly one request part is not nil, the
// one of Kind. Fields marked (host) may be changed by plug-ins; the pipeline
// reads them again after each call of the Host.
type Operation struct {
	Ctx     context.Context // ends when the operation is abandoned or the server stops
	Kind    Kind
	ID      int64 // number of the operation on its connection, from 0
	MsgID   int32
	Conn    *Conn // nil for an internal operation that no client caused
	Started time.Time
	// CSN is the change sequence number of an update, once it has begun. An
	// internal operation may bring one; else it gets a new one.
	CSN string

	Internal   bool
	Replicated bool
	// Local: an internal update is this server's own affair. Who follows the
	// database is not told of it, and its context CSN stays.
	Local  bool
	Flags  uint32     // SLAPI_OP_FLAG_* of an internal operation
	Parent *Operation // the operation during which a plug-in started this one
	Caller any        // the Host's token of the plug-in that started it

	Requestor dn.Name // who acts (host); root DN for internal operations
	IsRoot    bool

	RawTarget string  // target DN as sent
	Target    dn.Name // (host) valid when TargetErr is nil
	TargetErr error   // RawTarget is no DN
	Database  string  // name of the database that holds Target; "" for none

	Controls []wire.Control // (host)

	Bind     *BindPart
	Search   *SearchPart
	Add      *AddPart
	Modify   *ModifyPart
	ModDN    *ModDNPart
	Compare  *ComparePart
	Abandon  *AbandonPart
	Extended *ExtendedPart

	// Before is the entry as it was, After as it is or will be (nil when it
	// does not apply yet). Shared entries: not to be changed.
	Before *entry.Entry
	After  *entry.Entry
	// Parent entry of an add or of a rename's new place, once looked up.
	ParentEntry *entry.Entry

	Result           wire.Result    // (host)
	ResponseControls []wire.Control // (host)
	ResultSent       bool           // a result went out, or is held for the end of the transaction
	EntriesSent      int
	// Current is the entry (host: it may be replaced) or the reference that the
	// present Pre/Post entry or referral hook is about.
	Current           *entry.Entry
	CurrentControls   []wire.Control // (host) controls to go with that entry
	CurrentReferences []string       // (host)
	// OpReturn is what a post hook reads as SLAPI_PLUGIN_OPRETURN: 0 when the
	// change was made, -1 when it failed.
	OpReturn int

	// Notes is what overlays remember of the operation, each under a key of its own.
	Notes map[any]any
	// Stored: the change is in the database, though it may still be undone.
	Stored bool
	// Persistent (host): a plug-in keeps the operation open after its hooks, as a
	// search for changes to come: no result is sent.
	Persistent bool

	Responder Responder
	HostState any         // the Host's own state of the operation
	Txn       any         // the pipeline's transaction, while one is open
	Pipeline  any         // the pipeline's own state of the operation
	Abandoned atomic.Bool // set by abandon, and when the connection ends
}

type BindPart struct {
	Version        int
	Method         int // wire.AuthSimple or wire.AuthSASL
	Password       []byte
	Mechanism      string
	Credentials    []byte
	HasCredentials bool
	ServerCreds    []byte // (host) for the response
	HasServerCreds bool
	// BoundDN is whom the connection becomes when a plug-in took the bind over
	// (host); BoundBy the method it set, "" for the request's.
	BoundDN *dn.Name
	BoundBy string
}

type SearchPart struct {
	Scope     wire.Scope   // (host)
	Deref     wire.Deref   // (host)
	SizeLimit int          // (host) the effective limit; -1 none
	TimeLimit int          // (host) seconds; -1 none
	TypesOnly bool         // (host)
	Filter    *filter.Node // (host) resolved; Target is the base
	RawFilter []byte       // as sent
	Attrs     []string     // (host) as asked; nil without a list
}

type AddPart struct {
	Entry *entry.Entry // (host) private to the operation until stored
}

type ModifyPart struct {
	Changes []wire.Change // (host)
	// Old and New are the passwords in clear when a Password Modify extended
	// operation makes the change; Old was proved right. nil: none.
	Old, New []byte
}

type ModDNPart struct {
	NewRDN         string   // (host)
	DeleteOldRDN   bool     // (host)
	NewSuperior    *dn.Name // (host) nil when the request has none
	RawNewSuperior string
	// Changes are what 389's plug-ins want changed in the entry besides (host).
	Changes []wire.Change
}

type ComparePart struct {
	Attr  string // (host)
	Value []byte // (host)
}

type AbandonPart struct{ MsgID int32 }

type ExtendedPart struct {
	OID      string
	Value    []byte
	HasValue bool
	// The response (host).
	ResponseOID      string
	ResponseValue    []byte
	HasResponseValue bool
}

// Note remembers something of the operation.
func (op *Operation) Note(key, value any) {
	if op.Notes == nil {
		op.Notes = map[any]any{}
	}
	op.Notes[key] = value
}
