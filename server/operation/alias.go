package operation

import (
	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/wire"
)

// maxAliases bounds how many aliases one name may lead through when the
// database does not say.
const maxAliases = 15

// dereferenceName follows aliases at name and at every name above it, until
// none is left (RFC 4511 section 4.5.1.3, derefFindingBaseObj). What does not
// exist is left for the caller to find out.
func (s *Server) dereferenceName(db *Database, v backend.View, name dn.Name) (dn.Name, error) {
	most := db.MaxDeref
	if most == 0 {
		most = maxAliases
	}
	for n := 0; ; n++ {
		alias, below, err := highestAlias(v, name)
		if err != nil || alias == nil {
			return name, err
		}
		if n == most {
			return name, wire.Errorf(wire.AliasProblem, "maximum deref depth exceeded")
		}
		to, err := s.aliasTarget(alias)
		if err != nil {
			return name, err
		}
		if below != "" {
			full := below + "," + to.Pretty
			if to.IsRoot() {
				full = below
			}
			if to, err = s.Name(full); err != nil {
				return name, wire.Errorf(wire.AliasDereferencingProblem, "bad alias")
			}
		}
		name = to
	}
}

// highestAlias finds the alias nearest to the suffix among name and the names
// above it, and the part of name below it.
func highestAlias(v backend.View, name dn.Name) (*entry.Entry, string, error) {
	var alias *entry.Entry
	below, rest := "", ""
	for at := name; at.Norm != ""; at = at.Parent() {
		e, err := v.Lookup(at.Norm)
		if err != nil {
			return nil, "", err
		}
		if e != nil && e.IsClass("alias") {
			alias, below = e, rest
		}
		rdn, _ := dn.SplitPretty(at.Pretty)
		if rest != "" {
			rdn = rest + "," + rdn
		}
		rest = rdn
	}
	return alias, below, nil
}

func (s *Server) aliasTarget(alias *entry.Entry) (dn.Name, error) {
	text := alias.First("aliasedObjectName")
	if text == "" {
		return dn.Name{}, wire.Errorf(wire.AliasProblem, "alias missing aliasedObjectName")
	}
	to, err := s.Name(text)
	if err != nil {
		return dn.Name{}, wire.Errorf(wire.AliasProblem, "bad aliasedObjectName")
	}
	return to, nil
}

// walkAliases searches with aliases below the base followed (derefInSearching):
// what an alias points to is searched as if it stood in its place. Each entry
// is visited once, so that loops end.
func (x *searcher) walkAliases(base *entry.Entry, scope wire.Scope) error {
	isAlias, err := x.aliasFilter()
	if err != nil {
		return err
	}
	type start struct {
		base  dn.Name
		scope wire.Scope
	}
	queue := []start{{base.Name, scope}}
	visited := map[string]bool{}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		key := at.base.Norm + "\x00" + string(rune('0'+at.scope))
		if visited[key] {
			continue
		}
		visited[key] = true
		var aliases []*entry.Entry
		if at.scope != wire.ScopeBase {
			q := &backend.Query{Ctx: x.ctx, Base: at.base, Scope: at.scope, Filter: isAlias}
			if err := x.v.Search(q, func(e *entry.Entry) bool {
				aliases = append(aliases, e)
				return true
			}); err != nil {
				return err
			}
		}
		for _, a := range aliases {
			if a.Name.Norm == base.Name.Norm {
				continue // only what is below the base is dereferenced
			}
			x.seen[a.Name.Norm] = true // stands for another entry, is none itself
			to, err := x.aliasTarget(a)
			if err != nil || to == nil {
				continue // dangling aliases are passed over
			}
			next := wire.ScopeBase
			if at.scope == wire.ScopeSub || at.scope == wire.ScopeChildren {
				next = wire.ScopeSub
			}
			queue = append(queue, start{to.Name, next})
		}
		if err := x.query(at.base, at.scope, x.candidateFilter()); err != nil {
			return err
		}
	}
	return nil
}

// aliasFilter finds aliases.
func (x *searcher) aliasFilter() (*filter.Node, error) {
	f := &filter.Node{Kind: filter.Equality, Attr: "objectClass", Value: []byte("alias")}
	return f, f.Resolve(x.s.Schema(), nil)
}

// aliasTarget finds the entry behind an alias in the same database.
func (x *searcher) aliasTarget(a *entry.Entry) (*entry.Entry, error) {
	to, err := x.s.aliasTarget(a)
	if err != nil {
		return nil, err
	}
	if to, err = x.s.dereferenceName(x.db, x.v, to); err != nil {
		return nil, err
	}
	return x.v.Lookup(to.Norm)
}
