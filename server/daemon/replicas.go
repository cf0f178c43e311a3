package daemon

import (
	"context"
	"sync"

	"libslapi/server/replica"
)

// consumers are the consumers that run.
type consumers struct {
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// startConsumers starts a consumer for each syncrepl line.
func (d *Daemon) startConsumers() {
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
	if d.consumers.cancel != nil {
		d.consumers.cancel()
		d.consumers.wg.Wait()
	}
}
