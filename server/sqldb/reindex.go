package sqldb

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// reindexStep is how many entries one transaction of Reindex looks at.
const reindexStep = 500

// Reindex makes the rows of the table value anew where they are not what the
// schema makes of the entries: after a change of attribute types. Servers may go
// on beside it. attrs is not looked at: all types have rows. progress may be nil.
func (db *DB) Reindex(_ []string, progress func(done, total int)) error {
	total, err := db.Count()
	if err != nil {
		return err
	}
	ctx := context.Background()
	for last, done := int64(0), 0; ; {
		x, err := db.Begin(ctx)
		if err != nil {
			return err
		}
		n, at, err := x.(*txn).reindex(ctx, last)
		if err == nil {
			err = x.Commit()
		}
		x.Close()
		if err != nil {
			return err
		}
		done, last = done+n, at
		if progress != nil {
			progress(min(done, total), total)
		}
		if n < reindexStep {
			return nil
		}
	}
}

// reindex compares the rows of the entries after an id; it tells how many
// entries it saw and the id of the last.
func (t *txn) reindex(ctx context.Context, after int64) (n int, last int64, err error) {
	if err := t.ready(); err != nil {
		return 0, 0, err
	}
	var list []*found
	err = t.s.flush(ctx, func(b *pgx.Batch) {
		b.Queue(t.db.q.idsFrom, after, reindexStep).Query(func(r pgx.Rows) error {
			for r.Next() {
				f, err := t.scan(r, false)
				if err != nil {
					return err
				}
				list = append(list, f)
			}
			return r.Err()
		})
	})
	if err != nil || len(list) == 0 {
		return 0, after, err
	}
	last = int64(list[len(list)-1].id)
	have := map[uint64]rows{}
	err = t.s.flush(ctx, func(b *pgx.Batch) {
		b.Queue(t.db.q.rowsOf, after+1, last).Query(func(r pgx.Rows) error {
			for r.Next() {
				var attr string
				var key []byte
				var id int64
				if err := r.Scan(&attr, &key, &id); err != nil {
					return err
				}
				if have[uint64(id)] == nil {
					have[uint64(id)] = rows{}
				}
				have[uint64(id)][row{attr, string(key)}] = struct{}{}
			}
			return r.Err()
		})
	})
	for _, f := range list {
		t.change(f.id, have[f.id], rowsOf(f.e, t.schema))
	}
	return len(list), last, err
}
