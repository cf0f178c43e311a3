package backend

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/schema"
	"libslapi/server/store"
)

// DBOptions says what a database is. Name, Suffixes and Schema are needed, and
// one of Dir and Store.
type DBOptions struct {
	Name     string
	Type     string // "mdb" when empty
	Suffixes []dn.Name
	Dir      string // holds data.db; made when it is missing
	Schema   func() *schema.Schema
	Indexes  []IndexSpec
	Store    store.Store // nil: bolt in Dir; the DB closes it
	NoSync   bool
	ReadOnly bool
	// CacheBytes bounds the memory of decoded entries, roughly; 0 takes
	// 16 MiB, a negative number none. Searches and compares read entries where
	// they are stored; the cache is for those that are kept or changed.
	CacheBytes int
	Log        *slog.Logger // nil: nothing is logged
}

// DB is the built-in database: entries and their indexes in a store.
type DB struct {
	opt      DBOptions
	st       store.Store
	log      *slog.Logger
	suffixes []dn.Name // by length of the normal form
	// indexes is what searches may use, writing what writers keep up to date.
	// Both are replaced under indexMu, writing by one who has the store's turn
	// to write beside.
	indexes atomic.Pointer[indexes]
	writing atomic.Pointer[indexes]
	indexMu sync.Mutex
	entries *cache[uint64, decoded]
	names   *cache[string, uint64]

	buildMu  sync.Mutex // one build at a time
	building sync.WaitGroup
	closing  chan struct{}
	closed   atomic.Bool
	lacks    atomic.Pointer[lack]
}

var _ Backend = (*DB)(nil)

// Open opens or makes a database. An index that is new for the entries there
// is built in the background; searches use it once it is ready (WaitIndexes).
func Open(opt DBOptions) (*DB, error) {
	if opt.Type == "" {
		opt.Type = "mdb"
	}
	if opt.Schema == nil {
		return nil, fmt.Errorf("backend %s: no schema", opt.Name)
	}
	db := &DB{opt: opt, log: opt.Log, closing: make(chan struct{})}
	db.indexes.Store(&indexes{})
	db.writing.Store(&indexes{})
	if db.log == nil {
		db.log = slog.New(slog.DiscardHandler)
	}
	db.opt.Suffixes = slices.Clip(slices.Clone(opt.Suffixes)) // which Suffixes gives out
	db.suffixes = slices.Clone(opt.Suffixes)
	slices.SortStableFunc(db.suffixes, func(a, b dn.Name) int { return len(a.Norm) - len(b.Norm) })
	size := opt.CacheBytes
	switch {
	case size == 0:
		size = 16 << 20
	case size < 0:
		size = 0
	}
	db.entries = newCache[uint64, decoded](size, func(id uint64) uint64 { return id * 0x9e3779b97f4a7c15 >> 40 })
	seed := maphash.MakeSeed()
	db.names = newCache[string, uint64](size/8, func(s string) uint64 { return maphash.String(seed, s) })

	db.st = opt.Store
	if db.st == nil {
		if opt.Dir == "" {
			return nil, fmt.Errorf("backend %s: no directory", opt.Name)
		}
		if !opt.ReadOnly {
			if err := os.MkdirAll(opt.Dir, 0o700); err != nil {
				return nil, fmt.Errorf("backend %s: %w", opt.Name, err)
			}
		}
		st, err := store.OpenBolt(filepath.Join(opt.Dir, "data.db"), store.Options{NoSync: opt.NoSync, ReadOnly: opt.ReadOnly})
		if err != nil {
			return nil, fmt.Errorf("backend %s: %w", opt.Name, err)
		}
		db.st = st
	}
	if err := db.prepare(); err != nil {
		db.st.Close()
		return nil, fmt.Errorf("backend %s: %w", opt.Name, err)
	}
	return db, nil
}

// prepare checks the format, writes it into a new store, and compares the
// indexes asked for with those that the store has.
func (db *DB) prepare() error {
	r, err := db.st.Read()
	if err != nil {
		return err
	}
	format, err := r.Get(tabMeta, metaFormat)
	version := uint32(0)
	if len(format) == 4 {
		version = binary.BigEndian.Uint32(format)
	}
	r.Close()
	if err != nil {
		return err
	}
	if version > formatVersion {
		return fmt.Errorf("the data has format %d, this program knows formats up to %d", version, formatVersion)
	}
	if db.opt.ReadOnly {
		return db.readIndexes()
	}
	if version == 0 {
		w, err := db.st.Write()
		if err != nil {
			return err
		}
		defer w.Close()
		if err := w.Put(tabMeta, metaFormat, binary.BigEndian.AppendUint32(nil, formatVersion)); err != nil {
			return err
		}
		if err := w.Commit(); err != nil {
			return err
		}
	}
	return db.SetIndexes(db.opt.Indexes)
}

func (db *DB) Name() string        { return db.opt.Name }
func (db *DB) Type() string        { return db.opt.Type }
func (db *DB) Suffixes() []dn.Name { return db.opt.Suffixes }

// Close waits for transactions to end and closes the store.
func (db *DB) Close() error {
	if db.closed.Swap(true) {
		return nil
	}
	close(db.closing)
	db.building.Wait()
	return db.st.Close()
}

func (db *DB) View(ctx context.Context) (View, error) {
	if ctx != nil && ctx.Err() != nil {
		return nil, ended(ctx)
	}
	return db.view()
}

func (db *DB) view() (*view, error) {
	for {
		x := db.indexes.Load()
		r, err := db.st.Read()
		if err != nil {
			return nil, err
		}
		// An index that was dropped meanwhile may already be gone from the
		// snapshot.
		if db.indexes.Load() != x {
			r.Close()
			continue
		}
		v := &view{db: db, r: r, gen: r.Generation(), schema: db.opt.Schema()}
		v.ix = x.bind(v.schema)
		return v, nil
	}
}

func (db *DB) Begin(ctx context.Context) (Txn, error) {
	t, err := db.begin(ctx)
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (db *DB) begin(ctx context.Context) (*txn, error) {
	var w store.Txn
	var err error
	if cw, ok := db.st.(store.ContextWriter); ok && ctx != nil {
		w, err = cw.WriteContext(ctx)
		if err != nil && ctx.Err() != nil {
			return nil, ended(ctx)
		}
	} else {
		w, err = db.st.Write()
	}
	if err != nil {
		return nil, err
	}
	t := &txn{w: w}
	t.view = view{db: db, r: w, gen: w.Generation() - 1, schema: db.opt.Schema(), own: &changes{}}
	t.ix = db.writing.Load().bind(t.schema)
	return t, nil
}

// Count is the number of entries.
func (db *DB) Count() (int, error) {
	v, err := db.view()
	if err != nil {
		return 0, err
	}
	defer v.Close()
	return v.count()
}

// Backup writes a copy of the database as it is at one moment, while it is in
// use: a data.db that can be opened in another directory.
func (db *DB) Backup(w io.Writer) error {
	c, ok := db.st.(store.Copier)
	if !ok {
		return fmt.Errorf("backend %s: the store makes no copies", db.opt.Name)
	}
	_, err := c.CopyTo(w)
	return err
}

// decoded is an entry in the cache. Its attribute types are those of schema.
type decoded struct {
	e      *entry.Entry
	schema *schema.Schema
}

// entryCost estimates the memory of a decoded entry from its stored length.
func entryCost(e *entry.Entry, stored int) int {
	n := 400 + 2*len(e.Name.Pretty) + stored + len(e.Attrs)*112
	for i := range e.Attrs {
		n += 24 * len(e.Attrs[i].Values)
	}
	return n
}
