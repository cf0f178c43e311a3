package config

import (
	"context"
	"slices"
	"strings"
	"testing"

	"libslapi/server/wire"
)

func deleteEntry(t *testing.T, tr *Tree, name string) error {
	t.Helper()
	e := get(t, tr, name)
	if e == nil {
		t.Fatalf("no entry %q", name)
	}
	x, err := tr.Begin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if err := x.Delete(e); err != nil {
		return err
	}
	return x.Commit()
}

// databasesIn lists the databases of user data as name, route and suffix.
func databasesIn(tr *Tree) (list []string) {
	for _, d := range tr.Config().Databases {
		if d.BuiltIn() {
			list = append(list, d.Name+map[Route]string{Routed: "", Unrouted: "(none)", Disabled: "(disabled)"}[d.Route]+" "+d.Suffixes[0].Norm)
		}
	}
	return list
}

// A database added under either peer's name for it is opened, and is there after
// a restart; taken away it is closed, and gone.
func TestDatabasesAtRunTime(t *testing.T) {
	path := write(t, "slapd.conf", treeConf)
	live := &fakeLive{}
	tr := openTree(t, path, live)
	first := databasesIn(tr)[0]
	expect := func(what string, err error, want ...string) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if have := databasesIn(tr); !slices.Equal(have, append([]string{first}, want...)) {
			t.Fatalf("%s: databases %q, want %q besides the first", what, have, want)
		}
	}
	const inst = "cn=two,cn=ldbm database,cn=plugins,cn=config"
	const node = `cn="dc=two",cn=mapping tree,cn=config`
	instance := func() error {
		return addEntry(tr, newEntry(t, tr, inst, "objectClass", "nsBackendInstance", "cn", "two", "nsslapd-suffix", "dc=two"))
	}
	mapped := func() error {
		return addEntry(tr, newEntry(t, tr, node, "objectClass", "nsMappingTree", "cn", "dc=two", "nsslapd-state", "backend", "nsslapd-backend", "two"))
	}
	if err := mapped(); code(err) != wire.UnwillingToPerform {
		t.Errorf("a node without its database: %v", err)
	}
	expect("an instance", instance(), "two(none) dc=two")
	if n := len(live.calls); n == 0 || live.calls[n-1] != "open two" {
		t.Errorf("the server was told %q", live.calls)
	}
	if e := get(t, tr, "olcDatabase={2}mdb,cn=config"); e == nil || e.First("slapidDatabaseName") != "two" {
		t.Errorf("the olcDatabase entry: %v", e)
	}
	if get(t, tr, "cn=index,"+inst) == nil {
		t.Error("the instance has no cn=index")
	}
	expect("its node", mapped(), "two dc=two")
	expect("disabled", modify(t, tr, node, "nsslapd-state", "disabled"), "two(disabled) dc=two")
	expect("enabled", modify(t, tr, node, "nsslapd-state", "backend"), "two dc=two")

	olc := newEntry(t, tr, "olcDatabase=mdb,cn=config", "objectClass", "olcMdbConfig", "olcDatabase", "mdb",
		"olcSuffix", "dc=three", "olcDbDirectory", t.TempDir(), "olcDbIndex", "cn eq")
	expect("an olcDatabase entry", addEntry(tr, olc), "two dc=two", "database2 dc=three")
	if e := get(t, tr, "olcDatabase={3}mdb,cn=config"); e == nil {
		t.Error("it has no number")
	}
	if e := get(t, tr, "cn=cn,cn=index,cn=database2,cn=ldbm database,cn=plugins,cn=config"); e == nil || e.First("nsIndexType") != "eq" {
		t.Errorf("its index: %v", e)
	}
	bad := newEntry(t, tr, "olcDatabase=mdb,cn=config", "objectClass", "olcMdbConfig", "olcDatabase", "mdb",
		"olcSuffix", "dc=four", "olcDbDirectory", tr.Config().Databases[2].Directory)
	if err := addEntry(tr, bad); code(err) != wire.Other || !strings.Contains(err.Error(), "two databases") {
		t.Errorf("a directory in use: %v", err)
	}

	tr.Close()
	tr = openTree(t, path, live)
	expect("after a restart", nil, "two dc=two", "database2 dc=three")

	expect("the olcDatabase entry gone", deleteEntry(t, tr, "olcDatabase={3}mdb,cn=config"), "two dc=two")
	if get(t, tr, "cn=database2,cn=ldbm database,cn=plugins,cn=config") != nil || get(t, tr, `cn="dc=three",cn=mapping tree,cn=config`) != nil {
		t.Error("its instance or node stayed")
	}
	expect("the node gone", deleteEntry(t, tr, node), "two(none) dc=two")
	if err := deleteEntry(t, tr, inst); code(err) != wire.NotAllowedOnNonLeaf {
		t.Errorf("an instance with entries below it: %v", err)
	}
	x, err := tr.Begin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for i := len(tr.cur.Load().order) - 1; i >= 0; i-- {
		if n := tr.cur.Load().order[i]; strings.HasSuffix(n, strings.ToLower(inst)) {
			if err := x.Delete(tr.cur.Load().byNorm[n]); err != nil {
				t.Fatalf("%s: %v", n, err)
			}
		}
	}
	expect("the instance gone", x.Commit())
	if n := len(live.calls); live.calls[n-1] != "close two" {
		t.Errorf("the server was told %q", live.calls)
	}
	live.refuse = wire.Errorf(wire.Other, "no")
	if err := instance(); code(err) != wire.Other {
		t.Errorf("a database that cannot be opened: %v", err)
	}
	expect("nothing of it stays", nil)
	if get(t, tr, inst) != nil || get(t, tr, "olcDatabase={2}mdb,cn=config") != nil {
		t.Error("entries of the refused database stayed")
	}
}
