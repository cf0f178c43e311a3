package daemon

import (
	"strings"
	"testing"
)

func TestSlapmodify(t *testing.T) {
	path := conf(t, "")
	if status, _, errs := run(t, seed, "slapadd", "-f", path, "-s"); status != 0 {
		t.Fatal(errs)
	}
	modify := func(text string, args ...string) (int, string) {
		status, _, errs := run(t, text, append([]string{"slapmodify", "-f", path}, args...)...)
		return status, errs
	}
	status, errs := modify(`dn: ou=two,ou=one,dc=example,dc=com
changetype: modify
add: description
description: new
-
replace: cn
cn: y

dn: ou=three,dc=example,dc=com
changetype: add
objectClass: place
ou: three

dn: ou=three,dc=example,dc=com
changetype: modrdn
newrdn: ou=four
deleteoldrdn: 1
newsuperior: ou=one,dc=example,dc=com

dn: ou=four,ou=one,dc=example,dc=com
changetype: delete
`, "-v", "-w")
	if status != 0 || strings.Count(errs, "\n") != 4 || !strings.HasPrefix(errs, `modify: "ou=two,ou=one,dc=example,dc=com" (00000003)`) {
		t.Errorf("%d %s", status, errs)
	}
	_, out, _ := run(t, "", "slapcat", "-f", path)
	if !strings.Contains(out, "description: new\n") || !strings.Contains(out, "cn: y\n") || strings.Contains(out, "four") || !strings.Contains(out, "contextCSN: ") {
		t.Error(out)
	}
	for _, c := range []struct{ text, want string }{
		{"dn: ou=x,dc=example,dc=com\nobjectClass: place\nou: x\n", "modify operation type is missing at line 1"},
		{"dn: ou=x,dc=example,dc=com\nchangetype: delete\n", `no such entry "ou=x,dc=example,dc=com" in database (lineno=1)`},
		{"dn: ou=one,dc=example,dc=com\nchangetype: delete\n", "(66)"},
		{"dn: ou=one,dc=example,dc=com\nchangetype: modify\ndelete: ou\n", "(6"},
		{"dn: ou=one,o=x\nchangetype: delete\n", "not configured to hold"},
		{"dn: nonsense\nchangetype: delete\n", "(34)"},
	} {
		if status, errs := modify(c.text); status != 1 || !strings.Contains(errs, c.want) {
			t.Errorf("%q: %d %q", c.text, status, errs)
		}
	}
	two := "dn: ou=x,dc=example,dc=com\nchangetype: delete\n\ndn: ou=two,ou=one,dc=example,dc=com\nchangetype: delete\n"
	if status, errs := modify(two, "-c", "-v"); status != 1 || !strings.Contains(errs, "delete: ") {
		t.Errorf("%d %q", status, errs)
	}
	if status, errs := modify("dn: ou=one,dc=example,dc=com\nchangetype: modify\nadd: nosuch\nnosuch: x\n", "-u"); status != 1 || !strings.Contains(errs, "attribute type undefined") {
		t.Errorf("%d %q", status, errs)
	}
	d := serve(t, options(t, path, Hooks{}))
	if status, errs := modify(two); status != 1 || !strings.Contains(errs, "the running server") {
		t.Errorf("%d %q", status, errs)
	}
	d.Stop()
}

func TestSlapschema(t *testing.T) {
	path := conf(t, "")
	if status, _, errs := run(t, seed+`
dn: ou=bad,dc=example,dc=com
objectClass: place
ou: bad
dc: x
`, "slapadd", "-f", path, "-s"); status != 0 {
		t.Fatal(errs)
	}
	status, out, _ := run(t, "", "slapschema", "-f", path)
	if status != 65 || !strings.HasPrefix(out, "# (65) Object class violation: ") || !strings.HasSuffix(out, "\ndn: ou=bad,dc=example,dc=com\n\n") || strings.Count(out, "dn: ") != 1 {
		t.Errorf("%d %q", status, out)
	}
	if status, out, _ := run(t, "", "slapschema", "-f", path, "-a", "(!(ou=bad))", "-v"); status != 0 || strings.Count(out, "# id=") != 3 {
		t.Errorf("%d %q", status, out)
	}
}
