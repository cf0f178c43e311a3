package config

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// change is one entry that a transaction touched: as it was and as it is.
type change struct{ before, after *entry.Entry }

// txn is a write transaction: a private copy of the state, made at the first
// change. Savepoints keep the states they saw.
type txn struct {
	view
	t      *Tree
	start  *state
	own    bool // v.s is private
	marks  []*state
	done   bool
	client bool // checks as for a client's change
}

// Begin implements backend.Backend: it waits for the writer's turn.
func (t *Tree) Begin(ctx context.Context) (backend.Txn, error) {
	if ctx == nil {
		ctx = context.Background()
	}
	select {
	case t.writer <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s := t.cur.Load()
	return &txn{view: view{s}, t: t, start: s, client: true}, nil
}

var errDone = errors.New("config: finished transaction")

func (x *txn) write() (*state, error) {
	if x.done {
		return nil, errDone
	}
	if x.t.typ != "config" {
		return nil, wire.Errorf(wire.UnwillingToPerform, "the entries of %s cannot be changed", x.t.suffix.Pretty)
	}
	if !x.own {
		x.s, x.own = x.s.clone(), true
	}
	return x.s, nil
}

func (x *txn) Savepoint() int {
	x.marks = append(x.marks, x.s)
	x.own = false
	return len(x.marks)
}

func (x *txn) RollbackTo(mark int) error {
	if mark < 1 || mark > len(x.marks) {
		return fmt.Errorf("config: no savepoint %d", mark)
	}
	x.s, x.own = x.marks[mark-1], false
	x.marks = x.marks[:mark-1]
	return nil
}

func (x *txn) Add(e *entry.Entry) error {
	if _, err := x.write(); err != nil {
		return err
	}
	norm := e.Name.Norm
	if x.s.byNorm[norm] != nil {
		return wire.Errorf(wire.EntryAlreadyExists, "")
	}
	if x.s.byNorm[dn.ParentNorm(norm)] == nil {
		return wire.Errorf(wire.NoSuchObject, "the parent entry does not exist")
	}
	if err := x.checkAdd(e); err != nil {
		return err
	}
	s, _ := x.write()
	e.ID = x.t.nextID.Add(1)
	s.byNorm[norm] = e
	s.order = append(s.order, norm)
	return nil
}

func (x *txn) Replace(old, now *entry.Entry) error {
	if _, err := x.write(); err != nil {
		return err
	}
	if x.s.byNorm[old.Name.Norm] == nil {
		return wire.Errorf(wire.NoSuchObject, "")
	}
	if err := x.check(x.s.byNorm[old.Name.Norm], now); err != nil {
		return err
	}
	s, _ := x.write()
	now.ID, now.Name = old.ID, old.Name
	s.byNorm[old.Name.Norm] = now
	return nil
}

// Rename is refused, as both peers do for their configuration's own entries.
func (x *txn) Rename(old, now *entry.Entry) error {
	return wire.Errorf(wire.UnwillingToPerform, "entries of the configuration cannot be renamed")
}

func (x *txn) Delete(e *entry.Entry) error {
	if _, err := x.write(); err != nil {
		return err
	}
	norm := e.Name.Norm
	switch {
	case x.s.byNorm[norm] == nil:
		return wire.Errorf(wire.NoSuchObject, "")
	case x.s.hasChildren(norm):
		return wire.Errorf(wire.NotAllowedOnNonLeaf, "")
	case permanent[norm] || strings.HasPrefix(norm, "olcdatabase="):
		return wire.Errorf(wire.UnwillingToPerform, "this entry of the configuration cannot be deleted")
	}
	if err := x.check(x.s.byNorm[norm], nil); err != nil {
		return err
	}
	s, _ := x.write()
	delete(s.byNorm, norm)
	for i, n := range s.order {
		if n == norm {
			s.order = append(s.order[:i], s.order[i+1:]...)
			break
		}
	}
	return nil
}

// permanent are the entries that the server itself looks for.
var permanent = map[string]bool{
	"cn=config": true, "cn=plugins,cn=config": true, "cn=tasks,cn=config": true, "cn=mapping tree,cn=config": true,
	"cn=features,cn=config": true, "cn=schema,cn=config": true, "cn=ldbm database,cn=plugins,cn=config": true,
}

// TasksBase is the entry that tasks are added below, in normal form.
const TasksBase = "cn=tasks,cn=config"

func (x *txn) checkAdd(e *entry.Entry) error {
	if e.Has("olcDatabase") || e.Has("olcOverlay") {
		return wire.Errorf(wire.UnwillingToPerform, "databases and overlays are added in the configuration file")
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
	case strings.HasPrefix(norm, "olcdatabase="):
		return x.checkDatabase(before, after)
	case x.client && dn.IsSuffix(norm, "cn=schema,cn=config"):
		return wire.Errorf(wire.UnwillingToPerform, "the schema is changed in its files")
	case dn.IsSuffix(norm, "cn=ldbm database,"+pluginsBase):
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
		x.link("cn="+now.Name+",cn=ldbm database,"+pluginsBase, "nsslapd-readonly", map[bool]string{true: "on", false: "off"}[now.ReadOnly], c.Schema)
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
	base, err := nameOf("cn=index,cn="+dn.Escape([]byte(d.Name))+",cn=ldbm database,"+pluginsBase, s)
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
		inst, err := nameOf("cn="+dn.Escape([]byte(d.Name))+",cn=ldbm database,"+pluginsBase, c.Schema)
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
				return wire.Errorf(wire.UnwillingToPerform, "a database cannot be deleted while the server runs")
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

func (x *txn) Close() {
	if !x.done {
		x.Abort()
	}
}

// Abort undoes everything.
func (x *txn) Abort() {
	if x.done {
		return
	}
	x.done = true
	<-x.t.writer
}

// Commit saves and publishes the new state and puts it into force. When the
// running server refuses it, the state before comes back.
func (x *txn) Commit() error {
	if x.done {
		return errDone
	}
	x.done = true
	t := x.t
	if x.s == x.start {
		<-t.writer
		return nil
	}
	now := x.s
	changes := diffStates(x.start, now)
	if lasting(changes) {
		if err := t.save(now); err != nil {
			<-t.writer
			return err
		}
	}
	t.cur.Store(now)
	<-t.writer
	if err := t.apply(x.start, now, changes); err != nil {
		t.undo(changes)
		var we *wire.Error
		if errors.As(err, &we) {
			return we
		}
		return wire.Errorf(wire.UnwillingToPerform, "%v", err)
	}
	t.watchTasks(changes)
	return nil
}

// lasting tells whether changes are to be saved at all: those of tasks are not.
func lasting(changes []change) bool {
	for _, c := range changes {
		e := c.after
		if e == nil {
			e = c.before
		}
		if !transient(e.Name.Norm) {
			return true
		}
	}
	return false
}

// diffStates lists the entries that differ, new and changed ones in tree order.
func diffStates(old, now *state) []change {
	var list []change
	for _, n := range now.order {
		if o, e := old.byNorm[n], now.byNorm[n]; o != e {
			list = append(list, change{o, e})
		}
	}
	for i := len(old.order) - 1; i >= 0; i-- {
		if n := old.order[i]; now.byNorm[n] == nil {
			list = append(list, change{old.byNorm[n], nil})
		}
	}
	return list
}

// undo puts entries back as they were, unless another change came since.
func (t *Tree) undo(changes []change) {
	t.writer <- struct{}{}
	defer func() { <-t.writer }()
	s := t.cur.Load().clone()
	for _, c := range changes {
		switch {
		case c.before == nil:
			if s.byNorm[c.after.Name.Norm] == c.after {
				delete(s.byNorm, c.after.Name.Norm)
			}
		case c.after == nil:
			if n := c.before.Name.Norm; s.byNorm[n] == nil {
				s.byNorm[n] = c.before
				s.order = append(s.order, n)
			}
		default:
			if s.byNorm[c.after.Name.Norm] == c.after {
				s.byNorm[c.after.Name.Norm] = c.before
			}
		}
	}
	order := s.order[:0:0]
	for _, n := range s.order {
		if s.byNorm[n] != nil {
			order = append(order, n)
		}
	}
	s.order = order
	if err := t.save(s); err != nil {
		t.log.Error("configuration: the change taken back could not be saved", "error", err)
	}
	t.cur.Store(s)
}

// apply brings the configuration and the running server to a new state.
func (t *Tree) apply(old, now *state, changes []change) error {
	live := t.live()
	const front = "olcdatabase={-1}frontend,cn=config"
	t.mu.Lock()
	oldCfg := *t.cfg
	n := *t.cfg
	n.Databases = append([]*Database(nil), t.cfg.Databases...)
	n.Plugins = append([]plugin.Spec(nil), t.cfg.Plugins...)
	var err error
	global := false
	touched := map[string]bool{}
	type pair struct{ old, now *Database }
	var dbs []pair
	var plugins []change
	for _, c := range changes {
		e := c.after
		if e == nil {
			e = c.before
		}
		norm := e.Name.Norm
		switch {
		case norm == "cn=config" || norm == front:
			global = true
		case strings.HasPrefix(norm, "olcdatabase="):
			touched[norm] = true
		case (c.before != nil && isPluginEntry(c.before)) || (c.after != nil && isPluginEntry(c.after)):
			plugins = append(plugins, c)
		}
	}
	if global && err == nil {
		var g *Global
		var f *Database
		if g, f, err = n.globalOf(now.byNorm["cn=config"], now.byNorm[front]); err == nil {
			n.Global, n.Frontend = *g, f
		}
	}
	for i, d := range n.Databases {
		// the frontend's settings are the defaults of all databases
		if err != nil || !global && !touched[d.entryNorm()] {
			continue
		}
		var nd *Database
		if nd, err = n.databaseOf(now.byNorm[d.entryNorm()], n.Frontend); err == nil {
			nd.File, nd.Line = d.File, d.Line
			n.Databases[i] = nd
			if touched[d.entryNorm()] {
				dbs = append(dbs, pair{d, nd})
			}
		}
	}
	if err != nil {
		t.mu.Unlock()
		return err
	}
	t.cfg = &n
	err = t.adoptPlugins(now)
	t.mu.Unlock()
	if err == nil && live != nil {
		if global {
			err = live.Global(&oldCfg.Global, &n.Global, oldCfg.Frontend, n.Frontend)
		}
		for _, p := range dbs {
			if err == nil {
				err = live.Database(p.old, p.now)
			}
		}
		if err == nil && len(plugins) > 0 && strings.EqualFold(now.byNorm["cn=config"].First("nsslapd-dynamic-plugins"), "on") {
			err = t.applyPlugins(live, &oldCfg, plugins)
		}
	}
	if err != nil {
		t.mu.Lock()
		t.cfg = &oldCfg
		t.mu.Unlock()
	}
	return err
}

func (t *Tree) applyPlugins(live Live, oldCfg *Config, plugins []change) error {
	find := func(c *Config, e *entry.Entry) *plugin.Spec {
		if e == nil {
			return nil
		}
		for i := range c.Plugins {
			if p := &c.Plugins[i]; p.Entry != nil && p.Entry.Name.Norm == e.Name.Norm {
				return p
			}
		}
		return nil
	}
	now := t.Config()
	for _, c := range plugins {
		if c.before != nil && c.after != nil && !pluginDiffers(c.before, c.after) {
			continue
		}
		if err := live.Plugin(find(oldCfg, c.before), find(now, c.after)); err != nil {
			return wire.Errorf(wire.UnwillingToPerform, "%v", err)
		}
	}
	return nil
}

// described are the attributes that a plug-in's own description fills.
var described = words("nsslapd-pluginid nsslapd-pluginversion nsslapd-pluginvendor nsslapd-plugindescription")

func pluginDiffers(a, b *entry.Entry) bool {
	return len(diffAttrs(a, b, described)) > 0
}
