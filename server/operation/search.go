package operation

import (
	"context"
	"errors"
	"time"

	"libslapi/server/acl"
	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// everything is the resolved filter (objectClass=*).
func (s *Server) everything() *filter.Node {
	f := &filter.Node{Kind: filter.Present, Attr: "objectClass"}
	f.Resolve(s.Schema(), nil)
	return f
}

// searcher is one search on its way.
type searcher struct {
	s      *Server
	op     *plugin.Operation
	db     *Database
	v      backend.View
	ask    *asker
	comp   *computer
	filter *filter.Node
	// candidates is what the database is asked for; nil: not made yet.
	candidates *filter.Node
	ctx        context.Context
	cancel     context.CancelFunc
	sel        *selection
	// collect keeps the entries found inside a transaction until the search is
	// over: who is shown one may write to that same transaction.
	collect []*entry.Entry
	delay   bool
	seen    map[string]bool // names visited, when aliases are followed
	paging  *pager
	sync    *syncSearch
	// lower says of entries kept back which database below that of the base
	// they are from; nil while in that of the base.
	lower map[*entry.Entry]*Database
	// hidden are classes whose entries only a filter that names the class
	// finds, with whether it does.
	hidden map[string]bool
	// need is the right that the items of the filter need; 0: search.
	need acl.Priv
	err  error
	// sole: the database was asked for x.filter and nothing beside it.
	sole bool
	// free: freeFor may search by all that the filter names, in every entry.
	free    bool
	freeFor *asker
	room    searchRoom
}

// searchRoom is memory for the parts of a search.
type searchRoom struct {
	ask  asker
	comp computer
	sel  selection
}

func (s *Server) search(op *plugin.Operation) error {
	p := op.Search
	st := stateOf(op)
	if err := s.rewrite(op); err != nil {
		return err
	}
	if p.Filter != st.ownFilter {
		// A plug-in's filter: not resolved, or resolved by the host.
		f := p.Filter.Clone()
		if err := f.Resolve(s.Schema(), s.plugins()); err != nil {
			return err
		}
		st.ownFilter.Release()
		p.Filter, st.ownFilter = f, f
	}
	if rule := p.Filter.UnknownRule(); rule != "" && s.is389() {
		return wire.Errorf(wire.UnavailableCriticalExtension, "")
	}
	db := s.databaseFor(op)
	if db == nil {
		return s.nowhere(op)
	}
	if db.Disabled {
		return outOfService()
	}
	if err := s.originalOnly(op, db); err != nil {
		return err
	}
	if !op.Internal && !op.IsRoot && s.limitsOf(op, db).MaxCandidates == NoSearch {
		return &wire.Error{Result: wire.Result{Code: wire.AdminLimitExceeded}}
	}
	x := &searcher{s: s, op: op, db: db, filter: p.Filter, ctx: op.Ctx}
	if x.ctx == nil {
		x.ctx = context.Background()
	}
	if p.TimeLimit > 0 && p.Scope != wire.ScopeBase {
		x.ctx, x.cancel = context.WithTimeout(x.ctx, time.Duration(p.TimeLimit)*time.Second)
		defer x.cancel()
	}
	x.ask = &x.room.ask
	s.accessInto(x.ask, op, db)
	x.delay = transaction(op) != nil
	if s.is389() && st.ctl.subentries == nil {
		x.hidden = map[string]bool{}
		for _, class := range hiddenClasses {
			x.hidden[class] = namesClass(p.Filter, class)
		}
	}
	var err error
	if x.sync, err = s.newSync(x); err != nil {
		return err
	}
	if x.sync != nil {
		defer x.sync.leave()
	}
	return x.run()
}

// outOfService is the answer of a database whose node is disabled.
func outOfService() error {
	return &wire.Error{Result: wire.Result{Code: wire.OperationsError}}
}

// nowhere is the answer for a name that no database holds.
func (s *Server) nowhere(op *plugin.Operation) error {
	if len(s.opts().Referral) > 0 && !stateOf(op).ctl.manageDsaIT && !stateOf(op).ctl.domainScope {
		return &wire.Error{Result: wire.Result{Code: wire.Referral, Referrals: referralURLs(s.opts().Referral, op.Target, scopeWord(op))}}
	}
	if op.Kind.Update() && !s.is389() && !op.Internal {
		return wire.Errorf(wire.UnwillingToPerform, "no global superior knowledge")
	}
	return &wire.Error{Result: wire.Result{Code: wire.NoSuchObject}}
}

func (x *searcher) run() error {
	op := x.op
	v, release, err := x.s.view(op, x.db)
	if err != nil {
		return err
	}
	defer release()
	x.v = v
	x.comp = &x.room.comp
	*x.comp = x.s.computerOf(op, x.db, v)
	x.expect()
	base, err := x.base()
	if err != nil {
		var none *wire.Error
		if x.s.is389() && x.db.Private && op.Search.Scope != wire.ScopeBase && errors.As(err, &none) && none.Code == wire.NoSuchObject {
			return nil // ns-slapd's configuration finds nothing below what is not there
		}
		return err
	}
	if !x.s.is389() && !x.ask.entry(base, acl.AttrEntry, acl.PrivSearch) {
		return x.ask.denied(base, "no access to search base")
	}
	if base.IsClass("referral") && !stateOf(op).ctl.manageDsaIT {
		if stateOf(op).ctl.domainScope {
			return &wire.Error{Result: wire.Result{Code: wire.NoSuchObject, MatchedDN: base.Name.Pretty}}
		}
		return x.s.referral(base, op.Target, op.Search.Scope, true)
	}
	if a := stateOf(op).ctl.assertion; a != nil {
		if t, err := a.Match(base, x.comp.env()); err != nil || t != filter.True {
			return &wire.Error{Result: wire.Result{Code: wire.AssertionFailed}}
		}
	}
	x.sel = &x.room.sel
	x.s.selectInto(x.sel, op.Search.Attrs)
	x.sel.values = stateOf(op).ctl.values
	x.sel.realOnly, x.sel.virtualOnly = stateOf(op).ctl.realOnly, stateOf(op).ctl.virtualOnly
	if x.keepsNone() {
		x.sel.room = messageRooms.Get().(*messageRoom)
		defer x.sel.room.give()
		x.sel.directly(op, x.s, x.comp)
	}
	if x.sync != nil {
		return x.result(x.sync.run(base))
	}
	if x.paging, err = x.s.newPager(x); err != nil {
		return err
	}
	if x.paging != nil && x.paging.resumed {
		return x.paging.next(x)
	}
	err = x.walk(base)
	if err == nil && x.ordered() {
		err = x.arrange()
	}
	switch {
	case x.paging != nil:
		if err == nil {
			err = x.paging.close(x)
		}
	case x.delay, x.ordered() && err == nil:
		x.sendCollected()
		if x.err != nil {
			err = x.err
		}
	}
	return x.result(err)
}

// sendCollected sends what was kept back.
func (x *searcher) sendCollected() {
	for _, e := range x.collect {
		if x.err != nil || x.op.Abandoned.Load() {
			return
		}
		x.send(e)
	}
}

// result turns what ended the search into its result; running out of time is
// the client's limit or the server's.
func (x *searcher) result(err error) error {
	if x.op.Abandoned.Load() {
		return &wire.Error{Result: wire.Result{Code: wire.Canceled}}
	}
	if err == nil || errors.Is(err, errStop) {
		return nil
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) && x.ctx.Err() == context.DeadlineExceeded {
		return &wire.Error{Result: wire.Result{Code: wire.TimeLimitExceeded}}
	}
	return err
}

// errStop ends a search without an error.
var errStop = errors.New("search ended")

// base finds the entry that the search begins at, through aliases if asked to.
func (x *searcher) base() (*entry.Entry, error) {
	op := x.op
	look := x.v.Lookup
	if x.keepsNone() {
		look = func(norm string) (*entry.Entry, error) { return backend.Peek(x.v, norm) }
	}
	e, err := look(op.Target.Norm)
	if err != nil {
		return nil, err
	}
	if op.Search.Deref == wire.DerefFind || op.Search.Deref == wire.DerefAlways {
		name, err := x.s.dereferenceName(x.db, x.v, op.Target)
		if err != nil {
			return nil, err
		}
		if name.Norm != op.Target.Norm {
			if e, err = look(name.Norm); err != nil {
				return nil, err
			}
			if e == nil {
				return nil, x.s.missing(op, x.v, x.ask, name, scopeWord(op))
			}
		}
	}
	if e == nil {
		return nil, x.s.missing(op, x.v, x.ask, op.Target, scopeWord(op))
	}
	return e, nil
}

// missing is the answer for a name that is not there: noSuchObject with the
// name of the nearest entry above, or a referral when that is a referral object.
func (s *Server) missing(op *plugin.Operation, v backend.View, ask *asker, name dn.Name, scope string) error {
	for up := name; up.Norm != ""; {
		up = up.Parent()
		e, err := v.Lookup(up.Norm)
		if err != nil {
			return err
		}
		if e == nil {
			continue
		}
		if e.IsClass("referral") && !stateOf(op).ctl.manageDsaIT && !stateOf(op).ctl.domainScope {
			return s.referralFor(e, name, scope)
		}
		if ask != nil && ask.decide != nil {
			if err := ask.decideMissing(e); err != nil {
				return err
			}
		}
		res := wire.Result{Code: wire.NoSuchObject}
		if s.is389() || ask == nil || ask.entry(e, acl.AttrEntry, acl.PrivDisclose) {
			res.MatchedDN = e.Name.Pretty
		}
		return &wire.Error{Result: res}
	}
	return &wire.Error{Result: wire.Result{Code: wire.NoSuchObject}}
}

// walk visits the entries in scope.
func (x *searcher) walk(base *entry.Entry) error {
	op := x.op
	if op.Search.Deref == wire.DerefSearch || op.Search.Deref == wire.DerefAlways {
		x.seen = map[string]bool{}
		return x.walkAliases(base, op.Search.Scope)
	}
	if err := x.walkHere(base); err != nil {
		return err
	}
	return x.walkLower()
}

// walkHere visits those in the database of the base.
func (x *searcher) walkHere(base *entry.Entry) error {
	op := x.op
	if op.Search.Scope == wire.ScopeBase {
		t, err := x.filter.Match(base, x.comp.env())
		if err == nil && t == filter.True {
			x.found(base)
			err = x.err
		}
		return err
	}
	return x.query(base.Name, op.Search.Scope, x.candidateFilter())
}

// expect tells a database that wants to know of the search behind the look-up
// of its base.
func (x *searcher) expect() {
	op := x.op
	if v, ok := x.v.(backend.Expecter); ok && op.Search.Scope != wire.ScopeBase && op.Search.Deref == wire.DerefNever && x.sync == nil {
		v.Expect(x.queryOf(op.Target, op.Search.Scope, x.candidateFilter()))
	}
}

func (x *searcher) queryOf(base dn.Name, scope wire.Scope, f *filter.Node) *backend.Query {
	q := &backend.Query{Ctx: x.ctx, Base: base, Scope: scope, Filter: f, Env: x.comp.env(), Transient: x.keepsNone()}
	if !x.ask.all {
		q.MaxCandidates = x.s.limitsOf(x.op, x.db).MaxCandidates
	}
	return q
}

// query runs one backend search and takes its entries.
func (x *searcher) query(base dn.Name, scope wire.Scope, f *filter.Node) error {
	err := x.v.Search(x.queryOf(base, scope, f), func(e *entry.Entry) bool {
		if x.op.Abandoned.Load() || x.ctx.Err() != nil {
			return false
		}
		x.found(e)
		return x.err == nil
	})
	if err != nil {
		return err
	}
	if x.err == nil && x.ctx.Err() != nil && !x.op.Abandoned.Load() {
		return x.ctx.Err()
	}
	return x.err
}

// candidateFilter is the filter for the backend: the client's, and beside it
// all referral objects, which match in any case (RFC 3296 section 5.3), unless
// there are none.
func (x *searcher) candidateFilter() *filter.Node {
	if x.candidates == nil {
		x.candidates = x.withReferrals()
	}
	return x.candidates
}

func (x *searcher) withReferrals() *filter.Node {
	x.sole = true
	if x.op.Internal || stateOf(x.op).ctl.manageDsaIT || x.op.Search.Scope == wire.ScopeBase || x.db.Private ||
		x.s.Schema().ObjectClass("referral") == nil {
		return x.filter
	}
	ref := x.s.referralFilter()
	if ref == nil {
		return x.filter
	}
	if l, ok := x.v.(backend.Lacker); ok && l.Lacks(ref) {
		return x.filter
	}
	x.sole = false
	return &filter.Node{Kind: filter.Or, Kids: []*filter.Node{x.filter, ref}}
}

// referralFilter is the filter that finds referral objects; nil when the schema
// has none.
func (s *Server) referralFilter() *filter.Node {
	sch := s.Schema()
	if f := s.referrals.Load(); f != nil && f.Schema() == sch {
		return f
	}
	f := &filter.Node{Kind: filter.Equality, Attr: "objectClass", Value: []byte("referral")}
	if err := f.Resolve(sch, nil); err != nil {
		return nil
	}
	s.referrals.Store(f)
	return f
}

// found takes an entry that the database gave for the candidate filter.
func (x *searcher) found(e *entry.Entry) {
	if x.seen != nil {
		if x.seen[e.Name.Norm] {
			return
		}
		x.seen[e.Name.Norm] = true
	}
	if !x.op.Internal && e.IsClass("referral") && !stateOf(x.op).ctl.manageDsaIT && x.op.Search.Scope != wire.ScopeBase {
		if !stateOf(x.op).ctl.domainScope {
			x.continuation(e)
		}
		return
	}
	if x.db.Replica && !x.op.Internal && !stateOf(x.op).ctl.manageDsaIT && isGlue(e) {
		return
	}
	if !x.wanted(e) || !x.searchesFreely() && !x.allowed(e) {
		return
	}
	if e = x.s.configSearch(x.op, x.db, e); e == nil {
		return
	}
	e = x.comp.withContext(e)
	if x.collects() {
		x.collect = append(x.collect, e)
		if x.lower != nil {
			x.lower[e] = x.db
		}
		return
	}
	x.send(e)
}

// send gives one entry to the client, hooks around it.
func (x *searcher) send(e *entry.Entry) {
	if limit := x.op.Search.SizeLimit; limit >= 0 && x.op.EntriesSent >= limit {
		x.err = &wire.Error{Result: wire.Result{Code: wire.SizeLimitExceeded}}
		return
	}
	ask, comp := x.ask, x.comp
	if db := x.lower[e]; db != nil { // kept back, of another database
		ask, comp = x.s.access(x.op, db), x.s.newComputer(x.op, db, nil)
	}
	if err := x.s.entryOut(x.op, e, ask, comp, x.sel, x.op.Search.TypesOnly, x.entryControls(e)); err != nil {
		x.err = err
	}
}
