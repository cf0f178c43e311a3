package entry

import (
	"slices"
	"sync/atomic"

	"libslapi/server/schema"
)

// shape is the list of attributes of an entry that was decoded, without
// values. Most entries of a directory have the attributes of the one decoded
// before: those need no look-up of their types, and share the descriptions.
type shape struct {
	schema *schema.Schema
	attrs  []Attr
}

// shapes remembers some, each in a place given by its counts of attributes and
// of values. It is a guess: what it holds is compared before it is used.
var shapes [256]shapePlace

type shapePlace struct {
	known  atomic.Pointer[shape]
	misses atomic.Uint32
}

func placeOf(attrs, values int) *shapePlace {
	return &shapes[uint(attrs*19+values)%uint(len(shapes))]
}

// recall gives the shape that an entry with these counts may have, nil when
// there is none of this schema.
func recall(s *schema.Schema, attrs, values int) *shape {
	if k := placeOf(attrs, values).known.Load(); k != nil && k.schema == s {
		return k
	}
	return nil
}

// remember keeps the attributes of an entry just decoded as a shape. Where
// entries of several shapes meet in one place only some of them are kept, as
// keeping costs more than a look-up.
func remember(s *schema.Schema, attrs []Attr, values int) {
	p := placeOf(len(attrs), values)
	if k := p.known.Load(); k != nil && k.schema == s && p.misses.Add(1)%8 != 0 {
		return
	}
	k := &shape{schema: s, attrs: slices.Clone(attrs)}
	for i := range k.attrs {
		k.attrs[i].Values = nil
		k.attrs[i].Options = slices.Clip(k.attrs[i].Options)
	}
	p.known.Store(k)
}
