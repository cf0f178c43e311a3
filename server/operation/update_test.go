package operation

import (
	"strings"
	"testing"

	"libslapi/server/wire"
)

const person = "objectClass: inetOrgPerson\ncn: x\nsn: x\n"

// Result codes and texts as slapd 2.5.13 gives them to the same requests
// (checked by hand with ldapmodify).
func TestUpdateResultsOpenLDAP(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	people := "ou=people,dc=example,dc=com"
	for _, c := range []struct {
		name string
		run  func() answer
		code wire.ResultCode
		text string
		dn   string
	}{
		{"add", func() answer { return e.add("dn: uid=carl," + people + "\nuid: carl\n" + person) }, 0, "", ""},
		{"add twice", func() answer { return e.add("dn: uid=carl," + people + "\nuid: carl\n" + person) }, 68, "", ""},
		{"no parent", func() answer { return e.add("dn: uid=carl,ou=no,ou=where,dc=example,dc=com\nuid: carl\n" + person) }, 32, "", "dc=example,dc=com"},
		{"no database", func() answer { return e.add("dn: uid=carl,dc=org\nuid: carl\n" + person) }, 53, "no global superior knowledge", ""},
		{"naming value added", func() answer { return e.add("dn: cn=other," + people + "\nuid: o\n" + person) }, 0, "", ""},
		{"naming attribute added", func() answer { return e.add("dn: uid=other," + people + "\n" + person) }, 0, "", ""},
		{"operational naming attribute", func() answer { return e.add("dn: createTimestamp=20200101000000Z," + people + "\n" + person) }, 64, "naming attribute 'createTimestamp' is operational", ""},
		{"unknown type", func() answer { return e.add("dn: uid=u," + people + "\nuid: u\nnoSuch: x\n" + person) }, 17, "noSuch: attribute type undefined", ""},
		{"not allowed", func() answer { return e.add("dn: uid=u," + people + "\nuid: u\nmember: cn=x\n" + person) }, 65, "attribute 'member' not allowed", ""},
		{"missing", func() answer { return e.add("dn: uid=u," + people + "\nuid: u\nobjectClass: inetOrgPerson\ncn: x\n") }, 65, "object class 'inetOrgPerson' requires attribute 'sn'", ""},
		{"no class", func() answer { return e.add("dn: uid=u," + people + "\nuid: u\n") }, 65, "no objectClass attribute", ""},
		{"twice the same value", func() answer { return e.add("dn: uid=u," + people + "\nuid: u\nmail: a@b\nmail: A@b\n" + person) }, 20, "provided more than once", ""},
		{"class chain", func() answer { return e.add("dn: uid=u," + people + "\nuid: u\nobjectClass: account\n" + person) }, 65, "invalid structural object class chain (account/inetOrgPerson)", ""},
		{"unknown class", func() answer { return e.add("dn: uid=u," + people + "\nuid: u\nobjectClass: nonsense\n" + person) }, 21, "objectClass: value #0 invalid per syntax", ""},
		{"syntax", func() answer {
			return e.add("dn: cn=u," + people + "\nobjectClass: groupOfNames\ncn: u\nmember: nonsense\n")
		}, 21, "member: value #0 invalid per syntax", ""},
		{"entryUUID", func() answer {
			return e.add("dn: uid=u," + people + "\nuid: u\nentryUUID: 00000000-0000-4000-8000-000000000003\n" + person)
		}, 19, "entryUUID: no user modification allowed", ""},
		{"bad name", func() answer { return e.add("dn: uid,dc=com\nuid: u\n" + person) }, 34, "invalid DN", ""},

		{"modify", func() answer {
			return e.modify("dn: uid=carl," + people + "\nchangetype: modify\nadd: mail\nmail: c@x\n")
		}, 0, "", ""},
		{"value there", func() answer {
			return e.modify("dn: uid=carl," + people + "\nchangetype: modify\nadd: mail\nmail: C@x\n")
		}, 20, "modify/add: mail: value #0 already exists", ""},
		{"value not there", func() answer {
			return e.modify("dn: uid=carl," + people + "\nchangetype: modify\ndelete: mail\nmail: d@x\n")
		}, 16, "modify/delete: mail: no such value", ""},
		{"attribute not there", func() answer { return e.modify("dn: uid=carl," + people + "\nchangetype: modify\ndelete: title\n") }, 16, "modify/delete: title: no such attribute", ""},
		{"the RDN", func() answer {
			return e.modify("dn: uid=carl," + people + "\nchangetype: modify\nreplace: uid\nuid: other\n")
		}, 64, "value of naming attribute 'uid' is not present in entry", ""},
		{"required", func() answer { return e.modify("dn: uid=carl," + people + "\nchangetype: modify\ndelete: sn\n") }, 65, "requires attribute 'sn'", ""},
		{"structural class", func() answer {
			return e.modify("dn: uid=carl," + people + "\nchangetype: modify\nreplace: objectClass\nobjectClass: account\n")
		}, 69, "", ""},
		{"structural class of the server's", func() answer {
			return e.modify("dn: uid=carl," + people + "\nchangetype: modify\nreplace: modifyTimestamp\nmodifyTimestamp: 20200101000000Z\n")
		}, 19, "modifyTimestamp: no user modification allowed", ""},
		{"modify nothing there", func() answer { return e.modify("dn: uid=no," + people + "\nchangetype: modify\ndelete: sn\n") }, 32, "", people},

		{"rename", func() answer { return e.rename("uid=carl,"+people, "uid=karl", "", true) }, 0, "", ""},
		{"rename to a taken name", func() answer { return e.rename("uid=karl,"+people, "uid=alice", "", true) }, 68, "", ""},
		{"rename below itself", func() answer { return e.rename("ou=people,dc=example,dc=com", "ou=people", "uid=karl,"+people, true) }, 53, "", ""},
		{"rename to nowhere", func() answer { return e.rename("uid=karl,"+people, "uid=karl", "ou=no,dc=example,dc=com", true) }, 32, "", ""},
		{"rename out of the database", func() answer { return e.rename("uid=karl,"+people, "uid=karl", "dc=org", true) }, 71, "", ""},
		{"rename what is not there", func() answer { return e.rename("uid=carl,"+people, "uid=x", "", true) }, 32, "", people},

		{"delete what has entries below", func() answer { return e.delete(people) }, 66, "subordinate objects must be deleted first", ""},
		{"delete", func() answer { return e.delete("uid=karl," + people) }, 0, "", ""},
		{"delete again", func() answer { return e.delete("uid=karl," + people) }, 32, "", people},
		{"below a referral", func() answer { return e.delete("cn=x,ou=away,dc=example,dc=com") }, 10, "", "ou=away,dc=example,dc=com"},
		{"control", func() answer { return e.delete("uid=alice,"+people, ctl("1.2.3")) }, 12, "critical extension is not recognized", ""},
	} {
		a := c.run()
		expect(t, c.name, a, c.code, c.text)
		if a.client.final.MatchedDN != c.dn {
			t.Errorf("%s: matched %q, want %q", c.name, a.client.final.MatchedDN, c.dn)
		}
	}
	e.as("", "")
	expect(t, "anonymous", e.delete("uid=alice,"+people), wire.StrongerAuthRequired, "modifications require authentication")
	e.as("uid=alice,"+people, "alicepw")
	expect(t, "no access", e.delete("uid=bob,"+people), wire.InsufficientAccessRights, "")
}

func TestOperationalAttributesOpenLDAP(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	a := e.search("uid=alice,ou=people,dc=example,dc=com", wire.ScopeBase, "", "*", "+")
	var types []string
	for _, at := range a.client.entries[0].Attrs {
		types = append(types, at.Type)
	}
	want := "objectClass uid cn sn mail userPassword structuralObjectClass entryUUID creatorsName createTimestamp entryCSN modifiersName modifyTimestamp entryDN subschemaSubentry hasSubordinates"
	if got := strings.Join(types, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if s := a.text(0); !strings.Contains(s, "structuralObjectClass: inetOrgPerson\n") || !strings.Contains(s, "creatorsName: "+root+"\n") || !strings.Contains(s, "hasSubordinates: FALSE\n") {
		t.Error(s)
	}
	before := a.text(0)
	e.as("uid=alice,ou=people,dc=example,dc=com", "alicepw")
	expect(t, "user", e.modify("dn: uid=alice,ou=people,dc=example,dc=com\nchangetype: modify\nreplace: sn\nsn: Z\n"), 50, "")
	e.as(root, "secret")
	expect(t, "modify", e.modify("dn: uid=alice,ou=people,dc=example,dc=com\nchangetype: modify\nreplace: sn\nsn: Z\n"), 0, "")
	after := e.search("uid=alice,ou=people,dc=example,dc=com", wire.ScopeBase, "", "*", "+").text(0)
	line := func(s, name string) string {
		_, rest, _ := strings.Cut(s, name+": ")
		v, _, _ := strings.Cut(rest, "\n")
		return v
	}
	if line(before, "entryUUID") != line(after, "entryUUID") || line(before, "entryCSN") >= line(after, "entryCSN") {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	suffix := e.search("dc=example,dc=com", wire.ScopeBase, "", "+").text(0)
	if csn := line(suffix, "contextCSN"); csn == "" || csn != line(after, "entryCSN") {
		t.Errorf("contextCSN %q, last entryCSN %q", csn, line(after, "entryCSN"))
	}
}

func TestAddNamingValues(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	expect(t, "add", e.add("dn: uid=other,ou=people,dc=example,dc=com\n"+person), 0, "")
	a := e.search("uid=other,ou=people,dc=example,dc=com", wire.ScopeBase, "", "*", "structuralObjectClass")
	if want := "objectClass: inetOrgPerson\ncn: x\nsn: x\nstructuralObjectClass: inetOrgPerson\nuid: other\n"; a.text(0) != want {
		t.Errorf("got\n%swant\n%s", a.text(0), want)
	}
}

func TestRenameValues(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	people := "ou=people,dc=example,dc=com"
	expect(t, "rename", e.rename("uid=bob,"+people, "uid=robert+cn=Robert", "ou=groups,dc=example,dc=com", false), 0, "")
	a := e.search("ou=groups,dc=example,dc=com", wire.ScopeOne, "(uid=robert)", "uid", "cn")
	if a.client.entries[0].DN != "cn=Robert+uid=robert,ou=groups,dc=example,dc=com" || a.text(0) != "uid: bob\nuid: robert\ncn: Bob Baker\ncn: Robert\n" {
		t.Errorf("%s\n%s", a.client.entries[0].DN, a.text(0))
	}
	expect(t, "the same name", e.rename("cn=robert+uid=ROBERT,ou=groups,dc=example,dc=com", "uid=Robert+cn=ROBERT", "", true), 0, "")
	a = e.search("ou=groups,dc=example,dc=com", wire.ScopeOne, "(uid=robert)", "uid", "cn")
	if a.client.entries[0].DN != "cn=ROBERT+uid=Robert,ou=groups,dc=example,dc=com" || a.text(0) != "uid: bob\nuid: Robert\ncn: Bob Baker\ncn: ROBERT\n" {
		t.Errorf("%s\n%s", a.client.entries[0].DN, a.text(0))
	}
	expect(t, "a subtree", e.rename("ou=people,dc=example,dc=com", "ou=folk", "", true), 0, "")
	if got := e.search("ou=folk,dc=example,dc=com", wire.ScopeSub, "").names(); got != "ou=folk uid=alice" {
		t.Error(got)
	}
	if got := e.search("uid=alice,ou=folk,dc=example,dc=com", wire.ScopeBase, "").names(); got != "uid=alice" {
		t.Error(got)
	}
}
