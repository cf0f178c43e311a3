package syncrepl

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
)

type outboxHandler struct {
	Base
	*Outbox
}

func (h outboxHandler) Add(tx Tx, e *Entry) error    { return h.Put(tx, []byte("add "+e.DN)) }
func (h outboxHandler) Delete(tx Tx, e *Entry) error { return h.Put(tx, []byte("delete "+e.DN)) }

func (h outboxHandler) RefreshDone(tx Tx) error {
	if cookie, _ := tx.Cookie(); cookie == ck3 {
		return errors.New("rolled back")
	}
	return nil
}

// A message that could not be delivered is the first of the next run; one whose
// transaction was rolled back is never delivered.
func TestOutbox(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	f := newFake(t, first, func(s *fakeSearch) { s.idSet(true, "", 2); s.done(ck3, true) },
		func(s *fakeSearch) { s.idSet(true, "", 3); s.done(ck2, true) })
	var got []string
	fails := true
	run := func() error {
		store, err := OpenFile(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		cfg := testConfig(f)
		cfg.Store = store
		c := newClient(t, cfg, outboxHandler{Outbox: &Outbox{Deliver: func(_ context.Context, m []byte) error {
			if fails && string(m) == "add cn=a,dc=x" {
				return errors.New("queue is away")
			}
			got = append(got, string(m))
			return nil
		}}})
		defer c.Unbind()
		return c.Run(ctxT(t))
	}
	var he *HandlerError
	if err := run(); !errors.As(err, &he) || he.Callback != "Committed" {
		t.Fatalf("error %v", err)
	}
	want(t, "delivered", got, "add dc=x")
	fails = false
	if err := run(); err == nil {
		t.Fatal("the handler's error is lost")
	}
	want(t, "delivered", got, "add dc=x", "add cn=a,dc=x", "add cn=b,dc=x")
	if err := run(); err != nil {
		t.Fatal(err)
	}
	want(t, "delivered", got, "add dc=x", "add cn=a,dc=x", "add cn=b,dc=x", "delete cn=b,dc=x")
}
