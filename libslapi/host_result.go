package main

/*
#include "dispatch.h"
#include "host_goside.h"
*/
import "C"

import (
	"libslapi/server/wire"
)

//export slapiGoSendResult
func slapiGoSendResult(pb *C.Slapi_PBlock, code C.int, matched, text *C.char, urls **C.struct_berval) (rc C.int) {
	defer guard("slapi_send_ldap_result", func() { rc = -1 })
	st, s := opStateOf(pb), services()
	if st != nil && st.call != nil {
		st.call.sendResult(code, matched, text, urls)
		C.cshim_pblock_put_int(pb, C.SLAPI_RESULT_CODE, code)
		return 0
	}
	if st == nil || s == nil {
		// No client waits: the code is all there is to keep.
		C.cshim_pblock_put_int(pb, C.SLAPI_RESULT_CODE, code)
		return -1
	}
	st.readBack(0) // controls, the answer of an extended operation
	res := resultOf(code, matched, text, urls)
	s.SendResult(st.op, res)
	C.cshim_pblock_put_int(pb, C.SLAPI_RESULT_CODE, C.int(st.op.Result.Code))
	return 0
}

func resultOf(code C.int, matched, text *C.char, urls **C.struct_berval) wire.Result {
	res := wire.Result{Code: resultCode(int(code)), Referrals: goBervals(urls)}
	if matched != nil {
		res.MatchedDN = C.GoString(matched)
	}
	if text != nil {
		res.Text = C.GoString(text)
	}
	return res
}

// sendResult notes the result that a database plug-in sends: the pipeline sends
// it, or goes on.
func (c *dbCall) sendResult(code C.int, matched, text *C.char, urls **C.struct_berval) {
	if !c.sent {
		c.sent, c.result = true, resultOf(code, matched, text, urls)
	}
}

//export slapiGoSendEntry
func slapiGoSendEntry(pb *C.Slapi_PBlock, e *C.Slapi_Entry, ctrls **C.LDAPControl, attrs **C.char, attrsonly C.int) (rc C.int) {
	defer guard("slapi_send_ldap_search_entry", func() { rc = -1 })
	st, done := forSending(pb)
	defer done()
	s := services()
	if st != nil && st.call != nil {
		return C.int(st.call.sendEntry(e))
	}
	if st == nil || s == nil {
		return -1
	}
	ge, err := entryFromC(e)
	if err != nil {
		st.bad("entry to send", err)
		return -1
	}
	names := goStrings(attrs)
	if names == nil {
		names = []string{"*"} // no list is all that the entry has, whatever the client asked for
	}
	current := st.op.Current
	err = s.SendEntry(st.op, ge, names, attrsonly != 0, controlsFromC(ctrls))
	st.op.Current = current
	if err != nil {
		return -1
	}
	return 0
}

//export slapiGoSendReference
func slapiGoSendReference(pb *C.Slapi_PBlock, urls **C.struct_berval, ctrls **C.LDAPControl) (rc C.int) {
	defer guard("slapi_send_ldap_search_reference", func() { rc = -1 })
	st, s := opStateOf(pb), services()
	if st == nil || s == nil {
		return -1
	}
	send := func(urls []string, list []wire.Control) error { return s.SendReference(st.op, urls, list) }
	if st.call != nil {
		if send = st.call.refer; send == nil {
			return -1
		}
	}
	if err := send(goBervals(urls), controlsFromC(ctrls)); err != nil {
		return -1
	}
	return 0
}

//export slapiGoSendIntermediate
func slapiGoSendIntermediate(pb *C.Slapi_PBlock, ctrls **C.LDAPControl, oid *C.char, value *C.struct_berval) (rc C.int) {
	defer guard("slapi_send_ldap_intermediate", func() { rc = -1 })
	st, done := forSending(pb)
	defer done()
	if st == nil || st.op.Responder == nil || st.op.Internal {
		return -1
	}
	name := ""
	if oid != nil {
		name = C.GoString(oid)
	}
	if err := st.op.Responder.SendIntermediate(st.op, name, goBerval(value), value != nil, controlsFromC(ctrls)); err != nil {
		return -1
	}
	return 0
}

//export slapiGoAbandoned
func slapiGoAbandoned(handle C.uintptr_t) (rc C.int) {
	defer guard("slapi_op_abandoned", nil)
	st, ok := operations.get(uintptr(handle))
	if !ok {
		return 0
	}
	for op := st.op; op != nil; op = op.Parent {
		if op.Abandoned.Load() {
			return 1
		}
		if st.call == nil {
			break
		}
	}
	return 0
}
