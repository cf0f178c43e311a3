package main

/*
#include "dispatch.h"
#include "host_filter.h"
*/
import "C"

import (
	"unsafe"

	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// readBack takes what plug-ins set, and the objects that they edited in place,
// over into the operation.
func (st *opState) readBack(changed C.uint) {
	op, pb := st.op, st.c.pb
	if changed&(1<<C.CSHIM_LIVE_ADD) != 0 {
		st.readAddEntry()
	}
	if changed&(1<<C.CSHIM_LIVE_MODS) != 0 && op.Modify != nil {
		op.Modify.Changes = modsFromC((**C.LDAPMod)(C.cshim_pblock_ptr(pb, C.SLAPI_MODIFY_MODS)))
		st.note(C.SLAPI_MODIFY_MODS, st.markOf(C.SLAPI_MODIFY_MODS))
	}
	if changed&(1<<C.CSHIM_LIVE_ENTRY) != 0 {
		st.readCurrent()
	}
	if C.cshim_pblock_any_dirty(pb) == 0 {
		return
	}
	filterSet := C.cshim_pblock_is_dirty(pb, C.SLAPI_SEARCH_FILTER) != 0
	var iter C.int
	for {
		id := C.cshim_pblock_next_dirty(pb, &iter)
		if id < 0 {
			break
		}
		if id == C.SLAPI_SEARCH_STRFILTER && filterSet {
			continue
		}
		st.take(id)
	}
	C.cshim_pblock_clean(pb, -1)
}

func (st *opState) ptr(id C.int) unsafe.Pointer { return C.cshim_pblock_ptr(st.c.pb, id) }
func (st *opState) num(id C.int) int            { return int(C.cshim_pblock_num(st.c.pb, id)) }
func (st *opState) str(id C.int) string {
	p := (*C.char)(st.ptr(id))
	if p == nil {
		return ""
	}
	return C.GoString(p)
}

func (st *opState) readAddEntry() {
	c := (*C.Slapi_Entry)(st.ptr(C.SLAPI_ADD_ENTRY))
	if c == nil || st.op.Add == nil {
		return
	}
	e, err := entryFromC(c)
	if err != nil {
		st.bad("entry to add", err)
		return
	}
	if st.op.Add.Entry != nil {
		e.ID = st.op.Add.Entry.ID
	}
	if st.op.Target.Norm == st.op.Add.Entry.Name.Norm && e.Name.Norm != st.op.Target.Norm {
		st.op.Target, st.op.RawTarget = e.Name, e.Name.Pretty
	}
	st.op.Add.Entry = e
	st.note(C.SLAPI_ADD_ENTRY, st.markOf(C.SLAPI_ADD_ENTRY))
	C.cshim_op_note(st.c, C.CSHIM_LIVE_ADD, unsafe.Pointer(c))
}

func (st *opState) readCurrent() {
	c := (*C.Slapi_Entry)(st.ptr(C.SLAPI_SEARCH_RESULT_ENTRY))
	if c == nil {
		return
	}
	e, err := entryFromC(c)
	if err != nil {
		st.bad("result entry", err)
		return
	}
	if st.op.Current != nil {
		e.ID = st.op.Current.ID
	}
	st.op.Current = e
	st.note(C.SLAPI_SEARCH_RESULT_ENTRY, st.markOf(C.SLAPI_SEARCH_RESULT_ENTRY))
	C.cshim_op_note(st.c, C.CSHIM_LIVE_ENTRY, unsafe.Pointer(c))
}

// bad tells of a value that a plug-in set and that cannot be used; the old one stays.
func (st *opState) bad(what string, err error) {
	if h := theHost.Load(); h != nil {
		h.log.Warn("a value that a plug-in set was not taken", "what", what, "point", st.point.String(), "error", err.Error())
	}
}

// take reads one parameter that was set.
func (st *opState) take(id C.int) {
	op := st.op
	defer func() { st.note(id, st.markOf(id)) }()
	switch id {
	case C.SLAPI_TARGET_SDN:
		st.takeTarget()
	case C.SLAPI_REQUESTOR_SDN:
		if n, err := sdnFromC((*C.Slapi_DN)(st.ptr(id))); err != nil {
			st.bad("requestor", err)
		} else {
			op.Requestor = n
		}
	case C.SLAPI_REQUESTOR_ISROOT:
		op.IsRoot = st.num(id) != 0
	case C.SLAPI_CONN_DN:
		st.takeConnDN()
	case C.SLAPI_CONN_AUTHMETHOD, C.SLAPI_CONN_AUTHTYPE:
		if op.Bind != nil {
			op.Bind.BoundBy = st.str(id)
		}
	case C.SLAPI_X_CONN_SSF:
		if op.Conn != nil {
			op.Conn.SSF = st.num(id)
		}
	case C.SLAPI_REQCONTROLS:
		op.Controls = controlsFromC((**C.LDAPControl)(st.ptr(id)))
	case C.SLAPI_RESCONTROLS, C.SLAPI_ADD_RESCONTROL:
		op.ResponseControls = controlsFromC((**C.LDAPControl)(st.ptr(C.SLAPI_RESCONTROLS)))
		st.note(C.SLAPI_RESCONTROLS, st.markOf(C.SLAPI_RESCONTROLS))
	case C.SLAPI_RESULT_CODE:
		op.Result.Code = resultCode(st.num(id))
	case C.SLAPI_RESULT_TEXT, C.SLAPI_PB_RESULT_TEXT:
		op.Result.Text = st.str(id)
	case C.SLAPI_RESULT_MATCHED:
		op.Result.MatchedDN = st.str(id)
	case C.SLAPI_ADD_ENTRY:
		st.readAddEntry()
	case C.SLAPI_MODIFY_MODS:
		if op.ModDN != nil {
			op.ModDN.Changes = modsFromC((**C.LDAPMod)(st.ptr(id)))
		}
		if op.Modify != nil {
			mods := (**C.LDAPMod)(st.ptr(id))
			op.Modify.Changes = modsFromC(mods)
			C.cshim_op_note(st.c, C.CSHIM_LIVE_MODS, unsafe.Pointer(mods))
		}
	case C.SLAPI_MODRDN_NEWRDN:
		if op.ModDN != nil {
			op.ModDN.NewRDN = st.str(id)
		}
	case C.SLAPI_MODRDN_DELOLDRDN:
		if op.ModDN != nil {
			op.ModDN.DeleteOldRDN = st.num(id) != 0
		}
	case C.SLAPI_MODRDN_NEWSUPERIOR_SDN:
		st.takeNewSuperior()
	case C.SLAPI_COMPARE_TYPE:
		if op.Compare != nil {
			op.Compare.Attr = st.str(id)
		}
	case C.SLAPI_COMPARE_VALUE:
		if op.Compare != nil {
			op.Compare.Value = goBerval((*C.struct_berval)(st.ptr(id)))
		}
	case C.SLAPI_BIND_RET_SASLCREDS:
		if op.Bind != nil {
			op.Bind.ServerCreds = goBerval((*C.struct_berval)(st.ptr(id)))
			op.Bind.HasServerCreds = st.ptr(id) != nil
		}
	case C.SLAPI_EXT_OP_RET_OID:
		if op.Extended != nil {
			op.Extended.ResponseOID = st.str(id)
		}
	case C.SLAPI_EXT_OP_RET_VALUE:
		if op.Extended != nil {
			op.Extended.ResponseValue = goBerval((*C.struct_berval)(st.ptr(id)))
			op.Extended.HasResponseValue = st.ptr(id) != nil
		}
	case C.SLAPI_SEARCH_RESULT_ENTRY:
		st.readCurrent()
	case C.SLAPI_SEARCH_CTRLS:
		op.CurrentControls = controlsFromC((**C.LDAPControl)(st.ptr(id)))
	case C.SLAPI_SEARCH_REFERRALS:
		op.CurrentReferences = goBervals((**C.struct_berval)(st.ptr(id)))
	default:
		if op.Search != nil {
			st.takeSearch(id)
		}
	}
}

func (st *opState) takeSearch(id C.int) {
	s := st.op.Search
	switch id {
	case C.SLAPI_SEARCH_SCOPE:
		s.Scope = wire.Scope(st.num(id))
	case C.SLAPI_SEARCH_DEREF:
		s.Deref = wire.Deref(st.num(id))
	case C.SLAPI_SEARCH_SIZELIMIT:
		s.SizeLimit = st.num(id)
	case C.SLAPI_SEARCH_TIMELIMIT:
		s.TimeLimit = st.num(id)
	case C.SLAPI_SEARCH_ATTRSONLY:
		s.TypesOnly = st.num(id) != 0
	case C.SLAPI_SEARCH_ATTRS:
		s.Attrs = goStrings((**C.char)(st.ptr(id)))
	case C.SLAPI_SEARCH_FILTER:
		if f := filterFromC((*C.Slapi_Filter)(st.ptr(id))); f != nil {
			s.Filter = f
			C.cshim_pblock_forget(st.c.pb, C.SLAPI_SEARCH_STRFILTER)
		}
	case C.SLAPI_SEARCH_STRFILTER:
		f, err := filter.Parse(st.str(id))
		if err != nil {
			st.bad("filter", err)
			return
		}
		s.Filter = f
		C.cshim_pblock_forget(st.c.pb, C.SLAPI_SEARCH_FILTER)
	}
}

// takeTarget reads a new target. A target that was taken away ends the
// operation; one that is no DN leaves it as the pipeline treats such names.
func (st *opState) takeTarget() {
	op := st.op
	sdn := (*C.Slapi_DN)(st.ptr(C.SLAPI_TARGET_SDN))
	if sdn == nil {
		op.TargetErr = plugin.ErrNoTarget
		return
	}
	op.RawTarget = sdnText(sdn)
	n, err := sdnFromC(sdn)
	op.TargetErr = err
	if err == nil {
		op.Target = n
	}
}

func (st *opState) takeNewSuperior() {
	m := st.op.ModDN
	if m == nil {
		return
	}
	sdn := (*C.Slapi_DN)(st.ptr(C.SLAPI_MODRDN_NEWSUPERIOR_SDN))
	if sdn == nil {
		m.NewSuperior, m.RawNewSuperior = nil, ""
		return
	}
	n, err := sdnFromC(sdn)
	if err != nil {
		st.bad("new superior", err)
		return
	}
	m.NewSuperior, m.RawNewSuperior = &n, n.Pretty
}

// takeConnDN is how a plug-in takes a bind over. No DN, or the empty one, is
// the anonymous identity.
func (st *opState) takeConnDN() {
	b := st.op.Bind
	if b == nil {
		return
	}
	if st.ptr(C.SLAPI_CONN_DN) == nil {
		b.BoundDN = nil
		return
	}
	n, err := newName(st.str(C.SLAPI_CONN_DN))
	if err != nil {
		st.bad("connection's DN", err)
		return
	}
	b.BoundDN = &n
}

// sdnText is a name as it was given.
func sdnText(sdn *C.Slapi_DN) string {
	if p := C.slapi_sdn_get_udn(sdn); p != nil {
		return C.GoString(p)
	}
	if p := C.slapi_sdn_get_dn(sdn); p != nil {
		return C.GoString(p)
	}
	return ""
}

// resultCode brings a plug-in's number into the range of result codes; what is
// none becomes other.
func resultCode(n int) wire.ResultCode {
	if n < 0 || n > 0x7fff {
		return wire.Other
	}
	return wire.ResultCode(n)
}

func noAnswer() wire.Result {
	return wire.Result{Code: wire.Other, Text: "a plug-in gave no result"}
}
