// Package sasl is the server side of SASL binds (RFC 4422, RFC 4513 section
// 5.2): the mechanisms EXTERNAL, PLAIN, SCRAM and ANONYMOUS, the mapping of
// their user names to names of the directory, and who may act as somebody else.
// It offers no security layers: protection is TLS's. GSSAPI is not there.
package sasl

import (
	"crypto/rand"
	"strings"
	"sync/atomic"

	"libslapi/server/dn"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// Directory is what the mechanisms ask of the server.
type Directory interface {
	// Name parses a DN as the server shows names.
	Name(text string) (dn.Name, error)
	// AuthValues are the values of an attribute of an entry that may be used to
	// authenticate the client of op (the auth right of an anonymous client), the
	// configured password of a root DN among those of userPassword. nil without
	// such an entry.
	AuthValues(op *plugin.Operation, who dn.Name, attr string) [][]byte
	// AuthSearch finds at most limit entries, by attributes that may be used to
	// authenticate. The filter is resolved by it.
	AuthSearch(op *plugin.Operation, base dn.Name, scope wire.Scope, f *filter.Node, limit int) ([]dn.Name, error)
	// CheckPassword compares a clear-text password with a stored value.
	CheckPassword(stored string, clear []byte) bool
	// MayActAs tells whether authc is the root DN of the server, or of the
	// database that the name of authz is in.
	MayActAs(authc, authz dn.Name) bool
	// Suffixes are the naming contexts of the databases with user data.
	Suffixes() []dn.Name
}

// Server serves SASL binds. All methods may be called from any goroutine.
type Server struct {
	dir    Directory
	cur    atomic.Pointer[Settings]
	secret [32]byte // for the salts of this run
}

// New makes a Server.
func New(dir Directory, set Settings) *Server {
	s := &Server{dir: dir}
	rand.Read(s.secret[:])
	s.Configure(set)
	return s
}

// Configure puts other settings in force, for binds that begin from now on.
func (s *Server) Configure(set Settings) { s.cur.Store(&set) }

// mechanism is one SASL mechanism.
type mechanism struct {
	name  string
	flags Prop // the properties that it has
	plus  bool // needs a channel binding
	// start begins an exchange.
	start func(s *Server, op *plugin.Operation, m *mechanism) exchange
}

// exchange is one authentication on its way.
type exchange interface {
	// step takes what the client sent. id is set when the client is
	// authenticated; a nil id and a nil error ask for another step. reply, when
	// not nil, goes to the client in either case.
	step(op *plugin.Operation, in []byte, has bool) (reply []byte, id *identity, err *wire.Error)
}

// identity is whom a mechanism has authenticated.
type identity struct {
	authc   dn.Name // mapped already
	authzid string  // as the client sent it; "" none
}

// pending is the state of a connection between the steps of a bind.
type pending struct {
	mech string
	x    exchange
}

// mechanisms in the order of their strength.
var mechanisms = []*mechanism{
	{name: "SCRAM-SHA-512-PLUS", flags: scramProps, plus: true, start: startSCRAM},
	{name: "SCRAM-SHA-512", flags: scramProps, start: startSCRAM},
	{name: "SCRAM-SHA-256-PLUS", flags: scramProps, plus: true, start: startSCRAM},
	{name: "SCRAM-SHA-256", flags: scramProps, start: startSCRAM},
	{name: "SCRAM-SHA-1-PLUS", flags: scramProps, plus: true, start: startSCRAM},
	{name: "SCRAM-SHA-1", flags: scramProps, start: startSCRAM},
	{name: "EXTERNAL", flags: NoPlain | NoDict | NoAnonymous | NoActive, start: startExternal},
	{name: "PLAIN", flags: NoAnonymous | PassCred, start: startPlain},
	{name: "ANONYMOUS", flags: NoPlain | NoDict, start: startAnonymous},
}

const scramProps = NoPlain | NoAnonymous | NoActive

func find(name string) *mechanism {
	for _, m := range mechanisms {
		if strings.EqualFold(m.name, name) {
			return m
		}
	}
	return nil
}

// Mechanisms are the ones that a connection may use now. Without a connection
// they are those that need no protection.
func (s *Server) Mechanisms(c *plugin.Conn) []string {
	var out []string
	for _, m := range mechanisms {
		if s.refusal(c, m) == nil {
			out = append(out, m.name)
		}
	}
	return out
}

// refusal tells why a connection may not use a mechanism; nil: it may.
func (s *Server) refusal(c *plugin.Conn, m *mechanism) *wire.Error {
	set := s.cur.Load()
	ssf := 0
	if c != nil {
		ssf = c.SSF
	}
	want := set.Props
	if ssf > 1 {
		want &^= NoPlain // what protects the connection protects the password
	}
	if missing := want &^ m.flags; missing&NoPlain != 0 {
		return wire.Errorf(wire.ConfidentialityRequired, "SASL: %s needs a protected connection", m.name)
	} else if missing != 0 {
		return notSupported()
	}
	if m.plus && len(s.bindings(c)) == 0 {
		return notSupported()
	}
	if m.name == "EXTERNAL" && externalName(c) == "" {
		return wire.Errorf(wire.InappropriateAuthentication, "SASL: nothing outside of LDAP has authenticated the client")
	}
	if ssf < set.MinSSF {
		return wire.Errorf(wire.StrongerAuthRequired, "SASL(-15): mechanism too weak: ssf %d, wanted %d", ssf, set.MinSSF)
	}
	return nil
}

func notSupported() *wire.Error {
	return wire.Errorf(wire.AuthMethodNotSupported, "SASL(-4): no mechanism available")
}

func badCredentials() *wire.Error {
	return wire.Errorf(wire.InvalidCredentials, "SASL(-13): authentication failure")
}

func malformed() *wire.Error {
	return wire.Errorf(wire.ProtocolError, "SASL(-5): bad protocol: malformed credentials")
}

// maxCredentials bounds what a client may send in one step.
const maxCredentials = 64 << 10

// Step takes the client's credentials of op.Bind and sets op.Bind.ServerCreds.
// who is set when the bind is complete; a nil who and a nil error mean that
// another step follows. Whatever was under way with another mechanism is
// forgotten.
func (s *Server) Step(op *plugin.Operation) (who *dn.Name, err *wire.Error) {
	b := op.Bind
	var old *pending
	if op.Conn != nil {
		old, _ = op.Conn.SASL.(*pending)
		op.Conn.SASL = nil
	}
	if b.Mechanism == "" {
		// RFC 4513 section 5.2.1.2: the client gives the exchange up.
		return nil, wire.Errorf(wire.AuthMethodNotSupported, "SASL(-4): no mechanism named")
	}
	m := find(b.Mechanism)
	if m == nil {
		return nil, notSupported()
	}
	if err := s.refusal(op.Conn, m); err != nil {
		return nil, err
	}
	if len(b.Credentials) > maxCredentials {
		return nil, malformed()
	}
	var x exchange
	if old != nil && old.mech == m.name {
		x = old.x
	} else {
		x = m.start(s, op, m)
	}
	reply, id, err := x.step(op, b.Credentials, b.HasCredentials)
	if reply != nil {
		b.ServerCreds, b.HasServerCreds = reply, true
	}
	if err != nil {
		return nil, err
	}
	if id == nil {
		if op.Conn == nil {
			return nil, wire.Errorf(wire.AuthMethodNotSupported, "SASL: %s needs a connection", m.name)
		}
		op.Conn.SASL = &pending{m.name, x}
		return nil, nil
	}
	name := id.authc
	if id.authzid != "" {
		if name, err = s.assume(op, id, m); err != nil {
			b.ServerCreds, b.HasServerCreds = nil, false
			return nil, err
		}
	}
	return &name, nil
}

// assume gives the name that an authenticated client asked to act as.
func (s *Server) assume(op *plugin.Operation, id *identity, m *mechanism) (dn.Name, *wire.Error) {
	n, ok := s.authzName(op, id.authzid, m.name)
	if !ok {
		return dn.Name{}, wire.Errorf(wire.InsufficientAccessRights, "SASL(-14): authorization failure: no such identity")
	}
	if !s.Authorized(op, id.authc, n) {
		return dn.Name{}, wire.Errorf(wire.InsufficientAccessRights, "SASL(-14): authorization failure: not authorized")
	}
	return n, nil
}
