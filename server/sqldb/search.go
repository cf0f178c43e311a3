package sqldb

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"libslapi/server/backend"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/wire"
)

// pageSize is how many entries come at a time. What fits one page comes with
// one statement; a larger outcome is read through a cursor.
const pageSize = 1000

// firstPage is the limit of the first statement.
func firstPage(q *backend.Query) int {
	if q.MaxCandidates > 0 {
		return min(pageSize, q.MaxCandidates) + 1
	}
	return pageSize + 1
}

// statement writes the query for a search.
func (r *reader) statement(q *backend.Query) (sql string, args []any) {
	c := &condition{schema: r.schema, env: q.Env, value: r.db.q.tables + ".value"}
	table := r.db.q.tables + ".entry"
	var where []string
	set := ""
	if q.Filter != nil {
		set = c.set(q.Filter)
	}
	if set != "" {
		where = append(where, "e.id IN ("+set+")")
	}
	path := pathOf(q.Base.Norm)
	switch {
	case q.Scope == wire.ScopeOne && q.Base.IsRoot():
		where = append(where, "e.parent = 0")
	case q.Scope == wire.ScopeOne:
		where = append(where, "e.parent = (SELECT p.id FROM "+table+" p WHERE p.digest = "+c.arg(digest(q.Base.Norm))+")")
	case !r.db.whole(q.Base.Norm):
		where = append(where, "e.path >= "+c.arg(path)+" AND e.path < "+c.arg(after(path)))
		if set == "" {
			// The path itself is not indexed: names may be too long for that.
			where = append(where, "e.prefix >= "+c.arg(prefixOf(path))+" AND e.prefix <= "+c.arg(prefixOf(after(path))))
		}
		if q.Scope == wire.ScopeChildren {
			where = append(where, "e.path <> "+c.arg(path))
		}
	case q.Scope == wire.ScopeChildren && len(path) > 0:
		where = append(where, "e.path <> "+c.arg(path))
	}
	sql = "SELECT " + columns + " FROM " + table + " e"
	if len(where) > 0 {
		sql += " WHERE " + strings.Join(where, " AND ")
	}
	return sql, c.args
}

// queueSearch asks for the first page of a search.
func (r *reader) queueSearch(b *pgx.Batch, q *backend.Query, limit int) {
	sql, args := r.statement(q)
	r.page = nil
	b.Queue(fmt.Sprintf("%s LIMIT %d", sql, limit), args...).Query(func(rows pgx.Rows) error {
		p := &page{q: q}
		for rows.Next() {
			f, err := r.scan(rows, false)
			if err != nil {
				return err
			}
			p.list = append(p.list, f)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		p.full = len(p.list) >= limit
		slices.SortFunc(p.list, func(a, b *found) int {
			if a.e.Name.Norm == q.Base.Norm || b.e.Name.Norm == q.Base.Norm {
				return len(a.path) - len(b.path)
			}
			return cmp.Compare(a.id, b.id)
		})
		r.page = p
		return nil
	})
}

// alike tells whether a search is the one that was announced.
func alike(a, b *backend.Query) bool {
	return a.Base.Norm == b.Base.Norm && a.Scope == b.Scope && a.Filter == b.Filter && a.Env == b.Env
}

// Search calls yield for the entries in scope that match, in the order of
// their ids, the base before all others.
func (r *reader) Search(q *backend.Query, yield func(*entry.Entry) bool) error {
	if r.closed {
		return errClosed
	}
	ctx := q.Ctx
	if ctx == nil {
		ctx = r.ctx
	}
	if ctx.Err() != nil {
		return r.db.outcome(ctx, ctx.Err())
	}
	if r.page == nil && r.hint == nil {
		r.hint = q // so that the base and the entries come together
	}
	if !q.Base.IsRoot() || !r.db.holdsRoot() {
		base, err := r.find(q.Base.Norm)
		if err != nil {
			return err
		}
		if base.e == nil {
			return r.noSuchObject(q.Base.Norm)
		}
		if q.Scope == wire.ScopeBase {
			_, err := test(q, base.e, yield)
			return err
		}
	} else if q.Scope == wire.ScopeBase {
		return nil
	}
	r.hint = nil
	p := r.page
	r.page = nil
	limit := firstPage(q)
	if p == nil || !alike(p.q, q) {
		err := r.s.flush(ctx, func(b *pgx.Batch) { r.queueSearch(b, q, limit) })
		if err != nil {
			return err
		}
		p, r.page = r.page, nil
	}
	if q.MaxCandidates > 0 && len(p.list) > q.MaxCandidates {
		return &wire.Error{Result: wire.Result{Code: wire.AdminLimitExceeded}}
	}
	if p.full {
		return r.stream(ctx, q, yield)
	}
	for _, f := range p.list {
		if goOn, err := r.give(ctx, q, f.e, yield); !goOn || err != nil {
			return err
		}
	}
	return nil
}

// give tests one entry and hands it out.
func (r *reader) give(ctx context.Context, q *backend.Query, e *entry.Entry, yield func(*entry.Entry) bool) (goOn bool, err error) {
	if ctx.Err() != nil {
		return false, r.db.outcome(ctx, ctx.Err())
	}
	return test(q, e, yield)
}

func test(q *backend.Query, e *entry.Entry, yield func(*entry.Entry) bool) (goOn bool, err error) {
	if q.Filter != nil {
		t, err := q.Filter.Match(e, q.Env)
		if err != nil || t != filter.True {
			return err == nil, err
		}
	}
	return yield(e), nil
}

// stream reads a large outcome through a cursor. The connection is free while
// the entries of a page are given out.
func (r *reader) stream(ctx context.Context, q *backend.Query, yield func(*entry.Entry) bool) error {
	sql, args := r.statement(q)
	r.cursor++
	name := fmt.Sprintf("search%d", r.cursor)
	fetch := fmt.Sprintf("FETCH %d FROM %s", pageSize, name)
	args = append(args, digest(q.Base.Norm))
	declare := fmt.Sprintf("DECLARE %s NO SCROLL CURSOR FOR %s ORDER BY e.digest <> $%d, e.id", name, sql, len(args))
	count := 0
	for first := true; ; first = false {
		var list []*entry.Entry
		err := r.s.flush(ctx, func(b *pgx.Batch) {
			if first {
				b.Queue(declare, args...)
			}
			b.Queue(fetch).Query(func(rows pgx.Rows) error {
				list = make([]*entry.Entry, 0, pageSize)
				for rows.Next() {
					f, err := r.scan(rows, false)
					if err != nil {
						return err
					}
					list = append(list, f.e)
				}
				return rows.Err()
			})
		})
		if err != nil {
			return err
		}
		goOn := true
		for _, e := range list {
			if goOn, err = r.give(ctx, q, e, yield); !goOn || err != nil {
				break
			}
		}
		count += len(list)
		if err == nil && q.MaxCandidates > 0 && count > q.MaxCandidates {
			err = &wire.Error{Result: wire.Result{Code: wire.AdminLimitExceeded}}
		}
		if err != nil || !goOn || len(list) < pageSize {
			r.s.queue("CLOSE " + name)
			return err
		}
	}
}

// noSuchObject is the error for a name that is not there, with the nearest one above.
func (r *reader) noSuchObject(norm string) error {
	res := wire.Result{Code: wire.NoSuchObject}
	for _, up := range r.db.steps(norm) {
		f, err := r.find(up)
		if err != nil {
			return err
		}
		if f.e != nil {
			res.MatchedDN = f.e.Name.Pretty
			break
		}
	}
	return &wire.Error{Result: res}
}
