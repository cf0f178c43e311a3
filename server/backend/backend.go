// Package backend is the layer of databases: what holds entries under one or
// more suffixes. It has the interface that the operation pipeline works on and
// the built-in database over a store.
package backend

import (
	"context"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/wire"
)

// Backend is one database. All methods may be called from any goroutine.
type Backend interface {
	// Name is the unique name that SLAPI_BE_TYPE's neighbours and cn=config
	// use ("userRoot", "config"); Type its kind ("mdb", "config", "sql").
	Name() string
	Type() string
	// Suffixes are the naming contexts that it holds, in configuration order.
	Suffixes() []dn.Name
	// View opens a consistent read transaction: of the state at the call, or of
	// a later one up to its first use.
	View(ctx context.Context) (View, error)
	// Begin opens the write transaction, waiting for its turn. Changes of
	// several operations may share one durable commit.
	Begin(ctx context.Context) (Txn, error)
	Close() error
}

// View reads one consistent state of a database. It belongs to one goroutine
// and must be closed. The entries it gives are shared: Clone before changing.
type View interface {
	// Lookup finds an entry by the normal form of its name. nil, nil when
	// there is none.
	Lookup(norm string) (*entry.Entry, error)
	// Search calls yield for each entry within scope that matches the filter,
	// until yield returns false. Candidates come from indexes where those
	// help; every entry given has been tested with the filter. A limit that
	// was hit is returned as a *wire.Error.
	Search(q *Query, yield func(*entry.Entry) bool) error
	// HasChildren tells whether an entry has subordinates.
	HasChildren(norm string) (bool, error)
	Close()
}

// Expecter is an ability of a View: it is told of the search that will follow a
// look-up of its base, so that a database behind a network can do both at once.
// Whether anything of what was announced comes is open.
type Expecter interface {
	Expect(q *Query)
}

// Txn is a write transaction; it reads its own changes. The pipeline has
// checked the change (schema, access, parent, duplicates): a Txn stores it
// with its indexes.
type Txn interface {
	View
	// Add stores a new entry and sets its ID.
	Add(e *entry.Entry) error
	// Replace stores now in the place of old: same ID and name.
	Replace(old, now *entry.Entry) error
	// Rename stores now (same ID, another name) in the place of old and moves
	// the whole subtree below it: the names of the entries below change with it.
	Rename(old, now *entry.Entry) error
	// Delete removes a leaf entry.
	Delete(e *entry.Entry) error
	// Savepoint and RollbackTo undo a part of the transaction.
	Savepoint() int
	RollbackTo(mark int) error
	// Commit returns when the changes are durable; Abort undoes all.
	Commit() error
	Abort()
}

// Leaver is a Txn whose turn as the one writer can end before its changes are
// durable (store.Leaver). wait must be called; it returns what Commit would.
type Leaver interface {
	Leave() (wait func() error)
}

// Peeker is implemented by views that can show an entry where it is stored.
type Peeker interface {
	// Peek is Lookup for who is done with the entry, and keeps nothing of it,
	// when the next Peek comes or the view is closed.
	Peek(norm string) (*entry.Entry, error)
}

// Lacker is implemented by views that can tell from an index, in next to no
// time, that no entry matches an equality filter.
type Lacker interface {
	// Lacks is false when an entry may match. n is resolved, and the same node
	// each time one asks for the same.
	Lacks(n *filter.Node) bool
}

// Peek shows an entry of a view in the cheapest way that the view has.
func Peek(v View, norm string) (*entry.Entry, error) {
	if p, ok := v.(Peeker); ok {
		return p.Peek(norm)
	}
	return v.Lookup(norm)
}

// Query is one search below the level of access control.
type Query struct {
	Ctx    context.Context // ends the search early; may be nil
	Base   dn.Name
	Scope  wire.Scope
	Filter *filter.Node // resolved
	// Env is what the filter needs beside the entry (virtual attributes,
	// rules of the plug-in host); nil for a plain test.
	Env filter.Env
	// MaxCandidates refuses (adminLimitExceeded) a search whose indexes leave
	// more candidates than this; 0 sets no bound.
	MaxCandidates int
	// Transient says that the one who takes the entries keeps none of them, nor
	// any value, when it returns: a database may then give out entries that are
	// good only for that long.
	Transient bool
}

// NameExpecter is implemented by views and transactions of a database that is far
// away: told which names will be looked up besides the first one, they look them
// up together.
type NameExpecter interface {
	ExpectNames(norms ...string)
}

// Shared is implemented by databases that several servers change. Those who
// follow the changes hear of them all through Follow, their own included.
type Shared interface {
	// Follow calls f for what each transaction announced, in the order of the
	// commits, from the state of the moment on. lost is called when changes
	// may have been passed over. Both are called on one goroutine, until
	// Close. It is called once.
	Follow(f func(generation uint64, payloads [][]byte), lost func())
}

// Announcer is implemented by the transactions of a Shared database.
type Announcer interface {
	// Announce puts out a payload for all who follow the database, when and
	// only when the transaction is committed.
	Announce(payload []byte) error
}
