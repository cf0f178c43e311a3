package syncrepl

import (
	"context"
	"iter"
)

// Tx is the transaction that a callback runs in. It sees the copy as it is at
// that moment, with everything that was told before in the same transaction,
// and is valid until the callback returns.
type Tx interface {
	Context() context.Context
	// Len returns the number of entries in the copy.
	Len() (int, error)
	// Get returns the entry with this UUID, nil if there is none.
	Get(id UUID) (*Entry, error)
	// Find returns the entries with this DN, letter case and spacing aside. That
	// is one or none, unless names differ in letter case only.
	Find(dn string) ([]*Entry, error)
	// Entries gives the whole copy, read as it is asked for. The order is that of
	// the UUIDs. The copy must not change meanwhile.
	Entries() iter.Seq2[*Entry, error]
	// Cookie returns the stored cookie, "" if there is none.
	Cookie() (string, error)
	// Value returns what SetValue stored under the key, nil if nothing.
	Value(key string) ([]byte, error)
	// SetValue stores a value of the caller's own; nil removes it.
	SetValue(key string, value []byte) error
}

// StoreTx is what a store implements: a Tx with the client's own side.
type StoreTx interface {
	Tx
	// Put stores an entry under its UUID, in place of what was there. The store
	// may keep e; the client does not alter it afterwards.
	Put(e *Entry) error
	// Remove takes the entry away; one that is not there is no error.
	Remove(id UUID) error
	// IDs gives all UUIDs. The copy must not change meanwhile.
	IDs() iter.Seq2[UUID, error]
	// Under returns the UUIDs of the entries below dn, without dn itself, in the
	// order of their DN keys, so that parents come before their children.
	Under(dn string) ([]UUID, error)
	// State returns a setting of the client's, "" if it was never set.
	State(key string) (string, error)
	// SetState changes it.
	SetState(key, value string) error
	// Commit makes everything since Begin durable, or nothing.
	Commit() error
	// Rollback undoes everything since Begin. After Commit it does nothing.
	Rollback() error
}

// Store keeps the copy, the cookie and the caller's own values. The client has
// at most one writable transaction open and never holds it between two calls
// of Poll; readable ones may be open beside it, from any goroutine.
type Store interface {
	Begin(ctx context.Context, writable bool) (StoreTx, error)
	Close() error
}

// Names of the client's settings.
const (
	stateVersion = "version" // of the layout
	stateCookie  = "cookie"
	stateSearch  = "search"     // definition of the search that the content belongs to
	stateDirty   = "dirty"      // not empty: the content is not what the cookie stands for
	stateRefs    = "references" // UUIDs of referral objects, see noteReferences
)

// layoutVersion goes up when a new version cannot be read by an older one.
const layoutVersion = "1"

// CopyStore replaces the content of dst, cookie and settings included, by that
// of src. The caller's own values are not copied.
func CopyStore(ctx context.Context, dst, src Store) error {
	in, err := src.Begin(ctx, false)
	if err != nil {
		return err
	}
	defer in.Rollback()
	out, err := dst.Begin(ctx, true)
	if err != nil {
		return err
	}
	defer out.Rollback()
	var gone []UUID
	for id, err := range out.IDs() {
		if err != nil {
			return err
		}
		gone = append(gone, id)
	}
	for _, id := range gone {
		if err := out.Remove(id); err != nil {
			return err
		}
	}
	for e, err := range in.Entries() {
		if err != nil {
			return err
		}
		if err := out.Put(e); err != nil {
			return err
		}
	}
	for _, key := range []string{stateVersion, stateCookie, stateSearch, stateDirty, stateRefs} {
		v, err := in.State(key)
		if err != nil {
			return err
		}
		if err := out.SetState(key, v); err != nil {
			return err
		}
	}
	return out.Commit()
}
