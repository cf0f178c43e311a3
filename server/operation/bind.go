package operation

import (
	"errors"
	"strings"

	"libslapi/server/acl"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// SLAPI_BIND_* values of a bind plug-in.
const (
	bindSuccess = 0
	bindGoOn    = 1 // as if there were no plug-in, when it named nobody
	bindFail    = 2
)

// beginBind makes the connection anonymous while a bind is under way: a bind
// that fails leaves it so (RFC 4511 section 4.2.1).
func (s *Server) beginBind(op *plugin.Operation) {
	c := op.Conn
	s.clientTxns.forget(c.ID) // RFC 5805 section 2.3
	c.AuthDN = dn.Name{}
	c.AuthMethod = "none"
	if op.Bind == nil || op.Bind.Method != wire.AuthSASL {
		c.SASL = nil // whatever was under way ends
	}
	if op.Bind != nil && op.Bind.Method == wire.AuthSimple {
		// Both peers' plug-ins see the method of the bind already before it is done.
		c.AuthMethod = "simple"
	}
}

// noBindHooks tells whether a bind has no Pre and Post hooks: ns-slapd's root
// and anonymous binds have none.
func (s *Server) noBindHooks(op *plugin.Operation) bool {
	if op.Kind != plugin.KindBind || !s.is389() || op.TargetErr != nil || op.Bind.Method != wire.AuthSimple {
		return false
	}
	return op.Target.IsRoot() || s.isRoot(op.Target, s.databaseFor(op))
}

// bindOutcome settles what the Pre bind plug-ins came to; it tells whether the
// server authenticates the client itself.
func (s *Server) bindOutcome(op *plugin.Operation, out plugin.Outcome) bool {
	if errors.Is(op.TargetErr, plugin.ErrNoTarget) && !op.ResultSent {
		fail(op, &wire.Error{Result: wire.Result{Code: wire.OperationsError}})
		stateOf(op).noPost = true
		return false
	}
	if !out.Stop && out.Return == bindSuccess {
		return true
	}
	b := op.Bind
	if !op.ResultSent {
		switch {
		case !s.is389() && out.Return == bindGoOn && b.BoundDN == nil:
			return true
		case !s.is389() && out.Return == bindFail:
			op.Result = wire.Result{Code: wire.InvalidCredentials}
		case s.is389():
			if op.Result.Code == wire.Success {
				op.Result = wire.Result{Code: wire.OperationsError, Text: "Pre-bind plug-in failed"}
			}
		default:
			s.stopped(op, plugin.Point{Phase: plugin.Pre, Slot: plugin.SlotBind}, out, wire.UnwillingToPerform)
		}
	}
	stateOf(op).noPost = true
	if op.Result.Code == wire.Success {
		who := dn.Name{}
		if b.BoundDN != nil {
			who = *b.BoundDN
		}
		method := b.BoundBy
		if method == "" {
			method = "simple"
			if b.Method == wire.AuthSASL {
				method = "SASL " + b.Mechanism
			}
		}
		s.become(op, who, method)
	}
	return false
}

// become gives the connection its new identity.
func (s *Server) become(op *plugin.Operation, who dn.Name, method string) {
	if op.Conn == nil {
		return
	}
	op.Conn.AuthDN, op.Conn.AuthMethod = who, method
	op.Conn.Version = op.Bind.Version
	s.paged.forget(op.Conn.ID)
}

// finishBind sends the result and calls the Post hooks, in the peers' order:
// slapd calls them before it sends a success, and then without result hooks.
func (s *Server) finishBind(op *plugin.Operation, post plugin.Point) {
	st := stateOf(op)
	success := op.Result.Code == wire.Success
	if op.Result.Code == wire.SaslBindInProgress {
		st.noPost = true
	} else if !success && op.Conn != nil && op.Bind.Method == wire.AuthSASL {
		op.Conn.AuthMethod = "none"
	}
	if success && st.ctl.authzID {
		op.ResponseControls = append(op.ResponseControls, authzIDControl(op))
	}
	if s.is389() || !success || op.ResultSent {
		s.sendFinal(op)
		if s.is389() && !success {
			op.OpReturn = bindFail
		}
		if !st.noPost && (op.TargetErr == nil || !s.is389()) {
			s.callHooks(op, post)
		}
		return
	}
	if !st.noPost {
		s.callHooks(op, post)
	}
	op.ResultSent = true
	if !op.Internal {
		s.transmit(op)
	}
}

// authzIDControl tells a client who it has become (RFC 3829).
func authzIDControl(op *plugin.Operation) wire.Control {
	c := wire.Control{OID: ControlAuthzIDResponse, HasValue: true, Value: []byte{}}
	if op.Conn != nil && op.Conn.AuthDN.Norm != "" {
		c.Value = []byte("dn:" + op.Conn.AuthDN.Pretty)
	}
	return c
}

// bind authenticates the client of op.
func (s *Server) bind(op *plugin.Operation) error {
	b := op.Bind
	if op.TargetErr != nil {
		if s.is389() && len(b.Password) > 0 {
			return invalidCredentials()
		}
		return s.invalidDN()
	}
	if b.Version != 3 && !(b.Version == 2 && s.opts().words["allow bind_v2"]) {
		if b.Version < 2 || b.Version > 3 {
			return wire.Errorf(wire.ProtocolError, "requested protocol version not supported")
		}
		return wire.Errorf(wire.ProtocolError, "historical protocol version requested, use LDAPv3 instead")
	}
	switch b.Method {
	case wire.AuthSASL:
		return s.bindSASL(op)
	case wire.AuthSimple:
		return s.bindSimple(op)
	}
	return wire.Errorf(wire.AuthMethodNotSupported, "unknown authentication method")
}

func (s *Server) bindSASL(op *plugin.Operation) error {
	if op.Bind.Version != 3 || s.opts().SASL == nil {
		return wire.Errorf(wire.AuthMethodNotSupported, "SASL is not served")
	}
	who, err := s.opts().SASL.Step(op)
	if err != nil {
		return err
	}
	if who == nil {
		op.Result.Code = wire.SaslBindInProgress
		return nil
	}
	s.become(op, *who, "SASL "+op.Bind.Mechanism)
	return nil
}

func (s *Server) bindSimple(op *plugin.Operation) error {
	b := op.Bind
	name := op.Target
	if len(b.Password) == 0 {
		return s.bindAnonymous(op)
	}
	if name.IsRoot() {
		if s.is389() || s.opts().words["allow bind_anon_cred"] {
			return s.bindAnonymous(op)
		}
		// A password without a name proves nothing about anybody.
		return invalidCredentials()
	}
	if s.opts().words["disallow bind_simple"] {
		return wire.Errorf(wire.UnwillingToPerform, "unwilling to perform simple authentication")
	}
	db := s.databaseFor(op)
	if out, stop := s.rootBindHooks(op, db); stop {
		return s.hookError(op, out, plugin.Point{Phase: plugin.InternalPre, Slot: plugin.SlotBind})
	}
	if ok, isRoot := s.rootPassword(name, db, b.Password); isRoot {
		if !ok {
			return invalidCredentials()
		}
		s.become(op, name, "simple")
		return nil
	}
	if db == nil {
		return invalidCredentials()
	}
	if db.Disabled {
		return outOfService()
	}
	if w := wholeOf(db); w != nil && w.Handles(plugin.KindBind) {
		return s.bindWhole(op, w)
	}
	who, err := s.checkEntryPassword(op, db)
	if err != nil {
		return err
	}
	s.become(op, who, "simple")
	return nil
}

func invalidCredentials() *wire.Error {
	return &wire.Error{Result: wire.Result{Code: wire.InvalidCredentials}}
}

// rootBindHooks calls 389's internal pre-bind plug-ins, which it has for the
// root DN alone.
func (s *Server) rootBindHooks(op *plugin.Operation, db *Database) (plugin.Outcome, bool) {
	if !s.is389() || !s.isRoot(op.Target, db) {
		return plugin.Outcome{}, false
	}
	was := op.IsRoot
	op.IsRoot = true // what the plug-ins ask for
	out := s.callHooks(op, plugin.Point{Phase: plugin.InternalPre, Slot: plugin.SlotBind})
	op.IsRoot = was
	if out.Stop && !op.ResultSent && op.Result.Code == wire.Success {
		op.Result = wire.Result{Code: wire.UnwillingToPerform, Text: "RootDN access control violation"}
	}
	return out, out.Stop
}

// hookError is the result of an operation that a plug-in stopped at p.
func (s *Server) hookError(op *plugin.Operation, out plugin.Outcome, p plugin.Point) error {
	s.stopped(op, p, out, wire.UnwillingToPerform)
	return &wire.Error{Result: op.Result}
}

// bindAnonymous is the bind without a password: with a name it is the
// "unauthenticated" bind of RFC 4513 section 5.1.2.
func (s *Server) bindAnonymous(op *plugin.Operation) error {
	if !op.Target.IsRoot() && !s.opts().words["allow bind_anon_dn"] {
		if s.is389() {
			return wire.Errorf(wire.UnwillingToPerform, "Unauthenticated binds are not allowed")
		}
		return wire.Errorf(wire.UnwillingToPerform, "unauthenticated bind (DN with no password) disallowed")
	}
	if s.opts().words["disallow bind_anon"] {
		return wire.Errorf(wire.InappropriateAuthentication, "anonymous bind disallowed")
	}
	s.become(op, dn.Name{}, "none")
	if op.Conn != nil {
		op.Conn.AuthMethod = "simple"
	}
	return nil
}

// rootPassword checks the password of a root DN that has one configured.
// isRoot is false when name is no such DN; its entry may then have a password.
func (s *Server) rootPassword(name dn.Name, db *Database, password []byte) (ok, isRoot bool) {
	stored := s.rootSecret(name, db)
	if stored == "" {
		return false, false
	}
	return s.CheckPassword(stored, password), true
}

// rootSecret is the configured password of a root DN, "" when name is none or
// has none.
func (s *Server) rootSecret(name dn.Name, db *Database) string {
	switch {
	case name.Norm == s.opts().RootDN.Norm && s.opts().RootPW != "":
		return s.opts().RootPW
	case db != nil && name.Norm == db.RootDN.Norm:
		return db.RootPW
	}
	return ""
}

// checkEntryPassword authenticates by the userPassword values of an entry. An
// entry that is not there, or may not be used, looks like a wrong password.
func (s *Server) checkEntryPassword(op *plugin.Operation, db *Database) (dn.Name, error) {
	v, release, err := s.view(op, db)
	if err != nil {
		return dn.Name{}, err
	}
	e, err := v.Lookup(op.Target.Norm)
	release()
	if err != nil {
		return dn.Name{}, err
	}
	if e == nil {
		return dn.Name{}, invalidCredentials()
	}
	if e.IsClass("referral") && !stateOf(op).ctl.manageDsaIT {
		return dn.Name{}, s.referral(e, op.Target, wire.ScopeBase, false)
	}
	if s.is389() && s.inactivated(op, db, e) {
		return dn.Name{}, wire.Errorf(wire.UnwillingToPerform, "Account inactivated. Contact system administrator.")
	}
	asker := s.access(&plugin.Operation{Kind: op.Kind, Ctx: op.Ctx, Conn: op.Conn}, db)
	if s.is389() {
		asker.all = true // 389 asks no access for a bind
	}
	for _, t := range s.passwordTypes() {
		for a := range e.Matching(t) {
			for _, stored := range a.Values {
				if !asker.attr(e, a.Type, a.Options, stored, acl.PrivAuth) {
					continue
				}
				if s.CheckPassword(string(stored), op.Bind.Password) {
					s.upgradeHash(op, db, e, string(stored))
					return e.Name, nil
				}
			}
		}
	}
	return dn.Name{}, invalidCredentials()
}

// inactivated tells whether 389's nsAccountLock, stored or virtual, keeps an
// entry from being bound as.
func (s *Server) inactivated(op *plugin.Operation, db *Database, e *entry.Entry) bool {
	t := s.Schema().AttributeType("nsAccountLock")
	if t == nil {
		return false
	}
	values, _, ok := s.newComputer(op, db, nil).virtual(e, t)
	if !ok {
		values = e.Values("nsAccountLock")
	}
	return len(values) > 0 && strings.EqualFold(string(values[0]), "true")
}
