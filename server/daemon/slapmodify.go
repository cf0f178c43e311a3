package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"libslapi/server/backend"
	"libslapi/server/config"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/ldif"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

const slapmodifyUsage = `[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]] [-c]
	[-g] [-n databasenumber | -b suffix]
	[-l ldiffile] [-j linenumber] [-q] [-u] [-s] [-S serverid] [-w]
`

// slapmodify applies the changes of an LDIF file to a database while no server
// runs. It does so as the root DN, without plug-ins.
func (c *command) slapmodify() int {
	a, status := c.parseTool("b:cd:f:F:gj:l:n:o:qsS:uvw", slapmodifyUsage)
	if a == nil {
		return status
	}
	if len(a.rest) > 0 {
		return c.usage(fmt.Sprintf("unexpected argument %q", a.rest[0]), slapmodifyUsage)
	}
	a.noSchema = a.noSchema || a.schemaCheck == "no"
	cfg, status := c.toolConfig(a)
	if cfg == nil {
		return status
	}
	d, ok := c.chooseDatabase(cfg, a)
	if !ok {
		return 1
	}
	in := c.stdin
	if a.ldif != "" {
		f, err := os.Open(a.ldif)
		if err != nil {
			fmt.Fprintf(c.stderr, "%s: %v\n", a.ldif, reason(err))
			return 1
		}
		defer f.Close()
		in = f
	}
	if a.serverID != 0 {
		cfg.Global.ServerID = a.serverID
	}
	off, err := c.newOffline(cfg, a)
	if err != nil {
		return c.badConfig(err, false)
	}
	if !a.dry && !off.open(d, false) {
		return 1
	}
	x := &modifier{c: c, a: a, cfg: cfg, d: d, off: off}
	if !a.noGlue {
		x.glued = cfg.Glued(d)
	}
	for _, o := range x.glued {
		if !a.dry && !off.open(o, false) {
			return 1
		}
	}
	status = x.run(in)
	if !a.dry && a.context && status == 0 {
		if err := x.saveContext(); err != nil {
			status = c.fail("%v", err)
		}
	}
	if err := off.close(); err != nil {
		status = c.fail("%v", err)
	}
	return status
}

// modifier is one run of slapmodify.
type modifier struct {
	c        *command
	a        *toolArgs
	cfg      *config.Config
	d        *config.Database
	off      *offline
	greatest string // entryCSN of what was changed
	glued    []*config.Database
}

func (x *modifier) run(in io.Reader) int {
	r := ldif.NewReader(in, orElse(x.a.ldif, "stdin"))
	status := 0
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return status
		}
		var le *ldif.Error
		switch {
		case err != nil && !errors.As(err, &le):
			return x.c.fail("%v", err)
		case err != nil:
			x.c.fail("could not parse entry: %v", err)
		case rec.Line < x.a.jump:
			continue
		default:
			if x.record(rec) {
				continue
			}
		}
		status = 1
		if x.a.goOn == 0 {
			return status
		}
	}
}

// record applies one record; false: it failed, and the reason was printed.
func (x *modifier) record(rec *ldif.Record) bool {
	s := x.cfg.Schema
	name, err := dn.NewName(rec.DN, s)
	if err != nil {
		x.c.fail("dn=%q (line=%d): (34) %v", rec.DN, rec.Line, err)
		return false
	}
	if o := databaseOf(x.cfg, name.Norm); o != x.d && !slices.Contains(x.glued, o) {
		x.c.fail("line %d: database #%d not configured to hold %q", rec.Line, x.d.Index, rec.DN)
		return false
	}
	op := &plugin.Operation{RawTarget: rec.DN, Target: name, Ctx: context.Background(), Controls: rec.Controls}
	word := rec.ChangeType
	switch rec.ChangeType {
	case "modify":
		op.Kind, op.Modify = plugin.KindModify, &plugin.ModifyPart{Changes: rec.Changes}
	case "delete":
		op.Kind = plugin.KindDelete
	case "add":
		e := entry.New(name)
		for _, at := range rec.Attrs {
			if err := e.Add(s, at.Type, at.Values...); err != nil {
				x.c.fail("dn=%q (line=%d): attribute %s: %v", rec.DN, rec.Line, at.Type, err)
				return false
			}
		}
		op.Kind, op.Add = plugin.KindAdd, &plugin.AddPart{Entry: e}
	case "modrdn":
		word = "modrdn"
		op.Kind, op.ModDN = plugin.KindModDN, &plugin.ModDNPart{NewRDN: rec.NewRDN, DeleteOldRDN: rec.DeleteOldRDN}
		if rec.HasNewSuperior {
			sup, err := dn.NewName(rec.NewSuperior, s)
			if err != nil {
				x.c.fail("dn=%q (line=%d): (34) new superior: %v", rec.DN, rec.Line, err)
				return false
			}
			op.ModDN.NewSuperior, op.ModDN.RawNewSuperior = &sup, rec.NewSuperior
		}
	default:
		x.c.fail("modify operation type is missing at line %d, entry %q", rec.Line, rec.DN)
		x.c.fail("could not parse entry (line=%d)", rec.Line)
		return false
	}
	if x.a.dry {
		return x.plausible(rec)
	}
	x.off.run(op)
	if code := op.Result.Code; code != wire.Success {
		text := op.Result.Text
		if text == "" {
			text = code.String()
		}
		if code == wire.NoSuchObject {
			x.c.fail("no such entry %q in database (lineno=%d)", rec.DN, rec.Line)
		} else {
			x.c.fail("dn=%q (line=%d): (%d) %s", rec.DN, rec.Line, code, text)
		}
		return false
	}
	id := uint64(0)
	for _, e := range []*entry.Entry{op.Before, op.After} {
		if e == nil {
			continue
		}
		if id == 0 {
			id = e.ID
		}
		if csn := e.First("entryCSN"); csn > x.greatest {
			x.greatest = csn
		}
	}
	if x.a.verbose > 0 {
		fmt.Fprintf(x.c.stderr, "%s: %q (%08x)\n", word, name.Pretty, id)
	}
	return true
}

// plausible is what a dry run checks of a change: that the schema knows what
// it names.
func (x *modifier) plausible(rec *ldif.Record) bool {
	for _, ch := range rec.Changes {
		if desc, err := x.cfg.Schema.Describe(ch.Type); err != nil || desc.Type.Unknown && !x.a.noSchema {
			x.c.fail("slap_str2ad(%q) failed for entry %q (17: attribute type undefined, lineno=%d)", ch.Type, rec.DN, rec.Line)
			return false
		}
	}
	return true
}

// saveContext writes the context CSN (-w).
func (x *modifier) saveContext() error {
	t, err := x.off.opened[x.d.Name].Begin(context.Background())
	if err != nil {
		return err
	}
	defer t.Close()
	m, ok := t.(backend.MetaTxn)
	if !ok || x.greatest == "" {
		return nil
	}
	if old, err := m.Meta(contextKey); err != nil || string(old) >= x.greatest {
		return err
	}
	if err := m.SetMeta(contextKey, []byte(x.greatest)); err != nil {
		return err
	}
	return t.Commit()
}
