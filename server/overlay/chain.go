package overlay

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// Chain is a Host that runs overlays besides the plug-ins of another Host:
// after them, as overlays lie nearer to the database.
type Chain struct {
	plugin.Host
	services plugin.Services
	mu       sync.Mutex // of changes
	lists    atomic.Pointer[map[string]*stack]
}

// stack are the overlays of one database with the points at which any is called.
type stack struct {
	list   []Overlay
	first  [plugin.PhaseCount][plugin.SlotCount][]Overlay
	others [plugin.PhaseCount][plugin.SlotCount][]Overlay
	stops  []func()
}

func (t *stack) add(o Overlay) {
	t.list = append(t.list, o)
	f, _ := o.(First)
	for _, p := range o.Points() {
		at := &t.others[p.Phase][p.Slot]
		if f != nil && f.First(p) {
			at = &t.first[p.Phase][p.Slot]
		}
		*at = append(*at, o)
	}
}

func (t *stack) listens(p plugin.Point) bool {
	return t != nil && (len(t.first[p.Phase][p.Slot]) > 0 || len(t.others[p.Phase][p.Slot]) > 0)
}

func (t *stack) stop() {
	if t == nil {
		return
	}
	for _, f := range t.stops {
		f()
	}
	t.stops = nil
}

// NewChain makes a Chain without overlays.
func NewChain(next plugin.Host, s plugin.Services) *Chain {
	c := &Chain{Host: next, services: s}
	c.lists.Store(&map[string]*stack{})
	return c
}

// Unwrap implements plugin.Wrapper.
func (c *Chain) Unwrap() plugin.Host { return c.Host }

// Set puts the overlays of a database in place of those that it had; "" are
// those of all databases. Operations under way may see either. After an error
// the old ones are in place.
func (c *Chain) Set(database string, list []Overlay) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := &stack{}
	for _, o := range list {
		now.add(o)
	}
	old := (*c.lists.Load())[database]
	old.stop()
	if err := now.start(c.services); err != nil {
		now.stop()
		return errors.Join(err, old.start(c.services))
	}
	m := maps.Clone(*c.lists.Load())
	if len(list) == 0 {
		delete(m, database)
	} else {
		m[database] = now
	}
	c.lists.Store(&m)
	return nil
}

// start begins the overlays' own work.
func (t *stack) start(s plugin.Services) error {
	if t == nil {
		return nil
	}
	for _, o := range t.list {
		if r, ok := o.(Starter); ok {
			stop, err := r.Start(s)
			if err != nil {
				return err
			}
			t.stops = append(t.stops, stop)
		}
	}
	return nil
}

// Stop ends the overlays' own work.
func (c *Chain) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range *c.lists.Load() {
		t.stop()
	}
}

// Listens implements plugin.Host.
func (c *Chain) Listens(p plugin.Point, database string) bool {
	if m := *c.lists.Load(); len(m) > 0 && (m[database].listens(p) || m[""].listens(p) || anywhere(m, p)) {
		return true
	}
	return c.Host.Listens(p, database)
}

// ends are operations of a connection, not of a database: those that the
// requestor belongs to get to see them.
func ends(s plugin.Slot) bool { return s == plugin.SlotUnbind || s == plugin.SlotAbandon }

func anywhere(m map[string]*stack, p plugin.Point) bool {
	if !ends(p.Slot) {
		return false
	}
	for _, t := range m {
		if t.listens(p) {
			return true
		}
	}
	return false
}

// Run implements plugin.Host.
func (c *Chain) Run(p plugin.Point, op *plugin.Operation) plugin.Outcome {
	m := *c.lists.Load()
	database := op.Database
	if ends(p.Slot) && op.Requestor.Norm != "" {
		database = c.services.DatabaseFor(op.Requestor.Norm)
	}
	own, all := m[database], m[""]
	if database == "" {
		own = nil
	}
	if p.Phase == plugin.TxnPost && op.OpReturn != 0 {
		own, all = nil, nil // the change failed; plug-ins alone pair the calls
	}
	if out := c.call(own, all, p, op, true); out.Stop {
		return out
	}
	var out plugin.Outcome
	if c.Host.Listens(p, op.Database) {
		if out = c.Host.Run(p, op); out.Stop {
			return out
		}
	}
	if stopped := c.call(own, all, p, op, false); stopped.Stop {
		return stopped
	}
	return out
}

func (c *Chain) call(own, all *stack, p plugin.Point, op *plugin.Operation, first bool) plugin.Outcome {
	for _, t := range [2]*stack{all, own} {
		if t == nil {
			continue
		}
		list := t.others[p.Phase][p.Slot]
		if first {
			list = t.first[p.Phase][p.Slot]
		}
		for _, o := range list {
			if err := o.Run(c.services, p, op); err != nil && stoppable(p) {
				if err.Code != wire.Success {
					op.Result = err.Result
				}
				return plugin.Outcome{Stop: true, Return: -1, Plugin: "overlay"}
			}
		}
	}
	return plugin.Outcome{}
}

// stoppable tells whether an error of an overlay at p means something.
func stoppable(p plugin.Point) bool {
	switch p.Phase {
	case plugin.Post, plugin.BePost, plugin.InternalPost:
		return false
	}
	return p.Slot != plugin.SlotResult
}

// entryControls is an Overlay that gives entries controls.
type entryControls interface {
	EntryControls(s plugin.Services, op *plugin.Operation, e *entry.Entry) []wire.Control
}

// EntryControls implements plugin.EntryControlHost.
func (c *Chain) EntryControls(op *plugin.Operation, e *entry.Entry) []wire.Control {
	var list []wire.Control
	m := *c.lists.Load()
	for _, t := range [2]*stack{m[""], m[op.Database]} {
		if t == nil {
			continue
		}
		for _, o := range t.list {
			if x, ok := o.(entryControls); ok {
				list = append(list, x.EntryControls(c.services, op, e)...)
			}
		}
		if op.Database == "" {
			break
		}
	}
	return list
}

// extender is an Overlay that serves extended operations.
type extender interface {
	ExtendedOIDs() []string
	// Extended runs one about an entry of the database; handled is false when it
	// is another's.
	Extended(s plugin.Services, op *plugin.Operation, database string) (handled bool, err *wire.Error)
}

// ExtendedOIDs implements plugin.Host.
func (c *Chain) ExtendedOIDs() []string {
	list := c.Host.ExtendedOIDs()
	for _, t := range *c.lists.Load() {
		for _, o := range t.list {
			if x, ok := o.(extender); ok {
				list = append(list[:len(list):len(list)], x.ExtendedOIDs()...)
			}
		}
	}
	return list
}

// RunExtended implements plugin.Host.
func (c *Chain) RunExtended(op *plugin.Operation) bool {
	if c.Host.RunExtended(op) {
		return true
	}
	served := false
	for database, t := range *c.lists.Load() {
		for _, o := range t.list {
			x, ok := o.(extender)
			if !ok || !slices.Contains(x.ExtendedOIDs(), op.Extended.OID) {
				continue
			}
			served = true
			handled, err := x.Extended(c.services, op, database)
			if err != nil {
				op.Result = err.Result
			}
			if handled {
				return true
			}
		}
	}
	if served {
		op.Result = wire.Result{Code: wire.NoSuchObject}
	}
	return served
}
