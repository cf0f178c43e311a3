package main

/*
#include <stdlib.h>
#include "dispatch.h"
#include "host_filter.h"
#include "host_goside.h"
#include "host_internal.h"
#include "host_util.h"

static void call_result(plugin_result_callback fn, int rc, void *data) { fn(rc, data); }
static int call_entry(plugin_search_entry_callback fn, Slapi_Entry *e, void *data) { return fn(e, data); }
static int call_referral(plugin_referral_entry_callback fn, char *url, void *data) { return fn(url, data); }
*/
import "C"

import (
	"context"
	"errors"
	"strings"
	"sync"
	"unsafe"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/operation"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

//export slapiGoInternal
func slapiGoInternal(pb *C.Slapi_PBlock, kind C.int, cb *C.struct_cshim_callbacks, pretty, norm *C.char) (rc C.int) {
	defer guard("internal operation", func() { rc = C.int(wire.OperationsError) })
	s := services()
	if s == nil {
		return C.int(wire.Unavailable)
	}
	op, err := describeInternal(pb, plugin.Kind(kind), pretty, norm)
	if err != nil {
		code := C.int(wire.OperationsError)
		var we *wire.Error
		if errors.As(err, &we) {
			code = C.int(we.Code)
		}
		C.cshim_pblock_put_int(pb, C.SLAPI_RESULT_CODE, code)
		return code
	}
	sink := &internalSink{}
	op.Responder = sink
	s.Run(op)
	code := C.int(op.Result.Code)
	if op.Kind == plugin.KindSearch {
		if cb != nil {
			sink.callBack(cb, code)
		} else {
			p, _ := op.Caller.(*hostPlugin)
			sink.keep(pb, p != nil && p.c.dialect == C.CSHIM_389)
		}
		C.cshim_pblock_put_int(pb, C.SLAPI_NENTRIES, C.int(len(sink.entries)))
	}
	C.cshim_pblock_put_int(pb, C.SLAPI_RESULT_CODE, code)
	putString(pb, C.SLAPI_PB_RESULT_TEXT, op.Result.Text)
	return code
}

// describeInternal makes the operation that a pblock describes. pretty and norm
// are the forms of its target, where C could make them.
func describeInternal(pb *C.Slapi_PBlock, kind plugin.Kind, pretty, norm *C.char) (*plugin.Operation, error) {
	op := &plugin.Operation{Kind: kind, Internal: true}
	op.Flags = uint32(uintptr(C.cshim_pblock_ptr(pb, C.CSHIM_INTOP_FLAGS)))
	if sdn := (*C.Slapi_DN)(C.cshim_pblock_ptr(pb, C.SLAPI_TARGET_SDN)); sdn != nil {
		op.RawTarget = sdnText(sdn)
		if norm != nil {
			op.Target = dn.Name{Pretty: C.GoString(pretty), Norm: C.GoString(norm)}
		} else {
			op.Target, op.TargetErr = sdnFromC(sdn)
		}
	}
	t := C.cshim_thread()
	if st, ok := operations.get(uintptr(t.op)); ok {
		op.Parent = st.op
		if st.op.Ctx != nil {
			// What a plug-in began goes on when the client has gone.
			op.Ctx = context.WithoutCancel(st.op.Ctx)
		}
		op.Conn = st.op.Conn
		op.Replicated = st.op.Replicated
	}
	op.Caller = callerOf(pb, t.plugin)
	op.Requestor = actingName(op.Caller)
	if kind == plugin.KindModify && C.cshim_pblock_num(pb, C.SLAPI_SKIP_MODIFIED_ATTRS) != 0 {
		op.Flags |= operation.FlagNoModifyAttrs
	}
	op.Controls = controlsFromC((**C.LDAPControl)(C.cshim_pblock_ptr(pb, C.SLAPI_REQCONTROLS)))
	switch kind {
	case plugin.KindSearch:
		f, err := internalFilter(pb)
		if err != nil {
			return nil, err
		}
		op.Search = &plugin.SearchPart{
			Scope:     wire.Scope(C.cshim_pblock_num(pb, C.SLAPI_SEARCH_SCOPE)),
			SizeLimit: int(C.cshim_pblock_num(pb, C.SLAPI_SEARCH_SIZELIMIT)),
			TypesOnly: C.cshim_pblock_num(pb, C.SLAPI_SEARCH_ATTRSONLY) != 0,
			Filter:    f,
			Attrs:     goStrings((**C.char)(C.cshim_pblock_ptr(pb, C.SLAPI_SEARCH_ATTRS))),
		}
	case plugin.KindModify:
		mods := (**C.LDAPMod)(C.cshim_pblock_ptr(pb, C.SLAPI_MODIFY_MODS))
		if mods == nil {
			return nil, wire.Errorf(wire.ProtocolError, "no modifications")
		}
		op.Modify = &plugin.ModifyPart{Changes: modsFromC(mods)}
	case plugin.KindAdd:
		c := (*C.Slapi_Entry)(C.cshim_pblock_ptr(pb, C.SLAPI_ADD_ENTRY))
		if c == nil {
			return nil, wire.Errorf(wire.ProtocolError, "no entry")
		}
		e, err := entryFromC(c)
		if err != nil {
			return nil, wire.Errorf(wire.InvalidDNSyntax, "%v", err)
		}
		op.Add = &plugin.AddPart{Entry: e}
		op.Target, op.TargetErr, op.RawTarget = e.Name, nil, e.Name.Pretty
	case plugin.KindModDN:
		op.ModDN = &plugin.ModDNPart{DeleteOldRDN: C.cshim_pblock_num(pb, C.SLAPI_MODRDN_DELOLDRDN) != 0}
		if rdn := (*C.char)(C.cshim_pblock_ptr(pb, C.SLAPI_MODRDN_NEWRDN)); rdn != nil {
			op.ModDN.NewRDN = C.GoString(rdn)
		}
		if sdn := (*C.Slapi_DN)(C.cshim_pblock_ptr(pb, C.SLAPI_MODRDN_NEWSUPERIOR_SDN)); sdn != nil && C.slapi_sdn_isempty(sdn) == 0 {
			n, err := sdnFromC(sdn)
			if err != nil {
				return nil, wire.Errorf(wire.InvalidDNSyntax, "%v", err)
			}
			op.ModDN.NewSuperior, op.ModDN.RawNewSuperior = &n, n.Pretty
		}
	case plugin.KindDelete:
	default:
		return nil, wire.Errorf(wire.ProtocolError, "no internal operation of this kind")
	}
	return op, nil
}

// callerOf is the plug-in that runs an internal operation: by the identity that
// it gave, else the one on whose thread it is.
func callerOf(pb *C.Slapi_PBlock, onThread *C.struct_cshim_plugin) any {
	if id := (*C.struct_slapi_componentid)(C.cshim_pblock_ptr(pb, C.SLAPI_PLUGIN_IDENTITY)); id != nil {
		if p := pluginOf(id.sci_plugin); p != nil {
			return p
		}
	}
	if p := pluginOf(onThread); p != nil {
		return p
	}
	return nil
}

// actingName is whom an internal operation acts as: with ns-slapd's habits the
// plug-in itself, unless the names of clients are to be followed
// (nsslapd-plugin-binddn-tracking). The empty name leaves it to the pipeline.
func actingName(caller any) (none dn.Name) {
	p, ok := caller.(*hostPlugin)
	h, s := theHost.Load(), services()
	if !ok || p.c.dialect != C.CSHIM_389 || h == nil || s == nil || h.opt.Default != plugin.Dialect389 ||
		strings.EqualFold(s.Setting("nsslapd-plugin-binddn-tracking"), "on") {
		return none
	}
	for p.parent != nil {
		p = p.parent
	}
	p.nameOnce.Do(func() {
		n, err := newName("cn=" + dn.Escape([]byte(p.spec.Name)) + ",cn=plugins,cn=config")
		if err == nil {
			p.name = n
		}
	})
	return p.name
}

// internalFilter is the filter of an internal search. No filter is every entry.
func internalFilter(pb *C.Slapi_PBlock) (*filter.Node, error) {
	if f := (*C.Slapi_Filter)(C.cshim_pblock_ptr(pb, C.SLAPI_SEARCH_FILTER)); f != nil {
		return filterFromC(f), nil
	}
	text := (*C.char)(C.cshim_pblock_ptr(pb, C.SLAPI_SEARCH_STRFILTER))
	if text == nil {
		return filter.Parse("(objectClass=*)")
	}
	f, err := parseFilter(C.GoString(text))
	if err != nil {
		return nil, wire.Errorf(wire.ProtocolError, "bad search filter")
	}
	return f, nil
}

// parsedFilters keeps filters that plug-ins search with again and again. A
// parsed tree is not changed; whoever resolves one works on a copy.
var parsedFilters struct {
	sync.Mutex
	m map[string]*filter.Node
}

func parseFilter(text string) (*filter.Node, error) {
	p := &parsedFilters
	p.Lock()
	f := p.m[text]
	p.Unlock()
	if f != nil {
		return f.Clone(), nil
	}
	whole := text
	if t := strings.TrimSpace(text); t != "" && t[0] != '(' {
		whole = "(" + t + ")" // both peers take a single item without its brackets
	}
	f, err := filter.Parse(whole)
	if err != nil {
		return nil, err
	}
	p.Lock()
	if p.m == nil || len(p.m) >= 256 {
		p.m = map[string]*filter.Node{}
	}
	p.m[text] = f
	p.Unlock()
	return f.Clone(), nil
}

// internalSink collects what an internal search finds. Both peers hand whole
// entries to plug-ins, whatever attributes were asked for.
type internalSink struct {
	entries []foundEntry
	urls    []string
}

type foundEntry struct {
	e   *entry.Entry
	msg *plugin.EntryMessage
}

func (s *internalSink) SendEntry(op *plugin.Operation, msg *plugin.EntryMessage) error {
	s.entries = append(s.entries, foundEntry{op.Current, msg})
	return nil
}

func (s *internalSink) SendReference(_ *plugin.Operation, urls []string, _ []wire.Control) error {
	s.urls = append(s.urls, urls...)
	return nil
}

func (s *internalSink) SendIntermediate(*plugin.Operation, string, []byte, bool, []wire.Control) error {
	return nil
}

func (s *internalSink) SendResult(*plugin.Operation) error { return nil }

// toC makes the C entry of one result.
func (f foundEntry) toC() *C.Slapi_Entry {
	if f.e != nil {
		return entryToC(f.e)
	}
	name, err := newName(f.msg.DN)
	if err != nil {
		name = dn.Name{Pretty: f.msg.DN, Norm: f.msg.DN}
	}
	e := entry.New(name)
	for _, a := range f.msg.Attrs {
		if err := e.Add(activeSchema(), a.Type, a.Values...); err != nil {
			continue
		}
	}
	return entryToC(e)
}

// keep puts the results into the pblock, the last one first if so wanted: that
// is how ns-slapd hands them out.
func (s *internalSink) keep(pb *C.Slapi_PBlock, lastFirst bool) {
	list := (**C.Slapi_Entry)(C.calloc(C.size_t(len(s.entries)+1), C.size_t(unsafe.Sizeof((*C.Slapi_Entry)(nil)))))
	view := unsafe.Slice(list, len(s.entries)+1)
	for i, f := range s.entries {
		if lastFirst {
			i = len(s.entries) - 1 - i
		}
		view[i] = f.toC()
	}
	C.cshim_pblock_put_ptr(pb, C.SLAPI_PLUGIN_INTOP_SEARCH_ENTRIES, unsafe.Pointer(list))
	if len(s.urls) > 0 {
		C.cshim_pblock_put_ptr(pb, C.SLAPI_PLUGIN_INTOP_SEARCH_REFERRALS, unsafe.Pointer(newCharray(s.urls)))
	}
}

// callBack hands the results to the caller's functions, until one says stop.
func (s *internalSink) callBack(cb *C.struct_cshim_callbacks, code C.int) {
	stop := false
	if cb.entry != nil {
		for _, f := range s.entries {
			e := f.toC()
			rc := C.call_entry(cb.entry, e, cb.data)
			C.slapi_entry_free(e)
			if rc == -1 {
				stop = true
				break
			}
		}
	}
	if cb.referral != nil && !stop {
		for _, u := range s.urls {
			c := C.CString(u)
			rc := C.call_referral(cb.referral, c, cb.data)
			C.free(unsafe.Pointer(c))
			if rc == -1 {
				break
			}
		}
	}
	if cb.result != nil {
		C.call_result(cb.result, code, cb.data)
	}
}

// heldTxns are the transactions that plug-ins opened, by their pblock.
var heldTxns struct {
	sync.Mutex
	m map[*C.Slapi_PBlock]*heldTxn
}

type heldTxn struct {
	holder *plugin.Operation
	state  *opState
	before C.uintptr_t // the thread's operation before
}

//export slapiGoTxn
func slapiGoTxn(pb *C.Slapi_PBlock, step C.int) (rc C.int) {
	defer guard("slapi_back_transaction", func() { rc = -1 })
	s := services()
	if s == nil || pb == nil {
		return -1
	}
	t := C.cshim_thread()
	if step == 0 {
		var parent *plugin.Operation
		if st, ok := operations.get(uintptr(t.op)); ok {
			parent = st.op
		}
		var be *C.Slapi_Backend
		if C.cshim_pblock_get(pb, C.SLAPI_BACKEND, unsafe.Pointer(&be), C.CSHIM_389) != 0 || be == nil || be.be_name == nil {
			return -1
		}
		holder, err := s.BeginTxn(C.GoString(be.be_name), parent)
		if err != nil {
			return -1
		}
		x := &heldTxn{holder: holder, before: t.op}
		x.state = stateOf(holder)
		t.op = C.uintptr_t(x.state.handle)
		heldTxns.Lock()
		if heldTxns.m == nil {
			heldTxns.m = map[*C.Slapi_PBlock]*heldTxn{}
		}
		heldTxns.m[pb] = x
		heldTxns.Unlock()
		return 0
	}
	heldTxns.Lock()
	x := heldTxns.m[pb]
	delete(heldTxns.m, pb)
	heldTxns.Unlock()
	if x == nil {
		return -1
	}
	t.op = x.before
	defer func() {
		x.holder.HostState = nil
		x.state.free()
	}()
	if step == 2 {
		s.AbortTxn(x.holder)
		return 0
	}
	if err := s.CommitTxn(x.holder); err != nil {
		return -1
	}
	return 0
}
