package sync

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

// list is a Content that shows the generations it was given.
type list struct {
	mu     sync.Mutex
	evals  int
	closed int
	fail   error
}

func (l *list) Evaluate(b *Batch) (any, int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.evals++
	if l.fail != nil {
		return nil, 0, l.fail
	}
	if b.Generation%10 == 0 {
		return nil, 0, nil // nothing of the content
	}
	return b.Generation, 1, nil
}

func (l *list) Close() { l.mu.Lock(); l.closed++; l.mu.Unlock() }

func watch(t *testing.T, b *Broker, key string, c Content) *Watcher {
	w, err := b.Watch(key, func() (Content, error) { return c, nil })
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func next(t *testing.T, w *Watcher) (uint64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	it, err := w.Next(ctx)
	if err != nil {
		return 0, err
	}
	return it.Batch.Generation, nil
}

// Batches come in the order of the places taken, however the commits end, and
// those that came to nothing do not come.
func TestBrokerOrder(t *testing.T) {
	b := &Broker{}
	c := &list{}
	w := watch(t, b, "k", c)
	var tickets []*Ticket
	for i := range 5 {
		tickets = append(tickets, b.Enter(&Batch{Generation: uint64(i + 1)}))
	}
	for _, i := range []int{4, 2, 1} {
		tickets[i].Settle(i != 2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if it, err := w.Next(ctx); err == nil {
		t.Fatalf("batch %d before the one ahead of it", it.Batch.Generation)
	}
	tickets[0].Settle(true)
	tickets[3].Settle(true)
	for _, want := range []uint64{1, 2, 4, 5} {
		if got, err := next(t, w); err != nil || got != want {
			t.Fatalf("got %d, %v; want %d", got, err, want)
		}
	}
	w.Leave()
	if c.closed != 1 || b.Watchers() != 0 {
		t.Errorf("closed %d times, %d watchers", c.closed, b.Watchers())
	}
	b.Enter(&Batch{}).Settle(true) // nobody watches
}

// A change is evaluated once for all watchers of a content, and each hears of it.
func TestBrokerShares(t *testing.T) {
	b := &Broker{}
	c := &list{}
	const n = 2000
	ws := make([]*Watcher, n)
	for i := range ws {
		ws[i] = watch(t, b, "k", c)
	}
	b.Enter(&Batch{Generation: 7}).Settle(true)
	for _, w := range ws {
		if g, err := next(t, w); err != nil || g != 7 {
			t.Fatal(g, err)
		}
	}
	if c.evals != 1 {
		t.Errorf("evaluated %d times", c.evals)
	}
	for _, w := range ws {
		w.Leave()
	}
	if c.closed != 1 {
		t.Errorf("closed %d times", c.closed)
	}
}

// States without a change of the content do not heap up.
func TestBrokerCoalesces(t *testing.T) {
	b := &Broker{}
	c := &list{}
	w := watch(t, b, "k", c)
	defer w.Leave()
	for i := 1; i <= 50; i++ {
		b.Enter(&Batch{Generation: uint64(10 * i)}).Settle(true)
	}
	b.Enter(&Batch{Generation: 501}).Settle(true)
	seen := 0
	for {
		g, err := next(t, w)
		if err != nil {
			t.Fatal(err)
		}
		if seen++; g == 501 {
			break
		}
	}
	if seen > 51 {
		t.Errorf("%d items", seen)
	}
}

// Who does not read is cut, and what waits for it is given up; an error of the
// content ends all of its watchers, a panic too.
func TestBrokerCuts(t *testing.T) {
	b := &Broker{}
	c := &list{}
	w := watch(t, b, "k", c)
	defer w.Leave()
	for i := range maxItems + 2 {
		w.push(&Item{Batch: &Batch{Generation: uint64(i)}, Payload: 1, Size: 1})
	}
	if _, err := next(t, w); !errors.Is(err, ErrSlow) {
		t.Errorf("slow: %v", err)
	}
	if w.items != nil {
		t.Error("items are kept")
	}
	c2 := &list{fail: fmt.Errorf("no")}
	w2 := watch(t, b, "other", c2)
	defer w2.Leave()
	b.Enter(&Batch{Generation: 1}).Settle(true)
	if _, err := next(t, w2); !errors.Is(err, c2.fail) {
		t.Errorf("failed: %v", err)
	}
	w3 := watch(t, b, "nil", nil)
	b.Enter(&Batch{Generation: 1}).Settle(true)
	if _, err := next(t, w3); !errors.Is(err, errPanic) {
		t.Errorf("panic: %v", err)
	}
}

// Watchers come and go while batches are handed out (for the race detector).
func TestBrokerRace(t *testing.T) {
	b := &Broker{}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 30 {
				w, _ := b.Watch(fmt.Sprint(i%3), func() (Content, error) { return &list{}, nil })
				ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
				w.Next(ctx)
				cancel()
				w.Leave()
			}
		})
	}
	for i := range 500 {
		b.Enter(&Batch{Generation: uint64(i)}).Settle(i%7 != 0)
	}
	wg.Wait()
	if n := b.Watchers(); n != 0 {
		t.Errorf("%d watchers left", n)
	}
}
