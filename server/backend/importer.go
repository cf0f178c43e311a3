package backend

import (
	"encoding/binary"
	"slices"

	"libslapi/server/entry"
	"libslapi/server/store"
	"libslapi/server/wire"
)

// A batch of an import is one transaction.
const (
	batchEntries = 8192
	batchBytes   = 64 << 20
)

// Importer loads many entries. It is faster than transactions by far, because
// names and indexes are written in key order, many entries at a time. A failed
// Add leaves nothing behind and the import can go on; entries are durable after
// Close. It keeps other writers waiting. Not for concurrent use.
type Importer struct {
	db    *DB
	t     *txn
	posts *postings
	// The present batch.
	names    map[string]uint64 // normal forms
	children map[string]uint64 // by child key
	kids     map[uint64]int64
	next     uint64
	entries  int
	bytes    int
	err      error // of a flush: nothing more can be done
	// OnBatch, when set, is told how many entries are durable.
	OnBatch func(entries int)
	total   int
}

// NewImporter starts a bulk load into a database, which need not be empty.
func (db *DB) NewImporter() (*Importer, error) {
	if db.opt.ReadOnly {
		return nil, store.ErrReadOnly
	}
	return &Importer{db: db, posts: newPostings()}, nil
}

func (im *Importer) begin() error {
	t, err := im.db.begin(nil)
	if err != nil {
		return err
	}
	im.t = t
	im.names, im.children, im.kids = map[string]uint64{}, map[string]uint64{}, map[uint64]int64{}
	im.entries, im.bytes = 0, 0
	b, err := t.w.Get(tabMeta, metaNext)
	im.next = max(getNumber(b), 1)
	if bulk, ok := t.w.(store.BulkWriter); ok && err == nil {
		bulk.Bulk()
		bulk.SetFill(tabEntry, 0.95)
	}
	return err
}

// Add loads an entry, after its parent. It sets the entry's ID. Errors are
// those of Txn.Add.
func (im *Importer) Add(e *entry.Entry) error {
	if im.err != nil {
		return im.err
	}
	if im.t == nil {
		if im.err = im.begin(); im.err != nil {
			im.drop()
			return im.err
		}
	}
	if im.names[e.Name.Norm] != 0 {
		return wire.Errorf(wire.EntryAlreadyExists, "")
	}
	parent, own, err := im.t.placeUnder(e, im.names)
	if err != nil {
		return err
	}
	there, err := im.t.child(parent, own.Norm)
	if err != nil {
		return err
	}
	if there != 0 {
		return wire.Errorf(wire.EntryAlreadyExists, "")
	}
	id := im.next
	r := record{parent: parent, own: own}
	raw := r.append(nil, e)
	if err := im.t.w.Put(tabEntry, idKey(id), raw); err != nil {
		im.err = err
		im.drop()
		return err
	}
	im.next++
	e.ID = id
	im.names[e.Name.Norm] = id
	im.children[string(childKey(parent, own.Norm))] = id
	if parent != 0 && !buried(own.Norm) {
		im.kids[parent]++
	}
	im.posts.add(im.t.ix, id, e, nil)
	im.entries++
	im.bytes += len(raw)
	if im.entries >= batchEntries || im.bytes >= batchBytes {
		im.err = im.flush()
	}
	return im.err
}

// flush writes and commits the present batch.
func (im *Importer) flush() error {
	if im.t == nil {
		return nil
	}
	defer im.drop()
	w := im.t.w
	if bulk, ok := w.(store.BulkWriter); ok {
		bulk.SetFill(tabChild, 0.8)
		for table := range im.posts.tables {
			bulk.SetFill([]byte(table), 0.8)
		}
	}
	names := make([]string, 0, len(im.children))
	for k := range im.children {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		if err := w.Put(tabChild, []byte(k), idKey(im.children[k])); err != nil {
			return err
		}
	}
	parents := make([]uint64, 0, len(im.kids))
	for p := range im.kids {
		parents = append(parents, p)
	}
	slices.Sort(parents)
	for _, p := range parents {
		if err := im.t.bump(tabKids, idKey(p), im.kids[p]); err != nil {
			return err
		}
	}
	if err := im.posts.flush(w); err != nil {
		return err
	}
	if err := im.t.bump(tabMeta, metaCount, int64(im.entries)); err != nil {
		return err
	}
	if err := w.Put(tabMeta, metaNext, binary.BigEndian.AppendUint64(nil, im.next)); err != nil {
		return err
	}
	if err := im.t.Commit(); err != nil {
		return err
	}
	im.total += im.entries
	if im.OnBatch != nil {
		im.OnBatch(im.total)
	}
	return nil
}

// drop ends the present batch, undoing it when it was not committed.
func (im *Importer) drop() {
	if im.t != nil {
		im.t.Abort()
		im.t = nil
	}
}

// Close writes what is left. The error is also that of an earlier flush.
func (im *Importer) Close() error {
	if im.err == nil {
		im.err = im.flush()
	}
	im.drop()
	return im.err
}
