package operation

import (
	"libslapi/server/plugin"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

// change is one update on its way through its transaction.
type change struct {
	s    *Server
	op   *plugin.Operation
	db   *Database
	t    *txn
	ask  *asker
	csn  csn.CSN
	skip bool // a plug-in said that the change is not to be made
	// asked is what the client wants modified; plug-ins of the database may add
	// to it, for which the client needs no rights.
	asked []wire.Change
}

// tx is the transaction on the database of the change. It is asked for anew
// each time: plug-ins' nested operations may have begun others.
func (c *change) tx() (p *part, err error) { return c.t.begin(c.op.Ctx, c.op, c.db) }

// update runs add, modify, modifyDN and delete.
func (s *Server) update(op *plugin.Operation) error {
	db := s.databaseFor(op)
	if db == nil {
		return s.nowhere(op)
	}
	if db.Disabled {
		return outOfService()
	}
	if err := s.mayUpdate(op, db); err != nil {
		return err
	}
	var asked []wire.Change
	if op.Modify != nil {
		asked = op.Modify.Changes
	}
	if w := wholeOf(db); w != nil && w.Handles(op.Kind) {
		return w.Handle(op)
	}
	s.touchFirst(op, db)
	err := s.beforeBackend(op, db)
	if err == nil {
		if again := s.databaseFor(op); again != nil {
			db = again
		}
		op.Database = db.Name()
		if err = s.inTransaction(op, db, asked); err == nil {
			s.passwordChanged(op, db, asked)
		}
	} else {
		err = s.txnFailed(op, err)
	}
	return s.bePost(op, err)
}

// beforeBackend calls the BePre hooks. As with ns-slapd they see the entry that
// a change is about, and are not called when there is none.
func (s *Server) beforeBackend(op *plugin.Operation, db *Database) error {
	p := plugin.Point{Phase: plugin.BePre, Slot: plugin.ForKind(op.Kind)}
	if !s.plugins().Listens(p, op.Database) {
		return nil
	}
	if op.Kind != plugin.KindAdd {
		v, release, err := s.view(op, db)
		if err != nil {
			return err
		}
		e, err := v.Lookup(op.Target.Norm)
		if err == nil && e == nil {
			err = s.missing(op, v, s.access(op, db), op.Target, "")
		}
		if err == nil && op.Kind == plugin.KindDelete && !stateOf(op).ctl.treeDelete {
			var has bool
			if has, err = v.HasChildren(op.Target.Norm); has && err == nil {
				err = s.notLeaf()
			}
		}
		release()
		if err != nil {
			return err
		}
		op.Before = e
	}
	if out := s.callHooks(op, p); out.Stop {
		return s.txnHookError(op, out, p)
	}
	return nil
}

// txnFailed calls the TxnPost hooks for an update that failed. ns-slapd does so
// whatever the reason and however far the update came, a second time when one
// of them was the reason: plug-ins pair them with the hooks before, and read
// SLAPI_PLUGIN_OPRETURN.
func (s *Server) txnFailed(op *plugin.Operation, err error) error {
	fail(op, err)
	if code := stateOf(op).pluginCode; code != 0 {
		op.OpReturn = int(code)
	}
	s.callHooks(op, plugin.Point{Phase: plugin.TxnPost, Slot: plugin.ForKind(op.Kind)})
	if op.Result.Code == wire.Success {
		return err // a plug-in may not turn the failure into a success
	}
	return &wire.Error{Result: op.Result}
}

// bePost calls the BePost hooks, which pair with BePre also after a failure.
func (s *Server) bePost(op *plugin.Operation, err error) error {
	op.OpReturn = 0
	if err != nil {
		fail(op, err)
		err = &wire.Error{Result: op.Result}
		if code := stateOf(op).pluginCode; code != 0 {
			op.OpReturn = int(code)
		}
	}
	s.callHooks(op, plugin.Point{Phase: plugin.BePost, Slot: plugin.ForKind(op.Kind)})
	return err
}

// mayUpdate refuses updates of a database that takes none.
func (s *Server) mayUpdate(op *plugin.Operation, db *Database) *wire.Error {
	if db == s.rootDSE.db || db == s.subschema.db && !s.is389() {
		return wire.Errorf(wire.UnwillingToPerform, "operation restricted")
	}
	if db.ReadOnly && !op.Internal {
		if s.is389() {
			return wire.Errorf(wire.UnwillingToPerform, "database is read-only")
		}
		return wire.Errorf(wire.UnwillingToPerform, "operation restricted")
	}
	if (db.Replica && !db.Multi || db.UpdateDN != nil) && !op.Replicated && (db.UpdateDN == nil || op.Requestor.Norm != db.UpdateDN.Norm) {
		if stateOf(op).ctl.manageDsaIT {
			return nil
		}
		if len(db.UpdateRef) == 0 {
			return wire.Errorf(wire.UnwillingToPerform, "shadow context; no update referral")
		}
		return &wire.Error{Result: wire.Result{Code: wire.Referral, Referrals: referralURLs(db.UpdateRef, op.Target, "")}}
	}
	if op.Requestor.Norm == "" && !op.Internal && !s.opts().words["allow update_anon"] && !s.is389() {
		return wire.Errorf(wire.StrongerAuthRequired, "modifications require authentication")
	}
	return nil
}

// noOperation is the result of a change that would have succeeded, had the
// no-op control not been there (slapd's code; the draft left it open).
const noOperation wire.ResultCode = 0x410e

// inTransaction makes the change in a transaction of its own, or under a
// savepoint of the one that op runs in.
func (s *Server) inTransaction(op *plugin.Operation, db *Database, asked []wire.Change) error {
	st := stateOf(op)
	t := transaction(op)
	outer := t != nil
	var mark savepoint
	if outer {
		mark = t.savepoint()
	} else {
		t = &txn{s: s}
	}
	if op.Replicated && !db.NoSchemaCheck && (st.replica == nil || !st.replica.Check) {
		open := *db
		open.NoSchemaCheck = true
		db = &open
	}
	c := &change{s: s, op: op, db: db, t: t, ask: s.access(op, db), asked: asked}
	op.Txn = t
	st.holding++
	defer func() {
		// A panic on its way: nothing of this change may stay.
		if p := recover(); p != nil {
			st.holding--
			if outer {
				t.rollback(mark)
			} else {
				t.abort()
				op.Txn = nil
			}
			panic(p)
		}
	}()
	err := c.run()
	if err != nil {
		err = s.txnFailed(op, err)
	} else if st.ctl.noOp {
		// All was done as if in earnest; now it is undone.
		err = &wire.Error{Result: wire.Result{Code: noOperation}}
		op.ResponseControls = nil
	}
	switch {
	case err != nil && outer:
		if rerr := t.rollback(mark); rerr != nil {
			s.log.Error("rollback failed", "error", rerr.Error())
			err = wire.Errorf(wire.Other, "internal error")
		}
	case err != nil:
		t.abort()
	case !outer:
		err = t.commit()
		if err != nil {
			s.log.Error("commit failed", "database", db.Name(), "error", err.Error())
		}
	}
	st.holding--
	if !outer {
		op.Txn = nil
	}
	return err
}

func (c *change) run() error {
	if _, err := c.tx(); err != nil {
		return err
	}
	if err := c.number(); err != nil {
		return err
	}
	switch c.op.Kind {
	case plugin.KindAdd:
		return c.add()
	case plugin.KindModify:
		return c.modify()
	case plugin.KindModDN:
		return c.rename()
	default:
		return c.delete()
	}
}

// number gives the change its CSN.
func (c *change) number() (err error) {
	r := stateOf(c.op).replica
	switch {
	case r != nil && !r.CSN.IsZero():
		c.csn = r.CSN
	case c.op.Internal && c.op.CSN != "":
		c.csn, err = csn.ParseCSN(c.op.CSN)
		return err
	default:
		c.csn = c.s.csn.Next()
	}
	c.op.CSN = c.csn.String()
	return nil
}

// before calls the TxnPre hooks. It tells whether the change is to be made.
func (c *change) before() (bool, error) {
	p := plugin.Point{Phase: plugin.TxnPre, Slot: plugin.ForKind(c.op.Kind)}
	out := c.s.callHooks(c.op, p)
	if out.Skip {
		c.skip = true
		return false, nil
	}
	if out.Stop {
		return false, c.s.txnHookError(c.op, out, p)
	}
	return true, nil
}

// listens tells whether any TxnPre plug-in may have changed the request.
func (c *change) listens() bool {
	return c.s.plugins().Listens(plugin.Point{Phase: plugin.TxnPre, Slot: plugin.ForKind(c.op.Kind)}, c.op.Database)
}

// after calls the TxnPost hooks, once the change is in the transaction.
func (c *change) after() error {
	if part := c.t.find(c.db); part != nil && !c.op.Local {
		if r := stateOf(c.op).replica; r != nil && !r.Own {
			part.foreign = true
		} else {
			part.last = c.csn
		}
		if err := c.note(part); err != nil {
			return err
		}
	}
	c.op.OpReturn, c.op.Stored = 0, true
	p := plugin.Point{Phase: plugin.TxnPost, Slot: plugin.ForKind(c.op.Kind)}
	out := c.s.callHooks(c.op, p)
	if out.Stop {
		return c.s.txnHookError(c.op, out, p)
	}
	if err := c.configAfter(); err != nil {
		return err
	}
	if h := c.s.decider(); h != nil {
		h.RulesChanged(c.op)
	}
	return c.readControls()
}

// txnHookError is the result of a change that a plug-in at p refused: what it
// sent, else what it set, else operationsError (389's habit).
func (s *Server) txnHookError(op *plugin.Operation, out plugin.Outcome, p plugin.Point) error {
	code := wire.OperationsError
	if !s.is389() {
		code = wire.UnwillingToPerform
	}
	s.stopped(op, p, out, code)
	if op.Result.Code == wire.Success {
		// A success that was sent, for a change that is undone.
		op.Result = wire.Result{Code: code}
	}
	stateOf(op).pluginCode = op.Result.Code
	return &wire.Error{Result: op.Result}
}
