package frontend

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"libslapi/server/plugin"
	"libslapi/server/wire"
)

func TestPipelining(t *testing.T) {
	h := newFake()
	_, addr := start(t, h, nil)
	c := dial(t, addr)
	var out [][]byte
	for i := range int32(200) {
		out = append(out, searchPDU(i+1, "fast"))
	}
	c.send(out...)
	seen := map[int32]bool{}
	for range out {
		r, err := c.next()
		if err != nil || r.tag != wire.TagSearchResultDone || seen[r.id] {
			t.Fatalf("%+v %v", r, err)
		}
		seen[r.id] = true
	}
}

// A request that takes long keeps no other request of the connection waiting.
func TestSlowBesideFast(t *testing.T) {
	for _, slow := range [][]byte{searchPDU(1, "wait"), delPDU(1, "wait")} {
		h := newFake()
		_, addr := start(t, h, nil)
		c := dial(t, addr)
		c.send(slow, searchPDU(2, "fast"), delPDU(3, "fast"))
		got := map[int32]bool{}
		for range 2 {
			r, err := c.next()
			if err != nil {
				t.Fatal(err)
			}
			got[r.id] = true
		}
		if !got[2] || !got[3] {
			t.Errorf("answers %v", got)
		}
		close(h.release)
		r, err := c.next()
		if err != nil || r.id != 1 {
			t.Errorf("%+v %v", r, err)
		}
	}
}

// Updates that were sent together run together: all are under way before one ends.
func TestUpdatesTogether(t *testing.T) {
	h := newFake()
	_, addr := start(t, h, nil)
	c := dial(t, addr)
	var out [][]byte
	for i := range int32(20) {
		out = append(out, delPDU(i+1, fmt.Sprintf("wait:%d", i)))
	}
	c.send(out...)
	for i := range 20 {
		h.await(t, fmt.Sprintf("begin delete wait:%d", i))
	}
	close(h.release)
	for range out {
		if r, err := c.next(); err != nil || r.tag != wire.TagDelResponse {
			t.Fatalf("%+v %v", r, err)
		}
	}
}

// RFC 4511 section 4.2.1: a bind waits for what came before, and what came
// after waits for the bind.
func TestBindOrder(t *testing.T) {
	h := newFake()
	h.onStart = func(op *plugin.Operation) { h.note("requestor " + op.Requestor.Norm) }
	_, addr := start(t, h, nil)
	c := dial(t, addr)
	c.send(delPDU(1, "wait:1"), searchPDU(2, "fast"), bindPDU(3, "wait:bind"), searchPDU(4, "after"))
	h.await(t, "begin delete wait:1")
	c.expect(2, wire.TagSearchResultDone, wire.Success)
	if slices.Contains(h.log(), "begin bind wait:bind") {
		t.Fatal("the bind did not wait")
	}
	h.release <- struct{}{}
	c.expect(1, wire.TagDelResponse, wire.Success)
	h.await(t, "begin bind wait:bind")
	c.send(searchPDU(5, "after"))
	if slices.Contains(h.log(), "begin search after") {
		t.Fatal("a request overtook the bind")
	}
	h.release <- struct{}{}
	c.expect(3, wire.TagBindResponse, wire.Success)
	got := map[int32]bool{}
	for range 2 {
		r, err := c.next()
		if err != nil {
			t.Fatal(err)
		}
		got[r.id] = true
	}
	if !got[4] || !got[5] {
		t.Errorf("answers %v", got)
	}
	c.send(unbindPDU(6))
	c.expectEnd()
	h.await(t, "close")
	h.await(t, "requestor wait:bind")
}

func TestAbandon(t *testing.T) {
	for name, pdu := range map[string][]byte{"search": searchPDU(7, "wait"), "delete": delPDU(7, "wait")} {
		h := newFake()
		_, addr := start(t, h, nil)
		c := dial(t, addr)
		c.send(pdu)
		h.await(t, "begin "+name+" wait")
		c.send(abandonPDU(8, 7), searchPDU(9, "fast"))
		h.await(t, "abandoned "+name+" wait")
		// No answer to message 7.
		c.expect(9, wire.TagSearchResultDone, wire.Success)
		h.await(t, "begin abandon ")
		c.send(abandonPDU(10, 99), unbindPDU(11))
		c.expectEnd()
		h.await(t, "close")
	}
}

// awaitPending waits until the one connection has n operations pending.
func awaitPending(t *testing.T, s *Server, n int) {
	t.Helper()
	got := 0
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		s.conns.each(func(c *conn) { c.mu.Lock(); got = len(c.ops); c.mu.Unlock() })
		if got == n {
			return
		}
	}
	t.Fatalf("%d operations pending, want %d", got, n)
}

// A waiting request that is abandoned never runs; a bind cannot be abandoned.
func TestAbandonWaiting(t *testing.T) {
	h := newFake()
	s, addr := start(t, h, nil)
	c := dial(t, addr)
	c.send(bindPDU(1, "wait"), searchPDU(2, "never"), searchPDU(3, "fast"), abandonPDU(4, 2), abandonPDU(5, 1), bindPDU(6, "last"))
	awaitPending(t, s, 5) // bind, search 3, two abandons, bind
	close(h.release)
	c.expect(1, wire.TagBindResponse, wire.Success)
	c.expect(3, wire.TagSearchResultDone, wire.Success)
	c.expect(6, wire.TagBindResponse, wire.Success)
	if slices.Contains(h.log(), "begin search never") {
		t.Error("an abandoned request ran")
	}
}

// A persistent search is answered at once, and a bind abandons it.
func TestDetached(t *testing.T) {
	h := newFake()
	_, addr := start(t, h, nil)
	c := dial(t, addr)
	c.send(searchPDU(1, "persist"))
	c.expect(1, wire.TagSearchResultEntry, 0)
	c.send(searchPDU(2, "fast"))
	c.expect(2, wire.TagSearchResultDone, wire.Success)
	c.send(bindPDU(3, "cn=me"))
	c.expect(3, wire.TagBindResponse, wire.Success)
	h.await(t, "abandoned search persist")
}

// A search that turns out to be without end while a bind waits is abandoned.
func TestDetachedBeforeBind(t *testing.T) {
	h := newFake()
	_, addr := start(t, h, nil)
	c := dial(t, addr)
	c.send(searchPDU(1, "wait then persist"), bindPDU(2, "cn=me"))
	c.expect(2, wire.TagBindResponse, wire.Success)
	h.await(t, "abandoned search wait then persist")
}

func TestProtocolErrors(t *testing.T) {
	for _, tc := range []struct {
		name, in string
	}{
		{"http", "GET / HTTP/1.0\r\n\r\n"},
		{"response", "\x30\x05\x02\x01\x01\x61\x00"},
		{"indefinite", "\x30\x80\x02\x01"},
		{"too large", "\x30\x84\x7f\xff\xff\xff"},
		{"bad bind", "\x30\x0a\x02\x01\x01\x60\x05\x02\x01\x03\x04\x00"},
		{"message 0", "\x30\x05\x02\x01\x00\x42\x00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := newFake()
			_, addr := start(t, h, nil)
			c := dial(t, addr)
			c.send(searchPDU(1, "fast"), searchPDU(2, "wait"))
			c.expect(1, wire.TagSearchResultDone, wire.Success)
			c.send([]byte(tc.in))
			r := c.expect(0, wire.TagExtendedResponse, wire.ProtocolError)
			if r.oid != wire.NoticeOfDisconnection {
				t.Errorf("notice %+v", r)
			}
			c.expectEnd()
			h.await(t, "close")
		})
	}
}

// A field with an unknown value is answered; the session goes on.
func TestAnswerableErrors(t *testing.T) {
	h := newFake()
	_, addr := start(t, h, nil)
	c := dial(t, addr)
	bad := searchPDU(1, "")
	bad[11] = 9 // scope
	c.send(bad, searchPDU(2, "fast"))
	if r := c.expect(1, wire.TagSearchResultDone, wire.ProtocolError); r.text != "invalid scope" {
		t.Errorf("text %q", r.text)
	}
	c.expect(2, wire.TagSearchResultDone, wire.Success)
}

// The limit on the size of a request rises with a bind.
func TestRequestSize(t *testing.T) {
	h := newFake()
	_, addr := start(t, h, func(o *Options) { o.MaxPDU, o.MaxPDUAuth = 1000, 5000 })
	c := dial(t, addr)
	c.send(bindPDU(1, "cn=me"))
	c.expect(1, wire.TagBindResponse, wire.Success)
	c.send(delPDU(2, strings.Repeat("x", 4000)))
	c.expect(2, wire.TagDelResponse, wire.Success)
	c.send(delPDU(3, strings.Repeat("x", 6000)))
	c.expect(0, wire.TagExtendedResponse, wire.ProtocolError)
	c.expectEnd()
	c = dial(t, addr)
	c.send(delPDU(1, strings.Repeat("x", 2000)))
	c.expect(0, wire.TagExtendedResponse, wire.ProtocolError)
	c.expectEnd()
}

func TestPanicAndSilence(t *testing.T) {
	h := newFake()
	_, addr := start(t, h, nil)
	c := dial(t, addr)
	c.send(searchPDU(1, "panic"), delPDU(2, "panic"), searchPDU(3, "silent"), searchPDU(4, "fast"))
	got := map[int32]int64{}
	for range 4 {
		r, err := c.next()
		if err != nil {
			t.Fatal(err)
		}
		got[r.id] = r.code
	}
	for id, want := range map[int32]int64{1: 80, 2: 80, 3: 80, 4: 0} {
		if got[id] != want {
			t.Errorf("message %d: %d", id, got[id])
		}
	}
}

// A client that does not read its answers holds nobody else back, and is cut off.
func TestSlowReader(t *testing.T) {
	h := newFake()
	h.entries, h.size = 3000, 10000
	_, addr := start(t, h, func(o *Options) { o.WriteTimeout = time.Second })
	slow := dial(t, addr)
	slow.send(searchPDU(1, "many"), searchPDU(2, "many"))
	h.await(t, "begin search many")
	other := dial(t, addr)
	other.send(searchPDU(1, "fast"))
	other.expect(1, wire.TagSearchResultDone, wire.Success)
	h.await(t, "send error")
	h.await(t, "close")
}

// Everything arrives in order when there is much of it and the client is slow
// but alive.
func TestLargeAnswers(t *testing.T) {
	h := newFake()
	h.entries, h.size = 2000, 3000
	_, addr := start(t, h, nil)
	c := dial(t, addr)
	c.send(searchPDU(1, "many"), searchPDU(2, "many"))
	count := map[int32]int{}
	for done := 0; done < 2; {
		r, err := c.next()
		if err != nil {
			t.Fatal(err)
		}
		if r.tag == wire.TagSearchResultDone {
			if count[r.id] != h.entries {
				t.Fatalf("%d entries before the result of %d", count[r.id], r.id)
			}
			done++
		} else {
			count[r.id]++
		}
	}
}

// Without reading more than MaxPending requests the server still serves all.
func TestPendingLimit(t *testing.T) {
	h := newFake()
	s, addr := start(t, h, func(o *Options) { o.MaxPending, o.MaxConcurrent = 10, 3 })
	c := dial(t, addr)
	for i := range int32(100) {
		c.send(delPDU(i+1, "wait"))
	}
	awaitPending(t, s, 10)
	s.conns.each(func(c *conn) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if len(c.ops) != 10 || c.running != 3 {
			t.Errorf("%d pending, %d running", len(c.ops), c.running)
		}
	})
	close(h.release)
	for range 100 {
		if _, err := c.next(); err != nil {
			t.Fatal(err)
		}
	}
}

// The client goes away: operations are cancelled, the connection is closed.
func TestClientGone(t *testing.T) {
	h := newFake()
	_, addr := start(t, h, nil)
	c := dial(t, addr)
	c.send(searchPDU(1, "wait"), delPDU(2, "wait"))
	h.await(t, "begin delete wait")
	c.nc.Close()
	h.await(t, "abandoned search wait")
	h.await(t, "abandoned delete wait")
	h.await(t, "close")
}

func TestUnbind(t *testing.T) {
	h := newFake()
	_, addr := start(t, h, nil)
	c := dial(t, addr)
	c.send(searchPDU(1, "fast"), searchPDU(2, "wait"), unbindPDU(3), searchPDU(4, "never"))
	c.expect(1, wire.TagSearchResultDone, wire.Success)
	c.expectEnd()
	h.await(t, "close")
	log := h.log()
	if slices.Contains(log, "begin search never") {
		t.Error("a request after the unbind ran")
	}
	if i, j := slices.Index(log, "end search wait"), slices.Index(log, "begin unbind "); i < 0 || j < i {
		t.Errorf("unbind ran before the operations ended: %q", log)
	}
}

func TestIdleTimeout(t *testing.T) {
	h := newFake()
	_, addr := start(t, h, func(o *Options) { o.IdleTimeout = 100 * time.Millisecond })
	busy, idle := dial(t, addr), dial(t, addr)
	busy.send(searchPDU(1, "wait"))
	idle.send(searchPDU(1, "fast"))
	idle.expect(1, wire.TagSearchResultDone, wire.Success)
	idle.expectEnd()
	close(h.release)
	busy.expect(1, wire.TagSearchResultDone, wire.Success)
}

func TestSetIdleTimeout(t *testing.T) {
	s, addr := start(t, newFake(), nil)
	idle := dial(t, addr)
	idle.send(searchPDU(1, "fast"))
	idle.expect(1, wire.TagSearchResultDone, wire.Success)
	s.SetIdleTimeout(50 * time.Millisecond)
	idle.expectEnd()
}

func TestConnectionLimit(t *testing.T) {
	h := newFake()
	s, addr := start(t, h, func(o *Options) { o.MaxConns = 1 })
	one := dial(t, addr)
	one.send(searchPDU(1, "fast"))
	one.expect(1, wire.TagSearchResultDone, wire.Success)
	if s.ConnectionCount() != 1 {
		t.Errorf("%d connections", s.ConnectionCount())
	}
	two := dial(t, addr)
	two.expect(0, wire.TagExtendedResponse, wire.Busy)
	two.expectEnd()
}

// Shutdown lets operations end and tells the clients.
func TestShutdown(t *testing.T) {
	h := newFake()
	s, addr := start(t, h, nil)
	idle, busy, persist := dial(t, addr), dial(t, addr), dial(t, addr)
	idle.send(searchPDU(1, "fast"))
	idle.expect(1, wire.TagSearchResultDone, wire.Success)
	busy.send(searchPDU(1, "wait"))
	h.await(t, "begin search wait")
	persist.send(searchPDU(1, "persist"))
	persist.expect(1, wire.TagSearchResultEntry, 0)
	done := make(chan error, 1)
	go func() { done <- s.Shutdown(context.Background()) }()
	for _, c := range []*client{idle, persist} {
		c.expect(0, wire.TagExtendedResponse, wire.Unavailable)
		c.expectEnd()
	}
	select {
	case <-done:
		t.Fatal("Shutdown did not wait")
	default:
	}
	close(h.release)
	busy.expect(1, wire.TagSearchResultDone, wire.Success)
	busy.expect(0, wire.TagExtendedResponse, wire.Unavailable)
	busy.expectEnd()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", addr); err == nil {
		t.Error("the port is still open")
	}
}

func TestShutdownDeadline(t *testing.T) {
	h := newFake()
	s, addr := start(t, h, nil)
	c := dial(t, addr)
	c.send(searchPDU(1, "wait"))
	h.await(t, "begin search wait")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Shutdown(ctx); err != context.Canceled {
		t.Error(err)
	}
	h.await(t, "abandoned search wait")
	h.await(t, "close")
}

func TestLDAPI(t *testing.T) {
	h := newFake()
	var conn plugin.Conn
	h.onStart = func(op *plugin.Operation) { conn = *op.Conn }
	s, _ := start(t, h, nil)
	path := filepath.Join(t.TempDir(), "a b", "sock")
	os.Mkdir(filepath.Dir(path), 0755)
	url := "ldapi://" + strings.NewReplacer("/", "%2F", " ", "%20").Replace(path) + "/????x-mod=-rwx------"
	if _, err := s.Listen(url); err != nil {
		t.Fatal(err)
	}
	if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != 0700 {
		t.Errorf("%v %v", fi.Mode(), err)
	}
	nc, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	l := ldap.NewConn(nc, false)
	l.Start()
	defer l.Close()
	if ok, err := l.Compare("cn=a", "b", "c"); !ok || err != nil {
		t.Error(ok, err)
	}
	if !conn.LDAPI || conn.PeerUID != os.Getuid() || conn.PeerGID != os.Getgid() || conn.SSF != 71 || conn.ListenURL != url {
		t.Errorf("%+v", conn)
	}
	if _, err := s.Listen(url); err == nil {
		t.Error("a socket in use was taken over")
	}
}

func TestListenURLs(t *testing.T) {
	s := New(Options{Handler: newFake()})
	for _, bad := range []string{"", "ldap", "http://x/", "ldaps://127.0.0.1:0/", "ldap://127.0.0.1:0/dc=x", "ldap://127.0.0.1:99999/", "ldapi://%zz/", "ldapi://%2Fnowhere%2Fat%2Fall/", "ldapi://%2Ftmp%2Fx/????x-mod=rubbish"} {
		if ls, err := s.Listen(bad); err == nil {
			t.Errorf("%s: %v", bad, ls)
		}
	}
	for _, good := range []string{"ldap://127.0.0.1:0", "LDAP://127.0.0.1:0/", "ldap://:0/", "ldap://localhost:0/", "ldap://*:0/"} {
		ls, err := s.Listen(good)
		if err != nil || len(ls) == 0 {
			t.Errorf("%s: %v", good, err)
		}
	}
	dead := filepath.Join(t.TempDir(), "dead")
	l, err := net.Listen("unix", dead)
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	if _, err := s.Listen("ldapi://" + strings.ReplaceAll(dead, "/", "%2f")); err != nil {
		t.Errorf("a dead socket: %v", err)
	}
	if err := s.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	if _, err := s.Listen("ldap://127.0.0.1:0/"); err == nil {
		t.Error("listening after the shutdown")
	}
}
