package main

/*
#include <stdlib.h>
#include "host_syntax.h"
*/
import "C"

import (
	"bytes"
	"errors"
	"regexp"
	"sync"
	"sync/atomic"
	"unsafe"

	"libslapi/server/schema"
)

// servedSyntax is a syntax whose values a plug-in checks while one is running.
type servedSyntax struct {
	plugin atomic.Pointer[hostPlugin]
}

// servedSyntaxes are the syntaxes that were given to plug-ins, by the schema's
// own object: a schema keeps its syntaxes when it is copied or read anew.
var servedSyntaxes struct {
	sync.Mutex
	m map[*schema.Syntax]*servedSyntax
}

var errPluginSyntax = errors.New("the value is not of the syntax")

// giveSyntaxes has syntax plug-ins check the values of their syntaxes in the
// place of the built-in check: what such a plug-in says decides, as it does in
// ns-slapd. The caller holds h.mu.
func (h *cHost) giveSyntaxes() {
	sch := activeSchema()
	servedSyntaxes.Lock()
	defer servedSyntaxes.Unlock()
	for _, v := range servedSyntaxes.m {
		v.plugin.Store(nil)
	}
	for _, p := range h.plugins {
		if p.c.syntax_oid == nil || C.cshim_plugin_fn(p.c, C.SLAPI_PLUGIN_SYNTAX_VALIDATE) == nil {
			continue
		}
		x := sch.Syntax(C.GoString(p.c.syntax_oid))
		if x == nil {
			continue
		}
		v := servedSyntaxes.m[x]
		if v == nil {
			if servedSyntaxes.m == nil {
				servedSyntaxes.m = map[*schema.Syntax]*servedSyntax{}
			}
			v = &servedSyntax{}
			builtin := x.Validate
			// Plug-ins are loaded before the first operation; later only the
			// pointer inside changes.
			x.Validate = func(value []byte) error {
				if p := v.plugin.Load(); p != nil {
					return p.validate(value)
				}
				if builtin != nil {
					return builtin(value)
				}
				return nil
			}
			servedSyntaxes.m[x] = v
		}
		v.plugin.Store(p)
	}
}

// namesSyntaxes are the syntaxes whose values ns-slapd normalises before it asks
// the plug-in; but for values in BER, whose form it leaves.
var namesSyntaxes = map[string]bool{"1.3.6.1.4.1.1466.115.121.1.12": true}

// looseEscape is a backslash before a character that needs none and is no
// hexadecimal digit; ns-slapd takes the character as it is.
var looseEscape = regexp.MustCompile(`\\([g-zG-Z])`)

// validate asks the syntax plug-in.
func (p *hostPlugin) validate(value []byte) error {
	if namesSyntaxes[C.GoString(p.c.syntax_oid)] && !bytes.Contains(value, []byte("=#")) {
		if n, err := newName(looseEscape.ReplaceAllString(string(value), "$1")); err == nil {
			value = []byte(n.Pretty)
		}
	}
	c := cBytes(value)
	rc := C.cshim_call_validate(p.c, unsafe.Pointer(c), C.size_t(len(value)))
	C.free(unsafe.Pointer(c))
	if rc != 0 {
		return errPluginSyntax
	}
	return nil
}
