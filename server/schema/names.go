package schema

import (
	"bytes"
	"strings"
	"sync/atomic"

	"libslapi/server/dn"
)

// nameTable is what rules that need the schema itself (names, OIDs) look into.
// A schema and its clones share their rules and so this table; it holds the
// elements of the one that was added to last. Each state is never changed.
type nameTable struct {
	state atomic.Pointer[nameState]
}

type nameState struct {
	types   map[string]*AttributeType
	classes map[string]*ObjectClass
	rules   map[string]*MatchingRule
	lower   bool // names in lower case, values not held against their syntax
}

// Canon gives the table as dn.Canon.
func (n *nameTable) CanonAVA(typ string, value []byte) (string, []byte, error) {
	st := n.state.Load()
	return canonAVA(st.types, st.lower, typ, value)
}

func (n *nameTable) dnKey(v []byte) ([]byte, error) {
	d, err := dn.Parse(string(v))
	if err != nil {
		return nil, err
	}
	norm, err := d.Normalize(n)
	return []byte(norm), err
}

// dnMatch compares the places of two names in the tree.
func (n *nameTable) dnMatch(f func(value, assertion string) bool) func(v, a []byte) (bool, error) {
	return func(v, a []byte) (bool, error) {
		kv, err := n.dnKey(v)
		if err != nil {
			return false, err
		}
		ka, err := n.dnKey(a)
		if err != nil {
			return false, err
		}
		return f(string(kv), string(ka)), nil
	}
}

func (n *nameTable) rdnKey(v []byte) ([]byte, error) {
	r, err := dn.ParseRDN(string(v))
	if err != nil {
		return nil, err
	}
	norm, err := r.Normalize(n)
	return []byte(norm), err
}

// uidNameKey is the key of a Name And Optional UID: the name's normal form and
// the bit string as written.
func (n *nameTable) uidNameKey(v []byte) ([]byte, error) {
	name, uid := splitUID(v)
	k, err := n.dnKey(name)
	if err != nil || uid == nil {
		return k, err
	}
	return append(append(k, '#'), uid...), nil
}

// splitUID takes "#'0101'B" off the end of a value; uid is nil without one.
func splitUID(v []byte) (name, uid []byte) {
	i := bytes.LastIndexByte(v, '#')
	if i < 0 || validBitString(v[i+1:]) != nil {
		return v, nil
	}
	return v[:i], v[i+1:]
}

// oidKey is the numeric OID of a descriptor that the schema knows, else the
// word in lower case. A name of both a class and an attribute type means the
// class.
func (n *nameTable) oidKey(v []byte) ([]byte, error) {
	w := bytes.TrimSpace(v)
	if len(w) == 0 {
		return nil, errOID
	}
	if isDigit(w[0]) {
		return w, nil
	}
	st := n.state.Load()
	name := string(w)
	if c := lookup(st.classes, name); c != nil {
		return []byte(strings.ToLower(c.OID)), nil
	}
	if t := lookup(st.types, name); t != nil {
		return []byte(strings.ToLower(t.OID)), nil
	}
	if r := lookup(st.rules, name); r != nil {
		return []byte(r.OID), nil
	}
	return []byte(strings.ToLower(name)), nil
}

func (n *nameTable) firstOID(v []byte) ([]byte, error) {
	c, err := firstComponent(v)
	if err != nil {
		return nil, err
	}
	return n.oidKey(c)
}

// CanonAVA implements dn.Canon: the type's first name in lower case, or of an
// unknown type the name as given in lower case, and the value prepared by the
// equality rule as text. Unless Compat389 was chosen a value that its syntax does
// not allow is an error.
func (s *Schema) CanonAVA(typ string, value []byte) (string, []byte, error) {
	return canonAVA(s.types, s.opt.compat389, typ, value)
}

func canonAVA(types map[string]*AttributeType, lower bool, typ string, value []byte) (string, []byte, error) {
	t := lookup(types, typ)
	if t == nil {
		v, _ := lenient(value)
		return strings.ToLower(typ), v, nil
	}
	if lower {
		v, _ := lenient(value)
		if t.Syntax.OID == oidDN && t.Equality != nil {
			// a name within the name; as case-ignore text when it is none
			for _, name := range [][]byte{value, v} {
				if k, err := t.Equality.Normalize(name); err == nil {
					return t.canonName(), k, nil
				}
			}
		}
		return t.canonName(), v, nil
	}
	if t.Syntax.Validate != nil {
		if err := t.Syntax.Validate(value); err != nil {
			return "", nil, err
		}
	}
	if t.Equality == nil {
		v, _ := lenient(value)
		return t.canonName(), v, nil
	}
	f := t.Equality.canon
	if f == nil {
		f = t.Equality.Normalize
	}
	v, err := f(value)
	return t.canonName(), v, err
}

func (t *AttributeType) canonName() string {
	if t.lower != "" {
		return t.lower
	}
	return strings.ToLower(t.Name())
}
