package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// ErrLocked is returned by OpenBolt when another process has the file open.
var ErrLocked = errors.New("store: the file is in use by another process")

// ErrFailed is returned by Write after a flush whose outcome on disk is not
// known (the disk refused the very last write). Reading goes on; closing and
// opening the store finds out which state the disk has.
var ErrFailed = errors.New("store: an earlier flush failed half-way, open the store again")

// Options of a bolt store. The zero value is durable and writable.
type Options struct {
	NoSync   bool        // do not wait for the disk: a crash of the machine may lose or break data
	Mode     os.FileMode // of a new file, 0600 when 0
	ReadOnly bool        // Write returns ErrReadOnly; other readers may open the file too
	// GroupMax is how many writers may share one flush, GroupAge how old the
	// first of them may get before it; 0 takes the defaults (256, 5 ms).
	GroupMax int
	GroupAge time.Duration
	// LockWait is how long to wait for another process to let go of the file;
	// 0 takes 2 s.
	LockWait time.Duration
}

// mapSizes are the sizes of the memory map to try, largest first. A map that
// is larger than the file costs address space only, and as long as the file
// fits into it no writer has to wait for readers to end, nor a reader for a
// writer that waits so.
func mapSizes() []int {
	if strconv.IntSize < 64 {
		return []int{256 << 20, 0}
	}
	one := 1 << 30
	return []int{128 * one, 16 * one, one, 0}
}

// bolt is a Store over one bbolt file.
type bolt struct {
	db   *bbolt.DB
	opt  Options
	open sync.WaitGroup // transactions
	q    queue
	// mapped is the length of the memory map, 0 when it grows with the file.
	mapped int64

	life    sync.Mutex // guards the following
	shut    bool
	present *shared // for snapshots of the present state; nil: none is open
	seen    uint64  // the newest generation that was read or flushed
}

// OpenBolt opens or makes the file at path.
func OpenBolt(path string, opt Options) (Store, error) {
	if opt.Mode == 0 {
		opt.Mode = 0o600
	}
	if opt.GroupMax <= 0 {
		opt.GroupMax = 256
	}
	if opt.GroupAge <= 0 {
		opt.GroupAge = 5 * time.Millisecond
	}
	if opt.LockWait <= 0 {
		opt.LockWait = 2 * time.Second
	}
	var db *bbolt.DB
	var err error
	mapped := 0
	for _, size := range mapSizes() {
		mapped = size
		db, err = bbolt.Open(path, opt.Mode, &bbolt.Options{
			Timeout:         opt.LockWait,
			FreelistType:    bbolt.FreelistMapType,
			ReadOnly:        opt.ReadOnly,
			NoSync:          opt.NoSync,
			NoGrowSync:      opt.NoSync,
			NoStatistics:    true,
			InitialMmapSize: size,
		})
		if !errors.Is(err, syscall.ENOMEM) {
			break
		}
	}
	if err != nil {
		if errors.Is(err, berrors.ErrTimeout) {
			err = ErrLocked
		}
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	s := &bolt{db: db, opt: opt, mapped: int64(mapped)}
	s.q.init(s)
	return s, nil
}

// enter counts a transaction in, unless the store is closed.
func (s *bolt) enter() error {
	s.life.Lock()
	defer s.life.Unlock()
	if s.shut {
		return ErrClosed
	}
	s.open.Add(1)
	return nil
}

func (s *bolt) leave() { s.open.Done() }

func (s *bolt) Write() (Txn, error) { return s.WriteContext(context.Background()) }

func (s *bolt) WriteContext(ctx context.Context) (Txn, error) {
	if s.opt.ReadOnly {
		return nil, ErrReadOnly
	}
	if err := s.enter(); err != nil {
		return nil, err
	}
	g, err := s.q.take(ctx)
	if err != nil {
		s.leave()
		return nil, err
	}
	return &txn{group: g, s: s}, nil
}

// CopyTo writes the file as it is at one moment. Writers go on meanwhile.
func (s *bolt) CopyTo(w io.Writer) (int64, error) {
	if err := s.enter(); err != nil {
		return 0, err
	}
	defer s.leave()
	tx, err := s.db.Begin(false)
	if err != nil {
		return 0, fmt.Errorf("store: begin read: %w", err)
	}
	defer tx.Rollback()
	n, err := tx.WriteTo(w)
	if err != nil {
		err = fmt.Errorf("store: copy: %w", err)
	}
	return n, err
}

func (s *bolt) Close() error {
	s.life.Lock()
	if s.shut {
		s.life.Unlock()
		return nil
	}
	s.shut = true
	s.life.Unlock()
	s.flushed(0)
	s.open.Wait()
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("store: close: %w", err)
	}
	return nil
}

// tables finds the buckets of one engine transaction. A bucket, once found,
// stays: it is kept in a short list, since a transaction uses few of them.
type tables struct {
	tx    *bbolt.Tx
	known []table
}

type table struct {
	name   string
	bucket *bbolt.Bucket
}

// find returns the bucket of a table, nil when it does not exist yet.
func (t *tables) find(name []byte) *bbolt.Bucket {
	for i := range t.known {
		if t.known[i].name == string(name) {
			return t.known[i].bucket
		}
	}
	b := t.tx.Bucket(name)
	if b != nil {
		t.known = append(t.known, table{string(name), b})
	}
	return b
}

// make returns the bucket of a table, creating it when needed.
func (t *tables) make(name []byte) (*bbolt.Bucket, error) {
	if b := t.find(name); b != nil {
		return b, nil
	}
	b, err := t.tx.CreateBucketIfNotExists(name)
	if err != nil {
		return nil, fmt.Errorf("store: table %q: %w", name, err)
	}
	t.known = append(t.known, table{string(name), b})
	return b, nil
}

func (t *tables) get(name, key []byte) []byte {
	b := t.find(name)
	if b == nil {
		return nil
	}
	return b.Get(key)
}

func (t *tables) scan(name, start []byte, yield func(key, value []byte) bool) {
	b := t.find(name)
	if b == nil {
		return
	}
	walk(b.Cursor(), start, yield)
}

// walk goes from start on until yield returns false.
func walk(c *bbolt.Cursor, start []byte, yield func(key, value []byte) bool) {
	var k, v []byte
	if len(start) == 0 {
		k, v = c.First()
	} else {
		k, v = c.Seek(start)
	}
	for ; k != nil; k, v = c.Next() {
		if !yield(k, v) {
			return
		}
	}
}
