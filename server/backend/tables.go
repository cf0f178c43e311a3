package backend

import "libslapi/server/store"

// TableView is implemented by the built-in database's views and transactions
// beside View: it reads the tables that layers above keep in the same store.
type TableView interface {
	// ScanTable calls yield for the keys of a table from start on, in byte
	// order, until yield returns false. The slices are good during the call.
	ScanTable(table string, start []byte, yield func(key, value []byte) bool) error
	// GetTable reads one value; nil when there is none. It is good until the
	// next change.
	GetTable(table string, key []byte) ([]byte, error)
}

// TableTxn changes such tables, in the transaction of the entries.
type TableTxn interface {
	TableView
	PutTable(table string, key, value []byte) error
	DeleteTable(table string, key []byte) error
}

var (
	_ TableView = (*view)(nil)
	_ TableTxn  = (*txn)(nil)
)

func userTable(name string) []byte { return []byte(metaUser + name) }

func (v *view) ScanTable(table string, start []byte, yield func(key, value []byte) bool) error {
	return v.r.Scan(userTable(table), start, yield)
}

func (v *view) GetTable(table string, key []byte) ([]byte, error) {
	return v.r.Get(userTable(table), key)
}

// PutTable stores a value with the transaction.
func (t *txn) PutTable(table string, key, value []byte) error {
	if t.done {
		return store.ErrClosed
	}
	return t.w.Put(userTable(table), key, value)
}

// DeleteTable removes a key; it is no error when there is none.
func (t *txn) DeleteTable(table string, key []byte) error {
	if t.done {
		return store.ErrClosed
	}
	return t.w.Delete(userTable(table), key)
}
