package operation

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"libslapi/internal/postgres"
	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/schema"
	"libslapi/server/sqldb"
	"libslapi/server/store"
)

// The tests of this package run on the built-in database in memory, and on the
// one that LIBSLAPI_TEST_BACKEND=sql names: what an operation does must not
// depend on what holds the entries.
var (
	sqlServer *postgres.Server
	sqlTables atomic.Int32
)

func TestMain(m *testing.M) {
	os.Exit(func() int {
		if os.Getenv("LIBSLAPI_TEST_BACKEND") == "sql" {
			var err error
			if sqlServer, err = postgres.Start("fsync=off", "max_connections=300"); err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
			defer sqlServer.Remove()
		}
		return m.Run()
	}())
}

// openTestDatabase opens an empty database, which is closed with the test.
func openTestDatabase(t testing.TB, name string, suffix dn.Name, sch *schema.Schema) backend.Backend {
	t.Helper()
	var db backend.Backend
	var err error
	if sqlServer != nil {
		db, err = sqldb.Open(context.Background(), sqldb.Options{Name: name, Suffixes: []dn.Name{suffix}, Schema: func() *schema.Schema { return sch },
			URL: sqlServer.URL(), Tables: fmt.Sprint("t", sqlTables.Add(1)), Connections: 6})
	} else {
		db, err = backend.Open(backend.DBOptions{Name: name, Suffixes: []dn.Name{suffix}, Schema: func() *schema.Schema { return sch }, Store: store.OpenMemory()})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
