package syncrepl

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// Comparer says what is equal. The zero value compares names of attributes
// without regard to letter case and values octet by octet, as sets.
type Comparer struct {
	schema *schema
}

// Equal reports whether two entries have the same attributes and values. Their
// DNs are not compared, nor is the order of attributes or values.
func (c *Comparer) Equal(a, b *Entry) bool {
	if len(a.Attributes) == len(b.Attributes) && slices.EqualFunc(a.Attributes, b.Attributes, identical) {
		return true // the usual case, without a look at the schema
	}
	return len(c.diff(a, b, true)) == 0
}

// identical compares octet by octet, in order.
func identical(x, y Attribute) bool {
	return x.Name == y.Name && slices.EqualFunc(x.Values, y.Values, bytes.Equal)
}

// Diff is what has become of one attribute.
type Diff struct {
	Name    string
	Added   [][]byte
	Removed [][]byte
	// Gone is set when the new entry lacks the attribute, New when the old one did.
	Gone, New bool
}

// Diff returns what must be done to old to have new, by attribute, in the order of
// the new entry and then of what is gone. It is empty when they are equal.
func (c *Comparer) Diff(old, new *Entry) []Diff { return c.diff(old, new, false) }

func (c *Comparer) diff(old, new *Entry, first bool) []Diff {
	before, order := c.collect(old)
	after, newOrder := c.collect(new)
	var out []Diff
	for _, key := range newOrder {
		o, there := before[key]
		d := Diff{Name: after[key].name, New: !there}
		if !there {
			o = &valueSet{}
		}
		d.Added = after[key].without(o)
		d.Removed = o.without(after[key])
		if len(d.Added) > 0 || len(d.Removed) > 0 || !there {
			if out = append(out, d); first {
				return out
			}
		}
	}
	for _, key := range order {
		if _, there := after[key]; !there {
			out = append(out, Diff{Name: before[key].name, Removed: before[key].values, Gone: true})
			if first {
				return out
			}
		}
	}
	return out
}

// valueSet is the values of one attribute with their normal forms.
type valueSet struct {
	name   string
	values [][]byte
	normal []string
}

func (s *valueSet) without(t *valueSet) [][]byte {
	if len(s.values) == 0 {
		return nil
	}
	have := make(map[string]bool, len(t.normal))
	for _, n := range t.normal {
		have[n] = true
	}
	var out [][]byte
	for i, n := range s.normal {
		if !have[n] {
			out = append(out, s.values[i])
		}
	}
	return out
}

func (c *Comparer) collect(e *Entry) (map[string]*valueSet, []string) {
	sets := make(map[string]*valueSet, len(e.Attributes))
	var order []string
	for _, a := range e.Attributes {
		name, options, _ := strings.Cut(strings.ToLower(a.Name), ";")
		normal := octetString
		if c.schema != nil {
			name, normal = c.schema.attribute(name)
		}
		key := name + ";" + options
		s := sets[key]
		if s == nil {
			s = &valueSet{name: a.Name}
			sets[key], order = s, append(order, key)
		}
		for _, v := range a.Values {
			s.values = append(s.values, v)
			s.normal = append(s.normal, normal(c.schema, v))
		}
	}
	return sets, order
}

// normalizer gives a text that is the same for equal values. A value that the
// rule does not allow stands for itself.
type normalizer func(s *schema, v []byte) string

func octetString(_ *schema, v []byte) string { return string(v) }

// dnMatch is distinguishedNameMatch (RFC 4517 section 4.2.15).
func dnMatch(s *schema, v []byte) string {
	dn, err := ldap.ParseDN(string(v))
	if err != nil {
		return string(v)
	}
	rdns := make([]string, len(dn.RDNs))
	for i, rdn := range dn.RDNs {
		parts := make([]string, len(rdn.Attributes))
		for j, a := range rdn.Attributes {
			name, normal := s.attribute(strings.ToLower(a.Type))
			parts[j] = keyPart(name + "=" + normal(s, []byte(a.Value)))
		}
		slices.Sort(parts)
		rdns[i] = strings.Join(parts, "\x01")
	}
	return strings.Join(rdns, "\x00")
}
