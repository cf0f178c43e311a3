package main

import (
	"reflect"
	"testing"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/wire"
)

// A Go object that goes to C and comes back is the same.

func sample(t testing.TB, values int) *entry.Entry {
	t.Helper()
	s := activeSchema()
	name, err := dn.NewName(`CN=Ann\2C B+SN=x,dc=Example`, s)
	if err != nil {
		t.Fatal(err)
	}
	e := entry.New(name)
	e.ID = 42
	for i := range values {
		if err := e.Add(s, "cn", []byte{byte(i), byte(i >> 8), 0, 'x'}); err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range []struct {
		desc  string
		value string
	}{
		{"objectClass", "top"}, {"cn;lang-de", "Änne"}, {"X-Unknown", ""}, {"modifiersName", "cn=a"},
	} {
		if err := e.Add(s, a.desc, []byte(a.value)); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func TestEntryThereAndBack(t *testing.T) {
	for _, n := range []int{1, 3, 1000} {
		e := sample(t, n)
		c := entryToC(e)
		back, err := entryFromC(c)
		freeEntry(c)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(e, back) {
			t.Errorf("%d values: got %+v, want %+v", n, back, e)
		}
	}
	if c := entryToC(nil); c != nil {
		t.Error("nil became an entry")
	}
	if _, err := entryFromC(nil); err == nil {
		t.Error("NULL became an entry")
	}
}

func TestModsThereAndBack(t *testing.T) {
	for _, changes := range [][]wire.Change{
		nil,
		{{Op: wire.ModDelete, Type: "cn"}},
		{{Op: wire.ModAdd, Type: "cn", Values: [][]byte{[]byte("a"), {}, {0, 1, 0}}}, {Op: wire.ModReplace, Type: "sn;x"},
			{Op: wire.ModIncrement, Type: "n", Values: [][]byte{[]byte("-1")}}},
	} {
		if back := modsFromC(modsToC(changes)); !reflect.DeepEqual(back, changes) {
			t.Errorf("got %v, want %v", back, changes)
		}
	}
}

func TestControlsThereAndBack(t *testing.T) {
	for _, list := range [][]wire.Control{
		nil,
		{{OID: "1.2.3"}, {OID: "1.2.4", Critical: true, HasValue: true, Value: []byte{}}, {OID: "1.2.5", HasValue: true, Value: []byte("v\x00")}},
	} {
		if back := controlsFromC(controlsToC(list)); !reflect.DeepEqual(back, list) {
			t.Errorf("got %v, want %v", back, list)
		}
	}
}

func TestNamesThereAndBack(t *testing.T) {
	for _, text := range []string{"", "dc=x", `cn=a\2Cb,dc=x`, "CN=Upper,DC=X"} {
		n, err := dn.NewName(text, activeSchema())
		if err != nil {
			t.Fatal(err)
		}
		back, err := sdnFromC(sdnToC(n))
		if err != nil || back != n {
			t.Errorf("%q: got %+v, %v, want %+v", text, back, err, n)
		}
	}
}

func TestValuesThereAndBack(t *testing.T) {
	values := [][]byte{[]byte("one"), {}, {0, 0}}
	if back := valueSetFromC(valueSetToC(values)); !reflect.DeepEqual(back, values) {
		t.Errorf("set: got %v", back)
	}
	if back := bervalsFromC(bervalsToC(values)); !reflect.DeepEqual(back, values) {
		t.Errorf("bervals: got %v", back)
	}
}

func BenchmarkEntryToC(b *testing.B) {
	e := sample(b, 10)
	for b.Loop() {
		freeEntry(entryToC(e))
	}
}

func BenchmarkEntryFromC(b *testing.B) {
	c := entryToC(sample(b, 10))
	for b.Loop() {
		if _, err := entryFromC(c); err != nil {
			b.Fatal(err)
		}
	}
	freeEntry(c)
}
