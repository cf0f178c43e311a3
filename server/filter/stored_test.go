package filter

import (
	"testing"

	"libslapi/server/entry"
	"libslapi/server/schema"
)

// limited computes values of operational types only, and says so.
type limited struct{ env }

func (limited) Computes(t *schema.AttributeType) bool { return t.Usage != schema.UserApplications }

func TestOnlyStored(t *testing.T) {
	s := testSchema(t)
	released := 0
	r := rules{&rule{released: &released}}
	for _, c := range []struct {
		text string
		env  Env
		want bool
	}{
		{"(&(uid=x)(|(cn=a*)(!(sn>=b))))", nil, true},
		{"(uid=x)", env{}, false}, // it may compute anything
		{"(&(uid=x)(objectClass=*))", limited{}, true},
		{"(|(uid=x)(entryDN=cn=y))", limited{}, false},
		{"(entryDN=cn=y)", nil, true},
		{"(noSuchType=x)", limited{}, true},
		{"(uid:noSuchRule:=x)", limited{}, true}, // Undefined whatever the entry
		{"(uid:1.2.3:=x)", nil, false},
		{"(&(sn=x)(!(uid:dn:caseIgnoreMatch:=x)))", limited{}, false},
		{"(:caseIgnoreMatch:=x)", limited{}, false},
	} {
		n, err := Parse(c.text)
		if err == nil {
			err = n.Resolve(s, r)
		}
		if err != nil {
			t.Fatal(c.text, err)
		}
		if got := n.OnlyStored(c.env); got != c.want {
			t.Errorf("%s, %T: %v", c.text, c.env, got)
		}
		n.Release()
	}
}

// An object class is found by each of its names and through each class below
// it, whether these are few or many, and after a change of the schema.
func TestObjectClassFamily(t *testing.T) {
	s := testSchema(t)
	holder := func(s *schema.Schema, class string) *entry.Entry {
		e := subject(t, s)
		if err := e.Put(s, "objectClass", []byte(class)); err != nil {
			t.Fatal(err)
		}
		return e
	}
	for _, c := range []struct {
		class, text string
		want        Truth
	}{
		{"referral", "(objectClass=REFERRAL)", True},
		{"2.16.840.1.113730.3.2.6", "(objectClass=referral)", True},
		{"ReFerral", "(objectClass=2.16.840.1.113730.3.2.6)", True},
		{"person", "(objectClass=referral)", False},
		{"inetOrgPerson", "(objectClass=person)", True},
		{"person", "(objectClass=inetOrgPerson)", False},
		{"2.5.6.6", "(objectClass=top)", True},
		{"noSuchClass", "(objectClass=top)", False},
		{"noSuchClass", "(objectClass=person)", False},
	} {
		for range 2 { // the second time the family is known
			if got := match(t, s, holder(s, c.class), c.text, nil, nil); got != c.want {
				t.Errorf("%s of %s: %v", c.text, c.class, got)
			}
		}
	}
	later := s.Clone()
	if err := later.AddObjectClass("( 1.3.6.1.4.1.99999.2 NAME 'specialReferral' SUP referral STRUCTURAL )"); err != nil {
		t.Fatal(err)
	}
	if match(t, later, holder(later, "specialReferral"), "(objectClass=referral)", nil, nil) != True {
		t.Error("the class that the later schema has is not found")
	}
}

func TestLooksAt(t *testing.T) {
	s := testSchema(t)
	n, err := Parse("(&(name=x)(!(uid>=a)))")
	if err == nil {
		err = n.Resolve(s, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	for typ, want := range map[string]bool{"cn": true, "sn": true, "name": true, "uid": true, "mail": false, "objectClass": false} {
		if n.LooksAt(s.AttributeType(typ)) != want {
			t.Errorf("%s: %v", typ, !want)
		}
	}
}
