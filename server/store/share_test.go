package store

import (
	"encoding/binary"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// TestSharedSnapshots: a snapshot shows what was committed before it began, all
// of one state, however many share it, and stays as it is.
func TestSharedSnapshots(t *testing.T) {
	s, err := OpenBolt(filepath.Join(t.TempDir(), "data.db"), Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var committed atomic.Uint64
	key := []byte("k")
	write := func(n uint64) {
		w, err := s.Write()
		if err != nil {
			t.Error(err)
			return
		}
		v := binary.BigEndian.AppendUint64(nil, n)
		for _, table := range []string{"a", "b"} {
			if err := w.Put([]byte(table), key, v); err != nil {
				t.Error(err)
			}
		}
		if n%3 == 0 {
			w.Abort()
			return
		}
		if err := w.Commit(); err != nil {
			t.Error(err)
		}
		committed.Store(n)
	}
	number := func(r Reader, table string) uint64 {
		v, err := r.Get([]byte(table), key)
		if err != nil {
			t.Error(err)
		}
		if len(v) != 8 {
			return 0
		}
		return binary.BigEndian.Uint64(v)
	}
	const last = 300
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			gen, from := uint64(0), uint64(0)
			for from < last-1 && !t.Failed() {
				from = committed.Load()
				r, err := s.Read()
				if err != nil {
					t.Error(err)
					return
				}
				a := number(r, "a")
				scanned := uint64(0)
				r.Scan([]byte("b"), nil, func(_, v []byte) bool { scanned = binary.BigEndian.Uint64(v); return true })
				if b := number(r, "b"); a != b || b != scanned || a < from || a%3 == 0 && a != 0 || r.Generation() < gen {
					t.Errorf("from %d: %d, %d, %d in generation %d after %d", from, a, b, scanned, r.Generation(), gen)
				}
				gen = r.Generation()
				r.Close()
				r.Close()
				if _, err := r.Get([]byte("a"), key); err != ErrClosed {
					t.Errorf("after Close: %v", err)
				}
			}
		}()
	}
	old, err := s.Read()
	if err != nil {
		t.Fatal(err)
	}
	for n := uint64(1); n < last; n++ {
		write(n)
	}
	wg.Wait()
	if n := number(old, "a"); n != 0 {
		t.Errorf("the first snapshot shows %d", n)
	}
	old.Close()
	if x := s.(*bolt).present; x != nil && x.refs.Load() != 1 {
		t.Errorf("%d references without a snapshot", x.refs.Load())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(); err != ErrClosed {
		t.Errorf("Read after Close: %v", err)
	}
}
