package syncrepl

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// session is a connection with its search.
type session struct {
	conn     *ldap.Conn
	wire     *wire
	cmp      Comparer
	nextID   int64
	searchID int64
	refresh  *refresh // nil in the persist stage

	cancelID int64 // of the Cancel operation, once PleaseStop has taken effect
	giveUp   time.Time
}

// cancelWait is how long an answer to Cancel is awaited.
const cancelWait = 5 * time.Second

// connect dials, binds and starts the search.
func (c *Client) connect(ctx context.Context) error {
	if err := c.committed(ctx); err != nil {
		return err
	}
	conn, encrypted, err := c.cfg.dial(ctx)
	if err != nil {
		return err
	}
	w := newWire(conn, c.cfg.MaxMessage)
	lc := ldap.NewConn(w, encrypted)
	lc.SetTimeout(c.cfg.timeout())
	lc.Start()
	stop := context.AfterFunc(ctx, func() { w.Close() })
	defer stop()
	s := &session{conn: lc, wire: w, nextID: firstSyncID}
	c.s = s

	host := "localhost"
	if u, err := url.Parse(c.cfg.target.Server); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	if err := c.cfg.Bind.bind(lc, host); err != nil {
		if w.ended() {
			err = fmt.Errorf("%w: %w", ErrDisconnected, err)
		}
		return &BindError{Method: c.cfg.Bind.method(), Err: err}
	}
	c.log.Debug("bound", "server", redactURL(c.cfg.target.Server), "method", c.cfg.Bind.method())
	if err := c.h.BindDone(ctx, lc); err != nil {
		return &HandlerError{Callback: "BindDone", Err: err}
	}
	if !c.cfg.ExactValues {
		if s.cmp.schema = readSchema(lc); s.cmp.schema == nil {
			c.log.Debug("no schema to be read; values are compared by octets")
		}
	}
	if err := c.beginRefresh(ctx); err != nil {
		return err
	}
	if ctx.Err() != nil || !stop() {
		return context.Cause(ctx)
	}
	return nil
}

// drop closes the connection at once.
func (c *Client) drop() {
	if c.s != nil {
		c.s.wire.Close()
		c.s.conn.Close()
		c.s = nil
	}
}

// bye closes the connection with an unbind.
func (c *Client) bye() {
	if c.s != nil {
		// A Cancel that the server ignored leaves answers in the way; the unbind
		// goes out all the same, since the pump ends with the connection.
		_ = c.s.conn.Unbind()
		c.drop()
	}
}

// beginRefresh decides from what is stored how to ask, and asks.
func (c *Client) beginRefresh(ctx context.Context) error {
	r := newRefresh(&c.cfg)
	var stored string
	var dirty string
	var entries int
	err := c.view(ctx, func(tx StoreTx) (err error) {
		if r.sent, err = tx.State(stateCookie); err == nil {
			stored, err = tx.State(stateSearch)
		}
		if err == nil {
			dirty, err = tx.State(stateDirty)
		}
		if err == nil {
			entries, err = tx.Len()
		}
		return storeErr("read", err)
	})
	if err != nil {
		return err
	}
	reason := c.reload
	switch {
	case reason != "":
	case stored != "" && stored != c.cfg.definition():
		reason = ReasonSearch
	case dirty != "":
		reason = ReasonInterrupted
	}
	if reason == "" && kindOf(r.sent) == cookie389 && !c.cfg.target.Search.all() {
		// 389 tells at a refresh what was deleted, but not what was changed so
		// that the filter no longer matches it.
		c.log.Debug("389 does not tell what left the filter; loading the whole content")
		r.sent = ""
	}
	if reason != "" {
		r.sent = ""
		if entries > 0 {
			c.log.Info("loading the whole content", "reason", string(reason))
			if h, ok := c.h.(RefreshRequiredHandler); ok {
				if err := h.RefreshRequired(ctx, reason); err != nil {
					return &HandlerError{Callback: "RefreshRequired", Err: err}
				}
			}
		}
	}
	c.reload = ""
	r.whole = r.sent == ""
	s := c.s
	s.refresh = r
	s.searchID = s.nextID
	s.nextID++
	// With no cookie the hint means nothing to slapd, but says what is wanted.
	req, err := searchRequest(s.searchID, c.cfg.target.Search, c.cfg.Mode, r.sent, r.whole && entries > 0, c.cfg.ManageDsaIT)
	if err != nil {
		return &ConfigError{"Search", err.Error()}
	}
	if _, err := s.wire.Write(req); err != nil {
		return fmt.Errorf("%w: %w", ErrDisconnected, err)
	}
	c.log.Debug("search begun", "whole", r.whole, "cookie", r.sent)
	return nil
}

// Limits of one step, so that a stop or a cancelled context is noticed and, in the
// persist stage, a burst shares a commit.
const (
	stepMessages = 256
	stepTime     = 100 * time.Millisecond
)

// step handles the messages that are there.
func (c *Client) step(ctx context.Context) error {
	s := c.s
	if s.refresh == nil && c.stopping() && s.cancelID == 0 {
		s.cancelID = s.nextID
		s.nextID++
		s.giveUp = time.Now().Add(cancelWait)
		if _, err := s.wire.Write(cancelRequest(s.cancelID, s.searchID)); err != nil {
			c.finished = true
			return nil
		}
	}
	first, err := c.wait(ctx)
	if err != nil || first == nil {
		return err
	}
	begun := time.Now()
	var batch []*message
	for n, f := 1, first; f != nil; n++ {
		m, last, err := c.decode(f)
		if m != nil {
			batch = append(batch, m)
		}
		if err != nil || last {
			if herr := c.handle(ctx, batch); herr != nil {
				return herr
			}
			return err
		}
		if n == stepMessages || time.Since(begun) > stepTime {
			break
		}
		select {
		case next, ok := <-s.wire.frames:
			if !ok {
				if herr := c.handle(ctx, batch); herr != nil {
					return herr
				}
				return s.lost()
			}
			f = &next
		default:
			f = nil
		}
	}
	return c.handle(ctx, batch)
}

// lost is the error after frames was closed.
func (s *session) lost() error {
	if errors.Is(s.wire.err, ErrProtocol) {
		return s.wire.err
	}
	return fmt.Errorf("%w: %w", ErrDisconnected, s.wire.err)
}

// wait returns the next frame, nil if none came in time.
func (c *Client) wait(ctx context.Context) (*frame, error) {
	s := c.s
	d := c.cfg.pollWait()
	stop := c.stop
	if s.refresh != nil || s.cancelID != 0 {
		stop = nil // a refresh is finished first; a Cancel is sent once
	}
	if s.cancelID != 0 {
		d = min(d, time.Until(s.giveUp))
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case f, ok := <-s.wire.frames:
		if !ok {
			if s.cancelID != 0 {
				c.finished = true
				return nil, nil
			}
			return nil, s.lost()
		}
		return &f, nil
	case <-timer.C:
		if s.cancelID != 0 && time.Now().After(s.giveUp) {
			c.log.Debug("no answer to Cancel")
			c.finished = true
		}
	case <-stop:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return nil, nil
}

// decode reads a frame. last is true if nothing that follows belongs with it.
func (c *Client) decode(f *frame) (m *message, last bool, err error) {
	s := c.s
	switch f.id {
	case s.searchID:
		m, err = parseMessage(f.data)
		if err != nil {
			return nil, true, err
		}
		return m, m.kind == kindDone, nil
	case s.cancelID:
		outer := cursor{b: f.data}
		in := outer.in(0x30)
		in.integer(0x02)
		op := in.in(0x78)
		var r message
		r.parseResult(&op)
		if op.bad || r.code != 0 {
			c.log.Debug("the server does not cancel", "code", r.code)
			c.finished = true
			return nil, true, nil
		}
		return nil, false, nil // the search's own result ends it
	}
	return nil, false, nil // of an earlier search
}

// handle deals with messages of one stage, a result only at the end.
func (c *Client) handle(ctx context.Context, batch []*message) error {
	s := c.s
	for i, m := range batch {
		r := s.refresh
		if r == nil {
			return c.persist(ctx, batch[i:])
		}
		if err := c.refreshMessage(ctx, r, m); err != nil {
			return err
		}
		if c.s != s {
			return nil // begun again on a new connection: the rest is of the old
		}
		if s.refresh != r {
			continue
		}
		if r.full() {
			if err := c.flush(ctx, r); err != nil {
				return err
			}
		}
	}
	if r := s.refresh; r != nil {
		c.progress(r, false)
	}
	return nil
}

func (c *Client) progress(r *refresh, done bool) {
	if h, ok := c.h.(ProgressHandler); ok {
		p := r.count
		p.Done = done
		h.Progress(p)
	}
}

func (c *Client) referral(ctx context.Context, urls []string) error {
	c.log.Debug("referral ignored", "urls", len(urls))
	if h, ok := c.h.(ReferralHandler); ok {
		if err := h.Referral(ctx, urls); err != nil {
			return &HandlerError{Callback: "Referral", Err: err}
		}
	}
	return nil
}
