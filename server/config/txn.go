package config

import (
	"context"
	"errors"
	"fmt"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/wire"
)

// change is one entry that a transaction touched: as it was and as it is.
type change struct{ before, after *entry.Entry }

// txn is a write transaction: a private copy of the state, made at the first
// change. Savepoints keep the states they saw.
type txn struct {
	view
	t      *Tree
	start  *state
	own    bool // v.s is private
	marks  []*state
	done   bool
	client bool // checks as for a client's change
}

// Begin implements backend.Backend: it waits for the writer's turn.
func (t *Tree) Begin(ctx context.Context) (backend.Txn, error) {
	if ctx == nil {
		ctx = context.Background()
	}
	select {
	case t.writer <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s := t.cur.Load()
	return &txn{view: view{s}, t: t, start: s, client: true}, nil
}

var errDone = errors.New("config: finished transaction")

func (x *txn) write() (*state, error) {
	if x.done {
		return nil, errDone
	}
	if x.t.typ != "config" {
		return nil, wire.Errorf(wire.UnwillingToPerform, "the entries of %s cannot be changed", x.t.suffix.Pretty)
	}
	if !x.own {
		x.s, x.own = x.s.clone(), true
	}
	return x.s, nil
}

func (x *txn) Savepoint() int {
	x.marks = append(x.marks, x.s)
	x.own = false
	return len(x.marks)
}

func (x *txn) RollbackTo(mark int) error {
	if mark < 1 || mark > len(x.marks) {
		return fmt.Errorf("config: no savepoint %d", mark)
	}
	x.s, x.own = x.marks[mark-1], false
	x.marks = x.marks[:mark-1]
	return nil
}

func (x *txn) Add(e *entry.Entry) error {
	if _, err := x.write(); err != nil {
		return err
	}
	norm := e.Name.Norm
	if x.s.byNorm[norm] != nil {
		return wire.Errorf(wire.EntryAlreadyExists, "")
	}
	if x.s.byNorm[dn.ParentNorm(norm)] == nil {
		return wire.Errorf(wire.NoSuchObject, "the parent entry does not exist")
	}
	if err := x.checkAdd(e); err != nil {
		return err
	}
	x.put(e) // by its name now: a new database gets a number
	return nil
}

func (x *txn) Replace(old, now *entry.Entry) error {
	if _, err := x.write(); err != nil {
		return err
	}
	if x.s.byNorm[old.Name.Norm] == nil {
		return wire.Errorf(wire.NoSuchObject, "")
	}
	if err := x.check(x.s.byNorm[old.Name.Norm], now); err != nil {
		return err
	}
	s, _ := x.write()
	now.ID, now.Name = old.ID, old.Name
	s.byNorm[old.Name.Norm] = now
	return nil
}

// Rename is refused, as both peers do for their configuration's own entries.
func (x *txn) Rename(old, now *entry.Entry) error {
	return wire.Errorf(wire.UnwillingToPerform, "entries of the configuration cannot be renamed")
}

func (x *txn) Delete(e *entry.Entry) error {
	if _, err := x.write(); err != nil {
		return err
	}
	norm := e.Name.Norm
	switch {
	case x.s.byNorm[norm] == nil:
		return wire.Errorf(wire.NoSuchObject, "")
	case x.s.hasChildren(norm):
		return wire.Errorf(wire.NotAllowedOnNonLeaf, "")
	case permanent[norm]:
		return wire.Errorf(wire.UnwillingToPerform, "this entry of the configuration cannot be deleted")
	}
	if err := x.check(x.s.byNorm[norm], nil); err != nil {
		return err
	}
	s, _ := x.write()
	delete(s.byNorm, norm)
	for i, n := range s.order {
		if n == norm {
			s.order = append(s.order[:i], s.order[i+1:]...)
			break
		}
	}
	return nil
}

func (x *txn) Close() {
	if !x.done {
		x.Abort()
	}
}

// Abort undoes everything.
func (x *txn) Abort() {
	if x.done {
		return
	}
	x.done = true
	<-x.t.writer
}

// Commit saves and publishes the new state and puts it into force. When the
// running server refuses it, the state before comes back.
func (x *txn) Commit() error {
	if x.done {
		return errDone
	}
	x.done = true
	t := x.t
	if x.s == x.start {
		<-t.writer
		return nil
	}
	now := x.s
	changes := diffStates(x.start, now)
	if lasting(changes) {
		if err := t.save(now); err != nil {
			<-t.writer
			return err
		}
	}
	t.cur.Store(now)
	<-t.writer
	if err := t.apply(x.start, now, changes); err != nil {
		t.undo(changes)
		var we *wire.Error
		if errors.As(err, &we) {
			return we
		}
		return wire.Errorf(wire.UnwillingToPerform, "%v", err)
	}
	t.watchTasks(changes)
	return nil
}
