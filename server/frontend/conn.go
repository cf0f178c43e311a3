package frontend

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// conn is one connection. The reader (see the package comment) owns br,
// nextOp, pipelined and the connection's end; mu guards the operations.
type conn struct {
	srv *Server
	lis *listener
	raw net.Conn      // the socket; what is read and written goes through TLS when there is any
	br  *bufio.Reader // nil: nothing is buffered, the next one comes from readers
	out writer
	pc  *plugin.Conn
	fd  int

	idle      waiter
	index     int          // in connSet
	nextOp    int64        // number of the next operation
	pipelined bool         // the client has sent updates without waiting for answers
	inline    atomic.Int64 // the reader runs an operation since this sweep; 0: it does not
	active    atomic.Int64 // last sign of life (Unix nanoseconds)
	partial   atomic.Int64 // when the message began that is not all there (Unix nanoseconds), 0 none
	authed    atomic.Bool  // bound to a name
	bound     atomic.Pointer[boundAs]
	count     counters
	stopping  atomic.Bool // the server shuts down: read no more
	secure    bool        // TLS is on; changed by the reader while nothing runs
	killed    atomic.Pointer[string]

	mu        sync.Mutex
	cond      sync.Cond  // an operation has ended, or the connection is closing
	ops       []*request // running and waiting, in the order in which they came
	queue     []*request // waiting
	running   int        // without the detached ones
	exclusive bool       // a bind is running
	closing   bool
}

func (s *Server) newConn(l *listener, nc net.Conn) *conn {
	c := &conn{srv: s, lis: l, raw: nc, fd: descriptor(nc)}
	c.cond.L = &c.mu
	now := time.Now()
	c.active.Store(now.UnixNano())
	c.pc = &plugin.Conn{
		ID: s.nextID.Add(1), Remote: nc.RemoteAddr(), Local: nc.LocalAddr(), ListenURL: l.url, ListenName: l.name,
		PeerUID: -1, PeerGID: -1, AuthMethod: "none", Version: 3, Opened: now,
	}
	if l.unix {
		c.pc.LDAPI = true
		c.pc.SSF = max(s.opt.LocalSSF, 0)
		c.pc.PeerUID, c.pc.PeerGID = peerCredentials(nc)
	}
	c.use(nc)
	return c
}

// use makes nc what is read from and written to.
func (c *conn) use(nc net.Conn) {
	c.br = bufio.NewReaderSize(nc, readSize)
	c.idle = waiter{}
	if nc == c.raw {
		// In the clear a connection has a buffer only while there is something
		// to read.
		c.idle.init(nc)
		c.br = nil
	}
	if c.out.cond.L == nil {
		c.out.init(nc, &c.srv.sweeper)
		c.out.sent = &c.count.bytes
		return
	}
	c.out.mu.Lock()
	c.out.nc = nc
	c.out.mu.Unlock()
}

// serve is the life of a connection's first reader.
func (c *conn) serve() {
	c.logAccept()
	c.srv.opt.Handler.OpenConn(c.pc)
	if c.lis.tls {
		if err := c.startTLS(); err != nil {
			c.end(ending{reason: "TLS negotiation failure"})
			return
		}
	}
	c.read()
}

// read is the reader's loop. It returns when the connection has ended or the
// role has gone to another goroutine.
func (c *conn) read() {
	for {
		if c.br == nil || !wire.Buffered(c.br) {
			c.out.flush()
		}
		c.waitForRoom()
		if c.stopping.Load() {
			c.end(ending{reason: "server shutdown", drain: true, notice: wire.Unavailable, text: "server shutting down"})
			return
		}
		limit := c.srv.opt.MaxPDU
		if c.authed.Load() {
			limit = c.srv.opt.MaxPDUAuth
		}
		err := c.awaitInput()
		var pdu []byte
		if err == nil {
			pdu, err = c.readPDU(limit)
		}
		if err != nil {
			if c.stopping.Load() && errors.Is(err, os.ErrDeadlineExceeded) {
				continue
			}
			c.readFailed(err)
			return
		}
		now := time.Now()
		c.active.Store(now.UnixNano())
		msg, err := wire.Decode(pdu)
		if err != nil {
			var e *wire.DecodeError
			if errors.As(err, &e) && e.Answerable {
				c.refuse(e, now)
				continue
			}
			c.readFailed(err)
			return
		}
		r := &request{c: c, msg: msg, received: now, num: c.nextOp}
		c.count.received.Add(1)
		c.nextOp++
		kept := true
		switch q := msg.Op.(type) {
		case *wire.UnbindRequest:
			c.end(ending{unbind: r})
			return
		case *wire.ExtendedRequest:
			if q.OID == startTLSOID && c.srv.opt.TLS != nil {
				c.upgrade(r)
			} else {
				kept = c.submit(r)
			}
		default:
			kept = c.submit(r)
		}
		if !kept {
			return
		}
	}
}

// readPDU is wire.ReadPDU. A message whose first octets are there and others
// not yet is on the sweeper's clock.
func (c *conn) readPDU(limit int) ([]byte, error) {
	if wire.Buffered(c.br) {
		return wire.ReadPDU(c.br, limit)
	}
	if _, err := c.br.Peek(1); err != nil {
		return nil, err
	}
	if wire.Buffered(c.br) {
		return wire.ReadPDU(c.br, limit)
	}
	c.partial.Store(time.Now().UnixNano())
	pdu, err := wire.ReadPDU(c.br, limit)
	c.partial.Store(0)
	return pdu, err
}

// readFailed ends the connection after a read that gave no request.
func (c *conn) readFailed(err error) {
	var e *wire.DecodeError
	switch reason := c.killed.Load(); {
	case reason != nil:
		c.end(ending{reason: *reason})
	case errors.As(err, &e):
		c.srv.log.Info("protocol error", "conn", c.pc.ID, "error", err)
		c.logDisconnect(e.Reason)
		c.end(ending{reason: "protocol error", notice: wire.ProtocolError, text: "decoding error"})
	default:
		if err != io.EOF && !errors.Is(err, net.ErrClosed) {
			c.srv.log.Debug("connection lost", "conn", c.pc.ID, "error", err)
		}
		c.end(ending{reason: "connection lost"})
	}
}

// waitForRoom waits while too many operations of the connection are pending.
func (c *conn) waitForRoom() {
	limit := c.srv.opt.MaxPending
	if !c.authed.Load() {
		limit = min(limit, max(c.srv.opt.MaxPendingAnon, 1))
	}
	c.mu.Lock()
	if len(c.ops) >= limit && !c.closing && !c.stopping.Load() {
		c.mu.Unlock()
		c.out.flush()
		c.mu.Lock()
		for len(c.ops) >= limit && !c.closing && !c.stopping.Load() {
			c.cond.Wait()
		}
	}
	c.mu.Unlock()
}

// refuse answers a request whose encoding is sound but whose contents are not.
func (c *conn) refuse(e *wire.DecodeError, now time.Time) {
	r := &request{c: c, msg: &wire.Message{ID: e.MessageID}, received: now, started: now, num: c.nextOp}
	c.nextOp++
	r.answer(e.Op, &wire.Result{Code: e.Code, Text: e.Reason})
}

// quiet tells whether no operation is pending.
func (c *conn) quiet() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.ops) == 0
}

// drain makes the reader stop reading and end the connection in good order.
func (c *conn) drain() {
	c.stopping.Store(true)
	c.raw.SetReadDeadline(time.Unix(1, 0))
	c.mu.Lock()
	c.abandonDetached()
	c.cond.Broadcast()
	c.mu.Unlock()
}

// kill cuts the connection from outside its reader, which then ends it.
func (c *conn) kill(reason string) {
	c.killed.CompareAndSwap(nil, &reason)
	c.out.fail(net.ErrClosed)
	c.raw.Close()
	c.mu.Lock()
	c.abandonAll()
	c.cond.Broadcast()
	c.mu.Unlock()
}

// ending is how a connection ends.
type ending struct {
	reason string          // for the log
	drain  bool            // let the operations come to their end
	notice wire.ResultCode // send a notice of disconnection with this code
	text   string
	unbind *request
}

// end ends the connection. The reader calls it, once, as its last act.
func (c *conn) end(e ending) {
	c.mu.Lock()
	if !e.drain {
		c.abandonAll()
	}
	if e.drain || e.unbind != nil {
		c.waitForOperations()
	}
	c.closing = true
	c.mu.Unlock()
	if e.unbind != nil {
		c.handle(e.unbind)
	}
	if e.notice != 0 {
		if buf, err := c.out.lock(); err == nil {
			*buf = notice(*buf, e.notice, e.text)
			c.out.unlock(false)
		}
	}
	c.out.finish()
	c.out.fail(net.ErrClosed)
	if e.notice != 0 && !e.drain && !c.secure {
		c.linger()
	}
	c.out.nc.Close() // with TLS, its closing alert goes first
	c.mu.Lock()
	c.waitForOperations()
	c.mu.Unlock()
	if reason := c.killed.Load(); reason != nil {
		e.reason = *reason
	}
	c.srv.opt.Handler.CloseConn(c.pc)
	c.logClosed(e.reason)
	c.srv.conns.remove(c)
	c.srv.running.Done()
}

// linger sees to it that the notice arrives: closing a socket with unread
// octets would reset the connection and discard what the client has not read.
// It takes what has arrived, which is bounded, and does not wait for more.
func (c *conn) linger() {
	if h, ok := c.raw.(interface{ CloseWrite() error }); ok {
		h.CloseWrite()
	}
	c.raw.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	var sink [4096]byte
	for range 256 {
		if _, err := c.raw.Read(sink[:]); err != nil {
			return
		}
	}
}

// waitForOperations waits until none is left. c.mu is held.
func (c *conn) waitForOperations() {
	for len(c.ops) > 0 {
		c.cond.Wait()
	}
}
