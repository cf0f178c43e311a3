package main

/*
#include <stdlib.h>
#include "goside.h"
*/
import "C"

import (
	"context"
	"slices"
	"unsafe"

	"libslapi/server/dn"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// slapiGoDN gives the pretty and the normal form of a DN.
//
//export slapiGoDN
func slapiGoDN(text *C.char, n C.size_t, form C.int, pretty, norm **C.char) (rc C.int) {
	defer guard("slapiGoDN", func() { rc = -1 })
	noteSchema()
	d, err := dn.Parse(borrowString(text, n))
	if err != nil {
		return -1
	}
	var p, q string
	if norm != nil {
		if q, err = d.Normalize(activeSchema()); err != nil {
			return -1
		}
	}
	if pretty != nil {
		p = prettyDN(d, form == C.CSHIM_DNFORM_OPENLDAP)
		*pretty = C.CString(p)
	}
	if norm != nil {
		*norm = C.CString(q)
	}
	return 0
}

// prettyDN is the text of d. OpenLDAP spells types as the schema does and sorts
// the parts of a multi-valued RDN.
func prettyDN(d dn.DN, openldap bool) string {
	if !openldap {
		return d.String()
	}
	s := activeSchema()
	d = slices.Clone(d)
	for i, rdn := range d {
		rdn = slices.Clone(rdn)
		for j := range rdn {
			if t := s.AttributeType(rdn[j].Type); t != nil {
				rdn[j].Type = t.Name()
			}
		}
		d[i] = rdn
	}
	return d.SortAVAs().String()
}

// slapiGoRDNExplode splits an RDN into types and unescaped values.
//
//export slapiGoRDNExplode
func slapiGoRDNExplode(rdn *C.char, types ***C.char, values **C.struct_berval, n *C.int) (rc C.int) {
	defer guard("slapiGoRDNExplode", func() { rc = -1 })
	r, err := dn.ParseRDN(borrowCString(rdn))
	if err != nil || len(r) == 0 {
		return -1
	}
	ts := (**C.char)(C.calloc(C.size_t(len(r)), C.size_t(unsafe.Sizeof((*C.char)(nil)))))
	vs := (*C.struct_berval)(C.calloc(C.size_t(len(r)), C.sizeof_struct_berval))
	for i, a := range r {
		unsafe.Slice(ts, len(r))[i] = C.CString(a.Type)
		v := &unsafe.Slice(vs, len(r))[i]
		v.bv_val = cBytes(a.Value)
		v.bv_len = C.ber_len_t(len(a.Value))
	}
	*types, *values, *n = ts, vs, C.int(len(r))
	return 0
}

// slapiGoRDNNorm is the normal form of one RDN; NULL when it is none.
//
//export slapiGoRDNNorm
func slapiGoRDNNorm(rdn *C.char) (out *C.char) {
	defer guard("slapiGoRDNNorm", func() { out = nil })
	r, err := dn.ParseRDN(borrowCString(rdn))
	if err != nil {
		return nil
	}
	s, err := r.Normalize(activeSchema())
	if err != nil {
		return nil
	}
	return C.CString(s)
}

// slapiGoDNSyntaxCheck answers 0 for a valid DN and 1 for others. Without
// override, a server whose nsslapd-dn-validate-strict is off takes everything
// that looks like a DN.
//
//export slapiGoDNSyntaxCheck
func slapiGoDNSyntaxCheck(text *C.char, override C.int) (rc C.int) {
	defer guard("slapiGoDNSyntaxCheck", func() { rc = 1 })
	d, err := dn.Parse(borrowCString(text))
	if err != nil {
		return 1
	}
	if _, err = d.Normalize(activeSchema()); err != nil {
		return 1
	}
	return 0
}

// slapiGoHasChildren looks for one entry below a name.
//
//export slapiGoHasChildren
func slapiGoHasChildren(ndn *C.char) (rc C.int) {
	defer guard("slapiGoHasChildren", func() { rc = -1 })
	srv := services()
	if srv == nil {
		return -1
	}
	text := C.GoString(ndn)
	name, err := dn.NewName(text, activeSchema())
	if err != nil {
		return -1
	}
	c := &counter{}
	op := &plugin.Operation{
		Ctx: context.Background(), Kind: plugin.KindSearch, Internal: true, IsRoot: true,
		RawTarget: text, Target: name, Database: srv.DatabaseFor(name.Norm),
		Search:    &plugin.SearchPart{Scope: wire.ScopeOne, SizeLimit: 1, TimeLimit: -1, Attrs: []string{"1.1"}},
		Responder: c,
	}
	op.Search.Filter, op.Search.RawFilter = presentFilter()
	srv.Run(op)
	switch {
	case c.entries > 0:
		return 1
	case op.Result.Code == wire.Success:
		return 0
	}
	return -1
}
