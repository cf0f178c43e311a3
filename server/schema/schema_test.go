package schema

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"libslapi/server/dn"

	"pgregory.net/rapid"
)

// standard is our own schema files over the built-in elements.
func standard(t testing.TB, opts ...Option) *Schema {
	t.Helper()
	s := New(opts...)
	for _, name := range []string{"core", "cosine", "inetorgperson", "nis"} {
		if err := loadPath(s, ourSchema+"/"+name+".schema"); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestLookup(t *testing.T) {
	s := standard(t)
	for _, n := range []string{"cn", "CN", "commonName", "COMMONNAME", "2.5.4.3"} {
		if a := s.AttributeType(n); a == nil || a.Name() != "cn" {
			t.Errorf("%s: %v", n, a)
		}
	}
	for _, n := range []string{"", "xcn", "c n", "cn;x", strings.Repeat("x", 100), "é"} {
		if a := s.AttributeType(n); a != nil {
			t.Errorf("%q found %s", n, a.Name())
		}
	}
	if s.ObjectClass("INETORGPERSON") == nil || s.MatchingRule("CASEIGNOREMATCH") == nil || s.Syntax(oidDN) == nil {
		t.Error("lookup")
	}
	for _, n := range []string{"cn", "cN", "INETORGPERSON", "internationaliSDNNumber", "none", "2.5.4.3"} {
		if a := testing.AllocsPerRun(100, func() { s.AttributeType(n); s.ObjectClass(n); s.Describe("objectClass") }); a != 0 {
			t.Errorf("lookup of %q allocates %v times", n, a)
		}
	}
	class := [][]byte{[]byte("top"), []byte("person"), []byte("organizationalPerson"), []byte("inetOrgPerson")}
	s.Classes(class)
	if a := testing.AllocsPerRun(100, func() { s.Classes(class) }); a != 0 {
		t.Errorf("a known combination of classes allocates %v times", a)
	}
}

func TestDescribe(t *testing.T) {
	s := standard(t)
	for _, c := range []struct{ in, out string }{
		{"CN", "cn"},
		{"2.5.4.3;Lang-DE;binary;lang-de", "cn;binary;lang-de"},
		{"userCertificate;binary", "userCertificate;binary"},
		{"cn;x-foo", "cn;x-foo"},
		{"unHeardOf;x", "unHeardOf;x"},
		{"1.2.3.4", "1.2.3.4"},
		{"member;range=0-99", "member;range=0-99"},
		{"under_score", "under_score"},
	} {
		d, err := s.Describe(c.in)
		if err != nil || d.String() != c.out {
			t.Errorf("%q: %q, %v", c.in, d, err)
		}
	}
	for _, bad := range []string{"", ";", "cn;", "cn;;x", "cn; x", "c n", "-x", "1.", "1..2", "01.2", "é", "cn;é", "a*", strings.Repeat("a", 2000)} {
		_, err := s.Describe(bad)
		var de *DescriptionError
		if !errors.As(err, &de) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	a, _ := s.Describe("foo")
	b, _ := s.Describe("FOO")
	if !a.Type.Unknown || !a.Type.Is(b.Type) || a.Type.Name() != "foo" || a.Type.Operational() {
		t.Errorf("unknown type: %+v", a.Type)
	}
	k1, _ := a.Type.EqualityKey([]byte("A  b"))
	k2, _ := a.Type.EqualityKey([]byte("a B"))
	k3, err := a.Type.EqualityKey([]byte("\xff"))
	if string(k1) != string(k2) || string(k3) != "\xff" || err != nil {
		t.Errorf("keys of an unknown type: %q %q %q %v", k1, k2, k3, err)
	}
	for _, c := range []struct {
		want, have string
		ok         bool
	}{
		{"name", "cn", true}, {"cn", "name", false}, {"cn", "cn;lang-en", true}, {"cn;lang-en", "cn", false},
		{"cn;lang-", "cn;lang-en-us", true}, {"name;lang-en", "sn;lang-en;x-y", true}, {"cn;lang-de", "cn;lang-en", false},
	} {
		w, _ := s.Describe(c.want)
		h, _ := s.Describe(c.have)
		if w.Includes(h) != c.ok {
			t.Errorf("%s includes %s: %v", c.want, c.have, !c.ok)
		}
	}
}

func TestInheritance(t *testing.T) {
	s := standard(t)
	cn := s.AttributeType("cn")
	if cn.Equality != s.MatchingRule("caseIgnoreMatch") || cn.Length != 32768 || cn.Syntax.OID != oidDirectoryString {
		t.Errorf("cn: %+v", cn)
	}
	if c := s.AttributeType("c"); c.Syntax.OID != ldapSyntax+"11" || c.Length != 0 || c.Equality == nil {
		t.Errorf("c: %+v", c)
	}
	if !cn.Is(s.AttributeType("name")) || s.AttributeType("name").Is(cn) {
		t.Error("cn is a name")
	}
	if !s.ObjectClass("inetOrgPerson").Is(s.ObjectClass("top")) || s.ObjectClass("top").Is(s.ObjectClass("person")) {
		t.Error("every class is a top")
	}
}

func TestElementStrings(t *testing.T) {
	s := standard(t)
	for _, c := range []struct{ got, want string }{
		{s.AttributeType("cn").String(), "( 2.5.4.3 NAME ( 'cn' 'commonName' ) DESC 'RFC4519: common name' SUP name )"},
		{s.AttributeType("c").String(), "( 2.5.4.6 NAME ( 'c' 'countryName' ) DESC 'RFC4519: two-letter country code of ISO 3166' SUP name SYNTAX 1.3.6.1.4.1.1466.115.121.1.11 SINGLE-VALUE )"},
		{s.AttributeType("entryCSN").String(), "( 1.3.6.1.4.1.4203.666.1.7 NAME 'entryCSN' DESC 'change sequence number of the entry' EQUALITY CSNMatch ORDERING CSNOrderingMatch SYNTAX 1.3.6.1.4.1.4203.666.11.2.1{64} SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )"},
		{s.ObjectClass("top").String(), "( 2.5.6.0 NAME 'top' DESC 'RFC4512: top of the superclass chain' ABSTRACT MUST objectClass )"},
		{s.ObjectClass("groupOfNames").String(), "( 2.5.6.9 NAME 'groupOfNames' DESC 'RFC4519: a group of named objects' SUP top STRUCTURAL MUST ( member $ cn ) MAY ( businessCategory $ seeAlso $ owner $ ou $ o $ description ) )"},
		{s.MatchingRule("caseIgnoreMatch").String(), "( 2.5.13.2 NAME 'caseIgnoreMatch' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"},
	} {
		if c.got != c.want {
			t.Errorf("got  %s\nwant %s", c.got, c.want)
		}
	}
	n := New()
	if err := n.AddAttributeType(`( 1.2.3 NAME 'x' DESC 'it\27s a \5c' OBSOLETE SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 COLLECTIVE USAGE distributedOperation X-ORIGIN ( 'a' 'b' ) X-Y 'z' )`); err != nil {
		t.Fatal(err)
	}
	if got := n.AttributeType("x").String(); got != `( 1.2.3 NAME 'x' DESC 'it\27s a \5C' OBSOLETE SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 COLLECTIVE USAGE distributedOperation X-ORIGIN ( 'a' 'b' ) X-Y 'z' )` {
		t.Error(got)
	}
	if n.AttributeType("x").Desc != `it's a \` {
		t.Error(n.AttributeType("x").Desc)
	}
}

func TestAddErrors(t *testing.T) {
	s := standard(t)
	if err := s.AddAttributeType("( 2.5.4.3 NAME 'cn' SUP name )"); err != nil {
		t.Errorf("a built-in type repeated: %v", err)
	}
	if err := s.AddObjectClass("( 2.5.6.0 NAME 'top' ABSTRACT )"); err != nil {
		t.Errorf("a built-in class repeated: %v", err)
	}
	for _, c := range []struct {
		err, want error
	}{
		{s.AddAttributeType("( 2.5.4.4 NAME 'sn2' SUP name )"), ErrDuplicate},
		{s.AddAttributeType("( 1.2.3 NAME 'SN' SUP name )"), ErrDuplicate},
		{s.AddAttributeType("( 1.2.3 NAME 'y' SUP none )"), ErrUnknown},
		{s.AddObjectClass("( 1.2.3 NAME 'y' SUP none )"), ErrUnknown},
		{s.AddObjectClass("( 2.5.6.6 NAME 'y' )"), ErrDuplicate},
		{s.AddSyntax("( 1.2.3 X-SUBST '1.2.99' )"), ErrUnknown},
		{s.AddContentRule("( 1.2.99 )"), ErrUnknown},
		{s.AddNameForm("( 1.2.99 OC none MUST cn )"), ErrUnknown},
		{s.AddStructureRule("( 1 FORM none )"), ErrUnknown},
		{s.AddMatchingRule(&MatchingRule{OID: "1.2.99", Names: []string{"caseIgnoreMatch"}}), ErrDuplicate},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("got %v, want %v", c.err, c.want)
		}
	}
}

func TestMacrosAndSyntaxes(t *testing.T) {
	s := New()
	err := s.LoadOpenLDAP(strings.NewReader(`# macros
objectidentifier Root 1.2.3
objectIdentifier Sub Root:4
ldapsyntax ( Root:1 DESC 'like a number' X-SUBST '1.3.6.1.4.1.1466.115.121.1.27' )
attributetype ( Sub:5
  NAME 'x'
# a comment within
	SYNTAX Root:1{5} )
objectclass (sub:6 NAME 'y' SUP top AUXILIARY MAY( x$cn))
`), "f")
	if err != nil {
		t.Fatal(err)
	}
	x := s.AttributeType("1.2.3.4.5")
	if x == nil || x.Length != 5 || x.Syntax.Validate([]byte("x")) == nil || x.Syntax.Validate([]byte("1")) != nil {
		t.Errorf("x: %+v", x)
	}
	if y := s.ObjectClass("1.2.3.4.6"); y == nil || y.Kind != Auxiliary || len(y.May) != 2 {
		t.Errorf("y: %+v", y)
	}
	if got := s.ObjectIdentifiers(); !slices.Equal(got, []string{"Root 1.2.3", "Sub 1.2.3.4"}) {
		t.Error(got)
	}
}

func TestCloneIsSeparate(t *testing.T) {
	s := standard(t)
	c := s.Clone()
	if err := c.AddAttributeType("( 1.2.3 NAME 'onlyInClone' SUP name )"); err != nil {
		t.Fatal(err)
	}
	if s.AttributeType("onlyInClone") != nil || c.AttributeType("onlyInClone") == nil {
		t.Error("an addition to a clone showed in the original")
	}
	if s.AttributeType("cn") != c.AttributeType("cn") {
		t.Error("clones share what they do not change")
	}
}

func TestConcurrentUse(t *testing.T) {
	s := standard(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			eq := s.AttributeType("member").Equality
			for range 200 {
				if k, err := eq.Normalize([]byte("CN=A,DC=b")); err != nil || string(k) != "cn=a,dc=b" {
					t.Errorf("%q %v", k, err)
				}
				s.Classes([][]byte{[]byte("person")})
			}
		}()
	}
	for i := range 20 {
		c := s.Clone()
		if err := c.AddAttributeType("( 1.2.3." + strings.Repeat("1", i+1) + " NAME 'x' SUP name )"); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
}

func TestCanon(t *testing.T) {
	for _, c := range []struct {
		in, openldap, ds389 string
	}{
		{`cn=Doe\2C Jane,ou=People,dc=example,dc=com`, `cn=doe\2c jane,ou=people,dc=example,dc=com`, `cn=doe\2c jane,ou=people,dc=example,dc=com`},
		{"uid=Grace+cn=Grace  Hopper,ou=People", "cn=grace hopper+uid=grace,ou=people", "cn=grace hopper+uid=grace,ou=people"},
		{"commonName=A,domainComponent=X", "cn=a,dc=x", "cn=a,dc=x"},
		{"labeledURI=HTTP://A  B", "labeleduri=HTTP://A B", "labeleduri=http://a b"},
		{"uidNumber=1000", "uidnumber=1000", "uidnumber=1000"},
		{"noSuch=A  b", "nosuch=a b", "nosuch=a b"},
		{`member=CN\3DA\2C DC\3Db`, `member=cn\3da\2cdc\3db`, `member=cn\3da\2cdc\3db`},
		{"cn=É", "cn=é", "cn=é"},
		{"createTimestamp=202401010000Z", "createtimestamp=20240101000000Z", "createtimestamp=202401010000z"},
		{"entryUUID=597AE2F6-16a6-1027-98f4-d28b5365dc14", "entryuuid=597ae2f6-16a6-1027-98f4-d28b5365dc14", "entryuuid=597ae2f6-16a6-1027-98f4-d28b5365dc14"},
		{"cn=", "", "cn= "},
		{"uidNumber=007", "", "uidnumber=007"},
		{"dc=é", "", "dc=é"},
		{"c=DEU", "", "c=deu"},
	} {
		for compat, want := range []string{c.openldap, c.ds389} {
			var opts []Option
			if compat == 1 {
				opts = append(opts, Compat389())
			}
			s := standard(t, opts...)
			n, err := dn.NewName(c.in, s)
			if want == "" {
				if err == nil {
					t.Errorf("%s: %s", c.in, n.Norm)
				}
				continue
			}
			if want == "cn= " {
				want = `cn=\20`
			}
			if err != nil || n.Norm != want {
				t.Errorf("%s: %s, %v, want %s", c.in, n.Norm, err, want)
				continue
			}
			again, err := dn.NewName(n.Norm, s)
			if err != nil || again.Norm != n.Norm {
				t.Errorf("%s: not stable: %s %v", n.Norm, again.Norm, err)
			}
		}
	}
}

// A normal form is its own normal form, whatever the types and values.
func TestNormalFormStable(t *testing.T) {
	for _, s := range []*Schema{standard(t), standard(t, Compat389())} {
		var names []string
		for _, a := range s.AttributeTypes() {
			names = append(names, a.Name())
		}
		text := rapid.StringMatching(`[ a-zA-Z0-9,=+$#()'B{}\-]{0,12}|[0-9]{14}(\.[0-9])?Z|'[01]{1,4}'B|cn=[ -~]{1,5}|.{0,6}`)
		rapid.Check(t, func(t *rapid.T) {
			var r dn.RDN
			for range rapid.IntRange(1, 3).Draw(t, "n") {
				r = append(r, dn.AVA{Type: rapid.SampledFrom(names).Draw(t, "type"), Value: []byte(text.Draw(t, "value"))})
			}
			n, err := dn.DN{r}.Name(s)
			if err != nil {
				return
			}
			again, err := dn.NewName(n.Norm, s)
			if err != nil || again.Norm != n.Norm {
				t.Fatalf("%q -> %q -> %q, %v", n.Pretty, n.Norm, again.Norm, err)
			}
		})
	}
}

func TestNaturalRules(t *testing.T) {
	def := func(syntax string) string { return "( 1.2.3 NAME 'x' SYNTAX " + ldapSyntax + syntax + " )" }
	for syntax, want := range map[string]string{
		"15": "caseIgnoreMatch caseIgnoreOrderingMatch caseIgnoreSubstringsMatch",
		"26": "caseExactIA5Match caseExactOrderingMatch caseExactIA5SubstringsMatch",
		"12": "distinguishedNameMatch - nameSubstrings",
		"27": "integerMatch integerOrderingMatch -",
		"5":  "octetStringMatch octetStringOrderingMatch -",
		"40": "octetStringMatch octetStringOrderingMatch -",
		"50": "telephoneNumberMatch - telephoneNumberSubstringsMatch",
		"24": "generalizedTimeMatch generalizedTimeOrderingMatch -",
		"7":  "booleanMatch - -",
	} {
		name := func(r *MatchingRule) string {
			if r == nil {
				return "-"
			}
			return r.Names[0]
		}
		s := New(Compat389())
		if err := s.AddAttributeType(def(syntax)); err != nil {
			t.Fatal(err)
		}
		x := s.AttributeType("x")
		if got := name(x.Equality) + " " + name(x.Ordering) + " " + name(x.Substr); got != want {
			t.Errorf("%s: %s, want %s", syntax, got, want)
		}
		if strings.Contains(x.String(), "Match") {
			t.Errorf("%s: the text names rules that the definition does not: %s", syntax, x)
		}
		o := New()
		if err := o.AddAttributeType(def(syntax)); err != nil {
			t.Fatal(err)
		}
		if o.AttributeType("x").Equality != nil {
			t.Errorf("%s: a rule from nowhere", syntax)
		}
	}
}

func classes(names ...string) [][]byte {
	var out [][]byte
	for _, n := range names {
		out = append(out, []byte(n))
	}
	return out
}

func TestClasses(t *testing.T) {
	s := standard(t)
	set, err := s.Classes(classes("INETORGPERSON", "posixAccount", "inetOrgPerson"))
	if err != nil {
		t.Fatal(err)
	}
	if set.Structural.Name() != "inetOrgPerson" || set.Extensible || len(set.Classes) != 2 {
		t.Errorf("%+v", set)
	}
	if got := strings.Join(classNames(set.All), " "); got != "inetOrgPerson organizationalPerson person posixAccount top" {
		t.Error(got)
	}
	must := typeNames(set.Required())
	slices.Sort(must)
	if got := strings.Join(must, " "); got != "cn gidNumber homeDirectory objectClass sn uid uidNumber" {
		t.Error(got)
	}
	for name, want := range map[string]bool{"cn": true, "mail": true, "loginShell": true, "dc": false, "createTimestamp": true, "foo": false} {
		d, _ := s.Describe(name)
		if set.Allowed(d.Type) != want {
			t.Errorf("%s allowed: %v", name, !want)
		}
	}
	if !set.Has("top") || !set.Has("PERSON") || !set.Has("2.5.6.6") || set.Has("device") {
		t.Error("Has")
	}
	if set, _ := s.Classes(classes("device", "extensibleObject")); !set.Extensible || !set.Allowed(s.AttributeType("dc")) {
		t.Error("extensibleObject allows everything")
	}
	for _, c := range []struct {
		names []string
		want  ClassProblem
		text  string
	}{
		{nil, NoClass, "no objectClass attribute"},
		{[]string{"top", "wibble", "person"}, UnknownClass, `unknown object class "wibble"`},
		{[]string{"top"}, NoStructural, "no structural object class provided"},
		{[]string{"posixAccount"}, NoStructural, "no structural object class provided"},
		{[]string{"person", "organization"}, StructuralChains, "invalid structural object class chain (person/organization)"},
	} {
		set, err := s.Classes(classes(c.names...))
		var ce *ClassError
		if !errors.As(err, &ce) || ce.Problem != c.want || err.Error() != c.text || set == nil {
			t.Errorf("%v: %v", c.names, err)
		}
	}
	if _, err := s.Classes(classes("person", "organizationalPerson", "pilotOrganization")); err == nil {
		t.Error("two chains accepted")
	}
	if _, err := s.Classes(classes("pilotOrganization", "organization", "organizationalUnit")); err != nil {
		t.Errorf("a class with two superclasses: %v", err)
	}
	if err := s.AddObjectClass("( 1.2.3.1 NAME 'abs' ABSTRACT )"); err != nil {
		t.Fatal(err)
	}
	_, err = s.Classes(classes("person", "abs"))
	if err == nil || err.Error() != "instantiation of abstract objectClass 'abs' not allowed" {
		t.Error(err)
	}
	ds := standard(t, Compat389())
	if _, err := ds.Classes(classes("person", "organization")); err != nil {
		t.Errorf("389 takes any classes: %v", err)
	}
}

func TestContentRule(t *testing.T) {
	s := standard(t)
	if err := s.AddContentRule("( 2.5.6.6 NAME 'people' AUX posixAccount MUST telephoneNumber MAY ou NOT seeAlso )"); err != nil {
		t.Fatal(err)
	}
	set, err := s.Classes(classes("person", "posixAccount"))
	if err != nil {
		t.Fatal(err)
	}
	if !set.Allowed(s.AttributeType("ou")) || set.Allowed(s.AttributeType("seeAlso")) ||
		!slices.Contains(set.Required(), s.AttributeType("telephoneNumber")) || set.Content == nil {
		t.Error("content rule not applied")
	}
	_, err = s.Classes(classes("person", "shadowAccount"))
	if err == nil || err.Error() != "class 'shadowAccount' not allowed by content rule 'people'" {
		t.Error(err)
	}
	if got := s.ContentRules()[0].String(); got != "( 2.5.6.6 NAME 'people' AUX posixAccount MUST telephoneNumber MAY ou NOT seeAlso )" {
		t.Error(got)
	}
	if err := s.AddNameForm("( 1.2.3 NAME 'pf' OC person MUST cn MAY ( sn $ uid ) )"); err != nil {
		t.Fatal(err)
	}
	if err := s.AddStructureRule("( 1 NAME 'ps' FORM PF )"); err != nil {
		t.Fatal(err)
	}
	if err := s.AddStructureRule("( 2 FORM pf SUP ( 1 2 ) )"); err != nil {
		t.Fatal(err)
	}
	if got := s.NameForms()[0].String() + s.StructureRules()[1].String(); got != "( 1.2.3 NAME 'pf' OC person MUST cn MAY ( sn $ uid ) )( 2 FORM pf SUP ( 1 2 ) )" {
		t.Error(got)
	}
	// A reload keeps the rules, on the new elements.
	if err := s.LoadLDIF(strings.NewReader("dn: cn=schema\nobjectClasses: ( 2.5.6.6 NAME 'person' SUP top MUST cn )\n"), "x"); err != nil {
		t.Fatal(err)
	}
	if set, err := s.Classes(classes("person", "posixAccount")); err != nil || set.Content == nil || set.Allowed(s.AttributeType("seeAlso")) {
		t.Errorf("%+v %v", set, err)
	}
}

func TestParseDefinitionTolerance(t *testing.T) {
	for _, c := range []struct {
		text string
		kind elementKind
	}{
		{"( 1.2.3 NAME 'a' SUP 'name' )", attributeElement},
		{"(1.2.3 NAME('a''b')SUP name SYNTAX 1.2.3{4})", attributeElement},
		{"( foo-oid NAME 'foo' DESC '' SYNTAX '1.2.3' )", attributeElement},
		{"( 1.2.3 X-ORIGIN 'x' NAME a EQUALITY b X-ORIGIN ( 'y' 'z' ) SYNTAX 1.2.3 )", attributeElement},
		{"( 1.2.3 DESC 'owner's name' SYNTAX 1.2.3 )", attributeElement},
		{"( 1.2.3 NAME 'x' SUP ( top ) MUST ( a b $ c ) MAY 'd' )", classElement},
		{"( 1.2.3 NAME 'x' MUST(a$b)MAY(c)AUXILIARY )", classElement},
		{"\t( 1.2.3 name 'x' must cn\n )  ", classElement},
	} {
		if _, err := parseDefinition(c.text, c.kind); err != nil {
			t.Errorf("%s: %v", c.text, err)
		}
	}
	for _, bad := range []string{"", "(", "()", "( )", "x", "( 1.2.3", "( 1.2.3 ) x", "( 1.2.3 NAME )", "( 1.2.3 NAME '1' )", "( 1.2.3 NAME ( 'a' )", "( 1.2.3 NAME 'a )",
		"( 1.2.3 WIBBLE )", "( 1.2.3 SYNTAX 1.2{x} )", "( 1.2.3 SYNTAX 1.2{3 )", "( 1.2.3 USAGE none )", "( 1.2.3 SUP ( a $ b ) )", "( 1..2 )", "( 1.2.3 $ )", "( é )", "( 1.2.3 X-FOO )"} {
		if d, err := parseDefinition(bad, attributeElement); err == nil {
			t.Errorf("%q gave %+v", bad, d)
		}
	}
}

func FuzzParseDefinition(f *testing.F) {
	for _, a := range builtinTypes[:5] {
		f.Add(a)
	}
	for _, c := range builtinClasses {
		f.Add(c)
	}
	f.Add("(1.2 NAME('a''b')X-Y('c' 'd')DESC 'it\\27s')")
	base := New()
	f.Fuzz(func(t *testing.T, text string) {
		for k := attributeElement; k <= structureRuleElement; k++ {
			parseDefinition(text, k)
		}
		// What was taken prints as a text that means the same.
		s := base.Clone()
		if s.AddAttributeType(text) == nil && len(s.typeList) > len(base.typeList) {
			a := s.typeList[len(s.typeList)-1]
			s2 := base.Clone()
			if err := s2.AddAttributeType(a.String()); err != nil {
				if strings.ContainsAny(a.Desc, "'") {
					return
				}
				t.Fatalf("%q printed as %q: %v", text, a, err)
			}
			if b := s2.typeList[len(s2.typeList)-1]; b.String() != a.String() {
				t.Fatalf("%q, then %q", a, b)
			}
		}
		s = base.Clone()
		if s.AddObjectClass(text) == nil && len(s.classList) > len(base.classList) {
			c := s.classList[len(s.classList)-1]
			if err := base.Clone().AddObjectClass(c.String()); err != nil {
				t.Fatalf("%q printed as %q: %v", text, c, err)
			}
		}
	})
}

func FuzzLoad(f *testing.F) {
	f.Add("objectidentifier a 1.2\nattributetype ( a:1 NAME 'x'\n SUP name )\n")
	f.Add("dn: cn=schema\nattributeTypes: ( 1.2 NAME 'x' SUP y )\nattributeTypes:: KCAxLjIgKQ==\n")
	f.Fuzz(func(t *testing.T, text string) {
		New().LoadOpenLDAP(strings.NewReader(text), "f")
		New().LoadLDIF(strings.NewReader(text), "f")
	})
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New()
	}
}

func BenchmarkName(b *testing.B) {
	s := standard(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := dn.NewName("uid=user1234,ou=People,dc=example,dc=com", s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCaseIgnore(b *testing.B) {
	v := []byte("Grace Hopper")
	b.ReportAllocs()
	for b.Loop() {
		caseIgnore(v)
	}
}

func BenchmarkLookup(b *testing.B) {
	s := standard(b)
	b.ReportAllocs()
	for b.Loop() {
		s.AttributeType("OBJECTCLASS")
	}
}
