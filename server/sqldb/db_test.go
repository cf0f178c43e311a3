package sqldb

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"testing"

	"libslapi/internal/postgres"
	"libslapi/server/backend"
	"libslapi/server/backend/backendtest"
	"libslapi/server/dn"
	"libslapi/server/entry"
)

// server is the PostgreSQL of all tests; nil when none is installed.
var server *postgres.Server

func TestMain(m *testing.M) {
	os.Exit(func() int {
		if postgres.Find() != "" || os.Getenv(postgres.Required) != "" {
			var err error
			if server, err = postgres.Start("fsync=off", "max_connections=300"); err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
			defer server.Remove()
		}
		return m.Run()
	}())
}

var tablesMade atomic.Int32

// options are those of a database in tables of its own.
func options(t testing.TB) Options {
	t.Helper()
	if server == nil {
		t.Skip("PostgreSQL is not installed")
	}
	return Options{Name: "sql", Suffixes: []dn.Name{backendtest.Name(t, backendtest.Suffix)}, Schema: backendtest.Schema, URL: server.URL(),
		Tables: fmt.Sprint("t", tablesMade.Add(1)), Connections: 12, Log: slog.New(testLog{t})}
}

func open(t testing.TB, o Options) *DB {
	t.Helper()
	db, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// The suite of all databases.
func TestSuite(t *testing.T) {
	backendtest.Run(t, backendtest.Subject{
		Open: func(t testing.TB) backend.Backend { return open(t, options(t)) },
		Check: func(b backend.Backend) error {
			return check(b.(*DB))
		},
	})
}

// check compares the value rows and the columns of names with the entries.
func check(db *DB) error {
	v, err := db.View(context.Background())
	if err != nil {
		return err
	}
	defer v.Close()
	want := map[string]int{}
	q := &backend.Query{Base: db.opt.Suffixes[0], Scope: 2}
	err = v.Search(q, func(e *entry.Entry) bool {
		for k := range rowsOf(e, db.opt.Schema()) {
			want[fmt.Sprint(e.ID, k)]++
		}
		return true
	})
	if backendtest.Code(err) == 32 {
		return nil
	}
	if err != nil {
		return err
	}
	rows, err := db.pool.Query(context.Background(), "SELECT attr, key, entry FROM "+db.q.tables+".value")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var attr string
		var key []byte
		var id int64
		if err := rows.Scan(&attr, &key, &id); err != nil {
			return err
		}
		k := fmt.Sprint(id, row{attr, string(key)})
		if want[k] != 1 {
			return fmt.Errorf("a row that no entry has: %s", k)
		}
		delete(want, k)
	}
	for k := range want {
		return fmt.Errorf("a row is missing: %s", k)
	}
	return rows.Err()
}

// testLog shows the log of a database with the test that caused it.
type testLog struct{ t testing.TB }

func (testLog) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }
func (l testLog) Handle(_ context.Context, r slog.Record) error {
	text := r.Message
	r.Attrs(func(a slog.Attr) bool { text += " " + a.String(); return true })
	l.t.Log(text)
	return nil
}
func (l testLog) WithAttrs([]slog.Attr) slog.Handler { return l }
func (l testLog) WithGroup(string) slog.Handler      { return l }
