package replica

import (
	"context"
	"fmt"
	"sort"

	"github.com/go-ldap/ldap/v3"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/operation"
	csn "libslapi/server/sync"
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
}

// cookie reads the stored one.
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
	if err != nil || len(b) == 0 {
		return cookie{}, err
	}
	k := cookie{text: string(b)}
	if p, err := csn.ParseCookie(b); err == nil {
		k.state = p.CSNs
	}
	return k, nil
}

// load finds what the copy has.
func (c *Consumer) load(ctx context.Context) error {
	v, err := c.db.View(ctx)
	if err != nil {
		return err
	}
	defer v.Close()
	ids := map[csn.UUID]uint64{}
	for _, suffix := range c.db.Suffixes() {
		top, err := v.Lookup(suffix.Norm)
		if err != nil {
			return err
		}
		if top == nil {
			continue
		}
		q := &backend.Query{Ctx: ctx, Base: suffix, Scope: 2, Filter: c.s.Everything()}
		if err := v.Search(q, func(e *entry.Entry) bool {
			if !isGlue(e) {
				ids[csn.EntryUUID(e)] = e.ID
			}
			return true
		}); err != nil {
			return err
		}
	}
	c.ids = ids
	return nil
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
	p.RID = r.c.set.RID
	r.cookie = cookie{text: p.String(), state: p.CSNs}
}

// mark is what is stored with a change, or alone.
func (r *run) mark() *operation.ReplicaMark {
	return &operation.ReplicaMark{Context: r.cookie.state, Key: r.c.key(), Cookie: []byte(r.cookie.text)}
}

func (r *run) message(res ldap.Response) error {
	if e := res.Entry(); e != nil {
		return r.entry(e, res.Controls())
	}
	if res.Referral() != "" {
		return nil // not content
	}
	for _, ctl := range res.Controls() {
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
		id := csn.UUID(k.EntryUUID)
		mark := &operation.ReplicaMark{}
		if r.persist && len(k.Cookie) > 0 {
			r.take(k.Cookie)
			mark = r.mark()
		}
		switch k.State {
		case ldap.SyncStatePresent:
			r.present[id] = true
			return nil
		case ldap.SyncStateAdd, ldap.SyncStateModify:
			if !r.persist {
				r.present[id] = true
			}
			r.added++
			return r.c.store(r.ctx, e, id, mark)
		case ldap.SyncStateDelete:
			return r.c.remove(r.ctx, []csn.UUID{id}, mark)
		}
		return fmt.Errorf("unknown state %d", k.State)
	}
	return fmt.Errorf("%s came without a Sync State control", e.DN)
}

func (r *run) info(k *ldap.ControlSyncInfo) error {
	switch k.Value {
	case ldap.SyncInfoNewcookie:
		if r.persist && k.NewCookie != nil {
			r.take(k.NewCookie.Cookie)
			return r.c.s.ReplicaState(r.ctx, r.c.db.Name(), r.mark())
		}
	case ldap.SyncInfoRefreshDelete:
		return r.phase(true, k.RefreshDelete.RefreshDone, k.RefreshDelete.Cookie)
	case ldap.SyncInfoRefreshPresent:
		return r.phase(false, k.RefreshPresent.RefreshDone, k.RefreshPresent.Cookie)
	case ldap.SyncInfoSyncIdSet:
		ids := make([]csn.UUID, len(k.SyncIdSet.SyncUUIDs))
		for i, u := range k.SyncIdSet.SyncUUIDs {
			ids[i] = csn.UUID(u)
		}
		if k.SyncIdSet.RefreshDeletes {
			return r.c.remove(r.ctx, ids, &operation.ReplicaMark{})
		}
		for _, id := range ids {
			r.present[id] = true
		}
	}
	return nil
}

// phase ends a phase of the refresh.
func (r *run) phase(deletes, done bool, text []byte) error {
	if done {
		err := r.refreshed(deletes, text)
		r.persist = true
		return err
	}
	if !deletes && !r.initial {
		return r.absent()
	}
	return nil
}

// refreshed ends the refresh: what was neither sent nor named is gone, unless
// the provider named what is. Only now the cookie may be kept.
func (r *run) refreshed(deletes bool, text []byte) error {
	if !deletes || r.initial {
		if err := r.absent(); err != nil {
			return err
		}
	}
	r.c.fresh = false
	r.present = map[csn.UUID]bool{}
	if r.take(text); r.cookie.text == "" {
		return nil
	}
	if r.added > 0 {
		r.c.log.Info("refreshed", "entries", r.added, "cookie", r.cookie.text)
	}
	return r.c.s.ReplicaState(r.ctx, r.c.db.Name(), r.mark())
}

// absent removes what was not present, within the guard.
func (r *run) absent() error {
	var gone []csn.UUID
	for id := range r.c.ids {
		if !r.present[id] {
			gone = append(gone, id)
		}
	}
	total := len(r.c.ids)
	if len(gone) == 0 {
		return nil
	}
	if len(r.present) == 0 {
		return fmt.Errorf("the provider named none of %d entries as present; nothing is deleted", total)
	}
	set := r.c.set
	if set.MaxDelete > 0 && len(gone) > set.MaxDelete || set.MaxDeletePercent > 0 && len(gone)*100 > set.MaxDeletePercent*total {
		return fmt.Errorf("%d of %d entries would be deleted, which maxdelete forbids", len(gone), total)
	}
	return r.c.remove(r.ctx, gone, &operation.ReplicaMark{})
}

// remove deletes entries, those below first. One that still has others below
// it, which are not of the content, becomes glue.
func (c *Consumer) remove(ctx context.Context, ids []csn.UUID, mark *operation.ReplicaMark) error {
	var list []*entry.Entry
	for _, id := range ids {
		e, err := c.find(ctx, id)
		if err != nil {
			return err
		}
		if e != nil {
			list = append(list, e)
		}
	}
	sort.Slice(list, func(i, j int) bool { return depth(list[i].Name.Norm) > depth(list[j].Name.Norm) })
	for i, e := range list {
		m := &operation.ReplicaMark{}
		if i == len(list)-1 {
			m = mark
		}
		if len(m.Context) > 0 {
			m.CSN = m.Context[0]
			for _, one := range m.Context {
				if one.Compare(m.CSN) > 0 {
					m.CSN = one
				}
			}
		}
		if err := c.removeOne(ctx, e, m); err != nil {
			return err
		}
		delete(c.ids, csn.EntryUUID(e))
	}
	if len(list) == 0 && mark.Cookie != nil {
		return c.s.ReplicaState(ctx, c.db.Name(), mark)
	}
	return nil
}

func depth(norm string) (n int) {
	for ; norm != ""; norm = dn.ParentNorm(norm) {
		n++
	}
	return n
}
