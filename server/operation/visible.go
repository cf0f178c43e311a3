package operation

import (
	"strings"

	"libslapi/server/acl"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/wire"
)

// visible tells whether the requestor may use the attributes of the filter on
// e, and the filter still matches then; and whether subentries are wanted.
func (x *searcher) visible(e *entry.Entry) bool { return x.wanted(e) && x.allowed(e) }

// wanted tells whether entries of this kind are wanted: subentries and what else
// shows itself only to who asks for it.
func (x *searcher) wanted(e *entry.Entry) bool {
	if x.op.Search.Scope != wire.ScopeBase {
		for class, asked := range x.hidden {
			if !asked && e.IsClass(class) {
				return false
			}
		}
		if sub := stateOf(x.op).ctl.subentries; sub != nil {
			if e.IsClass("subentry") != *sub {
				return false
			}
		} else if !x.s.is389() && !x.op.Internal && e.IsClass("subentry") {
			return false
		}
	}
	return true
}

// searchesFreely tells of an entry that the database gave for the filter that
// it need not be looked at again: whatever it is, the requestor may search by
// the attributes of the filter.
func (x *searcher) searchesFreely() bool {
	if !x.sole || x.sync != nil || x.ask.plug != nil || x.ask.decide != nil {
		return false
	}
	if x.freeFor != x.ask {
		x.freeFor = x.ask
		x.free = x.ask.readsAll() || !x.ask.deny && x.rulesAll(x.filter)
	}
	return x.free
}

// rulesAll tells whether the right to search by each item is the same for all
// entries, and there.
func (x *searcher) rulesAll(f *filter.Node) bool {
	switch f.Kind {
	case filter.And, filter.Or, filter.Not:
		for _, k := range f.Kids {
			if !x.rulesAll(k) {
				return false
			}
		}
		return true
	}
	if f.Desc.Type == nil || len(f.Desc.Options) > 0 {
		return false
	}
	need := x.need
	if need == 0 {
		need = acl.PrivSearch
	}
	r := x.ask.ruling(f.Desc.Type)
	return r.fixed && need&^acl.Read == 0 && r.have&need == need
}

// allowed tells whether the filter matches e when the requestor may not search
// by all attributes.
func (x *searcher) allowed(e *entry.Entry) bool {
	if x.ask.readsAll() {
		return true
	}
	if x.ask.deny {
		return false
	}
	t, err := x.matchVisible(x.filter, e)
	if err != nil && x.err == nil {
		x.err = err
	}
	return err == nil && t == filter.True
}

// matchVisible is the filter's truth for somebody who may not search by all
// attributes: such an item is Undefined.
func (x *searcher) matchVisible(f *filter.Node, e *entry.Entry) (filter.Truth, error) {
	switch f.Kind {
	case filter.And, filter.Or:
		// And: False rules, then Undefined; Or: True rules, then Undefined.
		rule, result := filter.False, filter.True
		if f.Kind == filter.Or {
			rule, result = filter.True, filter.False
		}
		for _, k := range f.Kids {
			t, err := x.matchVisible(k, e)
			if err != nil {
				return filter.Undefined, err
			}
			if t == rule {
				return rule, nil
			}
			if t == filter.Undefined {
				result = filter.Undefined
			}
		}
		return result, nil
	case filter.Not:
		t, err := x.matchVisible(f.Kids[0], e)
		switch {
		case err != nil || t == filter.Undefined:
			return filter.Undefined, err
		case t == filter.True:
			return filter.False, nil
		}
		return filter.True, nil
	}
	need := x.need
	if need == 0 {
		need = acl.PrivSearch
	}
	if f.Desc.Type != nil {
		var value []byte
		if f.Kind == filter.Equality {
			value = f.Value
		}
		if !x.ask.attr(e, f.Desc.Type, f.Desc.Options, value, need) {
			return filter.Undefined, nil
		}
	} else if !x.ask.entry(e, acl.AttrEntry, need) {
		return filter.Undefined, nil
	}
	return f.Match(e, x.comp.env())
}

// hiddenClasses are ns-slapd's: the definitions of roles, classes of service
// and password policies, and the tombstones.
var hiddenClasses = [...]string{"ldapsubentry", "nstombstone"}

// namesClass tells whether a filter has an item (objectClass=class).
func namesClass(f *filter.Node, class string) bool {
	found := false
	f.Walk(func(n *filter.Node) bool {
		found = found || n.Kind == filter.Equality && strings.EqualFold(n.Attr, "objectClass") && strings.EqualFold(string(n.Value), class)
		return !found
	})
	return found
}
