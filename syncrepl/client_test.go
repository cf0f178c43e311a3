package syncrepl

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"
)

const (
	csn1   = "20260101000001.000000Z#000000#000#000000"
	csn2   = "20260101000002.000000Z#000000#000#000000"
	csn3   = "20260101000003.000000Z#000000#000#000000"
	csn2s1 = "20260101000002.000000Z#000000#001#000000"
	ck1    = "rid=000,csn=" + csn1
	ck2    = "rid=000,csn=" + csn2
	ck3    = "rid=000,csn=" + csn3
	ds1    = "localhost:3389#cn=dm:dc=x:(objectClass=*)#7"
	ds2    = "localhost:3389#cn=dm:dc=x:(objectClass=*)#9"
)

// quick makes failing tests end soon.
var quick = &Backoff{First: time.Millisecond, Factor: 1, Tries: 2}

func testConfig(f *fake) Config {
	return Config{Server: f.url(), Search: Search{Base: "dc=x"}, PollWait: 50 * time.Millisecond, Timeout: 5 * time.Second,
		Backoff: quick, Guard: &NoGuard}
}

func newClient(t testing.TB, cfg Config, h Handler) *Client {
	t.Helper()
	c, err := New(cfg, h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Unbind() })
	return c
}

func ctxT(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func want(t testing.TB, what string, got []string, lines ...string) {
	t.Helper()
	if d := cmp.Diff(lines, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// first loads three entries.
func first(s *fakeSearch) {
	s.add(1, "dc=x", "dc", "x")
	s.add(2, "cn=a,dc=x", "cn", "a")
	s.add(3, "cn=b,dc=x", "cn", "b")
	s.done(ck1, true)
}

// rounds of refreshOnly against the same store: what the server sends, what is
// heard, what the copy is then. RFC 4533 section 3.6: an entry is known by its
// entryUUID, whatever its DN.
func TestRefreshOnly(t *testing.T) {
	type round struct {
		script func(*fakeSearch)
		cookie string // that the client must send
		events []string
		copy   []string
	}
	loaded := round{first, "", []string{"add dc=x{dc=x}", "add cn=a,dc=x{cn=a}", "add cn=b,dc=x{cn=b}", "cookie " + ck1, "refreshed"},
		[]string{"cn=a,dc=x{cn=a}", "cn=b,dc=x{cn=b}", "dc=x{dc=x}"}}
	for name, rounds := range map[string][]round{
		// slapd sends only a Done without a cookie: the old one stays.
		"nothing changed": {loaded,
			{func(s *fakeSearch) { s.done("", true) }, ck1, []string{"refreshed"}, loaded.copy},
			{func(s *fakeSearch) { s.done("", true) }, ck1, []string{"refreshed"}, loaded.copy}},
		// RFC 4533 section 3.3.1: what is neither sent nor present at the end of
		// a present phase is gone.
		"present phase": {loaded, {func(s *fakeSearch) {
			s.idSet(false, "", 1, 2)
			s.add(2, "cn=a,dc=x", "cn", "a", "sn", "A")
			s.add(4, "cn=c,dc=x", "cn", "c")
			s.done(ck2, false)
		}, ck1, []string{"delete cn=b,dc=x", "change cn=a,dc=x{cn=a} to cn=a,dc=x{cn=a sn=A}", "add cn=c,dc=x{cn=c}", "cookie " + ck2, "refreshed"},
			[]string{"cn=a,dc=x{cn=a sn=A}", "cn=c,dc=x{cn=c}", "dc=x{dc=x}"}}},
		"present by entry messages": {loaded, {func(s *fakeSearch) {
			s.entry(statePresent, 1, "", "dc=x")
			s.entry(statePresent, 3, "", "cn=b,dc=x")
			s.done(ck2, false)
		}, ck1, []string{"delete cn=a,dc=x", "cookie " + ck2, "refreshed"}, []string{"cn=b,dc=x{cn=b}", "dc=x{dc=x}"}}},
		// Deletes with cookies of their own, and of entries never seen.
		"session log": {loaded, {func(s *fakeSearch) {
			s.idSet(true, ck1+",delcsn="+csn2, 77)
			s.idSet(true, ck1+",delcsn="+csn3, 3)
			s.add(4, "cn=c,dc=x", "cn", "c")
			s.done(ck3, true)
		}, ck1, []string{"delete cn=b,dc=x", "add cn=c,dc=x{cn=c}", "cookie " + ck3, "refreshed"},
			[]string{"cn=a,dc=x{cn=a}", "cn=c,dc=x{cn=c}", "dc=x{dc=x}"}}},
		"deleted by entry message": {loaded, {func(s *fakeSearch) {
			s.entry(stateDelete, 2, "", "cn=a,dc=x")
			s.done(ck2, true)
		}, ck1, []string{"delete cn=a,dc=x", "cookie " + ck2, "refreshed"}, []string{"cn=b,dc=x{cn=b}", "dc=x{dc=x}"}}},
		"present phase, then delete phase": {loaded, {func(s *fakeSearch) {
			s.idSet(false, "", 1, 3)
			s.refreshPresent("", false)
			s.idSet(true, "", 3)
			s.done(ck2, true)
		}, ck1, []string{"delete cn=b,dc=x", "delete cn=a,dc=x", "cookie " + ck2, "refreshed"}, []string{"dc=x{dc=x}"}}},
		"unchanged entries are not told": {loaded, {func(s *fakeSearch) {
			s.add(1, "dc=x", "dc", "x")
			s.add(2, "cn=a,dc=x", "cn", "a")
			s.done(ck2, true)
		}, ck1, []string{"cookie " + ck2, "refreshed"}, loaded.copy}},
		"rename": {loaded, {func(s *fakeSearch) {
			s.add(2, "cn=aa,dc=x", "cn", "aa")
			s.done(ck2, true)
		}, ck1, []string{"rename cn=a,dc=x to cn=aa,dc=x", "change cn=aa,dc=x{cn=a} to cn=aa,dc=x{cn=aa}", "cookie " + ck2, "refreshed"},
			[]string{"cn=aa,dc=x{cn=aa}", "cn=b,dc=x{cn=b}", "dc=x{dc=x}"}}},
		"two change places": {loaded, {func(s *fakeSearch) {
			s.add(2, "cn=b,dc=x", "cn", "a")
			s.add(3, "cn=a,dc=x", "cn", "b")
			s.done(ck2, true)
		}, ck1, []string{"rename cn=a,dc=x to cn=b,dc=x", "rename cn=b,dc=x to cn=a,dc=x", "cookie " + ck2, "refreshed"},
			[]string{"cn=a,dc=x{cn=b}", "cn=b,dc=x{cn=a}", "dc=x{dc=x}"}}},
		// The delete of the old entry is told before the new one, whatever the
		// order on the wire.
		"deleted and made again": {loaded, {func(s *fakeSearch) {
			s.add(5, "cn=a,dc=x", "cn", "a")
			s.idSet(true, "", 2)
			s.done(ck2, true)
		}, ck1, []string{"delete cn=a,dc=x", "add cn=a,dc=x{cn=a}", "cookie " + ck2, "refreshed"}, loaded.copy}},
		"made again, the delete never told": {loaded, {func(s *fakeSearch) {
			s.add(5, "cn=a,dc=x", "cn", "n")
			s.done(ck2, true)
		}, ck1, []string{"add cn=a,dc=x{cn=n}", "delete cn=a,dc=x", "cookie " + ck2, "refreshed"},
			[]string{"cn=a,dc=x{cn=n}", "cn=b,dc=x{cn=b}", "dc=x{dc=x}"}}},
		// RFC 4533 section 2.5, e-syncRefreshRequired: the cookie is dropped, the
		// copy is kept and compared.
		"refresh required": {loaded,
			{func(s *fakeSearch) {
				if s.hasCookie {
					if s.reloadHint {
						s.f.t.Error("reloadHint with a cookie")
					}
					s.fail(codeRefreshRequired, "sync cookie is stale")
					return
				}
			}, ck1, nil, nil},
			{func(s *fakeSearch) {
				if !s.reloadHint {
					s.f.t.Error("no reloadHint")
				}
				s.add(1, "dc=x", "dc", "x")
				s.add(2, "cn=a,dc=x", "cn", "z")
				s.done(ck2, true)
			}, "", []string{"reload: " + string(ReasonServer), "delete cn=b,dc=x", "change cn=a,dc=x{cn=a} to cn=a,dc=x{cn=z}", "cookie " + ck2, "refreshed"},
				[]string{"cn=a,dc=x{cn=z}", "dc=x{dc=x}"}}},
		// 389 ends a refresh with refreshDeletes FALSE and names nothing present.
		"389": {
			{func(s *fakeSearch) { s.add(1, "dc=x", "dc", "x"); s.add(2, "cn=a,dc=x", "cn", "a"); s.done(ds1, false) }, "",
				[]string{"add dc=x{dc=x}", "add cn=a,dc=x{cn=a}", "cookie " + ds1, "refreshed"}, []string{"cn=a,dc=x{cn=a}", "dc=x{dc=x}"}},
			{func(s *fakeSearch) { s.done(ds1, false) }, ds1, []string{"refreshed"}, []string{"cn=a,dc=x{cn=a}", "dc=x{dc=x}"}},
			{func(s *fakeSearch) { s.idSet(true, ds2, 2); s.add(3, "cn=b,dc=x", "cn", "b"); s.done(ds2, false) }, ds1,
				[]string{"delete cn=a,dc=x", "add cn=b,dc=x{cn=b}", "cookie " + ds2, "refreshed"}, []string{"cn=b,dc=x{cn=b}", "dc=x{dc=x}"}}},
		// The server counts on an entry that the copy lacks.
		"copy incomplete": {loaded,
			{func(s *fakeSearch) { s.idSet(false, "", 1, 2, 3, 4); s.done(ck2, false) }, ck1, nil, nil},
			{func(s *fakeSearch) {
				first(s)
			}, "", []string{"reload: " + string(ReasonIncomplete), "refreshed"}, loaded.copy}},
		// An entry that is deleted while entries are left below it may have been
		// moved away with them.
		"subtree gone": {loaded,
			{func(s *fakeSearch) { s.idSet(true, "", 1); s.done(ck2, true) }, ck1, nil, nil},
			{func(s *fakeSearch) { s.add(3, "cn=b,dc=x", "cn", "b"); s.done(ck2, true) }, "",
				[]string{"reload: " + string(ReasonIncomplete), "delete cn=a,dc=x", "delete dc=x", "cookie " + ck2, "refreshed"}, []string{"cn=b,dc=x{cn=b}"}}},
		// Children of a renamed entry are renamed though the server is silent.
		"children move along": {
			{func(s *fakeSearch) {
				s.add(1, "ou=p,dc=x", "ou", "p")
				s.add(2, "cn=a,ou=p,dc=x", "cn", "a")
				s.add(3, "cn=b\\,c,ou=P,dc=x", "cn", "b,c")
				s.done(ck1, true)
			}, "", []string{"add ou=p,dc=x{ou=p}", "add cn=a,ou=p,dc=x{cn=a}", "add cn=b\\,c,ou=P,dc=x{cn=b,c}", "cookie " + ck1, "refreshed"},
				[]string{"cn=a,ou=p,dc=x{cn=a}", "cn=b\\,c,ou=P,dc=x{cn=b,c}", "ou=p,dc=x{ou=p}"}},
			{func(s *fakeSearch) { s.add(1, "ou=q,dc=x", "ou", "q"); s.done(ck2, true) }, ck1,
				[]string{"rename ou=p,dc=x to ou=q,dc=x", "rename cn=a,ou=p,dc=x to cn=a,ou=q,dc=x",
					"rename cn=b\\,c,ou=P,dc=x to cn=b\\,c,ou=q,dc=x", "change ou=q,dc=x{ou=p} to ou=q,dc=x{ou=q}", "cookie " + ck2, "refreshed"},
				[]string{"cn=a,ou=q,dc=x{cn=a}", "cn=b\\,c,ou=q,dc=x{cn=b,c}", "ou=q,dc=x{ou=q}"}}},
		// Renames inside of renames, the inner ones out of the outer.
		"nested moves": {
			{func(s *fakeSearch) {
				s.add(1, "ou=a,dc=x")
				s.add(2, "ou=b,ou=a,dc=x")
				s.add(3, "ou=c,ou=b,ou=a,dc=x")
				s.add(4, "cn=1,ou=c,ou=b,ou=a,dc=x")
				s.add(5, "cn=2,ou=b,ou=a,dc=x")
				s.done(ck1, true)
			}, "", []string{"add ou=a,dc=x{}", "add ou=b,ou=a,dc=x{}", "add ou=c,ou=b,ou=a,dc=x{}", "add cn=1,ou=c,ou=b,ou=a,dc=x{}",
				"add cn=2,ou=b,ou=a,dc=x{}", "cookie " + ck1, "refreshed"},
				[]string{"cn=1,ou=c,ou=b,ou=a,dc=x{}", "cn=2,ou=b,ou=a,dc=x{}", "ou=a,dc=x{}", "ou=b,ou=a,dc=x{}", "ou=c,ou=b,ou=a,dc=x{}"}},
			{func(s *fakeSearch) {
				s.add(1, "ou=A1,dc=x")
				s.add(3, "ou=C1,dc=x")
				s.add(2, "ou=B1,ou=A1,dc=x")
				s.done(ck2, true)
			}, ck1, []string{"rename ou=a,dc=x to ou=A1,dc=x", "rename ou=c,ou=b,ou=a,dc=x to ou=C1,dc=x",
				"rename cn=1,ou=c,ou=b,ou=a,dc=x to cn=1,ou=C1,dc=x", "rename ou=b,ou=a,dc=x to ou=B1,ou=A1,dc=x",
				"rename cn=2,ou=b,ou=a,dc=x to cn=2,ou=B1,ou=A1,dc=x", "cookie " + ck2, "refreshed"},
				[]string{"cn=1,ou=C1,dc=x{}", "cn=2,ou=B1,ou=A1,dc=x{}", "ou=A1,dc=x{}", "ou=B1,ou=A1,dc=x{}", "ou=C1,dc=x{}"}}},
		"referrals are not content": {
			{func(s *fakeSearch) {
				s.reference("ldap://elsewhere/dc=x", "ldap://other/")
				s.add(1, "dc=x", "dc", "x")
				s.done(ck1, true)
			}, "", []string{"referral ldap://elsewhere/dc=x ldap://other/", "add dc=x{dc=x}", "cookie " + ck1, "refreshed"}, []string{"dc=x{dc=x}"}}},
		// slapd answers a cookie it cannot read with everything and an empty cookie.
		"no cookie ever": {
			{func(s *fakeSearch) { s.add(1, "dc=x", "dc", "x"); s.add(2, "cn=a,dc=x", "cn", "a"); s.done("", true) }, "",
				[]string{"add dc=x{dc=x}", "add cn=a,dc=x{cn=a}", "refreshed"}, []string{"cn=a,dc=x{cn=a}", "dc=x{dc=x}"}},
			{func(s *fakeSearch) { s.add(1, "dc=x", "dc", "x"); s.done("", true) }, "",
				[]string{"delete cn=a,dc=x", "refreshed"}, []string{"dc=x{dc=x}"}}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "db")
			var scripts []func(*fakeSearch)
			for _, r := range rounds {
				scripts = append(scripts, func(s *fakeSearch) {
					if s.cookie != r.cookie {
						t.Errorf("the client sent the cookie %q, not %q", s.cookie, r.cookie)
					}
					if s.mode != 1 || !s.critical || s.scope != 2 || s.filter != "(objectClass=*)" {
						t.Errorf("search: %+v", s)
					}
					r.script(s)
				})
			}
			f := newFake(t, scripts...)
			for i, r := range rounds {
				if r.events == nil {
					continue // the next script is played in the same run
				}
				// Each round is a program that starts again.
				cfg := testConfig(f)
				store, err := OpenFile(path, &FileOptions{NoSync: true})
				if err != nil {
					t.Fatal(err)
				}
				cfg.Store = store
				rec := newRecorder()
				c := newClient(t, cfg, rec)
				if err := c.Run(ctxT(t)); err != nil {
					t.Fatalf("round %d: %v", i, err)
				}
				want(t, "events", rec.take(), r.events...)
				want(t, "copy", contents(t, c), r.copy...)
				if err := c.Unbind(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// Persist: each change as it comes, cookies merged by server id, a new cookie alone,
// deletes by syncIdSet, and Cancel at the end.
func TestPersist(t *testing.T) {
	step := make(chan struct{})
	f := newFake(t, func(s *fakeSearch) {
		s.add(1, "dc=x", "dc", "x")
		s.add(2, "cn=a,dc=x", "cn", "a")
		s.refreshDelete("rid=000,csn="+csn1, true)
		<-step
		s.entry(stateAdd, 3, "rid=000,sid=001,csn="+csn2s1, "cn=b,dc=x", "cn", "b")
		s.entry(stateModify, 2, "rid=000,sid=000,csn="+csn2, "cn=a,dc=x", "cn", "a") // nothing differs
		s.entry(stateModify, 2, ck3, "cn=a,dc=x", "cn", "a", "sn", "s")
		s.entry(stateDelete, 3, ck3, "cn=b,dc=x")
		s.idSet(true, "", 2)
		s.newCookie("rid=000,csn=20260101000009.000000Z#000000#000#000000")
		s.hold()
	}, func(s *fakeSearch) { s.refreshDelete("", true); s.hold() })
	cfg := testConfig(f)
	cfg.Mode = RefreshAndPersist
	cfg.Store = NewMemory()
	rec := newRecorder()
	c := newClient(t, cfg, rec)
	ran := make(chan error, 1)
	go func() { ran <- c.Run(ctxT(t)) }()
	rec.await(t, "refreshed")
	want(t, "refresh", rec.take(), "add dc=x{dc=x}", "add cn=a,dc=x{cn=a}", "cookie "+ck1, "refreshed")
	close(step)
	for end := time.Now().Add(10 * time.Second); ; {
		ck, err := c.Cookie(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if csnOf(ck, "000") == "20260101000009.000000Z#000000#000#000000" {
			if csnOf(ck, "001") != csn2s1 {
				t.Errorf("the CSN of server 1 is lost: %q", ck)
			}
			break
		}
		if time.Now().After(end) {
			t.Fatalf("cookie %q", ck)
		}
		time.Sleep(time.Millisecond)
	}
	var changes []string
	for _, e := range rec.take() {
		if e[:6] != "cookie" {
			changes = append(changes, e)
		}
	}
	want(t, "changes", changes, "add cn=b,dc=x{cn=b}", "change cn=a,dc=x{cn=a} to cn=a,dc=x{cn=a sn=s}", "delete cn=b,dc=x", "delete cn=a,dc=x")
	c.PleaseStop()
	if err := <-ran; err != nil {
		t.Fatal(err)
	}
	want(t, "copy", contents(t, c), "dc=x{dc=x}")
	if err := c.Run(ctxT(t)); err != nil {
		t.Errorf("Run after PleaseStop: %v", err)
	}
}

func csnOf(cookie, sid string) string {
	c, ok := parseCSNCookie(cookie)
	if !ok {
		return ""
	}
	return c.csns[sid]
}

// A delete message with another DN tells of a move; what is below goes along. The
// entry is found by its entryUUID (RFC 4533 section 3.6).
func TestPersistMoveOut(t *testing.T) {
	for newDN, rest := range map[string][]string{
		"ou=p,dc=other": {"dc=x{}"},                     // out of scope: all go
		"ou=q,dc=x":     {"cn=a,ou=q,dc=x{}", "dc=x{}"}, // out of the filter by its new name
		"ou=p,dc=x":     {"cn=a,ou=p,dc=x{}", "dc=x{}"}, // out of the filter
		"":              {"cn=a,ou=p,dc=x{}", "dc=x{}"}, // no DN given
		"not a dn":      {"dc=x{}"},                     // no scope to be seen
		"ou=p,dc=y+z=1": {"dc=x{}"},                     //
		"OU=P, DC=X":    {"cn=a,ou=p,dc=x{}", "dc=x{}"}, // the same name
	} {
		f := newFake(t, func(s *fakeSearch) {
			s.add(1, "dc=x")
			s.add(2, "ou=p,dc=x")
			s.add(3, "cn=a,ou=p,dc=x")
			s.refreshDelete(ck1, true)
			s.entry(stateDelete, 2, ck2, newDN)
			s.hold()
		})
		cfg := testConfig(f)
		cfg.Mode = RefreshAndPersist
		rec := newRecorder()
		c := newClient(t, cfg, rec)
		rec.notify = func(e string) {
			if e == "cookie "+ck2 {
				c.PleaseStop()
			}
		}
		if err := c.Run(ctxT(t)); err != nil {
			t.Fatal(err)
		}
		want(t, newDN, contents(t, c), rest...)
	}
}

// The transaction of a callback that fails is rolled back, and all is told again.
func TestHandlerError(t *testing.T) {
	f := newFake(t, first)
	rec := newRecorder()
	boom := errors.New("boom")
	rec.fail = map[string]error{"add cn=b,dc=x{cn=b}": boom}
	c := newClient(t, testConfig(f), rec)
	err := c.Run(ctxT(t))
	var he *HandlerError
	if !errors.Is(err, boom) || !errors.As(err, &he) || he.Callback != "Add" || he.DN != "cn=b,dc=x" || Transient(err) {
		t.Fatalf("error %v", err)
	}
	want(t, "copy", contents(t, c))
	rec.take()
	rec.fail = nil
	if err := c.Run(ctxT(t)); err != nil {
		t.Fatal(err)
	}
	want(t, "events", rec.take(), "add dc=x{dc=x}", "add cn=a,dc=x{cn=a}", "add cn=b,dc=x{cn=b}", "cookie "+ck1, "refreshed")
}

func TestPollAndUnbind(t *testing.T) {
	f := newFake(t, first, func(s *fakeSearch) { s.done("", true) })
	c := newClient(t, testConfig(f), newRecorder())
	for round := range 2 {
		steps := 0
		for {
			more, err := c.Poll(ctxT(t))
			if err != nil {
				t.Fatal(err)
			}
			if steps++; !more {
				break
			}
		}
		if steps < 2 || f.played != round+1 {
			t.Errorf("%d steps, %d searches", steps, f.played)
		}
	}
	if err := c.Unbind(); err != nil {
		t.Error(err)
	}
	if _, err := c.Poll(ctxT(t)); !errors.Is(err, ErrClosed) {
		t.Errorf("Poll: %v", err)
	}
	if err := c.Unbind(); !errors.Is(err, ErrClosed) {
		t.Errorf("Unbind: %v", err)
	}
	if err := c.View(ctxT(t), func(Tx) error { return nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("View: %v", err)
	}
}

func TestCancelledContext(t *testing.T) {
	f := newFake(t, func(s *fakeSearch) { s.refreshDelete(ck1, true); s.hold() })
	cfg := testConfig(f)
	cfg.Mode, cfg.PollWait = RefreshAndPersist, time.Minute
	ctx, cancel := context.WithCancel(context.Background())
	rec := newRecorder()
	rec.notify = func(e string) {
		if e == "refreshed" {
			cancel()
		}
	}
	c := newClient(t, cfg, rec)
	if err := c.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Run: %v", err)
	}
}

func TestUnbindWhileRunning(t *testing.T) {
	f := newFake(t, func(s *fakeSearch) { s.refreshDelete(ck1, true); s.hold() })
	cfg := testConfig(f)
	cfg.Mode, cfg.PollWait = RefreshAndPersist, time.Minute
	rec := newRecorder()
	c := newClient(t, cfg, rec)
	ran := make(chan error, 1)
	go func() { ran <- c.Run(ctxT(t)) }()
	rec.await(t, "refreshed")
	if err := c.Run(ctxT(t)); !errors.Is(err, ErrBusy) {
		t.Errorf("second Run: %v", err)
	}
	if err := c.Unbind(); err != nil {
		t.Error(err)
	}
	if err := <-ran; !errors.Is(err, ErrClosed) {
		t.Errorf("Run: %v", err)
	}
}

// A server that knows no Cancel is left all the same.
func TestStopWithoutCancel(t *testing.T) {
	f := newFake(t, func(s *fakeSearch) {
		s.refreshDelete(ck1, true)
		select {
		case id := <-s.canceled:
			s.conn.Write(sequence(integer(id), result(ldap.ApplicationExtendedResponse, 2, "unknown operation")).Bytes())
		case <-s.gone:
		}
	})
	cfg := testConfig(f)
	cfg.Mode = RefreshAndPersist
	rec := newRecorder()
	c := newClient(t, cfg, rec)
	rec.notify = func(e string) { c.PleaseStop() }
	if err := c.Run(ctxT(t)); err != nil {
		t.Error(err)
	}
}

func TestEvents(t *testing.T) {
	f := newFake(t, first, first)
	c := newClient(t, testConfig(f), nil)
	var kinds []string
	for ev, err := range c.Events(ctxT(t)) {
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, ev.Kind.String())
		if ev.Kind == EventAdd && ev.Entry.DN == "cn=a,dc=x" {
			break
		}
	}
	want(t, "kinds", kinds, "bind-done", "add", "add")
	want(t, "copy", contents(t, c))
	kinds = nil
	for ev, err := range c.Events(ctxT(t)) {
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, ev.Kind.String())
		if ev.Kind == EventAdd {
			if err := ev.Tx.SetValue(ev.Entry.DN, []byte("seen")); err != nil {
				t.Error(err)
			}
		}
	}
	want(t, "kinds", kinds, "bind-done", "add", "add", "add", "cookie", "refresh-done")
	if err := c.View(ctxT(t), func(tx Tx) error {
		v, err := tx.Value("cn=b,dc=x")
		if string(v) != "seen" {
			t.Errorf("value %q", v)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	f.scripts = []func(*fakeSearch){func(s *fakeSearch) { s.fail(50, "no") }}
	var last error
	for _, err := range c.Events(ctxT(t)) {
		last = err
	}
	if !ldap.IsErrorWithCode(last, 50) {
		t.Errorf("error %v", last)
	}
}

func TestReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	f := newFake(t, first, func(s *fakeSearch) { s.idSet(true, "", 3); s.done(ck2, true) })
	run := func(readOnly bool) []string {
		store, err := OpenFile(path, &FileOptions{ReadOnly: readOnly})
		if err != nil {
			t.Fatal(err)
		}
		cfg := testConfig(f)
		cfg.Store, cfg.ReadOnly = store, readOnly
		rec := newRecorder()
		c := newClient(t, cfg, rec)
		if err := c.Run(ctxT(t)); err != nil {
			t.Fatal(err)
		}
		defer c.Unbind()
		return rec.take()
	}
	run(false)
	for range 2 {
		want(t, "read only", run(true), "delete cn=b,dc=x", "cookie "+ck2, "refreshed")
	}
	want(t, "then written", run(false), "delete cn=b,dc=x", "cookie "+ck2, "refreshed")
	want(t, "and heard once", run(false), "refreshed")
}

// Refreshes at an interval until it is stopped.
func TestInterval(t *testing.T) {
	f := newFake(t, first, func(s *fakeSearch) { s.done("", true) })
	cfg := testConfig(f)
	cfg.Interval = time.Millisecond
	n := 0
	rec := newRecorder()
	c := newClient(t, cfg, rec)
	rec.notify = func(e string) {
		if e == "refreshed" {
			if n++; n == 4 {
				c.PleaseStop()
			}
		}
	}
	if err := c.Run(ctxT(t)); err != nil || n != 4 {
		t.Errorf("%d refreshes, %v", n, err)
	}
}

// A lost connection in the persist stage: reconnect, resume with the cookie.
func TestReconnect(t *testing.T) {
	f := newFake(t, func(s *fakeSearch) {
		s.add(1, "dc=x")
		s.refreshDelete(ck1, true)
		s.entry(stateAdd, 2, ck2, "cn=a,dc=x")
		s.conn.Close()
	}, func(s *fakeSearch) {
		if s.cookie != ck2 {
			t.Errorf("cookie %q", s.cookie)
		}
		s.entry(stateAdd, 3, "", "cn=b,dc=x")
		s.refreshPresent(ck3, true) // nothing is present but what was sent
		s.fail(codeRefreshRequired, "log trimmed")
	}, func(s *fakeSearch) {
		if s.cookie != "" {
			t.Errorf("cookie %q", s.cookie)
		}
		s.add(3, "cn=b,dc=x")
		s.add(4, "cn=c,dc=x")
		s.refreshDelete(ck3, true)
		s.entry(stateModify, 3, "", "cn=b,dc=x", "sn", "no cookie")
		s.hold()
	}, func(s *fakeSearch) {
		if s.cookie != "" {
			t.Errorf("the copy was ahead of the cookie %q, which was used", s.cookie)
		}
		s.hold()
	})
	cfg := testConfig(f)
	cfg.Mode = RefreshAndPersist
	rec := newRecorder()
	var lost []error
	rec.OnDisconnected = func(_ context.Context, r Retry) { lost = append(lost, r.Err) }
	ctx, cancel := context.WithCancel(ctxT(t))
	cfg.Store = keep{NewMemory()}
	c := newClient(t, cfg, rec)
	rec.notify = func(e string) {
		if e == "change cn=b,dc=x{} to cn=b,dc=x{sn=no cookie}" {
			c.PleaseStop()
		}
	}
	if err := c.Run(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	want(t, "events", slices.DeleteFunc(rec.take(), func(s string) bool { return s[:6] == "cookie" || s == "refreshed" }),
		"add dc=x{}", "add cn=a,dc=x{}", "delete cn=a,dc=x", "delete dc=x", "add cn=b,dc=x{}",
		"reload: "+string(ReasonServer), "add cn=c,dc=x{}", "change cn=b,dc=x{} to cn=b,dc=x{sn=no cookie}")
	if len(lost) != 1 || !errors.Is(lost[0], ErrDisconnected) {
		t.Errorf("lost: %v", lost)
	}
	// The last change came without a cookie: the next program starts over.
	c2 := newClient(t, cfg, Base{})
	ctx, cancel = context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for f.plays() < 4 {
		if _, err := c2.Poll(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

func (f *fake) plays() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.played
}
