package daemon

import (
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"
)

// TestMonitor looks at cn=Monitor and at the metrics while operations run.
func TestMonitor(t *testing.T) {
	path := conf(t, "metrics http://127.0.0.1:0/metrics")
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("database monitor\n")
	f.Close()
	if status, _, errs := run(t, seed, "slapadd", "-f", path); status != 0 {
		t.Fatal(errs)
	}
	d := serve(t, options(t, path, Hooks{}))
	c := dial(t, d, root)
	value := func(name, attr string) []string {
		t.Helper()
		r, err := c.Search(ldap.NewSearchRequest(name+"cn=Monitor", ldap.ScopeBaseObject, 0, 0, 0, false, "(objectClass=*)", []string{attr}, nil))
		if err != nil || len(r.Entries) != 1 {
			t.Fatalf("%s: %v", name, err)
		}
		return r.Entries[0].GetAttributeValues(attr)
	}
	number := func(name, attr string) int {
		t.Helper()
		v := value(name, attr)
		if len(v) != 1 {
			t.Fatalf("%s %s: %q", name, attr, v)
		}
		n, _ := strconv.Atoi(v[0])
		return n
	}
	before := number("cn=Search,cn=Operations,", "monitorOpCompleted")
	for range 5 {
		if _, err := c.Search(ldap.NewSearchRequest("dc=example,dc=com", ldap.ScopeWholeSubtree, 0, 0, 0, false, "(objectClass=*)", nil, nil)); err != nil {
			t.Fatal(err)
		}
	}
	if n := number("cn=Search,cn=Operations,", "monitorOpCompleted"); n != before+6 {
		t.Errorf("%d searches after %d", n, before)
	}
	if n := number("cn=Search,cn=Operations,", "monitorOpInitiated"); n != before+8 {
		t.Errorf("%d searches begun after %d", n, before)
	}
	if n := number("cn=Bind,cn=Operations,", "monitorOpCompleted"); n != 1 {
		t.Errorf("%d binds", n)
	}
	if n := number("cn=Entries,cn=Statistics,", "monitorCounter"); n < 15 {
		t.Errorf("%d entries", n)
	}
	if n := number("cn=Bytes,cn=Statistics,", "monitorCounter"); n < 1000 {
		t.Errorf("%d octets", n)
	}
	if n := number("cn=Current,cn=Connections,", "monitorCounter"); n != 1 {
		t.Errorf("%d connections", n)
	}
	if who := value("cn=Connection 1000,cn=Connections,", "monitorConnectionAuthzDN"); !slices.Equal(who, []string{root}) {
		t.Errorf("connection of %q", who)
	}
	if v := value("cn=Database 1,cn=Databases,", "namingContexts"); !slices.Equal(v, []string{"dc=example,dc=com"}) {
		t.Errorf("contexts %q", v)
	}
	if err := c.Del(ldap.NewDelRequest("cn=Time,cn=Monitor", nil)); resultCode(err) != ldap.LDAPResultUnwillingToPerform {
		t.Errorf("a change: %v", err)
	}
	r, err := c.Search(ldap.NewSearchRequest("", ldap.ScopeBaseObject, 0, 0, 0, false, "(objectClass=*)", []string{"monitorContext", "namingContexts"}, nil))
	if err != nil || r.Entries[0].GetAttributeValue("monitorContext") != "cn=Monitor" || slices.Contains(r.Entries[0].GetAttributeValues("namingContexts"), "cn=Monitor") {
		t.Errorf("%v %v", r, err)
	}
	// an operational attribute in a filter
	r, err = c.Search(ldap.NewSearchRequest("cn=Monitor", ldap.ScopeWholeSubtree, 0, 0, 0, false, "(monitorOpCompleted>=5)", []string{"1.1"}, nil))
	if err != nil || len(r.Entries) != 2 {
		t.Errorf("%d %v", len(r.Entries), err)
	}
	resp, err := http.Get("http://" + d.metricsAddr + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`slapid_operations_completed_total{operation="bind"} 1`, "slapid_connections 1", `slapid_database_entries{database="userRoot",suffix="dc=example,dc=com"} 3`, "go_goroutines "} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestMetricsURL(t *testing.T) {
	for _, c := range []struct {
		text       string
		public     bool
		addr, path string
		err        string
	}{
		{"http://127.0.0.1:9330/metrics", false, "127.0.0.1:9330", "/metrics", ""},
		{"http://[::1]:9330", false, "[::1]:9330", "/metrics", ""},
		{"http://localhost:1/x", false, "localhost:1", "/x", ""},
		{"http://0.0.0.0:1/x", false, "", "", "not this machine"},
		{"http://0.0.0.0:1/x", true, "0.0.0.0:1", "/x", ""},
		{"http://10.0.0.1/x", true, "", "", "is not http"},
		{"https://127.0.0.1:1/x", true, "", "", "is not http"},
	} {
		addr, path, err := metricsURL(c.text, c.public)
		if addr != c.addr || path != c.path || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %q %q %v", c.text, addr, path, err)
		}
	}
}
