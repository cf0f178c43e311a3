//go:build cshimtest

package main

/*
#include <stdlib.h>
#include "dialect.h"
#include "dn.h"
#include "goside.h"
#include "host_filter.h"
#include "host_goside.h"
*/
import "C"

import (
	"unsafe"

	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/schema"
)

// What plain_test.go calls: the C code that works without Go, and the Go code
// that it stands for.

// useSchema makes s the schema of a library without a server.
func useSchema(s *schema.Schema) {
	bareSchema.Store(s)
	noteSchema()
}

type forms struct{ pretty, norm string }

func takeForms(pretty, norm *C.char) forms {
	f := forms{C.GoString(pretty), C.GoString(norm)}
	C.free(unsafe.Pointer(pretty))
	C.free(unsafe.Pointer(norm))
	return f
}

// plainDN gives both forms of a name as C makes them; ok tells whether it could.
func plainDN(text string, openldap bool) (f forms, ok bool) {
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	dialect := C.int(C.CSHIM_389)
	if openldap {
		dialect = C.CSHIM_OPENLDAP
	}
	var pretty, norm *C.char
	if C.cshim_dn_plain_forms(c, C.size_t(len(text)), dialect, &pretty, &norm) != 0 {
		return forms{}, false
	}
	return takeForms(pretty, norm), true
}

// goDN is the same from Go.
func goDN(text string, openldap bool) (f forms, ok bool) {
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	form := C.int(C.CSHIM_DNFORM_389)
	if openldap {
		form = C.CSHIM_DNFORM_OPENLDAP
	}
	var pretty, norm *C.char
	if slapiGoDN(c, C.size_t(len(text)), form, &pretty, &norm) != 0 {
		return forms{}, false
	}
	return takeForms(pretty, norm), true
}

// parseInC gives the filter that C reads, and its text as C prints it; nil for
// none.
func parseInC(text string) (*filter.Node, string) {
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	f := C.cshim_filter_parse(c)
	if f == nil {
		return nil, ""
	}
	defer C.cshim_filter_drop(f)
	printed := C.cshim_filter_print(f)
	defer C.free(unsafe.Pointer(printed))
	return filterFromC(f), C.GoString(printed)
}

// throughC takes a filter to C and back.
func throughC(n *filter.Node) *filter.Node {
	f := filterToC(n)
	defer C.cshim_filter_drop(f)
	return filterFromC(f)
}

// testBoth tests a filter on entries in C and in Go: 0 match, 1 no match, others
// undefined or wrong; -1 from C is that it left the test to Go.
func testBoth(text string, entries []*entry.Entry, report func(i, inC, inGo int)) {
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	f := C.cshim_filter_parse(c)
	if f == nil {
		return
	}
	defer C.slapi_filter_free(f, 1)
	for i, e := range entries {
		ce := entryToC(e)
		inC := C.cshim_filter_test(ce, f)
		report(i, int(inC), int(slapiGoFilterTest(nil, ce, f, 0)))
		freeEntry(ce)
	}
}
