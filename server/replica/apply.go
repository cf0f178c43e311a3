package replica

import (
	"bytes"
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/uuid"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/operation"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

// glue is the class of entries that stand in for parents outside the content.
const glue = "glue"

func isGlue(e *entry.Entry) bool { return e.IsClass(glue) }

// isStandIn tells whether glue has the UUID of the entry that it stands in for: no
// other one takes its place.
func isStandIn(e *entry.Entry) bool { return isGlue(e) && e.IsClass("extensibleObject") }

// own are attributes that each server makes itself.
var own = map[string]bool{"contextcsn": true, "subschemasubentry": true, "hassubordinates": true, "entrydn": true,
	"numsubordinates": true, "entryid": true, "parentid": true}

// find reads an entry of the copy by its UUID; nil when there is none.
func (r *run) find(id csn.UUID) (*entry.Entry, error) {
	t, err := r.begin()
	if err != nil {
		return nil, err
	}
	return r.c.s.FindUUID(t.View(), r.c.db.Suffixes(), id)
}

func (r *run) lookup(norm string) (e *entry.Entry, kids bool, err error) {
	t, err := r.begin()
	if err != nil {
		return nil, false, err
	}
	if e, err = t.View().Lookup(norm); e != nil && err == nil {
		kids, err = t.View().HasChildren(norm)
	}
	return e, kids, err
}

// version is an entry as the provider sent it.
type version struct {
	e      *entry.Entry
	id     csn.UUID
	parent csn.UUID // of the entry above; zero: not told
	change operation.ReplicaChange
}

// entryOf makes an entry of what the provider sent.
func (c *Consumer) entryOf(m *ldap.Entry, id csn.UUID) (*version, error) {
	name, err := c.name(m.DN)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", m.DN, err)
	}
	v := &version{e: entry.New(name), id: id}
	sch := c.s.Schema()
	for _, a := range m.Attributes {
		if a.Name == operation.AttrParentUUID {
			v.parent, _ = csn.ParseUUID(a.Values[0])
			continue
		}
		if own[strings.ToLower(a.Name)] || len(a.ByteValues) == 0 || c.without(a.Name) {
			continue
		}
		values := make([][]byte, len(a.ByteValues))
		for i, b := range a.ByteValues {
			values[i] = bytes.Clone(b)
		}
		c.massage(a.Name, values)
		if err := v.e.Add(sch, a.Name, values...); err != nil {
			return nil, fmt.Errorf("%q: %s: %w", m.DN, a.Name, err)
		}
	}
	if c.set.Massage != "" && name.Norm == c.here.Norm {
		// The base has another name here, and the values of that.
		rdn, _ := dn.SplitPretty(name.Pretty)
		avas, err := dn.ParseRDN(rdn)
		if err != nil {
			return nil, err
		}
		for _, a := range avas {
			if err := v.e.Add(sch, a.Type, bytes.Clone(a.Value)); err != nil {
				return nil, fmt.Errorf("%q: %w", name.Pretty, err)
			}
		}
	}
	if len(v.e.Attrs) == 0 {
		return nil, fmt.Errorf("%q came without attributes: the provider does not show them", m.DN)
	}
	if err := v.e.Put(sch, "entryUUID", []byte(uuid.UUID(id).String())); err != nil {
		return nil, err
	}
	v.change = operation.ReplicaChange{CSN: csn.EntryCSN(v.e), Check: c.set.CheckAll}
	return v, nil
}

// without tells whether exattrs leaves an attribute out.
func (c *Consumer) without(name string) bool {
	for _, w := range c.set.Without {
		if strings.EqualFold(w, name) {
			return true
		}
		if t := c.s.Schema().AttributeType(name); t != nil {
			if x := c.s.Schema().AttributeType(w); x != nil && t.Is(x) {
				return true
			}
		}
	}
	return false
}

// name parses a name of the provider's and gives it the form that it has here.
func (c *Consumer) name(text string) (dn.Name, error) {
	n, err := c.s.Name(text)
	if err != nil || c.set.Massage == "" || !n.IsSuffix(c.there) {
		return n, err
	}
	if n.Norm == c.there.Norm {
		return c.here, nil
	}
	rest := n.Pretty[:len(n.Pretty)-len(c.there.Pretty)]
	if !strings.HasSuffix(n.Pretty, c.there.Pretty) {
		// other spelling: by the normal form
		rest = n.Norm[:len(n.Norm)-len(c.there.Norm)]
	}
	return c.s.Name(rest + c.here.Pretty)
}

// massage brings values that are names to the form that they have here.
func (c *Consumer) massage(attr string, values [][]byte) {
	if c.set.Massage == "" {
		return
	}
	t := c.s.Schema().AttributeType(attr)
	if t == nil || t.Syntax == nil || t.Syntax.OID != "1.3.6.1.4.1.1466.115.121.1.12" {
		return
	}
	for i, v := range values {
		if n, err := c.s.Name(string(v)); err == nil && n.IsSuffix(c.there) {
			if n, err = c.name(string(v)); err == nil {
				values[i] = []byte(n.Pretty)
			}
		}
	}
}

// store makes the copy's entry with this UUID what the provider sent. It gives the
// CSN of what it stored; zero when nothing was.
func (r *run) store(m *ldap.Entry, id csn.UUID) (csn.CSN, error) {
	v, err := r.c.entryOf(m, id)
	if err != nil {
		return csn.CSN{}, err
	}
	have, err := r.find(id)
	if err != nil {
		return csn.CSN{}, err
	}
	if r.c.merges() {
		if old, err := r.outdated(have, v); old || err != nil {
			return csn.CSN{}, err
		}
		if err := r.place(have, v); err != nil {
			return csn.CSN{}, err
		}
	}
	return v.change.CSN, r.put(have, v)
}

// put brings the entry have, which may be nil, to a version.
func (r *run) put(have *entry.Entry, v *version) error {
	t, err := r.begin()
	if err != nil {
		return err
	}
	if have != nil && have.Name.Norm == v.e.Name.Norm {
		return r.change(have, v)
	}
	there, kids, err := r.lookup(v.e.Name.Norm)
	if err != nil {
		return err
	}
	if there != nil && have == nil && isGlue(there) && !isStandIn(there) {
		return r.change(there, v)
	}
	adopt := false
	if there != nil {
		// Its place is another's now: that one was renamed or deleted too.
		if err := r.makeRoom(there, kids); err != nil {
			return err
		}
		adopt = kids && isGlue(there) && !isStandIn(there)
		if have != nil { // perhaps it stands below that one
			if have, err = r.find(v.id); err != nil || have == nil {
				return errors.Join(err, fmt.Errorf("%q is lost", v.e.Name.Pretty))
			}
		}
	}
	if err := r.parents(v.e.Name); err != nil {
		return err
	}
	if have == nil {
		if err := t.Add(v.e, v.change); err != nil {
			return fmt.Errorf("add %q: %w", v.e.Name.Pretty, err)
		}
		return r.changed()
	}
	from := have.Name
	if err := t.Rename(from, v.e.Name, false, operation.ReplicaChange{CSN: v.change.CSN}); err != nil {
		return fmt.Errorf("rename %q to %q: %w", from.Pretty, v.e.Name.Pretty, err)
	}
	if have, err = r.find(v.id); err != nil || have == nil {
		return errors.Join(err, fmt.Errorf("%q is lost", v.e.Name.Pretty))
	}
	if adopt {
		// Some of what belongs below it came first, and stood below glue.
		if err := r.adopt(there.ID, v.e.Name); err != nil {
			return err
		}
	}
	if err := r.tidy(from.Parent()); err != nil {
		return err
	}
	return r.change(have, v)
}

// adopt moves what is below a glue entry below another, and removes the glue.
func (r *run) adopt(id uint64, to dn.Name) error {
	t, err := r.begin()
	if err != nil {
		return err
	}
	from, kids, err := r.children(id)
	if err != nil || from == nil {
		return err
	}
	for _, k := range kids {
		rdn, _ := dn.SplitPretty(k.Name.Pretty)
		name, err := r.c.s.Name(rdn + "," + to.Pretty)
		if err != nil {
			return err
		}
		there, below, err := r.lookup(name.Norm)
		if err != nil {
			return err
		}
		if there != nil && isGlue(k) {
			if err := r.adopt(k.ID, there.Name); err != nil {
				return err
			}
			continue
		}
		if there != nil {
			if err := r.makeRoom(there, below); err != nil {
				return err
			}
		}
		if err := t.Rename(k.Name, name, false, operation.ReplicaChange{CSN: csn.EntryCSN(k)}); err != nil {
			return fmt.Errorf("rename %q to %q: %w", k.Name.Pretty, name.Pretty, err)
		}
		if there != nil && below && isGlue(there) {
			if err := r.adopt(there.ID, name); err != nil {
				return err
			}
		}
	}
	return t.Delete(from.Name, operation.ReplicaChange{})
}

// children gives an entry by its id, and those directly below it.
func (r *run) children(id uint64) (e *entry.Entry, kids []*entry.Entry, err error) {
	t, err := r.begin()
	if err != nil {
		return nil, nil, err
	}
	m, ok := t.View().(backend.MetaView)
	if !ok {
		return nil, nil, nil
	}
	if e, err = m.ByID(id); e == nil || err != nil {
		return nil, nil, err
	}
	q := &backend.Query{Ctx: r.ctx, Base: e.Name, Scope: wire.ScopeOne, Filter: r.c.s.Everything()}
	err = t.View().Search(q, func(k *entry.Entry) bool { kids = append(kids, k); return true })
	return e, kids, err
}

// makeRoom frees a name. In an exact copy a leaf is deleted, for the provider
// names what it still has; one with others below it, and every entry where there
// are several providers, gets another name until a state is complete.
func (r *run) makeRoom(e *entry.Entry, kids bool) error {
	t, err := r.begin()
	if err != nil {
		return err
	}
	quiet := operation.ReplicaChange{CSN: csn.EntryCSN(e)}
	if !kids && (!r.c.merges() || isGlue(e) && !isStandIn(e)) {
		return t.Delete(e.Name, operation.ReplicaChange{})
	}
	name, err := r.c.asideName(e)
	if err != nil {
		return err
	}
	if r.c.merges() && !isGlue(e) {
		if err := r.displace(e); err != nil {
			return err
		}
	}
	return t.Rename(e.Name, name, false, quiet)
}

// asideName is the name of an entry whose name another one has: its UUID is put
// into the RDN.
func (c *Consumer) asideName(e *entry.Entry) (dn.Name, error) {
	rdn, up := dn.SplitPretty(e.Name.Pretty)
	if up == "" || isSuffix(c.db, e.Name.Norm) {
		return dn.Name{}, fmt.Errorf("%q is another entry here", e.Name.Pretty)
	}
	return c.s.Name(rdn + "+entryUUID=" + uuid.UUID(csn.EntryUUID(e)).String() + "," + up)
}

func isSuffix(db backend.Backend, norm string) bool {
	for _, s := range db.Suffixes() {
		if s.Norm == norm {
			return true
		}
	}
	return false
}

// parents makes glue where the parents of a name are missing.
func (r *run) parents(name dn.Name) error {
	if isSuffix(r.c.db, name.Norm) {
		return nil
	}
	up := name.Parent()
	e, _, err := r.lookup(up.Norm)
	if e != nil || err != nil || up.Norm == "" {
		return err
	}
	return r.addGlue(up, csn.UUID{})
}

// addGlue stands in for an entry that is missing. id is its UUID, when it is known:
// then the entry itself takes this one's place when it comes.
func (r *run) addGlue(name dn.Name, id csn.UUID) error {
	if err := r.parents(name); err != nil {
		return err
	}
	t, err := r.begin()
	if err != nil {
		return err
	}
	g := entry.New(name)
	if err := g.Add(r.c.s.Schema(), "objectClass", []byte("top"), []byte(glue)); err != nil {
		return err
	}
	if id != (csn.UUID{}) {
		if err := g.Add(r.c.s.Schema(), "objectClass", []byte("extensibleObject")); err != nil {
			return err
		}
		if err := g.Put(r.c.s.Schema(), "entryUUID", []byte(uuid.UUID(id).String())); err != nil {
			return err
		}
	}
	return t.Add(g, operation.ReplicaChange{})
}

// tidy removes glue that nothing stands below any more.
func (r *run) tidy(name dn.Name) error {
	for ; name.Norm != "" && !isSuffix(r.c.db, name.Norm); name = name.Parent() {
		e, kids, err := r.lookup(name.Norm)
		if err != nil || e == nil || kids || !isGlue(e) {
			return err
		}
		t, err := r.begin()
		if err != nil {
			return err
		}
		if err := t.Delete(name, operation.ReplicaChange{}); err != nil {
			return err
		}
	}
	return nil
}

// change brings an entry to the attributes of a version. Only attributes that
// the search asks for can be missed in what came.
func (r *run) change(have *entry.Entry, v *version) error {
	var list []wire.Change
	for i := range v.e.Attrs {
		a := &v.e.Attrs[i]
		if old := have.Find(a.Desc); old == nil || !sameValues(old.Values, a.Values) {
			list = append(list, wire.Change{Op: wire.ModReplace, Type: a.Desc, Values: a.Values})
		}
	}
	for i := range have.Attrs {
		a := &have.Attrs[i]
		if v.e.Has(a.Desc) || own[strings.ToLower(a.Desc)] || !r.c.asksFor(a) {
			continue
		}
		list = append(list, wire.Change{Op: wire.ModDelete, Type: a.Desc})
	}
	if len(list) == 0 {
		return nil
	}
	t, err := r.begin()
	if err != nil {
		return err
	}
	if err := t.Modify(have.Name, list, v.change); err != nil {
		return fmt.Errorf("modify %q: %w", have.Name.Pretty, err)
	}
	return r.changed()
}

func (c *Consumer) asksFor(a *entry.Attr) bool {
	if c.without(a.Desc) {
		return false
	}
	if len(c.set.Attrs) == 0 {
		return !a.Type.Operational()
	}
	for _, w := range c.set.Attrs {
		switch {
		case w == "*" && !a.Type.Operational(), w == "+" && a.Type.Operational(), strings.EqualFold(w, a.Type.Name()):
			return true
		}
	}
	return false
}

// sameValues compares sets of values octet by octet, in any order.
func sameValues(a, b [][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	if len(a) == 1 {
		return bytes.Equal(a[0], b[0])
	}
	in := make(map[string]int, len(a))
	for _, v := range a {
		in[string(v)]++
	}
	for _, v := range b {
		if in[string(v)]--; in[string(v)] < 0 {
			return false
		}
	}
	return true
}

// gone is an entry that is to be removed.
type gone struct {
	id csn.UUID
	at csn.CSN // the CSN of the delete; zero: not known
}

// remove deletes entries, those below first. What has others below it waits until
// the state is complete. state is what the provider knows, for deletes without a CSN.
func (r *run) remove(list []gone, state csn.Vector) error {
	type one struct {
		gone
		norm string
	}
	var there []one
	for _, g := range list {
		e, err := r.find(g.id)
		if err != nil {
			return err
		}
		switch {
		case e == nil || isGlue(e):
			if r.c.mode.Multi {
				t, err := r.begin()
				if err != nil {
					return err
				}
				if err := t.Gone(g.id, g.at); err != nil {
					return err
				}
			}
		case r.survives(e, g.at, state):
		default:
			there = append(there, one{g, e.Name.Norm})
		}
	}
	sort.SliceStable(there, func(i, j int) bool { return depth(there[i].norm) > depth(there[j].norm) })
	for _, g := range there {
		e, err := r.find(g.id)
		if err != nil {
			return err
		}
		if e == nil {
			continue
		}
		if err := r.removeOne(e, g.gone, state); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) removeOne(e *entry.Entry, g gone, state csn.Vector) error {
	t, err := r.begin()
	if err != nil {
		return err
	}
	kids, err := t.View().HasChildren(e.Name.Norm)
	if err != nil {
		return err
	}
	if kids {
		r.open = append(r.open, unsettled{id: g.id, deleted: true, at: g.at, state: state})
		return nil
	}
	if err := t.Delete(e.Name, operation.ReplicaChange{CSN: g.at}); err != nil {
		return fmt.Errorf("delete %q: %w", e.Name.Pretty, err)
	}
	if err := r.tidy(e.Name.Parent()); err != nil {
		return err
	}
	return r.changed()
}

func depth(norm string) (n int) {
	for ; norm != ""; norm = dn.ParentNorm(norm) {
		n++
	}
	return n
}
