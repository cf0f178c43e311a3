package daemon

import (
	"context"
	"strings"

	"libslapi/server/backend"
	"libslapi/server/config"
	"libslapi/server/dn"
	"libslapi/server/operation"
	"libslapi/server/plugin"
)

// limitsFor makes the function that finds the limits line for a search: the
// first one that fits the requestor (or, for dn.this, the base) counts.
// databases finds the database that holds a group.
func limitsFor(rules []*config.LimitRule, databases func(norm string) backend.Backend) func(op *plugin.Operation) (operation.Limits, bool) {
	if len(rules) == 0 {
		return nil
	}
	return func(op *plugin.Operation) (operation.Limits, bool) {
		for _, r := range rules {
			if limitFits(r, op, databases) {
				return limits(r.Limits), true
			}
		}
		return operation.Limits{}, false
	}
}

func limitFits(r *config.LimitRule, op *plugin.Operation, databases func(norm string) backend.Backend) bool {
	who := op.Requestor
	switch r.Who {
	case config.LimitAnonymous:
		return who.Norm == ""
	case config.LimitUsers:
		return who.Norm != ""
	case config.LimitGroup:
		return who.Norm != "" && inGroup(r, who, databases)
	}
	if r.This {
		who = op.Target
	}
	switch r.Style {
	case "regex":
		return r.Regex.MatchString(who.Pretty)
	case "onelevel":
		return who.Norm != "" && dn.ParentNorm(who.Norm) == r.DN.Norm
	case "subtree":
		return who.Norm != "" && dn.IsSuffix(who.Norm, r.DN.Norm)
	case "children":
		return who.Norm != r.DN.Norm && dn.IsSuffix(who.Norm, r.DN.Norm)
	}
	return who.Norm == r.DN.Norm
}

// inGroup looks the requestor up among the members of a group.
func inGroup(r *config.LimitRule, who dn.Name, databases func(norm string) backend.Backend) bool {
	b := databases(r.DN.Norm)
	if b == nil {
		return false
	}
	v, err := b.View(context.Background())
	if err != nil {
		return false
	}
	defer v.Close()
	e, err := v.Lookup(r.DN.Norm)
	if err != nil || e == nil || !e.IsClass(r.Class) {
		return false
	}
	for _, m := range e.Values(r.Attr) {
		if strings.EqualFold(string(m), who.Pretty) {
			return true
		}
	}
	return e.HasValue(r.Attr, []byte(who.Pretty))
}

// holder finds the database that holds a name.
func (d *Daemon) holder(norm string) backend.Backend {
	name := d.server.DatabaseFor(norm)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, b := range d.opened {
		if b.Name() == name {
			return b
		}
	}
	return nil
}
