package operation

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// twoDatabases adds dc=org beside dc=example,dc=com, and a private "config".
func twoDatabases(t *testing.T, compat Compat) *env {
	e := newEnv(t, compat)
	for name, suffix := range map[string]string{"second": "dc=org", "config": "cn=config"} {
		n, err := e.s.Name(suffix)
		if err != nil {
			t.Fatal(err)
		}
		sch := e.s.Schema()
		db := openTestDatabase(t, name, n, sch)
		root, _ := e.s.Name(root)
		e.s.AddDatabase(&Database{Backend: db, RootDN: root, Private: name == "config"})
	}
	expect(t, "dc=org", e.add("dn: dc=org\nobjectClass: domain\ndc: org\n"), 0, "")
	expect(t, "cn=config", e.add("dn: cn=config\nobjectClass: extensibleObject\ncn: config\n"), 0, "")
	e.host.calls = nil
	return e
}

func (e *env) internal(parent *plugin.Operation, kind plugin.Kind, name string, change func(*plugin.Operation)) wire.ResultCode {
	op := &plugin.Operation{Kind: kind, RawTarget: name, Parent: parent}
	if change != nil {
		change(op)
	}
	e.s.Run(op)
	return op.Result.Code
}

func addDomain(e *env, name, dc string) func(*plugin.Operation) {
	return func(op *plugin.Operation) {
		n, _ := e.s.Name(name)
		x := entry.New(n)
		x.Add(e.s.Schema(), "objectClass", []byte("domain"))
		x.Add(e.s.Schema(), "dc", []byte(dc))
		op.Add = &plugin.AddPart{Entry: x}
	}
}

// One transaction over three databases: all or nothing.
func TestAcrossDatabases(t *testing.T) {
	e := twoDatabases(t, DS389)
	fail := false
	e.host.hook("BE_TXN_POST_MODIFY", func(op *plugin.Operation) plugin.Outcome {
		if op.Internal || op.OpReturn != 0 {
			return plugin.Outcome{}
		}
		if c := e.internal(op, plugin.KindAdd, "dc=a,dc=org", addDomain(e, "dc=a,dc=org", "a")); c != 0 {
			t.Errorf("add in the second database: %d", c)
		}
		if c := e.internal(op, plugin.KindAdd, "cn=x,cn=config", func(op *plugin.Operation) {
			n, _ := e.s.Name("cn=x,cn=config")
			x := entry.New(n)
			x.Add(e.s.Schema(), "objectClass", []byte("extensibleObject"))
			op.Add = &plugin.AddPart{Entry: x}
		}); c != 0 {
			t.Errorf("add in cn=config: %d", c)
		}
		return plugin.Outcome{Stop: fail, Return: -1}
	})
	fail = true
	expect(t, "undone", e.modify(modSN), wire.OperationsError, "")
	for _, name := range []string{"dc=a,dc=org", "cn=x,cn=config"} {
		expect(t, name, e.search(name, wire.ScopeBase, ""), 32, "")
	}
	fail = false
	expect(t, "made", e.modify(modSN), 0, "")
	for _, name := range []string{"dc=a,dc=org", "cn=x,cn=config"} {
		expect(t, name, e.search(name, wire.ScopeBase, ""), 0, "")
	}
}

// Two operations that want each other's database: one is refused, none waits
// for ever.
func TestDeadlock(t *testing.T) {
	e := twoDatabases(t, DS389)
	var both sync.WaitGroup
	both.Add(2)
	codes := make(chan wire.ResultCode, 2)
	var once [2]sync.Once
	e.host.hook("BE_TXN_POST_MODIFY", func(op *plugin.Operation) plugin.Outcome {
		if op.Internal {
			return plugin.Outcome{}
		}
		i, other := 0, "dc=org"
		if op.Target.Norm == "dc=org" {
			i, other = 1, alice
		}
		once[i].Do(both.Done)
		both.Wait() // both hold their first database now
		codes <- e.internal(op, plugin.KindModify, other, func(op *plugin.Operation) {
			op.Modify = &plugin.ModifyPart{Changes: []wire.Change{{Op: wire.ModReplace, Type: "description", Values: [][]byte{[]byte("x")}}}}
		})
		return plugin.Outcome{}
	})
	h := &lockedHost{fakeHost: e.host}
	e.s.SetHost(h)
	var done sync.WaitGroup
	for _, name := range []string{alice, "dc=org"} {
		done.Go(func() {
			c := &client{}
			op := e.s.NewOperation(context.Background(), e.conn, &wire.Message{ID: 1, Op: &wire.ModifyRequest{DN: name,
				Changes: []wire.Change{{Op: wire.ModReplace, Type: "description", Values: [][]byte{[]byte("y")}}}}}, c)
			e.s.Handle(op)
			if c.final.Code != 0 {
				t.Errorf("%s: %+v", name, c.final)
			}
		})
	}
	finished := make(chan struct{})
	go func() { done.Wait(); close(finished) }()
	select {
	case <-finished:
	case <-time.After(10 * time.Second):
		t.Fatal("deadlock")
	}
	if a, b := <-codes, <-codes; !(a == 0 && b == wire.Busy || a == wire.Busy && b == 0) {
		t.Errorf("codes %d and %d", a, b)
	}
}

// lockedHost lets the recorder be used by several goroutines.
type lockedHost struct {
	*fakeHost
	mu sync.Mutex
}

func (h *lockedHost) Run(p plugin.Point, op *plugin.Operation) plugin.Outcome {
	h.mu.Lock()
	h.calls = append(h.calls, p.String())
	f := h.on[p.String()]
	h.mu.Unlock()
	if f != nil {
		return f(op)
	}
	return plugin.Outcome{}
}
func (h *lockedHost) OperationDone(*plugin.Operation) {}

func TestBeginTxn(t *testing.T) {
	e := twoDatabases(t, DS389)
	exists := func(name string) bool { return e.search(name, wire.ScopeBase, "").client.final.Code == 0 }
	holder, err := e.s.BeginTxn("second", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, dc := range []string{"a", "b"} {
		if c := e.internal(holder, plugin.KindAdd, "", addDomain(e, "dc="+dc+",dc=org", dc)); c != 0 {
			t.Errorf("add %s: %d", dc, c)
		}
	}
	if exists("dc=a,dc=org") {
		t.Error("seen before the commit")
	}
	if err := e.s.CommitTxn(holder); err != nil {
		t.Error(err)
	}
	if !exists("dc=a,dc=org") || !exists("dc=b,dc=org") {
		t.Error("not there after the commit")
	}
	if e.s.CommitTxn(holder) == nil {
		t.Error("a second commit")
	}
	holder, _ = e.s.BeginTxn("second", nil)
	e.internal(holder, plugin.KindDelete, "dc=a,dc=org", nil)
	e.s.AbortTxn(holder)
	e.s.AbortTxn(holder)
	if !exists("dc=a,dc=org") {
		t.Error("deleted in spite of the abort")
	}
	// Inside another operation's transaction: undone alone.
	e.host.hook("BE_TXN_POST_MODIFY", func(op *plugin.Operation) plugin.Outcome {
		in, err := e.s.BeginTxn("second", op)
		if err != nil {
			t.Fatal(err)
		}
		e.internal(in, plugin.KindDelete, "dc=a,dc=org", nil)
		e.s.AbortTxn(in)
		in, _ = e.s.BeginTxn("second", op)
		e.internal(in, plugin.KindDelete, "dc=b,dc=org", nil)
		e.s.CommitTxn(in)
		return plugin.Outcome{}
	})
	expect(t, "outer", e.modify(modSN), 0, "")
	if !exists("dc=a,dc=org") || exists("dc=b,dc=org") {
		t.Errorf("a there: %v, b there: %v", exists("dc=a,dc=org"), exists("dc=b,dc=org"))
	}
	if _, err := e.s.BeginTxn("none", nil); err == nil {
		t.Error("no such database")
	}
}

func TestConfigCallbacks(t *testing.T) {
	e := twoDatabases(t, DS389)
	var calls []string
	f, _ := filter.Parse("(objectClass=extensibleObject)")
	ret := 1
	note := func(before bool) *plugin.ConfigCallback {
		return &plugin.ConfigCallback{Ops: plugin.KindAdd | plugin.KindModify | plugin.KindDelete, Before: before, Base: "cn=config", Scope: wire.ScopeOne, Filter: f,
			Call: func(op *plugin.Operation, was, is *entry.Entry) (int, wire.ResultCode, string) {
				calls = append(calls, fmt.Sprint(op.Kind, " ", before, " ", was != nil, " ", is != nil))
				return ret, wire.ConstraintViolation, "not so"
			}}
	}
	remove, err := e.s.ConfigCallback(note(true))
	if err != nil {
		t.Fatal(err)
	}
	e.s.ConfigCallback(note(false))
	task := "dn: cn=task,cn=config\nobjectClass: extensibleObject\ncn: task\n"
	ret = -1
	expect(t, "refused", e.add(task), 19, "not so")
	ret = 0
	expect(t, "swallowed", e.add(task), 0, "")
	expect(t, "not there", e.delete("cn=task,cn=config"), 32, "")
	ret = 1
	calls = nil
	expect(t, "add", e.add(task), 0, "")
	expect(t, "modify", e.modify("dn: cn=task,cn=config\nchangetype: modify\nadd: description\ndescription: d\n"), 0, "")
	remove()
	expect(t, "delete", e.delete("cn=task,cn=config"), 0, "")
	want := "[add true false true add false false true modify true true true modify false true true delete false true false]"
	if got := fmt.Sprint(calls); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// Attributes of the root DSE that plug-ins put in.
	e.s.ConfigCallback(&plugin.ConfigCallback{Ops: plugin.KindSearch, Base: "", Scope: wire.ScopeBase,
		Call: func(op *plugin.Operation, x, _ *entry.Entry) (int, wire.ResultCode, string) {
			x.Add(e.s.Schema(), "lastusn", []byte("7"))
			return 1, 0, ""
		}})
	if got := e.search("", wire.ScopeBase, "", "lastusn").text(0); got != "lastusn: 7\n" {
		t.Errorf("root DSE: %q", got)
	}
}

// Many clients change and read at once; run with -race.
func TestConcurrent(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	e.s.SetHost(nil)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			conn := &plugin.Conn{ID: uint64(100 + w), AuthDN: e.conn.AuthDN}
			e.s.OpenConn(conn)
			run := func(req wire.Request) wire.Result {
				c := &client{}
				e.s.Handle(e.s.NewOperation(context.Background(), conn, &wire.Message{ID: 1, Op: req}, c))
				return c.final
			}
			f, _ := filter.Parse("(objectClass=inetOrgPerson)")
			for i := range 20 {
				name := fmt.Sprintf("uid=w%d-%d,ou=people,dc=example,dc=com", w, i)
				if r := run(&wire.AddRequest{DN: name, Attributes: []wire.Attribute{
					{Type: "objectClass", Values: [][]byte{[]byte("inetOrgPerson")}}, {Type: "cn", Values: [][]byte{[]byte("x")}}, {Type: "sn", Values: [][]byte{[]byte("x")}}}}); r.Code != 0 {
					t.Errorf("add: %+v", r)
				}
				if r := run(&wire.SearchRequest{Base: "dc=example,dc=com", Scope: wire.ScopeSub, Filter: f.Append(nil), Attributes: []string{"*", "+"}}); r.Code != 0 {
					t.Errorf("search: %+v", r)
				}
				if i%2 == 0 {
					if r := run(&wire.DelRequest{DN: name}); r.Code != 0 {
						t.Errorf("delete: %+v", r)
					}
				}
			}
		})
	}
	wg.Wait()
	if n := len(e.search("ou=people,dc=example,dc=com", wire.ScopeOne, "(uid=w*)").client.entries); n != 40 {
		t.Errorf("%d entries", n)
	}
}

func TestPasswordModify(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	request := func(user, old, pw string) *wire.ExtendedRequest {
		return &wire.ExtendedRequest{OID: ExtPasswordModify, HasValue: true, Value: passwordValue(user, old, pw)}
	}
	expect(t, "by root", e.do(request(alice, "", "fresh")), 0, "")
	a := e.search(alice, wire.ScopeBase, "", "userPassword")
	if len(a.text(0)) < 20 || a.text(0)[:20] != "userPassword: {SSHA}" {
		t.Error(a.text(0))
	}
	expect(t, "bind", e.as(alice, "fresh"), 0, "")
	expect(t, "a user with no access", e.do(request("", "", "mine")), 50, "")
	e.as(root, "secret")
	expect(t, "wrong old", e.do(request(alice, "x", "y")), 53, "unwilling to verify old password")
	a = e.do(request(alice, "fresh", ""))
	expect(t, "generated", a, 0, "")
	if len(a.value) < 10 {
		t.Fatalf("value %x", a.value)
	}
	expect(t, "bind with the generated one", e.as(alice, string(a.value[4:])), 0, "")
	e.as("", "")
	expect(t, "anonymous", e.do(request(alice, "", "x")), 8, "")
	e.as(root, "secret")
	expect(t, "nobody", e.do(request("uid=no,ou=people,dc=example,dc=com", "", "x")), 32, "")
	expect(t, "malformed", e.do(&wire.ExtendedRequest{OID: ExtPasswordModify, HasValue: true, Value: []byte{0x30, 0x05, 1}}), 2, "")
}
