package syncrepl

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/mattn/go-sqlite3"
	"go.etcd.io/bbolt"
)

func openSQLite(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?_txlock=immediate&_busy_timeout=5000&_journal_mode=WAL&_synchronous=OFF")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// stores are the implementations, each with a way to open it again on its data.
func stores(t *testing.T) map[string]func() Store {
	dir := t.TempDir()
	mem := NewMemory()
	db := openSQLite(t, filepath.Join(dir, "sql"))
	must := func(s Store, err error) Store {
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	return map[string]func() Store{
		"memory": func() Store { return keep{mem} },
		"file":   func() Store { return must(OpenFile(filepath.Join(dir, "bolt"), &FileOptions{NoSync: true})) },
		"sql":    func() Store { return must(NewSQL(context.Background(), db, nil)) },
	}
}

func entry(n int, dn string, pairs ...string) *Entry {
	e := &Entry{UUID: id(n), DN: dn}
	for i := 0; i < len(pairs); i += 2 {
		e.Attributes = append(e.Attributes, Attribute{Name: pairs[i], Values: [][]byte{[]byte(pairs[i+1])}})
	}
	return e
}

// TestStores is the suite that every store must pass.
func TestStores(t *testing.T) {
	ctx := context.Background()
	for name, open := range stores(t) {
		t.Run(name, func(t *testing.T) {
			s := open()
			write := func(commit bool, fn func(tx StoreTx)) {
				t.Helper()
				tx, err := s.Begin(ctx, true)
				if err != nil {
					t.Fatal(err)
				}
				defer tx.Rollback()
				fn(tx)
				if commit {
					if err := tx.Commit(); err != nil {
						t.Fatal(err)
					}
				}
				if err := tx.Rollback(); err != nil {
					t.Fatal(err)
				}
			}
			ok := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			view := func(tx StoreTx) string {
				t.Helper()
				var b strings.Builder
				n, err := tx.Len()
				ok(err)
				fmt.Fprintf(&b, "%d:", n)
				for e, err := range tx.Entries() {
					ok(err)
					fmt.Fprintf(&b, " %s", show(e))
				}
				ids := 0
				for _, err := range tx.IDs() {
					ok(err)
					ids++
				}
				if ids != n {
					t.Errorf("%d ids, %d entries", ids, n)
				}
				return b.String()
			}
			expect := func(want string) {
				t.Helper()
				tx, err := s.Begin(ctx, false)
				ok(err)
				defer tx.Rollback()
				if got := view(tx); got != want {
					t.Errorf("got %s\nwant %s", got, want)
				}
			}
			expect("0:")
			write(true, func(tx StoreTx) {
				ok(tx.Put(entry(1, "dc=x", "dc", "x")))
				ok(tx.Put(entry(2, "ou=p,dc=x", "jpegPhoto;binary", "\xff\x00\xfe", "cn", "ü<&>\"\\\n", "empty", "")))
				ok(tx.Put(entry(3, "CN=A , OU=p, dc=X")))
				ok(tx.SetState("cookie", "c1"))
				ok(tx.SetValue("mine", []byte{0, 255}))
				if got := view(tx); !strings.HasPrefix(got, "3:") {
					t.Error("a transaction does not see its own writes: ", got)
				}
			})
			const full = "3: dc=x{dc=x} ou=p,dc=x{jpegPhoto;binary=\xff\x00\xfe cn=ü<&>\"\\\n empty=} CN=A , OU=p, dc=X{}"
			expect(full)
			write(false, func(tx StoreTx) { // rolled back
				ok(tx.Remove(id(1)))
				ok(tx.Put(entry(2, "ou=q,dc=x")))
				ok(tx.Put(entry(9, "ou=r,dc=x")))
				ok(tx.SetState("cookie", "c2"))
				ok(tx.SetValue("mine", nil))
				if got := view(tx); got != "3: ou=q,dc=x{} CN=A , OU=p, dc=X{} ou=r,dc=x{}" {
					t.Error(got)
				}
			})
			expect(full)
			ok(s.Close())
			s = open() // on the same data
			defer s.Close()
			expect(full)
			write(true, func(tx StoreTx) {
				if c, err := tx.Cookie(); c != "c1" || err != nil {
					t.Error(c, err)
				}
				if v, err := tx.State("unset"); v != "" || err != nil {
					t.Error(v, err)
				}
				if v, err := tx.Value("mine"); string(v) != "\x00\xff" || err != nil {
					t.Error(v, err)
				}
				if v, err := tx.Value("unset"); v != nil || err != nil {
					t.Error(v, err)
				}
				if e, err := tx.Get(id(77)); e != nil || err != nil {
					t.Error(e, err)
				}
				for dn, want := range map[string]int{"cn=a,ou=P,DC=x": 1, "ou=p,dc=x": 1, "dc=x": 1, "dc=y": 0, "p,dc=x": 0, "": 0} {
					found, err := tx.Find(dn)
					ok(err)
					if len(found) != want {
						t.Errorf("Find(%q): %v", dn, found)
					}
				}
				for dn, want := range map[string][]UUID{"dc=x": {id(2), id(3)}, "ou=p,dc=x": {id(3)}, "cn=a,ou=p,dc=x": nil, "": {id(1), id(2), id(3)}, "ou=p": nil} {
					got, err := tx.Under(dn)
					ok(err)
					if !slices.Equal(got, want) {
						t.Errorf("Under(%q): %v, not %v", dn, got, want)
					}
				}
				// Names that differ in letter case only are two entries.
				ok(tx.Put(entry(4, "cn=a,ou=p,dc=x")))
				if found, _ := tx.Find("cn=a,ou=p,dc=x"); len(found) != 2 {
					t.Errorf("Find: %v", found)
				}
				ok(tx.Remove(id(4)))
				ok(tx.Remove(id(55)))
				ok(tx.Put(entry(3, "cn=moved,dc=x")))
				if got, _ := tx.Under("ou=p,dc=x"); len(got) != 0 {
					t.Errorf("Under after a move: %v", got)
				}
				ok(tx.SetValue("mine", nil))
				if v, _ := tx.Value("mine"); v != nil {
					t.Error("a removed value is there")
				}
			})
			expect("3: dc=x{dc=x} ou=p,dc=x{jpegPhoto;binary=\xff\x00\xfe cn=ü<&>\"\\\n empty=} cn=moved,dc=x{}")
		})
	}
}

// Random writes, commits and rollbacks; all stores agree with a map.
func TestStoresRandom(t *testing.T) {
	ctx := context.Background()
	for name, open := range stores(t) {
		t.Run(name, func(t *testing.T) {
			seed := testSeed(t)
			r := rand.New(rand.NewPCG(seed, 4))
			s := open()
			defer s.Close()
			model := map[UUID]string{}
			for range 40 {
				tx, err := s.Begin(ctx, true)
				if err != nil {
					t.Fatal(err)
				}
				next := map[UUID]string{}
				for k, v := range model {
					next[k] = v
				}
				for range r.IntN(20) {
					n := r.IntN(30)
					if r.IntN(3) == 0 {
						err = tx.Remove(id(n))
						delete(next, id(n))
					} else {
						e := entry(n, fmt.Sprintf("cn=%d,ou=%d,dc=x", n, r.IntN(3)), "v", fmt.Sprint(r.IntN(100)))
						err = tx.Put(e)
						next[id(n)] = show(e)
					}
					if err != nil {
						t.Fatal(err)
					}
				}
				check := func(tx StoreTx, m map[UUID]string) {
					got := map[UUID]string{}
					for e, err := range tx.Entries() {
						if err != nil {
							t.Fatal(err)
						}
						got[e.UUID] = show(e)
					}
					if d := cmp.Diff(m, got); d != "" {
						t.Fatal(d)
					}
					for o := range 3 {
						base := fmt.Sprintf("ou=%d,dc=x", o)
						var want []UUID
						for u, text := range m {
							if strings.Contains(text, base+"{") {
								want = append(want, u)
							}
						}
						under, _ := tx.Under(base)
						slices.SortFunc(want, compareUUID)
						slices.SortFunc(under, compareUUID)
						if !slices.Equal(under, want) {
							t.Fatalf("Under(%s): %v, not %v", base, under, want)
						}
					}
				}
				check(tx, next)
				if r.IntN(3) > 0 {
					if err := tx.Commit(); err != nil {
						t.Fatal(err)
					}
					model = next
				}
				tx.Rollback()
				ro, err := s.Begin(ctx, false)
				if err != nil {
					t.Fatal(err)
				}
				check(ro, model)
				ro.Rollback()
			}
		})
	}
}

// What the caller writes with the store's transaction is there if and only if the
// record is.
func TestCallersData(t *testing.T) {
	db := openSQLite(t, filepath.Join(t.TempDir(), "sql"))
	if _, err := db.Exec("CREATE TABLE people (dn TEXT PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	bolt, err := bbolt.Open(filepath.Join(t.TempDir(), "bolt"), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer bolt.Close()
	sqlStore, err := NewSQL(context.Background(), db, &SQLOptions{Prefix: "s_"})
	if err != nil {
		t.Fatal(err)
	}
	boltStore, err := NewFile(bolt)
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		store Store
		write func(Tx, string) error
		count func() int
	}{
		"sql": {sqlStore, func(tx Tx, dn string) error {
			_, err := SQLTx(tx).Exec("INSERT INTO people VALUES (?)", dn)
			return err
		}, func() (n int) { db.QueryRow("SELECT COUNT(*) FROM people").Scan(&n); return n }},
		"file": {boltStore, func(tx Tx, dn string) error {
			b, err := FileTx(tx).CreateBucketIfNotExists([]byte("people"))
			if err != nil {
				return err
			}
			return b.Put([]byte(dn), nil)
		}, func() (n int) {
			bolt.View(func(tx *bbolt.Tx) error {
				if b := tx.Bucket([]byte("people")); b != nil {
					n = b.Stats().KeyN
				}
				return nil
			})
			return n
		}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, first)
			cfg := testConfig(f)
			cfg.Store = x.store
			fails := true
			c := newClient(t, cfg, &Funcs{OnAdd: func(tx Tx, e *Entry) error {
				if name == "sql" && FileTx(tx) != nil || name == "file" && SQLTx(tx) != nil {
					t.Error("a transaction of the wrong kind")
				}
				if fails && e.DN == "cn=b,dc=x" {
					return errors.New("no")
				}
				return x.write(tx, e.DN)
			}})
			if err := c.Run(ctxT(t)); err == nil || x.count() != 0 || len(contents(t, c)) != 0 {
				t.Errorf("rolled back: %v, %d, %v", err, x.count(), contents(t, c))
			}
			fails = false
			if err := c.Run(ctxT(t)); err != nil || x.count() != 3 || len(contents(t, c)) != 3 {
				t.Errorf("committed: %v, %d, %v", err, x.count(), contents(t, c))
			}
		})
	}
}

func TestStoreErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	s, err := OpenFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	var se *StoreError
	if _, err := OpenFile(path, &FileOptions{Wait: 1}); !errors.Is(err, ErrStoreLocked) || !errors.As(err, &se) {
		t.Errorf("locked: %v", err)
	}
	tx, err := s.Begin(context.Background(), true)
	if err != nil {
		t.Fatal(err)
	}
	tx.SetState(stateVersion, "2")
	tx.Commit()
	if _, err := New(Config{Server: "ldap://x", Store: s}, nil); !errors.Is(err, ErrStoreVersion) {
		t.Errorf("newer: %v", err)
	}
	s.Close()
	if _, err := decodeRecord(id(1), []byte{recordVersion, 255, 255, 255, 255, 15}); err == nil {
		t.Error("a damaged record is read")
	}
}

func FuzzRecord(f *testing.F) {
	f.Add(appendRecord(nil, entry(1, "dc=x", "cn", "a", "cn;x", "")))
	f.Add([]byte{recordVersion})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := decodeRecord(id(1), b)
		if err != nil {
			return
		}
		again, err := decodeRecord(id(1), appendRecord(nil, e))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(e, again); d != "" {
			t.Error(d)
		}
	})
}
