package overlay

import (
	"fmt"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

const (
	syntaxDN        = "1.3.6.1.4.1.1466.115.121.1.12"
	syntaxNameAndID = "1.3.6.1.4.1.1466.115.121.1.34"
)

// refint keeps DN values right when the entries that they name are renamed or
// deleted (slapo-refint(5)).
type refint struct {
	env     *Env
	attrs   []*schema.AttributeType
	nothing *dn.Name
	who     dn.Name
}

func newRefint(env *Env, lines [][]string) (Overlay, error) {
	r := &refint{env: env}
	who, err := dn.NewName("cn=Referential Integrity Overlay", env.Schema)
	if err != nil {
		return nil, err
	}
	r.who = who
	for _, l := range lines {
		switch name := strings.ToLower(l[0]); name {
		case "refint_attributes":
			for _, w := range l[1:] {
				t := env.Schema.AttributeType(w)
				if t == nil {
					return nil, fmt.Errorf("refint_attributes: unknown attribute %q", w)
				}
				if t.Syntax.OID != syntaxDN && t.Syntax.OID != syntaxNameAndID {
					return nil, fmt.Errorf("refint_attributes: %q holds no names", w)
				}
				r.attrs = append(r.attrs, t)
			}
		case "refint_nothing", "refint_modifiersname":
			n, err := dn.NewName(l[1], env.Schema)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			if name == "refint_nothing" {
				r.nothing = &n
			} else {
				r.who = n
			}
		default:
			return nil, fmt.Errorf("unknown directive <%s>", l[0])
		}
	}
	return r, nil
}

// Points implements Overlay.
func (*refint) Points() []plugin.Point { return inTxn(plugin.KindDelete | plugin.KindModDN) }

// Run implements Overlay.
func (r *refint) Run(s plugin.Services, _ plugin.Point, op *plugin.Operation) *wire.Error {
	if len(r.attrs) == 0 || op.Before == nil || op.Replicated {
		return nil
	}
	from := op.Before.Name
	var to *dn.Name
	if op.Kind == plugin.KindModDN {
		if op.After == nil || op.After.Name.Norm == from.Norm {
			return nil
		}
		to = &op.After.Name
	}
	f := &filter.Node{Kind: filter.Or}
	below := to != nil && s.Schema().MatchingRule("dnSubtreeMatch") != nil && r.hasChildren(s, op, *to)
	var asked []string
	for _, t := range r.attrs {
		asked = append(asked, t.Name())
		f.Kids = append(f.Kids, equal(t.Name(), []byte(from.Pretty)))
		if below {
			f.Kids = append(f.Kids, &filter.Node{Kind: filter.Extensible, Attr: t.Name(), Rule: "dnSubtreeMatch", Value: []byte(from.Pretty)})
		}
	}
	list, err := search(s, op, r.env.Suffix, wire.ScopeSub, f, asked...)
	if err != nil {
		return err
	}
	for i := range list {
		r.repair(s, op, &list[i], from, to)
	}
	return nil
}

// hasChildren tells whether the renamed entry brought others along.
func (r *refint) hasChildren(s plugin.Services, op *plugin.Operation, at dn.Name) bool {
	list, err := search(s, op, at, wire.ScopeOne, &filter.Node{Kind: filter.Present, Attr: "objectClass"}, "1.1")
	return err == nil && len(list) > 0
}

// repair changes the values of one entry. What the schema does not allow to
// take away stays, as with slapd, and the log tells.
func (r *refint) repair(s plugin.Services, op *plugin.Operation, e *found, from dn.Name, to *dn.Name) {
	var changes []wire.Change
	for _, t := range r.attrs {
		values := e.values(t)
		var gone, fresh [][]byte
		for _, v := range values {
			n, err := dn.NewName(string(v), s.Schema())
			if err != nil || !dn.IsSuffix(n.Norm, from.Norm) || n.Norm != from.Norm && to == nil {
				continue
			}
			gone = append(gone, v)
			if to != nil {
				now := to.Pretty
				if n.Norm != from.Norm {
					d, derr := dn.Parse(n.Pretty)
					old, oerr := dn.Parse(from.Pretty)
					if derr != nil || oerr != nil || len(d) <= len(old) {
						continue
					}
					now = dn.DN(d[:len(d)-len(old)]).String() + "," + to.Pretty
				}
				fresh = append(fresh, []byte(now))
			}
		}
		if len(gone) == 0 {
			continue
		}
		if to == nil && len(gone) == len(values) && r.nothing != nil {
			fresh = [][]byte{[]byte(r.nothing.Pretty)}
		}
		if len(fresh) > 0 {
			changes = append(changes, wire.Change{Op: wire.ModAdd, Type: t.Name(), Values: fresh})
		}
		changes = append(changes, wire.Change{Op: wire.ModDelete, Type: t.Name(), Values: gone})
	}
	if len(changes) == 0 {
		return
	}
	if res := modify(s, op, r.who, e.name, changes...); res.Code != wire.Success {
		r.env.Log.Warn("refint: an entry keeps a name that is no more", "entry", e.name.Pretty, "name", from.Pretty, "result", int(res.Code), "text", res.Text)
	}
}
