package syncrepl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"
)

func TestParseURL(t *testing.T) {
	for raw, want := range map[string]*Target{
		"ldap://host":  {Server: "ldap://host", Search: Search{Scope: Subtree}},
		"ldap://host/": {Server: "ldap://host", Search: Search{Scope: Subtree}},
		"LDAPS://[::1]:636/dc=x?cn,sn?one?(cn=a%3fb)": {Server: "ldaps://[::1]:636",
			Search: Search{Base: "dc=x", Attributes: []string{"cn", "sn"}, Scope: SingleLevel, Filter: "(cn=a?b)"}},
		"ldapi://%2Frun%2Fldapi/dc=x??base":                                              {Server: "ldapi://%2Frun%2Fldapi", Search: Search{Base: "dc=x", Scope: BaseObject}},
		"ldap://h/o=A%20B%2C%20C%5C2C????bindname=cn=me%2Cdc=x,X-BINDPW=p%2Cw,x-other=1": nil, // base is no DN
		"ldap://h/o=A%20B????bindname=cn=me%2Cdc=x,X-BINDPW=p%2Cw%3D,x-other=1": {Server: "ldap://h",
			Search: Search{Base: "o=A B", Scope: Subtree}, BindName: "cn=me,dc=x", Password: "p,w="},
		"ldap://h/dc=x????!bindname=GSSAPI": {Server: "ldap://h", Search: Search{Base: "dc=x", Scope: Subtree}, Mech: "GSSAPI"},
		"ldap://h/dc=x????!X-STARTTLS":      {Server: "ldap://h", Search: Search{Base: "dc=x", Scope: Subtree}, StartTLS: true},
		"ldap://h/dc=x????!unknown=1":       nil,
		"ldap://h/dc=x???(cn=a":             nil,
		"ldap://h/dc=x??tree":               nil,
		"ldap://h/dc=x?cn,,sn":              nil,
		"ldap://h/dc=x?????":                nil,
		"ldap://h/dc=%zz":                   nil,
		"ldap://h:port/":                    nil,
		"ldap://me:secret@h/":               nil,
		"http://h/":                         nil,
		"ldap:h":                            nil,
		"":                                  nil,
		"ldap://h/dc=a b":                   nil,
		"ldap://h?cn":                       {Server: "ldap://h", Search: Search{Scope: Subtree}},
	} {
		got, err := ParseURL(raw)
		var ue *URLError
		if (err == nil) != (want != nil) || err != nil && !errors.As(err, &ue) {
			t.Errorf("%q: %v", raw, err)
			continue
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error shows a secret: %v", raw, err)
		}
		if raw == "ldap://h?cn" {
			continue // only that it is read
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q: %s", raw, d)
		}
	}
}

func TestConfig(t *testing.T) {
	for i, cfg := range []Config{
		{}, {URL: "x"}, {Server: "ldap://h", Search: Search{Filter: "("}}, {Server: "ldap://h", Search: Search{Base: "x"}}, {Server: "ldap://h", Mode: 2},
		{Server: "ldap://h", Bind: Simple{DN: "cn=a"}}, {Server: "ldap://h", Bind: GSSAPI{}}, {Server: "ldap://h", Guard: &Guard{Fraction: 2}},
		{URL: "ldap://h/????x-mech=plain"}, {URL: "ldap://h/????bindname=GSSAPI"}, {Server: "ldap://h", Search: Search{Scope: 7}},
		{URL: "ldap://h/????bindname=cn=a"},
	} {
		_, err := New(cfg, nil)
		var ce *ConfigError
		var ue *URLError
		if !errors.As(err, &ce) && !errors.As(err, &ue) {
			t.Errorf("%d: %v", i, err)
		}
	}
	a := Config{URL: "ldap://h/DC=x,dc=Y?cn,SN?sub?(&(CN=a)(sn=b))"}
	b := Config{URL: "ldaps://other:1/dc=x,dc=y?sn,cn,cn??(%26(CN=a)(sn=b))", Bind: Anonymous{}}
	c := Config{URL: "ldap://h/dc=x,dc=y?sn,cn", Bind: Simple{DN: "cn=Me", Password: "pw"}}
	for _, x := range []*Config{&a, &b, &c} {
		if err := x.prepare(); err != nil {
			t.Fatal(err)
		}
	}
	if a.definition() != b.definition() || a.definition() == c.definition() || strings.Contains(c.definition(), "pw") {
		t.Errorf("%s\n%s\n%s", a.definition(), b.definition(), c.definition())
	}
}

func TestBackoff(t *testing.T) {
	b := Backoff{First: time.Second, Max: 10 * time.Second, Factor: 2}
	for n, want := range map[int]time.Duration{1: 1, 2: 2, 3: 4, 4: 8, 5: 10, 100000: 10} {
		if got := b.pause(n); got != want*time.Second {
			t.Errorf("%d: %v", n, got)
		}
	}
	b.Jitter = 0.5
	for range 100 {
		if got := b.pause(2); got < time.Second || got > 2*time.Second {
			t.Errorf("%v", got)
		}
	}
	if got := (Backoff{First: time.Second, Factor: 10}).pause(1000000); got < time.Hour || got > 1000*24*time.Hour {
		t.Errorf("%v", got)
	}
}

func TestCookies(t *testing.T) {
	const a0, b0, a1, b1 = "20260101000001.000000Z#000000#000#000000", "20260101000002.000000Z#000000#000#000000",
		"20260101000001.000000Z#000000#001#000000", "20260101000002.000000Z#000000#0ab#000000"
	for _, x := range []struct{ old, new, want string }{
		{"", "rid=000,csn=" + a0, "rid=000,csn=" + a0},
		{"rid=000,csn=" + a0, "rid=000,csn=" + b0, "rid=000,csn=" + b0},
		{"rid=000,csn=" + b0, "rid=000,csn=" + a0, "rid=000,csn=" + b0}, // never back
		{"rid=001,csn=" + a0 + ";" + a1, "rid=001,sid=000,csn=" + b0, "rid=001,sid=000,csn=" + b0 + ";" + a1},
		{"rid=001,csn=" + a0, "rid=001,csn=" + b1, "rid=001,csn=" + a0 + ";" + b1},
		{"rid=000,csn=" + a0, "rid=000,csn=" + a0 + ",delcsn=" + b0, "rid=000,csn=" + a0},
		{"", "csn=" + a0, "rid=000,csn=" + a0},                                                        // slapd wants a rid
		{"rid=000,csn=" + a0 + ",search=1f", "rid=000,csn=" + b0, "rid=000,csn=" + b0 + ",search=1f"}, // further fields stay
		{"rid=000,csn=" + a0 + ",search=1f", "rid=000,csn=" + b0 + ",search=2a", "rid=000,csn=" + b0 + ",search=2a"},
		{"rid=000,csn=" + a0, ds1, ds1},
		{ds1, ds2, ds2},
		{ds1, "rid=000,csn=" + a0, "rid=000,csn=" + a0},
		{"opaque", "other", "other"},
		{"rid=000,csn=" + a0, "rid=000,csn=nonsense", "rid=000,csn=nonsense"},
	} {
		if got := mergeCookie(x.old, x.new); got != x.want {
			t.Errorf("merge(%q, %q) = %q", x.old, x.new, got)
		}
	}
	for cookie, want := range map[string]cookieKind{
		"rid=000,csn=" + a0: cookieCSN, ds1: cookie389, "": cookieOpaque, "x": cookieOpaque, "rid=000": cookieOpaque,
		"ldap.example.com:636#uid=u,dc=x:ou=a,dc=x:(cn=#1)#0": cookie389, "h:389##dc=x:(a=b)#12": cookie389,
		"h:389#cn=dm:dc=x:(a=b)#-1": cookie389, "h:389#x": cookieOpaque, "h#a:b#1": cookieOpaque,
	} {
		if got := kindOf(cookie); got != want {
			t.Errorf("%q is %d, not %d", cookie, got, want)
		}
	}
}

func FuzzCookie(f *testing.F) {
	for _, s := range []string{ck1, ds1, "", "csn=;", "rid=,sid=,csn=" + csn1 + ";" + csn2s1 + ",delcsn=x,y=z", "a=b=c,,"} {
		f.Add(s, ck2)
		f.Add(ck2, s)
	}
	f.Fuzz(func(t *testing.T, old, new string) {
		m := mergeCookie(old, new)
		if again := mergeCookie(old, m); again != m {
			t.Errorf("merge(%q, %q) = %q, then %q", old, new, m, again)
		}
		kindOf(new)
	})
}

// The decoder takes hostile bytes; what it takes, asn1-ber takes as well.
func FuzzMessage(f *testing.F) {
	u := id(1)
	seed := func(parts ...*ber.Packet) {
		f.Add(sequence(append([]*ber.Packet{integer(firstSyncID)}, parts...)...).Bytes())
	}
	seed(entryOp("cn=a", "cn", "a", "cn", "b", "sn", ""), wrapControls(stateControl(stateAdd, u[:], ck1)))
	seed(result(ldap.ApplicationSearchResultDone, 0, "x"), wrapControls(doneControl(ck1, true)))
	seed(result(ldap.ApplicationSearchResultDone, 4096, "x"))
	for _, v := range [][]byte{{0x80, 1, 'c'}, {0xa1, 0}, {0xa2, 3, 1, 1, 0}, {0xa3, 20, 0x31, 18, 4, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}} {
		op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationIntermediateResponse, nil, "")
		op.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, oidSyncInfo, ""))
		op.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 1, string(v), ""))
		seed(op)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseMessage(b)
		if err != nil {
			if !errors.Is(err, ErrProtocol) {
				t.Errorf("error %v", err)
			}
			return
		}
		if m.kind != kindEntry {
			return
		}
		var again bytes.Buffer
		fmt.Fprint(&again, show(m.entry))
		if m.state < 0 || m.state > stateDelete {
			t.Errorf("state %d", m.state)
		}
	})
}

func TestLenientBER(t *testing.T) {
	// Lengths in long form, and TRUE as 01, as real servers send them.
	raw := []byte{0x30, 0x84, 0, 0, 0, 0x41, 2, 1, 5, 0x65, 0x84, 0, 0, 0, 7, 0x0a, 1, 0, 4, 0, 4, 0,
		0xa0, 0x84, 0, 0, 0, 0x2b, 0x30, 0x29, 4, 24}
	raw = append(raw, oidSyncDone...)
	raw = append(raw, 1, 1, 1, 4, 10, 0x30, 8, 4, 3, 'a', 'b', 'c', 1, 1, 1)
	raw[5] = byte(len(raw) - 6)
	raw[27] = byte(len(raw) - 28)
	raw[29] = byte(len(raw) - 30)
	m, err := parseMessage(raw)
	if err != nil || !m.syncDone || !m.refreshDeletes || m.cookie != "abc" {
		t.Errorf("%+v %v", m, err)
	}
}

func TestEntryJSON(t *testing.T) {
	e := entry(1, "cn=<ü>,dc=x", "cn", "<ü>", "photo", "\xff\xd8", "empty", "")
	e.Attributes = append(e.Attributes, Attribute{Name: "none", Values: [][]byte{}})
	b, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"uuid":"aa000000-0000-0000-0000-000000000001","dn":"cn=<ü>,dc=x","attributes":{"cn":["<ü>"],"photo":[{"base64":"/9g="}],"empty":[""],"none":[]}}`
	direct, _ := e.MarshalJSON()
	if string(direct) != want {
		t.Errorf("%s", direct)
	}
	var back Entry
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(e, &back); d != "" {
		t.Error(d)
	}
	if e.Value("CN") != "<ü>" || e.Values("nope") != nil || len(e.Raw("Photo")) != 1 {
		t.Error("values")
	}
}

func TestSchemaCompare(t *testing.T) {
	s := newSchema([]string{
		"( 2.5.4.41 NAME 'name' DESC 'EQUALITY octetStringMatch' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} )",
		"( 2.5.4.3 NAME ( 'cn' 'commonName' ) SUP name )",
		"( 1.2.3 NAME 'exact' EQUALITY caseExactMatch )", "( 1.2.4 NAME 'member' EQUALITY distinguishedNameMatch )",
		"( 1.2.5 NAME 'num' EQUALITY integerMatch )", "( 1.2.6 NAME 'flag' EQUALITY booleanMatch )", "( 1.2.7 NAME 'tel' EQUALITY telephoneNumberMatch )",
		"( 1.2.8 NAME 'at' EQUALITY generalizedTimeMatch )", "( 1.2.9 NAME 'oc' EQUALITY objectIdentifierMatch )", "( 1.2.10 NAME 'blob' )",
		"( 1.2.11 NAME 'loop' SUP loop )", "( 1.2.12 NAME 'um' EQUALITY uniqueMemberMatch )", "nonsense", "( 1.2.13 NAME 'ns' EQUALITY numericStringMatch X-SCHEMA 'a b' )",
	}, []string{"( 2.5.6.6 NAME 'person' )"})
	c := &Comparer{schema: s}
	for _, x := range []struct {
		a, b  *Entry
		equal bool
	}{
		{entry(1, "", "cn", "A  b"), entry(1, "", "CN", "a B"), true},
		{entry(1, "", "cn", "a"), entry(1, "", "commonName", "a"), true},
		{entry(1, "", "cn", "ﬁ"), entry(1, "", "cn", "FI"), true},
		{entry(1, "", "cn;lang-de", "a"), entry(1, "", "cn", "a"), false},
		{entry(1, "", "exact", "A"), entry(1, "", "exact", "a"), false},
		{entry(1, "", "exact", "a  b "), entry(1, "", "exact", "a b"), true},
		{entry(1, "", "member", "CN=A, dc=X"), entry(1, "", "member", "commonname=a,DC=X"), true},
		{entry(1, "", "member", "exact=A,dc=X"), entry(1, "", "member", "exact=a,dc=X"), false},
		{entry(1, "", "um", "cn=A#'01'B"), entry(1, "", "um", "CN=a#'01'B"), true},
		{entry(1, "", "num", "007"), entry(1, "", "num", "7"), true}, {entry(1, "", "num", "-0"), entry(1, "", "num", "-1"), false},
		{entry(1, "", "flag", "true"), entry(1, "", "flag", "TRUE"), true},
		{entry(1, "", "tel", "+1 2-3"), entry(1, "", "tel", "+123"), true},
		{entry(1, "", "ns", "1 2"), entry(1, "", "ns", "12"), true},
		{entry(1, "", "at", "20260101000000Z"), entry(1, "", "at", "20260101010000.0+0100"), true},
		{entry(1, "", "oc", "Person"), entry(1, "", "oc", "2.5.6.6"), true},
		{entry(1, "", "blob", "A"), entry(1, "", "blob", "a"), false},
		{entry(1, "", "loop", "A"), entry(1, "", "loop", "a"), false},
		{entry(1, "", "other", "A"), entry(1, "", "OTHER", "A"), true},
		{entry(1, "", "cn", "a", "blob", "b"), entry(1, "", "blob", "b", "cn", "A"), true},
		{entry(1, "", "cn", "a", "cn", "b"), entry(1, "", "cn", "a"), false},
		{entry(1, "", "cn", "a"), entry(1, "x"), false},
	} {
		if got := c.Equal(x.a, x.b); got != x.equal {
			t.Errorf("%s, %s: %v", show(x.a), show(x.b), got)
		}
		if got := len(c.Diff(x.a, x.b)) == 0; got != x.equal {
			t.Errorf("Diff of %s, %s: %v", show(x.a), show(x.b), got)
		}
	}
	old := &Entry{Attributes: []Attribute{{"cn", [][]byte{[]byte("a"), []byte("b")}}, {"gone", [][]byte{[]byte("x")}}}}
	new := &Entry{Attributes: []Attribute{{"cn", [][]byte{[]byte("B"), []byte("c")}}, {"num", [][]byte{[]byte("1")}}}}
	if d := cmp.Diff([]Diff{{Name: "cn", Added: [][]byte{[]byte("c")}, Removed: [][]byte{[]byte("a")}}, {Name: "num", Added: [][]byte{[]byte("1")}, New: true},
		{Name: "gone", Removed: [][]byte{[]byte("x")}, Gone: true}}, c.Diff(old, new)); d != "" {
		t.Error(d)
	}
}

func TestSplitDN(t *testing.T) {
	for dn, n := range map[string]int{"": 0, "dc=x": 1, "cn=a\\,b, dc=x": 2, `cn="a,b";dc=x`: 2, `cn=a\\,dc=x`: 2} {
		if got := splitDN(dn); len(got) != n {
			t.Errorf("%q: %q", dn, got)
		}
	}
	if got := moveDN("cn=a,OU=p , dc=x", "ou=p,dc=x", "ou=q,dc=y"); got != "cn=a,ou=q,dc=y" {
		t.Error(got)
	}
	if got := moveDN("cn=a,dc=x", "dc=x", ""); got != "cn=a" {
		t.Error(got)
	}
	if !sameDN("CN=a, dc=x", "cn=a,DC=x") || sameDN("cn=a", "cn=A") || sameDN("cn=a", "cn=a,dc=x") || sameDN("x", "y") {
		t.Error("sameDN")
	}
	if !strings.HasPrefix(DNKey("cn=a+sn=b,dc=x"), DNKey("DC=X")) || DNKey("cn=a+sn=b") != DNKey("sn=B + cn=A") || DNKey("cn=a\\00b") == DNKey("cn=a") {
		t.Error("DNKey")
	}
}
