package operation

import (
	"slices"
	"strings"

	"libslapi/server/acl"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// delete removes the target, which must be a leaf.
func (c *change) delete() error {
	op := c.op
	e, err := c.target()
	if err != nil {
		return err
	}
	op.Before = e
	place := op.Target
	if e.IsClass("nsTombstone") {
		place = place.Parent() // two RDNs of a tombstone are its own
	}
	parent, err := c.parentOf(place)
	if err != nil {
		return err
	}
	if err := c.mayChildren(parent, acl.PrivDelete); err != nil {
		return err
	}
	if !c.ask.entry(e, acl.AttrEntry, acl.PrivDelete) {
		return c.ask.refused("no write access to entry")
	}
	below := stateOf(op).ctl.treeDelete
	if !below {
		if err := c.leaf(); err != nil {
			return err
		}
	}
	goOn, err := c.before()
	if err != nil || !goOn {
		return err
	}
	if below {
		if err := c.deleteBelow(); err != nil {
			return err
		}
	}
	if below || c.listens() {
		if e, err = c.target(); err != nil {
			return err
		}
		op.Before = e
		if err := c.leaf(); err != nil {
			return err
		}
	}
	if goOn, err := c.configBefore(e, nil); err != nil || !goOn {
		return err
	}
	p, err := c.tx()
	if err != nil {
		return err
	}
	if tomb := c.tombstone(e, parent); tomb != nil {
		err = p.tx.Rename(e, tomb)
	} else {
		err = p.tx.Delete(e)
	}
	if err != nil {
		return err
	}
	return c.after()
}

// tombstone is what is kept of a deleted entry when a plug-in asked for it; nil
// when it is to go for good, as a tombstone itself does.
func (c *change) tombstone(e, parent *entry.Entry) *entry.Entry {
	const class = "nsTombstone"
	id := e.First("nsUniqueId")
	h, ok := plugin.As[plugin.TombstoneHost](c.s.plugins())
	if !ok || c.db.Private || id == "" || e.IsClass(class) {
		return nil
	}
	kept := h.Tombstone(c.op)
	if kept == nil {
		return nil
	}
	sch := c.s.Schema()
	t := kept.Clone()
	t.ID = e.ID
	t.Attrs = slices.DeleteFunc(t.Attrs, func(a entry.Attr) bool { // what Numbered gave
		return computedTypes[strings.ToLower(a.Type.Name())] && !e.Has(a.Type.Name())
	})
	t.Name = dn.Name{Pretty: "nsuniqueid=" + id + "," + e.Name.Pretty, Norm: "nsuniqueid=" + strings.ToLower(id) + "," + e.Name.Norm}
	if err := t.Add(sch, "objectClass", []byte(class)); err != nil {
		return nil
	}
	if parent != nil {
		if id := parent.First("nsUniqueId"); id != "" {
			t.Put(sch, "nsParentUniqueId", []byte(id))
		}
	}
	t.Put(sch, "nscpEntryDN", []byte(e.Name.Norm))
	return t
}

func (c *change) leaf() error {
	p, err := c.tx()
	if err != nil {
		return err
	}
	has, err := p.tx.HasChildren(c.op.Target.Norm)
	if err != nil {
		return err
	}
	if has {
		return c.s.notLeaf()
	}
	return nil
}

func (s *Server) notLeaf() error {
	if s.is389() {
		return wire.Errorf(wire.NotAllowedOnNonLeaf, "")
	}
	return wire.Errorf(wire.NotAllowedOnNonLeaf, "subordinate objects must be deleted first")
}
