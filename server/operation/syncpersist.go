package operation

import (
	"context"
	"errors"

	"libslapi/server/acl"
	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

// syncContent is what searches that ask for the same with the same rights
// follow together: a change is looked at, and encoded, once for all of them.
type syncContent struct {
	s          *Server
	db         string
	set        *acl.Set
	op         *plugin.Operation // who asks for what; Target is what the base names
	asked      dn.Name           // the base as it was asked for
	filter     *filter.Node
	sel        *selection
	hidden     map[string]bool
	persistent *csn.Persistent
}

// syncMessage is one change for the clients.
type syncMessage struct {
	state    csn.EntryState
	id       csn.UUID
	dn       string
	e        *entry.Entry // nil: no attributes go along
	encoded  []byte       // the SearchResultEntry
	controls []wire.Control
	change   int // its number in the batch
	parent   csn.UUID
	end      error // not nil: nothing to send, the search ends
}

// errRights ends followers whose rights were changed by the configuration.
var errRights = errors.New("access was changed")

// errBase ends followers whose base names another entry now, or none.
var errBase = errors.New("search base has changed")

func (s *Server) newSyncContent(y *syncSearch) (csn.Content, error) {
	x := y.x
	f := x.filter.Clone()
	if err := f.Resolve(s.Schema(), s.plugins()); err != nil {
		return nil, err
	}
	search := *x.op.Search
	search.Filter = f
	op := &plugin.Operation{Kind: plugin.KindSearch, Conn: x.op.Conn, Requestor: x.op.Requestor, IsRoot: x.op.IsRoot,
		Target: y.base, Search: &search, Database: x.op.Database, Responder: discard{}}
	from := &stateOf(x.op).ctl
	op.Pipeline = &state{ctl: controls{manageDsaIT: from.manageDsaIT, subentries: from.subentries}}
	return &syncContent{s: s, db: x.db.Name(), set: s.accessSet(x.db), op: op, filter: f, hidden: x.hidden, asked: x.op.Target,
		sel: s.newSelection(search.Attrs), persistent: y.persistent}, nil
}

// Close implements csn.Content.
func (c *syncContent) Close() { c.filter.Release() }

// Evaluate implements csn.Content.
func (c *syncContent) Evaluate(b *csn.Batch) (any, int, error) {
	db := c.s.databaseNamed(c.db)
	if db == nil || c.s.accessSet(db) != c.set {
		return nil, 0, errRights
	}
	v, err := db.Backend.View(context.Background())
	if err != nil {
		return nil, 0, err
	}
	defer v.Close()
	x := &searcher{s: c.s, op: c.op, db: db, v: v, filter: c.filter, sel: c.sel, hidden: c.hidden, ctx: context.Background(),
		comp: c.s.newComputer(c.op, db, v)}
	x.ask = c.s.access(c.op, db)
	var list []*syncMessage
	if c.sel.parentUUID && c.persistent == nil {
		for _, d := range b.Gone {
			list = append(list, deleteMessage("", d.UUID, d.CSN))
		}
	}
	for i := range b.Changes {
		ch := &b.Changes[i]
		was := ch.Before != nil && x.contains(ch.Before)
		is := ch.After != nil && x.contains(ch.After)
		begin := len(list)
		if m := c.message(x, ch, was, is); m != nil {
			list = append(list, m)
		}
		if ch.Subtree && ch.Renamed() && x.err == nil {
			if list, err = c.subtree(x, ch, list); err != nil {
				return nil, 0, err
			}
		}
		for _, m := range list[begin:] {
			m.change = i
		}
	}
	if x.err != nil {
		return nil, 0, x.err
	}
	lost := false
	if c.persistent == nil {
		if lost, err = c.losesBase(v, db, b); err != nil {
			return nil, 0, err
		}
	}
	if lost {
		list = append(list, &syncMessage{change: len(b.Changes), end: errBase})
	}
	if len(list) == 0 {
		return nil, 0, nil
	}
	size := 0
	for _, m := range list {
		size += len(m.encoded) + 200
	}
	return list, size, nil
}

// losesBase tells whether the base of the search names another entry after a batch,
// or none (RFC 4533 section 3.5.1). v may be of a later state.
func (c *syncContent) losesBase(v backend.View, db *Database, b *csn.Batch) (bool, error) {
	base := c.op.Target.Norm
	for i := range b.Changes {
		ch := &b.Changes[i]
		if ch.Before == nil || ch.After != nil && !ch.Renamed() {
			continue
		}
		from := ch.Before.Name.Norm
		if base == from || ch.Subtree && dn.IsSuffix(base, from) {
			return true, nil
		}
	}
	if c.op.Search.Deref != wire.DerefFind {
		return false, nil
	}
	now, err := c.s.dereferenceName(db, v, c.asked)
	var bad *wire.Error
	if errors.As(err, &bad) {
		return true, nil // the alias leads nowhere
	}
	return err == nil && now.Norm != base, err
}

// message is what one change means for the content; nil for nothing.
func (c *syncContent) message(x *searcher, ch *csn.Change, was, is bool) *syncMessage {
	if c.persistent != nil {
		return c.notification(x, ch, was, is)
	}
	switch {
	case is && was:
		return c.encode(x, csn.Modify, ch, ch.After)
	case is:
		return c.encode(x, csn.Add, ch, ch.After)
	case was:
		name := ch.Before.Name.Pretty
		if c.sel.parentUUID && ch.After == nil {
			return deleteMessage(name, ch.UUID, ch.CSN)
		}
		return deleteMessage(name, ch.UUID, csn.CSN{})
	}
	return nil
}

// deleteMessage tells of a delete. Our own consumer compares the CSN, when it is
// given, with that of its version of the entry.
func deleteMessage(name string, id csn.UUID, at csn.CSN) *syncMessage {
	var attrs []wire.Attribute
	if !at.IsZero() {
		attrs = []wire.Attribute{{Type: "entryCSN", Values: [][]byte{[]byte(at.String())}}}
	}
	return &syncMessage{state: csn.Delete, id: id, dn: name, encoded: wire.EncodeSearchEntry(name, attrs)}
}

func (c *syncContent) encode(x *searcher, state csn.EntryState, ch *csn.Change, e *entry.Entry) *syncMessage {
	e = x.comp.withContext(e)
	x.comp.above = &ch.Parent
	attrs := c.sel.attributes(c.s, e, x.ask, x.comp, c.op.Search.TypesOnly)
	return &syncMessage{state: state, id: ch.UUID, parent: ch.Parent, dn: e.Name.Pretty, e: e, encoded: wire.EncodeSearchEntry(e.Name.Pretty, attrs)}
}

// notification is the message of a persistent search: the entry after the
// change, or before it when it was deleted.
func (c *syncContent) notification(x *searcher, ch *csn.Change, was, is bool) *syncMessage {
	kind, e := csn.ChangeModify, ch.After
	switch {
	case ch.Before == nil:
		kind = csn.ChangeAdd
	case ch.After == nil:
		kind, e, is = csn.ChangeDelete, ch.Before, was
	case ch.Renamed():
		kind = csn.ChangeModDN
	}
	if !is || c.persistent.Types&kind == 0 {
		return nil
	}
	m := c.encode(x, csn.Modify, ch, e)
	if c.persistent.ReturnECs {
		previous := ""
		if kind == csn.ChangeModDN {
			previous = ch.Before.Name.Pretty
		}
		m.controls = []wire.Control{csn.EntryChangeControl(kind, previous)}
	}
	return m
}

// subtree adds what a rename means for the entries below: each has another
// name, and may have come into the scope or left it.
func (c *syncContent) subtree(x *searcher, ch *csn.Change, list []*syncMessage) ([]*syncMessage, error) {
	base, scope := c.op.Target.Norm, c.op.Search.Scope
	from, to := ch.Before.Name, ch.After.Name
	if scope == wire.ScopeBase && base != from.Norm && base != to.Norm && !dn.IsSuffix(base, from.Norm) && !dn.IsSuffix(base, to.Norm) {
		return list, nil
	}
	// The view may be of a later state: the entry is found by its id.
	top := ch.After
	if m, ok := x.v.(backend.MetaView); ok {
		now, err := m.ByID(ch.ID)
		if err != nil || now == nil {
			return list, err // what was below it has changes of its own behind this one
		}
		top = now
	}
	q := &backend.Query{Base: top.Name, Scope: wire.ScopeChildren, Filter: c.s.everything()}
	var kids []*changed
	if err := x.v.Search(q, func(k *entry.Entry) bool {
		kids = append(kids, &changed{id: csn.EntryUUID(k), e: k})
		return true
	}); err != nil {
		return nil, err
	}
	sortParentsFirst(kids)
	for _, k := range kids {
		before, after := k.e.Clone(), k.e
		before.Name = renamedBelow(k.e.Name, top.Name, from)
		if top.Name.Norm != to.Norm {
			after = k.e.Clone()
			after.Name = renamedBelow(k.e.Name, top.Name, to)
		}
		one := csn.Change{ID: k.e.ID, UUID: k.id, Before: before, After: after}
		if c.sel.parentUUID {
			x.comp.above = nil
			one.Parent = x.comp.parentUUID(k.e)
		}
		is := x.contains(after)
		// Whether it matched the filter before a later change is not known:
		// who left the scope is named as deleted in any case.
		was := x.contains(before) || !is && inScope(before.Name.Norm, base, scope) && x.ask.entry(before, acl.AttrEntry, acl.PrivRead)
		if m := c.message(x, &one, was, is); m != nil {
			list = append(list, m)
		}
	}
	return list, nil
}

// renamedBelow gives the name that an entry below top has when top is called to.
func renamedBelow(n, top, to dn.Name) dn.Name {
	return dn.Name{Norm: n.Norm[:len(n.Norm)-len(top.Norm)] + to.Norm, Pretty: n.Pretty[:max(len(n.Pretty)-len(top.Pretty), 0)] + to.Pretty}
}

// persist sends the changes that come, until the operation is abandoned.
func (y *syncSearch) persist() error {
	x := y.x
	x.v.Close() // a state that is held keeps the database from using space again
	x.comp = x.s.newComputer(x.op, x.db, nil)
	if d, ok := x.op.Responder.(interface{ Detach() }); ok {
		d.Detach()
	}
	ctx := x.op.Ctx
	if ctx == nil {
		ctx = context.Background()
	}
	for {
		it, err := y.watcher.Next(ctx)
		if err != nil {
			return y.ended(err)
		}
		if it.Batch.Generation <= y.generation {
			continue // the refresh has shown it
		}
		if err := y.deliver(it); err != nil {
			return err
		}
	}
}

// ended is the result of a search that does not go on.
func (y *syncSearch) ended(err error) error {
	x := y.x
	switch {
	case x.op.Abandoned.Load() || x.op.Ctx != nil && x.op.Ctx.Err() != nil:
		return &wire.Error{Result: wire.Result{Code: wire.Canceled}}
	case errors.Is(err, csn.ErrSlow):
		if y.persistent == nil {
			// Deletes TRUE: nothing may be taken for absent.
			x.op.ResponseControls = append(x.op.ResponseControls, csn.DoneControl([]byte(y.out.String()), true))
		}
		return wire.Errorf(wire.Busy, "the consumer is too slow; it may resume with its cookie")
	case errors.Is(err, errRights):
		if y.persistent == nil {
			return &wire.Error{Result: wire.Result{Code: csn.RefreshRequired, Text: "access was changed"}}
		}
		return wire.Errorf(wire.UnwillingToPerform, "access was changed")
	case errors.Is(err, errBase):
		return &wire.Error{Result: wire.Result{Code: csn.RefreshRequired, Text: err.Error()}}
	}
	x.s.log.Error("changes could not be evaluated", "database", x.db.Name(), "error", err.Error())
	return wire.Errorf(wire.Other, "internal error")
}

// deliver sends what one batch means for this client, with the cookies of the
// state that it has then.
func (y *syncSearch) deliver(it *csn.Item) error {
	x, op, b := y.x, y.x.op, it.Batch
	list, _ := it.Payload.([]*syncMessage)
	state, next := b.Before, 0
	if !b.Complete {
		state = b.Context
	}
	hooks := x.s.plugins().Listens(plugin.Point{Phase: plugin.Pre, Slot: plugin.SlotEntry}, op.Database) ||
		x.s.plugins().Listens(plugin.Point{Phase: plugin.Post, Slot: plugin.SlotEntry}, op.Database)
	direct, _ := op.Responder.(encodedSender)
	for i, m := range list {
		if m.end != nil {
			return y.ended(m.end)
		}
		ctls := m.controls
		if y.persistent == nil {
			var cookie []byte
			last := i == len(list)-1 || list[i+1].change != m.change
			switch {
			case b.Stepwise && last && (len(b.Context) > 1 || i == len(list)-1):
				for ; next <= m.change; next++ {
					state = state.Merge(b.Changes[next].CSN)
				}
				y.out.CSNs = state
				cookie = y.out.Change(b.Changes[m.change].CSN)
			case !b.Stepwise && i == len(list)-1 && b.Complete && len(b.Context) == 1:
				state, y.out.CSNs = b.Context, b.Context
				cookie = y.out.Change(b.Last)
			}
			ctls = []wire.Control{csn.StateControl(m.state, m.id, cookie)}
		}
		var err error
		switch {
		case m.e != nil && (hooks || direct == nil):
			x.comp.above = &m.parent
			if err = x.s.entryOut(op, m.e, x.s.access(op, x.db), x.comp, x.sel, op.Search.TypesOnly, ctls); err != nil {
				return err
			}
			continue
		case direct != nil:
			err = direct.SendEncoded(op, m.dn, m.encoded, ctls)
		default:
			err = op.Responder.SendEntry(op, &plugin.EntryMessage{DN: m.dn, Controls: ctls})
		}
		if err != nil {
			stateOf(op).sendErr = err
			return errStop
		}
		op.EntriesSent++
	}
	y.out.CSNs = b.Context
	if y.persistent != nil || !b.Complete || state.Equal(b.Context) || len(b.Context) == 0 {
		return nil // or the cookie comes when the state is complete
	}
	return y.info(csn.InfoNewCookie(y.newState(state, b.Context)))
}

// newState is the cookie of a state that no message of an entry told. OpenLDAP's
// consumer takes one CSN, or all.
func (y *syncSearch) newState(before, after csn.Vector) []byte {
	var one csn.CSN
	n := 0
	for _, c := range after {
		if !before.Has(c) {
			one = c
			n++
		}
	}
	if n != 1 {
		one = csn.CSN{}
	}
	y.out.CSNs = after
	return y.out.Change(one)
}
