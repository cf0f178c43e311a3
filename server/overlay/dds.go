package overlay

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"libslapi/server/ber"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// extRefresh is the refresh operation of RFC 2589.
const extRefresh = "1.3.6.1.4.1.1466.101.119.1"

// Bounds of dds-max-ttl (RFC 2589 section 6).
const (
	ddsLeastMax = 86400
	ddsMost     = 31557600
)

// dds keeps dynamic entries: they live for a time unless they are refreshed
// (slapo-dds(5), RFC 2589). The time is stored as the moment of the end.
type dds struct {
	env                 *Env
	off                 bool
	max, min, fallback  int // seconds
	interval, tolerance time.Duration
	most                int // dynamic entries; 0: no bound
	now                 func() time.Time
}

// expiry holds the end of an entry's life.
const expiry = "entryExpireTimestamp"

func newDDS(env *Env, lines [][]string) (Overlay, error) {
	d := &dds{env: env, max: ddsLeastMax, interval: time.Hour, now: time.Now}
	for _, l := range lines {
		name := strings.ToLower(l[0])
		var err error
		n := 0
		switch name {
		case "dds-state":
			var on bool
			on, err = truth(l[1])
			d.off = !on
		case "dds-max-dynamicobjects":
			d.most, err = limit(l[1])
		case "dds-max-ttl":
			if d.max, err = span(l[1]); err == nil && (d.max < ddsLeastMax || d.max > ddsMost) {
				err = fmt.Errorf("%s is not between %d and %d", l[1], ddsLeastMax, ddsMost)
			}
		case "dds-min-ttl":
			d.min, err = span(l[1])
		case "dds-default-ttl":
			d.fallback, err = span(l[1])
		case "dds-interval":
			if n, err = span(l[1]); err == nil && n == 0 {
				err = fmt.Errorf("%q is no interval", l[1])
			}
			d.interval = time.Duration(n) * time.Second
		case "dds-tolerance":
			n, err = span(l[1])
			d.tolerance = time.Duration(n) * time.Second
		default:
			return nil, fmt.Errorf("unknown directive <%s>", l[0])
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return d, nil
}

// span reads a time in seconds, or with units as in 1d12h.
func span(text string) (int, error) {
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return int(n), nil
	}
	total, num := 0, ""
	for _, c := range strings.ToLower(text) {
		if c >= '0' && c <= '9' {
			num += string(c)
			continue
		}
		unit := map[rune]int{'d': 86400, 'h': 3600, 'm': 60, 's': 1}[c]
		n, err := strconv.ParseUint(num, 10, 20)
		if unit == 0 || err != nil {
			return 0, fmt.Errorf("%q is no time", text)
		}
		total, num = total+int(n)*unit, ""
	}
	if num != "" || total == 0 {
		return 0, fmt.Errorf("%q is no time", text)
	}
	return total, nil
}

// Points implements Overlay.
func (d *dds) Points() []plugin.Point {
	if d.off {
		return nil
	}
	list := pointsOf(plugin.TxnPre, plugin.KindAdd|plugin.KindModify|plugin.KindModDN)
	return append(list, plugin.Point{Phase: plugin.Pre, Slot: plugin.SlotEntry})
}

// Run implements Overlay.
func (d *dds) Run(s plugin.Services, p plugin.Point, op *plugin.Operation) *wire.Error {
	switch {
	case p.Slot == plugin.SlotEntry:
		if e := op.Current; e != nil && e.Has(expiry) {
			own := e.Clone()
			own.Put(s.Schema(), "entryTtl", []byte(strconv.Itoa(d.left(e))))
			op.Current = own
		}
	case op.Replicated, op.Internal:
	case op.Kind == plugin.KindAdd:
		return d.add(s, op)
	case op.Kind == plugin.KindModify:
		return d.modify(s, op)
	case op.Kind == plugin.KindModDN:
		if up := op.ParentEntry; up != nil && isDynamic(up) && op.Before != nil && !isDynamic(op.Before) {
			return wire.Errorf(wire.ConstraintViolation, "static entry cannot have dynamicObject as newSuperior")
		}
	}
	return nil
}

func isDynamic(e *entry.Entry) bool { return e.IsClass("dynamicObject") }

// left is how many seconds an entry has left.
func (d *dds) left(e *entry.Entry) int {
	end, err := generalTime(e.First(expiry))
	if err != nil {
		return 0
	}
	return max(0, int(end.Sub(d.now()).Round(time.Second)/time.Second))
}

func (d *dds) add(s plugin.Services, op *plugin.Operation) *wire.Error {
	e := op.Add.Entry
	if !isDynamic(e) {
		if up := op.ParentEntry; up != nil && isDynamic(up) {
			return wire.Errorf(wire.ConstraintViolation, "no static subordinate entries allowed for dynamicObject")
		}
		return nil
	}
	if d.most > 0 {
		list, err := search(s, op, d.env.Suffix, wire.ScopeSub, equal("objectClass", []byte("dynamicObject")), "1.1")
		if err != nil {
			return err
		}
		if len(list) >= d.most {
			return wire.Errorf(wire.UnwillingToPerform, "too many dynamicObjects in context")
		}
	}
	ttl := d.fallback
	if ttl == 0 {
		ttl = d.max
	}
	if err := e.Put(s.Schema(), "entryTtl", []byte(strconv.Itoa(ttl))); err != nil {
		return wire.Errorf(wire.Other, "%v", err)
	}
	if err := e.Put(s.Schema(), expiry, d.end(ttl)); err != nil {
		return wire.Errorf(wire.Other, "%v", err)
	}
	return nil
}

func (d *dds) end(ttl int) []byte { return stamp(d.now().Add(time.Duration(ttl) * time.Second)) }

func (d *dds) modify(s plugin.Services, op *plugin.Operation) *wire.Error {
	if op.Before == nil || op.After == nil || isDynamic(op.Before) == isDynamic(op.After) {
		return nil
	}
	if isDynamic(op.After) {
		return wire.Errorf(wire.ObjectClassViolation, "objectClass modification cannot turn static entry into dynamicObject")
	}
	return wire.Errorf(wire.ObjectClassViolation, "objectClass modification cannot turn dynamicObject into static entry")
}

// ExtendedOIDs and Extended implement extender.
func (d *dds) ExtendedOIDs() []string {
	if d.off {
		return nil
	}
	return []string{extRefresh}
}

// Extended runs a refresh of an entry of this database; handled is false when it
// is another's.
func (d *dds) Extended(s plugin.Services, op *plugin.Operation, database string) (handled bool, err *wire.Error) {
	if op.Extended.OID != extRefresh {
		return false, nil
	}
	cur := ber.NewCursor(op.Extended.Value)
	seq := cur.Enter(ber.TagSequence)
	text := seq.Octets(0x80)
	ttl := seq.Integer(0x81)
	if !op.Extended.HasValue || seq.Err() != nil || cur.Err() != nil || seq.More() {
		return true, wire.Errorf(wire.ProtocolError, "data decoding error")
	}
	name, nerr := dn.NewName(string(text), s.Schema())
	if nerr != nil {
		return true, wire.Errorf(wire.InvalidDNSyntax, "invalid DN")
	}
	if s.DatabaseFor(name.Norm) != database {
		return false, nil
	}
	if op.Requestor.Norm == "" {
		return true, wire.Errorf(wire.StrongerAuthRequired, "modifications require authentication")
	}
	list, werr := search(s, nil, name, wire.ScopeBase, present(), "*", "+")
	if werr != nil {
		return true, werr
	}
	if len(list) == 0 {
		return true, &wire.Error{Result: wire.Result{Code: wire.NoSuchObject}}
	}
	e := entry.New(list[0].name)
	for _, a := range list[0].attrs {
		e.Add(s.Schema(), a.Type, a.Values...)
	}
	switch {
	case !isDynamic(e):
		return true, wire.Errorf(wire.ObjectClassViolation, "refresh operation only applies to dynamic objects")
	case ttl <= 0:
		return true, wire.Errorf(wire.ProtocolError, "invalid time-to-live for dynamicObject")
	case ttl > int64(d.max):
		return true, wire.Errorf(wire.SizeLimitExceeded, "time-to-live for dynamicObject exceeds limit")
	case !op.IsRoot && !may(s, op, e, "entryTtl", plugin.AccessManage):
		return true, &wire.Error{Result: wire.Result{Code: wire.InsufficientAccessRights}}
	}
	ttl = max(ttl, int64(d.min))
	res := modify(s, nil, op.Requestor, name,
		wire.Change{Op: wire.ModReplace, Type: "entryTtl", Values: [][]byte{[]byte(strconv.FormatInt(ttl, 10))}},
		wire.Change{Op: wire.ModReplace, Type: expiry, Values: [][]byte{d.end(int(ttl))}})
	if res.Code != wire.Success {
		return true, &wire.Error{Result: res}
	}
	b := ber.NewBuilder(nil)
	m := b.Begin(ber.TagSequence)
	b.Int(0x81, ttl)
	b.End(m)
	op.Extended.HasResponseValue, op.Extended.ResponseValue = true, b.Bytes()
	return true, nil
}

// Start implements Starter: it deletes what has come to its end from time to time.
func (d *dds) Start(s plugin.Services) (func(), error) {
	if d.off || d.env.Replica {
		return func() {}, nil
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(d.interval)
		defer tick.Stop()
		for {
			d.expire(s)
			select {
			case <-quit:
				return
			case <-tick.C:
			}
		}
	}()
	return func() { close(quit); <-done }, nil
}

// expire deletes the entries whose time is over, children before parents. One
// with children that live longer stays until those are gone.
func (d *dds) expire(s plugin.Services) {
	limit := stamp(d.now().Add(-d.tolerance))
	f := &filter.Node{Kind: filter.And, Kids: []*filter.Node{equal("objectClass", []byte("dynamicObject")),
		{Kind: filter.LessOrEqual, Attr: expiry, Value: limit}}}
	list, err := search(s, nil, d.env.Suffix, wire.ScopeSub, f, "1.1")
	if err != nil {
		d.env.Log.Error("dds: expired entries were not looked for", "error", err)
		return
	}
	for i := len(list) - 1; i >= 0; i-- {
		name := list[i].name
		x := &plugin.Operation{Kind: plugin.KindDelete, RawTarget: name.Pretty, Target: name, Requestor: d.env.RootDN, Responder: &collector{s: s.Schema()}}
		if s.Run(x); x.Result.Code != wire.Success && x.Result.Code != wire.NotAllowedOnNonLeaf && x.Result.Code != wire.NoSuchObject {
			d.env.Log.Warn("dds: an expired entry was not deleted", "entry", name.Pretty, "result", int(x.Result.Code))
		}
	}
}
