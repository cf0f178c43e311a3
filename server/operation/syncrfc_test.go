package operation

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"libslapi/server/ber"
	"libslapi/server/plugin"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

// strictClient is a consumer that looks at every Sync State control.
type strictClient struct {
	*syncClient
	seen chan strictEntry
}

type strictEntry struct {
	state  csn.EntryState
	id     string // from the control
	dn     string
	attrs  []wire.Attribute
	cookie bool
	fault  string
}

func newStrictClient() *strictClient {
	return &strictClient{newSyncClient(), make(chan strictEntry, 1000)}
}

func (c *strictClient) SendEntry(_ *plugin.Operation, m *plugin.EntryMessage) error {
	e := strictEntry{dn: m.DN, attrs: m.Attrs}
	if len(m.Controls) != 1 || m.Controls[0].OID != csn.ControlSyncState || m.Controls[0].Critical {
		e.fault = fmt.Sprintf("controls %+v", m.Controls)
		c.seen <- e
		return nil
	}
	cur := ber.NewCursor(m.Controls[0].Value)
	seq := cur.Enter(ber.TagSequence)
	e.state = csn.EntryState(seq.Enum())
	if id, err := uuid.FromBytes(seq.OctetString()); err == nil {
		e.id = id.String()
	} else {
		e.fault = err.Error()
	}
	if seq.More() {
		seq.OctetString()
		e.cookie = true
	}
	if seq.More() || seq.Err() != nil || cur.Err() != nil {
		e.fault = "not a syncStateValue"
	}
	c.seen <- e
	return nil
}

// took gives what came in a refresh.
func (c *strictClient) took() (out []strictEntry) {
	for len(c.seen) > 0 {
		out = append(out, <-c.seen)
	}
	return out
}

func (c *strictClient) next(t *testing.T) strictEntry {
	t.Helper()
	select {
	case e := <-c.seen:
		return e
	case <-time.After(30 * time.Second):
		t.Fatal("no entry comes")
	}
	return strictEntry{}
}

// beginStrict is begin for a strictClient.
func (e *env) beginStrict(c *strictClient, q syncQuery) func() {
	_, stop := e.beginWith(c, q)
	return stop
}

// uuidOf reads the entryUUID of an entry.
func (e *env) uuidOf(name string) string {
	e.t.Helper()
	a := e.find(&wire.SearchRequest{Base: name, Attributes: []string{"entryUUID"}}, "", ctl(ControlManageDsaIT))
	if len(a.client.entries) != 1 || len(a.client.entries[0].Attrs) != 1 {
		e.t.Fatalf("%s has no entryUUID", name)
	}
	return string(a.client.entries[0].Attrs[0].Values[0])
}

// RFC 4533 sections 3.3.1 and 3.3.2: each entry of a refresh has a Sync State control
// of state add with the entryUUID and no cookie.
func TestRefreshControls(t *testing.T) {
	for _, set := range []csn.Settings{{SessionLog: 100}, {}} {
		for _, mode := range []csn.Mode{csn.RefreshOnly, csn.RefreshAndPersist} {
			e := syncEnv(t, set)
			q := syncQuery{mode: mode, filter: "(uid=*)", attrs: []string{"entryUUID"}}
			round := func(want int) {
				t.Helper()
				c := newStrictClient()
				stop := e.beginStrict(c, q)
				if mode == csn.RefreshAndPersist {
					for l := ""; !strings.HasPrefix(l, "refresh"); {
						select {
						case l = <-c.lines:
						case <-time.After(30 * time.Second):
							t.Fatal("the refresh does not end")
						}
					}
				}
				stop()
				c.syncClient.took()
				list := c.took()
				if len(list) != want {
					t.Errorf("log %d: %d entries, want %d", set.SessionLog, len(list), want)
				}
				for _, x := range list {
					if x.fault != "" || x.state != csn.Add || x.cookie || len(x.attrs) != 1 || string(x.attrs[0].Values[0]) != x.id {
						t.Errorf("log %d, mode %d: %+v", set.SessionLog, mode, x)
					}
				}
				q.cookie = string(c.cookie)
				if q.cookie == "" {
					t.Fatal("no cookie")
				}
			}
			round(2)
			e.retitle("bob", "x")
			e.person("carl")
			e.delete("uid=alice,ou=people,dc=example,dc=com")
			round(2)
		}
	}
}

// RFC 4533 section 3.4.2: entries that come into the content, change in it and leave
// it have the states add, modify and delete and their entryUUID; one that leaves is
// sent without attributes.
func TestPersistControls(t *testing.T) {
	e := syncEnv(t, csn.Settings{SessionLog: 100})
	c := newStrictClient()
	defer e.beginStrict(c, syncQuery{mode: csn.RefreshAndPersist, filter: "(title=*)", attrs: []string{"title"}})()
	c.await(t, "refreshDelete")
	const carl, moved = "uid=carl,ou=people,dc=example,dc=com", "uid=carlo,ou=people,dc=example,dc=com"
	e.person("carl")
	id := e.uuidOf(carl)
	is := func(what string, state csn.EntryState, dn string, attrs int) {
		t.Helper()
		if x := c.next(t); x.fault != "" || x.state != state || x.id != id || x.dn != dn || len(x.attrs) != attrs {
			t.Errorf("%s: %+v", what, x)
		}
	}
	e.retitle("carl", "x")
	is("comes by a change", csn.Add, carl, 1)
	e.retitle("carl", "y")
	is("changes", csn.Modify, carl, 1)
	e.rename(carl, "uid=carlo", "", true)
	is("renamed", csn.Modify, moved, 1)
	e.modify("dn: " + moved + "\nchangetype: modify\ndelete: title\n")
	is("leaves by a change", csn.Delete, moved, 0)
	e.modify("dn: " + moved + "\nchangetype: modify\nadd: title\ntitle: z\n")
	is("comes again", csn.Add, moved, 1)
	e.delete(moved)
	is("deleted", csn.Delete, moved, 0)
	expect(t, "add", e.add(fmt.Sprintf(syncPerson, "carl", "carl")+"title: new\n"), 0, "")
	id = e.uuidOf(carl)
	is("added", csn.Add, carl, 1)
}

// RFC 4533 sections 3.3.1 and 3.4.2: references, which need the UUID of their referral
// object, are never sent in a content; who manages the objects gets them as entries.
func TestSyncReferrals(t *testing.T) {
	e := syncEnv(t, csn.Settings{SessionLog: 100})
	const far = "ou=far,dc=example,dc=com"
	all := syncQuery{mode: csn.RefreshAndPersist, filter: "(|(ou=*)(objectClass=referral))", attrs: []string{"1.1"}}
	plain := newSyncClient()
	_, stop := e.begin(plain, all)
	plain.await(t, "add ou=people 0", "add ou=groups 0", "refreshDelete")
	managed := newStrictClient()
	all.more = []wire.Control{ctl(ControlManageDsaIT)}
	stop2 := e.beginStrict(managed, all)
	managed.await(t, "refreshDelete")
	if got := managed.took(); len(got) != 3 || got[2].id != e.uuidOf("ou=away,dc=example,dc=com") || got[2].state != csn.Add {
		t.Errorf("managed: %+v", got)
	}
	manage := ctl(ControlManageDsaIT)
	expect(t, "add", e.add("dn: "+far+"\nobjectClass: referral\nobjectClass: extensibleObject\nou: far\nref: ldap://far.example.com/\n", manage), 0, "")
	id := e.uuidOf(far)
	expect(t, "modify", e.modify("dn: "+far+"\nchangetype: modify\nreplace: ref\nref: ldap://nearer.example.com/\n", manage), 0, "")
	expect(t, "delete", e.delete(far, manage), 0, "")
	for _, state := range []csn.EntryState{csn.Add, csn.Modify, csn.Delete} {
		if x := managed.next(t); x.fault != "" || x.state != state || x.id != id || x.dn != far {
			t.Errorf("state %d: %+v", state, x)
		}
	}
	// The three changes bring the other one cookies, nothing else.
	e.retitle("alice", "x")
	expect(t, "add", e.add("dn: ou=end,dc=example,dc=com\nobjectClass: organizationalUnit\nou: end\n"), 0, "")
	for l := ""; l != "add ou=end 0"; {
		select {
		case l = <-plain.lines:
		case <-time.After(30 * time.Second):
			t.Fatal("the last change does not come")
		}
		if l != "newcookie" && l != "add ou=end 0" {
			t.Errorf("without ManageDsaIT: %s", l)
		}
	}
	stop()
	stop2()
	if len(plain.refs)+len(managed.refs) > 0 {
		t.Errorf("references %v %v", plain.refs, managed.refs)
	}
}

// RFC 4533 section 3.1: a cookie is good for the identity that got it; another one's
// is answered with e-syncRefreshRequired, or with all content when reloadHint says so.
func TestSyncCookieOfAnotherUser(t *testing.T) {
	e := syncEnv(t, csn.Settings{SessionLog: 100})
	q := syncQuery{filter: "(uid=*)", attrs: []string{"1.1"}}
	e.as("uid=alice,ou=people,dc=example,dc=com", "alicepw")
	c := newSyncClient()
	if got := e.poll(c, q); !strings.HasPrefix(got, "add uid=alice 0; add uid=bob 0; ") {
		t.Fatal(got)
	}
	if got := e.poll(c, q); got != "deletes true" {
		t.Errorf("its own cookie: %s", got)
	}
	e.as("uid=bob,ou=people,dc=example,dc=com", "bobpw")
	other := newSyncClient()
	other.cookie = c.cookie
	if got := e.poll(other, q); got != "result 4096" {
		t.Errorf("another one's: %s", got)
	}
	q.reload, other.cookie = true, c.cookie
	if got := e.poll(other, q); got != "add uid=alice 0; add uid=bob 0; deletes false" {
		t.Errorf("another one's with reloadHint: %s", got)
	}
}

// RFC 4533 section 3.5.1: when the base is deleted or gets another name, the search
// ends with a result other than success: e-syncRefreshRequired.
func TestPersistBase(t *testing.T) {
	const sub = "ou=sub,ou=people,dc=example,dc=com"
	for name, c := range map[string]struct {
		change func(e *env)
		lines  []string
	}{
		"deleted":       {func(e *env) { expect(t, "delete", e.delete(sub), 0, "") }, []string{"delete ou=sub 0"}},
		"renamed":       {func(e *env) { expect(t, "rename", e.rename(sub, "ou=bus", "", true), 0, "") }, []string{"delete ou=sub 0"}},
		"renamed above": {func(e *env) { expect(t, "rename", e.rename(people, "ou=folk", "", true), 0, "") }, []string{"delete ou=sub 0"}},
	} {
		e := syncEnv(t, csn.Settings{SessionLog: 100})
		expect(t, "add", e.add("dn: "+sub+"\nobjectClass: organizationalUnit\nou: sub\n"), 0, "")
		sc := newSyncClient()
		_, stop := e.begin(sc, syncQuery{base: sub, mode: csn.RefreshAndPersist, attrs: []string{"1.1"}})
		sc.await(t, "add ou=sub 0", "refreshDelete")
		// What leaves the base as it is does not end the search.
		e.modify("dn: " + sub + "\nchangetype: modify\nadd: description\ndescription: x\n")
		sc.await(t, "modify ou=sub 0")
		expect(t, "a sibling", e.rename("uid=bob,ou=people,dc=example,dc=com", "uid=robert", "", true), 0, "")
		sc.await(t, "newcookie")
		c.change(e)
		sc.await(t, c.lines...)
		select {
		case <-sc.ended:
		case <-time.After(30 * time.Second):
			t.Errorf("%s: the search goes on", name)
		}
		stop()
		if sc.final.Code != csn.RefreshRequired {
			t.Errorf("%s: ended with %d", name, sc.final.Code)
		}
		if got := sc.took(); got != "result 4096" {
			t.Errorf("%s: then %s", name, got)
		}
	}
}

// RFC 4533 section 3.9: a refresh sends no more entries than the content has, and none
// twice, whatever happened since the cookie.
func TestRefreshEntryCount(t *testing.T) {
	for _, set := range []csn.Settings{{SessionLog: 1000}, {SessionLog: 3}, {}} {
		e := syncEnv(t, set)
		sc := newSyncClient()
		q := syncQuery{filter: "(uid=*)", attrs: []string{"1.1"}}
		e.poll(sc, q)
		for i := range 20 {
			for j := range 5 {
				e.retitle("alice", fmt.Sprint(i, j))
			}
			uid := fmt.Sprint("u", i)
			e.person(uid)
			e.rename("uid="+uid+","+people, "uid=v"+uid, "", true)
			if i%2 == 0 {
				e.delete("uid=v" + uid + "," + people)
			}
		}
		expect(t, "rename above all", e.rename(people, "ou=folk", "", true), 0, "")
		sent := map[string]int{}
		got := e.poll(sc, q)
		for _, l := range strings.Split(got, "; ") {
			if rest, ok := strings.CutPrefix(l, "add "); ok {
				sent[rest]++
			}
		}
		if len(sent) != 12 || strings.Count(got, "add ") != 12 {
			t.Errorf("log %d: 12 entries are in the content: %s", set.SessionLog, got)
		}
	}
}

// RFC 4533 section 4.1: an assertion with dnAttributes is evaluated over the DN, and a
// new name, which is no meta information here, brings entries into the content and out.
func TestPersistDNAttributes(t *testing.T) {
	e := syncEnv(t, csn.Settings{SessionLog: 100})
	sc := newSyncClient()
	_, stop := e.begin(sc, syncQuery{mode: csn.RefreshAndPersist, filter: "(&(uid=*)(ou:dn:=people))", attrs: []string{"1.1"}})
	defer stop()
	sc.await(t, "add uid=alice 0", "add uid=bob 0", "refreshDelete")
	const bob = "uid=bob,ou=people,dc=example,dc=com"
	expect(t, "out", e.rename(bob, "uid=bob", "ou=groups,dc=example,dc=com", true), 0, "")
	sc.await(t, "delete uid=bob 0")
	expect(t, "in", e.rename("uid=bob,ou=groups,dc=example,dc=com", "uid=bob", people, true), 0, "")
	sc.await(t, "add uid=bob 0")
	expect(t, "all out", e.rename(people, "ou=folk", "", true), 0, "")
	sc.await(t, "delete uid=alice 0", "delete uid=bob 0")
}

// RFC 4533 section 3.5.1: an alias may lead to the base. When it leads elsewhere, the
// search ends, and a cookie from before is of no use.
func TestPersistAliasBase(t *testing.T) {
	const alias = "cn=al,ou=groups,dc=example,dc=com"
	for _, change := range []func(e *env) answer{
		func(e *env) answer { return e.delete(alias) },
		func(e *env) answer {
			return e.modify("dn: " + alias + "\nchangetype: modify\nreplace: aliasedObjectName\naliasedObjectName: uid=bob," + people + "\n")
		},
	} {
		e := syncEnv(t, csn.Settings{SessionLog: 100})
		q := syncQuery{base: alias, deref: wire.DerefFind, attrs: []string{"1.1"}}
		polled := newSyncClient()
		if got := e.poll(polled, q); got != "add uid=alice 0; deletes true" {
			t.Errorf("first: %s", got)
		}
		q.mode = csn.RefreshAndPersist
		sc := newSyncClient()
		_, stop := e.begin(sc, q)
		sc.await(t, "add uid=alice 0", "refreshDelete")
		e.retitle("alice", "x")
		sc.await(t, "modify uid=alice 0")
		q.mode = csn.RefreshOnly
		if got := e.poll(polled, q); got != "add uid=alice 0; deletes true" {
			t.Errorf("changes: %s", got)
		}
		expect(t, "the alias", change(e), 0, "")
		select {
		case <-sc.ended:
		case <-time.After(30 * time.Second):
			t.Error("the search goes on")
		}
		stop()
		if got := sc.took(); got != "result 4096" {
			t.Errorf("ended with %s", got)
		}
		if got := e.poll(polled, q); got != "result 4096" && got != "result 32" {
			t.Errorf("the old cookie: %s", got)
		}
	}
}

// RFC 4533 section 3.2: what is computed and not part of an entry is shown as it is
// when the entry is sent in a refresh, and its change alone sends nothing.
func TestSyncComputedAttributes(t *testing.T) {
	e := syncEnv(t, csn.Settings{SessionLog: 100})
	const bob = "uid=bob," + people
	q := syncQuery{filter: "(uid=bob)", attrs: []string{"hasSubordinates"}}
	refresh := func(want ...string) {
		t.Helper()
		c := newStrictClient()
		e.beginStrict(c, q)()
		c.syncClient.took()
		q.cookie = string(c.cookie)
		got := []string{}
		for _, x := range c.took() {
			if x.dn != bob || len(x.attrs) != 1 {
				t.Fatalf("%+v", x)
			}
			got = append(got, string(x.attrs[0].Values[0]))
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%q, want %q", got, want)
		}
	}
	refresh("FALSE")
	expect(t, "add", e.add("dn: ou=below,"+bob+"\nobjectClass: organizationalUnit\nou: below\n"), 0, "")
	refresh()
	e.retitle("bob", "x")
	refresh("TRUE")
}
