package operation

import (
	"bytes"
	"slices"

	"libslapi/server/acl"
	"libslapi/server/ber"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// Server-side sorting (RFC 2891).

// maxSortKeys bounds the keys that a client may ask for.
const maxSortKeys = 5

type sortKey struct {
	desc    schema.Description
	rule    *schema.MatchingRule
	reverse bool
}

func readSort(s *Server, _ *plugin.Operation, c *controls, ctl *wire.Control) *wire.Error {
	bad := wire.Errorf(wire.ProtocolError, "serverSort control: decoding error")
	cur := ber.NewCursor(ctl.Value)
	seq := cur.Enter(ber.TagSequence)
	for seq.More() {
		one := seq.Enter(ber.TagSequence)
		attr := one.String()
		rule, reverse := "", false
		if one.More() && one.Tag() == 0x80 {
			rule = string(one.Octets(0x80))
		}
		if one.More() && one.Tag() == 0x81 {
			reverse = one.Boolean(0x81)
		}
		if one.Err() != nil || one.More() {
			return bad
		}
		seq.Leave(&one)
		if len(c.sort) == maxSortKeys {
			return wire.Errorf(wire.ProtocolError, "serverSort control: Too many sort keys")
		}
		k, err := s.sortKey(attr, rule)
		if err != nil {
			return err
		}
		k.reverse = reverse
		for _, have := range c.sort {
			if have.desc.Type == k.desc.Type && slices.Equal(have.desc.Options, k.desc.Options) {
				return wire.Errorf(wire.ProtocolError, "serverSort control: attribute repeated")
			}
		}
		c.sort = append(c.sort, k)
	}
	if seq.Err() != nil || cur.Err() != nil || len(c.sort) == 0 {
		return bad
	}
	cur.Leave(&seq)
	if cur.Err() != nil || cur.More() {
		return bad
	}
	return nil
}

// sortKey finds the ordering rule of one key. In 389's mode a type without one
// sorts by its equality rule, as ns-slapd does.
func (s *Server) sortKey(attr, rule string) (sortKey, *wire.Error) {
	d, err := s.Schema().Describe(attr)
	if err != nil || d.Type.Unknown {
		return sortKey{}, wire.Errorf(wire.NoSuchAttribute, "serverSort control: Unrecognized attribute type in sort key")
	}
	k := sortKey{desc: d, rule: d.Type.Ordering}
	if rule != "" {
		k.rule = s.Schema().MatchingRule(rule)
	} else if k.rule == nil && s.is389() {
		k.rule = d.Type.Equality
	}
	if k.rule == nil || k.rule.Normalize == nil || k.rule.Use != schema.UseOrdering && !(s.is389() && k.rule.Use == schema.UseEquality) {
		return k, wire.Errorf(wire.InappropriateMatching, "serverSort control: No ordering rule")
	}
	return k, nil
}

// sorted is an entry with the values that it is sorted by; nil: it has none.
type sorted struct {
	e    *entry.Entry
	keys [][]byte
}

// sortEntries puts entries in the order of the keys. An entry without a key's
// attribute counts as having the greatest value. Values that the requestor may
// not search by do not count.
func (x *searcher) sortEntries(list []*entry.Entry, by []sortKey) []sorted {
	out := make([]sorted, len(list))
	for i, e := range list {
		out[i].e = e
		out[i].keys = make([][]byte, len(by))
		for j := range by {
			out[i].keys[j] = x.sortValue(e, &by[j])
		}
	}
	slices.SortStableFunc(out, func(a, b sorted) int {
		for i := range by {
			if c := compareKeys(a.keys[i], b.keys[i], by[i].reverse); c != 0 {
				return c
			}
		}
		return 0
	})
	return out
}

func compareKeys(a, b []byte, reverse bool) int {
	c := 0
	switch {
	case a == nil && b == nil:
	case a == nil:
		c = 1
	case b == nil:
		c = -1
	default:
		c = bytes.Compare(a, b)
	}
	if reverse {
		return -c
	}
	return c
}

// sortValue is the least of an entry's values (RFC 2891 section 1.1).
func (x *searcher) sortValue(e *entry.Entry, k *sortKey) []byte {
	var least []byte
	take := func(v []byte) {
		if key, err := k.rule.Normalize(v); err == nil && (least == nil || bytes.Compare(key, least) < 0) {
			least = append(make([]byte, 0, len(key)), key...)
		}
	}
	found := false
	for a := range e.Matching(k.desc.Type) {
		if !k.desc.Includes(schema.Description{Type: a.Type, Options: a.Options}) {
			continue
		}
		found = true
		if !x.ask.attr(e, a.Type, a.Options, nil, acl.PrivSearch) {
			continue
		}
		for _, v := range a.Values {
			take(v)
		}
	}
	if !found && k.desc.Type.Operational() && x.ask.attr(e, k.desc.Type, nil, nil, acl.PrivSearch) {
		for _, v := range x.comp.value(e, k.desc.Type) {
			take(v)
		}
	}
	return least
}

// sortControl is the response control for a sort that was done.
func sortControl() wire.Control {
	b := ber.NewBuilder(nil)
	m := b.Begin(ber.TagSequence)
	b.Enum(ber.TagEnumerated, int64(wire.Success))
	b.End(m)
	return wire.Control{OID: ControlSortResult, HasValue: true, Value: b.Bytes()}
}

// ordered tells whether the entries of the search must be known before the first
// goes out.
func (x *searcher) ordered() bool { return stateOf(x.op).ctl.sort != nil }

// arrange sorts what the search found and, for a virtual list view, keeps the
// part that was asked for.
func (x *searcher) arrange() error {
	ctl := &stateOf(x.op).ctl
	list := x.sortEntries(x.collect, ctl.sort)
	limit := x.op.Search.SizeLimit
	switch {
	case ctl.vlv != nil:
		from, to, view, err := x.window(list)
		x.op.ResponseControls = append(x.op.ResponseControls, view)
		if err != nil {
			return err
		}
		list = list[from:to]
		x.op.ResponseControls = append([]wire.Control{sortControl()}, x.op.ResponseControls...)
	case ctl.paged == nil && limit >= 0 && len(list) > limit:
		list = list[:limit+1] // sending the last one meets the limit
	default:
		x.op.ResponseControls = append(x.op.ResponseControls, sortControl())
	}
	x.collect = x.collect[:0]
	for _, s := range list {
		x.collect = append(x.collect, s.e)
	}
	return nil
}
