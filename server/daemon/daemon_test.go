package daemon

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"libslapi/server/config"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// fakeHost is a plug-in host that records how it is driven.
type fakeHost struct {
	plugin.NoHost
	opt    HostOptions
	calls  *[]string
	load   error
	start  error
	during func(*fakeHost) // at Load
	single error           // of StartPlugin
}

func (h *fakeHost) note(format string, args ...any) {
	*h.calls = append(*h.calls, fmt.Sprintf(format, args...))
}

func (h *fakeHost) Load(specs []plugin.Spec) error {
	for _, s := range specs {
		h.note("load %s", s.Init)
	}
	if h.during != nil {
		h.during(h)
	}
	return h.load
}

func (h *fakeHost) Start(s plugin.Services) error {
	h.note("start with %d databases", len(s.Databases()))
	return h.start
}

func (h *fakeHost) StartPlugin(s plugin.Spec) error {
	h.note("start %s", s.Init)
	return h.single
}

func (h *fakeHost) StopPlugin(name string) error {
	h.note("stop %s", name)
	return nil
}

func (h *fakeHost) Close() { h.note("close") }

// options starts a daemon of a configuration file on a free port.
func options(t *testing.T, path string, hooks Hooks) Options {
	t.Helper()
	src, err := loadConfig(path, "", false)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Config: src.cfg, File: src.file, Hooks: hooks, URLs: []string{"ldap://127.0.0.1:0/"}, Debug: io.Discard}
}

func serve(t *testing.T, opt Options) *Daemon {
	t.Helper()
	d, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	go d.Run()
	t.Cleanup(d.Stop)
	return d
}

func dial(t *testing.T, d *Daemon, who string) *ldap.Conn {
	t.Helper()
	c, err := ldap.DialURL(strings.TrimSuffix(d.URLs()[0], "/"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if who != "" {
		if err := c.Bind(who, "secret"); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func resultCode(err error) int {
	if err == nil {
		return 0
	}
	var le *ldap.Error
	if errors.As(err, &le) {
		return int(le.ResultCode)
	}
	return -1
}

const (
	root       = "cn=admin,dc=example,dc=com"
	configRoot = "cn=admin,cn=config"
)

func TestServer(t *testing.T) {
	path := conf(t, "")
	if status, _, errs := run(t, seed, "slapadd", "-f", path, "-w"); status != 0 {
		t.Fatal(errs)
	}
	var log bytes.Buffer
	opt := options(t, path, Hooks{})
	opt.Debug = &log
	d := serve(t, opt)
	if !strings.HasPrefix(d.URLs()[0], "ldap://127.0.0.1:") || strings.HasSuffix(d.URLs()[0], ":0/") {
		t.Errorf("URLs %q", d.URLs())
	}
	if port := d.Tree().Setting("nsslapd-port"); !strings.Contains(d.URLs()[0], ":"+port+"/") {
		t.Errorf("nsslapd-port %q, %q", port, d.URLs()[0])
	}
	user, admin := dial(t, d, root), dial(t, d, configRoot)
	find := func(c *ldap.Conn, base, filter string) int {
		r, err := c.Search(ldap.NewSearchRequest(base, ldap.ScopeWholeSubtree, 0, 0, 0, false, filter, []string{"1.1"}, nil))
		if err != nil {
			return -resultCode(err)
		}
		return len(r.Entries)
	}
	if n := find(user, "dc=example,dc=com", "(objectClass=*)"); n != 3 {
		t.Errorf("%d entries", n)
	}
	if n := find(admin, "cn=config", "(olcDatabase=*)"); n != 3 {
		t.Errorf("%d databases in cn=config", n)
	}
	if n := find(user, "cn=config", "(objectClass=*)"); n > 0 {
		t.Errorf("the root of a database sees %d entries of cn=config", n)
	}
	modify := func(c *ldap.Conn, dn, attr string, values ...string) int {
		m := ldap.NewModifyRequest(dn, nil)
		m.Replace(attr, values)
		return resultCode(c.Modify(m))
	}
	const db = "olcDatabase={1}mdb,cn=config"
	if code := modify(admin, db, "olcReadOnly", "TRUE"); code != 0 {
		t.Errorf("readonly: %d", code)
	}
	if code := modify(user, "ou=one,dc=example,dc=com", "description", "x"); code != int(wire.UnwillingToPerform) {
		t.Errorf("write to a readonly database: %d", code)
	}
	if code := modify(admin, "cn=config", "nsslapd-readonly", "off"); code != 0 {
		t.Errorf("nsslapd-readonly: %d", code)
	}
	if code := modify(admin, db, "olcReadOnly", "FALSE"); code != 0 {
		t.Errorf("readonly off: %d", code)
	}
	if code := modify(user, "ou=one,dc=example,dc=com", "description", "x"); code != 0 {
		t.Errorf("write: %d", code)
	}
	if code := modify(admin, db, "olcDbIndex", "cn,ou eq", "description eq,sub"); code != 0 {
		t.Errorf("index: %d", code)
	}
	if n := find(user, "dc=example,dc=com", "(description=x)"); n != 1 {
		t.Errorf("by the new index: %d", n)
	}
	anonymous := dial(t, d, "")
	if code := modify(admin, "cn=config", "olcSizeLimit", "1"); code != 0 {
		t.Errorf("olcSizeLimit: %d", code)
	}
	if n := find(anonymous, "dc=example,dc=com", "(objectClass=*)"); n != -int(wire.SizeLimitExceeded) {
		t.Errorf("with a size limit of 1: %d", n)
	}
	if code := modify(admin, db, "olcAccess", "{0}to * by * none"); code != 0 {
		t.Errorf("olcAccess: %d", code)
	}
	if n := find(anonymous, "dc=example,dc=com", "(objectClass=*)"); n != -int(wire.NoSuchObject) {
		t.Errorf("with access for nobody: %d", n)
	}
	if code := modify(admin, db, "olcAccess", "{0}to * by nobody read"); code != int(wire.Other) {
		t.Errorf("bad olcAccess: %d", code)
	}
	if code := modify(admin, "cn=config", "passwordStorageScheme", "NO-SUCH"); code != int(wire.OperationsError) {
		t.Errorf("bad scheme: %d", code)
	}
	d.Stop()
	if d.Server() == nil || !strings.Contains(log.String(), "listening on "+d.URLs()[0]) || !strings.Contains(log.String(), "slapid stopped") {
		t.Errorf("log %q", log.String())
	}

	// all of it survives
	again := serve(t, options(t, path, Hooks{}))
	admin = dial(t, again, configRoot)
	if n := find(admin, "cn=config", "(olcSizeLimit=1)"); n != 1 {
		t.Errorf("size limit after a restart: %d", n)
	}
	if n := find(dial(t, again, ""), "dc=example,dc=com", "(objectClass=*)"); n != -int(wire.NoSuchObject) {
		t.Errorf("access after a restart: %d", n)
	}
	if err := dial(t, again, "").Bind(root, "secret"); err != nil {
		t.Error(err)
	}
}

func TestPluginHostIsDriven(t *testing.T) {
	dir := t.TempDir()
	pl := filepath.Join(dir, "p.ldif")
	os.WriteFile(pl, []byte(`dn: cn=Late,cn=plugins,cn=config
objectClass: nsSlapdPlugin
cn: Late
nsslapd-pluginPath: /late.so
nsslapd-pluginInitfunc: late
nsslapd-pluginType: object
nsslapd-pluginEnabled: on
nsslapd-pluginPrecedence: 60

dn: cn=Scheme,cn=plugins,cn=config
objectClass: nsSlapdPlugin
cn: Scheme
nsslapd-pluginPath: /scheme.so
nsslapd-pluginInitfunc: scheme
nsslapd-pluginType: pwdstoragescheme
nsslapd-pluginEnabled: on

dn: cn=Out,cn=plugins,cn=config
objectClass: nsSlapdPlugin
cn: Out
nsslapd-pluginPath: /out.so
nsslapd-pluginInitfunc: out
nsslapd-pluginType: object
nsslapd-pluginEnabled: off
`), 0o600)
	path := conf(t, "plugin preoperation /a.so first x\npluginldif "+pl+"\nplugin postoperation /b.so second")
	var calls []string
	host := &fakeHost{calls: &calls}
	host.during = func(h *fakeHost) {
		if h.opt.Services.Schema() == nil || h.opt.Services.Setting("nsslapd-port") == "" {
			t.Error("the services are of no use during Load")
		}
		if len(h.opt.Services.Databases()) == 0 {
			t.Error("not even cn=config is there during Load")
		}
		if _, err := h.opt.Services.ConfigCallback(&plugin.ConfigCallback{Ops: plugin.KindAdd, Before: true,
			Base: "cn=served,cn=tasks,cn=config", Scope: wire.ScopeSub,
			Call: func(*plugin.Operation, *entry.Entry, *entry.Entry) (int, wire.ResultCode, string) { return 1, 0, "" }}); err != nil {
			t.Error(err)
		}
	}
	hooks := Hooks{NewHost: func(o HostOptions) (HostController, error) { host.opt = o; return host, nil }}
	var order []string
	hooks.Started = func(*Daemon) { order = append(order, "started") }
	hooks.Stopping = func(*Daemon) { order = append(order, "stopping") }
	d := serve(t, options(t, path, hooks))
	if want := []string{"load scheme", "load first", "load second", "load late", "start with 4 databases"}; !slices.Equal(calls, want) {
		// cn=config, userRoot, the root DSE and the subschema
		t.Errorf("calls %q, want %q", calls, want)
	}
	admin := dial(t, d, configRoot)
	add := func(dn string) int {
		a := ldap.NewAddRequest(dn, nil)
		a.Attribute("objectClass", []string{"extensibleObject"})
		return resultCode(admin.Add(a))
	}
	for _, c := range []struct {
		dn   string
		want wire.ResultCode
	}{
		{"cn=other,cn=tasks,cn=config", wire.UnwillingToPerform},
		{"cn=1,cn=other,cn=tasks,cn=config", wire.NoSuchObject},
		{"cn=served,cn=tasks,cn=config", wire.Success},
		{"cn=1,cn=served,cn=tasks,cn=config", wire.Success},
	} {
		if got := add(c.dn); got != int(c.want) {
			t.Errorf("add of %s: %d, want %d", c.dn, got, c.want)
		}
	}
	// dynamic plug-ins
	calls = nil
	replace := func(dn, attr, value string) int {
		m := ldap.NewModifyRequest(dn, nil)
		m.Replace(attr, []string{value})
		return resultCode(admin.Modify(m))
	}
	if code := replace("cn=config", "nsslapd-dynamic-plugins", "on"); code != 0 {
		t.Fatal(code)
	}
	if code := replace("cn=Out,cn=plugins,cn=config", "nsslapd-pluginEnabled", "on"); code != 0 {
		t.Error(code)
	}
	host.single = errors.New("it does not like to")
	if code := replace("cn=Late,cn=plugins,cn=config", "nsslapd-pluginarg0", "x"); code != int(wire.UnwillingToPerform) {
		t.Error(code)
	}
	if want := []string{"start out", "stop Late", "start late", "start late"}; !slices.Equal(calls, want) {
		t.Errorf("calls %q, want %q", calls, want)
	}
	calls = nil
	d.Stop()
	if !slices.Equal(calls, []string{"close"}) || !slices.Equal(order, []string{"started", "stopping"}) {
		t.Errorf("at the stop: %q %q", calls, order)
	}
}

func TestPluginFailures(t *testing.T) {
	path := conf(t, "plugin preoperation /nosuch.so init_x")
	for _, c := range []struct {
		name        string
		load, start error
		want        []string
	}{
		{"load", errors.Join(errors.New("plug-in one: no file"), errors.New("plug-in two: no symbol")), nil, []string{"load init_x", "close"}},
		{"start", nil, errors.New("plug-in one: start gave -1"), []string{"load init_x", "start with 4 databases", "close"}},
	} {
		var calls []string
		hooks := Hooks{NewHost: func(o HostOptions) (HostController, error) {
			return &fakeHost{calls: &calls, load: c.load, start: c.start, opt: o}, nil
		}}
		d, err := New(options(t, path, hooks))
		want := c.load
		if want == nil {
			want = c.start
		}
		if d != nil || err == nil || err.Error() != want.Error() {
			t.Errorf("%s: %v", c.name, err)
		}
		if !slices.Equal(calls, c.want) {
			t.Errorf("%s: calls %q", c.name, calls)
		}
		// slaptest says the same, and does not start
		var errs bytes.Buffer
		cmd := &command{argv: []string{"slaptest", "-u", "-f", path}, stderr: &errs, stdout: io.Discard, hooks: hooks}
		status := cmd.dispatch()
		if c.load != nil && (status != 1 || !strings.Contains(errs.String(), "plug-in one: no file\nplug-in two: no symbol\nslaptest: bad")) {
			t.Errorf("slaptest: %d %q", status, errs.String())
		}
		if c.load == nil && status != 0 {
			t.Errorf("slaptest starts plug-ins: %q", errs.String())
		}
	}
	if _, err := New(options(t, path, Hooks{})); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a server without a host: %v", err)
	}
	// a dependency that nobody fills is named before anything is loaded
	pl := filepath.Join(t.TempDir(), "p.ldif")
	os.WriteFile(pl, []byte("dn: cn=A,cn=plugins,cn=config\nobjectClass: nsSlapdPlugin\ncn: A\nnsslapd-pluginPath: /a.so\n"+
		"nsslapd-pluginInitfunc: a\nnsslapd-pluginType: object\nnsslapd-pluginEnabled: on\nnsslapd-plugin-depends-on-named: Views\n"), 0o600)
	var calls []string
	_, err := New(options(t, conf(t, "pluginldif "+pl), Hooks{NewHost: func(o HostOptions) (HostController, error) {
		return &fakeHost{calls: &calls}, nil
	}}))
	if err == nil || !strings.Contains(err.Error(), `plug-in "A" depends on plug-in "Views"`) || len(calls) != 0 {
		t.Errorf("%v %q", err, calls)
	}
}

func TestGate(t *testing.T) {
	op := func(kind plugin.Kind, ssf int, who, method string) *plugin.Operation {
		o := &plugin.Operation{Kind: kind, Conn: &plugin.Conn{SSF: ssf, AuthMethod: method, Version: 3}}
		o.Requestor.Norm = who
		switch kind {
		case plugin.KindBind:
			o.Bind = &plugin.BindPart{Method: wire.AuthSimple, Password: []byte("x")}
		case plugin.KindExtended:
			o.Extended = &plugin.ExtendedPart{OID: "1.2.3"}
		}
		return o
	}
	for _, c := range []struct {
		line string
		op   *plugin.Operation
		want wire.ResultCode
	}{
		{"security ssf=1", op(plugin.KindSearch, 0, "", "none"), wire.ConfidentialityRequired},
		{"security ssf=1", op(plugin.KindSearch, 128, "", "none"), wire.Success},
		{"security simple_bind=64", op(plugin.KindBind, 0, "", "none"), wire.ConfidentialityRequired},
		{"security simple_bind=64", op(plugin.KindSearch, 0, "", "none"), wire.Success},
		{"security update_ssf=1", op(plugin.KindSearch, 0, "", "none"), wire.Success},
		{"security update_ssf=1", op(plugin.KindAdd, 0, "", "none"), wire.ConfidentialityRequired},
		{"security sasl=1", op(plugin.KindSearch, 0, "cn=x", "simple"), wire.StrongerAuthRequired},
		{"restrict write", op(plugin.KindDelete, 0, "", "none"), wire.UnwillingToPerform},
		{"restrict write", op(plugin.KindSearch, 0, "", "none"), wire.Success},
		{"restrict extended=1.2.3", op(plugin.KindExtended, 0, "", "none"), wire.UnwillingToPerform},
		{"restrict extended=1.2.4", op(plugin.KindExtended, 0, "", "none"), wire.Success},
		{"restrict all", op(plugin.KindUnbind, 0, "", "none"), wire.Success},
	} {
		cfg, err := config.ParseFile(conf(t, c.line))
		if err != nil {
			t.Fatal(err)
		}
		g := &gate{}
		g.configure(cfg)
		got := wire.Success
		if e := g.rules.Load().check(nil, c.op); e != nil {
			got = e.Code
		}
		if got != c.want {
			t.Errorf("%s, kind %v: %d, want %d", c.line, c.op.Kind, got, c.want)
		}
	}
	// lines of a database, end to end
	path := conf(t, "")
	text, _ := os.ReadFile(path)
	os.WriteFile(path, append(text, "require authc\n"...), 0o600)
	if status, _, errs := run(t, seed, "slapadd", "-f", path); status != 0 {
		t.Fatal(errs)
	}
	d := serve(t, options(t, path, Hooks{}))
	search := func(c *ldap.Conn, base string) int {
		_, err := c.Search(ldap.NewSearchRequest(base, ldap.ScopeBaseObject, 0, 0, 0, false, "(objectClass=*)", nil, nil))
		return resultCode(err)
	}
	if code := search(dial(t, d, ""), "dc=example,dc=com"); code != int(wire.StrongerAuthRequired) {
		t.Errorf("anonymous search: %d", code)
	}
	if code := search(dial(t, d, ""), ""); code != 0 {
		t.Errorf("root DSE: %d", code)
	}
	if code := search(dial(t, d, root), "dc=example,dc=com"); code != 0 {
		t.Errorf("search as root: %d", code)
	}
}

func TestLimitRules(t *testing.T) {
	path := conf(t, "limits anonymous size=1")
	text, _ := os.ReadFile(path)
	os.WriteFile(path, append(text, "limits group/place/description=\"ou=one,dc=example,dc=com\" size=2\nlimits dn.children=\"dc=example,dc=com\" size=unlimited\n"...), 0o600)
	data := seed + "\ndn: ou=user,dc=example,dc=com\nobjectClass: place\nou: user\n"
	if status, _, errs := run(t, data, "slapadd", "-f", path); status != 0 {
		t.Fatal(errs)
	}
	c, err := config.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d := serve(t, options(t, path, Hooks{}))
	f := limitsFor(append(c.Databases[1].LimitRules, c.Frontend.LimitRules...), d.holder)
	for who, want := range map[string]int{"": 1, "ou=user,dc=example,dc=com": config.Unlimited, "cn=other": 0} {
		op := &plugin.Operation{}
		op.Requestor.Pretty, op.Requestor.Norm = who, who
		got, ok := f(op)
		if got.Size != want || ok != (want != 0) {
			t.Errorf("%q: %+v %v, want %d", who, got, ok, want)
		}
	}
	m := ldap.NewModifyRequest("ou=one,dc=example,dc=com", nil)
	m.Replace("description", []string{"ou=user,dc=example,dc=com"})
	if err := dial(t, d, root).Modify(m); err != nil {
		t.Fatal(err)
	}
	op := &plugin.Operation{}
	op.Requestor.Pretty, op.Requestor.Norm = "ou=user,dc=example,dc=com", "ou=user,dc=example,dc=com"
	if got, _ := f(op); got.Size != 2 {
		t.Errorf("a member of the group: %+v", got)
	}
	_, err = dial(t, d, "").Search(ldap.NewSearchRequest("dc=example,dc=com", ldap.ScopeWholeSubtree, 0, 0, 0, false, "(objectClass=*)", nil, nil))
	if resultCode(err) != int(wire.SizeLimitExceeded) {
		t.Errorf("anonymous search: %v", err)
	}
}
