package frontend

import (
	"sync"
	"sync/atomic"
	"time"
)

// sweepInterval is the time between two looks at the connections while there
// is work; without work the sweeper looks once a second for timeouts alone.
const sweepInterval = 3 * time.Millisecond

// sweeper is the one goroutine that watches the clock for all connections, so
// that no operation and no write needs a timer of its own.
type sweeper struct {
	tick  atomic.Int64 // number of the present sweep, from 1
	idle  atomic.Bool  // asleep until wake or the next second
	bell  chan struct{}
	quit  chan struct{}
	ended chan struct{}
	once  sync.Once
}

func (w *sweeper) init() {
	w.tick.Store(1)
	w.idle.Store(true)
	w.bell = make(chan struct{}, 1)
	w.quit = make(chan struct{})
	w.ended = make(chan struct{})
}

// wake tells the sweeper that there is something to watch.
func (w *sweeper) wake() {
	if w.idle.Load() && w.idle.CompareAndSwap(true, false) {
		select {
		case w.bell <- struct{}{}:
		default:
		}
	}
}

func (w *sweeper) stop() {
	w.once.Do(func() { close(w.quit) })
	<-w.ended
}

// sweep runs until sweeper.stop. In each round it gives the reader's role of
// a connection whose reader has been running one operation since an earlier
// round to a new goroutine, and writes answers that have waited as long. Once
// a second it looks for connections that idle or do not take their answers.
func (s *Server) sweep() {
	w := &s.sweeper
	defer close(w.ended)
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	quiet := 0
	slow := time.Now()
	for {
		pause := sweepInterval
		if quiet > 8 {
			w.idle.Store(true)
			// Work that began before idle was set did not ring.
			if s.sweepOnce(w.tick.Load()) {
				w.idle.Store(false)
				quiet = 0
			} else {
				pause = time.Second
			}
		}
		timer.Reset(pause)
		select {
		case <-w.quit:
			return
		case <-w.bell:
			quiet = 0
			continue // a full interval before the first look
		case <-timer.C:
		}
		if s.sweepOnce(w.tick.Add(1)) {
			w.idle.Store(false)
			quiet = 0
		} else {
			quiet++
		}
		if now := time.Now(); now.Sub(slow) >= time.Second || pause == time.Second {
			slow = now
			s.sweepTimeouts(now)
		}
	}
}

// sweepOnce looks after all connections and tells whether any had work under
// way.
func (s *Server) sweepOnce(tick int64) (busy bool) {
	s.conns.each(func(c *conn) {
		if since := c.inline.Load(); since != 0 {
			busy = true
			if since < tick && c.inline.CompareAndSwap(since, 0) {
				go c.read()
			}
		}
		if since := c.out.dirty.Load(); since != 0 {
			busy = true
			if since < tick && c.out.writing.Load() == 0 {
				go c.out.flush()
			}
		}
	})
	return busy
}

func (s *Server) sweepTimeouts(now time.Time) {
	var stuck, idle, slow []*conn
	limit := time.Duration(s.idle.Load())
	s.conns.each(func(c *conn) {
		if t := c.out.writing.Load(); t != 0 && s.opt.WriteTimeout > 0 && now.Sub(time.Unix(0, t)) > s.opt.WriteTimeout {
			stuck = append(stuck, c)
		} else if t := c.partial.Load(); t != 0 && s.tooSlow(c, now.Sub(time.Unix(0, t))) {
			slow = append(slow, c)
		} else if limit > 0 && now.Sub(time.Unix(0, c.active.Load())) > limit {
			idle = append(idle, c)
		}
	})
	for _, c := range stuck {
		c.kill("write timeout")
	}
	for _, c := range slow {
		c.kill("message timeout")
	}
	for _, c := range idle {
		if c.quiet() {
			c.kill("idletimeout")
		}
	}
}

// tooSlow tells whether a message has been on its way for too long. Who is bound
// to a name may send larger ones.
func (s *Server) tooSlow(c *conn, took time.Duration) bool {
	limit := s.opt.MessageTimeout
	if c.authed.Load() {
		limit *= 10
	}
	return limit > 0 && took > limit
}
