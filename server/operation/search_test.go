package operation

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"libslapi/server/acl"
	"libslapi/server/ber"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

func TestSearch(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	base := "dc=example,dc=com"
	for _, c := range []struct {
		base   string
		scope  wire.Scope
		filter string
		names  string
	}{
		{base, wire.ScopeBase, "", "dc=example"},
		{base, wire.ScopeOne, "", "ou=people ou=groups"},
		{base, wire.ScopeSub, "(uid=*)", "uid=alice uid=bob"},
		{base, wire.ScopeChildren, "(objectClass=organizationalUnit)", "ou=people ou=groups"},
		{"OU=People, DC=Example,dc=com", wire.ScopeOne, "(|(UID=ALICE)(sn=bak*))", "uid=alice uid=bob"},
		{base, wire.ScopeSub, "(objectClass=person)", "uid=alice uid=bob"},
		{base, wire.ScopeSub, "(name=alice able)", "uid=alice"},
		{base, wire.ScopeSub, "(noSuch=x)", ""},
		{base, wire.ScopeSub, "(!(noSuch=x))", ""},
		{base, wire.ScopeSub, "(uid:1.2.3.4.5:=x)", ""},
		{base, wire.ScopeSub, "(hasSubordinates=TRUE)", "dc=example ou=people ou=groups"},
		{base, wire.ScopeSub, "(entryDN=uid=bob,ou=people,dc=example,dc=com)", "uid=bob"},
	} {
		a := e.search(c.base, c.scope, c.filter, "1.1")
		expect(t, c.filter, a, 0, "")
		if a.names() != c.names {
			t.Errorf("%s %d %s: %q, want %q", c.base, c.scope, c.filter, a.names(), c.names)
		}
	}
	for _, c := range []struct {
		base, matched string
		code          wire.ResultCode
	}{
		{"cn=a,cn=b,ou=people,dc=example,dc=com", "ou=people,dc=example,dc=com", 32},
		{"dc=org", "", 32},
		{"nonsense", "", 34},
		{"ou=away,dc=example,dc=com", "ou=away,dc=example,dc=com", 10},
		{"cn=x,ou=away,dc=example,dc=com", "ou=away,dc=example,dc=com", 10},
	} {
		a := e.search(c.base, wire.ScopeSub, "")
		expect(t, c.base, a, c.code, "")
		if a.client.final.MatchedDN != c.matched {
			t.Errorf("%s: matched %q", c.base, a.client.final.MatchedDN)
		}
	}
}

func TestSelection(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	expect(t, "options", e.modify("dn: "+alice+"\nchangetype: modify\nadd: cn;lang-de\ncn;lang-de: Alice A\n"), 0, "")
	for _, c := range []struct {
		attrs string
		want  string
	}{
		{"sn cn", "cn sn cn;lang-de"},
		{"CN;lang-de", "cn;lang-de"},
		{"name", "cn sn cn;lang-de"},
		{"1.1", ""},
		{"1.1 sn", "sn"},
		{"2.5.4.4", "sn"},
		{"@person", "objectClass cn sn userPassword cn;lang-de"},
		{"noSuch", ""},
		{"entryDN hasSubordinates", "entryDN hasSubordinates"},
		{"*", "objectClass uid cn sn mail userPassword cn;lang-de"},
		{"", "objectClass uid cn sn mail userPassword cn;lang-de"},
		{"sn entryUUID", "sn entryUUID"},
	} {
		a := e.search(alice, wire.ScopeBase, "", strings.Fields(c.attrs)...)
		var got []string
		for _, at := range a.client.entries[0].Attrs {
			got = append(got, at.Type)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q: %s, want %s", c.attrs, strings.Join(got, " "), c.want)
		}
	}
	a := e.find(&wire.SearchRequest{Base: alice, TypesOnly: true, Attributes: []string{"sn", "cn"}}, "")
	if a.text(0) != "cn:\nsn:\ncn;lang-de:\n" {
		t.Errorf("types only:\n%s", a.text(0))
	}
}

func TestLimits(t *testing.T) {
	e := newEnv(t, OpenLDAP, func(o *Options, d *Database) { d.Limits = Limits{Size: 3, SizeHard: 4} })
	base := &wire.SearchRequest{Base: "dc=example,dc=com", Scope: wire.ScopeSub}
	with := func(n int32) *wire.SearchRequest { r := *base; r.SizeLimit = n; return &r }
	if a := e.find(with(2), "", ctl(ControlManageDsaIT)); a.client.final.Code != 4 || len(a.client.entries) != 2 {
		t.Errorf("root with 2: %d, %d entries", a.client.final.Code, len(a.client.entries))
	}
	if a := e.find(with(0), "", ctl(ControlManageDsaIT)); a.client.final.Code != 0 || len(a.client.entries) != 8 || a.Search.SizeLimit != -1 {
		t.Errorf("root: %d, %d entries", a.client.final.Code, len(a.client.entries))
	}
	e.as("", "")
	for asked, want := range map[int32]int{0: 3, 2: 2, 4: 4, 9: 4} {
		if a := e.find(with(asked), "", ctl(ControlManageDsaIT)); a.client.final.Code != 4 || len(a.client.entries) != want {
			t.Errorf("%d asked: %d, %d entries", asked, a.client.final.Code, len(a.client.entries))
		}
	}
	if a := e.find(with(0), "(uid=*)"); a.client.final.Code != 0 || len(a.client.entries) != 2 {
		t.Errorf("below the limit: %d, %d entries", a.client.final.Code, len(a.client.entries))
	}
}

func TestAbandonedSearch(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	e.host.only = map[string]bool{}
	c := &client{}
	f, _ := filter.Parse("(objectClass=*)")
	req := &wire.SearchRequest{Base: "dc=example,dc=com", Scope: wire.ScopeSub, Filter: f.Append(nil)}
	op := e.s.NewOperation(context.Background(), e.conn, &wire.Message{ID: 9, Op: req}, c)
	c.onEntry = func() { op.Abandoned.Store(true) }
	e.s.Handle(op)
	if len(c.entries) != 1 || c.final.Code != wire.Canceled {
		t.Errorf("%d entries after the abandon, %+v", len(c.entries), c.final)
	}
}

func TestReferrals(t *testing.T) {
	e := newEnv(t, OpenLDAP, func(o *Options, d *Database) { o.Referral = []string{"ldap://root.example.com"} })
	a := e.search("dc=example,dc=com", wire.ScopeSub, "(ou=nothing)")
	if got := strings.Join(a.refs, " "); got != "ldap://elsewhere.example.com/ou=away,dc=example,dc=com??sub" || a.client.final.Code != 0 {
		t.Errorf("reference %s, result %d", got, a.client.final.Code)
	}
	a = e.search("dc=example,dc=com", wire.ScopeOne, "(ou=nothing)")
	if got := strings.Join(a.refs, " "); got != "ldap://elsewhere.example.com/ou=away,dc=example,dc=com??base" {
		t.Errorf("one level: %s", got)
	}
	a = e.find(&wire.SearchRequest{Base: "dc=example,dc=com", Scope: wire.ScopeSub}, "(ou=away)", ctl(ControlManageDsaIT))
	if a.names() != "ou=away" || a.refs != nil {
		t.Errorf("managed: %s, %v", a.names(), a.refs)
	}
	for _, c := range []struct {
		run  func() answer
		want string
	}{
		{func() answer { return e.search("cn=a,ou=away,dc=example,dc=com", wire.ScopeSub, "") }, "ldap://elsewhere.example.com/cn=a,ou=away,dc=example,dc=com??sub"},
		{func() answer { return e.delete("ou=away,dc=example,dc=com") }, "ldap://elsewhere.example.com/ou=away,dc=example,dc=com"},
		{func() answer { return e.add("dn: uid=x,ou=away,dc=example,dc=com\nuid: x\n" + person) }, "ldap://elsewhere.example.com/uid=x,ou=away,dc=example,dc=com"},
		{func() answer { return e.search("dc=org", wire.ScopeBase, "") }, "ldap://root.example.com/dc=org??base"},
		{func() answer { return e.delete("dc=org") }, "ldap://root.example.com/dc=org"},
	} {
		a := c.run()
		if got := strings.Join(a.client.final.Referrals, " "); a.client.final.Code != 10 || got != c.want {
			t.Errorf("%d %s, want %s", a.client.final.Code, got, c.want)
		}
	}
}

func TestAliases(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	for _, text := range []string{
		"dn: cn=loop1,ou=groups,dc=example,dc=com\nobjectClass: alias\nobjectClass: extensibleObject\ncn: loop1\naliasedObjectName: cn=loop2,ou=groups,dc=example,dc=com\n",
		"dn: cn=loop2,ou=groups,dc=example,dc=com\nobjectClass: alias\nobjectClass: extensibleObject\ncn: loop2\naliasedObjectName: cn=loop1,ou=groups,dc=example,dc=com\n",
		"dn: cn=folk,ou=groups,dc=example,dc=com\nobjectClass: alias\nobjectClass: extensibleObject\ncn: folk\naliasedObjectName: ou=people,dc=example,dc=com\n",
		"dn: cn=dangling,ou=groups,dc=example,dc=com\nobjectClass: alias\nobjectClass: extensibleObject\ncn: dangling\naliasedObjectName: cn=no,dc=example,dc=com\n",
	} {
		expect(t, text, e.add(text), 0, "")
	}
	groups := "ou=groups,dc=example,dc=com"
	for _, c := range []struct {
		base  string
		scope wire.Scope
		deref wire.Deref
		code  wire.ResultCode
		names string
	}{
		{"cn=al," + groups, wire.ScopeBase, wire.DerefNever, 0, "cn=al"},
		{"cn=al," + groups, wire.ScopeBase, wire.DerefFind, 0, "uid=alice"},
		{"cn=al," + groups, wire.ScopeBase, wire.DerefSearch, 0, "cn=al"},
		{"uid=bob,cn=folk," + groups, wire.ScopeBase, wire.DerefFind, 0, "uid=bob"},
		{"cn=loop1," + groups, wire.ScopeBase, wire.DerefFind, 33, ""},
		{"cn=dangling," + groups, wire.ScopeBase, wire.DerefFind, 32, ""},
		{groups, wire.ScopeOne, wire.DerefAlways, 0, "cn=staff uid=alice ou=people"},
		{groups, wire.ScopeSub, wire.DerefSearch, 0, "ou=groups cn=staff uid=alice ou=people uid=bob"},
	} {
		a := e.find(&wire.SearchRequest{Base: c.base, Scope: c.scope, Deref: c.deref, Attributes: []string{"1.1"}}, "")
		if a.client.final.Code != c.code || a.names() != c.names {
			t.Errorf("%s scope %d deref %d: %d %q, want %d %q", c.base, c.scope, c.deref, a.client.final.Code, a.names(), c.code, c.names)
		}
	}
}

func TestPagedResults(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	page := func(size int, cookie string) wire.Control {
		b := ber.NewBuilder(nil)
		m := b.Begin(ber.TagSequence)
		b.Int(ber.TagInteger, int64(size))
		b.String(ber.TagOctetString, cookie)
		b.End(m)
		return wire.Control{OID: ControlPaged, Critical: true, HasValue: true, Value: b.Bytes()}
	}
	var names []string
	cookie := ""
	for i := 0; ; i++ {
		a := e.find(&wire.SearchRequest{Base: "dc=example,dc=com", Scope: wire.ScopeSub}, "(|(ou=*)(uid=*))", page(2, cookie))
		expect(t, "page", a, 0, "")
		names = append(names, a.names())
		if len(a.ctls) != 1 || i > 5 {
			t.Fatalf("page %d: controls %v", i, a.ctls)
		}
		cur := ber.NewCursor(a.ctls[0].Value)
		seq := cur.Enter(ber.TagSequence)
		seq.Int()
		if cookie = seq.String(); cookie == "" {
			break
		}
	}
	if got := fmt.Sprint(names); got != "[ou=people uid=alice uid=bob ou=groups]" {
		t.Error(got)
	}
	expect(t, "a made-up cookie", e.find(&wire.SearchRequest{Base: "dc=example,dc=com"}, "", page(2, "x")), 2, "")
}

// A rule that a plug-in serves; one that nobody does.
type evenMatcher struct{ released *int }

func (m evenMatcher) Match(x *entry.Entry) (bool, error) { return len(x.First("sn"))%2 == 0, nil }
func (m evenMatcher) Release()                           { *m.released++ }

func TestPluginRules(t *testing.T) {
	for _, compat := range []Compat{OpenLDAP, DS389} {
		e := newEnv(t, compat)
		released := 0
		e.host.rule = func(attr string, value []byte) filter.Matcher { return evenMatcher{&released} }
		a := e.search("ou=people,dc=example,dc=com", wire.ScopeSub, "(&(uid=*)(sn:1.2.3.4:=x))")
		if a.names() != "uid=alice" || released != 1 {
			t.Errorf("%s, released %d", a.names(), released)
		}
		want := wire.Success
		if compat == DS389 {
			want = wire.UnavailableCriticalExtension
		}
		expect(t, "unknown", e.search("dc=example,dc=com", wire.ScopeSub, "(sn:1.2.3.5:=x)"), want, "")
	}
}

func TestRootDSEAndSubschema(t *testing.T) {
	e := newEnv(t, OpenLDAP, func(o *Options, d *Database) { o.ConfigContext = "cn=config" })
	e.s.RegisterControl("1.2.3.9", plugin.KindSearch)
	e.s.RegisterSASLMechanism("TEST")
	e.as("", "")
	a := e.search("", wire.ScopeBase, "", "*", "+")
	for _, line := range []string{"objectClass: top", "namingContexts: dc=example,dc=com", "supportedControl: 1.2.3.9", "supportedControl: " + ControlManageDsaIT,
		"supportedExtension: " + ExtWhoAmI, "supportedLDAPVersion: 3", "supportedSASLMechanisms: TEST", "subschemaSubentry: cn=Subschema", "configContext: cn=config", "vendorName: libslapi"} {
		if !strings.Contains(a.text(0), line+"\n") {
			t.Errorf("no %q in\n%s", line, a.text(0))
		}
	}
	if got := e.search("", wire.ScopeBase, "", "1.1"); got.client.final.Code != 0 || len(got.client.entries) != 1 {
		t.Error("root DSE with 1.1")
	}
	expect(t, "below the root DSE", e.search("", wire.ScopeSub, ""), 32, "")
	expect(t, "delete the root DSE", e.delete(""), 53, "")
	a = e.search("cn=subschema", wire.ScopeBase, "(objectClass=subschema)", "attributeTypes", "objectClasses")
	if len(a.client.entries) != 1 || !strings.Contains(a.text(0), "( 2.5.4.4 NAME ( 'sn' 'surname' )") || !strings.Contains(a.text(0), "NAME 'inetOrgPerson'") {
		t.Errorf("subschema: %.300s", a.text(0))
	}
	expect(t, "compare", e.do(&wire.CompareRequest{DN: "cn=Subschema", Type: "cn", Value: []byte("subschema")}), 6, "")
}

func TestCompare(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	hashed, err := e.s.HashPassword([]byte("pw"), "SSHA")
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "hash", e.modify("dn: "+alice+"\nchangetype: modify\nreplace: userPassword\nuserPassword: "+hashed+"\n"), 0, "")
	for _, c := range []struct {
		dn, attr, value string
		code            wire.ResultCode
	}{
		{alice, "sn", "ABLE", 6},
		{alice, "sn", "x", 5},
		{alice, "name", "able", 6},
		{alice, "title", "x", 16},
		{alice, "foo", "x", 17},
		{alice, "jpegPhoto", "x", 18},
		{alice, "objectClass", "person", 6},
		{alice, "userPassword", "pw", 5},
		{alice, "sn;lang-de", "able", 16},
		{"cn=staff,ou=groups,dc=example,dc=com", "member", "garbage", 21},
		{"cn=staff,ou=groups,dc=example,dc=com", "member", "UID=Alice, ou=people,dc=example,dc=com", 6},
		{"uid=no,ou=people,dc=example,dc=com", "sn", "x", 32},
		{"dc=org", "sn", "x", 32},
	} {
		expect(t, c.dn+" "+c.attr+"="+c.value, e.do(&wire.CompareRequest{DN: c.dn, Type: c.attr, Value: []byte(c.value)}), c.code, "")
	}
}

func TestReadControls(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	list := func(oid string, attrs ...string) wire.Control {
		b := ber.NewBuilder(nil)
		m := b.Begin(ber.TagSequence)
		for _, a := range attrs {
			b.String(ber.TagOctetString, a)
		}
		b.End(m)
		return wire.Control{OID: oid, Critical: true, HasValue: true, Value: b.Bytes()}
	}
	a := e.modify(modSN, list(ControlPreRead, "sn"), list(ControlPostRead, "sn"))
	if len(a.ctls) != 2 || !bytes.Contains(a.ctls[0].Value, []byte("Able")) || !bytes.Contains(a.ctls[1].Value, []byte("New")) {
		t.Errorf("%v", a.ctls)
	}
	f, _ := filter.Parse("(sn=Able)")
	assert := wire.Control{OID: ControlAssertion, Critical: true, HasValue: true, Value: f.Append(nil)}
	expect(t, "assertion", e.delete(alice, assert), wire.AssertionFailed, "")
	expect(t, "permissive", e.modify("dn: "+alice+"\nchangetype: modify\ndelete: title\n", ctl(ControlPermissiveModify)), 0, "")
}

// An internal search's callback writes to the same database while the search
// goes on.
func TestWriteInsideSearch(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	w := &writer{e: e}
	op := &plugin.Operation{Kind: plugin.KindSearch, RawTarget: "ou=people,dc=example,dc=com", Responder: w,
		Search: &plugin.SearchPart{Scope: wire.ScopeOne}}
	e.s.Run(op)
	if op.Result.Code != 0 || w.n != 2 {
		t.Errorf("%+v, %d", op.Result, w.n)
	}
	if got := e.search("ou=people,dc=example,dc=com", wire.ScopeOne, "(description=seen)").names(); got != "uid=alice uid=bob" {
		t.Error(got)
	}
}

type writer struct {
	discard
	e *env
	n int
}

func (w *writer) SendEntry(op *plugin.Operation, m *plugin.EntryMessage) error {
	w.n++
	mod := &plugin.Operation{Kind: plugin.KindModify, RawTarget: m.DN, Parent: op,
		Modify: &plugin.ModifyPart{Changes: []wire.Change{{Op: wire.ModReplace, Type: "description", Values: [][]byte{[]byte("seen")}}}}}
	w.e.s.Run(mod)
	if mod.Result.Code != 0 {
		w.e.t.Errorf("%+v", mod.Result)
	}
	return nil
}

// TestManyEntries: what a search that reads entries where they are stored sends
// is right for all ways in which entries may be kept until they are sent.
func TestManyEntries(t *testing.T) {
	const n = 400 // more than the database makes room for in its cache
	e := newEnv(t, OpenLDAP)
	e.host.only = map[string]bool{}
	for i := range n {
		uid := fmt.Sprintf("p%03d", i)
		a := e.add("dn: uid=" + uid + "," + people + "\nobjectClass: inetOrgPerson\nuid: " + uid + "\ncn: c " + uid + "\nsn: " + fmt.Sprintf("s%03d", n-1-i) + "\nmail: " + uid + "@example.com\n")
		expect(t, uid, a, wire.Success, "")
	}
	run := func(what string, deref wire.Deref, want func(i int) int, ctls ...wire.Control) {
		t.Helper()
		c := &copier{}
		f, err := filter.Parse("(&(uid=p*)(mail=*))")
		if err != nil {
			t.Fatal(err)
		}
		req := &wire.SearchRequest{Base: people, Scope: wire.ScopeSub, Deref: deref, Filter: f.Append(nil)}
		op := e.s.NewOperation(context.Background(), e.conn, &wire.Message{ID: 7, Op: req, Controls: ctls}, c)
		e.s.Handle(op)
		if op.Result.Code != wire.Success || len(c.sent) != n {
			t.Fatalf("%s: %d entries, %+v", what, len(c.sent), op.Result)
		}
		for i, text := range c.sent {
			uid, sn := fmt.Sprintf("p%03d", want(i)), fmt.Sprintf("s%03d", n-1-want(i))
			if text != "uid="+uid+","+people+" objectClass=inetOrgPerson uid="+uid+" cn=c "+uid+" sn="+sn+" mail="+uid+"@example.com" {
				t.Fatalf("%s: entry %d: %s", what, i, text)
			}
		}
	}
	straight, turned := func(i int) int { return i }, func(i int) int { return n - 1 - i }
	for _, who := range []string{root, ""} {
		for _, lines := range [][]string{nil, {"to attrs=userPassword by * auth", "to * by * read"}, {"to attrs=mail by dn.exact=" + root + " write by * read", "to dn.sub=" + people + " by * read", "to * by * read"}} {
			var set *acl.Set
			if lines != nil {
				set = mustACL(t, e.s.Schema(), lines...)
			}
			e.s.UpdateDatabase("userRoot", func(d *Database) { d.ACL = set })
			e.as(root, "secret")
			if who == "" {
				e.do(&wire.BindRequest{Version: 3, Method: wire.AuthSimple})
			}
			run("plain", wire.DerefNever, straight)
			run("aliases", wire.DerefAlways, straight)
			run("sorted", wire.DerefNever, turned, sortBy("sn:caseIgnoreOrderingMatch"))
			run("one page", wire.DerefNever, straight, build(ControlPaged, func(b *ber.Builder) { b.Int(ber.TagInteger, 1000); b.String(ber.TagOctetString, "") }))
			e.host.only = map[string]bool{plugin.Point{Phase: plugin.Pre, Slot: plugin.SlotEntry}.String(): true}
			var kept []*entry.Entry
			e.host.hook(plugin.Point{Phase: plugin.Pre, Slot: plugin.SlotEntry}.String(), func(op *plugin.Operation) plugin.Outcome {
				kept = append(kept, op.Current)
				return plugin.Outcome{}
			})
			run("with a plug-in", wire.DerefNever, straight)
			for i, k := range kept {
				if k.First("uid") != fmt.Sprintf("p%03d", i) {
					t.Fatalf("the plug-in's entry %d is %s now", i, k.Name.Pretty)
				}
			}
			e.host.only, e.host.on = map[string]bool{}, nil
		}
	}
}

// copier keeps entries as text.
type copier struct {
	client
	sent []string
}

func (c *copier) SendEntry(_ *plugin.Operation, m *plugin.EntryMessage) error {
	text := m.DN
	for _, a := range m.Attrs {
		for _, v := range a.Values {
			text += " " + a.Type + "=" + string(v)
		}
	}
	c.sent = append(c.sent, text)
	return nil
}
