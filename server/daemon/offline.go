package daemon

import (
	"errors"
	"fmt"

	"libslapi/server/auth"
	"libslapi/server/backend"
	"libslapi/server/config"
	"libslapi/server/dn"
	"libslapi/server/filter"
	"libslapi/server/operation"
	"libslapi/server/plugin"
)

// offline is a server without a network: the databases of a configuration as
// a tool needs them.
type offline struct {
	c      *command
	cfg    *config.Config
	server *operation.Server
	reg    *auth.Registry
	a      *toolArgs
	opened map[string]backend.Backend // by name
}

// newOffline makes one with no database open.
func (c *command) newOffline(cfg *config.Config, a *toolArgs) (*offline, error) {
	o := &offline{c: c, cfg: cfg, a: a, opened: map[string]backend.Backend{}, reg: auth.NewRegistry()}
	if c.hooks.Crypt != nil {
		o.reg.SetCrypt(c.hooks.Crypt)
	}
	g := &cfg.Global
	global, err := accessSet(cfg.Schema, nil, cfg.Frontend.Access)
	if err != nil {
		return nil, err
	}
	o.server = operation.NewServer(operation.Options{
		Schema: cfg.Schema, Registry: o.reg, Compat: compat(g.Compat), ServerID: g.ServerID, GlobalACL: global,
		RootDN: g.RootDN, RootPW: g.RootPW, PasswordHash: g.PasswordHash, Limits: operation.Limits{Size: -1, SizeHard: -1, Time: -1, TimeHard: -1},
		Log: c.toolLog(a),
	})
	return o, nil
}

// open opens a database, for reading or for writing, and puts it into service.
func (o *offline) open(d *config.Database, readOnly bool) bool {
	db := o.c.toolDatabase(o.cfg, d, o.a, readOnly)
	if db == nil {
		return false
	}
	set, err := accessSet(o.cfg.Schema, d.Access, o.cfg.Frontend.Access)
	if err != nil {
		db.Close()
		o.c.fail("%v", err)
		return false
	}
	o.opened[d.Name] = db
	o.server.AddDatabase(&operation.Database{
		Backend: db, RootDN: d.RootDN, RootPW: d.RootPW, ACL: set, NoLastmod: !d.LastMod, NoSchemaCheck: o.a.noSchema,
	})
	return true
}

// openAll opens every database that has data, for reading. Only those of which
// something was asked need to be there.
func (o *offline) openAll(needed *config.Database) bool {
	for _, d := range o.cfg.Databases {
		if !d.HoldsEntries() || o.opened[d.Name] != nil {
			continue
		}
		if d == needed {
			if !o.open(d, true) {
				return false
			}
			continue
		}
		quiet := *o.c
		quiet.stderr = discardWriter{}
		other := *o
		other.c = &quiet
		other.open(d, true)
	}
	return true
}

type discardWriter struct{}

func (discardWriter) Write(b []byte) (int, error) { return len(b), nil }

// close closes the databases.
func (o *offline) close() (err error) {
	for name, b := range o.opened {
		if cerr := b.Close(); cerr != nil && err == nil {
			err = fmt.Errorf("database %s: %w", name, cerr)
		}
	}
	return err
}

// run runs an operation as the root DN, without plug-ins.
func (o *offline) run(op *plugin.Operation) {
	o.server.Run(op)
}

// databaseOf finds the database that holds a name, by the configuration.
func databaseOf(cfg *config.Config, norm string) *config.Database {
	var best *config.Database
	length := -1
	for _, d := range cfg.Databases {
		for _, s := range d.Suffixes {
			if dn.IsSuffix(norm, s.Norm) && len(s.Norm) > length {
				best, length = d, len(s.Norm)
			}
		}
	}
	return best
}

// toolConfig reads the configuration of a tool that has no options but the
// common ones in a.
func (c *command) toolConfig(a *toolArgs) (*config.Config, int) {
	src, err := loadConfig(a.file, a.dir, a.dry)
	if err != nil {
		return nil, c.badConfig(err, false)
	}
	cfg, err := src.settle()
	if err != nil {
		return nil, c.badConfig(err, false)
	}
	return cfg, 0
}

// toolFilter is the filter of -a, which chooses entries; all without one. It is
// nil when it cannot be used, and the status says how the tool ends.
func (c *command) toolFilter(a *toolArgs, cfg *config.Config) (*filter.Node, int) {
	f := &filter.Node{Kind: filter.Present, Attr: "objectClass"}
	if a.filter != "" {
		var err error
		if f, err = filter.Parse(a.filter); err != nil {
			fmt.Fprintf(c.stderr, "Invalid filter '%s'\n", a.filter)
			return nil, 1
		}
	}
	if err := f.Resolve(cfg.Schema, nil); err != nil {
		return nil, c.fail("filter %s: %v", a.filter, err)
	}
	return f, 0
}

var errUsage = errors.New("usage")

// common reads the options that all tools have.
func (c *command) common(a *toolArgs, o option, usage string) error {
	switch o.letter {
	case 'd':
		n, err := config.ParseLogLevel(o.value)
		if err != nil {
			return fmt.Errorf("unrecognized log level %q", o.value)
		}
		a.debug = &n
	case 'f':
		a.file = o.value
	case 'F':
		a.dir = o.value
	case 'v':
		a.verbose++
	case 'o':
		if !c.toolOption(a, o.value, usage) {
			return errUsage
		}
	}
	return nil
}
