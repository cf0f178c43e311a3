package daemon

import (
	"context"
	"sync"

	"libslapi/server/replica"
)

// consumers are the consumers that run.
type consumers struct {
	mu      sync.Mutex // a stop may come while they are started
	stopped bool
	cancel  context.CancelFunc
	wg      sync.WaitGroup
}

// startConsumers starts a consumer for each syncrepl line, unless the server has
// been stopped already.
func (d *Daemon) startConsumers() {
	d.consumers.mu.Lock()
	defer d.consumers.mu.Unlock()
	if d.consumers.stopped {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	d.consumers.cancel = cancel
	for _, cd := range d.cfg.Databases {
		d.mu.Lock()
		db := d.databases[cd.Name]
		d.mu.Unlock()
		for _, set := range cd.Syncrepl {
			c := replica.New(d.server, db, set, d.slog)
			d.consumers.wg.Go(func() { c.Run(ctx) })
		}
	}
}

// stopConsumers ends them; each comes to the end of the change it makes.
func (d *Daemon) stopConsumers() {
	d.consumers.mu.Lock()
	d.consumers.stopped = true
	cancel := d.consumers.cancel
	d.consumers.mu.Unlock()
	if cancel != nil {
		cancel()
		d.consumers.wg.Wait()
	}
}
