package config

import (
	"fmt"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// permanent are the entries that the server itself looks for.
var permanent = map[string]bool{
	"cn=config": true, "cn=plugins,cn=config": true, "cn=tasks,cn=config": true, "cn=mapping tree,cn=config": true,
	"cn=features,cn=config": true, "cn=schema,cn=config": true, "cn=ldbm database,cn=plugins,cn=config": true,
}

// TasksBase is the entry that tasks are added below, in normal form.
const TasksBase = "cn=tasks,cn=config"

func (x *txn) checkAdd(e *entry.Entry) error {
	for i := range e.Attrs {
		if a := &e.Attrs[i]; ordered(a.Desc) {
			list := unordered(a.Values)
			a.Values = nil
			for n, v := range list {
				a.Values = append(a.Values, []byte(fmt.Sprintf("{%d}%s", n, v)))
			}
		}
	}
	switch {
	case e.Has("olcDatabase"):
		return x.addDatabase(e)
	case e.Has("olcOverlay"):
		return x.addOverlay(e)
	case dn.IsSuffix(e.Name.Norm, schemaNorm):
		return x.addSchema(e)
	case e.IsClass("olcModuleList"):
		return x.addModules(e)
	case dn.ParentNorm(e.Name.Norm) == ldbmBase:
		return x.addInstance(e)
	}
	return x.check(nil, e)
}

// check tests one change against what the entry stands for, and makes the
// changes that follow from it (linked attributes and entries). before is nil for
// an add, after for a delete.
func (x *txn) check(before, after *entry.Entry) error {
	name := after
	if name == nil {
		name = before
	}
	norm := name.Name.Norm
	s := x.t.schema()
	switch {
	case norm == "cn=config":
		if err := checkSettings(before, after, x.t.schemes(), s, !x.client); err != nil {
			return err
		}
		if err := x.hashRootPW(before, after); err != nil {
			return err
		}
		return x.checkGlobal(after, nil)
	case norm == "olcdatabase={-1}frontend,cn=config":
		return x.checkGlobal(nil, after)
	case strings.HasPrefix(norm, databaseRDN):
		if after == nil {
			return x.dropDatabase(norm)
		}
		return x.checkDatabase(before, after)
	case strings.HasPrefix(norm, overlayRDN):
		if after != nil {
			return x.checkOverlays(x.with(after), dn.ParentNorm(norm))
		}
	case dn.IsSuffix(norm, schemaNorm):
		if after != nil {
			_, err := x.with(after).config()
			return err
		}
		y := x.with(before)
		delete(y.s.byNorm, norm)
		y.s.order = without(y.s.order, norm)
		_, err := y.config()
		return err
	case after != nil && after.IsClass("olcModuleList"):
		return x.checkModules(after)
	case dn.ParentNorm(norm) == mappingBase:
		return x.checkNode(before, after)
	case dn.IsSuffix(norm, ldbmBase):
		return x.checkLDBM(before, after)
	case after != nil && isPluginEntry(after):
		if _, err := x.t.Config().specOf(after, after.Name.Pretty); err != nil {
			return wire.Errorf(wire.UnwillingToPerform, "%v", err)
		}
	}
	return nil
}

// hashRootPW hashes a new nsslapd-rootpw that was given in clear, by
// nsslapd-rootpwstoragescheme.
func (x *txn) hashRootPW(before, after *entry.Entry) error {
	pw := after.First("nsslapd-rootpw")
	if pw == "" || x.t.opt.Hash == nil || before != nil && before.First("nsslapd-rootpw") == pw || strings.HasPrefix(pw, "{") {
		return nil
	}
	hash, err := x.t.opt.Hash([]byte(pw), after.First("nsslapd-rootpwstoragescheme"))
	if err != nil {
		return wire.Errorf(wire.OperationsError, "nsslapd-rootpw: %v", err)
	}
	return after.Put(x.t.schema(), "nsslapd-rootpw", []byte(hash))
}

// invalid is the result for a value that a directive refuses.
func invalid(err error) error {
	return wire.Errorf(wire.Other, "%v", err)
}

func (x *txn) checkGlobal(global, front *entry.Entry) error {
	if global == nil {
		global = x.s.byNorm["cn=config"]
	}
	if front == nil {
		front = x.s.byNorm["olcdatabase={-1}frontend,cn=config"]
	}
	if _, _, err := x.t.Config().globalOf(global, front); err != nil {
		return invalid(err)
	}
	return nil
}

// fixedDB are attributes of a database that take a restart and a file.
var fixedDB = []string{"olcDatabase", "olcSuffix", "olcDbDirectory", "slapidDatabaseName"}

func (x *txn) checkDatabase(before, after *entry.Entry) error {
	c := x.t.Config()
	if before != nil && x.client {
		for _, a := range fixedDB {
			if !equalValues(before.Values(a), after.Values(a)) {
				return wire.Errorf(wire.UnwillingToPerform, "%s: cannot be changed while the server runs", a)
			}
		}
	}
	now, err := c.databaseOf(after, c.Frontend)
	if err != nil {
		return invalid(err)
	}
	if now.BuiltIn() {
		x.linkIndexes(now, c.Schema)
		x.link("cn="+now.Name+","+ldbmBase, "nsslapd-readonly", map[bool]string{true: "on", false: "off"}[now.ReadOnly], c.Schema)
	}
	return nil
}

// link sets one attribute of another entry, when there is that entry.
func (x *txn) link(name, attr, value string, s *schema.Schema) {
	n, err := nameOf(name, s)
	if err != nil {
		return
	}
	if e := x.s.byNorm[n.Norm]; e != nil && e.First(attr) != value {
		e = e.Clone()
		e.Put(s, attr, []byte(value))
		x.s.byNorm[n.Norm] = e
	}
}

// linkIndexes makes the nsIndex entries of a database say what its olcDbIndex says.
func (x *txn) linkIndexes(d *Database, s *schema.Schema) {
	base, err := nameOf("cn=index,cn="+dn.Escape([]byte(d.Name))+","+ldbmBase, s)
	if err != nil || x.s.byNorm[base.Norm] == nil {
		return
	}
	want := map[string]*entry.Entry{}
	b := &builder{cfg: &Config{Schema: s}, at: map[string]*entry.Entry{}}
	for _, ix := range d.Indexes() {
		e := b.add("cn="+dn.Escape([]byte(ix.Attr))+","+base.Pretty, indexAttrs(ix)...)
		want[e.Name.Norm] = e
	}
	order := x.s.order[:0:0]
	for _, n := range x.s.order {
		if dn.ParentNorm(n) == base.Norm && want[n] == nil {
			delete(x.s.byNorm, n)
			continue
		}
		order = append(order, n)
	}
	for _, e := range b.list {
		n := e.Name.Norm
		old := x.s.byNorm[n]
		if old == nil {
			e.ID = x.t.nextID.Add(1)
			order = append(order, n)
			x.s.byNorm[n] = e
		} else if !equalValues(old.Values("nsIndexType"), e.Values("nsIndexType")) {
			o := old.Clone()
			o.Put(s, "nsIndexType", e.Values("nsIndexType")...)
			x.s.byNorm[n] = o
		}
	}
	x.s.order = order
}

// checkLDBM carries changes of 389's view of a database (an nsIndex entry, the
// readonly switch of the instance) over to its olcDatabase entry.
func (x *txn) checkLDBM(before, after *entry.Entry) error {
	e := after
	if e == nil {
		e = before
	}
	c := x.t.Config()
	for _, d := range c.Databases {
		if !d.BuiltIn() {
			continue
		}
		inst, err := nameOf("cn="+dn.Escape([]byte(d.Name))+","+ldbmBase, c.Schema)
		if err != nil {
			continue
		}
		olc := d.entryNorm()
		db := x.s.byNorm[olc]
		if db == nil {
			continue
		}
		switch {
		case e.Name.Norm == inst.Norm:
			if after == nil {
				x.drop(olc)
				return nil
			}
			on, err := parseBool(orElse(after.First("nsslapd-readonly"), "off"))
			if err != nil {
				return invalid(fmt.Errorf("nsslapd-readonly: %v", err))
			}
			if had, _ := parseBool(orElse(db.First("olcReadOnly"), "off")); had != on {
				n := db.Clone()
				n.Put(c.Schema, "olcReadOnly", []byte(boolToOLC(map[bool]string{true: "on", false: "off"}[on])))
				x.s.byNorm[olc] = n
			}
			return nil
		case dn.ParentNorm(e.Name.Norm) == "cn=index,"+inst.Norm:
			return x.indexEntry(c, d, db, before, after)
		}
	}
	return nil
}

// indexEntry rewrites olcDbIndex after an nsIndex entry changed.
func (x *txn) indexEntry(c *Config, d *Database, db, before, after *entry.Entry) error {
	now, err := c.databaseOf(db, c.Frontend)
	if err != nil {
		return invalid(err)
	}
	attr := ""
	var ix Index
	if after != nil {
		if ix, err = indexOf(after, c.Schema); err != nil {
			return wire.Errorf(wire.ConstraintViolation, "%v", err)
		}
		attr = ix.Attr
	} else {
		attr = before.First("cn")
	}
	if c.Schema.AttributeType(attr) == nil {
		return wire.Errorf(wire.UndefinedAttributeType, "index attribute %q undefined", attr)
	}
	var list [][]byte
	for _, o := range now.Indexes() {
		if !strings.EqualFold(o.Attr, attr) {
			list = append(list, []byte(o.Attr+" "+o.kinds()))
		}
	}
	if after != nil {
		list = append(list, []byte(attr+" "+ix.kinds()))
	}
	n := db.Clone()
	n.Put(c.Schema, "olcDbIndex", list...)
	if _, err := c.databaseOf(n, c.Frontend); err != nil {
		return invalid(err)
	}
	x.s.byNorm[db.Name.Norm] = n
	return nil
}
