package syncrepl

// cursor reads BER (X.690, as LDAP restricts it in RFC 4511 section 5.1) from the
// front of b. The first mistake sticks: later reads give zero values. Lengths in
// long form and any non-zero BOOLEAN are taken, since servers send them.
type cursor struct {
	b   []byte
	bad bool
}

func (c *cursor) fail() {
	c.bad, c.b = true, nil
}

func (c *cursor) empty() bool { return len(c.b) == 0 }

// peek returns the tag of the next element, 0 at the end.
func (c *cursor) peek() byte {
	if len(c.b) == 0 {
		return 0
	}
	return c.b[0]
}

// next returns tag and content of the next element.
func (c *cursor) next() (tag byte, content []byte) {
	head, n, ok := elementLength(c.b)
	if !ok || n > len(c.b)-head {
		c.fail()
		return 0, nil
	}
	tag, content = c.b[0], c.b[head:head+n:head+n]
	c.b = c.b[head+n:]
	return tag, content
}

// elementLength reads tag and length octets: how long they are and how long
// the content is. It is false if there are too few of them or they are of a
// form that LDAP does not use (tags above 30, indefinite length).
func elementLength(b []byte) (head, n int, ok bool) {
	if len(b) < 2 || b[0]&0x1f == 0x1f {
		return 0, 0, false
	}
	if b[1] < 0x80 {
		return 2, int(b[1]), true
	}
	k := int(b[1] & 0x7f)
	if k == 0 || k > 8 || len(b) < 2+k {
		return 0, 0, false
	}
	for _, x := range b[2 : 2+k] {
		if n > 1<<23 { // the next shift would pass the largest length allowed
			return 0, 0, false
		}
		n = n<<8 | int(x)
	}
	return 2 + k, n, true
}

// want returns the content of the next element, which must have this tag.
func (c *cursor) want(tag byte) []byte {
	if c.peek() != tag {
		c.fail()
		return nil
	}
	_, content := c.next()
	return content
}

// in is a cursor over the content of the next element.
func (c *cursor) in(tag byte) cursor {
	b := c.want(tag)
	return cursor{b: b, bad: c.bad}
}

func (c *cursor) integer(tag byte) int64 {
	b := c.want(tag)
	if len(b) == 0 || len(b) > 8 {
		c.fail()
		return 0
	}
	n := int64(int8(b[0]))
	for _, x := range b[1:] {
		n = n<<8 | int64(x)
	}
	return n
}

// boolean reads a BOOLEAN that may be left out.
func (c *cursor) boolean(dflt bool) bool {
	if c.peek() != 0x01 {
		return dflt
	}
	b := c.want(0x01)
	if len(b) != 1 {
		c.fail()
		return dflt
	}
	return b[0] != 0
}

// optional reads an OCTET STRING that may be left out.
func (c *cursor) optional() (b []byte, there bool) {
	if c.peek() != 0x04 {
		return nil, false
	}
	return c.want(0x04), !c.bad
}
