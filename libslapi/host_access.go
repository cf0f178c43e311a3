package main

/*
#include <stdlib.h>
#include "dispatch.h"
#include "host_util.h"
*/
import "C"

import (
	"unsafe"

	"libslapi/server/entry"
	"libslapi/server/plugin"
)

// everyOp are the plug-ins whose functions are called for operations of all
// kinds, at no point of their own: those that decide about access, and audit
// plug-ins.
type everyOp struct {
	access, audit         *C.struct_cshim_hooks
	accessMask, auditMask uint64
}

const auditFn = 1101 // SLAPI_PLUGIN_AUDIT_FN

// listOf makes the list of the plug-ins that have a function, and its mask of databases.
func (h *cHost) listOf(t *hookTables, param C.int, takes func(*hostPlugin) bool) (*C.struct_cshim_hooks, uint64) {
	var with []*hostPlugin
	for _, p := range h.plugins {
		if C.cshim_plugin_fn(p.c, param) != nil && takes(p) {
			with = append(with, p)
		}
	}
	if len(with) == 0 {
		return nil, 0
	}
	list := C.cshim_hooks_new(C.int(len(with)))
	var mask uint64
	for i, p := range with {
		db := t.databases[p.spec.Database]
		C.cshim_hooks_put(list, C.int(i), p.c, param, C.int(db))
		mask |= 1 << min(db, 63)
	}
	return list, mask
}

// fillEvery fills in the lists of t.every. 389's access plug-ins are called in
// another way and are not among them.
func (h *cHost) fillEvery(t *hookTables) {
	t.every.access, t.every.accessMask = h.listOf(t, C.SLAPI_PLUGIN_ACL_ALLOW_ACCESS,
		func(p *hostPlugin) bool { return p.c.dialect != C.CSHIM_389 })
	t.every.audit, t.every.auditMask = h.listOf(t, auditFn, func(*hostPlugin) bool { return true })
	if t.every.access != nil || t.every.audit != nil {
		t.kinds = allKinds
	}
}

// applies tells whether a list with this mask has plug-ins for a database.
func (t *hookTables) applies(mask uint64, database string) bool {
	if mask == 0 || mask&1 != 0 || database == "" {
		return mask&1 != 0
	}
	db := t.databases[database]
	return db != 0 && mask&(1<<min(db, 63)) != 0
}

// Restricts is a method of plugin.AccessHost.
func (h *cHost) Restricts(database string) bool {
	t := h.tables.Load()
	return t.applies(t.every.accessMask, database)
}

// Allows is a method of plugin.AccessHost. A plug-in that itself asks about
// access is not asked again.
func (h *cHost) Allows(op *plugin.Operation, e *entry.Entry, attr string, value []byte, access plugin.Access) bool {
	t := h.tables.Load()
	for op.HostState == nil && op.Parent != nil {
		op = op.Parent
	}
	st := stateOf(op)
	if t.every.access == nil || st.askingAccess {
		return true
	}
	st.askingAccess = true
	defer func() { st.askingAccess = false }()
	st.refresh()
	ce := entryToC(e)
	defer freeEntry(ce)
	var name *C.char
	if attr != "" {
		name = C.CString(attr)
		defer C.free(unsafe.Pointer(name))
	}
	var bv *C.struct_berval
	if value != nil {
		bv = newBerval(value)
		defer C.ber_bvfree(bv)
	}
	ok := C.cshim_walk_access(st.c, t.every.access, C.int(t.databases[op.Database]), ce, name, bv, C.int(access)) != 0
	st.readBack(0)
	return ok
}

// runAudit calls the audit plug-ins when an operation of a client has ended.
func (h *cHost) runAudit(op *plugin.Operation) {
	t := h.tables.Load()
	if op.Internal || !t.applies(t.every.auditMask, op.Database) {
		return
	}
	st := stateOf(op)
	st.point = plugin.Point{Phase: plugin.Post, Slot: plugin.ForKind(op.Kind)}
	st.refresh()
	st.c.news = C.struct_cshim_news{result_code: C.int(op.Result.Code), opreturn: C.int(op.OpReturn), nentries: C.int(op.EntriesSent)}
	C.cshim_walk(st.c, t.every.audit, C.int(t.databases[op.Database]), C.CSHIM_RULE_POST, 0)
}

// slapiGoBroadcast calls one function of every plug-in that has it, database
// plug-ins being those that register such functions.
//
//export slapiGoBroadcast
func slapiGoBroadcast(function C.int, pb *C.Slapi_PBlock) {
	defer guard("slapi_broadcast_be", nil)
	h := theHost.Load()
	if h == nil || pb == nil {
		return
	}
	h.mu.Lock()
	list := append([]*hostPlugin(nil), h.plugins...)
	h.mu.Unlock()
	for _, p := range list {
		if fn := C.cshim_plugin_fn(p.c, function); fn != nil && p.c.host != nil {
			C.cshim_call(p.c, fn, pb, 0)
		}
	}
}

//export slapiGoIsRoot
func slapiGoIsRoot(ndn *C.char) (is C.int) {
	defer guard("slapi_sdn_isroot", func() { is = 0 })
	s := services()
	if s == nil || ndn == nil {
		return 0
	}
	norm := C.GoString(ndn)
	for _, db := range s.Databases() {
		if db.RootDN != "" && db.RootDN == norm {
			return 1
		}
	}
	return 0
}
