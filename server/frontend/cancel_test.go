package frontend

import (
	"testing"
	"time"

	"libslapi/server/wire"
)

// RFC 3909, which RFC 4533 section 3.7 asks of a provider.
func TestCancel(t *testing.T) {
	h := newFake()
	s, addr := start(t, h, nil)
	c := dial(t, addr)
	// A running search.
	c.send(searchPDU(1, "wait"))
	h.await(t, "begin search wait")
	c.send(extendedPDU(2, "cancel:1"))
	c.expect(1, wire.TagSearchResultDone, wire.Canceled)
	c.expect(2, wire.TagExtendedResponse, wire.Success)
	// None such, and itself.
	c.send(extendedPDU(3, "cancel:77"))
	c.expect(3, wire.TagExtendedResponse, wire.NoSuchOperation)
	c.send(extendedPDU(4, "cancel:4"))
	c.expect(4, wire.TagExtendedResponse, wire.NoSuchOperation)
	// One that has its effect all the same.
	c.send(delPDU(5, "stubborn"))
	h.await(t, "begin delete stubborn")
	c.send(extendedPDU(6, "cancel:5"))
	for marked := false; !marked; time.Sleep(time.Millisecond) {
		s.conns.each(func(c *conn) {
			c.mu.Lock()
			defer c.mu.Unlock()
			for _, r := range c.ops {
				marked = marked || r.canceled.Load()
			}
		})
	}
	c.send(extendedPDU(7, "cancel:5"))
	c.expect(7, wire.TagExtendedResponse, wire.CannotCancel)
	h.release <- struct{}{}
	c.expect(5, wire.TagDelResponse, wire.Success)
	c.expect(6, wire.TagExtendedResponse, wire.TooLate)
}

// A waiting request is taken out of the queue and answered.
func TestCancelWaiting(t *testing.T) {
	h := newFake()
	s, addr := start(t, h, func(o *Options) { o.MaxConcurrent = 2 })
	c := dial(t, addr)
	c.send(delPDU(1, "wait:1"), delPDU(2, "wait:2"), delPDU(3, "never"))
	awaitPending(t, s, 3)
	var one *conn
	s.conns.each(func(x *conn) { one = x })
	caller := &request{c: one, msg: &wire.Message{ID: 99}}
	if code := caller.Cancel(3); code != wire.Success {
		t.Errorf("cancel: %v", code)
	}
	c.expect(3, wire.TagDelResponse, wire.Canceled)
	close(h.release)
	for range 2 {
		if r, err := c.next(); err != nil || r.code != 0 {
			t.Errorf("%+v %v", r, err)
		}
	}
}
