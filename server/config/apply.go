package config

import (
	"errors"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

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
	t.mu.Lock()
	oldCfg := *t.cfg
	n := *t.cfg
	n.Plugins = append([]plugin.Spec(nil), t.cfg.Plugins...)
	var err error
	global, mapping := false, false
	touched := map[string]bool{}
	var dbs []dbChange
	var plugins []change
	for _, c := range changes {
		e := c.after
		if e == nil {
			e = c.before
		}
		norm := e.Name.Norm
		mapping = mapping || dn.ParentNorm(norm) == mappingBase
		switch {
		case norm == "cn=config" || norm == frontNorm:
			global = true
		case strings.HasPrefix(norm, "olcdatabase="):
			touched[norm] = true
		case strings.HasPrefix(norm, overlayRDN):
			up := dn.ParentNorm(norm)
			touched[up] = true
			global = global || up == frontNorm
		case (c.before != nil && isPluginEntry(c.before)) || (c.after != nil && isPluginEntry(c.after)):
			plugins = append(plugins, c)
		}
	}
	n.Schema, err = schemaFor(t.cfg.Schema, old, now)
	if global && err == nil {
		var g *Global
		var f *Database
		if g, f, err = n.globalOf(now.byNorm["cn=config"], now.byNorm[frontNorm]); err == nil {
			n.Global, n.Frontend = *g, f
			if now.byNorm[frontNorm] != nil {
				err = n.overlaysIn(now, f)
			}
		}
	}
	if err == nil {
		// the frontend's settings are the defaults of all databases
		n.Databases, dbs, err = n.databasesOf(now, func(norm string) bool { return global || touched[norm] },
			func(norm string) bool { return touched[norm] })
	}
	if err != nil {
		t.mu.Unlock()
		return err
	}
	t.cfg = &n
	err = t.adoptPlugins(now)
	t.mu.Unlock()
	if err == nil && live != nil {
		if n.Schema != oldCfg.Schema {
			err = live.Schema(n.Schema)
		}
		if err == nil && global {
			err = live.Global(&oldCfg.Global, &n.Global, oldCfg.Frontend, n.Frontend)
		}
		if err == nil {
			err = applyDatabases(live, dbs)
		}
		if err == nil && mapping {
			live.Routes()
		}
		if err == nil && len(plugins) > 0 && strings.EqualFold(now.byNorm["cn=config"].First("nsslapd-dynamic-plugins"), "on") {
			err = t.applyPlugins(live, &oldCfg, plugins)
		}
	}
	if err != nil {
		t.mu.Lock()
		t.cfg = &oldCfg
		t.mu.Unlock()
		if live != nil && n.Schema != oldCfg.Schema {
			err = errors.Join(err, live.Schema(oldCfg.Schema))
		}
	}
	return err
}

// applyDatabases puts changes of databases into force: new ones are opened
// first, so that a failure leaves all as it was, and closed ones go last.
func applyDatabases(live Live, changes []dbChange) error {
	for i, c := range changes {
		var err error
		switch {
		case c.old == nil:
			err = live.OpenDatabase(c.now)
		case c.now != nil:
			err = live.Database(c.old, c.now)
		}
		if err == nil {
			continue
		}
		for _, done := range changes[:i] {
			if done.old == nil {
				if cerr := live.CloseDatabase(done.now); cerr != nil {
					err = errors.Join(err, cerr)
				}
			}
		}
		return err
	}
	for _, c := range changes {
		if c.now == nil {
			if err := live.CloseDatabase(c.old); err != nil {
				return err
			}
		}
	}
	return nil
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
			if we := (*wire.Error)(nil); errors.As(err, &we) {
				return we
			}
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
