package frontend

import (
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"libslapi/server/wire"
)

// TestIdleConnections: a connection that waits for its next request costs
// little memory, whatever it did before.
func TestIdleConnections(t *testing.T) {
	h := newFake()
	_, addr := start(t, h, nil)
	const n = 1000
	used := func() uint64 {
		for range 4 { // a collection halves the stacks that are larger than needed
			runtime.GC()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapInuse + m.StackInuse
	}
	warm := dial(t, addr)
	warm.send(searchPDU(1, "x"))
	warm.expect(1, wire.TagSearchResultDone, wire.Success)
	before := used()
	list := make([]net.Conn, n)
	pdu := searchPDU(1, "x")
	answer := make([]byte, 64)
	for i := range list {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		list[i] = c
		if _, err := c.Write(pdu); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(answer); err != nil {
			t.Fatal(err)
		}
	}
	each := (int64(used()) - int64(before)) / n
	t.Logf("%d octets a connection, both ends", each)
	if each > 12<<10 {
		t.Errorf("%d octets a connection", each)
	}
}

// TestSlowMessage: who sends a message octet by octet is cut off after a time,
// who sends nothing, or whole messages, is not.
func TestSlowMessage(t *testing.T) {
	_, addr := start(t, newFake(), func(o *Options) { o.MessageTimeout = 300 * time.Millisecond })
	quiet, slow := dial(t, addr), dial(t, addr)
	quiet.send(searchPDU(1, "x"))
	quiet.expect(1, wire.TagSearchResultDone, wire.Success)
	pdu := searchPDU(1, strings.Repeat("x", 4000))
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		slow.nc.Read(make([]byte, 1))
	}()
	for i := range pdu[:len(pdu)-1] {
		slow.nc.Write(pdu[i : i+1])
		select {
		case <-closed:
			quiet.send(searchPDU(2, "x"))
			quiet.expect(2, wire.TagSearchResultDone, wire.Success)
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Error("a message may take for ever")
}
