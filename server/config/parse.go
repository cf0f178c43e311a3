package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/overlay"
	"libslapi/server/plugin"
)

// maxInclude bounds how deep include lines nest.
const maxInclude = 32

// parser is the state of reading one configuration.
type parser struct {
	cfg     *Config
	db      *Database // nil before the first database line
	backend string    // type of a "backend" section, "" outside one
	overlay string    // the overlay whose directives may follow, "" none
	depth   int
	next    pluginOptions // for the next plugin or pluginldif line
	// pluginDB holds the database of each of cfg.Plugins, nil for a global one;
	// its name is settled at the end of the file.
	pluginDB []*Database
	// entryMode: the lines come from the attributes of an entry of cn=config,
	// so lines that open sections or files are refused.
	entryMode bool
}

// ParseFile reads a slapd.conf file and what it includes. Errors name file and
// line ("slapd.conf:12: unknown directive <x>"); the first one ends the reading.
func ParseFile(path string) (*Config, error) {
	cfg := New()
	cfg.File = path
	p := &parser{cfg: cfg}
	if err := p.file(path, nil); err != nil {
		return nil, err
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	return cfg, nil
}

// file reads one file; at is the include line that names it.
func (p *parser) file(path string, at *line) error {
	fail := func(err error) error {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		if at != nil {
			return at.errorf("could not open config file %q: %v", path, err)
		}
		return fmt.Errorf("could not open config file %q: %v", path, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return fail(err)
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil {
		return fail(err)
	} else if !st.Mode().IsRegular() && st.IsDir() {
		return fail(errors.New("is a directory"))
	}
	if at != nil {
		m := markSchema(p.cfg.Schema)
		defer func() { p.cfg.groupSchema(m, path) }()
	}
	if strings.HasSuffix(path, ".ldif") {
		p.cfg.schemaUsed = true
		if err := p.cfg.Schema.LoadLDIF(f, path); err != nil {
			return err
		}
		p.cfg.SchemaFiles = append(p.cfg.SchemaFiles, path)
		return nil
	}
	if p.depth++; p.depth > maxInclude {
		return at.errorf("include files nest too deep")
	}
	defer func() { p.depth-- }()
	return p.readFrom(f, path)
}

// readFrom runs the lines of one file.
func (p *parser) readFrom(in io.Reader, path string) error {
	r := newLineReader(in, path)
	for {
		l, err := r.read()
		if err != nil {
			return err
		}
		if l == nil {
			return nil
		}
		if err := p.line(l); err != nil {
			return err
		}
	}
}

// line runs one directive.
func (p *parser) line(l *line) error {
	name := strings.ToLower(l.words[0])
	if strings.HasSuffix(name, ":") && name == "pluginlog:" {
		name = "pluginlog"
	}
	d, ok := directives[name]
	if p.db != nil && p.db.Foreign && p.backend == "" && !p.entryMode && (!ok || d.scope == scopeBuiltIn) {
		// The plug-in's to read.
		l = &line{file: l.file, num: l.num, words: append([]string{"dboption"}, l.words...), rest: quoteWords(l.words)}
		d, ok = directives["dboption"], true
		name = "dboption"
	}
	if !ok {
		return l.errorf("unknown directive <%s>", l.words[0])
	}
	args := l.words[1:]
	if len(args) < d.min {
		return l.errorf("<%s> missing arguments: %s", l.words[0], d.usage(name))
	}
	if d.max >= 0 && len(args) > d.max {
		return l.errorf("<%s> extra arguments: %s", l.words[0], d.usage(name))
	}
	switch {
	case p.backend != "" && d.scope != scopeSection && d.scope != scopeBackend:
		return l.errorf("unknown directive <%s> inside backend info definition", l.words[0])
	case d.scope == scopeOverlay && p.overlay != d.overlay:
		return l.errorf("keyword <%s> only allowed behind its overlay line", l.words[0])
	case d.scope == scopeDatabase && p.db == nil:
		return l.errorf("keyword <%s> only allowed within database declaration", l.words[0])
	case d.scope == scopeEntries && (p.db == nil || !p.db.HoldsEntries()), d.scope == scopeSQL && (p.db == nil || p.db.Type != "sql"):
		if p.db == nil {
			return l.errorf("keyword <%s> only allowed within database declaration", l.words[0])
		}
		return l.errorf("unknown directive <%s> in database %s", l.words[0], p.db.Type)
	case d.scope == scopeGlobal && p.db != nil && p.db != p.cfg.Frontend:
		return l.errorf("keyword <%s> only allowed outside a database declaration", l.words[0])
	case (d.scope == scopeBuiltIn || d.scope == scopeBackend) && p.backend == "":
		if p.db == nil {
			return l.errorf("keyword <%s> only allowed within database declaration", l.words[0])
		}
		if p.db != nil && !p.db.BuiltIn() {
			return l.errorf("unknown directive <%s> in database %s", l.words[0], p.db.Type)
		}
	}
	if err := d.run(p, l); err != nil {
		var le *LineError
		if errors.As(err, &le) {
			return err
		}
		return l.errorf("<%s> %v", l.words[0], err)
	}
	if d.attr != "" && p.backend == "" {
		p.keep(d, l)
	}
	return nil
}

// keep records the line as a value of the entry that shows it.
func (p *parser) keep(d *directive, l *line) {
	at := &p.cfg.Global.Values
	switch {
	case d.scope == scopeOverlay && p.overlay == "syncprov":
		at = &p.db.Syncprov.Values
	case d.scope == scopeOverlay:
		at = &p.lastOverlay().Values
	case d.scope != scopeGlobal:
		at = &p.target().Values
	}
	text := l.rest
	if !d.raw {
		if len(l.words) == 1 {
			text = "TRUE" // a switch by itself
		} else if len(l.words) == 2 {
			text = l.words[1]
		} else {
			text = quoteWords(l.words[1:])
		}
	}
	if d.multi {
		*at = append(*at, Value{Attr: d.attr, Text: text, ordered: d.ordered})
	} else {
		at.set(d.attr, text)
	}
}

// target is the database that a line belongs to; the frontend's before any.
func (p *parser) target() *Database {
	if p.db != nil {
		return p.db
	}
	return p.cfg.Frontend
}

// name parses a DN with the schema read so far.
func (p *parser) name(text string) (dn.Name, error) {
	p.cfg.schemaUsed = true
	d, err := dn.Parse(text)
	if err != nil {
		return dn.Name{}, fmt.Errorf("invalid DN %q: %v", text, err)
	}
	for _, rdn := range d {
		for _, ava := range rdn {
			if p.cfg.Global.Compat != Compat389 && p.cfg.Schema.AttributeType(ava.Type) == nil {
				return dn.Name{}, fmt.Errorf("invalid DN %q: attribute type %q is undefined", text, ava.Type)
			}
		}
	}
	n, err := d.Name(p.cfg.Schema)
	if err != nil {
		return n, fmt.Errorf("invalid DN %q: %v", text, err)
	}
	return n, nil
}

// finish checks what only the whole file shows, and fills in what it left out.
func (p *parser) finish() error {
	c := p.cfg
	if p.next.set {
		return p.next.at.errorf("plugin-options without a plugin line behind it")
	}
	if err := addConfigTypes(c.Schema); err != nil {
		return err
	}
	for _, e := range c.Entries {
		if err := retype(e, c.Schema); err != nil {
			return fmt.Errorf("%s: %v", e.Name.Pretty, err)
		}
	}
	if c.ConfigDB() == nil {
		d := newDatabase("config", c.File, 0)
		d.Name = "config"
		c.Databases = append([]*Database{d}, c.Databases...)
	}
	// the configuration database is always the first
	ordered := []*Database{c.ConfigDB()}
	for _, d := range c.Databases {
		if d.Type != "config" {
			ordered = append(ordered, d)
		}
	}
	c.Databases = ordered
	cdb := c.ConfigDB()
	cdb.Suffixes = []dn.Name{{Pretty: "cn=config", Norm: "cn=config"}}
	if !cdb.HasRootDN {
		cdb.RootDN, cdb.HasRootDN = cdb.Suffixes[0], true
	}
	names := map[string]*Database{}
	for i, d := range c.Databases {
		d.Index = i
		if d.Name == "" {
			d.Name = defaultName(d, names)
		}
		if o := names[strings.ToLower(d.Name)]; o != nil {
			return &LineError{d.File, d.Line, fmt.Sprintf("two databases have the name %q", d.Name)}
		}
		names[strings.ToLower(d.Name)] = d
	}
	for i, d := range p.pluginDB {
		if d != nil {
			c.Plugins[i].Database = d.Name
		}
	}
	for _, d := range c.Databases {
		if err := c.checkDatabase(d); err != nil {
			return err
		}
	}
	return c.checkPlugins()
}

func defaultName(d *Database, taken map[string]*Database) string {
	if d.Type == "monitor" {
		return "monitor"
	}
	if taken["userroot"] == nil {
		return "userRoot"
	}
	for i := 2; ; i++ {
		n := fmt.Sprintf("database%d", i)
		if taken[n] == nil {
			return n
		}
	}
}

func (c *Config) checkDatabase(d *Database) error {
	at := func(format string, args ...any) error {
		return &LineError{d.File, d.Line, fmt.Sprintf(format, args...)}
	}
	pwAt := at
	if d.pwAt != nil {
		pwAt = d.pwAt.errorf
	}
	if d.Foreign {
		if err := c.checkForeign(d, at); err != nil {
			return err
		}
	}
	if d.HoldsEntries() && len(d.Suffixes) == 0 {
		return at("database %s has no suffix", d.Type)
	}
	if d.Type == "sql" && d.SQL.URL == "" {
		return at("database sql (%s) has no dburi", d.Suffixes[0].Pretty)
	}
	if d.BuiltIn() && d.Directory == "" {
		return at("database %s (%s) has no directory", d.Type, d.Suffixes[0].Pretty)
	}
	if _, err := c.NewOverlays(d, overlay.Env{}); err != nil {
		return at("%v", err)
	}
	for _, o := range c.Databases {
		if o == d {
			break
		}
		if o.Directory != "" && filepath.Clean(o.Directory) == filepath.Clean(d.Directory) {
			return at("directory %s is used by two databases", d.Directory)
		}
	}
	if !d.HasRootDN && d.RootPW != "" {
		return pwAt("<rootpw> can only be set when a rootdn is given")
	}
	if d.RootPW != "" && c.Global.Compat != Compat389 && !d.holds(d.RootDN.Norm) {
		return pwAt("<rootpw> can only be set when rootdn is under suffix")
	}
	if c.Global.Compat == Compat389 && c.Global.RootDN.IsRoot() && d.HasRootDN && d.Type != "config" {
		c.Global.RootDN, c.Global.RootPW = d.RootDN, d.RootPW
	}
	return nil
}

// checkForeign looks for the plug-in of a database of an unknown type.
func (c *Config) checkForeign(d *Database, at func(format string, args ...any) error) error {
	n := 0
	for i := range c.Plugins {
		if s := &c.Plugins[i]; s.Type == "database" && s.Database == d.Name && s.Enabled && s.OnFailure != plugin.Off {
			n++
		}
	}
	switch {
	case n == 0:
		return at("<database> unrecognized database type (%s)", d.Type)
	case n > 1:
		return at("database %s has more than one plug-in that serves it", d.Type)
	case len(d.Syncrepl) > 0:
		return at("syncrepl is not possible for a database that a plug-in serves")
	}
	return nil
}

func (d *Database) holds(norm string) bool {
	for _, s := range d.Suffixes {
		if dn.IsSuffix(norm, s.Norm) {
			return true
		}
	}
	return false
}

func (c *Config) checkPlugins() error {
	seen := map[string]bool{}
	for i := range c.Plugins {
		s := &c.Plugins[i]
		base := s.Name
		for n := 2; seen[strings.ToLower(s.Name)]; n++ {
			if s.From389 {
				return fmt.Errorf("%s: plug-in %q is configured twice", s.Where, s.Name)
			}
			s.Name = fmt.Sprintf("%s#%d", base, n)
		}
		seen[strings.ToLower(s.Name)] = true
	}
	return nil
}
