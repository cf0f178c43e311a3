package operation

import (
	"slices"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// deleteBelow removes all entries below the target, leaves first, each by a
// delete operation with the requestor's own rights and the hooks of one. The
// transaction is that of the whole: all go, or none.
func (c *change) deleteBelow() error {
	op := c.op
	p, err := c.tx()
	if err != nil {
		return err
	}
	ctx := op.Ctx
	var names []dn.Name
	q := &backend.Query{Ctx: ctx, Base: op.Target, Scope: wire.ScopeChildren, Filter: c.s.everything()}
	err = p.tx.Search(q, func(e *entry.Entry) bool {
		if e.Name.Norm != op.Target.Norm {
			names = append(names, e.Name)
		}
		return !op.Abandoned.Load()
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(names, func(a, b dn.Name) int { return dn.Depth(b.Norm) - dn.Depth(a.Norm) })
	for _, n := range names {
		if op.Abandoned.Load() {
			return &wire.Error{Result: wire.Result{Code: wire.Canceled}}
		}
		m := &plugin.Operation{
			Ctx: ctx, Kind: plugin.KindDelete, ID: op.ID, MsgID: op.MsgID, Conn: op.Conn, Started: op.Started,
			Requestor: op.Requestor, IsRoot: op.IsRoot, Internal: op.Internal, Parent: op, RawTarget: n.Pretty, Target: n,
			Controls: []wire.Control{{OID: ControlManageDsaIT}}, Responder: discard{},
		}
		c.s.runNested(m)
		if m.Result.Code != wire.Success {
			res := m.Result
			if res.MatchedDN == "" {
				res.MatchedDN = n.Pretty // what could not be deleted
			}
			return &wire.Error{Result: res}
		}
	}
	return nil
}

// runNested runs an operation that is a part of another one of the client's.
func (s *Server) runNested(m *plugin.Operation) {
	defer s.plugins().OperationDone(m)
	defer s.release(m)
	s.run(m)
}
