package main

/*
#include "dispatch.h"
#include "host_goside.h"
#include "host_various.h"

static int tombstone_wanted(Slapi_PBlock *pb, Slapi_Operation *op)
{
	int keep = -1;

	if (slapi_operation_get_replica_attr(pb, op, "nsds5ReplicaTombstonePurgeInterval", &keep) != 0)
		return 0;
	return keep >= 0;
}

static void set_counter(void *counter, uint64_t n) { slapi_counter_set_value((Slapi_Counter *)counter, n); }
*/
import "C"

import (
	"strconv"
	"strings"
	"unsafe"

	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// Tombstone implements plugin.TombstoneHost: it asks whoever took the place of
// replication for this operation (slapi_operation_set_replica_attr_handler),
// then calls the functions for a delete that leaves a tombstone.
func (h *cHost) Tombstone(op *plugin.Operation) *entry.Entry {
	st, ok := op.HostState.(*opState)
	if !ok || op.Before == nil || C.tombstone_wanted(st.c.pb, &st.c.operation) == 0 {
		return nil
	}
	before := st.point
	st.point = plugin.Point{Phase: plugin.TxnPre, Slot: plugin.SlotDelete}
	defer func() { st.point = before }()
	st.refresh()
	for _, p := range h.plugins {
		fn := C.cshim_plugin_fn(p.c, C.SLAPI_PLUGIN_BE_TXN_PRE_DELETE_TOMBSTONE_FN)
		if fn == nil || !p.started {
			continue
		}
		if rc := C.cshim_call(p.c, fn, st.c.pb, C.uintptr_t(st.handle)); rc != 0 {
			h.log.Warn("a plug-in failed before a tombstone was made", "plugin", p.String(), "returned", int(rc))
		}
	}
	if c := (*C.Slapi_Entry)(st.ptr(C.SLAPI_ENTRY_PRE_OP)); c != nil {
		if e, err := entryFromC(c); err == nil {
			return e
		}
	}
	return op.Before
}

// startUSN gives the databases of user data their counters of update sequence
// numbers (be_usn_counter) when the plug-in that counts is there: the next
// number to give out.
func (h *cHost) startUSN(s plugin.Services) {
	wanted := false
	for _, p := range h.plugins {
		wanted = wanted || p.parent == nil && p.init == "usn_init"
	}
	if !wanted {
		return
	}
	for _, info := range s.Databases() {
		if info.Private || len(info.Suffixes) == 0 {
			continue
		}
		be := backendOf(info)
		if be == nil || be.be_usn_counter != nil {
			continue
		}
		be.be_usn_counter = unsafe.Pointer(C.slapi_counter_new())
		C.set_counter(be.be_usn_counter, C.uint64_t(lastUSN(s, info.Suffixes)+1))
	}
}

// lastUSN is the highest number in use below some suffixes, tombstones
// included; -1 when there is none.
func lastUSN(s plugin.Services, suffixes []string) int64 {
	last := int64(-1)
	for _, suffix := range suffixes {
		name, err := newName(suffix)
		if err != nil {
			continue
		}
		f, err := parseFilter("(|(entryusn=*)(&(objectClass=nsTombstone)(entryusn=*)))")
		if err != nil {
			continue
		}
		op := &plugin.Operation{Kind: plugin.KindSearch, Internal: true, RawTarget: suffix, Target: name, Responder: usnSink{&last},
			Search: &plugin.SearchPart{Scope: wire.ScopeSub, SizeLimit: -1, TimeLimit: -1, Filter: f, Attrs: []string{"entryusn"}}}
		s.Run(op)
	}
	return last
}

// usnSink keeps the highest number of the entries found.
type usnSink struct{ last *int64 }

func (u usnSink) SendEntry(_ *plugin.Operation, msg *plugin.EntryMessage) error {
	for _, a := range msg.Attrs {
		if !strings.EqualFold(a.Type, "entryusn") {
			continue
		}
		for _, v := range a.Values {
			if n, err := strconv.ParseInt(string(v), 10, 64); err == nil && n > *u.last {
				*u.last = n
			}
		}
	}
	return nil
}

func (usnSink) SendReference(*plugin.Operation, []string, []wire.Control) error { return nil }
func (usnSink) SendIntermediate(*plugin.Operation, string, []byte, bool, []wire.Control) error {
	return nil
}
func (usnSink) SendResult(*plugin.Operation) error { return nil }
