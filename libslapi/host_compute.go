package main

/*
#include <stdlib.h>
#include "dispatch.h"
#include "host_services.h"

extern int slapiGoComputed(uintptr_t collector, Slapi_Attr *a);
static int to_go(void *data, Slapi_Attr *a)
{
	return slapiGoComputed((uintptr_t)data, a);
}
static int compute(Slapi_PBlock *pb, char *type, Slapi_Entry *e, uintptr_t collector)
{
	return cshim_compute(pb, type, e, (void *)collector, to_go);
}
*/
import "C"

import (
	"unsafe"

	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// collector takes what evaluators put out.
type collector struct{ attrs []wire.Attribute }

var collectors handleTable[*collector]

// Computes is a method of plugin.ComputeHost.
func (h *cHost) Computes() bool { return C.cshim_compute_any() != 0 }

// Compute is a method of plugin.ComputeHost.
func (h *cHost) Compute(op *plugin.Operation, e *entry.Entry, name string) []wire.Attribute {
	st := stateOf(op)
	st.refresh()
	ce := entryToC(e)
	defer freeEntry(ce)
	typ := C.CString(name)
	defer C.free(unsafe.Pointer(typ))
	c := &collector{}
	handle := collectors.put(c)
	defer collectors.drop(handle)
	onThread(func() C.int { return C.compute(st.c.pb, typ, ce, C.uintptr_t(handle)) })
	st.readBack(0)
	return c.attrs
}

//export slapiGoComputed
func slapiGoComputed(handle C.uintptr_t, a *C.Slapi_Attr) (rc C.int) {
	defer guard("computed attribute", func() { rc = -1 })
	c, ok := collectors.get(uintptr(handle))
	if !ok || a == nil || a.a_type == nil {
		return -1
	}
	out := wire.Attribute{Type: C.GoString(a.a_type)}
	var v *C.Slapi_Value
	for i := C.slapi_attr_first_value(a, &v); i != -1; i = C.slapi_attr_next_value(a, i, &v) {
		out.Values = append(out.Values, goBerval((*C.struct_berval)(unsafe.Pointer(C.slapi_value_get_berval(v)))))
	}
	c.attrs = append(c.attrs, out)
	return 0
}
