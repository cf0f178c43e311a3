package filter

import (
	"sync"
	"sync/atomic"

	"libslapi/server/entry"
	"libslapi/server/schema"
)

// Limited is an Env that knows for which types Computed may give values: for
// no others, whatever the entry. Searches test entries faster then.
type Limited interface {
	Env
	Computes(t *schema.AttributeType) bool
}

// OnlyStored tells whether Match looks at nothing of an entry but the
// attributes that it stores: not at its name and ID, and neither a plug-in's
// rule nor values worked out by env have a part in it. n must have been
// resolved. An env that is not Limited may compute values for every type.
func (n *Node) OnlyStored(env Env) bool {
	for _, k := range n.Kids {
		if !k.OnlyStored(env) {
			return false
		}
	}
	switch n.Kind {
	case And, Or, Not:
		return true
	}
	if n.undef {
		return true
	}
	if n.matcher != nil || n.DNAttrs || n.Desc.Type == nil {
		return false
	}
	if env == nil {
		return true
	}
	l, ok := env.(Limited)
	return ok && !l.Computes(n.Desc.Type)
}

// family is a schema's classes with those below each, for filters that assert
// an object class. It is worked out once for each class asked for.
type family struct {
	schema  *schema.Schema
	members sync.Map // *schema.ObjectClass -> [][]byte
}

// recent is the family of the schema last asked for.
var recent atomic.Pointer[family]

// fewNames is up to how many names comparing with each is faster than a look-up.
const fewNames = 8

// namesBelow lists all names and OIDs of a class and of the classes below it;
// nil when there are more than fewNames.
func namesBelow(s *schema.Schema, c *schema.ObjectClass) [][]byte {
	f := recent.Load()
	if f == nil || f.schema != s {
		f = &family{schema: s}
		recent.Store(f)
	}
	if v, ok := f.members.Load(c); ok {
		return v.([][]byte)
	}
	var list [][]byte
	for _, oc := range s.ObjectClasses() {
		if !oc.Is(c) {
			continue
		}
		if oc.OID != "" {
			list = append(list, []byte(oc.OID))
		}
		for _, n := range oc.Names {
			list = append(list, []byte(n))
		}
		if len(list) > fewNames {
			list = nil
			break
		}
	}
	f.members.Store(c, list)
	return list
}

// isOneOf tells whether v is one of names, case ignored.
func isOneOf(v []byte, names [][]byte) bool {
	for _, n := range names {
		if entry.EqualFold(v, n) {
			return true
		}
	}
	return false
}

// LooksAt tells whether an attribute of the type t can have a part in what
// Match answers, as far as OnlyStored is true. n must have been resolved.
func (n *Node) LooksAt(t *schema.AttributeType) bool {
	if d := n.Desc.Type; d != nil && (t == d || t.Is(d)) {
		return true
	}
	for _, k := range n.Kids {
		if k.LooksAt(t) {
			return true
		}
	}
	return false
}
