package sync

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const (
	csn1 = "20260102030405.000001Z#000000#001#000000"
	csn2 = "20260102030405.000002Z#000000#002#000000"
	csn3 = "20260102030406.000000Z#00000a#001#000000"
)

func TestParseCookie(t *testing.T) {
	const mark = "0123456789abcdef"
	for _, c := range []struct {
		text string
		ok   bool
		csns string
	}{
		{"", true, ""},
		{"rid=123", true, ""},
		{"rid=000,csn=" + csn1, true, csn1},
		{"csn=" + csn1, true, csn1},
		{"rid=001,sid=00a,csn=" + csn2 + ";" + csn1, true, csn1 + ";" + csn2},
		{"rid=001,sid=00a,csn=" + csn1 + ",delcsn=" + csn2, true, csn1},
		{"rid=001,csn=" + csn2 + ",all=" + csn1 + ";" + csn2 + ",mark=" + mark, true, csn1 + ";" + csn2},
		{"rid=001,csn=" + csn1 + ",all=" + csn3, true, csn3},
		// What is not a cookie.
		{"rid=1", false, ""}, {"rid=abc", false, ""}, {"rid=-01", false, ""}, {"sid=xyz", false, ""},
		{"rid=001,rid=001", false, ""}, {"csn=", true, ""}, {"csn=#", false, ""}, {"csn=" + csn1 + ";" + csn3, false, ""},
		{"csn=" + csn1 + ";", false, ""}, {"mark=xx", false, ""}, {"what=1", false, ""}, {"garbage", false, ""}, {",", false, ""},
		{"ldap.example.com:389#cn=x:dc=x:(a=b)#17", false, ""},
		{"\x00\xff", false, ""}, {strings.Repeat("x", maxCookie+1), false, ""},
	} {
		got, err := ParseCookie([]byte(c.text))
		if (err == nil) != c.ok || got.CSNs.String() != c.csns {
			t.Errorf("%.60q: %+v, %v", c.text, got, err)
		}
	}
}

// A cookie that was made is read as what it was made from, also one that goes
// with a single change.
func TestCookieRoundTrip(t *testing.T) {
	v, _ := ParseVector(csn1 + ";" + csn2)
	c := Cookie{RID: 7, SID: 0xabc, CSNs: v, Mark: "00112233445566aa"}
	if want := "rid=007,sid=abc,csn=" + csn1 + ";" + csn2 + ",mark=00112233445566aa"; c.String() != want {
		t.Errorf("%s, want %s", c, want)
	}
	for _, text := range []string{c.String(), string(c.Change(v[1]))} {
		got, err := ParseCookie([]byte(text))
		if err != nil || got.RID != 7 || got.SID != 0xabc || !got.CSNs.Equal(v) || got.Mark != c.Mark {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	if text := string(c.Change(v[1])); !strings.Contains(text, "csn="+csn2+",") {
		t.Errorf("cookie of one change: %s", text)
	}
}

func FuzzParseCookie(f *testing.F) {
	for _, s := range []string{"", "rid=001,sid=001,csn=" + csn1, "rid=001,csn=" + csn1 + ";" + csn2 + ",delcsn=" + csn3, "csn=#", "all=;,mark=0"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseCookie(b)
		if err != nil {
			return
		}
		again, err := ParseCookie([]byte(c.String()))
		if err != nil || !again.CSNs.Equal(c.CSNs) || again.RID != c.RID || again.SID != c.SID || again.Mark != c.Mark {
			t.Errorf("%q: %+v, then %+v, %v", b, c, again, err)
		}
	})
}

// A vector has every CSN that was merged into it, none twice a server, and
// merging in any order comes to the same.
func TestVectorMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []CSN
		base, _ := ParseCSN(csn1)
		for range rapid.IntRange(0, 12).Draw(t, "n") {
			c := base
			c.ServerID = uint16(rapid.IntRange(0, 3).Draw(t, "server"))
			c.Count = uint32(rapid.IntRange(0, 9).Draw(t, "count"))
			list = append(list, c)
		}
		var v, back Vector
		for i := range list {
			v = v.Merge(list[i])
			back = back.Merge(list[len(list)-1-i])
		}
		if !v.Equal(back) {
			t.Fatalf("%s, backwards %s", v, back)
		}
		for i, c := range v {
			if i > 0 && v[i-1].ServerID >= c.ServerID {
				t.Fatalf("not sorted: %s", v)
			}
		}
		for _, c := range list {
			if !v.Has(c) {
				t.Fatalf("%s lacks %s", v, c)
			}
		}
		read, err := ParseVector(v.String())
		if err != nil || !read.Equal(v) || !v.Covers(read) {
			t.Fatalf("%s: %v", v, err)
		}
	})
}

func FuzzDecodeRequest(f *testing.F) {
	f.Add(EncodeRequest(Request{Mode: RefreshOnly}))
	f.Add(EncodeRequest(Request{Mode: RefreshAndPersist, Cookie: []byte("rid=001"), HasCookie: true, ReloadHint: true}))
	f.Add([]byte{0x30, 3, 10, 1, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, ok := DecodeRequest(b)
		if !ok {
			return
		}
		again, ok := DecodeRequest(EncodeRequest(r))
		if !ok || again.Mode != r.Mode || string(again.Cookie) != string(r.Cookie) || again.HasCookie != r.HasCookie || again.ReloadHint != r.ReloadHint {
			t.Errorf("%x: %+v, then %+v", b, r, again)
		}
	})
}

func TestDecodeRequest(t *testing.T) {
	for _, c := range []struct {
		value string
		ok    bool
	}{
		{"\x30\x03\x0a\x01\x01", true}, {"\x30\x03\x0a\x01\x03", true},
		{"\x30\x03\x0a\x01\x02", false}, {"\x30\x03\x0a\x01\x00", false}, {"", false}, {"\x30\x00", false},
		{"\x30\x06\x0a\x01\x01\x01\x01\xff", true},
		{"\x30\x06\x0a\x01\x01\x02\x01\x01", false},
	} {
		if _, ok := DecodeRequest([]byte(c.value)); ok != c.ok {
			t.Errorf("%x: %v", c.value, ok)
		}
	}
	if p, ok := DecodePersistent([]byte("\x30\x09\x02\x01\x0f\x01\x01\xff\x01\x01\x00")); !ok || p != (Persistent{15, true, false}) {
		t.Errorf("persistent: %+v %v", p, ok)
	}
	for _, bad := range []string{"", "\x30\x03\x02\x01\x0f", "\x30\x09\x02\x01\x10\x01\x01\xff\x01\x01\x00", "\x30\x09\x02\x01\x00\x01\x01\xff\x01\x01\x00"} {
		if _, ok := DecodePersistent([]byte(bad)); ok {
			t.Errorf("persistent %x was taken", bad)
		}
	}
}
