package filter

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

func testSchema(t testing.TB, opts ...schema.Option) *schema.Schema {
	t.Helper()
	s := schema.New(opts...)
	for _, f := range []string{"core", "cosine", "nis", "inetorgperson"} {
		var r *os.File
		var err error
		for _, dir := range []string{"../../schema", "/etc/ldap/schema"} {
			if r, err = os.Open(filepath.Join(dir, f+".schema")); err == nil {
				break
			}
		}
		if err != nil {
			t.Skip("no schema files: ", err)
		}
		err = s.LoadOpenLDAP(r, f)
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// subject is the entry of the probe that ran in the real slapd.
func subject(t testing.TB, s *schema.Schema) *entry.Entry {
	t.Helper()
	name, err := dn.NewName("uid=alice,ou=people,dc=example,dc=com", s)
	if err != nil {
		t.Fatal(err)
	}
	e := entry.New(name)
	for _, l := range strings.Split("objectClass: inetOrgPerson\nobjectClass: posixAccount\nuid: alice\ncn: Alice Able\n"+
		"cn;lang-en: Alice\nsn: Able\nuidNumber: 1000\ngidNumber: 9\nhomeDirectory: /home/alice\ndescription: a*b\n"+
		"createTimestamp: 20200101000000Z\nstructuralObjectClass: inetOrgPerson\nmail: alice@example.com\n"+
		"seeAlso: cn=X,dc=Example\\2Cq,dc=com\nfacsimileTelephoneNumber: +1 2\nou: Jürgen", "\n") {
		k, v, _ := strings.Cut(l, ": ")
		if err := e.Add(s, k, []byte(v)); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func match(t testing.TB, s *schema.Schema, e *entry.Entry, text string, rules Rules, env Env) Truth {
	t.Helper()
	n, err := Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if err := n.Resolve(s, rules); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	out, err := n.Match(e, env)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	n.Release()
	return out
}

// What slapd 2.5 answers: match, no match, undefined.
func TestMatch(t *testing.T) {
	s := testSchema(t)
	e := subject(t, s)
	for want, list := range map[Truth]string{
		True: `(uid=alice) (UID=ALICE) (cn=alice\20\20able) (commonName=Alice\20Able) (2.5.4.3=Alice\20Able) (name=alice\20able) (!(cn=bob))
			(&(uid=alice)(sn=able)) (|(uid=bob)(sn=able)) (&(|(uid=alice)(uid=bob))(!(sn=x))) (cn=al*) (cn=*ble) (cn=*ice*)
			(cn=a*e*b*) (cn=*) (uidNumber>=1000) (uidNumber>=999) (gidNumber<=10) (createTimestamp>=20190101000000Z)
			(cn~=alice\20able) (cn;lang-en=alice) (cn;lang-=alice) (CN;LANG-EN=alice) (description=a\2ab) (description=a*b) (description=a\2Ab)
			(objectClass=inetOrgPerson) (objectClass=person) (objectClass=PERSON) (objectClass=2.5.6.6) (objectClass=top) (objectClass:=person)
			(objectClass~=person) (structuralObjectClass=person) (cn:caseExactMatch:=Alice\20Able) (cn:2.5.13.2:=ALICE\20ABLE) (ou:dn:=people)
			(uidNumber=1000) (&) (!(|)) (:caseExactMatch:=/home/alice) (:caseIgnoreMatch:=ABLE) (:dn:caseIgnoreMatch:=people)
			(:dn:2.5.13.2:=people) (sn~=abel) (sn~=aibl) (cn~=alise\20abl) (cn~=able) (mail~=alice) (uidNumber:integerOrderingMatch:=1001)
			(cn:caseIgnoreSubstringsMatch:=al\2a) (cn:caseIgnoreSubstringsMatch:=\2aLICE\20\2aable) (seeAlso=CN=x,\20dc=example\5c,Q,DC=com) (ou=JÜRGEN) (ou=*ürg*) (ou=J\c3\bcrgen) (cn=*e\20a*)
			(objectClass=*) (uid:dn:=alice) (!(l=*)) (cn=ALICE*ABLE) (cn=Alice*) (uid:dn:=ALICE) (cn:=alice)`,
		False: `(cn=bob) (&(uid=alice)(sn=x)) (|(uid=bob)(sn=x)) (cn=*b*a*) (l=*) (mail=x) (uidNumber<=999) (createTimestamp<=20190101000000Z)
			(cn;lang-en=Alice\20Able) (cn;lang-fr=*) (objectClass=device) (cn:caseExactMatch:=alice\20able) (ou:dn:caseIgnoreMatch:=nobody)
			(homeDirectory=/HOME/alice) (|) (!(&)) (uidNumber:integerOrderingMatch:=1000) (cn~=able\20alice) (cn~=b\20able) (cn~=a\20able)
			(objectClass:objectIdentifierMatch:=person) (cn=alice\20able*able) (cn=Alic) (cn=alicez*) (cn:caseIgnoreSubstringsMatch:=b\2a) (:dn:caseExactMatch:=People) (sn=ablf)`,
		Undefined: `(noSuchAttr=x) (!(noSuchAttr=x)) (noSuchAttr=*) (!(noSuchAttr=*)) (uidNumber=abc) (!(uidNumber=abc)) (uid:noSuchRule:=alice)
			(!(uid:noSuchRule:=alice)) (uid=) (sn>=a) (displayName>=a) (cn:integerMatch:=1) (!(cn:integerMatch:=1)) (createTimestamp<=2020)
			(objectClass=nosuch) (!(objectClass=nosuch)) (telephoneNumber>=1) (uidNumber=6*) (seeAlso=*x*)
			(facsimileTelephoneNumber=x) (!(facsimileTelephoneNumber=x)) (|(uid=bob)(noSuchAttr=x)) (&(uid=alice)(noSuchAttr=x)) (seeAlso=x)
			(cn:caseIgnoreSubstringsMatch:=al)`,
	} {
		for _, f := range strings.Fields(list) {
			if got := match(t, s, e, strings.ReplaceAll(f, `\20`, " "), nil, nil); got != want {
				t.Errorf("%s: %v, want %v", f, got, want)
			}
		}
	}
	// False and Undefined decide before what is not known does.
	if match(t, s, e, "(&(noSuchAttr=x)(uid=bob))", nil, nil) != False || match(t, s, e, "(|(noSuchAttr=x)(uid=alice))", nil, nil) != True {
		t.Error("three-valued sets")
	}
}

// ns-slapd knows no Undefined.
func TestMatch389(t *testing.T) {
	s := testSchema(t, schema.Compat389())
	e := subject(t, s)
	for text, want := range map[string]Truth{
		"(!(noSuchX=1))": True, "(noSuchX=1)": False, "(!(uidNumber=abc))": True, "(uid=)": False, "(sn>=a)": True, "(sn<=a)": False,
		"(cn:integerMatch:=1)": False, "(!(noSuchX=*))": True, "(dc:dn:=example)": True, "(!(objectClass=nosuch))": True, "(objectClass=top)": True,
		"(objectClass=)": False, "(objectClass:dn:=)": False, "(objectClass~=)": False,
	} {
		if got := match(t, s, e, text, nil, nil); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestUnknownTypesThatAreThere(t *testing.T) {
	s := testSchema(t)
	e := subject(t, s)
	if err := e.Add(s, "nsslapd-Foo", []byte("Bar Baz")); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]Truth{"(NSSLAPD-foo=bar baz)": True, "(nsslapd-foo=*z)": True, "(nsslapd-foo=*)": True, "(!(nsslapd-foo=x))": True} {
		if got := match(t, s, e, text, nil, nil); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

type env struct{ values map[string][]string }

func (v env) Computed(_ *entry.Entry, t *schema.AttributeType) (out [][]byte) {
	for _, s := range v.values[t.Name()] {
		out = append(out, []byte(s))
	}
	return out
}

func TestComputed(t *testing.T) {
	s := testSchema(t)
	e := subject(t, s)
	v := env{map[string][]string{"entryDN": {"uid=Alice,ou=people,dc=example,dc=com"}, "sn": {"Virtual"}}}
	for text, want := range map[string]Truth{
		"(entryDN=uid=alice,ou=People,dc=example,dc=com)": True, "(entryDN=*)": True, "(sn=virtual)": True, "(sn=able)": True, "(sn;lang-de=virtual)": False,
	} {
		if got := match(t, s, e, text, nil, v); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	if match(t, s, e, "(entryDN=*)", nil, nil) != False {
		t.Error("without an Env there is no entryDN")
	}
}

type rule struct {
	released *int
	err      error
}

func (r rule) Match(e *entry.Entry) (bool, error) { return e.HasValue("uid", []byte("alice")), r.err }
func (r rule) Release()                           { *r.released++ }

type rules struct{ m *rule }

func (r rules) Matcher(name, attr string, value []byte, dnAttrs bool) (Matcher, error) {
	switch name {
	case "1.2.3":
		return *r.m, nil
	case "1.2.4":
		return nil, wire.Errorf(wire.Other, "refused")
	}
	return nil, nil
}

func TestMatchers(t *testing.T) {
	s := testSchema(t)
	e := subject(t, s)
	released := 0
	r := rules{&rule{released: &released}}
	if match(t, s, e, "(&(uid:1.2.3:=x)(!(:dn:1.2.3:=x)))", r, nil) != False || released != 2 {
		t.Error("matchers", released)
	}
	r.m.err = wire.Errorf(wire.Busy, "later")
	n, _ := Parse("(|(uid=bob)(uid:1.2.3:=x))")
	if err := n.Resolve(s, r); err != nil {
		t.Fatal(err)
	}
	var we *wire.Error
	if _, err := n.Match(e, nil); !errors.As(err, &we) || we.Code != wire.Busy {
		t.Error(err)
	}
	n, _ = Parse("(|(uid:1.2.3:=x)(uid:1.2.4:=x))")
	if err := n.Resolve(s, r); err == nil || n.Kids[0].matcher == nil {
		t.Error(err)
	}
	n.Release()
	n.Release()
	if released != 3 {
		t.Error("released", released)
	}
	n, _ = Parse("(|(uid=bob)(!(uid:noSuchRule:=x)))")
	if err := n.Resolve(s, r); err != nil || n.UnknownRule() != "noSuchRule" || !n.Kids[1].Kids[0].Undefined() {
		t.Error(err, n.UnknownRule())
	}
	if c := n.Clone(); c.UnknownRule() != "" || c.String() != n.String() {
		t.Error("a clone is not resolved")
	}
}

func TestAccessors(t *testing.T) {
	s := testSchema(t)
	n, _ := Parse("(cn=In*One*tWo*Fi)")
	n.Resolve(s, nil)
	if len(n.Keys()) != 4 || string(n.Keys()[0]) != "in" || string(n.Keys()[3]) != "fi" || n.MatchingRule().Names[0] != "caseIgnoreSubstringsMatch" {
		t.Errorf("%q", n.Keys())
	}
	n, _ = Parse("(objectClass=person)")
	n.Resolve(s, nil)
	if n.Class() == nil || n.Class().Name() != "person" || n.Undefined() {
		t.Error(n.Class())
	}
}

func BenchmarkMatch(b *testing.B) {
	s := testSchema(b)
	e := subject(b, s)
	for _, text := range []string{"(uid=alice)", "(cn=ALICE ABLE)", "(sn=nobody)", "(cn=*li*ab*)", "(objectClass=person)", "(uidNumber>=7)", "(&(objectClass=inetOrgPerson)(|(uid=bob)(mail=alice@example.com)))"} {
		b.Run(text, func(b *testing.B) {
			n, _ := Parse(text)
			if err := n.Resolve(s, nil); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				n.Match(e, nil)
			}
		})
	}
}
