package dn

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// testCanon folds ASCII case and collapses blanks, as a schema does for
// directory strings.
type testCanon struct{}

var errTestSyntax = errors.New("bad value")

func (testCanon) CanonAVA(typ string, v []byte) (string, []byte, error) {
	if string(v) == "BAD" {
		return "", nil, errTestSyntax
	}
	typ = strings.ToLower(typ)
	if typ == "commonname" || typ == "2.5.4.3" {
		typ = "cn"
	}
	out := bytes.Join(bytes.FieldsFunc(v, func(r rune) bool { return r == ' ' }), []byte(" "))
	if len(out) == 0 && len(v) > 0 {
		out = []byte(" ")
	}
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] = c | 0x20
		}
	}
	return typ, out, nil
}

func TestForms(t *testing.T) {
	for _, c := range []struct{ in, pretty, norm string }{
		{"", "", ""},
		{"  ", "", ""},
		{"UID=Alice,OU=People,dc=Example,dc=COM", "UID=Alice,OU=People,dc=Example,dc=COM", "uid=alice,ou=people,dc=example,dc=com"},
		{"uid = alice ,  ou=people;dc=example , dc=com", "uid=alice,ou=people,dc=example,dc=com", "uid=alice,ou=people,dc=example,dc=com"},
		{"uid=a,\n ou=b", "uid=a,ou=b", "uid=a,ou=b"},
		{`cn="Doe, John",dc=example`, `cn=Doe\2C John,dc=example`, `cn=doe\2c john,dc=example`},
		{`cn=Doe\, John`, `cn=Doe\2C John`, `cn=doe\2c john`},
		{`cn=Doe\2C Jane,ou=People`, `cn=Doe\2C Jane,ou=People`, `cn=doe\2c jane,ou=people`},
		{"uid=grace+cn=Grace Hopper", "uid=grace+cn=Grace Hopper", "cn=grace hopper+uid=grace"},
		{"cn=a + UID=b , dc=c", "cn=a+UID=b,dc=c", "cn=a+uid=b,dc=c"},
		{"cn=a+cn=a", "cn=a+cn=a", "cn=a"},
		{"cn=b+cn=a", "cn=b+cn=a", "cn=a+cn=b"},
		{`cn=\20a\20`, `cn=\20a\20`, "cn=a"},
		{`cn=a\  ,dc=x`, `cn=a\20,dc=x`, "cn=a,dc=x"},
		{"cn=a   b", "cn=a   b", "cn=a b"},
		{`cn=\#a`, `cn=\23a`, `cn=\23a`},
		{"cn=a#b", "cn=a#b", "cn=a#b"},
		{"cn=a=b", `cn=a\3Db`, `cn=a\3db`},
		{`cn=a\<b\>\"\\\;`, `cn=a\3Cb\3E\22\5C\3B`, `cn=a\3cb\3e\22\5c\3b`},
		{`cn=a\00b`, `cn=a\00b`, `cn=a\00b`},
		{`cn=\C3\89mile`, "cn=Émile", "cn=Émile"}, // the schema folds, this test's canon does not
		{`cn=\FF`, `cn=\FF`, `cn=\ff`},
		{"cn=", "cn=", "cn="},
		{"cn=,dc=x", "cn=,dc=x", "cn=,dc=x"},
		{`cn=""`, "cn=", "cn="},
		{"cn=#04024869", "cn=Hi", "cn=hi"},
		{"cn=#0c0161,dc=x", "cn=a,dc=x", "cn=a,dc=x"},
		{"cn=#1401E9", "cn=é", "cn=é"},
		{"cn=#0c81026162", "cn=ab", "cn=ab"},
		{"cn=#020105", `cn=\02\01\05`, `cn=\02\01\05`},
		{"OID.2.5.4.3=x", "2.5.4.3=x", "cn=x"},
		{"oid.2.5.4.3=x", "2.5.4.3=x", "cn=x"},
		{"0.9.2342.19200300.100.1.25=Com", "0.9.2342.19200300.100.1.25=Com", "0.9.2342.19200300.100.1.25=com"},
		{"oid=x", "oid=x", "oid=x"},
		{"commonName=A", "commonName=A", "cn=a"},
		{"x-foo_1=A", "x-foo_1=A", "x-foo_1=a"},
	} {
		d, err := Parse(c.in)
		if err != nil {
			t.Errorf("Parse(%q): %v", c.in, err)
			continue
		}
		if got := d.String(); got != c.pretty {
			t.Errorf("Parse(%q).String() = %q, want %q", c.in, got, c.pretty)
		}
		got, err := d.Normalize(testCanon{})
		if err != nil || got != c.norm {
			t.Errorf("normal form of %q = %q, %v, want %q", c.in, got, err, c.norm)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		in     string
		offset int
		reason string
	}{
		{"not a dn", 4, "expected '='"},
		{"cn", 2, "expected '='"},
		{"=x", 0, "expected an attribute type"},
		{",", 0, "expected an attribute type"},
		{"cn=a,", 5, "name ends after a separator"},
		{"cn=a, ", 6, "name ends after a separator"},
		{"cn=a,,dc=b", 5, "expected an attribute type"},
		{"cn=a++sn=b", 5, "expected an attribute type"},
		{"cn=a+", 5, "expected an attribute type"},
		{"1=x,2.=y", 6, "expected a digit of a numeric OID"},
		{"2.05=x", 2, "leading zero in a numeric OID"},
		{"oid.x=y", 4, "expected a numeric OID"},
		{"cn=a<b", 4, "character must be escaped"},
		{`cn=a\20<b`, 7, "character must be escaped"},
		{`cn=a"b`, 4, "character must be escaped"},
		{"cn=a\x00", 4, "character must be escaped"},
		{`cn=a\`, 4, "name ends in an escape"},
		{`cn=a\z`, 4, "bad escape"},
		{`cn=a\4`, 4, "bad escape"},
		{`cn=a\4z`, 4, "bad escape"},
		{`cn="a`, 5, "missing closing quote"},
		{`cn="a"b`, 6, "text after a quoted value"},
		{"cn=#", 3, "#value is not one BER element"},
		{"cn=#04", 3, "#value is not one BER element"},
		{"cn=#0402486", 10, "expected a hex digit"},
		{"cn=#0402486g", 11, "odd number of hex digits"},
		{"cn=#04024869 x", 13, "expected a hex digit"},
		{"cn=#0403486", 10, "expected a hex digit"},
		{"cn=#04034869", 3, "#value is not one BER element"},
		{"cn=#04804869", 3, "#value is not one BER element"},
	} {
		_, err := Parse(c.in)
		var pe *ParseError
		if !errors.As(err, &pe) {
			t.Errorf("Parse(%q): got %v", c.in, err)
			continue
		}
		if pe.Offset != c.offset || pe.Reason != c.reason {
			t.Errorf("Parse(%q): %d %q, want %d %q", c.in, pe.Offset, pe.Reason, c.offset, c.reason)
		}
	}
	if _, err := Parse(strings.Repeat("a", MaxLength+1)); err == nil {
		t.Error("a name over the limit must be refused")
	}
	if _, err := Parse(strings.Repeat("a=,", MaxRDNs) + "a="); err == nil {
		t.Error("too many relative names must be refused")
	}
	if _, err := Parse(strings.Repeat("a=+", MaxAVAs) + "a="); err == nil {
		t.Error("too many values must be refused")
	}
	if _, err := ParseRDN("cn=a,dc=b"); err == nil {
		t.Error("two relative names are not one")
	}
	if r, err := ParseRDN(" cn=a+sn=b "); err != nil || r.String() != "cn=a+sn=b" {
		t.Errorf("ParseRDN: %v %v", r, err)
	}
}

func TestCanonError(t *testing.T) {
	if _, err := NewName("dc=x,cn=BAD", testCanon{}); !errors.Is(err, errTestSyntax) {
		t.Errorf("got %v", err)
	}
	if _, err := NewName("dc=x+cn=BAD", testCanon{}); !errors.Is(err, errTestSyntax) {
		t.Errorf("got %v", err)
	}
}

func TestSortAVAs(t *testing.T) {
	d, _ := Parse("uid=b+CN=a+cn=A,x=1,z=1+y=2")
	if got := d.SortAVAs().String(); got != "CN=a+cn=A+uid=b,x=1,y=2+z=1" {
		t.Error(got)
	}
	if d.String() != "uid=b+CN=a+cn=A,x=1,z=1+y=2" {
		t.Error("SortAVAs changed its receiver")
	}
}

func TestSplit(t *testing.T) {
	for _, c := range []struct{ in, rdn, parent string }{
		{"", "", ""},
		{"dc=c", "dc=c", ""},
		{"UID=A , OU=b,dc=c", "UID=A", "OU=b,dc=c"},
		{`cn=a\,b,dc=c`, `cn=a\,b`, "dc=c"},
		{`cn=a\\,dc=c`, `cn=a\\`, "dc=c"},
		{`cn="a,b;c",dc=c`, `cn="a,b;c"`, "dc=c"},
		{`cn=a\  ;dc=c`, `cn=a\ `, "dc=c"},
		{`cn=a\\ ;dc=c`, `cn=a\\`, "dc=c"},
	} {
		if r, p := SplitPretty(c.in); r != c.rdn || p != c.parent {
			t.Errorf("SplitPretty(%q) = %q, %q", c.in, r, p)
		}
	}
	for _, c := range []struct{ in, rdn, parent string }{
		{"", "", ""},
		{"dc=c", "dc=c", ""},
		{"ou=b,dc=c", "ou=b", "dc=c"},
		{`cn=a\2cb,dc=c`, `cn=a\2cb`, "dc=c"},
		{`cn=a\,b,dc=c`, `cn=a\,b`, "dc=c"},
	} {
		if r, p := RDNNorm(c.in), ParentNorm(c.in); r != c.rdn || p != c.parent {
			t.Errorf("of %q: %q, %q", c.in, r, p)
		}
	}
	n, _ := NewName("CN=A,DC=B", testCanon{})
	if p := n.Parent(); p.Pretty != "DC=B" || p.Norm != "dc=b" || !p.Parent().IsRoot() || !p.Parent().Parent().IsRoot() {
		t.Errorf("Parent: %+v", p)
	}
	r, _ := ParseRDN("ou=X")
	if c, err := n.Child(r, testCanon{}); err != nil || c.Pretty != "ou=X,CN=A,DC=B" || c.Norm != "ou=x,cn=a,dc=b" || !c.IsSuffix(n) {
		t.Errorf("Child: %+v %v", c, err)
	}
	if c, _ := (Name{}).Child(r, testCanon{}); c.Norm != "ou=x" {
		t.Errorf("Child of the root: %+v", c)
	}
	if Depth("") != 0 || Depth("a=b") != 1 || Depth(`a=\2c,b=c`) != 2 {
		t.Error("Depth")
	}
}

func TestIsSuffix(t *testing.T) {
	for _, c := range []struct {
		norm, suffix string
		want         bool
	}{
		{"uid=a,dc=com", "dc=com", true},
		{"dc=com", "dc=com", true},
		{"uid=a,dc=com", "", true},
		{"", "", true},
		{"", "dc=com", false},
		{"dc=com", "uid=a,dc=com", false},
		{"dc=xexample,dc=com", "example,dc=com", false},
		{"uid=a,dc=badexample,dc=com", "dc=example,dc=com", false},
		{`cn=a\,dc=com`, "dc=com", false},
	} {
		if got := IsSuffix(c.norm, c.suffix); got != c.want {
			t.Errorf("IsSuffix(%q, %q) = %v", c.norm, c.suffix, got)
		}
	}
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "a b": "a b", " ": `\20`, " a ": `\20a\20`, "#": `\23`, "a,b": `a\2Cb`, "\xff": `\FF`, "é": "é", "a\n": `a\0A`,
	} {
		if got := Escape([]byte(in)); got != want {
			t.Errorf("Escape(%q) = %q, want %q", in, got, want)
		}
	}
}

func drawDN(t *rapid.T) DN {
	typ := rapid.StringMatching(`[a-zA-Z][a-zA-Z0-9-]{0,5}|[0-2](\.(0|[1-9][0-9]{0,3})){1,3}`)
	ava := rapid.Custom(func(t *rapid.T) AVA {
		return AVA{Type: typ.Draw(t, "type"), Value: rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "value")}
	})
	rdn := rapid.Custom(func(t *rapid.T) RDN { return rapid.SliceOfN(ava, 1, 3).Draw(t, "rdn") })
	return rapid.SliceOfN(rdn, 0, 4).Draw(t, "dn")
}

// RFC 4514 section 3: the text of a name gives the name again.
func TestStringRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDN(t)
		back, err := Parse(d.String())
		if err != nil {
			t.Fatalf("%q: %v", d.String(), err)
		}
		if len(d) == 0 {
			d = nil
		}
		if !reflect.DeepEqual(d, back) {
			t.Fatalf("%q gave %#v", d.String(), back)
		}
	})
}

func TestNormalProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDN(t)
		n, err := d.Name(testCanon{})
		if err != nil {
			t.Skip()
		}
		again, err := NewName(n.Norm, testCanon{})
		if err != nil || again.Norm != n.Norm {
			t.Fatalf("normal form %q of %q gives %q, %v", n.Norm, d, again.Norm, err)
		}
		if len(d) == 0 {
			return
		}
		up, err := d[1:].Name(testCanon{})
		if err != nil || !up.Equal(n.Parent()) || n.Parent().Pretty != up.Pretty {
			t.Fatalf("parent of %q: %+v, want %+v (%v)", n.Norm, n.Parent(), up, err)
		}
		if !n.IsSuffix(up) || up.IsSuffix(n) || Depth(n.Norm) != len(d) {
			t.Fatalf("%q and %q", n.Norm, up.Norm)
		}
		rdn, err := d[0].Normalize(testCanon{})
		if err != nil || rdn != RDNNorm(n.Norm) {
			t.Fatalf("rdn of %q: %q", n.Norm, rdn)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "cn=a,dc=b", `cn="a\,b"+sn=\C3\A9 ; dc=x`, "oid.2.5.4.3=#04024869", `a=\20\ `, "a= b \\  ,c=d", "a=#1401e9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := Parse(s)
		if err != nil {
			var pe *ParseError
			if !errors.As(err, &pe) || pe.Offset < 0 || pe.Offset > len(s) {
				t.Fatalf("%q: bad error %v", s, err)
			}
			return
		}
		back, err := Parse(d.String())
		if err != nil || !reflect.DeepEqual(d, back) {
			t.Fatalf("%q: %q: %#v %#v %v", s, d.String(), d, back, err)
		}
		if n, err := d.Normalize(testCanon{}); err == nil {
			again, err := NewName(n, testCanon{})
			if err != nil || again.Norm != n {
				t.Fatalf("%q: %q then %q, %v", s, n, again.Norm, err)
			}
		}
		SplitPretty(s)
	})
}

func BenchmarkNewName(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := NewName("uid=user1234,ou=People,dc=example,dc=com", testCanon{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("uid=user1234,ou=People,dc=example,dc=com"); err != nil {
			b.Fatal(err)
		}
	}
}
