package entry

import (
	"testing"

	"libslapi/server/dn"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// TestDiff applies what Diff gives to the state before and wants the state after.
func TestDiff(t *testing.T) {
	s := schema.New()
	if err := s.AddAttributeType("( 1.1.1 NAME 'a' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"); err != nil {
		t.Fatal(err)
	}
	name, err := dn.NewName("a=x", s)
	if err != nil {
		t.Fatal(err)
	}
	make := func(values ...string) *Entry {
		e := New(name)
		for _, v := range values {
			if err := e.Add(s, "a", []byte(v)); err != nil {
				t.Fatal(err)
			}
		}
		return e
	}
	for _, c := range [][2][]string{
		{{"x"}, {"x"}}, {{"x"}, {"y"}}, {{}, {"x", "y"}}, {{"x", "y"}, {}}, {{"x", "y", "z"}, {"x", "z"}},
		{{"x", "y", "z"}, {"x", "z", "q"}}, {{"x", "y", "z"}, {"z", "y", "x"}}, {{"1", "2", "3", "4"}, {"1", "2", "3", "4", "5"}},
		{{"1", "2", "3"}, {"4", "5", "6"}}, {{"X"}, {"x"}}, {{"a", "b", "C"}, {"a", "b", "c"}},
	} {
		before, after := make(c[0]...), make(c[1]...)
		changes := Diff(before, after)
		got := before.Clone()
		if err := got.Apply(s, changes, ApplyOptions{}); err != nil {
			t.Errorf("%v to %v: %v: %v", c[0], c[1], changes, err)
			continue
		}
		if rest := Diff(got, after); len(rest) != 0 {
			t.Errorf("%v to %v by %v leaves %v", c[0], c[1], changes, rest)
		}
	}
	// One value of many is one value in the change.
	big, bigger := make("1", "2", "3", "4"), make("1", "2", "3", "4", "5")
	if d := Diff(big, bigger); len(d) != 1 || d[0].Op != wire.ModAdd || len(d[0].Values) != 1 {
		t.Errorf("adding one value: %v", d)
	}
}
