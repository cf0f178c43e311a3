package daemon

import (
	"slices"
	"sync"

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
	mu    sync.Mutex
	tasks []string // bases of the callbacks on additions below cn=tasks,cn=config
}

var _ plugin.Services = (*services)(nil)

// newServices also registers the server's own callback, which refuses tasks
// that nobody would run.
func newServices(s *operation.Server) (*services, error) {
	x := &services{Server: s}
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
