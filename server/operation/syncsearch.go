package operation

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"sort"
	"strings"

	"github.com/google/uuid"

	"libslapi/server/acl"
	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

// syncSearch is a search that follows its result: with the Sync Request control
// (RFC 4533), or as a persistent search (draft-ietf-ldapext-psearch).
type syncSearch struct {
	x          *searcher
	p          *csn.Provider
	req        csn.Request
	persistent *csn.Persistent // not nil: no RFC 4533
	have       csn.Cookie      // what the consumer has
	useless    bool            // its cookie says nothing
	out        csn.Cookie      // what the cookies to it have in common
	base       dn.Name         // what the search's base names: an alias may lead to it
	watcher    *csn.Watcher
	generation uint64 // the state that the refresh shows
}

// idBatch is how many UUIDs one syncIdSet has at most.
const idBatch = 256

func isCritical(op *plugin.Operation, oid string) bool {
	for i := range op.Controls {
		if op.Controls[i].OID == oid {
			return op.Controls[i].Critical
		}
	}
	return false
}

// newSync looks at the controls that make a search follow its result. It gives
// nil for an ordinary search.
func (s *Server) newSync(x *searcher) (*syncSearch, error) {
	op, ctl := x.op, &stateOf(x.op).ctl
	if op.Internal || ctl.sync == nil && ctl.persistent == nil {
		return nil, nil
	}
	y := &syncSearch{x: x, p: x.db.Sync, persistent: ctl.persistent, out: csn.Cookie{RID: 0, SID: -1}}
	oid := csn.ControlPersistentSearch
	if ctl.sync != nil {
		y.req, y.persistent, oid = *ctl.sync, nil, csn.ControlSyncRequest
	}
	if y.p == nil || y.persistent == nil && !y.p.Settings().Enabled {
		if !s.offersSync.Load() || !isCritical(op, oid) {
			return nil, nil // not critical, or a plug-in serves it
		}
		return nil, wire.Errorf(wire.UnavailableCriticalExtension, "no provider of this control for the database")
	}
	if ctl.sync != nil && ctl.persistent != nil || ctl.paged != nil {
		return nil, wire.Errorf(wire.ProtocolError, "controls exclude each other")
	}
	if op.Search.Deref == wire.DerefSearch || op.Search.Deref == wire.DerefAlways {
		return nil, wire.Errorf(wire.ProtocolError, "no dereferencing while the result is followed")
	}
	y.base = op.Target
	if op.Search.Deref == wire.DerefFind {
		v, release, err := s.view(op, x.db)
		if err != nil {
			return nil, err
		}
		y.base, err = s.dereferenceName(x.db, v, op.Target)
		release()
		if err != nil {
			return nil, err
		}
	}
	what := y.definition()
	sum := sha256.Sum256([]byte(what))
	y.out.Mark = hex.EncodeToString(sum[:8])
	if n := s.opts().ServerID; n > 0 {
		y.out.SID = n
	}
	if y.persistent == nil && y.req.HasCookie {
		var err error
		if y.have, err = csn.ParseCookie(y.req.Cookie); err != nil || y.have.Mark != "" && y.have.Mark != y.out.Mark {
			y.useless = true
		}
		if y.have.RID > 0 {
			y.out.RID = y.have.RID
		}
	}
	if y.persistent != nil || y.req.Mode == csn.RefreshAndPersist {
		// Watching begins before the refresh looks: no change falls between.
		var err error
		y.watcher, err = y.p.Watch(y.group(what), func() (csn.Content, error) { return s.newSyncContent(y) })
		if err != nil {
			return nil, err
		}
	}
	return y, nil
}

// definition is what makes two searches the same: a cookie of one serves no
// other.
func (y *syncSearch) definition() string {
	op := y.x.op
	attrs := make([]string, len(op.Search.Attrs))
	for i, a := range op.Search.Attrs {
		attrs[i] = strings.ToLower(a)
	}
	sort.Strings(attrs)
	ctl := &stateOf(op).ctl
	sub := "-"
	if ctl.subentries != nil {
		sub = fmt.Sprint(*ctl.subentries)
	}
	return strings.Join([]string{y.base.Norm, scopeName(op.Search.Scope), y.x.filter.String(), strings.Join(attrs, ","),
		fmt.Sprint(op.Search.TypesOnly, ctl.manageDsaIT), sub, op.Requestor.Norm}, "\x00")
}

// group is the key of those that are sent the same: the same search, with the
// same rights.
func (y *syncSearch) group(what string) string {
	x := y.x
	if x.ask.readsAll() {
		// Who asks does not matter.
		what = what[:strings.LastIndexByte(what, 0)] + "\x00*" + fmt.Sprint(x.ask.all)
	} else if c := x.op.Conn; c != nil {
		host := ""
		if c.Remote != nil {
			host = c.Remote.String()
			if h, _, err := net.SplitHostPort(host); err == nil {
				host = h
			}
		}
		what += fmt.Sprintf("\x00%s\x00%s\x00%d", host, c.ListenURL, c.SSF)
	}
	if y.persistent != nil {
		what += fmt.Sprintf("\x00psearch %+v", *y.persistent)
	}
	return x.db.Name() + "\x00" + what
}

func (y *syncSearch) leave() {
	if y.watcher != nil {
		y.watcher.Leave()
	}
}

// run answers the search. An error leaves out everything that would make the
// consumer believe that it has seen all.
func (y *syncSearch) run(base *entry.Entry) error {
	x := y.x
	if base.Name.Norm != y.base.Norm {
		return y.ended(errBase) // the alias was changed just now
	}
	if m, ok := x.v.(backend.MetaView); ok {
		y.generation = m.Generation()
	}
	if y.persistent != nil {
		if !y.persistent.ChangesOnly {
			if err := x.walk(base); err != nil {
				return err
			}
		}
		return y.persist()
	}
	var err error
	if y.out.CSNs, err = csn.ReadContext(x.v); err != nil {
		return err
	}
	deletes, err := y.refresh(base)
	if err == nil {
		err = x.err
	}
	if err == nil && (x.op.Abandoned.Load() || x.ctx.Err() != nil) {
		err = x.ctx.Err()
		if err == nil {
			err = errStop
		}
	}
	if err != nil {
		return err
	}
	cookie := []byte(y.out.String())
	if y.req.Mode == csn.RefreshOnly {
		x.op.ResponseControls = append(x.op.ResponseControls, csn.DoneControl(cookie, deletes))
		return nil
	}
	if err := y.info(csn.InfoRefreshDone(deletes, cookie)); err != nil {
		return err
	}
	return y.persist()
}

func (y *syncSearch) info(value []byte) error {
	if err := y.x.op.Responder.SendIntermediate(y.x.op, csn.MessageSyncInfo, value, true, nil); err != nil {
		stateOf(y.x.op).sendErr = err
		return errStop
	}
	return nil
}

// refresh brings the consumer to the state of the view. deletes tells that it
// ends a delete phase, else a present phase.
func (y *syncSearch) refresh(base *entry.Entry) (deletes bool, err error) {
	x := y.x
	switch {
	case !y.req.HasCookie:
		return true, y.all(base)
	case y.useless:
		return false, y.reload(base)
	case len(y.have.CSNs) == 0:
		return false, y.all(base)
	}
	var known csn.Vector
	for _, c := range y.have.CSNs {
		now := y.out.CSNs.Get(c.ServerID)
		if now.IsZero() {
			continue
		}
		if c.Compare(now) > 0 {
			if !y.p.Settings().Multi {
				return false, wire.Errorf(wire.UnwillingToPerform, "consumer state is newer than provider!")
			}
			c = now // it has heard from another provider what we have not
		}
		known = known.Merge(c)
	}
	switch {
	case len(known) == 0:
		return false, y.all(base)
	case known.Covers(y.out.CSNs):
		return true, nil
	}
	set := y.p.Settings()
	if y.tellsDeletes() {
		if err := y.tombstones(known); err != nil {
			return false, err
		}
	}
	if set.SessionLog > 0 {
		list, ok, err := csn.ReadLog(x.v, known, y.out.CSNs)
		if err != nil {
			return false, err
		}
		if ok {
			return true, y.changes(list)
		}
	}
	if set.NoPresent || set.ReloadHint {
		return false, y.reload(base)
	}
	return false, y.present(base, known)
}

// tellsDeletes tells whether deletes are named one by one, with their CSNs: where
// several servers make changes a server that consumes must know whether its own
// version of the entry is newer.
func (y *syncSearch) tellsDeletes() bool { return y.p.Settings().Multi && y.have.RID > 0 }

// tombstones names the deletes after a state that are remembered.
func (y *syncSearch) tombstones(known csn.Vector) error {
	list, err := csn.Tombstones(y.x.v, known)
	if err != nil {
		return err
	}
	for _, d := range list {
		// The cookie says of the state no more than what the consumer had.
		k := csn.Cookie{RID: y.out.RID, SID: y.out.SID, CSNs: known, Delete: d.CSN}
		if err := y.info(csn.InfoIDSet(true, []csn.UUID{d.UUID}, []byte(k.String()))); err != nil {
			return err
		}
	}
	return nil
}

// reload sends everything to who said that it would load everything; others
// are told that their cookie is of no use.
func (y *syncSearch) reload(base *entry.Entry) error {
	if !y.req.ReloadHint {
		return &wire.Error{Result: wire.Result{Code: csn.RefreshRequired, Text: "sync cookie is stale"}}
	}
	return y.all(base)
}

// all sends the whole content.
func (y *syncSearch) all(base *entry.Entry) error {
	return y.content(base, func(e *entry.Entry) error { return y.send(e, csn.Add) })
}

// present names what has not changed since a state, and sends the rest. Below
// an entry that was renamed everything counts as changed.
func (y *syncSearch) present(base *entry.Entry, known csn.Vector) error {
	x := y.x
	ids, err := csn.ReadMoved(x.v, known)
	if err != nil {
		return err
	}
	moved := map[string]bool{}
	for _, id := range ids {
		e, err := y.byID(id)
		if err != nil {
			return err
		}
		if e != nil {
			moved[e.Name.Norm] = true
		}
	}
	below := func(norm string) bool {
		if len(moved) == 0 {
			return false
		}
		for n := norm; n != ""; n = dn.ParentNorm(n) {
			if moved[n] {
				return true
			}
		}
		return false
	}
	var batch []csn.UUID
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := y.info(csn.InfoIDSet(false, batch, nil))
		batch = batch[:0]
		return err
	}
	err = y.content(base, func(e *entry.Entry) error {
		if c := csn.EntryCSN(e); c.IsZero() || !known.Has(c) || below(e.Name.Norm) {
			return y.send(e, csn.Add)
		}
		if batch = append(batch, csn.EntryUUID(e)); len(batch) < idBatch {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

func (y *syncSearch) byID(id uint64) (*entry.Entry, error) {
	m, ok := y.x.v.(backend.MetaView)
	if !ok {
		return nil, wire.Errorf(wire.Other, "the database has no session log")
	}
	return m.ByID(id)
}

// changed is an entry that the log names.
type changed struct {
	id      csn.UUID
	fresh   bool    // it was not there before
	deleted csn.CSN // zero: it was not
	named   int     // the last record that may have changed its name
	e       *entry.Entry
}

// changes sends what the log tells: first what is not in the content (any
// more), then what is, parents first.
func (y *syncSearch) changes(list []csn.Record) error {
	set := map[uint64]*changed{}
	for i := range list {
		r := &list[i]
		c := set[r.ID]
		if c == nil {
			c = &changed{id: r.UUID, fresh: r.Adds()}
			set[r.ID] = c
		}
		if r.Names() {
			c.named = i
		}
		if r.Deletes() {
			c.deleted = r.CSN
		}
		if r.Subtree() {
			if err := y.below(r.ID, i, set); err != nil {
				return err
			}
		}
	}
	var gone []csn.UUID
	var there []*changed
	for id, c := range set {
		e, err := y.byID(id)
		if err != nil {
			return err
		}
		if e != nil && y.x.contains(e) {
			c.e = e
			there = append(there, c)
		} else if !c.fresh && (c.deleted.IsZero() || !y.tellsDeletes()) {
			gone = append(gone, c.id)
		}
		if y.x.err != nil {
			return y.x.err
		}
	}
	sort.Slice(gone, func(i, j int) bool { return string(gone[i][:]) < string(gone[j][:]) })
	for len(gone) > 0 {
		n := min(len(gone), idBatch)
		if err := y.info(csn.InfoIDSet(true, gone[:n], nil)); err != nil {
			return err
		}
		gone = gone[n:]
	}
	sortParentsFirst(there)
	for _, c := range there {
		if err := y.send(c.e, csn.Add); err != nil {
			return err
		}
	}
	return nil
}

func sortParentsFirst(list []*changed) {
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if d, e := depth(a.e.Name.Norm), depth(b.e.Name.Norm); d != e {
			return d < e
		}
		if a.named != b.named {
			return a.named < b.named
		}
		return a.e.ID < b.e.ID
	})
}

func depth(norm string) (n int) {
	for ; norm != ""; norm = dn.ParentNorm(norm) {
		n++
	}
	return n
}

// below adds all entries that are now below a renamed one: their names changed
// with it.
func (y *syncSearch) below(id uint64, record int, set map[uint64]*changed) error {
	e, err := y.byID(id)
	if e == nil || err != nil {
		return err // each that was below it has a record of its own
	}
	q := &backend.Query{Ctx: y.x.ctx, Base: e.Name, Scope: wire.ScopeChildren, Filter: y.x.s.everything()}
	return y.x.v.Search(q, func(k *entry.Entry) bool {
		c := set[k.ID]
		if c == nil {
			c = &changed{id: csn.EntryUUID(k)}
			set[k.ID] = c
		}
		c.named = record
		return true
	})
}

// contains tells whether an entry is in the content: scope, filter, rights.
func (x *searcher) contains(e *entry.Entry) bool {
	base := x.op.Target.Norm
	if x.sync != nil {
		base = x.sync.base.Norm
	}
	if !inScope(e.Name.Norm, base, x.op.Search.Scope) {
		return false
	}
	t, err := x.filter.Match(e, x.comp.env())
	if err != nil && x.err == nil {
		x.err = err
	}
	return err == nil && t == filter.True && x.offers(e)
}

// parentUUID is the UUID of the entry above e in the computer's view; zero when
// there is none.
func (c *computer) parentUUID(e *entry.Entry) (id csn.UUID) {
	if c.above != nil {
		return *c.above
	}
	if c.v == nil || c.db == nil || c.isSuffix(e.Name.Norm) {
		return id
	}
	if up, err := c.v.Lookup(dn.ParentNorm(e.Name.Norm)); err == nil && up != nil {
		id = csn.EntryUUID(up)
	}
	return id
}

func appendParent(out []wire.Attribute, id csn.UUID) []wire.Attribute {
	if id == (csn.UUID{}) {
		return out
	}
	return append(out, wire.Attribute{Type: AttrParentUUID, Values: [][]byte{[]byte(uuid.UUID(id).String())}})
}

// isGlue tells whether an entry only stands in for one that a consumer does not
// have, above one that it has.
func isGlue(e *entry.Entry) bool { return e.IsClass("glue") }

// offers tells whether an entry that matches is shown to the requestor.
// Referral objects are content for who manages them only.
func (x *searcher) offers(e *entry.Entry) bool {
	if x.db.Replica && isGlue(e) {
		return false
	}
	if e.IsClass("referral") && !stateOf(x.op).ctl.manageDsaIT {
		return false
	}
	return x.visible(e) && x.ask.entry(e, acl.AttrEntry, acl.PrivRead)
}

// content calls take for every entry of the content, none before its parent.
func (y *syncSearch) content(base *entry.Entry, take func(*entry.Entry) error) error {
	x := y.x
	if x.op.Search.Scope == wire.ScopeBase {
		if x.contains(base) {
			return take(base)
		}
		return x.err
	}
	q := &backend.Query{Ctx: x.ctx, Base: base.Name, Scope: x.op.Search.Scope, Filter: x.filter, Env: x.comp.env()}
	if !x.ask.all {
		q.MaxCandidates = x.s.limitsOf(x.op, x.db).MaxCandidates
	}
	// Entries come in the order in which they were made; one that was moved
	// below a younger one waits, with all below it.
	late := map[string]bool{}
	var waiting []*changed
	parents := map[string]uint64{}
	var err error
	serr := x.v.Search(q, func(e *entry.Entry) bool {
		if x.op.Abandoned.Load() {
			return false
		}
		if !x.offers(e) {
			return x.err == nil
		}
		up := dn.ParentNorm(e.Name.Norm)
		id, known := parents[up]
		if !known {
			var p *entry.Entry
			if p, err = x.v.Lookup(up); err != nil {
				return false
			}
			if p != nil {
				id = p.ID
			}
			if len(parents) > 10000 {
				clear(parents)
			}
			parents[up] = id
		}
		if id > e.ID || late[up] {
			late[e.Name.Norm] = true
			waiting = append(waiting, &changed{e: e})
			return true
		}
		err = take(e)
		return err == nil
	})
	switch {
	case err != nil:
		return err
	case x.err != nil:
		return x.err
	case serr != nil:
		return serr
	}
	sortParentsFirst(waiting)
	for _, c := range waiting {
		if err := take(c.e); err != nil {
			return err
		}
	}
	return nil
}

// send sends one entry of the refresh.
func (y *syncSearch) send(e *entry.Entry, state csn.EntryState) error {
	x := y.x
	if limit := x.op.Search.SizeLimit; limit >= 0 && x.op.EntriesSent >= limit {
		return &wire.Error{Result: wire.Result{Code: wire.SizeLimitExceeded}}
	}
	ctls := []wire.Control{csn.StateControl(state, csn.EntryUUID(e), nil)}
	return x.s.entryOut(x.op, x.comp.withContext(e), x.ask, x.comp, x.sel, x.op.Search.TypesOnly, ctls)
}
