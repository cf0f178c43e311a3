package operation

import (
	"strings"

	"libslapi/server/acl"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/wire"
)

// target finds the entry of a modify, rename, delete; referral objects lead
// away unless ManageDsaIT is there.
func (c *change) target() (*entry.Entry, error) {
	p, err := c.tx()
	if err != nil {
		return nil, err
	}
	e, err := p.tx.Lookup(c.op.Target.Norm)
	if err != nil {
		return nil, err
	}
	if e == nil || c.standsIn(e) {
		return nil, c.s.missing(c.op, p.tx, c.ask, c.op.Target, "")
	}
	if !c.op.Internal && e.IsClass("referral") && !stateOf(c.op).ctl.manageDsaIT {
		return nil, c.s.referral(e, c.op.Target, wire.ScopeBase, false)
	}
	return e, c.assert(e)
}

// standsIn tells whether an entry is a consumer's glue, which is not there for
// others.
func (c *change) standsIn(e *entry.Entry) bool {
	return c.db.Replica && e != nil && !c.op.Replicated && isGlue(e)
}

// assert tests the assertion control (RFC 4528).
func (c *change) assert(e *entry.Entry) error {
	a := stateOf(c.op).ctl.assertion
	if a == nil {
		return nil
	}
	if err := a.Resolve(c.s.Schema(), nil); err != nil {
		return err
	}
	p, err := c.tx()
	if err != nil {
		return err
	}
	t, err := a.Match(e, c.s.newComputer(c.op, c.db, p.tx).env())
	if err != nil {
		return err
	}
	if t != filter.True {
		return &wire.Error{Result: wire.Result{Code: wire.AssertionFailed}}
	}
	return nil
}

// parentOf looks up the entry above a name. nil for a suffix.
func (c *change) parentOf(name dn.Name) (*entry.Entry, error) {
	for _, suffix := range c.db.Backend.Suffixes() {
		if suffix.Norm == name.Norm {
			return nil, nil
		}
	}
	p, err := c.tx()
	if err != nil {
		return nil, err
	}
	up := name.Parent()
	e, err := p.tx.Lookup(up.Norm)
	if err != nil {
		return nil, err
	}
	if e == nil {
		return nil, c.s.missing(c.op, p.tx, c.ask, name, "")
	}
	if !c.op.Internal && e.IsClass("referral") && !stateOf(c.op).ctl.manageDsaIT {
		return nil, c.s.referralFor(e, name, "")
	}
	return e, nil
}

// mayChildren checks a right on the children of a parent entry; nil parent is
// the place above a suffix, where rights are asked of the empty name.
func (c *change) mayChildren(parent *entry.Entry, need acl.Priv) error {
	if parent == nil {
		parent = entry.New(dn.Name{})
	}
	if c.ask.entry(parent, acl.AttrChildren, need) {
		return nil
	}
	word := "no write access to parent"
	if parent.Name.IsRoot() {
		word = "no write access to suffix"
	}
	return refused(word)
}

// noUserMod tells whether a user must not set t. Relax, replication and
// plug-ins may.
func (c *change) mayOperational() bool {
	return c.op.Internal || c.op.Replicated || stateOf(c.op).ctl.relax && c.op.IsRoot || c.db.Private
}

// checkSchema checks an entry as the mode wants it.
func (s *Server) checkSchema(e *entry.Entry, db *Database) *wire.Error {
	if db != nil && (db.NoSchemaCheck || db.Private) {
		return nil
	}
	style := entry.OpenLDAP
	if s.is389() {
		style = entry.DS389
		if s.syntaxUnchecked() {
			e.TrustSyntax()
		}
	}
	return e.CheckSchemaAs(s.Schema(), style)
}

// syntaxUnchecked tells whether values are taken whatever they are: 389's
// nsslapd-syntaxcheck is off.
func (s *Server) syntaxUnchecked() bool {
	return s.is389() && strings.EqualFold(s.Setting("nsslapd-syntaxcheck"), "off")
}

// readControls makes the pre-read and post-read controls of the response
// (RFC 4527).
func (c *change) readControls() error {
	ctl := &stateOf(c.op).ctl
	p, err := c.tx()
	if err != nil {
		return err
	}
	comp := c.s.newComputer(c.op, c.db, p.tx)
	for _, r := range []struct {
		oid   string
		attrs []string
		e     *entry.Entry
	}{{ControlPreRead, ctl.preRead, c.op.Before}, {ControlPostRead, ctl.postRead, c.op.After}} {
		if r.attrs == nil || r.e == nil || !c.ask.entry(r.e, acl.AttrEntry, acl.PrivRead) {
			continue
		}
		attrs := c.s.newSelection(r.attrs).attributes(c.s, r.e, c.ask, comp, false)
		c.op.ResponseControls = append(c.op.ResponseControls, wire.Control{OID: r.oid, HasValue: true, Value: encodeEntry(r.e.Name.Pretty, attrs)})
	}
	return nil
}
