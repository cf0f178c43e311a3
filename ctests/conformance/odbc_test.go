//go:build conformance

package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// wants tells whether SUBJECTS names a database.
func wants(name string) bool {
	for _, n := range strings.Fields(os.Getenv("SUBJECTS")) {
		if n == name {
			return true
		}
	}
	return false
}

// client is a connection of the root DN, with a tree made.
func client(t *testing.T, url string) *ldap.Conn {
	t.Helper()
	c, err := ldap.DialURL(url)
	if err == nil {
		err = c.Bind(RootDN, RootPW)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func seed(t *testing.T, c *ldap.Conn) {
	t.Helper()
	s := &script{c: c}
	tree(s)
	if strings.Contains(s.out.String(), ": 5") || !strings.Contains(s.out.String(), "add uid=user12,ou=people,SUFFIX: 0") {
		t.Fatal(s.out.String())
	}
}

// TestRoundTrips counts the statements that operations need: one for a search
// of a base or by an index, two for an update.
func TestRoundTrips(t *testing.T) {
	for _, x := range []subject{{name: "odbc-postgresql", lines: odbcPostgreSQL}, {name: "odbc-mariadb", lines: odbcMariaDB}} {
		if !wants(x.name) {
			continue
		}
		t.Run(x.name, func(t *testing.T) {
			dir := t.TempDir()
			lines := x.lines
			x.lines = func(t *testing.T, dir string) []string { return append(lines(t, dir), "odbc-trace on") }
			c := client(t, startIn(t, x, dir))
			seed(t, c)
			statements := func() int {
				b, err := os.ReadFile(filepath.Join(dir, "log"))
				if err != nil {
					t.Fatal(err)
				}
				return strings.Count(string(b), "odbc - statement: ")
			}
			find := func(base string, scope int, filter string, n int) func() error {
				return func() error {
					res, err := c.Search(request(base, scope, filter))
					if err == nil && len(res.Entries) != n {
						err = fmt.Errorf("%d entries, want %d", len(res.Entries), n)
					}
					return err
				}
			}
			who := under("uid=user3,ou=people")
			for _, o := range []struct {
				name string
				want int
				run  func() error
			}{
				{"base search", 1, find(who, base, "(objectClass=*)", 1)},
				{"indexed search", 1, find(Suffix, sub, "(uid=user5)", 1)},
				{"search below", 1, find(under("ou=people"), sub, "(&(sn=name1)(mail=user5*))", 1)},
				{"children", 1, find(under("ou=people"), one, "(objectClass=inetOrgPerson)", 12)},
				{"compare", 1, func() error { _, err := c.Compare(who, "sn", "name3"); return err }},
				{"add", 2, func() error {
					r := ldap.NewAddRequest(under("uid=new,ou=people"), nil)
					r.Attributes = attrs("objectClass: inetOrgPerson", "cn: new", "sn: new", "uid: new")
					return c.Add(r)
				}},
				{"modify", 2, func() error {
					r := ldap.NewModifyRequest(who, nil)
					r.Replace("sn", []string{"other"})
					r.Add("description", []string{"a", "b"})
					return c.Modify(r)
				}},
				{"rename", 2, func() error { return c.ModifyDN(ldap.NewModifyDNRequest(who, "uid=three", true, "")) }},
				{"delete", 2, func() error { return c.Del(ldap.NewDelRequest(under("uid=new,ou=people"), nil)) }},
			} {
				before := statements()
				if err := o.run(); err != nil {
					t.Errorf("%s: %v", o.name, err)
				}
				if got := statements() - before; got > o.want {
					t.Errorf("%s: %d statements, want %d", o.name, got, o.want)
				} else {
					t.Logf("%s: %d", o.name, got)
				}
			}
		})
	}
}

// TestLostConnection stops the database and starts it again below a server: the
// answers meanwhile are unavailable, then all goes on by itself, and no change
// that was acknowledged is lost.
func TestLostConnection(t *testing.T) {
	if !wants("odbc-postgresql") {
		t.Skip("odbc-postgresql is not among the subjects")
	}
	db := startPostgreSQL(t)
	x := subject{name: "odbc-postgresql", lines: func(*testing.T, string) []string { return odbcTo(db, "odbc-retries 2") }}
	url := start(t, x)
	c := client(t, url)
	seed(t, c)
	read := func() error {
		_, err := c.Search(request(under("ou=people"), one, "(sn=name1)"))
		return err
	}
	write := func(text string) error {
		r := ldap.NewModifyRequest(under("uid=user1,ou=people"), nil)
		r.Replace("description", []string{text})
		return c.Modify(r)
	}
	if err := write("before"); err != nil {
		t.Fatal(err)
	}
	db.Stop(true)
	if err := read(); !ldap.IsErrorWithCode(err, ldap.LDAPResultUnavailable) {
		t.Errorf("search without the database: %v", err)
	}
	if err := write("never"); !ldap.IsErrorWithCode(err, ldap.LDAPResultUnavailable) {
		t.Errorf("modify without the database: %v", err)
	}
	if err := db.Run(); err != nil {
		t.Fatal(err)
	}
	// The connections are dead, which nobody must notice.
	if err := read(); err != nil {
		t.Errorf("search after the restart: %v", err)
	}
	db.Stop(true)
	if err := db.Run(); err != nil {
		t.Fatal(err)
	}
	if err := write("after"); err != nil {
		t.Errorf("modify after the restart: %v", err)
	}
	res, err := c.Search(request(under("uid=user1,ou=people"), base, "(objectClass=*)", "description"))
	if err != nil || len(res.Entries) != 1 || res.Entries[0].GetAttributeValue("description") != "after" {
		t.Errorf("what is there: %v %v", res, err)
	}

	// Under load: what was acknowledged is there, once.
	const clients = 4
	var done sync.WaitGroup
	var mu sync.Mutex
	acknowledged := map[string]bool{}
	stop := make(chan struct{})
	for i := range clients {
		done.Add(1)
		go func() {
			defer done.Done()
			own, err := ldap.DialURL(url)
			if err != nil || own.Bind(RootDN, RootPW) != nil {
				t.Errorf("client %d: %v", i, err)
				return
			}
			defer own.Close()
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				dn := under(fmt.Sprintf("uid=load%d-%d,ou=people", i, n))
				r := ldap.NewAddRequest(dn, nil)
				r.Attributes = attrs("objectClass: inetOrgPerson", "cn: load", "sn: load")
				switch err := own.Add(r); {
				case err == nil:
					mu.Lock()
					acknowledged[strings.ToLower(dn)] = true
					mu.Unlock()
				case ldap.IsErrorWithCode(err, ldap.LDAPResultUnavailable), ldap.IsErrorWithCode(err, ldap.LDAPResultOther),
					ldap.IsErrorWithCode(err, ldap.LDAPResultBusy):
				default:
					t.Errorf("add: %v", err)
					return
				}
			}
		}()
	}
	count := func() int { mu.Lock(); defer mu.Unlock(); return len(acknowledged) }
	await := func(n int) {
		for end := time.Now().Add(time.Minute); count() < n && time.Now().Before(end); {
			time.Sleep(10 * time.Millisecond)
		}
		if count() < n {
			t.Errorf("%d adds, want %d", count(), n)
		}
	}
	await(20)
	db.Stop(true)
	if err := db.Run(); err != nil {
		t.Fatal(err)
	}
	await(count() + 40)
	close(stop)
	done.Wait()
	res, err = c.Search(request(under("ou=people"), one, "(sn=load)", "1.1"))
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, e := range res.Entries {
		n := strings.ToLower(e.DN)
		if there[n] {
			t.Errorf("%s is there twice", n)
		}
		there[n] = true
	}
	for n := range acknowledged {
		if !there[n] {
			t.Errorf("%s was acknowledged and is not there", n)
		}
	}
	t.Logf("%d added under load, %d there", len(acknowledged), len(there))
}
