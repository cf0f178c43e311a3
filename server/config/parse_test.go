package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"libslapi/server/plugin"
)

// write makes a file in a temporary folder; DIR in the text is that folder.
func write(t *testing.T, name, text string) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "DIR", dir)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const dcSchema = `
attributetype ( 9.9.1 NAME 'badge' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )
`

func TestSplitWords(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{`a b`, []string{"a", "b"}},
		{"  a\t b ", []string{"a", "b"}},
		{`suffix "dc=example, dc=com"`, []string{"suffix", "dc=example, dc=com"}},
		{`a"b c"d`, []string{"ab cd"}},
		{`a "" b`, []string{"a", "", "b"}},
		{`a \"b \\ c\ d`, []string{"a", `"b`, `\`, "c d"}},
		{``, nil},
	} {
		got, err := splitWords(c.in)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("splitWords(%q) = %q, %v; want %q", c.in, got, err, c.want)
		}
		if back, err := splitWords(quoteWords(got)); err != nil || !reflect.DeepEqual(back, got) && len(got) > 0 {
			t.Errorf("quoteWords(%q) does not come back: %q %v", got, back, err)
		}
	}
}

func TestLines(t *testing.T) {
	in := "# comment\n  that goes on\n\nfirst a\n\tb\n  c\nsecond\r\n# x\nthird d"
	r := newLineReader(strings.NewReader(in), "f")
	type got struct {
		num   int
		words string
	}
	var all []got
	for {
		l, err := r.read()
		if err != nil {
			t.Fatal(err)
		}
		if l == nil {
			break
		}
		all = append(all, got{l.num, strings.Join(l.words, "|")})
	}
	want := []got{{4, "first|a|b|c"}, {7, "second"}, {9, "third|d"}}
	if !reflect.DeepEqual(all, want) {
		t.Errorf("got %v, want %v", all, want)
	}
}

func TestParseErrors(t *testing.T) {
	db := "database mdb\nsuffix cn=x\ndirectory /d\n"
	for _, c := range []struct{ in, want string }{
		{"foo bar\n", `:1: unknown directive <foo>`},
		{"\n# c\nfoo\n", `:3: unknown directive <foo>`},
		{"pidfile\n", `:1: <pidfile> missing arguments`},
		{"pidfile a b\n", `:1: <pidfile> extra arguments`},
		{"suffix cn=x\n", `:1: keyword <suffix> only allowed within database declaration`},
		{"rootdn cn=x\n", `:1: <rootdn> only allowed within database`},
		{"directory /x\n", `:1: keyword <directory> only allowed within database`},
		{"database nosuch\n", `:1: <database> unrecognized database type (nosuch)`},
		{"database ldap\n", `:1: <database> database type ldap is not supported yet`},
		{"database mdb\nsuffix \"cn=x\n", `:2: unterminated quoted string`},
		{"database mdb\nsuffix nonsense\n", `:2: <suffix> invalid DN "nonsense"`},
		{"database mdb\nsuffix nosuch=x\n", `:2: <suffix> invalid DN "nosuch=x": attribute type "nosuch" is undefined`},
		{"database mdb\nsuffix cn=x\nsuffix cn=X\n", `:3: <suffix> suffix "cn=X" is given twice`},
		{db + "database mdb\nsuffix cn=y,cn=x\n", `:5: <suffix> namingContext "cn=y,cn=x" already served`},
		{"database mdb\ndirectory /d\n", `:1: database mdb has no suffix`},
		{"database mdb\nsuffix cn=x\n", `:1: database mdb (cn=x) has no directory`},
		{db + "pidfile /x\n", `:4: keyword <pidfile> only allowed outside a database declaration`},
		{db + "rootdn cn=y\nrootpw x\n", `:5: <rootpw> can only be set when rootdn is under suffix`},
		{db + "rootpw x\n", `:4: <rootpw> can only be set when a rootdn`},
		{db + "index nosuch eq\n", `:4: <index> index attribute "nosuch" undefined`},
		{db + "index cn foo\n", `:4: <index> index type "foo" undefined`},
		{db + "index cn\n", `:4: <index> no index type for attribute "cn"`},
		{db + "index cn eq\nindex cn pres\n", `:5: <index> duplicate index definition`},
		{db + "overlay rwm\n", `:4: overlay rwm is not supported yet`},
		{db + "overlay syncprov\noverlay syncprov\n", `:5: <overlay> overlay syncprov is there already`},
		{db + "syncprov-sessionlog 5\n", `:4: keyword <syncprov-sessionlog> only allowed behind its overlay line`},
		{db + "overlay syncprov\nsyncprov-sessionlog -1\n", `:5: <syncprov-sessionlog>`},
		{db + "overlay syncprov\nsyncprov-checkpoint 0 5\n", `:5: <syncprov-checkpoint> "0" is not a positive number`},
		{db + "overlay nosuch\n", `:4: unknown overlay <nosuch>`},
		{db + "syncrepl rid=1\n", `:4: <syncrepl> missing arguments`},
		{db + "syncrepl rid=1 provider=ldap://x searchbase=cn=x type=odd\n", `:4: <syncrepl> type: unknown type "odd"`},
		{db + "syncrepl rid=1000 provider=ldap://x searchbase=cn=x\n", `:4: <syncrepl> rid: "1000" is not a number from 0 to 999`},
		{db + "syncrepl rid=1 provider=ldap://x searchbase=cn=nowhere\n", `:4: <syncrepl> searchbase "cn=nowhere" is not within the suffix`},
		{db + "database config\nindex cn eq\n", `:5: unknown directive <index> in database config`},
		{"backend mdb\ndirectory /d\n", `:2: unknown directive <directory> inside backend`},
		{"backend mdb\nsizelimit 5\n", `:2: unknown directive <sizelimit> inside backend`},
		{db + "readonly maybe\n", `:4: <readonly> invalid value "maybe"`},
		{db + "maxsize x\n", `:4: <maxsize> unable to parse "x"`},
		{db + "checkpoint 1\n", `:4: <checkpoint> missing arguments`},
		{db + "access from *\n", `:4: <access> expecting "to" got "from"`},
		{db + "access to foo\n", `:4: access: `},
		{db + "access to attrs=nosuch\n\tby * read\n", `:4: access: `},
		{db + "limits dn.foo=cn=x size=1\n", `:4: <limits> unknown DN style "foo"`},
		{db + "limits users size=abc\n", `:4: <limits> unable to parse limit "size=abc"`},
		{"sizelimit foo\n", `:1: <sizelimit> unable to parse limit "foo"`},
		{"loglevel foo\n", `:1: <loglevel> unknown level "foo"`},
		{"serverID 99999\n", `:1: <serverID> illegal server ID 99999`},
		{"require foo\n", `:1: <require> unknown feature #0 "foo"`},
		{"password-hash SSHA\n", `:1: <password-hash> scheme not available (SSHA)`},
		{"idletimeout -1\n", `:1: <idletimeout> value -1 out of range`},
		{"threads x\n", `:1: <threads> unable to parse "x" as an integer`},
		{"moduleload nosuch.so\n", `:1: <moduleload> unknown module "nosuch.so"`},
		{"plugin preoperation /x.so\n", `:1: <plugin> missing arguments in "plugin <plugin_type>`},
		{"plugin foo /x.so init\n", `:1: invalid plugin type "foo"`},
		{"plugin-options dialect=x\n", `:1: <plugin-options> unknown dialect "x"`},
		{"plugin-options dialect=ibm\ndatabase mdb\n", `:1: plugin-options without a plugin line behind it`},
		{"plugin-options onfailure=off\n", `:1: plugin-options without a plugin line behind it`},
		{"include /nosuch/file\n", `:1: could not open config file "/nosuch/file": no such file`},
		{"pluginldif /nosuch\n", `:1: <pluginldif> open /nosuch`},
		{"schemadir /nosuch\n", `:1: <schemadir> stat /nosuch`},
		{"attributetype ( foo )\n", `:1: attributetype: `},
		{"compat x\n", `:1: <compat> unknown peer "x"`},
		{"attributetype ( 9.9.1 NAME 'badge' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )\ncompat 389ds\n", `:2: <compat> 389ds must stand before`},
		{"schemadn cn=foo\n", `:1: <schemadn> only cn=Subschema`},
		{"TLSCertificateFile /nosuch\n", `:1: <TLSCertificateFile> stat /nosuch`},
	} {
		path := write(t, "slapd.conf", c.in)
		_, err := ParseFile(path)
		if err == nil {
			t.Errorf("%q: no error, want %q", c.in, c.want)
			continue
		}
		if got := err.Error(); !strings.HasPrefix(got, path+c.want) {
			t.Errorf("%q:\n got %q\nwant %q", c.in, strings.TrimPrefix(got, path), c.want)
		}
	}
	if _, err := ParseFile("/nosuch.conf"); err == nil || !strings.Contains(err.Error(), `"/nosuch.conf"`) {
		t.Errorf("missing file: %v", err)
	}
}

func TestParseIncludeNamesItsFile(t *testing.T) {
	inner := write(t, "inner.conf", "loglevel stats\nnonsense\n")
	_, err := ParseFile(write(t, "slapd.conf", "include "+inner+"\n"))
	if err == nil || err.Error() != inner+":2: unknown directive <nonsense>" {
		t.Errorf("got %v", err)
	}
	self := write(t, "self.conf", "")
	os.WriteFile(self, []byte("include "+self+"\n"), 0o600)
	if _, err := ParseFile(self); err == nil || !strings.Contains(err.Error(), "nest too deep") {
		t.Errorf("a file that includes itself: %v", err)
	}
}

func TestParseWhole(t *testing.T) {
	path := write(t, "slapd.conf", dcSchema+`
# the start-slapd.sh form
pidfile DIR/run.pid
argsfile DIR/run.args
modulepath /usr/lib/ldap
moduleload back_mdb.so
moduleload syncprov
pluginlog DIR/errors
sizelimit size.soft=10 size.hard=unlimited
idletimeout 7
loglevel stats 0x20
threads 8
TLSVerifyClient never
attributeoptions x-hidden lang-
plugin-options dialect=ibm onfailure=optional
plugin preoperation /a.so init_a one "two words"
access to * by self write
	by * read
database config
rootdn cn=admin,cn=config
rootpw secret
database mdb
suffix "cn=data"
rootdn "cn=admin,cn=data"
rootpw {SSHA}xx
directory DIR/db
maxsize 104857600
dbnosync
checkpoint 64 5
index default eq
index objectClass,cn
index badge pres,sub
limits users size.soft=3 time.hard=soft
limits dn.sub="cn=data" time=unlimited
readonly on
plugin postoperation /b.so init_b
database monitor
`)
	c, err := ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	g := c.Global
	if g.PIDFile == "" || g.ArgsFile == "" || g.PluginLog == "" || g.IdleTimeout != 7 || g.LogLevel != LogStats|LogFilter {
		t.Errorf("global: %+v", g)
	}
	if got := c.Frontend.Limits.Size; got != (Limit{10, Unlimited}) {
		t.Errorf("sizelimit %+v", got)
	}
	if len(c.Databases) != 3 || c.Databases[0].Type != "config" || c.Databases[0].RootDN.Norm != "cn=admin,cn=config" {
		t.Fatalf("databases %+v", c.Databases)
	}
	d := c.Databases[1]
	if d.Name != "userRoot" || d.Index != 1 || !d.NoSync || d.MaxSize != 104857600 || !d.ReadOnly || d.Checkpoint != "64 5" || !d.LastMod {
		t.Errorf("database %+v", d)
	}
	if d.Limits.Size != (Limit{10, Unlimited}) {
		t.Errorf("the global size limit is not inherited: %+v", d.Limits)
	}
	want := []Index{{Attr: "objectClass", Eq: true}, {Attr: "cn", Eq: true}, {Attr: "badge", Pres: true, Sub: true}}
	if !reflect.DeepEqual(d.Indexes(), want) {
		t.Errorf("indexes %+v", d.Indexes())
	}
	if len(d.LimitRules) != 2 || d.LimitRules[0].Limits.Size.Soft != 3 || d.LimitRules[1].Limits.Time.Soft != Unlimited ||
		d.LimitRules[1].Style != "subtree" || d.LimitRules[1].DN.Norm != "cn=data" {
		t.Errorf("limits %+v %+v", d.LimitRules[0], d.LimitRules[1])
	}
	if len(c.Frontend.Access) != 1 || c.Frontend.Access[0].Where() != path+":19" {
		t.Errorf("access %+v", c.Frontend.Access)
	}
	if len(c.Plugins) != 2 {
		t.Fatalf("plug-ins %+v", c.Plugins)
	}
	p := c.Plugins[0]
	if p.Type != "preoperation" || p.Path != "/a.so" || p.Init != "init_a" || !reflect.DeepEqual(p.Args, []string{"one", "two words"}) ||
		p.Dialect != plugin.DialectIBM || p.OnFailure != plugin.Optional || p.Database != "" || !p.Enabled || p.Where == "" {
		t.Errorf("plug-in %+v", p)
	}
	if p := c.Plugins[1]; p.Database != "userRoot" || p.Dialect != plugin.DialectAuto || p.OnFailure != plugin.Required {
		t.Errorf("plug-in of a database %+v", p)
	}
	if c.Schema.AttributeType("badge") == nil {
		t.Error("the schema lacks badge")
	}
}

func TestPluginLDIF(t *testing.T) {
	dir := t.TempDir()
	lib := filepath.Join(dir, "libfoo-plugin.so")
	os.WriteFile(lib, nil, 0o600)
	conf := `compat 389ds
plugindir DIR
pluginldif DIR/p.ldif
rootdn "cn=Directory Manager"
rootpw x
database mdb
suffix dc=x
directory DIR/db
`
	ldifText := `dn: cn=Foo Plugin,cn=plugins,cn=config
objectClass: top
objectClass: nsSlapdPlugin
cn: Foo Plugin
nsslapd-pluginPath: libfoo-plugin
nsslapd-pluginInitfunc: foo_init
nsslapd-pluginType: betxnpreoperation
nsslapd-pluginEnabled: on
nsslapd-plugin-depends-on-type: database
nsslapd-plugin-depends-on-named: Views
nsslapd-pluginPrecedence: 40
nsslapd-pluginarg0: a
nsslapd-pluginarg3: d
nsslapd-pluginarg1: b
nsslapd-pluginarg1: c

dn: cn=sub,cn=Foo Plugin,cn=plugins,cn=config
objectClass: extensibleObject
cn: sub

dn: cn=config
objectClass: top
cn: config
nsslapd-sizelimit: 77
`
	os.WriteFile(filepath.Join(dir, "p.ldif"), []byte(ldifText), 0o600)
	path := filepath.Join(dir, "slapd.conf")
	os.WriteFile(path, []byte(strings.ReplaceAll(conf, "DIR", dir)), 0o600)
	c, err := ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Plugins) != 1 || len(c.Entries) != 3 {
		t.Fatalf("%d plug-ins, %d entries", len(c.Plugins), len(c.Entries))
	}
	p := c.Plugins[0]
	if p.Name != "Foo Plugin" || p.Path != lib || p.Init != "foo_init" || p.Type != "betxnpreoperation" || !p.Enabled || !p.From389 ||
		p.Precedence != 40 || !reflect.DeepEqual(p.Args, []string{"a", "b", "c", "d"}) ||
		!reflect.DeepEqual(p.DependsOnNamed, []string{"Views"}) || !reflect.DeepEqual(p.DependsOnType, []string{"database"}) {
		t.Errorf("%+v", p)
	}
	if c.Global.RootDN.Norm != "cn=directory manager" || c.Global.RootPW != "x" {
		t.Errorf("root %+v", c.Global.RootDN)
	}
	for _, bad := range []struct{ change, want string }{
		{"nsslapd-pluginType: betxnpreoperation=nsslapd-pluginType: nosuch", `unknown nsslapd-pluginType "nosuch"`},
		{"nsslapd-pluginEnabled: on=nsslapd-pluginEnabled: perhaps", `nsslapd-pluginEnabled: invalid value "perhaps"`},
		{"nsslapd-pluginPrecedence: 40=nsslapd-pluginPrecedence: 100", `nsslapd-pluginPrecedence "100" must be 1 to 99`},
		{"cn=sub,cn=Foo Plugin,cn=plugins,cn=config=cn=sub,dc=x", `is not below cn=config`},
	} {
		i := strings.LastIndex(bad.change, "=nsslapd")
		if i < 0 {
			i = strings.Index(bad.change, "=cn=sub,dc=x")
		}
		text := strings.Replace(ldifText, bad.change[:i], bad.change[i+1:], 1)
		os.WriteFile(filepath.Join(dir, "p.ldif"), []byte(text), 0o600)
		_, err := ParseFile(path)
		if err == nil || !strings.Contains(err.Error(), bad.want) || !strings.HasPrefix(err.Error(), path+":3: ") {
			t.Errorf("want %q, got %v", bad.want, err)
		}
	}
}

func TestParseLogLevel(t *testing.T) {
	for in, want := range map[string]int{"0": 0, "256": 256, "0x80": 128, "stats": 256, "Stats,acl": 384, "any": -1, "-1": -1, "none": 32768, "0xffffffff": -1} {
		if got, err := ParseLogLevel(in); err != nil || got != want {
			t.Errorf("%s: %d %v, want %d", in, got, err, want)
		}
	}
	if _, err := ParseLogLevel("foo"); err == nil {
		t.Error("foo is no level")
	}
}

// The peers' own files must be readable.
func TestRealSchema(t *testing.T) {
	if _, err := os.Stat("/etc/ldap/schema/core.schema"); err != nil {
		t.Skip("no OpenLDAP schema here: ", err)
	}
	c, err := ParseFile(write(t, "slapd.conf", "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\ninclude /etc/ldap/schema/nis.schema\ninclude /etc/ldap/schema/inetorgperson.schema\n"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Schema.ObjectClass("inetOrgPerson") == nil || len(c.SchemaFiles) != 4 {
		t.Errorf("schema files %v", c.SchemaFiles)
	}
	if _, err := os.Stat("/usr/share/dirsrv/schema"); err != nil {
		t.Skip("no 389 schema here: ", err)
	}
	if _, err = ParseFile(write(t, "slapd.conf", "compat 389ds\nschemadir /usr/share/dirsrv/schema\n")); err != nil {
		t.Fatal(err)
	}
}
