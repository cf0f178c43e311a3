package backend_test

import (
	"testing"

	"libslapi/server/backend"
	"libslapi/server/backend/backendtest"
	"libslapi/server/dn"
	"libslapi/server/store"
)

var allIndexes = []backend.IndexSpec{
	{Attr: "objectClass", Eq: true, Pres: true},
	{Attr: "cn", Eq: true, Pres: true, Sub: true, Approx: true},
	{Attr: "sn", Eq: true, Sub: true},
	{Attr: "name", Eq: true, Pres: true, Sub: true},
	{Attr: "mail", Eq: true, Pres: true, Sub: true},
	{Attr: "uidNumber", Eq: true},
	{Attr: "member", Eq: true},
	{Attr: "weird", Eq: true, Pres: true, Sub: true},
	{Attr: "telephoneNumber", Eq: true, Sub: true, Approx: true},
}

func open(t testing.TB, opt backend.DBOptions) *backend.DB {
	t.Helper()
	if opt.Name == "" {
		opt.Name = "test"
	}
	if opt.Suffixes == nil {
		opt.Suffixes = []dn.Name{backendtest.Name(t, backendtest.Suffix)}
	}
	if opt.Schema == nil {
		opt.Schema = backendtest.Schema
	}
	if opt.Dir == "" && opt.Store == nil {
		opt.Store = store.OpenMemory()
	}
	db, err := backend.Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func verify(b backend.Backend) error { return b.(*backend.DB).Verify() }

func TestSuite(t *testing.T) {
	for name, opt := range map[string]backend.DBOptions{
		"indexed":   {Indexes: allIndexes},
		"unindexed": {},
		"uncached":  {Indexes: allIndexes, CacheBytes: -1},
		"tight":     {Indexes: allIndexes, CacheBytes: 64 * 8000},
	} {
		t.Run(name, func(t *testing.T) {
			backendtest.Run(t, backendtest.Subject{
				Open:  func(t testing.TB) backend.Backend { return open(t, opt) },
				Check: verify,
			})
		})
	}
}
