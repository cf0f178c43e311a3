package sqldb

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"libslapi/server/wire"
)

// SQLSTATEs that are told apart.
const (
	stateSerialization = "40001"
	stateDeadlock      = "40P01"
	stateDiskFull      = "53100"
	stateUnique        = "23505"
	stateTimeout       = "57014"
)

// attempts bounds how often a transaction is begun anew that has changed nothing yet.
const attempts = 8

// collided tells whether the database gave way to somebody else: trying again helps.
func collided(err error) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case stateSerialization, stateDeadlock, stateUnique, "42P06", "42P07": // schema, table made by another
		return true
	}
	return false
}

// unreachable tells whether the connection, not the statement, is to blame.
func unreachable(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return len(e.Code) == 5 && (e.Code[:2] == "08" || e.Code[:2] == "57" && e.Code != stateTimeout || e.Code == "53300")
	}
	var n net.Error
	var c *pgconn.ConnectError
	return errors.As(err, &n) || errors.As(err, &c) || pgconn.SafeToRetry(err) || errors.Is(err, errGone)
}

// errGone stands for a connection that was closed under a statement.
var errGone = errors.New("connection closed")

// outcome turns an error of the database into one with a result code. The
// texts name no server: they go to clients.
func (db *DB) outcome(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var w *wire.Error
	if errors.As(err, &w) {
		return err
	}
	if ctx != nil && ctx.Err() != nil {
		if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
			return &wire.Error{Result: wire.Result{Code: wire.TimeLimitExceeded}}
		}
		return context.Cause(ctx)
	}
	var e *pgconn.PgError
	switch {
	case collided(err):
		db.log.Warn("sql: gave way", "database", db.opt.Name, "error", err.Error())
		return wire.Errorf(wire.Busy, "the database is busy, try again")
	case errors.As(err, &e) && e.Code == stateDiskFull:
		db.log.Error("sql: no space", "database", db.opt.Name, "error", err.Error())
		return wire.Errorf(wire.UnwillingToPerform, "the database has no space left")
	case unreachable(err), !errors.As(err, &e):
		db.log.Error("sql: no connection", "database", db.opt.Name, "error", err.Error())
		return wire.Errorf(wire.Unavailable, "the database cannot be reached")
	}
	db.log.Error("sql", "database", db.opt.Name, "error", err.Error())
	return wire.Errorf(wire.Other, "internal error of the database")
}

// session is one connection with an open transaction and the statements that
// have not been sent yet. It belongs to one goroutine.
type session struct {
	db    *DB
	conn  *pgxpool.Conn
	begin string // the statement that opens the transaction
	batch *pgx.Batch
	// firsts are sent right behind begin, whenever that is sent.
	firsts func(b *pgx.Batch)
	began  bool // the database has heard of the transaction
	wrote  bool // it has been sent changes
	broken error
	sent   int // statements sent so far
}

// queue puts off a change until the next read or the commit.
func (s *session) queue(sql string, args ...any) {
	s.batch.Queue(sql, args...)
}

// queued is the number of statements since the beginning, sent or not.
func (s *session) queued() int { return s.sent + s.batch.Len() }

// flush sends what was queued, and behind it what more queues, in one round
// trip. After an error nothing of the transaction is left, unless nothing was
// changed in it yet: then it was tried again.
func (s *session) flush(ctx context.Context, more func(b *pgx.Batch)) error {
	if s.broken != nil {
		return s.broken
	}
	if ctx == nil {
		ctx = context.Background()
	}
	// What was read in a transaction that is lost may no longer be true: only
	// one that has just begun is tried again.
	fresh := !s.began
	var err error
	for n := range attempts {
		if n > 0 {
			s.drop()
			select {
			case <-ctx.Done():
				return s.fail(ctx, ctx.Err())
			case <-time.After(time.Duration(n*n) * 5 * time.Millisecond):
			}
		}
		if err = s.try(ctx, more); err == nil {
			return nil
		}
		var w *wire.Error
		if errors.As(err, &w) || !fresh || s.wrote || ctx.Err() != nil || !collided(err) && (!unreachable(err) || n > 2) {
			break
		}
	}
	return s.fail(ctx, err)
}

func (s *session) fail(ctx context.Context, err error) error {
	s.broken = s.db.outcome(ctx, err)
	s.drop()
	return s.broken
}

func (s *session) try(ctx context.Context, more func(b *pgx.Batch)) error {
	if s.conn == nil {
		c, err := s.db.pool.Acquire(ctx)
		if err != nil {
			return err
		}
		s.conn, s.began = c, false
	}
	b := &pgx.Batch{}
	if !s.began {
		b.Queue(s.begin)
		if s.firsts != nil {
			s.firsts(b)
		}
	}
	writes := s.batch.Len()
	b.QueuedQueries = append(b.QueuedQueries, s.batch.QueuedQueries...)
	if more != nil {
		more(b)
	}
	if b.Len() == 0 {
		return nil
	}
	if writes > 0 {
		s.wrote = true // from here on the database may have it
	}
	s.db.trip.Add(1)
	if err := s.conn.SendBatch(ctx, b).Close(); err != nil {
		if s.conn.Conn().IsClosed() {
			return errors.Join(err, errGone)
		}
		return err
	}
	s.began = true
	s.sent += writes
	s.batch = &pgx.Batch{}
	return nil
}

// drop gives the connection up in the middle of whatever it did.
func (s *session) drop() {
	if s.conn == nil {
		return
	}
	c := s.conn
	s.conn = nil
	go s.db.release(c)
}

// release ends the transaction of a connection and gives it back.
func (db *DB) release(c *pgxpool.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if !c.Conn().IsClosed() && c.Conn().PgConn().TxStatus() != 'I' {
		if _, err := c.Exec(ctx, "ROLLBACK"); err != nil {
			c.Conn().Close(ctx)
		}
	}
	c.Release()
}
