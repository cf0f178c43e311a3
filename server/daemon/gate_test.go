package daemon

import (
	"crypto/tls"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"
)

func TestDefaultSearchBaseAndFilterDepth(t *testing.T) {
	path := conf(t, "maxfilterdepth 3")
	text, _ := os.ReadFile(path)
	os.WriteFile(path, []byte(strings.Replace(string(text), "pidfile", "defaultsearchbase dc=example,dc=com\npidfile", 1)), 0o600)
	if status, _, errs := run(t, seed, "slapadd", "-f", path); status != 0 {
		t.Fatal(errs)
	}
	c := dial(t, serve(t, options(t, path, Hooks{})), "")
	find := func(scope int, filter string) (int, error) {
		r, err := c.Search(ldap.NewSearchRequest("", scope, 0, 0, 0, false, filter, []string{"1.1"}, nil))
		if err != nil {
			return 0, err
		}
		return len(r.Entries), nil
	}
	if n, err := find(ldap.ScopeWholeSubtree, "(objectClass=*)"); n != 3 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	if n, err := find(ldap.ScopeBaseObject, "(objectClass=*)"); n != 1 || err != nil {
		t.Errorf("the root DSE: %d %v", n, err)
	}
	if _, err := find(ldap.ScopeWholeSubtree, "(&(|(ou=one)))"); err != nil {
		t.Error(err)
	}
	if _, err := find(ldap.ScopeWholeSubtree, "(!(&(|(ou=one))))"); resultCode(err) != ldap.LDAPResultProtocolError {
		t.Errorf("deep: %v", err)
	}
}

func TestCipherSuites(t *testing.T) {
	if s := cipherSuites("HIGH:!aNULL:SECURE256"); s != nil {
		t.Errorf("%v", s)
	}
	if s := cipherSuites("ECDHE-RSA-AES128-GCM-SHA256:TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"); !slices.Equal(s, []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384}) {
		t.Errorf("%v", s)
	}
}
