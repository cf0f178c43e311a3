package main

/*
#include <stdlib.h>
#include "database.h"
#include "host_util.h"
*/
import "C"

import (
	"strings"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/plugin"
	"unsafe"
)

// Databases that a plug-in makes while the server runs (slapi_be_new): 389's
// database links. Reads go through the database functions as those of every
// plug-in's database; changes are handed to the plug-in whole, as what it passes
// on is for the other server to check and to complete.

// madeDB is a database of that kind.
type madeDB struct{ *pluginDB }

var _ plugin.WholeBackend = madeDB{}

var madeSlots = map[plugin.Kind]C.int{
	plugin.KindAdd: C.SLAPI_PLUGIN_DB_ADD_FN, plugin.KindModify: C.SLAPI_PLUGIN_DB_MODIFY_FN,
	plugin.KindDelete: C.SLAPI_PLUGIN_DB_DELETE_FN, plugin.KindModDN: C.SLAPI_PLUGIN_DB_MODRDN_FN,
}

// Handles is a method of plugin.WholeBackend.
func (db madeDB) Handles(k plugin.Kind) bool {
	if id, ok := madeSlots[k]; ok {
		return db.has(id) && db.running()
	}
	return db.pluginDB.Handles(k)
}

// Handle is a method of plugin.WholeBackend.
func (db madeDB) Handle(op *plugin.Operation) error {
	id, ok := madeSlots[op.Kind]
	if !ok {
		return db.pluginDB.Handle(op)
	}
	st := stateOf(op)
	before := st.call
	c := &dbCall{db: db.pluginDB, op: op, st: st, borrowed: true}
	st.call = c
	defer func() { st.call = before }()
	st.refresh()
	C.cshim_pblock_put_int(st.c.pb, C.SLAPI_RESULT_CODE, 0)
	rc, _ := c.run(id)
	return c.outcome(rc)
}

// runtimeServices is what the server offers for databases made at run time.
type runtimeServices interface {
	// ServeDatabase brings b into service, where the mapping tree says so.
	ServeDatabase(b backend.Backend) error
	WithdrawDatabase(name string)
}

//export slapiGoBackendNew
func slapiGoBackendNew(typ, name *C.char, private C.int) (be *C.Slapi_Backend) {
	defer guard("slapi_be_new", func() { be = nil })
	if typ == nil || name == nil || backendNamed(C.GoString(name)) != nil {
		return nil
	}
	return backendOf(plugin.DatabaseInfo{Name: C.GoString(name), Type: C.GoString(typ), Private: private != 0})
}

//export slapiGoBackendStarted
func slapiGoBackendStarted(be *C.Slapi_Backend) {
	defer guard("slapi_mtn_be_started", nil)
	h, s := theHost.Load(), services()
	if h == nil || s == nil || be.be_database == nil {
		return
	}
	rs, ok := s.(runtimeServices)
	if !ok {
		h.log.Error("databases cannot be made while the server runs", "database", C.GoString(be.be_name))
		return
	}
	var suffixes []dn.Name
	for p := be.be_suffixes; p != nil && *p != nil; p = (**C.Slapi_DN)(unsafe.Add(unsafe.Pointer(p), unsafe.Sizeof(*p))) {
		if n, err := sdnFromC(*p); err == nil {
			suffixes = append(suffixes, n)
		}
	}
	name := C.GoString(be.be_name)
	db := &pluginDB{h: h, name: name, typ: strings.ToLower(C.GoString(be.be_type)), suffixes: suffixes, be: be,
		c: be.be_database.plugin, turn: make(chan struct{}, 1), isolate: true}
	if err := rs.ServeDatabase(madeDB{db}); err != nil {
		h.log.Error("a plug-in's database cannot be served", "database", name, "error", err)
	}
}

//export slapiGoBackendStopping
func slapiGoBackendStopping(be *C.Slapi_Backend) {
	defer guard("slapi_mtn_be_stopping", nil)
	if rs, ok := services().(runtimeServices); ok {
		rs.WithdrawDatabase(C.GoString(be.be_name))
	}
}

//export slapiGoBackendFree
func slapiGoBackendFree(be *C.Slapi_Backend) {
	defer guard("slapi_be_free", nil)
	forgetBackend(C.GoString(be.be_name)) // its memory stays: operations may hold it
}
