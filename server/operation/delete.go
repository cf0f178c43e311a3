package operation

import (
	"libslapi/server/acl"
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
	parent, err := c.parentOf(op.Target)
	if err != nil {
		return err
	}
	if err := c.mayChildren(parent, acl.PrivDelete); err != nil {
		return err
	}
	if !c.ask.entry(e, acl.AttrEntry, acl.PrivDelete) {
		return refused("no write access to entry")
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
	if err := p.tx.Delete(e); err != nil {
		return err
	}
	return c.after()
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
