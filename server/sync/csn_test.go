package sync

import (
	"sync"
	"testing"
	"time"
)

func TestCSNText(t *testing.T) {
	const text = "20261121211900.123456Z#00000a#001#000002"
	c, err := ParseCSN(text)
	if err != nil || c.String() != text {
		t.Fatalf("%v %v", c, err)
	}
	if c.Count != 10 || c.ServerID != 1 || c.Mod != 2 || c.Time.Nanosecond() != 123456000 {
		t.Errorf("parsed %+v", c)
	}
	if old, err := ParseCSN("20061121211900Z#000001#00#000000"); err != nil || old.String() != "20061121211900.000000Z#000001#000#000000" {
		t.Errorf("old form: %v %v", old, err)
	}
	for _, bad := range []string{"", "20261121211900.123456Z", "20261121211900.123456Z#00000a#001#00002", "20261321211900.123456Z#00000a#001#000002",
		"20261121211900.123456Z#00000g#001#000002", "20261121211900.1234567Z#00000a#001#000002", "20261121211900.123456Z#00000a#001#000002#"} {
		if _, err := ParseCSN(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// The clock stands still, then goes back: the numbers go on growing, as text too.
func TestGeneratorGrows(t *testing.T) {
	g := NewGenerator(7)
	now := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	g.now = func() time.Time { return now }
	last := g.Next()
	for i := 0; i < 1000; i++ {
		if i == 500 {
			now = now.Add(-time.Hour)
		}
		c := g.Next()
		if c.Compare(last) <= 0 || c.String() <= last.String() {
			t.Fatalf("%v after %v", c, last)
		}
		last = c
	}
	ahead := CSN{Time: now.Add(24 * time.Hour), Count: 0xffffff, ServerID: 3}
	g.Observe(ahead)
	if c := g.Next(); c.Compare(ahead) <= 0 || c.Count != 0 {
		t.Errorf("%v after observing %v", c, ahead)
	}
}

func TestGeneratorConcurrent(t *testing.T) {
	g := NewGenerator(0)
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				s := g.Next().String()
				mu.Lock()
				if seen[s] {
					t.Errorf("%s twice", s)
				}
				seen[s] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func FuzzParseCSN(f *testing.F) {
	f.Add("20261121211900.123456Z#00000a#001#000002")
	f.Add("20061121211900Z#000001#00#000000")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseCSN(s)
		if err != nil {
			return
		}
		again, err := ParseCSN(c.String())
		if err != nil || again.Compare(c) != 0 {
			t.Errorf("%q: %v, %v", s, again, err)
		}
	})
}
