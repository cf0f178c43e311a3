package config

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/wire"
)

// Databases that come and go while the server runs. The olcDatabase entry is
// what makes one, under either peer's name for it: an instance added below
// cn=ldbm database brings its olcDatabase entry along, and an olcDatabase
// entry its instance, indexes and node of the mapping tree.

const (
	ldbmBase    = "cn=ldbm database," + pluginsBase
	mappingBase = "cn=mapping tree,cn=config"
	databaseRDN = "olcdatabase="
	frontNorm   = "olcdatabase={-1}frontend,cn=config"
)

// Route says how operations find a database by a name below its suffixes.
type Route int

const (
	// Routed databases are found by their suffixes.
	Routed Route = iota
	// Unrouted: no node of the mapping tree names the database. Plug-ins may
	// know it by its own name; its suffixes lead elsewhere.
	Unrouted
	// Disabled: its suffixes lead to it, and it serves nobody.
	Disabled
)

// dbChange is a database before and after a change: a nil old one is new, a nil
// new one is gone.
type dbChange struct{ old, now *Database }

// databasesOf makes the databases that a state describes. reread tells whether
// the entry of a name is to be read again, touched whether it was changed itself;
// a database that is neither is taken over as it is.
func (c *Config) databasesOf(s *state, reread, touched func(norm string) bool) (list []*Database, changes []dbChange, err error) {
	known := map[string]bool{frontNorm: true}
	names := map[string]*Database{}
	for _, d := range c.Databases {
		norm := d.entryNorm()
		known[norm] = true
		e := s.byNorm[norm]
		if e == nil {
			changes = append(changes, dbChange{d, nil})
			continue
		}
		now := d
		if reread(norm) {
			if now, err = c.databaseOf(e, c.Frontend); err != nil {
				return nil, nil, fmt.Errorf("%s: %v", e.Name.Pretty, err)
			}
			now.File, now.Line = d.File, d.Line
			if now.Name == "" {
				now.Name = d.Name
			}
			if err = c.overlaysIn(s, now); err != nil {
				return nil, nil, err
			}
		}
		route := s.route(now)
		if now == d && now.Route != route {
			same := *d
			now = &same
		}
		if now.Route = route; route != d.Route || touched(norm) {
			changes = append(changes, dbChange{d, now})
		}
		list, names[strings.ToLower(now.Name)] = append(list, now), now
	}
	for _, norm := range s.order {
		if known[norm] || !strings.HasPrefix(norm, databaseRDN) || dn.ParentNorm(norm) != "cn=config" {
			continue
		}
		e := s.byNorm[norm]
		d, err := c.databaseOf(e, c.Frontend)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %v", e.Name.Pretty, err)
		}
		if d.Name == "" {
			d.Name = defaultName(d, names)
		}
		if err = c.overlaysIn(s, d); err != nil {
			return nil, nil, err
		}
		d.Route = s.route(d)
		list, names[strings.ToLower(d.Name)] = append(list, d), d
		changes = append(changes, dbChange{nil, d})
	}
	return list, changes, nil
}

// route reads from the mapping tree how a database is to be found.
func (s *state) route(d *Database) Route {
	if !d.BuiltIn() {
		return Routed
	}
	for _, n := range d.Suffixes {
		if n.Norm == "" {
			return Routed // the empty suffix has no node
		}
	}
	return s.routeOf(d.Name)
}

// RouteOf reads from the mapping tree how a database that a plug-in made is to be
// found.
func (t *Tree) RouteOf(name string) Route {
	if t == nil {
		return Routed
	}
	return t.cur.Load().routeOf(name)
}

func (s *state) routeOf(name string) Route {
	r := Unrouted
	for norm, e := range s.byNorm {
		if dn.ParentNorm(norm) != mappingBase || !nodeNames(e, name) {
			continue
		}
		switch strings.ToLower(e.First("nsslapd-state")) {
		case "disabled":
			if r == Unrouted {
				r = Disabled
			}
		default:
			r = Routed
		}
	}
	return r
}

// nodeNames tells whether a node of the mapping tree leads to a database.
func nodeNames(e *entry.Entry, name string) bool {
	for _, v := range e.Values("nsslapd-backend") {
		if strings.EqualFold(string(v), name) {
			return true
		}
	}
	return false
}

// put adds an entry that follows from another one.
func (x *txn) put(e *entry.Entry) {
	norm := e.Name.Norm
	if x.s.byNorm[norm] != nil {
		return
	}
	e.ID = x.t.nextID.Add(1)
	x.s.byNorm[norm] = e
	x.s.order = append(x.s.order, norm)
}

// drop takes an entry and all below it away.
func (x *txn) drop(base string) {
	order := x.s.order[:0:0]
	for _, n := range x.s.order {
		if dn.IsSuffix(n, base) {
			delete(x.s.byNorm, n)
			continue
		}
		order = append(order, n)
	}
	x.s.order = order
}

// builder makes entries that go into the transaction by putAll.
func (x *txn) builder(c *Config) *builder {
	return &builder{cfg: c, at: map[string]*entry.Entry{}}
}

func (x *txn) putAll(b *builder) error {
	if b.err != nil {
		return invalid(b.err)
	}
	for _, e := range b.list {
		x.put(e)
	}
	return nil
}

// nextIndex is the number that a new database gets.
func (x *txn) nextIndex() int {
	next := 1
	for norm := range x.s.byNorm {
		text, ok := strings.CutPrefix(norm, databaseRDN+"{")
		if !ok || dn.ParentNorm(norm) != "cn=config" {
			continue
		}
		if text, _, ok = strings.Cut(text, "}"); ok {
			if n, err := strconv.Atoi(text); err == nil && n >= next {
				next = n + 1
			}
		}
	}
	return next
}

// addDatabase completes a new olcDatabase entry: its number, its name, and the
// entries that show the database as 389 does.
func (x *txn) addDatabase(e *entry.Entry) error {
	c := x.t.Config()
	if dn.ParentNorm(e.Name.Norm) != "cn=config" {
		return wire.Errorf(wire.NamingViolation, "databases are entries below cn=config")
	}
	text, next := e.First("olcDatabase"), x.nextIndex()
	typ := text
	if j := strings.IndexByte(text, '}'); strings.HasPrefix(text, "{") && j > 0 {
		if n, err := strconv.Atoi(text[1:j]); err != nil || n != next {
			return wire.Errorf(wire.UnwillingToPerform, "a new database comes last: {%d}%s", next, text[j+1:])
		}
		typ = text[j+1:]
	}
	value := fmt.Sprintf("{%d}%s", next, strings.ToLower(typ))
	n, err := nameOf("olcDatabase="+value+",cn=config", c.Schema)
	if err != nil {
		return invalid(err)
	}
	e.Name = n
	if err := e.Put(c.Schema, "olcDatabase", []byte(value)); err != nil {
		return invalid(err)
	}
	d, err := x.newDatabase(c, e)
	if err != nil || !d.BuiltIn() {
		return err
	}
	b := x.builder(c)
	b.userDatabase(d)
	return x.putAll(b)
}

// newDatabase checks the entry of a new database against the others and gives
// it its name.
func (x *txn) newDatabase(c *Config, e *entry.Entry) (*Database, error) {
	d, err := c.databaseOf(e, c.Frontend)
	if err != nil {
		return nil, invalid(err)
	}
	names := map[string]*Database{}
	for _, o := range c.Databases {
		names[strings.ToLower(o.Name)] = o
		if o.Directory != "" && filepath.Clean(o.Directory) == filepath.Clean(d.Directory) {
			return nil, wire.Errorf(wire.Other, "directory %s is used by two databases", d.Directory)
		}
		if o.Type == d.Type && d.Type == "monitor" {
			return nil, wire.Errorf(wire.Other, "there is one database monitor only")
		}
	}
	if d.Name == "" {
		d.Name = defaultName(d, names)
		if err := e.Put(c.Schema, "slapidDatabaseName", []byte(d.Name)); err != nil {
			return nil, invalid(err)
		}
	} else if names[strings.ToLower(d.Name)] != nil {
		return nil, wire.Errorf(wire.Other, "two databases have the name %q", d.Name)
	}
	return d, nil
}

// dropDatabase takes away what shows a database whose olcDatabase entry goes.
func (x *txn) dropDatabase(norm string) error {
	for _, d := range x.t.Config().Databases {
		if d.entryNorm() != norm {
			continue
		}
		if !d.BuiltIn() && d.Type != "monitor" {
			return wire.Errorf(wire.UnwillingToPerform, "this entry of the configuration cannot be deleted")
		}
		if inst, err := nameOf("cn="+dn.Escape([]byte(d.Name))+","+ldbmBase, x.t.schema()); err == nil {
			x.drop(inst.Norm)
		}
		for n, e := range x.s.byNorm {
			if dn.ParentNorm(n) == mappingBase && nodeNames(e, d.Name) && len(e.Values("nsslapd-backend")) == 1 {
				x.drop(n)
			}
		}
		return nil
	}
	return wire.Errorf(wire.UnwillingToPerform, "this entry of the configuration cannot be deleted")
}

// addInstance makes the database of an instance that was added below cn=ldbm
// database. One without a suffix is only an entry, as ns-slapd has it.
func (x *txn) addInstance(e *entry.Entry) error {
	c := x.t.Config()
	suffix, name := e.First("nsslapd-suffix"), e.First("cn")
	if suffix == "" || !e.IsClass("nsBackendInstance") {
		return nil
	}
	if _, err := nameOf(suffix, c.Schema); err != nil {
		return wire.Errorf(wire.InvalidAttributeSyntax, "nsslapd-suffix: value #0 invalid per syntax")
	}
	dir := e.First("nsslapd-directory")
	if dir == "" {
		dir = filepath.Join(c.databaseDir(), name)
		if err := e.Put(c.Schema, "nsslapd-directory", []byte(dir)); err != nil {
			return invalid(err)
		}
	}
	b := x.builder(c)
	value := fmt.Sprintf("{%d}mdb", x.nextIndex())
	olc := b.add("olcDatabase="+value+",cn=config", "objectClass", "olcDatabaseConfig", "objectClass", "olcMdbConfig",
		"olcDatabase", value, "olcSuffix", suffix, "olcDbDirectory", dir, "slapidDatabaseName", name)
	if v := e.First("nsslapd-readonly"); v != "" {
		b.fill(olc, "olcReadOnly", boolToOLC(v))
	}
	for _, ix := range x.defaultIndexes(c) {
		b.fill(olc, "olcDbIndex", ix.Attr+" "+ix.kinds())
	}
	if b.err != nil {
		return invalid(b.err)
	}
	d, err := x.newDatabase(c, olc)
	if err != nil {
		return err
	}
	x.put(e)
	b.parts(e.Name.Pretty, d)
	return x.putAll(b)
}

// databaseDir is the folder that databases without a directory of their own go
// into: that of the first database.
func (c *Config) databaseDir() string {
	for _, d := range c.Databases {
		if d.Directory != "" {
			return d.Directory
		}
	}
	if c.Dir != "" {
		return c.Dir
	}
	return c.File + ".d"
}

// defaultIndexes are those below cn=default indexes whose types are known.
func (x *txn) defaultIndexes(c *Config) []Index {
	var list []Index
	for _, n := range x.s.order {
		e := x.s.byNorm[n]
		if dn.ParentNorm(n) != "cn=default indexes,cn=config,"+ldbmBase || c.Schema.AttributeType(e.First("cn")) == nil {
			continue
		}
		if ix, err := indexOf(e, c.Schema); err == nil {
			list = append(list, ix)
		}
	}
	return list
}

// checkNode tests a node of the mapping tree: the databases that it leads to
// must be there.
func (x *txn) checkNode(before, after *entry.Entry) error {
	if after == nil || !after.IsClass("nsMappingTree") {
		return nil
	}
	switch strings.ToLower(after.First("nsslapd-state")) {
	case "backend", "referral on update":
	default:
		return nil
	}
	names := after.Values("nsslapd-backend")
	if len(names) == 0 {
		return wire.Errorf(wire.UnwillingToPerform, "")
	}
	for _, v := range names {
		if !x.hasInstance(string(v)) {
			return wire.Errorf(wire.UnwillingToPerform, "")
		}
	}
	return nil
}

// hasInstance tells whether there is an instance of this name, of the built-in
// database or of a plug-in's.
func (x *txn) hasInstance(name string) bool {
	for norm, e := range x.s.byNorm {
		if dn.IsSuffix(norm, pluginsBase) && e.IsClass("nsBackendInstance") && strings.EqualFold(e.First("cn"), name) {
			return true
		}
	}
	return false
}
