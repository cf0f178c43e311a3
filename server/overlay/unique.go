package overlay

import (
	"fmt"
	"net/url"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// unique refuses values that another entry of a domain has (slapo-unique(5)). As
// it looks inside the transaction, no two changes at a time slip through;
// "serialize" has nothing to add.
type unique struct{ domains []uniqueDomain }

type uniqueDomain struct {
	strict, ignore bool
	uris           []uniqueURI
}

type uniqueURI struct {
	base   dn.Name
	attrs  []*schema.AttributeType
	scope  wire.Scope
	filter *filter.Node // nil: any entry
}

func newUnique(env *Env, lines [][]string) (Overlay, error) {
	u := &unique{}
	legacy := uniqueDomain{uris: []uniqueURI{{base: env.Suffix, scope: wire.ScopeSub}}}
	old := false
	for _, l := range lines {
		name, words := strings.ToLower(l[0]), l[1:]
		if name == "unique_uri" {
			d, err := parseDomain(env, strings.Fields(strings.Join(words, " ")))
			if err != nil {
				return nil, err
			}
			u.domains = append(u.domains, d)
			continue
		}
		old = true
		one := &legacy.uris[0]
		switch name {
		case "unique_base":
			n, err := dn.NewName(words[0], env.Schema)
			if err != nil {
				return nil, fmt.Errorf("unique_base: %w", err)
			}
			if !dn.IsSuffix(n.Norm, env.Suffix.Norm) {
				return nil, fmt.Errorf("unique_base %q is not within the database", words[0])
			}
			one.base = n
		case "unique_ignore", "unique_attributes":
			ignore := name == "unique_ignore"
			if len(one.attrs) > 0 && legacy.ignore != ignore {
				return nil, fmt.Errorf("unique_ignore and unique_attributes exclude each other")
			}
			legacy.ignore = ignore
			for _, w := range words {
				t := env.Schema.AttributeType(w)
				if t == nil {
					return nil, fmt.Errorf("%s: unknown attribute %q", name, w)
				}
				one.attrs = append(one.attrs, t)
			}
		case "unique_strict":
			legacy.strict = true
		default:
			return nil, fmt.Errorf("unknown directive <%s>", l[0])
		}
	}
	if old && len(u.domains) > 0 {
		return nil, fmt.Errorf("unique_uri cannot be used with the old directives")
	}
	if len(u.domains) == 0 {
		u.domains = []uniqueDomain{legacy}
	}
	return u, nil
}

func parseDomain(env *Env, words []string) (uniqueDomain, error) {
	var d uniqueDomain
	for _, w := range words {
		switch {
		case len(d.uris) == 0 && strings.EqualFold(w, "strict"):
			d.strict = true
		case len(d.uris) == 0 && strings.EqualFold(w, "ignore"):
			d.ignore = true
		case len(d.uris) == 0 && strings.EqualFold(w, "serialize"):
		default:
			u, err := parseURI(env, w)
			if err == nil && u.scope == wire.ScopeBase {
				err = fmt.Errorf("the scope must be sub, one or children")
			}
			if err != nil {
				return d, fmt.Errorf("unique_uri %s: %w", w, err)
			}
			d.uris = append(d.uris, u)
		}
	}
	if len(d.uris) == 0 {
		return d, fmt.Errorf("unique_uri: no URI")
	}
	return d, nil
}

func parseURI(env *Env, text string) (uniqueURI, error) {
	u := uniqueURI{base: env.Suffix}
	rest, ok := strings.CutPrefix(text, "ldap:///")
	if !ok {
		return u, fmt.Errorf("it does not begin with ldap:///")
	}
	parts := strings.Split(rest, "?")
	if len(parts) > 4 {
		return u, fmt.Errorf("it has extensions")
	}
	for i := range parts {
		var err error
		if parts[i], err = url.PathUnescape(parts[i]); err != nil {
			return u, err
		}
	}
	for len(parts) < 4 {
		parts = append(parts, "")
	}
	if parts[0] != "" {
		n, err := dn.NewName(parts[0], env.Schema)
		if err != nil {
			return u, err
		}
		if !dn.IsSuffix(n.Norm, env.Suffix.Norm) {
			return u, fmt.Errorf("the base is not within the database")
		}
		u.base = n
	}
	if parts[1] != "" {
		for _, a := range strings.Split(parts[1], ",") {
			t := env.Schema.AttributeType(a)
			if t == nil {
				return u, fmt.Errorf("unknown attribute %q", a)
			}
			u.attrs = append(u.attrs, t)
		}
	}
	if u.scope, ok = wire.ScopeNamed(parts[2]); !ok {
		return u, fmt.Errorf("the scope must be sub, one or children")
	}
	if parts[3] != "" {
		f, err := filter.Parse(parts[3])
		if err == nil {
			err = f.Resolve(env.Schema, nil)
		}
		if err != nil {
			return u, err
		}
		u.filter = f
	}
	return u, nil
}

// Points implements Overlay.
func (*unique) Points() []plugin.Point {
	return inTxn(plugin.KindAdd | plugin.KindModify | plugin.KindModDN)
}

// Run implements Overlay.
func (u *unique) Run(s plugin.Services, _ plugin.Point, op *plugin.Operation) *wire.Error {
	if op.After == nil || op.Replicated {
		return nil
	}
	for i := range u.domains {
		d := &u.domains[i]
		for j := range d.uris {
			if err := d.check(s, op, &d.uris[j]); err != nil {
				return err
			}
		}
	}
	return nil
}

// inScope tells whether an entry is one that a URI is about.
func (u *uniqueURI) inScope(e *entry.Entry) bool {
	norm := e.Name.Norm
	switch u.scope {
	case wire.ScopeOne:
		if dn.ParentNorm(norm) != u.base.Norm {
			return false
		}
	case wire.ScopeBase:
		if norm != u.base.Norm {
			return false
		}
	case wire.ScopeChildren:
		if norm == u.base.Norm || !dn.IsSuffix(norm, u.base.Norm) {
			return false
		}
	default:
		if !dn.IsSuffix(norm, u.base.Norm) {
			return false
		}
	}
	if u.filter == nil {
		return true
	}
	truth, err := u.filter.Match(e, nil)
	return err == nil && truth == filter.True
}

// covers tells whether a domain is about an attribute.
func (d *uniqueDomain) covers(u *uniqueURI, t *schema.AttributeType) bool {
	if t.Operational() {
		return false
	}
	if len(u.attrs) == 0 {
		return !d.ignore || !strings.EqualFold(t.Name(), "objectClass")
	}
	for _, a := range u.attrs {
		if t.Is(a) {
			return !d.ignore
		}
	}
	return d.ignore
}

func (d *uniqueDomain) check(s plugin.Services, op *plugin.Operation, u *uniqueURI) *wire.Error {
	now, before := op.After, op.Before
	if !u.inScope(now) {
		return nil
	}
	// An entry that comes into the scope has all its values looked at.
	if op.Kind == plugin.KindAdd || before != nil && !u.inScope(before) {
		before = nil
	}
	any := &filter.Node{Kind: filter.Or}
	for i := range now.Attrs {
		a := &now.Attrs[i]
		if !d.covers(u, a.Type) {
			continue
		}
		for _, v := range a.Values {
			if before == nil || !before.HasValue(a.Type.Name(), v) {
				any.Kids = append(any.Kids, equal(a.Type.Name(), v))
			}
		}
	}
	if d.strict && !d.ignore {
		for _, t := range u.attrs {
			if !now.Has(t.Name()) && (before == nil || before.Has(t.Name())) {
				any.Kids = append(any.Kids, &filter.Node{Kind: filter.Not, Kids: []*filter.Node{{Kind: filter.Present, Attr: t.Name()}}})
			}
		}
	}
	if len(any.Kids) == 0 {
		return nil
	}
	f := any
	if u.filter != nil {
		f = &filter.Node{Kind: filter.And, Kids: []*filter.Node{u.filter.Clone(), any}}
	}
	list, err := search(s, op, u.base, u.scope, f, "1.1")
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].name.Norm != now.Name.Norm {
			return wire.Errorf(wire.ConstraintViolation, "non-unique attributes found with %s", f)
		}
	}
	return nil
}
