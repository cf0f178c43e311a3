package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"libslapi/server/backend"
	"libslapi/server/config"
	"libslapi/server/operation"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/sqldb"
)

// closeTime is how long the close of a database that leaves a running server
// waits for the operations on it.
const closeTime = 10 * time.Second

// openDatabase opens one database of the configuration.
func openDatabase(s func() *schema.Schema, cd *config.Database, log *slog.Logger, readOnly bool) (*backend.DB, error) {
	return backend.Open(backend.DBOptions{
		Name: cd.Name, Type: cd.Type, Suffixes: cd.Suffixes, Dir: cd.Directory, Indexes: indexSpecs(cd),
		NoSync: cd.NoSync, ReadOnly: readOnly, Log: log, Schema: s,
	})
}

// openEntries opens a database that holds entries, whatever keeps them.
func openEntries(s func() *schema.Schema, cd *config.Database, log *slog.Logger) (backend.Backend, error) {
	if cd.Type != "sql" {
		return openDatabase(s, cd, log, false)
	}
	password, err := cd.SQL.Password()
	if err != nil {
		return nil, err
	}
	return sqldb.Open(context.Background(), sqldb.Options{
		Name: cd.Name, Suffixes: cd.Suffixes, Schema: s, URL: cd.SQL.URL, Password: password, Tables: cd.SQL.Tables,
		Connections: cd.SQL.Connections, Poll: cd.SQL.Poll, Keep: cd.SQL.Keep, Log: log,
	})
}

// openOne opens a database of the configuration c and brings it into service.
func (d *Daemon) openOne(cd *config.Database, c *config.Config) error {
	fail := func(err error) error {
		return fmt.Errorf("%s:%d: database %s: %w", cd.File, cd.Line, cd.Type, err)
	}
	odb := &operation.Database{}
	if err := d.fill(odb, cd, c); err != nil {
		return err
	}
	switch {
	case cd.Type == "monitor":
		odb.Backend = &monitor{d: d, cd: cd}
	case cd.Foreign:
		b, err := openForeign(d.host, cd, c.File)
		if err != nil {
			return fail(err)
		}
		odb.Backend = b
	default:
		db, err := openEntries(d.server.Schema, cd, d.slog)
		if err != nil {
			return fail(err)
		}
		d.mu.Lock()
		d.databases[cd.Name] = db
		d.mu.Unlock()
		odb.Backend = db
		if own, ok := db.(*backend.DB); ok {
			d.serveCopies(cd, own)
		}
	}
	d.mu.Lock()
	d.opened = append(d.opened, odb.Backend)
	d.mu.Unlock()
	d.server.AddDatabase(odb)
	return nil
}

// OpenDatabase implements config.Live.
func (l *live) OpenDatabase(cd *config.Database) error {
	d := (*Daemon)(l)
	d.mu.Lock()
	ending := d.ending[cd.Directory]
	d.mu.Unlock()
	if ending != nil { // one that was here is still being closed
		select {
		case <-ending:
		case <-time.After(closeTime):
			return fmt.Errorf("directory %s: the database that was there is still in use", cd.Directory)
		}
	}
	c := l.current()
	if err := d.openOne(cd, c); err != nil {
		return err
	}
	if err := d.setOverlays(c, cd); err != nil {
		return errors.Join(err, l.CloseDatabase(cd))
	}
	l.gate.configure(c)
	d.changeConsumersOf(cd)
	d.tellState(cd.Name, backendGone, backendOn)
	return nil
}

// CloseDatabase implements config.Live. With ns-slapd's habits the data go, too.
func (l *live) CloseDatabase(cd *config.Database) error {
	d := (*Daemon)(l)
	d.stopConsumersOf(cd.Name)
	d.tellState(cd.Name, backendOn, backendGone)
	if err := d.chain.Set(cd.Name, nil); err != nil {
		l.slog.Error("the overlays of a deleted database did not end", "database", cd.Name, "error", err)
	}
	gone := l.server.RemoveDatabase(cd.Name)
	d.mu.Lock()
	delete(d.databases, cd.Name)
	delete(d.providers, cd.Name)
	copies := d.copies[cd.Name]
	delete(d.copies, cd.Name)
	if gone != nil {
		if i := slices.Index(d.opened, gone.Backend); i >= 0 {
			d.opened = slices.Delete(d.opened, i, i+1)
		}
	}
	done := make(chan struct{})
	if d.ending == nil {
		d.ending = map[string]chan struct{}{}
	}
	d.ending[cd.Directory] = done
	d.mu.Unlock()
	l.gate.configure(l.current())
	copies.Close()
	go func() {
		defer func() {
			d.mu.Lock()
			if d.ending[cd.Directory] == done {
				delete(d.ending, cd.Directory)
			}
			d.mu.Unlock()
			close(done)
		}()
		if gone == nil {
			return
		}
		if err := gone.Backend.Close(); err != nil {
			l.slog.Error("closing a database failed", "database", cd.Name, "error", err)
			return
		}
		if cd.BuiltIn() && d.is389() {
			if err := discard(cd.Directory); err != nil {
				l.slog.Error("the data of a deleted database could not be removed", "database", cd.Name, "error", err)
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(closeTime):
		l.slog.Warn("a deleted database is still in use and is closed later", "database", cd.Name)
	}
	return nil
}

// Routes implements config.Live.
func (l *live) Routes() { l.svc.reroute() }

// discard removes the data file of a closed database, and its directory when
// nothing else is in it.
func discard(dir string) error {
	if err := os.Remove(filepath.Join(dir, "data.db")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	os.Remove(dir) // not empty: it stays
	return nil
}

// States of a database (SLAPI_BE_STATE_*).
const (
	backendOn   = 1
	backendGone = 3
)

// stateHost is implemented by a host whose plug-ins want to know of databases
// that come and go.
type stateHost interface {
	BackendState(name string, old, now int)
}

// tellState tells the plug-ins that a database changed its state.
func (d *Daemon) tellState(name string, old, now int) {
	if d.host == nil {
		return
	}
	if h, ok := plugin.As[stateHost](d.host); ok {
		h.BackendState(name, old, now)
	}
}

// serveCopies gives tools copies of a database. Without the socket the server
// does its work all the same.
func (d *Daemon) serveCopies(cd *config.Database, db *backend.DB) {
	s, err := serveSnapshots(db, cd.Directory, func(err error) {
		d.slog.Warn("no copy of the data was made", "database", cd.Name, "error", err)
	})
	if err != nil {
		d.slog.Warn("tools cannot read the database while the server runs", "database", cd.Name, "error", err)
		return
	}
	d.mu.Lock()
	if d.copies == nil {
		d.copies = map[string]*snapshots{}
	}
	d.copies[cd.Name] = s
	d.mu.Unlock()
}
