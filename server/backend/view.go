package backend

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/schema"
	"libslapi/server/store"
	"libslapi/server/wire"
)

// MetaView is implemented by the built-in database's views and transactions
// beside View.
type MetaView interface {
	// Meta reads a small value that SetMeta stored; nil when there is none.
	Meta(key string) ([]byte, error)
	// NumSubordinates counts an entry's children.
	NumSubordinates(norm string) (int, error)
	// ByID finds an entry by its id; nil, nil when there is none.
	ByID(id uint64) (*entry.Entry, error)
	// Generation numbers the state that is read: a later state of the database
	// has a higher number.
	Generation() uint64
}

// changes is what a transaction has changed: for these the caches are no good.
type changes struct {
	ids   map[uint64]struct{}
	names map[string]struct{}
	moved bool // a subtree has other names
}

// view reads one state: a snapshot, or the state within a transaction.
type view struct {
	db     *DB
	r      store.Reader
	schema *schema.Schema
	ix     *bound
	gen    uint64   // the state that cached things must be right for
	own    *changes // not nil in a transaction
	// Names of entries that have children: the one last asked for, and more.
	lastID   uint64
	lastName dn.Name
	above    map[uint64]dn.Name
	key      [8]byte
	closed   bool
	peeked   *entry.Scratch // what Peek decodes into
}

var _ MetaView = (*view)(nil)

func (v *view) Close() {
	if !v.closed {
		v.closed = true
		v.r.Close()
		if v.peeked != nil {
			scratches.Put(v.peeked)
			v.peeked = nil
		}
	}
}

// scratches keeps the memory of views that are closed.
var scratches = sync.Pool{New: func() any { return new(entry.Scratch) }}

func (v *view) Generation() uint64 { return v.r.Generation() }

// cachedID tells whether the caches know this entry as it is here.
func (v *view) cachedID(id uint64) bool {
	if v.own == nil {
		return true
	}
	_, changed := v.own.ids[id]
	return !changed && !v.own.moved
}

func (v *view) cachedName(norm string) bool {
	if v.own == nil {
		return true
	}
	_, changed := v.own.names[norm]
	return !changed && !v.own.moved
}

// raw reads a stored entry; the bytes are good until the next change.
func (v *view) raw(id uint64) ([]byte, error) {
	binary.BigEndian.PutUint64(v.key[:], id)
	return v.r.Get(tabEntry, v.key[:])
}

// ByID finds an entry by its id.
func (v *view) ByID(id uint64) (*entry.Entry, error) { return v.entry(id, true) }

// entry reads an entry; keep: the cache shall make room for it.
func (v *view) entry(id uint64, keep bool) (*entry.Entry, error) {
	if e := v.cached(id); e != nil {
		return e, nil
	}
	raw, err := v.raw(id)
	if raw == nil || err != nil {
		return nil, err
	}
	return v.decode(id, raw, keep)
}

func (v *view) cached(id uint64) *entry.Entry {
	if !v.cachedID(id) {
		return nil
	}
	if d, ok := v.db.entries.get(id, v.gen); ok && d.schema == v.schema {
		return d.e
	}
	return nil
}

func (v *view) decode(id uint64, raw []byte, keep bool) (*entry.Entry, error) {
	return v.decodeAt(id, raw, keep, 0)
}

// decodeAt is decode for the entry that many steps up from where it began.
func (v *view) decodeAt(id uint64, raw []byte, keep bool, depth int) (*entry.Entry, error) {
	r, err := cutRecord(id, raw)
	if err != nil {
		return nil, err
	}
	e, err := entry.Decode(r.body, v.schema)
	if err != nil {
		return nil, fmt.Errorf("backend: entry %d: %w", id, err)
	}
	up, err := v.name(r.parent, depth)
	if err != nil {
		return nil, err
	}
	e.ID = id
	e.Name = r.name(up)
	if v.cachedID(id) {
		v.db.entries.put(id, decoded{e, v.schema}, v.gen, entryCost(e, len(raw)), keep)
	}
	return e, nil
}

// maxDepth bounds walks up and down the tree; a deeper tree is taken for a
// damaged one.
const maxDepth = 10000

// name is the full name of an entry that has children; of id 0 the root's.
func (v *view) name(id uint64, depth int) (dn.Name, error) {
	if id == 0 {
		return dn.Name{}, nil
	}
	if id == v.lastID {
		return v.lastName, nil
	}
	if n, ok := v.above[id]; ok {
		return n, nil
	}
	n := dn.Name{}
	if e := v.cached(id); e != nil {
		n = e.Name
	} else {
		raw, err := v.raw(id)
		if err != nil {
			return n, err
		}
		if raw == nil {
			return n, fmt.Errorf("backend: entry %d is missing above others", id)
		}
		if depth > maxDepth {
			return n, fmt.Errorf("backend: entry %d: is below itself", id)
		}
		// It is asked for with each of its children: the cache shall have it.
		e, err := v.decodeAt(id, raw, true, depth+1)
		if err != nil {
			return n, err
		}
		n = e.Name
	}
	if v.lastID != 0 { // most searches need one name only
		if v.above == nil || len(v.above) > 4096 {
			v.above = map[uint64]dn.Name{}
		}
		v.above[v.lastID] = v.lastName
	}
	v.lastID, v.lastName = id, n
	return n, nil
}

// forgetName makes name look again: this entry has another name now.
func (v *view) forgetName(id uint64) {
	delete(v.above, id)
	if id == v.lastID {
		v.lastID, v.lastName = 0, dn.Name{}
	}
}

func (v *view) forgetNames() {
	clear(v.above)
	v.lastID, v.lastName = 0, dn.Name{}
}

func (v *view) child(parent uint64, norm string) (uint64, error) {
	b, err := v.r.Get(tabChild, childKey(parent, norm))
	return getNumber(b), err
}

// find returns the id of a name, 0 when there is no such entry.
func (v *view) find(norm string) (uint64, error) { return v.locate(norm, true) }

// locate is find; keep: the cache shall make room for the name.
func (v *view) locate(norm string, keep bool) (uint64, error) {
	if v.cachedName(norm) {
		if id, ok := v.db.names.get(norm, v.gen); ok {
			return id, nil
		}
	}
	for _, s := range v.db.suffixes {
		if !dn.IsSuffix(norm, s.Norm) {
			continue
		}
		id, err := v.descend(norm, s.Norm)
		if err != nil {
			return 0, err
		}
		if id != 0 {
			if keep && v.cachedName(norm) {
				v.db.names.put(norm, id, v.gen, 120+len(norm), true)
			}
			return id, nil
		}
	}
	return 0, nil
}

// descend finds norm, which is suffix or below it, from the suffix down.
func (v *view) descend(norm, suffix string) (uint64, error) {
	// Names between norm and the suffix, up to one that is known.
	var path []string
	id := uint64(0)
	for n := norm; ; n = dn.ParentNorm(n) {
		up := ""
		if n != "" {
			up = dn.ParentNorm(n)
		}
		if n == suffix || suffix == "" && up == "" {
			if n == "" {
				return 0, nil // the root itself is not stored
			}
			top, err := v.child(0, n)
			if err != nil || top == 0 {
				return 0, err
			}
			id = top
			break
		}
		path = append(path, n)
		if len(path) > maxDepth {
			return 0, nil
		}
		if v.cachedName(up) {
			if known, ok := v.db.names.get(up, v.gen); ok {
				id = known
				break
			}
		}
	}
	for i := len(path) - 1; i >= 0; i-- {
		if i > 0 && strings.HasPrefix(path[i-1], tombstoneRDN) {
			// A tombstone: its two topmost RDNs are one step.
			next, err := v.child(id, ownOfTombstone(path[i-1]))
			if err != nil {
				return 0, err
			}
			if next != 0 {
				id = next
				i--
				continue
			}
		}
		next, err := v.child(id, dn.RDNNorm(path[i]))
		if err != nil || next == 0 {
			return 0, err
		}
		id = next
		if i == 1 && v.cachedName(path[i]) {
			// The parent: its other children will be asked for too.
			v.db.names.put(path[i], id, v.gen, 120+len(path[i]), true)
		}
	}
	return id, nil
}

// Lookup finds an entry by the normal form of its name.
func (v *view) Lookup(norm string) (*entry.Entry, error) {
	id, err := v.find(norm)
	if id == 0 || err != nil {
		return nil, err
	}
	return v.entry(id, true)
}

// keepFrom is the length from which a stored entry is worth a place in the
// cache: the work of decoding grows with it.
const keepFrom = 4 << 10

// Peek is Lookup for who is done with the entry, and keeps nothing of it, when
// the next Peek comes or the view is closed.
func (v *view) Peek(norm string) (*entry.Entry, error) {
	if v.own != nil {
		return v.Lookup(norm)
	}
	id, err := v.locate(norm, false)
	if id == 0 || err != nil {
		return nil, err
	}
	raw, err := v.raw(id)
	if raw == nil || err != nil {
		return nil, err
	}
	if len(raw) > keepFrom {
		return v.entry(id, true)
	}
	if v.peeked == nil {
		v.peeked = scratches.Get().(*entry.Scratch)
	}
	return v.scratch(id, raw, v.peeked)
}

// scratch decodes a stored entry into memory that is used again.
func (v *view) scratch(id uint64, raw []byte, into *entry.Scratch) (*entry.Entry, error) {
	r, err := cutRecord(id, raw)
	if err != nil {
		return nil, err
	}
	return v.scratchRecord(id, &r, into)
}

func (v *view) scratchRecord(id uint64, r *storedRecord, into *entry.Scratch) (*entry.Entry, error) {
	e, err := into.Decode(r.body, v.schema)
	if err != nil {
		return nil, fmt.Errorf("backend: entry %d: %w", id, err)
	}
	up, err := v.name(r.parent, 0)
	if err != nil {
		return nil, err
	}
	e.ID, e.Name = id, r.name(up)
	return e, nil
}

// kids counts the children of an entry.
func (v *view) kids(id uint64) (uint64, error) {
	b, err := v.r.Get(tabKids, idKey(id))
	return getNumber(b), err
}

// HasChildren tells whether an entry has subordinates; false when there is no
// such entry.
func (v *view) HasChildren(norm string) (bool, error) {
	n, err := v.NumSubordinates(norm)
	return n > 0, err
}

// NumSubordinates counts an entry's children; 0 when there is no such entry.
func (v *view) NumSubordinates(norm string) (int, error) {
	id, err := v.find(norm)
	if id == 0 || err != nil {
		return 0, err
	}
	n, err := v.kids(id)
	return int(n), err
}

// Meta reads a small value that SetMeta stored.
func (v *view) Meta(key string) ([]byte, error) {
	b, err := v.r.Get(tabMeta, []byte(metaUser+key))
	return bytes.Clone(b), err
}

func (v *view) count() (int, error) {
	b, err := v.r.Get(tabMeta, metaCount)
	return int(getNumber(b)), err
}

// children calls yield with the ids of the children of an entry, in the order
// of their names.
func (v *view) children(id uint64, yield func(uint64) bool) error {
	start := idKey(id)
	return v.r.Scan(tabChild, start, func(k, val []byte) bool {
		return bytes.HasPrefix(k, start) && yield(getNumber(val))
	})
}

// subtree collects the ids below an entry, in order; only its children when
// not deep. ok is false when there are more than limit (0: no limit).
func (v *view) subtree(id uint64, deep bool, limit int) (ids []uint64, ok bool, err error) {
	ok = true
	take := func(c uint64) bool {
		ids = append(ids, c)
		ok = limit == 0 || len(ids) <= limit
		return ok
	}
	if err := v.children(id, take); err != nil || !ok {
		return nil, ok, err
	}
	var inner *idset
	for i := 0; deep && i < len(ids); i++ {
		if i == askFor {
			if inner, err = v.nonLeaves(); err != nil {
				return nil, false, err
			}
		}
		has := inner != nil && inner.has(ids[i])
		if inner == nil {
			n, err := v.kids(ids[i])
			if err != nil {
				return nil, false, err
			}
			has = n > 0
		}
		if !has {
			continue
		}
		if err := v.children(ids[i], take); err != nil || !ok {
			return nil, ok, err
		}
	}
	slices.Sort(ids)
	return ids, true, nil
}

// askFor is how many entries a walk asks for children one by one, before it
// reads which entries have any.
const askFor = 1000

// nonLeaves gives all entries that have children.
func (v *view) nonLeaves() (*idset, error) {
	s := &idset{}
	err := v.r.Scan(tabKids, nil, func(k, _ []byte) bool {
		s.add(getNumber(k))
		return true
	})
	return s, err
}

// noSuchObject is the error for a name that is not there; it names the
// deepest entry above it.
func (v *view) noSuchObject(norm string) error {
	e := wire.Errorf(wire.NoSuchObject, "")
	for n := norm; n != ""; {
		n = dn.ParentNorm(n)
		id, err := v.find(n)
		if err != nil {
			return err
		}
		if id != 0 {
			name, err := v.name(id, 0)
			if err != nil {
				return err
			}
			e.MatchedDN = name.Pretty
			break
		}
	}
	return e
}

// ended is the error for an operation whose context is over.
func ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return wire.Errorf(wire.TimeLimitExceeded, "")
	}
	return context.Cause(ctx)
}
