package operation

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"libslapi/server/dn"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// OpenConn is told of a new connection.
func (s *Server) OpenConn(c *plugin.Conn) {
	if c.Version == 0 {
		c.Version = 3
	}
	if c.AuthMethod == "" {
		c.AuthMethod = "none"
	}
	c.RemoteName, c.LocalName = peerName(c), sockName(c)
}

// CloseConn is told that a connection has ended. A client that went without an
// unbind request has its unbind hooks called now.
func (s *Server) CloseConn(c *plugin.Conn) {
	if !c.Unbound {
		op := &plugin.Operation{Kind: plugin.KindUnbind, Conn: c, Requestor: c.AuthDN}
		s.Handle(op)
	}
	s.paged.forget(c.ID)
	s.clientTxns.forget(c.ID)
	s.plugins().ConnectionDone(c)
}

// Handle runs a client's operation to its end on the calling goroutine and
// sends everything through op.Responder.
func (s *Server) Handle(op *plugin.Operation) {
	host := s.plugins()
	if host.AnyListener(op.Kind) {
		// Plug-ins keep data of the thread from one hook to the next.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
	}
	defer host.OperationDone(op)
	defer s.release(op)
	defer s.guard(op)
	s.run(op)
}

// Run runs an internal operation: no access control, no result to a client,
// inside the transaction of op.Parent when that has one open.
func (s *Server) Run(op *plugin.Operation) {
	op.Internal = true
	if op.Responder == nil {
		op.Responder = discard{}
	}
	defer s.plugins().OperationDone(op)
	defer s.release(op)
	defer s.guard(op)
	s.prepareInternal(op)
	s.run(op)
}

// guard turns a panic of the pipeline into a result, so that one operation
// cannot end the server.
func (s *Server) guard(op *plugin.Operation) {
	p := recover()
	if p == nil {
		return
	}
	s.log.Error("operation failed", "conn", connID(op), "msgid", op.MsgID, "kind", op.Kind.String(), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	op.Result = wire.Result{Code: wire.Other, Text: "internal error"}
	if !op.ResultSent && op.Kind != plugin.KindUnbind && op.Kind != plugin.KindAbandon && !op.Internal {
		op.ResultSent = true
		op.Responder.SendResult(op)
	}
}

func (s *Server) release(op *plugin.Operation) {
	if st := stateOf(op); st.ownFilter != nil {
		st.ownFilter.Release()
		st.ownFilter = nil
	}
}

func connID(op *plugin.Operation) uint64 {
	if op.Conn == nil {
		return 0
	}
	return op.Conn.ID
}

// prepareInternal brings an operation that a plug-in built into the form of a
// decoded request.
func (s *Server) prepareInternal(op *plugin.Operation) {
	if op.Ctx == nil && op.Parent != nil {
		op.Ctx = op.Parent.Ctx
	}
	if op.Target == (dn.Name{}) && op.TargetErr == nil && op.RawTarget != "" {
		s.setTarget(op, op.RawTarget)
	}
	if op.Conn == nil && op.Parent != nil {
		op.Conn = op.Parent.Conn
	}
	if op.Kind == plugin.KindAdd && op.Add != nil && op.Add.Entry != nil && op.Target == (dn.Name{}) {
		op.Target = op.Add.Entry.Name
	}
	st := stateOf(op)
	switch {
	case op.TargetErr != nil:
		st.invalid = wire.Errorf(wire.InvalidDNSyntax, "invalid DN")
	case op.Kind == plugin.KindAdd && (op.Add == nil || op.Add.Entry == nil),
		op.Kind == plugin.KindModify && op.Modify == nil,
		op.Kind == plugin.KindModDN && op.ModDN == nil,
		op.Kind == plugin.KindCompare && op.Compare == nil,
		op.Kind == plugin.KindSearch && op.Search == nil,
		op.Kind == plugin.KindBind && op.Bind == nil,
		op.Kind == plugin.KindExtended && op.Extended == nil,
		op.Kind == plugin.KindAbandon && op.Abandon == nil:
		st.invalid = wire.Errorf(wire.ProtocolError, "incomplete operation")
	}
	if op.Requestor.Norm == "" {
		st.requestorMade = true
		op.Requestor = s.opts().RootDN
		if db := s.databaseFor(op); db != nil && op.Requestor.Norm == "" {
			op.Requestor = db.RootDN
		}
	}
	op.IsRoot = true
}

// run is the course of every operation.
func (s *Server) run(op *plugin.Operation) {
	st := stateOf(op)
	if op.Kind == plugin.KindUnbind && op.Conn != nil {
		op.Conn.Unbound = true
	}
	if op.Kind == plugin.KindBind && op.Conn != nil {
		s.beginBind(op)
	}
	if st.invalid == nil && op.Conn != nil && op.Conn.SASL != nil && !op.Internal {
		switch op.Kind {
		case plugin.KindBind, plugin.KindUnbind, plugin.KindAbandon:
		default:
			st.invalid = wire.Errorf(wire.OperationsError, "SASL bind in progress")
		}
	}
	if st.invalid == nil {
		st.invalid = s.readControls(op)
	}
	if st.invalid == nil {
		st.invalid = s.checkRequirements(op)
	}
	if st.invalid == nil && op.Kind == plugin.KindSearch {
		st.invalid = s.prepareSearch(op)
	}
	if st.invalid != nil {
		s.refuse(op, st.invalid)
		return
	}
	if st.ctl.txn != nil {
		s.specify(op)
		return
	}
	s.locate(op)
	pre, post := plugin.Pre, plugin.Post
	if op.Internal && !s.searchesAlike(op) {
		pre, post = plugin.InternalPre, plugin.InternalPost
	}
	slot := plugin.ForKind(op.Kind)
	performed := true
	if s.noBindHooks(op) {
		st.noPost = true
		s.perform(op)
	} else if performed = s.callPre(op, plugin.Point{Phase: pre, Slot: slot}); performed {
		s.perform(op)
	}
	if op.Result.Code != wire.Success && op.Result.Code != wire.CompareTrue && op.Result.Code != wire.CompareFalse {
		op.OpReturn = -1
	}
	postPoint := plugin.Point{Phase: post, Slot: slot}
	if op.Kind == plugin.KindBind {
		s.finishBind(op, postPoint)
		return
	}
	if s.is389() && op.Kind == plugin.KindSearch {
		// ns-slapd calls these before the result goes out, and only after a
		// search that found its base.
		if performed && op.OpReturn == 0 {
			s.callHooks(op, postPoint)
		}
		s.sendFinal(op)
		return
	}
	s.sendFinal(op)
	if st.noPost {
		return
	}
	code := op.Result.Code
	if op.Kind == plugin.KindCompare && !s.is389() {
		op.Result.Code = wire.Success // POST_COMPARE of slapd's plug-ins reads 0
	}
	s.callHooks(op, postPoint)
	if op.Kind == plugin.KindCompare && !s.is389() {
		op.Result.Code = code // for the audit
	}
}

// specify answers an update of a client's transaction: no plug-in sees it before
// the transaction ends.
func (s *Server) specify(op *plugin.Operation) {
	if err := s.gather(op); err != nil {
		op.Result = err.Result
	}
	op.ResultSent = true
	s.transmit(op)
}

// searchesAlike tells whether an internal operation has the hooks of a client's:
// ns-slapd's searches have.
func (s *Server) searchesAlike(op *plugin.Operation) bool {
	return s.is389() && op.Kind == plugin.KindSearch
}

// refuse answers a request that no plug-in gets to see.
func (s *Server) refuse(op *plugin.Operation, err *wire.Error) {
	op.Result = err.Result
	if op.Internal || op.ResultSent {
		return
	}
	op.ResultSent = true
	switch op.Kind {
	case plugin.KindUnbind, plugin.KindAbandon:
		return
	}
	s.transmit(op)
}

// locate works out the database of the target and who is root there.
func (s *Server) locate(op *plugin.Operation) *Database {
	var db *Database
	switch op.Kind {
	case plugin.KindUnbind, plugin.KindAbandon, plugin.KindExtended:
	case plugin.KindBind:
		// An anonymous or SASL bind belongs to no database.
		if op.Bind != nil && op.Bind.Method == wire.AuthSimple && len(op.Bind.Password) > 0 && op.Target.Norm != "" {
			db = s.databaseFor(op)
		}
	default:
		db = s.databaseFor(op)
	}
	op.Database = ""
	if db != nil {
		op.Database = db.Name()
	}
	if !op.Internal {
		op.IsRoot = s.isRoot(op.Requestor, db)
	}
	return db
}

// callHooks calls the plug-ins of a point whose outcome does not matter.
func (s *Server) callHooks(op *plugin.Operation, p plugin.Point) plugin.Outcome {
	host := s.plugins()
	if !host.Listens(p, op.Database) {
		return plugin.Outcome{}
	}
	return host.Run(p, op)
}

// callPre calls the plug-ins before an operation and tells whether it goes on.
func (s *Server) callPre(op *plugin.Operation, p plugin.Point) bool {
	host := s.plugins()
	if !host.Listens(p, op.Database) {
		return true
	}
	out := host.Run(p, op)
	if op.Kind == plugin.KindAdd {
		nameOfAdd(op)
	}
	s.locate(op) // the target or the requestor may be another one now
	if op.Kind == plugin.KindBind && p.Phase == plugin.Pre {
		return s.bindOutcome(op, out)
	}
	if !out.Stop {
		return true
	}
	s.stopped(op, p, out, wire.UnwillingToPerform)
	// Nobody's post hooks run for what did not begin; both peers do so.
	stateOf(op).noPost = true
	return false
}

// nameOfAdd makes target and entry of an add agree after plug-ins may have
// changed either: an entry put in place of the client's brings its name along,
// unless the target was changed too.
func nameOfAdd(op *plugin.Operation) {
	e := op.Add.Entry
	if e.Name.Norm == op.Target.Norm {
		return
	}
	if e.Name.Pretty != "" && op.Target == stateOf(op).target {
		op.Target = e.Name
	} else {
		e.Name = op.Target
	}
}

// stopped settles the result of an operation that a plug-in stopped.
func (s *Server) stopped(op *plugin.Operation, p plugin.Point, out plugin.Outcome, code wire.ResultCode) {
	op.OpReturn = -1
	if op.ResultSent {
		return
	}
	if op.Result.Code == wire.Success {
		op.Result.Code = code
		s.log.Warn("plug-in stopped an operation without a result", "plugin", out.Plugin, "point", p.String(),
			"return", out.Return, "conn", connID(op), "msgid", op.MsgID, "result", int(code))
	}
}

// fail sets the outcome of op to an error, unless a plug-in said already what
// is wrong.
func fail(op *plugin.Operation, err error) {
	op.OpReturn = -1
	if op.ResultSent && (!stateOf(op).held || op.Result.Code != wire.Success) {
		return
	}
	op.Result = asResult(err)
}

// perform does what the request asks for.
func (s *Server) perform(op *plugin.Operation) {
	var err error
	switch op.Kind {
	case plugin.KindUnbind, plugin.KindAbandon:
		s.tellDatabases(op)
	case plugin.KindBind:
		err = s.bind(op)
	case plugin.KindSearch:
		err = s.search(op)
	case plugin.KindCompare:
		err = s.compare(op)
	case plugin.KindExtended:
		err = s.extended(op)
	default:
		err = s.update(op)
	}
	if err != nil {
		fail(op, err)
	}
}
