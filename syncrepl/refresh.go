package syncrepl

import (
	"context"
	"slices"
)

// batchBytes is how much of a refresh is kept back, beside Config.BatchMessages.
const batchBytes = 16 << 20

// refresh is the refresh stage (RFC 4533 sections 3.3 and 3.4.1). Entries are kept
// back and written when it ends, in one transaction with the cookie; if they
// become too many they are written before, and the store is marked dirty.
// Deletes are always done at the end, when it is known how many they are.
type refresh struct {
	sent  string // the cookie the search was begun with
	whole bool   // none was: the server sends the whole content

	told    map[UUID]struct{} // sent with their attributes
	present map[UUID]struct{} // named present
	deletes map[UUID]struct{} // named deleted
	// presentEnded: a present phase has ended, so what was neither told nor
	// present is gone.
	presentEnded bool
	displaced    map[UUID]struct{} // whose DN another entry was found to have
	references   []UUID            // of referral objects

	buf   []*Entry
	bytes int
	limit int
	dirty bool // part of it is written

	cookie string // the newest that came
	count  Progress
}

func newRefresh(c *Config) *refresh {
	return &refresh{
		told: map[UUID]struct{}{}, present: map[UUID]struct{}{}, deletes: map[UUID]struct{}{},
		displaced: map[UUID]struct{}{}, limit: c.batchMessages(),
	}
}

func (r *refresh) full() bool { return len(r.buf) >= r.limit || r.bytes > batchBytes }

func (r *refresh) delete(id UUID) {
	r.deletes[id] = struct{}{}
	delete(r.told, id)
	delete(r.present, id)
	r.count.Deletes++
}

func (r *refresh) named(id UUID) {
	r.present[id] = struct{}{}
	delete(r.deletes, id)
	r.count.Present++
}

// refreshMessage handles one message of the refresh stage.
func (c *Client) refreshMessage(ctx context.Context, r *refresh, m *message) error {
	if m.hasCookie && m.kind != kindDone {
		// Not stored before the refresh has ended: RFC 4533 section 3.3.1 wants
		// everything before it to be stored first.
		r.cookie = m.cookie
	}
	switch m.kind {
	case kindEntry:
		switch m.state {
		case statePresent:
			r.named(m.entry.UUID)
		case stateDelete:
			r.delete(m.entry.UUID)
		default:
			id := m.entry.UUID
			r.told[id] = struct{}{}
			delete(r.deletes, id)
			r.buf = append(r.buf, m.entry)
			r.bytes += m.size
			r.count.Entries++
		}
	case kindReference:
		r.references = append(r.references, m.entry.UUID)
		return c.referral(ctx, m.urls)
	case kindIDSet:
		for _, id := range m.ids {
			if m.refreshDeletes {
				r.delete(id)
			} else {
				r.named(id)
			}
		}
	case kindRefreshPresent, kindRefreshDelete:
		if m.kind == kindRefreshPresent {
			r.presentEnded = true
		}
		// In refreshOnly mode it is the result that ends the stage.
		if m.refreshDone && c.cfg.Mode == RefreshAndPersist {
			return c.endRefresh(ctx, r)
		}
	case kindDone:
		return c.refreshResult(ctx, r, m)
	}
	return nil
}

// refreshResult handles the result that ends a search in its refresh stage.
func (c *Client) refreshResult(ctx context.Context, r *refresh, m *message) error {
	switch {
	case m.code == codeRefreshRequired && !r.whole:
		c.reload = ReasonServer
		return c.beginRefresh(ctx)
	case m.code != 0:
		return &ResultError{Code: uint16(m.code), MatchedDN: m.matched, Text: m.text, Referrals: m.urls}
	case !m.syncDone:
		return malformed("the search ended without a Sync Done control")
	}
	if m.hasCookie {
		r.cookie = m.cookie
	}
	if !m.refreshDeletes {
		r.presentEnded = true
	}
	if err := c.endRefresh(ctx, r); err != nil {
		return err
	}
	if c.s.refresh == nil && c.cfg.Mode == RefreshAndPersist {
		return malformed("the search ended with the refresh though it was to persist")
	}
	return nil
}

// complete reports whether everything that is in the content has been named, so
// that the rest of the copy is to go.
func (r *refresh) complete() bool {
	if r.whole {
		return true
	}
	// 389's plug-in ends every refreshOnly as if after a present phase, but has
	// no such phase: it names what was deleted.
	if kindOf(r.sent) == cookie389 || kindOf(r.cookie) == cookie389 {
		return false
	}
	return r.presentEnded
}

// endRefresh writes what has come, deletes what has gone, and stores the cookie,
// all in one transaction.
func (c *Client) endRefresh(ctx context.Context, r *refresh) error {
	again := false
	err := c.update(ctx, func(tx StoreTx) error {
		gone, missing, err := r.gone(tx)
		if err != nil {
			return err
		}
		if missing && !r.whole {
			again = true
			return errAgain
		}
		if err := c.allow(ctx, tx, len(gone)); err != nil {
			return err
		}
		a := &applier{c: c, tx: tx, r: r}
		for _, g := range gone {
			if err := a.remove(g.id); err != nil {
				return err
			}
		}
		if err := a.write(); err != nil {
			return err
		}
		if err := a.resolveDisplaced(); err != nil {
			return err
		}
		if err := a.noteReferences(r.references, r.whole); err != nil {
			return err
		}
		if err := a.settle(r.cookieToStore()); err != nil {
			return err
		}
		if err := c.h.RefreshDone(tx); err != nil {
			return &HandlerError{Callback: "RefreshDone", Err: err}
		}
		return nil
	})
	if again {
		c.reload = ReasonIncomplete
		if c.cfg.Mode == RefreshAndPersist {
			// The old search goes on; a new connection is simpler than to end it.
			c.drop()
			return c.connect(ctx)
		}
		return c.beginRefresh(ctx)
	}
	if err != nil {
		return err
	}
	c.progress(r, true)
	c.log.Debug("refresh done", "entries", r.count.Entries, "present", r.count.Present, "deletes", r.count.Deletes)
	c.s.refresh = nil
	c.refreshed = true
	if c.cfg.Mode == RefreshOnly {
		c.finished = true
	}
	return nil
}

// cookieToStore is the cookie that the content now stands for.
func (r *refresh) cookieToStore() string {
	if r.cookie == "" {
		return r.sent // nothing has changed, or the server gives none
	}
	return mergeCookie(r.sent, r.cookie)
}

type goneEntry struct {
	id  UUID
	key string
}

// gone returns the stored entries that are to be deleted, children before their
// parents. missing is true when the server counts on entries that the copy does
// not have, or when entries are left below one that was named deleted: then it
// may have been moved away with them, which OpenLDAP does not tell.
func (r *refresh) gone(tx StoreTx) (gone []goneEntry, missing bool, err error) {
	complete := r.complete()
	matched := 0
	var ids []UUID
	for id, err := range tx.IDs() {
		if err != nil {
			return nil, false, storeErr("read", err)
		}
		_, told := r.told[id]
		_, present := r.present[id]
		_, named := r.deletes[id]
		if present && !told {
			matched++
		}
		if named || complete && !told && !present {
			ids = append(ids, id)
		}
	}
	references, err := readReferences(tx)
	if err != nil {
		return nil, false, err
	}
	for _, id := range r.references {
		references[id] = struct{}{}
	}
	wanted := 0
	for id := range r.present {
		_, told := r.told[id]
		_, reference := references[id]
		if !told && !reference {
			wanted++
		}
	}
	if wanted > matched {
		return nil, true, nil
	}
	set := make(map[UUID]struct{}, len(ids))
	for _, id := range ids {
		set[id] = struct{}{}
	}
	for _, id := range ids {
		e, err := tx.Get(id)
		if err != nil {
			return nil, false, storeErr("read", err)
		}
		gone = append(gone, goneEntry{id, DNKey(e.DN)})
		if complete {
			continue
		}
		below, err := tx.Under(e.DN)
		if err != nil {
			return nil, false, storeErr("read", err)
		}
		for _, b := range below {
			_, goes := set[b]
			_, told := r.told[b]
			if !goes && !told {
				return nil, true, nil
			}
		}
	}
	slices.SortFunc(gone, func(a, b goneEntry) int {
		if a.key > b.key { // a key begins with its parent's
			return -1
		}
		return 1
	})
	return gone, false, nil
}

// allow asks the guard.
func (c *Client) allow(ctx context.Context, tx StoreTx, deletes int) error {
	stored, err := tx.Len()
	if err != nil {
		return storeErr("read", err)
	}
	guard := c.cfg.guard()
	if !guard.trips(deletes, stored) {
		return nil
	}
	e := &MassDeleteError{Deletes: deletes, Stored: stored, Guard: guard}
	if h, ok := c.h.(MassDeleteHandler); ok && h.AllowMassDelete(ctx, e) {
		return nil
	}
	return e
}

// flush writes what has come so far. The copy is then neither what the stored
// cookie stands for nor what the next will; if the refresh does not end, the next
// one must be of the whole content.
func (c *Client) flush(ctx context.Context, r *refresh) error {
	return c.update(ctx, func(tx StoreTx) error {
		if !r.dirty {
			if err := tx.SetState(stateDirty, "refresh"); err != nil {
				return storeErr("write", err)
			}
		}
		a := &applier{c: c, tx: tx, r: r}
		if err := a.write(); err != nil {
			return err
		}
		r.dirty = true
		return nil
	})
}
