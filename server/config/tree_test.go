package config

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

const treeConf = `
attributetype ( 0.9.2342.19200300.100.1.25 NAME 'dc' EQUALITY caseIgnoreIA5Match SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 SINGLE-VALUE )
database config
rootdn cn=admin,cn=config
rootpw secret
database mdb
suffix "dc=x"
rootdn "cn=admin,dc=x"
directory DIR/db
index cn,description eq
access to * by * read
access to attrs=cn by self write
plugin preoperation /a.so init_a one "two words"
`

// fakeLive records what it is told and refuses when it should.
type fakeLive struct {
	calls  []string
	refuse error
	db     *Database
	global *Global
	front  *Database
}

func (*fakeLive) Schema(*schema.Schema) error { return nil }

func (f *fakeLive) Global(old, now *Global, of, nf *Database) error {
	f.calls = append(f.calls, "global")
	f.global, f.front = now, nf
	return f.refuse
}

func (f *fakeLive) Database(old, now *Database) error {
	f.calls = append(f.calls, "database "+now.Name)
	f.db = now
	return f.refuse
}

func (f *fakeLive) OpenDatabase(d *Database) error {
	f.calls = append(f.calls, "open "+d.Name)
	f.db = d
	return f.refuse
}

func (f *fakeLive) Routes() {}

func (f *fakeLive) CloseDatabase(d *Database) error {
	f.calls = append(f.calls, "close "+d.Name)
	return f.refuse
}

func (f *fakeLive) Plugin(before, after *plugin.Spec) error {
	name := ""
	if before != nil {
		name = "-" + before.Name
	}
	if after != nil {
		name += "+" + after.Name
	}
	f.calls = append(f.calls, "plugin "+name)
	return f.refuse
}

func openTree(t *testing.T, path string, live Live) *Tree {
	t.Helper()
	c, err := ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := NewTree(c, TreeOptions{Live: live, File: ChangesFile(path), Schemes: func() []string { return []string{"{SSHA}", "PBKDF2-SHA512", "{ARGON2}", "MD5"} }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Close() })
	return tr
}

func get(t *testing.T, tr *Tree, name string) *entry.Entry {
	t.Helper()
	n, err := dn.NewName(name, tr.schema())
	if err != nil {
		t.Fatal(err)
	}
	return tr.cur.Load().byNorm[n.Norm]
}

// modify replaces one attribute as a client's modify would.
func modify(t *testing.T, tr *Tree, name, attr string, values ...string) error {
	t.Helper()
	old := get(t, tr, name)
	if old == nil {
		t.Fatalf("no entry %q", name)
	}
	x, err := tr.Begin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	now := old.Clone()
	var vals [][]byte
	for _, v := range values {
		vals = append(vals, []byte(v))
	}
	if err := now.Put(tr.schema(), attr, vals...); err != nil {
		t.Fatal(err)
	}
	if err := x.Replace(old, now); err != nil {
		return err
	}
	return x.Commit()
}

func newEntry(t *testing.T, tr *Tree, name string, attrs ...string) *entry.Entry {
	t.Helper()
	n, err := dn.NewName(name, tr.schema())
	if err != nil {
		t.Fatal(err)
	}
	e := entry.New(n)
	for i := 0; i < len(attrs); i += 2 {
		if err := e.Add(tr.schema(), attrs[i], []byte(attrs[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func addEntry(tr *Tree, e *entry.Entry) error {
	x, err := tr.Begin(context.Background())
	if err != nil {
		return err
	}
	defer x.Close()
	if err := x.Add(e); err != nil {
		return err
	}
	return x.Commit()
}

func code(err error) wire.ResultCode {
	var we *wire.Error
	if errors.As(err, &we) {
		return we.Code
	}
	if err == nil {
		return wire.Success
	}
	return -1
}

func TestTreeEntries(t *testing.T) {
	tr := openTree(t, write(t, "slapd.conf", treeConf), nil)
	for name, want := range map[string][2]string{
		"cn=config":                                         {"nsslapd-sizelimit", "500"},
		"olcDatabase={0}config,cn=config":                   {"olcRootDN", "cn=admin,cn=config"},
		"olcDatabase={1}mdb,cn=config":                      {"olcSuffix", "dc=x"},
		"cn=userRoot,cn=ldbm database,cn=plugins,cn=config": {"nsslapd-suffix", "dc=x"},
		"cn=description,cn=index,cn=userRoot,cn=ldbm database,cn=plugins,cn=config": {"nsIndexType", "eq"},
		`cn=dc\3Dx,cn=mapping tree,cn=config`:                                       {"nsslapd-backend", "userRoot"},
		"oid=1.3.6.1.4.1.4203.1.9.1.1,cn=features,cn=config":                        {"cn", "Sync Request Control"},
		"cn=preoperation:a.so:init_a,cn=plugins,cn=config":                          {"nsslapd-pluginarg1", "two words"},
		"cn=tasks,cn=config": {"cn", "tasks"},
	} {
		e := get(t, tr, name)
		if e == nil {
			t.Errorf("no entry %q", name)
		} else if got := e.First(want[0]); got != want[1] {
			t.Errorf("%s: %s is %q, want %q", name, want[0], got, want[1])
		}
	}
	db := get(t, tr, "olcDatabase={1}mdb,cn=config")
	if got := texts(db.Values("olcAccess")); !slices.Equal(got, []string{"{0}to * by * read", "{1}to attrs=cn by self write"}) {
		t.Errorf("olcAccess %q", got)
	}
	// every database entry parses back to what it was made of
	d, err := tr.Config().databaseOf(db, tr.Config().Frontend)
	if err != nil {
		t.Fatal(err)
	}
	if o := tr.Config().Databases[1]; d.Directory != o.Directory || d.RootDN != o.RootDN || len(d.Access) != 2 || len(d.Indexes()) != 2 {
		t.Errorf("database %+v from its entry, %+v from the file", d, o)
	}
}

func TestTreeSearch(t *testing.T) {
	tr := openTree(t, write(t, "slapd.conf", treeConf), nil)
	v, _ := tr.View(context.Background())
	defer v.Close()
	count := func(base string, scope wire.Scope, f string) int {
		n, _ := filter.Parse(f)
		if err := n.Resolve(tr.schema(), nil); err != nil {
			t.Fatal(err)
		}
		name, _ := dn.NewName(base, tr.schema())
		c := 0
		if err := v.Search(&backend.Query{Base: name, Scope: scope, Filter: n}, func(*entry.Entry) bool { c++; return true }); err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, c := range []struct {
		base  string
		scope wire.Scope
		f     string
		want  int
	}{
		{"cn=config", wire.ScopeBase, "(objectClass=*)", 1},
		{"cn=index,cn=userRoot,cn=ldbm database,cn=plugins,cn=config", wire.ScopeOne, "(objectClass=*)", 2},
		{"cn=index,cn=userRoot,cn=ldbm database,cn=plugins,cn=config", wire.ScopeSub, "(objectClass=*)", 3},
		{"cn=config", wire.ScopeSub, "(cn=userRoot)", 1},
	} {
		if got := count(c.base, c.scope, c.f); got != c.want {
			t.Errorf("%s scope %d %s: %d entries, want %d", c.base, c.scope, c.f, got, c.want)
		}
	}
	name, _ := dn.NewName("cn=nosuch,cn=config", tr.schema())
	if err := v.Search(&backend.Query{Base: name}, nil); code(err) != wire.NoSuchObject {
		t.Errorf("search below nothing: %v", err)
	}
}

func TestTreeChangesSurviveARestart(t *testing.T) {
	path := write(t, "slapd.conf", treeConf)
	live := &fakeLive{}
	tr := openTree(t, path, live)
	if err := modify(t, tr, "cn=config", "nsslapd-sizelimit", "77"); err != nil {
		t.Fatal(err)
	}
	if got := tr.Config().Databases[1].Limits.Size.Soft; got != 77 {
		t.Errorf("the database does not inherit the limit: %d", got)
	}
	if live.front == nil || live.front.Limits.Size.Soft != 77 || tr.Setting("olcSizeLimit") != "77" {
		t.Errorf("size limit: %+v, olcSizeLimit %q", live.front, tr.Setting("olcSizeLimit"))
	}
	if err := modify(t, tr, "cn=config", "olcIdleTimeout", "9"); err != nil {
		t.Fatal(err)
	}
	if live.global.IdleTimeout != 9 || tr.Setting("nsslapd-idletimeout") != "9" {
		t.Errorf("idle timeout %d, %q", live.global.IdleTimeout, tr.Setting("nsslapd-idletimeout"))
	}
	if err := modify(t, tr, "olcDatabase={1}mdb,cn=config", "olcDbIndex", "cn pres,eq", "uid eq"); err != nil {
		t.Fatal(err)
	}
	if live.db == nil || len(live.db.Indexes()) != 2 || live.db.Indexes()[1].Attr != "uid" {
		t.Errorf("indexes %+v", live.db)
	}
	const index = "cn=index,cn=userRoot,cn=ldbm database,cn=plugins,cn=config"
	if get(t, tr, "cn=uid,"+index) == nil || get(t, tr, "cn=description,"+index) != nil {
		t.Error("the nsIndex entries do not follow olcDbIndex")
	}
	if err := addEntry(tr, newEntry(t, tr, "cn=description,"+index, "objectClass", "nsIndex", "cn", "description", "nsIndexType", "sub", "nsSystemIndex", "false")); err != nil {
		t.Fatal(err)
	}
	if len(live.db.Indexes()) != 3 {
		t.Errorf("olcDbIndex does not follow a new nsIndex entry: %+v", live.db.Indexes())
	}
	plug := "cn=preoperation:a.so:init_a,cn=plugins,cn=config"
	if err := modify(t, tr, plug, "nsslapd-pluginEnabled", "off"); err != nil {
		t.Fatal(err)
	}
	if err := addEntry(tr, newEntry(t, tr, "cn=More,cn=plugins,cn=config", "objectClass", "nsSlapdPlugin", "cn", "More",
		"nsslapd-pluginPath", "/m.so", "nsslapd-pluginInitfunc", "m_init", "nsslapd-pluginType", "object", "nsslapd-pluginEnabled", "on")); err != nil {
		t.Fatal(err)
	}

	again := openTree(t, path, nil)
	c := again.Config()
	if c.Frontend.Limits.Size.Soft != 77 || c.Global.IdleTimeout != 9 || len(c.Databases[1].Indexes()) != 3 {
		t.Errorf("after a restart: size %d, idle %d, indexes %+v", c.Frontend.Limits.Size.Soft, c.Global.IdleTimeout, c.Databases[1].Indexes())
	}
	if len(c.Plugins) != 2 || c.Plugins[0].Enabled || c.Plugins[1].Name != "More" || !c.Plugins[1].Enabled {
		t.Errorf("plug-ins after a restart: %+v", c.Plugins)
	}
	if c.Plugins[0].Database != "userRoot" || c.Plugins[0].Path != "/a.so" || len(c.Plugins[0].Args) != 2 {
		t.Errorf("the plug-in line lost something: %+v", c.Plugins[0])
	}
	st, err := os.Stat(ChangesFile(path))
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("changes file: %v %v", st, err)
	}
}

func TestTreeRefusals(t *testing.T) {
	path := write(t, "slapd.conf", treeConf)
	live := &fakeLive{}
	tr := openTree(t, path, live)
	before := tr.cur.Load()
	for _, c := range []struct {
		name, attr, value string
		code              wire.ResultCode
		text              string
	}{
		{"cn=config", "passwordStorageScheme", "NO-SUCH-SCHEME", wire.OperationsError,
			"passwordStorageScheme: invalid scheme - NO-SUCH-SCHEME. Valid schemes are: SSHA, MD5, PBKDF2-SHA512"},
		{"cn=config", "nsslapd-sizelimit", "abc", wire.OperationsError, "nsslapd-sizelimit:"},
		{"cn=config", "nsslapd-readonly", "maybe", wire.OperationsError, "must be on or off"},
		{"cn=config", "nsslapd-nosuch", "1", wire.NoSuchAttribute, "nsslapd-nosuch"},
		{"cn=config", "nsslapd-versionstring", "1", wire.UnwillingToPerform, "nsslapd-versionstring"},
		{"cn=config", "nsslapd-rootdn", "nonsense", wire.InvalidAttributeSyntax, "nsslapd-rootdn"},
		{"cn=config", "olcLogLevel", "nosuch", wire.Other, `olcLogLevel: <loglevel> unknown level "nosuch"`},
		{"olcDatabase={1}mdb,cn=config", "olcSuffix", "dc=y", wire.UnwillingToPerform, "olcSuffix"},
		{"olcDatabase={1}mdb,cn=config", "olcDbIndex", "nosuch eq", wire.Other, "olcDbIndex"},
		{"cn=preoperation:a.so:init_a,cn=plugins,cn=config", "nsslapd-pluginType", "nosuch", wire.UnwillingToPerform, "nosuch"},
	} {
		err := modify(t, tr, c.name, c.attr, c.value)
		if code(err) != c.code || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %s: got %v, want %d %q", c.name, c.attr, err, c.code, c.text)
		}
	}
	if err := addEntry(tr, newEntry(t, tr, "olcDatabase={2}mdb,cn=config", "olcDatabase", "{2}mdb")); code(err) != wire.Other {
		t.Errorf("add of a database without a suffix: %v", err)
	}
	if err := addEntry(tr, newEntry(t, tr, "cn=a,cn=b,cn=config", "cn", "a")); code(err) != wire.NoSuchObject {
		t.Errorf("add without a parent: %v", err)
	}
	if err := addEntry(tr, newEntry(t, tr, "cn=tasks,cn=config", "cn", "tasks")); code(err) != wire.EntryAlreadyExists {
		t.Errorf("add of an entry that is there: %v", err)
	}
	if tr.cur.Load() != before {
		t.Error("a refused change left a trace")
	}
	if _, err := os.Stat(ChangesFile(path)); err == nil {
		t.Error("a refused change was saved")
	}
	// the running server refuses: all comes back, in the file too
	live.refuse = errors.New("no")
	if err := modify(t, tr, "olcDatabase={1}mdb,cn=config", "olcReadOnly", "TRUE"); code(err) != wire.UnwillingToPerform {
		t.Errorf("refused by the server: %v", err)
	}
	if get(t, tr, "olcDatabase={1}mdb,cn=config").Has("olcReadOnly") || tr.Config().Databases[1].ReadOnly {
		t.Error("the refused change stayed")
	}
	if openTree(t, path, nil).Config().Databases[1].ReadOnly {
		t.Error("the refused change was saved")
	}
}

func TestTreeSavepoints(t *testing.T) {
	tr := openTree(t, write(t, "slapd.conf", treeConf), nil)
	x, _ := tr.Begin(context.Background())
	add := func(cn string) error {
		return x.Add(newEntry(t, tr, "cn="+cn+",cn=config", "objectClass", "extensibleObject", "cn", cn))
	}
	has := func(cn string) bool { e, _ := x.Lookup("cn=" + cn + ",cn=config"); return e != nil }
	if err := add("one"); err != nil {
		t.Fatal(err)
	}
	m := x.Savepoint()
	add("two")
	inner := x.Savepoint()
	add("three")
	if err := x.RollbackTo(inner); err != nil || has("three") || !has("two") {
		t.Error("inner savepoint", err)
	}
	if err := x.RollbackTo(m); err != nil || has("two") || !has("one") {
		t.Error("outer savepoint", err)
	}
	if err := x.RollbackTo(inner); err == nil {
		t.Error("a savepoint that is gone")
	}
	if get(t, tr, "cn=one,cn=config") != nil {
		t.Error("seen before the commit")
	}
	x.Abort()
	if get(t, tr, "cn=one,cn=config") != nil {
		t.Error("seen after the abort")
	}
	if err := x.Commit(); err == nil {
		t.Error("commit after abort")
	}
	ctx, cancel := context.WithCancel(context.Background())
	y, _ := tr.Begin(ctx)
	cancel()
	if _, err := tr.Begin(ctx); err == nil {
		t.Error("a second writer did not wait")
	}
	y.Abort()
}

func TestTreeTasks(t *testing.T) {
	path := write(t, "slapd.conf", treeConf)
	tr := openTree(t, path, nil)
	for _, n := range []string{"cn=fixup,cn=tasks,cn=config", "cn=1,cn=fixup,cn=tasks,cn=config"} {
		if err := addEntry(tr, newEntry(t, tr, n, "objectClass", "extensibleObject", "ttl", "0")); err != nil {
			t.Fatal(err)
		}
	}
	if err := modify(t, tr, "cn=1,cn=fixup,cn=tasks,cn=config", "nsTaskExitCode", "0"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(ChangesFile(path)); err == nil {
		t.Error("a file was written for a task")
	}
	for deadline := time.Now().Add(5 * time.Second); get(t, tr, "cn=1,cn=fixup,cn=tasks,cn=config") != nil; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a finished task stays")
		}
	}
	if get(t, openTree(t, path, nil), "cn=fixup,cn=tasks,cn=config") != nil {
		t.Error("a task was saved")
	}
	for in, want := range map[string]string{
		"cn=1,cn=fixup,cn=tasks,cn=config": "cn=fixup,cn=tasks,cn=config",
		"cn=fixup,cn=tasks,cn=config":      "cn=fixup,cn=tasks,cn=config",
		"cn=tasks,cn=config":               "", "cn=config": "", "dc=x": "",
	} {
		if got := TaskCategory(in); got != want {
			t.Errorf("TaskCategory(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDynamicPlugins(t *testing.T) {
	live := &fakeLive{}
	tr := openTree(t, write(t, "slapd.conf", treeConf), live)
	plug := "cn=preoperation:a.so:init_a,cn=plugins,cn=config"
	if err := modify(t, tr, plug, "nsslapd-pluginEnabled", "off"); err != nil || len(live.calls) != 0 {
		t.Errorf("off: %v, calls %q", err, live.calls)
	}
	if err := modify(t, tr, "cn=config", "nsslapd-dynamic-plugins", "on"); err != nil {
		t.Fatal(err)
	}
	if err := modify(t, tr, plug, "nsslapd-pluginEnabled", "on"); err != nil {
		t.Fatal(err)
	}
	if err := modify(t, tr, plug, "nsslapd-pluginVersion", "9"); err != nil {
		t.Fatal(err)
	}
	name := "preoperation:a.so:init_a"
	if want := []string{"global", "plugin -" + name + "+" + name}; !slices.Equal(live.calls, want) {
		t.Errorf("calls %q, want %q", live.calls, want)
	}
	live.refuse = errors.New("it does not start")
	if err := modify(t, tr, plug, "nsslapd-pluginEnabled", "off"); code(err) != wire.UnwillingToPerform {
		t.Errorf("a plug-in that fails: %v", err)
	}
	if got := get(t, tr, plug).First("nsslapd-pluginEnabled"); got != "on" {
		t.Errorf("after the failure it is %q", got)
	}
}

// A folder that a tree wrote reads back to the same configuration.
func TestFolder(t *testing.T) {
	c, err := ParseFile(write(t, "slapd.conf", dcSchema+treeConf))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	c.Dir = dir
	file := filepath.Join(dir, "cn=config.ldif")
	tr, err := NewTree(c, TreeOptions{File: file, Whole: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.Save(); err != nil {
		t.Fatal(err)
	}
	back, err := ParseDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(back.Databases) != 2 || back.Databases[1].Directory != c.Databases[1].Directory || len(back.Databases[1].Access) != 2 ||
		back.Databases[0].RootPW != "secret" || back.Schema.AttributeType("badge") == nil {
		t.Errorf("databases %+v", back.Databases[1])
	}
	if len(back.Plugins) != 1 || back.Plugins[0].Init != "init_a" || back.Plugins[0].Database != "userRoot" || len(back.Plugins[0].Args) != 2 {
		t.Errorf("plug-ins %+v", back.Plugins)
	}
	again, err := NewTree(back, TreeOptions{File: file, Whole: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := modify(t, again, "cn=config", "nsslapd-timelimit", "5"); err != nil {
		t.Fatal(err)
	}
	if back, err = ParseDir(dir); err != nil || back.Frontend.Limits.Time.Soft != 5 {
		t.Errorf("time limit after a change: %v, %v", back.Frontend.Limits.Time, err)
	}
}

// OpenLDAP's own layout: one file an entry, relative names.
func TestOpenLDAPFolder(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		path := filepath.Join(dir, name)
		os.MkdirAll(filepath.Dir(path), 0o700)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("cn=config.ldif", "dn: cn=config\nobjectClass: olcGlobal\ncn: config\nolcPidFile: /run/x\nolcSizeLimit: 9\nentryUUID: 1\n")
	put("cn=config/cn=schema.ldif", "dn: cn=schema\nobjectClass: olcSchemaConfig\ncn: schema\n")
	put("cn=config/cn=schema/cn={0}own.ldif", "dn: cn={0}own\nobjectClass: olcSchemaConfig\ncn: {0}own\n"+
		"olcAttributeTypes: {0}( 9.9.1 NAME 'badge' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )\n"+
		"olcAttributeTypes: {1}( 0.9.2342.19200300.100.1.25 NAME 'dc' SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 )\n")
	put("cn=config/cn=module{0}.ldif", "dn: cn=module{0}\nobjectClass: olcModuleList\ncn: module{0}\nolcModulePath: /usr/lib/ldap\nolcModuleLoad: {0}back_mdb\n")
	put("cn=config/olcDatabase={-1}frontend.ldif", "dn: olcDatabase={-1}frontend\nolcDatabase: {-1}frontend\nolcAccess: {0}to * by * read\n")
	put("cn=config/olcDatabase={0}config.ldif", "dn: olcDatabase={0}config\nolcDatabase: {0}config\nolcRootDN: cn=admin,cn=config\n")
	put("cn=config/olcDatabase={1}mdb.ldif", "dn: olcDatabase={1}mdb\nolcDatabase: {1}mdb\nolcSuffix: dc=x\nolcDbDirectory: /tmp\nolcRootDN: cn=a,dc=x\n"+
		"olcAccess: {1}to * by * none\nolcAccess: {0}to attrs=cn by * read\nolcDbIndex: badge eq\nolcPlugin: {0}preoperation /a.so init_a x\n")
	c, err := ParseDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	d := c.Databases[1]
	if c.Global.PIDFile != "/run/x" || c.Frontend.Limits.Size.Soft != 9 || len(c.Frontend.Access) != 1 || len(d.Access) != 2 ||
		len(d.Indexes()) != 1 {
		t.Errorf("%+v\n%+v", c.Global, d)
	}
	if len(c.Plugins) != 1 || c.Plugins[0].Database != d.Name || c.Plugins[0].Init != "init_a" {
		t.Errorf("plug-ins %+v", c.Plugins)
	}
	put("cn=config/olcDatabase={1}mdb/olcOverlay={0}syncprov.ldif", "dn: olcOverlay={0}syncprov\nolcOverlay: {0}syncprov\nolcSpSessionlog: 7\nolcSpReloadHint: TRUE\n")
	c, err = ParseDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if o := c.Databases[1].Syncprov; o == nil || o.Settings.SessionLog != 7 || !o.Settings.ReloadHint || o.Settings.NoPresent {
		t.Errorf("overlay %+v", o)
	}
	put("cn=config/olcDatabase={1}mdb/olcOverlay={0}syncprov.ldif", "dn: olcOverlay={0}rwm\nolcOverlay: {0}rwm\n")
	if _, err := ParseDir(dir); err == nil || !strings.Contains(err.Error(), "overlay rwm is not supported yet") {
		t.Errorf("overlay: %v", err)
	}
}

// A change that is taken back by hand leaves no file behind; a root password is
// saved hashed.
func TestChangesFile(t *testing.T) {
	path := write(t, "slapd.conf", treeConf)
	tr := openTree(t, path, nil)
	tr.opt.Hash = func(clear []byte, scheme string) (string, error) { return "{" + scheme + "}hash", nil }
	there := func() bool { _, err := os.Stat(ChangesFile(path)); return err == nil }
	if err := modify(t, tr, "cn=config", "nsslapd-rootpw", "clear"); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(ChangesFile(path))
	if strings.Contains(string(text), "clear") || tr.Setting("nsslapd-rootpw") != "{PBKDF2-SHA512}hash" {
		t.Errorf("root password %q, file:\n%s", tr.Setting("nsslapd-rootpw"), text)
	}
	if err := modify(t, tr, "cn=config", "nsslapd-rootpw"); err != nil || there() {
		t.Errorf("all taken back, but the file is there (%v)", err)
	}
	// a broken file is an error that names the place, one about a gone entry is not
	os.MkdirAll(filepath.Dir(ChangesFile(path)), 0o700)
	os.WriteFile(ChangesFile(path), []byte("dn: cn=gone,cn=config\nchangetype: modify\nreplace: cn\ncn: x\n-\n\n"), 0o600)
	if c := openTree(t, path, nil).Config(); len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], ChangesFile(path)+":1: ") {
		t.Errorf("warnings %q", c.Warnings)
	}
	os.WriteFile(ChangesFile(path), []byte("dn: cn=config\nchangetype: modify\nreplace: olcLogLevel\nolcLogLevel: nonsense\n-\n\n"), 0o600)
	c, err := ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewTree(c, TreeOptions{File: ChangesFile(path)}); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("a value that cannot be: %v", err)
	}
}
