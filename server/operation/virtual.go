package operation

import (
	"strings"

	"libslapi/server/acl"
	"libslapi/server/backend"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// newComputer makes the computer of one operation on one database.
func (s *Server) newComputer(op *plugin.Operation, db *Database, v backend.View) *computer {
	c := s.computerOf(op, db, v)
	return &c
}

func (s *Server) computerOf(op *plugin.Operation, db *Database, v backend.View) computer {
	return computer{s: s, op: op, db: db, v: v, virt: s.virtual(db)}
}

// virtual is what serves virtual attributes in a database; nil: nothing does.
func (s *Server) virtual(db *Database) plugin.VirtualAttrs {
	if db == nil || db.Private {
		return nil
	}
	if h, ok := plugin.As[plugin.VirtualHost](s.plugins()); ok {
		return h.Virtual()
	}
	return nil
}

// env is the computer as the environment of filters.
func (c *computer) env() filter.Env {
	if c.virt == nil {
		return c
	}
	return virtualEnv{c}
}

// virtualEnv is a computer whose entries have virtual attributes.
type virtualEnv struct{ *computer }

var (
	_ filter.Overriding = virtualEnv{}
	_ backend.Computing = virtualEnv{}
)

// Computes keeps indexes, which know stored values only, from answering for
// types that plug-ins serve.
func (v virtualEnv) Computes(t *schema.AttributeType) bool {
	return v.virt.Serves(t) || v.computer.Computes(t)
}

// Override asks the plug-ins.
func (v virtualEnv) Override(e *entry.Entry, t *schema.AttributeType) ([][]byte, bool) {
	values, _, ok := v.virtual(e, t)
	return values, ok
}

// virtual asks the plug-ins for the values of a type; ok false: those that e
// stores count.
func (c *computer) virtual(e *entry.Entry, t *schema.AttributeType) (values [][]byte, name string, ok bool) {
	if c.virt == nil || !c.virt.Serves(t) {
		return nil, "", false
	}
	return c.virt.Values(c.op, e, t)
}

// addVirtual lets plug-ins have their say in what is sent of an entry: their
// values take the place of stored ones, and types that they have besides are
// added when they were asked for.
func (sel *selection) addVirtual(s *Server, e *entry.Entry, ask *asker, comp *computer, out []wire.Attribute, typesOnly bool) []wire.Attribute {
	if comp == nil || comp.virt == nil || comp.op.Internal {
		return out
	}
	done := map[string]bool{}
	put := func(asked, listed string, d schema.Description) {
		key := strings.ToLower(d.Type.Name())
		if done[key] {
			return
		}
		values, name, ok := comp.virtual(e, d.Type)
		if !ok || len(values) == 0 {
			return
		}
		done[key] = true
		if asked != "" {
			name = asked
		} else if listed != "" {
			name = listed
		}
		out = dropType(out, s.Schema(), d.Type)
		if !ask.readsAll() {
			if !ask.attr(e, d.Type, nil, nil, acl.PrivRead) {
				return
			}
			if values = readable(ask, e, d.Type, nil, values); len(values) == 0 {
				return
			}
		}
		if sel.values != nil {
			if values = matching(sel.values, d.Type, nil, name, values); len(values) == 0 {
				return
			}
		}
		a := wire.Attribute{Type: name, Values: values}
		if typesOnly {
			a.Values = nil
		}
		out = append(out, a)
	}
	for i := range sel.wants {
		if w := &sel.wants[i]; len(w.desc.Options) == 0 {
			put(w.asked, "", w.desc)
		}
	}
	own := map[string]bool{} // types that e stores: "*" and "+" take these by what they are
	for i := range e.Attrs {
		a := &e.Attrs[i]
		if sel.virtualOnly || !comp.virt.Serves(a.Type) || len(a.Options) > 0 {
			continue
		}
		own[strings.ToLower(a.Type.Name())] = true
		if _, ok := sel.takes(schema.Description{Type: a.Type}); ok {
			put("", a.Desc, schema.Description{Type: a.Type})
		}
	}
	if (sel.user || sel.operational) && comp.virt.Lists(sel.operational) {
		for _, t := range comp.virt.List(comp.op, e, sel.operational) {
			d, err := s.Schema().Describe(t.Name)
			if err != nil || own[strings.ToLower(d.Type.Name())] || t.Operational && !sel.operational || !t.Operational && !sel.user {
				continue
			}
			put("", t.Name, d)
		}
	}
	return out
}

// dropType takes the attributes of a type out of a list, with whatever options.
func dropType(list []wire.Attribute, sch *schema.Schema, t *schema.AttributeType) []wire.Attribute {
	kept := list[:0]
	for _, a := range list {
		if d, err := sch.Describe(a.Type); err != nil || d.Type.OID != t.OID || d.Type.Name() != t.Name() {
			kept = append(kept, a)
		}
	}
	return kept
}
