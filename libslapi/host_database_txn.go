package main

/*
#include "database.h"
*/
import "C"

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"unsafe"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

// dbTxn is a transaction on a plug-in's database. Parts of it are undone by
// changes the other way round, all of it too when the plug-in knows no
// transactions.
type dbTxn struct {
	dbView
	txn     unsafe.Pointer // what the plug-in's begin function set as SLAPI_TXN
	journal []changed
	locked  bool // readers are kept out
	done    bool
	context []byte // the context CSNs to be written; nil: as they are
}

// changed is a change that was made: from before (nil: nothing) to after (nil:
// nothing).
type changed struct{ before, after *entry.Entry }

var (
	_ backend.Txn          = (*dbTxn)(nil)
	_ backend.MetaTxn      = (*dbTxn)(nil)
	_ backend.NameExpecter = (*dbTxn)(nil)
)

// BeginFor is a method of plugin.OperationBackend: it waits for the writer's turn.
func (db *pluginDB) BeginFor(ctx context.Context, op *plugin.Operation) (backend.Txn, error) {
	if !db.running() {
		return nil, errDatabaseClosed
	}
	select {
	case db.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	t := &dbTxn{dbView: dbView{db: db, op: op, ctx: ctx, gen: db.commits.Load() + 1}}
	t.dbView.tx = t
	if !db.isolate {
		c := db.newCall(op, nil, plugin.KindModify, db.suffix())
		defer c.free()
		if err := c.do(C.SLAPI_PLUGIN_DB_BEGIN_FN); err != nil {
			<-db.turn
			return nil, err
		}
		t.txn = c.st.ptr(C.SLAPI_TXN)
	}
	return t, nil
}

// ExpectNames tells the plug-in, with the next search, what is looked up next.
func (t *dbTxn) ExpectNames(norms ...string) { t.names = append(t.names, norms...) }

// Close is the end of a view; a transaction has an end of its own.
func (t *dbTxn) Close() {}

// Add stores a new entry.
func (t *dbTxn) Add(e *entry.Entry) error {
	if e.ID == 0 {
		e.ID = idOf(e)
	}
	return t.change(nil, e)
}

// Replace stores now in the place of old.
func (t *dbTxn) Replace(old, now *entry.Entry) error {
	now.ID = old.ID
	return t.change(old, now)
}

// Rename gives an entry another name, and with it those below.
func (t *dbTxn) Rename(old, now *entry.Entry) error {
	now.ID = old.ID
	return t.change(old, now)
}

// Delete removes a leaf.
func (t *dbTxn) Delete(e *entry.Entry) error { return t.change(e, nil) }

func (t *dbTxn) change(before, after *entry.Entry) error {
	if t.done {
		return errDatabaseClosed
	}
	if t.db.isolate && !t.locked {
		t.db.rw.Lock()
		t.locked = true
	}
	if err := t.make(before, after); err != nil {
		return err
	}
	t.journal = append(t.journal, changed{before, after})
	return nil
}

// make calls the plug-in for one change.
func (t *dbTxn) make(before, after *entry.Entry) error {
	switch {
	case before == nil:
		c := t.newChange(plugin.KindAdd, after.Name, nil, after)
		defer c.free()
		c.op.Add = &plugin.AddPart{Entry: after}
		return c.do(C.SLAPI_PLUGIN_DB_ADD_FN)
	case after == nil:
		c := t.newChange(plugin.KindDelete, before.Name, before, nil)
		defer c.free()
		return c.do(C.SLAPI_PLUGIN_DB_DELETE_FN)
	case before.Name.Norm == after.Name.Norm && before.Name.Pretty == after.Name.Pretty:
		changes := entry.Diff(before, after)
		if len(changes) == 0 {
			return nil
		}
		c := t.newChange(plugin.KindModify, before.Name, before, after)
		defer c.free()
		c.op.Modify = &plugin.ModifyPart{Changes: changes}
		return c.do(C.SLAPI_PLUGIN_DB_MODIFY_FN)
	}
	c := t.newChange(plugin.KindModDN, before.Name, before, after)
	defer c.free()
	c.op.ModDN = renameOf(before, after)
	return c.do(C.SLAPI_PLUGIN_DB_MODRDN_FN)
}

func (t *dbTxn) newChange(kind plugin.Kind, name dn.Name, before, after *entry.Entry) *dbCall {
	c := t.db.newCall(t.op, t, kind, name)
	c.op.Before, c.op.After = before, after
	return c
}

// renameOf says a change of name as a request does: the new RDN, whether the
// values of the old one go, the new parent, and what else changes in the entry.
func renameOf(before, after *entry.Entry) *plugin.ModDNPart {
	rdn, _ := dn.SplitPretty(after.Name.Pretty)
	m := &plugin.ModDNPart{NewRDN: rdn}
	if up := after.Name.Parent(); up.Norm != before.Name.Parent().Norm {
		m.NewSuperior, m.RawNewSuperior = &up, up.Pretty
	}
	named := before.Clone()
	s := activeSchema()
	old, _ := dn.SplitPretty(before.Name.Pretty)
	apply := func(text string, op wire.ModOp) {
		avas, err := dn.ParseRDN(text)
		if err != nil {
			return
		}
		for _, a := range avas {
			ch := []wire.Change{{Op: op, Type: a.Type, Values: [][]byte{a.Value}}}
			named.Apply(s, ch, entry.ApplyOptions{Lenient: true, NoSchema: true, AllowUnknown: true, KeepNames: true})
		}
	}
	if avas, err := dn.ParseRDN(old); err == nil {
		for _, a := range avas {
			d := describe(s, a.Type)
			at := after.Get(d)
			has := false
			if at != nil {
				has, _ = at.Has(a.Value)
			}
			m.DeleteOldRDN = m.DeleteOldRDN || !has
		}
	}
	if m.DeleteOldRDN {
		apply(old, wire.ModDelete)
	}
	apply(rdn, wire.ModAdd)
	m.Changes = entry.Diff(named, after)
	return m
}

func (t *dbTxn) Savepoint() int { return len(t.journal) }

// RollbackTo undoes the changes since a savepoint, the last one first.
func (t *dbTxn) RollbackTo(mark int) error {
	for len(t.journal) > mark {
		last := t.journal[len(t.journal)-1]
		if err := t.make(last.after, last.before); err != nil {
			return err
		}
		t.journal = t.journal[:len(t.journal)-1]
	}
	return nil
}

// Commit makes the changes durable, as far as the plug-in does.
func (t *dbTxn) Commit() error {
	if t.done {
		return errDatabaseClosed
	}
	err := t.writeContext()
	if err == nil && !t.db.isolate {
		err = t.end(C.SLAPI_PLUGIN_DB_COMMIT_FN)
	}
	if err != nil {
		t.Abort()
		return err
	}
	if t.context != nil {
		t.db.context.set(t.context)
	}
	t.db.commits.Add(1)
	t.leave()
	return nil
}

// Abort undoes everything.
func (t *dbTxn) Abort() {
	if t.done {
		return
	}
	var err error
	if !t.db.isolate && t.db.has(C.SLAPI_PLUGIN_DB_ABORT_FN) {
		err = t.end(C.SLAPI_PLUGIN_DB_ABORT_FN)
	} else if err = t.RollbackTo(0); err == nil && !t.db.isolate {
		err = t.end(C.SLAPI_PLUGIN_DB_COMMIT_FN)
	}
	if err != nil {
		t.db.h.log.Error("changes of a database plug-in could not be undone", "database", t.db.name, "error", err.Error())
	}
	t.leave()
}

func (t *dbTxn) end(id C.int) error {
	if !t.db.has(id) {
		return nil
	}
	c := t.newChange(plugin.KindModify, t.db.suffix(), nil, nil)
	defer c.free()
	return c.do(id)
}

func (t *dbTxn) leave() {
	t.done = true
	if t.locked {
		t.locked = false
		t.db.rw.Unlock()
	}
	<-t.db.turn
}

// SetMeta notes the context CSNs; a plug-in's database keeps nothing else.
func (t *dbTxn) SetMeta(key string, v []byte) error {
	if key != csn.ContextKey {
		return wire.Errorf(wire.UnwillingToPerform, "database %s keeps no state of a consumer", t.db.name)
	}
	t.context = append([]byte{}, v...)
	return nil
}

func (t *dbTxn) Meta(key string) ([]byte, error) {
	if key == csn.ContextKey && t.context != nil {
		return t.context, nil
	}
	return t.dbView.Meta(key)
}

const contextAttr = "contextCSN"

// writeContext stores the context CSNs as contextCSN of the suffix entry.
func (t *dbTxn) writeContext() error {
	if t.context == nil {
		return nil
	}
	for _, s := range t.db.suffixes {
		e, err := t.Lookup(s.Norm)
		if err != nil {
			return err
		}
		if e == nil {
			continue
		}
		c := t.newChange(plugin.KindModify, e.Name, nil, nil)
		defer c.free()
		var values [][]byte
		for _, v := range strings.Split(string(t.context), ";") {
			values = append(values, []byte(v))
		}
		after := e.Clone()
		after.Put(activeSchema(), contextAttr, values...)
		c.op.Before, c.op.After = e, after
		c.op.Modify = &plugin.ModifyPart{Changes: []wire.Change{{Op: wire.ModReplace, Type: contextAttr, Values: values}}}
		return c.do(C.SLAPI_PLUGIN_DB_MODIFY_FN)
	}
	return nil
}

// contextStore are the context CSNs of a database.
type contextStore struct {
	mu    sync.Mutex
	known bool
	value []byte
}

func (s *contextStore) set(v []byte) {
	s.mu.Lock()
	s.known, s.value = true, v
	s.mu.Unlock()
}

// get reads them, at first from the suffix entry.
func (s *contextStore) get(v *dbView, key string) ([]byte, error) {
	if key != csn.ContextKey {
		return nil, nil
	}
	s.mu.Lock()
	known, value := s.known, s.value
	s.mu.Unlock()
	if known {
		return value, nil
	}
	for _, suffix := range v.db.suffixes {
		plain := dbView{db: v.db, op: v.op, ctx: v.ctx, gen: v.gen, tx: v.tx}
		if _, err := plain.Lookup(suffix.Norm); err != nil { // strip notes them
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = true
	return s.value, nil
}

// strip takes the stored context CSNs off a suffix entry: the server shows those
// in force itself.
func (s *contextStore) strip(db *pluginDB, e *entry.Entry) {
	at := -1
	for i := range e.Attrs {
		if strings.EqualFold(e.Attrs[i].Desc, contextAttr) {
			at = i
		}
	}
	if at < 0 {
		return
	}
	for _, suffix := range db.suffixes {
		if suffix.Norm != e.Name.Norm {
			continue
		}
		s.mu.Lock()
		if !s.known && s.value == nil {
			s.value = bytes.Join(e.Attrs[at].Values, []byte(";"))
		}
		s.mu.Unlock()
		e.Attrs = append(e.Attrs[:at:at], e.Attrs[at+1:]...)
		return
	}
}
