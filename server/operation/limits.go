package operation

import (
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// prepareSearch resolves the filter and works out the limits, so that plug-ins
// see them.
func (s *Server) prepareSearch(op *plugin.Operation) *wire.Error {
	st := stateOf(op)
	p := op.Search
	if p.Scope < wire.ScopeBase || p.Scope > wire.ScopeChildren {
		return wire.Errorf(wire.ProtocolError, "invalid scope")
	}
	if p.Deref < wire.DerefNever || p.Deref > wire.DerefAlways {
		return wire.Errorf(wire.ProtocolError, "invalid deref")
	}
	if p.SizeLimit < 0 && !op.Internal {
		return wire.Errorf(wire.ProtocolError, "invalid size limit")
	}
	if p.TimeLimit < 0 && !op.Internal {
		return wire.Errorf(wire.ProtocolError, "invalid time limit")
	}
	if p.Filter == nil {
		p.Filter = s.everything()
	} else if err := p.Filter.Resolve(s.Schema(), s.plugins()); err != nil {
		return asError(err)
	}
	st.ownFilter = p.Filter
	if a := st.ctl.assertion; a != nil {
		if err := a.Resolve(s.Schema(), nil); err != nil {
			return asError(err)
		}
	}
	db := s.databaseFor(op)
	if op.Internal || s.isRoot(op.Requestor, db) {
		p.SizeLimit, p.TimeLimit = unlimited(p.SizeLimit), unlimited(p.TimeLimit)
		return nil
	}
	lim := s.limitsOf(op, db)
	var err *wire.Error
	if p.SizeLimit, err = effective(p.SizeLimit, lim.Size, lim.SizeHard); err != nil {
		return err
	}
	if p.TimeLimit, err = effective(p.TimeLimit, lim.Time, lim.TimeHard); err != nil {
		return err
	}
	return nil
}

func unlimited(asked int) int {
	if asked <= 0 {
		return -1
	}
	return asked
}

// effective is the limit that holds: what the client asked for, at most hard.
func effective(asked, soft, hard int) (int, *wire.Error) {
	if hard == 0 {
		hard = soft
	}
	if asked == 0 {
		return soft, nil
	}
	if hard > 0 && asked > hard {
		return hard, nil
	}
	return asked, nil
}

// limitsOf are the limits of a search: those of its requestor, else of the
// database, else of the server.
func (s *Server) limitsOf(op *plugin.Operation, db *Database) Limits {
	if db != nil && db.LimitsFor != nil {
		if own, ok := db.LimitsFor(op); ok {
			c := *db
			c.Limits = own
			return s.limits(&c)
		}
	}
	return s.limits(db)
}

// limits are those of a database, the server's where it has none.
func (s *Server) limits(db *Database) Limits {
	lim := s.opts().Limits
	if db == nil {
		return lim
	}
	own := db.Limits
	take := func(to *int, from int) {
		if from != 0 {
			*to = from
		}
	}
	take(&lim.Size, own.Size)
	take(&lim.SizeHard, own.SizeHard)
	take(&lim.Time, own.Time)
	take(&lim.TimeHard, own.TimeHard)
	take(&lim.MaxCandidates, own.MaxCandidates)
	return lim
}
