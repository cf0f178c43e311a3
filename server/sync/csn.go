// Package sync holds what replication needs below the pipeline: change sequence
// numbers, and of the provider of RFC 4533 the cookies and controls, the session
// log in a database's store, and the broker between commits and those who watch.
package sync

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// CSN is a change sequence number: when, which change within that microsecond,
// on which server, which part of a change of several.
type CSN struct {
	Time     time.Time // UTC, whole microseconds
	Count    uint32    // 24 bits: tells changes of one microsecond apart
	ServerID uint16    // 12 bits: serverID of the writing server
	Mod      uint32    // 24 bits
}

const csnTime = "20060102150405.000000Z"

// String gives OpenLDAP's form, YYYYmmddHHMMSS.uuuuuuZ#cccccc#sss#mmmmmm; the
// texts of two CSNs compare as the CSNs do.
func (c CSN) String() string {
	b := make([]byte, 0, 40)
	b = c.Time.UTC().AppendFormat(b, csnTime)
	b = append(b, '#')
	b = appendHex(b, uint64(c.Count), 6)
	b = append(b, '#')
	b = appendHex(b, uint64(c.ServerID), 3)
	b = append(b, '#')
	return string(appendHex(b, uint64(c.Mod), 6))
}

func appendHex(b []byte, n uint64, width int) []byte {
	const digits = "0123456789abcdef"
	for i := width - 1; i >= 0; i-- {
		b = append(b, digits[n>>(4*i)&15])
	}
	return b
}

// IsZero tells whether c is no CSN at all.
func (c CSN) IsZero() bool { return c.Time.IsZero() }

// Compare orders by time, count, server and part: -1, 0, 1.
func (c CSN) Compare(o CSN) int {
	if n := c.Time.Compare(o.Time); n != 0 {
		return n
	}
	for _, p := range [...][2]uint32{{c.Count, o.Count}, {uint32(c.ServerID), uint32(o.ServerID)}, {c.Mod, o.Mod}} {
		if p[0] < p[1] {
			return -1
		}
		if p[0] > p[1] {
			return 1
		}
	}
	return 0
}

// ParseCSN reads the text form; also that of OpenLDAP before 2.4, which has no
// fraction and two digits for the server.
func ParseCSN(s string) (CSN, error) {
	parts := strings.Split(s, "#")
	if len(parts) != 4 {
		return CSN{}, fmt.Errorf("csn %.60q: want four parts", s)
	}
	layout := csnTime
	if len(parts[0]) == len("20060102150405Z") {
		layout = "20060102150405Z"
	}
	t, err := time.Parse(layout, parts[0])
	if err != nil || len(parts[0]) != len(layout) {
		return CSN{}, fmt.Errorf("csn %.60q: bad time", s)
	}
	var n [3]uint64
	for i, width := range [...]int{6, 3, 6} {
		p := parts[i+1]
		if len(p) != width && !(i == 1 && len(p) == 2) {
			return CSN{}, fmt.Errorf("csn %.60q: part %d has %d digits", s, i+2, len(p))
		}
		if n[i], err = strconv.ParseUint(p, 16, 32); err != nil {
			return CSN{}, fmt.Errorf("csn %.60q: part %d is not hexadecimal", s, i+2)
		}
	}
	return CSN{Time: t, Count: uint32(n[0]), ServerID: uint16(n[1]), Mod: uint32(n[2])}, nil
}

// Generator makes the CSNs of one server. It may be used by any goroutine.
type Generator struct {
	mu     sync.Mutex
	server uint16
	last   CSN
	now    func() time.Time
}

// NewGenerator makes a Generator for a serverID of 0 to 4095.
func NewGenerator(serverID int) *Generator {
	return &Generator{server: uint16(serverID & 0xfff), now: time.Now}
}

// Next gives a CSN greater than every one given or observed before, also when
// the clock was set back.
func (g *Generator) Next() CSN {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.now().UTC().Truncate(time.Microsecond)
	c := CSN{Time: t, ServerID: g.server}
	if !t.After(g.last.Time) {
		c.Time, c.Count = g.last.Time, g.last.Count+1
		if c.Count > 0xffffff {
			c.Time, c.Count = c.Time.Add(time.Microsecond), 0
		}
	}
	g.last = c
	return c
}

// Observe makes later CSNs greater than c: one read from the database at the
// start, or received from another server.
func (g *Generator) Observe(c CSN) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c.Compare(g.last) > 0 {
		g.last = c
	}
}
