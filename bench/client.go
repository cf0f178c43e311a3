package main

import (
	"bytes"
	"fmt"
	"net"
	"time"

	"libslapi/server/ber"
)

// client is a plain connection for set-up and checks, one request at a time.
type client struct {
	conn net.Conn
	buf  []byte
}

// entry is an entry as it came.
type entry struct {
	dn    string
	attrs map[string][]string
}

func dial(addr string) (*client, error) {
	c, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return nil, err
	}
	return &client{conn: c}, nil
}

func (c *client) close() {
	c.conn.Write([]byte{ber.TagSequence, 5, ber.TagInteger, 1, 9, tagUnbindRequest, 0})
	c.conn.Close()
}

// do sends a request and hands every response but the last to each.
func (c *client) do(t *template, last byte, each func(message)) error {
	c.conn.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := c.conn.Write(t.append(nil, firstID, 0, 0)); err != nil {
		return err
	}
	part := make([]byte, 64<<10)
	for {
		m, size, err := nextMessage(c.buf)
		if err != nil {
			return err
		}
		if size == 0 {
			n, err := c.conn.Read(part)
			if err != nil {
				return err
			}
			c.buf = append(c.buf, part[:n]...)
			continue
		}
		if m.tag != last && each != nil {
			each(m)
		}
		code, text := m.code(), ""
		if m.tag == last {
			text = m.diagnostic()
		}
		c.buf = bytes.Clone(c.buf[size:])
		if m.tag != last {
			continue
		}
		if code != 0 {
			return fmt.Errorf("result %d: %s", code, text)
		}
		return nil
	}
}

func (c *client) bind(dn, password string) error {
	return c.do(newTemplate(func(b *ber.Builder) { appendBind(b, dn, password) }), tagBindResponse, nil)
}

// modify adds (0) or replaces (2) one attribute.
func (c *client) modify(change int64, dn, attr, value string) error {
	return c.do(newTemplate(func(b *ber.Builder) { appendModify(b, change, dn, attr, value) }), tagModifyResponse, nil)
}

// read returns one entry, nil when there is none.
func (c *client) read(dn string) (found *entry, err error) {
	t := searchTemplate(dn, 0, present("objectClass"))
	err = c.do(t, tagSearchDone, func(m message) {
		if m.tag == tagSearchEntry {
			found = decodeEntry(m.body)
		}
	})
	return found, err
}

func decodeEntry(body []byte) *entry {
	cur := ber.NewCursor(body)
	e := &entry{dn: cur.String(), attrs: map[string][]string{}}
	list := cur.Enter(ber.TagSequence)
	for list.More() {
		a := list.Enter(ber.TagSequence)
		name := a.String()
		set := a.Enter(ber.TagSet)
		for set.More() {
			e.attrs[name] = append(e.attrs[name], set.String())
		}
	}
	return e
}
