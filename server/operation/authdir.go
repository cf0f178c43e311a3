package operation

import (
	"context"

	"libslapi/server/acl"
	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// What package sasl asks of the server (sasl.Directory).

// authAsker asks for the rights of the client of op before it has authenticated.
func (s *Server) authAsker(op *plugin.Operation, db *Database) *asker {
	ask := s.access(&plugin.Operation{Kind: op.Kind, Ctx: op.Ctx, Conn: op.Conn}, db)
	if s.is389() {
		ask.all = true // 389 asks no access for a bind
	}
	return ask
}

// AuthValues are the values of an attribute that may serve to authenticate the
// client of op; a root DN's configured password is its userPassword.
func (s *Server) AuthValues(op *plugin.Operation, who dn.Name, attr string) [][]byte {
	if who.Norm == "" {
		return nil
	}
	db := s.database(who.Norm)
	if lower(attr) == "userpassword" {
		if pw := s.rootSecret(who, db); pw != "" {
			return [][]byte{[]byte(pw)}
		}
	}
	t := s.Schema().AttributeType(attr)
	if db == nil || t == nil {
		return nil
	}
	e := s.lookupAny(op, who.Norm)
	if e == nil || e.IsClass("referral") {
		return nil
	}
	ask := s.authAsker(op, db)
	var out [][]byte
	for a := range e.Matching(t) {
		for _, v := range a.Values {
			if ask.attr(e, a.Type, a.Options, v, acl.PrivAuth) {
				out = append(out, v)
			}
		}
	}
	return out
}

// AuthSearch finds at most limit entries for the authentication of the client of
// op, by attributes that may serve for it.
func (s *Server) AuthSearch(op *plugin.Operation, base dn.Name, scope wire.Scope, f *filter.Node, limit int) ([]dn.Name, error) {
	db := s.database(base.Norm)
	if db == nil || db == s.rootDSE.db {
		return nil, nil
	}
	f = f.Clone()
	if err := f.Resolve(s.Schema(), s.plugins()); err != nil {
		return nil, err
	}
	defer f.Release()
	v, release, err := s.view(op, db)
	if err != nil {
		return nil, err
	}
	defer release()
	ctx := op.Ctx
	if ctx == nil {
		ctx = context.Background()
	}
	x := &searcher{s: s, op: op, db: db, v: v, filter: f, ask: s.authAsker(op, db), comp: s.newComputer(op, db, v), need: acl.PrivAuth}
	var out []dn.Name
	err = v.Search(&backend.Query{Ctx: ctx, Base: base, Scope: scope, Filter: f, Env: x.comp.env()}, func(e *entry.Entry) bool {
		if !x.ask.readsAll() {
			if x.ask.deny {
				return true
			}
			if t, err := x.matchVisible(f, e); err != nil || t != filter.True {
				return true
			}
		}
		out = append(out, e.Name)
		return len(out) < limit
	})
	return out, err
}

// Suffixes are the naming contexts of the databases with user data.
func (s *Server) Suffixes() []dn.Name {
	var out []dn.Name
	for _, db := range s.dbs.Load().list {
		if !db.Private && !db.Hidden {
			out = append(out, db.Backend.Suffixes()...)
		}
	}
	return out
}
