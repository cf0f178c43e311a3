package main

/*
#include <stdlib.h>
#include "goside.h"
#include "host_goside.h"
*/
import "C"

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
	"unsafe"

	"libslapi/server/filter"
)

// slapiGoNormalText is the normal form of a value as a text that plug-ins can
// show: a name for a value that is one, else what the equality rule makes of it.
//
//export slapiGoNormalText
func slapiGoNormalText(typ *C.char, v unsafe.Pointer, n C.size_t, out **C.char, outlen *C.size_t) (rc C.int) {
	defer guard("slapi_attr_value_normalize", func() { rc = -1 })
	t := describe(noteSchema(), borrowCString(typ)).Type
	key, err := keyOf(t.Equality, borrow(v, n))
	if err != nil {
		return -1
	}
	if t.Equality != nil && t.Equality.OID == integerMatch {
		number := borrow(v, n)
		key = bytes.TrimLeft(bytes.TrimPrefix(number, []byte("-")), "0")
		switch {
		case len(key) == 0:
			key = []byte("0")
		case number[0] == '-':
			key = append([]byte("-"), key...)
		}
	}
	if !textual(key) {
		return -1
	}
	*out, *outlen = cBytes(key), C.size_t(len(key))
	return 0
}

// integerMatch is the one rule of numbers, whose keys are no text.
const integerMatch = "2.5.13.14"

func textual(key []byte) bool {
	return utf8.Valid(key) && !slices.ContainsFunc(key, func(b byte) bool { return b < ' ' })
}

// slapiGoSounds gives the codes of the sound of a text's words, GIVEN.
//
//export slapiGoSounds
func slapiGoSounds(v unsafe.Pointer, n C.size_t) (list **C.char) {
	defer guard("approximate keys", func() { list = nil })
	return newCharray(filter.ApproxWords(borrow(v, n)))
}

// stringSyntaxes are those that the rules of directory strings serve as well
// (RFC 4517, section 4.2.11).
var stringSyntaxes = []string{"1.3.6.1.4.1.1466.115.121.1.11", "1.3.6.1.4.1.1466.115.121.1.15", "1.3.6.1.4.1.1466.115.121.1.44"}

// slapiGoRule tells of a matching rule by its name or OID: bit 0 it is known, bit
// 1 it serves the syntax, bit 2 it orders.
//
//export slapiGoRule
func slapiGoRule(name, syntax *C.char) (bits C.int) {
	defer guard("slapi_matchingrule_is_compat", func() { bits = 0 })
	r := noteSchema().MatchingRule(C.GoString(name))
	if r == nil {
		return 0
	}
	bits = 1
	if syntax != nil {
		s, own := C.GoString(syntax), ""
		if r.Syntax != nil {
			own = r.Syntax.OID
		}
		if own == s || slices.Contains(stringSyntaxes, own) && slices.Contains(stringSyntaxes, s) {
			bits |= 2
		}
	}
	for _, n := range r.Names {
		if strings.Contains(strings.ToLower(n), "ordering") {
			bits |= 4
		}
	}
	return bits
}

// slapiGoConnectionDN is the normal form of the name to which a connection is
// bound, GIVEN; nil for nobody.
//
//export slapiGoConnectionDN
func slapiGoConnectionDN(conn *C.Slapi_Connection) (ndn *C.char) {
	defer guard("slapi_reslimit_get_integer_limit", func() { ndn = nil })
	c, ok := connections.get(uintptr(conn.handle))
	if !ok || c.AuthDN.IsRoot() {
		return nil
	}
	return C.CString(c.AuthDN.Norm)
}
