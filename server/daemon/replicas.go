package daemon

import (
	"context"
	"sync"

	"libslapi/server/config"
	"libslapi/server/replica"
)

// consumers are the consumers that run.
type consumers struct {
	mu      sync.Mutex // a stop may come while they are started
	stopped bool
	ctx     context.Context // nil before Run
	cancel  context.CancelFunc
	of      map[string]*consumersOf // by database
}

// consumersOf are the consumers of one database.
type consumersOf struct {
	cancel context.CancelFunc
	wg     sync.WaitGroup
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
	d.consumers.mu.Unlock()
	for _, cd := range d.tree.Config().Databases {
		d.startConsumersOf(cd)
	}
}

// startConsumersOf starts those of one database while the server serves.
func (d *Daemon) startConsumersOf(cd *config.Database) {
	d.consumers.mu.Lock()
	defer d.consumers.mu.Unlock()
	if len(cd.Syncrepl) == 0 || d.consumers.stopped || d.consumers.ctx == nil {
		return
	}
	d.mu.Lock()
	db := d.databases[cd.Name]
	d.mu.Unlock()
	ctx, cancel := context.WithCancel(d.consumers.ctx)
	of := &consumersOf{cancel: cancel}
	for _, set := range cd.Syncrepl {
		c := replica.New(d.server, db, set, d.slog)
		of.wg.Go(func() { c.Run(ctx) })
	}
	if d.consumers.of == nil {
		d.consumers.of = map[string]*consumersOf{}
	}
	d.consumers.of[cd.Name] = of
}

// stopConsumersOf ends those of one database.
func (d *Daemon) stopConsumersOf(name string) {
	d.consumers.mu.Lock()
	of := d.consumers.of[name]
	delete(d.consumers.of, name)
	d.consumers.mu.Unlock()
	if of != nil {
		of.cancel()
		of.wg.Wait()
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
	for _, of := range all {
		of.cancel()
		of.wg.Wait()
	}
}
