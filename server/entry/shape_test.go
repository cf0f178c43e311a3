package entry

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"libslapi/server/dn"
	"libslapi/server/schema"
	"pgregory.net/rapid"
)

// Entries of different attributes that meet in one place of shapes are told
// apart, by Decode and by a Scratch that is used for all of them.
func TestDecodeManyShapes(t *testing.T) {
	s := testSchema(t)
	descs := []string{"cn", "CN;lang-de", "sn", "member", "noSuchType", "noSuchType;x-a", "description"}
	rapid.Check(t, func(t *rapid.T) {
		var d Scratch
		for range rapid.IntRange(2, 30).Draw(t, "entries") {
			e := New(dn.Name{})
			for _, desc := range rapid.SliceOfNDistinct(rapid.SampledFrom(descs), 3, 3, func(s string) string { return s }).Draw(t, "descs") {
				if err := e.Put(s, desc, rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "value")); err != nil {
					t.Fatal(err)
				}
			}
			rec := e.Encode(nil)
			for name, decode := range map[string]func([]byte, *schema.Schema) (*Entry, error){"Decode": Decode, "Scratch": d.Decode} {
				got, err := decode(rec, s)
				if err != nil {
					t.Fatal(name, err)
				}
				if diff := cmp.Diff(e, got, entryDiff); diff != "" {
					t.Fatal(name, diff)
				}
			}
		}
	})
}

// With Want the attributes of interest are there, in their order.
func TestScratchWant(t *testing.T) {
	s := testSchema(t)
	cn, sn := s.AttributeType("cn"), s.AttributeType("sn")
	d := Scratch{Want: func(at *schema.AttributeType) bool { return at == cn || at == sn }}
	descs := []string{"cn", "CN;lang-de", "sn", "member", "noSuchType", "description"}
	rapid.Check(t, func(t *rapid.T) {
		for range rapid.IntRange(2, 20).Draw(t, "entries") {
			e := New(dn.Name{})
			for _, desc := range rapid.SliceOfNDistinct(rapid.SampledFrom(descs), 3, 3, func(s string) string { return s }).Draw(t, "descs") {
				if err := e.Put(s, desc, rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 20), 1, 3).Draw(t, "values")...); err != nil {
					t.Fatal(err)
				}
			}
			got, err := d.Decode(e.Encode(nil), s)
			if err != nil {
				t.Fatal(err)
			}
			only := func(e *Entry) (list []Attr) {
				for _, a := range e.Attrs {
					if d.Want(a.Type) {
						list = append(list, a)
					}
				}
				return list
			}
			if diff := cmp.Diff(only(e), only(got), entryDiff); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

// A type that a later schema has is found although the entry was decoded with
// the earlier one before.
func TestDecodeAfterSchemaChange(t *testing.T) {
	s := testSchema(t)
	e := New(dn.Name{})
	if err := e.Put(s, "laterType", []byte("x")); err != nil {
		t.Fatal(err)
	}
	rec := e.Encode(nil)
	for range 3 {
		if got, err := Decode(rec, s); err != nil || !got.Attrs[0].Type.Unknown {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	later := s.Clone()
	if err := later.AddAttributeType("( 1.3.6.1.4.1.99999.1 NAME 'laterType' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"); err != nil {
		t.Fatal(err)
	}
	got, err := Decode(rec, later)
	if err != nil || got.Attrs[0].Type != later.AttributeType("laterType") {
		t.Fatalf("%+v, %v", got, err)
	}
}

// A Scratch that failed is good for the next record.
func TestScratchAfterDamage(t *testing.T) {
	s := testSchema(t)
	e := alice(t, s)
	rec := e.Encode(nil)
	var d Scratch
	for n := range rec {
		if _, err := d.Decode(rec[:n], s); err == nil {
			t.Fatalf("%d octets of %d are taken", n, len(rec))
		}
		got, err := d.Decode(rec, s)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e, got, entryDiff); diff != "" {
			t.Fatal(diff)
		}
	}
}

func BenchmarkScratch(b *testing.B) {
	s := testSchema(b)
	var recs [][]byte
	for i := range 16 {
		e := alice(b, s)
		if err := e.Put(s, "description", fmt.Appendf(nil, "number %d", i)); err != nil {
			b.Fatal(err)
		}
		recs = append(recs, e.Encode(nil))
	}
	var d Scratch
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := d.Decode(recs[i%len(recs)], s); err != nil {
			b.Fatal(err)
		}
	}
}
