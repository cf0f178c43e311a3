package syncrepl

import (
	"context"
	"strings"
	"sync"
	"testing"
)

// RFC 4533 sections 3.1 and 3.5.2: every request has the same parameters, after a
// reload and on a new connection too, and does not follow aliases in searching.
func TestSearchParameters(t *testing.T) {
	type parameters struct {
		base, filter, attrs string
		scope, deref        int64
		manage              bool
	}
	var mu sync.Mutex // searches of different connections are answered side by side
	var seen []parameters
	note := func(s *fakeSearch) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, parameters{s.base, s.filter, strings.Join(s.attrs, " "), s.scope, s.deref, s.manage})
	}
	f := newFake(t,
		func(s *fakeSearch) { note(s); first(s) },
		func(s *fakeSearch) { note(s); s.fail(codeRefreshRequired, "stale") },
		func(s *fakeSearch) { note(s); first(s) },
		func(s *fakeSearch) { note(s); s.conn.Close() },
		func(s *fakeSearch) { note(s); s.done("", true) })
	cfg := testConfig(f)
	cfg.Search = Search{Base: "dc=x", Scope: SingleLevel, Filter: "(|(cn=*)(dc=*))", Attributes: []string{"cn", "dc"}}
	cfg.ManageDsaIT = true
	c := newClient(t, cfg, newRecorder())
	for range 3 {
		if err := c.Run(ctxT(t)); err != nil {
			t.Fatal(err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	is := parameters{"dc=x", "(|(cn=*)(dc=*))", "cn dc", 1, 0, true}
	if len(seen) != 5 {
		t.Fatalf("%d searches", len(seen))
	}
	for i, p := range seen {
		if p != is {
			t.Errorf("search %d: %+v", i, p)
		}
	}
	if ck, err := c.Cookie(context.Background()); ck != ck1 || err != nil {
		t.Errorf("cookie %q %v", ck, err)
	}
}
