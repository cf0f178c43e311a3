package operation

import (
	"fmt"
	"testing"

	"libslapi/server/wire"
)

// TestReferralsComeAndGo: that there is no referral object is remembered for no
// longer than it is true.
func TestReferralsComeAndGo(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	e.host.only = map[string]bool{}
	const away = "ou=away,dc=example,dc=com"
	for round := range 3 {
		for range 2 {
			if a := e.search("dc=example,dc=com", wire.ScopeSub, "(uid=alice)"); len(a.refs) != 1 || len(a.client.entries) != 1 {
				t.Fatalf("round %d: %v, %d entries", round, a.refs, len(a.client.entries))
			}
		}
		expect(t, "delete", e.delete(away, ctl(ControlManageDsaIT)), wire.Success, "")
		for range 2 {
			if a := e.search("dc=example,dc=com", wire.ScopeSub, "(uid=alice)"); len(a.refs) != 0 || len(a.client.entries) != 1 {
				t.Fatalf("round %d, without: %v, %d entries", round, a.refs, len(a.client.entries))
			}
		}
		expect(t, "add", e.add("dn: "+away+"\nobjectClass: referral\nobjectClass: extensibleObject\nou: away\nref: ldap://elsewhere.example.com/"+away+"\n", ctl(ControlManageDsaIT)), wire.Success, "")
	}
}

// TestRightsFollowWhoAsks: rights that were found out for a connection hold for
// one requestor, one set of directives and one protection.
func TestRightsFollowWhoAsks(t *testing.T) {
	const bob = "uid=bob,ou=people,dc=example,dc=com"
	e := newEnv(t, OpenLDAP)
	e.host.only = map[string]bool{}
	shown := func(what, want string) {
		t.Helper()
		for range 3 {
			a := e.search(alice, wire.ScopeBase, "(objectClass=*)", "cn", "sn", "mail")
			got := ""
			for i := range a.client.entries {
				for _, at := range a.client.entries[i].Attrs {
					got += at.Type + " "
				}
			}
			if got != want {
				t.Fatalf("%s: %q, want %q", what, got, want)
			}
		}
	}
	use := func(lines ...string) {
		set := mustACL(t, e.s.Schema(), lines...)
		e.s.UpdateDatabase("userRoot", func(d *Database) { d.ACL = set })
	}
	use("to attrs=sn by dn.exact="+bob+" read", "to attrs=mail by ssf=100 read", "to attrs=userPassword by * auth", "to * by * read")
	anonymous := func() { e.do(&wire.BindRequest{Version: 3, Method: wire.AuthSimple}) }
	anonymous()
	shown("anonymous", "cn ")
	expect(t, "bind", e.as(bob, "bobpw"), wire.Success, "")
	shown("bob", "cn sn ")
	e.conn.SSF = 128
	shown("bob, protected", "cn sn mail ")
	anonymous()
	shown("anonymous, protected", "cn mail ")
	use("to attrs=cn by users read", "to * by * read")
	shown("other directives", "sn mail ")
	e.conn.SSF = 0
	expect(t, "bind", e.as(alice, "alicepw"), wire.Success, "")
	shown("alice", "cn sn mail ")
}

// TestNamesAreRemembered: a name that was met before is what parsing it gives.
func TestNamesAreRemembered(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	texts := []string{"", "dc=example,dc=com", "DC=Example , DC=Com", "uid=Alice+cn=A,dc=example,dc=com", "cn=a\\2cb,dc=example,dc=com", "no dn", "nosuch=1,dc=com"}
	for i := range 700 { // more than there are places
		texts = append(texts, fmt.Sprintf("uid=U%d,dc=example,dc=com", i))
	}
	for range 4 {
		for _, text := range texts {
			want, werr := e.s.parseName(text, e.s.Schema())
			for range 2 {
				if n, err := e.s.Name(text); n != want || fmt.Sprint(err) != fmt.Sprint(werr) {
					t.Fatalf("%q: %+v %v, want %+v %v", text, n, err, want, werr)
				}
			}
		}
	}
	e.s.SetSchema(testSchema(t, DS389))
	want, _ := e.s.parseName("DC=Example , DC=Com", e.s.Schema())
	if n, _ := e.s.Name("DC=Example , DC=Com"); n != want {
		t.Errorf("after a change of the schema: %+v", n)
	}
}
