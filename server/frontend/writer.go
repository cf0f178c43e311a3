package frontend

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// flushSize is how much an operation collects before it writes.
	flushSize = 32 << 10
	// highWater is how much may wait for a write under way: who has more to
	// send waits too.
	highWater = 256 << 10
	// keepSize is the largest buffer that is kept for later.
	keepSize = 2 * flushSize
)

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// writer is the output of a connection. Answers are appended between lock and
// unlock; one goroutine at a time writes, and goes on while others append.
type writer struct {
	mu    sync.Mutex
	cond  sync.Cond // the write under way has ended
	nc    net.Conn
	sweep *sweeper
	buf   *[]byte // nil when empty
	busy  bool    // a goroutine is in Write
	err   error   // first error: nothing is written after it
	limit int     // highWater, less in tests
	sent  *atomic.Uint64

	writing atomic.Int64 // when the write under way began (Unix nanoseconds), 0 none
	dirty   atomic.Int64 // sweep in which unwritten answers came to be there, 0 none
}

func (w *writer) init(nc net.Conn, sweep *sweeper) {
	w.nc, w.sweep, w.limit = nc, sweep, highWater
	w.cond.L = &w.mu
}

// lock gives the buffer to append to. It waits while the client takes too
// little. After an error there is no lock.
func (w *writer) lock() (*[]byte, error) {
	w.mu.Lock()
	for w.err == nil && w.busy && w.buf != nil && len(*w.buf) >= w.limit {
		w.cond.Wait()
	}
	if w.err != nil {
		defer w.mu.Unlock()
		return nil, w.err
	}
	if w.buf == nil {
		w.buf = buffers.Get().(*[]byte)
	}
	return w.buf, nil
}

// unlock ends an append. It writes when now is set or much has come together.
func (w *writer) unlock(now bool) {
	if w.buf != nil && len(*w.buf) > 0 && w.dirty.Load() == 0 {
		w.dirty.Store(w.sweep.tick.Load())
		w.sweep.wake()
	}
	if (now || len(*w.buf) >= flushSize) && !w.busy {
		w.flushLocked()
	}
	w.mu.Unlock()
}

// flush writes what there is. When another goroutine writes already, that one
// will do it.
func (w *writer) flush() {
	if w.dirty.Load() == 0 {
		return
	}
	w.mu.Lock()
	if !w.busy {
		w.flushLocked()
	}
	w.mu.Unlock()
}

func (w *writer) flushLocked() {
	for w.err == nil && w.buf != nil && len(*w.buf) > 0 {
		b := w.buf
		w.buf, w.busy = nil, true
		w.dirty.Store(0)
		w.mu.Unlock()
		w.writing.Store(time.Now().UnixNano())
		n, err := w.nc.Write(*b)
		if w.sent != nil {
			w.sent.Add(uint64(n))
		}
		w.writing.Store(0)
		if cap(*b) <= keepSize {
			*b = (*b)[:0]
			buffers.Put(b)
		}
		w.mu.Lock()
		w.busy = false
		if err != nil && w.err == nil {
			w.err = err
		}
		w.cond.Broadcast()
	}
	if w.err != nil {
		w.dirty.Store(0)
	}
}

// finish writes everything and waits for it.
func (w *writer) finish() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.busy && w.err == nil {
		w.cond.Wait()
	}
	w.flushLocked()
}

// fail makes all present and later senders return err.
func (w *writer) fail(err error) {
	w.mu.Lock()
	if w.err == nil {
		w.err = err
	}
	w.dirty.Store(0)
	w.cond.Broadcast()
	w.mu.Unlock()
}
