package main

/*
#include <stdlib.h>
#include "dispatch.h"
#include "goside.h"
#include "host_filter.h"
#include "host_util.h"
*/
import "C"

import (
	"net"
	"strings"
	"unsafe"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// What slapiGoPblockFill answers.
const (
	filled  = 0
	nothing = 1
	refused = -1
)

//export slapiGoPblockFill
func slapiGoPblockFill(pb *C.Slapi_PBlock, id C.int) (rc C.int) {
	defer guard("pblock", func() { rc = refused })
	st := opStateOf(pb)
	if st == nil {
		return nothing
	}
	return st.fill(id)
}

// fill puts the value of one parameter into the parameter block.
func (st *opState) fill(id C.int) C.int {
	if rc := st.fillAny(id); rc != nothing {
		return rc
	}
	if rc := st.fillConn(id); rc != nothing {
		return rc
	}
	return st.fillRequest(id)
}

func (st *opState) putInt(id C.int, v int) C.int {
	return C.cshim_pblock_put_int(st.c.pb, id, C.int(v))
}

func (st *opState) putLong(id C.int, v int64) C.int {
	return C.cshim_pblock_put_long(st.c.pb, id, C.long(v))
}

func (st *opState) putStr(id C.int, s string) C.int {
	c := C.CString(s)
	rc := C.cshim_pblock_put_str(st.c.pb, id, c)
	C.free(unsafe.Pointer(c))
	return rc
}

func (st *opState) putPtr(id C.int, p unsafe.Pointer) C.int {
	return C.cshim_pblock_put_ptr(st.c.pb, id, p)
}

func (st *opState) putOwn(id C.int, p unsafe.Pointer, free unsafe.Pointer) C.int {
	return C.cshim_pblock_put_own(st.c.pb, id, p, (*[0]byte)(free))
}

// putEntry fills a parameter with a copy of an entry.
func (st *opState) putEntry(id C.int, e *entry.Entry) C.int {
	st.note(id, st.markOf(id))
	if e == nil {
		return st.putPtr(id, nil)
	}
	return st.putOwn(id, unsafe.Pointer(entryToC(e)), C.cshim_free_entry)
}

func (st *opState) putName(id C.int, raw string, n dn.Name) C.int {
	var udn *C.char
	if raw != "" {
		udn = C.CString(raw)
	}
	sdn := C.cshim_name_make(udn, C.CString(n.Pretty), C.CString(n.Norm))
	return st.putOwn(id, unsafe.Pointer(sdn), C.cshim_free_sdn)
}

func (st *opState) putControls(id C.int, list []wire.Control) C.int {
	st.note(id, st.markOf(id))
	if len(list) == 0 {
		return st.putPtr(id, nil)
	}
	return st.putOwn(id, unsafe.Pointer(controlsToC(list)), C.cshim_free_controls)
}

func (st *opState) putBytes(id C.int, b []byte) C.int {
	return st.putOwn(id, unsafe.Pointer(newBerval(b)), C.cshim_free_berval)
}

// fillAny serves what every kind of operation has.
func (st *opState) fillAny(id C.int) C.int {
	op := st.op
	switch id {
	case C.SLAPI_TARGET_SDN:
		switch op.Kind {
		case plugin.KindUnbind, plugin.KindAbandon, plugin.KindExtended:
			return nothing
		}
		st.note(id, st.markOf(id))
		if op.TargetErr != nil {
			raw := C.CString(op.RawTarget)
			defer C.free(unsafe.Pointer(raw))
			return st.putOwn(id, unsafe.Pointer(C.slapi_sdn_new_dn_byval(raw)), C.cshim_free_sdn)
		}
		return st.putName(id, op.RawTarget, op.Target)
	case C.SLAPI_ORIGINAL_TARGET_DN:
		if st.is389Caller() {
			switch op.Kind { // ns-slapd leaves it out
			case plugin.KindAdd, plugin.KindBind, plugin.KindCompare:
				return st.putPtr(id, nil)
			}
		}
		return st.putStr(id, op.RawTarget)
	case C.SLAPI_TARGET_ADDRESS:
		a := (*C.struct_entry_address)(C.calloc(1, C.size_t(unsafe.Sizeof(C.struct_entry_address{}))))
		if C.cshim_pblock_get(st.c.pb, C.SLAPI_TARGET_SDN, unsafe.Pointer(&a.sdn), C.CSHIM_389) == 0 && a.sdn != nil {
			a.udn = (*C.char)(unsafe.Pointer(C.slapi_sdn_get_udn(a.sdn)))
		}
		return st.putOwn(id, unsafe.Pointer(a), C.cshim_free_plain)
	case C.SLAPI_REQUESTOR_SDN:
		st.note(id, st.markOf(id))
		if op.Requestor.Norm == "" {
			return st.putPtr(id, nil)
		}
		who := op.Requestor
		if st.is389Caller() {
			who.Pretty = who.Norm // as of a connection's name
		}
		return st.putName(id, "", who)
	case C.SLAPI_REQUESTOR_ISROOT:
		st.note(id, st.markOf(id))
		return st.putInt(id, int(cBool(op.IsRoot)))
	case C.SLAPI_OPERATION:
		return st.putPtr(id, unsafe.Pointer(&st.c.operation))
	case C.SLAPI_OPERATION_TYPE:
		return st.putInt(id, int(op.Kind))
	case C.CSHIM_PB_OPERATION_ID:
		return st.putLong(id, op.ID)
	case C.SLAPI_OPERATION_MSGID:
		return st.putLong(id, int64(op.MsgID))
	case C.SLAPI_OPINITIATED_TIME:
		return st.putLong(id, op.Started.Unix())
	case C.CSHIM_PB_IS_INTERNAL:
		return st.putInt(id, int(cBool(op.Internal)))
	case C.SLAPI_IS_REPLICATED_OPERATION:
		return st.putInt(id, int(cBool(op.Replicated)))
	case C.SLAPI_IS_MMR_REPLICATED_OPERATION:
		return st.putInt(id, 0)
	case C.SLAPI_REQCONTROLS, C.SLAPI_CONTROLS_ARG:
		return st.putControls(id, op.Controls)
	case C.SLAPI_RESCONTROLS:
		return st.putControls(id, op.ResponseControls)
	case C.SLAPI_MANAGEDSAIT:
		return st.putInt(id, int(cBool(hasControl(op.Controls, manageDsaITOID))))
	case C.SLAPI_PWPOLICY:
		return st.putInt(id, int(cBool(hasControl(op.Controls, passwordPolicyOID))))
	case C.SLAPI_RESULT_TEXT, C.SLAPI_PB_RESULT_TEXT:
		st.note(id, op.Result.Text)
		if op.Result.Text == "" {
			return st.putPtr(id, nil)
		}
		return st.putStr(id, op.Result.Text)
	case C.SLAPI_RESULT_MATCHED:
		st.note(id, op.Result.MatchedDN)
		if op.Result.MatchedDN == "" {
			return st.putPtr(id, nil)
		}
		return st.putStr(id, op.Result.MatchedDN)
	case C.SLAPI_BACKEND:
		st.note(id, op.Database)
		return st.putPtr(id, unsafe.Pointer(backendNamed(op.Database)))
	case C.SLAPI_BACKEND_COUNT:
		if s := services(); s != nil {
			return st.putInt(id, len(s.Databases()))
		}
	case C.SLAPI_BE_TYPE, C.SLAPI_BE_READONLY, C.SLAPI_BE_LASTMOD, C.CSHIM_PB_BE_MAXNESTLEVEL:
		be := backendNamed(op.Database)
		st.note(id, op.Database)
		switch {
		case id == C.CSHIM_PB_BE_MAXNESTLEVEL:
			return st.putInt(id, 5)
		case be == nil:
			return nothing
		case id == C.SLAPI_BE_TYPE:
			return st.putPtr(id, unsafe.Pointer(be.be_type))
		case id == C.SLAPI_BE_READONLY:
			return st.putInt(id, int(be.be_readonly))
		}
		return st.putInt(id, int(be.be_lastmod))
	case C.SLAPI_PLUGIN_CONFIG_DN:
		if p := pluginOf(C.cshim_pblock_plugin(st.c.pb)); p != nil && p.spec.Entry != nil {
			return st.putStr(id, p.spec.Entry.Name.Pretty)
		}
	case C.SLAPI_ENTRY_PRE_OP:
		return st.putEntry(id, st.numbered(st.entryPre()))
	case C.SLAPI_ENTRY_POST_OP:
		return st.putEntry(id, st.numbered(st.entryPost()))
	case C.SLAPI_ADD_EXISTING_DN_ENTRY:
		return st.putEntry(id, st.existing())
	case C.SLAPI_ADD_PARENT_ENTRY, C.SLAPI_MODRDN_NEWPARENT_ENTRY:
		return st.putEntry(id, op.ParentEntry)
	case C.SLAPI_MODRDN_TARGET_ENTRY:
		return st.putEntry(id, op.Before)
	}
	return nothing
}

// fillConn serves what belongs to the connection. An operation without one has
// none of it.
func (st *opState) fillConn(id C.int) C.int {
	op := st.op
	c := op.Conn
	switch id {
	case C.SLAPI_CONNECTION, C.SLAPI_CONN_ID, C.SLAPI_CONN_DN, C.SLAPI_CONN_AUTHTYPE, C.SLAPI_CONN_AUTHMETHOD,
		C.SLAPI_OPERATION_AUTHTYPE, 145, 146, C.SLAPI_CONN_IS_SSL_SESSION, C.CSHIM_PB_CONN_SASL_SSF,
		C.SLAPI_CONN_SSL_SSF, C.SLAPI_OPERATION_SSF, C.SLAPI_CONN_LOCAL_SSF, C.SLAPI_X_CONN_SSF,
		C.SLAPI_X_CONN_CLIENTPATH, C.SLAPI_X_CONN_SERVERPATH, C.SLAPI_X_CONN_IS_UDP,
		C.SLAPI_CONN_CLIENTNETADDR, C.SLAPI_CONN_SERVERNETADDR:
	default:
		return nothing
	}
	if c == nil {
		return refused
	}
	switch id {
	case C.SLAPI_CONNECTION:
		return st.putPtr(id, unsafe.Pointer(connStateOf(c).c))
	case C.SLAPI_CONN_ID:
		return st.putLong(id, int64(c.ID))
	case C.SLAPI_CONN_CLIENTNETADDR:
		return st.putOwn(id, netAddr(c.Remote), C.cshim_free_plain)
	case C.SLAPI_CONN_SERVERNETADDR:
		return st.putOwn(id, netAddr(c.Local), C.cshim_free_plain)
	case C.SLAPI_CONN_DN:
		st.note(id, st.markOf(id))
		who := st.connIdentity()
		if who[1] == "" {
			return st.putPtr(id, nil)
		}
		if st.is389Caller() {
			// 389 shows the normal form here: whoami's answer is in lower case.
			return st.putStr(id, who[1])
		}
		return st.putStr(id, who[0])
	case C.SLAPI_CONN_AUTHTYPE, C.SLAPI_CONN_AUTHMETHOD, C.SLAPI_OPERATION_AUTHTYPE:
		st.note(id, st.markOf(id))
		method := c.AuthMethod
		if method == "" || op.Kind != plugin.KindBind && c.AuthDN.Norm == "" && st.is389Caller() { // 389: who is nobody used no method
			method = "none"
		}
		return st.putStr(id, method)
	case 145:
		return st.putStr(id, addressText(c.Remote))
	case 146:
		return st.putStr(id, addressText(c.Local))
	case C.SLAPI_CONN_IS_SSL_SESSION:
		return st.putInt(id, int(cBool(c.SSF > 0 && !strings.HasPrefix(c.AuthMethod, "SASL"))))
	case C.CSHIM_PB_CONN_SASL_SSF:
		return st.putInt(id, 0)
	case C.SLAPI_CONN_SSL_SSF, C.SLAPI_OPERATION_SSF, C.SLAPI_X_CONN_SSF:
		return st.putInt(id, c.SSF)
	case C.SLAPI_CONN_LOCAL_SSF:
		if c.LDAPI {
			return st.putInt(id, 71)
		}
		return st.putInt(id, 0)
	case C.SLAPI_X_CONN_CLIENTPATH, C.SLAPI_X_CONN_SERVERPATH:
		if c.LDAPI && c.Local != nil {
			return st.putStr(id, c.Local.String())
		}
	case C.SLAPI_X_CONN_IS_UDP:
		return st.putInt(id, 0)
	}
	return nothing
}

func (st *opState) is389Caller() bool {
	t := C.cshim_thread()
	return t.dialect == C.CSHIM_389
}

// addressText is "address:port" as slapd's plug-ins read it.
func addressText(a net.Addr) string {
	if a == nil {
		return "unknown"
	}
	return a.String()
}

const (
	manageDsaITOID    = "2.16.840.1.113730.3.4.2"
	passwordPolicyOID = "1.3.6.1.4.1.42.2.27.8.5.1"
)

func hasControl(list []wire.Control, oid string) bool {
	for i := range list {
		if list[i].OID == oid {
			return true
		}
	}
	return false
}

// fillRequest serves the parts of each kind of request and its response.
func (st *opState) fillRequest(id C.int) C.int {
	op := st.op
	switch id {
	case C.SLAPI_ADD_ENTRY:
		if op.Add == nil || op.Add.Entry == nil {
			return nothing
		}
		rc := st.putEntry(id, st.numbered(op.Add.Entry))
		C.cshim_op_note(st.c, C.CSHIM_LIVE_ADD, C.cshim_pblock_ptr(st.c.pb, id))
		return rc
	case C.SLAPI_MODIFY_MODS:
		if op.ModDN != nil {
			st.note(id, st.markOf(id))
			if len(op.ModDN.Changes) == 0 {
				return st.putPtr(id, nil)
			}
			return st.putOwn(id, unsafe.Pointer(modsToC(op.ModDN.Changes)), C.cshim_free_mods)
		}
		if op.Modify == nil {
			if st.call != nil && op.ModDN != nil && len(op.ModDN.Changes) > 0 {
				return st.putOwn(id, unsafe.Pointer(modsToC(op.ModDN.Changes)), C.cshim_free_mods)
			}
			return nothing
		}
		st.note(id, st.markOf(id))
		st.clientMods = !st.is389Caller() && (st.point.Phase == plugin.Pre || st.point.Phase == plugin.InternalPre)
		mods := modsToC(op.Modify.Changes)
		C.cshim_op_note(st.c, C.CSHIM_LIVE_MODS, unsafe.Pointer(mods))
		return st.putOwn(id, unsafe.Pointer(mods), C.cshim_free_mods)
	case C.SLAPI_MODRDN_NEWRDN:
		if op.ModDN != nil {
			return st.putStr(id, op.ModDN.NewRDN)
		}
	case C.SLAPI_MODRDN_DELOLDRDN:
		if op.ModDN != nil {
			return st.putInt(id, int(cBool(op.ModDN.DeleteOldRDN)))
		}
	case C.SLAPI_MODRDN_NEWSUPERIOR_SDN:
		if op.ModDN == nil || op.ModDN.NewSuperior == nil {
			return nothing
		}
		return st.putName(id, op.ModDN.RawNewSuperior, *op.ModDN.NewSuperior)
	case C.SLAPI_COMPARE_TYPE:
		if op.Compare != nil {
			return st.putStr(id, op.Compare.Attr)
		}
	case C.SLAPI_COMPARE_VALUE:
		if op.Compare != nil {
			return st.putBytes(id, op.Compare.Value)
		}
	case C.SLAPI_ABANDON_MSGID:
		if op.Abandon != nil {
			return st.putInt(id, int(op.Abandon.MsgID))
		}
	case C.SLAPI_EXT_OP_REQ_OID:
		if op.Extended != nil {
			return st.putStr(id, op.Extended.OID)
		}
	case C.SLAPI_EXT_OP_REQ_VALUE:
		switch {
		case op.Extended == nil:
		case op.Extended.HasValue:
			return st.putBytes(id, op.Extended.Value)
		case st.is389Caller():
			// 389 gives an empty berval where there is no value, and its plug-ins
			// look into it.
			return st.putOwn(id, C.calloc(1, C.size_t(unsafe.Sizeof(C.struct_berval{}))), C.cshim_free_berval)
		}
	case C.SLAPI_EXT_OP_RET_OID:
		if op.Extended != nil && op.Extended.ResponseOID != "" {
			return st.putStr(id, op.Extended.ResponseOID)
		}
	case C.SLAPI_EXT_OP_RET_VALUE:
		if op.Extended != nil && op.Extended.HasResponseValue {
			return st.putBytes(id, op.Extended.ResponseValue)
		}
	}
	if op.Bind != nil {
		return st.fillBind(id)
	}
	if op.Search != nil {
		return st.fillSearch(id)
	}
	return nothing
}

func (st *opState) fillBind(id C.int) C.int {
	b := st.op.Bind
	switch id {
	case C.SLAPI_BIND_METHOD:
		return st.putLong(id, int64(b.Method))
	case C.SLAPI_BIND_CREDENTIALS:
		if b.Method == wire.AuthSASL {
			if !b.HasCredentials {
				return nothing
			}
			return st.putBytes(id, b.Credentials)
		}
		return st.putBytes(id, b.Password)
	case C.SLAPI_BIND_SASLMECHANISM:
		if b.Method == wire.AuthSASL {
			return st.putStr(id, b.Mechanism)
		}
	case C.SLAPI_BIND_RET_SASLCREDS:
		if b.HasServerCreds {
			return st.putBytes(id, b.ServerCreds)
		}
	}
	return nothing
}

func (st *opState) fillSearch(id C.int) C.int {
	op, s := st.op, st.op.Search
	switch id {
	case C.SLAPI_SEARCH_SCOPE:
		return st.putInt(id, int(s.Scope))
	case C.SLAPI_SEARCH_DEREF:
		return st.putInt(id, int(s.Deref))
	case C.SLAPI_SEARCH_SIZELIMIT:
		st.note(id, s.SizeLimit)
		return st.putInt(id, s.SizeLimit)
	case C.SLAPI_SEARCH_TIMELIMIT:
		st.note(id, s.TimeLimit)
		return st.putInt(id, s.TimeLimit)
	case C.SLAPI_SEARCH_ATTRSONLY:
		return st.putInt(id, int(cBool(s.TypesOnly)))
	case C.SLAPI_SEARCH_FILTER, C.SLAPI_SEARCH_FILTER_INTENDED:
		if s.Filter == nil {
			return nothing
		}
		st.note(C.SLAPI_SEARCH_FILTER, s.Filter)
		return st.putOwn(id, unsafe.Pointer(filterToC(s.Filter)), C.cshim_free_filter)
	case C.SLAPI_SEARCH_STRFILTER:
		if s.Filter == nil {
			return nothing
		}
		st.note(id, s.Filter)
		return st.putStr(id, s.Filter.String())
	case C.SLAPI_SEARCH_ATTRS, C.SLAPI_SEARCH_REQATTRS:
		if s.Attrs == nil {
			return st.putPtr(id, nil)
		}
		return st.putOwn(id, unsafe.Pointer(newCharray(s.Attrs)), C.cshim_free_charray)
	case C.SLAPI_SEARCH_RESULT_ENTRY:
		rc := st.putEntry(id, op.Current)
		C.cshim_op_note(st.c, C.CSHIM_LIVE_ENTRY, C.cshim_pblock_ptr(st.c.pb, id))
		return rc
	case C.SLAPI_SEARCH_CTRLS:
		return st.putControls(id, op.CurrentControls)
	case C.SLAPI_SEARCH_REFERRALS:
		st.note(id, st.markOf(id))
		if len(op.CurrentReferences) == 0 {
			return st.putPtr(id, nil)
		}
		return st.putOwn(id, unsafe.Pointer(newBervals(op.CurrentReferences)), C.cshim_free_bervals)
	}
	return nothing
}

// newBervals makes a NULL-terminated array of bervals.
func newBervals(list []string) **C.struct_berval {
	array := (**C.struct_berval)(C.calloc(C.size_t(len(list)+1), C.size_t(unsafe.Sizeof((*C.struct_berval)(nil)))))
	view := unsafe.Slice(array, len(list)+1)
	for i, s := range list {
		view[i] = newBerval([]byte(s))
	}
	return array
}
