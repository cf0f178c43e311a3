package operation

import (
	"fmt"
	"strings"
	"testing"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

const alice = "uid=alice,ou=people,dc=example,dc=com"

var modSN = "dn: " + alice + "\nchangetype: modify\nreplace: sn\nsn: New\n"

// The order of the hooks of each operation, for slapd's plug-ins and for 389's.
func TestHookOrder(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	h := e.host
	write := func(k string) string {
		return "PRE_" + k + " BE_PRE_" + k + " BE_TXN_PRE_" + k + " BE_TXN_POST_" + k + " BE_POST_" + k + " PRE_RESULT POST_RESULT POST_" + k
	}
	for _, c := range []struct {
		name, want string
		run        func() answer
	}{
		{"bind", "PRE_BIND POST_BIND", func() answer { return e.as(root, "secret") }},
		{"bind that fails", "PRE_BIND PRE_RESULT POST_RESULT POST_BIND", func() answer { return e.as(root, "wrong") }},
		{"anonymous bind", "PRE_BIND POST_BIND", func() answer { return e.as("", "") }},
		{"bind again", "PRE_BIND POST_BIND", func() answer { return e.as(root, "secret") }},
		{"search", "PRE_SEARCH PRE_ENTRY POST_ENTRY PRE_RESULT POST_RESULT POST_SEARCH", func() answer { return e.search(alice, wire.ScopeBase, "") }},
		{"search that finds nothing", "PRE_SEARCH PRE_RESULT POST_RESULT POST_SEARCH", func() answer { return e.search("cn=no,"+alice, wire.ScopeBase, "") }},
		{"referral", "PRE_SEARCH PRE_REFERRAL POST_REFERRAL PRE_RESULT POST_RESULT POST_SEARCH", func() answer {
			return e.search("dc=example,dc=com", wire.ScopeSub, "(ou=away)")
		}},
		{"compare", "PRE_COMPARE PRE_RESULT POST_RESULT POST_COMPARE", func() answer {
			return e.do(&wire.CompareRequest{DN: alice, Type: "sn", Value: []byte("able")})
		}},
		{"add", write("ADD"), func() answer { return e.add("dn: uid=c,ou=people,dc=example,dc=com\nuid: c\n" + person) }},
		{"modify", write("MODIFY"), func() answer { return e.modify(modSN) }},
		{"modrdn", write("MODRDN"), func() answer { return e.rename("uid=c,ou=people,dc=example,dc=com", "uid=d", "", true) }},
		{"delete", write("DELETE"), func() answer { return e.delete("uid=d,ou=people,dc=example,dc=com") }},
		{"add that fails before the plug-ins of the transaction", "PRE_ADD BE_PRE_ADD BE_TXN_POST_ADD BE_POST_ADD PRE_RESULT POST_RESULT POST_ADD", func() answer {
			return e.add("dn: " + alice + "\nuid: alice\n" + person)
		}},
		{"refused before any plug-in", "", func() answer { return e.add("dn: uid=u,dc=example,dc=com\nuid: u\nnoSuch: x\n" + person) }},
		{"critical control", "", func() answer { return e.delete(alice, ctl("1.2.3")) }},
		{"abandon", "PRE_ABANDON POST_ABANDON", func() answer { return e.do(&wire.AbandonRequest{MessageID: 3}) }},
		{"who am I", "PRE_EXTOP PRE_RESULT POST_RESULT POST_EXTOP", func() answer { return e.do(&wire.ExtendedRequest{OID: ExtWhoAmI}) }},
		{"unbind", "PRE_UNBIND POST_UNBIND", func() answer { return e.do(&wire.UnbindRequest{}) }},
	} {
		h.took()
		c.run()
		if got := h.took(); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	e.s.CloseConn(e.conn)
	if got := h.took(); got != "" {
		t.Errorf("a connection that was unbound: %s", got)
	}
	e.s.CloseConn(&plugin.Conn{ID: 2})
	if got := h.took(); got != "PRE_UNBIND POST_UNBIND" {
		t.Errorf("a connection that broke: %s", got)
	}

	e = newEnv(t, DS389)
	for _, c := range []struct {
		name, want string
		run        func() answer
	}{
		{"root's bind", "INTERNAL_PRE_BIND PRE_RESULT POST_RESULT", func() answer { return e.as(root, "secret") }},
		{"bind that fails", "PRE_BIND PRE_RESULT POST_RESULT POST_BIND", func() answer { return e.as(alice, "wrong") }},
		{"bind of a user", "PRE_BIND PRE_RESULT POST_RESULT POST_BIND", func() answer { return e.as(alice, "alicepw") }},
		{"anonymous bind", "PRE_RESULT POST_RESULT", func() answer { return e.as("", "") }},
		{"bind of root again", "INTERNAL_PRE_BIND PRE_RESULT POST_RESULT", func() answer { return e.as(root, "secret") }},
		{"delete that fails", "PRE_DELETE BE_TXN_POST_DELETE BE_POST_DELETE PRE_RESULT POST_RESULT POST_DELETE", func() answer {
			return e.delete("uid=no,ou=people,dc=example,dc=com")
		}},
		{"delete with entries below", "PRE_DELETE BE_TXN_POST_DELETE BE_POST_DELETE PRE_RESULT POST_RESULT POST_DELETE", func() answer {
			return e.delete("ou=people,dc=example,dc=com")
		}},
		{"modify against the schema", "PRE_MODIFY BE_PRE_MODIFY BE_TXN_POST_MODIFY BE_POST_MODIFY PRE_RESULT POST_RESULT POST_MODIFY", func() answer {
			return e.modify("dn: " + alice + "\nchangetype: modify\ndelete: sn\n")
		}},
		{"add nowhere", "PRE_ADD PRE_RESULT POST_RESULT POST_ADD", func() answer { return e.add("dn: uid=x,dc=org\nuid: x\n" + person) }},
		{"internal search", "PRE_SEARCH PRE_ENTRY POST_ENTRY POST_SEARCH", func() answer {
			e.internal(nil, plugin.KindSearch, alice, func(op *plugin.Operation) { op.Search = &plugin.SearchPart{} })
			return answer{}
		}},
	} {
		e.host.took()
		c.run()
		if got := e.host.took(); got != c.want {
			t.Errorf("389, %s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// What a Pre plug-in that stops an operation leaves to run: the result hooks of
// all, no post hook (seen with both peers).
func TestStopped(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	h := e.host
	for _, k := range []struct {
		kind string
		run  func() answer
	}{
		{"SEARCH", func() answer { return e.search(alice, wire.ScopeBase, "") }},
		{"COMPARE", func() answer { return e.do(&wire.CompareRequest{DN: alice, Type: "sn", Value: []byte("x")}) }},
		{"ADD", func() answer { return e.add("dn: uid=c,ou=people,dc=example,dc=com\nuid: c\n" + person) }},
		{"MODIFY", func() answer { return e.modify(modSN) }},
		{"MODRDN", func() answer { return e.rename(alice, "uid=x", "", true) }},
		{"DELETE", func() answer { return e.delete(alice) }},
	} {
		stop := plugin.Outcome{Stop: true, Return: -1, Plugin: "probe"}
		for _, c := range []struct {
			name string
			hook func(op *plugin.Operation) plugin.Outcome
			code wire.ResultCode
			text string
		}{
			{"sent", func(op *plugin.Operation) plugin.Outcome {
				e.s.SendResult(op, wire.Result{Code: wire.UnwillingToPerform, Text: "probe says no"})
				return stop
			}, 53, "probe says no"},
			{"sent twice", func(op *plugin.Operation) plugin.Outcome {
				e.s.SendResult(op, wire.Result{Code: wire.Busy, Text: "one"})
				e.s.SendResult(op, wire.Result{Code: wire.Other, Text: "two"})
				return stop
			}, 51, "one"},
			{"code set", func(op *plugin.Operation) plugin.Outcome {
				op.Result.Code = wire.ConstraintViolation
				return stop
			}, 19, ""},
			{"silent", func(op *plugin.Operation) plugin.Outcome { return stop }, 53, ""},
		} {
			h.on = nil
			h.hook("PRE_"+k.kind, c.hook)
			h.took()
			e.log.Reset()
			a := k.run()
			expect(t, k.kind+" "+c.name, a, c.code, c.text)
			if got, want := h.took(), "PRE_"+k.kind+" PRE_RESULT POST_RESULT"; got != want {
				t.Errorf("%s %s: %s, want %s", k.kind, c.name, got, want)
			}
			if (c.name == "silent") != strings.Contains(e.log.String(), "plugin=probe") {
				t.Errorf("%s %s: log %q", k.kind, c.name, e.log)
			}
		}
	}
	h.on = nil
	if got := e.search("ou=people,dc=example,dc=com", wire.ScopeOne, "").names(); got != "uid=alice uid=bob" {
		t.Errorf("after all: %s", got)
	}
}

// A plug-in after the change inside the transaction refuses it: nothing is
// kept, and what it said is the answer, sent once.
func TestTransactionUndone(t *testing.T) {
	for _, compat := range []Compat{OpenLDAP, DS389} {
		for _, point := range []string{"BE_TXN_PRE_MODIFY", "BE_TXN_POST_MODIFY"} {
			for _, sends := range []bool{true, false} {
				e := newEnv(t, compat)
				before := e.search(alice, wire.ScopeBase, "", "*", "+").text(0)
				opReturn := 1
				e.host.hook("POST_MODIFY", func(op *plugin.Operation) plugin.Outcome {
					opReturn = op.OpReturn
					return plugin.Outcome{}
				})
				e.host.hook(point, func(op *plugin.Operation) plugin.Outcome {
					if op.OpReturn != 0 {
						return plugin.Outcome{} // called again, after the failure
					}
					nested := &plugin.Operation{Kind: plugin.KindDelete, RawTarget: "uid=bob,ou=people,dc=example,dc=com", Parent: op}
					e.s.Run(nested)
					if nested.Result.Code != 0 {
						t.Errorf("nested delete: %+v", nested.Result)
					}
					if sends {
						e.s.SendResult(op, wire.Result{Code: wire.ConstraintViolation, Text: "taken"})
					} else {
						op.Result = wire.Result{Code: wire.ConstraintViolation, Text: "taken"}
					}
					return plugin.Outcome{Stop: true, Return: -1, Plugin: "unique"}
				})
				expect(t, point, e.modify(modSN), 19, "taken")
				e.host.on = nil
				if got := e.search(alice, wire.ScopeBase, "", "*", "+").text(0); got != before {
					t.Errorf("%s: changed\n%s", point, got)
				}
				if got := e.search("ou=people,dc=example,dc=com", wire.ScopeOne, "(uid=bob)").names(); got != "uid=bob" {
					t.Errorf("%s: the nested delete was kept", point)
				}
				if opReturn != -1 {
					t.Errorf("%s: OpReturn %d", point, opReturn)
				}
			}
		}
	}
}

// A success that a plug-in sends inside the transaction goes out after it; the
// change failing later makes it a failure.
func TestHeldResult(t *testing.T) {
	e := newEnv(t, DS389)
	e.host.hook("BE_TXN_PRE_MODIFY", func(op *plugin.Operation) plugin.Outcome {
		e.s.SendResult(op, wire.Result{Code: wire.Success, Text: "early"})
		if r := op.Responder.(*client); r.results != 0 {
			t.Error("sent before the commit")
		}
		return plugin.Outcome{}
	})
	expect(t, "held", e.modify(modSN), 0, "early")
	e.host.hook("BE_TXN_POST_MODIFY", func(op *plugin.Operation) plugin.Outcome {
		return plugin.Outcome{Stop: true, Return: -1}
	})
	expect(t, "held, then undone", e.modify(modSN), wire.OperationsError, "")
}

// Nested operations see and make changes of the transaction; one that fails is
// undone alone.
func TestNestedSavepoints(t *testing.T) {
	e := newEnv(t, DS389)
	run := func(parent *plugin.Operation, op *plugin.Operation) wire.ResultCode {
		op.Parent = parent
		e.s.Run(op)
		return op.Result.Code
	}
	mod := func(name, attr, value string) *plugin.Operation {
		return &plugin.Operation{Kind: plugin.KindModify, RawTarget: name,
			Modify: &plugin.ModifyPart{Changes: []wire.Change{{Op: wire.ModReplace, Type: attr, Values: [][]byte{[]byte(value)}}}}}
	}
	depth := 0
	e.host.hook("BE_TXN_POST_MODIFY", func(op *plugin.Operation) plugin.Outcome {
		if op.OpReturn != 0 {
			return plugin.Outcome{}
		}
		depth++
		defer func() { depth-- }()
		switch depth {
		case 1:
			if c := run(op, mod("uid=bob,ou=people,dc=example,dc=com", "sn", "Nested")); c != 0 {
				t.Errorf("nested: %d", c)
			}
			if c := run(op, mod("uid=no,ou=people,dc=example,dc=com", "sn", "x")); c != 32 {
				t.Errorf("nested on nothing: %d", c)
			}
			if c := run(op, mod("cn=staff,ou=groups,dc=example,dc=com", "description", "undone")); c != 53 {
				t.Errorf("nested that is refused: %d", c)
			}
			seen := &recorder{}
			s := &plugin.Operation{Kind: plugin.KindSearch, RawTarget: "dc=example,dc=com", Parent: op, Responder: seen,
				Search: &plugin.SearchPart{Scope: wire.ScopeSub}}
			e.s.Run(s)
			if got := seen.value("uid=bob", "sn"); got != "Nested" {
				t.Errorf("inside the transaction bob's sn is %q", got)
			}
			if got := seen.value("uid=alice", "sn"); got != "New" {
				t.Errorf("inside the transaction alice's sn is %q", got)
			}
		case 2:
			if !op.Internal || op.Parent == nil || op.Txn == nil {
				t.Error("nested operation not marked")
			}
			if op.Target.Norm == "cn=staff,ou=groups,dc=example,dc=com" {
				op.Result = wire.Result{Code: wire.UnwillingToPerform}
				return plugin.Outcome{Stop: true}
			}
		}
		return plugin.Outcome{}
	})
	e.host.took()
	expect(t, "outer", e.modify(modSN), 0, "")
	calls := e.host.took()
	if !strings.Contains(calls, "BE_TXN_POST_MODIFY INTERNAL_PRE_MODIFY BE_PRE_MODIFY BE_TXN_PRE_MODIFY BE_TXN_POST_MODIFY BE_POST_MODIFY INTERNAL_POST_MODIFY") {
		t.Errorf("hooks: %s", calls)
	}
	e.host.on = nil
	a := e.search("dc=example,dc=com", wire.ScopeSub, "(|(sn=New)(sn=Nested)(description=undone))", "sn", "modifiersName")
	if a.names() != "uid=alice uid=bob" || a.text(1) != "sn: Nested\nmodifiersName: "+root+"\n" {
		t.Errorf("%s\n%s", a.names(), a.text(1))
	}
}

type recorder struct {
	discard
	list []*entry.Entry
}

func (r *recorder) SendEntry(op *plugin.Operation, m *plugin.EntryMessage) error {
	r.list = append(r.list, op.Current)
	return nil
}
func (r *recorder) value(rdn, attr string) string {
	for _, e := range r.list {
		if strings.HasPrefix(e.Name.Norm, rdn) {
			return e.First(attr)
		}
	}
	return ""
}

// Plug-ins change what an operation does before it is done.
func TestHooksChangeRequests(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	h := e.host
	sch := e.s.Schema()
	h.hook("PRE_ADD", func(op *plugin.Operation) plugin.Outcome {
		op.Add.Entry.Add(sch, "description", []byte("by a plug-in"))
		return plugin.Outcome{}
	})
	h.hook("BE_TXN_PRE_ADD", func(op *plugin.Operation) plugin.Outcome {
		if op.ParentEntry == nil || op.ParentEntry.Name.Norm != "ou=people,dc=example,dc=com" {
			t.Error("no parent entry")
		}
		x := op.Add.Entry.Clone()
		x.Add(sch, "title", []byte("late"))
		op.Add.Entry = x
		return plugin.Outcome{}
	})
	expect(t, "add", e.add("dn: uid=c,ou=people,dc=example,dc=com\nuid: c\n"+person), 0, "")
	if got := e.search("uid=c,ou=people,dc=example,dc=com", wire.ScopeBase, "", "description", "title").text(0); got != "description: by a plug-in\ntitle: late\n" {
		t.Errorf("entry: %s", got)
	}
	h.hook("BE_TXN_PRE_ADD", func(op *plugin.Operation) plugin.Outcome {
		op.Add.Entry.Add(sch, "member", []byte("cn=x"))
		return plugin.Outcome{}
	})
	expect(t, "against the schema", e.add("dn: uid=z,ou=people,dc=example,dc=com\nuid: z\n"+person), 65, "")
	for name, change := range map[string]func(op *plugin.Operation, n dn.Name){
		"uid=byentry,ou=people,dc=example,dc=com": func(op *plugin.Operation, n dn.Name) {
			x := op.Add.Entry.Clone()
			x.Name = n
			op.Add.Entry = x
		},
		"uid=bytarget,ou=people,dc=example,dc=com": func(op *plugin.Operation, n dn.Name) { op.Target = n },
	} {
		h.on = nil
		h.hook("PRE_ADD", func(op *plugin.Operation) plugin.Outcome {
			n, _ := e.s.Name(name)
			change(op, n)
			return plugin.Outcome{}
		})
		expect(t, name, e.add("dn: uid=q,ou=people,dc=example,dc=com\n"+person), 0, "")
		h.on = nil
		expect(t, name, e.delete(name), 0, "")
	}
	h.hook("PRE_MODIFY", func(op *plugin.Operation) plugin.Outcome {
		op.Modify.Changes = []wire.Change{{Op: wire.ModReplace, Type: "sn", Values: [][]byte{[]byte("Other")}}}
		return plugin.Outcome{}
	})
	h.hook("BE_TXN_PRE_MODIFY", func(op *plugin.Operation) plugin.Outcome {
		if op.Before == nil || op.Before.First("sn") != "Able" || op.After == nil || op.After.First("sn") != "Other" {
			t.Error("entries before and after")
		}
		op.Modify.Changes = append(op.Modify.Changes, wire.Change{Op: wire.ModAdd, Type: "title", Values: [][]byte{[]byte("t")}})
		return plugin.Outcome{}
	})
	var mods []string
	h.hook("POST_MODIFY", func(op *plugin.Operation) plugin.Outcome {
		for _, c := range op.Modify.Changes {
			mods = append(mods, c.Type)
		}
		return plugin.Outcome{}
	})
	expect(t, "modify", e.modify(modSN), 0, "")
	if got := strings.Join(mods, " "); got != "sn title entryCSN modifiersName modifyTimestamp" {
		t.Error(got)
	}
	h.hook("PRE_DELETE", func(op *plugin.Operation) plugin.Outcome {
		op.Target, _ = e.s.Name("uid=bob,ou=people,dc=example,dc=com")
		return plugin.Outcome{}
	})
	expect(t, "delete", e.delete(alice), 0, "")
	h.hook("PRE_SEARCH", func(op *plugin.Operation) plugin.Outcome {
		op.Target, _ = e.s.Name("ou=people,dc=example,dc=com")
		op.Search.Scope = wire.ScopeOne
		op.Search.Attrs = []string{"sn", "title"}
		return plugin.Outcome{}
	})
	a := e.search("dc=example,dc=com", wire.ScopeBase, "(uid=alice)")
	if a.names() != "uid=alice" || a.text(0) != "sn: Other\ntitle: t\n" {
		t.Errorf("%s\n%s", a.names(), a.text(0))
	}
	h.on = nil
	h.hook("PRE_ENTRY", func(op *plugin.Operation) plugin.Outcome {
		if op.Current.First("userPassword") != "alicepw" && op.Current.Name.Norm == alice {
			t.Error("the plug-in does not see the whole entry")
		}
		if op.Current.IsClass("inetOrgPerson") {
			x := op.Current.Clone()
			x.Put(sch, "cn", []byte("Masked"))
			op.Current = x
			op.CurrentControls = []wire.Control{{OID: "1.2.3"}}
			return plugin.Outcome{}
		}
		return plugin.Outcome{Stop: true}
	})
	a = e.search("ou=people,dc=example,dc=com", wire.ScopeSub, "", "cn")
	if a.names() != "uid=alice uid=c" || a.text(0) != "cn: Masked\n" || len(a.client.entries[0].Controls) != 1 {
		t.Errorf("%s\n%s", a.names(), a.text(0))
	}
	h.on = nil
	h.hook("PRE_RESULT", func(op *plugin.Operation) plugin.Outcome {
		op.Result = wire.Result{Code: wire.Busy, Text: "other"}
		return plugin.Outcome{}
	})
	expect(t, "result", e.search(alice, wire.ScopeBase, ""), wire.Busy, "other")
}

// What ns-slapd's hooks read after one of them refused: the code in
// SLAPI_PLUGIN_OPRETURN, TxnPost a second time, -1 in the Post hook.
func TestRefused389(t *testing.T) {
	for _, c := range []struct{ point, want string }{
		{"BE_PRE_ADD", "BE_PRE_ADD:0/0 BE_TXN_POST_ADD:53/53 BE_POST_ADD:53/53 POST_ADD:53/-1"},
		{"BE_TXN_PRE_ADD", "BE_PRE_ADD:0/0 BE_TXN_PRE_ADD:0/0 BE_TXN_POST_ADD:53/53 BE_POST_ADD:53/53 POST_ADD:53/-1"},
		{"BE_TXN_POST_ADD", "BE_PRE_ADD:0/0 BE_TXN_PRE_ADD:0/0 BE_TXN_POST_ADD:0/0 BE_TXN_POST_ADD:53/53 BE_POST_ADD:53/53 POST_ADD:53/-1"},
	} {
		for _, send := range []bool{true, false} {
			e := newEnv(t, DS389)
			var got []string
			for _, p := range []string{"BE_PRE_ADD", "BE_TXN_PRE_ADD", "BE_TXN_POST_ADD", "BE_POST_ADD", "POST_ADD"} {
				e.host.hook(p, func(op *plugin.Operation) plugin.Outcome {
					got = append(got, fmt.Sprintf("%s:%d/%d", p, op.Result.Code, op.OpReturn))
					if p != c.point {
						return plugin.Outcome{}
					}
					if send {
						e.s.SendResult(op, wire.Result{Code: 53, Text: "probe"})
					} else {
						op.Result.Code = 53
					}
					return plugin.Outcome{Stop: true, Return: -1}
				})
			}
			expect(t, c.point, e.add("dn: uid=c,ou=people,dc=example,dc=com\nuid: c\n"+person), 53, "")
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("%s:\n got %s\nwant %s", c.point, s, c.want)
			}
		}
	}
}

// SLAPI_PLUGIN_NOOP: the change is not made, the client hears of success.
func TestSkip(t *testing.T) {
	e := newEnv(t, DS389)
	e.host.hook("BE_TXN_PRE_DELETE", func(*plugin.Operation) plugin.Outcome { return plugin.Outcome{Skip: true, Return: -2} })
	expect(t, "delete", e.delete(alice), 0, "")
	if e.search(alice, wire.ScopeBase, "").names() != "uid=alice" {
		t.Error("deleted")
	}
}

func TestBindPlugins(t *testing.T) {
	bob := "uid=bob,ou=people,dc=example,dc=com"
	e := newEnv(t, OpenLDAP)
	name := func(text string) *dn.Name { n, _ := e.s.Name(text); return &n }
	for _, c := range []struct {
		name string
		hook func(op *plugin.Operation) plugin.Outcome
		pw   string
		code wire.ResultCode
		who  string
	}{
		{"taken over", func(op *plugin.Operation) plugin.Outcome {
			op.Bind.BoundDN = name(bob)
			e.s.SendResult(op, wire.Result{})
			return plugin.Outcome{Return: 1}
		}, "any", 0, bob},
		{"ended as nobody", func(op *plugin.Operation) plugin.Outcome {
			e.s.SendResult(op, wire.Result{})
			return plugin.Outcome{Return: 3}
		}, "alicepw", 0, ""},
		{"refused", func(op *plugin.Operation) plugin.Outcome {
			e.s.SendResult(op, wire.Result{Code: wire.Busy})
			return plugin.Outcome{Stop: true, Return: -1}
		}, "alicepw", wire.Busy, ""},
		{"fail", func(op *plugin.Operation) plugin.Outcome { return plugin.Outcome{Return: 2} }, "alicepw", 49, ""},
		{"1 without a name", func(op *plugin.Operation) plugin.Outcome { return plugin.Outcome{Return: 1} }, "alicepw", 0, alice},
		{"silent", func(op *plugin.Operation) plugin.Outcome { return plugin.Outcome{Stop: true, Return: -1} }, "alicepw", 53, ""},
		{"another target", func(op *plugin.Operation) plugin.Outcome { op.Target = *name(bob); return plugin.Outcome{} }, "bobpw", 0, bob},
	} {
		e.host.hook("PRE_BIND", c.hook)
		expect(t, c.name, e.as(alice, c.pw), c.code, "")
		if e.conn.AuthDN.Norm != c.who {
			t.Errorf("%s: bound as %q, want %q", c.name, e.conn.AuthDN.Norm, c.who)
		}
	}

	e = newEnv(t, DS389)
	mapped := func(op *plugin.Operation) plugin.Outcome {
		switch op.RawTarget {
		case "ada@example.com":
			if op.TargetErr == nil {
				t.Error("no error for what is no DN")
			}
			op.Target, op.TargetErr = *name(alice), nil
		case "gone":
			op.Target, op.TargetErr = dn.Name{}, plugin.ErrNoTarget
		case "refused":
			return plugin.Outcome{Stop: true, Return: -1}
		}
		return plugin.Outcome{}
	}
	e.host.hook("PRE_BIND", mapped)
	expect(t, "mapped", e.as("ada@example.com", "alicepw"), 0, "")
	if e.conn.AuthDN.Norm != alice {
		t.Errorf("bound as %q", e.conn.AuthDN.Norm)
	}
	expect(t, "mapped, wrong password", e.as("ada@example.com", "x"), 49, "")
	if e.conn.AuthDN.Norm != "" {
		t.Error("still bound after a bind that failed")
	}
	expect(t, "target taken away", e.as("gone", "x"), wire.OperationsError, "")
	expect(t, "refused", e.as("refused", "x"), wire.OperationsError, "Pre-bind plug-in failed")
	expect(t, "no DN", e.as("nonsense", "x"), wire.InvalidCredentials, "")
}

func TestExtendedPlugins(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	e.host.ext = map[string]func(op *plugin.Operation){
		ExtWhoAmI: func(op *plugin.Operation) {
			op.Extended.ResponseValue, op.Extended.HasResponseValue = []byte("plug-in"), true
		},
		"1.2.3": func(op *plugin.Operation) {
			op.Result = wire.Result{Code: wire.ConstraintViolation, Text: "constraint"}
		},
		"1.2.4": func(op *plugin.Operation) { e.s.SendResult(op, wire.Result{Text: "text one"}) },
	}
	if a := e.do(&wire.ExtendedRequest{OID: ExtWhoAmI}); string(a.value) != "plug-in" {
		t.Errorf("who am I: %q", a.value)
	}
	expect(t, "own code", e.do(&wire.ExtendedRequest{OID: "1.2.3"}), 19, "constraint")
	expect(t, "sent", e.do(&wire.ExtendedRequest{OID: "1.2.4"}), 0, "text one")
	expect(t, "unknown", e.do(&wire.ExtendedRequest{OID: "1.2.5"}), 2, "unsupported extended operation")
	e.host.ext = nil
	if a := e.do(&wire.ExtendedRequest{OID: ExtWhoAmI}); string(a.value) != "dn:"+root {
		t.Errorf("who am I: %q", a.value)
	}
	expect(t, "value", e.do(&wire.ExtendedRequest{OID: ExtWhoAmI, HasValue: true}), 2, "no request data expected")
}

// A panic in the pipeline (or in what a hook leads it to) ends one operation.
func TestPanic(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	e.host.hook("BE_TXN_POST_MODIFY", func(*plugin.Operation) plugin.Outcome { panic("boom") })
	expect(t, "panic", e.modify(modSN), wire.Other, "internal error")
	e.host.on = nil
	expect(t, "afterwards", e.modify(modSN), 0, "")

	// In a nested operation: that one is undone, the other goes on.
	e.host.hook("BE_TXN_POST_MODIFY", func(op *plugin.Operation) plugin.Outcome {
		if op.Internal {
			panic("boom")
		}
		c := e.internal(op, plugin.KindModify, "uid=bob,ou=people,dc=example,dc=com", func(op *plugin.Operation) {
			op.Modify = &plugin.ModifyPart{Changes: []wire.Change{{Op: wire.ModReplace, Type: "sn", Values: [][]byte{[]byte("Half")}}}}
		})
		if c != wire.Other {
			t.Errorf("nested: %d", c)
		}
		return plugin.Outcome{}
	})
	expect(t, "around a panic", e.modify("dn: "+alice+"\nchangetype: modify\nreplace: sn\nsn: Whole\n"), 0, "")
	e.host.on = nil
	if got := e.search("ou=people,dc=example,dc=com", wire.ScopeOne, "(|(sn=Whole)(sn=Half))").names(); got != "uid=alice" {
		t.Errorf("kept: %s", got)
	}
}
