package overlay

import (
	"slices"
	"time"

	"libslapi/server/dn"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// bindNote is what is known of a bind from before it.
type bindNote struct {
	account account
	policy  policy
	changes []wire.Change
	done    bool
}

// bind looks at the account before the password is tried.
func (p *passwordPolicy) bind(s plugin.Services, op *plugin.Operation) *wire.Error {
	p.release(op.Conn, dn.Name{})
	if op.Bind.Method != wire.AuthSimple || len(op.Bind.Password) == 0 || op.Target.Norm == p.env.RootDN.Norm {
		return nil
	}
	list, err := search(s, nil, op.Target, wire.ScopeBase, present(), accountAttrs...)
	if err != nil || len(list) == 0 {
		return err
	}
	n := &bindNote{account: account{s: s, name: list[0].name, attrs: list[0].attrs}}
	n.policy = p.policyFor(s, nil, n.account)
	op.Note(p, n)
	locked, unlock := p.locked(n.policy, n.account, p.now())
	if locked {
		n.done = true
		code := errNone
		if p.lockout {
			code = errLocked
		}
		p.respond(op, -1, -1, code, true)
		return &wire.Error{Result: wire.Result{Code: wire.InvalidCredentials}}
	}
	n.changes = unlock
	return nil
}

// lockedForGood is the time of a lock that only an administrator lifts.
const lockedForGood = "000001010000Z"

// locked tells whether an account must not be used now; unlock takes away the
// marks of a lock that is over.
func (p *passwordPolicy) locked(pol policy, a account, now time.Time) (locked bool, unlock []wire.Change) {
	if t := a.time("pwdStartTime"); !t.IsZero() && now.Before(t) {
		return true, nil
	}
	if t := a.time("pwdEndTime"); !t.IsZero() && !now.Before(t) {
		return true, nil
	}
	if pol.maxIdle > 0 {
		last := a.time("pwdLastSuccess")
		for _, name := range []string{"pwdChangedTime", "createTimestamp"} {
			if last.IsZero() {
				last = a.time(name)
			}
		}
		if a.first("pwdLastSuccess") != "" && now.After(last.Add(time.Duration(pol.maxIdle)*time.Second)) {
			return true, nil
		}
	}
	if !pol.lockout {
		return false, nil
	}
	if t := a.time("pwdAccountTmpLockoutEnd"); !t.IsZero() {
		if now.Before(t) {
			return true, nil
		}
		unlock = append(unlock, wire.Change{Op: wire.ModDelete, Type: "pwdAccountTmpLockoutEnd"})
	}
	text := a.first("pwdAccountLockedTime")
	if text == "" {
		return false, unlock
	}
	if text == lockedForGood {
		return true, nil
	}
	at, err := generalTime(text)
	switch {
	case err != nil:
		return true, nil
	case now.Before(at): // not yet
		return false, unlock
	case pol.lockoutDuration == 0 || now.Before(at.Add(time.Duration(pol.lockoutDuration)*time.Second)):
		return true, nil
	}
	return false, append(unlock, wire.Change{Op: wire.ModDelete, Type: "pwdAccountLockedTime"})
}

// bindDone writes down what came of a bind, and may turn a success into a failure.
func (p *passwordPolicy) bindDone(s plugin.Services, op *plugin.Operation) {
	n, _ := op.Notes[p].(*bindNote)
	if n == nil || n.done {
		return
	}
	n.done = true
	expires, grace, code := -1, -1, errNone
	switch op.Result.Code {
	case wire.Success:
		expires, grace, code = p.succeeded(op, n)
	case wire.InvalidCredentials:
		p.failed(n)
	default:
		return
	}
	if len(n.changes) > 0 {
		p.write(s, op, n)
	}
	p.respond(op, expires, grace, code, true)
}

// failed counts a wrong password.
func (p *passwordPolicy) failed(n *bindNote) {
	pol := n.policy
	if !pol.lockout {
		n.changes = nil
		return
	}
	now := p.now().UTC()
	stampNow := []byte(now.Format("20060102150405.000000Z"))
	times := slices.Clone(n.account.values("pwdFailureTime"))
	sortTimes(times)
	recent := 1
	for _, v := range times {
		t, err := generalTime(string(v))
		if err == nil && (pol.failureInterval == 0 || now.Before(t.Add(time.Duration(pol.failureInterval)*time.Second))) {
			recent++
		}
	}
	if extra := len(times) + 1 - pol.maxRecorded; extra > 0 {
		n.changes = append(n.changes, wire.Change{Op: wire.ModDelete, Type: "pwdFailureTime", Values: times[:min(extra, len(times))]})
	}
	n.changes = append(n.changes, wire.Change{Op: wire.ModAdd, Type: "pwdFailureTime", Values: [][]byte{stampNow}})
	if pol.maxFailure > 0 && recent >= pol.maxFailure {
		n.changes = append(n.changes, wire.Change{Op: wire.ModReplace, Type: "pwdAccountLockedTime", Values: [][]byte{stamp(now)}})
	} else if pol.minDelay > 0 {
		wait := pol.minDelay << min(recent-1, 30)
		if pol.maxDel > 0 {
			wait = min(wait, pol.maxDel)
		}
		n.changes = append(n.changes, wire.Change{Op: wire.ModReplace, Type: "pwdAccountTmpLockoutEnd",
			Values: [][]byte{stamp(now.Add(time.Duration(wait) * time.Second))}})
	}
}

// succeeded looks at the age of a password that was right.
func (p *passwordPolicy) succeeded(op *plugin.Operation, n *bindNote) (expires, grace, code int) {
	pol, a, now := n.policy, n.account, p.now()
	if len(a.values("pwdFailureTime")) > 0 {
		n.changes = append(n.changes, wire.Change{Op: wire.ModDelete, Type: "pwdFailureTime"})
	}
	if pol.mustChange && a.truth("pwdReset") {
		p.restrictTo(op.Conn, a.name)
		return -1, -1, errChangeAfterReset
	}
	changed := a.time("pwdChangedTime")
	if pol.maxAge == 0 || changed.IsZero() {
		return -1, -1, errNone
	}
	left := pol.maxAge - int(now.Sub(changed)/time.Second)
	if left > 0 {
		if pol.expireWarning > 0 && left <= pol.expireWarning {
			return left, -1, errNone
		}
		return -1, -1, errNone
	}
	grace = pol.graceLimit - len(a.values("pwdGraceUseTime"))
	if grace < 1 || pol.graceExpiry > 0 && -left > pol.graceExpiry {
		n.changes = nil
		op.Result = wire.Result{Code: wire.InvalidCredentials}
		if c := op.Conn; c != nil { // nobody again
			c.AuthDN, c.AuthMethod = dn.Name{}, "none"
		}
		return -1, -1, errExpired
	}
	n.changes = append(n.changes, wire.Change{Op: wire.ModAdd, Type: "pwdGraceUseTime",
		Values: [][]byte{[]byte(now.UTC().Format("20060102150405.000000Z"))}})
	return -1, grace - 1, errNone
}

// write changes the account. In a copy the change stays local.
func (p *passwordPolicy) write(s plugin.Services, op *plugin.Operation, n *bindNote) {
	x := &plugin.Operation{
		Kind: plugin.KindModify, Ctx: op.Ctx, RawTarget: n.account.name.Pretty, Target: n.account.name, Requestor: p.env.RootDN, Local: p.env.Replica,
		Controls:  []wire.Control{{OID: "2.16.840.1.113730.3.4.2"}, {OID: "1.2.840.113556.1.4.1413"}}, // two binds at a time may do the same
		Responder: &collector{s: s.Schema()}, Modify: &plugin.ModifyPart{Changes: n.changes},
	}
	if s.Run(x); x.Result.Code != wire.Success && x.Result.Code != wire.NoSuchObject {
		p.env.Log.Error("ppolicy: the state of an account was not written", "entry", n.account.name.Pretty, "result", int(x.Result.Code), "text", x.Result.Text)
	}
}

// sortTimes puts values that begin with a time in order.
func sortTimes(values [][]byte) {
	slices.SortStableFunc(values, func(a, b []byte) int { return slices.Compare(a, b) })
}
