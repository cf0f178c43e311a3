package overlay

import (
	"fmt"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// collect shows attributes of an entry in all entries below it
// (slapo-collect(5), after RFC 3671).
type collect struct{ rules []collectRule }

type collectRule struct {
	base  dn.Name
	attrs []*schema.AttributeType
}

func newCollect(env *Env, lines [][]string) (Overlay, error) {
	c := &collect{}
	for _, l := range lines {
		if !strings.EqualFold(l[0], "collectinfo") || len(l) != 3 {
			return nil, fmt.Errorf("unknown directive <%s>", l[0])
		}
		r := collectRule{}
		var err error
		if r.base, err = dn.NewName(l[1], env.Schema); err != nil {
			return nil, fmt.Errorf("collectinfo: %w", err)
		}
		if !dn.IsSuffix(r.base.Norm, env.Suffix.Norm) {
			return nil, fmt.Errorf("collectinfo: %s is not within the database", r.base.Pretty)
		}
		for _, a := range strings.Split(l[2], ",") {
			t := env.Schema.AttributeType(strings.TrimSpace(a))
			if t == nil {
				return nil, fmt.Errorf("collectinfo: unknown attribute %q", a)
			}
			r.attrs = append(r.attrs, t)
		}
		c.rules = append(c.rules, r)
	}
	return c, nil
}

// Points implements Overlay.
func (*collect) Points() []plugin.Point {
	return append(pointsOf(plugin.Pre, plugin.KindModify), plugin.Point{Phase: plugin.Pre, Slot: plugin.SlotEntry})
}

// Run implements Overlay.
func (c *collect) Run(s plugin.Services, p plugin.Point, op *plugin.Operation) *wire.Error {
	switch {
	case op.Internal:
	case p.Slot == plugin.SlotEntry:
		c.show(s, op)
	case op.Kind == plugin.KindModify:
		for _, r := range c.rules {
			if !below(op.Target, r.base) {
				continue
			}
			for _, ch := range op.Modify.Changes {
				d, err := s.Schema().Describe(ch.Type)
				for _, t := range r.attrs {
					if err == nil && d.Type.Is(t) {
						return wire.Errorf(wire.UnwillingToPerform, "cannot change virtual attribute '%s'", t.Name())
					}
				}
			}
		}
	}
	return nil
}

func below(n, base dn.Name) bool { return n.Norm != base.Norm && dn.IsSuffix(n.Norm, base.Norm) }

// collected notes the shared values of one rule for the length of a search.
type collected struct{ r *collectRule }

func (c *collect) show(s plugin.Services, op *plugin.Operation) {
	e := op.Current
	var own *entry.Entry
	for i := range c.rules {
		r := &c.rules[i]
		if e == nil || !below(e.Name, r.base) {
			continue
		}
		values, known := op.Notes[collected{r}].(*found)
		if !known {
			var names []string
			for _, t := range r.attrs {
				names = append(names, t.Name())
			}
			list, err := search(s, nil, r.base, wire.ScopeBase, present(), names...)
			values = &found{}
			if err == nil && len(list) > 0 {
				values = &list[0]
			}
			op.Note(collected{r}, values)
		}
		for _, t := range r.attrs {
			v := values.values(t)
			if len(v) == 0 {
				continue
			}
			if own == nil {
				own = e.Clone()
			}
			own.AppendAttr(entry.Attr{Type: t, Desc: t.Name(), Values: v})
		}
	}
	if own != nil {
		op.Current = own
	}
}
