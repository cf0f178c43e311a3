// Package frontend speaks LDAP with clients: listeners, connections, the
// order of the operations of a connection, abandon, limits and notices. What
// an operation does is the Handler's.
//
// A connection has one reader at a time. The reader runs an operation itself
// when nothing is won by another goroutine; should that operation take longer
// than a sweep (see sweep.go), the sweeper gives the role of the reader to a new
// goroutine. So short operations cost no switch between goroutines, and
// a long one never keeps an abandon, an unbind or other requests waiting.
// Answers are collected in the connection's buffer and written together, at
// the latest when nothing more can be read at once.
package frontend

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// Handler runs operations. *operation.Server is one.
type Handler interface {
	// OpenConn is called before the first operation of a connection, CloseConn
	// when all of them have ended.
	OpenConn(*plugin.Conn)
	CloseConn(*plugin.Conn)
	// NewOperation makes the operation of a request. It is called when the
	// operation's turn has come: no bind of the connection is under way.
	NewOperation(ctx context.Context, conn *plugin.Conn, msg *wire.Message, resp plugin.Responder) *plugin.Operation
	// Handle runs an operation to its end and sends everything through
	// op.Responder. It is called on any goroutine, for several operations of
	// one connection at a time, but never beside a bind.
	Handle(op *plugin.Operation)
}

// Options are the settings of a Server. A zero number takes the default named;
// a negative one means no limit where that is possible.
type Options struct {
	Handler Handler
	// TLS is used for ldaps:// and StartTLS; nil: neither is offered.
	TLS *tls.Config
	// MaxPDU bounds the octets of a request on an anonymous connection (262143),
	// MaxPDUAuth on an authenticated one (16777215): OpenLDAP's defaults.
	MaxPDU, MaxPDUAuth int
	// MaxConns bounds the open connections (no limit).
	MaxConns int
	// MaxPending bounds the operations of one connection that are running or
	// waiting (1000): no more is read until one has ended.
	MaxPending int
	// MaxPendingAnon is MaxPending for connections of nobody (MaxPending).
	MaxPendingAnon int
	// MaxConcurrent bounds those that run at a time (64).
	MaxConcurrent int
	// IdleTimeout closes a connection without operations (never).
	IdleTimeout time.Duration
	// WriteTimeout closes a connection that takes no octet for so long while
	// there is something to write (1 minute).
	WriteTimeout time.Duration
	// MessageTimeout closes a connection that takes so long to send one message
	// whose first octet is there (1 minute; ten times that once it is bound to a
	// name).
	MessageTimeout time.Duration
	// SocketMode is the mode of ldapi:// sockets (0777: who may connect is
	// asked of the peer's credentials).
	SocketMode uint32
	// LocalSSF is the strength that ldapi counts as; 0: 71, negative: none.
	LocalSSF  int
	Log       *slog.Logger
	AccessLog AccessLog // nil: none
}

// Server has the listeners and connections.
type Server struct {
	opt     Options
	log     *slog.Logger
	tls     *tls.Config // opt.TLS; tells each handshake which configuration it took
	access  AccessLog
	sweeper sweeper
	nextID  atomic.Uint64
	idle    atomic.Int64 // Options.IdleTimeout, or what SetIdleTimeout made of it
	conns   connSet
	running sync.WaitGroup // accept loops and connections

	mu        sync.Mutex
	listeners []*listener
	serving   bool
	closing   bool
	done      chan struct{} // closed at the end of Shutdown
}

// New makes a Server. Handler must be set.
func New(opt Options) *Server {
	def := func(n *int, d int) {
		if *n == 0 {
			*n = d
		}
	}
	def(&opt.MaxPDU, 262143)
	def(&opt.MaxPDUAuth, 16777215)
	def(&opt.MaxPending, 1000)
	def(&opt.MaxPendingAnon, opt.MaxPending)
	def(&opt.MaxConcurrent, 64)
	def(&opt.LocalSSF, ldapiSSF)
	if opt.WriteTimeout == 0 {
		opt.WriteTimeout = time.Minute
	}
	if opt.MessageTimeout == 0 {
		opt.MessageTimeout = time.Minute
	}
	if opt.SocketMode == 0 {
		opt.SocketMode = 0777
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.AccessLog == nil {
		opt.AccessLog = noAccessLog{}
	}
	s := &Server{opt: opt, log: opt.Log, access: opt.AccessLog, tls: noting(opt.TLS), done: make(chan struct{})}
	s.idle.Store(int64(opt.IdleTimeout))
	s.nextID.Store(firstID)
	s.sweeper.init()
	return s
}

// Serve accepts connections on all listeners, present and later ones, and
// returns after Shutdown.
func (s *Server) Serve() {
	s.mu.Lock()
	if s.serving || s.closing {
		s.mu.Unlock()
		<-s.done
		return
	}
	s.serving = true
	go s.sweep()
	for _, l := range s.listeners {
		s.running.Add(1)
		go s.accept(l)
	}
	s.mu.Unlock()
	<-s.done
}

// accept is the loop of one listener.
func (s *Server) accept(l *listener) {
	defer s.running.Done()
	for delay := time.Duration(0); ; {
		nc, err := l.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			// Out of descriptors, or the client has gone again: go on, but
			// not in a tight loop.
			delay = min(max(2*delay, 5*time.Millisecond), time.Second)
			s.log.Warn("accept", "listener", l.url, "error", err)
			select {
			case <-time.After(delay):
			case <-s.done:
				return
			}
			continue
		}
		delay = 0
		s.welcome(l, nc)
	}
}

// welcome starts a connection, or refuses it when there are too many.
func (s *Server) welcome(l *listener, nc net.Conn) {
	c := s.newConn(l, nc)
	s.mu.Lock()
	closing, full := s.closing, s.opt.MaxConns > 0 && s.conns.len() >= s.opt.MaxConns
	if !closing && !full {
		s.running.Add(1)
		s.conns.add(c)
	}
	s.mu.Unlock()
	switch {
	case closing:
		nc.Close()
	case full:
		s.log.Warn("connection refused: too many connections", "from", nc.RemoteAddr().String(), "limit", s.opt.MaxConns)
		if !l.tls {
			nc.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
			nc.Write(notice(nil, wire.Busy, "too many connections"))
		}
		nc.Close()
	default:
		go c.serve()
	}
}

// notice appends a notice of disconnection (RFC 4511 section 4.4.1).
func notice(dst []byte, code wire.ResultCode, text string) []byte {
	return wire.AppendExtendedResponse(dst, 0, &wire.Result{Code: code, Text: text}, wire.NoticeOfDisconnection, nil, false, nil)
}

// SetIdleTimeout changes Options.IdleTimeout while the server runs. Connections
// that were idle before count from now on.
func (s *Server) SetIdleTimeout(d time.Duration) {
	if s.idle.Load() == 0 {
		now := time.Now().UnixNano() // not kept up to date without a timeout
		s.conns.each(func(c *conn) { c.active.Store(now) })
	}
	s.idle.Store(int64(d))
}

// ConnectionCount is how many connections are open.
func (s *Server) ConnectionCount() int { return s.conns.len() }

// Shutdown stops the server in good order: no new connections and requests,
// operations under way come to their end, every client gets a notice of
// disconnection. When ctx ends first, the operations left are cancelled and
// their connections cut, and ctx.Err is returned. Only the first call acts.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		<-s.done
		return nil
	}
	s.closing = true
	ls := s.listeners
	serving := s.serving
	s.mu.Unlock()
	for _, l := range ls {
		l.Close()
	}
	for _, c := range s.conns.list() {
		c.drain()
	}
	ended := make(chan struct{})
	go func() { s.running.Wait(); close(ended) }()
	var err error
	select {
	case <-ended:
	case <-ctx.Done():
		err = ctx.Err()
		for _, c := range s.conns.list() {
			c.kill("server shutdown")
		}
		select { // operations that heed their context end at once
		case <-ended:
		case <-time.After(2 * time.Second):
			s.log.Warn("shutdown: operations do not end", "connections", s.conns.len())
		}
	}
	if serving {
		s.sweeper.stop()
	}
	close(s.done)
	return err
}

// firstID is the number before the first connection's, which is 1000 as slapd's.
const firstID = 999

// connSet is the open connections as a list that is quick to walk.
type connSet struct {
	mu    sync.Mutex
	all   []*conn
	ended totals // of the connections that are no more
}

func (s *connSet) add(c *conn) {
	s.mu.Lock()
	c.index = len(s.all)
	s.all = append(s.all, c)
	s.mu.Unlock()
}

func (s *connSet) remove(c *conn) {
	s.mu.Lock()
	s.ended.add(&c.count)
	last := s.all[len(s.all)-1]
	s.all[c.index], last.index = last, c.index
	s.all[len(s.all)-1] = nil
	s.all = s.all[:len(s.all)-1]
	s.mu.Unlock()
}

func (s *connSet) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.all)
}

func (s *connSet) list() []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*conn(nil), s.all...)
}

// each calls f for every connection under the set's lock: f must not block.
func (s *connSet) each(f func(*conn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.all {
		f(c)
	}
}
