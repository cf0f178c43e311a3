package main

/*
#include <stdlib.h>
#include "dispatch.h"
#include "host_goside.h"
*/
import "C"

import (
	"fmt"
	"strings"
	"unicode"
	"unsafe"

	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// Facts and services of the server that plug-ins ask for.

//export slapiGoLog
func slapiGoLog(level C.int, subsystem, text *C.char) {
	defer guard("slapi_log_error", nil)
	if s := services(); s != nil {
		s.Log(int(level), C.GoString(subsystem), strings.TrimRight(C.GoString(text), "\n"))
	}
}

//export slapiGoLogEnabled
func slapiGoLogEnabled(level, dialect C.int) (rc C.int) {
	defer guard("slapi_is_loglevel_set", func() { rc = 0 })
	s := services()
	return cBool(s != nil && s.LogEnabled(int(level), plugin.Dialect(dialect)))
}

//export slapiGoRuneCase
func slapiGoRuneCase(c C.uint32_t, upper C.int) C.uint32_t {
	if upper != 0 {
		return C.uint32_t(unicode.ToUpper(rune(c)))
	}
	return C.uint32_t(unicode.ToLower(rune(c)))
}

//export slapiGoShuttingDown
func slapiGoShuttingDown() (rc C.int) {
	defer guard("slapi_is_shutting_down", func() { rc = 1 })
	s := services()
	return cBool(s != nil && s.ShuttingDown())
}

//export slapiGoSetting
func slapiGoSetting(attr *C.char) (value *C.char) {
	defer guard("setting", func() { value = nil })
	s := services()
	if s == nil {
		return nil
	}
	v := s.Setting(C.GoString(attr))
	if v == "" {
		return nil
	}
	return C.CString(v)
}

//export slapiGoRegisterControl
func slapiGoRegisterControl(oid *C.char, ops C.ulong) {
	defer guard("slapi_register_supported_control", nil)
	if s := services(); s != nil {
		s.RegisterControl(C.GoString(oid), plugin.Kind(ops)&allKinds)
	}
}

//export slapiGoRegisterSASL
func slapiGoRegisterSASL(name *C.char) {
	defer guard("slapi_register_supported_saslmechanism", nil)
	if s := services(); s != nil {
		s.RegisterSASLMechanism(C.GoString(name))
	}
}

// supportedAttrs are the attributes of the root DSE behind slapi_get_supported_*.
var supportedAttrs = [...]string{"supportedControl", "supportedExtension", "supportedSASLMechanisms", "supportedFeatures"}

//export slapiGoSupported
func slapiGoSupported(what C.int, ops **C.ulong) (list **C.char) {
	defer guard("slapi_get_supported", func() { list = nil })
	var values []string
	if s := services(); s != nil && int(what) < len(supportedAttrs) {
		sink := &internalSink{}
		if f, err := parseFilter("(objectClass=*)"); err == nil {
			attr := supportedAttrs[what]
			op := &plugin.Operation{Kind: plugin.KindSearch, Internal: true, Responder: sink,
				Search: &plugin.SearchPart{Scope: wire.ScopeBase, Filter: f, Attrs: []string{attr}}}
			s.Run(op)
			for _, e := range sink.entries {
				for _, a := range e.msg.Attrs {
					if strings.EqualFold(a.Type, attr) {
						for _, v := range a.Values {
							values = append(values, string(v))
						}
					}
				}
			}
		}
	}
	if ops != nil {
		*ops = (*C.ulong)(C.calloc(C.size_t(len(values)+1), C.size_t(unsafe.Sizeof(C.ulong(0)))))
		for i := range values {
			unsafe.Slice(*ops, len(values)+1)[i] = C.ulong(allKinds)
		}
	}
	return newCharray(values)
}

//export slapiGoAccessAllowed
func slapiGoAccessAllowed(pb *C.Slapi_PBlock, e *C.Slapi_Entry, attr *C.char, val *C.struct_berval, access C.int) (rc C.int) {
	defer guard("slapi_access_allowed", func() { rc = C.int(wire.OperationsError) })
	st, s := opStateOf(pb), services()
	if st == nil || s == nil {
		return C.int(wire.OperationsError)
	}
	if h := theHost.Load(); h != nil && h.Decides() {
		return h.decideFor(st, e, attr, val, access)
	}
	ge, err := entryFromC(e)
	if err != nil {
		return C.int(wire.InvalidDNSyntax)
	}
	name := ""
	if attr != nil {
		name = C.GoString(attr)
	}
	ok, err := s.AccessAllowed(st.op, ge, name, goBerval(val), plugin.Access(access))
	if err != nil || !ok {
		return C.int(wire.InsufficientAccessRights)
	}
	return 0
}

//export slapiGoSuperior
func slapiGoSuperior(class *C.char) (name *C.char) {
	defer guard("slapi_schema_get_superior_name", func() { name = nil })
	oc := activeSchema().ObjectClass(C.GoString(class))
	if oc == nil || len(oc.Sups) == 0 {
		return nil
	}
	return C.CString(oc.Sups[0].Name())
}

//export slapiGoPluginRunning
func slapiGoPluginRunning(pb *C.Slapi_PBlock) (rc C.int) {
	defer guard("slapi_plugin_running", func() { rc = 0 })
	p := pluginOf(callbackPlugin(pb))
	return cBool(p != nil && p.started)
}

//export slapiGoRegisterPlugin
func slapiGoRegisterPlugin(typ *C.char, enabled C.int, symbol *C.char, init unsafe.Pointer, name *C.char, argv **C.char, group unsafe.Pointer, precedence C.int) (rc C.int) {
	defer guard("slapi_register_plugin", func() { rc = -1 })
	h := theHost.Load()
	if h == nil {
		return -1
	}
	parent := pluginOf(C.cshim_thread().plugin)
	if id := (*C.struct_slapi_componentid)(group); id != nil {
		if p := pluginOf(id.sci_plugin); p != nil {
			parent = p
		}
	}
	if parent == nil {
		return -1
	}
	if enabled == 0 {
		return 0
	}
	// The group's settings hold for all its plug-ins.
	spec := parent.spec
	spec.Type = strings.ToLower(C.GoString(typ))
	spec.Args = goStrings(argv)
	spec.DependsOnNamed, spec.DependsOnType = nil, nil
	if name != nil {
		spec.Name = C.GoString(name)
	}
	if precedence > 0 {
		spec.Precedence = int(precedence)
	}
	initName := ""
	if symbol != nil {
		initName = C.GoString(symbol)
	}
	spec.Entry = nestedEntry(spec, initName)
	h.mu.Lock()
	defer h.mu.Unlock()
	p, err := h.newPlugin(spec, parent.path, initName, plugin.Dialect(parent.c.dialect), parent)
	if err == nil {
		p.c.identity = parent.c.identity
		p.c.identity.sci_plugin = p.c
		if err = h.initPlugin(p, init); err == nil {
			parent.nested = append(parent.nested, p)
			return 0
		}
	}
	h.log.Error("a plug-in could not register another one", "plugin", parent.spec.Name, "error", err.Error())
	return -1
}

// nestedEntry is the entry of a plug-in that another one registered: made up, as
// ns-slapd does it, with what was given. Init functions read its type there.
func nestedEntry(spec plugin.Spec, init string) *entry.Entry {
	name, err := newName("cn=" + escapeValue(spec.Name) + ",cn=plugins,cn=config")
	if err != nil {
		return nil
	}
	e := &entry.Entry{Name: name}
	add := func(attr, value string) {
		d, err := activeSchema().Describe(attr)
		if err == nil {
			e.Attrs = append(e.Attrs, entry.Attr{Type: d.Type, Options: d.Options, Desc: attr, Values: [][]byte{[]byte(value)}})
		}
	}
	add("cn", spec.Name)
	add("nsslapd-pluginType", spec.Type)
	add("nsslapd-pluginEnabled", "on")
	add("nsslapd-pluginInitfunc", init)
	for i, arg := range spec.Args {
		add(fmt.Sprintf("nsslapd-pluginarg%d", i), arg)
	}
	return e
}
