package overlay

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// accessLog writes what is done on a database to another one, as entries
// (slapo-accesslog(5)). The record of a change is made in the transaction of the
// change, under the change's own CSN, so that the log has the changes in the
// order of their CSNs; a change that cannot be logged is not made. All else is
// logged before its result goes out.
type accessLog struct {
	env      *Env
	log      dn.Name
	ops      plugin.Kind
	bases    []logBase
	old      *filter.Node
	oldAttrs []*schema.AttributeType
	success  bool
	age      time.Duration // of records to be purged; 0: none are
	interval time.Duration
	now      func() time.Time

	mu   sync.Mutex
	last time.Time // reqStart of the last record
}

// logBase are operations that are logged below a name only.
type logBase struct {
	ops  plugin.Kind
	base dn.Name
}

var logWords = map[string]plugin.Kind{
	"abandon": plugin.KindAbandon, "add": plugin.KindAdd, "bind": plugin.KindBind, "compare": plugin.KindCompare,
	"delete": plugin.KindDelete, "extended": plugin.KindExtended, "modify": plugin.KindModify, "modrdn": plugin.KindModDN,
	"search": plugin.KindSearch, "unbind": plugin.KindUnbind, "writes": updates, "reads": plugin.KindCompare | plugin.KindSearch,
	"session": plugin.KindAbandon | plugin.KindBind | plugin.KindUnbind, "all": 0x3ff,
}

func logOps(words []string) (plugin.Kind, error) {
	var k plugin.Kind
	for _, w := range words {
		for _, one := range strings.FieldsFunc(w, func(r rune) bool { return r == '|' }) {
			n, ok := logWords[strings.ToLower(one)]
			if !ok {
				return 0, fmt.Errorf("unknown operation type %q", one)
			}
			k |= n
		}
	}
	return k, nil
}

func newAccessLog(env *Env, lines [][]string) (Overlay, error) {
	a := &accessLog{env: env, now: time.Now}
	for _, l := range lines {
		var err error
		switch name := strings.ToLower(l[0]); name {
		case "logdb":
			if a.log, err = dn.NewName(l[1], env.Schema); err == nil && a.log.Norm == env.Suffix.Norm && env.Suffix.Norm != "" {
				err = fmt.Errorf("a database does not log to itself")
			}
		case "logops":
			var k plugin.Kind
			k, err = logOps(l[1:])
			a.ops |= k
		case "logbase":
			b := logBase{}
			if len(l) != 3 {
				err = fmt.Errorf("it takes operations and a name")
			} else if b.ops, err = logOps(l[1:2]); err == nil {
				if b.base, err = dn.NewName(l[2], env.Schema); err == nil && !dn.IsSuffix(b.base.Norm, env.Suffix.Norm) {
					err = fmt.Errorf("%s is not within the database", b.base.Pretty)
				}
			}
			a.bases = append(a.bases, b)
		case "logold":
			if a.old, err = filter.Parse(l[1]); err == nil {
				err = a.old.Resolve(env.Schema, nil)
			}
		case "logoldattr":
			for _, w := range l[1:] {
				t := env.Schema.AttributeType(w)
				if t == nil {
					err = fmt.Errorf("unknown attribute %q", w)
					break
				}
				a.oldAttrs = append(a.oldAttrs, t)
			}
		case "logpurge":
			if len(l) != 3 {
				err = fmt.Errorf("it takes an age and an interval")
			} else if a.age, err = logSpan(l[1]); err == nil {
				a.interval, err = logSpan(l[2])
			}
		case "logsuccess":
			a.success, err = truth(l[1])
		default:
			err = fmt.Errorf("unknown directive <%s>", l[0])
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l[0], err)
		}
	}
	return a, nil
}

// truth reads a boolean of a configuration.
func truth(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1":
		return true, nil
	case "false", "no", "off", "0":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither TRUE nor FALSE", text)
}

// logSpan reads a time span, [ddddd+]hh:mm[:ss].
func logSpan(text string) (time.Duration, error) {
	bad := fmt.Errorf("%q is no time span of the form [ddd+]hh:mm[:ss]", text)
	days, rest, ok := strings.Cut(text, "+")
	var d time.Duration
	if !ok {
		rest = text
	} else {
		n, err := strconv.ParseUint(days, 10, 32)
		if err != nil || len(days) > 5 {
			return 0, bad
		}
		d = time.Duration(n) * 24 * time.Hour
	}
	parts := strings.Split(rest, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, bad
	}
	for i, unit := range []time.Duration{time.Hour, time.Minute, time.Second}[:len(parts)] {
		n, err := strconv.ParseUint(parts[i], 10, 8)
		if err != nil || len(parts[i]) != 2 {
			return 0, bad
		}
		d += time.Duration(n) * unit
	}
	return d, nil
}

// Points implements Overlay.
func (a *accessLog) Points() []plugin.Point {
	kinds := a.ops
	for _, b := range a.bases {
		kinds |= b.ops
	}
	list := append(inTxn(kinds&updates), pointsOf(plugin.Post, kinds&(plugin.KindBind|plugin.KindUnbind|plugin.KindAbandon))...)
	return append(list, plugin.Point{Phase: plugin.Pre, Slot: plugin.SlotResult})
}

// First implements First: what plug-ins and other overlays change besides has a
// later CSN, and so its place in the log behind.
func (a *accessLog) First(p plugin.Point) bool { return p.Phase == plugin.TxnPost }

// Run implements Overlay.
func (a *accessLog) Run(s plugin.Services, p plugin.Point, op *plugin.Operation) *wire.Error {
	if a.log.Norm == "" || op.Local || !a.wants(op) {
		return nil
	}
	ok := op.Result.Code == wire.Success
	var parent *plugin.Operation
	switch {
	case p.Phase == plugin.TxnPost:
		parent = op
	case op.Internal:
		return nil
	case p.Slot == plugin.SlotResult:
		if ok && (op.Kind.Update() || op.Kind == plugin.KindBind) {
			return nil // the record of a change is in its transaction, of a bind made when it is done
		}
		if a.success && !ok && op.Result.Code != wire.CompareTrue && op.Result.Code != wire.CompareFalse {
			return nil
		}
	case op.Kind == plugin.KindBind && (op.Notes[a] != nil || a.success && !ok):
		return nil // its failure is in the log, or does not belong there
	}
	if op.Kind == plugin.KindBind {
		op.Note(a, true)
	}
	e, err := a.record(s, op)
	if err == nil {
		var csn string
		if parent != nil {
			csn = op.CSN
		}
		err = a.store(s, parent, e, csn)
	}
	if err == nil {
		return nil
	}
	a.env.Log.Error("accesslog: an operation was not logged", "log", a.log.Pretty, "kind", op.Kind.String(), "entry", op.Target.Pretty, "error", err)
	return wire.Errorf(wire.Other, "the change could not be logged")
}

// wants tells whether an operation is to be logged.
func (a *accessLog) wants(op *plugin.Operation) bool {
	if a.ops&op.Kind != 0 {
		return true
	}
	for _, b := range a.bases {
		if b.ops&op.Kind != 0 && op.TargetErr == nil && dn.IsSuffix(op.Target.Norm, b.base.Norm) {
			return true
		}
	}
	return false
}

// store adds a record to the log: in the transaction of parent under its CSN, or
// by itself.
func (a *accessLog) store(s plugin.Services, parent *plugin.Operation, e *entry.Entry, csn string) error {
	x := &plugin.Operation{Kind: plugin.KindAdd, Parent: parent, RawTarget: e.Name.Pretty, Target: e.Name, CSN: csn, Replicated: true,
		Add: &plugin.AddPart{Entry: e}, Responder: &collector{s: s.Schema()}}
	if s.Run(x); x.Result.Code != wire.Success {
		return &wire.Error{Result: x.Result}
	}
	return nil
}

// start is the time of a record, later than that of every record before.
func (a *accessLog) start(op *plugin.Operation) time.Time {
	t := op.Started
	if t.IsZero() {
		t = a.now()
	}
	t = t.UTC().Truncate(time.Microsecond)
	a.mu.Lock()
	defer a.mu.Unlock()
	if !t.After(a.last) {
		t = a.last.Add(time.Microsecond)
	}
	a.last = t
	return t
}

const logTime = "20060102150405.000000Z"
