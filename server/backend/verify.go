package backend

import (
	"encoding/binary"
	"errors"
	"fmt"

	"libslapi/server/entry"
)

// Verify checks that names, counts and the indexes that are ready agree with
// the entries: every key that should be there is, and no other. The error
// lists what does not agree, up to a bound.
func (db *DB) Verify() error {
	v, err := db.view()
	if err != nil {
		return err
	}
	defer v.Close()
	return v.verify()
}

// verifyMost is how many faults are reported.
const verifyMost = 20

type verifier struct {
	v      *view
	faults []error
}

func (f *verifier) fault(format string, args ...any) {
	if len(f.faults) < verifyMost {
		f.faults = append(f.faults, fmt.Errorf(format, args...))
	}
}

func (v *view) verify() error {
	f := &verifier{v: v}
	posts := newPostings()
	names := map[string]uint64{} // child keys
	kids := map[uint64]uint64{}
	ids := map[uint64]bool{}
	count, last := uint64(0), uint64(0)
	err := v.r.Scan(tabEntry, nil, func(k, raw []byte) bool {
		id := getNumber(k)
		r, err := readRecord(id, raw)
		if err != nil {
			f.fault("%w", err)
			return true
		}
		e, err := entry.Decode(r.body, v.schema)
		if err != nil {
			f.fault("entry %d: %w", id, err)
			return true
		}
		ids[id] = true
		count++
		last = id
		names[string(childKey(r.parent, r.own.Norm))] = id
		if r.parent != 0 && !buried(r.own.Norm) {
			kids[r.parent]++
		}
		posts.add(v.ix, id, e, nil)
		return true
	})
	if err != nil {
		return err
	}
	for p := range kids {
		if !ids[p] {
			f.fault("entry %d has children but is not there", p)
		}
	}
	f.numbers(tabChild, names)
	counts := make(map[string]uint64, len(kids))
	for p, n := range kids {
		counts[string(idKey(p))] = n
	}
	f.numbers(tabKids, counts)
	f.meta(count, last)
	for _, i := range v.ix.list {
		for k := range i.on {
			if i.on[k] && i.ready[k] {
				f.index(i.table[k], posts.tables[string(i.table[k])])
			}
		}
	}
	return errors.Join(f.faults...)
}

func (f *verifier) meta(count, last uint64) {
	have, err := f.v.count()
	if err != nil {
		f.fault("%w", err)
	}
	if uint64(have) != count {
		f.fault("the count of entries is %d, there are %d", have, count)
	}
	b, err := f.v.r.Get(tabMeta, metaNext)
	if err != nil {
		f.fault("%w", err)
	}
	if next := max(getNumber(b), 1); next <= last {
		f.fault("the next id is %d, an entry has %d", next, last)
	}
}

// numbers compares a table of numbers with what it should be.
func (f *verifier) numbers(table []byte, want map[string]uint64) {
	seen := 0
	err := f.v.r.Scan(table, nil, func(k, val []byte) bool {
		w, ok := want[string(k)]
		switch {
		case !ok:
			f.fault("%s: key %q should not be there", table, k)
		case len(val) != 8 || binary.BigEndian.Uint64(val) != w:
			f.fault("%s: key %q has %x, should have %d", table, k, val, w)
		}
		if ok {
			seen++
		}
		return true
	})
	if err != nil {
		f.fault("%s: %w", table, err)
	}
	if seen != len(want) {
		f.fault("%s: %d keys are missing", table, len(want)-seen)
	}
}

// index compares an index with what it should be.
func (f *verifier) index(table []byte, want map[string]posting) {
	seen := 0
	err := f.v.r.Scan(table, nil, func(k, val []byte) bool {
		at, ok := want[string(k)]
		if !ok {
			f.fault("index %s: key %q should not be there", table, k)
			return true
		}
		seen++
		w := at.chunk(chunkNo(k))
		c := chunk{no: w.no}
		if !c.read(val) || c.words != w.words {
			f.fault("index %s: key %q holds the wrong ids", table, k)
		}
		return true
	})
	if err != nil {
		f.fault("index %s: %w", table, err)
	}
	if seen != len(want) {
		f.fault("index %s: %d keys are missing", table, len(want)-seen)
	}
}
