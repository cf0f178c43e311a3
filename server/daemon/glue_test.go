package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"
)

// A subordinate database is glued to the one above: tools and searches take the
// two for one, and the root DSE shows one naming context.
func TestGlue(t *testing.T) {
	dir := t.TempDir()
	schemas, err := filepath.Abs("../../schema")
	if err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(dir, "slapd.conf")
	for _, d := range []string{"one", "two"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	text := fmt.Sprintf("include %s/core.schema\ninclude %s/cosine.schema\ninclude %s/inetorgperson.schema\n", schemas, schemas, schemas) +
		"database mdb\nsuffix ou=people,dc=example,dc=com\nsubordinate\nrootdn cn=admin,dc=example,dc=com\ndbnosync\ndirectory " + dir + "/two\n" +
		"database mdb\nsuffix dc=example,dc=com\nrootdn cn=admin,dc=example,dc=com\nrootpw secret\ndbnosync\ndirectory " + dir + "/one\n"
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	data := "dn: dc=example,dc=com\nobjectClass: organization\nobjectClass: dcObject\no: x\ndc: example\n\n" +
		"dn: ou=people,dc=example,dc=com\nobjectClass: organizationalUnit\nou: people\n\n" +
		"dn: cn=a,ou=people,dc=example,dc=com\nobjectClass: person\ncn: a\nsn: a\n\n" +
		"dn: ou=groups,dc=example,dc=com\nobjectClass: organizationalUnit\nou: groups\n"
	if status, _, errs := run(t, data, "slapadd", "-f", conf); status != 0 {
		t.Fatal(errs)
	}
	names := func(out string) []string {
		var list []string
		for _, l := range strings.Split(out, "\n") {
			if n, ok := strings.CutPrefix(l, "dn: "); ok {
				list = append(list, strings.TrimSuffix(n, "dc=example,dc=com"))
			}
		}
		slices.Sort(list)
		return list
	}
	want := func(what string, got []string, want ...string) {
		t.Helper()
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	_, out, _ := run(t, "", "slapcat", "-f", conf, "-b", "dc=example,dc=com")
	want("slapcat", names(out), "", "cn=a,ou=people,", "ou=groups,", "ou=people,")
	_, out, _ = run(t, "", "slapcat", "-g", "-f", conf, "-b", "dc=example,dc=com")
	want("slapcat -g", names(out), "", "ou=groups,")
	if status, _, errs := run(t, "dn: cn=a,ou=people,dc=example,dc=com\nchangetype: modify\nreplace: sn\nsn: b\n", "slapmodify", "-f", conf, "-b", "dc=example,dc=com"); status != 0 {
		t.Error(errs)
	}
	d := serve(t, options(t, conf, Hooks{}))
	c := dial(t, d, "cn=admin,dc=example,dc=com")
	defer c.Close()
	find := func(base string, scope int, filter string) []string {
		t.Helper()
		r, err := c.Search(ldap.NewSearchRequest(base, scope, 0, 0, 0, false, filter, []string{"namingContexts"}, nil))
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, e := range r.Entries {
			list = append(list, strings.TrimSuffix(e.DN, "dc=example,dc=com"))
			if base == "" {
				return e.GetAttributeValues("namingContexts")
			}
		}
		return list
	}
	want("subtree", find("dc=example,dc=com", 2, "(objectClass=*)"), "", "cn=a,ou=people,", "ou=groups,", "ou=people,")
	want("changed", find("dc=example,dc=com", 2, "(sn=b)"), "cn=a,ou=people,")
	want("one level", find("dc=example,dc=com", 1, "(objectClass=*)"), "ou=groups,", "ou=people,")
	want("base", find("dc=example,dc=com", 0, "(objectClass=*)"), "")
	want("below", find("ou=people,dc=example,dc=com", 2, "(objectClass=*)"), "cn=a,ou=people,", "ou=people,")
	want("naming contexts", find("", 0, "(objectClass=*)"), "dc=example,dc=com")
}
