package config

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/ldif"
	"libslapi/server/overlay"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// ParseDir reads a configuration folder: what a Tree wrote there, or OpenLDAP's
// slapd.d (one file an entry, names relative to the folder).
func ParseDir(dir string) (*Config, error) {
	type file struct {
		path   string
		parent string // DN of the parent of a relative name
	}
	var files []file
	var walk func(path, parent string) error
	walk = func(path, parent string) error {
		items, err := os.ReadDir(path)
		if err != nil {
			return err
		}
		for _, it := range items { // sorted by name
			name := it.Name()
			if it.IsDir() || !strings.HasSuffix(name, ".ldif") || strings.HasPrefix(name, ".") {
				continue
			}
			files = append(files, file{filepath.Join(path, name), parent})
			rdn := strings.TrimSuffix(name, ".ldif")
			sub := rdn
			if parent != "" {
				sub = rdn + "," + parent
			}
			if st, err := os.Stat(filepath.Join(path, rdn)); err == nil && st.IsDir() {
				if err := walk(filepath.Join(path, rdn), sub); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := walk(dir, ""); err != nil {
		return nil, err
	}
	cfg := New()
	cfg.Dir = dir
	var records []*ldif.Record
	var where []string
	for _, f := range files {
		in, err := os.Open(f.path)
		if err != nil {
			return nil, err
		}
		r := ldif.NewReader(in, f.path)
		for {
			rec, err := r.Next()
			if isEOF(err) {
				break
			}
			if err != nil {
				in.Close()
				return nil, err
			}
			if f.parent != "" && !strings.HasSuffix(strings.ToLower(rec.DN), "cn=config") {
				rec.DN += "," + f.parent
			}
			records = append(records, rec)
			where = append(where, fmt.Sprintf("%s:%d", f.path, rec.Line))
		}
		in.Close()
		if len(records) > 1 && len(files) > 0 && f.path == files[0].path {
			break // a whole tree in one file
		}
	}
	if len(records) == 0 {
		return nil, fmt.Errorf("folder %s holds no configuration", dir)
	}
	return cfg, cfg.fromRecords(records, where)
}

// fromRecords makes the configuration from the entries of a folder.
func (c *Config) fromRecords(records []*ldif.Record, where []string) error {
	for _, r := range records {
		for _, a := range r.Attrs {
			if strings.EqualFold(a.Type, "slapidCompat") && strings.EqualFold(string(a.Values[0]), "389ds") {
				c.Global.Compat = Compat389
				c.Schema = schema.New(schema.Compat389(), schema.WithoutBitRules())
			}
		}
	}
	// schema first: names and values of the other entries need it
	for _, r := range records {
		var attrs []wire.Attribute
		for _, a := range r.Attrs {
			switch strings.ToLower(a.Type) {
			case "olcattributetypes", "olcobjectclasses", "olcldapsyntaxes", "olcobjectidentifier", "olcditcontentrules":
				attrs = append(attrs, a)
			}
		}
		if len(attrs) == 0 {
			continue
		}
		var text strings.Builder
		if err := ldif.NewWriter(&text).Entry(r.DN, attrs); err != nil {
			return err
		}
		m := markSchema(c.Schema)
		if err := c.Schema.LoadLDIF(strings.NewReader(text.String()), c.Dir); err != nil {
			return err
		}
		if rdn, up := dn.SplitPretty(r.DN); strings.EqualFold(up, schemaNorm) {
			_, name, _ := strings.Cut(rdn, "=")
			c.groupSchema(m, unordered([][]byte{[]byte(name)})[0]+".")
		}
	}
	c.schemaUsed = true
	if err := addConfigTypes(c.Schema); err != nil {
		return err
	}
	for _, r := range records {
		for _, a := range r.Attrs {
			names := []string{}
			switch strings.ToLower(a.Type) {
			case "olcoverlay":
				names = append(names, strings.ToLower(unordered(a.Values)[0]))
			case "olcmoduleload":
				for _, v := range unordered(a.Values) {
					names = append(names, moduleName(v))
				}
			}
			for _, name := range names {
				if err := overlay.Schema(name, c.Schema); err != nil {
					return err
				}
			}
		}
	}
	var list []*entry.Entry
	for i, r := range records {
		n, err := dn.NewName(r.DN, c.Schema)
		if err != nil {
			return fmt.Errorf("%s: %v", where[i], err)
		}
		e := entry.New(n)
		for _, a := range r.Attrs {
			switch strings.ToLower(a.Type) {
			case "entryuuid", "entrycsn", "creatorsname", "createtimestamp", "modifiersname", "modifytimestamp", "structuralobjectclass", "contextcsn":
				continue
			}
			if err := e.Add(c.Schema, a.Type, a.Values...); err != nil {
				return fmt.Errorf("%s: %v", where[i], err)
			}
		}
		list = append(list, e)
	}
	return c.fromEntries(list, where)
}

func (c *Config) fromEntries(list []*entry.Entry, where []string) error {
	s := newState(list)
	front := s.byNorm["olcdatabase={-1}frontend,cn=config"]
	root := s.byNorm["cn=config"]
	if root == nil {
		return fmt.Errorf("folder %s has no entry cn=config", c.Dir)
	}
	g, f, err := c.globalOf(root, front)
	if err != nil {
		return fmt.Errorf("%s: %v", where[0], err)
	}
	c.Global, c.Frontend = *g, f
	var dbs []*entry.Entry
	for i, e := range list {
		norm := e.Name.Norm
		switch {
		case norm == "cn=config" || e == front || dn.IsSuffix(norm, schemaNorm):
		case e.Has("olcDatabase"):
			dbs = append(dbs, e)
			d, err := c.databaseOf(e, c.Frontend)
			if err != nil {
				return fmt.Errorf("%s: %v", where[i], err)
			}
			c.Databases = append(c.Databases, d)
		case e.Has("olcOverlay"):
			if err := c.overlayOf(e); err != nil {
				return fmt.Errorf("%s: %v", where[i], err)
			}
		case e.Has("olcModuleLoad"):
			p := &parser{cfg: c, entryMode: true}
			if err := p.runEntry(e, nil); err != nil {
				return fmt.Errorf("%s: %v", where[i], err)
			}
		case isPluginEntry(e):
			sp, err := c.specOf(e, where[i])
			if err != nil {
				return err
			}
			c.Plugins = append(c.Plugins, sp)
			c.Entries = append(c.Entries, e)
		default:
			c.Entries = append(c.Entries, e)
		}
	}
	c.Entries = append(c.Entries, root)
	p := &parser{cfg: c}
	if err := p.finish(); err != nil {
		return err
	}
	// olcPlugin lines of OpenLDAP's folder
	for i, e := range append(dbs, front) {
		if e == nil || !e.Has("olcPlugin") {
			continue
		}
		p := &parser{cfg: c, entryMode: true}
		if i < len(dbs) {
			p.db = c.databaseNamed(e)
		}
		before := len(c.Plugins)
		if err := p.runEntry(e, func(attr string) bool { return attr != "olcPlugin" }); err != nil {
			return err
		}
		for j := before; j < len(c.Plugins); j++ {
			if d := p.pluginDB[j-before]; d != nil {
				c.Plugins[j].Database = d.Name
			}
		}
		c.dropKnown(before)
	}
	return c.checkPlugins()
}

// databaseNamed finds the database of an olcDatabase entry.
func (c *Config) databaseNamed(e *entry.Entry) *Database {
	for _, d := range c.Databases {
		if strings.EqualFold(fmt.Sprintf("{%d}%s", d.Index, d.Type), e.First("olcDatabase")) {
			return d
		}
	}
	return nil
}

// dropKnown removes the plug-ins from index n on that have an entry among the
// ones before: our own folder holds both the line and the entry.
func (c *Config) dropKnown(n int) {
	kept := c.Plugins[:n:n]
	for _, p := range c.Plugins[n:] {
		known := false
		for _, o := range c.Plugins[:n] {
			if o.Path == p.Path && o.Init == p.Init && o.Type == p.Type && o.Database == p.Database {
				known = true
			}
		}
		if !known {
			kept = append(kept, p)
		}
	}
	c.Plugins = kept
}

// ImportDir makes a configuration folder from the LDIF of a whole tree, as
// slapcat -n 0 writes it. The folder must exist and hold no configuration. dry
// checks only.
func ImportDir(dir string, in io.Reader, file string, dry bool) error {
	path := filepath.Join(dir, "cn=config.ldif")
	if st, err := os.Stat(dir); err != nil {
		return err
	} else if !st.IsDir() {
		return fmt.Errorf("%s is not a folder", dir)
	}
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("folder %s holds a configuration already", dir)
	}
	var records []*ldif.Record
	var where []string
	r := ldif.NewReader(in, file)
	for {
		rec, err := r.Next()
		if isEOF(err) {
			break
		}
		if err != nil {
			return err
		}
		if rec.ChangeType != "" && rec.ChangeType != "add" {
			return fmt.Errorf("%s:%d: a change record is not possible here", file, rec.Line)
		}
		records = append(records, rec)
		where = append(where, fmt.Sprintf("%s:%d", file, rec.Line))
	}
	if len(records) == 0 {
		return fmt.Errorf("%s holds no configuration", file)
	}
	cfg := New()
	cfg.Dir = dir
	if err := cfg.fromRecords(records, where); err != nil || dry {
		return err
	}
	return writeAtomic(path, func(w io.Writer) error {
		out := ldif.NewWriter(w)
		for _, rec := range records {
			if err := out.Entry(rec.DN, rec.Attrs); err != nil {
				return err
			}
		}
		return nil
	})
}
