package main

/*
#include <stdlib.h>
#include "host_filter.h"
#include "host_goside.h"
*/
import "C"

import (
	"errors"
	"strings"

	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// heldFilter is the resolved form of a C filter.
type heldFilter struct {
	node   *filter.Node
	schema *schema.Schema // which it was resolved with
}

//export slapiGoFilterForget
func slapiGoFilterForget(handle C.uintptr_t) {
	defer guard("slapi_filter_free", nil)
	if h, ok := filters.drop(uintptr(handle)); ok {
		h.node.Release()
	}
}

// filterToC makes the C tree of a filter.
func filterToC(n *filter.Node) *C.Slapi_Filter {
	f := newFlat()
	defer f.release()
	f.filter(n)
	return C.cshim_build_filter(f.ptr())
}

// filter writes a filter as cshim_build_filter reads it.
func (f *flat) filter(n *filter.Node) {
	f.num(int(n.Kind))
	f.flag(n.Attr != "")
	f.str(n.Attr)
	switch n.Kind {
	case filter.And, filter.Or, filter.Not:
		f.num(len(n.Kids))
		for _, k := range n.Kids {
			f.filter(k)
		}
	case filter.Substrings:
		f.piece(n.Initial)
		f.values(n.Any)
		f.piece(n.Final)
	case filter.Present:
	default:
		f.bytes(n.Value)
		if n.Kind == filter.Extensible {
			f.flag(n.Rule != "")
			f.str(n.Rule)
			f.flag(n.DNAttrs)
		}
	}
}

func (f *flat) piece(v []byte) {
	f.flag(v != nil)
	f.bytes(v)
}

// filterFromC makes the Go tree of a C filter, not resolved; nil for one that
// is none.
func filterFromC(f *C.Slapi_Filter) *filter.Node {
	if f == nil {
		return nil
	}
	n := &filter.Node{Kind: filter.Kind(f.choice)}
	if f._type != nil {
		n.Attr = C.GoString(f._type)
	}
	switch n.Kind {
	case filter.And, filter.Or, filter.Not:
		for k := f.list; k != nil; k = k.next {
			kid := filterFromC(k)
			if kid == nil {
				return nil
			}
			n.Kids = append(n.Kids, kid)
		}
		if n.Kind == filter.Not && len(n.Kids) != 1 {
			return nil
		}
	case filter.Substrings:
		if f.initial != nil {
			n.Initial = []byte(C.GoString(f.initial))
		}
		for _, a := range goStrings(f.any) {
			n.Any = append(n.Any, []byte(a))
		}
		if f.final != nil {
			n.Final = []byte(C.GoString(f.final))
		}
	case filter.Present:
	case filter.Equality, filter.GreaterOrEqual, filter.LessOrEqual, filter.Approx, filter.Extensible:
		n.Value = goBerval(&f.value)
		if n.Value == nil {
			n.Value = []byte{}
		}
		if n.Kind == filter.Extensible {
			if f.rule != nil {
				n.Rule = C.GoString(f.rule)
			}
			n.DNAttrs = f.dnattrs != 0
		}
	default:
		return nil
	}
	return n
}

// resolved gives the Go form of a C filter, resolved once and kept at its root.
// One that was resolved with a former schema is worked out anew each time.
func resolved(f *C.Slapi_Filter) (*filter.Node, error) {
	now := activeSchema()
	h, kept := filters.get(uintptr(C.cshim_filter_resolved(f)))
	if kept && h.schema == now {
		return h.node, nil
	}
	n := filterFromC(f)
	if n == nil {
		return nil, errors.New("no filter")
	}
	var rules filter.Rules
	if h := theHost.Load(); h != nil {
		rules = h
	}
	if err := n.Resolve(now, rules); err != nil {
		return nil, err
	}
	if kept {
		return n, nil
	}
	handle := filters.put(&heldFilter{node: n, schema: now})
	var lost C.uintptr_t
	use := C.cshim_filter_publish(f, C.uintptr_t(handle), &lost)
	if lost != 0 {
		if h, ok := filters.drop(uintptr(lost)); ok {
			h.node.Release()
		}
		if h, ok := filters.get(uintptr(use)); ok {
			return h.node, nil
		}
		return nil, errors.New("filter changed")
	}
	return n, nil
}

//export slapiGoFilterTest
func slapiGoFilterTest(pb *C.Slapi_PBlock, e *C.Slapi_Entry, f *C.Slapi_Filter, access C.int) (rc C.int) {
	const failed = 1000
	defer guard("slapi_filter_test", func() { rc = failed + C.int(wire.OperationsError) })
	if f == nil {
		return 0 // no filter: every entry
	}
	if e == nil {
		return failed + C.int(wire.OperationsError)
	}
	n, err := resolved(f)
	if err != nil {
		return failed + C.int(wire.ProtocolError)
	}
	ge, err := entryFromC(e)
	if err != nil {
		return failed + C.int(wire.InvalidDNSyntax)
	}
	if access != 0 {
		if s, st := services(), opStateOf(pb); s != nil && st != nil {
			if ok, err := maySearch(s, st.op, n, func(attr string, value []byte) (bool, error) {
				return s.AccessAllowed(st.op, ge, attr, value, plugin.AccessSearch)
			}); err != nil || !ok {
				return failed + C.int(wire.InsufficientAccessRights)
			}
		}
		if access&2 != 0 {
			return 0
		}
	}
	var env filter.Env = nameEnv{}
	if virt := virtualNow.Load(); virt != nil && access&4 != 0 {
		env = testEnv{e: e, pb: pb, virt: virt}
	}
	t, err := n.Match(ge, env)
	var we *wire.Error
	switch {
	case errors.As(err, &we):
		return failed + C.int(we.Code)
	case err != nil:
		return failed + C.int(wire.OperationsError)
	case t == filter.True:
		return 0
	case t == filter.Undefined:
		return 2
	}
	return 1
}

// nameEnv gives entries their entryDN.
type nameEnv struct{}

func (nameEnv) Computed(e *entry.Entry, t *schema.AttributeType) [][]byte {
	if strings.EqualFold(t.Name(), "entryDN") && e.Find(t.Name()) == nil {
		return [][]byte{[]byte(e.Name.Pretty)}
	}
	return nil
}

// maySearch asks for the right to search by every attribute of a filter.
func maySearch(s plugin.Services, op *plugin.Operation, n *filter.Node, allowed func(attr string, value []byte) (bool, error)) (bool, error) {
	for _, k := range n.Kids {
		if ok, err := maySearch(s, op, k, allowed); err != nil || !ok {
			return false, err
		}
	}
	if n.Attr == "" {
		return true, nil
	}
	return allowed(n.Attr, n.Value)
}
