package syncrepl

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// Dialect names the database behind a database/sql driver, for the few places in
// which they differ.
type Dialect int

// The dialects. SQLite is the one that the package's tests run against.
const (
	SQLite Dialect = iota
	PostgreSQL
	MySQL
)

// SQLOptions alters NewSQL.
type SQLOptions struct {
	Dialect Dialect
	Prefix  string // of the table names; "" is "syncrepl_"
}

// NewSQL returns a store in a database of the caller's, which the caller closes
// itself, after the client. It makes the tables it needs:
//
//	syncrepl_entries (uuid, dn, dnkey, attributes)   attributes is a JSON object
//	syncrepl_state   (name, value)
//	syncrepl_values  (name, value)
//
// The tables may be read at will, and are written by the client only. With
// SQLite, open the database with _txlock=immediate and a busy timeout, or with
// one connection, so that a writer waits instead of failing.
func NewSQL(ctx context.Context, db *sql.DB, opts *SQLOptions) (Store, error) {
	if opts == nil {
		opts = &SQLOptions{}
	}
	s := &sqlStore{db: db, dialect: opts.Dialect, prefix: opts.Prefix}
	if s.prefix == "" {
		s.prefix = "syncrepl_"
	}
	if strings.Trim(s.prefix, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") != "" {
		return nil, &ConfigError{"SQLOptions.Prefix", "letters, digits and underscores only"}
	}
	text, blob, key := "TEXT", "BLOB", "TEXT"
	switch s.dialect {
	case PostgreSQL:
		blob = "BYTEA"
	case MySQL:
		text, blob, key = "LONGTEXT", "LONGBLOB", "VARCHAR(255)"
	}
	dnkey := text
	index := "(dnkey)"
	if s.dialect == MySQL {
		index = "(dnkey(255))"
	}
	tables := []string{
		fmt.Sprintf("CREATE TABLE IF NOT EXISTS %sentries (uuid CHAR(36) NOT NULL PRIMARY KEY, dn %s NOT NULL, dnkey %s NOT NULL, attributes %s NOT NULL)", s.prefix, text, dnkey, text),
		fmt.Sprintf("CREATE TABLE IF NOT EXISTS %sstate (name %s NOT NULL PRIMARY KEY, value %s NOT NULL)", s.prefix, key, blob),
		fmt.Sprintf("CREATE TABLE IF NOT EXISTS %svalues (name %s NOT NULL PRIMARY KEY, value %s NOT NULL)", s.prefix, key, blob),
	}
	for _, q := range tables {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return nil, storeErr("create tables", err)
		}
	}
	q := "CREATE INDEX IF NOT EXISTS %s ON %sentries %s"
	if s.dialect == MySQL {
		q = "CREATE INDEX %s ON %sentries %s" // fails when it is there
	}
	name := strings.ReplaceAll(s.prefix, ".", "_") + "dnkey"
	if _, err := db.ExecContext(ctx, fmt.Sprintf(q, name, s.prefix, index)); err != nil && s.dialect != MySQL {
		return nil, storeErr("create index", err)
	}
	return s, nil
}

type sqlStore struct {
	db      *sql.DB
	dialect Dialect
	prefix  string
}

func (s *sqlStore) Begin(ctx context.Context, writable bool) (StoreTx, error) {
	// A transaction begun for reading still reads one state: SQLite's do always,
	// the others are asked for it.
	opts := &sql.TxOptions{}
	if !writable && s.dialect != SQLite {
		opts = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	tx, err := s.db.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	return &sqlTx{s: s, ctx: ctx, tx: tx, writable: writable}, nil
}

func (s *sqlStore) Close() error { return nil }

// SQLTx returns the database/sql transaction behind tx, nil if the store is
// another. What the caller writes with it is committed with the record. It must
// neither be committed nor rolled back.
func SQLTx(tx Tx) *sql.Tx {
	if t, ok := tx.(*sqlTx); ok {
		return t.tx
	}
	return nil
}

type sqlTx struct {
	s        *sqlStore
	ctx      context.Context
	tx       *sql.Tx
	writable bool
}

// query puts the table prefix for @ and the dialect's placeholders for ?.
func (t *sqlTx) query(q string) string {
	q = strings.ReplaceAll(q, "@", t.s.prefix)
	if t.s.dialect != PostgreSQL {
		return q
	}
	var b strings.Builder
	n := 0
	for _, c := range q {
		if c == '?' {
			n++
			b.WriteString("$" + strconv.Itoa(n))
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

func (t *sqlTx) exec(q string, args ...any) error {
	if !t.writable {
		return ErrReadOnly
	}
	_, err := t.tx.ExecContext(t.ctx, t.query(q), args...)
	return err
}

// one reads a single row; ok is false when there is none.
func (t *sqlTx) one(q string, args []any, dest ...any) (ok bool, err error) {
	err = t.tx.QueryRowContext(t.ctx, t.query(q), args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// ids reads a column of UUIDs to the end, since some drivers allow no second
// query while rows are open.
func (t *sqlTx) ids(q string, args ...any) ([]UUID, error) {
	rows, err := t.tx.QueryContext(t.ctx, t.query(q), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []UUID
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		var id UUID
		if err := id.UnmarshalText([]byte(text)); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

func (t *sqlTx) Context() context.Context { return t.ctx }

func (t *sqlTx) Len() (n int, err error) {
	_, err = t.one("SELECT COUNT(*) FROM @entries", nil, &n)
	return n, err
}

func (t *sqlTx) Get(id UUID) (*Entry, error) {
	e := &Entry{UUID: id}
	var attrs []byte
	ok, err := t.one("SELECT dn, attributes FROM @entries WHERE uuid = ?", []any{id.String()}, &e.DN, &attrs)
	if !ok {
		return nil, err
	}
	e.Attributes, err = parseAttributesJSON(attrs)
	return e, err
}

func (t *sqlTx) Find(dn string) ([]*Entry, error) {
	ids, err := t.ids("SELECT uuid FROM @entries WHERE dnkey = ?", hexKey(DNKey(dn)))
	var out []*Entry
	for _, id := range ids {
		e, err := t.Get(id)
		if err != nil {
			return nil, err
		}
		if e != nil {
			out = append(out, e)
		}
	}
	return out, err
}

func (t *sqlTx) Under(dn string) ([]UUID, error) {
	key := hexKey(DNKey(dn))
	// 'g' sorts after every hexadecimal digit.
	return t.ids("SELECT uuid FROM @entries WHERE dnkey > ? AND dnkey < ? ORDER BY dnkey", key, key+"g")
}

// sqlPage is the number of rows that are read at a time.
const sqlPage = 500

func (t *sqlTx) IDs() iter.Seq2[UUID, error] {
	return func(yield func(UUID, error) bool) {
		last := ""
		for {
			ids, err := t.ids("SELECT uuid FROM @entries WHERE uuid > ? ORDER BY uuid LIMIT "+strconv.Itoa(sqlPage), last)
			if err != nil {
				yield(UUID{}, err)
				return
			}
			for _, id := range ids {
				if !yield(id, nil) {
					return
				}
			}
			if len(ids) < sqlPage {
				return
			}
			last = ids[len(ids)-1].String()
		}
	}
}

func (t *sqlTx) Entries() iter.Seq2[*Entry, error] {
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

func (t *sqlTx) Put(e *Entry) error {
	if err := t.Remove(e.UUID); err != nil {
		return err
	}
	return t.exec("INSERT INTO @entries (uuid, dn, dnkey, attributes) VALUES (?, ?, ?, ?)",
		e.UUID.String(), e.DN, hexKey(DNKey(e.DN)), string(appendAttributesJSON(nil, e.Attributes)))
}

func (t *sqlTx) Remove(id UUID) error {
	return t.exec("DELETE FROM @entries WHERE uuid = ?", id.String())
}

func (t *sqlTx) Cookie() (string, error) { return t.State(stateCookie) }

func (t *sqlTx) State(key string) (string, error) {
	var v []byte
	_, err := t.one("SELECT value FROM @state WHERE name = ?", []any{key}, &v)
	return string(v), err
}

func (t *sqlTx) SetState(key, value string) error {
	if err := t.exec("DELETE FROM @state WHERE name = ?", key); err != nil {
		return err
	}
	return t.exec("INSERT INTO @state (name, value) VALUES (?, ?)", key, []byte(value))
}

func (t *sqlTx) Value(key string) ([]byte, error) {
	var v []byte
	ok, err := t.one("SELECT value FROM @values WHERE name = ?", []any{key}, &v)
	if !ok {
		return nil, err
	}
	if v == nil {
		v = []byte{}
	}
	return v, err
}

func (t *sqlTx) SetValue(key string, value []byte) error {
	if err := t.exec("DELETE FROM @values WHERE name = ?", key); err != nil || value == nil {
		return err
	}
	return t.exec("INSERT INTO @values (name, value) VALUES (?, ?)", key, value)
}

func (t *sqlTx) Commit() error { return t.tx.Commit() }

func (t *sqlTx) Rollback() error {
	if err := t.tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}
