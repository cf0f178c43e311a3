package sasl

import (
	"strings"
	"testing"

	"github.com/xdg-go/scram"

	"libslapi/server/auth"
	"libslapi/server/dn"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// fakeDirectory holds values by the normal form of a name and attribute.
type fakeDirectory struct {
	schema *schema.Schema
	values map[string][]string
	found  []string // of every search
	asked  string
	root   string
}

func (d *fakeDirectory) Name(text string) (dn.Name, error) { return dn.NewName(text, d.schema) }
func (d *fakeDirectory) AuthValues(_ *plugin.Operation, who dn.Name, attr string) [][]byte {
	var out [][]byte
	for _, v := range d.values[who.Norm+" "+attr] {
		out = append(out, []byte(v))
	}
	return out
}
func (d *fakeDirectory) AuthSearch(_ *plugin.Operation, base dn.Name, scope wire.Scope, f *filter.Node, limit int) ([]dn.Name, error) {
	d.asked = base.Norm + " " + f.String()
	var out []dn.Name
	for _, n := range d.found {
		name, err := d.Name(n)
		if err != nil {
			return nil, err
		}
		out = append(out, name)
	}
	return out, nil
}
func (d *fakeDirectory) CheckPassword(stored string, clear []byte) bool {
	return auth.NewRegistry().Check(stored, clear)
}
func (d *fakeDirectory) MayActAs(who, _ dn.Name) bool { return d.root != "" && who.Norm == d.root }
func (d *fakeDirectory) Suffixes() []dn.Name          { n, _ := d.Name("dc=x"); return []dn.Name{n} }

func directory() *fakeDirectory {
	return &fakeDirectory{schema: schema.New(), values: map[string][]string{}, root: "cn=admin,dc=x"}
}

func mapping(t testing.TB, match, replace string) Mapping {
	t.Helper()
	m, err := ParseMapping(match, replace)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

type bindTest struct {
	t    testing.TB
	s    *Server
	conn *plugin.Conn
}

func (b *bindTest) step(mech, creds string) (who string, reply string, code wire.ResultCode) {
	b.t.Helper()
	op := &plugin.Operation{Kind: plugin.KindBind, Conn: b.conn,
		Bind: &plugin.BindPart{Version: 3, Method: wire.AuthSASL, Mechanism: mech, Credentials: []byte(creds), HasCredentials: creds != "-"}}
	if creds == "-" {
		op.Bind.Credentials = nil
	}
	n, err := b.s.Step(op)
	reply = string(op.Bind.ServerCreds)
	if err != nil {
		if n != nil {
			b.t.Errorf("%s: a name beside an error", mech)
		}
		return "", reply, err.Code
	}
	if n == nil {
		return "", reply, wire.SaslBindInProgress
	}
	return n.Pretty, reply, wire.Success
}

func TestMechanismsOfAConnection(t *testing.T) {
	s := New(directory(), DefaultSettings())
	tls := &plugin.TLS{Subject: "cn=a", Bindings: map[string][]byte{"tls-exporter": []byte("x")}}
	for _, c := range []struct {
		name  string
		conn  *plugin.Conn
		props string
		want  string
	}{
		{"clear", &plugin.Conn{}, "", "SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1"},
		{"ldapi", &plugin.Conn{LDAPI: true, SSF: 71}, "", "SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 EXTERNAL PLAIN"},
		{"tls", &plugin.Conn{SSF: 256, TLS: tls}, "", "SCRAM-SHA-512-PLUS SCRAM-SHA-512 SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-1 EXTERNAL PLAIN"},
		{"tls without a certificate", &plugin.Conn{SSF: 256, TLS: &plugin.TLS{}}, "", "SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 PLAIN"},
		{"all", &plugin.Conn{}, "none", "SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 PLAIN ANONYMOUS"},
		{"no dictionary", &plugin.Conn{LDAPI: true, SSF: 71}, "nodict,noanonymous", "EXTERNAL"},
		{"forward secrecy", &plugin.Conn{}, "forwardsec", ""},
		{"minssf", &plugin.Conn{SSF: 71, LDAPI: true}, "minssf=128", ""},
	} {
		set := DefaultSettings()
		if c.props != "" {
			if err := set.ParseProps(c.props); err != nil {
				t.Fatal(err)
			}
		}
		s.Configure(set)
		if got := strings.Join(s.Mechanisms(c.conn), " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestExternal(t *testing.T) {
	set := DefaultSettings()
	set.Policy = PolicyTo
	set.Regexps = []Mapping{mapping(t, "gidnumber=0\\+uidnumber=0,cn=peercred,cn=external,cn=auth", "cn=admin,dc=x")}
	d := directory()
	s := New(d, set)
	for _, c := range []struct {
		name, creds, want string
		conn              *plugin.Conn
		code              wire.ResultCode
	}{
		{"peer", "", "gidNumber=7+uidNumber=5,cn=peercred,cn=external,cn=auth", &plugin.Conn{LDAPI: true, PeerUID: 5, PeerGID: 7}, 0},
		{"mapped", "", "cn=admin,dc=x", &plugin.Conn{LDAPI: true}, 0},
		{"the root may be anybody", "dn:cn=somebody,dc=x", "cn=somebody,dc=x", &plugin.Conn{LDAPI: true}, 0},
		{"others may not", "dn:cn=somebody,dc=x", "", &plugin.Conn{LDAPI: true, PeerUID: 1}, wire.InsufficientAccessRights},
		{"no identity", "junk", "", &plugin.Conn{LDAPI: true}, wire.InsufficientAccessRights},
		{"certificate", "", "cn=a,o=b", &plugin.Conn{TLS: &plugin.TLS{Subject: "cn=a,o=b"}}, 0},
		{"unverified certificate", "", "", &plugin.Conn{TLS: &plugin.TLS{Certificate: []byte{1}}}, wire.InappropriateAuthentication},
		{"nothing", "", "", &plugin.Conn{}, wire.InappropriateAuthentication},
		{"peer unknown", "", "", &plugin.Conn{LDAPI: true, PeerUID: -1, PeerGID: -1}, wire.InappropriateAuthentication},
		{"NUL", "a\x00b", "", &plugin.Conn{LDAPI: true}, wire.ProtocolError},
	} {
		b := &bindTest{t, s, c.conn}
		who, _, code := b.step("EXTERNAL", c.creds)
		if who != c.want || code != c.code {
			t.Errorf("%s: %q %d, want %q %d", c.name, who, code, c.want, c.code)
		}
	}
	b := &bindTest{t, s, &plugin.Conn{LDAPI: true}}
	if _, _, code := b.step("EXTERNAL", "-"); code != wire.SaslBindInProgress {
		t.Errorf("no initial response: %d", code)
	}
	if who, _, code := b.step("EXTERNAL", "-"); who != "cn=admin,dc=x" || code != 0 {
		t.Errorf("second step: %q %d", who, code)
	}
}

func TestPlain(t *testing.T) {
	d := directory()
	d.values["uid=a,dc=x userPassword"] = []string{"other", "{SSHA}" + strings.TrimPrefix(hash(t, "apw"), "{SSHA}")}
	d.values["uid=a,dc=x authzTo"] = []string{"{0}dn.regex:^uid=b,dc=x$"}
	d.values["uid=c,dc=x authzFrom"] = []string{"u:a"}
	d.values["cn=admin,dc=x userPassword"] = []string{"secret"}
	set := DefaultSettings()
	set.Policy = PolicyAny
	set.Realm = "EXAMPLE.COM"
	set.Regexps = []Mapping{mapping(t, "^uid=([^,]+),cn=[^,]+,cn=auth$", "uid=$1,dc=x")}
	s := New(d, set)
	conn := &plugin.Conn{SSF: 256}
	for _, c := range []struct {
		creds, want string
		code        wire.ResultCode
	}{
		{"\x00a\x00apw", "uid=a,dc=x", 0},
		{"\x00u:a\x00apw", "uid=a,dc=x", 0},
		{"\x00a@example.com\x00apw", "uid=a,dc=x", 0},
		{"\x00dn:uid=a,dc=x\x00apw", "uid=a,dc=x", 0},
		{"\x00dn:cn=admin,dc=x\x00secret", "cn=admin,dc=x", 0},
		{"u:b\x00a\x00apw", "uid=b,dc=x", 0},
		{"u:c\x00a\x00apw", "uid=c,dc=x", 0},
		{"u:d\x00a\x00apw", "", wire.InsufficientAccessRights},
		{"dn:\x00a\x00apw", "", wire.InsufficientAccessRights},
		{"\x00a\x00wrong", "", wire.InvalidCredentials},
		{"\x00a\x00", "", wire.InvalidCredentials},
		{"\x00nobody\x00x", "", wire.InvalidCredentials},
		{"\x00dn:\x00x", "", wire.InvalidCredentials},
		{"\x00\x00x", "", wire.ProtocolError},
		{"a", "", wire.ProtocolError},
		{"\x00a\x00apw\x00", "", wire.ProtocolError},
		{"\x00\xff\x00apw", "", wire.ProtocolError},
	} {
		who, _, code := (&bindTest{t, s, conn}).step("PLAIN", c.creds)
		if who != c.want || code != c.code {
			t.Errorf("%q: %q %d, want %q %d", c.creds, who, code, c.want, c.code)
		}
	}
	if _, _, code := (&bindTest{t, s, &plugin.Conn{}}).step("PLAIN", "\x00a\x00apw"); code != wire.ConfidentialityRequired {
		t.Errorf("in clear: %d", code)
	}
	if _, _, code := (&bindTest{t, s, conn}).step("DIGEST-MD5", ""); code != wire.AuthMethodNotSupported {
		t.Errorf("unknown: %d", code)
	}
}

func hash(t testing.TB, pw string) string {
	h, err := auth.NewRegistry().Hash([]byte(pw), "SSHA")
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestSCRAM(t *testing.T) {
	stored, err := auth.NewRegistry().Hash([]byte("pencil"), "SCRAM-SHA-256")
	if err != nil {
		t.Fatal(err)
	}
	d := directory()
	d.values["uid=clear,cn=scram-sha-256,cn=auth userPassword"] = []string{hash(t, "x"), "pencil"}
	d.values["uid=clear,cn=scram-sha-512,cn=auth userPassword"] = []string{"pencil"}
	d.values["uid=clear,cn=scram-sha-1,cn=auth userPassword"] = []string{"pencil"}
	d.values["uid=stored,cn=scram-sha-256,cn=auth userPassword"] = []string{stored}
	d.values["uid=hashed,cn=scram-sha-256,cn=auth userPassword"] = []string{hash(t, "pencil")}
	s := New(d, DefaultSettings())
	exporter := scram.ChannelBinding{Type: scram.ChannelBindingTLSExporter, Data: []byte("ex")}
	wrong := scram.ChannelBinding{Type: scram.ChannelBindingTLSExporter, Data: []byte("other")}
	endPoint := scram.ChannelBinding{Type: scram.ChannelBindingTLSServerEndpoint, Data: []byte("ep")}
	secure := &plugin.TLS{Bindings: map[string][]byte{"tls-exporter": []byte("ex"), "tls-server-end-point": []byte("ep")}}
	for _, c := range []struct {
		name, mech, user, pw string
		hash                 scram.HashGeneratorFcn
		bind                 scram.ChannelBinding
		tls                  *plugin.TLS
		code                 wire.ResultCode
	}{
		{"clear text", "SCRAM-SHA-256", "clear", "pencil", scram.SHA256, scram.ChannelBinding{}, nil, 0},
		{"stored", "SCRAM-SHA-256", "stored", "pencil", scram.SHA256, scram.ChannelBinding{}, nil, 0},
		{"lower case", "scram-sha-1", "clear", "pencil", scram.SHA1, scram.ChannelBinding{}, nil, 0},
		{"512", "SCRAM-SHA-512", "clear", "pencil", scram.SHA512, scram.ChannelBinding{}, nil, 0},
		{"wrong", "SCRAM-SHA-256", "stored", "pen", scram.SHA256, scram.ChannelBinding{}, nil, wire.InvalidCredentials},
		{"of another scheme", "SCRAM-SHA-256", "hashed", "pencil", scram.SHA256, scram.ChannelBinding{}, nil, wire.InvalidCredentials},
		{"unknown", "SCRAM-SHA-256", "nobody", "nobody", scram.SHA256, scram.ChannelBinding{}, nil, wire.InvalidCredentials},
		{"bound", "SCRAM-SHA-256-PLUS", "stored", "pencil", scram.SHA256, exporter, secure, 0},
		{"bound to the certificate", "SCRAM-SHA-256-PLUS", "clear", "pencil", scram.SHA256, endPoint, secure, 0},
		{"bound to another connection", "SCRAM-SHA-256-PLUS", "stored", "pencil", scram.SHA256, wrong, secure, wire.InvalidCredentials},
		{"TLS without binding", "SCRAM-SHA-256", "stored", "pencil", scram.SHA256, scram.ChannelBinding{}, secure, 0},
		{"binding under the plain name", "SCRAM-SHA-256", "stored", "pencil", scram.SHA256, exporter, secure, 0},
		{"another connection's binding under the plain name", "SCRAM-SHA-256", "stored", "pencil", scram.SHA256, wrong, secure, wire.InvalidCredentials},
		{"no binding under the PLUS name", "SCRAM-SHA-256-PLUS", "stored", "pencil", scram.SHA256, scram.ChannelBinding{}, secure, wire.ProtocolError},
		{"PLUS without TLS", "SCRAM-SHA-256-PLUS", "stored", "pencil", scram.SHA256, exporter, nil, wire.AuthMethodNotSupported},
	} {
		client, err := c.hash.NewClient(c.user, c.pw, "")
		if err != nil {
			t.Fatal(err)
		}
		conv := client.NewConversation()
		if c.bind.IsSupported() {
			conv = client.NewConversationWithChannelBinding(c.bind)
		}
		b := &bindTest{t, s, &plugin.Conn{TLS: c.tls}}
		if c.tls != nil {
			b.conn.SSF = 256
		}
		first, _ := conv.Step("")
		who, reply, code := b.step(c.mech, first)
		if code == wire.SaslBindInProgress {
			last, err := conv.Step(reply)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			who, reply, code = b.step(c.mech, last)
			if code == 0 {
				if _, err := conv.Step(reply); err != nil || !conv.Valid() {
					t.Errorf("%s: the client does not believe the server: %v", c.name, err)
				}
			} else if !strings.HasPrefix(reply, "e=") {
				t.Errorf("%s: reply %q", c.name, reply)
			}
		}
		if code != c.code || code == 0 && who != "uid="+c.user+",cn="+strings.ToLower(strings.TrimSuffix(c.mech, "-PLUS"))+",cn=auth" {
			t.Errorf("%s: %q %d, want %d", c.name, who, code, c.code)
		}
		if b.conn.SASL != nil {
			t.Errorf("%s: state left behind", c.name)
		}
	}
	t.Run("downgrade", func(t *testing.T) {
		client, _ := scram.SHA256.NewClient("stored", "pencil", "")
		first, _ := client.NewConversationAdvertisingChannelBinding().Step("")
		b := &bindTest{t, s, &plugin.Conn{SSF: 256, TLS: secure}}
		if _, _, code := b.step("SCRAM-SHA-256", first); code != wire.InvalidCredentials {
			t.Errorf("%d", code)
		}
	})
	t.Run("another mechanism in between", func(t *testing.T) {
		client, _ := scram.SHA256.NewClient("stored", "pencil", "")
		conv := client.NewConversation()
		first, _ := conv.Step("")
		b := &bindTest{t, s, &plugin.Conn{}}
		_, reply, _ := b.step("SCRAM-SHA-256", first)
		last, _ := conv.Step(reply)
		b.step("EXTERNAL", "")
		if _, _, code := b.step("SCRAM-SHA-256", last); code != wire.ProtocolError {
			t.Errorf("the old exchange went on: %d", code)
		}
	})
	t.Run("same salt for an unknown user each time", func(t *testing.T) {
		salt := func() string {
			_, reply, _ := (&bindTest{t, s, &plugin.Conn{}}).step("SCRAM-SHA-256", "n,,n=ghost,r=abc")
			_, rest, _ := strings.Cut(reply, ",")
			return rest
		}
		if a, b := salt(), salt(); a != b || a == "" {
			t.Errorf("%q %q", a, b)
		}
	})
}

func TestMapping(t *testing.T) {
	d := directory()
	d.found = []string{"uid=al,ou=p,dc=x"}
	for _, c := range []struct{ match, replace, in, want, asked string }{
		{"uid=([^,]*),.*", "cn=$1,dc=x", "uid=Al,cn=plain,cn=auth", "cn=al,dc=x", ""},
		{"UID=(.*),CN=PLAIN", "cn=$1,dc=x", "uid=al,cn=plain,cn=auth", "cn=al,dc=x", ""},
		{"nothing", "cn=$1", "uid=al,cn=plain,cn=auth", "uid=al,cn=plain,cn=auth", ""},
		{"uid=([^,]*),.*", "ldap:///dc=x??sub?(uid=$1)", "uid=al,cn=plain,cn=auth", "uid=al,ou=p,dc=x", "dc=x (uid=al)"},
		{"uid=(.*),cn=plain.*", "ldap:///dc=x??sub?(uid=$1)", "uid=*)(a\\,b,cn=plain,cn=auth", "uid=al,ou=p,dc=x", "dc=x (uid=\\2A\\29\\28a,b)"},
		{"uid=([^,]*),.*", "ldap:///cn=$1%2Cdc=x", "uid=al,cn=plain,cn=auth", "cn=al,dc=x", ""},
		{"uid=([^,]*),.*", "ldap://elsewhere/cn=$1", "uid=al,cn=plain,cn=auth", "uid=al,cn=plain,cn=auth", ""},
	} {
		d.asked = ""
		if strings.Contains(c.match, "nothing") {
			c.replace = "cn=x"
		}
		s := New(d, Settings{Regexps: []Mapping{mapping(t, c.match, c.replace)}})
		in, err := d.Name(c.in)
		if err != nil {
			t.Fatal(err)
		}
		got := s.mapName(&plugin.Operation{}, in)
		want, _ := d.Name(c.want)
		if got.Norm != want.Norm || d.asked != c.asked {
			t.Errorf("%s -> %s of %s: %s, %q; want %s, %q", c.match, c.replace, c.in, got.Norm, d.asked, want.Norm, c.asked)
		}
	}
	d.found = []string{"uid=a,dc=x", "uid=b,dc=x"}
	s := New(d, Settings{Regexps: []Mapping{mapping(t, "uid=([^,]*),.*", "ldap:///dc=x??sub?(uid=$1)")}})
	in, _ := d.Name("uid=al,cn=plain,cn=auth")
	if got := s.mapName(&plugin.Operation{}, in); got.Norm != in.Norm {
		t.Errorf("two entries: %s", got.Norm)
	}
	for _, bad := range [][2]string{{"uid=(", "x"}, {"uid=(.*)", "cn=$2"}} {
		if _, err := ParseMapping(bad[0], bad[1]); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}

func TestRules(t *testing.T) {
	d := directory()
	s := New(d, DefaultSettings())
	for _, c := range []struct {
		rule, who string
		found     bool
		want      bool
	}{
		{"dn:uid=a,dc=x", "UID=A,dc=x", false, true},
		{"uid=a,dc=x", "uid=a,dc=x", false, true},
		{"dn.exact:uid=a,dc=x", "uid=b,dc=x", false, false},
		{"dn.onelevel:dc=x", "uid=a,dc=x", false, true},
		{"dn.onelevel:dc=x", "uid=a,ou=p,dc=x", false, false},
		{"dn.subtree:dc=x", "dc=x", false, true},
		{"dn.children:dc=x", "dc=x", false, false},
		{"dn.regex:^uid=[^,]*,dc=x$", "uid=a,dc=x", false, true},
		{"dn.regex:^uid=[", "uid=a,dc=x", false, false},
		{"dn:*", "uid=a,dc=x", false, true},
		{"dn:*", "", false, false},
		{"u:a", "uid=a,cn=authzid,cn=auth", false, true},
		{"u.plain:a", "uid=a,cn=plain,cn=auth", false, true},
		{"group:cn=g,dc=x", "uid=a,dc=x", true, true},
		{"group/groupOfUniqueNames/uniqueMember:cn=g,dc=x", "uid=a,dc=x", false, false},
		{"ldap:///dc=x??one", "uid=a,dc=x", false, true},
		{"ldap:///dc=x??base", "uid=a,dc=x", false, false},
		{"ldap:///dc=x??sub?(uid=a)", "uid=a,dc=x", true, true},
		{"ldap:///dc=x??sub?(uid=b)", "uid=a,dc=x", false, false},
		{"ldap:///dc=y??sub?(uid=a)", "uid=a,dc=x", true, false},
		{"nonsense", "uid=a,dc=x", false, false},
	} {
		d.found = nil
		if c.found {
			d.found = []string{"uid=a,dc=x"}
		}
		who, _ := d.Name(c.who)
		if got := s.fits(&plugin.Operation{}, c.rule, who); got != c.want {
			t.Errorf("%s for %s: %v", c.rule, c.who, got)
		}
	}
}

func TestPolicies(t *testing.T) {
	d := directory()
	d.values["uid=a,dc=x authzTo"] = []string{"dn:uid=b,dc=x", "dn:uid=c,dc=x"}
	d.values["uid=c,dc=x authzFrom"] = []string{"dn:uid=a,dc=x"}
	d.values["uid=d,dc=x authzFrom"] = []string{"dn:uid=a,dc=x"}
	for word, want := range map[string]string{"none": "", "to": "bc", "from": "cd", "any": "bcd", "both": "bcd", "all": "c"} {
		p, err := ParsePolicy(word)
		if err != nil {
			t.Fatal(err)
		}
		s := New(d, Settings{Policy: p})
		a, _ := d.Name("uid=a,dc=x")
		got := ""
		for _, x := range "bcde" {
			n, _ := d.Name("uid=" + string(x) + ",dc=x")
			if s.Authorized(&plugin.Operation{}, a, n) {
				got += string(x)
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
		if s.Authorized(&plugin.Operation{}, a, dn.Name{}) || s.Authorized(&plugin.Operation{}, dn.Name{}, a) {
			t.Errorf("%s: anonymous", word)
		}
		root, _ := d.Name("cn=admin,dc=x")
		if !s.Authorized(&plugin.Operation{}, root, a) || !s.Authorized(&plugin.Operation{}, a, a) {
			t.Errorf("%s: the root, oneself", word)
		}
	}
}

func FuzzStep(f *testing.F) {
	for _, m := range []string{"PLAIN", "EXTERNAL", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "ANONYMOUS"} {
		f.Add(m, "\x00a\x00b", "c=biws,r=x,p=eA==")
		f.Add(m, "n,,n=a,r=b", "c=biws,r=b,p=AAAA")
		f.Add(m, "p=tls-exporter,a=u:x,n=a=2C,r=b", "")
	}
	d := directory()
	set := DefaultSettings()
	set.ParseProps("none")
	set.Regexps = []Mapping{mapping(f, "uid=(.*),cn=[^,]*,cn=auth", "ldap:///dc=x??sub?(uid=$1)")}
	s := New(d, set)
	f.Fuzz(func(t *testing.T, mech, one, two string) {
		b := &bindTest{t, s, &plugin.Conn{SSF: 256, LDAPI: true, TLS: &plugin.TLS{Bindings: map[string][]byte{"tls-exporter": []byte("x")}}}}
		for _, in := range []string{one, two} {
			if who, _, code := b.step(mech, in); code == 0 && !strings.EqualFold(mech, "ANONYMOUS") && !strings.EqualFold(mech, "EXTERNAL") {
				t.Fatalf("%s: %q got in", mech, who)
			}
		}
	})
}
