package store

import (
	"bytes"
	"fmt"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"
)

// shared is an engine transaction for reading with all snapshots that use it:
// those that begin between two flushes see the same state and have one
// transaction together, which stays open for the next ones until the state is
// an old one.
type shared struct {
	tx   *bbolt.Tx
	refs atomic.Int64 // snapshots, and one more while others may join
	mu   sync.Mutex   // the engine's own search for a bucket
	// known are the buckets found so far. The list is replaced, not changed.
	known atomic.Pointer[[]*sharedTable]
}

// sharedTable is a bucket that several goroutines read. The engine's cursors on
// a transaction for reading change nothing but themselves.
type sharedTable struct {
	name    string
	bucket  *bbolt.Bucket
	cursors sync.Pool
}

func newShared(tx *bbolt.Tx) *shared {
	x := &shared{tx: tx}
	x.refs.Store(1)
	x.known.Store(new([]*sharedTable))
	return x
}

// release gives one reference back.
func (x *shared) release() {
	if x.refs.Add(-1) == 0 {
		x.tx.Rollback()
	}
}

// find returns a table, nil when it does not exist in this state.
func (x *shared) find(name []byte) *sharedTable {
	for _, t := range *x.known.Load() {
		if t.name == string(name) {
			return t
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	known := *x.known.Load()
	for _, t := range known {
		if t.name == string(name) {
			return t
		}
	}
	b := x.tx.Bucket(name)
	if b == nil {
		return nil
	}
	t := &sharedTable{name: string(name), bucket: b}
	known = append(known[:len(known):len(known)], t)
	x.known.Store(&known)
	return t
}

func (t *sharedTable) cursor() *bbolt.Cursor {
	if c, ok := t.cursors.Get().(*bbolt.Cursor); ok {
		return c
	}
	return t.bucket.Cursor()
}

// Read joins the snapshots of the present state, or begins a new one.
func (s *bolt) Read() (Reader, error) {
	s.life.Lock()
	if s.shut {
		s.life.Unlock()
		return nil, ErrClosed
	}
	s.open.Add(1)
	if x := s.present; x != nil {
		x.refs.Add(1)
		s.life.Unlock()
		return &snapshot{shared: x, s: s}, nil
	}
	s.life.Unlock()
	tx, err := s.db.Begin(false)
	if err != nil {
		s.leave()
		return nil, fmt.Errorf("store: begin read: %w", err)
	}
	x := newShared(tx)
	s.offer(x, uint64(tx.ID()))
	return &snapshot{shared: x, s: s}, nil
}

// offer makes x the present state for those who read next, unless a newer one
// has been seen: nobody is ever given a state older than one seen before.
func (s *bolt) offer(x *shared, generation uint64) {
	var last *shared
	s.life.Lock()
	if generation > s.seen {
		// The state of a flush under way may be there already.
		s.seen = generation
		last, s.present = s.present, nil
	}
	// A transaction that stays open would hold up a writer that must make the
	// memory map larger: none does while the file is small in it.
	if !s.shut && generation == s.seen && s.present == nil && x.tx.Size() < s.mapped/2 {
		x.refs.Add(1)
		s.present = x
	}
	s.life.Unlock()
	if last != nil {
		last.release()
	}
}

// flushed makes the next snapshot read anew: what was flushed under this
// number (0: it failed) must be seen once its writers know.
func (s *bolt) flushed(generation uint64) {
	s.life.Lock()
	s.seen = max(s.seen, generation)
	x := s.present
	s.present = nil
	s.life.Unlock()
	if x != nil {
		x.release()
	}
}

// dropIdle ends the transaction that nobody reads in, so that the writer that
// begins now can use the pages which it holds.
func (s *bolt) dropIdle() {
	s.life.Lock()
	x := s.present
	if x != nil && x.refs.Load() == 1 { // it grows under life only
		s.present = nil
	} else {
		x = nil
	}
	s.life.Unlock()
	if x != nil {
		x.release()
	}
}

// snapshot is one reader of a state.
type snapshot struct {
	*shared // nil when closed
	s       *bolt
}

func (r *snapshot) Get(table, key []byte) ([]byte, error) {
	if r.shared == nil {
		return nil, ErrClosed
	}
	t := r.find(table)
	if t == nil {
		return nil, nil
	}
	c := t.cursor()
	k, v := c.Seek(key)
	t.cursors.Put(c)
	if k == nil || !bytes.Equal(k, key) {
		return nil, nil
	}
	return v, nil
}

func (r *snapshot) Scan(table, start []byte, yield func(key, value []byte) bool) error {
	if r.shared == nil {
		return ErrClosed
	}
	t := r.find(table)
	if t == nil {
		return nil
	}
	c := t.cursor()
	walk(c, start, yield)
	t.cursors.Put(c)
	return nil
}

func (r *snapshot) Generation() uint64 {
	if r.shared == nil {
		return 0
	}
	return uint64(r.tx.ID())
}

func (r *snapshot) Close() {
	if r.shared == nil {
		return
	}
	r.release()
	r.shared = nil
	r.s.leave()
}
