package operation

import (
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// watched tells whether operations on a database have configuration callbacks.
func (s *Server) watched(db *Database) bool {
	return db.Private || db == s.rootDSE.db || db == s.subschema.db
}

// callbacksFor are the callbacks for an entry, in order of registration.
func (s *Server) callbacksFor(kind plugin.Kind, before bool, e *entry.Entry) []*plugin.ConfigCallback {
	var out []*plugin.ConfigCallback
	for _, cb := range *s.callbacks.Load() {
		if cb.Ops&kind == 0 || cb.Before != before || !inScope(e.Name.Norm, cb.Base, cb.Scope) {
			continue
		}
		if cb.Filter != nil {
			if t, err := cb.Filter.Match(e, nil); err != nil || t != filter.True {
				continue
			}
		}
		out = append(out, cb)
	}
	return out
}

func inScope(norm, base string, scope wire.Scope) bool {
	switch scope {
	case wire.ScopeBase:
		return norm == base
	case wire.ScopeOne:
		return norm != base && dn.ParentNorm(norm) == base && norm != ""
	case wire.ScopeChildren:
		return norm != base && dn.IsSuffix(norm, base)
	}
	return dn.IsSuffix(norm, base)
}

// subject is the entry whose name and filter choose the callbacks.
func subject(before, after *entry.Entry) *entry.Entry {
	if before != nil {
		return before
	}
	return after
}

// configBefore asks the callbacks about a change of the configuration. goOn is
// false when one wants it not made but answered with success.
func (c *change) configBefore(before, after *entry.Entry) (goOn bool, err error) {
	if !c.s.watched(c.db) {
		return true, nil
	}
	goOn = true
	for _, cb := range c.s.callbacksFor(c.op.Kind, true, subject(before, after)) {
		ret, code, text := cb.Call(c.op, before, after)
		switch {
		case ret < 0:
			if code == wire.Success {
				code = wire.UnwillingToPerform
			}
			return false, wire.Errorf(code, "%s", text)
		case ret == 0:
			goOn = false
		}
	}
	if !goOn {
		c.skip = true
	}
	return goOn, nil
}

// configAfter tells the callbacks of a change that was made, still inside its
// transaction; one that fails undoes it.
func (c *change) configAfter() error {
	if !c.s.watched(c.db) {
		return nil
	}
	for _, cb := range c.s.callbacksFor(c.op.Kind, false, subject(c.op.Before, c.op.After)) {
		ret, code, text := cb.Call(c.op, c.op.Before, c.op.After)
		if ret < 0 {
			if code == wire.Success {
				code = wire.UnwillingToPerform
			}
			return wire.Errorf(code, "%s", text)
		}
	}
	return nil
}

// configSearch lets the callbacks change a copy of an entry that a search
// found; nil hides it.
func (s *Server) configSearch(op *plugin.Operation, db *Database, e *entry.Entry) *entry.Entry {
	if !s.watched(db) {
		return e
	}
	copied := false
	for _, before := range [2]bool{true, false} {
		for _, cb := range s.callbacksFor(plugin.KindSearch, before, e) {
			if !copied {
				e, copied = e.Clone(), true
			}
			if ret, _, _ := cb.Call(op, e, nil); ret <= 0 {
				return nil
			}
		}
	}
	return e
}
