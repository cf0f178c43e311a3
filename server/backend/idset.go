package backend

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
)

// Sets of entry ids come in chunks of 1024: an index key holds one chunk, so
// that adding an id to a set of any size rewrites at most 128 bytes.
const (
	chunkBits  = 10
	chunkSize  = 1 << chunkBits
	chunkMask  = chunkSize - 1
	chunkWords = chunkSize / 64
	bitmapLen  = chunkSize / 8
)

// chunk is the part of a set whose ids are no*1024 to no*1024+1023.
type chunk struct {
	no    uint64
	words [chunkWords]uint64
}

func (c *chunk) add(id uint64)      { c.words[id&chunkMask>>6] |= 1 << (id & 63) }
func (c *chunk) remove(id uint64)   { c.words[id&chunkMask>>6] &^= 1 << (id & 63) }
func (c *chunk) has(id uint64) bool { return c.words[id&chunkMask>>6]&(1<<(id&63)) != 0 }

func (c *chunk) len() int {
	n := 0
	for _, w := range c.words {
		n += bits.OnesCount64(w)
	}
	return n
}

func (c *chunk) or(o *chunk) {
	for i := range c.words {
		c.words[i] |= o.words[i]
	}
}

// and leaves what is in both; false when that is nothing.
func (c *chunk) and(o *chunk) bool {
	var any uint64
	for i := range c.words {
		c.words[i] &= o.words[i]
		any |= c.words[i]
	}
	return any != 0
}

// append writes the chunk's durable form, without its number: the low bits of
// the ids as 16-bit numbers in order when there are fewer than 64, else a
// bitmap, which its length tells apart. An empty chunk has no form.
func (c *chunk) append(dst []byte) []byte {
	if c.len() < bitmapLen/2 {
		for i, w := range c.words {
			for ; w != 0; w &= w - 1 {
				dst = binary.BigEndian.AppendUint16(dst, uint16(i*64+bits.TrailingZeros64(w)))
			}
		}
		return dst
	}
	for _, w := range c.words {
		dst = binary.BigEndian.AppendUint64(dst, w)
	}
	return dst
}

// read adds the ids of a durable form; false when it is damaged.
func (c *chunk) read(b []byte) bool {
	if len(b) == bitmapLen {
		for i := range c.words {
			c.words[i] |= binary.BigEndian.Uint64(b[i*8:])
		}
		return true
	}
	if len(b) == 0 || len(b) > bitmapLen || len(b)%2 != 0 {
		return false
	}
	for ; len(b) > 0; b = b[2:] {
		n := uint64(binary.BigEndian.Uint16(b))
		if n > chunkMask {
			return false
		}
		c.add(n)
	}
	return true
}

// idset is a set of entry ids: chunks that are not empty, by number.
type idset struct{ chunks []chunk }

func (s *idset) len() int {
	n := 0
	for i := range s.chunks {
		n += s.chunks[i].len()
	}
	return n
}

func (s *idset) has(id uint64) bool {
	i, ok := s.find(id >> chunkBits)
	return ok && s.chunks[i].has(id)
}

func (s *idset) find(no uint64) (int, bool) {
	return slices.BinarySearchFunc(s.chunks, no, func(c chunk, no uint64) int {
		switch {
		case c.no < no:
			return -1
		case c.no > no:
			return 1
		}
		return 0
	})
}

// at returns the chunk of that number, made when it is missing.
func (s *idset) at(no uint64) *chunk {
	if n := len(s.chunks); n == 0 || s.chunks[n-1].no < no {
		s.chunks = append(s.chunks, chunk{no: no})
		return &s.chunks[n]
	}
	i, ok := s.find(no)
	if !ok {
		s.chunks = slices.Insert(s.chunks, i, chunk{no: no})
	}
	return &s.chunks[i]
}

func (s *idset) add(id uint64) { s.at(id >> chunkBits).add(id) }

// and leaves the ids that are in both.
func (s *idset) and(o *idset) {
	kept, j := s.chunks[:0], 0
	for i := range s.chunks {
		c := &s.chunks[i]
		for j < len(o.chunks) && o.chunks[j].no < c.no {
			j++
		}
		if j == len(o.chunks) {
			break
		}
		if o.chunks[j].no == c.no && c.and(&o.chunks[j]) {
			kept = append(kept, *c)
		}
	}
	s.chunks = kept
}

// or adds the ids of o.
func (s *idset) or(o *idset) {
	if len(s.chunks) == 0 {
		s.chunks = slices.Clone(o.chunks)
		return
	}
	out := make([]chunk, 0, len(s.chunks)+len(o.chunks))
	i, j := 0, 0
	for i < len(s.chunks) || j < len(o.chunks) {
		switch {
		case j == len(o.chunks) || i < len(s.chunks) && s.chunks[i].no < o.chunks[j].no:
			out = append(out, s.chunks[i])
			i++
		case i == len(s.chunks) || o.chunks[j].no < s.chunks[i].no:
			out = append(out, o.chunks[j])
			j++
		default:
			out = append(out, s.chunks[i])
			out[len(out)-1].or(&o.chunks[j])
			i++
			j++
		}
	}
	s.chunks = out
}

// each calls yield with the ids in order until it returns false.
func (s *idset) each(yield func(id uint64) bool) {
	for i := range s.chunks {
		c := &s.chunks[i]
		for j, w := range c.words {
			for ; w != 0; w &= w - 1 {
				if !yield(c.no<<chunkBits | uint64(j*64+bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}

// collect makes a set of chunks that come by number in a map.
func collect(m map[uint64]*chunk) *idset {
	s := &idset{chunks: make([]chunk, 0, len(m))}
	for _, c := range m {
		s.chunks = append(s.chunks, *c)
	}
	slices.SortFunc(s.chunks, func(a, b chunk) int { return cmp.Compare(a.no, b.no) })
	return s
}
