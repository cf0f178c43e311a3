package sasl

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"libslapi/server/dn"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// external is EXTERNAL (RFC 4422 appendix A): who a client is is known from the
// socket or the TLS certificate.
type external struct {
	s     *Server
	asked bool
}

func startExternal(s *Server, _ *plugin.Operation, _ *mechanism) exchange { return &external{s: s} }

// externalName is who a connection is known to be; "" when nothing is known. As
// with slapd a peer of a local socket is the name made of its numbers.
func externalName(c *plugin.Conn) string {
	switch {
	case c == nil:
	case c.TLS != nil && c.TLS.Subject != "":
		return c.TLS.Subject
	case c.LDAPI && c.PeerUID >= 0 && c.PeerGID >= 0:
		return fmt.Sprintf("gidNumber=%d+uidNumber=%d,cn=peercred,cn=external,cn=auth", c.PeerGID, c.PeerUID)
	}
	return ""
}

func (x *external) step(op *plugin.Operation, in []byte, has bool) ([]byte, *identity, *wire.Error) {
	if !has && !x.asked {
		// No initial response: an empty challenge asks for it (RFC 4422 section 3.3).
		x.asked = true
		return []byte{}, nil, nil
	}
	if !utf8.Valid(in) || bytes.IndexByte(in, 0) >= 0 {
		return nil, nil, malformed()
	}
	raw, err := x.s.dir.Name(externalName(op.Conn))
	if err != nil {
		return nil, nil, wire.Errorf(wire.InappropriateAuthentication, "SASL: the name from outside is no name here")
	}
	authc := x.s.mapName(op, raw)
	return nil, &identity{authc, string(in)}, nil
}

// plain is PLAIN (RFC 4616).
type plain struct {
	s     *Server
	asked bool
}

func startPlain(s *Server, _ *plugin.Operation, _ *mechanism) exchange { return &plain{s: s} }

func (x *plain) step(op *plugin.Operation, in []byte, has bool) ([]byte, *identity, *wire.Error) {
	if !has && !x.asked {
		x.asked = true
		return []byte{}, nil, nil
	}
	parts := bytes.Split(in, []byte{0})
	if len(parts) != 3 || len(parts[1]) == 0 || !utf8.Valid(in) {
		return nil, nil, malformed()
	}
	if len(parts[2]) == 0 {
		return nil, nil, badCredentials()
	}
	authc, ok := x.s.userName(op, string(parts[1]), "PLAIN")
	if !ok {
		return nil, nil, badCredentials()
	}
	right := false
	for _, v := range x.s.dir.AuthValues(op, authc, "userPassword") {
		right = x.s.dir.CheckPassword(string(v), parts[2]) || right
	}
	if !right {
		return nil, nil, badCredentials()
	}
	return nil, &identity{authc, string(parts[0])}, nil
}

// anonymous is ANONYMOUS (RFC 4505); its trace information is not used.
type anonymous struct{ asked bool }

func startAnonymous(*Server, *plugin.Operation, *mechanism) exchange { return &anonymous{} }

func (x *anonymous) step(_ *plugin.Operation, in []byte, has bool) ([]byte, *identity, *wire.Error) {
	if !has && !x.asked {
		x.asked = true
		return []byte{}, nil, nil
	}
	if !utf8.Valid(in) || utf8.RuneCount(in) > 255 {
		return nil, nil, malformed()
	}
	return nil, &identity{authc: dn.Name{}}, nil
}
