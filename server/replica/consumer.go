package replica

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"time"

	"github.com/go-ldap/ldap/v3"

	"libslapi/server/backend"
	"libslapi/server/operation"
	csn "libslapi/server/sync"
)

// Consumer follows one provider.
type Consumer struct {
	s   *operation.Server
	db  backend.Backend
	set *Settings
	log *slog.Logger

	// ids finds the entries of the copy by their UUID. The consumer is the only
	// one who writes, so it is right as long as it runs.
	ids map[csn.UUID]uint64
	// fresh: the provider said that its cookie is of no use any more.
	fresh bool
}

// New makes a Consumer that writes through s into db.
func New(s *operation.Server, db backend.Backend, set *Settings, log *slog.Logger) *Consumer {
	return &Consumer{s: s, db: db, set: set, log: log.With("rid", fmt.Sprintf("%03d", set.RID), "provider", set.Provider)}
}

func (c *Consumer) key() string { return fmt.Sprintf("syncrepl-%03d", c.set.RID) }

// Run follows the provider until ctx ends.
func (c *Consumer) Run(ctx context.Context) {
	step, tries := 0, 0
	for ctx.Err() == nil {
		begun := time.Now()
		err := c.session(ctx)
		if ctx.Err() != nil {
			return
		}
		wait := c.set.Interval
		if err == nil {
			step, tries = 0, 0
		} else {
			if time.Since(begun) > time.Minute {
				step, tries = 0, 0
			}
			r := c.set.Retry[step]
			if tries++; r.Times >= 0 && tries >= r.Times {
				if step+1 < len(c.set.Retry) {
					step, tries = step+1, 0
				} else {
					c.log.Error("replication given up", "error", err.Error())
					return
				}
			}
			wait = r.Wait
			c.log.Warn("replication interrupted", "error", err.Error(), "retry", wait.String())
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

func (c *Consumer) tlsConfig() (*tls.Config, error) {
	t := &tls.Config{}
	if u, err := url.Parse(c.set.Provider); err == nil {
		t.ServerName = u.Hostname()
	}
	switch c.set.ReqCert {
	case "never", "allow":
		t.InsecureSkipVerify = true
	}
	if c.set.CACert != "" {
		pem, err := os.ReadFile(c.set.CACert)
		if err != nil {
			return nil, err
		}
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", c.set.CACert)
		}
	}
	return t, nil
}

func (c *Consumer) connect() (*ldap.Conn, error) {
	t, err := c.tlsConfig()
	if err != nil {
		return nil, err
	}
	conn, err := ldap.DialURL(c.set.Provider, ldap.DialWithTLSConfig(t), ldap.DialWithDialer(&net.Dialer{Timeout: c.set.Timeout}))
	if err != nil {
		return nil, err
	}
	conn.SetTimeout(c.set.Timeout)
	if c.set.StartTLS != "" {
		if err := conn.StartTLS(t); err != nil && c.set.StartTLS == "critical" {
			conn.Close()
			return nil, err
		}
	}
	if c.set.BindDN != "" {
		if err := conn.Bind(c.set.BindDN, c.set.Password); err != nil {
			conn.Close()
			return nil, err
		}
	}
	conn.SetTimeout(0)
	return conn, nil
}

var scopes = map[string]int{"base": ldap.ScopeBaseObject, "one": ldap.ScopeSingleLevel, "sub": ldap.ScopeWholeSubtree, "subord": 3}

// errEarly is a search that ended without saying so.
var errEarly = errors.New("the search ended without a result")

// session is one connection: one refresh, and what follows it.
func (c *Consumer) session(ctx context.Context) error {
	if c.ids == nil {
		if err := c.load(ctx); err != nil {
			return err
		}
	}
	cookie, err := c.cookie(ctx)
	if err != nil {
		return err
	}
	conn, err := c.connect()
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
	req := ldap.NewSearchRequest(c.set.Base, scopes[c.set.Scope], ldap.NeverDerefAliases, 0, c.set.TimeLimit, false, c.set.Filter,
		c.set.Attrs, []ldap.Control{ldap.NewControlManageDsaIT(true)})
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	res := conn.Syncrepl(inner, req, 64, mode, sent, false)
	r := &run{c: c, ctx: ctx, cookie: cookie, initial: sent == nil, present: map[csn.UUID]bool{}}
	for res.Next() {
		if err := r.message(res); err != nil {
			return err
		}
	}
	if err := res.Err(); err != nil {
		if ldap.IsErrorWithCode(err, uint16(csn.RefreshRequired)) {
			// The copy stays; what everything is compared with is the next load.
			c.fresh = true
		}
		return err
	}
	if !r.done {
		return errEarly
	}
	return nil
}
