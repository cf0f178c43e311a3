package sasl

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"strings"

	"github.com/xdg-go/scram"

	"libslapi/server/auth"
	"libslapi/server/dn"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// scramExchange is SCRAM (RFC 5802, RFC 7677) in two steps.
type scramExchange struct {
	s     *Server
	m     *mechanism
	hash  scram.HashGeneratorFcn
	plain string // the mechanism's name without -PLUS
	conv  *scram.ServerConversation
	asked bool
	user  dn.Name
	known bool // the user has a secret that serves
}

func startSCRAM(s *Server, op *plugin.Operation, m *mechanism) exchange {
	name := strings.TrimSuffix(m.name, "-PLUS")
	h := scram.SHA1
	switch name {
	case "SCRAM-SHA-256":
		h = scram.SHA256
	case "SCRAM-SHA-512":
		h = scram.SHA512
	}
	return &scramExchange{s: s, m: m, hash: h, plain: name}
}

func (x *scramExchange) step(op *plugin.Operation, in []byte, has bool) ([]byte, *identity, *wire.Error) {
	if x.conv == nil {
		if !has && !x.asked {
			x.asked = true
			return []byte{}, nil, nil
		}
		return x.first(op, string(in))
	}
	reply, err := x.conv.Step(string(in))
	if err != nil || !x.conv.Valid() || !x.known {
		if err == nil || !strings.HasPrefix(reply, "e=") {
			reply = "e=" + scram.ErrInvalidProof
		}
		return []byte(reply), nil, badCredentials()
	}
	return []byte(reply), &identity{x.user, x.conv.AuthzID()}, nil
}

// first takes the client's first message. The server does not tell whether it
// knows the user: one that it does not know gets a salt too, and fails in the end.
func (x *scramExchange) first(op *plugin.Operation, msg string) ([]byte, *identity, *wire.Error) {
	server, err := x.hash.NewServer(func(user string) (scram.StoredCredentials, error) { return x.credentials(op, user) })
	if err != nil {
		return nil, nil, wire.Errorf(wire.Other, "SASL: internal error")
	}
	x.conv = server.NewConversation()
	if all := x.s.bindings(op.Conn); len(all) > 0 {
		kind, bound := strings.CutPrefix(msg, "p=")
		if x.m.plus && !bound {
			return nil, nil, malformed() // RFC 5802 section 6
		}
		// A binding under the plain name is checked all the same.
		kind, _, _ = strings.Cut(kind, ",")
		data, ok := all[kind]
		if bound && !ok {
			return []byte("e=" + scram.ErrUnsupportedChannelBindingType), nil, badCredentials()
		}
		if !bound {
			// Any will do: that a client which could bind says "y" is a downgrade.
			for k, d := range all {
				kind, data = k, d
			}
		}
		x.conv = server.NewConversationWithChannelBinding(scram.ChannelBinding{Type: scram.ChannelBindingType(kind), Data: data})
	}
	reply, err := x.conv.Step(msg)
	if err != nil {
		if strings.HasPrefix(reply, "e=") {
			return []byte(reply), nil, badCredentials()
		}
		return nil, nil, malformed()
	}
	return []byte(reply), nil, nil
}

// bindings are the channel bindings of a connection that the settings allow.
func (s *Server) bindings(c *plugin.Conn) map[string][]byte {
	set := s.cur.Load()
	if c == nil || c.TLS == nil || set.NoBinding {
		return nil
	}
	if set.Binding == "" {
		return c.TLS.Bindings
	}
	if d, ok := c.TLS.Bindings[set.Binding]; ok {
		return map[string][]byte{set.Binding: d}
	}
	return nil
}

// credentials finds the secret of a user: a stored {SCRAM-...} value of the
// mechanism's hash, or a clear-text password.
func (x *scramExchange) credentials(op *plugin.Operation, user string) (scram.StoredCredentials, error) {
	x.user, x.known = dn.Name{}, false
	n, ok := x.s.userName(op, user, x.plain)
	if ok {
		x.user = n
		for _, v := range x.s.dir.AuthValues(op, n, "userPassword") {
			if c, ok := x.stored(string(v)); ok {
				x.known = true
				return c, nil
			}
		}
	}
	c, err := x.derive("nobody", x.salt("user", user))
	if err != nil {
		return c, errors.New("internal error")
	}
	return c, nil
}

func (x *scramExchange) stored(value string) (scram.StoredCredentials, bool) {
	if scheme, rest, ok := auth.SplitScheme(value); ok {
		if strings.EqualFold(scheme, x.plain) {
			s, err := auth.ParseSCRAM(x.plain, rest)
			if err != nil {
				return scram.StoredCredentials{}, false
			}
			return scram.StoredCredentials{KeyFactors: scram.KeyFactors{Salt: string(s.Salt), Iters: s.Iterations},
				StoredKey: s.StoredKey, ServerKey: s.ServerKey}, true
		}
		switch strings.ToUpper(scheme) {
		case "CLEARTEXT", "CLEAR":
			value = rest
		default:
			return scram.StoredCredentials{}, false
		}
	}
	if value == "" {
		return scram.StoredCredentials{}, false
	}
	c, err := x.derive(value, x.salt("password", x.user.Norm))
	return c, err == nil
}

// derive makes the secret of a clear-text password.
func (x *scramExchange) derive(password string, salt []byte) (scram.StoredCredentials, error) {
	c, err := x.hash.NewClient("x", password, "")
	if err != nil { // not of the characters that SASLprep takes
		if c, err = x.hash.NewClientUnprepped("x", password, ""); err != nil {
			return scram.StoredCredentials{}, err
		}
	}
	return c.GetStoredCredentialsWithError(scram.KeyFactors{Salt: string(salt), Iters: auth.SCRAMIterations})
}

// salt is the same for a user as long as the server runs.
func (x *scramExchange) salt(kind, user string) []byte {
	h := hmac.New(sha256.New, x.s.secret[:])
	h.Write([]byte(x.plain + "\x00" + kind + "\x00" + user))
	return h.Sum(nil)[:16]
}
