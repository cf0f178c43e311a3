package store

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
)

func filled(b *testing.B, n int) Store {
	s, err := OpenBolt(filepath.Join(b.TempDir(), "data.db"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	w := write(b, s)
	for i := range n {
		w.Put(tab, binary.BigEndian.AppendUint64(nil, uint64(i)), make([]byte, 300))
	}
	if err := w.Commit(); err != nil {
		b.Fatal(err)
	}
	return s
}

func BenchmarkGet(b *testing.B) {
	s := filled(b, 100000)
	r := read(b, s)
	defer r.Close()
	key := make([]byte, 8)
	for i := 0; b.Loop(); i++ {
		binary.BigEndian.PutUint64(key, uint64(i*7919%100000))
		if v, _ := r.Get(tab, key); v == nil {
			b.Fatal("missing")
		}
	}
}

func BenchmarkSnapshotGet(b *testing.B) {
	s := filled(b, 100000)
	key := make([]byte, 8)
	for i := 0; b.Loop(); i++ {
		r := read(b, s)
		binary.BigEndian.PutUint64(key, uint64(i*7919%100000))
		if v, _ := r.Get(tab, key); v == nil {
			b.Fatal("missing")
		}
		r.Close()
	}
}

func BenchmarkScan1000(b *testing.B) {
	s := filled(b, 100000)
	r := read(b, s)
	defer r.Close()
	for b.Loop() {
		n := 0
		r.Scan(tab, binary.BigEndian.AppendUint64(nil, 50000), func(k, v []byte) bool { n++; return n < 1000 })
	}
}

// BenchmarkWrite shows what sharing a flush gives: time per durable change.
func BenchmarkWrite(b *testing.B) {
	for _, writers := range []int{1, 8, 32} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			s := filled(b, 10000)
			var n atomic.Uint64
			r := read(b, s)
			start := r.Generation()
			r.Close()
			b.SetParallelism((writers + 1) / 2) // two processors
			if writers == 1 {
				b.SetParallelism(1)
			}
			one := func() {
				w, err := s.Write()
				if err != nil {
					b.Error(err)
					return
				}
				i := n.Add(1)
				w.Put(tab, binary.BigEndian.AppendUint64(nil, i*7919%10000), make([]byte, 300))
				if err := w.Commit(); err != nil {
					b.Error(err)
				}
			}
			if writers == 1 {
				for b.Loop() {
					one()
				}
			} else {
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						one()
					}
				})
			}
			r = read(b, s)
			defer r.Close()
			b.ReportMetric(float64(n.Load())/float64(r.Generation()-start), "changes/flush")
		})
	}
}
