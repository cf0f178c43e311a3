package syncrepl

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// errAgain rolls back a refresh that is to be begun again.
var errAgain = errors.New("again")

// applier writes changes to the copy and tells them.
type applier struct {
	c  *Client
	tx StoreTx
	r  *refresh // nil in the persist stage
}

func (a *applier) called(callback, dn string, err error) error {
	if err == nil {
		return nil
	}
	return &HandlerError{Callback: callback, DN: dn, Err: err}
}

// write puts what a refresh has kept back.
func (a *applier) write() error {
	for _, e := range a.r.buf {
		if _, gone := a.r.deletes[e.UUID]; gone {
			continue
		}
		if err := a.put(e); err != nil {
			return err
		}
	}
	a.r.buf, a.r.bytes = nil, 0
	return nil
}

// put brings an entry as it now is into the copy.
func (a *applier) put(e *Entry) error {
	old, err := a.tx.Get(e.UUID)
	if err != nil {
		return storeErr("read", err)
	}
	if old == nil || old.DN != e.DN {
		if err := a.makeRoom(e); err != nil {
			return err
		}
	}
	if old == nil {
		if err := a.tx.Put(e); err != nil {
			return storeErr("write", err)
		}
		return a.called("Add", e.DN, a.c.h.Add(a.tx, clone(e)))
	}
	renamed := old.DN != e.DN && (a.c.cfg.ExactValues || !sameDN(old.DN, e.DN))
	changed := false
	if a.c.cfg.ExactValues {
		changed = !(&Comparer{}).Equal(old, e)
	} else {
		changed = !a.c.s.cmp.Equal(old, e)
	}
	if !renamed && !changed && old.DN == e.DN && slices.EqualFunc(old.Attributes, e.Attributes, identical) {
		return nil
	}
	if err := a.tx.Put(e); err != nil {
		return storeErr("write", err)
	}
	if renamed {
		if err := a.called("Rename", e.DN, a.c.h.Rename(a.tx, old.DN, clone(e))); err != nil {
			return err
		}
		if err := a.moveBelow(old.DN, e.DN); err != nil {
			return err
		}
	}
	if changed {
		old.DN = e.DN
		return a.called("Change", e.DN, a.c.h.Change(a.tx, old, clone(e)))
	}
	return nil
}

// clone gives a callback an entry of its own; the store may keep the other.
func clone(e *Entry) *Entry {
	c := *e
	c.Attributes = slices.Clone(e.Attributes)
	return &c
}

// makeRoom deals with another entry that is stored under e's DN. In the persist
// stage changes come in the order of their making, so that entry must be gone.
// In a refresh the order says nothing: it may yet be told under another name, and
// is looked at again at the end.
func (a *applier) makeRoom(e *Entry) error {
	found, err := a.tx.Find(e.DN)
	if err != nil {
		return storeErr("read", err)
	}
	for _, other := range found {
		if other.UUID == e.UUID || !sameDN(other.DN, e.DN) {
			continue
		}
		if a.r != nil {
			a.r.displaced[other.UUID] = struct{}{}
			continue
		}
		if err := a.remove(other.UUID); err != nil {
			return err
		}
	}
	return nil
}

// resolveDisplaced deletes the entries whose DN another has taken and of which
// nothing more was heard.
func (a *applier) resolveDisplaced() error {
	for id := range a.r.displaced {
		e, err := a.tx.Get(id)
		if err != nil {
			return storeErr("read", err)
		}
		if e == nil {
			continue
		}
		found, err := a.tx.Find(e.DN)
		if err != nil {
			return storeErr("read", err)
		}
		for _, other := range found {
			if other.UUID != id && sameDN(other.DN, e.DN) {
				if err := a.remove(id); err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}

// moveBelow renames the stored entries below a renamed one: OpenLDAP does not
// tell them until they change. Those that this refresh tells are as it says, and
// what is below them goes with them and not with oldBase: at the time of their
// own messages it is looked for under the name that they had.
func (a *applier) moveBelow(oldBase, newBase string) error {
	ids, err := a.tx.Under(oldBase)
	if err != nil {
		return storeErr("read", err)
	}
	skip := "" // DN key of the told entry passed last; parents come first
	for _, id := range ids {
		e, err := a.tx.Get(id)
		if err != nil {
			return storeErr("read", err)
		}
		key := DNKey(e.DN)
		if skip != "" && strings.HasPrefix(key, skip) {
			continue
		}
		if a.r != nil {
			if _, told := a.r.told[id]; told {
				skip = key
				continue
			}
		}
		moved := clone(e)
		moved.DN = moveDN(e.DN, oldBase, newBase)
		if err := a.tx.Put(moved); err != nil {
			return storeErr("write", err)
		}
		if err := a.called("Rename", moved.DN, a.c.h.Rename(a.tx, e.DN, clone(moved))); err != nil {
			return err
		}
	}
	return nil
}

// remove takes an entry out of the copy; one that is not there is nothing new,
// since servers name entries that the search never matched.
func (a *applier) remove(id UUID) error {
	e, err := a.tx.Get(id)
	if err != nil {
		return storeErr("read", err)
	}
	if e == nil {
		return nil
	}
	if err := a.tx.Remove(id); err != nil {
		return storeErr("write", err)
	}
	return a.called("Delete", e.DN, a.c.h.Delete(a.tx, e))
}

// leave handles a delete message of the persist stage. A DN other than the stored
// one tells that the entry was moved or renamed out of the content, with all
// that is below it.
func (a *applier) leave(m *Entry) error {
	stored, err := a.tx.Get(m.UUID)
	if err != nil {
		return storeErr("read", err)
	}
	if stored == nil {
		return nil
	}
	if m.DN != "" && DNKey(m.DN) != DNKey(stored.DN) {
		if err := a.follow(stored.DN, m.DN); err != nil {
			return err
		}
	}
	return a.remove(m.UUID)
}

// follow moves what is below oldBase, or removes what that takes out of scope.
func (a *applier) follow(oldBase, newBase string) error {
	s := a.c.cfg.target.Search
	base := DNKey(s.Base)
	inside := strings.HasPrefix(DNKey(newBase), base)
	if inside && s.Scope == Subtree || s.Scope == DefaultScope && inside {
		return a.moveBelow(oldBase, newBase)
	}
	ids, err := a.tx.Under(oldBase)
	if err != nil {
		return storeErr("read", err)
	}
	for _, id := range slices.Backward(ids) {
		if err := a.remove(id); err != nil {
			return err
		}
	}
	return nil
}

// settle stores the cookie: the copy is what it stands for.
func (a *applier) settle(cookie string) error {
	old, err := a.tx.State(stateCookie)
	if err != nil {
		return storeErr("read", err)
	}
	set := func(key, value string) error {
		have, err := a.tx.State(key)
		if err != nil || have == value {
			return storeErr("read", err)
		}
		return storeErr("write", a.tx.SetState(key, value))
	}
	for _, kv := range [][2]string{
		{stateVersion, layoutVersion}, {stateSearch, a.c.cfg.definition()}, {stateDirty, ""}, {stateCookie, cookie},
	} {
		if err := set(kv[0], kv[1]); err != nil {
			return err
		}
	}
	if cookie == old {
		return nil
	}
	return a.called("CookieChanged", "", a.c.h.CookieChanged(a.tx, cookie))
}

// noteReferences remembers the referral objects that the server told as references.
// They are not content, but slapd names them present all the same, and that
// must not look like an entry that the copy lacks.
func (a *applier) noteReferences(ids []UUID, all bool) error {
	have := map[UUID]struct{}{}
	if !all {
		if len(ids) == 0 {
			return nil
		}
		var err error
		if have, err = readReferences(a.tx); err != nil {
			return err
		}
	}
	before := len(have)
	for _, id := range ids {
		if id != (UUID{}) {
			have[id] = struct{}{}
		}
	}
	if !all && len(have) == before {
		return nil
	}
	list := make([]string, 0, len(have))
	for id := range have {
		list = append(list, id.String())
	}
	slices.Sort(list)
	return storeErr("write", a.tx.SetState(stateRefs, strings.Join(list, " ")))
}

func readReferences(tx StoreTx) (map[UUID]struct{}, error) {
	text, err := tx.State(stateRefs)
	if err != nil {
		return nil, storeErr("read", err)
	}
	out := map[UUID]struct{}{}
	for _, f := range strings.Fields(text) {
		var id UUID
		if err := id.UnmarshalText([]byte(f)); err != nil {
			return nil, storeErr("read", err)
		}
		out[id] = struct{}{}
	}
	return out, nil
}

// persist handles messages of the persist stage (RFC 4533 section 3.4.2) in one
// transaction.
func (c *Client) persist(ctx context.Context, batch []*message) error {
	var result *message
	if n := len(batch); n > 0 && batch[n-1].kind == kindDone {
		result, batch = batch[n-1], batch[:n-1]
	}
	if err := c.applyPersist(ctx, batch); err != nil || result == nil {
		return err
	}
	return c.persistResult(ctx, result)
}

func (c *Client) applyPersist(ctx context.Context, batch []*message) error {
	if len(batch) == 0 {
		return nil
	}
	var referrals [][]string
	var references []UUID
	err := c.update(ctx, func(tx StoreTx) error {
		a := &applier{c: c, tx: tx}
		cookie, err := tx.State(stateCookie)
		if err != nil {
			return storeErr("read", err)
		}
		ahead, news := false, false // of the cookie; a new cookie has come
		for _, m := range batch {
			switch {
			case m.kind == kindReference:
				referrals = append(referrals, m.urls)
				references = append(references, m.entry.UUID)
			case m.kind == kindIDSet && m.refreshDeletes:
				for _, id := range m.ids {
					if err := a.remove(id); err != nil {
						return err
					}
				}
				ahead = true
			case m.kind == kindEntry && m.state == stateDelete:
				if err := a.leave(m.entry); err != nil {
					return err
				}
				ahead = true
			case m.kind == kindEntry && m.state != statePresent:
				if err := a.put(m.entry); err != nil {
					return err
				}
				ahead = true
			}
			if m.hasCookie {
				cookie, ahead, news = mergeCookie(cookie, m.cookie), false, true
			}
		}
		if err := a.noteReferences(references, false); err != nil {
			return err
		}
		if news {
			if err := a.settle(cookie); err != nil {
				return err
			}
		}
		if ahead {
			return storeErr("write", tx.SetState(stateDirty, "persist"))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, urls := range referrals {
		if err := c.referral(ctx, urls); err != nil {
			return err
		}
	}
	return nil
}

// persistResult handles the result that ends the persist stage.
func (c *Client) persistResult(ctx context.Context, m *message) error {
	switch {
	case c.s.cancelID != 0:
		c.finished = true
		return nil
	case m.code == codeRefreshRequired:
		c.reload = ReasonServer
		return c.beginRefresh(ctx)
	case m.code != 0:
		return &ResultError{Code: uint16(m.code), MatchedDN: m.matched, Text: m.text, Referrals: m.urls}
	}
	return malformed("the server ended the persist stage")
}
