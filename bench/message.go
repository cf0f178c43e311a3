package main

import "errors"

// message is a response, cut but not decoded.
type message struct {
	id   uint32
	tag  byte
	body []byte // contents of the protocol operation
}

var errMessage = errors.New("an answer that is no LDAP message")

// nextMessage cuts the first message off b. size 0: more octets are needed.
func nextMessage(b []byte) (m message, size int, err error) {
	tag, head, n, err := element(b)
	if err != nil || head == 0 || len(b) < head+n {
		return m, 0, err
	}
	if tag != 0x30 {
		return m, 0, errMessage
	}
	c := b[head : head+n]
	size = head + n
	tag, head, n, err = element(c)
	if err != nil || tag != 2 || head == 0 || n > 4 || len(c) < head+n {
		return m, 0, errMessage
	}
	for _, o := range c[head : head+n] {
		m.id = m.id<<8 | uint32(o)
	}
	c = c[head+n:]
	tag, head, n, err = element(c)
	if err != nil || head == 0 || len(c) < head+n {
		return m, 0, errMessage
	}
	m.tag, m.body = tag, c[head:head+n]
	return m, size, nil
}

// element reads an identifier octet and a length; head 0: they are not whole.
func element(b []byte) (tag byte, head, n int, err error) {
	if len(b) < 2 {
		return 0, 0, 0, nil
	}
	if b[1] < 0x80 {
		return b[0], 2, int(b[1]), nil
	}
	k := int(b[1] & 0x7f)
	if k == 0 || k > 4 {
		return 0, 0, 0, errMessage
	}
	if len(b) < 2+k {
		return 0, 0, 0, nil
	}
	for _, o := range b[2 : 2+k] {
		n = n<<8 | int(o)
	}
	return b[0], 2 + k, n, nil
}

// octets cuts a primitive element off b; nil when there is none.
func octets(b []byte) (value, rest []byte) {
	_, head, n, err := element(b)
	if err != nil || head == 0 || len(b) < head+n {
		return nil, nil
	}
	return b[head : head+n], b[head+n:]
}

// name is the objectName of an entry.
func (m *message) name() []byte {
	v, _ := octets(m.body)
	return v
}

// code is the result code of a response, -1 when there is none.
func (m *message) code() int {
	if v, _ := octets(m.body); len(v) == 1 {
		return int(v[0])
	}
	return -1
}

// diagnostic is the text of a result.
func (m *message) diagnostic() string {
	_, rest := octets(m.body)
	_, rest = octets(rest)
	v, _ := octets(rest)
	return string(v)
}
