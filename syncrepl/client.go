package syncrepl

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync"
	"time"
)

// Client follows one search. See the package's documentation for its life.
type Client struct {
	cfg    Config
	store  Store
	closer []Store // what Unbind closes
	log    *slog.Logger

	busy     sync.Mutex // held by Run, Poll and Events
	stop     chan struct{}
	stopOnce sync.Once

	mu     sync.Mutex
	closed bool
	cancel context.CancelFunc // ends what holds busy

	// The rest belongs to the holder of busy.
	h         Handler
	s         *session
	finished  bool   // the last Poll had nothing more to do
	reload    Reason // why the next refresh takes no cookie, if it does not
	refreshed bool   // a refresh was completed since Run last looked
}

// New checks the configuration and the store and returns a client that is not yet
// connected. h may be nil if only the copy, or Events, is wanted. Errors are
// *ConfigError, *URLError, *StoreError and *SearchChangedError.
func New(cfg Config, h Handler) (*Client, error) {
	if err := cfg.prepare(); err != nil {
		return nil, err
	}
	if h == nil {
		h = Base{}
	}
	c := &Client{cfg: cfg, h: h, log: cfg.logger(), stop: make(chan struct{})}
	c.store = cfg.Store
	if c.store == nil {
		c.store = NewMemory()
	}
	c.closer = []Store{c.store}
	if cfg.ReadOnly {
		copied := NewMemory()
		if err := CopyStore(context.Background(), copied, c.store); err != nil {
			return nil, storeErr("read", err)
		}
		c.store = copied
		c.closer = append(c.closer, copied)
	}
	if cfg.Reload {
		c.reload = ReasonAsked
	}
	return c, c.checkStore()
}

func (c *Client) checkStore() error {
	return c.view(context.Background(), func(tx StoreTx) error {
		version, err := tx.State(stateVersion)
		if err != nil {
			return storeErr("read", err)
		}
		if n, err := strconv.Atoi(version); version != "" && (err != nil || strconv.Itoa(n) != layoutVersion) {
			return storeErr("open", ErrStoreVersion)
		}
		stored, err := tx.State(stateSearch)
		if err != nil {
			return storeErr("read", err)
		}
		if wanted := c.cfg.definition(); c.cfg.RefuseChangedSearch && stored != "" && stored != wanted {
			return &SearchChangedError{Stored: stored, Wanted: wanted}
		}
		return nil
	})
}

// acquire makes the caller the one that works.
func (c *Client) acquire(ctx context.Context) (context.Context, func(), error) {
	if !c.busy.TryLock() {
		return nil, nil, ErrBusy
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		c.busy.Unlock()
		return nil, nil, ErrClosed
	}
	ctx, cancel := context.WithCancel(ctx)
	c.cancel = cancel
	return ctx, func() { cancel(); c.busy.Unlock() }, nil
}

// Run refreshes, and goes on by Mode and Interval, until there is nothing more to
// do, PleaseStop is called (nil), the context is cancelled (its error), or an
// error comes that trying again will not mend. In RefreshOnly mode it may be
// called again for the next refresh.
func (c *Client) Run(ctx context.Context) error {
	ctx, release, err := c.acquire(ctx)
	if err != nil {
		return err
	}
	defer release()
	return c.run(ctx)
}

func (c *Client) run(ctx context.Context) error {
	c.finished = false
	defer c.drop()
	backoff := DefaultBackoff
	if c.cfg.Backoff != nil {
		backoff = *c.cfg.Backoff
	}
	retryable := c.cfg.Retryable
	if retryable == nil {
		retryable = Transient
	}
	for try := 0; ; {
		more, err := c.poll(ctx)
		if c.refreshed {
			c.refreshed, try = false, 0
		}
		pause := time.Duration(0)
		switch {
		case err == nil && more:
			continue
		case err == nil && (c.stopping() || c.cfg.Mode != RefreshOnly || c.cfg.Interval <= 0):
			return nil
		case err == nil:
			pause = c.cfg.Interval
		case ctx.Err() != nil:
			return c.cause(ctx)
		case !retryable(err):
			return err
		case c.stopping():
			return nil
		default:
			if try++; backoff.Tries > 0 && try > backoff.Tries {
				return err
			}
			pause = backoff.pause(try)
			c.log.Warn("trying again", "error", err, "try", try, "pause", pause)
			if d, ok := c.h.(DisconnectHandler); ok {
				d.Disconnected(ctx, Retry{Err: err, Try: try, Pause: pause})
			}
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
			c.finished = false
		case <-c.stop:
			timer.Stop()
			return nil
		case <-ctx.Done():
			timer.Stop()
			return c.cause(ctx)
		}
	}
}

// cause is the context's error, or ErrClosed if Unbind cancelled it.
func (c *Client) cause(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return ErrClosed
	}
	return ctx.Err()
}

// Poll does one step: it connects, or handles the messages that are there, waiting
// up to Config.PollWait for the first. It returns true while there is more to do,
// and false when a refreshOnly has ended or PleaseStop has taken effect. After
// an error the connection is closed; the next Poll begins again from what is
// stored. No transaction is open when it returns. After a false, the next Poll
// begins a new refresh.
func (c *Client) Poll(ctx context.Context) (more bool, err error) {
	ctx, release, err := c.acquire(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	c.refreshed = false
	more, err = c.poll(ctx)
	if err != nil && ctx.Err() != nil {
		err = c.cause(ctx)
	}
	c.finished = false
	return more, err
}

func (c *Client) poll(ctx context.Context) (bool, error) {
	if err := ctx.Err(); err != nil {
		c.drop()
		return false, err
	}
	var err error
	switch {
	case c.finished || c.s == nil && c.stopping():
		return false, nil
	case c.s == nil:
		err = c.connect(ctx)
	default:
		err = c.step(ctx)
	}
	if err != nil {
		c.drop()
		return false, err
	}
	if c.finished {
		c.bye()
	}
	return !c.finished, nil
}

// PleaseStop asks the client to end in good order: a refresh is finished first,
// the persist stage is cancelled and what still comes is handled. It returns at
// once, may be called from any goroutine and more than once, and is for good:
// this client does not start again.
func (c *Client) PleaseStop() { c.stopOnce.Do(func() { close(c.stop) }) }

func (c *Client) stopping() bool {
	select {
	case <-c.stop:
		return true
	default:
		return false
	}
}

// Unbind ends what runs, closes the connection and the store, and makes every
// later call return ErrClosed. It waits for a callback that is at work, and so
// must not be called by one.
func (c *Client) Unbind() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return ErrClosed
	}
	c.closed = true
	if c.cancel != nil {
		c.cancel()
	}
	c.mu.Unlock()
	c.PleaseStop()
	c.busy.Lock()
	defer c.busy.Unlock()
	c.bye()
	var errs []error
	for _, s := range c.closer {
		errs = append(errs, storeErr("close", s.Close()))
	}
	return errors.Join(errs...)
}

// View calls fn with a readable transaction on the copy, from any goroutine, also
// while the client runs.
func (c *Client) View(ctx context.Context, fn func(tx Tx) error) error {
	c.mu.Lock()
	closed := c.closed
	c.mu.Unlock()
	if closed {
		return ErrClosed
	}
	return c.view(ctx, func(tx StoreTx) error { return fn(tx) })
}

func (c *Client) view(ctx context.Context, fn func(tx StoreTx) error) error {
	tx, err := c.store.Begin(ctx, false)
	if err != nil {
		return storeErr("begin", err)
	}
	defer tx.Rollback()
	return fn(tx)
}

// update calls fn in a writable transaction and commits if it returns nil.
func (c *Client) update(ctx context.Context, fn func(tx StoreTx) error) error {
	if err := c.write(ctx, fn); err != nil {
		return err
	}
	return c.committed(ctx)
}

func (c *Client) write(ctx context.Context, fn func(tx StoreTx) error) error {
	tx, err := c.store.Begin(ctx, true)
	if err != nil {
		return storeErr("begin", err)
	}
	defer tx.Rollback()
	if err := fn(tx); err != nil {
		return err
	}
	return storeErr("commit", tx.Commit())
}

// committed tells a CommitHandler.
func (c *Client) committed(ctx context.Context) error {
	h, ok := c.h.(CommitHandler)
	if !ok {
		return nil
	}
	err := h.Committed(ctx, Access{
		View:   func(fn func(Tx) error) error { return c.view(ctx, func(tx StoreTx) error { return fn(tx) }) },
		Update: func(fn func(Tx) error) error { return c.write(ctx, func(tx StoreTx) error { return fn(tx) }) },
	})
	if err != nil {
		return &HandlerError{Callback: "Committed", Err: err}
	}
	return nil
}

// Cookie returns the stored cookie.
func (c *Client) Cookie(ctx context.Context) (cookie string, err error) {
	err = c.View(ctx, func(tx Tx) error {
		cookie, err = tx.Cookie()
		return storeErr("read", err)
	})
	return cookie, err
}

// Comparer returns what the client compares with: by the server's schema once it
// is connected and unless Config.ExactValues is set, else by octets. It is meant
// for callbacks.
func (c *Client) Comparer() *Comparer {
	if c.s == nil {
		return &Comparer{}
	}
	return &c.s.cmp
}
