package frontend

import (
	"fmt"
	"net"
	"strings"
)

// Adopt takes a listener that somebody else has opened (socket activation). The
// URL tells how it is served: ldap://, ldaps:// or ldapi://. It is the Server's
// from then on.
func (s *Server) Adopt(l net.Listener, rawURL string) error {
	scheme, _, _ := strings.Cut(rawURL, "://")
	x := &listener{Listener: l, url: rawURL}
	switch strings.ToLower(scheme) {
	case "ldap":
	case "ldaps":
		if s.opt.TLS == nil {
			return fmt.Errorf("%s: TLS is not configured", rawURL)
		}
		x.tls = true
	case "ldapi":
		x.unix = true
	default:
		return fmt.Errorf("%s: unknown scheme %q", rawURL, scheme)
	}
	if x.unix {
		x.name = "PATH=" + l.Addr().String()
		if u, ok := l.(*net.UnixListener); ok {
			u.SetUnlinkOnClose(false) // who made it takes it away
		}
	} else {
		x.name = "IP=" + listenerName(l.Addr())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return net.ErrClosed
	}
	s.listeners = append(s.listeners, x)
	if s.serving {
		s.running.Add(1)
		go s.accept(x)
	}
	return nil
}
