package schema

import (
	"errors"
	"testing"

	"libslapi/server/dn"
)

func TestRemove(t *testing.T) {
	s := standard(t)
	for _, c := range []struct {
		err, want error
	}{
		{s.RemoveAttributeType("none"), ErrUnknown},
		{s.RemoveAttributeType("cn"), ErrInUse},
		{s.RemoveAttributeType("mail"), ErrInUse},
		{s.RemoveAttributeType("postalAddress"), ErrInUse},
		{s.RemoveObjectClass("none"), ErrUnknown},
		{s.RemoveObjectClass("top"), ErrInUse},
		{s.RemoveObjectClass("person"), ErrInUse},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("got %v, want %v", c.err, c.want)
		}
	}
	c := s.Clone()
	if err := c.RemoveObjectClass("ieee802Device"); err != nil {
		t.Fatal(err)
	}
	if err := c.RemoveAttributeType("macAddress"); err != nil {
		t.Fatal(err)
	}
	if c.AttributeType("macAddress") != nil || c.AttributeType("1.3.6.1.1.1.1.22") != nil || c.ObjectClass("ieee802device") != nil {
		t.Error("still there")
	}
	if s.AttributeType("macAddress") == nil || s.ObjectClass("ieee802Device") == nil {
		t.Error("gone from the original too")
	}
	checkWhole(t, c)
}

func TestDefine(t *testing.T) {
	s := standard(t)
	cn := s.AttributeType("cn")
	if err := s.Define("attributeTypes", "( 1.2.3.1 NAME 'fresh' SUP name )"); err != nil {
		t.Fatal(err)
	}
	if err := s.Define("objectClasses", "( 1.2.3.2 NAME 'freshClass' SUP top AUXILIARY MAY fresh )"); err != nil {
		t.Fatal(err)
	}
	if s.AttributeType("cn") != cn {
		t.Error("an addition must not make the other types anew")
	}
	if err := s.Define("attributetypes", "( 1.2.3.1 NAME ( 'fresh' 'fresher' ) SUP name SINGLE-VALUE )"); err != nil {
		t.Fatal(err)
	}
	if a := s.AttributeType("fresher"); a == nil || !a.SingleValue || s.ObjectClass("freshClass").May[0] != a {
		t.Errorf("not replaced: %v", a)
	}
	checkWhole(t, s)
	for _, bad := range [][2]string{{"cn", "( 1.2 )"}, {"attributeTypes", "( 1.2"}, {"objectClasses", "( 1.2 MUST none )"}} {
		if s.Define(bad[0], bad[1]) == nil {
			t.Errorf("%v accepted", bad)
		}
	}
}

// As slapdn(8) prints them, types in our schema's spelling.
func TestPrettyName(t *testing.T) {
	s, ds := standard(t), standard(t, Compat389())
	for _, c := range []struct{ in, openldap, ds389 string }{
		{"CN=A+UID=b,commonName=X", "cn=A+uid=b,cn=X", "CN=A+UID=b,commonName=X"},
		{"UID=b+CN=A, DC=x", "cn=A+uid=b,dc=x", "UID=b+CN=A,DC=x"},
		{"2.5.4.3=A", "cn=A", "2.5.4.3=A"},
		{"LabeledUri=A", "labeledURI=A", "LabeledUri=A"},
		{"NoSuch=A", "NoSuch=A", "NoSuch=A"},
		{"cn=a", "cn=a", "cn=a"},
	} {
		n, err := dn.NewName(c.in, s)
		n389, err389 := dn.NewName(c.in, ds)
		if err != nil || err389 != nil || n.Pretty != c.openldap || n389.Pretty != c.ds389 || n.Norm != n389.Norm && c.in != "LabeledUri=A" {
			t.Errorf("%s: %+v %v %+v %v", c.in, n, err, n389, err389)
		}
	}
}
