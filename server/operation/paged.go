package operation

import (
	"crypto/rand"
	"encoding/hex"
	"sync"

	"libslapi/server/ber"
	"libslapi/server/filter"
	"libslapi/server/wire"
)

// Paged results (RFC 2696). The first page finds all names; the pages after it
// read the entries anew by name, so that nothing of the database is held
// between them.

type pagedRequest struct {
	size   int
	cookie string
}

// pagedTable holds the searches that wait for their next page, one a
// connection and cookie.
type pagedTable struct {
	mu   sync.Mutex
	next map[uint64]map[string]*pagedState
}

type pagedState struct {
	key   string // what the search asked, to refuse another one with its cookie
	names []string
	sent  int
}

// maxPagedSearches bounds the searches that one connection may leave waiting.
const maxPagedSearches = 16

func (t *pagedTable) take(conn uint64, cookie string) *pagedState {
	t.mu.Lock()
	defer t.mu.Unlock()
	st := t.next[conn][cookie]
	delete(t.next[conn], cookie)
	return st
}

func (t *pagedTable) put(conn uint64, cookie string, st *pagedState) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next == nil {
		t.next = map[uint64]map[string]*pagedState{}
	}
	if t.next[conn] == nil {
		t.next[conn] = map[string]*pagedState{}
	}
	if len(t.next[conn]) >= maxPagedSearches {
		return false
	}
	t.next[conn][cookie] = st
	return true
}

func (t *pagedTable) forget(conn uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.next, conn)
}

// pager cuts one search into pages.
type pager struct {
	size    int
	state   *pagedState
	resumed bool
	limit   int // the search's own size limit, over all pages; -1 none
}

func (s *Server) newPager(x *searcher) (*pager, error) {
	req := stateOf(x.op).ctl.paged
	if req == nil || x.op.Internal {
		return nil, nil
	}
	p := x.op.Search
	key := x.op.Target.Norm + "\x00" + scopeName(p.Scope) + "\x00" + p.Filter.String()
	pg := &pager{size: req.size, limit: p.SizeLimit, state: &pagedState{key: key}}
	if req.cookie != "" {
		st := s.paged.take(connID(x.op), req.cookie)
		if st == nil || st.key != key {
			return nil, wire.Errorf(wire.ProtocolError, "paged results cookie is invalid")
		}
		pg.state, pg.resumed = st, true
		if req.size == 0 { // the client gives the search up
			pg.state.names = nil
		}
	}
	if pg.limit >= 0 {
		pg.limit -= pg.state.sent
	}
	x.op.Search.SizeLimit = -1 // the pager counts
	return pg, nil
}

// close sends the first page of what walk collected.
func (pg *pager) close(x *searcher) error {
	names := make([]string, len(x.collect))
	for i, e := range x.collect {
		names[i] = e.Name.Norm
	}
	pg.state.names = names
	x.collect = nil
	return pg.next(x)
}

// next sends one page and the control that leads to the next.
func (pg *pager) next(x *searcher) error {
	op := x.op
	first := op.EntriesSent
	var limit error
	for len(pg.state.names) > 0 && op.EntriesSent-first < pg.size {
		if op.Abandoned.Load() || x.err != nil {
			break
		}
		if pg.limit >= 0 && op.EntriesSent-first >= pg.limit {
			limit = &wire.Error{Result: wire.Result{Code: wire.SizeLimitExceeded}}
			pg.state.names = nil
			break
		}
		name := pg.state.names[0]
		pg.state.names = pg.state.names[1:]
		e, err := x.v.Lookup(name)
		if err != nil {
			return err
		}
		if e == nil {
			continue // gone since the first page
		}
		if t, err := x.filter.Match(e, x.comp.env()); err != nil || t != filter.True {
			continue
		}
		x.send(x.comp.withContext(e))
	}
	pg.state.sent += op.EntriesSent - first
	if limit != nil {
		return limit
	}
	cookie := ""
	if len(pg.state.names) > 0 && x.err == nil {
		cookie = newCookie()
		if !x.s.paged.put(connID(op), cookie, pg.state) {
			return wire.Errorf(wire.UnwillingToPerform, "too many paged searches on this connection")
		}
	}
	if pg.resumed && x.ordered() {
		op.ResponseControls = append(op.ResponseControls, sortControl())
	}
	op.ResponseControls = append(op.ResponseControls, pagedControl(len(pg.state.names), cookie))
	return x.err
}

func pagedControl(estimate int, cookie string) wire.Control {
	b := ber.NewBuilder(nil)
	m := b.Begin(ber.TagSequence)
	b.Int(ber.TagInteger, int64(estimate))
	b.String(ber.TagOctetString, cookie)
	b.End(m)
	return wire.Control{OID: ControlPaged, HasValue: true, Value: b.Bytes()}
}

func newCookie() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
