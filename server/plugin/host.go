package plugin

import (
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// Outcome is what a walk over the plug-ins of a point came to.
type Outcome struct {
	// Stop: the operation must not go on (Pre, BePre, TxnPre), must be undone
	// (TxnPost), or the entry, reference must not be sent (SlotEntry, SlotReferral).
	Stop bool
	// Skip: a TxnPre plug-in said that the change must not be made, but that
	// the operation succeeds (SLAPI_PLUGIN_NOOP).
	Skip bool
	// Return is the value of the function that decided, 0 when none did.
	// For SlotBind at Pre it is a SLAPI_BIND_* value when Stop is false too.
	Return int
	// Plugin names the plug-in that decided, for the log.
	Plugin string
}

// Host runs plug-ins. The pipeline calls every method of one operation on one
// goroutine; when Listens was true for any point, that goroutine is locked to
// its OS thread for the whole operation (the pipeline does it).
type Host interface {
	// Listens tells whether any plug-in has a function at p that applies to
	// the named database ("" asks for global plug-ins alone). Cheap: a bit test.
	Listens(p Point, database string) bool
	// AnyListener tells whether any plug-in takes part in operations of this
	// kind at all, so that the pipeline can decide to lock the thread.
	AnyListener(k Kind) bool
	// Run calls the plug-ins of p in their order and writes what they changed
	// back into op.
	Run(p Point, op *Operation) Outcome
	// ExtendedOIDs are the request names that plug-ins handle.
	ExtendedOIDs() []string
	// RunExtended lets the plug-in of op.Extended.OID handle op. handled is
	// false when no plug-in wants it. When it is true and op.ResultSent is
	// false, op.Result and op.Extended hold the answer to send.
	RunExtended(op *Operation) (handled bool)
	// Matcher makes a matcher for an extensible filter whose rule the schema
	// lacks. nil, nil: no plug-in knows the rule.
	Matcher(rule, attr string, value []byte, dnAttrs bool) (filter.Matcher, error)
	// PasswordScheme finds a storage scheme served by a plug-in, by name in
	// any case; nil when there is none. Schemes lists them in order.
	PasswordScheme(name string) PasswordScheme
	PasswordSchemes() []string
	// OperationDone and ConnectionDone free the Host's state.
	OperationDone(op *Operation)
	ConnectionDone(c *Conn)
}

// PasswordScheme hashes and checks passwords (stored values without the
// {scheme} prefix).
type PasswordScheme interface {
	Name() string
	Encode(clear []byte) (stored string, err error) // the whole value, prefix included
	Compare(clear []byte, stored string) bool
}

// Services is what a Host may ask of the server. The daemon gives it to the
// Host before plug-ins start.
type Services interface {
	Schema() *schema.Schema
	// Run runs an internal operation on the calling goroutine: op.Internal is
	// set, op.Responder gets entries and references, op.Result holds the
	// outcome on return. With op.Parent inside a transaction it runs inside
	// that transaction, under a savepoint.
	Run(op *Operation)
	// SendResult sends the result of a client's operation now, on behalf of a
	// plug-in: result hooks run, a second result is dropped with a log line.
	SendResult(op *Operation, res wire.Result)
	// SendEntry sends e as a result entry of op after access control and the
	// choice of attributes; attrs nil means what op asked for.
	SendEntry(op *Operation, e *entry.Entry, attrs []string, typesOnly bool, controls []wire.Control) error
	SendReference(op *Operation, urls []string, controls []wire.Control) error
	// BeginTxn opens a transaction that internal operations run in until
	// CommitTxn or AbortTxn (slapi_back_transaction_*). database names the
	// database; parent may be nil.
	BeginTxn(database string, parent *Operation) (*Operation, error)
	CommitTxn(holder *Operation) error
	AbortTxn(holder *Operation)
	// Databases lists the databases in configuration order; DatabaseFor finds
	// the one that holds a normal-form name ("" when none does).
	Databases() []DatabaseInfo
	DatabaseFor(norm string) string
	// AccessAllowed checks access to an entry for the requestor of op. attr ""
	// asks about the entry itself. access is one of the Access constants.
	AccessAllowed(op *Operation, e *entry.Entry, attr string, value []byte, access Access) (bool, error)
	// Numbered gives an entry of a database what ns-slapd stores in every entry
	// and its plug-ins look for: parentid, entryid, dsEntryDN. Others, and all
	// without 389's habits, come back as they are.
	Numbered(op *Operation, e *entry.Entry) *entry.Entry
	// RegisterControl adds to supportedControl; a critical control is accepted
	// for the kinds in ops (a mask of Kind).
	RegisterControl(oid string, ops Kind)
	// RegisterSASLMechanism adds to supportedSASLMechanisms.
	RegisterSASLMechanism(name string)
	// ConfigCallback calls fn for operations on the configuration tree.
	ConfigCallback(cb *ConfigCallback) (remove func(), err error)
	// CheckSchema checks an entry as an add would; text explains a refusal.
	CheckSchema(e *entry.Entry) *wire.Error
	// HashPassword hashes as configured; CheckPassword compares with a stored
	// value of any scheme, plug-in schemes included.
	HashPassword(clear []byte, scheme string) (string, error)
	CheckPassword(stored string, clear []byte) bool
	// ShuttingDown tells whether the server is on its way down.
	ShuttingDown() bool
	// Log writes one line of a plug-in to the error log. level is SLAPI_LOG_*.
	Log(level int, subsystem, message string)
	LogEnabled(level int, dialect Dialect) bool
	// Setting reads an attribute of cn=config (first value), "" when absent.
	Setting(attr string) string
}

// DatabaseInfo describes a database to plug-ins.
type DatabaseInfo struct {
	Name, Type string
	Suffixes   []string // pretty
	ReadOnly   bool
	Private    bool   // the configuration, schema and root DSE databases
	RootDN     string // normal form of the name that may do everything here; "" for none
}

// Access is a right, as SLAPI_ACL_* bits.
type Access int

const (
	AccessCompare Access = 0x01
	AccessSearch  Access = 0x02
	AccessRead    Access = 0x04
	AccessWrite   Access = 0x08
	AccessDelete  Access = 0x10
	AccessAdd     Access = 0x20
	AccessSelf    Access = 0x40
	AccessModDN   Access = 0x800
	// Rights that SLAPI has no bit for.
	AccessManage Access = 0x10000
	AccessAuth   Access = 0x20000
)

// ConfigCallback is a function on the configuration tree (389's DSE
// callbacks). It is called for operations of the kinds in Ops on entries within
// Base, Scope that match Filter: before the change when Before is set, after
// it else. It runs on the goroutine of the operation.
type ConfigCallback struct {
	Ops    Kind
	Before bool
	Base   string // normal form
	Scope  wire.Scope
	Filter *filter.Node // nil matches all
	// Call gets the entry as it was (Modify, Delete, Search: a copy which for
	// Search it may change) and as it will be (Add, Modify). ret: 1 go on, 0 do
	// not apply the change but answer success, -1 refuse with code and text.
	Call func(op *Operation, before, after *entry.Entry) (ret int, code wire.ResultCode, text string)
}
