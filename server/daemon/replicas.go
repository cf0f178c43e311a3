package daemon

import (
	"context"
	"reflect"
	"sync"

	"libslapi/server/backend"
	"libslapi/server/config"
	"libslapi/server/replica"
)

// consumers are the consumers that run.
type consumers struct {
	mu      sync.Mutex // a stop may come while they are started
	stopped bool
	ctx     context.Context // nil before Run
	cancel  context.CancelFunc
	of      map[string][]*consumer // by database, in the order of the lines
}

// consumer is one that runs.
type consumer struct {
	*replica.Consumer
	set    *replica.Settings
	mode   replica.Mode
	cancel context.CancelFunc
	done   chan struct{}
}

func (c *consumer) stop() {
	c.cancel()
	<-c.done
}

// startConsumers starts a consumer for each syncrepl line, unless the server has
// been stopped already.
func (d *Daemon) startConsumers() {
	d.consumers.mu.Lock()
	if d.consumers.stopped {
		d.consumers.mu.Unlock()
		return
	}
	d.consumers.ctx, d.consumers.cancel = context.WithCancel(context.Background())
	d.consumers.of = map[string][]*consumer{}
	d.consumers.mu.Unlock()
	for _, cd := range d.tree.Config().Databases {
		d.changeConsumersOf(cd)
	}
}

// changeConsumersOf brings the consumers of one database in line with its
// configuration, while the server serves: a line that is as it was goes on.
func (d *Daemon) changeConsumersOf(cd *config.Database) {
	d.consumers.mu.Lock()
	defer d.consumers.mu.Unlock()
	if d.consumers.stopped || d.consumers.ctx == nil {
		return
	}
	d.mu.Lock()
	db := d.databases[cd.Name]
	d.mu.Unlock()
	if db == nil {
		return
	}
	mode := replica.Mode{Multi: cd.Multi, Several: len(cd.Syncrepl) > 1, ServerID: d.serverID}
	var list []*consumer
	old := d.consumers.of[cd.Name]
	keep := map[*consumer]bool{}
	for _, set := range cd.Syncrepl {
		for _, c := range old {
			if c.mode == mode && reflect.DeepEqual(c.set, set) {
				keep[c] = true
				list = append(list, c)
				set = nil
				break
			}
		}
		if set != nil {
			list = append(list, &consumer{set: set, mode: mode})
		}
	}
	for _, c := range old {
		if !keep[c] {
			c.stop()
		}
	}
	running := list[:0]
	for _, c := range list {
		if c.Consumer == nil && !d.startConsumer(c, cd, db) {
			continue
		}
		running = append(running, c)
	}
	d.consumers.of[cd.Name] = running
}

func (d *Daemon) startConsumer(c *consumer, cd *config.Database, db backend.Backend) bool {
	var err error
	if c.Consumer, err = replica.New(d.server, db, c.set, c.mode, d.slog); err != nil {
		d.slog.Error("a consumer cannot be started", "database", cd.Name, "rid", c.set.RID, "error", err)
		return false
	}
	var ctx context.Context
	ctx, c.cancel = context.WithCancel(d.consumers.ctx)
	c.done = make(chan struct{})
	go func() {
		defer close(c.done)
		// Entries are found by their UUIDs.
		if w, ok := db.(interface {
			WaitIndexes(context.Context) error
		}); ok && w.WaitIndexes(ctx) != nil {
			return
		}
		c.Run(ctx)
	}()
	return true
}

// stopConsumersOf ends those of one database.
func (d *Daemon) stopConsumersOf(name string) {
	d.consumers.mu.Lock()
	list := d.consumers.of[name]
	delete(d.consumers.of, name)
	d.consumers.mu.Unlock()
	for _, c := range list {
		c.stop()
	}
}

// stopConsumers ends them; each comes to the end of the change it makes.
func (d *Daemon) stopConsumers() {
	d.consumers.mu.Lock()
	d.consumers.stopped = true
	cancel, all := d.consumers.cancel, d.consumers.of
	d.consumers.of = nil
	d.consumers.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	for _, list := range all {
		for _, c := range list {
			c.stop()
		}
	}
}

// consumersOf gives what the consumers of a database do.
func (d *Daemon) consumersOf(name string) []replica.Status {
	d.consumers.mu.Lock()
	defer d.consumers.mu.Unlock()
	var list []replica.Status
	for _, c := range d.consumers.of[name] {
		list = append(list, c.Status())
	}
	return list
}
