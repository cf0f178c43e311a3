package overlay

import (
	"fmt"
	"slices"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// dynList fills groups and lists in whose members an LDAP URL describes, when
// they are read (slapo-dynlist(5)).
type dynList struct {
	env  *Env
	sets []dynSet
}

// dynSet is one dynlist-attrset line.
type dynSet struct {
	class    *schema.ObjectClass
	restrict *uniqueURI
	url      *schema.AttributeType
	member   *schema.AttributeType // nil: a list
	memberOf *schema.AttributeType // nil: not shown in the members
	static   *schema.ObjectClass   // groups of this class count for memberOf, too
	maps     map[string]*schema.AttributeType
}

func newDynList(env *Env, lines [][]string) (Overlay, error) {
	d := &dynList{env: env}
	for _, l := range lines {
		switch strings.ToLower(l[0]) {
		case "dynlist-attrset", "dynlist-attrpair":
		default:
			return nil, fmt.Errorf("unknown directive <%s>", l[0])
		}
		set, err := d.parse(l[1:])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l[0], err)
		}
		d.sets = append(d.sets, set)
	}
	return d, nil
}

func (d *dynList) parse(w []string) (set dynSet, err error) {
	s := d.env.Schema
	attr := func(name string) *schema.AttributeType {
		t := s.AttributeType(name)
		if t == nil && err == nil {
			err = fmt.Errorf("unknown attribute %q", name)
		}
		return t
	}
	if len(w) < 2 {
		return set, fmt.Errorf("an object class and an attribute are needed")
	}
	if set.class = s.ObjectClass(w[0]); set.class == nil {
		return set, fmt.Errorf("unknown object class %q", w[0])
	}
	w = w[1:]
	if strings.HasPrefix(strings.ToLower(w[0]), "ldap:///") {
		text := w[0]
		if n := strings.Count(text, "?"); n < 2 {
			text += "??sub"[n:]
		}
		u, uerr := parseURI(d.env, text)
		if uerr != nil {
			return set, uerr
		}
		if set.restrict, w = &u, w[1:]; len(w) == 0 {
			return set, fmt.Errorf("an attribute is needed")
		}
	}
	set.url = attr(w[0])
	for _, word := range w[1:] {
		if to, from, ok := strings.Cut(word, ":"); ok {
			if set.maps == nil {
				set.maps = map[string]*schema.AttributeType{}
			}
			f := attr(from)
			if t := attr(to); f != nil && t != nil {
				set.maps[f.OID] = t
			}
			continue
		}
		if set.member != nil {
			return set, fmt.Errorf("%q is not expected", word)
		}
		member, of, ok := strings.Cut(word, "+")
		set.member = attr(member)
		if !ok {
			continue
		}
		of, static, ok := strings.Cut(of, "@")
		set.memberOf = attr(of)
		if !ok {
			continue
		}
		if strings.HasSuffix(static, "*") {
			return set, fmt.Errorf("nested groups (*) are not supported")
		}
		if set.static = s.ObjectClass(static); set.static == nil {
			return set, fmt.Errorf("unknown object class %q", static)
		}
	}
	return set, err
}

// Points implements Overlay.
func (*dynList) Points() []plugin.Point {
	return append(pointsOf(plugin.Pre, plugin.KindSearch|plugin.KindCompare), plugin.Point{Phase: plugin.Pre, Slot: plugin.SlotEntry})
}

// Run implements Overlay.
func (d *dynList) Run(s plugin.Services, p plugin.Point, op *plugin.Operation) *wire.Error {
	if op.Internal || asksManageDsaIT(op) {
		return nil
	}
	switch {
	case p.Slot == plugin.SlotEntry:
		d.show(s, op)
	case op.Kind == plugin.KindSearch:
		d.rewrite(s, op)
	case op.Kind == plugin.KindCompare:
		return d.compare(s, op)
	}
	return nil
}

func asksManageDsaIT(op *plugin.Operation) bool {
	return slices.ContainsFunc(op.Controls, func(c wire.Control) bool { return c.OID == "2.16.840.1.113730.3.4.2" })
}

// asks tells whether a search wants an attribute.
func asks(op *plugin.Operation, t *schema.AttributeType) bool {
	list := op.Search.Attrs
	operational := t.Operational()
	if len(list) == 0 {
		return !operational
	}
	for _, a := range list {
		switch {
		case a == "*" && !operational, a == "+" && operational, strings.EqualFold(a, t.OID), strings.HasPrefix(a, "@"):
			return true
		}
		for _, n := range t.Names {
			if strings.EqualFold(a, n) {
				return true
			}
		}
	}
	return false
}

// dynamic tells whether an entry is a group or list of the set.
func (set *dynSet) dynamic(e *entry.Entry) bool {
	return e.IsClass(set.class.Name()) && e.Has(set.url.Name()) && (set.restrict == nil || set.restrict.inScope(e))
}

// show completes the entry on its way to the client.
func (d *dynList) show(s plugin.Services, op *plugin.Operation) {
	e := op.Current
	if e == nil {
		return
	}
	var own *entry.Entry
	put := func(t *schema.AttributeType, values ...[]byte) {
		if own == nil {
			own = e.Clone()
		}
		for _, v := range values {
			if !own.HasValue(t.Name(), v) {
				own.Add(s.Schema(), t.Name(), v)
			}
		}
	}
	for i := range d.sets {
		set := &d.sets[i]
		if set.dynamic(e) {
			d.expand(s, op, set, e, put)
		}
		if set.memberOf != nil && asks(op, set.memberOf) {
			for _, g := range d.groupsOf(s, op, set, e) {
				put(set.memberOf, []byte(g.Pretty))
			}
		}
	}
	if own != nil {
		op.Current = own
	}
}

// expand gives the values that the URLs of a group stand for.
func (d *dynList) expand(s plugin.Services, op *plugin.Operation, set *dynSet, e *entry.Entry, put func(*schema.AttributeType, ...[]byte)) {
	asker := expander(s, op, e)
	if asker == nil {
		return
	}
	for _, text := range e.Values(set.url.Name()) {
		u, ok := d.url(string(text))
		if !ok || set.member != nil && !asks(op, set.member) {
			continue
		}
		for _, x := range d.find(s, asker, &u) {
			if set.member != nil {
				put(set.member, []byte(x.Name.Pretty))
				continue
			}
			for i := range x.Attrs {
				a := &x.Attrs[i]
				if a.Type.Operational() || a.Type.Name() == "objectClass" || len(u.attrs) > 0 && !slices.ContainsFunc(u.attrs, a.Type.Is) {
					continue
				}
				t := a.Type
				if to := set.maps[t.OID]; to != nil {
					t = to
				}
				if !asks(op, t) {
					continue
				}
				for _, v := range a.Values {
					if ok, err := s.AccessAllowed(asker, x, a.Desc, v, plugin.AccessRead); err == nil && ok {
						put(t, v)
					}
				}
			}
		}
	}
}

// expander is the operation as whom the URLs of a group are searched: the
// client's, or that of the group's dgIdentity. nil: the client may not use it.
func expander(s plugin.Services, op *plugin.Operation, e *entry.Entry) *plugin.Operation {
	if !e.Has("dgIdentity") {
		return op
	}
	if rules := e.Values("dgAuthz"); len(rules) > 0 {
		may := false
		for _, r := range rules {
			text := string(r)
			for _, head := range []string{"dn.exact:", "dn:"} {
				text = strings.TrimPrefix(text, head)
			}
			n, err := dn.NewName(text, s.Schema())
			may = may || text == "*" || err == nil && n.Norm == op.Requestor.Norm && n.Norm != ""
		}
		if !may {
			return nil
		}
	}
	who, err := dn.NewName(e.First("dgIdentity"), s.Schema())
	if err != nil {
		return nil
	}
	return &plugin.Operation{Ctx: op.Ctx, Kind: op.Kind, Conn: op.Conn, Requestor: who, Search: op.Search, Database: op.Database}
}

// url reads an LDAP URL of a group; one that is broken stands for nothing.
func (d *dynList) url(text string) (uniqueURI, bool) {
	text, _, _ = strings.Cut(text, " ")
	parts := strings.Split(text, "?")
	for len(parts) < 3 {
		parts = append(parts, "")
	}
	if parts[2] == "" {
		parts[2] = "base"
	}
	u, err := parseURI(&Env{Schema: d.env.Schema}, strings.Join(parts, "?"))
	return u, err == nil
}

// find gives the entries of a URL that asker may see.
func (d *dynList) find(s plugin.Services, asker *plugin.Operation, u *uniqueURI) []*entry.Entry {
	f := present()
	if u.filter != nil {
		f = u.filter.Clone()
	}
	list, err := search(s, nil, u.base, u.scope, f, "*", "+")
	if err != nil {
		return nil
	}
	var out []*entry.Entry
	for i := range list {
		e := entry.New(list[i].name)
		for _, a := range list[i].attrs {
			e.Add(s.Schema(), a.Type, a.Values...)
		}
		if may(s, asker, e, "", plugin.AccessRead) && (u.filter == nil || mayFilter(s, asker, e, u.filter)) {
			out = append(out, e)
		}
	}
	return out
}

func may(s plugin.Services, op *plugin.Operation, e *entry.Entry, attr string, a plugin.Access) bool {
	ok, err := s.AccessAllowed(op, e, attr, nil, a)
	return err == nil && ok
}

// mayFilter tells whether the client may search by all attributes of a filter.
func mayFilter(s plugin.Services, op *plugin.Operation, e *entry.Entry, f *filter.Node) bool {
	return f.Walk(func(n *filter.Node) bool { return n.Attr == "" || may(s, op, e, n.Attr, plugin.AccessSearch) })
}

// matches tells whether an entry is among those of a URL.
func (u *uniqueURI) matches(e *entry.Entry) bool {
	switch u.scope {
	case wire.ScopeBase:
		if e.Name.Norm != u.base.Norm {
			return false
		}
	case wire.ScopeOne:
		if dn.ParentNorm(e.Name.Norm) != u.base.Norm {
			return false
		}
	case wire.ScopeChildren:
		if !below(e.Name, u.base) {
			return false
		}
	default:
		if !dn.IsSuffix(e.Name.Norm, u.base.Norm) {
			return false
		}
	}
	if u.filter == nil {
		return true
	}
	t, err := u.filter.Match(e, nil)
	return err == nil && t == filter.True
}

// dynGroup is one dynamic group as the searches for memberOf need it.
type dynGroup struct {
	name dn.Name
	urls []uniqueURI
}

type dynGroups struct{ set *dynSet }

// groups are the dynamic groups of a set, read once an operation.
func (d *dynList) groups(s plugin.Services, op *plugin.Operation, set *dynSet) []dynGroup {
	if list, ok := op.Notes[dynGroups{set}].([]dynGroup); ok {
		return list
	}
	all, _ := search(s, nil, d.env.Suffix, wire.ScopeSub, equal("objectClass", []byte(set.class.Name())), set.url.Name())
	list := []dynGroup{}
	for i := range all {
		g := dynGroup{name: all[i].name}
		for _, v := range all[i].values(set.url) {
			if u, ok := d.url(string(v)); ok {
				g.urls = append(g.urls, u)
			}
		}
		list = append(list, g)
	}
	op.Note(dynGroups{set}, list)
	return list
}

// groupsOf are the groups that an entry is a member of.
func (d *dynList) groupsOf(s plugin.Services, op *plugin.Operation, set *dynSet, e *entry.Entry) []dn.Name {
	var out []dn.Name
	for _, g := range d.groups(s, op, set) {
		for i := range g.urls {
			if g.urls[i].matches(e) {
				out = append(out, g.name)
				break
			}
		}
	}
	if set.static != nil {
		f := &filter.Node{Kind: filter.And, Kids: []*filter.Node{
			equal("objectClass", []byte(set.static.Name())), equal(set.member.Name(), []byte(e.Name.Pretty))}}
		list, _ := search(s, nil, d.env.Suffix, wire.ScopeSub, f, "1.1")
		for i := range list {
			out = append(out, list[i].name)
		}
	}
	return out
}

// rewrite makes (memberOf=GROUP) of a search find the members of dynamic groups.
func (d *dynList) rewrite(s plugin.Services, op *plugin.Operation) {
	for i := range d.sets {
		set := &d.sets[i]
		if set.memberOf == nil || op.Search.Filter == nil {
			continue
		}
		changed := false
		f := op.Search.Filter.Clone()
		d.replace(s, op, set, f, &changed)
		if changed {
			op.Search.Filter = f
		}
	}
}

// replace puts what a group stands for in the place of its item.
func (d *dynList) replace(s plugin.Services, op *plugin.Operation, set *dynSet, n *filter.Node, changed *bool) {
	for _, k := range n.Kids {
		d.replace(s, op, set, k, changed)
	}
	if n.Kind != filter.Equality {
		return
	}
	t := s.Schema().AttributeType(n.Attr)
	group, err := dn.NewName(string(n.Value), s.Schema())
	if t == nil || !t.Is(set.memberOf) || err != nil {
		return
	}
	or := []*filter.Node{equal(n.Attr, n.Value)}
	for _, g := range d.groups(s, op, set) {
		if g.name.Norm != group.Norm {
			continue
		}
		for i := range g.urls {
			u := &g.urls[i]
			in := &filter.Node{Kind: filter.Extensible, Attr: "entryDN", Rule: scopeRule(u.scope), Value: []byte(u.base.Pretty)}
			if u.scope == wire.ScopeBase {
				in = equal("entryDN", []byte(u.base.Pretty))
			}
			if u.filter != nil {
				in = &filter.Node{Kind: filter.And, Kids: []*filter.Node{u.filter.Clone(), in}}
			}
			or = append(or, in)
		}
	}
	if set.static != nil {
		list, _ := search(s, nil, group, wire.ScopeBase, equal("objectClass", []byte(set.static.Name())), set.member.Name())
		for i := range list {
			for _, v := range list[i].values(set.member) {
				or = append(or, equal("entryDN", v))
			}
		}
	}
	if len(or) > 1 {
		*n = filter.Node{Kind: filter.Or, Kids: or}
		*changed = true
	}
}

func scopeRule(s wire.Scope) string {
	switch s {
	case wire.ScopeOne:
		return "dnOneLevelMatch"
	case wire.ScopeChildren:
		return "dnSubordinateMatch"
	}
	return "dnSubtreeMatch"
}

// compare answers for the values that URLs stand for.
func (d *dynList) compare(s plugin.Services, op *plugin.Operation) *wire.Error {
	t := s.Schema().AttributeType(op.Compare.Attr)
	if t == nil {
		return nil
	}
	var e *entry.Entry
	for i := range d.sets {
		set := &d.sets[i]
		if set.member == nil || !t.Is(set.member) {
			continue
		}
		if e == nil {
			list, err := search(s, nil, op.Target, wire.ScopeBase, present(), "*", "+")
			if err != nil || len(list) == 0 {
				return nil
			}
			e = entry.New(list[0].name)
			for _, a := range list[0].attrs {
				e.Add(s.Schema(), a.Type, a.Values...)
			}
		}
		if !set.dynamic(e) || e.HasValue(t.Name(), op.Compare.Value) || !may(s, op, e, t.Name(), plugin.AccessCompare) {
			continue
		}
		asker := expander(s, op, e)
		value, err := dn.NewName(string(op.Compare.Value), s.Schema())
		if asker == nil || err != nil {
			continue
		}
		for _, text := range e.Values(set.url.Name()) {
			u, ok := d.url(string(text))
			if !ok {
				continue
			}
			at := u
			at.base, at.scope = value, wire.ScopeBase
			for _, x := range d.find(s, asker, &at) {
				if u.matches(x) {
					return &wire.Error{Result: wire.Result{Code: wire.CompareTrue}}
				}
			}
		}
		return &wire.Error{Result: wire.Result{Code: wire.CompareFalse}}
	}
	return nil
}
