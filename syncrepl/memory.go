package syncrepl

import (
	"bytes"
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
)

// NewMemory returns a store that lives as long as the program. Each start then
// loads the whole content.
func NewMemory() Store {
	return &memory{
		entries: map[UUID]*memoryEntry{}, byDN: map[string][]UUID{},
		state: map[string]string{}, values: map[string][]byte{},
		writer: make(chan struct{}, 1),
	}
}

type memoryEntry struct {
	entry *Entry
	key   string // DN key
}

type memory struct {
	writer  chan struct{} // held by the writable transaction
	mu      sync.RWMutex  // guards what follows; taken for single steps only
	entries map[UUID]*memoryEntry
	byDN    map[string][]UUID
	state   map[string]string
	values  map[string][]byte
	closed  bool
}

func (m *memory) Begin(ctx context.Context, writable bool) (StoreTx, error) {
	if writable {
		select {
		case m.writer <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		if writable {
			<-m.writer
		}
		return nil, ErrClosed
	}
	return &memoryTx{m: m, ctx: ctx, writable: writable}, nil
}

func (m *memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}

// memoryTx collects what it writes; Commit moves it into the store at once. A
// removed entry is a nil in the map.
type memoryTx struct {
	m        *memory
	ctx      context.Context
	writable bool
	done     bool
	entries  map[UUID]*memoryEntry
	byDN     map[string][]UUID // of entries, some perhaps moved on since
	state    map[string]string
	values   map[string][]byte
}

func (t *memoryTx) Context() context.Context { return t.ctx }

func (t *memoryTx) get(id UUID) *memoryEntry {
	if e, ok := t.entries[id]; ok {
		return e
	}
	t.m.mu.RLock()
	defer t.m.mu.RUnlock()
	return t.m.entries[id]
}

func (t *memoryTx) Get(id UUID) (*Entry, error) {
	if e := t.get(id); e != nil {
		c := *e.entry // the caller may change its Entry, not the stored one
		c.Attributes = slices.Clone(c.Attributes)
		return &c, nil
	}
	return nil, nil
}

func (t *memoryTx) Len() (int, error) {
	t.m.mu.RLock()
	defer t.m.mu.RUnlock()
	n := len(t.m.entries)
	for id, e := range t.entries {
		_, there := t.m.entries[id]
		switch {
		case e != nil && !there:
			n++
		case e == nil && there:
			n--
		}
	}
	return n, nil
}

func (t *memoryTx) Find(dn string) ([]*Entry, error) {
	key := DNKey(dn)
	t.m.mu.RLock()
	ids := slices.Clone(t.m.byDN[key])
	t.m.mu.RUnlock()
	for _, id := range t.byDN[key] {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	var out []*Entry
	for _, id := range ids {
		if e := t.get(id); e != nil && e.key == key {
			found, _ := t.Get(id)
			out = append(out, found)
		}
	}
	return out, nil
}

// ids returns the UUIDs of this transaction's view.
func (t *memoryTx) ids(wanted func(*memoryEntry) bool) []UUID {
	t.m.mu.RLock()
	defer t.m.mu.RUnlock()
	var out []UUID
	for id, e := range t.m.entries {
		if _, over := t.entries[id]; !over && wanted(e) {
			out = append(out, id)
		}
	}
	for id, e := range t.entries {
		if e != nil && wanted(e) {
			out = append(out, id)
		}
	}
	return out
}

func compareUUID(a, b UUID) int { return bytes.Compare(a[:], b[:]) }

func (t *memoryTx) IDs() iter.Seq2[UUID, error] {
	return func(yield func(UUID, error) bool) {
		for _, id := range t.ids(func(*memoryEntry) bool { return true }) {
			if !yield(id, nil) {
				return
			}
		}
	}
}

func (t *memoryTx) Entries() iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		ids := t.ids(func(*memoryEntry) bool { return true })
		slices.SortFunc(ids, compareUUID)
		for _, id := range ids {
			if e, _ := t.Get(id); e != nil && !yield(e, nil) {
				return
			}
		}
	}
}

func (t *memoryTx) Under(dn string) ([]UUID, error) {
	key := DNKey(dn)
	out := t.ids(func(e *memoryEntry) bool { return len(e.key) > len(key) && strings.HasPrefix(e.key, key) })
	slices.SortFunc(out, func(a, b UUID) int { return strings.Compare(t.get(a).key, t.get(b).key) })
	return out, nil
}

func (t *memoryTx) Put(e *Entry) error {
	if !t.writable {
		return ErrReadOnly
	}
	if t.entries == nil {
		t.entries = map[UUID]*memoryEntry{}
	}
	key := DNKey(e.DN)
	t.entries[e.UUID] = &memoryEntry{entry: e, key: key}
	if t.byDN == nil {
		t.byDN = map[string][]UUID{}
	}
	if !slices.Contains(t.byDN[key], e.UUID) {
		t.byDN[key] = append(t.byDN[key], e.UUID)
	}
	return nil
}

func (t *memoryTx) Remove(id UUID) error {
	if !t.writable {
		return ErrReadOnly
	}
	if t.entries == nil {
		t.entries = map[UUID]*memoryEntry{}
	}
	t.entries[id] = nil
	return nil
}

func (t *memoryTx) Cookie() (string, error) { return t.State(stateCookie) }

func (t *memoryTx) State(key string) (string, error) {
	if v, ok := t.state[key]; ok {
		return v, nil
	}
	t.m.mu.RLock()
	defer t.m.mu.RUnlock()
	return t.m.state[key], nil
}

func (t *memoryTx) SetState(key, value string) error {
	if !t.writable {
		return ErrReadOnly
	}
	if t.state == nil {
		t.state = map[string]string{}
	}
	t.state[key] = value
	return nil
}

func (t *memoryTx) Value(key string) ([]byte, error) {
	if v, ok := t.values[key]; ok {
		return v, nil
	}
	t.m.mu.RLock()
	defer t.m.mu.RUnlock()
	return t.m.values[key], nil
}

func (t *memoryTx) SetValue(key string, value []byte) error {
	if !t.writable {
		return ErrReadOnly
	}
	if t.values == nil {
		t.values = map[string][]byte{}
	}
	t.values[key] = bytes.Clone(value)
	return nil
}

func (t *memoryTx) Commit() error {
	if t.done || !t.writable {
		t.done = true
		return nil
	}
	m := t.m
	m.mu.Lock()
	for id, e := range t.entries {
		if old := m.entries[id]; old != nil {
			rest := slices.DeleteFunc(m.byDN[old.key], func(x UUID) bool { return x == id })
			if len(rest) == 0 {
				delete(m.byDN, old.key)
			} else {
				m.byDN[old.key] = rest
			}
		}
		if e == nil {
			delete(m.entries, id)
			continue
		}
		m.entries[id] = e
		m.byDN[e.key] = append(m.byDN[e.key], id)
	}
	maps.Copy(m.state, t.state)
	for k, v := range t.values {
		if v == nil {
			delete(m.values, k)
		} else {
			m.values[k] = v
		}
	}
	m.mu.Unlock()
	t.end()
	return nil
}

func (t *memoryTx) Rollback() error {
	if !t.done {
		t.end()
	}
	return nil
}

func (t *memoryTx) end() {
	t.done = true
	t.entries, t.byDN, t.state, t.values = nil, nil, nil, nil
	if t.writable {
		<-t.m.writer
	}
}
