package daemon

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"log/syslog"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"libslapi/server/config"
	"libslapi/server/plugin"
)

// sink is one place that log lines go to, with the levels wanted there.
type sink struct {
	mask  atomic.Int64
	stamp bool // the time stands before each line
	mu    sync.Mutex
	w     io.Writer
}

func (s *sink) wants(bits int) bool { return int(s.mask.Load())&bits != 0 }

func (s *sink) write(line []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.w.Write(line)
}

// logger is the log of the server: slapd's levels, lines as slapd -d prints them
// (seconds and nanoseconds in hexadecimal, then the text). It is the access log
// of the frontend and, through slog, the error log of everything else.
type logger struct {
	debug  *sink // standard error, under -d
	system *sink // syslog or the logfile, under loglevel
	sinks  []*sink
}

// newLogger makes a logger. debugLevel < 0 bits may be set; debug nil means no
// standard error.
func newLogger(debug io.Writer, debugLevel int) *logger {
	l := &logger{}
	if debug != nil {
		l.debug = &sink{w: debug, stamp: true}
		l.debug.mask.Store(int64(debugLevel))
		l.sinks = append(l.sinks, l.debug)
	}
	return l
}

// attachSystem adds the log that loglevel rules: a file, else syslog when there
// is one.
func (l *logger) attachSystem(file, name, facility string, level int) error {
	var s *sink
	if file != "" {
		f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		s = &sink{w: f, stamp: true}
	} else {
		w, err := syslog.New(facilityOf(facility)|syslog.LOG_DEBUG, name)
		if err != nil {
			return nil // no syslog on this machine
		}
		s = &sink{w: w}
	}
	s.mask.Store(int64(level))
	l.system = s
	l.sinks = append(l.sinks, s)
	return nil
}

func (l *logger) setLevel(level int) {
	if l.system != nil {
		l.system.mask.Store(int64(level))
	}
}

func facilityOf(name string) syslog.Priority {
	switch n := strings.ToUpper(name); n {
	case "USER":
		return syslog.LOG_USER
	case "DAEMON":
		return syslog.LOG_DAEMON
	default:
		if strings.HasPrefix(n, "LOCAL") && len(n) == 6 && n[5] >= '0' && n[5] <= '7' {
			return syslog.LOG_LOCAL0 + syslog.Priority(n[5]-'0')<<3
		}
		return syslog.LOG_LOCAL4
	}
}

// Enabled implements frontend.AccessLog.
func (l *logger) Enabled(bits int) bool {
	for _, s := range l.sinks {
		if s.wants(bits) {
			return true
		}
	}
	return false
}

// Line implements frontend.AccessLog: stats lines.
func (l *logger) Line(line []byte) { l.line(config.LogStats|config.LogStats2, line) }

// status writes a line that is wanted at every level.
func (l *logger) status(text string) { l.line(0, []byte(text)) }

func (l *logger) line(bits int, text []byte) {
	var buf []byte
	for _, s := range l.sinks {
		if bits != 0 && !s.wants(bits) {
			continue
		}
		buf = buf[:0]
		if s.stamp {
			buf = appendStamp(buf, time.Now())
		}
		buf = append(append(buf, text...), '\n')
		s.write(buf)
	}
}

func appendStamp(b []byte, t time.Time) []byte {
	return fmt.Appendf(b, "%08x.%08x ", uint32(t.Unix()), uint32(t.Nanosecond()))
}

// slog gives a slog.Logger over l. Warnings and errors are always written,
// information when any level is on, debug lines under trace, filter or config.
func (l *logger) slog() *slog.Logger { return slog.New(&slogHandler{l: l}) }

type slogHandler struct {
	l      *logger
	prefix string // attributes of With, and the groups
	group  string
}

func bitsOf(level slog.Level) int {
	switch {
	case level >= slog.LevelWarn:
		return 0
	case level >= slog.LevelInfo:
		return ^0
	default:
		return config.LogTrace | config.LogFilter | config.LogConfig
	}
}

func (h *slogHandler) Enabled(_ context.Context, level slog.Level) bool {
	b := bitsOf(level)
	return b == 0 || h.l.Enabled(b)
}

func (h *slogHandler) Handle(_ context.Context, r slog.Record) error {
	b := append([]byte(nil), r.Message...)
	b = append(b, h.prefix...)
	r.Attrs(func(a slog.Attr) bool {
		b = appendAttr(b, h.group, a)
		return true
	})
	h.l.line(bitsOf(r.Level), b)
	return nil
}

func appendAttr(b []byte, group string, a slog.Attr) []byte {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		for _, x := range v.Group() {
			b = appendAttr(b, group+a.Key+".", x)
		}
		return b
	}
	if a.Key == "" {
		return b
	}
	text := v.String()
	b = append(b, ' ')
	b = append(b, group...)
	b = append(b, a.Key...)
	b = append(b, '=')
	if text == "" || strings.ContainsAny(text, " \"\n\t=") {
		return strconv.AppendQuote(b, text)
	}
	return append(b, text...)
}

func (h *slogHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	n := *h
	b := []byte(h.prefix)
	for _, a := range attrs {
		b = appendAttr(b, h.group, a)
	}
	n.prefix = string(b)
	return &n
}

func (h *slogHandler) WithGroup(name string) slog.Handler {
	n := *h
	if name != "" {
		n.group += name + "."
	}
	return &n
}

// pluginLog takes the log lines of plug-ins: with a pluginlog file it writes
// them there, as slapd does, else to the error log.
type pluginLog struct {
	log  *logger
	file string
	// level is nsslapd-errorlog-level: the SLAPI_LOG_* levels wanted, as bits of
	// 389's numbers.
	level atomic.Int64
	mu    sync.Mutex
}

// slapiLogBits are 389's bits of nsslapd-errorlog-level, by SLAPI_LOG_* number.
var slapiLogBits = [...]int64{0, 1, 2, 4, 8, 16, 32, 64, 128, 1024, 2048, 4096, 8192, 32768, 65536, 131072, 524288, 262144, 1048576}

func (p *pluginLog) enabled(level int, dialect plugin.Dialect) bool {
	switch {
	case level <= 0 || level >= len(slapiLogBits) && level != 26:
		return true // fatal; emergency to information
	case p.file != "" && level <= 14 && dialect != plugin.Dialect389:
		return true // slapd writes all of FATAL to PLUGIN to its pluginlog
	case level == 26:
		return p.level.Load()&1 != 0
	}
	return p.level.Load()&slapiLogBits[level] != 0
}

func (p *pluginLog) write(level int, subsystem, message string) {
	message = strings.TrimRight(message, "\n")
	if p.file == "" {
		p.log.line(0, []byte(subsystem+" - "+message))
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	f, err := os.OpenFile(p.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		p.log.line(0, []byte("pluginlog: "+err.Error()))
		return
	}
	defer f.Close()
	fmt.Fprintf(f, "%s %s: %s\n", time.Now().Format("01/02/06 15:04:05"), subsystem, message)
}
