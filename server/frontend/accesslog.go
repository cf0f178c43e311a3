package frontend

import (
	"crypto/tls"
	"encoding/hex"
	"io"
	"strconv"
	"sync"
	"time"

	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// Levels of the access log, bits as in slapd's loglevel.
const (
	LogStats  = 256 // connections, operations, results
	LogStats2 = 512 // entries sent
)

// AccessLog takes the lines that slapd writes at its stats levels, in the same
// format, so that log tools made for it can read them.
type AccessLog interface {
	// Enabled tells whether lines of a level are wanted. It is called for
	// every operation: make it cheap.
	Enabled(level int) bool
	// Line takes one line, without an end of line. The slice is only valid
	// during the call. It is called from any goroutine.
	Line(line []byte)
}

type noAccessLog struct{}

func (noAccessLog) Enabled(int) bool { return false }
func (noAccessLog) Line([]byte)      {}

// NewAccessLog writes lines to w, each with the time before it as slapd -d
// does: seconds and nanoseconds in hexadecimal. mask gives the levels wanted
// and may change its mind. One line is one Write.
func NewAccessLog(w io.Writer, mask func() int) AccessLog {
	return &writerLog{w: w, mask: mask}
}

type writerLog struct {
	w    io.Writer
	mask func() int
	mu   sync.Mutex
	buf  []byte
}

func (l *writerLog) Enabled(level int) bool { return l.mask()&level != 0 }

func (l *writerLog) Line(line []byte) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b := appendHex8(l.buf[:0], uint32(now.Unix()))
	b = append(b, '.')
	b = appendHex8(b, uint32(now.Nanosecond()))
	b = append(b, ' ')
	b = append(b, line...)
	l.buf = append(b, '\n')
	l.w.Write(l.buf)
}

func appendHex8(b []byte, n uint32) []byte {
	for i := 28; i >= 0; i -= 4 {
		b = append(b, "0123456789abcdef"[n>>i&15])
	}
	return b
}

// line is a log line in the making.
type line struct{ b []byte }

var lines = sync.Pool{New: func() any { return new(line) }}

func (c *conn) line() *line {
	l := lines.Get().(*line)
	l.b = append(l.b[:0], "conn="...)
	l.b = strconv.AppendUint(l.b, c.pc.ID, 10)
	return l
}

func (r *request) line() *line { return r.c.line().num(" op=", r.num) }

func (l *line) str(s string) *line { l.b = append(l.b, s...); return l }

func (l *line) num(key string, n int64) *line {
	l.b = strconv.AppendInt(append(l.b, key...), n, 10)
	return l
}

// text appends what a client chose: control characters could forge lines.
func (l *line) text(s string) *line {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == 0x7f {
			l.b = append(l.b, '\\')
			l.b = hex.AppendEncode(l.b, []byte{c})
		} else {
			l.b = append(l.b, c)
		}
	}
	return l
}

func (l *line) quoted(key, s string) *line { return l.str(key).str(`"`).text(s).str(`"`) }

// seconds appends a duration as slapd does, with microseconds.
func (l *line) seconds(key string, d time.Duration) *line {
	us := max(d, 0).Microseconds()
	l.num(key, us/1e6).str(".")
	frac := us % 1e6
	for unit := int64(1e5); unit > 0; unit /= 10 {
		l.b = append(l.b, byte('0'+frac/unit%10))
	}
	return l
}

func (c *conn) write(l *line) {
	c.srv.access.Line(l.b)
	if cap(l.b) <= 4096 {
		lines.Put(l)
	}
}

func (c *conn) logAccept() {
	if !c.srv.access.Enabled(LogStats) {
		return
	}
	l := c.line().num(" fd=", int64(c.fd)).str(" ACCEPT from ")
	if c.lis.unix {
		l.str(c.lis.name) // the peer's end has no name
	} else {
		l.str("IP=").str(c.pc.Remote.String())
	}
	c.write(l.str(" (").str(c.lis.name).str(")"))
}

func (c *conn) logClosed(reason string) {
	if !c.srv.access.Enabled(LogStats) {
		return
	}
	l := c.line().num(" fd=", int64(c.fd)).str(" closed")
	if reason != "" {
		l.str(" (").str(reason).str(")")
	}
	c.write(l)
}

func (c *conn) logTLS(st tls.ConnectionState) {
	if c.srv.access.Enabled(LogStats) {
		n := int64(c.pc.SSF)
		c.write(c.line().num(" fd=", int64(c.fd)).num(" TLS established tls_ssf=", n).num(" ssf=", n).
			str(" tls_proto=").str(tls.VersionName(st.Version)).str(" tls_cipher=").str(tls.CipherSuiteName(st.CipherSuite)))
	}
}

func (c *conn) logDisconnect(reason string) {
	if c.srv.access.Enabled(LogStats) {
		c.write(c.line().num(" op=", c.nextOp).num(" DISCONNECT tag=", wire.TagExtendedResponse).
			num(" err=", int64(wire.ProtocolError)).str(" text=").text(reason))
	}
}

func (c *conn) logEntry(r *request, name string) {
	c.write(r.line().quoted(" ENTRY dn=", name))
}

// logRequest writes the lines of a request that is about to run.
func (c *conn) logRequest(r *request) {
	l := r.line()
	switch q := r.msg.Op.(type) {
	case *wire.BindRequest:
		l.quoted(" BIND dn=", q.Name).num(" method=", int64(q.Method))
	case *wire.UnbindRequest:
		l.str(" UNBIND")
	case *wire.SearchRequest:
		l.quoted(" SRCH base=", q.Base).num(" scope=", int64(q.Scope)).num(" deref=", int64(q.Deref)).str(` filter="`)
		l.b = appendFilter(l.b, r.op, q.Filter)
		l.str(`"`)
		if len(q.Attributes) > 0 {
			c.write(l)
			l = r.line().str(" SRCH attr=")
			for i, a := range q.Attributes {
				l.space(i).text(a)
			}
		}
	case *wire.ModifyRequest:
		c.write(l.quoted(" MOD dn=", q.DN))
		l = r.line().str(" MOD attr=")
		for i := range q.Changes {
			l.space(i).text(q.Changes[i].Type)
		}
	case *wire.AddRequest:
		l.quoted(" ADD dn=", q.DN)
	case *wire.DelRequest:
		l.quoted(" DEL dn=", q.DN)
	case *wire.ModifyDNRequest:
		l.quoted(" MODRDN dn=", q.DN)
	case *wire.CompareRequest:
		l.quoted(" CMP dn=", q.DN).quoted(" attr=", q.Type)
	case *wire.AbandonRequest:
		l.num(" ABANDON msg=", int64(q.MessageID))
	case *wire.ExtendedRequest:
		l.str(" EXT oid=").text(q.OID)
	}
	c.write(l)
}

// space parts the elements of a list.
func (l *line) space(i int) *line {
	if i > 0 {
		l.b = append(l.b, ' ')
	}
	return l
}

// appendFilter appends the text of a search filter.
func appendFilter(b []byte, op *plugin.Operation, raw []byte) []byte {
	if op != nil && op.Search != nil && op.Search.Filter != nil {
		return op.Search.Filter.AppendText(b)
	}
	if f, err := filter.Decode(raw); err == nil {
		return f.AppendText(b)
	}
	return hex.AppendEncode(b, raw)
}

// logResult writes the line of a result, and before it the line of a bind
// that succeeded.
func (c *conn) logResult(r *request, tag int, res *wire.Result) {
	now := time.Now()
	if q, ok := r.msg.Op.(*wire.BindRequest); ok && res.Code == wire.Success && r.op != nil && r.op.Bind != nil {
		name, mech := r.op.Target.Pretty, "SIMPLE"
		if q.Method == wire.AuthSASL {
			name, mech = c.pc.AuthDN.Pretty, q.Mechanism
		}
		if r.op.Bind.BoundDN != nil {
			name = r.op.Bind.BoundDN.Pretty
		}
		if name != "" {
			c.write(r.line().quoted(" BIND dn=", name).str(" mech=").text(mech).str(" bind_ssf=0").num(" ssf=", int64(c.pc.SSF)))
		}
	}
	l := r.line()
	switch {
	case tag == wire.TagSearchResultDone:
		l.num(" SEARCH RESULT tag=", int64(tag))
	case tag == wire.TagExtendedResponse && res.Code == wire.Success && r.op != nil && r.op.Extended != nil:
		l.str(" RESULT oid=").text(r.op.Extended.ResponseOID)
	default:
		l.num(" RESULT tag=", int64(tag))
	}
	l.num(" err=", int64(res.Code)).seconds(" qtime=", r.started.Sub(r.received)).seconds(" etime=", now.Sub(r.received))
	if tag == wire.TagSearchResultDone {
		l.num(" nentries=", int64(r.entries))
	}
	c.write(l.str(" text=").text(res.Text))
}
