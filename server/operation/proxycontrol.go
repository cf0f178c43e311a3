package operation

import (
	"libslapi/server/dn"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// Proxied authorization (RFC 4370): the operation runs as somebody else, if the
// one who is bound may act as that.

func readProxied(s *Server, op *plugin.Operation, c *controls, ctl *wire.Control) *wire.Error {
	if op.Internal || op.Conn == nil {
		return nil
	}
	if op.Kind == plugin.KindExtended && op.Extended != nil && op.Extended.OID == ExtStartTLS {
		return wire.Errorf(wire.UnavailableCriticalExtension, "critical extension is unavailable")
	}
	if s.decider() != nil {
		return nil // the plug-in has the operation done as another one
	}
	if !ctl.Critical && (s.is389() || s.opts().words["disallow proxy_authz_non_critical"]) {
		return wire.Errorf(wire.ProtocolError, "proxied authorization criticality of FALSE not allowed")
	}
	denied := func(text string) *wire.Error { return wire.Errorf(wire.AuthorizationDenied, "%s", text) }
	if op.Requestor.Norm == "" && !s.opts().words["allow proxy_authz_anon"] {
		return denied("anonymous proxied authorization not allowed")
	}
	who, ok := s.authzName(op, string(ctl.Value))
	if !ok {
		return denied("authzId mapping failed")
	}
	// Anybody may have an operation done without his rights.
	if who.Norm != "" && !s.authorized(op, op.Requestor, who) {
		return denied("not authorized to assume identity")
	}
	s.log.Info("proxied authorization", "conn", connID(op), "msgid", op.MsgID, "from", op.Requestor.Pretty, "to", who.Pretty)
	op.Requestor = who
	return nil
}

// authzName is the name of an authorization identity: what the mappings of SASL
// make of it, or a DN where there is no SASL.
func (s *Server) authzName(op *plugin.Operation, id string) (dn.Name, bool) {
	if s.opts().SASL != nil {
		return s.opts().SASL.AuthzName(op, id)
	}
	if id == "" {
		return dn.Name{}, true
	}
	if len(id) < 3 || !equalFold(id[:3], "dn:") {
		return dn.Name{}, false
	}
	n, err := s.Name(id[3:])
	return n, err == nil
}

// authorized tells whether authc may act as authz.
func (s *Server) authorized(op *plugin.Operation, authc, authz dn.Name) bool {
	if authc.Norm == authz.Norm {
		return true
	}
	if s.opts().SASL != nil {
		return s.opts().SASL.Authorized(op, authc, authz)
	}
	return s.MayActAs(authc, authz)
}

// MayActAs tells whether authc is the root DN of the server, or of the database
// that the name of authz is in.
func (s *Server) MayActAs(authc, authz dn.Name) bool {
	if authz.Norm == "" {
		return s.isRoot(authc, s.database(authc.Norm))
	}
	return s.isRoot(authc, s.database(authz.Norm))
}

func equalFold(a, b string) bool { return lower(a) == lower(b) }
