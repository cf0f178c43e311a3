package backend

import (
	"bytes"
	"slices"
	"strings"
	"sync/atomic"

	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/schema"
)

// IndexSpec names the indexes of one attribute type. They hold the values of
// its subtypes too.
type IndexSpec struct {
	Attr   string
	Eq     bool // equality, and ordering where equality keys sort so
	Pres   bool
	Sub    bool
	Approx bool
}

// kind is a kind of index.
type kind int

const (
	kindEq kind = iota
	kindPres
	kindSub
	kindApprox
	kinds
)

var kindNames = [kinds]string{"eq", "pres", "sub", "approx"}

// index is the indexes of one attribute type. It is not changed once made.
type index struct {
	attr  string // lower case
	on    [kinds]bool
	ready [kinds]bool // holds every entry: searches may use it
	table [kinds][]byte
}

// indexes is the set of indexes of a database at one time. It is replaced as a
// whole by a writer that has the turn.
type indexes struct {
	list  []*index
	era   uint64 // grows when other indexes are configured
	bound atomic.Pointer[bound]
}

// canonical is the name under which the indexes of an attribute are kept: the
// first name of its type, in lower case.
func canonical(s *schema.Schema, attr string) string {
	if t := s.AttributeType(attr); t != nil {
		attr = t.Name()
	}
	return strings.ToLower(attr)
}

// newIndexes makes a set from specs; several specs of one attribute add up.
func newIndexes(specs []IndexSpec, sch *schema.Schema) *indexes {
	x := &indexes{}
	for _, s := range specs {
		attr := canonical(sch, s.Attr)
		i := slices.IndexFunc(x.list, func(i *index) bool { return i.attr == attr })
		if i < 0 {
			i = len(x.list)
			x.list = append(x.list, &index{attr: attr})
		}
		for k, on := range [kinds]bool{s.Eq, s.Pres, s.Sub, s.Approx} {
			if on {
				x.list[i].on[k] = true
				x.list[i].table[k] = indexTable(attr, kind(k))
			}
		}
	}
	return x
}

func indexTable(attr string, k kind) []byte { return []byte("i:" + attr + ":" + kindNames[k]) }

// with returns a copy in which f has changed the ready marks.
func (x *indexes) with(f func(*index)) *indexes {
	c := &indexes{era: x.era}
	for _, i := range x.list {
		n := *i
		f(&n)
		c.list = append(c.list, &n)
	}
	return c
}

// typedIndex is an index with the attribute type that a schema has for it.
type typedIndex struct {
	*index
	no int
	t  *schema.AttributeType
	s  *schema.Schema
	// class: the values are object classes, whose superclasses count as values.
	class bool
}

// bound ties a set of indexes to one schema.
type bound struct {
	schema  *schema.Schema
	list    []*typedIndex
	types   map[*schema.AttributeType][]*typedIndex // every type of the schema
	unknown map[string][]*typedIndex                // attributes that the schema lacks, in lower case
}

// bind finds the attribute types of the set in a schema.
func (x *indexes) bind(s *schema.Schema) *bound {
	if b := x.bound.Load(); b != nil && b.schema == s {
		return b
	}
	b := &bound{schema: s, types: map[*schema.AttributeType][]*typedIndex{}, unknown: map[string][]*typedIndex{}}
	oc := s.AttributeType("objectClass")
	for n, i := range x.list {
		ti := &typedIndex{index: i, no: n, t: s.AttributeType(i.attr), s: s}
		if ti.t == nil {
			ti.t = s.UnknownType(i.attr)
			b.unknown[i.attr] = append(b.unknown[i.attr], ti)
		} else {
			ti.class = oc != nil && ti.t.Is(oc)
		}
		b.list = append(b.list, ti)
	}
	for _, t := range s.AttributeTypes() {
		var l []*typedIndex
		for _, ti := range b.list {
			if !ti.t.Unknown && t.Is(ti.t) {
				l = append(l, ti)
			}
		}
		b.types[t] = l
	}
	x.bound.Store(b)
	return b
}

// of gives the indexes that hold values of type t.
func (b *bound) of(t *schema.AttributeType) []*typedIndex {
	if l, ok := b.types[t]; ok {
		return l
	}
	// A type of another schema, or of none.
	if mine := b.schema.AttributeType(t.Name()); mine != nil {
		return b.types[mine]
	}
	return b.unknown[strings.ToLower(t.Name())]
}

// exact gives the index of type t itself, nil when it has none.
func (b *bound) exact(t *schema.AttributeType) *typedIndex {
	for _, ti := range b.of(t) {
		if ti.t == t || ti.t.OID != "" && ti.t.OID == t.OID || ti.t.Unknown && strings.EqualFold(ti.t.Name(), t.Name()) {
			return ti
		}
	}
	return nil
}

// values collects an entry's values by index.
func (b *bound) values(e *entry.Entry) [][][]byte {
	out := make([][][]byte, len(b.list))
	if e == nil {
		return out
	}
	for i := range e.Attrs {
		a := &e.Attrs[i]
		for _, ti := range b.of(a.Type) {
			if out[ti.no] == nil {
				out[ti.no] = a.Values[:len(a.Values):len(a.Values)]
			} else {
				out[ti.no] = append(out[ti.no], a.Values...)
			}
		}
	}
	return out
}

func sameValues(a, b [][]byte) bool { return slices.EqualFunc(a, b, bytes.Equal) }

// keySet collects index keys (without a chunk number) in one buffer.
type keySet struct {
	buf  []byte
	ends []int
	seen map[[3]byte]struct{}
}

func (k *keySet) reset()   { k.buf, k.ends = k.buf[:0], k.ends[:0] }
func (k *keySet) len() int { return len(k.ends) }
func (k *keySet) end()     { k.ends = append(k.ends, len(k.buf)) }
func (k *keySet) at(i int) []byte {
	start := 0
	if i > 0 {
		start = k.ends[i-1]
	}
	return k.buf[start:k.ends[i]]
}

// keys adds the keys that values have in the index of that kind. The same key
// may come twice.
func (ti *typedIndex) keys(k kind, values [][]byte, out *keySet) {
	if len(values) == 0 {
		return
	}
	switch k {
	case kindPres:
		out.end() // the empty key
	case kindEq:
		for _, v := range values {
			ti.equality(v, out)
			if !ti.class {
				continue
			}
			if oc := ti.s.ObjectClass(string(v)); oc != nil {
				ti.classes(oc, out, 0)
			}
		}
	case kindApprox:
		// The value as a whole and the sound of each of its words.
		for _, v := range values {
			if key, err := ti.t.EqualityKey(v); err == nil {
				out.buf = appendApprox(out.buf, approxWhole, key)
				out.end()
			}
			for _, w := range filter.ApproxWords(v) {
				out.buf = appendApprox(out.buf, approxWord, []byte(w))
				out.end()
			}
		}
	case kindSub:
		if ti.t.Substr == nil || ti.t.Substr.Substring == nil {
			return
		}
		if out.seen == nil {
			out.seen = map[[3]byte]struct{}{}
		}
		clear(out.seen)
		for _, v := range values {
			if key, err := ti.t.Substr.Normalize(v); err == nil {
				out.grams(key)
			}
		}
	}
}

func (ti *typedIndex) equality(v []byte, out *keySet) {
	if key, err := ti.t.EqualityKey(v); err == nil {
		out.buf = appendKey(out.buf, key)
		out.end()
	}
}

// classes adds the keys of oc and its superclasses: a filter for a class takes
// the entries of its subclasses too.
func (ti *typedIndex) classes(oc *schema.ObjectClass, out *keySet, depth int) {
	ti.equality([]byte(oc.Name()), out)
	for _, sup := range oc.Sups {
		if depth < 32 {
			ti.classes(sup, out, depth+1)
		}
	}
}

// The first octet of a key of an approximate index.
const (
	approxWhole = 'e'
	approxWord  = 'w'
)

func appendApprox(dst []byte, what byte, key []byte) []byte {
	return appendKey(append(dst, what), key)
}

// A substring index has every run of 3 octets of a value, once the value has
// been put between two marks.
const (
	gramLen   = 3
	markBegin = 0x02
	markEnd   = 0x03
)

// grams adds the runs of a value that were not added yet.
func (k *keySet) grams(v []byte) {
	at := func(i int) byte {
		switch {
		case i < 0:
			return markBegin
		case i >= len(v):
			return markEnd
		}
		return v[i]
	}
	for i := -1; i+1 < len(v); i++ {
		g := [gramLen]byte{at(i), at(i + 1), at(i + 2)}
		if _, ok := k.seen[g]; ok {
			continue
		}
		k.seen[g] = struct{}{}
		k.buf = append(k.buf, g[:]...)
		k.end()
	}
}

// pieceGrams gives the runs that a value must have to hold the piece.
func pieceGrams(piece []byte, initial, final bool) [][]byte {
	var b []byte
	if initial {
		b = append(b, markBegin)
	}
	b = append(b, piece...)
	if final {
		b = append(b, markEnd)
	}
	var out [][]byte
	for i := 0; i+gramLen <= len(b); i++ {
		out = append(out, b[i:i+gramLen])
	}
	return out
}
