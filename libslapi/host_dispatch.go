package main

/*
#include "dispatch.h"
*/
import "C"

import (
	"strings"

	"libslapi/server/plugin"
)

// hookTables are the lists of plug-in functions, by point. A table is never
// changed once it is published; the C lists of former tables stay, because a
// walk may still be on them.
type hookTables struct {
	lists     [plugin.PhaseCount][plugin.SlotCount]*C.struct_cshim_hooks
	mask      [plugin.PhaseCount][plugin.SlotCount]uint64 // bit 0: a global plug-in, bit i: one of database i
	databases map[string]int                              // from 1 on, in the order met
	kinds     plugin.Kind
	extended  []extendedOp
	schemes   []*hostPlugin
	matching  []*hostPlugin
	every     everyOp
	acl       *hostPlugin // 389's access control
	// reversible are the attributes that plug-ins encode.
	reversible []string
}

// extendedOp is a request name and the plug-in that handles it.
type extendedOp struct {
	oid    string
	plugin *hostPlugin
}

const allKinds = plugin.KindBind | plugin.KindUnbind | plugin.KindSearch | plugin.KindModify | plugin.KindAdd |
	plugin.KindDelete | plugin.KindModDN | plugin.KindCompare | plugin.KindAbandon | plugin.KindExtended

// publish makes the tables anew. The caller holds h.mu.
func (h *cHost) publish() {
	t := &hookTables{databases: map[string]int{}}
	for _, p := range h.plugins {
		db := p.spec.Database
		if db != "" && t.databases[db] == 0 {
			t.databases[db] = len(t.databases) + 1
		}
		for _, oid := range goStrings(p.c.ext_oids) {
			t.extended = append(t.extended, extendedOp{oid, p})
		}
		if p.c.pwd_name != nil {
			t.schemes = append(t.schemes, p)
			if strings.EqualFold(p.spec.Type, "reverpwdstoragescheme") {
				t.reversible = append(t.reversible, goStrings(p.c.argv)...)
			}
		}
		if C.cshim_plugin_fn(p.c, C.SLAPI_PLUGIN_MR_FILTER_CREATE_FN) != nil {
			t.matching = append(t.matching, p)
		}
	}
	for phase := range plugin.PhaseCount {
		for slot := range plugin.SlotCount {
			point := plugin.Point{Phase: phase, Slot: slot}
			if point.Valid() {
				h.fillPoint(t, point)
			}
		}
	}
	if len(t.extended) > 0 {
		t.kinds |= plugin.KindExtended
	}
	for _, p := range h.plugins {
		if t.acl == nil && p.c.dialect == C.CSHIM_389 && C.cshim_plugin_fn(p.c, C.SLAPI_PLUGIN_ACL_ALLOW_ACCESS) != nil {
			t.acl, t.kinds = p, allKinds
		}
	}
	h.fillEvery(t)
	h.tables.Store(t)
	h.giveSyntaxes()
}

// paramOf is the canonical number of the functions of a point.
func paramOf(p plugin.Point) C.int {
	if p.Phase == plugin.InternalPre && p.Slot == plugin.SlotBind {
		return C.CSHIM_PB_INTERNAL_PRE_BIND_FN
	}
	return C.int(p.Number())
}

func (h *cHost) fillPoint(t *hookTables, point plugin.Point) {
	param := paramOf(point)
	var with []*hostPlugin
	for _, p := range h.plugins {
		if C.cshim_plugin_fn(p.c, param) != nil {
			with = append(with, p)
		}
	}
	if len(with) == 0 {
		return
	}
	list := C.cshim_hooks_new(C.int(len(with)))
	var mask uint64
	for i, p := range with {
		db := t.databases[p.spec.Database]
		C.cshim_hooks_put(list, C.int(i), p.c, param, C.int(db))
		mask |= 1 << min(db, 63)
	}
	t.lists[point.Phase][point.Slot] = list
	t.mask[point.Phase][point.Slot] = mask
	switch point.Slot {
	case plugin.SlotEntry, plugin.SlotReferral:
		t.kinds |= plugin.KindSearch
	case plugin.SlotResult:
		t.kinds |= allKinds
	default:
		t.kinds |= point.Slot.Kind()
	}
}

// Listens tells whether a plug-in has a function at p for the database.
func (h *cHost) Listens(p plugin.Point, database string) bool {
	t := h.tables.Load()
	m := t.mask[p.Phase][p.Slot]
	if m == 0 {
		return false
	}
	if m&1 != 0 {
		return true
	}
	if database == "" {
		return false
	}
	db := t.databases[database]
	return db != 0 && m&(1<<min(db, 63)) != 0
}

// AnyListener tells whether plug-ins take part in operations of a kind.
func (h *cHost) AnyListener(k plugin.Kind) bool {
	return h.tables.Load().kinds&k != 0
}

// ruleOf says what return values mean at a point.
func ruleOf(p plugin.Point) C.int {
	switch p.Phase {
	case plugin.Pre, plugin.InternalPre:
		switch p.Slot {
		case plugin.SlotBind:
			return C.CSHIM_RULE_BIND
		case plugin.SlotResult:
			return C.CSHIM_RULE_RESULT
		case plugin.SlotUnbind, plugin.SlotAbandon:
			return C.CSHIM_RULE_POST
		}
		return C.CSHIM_RULE_PRE
	case plugin.BePre, plugin.TxnPre, plugin.TxnPost:
		return C.CSHIM_RULE_TXN
	}
	return C.CSHIM_RULE_POST
}

// liveAt tells which objects a plug-in may have edited in place at a point.
func liveAt(p plugin.Point) C.uint {
	switch p.Phase {
	case plugin.Pre, plugin.BePre, plugin.TxnPre, plugin.InternalPre:
		switch p.Slot {
		case plugin.SlotAdd:
			return 1 << C.CSHIM_LIVE_ADD
		case plugin.SlotModify:
			return 1 << C.CSHIM_LIVE_MODS
		case plugin.SlotEntry:
			return 1 << C.CSHIM_LIVE_ENTRY
		}
	}
	return 0
}

// Run calls the plug-ins of p and takes back what they changed.
func (h *cHost) Run(p plugin.Point, op *plugin.Operation) plugin.Outcome {
	t := h.tables.Load()
	list := t.lists[p.Phase][p.Slot]
	if list == nil {
		return plugin.Outcome{}
	}
	noteSchema()
	st := stateOf(op)
	before := st.point
	st.point = p
	st.refresh()
	lastFirst := C.int(0)
	switch p.Phase {
	case plugin.Post, plugin.BePost, plugin.TxnPost, plugin.InternalPost:
		// Entries, references and results are met in the same order both times.
		lastFirst = cBool(p.Slot < plugin.SlotEntry)
	}
	// News and outcome are in C memory: what C is given of Go's would have to be
	// made on the heap for each walk.
	st.c.news = C.struct_cshim_news{result_code: C.int(op.Result.Code), opreturn: C.int(op.OpReturn),
		nentries: C.int(op.EntriesSent), live: liveAt(p)}
	C.cshim_walk(st.c, list, C.int(t.databases[op.Database]), ruleOf(p), lastFirst)
	out := st.c.out
	if out.dirty != 0 || out.changed != 0 {
		st.readBack(out.changed)
	}
	st.notePersistent()
	st.point = before
	o := plugin.Outcome{Stop: out.stop != 0, Skip: out.skip != 0, Return: int(out.ret)}
	if out.plugin != nil {
		o.Plugin = pluginOf(out.plugin).String()
	}
	return o
}

// OperationDone calls the audit plug-ins and frees the C side of an operation.
func (h *cHost) OperationDone(op *plugin.Operation) {
	h.runAudit(op)
	st, ok := op.HostState.(*opState)
	if !ok {
		return
	}
	if op.Persistent {
		st.hold()
	}
	op.HostState = nil
	st.free()
}

// ConnectionDone frees the C side of a connection.
func (h *cHost) ConnectionDone(c *plugin.Conn) {
	if s, ok := c.HostState.(*connState); ok {
		c.HostState = nil
		s.free()
	}
}

// ExtendedOIDs are the request names that plug-ins handle.
func (h *cHost) ExtendedOIDs() []string {
	t := h.tables.Load()
	var out []string
	seen := map[string]bool{}
	for _, x := range t.extended {
		if !seen[x.oid] {
			seen[x.oid] = true
			out = append(out, x.oid)
		}
	}
	return out
}

// Values of an extended operation's function.
const (
	extendedSent       = -1
	extendedNotHandled = -2
	extendedNoBackend  = -3
)

// RunExtended lets the plug-in that registered the request name handle op.
func (h *cHost) RunExtended(op *plugin.Operation) (handled bool) {
	t := h.tables.Load()
	for _, x := range t.extended {
		if x.oid != op.Extended.OID {
			continue
		}
		fn := C.cshim_plugin_fn(x.plugin.c, C.SLAPI_PLUGIN_EXT_OP_FN)
		if fn == nil || x.plugin.c.host == nil {
			continue
		}
		st := stateOf(op)
		st.refresh()
		rc := int(C.cshim_call(x.plugin.c, fn, st.c.pb, C.uintptr_t(st.handle)))
		st.readBack(0)
		switch rc {
		case extendedSent:
			if !op.ResultSent {
				h.log.Warn("plug-in said that it sent a result, and did not", "plugin", x.plugin.spec.Name, "oid", x.oid)
				op.Result = noAnswer()
			}
		case extendedNotHandled, extendedNoBackend:
			continue
		default:
			// 389 answers with the value; OpenLDAP with SLAPI_RESULT_CODE alone.
			if x.plugin.c.dialect == C.CSHIM_389 && !op.ResultSent && rc != 0 {
				op.Result.Code = resultCode(rc)
			}
		}
		return true
	}
	return false
}
