package daemon

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
)

func accessLogConf(t *testing.T, lines ...string) string {
	dir := t.TempDir()
	logDir := t.TempDir()
	return accessConf(t, dir, append([]string{"dbnosync", "overlay syncprov", "overlay accesslog", "logdb cn=log", "logsuccess TRUE"}, append(lines,
		"database mdb", "suffix cn=log", "rootdn cn=log", "rootpw secret", "directory "+logDir, "dbnosync",
		"index reqStart eq", "overlay syncprov")...))
}

func logRecords(t *testing.T, c *ldap.Conn, filter string, attrs ...string) []*ldap.Entry {
	t.Helper()
	r, err := c.Search(ldap.NewSearchRequest("cn=log", 1, 0, 0, 0, false, filter, attrs, nil))
	if err != nil {
		t.Fatal(err)
	}
	return r.Entries
}

// Writers at a time: the log has each change once, in the order of the CSNs,
// with the change's own CSN, and what plug-ins and overlays changed besides.
func TestAccessLogOrder(t *testing.T) {
	path := accessLogConf(t, "logops writes", "overlay memberof")
	if status, _, errs := run(t, "", "slapadd", "-q", "-b", "dc=example,dc=com", "-f", path, "-l", "testdata/access.ldif"); status != 0 {
		t.Fatal(errs)
	}
	d, err := New(options(t, path, Hooks{}))
	if err != nil {
		t.Fatal(err)
	}
	go d.Run()
	defer d.Stop()
	url := strings.TrimSuffix(d.URLs()[0], "/")
	const writers, each = 8, 12
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			c, err := ldap.DialURL(url)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			if err := c.Bind("cn=admin,dc=example,dc=com", "secret"); err != nil {
				t.Error(err)
			}
			for i := range each {
				dn := fmt.Sprintf("cn=w%d-%d,ou=people,dc=example,dc=com", w, i)
				a := ldap.NewAddRequest(dn, nil)
				a.Attribute("objectClass", []string{"groupOfNames"})
				a.Attribute("member", []string{"cn=ann,ou=people,dc=example,dc=com"})
				if err := c.Add(a); err != nil {
					t.Error(err)
				}
				m := ldap.NewModifyRequest(dn, nil)
				m.Delete("description", nil) // fails: not logged
				c.Modify(m)
				if i%3 == 0 {
					if err := c.Del(ldap.NewDelRequest(dn, nil)); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	c, err := ldap.DialURL(url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Bind("cn=admin,dc=example,dc=com", "secret"); err != nil {
		t.Fatal(err)
	}
	list := logRecords(t, c, "(objectClass=auditWriteObject)", "reqType", "reqDN", "entryCSN", "reqStart", "reqMod", "reqResult")
	count := map[string]int{}
	var csns, starts []string
	for _, e := range list {
		count[e.GetAttributeValue("reqType")]++
		csns = append(csns, e.GetAttributeValue("entryCSN"))
		starts = append(starts, e.GetAttributeValue("reqStart"))
		if e.GetAttributeValue("reqResult") != "0" {
			t.Errorf("%s: logged without success", e.DN)
		}
		if e.GetAttributeValue("reqType") == "add" && !slices.Contains(e.GetAttributeValues("reqMod"), "entryCSN:+ "+e.GetAttributeValue("entryCSN")) {
			t.Errorf("%s: another CSN than the change: %q", e.DN, e.GetAttributeValues("reqMod"))
		}
	}
	// each add and delete changes memberOf of ann besides
	want := map[string]int{"add": writers * each, "delete": writers * each / 3, "modify": writers*each + writers*each/3}
	for k, n := range want {
		if count[k] != n {
			t.Errorf("%s: %d records, want %d", k, count[k], n)
		}
	}
	if !slices.IsSorted(csns) || !slices.IsSorted(starts) || len(slices.Compact(starts)) != len(list) {
		t.Error("the log is not in order")
	}
	r, err := c.Search(ldap.NewSearchRequest("dc=example,dc=com", 0, 0, 0, 0, false, "(objectClass=*)", []string{"contextCSN"}, nil))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Entries[0].GetAttributeValue("contextCSN"); got != csns[len(csns)-1] {
		t.Errorf("context CSN %s, the log ends with %s", got, csns[len(csns)-1])
	}
}

// Old records are purged, and minCSN tells up to where. What the database has
// and the log does not raises it at a start.
func TestAccessLogPurge(t *testing.T) {
	path := accessLogConf(t, "logops writes bind", "logpurge 1+00:00 00:01")
	if status, _, errs := run(t, "", "slapadd", "-q", "-b", "dc=example,dc=com", "-f", path, "-l", "testdata/access.ldif"); status != 0 {
		t.Fatal(errs)
	}
	session := func(f func(c *ldap.Conn)) {
		t.Helper()
		d, err := New(options(t, path, Hooks{}))
		if err != nil {
			t.Fatal(err)
		}
		go d.Run()
		defer d.Stop()
		c := dial(t, d, "cn=admin,dc=example,dc=com")
		defer c.Close()
		f(c)
	}
	min := func(c *ldap.Conn) string {
		t.Helper()
		r, err := c.Search(ldap.NewSearchRequest("cn=log", 0, 0, 0, 0, false, "(objectClass=*)", []string{"minCSN"}, nil))
		if err != nil {
			t.Fatal(err)
		}
		return r.Entries[0].GetAttributeValue("minCSN")
	}
	var before, last string
	session(func(c *ldap.Conn) {
		before = min(c)
		for i := range 5 {
			m := ldap.NewModifyRequest("cn=ann,ou=people,dc=example,dc=com", nil)
			m.Replace("description", []string{fmt.Sprint(i)})
			if err := c.Modify(m); err != nil {
				t.Fatal(err)
			}
		}
		list := logRecords(t, c, "(reqType=modify)", "entryCSN")
		if len(list) != 5 {
			t.Fatalf("%d records", len(list))
		}
		last = list[4].GetAttributeValue("entryCSN")
	})
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "1+00:00 00:01", "00:00:01 00:00:01", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	// an age of a second: the first purge that comes takes all
	session(func(c *ldap.Conn) {
		for len(logRecords(t, c, "(reqType=modify)")) > 0 {
			time.Sleep(10 * time.Millisecond) // the test's own time limit ends it
		}
		if now := min(c); now <= before || now < last {
			t.Errorf("minCSN %s, was %s, purged %s", now, before, last)
		}
	})
}
