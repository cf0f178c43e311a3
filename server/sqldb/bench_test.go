package sqldb

import (
	"fmt"
	"testing"

	"libslapi/server/backend"
	"libslapi/server/backend/backendtest"
	"libslapi/server/entry"
	"libslapi/server/wire"
)

// people makes a database of n entries.
func people(b *testing.B, n int) *DB {
	o := options(b)
	o.Connections = 20
	db := open(b, o)
	b.Cleanup(func() { db.Close() })
	root(b, db)
	for i := 0; i < n; i += 1000 {
		backendtest.Update(b, db, func(x backend.Txn) {
			var names []string
			for k := i; k < i+1000; k++ {
				names = append(names, backendtest.Name(b, fmt.Sprintf("cn=p%d,%s", k, backendtest.Suffix)).Norm)
			}
			x.(backend.NameExpecter).ExpectNames(names...)
			for k := i; k < i+1000; k++ {
				backendtest.Must(b, x.Add(person(b, fmt.Sprint("p", k))))
			}
		})
	}
	if _, err := server.SQL("VACUUM ANALYZE"); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	return db
}

func BenchmarkLookup(b *testing.B) {
	db := people(b, 10000)
	b.RunParallel(func(p *testing.PB) {
		for i := 0; p.Next(); i++ {
			v := backendtest.View(b, db)
			if backendtest.Lookup(b, v, fmt.Sprintf("cn=p%d,%s", i*7919%10000, backendtest.Suffix)) == nil {
				b.Error("not there")
			}
			v.Close()
		}
	})
}

func BenchmarkEquality(b *testing.B) {
	db := people(b, 10000)
	b.RunParallel(func(p *testing.PB) {
		for i := 0; p.Next(); i++ {
			v := backendtest.View(b, db)
			q := &backend.Query{Base: backendtest.Name(b, backendtest.Suffix), Scope: wire.ScopeSub, Filter: backendtest.Filter(b, fmt.Sprintf("(cn=p%d)", i*7919%10000))}
			n := 0
			backendtest.Must(b, v.Search(q, func(*entry.Entry) bool { n++; return true }))
			if n != 1 {
				b.Error("found", n)
			}
			v.Close()
		}
	})
}

func BenchmarkReplace(b *testing.B) {
	db := people(b, 10000)
	b.SetParallelism(8)
	b.RunParallel(func(p *testing.PB) {
		for i := 0; p.Next(); i++ {
			x := backendtest.Begin(b, db)
			e := backendtest.Lookup(b, x, fmt.Sprintf("cn=p%d,%s", i*7919%10000, backendtest.Suffix))
			now := e.Clone()
			backendtest.Must(b, now.Put(backendtest.Schema(), "description", fmt.Append(nil, i)))
			backendtest.Must(b, x.Replace(e, now))
			backendtest.Must(b, x.Commit())
			x.Close()
		}
	})
}
