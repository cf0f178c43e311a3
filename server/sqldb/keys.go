package sqldb

import (
	"crypto/sha256"
	"strings"

	"libslapi/server/entry"
	"libslapi/server/schema"
)

// A row of the table value says that an entry has a value of an attribute type:
// the type's first name in lower case, and the value's key under the type's
// equality rule. A type without such a rule, a value that breaks it, and
// secrets have the empty key, which says no more than that the attribute is there.

// longKey is the length from which a key ends with a digest in the place of
// the rest: the database's index keys are bounded, values are not.
const longKey = 480

func bounded(key []byte) []byte {
	if len(key) <= longKey {
		return key
	}
	sum := sha256.Sum256(key)
	return append(append(make([]byte, 0, longKey+len(sum)), key[:longKey]...), sum[:]...)
}

// rows is the set of an entry's rows.
type rows map[row]struct{}

type row struct{ attr, key string }

// typeName is the name of a type in the table.
func typeName(t *schema.AttributeType) string { return strings.ToLower(t.Name()) }

// secret tells whether nothing about the values of a type goes into the table.
func secret(t *schema.AttributeType) bool {
	switch t.OID {
	case "2.5.4.35", "1.3.6.1.4.1.4203.1.3.4": // userPassword, authPassword
		return true
	}
	return false
}

// keyed tells whether rows of a type have the keys of its equality rule.
func keyed(t *schema.AttributeType) bool {
	return t.Equality != nil && t.Equality.Match == nil && !secret(t)
}

// rowsOf makes the rows of an entry; nil has none.
func rowsOf(e *entry.Entry, s *schema.Schema) rows {
	out := rows{}
	if e == nil {
		return out
	}
	class := s.AttributeType("objectClass")
	for i := range e.Attrs {
		a := &e.Attrs[i]
		name := typeName(a.Type)
		classes := class != nil && a.Type.Is(class)
		for _, v := range a.Values {
			key, err := a.Type.EqualityKey(v)
			if err != nil || !keyed(a.Type) && !a.Type.Unknown {
				key = nil
			}
			out[row{name, string(bounded(key))}] = struct{}{}
			if classes {
				if oc := s.ObjectClass(string(v)); oc != nil {
					out.superclasses(name, a.Type, oc, 0)
				}
			}
		}
	}
	return out
}

// superclasses adds the rows of a class and those above it: a filter for a
// class takes the entries of its subclasses too.
func (r rows) superclasses(name string, t *schema.AttributeType, oc *schema.ObjectClass, depth int) {
	if key, err := t.EqualityKey([]byte(oc.Name())); err == nil {
		r[row{name, string(bounded(key))}] = struct{}{}
	}
	for _, sup := range oc.Sups {
		if depth < 32 {
			r.superclasses(name, t, sup, depth+1)
		}
	}
}

// without gives the rows that are in r and not in o, as two columns.
func (r rows) without(o rows) (attrs []string, keys [][]byte) {
	for k := range r {
		if _, both := o[k]; !both {
			attrs = append(attrs, k.attr)
			keys = append(keys, []byte(k.key))
		}
	}
	return attrs, keys
}
