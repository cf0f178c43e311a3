package store

import (
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
)

// undo is the state of one key before a change.
type undo struct {
	bucket *bbolt.Bucket
	key    []byte
	old    []byte // valid as long as the engine transaction; nil: key was absent
}

// txn is one writer's part of a group: the group's engine transaction while
// it is this writer's turn, and a journal of what its changes replaced. Marks
// of savepoints are lengths of the journal.
type txn struct {
	*group
	s       *bolt
	journal []undo
	// broken is set when undoing failed: the engine transaction has changes
	// that should not be there, so the group must not be flushed.
	broken error
	bulk   bool // no journal: Abort gives up the engine transaction
	done   bool
}

func (t *txn) Get(table, key []byte) ([]byte, error) {
	if t.done {
		return nil, ErrClosed
	}
	return t.get(table, key), nil
}

func (t *txn) Scan(table, start []byte, yield func(key, value []byte) bool) error {
	if t.done {
		return ErrClosed
	}
	t.scan(table, start, yield)
	return nil
}

func (t *txn) Generation() uint64 { return t.generation }

func (t *txn) Put(table, key, value []byte) error {
	if t.done {
		return ErrClosed
	}
	b, err := t.make(table)
	if err != nil {
		return err
	}
	var old []byte
	if !t.bulk {
		old = b.Get(key)
	}
	return t.put(b, table, key, value, old)
}

// put stores a value where old was.
func (t *txn) put(b *bbolt.Bucket, table, key, value, old []byte) error {
	// The engine keeps the value until the flush, the journal the key.
	buf := make([]byte, len(key)+len(value))
	copy(buf, key)
	copy(buf[len(key):], value)
	k, v := buf[:len(key):len(key)], buf[len(key):]
	if err := b.Put(k, v); err != nil {
		return fmt.Errorf("store: put into %q: %w", table, err)
	}
	if !t.bulk {
		t.journal = append(t.journal, undo{b, k, old})
	}
	return nil
}

func (t *txn) Update(table, key []byte, f func(old []byte) (now []byte, changed bool, err error)) error {
	if t.done {
		return ErrClosed
	}
	b, err := t.make(table)
	if err != nil {
		return err
	}
	old := b.Get(key)
	now, changed, err := f(old)
	switch {
	case err != nil || !changed:
		return err
	case now != nil:
		return t.put(b, table, key, now, old)
	case old != nil:
		return t.remove(b, table, key, old)
	}
	return nil
}

func (t *txn) Delete(table, key []byte) error {
	if t.done {
		return ErrClosed
	}
	b := t.find(table)
	if b == nil {
		return nil
	}
	old := b.Get(key)
	if old == nil {
		return nil
	}
	return t.remove(b, table, key, old)
}

// remove deletes a key that had old.
func (t *txn) remove(b *bbolt.Bucket, table, key, old []byte) error {
	k := append(make([]byte, 0, len(key)), key...)
	if err := b.Delete(k); err != nil {
		return fmt.Errorf("store: delete from %q: %w", table, err)
	}
	if !t.bulk {
		t.journal = append(t.journal, undo{b, k, old})
	}
	return nil
}

func (t *txn) Bulk() bool {
	if t.done || t.members > 0 || len(t.journal) > 0 {
		return false
	}
	t.bulk = true
	return true
}

func (t *txn) SetFill(table []byte, share float64) {
	if t.done {
		return
	}
	if b, err := t.make(table); err == nil {
		b.FillPercent = min(max(share, 0.1), 1)
	}
}

func (t *txn) Savepoint() int { return len(t.journal) }

func (t *txn) RollbackTo(mark int) error {
	if t.done {
		return ErrClosed
	}
	if t.bulk {
		return errors.New("store: no savepoints in a bulk transaction")
	}
	if mark < 0 || mark > len(t.journal) {
		return fmt.Errorf("store: no savepoint %d", mark)
	}
	for i := len(t.journal) - 1; i >= mark; i-- {
		u := &t.journal[i]
		var err error
		if u.old == nil {
			err = u.bucket.Delete(u.key)
		} else {
			err = u.bucket.Put(u.key, u.old)
		}
		if err != nil {
			t.broken = fmt.Errorf("store: undo: %w", err)
			t.journal = t.journal[:i+1]
			return t.broken
		}
	}
	clear(t.journal[mark:])
	t.journal = t.journal[:mark]
	return nil
}

func (t *txn) Commit() error {
	if t.done {
		return ErrClosed
	}
	t.done = true
	defer t.s.leave()
	t.journal = nil
	return t.s.q.commit(t.group, t.broken)
}

func (t *txn) Abort() {
	if t.done {
		return
	}
	// Without a journal this one is alone in its group, which is given up.
	var err error
	if !t.bulk {
		err = errors.Join(t.broken, t.RollbackTo(0))
	}
	t.done = true
	t.journal = nil
	t.s.q.abort(t.group, err, t.s.leave)
}

func (t *txn) Close() { t.Abort() }
