//go:build synctest

package sync

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// await waits until what is looked at is so.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !ok(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not come", what)
		}
	}
}

// A consumer that binds with SCRAM, copies a part of the tree under another name
// and leaves attributes out; its line is changed over LDAP; cn=Monitor tells of it.
func TestConsumerParameters(t *testing.T) {
	p := &server{t: t, slapid: true, port: freePort(t), extra: []string{"overlay syncprov"}}
	p.global = []string{"password-hash {CLEARTEXT}", `authz-regexp "uid=([^,]*),cn=[^,]*,cn=auth" "uid=$1,ou=o1,` + suffix + `"`}
	p.begin()
	x := &tree{t: t, s: p, c: p.dial()}
	x.setup()
	user := func(uid, manager string) {
		a := ldap.NewAddRequest("uid="+uid+",ou=o1,"+suffix, nil)
		a.Attribute("objectClass", []string{"inetOrgPerson"})
		a.Attribute("cn", []string{uid})
		a.Attribute("sn", []string{"S"})
		a.Attribute("title", []string{"left out"})
		a.Attribute("userPassword", []string{"pass word"})
		a.Attribute("manager", []string{manager})
		x.must(x.c.Add(a))
	}
	user("ada", "uid=ada,ou=o1,"+suffix)
	user("bob", "uid=ada,ou=o1,"+suffix)
	line := func(exattrs string) string {
		return fmt.Sprintf(`rid=007 provider=%s type=refreshAndPersist retry="1 +" searchbase="ou=o1,%s" suffixmassage="ou=copy,%s" exattrs=%s bindmethod=sasl saslmech=SCRAM-SHA-256 authcid=ada credentials="pass word" keepalive=60:3:10 schemachecking=off`,
			p.url(), suffix, suffix, exattrs)
	}
	c := &server{t: t, slapid: true, port: freePort(t)}
	c.global = []string{"database config", "rootpw secret", "database monitor"}
	c.extra = []string{"syncrepl " + line("title"), "updateref ldap://primary.example.com"}
	c.begin()
	conn := c.dial()
	defer conn.Close()
	bob := func() *ldap.Entry {
		res, err := conn.Search(ldap.NewSearchRequest("uid=bob,ou=copy,"+suffix, ldap.ScopeBaseObject, 0, 0, 0, false, everything, nil, nil))
		if err != nil || len(res.Entries) != 1 {
			return nil
		}
		return res.Entries[0]
	}
	await(t, "the copy", func() bool { return bob() != nil })
	if e := bob(); e.GetAttributeValue("title") != "" || !strings.EqualFold(e.GetAttributeValue("manager"), "uid=ada,ou=copy,"+suffix) {
		e.PrettyPrint(2)
		t.Error("not as the line says")
	}
	err := conn.Del(ldap.NewDelRequest("uid=bob,ou=copy,"+suffix, nil))
	if !ldap.IsErrorWithCode(err, ldap.LDAPResultReferral) {
		t.Errorf("a client's write: %v", err)
	}
	// The base itself is changed: its name here stays.
	m := ldap.NewModifyRequest("ou=o1,"+suffix, nil)
	m.Replace("description", []string{"changed"})
	x.must(x.c.Modify(m))
	await(t, "the change of the base", func() bool {
		res, err := conn.Search(ldap.NewSearchRequest("ou=copy,"+suffix, ldap.ScopeBaseObject, 0, 0, 0, false, "(description=changed)", nil, nil))
		return err == nil && len(res.Entries) == 1
	})
	monitor := func() string {
		res, err := conn.Search(ldap.NewSearchRequest("cn=Monitor", ldap.ScopeWholeSubtree, 0, 0, 0, false, "(cn=Consumer 007)", []string{"monitoredInfo"}, nil))
		if err != nil || len(res.Entries) != 1 {
			return ""
		}
		return strings.Join(res.Entries[0].GetAttributeValues("monitoredInfo"), "\n")
	}
	await(t, "the persist stage in cn=Monitor", func() bool { return strings.Contains(monitor(), "phase=following") })
	if s := monitor(); !strings.Contains(s, "provider="+p.url()) || !strings.Contains(s, "lag=0") || strings.Contains(s, "pass word") {
		t.Error(s)
	}
	// Another line over LDAP: the attribute comes.
	admin, err := ldap.DialURL(c.url())
	x.must(err)
	defer admin.Close()
	x.must(admin.Bind("cn=config", "secret"))
	res, err := admin.Search(ldap.NewSearchRequest("cn=config", ldap.ScopeWholeSubtree, 0, 0, 0, false, "(olcSyncrepl=*)", []string{"1.1"}, nil))
	if err != nil || len(res.Entries) != 1 {
		t.Fatal(err)
	}
	m = ldap.NewModifyRequest(res.Entries[0].DN, nil)
	m.Replace("olcSyncrepl", []string{line("employeeType")})
	x.must(admin.Modify(m))
	m = ldap.NewModifyRequest("uid=bob,ou=o1,"+suffix, nil)
	m.Replace("title", []string{"comes"})
	x.must(x.c.Modify(m))
	await(t, "the attribute of the new line", func() bool { e := bob(); return e != nil && e.GetAttributeValue("title") == "comes" })
	// No line: a copy no more, clients write.
	m = ldap.NewModifyRequest(res.Entries[0].DN, nil)
	m.Delete("olcSyncrepl", nil)
	x.must(admin.Modify(m))
	if err := conn.Del(ldap.NewDelRequest("uid=bob,ou=copy,"+suffix, nil)); err != nil {
		t.Errorf("a client's write: %v", err)
	}
	x.c.Close()
}
