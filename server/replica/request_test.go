package replica

import (
	"reflect"
	"testing"

	"github.com/go-ldap/ldap/v3"
)

// RFC 4533 sections 3.1 and 3.5.2: every request of the consumer has the same
// parameters, and does not follow aliases in searching.
func TestRequest(t *testing.T) {
	for _, mode := range []Mode{{}, {Several: true}, {Multi: true, ServerID: 3}} {
		// Room behind the attributes: a request must not write into it.
		attrs := append(make([]string, 0, 8), "cn", "+")
		c := &Consumer{set: &Settings{Base: "dc=x", Filter: "(cn=*)", Scope: "one", Attrs: attrs, TimeLimit: 7}, mode: mode}
		first, again := c.request(), c.request()
		if !reflect.DeepEqual(first, again) {
			t.Errorf("%+v, then %+v", first, again)
		}
		if first.BaseDN != "dc=x" || first.Filter != "(cn=*)" || first.Scope != ldap.ScopeSingleLevel || first.SizeLimit != 0 || first.TimeLimit != 7 ||
			first.DerefAliases != ldap.NeverDerefAliases || len(first.Controls) != 1 {
			t.Errorf("%+v", first)
		}
		if got := attrs[:3][2]; got != "" {
			t.Errorf("the settings were written to: %q", got)
		}
	}
}
