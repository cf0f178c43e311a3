package replica

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParseLine(t *testing.T) {
	line := []string{"rid=007", "provider=ldaps://x", "type=refreshAndPersist", "interval=01:02:03:04", "retry=5 3 60 +", "searchbase=dc=x",
		"filter=(a=b=c)", "scope=one", "attrs=cn,sn *", "bindmethod=simple", "binddn=cn=a", "credentials=p=w", "starttls=critical", "maxdelete=10%"}
	s, err := ParseLine(line)
	if err != nil {
		t.Fatal(err)
	}
	want := &Settings{RID: 7, Provider: "ldaps://x", Persist: true, Interval: 26*time.Hour + 3*time.Minute + 4*time.Second,
		Retry: []Retry{{5 * time.Second, 3}, {time.Minute, -1}}, Base: "dc=x", Filter: "(a=b=c)", Scope: "one", Attrs: []string{"cn", "sn", "*"},
		Bind: Bind{DN: "cn=a", Password: "p=w"}, TLS: TLS{Start: "critical"}, Timeout: 30 * time.Second, DialTimeout: 30 * time.Second,
		MaxDeletePercent: 10}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("%+v\nwant %+v", s, want)
	}
	for text, in := range map[string]string{
		"":                           "rid is missing",
		"rid=1":                      "provider is missing",
		"rid=1 provider=http://x":    "no LDAP URL",
		"rid=1 rid=2":                "there twice",
		"rid=1 interval=1:2:3":       "dd:hh:mm:ss",
		"rid=1 interval=00:00:00:00": "is no time",
		"rid=1 retry=5":              "pairs",
		"rid=1 nosuch=5":             "unknown key",
		"rid=1 provider=ldap://x searchbase=dc=x bindmethod=sasl":                        "needs a saslmech",
		"rid=1 provider=ldap://x searchbase=dc=x saslmech=EXTERNAL":                      "needs bindmethod",
		"rid=1 provider=ldap://x searchbase=dc=x bindmethod=sasl saslmech=scram-sha-256": "needs authcid",
		"rid=1 saslmech=gssapi":                              "is not there",
		"rid=1 syncdata=accesslog":                           "not supported yet",
		"rid=1 provider=ldap://x searchbase=dc=x tls_cert=a": "go together",
		"rid=1 keepalive=1:2":                                "idle:probes:interval",
		"rid=1 secprops=nosuch":                              "unknown property",
		"rid=1 tls_reqcert=perhaps":                          "unknown word",
		"rid=1 attrsonly=yes":                                "no copy",
		"rid=1 sizelimit=5":                                  "no copy",
		"rid=1 credentials=a credentials":                    "",
	} {
		_, err := ParseLine(strings.Fields(text))
		if err == nil || !strings.Contains(err.Error(), in) {
			t.Errorf("%q: %v, want %q", text, err, in)
		}
	}
	if _, err := ParseLine([]string{"credentials=a", "credentials=secret"}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a password in an error: %v", err)
	}
}
