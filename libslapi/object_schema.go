package main

/*
#include <stdlib.h>
#include "goside.h"
*/
import "C"

import (
	"bytes"
	"hash/fnv"
	"strings"
	"sync/atomic"
	"unsafe"

	"libslapi/server/entry"
	"libslapi/server/schema"
)

// The C side keeps a table of attribute types (cshim/types.h). A new schema
// starts a new generation of it.
var (
	schemaSeen       atomic.Pointer[schema.Schema]
	schemaGeneration atomic.Uint64
)

// noteSchema tells the C side when another schema is active than before. Cheap;
// called whenever objects are on their way to C.
func noteSchema() *schema.Schema {
	s := activeSchema()
	if old := schemaSeen.Load(); old != s && schemaSeen.CompareAndSwap(old, s) {
		C.cshim_types_changed(C.uint64_t(schemaGeneration.Add(1)+1), boolInt(s.Compat389()))
	}
	return s
}

//export slapiGoSchemaGeneration
func slapiGoSchemaGeneration() C.uint64_t {
	noteSchema()
	return C.uint64_t(schemaGeneration.Load() + 1)
}

// plainRules are the rules that C compares plain ASCII text by itself for.
var plainRules = map[string]C.int{
	"2.5.13.2":                   C.CSHIM_CMP_IGNORE, // caseIgnoreMatch
	"2.5.13.5":                   C.CSHIM_CMP_EXACT,  // caseExactMatch
	"1.3.6.1.4.1.1466.109.114.1": C.CSHIM_CMP_EXACT,  // caseExactIA5Match
	"1.3.6.1.4.1.1466.109.114.2": C.CSHIM_CMP_IGNORE, // caseIgnoreIA5Match
	"2.5.13.17":                  C.CSHIM_CMP_BYTES,  // octetStringMatch
}

// slapiGoType tells what the schema knows of a type.
//
//export slapiGoType
func slapiGoType(name *C.char, t *C.struct_cshim_type) (rc C.int) {
	defer guard("slapiGoType", func() { rc = -1 })
	a := activeSchema().AttributeType(borrowCString(name))
	if a == nil {
		t.name = C.CString(borrowCString(name))
		t.compare, t.naming = C.CSHIM_CMP_IGNORE, C.CSHIM_CMP_IGNORE
		if _, err := activeSchema().Describe(borrowCString(name)); err != nil {
			t.malformed = 1
		}
		return -1
	}
	t.known = 1
	t.naming = namingRule(a)
	t.name = C.CString(a.Name())
	if a.OID != "" {
		t.oid = C.CString(a.OID)
	}
	if a.Syntax != nil {
		t.syntax_oid = C.CString(a.Syntax.OID)
		t.is_dn = boolInt(a.Syntax.OID == "1.3.6.1.4.1.1466.115.121.1.12" || a.Syntax.OID == "1.3.6.1.4.1.1466.115.121.1.34")
	}
	names := (**C.char)(C.calloc(C.size_t(len(a.Names)+1), C.size_t(unsafe.Sizeof((*C.char)(nil)))))
	for i, n := range a.Names {
		unsafe.Slice(names, len(a.Names))[i] = C.CString(n)
	}
	t.names = names
	t.id = typeID(a)
	sups := unsafe.Slice(&t.sup[0], len(t.sup))
	i := 0
	for s := a.Sup; s != nil && i < len(sups)-1; s = s.Sup {
		sups[i] = typeID(s)
		i++
	}
	t.flags = typeFlags(a)
	if a.Equality == nil {
		t.compare = C.CSHIM_CMP_BYTES
	} else {
		t.equality_oid = C.CString(a.Equality.OID)
		t.compare = plainRules[a.Equality.OID]
	}
	if a.Ordering != nil {
		t.ordering_oid = C.CString(a.Ordering.OID)
	}
	if a.Substr != nil {
		t.substr_oid = C.CString(a.Substr.OID)
		t.pieces = plainSubstrings[a.Substr.OID]
	}
	t.is_class = boolInt(a.OID == "2.5.4.0" || a.OID == "2.5.21.9")
	t.computed = boolInt(strings.EqualFold(a.Name(), "entryDN")) // see nameEnv
	return 0
}

// plainSubstrings are the rules that C finds plain ASCII substrings by itself for.
var plainSubstrings = map[string]C.int{
	"2.5.13.4":                   C.CSHIM_CMP_IGNORE, // caseIgnoreSubstringsMatch
	"2.5.13.7":                   C.CSHIM_CMP_EXACT,  // caseExactSubstringsMatch
	"1.3.6.1.4.1.1466.109.114.3": C.CSHIM_CMP_IGNORE, // caseIgnoreIA5SubstringsMatch
	"1.3.6.1.4.1.4203.1.2.1":     C.CSHIM_CMP_EXACT,  // caseExactIA5SubstringsMatch
}

// slapiGoClass lists how a class and those below it may be named, unless they
// are very many.
//
//export slapiGoClass
func slapiGoClass(name *C.char, c *C.struct_cshim_class) (rc C.int) {
	defer guard("slapiGoClass", func() { rc = -1 })
	s := activeSchema()
	class := s.ObjectClass(borrowCString(name))
	if class == nil {
		return -1
	}
	var names []string
	for _, oc := range s.ObjectClasses() {
		if oc.Is(class) {
			if oc.OID != "" {
				names = append(names, oc.OID)
			}
			names = append(names, oc.Names...)
		}
		if len(names) > 64 {
			c.names = newCharray(nil)
			return 0
		}
	}
	c.names, c.all = newCharray(names), 1
	return 0
}

// namingRule says how schema.CanonAVA prepares plain ASCII text of a type.
func namingRule(a *schema.AttributeType) C.int {
	if a.Syntax == nil {
		return C.CSHIM_CMP_GO
	}
	switch a.Syntax.OID {
	case "1.3.6.1.4.1.1466.115.121.1.15", "1.3.6.1.4.1.1466.115.121.1.26": // directory string, IA5 string
	default:
		return C.CSHIM_CMP_GO
	}
	if activeSchema().Compat389() || a.Equality == nil {
		return C.CSHIM_CMP_IGNORE
	}
	switch rule := plainRules[a.Equality.OID]; rule {
	case C.CSHIM_CMP_IGNORE, C.CSHIM_CMP_EXACT:
		return rule
	}
	return C.CSHIM_CMP_GO
}

func boolInt(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// typeID is a number that all names of a type share, and no other type.
func typeID(a *schema.AttributeType) C.uint64_t {
	key := a.OID
	if key == "" {
		key = a.Name()
	}
	h := fnv.New64a()
	h.Write([]byte(strings.ToLower(key)))
	if n := h.Sum64(); n != 0 {
		return C.uint64_t(n)
	}
	return 1
}

func typeFlags(a *schema.AttributeType) (f C.ulong) {
	for _, x := range []struct {
		on  bool
		bit C.ulong
	}{
		{a.SingleValue, C.SLAPI_ATTR_FLAG_SINGLE},
		{a.Operational(), C.SLAPI_ATTR_FLAG_OPATTR},
		{a.Obsolete, C.SLAPI_ATTR_FLAG_OBSOLETE},
		{a.Collective, C.SLAPI_ATTR_FLAG_COLLECTIVE},
		{a.NoUserModification, C.SLAPI_ATTR_FLAG_NOUSERMOD},
		{a.Usage == schema.DistributedOperation, C.SLAPI_ATTR_FLAG_DISTRIBUTED_OPERATION},
		{a.Usage == schema.DSAOperation, C.SLAPI_ATTR_FLAG_DSA_OPERATION},
	} {
		if x.on {
			f |= x.bit
		}
	}
	return f
}

// keyOf prepares a value by a rule; without one the bytes are the key.
func keyOf(r *schema.MatchingRule, v []byte) ([]byte, error) {
	if r == nil || r.Normalize == nil {
		return v, nil
	}
	return r.Normalize(v)
}

// slapiGoCompare compares two values by the equality or the ordering rule of a type.
//
//export slapiGoCompare
func slapiGoCompare(typ *C.char, kind C.int, a unsafe.Pointer, alen C.size_t, b unsafe.Pointer, blen C.size_t, result *C.int) (rc C.int) {
	defer guard("slapiGoCompare", func() { rc = -1 })
	t := describe(noteSchema(), borrowCString(typ)).Type
	rule := t.Equality
	if kind == 1 && t.Ordering != nil {
		rule = t.Ordering
	}
	x, err := keyOf(rule, borrow(a, alen))
	if err != nil {
		return -1
	}
	y, err := keyOf(rule, borrow(b, blen))
	if err != nil {
		return -1
	}
	*result = C.int(bytes.Compare(x, y))
	return 0
}

// slapiGoFind looks for a value among many. A value that breaks the syntax is
// equal to the same bytes only, which the C side has looked for.
//
//export slapiGoFind
func slapiGoFind(typ *C.char, va **C.Slapi_Value, num C.int, v unsafe.Pointer, n C.size_t) (index C.int) {
	defer guard("slapiGoFind", func() { index = -1 })
	rule := describe(noteSchema(), borrowCString(typ)).Type.Equality
	if rule == nil || rule.Normalize == nil {
		return -1
	}
	probe, err := entry.NewProbe(rule, borrow(v, n))
	if err != nil {
		return -1
	}
	for i, w := range unsafe.Slice(va, int(num)) {
		if probe.Equal(borrow(unsafe.Pointer(w.bv.bv_val), C.size_t(w.bv.bv_len))) {
			return C.int(i)
		}
	}
	return -1
}

// slapiGoNormalizeValue is the key of a value by its type's equality rule.
//
//export slapiGoNormalizeValue
func slapiGoNormalizeValue(typ *C.char, v unsafe.Pointer, n C.size_t, out **C.char, outlen *C.size_t) (rc C.int) {
	defer guard("slapiGoNormalizeValue", func() { rc = -1 })
	key, err := keyOf(describe(noteSchema(), borrowCString(typ)).Type.Equality, borrow(v, n))
	if err != nil {
		return -1
	}
	*out, *outlen = cBytes(key), C.size_t(len(key))
	return 0
}

// slapiGoValidate answers 0 for a value of the type's syntax, 1 for another,
// -1 for an unknown type.
//
//export slapiGoValidate
func slapiGoValidate(typ *C.char, v unsafe.Pointer, n C.size_t) (rc C.int) {
	defer guard("slapiGoValidate", func() { rc = 1 })
	t := noteSchema().AttributeType(baseType(borrowCString(typ)))
	if t == nil {
		return -1
	}
	if t.Syntax.Validate != nil && t.Syntax.Validate(borrow(v, n)) != nil {
		return 1
	}
	return 0
}

func baseType(desc string) string {
	base, _, _ := strings.Cut(desc, ";")
	return base
}
