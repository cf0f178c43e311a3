package ldif

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"libslapi/server/wire"
	"pgregory.net/rapid"
)

func readAll(t testing.TB, text string) []*Record {
	t.Helper()
	r := NewReader(strings.NewReader(text), "t")
	var out []*Record
	for {
		rec, err := r.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rec)
	}
}

// What slapcat 2.5 wrote, read and written again, must be the same octets.
func TestSlapcatForm(t *testing.T) {
	want, err := os.ReadFile("testdata/slapcat.ldif")
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	w := NewWriter(&got)
	n := 0
	for _, rec := range readAll(t, string(want)) {
		n++
		if err := w.Entry(rec.DN, rec.Attrs); err != nil {
			t.Fatal(err)
		}
	}
	if n != 5 {
		t.Errorf("%d records", n)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Error(d)
	}
}

func vals(v ...string) (out [][]byte) {
	for _, s := range v {
		out = append(out, []byte(s))
	}
	return out
}

func TestReader(t *testing.T) {
	text := "version: 1\r\n# comment\r\n  folded comment\n\n\ndn: cn=a,\n dc=b\ncn: a\nSN:x \nCN::  Yg==\n" +
		"description:   two words\n# in the middle\nx:\n\n\n# alone\n\n" +
		"dn:: Y249w7w=\ncontrol: 1.2.3 true: val\ncontrol: 1.2.4\ncontrol: 1.2.5 false:: /w==\nchangetype: MODIFY\n" +
		"add: cn\ncn: q\ncn: r\n-\ndelete: sn\n-\nreplace: x;y\n-\nincrement: n\nn: 5\n\n" +
		"dn: cn=d\nchangetype: delete\n\n" +
		"dn: cn=e\nchangetype: modDN\nnewrdn: cn=f\ndeleteoldrdn: 1\nnewsuperior:\n\n" +
		"dn: cn=g\nchangetype: add\ncn: g"
	want := []*Record{
		{DN: "cn=a,dc=b", Line: 6, Attrs: []wire.Attribute{
			{Type: "cn", Values: vals("a", "b")}, {Type: "SN", Values: vals("x ")},
			{Type: "description", Values: vals("two words")}, {Type: "x", Values: vals("")}}},
		{DN: "cn=ü", Line: 18, ChangeType: "modify",
			Controls: []wire.Control{{OID: "1.2.3", Critical: true, HasValue: true, Value: []byte("val")},
				{OID: "1.2.4"}, {OID: "1.2.5", HasValue: true, Value: []byte{0xff}}},
			Changes: []wire.Change{{Op: wire.ModAdd, Type: "cn", Values: vals("q", "r")}, {Op: wire.ModDelete, Type: "sn"},
				{Op: wire.ModReplace, Type: "x;y"}, {Op: wire.ModIncrement, Type: "n", Values: vals("5")}}},
		{DN: "cn=d", Line: 34, ChangeType: "delete"},
		{DN: "cn=e", Line: 37, ChangeType: "modrdn", NewRDN: "cn=f", DeleteOldRDN: true, HasNewSuperior: true},
		{DN: "cn=g", Line: 43, ChangeType: "add", Attrs: []wire.Attribute{{Type: "cn", Values: vals("g")}}},
	}
	if d := cmp.Diff(want, readAll(t, text)); d != "" {
		t.Error(d)
	}
}

func TestReaderErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"cn: x\n", "t:1: a record begins with dn:"},
		{"dn: x\nfoo\n", "t:2: a line without a name"},
		{"dn: x\n:y\n", "t:2: a line without a name"},
		{"dn: x\ncn:: ???\n", "t:2: cn: bad base 64"},
		{"dn: x\njpegPhoto:< file:///etc/passwd\n", "t:2: jpegPhoto: values from URLs are not allowed"},
		{"version: 2\ndn: x\n", "t:1: LDIF version"},
		{"dn: x\nchangetype: explode\n", "t:2: changetype \"explode\""},
		{"dn: x\nchangetype: delete\ncn: x\n", "t:3: a delete has nothing"},
		{"dn: x\nchangetype: modify\nadd: cn\nsn: x\n", "t:4: sn does not belong"},
		{"dn: x\nchangetype: modify\nfrob: cn\n", "t:3: frob: no kind"},
		{"dn: x\nchangetype: modrdn\nnewrdn: cn=y\n", "t:2: a rename needs"},
		{"dn: x\nchangetype: modrdn\nnewrdn: cn=y\ndeleteoldrdn: 2\n", "t:4: deleteoldrdn is 0 or 1"},
		{"dn: x\ncontrol: 1.2\ncn: x\n", "t:1: controls without"},
		{"dn: x\ncontrol: 1.2 maybe\nchangetype: delete\n", "t:2: bad criticality"},
		{" dn: x\n", "t:1: continuation without"},
	} {
		r := NewReader(strings.NewReader(c.text+"\ndn: cn=next\ncn: next\n"), "t")
		_, err := r.Next()
		var le *Error
		if !errors.As(err, &le) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
			continue
		}
		if rec, err := r.Next(); err != nil || rec.DN != "cn=next" {
			t.Errorf("%q: after the error: %v %v", c.text, rec, err)
		}
		if _, err := r.Next(); err != io.EOF {
			t.Errorf("%q: at the end: %v", c.text, err)
		}
	}
}

func TestLimit(t *testing.T) {
	for _, bad := range []string{
		"dn: cn=x\ncn: " + strings.Repeat("x", 300_000) + "\n",
		"dn: cn=x\n" + strings.Repeat("cn: yyyyyyyy\n", 20_000),
		"# " + strings.Repeat("x", 300_000) + "\ndn: cn=x\n",
	} {
		r := NewReader(strings.NewReader(bad+"\ndn: cn=next\ncn: n\n"), "t")
		r.MaxRecord = 100_000
		if _, err := r.Next(); err == nil || !strings.Contains(err.Error(), "record of more than") {
			t.Errorf("error %v", err)
		}
		if rec, err := r.Next(); err != nil || rec.DN != "cn=next" || len(rec.Attrs) != 1 {
			t.Errorf("after it: %v %v", rec, err)
		}
	}
}

func TestFiles(t *testing.T) {
	p := filepath.Join(t.TempDir(), "v")
	if err := os.WriteFile(p, []byte{1, 2, 3}, 0o600); err != nil {
		t.Fatal(err)
	}
	r := NewReader(strings.NewReader("dn: x\njpegPhoto:< file://"+p+"\n\ndn: y\nx:< file:///no/such\n\ndn: z\nx:< http://h/\n"), "t")
	r.AllowFiles = true
	rec, err := r.Next()
	if err != nil || !bytes.Equal(rec.Attrs[0].Values[0], []byte{1, 2, 3}) {
		t.Fatal(rec, err)
	}
	for range 2 {
		if _, err := r.Next(); err == nil {
			t.Error("no error")
		}
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("broken disk") }

func TestInputError(t *testing.T) {
	r := NewReader(io.MultiReader(strings.NewReader("dn: x\ncn: y"), failing{}), "t")
	if _, err := r.Next(); err == nil || err.Error() != "broken disk" {
		t.Error(err)
	}
}

func genValue() *rapid.Generator[[]byte] {
	return rapid.OneOf(rapid.SliceOfN(rapid.Byte(), 0, 200),
		rapid.Map(rapid.StringMatching(`[ -~]{0,200}`), func(s string) []byte { return []byte(s) }))
}

func genRecord(t *rapid.T) *Record {
	rec := &Record{DN: string(genValue().Draw(t, "dn")), ChangeType: rapid.SampledFrom([]string{"", "add", "delete", "modify", "modrdn"}).Draw(t, "type")}
	names := []string{"cn", "sn;lang-de", "userPassword", "x-1"}
	var attrs []wire.Attribute
	for _, n := range names[:rapid.IntRange(1, 4).Draw(t, "attrs")] {
		attrs = append(attrs, wire.Attribute{Type: n, Values: rapid.SliceOfN(genValue(), 1, 3).Draw(t, "values")})
	}
	switch rec.ChangeType {
	case "", "add":
		rec.Attrs = attrs
	case "modify":
		for _, a := range attrs {
			rec.Changes = append(rec.Changes, wire.Change{Op: wire.ModOp(rapid.IntRange(0, 3).Draw(t, "op")), Type: a.Type, Values: a.Values})
		}
	case "modrdn":
		rec.NewRDN, rec.DeleteOldRDN = string(genValue().Draw(t, "rdn")), rapid.Bool().Draw(t, "old")
		if rec.HasNewSuperior = rapid.Bool().Draw(t, "sup"); rec.HasNewSuperior {
			rec.NewSuperior = string(genValue().Draw(t, "superior"))
		}
	}
	if rec.ChangeType != "" && rapid.Bool().Draw(t, "control") {
		rec.Controls = []wire.Control{{OID: "1.2.3", Critical: rapid.Bool().Draw(t, "critical")}, {OID: "1.2", HasValue: true, Value: genValue().Draw(t, "cv")}}
	}
	return rec
}

// What is written is read back, and no line is wider than slapcat's.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var buf bytes.Buffer
		w := NewWriter(&buf)
		a, b := genRecord(t), genRecord(t)
		if w.Change(a) != nil || w.Change(b) != nil {
			t.Fatal("not written")
		}
		for _, l := range strings.Split(buf.String(), "\n") {
			if len(l) > width {
				t.Fatalf("line of %d", len(l))
			}
		}
		r := NewReader(&buf, "t")
		for _, want := range []*Record{a, b} {
			got, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			got.Line = 0
			if d := cmp.Diff(want, got); d != "" {
				t.Fatal(d)
			}
		}
	})
}

func FuzzReader(f *testing.F) {
	golden, _ := os.ReadFile("testdata/slapcat.ldif")
	f.Add(golden)
	f.Add([]byte("version: 1\n\ndn: x\nchangetype: modify\nadd: a\na:: YQ==\n-\n\ndn: y\nchangetype: moddn\nnewrdn: a\ndeleteoldrdn: 0\n"))
	f.Add([]byte("dn: x\n#c\n d\n cn: y\r\n\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := NewReader(bytes.NewReader(in), "t")
		r.MaxRecord = 4096
		for {
			rec, err := r.Next()
			if err != nil {
				var le *Error
				if errors.As(err, &le) {
					continue
				}
				return
			}
			var buf bytes.Buffer
			if err := NewWriter(&buf).Change(rec); err != nil {
				t.Fatal(err)
			}
			again, err := NewReader(&buf, "t").Next()
			if err != nil {
				t.Fatalf("%v in %q", err, buf.String())
			}
			again.Line = rec.Line
			if d := cmp.Diff(rec, again); d != "" {
				t.Fatal(d)
			}
		}
	})
}

func BenchmarkReader(b *testing.B) {
	text, _ := os.ReadFile("testdata/slapcat.ldif")
	text = bytes.Repeat(text, 20)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r := NewReader(bytes.NewReader(text), "t")
		for {
			if _, err := r.Next(); err != nil {
				break
			}
		}
	}
}
