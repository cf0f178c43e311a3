package sqldb

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/wire"
)

// txn is a write transaction: a member of a group. Its changes are sent with
// its next read or with the commit.
type txn struct {
	reader
	g     *group
	marks []mark
}

// mark is a savepoint: a place in the statements of the session.
type mark struct {
	at    int
	named int // the place of its SAVEPOINT; -1: there is none yet
	meta  map[string][]byte
	items map[itemKey][]byte
	own   int
}

var (
	_ backend.Txn       = (*txn)(nil)
	_ backend.MetaTxn   = (*txn)(nil)
	_ backend.TableTxn  = (*txn)(nil)
	_ backend.Announcer = (*txn)(nil)
)

// Begin takes this server's turn to write. That of the other servers is waited
// for with the first read.
func (db *DB) Begin(ctx context.Context) (backend.Txn, error) {
	if ctx == nil {
		ctx = context.Background()
	}
	g, err := db.turn.take(ctx)
	if err != nil {
		return nil, db.outcome(ctx, err)
	}
	if g == nil {
		g = db.newGroup()
	}
	t := &txn{g: g}
	t.init(db, ctx)
	t.s = g.s
	t.Savepoint() // what Abort goes back to: others may have changed something before
	return t, nil
}

// ready sees to it that the group has begun and what it read is at hand.
func (t *txn) ready() error {
	if t.closed {
		return errClosed
	}
	if t.s.broken != nil {
		return t.s.broken
	}
	if !t.s.began {
		return t.s.flush(t.ctx, nil)
	}
	return nil
}

// write puts off a change. The savepoints before it are made known first.
func (t *txn) write(sql string, args ...any) {
	for i := range t.marks {
		if m := &t.marks[i]; m.named < 0 {
			m.named = t.s.queued()
			t.s.queue(fmt.Sprintf("SAVEPOINT s%d_%d", t.g.members, i))
		}
	}
	t.g.changed = true
	t.s.queue(sql, args...)
}

// Savepoint marks the present state.
func (t *txn) Savepoint() int {
	t.marks = append(t.marks, mark{at: t.s.queued(), named: -1, meta: maps.Clone(t.g.meta), items: maps.Clone(t.g.items), own: len(t.g.own)})
	return len(t.marks) - 1
}

// RollbackTo undoes what was done since a mark.
func (t *txn) RollbackTo(n int) error {
	if t.closed {
		return errClosed
	}
	if n < 0 || n >= len(t.marks) {
		return fmt.Errorf("sql: no savepoint %d", n)
	}
	m := t.marks[n]
	t.marks = t.marks[:n+1]
	t.seen = map[string]found{}
	t.page = nil
	if t.s.broken != nil {
		return t.s.broken
	}
	if m.meta != nil || m.items != nil {
		t.g.meta, t.g.items = maps.Clone(m.meta), maps.Clone(m.items)
	} else if t.s.began {
		t.g.meta, t.g.items = nil, nil
	}
	t.g.own = t.g.own[:m.own]
	if m.at >= t.s.sent {
		// The database has not heard of any of it.
		t.s.batch.QueuedQueries = t.s.batch.QueuedQueries[:m.at-t.s.sent]
		for i := range t.marks {
			if t.marks[i].named >= m.at {
				t.marks[i].named = -1
			}
		}
		return nil
	}
	t.s.batch = &pgx.Batch{}
	t.s.queue(fmt.Sprintf("ROLLBACK TO SAVEPOINT s%d_%d", t.g.members, n))
	return nil
}

// Commit returns when the changes are durable.
func (t *txn) Commit() error {
	if t.closed {
		return errClosed
	}
	if err := t.ready(); err != nil {
		t.closed = true
		t.g.leave(t.db, t.ctx, false)
		return err
	}
	t.closed = true
	return t.g.leave(t.db, t.ctx, true)
}

// Abort undoes everything.
func (t *txn) Abort() {
	if t.closed {
		return
	}
	if t.s.broken == nil {
		t.RollbackTo(0)
	}
	t.closed = true
	t.g.leave(t.db, t.ctx, false)
}

// Close is Abort.
func (t *txn) Close() { t.Abort() }

// Generation is the number of the state that the commit makes.
func (t *txn) Generation() uint64 {
	t.ready()
	return t.g.gen
}

// place finds the parent of an entry; id 0 above a suffix.
func (t *txn) place(e *entry.Entry) (parent uint64, err error) {
	if e.Name.IsRoot() {
		return 0, wire.Errorf(wire.UnwillingToPerform, "the root cannot be an entry")
	}
	up := above(e)
	f, err := t.find(up)
	if err != nil {
		return 0, err
	}
	if f.e != nil {
		return f.id, nil
	}
	for _, s := range t.db.opt.Suffixes {
		if e.Name.Norm == s.Norm || s.IsRoot() && up == "" {
			return 0, nil
		}
	}
	return 0, t.noSuchObject(e.Name.Norm)
}

// encode makes the durable form of an entry without its name.
func encode(e *entry.Entry) []byte {
	n := *e
	n.Name = dn.Name{}
	return n.Encode(nil)
}

// Add stores a new entry and sets its ID.
func (t *txn) Add(e *entry.Entry) error {
	if err := t.ready(); err != nil {
		return err
	}
	there, err := t.find(e.Name.Norm)
	if err != nil {
		return err
	}
	if there.e != nil {
		return wire.Errorf(wire.EntryAlreadyExists, "")
	}
	parent, err := t.place(e)
	if err != nil {
		return err
	}
	id := t.g.next
	t.g.next++
	path := pathOf(e.Name.Norm)
	t.write(t.db.q.insert, int64(id), int64(parent), tombstone(e), digest(e.Name.Norm), path, prefixOf(path), []byte(e.Name.Pretty), encode(e))
	t.values(id, nil, e)
	e.ID = id
	t.seen[e.Name.Norm] = found{e: e, id: id, parent: parent, path: path, known: true}
	t.unsure(above(e))
	return nil
}

// unsure forgets whether an entry has children.
func (t *txn) unsure(norm string) {
	if f, ok := t.seen[norm]; ok {
		f.known = false
		t.seen[norm] = f
	}
	t.page = nil
}

// values turns the rows of old into those of now; either may be nil.
func (t *txn) values(id uint64, old, now *entry.Entry) {
	if now == nil {
		t.write(t.db.q.noValues, int64(id))
		return
	}
	t.change(id, rowsOf(old, t.schema), rowsOf(now, t.schema))
}

// change turns rows of an entry into others.
func (t *txn) change(id uint64, before, after rows) {
	if a, k := before.without(after); len(a) > 0 {
		t.write(t.db.q.dropValues, a, k, int64(id))
	}
	if a, k := after.without(before); len(a) > 0 {
		t.write(t.db.q.addValues, a, k, int64(id))
	}
}

// stored finds an entry that the caller has, as the database has it.
func (t *txn) stored(e *entry.Entry) (found, error) {
	if err := t.ready(); err != nil {
		return found{}, err
	}
	f, err := t.find(e.Name.Norm)
	if err == nil && (f.e == nil || e.ID != 0 && f.id != e.ID) {
		err = t.noSuchObject(e.Name.Norm)
	}
	return f, err
}

// Replace stores now in the place of old: same ID and name.
func (t *txn) Replace(old, now *entry.Entry) error {
	f, err := t.stored(old)
	if err != nil {
		return err
	}
	t.write(t.db.q.replace, int64(f.id), encode(now))
	t.values(f.id, f.e, now)
	now.ID = f.id
	f.e = now
	t.seen[now.Name.Norm] = f
	t.page = nil
	return nil
}

// Rename stores now in the place of old, under another name, with all below it.
func (t *txn) Rename(old, now *entry.Entry) error {
	f, err := t.stored(old)
	if err != nil {
		return err
	}
	from, to := f.e.Name, now.Name
	if to.Norm != from.Norm && dn.IsSuffix(to.Norm, from.Norm) && !tombstone(now) {
		return wire.Errorf(wire.UnwillingToPerform, "an entry cannot be moved below itself")
	}
	if to.Norm != from.Norm {
		there, err := t.find(to.Norm)
		if err != nil {
			return err
		}
		if there.e != nil {
			return wire.Errorf(wire.EntryAlreadyExists, "")
		}
	}
	parent, err := t.place(now)
	if err != nil {
		return err
	}
	kids, err := t.HasChildren(from.Norm)
	if err != nil {
		return err
	}
	m := &moves{}
	p := int64(parent)
	m.add(f.id, &p, tombstone(now), pathOf(to.Norm), []byte(to.Pretty))
	if kids {
		if err := t.moveBelow(m, f.path, from, to); err != nil {
			return err
		}
	}
	t.write(t.db.q.move, m.ids, m.parents, m.tombstones, m.digests, m.paths, m.prefixes, m.names)
	t.write(t.db.q.replace, int64(f.id), encode(now))
	t.values(f.id, f.e, now)
	now.ID = f.id
	t.seen = map[string]found{to.Norm: {e: now, id: f.id, parent: parent, path: pathOf(to.Norm), kids: kids, known: true}}
	t.page = nil
	return nil
}

// moves are the columns of entries that get other names.
type moves struct {
	ids                             []int64
	parents                         []*int64
	tombstones                      []bool
	digests, paths, prefixes, names [][]byte
}

func (m *moves) add(id uint64, parent *int64, tomb bool, path, name []byte) {
	m.ids = append(m.ids, int64(id))
	m.parents = append(m.parents, parent)
	m.tombstones = append(m.tombstones, tomb)
	m.digests = append(m.digests, digest(normOf(path)))
	m.paths = append(m.paths, path)
	m.prefixes = append(m.prefixes, prefixOf(path))
	m.names = append(m.names, name)
}

// moveBelow gives new names to what is below an entry.
func (t *txn) moveBelow(m *moves, path []byte, from, to dn.Name) error {
	end, now := after(path), pathOf(to.Norm)
	return t.s.flush(t.ctx, func(b *pgx.Batch) {
		b.Queue(t.db.q.below, prefixOf(path), prefixOf(end), path, end).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				var id int64
				var p, name []byte
				if err := rows.Scan(&id, &p, &name); err != nil {
					return err
				}
				own, ok := bytes.CutSuffix(name, []byte(from.Pretty))
				if !ok {
					return fmt.Errorf("entry %d: its name %q does not end as that of the entry above it", id, name)
				}
				m.add(uint64(id), nil, false, slices.Concat(now, p[len(path):]), slices.Concat(own, []byte(to.Pretty)))
			}
			return rows.Err()
		})
	})
}

// Delete removes a leaf entry, and the tombstones below it.
func (t *txn) Delete(e *entry.Entry) error {
	f, err := t.stored(e)
	if err != nil {
		return err
	}
	kids, err := t.HasChildren(e.Name.Norm)
	if err != nil {
		return err
	}
	if kids {
		return wire.Errorf(wire.NotAllowedOnNonLeaf, "subordinate objects must be deleted first")
	}
	if t.schema.ObjectClass("nsTombstone") != nil {
		if err := t.exhume(f.id); err != nil {
			return err
		}
	}
	t.write(t.db.q.remove, int64(f.id))
	t.values(f.id, f.e, nil)
	t.seen[e.Name.Norm] = found{known: true}
	t.unsure(above(e))
	return nil
}

// exhume deletes the tombstones below an entry.
func (t *txn) exhume(id uint64) error {
	var below []int64
	err := t.s.flush(t.ctx, func(b *pgx.Batch) {
		b.Queue(t.db.q.bury, int64(id)).Query(func(rows pgx.Rows) error {
			var err error
			below, err = pgx.CollectRows(rows, pgx.RowTo[int64])
			return err
		})
	})
	for _, b := range below {
		t.write(t.db.q.remove, b)
		t.write(t.db.q.noValues, b)
	}
	return err
}

// Meta reads a small value.
func (t *txn) Meta(key string) ([]byte, error) {
	if err := t.ready(); err != nil {
		return nil, err
	}
	if t.g.meta == nil {
		t.reader.meta = nil
		if _, err := t.reader.Meta(key); err != nil {
			return nil, err
		}
		t.g.meta = t.reader.meta
	}
	return t.g.meta[key], nil
}

// SetMeta stores a small value with the transaction; nil removes it.
func (t *txn) SetMeta(key string, v []byte) error {
	if _, err := t.Meta(key); err != nil {
		return err
	}
	if v == nil {
		t.write(t.db.q.dropMeta, key)
		delete(t.g.meta, key)
		return nil
	}
	v = bytes.Clone(v)
	t.write(t.db.q.setMeta, key, v)
	t.g.meta[key] = v
	return nil
}

// GetTable reads one value of a table of the layers above.
func (t *txn) GetTable(table string, key []byte) ([]byte, error) {
	if err := t.ready(); err != nil {
		return nil, err
	}
	k := itemKey{table, string(key)}
	if v, ok := t.g.items[k]; ok {
		t.db.hot.use(k)
		return v, nil
	}
	v, err := t.reader.GetTable(table, key)
	if err == nil {
		t.keep(k, v)
	}
	return v, err
}

func (t *txn) keep(k itemKey, v []byte) {
	if t.g.items == nil {
		t.g.items = map[itemKey][]byte{}
	}
	t.g.items[k] = v
}

// PutTable stores a value with the transaction.
func (t *txn) PutTable(table string, key, value []byte) error {
	if err := t.ready(); err != nil {
		return err
	}
	key, value = bytes.Clone(key), bytes.Clone(value)
	t.write(t.db.q.setItem, table, key, value)
	t.keep(itemKey{table, string(key)}, value)
	return nil
}

// DeleteTable removes a key.
func (t *txn) DeleteTable(table string, key []byte) error {
	if err := t.ready(); err != nil {
		return err
	}
	key = bytes.Clone(key)
	t.write(t.db.q.dropItem, table, key)
	t.keep(itemKey{table, string(key)}, nil)
	return nil
}

// Announce puts out a payload for those who follow the database.
func (t *txn) Announce(payload []byte) error {
	if err := t.ready(); err != nil {
		return err
	}
	t.write(t.db.q.putChange, int64(t.g.gen), t.g.no, payload)
	t.g.no++
	t.g.own = append(t.g.own, payload)
	return nil
}
