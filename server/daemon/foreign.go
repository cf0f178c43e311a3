package daemon

import (
	"errors"

	"libslapi/server/backend"
	"libslapi/server/config"
	"libslapi/server/plugin"
)

// openForeign opens a database that a plug-in serves.
func openForeign(host plugin.Host, cd *config.Database, file string) (backend.Backend, error) {
	if host == nil {
		return nil, errors.New("this server was built without a plug-in host")
	}
	h, ok := plugin.As[plugin.DatabaseHost](host)
	if !ok {
		return nil, errors.New("the plug-in host serves no databases")
	}
	return h.OpenDatabase(plugin.DatabaseSpec{Name: cd.Name, Type: cd.Type, Suffixes: cd.Suffixes, ReadOnly: cd.ReadOnly, File: file, Lines: cd.Lines})
}
