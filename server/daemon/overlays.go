package daemon

import (
	"fmt"

	"libslapi/server/overlay"
	"libslapi/server/plugin"
)

// useOverlays puts the overlays of the configuration between the plug-ins and
// the databases.
func (d *Daemon) useOverlays() error {
	lists := map[string][]overlay.Overlay{}
	for _, cd := range d.cfg.Databases {
		list, err := d.cfg.NewOverlays(cd, overlay.Env{Log: d.slog})
		if err != nil {
			return fmt.Errorf("%s:%d: %w", cd.File, cd.Line, err)
		}
		if len(list) > 0 {
			lists[cd.Name] = list
		}
	}
	if len(lists) == 0 {
		return nil
	}
	var next plugin.Host = plugin.NoHost{}
	if d.host != nil {
		next = d.host
	}
	d.server.SetHost(overlay.NewChain(next, d.svc, lists))
	return nil
}
