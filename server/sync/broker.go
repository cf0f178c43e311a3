package sync

import (
	"context"
	"errors"
	"sync"
)

// Batch is what one transaction did to one database.
type Batch struct {
	// Generation is the state of the database that has these changes first: a
	// view of this or a later one contains them.
	Generation uint64
	Changes    []Change
	// Gone are deletes, made elsewhere, of entries that were not here. Those who
	// follow this database in order to make changes of their own must hear of them.
	Gone    []Deleted
	Before  Vector // the context CSNs without these changes
	Context Vector // with them
	Last    CSN    // the greatest of their CSNs
	// Complete: Context has all changes. Otherwise they are part of a refresh from
	// elsewhere, and no cookie may tell of them yet. Stepwise: after each change
	// the state is complete up to it.
	Complete, Stepwise bool
}

// order works out Last, Complete and Stepwise.
func (b *Batch) order() {
	b.Complete, b.Stepwise = true, true
	state := b.Before
	for i := range b.Changes {
		c := b.Changes[i].CSN
		if c.Compare(b.Last) > 0 {
			b.Last = c
		}
		b.Complete = b.Complete && (c.IsZero() || b.Context.Has(c))
		b.Stepwise = b.Stepwise && !c.IsZero() && !state.Has(c)
		state = state.Merge(c)
	}
	for _, d := range b.Gone {
		b.Complete = b.Complete && b.Context.Has(d.CSN)
		b.Stepwise = false
	}
	b.Stepwise = b.Stepwise && b.Complete
}

// Item is what a batch means for the watchers of one Content. Payload belongs
// to whoever implements Content, and is shared by all watchers; nil when no
// entry of the content is concerned.
type Item struct {
	Batch   *Batch
	Payload any
	Size    int // octets, about
}

// Content is a set of entries that watchers follow together. Evaluate is called
// on one goroutine at a time, in the order of the commits. An error ends the
// watching of all watchers of the content.
type Content interface {
	Evaluate(b *Batch) (payload any, size int, err error)
	// Close is called when the last watcher has gone.
	Close()
}

// Broker hands the changes of one database to those who watch it.
type Broker struct {
	mu      sync.Mutex
	open    []*Ticket // in commit order, the first one not yet settled
	ready   []*Batch
	running bool
	groups  map[string]*group
}

type group struct {
	content  Content
	watchers map[*Watcher]struct{}
	using    bool // Evaluate runs
	gone     bool // Close waits for its end
}

// Ticket is a transaction's place in the order of commits.
type Ticket struct {
	b     *Broker
	batch *Batch
	done  bool
	keep  bool
}

// Enter takes the next place for a transaction. It is called while the
// transaction has the writer's turn; Settle must follow.
func (b *Broker) Enter(batch *Batch) *Ticket {
	t := &Ticket{b: b, batch: batch}
	b.mu.Lock()
	b.open = append(b.open, t)
	b.mu.Unlock()
	return t
}

// Settle tells that the transaction is durable, or that nothing came of it.
func (t *Ticket) Settle(committed bool) {
	if t == nil {
		return
	}
	b := t.b
	b.mu.Lock()
	defer b.mu.Unlock()
	t.done, t.keep = true, committed
	n := 0
	for n < len(b.open) && b.open[n].done {
		if b.open[n].keep && len(b.groups) > 0 {
			b.ready = append(b.ready, b.open[n].batch)
		}
		b.open[n] = nil
		n++
	}
	if b.open = b.open[n:]; len(b.open) == 0 {
		b.open = nil
	}
	if len(b.ready) > maxBacklog {
		b.ready = nil
		b.cutAll(ErrSlow)
		return
	}
	if len(b.ready) > 0 && !b.running {
		b.running = true
		go b.run()
	}
}

// maxBacklog bounds the batches that wait to be evaluated.
const maxBacklog = 100000

// run evaluates batches until there are none.
func (b *Broker) run() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.ready) > 0 {
		batch := b.ready[0]
		b.ready[0] = nil
		b.ready = b.ready[1:]
		groups := make([]*group, 0, len(b.groups))
		for _, g := range b.groups {
			g.using = true
			groups = append(groups, g)
		}
		b.mu.Unlock()
		for _, g := range groups {
			b.deliver(g, batch)
		}
		b.mu.Lock()
	}
	b.ready = nil
	b.running = false
}

// deliver evaluates a batch for one group and gives the outcome to its watchers.
func (b *Broker) deliver(g *group, batch *Batch) {
	payload, size, err := g.evaluate(batch)
	item := &Item{Batch: batch, Payload: payload, Size: size}
	b.mu.Lock()
	g.using = false
	for w := range g.watchers {
		if err != nil {
			w.cut(err)
		} else {
			w.push(item)
		}
	}
	gone := g.gone
	b.mu.Unlock()
	if gone {
		g.content.Close()
	}
}

// errPanic ends watchers whose content could not be evaluated.
var errPanic = errors.New("internal error")

func (g *group) evaluate(batch *Batch) (payload any, size int, err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	return g.content.Evaluate(batch)
}

func (b *Broker) cutAll(why error) {
	for _, g := range b.groups {
		for w := range g.watchers {
			w.cut(why)
		}
	}
}

// Watch adds a watcher to the content of a key, made by content when the
// watcher is the first one. Leave must follow.
func (b *Broker) Watch(key string, content func() (Content, error)) (*Watcher, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.groups[key]
	if g == nil {
		c, err := content()
		if err != nil {
			return nil, err
		}
		g = &group{content: c, watchers: map[*Watcher]struct{}{}}
		if b.groups == nil {
			b.groups = map[string]*group{}
		}
		b.groups[key] = g
	}
	w := &Watcher{b: b, key: key, g: g, signal: make(chan struct{}, 1)}
	g.watchers[w] = struct{}{}
	return w, nil
}

// Watchers counts them.
func (b *Broker) Watchers() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, g := range b.groups {
		n += len(g.watchers)
	}
	return n
}

// ErrSlow ends a watcher that takes less than comes.
var ErrSlow = errors.New("the consumer is too slow")

// Bounds of what waits for one watcher.
const (
	maxItems = 20000
	maxBytes = 32 << 20
)

// Watcher follows a content. Next belongs to one goroutine.
type Watcher struct {
	b      *Broker
	key    string
	g      *group
	signal chan struct{}

	mu    sync.Mutex
	items []*Item
	bytes int
	err   error
}

func (w *Watcher) push(it *Item) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return
	}
	if n := len(w.items); n > 0 && it.Payload == nil && w.items[n-1].Payload == nil {
		w.items[n-1] = it // a newer state of a content that has not changed
		return
	}
	if len(w.items) >= maxItems || w.bytes+it.Size > maxBytes && len(w.items) > 0 {
		w.items, w.bytes, w.err = nil, 0, ErrSlow
	} else {
		w.items = append(w.items, it)
		w.bytes += it.Size
	}
	w.wake()
}

func (w *Watcher) cut(why error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.items, w.bytes, w.err = nil, 0, why
	}
	w.wake()
}

func (w *Watcher) wake() {
	select {
	case w.signal <- struct{}{}:
	default:
	}
}

// Next waits for the next item. The error is ctx's, or tells why the watcher
// was cut.
func (w *Watcher) Next(ctx context.Context) (*Item, error) {
	for {
		w.mu.Lock()
		if w.err != nil {
			defer w.mu.Unlock()
			return nil, w.err
		}
		if len(w.items) > 0 {
			it := w.items[0]
			w.items[0] = nil
			w.items = w.items[1:]
			w.bytes -= it.Size
			if len(w.items) == 0 {
				w.items = nil
			}
			w.mu.Unlock()
			return it, nil
		}
		w.mu.Unlock()
		select {
		case <-w.signal:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Leave ends the watching.
func (w *Watcher) Leave() {
	b := w.b
	b.mu.Lock()
	delete(w.g.watchers, w)
	empty := len(w.g.watchers) == 0 && b.groups[w.key] == w.g
	if empty {
		delete(b.groups, w.key)
		if w.g.using {
			w.g.gone = true
			empty = false
		}
	}
	b.mu.Unlock()
	if empty {
		w.g.content.Close()
	}
}
