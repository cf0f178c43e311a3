package sync

import (
	"context"
	"testing"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/schema"
	"libslapi/server/store"
)

// logEnv is a database with a provider.
type logEnv struct {
	t   *testing.T
	db  *backend.DB
	p   *Provider
	gen *Generator
	id  uint64
}

func newLogEnv(t *testing.T, size int) *logEnv {
	s := schema.New()
	db, err := backend.Open(backend.DBOptions{Name: "x", Suffixes: []dn.Name{{Pretty: "dc=x", Norm: "dc=x"}}, Schema: func() *schema.Schema { return s }, Store: store.OpenMemory()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	e := &logEnv{t: t, db: db, p: NewProvider(), gen: NewGenerator(1)}
	e.p.Configure(Settings{Enabled: true, SessionLog: size})
	return e
}

// commit writes changes with these CSNs as one transaction; context are the CSNs
// that the state has then.
func (e *logEnv) commit(context0 []CSN, csns ...CSN) {
	e.t.Helper()
	tx, err := e.db.Begin(context.Background())
	if err != nil {
		e.t.Fatal(err)
	}
	before, after, err := WriteContext(tx, context0...)
	if err != nil {
		e.t.Fatal(err)
	}
	var list []Change
	for _, c := range csns {
		e.id++
		list = append(list, Change{ID: e.id, CSN: c, After: &entry.Entry{ID: e.id}})
	}
	ticket, err := e.p.Prepare(tx, list, nil, before, after)
	if err != nil {
		e.t.Fatal(err)
	}
	err = tx.Commit()
	ticket.Settle(err == nil)
	if err != nil {
		e.t.Fatal(err)
	}
}

func (e *logEnv) next() CSN { c := e.gen.Next(); e.commit([]CSN{c}, c); return c }

func (e *logEnv) read(from ...CSN) (n int, ok bool) {
	e.t.Helper()
	v, err := e.db.View(context.Background())
	if err != nil {
		e.t.Fatal(err)
	}
	defer v.Close()
	now, err := ReadContext(v)
	if err != nil {
		e.t.Fatal(err)
	}
	var state Vector
	for _, c := range from {
		state = state.Merge(c)
	}
	list, ok, err := ReadLog(v, state, now)
	if err != nil {
		e.t.Fatal(err)
	}
	return len(list), ok
}

func (e *logEnv) expect(what string, want int, wantOK bool, from ...CSN) {
	e.t.Helper()
	if n, ok := e.read(from...); ok != wantOK || ok && n != want {
		e.t.Errorf("%s: %d records, %v; want %d, %v", what, n, ok, want, wantOK)
	}
}

func TestSessionLog(t *testing.T) {
	e := newLogEnv(t, 3)
	e.expect("no log", 0, false)
	var c []CSN
	for range 6 {
		c = append(c, e.next())
	}
	e.expect("trimmed", 0, false, c[1])
	e.expect("reaches back", 3, true, c[2])
	e.expect("one change", 1, true, c[4])
	e.expect("nothing", 0, true, c[5])
	// A change beside the log: it begins anew behind it.
	e.p.Configure(Settings{})
	e.next()
	e.p.Configure(Settings{Enabled: true, SessionLog: 3})
	e.expect("a gap", 0, false, c[5])
	g := e.next()
	e.expect("across the gap", 0, false, c[5])
	h := e.next()
	e.expect("behind the gap", 1, true, g)
	// A shorter log.
	e.p.Configure(Settings{Enabled: true, SessionLog: 1})
	i := e.next()
	e.expect("shorter", 0, false, g)
	e.expect("shorter", 1, true, h)
	// Another server's changes, in good order and not.
	other := i
	other.ServerID = 2
	e.p.Configure(Settings{Enabled: true, SessionLog: 100})
	e.commit([]CSN{other}, other)
	e.expect("of two servers", 1, true, i)
	e.expect("of two servers, both known", 0, true, i, other)
	late := c[0]
	e.commit(nil, late) // a consumer's refresh: the context CSN says nothing of it
	e.expect("in another's refresh", 0, false, i, other)
	other.Count++
	e.commit([]CSN{other})
	e.expect("after another's refresh", 0, false, i)
	e.expect("after another's refresh, known", 0, true, i, other)
	v, _ := e.db.View(context.Background())
	defer v.Close()
	state := Vector{}.Merge(i).Merge(other)
	if ids, err := ReadMoved(v, state); err != nil || len(ids) != 1 || ids[0] != e.id {
		t.Errorf("entries with old CSNs: %v %v", ids, err)
	}
}
