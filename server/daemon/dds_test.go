package daemon

import (
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// A dynamic entry goes when its time is over, and its children with it.
func TestDynamicEntriesExpire(t *testing.T) {
	path := accessConf(t, t.TempDir(), []string{"dbnosync", "overlay dds", "dds-default-ttl 1", "dds-interval 1s"})
	if status, _, errs := run(t, "", "slapadd", "-q", "-f", path, "-l", "testdata/access.ldif"); status != 0 {
		t.Fatal(errs)
	}
	d := serve(t, options(t, path, Hooks{}))
	c := dial(t, d, "cn=admin,dc=example,dc=com")
	defer c.Close()
	for _, name := range []string{"cn=d,dc=example,dc=com", "cn=e,cn=d,dc=example,dc=com"} {
		r := ldap.NewAddRequest(name, nil)
		r.Attribute("objectClass", []string{"device", "dynamicObject"})
		if err := c.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	for {
		r, err := c.Search(ldap.NewSearchRequest("dc=example,dc=com", 2, 0, 0, 0, false, "(objectClass=dynamicObject)", []string{"entryTtl"}, nil))
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Entries) == 0 {
			break
		}
		time.Sleep(20 * time.Millisecond) // the test's own time limit ends it
	}
}
