package operation

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"libslapi/server/ber"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

// syncClient is a consumer: it keeps what it is told as lines.
type syncClient struct {
	client
	lines  chan string
	names  map[string]string // UUID -> RDN
	cookie []byte
	ended  chan struct{}
}

func newSyncClient() *syncClient {
	return &syncClient{ended: make(chan struct{}, 10), lines: make(chan string, 1000), names: map[string]string{}}
}

func (c *syncClient) Detach() {}

func (c *syncClient) SendResult(op *plugin.Operation) error {
	err := c.client.SendResult(op)
	c.ended <- struct{}{}
	return err
}

func (c *syncClient) name(id []byte) string {
	if n := c.names[string(id)]; n != "" {
		return n
	}
	return "?"
}

func (c *syncClient) SendEntry(_ *plugin.Operation, m *plugin.EntryMessage) error {
	rdn, _, _ := strings.Cut(m.DN, ",")
	for _, ctl := range m.Controls {
		cur := ber.NewCursor(ctl.Value)
		seq := cur.Enter(ber.TagSequence)
		switch ctl.OID {
		case csn.ControlSyncState:
			state := [...]string{"present", "add", "modify", "delete"}[seq.Enum()]
			id := string(seq.OctetString())
			if len(id) != 16 {
				state += " with a bad UUID"
			}
			if seq.More() {
				c.cookie = append([]byte(nil), seq.OctetString()...)
			}
			c.names[id] = rdn
			c.lines <- fmt.Sprintf("%s %s %d", state, rdn, len(m.Attrs))
		case csn.ControlEntryChange:
			kind := seq.Enum()
			c.lines <- fmt.Sprintf("change %d %s %s", kind, rdn, string(seq.OctetString()))
		}
	}
	if len(m.Controls) == 0 {
		c.lines <- "entry " + rdn
	}
	return nil
}

func (c *syncClient) SendIntermediate(_ *plugin.Operation, oid string, value []byte, _ bool, _ []wire.Control) error {
	cur := ber.NewCursor(value)
	switch cur.Tag() {
	case 0x80:
		c.cookie = append([]byte(nil), cur.Octets(0x80)...)
		c.lines <- "newcookie"
	case 0xa1, 0xa2:
		tag := cur.Tag()
		seq := cur.Enter(tag)
		c.cookie = append([]byte(nil), seq.OctetString()...)
		c.lines <- map[int]string{0xa1: "refreshDelete", 0xa2: "refreshPresent"}[tag]
	case 0xa3:
		seq := cur.Enter(0xa3)
		word := "present"
		if seq.Tag() == ber.TagBoolean && seq.Bool() {
			word = "gone"
		}
		set := seq.Enter(ber.TagSet)
		for set.More() {
			c.lines <- word + " " + c.name(set.OctetString())
		}
	default:
		c.lines <- "unknown message " + oid
	}
	return nil
}

// took gives the lines of a refresh that has ended, the result last.
func (c *syncClient) took() string {
	var out []string
	for len(c.lines) > 0 {
		out = append(out, <-c.lines)
	}
	for _, ctl := range c.ctls {
		if ctl.OID != csn.ControlSyncDone {
			continue
		}
		cur := ber.NewCursor(ctl.Value)
		seq := cur.Enter(ber.TagSequence)
		if seq.More() && seq.Tag() == ber.TagOctetString {
			c.cookie = append([]byte(nil), seq.OctetString()...)
		}
		out = append(out, fmt.Sprint("deletes ", seq.More() && seq.Bool()))
	}
	if c.final.Code != 0 {
		out = append(out, fmt.Sprint("result ", int(c.final.Code)))
	}
	c.ctls = nil
	return strings.Join(out, "; ")
}

func (c *syncClient) await(t *testing.T, want ...string) {
	t.Helper()
	for _, w := range want {
		select {
		case got := <-c.lines:
			if got != w {
				t.Fatalf("got %q, want %q", got, w)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("no %q", w)
		}
	}
}

func syncEnv(t *testing.T, set csn.Settings, lines ...string) *env {
	set.Enabled = true
	return newEnv(t, OpenLDAP, func(o *Options, d *Database) {
		d.Sync = csn.NewProvider()
		d.Sync.Configure(set)
		if len(lines) > 0 {
			d.ACL = mustACL(t, o.Schema, lines...)
		}
	})
}

type syncQuery struct {
	base, filter string
	mode         csn.Mode
	cookie       string
	hasCookie    bool
	reload       bool
	attrs        []string
	more         []wire.Control
	deref        wire.Deref
	size         int64
}

// begin starts a sync search; done tells when it has ended.
func (e *env) begin(c *syncClient, q syncQuery) (op *plugin.Operation, stop func()) {
	e.t.Helper()
	return e.beginWith(c, q)
}

func (e *env) beginWith(c plugin.Responder, q syncQuery) (op *plugin.Operation, stop func()) {
	e.t.Helper()
	if q.base == "" {
		q.base = "dc=example,dc=com"
	}
	if q.filter == "" {
		q.filter = "(objectClass=*)"
	}
	if q.mode == 0 {
		q.mode = csn.RefreshOnly
	}
	f, err := filter.Parse(q.filter)
	if err != nil {
		e.t.Fatal(err)
	}
	ctls := q.more
	if q.mode > 0 {
		value := csn.EncodeRequest(csn.Request{Mode: q.mode, Cookie: []byte(q.cookie), HasCookie: q.cookie != "" || q.hasCookie, ReloadHint: q.reload})
		ctls = append([]wire.Control{{OID: csn.ControlSyncRequest, Critical: true, HasValue: true, Value: value}}, ctls...)
	}
	req := &wire.SearchRequest{Base: q.base, Scope: wire.ScopeSub, Attributes: q.attrs, Filter: f.Append(nil), Deref: q.deref, SizeLimit: int32(q.size)}
	ctx, cancel := context.WithCancel(context.Background())
	op = e.s.NewOperation(ctx, e.conn, &wire.Message{ID: 9, Op: req, Controls: ctls}, c)
	done := make(chan struct{})
	go func() { e.s.Handle(op); close(done) }()
	stop = func() {
		cancel()
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			e.t.Error("the search does not end")
		}
	}
	if q.mode == csn.RefreshOnly {
		<-done
	}
	return op, stop
}

func (e *env) poll(c *syncClient, q syncQuery) string {
	e.t.Helper()
	q.cookie = string(c.cookie)
	_, stop := e.begin(c, q)
	stop()
	return c.took()
}

const syncPerson = "dn: uid=%s,ou=people,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: %s\ncn: x\nsn: x\n"

func (e *env) person(uid string) {
	e.t.Helper()
	expect(e.t, "add", e.add(fmt.Sprintf(syncPerson, uid, uid)), 0, "")
}

func (e *env) retitle(uid, title string) {
	e.t.Helper()
	expect(e.t, "modify", e.modify("dn: uid="+uid+",ou=people,dc=example,dc=com\nchangetype: modify\nreplace: title\ntitle: "+title+"\n"), 0, "")
}

// RFC 4533 sections 3.3.1 and 3.3.2: initial content, then what changed since the cookie.
// With the session log: deletes by name; without: a present phase, in which
// everything in the content must be named or sent.
func TestRefreshOnly(t *testing.T) {
	people := syncQuery{base: "ou=people,dc=example,dc=com", attrs: []string{"title"}}
	for _, c := range []struct {
		name  string
		set   csn.Settings
		delta string
	}{
		{"log", csn.Settings{SessionLog: 100}, "gone uid=alice; add uid=robert 0; add uid=carl 0; deletes true"},
		{"no log", csn.Settings{}, "present ou=people; add uid=robert 0; add uid=carl 0; deletes false"},
		{"short log", csn.Settings{SessionLog: 2}, "present ou=people; add uid=robert 0; add uid=carl 0; deletes false"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := syncEnv(t, c.set)
			sc := newSyncClient()
			if got := e.poll(sc, people); got != "add ou=people 0; add uid=alice 0; add uid=bob 0; deletes true" {
				t.Errorf("first: %s", got)
			}
			if got := e.poll(sc, people); got != "deletes true" {
				t.Errorf("nothing changed: %s", got)
			}
			e.rename("uid=bob,ou=people,dc=example,dc=com", "uid=robert", "", true)
			e.delete("uid=alice,ou=people,dc=example,dc=com")
			e.person("carl")
			e.person("came")
			e.delete("uid=came,ou=people,dc=example,dc=com")
			// flush of a present phase comes at its end
			got := e.poll(sc, people)
			a, b := strings.Split(got, "; "), strings.Split(c.delta, "; ")
			if !sameSet(a, b) || a[len(a)-1] != b[len(b)-1] {
				t.Errorf("got  %s\nwant %s", got, c.delta)
			}
		})
	}
}

func sameSet(a, b []string) bool {
	n := map[string]int{}
	for _, s := range a {
		n[s]++
	}
	for _, s := range b {
		n[s]--
	}
	for _, v := range n {
		if v != 0 {
			return false
		}
	}
	return true
}

// Entries that come into the filter are added, those that leave it deleted; a
// subtree's new names are told, in the delete phase and in the present phase.
func TestRefreshFilterAndSubtree(t *testing.T) {
	for _, set := range []csn.Settings{{SessionLog: 100}, {}} {
		e := syncEnv(t, set)
		titled := syncQuery{base: "dc=example,dc=com", filter: "(title=*)", attrs: []string{"1.1"}}
		sc := newSyncClient()
		e.retitle("bob", "x")
		e.poll(sc, titled)
		e.retitle("alice", "x")
		e.modify("dn: uid=bob,ou=people,dc=example,dc=com\nchangetype: modify\ndelete: title\n")
		got := e.poll(sc, titled)
		want := "gone uid=bob; add uid=alice 0; deletes true"
		if set.SessionLog == 0 {
			want = "add uid=alice 0; deletes false"
		}
		if got != want {
			t.Errorf("log %d: %s, want %s", set.SessionLog, got, want)
		}
		expect(t, "rename", e.rename("ou=people,dc=example,dc=com", "ou=folk", "", true), 0, "")
		if got = e.poll(sc, titled); !strings.Contains(got, "add uid=alice 0") {
			t.Errorf("log %d: child of a renamed entry: %s", set.SessionLog, got)
		}
	}
}

// RFC 4533 sections 3.1, 3.2 and 3.3.2: a cookie that cannot be served is answered
// with e-syncRefreshRequired, or with all content when reloadHint says so; one of no
// state gets all content. Sections 2.2 and 3.5.2: what is malformed or excluded is a
// protocolError.
func TestSyncRefusals(t *testing.T) {
	e := syncEnv(t, csn.Settings{SessionLog: 1, ReloadHint: true})
	people := syncQuery{base: "ou=people,dc=example,dc=com", attrs: []string{"1.1"}}
	sc := newSyncClient()
	e.poll(sc, people)
	old := string(sc.cookie)
	e.person("a")
	e.person("b")
	all := "add ou=people 0; add uid=alice 0; add uid=bob 0; add uid=a 0; add uid=b 0; deletes false"
	for _, c := range []struct {
		name   string
		change func(q *syncQuery)
		want   string
	}{
		{"stale", func(q *syncQuery) { q.cookie = old }, "result 4096"},
		{"stale, reloadHint", func(q *syncQuery) { q.cookie, q.reload = old, true }, all},
		{"garbage", func(q *syncQuery) { q.cookie = "no cookie" }, "result 4096"},
		{"garbage, reloadHint", func(q *syncQuery) { q.cookie, q.reload = "\x00\xff", true }, all},
		{"another search's", func(q *syncQuery) { q.cookie, q.filter = old, "(uid=*)" }, "result 4096"},
		{"empty", func(q *syncQuery) { q.hasCookie = true }, all},
		{"no state", func(q *syncQuery) { q.cookie = "rid=123" }, all},
		{"of an unknown server", func(q *syncQuery) { q.cookie = "rid=123,csn=20200101000000.000000Z#000000#fff#000000" }, all},
		{"of the future", func(q *syncQuery) { q.cookie = "rid=123,csn=29990101000000.000000Z#000000#000#000000" }, "result 53"},
		{"base not there", func(q *syncQuery) { q.base = "ou=no,dc=example,dc=com" }, "result 32"},
		{"aliases followed in searching", func(q *syncQuery) { q.deref = wire.DerefSearch }, "result 2"},
		{"aliases followed", func(q *syncQuery) { q.deref = wire.DerefAlways }, "result 2"},
		{"paged", func(q *syncQuery) {
			q.more = []wire.Control{{OID: ControlPaged, HasValue: true, Value: []byte("\x30\x05\x02\x01\x05\x04\x00")}}
		}, "result 2"},
		{"bad mode", func(q *syncQuery) { q.mode = 2 }, "result 2"},
	} {
		q := people
		c.change(&q)
		fresh := newSyncClient()
		_, stop := e.begin(fresh, q)
		stop()
		if got := fresh.took(); !sameSet(strings.Split(got, "; "), strings.Split(c.want, "; ")) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	// A refresh that ends early must not look complete: no Sync Done control.
	lim := syncEnv(t, csn.Settings{})
	lim.s.Configure(func(o *Options) { o.Limits.Size = 2 })
	lim.as("uid=alice,ou=people,dc=example,dc=com", "alicepw")
	sc = newSyncClient()
	if got := lim.poll(sc, people); !strings.HasSuffix(got, "; result 4") || strings.Contains(got, "deletes") {
		t.Errorf("size limit: %s", got)
	}
	// Without the overlay the critical control is refused (RFC 4511 section 4.1.11).
	plain := newEnv(t, OpenLDAP)
	sc = newSyncClient()
	if got := plain.poll(sc, people); got != "result 12" {
		t.Errorf("no provider: %s", got)
	}
}

// RFC 4533 section 3.4.2: the persist stage; section 3.7: it ends when it is cancelled.
func TestPersist(t *testing.T) {
	e := syncEnv(t, csn.Settings{SessionLog: 100})
	sc := newSyncClient()
	_, stop := e.begin(sc, syncQuery{base: "ou=people,dc=example,dc=com", mode: csn.RefreshAndPersist, attrs: []string{"title"},
		filter: "(|(ou=*)(title=*))"})
	sc.await(t, "add ou=people 0", "refreshDelete")
	e.person("carl")
	sc.await(t, "newcookie")
	e.retitle("carl", "x")
	sc.await(t, "add uid=carl 1")
	e.retitle("carl", "y")
	sc.await(t, "modify uid=carl 1")
	e.rename("uid=carl,ou=people,dc=example,dc=com", "uid=carlo", "", true)
	sc.await(t, "modify uid=carlo 1")
	cookie := string(sc.cookie)
	e.rename("uid=carlo,ou=people,dc=example,dc=com", "uid=carlo", "ou=groups,dc=example,dc=com", true)
	sc.await(t, "delete uid=carlo 0")
	e.rename("uid=carlo,ou=groups,dc=example,dc=com", "uid=carlo", "ou=people,dc=example,dc=com", true)
	sc.await(t, "add uid=carlo 1")
	e.delete("uid=carlo,ou=people,dc=example,dc=com")
	sc.await(t, "delete uid=carlo 0")
	stop()
	if code := sc.final.Code; code != wire.Canceled {
		t.Errorf("ended with %d", code)
	}
	// What went on meanwhile is told to who resumes.
	_, stop = e.begin(sc, syncQuery{base: "ou=people,dc=example,dc=com", mode: csn.RefreshAndPersist, attrs: []string{"title"},
		filter: "(|(ou=*)(title=*))", cookie: cookie})
	sc.await(t, "gone uid=carlo", "refreshDelete")
	stop()
	if n := e.s.database("dc=example,dc=com").Sync.Watchers(); n != 0 {
		t.Errorf("%d watchers left", n)
	}
}

// A renamed subtree: all below it are told their new names, leave the scope or
// come into it. The DN is no meta information here (RFC 4533 section 4.1).
func TestPersistSubtree(t *testing.T) {
	e := syncEnv(t, csn.Settings{SessionLog: 100})
	whole, below := newSyncClient(), newSyncClient()
	_, stop := e.begin(whole, syncQuery{mode: csn.RefreshAndPersist, filter: "(uid=*)", attrs: []string{"1.1"}})
	defer stop()
	whole.await(t, "add uid=alice 0", "add uid=bob 0", "refreshDelete")
	_, stop2 := e.begin(below, syncQuery{base: "ou=groups,dc=example,dc=com", mode: csn.RefreshAndPersist, filter: "(uid=*)", attrs: []string{"1.1"}})
	defer stop2()
	below.await(t, "refreshDelete")
	expect(t, "move", e.rename("ou=people,dc=example,dc=com", "ou=people", "ou=groups,dc=example,dc=com", true), 0, "")
	whole.await(t, "modify uid=alice 0", "modify uid=bob 0")
	below.await(t, "add uid=alice 0", "add uid=bob 0")
	expect(t, "back", e.rename("ou=people,ou=groups,dc=example,dc=com", "ou=people", "dc=example,dc=com", true), 0, "")
	whole.await(t, "modify uid=alice 0", "modify uid=bob 0")
	below.await(t, "delete uid=alice 0", "delete uid=bob 0")
}

// The content is what the caller may see; a change of the access rules ends
// the search, for what it shows can no longer be told from changes (RFC 4533
// section 3.7: with a result that says why).
func TestPersistAccess(t *testing.T) {
	e := syncEnv(t, csn.Settings{SessionLog: 100}, "to attrs=title by self read by dn.exact="+root+" write by * none", "to * by * read")
	e.as("uid=alice,ou=people,dc=example,dc=com", "alicepw")
	sc := newSyncClient()
	_, stop := e.begin(sc, syncQuery{base: "ou=people,dc=example,dc=com", mode: csn.RefreshAndPersist, filter: "(title=*)", attrs: []string{"title"}})
	defer stop()
	sc.await(t, "refreshDelete")
	alice := e.conn
	e.conn = &plugin.Conn{ID: 2}
	e.as(root, "secret")
	e.retitle("bob", "secret")
	sc.await(t, "newcookie")
	e.retitle("alice", "x")
	sc.await(t, "add uid=alice 1")
	e.s.UpdateDatabase("userRoot", func(d *Database) { d.ACL = mustACL(t, e.s.Schema(), "to * by * none") })
	e.retitle("alice", "y")
	select {
	case <-sc.ended:
	case <-time.After(5 * time.Second):
		t.Error("the search goes on")
	}
	stop()
	if sc.final.Code != csn.RefreshRequired {
		t.Errorf("ended with %d", sc.final.Code)
	}
	_ = alice
}

// A plug-in's changes inside a transaction that is undone are told to nobody.
func TestPersistRollback(t *testing.T) {
	e := syncEnv(t, csn.Settings{SessionLog: 100})
	sc := newSyncClient()
	_, stop := e.begin(sc, syncQuery{mode: csn.RefreshAndPersist, filter: "(title=*)", attrs: []string{"1.1"}})
	defer stop()
	sc.await(t, "refreshDelete")
	e.host.hook("BE_TXN_POST_MODIFY", func(op *plugin.Operation) plugin.Outcome { return plugin.Outcome{Stop: true, Return: -1} })
	if a := e.modify("dn: uid=bob,ou=people,dc=example,dc=com\nchangetype: modify\nreplace: title\ntitle: x\n"); a.client.final.Code == 0 {
		t.Fatal("the plug-in did not refuse")
	}
	delete(e.host.on, "BE_TXN_POST_MODIFY")
	e.retitle("alice", "x")
	sc.await(t, "add uid=alice 0")
}

// draft-ietf-ldapext-psearch: only changes, of the types asked for, with Entry
// Change Notifications.
func TestPersistentSearch(t *testing.T) {
	e := syncEnv(t, csn.Settings{})
	sc := newSyncClient()
	value := []byte("\x30\x09\x02\x01\x0b\x01\x01\xff\x01\x01\xff") // add, delete, modDN; changesOnly; returnECs
	_, stop := e.begin(sc, syncQuery{base: "ou=people,dc=example,dc=com", mode: -1, filter: "(uid=*)",
		more: []wire.Control{{OID: csn.ControlPersistentSearch, Critical: true, HasValue: true, Value: value}}})
	defer stop()
	for end := time.Now().Add(5 * time.Second); e.s.database("dc=example,dc=com").Sync.Watchers() == 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	e.person("carl")
	e.retitle("carl", "not asked for")
	e.rename("uid=carl,ou=people,dc=example,dc=com", "uid=carlo", "", true)
	e.delete("uid=carlo,ou=people,dc=example,dc=com")
	sc.await(t, "change 1 uid=carl ", "change 8 uid=carlo uid=carl,ou=people,dc=example,dc=com", "change 2 uid=carlo ")
}
