package sasl

import (
	"strings"

	"libslapi/server/dn"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// userName gives the name of the directory for a user name of a mechanism:
// uid=USER,cn=MECHANISM,cn=auth, mapped by the authz-regexp lines. "dn:NAME"
// names an entry itself.
func (s *Server) userName(op *plugin.Operation, user, mech string) (dn.Name, bool) {
	if rest, ok := prefix(user, "dn:"); ok {
		n, err := s.dir.Name(strings.TrimSpace(rest))
		return n, err == nil && !n.IsRoot()
	}
	if rest, ok := prefix(user, "u:"); ok {
		user = rest
	}
	set := s.cur.Load()
	if at := strings.LastIndexByte(user, '@'); at > 0 && set.Realm != "" && strings.EqualFold(user[at+1:], set.Realm) {
		user = user[:at]
	}
	if user == "" {
		return dn.Name{}, false
	}
	raw, err := s.dir.Name("uid=" + dn.Escape([]byte(user)) + ",cn=" + strings.ToLower(mech) + ",cn=auth")
	if err != nil {
		return dn.Name{}, false
	}
	if n := s.mapName(op, raw); n.Norm != raw.Norm || !set.SearchUID {
		return n, true
	}
	return s.byUID(op, user)
}

func prefix(s, p string) (string, bool) {
	if len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) {
		return s[len(p):], true
	}
	return s, false
}

// byUID finds the one entry with a uid.
func (s *Server) byUID(op *plugin.Operation, user string) (dn.Name, bool) {
	var found []dn.Name
	for _, suffix := range s.dir.Suffixes() {
		f := &filter.Node{Kind: filter.Equality, Attr: "uid", Value: []byte(user)}
		names, err := s.dir.AuthSearch(op, suffix, wire.ScopeSub, f, 2)
		if err != nil {
			return dn.Name{}, false
		}
		found = append(found, names...)
	}
	if len(found) != 1 {
		return dn.Name{}, false
	}
	return found[0], true
}

// mapName maps a name by the authz-regexp lines: the first line that fits
// counts; when its replacement leads to no entry, the name stays as it is.
func (s *Server) mapName(op *plugin.Operation, raw dn.Name) dn.Name {
	for _, m := range s.cur.Load().Regexps {
		groups := m.Match.FindStringSubmatchIndex(raw.Norm)
		text := raw.Norm
		if groups == nil {
			if groups = m.Match.FindStringSubmatchIndex(raw.Pretty); groups == nil {
				continue
			}
			text = raw.Pretty
		}
		put := func(part int, t string) string {
			escape := plainGroup
			if part == filterPart {
				escape = filterGroup
			}
			return substitute(t, text, groups, escape)
		}
		if n, ok := s.resolve(op, m.Replace, put); ok {
			return n
		}
		return raw
	}
	return raw
}

func plainGroup(s string) string { return s }

// filterGroup makes a piece of a DN safe inside a filter: what a user calls
// himself must not change the filter's form.
func filterGroup(s string) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	octet := func(c byte) { b.Write([]byte{'\\', digits[c>>4], digits[c&15]}) }
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b.WriteString(s[i : i+3])
			i += 2
		case c == '\\' && i+1 < len(s):
			i++
			octet(s[i])
		case c == '*', c == '(', c == ')', c == '\\', c == 0:
			octet(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

// substitute puts the groups of a match in the place of $1 to $9 ($0: all).
func substitute(replace, text string, groups []int, escape func(string) string) string {
	var b strings.Builder
	for i := 0; i < len(replace); i++ {
		if replace[i] != '$' || i+1 == len(replace) {
			b.WriteByte(replace[i])
			continue
		}
		i++
		switch c := replace[i]; {
		case c >= '0' && c <= '9':
			if g := 2 * int(c-'0'); g+1 < len(groups) && groups[g] >= 0 {
				b.WriteString(escape(text[groups[g]:groups[g+1]]))
			}
		case c == '$':
			b.WriteByte('$')
		default:
			b.WriteByte('$')
			b.WriteByte(c)
		}
	}
	return b.String()
}

// resolve reads a DN ("dn:" in front or not), or the LDAP URL of a search that must
// find one entry. put completes each part of it.
func (s *Server) resolve(op *plugin.Operation, text string, put func(part int, s string) string) (dn.Name, bool) {
	if _, isURL := prefix(text, "ldap:///"); isURL {
		u, ok := parseURL(text, put)
		if !ok {
			return dn.Name{}, false
		}
		base, err := s.dir.Name(u.base)
		if err != nil {
			return dn.Name{}, false
		}
		if u.scope == wire.ScopeBase && u.filter == nil {
			return base, true
		}
		names, err := s.dir.AuthSearch(op, base, u.scope, u.node(), 2)
		if err != nil || len(names) != 1 {
			return dn.Name{}, false
		}
		return names[0], true
	}
	text, _ = prefix(put(0, text), "dn:")
	n, err := s.dir.Name(text)
	return n, err == nil
}

// authzName gives the name that an authorization identity stands for: "dn:NAME",
// "u:USER" (RFC 4513 section 5.2.1.8), "" for nobody.
func (s *Server) authzName(op *plugin.Operation, id, mech string) (dn.Name, bool) {
	if id == "" {
		return dn.Name{}, true
	}
	if rest, ok := prefix(id, "dn:"); ok {
		n, err := s.dir.Name(strings.TrimSpace(rest))
		if err != nil {
			return dn.Name{}, false
		}
		return s.mapName(op, n), true
	}
	if rest, ok := prefix(id, "u:"); ok && rest != "" {
		if mech == "" {
			mech = "authzid"
		}
		return s.userName(op, "u:"+rest, mech)
	}
	return dn.Name{}, false
}

// AuthzName is the name that an authorization identity of a request stands for
// (RFC 4370 section 3).
func (s *Server) AuthzName(op *plugin.Operation, id string) (dn.Name, bool) {
	mech := ""
	if op.Conn != nil {
		mech = strings.TrimPrefix(op.Conn.AuthMethod, "SASL ")
		if mech == op.Conn.AuthMethod {
			mech = ""
		}
	}
	return s.authzName(op, id, mech)
}
