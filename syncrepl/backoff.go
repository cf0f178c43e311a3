package syncrepl

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// Backoff says how long Run pauses before it connects again: First, then Factor
// times as long each time, up to Max, each shortened at random by up to the
// Jitter fraction, so that many clients do not come back at once. A completed
// refresh starts it over.
type Backoff struct {
	First  time.Duration
	Max    time.Duration
	Factor float64
	Jitter float64 // 0 to 1
	Tries  int     // in a row; 0: for ever
}

// DefaultBackoff pauses 1 s to 2 min, for ever.
var DefaultBackoff = Backoff{First: time.Second, Max: 2 * time.Minute, Factor: 2, Jitter: 0.5}

// Retry is one decision to try again.
type Retry struct {
	Err   error
	Try   int // 1 for the first
	Pause time.Duration
}

// pause is that before the n-th try, counted from 1.
func (b Backoff) pause(n int) time.Duration {
	d := float64(b.First)
	factor := max(b.Factor, 1)
	for ; n > 1 && (b.Max <= 0 || d < float64(b.Max)); n-- {
		d *= factor
		if d > float64(24*time.Hour) {
			break
		}
	}
	if b.Max > 0 {
		d = min(d, float64(b.Max))
	}
	return time.Duration(d * (1 - rand.Float64()*min(max(b.Jitter, 0), 1)))
}

// Transient reports whether trying again later may help: a lost or refused
// connection, a broken message, a server that is busy, unavailable or shutting
// down. Wrong credentials, missing rights, a missing base, a failing store or
// callback and the Guard are not.
func Transient(err error) bool {
	var (
		handler *HandlerError
		store   *StoreError
		config  *ConfigError
		bind    *BindError
		le      *ldap.Error
	)
	switch {
	case err == nil, errors.As(err, &handler), errors.As(err, &store), errors.As(err, &config):
		return false
	case errors.Is(err, ErrClosed), errors.Is(err, ErrMassDelete), errors.Is(err, ErrSearchChanged),
		errors.Is(err, ErrRefreshRequired), errors.Is(err, context.Canceled):
		return false
	case errors.Is(err, ErrDisconnected), errors.Is(err, ErrProtocol):
		return true
	case errors.As(err, &le):
		switch le.ResultCode {
		case ldap.LDAPResultBusy, ldap.LDAPResultUnavailable, ldap.LDAPResultTimeLimitExceeded,
			ldap.LDAPResultAdminLimitExceeded, ldap.LDAPResultOperationsError, ldap.LDAPResultOther,
			ldap.LDAPResultServerDown, ldap.ErrorNetwork, ldap.LDAPResultLocalError:
			return true
		}
		return false
	case errors.As(err, &bind):
		return false
	}
	return true
}
