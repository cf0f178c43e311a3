package replica

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/go-ldap/ldap/v3"

	"libslapi/server/backend"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/operation"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

// cookie is where the copy stands.
type cookie struct {
	text  string
	state csn.Vector // nil when the provider's cookies are not OpenLDAP's
}

// run is one search at the provider.
type run struct {
	c       *Consumer
	ctx     context.Context
	cookie  cookie
	initial bool // no cookie was sent: all content comes
	persist bool // the refresh is over
	done    bool // the search has ended in good order
	present map[csn.UUID]bool
	added   int
	deletes []gone      // of syncIdSets, until something else comes
	open    []unsettled // what waits for a complete state

	tx      *operation.ReplicaTxn
	changes int // in tx
}

// Bounds of one transaction: messages that are taken together, changes.
const (
	maxMessages = 256
	maxChanges  = 1000
)

// cookie reads the stored one. A server among several providers knows what it has
// from all of them: its context CSNs.
func (c *Consumer) cookie(ctx context.Context) (cookie, error) {
	if c.fresh {
		return cookie{}, nil
	}
	v, err := c.db.View(ctx)
	if err != nil {
		return cookie{}, err
	}
	defer v.Close()
	m, ok := v.(backend.MetaView)
	if !ok {
		return cookie{}, fmt.Errorf("the database keeps no cookie")
	}
	b, err := m.Meta(c.key())
	if err != nil {
		return cookie{}, err
	}
	k := cookie{text: string(b)}
	p, perr := csn.ParseCookie(b)
	if perr != nil {
		return k, nil
	}
	k.state = p.CSNs
	if c.mode.Multi {
		all, err := csn.ReadContext(v)
		if err != nil {
			return cookie{}, err
		}
		for _, one := range all {
			k.state = k.state.Merge(one)
		}
		if len(k.state) > 0 {
			k.text = c.textOf(k.state, p.Mark)
		}
	}
	return k, nil
}

// textOf is a cookie of ours: our numbers, the provider's mark.
func (c *Consumer) textOf(state csn.Vector, mark string) string {
	k := csn.Cookie{RID: c.set.RID, SID: -1, CSNs: state, Mark: mark}
	if c.mode.ServerID > 0 {
		k.SID = c.mode.ServerID
	}
	return k.String()
}

// take makes the cookie of a message the present one. A cookie of OpenLDAP's
// form may name the last change alone: it is merged by server.
func (r *run) take(text []byte) {
	if len(text) == 0 {
		return
	}
	p, err := csn.ParseCookie(text)
	if err != nil || len(p.CSNs) == 0 {
		r.cookie = cookie{text: string(text)}
		return
	}
	for _, one := range r.cookie.state {
		p.CSNs = p.CSNs.Merge(one)
	}
	r.cookie = cookie{text: r.c.textOf(p.CSNs, p.Mark), state: p.CSNs}
}

// message is one message of the search.
type message struct {
	entry *ldap.Entry
	ctls  []ldap.Control
	ref   bool
}

// follow takes the messages of the search. Those that are there at a time are
// applied in one transaction.
//
// The messages of a batch that failed are applied again one by one, so what
// applying them notes in r must be the same the second time.
func (r *run) follow(res ldap.Response) error {
	in := make(chan message, maxMessages)
	var end error
	go func() {
		defer close(in)
		for res.Next() {
			select {
			case in <- message{res.Entry(), res.Controls(), res.Referral() != ""}:
			case <-r.ctx.Done():
				return
			}
		}
		end = res.Err()
	}()
	drained := false
	defer func() {
		if !drained {
			go func() { // until the connection is closed
				for range in {
				}
			}()
		}
	}()
	report := time.Now()
	for {
		first, ok := <-in
		if !ok {
			break
		}
		list := []message{first}
	more:
		for len(list) < maxMessages {
			select {
			case m, ok := <-in:
				if !ok {
					break more
				}
				list = append(list, m)
			default:
				break more
			}
		}
		if err := r.apply(list); err != nil {
			return err
		}
		idle := len(in) == 0
		r.c.status.set(func(s *Status) {
			s.LastContact, s.Cookie = time.Now(), r.cookie.text
			if !r.persist {
				s.Refreshed = len(r.present)
			} else {
				s.Phase = PhaseFollow
			}
			if (r.persist || r.done) && idle {
				s.InSync = s.LastContact
			}
		})
		if !r.persist && time.Since(report) > 10*time.Second {
			report = time.Now()
			r.c.log.Info("refresh under way", "entries", len(r.present), "changed", r.added)
		}
	}
	drained = true
	switch {
	case end != nil:
		return end
	case r.ctx.Err() != nil:
		return r.ctx.Err()
	case !r.done:
		return errEarly
	}
	return nil
}

// apply takes messages. When one of several cannot be applied, the others are, one
// by one, up to it.
func (r *run) apply(list []message) error {
	saved := *r
	saved.open = slices.Clone(r.open)
	saved.deletes = slices.Clone(r.deletes)
	err := r.applyAll(list)
	if err == nil || len(list) == 1 || r.ctx.Err() != nil {
		return err
	}
	*r = saved
	for i := range list {
		if err := r.applyAll(list[i : i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) applyAll(list []message) (err error) {
	defer func() {
		if err != nil {
			r.abort()
		}
	}()
	for _, m := range list {
		if err := r.message(m); err != nil {
			return err
		}
	}
	if r.persist && !r.c.merges() && len(r.open) > 0 {
		if err := r.settle(); err != nil {
			return err
		}
	}
	return r.commit()
}

// begin gives the transaction under way.
func (r *run) begin() (*operation.ReplicaTxn, error) {
	if r.tx == nil {
		t, err := r.c.s.BeginReplica(r.ctx, r.c.db.Name())
		if err != nil {
			return nil, err
		}
		r.tx, r.changes = t, 0
	}
	return r.tx, nil
}

func (r *run) commit() error {
	t := r.tx
	if r.tx = nil; t == nil {
		return nil
	}
	return t.Commit()
}

func (r *run) abort() {
	if r.tx != nil {
		r.tx.Abort()
		r.tx = nil
	}
}

// changed counts a change, and ends a transaction that has grown large.
func (r *run) changed() error {
	r.c.status.set(func(s *Status) { s.Received++ })
	if r.changes++; r.changes < maxChanges {
		return nil
	}
	return r.commit()
}

// complete notes the state that the provider's cookie stands for.
func (r *run) complete() error {
	if err := r.settle(); err != nil {
		return err
	}
	t, err := r.begin()
	if err != nil {
		return err
	}
	t.Mark(&operation.ReplicaMark{Context: r.cookie.state, Key: r.c.key(), Cookie: []byte(r.cookie.text)})
	return nil
}

func (r *run) message(m message) error {
	if m.entry != nil {
		return r.entry(m.entry, m.ctls)
	}
	if m.ref {
		return nil // not content
	}
	for _, ctl := range m.ctls {
		switch k := ctl.(type) {
		case *ldap.ControlSyncInfo:
			return r.info(k)
		case *ldap.ControlSyncDone:
			if r.persist {
				return fmt.Errorf("the provider ended the search")
			}
			r.done = true
			return r.refreshed(k.RefreshDeletes, k.Cookie)
		}
	}
	return nil
}

func (r *run) entry(e *ldap.Entry, ctls []ldap.Control) error {
	for _, ctl := range ctls {
		k, ok := ctl.(*ldap.ControlSyncState)
		if !ok {
			continue
		}
		if err := r.removeNamed(); err != nil {
			return err
		}
		id := csn.UUID(k.EntryUUID)
		var err error
		var at csn.CSN
		switch {
		case k.State == ldap.SyncStatePresent:
			r.present[id] = true
			return nil
		case k.State == ldap.SyncStateAdd, k.State == ldap.SyncStateModify:
			if !r.persist {
				r.present[id] = true
			}
			r.added++
			at, err = r.store(e, id)
		case k.State == ldap.SyncStateDelete:
			at = deleteCSN(e, k.Cookie)
			err = r.remove([]gone{{id, at}}, nil)
		default:
			err = fmt.Errorf("unknown state %d", k.State)
		}
		if err != nil || !r.persist || len(k.Cookie) == 0 {
			return err
		}
		r.c.applied(at)
		r.take(k.Cookie)
		return r.complete()
	}
	return fmt.Errorf("%s came without a Sync State control", e.DN)
}

// deleteCSN finds which change a delete was: our own provider says so in the
// entry, OpenLDAP in the cookie.
func deleteCSN(e *ldap.Entry, text []byte) csn.CSN {
	if c, err := csn.ParseCSN(e.GetAttributeValue("entryCSN")); err == nil {
		return c
	}
	p, err := csn.ParseCookie(text)
	if err != nil {
		return csn.CSN{}
	}
	if !p.Delete.IsZero() {
		return p.Delete
	}
	return p.Last
}

func (r *run) info(k *ldap.ControlSyncInfo) error {
	if k.Value != ldap.SyncInfoSyncIdSet || !k.SyncIdSet.RefreshDeletes {
		if err := r.removeNamed(); err != nil {
			return err
		}
	}
	switch k.Value {
	case ldap.SyncInfoNewcookie:
		if r.persist && k.NewCookie != nil {
			r.take(k.NewCookie.Cookie)
			return r.complete()
		}
	case ldap.SyncInfoRefreshDelete:
		return r.phase(true, k.RefreshDelete.RefreshDone, k.RefreshDelete.Cookie)
	case ldap.SyncInfoRefreshPresent:
		return r.phase(false, k.RefreshPresent.RefreshDone, k.RefreshPresent.Cookie)
	case ldap.SyncInfoSyncIdSet:
		var at csn.CSN
		if p, err := csn.ParseCookie(k.SyncIdSet.Cookie); err == nil && len(k.SyncIdSet.SyncUUIDs) == 1 {
			at = p.Delete
		}
		for _, u := range k.SyncIdSet.SyncUUIDs {
			if k.SyncIdSet.RefreshDeletes {
				r.deletes = append(r.deletes, gone{csn.UUID(u), at})
			} else {
				r.present[csn.UUID(u)] = true
			}
		}
	}
	return nil
}

// removeNamed removes what syncIdSets named. They come one by one, so they are
// gathered: what is below others goes first.
func (r *run) removeNamed() error {
	if len(r.deletes) == 0 {
		return nil
	}
	list := r.deletes
	r.deletes = nil
	return r.remove(list, nil)
}

// phase ends a phase of the refresh.
func (r *run) phase(deletes, done bool, text []byte) error {
	if done {
		err := r.refreshed(deletes, text)
		r.persist = true
		return err
	}
	if !deletes && !r.initial {
		return r.absent(r.stateOf(text))
	}
	return nil
}

// stateOf is the state that a cookie of the refresh stands for.
func (r *run) stateOf(text []byte) csn.Vector {
	if p, err := csn.ParseCookie(text); err == nil && len(p.CSNs) > 0 {
		return p.CSNs
	}
	return nil
}

// refreshed ends the refresh: what was neither sent nor named is gone, unless
// the provider named what is. Only now the cookie may be kept.
func (r *run) refreshed(deletes bool, text []byte) error {
	if err := r.removeNamed(); err != nil {
		return err
	}
	if !deletes || r.initial {
		if err := r.absent(r.stateOf(text)); err != nil {
			return err
		}
	}
	c := r.c
	c.fresh = false
	named := len(r.present)
	r.present = map[csn.UUID]bool{}
	c.status.set(func(s *Status) { s.Refreshes++; s.Refreshed = named })
	if r.take(text); r.cookie.text == "" {
		return r.settle()
	}
	if r.added > 0 {
		c.log.Info("refreshed", "entries", r.added, "cookie", r.cookie.text)
	}
	return r.complete()
}

// absent removes what was not present, within the guard. Of several providers
// state is what this one knows: what it has not seen yet stays.
func (r *run) absent(state csn.Vector) error {
	t, err := r.begin()
	if err != nil {
		return err
	}
	var missing []gone
	total := 0
	match, err := r.content()
	if err != nil {
		return err
	}
	for _, suffix := range r.c.db.Suffixes() {
		top, err := t.View().Lookup(suffix.Norm)
		if err != nil {
			return err
		}
		if top == nil {
			continue
		}
		q := &backend.Query{Ctx: r.ctx, Base: suffix, Scope: wire.ScopeSub, Filter: r.c.s.Everything()}
		if err := t.View().Search(q, func(e *entry.Entry) bool {
			if isGlue(e) || !match(e) {
				return true
			}
			total++
			id := csn.EntryUUID(e)
			at := csn.EntryCSN(e)
			if !r.present[id] && (!r.c.merges() || state == nil || at.IsZero() || state.Has(at)) {
				missing = append(missing, gone{id: id})
			}
			return true
		}); err != nil {
			return err
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if len(r.present) == 0 {
		return fmt.Errorf("the provider named none of %d entries as present; nothing is deleted", total)
	}
	set := r.c.set
	if set.MaxDelete > 0 && len(missing) > set.MaxDelete || set.MaxDeletePercent > 0 && len(missing)*100 > set.MaxDeletePercent*total {
		return fmt.Errorf("%d of %d entries would be deleted, which maxdelete forbids", len(missing), total)
	}
	return r.remove(missing, state)
}

// content tells which entries the provider answers for: all of the database when
// it is the only one, else those of its search.
func (r *run) content() (func(*entry.Entry) bool, error) {
	c := r.c
	if !c.merges() {
		return func(*entry.Entry) bool { return true }, nil
	}
	f, err := filter.Parse(c.set.Filter)
	if err != nil {
		return nil, err
	}
	if err := f.Resolve(c.s.Schema(), nil); err != nil {
		return nil, err
	}
	scope := wire.Scope(scopes[c.set.Scope])
	return func(e *entry.Entry) bool {
		if !operation.InScope(e.Name.Norm, c.here.Norm, scope) {
			return false
		}
		t, err := f.Match(e, nil)
		return err == nil && t == filter.True
	}, nil
}
