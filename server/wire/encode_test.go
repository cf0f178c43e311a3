package wire

import (
	"bytes"
	"strings"
	"testing"

	asn1 "github.com/go-asn1-ber/asn1-ber"
)

func TestEncodeExact(t *testing.T) {
	ok := &Result{}
	for _, tc := range []struct {
		name string
		got  []byte
		want string
	}{
		{"bind", AppendBindResponse(nil, 1, ok, nil, false, nil), "300c 020101 6107 0a0100 0400 0400"},
		{"bind creds", AppendBindResponse(nil, 1, &Result{Code: SaslBindInProgress}, []byte("x"), true, nil), "300f 020101 610a 0a010e 0400 0400 870178"},
		{"bind empty creds", AppendBindResponse(nil, 1, ok, nil, true, nil), "300e 020101 6109 0a0100 0400 0400 8700"},
		{"done", AppendResult(nil, 300, TagSearchResultDone, &Result{Code: NoSuchObject, MatchedDN: "c=a", Text: "no"}, nil),
			"3012 0202012c 650c 0a0120 0403633d61 04026e6f"},
		{"referral", AppendResult(nil, 1, TagDelResponse, &Result{Code: Referral, Referrals: []string{"ldap://a"}}, nil),
			"3018 020101 6b13 0a010a 0400 0400 a30a 0408 6c6461703a2f2f61"},
		{"sync refresh required", AppendResult(nil, 1, TagSearchResultDone, &Result{Code: SyncRefreshRequired}, nil), "300d 020101 6508 0a021000 0400 0400"},
		{"extended", AppendExtendedResponse(nil, 0, &Result{Code: Unavailable}, "1.2", []byte("v"), true, nil), "3014 020100 780f 0a0134 0400 0400 8a03312e32 8b0176"},
		{"controls", AppendResult(nil, 1, TagAddResponse, ok, []Control{{OID: "1.2", Critical: true}, {OID: "3", HasValue: true}}),
			"301f 020101 6907 0a0100 0400 0400 a011 3008 0403312e32 0101ff 3005 040133 0400"},
		{"reference", AppendReference(nil, 2, []string{"a", "b"}, nil), "300b 020102 7306 040161 040162"},
		{"intermediate", AppendIntermediate(nil, 2, "1", []byte{}, true, nil), "300a 020102 7905 800131 8100"},
		{"entry", AppendSearchEntry(nil, 2, "c=a", []Attribute{{Type: "c", Values: [][]byte{[]byte("a"), {}}}, {Type: "t"}}, nil),
			"301f 020102 641a 0403633d61 3013 300a 040163 3105 040161 0400 3005 040174 3100"},
	} {
		if want := unhex(t, tc.want); !bytes.Equal(tc.got, want) {
			t.Errorf("%s:\n got %x\nwant %x", tc.name, tc.got, want)
		}
	}
}

// Entries of all sizes, across the borders of the length forms, with controls:
// the same octets as asn1-ber makes, after what dst held.
func TestEncodeEntryOracle(t *testing.T) {
	for _, n := range []int{0, 1, 60, 100, 110, 120, 127, 128, 200, 240, 256, 1000, 65500, 65536, 70000} {
		attrs := []Attribute{
			{Type: "objectClass", Values: [][]byte{[]byte("top"), []byte("person")}},
			{Type: "description", Values: [][]byte{bytes.Repeat([]byte("x"), n), []byte("y")}},
		}
		ctl := []Control{{OID: "1.2.3", HasValue: true, Value: bytes.Repeat([]byte("z"), n)}}
		got := AppendSearchEntry([]byte("before"), 100000, "cn="+strings.Repeat("n", n), attrs, ctl)

		seq := func() *asn1.Packet { return asn1.NewSequence("") }
		str := func(s string) *asn1.Packet {
			return asn1.NewString(asn1.ClassUniversal, asn1.TypePrimitive, asn1.TagOctetString, s, "")
		}
		want, list := seq(), seq()
		want.AppendChild(asn1.NewInteger(asn1.ClassUniversal, asn1.TypePrimitive, asn1.TagInteger, 100000, ""))
		op := asn1.Encode(asn1.ClassApplication, asn1.TypeConstructed, 4, nil, "")
		op.AppendChild(str("cn=" + strings.Repeat("n", n)))
		for _, a := range attrs {
			s, set := seq(), asn1.Encode(asn1.ClassUniversal, asn1.TypeConstructed, asn1.TagSet, nil, "")
			for _, v := range a.Values {
				set.AppendChild(str(string(v)))
			}
			s.AppendChild(str(a.Type))
			s.AppendChild(set)
			list.AppendChild(s)
		}
		op.AppendChild(list)
		want.AppendChild(op)
		cs, c := asn1.Encode(asn1.ClassContext, asn1.TypeConstructed, 0, nil, ""), seq()
		c.AppendChild(str("1.2.3"))
		c.AppendChild(str(string(ctl[0].Value)))
		cs.AppendChild(c)
		want.AppendChild(cs)
		if !bytes.Equal(got, append([]byte("before"), want.Bytes()...)) {
			t.Errorf("%d: differs", n)
		}
	}
}

func TestResultCodeNames(t *testing.T) {
	for c, want := range map[ResultCode]string{Success: "success", NoSuchObject: "noSuchObject", SyncRefreshRequired: "e-syncRefreshRequired", 9: "resultCode(9)"} {
		if c.String() != want {
			t.Errorf("%d: %s", int(c), c)
		}
	}
	for req, resp := range map[int]int{TagBindRequest: TagBindResponse, TagSearchRequest: TagSearchResultDone, TagDelRequest: TagDelResponse,
		TagModifyDNRequest: TagModifyDNResponse, TagUnbindRequest: 0, TagAbandonRequest: 0, TagExtendedRequest: TagExtendedResponse} {
		if got := ResponseTag(req); got != resp {
			t.Errorf("%#x: %#x", req, got)
		}
	}
}

var sampleEntry = []Attribute{
	{Type: "objectClass", Values: [][]byte{[]byte("inetOrgPerson"), []byte("organizationalPerson"), []byte("person"), []byte("top")}},
	{Type: "cn", Values: [][]byte{[]byte("User Number 12345")}},
	{Type: "sn", Values: [][]byte{[]byte("Number 12345")}},
	{Type: "mail", Values: [][]byte{[]byte("user12345@example.com")}},
	{Type: "uid", Values: [][]byte{[]byte("user12345")}},
	{Type: "telephoneNumber", Values: [][]byte{[]byte("+1 555 12345")}},
}

func BenchmarkEncodeEntry(b *testing.B) {
	buf := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendSearchEntry(buf[:0], 77, "uid=user12345,ou=people,dc=example,dc=com", sampleEntry, nil)
	}
}

func BenchmarkEncodeResult(b *testing.B) {
	buf, r := make([]byte, 0, 4096), &Result{}
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendResult(buf[:0], 77, TagSearchResultDone, r, nil)
	}
}
