package operation

import (
	"strings"

	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// checkRequirements applies the "require" list of the configuration. Binds and
// what ends a connection are exempt, and StartTLS, which comes before a bind.
func (s *Server) checkRequirements(op *plugin.Operation) *wire.Error {
	if op.Internal || op.Conn == nil || len(s.opts().Require) == 0 {
		return nil
	}
	switch op.Kind {
	case plugin.KindBind, plugin.KindUnbind, plugin.KindAbandon:
		return nil
	case plugin.KindExtended:
		if op.Extended.OID == ExtStartTLS {
			return nil
		}
	}
	method := op.Conn.AuthMethod
	switch {
	case s.opts().words["require strong"] && (op.Requestor.Norm == "" || !strings.HasPrefix(method, "SASL") && op.Conn.SSF == 0):
		return wire.Errorf(wire.StrongerAuthRequired, "strong(er) authentication required")
	case s.opts().words["require SASL"] && (op.Requestor.Norm == "" || !strings.HasPrefix(method, "SASL")):
		return wire.Errorf(wire.StrongerAuthRequired, "SASL authentication required")
	case s.opts().words["require authc"] && op.Requestor.Norm == "":
		return wire.Errorf(wire.StrongerAuthRequired, "authentication required")
	case s.opts().words["require bind"] && method == "none":
		return wire.Errorf(wire.OperationsError, "BIND required")
	case s.opts().words["require LDAPv3"] && op.Conn.Version < 3:
		return wire.Errorf(wire.ProtocolError, "operation restricted to LDAPv3")
	}
	return nil
}
