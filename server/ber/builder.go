package ber

// Builder appends elements to a buffer, always with the shortest lengths. The
// zero Builder is ready for use. Constructed elements are opened with Begin
// and closed with End, innermost first:
//
//	m := b.Begin(ber.TagSequence)
//	b.Int(ber.TagInteger, 3)
//	b.End(m)
type Builder struct{ buf []byte }

// NewBuilder returns a Builder that appends to dst, which it then owns.
func NewBuilder(dst []byte) Builder { return Builder{buf: dst} }

// Bytes returns what has been built. It is valid until the next call.
func (b *Builder) Bytes() []byte { return b.buf }

// Len is the number of octets in the buffer.
func (b *Builder) Len() int { return len(b.buf) }

// Reset empties the buffer and keeps its memory.
func (b *Builder) Reset() { b.buf = b.buf[:0] }

// Begin opens a constructed element. The mark is for End.
func (b *Builder) Begin(tag int) (mark int) {
	b.buf = append(b.buf, byte(tag), 0)
	return len(b.buf)
}

// End closes the element that Begin opened and writes its length.
func (b *Builder) End(mark int) {
	n := len(b.buf) - mark
	if n < 0x80 {
		b.buf[mark-1] = byte(n)
		return
	}
	k := lengthOctets(n)
	var pad [8]byte
	b.buf = append(b.buf, pad[:k]...)
	copy(b.buf[mark+k:], b.buf[mark:mark+n])
	b.buf[mark-1] = 0x80 | byte(k)
	for i := k - 1; i >= 0; i-- {
		b.buf[mark+i] = byte(n)
		n >>= 8
	}
}

// OctetString appends a primitive element with the octets of v.
func (b *Builder) OctetString(tag int, v []byte) {
	b.buf = append(AppendHeader(b.buf, tag, len(v)), v...)
}

// String appends a primitive element with the octets of s.
func (b *Builder) String(tag int, s string) {
	b.buf = append(AppendHeader(b.buf, tag, len(s)), s...)
}

// Int appends a number in its shortest two's complement form.
func (b *Builder) Int(tag int, n int64) { b.buf = AppendInt(b.buf, tag, n) }

// Enum appends an enumerated value: as Int, under the tag given.
func (b *Builder) Enum(tag int, n int64) { b.buf = AppendInt(b.buf, tag, n) }

// Bool appends a truth value, true as 0xff.
func (b *Builder) Bool(tag int, v bool) {
	x := byte(0)
	if v {
		x = 0xff
	}
	b.buf = append(b.buf, byte(tag), 1, x)
}

// Null appends an element without contents.
func (b *Builder) Null(tag int) { b.buf = append(b.buf, byte(tag), 0) }

// Raw appends whole elements that are encoded already.
func (b *Builder) Raw(elements []byte) { b.buf = append(b.buf, elements...) }

// AppendHeader appends the identifier octet and the length n.
func AppendHeader(dst []byte, tag, n int) []byte {
	if n < 0x80 {
		return append(dst, byte(tag), byte(n))
	}
	k := lengthOctets(n)
	dst = append(dst, byte(tag), 0x80|byte(k))
	for i := (k - 1) * 8; i >= 0; i -= 8 {
		dst = append(dst, byte(n>>i))
	}
	return dst
}

// AppendInt appends n in its shortest two's complement form.
func AppendInt(dst []byte, tag int, n int64) []byte {
	k := intOctets(n)
	dst = append(dst, byte(tag), byte(k))
	for i := (k - 1) * 8; i >= 0; i -= 8 {
		dst = append(dst, byte(n>>i))
	}
	return dst
}

// Size is the length of a whole element that has n octets of contents.
func Size(n int) int {
	if n < 0x80 {
		return n + 2
	}
	return n + 2 + lengthOctets(n)
}

// IntSize is the length of a whole element that holds the number n.
func IntSize(n int64) int { return 2 + intOctets(n) }

func intOctets(n int64) int {
	k := 1
	for n > 127 || n < -128 {
		n >>= 8
		k++
	}
	return k
}

// lengthOctets is how many octets follow the first of a long-form length.
func lengthOctets(n int) int {
	k := 1
	for n > 0xff {
		n >>= 8
		k++
	}
	return k
}
