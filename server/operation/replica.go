package operation

import (
	"context"

	"github.com/google/uuid"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

// ReplicaMark is a state of another server's that is complete with a
// transaction, and what to keep of it.
type ReplicaMark struct {
	Context csn.Vector // nil: none
	Key     string     // under which Cookie is kept
	Cookie  []byte     // nil: as it was
}

// ReplicaChange says of one change of a replica which it is.
type ReplicaChange struct {
	CSN csn.CSN // zero: not known
	Own bool    // this server's own, made to settle a conflict
	// Check has the entry checked against the schema.
	Check bool
}

// ReplicaTxn is a transaction of changes that other servers made. It belongs to
// one goroutine and must be ended.
type ReplicaTxn struct {
	s      *Server
	ctx    context.Context
	db     *Database
	holder *plugin.Operation
	t      *txn
}

// BeginReplica waits for the writer's turn of a database.
func (s *Server) BeginReplica(ctx context.Context, database string) (*ReplicaTxn, error) {
	db := s.databaseNamed(database)
	if db == nil {
		return nil, wire.Errorf(wire.NoSuchObject, "no database %q", database)
	}
	holder, err := s.BeginTxn(database, &plugin.Operation{Ctx: ctx, Internal: true})
	if err != nil {
		return nil, err
	}
	t, _, err := s.holder(holder)
	if err != nil {
		return nil, err
	}
	return &ReplicaTxn{s: s, ctx: ctx, db: db, holder: holder, t: t}, nil
}

// View is the state with the changes made so far.
func (r *ReplicaTxn) View() backend.Txn { return r.t.find(r.db).tx }

// Context gives the context CSNs of the database.
func (r *ReplicaTxn) Context() (csn.Vector, error) { return csn.ReadContext(r.View()) }

// NextCSN makes the CSN of a change of this server's own.
func (r *ReplicaTxn) NextCSN() csn.CSN { return r.s.csn.Next() }

// Mark notes what is complete when the transaction is committed.
func (r *ReplicaTxn) Mark(m *ReplicaMark) {
	for _, c := range m.Context {
		r.s.csn.Observe(c)
	}
	r.t.find(r.db).mark = m
}

// Commit makes the changes durable.
func (r *ReplicaTxn) Commit() error { return r.s.CommitTxn(r.holder) }

// Abort undoes them; after Commit it does nothing.
func (r *ReplicaTxn) Abort() { r.s.AbortTxn(r.holder) }

// run runs one change: plug-ins take part, access, schema and the operational
// attributes are the other server's business.
func (r *ReplicaTxn) run(op *plugin.Operation, c ReplicaChange) error {
	op.Ctx, op.Parent, op.Replicated, op.Requestor, op.Responder = r.ctx, r.holder, true, r.db.RootDN, discard{}
	op.RawTarget = op.Target.Pretty
	st := stateOf(op)
	st.replica, st.target = &c, op.Target
	op.Controls = []wire.Control{{OID: ControlManageDsaIT, Critical: true}}
	if !c.CSN.IsZero() {
		r.s.csn.Observe(c.CSN)
	}
	r.s.Handle(op)
	if op.Result.Code != wire.Success {
		return &wire.Error{Result: op.Result}
	}
	return nil
}

// Add stores an entry of another server as it is. It is the server's from then on.
func (r *ReplicaTxn) Add(e *entry.Entry, c ReplicaChange) error {
	return r.run(&plugin.Operation{Kind: plugin.KindAdd, Target: e.Name, Add: &plugin.AddPart{Entry: e}}, c)
}

// Modify changes an entry, operational attributes too.
func (r *ReplicaTxn) Modify(name dn.Name, changes []wire.Change, c ReplicaChange) error {
	return r.run(&plugin.Operation{Kind: plugin.KindModify, Target: name, Modify: &plugin.ModifyPart{Changes: changes}}, c)
}

// Rename gives an entry another name; the old naming values stay until a modify
// takes them away. With delold they go at once.
func (r *ReplicaTxn) Rename(name, to dn.Name, delold bool, c ReplicaChange) error {
	rdn, _ := dn.SplitPretty(to.Pretty)
	part := &plugin.ModDNPart{NewRDN: rdn, DeleteOldRDN: delold}
	if up := to.Parent(); up.Norm != dn.ParentNorm(name.Norm) {
		part.NewSuperior, part.RawNewSuperior = &up, up.Pretty
	}
	return r.run(&plugin.Operation{Kind: plugin.KindModDN, Target: name, ModDN: part}, c)
}

// Delete removes a leaf.
func (r *ReplicaTxn) Delete(name dn.Name, c ReplicaChange) error {
	return r.run(&plugin.Operation{Kind: plugin.KindDelete, Target: name}, c)
}

// Gone notes the delete of an entry that is not here: older versions of it may still
// come, and who follows this server may have it.
func (r *ReplicaTxn) Gone(id csn.UUID, c csn.CSN) error {
	p := r.t.find(r.db)
	fresh, err := csn.PutTombstone(p.tx, id, c)
	if fresh {
		p.gone, p.foreign = append(p.gone, csn.Deleted{UUID: id, CSN: c}), true
	}
	return err
}

// FindUUID gives the entry that has an entryUUID; nil when there is none. It is
// quick when the attribute is indexed.
func (s *Server) FindUUID(v backend.View, suffixes []dn.Name, id csn.UUID) (*entry.Entry, error) {
	f := &filter.Node{Kind: filter.Equality, Attr: "entryUUID", Value: []byte(uuid.UUID(id).String())}
	if err := f.Resolve(s.Schema(), nil); err != nil {
		return nil, err
	}
	defer f.Release()
	var found *entry.Entry
	for _, base := range suffixes {
		top, err := v.Lookup(base.Norm)
		if err != nil {
			return nil, err
		}
		if top == nil {
			continue
		}
		q := &backend.Query{Base: base, Scope: wire.ScopeSub, Filter: f}
		if err := v.Search(q, func(e *entry.Entry) bool { found = e; return false }); err != nil || found != nil {
			return found, err
		}
	}
	return nil, nil
}

// InScope tells whether a name, in normal form, is in the scope of a search from base.
func InScope(norm, base string, scope wire.Scope) bool { return inScope(norm, base, scope) }

// Everything is the resolved filter (objectClass=*).
func (s *Server) Everything() *filter.Node { return s.everything() }
