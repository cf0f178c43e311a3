package operation

import (
	"libslapi/server/acl"
	"libslapi/server/entry"
	"libslapi/server/wire"
)

// add stores the entry of op.Add: the checks, the plug-ins in the transaction, the
// checks again where those may have changed something, the database.
func (c *change) add() error {
	s, op := c.s, c.op
	e := op.Add.Entry
	if e.Name.Norm != op.Target.Norm || e.Name.Pretty == "" {
		e.Name = op.Target
	}
	if stateOf(op).ctl.relax && !c.mayOperational() && !s.is389() {
		if !c.ask.entry(e, acl.AttrEntry, acl.PrivManage) {
			return wire.Errorf(wire.InsufficientAccessRights, "no manage access to entry")
		}
	} else if !c.mayOperational() {
		if err := refuseNoUserMod(s, e); err != nil {
			return err
		}
	}
	// slapd looks at the entry before its place, ns-slapd the other way round.
	first, second := func() error { return c.prepareAdd(e) }, c.placeFree
	if s.is389() {
		first, second = second, first
	}
	if err := first(); err != nil {
		return err
	}
	if err := second(); err != nil {
		return err
	}
	if err := c.assert(e); err != nil {
		return err
	}
	if err := c.checkRules(e); err != nil {
		return err
	}
	op.After = e
	goOn, err := c.before()
	if err != nil {
		return err
	}
	if !goOn {
		return nil
	}
	if op.Add.Entry != e || c.listens() {
		// Plug-ins may have put in what they like.
		e = op.Add.Entry
		if e.Name.Norm != op.Target.Norm {
			op.Target = e.Name
			if err := c.placeFree(); err != nil {
				return err
			}
		}
		if err := c.prepareAdd(e); err != nil {
			return err
		}
	}
	if goOn, err := c.configBefore(nil, e); err != nil || !goOn {
		return err
	}
	if !s.is389() {
		e.CanonicalNames()
		s.addOperational(op, c.db, e, c.csn.String())
	}
	p, err := c.tx()
	if err != nil {
		return err
	}
	// What is stored is shared from now on; the plug-ins keep their own.
	stored := e.Clone()
	s.sortValues(stored)
	if err := p.tx.Add(stored); err != nil {
		return err
	}
	e.ID = stored.ID
	op.After = stored
	return c.after()
}

// placeFree checks that the parent is there, that the requestor may add below
// it, and that the name is free.
func (c *change) placeFree() error {
	op := c.op
	p, err := c.tx()
	if err != nil {
		return err
	}
	there, err := p.tx.Lookup(op.Target.Norm)
	if err != nil {
		return err
	}
	if there != nil {
		res := wire.Result{Code: wire.EntryAlreadyExists}
		return &wire.Error{Result: res}
	}
	parent, err := c.parentOf(op.Target)
	if err != nil {
		return err
	}
	op.ParentEntry = parent
	if c.standsIn(parent) {
		return c.s.missing(op, p.tx, c.ask, op.Target, "")
	}
	if parent != nil {
		switch {
		case parent.IsClass("alias"):
			return wire.Errorf(wire.AliasProblem, "parent is an alias")
		case parent.IsClass("subentry") && !c.s.is389():
			return wire.Errorf(wire.ObjectClassViolation, "parent is a subentry")
		}
	}
	if err := c.mayChildren(parent, acl.PrivAdd); err != nil {
		return err
	}
	if !c.ask.entry(op.Add.Entry, acl.AttrEntry, acl.PrivAdd) {
		return c.ask.refused("no write access to entry")
	}
	if c.db.AddContentACL {
		return c.mayContain(op.Add.Entry)
	}
	return nil
}

// mayContain asks for the add right on every value of a new entry (the
// add_content_acl directive). What the server itself puts in is not asked of.
func (c *change) mayContain(e *entry.Entry) error {
	for i := range e.Attrs {
		a := &e.Attrs[i]
		if a.Type.NoUserModification {
			continue
		}
		for _, v := range a.Values {
			if !c.ask.attr(e, a.Type, a.Options, v, acl.PrivAdd) {
				return refused("no write access to attribute")
			}
		}
	}
	return nil
}

// prepareAdd completes and checks the entry.
func (c *change) prepareAdd(e *entry.Entry) error {
	s := c.s
	sch := s.Schema()
	s.encodeEntry(e)
	if s.hashesPasswords(c.db) && !c.op.Replicated {
		if err := s.hashEntry(e); err != nil {
			return err
		}
	}
	if s.is389() {
		// 389's plug-ins inside the transaction see the entry complete.
		e.AddSuperclasses(sch)
		s.addOperational(c.op, c.db, e, "")
	}
	if c.db.Private {
		if err := e.CheckNaming(sch, true); err != nil {
			return err
		}
		if s.is389() && !c.op.Internal {
			return errorOf(e.CheckContent389(sch))
		}
		return nil
	}
	if !s.is389() && !c.db.NoLastmod {
		if oc := e.StructuralClass(sch); oc != nil && !(c.mayOperational() && e.Has("structuralObjectClass")) {
			e.Put(sch, "structuralObjectClass", []byte(oc.Name()))
		}
	}
	// Both peers add the values of the name that the entry lacks.
	if err := e.CheckNaming(sch, true); err != nil && !(c.op.Replicated && c.db.NoSchemaCheck) {
		return err // a name from elsewhere may have an entryUUID in it
	}
	return errorOf(s.checkSchema(e, c.db))
}

// errorOf keeps a nil *wire.Error from becoming an error that is not nil.
func errorOf(err *wire.Error) error {
	if err == nil {
		return nil
	}
	return err
}

// refuseNoUserMod refuses attributes that users may not set, in the manner of
// the mode: 389 drops those that it makes itself.
func refuseNoUserMod(s *Server, e *entry.Entry) *wire.Error {
	if s.is389() {
		kept := e.Attrs[:0]
		for _, a := range e.Attrs {
			if !a.Type.NoUserModification {
				kept = append(kept, a)
			}
		}
		e.Attrs = kept
		return nil
	}
	for i := range e.Attrs {
		if e.Attrs[i].Type.NoUserModification {
			return wire.Errorf(wire.ConstraintViolation, "%s: no user modification allowed", e.Attrs[i].Canonical())
		}
	}
	return nil
}
