package overlay

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"libslapi/server/dn"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// lastBind notes in an entry when it was last bound as: slapd's own lastbind
// (pwdLastSuccess), and the overlay of that name (authTimestamp).
type lastBind struct {
	env       *Env
	attr      string
	precision time.Duration // a younger time is not replaced
	now       func() time.Time
}

// NewLastSuccess makes what "lastbind on" of a database stands for.
func NewLastSuccess(env *Env) Overlay {
	return &lastBind{env: env, attr: "pwdLastSuccess", now: time.Now}
}

func newLastBind(env *Env, lines [][]string) (Overlay, error) {
	b := &lastBind{env: env, attr: "authTimestamp", now: time.Now}
	for _, l := range lines {
		switch strings.ToLower(l[0]) {
		case "lastbind-precision":
			n, err := strconv.ParseUint(l[1], 10, 31)
			if err != nil {
				return nil, fmt.Errorf("lastbind-precision: %q is no number", l[1])
			}
			b.precision = time.Duration(n) * time.Second
		case "lastbind_forward_updates":
			on, err := truth(l[1])
			if err != nil {
				return nil, fmt.Errorf("lastbind_forward_updates: %w", err)
			}
			if on && env.Replica {
				env.Log.Warn("lastbind: the time is not forwarded to the provider, it stays in this copy")
			}
		default:
			return nil, fmt.Errorf("unknown directive <%s>", l[0])
		}
	}
	return b, nil
}

// Points implements Overlay.
func (*lastBind) Points() []plugin.Point { return pointsOf(plugin.Post, plugin.KindBind) }

// Run implements Overlay.
func (b *lastBind) Run(s plugin.Services, _ plugin.Point, op *plugin.Operation) *wire.Error {
	if op.Result.Code != wire.Success || op.Internal || op.Conn == nil || op.Conn.AuthDN.Norm == "" || op.Conn.AuthDN.Norm == b.env.RootDN.Norm {
		return nil
	}
	target := op.Conn.AuthDN
	if s.DatabaseFor(target.Norm) != op.Database {
		return nil
	}
	now := b.now().UTC()
	if b.precision > 0 {
		list, err := search(s, nil, target, wire.ScopeBase, present(), b.attr)
		if err != nil || len(list) == 0 {
			return nil
		}
		if old := (account{s: s, attrs: list[0].attrs}).time(b.attr); !old.IsZero() && now.Sub(old) < b.precision {
			return nil
		}
	}
	b.write(s, op, target, now)
	return nil
}

func (b *lastBind) write(s plugin.Services, op *plugin.Operation, target dn.Name, now time.Time) {
	x := &plugin.Operation{
		Kind: plugin.KindModify, Ctx: op.Ctx, RawTarget: target.Pretty, Target: target, Requestor: b.env.RootDN, Local: b.env.Replica,
		Controls: []wire.Control{{OID: "2.16.840.1.113730.3.4.2"}}, Responder: &collector{s: s.Schema()},
		Modify: &plugin.ModifyPart{Changes: []wire.Change{{Op: wire.ModReplace, Type: b.attr, Values: [][]byte{stamp(now)}}}},
	}
	if s.Run(x); x.Result.Code != wire.Success && x.Result.Code != wire.NoSuchObject {
		b.env.Log.Error("lastbind: the time was not written", "entry", target.Pretty, "result", int(x.Result.Code), "text", x.Result.Text)
	}
}
