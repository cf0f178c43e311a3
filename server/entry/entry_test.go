package entry

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"libslapi/server/dn"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// testSchema loads the schema of the Debian slapd package.
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

func vals(v ...string) (out [][]byte) {
	for _, s := range v {
		out = append(out, []byte(s))
	}
	return out
}

func strs(v [][]byte) (out []string) {
	for _, b := range v {
		out = append(out, string(b))
	}
	return out
}

type attrs []struct {
	desc   string
	values []string
}

func build(t testing.TB, s *schema.Schema, name string, as attrs) *Entry {
	t.Helper()
	n, err := dn.NewName(name, s)
	if err != nil {
		t.Fatal(err)
	}
	e := New(n)
	for _, a := range as {
		if err := e.Add(s, a.desc, vals(a.values...)...); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func alice(t testing.TB, s *schema.Schema) *Entry {
	return build(t, s, "uid=alice,ou=people,dc=example,dc=com", attrs{
		{"objectClass", []string{"inetOrgPerson"}}, {"uid", []string{"alice"}}, {"cn", []string{"Alice Able"}},
		{"sn", []string{"Able"}}, {"CN;lang-de", []string{"Alize"}}, {"mail", []string{"alice@example.com"}},
	})
}

func TestAccess(t *testing.T) {
	s := testSchema(t)
	e := alice(t, s)
	if got := e.First("commonName"); got != "Alice Able" {
		t.Error(got)
	}
	if got := e.First("2.5.4.3"); got != "Alice Able" {
		t.Error(got)
	}
	if !e.HasValue("CN", []byte("alice  able ")) || e.HasValue("cn", []byte("alize")) || e.HasValue("l", nil) {
		t.Error("HasValue")
	}
	d, _ := s.Describe("cn;LANG-DE")
	if a := e.Get(d); a == nil || a.Canonical() != "cn;lang-de" || a.Desc != "CN;lang-de" {
		t.Error("Get")
	}
	var names []string
	for a := range e.Matching(s.AttributeType("name")) {
		names = append(names, a.Desc)
	}
	if d := cmp.Diff([]string{"cn", "sn", "CN;lang-de"}, names); d != "" {
		t.Error(d)
	}
	if !e.IsClass("INETORGPERSON") || e.IsClass("person") {
		t.Error("IsClass")
	}
	if err := e.Add(s, "cn", vals("ALICE ABLE", "Al")...); err != nil || len(e.Values("cn")) != 2 {
		t.Error("Add of an equal value", strs(e.Values("cn")))
	}
	if !e.RemoveValue("commonName", []byte("alice able")) || e.RemoveValue("cn", []byte("zz")) || e.First("cn") != "Al" {
		t.Error("RemoveValue")
	}
	if !e.RemoveValue("cn", []byte("al")) || e.Has("cn") || !e.Remove("cn;lang-de") || e.Remove("cn;lang-de") {
		t.Error("Remove")
	}
	if err := e.Put(s, "sn", vals("A", "B")...); err != nil || len(e.Values("sn")) != 2 || e.Put(s, "sn") != nil || e.Has("sn") {
		t.Error("Put")
	}
	if e.Add(s, "b@d", nil) == nil {
		t.Error("bad description")
	}
}

func TestCloneIsSeparate(t *testing.T) {
	s := testSchema(t)
	e := alice(t, s)
	want := string(e.Encode(nil))
	c := e.Clone()
	for _, f := range []func() error{
		func() error { return c.Add(s, "cn", []byte("X")) },
		func() error { return c.Add(s, "description", []byte("X")) },
		func() error { return c.Put(s, "sn", []byte("X")) },
		func() error { c.RemoveValue("cn", []byte("alice able")); return nil },
		func() error { c.Remove("uid"); return nil },
		func() error {
			return c.Apply(s, []wire.Change{{Op: wire.ModAdd, Type: "mail", Values: vals("x@y")},
				{Op: wire.ModAdd, Type: "objectClass", Values: vals("posixAccount")}, {Op: wire.ModDelete, Type: "mail", Values: vals("alice@example.com")}}, ApplyOptions{})
		},
		func() error { c.AddSuperclasses(s); return nil },
	} {
		if err := f(); err != nil {
			t.Fatal(err)
		}
		if string(e.Encode(nil)) != want {
			t.Fatal("the original changed")
		}
	}
}

func codeText(err error) (wire.ResultCode, string) {
	if err == nil {
		return 0, ""
	}
	if e, ok := err.(*wire.Error); ok {
		if e == nil {
			return 0, ""
		}
		return e.Code, e.Text
	}
	return -1, err.Error()
}

// Codes and texts are those of slapd 2.5.
func TestApply(t *testing.T) {
	s := testSchema(t)
	add, del, rep, inc := wire.ModAdd, wire.ModDelete, wire.ModReplace, wire.ModIncrement
	ch := func(op wire.ModOp, typ string, v ...string) wire.Change {
		return wire.Change{Op: op, Type: typ, Values: vals(v...)}
	}
	for _, c := range []struct {
		name    string
		changes []wire.Change
		code    wire.ResultCode
		text    string
		attr    string
		want    []string
	}{
		{"add", []wire.Change{ch(add, "description", "a", "b")}, 0, "", "description", []string{"a", "b"}},
		{"add more", []wire.Change{ch(add, "commonName", "x")}, 0, "", "cn", []string{"Alice Able", "x"}},
		{"add existing", []wire.Change{ch(add, "sn", "ABLE")}, 20, "modify/add: sn: value #0 already exists", "", nil},
		{"add second existing", []wire.Change{ch(rep, "description", "a", "b", "c"), ch(add, "description", "x", "C", "a")}, 20, "modify/add: description: value #1 already exists", "", nil},
		{"add twice", []wire.Change{ch(add, "sn", "x", "X")}, 20, "sn: value #0 provided more than once", "", nil},
		{"add twice of many", []wire.Change{ch(add, "description", "a", "b", "c", "C", "d", "B")}, 20, "description: value #2 provided more than once", "", nil},
		{"add no values", []wire.Change{ch(add, "sn")}, 2, "modify/add operation requires values", "", nil},
		{"add undefined", []wire.Change{ch(add, "foo", "1")}, 17, "foo: attribute type undefined", "", nil},
		{"add bad name", []wire.Change{ch(add, "f@o", "1")}, 17, "f@o: AttributeDescription contains inappropriate characters", "", nil},
		{"add binary", []wire.Change{ch(add, "sn;binary", "1")}, 17, "sn;binary: option \"binary\" not supported with type", "", nil},
		{"add bad syntax", []wire.Change{ch(add, "seeAlso", "cn=x", "notdn")}, 21, "seeAlso: value #1 invalid per syntax", "", nil},
		{"add empty", []wire.Change{ch(add, "description", "")}, 21, "description: value #0 invalid per syntax", "", nil},
		{"add unknown class", []wire.Change{ch(add, "objectClass", "person", "nosuch")}, 21, "objectClass: value #1 invalid per syntax", "", nil},
		{"many for single", []wire.Change{ch(add, "displayName", "a", "b")}, 19, "displayName: multiple values provided", "", nil},
		{"add beside without rule", []wire.Change{ch(add, "jpegPhoto", "\xff\xd8\xffa"), ch(add, "jpegPhoto", "\xff\xd8\xffb")}, 18, "modify/add: jpegPhoto: no equality matching rule", "", nil},
		{"delete without rule", []wire.Change{ch(del, "jpegPhoto", "a")}, 18, "modify/delete: jpegPhoto: no equality matching rule", "", nil},
		{"delete", []wire.Change{ch(del, "mail")}, 0, "", "mail", nil},
		{"delete value", []wire.Change{ch(add, "mail", "b@c"), ch(del, "mail", "ALICE@example.com")}, 0, "", "mail", []string{"b@c"}},
		{"delete last value", []wire.Change{ch(del, "mail", "alice@example.com")}, 0, "", "mail", nil},
		{"delete twice the same", []wire.Change{ch(rep, "description", "a", "b"), ch(del, "description", "a", "A")}, 0, "", "description", []string{"b"}},
		{"delete many", []wire.Change{ch(rep, "description", "a", "b", "c", "d", "e", "f"), ch(del, "description", "f", "a", "D", "c")}, 0, "", "description", []string{"b", "e"}},
		{"delete absent", []wire.Change{ch(del, "description")}, 16, "modify/delete: description: no such attribute", "", nil},
		{"delete absent option", []wire.Change{ch(del, "cn;lang-fr", "x")}, 16, "modify/delete: cn;lang-fr: no such attribute", "", nil},
		{"delete absent value", []wire.Change{ch(del, "SURNAME", "nope")}, 16, "modify/delete: sn: no such value", "", nil},
		{"replace", []wire.Change{ch(rep, "cn;LANG-de", "Z")}, 0, "", "cn", []string{"Alice Able"}},
		{"replace by none", []wire.Change{ch(rep, "mail")}, 0, "", "mail", nil},
		{"replace absent by none", []wire.Change{ch(rep, "l")}, 0, "", "l", nil},
		{"increment", []wire.Change{ch(add, "uidNumber", "5"), ch(inc, "uidNumber", "-7")}, 0, "", "uidNumber", []string{"-2"}},
		{"increment absent", []wire.Change{ch(inc, "uidNumber", "1")}, 16, "modify/increment: uidNumber: no such attribute", "", nil},
		{"increment text", []wire.Change{ch(inc, "sn", "1")}, 19, "sn: attribute syntax inappropriate for increment", "", nil},
		{"increment by two", []wire.Change{ch(inc, "uidNumber", "1", "2")}, 2, "modify/increment operation requires single value", "", nil},
		{"increment by none", []wire.Change{ch(inc, "uidNumber")}, 2, "modify/increment operation requires value", "", nil},
		{"increment by text", []wire.Change{ch(inc, "uidNumber", "x")}, 21, "uidNumber: value #0 invalid per syntax", "", nil},
		{"increment by much", []wire.Change{ch(add, "uidNumber", "5"), ch(inc, "uidNumber", "99999999999999999999")}, 21, "modify/increment: invalid syntax of increment", "", nil},
		{"increment too far", []wire.Change{ch(add, "uidNumber", "5"), ch(inc, "uidNumber", "9223372036854775807")}, 19, "modify/increment: uidNumber: value out of range", "", nil},
		{"no such kind", []wire.Change{ch(9, "sn", "x")}, 2, "unrecognized modify operation", "", nil},
	} {
		e := alice(t, s)
		code, text := codeText(e.Apply(s, c.changes, ApplyOptions{}))
		if code != c.code || text != c.text {
			t.Errorf("%s: %d %q, want %d %q", c.name, code, text, c.code, c.text)
			continue
		}
		if c.attr != "" {
			if d := cmp.Diff(c.want, strs(e.Values(c.attr))); d != "" {
				t.Errorf("%s: %s", c.name, d)
			}
		}
	}
	e := alice(t, s)
	lenient := []wire.Change{ch(add, "sn", "able", "Baker"), ch(del, "description"), ch(del, "cn", "zz"), ch(del, "l", "x")}
	if err := e.Apply(s, lenient, ApplyOptions{Lenient: true}); err != nil || len(e.Values("sn")) != 2 {
		t.Error("lenient", err, strs(e.Values("sn")))
	}
	if err := e.Apply(s, []wire.Change{ch(add, "foo", "x"), ch(add, "uidNumber", "x")}, ApplyOptions{NoSchema: true}); err != nil {
		t.Error("NoSchema", err)
	}
}

// slapd puts a replaced attribute behind all others, ns-slapd leaves it in its place.
func TestReplaceOrder(t *testing.T) {
	for _, c := range []struct {
		s    *schema.Schema
		want []string
	}{
		{schema.New(), []string{"cn", "description"}},
		{schema.New(schema.Compat389()), []string{"description", "cn"}},
	} {
		e := New(dn.Name{})
		for _, a := range []string{"description", "cn"} {
			if err := e.Add(c.s, a, []byte("x")); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.Apply(c.s, []wire.Change{{Op: wire.ModReplace, Type: "description", Values: [][]byte{[]byte("y")}}}, ApplyOptions{}); err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := range e.Attrs {
			got = append(got, e.Attrs[i].Desc)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Error(d)
		}
	}
}

func TestCheckSchema(t *testing.T) {
	s := testSchema(t)
	oc := func(c ...string) attrs {
		return attrs{{"objectClass", c}, {"cn", []string{"x"}}, {"sn", []string{"x"}}}
	}
	one := func(desc string, v ...string) attrs { return append(oc("inetOrgPerson"), attrs{{desc, v}}...) }
	for _, c := range []struct {
		name string
		as   attrs
		code wire.ResultCode
		text string
	}{
		{"good", oc("top", "person", "organizationalPerson", "inetOrgPerson", "posixAccount")[:1], 65, "object class 'person' requires attribute 'sn'"},
		{"good", oc("inetOrgPerson"), 0, ""},
		{"requires", attrs{{"objectClass", []string{"inetOrgPerson"}}, {"cn", []string{"x"}}}, 65, "object class 'inetOrgPerson' requires attribute 'sn'"},
		{"not allowed", one("uidNumber", "1"), 65, "attribute 'uidNumber' not allowed"},
		{"extensible", append(oc("person", "extensibleObject"), attrs{{"uidNumber", []string{"1"}}}...), 0, ""},
		{"undefined", one("foo", "1"), 17, "foo: attribute type undefined"},
		{"no class", attrs{{"cn", []string{"x"}}}, 65, "no objectClass attribute"},
		{"unknown class", oc("person", "nosuch"), 21, "objectClass: value #1 invalid per syntax"},
		{"no structural", oc("top"), 65, "no structural object class provided"},
		{"aux alone", oc("posixAccount"), 65, "no structural object class provided"},
		{"chain", oc("person", "device"), 65, "invalid structural object class chain (person/device)"},
		{"syntax", one("seeAlso", "x"), 21, "seeAlso: value #0 invalid per syntax"},
		{"single", one("displayName", "a", "b"), 19, "displayName: multiple values provided"},
	} {
		e := build(t, s, "cn=x,dc=example,dc=com", c.as)
		code, text := codeText(e.CheckSchema(s))
		if code != c.code || text != c.text {
			t.Errorf("%s: %d %q, want %d %q", c.name, code, text, c.code, c.text)
		}
	}
	// A second value that comes by a modify is worded differently.
	e := build(t, s, "cn=x,dc=com", one("displayName", "a"))
	if err := e.Apply(s, []wire.Change{{Op: wire.ModAdd, Type: "displayName", Values: vals("b")}}, ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	e, _ = Decode(e.Encode(nil), s)
	if code, text := codeText(e.CheckSchema(s)); code != 19 || text != "attribute 'displayName' cannot have multiple values" {
		t.Error(code, text)
	}
	before, after := build(t, s, "cn=x", oc("inetOrgPerson")), build(t, s, "cn=x", oc("person"))
	if code, text := codeText(after.CheckStructural(s, before)); code != 69 || text != "structural object class modification from 'inetOrgPerson' to 'person' not allowed" {
		t.Error(code, text)
	}
	if err := after.CheckStructural(s, after.Clone()); err != nil {
		t.Error(err)
	}
	if oc := after.StructuralClass(s); oc == nil || oc.Name() != "person" {
		t.Error(oc)
	}
	after.AddSuperclasses(s)
	before.AddSuperclasses(s)
	if d := cmp.Diff([]string{"inetOrgPerson", "organizationalPerson", "person", "top"}, strs(before.Values("objectClass"))); d != "" {
		t.Error(d)
	}
}

func TestCheckNaming(t *testing.T) {
	s := testSchema(t)
	for _, c := range []struct {
		dn   string
		add  bool
		code wire.ResultCode
		text string
		attr string
		want []string
	}{
		{"cn=a,dc=com", false, 0, "", "", nil},
		{"CN=A+sn=B,dc=com", false, 0, "", "", nil},
		{"commonName=z,dc=com", false, 64, "value of naming attribute 'cn' is not present in entry", "", nil},
		{"commonName=z\\,y,dc=com", true, 0, "", "cn", []string{"a", "z,y"}},
		{"l=z,dc=com", false, 64, "naming attribute 'l' is not present in entry", "", nil},
		{"l=z,dc=com", true, 0, "", "l", []string{"z"}},
		{"createTimestamp=20200101000000Z,dc=com", true, 64, "naming attribute 'createTimestamp' is operational", "", nil},
		{"facsimileTelephoneNumber=\\+1 2,dc=com", true, 64, "naming attribute 'facsimileTelephoneNumber' has no equality matching rule", "", nil},
		{"", true, 0, "", "", nil},
	} {
		e := build(t, s, c.dn, attrs{{"cn", []string{"a"}}, {"sn", []string{"b"}}})
		code, text := codeText(e.CheckNaming(s, c.add))
		if code != c.code || text != c.text {
			t.Errorf("%s: %d %q, want %d %q", c.dn, code, text, c.code, c.text)
		}
		if c.attr != "" && !cmp.Equal(c.want, strs(e.Values(c.attr))) {
			t.Errorf("%s: %v", c.dn, strs(e.Values(c.attr)))
		}
	}
}

func TestCompat389(t *testing.T) {
	s := testSchema(t, schema.Compat389())
	e := alice(t, s)
	err := e.Apply(s, []wire.Change{{Op: wire.ModAdd, Type: "fooBar", Values: vals("1")}, {Op: wire.ModAdd, Type: "DESCRIPTION", Values: vals("1")},
		{Op: wire.ModReplace, Type: "jpegPhoto", Values: vals("\xff\xd8\xffa", "\xff\xd8\xffb")}, {Op: wire.ModDelete, Type: "jpegPhoto", Values: vals("\xff\xd8\xffa")}}, ApplyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if e.Find("description").Desc != "description" || e.Find("foobar").Desc != "fooBar" || len(e.Values("jpegPhoto")) != 1 {
		t.Error("names as written, values by octets")
	}
	if code, text := codeText(e.Apply(s, []wire.Change{{Op: wire.ModDelete, Type: "l"}}, ApplyOptions{})); code != 16 || text != "" {
		t.Error(code, text)
	}
	if code, text := codeText(e.CheckSchema(s)); code != 65 || text != `attribute "fooBar" not allowed` {
		t.Error(code, text)
	}
	e = build(t, s, "cn=x", attrs{{"objectClass", []string{"person", "device"}}, {"cn", []string{"x"}}})
	if code, text := codeText(e.CheckSchema(s)); code != 65 || text != `missing attribute "sn" required by object class "person"` {
		t.Error(code, text)
	}
	if e.Add(s, "sn", []byte("x")); e.CheckSchema(s) != nil {
		t.Error("structural classes may be mixed")
	}
	e.Add(s, "objectClass", []byte("nosuch"))
	if code, text := codeText(e.CheckSchema(s)); code != 65 || text != `unknown object class "nosuch"` {
		t.Error(code, text)
	}
}

func TestDecodeErrors(t *testing.T) {
	s := testSchema(t)
	good := alice(t, s).Encode([]byte("prefix"))[6:]
	if _, err := Decode(good, s); err != nil {
		t.Fatal(err)
	}
	for i := range good {
		if _, err := Decode(good[:i], s); err == nil {
			t.Errorf("cut at %d of %d: no error", i, len(good))
		}
	}
	for _, b := range [][]byte{nil, {0}, {2}, append(bytes.Clone(good), 0), {1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0}} {
		if _, err := Decode(b, s); err == nil {
			t.Errorf("%x: no error", b)
		}
	}
}
