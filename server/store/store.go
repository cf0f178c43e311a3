// Package store is the ordered key-value engine under the built-in database.
// An engine holds named tables of ordered keys. Readers work on a snapshot and
// never wait; one writer at a time changes the store, and writers that follow
// each other closely share one durable commit (group commit).
package store

import (
	"context"
	"errors"
	"io"
)

// ErrClosed is returned by every call on a closed store or finished transaction.
var ErrClosed = errors.New("store: closed")

// ErrReadOnly is returned by a change in a read transaction.
var ErrReadOnly = errors.New("store: read-only transaction")

// Store is one engine instance. All methods may be called from any goroutine.
type Store interface {
	// Read opens a snapshot. It must be closed; it never blocks a writer.
	Read() (Reader, error)
	// Write waits for its turn as the one writer and opens a transaction that
	// sees all earlier changes, also those whose commit is still being
	// flushed together with it.
	Write() (Txn, error)
	// Close flushes and closes; it waits for transactions to end.
	Close() error
}

// Reader reads one consistent state. A Reader is used by one goroutine at a
// time. Slices that it returns are valid until Close (or, in a Txn, until the
// next change) and must not be modified.
type Reader interface {
	// Get returns nil when the key is absent.
	Get(table, key []byte) ([]byte, error)
	// Scan calls yield for each key of the table from start (inclusive) on,
	// in byte order, until yield returns false.
	Scan(table, start []byte, yield func(key, value []byte) bool) error
	// Generation numbers the state that is read: it grows with every flush. A
	// Txn has the number that its changes will be seen under, which is one
	// more than that of the state before it; all members of a group commit
	// share it.
	Generation() uint64
	// Close ends a read transaction. On a Txn it is Abort when neither
	// Commit nor Abort was called, else nothing.
	Close()
}

// ContextWriter is implemented by stores whose Write can be given up while it
// waits for its turn.
type ContextWriter interface {
	// WriteContext is Write that returns the cause of ctx's end when that
	// comes before the turn.
	WriteContext(ctx context.Context) (Txn, error)
}

// BulkWriter is implemented by write transactions that can do without their
// journal and tune the pages they fill, for loading much at once.
type BulkWriter interface {
	// Bulk makes changes cheaper, at the price of savepoints: from now on
	// RollbackTo fails, Commit and Abort work as ever. It does so only where
	// nobody else's changes are in the same engine transaction, and only
	// before the first change; false tells that nothing has changed.
	Bulk() bool
	// SetFill tells how full (0.1 to 1) pages of a table shall be left when
	// they are split in this transaction: near 1 suits keys that arrive in
	// order.
	SetFill(table []byte, share float64)
}

// Copier is implemented by stores that can write a copy of themselves, which
// can be opened like the original, while they are in use.
type Copier interface {
	// CopyTo writes one consistent state and tells its length.
	CopyTo(w io.Writer) (int64, error)
}

// Txn is a write transaction with nested savepoints.
type Txn interface {
	Reader
	Put(table, key, value []byte) error
	Delete(table, key []byte) error
	// Update puts what f makes of a key's present value (nil: absent) in its
	// place; f may return nil to delete the key, or changed false to leave
	// it. It is cheaper than Get and Put. f's result is copied.
	Update(table, key []byte, f func(old []byte) (now []byte, changed bool, err error)) error
	// Savepoint marks the present state; RollbackTo undoes every change made
	// since that mark (and forgets later marks).
	Savepoint() int
	RollbackTo(mark int) error
	// Commit returns once the changes are durable on disk. Another writer's
	// transaction may run between this one's last change and the flush that
	// both share. An error means that nothing of this transaction is kept.
	Commit() error
	// Abort undoes everything since Write. It never fails.
	Abort()
}
