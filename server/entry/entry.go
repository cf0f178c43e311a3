package entry

import (
	"iter"
	"slices"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// New returns an entry without attributes.
func New(name dn.Name) *Entry { return &Entry{Name: name} }

// Clone returns a copy that can be changed without e showing it. The bytes of
// the values are shared: nothing in the server writes into a value in place.
func (e *Entry) Clone() *Entry {
	c := &Entry{Name: e.Name, ID: e.ID, Attrs: make([]Attr, len(e.Attrs))}
	total := 0
	for i := range e.Attrs {
		total += len(e.Attrs[i].Values)
	}
	all := make([][]byte, 0, total)
	for i, a := range e.Attrs {
		start := len(all)
		all = append(all, a.Values...)
		a.Values = all[start:len(all):len(all)]
		c.Attrs[i] = a
	}
	return c
}

// Canonical is the description in the schema's spelling: the first name of the
// type and the options.
func (a *Attr) Canonical() string {
	name := a.Type.Name()
	if len(a.Options) == 0 {
		return name
	}
	return name + ";" + strings.Join(a.Options, ";")
}

// Has tells whether a value equal to v is among the values of a. An error
// means that v cannot be a value of the type.
func (a *Attr) Has(v []byte) (bool, error) {
	i, err := a.index(v)
	return i >= 0, err
}

// index finds a value equal to v; -1 when there is none.
func (a *Attr) index(v []byte) (int, error) {
	if len(a.Values) == 0 {
		return -1, nil // being made
	}
	if i := findExact(a.Values, v); i >= 0 || a.Type.Equality == nil {
		return i, nil
	}
	p, err := NewProbe(a.Type.Equality, v)
	if err != nil {
		return -1, err
	}
	return p.Find(a.Values), nil
}

// sameType tells whether two attribute types are one, also across two
// versions of the schema.
func sameType(a, b *schema.AttributeType) bool {
	return a == b || (a.OID != "" && a.OID == b.OID)
}

// named tells whether name is one of the names, or the OID, of t.
func named(t *schema.AttributeType, name string) bool {
	for _, n := range t.Names {
		if len(n) == len(name) && strings.EqualFold(n, name) {
			return true
		}
	}
	return t.OID == name
}

// position finds the attribute with exactly this description; -1 without one.
func (e *Entry) position(d schema.Description) int {
	for i := range e.Attrs {
		a := &e.Attrs[i]
		if sameType(a.Type, d.Type) && slices.Equal(a.Options, d.Options) {
			return i
		}
	}
	return -1
}

// Get returns the attribute with exactly this description (type and options),
// nil without one. It points into e.
func (e *Entry) Get(d schema.Description) *Attr {
	if i := e.position(d); i >= 0 {
		return &e.Attrs[i]
	}
	return nil
}

// Find returns the attribute without options whose type has this name or OID
// (in any case), nil without one. It points into e.
func (e *Entry) Find(name string) *Attr {
	for i := range e.Attrs {
		a := &e.Attrs[i]
		if len(a.Options) == 0 && named(a.Type, name) {
			return a
		}
	}
	return nil
}

// Values are the values of Find(name); nil without one. Not to be changed.
func (e *Entry) Values(name string) [][]byte {
	if a := e.Find(name); a != nil {
		return a.Values
	}
	return nil
}

// First is the first of Values(name) as a string, "" without one.
func (e *Entry) First(name string) string {
	if v := e.Values(name); len(v) > 0 {
		return string(v[0])
	}
	return ""
}

// Has tells whether Find(name) finds something.
func (e *Entry) Has(name string) bool { return e.Find(name) != nil }

// HasValue tells whether value is, by the equality rule, among Values(name).
func (e *Entry) HasValue(name string, value []byte) bool {
	a := e.Find(name)
	if a == nil {
		return false
	}
	ok, _ := a.Has(value)
	return ok
}

// Matching gives the attributes whose type is t or a subtype of t, with
// whatever options.
func (e *Entry) Matching(t *schema.AttributeType) iter.Seq[*Attr] {
	return func(yield func(*Attr) bool) {
		for i := range e.Attrs {
			if a := &e.Attrs[i]; a.Type.Is(t) && !yield(a) {
				return
			}
		}
	}
}

// IsClass tells whether name is written among the values of objectClass.
// Superclasses that the entry does not list do not count.
func (e *Entry) IsClass(name string) bool {
	for _, v := range e.Values("objectClass") {
		if len(v) == len(name) && strings.EqualFold(string(v), name) {
			return true
		}
	}
	return false
}

// Add adds values to the attribute desc, and the attribute when it is new. A
// value that is there already is left alone. Values are kept, not copied, and
// not checked against the syntax (CheckSchema does that).
func (e *Entry) Add(s *schema.Schema, desc string, values ...[]byte) error {
	d, err := s.Describe(desc)
	if err != nil {
		return err
	}
	if len(values) == 0 {
		return nil
	}
	i := e.position(d)
	if i < 0 {
		e.Attrs = append(e.Attrs, Attr{Type: d.Type, Options: d.Options, Desc: desc})
		i = len(e.Attrs) - 1
	}
	a := &e.Attrs[i]
	a.valid = false
	set := newValueSet(a, len(values))
	for _, v := range values {
		if at, _ := set.find(v); at < 0 {
			set.add(v)
		}
	}
	return nil
}

// Put replaces all values of the attribute desc; without values it removes it.
func (e *Entry) Put(s *schema.Schema, desc string, values ...[]byte) error {
	d, err := s.Describe(desc)
	if err != nil {
		return err
	}
	i := e.position(d)
	switch {
	case len(values) == 0 && i >= 0:
		e.removeAt(i)
	case len(values) == 0:
	case i >= 0:
		e.Attrs[i].Values, e.Attrs[i].valid = slices.Clone(values), false
	default:
		e.Attrs = append(e.Attrs, Attr{Type: d.Type, Options: d.Options, Desc: desc, Values: slices.Clone(values)})
	}
	return nil
}

// Remove removes the attribute with exactly this description (type by any
// name, options in any order) and tells whether there was one.
func (e *Entry) Remove(desc string) bool {
	if i := e.findDesc(desc); i >= 0 {
		e.removeAt(i)
		return true
	}
	return false
}

// RemoveValue removes one value, found by the equality rule, and the attribute
// with its last one. It tells whether it was there.
func (e *Entry) RemoveValue(desc string, value []byte) bool {
	i := e.findDesc(desc)
	if i < 0 {
		return false
	}
	a := &e.Attrs[i]
	at, _ := a.index(value)
	if at < 0 {
		return false
	}
	if len(a.Values) == 1 {
		e.removeAt(i)
	} else {
		a.Values = without(a.Values, at)
	}
	return true
}

// AppendAttr puts a at the end without looking for another of its description.
// Builders of whole entries use it.
func (e *Entry) AppendAttr(a Attr) { e.Attrs = append(e.Attrs, a) }

// findDesc is position for a description in text.
func (e *Entry) findDesc(desc string) int {
	name, rest, _ := strings.Cut(desc, ";")
	var opts []string
	if rest != "" {
		opts = strings.Split(strings.ToLower(rest), ";")
		slices.Sort(opts)
		opts = slices.Compact(opts)
	}
	for i := range e.Attrs {
		a := &e.Attrs[i]
		if named(a.Type, name) && slices.Equal(a.Options, opts) {
			return i
		}
	}
	return -1
}

func (e *Entry) removeAt(i int) { e.Attrs = slices.Delete(slices.Clone(e.Attrs), i, i+1) }

// without returns values less the one at i, leaving the slice given as it is.
func without(values [][]byte, i int) [][]byte {
	out := make([][]byte, 0, len(values)-1)
	return append(append(out, values[:i]...), values[i+1:]...)
}

// WireAttributes gives the attributes as a message carries them, descriptions
// as stored. Values are shared.
func (e *Entry) WireAttributes() []wire.Attribute {
	out := make([]wire.Attribute, len(e.Attrs))
	for i := range e.Attrs {
		out[i] = wire.Attribute{Type: e.Attrs[i].Desc, Values: e.Attrs[i].Values}
	}
	return out
}
