package operation

import (
	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	csn "libslapi/server/sync"
)

// note keeps what a change did, for those who follow the database.
func (c *change) note(p *part) error {
	if c.db.Sync == nil || c.db.Private {
		return nil
	}
	var before, after *entry.Entry
	switch c.op.Kind {
	case plugin.KindAdd:
		after = c.op.After
	case plugin.KindDelete:
		before = c.op.Before
	default:
		before, after = c.op.Before, c.op.After
	}
	if before == nil && after == nil {
		return nil
	}
	subtree := false
	if c.op.Kind == plugin.KindModDN && before != nil && after != nil && before.Name.Norm != after.Name.Norm {
		var err error
		if subtree, err = p.tx.HasChildren(after.Name.Norm); err != nil {
			return err
		}
	}
	n := c.csn
	if r := stateOf(c.op).replica; r != nil {
		n = r.CSN // zero: nobody knows which change it was
	}
	change := csn.NewChange(before, after, n, subtree)
	if after != nil && c.db.Multi {
		up, err := p.tx.Lookup(dn.ParentNorm(after.Name.Norm))
		if err != nil {
			return err
		}
		if up != nil {
			change.Parent = csn.EntryUUID(up)
		}
	}
	p.changes = append(p.changes, change)
	return nil
}

// keepsContext tells whether the context CSNs are stored without anybody to
// follow the database: as slapd does it, where it costs next to nothing.
func keepsContext(s *Server, p *part) bool {
	_, foreign := p.db.Backend.(plugin.WholeBackend)
	return !s.is389() && !foreign
}

// prepareSync ends a part before its commit: the context CSNs, the session
// log, the place among the commits. The ticket is nil when nobody may follow.
func (s *Server) prepareSync(p *part) (*csn.Ticket, error) {
	var before, after csn.Vector
	m, ok := p.tx.(backend.MetaTxn)
	if ok && (!p.last.IsZero() || p.foreign || p.mark != nil) && (keepsContext(s, p) || p.db.Sync.Settings().Enabled) {
		csns := make([]csn.CSN, 0, 1+len(p.changes))
		csns = append(csns, p.last)
		if r := p.mark; r != nil {
			// What another server made is complete when it says so.
			csns = append(csns, r.Context...)
			if r.Cookie != nil {
				if err := m.SetMeta(r.Key, r.Cookie); err != nil {
					return nil, err
				}
			}
		}
		if !p.foreign {
			for i := range p.changes {
				csns = append(csns, p.changes[i].CSN)
			}
		}
		var err error
		if before, after, err = csn.WriteContext(p.tx, csns...); err != nil {
			return nil, err
		}
	}
	if p.db.Sync == nil || len(p.changes)+len(p.gone) == 0 && after.Equal(before) {
		return nil, nil
	}
	return p.db.Sync.Prepare(p.tx, p.changes, p.gone, before, after)
}

// offerSync shows the controls of the providers among the databases in the
// root DSE. s.mu is held.
func (s *Server) offerSync(list []*Database) {
	offer := func(oid string) {
		if _, known := s.controls[oid]; !known {
			s.order = append(s.order, oid)
		}
		s.controls[oid] |= plugin.KindSearch
	}
	for _, db := range list {
		if db.Sync == nil {
			continue
		}
		if db.Sync.Settings().Enabled && !s.offersSync.Swap(true) {
			offer(csn.ControlSyncRequest)
			offer(csn.ControlPersistentSearch)
		}
	}
}
