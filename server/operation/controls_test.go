package operation

import (
	"strings"
	"testing"

	"libslapi/server/ber"
	"libslapi/server/dn"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// build makes a control value with a function of the builder.
func build(oid string, f func(b *ber.Builder)) wire.Control {
	b := ber.NewBuilder(nil)
	m := b.Begin(ber.TagSequence)
	f(&b)
	b.End(m)
	return wire.Control{OID: oid, Critical: true, HasValue: true, Value: b.Bytes()}
}

// sortBy makes a sort control of "attr", "-attr", "attr:rule".
func sortBy(keys ...string) wire.Control {
	return build(ControlSort, func(b *ber.Builder) {
		for _, k := range keys {
			m := b.Begin(ber.TagSequence)
			name, rule, _ := strings.Cut(strings.TrimPrefix(k, "-"), ":")
			b.String(ber.TagOctetString, name)
			if rule != "" {
				b.String(0x80, rule)
			}
			if k[0] == '-' {
				b.Bool(0x81, true)
			}
			b.End(m)
		}
	})
}

func valuesOf(items ...string) wire.Control {
	return build(ControlMatchedValues, func(b *ber.Builder) {
		for _, i := range items {
			f, err := filter.Parse(i)
			if err != nil {
				panic(err)
			}
			b.Raw(f.Append(nil))
		}
	})
}

const people = "ou=people,dc=example,dc=com"

func (e *env) names(ctls ...wire.Control) answer {
	e.t.Helper()
	f, _ := filter.Parse("(uid=*)")
	return e.do(&wire.SearchRequest{Base: people, Scope: wire.ScopeOne, Filter: f.Append(nil), Attributes: []string{"1.1"}}, ctls...)
}

func crowd(t *testing.T) *env {
	e := newEnv(t, OpenLDAP)
	for _, p := range []string{"dora Dee", "emil Early", "fay Zed", "gus Fox"} {
		uid, sn, _ := strings.Cut(p, " ")
		a := e.add("dn: uid=" + uid + "," + people + "\nobjectClass: inetOrgPerson\nuid: " + uid + "\ncn: " + uid + "\nsn: " + sn + "\n")
		expect(t, uid, a, wire.Success, "")
	}
	return e
}

func TestSortControl(t *testing.T) {
	e := crowd(t)
	for _, c := range []struct {
		keys  []string
		order string
		code  wire.ResultCode
	}{
		{[]string{"sn:caseIgnoreOrderingMatch"}, "alice bob dora emil gus fay", 0},
		{[]string{"-sn:2.5.13.3"}, "fay gus emil dora bob alice", 0},
		{[]string{"mail:caseIgnoreOrderingMatch", "-sn:caseIgnoreOrderingMatch"}, "alice bob fay gus emil dora", 0},
		{[]string{"createTimestamp", "sn:caseIgnoreOrderingMatch"}, "", 0},
		{[]string{"sn"}, "", wire.InappropriateMatching},
		{[]string{"sn:caseIgnoreMatch"}, "", wire.InappropriateMatching},
		{[]string{"nosuch"}, "", wire.NoSuchAttribute},
		{[]string{"uidNumber", "uidNumber"}, "", wire.ProtocolError},
		{[]string{"a:x", "b:x", "c:x", "d:x", "e:x", "f:x"}, "", wire.NoSuchAttribute},
	} {
		a := e.names(sortBy(c.keys...))
		expect(t, strings.Join(c.keys, " "), a, c.code, "")
		if got := strings.ReplaceAll(a.names(), "uid=", ""); c.order != "" && got != c.order {
			t.Errorf("%v: %s, want %s", c.keys, got, c.order)
		}
		if c.code == 0 && (len(a.ctls) != 1 || a.ctls[0].OID != ControlSortResult) {
			t.Errorf("%v: controls %v", c.keys, a.ctls)
		}
	}
	a := e.names(build(ControlSort, func(*ber.Builder) {}))
	expect(t, "no keys", a, wire.ProtocolError, "")
}

// TestSortNeedsSearchAccess: who may not search by an attribute learns nothing of
// its order.
func TestSortNeedsSearchAccess(t *testing.T) {
	e := crowd(t)
	set := mustACL(t, e.s.Schema(), "to attrs=sn by * read", "to attrs=mail by dn.exact="+root+" write", "to * by * read")
	e.s.UpdateDatabase("userRoot", func(d *Database) { d.ACL = set })
	e.do(&wire.BindRequest{Version: 3, Method: wire.AuthSimple})
	a := e.names(sortBy("-mail:caseIgnoreOrderingMatch", "sn:caseIgnoreOrderingMatch"))
	if got := strings.ReplaceAll(a.names(), "uid=", ""); got != "alice bob dora emil gus fay" {
		t.Errorf("order %s", got)
	}
}

func TestVirtualListView(t *testing.T) {
	e := crowd(t)
	view := func(before, after, offset, count int) wire.Control {
		return build(ControlVLV, func(b *ber.Builder) {
			b.Int(ber.TagInteger, int64(before))
			b.Int(ber.TagInteger, int64(after))
			m := b.Begin(0xa0)
			b.Int(ber.TagInteger, int64(offset))
			b.Int(ber.TagInteger, int64(count))
			b.End(m)
		})
	}
	at := func(before, after int, value string) wire.Control {
		return build(ControlVLV, func(b *ber.Builder) {
			b.Int(ber.TagInteger, int64(before))
			b.Int(ber.TagInteger, int64(after))
			b.String(0x81, value)
		})
	}
	up, down := sortBy("sn:caseIgnoreOrderingMatch"), sortBy("-sn:caseIgnoreOrderingMatch")
	for _, c := range []struct {
		name  string
		sort  wire.Control
		view  wire.Control
		order string
		pos   int64
		code  wire.ResultCode
	}{
		{"begin", up, view(5, 2, 1, 0), "alice bob dora", 1, 0},
		{"middle", up, view(1, 1, 3, 6), "bob dora emil", 3, 0},
		{"end", up, view(1, 5, 6, 6), "gus fay", 6, 0},
		{"another count", up, view(0, 0, 50, 100), "dora", 3, 0},
		{"last of another count", up, view(0, 0, 100, 100), "fay", 6, 0},
		{"past the end", up, view(2, 2, 60, 0), "gus fay", 7, 0},
		{"offset of nothing", up, view(0, 0, 0, 6), "", 0, vlvError},
		{"offset above the count", up, view(0, 0, 7, 6), "", 0, vlvError},
		{"value", up, at(0, 1, "dea"), "dora emil", 3, 0},
		{"value of an entry", up, at(1, 0, "EARLY"), "dora emil", 4, 0},
		{"value above all", up, at(1, 1, "zzz"), "fay", 7, 0},
		{"value, downwards", down, at(0, 1, "f"), "emil dora", 3, 0},
		{"huge window", up, view(1<<31-1, 1<<31-1, 2, 6), "alice bob dora emil gus fay", 2, 0},
	} {
		a := e.names(c.sort, c.view)
		expect(t, c.name, a, c.code, "")
		if got := strings.ReplaceAll(a.names(), "uid=", ""); got != c.order {
			t.Errorf("%s: %q, want %q", c.name, got, c.order)
		}
		last := a.ctls[len(a.ctls)-1]
		cur := ber.NewCursor(last.Value)
		seq := cur.Enter(ber.TagSequence)
		if pos, n := seq.Int(), seq.Int(); last.OID != ControlVLVResult || pos != c.pos || n != 6 {
			t.Errorf("%s: position %d of %d", c.name, pos, n)
		}
	}
	expect(t, "without sort", e.names(view(0, 0, 1, 0)), sortControlMissing, "")
	expect(t, "negative", e.names(up, view(-1, 0, 1, 0)), wire.ProtocolError, "")
	paged := build(ControlPaged, func(b *ber.Builder) { b.Int(ber.TagInteger, 2); b.String(ber.TagOctetString, "") })
	expect(t, "with pages", e.names(up, view(0, 0, 1, 0), paged), wire.UnwillingToPerform, "")
}

func TestSortedPages(t *testing.T) {
	e := crowd(t)
	cookie, all := "", ""
	for range 4 {
		a := e.names(sortBy("-sn:caseIgnoreOrderingMatch"), build(ControlPaged, func(b *ber.Builder) { b.Int(ber.TagInteger, 2); b.String(ber.TagOctetString, cookie) }))
		expect(t, "page", a, wire.Success, "")
		all += a.names() + " "
		if len(a.ctls) != 2 || a.ctls[0].OID != ControlSortResult {
			t.Fatalf("controls %v", a.ctls)
		}
		cur := ber.NewCursor(a.ctls[1].Value)
		seq := cur.Enter(ber.TagSequence)
		seq.Int()
		if cookie = seq.String(); cookie == "" {
			break
		}
	}
	if all != "uid=fay uid=gus uid=emil uid=dora uid=bob uid=alice " {
		t.Errorf("pages: %s", all)
	}
}

func TestMatchedValues(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	search := func(ctls ...wire.Control) answer {
		f, _ := filter.Parse("(objectClass=*)")
		return e.do(&wire.SearchRequest{Base: "uid=bob," + people, Filter: f.Append(nil)}, ctls...)
	}
	for _, c := range []struct{ items, want string }{
		{"(mail=robert*)", "mail: robert@example.com\n"},
		{"(mail=*)", "mail: bob@example.com\nmail: robert@example.com\n"},
		{"(sn=BAKER) (mail>=a)", "sn: Baker\n"},
		{"(name=bob baker)", "cn: Bob Baker\n"},
		{"(nosuch=1)", ""},
		{"(:caseExactMatch:=bob)", "uid: bob\n"},
	} {
		a := search(valuesOf(strings.Split(strings.ReplaceAll(c.items, ") (", ")\x00("), "\x00")...))
		expect(t, c.items, a, wire.Success, "")
		if got := a.text(0); got != c.want {
			t.Errorf("%s: %q, want %q", c.items, got, c.want)
		}
	}
	expect(t, "set", search(valuesOf("(!(mail=a))")), wire.ProtocolError, "")
	expect(t, "empty", search(valuesOf()), wire.ProtocolError, "")
	expect(t, "no value", search(ctl(ControlMatchedValues)), wire.ProtocolError, "")
}

// fakeSASL knows the identities "u:NAME" and lets alice act as bob.
type fakeSASL struct{ s *Server }

func (fakeSASL) Mechanisms(*plugin.Conn) []string               { return []string{"TEST"} }
func (fakeSASL) Step(*plugin.Operation) (*dn.Name, *wire.Error) { return nil, nil }
func (f fakeSASL) AuthzName(_ *plugin.Operation, id string) (dn.Name, bool) {
	if id == "" {
		return dn.Name{}, true
	}
	user, ok := strings.CutPrefix(id, "u:")
	if !ok {
		return dn.Name{}, false
	}
	n, err := f.s.Name("uid=" + user + "," + people)
	return n, err == nil
}
func (f fakeSASL) Authorized(_ *plugin.Operation, authc, authz dn.Name) bool {
	return f.s.MayActAs(authc, authz) || strings.HasPrefix(authc.Norm, "uid=alice") && strings.HasPrefix(authz.Norm, "uid=bob")
}

func TestProxiedAuthorization(t *testing.T) {
	e := newEnv(t, OpenLDAP, func(o *Options, d *Database) {
		d.ACL = mustACL(t, o.Schema, "to attrs=userPassword by anonymous auth", "to * by self write by users read")
	})
	proxy := func(id string) wire.Control {
		return wire.Control{OID: ControlProxiedAuthz, Critical: true, HasValue: true, Value: []byte(id)}
	}
	who := func(ctls ...wire.Control) answer { return e.do(&wire.ExtendedRequest{OID: ExtWhoAmI}, ctls...) }
	bob := "dn:uid=bob," + people
	if a := who(proxy(bob)); string(a.value) != bob {
		t.Errorf("root as bob: %q %+v", a.value, a.final)
	}
	if a := who(); string(a.value) != "dn:"+root {
		t.Errorf("afterwards: %q", a.value)
	}
	expect(t, "not of this database", who(proxy("dn:cn=x,dc=elsewhere")), wire.AuthorizationDenied, "not authorized")
	expect(t, "no DN", who(proxy("dn:x")), wire.AuthorizationDenied, "mapping failed")
	e.s.Configure(func(o *Options) { o.SASL = fakeSASL{e.s} })
	title := "dn: uid=bob," + people + "\nchangetype: modify\nreplace: title\ntitle: T\n"
	e.as("uid=alice,"+people, "alicepw")
	expect(t, "alice by herself", e.modify(title), wire.InsufficientAccessRights, "")
	expect(t, "alice as bob", e.modify(title, proxy("u:bob")), wire.Success, "")
	expect(t, "alice as root", who(proxy("u:root")), wire.AuthorizationDenied, "")
	if a := who(proxy("")); a.final.Code != 0 || len(a.value) != 0 {
		t.Errorf("alice as nobody: %q %+v", a.value, a.final)
	}
	e.as("uid=bob,"+people, "bobpw")
	expect(t, "bob as alice", who(proxy("u:alice")), wire.AuthorizationDenied, "")
	expect(t, "at a bind", e.do(&wire.BindRequest{Version: 3, Method: wire.AuthSimple}, proxy("u:bob")), wire.UnavailableCriticalExtension, "")
	e.do(&wire.BindRequest{Version: 3, Method: wire.AuthSimple})
	expect(t, "anonymous", who(proxy("")), wire.AuthorizationDenied, "anonymous")
	e.s.Configure(func(o *Options) { o.Allow = []string{"proxy_authz_anon"} })
	expect(t, "anonymous, allowed", who(proxy("")), wire.Success, "")
	expect(t, "anonymous as bob", who(proxy("u:bob")), wire.AuthorizationDenied, "")
}

func TestTreeDelete(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	expect(t, "without the control", e.do(&wire.DelRequest{DN: people}), wire.NotAllowedOnNonLeaf, "")
	e.host.calls = nil
	expect(t, "no-op", e.do(&wire.DelRequest{DN: people}, ctl(ControlTreeDelete), ctl(ControlNoOp)), noOperation, "")
	if e.get("uid=alice,"+people) == nil {
		t.Fatal("alice is gone")
	}
	// A plug-in refuses one of the children: nothing goes.
	e.host.hook("BE_TXN_PRE_DELETE", func(op *plugin.Operation) plugin.Outcome {
		if strings.HasPrefix(op.Target.Norm, "uid=bob") {
			op.Result.Code = wire.UnwillingToPerform
			return plugin.Outcome{Stop: true}
		}
		return plugin.Outcome{}
	})
	expect(t, "refused", e.do(&wire.DelRequest{DN: people}, ctl(ControlTreeDelete)), wire.UnwillingToPerform, "")
	if e.get("uid=alice,"+people) == nil {
		t.Fatal("alice is gone")
	}
	e.host.on = nil
	e.host.calls = nil
	expect(t, "tree", e.do(&wire.DelRequest{DN: people}, ctl(ControlTreeDelete)), wire.Success, "")
	if n := strings.Count(e.host.took(), "BE_TXN_POST_DELETE"); n != 3 {
		t.Errorf("%d deletions were seen", n)
	}
	for _, n := range []string{people, "uid=alice," + people, "uid=bob," + people} {
		if e.get(n) != nil {
			t.Errorf("%s is there", n)
		}
	}
}

// TestTreeDeleteNeedsRights: every entry below needs the right to delete it.
func TestTreeDeleteNeedsRights(t *testing.T) {
	e := newEnv(t, OpenLDAP, func(o *Options, d *Database) {
		d.ACL = mustACL(t, o.Schema, "to attrs=userPassword by anonymous auth", "to dn.exact=uid=bob,"+people+" by * read", "to * by users write")
	})
	e.as("uid=alice,"+people, "alicepw")
	expect(t, "tree", e.do(&wire.DelRequest{DN: people}, ctl(ControlTreeDelete)), wire.InsufficientAccessRights, "")
	if e.get("uid=alice,"+people) == nil {
		t.Error("half of the tree is gone")
	}
}

func (e *env) get(name string) *plugin.EntryMessage {
	e.t.Helper()
	f, _ := filter.Parse("(objectClass=*)")
	a := e.do(&wire.SearchRequest{Base: name, Filter: f.Append(nil)}, ctl(ControlManageDsaIT))
	if len(a.entries) == 0 {
		return nil
	}
	return a.entries[0]
}

func TestNoOperation(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	alice := "uid=alice," + people
	expect(t, "modify", e.modify("dn: "+alice+"\nchangetype: modify\nreplace: sn\nsn: New\n", ctl(ControlNoOp)), noOperation, "")
	expect(t, "modify that fails", e.modify("dn: "+alice+"\nchangetype: modify\ndelete: sn\n", ctl(ControlNoOp)), wire.ObjectClassViolation, "")
	expect(t, "add", e.add("dn: cn=x,"+people+"\nobjectClass: person\ncn: x\nsn: x\n", ctl(ControlNoOp)), noOperation, "")
	expect(t, "rename", e.rename(alice, "uid=a", "", true, ctl(ControlNoOp)), noOperation, "")
	expect(t, "with a value", e.do(&wire.DelRequest{DN: alice}, wire.Control{OID: ControlNoOp, Critical: true, HasValue: true}), wire.ProtocolError, "")
	if a := e.get(alice); a == nil || e.get("cn=x,"+people) != nil {
		t.Error("something was done")
	}
}

func TestDereference(t *testing.T) {
	e := newEnv(t, OpenLDAP, func(o *Options, d *Database) {
		d.ACL = mustACL(t, o.Schema, "to dn.exact=uid=bob,"+people+" attrs=sn by * none", "to attrs=userPassword by * auth", "to * by * read")
	})
	deref := func(attr string, list ...string) wire.Control {
		return build(ControlDereference, func(b *ber.Builder) {
			m := b.Begin(ber.TagSequence)
			b.String(ber.TagOctetString, attr)
			l := b.Begin(ber.TagSequence)
			for _, a := range list {
				b.String(ber.TagOctetString, a)
			}
			b.End(l)
			b.End(m)
		})
	}
	search := func(c wire.Control) answer {
		f, _ := filter.Parse("(cn=staff)")
		return e.do(&wire.SearchRequest{Base: "dc=example,dc=com", Scope: wire.ScopeSub, Filter: f.Append(nil), Attributes: []string{"cn"}}, c)
	}
	e.do(&wire.BindRequest{Version: 3, Method: wire.AuthSimple})
	a := search(deref("member", "sn", "userPassword"))
	if len(a.entries) != 1 || len(a.entries[0].Controls) != 1 {
		t.Fatalf("%+v %+v", a.final, a.entries)
	}
	var got []string
	cur := ber.NewCursor(a.entries[0].Controls[0].Value)
	seq := cur.Enter(ber.TagSequence)
	for seq.More() {
		one := seq.Enter(ber.TagSequence)
		text := one.String() + "=" + one.String()
		if one.More() {
			attrs := one.Enter(0xa0)
			for attrs.More() {
				at := attrs.Enter(ber.TagSequence)
				text += " " + at.String()
				set := at.Enter(ber.TagSet)
				text += "=" + set.String()
				at.Leave(&set)
				attrs.Leave(&at)
			}
			one.Leave(&attrs)
		}
		seq.Leave(&one)
		got = append(got, text)
	}
	want := "member=uid=alice," + people + " sn=Able; member=uid=bob," + people
	if s := strings.Join(got, "; "); s != want || seq.Err() != nil {
		t.Errorf("%s, want %s (%v)", s, want, seq.Err())
	}
	for _, c := range []wire.Control{deref("cn", "sn"), deref("nosuch", "sn"), deref("member", "nosuch"), build(ControlDereference, func(*ber.Builder) {})} {
		expect(t, "bad specification", search(c), wire.ProtocolError, "")
	}
}

func TestAuthorizationIdentity(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	for _, c := range []struct{ who, pw, want string }{
		{"uid=Alice," + people, "alicepw", "dn:uid=alice," + people},
		{"", "", ""},
	} {
		a := e.do(&wire.BindRequest{Version: 3, Name: c.who, Method: wire.AuthSimple, Password: []byte(c.pw)}, ctl(ControlAuthzIDRequest))
		if len(a.ctls) != 1 || a.ctls[0].OID != ControlAuthzIDResponse || string(a.ctls[0].Value) != c.want {
			t.Errorf("%s: %+v %+v", c.who, a.final, a.ctls)
		}
	}
	a := e.do(&wire.BindRequest{Version: 3, Name: "uid=alice," + people, Method: wire.AuthSimple, Password: []byte("x")}, ctl(ControlAuthzIDRequest))
	if len(a.ctls) != 0 {
		t.Errorf("a failed bind tells %v", a.ctls)
	}
}

func TestDontUseCopy(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	f, _ := filter.Parse("(objectClass=*)")
	search := func() answer {
		return e.do(&wire.SearchRequest{Base: people, Filter: f.Append(nil)}, ctl(ControlDontUseCopy))
	}
	expect(t, "the original", search(), wire.Success, "")
	e.s.UpdateDatabase("userRoot", func(d *Database) { d.UpdateDN = &dn.Name{Pretty: "cn=r", Norm: "cn=r"} })
	expect(t, "a copy", search(), wire.UnwillingToPerform, "copy not used")
	e.s.UpdateDatabase("userRoot", func(d *Database) { d.UpdateRef = []string{"ldap://origin.example.com"} })
	a := search()
	expect(t, "a copy with a referral", a, wire.Referral, "")
	if strings.Join(a.final.Referrals, " ") != "ldap://origin.example.com/"+people+"??base" {
		t.Errorf("%v", a.final.Referrals)
	}
	expect(t, "compare", e.do(&wire.CompareRequest{DN: people, Type: "ou", Value: []byte("people")}, ctl(ControlDontUseCopy)), wire.Referral, "")
}

func TestRelaxNeedsManage(t *testing.T) {
	e := newEnv(t, OpenLDAP, func(o *Options, d *Database) {
		d.ACL = mustACL(t, o.Schema, "to attrs=userPassword by anonymous auth", "to * by dn.exact=uid=bob,"+people+" manage by users write")
	})
	change := "dn: uid=alice," + people + "\nchangetype: modify\nreplace: creatorsName\ncreatorsName: cn=x\n"
	entry := "dn: cn=r," + people + "\nobjectClass: person\ncn: r\nsn: r\ncreatorsName: cn=x\n"
	e.as("uid=alice,"+people, "alicepw")
	expect(t, "write", e.modify(change, ctl(ControlRelax)), wire.InsufficientAccessRights, "")
	expect(t, "write, add", e.add(entry, ctl(ControlRelax)), wire.InsufficientAccessRights, "")
	e.as("uid=bob,"+people, "bobpw")
	expect(t, "manage", e.modify(change, ctl(ControlRelax)), wire.Success, "")
	expect(t, "manage, without relax", e.modify(change), wire.ConstraintViolation, "")
	expect(t, "manage, add", e.add(entry, ctl(ControlRelax)), wire.Success, "")
}

// FuzzControlValues: no value of a control may bring the server down.
func FuzzControlValues(f *testing.F) {
	for i, c := range []wire.Control{sortBy("sn"), sortBy("-sn:caseIgnoreOrderingMatch", "mail"), valuesOf("(mail=*)", "(:caseExactMatch:=x)"),
		build(ControlVLV, func(b *ber.Builder) { b.Int(2, 1); b.Int(2, 1); b.String(0x81, "x") }),
		build(ControlDereference, func(b *ber.Builder) { m := b.Begin(0x30); b.String(4, "member"); b.End(b.Begin(0x30)); b.End(m) }),
		build(ControlPaged, func(b *ber.Builder) { b.Int(2, 1); b.String(4, "x") })} {
		f.Add(i, c.Value)
	}
	f.Add(7, []byte("u:bob"))
	e := newEnv(f, OpenLDAP)
	f.Fuzz(func(t *testing.T, n int, value []byte) {
		e.t = t
		c := builtinControls[uint(n)%uint(len(builtinControls))]
		all, _ := filter.Parse("(objectClass=*)")
		ctls := []wire.Control{{OID: c.oid, Critical: true, HasValue: true, Value: value}}
		if c.oid == ControlVLV {
			ctls = append(ctls, sortBy("sn:caseIgnoreOrderingMatch"))
		}
		a := e.do(&wire.SearchRequest{Base: people, Scope: wire.ScopeSub, Filter: all.Append(nil)}, ctls...)
		if a.final.Code == wire.Other {
			t.Fatalf("%s: %+v", c.name, a.final)
		}
	})
}
