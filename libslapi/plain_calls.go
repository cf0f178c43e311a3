//go:build cshimtest

package main

/*
#include <stdlib.h>
#include "dialect.h"
#include "dn.h"
#include "entry.h"
#include "goside.h"
#include "host_filter.h"
#include "host_goside.h"
*/
import "C"

import (
	"bytes"
	"unsafe"

	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/ldif"
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

// readBoth reads a record in C and in Go; c is nil when C leaves it to Go. The
// last two are the flags of the C entries.
func readBoth(name, text string, flags int, is389 bool) (c, g *entry.Entry, cFlags, gFlags int) {
	var cname *C.char
	if name != "" {
		cname = C.CString(name)
		defer C.free(unsafe.Pointer(cname))
	}
	ctext := C.CString(text)
	defer C.free(unsafe.Pointer(ctext))
	dialect := C.int(C.CSHIM_OPENLDAP)
	if is389 {
		dialect = C.CSHIM_389
	}
	back := func(e *C.Slapi_Entry) (*entry.Entry, int) {
		if e == nil {
			return nil, 0
		}
		defer freeEntry(e)
		out, err := entryFromC(e)
		if err != nil {
			panic(err)
		}
		return out, int(e.e_flags)
	}
	c, cFlags = back(C.cshim_entry_read(cname, ctext, C.int(flags), boolInt(is389)))
	g, gFlags = back(slapiGoStr2Entry(cname, ctext, C.size_t(len(text)), C.int(flags), dialect))
	return c, g, cFlags, gFlags
}

// printBoth prints an entry in C, and from Go's LDIF writer.
func printBoth(e *entry.Entry, options int) (inC, inGo string) {
	c := entryToC(e)
	defer freeEntry(c)
	var n C.int
	text := C.slapi_entry2str_with_options(c, &n, C.int(options))
	defer C.free(unsafe.Pointer(text))
	b := ldifLine(nil, "dn", []byte(e.Name.Pretty), options)
	for _, a := range e.Attrs {
		if options&C.SLAPI_DUMP_NOOPATTRS != 0 && a.Type.Operational() {
			continue
		}
		for _, v := range a.Values {
			b = ldifLine(b, a.Desc, v, options)
		}
	}
	return C.GoStringN(text, n), string(b)
}

func ldifLine(b []byte, name string, v []byte, options int) []byte {
	start := len(b)
	if options&C.SLAPI_DUMP_MINIMAL_ENCODING != 0 && !bytes.ContainsAny(v, "\x00\n\r") && len(v) > 0 && v[0] != ' ' && v[0] != ':' && v[0] != '<' && v[len(v)-1] != ' ' {
		b = append(append(append(append(b, name...), ": "...), v...), '\n')
		return b
	}
	b = ldif.AppendLine(b, name, v)
	if options&C.SLAPI_DUMP_NOWRAP != 0 {
		return append(b[:start], bytes.ReplaceAll(b[start:], []byte("\n "), nil)...)
	}
	return b
}
