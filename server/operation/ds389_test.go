package operation

import (
	"regexp"
	"strings"
	"testing"

	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// Result codes and texts as ns-slapd 2.3.1 gives them to the same requests
// (checked by hand with ldapmodify).
func TestResults389(t *testing.T) {
	e := newEnv(t, DS389)
	people := "ou=people,dc=example,dc=com"
	carl := "uid=carl," + people
	for _, c := range []struct {
		name string
		run  func() answer
		code wire.ResultCode
		text string
		dn   string
	}{
		{"add", func() answer { return e.add("dn: " + carl + "\nuid: carl\n" + person) }, 0, "", ""},
		{"add twice", func() answer { return e.add("dn: " + carl + "\nuid: carl\n" + person) }, 68, "", ""},
		{"no parent", func() answer { return e.add("dn: uid=c,ou=no,ou=where,dc=example,dc=com\nuid: c\n" + person) }, 32, "", "dc=example,dc=com"},
		{"no database", func() answer { return e.add("dn: uid=c,dc=org\nuid: c\n" + person) }, 32, "", ""},
		{"naming attribute added", func() answer { return e.add("dn: uid=other," + people + "\n" + person) }, 0, "", ""},
		{"unknown type", func() answer { return e.add("dn: uid=u," + people + "\nuid: u\nnoSuch: x\n" + person) }, 65, "attribute \"nosuch\" not allowed", ""},
		{"not allowed", func() answer { return e.add("dn: uid=u," + people + "\nuid: u\nmember: cn=x\n" + person) }, 65, "attribute \"member\" not allowed", ""},
		{"missing", func() answer { return e.add("dn: uid=u," + people + "\nuid: u\nobjectClass: inetOrgPerson\ncn: x\n") }, 65, "missing attribute \"sn\" required by object class \"", ""},
		{"no class", func() answer { return e.add("dn: uid=u," + people + "\nuid: u\n") }, 65, "missing required attribute \"objectclass\"", ""},
		{"twice the same value", func() answer { return e.add("dn: uid=u," + people + "\nuid: u\nmail: a@b\nmail: A@b\n" + person) }, 20, "", ""},
		{"syntax", func() answer {
			return e.add("dn: cn=u," + people + "\nobjectClass: groupOfNames\ncn: u\nmember: nonsense\n")
		}, 21, "member: value #0 invalid per syntax", ""},
		{"entryUUID dropped", func() answer {
			return e.add("dn: uid=uu," + people + "\nuid: uu\nentryUUID: 00000000-0000-4000-8000-000000000003\n" + person)
		}, 0, "", ""},
		{"bad name", func() answer { return e.add("dn: uid,dc=com\nuid: u\n" + person) }, 34, "invalid dn", ""},
		{"modify", func() answer { return e.modify("dn: " + carl + "\nchangetype: modify\nadd: mail\nmail: c@x\n") }, 0, "", ""},
		{"value there", func() answer { return e.modify("dn: " + carl + "\nchangetype: modify\nadd: mail\nmail: C@x\n") }, 20, "", ""},
		{"value not there", func() answer { return e.modify("dn: " + carl + "\nchangetype: modify\ndelete: mail\nmail: d@x\n") }, 16, "", ""},
		{"the RDN", func() answer { return e.modify("dn: " + carl + "\nchangetype: modify\nreplace: uid\nuid: other\n") }, 67, "", ""},
		{"required", func() answer { return e.modify("dn: " + carl + "\nchangetype: modify\ndelete: sn\n") }, 65, "missing attribute \"sn\"", ""},
		{"classes", func() answer {
			return e.modify("dn: " + carl + "\nchangetype: modify\nreplace: objectClass\nobjectClass: account\n")
		}, 65, "not allowed", ""},
		{"of the server's", func() answer {
			return e.modify("dn: " + carl + "\nchangetype: modify\nreplace: modifyTimestamp\nmodifyTimestamp: 20200101000000Z\n")
		}, 53, "", ""},
		{"modify nothing there", func() answer { return e.modify("dn: uid=no," + people + "\nchangetype: modify\ndelete: sn\n") }, 32, "", people},
		{"rename", func() answer { return e.rename(carl, "uid=karl", "", true) }, 0, "", ""},
		{"rename to a taken name", func() answer { return e.rename("uid=karl,"+people, "uid=alice", "", true) }, 68, "", ""},
		{"rename below itself", func() answer { return e.rename(people, "ou=people", "uid=karl,"+people, true) }, 53, "", ""},
		{"rename to nowhere", func() answer { return e.rename("uid=karl,"+people, "uid=karl", "ou=no,dc=example,dc=com", true) }, 32, "", "dc=example,dc=com"},
		{"rename out of the database", func() answer { return e.rename("uid=karl,"+people, "uid=karl", "dc=org", true) }, 71, "", ""},
		{"delete what has entries below", func() answer { return e.delete(people) }, 66, "", ""},
		{"delete", func() answer { return e.delete("uid=karl," + people) }, 0, "", ""},
		{"delete again", func() answer { return e.delete("uid=karl," + people) }, 32, "", people},
		{"compare", func() answer { return e.do(&wire.CompareRequest{DN: alice, Type: "sn", Value: []byte("able")}) }, 6, "", ""},
		{"compare by a supertype", func() answer { return e.do(&wire.CompareRequest{DN: alice, Type: "name", Value: []byte("able")}) }, 16, "", ""},
		{"compare unknown", func() answer { return e.do(&wire.CompareRequest{DN: alice, Type: "foo", Value: []byte("x")}) }, 16, "", ""},
		{"compare garbage", func() answer {
			return e.do(&wire.CompareRequest{DN: "cn=staff,ou=groups,dc=example,dc=com", Type: "member", Value: []byte("garbage")})
		}, 5, "", ""},
		{"compare entryDN", func() answer { return e.do(&wire.CompareRequest{DN: alice, Type: "entryDN", Value: []byte(alice)}) }, 6, "", ""},
		{"unauthenticated", func() answer { return e.as(alice, "") }, 53, "Unauthenticated binds are not allowed", ""},
	} {
		a := c.run()
		expect(t, c.name, a, c.code, c.text)
		if a.client.final.MatchedDN != c.dn {
			t.Errorf("%s: matched %q, want %q", c.name, a.client.final.MatchedDN, c.dn)
		}
	}
}

func TestEntries389(t *testing.T) {
	e := newEnv(t, DS389)
	name := "uid=grace+cn=Grace Hopper,ou=people,dc=example,dc=com"
	var seen string
	e.host.hook("BE_TXN_PRE_ADD", func(op *plugin.Operation) plugin.Outcome {
		seen = op.Add.Entry.First("userPassword")
		if op.Add.Entry.First("nsUniqueId") == "" && e.s.Schema().AttributeType("nsUniqueId") != nil {
			t.Error("no nsUniqueId inside the transaction")
		}
		return plugin.Outcome{}
	})
	expect(t, "add", e.add("dn: "+name+"\nobjectClass: inetOrgPerson\nsn: H\nuserPassword: clear\nuserPassword: {NOPE}odd\n"), 0, "")
	if !strings.HasPrefix(seen, "{") || strings.HasPrefix(seen, "{NOPE}") {
		t.Errorf("plug-ins inside the transaction see %q", seen)
	}
	a := e.search("cn=grace hopper+uid=GRACE,ou=people,dc=example,dc=com", wire.ScopeBase, "")
	if len(a.client.entries) != 1 || a.client.entries[0].DN != name {
		t.Fatalf("%+v", a.client.entries)
	}
	for _, line := range []string{"objectClass: inetOrgPerson\nobjectClass: organizationalPerson\nobjectClass: person\nobjectClass: top\n", "uid: grace\n", "cn: Grace Hopper\n"} {
		if !strings.Contains(a.text(0), line) {
			t.Errorf("no %q in\n%s", line, a.text(0))
		}
	}
	if regexp.MustCompile(`userPassword: (clear|\{NOPE\})`).MatchString(a.text(0)) {
		t.Errorf("clear text kept:\n%s", a.text(0))
	}
	for pw, want := range map[string]wire.ResultCode{"clear": 0, "{NOPE}odd": 0, "odd": 49} {
		expect(t, "bind "+pw, e.as(name, pw), want, "")
	}
	e.as(root, "secret")
	expect(t, "delete by clear text", e.modify("dn: "+name+"\nchangetype: modify\ndelete: userPassword\nuserPassword: clear\n"), 0, "")
	expect(t, "gone", e.as(name, "clear"), 49, "")
	e.as(root, "secret")
	expect(t, "compare", e.do(&wire.CompareRequest{DN: name, Type: "userPassword", Value: []byte("{NOPE}odd")}), 5, "")
	b := e.search(name, wire.ScopeBase, "", "SN", "Uid")
	if b.text(0) != "Uid: grace\nSN: H\n" && b.text(0) != "SN: H\nUid: grace\n" {
		t.Errorf("names as asked: %s", b.text(0))
	}
	id := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$`)
	if got := uniqueID(); !id.MatchString(got) {
		t.Errorf("unique id %q", got)
	}
}

// Definitions hide unless the filter names their class, or the entry is the base.
func TestHiddenEntries389(t *testing.T) {
	e := newEnv(t, DS389)
	if e.s.Schema().ObjectClass("ldapsubentry") == nil {
		sch := e.s.Schema().Clone()
		if err := sch.AddObjectClass("( 2.16.840.1.113719.2.142.6.1.1 NAME 'ldapSubEntry' SUP top STRUCTURAL MAY cn )"); err != nil {
			t.Fatal(err)
		}
		e.s.SetSchema(sch)
	}
	expect(t, "add", e.add("dn: cn=def,dc=example,dc=com\nobjectClass: ldapSubEntry\ncn: def\n"), 0, "")
	for filter, want := range map[string]string{"(cn=def)": "", "(&(cn=def)(objectClass=LDAPsubentry))": "cn=def", "(|(objectClass=*)(objectClass=ldapsubentry))": "cn=def"} {
		if got := e.search("dc=example,dc=com", wire.ScopeOne, filter).names(); strings.Contains(got, "cn=def") != (want != "") {
			t.Errorf("%s: %s", filter, got)
		}
	}
	if got := e.search("cn=def,dc=example,dc=com", wire.ScopeBase, "").names(); got != "cn=def" {
		t.Errorf("base: %s", got)
	}
}

// A bind brings a stored password to the configured scheme.
func TestUpgradeHash389(t *testing.T) {
	e := newEnv(t, DS389, func(o *Options, d *Database) {
		o.Setting = func(attr string) string {
			if attr == "passwordStorageScheme" {
				return "SSHA256"
			}
			return ""
		}
	})
	for stored, want := range map[string]string{"{SHA}SCYoKHZk6W7y87Rc0H2X5TKm1ao=": "{SSHA256}", "{CLEARTEXT}Secret.42": "{CLEARTEXT}"} {
		expect(t, "store", e.modify("dn: "+alice+"\nchangetype: modify\nreplace: userPassword\nuserPassword: "+stored+"\n"), 0, "")
		for range 2 {
			expect(t, stored, e.as(alice, "Secret.42"), 0, "")
		}
		expect(t, stored, e.as(alice, "wrong"), 49, "")
		e.as(root, "secret")
		if got := e.search(alice, wire.ScopeBase, "", "userPassword").text(0); !strings.HasPrefix(got, "userPassword: "+want) || strings.Count(got, "\n") != 1 {
			t.Errorf("%s became %s", stored, got)
		}
	}
}
