package sasl

import (
	"fmt"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/plugin"
)

// toolName is the name that slapauth and slapacl make of a user name before it
// is mapped: uid=USER[,cn=REALM][,cn=MECHANISM],cn=auth.
func toolName(user, realm, mech string) string {
	b := "uid=" + dn.Escape([]byte(user))
	if realm != "" {
		b += ",cn=" + dn.Escape([]byte(realm))
	}
	if mech != "" {
		b += ",cn=" + dn.Escape([]byte(strings.ToLower(mech)))
	}
	return b + ",cn=auth"
}

// MapUser gives the name that the authz-regexp lines make of a user name, for
// the tools that show it: nothing is taken off the name.
func (s *Server) MapUser(op *plugin.Operation, user, realm, mech string) (dn.Name, error) {
	raw, err := s.dir.Name(toolName(user, realm, mech))
	if err != nil {
		return dn.Name{}, fmt.Errorf("user name %q: %w", user, err)
	}
	return s.mapName(op, raw), nil
}

// MapAuthz gives the name that an authorization identity stands for: "dn:NAME",
// "u:USER", or a user name.
func (s *Server) MapAuthz(op *plugin.Operation, id, realm, mech string) (dn.Name, bool) {
	if _, ok := prefix(id, "dn:"); ok {
		return s.authzName(op, id, mech)
	}
	if rest, ok := prefix(id, "u:"); ok {
		id = rest
	}
	n, err := s.MapUser(op, id, realm, mech)
	return n, err == nil
}
