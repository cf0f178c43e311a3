package sync

import (
	"sync/atomic"

	"libslapi/server/backend"
)

// DefaultSessionLog is how many changes the log keeps when nothing is said.
const DefaultSessionLog = 10000

// Settings of a provider (overlay syncprov).
type Settings struct {
	Enabled    bool // RFC 4533 is offered and the log is kept
	SessionLog int
	// NoPresent: never answer with a present phase; ReloadHint: nor when the
	// log does not reach back. The consumer must load everything anew instead.
	NoPresent, ReloadHint bool
	// Multi: other servers make changes, too (multiprovider on). Deletes are
	// remembered, and consumers that know more than we do are served.
	Multi bool
}

// Provider serves those who follow one database.
type Provider struct {
	Broker
	settings atomic.Pointer[Settings]
	shares   atomic.Bool
}

// NewProvider makes a Provider that offers nothing but the broker.
func NewProvider() *Provider {
	p := &Provider{}
	p.settings.Store(&Settings{})
	return p
}

// Configure changes the settings.
func (p *Provider) Configure(s Settings) { p.settings.Store(&s) }

// Settings gives those in force.
func (p *Provider) Settings() Settings {
	if p == nil {
		return Settings{}
	}
	return *p.settings.Load()
}

// Prepare is called at the end of a transaction, before its commit: it writes
// the log and takes the transaction's place in the order of commits. The
// ticket must be settled, also after an error elsewhere; it is nil where the
// database itself tells of its commits (backend.Shared). before and after are
// the context CSNs around the transaction.
func (p *Provider) Prepare(tx backend.Txn, changes []Change, gone []Deleted, before, after Vector) (*Ticket, error) {
	changes = Combine(changes)
	if t, ok := tx.(backend.TableTxn); ok && p.Settings().Enabled {
		if err := appendLog(t, changes, before, after, p.Settings().SessionLog); err != nil {
			return nil, err
		}
	}
	if p.Settings().Multi {
		if err := keepTombstones(tx, changes); err != nil {
			return nil, err
		}
	}
	b := &Batch{Before: before, Gone: gone, Changes: changes, Context: after}
	if m, ok := tx.(backend.MetaView); ok {
		b.Generation = m.Generation()
	}
	b.order()
	if a, ok := tx.(backend.Announcer); ok {
		if !p.Settings().Enabled {
			return nil, nil
		}
		return nil, a.Announce(encodeBatch(b))
	}
	return p.Enter(b), nil
}
