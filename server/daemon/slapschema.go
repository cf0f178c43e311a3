package daemon

import (
	"bufio"
	"context"
	"errors"
	"fmt"

	"libslapi/server/backend"
	"libslapi/server/config"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/wire"
)

const slapschemaUsage = `[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]] [-c]
	[-g] [-n databasenumber | -b suffix] [-l errorfile] [-a filter] [-s subtree] [-H url]
`

// errorNames are the results that a schema check gives, as LDAP tools name them.
var errorNames = map[wire.ResultCode]string{
	wire.UndefinedAttributeType: "Undefined attribute type", wire.ConstraintViolation: "Constraint violation",
	wire.InvalidAttributeSyntax: "Invalid syntax", wire.NamingViolation: "Naming violation",
	wire.ObjectClassViolation: "Object class violation", wire.Other: "Other (e.g., implementation specific) error",
}

// slapschema checks the entries of a database against the schema. The status is
// that of the last entry which breaks it.
func (c *command) slapschema() int {
	a, scope, status := c.parseReader(slapschemaUsage)
	if a == nil {
		return status
	}
	cfg, status := c.toolConfig(a)
	if cfg == nil {
		return status
	}
	f, status := c.toolFilter(a, cfg)
	if f == nil {
		return status
	}
	d, ok := c.chooseDatabase(cfg, a)
	if !ok {
		return 1
	}
	bases := d.Suffixes
	if a.subtree != "" {
		base, err := dn.NewName(a.subtree, cfg.Schema)
		if err != nil {
			return c.fail("%q: %v", a.subtree, err)
		}
		bases = []dn.Name{base}
	}
	db := c.toolDatabase(cfg, d, a, true)
	if db == nil {
		return 1
	}
	defer db.Close()
	out, err := c.output(a.ldif)
	if err != nil {
		return c.fail("%v", err)
	}
	w := bufio.NewWriter(out)
	x := &schemaCheck{c: c, a: a, cfg: cfg, w: w}
	for _, base := range bases {
		if err := x.tree(db, base, scope, f); err != nil {
			x.status = c.fail("%v", err)
			break
		}
	}
	if err := errors.Join(w.Flush(), out.Close()); err != nil {
		return c.fail("%v", err)
	}
	return x.status
}

type schemaCheck struct {
	c      *command
	a      *toolArgs
	cfg    *config.Config
	w      *bufio.Writer
	status int
}

func (x *schemaCheck) tree(b backend.Backend, base dn.Name, scope wire.Scope, f *filter.Node) error {
	v, err := b.View(context.Background())
	if err != nil {
		return err
	}
	defer v.Close()
	if e, err := v.Lookup(base.Norm); err != nil || e == nil {
		return err
	}
	return v.Search(&backend.Query{Base: base, Scope: scope, Filter: f}, func(e *entry.Entry) bool {
		if x.a.verbose > 0 {
			fmt.Fprintf(x.w, "# id=%08x\n", e.ID)
		}
		if err := x.check(e); err != nil {
			fmt.Fprintf(x.w, "# (%d) %s%s\ndn: %s\n\n", err.Code, errorNames[err.Code], prefixed(": ", err.Text), e.Name.Pretty)
			x.status = int(err.Code)
		}
		return true
	})
}

func prefixed(with, text string) string {
	if text == "" {
		return ""
	}
	return with + text
}

func (x *schemaCheck) check(e *entry.Entry) *wire.Error {
	s, style := x.cfg.Schema, entry.OpenLDAP
	if x.cfg.Global.Compat == config.Compat389 {
		style = entry.DS389
	} else if !e.Has("structuralObjectClass") && s.AttributeType("structuralObjectClass") != nil {
		return wire.Errorf(wire.Other, "no structuralObjectClass operational attribute")
	}
	if err := e.CheckSchemaAs(s, style); err != nil {
		return err
	}
	var we *wire.Error
	if err := e.CheckNaming(s, false); err != nil && errors.As(error(err), &we) {
		return we
	}
	return nil
}
