package operation

import (
	"context"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

// ReplicaMark tells what a change that another server made brings with it. What
// it names is stored in the transaction of the change.
type ReplicaMark struct {
	CSN     csn.CSN    // of the change; zero: not known
	Context csn.Vector // the state that is complete with the change; nil: none
	Key     string     // under which Cookie is kept
	Cookie  []byte     // nil: as it was
}

// replicate runs one change of another server: plug-ins take part, access,
// schema and the operational attributes are the other server's business.
func (s *Server) replicate(ctx context.Context, database string, op *plugin.Operation, mark *ReplicaMark) error {
	db := s.databaseNamed(database)
	if db == nil {
		return wire.Errorf(wire.NoSuchObject, "no database %q", database)
	}
	op.Ctx, op.Replicated, op.Requestor, op.Responder = ctx, true, db.RootDN, discard{}
	op.RawTarget = op.Target.Pretty
	st := stateOf(op)
	st.replica, st.target = mark, op.Target
	op.Controls = []wire.Control{{OID: ControlManageDsaIT, Critical: true}}
	if !mark.CSN.IsZero() {
		s.csn.Observe(mark.CSN)
	}
	s.Handle(op)
	if op.Result.Code != wire.Success {
		return &wire.Error{Result: op.Result}
	}
	return nil
}

// ReplicaAdd stores an entry of another server as it is. It is the server's
// from then on.
func (s *Server) ReplicaAdd(ctx context.Context, database string, e *entry.Entry, mark *ReplicaMark) error {
	return s.replicate(ctx, database, &plugin.Operation{Kind: plugin.KindAdd, Target: e.Name, Add: &plugin.AddPart{Entry: e}}, mark)
}

// ReplicaModify changes an entry, operational attributes too.
func (s *Server) ReplicaModify(ctx context.Context, database string, name dn.Name, changes []wire.Change, mark *ReplicaMark) error {
	return s.replicate(ctx, database, &plugin.Operation{Kind: plugin.KindModify, Target: name, Modify: &plugin.ModifyPart{Changes: changes}}, mark)
}

// ReplicaRename gives an entry another name; the old naming values stay until a
// modify takes them away.
func (s *Server) ReplicaRename(ctx context.Context, database string, name, to dn.Name, mark *ReplicaMark) error {
	rdn, _ := dn.SplitPretty(to.Pretty)
	part := &plugin.ModDNPart{NewRDN: rdn}
	if up := to.Parent(); up.Norm != dn.ParentNorm(name.Norm) {
		part.NewSuperior, part.RawNewSuperior = &up, up.Pretty
	}
	return s.replicate(ctx, database, &plugin.Operation{Kind: plugin.KindModDN, Target: name, ModDN: part}, mark)
}

// ReplicaDelete removes a leaf.
func (s *Server) ReplicaDelete(ctx context.Context, database string, name dn.Name, mark *ReplicaMark) error {
	return s.replicate(ctx, database, &plugin.Operation{Kind: plugin.KindDelete, Target: name}, mark)
}

// ReplicaState notes that a state is complete, without a change of an entry.
func (s *Server) ReplicaState(ctx context.Context, database string, mark *ReplicaMark) error {
	db := s.databaseNamed(database)
	if db == nil {
		return wire.Errorf(wire.NoSuchObject, "no database %q", database)
	}
	t := &txn{s: s}
	p, err := t.begin(ctx, nil, db)
	if err != nil {
		return err
	}
	p.replica = mark
	for _, c := range mark.Context {
		s.csn.Observe(c)
	}
	return t.commit()
}

// Everything is the resolved filter (objectClass=*).
func (s *Server) Everything() *filter.Node { return s.everything() }
