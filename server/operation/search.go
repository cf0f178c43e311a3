package operation

import (
	"context"
	"errors"
	"strings"
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

// prepareSearch resolves the filter and works out the limits, so that plug-ins
// see them.
func (s *Server) prepareSearch(op *plugin.Operation) *wire.Error {
	st := stateOf(op)
	p := op.Search
	if p.Scope < wire.ScopeBase || p.Scope > wire.ScopeChildren {
		return wire.Errorf(wire.ProtocolError, "invalid scope")
	}
	if p.Deref < wire.DerefNever || p.Deref > wire.DerefAlways {
		return wire.Errorf(wire.ProtocolError, "invalid deref")
	}
	if p.SizeLimit < 0 && !op.Internal {
		return wire.Errorf(wire.ProtocolError, "invalid size limit")
	}
	if p.TimeLimit < 0 && !op.Internal {
		return wire.Errorf(wire.ProtocolError, "invalid time limit")
	}
	if p.Filter == nil {
		p.Filter = s.everything()
	} else if err := p.Filter.Resolve(s.Schema(), s.plugins()); err != nil {
		return asError(err)
	}
	st.ownFilter = p.Filter
	if a := st.ctl.assertion; a != nil {
		if err := a.Resolve(s.Schema(), nil); err != nil {
			return asError(err)
		}
	}
	db := s.databaseFor(op)
	if op.Internal || s.isRoot(op.Requestor, db) {
		p.SizeLimit, p.TimeLimit = unlimited(p.SizeLimit), unlimited(p.TimeLimit)
		return nil
	}
	lim := s.limitsOf(op, db)
	var err *wire.Error
	if p.SizeLimit, err = effective(p.SizeLimit, lim.Size, lim.SizeHard); err != nil {
		return err
	}
	if p.TimeLimit, err = effective(p.TimeLimit, lim.Time, lim.TimeHard); err != nil {
		return err
	}
	return nil
}

func unlimited(asked int) int {
	if asked <= 0 {
		return -1
	}
	return asked
}

// effective is the limit that holds: what the client asked for, at most hard.
func effective(asked, soft, hard int) (int, *wire.Error) {
	if hard == 0 {
		hard = soft
	}
	if asked == 0 {
		return soft, nil
	}
	if hard > 0 && asked > hard {
		return hard, nil
	}
	return asked, nil
}

// limitsOf are the limits of a search: those of its requestor, else of the
// database, else of the server.
func (s *Server) limitsOf(op *plugin.Operation, db *Database) Limits {
	if db != nil && db.LimitsFor != nil {
		if own, ok := db.LimitsFor(op); ok {
			c := *db
			c.Limits = own
			return s.limits(&c)
		}
	}
	return s.limits(db)
}

// limits are those of a database, the server's where it has none.
func (s *Server) limits(db *Database) Limits {
	lim := s.opt.Limits
	if db == nil {
		return lim
	}
	own := db.Limits
	take := func(to *int, from int) {
		if from != 0 {
			*to = from
		}
	}
	take(&lim.Size, own.Size)
	take(&lim.SizeHard, own.SizeHard)
	take(&lim.Time, own.Time)
	take(&lim.TimeHard, own.TimeHard)
	take(&lim.MaxCandidates, own.MaxCandidates)
	take(&lim.Lookthrough, own.Lookthrough)
	return lim
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
	ctx    context.Context
	cancel context.CancelFunc
	sel    *selection
	// collect keeps the entries found inside a transaction until the search is
	// over: who is shown one may write to that same transaction.
	collect []*entry.Entry
	delay   bool
	seen    map[string]bool // names visited, when aliases are followed
	paging  *pager
	// hidden are classes whose entries only a filter that names the class
	// finds, with whether it does.
	hidden map[string]bool
	err    error
}

// hiddenClasses are ns-slapd's: the definitions of roles, classes of service
// and password policies, and the tombstones.
var hiddenClasses = [...]string{"ldapsubentry", "nstombstone"}

// namesClass tells whether a filter has an item (objectClass=class).
func namesClass(f *filter.Node, class string) bool {
	found := false
	f.Walk(func(n *filter.Node) bool {
		found = found || n.Kind == filter.Equality && strings.EqualFold(n.Attr, "objectClass") && strings.EqualFold(string(n.Value), class)
		return !found
	})
	return found
}

func (s *Server) search(op *plugin.Operation) error {
	p := op.Search
	st := stateOf(op)
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
	x := &searcher{s: s, op: op, db: db, filter: p.Filter, ctx: op.Ctx}
	if x.ctx == nil {
		x.ctx = context.Background()
	}
	if p.TimeLimit > 0 {
		x.ctx, x.cancel = context.WithTimeout(x.ctx, time.Duration(p.TimeLimit)*time.Second)
		defer x.cancel()
	}
	x.ask = s.access(op, db)
	x.delay = transaction(op) != nil
	if s.is389() && st.ctl.subentries == nil {
		x.hidden = map[string]bool{}
		for _, class := range hiddenClasses {
			x.hidden[class] = namesClass(p.Filter, class)
		}
	}
	return x.run()
}

// nowhere is the answer for a name that no database holds.
func (s *Server) nowhere(op *plugin.Operation) error {
	if len(s.opt.Referral) > 0 && !stateOf(op).ctl.manageDsaIT {
		return &wire.Error{Result: wire.Result{Code: wire.Referral, Referrals: referralURLs(s.opt.Referral, op.Target, scopeWord(op))}}
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
	x.comp = &computer{s: x.s, db: x.db, v: v}
	base, err := x.base()
	if err != nil {
		return err
	}
	if !x.s.is389() && !x.ask.entry(base, acl.AttrEntry, acl.PrivSearch) {
		return x.ask.denied(base, "no access to search base")
	}
	if base.IsClass("referral") && !stateOf(op).ctl.manageDsaIT {
		return x.s.referral(base, op.Target, op.Search.Scope, true)
	}
	if a := stateOf(op).ctl.assertion; a != nil {
		if t, err := a.Match(base, x.comp); err != nil || t != filter.True {
			return &wire.Error{Result: wire.Result{Code: wire.AssertionFailed}}
		}
	}
	x.sel = x.s.newSelection(op.Search.Attrs)
	if x.paging, err = x.s.newPager(x); err != nil {
		return err
	}
	if x.paging != nil && x.paging.resumed {
		return x.paging.next(x)
	}
	err = x.walk(base)
	switch {
	case x.paging != nil:
		if err == nil {
			err = x.paging.close(x)
		}
	case x.delay:
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
	e, err := x.v.Lookup(op.Target.Norm)
	if err != nil {
		return nil, err
	}
	if op.Search.Deref == wire.DerefFind || op.Search.Deref == wire.DerefAlways {
		name, err := x.s.dereferenceName(x.v, op.Target)
		if err != nil {
			return nil, err
		}
		if name.Norm != op.Target.Norm {
			if e, err = x.v.Lookup(name.Norm); err != nil {
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
		if e.IsClass("referral") && !stateOf(op).ctl.manageDsaIT {
			return s.referralFor(e, name, scope)
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
	return x.query(base.Name, op.Search.Scope, x.candidateFilter())
}

// query runs one backend search and takes its entries.
func (x *searcher) query(base dn.Name, scope wire.Scope, f *filter.Node) error {
	lim := x.s.limitsOf(x.op, x.db)
	q := &backend.Query{Ctx: x.ctx, Base: base, Scope: scope, Filter: f, Env: x.comp}
	if !x.ask.all {
		q.MaxCandidates = lim.MaxCandidates
	}
	err := x.v.Search(q, func(e *entry.Entry) bool {
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
// all referral objects, which match in any case (RFC 3296 section 5.3).
func (x *searcher) candidateFilter() *filter.Node {
	if x.op.Internal || stateOf(x.op).ctl.manageDsaIT || x.op.Search.Scope == wire.ScopeBase || x.db.Private ||
		x.s.Schema().ObjectClass("referral") == nil {
		return x.filter
	}
	ref := &filter.Node{Kind: filter.Equality, Attr: "objectClass", Value: []byte("referral")}
	if err := ref.Resolve(x.s.Schema(), nil); err != nil {
		return x.filter
	}
	return &filter.Node{Kind: filter.Or, Kids: []*filter.Node{x.filter, ref}}
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
		x.continuation(e)
		return
	}
	if !x.visible(e) {
		return
	}
	if e = x.s.configSearch(x.op, x.db, e); e == nil {
		return
	}
	e = x.comp.withContext(e)
	if x.delay || x.paging != nil {
		x.collect = append(x.collect, e)
		return
	}
	x.send(e)
}

// visible tells whether the requestor may use the attributes of the filter on
// e, and the filter still matches then; and whether subentries are wanted.
func (x *searcher) visible(e *entry.Entry) bool {
	if x.op.Search.Scope != wire.ScopeBase {
		for class, asked := range x.hidden {
			if !asked && e.IsClass(class) {
				return false
			}
		}
		if sub := stateOf(x.op).ctl.subentries; sub != nil {
			if e.IsClass("subentry") != *sub {
				return false
			}
		} else if !x.s.is389() && !x.op.Internal && e.IsClass("subentry") {
			return false
		}
	}
	if x.ask.readsAll() {
		return true
	}
	if x.ask.deny {
		return false
	}
	t, err := x.matchVisible(x.filter, e)
	if err != nil && x.err == nil {
		x.err = err
	}
	return err == nil && t == filter.True
}

// matchVisible is the filter's truth for somebody who may not search by all
// attributes: such an item is Undefined.
func (x *searcher) matchVisible(f *filter.Node, e *entry.Entry) (filter.Truth, error) {
	switch f.Kind {
	case filter.And, filter.Or:
		// And: False rules, then Undefined; Or: True rules, then Undefined.
		rule, result := filter.False, filter.True
		if f.Kind == filter.Or {
			rule, result = filter.True, filter.False
		}
		for _, k := range f.Kids {
			t, err := x.matchVisible(k, e)
			if err != nil {
				return filter.Undefined, err
			}
			if t == rule {
				return rule, nil
			}
			if t == filter.Undefined {
				result = filter.Undefined
			}
		}
		return result, nil
	case filter.Not:
		t, err := x.matchVisible(f.Kids[0], e)
		switch {
		case err != nil || t == filter.Undefined:
			return filter.Undefined, err
		case t == filter.True:
			return filter.False, nil
		}
		return filter.True, nil
	}
	if f.Desc.Type != nil {
		var value []byte
		if f.Kind == filter.Equality {
			value = f.Value
		}
		if !x.ask.attr(e, f.Desc.Type, f.Desc.Options, value, acl.PrivSearch) {
			return filter.Undefined, nil
		}
	} else if !x.ask.entry(e, acl.AttrEntry, acl.PrivSearch) {
		return filter.Undefined, nil
	}
	return f.Match(e, x.comp)
}

// send gives one entry to the client, hooks around it.
func (x *searcher) send(e *entry.Entry) {
	if limit := x.op.Search.SizeLimit; limit >= 0 && x.op.EntriesSent >= limit {
		x.err = &wire.Error{Result: wire.Result{Code: wire.SizeLimitExceeded}}
		return
	}
	if err := x.s.entryOut(x.op, e, x.ask, x.comp, x.sel, x.op.Search.TypesOnly, nil); err != nil {
		x.err = err
	}
}
