package schema

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func matches(t *testing.T, r *MatchingRule, v, a string) (bool, error) {
	t.Helper()
	if r.Match != nil {
		return r.Match([]byte(v), []byte(a))
	}
	k, err := r.Normalize([]byte(v))
	if err != nil {
		return false, err
	}
	f := r.Assertion
	if f == nil {
		f = r.Normalize
	}
	ka, err := f([]byte(a))
	return bytes.Equal(k, ka), err
}

func TestEqualityRules(t *testing.T) {
	s := standard(t)
	type pair struct{ value, assertion string }
	for _, c := range []struct {
		rule      string
		equal     []pair
		different []pair
		undefined []pair
	}{
		{"caseIgnoreMatch",
			[]pair{{"A DA", "a da"}, {"  a   da ", "a da"}, {"STRASSE", "straße"}, {"É", "e\u0301"}, {"ﬁ", "FI"}, {"a\u00a0b", "a b"}, {"a\u00adb", "ab"}, {"a\tb", "a b"}, {"a\x00b", "ab"}, {"ΑΣ", "ας"}, {"", " "}},
			[]pair{{"A DA", "ada"}, {"a", "b"}, {"é", "e"}},
			[]pair{{"\xff", "a"}, {"a", "\xff"}}},
		{"caseExactMatch", []pair{{" a  B ", "a B"}, {"é", "e\u0301"}}, []pair{{"a", "A"}, {"A DA", "ADA"}, {"É", "é"}}, []pair{{"\xff", "a"}}},
		{"caseIgnoreIA5Match", []pair{{"A@B", "a@b"}, {" a ", "a"}}, []pair{{"a b", "ab"}}, []pair{{"a", "é"}}},
		{"caseExactIA5Match", []pair{{"/home/x", "/home/x"}}, []pair{{"/Home", "/home"}}, []pair{{"a", "é"}}},
		{"numericStringMatch", []pair{{"12 34", "1234"}}, []pair{{"1", "2"}}, nil},
		{"telephoneNumberMatch", []pair{{"+49 30-123", "+4930123"}, {"1\u20102", "12"}, {"EXT 1", "ext1"}}, []pair{{"+49", "49"}}, nil},
		{"booleanMatch", []pair{{"TRUE", "true"}}, []pair{{"TRUE", "FALSE"}}, []pair{{"TRUE", "yes"}}},
		{"integerMatch", []pair{{"10", "010"}, {"-0", "0"}, {"-5", "-5"}}, []pair{{"10", "-10"}}, []pair{{"10", "x"}, {"10", ""}}},
		{"bitStringMatch", []pair{{"'01'B", "'01'B"}}, []pair{{"'01'B", "'010'B"}}, []pair{{"'01'B", "01"}}},
		{"octetStringMatch", []pair{{"a", "a"}, {"\xff", "\xff"}}, []pair{{"a", "A"}, {"a", "a "}}, nil},
		{"generalizedTimeMatch",
			[]pair{{"20240101000000Z", "202401010000Z"}, {"20240101000000Z", "20231231230000-0100"}, {"20240101000000.50Z", "20240101000000,5Z"}, {"2024010100.5Z", "20240101003000Z"}, {"202401010000.5Z", "20240101000030Z"}},
			[]pair{{"20240101000000Z", "20240101000000.1Z"}}, []pair{{"20240101000000Z", "2024"}}},
		{"objectIdentifierMatch", []pair{{"person", "PERSON"}, {"person", "2.5.6.6"}, {"1.2.3", "1.2.3"}, {"cn", "commonName"}, {"unheardOf", "UNHEARDOF"}}, []pair{{"person", "top"}}, []pair{{"person", ""}}},
		{"distinguishedNameMatch",
			[]pair{{"CN=A  B,DC=x", "commonName=a b, dc=X"}, {"cn=a+sn=b", "SN=B+cn=A"}, {"", ""}, {`cn=a\2Cb`, `cn="a,b"`}, {"2.5.4.3=x", "cn=X"}},
			[]pair{{"cn=a", "cn=b"}, {"cn=a,cn=b", "cn=b,cn=a"}, {"labeledURI=A", "labeledURI=a"}}, []pair{{"cn=a", "a"}}},
		{"uniqueMemberMatch", []pair{{"CN=a#'01'B", "cn=A#'01'B"}, {"cn=a", "CN=A"}}, []pair{{"cn=a#'01'B", "cn=a"}, {"cn=a#'01'B", "cn=a#'0'B"}}, []pair{{"cn=a", "x"}}},
		{"caseIgnoreListMatch", []pair{{"A $b", "a$ B"}}, []pair{{"a$b", "ab"}, {"a$b", "a$b$c"}}, nil},
		{"integerFirstComponentMatch", []pair{{"( 7 FORM x )", "7"}, {"(07 FORM x)", "7"}}, []pair{{"( 7 FORM x )", "8"}}, []pair{{"( x FORM y )", "7"}}},
		{"objectIdentifierFirstComponentMatch", []pair{{"( 2.5.6.6 NAME 'x' )", "2.5.6.6"}, {"(2.5.6.6)", "person"}, {"( '1.2' NAME 'y' )", "1.2"}}, []pair{{"( 1.2 )", "1.3"}}, []pair{{"(", "1.2"}}},
		{"directoryStringFirstComponentMatch", []pair{{"( 'Foo Bar' X )", "foo  bar"}}, []pair{{"( a )", "b"}}, nil},
		{"wordMatch", []pair{{"The quick fox", "QUICK"}, {"a b", "a  b"}}, []pair{{"quick-fox", "fox"}}, nil},
		{"keywordMatch", []pair{{"quick, brown fox.", "fox"}}, []pair{{"quick", "qui"}}, nil},
		{"UUIDMatch", []pair{{"597AE2F6-16a6-1027-98f4-d28b5365dc14", "597ae2f6-16A6-1027-98f4-d28b5365dc14"}}, []pair{{"597ae2f6-16a6-1027-98f4-d28b5365dc14", "597ae2f6-16a6-1027-98f4-d28b5365dc15"}}, []pair{{"597ae2f6-16a6-1027-98f4-d28b5365dc14", "x"}}},
		{"CSNMatch", []pair{{"20240101000000Z#000001#00#000000", "20240101000000.000000Z#000001#000#000000"}}, []pair{{"20240101000000.000000Z#000001#000#000000", "20240101000000.000000Z#000001#001#000000"}}, []pair{{"20240101000000.000000Z#000001#000#000000", "x"}}},
		{"CSNSIDMatch", []pair{{"20240101000000.000000Z#000001#0AB#000000", "0ab"}}, []pair{{"20240101000000.000000Z#000001#001#000000", "002"}}, []pair{{"20240101000000.000000Z#000001#000#000000", "x"}}},
		{"rdnMatch", []pair{{"CN=a+sn=B", "sn=b+cn=A"}}, []pair{{"cn=a", "sn=a"}}, []pair{{"cn=a", "cn=a,cn=b"}}},
		{"dnOneLevelMatch", []pair{{"cn=A,dc=x", "DC=x"}, {"dc=x", ""}}, []pair{{"cn=a,cn=b,dc=x", "dc=x"}, {"dc=x", "dc=x"}, {"", ""}}, []pair{{"x", "dc=x"}}},
		{"dnSubtreeMatch", []pair{{"cn=A,dc=x", "DC=x"}, {"dc=x", "dc=X"}, {"dc=x", ""}}, []pair{{"dc=x", "cn=a,dc=x"}}, []pair{{"dc=x", "x"}}},
		{"dnSubordinateMatch", []pair{{"cn=a,cn=b,dc=x", "dc=x"}}, []pair{{"dc=x", "dc=x"}}, nil},
		{"dnSuperiorMatch", []pair{{"dc=x", "cn=a,cn=b,dc=x"}}, []pair{{"dc=x", "dc=x"}, {"cn=a,dc=x", "dc=x"}}, nil},
		{"integerBitAndMatch", []pair{{"7", "5"}, {"-1", "4"}, {"0", "0"}, {"18446744073709551615", "1"}}, []pair{{"4", "5"}}, []pair{{"4", "x"}, {"x", "4"}}},
		{"integerBitOrMatch", []pair{{"4", "5"}}, []pair{{"4", "3"}, {"4", "0"}}, []pair{{"4", "x"}}},
	} {
		r := s.MatchingRule(c.rule)
		if r == nil {
			t.Errorf("no rule %s", c.rule)
			continue
		}
		for _, p := range c.equal {
			if ok, err := matches(t, r, p.value, p.assertion); !ok || err != nil {
				t.Errorf("%s: %q and %q differ (%v)", c.rule, p.value, p.assertion, err)
			}
		}
		for _, p := range c.different {
			if ok, err := matches(t, r, p.value, p.assertion); ok || err != nil {
				t.Errorf("%s: %q and %q are equal (%v)", c.rule, p.value, p.assertion, err)
			}
		}
		for _, p := range c.undefined {
			if _, err := matches(t, r, p.value, p.assertion); err == nil {
				t.Errorf("%s: %q and %q can be compared", c.rule, p.value, p.assertion)
			}
		}
	}
}

// What a filter calls must be there for the kind of filter the rule serves.
func TestRulesAreWhole(t *testing.T) {
	for _, r := range New().MatchingRules() {
		if r.Normalize == nil || r.Syntax == nil || len(r.Names) == 0 || (r.Use == UseSubstrings) != (r.Substring != nil) {
			t.Errorf("%+v", r)
		}
	}
}

func TestOrderingRules(t *testing.T) {
	s := New()
	for rule, sorted := range map[string][]string{
		"integerOrderingMatch":         {"-1" + strings.Repeat("0", 200), "-1000", "-999", "-10", "-9", "-1", "0", "1", "2", "9", "10", "99", "100", "1" + strings.Repeat("0", 126), "9" + strings.Repeat("0", 126), "1" + strings.Repeat("0", 200)},
		"generalizedTimeOrderingMatch": {"19991231235959Z", "20000101000000Z", "20000101000000.0001Z", "20000101000000.1Z", "20000101000001Z", "20000101010000+0030"},
		"caseIgnoreOrderingMatch":      {"a", "A b", "ab", "B"},
		"caseExactOrderingMatch":       {"A", "B", "a"},
		"numericStringOrderingMatch":   {"1", "1 0", "2"},
		"octetStringOrderingMatch":     {"", "\x00", "a", "aa", "\xff"},
		"UUIDOrderingMatch":            {"0a7ae2f6-16a6-1027-98f4-d28b5365dc14", "597AE2F6-16a6-1027-98f4-d28b5365dc14"},
		"CSNOrderingMatch":             {"20240101000000.000000Z#000000#000#000000", "20240101000000.000001Z#000000#000#000000", "20240101000000.000001Z#000001#000#000000"},
	} {
		r := s.MatchingRule(rule)
		var last []byte
		for i, v := range sorted {
			k, err := r.Normalize([]byte(v))
			if err != nil {
				t.Errorf("%s: %q: %v", rule, v, err)
				continue
			}
			if i > 0 && bytes.Compare(last, k) >= 0 {
				t.Errorf("%s: %q does not sort behind %q", rule, v, sorted[i-1])
			}
			last = k
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		ka, _ := integerKey([]byte(strconv.FormatInt(a, 10)))
		kb, _ := integerKey([]byte(strconv.FormatInt(b, 10)))
		want := 0
		if a < b {
			want = -1
		} else if a > b {
			want = 1
		}
		if bytes.Compare(ka, kb) != want {
			t.Fatalf("%d and %d", a, b)
		}
	})
}

// substrings looks for pieces as the filter package does.
func substrings(t *testing.T, r *MatchingRule, value, pattern string) bool {
	t.Helper()
	k, err := r.Normalize([]byte(value))
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(pattern, "*")
	for i, p := range parts {
		if p == "" {
			continue
		}
		place := SubAny
		if i == 0 {
			place = SubInitial
		} else if i == len(parts)-1 {
			place = SubFinal
		}
		piece, err := r.Substring([]byte(p), place)
		if err != nil {
			t.Fatal(err)
		}
		switch place {
		case SubInitial:
			if !bytes.HasPrefix(k, piece) {
				return false
			}
			k = k[len(piece):]
		case SubFinal:
			return bytes.HasSuffix(k, piece)
		default:
			at := bytes.Index(k, piece)
			if at < 0 {
				return false
			}
			k = k[at+len(piece):]
		}
	}
	return true
}

func TestSubstringRules(t *testing.T) {
	s := New()
	for _, c := range []struct {
		rule, value, pattern string
		want                 bool
	}{
		{"caseIgnoreSubstringsMatch", "Grace Hopper", "gr*HOP*er", true},
		{"caseIgnoreSubstringsMatch", "Grace Hopper", "grace h*", true},
		{"caseIgnoreSubstringsMatch", "Grace   Hopper", "grace *hopper", true},
		{"caseIgnoreSubstringsMatch", "GraceHopper", "grace *hopper", false},
		{"caseIgnoreSubstringsMatch", "Grace Hopper", "*ce  ho*", true},
		{"caseIgnoreSubstringsMatch", "Grace Hopper", "  grace*", true},
		{"caseIgnoreSubstringsMatch", "Grace Hopper", "*hopper  ", true},
		{"caseIgnoreSubstringsMatch", "Grace Hopper", "*x*", false},
		{"caseIgnoreSubstringsMatch", "Straße", "STRASS*", true},
		{"caseExactSubstringsMatch", "Grace", "gr*", false},
		{"caseExactSubstringsMatch", "Grace", "Gr*ce", true},
		{"caseIgnoreIA5SubstringsMatch", "A@Example.com", "*@example.*", true},
		{"caseExactIA5SubstringsMatch", "/home/X", "*X", true},
		{"caseExactIA5SubstringsMatch", "/home/X", "*x", false},
		{"numericStringSubstringsMatch", "12 34", "*2 3*", true},
		{"telephoneNumberSubstringsMatch", "+49 30 12-34", "*0 1-23*", true},
		{"octetStringSubstringsMatch", "a\xffb", "*\xff*", true},
		{"caseIgnoreListSubstringsMatch", "1 Street $Town", "*street*", true},
	} {
		if got := substrings(t, s.MatchingRule(c.rule), c.value, c.pattern); got != c.want {
			t.Errorf("%s: %q in %q: %v", c.rule, c.pattern, c.value, got)
		}
	}
}

func TestCertificateRules(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(4711), Subject: pkix.Name{CommonName: "Test  CA", Organization: []string{"X, Inc."}, Country: []string{"DE"}},
		NotBefore: from, NotAfter: from.Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCRLSign, SubjectKeyId: []byte{1}}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	s := New()
	r := s.MatchingRule("certificateExactMatch")
	for _, c := range []struct {
		assertion string
		want      bool
	}{
		{`{ serialNumber 4711, issuer rdnSequence:"CN=test ca,O=X\2C Inc.,C=DE" }`, true},
		{`{ serialNumber '1267'H, issuer rdnSequence:"cn=Test CA,o=""X, Inc."",c=de" }`, true},
		{`4711$cn=test ca,o=x\2c inc.,c=de`, true},
		{`{ serialNumber 4712, issuer rdnSequence:"CN=test ca,O=X\2C Inc.,C=DE" }`, false},
		{`{ serialNumber 4711, issuer rdnSequence:"CN=other,C=DE" }`, false},
	} {
		if got, err := matches(t, r, string(der), c.assertion); got != c.want || err != nil {
			t.Errorf("%s: %v, %v", c.assertion, got, err)
		}
	}
	if ok, err := matches(t, r, string(der), string(der)); !ok || err != nil {
		t.Errorf("the certificate itself: %v %v", ok, err)
	}
	for _, bad := range []string{"", "4711", "{ serialNumber x, issuer rdnSequence:\"\" }", "{ serialNumber 1 }", "x$cn=a"} {
		if _, err := matches(t, r, string(der), bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	ca, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	crl, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: from, NextUpdate: from.Add(time.Hour)}, ca, key)
	if err != nil {
		t.Fatal(err)
	}
	r = s.MatchingRule("certificateListExactMatch")
	for a, want := range map[string]bool{
		`{ issuer rdnSequence:"CN=test ca,O=X\2C Inc.,C=DE", thisUpdate utcTime:"240102030405Z" }`: true,
		`{ issuer rdnSequence:"CN=test ca,O=X\2C Inc.,C=DE", thisUpdate "20240102030405Z" }`:       true,
		`{ issuer rdnSequence:"CN=test ca,O=X\2C Inc.,C=DE", thisUpdate "20250102030405Z" }`:       false,
	} {
		if got, err := matches(t, r, string(crl), a); got != want || err != nil {
			t.Errorf("%s: %v, %v", a, got, err)
		}
	}
}

func TestWithoutBitRules(t *testing.T) {
	if New().MatchingRule(oidBitAnd) == nil || New().MatchingRule("integerBitOrMatch") == nil {
		t.Error("bit rules are built in")
	}
	s := New(WithoutBitRules())
	if s.MatchingRule(oidBitAnd) != nil || s.MatchingRule("integerBitOrMatch") != nil {
		t.Error("bit rules are left out on demand")
	}
}

func TestPrepareStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkPrepare(t, []byte(rapid.String().Draw(t, "s")))
	})
}

type fataler interface{ Fatalf(string, ...any) }

// checkPrepare: preparing twice is preparing once; letter case and outer blanks
// make no difference.
func checkPrepare(t fataler, v []byte) {
	for _, fold := range []bool{true, false} {
		k, err := prepare(v, fold, trimBoth)
		if err != nil {
			continue
		}
		again, err := prepare(k, fold, trimBoth)
		if err != nil || !bytes.Equal(again, k) {
			t.Fatalf("%q -> %q -> %q (%v)", v, k, again, err)
		}
		padded, err := prepare(append([]byte(" \t"), v...), fold, trimBoth)
		if err != nil || !bytes.Equal(padded, k) && !combining(k) {
			t.Fatalf("%q with blanks before: %q, not %q (%v)", v, padded, k, err)
		}
		sub, err := prepare(v, fold, keepLeft|keepRight)
		if err != nil || !strings.Contains(string(sub), strings.Trim(string(k), " ")) {
			t.Fatalf("%q: %q is not in %q", v, k, sub)
		}
	}
}

func FuzzPrepare(f *testing.F) {
	for _, s := range []string{"", " a  B ", "ﬁé", "a\u0301", " \u0301", "\u00a8x", "İıſ", "\u1e9e", "\u200b \u00ad", "\U0001d400", "\u0345\u0301"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, v []byte) { checkPrepare(t, v) })
}

func FuzzRules(f *testing.F) {
	for _, s := range []string{"", "1", "cn=a", "20240101000000Z", "( 1.2 )", "{ serialNumber 1, issuer rdnSequence:\"cn=a\" }", "cn=a#'0'B", "a$b", "\x30\x00"} {
		f.Add([]byte(s))
	}
	s := New()
	f.Fuzz(func(t *testing.T, v []byte) {
		for _, r := range s.MatchingRules() {
			if k, err := r.Normalize(v); err == nil && k == nil && len(v) > 0 && r.Syntax.OID != oidDN {
				t.Fatalf("%s: no key for %q", r.Names[0], v)
			}
			if r.Assertion != nil {
				r.Assertion(v)
			}
			if r.Substring != nil {
				r.Substring(v, SubAny)
			}
			if r.Match != nil {
				r.Match(v, v)
			}
		}
	})
}
