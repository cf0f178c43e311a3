package operation

import (
	"libslapi/server/acl"
	"libslapi/server/entry"
	"libslapi/server/plugin"
)

// restrict finds the plug-ins that decide about access to a database; nil when
// there are none.
func (s *Server) restrict(op *plugin.Operation, db *Database) plugin.AccessHost {
	h, ok := plugin.As[plugin.AccessHost](s.plugins())
	if !ok || op.Internal {
		return nil
	}
	name := ""
	if db != nil {
		name = db.Name()
	}
	if !h.Restricts(name) {
		return nil
	}
	return h
}

// refusedBy asks the plug-ins. Rights that plug-ins have no name for are not
// theirs to decide.
func (a *asker) refusedBy(e *entry.Entry, attr string, value []byte, need acl.Priv) bool {
	var access plugin.Access
	for _, p := range accessPrivs {
		if p.access == plugin.AccessModDN || p.access == plugin.AccessWrite {
			continue
		}
		if need&p.priv != 0 {
			access |= p.access
		}
	}
	if access&(plugin.AccessAdd|plugin.AccessDelete) != 0 {
		// Plug-ins know one right to write.
		access = access&^(plugin.AccessAdd|plugin.AccessDelete) | plugin.AccessWrite
	}
	return access != 0 && !a.plug.Allows(a.op, e, attr, value, access)
}
