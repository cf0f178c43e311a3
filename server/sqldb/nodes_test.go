package sqldb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"libslapi/server/backend"
	"libslapi/server/backend/backendtest"
	"libslapi/server/entry"
	"libslapi/server/wire"
)

func person(t testing.TB, name string) *entry.Entry {
	return backendtest.Entry(t, "cn="+name+","+backendtest.Suffix, "objectClass", "person", "cn", name, "sn", "X")
}

func root(t testing.TB, db *DB) {
	t.Helper()
	backendtest.Update(t, db, func(x backend.Txn) {
		backendtest.Must(t, x.Add(backendtest.Entry(t, backendtest.Suffix, "objectClass", "domain", "dc", "example")))
	})
}

// A search takes one round trip, an update two.
func TestRoundTrips(t *testing.T) {
	db := open(t, options(t))
	defer db.Close()
	root(t, db)
	trips := func(what string, want int64, f func()) {
		t.Helper()
		for range 2 { // the first time statements are prepared
			before := db.RoundTrips()
			f()
			if n := db.RoundTrips() - before; n > want {
				t.Errorf("%s: %d round trips, want %d", what, n, want)
			}
		}
	}
	n := 0
	trips("add", 2, func() {
		n++
		backendtest.Update(t, db, func(x backend.Txn) {
			e := person(t, fmt.Sprint("p", n))
			if backendtest.Lookup(t, x, e.Name.Pretty) != nil || backendtest.Lookup(t, x, backendtest.Suffix) == nil {
				t.Error("wrong state")
			}
			backendtest.Must(t, x.Add(e))
			m := x.(backend.MetaTxn)
			old, err := m.Meta("contextCSN")
			backendtest.Must(t, err)
			backendtest.Must(t, m.SetMeta("contextCSN", append(old, 'x')))
		})
	})
	name := "cn=p1," + backendtest.Suffix
	trips("modify", 2, func() {
		backendtest.Update(t, db, func(x backend.Txn) {
			e := backendtest.Lookup(t, x, name)
			now := e.Clone()
			backendtest.Must(t, now.Put(backendtest.Schema(), "description", []byte("new")))
			backendtest.Must(t, x.Replace(e, now))
		})
	})
	at := 0
	trips("rename of a leaf", 2, func() {
		names := []string{name, "cn=q1," + backendtest.Suffix}
		from, to := names[at], names[1-at]
		at = 1 - at
		backendtest.Update(t, db, func(x backend.Txn) {
			x.(backend.NameExpecter).ExpectNames(backendtest.Name(t, to).Norm)
			e := backendtest.Lookup(t, x, from)
			if backendtest.Lookup(t, x, to) != nil {
				t.Error("the new name is taken")
			}
			now := e.Clone()
			now.Name = backendtest.Name(t, to)
			backendtest.Must(t, x.Rename(e, now))
		})
	})
	trips("look-up", 1, func() {
		v := backendtest.View(t, db)
		defer v.Close()
		if backendtest.Lookup(t, v, name) == nil || backendtest.Lookup(t, v, backendtest.Suffix) == nil {
			t.Error("not found")
		}
	})
	trips("search", 1, func() {
		v := backendtest.View(t, db)
		defer v.Close()
		q := &backend.Query{Base: backendtest.Name(t, backendtest.Suffix), Scope: wire.ScopeSub, Filter: backendtest.Filter(t, "(&(objectClass=person)(cn=p1))")}
		v.(backend.Expecter).Expect(q)
		if backendtest.Lookup(t, v, backendtest.Suffix) == nil {
			t.Error("no base")
		}
		n := 0
		backendtest.Must(t, v.Search(q, func(*entry.Entry) bool { n++; return true }))
		if n != 1 {
			t.Error("found", n)
		}
	})
}

// Two servers on the same tables: each sees at once what the other has
// committed, nothing is lost, and each hears of all changes in one order.
func TestTwoServers(t *testing.T) {
	o := options(t)
	o.Poll = 20 * time.Millisecond
	a := open(t, o)
	defer a.Close()
	b := open(t, o)
	defer b.Close()
	root(t, a)
	type heard struct {
		mu   sync.Mutex
		list []string
		gens []uint64
	}
	follow := func(db *DB) *heard {
		h := &heard{}
		db.Follow(func(gen uint64, payloads [][]byte) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.gens = append(h.gens, gen)
			for _, p := range payloads {
				h.list = append(h.list, string(p))
			}
		}, func() { t.Error("lost") })
		return h
	}
	ha, hb := follow(a), follow(b)
	const each = 40
	var wg sync.WaitGroup
	for i, db := range []*DB{a, b} {
		for w := range 3 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for n := range each {
					name := fmt.Sprintf("n%d-%d-%d", i, w, n)
					x, err := db.Begin(context.Background())
					if err != nil {
						t.Error(err)
						return
					}
					err = x.Add(person(t, name))
					if err == nil {
						err = x.(backend.Announcer).Announce([]byte(name))
					}
					if n%5 == 4 {
						x.Abort()
						continue
					}
					if err == nil {
						err = x.Commit()
					}
					x.Close()
					if err != nil {
						t.Error(name, err)
						return
					}
					// The other server shows it.
					v := backendtest.View(t, []*DB{b, a}[i])
					if backendtest.Lookup(t, v, "cn="+name+","+backendtest.Suffix) == nil {
						t.Errorf("%s is not seen on the other server", name)
					}
					v.Close()
				}
			}()
		}
	}
	wg.Wait()
	want := 2 * 3 * each * 4 / 5
	for _, h := range []*heard{ha, hb} {
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
			h.mu.Lock()
			n := len(h.list)
			h.mu.Unlock()
			if n >= want {
				break
			}
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		if len(h.list) != want {
			t.Errorf("heard of %d changes, want %d", len(h.list), want)
		}
		if !slices.IsSorted(h.gens) {
			t.Error("heard out of order:", h.gens)
		}
	}
	if x, y := strings.Join(ha.list, " "), strings.Join(hb.list, " "); x != y {
		t.Errorf("two orders:\n%s\n%s", x, y)
	}
	if err := check(a); err != nil {
		t.Error(err)
	}
}

// An outcome larger than a page comes through a cursor, and the connection is
// free for other questions meanwhile.
func TestLargeOutcome(t *testing.T) {
	db := open(t, options(t))
	defer db.Close()
	root(t, db)
	const n = 2*pageSize + 17
	backendtest.Update(t, db, func(x backend.Txn) {
		for i := range n {
			backendtest.Must(t, x.Add(person(t, fmt.Sprint("p", i))))
		}
	})
	v := backendtest.View(t, db)
	defer v.Close()
	seen := map[uint64]bool{}
	q := &backend.Query{Base: backendtest.Name(t, backendtest.Suffix), Scope: wire.ScopeChildren, Filter: backendtest.Filter(t, "(cn=p*)")}
	backendtest.Must(t, v.Search(q, func(e *entry.Entry) bool {
		seen[e.ID] = true
		if len(seen)%500 == 0 {
			if backendtest.Lookup(t, v, fmt.Sprintf("cn=p%d,%s", len(seen)/2, backendtest.Suffix)) == nil {
				t.Error("a look-up within a search found nothing")
			}
		}
		return true
	}))
	if len(seen) != n {
		t.Errorf("found %d, want %d", len(seen), n)
	}
	q.MaxCandidates = n - 1
	if c := backendtest.Code(v.Search(q, func(*entry.Entry) bool { return true })); c != wire.AdminLimitExceeded {
		t.Error("code", c)
	}
}

// The database restarts: what runs fails with a clear code, what comes after works.
func TestRestart(t *testing.T) {
	db := open(t, options(t))
	defer db.Close()
	root(t, db)
	x := backendtest.Begin(t, db)
	backendtest.Must(t, x.Add(person(t, "before")))
	if backendtest.Lookup(t, x, "cn=nobody,"+backendtest.Suffix) != nil {
		t.Error("found nobody")
	}
	server.Stop(true)
	if c := backendtest.Code(x.Commit()); c != wire.Unavailable {
		t.Error("commit without a database: code", c)
	}
	x.Close()
	v := backendtest.View(t, db)
	if _, err := v.Lookup(backendtest.Name(t, backendtest.Suffix).Norm); backendtest.Code(err) != wire.Unavailable {
		t.Error("look-up without a database:", err)
	}
	v.Close()
	backendtest.Must(t, server.Run())
	// By itself, and at once: connections that have died are not held against an operation.
	for i := range 20 {
		backendtest.Update(t, db, func(x backend.Txn) { backendtest.Must(t, x.Add(person(t, fmt.Sprint("after", i)))) })
		v := backendtest.View(t, db)
		if backendtest.Lookup(t, v, fmt.Sprintf("cn=after%d,%s", i, backendtest.Suffix)) == nil {
			t.Error("not there")
		}
		if backendtest.Lookup(t, v, "cn=before,"+backendtest.Suffix) != nil {
			t.Error("what was not acknowledged is there")
		}
		v.Close()
	}
}

// Names with anything in them, and long ones, are found again.
func TestNames(t *testing.T) {
	db := open(t, options(t))
	defer db.Close()
	root(t, db)
	for _, v := range []string{"\x00", "a,b", `back\slash`, "\xff\xfe", " blanks ", "é", strings.Repeat("long", 2000)} {
		e := entry.New(backendtest.Name(t, backendtest.Suffix))
		name := "weird=" + escape(v) + "," + backendtest.Suffix
		e.Name = backendtest.Name(t, name)
		backendtest.Must(t, e.Add(backendtest.Schema(), "weird", []byte(v)))
		backendtest.Update(t, db, func(x backend.Txn) { backendtest.Must(t, x.Add(e)) })
		below := backendtest.Entry(t, "cn=below,"+name, "cn", "below")
		backendtest.Update(t, db, func(x backend.Txn) { backendtest.Must(t, x.Add(below)) })
		r := backendtest.View(t, db)
		got := backendtest.Lookup(t, r, "cn=below,"+name)
		if got == nil || got.Name != below.Name {
			t.Errorf("%q: %+v", v[:min(len(v), 20)], got)
		}
		q := &backend.Query{Base: e.Name, Scope: wire.ScopeSub}
		n := 0
		backendtest.Must(t, r.Search(q, func(*entry.Entry) bool { n++; return true }))
		if n != 2 {
			t.Errorf("%q: %d entries", v[:min(len(v), 20)], n)
		}
		r.Close()
	}
}

func escape(v string) string {
	var b strings.Builder
	for i := range len(v) {
		fmt.Fprintf(&b, `\%02x`, v[i])
	}
	return b.String()
}

// Rows that are not what the schema makes of the entries are made right.
func TestReindex(t *testing.T) {
	db := open(t, options(t))
	defer db.Close()
	root(t, db)
	const n = reindexStep + 20
	backendtest.Update(t, db, func(x backend.Txn) {
		for i := range n {
			backendtest.Must(t, x.Add(person(t, fmt.Sprint("p", i))))
		}
	})
	_, err := db.pool.Exec(context.Background(), "DELETE FROM "+db.q.tables+".value WHERE entry % 3 = 0 AND attr = 'cn'; INSERT INTO "+db.q.tables+".value VALUES ('cn', 'nobody', 7), ('cn', 'nobody', 5000000)")
	backendtest.Must(t, err)
	if check(db) == nil {
		t.Fatal("the damage is not seen")
	}
	_, err = db.pool.Exec(context.Background(), "DELETE FROM "+db.q.tables+".value WHERE entry = 5000000")
	backendtest.Must(t, err)
	last := 0
	backendtest.Must(t, db.Reindex(nil, func(done, total int) {
		if done < last || total != n+1 {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last = done
	}))
	if last != n+1 {
		t.Error("ended at", last)
	}
	backendtest.Must(t, check(db))
}
