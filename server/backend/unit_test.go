package backend

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"libslapi/server/dn"
	"libslapi/server/entry"
)

func TestChunkForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfN(rapid.Uint64Range(0, chunkMask), 0, 200).Draw(t, "ids")
		if rapid.Bool().Draw(t, "dense") {
			from := rapid.Uint64Range(0, chunkMask).Draw(t, "from")
			for i := from; i < chunkSize; i++ {
				ids = append(ids, i)
			}
		}
		c := chunk{no: 5}
		for _, id := range ids {
			c.add(5<<chunkBits | id)
		}
		b := c.append(nil)
		if len(b) > bitmapLen {
			t.Fatalf("%d ids take %d octets", len(ids), len(b))
		}
		if len(ids) == 0 {
			if len(b) != 0 {
				t.Fatal("an empty chunk has a form")
			}
			return
		}
		d := chunk{no: 5}
		if !d.read(b) || d != c {
			t.Fatalf("%v comes back as %v", c, d)
		}
		slices.Sort(ids)
		if ids = slices.Compact(ids); c.len() != len(ids) {
			t.Fatalf("len %d, want %d", c.len(), len(ids))
		}
		for _, id := range ids {
			c.remove(id)
		}
		if c.len() != 0 {
			t.Fatal("something is left")
		}
	})
}

func setOf(ids []uint64) *idset {
	s := &idset{}
	for _, id := range ids {
		s.add(id)
	}
	return s
}

func members(s *idset) (out []uint64) {
	s.each(func(id uint64) bool { out = append(out, id); return true })
	return out
}

func TestSetAlgebra(t *testing.T) {
	some := rapid.SliceOfN(rapid.Uint64Range(0, 6000), 0, 40)
	rapid.Check(t, func(t *rapid.T) {
		a, b := some.Draw(t, "a"), some.Draw(t, "b")
		in := func(l []uint64, id uint64) bool { return slices.Contains(l, id) }
		var and, or []uint64
		for id := range uint64(6001) {
			if in(a, id) && in(b, id) {
				and = append(and, id)
			}
			if in(a, id) || in(b, id) {
				or = append(or, id)
			}
		}
		x, y := setOf(a), setOf(a)
		x.and(setOf(b))
		y.or(setOf(b))
		if !slices.Equal(members(x), and) || !slices.Equal(members(y), or) {
			t.Fatalf("%v and, or %v: %v, %v", a, b, members(x), members(y))
		}
		if x.len() != len(and) || y.len() != len(or) {
			t.Fatal("len")
		}
		for _, id := range a {
			if !y.has(id) || x.has(id) != in(b, id) {
				t.Fatal("has", id)
			}
		}
	})
}

// Index keys sort as their values do, none is the beginning of another, and
// the bounds of a scan take in what they should.
func TestKeyOrder(t *testing.T) {
	value := rapid.Custom(func(t *rapid.T) []byte {
		b := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 2, 'a', 0xff}), 0, 6).Draw(t, "head")
		if rapid.Bool().Draw(t, "long") {
			n := longKey - len(b) + rapid.IntRange(-1, 2).Draw(t, "about")
			b = append(b, bytes.Repeat([]byte{'x'}, n)...)
			b = append(b, rapid.SliceOfN(rapid.SampledFrom([]byte{0, 'x', 'y'}), 0, 2).Draw(t, "tail")...)
		}
		return b
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := value.Draw(t, "a"), value.Draw(t, "b")
		ka, kb := appendKey(nil, a), appendKey(nil, b)
		if bytes.Equal(a, b) != bytes.Equal(ka, kb) {
			t.Fatal("keys are equal when values are not")
		}
		if !bytes.Equal(a, b) && bytes.HasPrefix(kb, ka) {
			t.Fatal("a key begins another")
		}
		if len(a) <= longKey && len(b) <= longKey && bytes.Compare(a, b) != bytes.Compare(ka, kb) {
			t.Fatal("order")
		}
		stored := appendChunkNo(ka, 7)
		if bytes.Compare(a, b) >= 0 && bytes.Compare(stored, appendLow(nil, b)) < 0 {
			t.Fatal("below the low bound of a smaller value")
		}
		if bytes.Compare(a, b) <= 0 && bytes.Compare(stored, appendHigh(nil, b)) >= 0 {
			t.Fatal("not below the high bound of a greater value")
		}
		if chunkNo(stored) != 7 {
			t.Fatal("chunk number")
		}
	})
}

func TestChildKeys(t *testing.T) {
	long := string(bytes.Repeat([]byte("n"), 5000))
	if k := childKey(1, long); len(k) > 2000 || bytes.Equal(k, childKey(1, long+"x")) || bytes.Equal(k, childKey(2, long)) {
		t.Error("key of a long name")
	}
}

func FuzzReadRecord(f *testing.F) {
	r := record{parent: 3, own: dn.Name{Pretty: "CN=a", Norm: "cn=a"}}
	f.Add(r.append(nil, &entry.Entry{}))
	r.own.Norm = r.own.Pretty
	f.Add(r.append(nil, &entry.Entry{}))
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{0xff}, 30))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := readRecord(1, b)
		if err != nil {
			return
		}
		again := append([]byte(nil), b[:8]...)
		if parentOf(again) != r.parent || len(r.own.Pretty)+len(r.body) > len(b) {
			t.Error("parts do not fit")
		}
	})
}

func FuzzReadChunk(f *testing.F) {
	f.Add([]byte{0, 1})
	f.Add([]byte{0xff, 1})
	f.Add(make([]byte, bitmapLen))
	f.Fuzz(func(t *testing.T, b []byte) {
		var c chunk
		if c.read(b) && len(b) < bitmapLen && c.len() > len(b)/2 {
			t.Error("more ids than octets")
		}
	})
}

func TestCacheGenerations(t *testing.T) {
	c := newCache[string, int](cacheShards*1000, func(string) uint64 { return 1 })
	c.put("a", 1, 5, 10, true)
	if _, ok := c.get("a", 4); ok {
		t.Error("an older snapshot sees a newer line")
	}
	if v, ok := c.get("a", 9); !ok || v != 1 {
		t.Error("a newer snapshot does not see what has not changed")
	}
	c.drop("a", 10)
	c.put("a", 1, 9, 10, true)
	if _, ok := c.get("a", 10); ok {
		t.Error("a line from before the change came back")
	}
	c.put("a", 2, 10, 10, true)
	if _, ok := c.get("a", 9); ok {
		t.Error("an older snapshot sees a newer line")
	}
	c.put("a", 3, 12, 10, true)
	c.put("a", 4, 11, 10, true) // older than what is there
	if v, _ := c.get("a", 12); v != 3 {
		t.Error("replaced by an older line:", v)
	}
	c.dropAll(20)
	if _, ok := c.get("a", 20); ok {
		t.Error("kept")
	}
}

func TestCacheBound(t *testing.T) {
	c := newCache[uint64, int](cacheShards*1000, func(uint64) uint64 { return 3 })
	s := &c.shards[3]
	for i := range uint64(1000) {
		c.put(i, 0, 1, 100, true)
		c.get(0, 1) // in use: stays
		if s.cost > 1000 || len(s.lines) != len(s.ring) {
			t.Fatal("bound", s.cost, len(s.lines), len(s.ring))
		}
	}
	if _, ok := c.get(0, 1); !ok {
		t.Error("a line in use went")
	}
	if _, ok := c.get(999, 1); !ok {
		t.Error("the newest line is not there")
	}
	c.put(5000, 0, 1, 100, false)
	if _, ok := c.get(5000, 1); ok {
		t.Error("made room for what nobody wants")
	}
	c.put(5001, 0, 1, 900, true)
	if _, ok := c.get(5001, 1); ok {
		t.Error("one line takes it all")
	}
}

func TestCacheParallel(t *testing.T) {
	c := newCache[uint64, uint64](cacheShards*2000, func(k uint64) uint64 { return k })
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for g := range uint64(5000) {
				k := rand.Uint64N(300)
				switch rand.IntN(10) {
				case 0:
					c.drop(k, g)
				case 1, 2, 3:
					c.put(k, k, g, 100, true)
				default:
					if v, ok := c.get(k, g); ok && v != k {
						t.Error("wrong line")
					}
				}
			}
		}()
	}
	wg.Wait()
}
