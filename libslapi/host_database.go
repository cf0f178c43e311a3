package main

/*
#include <stdlib.h>
#include "database.h"
#include "host_util.h"
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"
	"sync/atomic"
	"unsafe"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// pluginDB is a database that a plug-in serves: the pipeline's reads and
// changes become calls of the plug-in's functions.
type pluginDB struct {
	h        *cHost
	p        *hostPlugin // nil for a database that a plug-in made at run time
	name     string
	typ      string
	suffixes []dn.Name
	be       *C.Slapi_Backend
	c        *C.struct_cshim_plugin
	// turn holds the one token of the writer.
	turn chan struct{}
	// isolate: the plug-in knows no transactions, so readers wait while one is
	// under way that has changed something.
	isolate bool
	rw      sync.RWMutex
	commits atomic.Uint64
	context contextStore
}

var (
	_ backend.Backend         = (*pluginDB)(nil)
	_ plugin.OperationBackend = (*pluginDB)(nil)
	_ plugin.WholeBackend     = (*pluginDB)(nil)
)

// newPluginDB makes the database of a plug-in. Its C object gets the plug-in's
// functions.
func (h *cHost) newPluginDB(info plugin.DatabaseInfo, suffixes []dn.Name, p *hostPlugin) *pluginDB {
	db := &pluginDB{h: h, p: p, name: info.Name, typ: info.Type, suffixes: suffixes, c: p.c, turn: make(chan struct{}, 1)}
	db.be = backendOf(info)
	C.cshim_database_init(db.be, p.c)
	db.isolate = !db.has(C.SLAPI_PLUGIN_DB_BEGIN_FN)
	return db
}

func (db *pluginDB) has(id C.int) bool { return C.cshim_database_fn(db.be, id) != nil }

// OpenDatabase is a method of plugin.DatabaseHost.
func (h *cHost) OpenDatabase(spec plugin.DatabaseSpec) (backend.Backend, error) {
	h.mu.Lock()
	var p *hostPlugin
	for _, q := range h.plugins {
		if q.parent == nil && q.spec.Type == "database" && q.spec.Database == spec.Name {
			p = q
		}
	}
	h.mu.Unlock()
	if p == nil {
		return nil, fmt.Errorf("no plug-in of type database is loaded for it")
	}
	info := plugin.DatabaseInfo{Name: spec.Name, Type: spec.Type, ReadOnly: spec.ReadOnly}
	for _, s := range spec.Suffixes {
		info.Suffixes = append(info.Suffixes, s.Pretty)
	}
	db := h.newPluginDB(info, spec.Suffixes, p)
	if !db.has(C.SLAPI_PLUGIN_DB_SEARCH_FN) {
		return nil, h.failure(p.spec, p.path, p.init, "registered no SLAPI_PLUGIN_DB_SEARCH_FN")
	}
	if err := db.configure(spec); err != nil {
		return nil, err
	}
	if err := h.start(p); err != nil {
		return nil, err
	}
	h.mu.Lock()
	h.databases = append(h.databases, p)
	h.mu.Unlock()
	return db, nil
}

// configure calls the init and configuration functions.
func (db *pluginDB) configure(spec plugin.DatabaseSpec) error {
	call := func(id C.int, fill func(pb *C.Slapi_PBlock)) (int, bool) {
		pb := db.h.startBlock(db.p)
		defer C.slapi_pblock_destroy(pb)
		C.cshim_pblock_put_ptr(pb, C.SLAPI_BACKEND, unsafe.Pointer(db.be))
		fill(pb)
		var missing C.int
		rc := onThread(func() C.int { return C.cshim_database_call(db.be, id, pb, 0, &missing) })
		return int(rc), missing == 0
	}
	if rc, _ := call(C.SLAPI_PLUGIN_DB_INIT_FN, func(*C.Slapi_PBlock) {}); rc != 0 {
		return db.h.failure(db.p.spec, db.p.path, "SLAPI_PLUGIN_DB_INIT_FN", fmt.Sprintf("returned %d", rc))
	}
	for _, l := range spec.Lines {
		argv, free := cStrings(l.Words)
		rc, there := call(C.SLAPI_PLUGIN_DB_CONFIG_FN, func(pb *C.Slapi_PBlock) {
			putString(pb, C.SLAPI_CONFIG_FILENAME, spec.File)
			C.cshim_pblock_put_int(pb, C.SLAPI_CONFIG_LINENO, C.int(l.Number))
			C.cshim_pblock_put_int(pb, C.SLAPI_CONFIG_ARGC, C.int(len(l.Words)))
			C.cshim_pblock_put_ptr(pb, C.SLAPI_CONFIG_ARGV, unsafe.Pointer(argv))
		})
		free()
		if !there {
			return fmt.Errorf("line %d: unknown directive <%s> in database %s", l.Number, l.Words[0], spec.Type)
		}
		if rc != 0 {
			return fmt.Errorf("line %d: the plug-in of database %s refused <%s> (%d)", l.Number, spec.Type, l.Words[0], rc)
		}
	}
	return nil
}

func (db *pluginDB) Name() string        { return db.name }
func (db *pluginDB) Type() string        { return db.typ }
func (db *pluginDB) Suffixes() []dn.Name { return db.suffixes }

// Close does nothing: the host closes its plug-ins.
func (db *pluginDB) Close() error { return nil }

// Size is what SLAPI_PLUGIN_DB_SIZE_FN tells, in bytes; ok is false without one.
func (db *pluginDB) Size() (bytes int64, ok bool) {
	if !db.has(C.SLAPI_PLUGIN_DB_SIZE_FN) || !db.running() {
		return 0, false
	}
	c := db.newCall(nil, nil, plugin.KindSearch, db.suffix())
	defer c.free()
	if rc, _ := c.run(C.SLAPI_PLUGIN_DB_SIZE_FN); rc != 0 {
		return 0, false
	}
	return int64(c.st.num(C.SLAPI_DBSIZE)), true
}

// ImportLDIF has the plug-in read a file (SLAPI_PLUGIN_DB_LDIF2DB_FN); did is
// false when it cannot.
func (db *pluginDB) ImportLDIF(file string) (did bool, err error) {
	return db.ldif(C.SLAPI_PLUGIN_DB_LDIF2DB_FN, func(c *dbCall) {
		C.cshim_pblock_put_own(c.state().c.pb, C.SLAPI_LDIF2DB_FILE, unsafe.Pointer(newCharray([]string{file})), (*[0]byte)(C.cshim_free_charray))
	})
}

// ExportLDIF has the plug-in write a file (SLAPI_PLUGIN_DB_DB2LDIF_FN).
func (db *pluginDB) ExportLDIF(file string) (did bool, err error) {
	return db.ldif(C.SLAPI_PLUGIN_DB_DB2LDIF_FN, func(c *dbCall) { putString(c.state().c.pb, C.SLAPI_DB2LDIF_FILE, file) })
}

func (db *pluginDB) ldif(id C.int, fill func(*dbCall)) (did bool, err error) {
	if !db.has(id) || !db.running() {
		return false, nil
	}
	c := db.newCall(nil, nil, plugin.KindModify, db.suffix())
	defer c.free()
	fill(c)
	return true, c.do(id)
}

func (db *pluginDB) suffix() dn.Name {
	if len(db.suffixes) == 0 {
		return dn.Name{}
	}
	return db.suffixes[0]
}

// running tells whether the plug-in has been started and not been closed.
func (db *pluginDB) running() bool { return db.c.host != nil }

var errDatabaseClosed = &wire.Error{Result: wire.Result{Code: wire.Unavailable, Text: "the database is not open"}}

// View opens a view for nobody in particular.
func (db *pluginDB) View(ctx context.Context) (backend.View, error) { return db.ViewFor(ctx, nil) }

// ViewFor is a method of plugin.OperationBackend.
func (db *pluginDB) ViewFor(ctx context.Context, op *plugin.Operation) (backend.View, error) {
	if !db.running() {
		return nil, errDatabaseClosed
	}
	return &dbView{db: db, op: op, ctx: ctx, gen: db.commits.Load()}, nil
}

// Begin opens a transaction for nobody in particular.
func (db *pluginDB) Begin(ctx context.Context) (backend.Txn, error) { return db.BeginFor(ctx, nil) }

// dbCall is one call into the plug-in with its parameter block, and what came
// of it. A search that is read entry by entry is one call from its begin to its
// end.
type dbCall struct {
	db *pluginDB
	op *plugin.Operation
	st *opState
	tx *dbTxn // that it is a part of; may be nil
	// borrowed: the block is that of a client's operation.
	borrowed bool
	yield    func(*entry.Entry) bool
	refer    func(urls []string, controls []wire.Control) error
	stopped  bool // yield wants no more
	sent     bool
	result   wire.Result
	err      error
}

// newCall prepares a call on behalf of op, which may be nil, in tx, which may be
// nil.
func (db *pluginDB) newCall(op *plugin.Operation, tx *dbTxn, kind plugin.Kind, target dn.Name) *dbCall {
	n := &plugin.Operation{Kind: kind, Internal: true, Database: db.name, RawTarget: target.Pretty, Target: target, Parent: op, IsRoot: true}
	if op != nil {
		n.Ctx, n.Conn, n.ID, n.MsgID, n.Started = op.Ctx, op.Conn, op.ID, op.MsgID, op.Started
		n.Requestor, n.IsRoot, n.Controls, n.Internal, n.Flags = op.Requestor, op.IsRoot, op.Controls, op.Internal, op.Flags
		n.Replicated, n.ParentEntry = op.Replicated, op.ParentEntry
	}
	return &dbCall{db: db, op: n, tx: tx}
}

// state makes the parameter block, once the request part of the operation is
// there.
func (c *dbCall) state() *opState {
	if c.st == nil {
		c.st = stateOf(c.op)
		c.st.call = c
		if c.tx != nil && c.tx.txn != nil {
			C.cshim_pblock_put_ptr(c.st.c.pb, C.SLAPI_TXN, c.tx.txn)
		}
	}
	return c.st
}

func (c *dbCall) putInt(id C.int, v int) { C.cshim_pblock_put_int(c.state().c.pb, id, C.int(v)) }

// run calls the function for a parameter. missing: there is none.
func (c *dbCall) run(id C.int) (rc int, missing bool) {
	st := c.state()
	var m C.int
	n := onThread(func() C.int { return C.cshim_database_call(c.db.be, id, st.c.pb, C.uintptr_t(st.handle), &m) })
	return int(n), m != 0
}

func (c *dbCall) free() {
	if c.st == nil || c.borrowed {
		return
	}
	c.op.HostState = nil
	c.st.free()
	c.st = nil
}

// outcome is what a return value, a result that was sent and the parameters
// come to.
func (c *dbCall) outcome(rc int) error {
	if c.err != nil {
		return c.err
	}
	if c.sent {
		if c.result.Code == wire.Success {
			return nil
		}
		return &wire.Error{Result: c.result}
	}
	code := c.st.num(C.SLAPI_RESULT_CODE)
	switch {
	case rc == 0 && code == 0:
		return nil
	case code == 0 && rc > 0:
		code = rc
	case code == 0:
		code = int(wire.OperationsError)
	}
	text := c.st.str(C.SLAPI_RESULT_TEXT)
	if text == "" {
		text = c.st.str(C.SLAPI_PB_RESULT_TEXT)
	}
	return &wire.Error{Result: wire.Result{Code: resultCode(code), Text: text, MatchedDN: c.st.str(C.SLAPI_RESULT_MATCHED)}}
}

// do runs a function that must be there, to its outcome.
func (c *dbCall) do(id C.int) error {
	rc, missing := c.run(id)
	if missing {
		return &wire.Error{Result: wire.Result{Code: wire.UnwillingToPerform, Text: "the database does not support this operation"}}
	}
	return c.outcome(rc)
}

// sendEntry takes an entry that the plug-in sends.
func (c *dbCall) sendEntry(e *C.Slapi_Entry) int {
	ge, err := c.entry(e)
	if err != nil {
		c.err = err
		return -1
	}
	if c.stopped || c.yield == nil {
		return -1
	}
	if !c.yield(ge) {
		c.stopped = true
		return -1
	}
	return 0
}

// entry copies an entry of the plug-in.
func (c *dbCall) entry(e *C.Slapi_Entry) (*entry.Entry, error) {
	ge, err := entryFromC(e)
	if err != nil {
		return nil, fmt.Errorf("database %s: an entry of the plug-in: %w", c.db.name, err)
	}
	c.db.context.strip(c.db, ge)
	if ge.ID == 0 {
		ge.ID = idOf(ge)
	}
	return ge, nil
}

// idOf makes a number for an entry whose database gives none: of its entryUUID,
// else of its name.
func idOf(e *entry.Entry) uint64 {
	sum := fnv.New64a()
	for _, attr := range [...]string{"entryUUID", "nsUniqueId"} {
		if v := e.Values(attr); len(v) == 1 {
			sum.Write(v[0])
			return sum.Sum64() | 1
		}
	}
	sum.Write([]byte(e.Name.Norm))
	return sum.Sum64() | 1
}

// Handles is a method of plugin.WholeBackend.
func (db *pluginDB) Handles(k plugin.Kind) bool {
	id, ok := wholeSlots[k]
	return ok && db.has(id) && db.running()
}

var wholeSlots = map[plugin.Kind]C.int{
	plugin.KindBind: C.SLAPI_PLUGIN_DB_BIND_FN, plugin.KindCompare: C.SLAPI_PLUGIN_DB_COMPARE_FN,
	plugin.KindAbandon: C.SLAPI_PLUGIN_DB_ABANDON_FN, plugin.KindUnbind: C.SLAPI_PLUGIN_DB_UNBIND_FN,
}

// ChecksAccess is a method of plugin.WholeBackend.
func (db *pluginDB) ChecksAccess() bool { return db.c.no_acl != 0 }

// Handle is a method of plugin.WholeBackend. The plug-in gets the block of the
// client's operation.
func (db *pluginDB) Handle(op *plugin.Operation) error {
	st := stateOf(op)
	before := st.call
	c := &dbCall{db: db, op: op, st: st, borrowed: true}
	st.call = c
	defer func() { st.call = before }()
	st.refresh()
	C.cshim_pblock_put_int(st.c.pb, C.SLAPI_RESULT_CODE, 0)
	database := op.Database
	if database == "" {
		C.cshim_pblock_put_ptr(st.c.pb, C.SLAPI_BACKEND, unsafe.Pointer(db.be))
	}
	rc, _ := c.run(wholeSlots[op.Kind])
	code := st.num(C.SLAPI_RESULT_CODE)
	if op.Kind == plugin.KindBind || op.Kind == plugin.KindCompare {
		st.readBack(0)
		op.Result = wire.Result{}
	}
	if database == "" {
		C.cshim_pblock_forget(st.c.pb, C.SLAPI_BACKEND)
	}
	switch op.Kind {
	case plugin.KindBind:
		return c.bound(rc)
	case plugin.KindCompare:
		if c.sent {
			code = int(c.result.Code)
		} else if code == 0 {
			code = rc
		}
		if code == int(wire.CompareTrue) || code == int(wire.CompareFalse) {
			op.Result = wire.Result{Code: resultCode(code)}
			return nil
		}
		if err := c.outcome(rc); err != nil {
			return err
		}
		return wire.Errorf(wire.OperationsError, "the database gave no answer")
	}
	return nil
}

// bound settles a bind that the plug-in did.
func (c *dbCall) bound(rc int) error {
	const success, anonymous, failed = 0, 1, 2
	if !c.sent {
		switch rc {
		case anonymous:
			c.op.Bind.BoundDN = &dn.Name{}
			return nil
		case failed:
			rc = int(wire.InvalidCredentials)
		}
	} else if c.result.Code == wire.Success && rc == anonymous {
		c.op.Bind.BoundDN = &dn.Name{}
	}
	err := c.outcome(rc)
	var we *wire.Error
	if errors.As(err, &we) && we.Code == wire.Success {
		return nil
	}
	return err
}
