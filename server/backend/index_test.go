package backend_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"libslapi/server/backend"
	. "libslapi/server/backend/backendtest"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/schema"
	"libslapi/server/store"
	"libslapi/server/wire"
)

// people adds n persons below the suffix.
func people(t testing.TB, b backend.Backend, n int) {
	t.Helper()
	Update(t, b, func(x backend.Txn) {
		Must(t, x.Add(Entry(t, Suffix, "objectClass", "domain", "dc", "example")))
		Must(t, x.Add(Entry(t, "ou=people,"+Suffix, "objectClass", "organizationalUnit", "ou", "people")))
		for i := range n {
			Must(t, x.Add(person(t, i)))
		}
	})
}

func person(t testing.TB, i int) *entry.Entry {
	cn := fmt.Sprintf("Person %d", i)
	return Entry(t, "cn="+cn+",ou=people,"+Suffix, "objectClass", "inetOrgPerson", "cn", cn, "sn", fmt.Sprint("Sur", i%10),
		"mail", fmt.Sprintf("p%d@example.com", i), "uidNumber", fmt.Sprint(i))
}

// plans gives a logger and what it says of search plans.
func plans() (*slog.Logger, func() string) {
	var mu sync.Mutex
	var buf bytes.Buffer
	h := slog.NewTextHandler(writer(func(p []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return buf.Write(p)
	}), &slog.HandlerOptions{Level: slog.LevelDebug})
	return slog.New(h), func() string {
		mu.Lock()
		defer mu.Unlock()
		defer buf.Reset()
		s := buf.String()
		if _, rest, ok := strings.Cut(s, "plan=\""); ok {
			s, _, _ = strings.Cut(rest, "\"")
		}
		return s
	}
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func TestPlans(t *testing.T) {
	log, plan := plans()
	db := open(t, backend.DBOptions{Indexes: allIndexes, Log: log})
	defer db.Close()
	people(t, db, 300)
	v := View(t, db)
	defer v.Close()
	for _, c := range []struct {
		scope        wire.Scope
		filter, want string
	}{
		{wire.ScopeSub, "(cn=person 7)", "index eq cn -> 1 candidate"},
		{wire.ScopeSub, "(&(objectClass=person)(cn=person 7))", "index eq cn -> 1 candidate"}, // the class is not even read
		{wire.ScopeSub, "(&(sn=sur1)(objectClass=person))", "index eq sn -> 30 candidates; index eq objectClass -> 300 candidates"},
		{wire.ScopeSub, "(|(cn=person 7)(mail=p8@example.com))", "index eq cn -> 1 candidate; index eq mail -> 1 candidate"},
		{wire.ScopeSub, "(cn=*on 29*)", "index sub cn -> 11 candidates"},
		{wire.ScopeSub, "(uidNumber>=298)", "index eq from uidNumber -> 2 candidates"},
		{wire.ScopeSub, "(uidNumber<=1)", "index eq to uidNumber -> 2 candidates"},
		{wire.ScopeSub, "(mail=*)", "index pres mail -> 300 candidates"},
		{wire.ScopeSub, "(cn~=person 7)", "index approx cn -> 1 candidate"},
		{wire.ScopeSub, "(description=x)", "no index, scan of scope"},
		{wire.ScopeSub, "(objectClass=*)", "no index, scan of scope"},
		{wire.ScopeSub, "(|(cn=person 7)(description=x))", "no index, scan of scope"},
		{wire.ScopeSub, "(!(cn=person 7))", "no index, scan of scope"},
		{wire.ScopeSub, "(uidNumber=abc)", "undefined uidNumber -> 0 candidates"},
		{wire.ScopeOne, "(cn=person 7)", "index eq cn -> 1 candidate"},
	} {
		Find(t, v, Suffix, c.scope, c.filter)
		if got := plan(); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.filter, got, c.want)
		}
	}
}

// computing supplies a value that is not stored.
type computing struct{}

func (computing) Computed(e *entry.Entry, t *schema.AttributeType) [][]byte {
	if t.Name() == "mail" {
		return [][]byte{[]byte("computed@example.com")}
	}
	return nil
}
func (computing) Computes(t *schema.AttributeType) bool { return t.Name() == "mail" }

func TestComputedValues(t *testing.T) {
	db := open(t, backend.DBOptions{Indexes: allIndexes})
	defer db.Close()
	people(t, db, 3)
	v := View(t, db)
	defer v.Close()
	n := 0
	q := &backend.Query{Base: Name(t, Suffix), Scope: wire.ScopeSub, Filter: Filter(t, "(mail=computed@example.com)"), Env: computing{}}
	Must(t, v.Search(q, func(*entry.Entry) bool { n++; return true }))
	if n != 5 {
		t.Error("found", n)
	}
}

// Indexes come and go while others write and search.
func TestSetIndexesWhileWriting(t *testing.T) {
	db := open(t, backend.DBOptions{})
	defer db.Close()
	people(t, db, 2000)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				Update(t, db, func(x backend.Txn) {
					name := person(t, i*7%2000).Name.Pretty
					if old := Lookup(t, x, name); old != nil && i%3 == 0 {
						Must(t, x.Delete(old))
					} else if old != nil {
						now := old.Clone()
						Must(t, now.Put(Schema(), "sn", []byte(fmt.Sprint("other", w, i))))
						Must(t, x.Replace(old, now))
					} else {
						Must(t, x.Add(person(t, i*7%2000)))
					}
				})
				v := View(t, db)
				for e := range strings.FieldsSeq("other00 sur1") {
					indexed := Names(t, v, Suffix, wire.ScopeSub, "(sn="+e+")")
					scanned := Names(t, v, Suffix, wire.ScopeSub, "(!(!(sn="+e+")))")
					if indexed != scanned {
						t.Errorf("%s: index %q, scan %q", e, indexed, scanned)
					}
				}
				v.Close()
			}
		}()
	}
	sn := []backend.IndexSpec{{Attr: "sn", Eq: true, Sub: true}}
	for _, specs := range [][]backend.IndexSpec{allIndexes, sn, nil, allIndexes, nil, sn} {
		Must(t, db.SetIndexes(specs))
	}
	Must(t, db.WaitIndexes(context.Background()))
	Must(t, db.Reindex([]string{"SN"}, nil))
	close(stop)
	wg.Wait()
	Must(t, db.Verify())
	if err := db.Reindex([]string{"mail"}, nil); err == nil {
		t.Error("reindex of what has no index")
	}
}

func TestIndexesAtOpen(t *testing.T) {
	dir := t.TempDir()
	db := open(t, backend.DBOptions{Dir: dir})
	people(t, db, 50)
	Must(t, db.Close())
	log, plan := plans()
	for _, specs := range [][]backend.IndexSpec{{{Attr: "cn", Eq: true}}, {{Attr: "CommonName", Pres: true}, {Attr: "cn", Eq: true}}, {{Attr: "sn", Eq: true}}, {{Attr: "cn", Eq: true}}} {
		db = open(t, backend.DBOptions{Dir: dir, Indexes: specs, Log: log})
		Must(t, db.WaitIndexes(context.Background()))
		Must(t, db.Verify())
		v := View(t, db)
		plan()
		if got := Find(t, v, Suffix, wire.ScopeSub, "(cn=person 7)"); got != "cn=Person 7,ou=people" {
			t.Error(got)
		}
		if p, want := plan(), strings.HasPrefix(specs[len(specs)-1].Attr, "cn"); want != strings.HasPrefix(p, "index eq cn -> 1") {
			t.Errorf("%v: %s", specs, p)
		}
		v.Close()
		done := 0
		Must(t, db.Reindex(nil, func(n, total int) {
			done = n
			if total != 52 {
				t.Error("total", total)
			}
		}))
		if done != 52 {
			t.Error("reindexed", done)
		}
		Must(t, db.Verify())
		Must(t, db.Close())
	}
	ro := open(t, backend.DBOptions{Dir: dir, Indexes: allIndexes, ReadOnly: true})
	defer ro.Close()
	v := View(t, ro)
	defer v.Close()
	if got := Find(t, v, Suffix, wire.ScopeSub, "(cn=person 7)"); got != "cn=Person 7,ou=people" {
		t.Error(got)
	}
	if _, err := ro.Begin(context.Background()); err == nil {
		t.Error("writing into what is read-only")
	}
}

func TestNewerFormat(t *testing.T) {
	st := store.OpenMemory()
	w, err := st.Write()
	Must(t, err)
	Must(t, w.Put([]byte("meta"), []byte("format"), []byte{0, 0, 1, 0}))
	Must(t, w.Commit())
	_, err = backend.Open(backend.DBOptions{Name: "x", Store: st, Schema: Schema, Suffixes: []dn.Name{Name(t, Suffix)}})
	if err == nil || !strings.Contains(err.Error(), "format 256") {
		t.Error(err)
	}
}

// Verify sees what is wrong.
func TestVerify(t *testing.T) {
	for what, damage := range map[string]func(w store.Txn){
		"missing": func(w store.Txn) { w.Delete([]byte("child"), firstKey(w, "child")) },
		"count":   func(w store.Txn) { w.Put([]byte("meta"), []byte("count"), make([]byte, 8)) },
		"should not be there": func(w store.Txn) {
			w.Put([]byte("i:cn:eq"), []byte("zzz\x00\x01\x00\x00\x00\x00\x00\x00"), []byte{0, 1})
		},
		"wrong ids":  func(w store.Txn) { w.Put([]byte("i:cn:eq"), firstKey(w, "i:cn:eq"), []byte{0, 99}) },
		"no child":   func(w store.Txn) { w.Put([]byte("kids"), []byte("12345678"), make([]byte, 8)) },
		"no entry":   func(w store.Txn) { w.Delete([]byte("entry"), firstKey(w, "entry")) },
		"bad record": func(w store.Txn) { w.Put([]byte("entry"), firstKey(w, "entry"), []byte("xxxxxxxxxxx")) },
	} {
		st := store.OpenMemory()
		db := open(t, backend.DBOptions{Store: st, Indexes: allIndexes})
		people(t, db, 10)
		Must(t, db.Verify())
		w, err := st.Write()
		Must(t, err)
		damage(w)
		Must(t, w.Commit())
		if err := db.Verify(); err == nil {
			t.Errorf("%s: not seen", what)
		}
		db.Close()
	}
}

func firstKey(r store.Reader, table string) (key []byte) {
	r.Scan([]byte(table), nil, func(k, _ []byte) bool { key = bytes.Clone(k); return false })
	return key
}

// A change of schema is seen in entries that are already stored and cached.
func TestSchemaChange(t *testing.T) {
	s := Schema()
	db := open(t, backend.DBOptions{Schema: func() *schema.Schema { return s }})
	defer db.Close()
	Update(t, db, func(x backend.Txn) {
		Must(t, x.Add(Entry(t, Suffix, "dc", "example", "nick", "Ex")))
	})
	isUnknown := func() bool {
		v := View(t, db)
		defer v.Close()
		return Lookup(t, v, Suffix).Find("nick").Type.Unknown
	}
	if !isUnknown() {
		t.Error("known?")
	}
	s2 := s.Clone()
	Must(t, s2.AddAttributeType(`( 1.2.3.4 NAME 'nick' SUP name )`))
	s = s2
	if isUnknown() {
		t.Error("the cached entry has the old schema")
	}
}

func TestRootSuffix(t *testing.T) {
	db := open(t, backend.DBOptions{Suffixes: []dn.Name{{}}, Indexes: allIndexes})
	defer db.Close()
	Update(t, db, func(x backend.Txn) {
		for _, n := range []string{"dc=com", "dc=example,dc=com", "dc=org"} {
			Must(t, x.Add(Entry(t, n, "cn", "x")))
		}
		if c := Code(x.Add(Entry(t, "dc=a,dc=net", "cn", "x"))); c != wire.NoSuchObject {
			t.Error(c)
		}
		if c := Code(x.Add(Entry(t, "", "cn", "x"))); c != wire.UnwillingToPerform {
			t.Error(c)
		}
	})
	v := View(t, db)
	defer v.Close()
	for scope, want := range map[wire.Scope]string{
		wire.ScopeBase: "", wire.ScopeOne: "dc=com dc=org",
		wire.ScopeSub: "dc=com dc=example,dc=com dc=org", wire.ScopeChildren: "dc=com dc=example,dc=com dc=org",
	} {
		for _, f := range []string{"(cn=x)", "(objectClass=*)"} {
			var got []string
			Must(t, v.Search(&backend.Query{Scope: scope, Filter: Filter(t, "(|"+f+"(cn=x))")}, func(e *entry.Entry) bool {
				got = append(got, e.Name.Pretty)
				return true
			}))
			if strings.Join(got, " ") != want {
				t.Errorf("%d %s: %q", scope, f, got)
			}
		}
	}
	Must(t, db.Verify())
}

func TestTwoSuffixes(t *testing.T) {
	db := open(t, backend.DBOptions{Suffixes: []dn.Name{Name(t, "dc=com"), Name(t, "o=Org")}, Indexes: allIndexes})
	defer db.Close()
	Update(t, db, func(x backend.Txn) {
		for _, n := range []string{"dc=com", "o=org", "cn=a,o=org", "cn=b,dc=com"} {
			Must(t, x.Add(Entry(t, n, "cn", "x")))
		}
	})
	v := View(t, db)
	defer v.Close()
	for _, f := range []string{"(cn=x)", "(!(cn=y))"} {
		if got := Find(t, v, "o=org", wire.ScopeSub, f); got != "o=org cn=a,o=org" {
			t.Error(got)
		}
	}
	Must(t, db.Verify())
}
