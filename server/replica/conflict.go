package replica

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/google/uuid"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/operation"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

// Conflicts between servers that all make changes. An entry is its UUID, its RDN,
// the UUID of the entry above and its attributes; the version with the greatest
// entryCSN is the one that stays. What this does not settle becomes a change of
// this server's own, with a CSN of its own, so that all servers come to the same:
//
//   - two entries of one name: the one that was made first keeps it, the other gets
//     its UUID into its RDN
//   - the delete of an entry below which another server put one: it stays
//   - two entries moved below each other: the one that would close the ring stays
//     where it is
//
// The messages of a refresh come in no order, so names and deletes are settled
// when the provider's cookie says that the state is complete.

// unsettled is an entry that waits for that: one that had to leave its name, or one
// that is to be deleted and has others below it.
type unsettled struct {
	id      csn.UUID
	name    string // that it had to leave, below the entry above it
	deleted bool
	at      csn.CSN
	state   csn.Vector
}

// outdated tells whether a version is not newer than what is here, or than the
// entry's delete.
func (r *run) outdated(have *entry.Entry, v *version) (bool, error) {
	c := v.change.CSN
	if c.IsZero() {
		return false, nil
	}
	if have != nil && !isGlue(have) {
		return c.Compare(csn.EntryCSN(have)) <= 0, nil
	}
	if !r.c.mode.Multi {
		return false, nil
	}
	t, err := r.begin()
	if err != nil {
		return false, err
	}
	dead, err := csn.Tombstone(t.View(), v.id)
	if err != nil || !dead.IsZero() && dead.Compare(c) > 0 {
		return err == nil, err
	}
	// What is part of our state and not here was deleted since.
	state, err := t.Context()
	return err == nil && state.Has(c), err
}

// survives tells whether an entry is newer than its delete.
func (r *run) survives(e *entry.Entry, at csn.CSN, state csn.Vector) bool {
	if !r.c.merges() {
		return false
	}
	now := csn.EntryCSN(e)
	switch {
	case now.IsZero():
		return false
	case !at.IsZero():
		return now.Compare(at) > 0
	case state != nil:
		return !state.Has(now)
	}
	return r.cookie.state != nil && !r.cookie.state.Has(now)
}

// place gives a version the name that it has here: the entry above it may have
// another one than at the provider.
func (r *run) place(have *entry.Entry, v *version) error {
	if v.parent == (csn.UUID{}) || isSuffix(r.c.db, v.e.Name.Norm) {
		return nil
	}
	up, err := r.find(v.parent)
	if err != nil {
		return err
	}
	rdn, above := dn.SplitPretty(v.e.Name.Pretty)
	if up == nil {
		// It comes, or it was deleted elsewhere. Who has its name now is another.
		if up, err = r.standIn(above, v.parent); err != nil {
			return err
		}
	}
	if have != nil && up.Name.IsSuffix(have.Name) {
		// It is to stand below itself: somebody moved the other one meanwhile.
		return r.stay(have, v)
	}
	if up.Name.Norm != v.e.Name.Parent().Norm {
		v.e.Name, err = r.c.s.Name(rdn + "," + up.Name.Pretty)
	}
	return err
}

// standIn makes glue for an entry that is not here.
func (r *run) standIn(text string, id csn.UUID) (*entry.Entry, error) {
	name, err := r.c.s.Name(text)
	if err != nil {
		return nil, err
	}
	there, _, err := r.lookup(name.Norm)
	if err != nil {
		return nil, err
	}
	if there != nil {
		rdn, up := dn.SplitPretty(text)
		if name, err = r.c.s.Name(rdn + "+entryUUID=" + uuid.UUID(id).String() + "," + up); err != nil {
			return nil, err
		}
	}
	if err := r.addGlue(name, id); err != nil {
		return nil, fmt.Errorf("glue %q: %w", name.Pretty, err)
	}
	e, err := r.find(id)
	if e == nil && err == nil {
		err = fmt.Errorf("glue %q is lost", name.Pretty)
	}
	return e, err
}

// stay leaves an entry below the one that it is below, as a change of our own.
func (r *run) stay(have *entry.Entry, v *version) error {
	rdn, _ := dn.SplitPretty(v.e.Name.Pretty)
	_, up := dn.SplitPretty(have.Name.Pretty)
	name, err := r.c.s.Name(rdn + "," + up)
	if err != nil {
		return err
	}
	v.e.Name, v.parent = name, csn.UUID{}
	return r.adoptVersion(v)
}

// adoptVersion makes a version a change of our own.
func (r *run) adoptVersion(v *version) error {
	if !r.c.mode.Multi {
		return nil
	}
	t, err := r.begin()
	if err != nil {
		return err
	}
	v.change = operation.ReplicaChange{CSN: t.NextCSN(), Own: true}
	return v.e.Put(r.c.s.Schema(), "entryCSN", []byte(v.change.CSN.String()))
}

// touch makes the entry as it is a change of our own: the newest version.
func (r *run) touch(e *entry.Entry) error {
	t, err := r.begin()
	if err != nil {
		return err
	}
	c := t.NextCSN()
	change := wire.Change{Op: wire.ModReplace, Type: "entryCSN", Values: [][]byte{[]byte(c.String())}}
	return t.Modify(e.Name, []wire.Change{change}, operation.ReplicaChange{CSN: c, Own: true})
}

// Displaced entries are kept in the store until they are settled:
//
//	replica  number of the consumer (2), UUID -> the RDN that it had to leave
const displacedTable = "replica"

func (c *Consumer) displacedKey(id csn.UUID) []byte {
	return append([]byte{byte(c.set.RID >> 8), byte(c.set.RID)}, id[:]...)
}

// displace notes that an entry has to leave its name.
func (r *run) displace(e *entry.Entry) error {
	id := csn.EntryUUID(e)
	for i := range r.open {
		if r.open[i].id == id && !r.open[i].deleted {
			return nil
		}
	}
	rdn, _ := dn.SplitPretty(e.Name.Pretty)
	t, err := r.begin()
	if err != nil {
		return err
	}
	if tab, ok := t.View().(backend.TableTxn); ok {
		if err := tab.PutTable(displacedTable, r.c.displacedKey(id), []byte(rdn)); err != nil {
			return err
		}
	}
	r.open = append(r.open, unsettled{id: id, name: rdn})
	return nil
}

// resume reads what an earlier session left unsettled.
func (r *run) resume() error {
	if !r.c.merges() {
		return nil
	}
	v, err := r.c.db.View(r.ctx)
	if err != nil {
		return err
	}
	defer v.Close()
	tab, ok := v.(backend.TableView)
	if !ok {
		return nil
	}
	from := r.c.displacedKey(csn.UUID{})
	return tab.ScanTable(displacedTable, from, func(k, value []byte) bool {
		if len(k) != 18 || !bytes.Equal(k[:2], from[:2]) {
			return false
		}
		r.open = append(r.open, unsettled{id: csn.UUID(k[2:]), name: string(value)})
		return true
	})
}

// settle decides what waited for a complete state.
func (r *run) settle() error {
	if len(r.open) == 0 {
		return nil
	}
	list := r.open
	r.open = nil
	if err := r.settleDeletes(list); err != nil {
		return err
	}
	for _, u := range list {
		if u.deleted {
			continue
		}
		if err := r.settleName(u); err != nil {
			return err
		}
		t, err := r.begin()
		if err != nil {
			return err
		}
		if tab, ok := t.View().(backend.TableTxn); ok {
			if err := tab.DeleteTable(displacedTable, r.c.displacedKey(u.id)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) settleDeletes(list []unsettled) error {
	type one struct {
		u unsettled
		e *entry.Entry
	}
	var there []one
	for _, u := range list {
		if !u.deleted {
			continue
		}
		e, err := r.find(u.id)
		if err != nil {
			return err
		}
		if e != nil && !isGlue(e) && !r.survives(e, u.at, u.state) {
			there = append(there, one{u, e})
		}
	}
	sort.SliceStable(there, func(i, j int) bool { return depth(there[i].e.Name.Norm) > depth(there[j].e.Name.Norm) })
	for _, o := range there {
		e, err := r.find(o.u.id)
		if err != nil {
			return err
		}
		if e == nil {
			continue
		}
		t, err := r.begin()
		if err != nil {
			return err
		}
		kids, err := t.View().HasChildren(e.Name.Norm)
		switch {
		case err != nil:
		case !kids:
			err = r.removeOne(e, gone{o.u.id, o.u.at}, o.u.state)
		case r.c.mode.Multi:
			r.c.log.Info("an entry stays, as others were put below it", "entry", e.Name.Pretty)
			err = r.touch(e)
		default:
			err = r.makeGlue(e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// settleName gives a displaced entry its name back, or decides who has it.
func (r *run) settleName(u unsettled) error {
	e, err := r.find(u.id)
	if err != nil || e == nil || isGlue(e) {
		return err
	}
	if rdn, _ := dn.SplitPretty(e.Name.Pretty); !strings.Contains(strings.ToLower(rdn), "entryuuid="+uuid.UUID(u.id).String()) {
		return nil // it was renamed since
	}
	t, err := r.begin()
	if err != nil {
		return err
	}
	_, up := dn.SplitPretty(e.Name.Pretty)
	name, err := r.c.s.Name(u.name + "," + up)
	if err != nil {
		return err
	}
	quiet := operation.ReplicaChange{CSN: csn.EntryCSN(e)}
	there, _, err := r.lookup(name.Norm)
	switch {
	case err != nil:
		return err
	case there == nil:
		return t.Rename(e.Name, name, false, quiet)
	case !r.c.mode.Multi:
		// Several providers of a copy: whichever of them is right says so later.
		if below, err := t.View().HasChildren(e.Name.Norm); err != nil || below {
			return err
		}
		return t.Delete(e.Name, operation.ReplicaChange{})
	case first(e, there):
		r.c.log.Warn("two entries of one name", "name", name.Pretty, "renamed", uuid.UUID(csn.EntryUUID(there)).String())
		if err := r.rename(there); err != nil {
			return err
		}
		if e, err = r.find(u.id); err != nil || e == nil { // perhaps it stood below that one
			return err
		}
		return t.Rename(e.Name, name, false, quiet)
	}
	r.c.log.Warn("two entries of one name", "name", name.Pretty, "renamed", uuid.UUID(u.id).String())
	return r.touch(e)
}

// rename gives an entry its UUID as part of its name, as a change of our own.
func (r *run) rename(e *entry.Entry) error {
	name, err := r.c.asideName(e)
	if err != nil {
		return err
	}
	t, err := r.begin()
	if err != nil {
		return err
	}
	if err := t.Rename(e.Name, name, false, operation.ReplicaChange{CSN: csn.EntryCSN(e)}); err != nil {
		return err
	}
	now, err := r.find(csn.EntryUUID(e))
	if err != nil || now == nil {
		return fmt.Errorf("%q is lost: %v", name.Pretty, err)
	}
	return r.touch(now)
}

// first tells whether a was made before b; every server comes to the same.
func first(a, b *entry.Entry) bool {
	if n := strings.Compare(a.First("createTimestamp"), b.First("createTimestamp")); n != 0 {
		return n < 0
	}
	x, y := csn.EntryUUID(a), csn.EntryUUID(b)
	return slices.Compare(x[:], y[:]) < 0
}

// makeGlue leaves of an entry that is gone from the content what those below need.
func (r *run) makeGlue(e *entry.Entry) error {
	t, err := r.begin()
	if err != nil {
		return err
	}
	rdn, _ := dn.SplitPretty(e.Name.Pretty)
	avas, err := dn.ParseRDN(rdn)
	if err != nil {
		return err
	}
	list := []wire.Change{{Op: wire.ModReplace, Type: "objectClass", Values: [][]byte{[]byte("top"), []byte(glue)}},
		{Op: wire.ModReplace, Type: "entryUUID", Values: [][]byte{[]byte(uuid.NewString())}}}
next:
	for i := range e.Attrs {
		a := &e.Attrs[i]
		if a.Type.Operational() || strings.EqualFold(a.Desc, "objectClass") {
			continue
		}
		for _, one := range avas {
			if strings.EqualFold(one.Type, a.Desc) {
				continue next
			}
		}
		list = append(list, wire.Change{Op: wire.ModDelete, Type: a.Desc})
	}
	return t.Modify(e.Name, list, operation.ReplicaChange{})
}
