package config

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// Live is what puts changed settings into force. Its methods are called after
// the change was saved, without a lock on the tree; an error takes the change
// back and becomes the result of the operation (a *wire.Error keeps its code).
type Live interface {
	Global(old, now *Global, oldFront, front *Database) error
	Database(old, now *Database) error
	// Schema puts another schema into force. It is called before the others.
	Schema(s *schema.Schema) error
	// OpenDatabase brings a new database into service; CloseDatabase takes one
	// out for good once the operations on it have ended.
	OpenDatabase(d *Database) error
	CloseDatabase(d *Database) error
	// Routes is called after a change of the mapping tree.
	Routes()
	// Plugin is called for a changed plug-in entry while nsslapd-dynamic-plugins
	// is on: before or after is nil for a new or a deleted one.
	Plugin(before, after *plugin.Spec) error
}

// TreeOptions are what a Tree needs beside the configuration.
type TreeOptions struct {
	Log  *slog.Logger
	Live Live // nil: changes are kept only
	// Schemes lists the password storage schemes that may be configured.
	Schemes func() []string
	// Hash hashes a password under a storage scheme; nil leaves it as it is.
	Hash func(clear []byte, scheme string) (string, error)
	// File is where changes are kept, "" for nowhere. Whole tells that it holds
	// the whole tree (-F), not the changes against the configuration file.
	File  string
	Whole bool
}

// Tree is cn=config: the entries in memory, one immutable state replaced by the
// next. It implements backend.Backend.
type Tree struct {
	name, typ string
	suffix    dn.Name
	opt       TreeOptions
	log       *slog.Logger
	writer    chan struct{} // the one write transaction
	cur       atomic.Pointer[state]
	nextID    atomic.Uint64

	mu     sync.Mutex // guards what follows
	cfg    *Config
	base   *state // what the configuration files say
	timers map[string]*time.Timer
	closed bool
}

var _ backend.Backend = (*Tree)(nil)

// state is one version of the tree. It is not changed once published.
type state struct {
	byNorm map[string]*entry.Entry
	order  []string // parents before children
}

func (s *state) clone() *state {
	n := &state{byNorm: make(map[string]*entry.Entry, len(s.byNorm)+1), order: append([]string(nil), s.order...)}
	for k, v := range s.byNorm {
		n.byNorm[k] = v
	}
	return n
}

func (s *state) hasChildren(norm string) bool {
	for n := range s.byNorm {
		if n != norm && dn.ParentNorm(n) == norm {
			return true
		}
	}
	return false
}

func newState(list []*entry.Entry) *state {
	s := &state{byNorm: map[string]*entry.Entry{}}
	for _, e := range list {
		if s.byNorm[e.Name.Norm] == nil {
			s.order = append(s.order, e.Name.Norm)
		}
		s.byNorm[e.Name.Norm] = e
	}
	return s
}

// NewTree makes the tree of a configuration, with the changes that earlier runs
// kept in opt.File. cfg is brought to what the tree then says: its settings,
// databases and plug-ins are those of the entries.
func NewTree(cfg *Config, opt TreeOptions) (*Tree, error) {
	t := newTree("config", "config", dn.Name{Pretty: "cn=config", Norm: "cn=config"}, opt)
	t.cfg = cfg
	list, err := cfg.entries()
	if err != nil {
		return nil, err
	}
	t.base = newState(list)
	now := t.base
	if opt.File != "" && !opt.Whole {
		if now, err = t.loadChanges(now); err != nil {
			return nil, err
		}
	}
	t.number(now)
	t.cur.Store(now)
	if err := t.adopt(now); err != nil {
		return nil, err
	}
	return t, nil
}

func newTree(name, typ string, suffix dn.Name, opt TreeOptions) *Tree {
	t := &Tree{name: name, typ: typ, suffix: suffix, opt: opt, log: opt.Log, writer: make(chan struct{}, 1), timers: map[string]*time.Timer{}}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	return t
}

// NewFixed makes a backend over a fixed list of entries that nobody changes,
// the first of them the suffix entry.
func NewFixed(name, typ string, list []*entry.Entry) backend.Backend {
	t := newTree(name, typ, list[0].Name, TreeOptions{})
	s := newState(list)
	t.number(s)
	t.cur.Store(s)
	return t
}

func (t *Tree) number(s *state) {
	for _, n := range s.order {
		if e := s.byNorm[n]; e.ID == 0 {
			e.ID = t.nextID.Add(1)
		}
	}
}

// adopt brings the configuration to what the entries say.
func (t *Tree) adopt(s *state) error {
	c := t.cfg
	now, err := schemaFor(c.Schema, t.base, s)
	if err != nil {
		return err
	}
	c.Schema = now
	touched := map[string]bool{}
	for _, ch := range diffStates(t.base, s) {
		e := ch.after
		if e == nil {
			e = ch.before
		}
		touched[e.Name.Norm] = true
		if strings.HasPrefix(e.Name.Norm, overlayRDN) {
			touched[dn.ParentNorm(e.Name.Norm)] = true
		}
	}
	front := s.byNorm[frontNorm]
	global := touched["cn=config"] || touched[frontNorm]
	if global {
		g, f, err := c.globalOf(s.byNorm["cn=config"], front)
		if err == nil && front != nil {
			err = c.overlaysIn(s, f)
		}
		if err != nil {
			return fmt.Errorf("cn=config: %v", err)
		}
		c.Global, c.Frontend = *g, f
	}
	changed := func(norm string) bool { return touched[norm] }
	list, _, err := c.databasesOf(s, func(norm string) bool { return global || touched[norm] }, changed)
	if err != nil {
		return err
	}
	c.Databases = list
	return t.adoptPlugins(s)
}

// adoptPlugins makes the specs from the entries: known ones keep their place
// and what only their line says, new ones come last.
func (t *Tree) adoptPlugins(s *state) error {
	c := t.cfg
	old := map[string]*plugin.Spec{}
	var order []string
	for i := range c.Plugins {
		if e := c.Plugins[i].Entry; e != nil {
			old[e.Name.Norm] = &c.Plugins[i]
			order = append(order, e.Name.Norm)
		}
	}
	for _, n := range s.order {
		if old[n] == nil && isPluginEntry(s.byNorm[n]) {
			order = append(order, n)
		}
	}
	var list []plugin.Spec
	for _, n := range order {
		e, o := s.byNorm[n], old[n]
		if e == nil {
			continue // deleted
		}
		if o != nil && !t.changed(s, n) {
			o.Entry = e
			list = append(list, *o)
			continue
		}
		sp, err := t.specFor(e, o)
		if err != nil {
			return err
		}
		list = append(list, sp)
	}
	c.Plugins = list
	return nil
}

// specFor makes the spec of an entry; old is the spec it had.
func (t *Tree) specFor(e *entry.Entry, old *plugin.Spec) (plugin.Spec, error) {
	where := e.Name.Pretty
	if old != nil {
		where = old.Where
	}
	sp, err := t.cfg.specOf(e, where)
	if err == nil && old != nil {
		sp.From389 = old.From389
		sp.Name = old.Name
	}
	return sp, err
}

// changed tells whether an entry differs from what the files say.
func (t *Tree) changed(s *state, norm string) bool {
	return s.byNorm[norm] != t.base.byNorm[norm]
}

// Config is the configuration in force. It is not to be changed.
func (t *Tree) Config() *Config {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := *t.cfg
	return &c
}

// SetLive connects the tree with the running server.
func (t *Tree) SetLive(l Live) {
	t.mu.Lock()
	t.opt.Live = l
	t.mu.Unlock()
}

func (t *Tree) live() Live {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.opt.Live
}

func (t *Tree) schema() *schema.Schema {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cfg.Schema
}

func (t *Tree) schemes() []string {
	if t.opt.Schemes == nil {
		return nil
	}
	return t.opt.Schemes()
}

// Setting is the first value of an attribute of cn=config, "" when absent.
func (t *Tree) Setting(attr string) string {
	if e := t.cur.Load().byNorm[t.suffix.Norm]; e != nil {
		return e.First(attr)
	}
	return ""
}

// Set changes settings of cn=config on behalf of the server: nothing is
// checked, nothing is written to the file (the port in use, for one).
func (t *Tree) Set(attr string, values ...string) {
	t.writer <- struct{}{}
	defer func() { <-t.writer }()
	old := t.cur.Load()
	var vals [][]byte
	for _, v := range values {
		vals = append(vals, []byte(v))
	}
	n := old.clone()
	e := old.byNorm[t.suffix.Norm].Clone()
	e.Put(t.schema(), attr, vals...)
	n.byNorm[t.suffix.Norm] = e
	t.mu.Lock()
	if t.base != nil {
		same := t.base.byNorm[t.suffix.Norm] == old.byNorm[t.suffix.Norm]
		b := t.base.clone()
		if same {
			b.byNorm[t.suffix.Norm] = e
		} else {
			be := t.base.byNorm[t.suffix.Norm].Clone()
			be.Put(t.cfg.Schema, attr, vals...)
			b.byNorm[t.suffix.Norm] = be
		}
		t.base = b
	}
	t.mu.Unlock()
	t.cur.Store(n)
}

func (t *Tree) Name() string        { return t.name }
func (t *Tree) Type() string        { return t.typ }
func (t *Tree) Suffixes() []dn.Name { return []dn.Name{t.suffix} }

// Close stops the timers of finished tasks.
func (t *Tree) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	for _, x := range t.timers {
		x.Stop()
	}
	return nil
}

// View implements backend.Backend.
func (t *Tree) View(ctx context.Context) (backend.View, error) {
	return &view{s: t.cur.Load()}, nil
}

type view struct{ s *state }

func (v *view) Lookup(norm string) (*entry.Entry, error) { return v.s.byNorm[norm], nil }
func (v *view) HasChildren(norm string) (bool, error)    { return v.s.hasChildren(norm), nil }
func (v *view) Close()                                   {}

func (v *view) Search(q *backend.Query, yield func(*entry.Entry) bool) error {
	return v.s.search(q, yield)
}

func (s *state) search(q *backend.Query, yield func(*entry.Entry) bool) error {
	if s.byNorm[q.Base.Norm] == nil {
		return wire.Errorf(wire.NoSuchObject, "")
	}
	base := q.Base.Norm
	for _, n := range s.order {
		in := false
		switch q.Scope {
		case wire.ScopeBase:
			in = n == base
		case wire.ScopeOne:
			in = n != base && dn.ParentNorm(n) == base
		case wire.ScopeSub:
			in = dn.IsSuffix(n, base)
		case wire.ScopeChildren:
			in = n != base && dn.IsSuffix(n, base)
		}
		if !in {
			continue
		}
		if q.Ctx != nil && q.Ctx.Err() != nil {
			return q.Ctx.Err()
		}
		e := s.byNorm[n]
		if q.Filter != nil {
			ok, err := matches(q, e)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
		}
		if !yield(e) {
			return nil
		}
	}
	return nil
}
