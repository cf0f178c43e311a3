package acl

import (
	"net/url"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/filter"
	"libslapi/server/wire"
)

// ldapURL is an LDAP URL of this server: ldap:///base?attrs?scope?filter.
type ldapURL struct {
	base   string
	attrs  []string
	scope  wire.Scope
	filter string
}

func parseURL(text string) (*ldapURL, bool) {
	rest, ok := strings.CutPrefix(text, "ldap:///")
	if !ok {
		return nil, false
	}
	parts := strings.Split(rest, "?")
	if len(parts) > 4 {
		return nil, false // extensions
	}
	for i := range parts {
		var err error
		if parts[i], err = url.PathUnescape(parts[i]); err != nil {
			return nil, false
		}
	}
	u := &ldapURL{base: parts[0], scope: wire.ScopeBase}
	if len(parts) > 1 && parts[1] != "" {
		u.attrs = strings.Split(parts[1], ",")
	}
	if len(parts) > 2 && parts[2] != "" {
		var ok bool
		if u.scope, ok = wire.ScopeNamed(parts[2]); !ok {
			return nil, false
		}
	}
	if len(parts) > 3 {
		u.filter = parts[3]
	}
	return u, true
}

// whoFits tells whether a URL of a dynamic group takes the requestor in.
func (r *Request) whoFits(text string) bool {
	u, ok := parseURL(text)
	if !ok || len(u.attrs) > 0 {
		return false
	}
	base, err := dn.NewName(u.base, r.Schema)
	if err != nil {
		return false
	}
	st := exact
	switch u.scope {
	case wire.ScopeOne:
		st = one
	case wire.ScopeSub:
		st = subtree
	case wire.ScopeChildren:
		st = children
	}
	if !matchName(st, 0, r.Who.Norm, base.Norm) {
		return false
	}
	if u.filter == "" {
		return true
	}
	f, err := filter.Parse(u.filter)
	if err != nil || f.Resolve(r.Schema, nil) != nil {
		return false
	}
	user := r.find(r.Who.Norm)
	if user == nil {
		return false
	}
	truth, err := f.Match(user, nil)
	return err == nil && truth == filter.True
}
