package sqldb

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

var errClosed = errors.New("sql: the transaction has ended")

// A group of transactions shares one transaction of the database: when the
// first has said Commit and another one of this server waits for its turn, it
// goes on in the same, and the last one commits for all.

// maxGroup and maxGroupTime bound a group: other servers wait meanwhile.
const (
	maxGroup     = 64
	maxGroupTime = 30 * time.Millisecond
)

// turn is held by the one transaction of this server that writes.
type turn struct {
	mu    sync.Mutex
	held  bool
	queue []chan *group // those who wait, first come first
}

// take waits for the turn. What it returns is the group to go on in; nil: none.
func (t *turn) take(ctx context.Context) (*group, error) {
	t.mu.Lock()
	if !t.held {
		t.held = true
		t.mu.Unlock()
		return nil, nil
	}
	w := make(chan *group, 1)
	t.queue = append(t.queue, w)
	t.mu.Unlock()
	select {
	case g := <-w:
		return g, nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.Index(t.queue, w); i >= 0 {
		t.queue = slices.Delete(t.queue, i, i+1)
		return nil, context.Cause(ctx)
	}
	return <-w, nil // it came at the same moment, and others may wait for the group
}

// pass gives the turn to the next one that waits, with a group to go on in. With
// a group, it stays where it is when nobody waits, and the outcome is false.
func (t *turn) pass(g *group) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 {
		if g == nil {
			t.held = false
		}
		return false
	}
	t.queue[0] <- g
	t.queue = t.queue[1:]
	return true
}

// group is a transaction of the database, and who waits for its commit.
type group struct {
	s       *session
	begun   time.Time
	gen     uint64 // of the state with its changes
	next    uint64 // entry id
	meta    map[string][]byte
	items   map[itemKey][]byte
	no      int // of announcements
	own     [][]byte
	members int
	changed bool

	wait []chan error
}

// newGroup begins one: its first statement waits for the writers of other servers.
func (db *DB) newGroup() *group {
	g := &group{begun: time.Now()}
	g.s = &session{db: db, begin: "BEGIN ISOLATION LEVEL READ COMMITTED", batch: &pgx.Batch{}}
	g.s.firsts = func(b *pgx.Batch) {
		g.items = map[itemKey][]byte{}
		b.Queue(db.q.lock).QueryRow(func(row pgx.Row) error {
			if err := row.Scan(&g.gen, &g.next); err != nil {
				return err
			}
			g.gen++
			return nil
		})
		db.queueMeta(b, &g.meta)
		hot := db.hot.list()
		if len(hot) == 0 {
			return
		}
		tabs, keys := make([]string, len(hot)), make([][]byte, len(hot))
		for i, k := range hot {
			tabs[i], keys[i] = k.table, []byte(k.key)
		}
		b.Queue(db.q.items, tabs, keys).Query(func(rows pgx.Rows) error {
			for _, k := range hot {
				g.items[k] = nil
			}
			for rows.Next() {
				var tab string
				var k, v []byte
				if err := rows.Scan(&tab, &k, &v); err != nil {
					return err
				}
				g.items[itemKey{tab, string(k)}] = v
			}
			return rows.Err()
		})
	}
	return g
}

// leave is called by the holder of the turn when its transaction has ended. With
// commit it returns when the changes are durable, or why they are not.
func (g *group) leave(db *DB, ctx context.Context, commit bool) error {
	g.members++
	if g.members < maxGroup && time.Since(g.begun) < maxGroupTime && g.s.broken == nil && g.s.began {
		var mine chan error
		if commit {
			mine = make(chan error, 1)
			g.wait = append(g.wait, mine)
		}
		if db.turn.pass(g) {
			if mine == nil {
				return nil
			}
			return <-mine
		}
		if commit {
			g.wait = g.wait[:len(g.wait)-1]
		}
	}
	// The last one commits. Its successor may begin: the row lock holds it back.
	db.turn.pass(nil)
	err := g.finish(db, ctx)
	for _, w := range g.wait {
		w <- err
	}
	return err
}

// finish ends the transaction of the database.
func (g *group) finish(db *DB, ctx context.Context) error {
	s := g.s
	defer s.drop()
	if s.broken != nil {
		return s.broken
	}
	if !g.changed {
		return nil
	}
	// An answer waits for this: no end of a client's operation may stop it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	s.queue(db.q.setState, int64(g.gen), int64(g.next))
	if db.notifies && len(g.own) > 0 {
		s.queue(db.q.notify, db.channel(), db.node)
	}
	s.queue("COMMIT")
	s.wrote = true
	if err := s.flush(ctx, nil); err != nil {
		return err
	}
	db.feed.committed(g.gen, g.own)
	return nil
}

// hotKeys are the items that transactions have asked for lately: the next one
// reads them together with its first statement.
type hotKeys struct {
	mu   sync.Mutex
	keys []itemKey
}

const maxHot = 8

func (h *hotKeys) use(k itemKey) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, have := range h.keys {
		if have == k {
			copy(h.keys[1:i+1], h.keys[:i])
			h.keys[0] = k
			return
		}
	}
	if len(h.keys) < maxHot {
		h.keys = append(h.keys, itemKey{})
	}
	copy(h.keys[1:], h.keys)
	h.keys[0] = k
}

func (h *hotKeys) list() []itemKey {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]itemKey(nil), h.keys...)
}
