package syncrepl

import (
	"context"

	"github.com/go-ldap/ldap/v3"
)

// Handler hears what happens. All methods are called by the goroutine that is in
// Run, Poll or Events, one at a time, so they need no locks against each other.
// An error ends the run: the transaction is rolled back and the error comes back
// as a *HandlerError. A callback must not call Run, Poll or Unbind.
//
// Embed [Base] to write only the methods that matter, or use [Funcs].
type Handler interface {
	// BindDone: bound, before the search. The place for a who-am-I check. The
	// connection is the client's own; it must not be kept or closed.
	BindDone(ctx context.Context, conn *ldap.Conn) error
	// RefreshDone: the copy equals the content that the server announced.
	// tx.Entries gives all of it.
	RefreshDone(tx Tx) error
	// CookieChanged: the cookie that is stored in this transaction.
	CookieChanged(tx Tx, cookie string) error
	// Add: an entry has come into the content.
	Add(tx Tx, entry *Entry) error
	// Delete: an entry has left the content, by deletion, by a change that the
	// filter no longer matches, by a move or by lack of rights. The entry is the
	// one that was stored.
	Delete(tx Tx, entry *Entry) error
	// Rename: an entry has another DN; entry is as it is now. If attributes
	// changed too, Change follows, with the new DN in both its entries.
	Rename(tx Tx, oldDN string, entry *Entry) error
	// Change: attributes differ. Both entries have the DN of now.
	Change(tx Tx, old, new *Entry) error
}

// Optional callbacks: a Handler that has one of these methods hears of it.
type (
	// ReferralHandler hears of continuation references, which are not content
	// and are otherwise ignored.
	ReferralHandler interface {
		Referral(ctx context.Context, urls []string) error
	}
	// RefreshRequiredHandler hears that the whole content is being loaded again,
	// and why. The copy is kept and compared.
	RefreshRequiredHandler interface {
		RefreshRequired(ctx context.Context, reason Reason) error
	}
	// DisconnectHandler hears of an error after which Run will try again.
	DisconnectHandler interface {
		Disconnected(ctx context.Context, r Retry)
	}
	// MassDeleteHandler is asked when the Guard would stop a refresh. True lets
	// it delete.
	MassDeleteHandler interface {
		AllowMassDelete(ctx context.Context, err *MassDeleteError) bool
	}
	// CommitHandler hears of each commit, and once before each connection. No
	// transaction is open then, and Access opens one. Outbox is one.
	CommitHandler interface {
		Committed(ctx context.Context, access Access) error
	}
	// ProgressHandler hears how a refresh goes on: now and then, and at its end.
	ProgressHandler interface {
		Progress(p Progress)
	}
)

// Access opens transactions on the store outside of the other callbacks.
type Access struct {
	View   func(func(Tx) error) error
	Update func(func(Tx) error) error
}

// Reason says why the whole content is loaded again.
type Reason string

// The reasons.
const (
	ReasonServer      Reason = "the server answered e-syncRefreshRequired"
	ReasonSearch      Reason = "the search or the identity has changed"
	ReasonInterrupted Reason = "an earlier refresh was cut short"
	ReasonIncomplete  Reason = "the server named entries present that the copy lacks"
	ReasonAsked       Reason = "the caller asked for it"
)

// Progress counts the messages of a refresh.
type Progress struct {
	Entries int // entries received
	Present int // entries named present and unchanged
	Deletes int // entries named deleted
	Done    bool
}

// Base is a Handler that does nothing.
type Base struct{}

var _ Handler = Base{}

// BindDone does nothing, as do the others.
func (Base) BindDone(context.Context, *ldap.Conn) error { return nil }
func (Base) RefreshDone(Tx) error                       { return nil }
func (Base) CookieChanged(Tx, string) error             { return nil }
func (Base) Add(Tx, *Entry) error                       { return nil }
func (Base) Delete(Tx, *Entry) error                    { return nil }
func (Base) Rename(Tx, string, *Entry) error            { return nil }
func (Base) Change(Tx, *Entry, *Entry) error            { return nil }

// Funcs is a Handler, with all optional callbacks, made of functions. Those that
// are nil are not called.
type Funcs struct {
	OnBindDone        func(ctx context.Context, conn *ldap.Conn) error
	OnRefreshDone     func(tx Tx) error
	OnCookieChanged   func(tx Tx, cookie string) error
	OnAdd             func(tx Tx, entry *Entry) error
	OnDelete          func(tx Tx, entry *Entry) error
	OnRename          func(tx Tx, oldDN string, entry *Entry) error
	OnChange          func(tx Tx, old, new *Entry) error
	OnReferral        func(ctx context.Context, urls []string) error
	OnRefreshRequired func(ctx context.Context, reason Reason) error
	OnDisconnected    func(ctx context.Context, r Retry)
	OnMassDelete      func(ctx context.Context, err *MassDeleteError) bool
	OnProgress        func(p Progress)
}

var (
	_ Handler                = (*Funcs)(nil)
	_ ReferralHandler        = (*Funcs)(nil)
	_ RefreshRequiredHandler = (*Funcs)(nil)
	_ DisconnectHandler      = (*Funcs)(nil)
	_ MassDeleteHandler      = (*Funcs)(nil)
	_ ProgressHandler        = (*Funcs)(nil)
)

// BindDone calls OnBindDone; the others are alike.
func (f *Funcs) BindDone(ctx context.Context, conn *ldap.Conn) error {
	if f.OnBindDone == nil {
		return nil
	}
	return f.OnBindDone(ctx, conn)
}

func (f *Funcs) RefreshDone(tx Tx) error {
	if f.OnRefreshDone == nil {
		return nil
	}
	return f.OnRefreshDone(tx)
}

func (f *Funcs) CookieChanged(tx Tx, cookie string) error {
	if f.OnCookieChanged == nil {
		return nil
	}
	return f.OnCookieChanged(tx, cookie)
}

func (f *Funcs) Add(tx Tx, entry *Entry) error {
	if f.OnAdd == nil {
		return nil
	}
	return f.OnAdd(tx, entry)
}

func (f *Funcs) Delete(tx Tx, entry *Entry) error {
	if f.OnDelete == nil {
		return nil
	}
	return f.OnDelete(tx, entry)
}

func (f *Funcs) Rename(tx Tx, oldDN string, entry *Entry) error {
	if f.OnRename == nil {
		return nil
	}
	return f.OnRename(tx, oldDN, entry)
}

func (f *Funcs) Change(tx Tx, old, new *Entry) error {
	if f.OnChange == nil {
		return nil
	}
	return f.OnChange(tx, old, new)
}

func (f *Funcs) Referral(ctx context.Context, urls []string) error {
	if f.OnReferral == nil {
		return nil
	}
	return f.OnReferral(ctx, urls)
}

func (f *Funcs) RefreshRequired(ctx context.Context, reason Reason) error {
	if f.OnRefreshRequired == nil {
		return nil
	}
	return f.OnRefreshRequired(ctx, reason)
}

func (f *Funcs) Disconnected(ctx context.Context, r Retry) {
	if f.OnDisconnected != nil {
		f.OnDisconnected(ctx, r)
	}
}

func (f *Funcs) AllowMassDelete(ctx context.Context, err *MassDeleteError) bool {
	return f.OnMassDelete != nil && f.OnMassDelete(ctx, err)
}

func (f *Funcs) Progress(p Progress) {
	if f.OnProgress != nil {
		f.OnProgress(p)
	}
}
