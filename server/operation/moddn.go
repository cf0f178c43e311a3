package operation

import (
	"libslapi/server/acl"
	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// rename gives the target another RDN, and with a newSuperior another place;
// what is below it moves along (RFC 4511 section 4.9).
func (c *change) rename() error {
	op := c.op
	if err := c.renameFirst(); err != nil {
		return err
	}
	if err := c.expectNew(); err != nil {
		return err
	}
	before, err := c.target()
	if err != nil {
		return err
	}
	op.Before = before
	after, err := c.renamed(before)
	if err != nil {
		return err
	}
	op.After = after
	goOn, err := c.before()
	if err != nil || !goOn {
		return err
	}
	if c.listens() {
		if before, err = c.target(); err != nil {
			return err
		}
		op.Before = before
		if after, err = c.renamed(before); err != nil {
			return err
		}
	}
	if goOn, err := c.configBefore(before, after); err != nil || !goOn {
		return err
	}
	touch := op.ModDN.Changes
	if !c.s.is389() {
		touch = append(touch[:len(touch):len(touch)], c.s.touch(op, c.db, c.csn.String())...)
	}
	if err := after.Apply(c.s.Schema(), touch, entry.ApplyOptions{NoSchema: true, KeepNames: true}); err != nil {
		return err
	}
	p, err := c.tx()
	if err != nil {
		return err
	}
	if err := p.tx.Rename(before, after); err != nil {
		return err
	}
	op.After = after
	return c.after()
}

// expectNew tells a database that is far away which names will be looked up.
func (c *change) expectNew() error {
	p, err := c.tx()
	if err != nil {
		return err
	}
	f, ok := p.tx.(backend.NameExpecter)
	if !ok {
		return nil
	}
	parent := c.op.Target.Parent()
	if c.op.ModDN.NewSuperior != nil {
		parent = *c.op.ModDN.NewSuperior
	}
	if n, err := c.s.Name(c.op.ModDN.NewRDN + "," + parent.Pretty); err == nil {
		f.ExpectNames(n.Norm)
	}
	return nil
}

// renamed gives the entry as it will be, all checks done.
func (c *change) renamed(before *entry.Entry) (*entry.Entry, error) {
	op, s := c.op, c.s
	sch := s.Schema()
	newRDN, err := dn.ParseRDN(op.ModDN.NewRDN)
	if err != nil {
		return nil, wire.Errorf(wire.InvalidDNSyntax, "invalid new RDN")
	}
	oldParent, err := c.parentOf(before.Name)
	if err != nil {
		return nil, err
	}
	if oldParent == nil {
		return nil, wire.Errorf(wire.AffectsMultipleDSAs, "cannot rename between DSAs")
	}
	if err := c.renameRights(before, oldParent); err != nil {
		return nil, err
	}
	parent, err := c.newParent(before, oldParent)
	if err != nil {
		return nil, err
	}
	if c.ask.decide != nil && !c.ask.mayRename(before, parent, op.ModDN.NewSuperior != nil && parent.Name.Norm != oldParent.Name.Norm) {
		return nil, c.ask.refused("")
	}
	if parent != oldParent && parent.Name.Norm != oldParent.Name.Norm && !c.ask.all {
		if err := c.mayChildren(parent, acl.PrivAdd); err != nil {
			return nil, err
		}
	}
	op.ParentEntry = parent
	name, err := s.Name(newRDN.String() + "," + parent.Name.Pretty)
	if err != nil {
		return nil, wire.Errorf(wire.InvalidDNSyntax, "invalid new RDN")
	}
	if err := c.nameFree(before, name); err != nil {
		return nil, err
	}
	after := before.Clone()
	after.Name = name
	if err := c.namingValues(before, after, newRDN); err != nil {
		return nil, err
	}
	if c.db.Private || c.db.NoSchemaCheck {
		return after, nil
	}
	if err := after.CheckNaming(sch, s.is389()); err != nil {
		return nil, err
	}
	return after, errorOf(s.checkSchema(after, c.db))
}

// newParent finds the entry that the target will stand below.
func (c *change) newParent(before, oldParent *entry.Entry) (*entry.Entry, error) {
	sup := c.op.ModDN.NewSuperior
	if sup == nil {
		return oldParent, nil
	}
	if db := c.s.database(sup.Norm); db == nil || db.Name() != c.db.Name() {
		return nil, wire.Errorf(wire.AffectsMultipleDSAs, "cannot rename between DSAs")
	}
	if dn.IsSuffix(sup.Norm, before.Name.Norm) {
		return nil, wire.Errorf(wire.UnwillingToPerform, "new superior is the entry itself or below it")
	}
	p, err := c.tx()
	if err != nil {
		return nil, err
	}
	parent, err := p.tx.Lookup(sup.Norm)
	if err != nil {
		return nil, err
	}
	if parent == nil || c.standsIn(parent) {
		if c.s.is389() {
			return nil, c.s.missing(c.op, p.tx, c.ask, *sup, "")
		}
		return nil, wire.Errorf(wire.NoSuchObject, "new superior not found")
	}
	if parent.IsClass("alias") {
		return nil, wire.Errorf(wire.AliasProblem, "new superior is an alias")
	}
	if parent.IsClass("referral") && !stateOf(c.op).ctl.manageDsaIT && !c.op.Internal {
		return nil, wire.Errorf(wire.Other, "new superior is a referral")
	}
	return parent, nil
}

// nameFree refuses a name that another entry has.
func (c *change) nameFree(before *entry.Entry, name dn.Name) error {
	if name.Norm == before.Name.Norm {
		return nil // the same name in other words
	}
	p, err := c.tx()
	if err != nil {
		return err
	}
	there, err := p.tx.Lookup(name.Norm)
	if err != nil {
		return err
	}
	if there != nil {
		return &wire.Error{Result: wire.Result{Code: wire.EntryAlreadyExists}}
	}
	return nil
}

// renameRights asks for the rights on the place that the entry leaves, and on
// the entry.
func (c *change) renameRights(before, oldParent *entry.Entry) error {
	if c.ask.all || c.ask.decide != nil {
		return nil
	}
	if err := c.mayLeave(oldParent); err != nil {
		return err
	}
	if !c.ask.entry(before, acl.AttrEntry, acl.PrivWrite) {
		return refused("no write access to entry")
	}
	return nil
}

// mayLeave asks for the rights on the children of the parent of an entry that
// is renamed.
func (c *change) mayLeave(oldParent *entry.Entry) error {
	need := acl.PrivWrite
	if sup := c.op.ModDN.NewSuperior; sup != nil && sup.Norm != oldParent.Name.Norm {
		need = acl.PrivDelete
	}
	return c.mayChildren(oldParent, need)
}

// renameFirst asks for the rights on the parent before the entry is looked for,
// as slapd does: who may not rename there does not learn what there is.
func (c *change) renameFirst() error {
	if c.s.is389() || c.ask.all {
		return nil
	}
	p, err := c.tx()
	if err != nil {
		return err
	}
	up := c.op.Target.Parent()
	if up.Norm == "" {
		return nil
	}
	parent, err := p.tx.Lookup(up.Norm)
	if err != nil || parent == nil {
		return err
	}
	return c.mayLeave(parent)
}

// namingValues adds the values of the new RDN and, when asked to, takes away
// those of the old one that the new one lacks.
func (c *change) namingValues(before, after *entry.Entry, newRDN dn.RDN) error {
	sch := c.s.Schema()
	if c.op.ModDN.DeleteOldRDN {
		rdn, _ := dn.SplitPretty(before.Name.Pretty)
		oldRDN, err := dn.ParseRDN(rdn)
		if err != nil {
			return wire.Errorf(wire.Other, "stored name is damaged")
		}
		for _, a := range oldRDN {
			d, err := sch.Describe(a.Type)
			if err != nil || inRDN(sch, newRDN, d, a.Value) {
				continue
			}
			if d.Type.NoUserModification {
				continue // entryUUID of a name that a conflict left: it stays the entry's
			}
			if c.ask.decide == nil && !c.ask.attr(before, d.Type, nil, a.Value, acl.PrivDelete) {
				return refused("")
			}
			after.RemoveValue(a.Type, a.Value)
		}
	}
	for _, a := range newRDN {
		d, err := sch.Describe(a.Type)
		if err != nil {
			return wire.Errorf(wire.InvalidDNSyntax, "invalid new RDN")
		}
		if d.Type.NoUserModification && !c.mayOperational() {
			return wire.Errorf(wire.ConstraintViolation, "%s: no user modification allowed", d.Type.Name())
		}
		at := after.Get(d)
		if at != nil {
			if c.sameValue(at, a.Value) {
				continue
			}
		}
		if c.ask.decide == nil && !c.ask.attr(before, d.Type, nil, a.Value, acl.PrivAdd) {
			return refused("")
		}
		desc := a.Type
		if !c.s.is389() {
			desc = d.Type.Name()
		}
		if err := after.Add(sch, desc, append([]byte(nil), a.Value...)); err != nil {
			return wire.Errorf(wire.InvalidDNSyntax, "invalid new RDN")
		}
	}
	return nil
}

// sameValue tells whether an attribute has a value already. A naming value
// that differs in case alone is brought to the spelling of the new name.
func (c *change) sameValue(at *entry.Attr, value []byte) bool {
	key, err := at.Type.EqualityKey(value)
	if err != nil {
		return false
	}
	for i, v := range at.Values {
		have, err := at.Type.EqualityKey(v)
		if err == nil && string(have) == string(key) {
			if c.op.ModDN.DeleteOldRDN && string(v) != string(value) {
				values := append([][]byte(nil), at.Values...)
				values[i] = append([]byte(nil), value...)
				at.Values = values
			}
			return true
		}
	}
	return false
}

// inRDN tells whether an RDN has a value, by the equality rule.
func inRDN(sch *schema.Schema, rdn dn.RDN, d schema.Description, value []byte) bool {
	key, err := d.Type.EqualityKey(value)
	if err != nil {
		return false
	}
	for _, a := range rdn {
		o, err := sch.Describe(a.Type)
		if err != nil || !o.Type.Is(d.Type) || !d.Type.Is(o.Type) {
			continue
		}
		if have, err := d.Type.EqualityKey(a.Value); err == nil && string(have) == string(key) {
			return true
		}
	}
	return false
}
