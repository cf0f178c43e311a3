package config

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/schema"
)

// byAttr finds the directive that an attribute of cn=config stands for, by
// lower-case attribute name. Of several spellings of a directive the first in
// the alphabet is taken; they run the same function.
var byAttr = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for n, d := range directives {
		a := strings.ToLower(d.attr)
		if a != "" && (m[a] == "" || n < m[a]) {
			m[a] = n
		}
	}
	return m
})

func directiveOf(attr string) (string, *directive) {
	n := byAttr()[strings.ToLower(attr)]
	return n, directives[n]
}

// unordered strips the {n} of values and sorts by it.
func unordered(values [][]byte) []string {
	type item struct {
		n    int
		text string
	}
	list := make([]item, 0, len(values))
	for i, v := range values {
		it := item{i, string(v)}
		if strings.HasPrefix(it.text, "{") {
			if j := strings.IndexByte(it.text, '}'); j > 0 {
				if n, err := strconv.Atoi(it.text[1:j]); err == nil {
					it = item{n, it.text[j+1:]}
				}
			}
		}
		list = append(list, it)
	}
	sort.SliceStable(list, func(a, b int) bool { return list[a].n < list[b].n })
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].text
	}
	return out
}

// early directives must run before the others of their entry.
var early = []string{"slapidCompat", "olcDbDirectory", "olcSuffix", "olcRootDN", "olcModulePath", "olcSizeLimit", "olcTimeLimit"}

// runEntry runs the attributes of an entry through the directives.
func (p *parser) runEntry(e *entry.Entry, skip func(attr string) bool) error {
	order := make([]*entry.Attr, 0, len(e.Attrs))
	for _, n := range early {
		if a := e.Find(n); a != nil {
			order = append(order, a)
		}
	}
next:
	for i := range e.Attrs {
		for _, a := range order {
			if a == &e.Attrs[i] {
				continue next
			}
		}
		order = append(order, &e.Attrs[i])
	}
	for _, a := range order {
		name, d := directiveOf(a.Desc)
		if d == nil || (skip != nil && skip(d.attr)) {
			continue
		}
		for _, text := range unordered(a.Values) {
			w, err := []string{name, text}, error(nil)
			if d.min != 1 || d.max != 1 { // else one argument: the value as it is, blanks included
				w, err = splitWords(name + " " + text)
			}
			if err != nil {
				return fmt.Errorf("%s: %v", a.Desc, err)
			}
			l := &line{file: e.Name.Pretty, words: w, rest: text}
			if err := p.line(l); err != nil {
				return fmt.Errorf("%s: %s", a.Desc, trimWhere(err.Error(), e.Name.Pretty+":0"))
			}
		}
	}
	return nil
}

func trimWhere(text, where string) string { return strings.TrimPrefix(text, where+": ") }

// globalOf parses cn=config and the frontend's entry into fresh settings.
func (c *Config) globalOf(e, front *entry.Entry) (*Global, *Database, error) {
	n := New()
	n.Schema, n.File, n.Dir = c.Schema, c.File, c.Dir
	n.Global.Compat = c.Global.Compat
	n.Global.RootDN, n.Global.RootPW = c.Global.RootDN, c.Global.RootPW
	n.schemaUsed = true
	p := &parser{cfg: n, entryMode: true}
	if err := p.runEntry(e, nil); err != nil {
		return nil, nil, err
	}
	if front != nil {
		p.db = n.Frontend
		skip := func(attr string) bool {
			return e.Has(attr) && (attr == "olcSizeLimit" || attr == "olcTimeLimit" || attr == "olcReadOnly")
		}
		if err := p.runEntry(front, skip); err != nil {
			return nil, nil, err
		}
	}
	if name := e.First("nsslapd-rootdn"); name != "" {
		root, err := dn.NewName(name, c.Schema)
		if err != nil {
			return nil, nil, err
		}
		n.Global.RootDN = root
	}
	if pw := e.First("nsslapd-rootpw"); pw != "" {
		n.Global.RootPW = pw
	}
	n.Global.ModulePath = c.Global.ModulePath
	return &n.Global, n.Frontend, nil
}

// databaseOf parses an olcDatabase entry. front supplies the defaults.
func (c *Config) databaseOf(e *entry.Entry, front *Database) (*Database, error) {
	text := e.First("olcDatabase")
	typ, index := text, 0
	if strings.HasPrefix(text, "{") {
		if j := strings.IndexByte(text, '}'); j > 0 {
			n, err := strconv.Atoi(text[1:j])
			if err != nil {
				return nil, fmt.Errorf("olcDatabase: %q", text)
			}
			index, typ = n, text[j+1:]
		}
	}
	typ = strings.ToLower(typ)
	if typ != "config" && typ != "monitor" && typ != "frontend" && typ != "sql" && !builtInTypes[typ] {
		if unservedTypes[typ] {
			return nil, fmt.Errorf("database type %s is not supported yet", typ)
		}
		return nil, fmt.Errorf("unrecognized database type (%s)", typ)
	}
	if e.Has("olcOverlay") {
		return nil, fmt.Errorf("overlays are not supported yet")
	}
	n := New()
	n.Schema, n.schemaUsed = c.Schema, true
	n.Global.Compat, n.Global.PluginDirs, n.Global.ModulePath = c.Global.Compat, c.Global.PluginDirs, c.Global.ModulePath
	d := newDatabase(typ, e.Name.Pretty, 0)
	d.Index = index
	if front != nil {
		d.Limits, d.ReadOnly, d.LastMod, d.MaxDeref, d.AddACL = front.Limits, front.ReadOnly, front.LastMod, front.MaxDeref, front.AddACL
	}
	switch typ {
	case "config":
		d.Name = "config"
		d.Suffixes = []dn.Name{{Pretty: "cn=config", Norm: "cn=config"}}
	case "monitor":
		d.Suffixes = []dn.Name{{Pretty: "cn=Monitor", Norm: "cn=monitor"}}
	}
	for _, o := range c.Databases {
		if o.entryNorm() == e.Name.Norm {
			d.Overlays = o.Overlays // they have entries of their own
		}
	}
	p := &parser{cfg: n, db: d, entryMode: true}
	if typ == "frontend" {
		n.Frontend, p.db = d, d
	}
	if err := p.runEntry(e, func(attr string) bool { return attr == "olcPlugin" }); err != nil {
		return nil, err
	}
	if typ == "config" && !d.HasRootDN {
		d.RootDN, d.HasRootDN = d.Suffixes[0], true
	}
	if err := n.checkDatabase(d); err != nil && typ != "frontend" {
		return nil, fmt.Errorf("%s", trimWhere(err.Error(), e.Name.Pretty+":0"))
	}
	return d, nil
}

// indexOf reads an nsIndex entry.
func indexOf(e *entry.Entry, s *schema.Schema) (Index, error) {
	ix := Index{Attr: e.First("cn")}
	if ix.Attr == "" {
		return ix, fmt.Errorf("nsIndex entry without a cn")
	}
	for _, v := range e.Values("nsIndexType") {
		k, err := indexKinds(string(v))
		if err != nil {
			return ix, err
		}
		ix.Eq, ix.Pres, ix.Sub, ix.Approx = ix.Eq || k.Eq, ix.Pres || k.Pres, ix.Sub || k.Sub, ix.Approx || k.Approx
	}
	return ix, nil
}
