package backend_test

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"libslapi/server/backend"
	. "libslapi/server/backend/backendtest"
	"libslapi/server/entry"
	"libslapi/server/wire"
)

// loaded opens a database on disk with n persons.
func loaded(b *testing.B, n int) *backend.DB {
	db := open(b, backend.DBOptions{Dir: b.TempDir(), Indexes: benchIndexes})
	b.Cleanup(func() { db.Close() })
	load(b, db, n)
	return db
}

func load(b *testing.B, db *backend.DB, n int) {
	im, err := db.NewImporter()
	Must(b, err)
	Must(b, im.Add(Entry(b, Suffix, "objectClass", "domain", "dc", "example")))
	Must(b, im.Add(Entry(b, "ou=people,"+Suffix, "objectClass", "organizationalUnit", "ou", "people")))
	for i := range n {
		Must(b, im.Add(inetOrgPerson(b, i)))
	}
	Must(b, im.Close())
}

func BenchmarkImport100000(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		db := open(b, backend.DBOptions{Dir: dir, Indexes: benchIndexes})
		load(b, db, 100000)
		Must(b, db.Close())
		if info, err := os.Stat(dir + "/data.db"); err == nil {
			b.ReportMetric(float64(info.Size())/(1<<20), "MiB")
		}
	}
}

const benchSize = 20000

func BenchmarkLookup(b *testing.B) {
	for name, spread := range map[string]int{"cached": 100, "spread": benchSize} {
		b.Run(name, func(b *testing.B) {
			db := loaded(b, benchSize)
			for i := 0; b.Loop(); i++ {
				v := View(b, db)
				e, err := v.Lookup(fmt.Sprintf("uid=user%d,ou=people,%s", i*7919%spread, Suffix))
				if e == nil || err != nil {
					b.Fatal(err)
				}
				v.Close()
			}
		})
	}
}

func search(b *testing.B, db *backend.DB, text string, want int) {
	v := View(b, db)
	defer v.Close()
	n := 0
	q := &backend.Query{Base: Name(b, Suffix), Scope: wire.ScopeSub, Filter: Filter(b, text)}
	Must(b, v.Search(q, func(*entry.Entry) bool { n++; return true }))
	if n != want {
		b.Fatalf("%s: %d entries", text, n)
	}
}

func BenchmarkSearch(b *testing.B) {
	db := loaded(b, benchSize)
	for _, c := range []struct {
		name, filter string
		want         int
	}{
		{"equality", "(uid=user4711)", 1},
		{"class-and-equality", "(&(objectClass=inetOrgPerson)(uid=user4711))", 1},
		{"substring", "(cn=*surname4711*)", 1},
		{"all", "(objectClass=*)", benchSize + 2},
		{"unindexed", "(description=nothing)", 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				search(b, db, c.filter, c.want)
			}
		})
	}
}

// write runs f in transactions of its own from so many writers.
func writeBench(b *testing.B, f func(b *testing.B, x backend.Txn, i int)) {
	for _, writers := range []int{1, 32} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			db := loaded(b, benchSize)
			var n atomic.Int64
			b.SetParallelism(max(1, writers/2))
			one := func() {
				x, err := db.Begin(context.Background())
				if err != nil {
					b.Error(err)
					return
				}
				defer x.Close()
				f(b, x, int(n.Add(1)))
				if err := x.Commit(); err != nil {
					b.Error(err)
				}
			}
			if writers == 1 {
				for b.Loop() {
					one()
				}
				return
			}
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					one()
				}
			})
		})
	}
}

func BenchmarkAdd(b *testing.B) {
	writeBench(b, func(b *testing.B, x backend.Txn, i int) {
		if err := x.Add(inetOrgPerson(b, benchSize+i)); err != nil {
			b.Error(err)
		}
	})
}

func BenchmarkModify(b *testing.B) {
	writeBench(b, func(b *testing.B, x backend.Txn, i int) {
		old, err := x.Lookup(fmt.Sprintf("uid=user%d,ou=people,%s", i*7919%benchSize, Suffix))
		if err != nil || old == nil {
			b.Error(err)
			return
		}
		now := old.Clone()
		now.Put(Schema(), "description", []byte(fmt.Sprint("changed ", i)))
		now.Put(Schema(), "entryCSN", []byte(fmt.Sprintf("20260102000000.%06dZ#000000#000#000000", i%1000000)))
		if err := x.Replace(old, now); err != nil {
			b.Error(err)
		}
	})
}
