package sqldb

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// feed follows the table change: what the transactions of all servers have
// announced, in the order of their commits. Those of this server are taken from
// memory when nothing came in between.
type feed struct {
	mu     sync.Mutex
	mine   map[uint64][][]byte
	wake   chan struct{}
	cancel context.CancelFunc
	ended  chan struct{}
}

// committed is called after a commit of this server.
func (f *feed) committed(gen uint64, payloads [][]byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.wake == nil {
		return
	}
	if len(f.mine) < 1000 {
		f.mine[gen] = payloads
	}
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *feed) take(gen uint64) (payloads [][]byte, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	payloads, ok = f.mine[gen]
	delete(f.mine, gen)
	return payloads, ok
}

// forget drops what was committed up to gen.
func (f *feed) forget(gen uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for g := range f.mine {
		if g <= gen {
			delete(f.mine, g)
		}
	}
}

// behind tells whether commits of this server wait for those of others.
func (f *feed) behind() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.mine) > 0
}

func (f *feed) stop() {
	f.mu.Lock()
	cancel, ended := f.cancel, f.ended
	f.mu.Unlock()
	if cancel != nil {
		cancel()
		<-ended
	}
}

// Follow calls f for what each transaction announced.
func (db *DB) Follow(f func(generation uint64, payloads [][]byte), lost func()) {
	ctx, cancel := context.WithCancel(context.Background())
	db.feed.mu.Lock()
	db.feed.mine, db.feed.wake = map[uint64][][]byte{}, make(chan struct{}, 1)
	db.feed.cancel, db.feed.ended = cancel, make(chan struct{})
	db.feed.mu.Unlock()
	begun := make(chan struct{})
	go db.follow(ctx, f, lost, begun)
	// What is changed after the return is heard of.
	<-begun
}

func (db *DB) follow(ctx context.Context, f func(uint64, [][]byte), lost func(), begun chan struct{}) {
	defer close(db.feed.ended)
	last, known := db.generation(ctx)
	close(begun)
	notified := make(chan struct{}, 1)
	go db.listen(ctx, notified)
	heard, trimmed := time.Now(), time.Now()
	tick := time.NewTicker(db.opt.Poll)
	defer tick.Stop()
	for {
		others := true
		select {
		case <-ctx.Done():
			return
		case <-db.feed.wake:
			others = false
		case <-notified:
		case <-tick.C:
		}
		if !known || time.Since(heard) > db.opt.Keep/2 {
			// The database was away: what was announced meanwhile may be gone.
			if last, known = db.generation(ctx); known {
				heard = time.Now()
				db.feed.forget(last)
				lost()
			}
			continue
		}
		for {
			own, ok := db.feed.take(last + 1)
			if !ok {
				break
			}
			last++
			f(last, own)
		}
		if others || db.feed.behind() {
			at, ok := db.read(ctx, last, f)
			if ok {
				heard = time.Now()
			}
			last = at
			db.feed.forget(last)
		}
		if time.Since(trimmed) > db.opt.Keep/10 {
			trimmed = time.Now()
			if _, err := db.pool.Exec(ctx, db.q.trimChanges, db.opt.Keep); err != nil && ctx.Err() == nil {
				db.log.Warn("sql: trimming the changes", "database", db.opt.Name, "error", err.Error())
			}
		}
	}
}

func (db *DB) generation(ctx context.Context) (uint64, bool) {
	var gen int64
	err := db.pool.QueryRow(ctx, db.q.state).Scan(&gen)
	return uint64(gen), err == nil
}

// readStep bounds the rows read at a time.
const readStep = 500

// read hands on the changes after a generation and tells where it got.
func (db *DB) read(ctx context.Context, last uint64, f func(uint64, [][]byte)) (uint64, bool) {
	type change struct {
		gen      uint64
		payloads [][]byte
	}
	for {
		var list []change
		var now int64
		n := 0
		b := &pgx.Batch{}
		// One snapshot: the state tells how far the changes go.
		b.Queue("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
		b.Queue(db.q.state).QueryRow(func(row pgx.Row) error { return row.Scan(&now) })
		b.Queue(db.q.changes, int64(last), readStep).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				var gen int64
				var p []byte
				if err := rows.Scan(&gen, &p); err != nil {
					return err
				}
				if k := len(list); k > 0 && list[k-1].gen == uint64(gen) {
					list[k-1].payloads = append(list[k-1].payloads, p)
				} else {
					list = append(list, change{uint64(gen), [][]byte{p}})
				}
				n++
			}
			return rows.Err()
		})
		b.Queue("COMMIT")
		if err := db.pool.SendBatch(ctx, b).Close(); err != nil {
			if ctx.Err() == nil {
				db.log.Warn("sql: following the changes", "database", db.opt.Name, "error", err.Error())
			}
			return last, false
		}
		full := n >= readStep
		if full {
			// The last one may be cut in two.
			if len(list) > 1 {
				list = list[:len(list)-1]
			} else if err := db.readOne(ctx, list[0].gen, &list[0].payloads); err != nil {
				return last, false
			}
		}
		for _, c := range list {
			f(c.gen, c.payloads)
			last = c.gen
		}
		if !full {
			return max(last, uint64(now)), true
		}
	}
}

// readOne reads all that one transaction announced.
func (db *DB) readOne(ctx context.Context, gen uint64, payloads *[][]byte) error {
	rows, err := db.pool.Query(ctx, db.q.changeOf, int64(gen))
	if err == nil {
		*payloads, err = pgx.CollectRows(rows, pgx.RowTo[[]byte])
	}
	return err
}

// listen wakes the follower when another server has committed, where the
// database can tell.
func (db *DB) listen(ctx context.Context, notified chan<- struct{}) {
	if !db.notifies {
		db.log.Info("sql: the database does not notify, changes are polled for", "database", db.opt.Name, "every", db.opt.Poll.String())
		return
	}
	for wait := time.Second; ctx.Err() == nil; wait = min(2*wait, 30*time.Second) {
		err := db.listenOnce(ctx, notified)
		if ctx.Err() != nil {
			return
		}
		db.log.Warn("sql: listening for changes", "database", db.opt.Name, "error", err.Error())
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

func (db *DB) listenOnce(ctx context.Context, notified chan<- struct{}) error {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	// A connection that listens is not given back.
	c := conn.Hijack()
	defer c.Close(context.WithoutCancel(ctx))
	if _, err := c.Exec(ctx, "LISTEN "+quoteName(db.channel())); err != nil {
		return err
	}
	for {
		n, err := c.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		if n.Payload == db.node {
			continue
		}
		select {
		case notified <- struct{}{}:
		default:
		}
	}
}

// channel is the name under which commits are notified.
func (db *DB) channel() string { return "slapid_" + db.opt.Tables }
