package frontend

import (
	"math/bits"
	"sync/atomic"
	"time"

	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// kindCount is how many kinds of operations there are; see kindIndex.
const kindCount = 10

// kindIndex is the place of a kind in the counters.
func kindIndex(k plugin.Kind) int { return bits.TrailingZeros(uint(k)) }

// counters count what happened on one connection. Each connection has its own,
// so that counting costs no traffic between processors; they are added up when
// somebody asks.
type counters struct {
	initiated, completed [kindCount]atomic.Uint64
	bytes, pdus          atomic.Uint64 // sent
	received             atomic.Uint64 // requests
	entries, refs        atomic.Uint64
}

// Stats are the figures of a server since it began.
type Stats struct {
	Connections           uint64 // accepted so far
	Current               int    // open
	Initiated, Completed  map[plugin.Kind]uint64
	Received              uint64 // requests
	Bytes, PDUs           uint64 // sent
	Entries, Referrals    uint64 // sent
	Running, Waiting      int    // operations
	WriteWaiters, Maximum int    // connections that a write waits on; operations at a time on one connection
}

// ConnStats are the figures of one open connection.
type ConnStats struct {
	ID                                      uint64
	Protocol                                int
	AuthDN                                  string // "" for nobody
	ListenURL, Peer, Local                  string
	Received, Executing, Pending, Completed uint64
	Bytes, PDUs, Entries                    uint64
	Opened, Active                          time.Time
	Reading, Writing, Executes, TLS, LDAPI  bool
}

// Kinds are the kinds of operations in the order of their counters.
var Kinds = []plugin.Kind{
	plugin.KindBind, plugin.KindUnbind, plugin.KindSearch, plugin.KindCompare, plugin.KindModify, plugin.KindModDN,
	plugin.KindAdd, plugin.KindDelete, plugin.KindAbandon, plugin.KindExtended,
}

// totals are counters as plain numbers.
type totals struct {
	initiated, completed                 [kindCount]uint64
	bytes, pdus, received, entries, refs uint64
}

func (t *totals) add(c *counters) {
	for i := range c.initiated {
		// completed is read first: it never runs ahead
		t.completed[i] += c.completed[i].Load()
		t.initiated[i] += c.initiated[i].Load()
	}
	t.bytes += c.bytes.Load()
	t.pdus += c.pdus.Load()
	t.received += c.received.Load()
	t.entries += c.entries.Load()
	t.refs += c.refs.Load()
}

// Stats adds up the figures.
func (s *Server) Stats() Stats {
	out := Stats{Initiated: map[plugin.Kind]uint64{}, Completed: map[plugin.Kind]uint64{}, Maximum: s.opt.MaxConcurrent}
	s.conns.mu.Lock()
	t := s.conns.ended
	list := append([]*conn(nil), s.conns.all...)
	for _, c := range list {
		t.add(&c.count)
	}
	s.conns.mu.Unlock()
	out.Connections, out.Current = s.nextID.Load()-firstID, len(list)
	for _, k := range Kinds {
		out.Initiated[k], out.Completed[k] = t.initiated[kindIndex(k)], t.completed[kindIndex(k)]
	}
	out.Received, out.Bytes, out.PDUs, out.Entries, out.Referrals = t.received, t.bytes, t.pdus, t.entries, t.refs
	for _, c := range list {
		c.mu.Lock()
		out.Running += max(0, len(c.ops)-len(c.queue))
		out.Waiting += len(c.queue)
		c.mu.Unlock()
		if c.out.writing.Load() != 0 {
			out.WriteWaiters++
		}
	}
	return out
}

// ConnectionStats are the figures of all open connections, without order.
func (s *Server) ConnectionStats() []ConnStats {
	var out []ConnStats
	for _, c := range s.conns.list() {
		x := ConnStats{
			ID: c.pc.ID, ListenURL: c.pc.ListenURL, Local: c.lis.name, Peer: c.lis.name, LDAPI: c.lis.unix, Opened: c.pc.Opened,
			Protocol: 3, Received: c.count.received.Load(), Bytes: c.count.bytes.Load(), PDUs: c.count.pdus.Load(),
			Entries: c.count.entries.Load(), Active: time.Unix(0, c.active.Load()), Writing: c.out.writing.Load() != 0,
			TLS: c.lis.tls,
		}
		if !c.lis.unix {
			x.Peer = "IP=" + c.pc.Remote.String()
		}
		if b := c.bound.Load(); b != nil {
			x.AuthDN, x.Protocol = b.dn, b.version
		}
		for i := range c.count.completed {
			x.Completed += c.count.completed[i].Load()
		}
		c.mu.Lock()
		x.Pending = uint64(len(c.queue))
		x.Executing = uint64(max(0, len(c.ops)-len(c.queue)))
		c.mu.Unlock()
		x.Reading = !c.stopping.Load()
		x.Executes = x.Executing > 0
		out = append(out, x)
	}
	return out
}

// boundAs is what the last bind made of a connection, for onlookers.
type boundAs struct {
	dn      string
	version int
}

// noteBound shows the state after a bind to onlookers.
func (c *conn) noteBound() {
	c.bound.Store(&boundAs{dn: c.pc.AuthDN.Pretty, version: c.pc.Version})
}

// kindOf is the kind of a request.
func kindOf(op wire.Request) plugin.Kind {
	switch op.(type) {
	case *wire.BindRequest:
		return plugin.KindBind
	case *wire.UnbindRequest:
		return plugin.KindUnbind
	case *wire.SearchRequest:
		return plugin.KindSearch
	case *wire.ModifyRequest:
		return plugin.KindModify
	case *wire.AddRequest:
		return plugin.KindAdd
	case *wire.DelRequest:
		return plugin.KindDelete
	case *wire.ModifyDNRequest:
		return plugin.KindModDN
	case *wire.CompareRequest:
		return plugin.KindCompare
	case *wire.AbandonRequest:
		return plugin.KindAbandon
	}
	return plugin.KindExtended
}
