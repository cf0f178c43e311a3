package daemon

import (
	"fmt"

	"libslapi/server/config"
	"libslapi/server/overlay"
	"libslapi/server/plugin"
)

// useOverlays puts the overlays of the configuration between the plug-ins and
// the databases.
func (d *Daemon) useOverlays() error {
	var next plugin.Host = plugin.NoHost{}
	if d.host != nil {
		next = d.host
	}
	d.chain = overlay.NewChain(next, d.svc)
	for _, cd := range append([]*config.Database{d.cfg.Frontend}, d.cfg.Databases...) {
		if err := d.setOverlays(d.cfg, cd); err != nil {
			return fmt.Errorf("%s:%d: %w", cd.File, cd.Line, err)
		}
	}
	d.server.SetHost(d.chain)
	return nil
}

// setOverlays puts the overlays of one database into force.
func (d *Daemon) setOverlays(c *config.Config, cd *config.Database) error {
	list, err := c.NewOverlays(cd, overlay.Env{Log: d.slog})
	if err != nil {
		return err
	}
	name := cd.Name
	if cd == c.Frontend {
		name = ""
	}
	return d.chain.Set(name, list)
}
