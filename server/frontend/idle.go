package frontend

import (
	"bufio"
	"net"
	"sync"
	"syscall"
)

// readSize is the size of a buffer for reading.
const readSize = 8 << 10

// readers are buffers without a connection: one that waits for its next
// request needs none.
var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, readSize) }}

// waiter waits for a socket to become readable. The zero waiter does not wait.
type waiter struct {
	sock  syscall.RawConn
	tried bool
	ready func(fd uintptr) bool
}

func (w *waiter) init(nc net.Conn) {
	h, ok := nc.(syscall.Conn)
	if !ok {
		return
	}
	sock, err := h.SyscallConn()
	if err != nil {
		return
	}
	w.sock = sock
	w.ready = func(fd uintptr) bool {
		if w.tried {
			return true
		}
		w.tried = true
		var one [1]byte
		_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		return err != syscall.EAGAIN
	}
}

// wait returns when there is something to read, an end or an error among it, or
// with the error of a deadline or of a socket that was closed.
func (w *waiter) wait() error {
	if w.sock == nil {
		return nil
	}
	w.tried = false
	return w.sock.Read(w.ready)
}

// awaitInput waits for the next octet and sees to it that there is a buffer for
// what follows.
func (c *conn) awaitInput() error {
	if c.br != nil {
		if c.br.Buffered() > 0 || c.idle.sock == nil {
			return nil
		}
		c.br.Reset(nil)
		readers.Put(c.br)
		c.br = nil
	}
	if err := c.idle.wait(); err != nil {
		return err
	}
	c.br = readers.Get().(*bufio.Reader)
	c.br.Reset(c.raw)
	return nil
}
