package operation

import (
	"libslapi/server/acl"
	"libslapi/server/ber"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// Dereference (draft-masarati-ldap-deref): beside an entry go attributes of the
// entries that it names.

type derefSpec struct {
	desc  schema.Description // of names
	attrs []schema.Description
}

// Limits of one control and one entry.
const (
	maxDerefSpecs  = 20
	maxDerefAttrs  = 100
	maxDerefValues = 10000
)

// nameSyntaxes are the syntaxes of attributes that can be followed: DN, name and
// optional UID.
var nameSyntaxes = map[string]bool{"1.3.6.1.4.1.1466.115.121.1.12": true, "1.3.6.1.4.1.1466.115.121.1.34": true}

func readDereference(s *Server, _ *plugin.Operation, c *controls, ctl *wire.Control) *wire.Error {
	bad := func(what string) *wire.Error {
		return wire.Errorf(wire.ProtocolError, "Dereference control: %s", what)
	}
	cur := ber.NewCursor(ctl.Value)
	seq := cur.Enter(ber.TagSequence)
	for seq.More() {
		one := seq.Enter(ber.TagSequence)
		d, err := s.Schema().Describe(one.String())
		switch {
		case one.Err() != nil:
			return bad("derefSpec decoding error")
		case err != nil || d.Type.Unknown:
			return bad("derefAttr decoding error")
		case d.Type.Syntax == nil || !nameSyntaxes[d.Type.Syntax.OID]:
			return bad("derefAttr syntax not distinguishedName")
		}
		spec := derefSpec{desc: d}
		list := one.Enter(ber.TagSequence)
		for list.More() {
			a, err := s.Schema().Describe(list.String())
			if list.Err() != nil || err != nil || a.Type.Unknown {
				return bad("attribute decoding error")
			}
			if spec.attrs = append(spec.attrs, a); len(spec.attrs) > maxDerefAttrs {
				return wire.Errorf(wire.AdminLimitExceeded, "Dereference control: too many attributes")
			}
		}
		one.Leave(&list)
		if one.Err() != nil || one.More() {
			return bad("derefSpec decoding error")
		}
		seq.Leave(&one)
		for _, have := range c.deref {
			if have.desc.Type == d.Type {
				return bad("derefAttr must be unique within control")
			}
		}
		if c.deref = append(c.deref, spec); len(c.deref) > maxDerefSpecs {
			return wire.Errorf(wire.AdminLimitExceeded, "Dereference control: too many specifications")
		}
	}
	if seq.Err() != nil || cur.Err() != nil || len(c.deref) == 0 {
		return bad("derefSpec decoding error")
	}
	return nil
}

// entryControls are the controls that go with an entry of the search.
func (x *searcher) entryControls(e *entry.Entry) []wire.Control {
	list := x.dereferencedControl(e)
	if len(x.op.Controls) > 0 {
		if h, ok := plugin.As[plugin.EntryControlHost](x.s.plugins()); ok {
			list = append(list, h.EntryControls(x.op, e)...)
		}
	}
	return list
}

func (x *searcher) dereferencedControl(e *entry.Entry) []wire.Control {
	specs := stateOf(x.op).ctl.deref
	if specs == nil || x.op.Search.TypesOnly {
		return nil
	}
	b := ber.NewBuilder(nil)
	all := b.Begin(ber.TagSequence)
	found := 0
	for i := range specs {
		for a := range e.Matching(specs[i].desc.Type) {
			for _, v := range a.Values {
				if found == maxDerefValues || !x.ask.attr(e, a.Type, a.Options, v, acl.PrivRead) {
					continue
				}
				if x.dereferenced(&b, &specs[i], v) {
					found++
				}
			}
		}
	}
	b.End(all)
	if found == 0 {
		return nil
	}
	return []wire.Control{{OID: ControlDereference, HasValue: true, Value: b.Bytes()}}
}

// dereferenced appends a DerefRes for one value; a name without an entry, and
// one that the requestor may not see, gives none.
func (x *searcher) dereferenced(b *ber.Builder, spec *derefSpec, value []byte) bool {
	n, err := x.s.Name(string(value))
	if err != nil {
		return false
	}
	e := x.s.lookupAny(x.op, n.Norm)
	if e == nil {
		return false
	}
	ask := x.ask
	if db := x.s.database(n.Norm); db != x.db {
		ask = x.s.access(x.op, db)
	}
	if !ask.entry(e, acl.AttrEntry, acl.PrivRead) {
		return false
	}
	res := b.Begin(ber.TagSequence)
	b.String(ber.TagOctetString, spec.desc.String())
	b.OctetString(ber.TagOctetString, value)
	list := -1
	for _, d := range spec.attrs {
		for a := range e.Matching(d.Type) {
			if !d.Includes(schema.Description{Type: a.Type, Options: a.Options}) || !ask.attr(e, a.Type, a.Options, nil, acl.PrivRead) {
				continue
			}
			values := readable(ask, e, a.Type, a.Options, a.Values)
			if len(values) == 0 {
				continue
			}
			if list < 0 {
				list = b.Begin(0xa0)
			}
			one := b.Begin(ber.TagSequence)
			b.String(ber.TagOctetString, a.Desc)
			set := b.Begin(ber.TagSet)
			for _, v := range values {
				b.OctetString(ber.TagOctetString, v)
			}
			b.End(set)
			b.End(one)
		}
	}
	if list >= 0 {
		b.End(list)
	}
	b.End(res)
	return true
}
