package daemon

import (
	"fmt"
	"slices"

	"libslapi/server/config"
	"libslapi/server/operation"
	"libslapi/server/overlay"
	"libslapi/server/plugin"
	"libslapi/server/wire"
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
	if err := d.chain.Set(name, list); err != nil {
		return err
	}
	d.showDynamic(c)
	return nil
}

// showDynamic tells in the root DSE which databases take dynamic entries
// (RFC 2589).
func (d *Daemon) showDynamic(c *config.Config) {
	at := wire.Attribute{Type: "dynamicSubtrees"}
	for _, cd := range c.Databases {
		for _, o := range cd.Overlays {
			if o.Name == "dds" && len(cd.Suffixes) > 0 {
				at.Values = append(at.Values, []byte(cd.Suffixes[0].Pretty))
			}
		}
	}
	d.server.Configure(func(o *operation.Options) {
		list := slices.DeleteFunc(slices.Clone(o.RootDSE), func(a wire.Attribute) bool { return a.Type == at.Type })
		if len(at.Values) > 0 {
			list = append(list, at)
		}
		o.RootDSE = list
	})
}
