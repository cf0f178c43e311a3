package replica

import (
	"sync"
	"time"

	csn "libslapi/server/sync"
)

// Phases of a consumer.
const (
	PhaseIdle    = "idle"       // between two sessions
	PhaseConnect = "connecting" // until the search is sent
	PhaseRefresh = "refreshing"
	PhaseFollow  = "following" // the persist stage
	PhaseEnded   = "given up"
)

// Status is what a consumer does.
type Status struct {
	Set       *Settings
	Phase     string
	Connected string // the provider's address, while there is a connection

	Received  uint64    // entries and deletes since the start
	Refreshed int       // entries and UUIDs of the refresh under way, or of the last one
	Refreshes int       // that came to their end
	Begun     time.Time // of the refresh under way

	LastConnect, NextConnect, LastContact time.Time
	// InSync is when the copy was last known to have all that the provider has;
	// Delay how long the last change took from its CSN to its place in the copy.
	InSync time.Time
	Delay  time.Duration
	Sent   string // cookies
	Cookie string
	Error  string // why the last session ended
}

// Lag is for how long the copy has not been known to be complete.
func (s *Status) Lag() time.Duration {
	if s.InSync.IsZero() {
		return 0
	}
	if s.Phase == PhaseFollow {
		return 0
	}
	return time.Since(s.InSync)
}

type status struct {
	mu sync.Mutex
	Status
}

func (s *status) set(f func(*Status)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.Status)
}

// Status gives what the consumer does now.
func (c *Consumer) Status() Status {
	c.status.mu.Lock()
	defer c.status.mu.Unlock()
	return c.status.Status
}

// applied notes a change of the persist stage.
func (c *Consumer) applied(n csn.CSN) {
	if n.IsZero() {
		return
	}
	c.status.set(func(s *Status) { s.Delay = max(time.Since(n.Time), 0) })
}
