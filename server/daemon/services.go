package daemon

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"libslapi/server/backend"
	"libslapi/server/config"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/operation"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// services is what the plug-in host gets: the pipeline, and beside it a note of
// the task categories that plug-ins serve.
type services struct {
	*operation.Server
	tree  *config.Tree
	mu    sync.Mutex
	made  map[string]bool // databases that plug-ins made
	tasks []string        // bases of the callbacks on additions below cn=tasks,cn=config
}

var _ plugin.Services = (*services)(nil)

// newServices also registers the server's own callback, which refuses tasks
// that nobody would run.
func newServices(s *operation.Server, tree *config.Tree) (*services, error) {
	x := &services{Server: s, tree: tree, made: map[string]bool{}}
	_, err := s.ConfigCallback(&plugin.ConfigCallback{
		Ops: plugin.KindAdd, Before: true, Base: config.TasksBase, Scope: wire.ScopeChildren,
		Call: func(op *plugin.Operation, _, e *entry.Entry) (int, wire.ResultCode, string) {
			if op != nil && op.Internal || x.served(e.Name.Norm) {
				return 1, wire.Success, ""
			}
			return -1, wire.UnwillingToPerform, "no plug-in runs tasks of this category"
		},
	})
	return x, err
}

// ConfigCallback implements plugin.Services.
func (x *services) ConfigCallback(cb *plugin.ConfigCallback) (func(), error) {
	remove, err := x.Server.ConfigCallback(cb)
	if err != nil || cb.Ops&plugin.KindAdd == 0 || !dn.IsSuffix(cb.Base, config.TasksBase) {
		return remove, err
	}
	x.mu.Lock()
	x.tasks = append(x.tasks, cb.Base)
	x.mu.Unlock()
	return func() {
		remove()
		x.mu.Lock()
		defer x.mu.Unlock()
		if i := slices.Index(x.tasks, cb.Base); i >= 0 {
			x.tasks = slices.Delete(x.tasks, i, i+1)
		}
	}, nil
}

// ServeDatabase brings a database that a plug-in made while the server runs into
// service, with the settings that all databases have; the mapping tree says
// whether its suffixes lead to it.
func (x *services) ServeDatabase(b backend.Backend) error {
	if x.Server.Database(b.Name()) != nil {
		return fmt.Errorf("there is a database %s", b.Name())
	}
	x.mu.Lock()
	x.made[b.Name()] = true
	x.mu.Unlock()
	odb := &operation.Database{Backend: b, NoSchemaCheck: true, NoLastmod: true}
	route(odb, x.tree.RouteOf(b.Name()))
	x.Server.AddDatabase(odb)
	return nil
}

// WithdrawDatabase takes one out of service.
func (x *services) WithdrawDatabase(name string) {
	x.mu.Lock()
	made := x.made[name]
	delete(x.made, name)
	x.mu.Unlock()
	if made {
		x.Server.RemoveDatabase(name)
	}
}

// reroute looks at the mapping tree again for the databases that plug-ins made.
func (x *services) reroute() {
	x.mu.Lock()
	names := slices.Collect(maps.Keys(x.made))
	x.mu.Unlock()
	for _, name := range names {
		r := x.tree.RouteOf(name)
		x.Server.UpdateDatabase(name, func(db *operation.Database) { route(db, r) })
	}
}

func route(db *operation.Database, r config.Route) {
	db.Unrouted, db.Disabled = r == config.Unrouted, r == config.Disabled
}

// served tells whether a plug-in asked for additions where norm is.
func (x *services) served(norm string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, base := range x.tasks {
		if dn.IsSuffix(norm, base) {
			return true
		}
	}
	return false
}
