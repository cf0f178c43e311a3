package daemon

import (
	"errors"
	"fmt"

	"libslapi/server/store"
)

const slaptestUsage = `[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]] [-n databasenumber] [-u] [-Q]
`

// slaptest checks a configuration: the files, the access lines, every plug-in
// (its library, its init function and what that returns) and, without -u, the
// databases. With -f and -F it writes the folder.
func (c *command) slaptest() int {
	a, status := c.parseTool("d:f:F:n:o:Quv", slaptestUsage)
	if a == nil {
		return status
	}
	if len(a.rest) > 0 {
		return c.usage(fmt.Sprintf("unexpected argument %q", a.rest[0]), slaptestUsage)
	}
	src, err := loadConfig(a.file, a.dir, a.dry)
	if err != nil {
		return c.badConfig(err, a.quiet)
	}
	opt := Options{Config: src.cfg, File: src.file, Whole: src.whole, Hooks: c.hooks, Name: c.name, Argv: c.argv, Test: true}
	opt.Hooks.Started, opt.Hooks.Stopping = nil, nil
	if !a.quiet {
		opt.Debug = c.stderr
		if a.debug != nil {
			opt.DebugLevel = *a.debug
		}
	}
	d, err := New(opt)
	if err != nil {
		return c.badConfig(err, a.quiet)
	}
	defer d.Stop()
	if a.number >= 0 {
		if _, ok := c.chooseDatabase(d.cfg, a); !ok {
			return 1
		}
	}
	failed := false
	for _, cd := range d.cfg.Databases {
		if _, err := accessSet(d.cfg.Schema, cd.Access, d.cfg.Frontend.Access); err != nil {
			return c.badConfig(err, a.quiet)
		}
		if a.dry || !cd.BuiltIn() || a.number >= 0 && a.number != cd.Index {
			continue
		}
		if serverOf(cd.Directory) != 0 {
			continue // a running server has it
		}
		db, err := openDatabase(d.server.Schema, cd, d.slog, false)
		switch {
		case errors.Is(err, store.ErrLocked):
			// another tool has it
		case err != nil:
			failed = true
			if !a.quiet {
				c.fail("%s:%d: database %s: %v", cd.File, cd.Line, cd.Type, err)
			}
		default:
			db.Close()
		}
	}
	if failed {
		return 1
	}
	if src.write {
		if err := d.tree.Save(); err != nil {
			return c.badConfig(err, a.quiet)
		}
	}
	if !a.quiet {
		fmt.Fprintln(c.stderr, "config file testing succeeded")
	}
	return 0
}
