package operation

import (
	"context"
	"errors"

	"libslapi/server/backend"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// asError gives the result that an error of a lower layer stands for.
func asError(err error) *wire.Error {
	if err == nil {
		return nil
	}
	var we *wire.Error
	if errors.As(err, &we) {
		return we
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &wire.Error{Result: wire.Result{Code: wire.TimeLimitExceeded}}
	}
	if errors.Is(err, context.Canceled) {
		return &wire.Error{Result: wire.Result{Code: wire.Unavailable, Text: "operation ended"}}
	}
	if backend.NoSpace(err) {
		return wire.Errorf(wire.UnwillingToPerform, "no space left on the database's file system")
	}
	return wire.Errorf(wire.Other, "internal error")
}

func asResult(err error) wire.Result {
	if e := asError(err); e != nil {
		return e.Result
	}
	return wire.Result{}
}

// SendResult sends the result of a client's operation now, for a plug-in.
// Inside a transaction it is kept until that has ended. A second result is
// dropped.
func (s *Server) SendResult(op *plugin.Operation, res wire.Result) {
	if op.ResultSent {
		s.log.Warn("a second result was dropped", "conn", connID(op), "msgid", op.MsgID, "kind", op.Kind.String(), "result", int(res.Code))
		return
	}
	op.Result = res
	op.ResultSent = true
	if op.Internal {
		return
	}
	switch op.Kind {
	case plugin.KindUnbind, plugin.KindAbandon:
		return
	}
	st := stateOf(op)
	if st.holding > 0 || op.Kind == plugin.KindBind {
		// A bind's result waits until the connection has its new identity.
		st.held = true
		return
	}
	s.deliver(op)
}

// sendFinal sends the result of op if that is still to do.
func (s *Server) sendFinal(op *plugin.Operation) {
	st := stateOf(op)
	if op.ResultSent && !st.held {
		return
	}
	if op.Persistent && op.Result.Code == wire.Success {
		return // it goes on
	}
	op.ResultSent, st.held = true, false
	if op.Internal {
		return
	}
	switch op.Kind {
	case plugin.KindUnbind, plugin.KindAbandon:
		return
	}
	s.deliver(op)
}

// deliver calls the result hooks around the sending of op.Result.
func (s *Server) deliver(op *plugin.Operation) {
	out := s.callHooks(op, plugin.Point{Phase: plugin.Pre, Slot: plugin.SlotResult})
	if out.Stop && s.is389() {
		return // a plug-in answers, or nobody does
	}
	s.transmit(op)
	s.callHooks(op, plugin.Point{Phase: plugin.Post, Slot: plugin.SlotResult})
}

// transmit sends op.Result without hooks. That of an abandoned operation the
// Responder drops (RFC 4511 section 4.11), that of a cancelled one it sends.
func (s *Server) transmit(op *plugin.Operation) {
	if op.Responder == nil {
		return
	}
	if err := op.Responder.SendResult(op); err != nil {
		stateOf(op).sendErr = err
	}
}

// discard is the Responder of an internal operation whose caller wants nothing
// but the result.
type discard struct{}

func (discard) SendEntry(*plugin.Operation, *plugin.EntryMessage) error         { return nil }
func (discard) SendReference(*plugin.Operation, []string, []wire.Control) error { return nil }
func (discard) SendResult(*plugin.Operation) error                              { return nil }
func (discard) SendIntermediate(*plugin.Operation, string, []byte, bool, []wire.Control) error {
	return nil
}
