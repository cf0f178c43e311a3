package sasl

import (
	"net/url"
	"regexp"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// Authorized tells whether who is authenticated as authc may act as authz:
// itself, anybody for a root DN, else by authzTo and authzFrom as the policy
// says. Nobody else may become anonymous.
func (s *Server) Authorized(op *plugin.Operation, authc, authz dn.Name) bool {
	if authc.Norm == authz.Norm {
		return true
	}
	if authc.Norm == "" {
		return false
	}
	if s.dir.MayActAs(authc, authz) {
		return true
	}
	policy := s.cur.Load().Policy
	if policy == PolicyNone || authz.Norm == "" {
		return false
	}
	to := policy != PolicyFrom && s.listed(op, authc, "authzTo", authz)
	if policy == PolicyTo || policy == PolicyAny && to {
		return to
	}
	if policy == PolicyAll && !to {
		return false
	}
	return s.listed(op, authz, "authzFrom", authc)
}

// maxRules bounds how many rules of one entry are looked at.
const maxRules = 1000

// listed tells whether one of the rules in attr of the entry at names who.
func (s *Server) listed(op *plugin.Operation, at dn.Name, attr string, who dn.Name) bool {
	rules := s.dir.AuthValues(op, at, attr)
	if len(rules) > maxRules {
		rules = rules[:maxRules]
	}
	for _, r := range rules {
		if s.fits(op, ordered(string(r)), who) {
			return true
		}
	}
	return false
}

// ordered cuts the {n} of an ordered value off.
func ordered(v string) string {
	if end := strings.IndexByte(v, '}'); strings.HasPrefix(v, "{") && end > 1 && strings.Trim(v[1:end], "0123456789") == "" {
		return v[end+1:]
	}
	return v
}

// fits tells whether a rule of authzTo or authzFrom names who: dn[.style]:PATTERN,
// u:USER, group[/CLASS[/ATTR]]:NAME, an LDAP URL, a plain DN.
func (s *Server) fits(op *plugin.Operation, rule string, who dn.Name) bool {
	if _, ok := prefix(rule, "ldap://"); ok {
		return s.inSearch(op, rule, who)
	}
	kind, rest, ok := strings.Cut(rule, ":")
	lower := strings.ToLower(kind)
	switch {
	case !ok:
		return s.isName(rule, who)
	case lower == "dn" || strings.HasPrefix(lower, "dn."):
		return s.fitsDN(strings.TrimPrefix(strings.TrimPrefix(lower, "dn"), "."), strings.TrimSpace(rest), who)
	case lower == "u" || strings.HasPrefix(lower, "u."):
		mech, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(kind, kind[:1]), "."), "/")
		n, ok := s.authzName(op, "u:"+rest, mech)
		return ok && n.Norm == who.Norm
	case lower == "group" || strings.HasPrefix(lower, "group/"):
		class, attr := "groupOfNames", "member"
		if parts := strings.Split(kind, "/"); len(parts) > 1 {
			class = parts[1]
			if len(parts) > 2 {
				attr = parts[2]
			}
		}
		return s.inGroup(op, rest, class, attr, who)
	}
	return s.isName(rule, who)
}

func (s *Server) isName(text string, who dn.Name) bool {
	n, err := s.dir.Name(text)
	return err == nil && n.Norm == who.Norm
}

func (s *Server) fitsDN(style, pattern string, who dn.Name) bool {
	if style == "regex" || pattern == "*" {
		if pattern == "*" || pattern == ".*" {
			return who.Norm != ""
		}
		re, err := regexp.Compile("(?i)" + pattern)
		return err == nil && (re.MatchString(who.Norm) || re.MatchString(who.Pretty))
	}
	n, err := s.dir.Name(pattern)
	if err != nil {
		return false
	}
	switch style {
	case "", "exact", "base":
		return who.Norm == n.Norm
	case "one", "onelevel":
		return who.Norm != "" && dn.ParentNorm(who.Norm) == n.Norm
	case "sub", "subtree":
		return dn.IsSuffix(who.Norm, n.Norm)
	case "children":
		return who.Norm != n.Norm && dn.IsSuffix(who.Norm, n.Norm)
	}
	return false
}

// inGroup asks for the group entry with a filter that names class and member.
func (s *Server) inGroup(op *plugin.Operation, group, class, attr string, who dn.Name) bool {
	base, err := s.dir.Name(group)
	if err != nil {
		return false
	}
	f := &filter.Node{Kind: filter.And, Kids: []*filter.Node{
		{Kind: filter.Equality, Attr: "objectClass", Value: []byte(class)},
		{Kind: filter.Equality, Attr: attr, Value: []byte(who.Pretty)},
	}}
	names, err := s.dir.AuthSearch(op, base, wire.ScopeBase, f, 1)
	return err == nil && len(names) == 1
}

// inSearch tells whether the search of an URL finds who.
func (s *Server) inSearch(op *plugin.Operation, text string, who dn.Name) bool {
	u, ok := parseURL(text, func(_ int, s string) string { return s })
	if !ok {
		return false
	}
	base, err := s.dir.Name(u.base)
	if err != nil {
		return false
	}
	switch u.scope {
	case wire.ScopeBase:
		ok = who.Norm == base.Norm
	case wire.ScopeOne:
		ok = who.Norm != "" && dn.ParentNorm(who.Norm) == base.Norm
	case wire.ScopeChildren:
		ok = who.Norm != base.Norm && dn.IsSuffix(who.Norm, base.Norm)
	default:
		ok = dn.IsSuffix(who.Norm, base.Norm)
	}
	if !ok {
		return false
	}
	if u.filter == nil {
		return true
	}
	names, err := s.dir.AuthSearch(op, who, wire.ScopeBase, u.node(), 1)
	return err == nil && len(names) == 1
}

// searchURL is an LDAP URL of a search in this server (RFC 4516).
type searchURL struct {
	base   string
	scope  wire.Scope
	filter *filter.Node
}

// node is the filter, (objectClass=*) where the URL has none.
func (u *searchURL) node() *filter.Node {
	if u.filter == nil {
		return &filter.Node{Kind: filter.Present, Attr: "objectClass"}
	}
	return u.filter
}

// filterPart is the number of the filter among the parts of an LDAP URL.
const filterPart = 3

// parseURL reads ldap:///BASE?ATTRS?SCOPE?FILTER; with a host it is none of ours.
// put completes each part, after its percent signs were taken away.
func parseURL(text string, put func(part int, s string) string) (*searchURL, bool) {
	rest, ok := prefix(text, "ldap:///")
	if !ok {
		return nil, false
	}
	parts := strings.Split(rest, "?")
	for i, p := range parts {
		un, err := url.PathUnescape(p)
		if err != nil {
			return nil, false
		}
		parts[i] = put(i, un)
	}
	u := &searchURL{base: parts[0]}
	if len(parts) > 2 && parts[2] != "" {
		var ok bool
		if u.scope, ok = wire.ScopeNamed(parts[2]); !ok {
			return nil, false
		}
	}
	if len(parts) > filterPart && parts[filterPart] != "" {
		f, err := filter.Parse(parts[filterPart])
		if err != nil {
			return nil, false
		}
		u.filter = f
	}
	return u, len(parts) <= filterPart+1
}
