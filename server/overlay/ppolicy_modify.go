package overlay

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

const octetString = "1.3.6.1.4.1.1466.115.121.1.40"

func (p *passwordPolicy) passwordType() *schema.AttributeType {
	return p.env.Schema.AttributeType("userPassword")
}

// admin tells whether the requestor stands above the policies: who may manage
// the password.
func (p *passwordPolicy) admin(s plugin.Services, op *plugin.Operation, e *entry.Entry) bool {
	if op.IsRoot {
		return true
	}
	ok, err := s.AccessAllowed(op, e, "userPassword", nil, plugin.AccessManage)
	return err == nil && ok
}

// add looks at the password of a new entry.
func (p *passwordPolicy) add(s plugin.Services, op *plugin.Operation) *wire.Error {
	e := op.Add.Entry
	at := e.Find("userPassword")
	if at == nil {
		return nil
	}
	if len(at.Values) > 1 {
		return wire.Errorf(wire.ConstraintViolation, "Password policy only allows one password value")
	}
	pol := p.policyFor(s, op, accountOf(s, e))
	if pol.there && !p.admin(s, op, e) {
		if code := pol.check(at.Values[0], nil); code != errNone {
			return p.refuse(op, wire.ConstraintViolation, code, "Password fails quality checking policy")
		}
	}
	if p.hash && !hashed(at.Values[0]) {
		v, err := s.HashPassword(at.Values[0], "")
		if err != nil {
			return wire.Errorf(wire.Other, "password hash failed")
		}
		at.Values = [][]byte{[]byte(v)}
	}
	if (pol.maxAge > 0 || pol.minAge > 0) && !e.Has("pwdChangedTime") {
		if err := e.Put(s.Schema(), "pwdChangedTime", stamp(p.now())); err != nil {
			return wire.Errorf(wire.Other, "%v", err)
		}
	}
	return nil
}

// check looks at the quality of a password value; clear is it in clear, nil when
// value is what there is.
func (pol *policy) check(value, clear []byte) int {
	if pol.quality == 0 {
		return errNone
	}
	if clear != nil {
		value = clear
	}
	switch {
	case pol.minLength > 0 && len(value) < pol.minLength:
		return errTooShort
	case pol.maxLength > 0 && len(value) > pol.maxLength:
		return errTooLong
	case clear == nil && hashed(value):
		if pol.quality == 2 {
			return errInsufficientQuality
		}
	case pol.checkModule != "" && pol.quality == 2:
		return errInsufficientQuality // no such modules here: what cannot be checked is refused
	}
	return errNone
}

// passwordChange is what a modify does to the password.
type passwordChange struct {
	deletes, adds bool
	oldAt         int // the change that deletes a value, -1 none
	old           []byte
	newAt         int // the change that brings the new value, -1 none
	fresh         []byte
	touches       map[string]bool // attributes, lower case
	unlocks       bool
}

func (p *passwordPolicy) read(changes []wire.Change) (c passwordChange, err *wire.Error) {
	c.oldAt, c.newAt, c.touches = -1, -1, map[string]bool{}
	pw := p.passwordType()
	for i := range changes {
		ch := &changes[i]
		d, derr := p.env.Schema.Describe(ch.Type)
		if derr != nil {
			continue
		}
		name := strings.ToLower(d.Type.Name())
		c.touches[name] = true
		if name == "pwdaccountlockedtime" && (ch.Op == wire.ModDelete || ch.Op == wire.ModReplace && len(ch.Values) == 0) {
			c.unlocks = true
		}
		if !d.Type.Is(pw) {
			continue
		}
		if len(ch.Values) > 1 {
			return c, wire.Errorf(wire.ConstraintViolation, "Password policy only allows one password value")
		}
		switch {
		case ch.Op == wire.ModDelete:
			c.deletes = true
			if len(ch.Values) == 1 {
				c.oldAt, c.old = i, ch.Values[0]
			}
		case ch.Op == wire.ModReplace && len(ch.Values) == 0:
			c.deletes = true
		case len(ch.Values) == 1:
			c.adds = true
			c.newAt, c.fresh = i, ch.Values[0]
		}
	}
	return c, nil
}

// oldPassword puts the stored value in the place of a password in clear that a
// modify deletes, and refuses a wrong one.
func (p *passwordPolicy) oldPassword(s plugin.Services, op *plugin.Operation) *wire.Error {
	c, err := p.read(op.Modify.Changes)
	if err != nil || c.oldAt < 0 || hashed(c.old) {
		return nil // what is wrong is said later
	}
	list, err := search(s, nil, op.Target, wire.ScopeBase, present(), accountAttrs...)
	if err != nil || len(list) == 0 {
		return nil
	}
	a := account{s: s, name: list[0].name, attrs: list[0].attrs}
	e := entry.New(a.name)
	for _, at := range a.attrs {
		e.Add(s.Schema(), at.Type, at.Values...)
	}
	if ok, err := s.AccessAllowed(op, e, "userPassword", nil, plugin.AccessDelete); err != nil || !ok {
		return nil // nobody else learns whether a guess is right
	}
	for _, v := range a.values("userPassword") {
		if s.CheckPassword(string(v), c.old) {
			changes := append([]wire.Change(nil), op.Modify.Changes...)
			changes[c.oldAt].Values = [][]byte{v}
			op.Modify.Changes = changes
			return nil
		}
	}
	if p.policyFor(s, nil, a).there && !p.admin(s, op, e) {
		return p.refuse(op, wire.UnwillingToPerform, errMustSupplyOld, "Must supply correct old password to change to new one")
	}
	return nil
}

// modify looks at a change of a password, and adds what has to change with it.
func (p *passwordPolicy) modify(s plugin.Services, op *plugin.Operation) *wire.Error {
	if op.Before == nil {
		return nil
	}
	changes := op.Modify.Changes
	c, err := p.read(changes)
	if err != nil {
		p.respond(op, -1, -1, errNone, false)
		return err
	}
	e := op.Before
	a := accountOf(s, e)
	changes = changes[:len(changes):len(changes)]
	drop := func(name string) {
		if len(a.values(name)) > 0 && !c.touches[strings.ToLower(name)] {
			changes = append(changes, wire.Change{Op: wire.ModDelete, Type: name})
		}
	}
	if !c.deletes && !c.adds {
		if c.unlocks && len(a.values("pwdFailureTime")) > 0 { // an administrator lifts the lock
			drop("pwdFailureTime")
			op.Modify.Changes = changes
		}
		return nil
	}
	pol := p.policyFor(s, op, a)
	clear := op.Modify.New
	if clear == nil && c.adds && !hashed(c.fresh) {
		clear = c.fresh
	}
	proved := op.Modify.Old != nil
	for _, v := range a.values("userPassword") {
		proved = proved || c.oldAt >= 0 && bytes.Equal(v, c.old)
	}
	admin := p.admin(s, op, e)
	if pol.there && !admin {
		if err := p.mayChange(s, op, pol, a, c, clear, proved); err != nil {
			return err
		}
	}
	if c.adds && p.hash && !hashed(c.fresh) {
		v, herr := s.HashPassword(c.fresh, "")
		if herr != nil {
			return wire.Errorf(wire.Other, "password hash failed")
		}
		changes = append([]wire.Change(nil), changes...)
		changes[c.newAt].Values = [][]byte{[]byte(v)}
	}
	now := p.now()
	self := op.Requestor.Norm == e.Name.Norm
	if c.adds {
		if !c.touches["pwdchangedtime"] {
			changes = append(changes, wire.Change{Op: wire.ModReplace, Type: "pwdChangedTime", Values: [][]byte{stamp(now)}})
		}
	} else {
		drop("pwdChangedTime")
	}
	for _, name := range []string{"pwdGraceUseTime", "pwdAccountLockedTime", "pwdFailureTime", "pwdAccountTmpLockoutEnd"} {
		drop(name)
	}
	switch {
	case c.touches["pwdreset"]:
	case c.adds && pol.mustChange && !self:
		changes = append(changes, wire.Change{Op: wire.ModReplace, Type: "pwdReset", Values: [][]byte{[]byte("TRUE")}})
	default:
		drop("pwdReset")
	}
	op.Modify.Changes = append(changes, p.history(pol, a)...)
	op.Note(changedKey{p}, self)
	return nil
}

// mayChange enforces the rules that hold for everybody but administrators.
func (p *passwordPolicy) mayChange(s plugin.Services, op *plugin.Operation, pol policy, a account, c passwordChange, clear []byte, proved bool) *wire.Error {
	self := op.Requestor.Norm == a.name.Norm
	if pol.noUserChange && self {
		return p.refuse(op, wire.InsufficientAccessRights, errModNotAllowed, "User alteration of password is not allowed")
	}
	if pol.safeModify && c.adds && c.oldAt < 0 && op.Modify.Old == nil {
		return p.refuse(op, wire.InsufficientAccessRights, errMustSupplyOld, "Must supply old password to be changed as well as new one")
	}
	if changed := a.time("pwdChangedTime"); pol.minAge > 0 && !changed.IsZero() && !(pol.mustChange && a.truth("pwdReset")) {
		if int(p.now().Sub(changed).Seconds()) < pol.minAge {
			return p.refuse(op, wire.ConstraintViolation, errTooYoung, "Password is too young to change")
		}
	}
	if c.oldAt >= 0 && !proved {
		return p.refuse(op, wire.UnwillingToPerform, errMustSupplyOld, "Must supply correct old password to change to new one")
	}
	if !c.adds {
		return nil
	}
	stored := a.values("userPassword")
	if len(stored) > 0 && !c.deletes && op.Modify.Changes[c.newAt].Op == wire.ModAdd {
		return p.refuse(op, wire.ConstraintViolation, errNone, "Password policy only allows one password value")
	}
	if code := pol.check(c.fresh, op.Modify.New); code != errNone {
		return p.refuse(op, wire.ConstraintViolation, code, "Password fails quality checking policy")
	}
	if pol.inHistory == 0 {
		return nil
	}
	same := func(old []byte) bool {
		if bytes.Equal(old, c.fresh) {
			return true
		}
		return clear != nil && s.CheckPassword(string(old), clear)
	}
	for _, v := range stored {
		if same(v) {
			return p.refuse(op, wire.ConstraintViolation, errInHistory, "Password is not being changed from existing value")
		}
	}
	for _, v := range a.values("pwdHistory") {
		if h, err := parseHistory(v); err == nil && same(h.password) {
			return p.refuse(op, wire.ConstraintViolation, errInHistory, "Password is in history of old passwords")
		}
	}
	return nil
}

// pastPassword is one value of pwdHistory: time "#" syntax "#" length "#" data.
type pastPassword struct {
	when     string
	password []byte
}

func parseHistory(v []byte) (pastPassword, error) {
	parts := bytes.SplitN(v, []byte("#"), 4)
	if len(parts) != 4 {
		return pastPassword{}, fmt.Errorf("pwdHistory: four parts are wanted")
	}
	n, err := strconv.Atoi(string(parts[2]))
	if err != nil || n != len(parts[3]) {
		return pastPassword{}, fmt.Errorf("pwdHistory: the length is wrong")
	}
	return pastPassword{string(parts[0]), parts[3]}, nil
}

// history are the changes of pwdHistory when the password changes: the old one
// comes to it, the oldest go.
func (p *passwordPolicy) history(pol policy, a account) []wire.Change {
	past := a.values("pwdHistory")
	if pol.inHistory == 0 {
		if len(past) == 0 {
			return nil
		}
		return []wire.Change{{Op: wire.ModDelete, Type: "pwdHistory"}}
	}
	stored := a.values("userPassword")
	if len(stored) == 0 {
		return nil
	}
	fresh := fmt.Appendf(nil, "%s#%s#%d#%s", stamp(p.now()), octetString, len(stored[0]), stored[0])
	var changes []wire.Change
	old := append([][]byte(nil), past...)
	sortTimes(old)
	if extra := len(past) + 1 - pol.inHistory; extra > 0 {
		extra = min(extra, len(old))
		changes = append(changes, wire.Change{Op: wire.ModDelete, Type: "pwdHistory", Values: old[:extra]})
		old = old[extra:]
	}
	for _, v := range old {
		if bytes.Equal(v, fresh) {
			return changes // the same password again within a second
		}
	}
	return append(changes, wire.Change{Op: wire.ModAdd, Type: "pwdHistory", Values: [][]byte{fresh}})
}
