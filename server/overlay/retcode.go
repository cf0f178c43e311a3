package overlay

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"libslapi/server/dn"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// maxRetcodeSleep bounds how long an operation may be made to wait.
const maxRetcodeSleep = 3600

// retCode answers operations on names of its own with the results that the
// configuration says, for tests of clients (slapo-retcode(5)).
type retCode struct {
	items map[string][]retItem // by normal name
	sleep int                  // seconds before each operation; negative: up to so many
	// parent is where the names are, when it was configured: nothing else is there.
	parent *dn.Name
}

type retItem struct {
	ops    plugin.Kind
	result wire.Result
	sleep  int
}

var retWords = map[string]plugin.Kind{
	"add": plugin.KindAdd, "bind": plugin.KindBind, "compare": plugin.KindCompare, "delete": plugin.KindDelete, "modify": plugin.KindModify,
	"rename": plugin.KindModDN, "modrdn": plugin.KindModDN, "search": plugin.KindSearch, "extended": plugin.KindExtended,
	"auth": plugin.KindBind, "read": plugin.KindCompare | plugin.KindSearch, "write": updates, "all": 0x3ff,
}

func newRetCode(env *Env, lines [][]string) (Overlay, error) {
	r := &retCode{items: map[string][]retItem{}}
	parent := env.Suffix
	var rdns []string
	var items []retItem
	for _, l := range lines {
		var err error
		switch name := strings.ToLower(l[0]); name {
		case "retcode-parent":
			if parent, err = dn.NewName(l[1], env.Schema); err == nil {
				r.parent = &parent
			}
		case "retcode-sleep":
			if r.sleep, err = strconv.Atoi(l[1]); err == nil && (r.sleep > maxRetcodeSleep || r.sleep < -maxRetcodeSleep) {
				err = fmt.Errorf("%s is too long", l[1])
			}
		case "retcode-indir":
			err = fmt.Errorf("objects in the directory are not supported")
		case "retcode-item":
			var it retItem
			if it, err = parseRetItem(env, l[1:]); err == nil {
				rdns, items = append(rdns, l[1]), append(items, it)
			}
		default:
			return nil, fmt.Errorf("unknown directive <%s>", l[0])
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l[0], err)
		}
	}
	for i, rdn := range rdns {
		n, err := dn.NewName(rdn+","+parent.Pretty, env.Schema)
		if err != nil {
			return nil, fmt.Errorf("retcode-item: %w", err)
		}
		r.items[n.Norm] = append(r.items[n.Norm], items[i])
	}
	return r, nil
}

func parseRetItem(env *Env, w []string) (it retItem, err error) {
	if len(w) < 2 {
		return it, fmt.Errorf("an RDN and a code are needed")
	}
	code, err := strconv.ParseInt(w[1], 0, 32)
	if err != nil || code < 0 {
		return it, fmt.Errorf("%q is no result code", w[1])
	}
	it.ops, it.result.Code = 0x3ff, wire.ResultCode(code)
	for _, word := range w[2:] {
		name, value, _ := strings.Cut(word, "=")
		switch strings.ToLower(name) {
		case "op":
			it.ops = 0
			for _, o := range strings.Split(value, ",") {
				k, ok := retWords[strings.ToLower(o)]
				if !ok {
					return it, fmt.Errorf("unknown operation %q", o)
				}
				it.ops |= k
			}
		case "text":
			it.result.Text = value
		case "matched":
			n, nerr := dn.NewName(value, env.Schema)
			if nerr != nil {
				return it, nerr
			}
			it.result.MatchedDN = n.Pretty
		case "ref":
			if it.result.Code != wire.Referral {
				return it, fmt.Errorf("a referral is for code 10 only")
			}
			it.result.Referrals = append(it.result.Referrals, value)
		case "sleeptime":
			if it.sleep, err = strconv.Atoi(value); err != nil || it.sleep < 0 || it.sleep > maxRetcodeSleep {
				return it, fmt.Errorf("sleeptime %q", value)
			}
		default:
			return it, fmt.Errorf("%q is not supported", name)
		}
	}
	return it, nil
}

// Points implements Overlay.
func (*retCode) Points() []plugin.Point {
	return pointsOf(plugin.Pre, updates|plugin.KindBind|plugin.KindSearch|plugin.KindCompare)
}

// Run implements Overlay.
func (r *retCode) Run(s plugin.Services, _ plugin.Point, op *plugin.Operation) *wire.Error {
	if op.Internal {
		return nil
	}
	wait := r.sleep
	if wait < 0 {
		wait = rand.IntN(-wait + 1)
	}
	pause(op, wait)
	if asksManageDsaIT(op) || op.TargetErr != nil {
		return nil
	}
	for _, it := range r.items[op.Target.Norm] {
		if it.ops&op.Kind != 0 {
			pause(op, it.sleep)
			return answerWith(s, op, it.result)
		}
	}
	if r.parent != nil && below(op.Target, *r.parent) && r.items[op.Target.Norm] == nil {
		return answerWith(s, op, wire.Result{Code: wire.NoSuchObject, MatchedDN: r.parent.Pretty, Text: "retcode not found"})
	}
	return nil
}

// answerWith ends an operation with a result, be it success.
func answerWith(s plugin.Services, op *plugin.Operation, res wire.Result) *wire.Error {
	refs := make([]string, 0, len(res.Referrals))
	for _, u := range res.Referrals {
		if strings.HasSuffix(u, "/") {
			u += op.Target.Pretty
		}
		refs = append(refs, u)
	}
	if res.Referrals = refs; len(refs) == 0 {
		res.Referrals = nil
	}
	s.SendResult(op, res)
	return &wire.Error{Result: res}
}

// pause waits, until the operation is given up at the latest.
func pause(op *plugin.Operation, seconds int) {
	if seconds == 0 || op.Ctx == nil {
		return
	}
	t := time.NewTimer(time.Duration(seconds) * time.Second)
	defer t.Stop()
	select {
	case <-t.C:
	case <-op.Ctx.Done():
	}
}
