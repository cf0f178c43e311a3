package schema

import (
	"strings"
	"testing"
)

func TestSyntaxes(t *testing.T) {
	s := New()
	for _, c := range []struct {
		name, oid string
		good, bad []string
	}{
		{"attribute type", ldapSyntax + "3",
			[]string{"( 1.2.3 NAME 'x' SYNTAX 1.2.3 )"}, []string{"", "1.2.3", "( 1.2.3 NAME 'x'", "( 1.2.3 MUST cn )"}},
		{"bit string", ldapSyntax + "6", []string{"'0101'B", "''B"}, []string{"", "0101", "'012'B", "'01'b", "'01'"}},
		{"boolean", ldapSyntax + "7", []string{"TRUE", "FALSE"}, []string{"", "true", "1", "TRUE "}},
		{"certificate", ldapSyntax + "8", []string{"\x30\x00", "\x30\x81\x01x"}, []string{"", "cert", "\x30\x01", "\x30\x80\x00\x00"}},
		{"country", ldapSyntax + "11", []string{"DE", "us"}, []string{"", "D", "DEU", "D\xc3"}},
		{"DN", ldapSyntax + "12", []string{"", "cn=a,dc=b", `cn=a\,b`}, []string{"cn", "x y", "cn=a,,", "cn=\xff"}},
		{"delivery method", ldapSyntax + "14", []string{"telephone", "mhs $ g3fax"}, []string{"", "pigeon", "mhs $"}},
		{"directory string", ldapSyntax + "15", []string{"a", " ", "É"}, []string{"", "\xff", "a\xc3"}},
		{"content rule", ldapSyntax + "16", []string{"( 1.2 AUX a MUST cn NOT sn )"}, []string{"( 1.2 SUP a )"}},
		{"structure rule", ldapSyntax + "17", []string{"( 2 FORM x SUP ( 1 3 ) )"}, []string{"( x FORM y )"}},
		{"enhanced guide", ldapSyntax + "21",
			[]string{"person#(sn$EQ)#oneLevel", "2.5.6.6# ?true | !cn$SUBSTR & sn$APPROX #wholeSubtree"},
			[]string{"", "person#(sn$EQ)", "person#(sn$EQ#oneLevel", "person#sn$XX#oneLevel", "person#sn$EQ#all"}},
		{"fax number", ldapSyntax + "22", []string{"+1 2", "+1 2$fineResolution$b4Width"}, []string{"", "$b4Width", "+1$", "+1$ä"}},
		{"generalized time", ldapSyntax + "24",
			[]string{"199412161032Z", "1994121610Z", "20240229000000Z", "19941216103212.5Z", "19941216103212,25-0500", "1994121610.5+01", "19941231235960Z"},
			[]string{"", "19941216", "199412161032", "19941316103200Z", "19941232103200Z", "20230229000000Z", "19941216253200Z", "19941216103261Z",
				"19941216103200.Z", "19941216103200+1", "19941216103200+2500", "19941216103200Zx", "1994121610320Z", "00000101000000+1200"}},
		{"guide", ldapSyntax + "25", []string{"sn$EQ", "person#(cn$GE|sn$LE)&?false"}, []string{"", "sn", "person#", strings.Repeat("(", 100) + "sn$EQ" + strings.Repeat(")", 100)}},
		{"IA5", ldapSyntax + "26", []string{"", "abc\x00\x7f"}, []string{"é", "\x80"}},
		{"integer", ldapSyntax + "27", []string{"0", "-1", "123456789012345678901234567890"}, []string{"", "-", "+1", "01", "-0", "1 ", "1.0", "0x1"}},
		{"JPEG", ldapSyntax + "28", []string{"\xff\xd8\xff\xe0"}, nil},
		{"matching rule", ldapSyntax + "30", []string{"( 2.5.13.2 NAME 'x' SYNTAX 1.2.3 )"}, []string{"( 2.5.13.2 MUST x )"}},
		{"matching rule use", ldapSyntax + "31", []string{"( 2.5.13.2 APPLIES ( cn $ sn ) )"}, []string{"( 2.5.13.2 MAY x )"}},
		{"name and UID", ldapSyntax + "34", []string{"cn=a", "cn=a#'01'B", "cn=a#b"}, []string{"cn#'01'B"}},
		{"name form", ldapSyntax + "35", []string{"( 1.2 OC person MUST cn MAY sn )"}, []string{"( 1.2 OC ( a b ) )"}},
		{"numeric string", ldapSyntax + "36", []string{"15 079 672 281", "0"}, []string{"", "1-2", "x"}},
		{"object class", ldapSyntax + "37", []string{"( 1.2 SUP top AUXILIARY MAY cn )"}, []string{"( 1.2 SYNTAX 1.2 )"}},
		{"OID", ldapSyntax + "38", []string{"1.2.3", "cn", "x-y"}, []string{"", "1", "1..2", "1.02", "a b", "é", "-a"}},
		{"other mailbox", ldapSyntax + "39", []string{"smtp$a@b"}, []string{"", "smtp", "$a", "a$é"}},
		{"octet string", ldapSyntax + "40", []string{"", "\xff"}, nil},
		{"postal address", ldapSyntax + "41", []string{"1 Street$Town", `a\24b\5C`, "a$$b"}, []string{"", `a\x`, `a\`, "\xff"}},
		{"printable", ldapSyntax + "44", []string{"A a'()+,-.=/:? 0"}, []string{"", "a@b", "a*", "é"}},
		{"subtree", ldapSyntax + "45",
			[]string{"{}", "{ }", `{ base "ou=""a, x""", minimum 1, maximum 3 }`, "{ specificExclusions { chopBefore:\"cn=a\" } }", "{ specificationFilter or:{ item:person, item:2.5.6.7 } }"},
			[]string{"", "base", `{ base cn=a }`, "{ minimum x }", "{ minimum -1 }", "{ wibble 1 }", `{ base "x }`, "{ { }", "{}}"}},
		{"telephone", ldapSyntax + "50", []string{"+49 (30) 1-2"}, []string{"", "1*2", "é"}},
		{"teletex", ldapSyntax + "51", []string{"abc", "abc$graphic:x$page:\xff"}, []string{"", "abc$colour:x", "abc$graphic"}},
		{"telex", ldapSyntax + "52", []string{"1$de$x", "1"}, []string{"", "1$$3", "1*"}},
		{"UTC time", ldapSyntax + "53", []string{"9412161032Z", "941216103212Z", "9412161032-0500", "9412161032"}, []string{"", "94121610Z", "941316103212Z", "9412161032+05"}},
		{"syntax", ldapSyntax + "54", []string{"( 1.2 DESC 'x' )"}, []string{"( 1.2 NAME x SUP y )"}},
		{"substring assertion", ldapSyntax + "58", []string{"*", "a*", "*a*b*", `\2A*\5C`}, []string{"", "a", "a**b", `\x*`}},
		{"UUID", oidUUID, []string{"597ae2f6-16a6-1027-98f4-d28b5365dc14", "597AE2F6-16a6-1027-98f4-d28b5365dc14"}, []string{"", "597ae2f616a6102798f4d28b5365dc14", "597ae2f6-16a6-1027-98f4-d28b5365dc1g"}},
		{"CSN", oidCSN, []string{"20240101000000.123456Z#000000#001#00000a", "20240101000000Z#000000#00#000000"}, []string{"", "20240101000000.123456Z#000000#001", "20241301000000.123456Z#000000#001#000000", "20240101000000.123456Z#00000x#001#000000"}},
		{"SID", oidCSNSID, []string{"0ff"}, []string{"", "ff", "xyz"}},
		{"RDN", oidRDN, []string{"cn=a+sn=b"}, []string{"cn=a,sn=b", ""}},
		{"netgroup triple", "1.3.6.1.1.1.0.0", []string{"(h,u,d)", "(,,)", "(-,u.x,)", "( h , u , d )"}, []string{"", "h,u,d", "(a,b)", "(a,b,c,d)", "(a b,,)"}},
		{"boot parameter", "1.3.6.1.1.1.0.1", []string{"root=srv:/path"}, []string{"", "root", "root=srv", "=srv:/x", "root=:/x"}},
	} {
		x := s.Syntax(c.oid)
		if x == nil {
			t.Errorf("%s: no syntax %s", c.name, c.oid)
			continue
		}
		check := func(v string) error {
			if x.Validate == nil {
				return nil
			}
			return x.Validate([]byte(v))
		}
		for _, v := range c.good {
			if err := check(v); err != nil {
				t.Errorf("%s: %q refused: %v", c.name, v, err)
			}
		}
		for _, v := range c.bad {
			if check(v) == nil {
				t.Errorf("%s: %q accepted", c.name, v)
			}
		}
	}
}

func TestSyntaxStrings(t *testing.T) {
	s := New()
	for oid, want := range map[string]string{
		ldapSyntax + "15": "( 1.3.6.1.4.1.1466.115.121.1.15 DESC 'Directory String' )",
		ldapSyntax + "8":  "( 1.3.6.1.4.1.1466.115.121.1.8 DESC 'Certificate' X-BINARY-TRANSFER-REQUIRED 'TRUE' X-NOT-HUMAN-READABLE 'TRUE' )",
	} {
		if got := s.Syntax(oid).String(); got != want {
			t.Errorf("%s", got)
		}
	}
	for _, x := range s.Syntaxes() {
		if _, err := parseDefinition(x.String(), syntaxElement); err != nil {
			t.Errorf("%s: %v", x, err)
		}
	}
	for _, r := range s.MatchingRules() {
		if _, err := parseDefinition(r.String(), ruleElement); err != nil {
			t.Errorf("%s: %v", r, err)
		}
	}
	for _, u := range s.MatchingRuleUses() {
		if _, err := parseDefinition(u, ruleUseElement); err != nil {
			t.Errorf("%s: %v", u, err)
		}
	}
}

// Validators take whatever a client sends.
func FuzzValidate(f *testing.F) {
	for _, v := range []string{"", "a$b", "'01'B", "{ base \"\" }", "person#(sn$EQ)#oneLevel", "20240101000000.1Z", "( 1.2 NAME 'x' )", "\x30\x82"} {
		f.Add([]byte(v))
	}
	s := New()
	f.Fuzz(func(t *testing.T, v []byte) {
		for _, x := range s.Syntaxes() {
			if x.Validate != nil {
				x.Validate(v)
			}
		}
	})
}
