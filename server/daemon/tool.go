package daemon

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"

	"libslapi/server/backend"
	"libslapi/server/config"
	"libslapi/server/dn"
	"libslapi/server/schema"
)

// toolArgs are the options that the tools share.
type toolArgs struct {
	file, dir, suffix, ldif string
	filter, subtree, url    string
	number                  int // -1 without -n
	debug                   *int
	verbose, goOn           int
	quick, dry, noSchema    bool
	context, truncate       bool
	noGlue                  bool // leave glued databases out
	quiet, omitNewline      bool
	jump, serverID          int
	wrap                    int // columns; 0 none, -1 the usual
	schemaCheck, valueCheck string
	rest                    []string
}

// parseTool reads a tool's options. A nil result means that the tool ends with
// the status given.
func (c *command) parseTool(spec, usage string) (*toolArgs, int) {
	a := &toolArgs{number: -1, wrap: -1}
	list, rest, err := getopt(c.args, spec)
	if err != nil {
		return nil, c.usage(err.Error(), usage)
	}
	a.rest = rest
	number := func(o option) (int, bool) {
		n, err := strconv.ParseInt(o.value, 0, 32)
		if err != nil || n < 0 {
			c.fail("unable to parse %q as a number (-%c)", o.value, o.letter)
			return 0, false
		}
		return int(n), true
	}
	ok := true
	for _, o := range list {
		switch o.letter {
		case '?':
			c.stderr = c.stdout
			return nil, c.usage("", usage)
		case 'a':
			a.filter = o.value
		case 'b':
			a.suffix = o.value
		case 'c':
			a.goOn++
		case 'd':
			n, err := config.ParseLogLevel(o.value)
			if err != nil {
				fmt.Fprintf(c.stderr, "unrecognized log level %q\n", o.value)
				return nil, 1
			}
			a.debug = &n
		case 'f':
			a.file = o.value
		case 'F':
			a.dir = o.value
		case 'g':
			a.noGlue = true
		case 'H':
			a.url = o.value
		case 'j':
			a.jump, ok = number(o)
		case 'l':
			a.ldif = o.value
		case 'n':
			a.number, ok = number(o)
		case 'o':
			ok = c.toolOption(a, o.value, usage)
		case 'q':
			a.quick = true
		case 'Q':
			a.quiet = true
		case 's':
			if strings.Contains(spec, "s:") {
				a.subtree = o.value
			} else {
				a.noSchema = true
			}
		case 'S':
			if a.serverID, ok = number(o); ok && a.serverID > 4095 {
				c.fail("illegal server ID %s", o.value)
				ok = false
			}
		case 't':
			a.truncate = true
		case 'u':
			a.dry = true
		case 'v':
			a.verbose++
		case 'w':
			a.context = true
		}
		if !ok {
			return nil, 1
		}
	}
	if a.number >= 0 && a.suffix != "" {
		return nil, c.usage("-b and -n exclude each other", usage)
	}
	return a, 0
}

// toolOption reads -o name=value.
func (c *command) toolOption(a *toolArgs, text, usage string) bool {
	name, value, _ := strings.Cut(text, "=")
	onOff := func(at *string) bool {
		if value != "yes" && value != "no" {
			c.usage(fmt.Sprintf("unable to parse %q, must be yes or no", text), usage)
			return false
		}
		*at = value
		return true
	}
	switch strings.ToLower(name) {
	case "syslog", "syslog-level", "syslog-user":
		return true
	case "schema-check":
		return onOff(&a.schemaCheck)
	case "value-check":
		return onOff(&a.valueCheck)
	case "ldif_wrap", "ldif-wrap":
		if value == "no" {
			a.wrap = 0
			return true
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || n == 1 {
			c.usage(fmt.Sprintf("unable to parse ldif_wrap=%q", value), usage)
			return false
		}
		if n == 0 {
			n = -1
		}
		a.wrap = n
		return true
	}
	c.usage(fmt.Sprintf("unrecognized option \"-o %s\"", text), usage)
	return false
}

// badConfig reports an error of the configuration as the tools do.
func (c *command) badConfig(err error, quiet bool) int {
	if !quiet {
		fmt.Fprintf(c.stderr, "%v\n%s: bad configuration file!\n", err, c.name)
	}
	return 1
}

// toolLog is the log of a tool: warnings, and more under -d.
func (c *command) toolLog(a *toolArgs) *slog.Logger {
	level := 0
	if a.debug != nil {
		level = *a.debug
	}
	return newLogger(c.stderr, level).slog()
}

// chooseDatabase finds the database that -n or -b names, else the first one
// that holds entries.
func (c *command) chooseDatabase(cfg *config.Config, a *toolArgs) (*config.Database, bool) {
	switch {
	case a.number >= 0:
		if a.number >= len(cfg.Databases) {
			fmt.Fprintf(c.stderr, "Database number selected via -n is out of range\nMust be in the range 0 to %d (the number of configured databases)\n", len(cfg.Databases)-1)
			return nil, false
		}
		return cfg.Databases[a.number], true
	case a.suffix != "" || a.subtree != "":
		text := a.suffix
		if text == "" {
			text = a.subtree
		}
		n, err := dn.NewName(text, cfg.Schema)
		if err != nil {
			c.fail("%q: %v", text, err)
			return nil, false
		}
		var best *config.Database
		length := -1
		for _, d := range cfg.Databases {
			for _, s := range d.Suffixes {
				if dn.IsSuffix(n.Norm, s.Norm) && len(s.Norm) > length {
					best, length = d, len(s.Norm)
				}
			}
		}
		if best == nil {
			c.fail("slap_init no backend for %q", text)
			return nil, false
		}
		return best, true
	}
	for _, d := range cfg.Databases {
		if d.HoldsEntries() && !d.Subordinate {
			return d, true
		}
	}
	c.fail("no available databases")
	return nil, false
}

// openFor opens the database of a tool, with a message when it cannot. A
// database that a running server has is read from a copy that the server makes;
// it is not written.
func (c *command) openFor(cfg *config.Config, d *config.Database, a *toolArgs, readOnly bool) *backend.DB {
	if !d.BuiltIn() {
		c.fail("database %s doesn't support necessary operations.", d.Type)
		return nil
	}
	from := *d
	if readOnly {
		if _, err := os.Stat(d.Directory); err != nil {
			c.fail("could not open database: %v", err)
			return nil
		}
		dir, remove, err := snapshotDir(d)
		switch {
		case err == nil:
			defer remove() // what is open stays
			from.Directory = dir
		case !errors.Is(err, errNoServer):
			c.fail("could not open database: %v", err)
			return nil
		}
	} else if pid := serverOf(d.Directory); pid != 0 {
		c.fail("could not open database: the running server (process %d) has it in use; stop it first, or change the data over LDAP", pid)
		return nil
	}
	db, err := openDatabase(func() *schema.Schema { return cfg.Schema }, &from, c.toolLog(a), readOnly)
	if err != nil {
		c.fail("could not open database: %v", err)
		return nil
	}
	return db
}

// openStopped opens the data file itself for reading.
func (c *command) openStopped(cfg *config.Config, d *config.Database, a *toolArgs) (*backend.DB, error) {
	if _, err := os.Stat(d.Directory); err != nil {
		return nil, err
	}
	return openDatabase(func() *schema.Schema { return cfg.Schema }, d, c.toolLog(a), true)
}

// output opens what -l names, else standard output.
func (c *command) output(path string) (io.WriteCloser, error) {
	if path == "" {
		return nopCloser{c.stdout}, nil
	}
	return os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
