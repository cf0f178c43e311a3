package frontend

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// DefaultSocket is the socket of "ldapi:///".
const DefaultSocket = "/var/run/slapd/ldapi"

// ldapiSSF is the strength that a connection through a local socket counts as
// (OpenLDAP's localSSF default).
const ldapiSSF = 71

// listener is one socket that connections come from.
type listener struct {
	net.Listener
	url  string
	tls  bool // TLS from the first octet
	unix bool
	name string // for the access log: IP=127.0.0.1:389, PATH=/run/ldapi
}

// Listen opens the listeners of one URL: ldap://host:port/ (without a host all
// addresses; a host name may stand for several), ldaps:// likewise when the
// Server has TLS, ldapi://%2Fpath/ for a local socket. Port 0 takes a free port.
// Connections are accepted once Serve runs.
func (s *Server) Listen(rawURL string) ([]net.Listener, error) {
	scheme, rest, ok := strings.Cut(rawURL, "://")
	if !ok {
		return nil, fmt.Errorf("%s: not a listener URL", rawURL)
	}
	// slapd's listener extensions follow as ????x-mod=...
	rest, ext, _ := strings.Cut(rest, "?")
	host, path, _ := strings.Cut(rest, "/")
	if path != "" {
		return nil, fmt.Errorf("%s: a listener URL has no DN", rawURL)
	}
	var ls []*listener
	var err error
	switch strings.ToLower(scheme) {
	case "ldap":
		ls, err = listenTCP(host, "389", false)
	case "ldaps":
		if s.opt.TLS == nil {
			return nil, fmt.Errorf("%s: TLS is not configured", rawURL)
		}
		ls, err = listenTCP(host, "636", true)
	case "ldapi":
		mode := os.FileMode(s.opt.SocketMode)
		if m, ok := extension(ext, "x-mod"); ok {
			if mode, err = parseMode(m); err != nil {
				return nil, fmt.Errorf("%s: %w", rawURL, err)
			}
		}
		ls, err = listenUnix(host, mode)
	default:
		return nil, fmt.Errorf("%s: unknown scheme %q", rawURL, scheme)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", rawURL, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		for _, l := range ls {
			l.Close()
		}
		return nil, net.ErrClosed
	}
	out := make([]net.Listener, len(ls))
	for i, l := range ls {
		l.url = rawURL
		s.listeners = append(s.listeners, l)
		if s.serving {
			s.running.Add(1)
			go s.accept(l)
		}
		out[i] = l
	}
	return out, nil
}

// extension finds a URL extension (attrs?scope?filter?extensions).
func extension(query, name string) (string, bool) {
	parts := strings.Split(query, "?")
	for e := range strings.SplitSeq(parts[len(parts)-1], ",") {
		if k, v, ok := strings.Cut(strings.TrimPrefix(e, "!"), "="); ok && strings.EqualFold(k, name) {
			return v, true
		}
	}
	return "", false
}

// parseMode reads a file mode as octal digits or as ls shows it (-rwxrwxrwx).
func parseMode(s string) (os.FileMode, error) {
	if n, err := strconv.ParseUint(s, 8, 32); err == nil && n <= 0777 {
		return os.FileMode(n), nil
	}
	if len(s) == 10 {
		var m os.FileMode
		for i, c := range []byte(s[1:]) {
			switch c {
			case "rwxrwxrwx"[i]:
				m |= 1 << (8 - i)
			case '-':
			default:
				return 0, fmt.Errorf("bad mode %q", s)
			}
		}
		return m, nil
	}
	return 0, fmt.Errorf("bad mode %q", s)
}

func listenTCP(hostport, port string, secure bool) ([]*listener, error) {
	host := hostport
	if h, p, err := net.SplitHostPort(hostport); err == nil {
		host = h
		if p != "" {
			port = p
		}
	} else if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
	}
	addrs := []string{host}
	if host == "*" {
		addrs[0] = ""
	} else if host != "" && net.ParseIP(host) == nil {
		found, err := net.LookupHost(host)
		if err != nil {
			return nil, err
		}
		addrs = found
	}
	var ls []*listener
	var failed error
	for _, a := range addrs {
		l, err := net.Listen("tcp", net.JoinHostPort(a, port))
		if err != nil {
			failed = err
			// A name that also has an address this machine cannot bind (IPv6
			// switched off) is no reason to give up the others.
			if len(addrs) > 1 && errors.Is(err, syscall.EADDRNOTAVAIL) {
				continue
			}
			break
		}
		failed = nil
		_, port, _ = net.SplitHostPort(l.Addr().String()) // the same free port for all addresses
		ls = append(ls, &listener{Listener: l, tls: secure, name: "IP=" + listenerName(l.Addr())})
	}
	if failed != nil && (len(ls) == 0 || !errors.Is(failed, syscall.EADDRNOTAVAIL)) {
		for _, l := range ls {
			l.Close()
		}
		return nil, failed
	}
	return ls, nil
}

// listenerName shows the address of a listener as slapd does: 0.0.0.0 for all.
func listenerName(a net.Addr) string {
	if t, ok := a.(*net.TCPAddr); ok && t.IP.IsUnspecified() {
		return "0.0.0.0:" + strconv.Itoa(t.Port)
	}
	return a.String()
}

func listenUnix(escaped string, mode os.FileMode) ([]*listener, error) {
	path, err := url.PathUnescape(escaped)
	if err != nil {
		return nil, err
	}
	if path == "" {
		path = DefaultSocket
	}
	// A socket that nobody listens on any more is left from a crash.
	if fi, err := os.Lstat(path); err == nil && fi.Mode()&os.ModeSocket != 0 {
		if c, err := net.Dial("unix", path); err == nil {
			c.Close()
			return nil, fmt.Errorf("listen unix %s: %w", path, syscall.EADDRINUSE)
		}
		os.Remove(path)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, mode); err != nil {
		l.Close()
		return nil, err
	}
	return []*listener{{Listener: l, unix: true, name: "PATH=" + path}}, nil
}

// peerCredentials asks the kernel who is at the other end of a local socket;
// -1 when it does not say.
func peerCredentials(nc net.Conn) (uid, gid int) {
	uid, gid = -1, -1
	control(nc, func(fd uintptr) {
		if cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			uid, gid = int(cred.Uid), int(cred.Gid)
		}
	})
	return uid, gid
}

// descriptor is the file descriptor of a connection, for the log alone.
func descriptor(nc net.Conn) int {
	n := -1
	control(nc, func(fd uintptr) { n = int(fd) })
	return n
}

func control(nc net.Conn, f func(fd uintptr)) {
	if sc, ok := nc.(syscall.Conn); ok {
		if rc, err := sc.SyscallConn(); err == nil {
			rc.Control(f)
		}
	}
}
