package sync

import (
	"time"

	"libslapi/server/backend"
)

// Tombstones: which entries were deleted, and by which change. Databases with
// several providers keep them, so that an older change of a deleted entry, which
// comes by a longer way, does not bring it back.
//
//	sync  'd', UUID -> CSN                of the delete
//	sync  'x', time of the delete here (8), UUID -> nothing   for trimming
const (
	tombstoneKey = 'd'
	tombstoneAge = 'x'
)

// How long tombstones stay at least, and how many old ones a transaction removes.
const (
	tombstoneLife = 30 * 24 * time.Hour
	tombstoneTrim = 8
)

func uuidKey(kind byte, id UUID) []byte { return append([]byte{kind}, id[:]...) }

// Tombstone gives the CSN of the delete of an entry; the zero CSN when none is known.
func Tombstone(v backend.View, id UUID) (CSN, error) {
	t, ok := v.(backend.TableView)
	if !ok {
		return CSN{}, nil
	}
	raw, err := t.GetTable(logTable, uuidKey(tombstoneKey, id))
	if err != nil || raw == nil {
		return CSN{}, err
	}
	c, err := ParseCSN(string(raw))
	if err != nil {
		return CSN{}, nil
	}
	return c, nil
}

// PutTombstone notes a delete; an older one of the same entry is replaced. It tells
// whether the delete was not known.
func PutTombstone(tx backend.Txn, id UUID, c CSN) (bool, error) {
	t, ok := tx.(backend.TableTxn)
	if !ok || c.IsZero() {
		return false, nil
	}
	have, err := Tombstone(tx, id)
	if err != nil || !have.IsZero() && have.Compare(c) >= 0 {
		return false, err
	}
	if err := t.PutTable(logTable, uuidKey(tombstoneKey, id), []byte(c.String())); err != nil {
		return false, err
	}
	now := time.Now()
	if have.IsZero() {
		key := append(timeKey(now), id[:]...)
		if err := t.PutTable(logTable, key, []byte{}); err != nil {
			return false, err
		}
	}
	return true, trimTombstones(t, now.Add(-tombstoneLife))
}

func timeKey(at time.Time) []byte {
	k := recordKey(uint64(max(at.Unix(), 0)))
	k[0] = tombstoneAge
	return k
}

// dropTombstone forgets the delete of an entry that is there again.
func dropTombstone(t backend.TableTxn, id UUID) error {
	key := uuidKey(tombstoneKey, id)
	if raw, err := t.GetTable(logTable, key); raw == nil || err != nil {
		return err
	}
	return t.DeleteTable(logTable, key)
}

func trimTombstones(t backend.TableTxn, before time.Time) error {
	end := string(timeKey(before))
	var old [][]byte
	if err := t.ScanTable(logTable, []byte{tombstoneAge}, func(k, _ []byte) bool {
		if len(k) != 25 || k[0] != tombstoneAge || string(k[:9]) >= end || len(old) == tombstoneTrim {
			return false
		}
		old = append(old, append([]byte(nil), k...))
		return true
	}); err != nil {
		return err
	}
	for _, k := range old {
		if err := t.DeleteTable(logTable, k); err != nil {
			return err
		}
		if err := t.DeleteTable(logTable, append([]byte{tombstoneKey}, k[9:]...)); err != nil {
			return err
		}
	}
	return nil
}

// Deleted is one tombstone.
type Deleted struct {
	UUID UUID
	CSN  CSN
}

// Tombstones gives the deletes that are not part of a state.
func Tombstones(v backend.View, from Vector) (list []Deleted, err error) {
	t, ok := v.(backend.TableView)
	if !ok {
		return nil, nil
	}
	err = t.ScanTable(logTable, []byte{tombstoneKey}, func(k, value []byte) bool {
		if len(k) != 17 || k[0] != tombstoneKey {
			return false
		}
		if c, err := ParseCSN(string(value)); err == nil && !from.Has(c) {
			list = append(list, Deleted{UUID(k[1:]), c})
		}
		return true
	})
	return list, err
}

// keepTombstones brings the tombstones in line with the changes of a transaction.
func keepTombstones(tx backend.Txn, changes []Change) error {
	t, ok := tx.(backend.TableTxn)
	if !ok {
		return nil
	}
	for i := range changes {
		c := &changes[i]
		var err error
		switch {
		case c.After == nil:
			_, err = PutTombstone(tx, c.UUID, c.CSN)
		case !c.After.IsClass("glue") && (c.Before == nil || c.Before.IsClass("glue")):
			err = dropTombstone(t, c.UUID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
