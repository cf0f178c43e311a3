package main

/*
#include "database.h"
*/
import "C"

import (
	"strings"
	"sync/atomic"
	"unsafe"

	"libslapi/server/filter"
	"libslapi/server/schema"
)

// kinship is what a schema says of who is below whom.
type kinship struct {
	schema  *schema.Schema
	types   map[string][]string // by OID: the types below, by their names
	classes map[string][]string
}

var kin atomic.Pointer[kinship]

func kinshipOf(s *schema.Schema) *kinship {
	if k := kin.Load(); k != nil && k.schema == s {
		return k
	}
	k := &kinship{schema: s, types: map[string][]string{}, classes: map[string][]string{}}
	for _, t := range s.AttributeTypes() {
		for up := t.Sup; up != nil; up = up.Sup {
			k.types[up.OID] = append(k.types[up.OID], t.Name())
		}
	}
	for _, c := range s.ObjectClasses() {
		above := map[string]bool{}
		var climb func(c *schema.ObjectClass)
		climb = func(c *schema.ObjectClass) {
			for _, up := range c.Sups {
				if !above[up.OID] {
					above[up.OID] = true
					climb(up)
				}
			}
		}
		climb(c)
		for oid := range above {
			k.classes[oid] = append(k.classes[oid], c.Name())
		}
	}
	kin.Store(k)
	return k
}

// spelled is a filter for a plug-in that knows no schema: items on a type with
// subtypes, and on an object class with subclasses, become sets with one item
// for each. It matches what f does, and is not resolved.
func spelled(f *filter.Node, s *schema.Schema) *filter.Node {
	return spell(f.Clone(), s, kinshipOf(s))
}

func spell(n *filter.Node, s *schema.Schema, k *kinship) *filter.Node {
	switch n.Kind {
	case filter.And, filter.Or, filter.Not:
		for i := range n.Kids {
			n.Kids[i] = spell(n.Kids[i], s, k)
		}
		return n
	case filter.Extensible:
		return n
	}
	base, options, _ := strings.Cut(n.Attr, ";")
	t := s.AttributeType(base)
	if t == nil {
		return n
	}
	set := &filter.Node{Kind: filter.Or, Kids: []*filter.Node{n}}
	add := func(change func(*filter.Node)) {
		c := n.Clone()
		change(c)
		set.Kids = append(set.Kids, c)
	}
	if n.Kind == filter.Equality && strings.EqualFold(t.Name(), "objectClass") {
		if c := s.ObjectClass(string(n.Value)); c != nil {
			for _, name := range k.classes[c.OID] {
				add(func(n *filter.Node) { n.Value = []byte(name) })
			}
		}
	}
	if options != "" {
		options = ";" + options
	}
	for _, name := range k.types[t.OID] {
		add(func(n *filter.Node) { n.Attr = name + options })
	}
	if len(set.Kids) == 1 {
		return n
	}
	return set
}

// slapiGoAttrKey gives the name of a type without options, in lower case and the
// schema's spelling, and the key of a value: 0 there is one, 1 the type has no
// equality rule, 2 the value breaks its syntax, -1 the type is unknown.
//
//export slapiGoAttrKey
func slapiGoAttrKey(desc *C.char, v unsafe.Pointer, n C.size_t, name, key **C.char, keylen *C.size_t) (rc C.int) {
	defer guard("slapi_x_attr_key", func() { rc = -1 })
	base := baseType(borrowCString(desc))
	t := activeSchema().AttributeType(base)
	if t == nil {
		if name != nil {
			*name = C.CString(strings.ToLower(base))
		}
		return -1
	}
	if name != nil {
		*name = C.CString(strings.ToLower(t.Name()))
	}
	if key == nil {
		return 0
	}
	if t.Equality == nil {
		return 1
	}
	b, err := t.EqualityKey(borrow(v, n))
	if err != nil {
		return 2
	}
	*key, *keylen = cBytes(b), C.size_t(len(b))
	return 0
}
