package daemon

import (
	"context"
	"errors"

	"libslapi/server/backend"
	"libslapi/server/config"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// openForeign opens a database that a plug-in serves.
func openForeign(host plugin.Host, cd *config.Database, file string) (backend.Backend, error) {
	if host == nil {
		return nil, errors.New("this server was built without a plug-in host")
	}
	h, ok := plugin.As[plugin.DatabaseHost](host)
	if !ok {
		return nil, errors.New("the plug-in host serves no databases")
	}
	return h.OpenDatabase(plugin.DatabaseSpec{Name: cd.Name, Type: cd.Type, Suffixes: cd.Suffixes, ReadOnly: cd.ReadOnly, File: file, Lines: cd.Lines})
}

// toolDatabase opens a database for a tool: the built-in engine's file, or by
// its plug-in. nil after a message.
func (c *command) toolDatabase(cfg *config.Config, d *config.Database, a *toolArgs, readOnly bool) backend.Backend {
	if d.Foreign {
		db, err := c.openPlugin(cfg, d, a)
		if err != nil {
			c.fail("could not open database: %v", err)
			return nil
		}
		return db
	}
	if d.Type == "sql" {
		db, err := openEntries(func() *schema.Schema { return cfg.Schema }, d, c.toolLog(a))
		if err != nil {
			c.fail("could not open database: %v", err)
			return nil
		}
		return db
	}
	if db := c.openFor(cfg, d, a, readOnly); db != nil {
		return db
	}
	return nil
}

// offlinePlugin is a plug-in's database in a tool, with the host that it needs.
type offlinePlugin struct {
	backend.Backend
	host HostController
}

func (o *offlinePlugin) Close() error {
	err := o.Backend.Close()
	o.host.Close()
	return err
}

// openPlugin loads the plug-in of a database, and no other, and opens it.
func (c *command) openPlugin(cfg *config.Config, d *config.Database, a *toolArgs) (backend.Backend, error) {
	if c.hooks.NewHost == nil {
		return nil, errors.New("this program was built without a plug-in host")
	}
	var specs []plugin.Spec
	for _, s := range cfg.Plugins {
		if s.Type == "database" && s.Database == d.Name {
			specs = append(specs, s)
		}
	}
	o, err := c.newOffline(cfg, a)
	if err != nil {
		return nil, err
	}
	svc, err := newServices(o.server, nil)
	if err != nil {
		return nil, err
	}
	def := plugin.DialectOpenLDAP
	if cfg.Global.Compat == config.Compat389 {
		def = plugin.Dialect389
	}
	host, err := c.hooks.NewHost(HostOptions{Log: c.toolLog(a), Services: svc, Schema: o.server.Schema, Default: def,
		PluginDirs: cfg.Global.PluginDirs, Argv: c.argv})
	if err != nil {
		return nil, err
	}
	o.server.SetHost(host)
	if err = host.Load(specs); err == nil {
		var b backend.Backend
		if b, err = openForeign(host, d, cfg.File); err == nil {
			return &offlinePlugin{b, host}, nil
		}
	}
	host.Close()
	return nil, err
}

// ldifBackend is an ability of a plug-in's database: LDIF that its plug-in reads
// or writes itself. did is false when it has no function for that.
type ldifBackend interface {
	ImportLDIF(file string) (did bool, err error)
	ExportLDIF(file string) (did bool, err error)
}

func ldifOf(b backend.Backend) ldifBackend {
	if o, ok := b.(*offlinePlugin); ok {
		b = o.Backend
	}
	l, _ := b.(ldifBackend)
	return l
}

// importer takes the entries of slapadd.
type importer interface {
	// Add stores an entry; noSuchObject asks to come again behind its parent.
	Add(e *entry.Entry) error
	// Close writes what is left.
	Close() error
}

func newImporter(b backend.Backend) (importer, error) {
	if db, ok := b.(*backend.DB); ok {
		return db.NewImporter()
	}
	return &foreignImporter{b: b, top: map[string]bool{}}, nil
}

// expecter is an importer that likes to hear what comes next.
type expecter interface {
	Expect(items []item) error
}

// Expect has a database that is far away look up the names of a batch at once.
func (im *foreignImporter) Expect(items []item) error {
	if err := im.begin(); err != nil {
		return err
	}
	if x, ok := im.tx.(backend.NameExpecter); ok {
		norms := make([]string, 0, len(items))
		for _, it := range items {
			if it.e != nil {
				norms = append(norms, it.e.Name.Norm)
			}
		}
		x.ExpectNames(norms...)
	}
	return nil
}

func (im *foreignImporter) begin() error {
	if im.tx != nil {
		return nil
	}
	var err error
	if im.tx, err = im.b.Begin(context.Background()); err != nil {
		return err
	}
	for _, s := range im.b.Suffixes() {
		im.top[s.Norm] = true
	}
	return nil
}

// importBatch is how many entries go into one transaction of a plug-in's database.
const importBatch = 1000

// foreignImporter adds entries to a database of which nothing is known but its
// interface.
type foreignImporter struct {
	b     backend.Backend
	tx    backend.Txn
	n     int
	known string // the parent last found
	top   map[string]bool
}

func (im *foreignImporter) Add(e *entry.Entry) error {
	if err := im.begin(); err != nil {
		return err
	}
	parent := dn.ParentNorm(e.Name.Norm)
	if !im.top[e.Name.Norm] && parent != im.known {
		up, err := im.tx.Lookup(parent)
		if err != nil {
			return err
		}
		if up == nil {
			return &wire.Error{Result: wire.Result{Code: wire.NoSuchObject}}
		}
		im.known = parent
	}
	there, err := im.tx.Lookup(e.Name.Norm)
	if err != nil {
		return err
	}
	if there != nil {
		return &wire.Error{Result: wire.Result{Code: wire.EntryAlreadyExists}}
	}
	if err := im.tx.Add(e); err != nil {
		return err
	}
	if im.n++; im.n < importBatch {
		return nil
	}
	return im.Close()
}

func (im *foreignImporter) Close() error {
	if im.tx == nil {
		return nil
	}
	tx := im.tx
	im.tx, im.n, im.known = nil, 0, ""
	return tx.Commit()
}
