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
func (x *searcher) visible(e *entry.Entry) bool {
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
	return f.Match(e, x.comp)
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
