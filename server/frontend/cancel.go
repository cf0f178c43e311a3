package frontend

import (
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// Cancel serves the Cancel operation (RFC 3909) for the operation that r
// belongs to: it cancels the operation with the message ID given, waits for
// its end and returns the result code to answer with. The cancelled operation
// is answered with canceled, unless it could not be stopped any more. The
// pipeline finds the method with a type assertion on op.Responder.
func (r *request) Cancel(id int32) wire.ResultCode {
	c := r.c
	c.mu.Lock()
	defer c.mu.Unlock()
	var t *request
	for _, o := range c.ops {
		if o.msg.ID == id && o != r {
			t = o
		}
	}
	if t == nil || t.abandoned.Load() {
		return wire.NoSuchOperation
	}
	switch t.msg.Op.(type) {
	case *wire.BindRequest, *wire.AbandonRequest:
		return wire.CannotCancel
	}
	if t.bind || t.canceled.Load() {
		return wire.CannotCancel // StartTLS, or somebody else cancels it
	}
	if t.answered.Load() {
		return wire.TooLate
	}
	t.canceled.Store(true)
	if t.op != nil {
		t.op.Abandoned.Store(true) // before it is woken: it asks for the reason
	}
	t.ctx.cancel()
	if t.op == nil && c.unqueue(t) {
		c.mu.Unlock()
		t.answer(requestTag(t.msg.Op), &wire.Result{Code: wire.Canceled})
		c.mu.Lock()
		c.cond.Broadcast()
		return wire.Success
	}
	for c.pending(t) {
		c.cond.Wait()
	}
	if t.tooLate {
		return wire.TooLate
	}
	return wire.Success
}

// unqueue takes a waiting request out; false when it is not waiting. c.mu is held.
func (c *conn) unqueue(t *request) bool {
	for i, o := range c.queue {
		if o == t {
			c.queue = append(c.queue[:i], c.queue[i+1:]...)
			c.forget(t)
			return true
		}
	}
	return false
}

func (c *conn) pending(t *request) bool {
	for _, o := range c.ops {
		if o == t {
			return true
		}
	}
	return false
}

// outcome is the result to send for op: of an operation that was cancelled
// and stopped for it, canceled.
func (r *request) outcome(op *plugin.Operation) *wire.Result {
	if !r.canceled.Load() {
		return &op.Result
	}
	switch op.Result.Code {
	case wire.Success, wire.CompareTrue, wire.CompareFalse:
		r.tooLate = true
		return &op.Result
	}
	return &wire.Result{Code: wire.Canceled, Text: op.Result.Text}
}
