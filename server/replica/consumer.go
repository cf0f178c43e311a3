package replica

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-ldap/ldap/v3"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/operation"
	csn "libslapi/server/sync"
)

// Mode says what besides the consumer changes its database.
type Mode struct {
	// Multi: clients and other servers do (multiprovider on). Of two versions of
	// an entry the newer one stays; conflicts are settled by changes of our own.
	Multi bool
	// Several: there are other consumers of the database.
	Several  bool
	ServerID int
}

// Consumer follows one provider.
type Consumer struct {
	s    *operation.Server
	db   backend.Backend
	set  *Settings
	mode Mode
	log  *slog.Logger

	there, here dn.Name // the search base at the provider and here; equal without suffixmassage
	// fresh: the provider said that its cookie is of no use any more.
	fresh  bool
	status status
}

// New makes a Consumer that writes through s into db, which should have an
// index of entryUUID.
func New(s *operation.Server, db backend.Backend, set *Settings, mode Mode, log *slog.Logger) (*Consumer, error) {
	c := &Consumer{s: s, db: db, set: set, mode: mode, log: log.With("rid", fmt.Sprintf("%03d", set.RID), "provider", set.Provider)}
	c.status.Set, c.status.Phase = set, PhaseIdle
	var err error
	if c.there, err = s.Name(set.Base); err != nil {
		return nil, err
	}
	c.here, err = s.Name(set.LocalBase())
	return c, err
}

func (c *Consumer) key() string { return fmt.Sprintf("syncrepl-%03d", c.set.RID) }

// merges tells whether an entry may be newer here than at the provider.
func (c *Consumer) merges() bool { return c.mode.Multi || c.mode.Several }

// Run follows the provider until ctx ends.
func (c *Consumer) Run(ctx context.Context) {
	defer c.status.set(func(s *Status) {
		if s.Phase != PhaseEnded {
			s.Phase = PhaseIdle
		}
		s.Connected = ""
	})
	step, tries := 0, 0
	for ctx.Err() == nil {
		begun := time.Now()
		err := c.session(ctx)
		if ctx.Err() != nil {
			return
		}
		wait := c.set.Interval
		text := ""
		switch {
		case err == nil:
			step, tries = 0, 0
		default:
			text = err.Error()
			if time.Since(begun) > time.Minute {
				step, tries = 0, 0
			}
			r := c.set.Retry[step]
			if tries++; r.Times >= 0 && tries >= r.Times {
				if step+1 < len(c.set.Retry) {
					step, tries = step+1, 0
				} else {
					c.log.Error("replication given up", "error", text)
					c.status.set(func(s *Status) { s.Phase, s.Error, s.NextConnect = PhaseEnded, text, time.Time{} })
					return
				}
			}
			wait = r.Wait
			c.log.Warn("replication interrupted", "error", text, "retry", wait.String())
		}
		c.status.set(func(s *Status) {
			s.Phase, s.Error, s.Connected, s.NextConnect = PhaseIdle, text, "", time.Now().Add(wait)
		})
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

var scopes = map[string]int{"base": ldap.ScopeBaseObject, "one": ldap.ScopeSingleLevel, "sub": ldap.ScopeWholeSubtree, "subord": 3}

// errEarly is a search that ended without saying so.
var errEarly = errors.New("the search ended without a result")

// request is the search of a session.
func (c *Consumer) request() *ldap.SearchRequest {
	attrs := c.set.Attrs
	if c.mode.Multi {
		attrs = append(attrs[:len(attrs):len(attrs)], operation.AttrParentUUID)
	}
	var ctls []ldap.Control
	if !c.set.NoManage {
		ctls = append(ctls, ldap.NewControlManageDsaIT(true))
	}
	return ldap.NewSearchRequest(c.set.Base, scopes[c.set.Scope], ldap.NeverDerefAliases, 0, c.set.TimeLimit, false, c.set.Filter, attrs, ctls)
}

// session is one connection: one refresh, and what follows it.
func (c *Consumer) session(ctx context.Context) error {
	cookie, err := c.cookie(ctx)
	if err != nil {
		return err
	}
	c.status.set(func(s *Status) { s.Phase, s.NextConnect = PhaseConnect, time.Time{} })
	conn, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	mode := ldap.SyncRequestModeRefreshOnly
	if c.set.Persist {
		mode = ldap.SyncRequestModeRefreshAndPersist
	}
	var sent []byte
	if cookie.text != "" {
		sent = []byte(cookie.text)
	}
	r := &run{c: c, ctx: ctx, cookie: cookie, initial: sent == nil, present: map[csn.UUID]bool{}}
	if err := r.resume(); err != nil {
		return err
	}
	now := time.Now()
	c.status.set(func(s *Status) {
		s.Phase, s.Connected, s.LastConnect, s.Begun, s.Sent, s.Refreshed = PhaseRefresh, c.set.Provider, now, now, cookie.text, 0
	})
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	err = r.follow(conn.Syncrepl(inner, c.request(), 64, mode, sent, false))
	if ldap.IsErrorWithCode(err, uint16(csn.RefreshRequired)) {
		// The copy stays; what everything is compared with is the next load.
		c.fresh = true
	}
	return err
}
