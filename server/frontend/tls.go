package frontend

import (
	"context"
	"crypto/tls"
	"time"

	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// startTLSOID is the requestName of RFC 4511 section 4.14.
const startTLSOID = "1.3.6.1.4.1.1466.20037"

// handshakeTimeout is how long a client may take for the TLS handshake.
const handshakeTimeout = 30 * time.Second

// startTLS puts TLS on the connection. Only the reader calls it, while no
// operation runs.
func (c *conn) startTLS() error {
	t := tls.Server(c.raw, c.srv.tls)
	var used usedConfig
	c.raw.SetDeadline(time.Now().Add(handshakeTimeout))
	if c.stopping.Load() {
		c.raw.SetReadDeadline(time.Unix(1, 0)) // as drain wanted it
	}
	if err := t.HandshakeContext(context.WithValue(context.Background(), usedKey{}, &used)); err != nil {
		c.srv.log.Info("TLS handshake", "conn", c.pc.ID, "error", err)
		return err
	}
	c.raw.SetDeadline(time.Time{})
	if c.stopping.Load() {
		c.raw.SetReadDeadline(time.Unix(1, 0))
	}
	c.use(t)
	c.secure = true
	state := t.ConnectionState()
	c.pc.SSF = cipherStrength(state.CipherSuite)
	c.pc.TLS = tlsFacts(&state, used.config)
	c.logTLS(state)
	return nil
}

// cipherStrength is the key length of a cipher suite, which is what slapd
// shows as the strength of TLS.
func cipherStrength(suite uint16) int {
	switch suite {
	case tls.TLS_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
		tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA256:
		return 128
	}
	return 256
}

// upgrade serves a StartTLS request on the reader, which reads nothing more
// before TLS stands. The Handler answers the request (its plug-ins may refuse
// it); its hook for StartTLS is Server.StartTLS.
func (c *conn) upgrade(r *request) {
	c.mu.Lock()
	busy := len(c.ops) > 0
	if !busy {
		c.ops = append(c.ops, r)
		c.running++
		r.bind, c.exclusive = true, true // cannot be abandoned, runs alone
	}
	c.mu.Unlock()
	if busy {
		r.started = time.Now()
		r.answer(wire.TagExtendedRequest, &wire.Result{Code: wire.OperationsError, Text: "other operations are pending"})
		return
	}
	r.inline = true
	c.handle(r)
	c.out.finish()
	if r.upgrade {
		if err := c.startTLS(); err != nil {
			reason := "TLS negotiation failure"
			c.killed.CompareAndSwap(nil, &reason)
			c.raw.Close() // the next read ends the connection
		}
	}
	c.finished(r)
}

// StartTLS is the hook for the StartTLS extended operation: it prepares the
// connection of op to go on with TLS once the result of op has been sent. The
// error, if any, is the result to send instead.
func (s *Server) StartTLS(op *plugin.Operation) *wire.Error {
	r, ok := op.Responder.(*request)
	switch {
	case s.opt.TLS == nil || !ok:
		return wire.Errorf(wire.ProtocolError, "TLS is not configured")
	case r.c.secure:
		return wire.Errorf(wire.OperationsError, "TLS already started")
	case r.c.br.Buffered() > 0:
		// Octets sent before the answer would be taken for protected ones.
		return wire.Errorf(wire.ProtocolError, "requests after StartTLS")
	}
	r.upgrade = true
	return nil
}
