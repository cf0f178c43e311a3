package main

/*
#include <stdlib.h>
#include "dispatch.h"
#include "host_services.h"
#include "host_settings.h"
#include "host_various.h"
*/
import "C"

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"strings"
	"unsafe"

	"libslapi/server/plugin"
	"libslapi/server/wire"
)

//export slapiGoConfigDir
func slapiGoConfigDir() (dir *C.char) {
	defer guard("config_get_configdir", func() { dir = nil })
	if h := theHost.Load(); h != nil && h.opt.ConfigDir != "" {
		return C.CString(h.opt.ConfigDir)
	}
	return nil
}

// slapiGoSetSetting changes an attribute of cn=config. An LDAP code.
//
//export slapiGoSetSetting
func slapiGoSetSetting(attr, value *C.char, text **C.char) (rc C.int) {
	defer guard("config_set", func() { rc = C.int(wire.OperationsError) })
	s := services()
	if s == nil {
		return C.int(wire.Unavailable)
	}
	name, err := newName("cn=config")
	if err != nil {
		return C.int(wire.OperationsError)
	}
	op := &plugin.Operation{Kind: plugin.KindModify, Internal: true, RawTarget: name.Pretty, Target: name,
		Modify: &plugin.ModifyPart{Changes: []wire.Change{{Op: wire.ModReplace,
			Type: C.GoString(attr), Values: [][]byte{[]byte(C.GoString(value))}}}}}
	s.Run(op)
	if op.Result.Code != wire.Success && text != nil {
		*text = C.CString(op.Result.Text)
	}
	return C.int(op.Result.Code)
}

//export slapiGoIsLDAPI
func slapiGoIsLDAPI(pb *C.Slapi_PBlock) (rc C.int) {
	defer guard("slapi_is_ldapi_conn", func() { rc = 0 })
	st := opStateOf(pb)
	return cBool(st != nil && st.op.Conn != nil && st.op.Conn.LDAPI)
}

// slapiGoOperationConn is the connection that a client's operation came on.
//
//export slapiGoOperationConn
func slapiGoOperationConn(handle C.uintptr_t) (conn unsafe.Pointer) {
	defer guard("operation extension", func() { conn = nil })
	st, ok := operations.get(uintptr(handle))
	if !ok || st.op.Internal || st.op.Conn == nil {
		return nil
	}
	return unsafe.Pointer(connStateOf(st.op.Conn).c)
}

// reversible finds the plug-in of a reversible password scheme that is
// configured for an attribute, with the scheme's name; nil when there is none.
func (h *cHost) reversible(attr string) (*hostPlugin, string) {
	for _, p := range h.tables.Load().schemes {
		if !strings.EqualFold(p.spec.Type, "reverpwdstoragescheme") {
			continue
		}
		for _, a := range goStrings(p.c.argv) {
			if strings.EqualFold(a, attr) {
				return p, C.GoString(p.c.pwd_name)
			}
		}
	}
	return nil, ""
}

// slapiGoReverDecode: 0 *plain is new, 1 the value is no cipher text, -1 it
// cannot be read.
//
//export slapiGoReverDecode
func slapiGoReverDecode(cipher, attr *C.char, plain **C.char) (rc C.int) {
	defer guard("pw_rever_decode", func() { rc = -1 })
	h := theHost.Load()
	if h == nil {
		return 1
	}
	value := C.GoString(cipher)
	for _, p := range h.tables.Load().schemes {
		if !strings.EqualFold(p.spec.Type, "reverpwdstoragescheme") {
			continue
		}
		// "{AES}text" or "{AES-algorithm}text".
		name := C.GoString(p.c.pwd_name)
		if len(value) < len(name)+2 || value[0] != '{' || !strings.EqualFold(value[1:1+len(name)], name) {
			continue
		}
		end := strings.IndexByte(value, '}')
		rest := value[1+len(name):]
		if end < 0 || rest[0] != '}' && rest[0] != '-' {
			continue
		}
		algorithm := ""
		if rest[0] == '-' {
			algorithm = value[2+len(name) : end]
		}
		text, alg := C.CString(value[end+1:]), C.CString(algorithm)
		out := onThread(func() *C.char { return C.cshim_call_pwd_dec(p.c, text, alg) })
		C.free(unsafe.Pointer(text))
		C.free(unsafe.Pointer(alg))
		if out == nil {
			return -1
		}
		*plain = out
		return 0
	}
	return 1
}

// slapiGoReverEncode gives the cipher text of a value of an attribute that a
// reversible scheme is configured for; nil leaves the value as it is.
//
//export slapiGoReverEncode
func slapiGoReverEncode(plain, attr *C.char) (out *C.char) {
	defer guard("pw_rever_encode", func() { out = nil })
	h := theHost.Load()
	if h == nil {
		return nil
	}
	v, ok := h.EncodeReversible(C.GoString(attr), C.GoString(plain))
	if !ok {
		return nil
	}
	return C.CString(v)
}

// ReversibleAttrs are the attributes for which a reversible scheme is configured.
func (h *cHost) ReversibleAttrs() []string { return h.tables.Load().reversible }

// EncodeReversible gives the text to store in the place of a clear-text value;
// ok is false when no scheme is configured for the attribute, the value is
// cipher text already, or the scheme failed.
func (h *cHost) EncodeReversible(attr, value string) (stored string, ok bool) {
	p, name := h.reversible(attr)
	if p == nil || value == "" {
		return "", false
	}
	if strings.HasPrefix(strings.ToLower(value), "{"+strings.ToLower(name)) && strings.Contains(value, "}") {
		return "", false
	}
	stored, err := pluginScheme{p, name}.Encode([]byte(value))
	if err != nil {
		h.log.Error("a value could not be encrypted", "attribute", attr, "scheme", name, "error", err.Error())
		return "", false
	}
	return stored, true
}

// slapiGoNameUUID makes a name-based id as 389 does: MD5 of the base and the
// name. Of the base only the three time fields count, in network order; 389
// leaves the rest zero, and keys that plug-ins derive depend on it.
//
//export slapiGoNameUUID
func slapiGoNameUUID(base *C.char, name unsafe.Pointer, n C.size_t) (id *C.char) {
	defer guard("slapi_uniqueIDGenerateFromNameString", func() { id = nil })
	var space [16]byte
	if base != nil {
		if raw, err := hex.DecodeString(strings.ReplaceAll(C.GoString(base), "-", "")); err != nil || len(raw) != 16 {
			return nil
		} else {
			copy(space[:8], raw)
		}
	}
	h := md5.New()
	h.Write(space[:])
	h.Write(unsafe.Slice((*byte)(name), int(n)))
	b := h.Sum(nil)
	b[6] = b[6]&0x0f | 0x30
	b[8] = b[8]&0x3f | 0x80
	return C.CString(fmt.Sprintf("%x-%x-%x-%x", b[0:4], b[4:8], b[8:12], b[12:16]))
}

// RewriteSearch lets the plug-ins that rewrite searches change op before its
// database is chosen. code is Success, or the result to end the search with.
func (h *cHost) RewriteSearch(op *plugin.Operation) wire.ResultCode {
	if C.cshim_rewrite_any() == 0 {
		return wire.Success
	}
	st := stateOf(op)
	st.refresh()
	rc := C.compute_rewrite_search_filter(st.c.pb)
	switch rc {
	case C.SEARCH_REWRITE_CALLBACK_CONTINUE: // nobody did anything
	case C.SEARCH_REWRITE_CALLBACK_REFUSE:
		return wire.UnwillingToPerform
	case C.SEARCH_REWRITE_CALLBACK_ERROR:
		return wire.OperationsError
	default: // done; views says -2
		st.readBack(0)
	}
	return wire.Success
}

// BackendState tells the plug-ins that asked that a database changed its state;
// states are SLAPI_BE_STATE_*.
func (h *cHost) BackendState(name string, old, now int) {
	if now == C.SLAPI_BE_STATE_ON {
		if s := services(); s != nil {
			h.startUSN(s)
		}
	}
	c := C.CString(name)
	defer C.free(unsafe.Pointer(c))
	onThread(func() bool {
		C.cshim_be_state(c, C.int(old), C.int(now))
		return true
	})
	if now == C.SLAPI_BE_STATE_DELETE {
		forgetBackend(name)
	}
}
