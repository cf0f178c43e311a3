package filter

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"libslapi/server/entry"
	"libslapi/server/schema"
	"libslapi/server/wire"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		"(uid=alice)": "(uid=alice)", "uid=alice": "(uid=alice)", "( & (uid=alice) (sn=able) )": "(&(uid=alice)(sn=able))",
		"&(a=b)(c=d)": "(&(a=b)(c=d))", "(&)": "(&)", "(|)": "(|)", " (a=b) ": "(a=b)", "(cn=a\\2ab)": "(cn=a\\2Ab)", "(cn=é\\28)": "(cn=\\C3\\A9\\28)",
		"(cn=a*b*c*)": "(cn=a*b*c*)", "(cn=*)": "(cn=*)", "(cn=)": "(cn=)", "(cn>=)": "(cn>=)", "(a<=b)": "(a<=b)", "(a~=b)": "(a~=b)",
		"(cn:dn:2.4.6.8.10:=x)": "(cn:dn:2.4.6.8.10:=x)", "(:dn:rule:=x)": "(:dn:rule:=x)", "(:rule:=x)": "(:rule:=x)", "(cn:=x)": "(cn:=x)",
		"(cn:DN:=x)": "(cn:dn:=x)", "(cn=a:=b)": "(cn=a:=b)", "(cn=a>=b)": "(cn=a>=b)", "(cn;lang-de=x)": "(cn;lang-de=x)", "(!(a=b))": "(!(a=b))",
		"(cn=a\\\\b)": "(cn=a\\5Cb)", "(cn=a\\00)": "(cn=a\\00)", "(cn= x )": "(cn= x )", "(cn=*x)": "(cn=*x)", "(entryDN=uid=a,dc=b)": "(entryDN=uid=a,dc=b)",
	} {
		n, err := Parse(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got := n.String(); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	deep := strings.Repeat("(!", MaxDepth+2) + "(a=b)" + strings.Repeat(")", MaxDepth+2)
	for _, in := range []string{
		"", "((uid=alice))", "(uid=alice", "uid=alice)", "(uid=alice)(sn=able)", "(uid=\\zz)", "(=alice)", "(!(uid=alice)(sn=able))", "(!)", "()", "(",
		"(uid)", "(uid=a(b)", "(uid=a)b)", "(cn=a**b)", "(cn=**)", "(u id=x)", "(uid:x:y:=z)", "(::=x)", "(:=x)", "(:dn:=x)", "(cn::=x)", "(&(a=b)", "(&(a=b)c)", "(cn=\\2)", "(cn=\\)", deep,
		"(&" + strings.Repeat("(a=b)", MaxNodes) + ")",
	} {
		n, err := Parse(in)
		var pe *ParseError
		if !errors.As(err, &pe) || n != nil {
			t.Errorf("%.60q: no error", in)
		}
	}
}

func genNode(depth int) *rapid.Generator[*Node] {
	return rapid.Custom(func(t *rapid.T) *Node {
		val := rapid.SliceOfN(rapid.Byte(), 0, 12)
		full := rapid.SliceOfN(rapid.Byte(), 1, 6)
		kinds := []Kind{Equality, Substrings, GreaterOrEqual, LessOrEqual, Present, Approx, Extensible}
		if depth > 0 {
			kinds = append(kinds, And, Or, Not, And, Or, Not)
		}
		n := &Node{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
		switch n.Kind {
		case And, Or:
			n.Kids = rapid.SliceOfN(genNode(depth-1), 0, 3).Draw(t, "kids")
			return n
		case Not:
			n.Kids = []*Node{genNode(depth-1).Draw(t, "kid")}
			return n
		}
		n.Attr = rapid.SampledFrom([]string{"cn", "SN;lang-de", "uidNumber", "objectClass", "noSuch", "2.5.4.3", "seeAlso", "jpegPhoto", "createTimestamp", "name"}).Draw(t, "attr")
		word := rapid.OneOf(rapid.Map(rapid.SampledFrom([]string{"alice", "Alice Able", "1000", "person", "a", "*", " b ", "20200101000000Z", "ü"}), func(s string) []byte { return []byte(s) }), val)
		switch n.Kind {
		case Present:
		case Substrings:
			if n.Any = rapid.SliceOfN(full, 0, 3).Draw(t, "any"); len(n.Any) == 0 {
				n.Any = nil
			}
			if rapid.Bool().Draw(t, "hasInitial") || n.Any == nil {
				n.Initial = full.Draw(t, "initial")
			}
			if rapid.Bool().Draw(t, "hasFinal") {
				n.Final = full.Draw(t, "final")
			}
		case Extensible:
			n.Rule = rapid.SampledFrom([]string{"", "caseIgnoreMatch", "2.5.13.5", "integerOrderingMatch", "noRule"}).Draw(t, "rule")
			n.DNAttrs = rapid.Bool().Draw(t, "dn")
			if n.Rule != "" && rapid.Bool().Draw(t, "noattr") {
				n.Attr = ""
			}
			n.Value = word.Draw(t, "value")
		default:
			n.Value = word.Draw(t, "value")
		}
		return n
	})
}

var nodeDiff = cmp.Options{cmpopts.IgnoreUnexported(Node{}), cmpopts.IgnoreFields(Node{}, "Desc"), cmpopts.EquateEmpty()}

func TestIdentities(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := genNode(4).Draw(t, "filter")
		got, err := Parse(n.String())
		if err != nil {
			t.Fatalf("%s: %v", n, err)
		}
		if d := cmp.Diff(n, got, nodeDiff); d != "" {
			t.Fatalf("%s: %s", n, d)
		}
		raw := n.Append(nil)
		if got, err = Decode(raw); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(n, got, nodeDiff); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff(n, n.Clone(), nodeDiff); d != "" {
			t.Fatal(d)
		}
		// Another codec makes the same octets of the text, but for its TRUE (0x01).
		if p, err := ldap.CompileFilter(n.String()); err == nil && n.Walk(func(k *Node) bool { return !k.DNAttrs }) && !bytes.Equal(p.Bytes(), raw) {
			t.Fatalf("%s: %x, go-ldap %x", n, raw, p.Bytes())
		}
	})
}

// De Morgan's laws hold in three-valued logic; a double negation is none; and
// the fast paths see what the prepared forms see.
func TestLogic(t *testing.T) {
	s := testSchema(t)
	base := subject(t, s)
	rapid.Check(t, func(t *rapid.T) {
		e := base.Clone()
		for _, a := range []string{"cn", "sn;lang-de", "noSuch", "uidNumber"} {
			if v := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 8), 0, 2).Draw(t, a); len(v) > 0 {
				if err := e.Put(s, a, v...); err != nil {
					t.Fatal(err)
				}
			}
		}
		a, b := genNode(2).Draw(t, "a"), genNode(2).Draw(t, "b")
		not := func(n *Node) *Node { return &Node{Kind: Not, Kids: []*Node{n}} }
		set := func(k Kind, n ...*Node) *Node { return &Node{Kind: k, Kids: n} }
		eval := func(n *Node) Truth {
			n = n.Clone()
			if err := n.Resolve(s, nil); err != nil {
				t.Fatal(err)
			}
			out, err := n.Match(e, nil)
			if err != nil {
				t.Fatal(err)
			}
			n.Walk(func(k *Node) bool { k.simple, k.probe = prepared, nil; return true })
			if slow, _ := n.Match(e, nil); slow != out {
				t.Fatalf("%s: fast %v, slow %v", n, out, slow)
			}
			return out
		}
		for _, p := range [][2]*Node{
			{not(set(And, a, b)), set(Or, not(a), not(b))},
			{not(set(Or, a, b)), set(And, not(a), not(b))},
			{not(not(a)), a}, {set(And, a), a}, {set(Or, a), a}, {set(And, a, b), set(And, b, a)},
			{set(And, a, set(And)), a}, {set(Or, a, set(Or)), a}, {set(Or, a, set(And, a, b)), a},
		} {
			if x, y := eval(p[0]), eval(p[1]); x != y {
				t.Fatalf("%s %v, %s %v", p[0], x, p[1], y)
			}
		}
	})
}

func TestDecodeErrors(t *testing.T) {
	n, _ := Parse("(&(cn=a*b*c)(|(a>=b)(!(:dn:1.2:=x)))(x=*))")
	raw := n.Append(nil)
	for i := range raw {
		if _, err := Decode(raw[:i]); err == nil {
			t.Errorf("cut at %d", i)
		}
	}
	deep := n
	for range MaxDepth + 2 {
		deep = &Node{Kind: Not, Kids: []*Node{deep}}
	}
	wide := &Node{Kind: Or}
	for range MaxNodes + 1 {
		wide.Kids = append(wide.Kids, &Node{Kind: Present, Attr: "a"})
	}
	for _, b := range [][]byte{
		append(bytes.Clone(raw), 0x87, 1, 'a'), {0xa2, 0}, {0xa2, 6, 0x87, 1, 'a', 0x87, 1, 'b'}, {0xaa, 0}, {0xa3, 3, 4, 1, 'a'}, {0xa4, 5, 4, 1, 'a', 0x30, 0},
		{0xa4, 8, 4, 1, 'a', 0x30, 3, 0x83, 1, 'x'}, {0xa4, 11, 4, 1, 'a', 0x30, 6, 0x82, 1, 'x', 0x80, 1, 'y'}, {0xa4, 7, 4, 1, 'a', 0x30, 2, 0x81, 0},
		{0xa9, 3, 0x83, 1, 'x'}, {0xa9, 3, 0x82, 1, 'x'}, deep.Append(nil), wide.Append(nil),
	} {
		_, err := Decode(b)
		var we *wire.Error
		if !errors.As(err, &we) || we.Code != wire.ProtocolError {
			t.Errorf("%.20x: %v", b, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"(&(cn=a*b*c)(|(a>=b)(!(:dn:1.2:=x)))(x=*))", "(a~=b)", "(cn:dn:=x)", "(cn=)"} {
		n, _ := Parse(s)
		f.Add(n.Append(nil))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := Decode(b)
		if err != nil {
			return
		}
		again, err := Decode(n.Append(nil))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(n, again, nodeDiff); d != "" {
			t.Fatal(d)
		}
		_ = n.String()
	})
}

func FuzzParse(f *testing.F) {
	s := testSchema(f)
	e := subject(f, s)
	for _, t := range []string{"(&(cn=a*b*c)(|(a>=b)(!(:dn:1.2:=x)))(x=*))", "a~=b", "(cn:dn:=x)", "(cn=\\28\\c3\\28)", "(&)", "(seeAlso=cn=x)", "(:caseIgnoreMatch:=a)"} {
		f.Add(t)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(n.String())
		if err != nil || again.String() != n.String() {
			t.Fatalf("%q: %q: %v", text, n.String(), err)
		}
		matchAll(t, s, e, n)
	})
}

func matchAll(t *testing.T, s *schema.Schema, e *entry.Entry, n *Node) {
	if err := n.Resolve(s, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Match(e, nil); err != nil {
		t.Fatal(err)
	}
}
