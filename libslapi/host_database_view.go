package main

/*
#include <stdlib.h>
#include "database.h"
*/
import "C"

import (
	"context"
	"errors"
	"strings"
	"unsafe"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// dbView reads a plug-in's database. What is read together in one state is the
// plug-in's affair: without transactions of its own, one call is.
type dbView struct {
	db    *pluginDB
	op    *plugin.Operation
	ctx   context.Context
	gen   uint64
	tx    *dbTxn // not nil within a transaction
	want  *backend.Query
	names []string // that will be looked up
	open  *cursor  // of the search that was announced, after its base
}

var (
	_ backend.View     = (*dbView)(nil)
	_ backend.MetaView = (*dbView)(nil)
	_ backend.Expecter = (*dbView)(nil)
)

// Close ends a search that was announced and never made.
func (v *dbView) Close() {
	if v.open != nil {
		v.open.close()
		v.open = nil
	}
}

// Generation tells the commits that the view may show; what is committed while
// it is open may show, too.
func (v *dbView) Generation() uint64 { return v.gen }

// ByID finds nothing: the plug-ins' entries have names only.
func (v *dbView) ByID(uint64) (*entry.Entry, error) { return nil, nil }

func (v *dbView) Meta(key string) ([]byte, error) { return v.db.context.get(v, key) }

func (v *dbView) HasChildren(norm string) (bool, error) {
	n, err := v.children(norm, 1)
	return n > 0, err
}

func (v *dbView) NumSubordinates(norm string) (int, error) { return v.children(norm, 0) }

func (v *dbView) children(norm string, most int) (n int, err error) {
	q := &backend.Query{Ctx: v.ctx, Base: dn.Name{Pretty: norm, Norm: norm}, Scope: wire.ScopeOne, Filter: anyEntry()}
	err = v.search(q, most, []string{"1.1"}, func(e *entry.Entry) bool {
		n++
		return most == 0 || n < most
	})
	if noSuch(err) {
		err = nil
	}
	return n, err
}

func anyEntry() *filter.Node {
	f := &filter.Node{Kind: filter.Present, Attr: "objectClass"}
	f.Resolve(activeSchema(), nil)
	return f
}

func noSuch(err error) bool {
	var e *wire.Error
	return errors.As(err, &e) && e.Code == wire.NoSuchObject
}

// Expect is a method of backend.Expecter.
func (v *dbView) Expect(q *backend.Query) {
	if v.db.c.db_flags&C.SLAPI_X_DB_GIVES_BASE != 0 && v.db.nextFn() != 0 && v.tx == nil {
		v.want = q
	}
}

// Lookup finds an entry by a search of its name.
func (v *dbView) Lookup(norm string) (found *entry.Entry, err error) {
	name := dn.Name{Pretty: norm, Norm: norm}
	if !v.db.holds(norm) {
		return nil, nil // the plug-in is asked for its own names only
	}
	if q := v.want; q != nil && q.Base.Norm == norm {
		v.want = nil
		asked := widened(q)
		cur, err := v.db.openCursor(v, asked, true, 0, nil)
		if noSuch(err) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		e, err := cur.next()
		if err != nil || e == nil || e.Name.Norm != norm {
			cur.close()
			if noSuch(err) {
				err = nil
			}
			return nil, err
		}
		cur.base, cur.q, cur.wide = e, q, asked != q
		v.Close()
		v.open = cur
		return e, nil
	}
	for _, s := range v.db.suffixes {
		if s.Norm == norm {
			name = s
		}
	}
	q := &backend.Query{Ctx: v.ctx, Base: name, Scope: wire.ScopeBase, Filter: anyEntry()}
	err = v.search(q, 0, nil, func(e *entry.Entry) bool {
		if e.Name.Norm == norm {
			found = e
		}
		return found == nil
	})
	if noSuch(err) {
		err = nil
	}
	return found, err
}

func (db *pluginDB) holds(norm string) bool {
	for _, s := range db.suffixes {
		if dn.IsSuffix(norm, s.Norm) {
			return true
		}
	}
	return false
}

// Search gives the entries that match, tested unless the plug-in has done so.
func (v *dbView) Search(q *backend.Query, yield func(*entry.Entry) bool) error {
	if cur := v.open; cur != nil && cur.answers(q) {
		v.open = nil
		// The base was given whether it matches or not.
		if q.Scope == wire.ScopeSub && !v.tested(q, true, yield)(cur.base) {
			cur.close()
			return nil
		}
		return cur.drain(v.tested(q, cur.wide, yield))
	}
	asked := widened(q)
	return v.search(asked, 0, nil, v.tested(q, asked != q, yield))
}

// computedAttrs are those that the server computes: a plug-in cannot test them.
var computedAttrs = map[string]bool{"hassubordinates": true, "numsubordinates": true, "subschemasubentry": true, "contextcsn": true,
	"parentid": true, "entryid": true, "nsrole": true}

// widened is the search with a filter that needs no computed attributes; q
// itself when it needs none.
func widened(q *backend.Query) *backend.Query {
	if q.Filter == nil {
		return q
	}
	f := q.Filter.Widen(func(n *filter.Node) bool { return computedAttrs[strings.ToLower(n.Attr)] })
	if f == q.Filter {
		return q
	}
	f.Resolve(activeSchema(), nil)
	w := *q
	w.Filter = f
	return &w
}

// tested puts the filter and the scope before yield. wide: the plug-in got
// another filter.
func (v *dbView) tested(q *backend.Query, wide bool, yield func(*entry.Entry) bool) func(*entry.Entry) bool {
	if v.db.c.db_flags&C.SLAPI_X_DB_FILTERED != 0 && !wide {
		return yield
	}
	return func(e *entry.Entry) bool {
		if !inScope(e.Name.Norm, q.Base.Norm, q.Scope) {
			return true
		}
		if q.Filter != nil {
			if t, err := q.Filter.Match(e, q.Env); err != nil || t != filter.True {
				return true
			}
		}
		return yield(e)
	}
}

func inScope(norm, base string, scope wire.Scope) bool {
	switch scope {
	case wire.ScopeBase:
		return norm == base
	case wire.ScopeOne:
		return norm != "" && norm != base && dn.ParentNorm(norm) == base
	case wire.ScopeChildren:
		return norm != base && dn.IsSuffix(norm, base)
	}
	return dn.IsSuffix(norm, base)
}

// search runs one search. Where readers must wait for a writer, the entries are
// given out after it, so that who takes them may write.
func (v *dbView) search(q *backend.Query, limit int, attrs []string, yield func(*entry.Entry) bool) error {
	if !v.db.isolate || v.tx != nil {
		return v.db.runSearch(v, q, limit, attrs, yield)
	}
	var list []*entry.Entry
	v.db.rw.RLock()
	err := v.db.runSearch(v, q, limit, attrs, func(e *entry.Entry) bool {
		list = append(list, e)
		return limit == 0 || len(list) < limit
	})
	v.db.rw.RUnlock()
	for _, e := range list {
		if !yield(e) {
			return nil
		}
	}
	return err
}

func (db *pluginDB) runSearch(v *dbView, q *backend.Query, limit int, attrs []string, yield func(*entry.Entry) bool) error {
	cur, err := db.openCursor(v, q, false, limit, attrs, yield)
	if err != nil || cur == nil {
		return err
	}
	return cur.drain(yield)
}

// cursor is a search whose entries the plug-in gives one by one.
type cursor struct {
	c     *dbCall
	q     *backend.Query
	fn    C.int
	base  *entry.Entry // not nil: what came before the entries that match
	wide  bool         // the plug-in got another filter than q's
	ended bool
}

// nextFn is the parameter of the function that gives the next entry; 0: none.
func (db *pluginDB) nextFn() C.int {
	for _, id := range [...]C.int{C.SLAPI_PLUGIN_DB_NEXT_SEARCH_ENTRY_FN, C.SLAPI_PLUGIN_DB_NEXT_SEARCH_ENTRY_EXT_FN} {
		if db.has(id) {
			return id
		}
	}
	return 0
}

// openCursor calls the search function. Entries that it sends go to yield. The
// cursor is nil when all is done then.
func (db *pluginDB) openCursor(v *dbView, q *backend.Query, wantBase bool, limit int, attrs []string, yield ...func(*entry.Entry) bool) (*cursor, error) {
	if !db.running() {
		return nil, errDatabaseClosed
	}
	c := db.newCall(v.op, v.tx, plugin.KindSearch, q.Base)
	asked := q.Filter
	if db.c.db_flags&C.SLAPI_X_DB_SPELLED_FILTER != 0 && asked != nil {
		asked = spelled(asked, activeSchema())
	}
	p := &plugin.SearchPart{Scope: q.Scope, SizeLimit: -1, TimeLimit: -1, Filter: asked, Attrs: attrs}
	if limit > 0 {
		p.SizeLimit = limit
	}
	if v.op != nil && v.op.Search != nil {
		p.TimeLimit = v.op.Search.TimeLimit
	}
	c.op.Search = p
	if q.Ctx != nil {
		c.op.Ctx = q.Ctx
	}
	if wantBase {
		c.putInt(C.SLAPI_X_DB_WANT_BASE, 1)
	}
	if len(v.names) > 0 {
		C.cshim_pblock_put_own(c.state().c.pb, C.SLAPI_X_DB_NEXT_NAMES, unsafe.Pointer(newCharray(v.names)), (*[0]byte)(C.cshim_free_charray))
		v.names = nil
	}
	if len(yield) > 0 {
		c.yield = yield[0]
	}
	c.refer = v.refer
	rc, _ := c.run(C.SLAPI_PLUGIN_DB_SEARCH_FN)
	set := c.st.ptr(C.SLAPI_SEARCH_RESULT_SET)
	fn := db.nextFn()
	if rc == 0 && set != nil && fn != 0 && c.err == nil && (!c.sent || c.result.Code == wire.Success) {
		return &cursor{c: c, q: q, fn: fn}, nil
	}
	err := c.outcome(rc)
	if c.stopped && c.err == nil {
		err = nil // who takes the entries has enough
	}
	c.release()
	c.free()
	return nil, err
}

// refer passes a reference of the plug-in on to the client.
func (v *dbView) refer(urls []string, controls []wire.Control) error {
	s := services()
	if v.op == nil || v.op.Kind != plugin.KindSearch || s == nil {
		return nil
	}
	return s.SendReference(v.op, urls, controls)
}

// answers tells whether the cursor is of this search.
func (x *cursor) answers(q *backend.Query) bool {
	return x.q.Base.Norm == q.Base.Norm && x.q.Scope == q.Scope && x.q.Filter.String() == q.Filter.String()
}

// next gives the next entry, nil at the end.
func (x *cursor) next() (*entry.Entry, error) {
	if x.ended {
		return nil, nil
	}
	C.cshim_pblock_put_ptr(x.c.st.c.pb, C.SLAPI_SEARCH_RESULT_ENTRY, nil)
	rc, _ := x.c.run(x.fn)
	if rc != 0 {
		x.ended = true
		return nil, x.c.outcome(rc)
	}
	if refs := goBervals((**C.struct_berval)(x.c.st.ptr(C.SLAPI_SEARCH_REFERRALS))); len(refs) > 0 && x.c.st.ptr(C.SLAPI_SEARCH_RESULT_ENTRY) == nil {
		C.cshim_pblock_put_ptr(x.c.st.c.pb, C.SLAPI_SEARCH_REFERRALS, nil)
		if err := x.c.refer(refs, nil); err != nil {
			x.ended = true
			return nil, nil
		}
		return x.next()
	}
	e := (*C.Slapi_Entry)(x.c.st.ptr(C.SLAPI_SEARCH_RESULT_ENTRY))
	if e == nil {
		x.ended = true
		return nil, x.c.outcome(0)
	}
	return x.c.entry(e)
}

// drain gives out all that is left, and closes.
func (x *cursor) drain(yield func(*entry.Entry) bool) error {
	defer x.close()
	for n := 0; ; n++ {
		if ctx := x.q.Ctx; ctx != nil && n&31 == 31 && ctx.Err() != nil {
			return ctx.Err()
		}
		e, err := x.next()
		if err != nil || e == nil {
			return err
		}
		if !yield(e) {
			return nil
		}
	}
}

func (x *cursor) close() {
	x.c.release()
	x.c.free()
}

// release gives the result set back.
func (c *dbCall) release() {
	if c.st == nil {
		return
	}
	set := c.st.ptr(C.SLAPI_SEARCH_RESULT_SET)
	if set == nil {
		return
	}
	if c.db.has(C.SLAPI_PLUGIN_DB_SEARCH_RESULTS_RELEASE_FN) {
		onThread(func() bool { releaseSet(c.db, set); return true })
	} else if c.db.has(C.SLAPI_PLUGIN_DB_FREE_RESULT_SET_FN) {
		c.run(C.SLAPI_PLUGIN_DB_FREE_RESULT_SET_FN)
	}
	C.cshim_pblock_put_ptr(c.st.c.pb, C.SLAPI_SEARCH_RESULT_SET, nil)
}

func releaseSet(db *pluginDB, set unsafe.Pointer) {
	p := (*unsafe.Pointer)(C.calloc(1, C.size_t(unsafe.Sizeof(set))))
	*p = set
	C.cshim_database_release(db.be, p)
	C.free(unsafe.Pointer(p))
}
