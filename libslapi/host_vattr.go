package main

/*
#include <stdlib.h>
#include "dispatch.h"
#include "host_vattr.h"

static int vattr_get(Slapi_PBlock *pb, uintptr_t op, Slapi_Entry *e, char *type, Slapi_ValueSet **results, char **actual, int *flags)
{
	struct cshim_thread saved = *cshim_thread();
	int rc;

	if (op)
		cshim_thread()->op = op;
	rc = cshim_vattr_get(pb, e, type, results, NULL, actual, SLAPI_VIRTUALATTRS_ONLY | SLAPI_VIRTUALATTRS_REQUEST_POINTERS, flags);
	*cshim_thread() = saved;
	return rc;
}

static int vattr_compare(Slapi_PBlock *pb, uintptr_t op, Slapi_Entry *e, char *type, struct berval *bv, int *result)
{
	struct cshim_thread saved = *cshim_thread();
	Slapi_Value *v = slapi_value_new_berval(bv);
	int rc;

	if (op)
		cshim_thread()->op = op;
	rc = cshim_vattr_compare(pb, e, type, v, result, 0);
	*cshim_thread() = saved;
	slapi_value_free(&v);
	return rc;
}

static int vattr_list(uintptr_t op, Slapi_Entry *e, vattr_type_thang **types, int flags, int *buffer_flags)
{
	struct cshim_thread saved = *cshim_thread();
	int rc;

	if (op)
		cshim_thread()->op = op;
	rc = slapi_vattr_list_attrs(e, types, flags, buffer_flags);
	*cshim_thread() = saved;
	return rc;
}
*/
import "C"

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
)

// virtualTypes are the types that plug-ins serve; an immutable list.
type virtualTypes struct {
	names []string
	plain bool // one of them is no operational type
}

var (
	virtualNow  atomic.Pointer[virtualTypes] // nil: no plug-in serves any
	virtualLock sync.Mutex
)

//export slapiGoVattrServed
func slapiGoVattrServed(name *C.char) {
	defer guard("slapi_vattrspi_regattr", nil)
	virtualLock.Lock()
	defer virtualLock.Unlock()
	if name == nil {
		virtualNow.Store(nil)
		return
	}
	base, _, _ := strings.Cut(C.GoString(name), ";")
	next := &virtualTypes{}
	if was := virtualNow.Load(); was != nil {
		if was.has(base) {
			return
		}
		next.names, next.plain = slices.Clone(was.names), was.plain
	}
	next.names = append(next.names, base)
	if t := activeSchema().AttributeType(base); t == nil || !t.Operational() {
		next.plain = true
	}
	virtualNow.Store(next)
}

func (v *virtualTypes) has(name string) bool {
	return slices.ContainsFunc(v.names, func(n string) bool { return strings.EqualFold(n, name) })
}

// Virtual is a method of plugin.VirtualHost.
func (h *cHost) Virtual() plugin.VirtualAttrs {
	if v := virtualNow.Load(); v != nil {
		return v
	}
	return nil
}

// Serves is a method of plugin.VirtualAttrs.
func (v *virtualTypes) Serves(t *schema.AttributeType) bool {
	for _, n := range v.names {
		for _, a := range t.Names {
			if len(a) == len(n) && strings.EqualFold(a, n) {
				return true
			}
		}
		if n == t.OID {
			return true
		}
	}
	return false
}

// Values is a method of plugin.VirtualAttrs.
func (v *virtualTypes) Values(op *plugin.Operation, e *entry.Entry, t *schema.AttributeType) ([][]byte, string, bool) {
	st := stateOf(op)
	return virtualValues(st.c.pb, C.uintptr_t(st.handle), st.entry(e), t)
}

// virtualValues asks the providers for the values of a type on a C entry.
func virtualValues(pb *C.Slapi_PBlock, op C.uintptr_t, e *C.Slapi_Entry, t *schema.AttributeType) (values [][]byte, name string, ok bool) {
	typ := C.CString(t.Name())
	defer C.free(unsafe.Pointer(typ))
	return onThread(func() virtualAnswer {
		var set *C.Slapi_ValueSet
		var actual *C.char
		var flags C.int
		if C.vattr_get(pb, op, e, typ, &set, &actual, &flags) != 0 || set == nil {
			return virtualAnswer{}
		}
		a := virtualAnswer{values: valueSetFromC(set), name: t.Name(), ok: true}
		if actual != nil {
			a.name = C.GoString(actual)
		}
		C.slapi_vattr_values_free(&set, &actual, flags)
		return a
	}).all()
}

// Compare is a method of plugin.VirtualAttrs.
func (v *virtualTypes) Compare(op *plugin.Operation, e *entry.Entry, t *schema.AttributeType, value []byte) (equal, ok bool) {
	st := stateOf(op)
	typ := C.CString(t.Name())
	defer C.free(unsafe.Pointer(typ))
	bv := newBerval(value)
	defer C.cshim_free_berval(unsafe.Pointer(bv))
	var result C.int
	ok = onThread(func() C.int {
		return C.vattr_compare(st.c.pb, C.uintptr_t(st.handle), st.entry(e), typ, bv, &result)
	}) == 0
	return result != 0, ok
}

type virtualAnswer struct {
	values [][]byte
	name   string
	ok     bool
}

func (a virtualAnswer) all() ([][]byte, string, bool) { return a.values, a.name, a.ok }

// Lists is a method of plugin.VirtualAttrs.
func (v *virtualTypes) Lists(operational bool) bool { return operational || v.plain }

// List is a method of plugin.VirtualAttrs.
func (v *virtualTypes) List(op *plugin.Operation, e *entry.Entry, operational bool) []plugin.VirtualType {
	st := stateOf(op)
	flags := C.int(C.SLAPI_VIRTUALATTRS_ONLY)
	if operational {
		flags |= C.SLAPI_VIRTUALATTRS_LIST_OPERATIONAL_ATTRS
	}
	return onThread(func() []plugin.VirtualType {
		var types *C.vattr_type_thang
		var buffer C.int
		if C.vattr_list(C.uintptr_t(st.handle), st.entry(e), &types, flags, &buffer) != 0 {
			return nil
		}
		var out []plugin.VirtualType
		for t := C.vattr_typethang_first(types); t != nil; t = C.vattr_typethang_next(t) {
			out = append(out, plugin.VirtualType{Name: C.GoString(C.vattr_typethang_get_name(t)),
				Operational: C.vattr_typethang_get_flags(t)&C.SLAPI_ATTR_FLAG_OPATTR != 0})
		}
		C.slapi_vattr_attrs_free(&types, buffer)
		return out
	})
}

// testEnv is what a filter of a plug-in finds beside the values of the C entry
// that it is tested on: its name, and virtual attributes where those were asked
// for.
type testEnv struct {
	nameEnv
	e    *C.Slapi_Entry
	pb   *C.Slapi_PBlock
	virt *virtualTypes
}

var _ filter.Overriding = testEnv{}

// Override is a method of filter.Overriding.
func (v testEnv) Override(_ *entry.Entry, t *schema.AttributeType) ([][]byte, bool) {
	if !v.virt.Serves(t) {
		return nil, false
	}
	values, _, ok := virtualValues(v.pb, 0, v.e, t)
	return values, ok
}
