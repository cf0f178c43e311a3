package syncrepl

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// Errors that a caller may want to tell apart with errors.Is.
var (
	// ErrClosed is returned by every method after Unbind.
	ErrClosed = errors.New("syncrepl: the client is closed")
	// ErrBusy is returned when Run, Poll or Events is called while another of
	// them is at work on the same client.
	ErrBusy = errors.New("syncrepl: the client is already running")
	// ErrMassDelete is matched by a *MassDeleteError.
	ErrMassDelete = errors.New("syncrepl: too many entries would be deleted")
	// ErrSearchChanged is matched by a *SearchChangedError.
	ErrSearchChanged = errors.New("syncrepl: the store belongs to another search")
	// ErrRefreshRequired is in the chain of the error when the server refuses
	// even a search without a cookie with e-syncRefreshRequired (4096).
	ErrRefreshRequired = errors.New("syncrepl: the server wants a refresh without a cookie")
	// ErrProtocol is matched by a *ProtocolError.
	ErrProtocol = errors.New("syncrepl: the server broke the protocol")
	// ErrDisconnected is in the chain of the error when the connection was lost.
	ErrDisconnected = errors.New("syncrepl: connection lost")
	// ErrStoreLocked is in the chain when another process has the file open.
	ErrStoreLocked = errors.New("syncrepl: the store is in use by another process")
	// ErrStoreVersion is in the chain when a newer version wrote the store.
	ErrStoreVersion = errors.New("syncrepl: the store was written by a newer version")
	// ErrReadOnly is returned by a store that was opened for reading.
	ErrReadOnly = errors.New("syncrepl: the store is open for reading only")
)

// ConfigError says which field of a Config is wrong.
type ConfigError struct {
	Field  string
	Reason string
}

func (e *ConfigError) Error() string { return "syncrepl: " + e.Field + ": " + e.Reason }

// URLError says what is wrong with an LDAP URL. The URL itself is not repeated,
// since it may hold a password.
type URLError struct{ Reason string }

func (e *URLError) Error() string { return "syncrepl: LDAP URL: " + e.Reason }

// ConnectError is a failure to reach the server or to start TLS.
type ConnectError struct {
	Server string // scheme, host and port
	Op     string // "connect", "StartTLS" or "TLS"
	Err    error
}

func (e *ConnectError) Error() string {
	return fmt.Sprintf("syncrepl: %s %s: %v", e.Op, e.Server, e.Err)
}

func (e *ConnectError) Unwrap() error { return e.Err }

// BindError is a bind that the server refused or that could not be done. Its
// cause is an *ldap.Error when the server answered.
type BindError struct {
	Method string // "simple", "anonymous", "EXTERNAL", "GSSAPI"
	Err    error
}

func (e *BindError) Error() string { return "syncrepl: " + e.Method + " bind: " + e.Err.Error() }
func (e *BindError) Unwrap() error { return e.Err }

// ResultError is a result other than success at the end of the search. It
// unwraps to an *ldap.Error, so ldap.IsErrorWithCode works on it.
type ResultError struct {
	Code      uint16
	MatchedDN string
	Text      string   // the server's diagnostic message
	Referrals []string // URLs of a referral result
}

func (e *ResultError) Error() string {
	name := ldap.LDAPResultCodeMap[e.Code]
	if e.Code == codeRefreshRequired {
		name = "e-syncRefreshRequired"
	}
	if name == "" {
		name = "unknown result"
	}
	s := fmt.Sprintf("syncrepl: search: %d %s", e.Code, name)
	if e.Text != "" {
		s += ": " + e.Text
	}
	return s
}

// Unwrap gives the same as go-ldap would.
func (e *ResultError) Unwrap() []error {
	out := []error{&ldap.Error{ResultCode: e.Code, MatchedDN: e.MatchedDN, Err: errors.New(e.Text)}}
	if e.Code == codeRefreshRequired {
		out = append(out, ErrRefreshRequired)
	}
	return out
}

// ProtocolError is a message of the server that RFC 4511 or RFC 4533 does not allow.
type ProtocolError struct{ Reason string }

func (e *ProtocolError) Error() string        { return "syncrepl: protocol error: " + e.Reason }
func (e *ProtocolError) Is(target error) bool { return target == ErrProtocol }

// HandlerError is an error that a callback returned. The transaction it was
// called in was rolled back.
type HandlerError struct {
	Callback string // name of the Handler's method
	DN       string // of the entry, if the callback is about one
	Err      error
}

func (e *HandlerError) Error() string {
	if e.DN == "" {
		return fmt.Sprintf("syncrepl: %s callback: %v", e.Callback, e.Err)
	}
	return fmt.Sprintf("syncrepl: %s callback for %q: %v", e.Callback, e.DN, e.Err)
}

func (e *HandlerError) Unwrap() error { return e.Err }

// StoreError is a failure of the store.
type StoreError struct {
	Op  string
	Err error
}

func (e *StoreError) Error() string { return "syncrepl: store: " + e.Op + ": " + e.Err.Error() }
func (e *StoreError) Unwrap() error { return e.Err }

func storeErr(op string, err error) error {
	if err == nil {
		return nil
	}
	var se *StoreError
	if errors.As(err, &se) {
		return err
	}
	return &StoreError{Op: op, Err: err}
}

// MassDeleteError says that a refresh would have deleted more than the Guard
// allows. Nothing was deleted and the cookie is unchanged.
type MassDeleteError struct {
	Deletes int // entries that would go
	Stored  int // entries in the copy
	Guard   Guard
}

func (e *MassDeleteError) Error() string {
	return fmt.Sprintf("syncrepl: refused to delete %d of %d entries", e.Deletes, e.Stored)
}
func (e *MassDeleteError) Is(target error) bool { return target == ErrMassDelete }

// SearchChangedError says that the store was filled by another search and that
// Config.RefuseChangedSearch forbids to bring it up to the new one.
type SearchChangedError struct{ Stored, Wanted string }

func (e *SearchChangedError) Error() string {
	return fmt.Sprintf("syncrepl: the store holds %s, not %s", e.Stored, e.Wanted)
}
func (e *SearchChangedError) Is(target error) bool { return target == ErrSearchChanged }

// redactURL is the URL without anything that could be a secret.
func redactURL(raw string) string {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return "ldap URL"
	}
	host, _, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, "?")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	if h, err := url.PathUnescape(host); err == nil {
		host = h
	}
	return scheme + "://" + host
}
