package frontend

import (
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// The order of operations (RFC 4511 section 4.2.1): a bind waits for all
// operations before it, and those after it wait for its end. Everything else
// runs side by side.

// submit takes a request from the reader, which goes on reading when it
// returns true and must stop when it has lost its role.
func (c *conn) submit(r *request) bool {
	_, r.bind = r.msg.Op.(*wire.BindRequest)
	abandon, isAbandon := r.msg.Op.(*wire.AbandonRequest)
	c.mu.Lock()
	if c.closing {
		c.mu.Unlock()
		return true
	}
	c.ops = append(c.ops, r)
	if r.bind {
		c.abandonDetached() // a search without end would hold the bind back for ever
	}
	if len(c.queue) > 0 || !c.mayStart(r) {
		c.queue = append(c.queue, r)
		if isAbandon {
			// Its turn comes after the bind, or after what it is to abandon.
			r.done = true
			c.abandon(abandon.MessageID)
		}
		c.mu.Unlock()
		return true
	}
	c.begin(r)
	alone := c.running == 1
	c.mu.Unlock()

	// Updates wait for the disk: side by side they share one flush, so a client
	// that sends them without waiting for each answer gets a goroutine for
	// each. Extended operations may do anything.
	switch r.msg.Op.(type) {
	case *wire.AddRequest, *wire.ModifyRequest, *wire.DelRequest, *wire.ModifyDNRequest, *wire.ExtendedRequest:
		if !c.pipelined {
			c.pipelined = !alone || wire.Buffered(c.br)
		}
		if c.pipelined {
			go c.run(r)
			return true
		}
	}
	r.inline = true
	tick := c.srv.sweeper.tick.Load()
	c.inline.Store(tick)
	c.srv.sweeper.wake()
	c.handle(r)
	kept := c.inline.CompareAndSwap(tick, 0)
	c.finished(r)
	if !kept {
		c.out.flush()
	}
	return kept
}

// run runs a request on a goroutine of its own.
func (c *conn) run(r *request) {
	c.handle(r)
	c.finished(r)
	c.out.flush()
}

// mayStart tells whether r's turn has come, the queue before it being empty.
// c.mu is held.
func (c *conn) mayStart(r *request) bool {
	switch {
	case c.exclusive:
		return false
	case r.bind:
		return c.running == 0
	}
	if _, ok := r.msg.Op.(*wire.AbandonRequest); ok {
		return true
	}
	return c.running < c.srv.opt.MaxConcurrent
}

func (c *conn) begin(r *request) {
	c.running++
	if r.bind {
		c.exclusive = true
	}
}

// finished takes r out and starts those whose turn has come.
func (c *conn) finished(r *request) {
	r.ctx.cancel()
	if c.srv.idle.Load() > 0 {
		c.active.Store(time.Now().UnixNano())
	}
	c.mu.Lock()
	c.forget(r)
	if !r.detached {
		c.running--
	}
	if r.bind {
		c.exclusive = false
	}
	c.advance()
	c.cond.Broadcast()
	c.mu.Unlock()
}

// advance starts waiting requests. c.mu is held.
func (c *conn) advance() {
	for len(c.queue) > 0 {
		r := c.queue[0]
		if r.abandoned.Load() {
			c.queue = c.queue[1:]
			c.forget(r)
			continue
		}
		if !c.mayStart(r) {
			return
		}
		c.queue[0] = nil
		c.queue = c.queue[1:]
		c.begin(r)
		go c.run(r)
	}
	c.queue = nil
}

func (c *conn) forget(r *request) {
	if i := slices.Index(c.ops, r); i >= 0 {
		c.ops = slices.Delete(c.ops, i, i+1)
	}
}

// abandon gives up the operation with a message ID, if there is one that can
// be abandoned: not a bind, not another abandon (RFC 4511 section 4.11). c.mu
// is held.
func (c *conn) abandon(id int32) {
	for _, r := range c.ops {
		if _, also := r.msg.Op.(*wire.AbandonRequest); r.msg.ID == id && !r.bind && !also {
			r.abandon()
		}
	}
	c.dropAbandoned()
}

// abandonDetached gives up the operations that never end by themselves.
func (c *conn) abandonDetached() {
	for _, r := range c.ops {
		if r.detached {
			r.abandon()
		}
	}
}

// abandonAll gives up everything, what waits as well. c.mu is held.
func (c *conn) abandonAll() {
	c.closing = true
	for _, r := range c.ops {
		r.abandon()
	}
	c.dropAbandoned()
}

// dropAbandoned takes abandoned requests out of the queue.
func (c *conn) dropAbandoned() {
	c.queue = slices.DeleteFunc(c.queue, func(r *request) bool {
		if r.abandoned.Load() {
			c.forget(r)
			return true
		}
		return false
	})
	c.cond.Broadcast()
}

// handle runs a request whose turn has come. It survives a panic.
func (c *conn) handle(r *request) {
	kind := kindIndex(kindOf(r.msg.Op))
	c.count.initiated[kind].Add(1)
	defer c.count.completed[kind].Add(1)
	defer c.guard(r)
	if r.started = r.received; !r.inline && c.srv.access.Enabled(LogStats) {
		r.started = time.Now()
	}
	op := c.srv.opt.Handler.NewOperation(&r.ctx, c.pc, r.msg, r)
	op.ID, op.MsgID = r.num, r.msg.ID
	if op.Started.IsZero() {
		op.Started = r.started
	}
	c.mu.Lock()
	r.op = op
	if r.abandoned.Load() {
		op.Abandoned.Store(true)
	}
	c.mu.Unlock()
	if c.srv.access.Enabled(LogStats) {
		c.logRequest(r)
	}
	c.srv.opt.Handler.Handle(op)
	switch q := r.msg.Op.(type) {
	case *wire.BindRequest:
		c.authed.Store(c.pc.AuthDN.Norm != "")
		c.noteBound()
	case *wire.AbandonRequest:
		// A plug-in may have refused it.
		if op.Result.Code == wire.Success && !r.done {
			c.mu.Lock()
			c.abandon(q.MessageID)
			c.mu.Unlock()
		}
		return
	case *wire.UnbindRequest:
		return
	}
	if r.canceled.Load() {
		r.answer(requestTag(r.msg.Op), &wire.Result{Code: wire.Canceled})
	} else if !r.answered.Load() && !r.abandoned.Load() {
		c.srv.log.Error("operation ended without a result", "conn", c.pc.ID, "op", r.num, "kind", fmt.Sprintf("%T", r.msg.Op))
		r.answer(requestTag(r.msg.Op), &wire.Result{Code: wire.Other, Text: "internal error"})
	}
}

// guard is deferred by handle.
func (c *conn) guard(r *request) {
	p := recover()
	if p == nil {
		return
	}
	c.srv.log.Error("panic in an operation", "conn", c.pc.ID, "op", r.num, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if !r.answered.Load() && !r.abandoned.Load() {
		r.answer(requestTag(r.msg.Op), &wire.Result{Code: wire.Other, Text: "internal error"})
	}
}

// requestTag is the tag of a request; see wire.ResponseTag.
func requestTag(op wire.Request) int {
	switch op.(type) {
	case *wire.BindRequest:
		return wire.TagBindRequest
	case *wire.SearchRequest:
		return wire.TagSearchRequest
	case *wire.ModifyRequest:
		return wire.TagModifyRequest
	case *wire.AddRequest:
		return wire.TagAddRequest
	case *wire.DelRequest:
		return wire.TagDelRequest
	case *wire.ModifyDNRequest:
		return wire.TagModifyDNRequest
	case *wire.CompareRequest:
		return wire.TagCompareRequest
	case *wire.ExtendedRequest:
		return wire.TagExtendedRequest
	}
	return 0
}

var _ plugin.Responder = (*request)(nil)
