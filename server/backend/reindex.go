package backend

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"libslapi/server/entry"
	"libslapi/server/store"
)

// The state of each index is kept in the table meta under the name of the
// index's table. Only a ready one may be trusted: a crash at any time leaves
// the others to be built again.
const (
	stateBuilding = 1
	stateReady    = 2
)

var (
	errClosing    = errors.New("backend: the database is being closed")
	errSuperseded = errors.New("backend: other indexes are configured by now")
)

// stateOf reads whether an index is ready.
func stateOf(r store.Reader, table []byte) (there, ready bool, err error) {
	b, err := r.Get(tabMeta, table)
	return len(b) == 1, len(b) == 1 && b[0] == stateReady, err
}

// readIndexes takes over what is ready, in a database that is only read.
func (db *DB) readIndexes() error {
	r, err := db.st.Read()
	if err != nil {
		return err
	}
	defer r.Close()
	x := newIndexes(db.opt.Indexes, db.opt.Schema())
	for _, i := range x.list {
		for k := range i.on {
			if i.on[k] {
				if _, i.ready[k], err = stateOf(r, i.table[k]); err != nil {
					return err
				}
			}
		}
	}
	db.indexes.Store(x)
	db.writing.Store(x)
	return nil
}

// SetIndexes changes which indexes the database has. New ones are built in the
// background, or at once while there are no entries; searches do without them
// until they are ready. Indexes that are no longer named are removed. Must not
// be called by one who has a transaction open.
func (db *DB) SetIndexes(specs []IndexSpec) error {
	if db.opt.ReadOnly {
		return store.ErrReadOnly
	}
	build, drop, x, count, err := db.adopt(specs)
	if err != nil || len(build)+len(drop) == 0 {
		return err
	}
	if count == 0 {
		return db.build(x.era, build, drop, nil)
	}
	db.building.Add(1)
	go func() {
		defer db.building.Done()
		if err := db.build(x.era, build, drop, nil); err != nil && !errors.Is(err, errClosing) {
			db.log.Error("building indexes failed", "database", db.opt.Name, "error", err)
		}
	}()
	return nil
}

// adopt makes a new set of indexes the one in force, and tells what is left to
// be built and dropped.
func (db *DB) adopt(specs []IndexSpec) (build, drop []string, x *indexes, count uint64, err error) {
	db.indexMu.Lock()
	defer db.indexMu.Unlock()
	x = newIndexes(specs, db.opt.Schema())
	x.era = db.writing.Load().era + 1
	wanted := map[string]bool{}
	for _, i := range x.list {
		for k := range i.on {
			if i.on[k] {
				wanted[string(i.table[k])] = true
			}
		}
	}
	// First on disk: what is new and what goes is not to be trusted.
	w, err := db.st.Write()
	if err != nil {
		return nil, nil, nil, 0, err
	}
	defer w.Close()
	build, drop, count, err = compareIndexes(w, x, wanted)
	if err != nil {
		return nil, nil, nil, 0, err
	}
	if len(build)+len(drop) == 0 {
		// Nothing to do but to take over the set.
		db.writing.Store(x)
		w.Abort()
		db.indexes.Store(x)
		return nil, nil, x, count, nil
	}
	if err := w.Commit(); err != nil {
		return nil, nil, nil, 0, err
	}
	// Searches stop using what goes; then writers take over the new set.
	db.indexes.Store(db.indexes.Load().with(func(i *index) {
		for k := range i.ready {
			i.ready[k] = i.ready[k] && wanted[string(i.table[k])]
		}
	}))
	if err := db.switchWriters(x); err != nil {
		return nil, nil, nil, 0, err
	}
	db.indexes.Store(x)
	return build, drop, x, count, nil
}

// compareIndexes finds which indexes are to be built and which to be dropped,
// and notes their state. It sets the ready marks of x.
func compareIndexes(w store.Txn, x *indexes, wanted map[string]bool) (build, drop []string, count uint64, err error) {
	n, err := w.Get(tabMeta, metaCount)
	if err != nil {
		return nil, nil, 0, err
	}
	count = getNumber(n)
	for _, i := range x.list {
		for k := range i.on {
			if !i.on[k] {
				continue
			}
			var there bool
			if there, i.ready[k], err = stateOf(w, i.table[k]); err != nil {
				return nil, nil, 0, err
			}
			if i.ready[k] {
				continue
			}
			build = append(build, string(i.table[k]))
			if !there {
				if err := w.Put(tabMeta, i.table[k], []byte{stateBuilding}); err != nil {
					return nil, nil, 0, err
				}
			}
		}
	}
	err = w.Scan(tabMeta, []byte(metaIndex), func(k, _ []byte) bool {
		if !strings.HasPrefix(string(k), metaIndex) {
			return false
		}
		if !wanted[string(k)] {
			drop = append(drop, string(k))
		}
		return true
	})
	for _, t := range drop {
		if err == nil {
			err = w.Put(tabMeta, []byte(t), []byte{stateBuilding})
		}
	}
	return build, drop, count, err
}

// switchWriters makes x what the next writers keep up to date.
func (db *DB) switchWriters(x *indexes) error {
	w, err := db.st.Write()
	if err != nil {
		return err
	}
	db.writing.Store(x)
	w.Abort()
	return nil
}

// Reindex builds indexes anew: those of the attributes named, or all. progress
// may be nil; it is told how many of the entries are done.
func (db *DB) Reindex(attrs []string, progress func(done, total int)) error {
	if db.opt.ReadOnly {
		return store.ErrReadOnly
	}
	db.buildMu.Lock()
	defer db.buildMu.Unlock()
	build, err := db.distrust(attrs)
	if err != nil {
		return err
	}
	return db.buildLocked(db.writing.Load().era, build, nil, progress)
}

// distrust takes the indexes of attributes out of use.
func (db *DB) distrust(attrs []string) (build []string, err error) {
	db.indexMu.Lock()
	defer db.indexMu.Unlock()
	x := db.indexes.Load()
	named := map[string]bool{}
	for _, a := range attrs {
		name := canonical(db.opt.Schema(), a)
		if !slices.ContainsFunc(x.list, func(i *index) bool { return i.attr == name }) {
			return nil, fmt.Errorf("backend %s: no index is configured for %q", db.opt.Name, a)
		}
		named[name] = true
	}
	w, err := db.st.Write()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	x = x.with(func(i *index) {
		if len(attrs) > 0 && !named[i.attr] {
			return
		}
		for k := range i.on {
			i.ready[k] = false
			if i.on[k] && err == nil {
				build = append(build, string(i.table[k]))
				err = w.Put(tabMeta, i.table[k], []byte{stateBuilding})
			}
		}
	})
	if err != nil {
		return nil, err
	}
	if err := w.Commit(); err != nil {
		return nil, err
	}
	db.indexes.Store(x)
	return build, db.switchWriters(x)
}

// WaitIndexes waits for index builds under way, or for the end of ctx.
func (db *DB) WaitIndexes(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		db.building.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// build empties the tables of build and drop, fills those of build from the
// entries and makes them ready. Writers go on meanwhile, between its steps,
// and keep up to date what is there already. A build of an era that is over
// does nothing: the set of indexes in force has its own.
func (db *DB) build(era uint64, build, drop []string, progress func(done, total int)) error {
	db.buildMu.Lock()
	defer db.buildMu.Unlock()
	err := db.buildLocked(era, build, drop, progress)
	if errors.Is(err, errSuperseded) {
		err = nil
	}
	return err
}

func (db *DB) buildLocked(era uint64, build, drop []string, progress func(done, total int)) error {
	for _, t := range slices.Concat(build, drop) {
		if err := db.empty(era, []byte(t)); err != nil {
			return err
		}
	}
	if len(drop) > 0 {
		if err := db.forget(era, drop); err != nil {
			return err
		}
	}
	if len(build) == 0 {
		return nil
	}
	total, err := db.Count()
	if err != nil {
		return err
	}
	next, done := uint64(0), 0
	for more := true; more; {
		n := 0
		if next, n, more, err = db.fill(era, build, next); err != nil {
			return err
		}
		done += n
		if progress != nil {
			progress(done, max(total, done))
		}
	}
	return db.makeReady(era, build)
}

// turn runs f in a write transaction of a build.
func (db *DB) turn(era uint64, f func(w store.Txn) error) error {
	select {
	case <-db.closing:
		return errClosing
	default:
	}
	w, err := db.st.Write()
	if err != nil {
		return err
	}
	defer w.Close()
	if db.writing.Load().era != era {
		return errSuperseded
	}
	if err := f(w); err != nil {
		return err
	}
	return w.Commit()
}

// empty removes all keys of a table, some at a time.
func (db *DB) empty(era uint64, table []byte) error {
	for more := true; more; {
		err := db.turn(era, func(w store.Txn) error {
			var keys [][]byte
			err := w.Scan(table, nil, func(k, _ []byte) bool {
				keys = append(keys, bytes.Clone(k))
				return len(keys) < 10000
			})
			for _, k := range keys {
				if err == nil {
					err = w.Delete(table, k)
				}
			}
			more = len(keys) == 10000
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// forget removes the state of indexes that were dropped.
func (db *DB) forget(era uint64, drop []string) error {
	return db.turn(era, func(w store.Txn) error {
		for _, t := range drop {
			if err := w.Delete(tabMeta, []byte(t)); err != nil {
				return err
			}
		}
		return nil
	})
}

// buildTurn is how long a build keeps writers waiting at most.
const buildTurn = 100 * time.Millisecond

// fill enters entries from id next on into the tables named, for a while.
func (db *DB) fill(era uint64, build []string, next uint64) (after uint64, n int, more bool, err error) {
	err = db.turn(era, func(w store.Txn) error {
		start := time.Now()
		s := db.opt.Schema()
		b := db.writing.Load().bind(s)
		p := newPostings()
		var bad error
		err := w.Scan(tabEntry, idKey(next), func(k, raw []byte) bool {
			id := binary.BigEndian.Uint64(k)
			r, err := readRecord(id, raw)
			if err != nil {
				bad = err
				return false
			}
			e, err := entry.Decode(r.body, s)
			if err != nil {
				bad = fmt.Errorf("backend: entry %d: %w", id, err)
				return false
			}
			p.add(b, id, e, build)
			next = id + 1
			n++
			more = time.Since(start) > buildTurn
			return !more
		})
		if err = errors.Join(err, bad); err != nil {
			return err
		}
		return p.flush(w)
	})
	return next, n, more, err
}

// makeReady lets searches use indexes.
func (db *DB) makeReady(era uint64, build []string) error {
	db.indexMu.Lock()
	defer db.indexMu.Unlock()
	err := db.turn(era, func(w store.Txn) error {
		for _, t := range build {
			if err := w.Put(tabMeta, []byte(t), []byte{stateReady}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	x := db.indexes.Load().with(func(i *index) {
		for k := range i.on {
			i.ready[k] = i.ready[k] || i.on[k] && slices.Contains(build, string(i.table[k]))
		}
	})
	db.indexes.Store(x)
	return db.switchWriters(x)
}
