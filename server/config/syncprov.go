package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/replica"
	csn "libslapi/server/sync"
)

// Syncprov is the overlay syncprov of a database: the provider of RFC 4533.
type Syncprov struct {
	Settings csn.Settings
	Values   Values // its directives, for its entry in cn=config
}

func newSyncprov() *Syncprov {
	return &Syncprov{Settings: csn.Settings{Enabled: true, SessionLog: csn.DefaultSessionLog}}
}

func init() {
	define("syncrepl", directive{scope: scopeEntries, min: 3, max: -1, args: "rid=<n> provider=<url> searchbase=<dn> [<key>=<value>]...",
		attr: "olcSyncrepl", multi: true, ordered: true, run: runSyncrepl})
	// The context CSN is durable with every change, so there is nothing to do
	// at a checkpoint; the line is kept for who reads it back.
	define("syncprov-checkpoint", directive{scope: scopeOverlay, overlay: "syncprov", min: 2, max: 2, args: "<ops> <minutes>", attr: "olcSpCheckpoint",
		run: func(p *parser, l *line) error {
			for _, w := range l.words[1:] {
				if n, err := strconv.ParseUint(w, 10, 31); err != nil || n == 0 {
					return fmt.Errorf("%q is not a positive number", w)
				}
			}
			return nil
		}})
	define("syncprov-sessionlog", directive{scope: scopeOverlay, overlay: "syncprov", min: 1, max: 1, args: "<changes>", attr: "olcSpSessionlog",
		run: setInt(func(p *parser) *int { return &p.db.Syncprov.Settings.SessionLog }, 0, 1<<30)})
	define("syncprov-nopresent", directive{scope: scopeOverlay, overlay: "syncprov", min: 1, max: 1, args: "TRUE | FALSE", attr: "olcSpNoPresent",
		run: setBool(func(p *parser) *bool { return &p.db.Syncprov.Settings.NoPresent })})
	define("syncprov-reloadhint", directive{scope: scopeOverlay, overlay: "syncprov", min: 1, max: 1, args: "TRUE | FALSE", attr: "olcSpReloadHint",
		run: setBool(func(p *parser) *bool { return &p.db.Syncprov.Settings.ReloadHint })})
}

// beginSyncprov runs the line "overlay syncprov".
func (p *parser) beginSyncprov() error {
	switch {
	case p.entryMode:
		return errors.New("is not possible here")
	case p.db == nil || !p.db.HoldsEntries():
		return errors.New("overlay syncprov is for a database of entries only")
	case p.db.Syncprov != nil:
		return errors.New("overlay syncprov is there already")
	}
	p.db.Syncprov, p.overlay = newSyncprov(), "syncprov"
	return nil
}

// syncprovOf parses an olcOverlay entry.
func (c *Config) syncprovOf(e *entry.Entry) (*Syncprov, error) {
	names := unordered(e.Values("olcOverlay"))
	if len(names) != 1 || !strings.EqualFold(names[0], "syncprov") {
		return nil, fmt.Errorf("overlay %s is not supported yet", strings.Join(names, " "))
	}
	n := New()
	n.Schema, n.schemaUsed = c.Schema, true
	d := newDatabase("mdb", e.Name.Pretty, 0)
	d.Syncprov = newSyncprov()
	p := &parser{cfg: n, db: d, overlay: "syncprov", entryMode: true}
	return d.Syncprov, p.runEntry(e, nil)
}

// runSyncrepl takes a syncrepl line: the database is a copy of another server's.
func runSyncrepl(p *parser, l *line) error {
	set, err := replica.ParseLine(l.words[1:])
	if err != nil {
		return err
	}
	if _, err := p.name(set.Base); err != nil {
		return err
	}
	base, err := p.name(set.LocalBase())
	if err != nil {
		return err
	}
	if _, err := filter.Parse(set.Filter); err != nil {
		return fmt.Errorf("filter: %v", err)
	}
	if !p.db.holds(base.Norm) {
		return fmt.Errorf("searchbase %q is not within the suffix of the database", set.LocalBase())
	}
	for _, other := range p.db.Syncrepl {
		if other.RID == set.RID {
			return fmt.Errorf("rid %03d is there already", set.RID)
		}
	}
	p.db.Syncrepl = append(p.db.Syncrepl, set)
	return nil
}
