package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// group is one engine transaction with the writers whose changes it has. It is
// passed from writer to writer, and flushed once for all of them.
type group struct {
	tables
	generation uint64
	members    int // writers that committed
	begun      time.Time
	done       chan struct{} // closed after the flush
	err        error         // outcome, valid after done
}

// waiter is a writer that waits for its turn.
type waiter struct {
	turn  chan struct{} // buffered: the turn is put in
	given bool
}

// queue gives writers their turns in the order of arrival.
type queue struct {
	s  *bolt
	mu sync.Mutex
	// busy: somebody has the turn, or a flush is under way.
	busy    bool
	waiters []*waiter
	group   *group // the open group, nil between a flush and the next turn
	failed  error  // no further writer is let in
	// What the last flush tells about the load: how many shared it and how
	// long it took. A group much smaller than the last one lingers for a part
	// of that time, as the writers that were just woken are on their way back.
	lastMembers int
	flushTime   time.Duration
}

func (q *queue) init(s *bolt) { q.s = s }

// take waits for the turn and returns the group to write in.
func (q *queue) take(ctx context.Context) (*group, error) {
	q.mu.Lock()
	if q.busy {
		w := &waiter{turn: make(chan struct{}, 1)}
		q.waiters = append(q.waiters, w)
		q.mu.Unlock()
		select {
		case <-w.turn:
		case <-ctx.Done():
			q.mu.Lock()
			if !w.given {
				for i := range q.waiters {
					if q.waiters[i] == w {
						q.waiters = append(q.waiters[:i], q.waiters[i+1:]...)
						break
					}
				}
				q.mu.Unlock()
				return nil, context.Cause(ctx)
			}
			// The turn came at the same moment: take it, the caller will see
			// for itself that ctx is over.
			q.mu.Unlock()
			<-w.turn
		}
		q.mu.Lock()
	}
	q.busy = true
	if q.failed != nil {
		err := q.failed
		q.pass()
		q.mu.Unlock()
		return nil, err
	}
	g := q.group
	if g == nil {
		q.s.dropIdle()
		tx, err := q.s.db.Begin(true)
		if err != nil {
			q.pass()
			q.mu.Unlock()
			return nil, fmt.Errorf("store: begin write: %w", err)
		}
		g = &group{tables: tables{tx: tx}, generation: uint64(tx.ID()), begun: time.Now(), done: make(chan struct{})}
		q.group = g
	}
	q.mu.Unlock()
	return g, nil
}

// pass gives the turn to the next waiter, or leaves it free. Called with mu.
func (q *queue) pass() {
	if len(q.waiters) == 0 {
		q.busy = false
		return
	}
	w := q.waiters[0]
	q.waiters = q.waiters[1:]
	w.given = true
	w.turn <- struct{}{}
}

// full tells whether the group must be flushed before anybody else writes.
func (q *queue) full(g *group) bool {
	return g.members >= q.s.opt.GroupMax || time.Since(g.begun) >= q.s.opt.GroupAge
}

// commit ends the turn of a writer whose changes shall stay, and waits for the
// flush that they are part of.
func (q *queue) commit(g *group, broken error) error {
	if broken != nil {
		q.spoil(g, broken)
		return broken
	}
	q.mu.Lock()
	g.members++
	switch {
	case q.full(g):
		q.mu.Unlock()
		q.flush(g)
	case len(q.waiters) > 0:
		q.pass()
		q.mu.Unlock()
	default:
		wait := q.linger(g)
		if wait == 0 {
			q.mu.Unlock()
			q.flush(g)
			break
		}
		q.busy = false
		q.mu.Unlock()
		timer := time.NewTimer(wait)
		select {
		case <-g.done:
		case <-timer.C:
			q.mu.Lock()
			if q.group == g && !q.busy {
				q.busy = true
				q.mu.Unlock()
				q.flush(g)
			} else {
				// Whoever has the turn now goes on with the group.
				q.mu.Unlock()
			}
		}
		timer.Stop()
	}
	<-g.done
	return g.err
}

// linger tells how long to keep a group open for which nobody waits.
func (q *queue) linger(g *group) time.Duration {
	if g.members*2 > q.lastMembers || q.s.opt.NoSync {
		return 0
	}
	return min(q.flushTime/4, time.Millisecond)
}

// abort ends the turn of a writer that has undone its changes; err when it
// could not. left is called once nothing is under way for it any more.
func (q *queue) abort(g *group, err error, left func()) {
	if err != nil {
		q.spoil(g, err)
		left()
		return
	}
	q.mu.Lock()
	switch {
	case g.members == 0:
		// Nobody's changes are in it: no flush.
		g.tx.Rollback()
		q.group = nil
		close(g.done)
		q.pass()
		q.mu.Unlock()
		left()
	case len(q.waiters) > 0 && !q.full(g):
		q.pass()
		q.mu.Unlock()
		left()
	default:
		// The others wait for their flush; this caller need not.
		q.mu.Unlock()
		go func() {
			q.flush(g)
			left()
		}()
	}
}

// spoil ends a group whose engine transaction cannot be trusted any more:
// all its members fail.
func (q *queue) spoil(g *group, err error) {
	g.tx.Rollback()
	q.end(g, err)
}

// flush commits the group's engine transaction. The caller has the turn.
func (q *queue) flush(g *group) {
	start := time.Now()
	err := g.tx.Commit()
	if err != nil {
		g.tx.Rollback() // the engine has done so itself in most cases
		err = fmt.Errorf("store: commit: %w", noted(err))
		// The engine makes a commit count by writing its head page, and then
		// waits for the disk. When that wait fails the new head can be read
		// already: members get an error for changes that others would see.
		if r, rerr := q.s.db.Begin(false); rerr == nil {
			if uint64(r.ID()) >= g.generation {
				err = errors.Join(err, ErrFailed)
			}
			r.Rollback()
		}
	}
	took := time.Since(start)
	if err == nil {
		q.s.flushed(g.generation)
	} else {
		q.s.flushed(0)
	}
	q.mu.Lock()
	q.lastMembers, q.flushTime = g.members, took
	if errors.Is(err, ErrFailed) {
		q.failed = ErrFailed
	}
	q.mu.Unlock()
	q.end(g, err)
}

// end wakes the members of a group that was flushed or given up, and passes
// the turn on.
func (q *queue) end(g *group, err error) {
	g.err = err
	q.mu.Lock()
	q.group = nil
	q.pass()
	q.mu.Unlock()
	close(g.done)
}
