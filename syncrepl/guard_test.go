package syncrepl

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
)

func TestGuard(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	load := func(s *fakeSearch) {
		for i := range 40 {
			s.add(i, "cn=e"+string(rune('A'+i))+",dc=x", "cn", "v")
		}
		s.done(ck1, true)
	}
	f := newFake(t, load, func(s *fakeSearch) { s.add(50, "cn=new,dc=x"); s.done(ck2, false) })
	run := func(g *Guard, h func(*MassDeleteError) bool) (*Client, error, []string) {
		cfg := testConfig(f)
		store, err := OpenFile(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Store, cfg.Guard = store, g
		rec := newRecorder()
		if h != nil {
			rec.OnMassDelete = func(_ context.Context, e *MassDeleteError) bool { return h(e) }
		}
		c := newClient(t, cfg, rec)
		err = c.Run(ctxT(t))
		return c, err, rec.take()
	}
	c, err, _ := run(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	before := contents(t, c)
	c.Unbind()
	for range 2 {
		c, err, events := run(nil, nil)
		var mde *MassDeleteError
		if !errors.Is(err, ErrMassDelete) || !errors.As(err, &mde) || mde.Deletes != 40 || mde.Stored != 40 {
			t.Fatalf("error %v", err)
		}
		want(t, "events", events)
		want(t, "copy", contents(t, c), before...)
		if ck, _ := c.Cookie(context.Background()); ck != ck1 {
			t.Errorf("cookie %q", ck)
		}
		c.Unbind()
	}
	c, err, _ = run(nil, func(e *MassDeleteError) bool { return e.Deletes == 40 })
	if err != nil {
		t.Fatal(err)
	}
	want(t, "copy", contents(t, c), "cn=new,dc=x{}")

	for _, x := range []struct {
		g               Guard
		deletes, stored int
		trips           bool
	}{
		{DefaultGuard, 10, 10, false}, {DefaultGuard, 11, 20, true}, {DefaultGuard, 11, 22, false}, {DefaultGuard, 0, 0, false},
		{Guard{Count: 5}, 5, 100, false}, {Guard{Count: 5}, 6, 100, true}, {NoGuard, 1000, 1000, false},
		{Guard{Fraction: 0.1, Count: 3}, 2, 10, true}, {Guard{Fraction: 1}, 10, 10, false},
	} {
		if got := x.g.trips(x.deletes, x.stored); got != x.trips {
			t.Errorf("%+v trips(%d, %d) = %v", x.g, x.deletes, x.stored, got)
		}
	}
}

// A refresh too large for one transaction is written in parts; cut short, it is
// done again in full, and an entry that was added and deleted meanwhile goes.
func TestInterruptedRefresh(t *testing.T) {
	cut := func(s *fakeSearch) {
		s.add(1, "dc=x", "dc", "x")
		s.add(2, "cn=a,dc=x", "cn", "a")
		s.add(3, "cn=b,dc=x", "cn", "b")
		s.conn.Close()
	}
	var sent []string
	f := newFake(t, cut, func(s *fakeSearch) {
		sent = append(sent, s.cookie)
		s.add(1, "dc=x", "dc", "x")
		s.add(3, "cn=b,dc=x", "cn", "b")
		s.done(ck2, true)
	}, func(s *fakeSearch) { s.done("", true) })
	cfg := testConfig(f)
	cfg.BatchMessages = 2
	rec := newRecorder()
	c := newClient(t, cfg, rec)
	if err := c.Run(ctxT(t)); err != nil {
		t.Fatal(err)
	}
	want(t, "events", rec.take(), "add dc=x{dc=x}", "add cn=a,dc=x{cn=a}", "reload: "+string(ReasonInterrupted),
		"add cn=b,dc=x{cn=b}", "delete cn=a,dc=x", "cookie "+ck2, "refreshed")
	want(t, "copy", contents(t, c), "cn=b,dc=x{cn=b}", "dc=x{dc=x}")
	want(t, "cookies", sent, "")
	if err := c.Run(ctxT(t)); err != nil {
		t.Fatal(err)
	}
	want(t, "events", rec.take(), "refreshed")
}

// A small refresh that is cut short leaves the copy and the cookie untouched.
func TestCutShortWritesNothing(t *testing.T) {
	f := newFake(t, first, func(s *fakeSearch) {
		s.idSet(true, "rid=000,csn="+csn3, 3)
		s.add(4, "cn=c,dc=x")
		s.conn.Close()
	}, func(s *fakeSearch) {
		if s.cookie != ck1 {
			t.Errorf("cookie %q", s.cookie)
		}
		s.done("", true)
	})
	c := newClient(t, testConfig(f), newRecorder())
	for range 2 {
		if err := c.Run(ctxT(t)); err != nil {
			t.Fatal(err)
		}
	}
	want(t, "copy", contents(t, c), "cn=a,dc=x{cn=a}", "cn=b,dc=x{cn=b}", "dc=x{dc=x}")
}

// RFC 4533 section 3.1: a cookie is only sent with the search that it came from.
func TestChangedSearch(t *testing.T) {
	store := NewMemory()
	f := newFake(t, first, func(s *fakeSearch) {
		if s.cookie != "" || s.filter != "(cn=a)" {
			t.Errorf("search %+v", s)
		}
		s.add(2, "cn=a,dc=x", "cn", "a")
		s.done(ck2, true)
	})
	cfg := testConfig(f)
	cfg.Store = keep{store}
	c := newClient(t, cfg, newRecorder())
	if err := c.Run(ctxT(t)); err != nil {
		t.Fatal(err)
	}
	c.Unbind()
	cfg.Search.Filter = "(cn=a)"
	cfg.RefuseChangedSearch = true
	if _, err := New(cfg, nil); !errors.Is(err, ErrSearchChanged) {
		t.Errorf("error %v", err)
	}
	cfg.RefuseChangedSearch = false
	rec := newRecorder()
	c = newClient(t, cfg, rec)
	if err := c.Run(ctxT(t)); err != nil {
		t.Fatal(err)
	}
	want(t, "events", rec.take(), "reload: "+string(ReasonSearch), "delete cn=b,dc=x", "delete dc=x", "cookie "+ck2, "refreshed")
}

// keep is a store that stays open.
type keep struct{ Store }

func (keep) Close() error { return nil }
