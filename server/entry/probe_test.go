package entry

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// The short cuts of Probe agree with comparing normal forms.
func TestProbe(t *testing.T) {
	s := testSchema(t)
	rapid.Check(t, func(t *rapid.T) {
		typ := s.AttributeType(rapid.SampledFrom([]string{"cn", "member", "uniqueMember", "homeDirectory", "mail", "uidNumber", "seeAlso"}).Draw(t, "type"))
		text := rapid.StringMatching(`((cn|CN|uid|commonName|l|telephoneNumber|2.5.4.3) ?= ?"?([aAbB] {0,2}|1|-|\\2C|\\,|\\41|ü|#|\+|\+sn=[aA]|;){0,3}"? ?(,|;) ?)?[dD][cC]=[xX ]{1,2}(#'0'B)?|[aA ü1-]{0,4}`)
		a, b := []byte(text.Draw(t, "a")), []byte(text.Draw(t, "b"))
		if rapid.Bool().Draw(t, "case") {
			b = bytes.ToUpper(a)
		}
		ka, err := typ.EqualityKey(a)
		p, err2 := NewProbe(typ.Equality, a)
		if (err == nil) != (err2 == nil) {
			t.Fatal(err, err2)
		}
		if err != nil {
			return
		}
		kb, err := typ.EqualityKey(b)
		want := err == nil && bytes.Equal(ka, kb) || bytes.Equal(a, b)
		if got := p.Equal(b); got != want {
			t.Fatalf("%s: %q and %q: %v", typ.Name(), a, b, got)
		}
	})
}

func BenchmarkBigGroup(b *testing.B) {
	s := testSchema(b)
	e := build(b, s, "cn=g,dc=com", nil)
	var members [][]byte
	for i := range 10_000 {
		members = append(members, fmt.Appendf(nil, "uid=user%05d,ou=People,dc=example,dc=com", i))
	}
	e.Put(s, "member", members...)
	for _, v := range []string{"uid=user09999,ou=People,dc=example,dc=com", "UID=user09999,ou=people,dc=example,dc=com", "uid=other,ou=People,dc=example,dc=com"} {
		b.Run(v, func(b *testing.B) {
			for b.Loop() {
				e.HasValue("member", []byte(v))
			}
		})
	}
}

// Every rule that a type can have for equality has a normal form.
func TestEqualityRulesNormalize(t *testing.T) {
	s := testSchema(t)
	for _, typ := range s.AttributeTypes() {
		if typ.Equality != nil && typ.Equality.Normalize == nil {
			t.Errorf("%s: %s has no Normalize", typ.Name(), typ.Equality.Names[0])
		}
	}
}
