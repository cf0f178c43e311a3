package main

/*
#include <stdlib.h>
#include "host_goside.h"
#include "host_util.h"
*/
import "C"

import (
	"sync"
	"unsafe"

	"libslapi/server/dn"
	"libslapi/server/plugin"
)

// backends are the C objects of the databases. They live for ever: plug-ins
// keep them.
var backends struct {
	sync.Mutex
	m map[string]*C.Slapi_Backend
}

// forgetBackends has the objects made anew for the next server of this process.
// The old ones stay: a plug-in may hold them.
func forgetBackends() {
	backends.Lock()
	defer backends.Unlock()
	backends.m = nil
}

// forgetBackend has the object of a deleted database made anew for the next one
// of its name.
func forgetBackend(name string) {
	backends.Lock()
	defer backends.Unlock()
	delete(backends.m, name)
}

// backendNamed gives the C object of a database; nil for "" and for an unknown one.
func backendNamed(name string) *C.Slapi_Backend {
	if name == "" {
		return nil
	}
	backends.Lock()
	be := backends.m[name]
	backends.Unlock()
	if be != nil {
		return be
	}
	s := services()
	if s == nil {
		return nil
	}
	for _, info := range s.Databases() {
		if info.Name == name {
			return backendOf(info)
		}
	}
	return nil
}

// backendOf gives the C object of a database, made at the first call.
func backendOf(info plugin.DatabaseInfo) *C.Slapi_Backend {
	backends.Lock()
	defer backends.Unlock()
	be := backends.m[info.Name]
	if be == nil {
		be = (*C.Slapi_Backend)(C.calloc(1, C.size_t(unsafe.Sizeof(C.struct_slapi_backend{}))))
		be.be_name = C.CString(info.Name)
		be.be_type = C.CString(info.Type)
		be.be_lastmod = 1
		be.be_sizelimit, be.be_timelimit = -1, -1
		list := (**C.Slapi_DN)(C.calloc(C.size_t(len(info.Suffixes)+1), C.size_t(unsafe.Sizeof((*C.Slapi_DN)(nil)))))
		view := unsafe.Slice(list, len(info.Suffixes)+1)
		for i, suffix := range info.Suffixes {
			n, err := newName(suffix)
			if err != nil {
				n = dn.Name{Pretty: suffix, Norm: suffix}
			}
			view[i] = C.cshim_name_make(nil, C.CString(n.Pretty), C.CString(n.Norm))
		}
		be.be_suffixes = list
		if backends.m == nil {
			backends.m = map[string]*C.Slapi_Backend{}
		}
		backends.m[info.Name] = be
	}
	be.be_readonly = cBool(info.ReadOnly)
	be.be_private = cBool(info.Private)
	return be
}

//export slapiGoBackendFor
func slapiGoBackendFor(ndn *C.char, exact C.int) (be *C.Slapi_Backend) {
	defer guard("slapi_be_select", func() { be = nil })
	s := services()
	if s == nil {
		return nil
	}
	norm := C.GoString(ndn)
	be = backendNamed(s.DatabaseFor(norm))
	if be == nil || exact == 0 {
		return be
	}
	for p := be.be_suffixes; *p != nil; p = (**C.Slapi_DN)(unsafe.Add(unsafe.Pointer(p), unsafe.Sizeof(*p))) {
		if C.GoString(C.slapi_sdn_get_ndn(*p)) == norm {
			return be
		}
	}
	return nil
}

//export slapiGoBackendAt
func slapiGoBackendAt(i C.int) (be *C.Slapi_Backend) {
	defer guard("slapi_get_next_backend", func() { be = nil })
	s := services()
	if s == nil || i < 0 {
		return nil
	}
	list := s.Databases()
	if int(i) >= len(list) {
		return nil
	}
	return backendOf(list[i])
}

//export slapiGoBackendNamed
func slapiGoBackendNamed(name *C.char) (be *C.Slapi_Backend) {
	defer guard("slapi_be_select_by_instance_name", func() { be = nil })
	return backendNamed(C.GoString(name))
}
