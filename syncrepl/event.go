package syncrepl

import (
	"context"
	"errors"
	"iter"

	"github.com/go-ldap/ldap/v3"
)

// EventKind says what an Event is.
type EventKind int

// The kinds, each named after the Handler's method.
const (
	EventBindDone EventKind = iota
	EventRefreshDone
	EventCookieChanged
	EventAdd
	EventDelete
	EventRename
	EventChange
	EventReferral
	EventRefreshRequired
	EventDisconnected
)

func (k EventKind) String() string {
	names := [...]string{"bind-done", "refresh-done", "cookie", "add", "delete", "rename", "change",
		"referral", "refresh-required", "disconnected"}
	if k < 0 || int(k) >= len(names) {
		return "unknown"
	}
	return names[k]
}

// Event is one callback as a value. Tx and Conn are valid until the loop's body
// ends.
type Event struct {
	Kind   EventKind
	Tx     Tx         // but for the kinds that have none
	Entry  *Entry     // Add, Delete, Rename, Change: as it is now
	Old    *Entry     // Change: as it was
	OldDN  string     // Rename
	Cookie string     // CookieChanged
	Conn   *ldap.Conn // BindDone
	URLs   []string   // Referral
	Reason Reason     // RefreshRequired
	Retry  Retry      // Disconnected
}

// Events runs the client and gives what happens to a range loop, instead of to the
// Handler:
//
//	for ev, err := range client.Events(ctx) {
//		if err != nil {
//			return err
//		}
//		...
//	}
//
// The loop ends as Run would; an error other than nil comes last. The body runs
// inside the transaction. A break rolls it back, so that what came since the
// last EventCookieChanged comes again the next time.
func (c *Client) Events(ctx context.Context) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		ctx, release, err := c.acquire(ctx)
		if err != nil {
			yield(Event{}, err)
			return
		}
		defer release()
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		h := &events{yield: yield, cancel: cancel}
		saved := c.h
		c.h = h
		defer func() { c.h = saved }()
		if err := c.run(ctx); err != nil && !h.over && !errors.Is(err, errBreak) {
			yield(Event{}, err)
		}
	}
}

var errBreak = errors.New("the loop was left")

// events turns callbacks into events.
type events struct {
	yield  func(Event, error) bool
	cancel context.CancelFunc
	over   bool
}

func (h *events) tell(e Event) error {
	if h.over || !h.yield(e, nil) {
		h.over = true
		return errBreak
	}
	return nil
}

func (h *events) BindDone(_ context.Context, conn *ldap.Conn) error {
	return h.tell(Event{Kind: EventBindDone, Conn: conn})
}

func (h *events) RefreshDone(tx Tx) error { return h.tell(Event{Kind: EventRefreshDone, Tx: tx}) }

func (h *events) CookieChanged(tx Tx, cookie string) error {
	return h.tell(Event{Kind: EventCookieChanged, Tx: tx, Cookie: cookie})
}

func (h *events) Add(tx Tx, e *Entry) error {
	return h.tell(Event{Kind: EventAdd, Tx: tx, Entry: e})
}

func (h *events) Delete(tx Tx, e *Entry) error {
	return h.tell(Event{Kind: EventDelete, Tx: tx, Entry: e})
}

func (h *events) Rename(tx Tx, oldDN string, e *Entry) error {
	return h.tell(Event{Kind: EventRename, Tx: tx, OldDN: oldDN, Entry: e})
}

func (h *events) Change(tx Tx, old, new *Entry) error {
	return h.tell(Event{Kind: EventChange, Tx: tx, Old: old, Entry: new})
}

func (h *events) Referral(_ context.Context, urls []string) error {
	return h.tell(Event{Kind: EventReferral, URLs: urls})
}

func (h *events) RefreshRequired(_ context.Context, reason Reason) error {
	return h.tell(Event{Kind: EventRefreshRequired, Reason: reason})
}

func (h *events) Disconnected(_ context.Context, r Retry) {
	if h.tell(Event{Kind: EventDisconnected, Retry: r}) != nil {
		h.cancel()
	}
}
