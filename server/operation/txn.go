package operation

import (
	"context"
	"sync"

	"libslapi/server/backend"
	"libslapi/server/plugin"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

// txn is the transaction of one outermost update: one write transaction per
// database touched, begun when the database is first written to, committed
// together at the end. It belongs to the goroutine of its operation.
type txn struct {
	s     *Server
	parts []part
	done  bool
}

type part struct {
	db   *Database
	tx   backend.Txn
	last csn.CSN // of the changes made; zero when there is none
	// changes are for those who follow the database.
	changes []csn.Change
	gone    []csn.Deleted // deletes made elsewhere of what was not here
	foreign bool          // some were made by other servers
	mark    *ReplicaMark  // the state of another server that is complete with them
}

// lockTable knows which transaction writes to which database and which waits
// for which, to refuse a wait that would never end.
type lockTable struct {
	mu      sync.Mutex
	holder  map[string]*txn
	waiting map[*txn]string
}

// wait notes that t is about to wait for a database. It is false when that
// database's writer waits, perhaps through others, for t.
func (l *lockTable) wait(t *txn, database string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.holder == nil {
		l.holder, l.waiting = map[string]*txn{}, map[*txn]string{}
	}
	for name := database; ; {
		h := l.holder[name]
		if h == nil {
			break
		}
		if h == t {
			return false
		}
		next, waits := l.waiting[h]
		if !waits {
			break
		}
		name = next
	}
	l.waiting[t] = database
	return true
}

func (l *lockTable) got(t *txn, database string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.waiting, t)
	if ok {
		l.holder[database] = t
	}
}

// left is called before the writer's turn is passed on.
func (l *lockTable) left(t *txn, database string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.holder[database] == t {
		delete(l.holder, database)
	}
}

// transaction finds the open transaction that op runs in: its own, or that of
// an operation around it.
func transaction(op *plugin.Operation) *txn {
	for o := op; o != nil; o = o.Parent {
		if t, ok := o.Txn.(*txn); ok && t != nil && !t.done {
			return t
		}
	}
	return nil
}

// find gives the part on a database, nil when it was not begun.
func (t *txn) find(db *Database) *part {
	for i := range t.parts {
		if t.parts[i].db.Name() == db.Name() {
			return &t.parts[i]
		}
	}
	return nil
}

// begin gives the part on a database, beginning it when needed. The pointer is
// good until the next begin or rollback.
func (t *txn) begin(ctx context.Context, op *plugin.Operation, db *Database) (*part, error) {
	if p := t.find(db); p != nil {
		return p, nil
	}
	if ctx == nil {
		ctx = context.Background()
	}
	if !t.s.locks.wait(t, db.Name()) {
		return nil, wire.Errorf(wire.Busy, "deadlock on database %s", db.Name())
	}
	tx, err := beginFor(ctx, op, db)
	t.s.locks.got(t, db.Name(), err == nil)
	if err != nil {
		return nil, err
	}
	t.parts = append(t.parts, part{db: db, tx: tx})
	return &t.parts[len(t.parts)-1], nil
}

// savepoint is a state of the transaction to which rollback leads back.
type savepoint struct {
	marks   []int
	last    []csn.CSN
	changes []int
}

func (t *txn) savepoint() savepoint {
	var sp savepoint
	for i := range t.parts {
		sp.marks = append(sp.marks, t.parts[i].tx.Savepoint())
		sp.last = append(sp.last, t.parts[i].last)
		sp.changes = append(sp.changes, len(t.parts[i].changes))
	}
	return sp
}

// rollback undoes everything since sp; parts begun since then are ended.
func (t *txn) rollback(sp savepoint) error {
	var first error
	for i := len(sp.marks); i < len(t.parts); i++ {
		t.parts[i].tx.Abort()
		t.s.locks.left(t, t.parts[i].db.Name())
	}
	t.parts = t.parts[:len(sp.marks)]
	for i := range t.parts {
		if err := t.parts[i].tx.RollbackTo(sp.marks[i]); err != nil && first == nil {
			first = err
		}
		t.parts[i].last = sp.last[i]
		t.parts[i].changes = t.parts[i].changes[:sp.changes[i]]
	}
	return first
}

// commit makes all parts durable, in the order in which they were begun. The
// writers' turns end before it waits for any disk, or operations on the same two
// databases would share no flush.
func (t *txn) commit() error {
	t.done = true
	tickets := make([]*csn.Ticket, len(t.parts))
	for i := range t.parts {
		var err error
		if tickets[i], err = t.s.prepareSync(&t.parts[i]); err != nil {
			for j := range t.parts {
				t.s.locks.left(t, t.parts[j].db.Name())
				t.parts[j].tx.Abort()
				tickets[j].Settle(false)
			}
			return err
		}
	}
	waits := make([]func() error, len(t.parts))
	for i := range t.parts {
		p := &t.parts[i]
		t.s.locks.left(t, p.db.Name())
		waits[i] = p.tx.Commit
		if l, ok := p.tx.(backend.Leaver); ok && len(t.parts) > 1 {
			waits[i] = l.Leave()
		}
	}
	var first error
	for i, wait := range waits {
		err := wait()
		tickets[i].Settle(err == nil)
		if err != nil && first == nil {
			first = err
			if len(t.parts) > 1 {
				t.s.log.Error("commit ended between two databases", "failed", t.parts[i].db.Name(), "error", err.Error())
			}
		}
	}
	return first
}

func (t *txn) abort() {
	if t.done {
		return
	}
	t.done = true
	for i := range t.parts {
		t.s.locks.left(t, t.parts[i].db.Name())
		t.parts[i].tx.Abort()
	}
}

// view gives the state of a database that op must see: the transaction's own
// when op runs inside one that has written there. release closes it.
func (s *Server) view(op *plugin.Operation, db *Database) (v backend.View, release func(), err error) {
	if t := transaction(op); t != nil {
		if p := t.find(db); p != nil {
			return p.tx, func() {}, nil
		}
	}
	ctx := op.Ctx
	if ctx == nil {
		ctx = context.Background()
	}
	if db == s.rootDSE.db {
		return &dseView{d: s.rootDSE, conn: op.Conn}, func() {}, nil
	}
	if b, ok := db.Backend.(plugin.OperationBackend); ok {
		v, err = b.ViewFor(ctx, op)
	} else {
		v, err = db.Backend.View(ctx)
	}
	if err != nil {
		return nil, nil, err
	}
	return v, v.Close, nil
}

// beginFor opens the write transaction of a database on behalf of op.
func beginFor(ctx context.Context, op *plugin.Operation, db *Database) (backend.Txn, error) {
	if b, ok := db.Backend.(plugin.OperationBackend); ok {
		return b.BeginFor(ctx, op)
	}
	return db.Backend.Begin(ctx)
}

// BeginTxn opens a transaction for internal operations: give the Operation that
// it returns to them as Parent. It is a transaction of its own unless parent
// runs inside one; then it is a part of that, which AbortTxn undoes.
func (s *Server) BeginTxn(database string, parent *plugin.Operation) (*plugin.Operation, error) {
	db := s.databaseNamed(database)
	if db == nil {
		return nil, wire.Errorf(wire.NoSuchObject, "no database %q", database)
	}
	holder := &plugin.Operation{Internal: true, Parent: parent, IsRoot: true, Database: database, Responder: discard{}}
	if parent != nil {
		holder.Ctx, holder.Conn, holder.Requestor, holder.Caller = parent.Ctx, parent.Conn, parent.Requestor, parent.Caller
	}
	h := &holderState{}
	t := transaction(parent)
	if t == nil {
		t = &txn{s: s}
		h.own = true
	} else {
		h.mark = t.savepoint()
	}
	if _, err := t.begin(holder.Ctx, parent, db); err != nil {
		return nil, err
	}
	holder.Txn, holder.Pipeline = t, &state{holder: h}
	return holder, nil
}

// holderState is the state of an Operation that BeginTxn gave out.
type holderState struct {
	own  bool
	mark savepoint
	done bool
}

func (s *Server) holder(op *plugin.Operation) (*txn, *holderState, error) {
	if op == nil {
		return nil, nil, wire.Errorf(wire.Other, "no transaction")
	}
	t, _ := op.Txn.(*txn)
	h := stateOf(op).holder
	if t == nil || h == nil || h.done || t.done {
		return nil, nil, wire.Errorf(wire.Other, "the transaction has ended")
	}
	return t, h, nil
}

// CommitTxn commits what BeginTxn began; inside another transaction that one's
// commit decides.
func (s *Server) CommitTxn(holder *plugin.Operation) error {
	t, h, err := s.holder(holder)
	if err != nil {
		return err
	}
	h.done = true
	holder.Txn = nil
	if h.own {
		return t.commit()
	}
	return nil
}

// AbortTxn undoes what was done since BeginTxn.
func (s *Server) AbortTxn(holder *plugin.Operation) {
	t, h, err := s.holder(holder)
	if err != nil {
		return
	}
	h.done = true
	holder.Txn = nil
	if h.own {
		t.abort()
	} else if err := t.rollback(h.mark); err != nil {
		s.log.Error("rollback", "error", err.Error())
	}
}
