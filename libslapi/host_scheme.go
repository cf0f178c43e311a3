package main

/*
#include <stdlib.h>
#include "dispatch.h"
#include "host_goside.h"
*/
import "C"

import (
	"bytes"
	"errors"
	"strings"
	"unsafe"

	"libslapi/server/auth"
	"libslapi/server/plugin"
)

// pluginScheme is a password storage scheme that a plug-in serves.
type pluginScheme struct {
	p    *hostPlugin
	name string
}

func (s pluginScheme) Name() string { return s.name }

var errNoHash = errors.New("the plug-in of the scheme gave no value")

// Encode hashes a password; the result carries its prefix. Scheme functions
// work on C strings: a password with a NUL in it cannot be one.
func (s pluginScheme) Encode(clear []byte) (string, error) {
	if bytes.IndexByte(clear, 0) >= 0 {
		return "", errors.New("the password holds a NUL octet")
	}
	c := cBytes(clear)
	defer wipe(c, len(clear))
	stored := onThread(func() *C.char { return C.cshim_call_pwd_enc(s.p.c, c) })
	if stored == nil {
		return "", errNoHash
	}
	return takeString(stored), nil
}

// Compare checks a password against a stored value without its prefix.
func (s pluginScheme) Compare(clear []byte, stored string) bool {
	if bytes.IndexByte(clear, 0) >= 0 {
		return false
	}
	c, v := cBytes(clear), C.CString(stored)
	defer C.free(unsafe.Pointer(v))
	defer wipe(c, len(clear))
	return onThread(func() C.int { return C.cshim_call_pwd_cmp(s.p.c, c, v) }) == 0
}

// wipe clears and frees a copy of a password.
func wipe(c *C.char, n int) {
	clear(unsafe.Slice((*byte)(unsafe.Pointer(c)), n))
	C.free(unsafe.Pointer(c))
}

// PasswordScheme finds a scheme of a plug-in by its name in any case.
func (h *cHost) PasswordScheme(name string) plugin.PasswordScheme {
	for _, p := range h.tables.Load().schemes {
		n := C.GoString(p.c.pwd_name)
		if strings.EqualFold(n, name) {
			return pluginScheme{p, n}
		}
	}
	return nil
}

// PasswordSchemes lists the names of the plug-ins' schemes.
func (h *cHost) PasswordSchemes() []string {
	var names []string
	for _, p := range h.tables.Load().schemes {
		names = append(names, C.GoString(p.c.pwd_name))
	}
	return names
}

//export slapiGoPasswordEqual
func slapiGoPasswordEqual(stored unsafe.Pointer, storedLen C.size_t, clear unsafe.Pointer, clearLen C.size_t) (rc C.int) {
	defer guard("slapi_pw_find", func() { rc = 0 })
	s := services()
	if s == nil || stored == nil || clear == nil {
		return 0
	}
	return cBool(s.CheckPassword(C.GoStringN((*C.char)(stored), C.int(storedLen)), C.GoBytes(clear, C.int(clearLen))))
}

//export slapiGoPasswordHash
func slapiGoPasswordHash(clear, scheme *C.char) (out *C.char) {
	defer guard("slapi_encode", func() { out = nil })
	s := services()
	if s == nil {
		return nil
	}
	name := ""
	if scheme != nil {
		name = C.GoString(scheme)
	}
	stored, err := s.HashPassword([]byte(C.GoString(clear)), name)
	if err != nil {
		return nil
	}
	return C.CString(stored)
}

//export slapiGoPasswordEncoded
func slapiGoPasswordEncoded(value *C.char) (rc C.int) {
	defer guard("slapi_is_encoded", func() { rc = 0 })
	scheme, _, ok := auth.SplitScheme(C.GoString(value))
	if !ok {
		return 0
	}
	scheme = strings.Trim(scheme, "{}")
	if h := theHost.Load(); h != nil && h.PasswordScheme(scheme) != nil {
		return 1
	}
	for _, n := range builtinSchemes.Names() {
		if strings.EqualFold(strings.Trim(n, "{}"), scheme) {
			return 1
		}
	}
	return 0
}

// builtinSchemes is asked for names only.
var builtinSchemes = auth.NewRegistry()
