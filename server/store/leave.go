package store

// Leaver is implemented by write transactions whose turn can end before their
// changes are durable. Who writes to several stores at a time ends all turns
// first and waits then: else one that waits for the flush of one store would keep
// the turn of the next from those whom the flush waits for.
type Leaver interface {
	// Leave ends the turn as Commit does; wait returns once the changes are
	// durable, with what Commit would have returned. It must be called.
	Leave() (wait func() error)
}

// Leave implements Leaver.
func (t *txn) Leave() (wait func() error) {
	if t.done {
		return func() error { return ErrClosed }
	}
	t.done = true
	t.journal = nil
	settle := t.s.q.leave(t.group, t.broken)
	return func() error {
		defer t.s.leave()
		return settle()
	}
}

// leave ends the turn of a writer whose changes shall stay. Nobody need flush
// the group until the function that it returns is called.
func (q *queue) leave(g *group, broken error) (settle func() error) {
	if broken != nil {
		q.spoil(g, broken)
		return func() error { return broken }
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
		q.busy = false
		q.mu.Unlock()
	}
	return func() error {
		q.mu.Lock()
		if q.group == g && !q.busy {
			q.busy = true
			q.mu.Unlock()
			q.flush(g)
		} else {
			// Whoever has the turn goes on with the group, or it is flushed.
			q.mu.Unlock()
		}
		<-g.done
		return g.err
	}
}
