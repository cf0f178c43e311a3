package daemon

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"libslapi/server/backend"
	"libslapi/server/config"
	"libslapi/server/operation"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// live puts changes of cn=config into force in the running server.
type live Daemon

func (l *live) current() *config.Config { return l.tree.Config() }

// Global implements config.Live: log level, limits, access and the readonly
// switch of the frontend.
func (l *live) Global(old, now *config.Global, oldFront, front *config.Database) error {
	c := l.current()
	// check first what can fail
	fresh := map[string]*operation.Database{}
	for _, d := range c.Databases {
		o := &operation.Database{}
		if err := (*Daemon)(l).fill(o, d, c); err != nil {
			return err
		}
		fresh[d.Name] = o
	}
	for name, o := range fresh {
		l.server.UpdateDatabase(name, func(db *operation.Database) {
			o.Backend, o.NoSchemaCheck = db.Backend, db.NoSchemaCheck
			*db = *o
		})
	}
	if !sameOverlays(oldFront, front) {
		if err := (*Daemon)(l).setOverlays(c, front); err != nil {
			return err
		}
	}
	l.server.Configure(func(o *operation.Options) { o.SortVals, o.AttributeOptions = now.SortVals, now.AttributeOptions })
	l.gate.configure(c)
	l.sasl.Configure(saslSettings(now))
	l.front.SetIdleTimeout(time.Duration(now.IdleTimeout) * time.Second)
	l.log.setLevel(now.LogLevel)
	(*Daemon)(l).setPluginLogLevel()
	return nil
}

// Database implements config.Live.
func (l *live) Database(old, now *config.Database) error {
	c := l.current()
	o := &operation.Database{}
	if err := (*Daemon)(l).fill(o, now, c); err != nil {
		return err
	}
	l.mu.Lock()
	db, indexed := l.databases[now.Name].(*backend.DB)
	l.mu.Unlock()
	if have, want := indexSpecs(old), indexSpecs(now); indexed && !slices.Equal(have, want) {
		if err := db.SetIndexes(want); err != nil {
			return fmt.Errorf("indexes: %w", err)
		}
	}
	if !sameOverlays(old, now) {
		if err := (*Daemon)(l).setOverlays(c, now); err != nil {
			return err
		}
	}
	l.server.UpdateDatabase(now.Name, func(db *operation.Database) {
		o.Backend, o.NoSchemaCheck = db.Backend, db.NoSchemaCheck
		*db = *o
	})
	l.gate.configure(c)
	(*Daemon)(l).changeConsumersOf(now)
	return nil
}

// Schema implements config.Live.
func (l *live) Schema(s *schema.Schema) error {
	l.server.SetSchema(s)
	return nil
}

// sameOverlays tells whether two versions of a database have the same overlays.
func sameOverlays(a, b *config.Database) bool {
	if a.LastBind != b.LastBind || a.RootDN != b.RootDN || len(a.Overlays) != len(b.Overlays) {
		return false
	}
	for i := range a.Overlays {
		if a.Overlays[i].Name != b.Overlays[i].Name || !reflect.DeepEqual(a.Overlays[i].Lines, b.Overlays[i].Lines) {
			return false
		}
	}
	return true
}

// Plugin implements config.Live.
func (l *live) Plugin(before, after *plugin.Spec) error {
	h, ok := l.host.(DynamicHost)
	if !ok {
		return errors.New("plug-ins cannot be started and stopped while the server runs; restart it")
	}
	if before != nil && before.Enabled && before.OnFailure != plugin.Off {
		if err := h.StopPlugin(before.Name); err != nil {
			return err
		}
	}
	if after != nil && after.Enabled && after.OnFailure != plugin.Off {
		if err := h.StartPlugin(*after); err != nil {
			if before != nil && before.Enabled {
				if again := h.StartPlugin(*before); again != nil {
					l.slog.Error("the plug-in as it was does not start any more", "plugin", before.Name, "error", again)
				}
			}
			if l.current().Global.Compat == config.Compat389 {
				// As ns-slapd: the reason is for the log.
				l.slog.Error("plug-in not started", "error", err)
				return &wire.Error{Result: wire.Result{Code: wire.UnwillingToPerform}}
			}
			return err
		}
	}
	return nil
}
