package syncrepl

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// firstSyncID begins the message ids of the sync search, far from those that
// go-ldap counts on the same connection.
const firstSyncID = 0x40000000

// defaultMaxMessage bounds one message of the server.
const defaultMaxMessage = 64 << 20

// wire is the connection below go-ldap's. go-ldap binds and searches on it as on
// any other; the answers to the sync search are taken out and decoded here. So
// the stream is read as it comes, with its pace set by who handles it, and the
// controls of an unsuccessful result are not lost.
type wire struct {
	net.Conn
	max    int
	writes sync.Mutex

	others *io.PipeReader // what go-ldap reads
	feed   *io.PipeWriter
	frames chan frame // answers to the sync search
	done   chan struct{}
	once   sync.Once
	err    error // why frames was closed
}

type frame struct {
	id   int64
	data []byte
}

func newWire(conn net.Conn, max int) *wire {
	if max <= 0 {
		max = defaultMaxMessage
	}
	w := &wire{Conn: conn, max: max, frames: make(chan frame, 256), done: make(chan struct{})}
	w.others, w.feed = io.Pipe()
	go w.pump()
	return w
}

func (w *wire) Read(b []byte) (int, error) { return w.others.Read(b) }

func (w *wire) Write(b []byte) (int, error) {
	w.writes.Lock()
	defer w.writes.Unlock()
	return w.Conn.Write(b)
}

func (w *wire) Close() error {
	w.once.Do(func() { close(w.done) })
	w.others.Close()
	return w.Conn.Close()
}

// ended reports whether the connection is known to be lost.
func (w *wire) ended() bool {
	select {
	case _, ok := <-w.frames:
		return !ok
	default:
		return false
	}
}

// pump reads messages until the connection ends.
func (w *wire) pump() {
	r := bufio.NewReaderSize(w.Conn, 64<<10)
	for {
		data, id, err := readMessage(r, w.max)
		switch {
		case err != nil:
		case id == 0:
			err = noticeError(data)
		case id >= firstSyncID:
			select {
			case w.frames <- frame{id, data}:
				continue
			case <-w.done:
				err = net.ErrClosed
			}
		default:
			if _, err = w.feed.Write(data); err == nil {
				continue
			}
		}
		w.err = err
		close(w.frames)
		w.feed.CloseWithError(err)
		return
	}
}

// readMessage reads one LDAPMessage and its message id.
func readMessage(r *bufio.Reader, max int) ([]byte, int64, error) {
	peek := 2
	for {
		head, err := r.Peek(peek)
		if err != nil {
			return nil, 0, err
		}
		if head[0] != 0x30 || head[1] == 0x80 || head[1] > 0x88 {
			return nil, 0, malformed("no LDAP message where one should begin")
		}
		if head[1] > 0x80 && peek == 2 {
			peek = 2 + int(head[1]&0x7f)
			continue
		}
		k, n, ok := elementLength(head)
		if !ok || n > max {
			return nil, 0, malformed("a message longer than %d octets", max)
		}
		data := make([]byte, k+n)
		if _, err := io.ReadFull(r, data); err != nil {
			return nil, 0, err
		}
		c := cursor{b: data[k:]}
		id := c.integer(0x02)
		if c.bad || id < 0 {
			return nil, 0, malformed("a message without a message id")
		}
		return data, id, nil
	}
}

// noticeError is the Notice of Disconnection (RFC 4511 section 4.4.1).
func noticeError(data []byte) error {
	outer := cursor{b: data}
	c := outer.in(0x30)
	c.integer(0x02)
	op := c.in(0x78)
	var m message
	m.parseResult(&op)
	if op.bad {
		return malformed("an unsolicited message that is no notice of disconnection")
	}
	return fmt.Errorf("notice of disconnection: %w",
		&ldap.Error{ResultCode: uint16(m.code), MatchedDN: m.matched, Err: errors.New(m.text)})
}

// dial connects, and starts TLS if told to. It returns a *ConnectError.
func (c *Config) dial(ctx context.Context) (net.Conn, bool, error) {
	fail := func(op string, err error) (net.Conn, bool, error) {
		return nil, false, &ConnectError{Server: redactURL(c.target.Server), Op: op, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	u, err := url.Parse(c.target.Server)
	scheme := ""
	if err == nil {
		scheme = u.Scheme
	}
	network, addr, host := "tcp", "", ""
	if path, ok := ldapiPath(c.target.Server); ok {
		network, addr = "unix", path
		scheme = "ldapi"
	} else if err != nil {
		return fail("connect", errors.New("bad address"))
	} else {
		host = u.Hostname()
		if host == "" {
			host = "localhost"
		}
		port := u.Port()
		if port == "" {
			port = map[string]string{"ldap": ldap.DefaultLdapPort, "ldaps": ldap.DefaultLdapsPort}[scheme]
		}
		addr = net.JoinHostPort(host, port)
	}
	dial := c.Dial
	if dial == nil {
		dial = (&net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 6}}).DialContext
	}
	conn, err := dial(ctx, network, addr)
	if err != nil {
		return fail("connect", err)
	}
	if scheme != "ldaps" && !c.startTLS() {
		return conn, false, nil
	}
	// The deadline is for the handshake; a cancelled context ends it as well.
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if c.startTLS() && scheme != "ldaps" {
		if err := startTLS(conn); err != nil {
			conn.Close()
			return fail("StartTLS", err)
		}
	}
	cfg := &tls.Config{}
	if c.TLS != nil {
		cfg = c.TLS.Clone()
	}
	if cfg.ServerName == "" {
		cfg.ServerName = host
	}
	tc := tls.Client(conn, cfg)
	if err := tc.HandshakeContext(ctx); err != nil {
		conn.Close()
		return fail("TLS", err)
	}
	if !stop() {
		conn.Close()
		return fail("TLS", context.Cause(ctx))
	}
	return tc, true, nil
}

// ldapiPath returns the socket's path of an ldapi URL.
func ldapiPath(server string) (string, bool) {
	const prefix = "ldapi://"
	if len(server) < len(prefix) || server[:len(prefix)] != prefix {
		return "", false
	}
	path, err := url.PathUnescape(server[len(prefix):])
	if err != nil {
		return "", false
	}
	if path == "" || path == "/" {
		path = "/var/run/slapd/ldapi"
	}
	return path, true
}

// startTLS asks for TLS and reads the answer octet by octet, so that nothing of
// the handshake is swallowed and nothing that came in clear is read later.
func startTLS(conn net.Conn) error {
	if _, err := conn.Write(startTLSRequest(1)); err != nil {
		return err
	}
	data, id, err := readMessage(bufio.NewReaderSize(oneByOne{conn}, 4096), 1<<16)
	if err != nil {
		return err
	}
	outer := cursor{b: data}
	c := outer.in(0x30)
	c.integer(0x02)
	op := c.in(0x78)
	var m message
	m.parseResult(&op)
	if op.bad || id > 1 {
		return malformed("undecodable answer to StartTLS")
	}
	if m.code != 0 {
		return &ldap.Error{ResultCode: uint16(m.code), Err: errors.New(m.text)}
	}
	return nil
}

type oneByOne struct{ io.Reader }

func (r oneByOne) Read(b []byte) (int, error) {
	if len(b) > 1 {
		b = b[:1]
	}
	return r.Reader.Read(b)
}
