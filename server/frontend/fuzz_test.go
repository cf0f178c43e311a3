package frontend

import (
	"bytes"
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// script is a connection of a client that sends some octets and goes.
type script struct {
	mu  sync.Mutex
	in  *bytes.Reader
	out bytes.Buffer
}

func (s *script) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.in.Read(b)
}

func (s *script) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(b)
}

func (s *script) Close() error                     { return nil }
func (s *script) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (s *script) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (s *script) SetDeadline(time.Time) error      { return nil }
func (s *script) SetReadDeadline(time.Time) error  { return nil }
func (s *script) SetWriteDeadline(time.Time) error { return nil }

// FuzzStream: whatever a client sends, the connection is served to its end and
// the answers are whole messages.
func FuzzStream(f *testing.F) {
	f.Add(bytes.Join([][]byte{bindPDU(1, "cn=a"), searchPDU(2, "fast"), delPDU(3, "panic"), abandonPDU(4, 3), extendedPDU(5, "1.2"), unbindPDU(6)}, nil))
	f.Add(bytes.Join([][]byte{searchPDU(1, "silent"), abandonPDU(2, 1), bindPDU(3, "x"), searchPDU(4, "many"), extendedPDU(5, "cancel:4")}, nil))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Add([]byte{0x30, 0x84, 0, 0, 0, 5, 2, 1, 1, 0x42, 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		h := newFake()
		h.entries = 3
		close(h.release)
		s := New(Options{Handler: h, MaxPDU: 4096, MaxPDUAuth: 4096, MaxPending: 4, MaxConcurrent: 2})
		go s.Serve()
		client := &script{in: bytes.NewReader(in)}
		c := s.newConn(&listener{url: "ldap://script/"}, client)
		s.conns.add(c)
		s.running.Add(1)
		go c.serve()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		h.await(t, "close")
		if err := s.Shutdown(ctx); err != nil {
			t.Fatal(err)
		}
		for out := client.out.Bytes(); len(out) > 0; {
			r := bytes.NewReader(out)
			if b, err := r.ReadByte(); err != nil || b != 0x30 {
				t.Fatalf("%x is no answer", out)
			}
			size, _ := r.ReadByte()
			n := int(size)
			if size >= 0x80 {
				n = 0
				for range size & 0x7f {
					x, _ := r.ReadByte()
					n = n<<8 | int(x)
				}
			}
			if _, err := io.CopyN(io.Discard, r, int64(n)); err != nil {
				t.Fatalf("%x is cut off", out)
			}
			out = out[len(out)-r.Len():]
		}
	})
}
