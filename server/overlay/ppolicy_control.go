package overlay

import (
	"strconv"
	"time"

	"libslapi/server/ber"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

const (
	controlPasswordPolicy = "1.3.6.1.4.1.42.2.27.8.5.1"
	controlUsability      = "1.3.6.1.4.1.42.2.27.9.5.8" // SunDS account usability
	controlExpired        = "2.16.840.1.113730.3.4.4"   // Netscape password expired
	controlExpiring       = "2.16.840.1.113730.3.4.5"   // Netscape password expiring
)

// Errors of the response control.
const (
	errNone                = -1
	errExpired             = 0
	errLocked              = 1
	errChangeAfterReset    = 2
	errModNotAllowed       = 3
	errMustSupplyOld       = 4
	errInsufficientQuality = 5
	errTooShort            = 6
	errTooYoung            = 7
	errInHistory           = 8
	errTooLong             = 9
)

// asked tells whether the client wants the response control: its own request
// has the control, or the extended operation around it.
func (p *passwordPolicy) asked(op *plugin.Operation) bool {
	for o := op; o != nil; o = o.Parent {
		for i := range o.Controls {
			if o.Controls[i].OID == controlPasswordPolicy {
				return true
			}
		}
	}
	return false
}

// respond adds the response control when the client asked for it: seconds until
// the password expires, grace binds that remain (-1: neither), what is wrong
// (errNone: nothing). For binds that did not ask there are Netscape's controls.
func (p *passwordPolicy) respond(op *plugin.Operation, expires, grace, code int, netscape bool) {
	if !p.asked(op) {
		if !netscape || !p.netscape {
			return
		}
		if code == errExpired {
			op.ResponseControls = append(op.ResponseControls, wire.Control{OID: controlExpired, HasValue: true, Value: []byte("0")})
		} else if expires >= 0 {
			op.ResponseControls = append(op.ResponseControls, wire.Control{OID: controlExpiring, HasValue: true, Value: []byte(strconv.Itoa(expires))})
		}
		return
	}
	b := ber.NewBuilder(nil)
	all := b.Begin(ber.TagSequence)
	if expires >= 0 || grace >= 0 {
		warning := b.Begin(0xa0)
		if grace >= 0 {
			b.Int(0x81, int64(grace))
		} else {
			b.Int(0x80, int64(expires))
		}
		b.End(warning)
	}
	if code != errNone {
		b.Int(0x81, int64(code))
	}
	b.End(all)
	op.ResponseControls = append(op.ResponseControls, wire.Control{OID: controlPasswordPolicy, HasValue: true, Value: b.Bytes()})
}

// refuse is an answer with the response control.
func (p *passwordPolicy) refuse(op *plugin.Operation, result wire.ResultCode, code int, text string) *wire.Error {
	p.respond(op, -1, -1, code, false)
	return wire.Errorf(result, "%s", text)
}

// EntryControls tells whether an account may be used, to who asks with the
// account usability control and may compare its password.
func (p *passwordPolicy) EntryControls(s plugin.Services, op *plugin.Operation, e *entry.Entry) []wire.Control {
	wanted := false
	for i := range op.Controls {
		wanted = wanted || op.Controls[i].OID == controlUsability
	}
	if !wanted || !e.Has("userPassword") {
		return nil
	}
	if ok, err := s.AccessAllowed(op, e, "userPassword", nil, plugin.AccessCompare); err != nil || !ok {
		return nil
	}
	a := accountOf(s, e)
	pol := p.policyFor(s, op, a)
	if !pol.there {
		pol = policy{}
	}
	now := p.now()
	locked, _ := p.locked(pol, a, now)
	expired, grace, left := false, -1, -1
	if changed := a.time("pwdChangedTime"); pol.maxAge > 0 && !changed.IsZero() {
		left = pol.maxAge - int(now.Sub(changed)/time.Second)
		if left <= 0 {
			expired, grace = true, max(0, pol.graceLimit-len(a.values("pwdGraceUseTime")))
			if pol.graceExpiry > 0 && -left > pol.graceExpiry {
				grace = 0
			}
		}
	}
	reset := pol.mustChange && a.truth("pwdReset")
	b := ber.NewBuilder(nil)
	if !locked && !expired && !reset {
		b.Int(0x80, int64(left))
		return []wire.Control{{OID: controlUsability, HasValue: true, Value: b.Bytes()}}
	}
	more := b.Begin(0xa1)
	if locked {
		b.OctetString(0x80, []byte{0xff})
	}
	if reset {
		b.OctetString(0x81, []byte{0xff})
	}
	if expired {
		b.OctetString(0x82, []byte{0xff})
		if grace >= 0 {
			b.Int(0x83, int64(grace))
		}
	}
	if at := a.time("pwdAccountLockedTime"); locked && pol.lockoutDuration > 0 && !at.IsZero() {
		if wait := pol.lockoutDuration - int(now.Sub(at)/time.Second); wait > 0 {
			b.Int(0x84, int64(wait))
		}
	}
	b.End(more)
	return []wire.Control{{OID: controlUsability, HasValue: true, Value: b.Bytes()}}
}
