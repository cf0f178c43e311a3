package daemon

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/go-ldap/ldap/v3"
)

// The records have the form of slapd's auditlog, so that its readers take them.
func TestAuditLog(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "audit.ldif")
	s := startOps(t, "", []string{"overlay auditlog", "auditlog " + file})
	defer s.stop()
	const name = "cn=new,dc=example,dc=com"
	s.change(t, []string{"add", name, "objectClass=person", "cn=new", "sn=new"}, false)
	s.change(t, []string{"modify", name, "add:description:one&two", "delete:description:two"}, false)
	s.change(t, []string{"modify", name, "add:nosuch:x"}, false) // fails
	s.change(t, []string{"rename", name, "cn=new2", "1", "ou=people,dc=example,dc=com"}, false)
	c, err := ldap.DialURL(s.url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Bind("cn=admin,dc=example,dc=com", "secret"); err != nil {
		t.Fatal(err)
	}
	if err := c.Del(ldap.NewDelRequest("cn=new2,ou=people,dc=example,dc=com", nil)); err != nil {
		t.Fatal(err)
	}
	c.Close()
	s.stop()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head := func(word string) string {
		return `# ` + word + ` \d+ dc=example,dc=com cn=admin,dc=example,dc=com IP=127\.0\.0\.1:\d+ conn=\d+\n`
	}
	want := "^" + head("add") + `dn: cn=new,dc=example,dc=com
changetype: add
objectClass: person
cn: new
sn: new
structuralObjectClass: person
entryUUID: [-0-9a-f]+
creatorsName: cn=admin,dc=example,dc=com
createTimestamp: \d+Z
entryCSN: [.#0-9a-fZ]+
modifiersName: cn=admin,dc=example,dc=com
modifyTimestamp: \d+Z
# end add \d+

` + head("modify") + `dn: cn=new,dc=example,dc=com
changetype: modify
add: description
description: one
description: two
-
delete: description
description: two
-
replace: entryCSN
entryCSN: [.#0-9a-fZ]+
-
replace: modifiersName
modifiersName: cn=admin,dc=example,dc=com
-
replace: modifyTimestamp
modifyTimestamp: \d+Z
-
# end modify \d+

` + head("modrdn") + `dn: cn=new,dc=example,dc=com
changetype: modrdn
newrdn: cn=new2
deleteoldrdn: 1
newsuperior: ou=people,dc=example,dc=com
# end modrdn \d+

` + head("delete") + `dn: cn=new2,ou=people,dc=example,dc=com
changetype: delete
# end delete \d+

$`
	if !regexp.MustCompile(want).Match(text) {
		t.Errorf("%s", text)
	}
}
