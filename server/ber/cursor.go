// Package ber reads and writes the subset of the Basic Encoding Rules that
// LDAP uses (RFC 4511 section 5.1): definite lengths only, low tag numbers.
//
// A Cursor reads in place: what it returns are sub-slices of its input. Its
// first error sticks, so that a decoder can read a whole structure and ask Err
// once. A Builder appends to a buffer.
package ber

import "fmt"

// Identifier octets of the universal types that LDAP uses.
const (
	TagBoolean     = 0x01
	TagInteger     = 0x02
	TagOctetString = 0x04
	TagNull        = 0x05
	TagEnumerated  = 0x0a
	TagSequence    = 0x30
	TagSet         = 0x31
)

// MaxDepth is how many elements a Cursor enters one inside the other.
const MaxDepth = 1024

// Error is a place where the input is not the BER that was expected.
type Error struct {
	Offset int // octets from the start of the outermost Cursor's input
	Reason string
}

func (e *Error) Error() string {
	return fmt.Sprintf("BER at offset %d: %s", e.Offset, e.Reason)
}

// Cursor walks over the elements of one constructed value. It is a value:
// copying it gives an independent position. The zero Cursor is an empty input.
type Cursor struct {
	buf   []byte // the outermost input up to the end of this value
	pos   int
	depth int
	err   *Error
}

// NewCursor returns a Cursor over the elements in b. The input must stay
// unchanged as long as what the Cursor returned is in use.
func NewCursor(b []byte) Cursor { return Cursor{buf: b} }

// Err returns the first error, nil when there was none. It is an *Error.
func (c *Cursor) Err() error {
	if c.err == nil {
		return nil
	}
	return c.err
}

// Offset is the position of the next element in the outermost input.
func (c *Cursor) Offset() int { return c.pos }

// More tells whether elements are left (false after an error).
func (c *Cursor) More() bool { return c.err == nil && c.pos < len(c.buf) }

// Fail makes reason the Cursor's error, unless it has one already.
func (c *Cursor) Fail(reason string) { c.failAt(c.pos, reason) }

func (c *Cursor) failAt(off int, reason string) {
	if c.err == nil {
		c.err = &Error{Offset: off, Reason: reason}
	}
}

// Tag returns the identifier octet of the next element without reading it, 0
// at the end or after an error.
func (c *Cursor) Tag() int {
	if c.err != nil || c.pos >= len(c.buf) {
		return 0
	}
	return int(c.buf[c.pos])
}

// next reads a header and returns where the contents start and end. The
// position moves past the element. ok is false after an error.
func (c *Cursor) next(tag int) (start, end int, ok bool) {
	if c.err != nil {
		return 0, 0, false
	}
	b, p := c.buf, c.pos
	// The short form of the length, nearly every element of a request.
	if p+1 < len(b) && b[p+1] < 0x80 && (tag < 0 || int(b[p]) == tag) && b[p]&0x1f != 0x1f && b[p] != 0 {
		if start, end = p+2, p+2+int(b[p+1]); end <= len(b) {
			c.pos = end
			return start, end, true
		}
	}
	return c.nextSlow(tag)
}

func (c *Cursor) nextSlow(tag int) (start, end int, ok bool) {
	b, p := c.buf, c.pos
	if p >= len(b) {
		c.failAt(p, "element missing")
		return 0, 0, false
	}
	id := int(b[p])
	switch {
	case id == 0:
		c.failAt(p, "unexpected end-of-contents octet")
		return 0, 0, false
	case id&0x1f == 0x1f:
		c.failAt(p, "tag number above 30")
		return 0, 0, false
	case tag >= 0 && id != tag:
		c.failAt(p, fmt.Sprintf("tag 0x%02x where 0x%02x belongs", id, tag))
		return 0, 0, false
	}
	n, size, err := length(b[p+1:])
	if err != "" {
		c.failAt(p+1, err)
		return 0, 0, false
	}
	start = p + 1 + size
	if n > uint64(len(b)-start) {
		c.failAt(p+1, "length goes past the end")
		return 0, 0, false
	}
	end = start + int(n)
	c.pos = end
	return start, end, true
}

// length reads length octets in any definite form: size is how many there are.
func length(b []byte) (n uint64, size int, reason string) {
	if len(b) == 0 {
		return 0, 0, "length missing"
	}
	first := b[0]
	if first < 0x80 {
		return uint64(first), 1, ""
	}
	k := int(first & 0x7f)
	switch {
	case k == 0:
		return 0, 0, "indefinite length"
	case k > 8:
		return 0, 0, "length of more than 8 octets"
	case k > len(b)-1:
		return 0, 0, "length cut off"
	}
	for _, x := range b[1 : 1+k] {
		n = n<<8 | uint64(x)
	}
	return n, 1 + k, ""
}

// Enter reads the header of an element and returns a Cursor over its contents;
// c itself moves past the element. An error inside shows in the Cursor that
// was returned: check its Err, or give it back with Leave.
func (c *Cursor) Enter(tag int) Cursor {
	if c.err == nil && c.depth >= MaxDepth {
		c.Fail("nested too deeply")
	}
	start, end, ok := c.next(tag)
	if !ok {
		return Cursor{err: c.err}
	}
	return Cursor{buf: c.buf[:end:end], pos: start, depth: c.depth + 1}
}

// Leave takes over the error of a Cursor that Enter made; without one, all of
// its contents must have been read.
func (c *Cursor) Leave(inner *Cursor) {
	if inner.err == nil && inner.pos < len(inner.buf) {
		inner.Fail("more elements than expected")
	}
	if inner.err != nil && c.err == nil {
		c.err = inner.err
	}
}

// Octets returns the contents of the next element, which must have the tag
// given. The slice is part of the input, its capacity ends with it; it is
// never nil unless there was an error.
func (c *Cursor) Octets(tag int) []byte {
	start, end, ok := c.next(tag)
	if !ok {
		return nil
	}
	return c.buf[start:end:end]
}

// OctetString returns the contents of an OCTET STRING; see Octets.
func (c *Cursor) OctetString() []byte { return c.Octets(TagOctetString) }

// String returns the contents of an OCTET STRING as a copy.
func (c *Cursor) String() string { return string(c.Octets(TagOctetString)) }

// Int reads an INTEGER of at most 64 bits.
func (c *Cursor) Int() int64 { return c.Integer(TagInteger) }

// Enum reads an ENUMERATED of at most 64 bits.
func (c *Cursor) Enum() int64 { return c.Integer(TagEnumerated) }

// Integer reads a number under the tag given.
func (c *Cursor) Integer(tag int) int64 {
	at := c.pos
	start, end, ok := c.next(tag)
	if !ok {
		return 0
	}
	if end == start {
		c.failAt(at, "empty integer")
		return 0
	}
	if end-start > 8 {
		c.failAt(at, "integer of more than 64 bits")
		return 0
	}
	n := int64(int8(c.buf[start]))
	for _, x := range c.buf[start+1 : end] {
		n = n<<8 | int64(x)
	}
	return n
}

// Bool reads a BOOLEAN: any octet but 0 is true.
func (c *Cursor) Bool() bool { return c.Boolean(TagBoolean) }

// Boolean reads a truth value under the tag given.
func (c *Cursor) Boolean(tag int) bool {
	at := c.pos
	start, end, ok := c.next(tag)
	if !ok {
		return false
	}
	if end-start != 1 {
		c.failAt(at, "boolean that is not one octet")
		return false
	}
	return c.buf[start] != 0
}

// Raw returns the whole next element, header included, whatever its tag. What
// is inside is not looked at.
func (c *Cursor) Raw() []byte {
	at := c.pos
	_, end, ok := c.next(-1)
	if !ok {
		return nil
	}
	return c.buf[at:end:end]
}

// Skip moves past the next element.
func (c *Cursor) Skip() { c.next(-1) }

// Count returns how many elements are left, without moving. Where the input is
// malformed it stops counting: reading finds the error.
func (c *Cursor) Count() int {
	n := 0
	for t := *c; t.More(); n++ {
		if t.Skip(); t.err != nil {
			break
		}
	}
	return n
}
