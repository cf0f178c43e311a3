package config

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/overlay"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// The schema as entries: cn=schema,cn=config holds what stands in the
// configuration itself, an entry below it what one file brought. Clients add
// such entries and values of them; overlays and modules bring elements, too.

const schemaNorm = "cn=schema,cn=config"

// schemaAttrs are the attributes that define elements, in the order in which they
// are read, with the name that the subschema entry has for each.
var schemaAttrs = []struct{ olc, name string }{
	{"olcObjectIdentifier", ""}, {"olcLdapSyntaxes", "ldapSyntaxes"}, {"olcAttributeTypes", "attributeTypes"},
	{"olcObjectClasses", "objectClasses"}, {"olcDitContentRules", "dITContentRules"},
}

// SchemaGroup is what one file brought.
type SchemaGroup struct {
	Name           string
	Types, Classes []string // OIDs
}

// schemaMark is how much of a schema there was before a file.
type schemaMark struct{ types, classes int }

func markSchema(s *schema.Schema) schemaMark {
	return schemaMark{len(s.AttributeTypes()), len(s.ObjectClasses())}
}

// groupSchema notes what came since m, and is of no file within, as of path.
func (c *Config) groupSchema(m schemaMark, path string) {
	claimed := map[string]bool{}
	for _, g := range c.SchemaGroups {
		for _, oid := range append(append([]string{}, g.Types...), g.Classes...) {
			claimed[oid] = true
		}
	}
	g := SchemaGroup{Name: strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))}
	if all := c.Schema.AttributeTypes(); len(all) > m.types {
		for _, t := range all[m.types:] {
			if !claimed[t.OID] && !overlay.Brings(t.Name()) {
				g.Types = append(g.Types, t.OID)
			}
		}
	}
	if all := c.Schema.ObjectClasses(); len(all) > m.classes {
		for _, o := range all[m.classes:] {
			if !claimed[o.OID] && !overlay.Brings(o.Name()) {
				g.Classes = append(g.Classes, o.OID)
			}
		}
	}
	if len(g.Types)+len(g.Classes) > 0 {
		c.SchemaGroups = append(c.SchemaGroups, g)
	}
}

// schemaEntries shows what the configuration added to the built-in schema.
func (b *builder) schemaEntries() {
	s := b.cfg.Schema
	var opts []schema.Option
	if s.Compat389() {
		opts = append(opts, schema.Compat389(), schema.WithoutBitRules())
	}
	base := schema.New(opts...)
	b.fail(addConfigTypes(base))
	b.fail(addMonitorSchema(base))
	grouped := map[string]bool{}
	top := b.add("cn=schema,cn=config", "objectClass", "olcSchemaConfig", "cn", "schema")
	for i, g := range b.cfg.SchemaGroups {
		var types, classes []string
		for _, oid := range g.Types {
			if t := s.AttributeType(oid); t != nil && base.AttributeType(oid) == nil {
				types = append(types, t.String())
			}
			grouped[oid] = true
		}
		for _, oid := range g.Classes {
			if o := s.ObjectClass(oid); o != nil && base.ObjectClass(oid) == nil {
				classes = append(classes, o.String())
			}
			grouped[oid] = true
		}
		name := fmt.Sprintf("{%d}%s", i, g.Name)
		e := b.add("cn="+dn.Escape([]byte(name))+",cn=schema,cn=config", "objectClass", "olcSchemaConfig", "cn", name)
		b.definitions(e, "olcAttributeTypes", types)
		b.definitions(e, "olcObjectClasses", classes)
	}
	var types, classes []string
	for _, t := range s.AttributeTypes() {
		if base.AttributeType(t.OID) == nil && !grouped[t.OID] && !overlay.Brings(t.Name()) {
			types = append(types, t.String())
		}
	}
	for _, o := range s.ObjectClasses() {
		if base.ObjectClass(o.OID) == nil && !grouped[o.OID] && !overlay.Brings(o.Name()) {
			classes = append(classes, o.String())
		}
	}
	b.definitions(top, "olcAttributeTypes", types)
	b.definitions(top, "olcObjectClasses", classes)
}

func (b *builder) definitions(e *entry.Entry, attr string, list []string) {
	if len(list) == 0 {
		return
	}
	d, err := b.cfg.Schema.Describe(attr)
	if err != nil {
		b.fail(err)
		return
	}
	a := entry.Attr{Type: d.Type, Desc: attr}
	for i, v := range list {
		a.Values = append(a.Values, []byte(fmt.Sprintf("{%d}%s", i, v)))
	}
	e.AppendAttr(a) // all differ: no search for repeats
}

// element is one definition of a schema entry.
type element struct{ attr, text string }

// elementsOf are the definitions of a state's schema entries, in order, and what
// its overlays and modules are called.
func elementsOf(s *state) (list []element, brought []string) {
	for _, a := range schemaAttrs {
		for _, norm := range s.order {
			if dn.IsSuffix(norm, schemaNorm) {
				for _, text := range unordered(s.byNorm[norm].Values(a.olc)) {
					list = append(list, element{a.olc, text})
				}
			}
		}
	}
	for _, norm := range s.order {
		e := s.byNorm[norm]
		for _, v := range unordered(e.Values("olcOverlay")) {
			brought = append(brought, strings.ToLower(v))
		}
		for _, v := range unordered(e.Values("olcModuleLoad")) {
			if w := strings.Fields(v); len(w) > 0 {
				brought = append(brought, moduleName(w[0]))
			}
		}
	}
	return list, brought
}

// schemaFor is the schema of a state that follows another one, whose schema is s:
// s itself when it stays as it was.
func schemaFor(s *schema.Schema, old, now *state) (*schema.Schema, error) {
	touched := false
	for _, c := range diffStates(old, now) {
		for _, e := range []*entry.Entry{c.before, c.after} {
			touched = touched || e != nil && (dn.IsSuffix(e.Name.Norm, schemaNorm) || e.Has("olcOverlay") || e.Has("olcModuleLoad"))
		}
	}
	if !touched {
		return s, nil
	}
	had, _ := elementsOf(old)
	want, brought := elementsOf(now)
	gone, fresh := lacking(had, want), lacking(want, had)
	n := s
	if len(gone)+len(fresh) > 0 || len(brought) > 0 {
		n = s.Clone()
	}
	for i := len(gone) - 1; i >= 0; i-- { // classes before the types in them
		if err := remove(n, gone[i], fresh); err != nil {
			return nil, err
		}
	}
	for _, el := range fresh {
		if err := defineElement(n, el); err != nil {
			return nil, fmt.Errorf("%s: %w", el.attr, err)
		}
	}
	for _, name := range brought {
		if err := overlay.Schema(name, n); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// lacking are the elements of a that b has not.
func lacking(a, b []element) []element {
	have := map[element]bool{}
	for _, el := range b {
		have[el] = true
	}
	var list []element
	for _, el := range a {
		if !have[el] {
			list = append(list, el)
		}
	}
	return list
}

// oidOf is the OID, or the macro, that a definition begins with.
func oidOf(text string) string {
	w := strings.Fields(strings.TrimPrefix(strings.TrimSpace(text), "("))
	if len(w) == 0 {
		return ""
	}
	return strings.ToLower(w[0])
}

func remove(s *schema.Schema, el element, fresh []element) error {
	oid := oidOf(el.text)
	for _, f := range fresh {
		if f.attr == el.attr && oidOf(f.text) == oid {
			return nil // it is defined anew
		}
	}
	switch el.attr {
	case "olcAttributeTypes":
		return s.RemoveAttributeType(oid)
	case "olcObjectClasses":
		return s.RemoveObjectClass(oid)
	}
	return fmt.Errorf("%s: values cannot be taken away", el.attr)
}

func defineElement(s *schema.Schema, el element) error {
	for _, a := range schemaAttrs {
		if a.olc != el.attr {
			continue
		}
		if a.name == "" {
			w := strings.Fields(el.text)
			if len(w) != 2 {
				return fmt.Errorf("%q is not a name and an OID", el.text)
			}
			return s.AddObjectIdentifier(w[0], w[1])
		}
		return s.Define(a.name, el.text)
	}
	return fmt.Errorf("unknown attribute %s", el.attr)
}

// config is the configuration with the schema as the transaction has it.
func (x *txn) config() (*Config, error) {
	c := x.t.Config()
	s, err := schemaFor(c.Schema, x.start, x.s)
	if err != nil {
		return nil, invalid(err)
	}
	c.Schema = s
	return c, nil
}

// numbered gives a new entry its number among its siblings of an RDN type: its
// name becomes type=head{n}rest, as does its value.
func (x *txn) numbered(e *entry.Entry, typ, head string, from int) error {
	rdn, parent := dn.SplitPretty(e.Name.Pretty)
	avas, err := dn.ParseRDN(rdn)
	if err != nil || len(avas) != 1 {
		return wire.Errorf(wire.NamingViolation, "one naming value is wanted")
	}
	rest := strings.TrimPrefix(string(avas[0].Value), head)
	given := -1
	if j := strings.IndexByte(rest, '}'); strings.HasPrefix(rest, "{") && j > 0 {
		if given, err = strconv.Atoi(rest[1:j]); err != nil {
			return wire.Errorf(wire.NamingViolation, "%q is no number", rest[1:j])
		}
		rest = rest[j+1:]
	}
	next := from
	for norm := range x.s.byNorm {
		text, ok := strings.CutPrefix(norm, strings.ToLower(typ+"="+head)+"{")
		if ok && dn.ParentNorm(norm) == dn.ParentNorm(e.Name.Norm) {
			if n, err := strconv.Atoi(text[:max(0, strings.IndexByte(text, '}'))]); err == nil && n >= next {
				next = n + 1
			}
		}
	}
	if given >= 0 && given != next {
		return wire.Errorf(wire.UnwillingToPerform, "a new entry comes last: %s{%d}%s", head, next, rest)
	}
	value := fmt.Sprintf("%s{%d}%s", head, next, rest)
	n, err := dn.NewName(typ+"="+dn.Escape([]byte(value))+","+parent, x.t.schema())
	if err != nil {
		return invalid(err)
	}
	e.Name = n
	return e.Put(x.t.schema(), typ, []byte(value))
}

// with is the state with an entry in it, for a check.
func (x *txn) with(e *entry.Entry) *txn {
	y := *x
	y.s = x.s.clone()
	if y.s.byNorm[e.Name.Norm] == nil {
		y.s.order = append(y.s.order, e.Name.Norm)
	}
	y.s.byNorm[e.Name.Norm] = e
	return &y
}

// addSchema takes a new entry below cn=schema.
func (x *txn) addSchema(e *entry.Entry) error {
	if dn.ParentNorm(e.Name.Norm) != schemaNorm {
		return wire.Errorf(wire.NamingViolation, "schema entries are below cn=schema,cn=config")
	}
	if err := x.numbered(e, "cn", "", 0); err != nil {
		return err
	}
	_, err := x.with(e).config()
	return err
}

// addModules takes a new list of modules.
func (x *txn) addModules(e *entry.Entry) error {
	if dn.ParentNorm(e.Name.Norm) != "cn=config" {
		return wire.Errorf(wire.NamingViolation, "lists of modules are below cn=config")
	}
	if err := x.numbered(e, "cn", "module", 0); err != nil {
		return err
	}
	return x.checkModules(e)
}

// checkModules tests a list of modules as the directives do.
func (x *txn) checkModules(e *entry.Entry) error {
	c, err := x.with(e).config()
	if err != nil {
		return err
	}
	n := New()
	n.Schema, n.schemaUsed = c.Schema.Clone(), true
	if err := (&parser{cfg: n, entryMode: true}).runEntry(e, nil); err != nil {
		return invalid(err)
	}
	return nil
}
