package main

/*
#include <stdlib.h>
#include "dispatch.h"
*/
import "C"

import (
	"unsafe"

	"libslapi/server/entry"
	"libslapi/server/filter"
)

// pluginMatcher matches entries with the filter that a plug-in made for one
// assertion (old-style matching rules: SLAPI_PLUGIN_MR_FILTER_CREATE_FN).
type pluginMatcher struct {
	p      *hostPlugin
	pb     *C.Slapi_PBlock
	fn     unsafe.Pointer
	object unsafe.Pointer
	words  [2]*C.char
	value  *C.struct_berval
}

// Matcher asks the matching-rule plug-ins in turn whether they know a rule.
func (h *cHost) Matcher(rule, attr string, value []byte, dnAttrs bool) (filter.Matcher, error) {
	for _, p := range h.tables.Load().matching {
		if m := h.createFilter(p, rule, attr, value); m != nil {
			return m, nil
		}
	}
	return nil, nil
}

func (h *cHost) createFilter(p *hostPlugin, rule, attr string, value []byte) *pluginMatcher {
	m := &pluginMatcher{p: p, pb: C.cshim_pblock_new(0)}
	m.words[0], m.words[1] = C.CString(rule), C.CString(attr)
	m.value = newBerval(value)
	C.cshim_pblock_put_ptr(m.pb, C.SLAPI_PLUGIN_MR_OID, unsafe.Pointer(m.words[0]))
	if attr != "" {
		C.cshim_pblock_put_ptr(m.pb, C.SLAPI_PLUGIN_MR_TYPE, unsafe.Pointer(m.words[1]))
	} else {
		C.cshim_pblock_put_ptr(m.pb, C.SLAPI_PLUGIN_MR_TYPE, nil)
	}
	C.cshim_pblock_put_ptr(m.pb, C.SLAPI_PLUGIN_MR_VALUE, unsafe.Pointer(m.value))
	rc := onThread(func() C.int {
		return C.cshim_call(p.c, C.cshim_plugin_fn(p.c, C.SLAPI_PLUGIN_MR_FILTER_CREATE_FN), m.pb, 0)
	})
	m.fn = C.cshim_pblock_ptr(m.pb, C.SLAPI_PLUGIN_MR_FILTER_MATCH_FN)
	m.object = C.cshim_pblock_ptr(m.pb, C.SLAPI_PLUGIN_OBJECT)
	if rc != 0 || m.fn == nil {
		m.Release()
		return nil
	}
	return m
}

// Match calls the plug-in's match function with the whole entry.
func (m *pluginMatcher) Match(e *entry.Entry) (bool, error) {
	c := entryToC(e)
	defer C.slapi_entry_free(c)
	rc := int(onThread(func() C.int { return C.cshim_call_mr_match(m.p.c, m.fn, m.object, c) }))
	switch {
	case rc == 0:
		return true, nil
	case rc == -1:
		return false, nil
	}
	// An LDAP code: the rule cannot be applied to this entry. 389 then takes the
	// entry as one that does not match, also under a not.
	return false, filter.ErrUndefined
}

// Release calls the plug-in's destroy function.
func (m *pluginMatcher) Release() {
	if fn := C.cshim_pblock_ptr(m.pb, C.SLAPI_PLUGIN_DESTROY_FN); fn != nil {
		onThread(func() C.int { return C.cshim_call(m.p.c, (C.cshim_fn)(fn), m.pb, 0) })
	}
	C.slapi_pblock_destroy(m.pb)
	C.free(unsafe.Pointer(m.words[0]))
	C.free(unsafe.Pointer(m.words[1]))
	C.cshim_free_berval(unsafe.Pointer(m.value))
}

// slapiGoIndexerCreate asks the matching-rule plug-ins in turn to put the
// functions of an indexer into pb: 0, or unavailableCriticalExtension.
//
//export slapiGoIndexerCreate
func slapiGoIndexerCreate(pb *C.Slapi_PBlock) (rc C.int) {
	const unavailable = 12
	defer guard("slapi_mr_indexer_create", func() { rc = unavailable })
	h := theHost.Load()
	if h == nil {
		return unavailable
	}
	tables := h.tables.Load()
	if tables == nil {
		return unavailable
	}
	for _, p := range tables.matching {
		fn := C.cshim_plugin_fn(p.c, C.SLAPI_PLUGIN_MR_INDEXER_CREATE_FN)
		if fn != nil && C.cshim_call(p.c, fn, pb, 0) == 0 && C.cshim_pblock_ptr(pb, C.SLAPI_PLUGIN_MR_INDEX_FN) != nil {
			return 0
		}
	}
	return unavailable
}
