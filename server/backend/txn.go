package backend

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/store"
	"libslapi/server/wire"
)

// MetaTxn is implemented by the built-in database's transactions beside Txn.
type MetaTxn interface {
	MetaView
	// SetMeta stores a small value with the transaction; nil removes it.
	SetMeta(key string, v []byte) error
}

// txn is a write transaction.
type txn struct {
	view
	w    store.Txn
	done bool
	old  keySet
	now  keySet
	// Scratch space: the store copies what it is given.
	keyBuf []byte
	valBuf [bitmapLen]byte
}

var (
	_ Txn     = (*txn)(nil)
	_ MetaTxn = (*txn)(nil)
)

// touch notes that an entry and a name are no longer as the caches know them.
func (t *txn) touch(id uint64, norms ...string) {
	if t.own.ids == nil {
		t.own.ids, t.own.names = map[uint64]struct{}{}, map[string]struct{}{}
	}
	if id != 0 {
		t.own.ids[id] = struct{}{}
	}
	for _, n := range norms {
		t.own.names[n] = struct{}{}
	}
}

// step runs one change; when it fails, nothing of it stays.
func (t *txn) step(f func() error) error {
	if t.done {
		return store.ErrClosed
	}
	mark := t.w.Savepoint()
	err := f()
	if err != nil {
		if uerr := t.w.RollbackTo(mark); uerr != nil {
			return uerr
		}
	}
	return err
}

// stored reads an entry from the store itself: what the indexes were made from.
func (t *txn) stored(id uint64) (record, *entry.Entry, error) {
	raw, err := t.raw(id)
	if err != nil {
		return record{}, nil, err
	}
	if raw == nil {
		return record{}, nil, wire.Errorf(wire.NoSuchObject, "")
	}
	r, err := readRecord(id, raw)
	if err != nil {
		return r, nil, err
	}
	e, err := entry.Decode(r.body, t.schema)
	if err != nil {
		return r, nil, fmt.Errorf("backend: entry %d: %w", id, err)
	}
	return r, e, nil
}

// place finds where an entry belongs: the id of its parent, and its own part of
// the name.
func (t *txn) place(e *entry.Entry) (parent uint64, own dn.Name, err error) {
	return t.placeUnder(e, nil)
}

// placeUnder is place that knows more names, by their normal form.
func (t *txn) placeUnder(e *entry.Entry, more map[string]uint64) (parent uint64, own dn.Name, err error) {
	name := e.Name
	if name.IsRoot() {
		return 0, own, wire.Errorf(wire.UnwillingToPerform, "the root cannot be an entry")
	}
	up := dn.ParentNorm(name.Norm)
	tomb := isTombstone(e)
	if tomb {
		up = dn.ParentNorm(up)
	}
	if parent = more[up]; parent == 0 && up != "" {
		if parent, err = t.find(up); err != nil {
			return 0, own, err
		}
	}
	if parent != 0 {
		rdn, rest := dn.SplitPretty(name.Pretty)
		own = dn.Name{Pretty: rdn, Norm: dn.RDNNorm(name.Norm)}
		if tomb {
			second, _ := dn.SplitPretty(rest)
			own = join(own, dn.Name{Pretty: second, Norm: dn.RDNNorm(dn.ParentNorm(name.Norm))})
		}
		return parent, own, nil
	}
	for _, s := range t.db.suffixes {
		if name.Norm == s.Norm || s.IsRoot() && up == "" {
			return 0, name, nil
		}
	}
	return 0, own, t.noSuchObject(name.Norm)
}

// bump adds d to the number under a key; a number that gets 0 is removed.
func (t *txn) bump(table, key []byte, d int64) error {
	return t.w.Update(table, key, func(old []byte) ([]byte, bool, error) {
		n := uint64(int64(getNumber(old)) + d)
		if n == 0 {
			return nil, true, nil
		}
		return binary.BigEndian.AppendUint64(t.valBuf[:0], n), true, nil
	})
}

// link enters id under its parent.
func (t *txn) link(id, parent uint64, own dn.Name) error {
	key := childKey(parent, own.Norm)
	there, err := t.w.Get(tabChild, key)
	if err != nil {
		return err
	}
	if there != nil {
		return wire.Errorf(wire.EntryAlreadyExists, "")
	}
	if err := t.w.Put(tabChild, key, idKey(id)); err != nil {
		return err
	}
	if parent == 0 || buried(own.Norm) {
		return nil
	}
	return t.bump(tabKids, idKey(parent), 1)
}

// unlink is the opposite of link.
func (t *txn) unlink(parent uint64, own dn.Name) error {
	if err := t.w.Delete(tabChild, childKey(parent, own.Norm)); err != nil {
		return err
	}
	if parent == 0 || buried(own.Norm) {
		return nil
	}
	return t.bump(tabKids, idKey(parent), -1)
}

// reindex turns the index keys of old into those of now; either may be nil.
func (t *txn) reindex(id uint64, old, now *entry.Entry) error {
	before, after := t.ix.values(old), t.ix.values(now)
	for n, ti := range t.ix.list {
		if sameValues(before[n], after[n]) {
			continue
		}
		for k := kind(0); k < kinds; k++ {
			if !ti.on[k] {
				continue
			}
			t.old.reset()
			t.now.reset()
			ti.keys(k, before[n], &t.old)
			ti.keys(k, after[n], &t.now)
			if err := t.exchange(ti.table[k], id); err != nil {
				return err
			}
		}
	}
	return nil
}

// exchange takes id out of the keys in t.old and puts it into those in t.now,
// leaving alone what is in both.
func (t *txn) exchange(table []byte, id uint64) error {
	var keep map[string]struct{}
	if t.old.len() > 0 && t.now.len() > 0 {
		keep = make(map[string]struct{}, t.now.len())
		for i := 0; i < t.now.len(); i++ {
			keep[string(t.now.at(i))] = struct{}{}
		}
	}
	for i := 0; i < t.old.len(); i++ {
		key := t.old.at(i)
		if _, stays := keep[string(key)]; stays {
			continue
		}
		if err := t.posting(table, key, id, false); err != nil {
			return err
		}
	}
	for i := 0; i < t.now.len(); i++ {
		if err := t.posting(table, t.now.at(i), id, true); err != nil {
			return err
		}
	}
	return nil
}

// posting puts an id into the set of an index key, or takes it out.
func (t *txn) posting(table, key []byte, id uint64, in bool) error {
	full := appendChunkNo(append(t.keyBuf[:0], key...), id>>chunkBits)
	t.keyBuf = full
	return t.w.Update(table, full, func(old []byte) ([]byte, bool, error) {
		c := chunk{no: id >> chunkBits}
		if old != nil && !c.read(old) {
			return nil, false, damagedIndex(table)
		}
		if c.has(id) == in {
			return nil, false, nil
		}
		if in {
			c.add(id)
		} else {
			c.remove(id)
			if c.len() == 0 {
				return nil, true, nil
			}
		}
		return c.append(t.valBuf[:0]), true, nil
	})
}

func damagedIndex(table []byte) error { return fmt.Errorf("backend: damaged index %s", table) }

// Add stores a new entry and sets its ID. The parent must be there.
func (t *txn) Add(e *entry.Entry) error {
	return t.step(func() error {
		parent, own, err := t.place(e)
		if err != nil {
			return err
		}
		b, err := t.w.Get(tabMeta, metaNext)
		if err != nil {
			return err
		}
		id := max(getNumber(b), 1)
		if err := t.link(id, parent, own); err != nil {
			return err
		}
		if err := t.w.Put(tabMeta, metaNext, idKey(id+1)); err != nil {
			return err
		}
		if err := t.bump(tabMeta, metaCount, 1); err != nil {
			return err
		}
		r := record{parent: parent, own: own}
		if err := t.w.Put(tabEntry, idKey(id), r.append(nil, e)); err != nil {
			return err
		}
		if err := t.reindex(id, nil, e); err != nil {
			return err
		}
		e.ID = id
		t.touch(id, e.Name.Norm)
		return nil
	})
}

// id finds the id of an entry that the caller has.
func (t *txn) id(e *entry.Entry) (uint64, error) {
	if e.ID != 0 {
		return e.ID, nil
	}
	id, err := t.find(e.Name.Norm)
	if err == nil && id == 0 {
		err = t.noSuchObject(e.Name.Norm)
	}
	return id, err
}

// Replace stores now in the place of old: same ID and name.
func (t *txn) Replace(old, now *entry.Entry) error {
	return t.step(func() error {
		id, err := t.id(old)
		if err != nil {
			return err
		}
		r, was, err := t.stored(id)
		if err != nil {
			return err
		}
		if err := t.w.Put(tabEntry, idKey(id), r.append(nil, now)); err != nil {
			return err
		}
		if err := t.reindex(id, was, now); err != nil {
			return err
		}
		now.ID = id
		t.touch(id)
		return nil
	})
}

// Rename stores now in the place of old under another name, and with it the
// subtree below.
func (t *txn) Rename(old, now *entry.Entry) error {
	return t.step(func() error {
		id, err := t.id(old)
		if err != nil {
			return err
		}
		r, was, err := t.stored(id)
		if err != nil {
			return err
		}
		up, err := t.name(r.parent, 0)
		if err != nil {
			return err
		}
		before := join(r.own, up)
		if now.Name.Norm != before.Norm && dn.IsSuffix(now.Name.Norm, before.Norm) && !isTombstone(now) {
			return wire.Errorf(wire.UnwillingToPerform, "an entry cannot be moved below itself")
		}
		parent, own, err := t.place(now)
		if err != nil {
			return err
		}
		if parent != r.parent || own.Norm != r.own.Norm {
			if err := t.unlink(r.parent, r.own); err != nil {
				return err
			}
			if err := t.link(id, parent, own); err != nil {
				return err
			}
		}
		kids, err := t.kids(id)
		if err != nil {
			return err
		}
		r = record{parent: parent, own: own}
		if err := t.w.Put(tabEntry, idKey(id), r.append(nil, now)); err != nil {
			return err
		}
		if err := t.reindex(id, was, now); err != nil {
			return err
		}
		now.ID = id
		t.touch(id, before.Norm, now.Name.Norm)
		if kids > 0 {
			t.own.moved = true
		}
		t.forgetNames()
		return nil
	})
}

// Delete removes a leaf entry.
func (t *txn) Delete(e *entry.Entry) error {
	return t.step(func() error {
		id, err := t.id(e)
		if err != nil {
			return err
		}
		r, was, err := t.stored(id)
		if err != nil {
			return err
		}
		kids, err := t.kids(id)
		if err != nil {
			return err
		}
		if kids > 0 {
			return wire.Errorf(wire.NotAllowedOnNonLeaf, "subordinate objects must be deleted first")
		}
		if err := t.exhume(id); err != nil {
			return err
		}
		up, err := t.name(r.parent, 0)
		if err != nil {
			return err
		}
		if err := t.unlink(r.parent, r.own); err != nil {
			return err
		}
		if err := t.bump(tabMeta, metaCount, -1); err != nil {
			return err
		}
		if err := t.w.Delete(tabEntry, idKey(id)); err != nil {
			return err
		}
		if err := t.reindex(id, was, nil); err != nil {
			return err
		}
		t.touch(id, join(r.own, up).Norm)
		t.forgetName(id)
		return nil
	})
}

// SetMeta stores a small value with the transaction; nil removes it.
func (t *txn) SetMeta(key string, v []byte) error {
	k := []byte(metaUser + key)
	if v == nil {
		return t.w.Delete(tabMeta, k)
	}
	return t.w.Put(tabMeta, k, v)
}

func (t *txn) Savepoint() int { return t.w.Savepoint() }

func (t *txn) RollbackTo(mark int) error {
	t.forgetNames()
	return t.w.RollbackTo(mark)
}

// NoSpace tells of a commit's error that the changes found no room on the disk,
// that nothing of them stays, and that others may succeed once there is room.
func NoSpace(err error) bool {
	return errors.Is(err, store.ErrNoSpace) && !errors.Is(err, store.ErrFailed)
}

// Commit returns when the changes are durable.
func (t *txn) Commit() error {
	if t.done {
		return store.ErrClosed
	}
	t.forgetChanged()
	return t.w.Commit()
}

// Leave ends the writer's turn; wait returns when the changes are durable.
func (t *txn) Leave() (wait func() error) {
	if t.done {
		return func() error { return store.ErrClosed }
	}
	t.forgetChanged()
	if l, ok := t.w.(store.Leaver); ok {
		return l.Leave()
	}
	err := t.w.Commit()
	return func() error { return err }
}

// forgetChanged ends the use of the transaction: before anybody can see the
// changes, the caches forget what they change.
func (t *txn) forgetChanged() {
	t.done, t.closed = true, true
	gen := t.w.Generation()
	if t.own.moved {
		t.db.entries.dropAll(gen)
		t.db.names.dropAll(gen)
	} else {
		for id := range t.own.ids {
			t.db.entries.drop(id, gen)
		}
		for n := range t.own.names {
			t.db.names.drop(n, gen)
		}
	}
}

// Abort undoes everything.
func (t *txn) Abort() {
	if !t.done {
		t.done, t.closed = true, true
		t.w.Abort()
	}
}

func (t *txn) Close() { t.Abort() }

// Meta is view.Meta; a value may be read back within the transaction.
func (t *txn) Meta(key string) ([]byte, error) {
	b, err := t.w.Get(tabMeta, []byte(metaUser+key))
	return bytes.Clone(b), err
}
