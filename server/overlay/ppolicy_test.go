package overlay

import (
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// fakeServer is a directory of a few entries without a transaction.
type fakeServer struct {
	plugin.Services
	s       *schema.Schema
	entries map[string]*entry.Entry
	manage  bool
}

func (f *fakeServer) Schema() *schema.Schema                    { return f.s }
func (f *fakeServer) DatabaseFor(string) string                 { return "db" }
func (f *fakeServer) CheckPassword(s string, clear []byte) bool { return s == string(clear) }
func (f *fakeServer) RegisterControl(string, plugin.Kind)       {}
func (f *fakeServer) AccessAllowed(_ *plugin.Operation, _ *entry.Entry, _ string, _ []byte, a plugin.Access) (bool, error) {
	return a != plugin.AccessManage || f.manage, nil
}

func (f *fakeServer) Run(op *plugin.Operation) {
	e := f.entries[op.Target.Norm]
	if e == nil {
		op.Result.Code = wire.NoSuchObject
		return
	}
	switch op.Kind {
	case plugin.KindSearch:
		op.Responder.SendEntry(op, &plugin.EntryMessage{DN: e.Name.Pretty, Attrs: e.WireAttributes()})
	case plugin.KindModify:
		n := e.Clone()
		if err := n.Apply(f.s, op.Modify.Changes, entry.ApplyOptions{NoSchema: true}); err != nil {
			op.Result = err.(*wire.Error).Result
			return
		}
		f.entries[op.Target.Norm] = n
	}
}

type policyTest struct {
	*testing.T
	f    *fakeServer
	p    *passwordPolicy
	time time.Time
	user dn.Name
	conn *plugin.Conn
}

func newPolicyTest(t *testing.T, policyLines string) *policyTest {
	t.Helper()
	s := schema.New()
	for _, d := range []string{"( 2.5.4.35 NAME 'userPassword' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )"} {
		if s.AttributeType("userPassword") == nil {
			if err := s.AddAttributeType(d); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := Schema("ppolicy", s); err != nil {
		t.Fatal(err)
	}
	pt := &policyTest{T: t, f: &fakeServer{s: s, entries: map[string]*entry.Entry{}}, time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), conn: &plugin.Conn{ID: 7}}
	pt.user = pt.put("cn=u", "userPassword: pw\ncreateTimestamp: 20260101000000Z")
	pt.put("cn=p", "pwdAttribute: userPassword\n"+policyLines)
	root, _ := dn.NewName("cn=root", s)
	o, err := newPasswordPolicy(&Env{Schema: s, RootDN: root, Log: slog.New(slog.DiscardHandler)}, [][]string{{"ppolicy_default", "cn=p"}, {"ppolicy_use_lockout"}})
	if err != nil {
		t.Fatal(err)
	}
	pt.p = o.(*passwordPolicy)
	pt.p.now = func() time.Time { return pt.time }
	return pt
}

func (t *policyTest) put(name, lines string) dn.Name {
	t.Helper()
	n, err := dn.NewName(name, t.f.s)
	if err != nil {
		t.Fatal(err)
	}
	e := entry.New(n)
	for _, l := range strings.Split(strings.TrimSpace(lines), "\n") {
		k, v, _ := strings.Cut(l, ": ")
		if err := e.Add(t.f.s, k, []byte(v)); err != nil {
			t.Fatal(err)
		}
	}
	t.f.entries[n.Norm] = e
	return n
}

// bind runs a bind through the overlay; it gives the code and the response.
func (t *policyTest) bind(password string) string {
	t.Helper()
	op := &plugin.Operation{Kind: plugin.KindBind, Conn: t.conn, Target: t.user, RawTarget: t.user.Pretty, Database: "db",
		Bind: &plugin.BindPart{Method: wire.AuthSimple, Password: []byte(password)}, Controls: []wire.Control{{OID: controlPasswordPolicy}}}
	point := plugin.Point{Phase: plugin.Pre, Slot: plugin.SlotBind}
	if err := t.p.Run(t.f, point, op); err != nil {
		op.Result = err.Result
	} else if string(t.f.entries[t.user.Norm].First("userPassword")) == password {
		t.conn.AuthDN = t.user
		t.p.Run(t.f, plugin.Point{Phase: plugin.Post, Slot: plugin.SlotBind}, op)
	} else {
		op.Result.Code = wire.InvalidCredentials
		t.p.Run(t.f, plugin.Point{Phase: plugin.Pre, Slot: plugin.SlotResult}, op)
	}
	out := fmt.Sprint(int(op.Result.Code))
	for _, c := range op.ResponseControls {
		out += " " + hex.EncodeToString(c.Value)
	}
	return out
}

// modify runs a change of the password by itself.
func (t *policyTest) modify(who dn.Name, changes ...wire.Change) string {
	t.Helper()
	op := &plugin.Operation{Kind: plugin.KindModify, Conn: t.conn, Target: t.user, Requestor: who, Database: "db", IsRoot: who.Norm == "cn=root",
		Before: t.f.entries[t.user.Norm], Modify: &plugin.ModifyPart{Changes: changes}, Controls: []wire.Control{{OID: controlPasswordPolicy}}}
	for _, p := range []plugin.Phase{plugin.Pre, plugin.TxnPre} {
		if err := t.p.Run(t.f, plugin.Point{Phase: p, Slot: plugin.SlotModify}, op); err != nil {
			return fmt.Sprint(int(err.Code))
		}
	}
	n := op.Before.Clone()
	if err := n.Apply(t.f.s, op.Modify.Changes, entry.ApplyOptions{NoSchema: true}); err != nil {
		return err.Error()
	}
	t.f.entries[t.user.Norm] = n
	t.p.Run(t.f, plugin.Point{Phase: plugin.Post, Slot: plugin.SlotModify}, op)
	return "0"
}

func (t *policyTest) want(what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}

func replacePassword(v string) wire.Change {
	return wire.Change{Op: wire.ModReplace, Type: "userPassword", Values: [][]byte{[]byte(v)}}
}

func TestPolicyLockout(t *testing.T) {
	x := newPolicyTest(t, "pwdLockout: TRUE\npwdMaxFailure: 2\npwdLockoutDuration: 60\npwdFailureCountInterval: 30")
	x.want("wrong", x.bind("no"), "49 3000")
	x.time = x.time.Add(31 * time.Second)
	x.want("wrong, the first is forgotten", x.bind("no"), "49 3000")
	x.want("not locked", x.bind("pw"), "0 3000")
	x.bind("no")
	x.time = x.time.Add(time.Second)
	x.bind("no")
	x.want("locked", x.bind("pw"), "49 3003810101")
	x.time = x.time.Add(59 * time.Second)
	x.want("locked to the end", x.bind("pw"), "49 3003810101")
	x.time = x.time.Add(time.Second)
	x.want("open again", x.bind("pw"), "0 3000")
	if e := x.f.entries["cn=u"]; e.Has("pwdAccountLockedTime") || e.Has("pwdFailureTime") {
		t.Error("marks of the lock are left")
	}
}

func TestPolicyDelay(t *testing.T) {
	x := newPolicyTest(t, "pwdLockout: TRUE\npwdMinDelay: 4\npwdMaxDelay: 10")
	x.bind("no")
	x.time = x.time.Add(3 * time.Second)
	x.want("within the delay", x.bind("pw"), "49 3003810101")
	x.time = x.time.Add(time.Second)
	x.bind("no") // twice the delay now
	x.time = x.time.Add(7 * time.Second)
	x.want("within the second delay", x.bind("pw"), "49 3003810101")
	x.time = x.time.Add(time.Second)
	x.bind("no") // the most
	x.time = x.time.Add(9 * time.Second)
	x.want("within the third delay", x.bind("pw"), "49 3003810101")
	x.time = x.time.Add(time.Second)
	x.want("after it", x.bind("pw"), "0 3000")
}

func TestPolicyAge(t *testing.T) {
	x := newPolicyTest(t, "pwdMaxAge: 1000\npwdExpireWarning: 100\npwdGraceAuthNLimit: 1\npwdMinAge: 50\npwdInHistory: 2")
	x.want("change", x.modify(x.user, replacePassword("pw2")), "0")
	x.want("too young", x.modify(x.user, replacePassword("pw3")), "19")
	x.time = x.time.Add(899 * time.Second)
	x.want("no warning yet", x.bind("pw2"), "0 3000")
	x.time = x.time.Add(time.Second)
	x.want("warning", x.bind("pw2"), "0 3005a003800164")
	x.time = x.time.Add(99 * time.Second)
	x.want("the last second", x.bind("pw2"), "0 3005a003800101")
	x.time = x.time.Add(time.Second)
	x.want("grace", x.bind("pw2"), "0 3005a003810100")
	x.want("no grace left", x.bind("pw2"), "49 3003810100")
	if x.conn.AuthDN.Norm != "" {
		t.Error("the connection kept its identity")
	}
	x.want("the old one", x.modify(x.user, replacePassword("pw")), "19")
	x.want("the same", x.modify(x.user, replacePassword("pw2")), "19")
	x.want("another", x.modify(x.user, replacePassword("pw3")), "0")
	x.want("fresh", x.bind("pw3"), "0 3000")
}

func TestPolicyReset(t *testing.T) {
	x := newPolicyTest(t, "pwdMustChange: TRUE")
	root, _ := dn.NewName("cn=root", x.f.s)
	x.want("reset", x.modify(root, replacePassword("new")), "0")
	x.want("bind", x.bind("new"), "0 3003810102")
	op := &plugin.Operation{Kind: plugin.KindSearch, Conn: x.conn, Requestor: x.user, Target: x.user, Search: &plugin.SearchPart{}}
	pre := plugin.Point{Phase: plugin.Pre, Slot: plugin.SlotSearch}
	if err := x.p.Run(x.f, pre, op); err == nil || err.Code != wire.InsufficientAccessRights {
		t.Errorf("a search before the change: %v", err)
	}
	x.want("change", x.modify(x.user, replacePassword("mine")), "0")
	if err := x.p.Run(x.f, pre, op); err != nil {
		t.Errorf("a search after the change: %v", err)
	}
	x.want("bind", x.bind("mine"), "0 3000")
	x.modify(root, replacePassword("new"))
	x.bind("new")
	x.p.Run(x.f, plugin.Point{Phase: plugin.Post, Slot: plugin.SlotUnbind}, &plugin.Operation{Kind: plugin.KindUnbind, Conn: x.conn})
	if n := x.p.count.Load(); n != 0 || len(x.p.must) != 0 {
		t.Errorf("%d connections are remembered", n)
	}
}

func TestPolicyIdle(t *testing.T) {
	x := newPolicyTest(t, "pwdMaxIdle: 100")
	x.want("never bound", x.bind("pw"), "0 3000")
	x.put("cn=u", "userPassword: pw\npwdLastSuccess: "+string(stamp(x.time)))
	x.time = x.time.Add(100 * time.Second)
	x.want("in time", x.bind("pw"), "0 3000")
	x.time = x.time.Add(time.Second)
	x.want("idle", x.bind("pw"), "49 3003810101")
}

func FuzzHistory(f *testing.F) {
	f.Add([]byte("20260101000000Z#1.3.6.1.4.1.1466.115.121.1.40#2#pw"))
	f.Fuzz(func(t *testing.T, v []byte) {
		if h, err := parseHistory(v); err == nil && len(h.password) > len(v) {
			t.Error("too long")
		}
	})
}
