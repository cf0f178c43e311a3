package main

/*
#cgo CFLAGS: -I${SRCDIR}/../cshim -I${SRCDIR}/../include -std=gnu11
#cgo LDFLAGS: -lcrypt -lldap -llber -ldl -lpthread
#include <stdlib.h>
#include "dispatch.h"
#include "host.h"
#include "host_goside.h"
#include "host_services.h"
#include "host_vattr.h"
#include "loader.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"unsafe"

	"libslapi/server/daemon"
	"libslapi/server/dn"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// cHost runs plug-ins in this process. It implements daemon.HostController.
type cHost struct {
	opt  daemon.HostOptions
	log  *slog.Logger
	test bool

	mu      sync.Mutex    // guards loading, starting and closing
	plugins []*hostPlugin // in the order in which they are called
	started []*hostPlugin // those of the configuration, in the order in which they are started
	closed  bool
	// databases are the plug-ins that serve databases, in the order of opening.
	databases []*hostPlugin

	tables atomic.Pointer[hookTables]
	config configCallbacks
	taskDB taskList
}

// hostPlugin is one plug-in: from a Spec, or registered by another one.
type hostPlugin struct {
	spec    plugin.Spec
	c       *C.struct_cshim_plugin
	handle  uintptr
	path    string
	init    string
	parent  *hostPlugin
	started bool
	nested  []*hostPlugin

	nameOnce sync.Once
	name     dn.Name // of its entry
}

func (p *hostPlugin) String() string {
	if p == nil {
		return ""
	}
	return p.spec.Name
}

// theHost is the host that C functions work for; nil when there is none.
var theHost atomic.Pointer[cHost]

// newHost is daemon.Hooks.NewHost.
func newHost(opt daemon.HostOptions) (daemon.HostController, error) {
	h := &cHost{opt: opt, log: opt.Log, test: opt.Test}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	h.tables.Store(&hookTables{})
	if !theHost.CompareAndSwap(nil, h) {
		return nil, errors.New("a server with plug-ins runs in this process already")
	}
	if opt.Services != nil {
		s := opt.Services
		serverServices.Store(&s)
	}
	if opt.Default != plugin.DialectAuto {
		C.cshim_dialect_default(C.int(opt.Default))
	}
	return h, nil
}

// Load opens the plug-ins and calls their init functions.
func (h *cHost) Load(specs []plugin.Spec) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var failures []error
	for _, spec := range specs {
		if !spec.Enabled || spec.OnFailure == plugin.Off {
			continue
		}
		if err := h.loadPlugin(spec); err != nil {
			if spec.OnFailure == plugin.Optional {
				h.log.Error("plug-in left out", "error", err.Error())
				continue
			}
			failures = append(failures, err)
		}
	}
	h.publish()
	return errors.Join(failures...)
}

// Start calls the start functions.
func (h *cHost) Start(services plugin.Services) error {
	if services != nil {
		serverServices.Store(&services)
	}
	list, err := h.startOrder()
	if err != nil {
		return err
	}
	if s := serverServices.Load(); s != nil {
		h.startUSN(*s)
	}
	// slapd starts the plug-ins of the whole server before those of databases.
	for _, global := range []bool{true, false} {
		for _, p := range list {
			if (p.spec.Database == "") != global || p.started {
				continue // a database is started when it is opened
			}
			if err := h.start(p); err != nil {
				if p.spec.OnFailure != plugin.Optional {
					return err
				}
				h.log.Error("plug-in left out", "error", err.Error())
			}
		}
	}
	C.cshim_eq_start()
	return nil
}

// startOrder lists the plug-ins of the configuration in the order in which they
// are to be started, which their dependencies give.
func (h *cHost) startOrder() ([]*hostPlugin, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var specs []plugin.Spec
	var loaded []*hostPlugin
	for _, p := range h.plugins {
		if p.parent == nil {
			// The order that there is now is that of the precedence.
			s := p.spec
			s.Where, s.Precedence = strconv.Itoa(len(loaded)), 50
			specs, loaded = append(specs, s), append(loaded, p)
		}
	}
	ordered, err := plugin.Order(specs)
	if err != nil {
		return nil, err
	}
	var list []*hostPlugin
	for _, s := range ordered {
		i, err := strconv.Atoi(s.Where)
		if err != nil {
			return nil, err
		}
		h.started = append(h.started, loaded[i])
		list = append(list, loaded[i])
	}
	return list, nil
}

// start starts a plug-in and those that it registered; from then on its hooks
// are called.
func (h *cHost) start(p *hostPlugin) error {
	if p.parent == nil && p.spec.From389 {
		h.showDescription(p) // before the plug-in watches its entry
	}
	fn := C.cshim_plugin_fn(p.c, C.SLAPI_PLUGIN_START_FN)
	if fn != nil {
		pb := h.startBlock(p)
		rc := onThread(func() C.int { return C.cshim_call(p.c, fn, pb, 0) })
		C.slapi_pblock_destroy(pb)
		if rc != 0 {
			return h.failure(p.spec, p.path, "start function of "+p.init, fmt.Sprintf("returned %d", int(rc)))
		}
	}
	for _, n := range p.nested {
		if err := h.start(n); err != nil {
			return err
		}
	}
	h.mu.Lock()
	p.started = true
	p.c.host = unsafe.Pointer(p.c) // its hooks are called from now on
	h.mu.Unlock()
	return nil
}

// showDescription writes what a plug-in says of itself into its entry.
func (h *cHost) showDescription(p *hostPlugin) {
	s := services()
	if s == nil || p.parent != nil || p.spec.Entry == nil || p.c.desc.spd_id == nil {
		return
	}
	var changes []wire.Change
	for _, a := range []struct {
		name string
		text *C.char
	}{
		{"nsslapd-pluginId", p.c.desc.spd_id}, {"nsslapd-pluginVersion", p.c.desc.spd_version},
		{"nsslapd-pluginVendor", p.c.desc.spd_vendor}, {"nsslapd-pluginDescription", p.c.desc.spd_description},
	} {
		if a.text == nil {
			continue
		}
		if text := C.GoString(a.text); text != "" && text != p.spec.Entry.First(a.name) {
			changes = append(changes, wire.Change{Op: wire.ModReplace, Type: a.name, Values: [][]byte{[]byte(text)}})
		}
	}
	if len(changes) == 0 {
		return
	}
	op := &plugin.Operation{Kind: plugin.KindModify, Internal: true, RawTarget: p.spec.Entry.Name.Pretty,
		Target: p.spec.Entry.Name, Modify: &plugin.ModifyPart{Changes: changes}}
	onThread(func() bool { s.Run(op); return true })
	if op.Result.Code != wire.Success {
		h.log.Warn("the description of a plug-in could not be put into its entry", "plugin", p.spec.Name,
			"result", int(op.Result.Code), "text", op.Result.Text)
	}
}

// startBlock makes the parameter block of a start or close function.
func (h *cHost) startBlock(p *hostPlugin) *C.Slapi_PBlock {
	pb := h.pluginBlock(p)
	if e := p.c.config_entry; e != nil {
		C.cshim_pblock_put_ptr(pb, C.SLAPI_ADD_ENTRY, unsafe.Pointer(e))
		C.cshim_pblock_put_ptr(pb, C.SLAPI_TARGET_SDN, unsafe.Pointer(C.slapi_entry_get_sdn(e)))
	}
	return pb
}

// pluginBlock makes a parameter block for calls that belong to no operation.
func (h *cHost) pluginBlock(p *hostPlugin) *C.Slapi_PBlock {
	pb := C.cshim_pblock_new(0)
	C.cshim_pblock_set_plugin(pb, p.c)
	if e := p.c.config_entry; e != nil {
		C.cshim_pblock_put_ptr(pb, C.SLAPI_PLUGIN_CONFIG_ENTRY, unsafe.Pointer(e))
	}
	if e := p.spec.Entry; e != nil {
		putString(pb, C.SLAPI_PLUGIN_CONFIG_DN, e.Name.Pretty)
	}
	if dir := h.opt.ConfigDir; dir != "" {
		putString(pb, C.SLAPI_CONFIG_DIRECTORY, dir)
	}
	if n := len(h.opt.Argv); n > 0 {
		argv, free := cStrings(h.opt.Argv)
		C.cshim_pblock_put_own(pb, C.SLAPI_ARGV, unsafe.Pointer(C.slapi_ch_array_dup(argv)), (*[0]byte)(C.cshim_free_charray))
		free()
		C.cshim_pblock_put_int(pb, C.SLAPI_ARGC, C.int(n))
	}
	return pb
}

// Close calls the close functions: 389's plug-ins in the reverse order of the
// start; OpenLDAP's as slapd does, those of databases first, as configured.
func (h *cHost) Close() {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return
	}
	h.closed = true
	list := slices.DeleteFunc(slices.Clone(h.started), func(p *hostPlugin) bool { return slices.Contains(h.databases, p) })
	h.mu.Unlock()
	C.cshim_eq_stop()
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].c.dialect == C.CSHIM_389 {
			h.stopAll(list[i])
		}
	}
	for _, global := range []bool{false, true} {
		for _, p := range list {
			if p.c.dialect != C.CSHIM_389 && (p.spec.Database == "") == global {
				h.stopAll(p)
			}
		}
	}
	h.closeDatabases()
	C.cshim_apib_clear()
	C.cshim_compute_clear()
	C.cshim_vattr_clear()
	h.config.removeAll()
	h.tables.Store(&hookTables{})
	if theHost.CompareAndSwap(h, nil) {
		serverServices.Store(nil)
		forgetBackends()
	}
}

// closeDatabases stops the plug-ins that serve databases, behind all others.
func (h *cHost) closeDatabases() {
	for i := len(h.databases) - 1; i >= 0; i-- {
		p := h.databases[i]
		h.stopAll(p)
		if fn := C.cshim_plugin_fn(p.c, C.SLAPI_PLUGIN_CLEANUP_FN); fn != nil {
			pb := h.startBlock(p)
			onThread(func() C.int { return C.cshim_call(p.c, fn, pb, 0) })
			C.slapi_pblock_destroy(pb)
		}
	}
}

// stopAll stops what a plug-in registered, the last one first, and then itself.
func (h *cHost) stopAll(p *hostPlugin) {
	for i := len(p.nested) - 1; i >= 0; i-- {
		h.stopAll(p.nested[i])
	}
	h.stop(p)
}

// stop calls the close function of a started plug-in.
func (h *cHost) stop(p *hostPlugin) {
	h.mu.Lock()
	started := p.started
	p.started = false
	h.mu.Unlock()
	if !started {
		return
	}
	if fn := C.cshim_plugin_fn(p.c, C.SLAPI_PLUGIN_CLOSE_FN); fn != nil {
		pb := h.startBlock(p)
		if rc := onThread(func() C.int { return C.cshim_call(p.c, fn, pb, 0) }); rc != 0 {
			h.log.Warn("close function of a plug-in failed", "plugin", p.spec.Name, "return", int(rc))
		}
		C.slapi_pblock_destroy(pb)
	}
	h.mu.Lock()
	p.c.host = nil
	h.mu.Unlock()
}

// StartPlugin loads and starts one plug-in while the server runs.
func (h *cHost) StartPlugin(spec plugin.Spec) error {
	if !spec.Enabled || spec.OnFailure == plugin.Off {
		return nil
	}
	h.mu.Lock()
	err := h.loadPlugin(spec)
	h.publish()
	var added []*hostPlugin
	if err == nil {
		for _, p := range h.plugins {
			if p.parent == nil && p.spec.Name == spec.Name && !p.started {
				added = append(added, p)
			}
		}
	}
	h.mu.Unlock()
	if err != nil {
		return err
	}
	for _, p := range added {
		h.mu.Lock()
		h.started = append(h.started, p)
		h.mu.Unlock()
		if err := h.start(p); err != nil {
			h.remove(p)
			return err
		}
	}
	return nil
}

// StopPlugin closes a plug-in by the name of its Spec. Its library stays
// mapped: threads of its own may still be in it.
func (h *cHost) StopPlugin(name string) error {
	h.mu.Lock()
	var found *hostPlugin
	for _, p := range h.plugins {
		if p.parent == nil && p.spec.Name == name {
			found = p
		}
	}
	h.mu.Unlock()
	if found == nil {
		return fmt.Errorf("no plug-in %q is loaded", name)
	}
	h.stopAll(found)
	h.remove(found)
	return nil
}

// remove takes a plug-in and those that it registered off the lists. Their C
// objects stay: operations under way may still be in them.
func (h *cHost) remove(p *hostPlugin) {
	h.mu.Lock()
	defer h.mu.Unlock()
	gone := map[*hostPlugin]bool{p: true}
	for _, n := range p.nested {
		gone[n] = true
	}
	var list []*hostPlugin
	for _, q := range h.plugins {
		if gone[q] {
			q.c.host = nil
			h.config.removePlugin(q.c)
		} else {
			list = append(list, q)
		}
	}
	h.plugins = list
	h.started = slices.DeleteFunc(h.started, func(q *hostPlugin) bool { return gone[q] })
	h.publish()
}

// failure is the error of a plug-in that could not be loaded or started.
func (h *cHost) failure(spec plugin.Spec, file, symbol, what string) error {
	msg := ""
	if spec.Where != "" {
		msg = spec.Where + ": "
	}
	msg += fmt.Sprintf("plug-in %q", spec.Name)
	if file != "" {
		msg += ", file " + file
	}
	if symbol != "" {
		msg += ", " + symbol
	}
	return errors.New(msg + ": " + what)
}

// onThread calls into C from a goroutine that keeps its thread meanwhile:
// plug-ins keep data of the thread between calls.
func onThread[T any](f func() T) T {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return f()
}

// pluginOf finds the Go side of a C plug-in; nil when it has none.
func pluginOf(c *C.struct_cshim_plugin) *hostPlugin {
	if c == nil {
		return nil
	}
	p, _ := pluginsOf.get(uintptr(c.handle))
	return p
}

// newName makes a Name with the schema in force.
func newName(s string) (dn.Name, error) {
	return dn.NewName(s, activeSchema())
}
