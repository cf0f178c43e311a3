package sync

import (
	"testing"
	"time"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/schema"
)

// Deletes are remembered until the entry comes back; glue brings nothing back.
func TestTombstones(t *testing.T) {
	e := newLogEnv(t, 10)
	tx, err := e.db.Begin(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Abort()
	at := func(s int) CSN {
		return CSN{Time: time.Date(2026, 1, 1, 0, 0, s, 0, time.UTC), ServerID: uint16(s%2 + 1)}
	}
	a, b := UUID{1}, UUID{2}
	put := func(id UUID, c CSN, fresh bool) {
		t.Helper()
		if got, err := PutTombstone(tx, id, c); err != nil || got != fresh {
			t.Fatalf("put: %v, %v, want %v", got, err, fresh)
		}
	}
	put(a, at(5), true)
	put(a, at(5), false) // known
	put(a, at(4), false) // older
	put(a, at(6), true)
	put(b, CSN{}, false) // nobody knows when
	put(b, at(7), true)
	if c, err := Tombstone(tx, a); err != nil || c.Compare(at(6)) != 0 {
		t.Errorf("%v %v", c, err)
	}
	list, err := Tombstones(tx, Vector{at(6)})
	if err != nil || len(list) != 1 || list[0].UUID != b {
		t.Errorf("after %v: %v %v", at(6), list, err)
	}
	glue, real := entry.New(dn.Name{}), entry.New(dn.Name{})
	if err := glue.Add(schema.New(), "objectClass", []byte("glue")); err != nil {
		t.Fatal(err)
	}
	if err := keepTombstones(tx, []Change{{UUID: a, After: glue}, {UUID: b, Before: glue, After: real}}); err != nil {
		t.Fatal(err)
	}
	if c, _ := Tombstone(tx, a); c.IsZero() {
		t.Error("glue brought an entry back")
	}
	if c, _ := Tombstone(tx, b); !c.IsZero() {
		t.Error("an entry is there again and counts as deleted")
	}
}

// The cookie with a delete says which change it was, and of the state no more.
func TestDeleteCookie(t *testing.T) {
	c, err := ParseCookie([]byte("rid=001,sid=002,csn=20260101000000.000000Z#000000#001#000000,delcsn=20260101000001.000000Z#000000#002#000000"))
	if err != nil || c.Delete.ServerID != 2 || len(c.CSNs) != 1 || c.Last.ServerID != 1 {
		t.Fatalf("%+v %v", c, err)
	}
	if again, err := ParseCookie([]byte(c.String())); err != nil || again.String() != c.String() || again.Delete.Compare(c.Delete) != 0 {
		t.Errorf("%q: %v", c.String(), err)
	}
}

// A batch tells its state change by change only when each is newer than all before.
func TestBatchOrder(t *testing.T) {
	at := func(s int, sid uint16) CSN {
		return CSN{Time: time.Date(2026, 1, 1, 0, 0, s, 0, time.UTC), ServerID: sid}
	}
	for name, x := range map[string]struct {
		b                  Batch
		complete, stepwise bool
	}{
		"in order":     {Batch{Changes: []Change{{CSN: at(1, 1)}, {CSN: at(2, 2)}}, Context: Vector{at(1, 1), at(2, 2)}}, true, true},
		"out of order": {Batch{Changes: []Change{{CSN: at(2, 1)}, {CSN: at(1, 1)}}, Context: Vector{at(2, 1)}}, true, false},
		"unknown":      {Batch{Changes: []Change{{}}, Context: Vector{at(2, 1)}}, true, false},
		"of a refresh": {Batch{Changes: []Change{{CSN: at(3, 2)}}, Context: Vector{at(2, 1)}}, false, false},
		"seen":         {Batch{Before: Vector{at(2, 1)}, Changes: []Change{{CSN: at(1, 1)}}, Context: Vector{at(2, 1)}}, true, false},
		"a delete":     {Batch{Gone: []Deleted{{CSN: at(3, 2)}}, Context: Vector{at(2, 1)}}, false, false},
	} {
		if x.b.order(); x.b.Complete != x.complete || x.b.Stepwise != x.stepwise {
			t.Errorf("%s: complete %v, stepwise %v", name, x.b.Complete, x.b.Stepwise)
		}
	}
}
