package operation

import (
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/wire"
)

// lowerThan lists the databases with a suffix below base, each with that suffix:
// with ns-slapd's habits, or when they are glued to this one (subordinate), a
// search of a subtree goes on in them.
func (s *Server) lowerThan(db *Database, base string) (list []*Database, suffixes []dn.Name) {
	for _, o := range s.dbs.Load().list {
		if o == db || o.Unrouted || o.Disabled || o.Private || !s.is389() && !o.Subordinate {
			continue
		}
		for _, n := range o.Backend.Suffixes() {
			if n.Norm != base && base != "" && dn.IsSuffix(n.Norm, base) {
				list, suffixes = append(list, o), append(suffixes, n)
			}
		}
	}
	return list, suffixes
}

// walkLower continues a search of a subtree in the databases below.
func (x *searcher) walkLower() error {
	scope := x.op.Search.Scope
	if x.sync != nil || x.db.Private || scope == wire.ScopeBase || scope == wire.ScopeOne && x.s.is389() {
		return nil
	}
	list, suffixes := x.s.lowerThan(x.db, x.op.Target.Norm)
	if len(list) == 0 {
		return nil
	}
	db, v, comp, ask := x.db, x.v, x.comp, x.ask
	if x.lower == nil {
		x.lower = map[*entry.Entry]*Database{}
	}
	defer func() { x.db, x.v, x.comp, x.ask = db, v, comp, ask }()
	for i, lower := range list {
		if scope == wire.ScopeOne && dn.ParentNorm(suffixes[i].Norm) != x.op.Target.Norm {
			continue
		}
		if err := x.walkIn(lower, suffixes[i]); err != nil {
			return err
		}
	}
	return nil
}

// walkIn visits the entries of one database at and below its suffix.
func (x *searcher) walkIn(db *Database, suffix dn.Name) error {
	v, release, err := x.s.view(x.op, db)
	if err != nil {
		return err
	}
	defer release()
	base, err := v.Lookup(suffix.Norm)
	if err != nil || base == nil {
		return err
	}
	x.db, x.v, x.comp, x.ask = db, v, x.s.newComputer(x.op, db, v), x.s.access(x.op, db)
	x.candidates = nil // this database may have referral objects where the other has none
	defer func() { x.candidates = nil }()
	scope := wire.ScopeSub
	if x.op.Search.Scope == wire.ScopeOne {
		scope = wire.ScopeBase
	}
	return x.query(base.Name, scope, x.candidateFilter())
}
