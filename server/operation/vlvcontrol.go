package operation

import (
	"bytes"
	"math"
	"sort"

	"libslapi/server/ber"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// Virtual list views (draft-ietf-ldapext-ldapv3-vlv-09): a client scrolls through
// a sorted result. Every view is worked out anew, so that no result is kept
// between them and none is out of date.

// vlvRequest asks for entries before and after a target: the one at offset of
// count, or the first that is not below value.
type vlvRequest struct {
	before, after int
	offset, count int
	byValue       bool
	value         []byte
}

// Results of the draft that RFC 4511 does not have.
const (
	sortControlMissing wire.ResultCode = 60
	offsetRangeError   wire.ResultCode = 61
	vlvError           wire.ResultCode = 76
)

func readVLV(_ *Server, _ *plugin.Operation, c *controls, ctl *wire.Control) *wire.Error {
	bad := &wire.Error{Result: wire.Result{Code: wire.ProtocolError}}
	cur := ber.NewCursor(ctl.Value)
	seq := cur.Enter(ber.TagSequence)
	number := func(c *ber.Cursor) int {
		n := c.Int()
		if n < 0 || n > math.MaxInt32 {
			c.Fail("out of range")
		}
		return int(n)
	}
	r := &vlvRequest{before: number(&seq), after: number(&seq)}
	switch seq.Tag() {
	case 0xa0:
		at := seq.Enter(0xa0)
		r.offset, r.count = number(&at), number(&at)
		seq.Leave(&at)
	case 0x81:
		r.byValue, r.value = true, seq.Octets(0x81)
	default:
		return bad
	}
	if seq.More() {
		seq.OctetString() // a context of an earlier view: nothing hangs on it
	}
	if seq.Err() != nil || seq.More() {
		return bad
	}
	c.vlv = r
	return nil
}

// window finds the part of a sorted list that was asked for. view is the
// response control, also when there is an error.
func (x *searcher) window(list []sorted) (from, to int, view wire.Control, err error) {
	ctl := &stateOf(x.op).ctl
	r := ctl.vlv
	n := len(list)
	at, code := 0, wire.Success // at counts from 1
	switch {
	case r.byValue:
		at, code = valuePosition(list, &ctl.sort[0], r.value)
	case r.offset == 0 || r.count > 0 && r.offset > r.count:
		code = offsetRangeError
	case r.count == 0 || r.count == n || n == 0:
		at = r.offset
	case r.offset == 1:
		at = 1
	case r.offset == r.count:
		at = n
	default:
		at = int(int64(n) * int64(r.offset) / int64(r.count))
	}
	at = min(at, n+1)
	if at < 1 && code == wire.Success {
		at = 1
	}
	view = vlvControl(at, n, code)
	if code != wire.Success {
		return 0, 0, view, &wire.Error{Result: wire.Result{Code: vlvError}}
	}
	from = max(at-1-r.before, 0)
	to = min(at+r.after, n)
	if from > to {
		from = to
	}
	return from, to, view, nil
}

// valuePosition is the place of the first entry that does not sort before a value.
func valuePosition(list []sorted, k *sortKey, value []byte) (int, wire.ResultCode) {
	prepare := k.rule.Assertion
	if prepare == nil {
		prepare = k.rule.Normalize
	}
	key, err := prepare(value)
	if err != nil {
		return 0, wire.InvalidAttributeSyntax
	}
	key = bytes.Clone(key)
	if key == nil {
		key = []byte{}
	}
	return 1 + sort.Search(len(list), func(i int) bool { return compareKeys(list[i].keys[0], key, k.reverse) >= 0 }), wire.Success
}

func vlvControl(at, count int, code wire.ResultCode) wire.Control {
	b := ber.NewBuilder(nil)
	m := b.Begin(ber.TagSequence)
	b.Int(ber.TagInteger, int64(at))
	b.Int(ber.TagInteger, int64(count))
	b.Enum(ber.TagEnumerated, int64(code))
	b.End(m)
	return wire.Control{OID: ControlVLVResult, HasValue: true, Value: b.Bytes()}
}
