package syncrepl

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"iter"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Buckets of the file. Everything the caller stores through FileTx should be in
// buckets whose names do not begin with "syncrepl".
var (
	bucketEntries = []byte("syncrepl.entries") // UUID -> record
	bucketDN      = []byte("syncrepl.dn")      // DN key, zero byte, UUID -> nothing
	bucketState   = []byte("syncrepl.state")
	bucketValues  = []byte("syncrepl.values")
)

// FileOptions alters OpenFile.
type FileOptions struct {
	ReadOnly bool          // for Client.View and CopyStore only; others may read too
	Wait     time.Duration // for another process to let go of the file; 0 is one second
	NoSync   bool          // do not wait for the disk at each commit
}

// OpenFile returns a store in one file (a bbolt database), which it makes if
// need be. If another process has it open the error matches ErrStoreLocked.
func OpenFile(path string, opts *FileOptions) (Store, error) {
	if opts == nil {
		opts = &FileOptions{}
	}
	wait := opts.Wait
	if wait == 0 {
		wait = time.Second
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout: wait, ReadOnly: opts.ReadOnly, NoSync: opts.NoSync, FreelistType: bbolt.FreelistMapType,
	})
	if errors.Is(err, bolterrors.ErrTimeout) {
		err = ErrStoreLocked
	}
	if err != nil {
		return nil, storeErr("open "+path, err)
	}
	s, err := NewFile(db)
	if err != nil {
		db.Close()
		return nil, err
	}
	s.(*fileStore).owned = true
	return s, nil
}

// NewFile returns a store inside a bbolt database of the caller's, which the
// caller closes itself, after the client.
func NewFile(db *bbolt.DB) (Store, error) {
	s := &fileStore{db: db}
	if db.IsReadOnly() {
		return s, nil
	}
	err := db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{bucketEntries, bucketDN, bucketState, bucketValues} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		if s := tx.Bucket(bucketState); s.Get([]byte(stateCount)) == nil {
			return s.Put([]byte(stateCount), []byte{0})
		}
		return nil
	})
	if err != nil {
		return nil, storeErr("create", err)
	}
	return s, nil
}

// stateCount holds the number of entries, since bbolt would count them anew.
const stateCount = "count"

type fileStore struct {
	db    *bbolt.DB
	owned bool
}

func (s *fileStore) Begin(ctx context.Context, writable bool) (StoreTx, error) {
	if writable && s.db.IsReadOnly() {
		return nil, ErrReadOnly
	}
	tx, err := s.db.Begin(writable)
	if err != nil {
		return nil, err
	}
	t := &fileTx{ctx: ctx, tx: tx}
	for _, b := range []struct {
		p    **bbolt.Bucket
		name []byte
	}{{&t.entries, bucketEntries}, {&t.dn, bucketDN}, {&t.state, bucketState}, {&t.values, bucketValues}} {
		if *b.p = tx.Bucket(b.name); *b.p == nil {
			tx.Rollback()
			return nil, errors.New("not a store of this package")
		}
	}
	return t, nil
}

func (s *fileStore) Close() error {
	if s.owned {
		return s.db.Close()
	}
	return nil
}

// FileTx returns the bbolt transaction behind tx, nil if the store is another.
// What the caller writes to buckets of its own is committed with the record.
func FileTx(tx Tx) *bbolt.Tx {
	if t, ok := tx.(*fileTx); ok {
		return t.tx
	}
	return nil
}

type fileTx struct {
	ctx                        context.Context
	tx                         *bbolt.Tx
	entries, dn, state, values *bbolt.Bucket
}

func (t *fileTx) Context() context.Context { return t.ctx }

func (t *fileTx) Len() (int, error) {
	n, k := binary.Uvarint(t.state.Get([]byte(stateCount)))
	if k <= 0 {
		return 0, errRecord
	}
	return int(n), nil
}

func (t *fileTx) addLen(d int) error {
	n, err := t.Len()
	if err != nil {
		return err
	}
	return t.state.Put([]byte(stateCount), binary.AppendUvarint(nil, uint64(n+d)))
}

func (t *fileTx) Get(id UUID) (*Entry, error) {
	data := t.entries.Get(id[:])
	if data == nil {
		return nil, nil
	}
	return decodeRecord(id, data)
}

// dnIndex is the index key of an entry. No part of a DN key is empty, so the
// second zero byte sets it apart from every key further down.
func dnIndex(key string, id UUID) []byte { return append(append([]byte(key), 0), id[:]...) }

func (t *fileTx) Find(dn string) ([]*Entry, error) {
	prefix := append([]byte(DNKey(dn)), 0)
	var out []*Entry
	c := t.dn.Cursor()
	for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		if len(k) != len(prefix)+16 {
			return nil, errRecord
		}
		e, err := t.Get(UUID(k[len(prefix):]))
		if err != nil {
			return nil, err
		}
		if e != nil {
			out = append(out, e)
		}
	}
	return out, nil
}

func (t *fileTx) Under(dn string) ([]UUID, error) {
	prefix := []byte(DNKey(dn))
	var out []UUID
	c := t.dn.Cursor()
	for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		if len(k) > len(prefix) && k[len(prefix)] == 0 {
			continue // the entry itself
		}
		if len(k) < 17 {
			return nil, errRecord
		}
		out = append(out, UUID(k[len(k)-16:]))
	}
	return out, nil
}

func (t *fileTx) IDs() iter.Seq2[UUID, error] {
	return func(yield func(UUID, error) bool) {
		c := t.entries.Cursor()
		for k, _ := c.First(); k != nil; k, _ = c.Next() {
			if len(k) != 16 {
				yield(UUID{}, errRecord)
				return
			}
			if !yield(UUID(k), nil) {
				return
			}
		}
	}
}

func (t *fileTx) Entries() iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		for id, err := range t.IDs() {
			var e *Entry
			if err == nil {
				e, err = t.Get(id)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

func (t *fileTx) Put(e *Entry) error {
	old, err := t.Get(e.UUID)
	if err != nil {
		return err
	}
	key := DNKey(e.DN)
	if old == nil {
		if err := t.addLen(1); err != nil {
			return err
		}
	} else if k := DNKey(old.DN); k != key {
		if err := t.dn.Delete(dnIndex(k, e.UUID)); err != nil {
			return err
		}
		old = nil
	}
	if old == nil {
		if err := t.dn.Put(dnIndex(key, e.UUID), nil); err != nil {
			return err
		}
	}
	return t.entries.Put(bytes.Clone(e.UUID[:]), appendRecord(nil, e))
}

func (t *fileTx) Remove(id UUID) error {
	old, err := t.Get(id)
	if err != nil || old == nil {
		return err
	}
	if err := t.dn.Delete(dnIndex(DNKey(old.DN), id)); err != nil {
		return err
	}
	if err := t.addLen(-1); err != nil {
		return err
	}
	return t.entries.Delete(id[:])
}

func (t *fileTx) Cookie() (string, error)          { return t.State(stateCookie) }
func (t *fileTx) State(key string) (string, error) { return string(t.state.Get([]byte(key))), nil }

func (t *fileTx) SetState(key, value string) error { return t.state.Put([]byte(key), []byte(value)) }

func (t *fileTx) Value(key string) ([]byte, error) {
	return bytes.Clone(t.values.Get([]byte(key))), nil
}

func (t *fileTx) SetValue(key string, value []byte) error {
	if value == nil {
		return t.values.Delete([]byte(key))
	}
	return t.values.Put([]byte(key), bytes.Clone(value))
}

func (t *fileTx) Commit() error {
	if !t.tx.Writable() {
		return t.tx.Rollback()
	}
	return t.tx.Commit()
}

func (t *fileTx) Rollback() error {
	if err := t.tx.Rollback(); err != nil && !errors.Is(err, bolterrors.ErrTxClosed) {
		return err
	}
	return nil
}
