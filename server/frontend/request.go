package frontend

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// ErrAbandoned is what a Responder returns when the client does not want the
// answer any more.
var ErrAbandoned = errors.New("operation abandoned")

// request is one request of a client on its way. It is the plugin.Responder
// of its operation.
type request struct {
	c        *conn
	msg      *wire.Message
	op       *plugin.Operation // set under c.mu when it starts
	num      int64
	received time.Time
	started  time.Time
	ctx      opContext

	bind     bool
	inline   bool // started on the reader
	detached bool // see Detach; under c.mu
	done     bool // an abandon whose effect has been had
	upgrade  bool // TLS starts after the result

	abandoned atomic.Bool
	answered  atomic.Bool // the result was sent
	canceled  atomic.Bool // by a Cancel operation
	tooLate   bool        // canceled, but it had its effect; under c.mu after the end
	entries   int
}

// abandon gives the request up. c.mu is held.
func (r *request) abandon() {
	r.abandoned.Store(true)
	if r.op != nil {
		r.op.Abandoned.Store(true)
	}
	r.ctx.cancel()
}

// Detach tells the frontend that this operation may go on without end, as a
// persistent search does: it no longer counts as running, so that binds do not
// wait for it (they abandon it), and its answers are written at once. The
// pipeline finds the method with a type assertion on op.Responder.
func (r *request) Detach() {
	c := r.c
	c.mu.Lock()
	if !r.detached {
		r.detached = true
		c.running--
		// A bind or the end of the server may be waiting already.
		if c.stopping.Load() || slices.ContainsFunc(c.queue, func(o *request) bool { return o.bind }) {
			r.abandon()
		}
		c.advance()
	}
	c.mu.Unlock()
	c.out.flush()
}

// lock is the begin of an answer.
func (r *request) lock() (*[]byte, error) {
	if r.abandoned.Load() || r.answered.Load() {
		return nil, ErrAbandoned
	}
	return r.c.out.lock()
}

func (r *request) unlock() { r.c.out.unlock(r.detached) }

// SendEntry sends a search result entry.
func (r *request) SendEntry(op *plugin.Operation, m *plugin.EntryMessage) error {
	buf, err := r.lock()
	if err != nil {
		return err
	}
	*buf = wire.AppendSearchEntry(*buf, r.msg.ID, m.DN, m.Attrs, m.Controls)
	r.unlock()
	r.c.count.pdus.Add(1)
	r.c.count.entries.Add(1)
	r.entries++
	if r.c.srv.access.Enabled(LogStats2) {
		r.c.logEntry(r, m.DN)
	}
	return nil
}

// SendReference sends a search result reference.
func (r *request) SendReference(op *plugin.Operation, urls []string, controls []wire.Control) error {
	buf, err := r.lock()
	if err != nil {
		return err
	}
	*buf = wire.AppendReference(*buf, r.msg.ID, urls, controls)
	r.unlock()
	r.c.count.pdus.Add(1)
	r.c.count.refs.Add(uint64(len(urls)))
	return nil
}

// SendIntermediate sends an intermediate response.
func (r *request) SendIntermediate(op *plugin.Operation, oid string, value []byte, hasValue bool, controls []wire.Control) error {
	buf, err := r.lock()
	if err != nil {
		return err
	}
	*buf = wire.AppendIntermediate(*buf, r.msg.ID, oid, value, hasValue, controls)
	r.unlock()
	r.c.count.pdus.Add(1)
	return nil
}

// SendResult sends the final response. Only the first one goes out.
func (r *request) SendResult(op *plugin.Operation) error {
	tag := wire.ResponseTag(requestTag(r.msg.Op))
	if tag == 0 {
		return nil
	}
	buf, err := r.lock()
	if err != nil {
		return err
	}
	if r.answered.Swap(true) {
		r.c.out.unlock(false)
		return ErrAbandoned
	}
	res := r.outcome(op)
	switch {
	case tag == wire.TagBindResponse && op.Bind != nil:
		*buf = wire.AppendBindResponse(*buf, r.msg.ID, res, op.Bind.ServerCreds, op.Bind.HasServerCreds, op.ResponseControls)
	case tag == wire.TagExtendedResponse && op.Extended != nil:
		x := op.Extended
		*buf = wire.AppendExtendedResponse(*buf, r.msg.ID, res, x.ResponseOID, x.ResponseValue, x.HasResponseValue, op.ResponseControls)
	default:
		*buf = wire.AppendResult(*buf, r.msg.ID, tag, res, op.ResponseControls)
	}
	r.unlock()
	r.sent(tag, res)
	return nil
}

// answer sends a plain result for a request that has no operation, or none
// that could answer.
func (r *request) answer(request int, res *wire.Result) {
	tag := wire.ResponseTag(request)
	if tag == 0 {
		return
	}
	buf, err := r.lock()
	if err != nil {
		return
	}
	if !r.answered.Swap(true) {
		*buf = wire.AppendResult(*buf, r.msg.ID, tag, res, nil)
	}
	r.unlock()
	r.sent(tag, res)
}

// sent is the end of sending a result: the log, and the writing of it.
func (r *request) sent(tag int, res *wire.Result) {
	r.c.count.pdus.Add(1)
	if r.c.srv.access.Enabled(LogStats) {
		r.c.logResult(r, tag, res)
	}
	if !r.inline {
		// What runs after the result (post-operation plug-ins) must not keep it
		// back. Others of this connection that are ready go with it.
		runtime.Gosched()
		r.c.out.flush()
	}
}

// opContext is the context of one operation: cancelled by an abandon, by the
// end of the connection or of the operation. Its channel is made when
// somebody asks for it, which most operations never do.
type opContext struct {
	mu    sync.Mutex
	done  chan struct{}
	ended bool
	after map[int]func()
	next  int
}

func (c *opContext) Deadline() (time.Time, bool) { return time.Time{}, false }

func (c *opContext) Value(any) any { return nil }

func (c *opContext) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done == nil {
		c.done = make(chan struct{})
		if c.ended {
			close(c.done)
		}
	}
	return c.done
}

func (c *opContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return context.Canceled
	}
	return nil
}

// AfterFunc lets package context derive contexts without a goroutine each.
func (c *opContext) AfterFunc(f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		go f()
		return func() bool { return false }
	}
	if c.after == nil {
		c.after = map[int]func(){}
	}
	n := c.next
	c.next++
	c.after[n] = f
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		_, there := c.after[n]
		delete(c.after, n)
		return there
	}
}

func (c *opContext) cancel() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	c.ended = true
	if c.done != nil {
		close(c.done)
	}
	for _, f := range c.after {
		go f()
	}
	c.after = nil
}
