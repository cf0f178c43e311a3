package backend_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"libslapi/server/backend"
	. "libslapi/server/backend/backendtest"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/wire"
)

func TestImport(t *testing.T) {
	db := open(t, backend.DBOptions{Indexes: allIndexes})
	defer db.Close()
	people(t, db, 5) // not empty
	im, err := db.NewImporter()
	Must(t, err)
	batches := 0
	im.OnBatch = func(int) { batches++ }
	const n = 20000
	for i := 5; i < n; i++ {
		Must(t, im.Add(person(t, i)))
	}
	for _, c := range []struct {
		e    *entry.Entry
		code wire.ResultCode
	}{
		{person(t, 2), wire.EntryAlreadyExists},   // was there
		{person(t, 7), wire.EntryAlreadyExists},   // of an earlier batch
		{person(t, n-1), wire.EntryAlreadyExists}, // of this batch
		{Entry(t, "cn=x,ou=no,"+Suffix, "cn", "x"), wire.NoSuchObject},
	} {
		if got := Code(im.Add(c.e)); got != c.code {
			t.Errorf("%s: %d", c.e.Name.Pretty, got)
		}
	}
	Must(t, im.Add(Entry(t, "cn=x,"+person(t, n-1).Name.Pretty, "cn", "x"))) // its parent is of this batch
	Must(t, im.Close())
	if batches != 3 {
		t.Error("batches:", batches)
	}
	if c, err := db.Count(); c != n+3 || err != nil {
		t.Error(c, err)
	}
	Must(t, db.Verify())
	v := View(t, db)
	defer v.Close()
	if got := Find(t, v, Suffix, wire.ScopeSub, "(mail=p12345@example.com)"); got != "cn=Person 12345,ou=people" {
		t.Error(got)
	}
	// A walk over many entries of which few have children.
	n2 := 0
	q := &backend.Query{Base: Name(t, "ou=people,"+Suffix), Scope: wire.ScopeChildren, Filter: Filter(t, "(objectClass=*)")}
	Must(t, v.Search(q, func(*entry.Entry) bool { n2++; return true }))
	q.Filter = Filter(t, "(cn=x)")
	Must(t, v.Search(q, func(*entry.Entry) bool { n2++; return true }))
	if n2 != n+1 {
		t.Error("walk found", n2)
	}
	if k, err := v.(backend.MetaView).NumSubordinates(Name(t, "ou=people,"+Suffix).Norm); k != n || err != nil {
		t.Error(k, err)
	}
	Update(t, db, func(x backend.Txn) {
		e := Entry(t, "cn=after,"+Suffix, "cn", "after")
		Must(t, x.Add(e))
		if e.ID != n+4 {
			t.Error("id", e.ID)
		}
	})
	Must(t, db.Verify())
}

func TestBackup(t *testing.T) {
	db := open(t, backend.DBOptions{Indexes: allIndexes})
	defer db.Close()
	people(t, db, 20)
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "data.db"))
	Must(t, err)
	Must(t, db.Backup(f))
	Must(t, f.Close())
	c := open(t, backend.DBOptions{Dir: dir, Indexes: allIndexes})
	defer c.Close()
	Must(t, c.Verify())
	if n, err := c.Count(); n != 22 || err != nil {
		t.Error(n, err)
	}
}

// inetOrgPerson makes a rather full entry, as load generators do.
func inetOrgPerson(b testing.TB, i int) *entry.Entry {
	uid := fmt.Sprintf("user%d", i)
	given, sn := fmt.Sprint("Given", i%1000), fmt.Sprint("Surname", i)
	name := "uid=" + uid + ",ou=people," + Suffix
	e := entry.New(dn.Name{Pretty: name, Norm: name})
	s := Schema()
	add := func(desc string, values ...string) {
		d, err := s.Describe(desc)
		if err != nil {
			b.Fatal(err)
		}
		a := entry.Attr{Type: d.Type, Desc: desc}
		for _, v := range values {
			a.Values = append(a.Values, []byte(v))
		}
		e.AppendAttr(a)
	}
	add("objectClass", "top", "person", "organizationalPerson", "inetOrgPerson")
	add("uid", uid)
	add("cn", given+" "+sn)
	add("sn", sn)
	add("givenName", given)
	add("mail", uid+"@example.com")
	add("telephoneNumber", fmt.Sprintf("+49 555 %07d", i))
	add("uidNumber", fmt.Sprint(1000+i))
	add("userPassword", "{SSHA}0123456789abcdefghijklmnopqrstuvwxyz")
	add("description", "An entry of the benchmark, with a text of some length that nobody looks for")
	add("entryUUID", fmt.Sprintf("3c3a6a5e-0000-4000-8000-%012x", i))
	add("entryCSN", fmt.Sprintf("20260101000000.%06dZ#000000#000#000000", i%1000000))
	add("createTimestamp", "20260101000000Z")
	add("modifyTimestamp", "20260101000000Z")
	add("creatorsName", "cn=admin,"+Suffix)
	add("modifiersName", "cn=admin,"+Suffix)
	add("structuralObjectClass", "inetOrgPerson")
	return e
}

var benchIndexes = []backend.IndexSpec{
	{Attr: "objectClass", Eq: true}, {Attr: "uid", Eq: true}, {Attr: "cn", Eq: true, Sub: true},
	{Attr: "sn", Eq: true, Sub: true}, {Attr: "mail", Eq: true}, {Attr: "entryUUID", Eq: true}, {Attr: "entryCSN", Eq: true},
}
