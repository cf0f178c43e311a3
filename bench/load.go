package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// shape is one kind of operation: its request and the answer that is right.
type shape struct {
	request *template
	bindAs  *template // sent once at the start of a connection; nil: anonymous
	answer  byte      // tag of the last response
	code    byte      // result code of it
	entries int       // how many entries come before
	named   bool      // the entry is the person asked for
	least   int       // smallest size of an entry's message
	// own gives each connection its own people, so that two connections never
	// change the same entry and what was written last is known.
	own bool
}

// load runs an operation against a server for some time.
type load struct {
	shape
	addr    string
	conns   int
	window  int // requests in flight on a connection
	people  int
	seed    uint64
	seconds float64
	serial  *atomic.Int64 // serial numbers, of all connections
}

// outcome is what a load measured.
type outcome struct {
	ops     int64
	entries int64
	elapsed time.Duration
	hist    *hdrhistogram.Histogram // nanoseconds
	// last is the last acknowledged request of every connection.
	last []acked
}

type acked struct{ person, serial int }

// Latencies of 1 us to 2 minutes, two digits: 1 % at most.
func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1_000, 120_000_000_000, 2)
}

// run connects, lets all connections start at once, and waits for the answers
// of everything that was sent. A wrong answer ends it with an error.
func (l *load) run() (*outcome, error) {
	if l.window > maxSlots {
		return nil, fmt.Errorf("%d requests in flight: at most %d", l.window, maxSlots)
	}
	workers := make([]*worker, l.conns)
	defer func() {
		for _, w := range workers {
			if w != nil {
				w.conn.Close()
			}
		}
	}()
	for i := range workers {
		w, err := l.connect(i)
		if err != nil {
			return nil, err
		}
		workers[i] = w
	}
	var wg sync.WaitGroup
	begin := time.Now()
	end := begin.Add(time.Duration(l.seconds * float64(time.Second)))
	for _, w := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			w.err = w.run(end)
		}()
	}
	wg.Wait()
	out := &outcome{elapsed: time.Since(begin), hist: newHistogram()}
	for i, w := range workers {
		if w.err != nil {
			return nil, fmt.Errorf("connection %d: %w", i, w.err)
		}
		out.ops += w.ops
		out.entries += w.entries
		out.hist.Merge(w.hist)
		if w.ops > 0 {
			out.last = append(out.last, w.last)
		}
	}
	if out.ops == 0 {
		return nil, errors.New("no operation came to its end")
	}
	return out, nil
}

// worker drives one connection.
type worker struct {
	*load
	conn    net.Conn
	index   int
	random  *rand.Rand
	in      []byte // received, not looked at
	out     []byte
	slots   []slot
	free    []int
	turn    uint32
	now     time.Time
	hist    *hdrhistogram.Histogram
	ops     int64
	entries int64
	last    acked
	err     error
}

// slot is a request in flight.
type slot struct {
	id      uint32 // 0: none
	sent    time.Time
	target  acked
	entries int
}

// patience is how long after the end of a load answers may still come.
func (l *load) patience() time.Duration {
	return 30*time.Second + time.Duration(l.people)*50*time.Microsecond
}

func (l *load) connect(i int) (*worker, error) {
	c, err := net.DialTimeout("tcp", l.addr, 10*time.Second)
	if err != nil {
		return nil, err
	}
	w := &worker{load: l, conn: c, index: i, hist: newHistogram(), random: rand.New(rand.NewPCG(l.seed, uint64(i)))}
	w.slots = make([]slot, l.window)
	for s := range w.slots {
		w.free = append(w.free, s)
	}
	c.SetDeadline(time.Now().Add(time.Duration(l.seconds*float64(time.Second)) + l.patience()))
	if l.bindAs != nil {
		if err := bindOnce(c, l.bindAs); err != nil {
			c.Close()
			return nil, err
		}
	}
	return w, nil
}

// bindOnce sends a bind and reads its answer.
func bindOnce(c net.Conn, t *template) error {
	if _, err := c.Write(t.append(nil, firstID, 0, 0)); err != nil {
		return err
	}
	buf := make([]byte, 4096)
	n := 0
	for {
		k, err := c.Read(buf[n:])
		if err != nil {
			return err
		}
		n += k
		m, size, err := nextMessage(buf[:n])
		if err != nil {
			return err
		}
		if size > 0 {
			if m.tag != tagBindResponse || m.code() != 0 {
				return fmt.Errorf("bind: answer %#x, result %d", m.tag, m.code())
			}
			return nil
		}
	}
}

// run keeps the window full until end, then waits for what is under way.
func (w *worker) run(end time.Time) error {
	buf := make([]byte, 256<<10)
	n := 0
	w.now = time.Now()
	for {
		if w.now.Before(end) {
			w.send()
		}
		if len(w.free) == len(w.slots) {
			return nil
		}
		if len(w.out) > 0 {
			if _, err := w.conn.Write(w.out); err != nil {
				return err
			}
			w.out = w.out[:0]
		}
		k, err := w.conn.Read(buf[n:])
		if err != nil {
			return err
		}
		w.now = time.Now()
		n += k
		used, err := w.receive(buf[:n])
		if err != nil {
			return err
		}
		if used == 0 && n == len(buf) {
			buf = append(buf, make([]byte, len(buf))...)
		}
		n = copy(buf, buf[used:n])
	}
}

// send puts a request in every free slot.
func (w *worker) send() {
	for len(w.free) > 0 {
		s := w.free[len(w.free)-1]
		w.free = w.free[:len(w.free)-1]
		t := acked{person: w.random.IntN(w.people)}
		if w.own {
			if t.person -= t.person%w.conns - w.index; t.person >= w.people {
				t.person = w.index % w.people
			}
		}
		if len(w.request.serials) > 0 {
			t.serial = int(w.serial.Add(1))
		}
		w.turn++
		id := firstID + (w.turn*maxSlots+uint32(s))&(1<<30-1)
		w.slots[s] = slot{id: id, sent: w.now, target: t}
		w.out = w.request.append(w.out, id, t.person, t.serial)
	}
}

// receive handles the whole messages in b and tells how many octets they had.
func (w *worker) receive(b []byte) (used int, err error) {
	for {
		m, size, err := nextMessage(b[used:])
		if err != nil {
			return used, err
		}
		if size == 0 {
			return used, nil
		}
		if err := w.take(m, size); err != nil {
			return used, err
		}
		used += size
	}
}

// take checks one response.
func (w *worker) take(m message, size int) error {
	i := int(m.id % maxSlots)
	if i >= len(w.slots) || w.slots[i].id != m.id {
		return fmt.Errorf("an answer to message %d, which was not sent (tag %#x)", m.id, m.tag)
	}
	s := &w.slots[i]
	switch m.tag {
	case tagSearchEntry:
		if size < w.least {
			return fmt.Errorf("an entry of %d octets, at least %d are in it", size, w.least)
		}
		if w.named && !isPerson(m.name(), s.target.person) {
			return fmt.Errorf("entry %q came for person %d", m.name(), s.target.person)
		}
		s.entries++
		return nil
	case w.answer:
		if m.code() != int(w.code) {
			return fmt.Errorf("result %d where %d is right: %s", m.code(), w.code, m.diagnostic())
		}
		if s.entries != w.shape.entries {
			return fmt.Errorf("%d entries where %d are right", s.entries, w.shape.entries)
		}
		w.hist.RecordValue(int64(w.now.Sub(s.sent)))
		w.ops++
		w.entries += int64(s.entries)
		w.last = s.target
		s.id = 0
		w.free = append(w.free, i)
		return nil
	}
	return fmt.Errorf("answer with tag %#x where %#x is right", m.tag, w.answer)
}

var personSuffix = []byte("," + people)

// isPerson tells whether name is the DN of a person.
func isPerson(name []byte, person int) bool {
	const lead = "uid=user"
	if len(name) != len(lead)+digits+len(personSuffix) || string(name[:len(lead)]) != lead {
		return false
	}
	n := 0
	for _, c := range name[len(lead) : len(lead)+digits] {
		n = n*10 + int(c-'0')
	}
	return n == person && bytes.Equal(name[len(lead)+digits:], personSuffix)
}
