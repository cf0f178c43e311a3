package operation

import (
	"strings"

	"libslapi/server/acl"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// rewriter is a backend that gives the changes of a modify another form: the
// configuration, where values have places.
type rewriter interface {
	RewriteModify(e *entry.Entry, changes []wire.Change) ([]wire.Change, *wire.Error)
}

// modify applies the changes of op.Modify.
func (c *change) modify() error {
	op := c.op
	before, err := c.target()
	if err != nil {
		return err
	}
	op.Before = before
	if r, ok := c.db.Backend.(rewriter); ok {
		changes, rerr := r.RewriteModify(before, op.Modify.Changes)
		if rerr != nil {
			return rerr
		}
		op.Modify.Changes = changes
	}
	if err := c.hashChanges(before); err != nil {
		return err
	}
	if err := c.mayModify(before, c.asked); err != nil {
		return err
	}
	after, err := c.apply(before, op.Modify.Changes)
	if err != nil {
		return err
	}
	op.After = after
	if touches(op.Modify.Changes, "aci") {
		if err := c.checkRules(after); err != nil {
			return err
		}
	}
	goOn, err := c.before()
	if err != nil {
		return err
	}
	if !goOn {
		return nil
	}
	if c.listens() {
		// Plug-ins may have changed the request, or written to the entry
		// themselves. What they add is not the client's: it needs no rights.
		if before, err = c.target(); err != nil {
			return err
		}
		op.Before = before
		if err := c.hashChanges(before); err != nil {
			return err
		}
		if after, err = c.apply(before, op.Modify.Changes); err != nil {
			return err
		}
	}
	if goOn, err := c.configBefore(before, after); err != nil || !goOn {
		return err
	}
	if !c.s.is389() {
		touch := c.s.touch(op, c.db, c.csn.String())
		if err := after.Apply(c.s.Schema(), touch, entry.ApplyOptions{NoSchema: true, KeepNames: true}); err != nil {
			return err
		}
		// The post hooks see what was changed besides, as both peers show it.
		op.Modify.Changes = append(op.Modify.Changes[:len(op.Modify.Changes):len(op.Modify.Changes)], touch...)
	}
	c.s.sortValues(after)
	p, err := c.tx()
	if err != nil {
		return err
	}
	if err := p.tx.Replace(before, after); err != nil {
		return err
	}
	op.After = after
	return c.after()
}

// apply gives the entry as the changes make it, all checks done.
func (c *change) apply(before *entry.Entry, changes []wire.Change) (*entry.Entry, error) {
	s := c.s
	after := before.Clone()
	opts := entry.ApplyOptions{Lenient: stateOf(c.op).ctl.permissive}
	if s.is389() || c.db.Private {
		opts.AllowUnknown, opts.KeepNames, opts.Bytewise = true, true, true
	}
	opts.AllowUnknown = opts.AllowUnknown || c.op.Replicated
	opts.NoSyntax = s.syntaxUnchecked()
	if err := after.Apply(s.Schema(), changes, opts); err != nil {
		return nil, err
	}
	if err := c.keepsRDN(after); err != nil {
		return nil, err
	}
	if c.db.Private || c.db.NoSchemaCheck {
		return after, nil
	}
	if s.is389() {
		if touchesClasses(changes) {
			after.AddSuperclasses(s.Schema())
		}
	} else if stateOf(c.op).ctl.relax && c.mayOperational() {
		if err := relaxStructural(s, after, touchesClasses(changes)); err != nil {
			return nil, err
		}
	} else {
		if err := after.CheckStructural(s.Schema(), before); err != nil {
			return nil, err
		}
	}
	return after, errorOf(s.checkSchema(after, c.db))
}

func touchesClasses(changes []wire.Change) bool {
	for i := range changes {
		if strings.EqualFold(changes[i].Type, "objectClass") {
			return true
		}
	}
	return false
}

// mayModify checks access to the attributes, and that users leave the server's
// own alone.
func (c *change) mayModify(e *entry.Entry, changes []wire.Change) error {
	sch := c.s.Schema()
	for i := range changes {
		ch := &changes[i]
		d, err := sch.Describe(ch.Type)
		if err != nil {
			continue // Apply says what is wrong with it
		}
		if d.Type.NoUserModification && stateOf(c.op).ctl.relax && !c.mayOperational() {
			if !c.ask.attr(e, d.Type, d.Options, nil, acl.PrivManage) {
				return c.ask.denied(e, "")
			}
			continue
		}
		if d.Type.NoUserModification && !c.mayOperational() {
			if c.s.is389() {
				return &wire.Error{Result: wire.Result{Code: wire.UnwillingToPerform}}
			}
			return wire.Errorf(wire.ConstraintViolation, "%s: no user modification allowed", d.String())
		}
		if c.ask.all || c.ask.decide != nil {
			continue
		}
		if err := c.mayChange(e, d, ch); err != nil {
			return err
		}
	}
	if c.ask.decide != nil {
		if res := c.ask.decide.DecideChanges(c.op, e, changes); res.Code != wire.Success {
			return &wire.Error{Result: res}
		}
	}
	return nil
}

// mayChange asks for the rights that one change needs (slapd.access(5),
// "Operation requirements").
func (c *change) mayChange(e *entry.Entry, d schema.Description, ch *wire.Change) error {
	need := acl.PrivWrite
	switch ch.Op {
	case wire.ModAdd:
		need = acl.PrivAdd
	case wire.ModDelete:
		need = acl.PrivDelete
	}
	if len(ch.Values) == 0 || ch.Op == wire.ModReplace {
		whole := need
		if ch.Op == wire.ModReplace {
			whole = acl.PrivDelete // of what is there
			need = acl.PrivAdd
		}
		if !c.ask.attr(e, d.Type, d.Options, nil, whole) {
			return refused("")
		}
	}
	for _, v := range ch.Values {
		if !c.ask.attr(e, d.Type, d.Options, v, need) {
			return refused("")
		}
	}
	return nil
}

// keepsRDN refuses changes that take the naming values away: notAllowedOnRDN
// as RFC 4511 section 4.6 has it and ns-slapd answers, namingViolation as slapd
// does.
func (c *change) keepsRDN(after *entry.Entry) error {
	rdn, _ := dn.SplitPretty(after.Name.Pretty)
	avas, err := dn.ParseRDN(rdn)
	if err != nil {
		return nil
	}
	for _, a := range avas {
		d, err := c.s.Schema().Describe(a.Type)
		if err != nil {
			continue
		}
		at := after.Get(d)
		if at != nil {
			if has, _ := at.Has(a.Value); has {
				continue
			}
		}
		switch {
		case c.s.is389() || c.db.Private:
			return &wire.Error{Result: wire.Result{Code: wire.NotAllowedOnRDN}}
		case at == nil:
			return wire.Errorf(wire.NamingViolation, "naming attribute '%s' is not present in entry", d.Type.Name())
		default:
			return wire.Errorf(wire.NamingViolation, "value of naming attribute '%s' is not present in entry", d.Type.Name())
		}
	}
	return nil
}

// relaxStructural lets a relaxed modify change the structural class.
func relaxStructural(s *Server, e *entry.Entry, touched bool) error {
	if !touched {
		return nil
	}
	oc := e.StructuralClass(s.Schema())
	if oc == nil || !e.Has("structuralObjectClass") {
		return nil
	}
	return e.Put(s.Schema(), "structuralObjectClass", []byte(oc.Name()))
}
