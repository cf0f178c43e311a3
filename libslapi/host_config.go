package main

/*
#include <stdlib.h>
#include "dispatch.h"
#include "host_goside.h"
*/
import "C"

import (
	"strings"
	"sync"
	"unsafe"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// configCallbacks are the functions of plug-ins on the configuration tree.
type configCallbacks struct {
	mu   sync.Mutex
	list []*dseCallback
}

// dseCallback is one registered function.
type dseCallback struct {
	ops    plugin.Kind
	before bool
	base   string
	scope  wire.Scope
	filter string
	fn     unsafe.Pointer
	arg    unsafe.Pointer
	plugin *C.struct_cshim_plugin
	remove func()
}

//export slapiGoConfigRegister
func slapiGoConfigRegister(operation, flags C.int, base *C.char, scope C.int, text *C.char, fn, arg unsafe.Pointer, pb *C.Slapi_PBlock) (rc C.int) {
	defer guard("slapi_config_register_callback", func() { rc = 0 })
	h, s := theHost.Load(), services()
	if h == nil || s == nil {
		return 0
	}
	cb := &dseCallback{ops: plugin.Kind(operation), before: flags&C.DSE_FLAG_POSTOP == 0, base: C.GoString(base),
		scope: wire.Scope(scope), fn: fn, arg: arg, plugin: callbackPlugin(pb)}
	if text != nil {
		cb.filter = C.GoString(text)
	}
	if _, err := h.config.register(h, s, cb); err != nil {
		h.log.Error("configuration callback not registered", "base", cb.base, "error", err.Error())
		return 0
	}
	return 1
}

//export slapiGoConfigRemove
func slapiGoConfigRemove(operation, flags C.int, base *C.char, scope C.int, _ *C.char, fn unsafe.Pointer) (rc C.int) {
	defer guard("slapi_config_remove_callback", func() { rc = 0 })
	h := theHost.Load()
	if h == nil {
		return 0
	}
	want := normOf(C.GoString(base))
	before := flags&C.DSE_FLAG_POSTOP == 0
	c := &h.config
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, cb := range c.list {
		if cb.fn == fn && cb.ops == plugin.Kind(operation) && cb.before == before && cb.scope == wire.Scope(scope) && normOf(cb.base) == want {
			cb.remove()
			c.list = append(c.list[:i], c.list[i+1:]...)
			return 1
		}
	}
	return 0
}

// callbackPlugin is the plug-in that registers something: the one whose pblock
// it gives, else the one on this thread.
func callbackPlugin(pb *C.Slapi_PBlock) *C.struct_cshim_plugin {
	if pb != nil {
		if p := C.cshim_pblock_plugin(pb); p != nil {
			return p
		}
	}
	return C.cshim_thread().plugin
}

// normOf is the normal form of a DN, or the text in lower case when it is none.
func normOf(text string) string {
	if n, err := newName(text); err == nil {
		return n.Norm
	}
	return strings.ToLower(text)
}

func escapeValue(s string) string { return dn.Escape([]byte(s)) }

// register has the configuration tree call a plug-in's function.
func (c *configCallbacks) register(h *cHost, s plugin.Services, cb *dseCallback) (remove func(), err error) {
	cc := &plugin.ConfigCallback{Ops: cb.ops, Before: cb.before, Base: normOf(cb.base), Scope: cb.scope,
		Call: func(op *plugin.Operation, before, after *entry.Entry) (int, wire.ResultCode, string) {
			return h.callDSE(cb, op, before, after)
		}}
	if cb.filter != "" {
		f, err := filter.Parse(cb.filter)
		if err != nil {
			return nil, err
		}
		if err := f.Resolve(s.Schema(), nil); err != nil {
			return nil, err
		}
		cc.Filter = f
	}
	if cb.remove, err = s.ConfigCallback(cc); err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.list = append(c.list, cb)
	c.mu.Unlock()
	return func() { c.drop(cb) }, nil
}

func (c *configCallbacks) drop(cb *dseCallback) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, x := range c.list {
		if x == cb {
			c.list = append(c.list[:i], c.list[i+1:]...)
			cb.remove()
			return
		}
	}
}

func (c *configCallbacks) removeAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, cb := range c.list {
		cb.remove()
	}
	c.list = nil
}

// removePlugin drops what a plug-in registered and did not remove itself.
func (c *configCallbacks) removePlugin(p *C.struct_cshim_plugin) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var keep []*dseCallback
	for _, cb := range c.list {
		if cb.plugin == p {
			cb.remove()
		} else {
			keep = append(keep, cb)
		}
	}
	c.list = keep
}

// callDSE calls one function. 389 gives the entry of an add, a search or a
// delete as the first one; a modify has both.
func (h *cHost) callDSE(cb *dseCallback, op *plugin.Operation, before, after *entry.Entry) (int, wire.ResultCode, string) {
	return onThread2(func() (int, wire.ResultCode, string) {
		st := stateOf(op)
		st.refresh()
		var first, second *C.Slapi_Entry
		if before != nil {
			first = entryToC(before)
		}
		if after != nil {
			if first == nil {
				first = entryToC(after)
			} else {
				second = entryToC(after)
			}
		}
		shown := before
		digest := C.uint64_t(0)
		if op.Kind == plugin.KindSearch && first != nil {
			digest = C.cshim_entry_digest(first)
		}
		text := (*C.char)(C.calloc(1, C.SLAPI_DSE_RETURNTEXT_SIZE))
		code := C.int(0)
		ret := C.cshim_call_dse(cb.plugin, C.dseCallbackFn(cb.fn), st.c.pb, first, second, &code, text, cb.arg, C.uintptr_t(st.handle))
		st.readBack(0)
		if digest != 0 && C.cshim_entry_digest(first) != digest {
			if e, err := entryFromC(first); err == nil {
				shown.Attrs = e.Attrs
			}
		}
		C.slapi_entry_free(first)
		C.slapi_entry_free(second)
		result := resultCode(int(code))
		if code < 0 {
			result = wire.ResultCode(code) // ns-slapd sends the client libraries' negative codes as they are
		}
		return int(ret), result, takeString(text)
	})
}

// onThread2 is onThread for the three results of a configuration callback.
func onThread2(f func() (int, wire.ResultCode, string)) (ret int, code wire.ResultCode, text string) {
	onThread(func() bool {
		ret, code, text = f()
		return true
	})
	return ret, code, text
}
