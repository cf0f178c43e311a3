package sqldb

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// format is the version of the tables. It only grows.
const format = 1

// queries are the statements that do not depend on a filter.
type queries struct {
	tables string // quoted

	lock, state, setState         string
	lookup, byID, below, children string
	hasChild                      string
	insert, replace, move, remove string
	bury                          string
	addValues, dropValues         string
	noValues                      string
	allMeta, setMeta, dropMeta    string
	getItem, setItem, dropItem    string
	items, scanItems              string
	putChange, changes, notify    string
	count, idsFrom, rowsOf        string
	changeOf                      string
	trimChanges                   string
}

// Whether there are children is asked with an order that only the index of
// parents has: few entries have any, so that statistics speak for reading the
// table until one is found, which for a leaf is all of it.

// columns are what an entry is made from.
const columns = `e.id, e.parent, e.path, e.name, e.data`

func newQueries(schema string) queries {
	s := quoteName(schema) + "."
	q := queries{
		tables:   quoteName(schema),
		lock:     `SELECT generation, next FROM @state WHERE one = 1 FOR UPDATE`,
		state:    `SELECT generation FROM @state WHERE one = 1`,
		setState: `UPDATE @state SET generation = $1, next = $2 WHERE one = 1`,

		lookup:   `SELECT ` + columns + `, (SELECT c.id FROM @entry c WHERE c.parent = e.id AND NOT c.tombstone ORDER BY c.parent, c.id LIMIT 1) IS NOT NULL FROM @entry e WHERE e.digest = ANY($1)`,
		byID:     `SELECT ` + columns + ` FROM @entry e WHERE e.id = $1`,
		below:    `SELECT e.id, e.path, e.name FROM @entry e WHERE e.prefix >= $1 AND e.prefix <= $2 AND e.path > $3 AND e.path < $4`,
		children: `SELECT count(*) FROM @entry WHERE parent = $1 AND NOT tombstone`,
		hasChild: `SELECT (SELECT c.id FROM @entry c WHERE c.parent = $1 AND NOT c.tombstone ORDER BY c.parent, c.id LIMIT 1) IS NOT NULL`,

		insert:  `INSERT INTO @entry (id, parent, tombstone, digest, path, prefix, name, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		replace: `UPDATE @entry SET data = $2 WHERE id = $1`,
		move: `UPDATE @entry AS e SET parent = COALESCE(m.parent, e.parent), tombstone = CASE WHEN m.parent IS NULL THEN e.tombstone ELSE m.tombstone END, digest = m.digest, path = m.path, prefix = m.prefix, name = m.name
			FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[]) AS m(id, parent, tombstone, digest, path, prefix, name) WHERE e.id = m.id`,
		remove: `DELETE FROM @entry WHERE id = $1`,
		bury:   `SELECT id FROM @entry WHERE parent = $1 AND tombstone`,

		addValues:  `INSERT INTO @value (attr, key, entry) SELECT a, k, $3 FROM unnest($1::text[], $2::bytea[]) AS n(a, k)`,
		dropValues: `DELETE FROM @value v USING unnest($1::text[], $2::bytea[]) AS n(a, k) WHERE v.attr = n.a AND v.key = n.k AND v.entry = $3`,
		noValues:   `DELETE FROM @value WHERE entry = $1`,

		allMeta:  `SELECT key, val FROM @meta`,
		setMeta:  `INSERT INTO @meta (key, val) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET val = excluded.val`,
		dropMeta: `DELETE FROM @meta WHERE key = $1`,

		getItem:   `SELECT val FROM @item WHERE tab = $1 AND key = $2`,
		items:     `SELECT i.tab, i.key, i.val FROM unnest($1::text[], $2::bytea[]) AS n(tab, key) JOIN @item i ON i.tab = n.tab AND i.key = n.key`,
		setItem:   `INSERT INTO @item (tab, key, val) VALUES ($1, $2, $3) ON CONFLICT (tab, key) DO UPDATE SET val = excluded.val`,
		dropItem:  `DELETE FROM @item WHERE tab = $1 AND key = $2`,
		scanItems: `SELECT key, val FROM @item WHERE tab = $1 AND key >= $2 ORDER BY key LIMIT $3`,

		putChange:   `INSERT INTO @change (generation, no, payload) VALUES ($1, $2, $3)`,
		changes:     `SELECT generation, payload FROM @change WHERE generation > $1 ORDER BY generation, no LIMIT $2`,
		changeOf:    `SELECT payload FROM @change WHERE generation = $1 ORDER BY no`,
		count:       `SELECT count(*) FROM @entry`,
		idsFrom:     `SELECT ` + columns + ` FROM @entry e WHERE e.id > $1 ORDER BY e.id LIMIT $2`,
		rowsOf:      `SELECT attr, key, entry FROM @value WHERE entry >= $1 AND entry <= $2`,
		notify:      `SELECT pg_notify($1, $2)`,
		trimChanges: `DELETE FROM @change WHERE at < now() - $1::interval`,
	}
	for _, p := range []*string{&q.lock, &q.state, &q.setState, &q.lookup, &q.byID, &q.below, &q.children, &q.hasChild, &q.insert, &q.replace, &q.move, &q.remove, &q.bury,
		&q.addValues, &q.dropValues, &q.noValues, &q.allMeta, &q.setMeta, &q.dropMeta, &q.getItem, &q.items, &q.setItem, &q.dropItem, &q.scanItems,
		&q.putChange, &q.count, &q.idsFrom, &q.rowsOf, &q.changes, &q.changeOf, &q.trimChanges} {
		*p = strings.ReplaceAll(*p, "@", s)
	}
	return q
}

// tableText makes the tables. Each statement may be run again.
const tableText = `
CREATE TABLE IF NOT EXISTS @state (one integer PRIMARY KEY, format integer NOT NULL, generation bigint NOT NULL, next bigint NOT NULL);
CREATE TABLE IF NOT EXISTS @entry (id bigint PRIMARY KEY, parent bigint NOT NULL, tombstone boolean NOT NULL, digest bytea NOT NULL UNIQUE,
	path bytea NOT NULL, prefix bytea NOT NULL, name bytea NOT NULL, data bytea NOT NULL);
CREATE INDEX IF NOT EXISTS entry_parent ON @entry (parent, id);
CREATE INDEX IF NOT EXISTS entry_prefix ON @entry (prefix);
CREATE TABLE IF NOT EXISTS @value (attr text NOT NULL, key bytea NOT NULL, entry bigint NOT NULL, PRIMARY KEY (attr, key, entry));
CREATE INDEX IF NOT EXISTS value_entry ON @value (entry);
CREATE TABLE IF NOT EXISTS @meta (key text PRIMARY KEY, val bytea NOT NULL);
CREATE TABLE IF NOT EXISTS @item (tab text NOT NULL, key bytea NOT NULL, val bytea NOT NULL, PRIMARY KEY (tab, key));
CREATE TABLE IF NOT EXISTS @change (generation bigint NOT NULL, no integer NOT NULL, at timestamptz NOT NULL DEFAULT now(), payload bytea NOT NULL, PRIMARY KEY (generation, no));
CREATE INDEX IF NOT EXISTS change_at ON @change (at);
INSERT INTO @state (one, format, generation, next) VALUES (1, 1, 1, 1) ON CONFLICT (one) DO NOTHING`

// prepare makes the tables that are missing and checks their version. Several
// servers may do so at once: one that loses the race tries again.
func (db *DB) prepare(ctx context.Context) error {
	var err error
	for range 10 {
		if err = db.tryPrepare(ctx); err == nil || !collided(err) {
			return err
		}
	}
	return err
}

func (db *DB) tryPrepare(ctx context.Context) error {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	var version int
	read := func() error {
		return conn.QueryRow(ctx, strings.ReplaceAll(`SELECT format FROM @state WHERE one = 1`, "@", db.q.tables+"."), pgx.QueryExecModeExec).Scan(&version)
	}
	if err := read(); err != nil {
		// A user who may use the tables need not be allowed to make them.
		list := append([]string{`CREATE SCHEMA IF NOT EXISTS ` + db.q.tables}, strings.Split(strings.ReplaceAll(tableText, "@", db.q.tables+"."), ";\n")...)
		for _, sql := range list {
			if _, err := conn.Exec(ctx, sql, pgx.QueryExecModeExec); err != nil {
				return err
			}
		}
		if err := read(); err != nil {
			return err
		}
	}
	if version != format {
		return fmt.Errorf("the tables of %s have format %d, this server knows %d", db.q.tables, version, format)
	}
	// Not every database that speaks this protocol can notify.
	_, err = conn.Exec(ctx, db.q.notify, db.channel(), db.node)
	db.notifies = err == nil
	return nil
}
