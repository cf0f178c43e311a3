package replica

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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

func isGlue(e *entry.Entry) bool {
	for _, v := range e.Values("objectClass") {
		if strings.EqualFold(string(v), glue) {
			return true
		}
	}
	return false
}

// own are attributes that each server makes itself.
var own = map[string]bool{"contextcsn": true, "subschemasubentry": true, "hassubordinates": true, "entrydn": true,
	"numsubordinates": true, "entryid": true, "parentid": true}

// find reads an entry of the copy by its UUID; nil when there is none.
func (c *Consumer) find(ctx context.Context, id csn.UUID) (*entry.Entry, error) {
	n, ok := c.ids[id]
	if !ok {
		return nil, nil
	}
	v, err := c.db.View(ctx)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	m, ok := v.(interface {
		ByID(id uint64) (*entry.Entry, error)
	})
	if !ok {
		return nil, errors.New("the database has no ids")
	}
	e, err := m.ByID(n)
	if err != nil || e == nil || csn.EntryUUID(e) != id {
		return nil, err
	}
	return e, nil
}

func (c *Consumer) lookup(ctx context.Context, norm string) (e *entry.Entry, kids bool, err error) {
	v, err := c.db.View(ctx)
	if err != nil {
		return nil, false, err
	}
	defer v.Close()
	if e, err = v.Lookup(norm); e != nil && err == nil {
		kids, err = v.HasChildren(norm)
	}
	return e, kids, err
}

// entryOf makes an entry of what the provider sent.
func (c *Consumer) entryOf(m *ldap.Entry, id csn.UUID) (*entry.Entry, error) {
	name, err := c.s.Name(m.DN)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", m.DN, err)
	}
	e, sch := entry.New(name), c.s.Schema()
	for _, a := range m.Attributes {
		if own[strings.ToLower(a.Name)] || len(a.ByteValues) == 0 {
			continue
		}
		values := make([][]byte, len(a.ByteValues))
		for i, v := range a.ByteValues {
			values[i] = bytes.Clone(v)
		}
		if err := e.Add(sch, a.Name, values...); err != nil {
			return nil, fmt.Errorf("%q: %s: %w", m.DN, a.Name, err)
		}
	}
	if sch.AttributeType("entryUUID") != nil {
		if err := e.Put(sch, "entryUUID", []byte(uuid.UUID(id).String())); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// store makes the copy's entry with this UUID what the provider sent.
func (c *Consumer) store(ctx context.Context, m *ldap.Entry, id csn.UUID, mark *operation.ReplicaMark) error {
	now, err := c.entryOf(m, id)
	if err != nil {
		return err
	}
	if len(now.Attrs) <= 1 {
		return fmt.Errorf("%q came without attributes: the provider does not show them", m.DN)
	}
	mark.CSN = csn.EntryCSN(now)
	quiet := &operation.ReplicaMark{CSN: mark.CSN}
	have, err := c.find(ctx, id)
	if err != nil {
		return err
	}
	if have != nil && have.Name.Norm == now.Name.Norm {
		return c.change(ctx, have, now, mark)
	}
	there, kids, err := c.lookup(ctx, now.Name.Norm)
	if err != nil {
		return err
	}
	if there != nil && have == nil && isGlue(there) {
		c.ids[id] = there.ID
		return c.change(ctx, there, now, mark)
	}
	adopt := false
	if there != nil {
		// Its place is another's now: that one was renamed or deleted too.
		if err := c.makeRoom(ctx, there, kids); err != nil {
			return err
		}
		adopt = kids && isGlue(there)
	}
	if err := c.parent(ctx, now.Name); err != nil {
		return err
	}
	if have == nil {
		if err := c.s.ReplicaAdd(ctx, c.db.Name(), now, mark); err != nil {
			return fmt.Errorf("add %q: %w", now.Name.Pretty, err)
		}
		c.ids[id] = now.ID
		return nil
	}
	if err := c.s.ReplicaRename(ctx, c.db.Name(), have.Name, now.Name, quiet); err != nil {
		return fmt.Errorf("rename %q to %q: %w", have.Name.Pretty, now.Name.Pretty, err)
	}
	if have, err = c.find(ctx, id); err != nil || have == nil {
		return errors.Join(err, fmt.Errorf("%q is lost", now.Name.Pretty))
	}
	if adopt {
		// Some of what belongs below it came first, and stood below glue.
		if err := c.adopt(ctx, there.ID, now.Name); err != nil {
			return err
		}
	}
	return c.change(ctx, have, now, mark)
}

// adopt moves what is below a glue entry below another, and removes the glue.
func (c *Consumer) adopt(ctx context.Context, id uint64, to dn.Name) error {
	from, kids, err := c.children(ctx, id)
	if err != nil || from == nil {
		return err
	}
	for _, k := range kids {
		rdn, _ := dn.SplitPretty(k.Name.Pretty)
		name, err := c.s.Name(rdn + "," + to.Pretty)
		if err != nil {
			return err
		}
		there, below, err := c.lookup(ctx, name.Norm)
		if err != nil {
			return err
		}
		if there != nil && isGlue(k) {
			if err := c.adopt(ctx, k.ID, there.Name); err != nil {
				return err
			}
			continue
		}
		if there != nil {
			if err := c.makeRoom(ctx, there, below); err != nil {
				return err
			}
		}
		if err := c.s.ReplicaRename(ctx, c.db.Name(), k.Name, name, &operation.ReplicaMark{CSN: csn.EntryCSN(k)}); err != nil {
			return fmt.Errorf("rename %q to %q: %w", k.Name.Pretty, name.Pretty, err)
		}
		if there != nil && below && isGlue(there) {
			if err := c.adopt(ctx, there.ID, name); err != nil {
				return err
			}
		}
	}
	return c.s.ReplicaDelete(ctx, c.db.Name(), from.Name, &operation.ReplicaMark{})
}

// children gives an entry by its id, and those directly below it.
func (c *Consumer) children(ctx context.Context, id uint64) (e *entry.Entry, kids []*entry.Entry, err error) {
	v, err := c.db.View(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer v.Close()
	m, ok := v.(backend.MetaView)
	if !ok {
		return nil, nil, nil
	}
	if e, err = m.ByID(id); e == nil || err != nil {
		return nil, nil, err
	}
	q := &backend.Query{Ctx: ctx, Base: e.Name, Scope: wire.ScopeOne, Filter: c.s.Everything()}
	err = v.Search(q, func(k *entry.Entry) bool { kids = append(kids, k); return true })
	return e, kids, err
}

// makeRoom frees a name: a leaf is deleted, for the provider names what it
// still has; one with others below it gets another name until its turn comes.
func (c *Consumer) makeRoom(ctx context.Context, e *entry.Entry, kids bool) error {
	quiet := &operation.ReplicaMark{CSN: csn.EntryCSN(e)}
	if !kids {
		delete(c.ids, csn.EntryUUID(e))
		return c.s.ReplicaDelete(ctx, c.db.Name(), e.Name, quiet)
	}
	rdn, up := dn.SplitPretty(e.Name.Pretty)
	if up == "" {
		return fmt.Errorf("%q is another entry here", e.Name.Pretty)
	}
	typ, _, _ := strings.Cut(rdn, "=")
	name, err := c.s.Name(typ + "=" + uuid.UUID(csn.EntryUUID(e)).String() + "," + up)
	if err != nil {
		return err
	}
	return c.s.ReplicaRename(ctx, c.db.Name(), e.Name, name, quiet)
}

// parent makes glue where the parents of a name are missing.
func (c *Consumer) parent(ctx context.Context, name dn.Name) error {
	for _, s := range c.db.Suffixes() {
		if s.Norm == name.Norm {
			return nil
		}
	}
	up := name.Parent()
	e, _, err := c.lookup(ctx, up.Norm)
	if e != nil || err != nil || up.Norm == "" {
		return err
	}
	if err := c.parent(ctx, up); err != nil {
		return err
	}
	g := entry.New(up)
	if err := g.Add(c.s.Schema(), "objectClass", []byte("top"), []byte(glue)); err != nil {
		return err
	}
	return c.s.ReplicaAdd(ctx, c.db.Name(), g, &operation.ReplicaMark{})
}

// change brings an entry to its new attributes. Only attributes that the
// search asks for can be missed in what came.
func (c *Consumer) change(ctx context.Context, have, now *entry.Entry, mark *operation.ReplicaMark) error {
	var list []wire.Change
	for i := range now.Attrs {
		a := &now.Attrs[i]
		if old := have.Find(a.Desc); old == nil || !sameValues(old.Values, a.Values) {
			list = append(list, wire.Change{Op: wire.ModReplace, Type: a.Desc, Values: a.Values})
		}
	}
	for i := range have.Attrs {
		a := &have.Attrs[i]
		if now.Has(a.Desc) || own[strings.ToLower(a.Desc)] || !c.asksFor(a) {
			continue
		}
		list = append(list, wire.Change{Op: wire.ModDelete, Type: a.Desc})
	}
	if len(list) == 0 {
		if mark.Cookie == nil {
			return nil
		}
		return c.s.ReplicaState(ctx, c.db.Name(), mark)
	}
	if err := c.s.ReplicaModify(ctx, c.db.Name(), have.Name, list, mark); err != nil {
		return fmt.Errorf("modify %q: %w", have.Name.Pretty, err)
	}
	return nil
}

func (c *Consumer) asksFor(a *entry.Attr) bool {
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

// removeOne deletes an entry, or makes it glue when others are below it.
func (c *Consumer) removeOne(ctx context.Context, e *entry.Entry, mark *operation.ReplicaMark) error {
	_, kids, err := c.lookup(ctx, e.Name.Norm)
	if err != nil {
		return err
	}
	if !kids {
		if err := c.s.ReplicaDelete(ctx, c.db.Name(), e.Name, mark); err != nil {
			return fmt.Errorf("delete %q: %w", e.Name.Pretty, err)
		}
		return nil
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
	return c.s.ReplicaModify(ctx, c.db.Name(), e.Name, list, mark)
}
