package syncrepl

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// Scope says how much below the base belongs to the content.
type Scope int

// The scopes of RFC 4511, and the zero value, which is Subtree.
const (
	DefaultScope Scope = iota // Subtree
	BaseObject
	SingleLevel
	Subtree
)

// wire returns the scope's number in a search request.
func (s Scope) wire() int {
	switch s {
	case BaseObject:
		return ldap.ScopeBaseObject
	case SingleLevel:
		return ldap.ScopeSingleLevel
	}
	return ldap.ScopeWholeSubtree
}

// String returns the scope's name in an LDAP URL.
func (s Scope) String() string { return [...]string{"base", "one", "sub"}[s.wire()] }

// Search says what the client follows.
type Search struct {
	Base       string
	Scope      Scope    // the zero value is Subtree
	Filter     string   // RFC 4515; "" is (objectClass=*)
	Attributes []string // none: all user attributes; "*" and "+" as usual
}

func (s Search) filter() string {
	if s.Filter == "" {
		return "(objectClass=*)"
	}
	return s.Filter
}

// all reports whether the filter leaves nothing out.
func (s Search) all() bool {
	return strings.EqualFold(strings.ReplaceAll(s.filter(), " ", ""), "(objectClass=*)")
}

// definition is the search in one line, the same for every way to write it. The
// store keeps it, so that a changed search is noticed.
func (s Search) definition() string {
	attrs := make([]string, len(s.Attributes))
	for i, a := range s.Attributes {
		attrs[i] = strings.ToLower(a)
	}
	slices.Sort(attrs)
	attrs = slices.Compact(attrs)
	base := s.Base
	if dn, err := ldap.ParseDN(base); err == nil {
		base = strings.ToLower(dn.String())
	}
	filter := s.filter()
	if p, err := ldap.CompileFilter(filter); err == nil {
		if f, err := ldap.DecompileFilter(p); err == nil {
			filter = f
		}
	}
	return fmt.Sprintf("base=%q scope=%s filter=%q attrs=%q", base, s.Scope, filter, strings.Join(attrs, ","))
}

// Target is what an LDAP URL says.
type Target struct {
	Server   string // scheme://host:port, or ldapi:// with the socket's path
	Search   Search
	BindName string // extension "bindname"
	Password string // extension "X-BINDPW"
	Mech     string // extension "X-MECH": SIMPLE, EXTERNAL, GSSAPI
	StartTLS bool   // extension "1.3.6.1.4.1.1466.20037" or "X-STARTTLS"
}

// ParseURL reads an LDAP URL (RFC 4516):
//
//	ldap://host:port/base?attributes?scope?filter?extensions
//
// with the schemes ldap, ldaps and ldapi (ldapi://%2Frun%2Fldapi). As in the
// Python package syncrepl_client, a scope that is left out is "sub", the
// extensions bindname and X-BINDPW say how to bind, and the bind name GSSAPI
// asks for Kerberos. An unknown extension is an error if it is marked critical
// with "!". The error is a *URLError.
func ParseURL(raw string) (*Target, error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	scheme = strings.ToLower(scheme)
	if !ok || scheme != "ldap" && scheme != "ldaps" && scheme != "ldapi" {
		return nil, &URLError{"it must begin with ldap://, ldaps:// or ldapi://"}
	}
	if strings.ContainsAny(raw, " \t\r\n#") {
		return nil, &URLError{"spaces and '#' must be written as %XX"}
	}
	hostpart, path := rest, ""
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		hostpart, path = rest[:i], rest[i:]
		if path[0] == '/' {
			path = path[1:]
		}
	}
	t := &Target{}
	if err := t.setServer(scheme, hostpart); err != nil {
		return nil, err
	}
	parts := strings.Split(path, "?")
	if len(parts) > 5 {
		return nil, &URLError{"more than four '?'"}
	}
	for len(parts) < 5 {
		parts = append(parts, "")
	}
	var err error
	if t.Search.Base, err = unescape(parts[0], "base"); err != nil {
		return nil, err
	}
	if parts[1] != "" {
		for _, a := range strings.Split(parts[1], ",") {
			if a, err = unescape(a, "attributes"); err != nil {
				return nil, err
			}
			if a == "" {
				return nil, &URLError{"an attribute name is empty"}
			}
			t.Search.Attributes = append(t.Search.Attributes, a)
		}
	}
	switch strings.ToLower(parts[2]) {
	case "", "sub":
		t.Search.Scope = Subtree
	case "one":
		t.Search.Scope = SingleLevel
	case "base":
		t.Search.Scope = BaseObject
	default:
		return nil, &URLError{"the scope must be base, one or sub"}
	}
	if t.Search.Filter, err = unescape(parts[3], "filter"); err != nil {
		return nil, err
	}
	if parts[4] != "" {
		if err := t.setExtensions(strings.Split(parts[4], ",")); err != nil {
			return nil, err
		}
	}
	if err := t.Search.check(); err != nil {
		return nil, &URLError{err.Error()}
	}
	return t, nil
}

func unescape(s, what string) (string, error) {
	out, err := url.PathUnescape(s)
	if err != nil {
		return "", &URLError{"the " + what + " has a bad % escape"}
	}
	return out, nil
}

func (t *Target) setServer(scheme, host string) error {
	if strings.Contains(host, "@") {
		return &URLError{"a user before the host is not part of an LDAP URL; use the extension bindname"}
	}
	if scheme == "ldapi" {
		path, err := unescape(host, "socket path")
		if err != nil {
			return err
		}
		t.Server = "ldapi://" + url.PathEscape(path)
		return nil
	}
	if u, err := url.Parse(scheme + "://" + host); err != nil || u.Path != "" {
		return &URLError{"bad host or port"}
	}
	t.Server = scheme + "://" + host
	return nil
}

func (t *Target) setExtensions(list []string) error {
	for _, ext := range list {
		name, value, _ := strings.Cut(ext, "=")
		critical := strings.HasPrefix(name, "!")
		name = strings.ToLower(strings.TrimPrefix(name, "!"))
		value, err := unescape(value, "extension "+name)
		if err != nil {
			return err
		}
		switch name {
		case "bindname":
			if value == "GSSAPI" {
				t.Mech = "GSSAPI"
			} else {
				t.BindName = value
			}
		case "x-bindpw":
			t.Password = value
		case "x-mech":
			t.Mech = strings.ToUpper(value)
		case "x-starttls", "1.3.6.1.4.1.1466.20037":
			t.StartTLS = true
		default:
			if critical {
				return &URLError{"the critical extension " + name + " is unknown"}
			}
		}
	}
	return nil
}

// check reads base and filter as the server would.
func (s Search) check() error {
	if _, err := ldap.ParseDN(s.Base); err != nil {
		return fmt.Errorf("base %q is not a DN", s.Base)
	}
	if _, err := ldap.CompileFilter(s.filter()); err != nil {
		return fmt.Errorf("filter %q: %w", s.Filter, err)
	}
	if s.Scope < DefaultScope || s.Scope > Subtree {
		return fmt.Errorf("scope %d is unknown", int(s.Scope))
	}
	return nil
}
