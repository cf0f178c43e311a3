package entry

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"libslapi/server/dn"
	"libslapi/server/schema"
	"pgregory.net/rapid"
)

var entryDiff = cmp.Options{
	cmp.Comparer(func(a, b *schema.AttributeType) bool {
		return a == b || a.Unknown && b.Unknown && a.OID == b.OID
	}),
	cmpopts.IgnoreFields(Attr{}, "valid"), cmpopts.EquateEmpty(),
}

// Decode(Encode(e)) is e, whatever the values are.
func TestCodecRoundTrip(t *testing.T) {
	s := testSchema(t)
	descs := []string{"cn", "CN;lang-de", "sn", "objectClass", "jpegPhoto", "userCertificate;binary", "noSuchType", "noSuchType;x-a", "member", "2.5.4.13"}
	rapid.Check(t, func(t *rapid.T) {
		e := New(dn.Name{Pretty: rapid.String().Draw(t, "pretty"), Norm: rapid.String().Draw(t, "norm")})
		if rapid.Bool().Draw(t, "same") {
			e.Name.Norm = e.Name.Pretty
		}
		for _, d := range rapid.SliceOfDistinct(rapid.SampledFrom(descs), func(s string) string { return s }).Draw(t, "descs") {
			if err := e.Put(s, d, rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 300), 1, 5).Draw(t, "values")...); err != nil {
				t.Fatal(err)
			}
		}
		got, err := Decode(e.Encode(nil), s)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(e, got, entryDiff); d != "" {
			t.Fatal(d)
		}
	})
}

func FuzzDecode(f *testing.F) {
	s := testSchema(f)
	f.Add(alice(f, s).Encode(nil))
	f.Add([]byte{1, 0, 0, 0, 0})
	f.Add([]byte{1, 1, 'a', 2, 'b', 1, 1, 2, 'c', 'n', 1, 1, 'x'})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := Decode(b, s)
		if err != nil {
			return
		}
		again, err := Decode(e.Encode(nil), s)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(e, again, entryDiff); d != "" {
			t.Fatal(d)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	s := testSchema(b)
	rec := alice(b, s).Encode(nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(rec, s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkClone(b *testing.B) {
	e := alice(b, testSchema(b))
	b.ReportAllocs()
	for b.Loop() {
		e.Clone()
	}
}

func BenchmarkCheckSchema(b *testing.B) {
	s := testSchema(b)
	e, _ := Decode(alice(b, s).Encode(nil), s)
	b.ReportAllocs()
	for b.Loop() {
		if err := e.CheckSchema(s); err != nil {
			b.Fatal(err)
		}
	}
}
