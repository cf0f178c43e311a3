package frontend

import (
	"net"
	"runtime"
	"testing"

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
