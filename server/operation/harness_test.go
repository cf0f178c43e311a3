package operation

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"

	"libslapi/server/acl"
	"libslapi/server/backend"
	"libslapi/server/ber"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/ldif"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// Unchanged data: what slapd's probes are seeded with.
const seed = `dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: ou=people,dc=example,dc=com
objectClass: organizationalUnit
ou: people

dn: uid=alice,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
uid: alice
cn: Alice Able
sn: Able
mail: alice@example.com
userPassword: alicepw

dn: uid=bob,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
uid: bob
cn: Bob Baker
sn: Baker
mail: bob@example.com
mail: robert@example.com
userPassword: bobpw

dn: ou=groups,dc=example,dc=com
objectClass: organizationalUnit
ou: groups

dn: cn=staff,ou=groups,dc=example,dc=com
objectClass: groupOfNames
cn: staff
member: uid=alice,ou=people,dc=example,dc=com
member: uid=bob,ou=people,dc=example,dc=com

dn: ou=away,dc=example,dc=com
objectClass: referral
objectClass: extensibleObject
ou: away
ref: ldap://elsewhere.example.com/ou=away,dc=example,dc=com

dn: cn=al,ou=groups,dc=example,dc=com
objectClass: alias
objectClass: extensibleObject
cn: al
aliasedObjectName: uid=alice,ou=people,dc=example,dc=com
`

type env struct {
	t    testing.TB
	s    *Server
	db   backend.Backend
	host *fakeHost
	conn *plugin.Conn
	via  plugin.Responder // what takes the answers in place of a client
	log  *strings.Builder
}

var root = "cn=admin,dc=example,dc=com"

func testSchema(t testing.TB, compat Compat) *schema.Schema {
	t.Helper()
	var opts []schema.Option
	if compat == DS389 {
		opts = append(opts, schema.Compat389())
	}
	s := schema.New(opts...)
	for _, f := range []string{"core", "cosine", "inetorgperson", "nis"} {
		path := filepath.Join("../../schema", f+".schema")
		r, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.LoadOpenLDAP(r, path); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return s
}

// newEnv makes a server over a store in memory with the seed, bound as root.
func newEnv(t testing.TB, compat Compat, change ...func(*Options, *Database)) *env {
	t.Helper()
	sch := testSchema(t, compat)
	suffix, err := dn.NewName("dc=example,dc=com", sch)
	if err != nil {
		t.Fatal(err)
	}
	db := openTestDatabase(t, "userRoot", suffix, sch)
	e := &env{t: t, db: db, host: &fakeHost{}, log: &strings.Builder{}}
	d := &Database{Backend: db, RootPW: "secret"}
	d.RootDN, _ = dn.NewName(root, sch)
	opt := Options{Schema: sch, Databases: []*Database{d}, Host: e.host, Compat: compat,
		Log: slog.New(slog.NewTextHandler(e.log, nil))}
	for _, c := range change {
		c(&opt, d)
	}
	e.s = NewServer(opt)
	e.host.s = e.s
	e.conn = &plugin.Conn{ID: 1}
	e.s.OpenConn(e.conn)
	e.as(root, "secret")
	for _, rec := range records(t, seed) {
		op := e.do(&wire.AddRequest{DN: rec.DN, Attributes: rec.Attrs}, ctl(ControlManageDsaIT))
		if op.Result.Code != 0 {
			t.Fatalf("seed %s: %+v", rec.DN, op.Result)
		}
	}
	e.host.calls = nil
	return e
}

func records(t testing.TB, text string) []*ldif.Record {
	t.Helper()
	r := ldif.NewReader(strings.NewReader(text), "seed")
	var out []*ldif.Record
	for {
		rec, err := r.Next()
		if err != nil {
			break
		}
		out = append(out, rec)
	}
	return out
}

// ctl is a critical control without a value.
func ctl(oid string) wire.Control { return wire.Control{OID: oid, Critical: true} }

// client is the Responder that records.
type client struct {
	entries []*plugin.EntryMessage
	refs    []string
	results int
	final   wire.Result
	value   []byte
	ctls    []wire.Control
	onEntry func()
}

func (c *client) SendEntry(op *plugin.Operation, m *plugin.EntryMessage) error {
	c.entries = append(c.entries, m)
	if c.onEntry != nil {
		c.onEntry()
	}
	return nil
}

func (c *client) SendReference(_ *plugin.Operation, urls []string, _ []wire.Control) error {
	c.refs = append(c.refs, urls...)
	return nil
}
func (c *client) SendIntermediate(*plugin.Operation, string, []byte, bool, []wire.Control) error {
	return nil
}
func (c *client) SendResult(op *plugin.Operation) error {
	c.results++
	c.final = op.Result
	c.ctls = op.ResponseControls
	if op.Extended != nil {
		c.value = op.Extended.ResponseValue
	}
	return nil
}

// answer is an operation that was run.
type answer struct {
	*plugin.Operation
	*client
}

// do runs a request; exactly one result must come.
func (e *env) do(req wire.Request, ctls ...wire.Control) answer {
	e.t.Helper()
	c := &client{}
	var to plugin.Responder = c
	if e.via != nil {
		to = e.via
		c.results = 1
	}
	op := e.s.NewOperation(context.Background(), e.conn, &wire.Message{ID: 7, Op: req, Controls: ctls}, to)
	e.s.Handle(op)
	want := 1
	switch req.(type) {
	case *wire.UnbindRequest, *wire.AbandonRequest:
		want = 0
	}
	if c.results != want {
		e.t.Errorf("%T: %d results", req, c.results)
	}
	if op.Txn != nil {
		e.t.Errorf("%T: the transaction is still there", req)
	}
	return answer{op, c}
}

func (e *env) as(name, pw string) answer {
	e.t.Helper()
	return e.do(&wire.BindRequest{Version: 3, Name: name, Method: wire.AuthSimple, Password: []byte(pw)})
}

func (e *env) add(text string, ctls ...wire.Control) answer {
	e.t.Helper()
	rec := records(e.t, text)
	if len(rec) != 1 {
		e.t.Fatalf("%d records in %q", len(rec), text)
	}
	return e.do(&wire.AddRequest{DN: rec[0].DN, Attributes: rec[0].Attrs}, ctls...)
}

func (e *env) modify(text string, ctls ...wire.Control) answer {
	e.t.Helper()
	rec := records(e.t, text)
	if len(rec) != 1 {
		e.t.Fatalf("%d records in %q", len(rec), text)
	}
	return e.do(&wire.ModifyRequest{DN: rec[0].DN, Changes: rec[0].Changes}, ctls...)
}

func (e *env) rename(name, rdn, sup string, del bool, ctls ...wire.Control) answer {
	e.t.Helper()
	return e.do(&wire.ModifyDNRequest{DN: name, NewRDN: rdn, DeleteOldRDN: del, HasNewSuperior: sup != "", NewSuperior: sup}, ctls...)
}

func (e *env) delete(name string, ctls ...wire.Control) answer {
	e.t.Helper()
	return e.do(&wire.DelRequest{DN: name}, ctls...)
}

func (e *env) search(base string, scope wire.Scope, text string, attrs ...string) answer {
	e.t.Helper()
	return e.find(&wire.SearchRequest{Base: base, Scope: scope, Attributes: attrs}, text)
}

func (e *env) find(req *wire.SearchRequest, text string, ctls ...wire.Control) answer {
	e.t.Helper()
	if text == "" {
		text = "(objectClass=*)"
	}
	f, err := filter.Parse(text)
	if err != nil {
		e.t.Fatal(err)
	}
	req.Filter = f.Append(nil)
	return e.do(req, ctls...)
}

// names are the DNs that a search gave, in order.
func (a answer) names() string {
	var out []string
	for _, m := range a.client.entries {
		rdn, _ := dn.SplitPretty(m.DN)
		out = append(out, rdn)
	}
	return strings.Join(out, " ")
}

// text is one entry as lines "type: value", operational noise masked.
func (a answer) text(i int) string {
	if i >= len(a.client.entries) {
		return "<no entry>"
	}
	var b strings.Builder
	for _, at := range a.client.entries[i].Attrs {
		if len(at.Values) == 0 {
			fmt.Fprintf(&b, "%s:\n", at.Type)
		}
		for _, v := range at.Values {
			fmt.Fprintf(&b, "%s: %s\n", at.Type, v)
		}
	}
	return b.String()
}

// fakeHost records the hooks and lets a test step in.
type fakeHost struct {
	plugin.NoHost
	mu    sync.Mutex // of calls and done
	s     *Server
	calls []string
	on    map[string]func(op *plugin.Operation) plugin.Outcome
	only  map[string]bool // points that are listened to; nil: all
	done  int
	ext   map[string]func(op *plugin.Operation)
	rule  func(attr string, value []byte) filter.Matcher
}

func (h *fakeHost) Listens(p plugin.Point, db string) bool {
	return h.only == nil || h.only[p.String()]
}
func (h *fakeHost) AnyListener(plugin.Kind) bool { return true }
func (h *fakeHost) Run(p plugin.Point, op *plugin.Operation) plugin.Outcome {
	h.mu.Lock()
	h.calls = append(h.calls, p.String())
	h.mu.Unlock()
	if f := h.on[p.String()]; f != nil {
		return f(op)
	}
	return plugin.Outcome{}
}
func (h *fakeHost) hook(point string, f func(op *plugin.Operation) plugin.Outcome) {
	if h.on == nil {
		h.on = map[string]func(op *plugin.Operation) plugin.Outcome{}
	}
	h.on[point] = f
}
func (h *fakeHost) ExtendedOIDs() []string {
	var out []string
	for oid := range h.ext {
		out = append(out, oid)
	}
	sort.Strings(out)
	return out
}
func (h *fakeHost) RunExtended(op *plugin.Operation) bool {
	f := h.ext[op.Extended.OID]
	if f != nil {
		f(op)
	}
	return f != nil
}
func (h *fakeHost) Matcher(rule, attr string, value []byte, _ bool) (filter.Matcher, error) {
	if h.rule == nil || rule != "1.2.3.4" {
		return nil, nil
	}
	return h.rule(attr, value), nil
}
func (h *fakeHost) OperationDone(*plugin.Operation) { h.mu.Lock(); h.done++; h.mu.Unlock() }

func (h *fakeHost) took() string {
	s := strings.Join(h.calls, " ")
	h.calls = nil
	return s
}

func mustACL(t testing.TB, s *schema.Schema, lines ...string) *acl.Set {
	t.Helper()
	var rules []*acl.Rule
	for i, l := range lines {
		r, err := acl.Parse(strings.Fields(l), fmt.Sprintf("test:%d", i+1))
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, r)
	}
	set, err := acl.NewSet(s, rules, nil)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func expect(t testing.TB, what string, a answer, code wire.ResultCode, text string) {
	t.Helper()
	if a.client.final.Code != code || text != "" && !strings.Contains(a.client.final.Text, text) {
		t.Errorf("%s: %d %q, want %d %q", what, a.client.final.Code, a.client.final.Text, code, text)
	}
}

var (
	_ = fmt.Sprint
	_ *entry.Entry
)

// passwordValue is the request value of RFC 3062; empty parts are left out.
func passwordValue(user, old, pw string) []byte {
	b := ber.NewBuilder(nil)
	m := b.Begin(ber.TagSequence)
	for i, v := range []string{user, old, pw} {
		if v != "" {
			b.String(0x80+i, v)
		}
	}
	b.End(m)
	return b.Bytes()
}
