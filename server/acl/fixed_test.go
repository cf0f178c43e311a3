package acl

import (
	"strings"
	"testing"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/schema"
	"pgregory.net/rapid"
)

// What Fixed says is what Granted answers, whatever the entry and the value.
func TestFixed(t *testing.T) {
	s := schema.New()
	name := func(text string) dn.Name {
		n, err := dn.NewName(text, s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	var entries []*entry.Entry
	for _, text := range []string{"cn=u,dc=com", "cn=x,ou=a,dc=com", "dc=com"} {
		e := entry.New(name(text))
		e.Add(s, "objectClass", []byte("extensibleObject"))
		e.Add(s, "modifiersName", []byte("cn=u,dc=com"))
		entries = append(entries, e)
	}
	whats := []string{"*", "attrs=cn", "attrs=entry", "attrs=entry,cn", "attrs=!extensibleObject", "dn.sub=ou=a,dc=com", "filter=(modifiersName=cn=u,dc=com)",
		"attrs=cn val.regex=^a", "dn.regex=^cn=([^,]+),(.*)$"}
	whos := []string{"*", "anonymous", "users", "self", "dn=cn=u,dc=com", "dn.regex=^cn=u", "dn.sub=dc=com", "dn.exact,expand=cn=$1,dc=com", "dnattr=modifiersName",
		"peername.ip=10.0.0.0%255.0.0.0", "ssf=56", "users ssf=100", "realself", "realanonymous", "set=this/modifiersName&user", "domain=example.com", "sockurl=ldapi:///"}
	accesses := []string{"read", "none", "write", "auth", "+s", "-r continue", "=cs continue", "selfread", "realselfwrite", "search break"}
	fixed := 0
	rapid.Check(t, func(t *rapid.T) {
		var rules []*Rule
		for range rapid.IntRange(1, 3).Draw(t, "rules") {
			what := rapid.SampledFrom(whats).Draw(t, "what")
			line := "to " + what
			for range rapid.IntRange(1, 3).Draw(t, "clauses") {
				line += " by " + rapid.SampledFrom(whos).Draw(t, "who") + " " + rapid.SampledFrom(accesses).Draw(t, "access")
			}
			r, err := Parse(strings.Fields(line), "t")
			if err != nil {
				t.Skip(err)
			}
			rules = append(rules, r)
		}
		set, err := NewSet(s, rules, nil)
		if err != nil {
			t.Skip(err)
		}
		req := Request{Who: name(rapid.SampledFrom([]string{"", "cn=u,dc=com", "cn=x,ou=a,dc=com"}).Draw(t, "requestor")), Schema: s, Peer: "IP=10.1.2.3:389",
			Listen: "ldap:///", SSF: rapid.SampledFrom([]int{0, 56, 256}).Draw(t, "ssf")}
		if rapid.Bool().Draw(t, "proxied") {
			req.Real = name("cn=x,ou=a,dc=com")
		}
		if rapid.Bool().Draw(t, "pseudo") {
			req.Pseudo = AttrEntry
		} else {
			d, _ := s.Describe(rapid.SampledFrom([]string{"cn", "modifiersName", "description"}).Draw(t, "type"))
			req.Type = d.Type
		}
		have, ok := set.Fixed(&req)
		if !ok {
			return
		}
		fixed++
		for _, e := range entries {
			for _, value := range []string{"", "abc", "cn=u,dc=com", "cn=x,ou=a,dc=com"} {
				r := req
				if r.Entry = e; value != "" {
					r.Value = []byte(value)
				}
				if got := set.Granted(&r); got != have {
					t.Fatalf("on %s %q: %08b, fixed as %08b", e.Name.Pretty, value, got, have)
				}
			}
		}
	})
	if fixed == 0 {
		t.Fatal("nothing is fixed")
	}
	for _, c := range []struct {
		line, who string
		ok        bool
	}{
		{"to * by self write by * read", "", true},
		{"to * by self write by * read", "cn=u,dc=com", false},
		{"to * by users read", "cn=u,dc=com", true},
		{"to attrs=modifiersName by dnattr=modifiersName read", "", true},
		{"to dn.sub=dc=com by * read", "", false},
	} {
		r, err := Parse(strings.Fields(c.line), "t")
		if err != nil {
			t.Fatal(err)
		}
		set, err := NewSet(s, []*Rule{r}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := set.Fixed(&Request{Who: name(c.who), Schema: s, Type: s.AttributeType("modifiersName")}); ok != c.ok {
			t.Errorf("%s for %q: %v", c.line, c.who, ok)
		}
	}
	var none *Set
	if have, ok := none.Fixed(&Request{}); have != Read || !ok {
		t.Error("no directive")
	}
}
