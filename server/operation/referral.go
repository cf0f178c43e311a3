package operation

import (
	"net/url"
	"strings"

	"libslapi/server/acl"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// scopeWord is the scope part of the URLs of a referral result.
func scopeWord(op *plugin.Operation) string {
	if op.Kind != plugin.KindSearch || op.Search == nil {
		return ""
	}
	return scopeName(op.Search.Scope)
}

func scopeName(sc wire.Scope) string {
	switch sc {
	case wire.ScopeBase:
		return "base"
	case wire.ScopeOne:
		return "one"
	case wire.ScopeChildren:
		return "subordinate"
	}
	return "sub"
}

// referral is the referral result for an operation on a referral object
// itself, or below it (RFC 3296 section 5).
func (s *Server) referral(e *entry.Entry, target dn.Name, scope wire.Scope, search bool) error {
	word := ""
	if search {
		word = scopeName(scope)
	}
	return s.referralFor(e, target, word)
}

func (s *Server) referralFor(e *entry.Entry, target dn.Name, scope string) error {
	var urls []string
	for _, v := range e.Values("ref") {
		urls = append(urls, referralURL(refURI(v), e.Name, target, scope))
	}
	if len(urls) == 0 {
		return wire.Errorf(wire.Other, "bad referral object")
	}
	return &wire.Error{Result: wire.Result{Code: wire.Referral, MatchedDN: e.Name.Pretty, Referrals: urls}}
}

// referralURLs are the default referrals for a name that no database holds.
func referralURLs(base []string, target dn.Name, scope string) []string {
	out := make([]string, len(base))
	for i, u := range base {
		out[i] = referralURL(u, dn.Name{}, target, scope)
	}
	return out
}

// refURI is the URI part of a labeledURI.
func refURI(v []byte) string {
	uri, _, _ := strings.Cut(string(v), " ")
	return uri
}

// referralURL makes the URL at which an operation on target goes on, from one
// value of ref of the object at.
func referralURL(ref string, at, target dn.Name, scope string) string {
	scheme, rest, ok := strings.Cut(ref, "://")
	if !ok || !strings.HasPrefix(strings.ToLower(scheme), "ldap") {
		return ref
	}
	host, name, _ := strings.Cut(rest, "/")
	name, _, _ = strings.Cut(name, "?")
	if un, err := url.PathUnescape(name); err == nil {
		name = un
	}
	full := target.Pretty
	if name != "" && at.Pretty != "" {
		full = name
		if rel, ok := relative(target.Pretty, at.Pretty); ok && rel != "" {
			full = rel + "," + name
		}
	}
	out := scheme + "://" + host + "/" + escapeURL(full)
	if scope != "" {
		out += "??" + scope
	}
	return out
}

// relative is the part of a pretty name below another one.
func relative(name, above string) (string, bool) {
	if strings.EqualFold(name, above) {
		return "", true
	}
	if n := len(name) - len(above); n > 0 && name[n-1] == ',' && strings.EqualFold(name[n:], above) {
		return name[:n-1], true
	}
	return "", false
}

func escapeURL(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("%?#<>\"{}|\\^`", c) >= 0 {
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// continuation sends the reference of a referral object inside the scope of a
// search.
func (x *searcher) continuation(e *entry.Entry) {
	if !x.ask.entry(e, acl.AttrEntry, acl.PrivRead) {
		return
	}
	t := x.s.Schema().AttributeType("ref")
	if t == nil || !x.ask.attr(e, t, nil, nil, acl.PrivRead) {
		return
	}
	// A one-level search goes on at the object alone, a deeper one below it too.
	scope := "sub"
	if x.op.Search.Scope == wire.ScopeOne {
		scope = "base"
	}
	var urls []string
	for _, v := range e.Values("ref") {
		urls = append(urls, referralURL(refURI(v), e.Name, e.Name, scope))
	}
	if len(urls) == 0 {
		return
	}
	if err := x.s.SendReference(x.op, urls, nil); err != nil {
		x.err = err
	}
}
