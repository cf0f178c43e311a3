package operation

import (
	"context"
	"testing"
	"time"

	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

func TestBindResults(t *testing.T) {
	for _, c := range []struct {
		name            string
		compat          Compat
		disallow, allow []string
		version         int
		method          int
		dn, pw          string
		code            wire.ResultCode
		text, who       string
	}{
		{"user", OpenLDAP, nil, nil, 3, wire.AuthSimple, "UID=Alice,ou=people,dc=example,dc=com", "alicepw", 0, "", alice},
		{"wrong password", OpenLDAP, nil, nil, 3, wire.AuthSimple, alice, "x", 49, "", ""},
		{"no such entry", OpenLDAP, nil, nil, 3, wire.AuthSimple, "uid=no,dc=example,dc=com", "x", 49, "", ""},
		{"no such database", OpenLDAP, nil, nil, 3, wire.AuthSimple, "uid=no,dc=org", "x", 49, "", ""},
		{"no password in the entry", OpenLDAP, nil, nil, 3, wire.AuthSimple, "ou=people,dc=example,dc=com", "x", 49, "", ""},
		{"root", OpenLDAP, nil, nil, 3, wire.AuthSimple, root, "secret", 0, "", root},
		{"root, wrong password", OpenLDAP, nil, nil, 3, wire.AuthSimple, root, "secre", 49, "", ""},
		{"no DN", OpenLDAP, nil, nil, 3, wire.AuthSimple, "nonsense", "x", 34, "invalid DN", ""},
		{"anonymous", OpenLDAP, nil, nil, 3, wire.AuthSimple, "", "", 0, "", ""},
		{"anonymous not allowed", OpenLDAP, []string{"bind_anon"}, nil, 3, wire.AuthSimple, "", "", 48, "anonymous bind disallowed", ""},
		{"password, no name", OpenLDAP, nil, nil, 3, wire.AuthSimple, "", "x", 49, "", ""},
		{"password, no name, allowed", OpenLDAP, nil, []string{"bind_anon_cred"}, 3, wire.AuthSimple, "", "x", 0, "", ""},
		{"name, no password", OpenLDAP, nil, nil, 3, wire.AuthSimple, alice, "", 53, "unauthenticated bind (DN with no password) disallowed", ""},
		{"name, no password, allowed", OpenLDAP, nil, []string{"bind_anon_dn"}, 3, wire.AuthSimple, alice, "", 0, "", ""},
		{"no simple binds", OpenLDAP, []string{"bind_simple"}, nil, 3, wire.AuthSimple, alice, "alicepw", 53, "simple", ""},
		{"version 2", OpenLDAP, nil, nil, 2, wire.AuthSimple, alice, "alicepw", 2, "historical protocol version requested, use LDAPv3 instead", ""},
		{"version 2, allowed", OpenLDAP, nil, []string{"bind_v2"}, 2, wire.AuthSimple, alice, "alicepw", 0, "", alice},
		{"version 4", OpenLDAP, nil, nil, 4, wire.AuthSimple, alice, "alicepw", 2, "not supported", ""},
		{"SASL", OpenLDAP, nil, nil, 3, wire.AuthSASL, "", "", 7, "", ""},
		{"389: name, no password", DS389, nil, nil, 3, wire.AuthSimple, alice, "", 53, "Unauthenticated binds are not allowed", ""},
		{"389: no DN", DS389, nil, nil, 3, wire.AuthSimple, "nonsense", "x", 49, "", ""},
		{"389: password, no name", DS389, nil, nil, 3, wire.AuthSimple, "", "x", 0, "", ""},
	} {
		e := newEnv(t, c.compat)
		e.s.Configure(func(o *Options) { o.Disallow, o.Allow = c.disallow, c.allow })
		a := e.do(&wire.BindRequest{Version: c.version, Name: c.dn, Method: c.method, Password: []byte(c.pw), Mechanism: "PLAIN"})
		expect(t, c.name, a, c.code, c.text)
		if e.conn.AuthDN.Norm != c.who {
			t.Errorf("%s: bound as %q, want %q", c.name, e.conn.AuthDN.Norm, c.who)
		}
	}
}

func TestRequire(t *testing.T) {
	for word, codes := range map[string][2]wire.ResultCode{ // anonymous, user
		"bind": {1, 0}, "authc": {8, 0}, "strong": {8, 8}, "SASL": {8, 8}, "LDAPv3": {0, 0},
	} {
		e := newEnv(t, OpenLDAP)
		e.s.Configure(func(o *Options) { o.Require = []string{word} })
		e.conn = &plugin.Conn{ID: 5}
		e.s.OpenConn(e.conn)
		expect(t, word, e.search(alice, wire.ScopeBase, ""), codes[0], "")
		e.as(alice, "alicepw")
		expect(t, word, e.search(alice, wire.ScopeBase, ""), codes[1], "")
	}
}

// A search whose time is over ends with timeLimitExceeded.
func TestTimeLimit(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	f, _ := filter.Parse("(uid=*)")
	ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
	defer cancel()
	c := &client{}
	op := e.s.NewOperation(ctx, e.conn, &wire.Message{ID: 9, Op: &wire.SearchRequest{Base: "dc=example,dc=com", Scope: wire.ScopeSub, Filter: f.Append(nil), TimeLimit: 5}}, c)
	e.s.Handle(op)
	if c.final.Code != wire.TimeLimitExceeded {
		t.Errorf("%+v", c.final)
	}
}

func TestReadOnlyAndReplica(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	e.s.UpdateDatabase("userRoot", func(d *Database) { d.ReadOnly = true })
	expect(t, "read-only", e.modify(modSN), 53, "operation restricted")
	expect(t, "search", e.search(alice, wire.ScopeBase, ""), 0, "")
	e.s.UpdateDatabase("userRoot", func(d *Database) {
		d.ReadOnly = false
		n, _ := e.s.Name("cn=replicator,dc=example,dc=com")
		d.UpdateDN, d.UpdateRef = &n, []string{"ldap://provider.example.com"}
	})
	a := e.modify(modSN)
	if a.client.final.Code != 10 || len(a.client.final.Referrals) != 1 || a.client.final.Referrals[0] != "ldap://provider.example.com/"+alice {
		t.Errorf("%+v", a.client.final)
	}
	expect(t, "managed", e.modify(modSN, ctl(ControlManageDsaIT)), 0, "")
	if !e.s.UpdateDatabase("userRoot", func(*Database) {}) || e.s.UpdateDatabase("none", func(*Database) {}) {
		t.Error("UpdateDatabase")
	}
	if e.s.RemoveDatabase("userRoot") == nil {
		t.Error("RemoveDatabase")
	}
	expect(t, "removed", e.search(alice, wire.ScopeBase, ""), 32, "")
}
