package sqldb

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// found is what is known of a name: nil entry, there is none.
type found struct {
	e      *entry.Entry
	id     uint64
	parent uint64
	path   []byte
	kids   bool // has children; sure only when kidsKnown
	known  bool
}

// reader reads one state: of a transaction that only reads, or within one that writes.
type reader struct {
	db     *DB
	ctx    context.Context
	s      *session
	schema *schema.Schema
	seen   map[string]found // by normal name
	gen    uint64
	meta   map[string][]byte // nil: not read yet
	items  map[itemKey][]byte
	hint   *backend.Query
	expect []string // names to look up with the next one
	page   *page    // what was fetched ahead for hint
	cursor int
	closed bool
}

type itemKey struct{ table, key string }

// page is the first part of the outcome of a search.
type page struct {
	q    *backend.Query
	list []*found
	full bool // there is more
}

var (
	_ backend.MetaView     = (*reader)(nil)
	_ backend.TableView    = (*reader)(nil)
	_ backend.Expecter     = (*reader)(nil)
	_ backend.NameExpecter = (*reader)(nil)
)

// view is a reader on its own.
type view struct{ reader }

// View opens a read transaction. It is the state at its first use that it
// shows: nothing is sent before.
func (db *DB) View(ctx context.Context) (backend.View, error) {
	v := &view{}
	v.init(db, ctx)
	v.s = &session{db: db, begin: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", batch: &pgx.Batch{}}
	v.s.firsts = func(b *pgx.Batch) {
		b.Queue(db.q.state).QueryRow(func(row pgx.Row) error { return row.Scan(&v.gen) })
	}
	return v, nil
}

func (r *reader) init(db *DB, ctx context.Context) {
	if ctx == nil {
		ctx = context.Background()
	}
	r.db, r.ctx, r.schema = db, ctx, db.opt.Schema()
	r.seen = map[string]found{}
}

// Close ends the transaction; the database is told without waiting for it.
func (v *view) Close() {
	if !v.closed {
		v.closed = true
		v.s.drop()
	}
}

// Expect announces a search: it is made together with the look-up of its base.
func (r *reader) Expect(q *backend.Query) { r.hint = q }

// ExpectNames announces look-ups.
func (r *reader) ExpectNames(norms ...string) { r.expect = append(r.expect, norms...) }

// Lookup finds an entry by its normal name. Those above it are looked up with it.
func (r *reader) Lookup(norm string) (*entry.Entry, error) {
	f, err := r.find(norm)
	return f.e, err
}

func (r *reader) find(norm string) (found, error) {
	if f, ok := r.seen[norm]; ok {
		return f, nil
	}
	steps := r.db.steps(norm)
	if steps == nil {
		return found{}, nil
	}
	if r.closed {
		return found{}, errClosed
	}
	hint := r.hint
	for _, n := range r.expect {
		for _, up := range r.db.steps(n) {
			if !slices.Contains(steps, up) {
				steps = append(steps, up)
			}
		}
	}
	r.hint, r.expect = nil, nil
	err := r.s.flush(r.ctx, func(b *pgx.Batch) {
		r.queueLookup(b, steps)
		if hint != nil && hint.Base.Norm == norm && hint.Scope != wire.ScopeBase {
			r.queueSearch(b, hint, firstPage(hint))
		}
	})
	if err != nil {
		return found{}, err
	}
	return r.seen[norm], nil
}

// queueLookup asks for the names that are not known yet.
func (r *reader) queueLookup(b *pgx.Batch, norms []string) {
	var keys [][]byte
	var asked []string
	for _, n := range norms {
		if _, ok := r.seen[n]; !ok {
			keys = append(keys, digest(n))
			asked = append(asked, n)
		}
	}
	b.Queue(r.db.q.lookup, keys).Query(func(rows pgx.Rows) error {
		for _, n := range asked {
			r.seen[n] = found{known: true}
		}
		for rows.Next() {
			f, err := r.scan(rows, true)
			if err != nil {
				return err
			}
			f.known = true
			r.seen[f.e.Name.Norm] = *f
		}
		return rows.Err()
	})
}

// scan makes an entry of a row of the columns, and of one that tells whether it has children.
func (r *reader) scan(rows pgx.Rows, kids bool) (*found, error) {
	f := &found{}
	var id, parent int64
	var name, data []byte
	to := []any{&id, &parent, &f.path, &name, &data}
	if kids {
		to = append(to, &f.kids)
	}
	if err := rows.Scan(to...); err != nil {
		return nil, err
	}
	e, err := entry.Decode(data, r.schema)
	if err != nil {
		return nil, fmt.Errorf("entry %d: %w", id, err)
	}
	f.id, f.parent = uint64(id), uint64(parent)
	e.ID = f.id
	e.Name = dn.Name{Pretty: string(name), Norm: normOf(f.path)}
	f.e = e
	return f, nil
}

// HasChildren tells whether an entry has subordinates.
func (r *reader) HasChildren(norm string) (bool, error) {
	f, err := r.find(norm)
	if err != nil || f.e == nil {
		return false, err
	}
	if !f.known {
		err = r.s.flush(r.ctx, func(b *pgx.Batch) {
			b.Queue(r.db.q.hasChild, int64(f.id)).QueryRow(func(row pgx.Row) error { return row.Scan(&f.kids) })
		})
		f.known = err == nil
		r.seen[norm] = f
	}
	return f.kids, err
}

// NumSubordinates counts an entry's children.
func (r *reader) NumSubordinates(norm string) (n int, err error) {
	f, err := r.find(norm)
	if err != nil || f.e == nil || f.known && !f.kids {
		return 0, err
	}
	err = r.s.flush(r.ctx, func(b *pgx.Batch) {
		b.Queue(r.db.q.children, int64(f.id)).QueryRow(func(row pgx.Row) error { return row.Scan(&n) })
	})
	return n, err
}

// ByID finds an entry by its id.
func (r *reader) ByID(id uint64) (e *entry.Entry, err error) {
	for _, f := range r.seen {
		if f.e != nil && f.id == id {
			return f.e, nil
		}
	}
	err = r.s.flush(r.ctx, func(b *pgx.Batch) {
		b.Queue(r.db.q.byID, int64(id)).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				f, err := r.scan(rows, false)
				if err != nil {
					return err
				}
				e = f.e
			}
			return rows.Err()
		})
	})
	return e, err
}

// Generation numbers the state: it grows with every commit.
func (r *reader) Generation() uint64 {
	if r.gen == 0 {
		r.s.flush(r.ctx, nil)
	}
	return r.gen
}

// Meta reads a small value.
func (r *reader) Meta(key string) ([]byte, error) {
	if r.meta == nil {
		if err := r.s.flush(r.ctx, func(b *pgx.Batch) { r.db.queueMeta(b, &r.meta) }); err != nil {
			return nil, err
		}
	}
	return r.meta[key], nil
}

// queueMeta asks for all small values.
func (db *DB) queueMeta(b *pgx.Batch, to *map[string][]byte) {
	b.Queue(db.q.allMeta).Query(func(rows pgx.Rows) error {
		*to = map[string][]byte{}
		for rows.Next() {
			var k string
			var v []byte
			if err := rows.Scan(&k, &v); err != nil {
				return err
			}
			(*to)[k] = v
		}
		return rows.Err()
	})
}

// GetTable reads one value of a table of the layers above.
func (r *reader) GetTable(table string, key []byte) (val []byte, err error) {
	k := itemKey{table, string(key)}
	if v, ok := r.items[k]; ok {
		return v, nil
	}
	r.db.hot.use(k)
	err = r.s.flush(r.ctx, func(b *pgx.Batch) {
		b.Queue(r.db.q.getItem, table, key).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				if err := rows.Scan(&val); err != nil {
					return err
				}
			}
			return rows.Err()
		})
	})
	return val, err
}

// scanStep is how many items are read at a time.
const scanStep = 1000

// ScanTable calls yield for the keys of such a table from start on.
func (r *reader) ScanTable(table string, start []byte, yield func(key, value []byte) bool) error {
	type item struct{ k, v []byte }
	for {
		var list []item
		err := r.s.flush(r.ctx, func(b *pgx.Batch) {
			b.Queue(r.db.q.scanItems, table, start, scanStep).Query(func(rows pgx.Rows) error {
				list = list[:0]
				for rows.Next() {
					var i item
					if err := rows.Scan(&i.k, &i.v); err != nil {
						return err
					}
					list = append(list, i)
				}
				return rows.Err()
			})
		})
		if err != nil {
			return err
		}
		for _, i := range list {
			if !yield(i.k, i.v) {
				return nil
			}
		}
		if len(list) < scanStep {
			return nil
		}
		start = append(bytes.Clone(list[len(list)-1].k), 0)
	}
}
