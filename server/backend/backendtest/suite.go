package backendtest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"libslapi/server/backend"
	"libslapi/server/entry"
	"libslapi/server/wire"
)

// Subject is a backend under test.
type Subject struct {
	// Open makes an empty database that holds Suffix and uses Schema. The
	// suite closes it.
	Open func(t testing.TB) backend.Backend
	// Check, when not nil, looks for damage inside.
	Check func(b backend.Backend) error
}

// Run runs the whole suite.
func Run(t *testing.T, s Subject) {
	for _, c := range []struct {
		name string
		f    func(t *testing.T, b backend.Backend)
	}{
		{"Empty", testEmpty},
		{"Add", testAdd},
		{"Scopes", testScopes},
		{"Filters", testFilters},
		{"Replace", testReplace},
		{"RenameLeaf", testRenameLeaf},
		{"RenameSubtree", testRenameSubtree},
		{"Delete", testDelete},
		{"Savepoints", testSavepoints},
		{"Abort", testAbort},
		{"Isolation", testIsolation},
		{"Limits", testLimits},
		{"ChangeWhileSearching", testChangeWhileSearching},
		{"Concurrent", testConcurrent},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := s.Open(t)
			defer b.Close()
			c.f(t, b)
			s.check(t, b)
		})
	}
	t.Run("Model", func(t *testing.T) { testModel(t, s) })
}

func (s Subject) check(t testing.TB, b backend.Backend) {
	t.Helper()
	if s.Check != nil {
		if err := s.Check(b); err != nil {
			t.Error("damage:", err)
		}
	}
}

func equal(t testing.TB, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func code(t testing.TB, what string, err error, want wire.ResultCode) {
	t.Helper()
	if Code(err) != want {
		t.Errorf("%s: %v, want code %d", what, err, want)
	}
}

// tree adds a small directory.
func tree(t testing.TB, b backend.Backend) {
	t.Helper()
	Update(t, b, func(x backend.Txn) {
		for _, e := range []*entry.Entry{
			Entry(t, Suffix, "objectClass", "domain", "dc", "example"),
			Entry(t, "ou=people,"+Suffix, "objectClass", "organizationalUnit", "ou", "people"),
			Entry(t, "cn=Ann,ou=people,"+Suffix, "objectClass", "inetOrgPerson", "cn", "Ann", "sn", "Archer", "mail", "ann@example.com", "uidNumber", "7"),
			Entry(t, "cn=Bob,ou=people,"+Suffix, "objectClass", "person", "cn", "Bob", "cn", "Bobby", "sn", "Baker", "uidNumber", "12"),
			Entry(t, "ou=groups,"+Suffix, "objectClass", "organizationalUnit", "ou", "groups", "description", "no people"),
			Entry(t, "cn=all,ou=groups,"+Suffix, "objectClass", "top", "cn", "all", "member", "cn=Ann, ou=People,"+Suffix),
			Entry(t, "cn=sub,cn=all,ou=groups,"+Suffix, "objectClass", "top", "cn", "sub", "weird", "Foo"),
		} {
			Must(t, x.Add(e))
			if e.ID == 0 {
				t.Error("Add set no ID")
			}
		}
	})
}

func testEmpty(t *testing.T, b backend.Backend) {
	v := View(t, b)
	defer v.Close()
	if e := Lookup(t, v, Suffix); e != nil {
		t.Error("an entry in an empty database")
	}
	if has, err := v.HasChildren(Name(t, Suffix).Norm); has || err != nil {
		t.Error(has, err)
	}
	q := &backend.Query{Base: Name(t, Suffix), Scope: wire.ScopeSub, Filter: Filter(t, "(objectClass=*)")}
	code(t, "search", v.Search(q, func(*entry.Entry) bool { return true }), wire.NoSuchObject)
	if len(b.Suffixes()) != 1 || b.Suffixes()[0].Norm != Name(t, Suffix).Norm {
		t.Error(b.Suffixes())
	}
}

func testAdd(t *testing.T, b backend.Backend) {
	tree(t, b)
	x := Begin(t, b)
	defer x.Close()
	err := x.Add(Entry(t, "cn=x,ou=nowhere,"+Suffix, "cn", "x"))
	code(t, "no parent", err, wire.NoSuchObject)
	if w, ok := err.(*wire.Error); !ok || w.MatchedDN != Suffix {
		t.Errorf("matched: %+v", err)
	}
	code(t, "twice", x.Add(Entry(t, "CN=ann,OU=People,"+Suffix, "cn", "Ann")), wire.EntryAlreadyExists)
	code(t, "foreign", x.Add(Entry(t, "dc=org", "dc", "org")), wire.NoSuchObject)
	e := Lookup(t, x, "cn=ANN , ou=people, "+Suffix)
	if e == nil {
		t.Fatal("not found")
	}
	equal(t, "name", e.Name.Pretty, "cn=Ann,ou=people,"+Suffix)
	equal(t, "mail", e.First("mail"), "ann@example.com")
	if e := Lookup(t, x, "cn=Zoe,ou=people,"+Suffix); e != nil {
		t.Error("found what is not there")
	}
	for name, want := range map[string]bool{Suffix: true, "ou=people," + Suffix: true, "cn=Ann,ou=people," + Suffix: false, "cn=x," + Suffix: false} {
		if has, err := x.HasChildren(Name(t, name).Norm); has != want || err != nil {
			t.Errorf("children of %s: %v %v", name, has, err)
		}
	}
}

func testScopes(t *testing.T, b backend.Backend) {
	tree(t, b)
	v := View(t, b)
	defer v.Close()
	all := "(objectClass=*)"
	for _, c := range []struct {
		base  string
		scope wire.Scope
		want  string
	}{
		{Suffix, wire.ScopeBase, ""},
		{Suffix, wire.ScopeOne, "ou=people ou=groups"},
		{Suffix, wire.ScopeSub, " ou=people cn=Ann,ou=people cn=Bob,ou=people ou=groups cn=all,ou=groups cn=sub,cn=all,ou=groups"},
		{Suffix, wire.ScopeChildren, "ou=people cn=Ann,ou=people cn=Bob,ou=people ou=groups cn=all,ou=groups cn=sub,cn=all,ou=groups"},
		{"ou=groups," + Suffix, wire.ScopeBase, "ou=groups"},
		{"ou=groups," + Suffix, wire.ScopeOne, "cn=all,ou=groups"},
		{"ou=groups," + Suffix, wire.ScopeSub, "ou=groups cn=all,ou=groups cn=sub,cn=all,ou=groups"},
		{"ou=groups," + Suffix, wire.ScopeChildren, "cn=all,ou=groups cn=sub,cn=all,ou=groups"},
		{"cn=sub,cn=all,ou=groups," + Suffix, wire.ScopeSub, "cn=sub,cn=all,ou=groups"},
		{"cn=sub,cn=all,ou=groups," + Suffix, wire.ScopeOne, ""},
	} {
		equal(t, fmt.Sprint(c.base, " ", c.scope), Find(t, v, c.base, c.scope, all), c.want)
	}
	// With candidates from an index.
	equal(t, "index, sub", Find(t, v, "ou=people,"+Suffix, wire.ScopeSub, "(cn=all)"), "")
	equal(t, "index, one", Find(t, v, "ou=groups,"+Suffix, wire.ScopeOne, "(|(cn=sub)(cn=all))"), "cn=all,ou=groups")
	equal(t, "index, children", Find(t, v, "cn=all,ou=groups,"+Suffix, wire.ScopeChildren, "(|(cn=sub)(cn=all))"), "cn=sub,cn=all,ou=groups")
	q := &backend.Query{Base: Name(t, "cn=x,ou=groups,"+Suffix), Scope: wire.ScopeSub, Filter: Filter(t, all)}
	err := v.Search(q, func(*entry.Entry) bool { return true })
	code(t, "no base", err, wire.NoSuchObject)
	if w, ok := err.(*wire.Error); !ok || w.MatchedDN != "ou=groups,"+Suffix {
		t.Errorf("matched: %+v", err)
	}
}

func testFilters(t *testing.T, b backend.Backend) {
	tree(t, b)
	v := View(t, b)
	defer v.Close()
	for _, c := range []struct{ filter, want string }{
		{"(cn=ann)", "cn=Ann,ou=people"},
		{"(commonName= ANN )", "cn=Ann,ou=people"},
		{"(name=archer)", "cn=Ann,ou=people"}, // a supertype
		{"(name=ann)", "cn=Ann,ou=people"},
		{"(cn=bobby)", "cn=Bob,ou=people"},
		{"(objectClass=person)", "cn=Ann,ou=people cn=Bob,ou=people"}, // a superclass
		{"(objectClass=inetOrgPerson)", "cn=Ann,ou=people"},
		{"(objectClass=2.5.6.6)", "cn=Ann,ou=people cn=Bob,ou=people"},
		{"(cn=b*)", "cn=Bob,ou=people"},
		{"(cn=*bb*)", "cn=Bob,ou=people"},
		{"(cn=*obb*)", "cn=Bob,ou=people"},
		{"(cn=*y)", "cn=Bob,ou=people"},
		{"(cn=*bby)", "cn=Bob,ou=people"},
		{"(cn=*l*)", "cn=all,ou=groups"},
		{"(cn=bo*by)", "cn=Bob,ou=people"},
		{"(cn=bob*by)", "cn=Bob,ou=people"},
		{"(cn=bobb*by)", ""}, // pieces do not overlap
		{"(cn=*)", "cn=Ann,ou=people cn=Bob,ou=people cn=all,ou=groups cn=sub,cn=all,ou=groups"},
		{"(mail=*)", "cn=Ann,ou=people"},
		{"(mail=*EXAMPLE*)", "cn=Ann,ou=people"},
		{"(uidNumber>=8)", "cn=Bob,ou=people"},
		{"(uidNumber<=7)", "cn=Ann,ou=people"},
		{"(uidNumber>=7)", "cn=Ann,ou=people cn=Bob,ou=people"},
		{"(uidNumber=012)", ""}, // no integer
		{"(uidNumber=12)", "cn=Bob,ou=people"},
		{"(&(cn=*)(!(sn=*)))", "cn=all,ou=groups cn=sub,cn=all,ou=groups"},
		{"(&)", " ou=people cn=Ann,ou=people cn=Bob,ou=people ou=groups cn=all,ou=groups cn=sub,cn=all,ou=groups"},
		{"(|)", ""},
		{"(|(cn=ann)(uidNumber=x))", "cn=Ann,ou=people"},
		{"(&(cn=ann)(uidNumber=x))", ""},
		{"(!(uidNumber=x))", ""}, // not Undefined is Undefined
		{"(&(cn=ann)(!(uidNumber=x)))", ""},
		{"(member=CN=ann,OU=people,DC=example,DC=com)", "cn=all,ou=groups"},
		{"(member=cn=bob,ou=people,dc=example,dc=com)", ""},
		{"(weird=foo)", "cn=sub,cn=all,ou=groups"},
		{"(weird=*)", "cn=sub,cn=all,ou=groups"},
		{"(cn~=an)", "cn=Ann,ou=people"},
		{"(cn~=bob)", "cn=Bob,ou=people"},
		{"(cn:caseExactMatch:=Ann)", "cn=Ann,ou=people"},
		{"(cn:caseExactMatch:=ann)", ""},
		{"(cn:=ann)", "cn=Ann,ou=people"},
		{"(ou:dn:=people)", "ou=people cn=Ann,ou=people cn=Bob,ou=people"},
		{"(|(cn=ann)(description=*people))", "cn=Ann,ou=people ou=groups"},
		{"(&(objectClass=*)(cn=ann))", "cn=Ann,ou=people"},
	} {
		equal(t, c.filter, Find(t, v, Suffix, wire.ScopeSub, c.filter), c.want)
	}
}

func testReplace(t *testing.T, b backend.Backend) {
	tree(t, b)
	ann := "cn=Ann,ou=people," + Suffix
	var id uint64
	Update(t, b, func(x backend.Txn) {
		old := Lookup(t, x, ann)
		id = old.ID
		now := old.Clone()
		Must(t, now.Put(Schema(), "cn", []byte("Ann"), []byte("Annabel")))
		Must(t, now.Put(Schema(), "mail"))
		Must(t, x.Replace(old, now))
		equal(t, "own", Find(t, x, Suffix, wire.ScopeSub, "(cn=annab*)"), "cn=Ann,ou=people")
		equal(t, "own", Find(t, x, Suffix, wire.ScopeSub, "(mail=*)"), "")
	})
	v := View(t, b)
	defer v.Close()
	equal(t, "new", Find(t, v, Suffix, wire.ScopeSub, "(cn=annabel)"), "cn=Ann,ou=people")
	equal(t, "gone", Find(t, v, Suffix, wire.ScopeSub, "(mail=ann@example.com)"), "")
	equal(t, "kept", Find(t, v, Suffix, wire.ScopeSub, "(sn=archer)"), "cn=Ann,ou=people")
	if e := Lookup(t, v, ann); e.ID != id || e.Has("mail") {
		t.Errorf("%d %v", e.ID, e.Has("mail"))
	}
	x := Begin(t, b)
	defer x.Close()
	gone := Entry(t, "cn=gone,"+Suffix, "cn", "gone")
	code(t, "replace of nothing", x.Replace(gone, gone), wire.NoSuchObject)
}

func rename(t testing.TB, x backend.Txn, from, to string) error {
	t.Helper()
	old := Lookup(t, x, from)
	if old == nil {
		t.Fatal("no ", from)
	}
	now := old.Clone()
	now.Name = Name(t, to)
	return x.Rename(old, now)
}

func testRenameLeaf(t *testing.T, b backend.Backend) {
	tree(t, b)
	v := View(t, b)
	Lookup(t, v, "cn=Ann,ou=people,"+Suffix)
	v.Close()
	Update(t, b, func(x backend.Txn) {
		Must(t, rename(t, x, "cn=Ann,ou=people,"+Suffix, "cn=Anne,ou=groups,"+Suffix))
		code(t, "onto another", rename(t, x, "cn=Bob,ou=people,"+Suffix, "cn=all,ou=groups,"+Suffix), wire.EntryAlreadyExists)
		code(t, "to nowhere", rename(t, x, "cn=Bob,ou=people,"+Suffix, "cn=Bob,ou=x,"+Suffix), wire.NoSuchObject)
		Must(t, rename(t, x, "cn=Bob,ou=people,"+Suffix, "cn=BOB,ou=people,"+Suffix)) // same name, written otherwise
	})
	v = View(t, b)
	defer v.Close()
	if Lookup(t, v, "cn=Ann,ou=people,"+Suffix) != nil {
		t.Error("the old name is still there")
	}
	equal(t, "one", Find(t, v, "ou=people,"+Suffix, wire.ScopeOne, "(objectClass=*)"), "cn=BOB,ou=people")
	equal(t, "groups", Names(t, v, "ou=groups,"+Suffix, wire.ScopeOne, "(objectClass=*)"), "cn=Anne,ou=groups cn=all,ou=groups")
	equal(t, "value", Find(t, v, Suffix, wire.ScopeSub, "(cn=ann)"), "cn=Anne,ou=groups")
}

func testRenameSubtree(t *testing.T, b backend.Backend) {
	tree(t, b)
	v := View(t, b)
	Find(t, v, Suffix, wire.ScopeSub, "(objectClass=*)")
	Lookup(t, v, "cn=sub,cn=all,ou=groups,"+Suffix)
	v.Close()
	Update(t, b, func(x backend.Txn) {
		Lookup(t, x, "cn=sub,cn=all,ou=groups,"+Suffix)
		Must(t, rename(t, x, "ou=groups,"+Suffix, "ou=Teams,ou=people,"+Suffix))
		if Lookup(t, x, "cn=sub,cn=all,ou=groups,"+Suffix) != nil {
			t.Error("the old name below is still there")
		}
		equal(t, "own", Find(t, x, Suffix, wire.ScopeSub, "(cn=sub)"), "cn=sub,cn=all,ou=Teams,ou=people")
		code(t, "below itself", rename(t, x, "ou=people,"+Suffix, "ou=x,cn=all,ou=teams,ou=people,"+Suffix), wire.UnwillingToPerform)
	})
	v = View(t, b)
	defer v.Close()
	if Lookup(t, v, "cn=all,ou=groups,"+Suffix) != nil {
		t.Error("the old name below is still there")
	}
	if e := Lookup(t, v, "cn=sub,cn=all,ou=teams,ou=people,"+Suffix); e == nil || e.Name.Pretty != "cn=sub,cn=all,ou=Teams,ou=people,"+Suffix {
		t.Error("the new name below is not there", e)
	}
	equal(t, "sub", Names(t, v, "ou=people,"+Suffix, wire.ScopeSub, "(cn=*)"),
		"cn=Ann,ou=people cn=Bob,ou=people cn=all,ou=Teams,ou=people cn=sub,cn=all,ou=Teams,ou=people")
}

func testDelete(t *testing.T, b backend.Backend) {
	tree(t, b)
	v := View(t, b)
	Lookup(t, v, "cn=Ann,ou=people,"+Suffix)
	v.Close()
	Update(t, b, func(x backend.Txn) {
		code(t, "non-leaf", x.Delete(Lookup(t, x, "ou=people,"+Suffix)), wire.NotAllowedOnNonLeaf)
		ann := Lookup(t, x, "cn=Ann,ou=people,"+Suffix)
		Must(t, x.Delete(ann))
		code(t, "twice", x.Delete(ann), wire.NoSuchObject)
		Must(t, x.Delete(Lookup(t, x, "cn=Bob,ou=people,"+Suffix)))
		if has, _ := x.HasChildren(Name(t, "ou=people,"+Suffix).Norm); has {
			t.Error("children of an empty unit")
		}
		Must(t, x.Delete(Lookup(t, x, "ou=people,"+Suffix)))
		// The same name again is another entry.
		e := Entry(t, "ou=people,"+Suffix, "ou", "people", "description", "second")
		Must(t, x.Add(e))
	})
	v = View(t, b)
	defer v.Close()
	if Lookup(t, v, "cn=Ann,ou=people,"+Suffix) != nil {
		t.Error("deleted entry is there")
	}
	equal(t, "index", Find(t, v, Suffix, wire.ScopeSub, "(sn=archer)"), "")
	equal(t, "second", Lookup(t, v, "ou=people,"+Suffix).First("description"), "second")
}

func testSavepoints(t *testing.T, b backend.Backend) {
	tree(t, b)
	before := func(v backend.View) string { return Names(t, v, Suffix, wire.ScopeSub, "(objectClass=*)") }
	Update(t, b, func(x backend.Txn) {
		start := before(x)
		outer := x.Savepoint()
		Must(t, x.Add(Entry(t, "cn=new,"+Suffix, "objectClass", "top", "cn", "new")))
		middle := before(x)
		inner := x.Savepoint()
		Must(t, rename(t, x, "ou=groups,"+Suffix, "ou=g,"+Suffix))
		Must(t, x.Delete(Lookup(t, x, "cn=Ann,ou=people,"+Suffix)))
		Must(t, x.RollbackTo(inner))
		equal(t, "inner", before(x), middle)
		equal(t, "inner index", Find(t, x, Suffix, wire.ScopeSub, "(sn=archer)"), "cn=Ann,ou=people")
		if Lookup(t, x, "cn=sub,cn=all,ou=groups,"+Suffix) == nil {
			t.Error("the old name is not back")
		}
		Must(t, x.RollbackTo(outer))
		equal(t, "outer", before(x), start)
		equal(t, "outer index", Find(t, x, Suffix, wire.ScopeSub, "(cn=new)"), "")
		Must(t, x.Add(Entry(t, "cn=kept,"+Suffix, "cn", "kept")))
	})
	v := View(t, b)
	defer v.Close()
	equal(t, "kept", Find(t, v, Suffix, wire.ScopeSub, "(cn=kept)"), "cn=kept")
	equal(t, "new", Find(t, v, Suffix, wire.ScopeSub, "(cn=new)"), "")
}

func testAbort(t *testing.T, b backend.Backend) {
	tree(t, b)
	x := Begin(t, b)
	Must(t, x.Delete(Lookup(t, x, "cn=Ann,ou=people,"+Suffix)))
	Must(t, rename(t, x, "ou=groups,"+Suffix, "ou=g,"+Suffix))
	x.Abort()
	x.Close()
	if x.Commit() == nil {
		t.Error("commit after abort")
	}
	v := View(t, b)
	defer v.Close()
	equal(t, "all", Find(t, v, Suffix, wire.ScopeSub, "(cn=*)"), "cn=Ann,ou=people cn=Bob,ou=people cn=all,ou=groups cn=sub,cn=all,ou=groups")
}

// A view shows one state, whatever is read after or before it by others.
func testIsolation(t *testing.T, b backend.Backend) {
	tree(t, b)
	ann := "cn=Ann,ou=people," + Suffix
	old := View(t, b)
	defer old.Close()
	Lookup(t, old, ann) // a view may begin with its first use
	for _, warm := range []bool{false, true} {
		Update(t, b, func(x backend.Txn) {
			e := Lookup(t, x, ann)
			now := e.Clone()
			Must(t, now.Put(Schema(), "description", []byte(fmt.Sprint("changed ", warm))))
			Must(t, x.Replace(e, now))
			if v := View(t, b); v != nil {
				if e := Lookup(t, v, ann); e.First("description") == fmt.Sprint("changed ", warm) {
					t.Error("a change is seen before its commit")
				}
				v.Close()
			}
		})
		now := View(t, b)
		equal(t, "new view", Lookup(t, now, ann).First("description"), fmt.Sprint("changed ", warm))
		equal(t, "old view", Lookup(t, old, ann).First("description"), "")
		equal(t, "new view again", Lookup(t, now, ann).First("description"), fmt.Sprint("changed ", warm))
		now.Close()
	}
	Update(t, b, func(x backend.Txn) { Must(t, rename(t, x, "ou=groups,"+Suffix, "ou=g,"+Suffix)) })
	now := View(t, b)
	defer now.Close()
	for range 2 {
		equal(t, "old name", Find(t, old, Suffix, wire.ScopeSub, "(cn=sub)"), "cn=sub,cn=all,ou=groups")
		equal(t, "new name", Find(t, now, Suffix, wire.ScopeSub, "(cn=sub)"), "cn=sub,cn=all,ou=g")
		if Lookup(t, old, "cn=sub,cn=all,ou=g,"+Suffix) != nil || Lookup(t, now, "cn=sub,cn=all,ou=groups,"+Suffix) != nil {
			t.Error("a name of another state is found")
		}
	}
	equal(t, "old scope", Find(t, old, "ou=groups,"+Suffix, wire.ScopeSub, "(cn=*)"), "cn=all,ou=groups cn=sub,cn=all,ou=groups")
}

func testLimits(t *testing.T, b backend.Backend) {
	tree(t, b)
	Update(t, b, func(x backend.Txn) {
		for i := range 100 {
			Must(t, x.Add(Entry(t, fmt.Sprintf("cn=n%d,%s", i, Suffix), "cn", fmt.Sprint("n", i), "objectClass", "top")))
		}
	})
	v := View(t, b)
	defer v.Close()
	q := &backend.Query{Base: Name(t, Suffix), Scope: wire.ScopeSub, Filter: Filter(t, "(objectClass=*)")}
	n := 0
	Must(t, v.Search(q, func(*entry.Entry) bool { n++; return n < 5 }))
	if n != 5 {
		t.Error("yield's false did not end the search:", n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	q.Ctx = ctx
	if err := v.Search(q, func(*entry.Entry) bool { return true }); err == nil {
		t.Error("the end of the context did not end the search")
	}
	ctx, cancel = context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
	defer cancel()
	q.Ctx = ctx
	code(t, "deadline", v.Search(q, func(*entry.Entry) bool { return true }), wire.TimeLimitExceeded)
	q.Ctx, q.MaxCandidates = nil, 50
	code(t, "candidates", v.Search(q, func(*entry.Entry) bool { return true }), wire.AdminLimitExceeded)
	q.MaxCandidates = 1000
	Must(t, v.Search(q, func(*entry.Entry) bool { return true }))
}

// The one who searches may change what he has not seen yet.
func testChangeWhileSearching(t *testing.T, b backend.Backend) {
	tree(t, b)
	Update(t, b, func(x backend.Txn) {
		for i := range 600 {
			Must(t, x.Add(Entry(t, fmt.Sprintf("cn=n%d,%s", i, Suffix), "cn", fmt.Sprint("n", i), "objectClass", "top")))
		}
	})
	Update(t, b, func(x backend.Txn) {
		q := &backend.Query{Base: Name(t, Suffix), Scope: wire.ScopeSub, Filter: Filter(t, "(cn=n*)")}
		n := 0
		Must(t, x.Search(q, func(e *entry.Entry) bool {
			n++
			Must(t, x.Delete(e))
			return true
		}))
		if n != 600 {
			t.Error("found", n)
		}
		equal(t, "left", Find(t, x, Suffix, wire.ScopeSub, "(cn=n*)"), "")
	})
}

// Readers beside writers: two values that change together are never seen apart.
func testConcurrent(t *testing.T, b backend.Backend) {
	tree(t, b)
	names := []string{"cn=Ann,ou=people," + Suffix, "cn=all,ou=groups," + Suffix}
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				select {
				case <-stop:
					return
				default:
				}
				v := View(t, b)
				a := Lookup(t, v, names[0]).First("description")
				g := ""
				if e, err := v.Lookup(Name(t, names[1]).Norm); err != nil || e == nil {
					t.Error(e, err)
				} else {
					g = e.First("description")
				}
				if a != g {
					t.Errorf("seen apart: %q %q", a, g)
				}
				if a != "" {
					if found := Find(t, v, Suffix, wire.ScopeSub, "(&(cn=*)(description="+a+"))"); found != "cn=Ann,ou=people cn=all,ou=groups" {
						t.Errorf("search for %s: %q", a, found)
					}
				}
				v.Close()
			}
		}()
	}
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Add(1)
		go func() {
			defer writers.Done()
			for i := range 25 {
				x, err := b.Begin(context.Background())
				if err != nil {
					t.Error(err)
					return
				}
				for _, n := range names {
					e, err := x.Lookup(Name(t, n).Norm)
					if err != nil || e == nil {
						t.Error(e, err)
						x.Close()
						return
					}
					now := e.Clone()
					now.Put(Schema(), "description", []byte(fmt.Sprintf("%d-%d", w, i)))
					if err := x.Replace(e, now); err != nil {
						t.Error(err)
					}
				}
				if i%5 == 4 {
					x.Abort()
				} else if err := x.Commit(); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	writers.Wait()
	close(stop)
	wg.Wait()
}
