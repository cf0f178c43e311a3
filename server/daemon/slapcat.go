package daemon

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"

	"libslapi/server/backend"
	"libslapi/server/config"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/ldif"
	"libslapi/server/wire"
)

const slapcatUsage = `[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]] [-c]
	[-g] [-n databasenumber | -b suffix] [-l ldiffile] [-a filter] [-s subtree] [-H url]
`

// parseReader reads the command line of a tool that goes through the entries of
// a database; nil with a status when there is nothing to do.
func (c *command) parseReader(usage string) (a *toolArgs, scope wire.Scope, status int) {
	a, status = c.parseTool("a:b:cd:f:F:gH:l:n:o:s:v", usage)
	if a == nil {
		return nil, 0, status
	}
	if len(a.rest) > 0 {
		return nil, 0, c.usage(fmt.Sprintf("unexpected argument %q", a.rest[0]), usage)
	}
	scope = wire.ScopeSub
	if a.url != "" {
		var err error
		if scope, err = parseURL(a); err != nil {
			return nil, 0, c.usage(err.Error(), usage)
		}
	}
	return a, scope, 0
}

// slapcat writes the entries of a database as LDIF.
func (c *command) slapcat() int {
	a, scope, status := c.parseReader(slapcatUsage)
	if a == nil {
		return status
	}
	src, err := loadConfig(a.file, a.dir, false)
	if err != nil {
		return c.badConfig(err, false)
	}
	cfg, err := src.settle()
	if err != nil {
		return c.badConfig(err, false)
	}
	f, status := c.toolFilter(a, cfg)
	if f == nil {
		return status
	}
	d, ok := c.chooseDatabase(cfg, a)
	if !ok {
		return 1
	}
	base := dn.Name{}
	if len(d.Suffixes) > 0 {
		base = d.Suffixes[0]
	}
	bases := d.Suffixes
	if a.subtree != "" {
		if base, err = dn.NewName(a.subtree, cfg.Schema); err != nil {
			return c.fail("%q: %v", a.subtree, err)
		}
		bases = []dn.Name{base}
	}
	var b backend.Backend
	if d.Type == "config" {
		t, err := config.NewTree(src.cfg, config.TreeOptions{File: src.file, Whole: src.whole})
		if err != nil {
			return c.badConfig(err, false)
		}
		b = t
	} else {
		if b = c.toolDatabase(cfg, d, a, true); b == nil {
			return 1
		}
	}
	defer b.Close()
	if x := ldifOf(b); x != nil && a.ldif != "" && a.filter == "" && a.subtree == "" && a.url == "" && a.wrap < 0 {
		if did, err := x.ExportLDIF(a.ldif); did {
			if err != nil {
				return c.fail("%v", err)
			}
			return 0
		}
	}
	out, err := c.output(a.ldif)
	if err != nil {
		return c.fail("%v", err)
	}
	w := bufio.NewWriterSize(out, 1<<16)
	dump := &dumper{c: c, a: a, out: ldif.NewWriter(&wrapper{w: w, width: a.wrap})}
	for _, s := range bases {
		if err := dump.tree(b, s, scope, f); err != nil {
			status = c.fail("%v", err)
			break
		}
	}
	if status == 0 && !a.noGlue && d.HoldsEntries() {
		status = dump.glued(cfg, d, bases, scope, f)
	}
	if err := w.Flush(); err != nil {
		status = c.fail("%v", err)
	}
	if err := out.Close(); err != nil {
		status = c.fail("%v", err)
	}
	return status
}

// parseURL takes base, scope and filter from -H ldap:///base??scope?filter.
func parseURL(a *toolArgs) (wire.Scope, error) {
	rest, ok := strings.CutPrefix(a.url, "ldap:///")
	if !ok {
		return 0, fmt.Errorf("unable to parse URL %q", a.url)
	}
	parts := strings.Split(rest, "?")
	text, err := url.PathUnescape(parts[0])
	if err != nil {
		return 0, fmt.Errorf("unable to parse URL %q", a.url)
	}
	a.subtree = text
	if len(parts) > 1 && parts[1] != "" || len(parts) > 4 {
		return 0, fmt.Errorf("URL %q: attributes and extensions are not possible here", a.url)
	}
	scope := wire.ScopeSub
	if len(parts) > 2 {
		switch parts[2] {
		case "", "sub":
		case "base":
			scope = wire.ScopeBase
		case "one":
			scope = wire.ScopeOne
		case "children", "subordinate":
			scope = wire.ScopeChildren
		default:
			return 0, fmt.Errorf("URL %q: unknown scope", a.url)
		}
	}
	if len(parts) > 3 {
		if a.filter, err = url.PathUnescape(parts[3]); err != nil {
			return 0, fmt.Errorf("unable to parse URL %q", a.url)
		}
	}
	return scope, nil
}

type dumper struct {
	c   *command
	a   *toolArgs
	out *ldif.Writer
}

// tree writes the entries below a name. The suffix entry shows the context CSN
// of the database.
func (d *dumper) tree(b backend.Backend, base dn.Name, scope wire.Scope, f *filter.Node) error {
	v, err := b.View(context.Background())
	if err != nil {
		return err
	}
	defer v.Close()
	if e, err := v.Lookup(base.Norm); err != nil {
		return err
	} else if e == nil {
		return nil // an empty database
	}
	var context []byte
	if m, ok := v.(backend.MetaView); ok {
		if context, err = m.Meta(contextKey); err != nil {
			return err
		}
	}
	suffix := map[string]bool{}
	for _, s := range b.Suffixes() {
		suffix[s.Norm] = true
	}
	var failed error
	err = v.Search(&backend.Query{Base: base, Scope: scope, Filter: f}, func(e *entry.Entry) bool {
		attrs := e.WireAttributes()
		if len(context) > 0 && suffix[e.Name.Norm] && !e.Has("contextCSN") {
			attrs = append(attrs, wire.Attribute{Type: "contextCSN", Values: bytes.Split(context, []byte(";"))})
		}
		if d.a.verbose > 0 {
			fmt.Fprintf(d.c.stderr, "# id=%08x\n", e.ID)
		}
		failed = d.out.Entry(e.Name.Pretty, attrs)
		return failed == nil
	})
	if failed != nil {
		return failed
	}
	return err
}

// wrapper folds lines to another width than the LDIF writer's: it is handed
// whole records.
type wrapper struct {
	w     io.Writer
	width int // -1 as they come, 0 unfolded
}

func (x *wrapper) Write(b []byte) (int, error) {
	if x.width < 0 {
		return x.w.Write(b)
	}
	flat := bytes.ReplaceAll(b, []byte("\n "), nil)
	if x.width == 0 {
		_, err := x.w.Write(flat)
		return len(b), err
	}
	var out []byte
	for _, line := range bytes.SplitAfter(flat, []byte("\n")) {
		text := bytes.TrimSuffix(line, []byte("\n"))
		room := x.width
		for len(text) > room {
			out = append(append(out, text[:room]...), "\n "...)
			text = text[room:]
			room = x.width - 1
		}
		out = append(out, text...)
		if len(line) > 0 && line[len(line)-1] == '\n' {
			out = append(out, '\n')
		}
	}
	_, err := x.w.Write(out)
	return len(b), err
}

// glued writes the entries of the databases that are glued to d, as far as they
// are below one of the bases.
func (d *dumper) glued(cfg *config.Config, up *config.Database, bases []dn.Name, scope wire.Scope, f *filter.Node) int {
	if scope == wire.ScopeBase {
		return 0
	}
	for _, o := range cfg.Glued(up) {
		var at []dn.Name
		for _, s := range o.Suffixes {
			for _, b := range bases {
				if dn.IsSuffix(s.Norm, b.Norm) && (scope != wire.ScopeOne || dn.ParentNorm(s.Norm) == b.Norm) {
					at = append(at, s)
				}
			}
		}
		if len(at) == 0 {
			continue
		}
		b := d.c.toolDatabase(cfg, o, d.a, true)
		if b == nil {
			return 1
		}
		for _, s := range at {
			how := wire.ScopeSub
			if scope == wire.ScopeOne {
				how = wire.ScopeBase
			}
			if err := d.tree(b, s, how, f); err != nil {
				b.Close()
				return d.c.fail("%v", err)
			}
		}
		if err := b.Close(); err != nil {
			return d.c.fail("%v", err)
		}
	}
	return 0
}
