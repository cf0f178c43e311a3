package main

/*
#cgo CFLAGS: -I${SRCDIR}/../include -I${SRCDIR}/../cshim -std=gnu11
#include <stdlib.h>
#include <string.h>
#include "goside.h"
#include "build.h"
#include "pblock.h"
*/
import "C"

import (
	"encoding/binary"
	"fmt"
	"sync"
	"unsafe"

	_ "libslapi/cshim"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// Go objects become C objects by way of one flat buffer (cshim/build.h), so
// that one crossing makes a whole entry. C objects are read in place.

// flat is such a buffer.
type flat struct{ b []byte }

var flats = sync.Pool{New: func() any { return &flat{b: make([]byte, 0, 4096)} }}

func newFlat() *flat {
	f := flats.Get().(*flat)
	f.b = f.b[:0]
	return f
}

func (f *flat) release() {
	if cap(f.b) <= 1<<20 {
		flats.Put(f)
	}
}

func (f *flat) num(n int)      { f.b = binary.NativeEndian.AppendUint32(f.b, uint32(n)) }
func (f *flat) str(s string)   { f.num(len(s)); f.b = append(f.b, s...) }
func (f *flat) bytes(v []byte) { f.num(len(v)); f.b = append(f.b, v...) }
func (f *flat) flag(b bool) {
	if b {
		f.num(1)
	} else {
		f.num(0)
	}
}
func (f *flat) values(vs [][]byte) {
	f.num(len(vs))
	for _, v := range vs {
		f.bytes(v)
	}
}
func (f *flat) ptr() unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(f.b)) }

// entryToC makes a C entry with the name and all attributes of e in their
// order. GIVEN: slapi_entry_free. nil gives NULL.
func entryToC(e *entry.Entry) *C.Slapi_Entry {
	if e == nil {
		return nil
	}
	noteSchema()
	f := newFlat()
	defer f.release()
	f.str(e.Name.Pretty)
	f.str(e.Name.Norm)
	f.num(len(e.Attrs))
	for i := range e.Attrs {
		f.str(e.Attrs[i].Desc)
		f.values(e.Attrs[i].Values)
	}
	return C.cshim_build_entry(f.ptr(), C.uint64_t(e.ID))
}

// freeEntry frees what entryToC made.
func freeEntry(p *C.Slapi_Entry) { C.slapi_entry_free(p) }

// entryFromC makes a Go entry from a C one. An attribute without values is left
// out. The error tells of a name that is none, or of a bad attribute description.
func entryFromC(p *C.Slapi_Entry) (*entry.Entry, error) {
	if p == nil {
		return nil, fmt.Errorf("no entry")
	}
	s := activeSchema()
	name, err := sdnFromC(&p.e_sdn)
	if err != nil {
		return nil, err
	}
	e := entry.New(name)
	e.ID = uint64(p.e_id)
	n := 0
	for a := p.e_attrs; a != nil; a = a.a_next {
		n++
	}
	e.Attrs = make([]entry.Attr, 0, n)
	for a := p.e_attrs; a != nil; a = a.a_next {
		if a.a_present_values.num == 0 || a.a_type == nil {
			continue
		}
		desc := C.GoString(a.a_type)
		d, err := s.Describe(desc)
		if err != nil {
			return nil, err
		}
		e.Attrs = append(e.Attrs, entry.Attr{Type: d.Type, Options: d.Options, Desc: desc,
			Values: valueSetFromC(&a.a_present_values)})
	}
	return e, nil
}

// sdnToC makes a Slapi_DN. GIVEN: slapi_sdn_free.
func sdnToC(n dn.Name) *C.Slapi_DN {
	f := newFlat()
	defer f.release()
	f.str(n.Pretty)
	f.str(n.Norm)
	return C.cshim_build_sdn(f.ptr())
}

// sdnFromC is the name in a Slapi_DN, the root for an empty one. A name that
// came from here is taken as it is, others are parsed.
func sdnFromC(sdn *C.Slapi_DN) (dn.Name, error) {
	if sdn == nil {
		return dn.Name{}, nil
	}
	if sdn.dn != nil && sdn.ndn != nil && sdn.flag&C.CSHIM_DN_INVALID == 0 {
		return dn.Name{Pretty: C.GoString(sdn.dn), Norm: C.GoString(sdn.ndn)}, nil
	}
	text := sdn.udn
	if text == nil {
		text = sdn.dn
	}
	if text == nil {
		text = sdn.ndn
	}
	if text == nil {
		return dn.Name{}, nil
	}
	return dn.NewName(C.GoString(text), activeSchema())
}

// bervalBytes copies the bytes of a berval; nil for NULL.
func bervalBytes(bv *C.struct_berval) []byte {
	if bv == nil {
		return nil
	}
	if bv.bv_val == nil || bv.bv_len == 0 {
		return []byte{}
	}
	return append([]byte(nil), unsafe.Slice((*byte)(unsafe.Pointer(bv.bv_val)), int(bv.bv_len))...)
}

// valueSetFromC copies the values of a set into one block.
func valueSetFromC(vs *C.Slapi_ValueSet) [][]byte {
	if vs == nil || vs.num == 0 {
		return nil
	}
	va := unsafe.Slice(vs.va, int(vs.num))
	total := 0
	for _, v := range va {
		if v.bv.bv_val != nil {
			total += int(v.bv.bv_len)
		}
	}
	block := make([]byte, 0, total)
	out := make([][]byte, len(va))
	for i, v := range va {
		start := len(block)
		if v.bv.bv_val != nil && v.bv.bv_len > 0 {
			block = append(block, unsafe.Slice((*byte)(unsafe.Pointer(v.bv.bv_val)), int(v.bv.bv_len))...)
		}
		out[i] = block[start:len(block):len(block)]
	}
	return out
}

// valueSetToC makes a Slapi_ValueSet. GIVEN: slapi_valueset_free.
func valueSetToC(values [][]byte) *C.Slapi_ValueSet {
	f := newFlat()
	defer f.release()
	f.values(values)
	return C.cshim_build_valueset(f.ptr())
}

// bervalsToC makes a NULL-terminated array of bervals. GIVEN: cshim_bvec_free.
func bervalsToC(values [][]byte) **C.struct_berval {
	f := newFlat()
	defer f.release()
	f.values(values)
	return C.cshim_build_bervals(f.ptr())
}

// bervalsFromC copies a NULL-terminated array of bervals.
func bervalsFromC(list **C.struct_berval) [][]byte {
	var out [][]byte
	for _, bv := range pointers(list) {
		out = append(out, bervalBytes(bv))
	}
	return out
}

// modsToC makes an LDAPMod array whose mods carry bervals. GIVEN:
// cshim_mods_free; NULL for no changes.
func modsToC(changes []wire.Change) **C.LDAPMod {
	f := newFlat()
	defer f.release()
	f.num(len(changes))
	for _, c := range changes {
		f.num(int(c.Op))
		f.str(c.Type)
		f.values(c.Values)
	}
	return C.cshim_build_mods(f.ptr())
}

// modsFromC copies an LDAPMod array, with string values or bervals.
func modsFromC(mods **C.LDAPMod) []wire.Change {
	list := pointers(mods)
	if len(list) == 0 {
		return nil
	}
	out := make([]wire.Change, 0, len(list))
	for _, m := range list {
		c := wire.Change{Op: wire.ModOp(m.mod_op &^ C.LDAP_MOD_BVALUES)}
		if m.mod_type != nil {
			c.Type = C.GoString(m.mod_type)
		}
		vals := *(*unsafe.Pointer)(unsafe.Pointer(&m.mod_vals))
		if m.mod_op&C.LDAP_MOD_BVALUES != 0 {
			c.Values = bervalsFromC((**C.struct_berval)(vals))
		} else {
			for _, s := range pointers((**C.char)(vals)) {
				c.Values = append(c.Values, []byte(C.GoString(s)))
			}
		}
		out = append(out, c)
	}
	return out
}

// controlsToC makes an LDAPControl array. GIVEN: cshim_controls_free; NULL for none.
func controlsToC(controls []wire.Control) **C.LDAPControl {
	if len(controls) == 0 {
		return nil
	}
	f := newFlat()
	defer f.release()
	f.num(len(controls))
	for _, c := range controls {
		f.str(c.OID)
		f.flag(c.Critical)
		f.flag(c.HasValue)
		if c.HasValue {
			f.bytes(c.Value)
		}
	}
	return C.cshim_build_controls(f.ptr())
}

// controlsFromC copies an LDAPControl array.
func controlsFromC(list **C.LDAPControl) []wire.Control {
	var out []wire.Control
	for _, c := range pointers(list) {
		w := wire.Control{Critical: c.ldctl_iscritical != 0}
		if c.ldctl_oid != nil {
			w.OID = C.GoString(c.ldctl_oid)
		}
		if c.ldctl_value.bv_val != nil {
			w.HasValue = true
			w.Value = bervalBytes(&c.ldctl_value)
		}
		out = append(out, w)
	}
	return out
}

// pointers views a NULL-terminated C array of pointers, without the NULL.
func pointers[T any](array **T) []*T {
	if array == nil {
		return nil
	}
	n := 0
	for *(**T)(unsafe.Add(unsafe.Pointer(array), uintptr(n)*unsafe.Sizeof(array))) != nil {
		n++
	}
	return unsafe.Slice(array, n)
}

// borrow views C bytes for the length of a call.
func borrow(p unsafe.Pointer, n C.size_t) []byte {
	if p == nil || n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(p), int(n))
}

// borrowString views n bytes of C text as a string for the length of a call.
func borrowString(p *C.char, n C.size_t) string {
	if p == nil || n == 0 {
		return ""
	}
	return unsafe.String((*byte)(unsafe.Pointer(p)), int(n))
}

// borrowCString views a NUL-terminated C string for the length of a call.
func borrowCString(p *C.char) string {
	if p == nil {
		return ""
	}
	return borrowString(p, C.strlen(p))
}

// describe is schema.Describe for text of unknown origin: a description that is
// none becomes an unknown type of that name.
func describe(s *schema.Schema, desc string) schema.Description {
	d, err := s.Describe(desc)
	if err != nil {
		return schema.Description{Type: s.UnknownType(desc)}
	}
	return d
}
