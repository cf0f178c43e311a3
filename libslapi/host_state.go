package main

/*
#include <stdlib.h>
#include "dispatch.h"
#include "host_services.h"
#include "host_util.h"
*/
import "C"

import (
	"time"
	"unsafe"

	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// opState is the host's side of an operation: made when a plug-in first takes
// part in it, kept until OperationDone.
type opState struct {
	op     *plugin.Operation
	c      *C.struct_cshim_op
	handle uintptr
	point  plugin.Point // whose plug-ins run now

	// The parameters that were filled from values which the pipeline may
	// change or replace, with what they were filled from.
	sources []source
	// The target is in nearly every block and has its note here.
	targetNoted            bool
	targetRaw, targetNamed string
	// clientMods: the modifications were first read by a plug-in of OpenLDAP's
	// kind, before the change was made. Such plug-ins go on seeing them as they
	// were, without what the server adds.
	clientMods bool
	// lent is the C form of the entry of the pipeline that plug-ins were last
	// asked about; lentID tells it from another one at the same place.
	lent     *C.Slapi_Entry
	lentFrom *entry.Entry
	lentID   uint64
	// askingAccess: the plug-ins that decide about access are being asked.
	askingAccess bool
	// call: the block is for a function of a database plug-in, to which what is
	// sent goes.
	call *dbCall
	kept keptOpen
}

// source is one filled parameter and the Go value behind it.
type source struct {
	id   C.int
	mark any // comparable; not equal to mark of the present value when it is stale
}

// stateOf finds the state of op, or makes it.
func stateOf(op *plugin.Operation) *opState {
	if st, ok := op.HostState.(*opState); ok {
		return st
	}
	st := &opState{op: op}
	st.handle = operations.put(st)
	var caller *C.struct_slapi_componentid
	if p, ok := op.Caller.(*hostPlugin); ok && op.Internal {
		caller = &p.c.identity
	}
	f := newFlat()
	defer f.release()
	st.describe(f)
	st.c = C.cshim_op_new(C.uintptr_t(st.handle), caller, f.ptr(), C.size_t(len(f.b)))
	op.HostState = st
	return st
}

// describe writes what cshim_op_new reads.
func (st *opState) describe(f *flat) {
	op := st.op
	conn := ^uint64(0)
	if op.Conn != nil {
		conn = uint64(op.Conn.ID)
	}
	flags := int(op.Flags)
	if op.Internal {
		flags |= C.SLAPI_OP_FLAG_INTERNAL
	}
	for _, n := range [...]int{int(uint32(conn)), int(conn >> 32), int(op.ID), int(op.MsgID), int(op.Kind), requestTag(op.Kind),
		int(cBool(op.IsRoot)), flags} {
		f.num(n)
	}
	f.str(op.Requestor.Pretty)
	f.str(op.Requestor.Norm)
	target := op.TargetErr == nil && op.Kind&(plugin.KindUnbind|plugin.KindAbandon|plugin.KindExtended) == 0
	f.flag(target)
	if target {
		f.str(op.RawTarget)
		f.str(op.Target.Pretty)
		f.str(op.Target.Norm)
		st.noteTarget()
	}
	f.flag(op.Search != nil)
	if s := op.Search; s != nil {
		f.num(int(s.Scope))
		f.num(int(s.Deref))
		f.flag(s.TypesOnly)
	}
}

// requestTag is the LDAP tag of the request of a kind.
func requestTag(k plugin.Kind) int {
	switch k {
	case plugin.KindBind:
		return wire.TagBindRequest
	case plugin.KindUnbind:
		return wire.TagUnbindRequest
	case plugin.KindSearch:
		return wire.TagSearchRequest
	case plugin.KindModify:
		return wire.TagModifyRequest
	case plugin.KindAdd:
		return wire.TagAddRequest
	case plugin.KindDelete:
		return wire.TagDelRequest
	case plugin.KindModDN:
		return wire.TagModifyDNRequest
	case plugin.KindCompare:
		return wire.TagCompareRequest
	case plugin.KindAbandon:
		return wire.TagAbandonRequest
	}
	return wire.TagExtendedRequest
}

// entry is an entry of the pipeline as a C entry, which stays good until the
// next one is asked for. Plug-ins must not change it.
func (st *opState) entry(e *entry.Entry) *C.Slapi_Entry {
	if st.lent != nil && st.lentFrom == e && st.lentID == e.ID {
		return st.lent
	}
	freeEntry(st.lent)
	st.lent, st.lentFrom, st.lentID = entryToC(e), e, e.ID
	return st.lent
}

func (st *opState) free() {
	freeEntry(st.lent)
	st.lent, st.lentFrom = nil, nil
	operations.drop(st.handle)
	C.cshim_op_free(st.c)
	st.c = nil
}

// opStateOf finds the state behind a parameter block; nil when it belongs to no
// operation (any more).
func opStateOf(pb *C.Slapi_PBlock) *opState {
	if pb == nil {
		return nil
	}
	st, _ := operations.get(uintptr(C.cshim_pblock_handle(pb)))
	return st
}

// noteTarget remembers that SLAPI_TARGET_SDN was filled from the present target.
func (st *opState) noteTarget() {
	st.targetNoted, st.targetRaw, st.targetNamed = true, st.op.RawTarget, st.op.Target.Norm
}

// note remembers what a parameter was filled from.
func (st *opState) note(id C.int, mark any) {
	if id == C.SLAPI_TARGET_SDN {
		st.noteTarget()
		return
	}
	for i := range st.sources {
		if st.sources[i].id == id {
			st.sources[i].mark = mark
			return
		}
	}
	st.sources = append(st.sources, source{id, mark})
}

// refresh makes parameters whose Go value is another one now be filled again.
// The objects of an add and of a modify keep their address.
func (st *opState) refresh() {
	if st.targetNoted && (st.targetRaw != st.op.RawTarget || st.targetNamed != st.op.Target.Norm) {
		C.cshim_pblock_forget(st.c.pb, C.SLAPI_TARGET_SDN)
		st.targetNoted = false
	}
	for i := 0; i < len(st.sources); i++ {
		s := &st.sources[i]
		mark := st.markOf(s.id)
		if mark == s.mark {
			continue
		}
		switch s.id {
		case C.SLAPI_ADD_ENTRY:
			st.syncAddEntry()
			s.mark = mark
			continue
		case C.SLAPI_MODIFY_MODS:
			if st.clientMods {
				continue
			}
		}
		C.cshim_pblock_forget(st.c.pb, s.id)
		st.sources = append(st.sources[:i], st.sources[i+1:]...)
		i--
	}
}

// markOf is what identifies the present Go value of a parameter.
func (st *opState) markOf(id C.int) any {
	op := st.op
	switch id {
	case C.SLAPI_REQUESTOR_SDN:
		return op.Requestor
	case C.SLAPI_REQUESTOR_ISROOT:
		return op.IsRoot
	case C.SLAPI_CONN_DN, C.SLAPI_CONN_AUTHMETHOD, C.SLAPI_CONN_AUTHTYPE:
		return st.connIdentity()
	case C.SLAPI_ENTRY_PRE_OP:
		return entryMark(st.entryPre())
	case C.SLAPI_ENTRY_POST_OP:
		return entryMark(st.entryPost())
	case C.SLAPI_ADD_EXISTING_DN_ENTRY:
		return entryMark(st.existing())
	case C.SLAPI_ADD_PARENT_ENTRY, C.SLAPI_MODRDN_NEWPARENT_ENTRY:
		return entryMark(op.ParentEntry)
	case C.SLAPI_MODRDN_TARGET_ENTRY:
		return entryMark(op.Before)
	case C.SLAPI_SEARCH_RESULT_ENTRY:
		return entryMark(op.Current)
	case C.SLAPI_ADD_ENTRY:
		return addMark(op)
	case C.SLAPI_MODIFY_MODS:
		switch {
		case op.Modify != nil:
			return sliceMark(op.Modify.Changes)
		case op.ModDN != nil:
			return sliceMark(op.ModDN.Changes)
		}
		return nil
	case C.SLAPI_RESULT_TEXT, C.SLAPI_PB_RESULT_TEXT:
		return op.Result.Text
	case C.SLAPI_RESULT_MATCHED:
		return op.Result.MatchedDN
	case C.SLAPI_REQCONTROLS:
		return sliceMark(op.Controls)
	case C.SLAPI_RESCONTROLS:
		return sliceMark(op.ResponseControls)
	case C.SLAPI_SEARCH_CTRLS:
		return sliceMark(op.CurrentControls)
	case C.SLAPI_SEARCH_REFERRALS:
		return sliceMark(op.CurrentReferences)
	case C.SLAPI_BACKEND, C.SLAPI_BE_TYPE, C.SLAPI_BE_READONLY:
		return op.Database
	case C.SLAPI_SEARCH_FILTER, C.SLAPI_SEARCH_STRFILTER:
		if op.Search == nil {
			return nil
		}
		return op.Search.Filter
	case C.SLAPI_SEARCH_SIZELIMIT:
		if op.Search == nil {
			return nil
		}
		return op.Search.SizeLimit
	case C.SLAPI_SEARCH_TIMELIMIT:
		if op.Search == nil {
			return nil
		}
		return op.Search.TimeLimit
	}
	return nil
}

// extent is where a slice lies: another one is another value.
type extent struct {
	p unsafe.Pointer
	n int
}

func sliceMark[T any](s []T) extent {
	return extent{unsafe.Pointer(unsafe.SliceData(s)), len(s)}
}

// contents tells one state of an entry from another: by its address and, since
// the pipeline completes the entry of an add step by step, by where its values
// lie.
type contents struct {
	e      *entry.Entry
	id     uint64
	attrs  int
	values uintptr
}

func entryMark(e *entry.Entry) any {
	if e == nil {
		return nil
	}
	c := contents{e: e, id: e.ID, attrs: len(e.Attrs)}
	for i := range e.Attrs {
		for _, v := range e.Attrs[i].Values {
			c.values = c.values*31 + uintptr(unsafe.Pointer(unsafe.SliceData(v))) + uintptr(len(v))
		}
	}
	return c
}

func addMark(op *plugin.Operation) any {
	if op.Add == nil {
		return nil
	}
	return entryMark(op.Add.Entry)
}

// entryPre is SLAPI_ENTRY_PRE_OP, which is SLAPI_SEARCH_ENTRY_ORIG in an entry hook.
func (st *opState) entryPre() *entry.Entry {
	if st.point.Slot == plugin.SlotEntry {
		return st.op.Current
	}
	return st.op.Before
}

// entryPost is SLAPI_ENTRY_POST_OP, which is SLAPI_SEARCH_ENTRY_COPY in an entry hook.
func (st *opState) entryPost() *entry.Entry {
	if st.point.Slot == plugin.SlotEntry {
		return st.op.Current
	}
	// A plug-in that is the database needs it to make the change.
	if st.call == nil && st.op.Kind.Update() && !st.op.Stored && st.op.Database != "config" && st.is389Caller() {
		return nil // ns-slapd's database shows it from the store on
	}
	return st.op.After
}

// numbered is an entry as 389's plug-ins find it once the change is made.
func (st *opState) numbered(e *entry.Entry) *entry.Entry {
	s := services()
	if e == nil || s == nil || st.point.Phase == plugin.Pre || st.point.Phase == plugin.InternalPre {
		return e
	}
	return s.Numbered(st.op, e)
}

// existing is the one parameter that is SLAPI_ADD_EXISTING_DN_ENTRY,
// SLAPI_MODIFY_EXISTING_ENTRY and SLAPI_DELETE_EXISTING_ENTRY: for a modify,
// the entry as it will be.
func (st *opState) existing() *entry.Entry {
	if st.op.Kind == plugin.KindModify && st.op.After != nil {
		return st.op.After
	}
	if st.op.Kind == plugin.KindAdd {
		return nil
	}
	return st.op.Before
}

// connIdentity is who the connection is, or becomes by a plug-in's bind.
func (st *opState) connIdentity() [3]string {
	op := st.op
	if op.Bind != nil && op.Bind.BoundDN != nil {
		return [3]string{op.Bind.BoundDN.Pretty, op.Bind.BoundDN.Norm, op.Bind.BoundBy}
	}
	if op.Conn == nil {
		return [3]string{}
	}
	return [3]string{op.Conn.AuthDN.Pretty, op.Conn.AuthDN.Norm, op.Conn.AuthMethod}
}

// syncAddEntry brings the C entry of an add up to date, in its place.
func (st *opState) syncAddEntry() {
	old := (*C.Slapi_Entry)(C.cshim_pblock_ptr(st.c.pb, C.SLAPI_ADD_ENTRY))
	if old == nil || st.op.Add == nil || st.op.Add.Entry == nil {
		C.cshim_pblock_forget(st.c.pb, C.SLAPI_ADD_ENTRY)
		return
	}
	C.cshim_entry_become(st.c.pb, old, entryToC(st.numbered(st.op.Add.Entry)))
	C.cshim_op_note(st.c, C.CSHIM_LIVE_ADD, unsafe.Pointer(old))
}

// connState is the host's side of a connection.
type connState struct {
	c *C.struct_slapi_connection
}

func connStateOf(conn *plugin.Conn) *connState {
	if s, ok := conn.HostState.(*connState); ok {
		return s
	}
	s := &connState{c: (*C.struct_slapi_connection)(C.calloc(1, C.size_t(unsafe.Sizeof(C.struct_slapi_connection{}))))}
	s.c.c_connid = C.uint64_t(conn.ID)
	s.c.handle = C.uintptr_t(connections.put(conn))
	conn.HostState = s
	return s
}

func (s *connState) free() {
	connections.drop(uintptr(s.c.handle))
	C.cshim_extension_free(C.CSHIM_EXT_CONNECTION, unsafe.Pointer(s.c), &s.c.c_extension)
	C.free(unsafe.Pointer(s.c))
	s.c = nil
}

// slapiGoOperationAge gives how many nanoseconds ago an operation came.
//
//export slapiGoOperationAge
func slapiGoOperationAge(handle C.uintptr_t) C.int64_t {
	st, ok := operations.get(uintptr(handle))
	if !ok || st.op.Started.IsZero() {
		return 0
	}
	return C.int64_t(max(time.Since(st.op.Started), 0))
}
