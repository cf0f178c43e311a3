package operation

import (
	"crypto/subtle"
	"strings"

	"libslapi/server/auth"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// upgradeHash stores a password that was just proved right anew when its scheme
// is not the configured one any more, as ns-slapd does
// (nsslapd-enable-upgrade-hash). Clear text and crypt(3) values are left alone:
// who keeps those has other readers for them.
func (s *Server) upgradeHash(op *plugin.Operation, db *Database, e *entry.Entry, stored string) {
	if !s.is389() || db.ReadOnly || db.Private || strings.EqualFold(s.Setting("nsslapd-enable-upgrade-hash"), "off") {
		return
	}
	want := strings.Trim(s.passwordScheme(), "{}")
	have, _, ok := auth.SplitScheme(stored)
	if have = strings.Trim(have, "{}"); !ok || strings.EqualFold(have, want) {
		return
	}
	for _, kept := range [...]string{"CLEAR", "CLEARTEXT", "CRYPT"} {
		if strings.EqualFold(have, kept) {
			return
		}
	}
	fresh, err := s.HashPassword(op.Bind.Password, "")
	if err != nil {
		s.log.Warn("password not hashed anew", "dn", e.Name.Pretty, "error", err.Error())
		return
	}
	m := &plugin.Operation{
		Ctx: op.Ctx, Kind: plugin.KindModify, Parent: op, Conn: op.Conn, RawTarget: e.Name.Pretty, Target: e.Name, Flags: FlagNoModifyAttrs,
		Modify: &plugin.ModifyPart{Changes: []wire.Change{
			{Op: wire.ModDelete, Type: "userPassword", Values: [][]byte{[]byte(stored)}},
			{Op: wire.ModAdd, Type: "userPassword", Values: [][]byte{[]byte(fresh)}},
		}},
	}
	if s.Run(m); m.Result.Code != wire.Success {
		s.log.Warn("password not hashed anew", "dn", e.Name.Pretty, "result", int(m.Result.Code))
	}
}

// CheckPassword compares a clear-text password with a stored value of any
// scheme, plug-ins' schemes first. Takes the same time however far the values
// agree.
func (s *Server) CheckPassword(stored string, clear []byte) bool {
	if scheme, rest, ok := auth.SplitScheme(stored); ok {
		if p := s.plugins().PasswordScheme(scheme); p != nil {
			return p.Compare(clear, rest)
		}
		if !s.knownScheme(scheme) {
			// Not a scheme of ours: the braces are part of a clear-text password.
			return subtle.ConstantTimeCompare([]byte(stored), clear) == 1
		}
	}
	return s.registry.Check(stored, clear)
}

func (s *Server) knownScheme(name string) bool {
	return s.registry.Lookup(strings.Trim(name, "{}")) != nil
}

// HashPassword hashes a clear-text password with a scheme; "" takes the
// configured one.
func (s *Server) HashPassword(clear []byte, scheme string) (string, error) {
	if scheme == "" {
		scheme = s.passwordScheme()
	}
	scheme = strings.Trim(scheme, "{}")
	if p := s.plugins().PasswordScheme(scheme); p != nil {
		return p.Encode(clear)
	}
	return s.registry.Hash(clear, scheme)
}

// passwordScheme is the scheme for new passwords.
func (s *Server) passwordScheme() string {
	if name := s.Setting("passwordStorageScheme"); name != "" {
		return name
	}
	if len(s.opts().PasswordHash) > 0 {
		return s.opts().PasswordHash[0]
	}
	if s.is389() {
		return "PBKDF2-SHA512"
	}
	return "SSHA"
}

// hashValues replaces the clear-text values among values by hashed ones.
func (s *Server) hashValues(values [][]byte) ([][]byte, *wire.Error) {
	out := make([][]byte, len(values))
	for i, v := range values {
		if scheme, _, ok := auth.SplitScheme(string(v)); ok && (s.plugins().PasswordScheme(scheme) != nil || s.knownScheme(scheme)) {
			out[i] = v
			continue
		}
		h, err := s.HashPassword(v, "")
		if err != nil {
			s.log.Error("password not hashed", "scheme", s.passwordScheme(), "error", err.Error())
			return nil, wire.Errorf(wire.OperationsError, "the password could not be hashed")
		}
		out[i] = []byte(h)
	}
	return out, nil
}

// hashesPasswords tells whether clear-text passwords of add and modify are
// hashed when they are stored.
func (s *Server) hashesPasswords(db *Database) bool {
	return (s.is389() || s.opts().HashCleartext) && !db.Private
}

// hashEntry hashes the clear-text passwords of an entry to be added.
func (s *Server) hashEntry(e *entry.Entry) *wire.Error {
	for _, t := range s.passwordTypes() {
		for a := range e.Matching(t) {
			values, err := s.hashValues(a.Values)
			if err != nil {
				return err
			}
			a.Values = values
		}
	}
	return nil
}

// hashChanges puts hashed passwords into the request where that is configured.
// Plug-ins inside the transaction see them so.
func (c *change) hashChanges(e *entry.Entry) error {
	c.op.Modify.Changes = c.s.encodeChanges(c.op.Modify.Changes)
	if !c.s.hashesPasswords(c.db) || c.op.Replicated {
		return nil
	}
	changes, err := c.s.passwordChanges(e, c.op.Modify.Changes)
	if err != nil {
		return err
	}
	c.op.Modify.Changes = changes
	return nil
}

// passwordChanges hashes the clear-text passwords of changes, and turns the
// deletion of a clear-text password into that of the stored value that it
// matches.
func (s *Server) passwordChanges(e *entry.Entry, changes []wire.Change) ([]wire.Change, error) {
	types := s.passwordTypes()
	var out []wire.Change
	for i := range changes {
		d, err := s.Schema().Describe(changes[i].Type)
		if err != nil || len(types) == 0 || !d.Type.Is(types[0]) || len(changes[i].Values) == 0 {
			continue
		}
		if out == nil {
			out = append([]wire.Change(nil), changes...)
		}
		if changes[i].Op == wire.ModDelete {
			out[i].Values = s.storedPasswords(e, d, changes[i].Values)
			continue
		}
		values, herr := s.hashValues(changes[i].Values)
		if herr != nil {
			return nil, herr
		}
		out[i].Values = values
	}
	if out == nil {
		return changes, nil
	}
	return out, nil
}

// storedPasswords replaces clear-text values by the stored ones they match.
func (s *Server) storedPasswords(e *entry.Entry, d schema.Description, values [][]byte) [][]byte {
	out := append([][]byte(nil), values...)
	at := e.Get(d)
	if at == nil {
		return out
	}
	for i, v := range values {
		if has, _ := at.Has(v); has {
			continue
		}
		if _, _, hashed := auth.SplitScheme(string(v)); hashed {
			continue
		}
		for _, stored := range at.Values {
			if s.CheckPassword(string(stored), v) {
				out[i] = stored
				break
			}
		}
	}
	return out
}
