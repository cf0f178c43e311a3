package operation

import (
	"strings"
	"testing"

	"libslapi/server/wire"
)

var accessLines = []string{
	`access to dn.subtree=ou=groups,dc=example,dc=com attrs=children,entry by dn.exact=uid=alice,ou=people,dc=example,dc=com write by users read`,
	`access to dn.subtree=ou=groups,dc=example,dc=com attrs=member val.exact=uid=alice,ou=people,dc=example,dc=com by dn.exact=uid=bob,ou=people,dc=example,dc=com none by * read`,
	`access to dn.subtree=ou=groups,dc=example,dc=com attrs=member by dnattr=member selfwrite by users read`,
	`access to attrs=userPassword by self write by anonymous auth by * none`,
	`access to attrs=mail by group.exact=cn=staff,ou=groups,dc=example,dc=com write by * disclose`,
	`access to attrs=description by * =cs continue by users +r`,
	`access to dn.regex=^uid=([^,]+),ou=people,dc=example,dc=com$ attrs=title by dn.exact,expand=uid=$1,ou=people,dc=example,dc=com write by * read`,
	`access to filter=(sn=baker) attrs=sn by * none`,
	`access to * by anonymous break by users read`,
	`access to * by * search`,
}

// The same requests by the same people were put to slapd 2.5.13 with the same
// access lines; what follows is what it did.
func TestAccess(t *testing.T) {
	e := newEnv(t, OpenLDAP, func(o *Options, d *Database) { d.ACL = mustACL(t, o.Schema, accessLines...) })
	people, groups := "ou=people,dc=example,dc=com", "ou=groups,dc=example,dc=com"
	expect(t, "description", e.modify("dn: "+alice+"\nchangetype: modify\nadd: description\ndescription: d\n"), 0, "")
	expect(t, "dora", e.add("dn: uid=dora,"+people+"\nobjectClass: inetOrgPerson\ncn: Dora\nsn: D\nuserPassword: dorapw\n"), 0, "")
	// The seed of the probe has no alias and no referral.
	expect(t, "alias", e.delete("cn=al,"+groups), 0, "")
	type step struct {
		name string
		code wire.ResultCode
		want string // names or the text of what was found
	}
	show := func(a answer) string {
		var b strings.Builder
		for i := range a.client.entries {
			b.WriteString(strings.Fields(a.names())[i] + " " + strings.ReplaceAll(a.text(i), "\n", "|") + " ")
		}
		return b.String()
	}
	ops := map[string]func(who string) answer{
		"read": func(string) answer {
			return e.search(people, wire.ScopeOne, "", "sn", "mail", "userPassword", "description")
		},
		"groups":         func(string) answer { return e.search(groups, wire.ScopeSub, "", "member") },
		"by mail":        func(string) answer { return e.search(people, wire.ScopeSub, "(mail=*)", "1.1") },
		"by description": func(string) answer { return e.search(people, wire.ScopeSub, "(description=d)", "1.1") },
		"by sn":          func(string) answer { return e.search(people, wire.ScopeSub, "(!(sn=x))", "1.1") },
		"title": func(string) answer {
			return e.modify("dn: " + alice + "\nchangetype: modify\nreplace: title\ntitle: t\n")
		},
		"password": func(string) answer {
			return e.modify("dn: " + alice + "\nchangetype: modify\nreplace: userPassword\nuserPassword: alicepw\n")
		},
		"mail": func(who string) answer {
			return e.modify("dn: uid=dora," + people + "\nchangetype: modify\nreplace: mail\nmail: t@" + who + "\n")
		},
		"member": func(string) answer {
			return e.modify("dn: cn=staff," + groups + "\nchangetype: modify\ndelete: member\nmember: uid=bob," + people + "\n-\nadd: member\nmember: uid=bob," + people + "\n")
		},
		"add": func(string) answer {
			return e.add("dn: cn=new," + groups + "\nobjectClass: groupOfNames\ncn: new\nmember: " + alice + "\n")
		},
		"delete": func(string) answer { return e.delete("cn=new," + groups) },
		"rename": func(string) answer { return e.rename("uid=dora,"+people, "uid=d", "", false) },
		"compare": func(string) answer {
			return e.do(&wire.CompareRequest{DN: alice, Type: "userPassword", Value: []byte("alicepw")})
		},
		"compare2": func(string) answer {
			return e.do(&wire.CompareRequest{DN: "uid=bob," + people, Type: "mail", Value: []byte("bob@example.com")})
		},
		"missing": func(string) answer { return e.search("cn=no,"+people, wire.ScopeSub, "", "1.1") },
	}
	for _, who := range []struct {
		dn, pw string
		steps  []step
	}{
		{alice, "alicepw", []step{
			{"read", 0, "uid=alice sn: Able|mail: alice@example.com|userPassword: alicepw|description: d| uid=bob mail: bob@example.com|mail: robert@example.com| uid=dora sn: D| "},
			{"groups", 0, "ou=groups  cn=staff member: uid=alice,ou=people,dc=example,dc=com|member: uid=bob,ou=people,dc=example,dc=com| "},
			{"by mail", 0, "uid=alice  uid=bob  "},
			{"by description", 0, "uid=alice  "},
			{"by sn", 0, "ou=people  uid=alice  uid=dora  "},
			{"title", 0, ""}, {"password", 0, ""}, {"mail", 0, ""}, {"member", 50, ""}, {"add", 0, ""}, {"delete", 0, ""},
			{"rename", 50, ""}, {"compare", 6, ""}, {"compare2", 6, ""}, {"missing", 32, ""},
		}},
		{"uid=bob," + people, "bobpw", []step{
			{"read", 0, "uid=alice sn: Able|mail: alice@example.com|description: d| uid=bob mail: bob@example.com|mail: robert@example.com|userPassword: bobpw| uid=dora sn: D|mail: t@" + alice + "| "},
			{"groups", 0, "ou=groups  cn=staff member: uid=bob,ou=people,dc=example,dc=com| "},
			{"title", 50, ""}, {"password", 50, ""}, {"mail", 0, ""}, {"member", 0, ""}, {"add", 50, ""}, {"delete", 32, ""},
			{"rename", 50, ""}, {"compare", 50, ""}, {"compare2", 6, ""}, {"missing", 32, ""},
		}},
		{"", "", []step{
			{"read", 0, ""}, {"groups", 32, ""}, {"by mail", 0, ""}, {"by description", 0, ""}, {"by sn", 0, ""},
			{"title", 8, ""}, {"add", 8, ""}, {"delete", 8, ""}, {"rename", 8, ""}, {"compare", 50, ""}, {"compare2", 50, ""}, {"missing", 32, ""},
		}},
		{"uid=dora," + people, "dorapw", []step{
			{"read", 0, "uid=alice sn: Able|description: d| uid=bob  uid=dora sn: D|userPassword: dorapw| "},
			{"by mail", 0, ""}, {"title", 50, ""}, {"password", 50, ""}, {"mail", 50, ""}, {"member", 50, ""}, {"add", 50, ""}, {"delete", 32, ""},
			{"rename", 50, ""}, {"compare", 50, ""}, {"compare2", 50, ""}, {"missing", 32, ""},
		}},
	} {
		expect(t, "bind "+who.dn, e.as(who.dn, who.pw), 0, "")
		for _, s := range who.steps {
			a := ops[s.name](who.dn)
			expect(t, who.dn+" "+s.name, a, s.code, "")
			if got := show(a); got != s.want {
				t.Errorf("%s %s:\n got %q\nwant %q", who.dn, s.name, got, s.want)
			}
			matched := a.client.final.MatchedDN
			if s.name == "missing" && matched != people || s.name == "groups" && matched != "" {
				t.Errorf("%s %s: matched %q", who.dn, s.name, matched)
			}
		}
	}
}

// 389 without its ACL plug-in: everybody but root is denied everything.
func TestDenyByDefault(t *testing.T) {
	e := newEnv(t, DS389)
	expect(t, "bind", e.as(alice, "alicepw"), 0, "")
	a := e.search(alice, wire.ScopeBase, "", "uid")
	if a.client.final.Code != 0 || len(a.client.entries) != 0 {
		t.Errorf("%d, %d entries", a.client.final.Code, len(a.client.entries))
	}
	expect(t, "modify", e.modify(modSN), 50, "")
	expect(t, "compare", e.do(&wire.CompareRequest{DN: alice, Type: "sn", Value: []byte("able")}), 50, "")
	expect(t, "add", e.add("dn: uid=c,ou=people,dc=example,dc=com\nuid: c\n"+person), 50, "")
	expect(t, "delete", e.delete(alice), 50, "")
	expect(t, "rename", e.rename(alice, "uid=c", "", true), 50, "")
}
