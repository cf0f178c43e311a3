// Package sqldb keeps a directory in a relational database that speaks
// PostgreSQL's protocol. Any number of servers may work on the same tables:
// they keep no entry in memory from one operation to the next, so that each
// sees what the others have answered for.
//
// The tables stand in a schema of their own (CREATE SCHEMA):
//
//	state   one row: format, generation, next entry id; its lock is the writer's turn
//	entry   id, parent id, digest of the normal name, path from the root, shown name, attributes
//	value   attribute type, key of a value under the equality rule, entry id
//	meta    small values of the layers above (context CSNs, cookies)
//	item    tables of the layers above (the session log)
//	change  what each transaction did, for those who follow the directory on other servers
//
// A search goes down as one statement, with its conditions on the value table;
// what comes back is tested with the filter here, so a condition may say less
// than the filter, never more. All values are bound.
//
// One writer at a time changes a database, whichever server it is on: it holds
// the row lock of the table state. Operations of one server that follow each
// other closely share one commit.
package sqldb

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/schema"
)

// Options say what a database is. Name, Suffixes, Schema and URL are needed.
type Options struct {
	Name     string
	Suffixes []dn.Name
	Schema   func() *schema.Schema
	// URL is a connection string of libpq: postgres://... or key=value words.
	URL string
	// Password replaces the one of URL when it is not empty.
	Password string
	// Tables is the name of the SQL schema that holds the tables; "ldap" when empty.
	Tables string
	// Connections bounds the connections of this server; 0 takes 32.
	Connections int
	// Poll is how often changes of other servers are looked for where the
	// database cannot notify; 0 takes 250 ms.
	Poll time.Duration
	// Keep is how long the table change is kept; 0 takes ten minutes.
	Keep time.Duration
	Log  *slog.Logger // nil: nothing is logged
}

// DB is one database.
type DB struct {
	opt  Options
	log  *slog.Logger
	pool *pgxpool.Pool
	q    queries
	turn turn
	feed feed
	trip atomic.Int64
	hot  hotKeys
	// node tells this server's notifications from those of others.
	node     string
	notifies bool
}

var (
	_ backend.Backend = (*DB)(nil)
	_ backend.Shared  = (*DB)(nil)
)

// Open connects to the database and makes the tables when they are missing. An
// unreachable database is an error; later on it is waited for.
func Open(ctx context.Context, opt Options) (*DB, error) {
	if opt.Schema == nil || len(opt.Suffixes) == 0 {
		return nil, fmt.Errorf("sql database %s: schema and suffix are needed", opt.Name)
	}
	if opt.Tables == "" {
		opt.Tables = "ldap"
	}
	if opt.Connections == 0 {
		opt.Connections = 32
	}
	if opt.Poll == 0 {
		opt.Poll = 250 * time.Millisecond
	}
	if opt.Keep == 0 {
		opt.Keep = 10 * time.Minute
	}
	opt.Suffixes = slices.Clip(slices.Clone(opt.Suffixes))
	cfg, err := pgxpool.ParseConfig(opt.URL)
	if err != nil {
		return nil, fmt.Errorf("sql database %s: %w", opt.Name, err)
	}
	if opt.Password != "" {
		cfg.ConnConfig.Password = opt.Password
	}
	cfg.MaxConns = int32(max(opt.Connections, 2))
	cfg.MaxConnIdleTime = 5 * time.Minute
	// A shape of filter is a statement: those in use stay prepared.
	cfg.ConnConfig.StatementCacheCapacity = 256
	cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	if cfg.ConnConfig.RuntimeParams["application_name"] == "" {
		cfg.ConnConfig.RuntimeParams["application_name"] = "slapid " + opt.Name
	}
	if cfg.ConnConfig.ConnectTimeout == 0 {
		cfg.ConnConfig.ConnectTimeout = 10 * time.Second
	}
	db := &DB{opt: opt, log: opt.Log, q: newQueries(opt.Tables), node: rand.Text()}
	if db.log == nil {
		db.log = slog.New(slog.DiscardHandler)
	}
	if db.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, fmt.Errorf("sql database %s: %w", opt.Name, err)
	}
	if err := db.prepare(ctx); err != nil {
		db.pool.Close()
		return nil, fmt.Errorf("sql database %s: %w", opt.Name, err)
	}
	return db, nil
}

// Name gives the name of the options.
func (db *DB) Name() string { return db.opt.Name }

// Type is "sql".
func (db *DB) Type() string { return "sql" }

// Suffixes are those of the options.
func (db *DB) Suffixes() []dn.Name { return db.opt.Suffixes }

// Count gives the number of entries, tombstones among them.
func (db *DB) Count() (n int, err error) {
	err = db.pool.QueryRow(context.Background(), db.q.count).Scan(&n)
	return n, db.outcome(nil, err)
}

// RoundTrips counts how often an operation has waited for the database.
func (db *DB) RoundTrips() int64 { return db.trip.Load() }

// Close ends the following and waits for the connections in use.
func (db *DB) Close() error {
	db.feed.stop()
	db.pool.Close()
	return nil
}

// holdsRoot tells whether the suffix is the empty name.
func (db *DB) holdsRoot() bool {
	return slices.ContainsFunc(db.opt.Suffixes, dn.Name.IsRoot)
}

// whole tells whether everything in the database is below a name.
func (db *DB) whole(norm string) bool {
	return norm == "" || len(db.opt.Suffixes) == 1 && db.opt.Suffixes[0].Norm == norm
}

// steps gives a name and those above it up to the suffix, the name first.
func (db *DB) steps(norm string) []string {
	top := ""
	found := false
	for _, s := range db.opt.Suffixes {
		if dn.IsSuffix(norm, s.Norm) && (!found || len(s.Norm) < len(top)) {
			top, found = s.Norm, true
		}
	}
	if !found || norm == "" {
		return nil
	}
	list := []string{norm}
	for norm != top {
		norm = dn.ParentNorm(norm)
		if norm == "" {
			break
		}
		list = append(list, norm)
	}
	return list
}

// quoteName makes an SQL identifier.
func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
