package backend

import (
	"slices"

	"libslapi/server/entry"
	"libslapi/server/store"
)

// postings collects index keys of many entries, to write them in key order.
type postings struct {
	tables map[string]map[string]*chunk // by table, then by key with chunk number
	keys   keySet
	buf    []byte
}

func newPostings() *postings { return &postings{tables: map[string]map[string]*chunk{}} }

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
				t = map[string]*chunk{}
				p.tables[string(ti.table[k])] = t
			}
			p.keys.reset()
			ti.keys(k, values[n], &p.keys)
			for i := 0; i < p.keys.len(); i++ {
				p.buf = appendChunkNo(append(p.buf[:0], p.keys.at(i)...), id>>chunkBits)
				c := t[string(p.buf)]
				if c == nil {
					c = &chunk{no: id >> chunkBits}
					t[string(p.buf)] = c
				}
				c.add(id)
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
			c := t[k]
			p.buf = append(p.buf[:0], k...)
			err := w.Update(table, p.buf, func(old []byte) ([]byte, bool, error) {
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
