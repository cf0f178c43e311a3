package backend

import (
	"encoding/binary"
	"slices"

	"libslapi/server/entry"
	"libslapi/server/store"
)

// postings collects index keys of many entries, to write them in key order.
type postings struct {
	tables map[string]map[string]posting // by table, then by key with chunk number
	keys   keySet
	buf    []byte
	// classes are the keys of lists of object classes, which most entries share
	// with many others.
	classes map[classList][]string
}

// classList is a list of object classes in an index.
type classList struct {
	ti   *typedIndex
	list string
}

// posting is what is collected for one key: most keys belong to one entry.
type posting struct {
	low  uint16 // the id within its chunk, when there is one
	more *chunk // when there are several
}

// chunk is the posting in its general form.
func (p posting) chunk(no uint64) *chunk {
	if p.more != nil {
		return p.more
	}
	c := &chunk{no: no}
	c.add(uint64(p.low))
	return c
}

func newPostings() *postings {
	return &postings{tables: map[string]map[string]posting{}, classes: map[classList][]string{}}
}

// put adds an id under a key.
func put[K string | []byte](p *postings, t map[string]posting, key K, id uint64) {
	p.buf = appendChunkNo(append(p.buf[:0], key...), id>>chunkBits)
	low := uint16(id & chunkMask)
	switch at, ok := t[string(p.buf)]; {
	case !ok:
		t[string(p.buf)] = posting{low: low}
	case at.more != nil:
		at.more.add(id)
	case at.low != low:
		c := at.chunk(id >> chunkBits)
		c.add(id)
		t[string(p.buf)] = posting{more: c}
	}
}

// maxClassLists bounds what is remembered of lists of classes.
const maxClassLists = 4096

// classKeys gives the keys of a list of object classes.
func (p *postings) classKeys(ti *typedIndex, values [][]byte) []string {
	p.buf = p.buf[:0]
	for _, v := range values {
		p.buf = binary.AppendUvarint(p.buf, uint64(len(v)))
		p.buf = append(p.buf, v...)
	}
	if keys, ok := p.classes[classList{ti, string(p.buf)}]; ok {
		return keys
	}
	p.keys.reset()
	ti.keys(kindEq, values, &p.keys)
	keys := make([]string, 0, p.keys.len())
	for i := range p.keys.len() {
		if k := string(p.keys.at(i)); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	if len(p.classes) >= maxClassLists {
		clear(p.classes)
	}
	p.classes[classList{ti, string(p.buf)}] = keys
	return keys
}

// add collects the keys of an entry; in the tables named only, when any are.
func (p *postings) add(b *bound, id uint64, e *entry.Entry, only []string) {
	values := b.values(e)
	for n, ti := range b.list {
		if len(values[n]) == 0 {
			continue
		}
		for k := kind(0); k < kinds; k++ {
			if !ti.on[k] || only != nil && !slices.Contains(only, string(ti.table[k])) {
				continue
			}
			t := p.tables[string(ti.table[k])]
			if t == nil {
				t = map[string]posting{}
				p.tables[string(ti.table[k])] = t
			}
			if ti.class && k == kindEq {
				for _, key := range p.classKeys(ti, values[n]) {
					put(p, t, key, id)
				}
				continue
			}
			p.keys.reset()
			ti.keys(k, values[n], &p.keys)
			for i := range p.keys.len() {
				put(p, t, p.keys.at(i), id)
			}
		}
	}
}

// flush adds what was collected to what the tables have, and empties p.
func (p *postings) flush(w store.Txn) error {
	var val [bitmapLen]byte
	for name, t := range p.tables {
		table := []byte(name)
		keys := make([]string, 0, len(t))
		for k := range t {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			at := t[k]
			p.buf = append(p.buf[:0], k...)
			err := w.Update(table, p.buf, func(old []byte) ([]byte, bool, error) {
				if old == nil && at.more == nil {
					return binary.BigEndian.AppendUint16(val[:0], at.low), true, nil
				}
				c := at.chunk(0)
				if old != nil && !c.read(old) {
					return nil, false, damagedIndex(table)
				}
				return c.append(val[:0]), true, nil
			})
			if err != nil {
				return err
			}
		}
		clear(t)
	}
	return nil
}
