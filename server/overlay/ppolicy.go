package overlay

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"libslapi/server/auth"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// passwordPolicy enforces password policies (slapo-ppolicy(5),
// draft-behera-ldap-password-policy-10).
type passwordPolicy struct {
	env      *Env
	fallback *dn.Name // the policy of entries that name none
	hash     bool
	lockout  bool // tell a client that the account is locked
	netscape bool
	now      func() time.Time

	mu sync.Mutex
	// must are the connections whose user has to change the password first.
	must  map[uint64]dn.Name
	count atomic.Int64 // of must
}

func newPasswordPolicy(env *Env, lines [][]string) (Overlay, error) {
	p := &passwordPolicy{env: env, now: time.Now, must: map[uint64]dn.Name{}}
	for _, l := range lines {
		name := strings.ToLower(l[0])
		if name == "ppolicy_default" {
			n, err := dn.NewName(l[1], env.Schema)
			if err != nil {
				return nil, fmt.Errorf("ppolicy_default: %w", err)
			}
			p.fallback = &n
			continue
		}
		on := true
		var err error
		if len(l) > 1 {
			on, err = truth(l[1])
		}
		switch name {
		case "ppolicy_hash_cleartext":
			p.hash = on
		case "ppolicy_use_lockout":
			p.lockout = on
		case "ppolicy_send_netscape_controls":
			p.netscape = on
		case "ppolicy_forward_updates":
			if on && env.Replica {
				env.Log.Warn("ppolicy: what binds change is not forwarded to the provider, it stays in this copy")
			}
		default:
			return nil, fmt.Errorf("unknown directive <%s>", l[0])
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if env.RootDN.Norm == "" {
		return nil, fmt.Errorf("the database needs a rootdn")
	}
	return p, nil
}

// Points implements Overlay.
func (p *passwordPolicy) Points() []plugin.Point {
	list := pointsOf(plugin.Pre, plugin.KindBind|plugin.KindSearch|plugin.KindCompare|updates)
	list = append(list, pointsOf(plugin.TxnPre, plugin.KindAdd|plugin.KindModify)...)
	list = append(list, pointsOf(plugin.Post, plugin.KindBind|plugin.KindModify|plugin.KindUnbind)...)
	return append(list, plugin.Point{Phase: plugin.Pre, Slot: plugin.SlotResult})
}

// Start implements Starter.
func (p *passwordPolicy) Start(s plugin.Services) (func(), error) {
	s.RegisterControl(controlPasswordPolicy, plugin.KindBind|plugin.KindAdd|plugin.KindModify|plugin.KindExtended)
	s.RegisterControl(controlUsability, plugin.KindSearch)
	return func() {}, nil
}

// Run implements Overlay.
func (p *passwordPolicy) Run(s plugin.Services, at plugin.Point, op *plugin.Operation) *wire.Error {
	switch {
	case op.Replicated, op.Internal && op.Kind != plugin.KindUnbind:
		return nil
	case at.Slot == plugin.SlotResult:
		if op.Kind == plugin.KindBind {
			p.bindDone(s, op)
		}
	case at.Phase == plugin.Pre:
		return p.before(s, op)
	case at.Phase == plugin.TxnPre && op.Kind == plugin.KindAdd:
		return p.add(s, op)
	case at.Phase == plugin.TxnPre:
		return p.modify(s, op)
	case op.Kind == plugin.KindBind:
		p.bindDone(s, op)
	case op.Kind == plugin.KindModify:
		if ch, ok := op.Notes[changedKey{p}].(bool); ok && ch && op.Result.Code == wire.Success {
			p.release(op.Conn, op.Target)
		}
	case op.Kind == plugin.KindUnbind:
		p.release(op.Conn, dn.Name{})
	}
	return nil
}

// changedKey notes that a modify changes the password.
type changedKey struct{ p *passwordPolicy }

// before looks at an operation before it begins.
func (p *passwordPolicy) before(s plugin.Services, op *plugin.Operation) *wire.Error {
	for i := range op.Controls {
		c := &op.Controls[i]
		switch c.OID {
		case controlPasswordPolicy:
			if c.HasValue && op.Kind != plugin.KindSearch {
				return wire.Errorf(wire.ProtocolError, "passwordPolicyRequest control value not absent")
			}
		case controlUsability:
			if c.HasValue && op.Kind == plugin.KindSearch {
				return wire.Errorf(wire.ProtocolError, "account usability control value not absent")
			}
		}
	}
	if op.Kind == plugin.KindBind {
		return p.bind(s, op)
	}
	if err := p.restrict(op); err != nil || op.Kind != plugin.KindModify {
		return err
	}
	return p.oldPassword(s, op)
}

// restrict refuses what somebody must not do before changing the password.
func (p *passwordPolicy) restrict(op *plugin.Operation) *wire.Error {
	if p.count.Load() == 0 || op.Conn == nil {
		return nil
	}
	p.mu.Lock()
	who, must := p.must[op.Conn.ID]
	p.mu.Unlock()
	if !must || who.Norm != op.Requestor.Norm {
		return nil
	}
	if op.Kind == plugin.KindModify && op.Target.Norm == who.Norm {
		only := true
		for _, c := range op.Modify.Changes {
			if d, err := p.env.Schema.Describe(c.Type); err != nil || !d.Type.Is(p.passwordType()) {
				only = false
			}
		}
		if only {
			return nil
		}
	}
	if op.Kind == plugin.KindModify {
		p.respond(op, -1, -1, errChangeAfterReset, false)
	}
	return wire.Errorf(wire.InsufficientAccessRights, "Operations are restricted to bind/unbind/abandon/StartTLS/modify password")
}

// release lifts the restriction of a connection; of who, or of whoever it has.
func (p *passwordPolicy) release(c *plugin.Conn, who dn.Name) {
	if c == nil || p.count.Load() == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if n, ok := p.must[c.ID]; ok && (who.Norm == "" || n.Norm == who.Norm) {
		delete(p.must, c.ID)
		p.count.Add(-1)
	}
}

func (p *passwordPolicy) restrictTo(c *plugin.Conn, who dn.Name) {
	if c == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.must[c.ID]; !ok {
		p.count.Add(1)
	}
	p.must[c.ID] = who
}

// policy is one policy as read; the zero value asks for nothing.
type policy struct {
	there                                                                       bool
	minAge, maxAge, inHistory, quality, minLength, maxLength                    int
	expireWarning, graceLimit, graceExpiry                                      int
	lockoutDuration, maxFailure, maxRecorded, failureInterval, minDelay, maxDel int
	maxIdle                                                                     int
	lockout, mustChange, noUserChange, safeModify                               bool
	checkModule                                                                 string
}

// defaultRecorded is how many failures are kept when nothing says how many.
const defaultRecorded = 5

var policyAttrs = []string{"pwdAttribute", "pwdMinAge", "pwdMaxAge", "pwdInHistory", "pwdCheckQuality", "pwdMinLength", "pwdMaxLength",
	"pwdExpireWarning", "pwdGraceAuthNLimit", "pwdGraceExpiry", "pwdLockout", "pwdLockoutDuration", "pwdMaxFailure", "pwdMaxRecordedFailure",
	"pwdFailureCountInterval", "pwdMustChange", "pwdAllowUserChange", "pwdSafeModify", "pwdMinDelay", "pwdMaxDelay", "pwdMaxIdle", "pwdCheckModule"}

// policyFor reads the policy of an account; parent is the operation in whose
// transaction that is done, nil outside one.
func (p *passwordPolicy) policyFor(s plugin.Services, parent *plugin.Operation, a account) policy {
	var pol policy
	at := p.fallback
	if v := a.first("pwdPolicySubentry"); v != "" {
		n, err := dn.NewName(v, s.Schema())
		if err != nil {
			return pol
		}
		at = &n
	}
	if at == nil {
		return pol
	}
	list, err := search(s, parent, *at, wire.ScopeBase, present(), policyAttrs...)
	if err != nil || len(list) == 0 {
		p.env.Log.Warn("ppolicy: no such policy", "policy", at.Pretty)
		return pol
	}
	e := account{s: s, attrs: list[0].attrs}
	if t := s.Schema().AttributeType(e.first("pwdAttribute")); t == nil || !t.Is(p.passwordType()) {
		p.env.Log.Warn("ppolicy: the policy is not about userPassword", "policy", at.Pretty)
		return pol
	}
	pol.there = true
	for _, x := range []struct {
		name string
		at   *int
	}{
		{"pwdMinAge", &pol.minAge}, {"pwdMaxAge", &pol.maxAge}, {"pwdInHistory", &pol.inHistory}, {"pwdCheckQuality", &pol.quality},
		{"pwdMinLength", &pol.minLength}, {"pwdMaxLength", &pol.maxLength}, {"pwdExpireWarning", &pol.expireWarning},
		{"pwdGraceAuthNLimit", &pol.graceLimit}, {"pwdGraceExpiry", &pol.graceExpiry}, {"pwdLockoutDuration", &pol.lockoutDuration},
		{"pwdMaxFailure", &pol.maxFailure}, {"pwdMaxRecordedFailure", &pol.maxRecorded}, {"pwdFailureCountInterval", &pol.failureInterval},
		{"pwdMinDelay", &pol.minDelay}, {"pwdMaxDelay", &pol.maxDel}, {"pwdMaxIdle", &pol.maxIdle},
	} {
		if n, err := strconv.ParseInt(e.first(x.name), 10, 32); err == nil && n > 0 {
			*x.at = int(n)
		}
	}
	pol.lockout, pol.mustChange, pol.safeModify = e.truth("pwdLockout"), e.truth("pwdMustChange"), e.truth("pwdSafeModify")
	pol.noUserChange = e.first("pwdAllowUserChange") != "" && !e.truth("pwdAllowUserChange")
	pol.checkModule = e.first("pwdCheckModule")
	if pol.maxRecorded == 0 {
		pol.maxRecorded = pol.maxFailure
	}
	if pol.maxRecorded == 0 {
		pol.maxRecorded = defaultRecorded
	}
	return pol
}

// account is an entry as a search or the pipeline gave it.
type account struct {
	s     plugin.Services
	name  dn.Name
	attrs []wire.Attribute
}

var accountAttrs = []string{"userPassword", "pwdPolicySubentry", "pwdChangedTime", "pwdAccountLockedTime", "pwdFailureTime", "pwdHistory",
	"pwdGraceUseTime", "pwdReset", "pwdStartTime", "pwdEndTime", "pwdAccountTmpLockoutEnd", "pwdLastSuccess", "createTimestamp"}

// accountOf takes the attributes of an entry.
func accountOf(s plugin.Services, e *entry.Entry) account {
	a := account{s: s, name: e.Name}
	for i := range e.Attrs {
		a.attrs = append(a.attrs, wire.Attribute{Type: e.Attrs[i].Desc, Values: e.Attrs[i].Values})
	}
	return a
}

func (a account) values(name string) [][]byte {
	for i := range a.attrs {
		if strings.EqualFold(a.attrs[i].Type, name) {
			return a.attrs[i].Values
		}
	}
	return nil
}

func (a account) first(name string) string {
	if v := a.values(name); len(v) > 0 {
		return string(v[0])
	}
	return ""
}

func (a account) truth(name string) bool { return strings.EqualFold(a.first(name), "TRUE") }

// time reads a GeneralizedTime attribute; zero when it is not there.
func (a account) time(name string) time.Time {
	t, _ := generalTime(a.first(name))
	return t
}

// generalTime reads a GeneralizedTime of the forms that the policy writes.
func generalTime(text string) (time.Time, error) {
	for _, layout := range []string{"20060102150405Z", "20060102150405.999999999Z", "200601021504Z"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time", text)
}

// stamp is a time as the policy's attributes have it.
func stamp(t time.Time) []byte { return []byte(t.UTC().Format("20060102150405Z")) }

// hashed tells whether a password value is stored under a scheme.
func hashed(v []byte) bool {
	_, _, ok := auth.SplitScheme(string(v))
	return ok
}
