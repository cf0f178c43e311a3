package operation

import (
	"libslapi/server/acl"
	"libslapi/server/backend"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// compare tells whether the target has a value (RFC 4511 section 4.10).
func (s *Server) compare(op *plugin.Operation) error {
	db := s.databaseFor(op)
	if db == nil {
		return s.nowhere(op)
	}
	if db.Disabled {
		return outOfService()
	}
	if err := s.originalOnly(op, db); err != nil {
		return err
	}
	d, err := s.Schema().Describe(op.Compare.Attr)
	if err != nil || d.Type.Unknown && !s.is389() {
		return &wire.Error{Result: wire.Result{Code: wire.UndefinedAttributeType}}
	}
	whole := wholeOf(db)
	if whole != nil && !whole.Handles(plugin.KindCompare) {
		whole = nil
	}
	if whole != nil && whole.ChecksAccess() {
		return whole.Handle(op)
	}
	v, release, err := s.view(op, db)
	if err != nil {
		return err
	}
	defer release()
	ask := s.access(op, db)
	look := v.Lookup
	if ask.plug == nil && ask.decide == nil && !op.Internal {
		look = func(norm string) (*entry.Entry, error) { return backend.Peek(v, norm) }
	}
	e, err := look(op.Target.Norm)
	if err != nil {
		return err
	}
	if e == nil {
		return s.missing(op, v, ask, op.Target, "")
	}
	if !op.Internal && e.IsClass("referral") && !stateOf(op).ctl.manageDsaIT {
		return s.referral(e, op.Target, wire.ScopeBase, false)
	}
	comp := s.newComputer(op, db, v)
	if a := stateOf(op).ctl.assertion; a != nil {
		if err := a.Resolve(s.Schema(), nil); err != nil {
			return err
		}
		if t, err := a.Match(e, comp.env()); err != nil || t != filter.True {
			return &wire.Error{Result: wire.Result{Code: wire.AssertionFailed}}
		}
	}
	if !ask.attr(e, d.Type, d.Options, op.Compare.Value, acl.PrivCompare) {
		return ask.denied(e, "")
	}
	if whole != nil {
		return whole.Handle(op)
	}
	if s.is389() {
		op.Result = compare389(e, comp, d, op.Compare.Value)
	} else {
		op.Result = compareValues(e, comp, d, op.Compare.Value)
		if code := op.Result.Code; code != wire.CompareTrue && code != wire.CompareFalse && !ask.entry(e, acl.AttrEntry, acl.PrivDisclose) {
			return &wire.Error{Result: wire.Result{Code: wire.NoSuchObject}}
		}
	}
	return nil
}

// compareValues looks for a value among those of a description and its
// subtypes: compareTrue, compareFalse, or what stands in the way.
func compareValues(e *entry.Entry, comp *computer, d schema.Description, value []byte) wire.Result {
	if d.Type.Equality == nil && !d.Type.Unknown {
		return wire.Result{Code: wire.InappropriateMatching, Text: "inappropriate matching request"}
	}
	if d.Type.Equality != nil {
		rule := d.Type.Equality
		prepare := rule.Assertion
		if prepare == nil {
			prepare = rule.Normalize
		}
		if prepare != nil {
			if _, err := prepare(value); err != nil {
				return wire.Result{Code: wire.InvalidAttributeSyntax, Text: "value does not conform to assertion syntax"}
			}
		}
	}
	f := &filter.Node{Kind: filter.Equality, Attr: d.String(), Value: value}
	if err := f.Resolve(comp.s.Schema(), nil); err != nil {
		return wire.Result{Code: wire.Other, Text: "internal error"}
	}
	if t, err := f.Match(e, comp.env()); err == nil && t == filter.True {
		return wire.Result{Code: wire.CompareTrue}
	}
	for a := range e.Matching(d.Type) {
		if d.Includes(schema.Description{Type: a.Type, Options: a.Options}) {
			return wire.Result{Code: wire.CompareFalse}
		}
	}
	if _, _, ok := comp.virtual(e, d.Type); ok || comp.value(e, d.Type) != nil {
		return wire.Result{Code: wire.CompareFalse}
	}
	return wire.Result{Code: wire.NoSuchAttribute}
}

// compare389 compares as ns-slapd does: with the very type asked for, and a
// value that breaks the syntax is one that is not there.
func compare389(e *entry.Entry, comp *computer, d schema.Description, value []byte) wire.Result {
	if comp.virt != nil && len(d.Options) == 0 && comp.virt.Serves(d.Type) {
		if equal, ok := comp.virt.Compare(comp.op, e, d.Type, value); ok {
			if equal {
				return wire.Result{Code: wire.CompareTrue}
			}
			return wire.Result{Code: wire.CompareFalse}
		}
	}
	values := comp.value(e, d.Type)
	if at := e.Get(d); at != nil {
		values = at.Values
	}
	if values == nil {
		return wire.Result{Code: wire.NoSuchAttribute}
	}
	key, err := d.Type.EqualityKey(value)
	if err != nil {
		return wire.Result{Code: wire.CompareFalse}
	}
	for _, v := range values {
		if have, err := d.Type.EqualityKey(v); err == nil && string(have) == string(key) {
			return wire.Result{Code: wire.CompareTrue}
		}
	}
	return wire.Result{Code: wire.CompareFalse}
}
