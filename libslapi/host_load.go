package main

/*
#include <stdlib.h>
#include "dispatch.h"
#include "loader.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"unsafe"

	"libslapi/server/plugin"
)

// standIns are the names of libraries that binaries of plug-ins ask for and
// that must never be mapped here, because they are other servers.
var standIns = []string{"libslapd.so.0", "libslapi-2.4.so.2", "libslapi-2.5.so.0", "libslapi.so.0"}

// brought389 are libraries that plug-ins of 389 use without naming them,
// because 389's own libslapd brings them in.
var brought389 = []string{"libldap-2.5.so.0", "liblber-2.5.so.0", "libplds4.so", "libplc4.so", "libnspr4.so",
	"libssl.so.3", "libcrypto.so.3", "libnss3.so"}

var (
	prepareOnce sync.Once
	prepareErr  error
	prepare389  sync.Once
)

// prepareLoading makes the process fit for plug-ins: libslapi's functions in
// the global scope, and the stand-ins in the place of the real libraries.
func (h *cHost) prepareLoading() error {
	prepareOnce.Do(func() {
		if e := C.cshim_self_global(); e != nil {
			prepareErr = errors.New(takeString(e))
			return
		}
		dir, err := standInDir()
		if err != nil {
			prepareErr = err
			return
		}
		for _, name := range standIns {
			path := C.CString(filepath.Join(dir, name))
			if e := C.cshim_open_global(path); e != nil {
				prepareErr = fmt.Errorf("stand-in library: %s", takeString(e))
			}
			C.free(unsafe.Pointer(path))
		}
	})
	return prepareErr
}

// standInDir finds the folder of the stand-ins: LIBSLAPI_STANDIN, or beside
// libslapi.so as built (standin) or as installed (libslapi/standin).
func standInDir() (string, error) {
	if dir := os.Getenv("LIBSLAPI_STANDIN"); dir != "" {
		return dir, nil
	}
	self := C.GoString(C.cshim_self_path())
	if real, err := filepath.EvalSymlinks(self); err == nil {
		self = real
	}
	base := filepath.Dir(self)
	for _, dir := range []string{"standin", "libslapi/standin", "../lib/standin", "../lib/libslapi/standin"} {
		dir = filepath.Join(base, dir)
		if _, err := os.Stat(filepath.Join(dir, standIns[0])); err == nil {
			return dir, nil
		}
	}
	return "", fmt.Errorf("the stand-in libraries are not beside %s; name their folder in LIBSLAPI_STANDIN", self)
}

// prepare389Plugins brings in what 389's server would have brought.
func (h *cHost) prepare389Plugins() {
	prepare389.Do(func() {
		for _, name := range brought389 {
			c := C.CString(name)
			if e := C.cshim_open_global(c); e != nil {
				h.log.Debug("library for plug-ins of 389 is not there", "error", takeString(e))
			}
			C.free(unsafe.Pointer(c))
		}
	})
}

// loadPlugin opens one plug-in and calls its init function. The caller holds h.mu.
func (h *cHost) loadPlugin(spec plugin.Spec) error {
	if err := h.prepareLoading(); err != nil {
		return h.failure(spec, "", "", err.Error())
	}
	path, o, err := h.findObject(spec)
	if err != nil {
		return h.failure(spec, spec.Path, "", err.Error())
	}
	dialect := spec.Dialect
	if dialect == plugin.DialectAuto {
		dialect = o.dialect(spec.From389 || h.opt.Default == plugin.Dialect389)
	}
	if dialect == plugin.Dialect389 {
		h.prepare389Plugins()
	}
	object, err := h.openObject(path, o, spec)
	if err != nil {
		return h.failure(spec, path, "", err.Error())
	}
	C.cshim_dialect_add(C.cshim_object_base(object), C.int(dialect))
	if spec.Init == "" {
		return h.failure(spec, path, "", "no init function is named")
	}
	name := C.CString(spec.Init)
	init := C.cshim_object_symbol(object, name)
	C.free(unsafe.Pointer(name))
	if init == nil {
		return h.failure(spec, path, "init function "+spec.Init, "the library has no such function")
	}
	p, err := h.newPlugin(spec, path, spec.Init, dialect, nil)
	if err != nil {
		return h.failure(spec, path, "", err.Error())
	}
	return h.initPlugin(p, init)
}

// findObject reads the file of a plug-in: as named, or from the plug-in folders.
func (h *cHost) findObject(spec plugin.Spec) (string, *object, error) {
	if spec.Path == "" {
		return "", nil, errors.New("no library is named")
	}
	candidates := []string{spec.Path}
	if !filepath.IsAbs(spec.Path) {
		for _, dir := range h.opt.PluginDirs {
			candidates = append(candidates, filepath.Join(dir, spec.Path))
		}
	}
	for _, c := range candidates {
		for _, path := range []string{c, c + ".so"} {
			st, err := os.Stat(path)
			if err != nil || st.IsDir() {
				continue
			}
			if abs, err := filepath.Abs(path); err == nil {
				path = abs
			}
			o, err := readObject(path)
			return path, o, err
		}
	}
	if len(candidates) > 1 {
		return "", nil, fmt.Errorf("no such file, neither as it is nor in %s", strings.Join(h.opt.PluginDirs, ", "))
	}
	return "", nil, errors.New("no such file")
}

// openObject maps a plug-in and checks that all that it needs is there and
// that it brought no foreign server with it.
func (h *cHost) openObject(path string, o *object, spec plugin.Spec) (unsafe.Pointer, error) {
	c := C.CString(path)
	defer C.free(unsafe.Pointer(c))
	var e *C.char
	object := C.cshim_object_open(c, cBool(spec.LoadNow), cBool(spec.LoadGlobal), &e)
	if object == nil {
		return nil, errors.New(takeString(e))
	}
	if foreign := foreignServers(); len(foreign) > 0 {
		C.cshim_object_close(object)
		return nil, fmt.Errorf("it drew in the library of another server: %s", strings.Join(foreign, ", "))
	}
	if missing := unresolved(object, o.plain); len(missing) > 0 {
		C.cshim_object_close(object)
		return nil, fmt.Errorf("it calls functions that nothing provides: %s", strings.Join(missing, ", "))
	}
	return object, nil
}

// foreignServers lists mapped libraries that carry the name of a stand-in
// without being one.
func foreignServers() []string {
	list := C.cshim_mapped()
	defer C.free(unsafe.Pointer(list))
	self := C.GoString(C.cshim_self_path())
	dir, _ := standInDir()
	var foreign []string
	for p := unsafe.Pointer(list); ; {
		path := C.GoString((*C.char)(p))
		if path == "" {
			return foreign
		}
		p = unsafe.Add(p, len(path)+1)
		base := filepath.Base(path)
		if path == self || filepath.Dir(path) == dir {
			continue
		}
		if strings.HasPrefix(base, "libslapd.so") || strings.HasPrefix(base, "libslapi-2.") {
			foreign = append(foreign, path)
		}
	}
}

// unresolved lists the names that neither the process nor the plug-in's own
// libraries define, sorted.
func unresolved(object unsafe.Pointer, names []string) []string {
	if len(names) == 0 {
		return nil
	}
	text := C.CString(strings.Join(names, "\x00"))
	defer C.free(unsafe.Pointer(text))
	flags := make([]C.uchar, len(names))
	C.cshim_unresolved(object, text, C.int(len(names)), &flags[0])
	var missing []string
	for i, m := range flags {
		if m != 0 {
			missing = append(missing, names[i])
		}
	}
	sort.Strings(missing)
	return missing
}

// newPlugin makes the C object of a plug-in.
func (h *cHost) newPlugin(spec plugin.Spec, path, init string, dialect plugin.Dialect, parent *hostPlugin) (*hostPlugin, error) {
	typ := C.CString(spec.Type)
	defer C.free(unsafe.Pointer(typ))
	if C.cshim_plugin_type(typ, C.int(dialect)) == 0 {
		return nil, fmt.Errorf("unknown plug-in type %q", spec.Type)
	}
	name := C.CString(spec.Name)
	defer C.free(unsafe.Pointer(name))
	p := &hostPlugin{spec: spec, path: path, init: init, parent: parent}
	p.c = C.cshim_plugin_new(name, typ, C.int(dialect))
	p.handle = pluginsOf.put(p)
	p.c.handle = C.uintptr_t(p.handle)
	p.c.enabled = 1
	p.c.precedence = C.int(spec.Precedence)
	if parent != nil {
		p.c.parent = parent.c
	}
	argv, free := cStrings(spec.Args)
	C.cshim_plugin_set_args(p.c, C.int(len(spec.Args)), argv)
	free()
	if e := spec.Entry; e != nil {
		p.c.config_entry = entryToC(e)
		if area := e.First("nsslapd-pluginConfigArea"); area != "" {
			p.c.config_area = C.CString(area)
		}
	}
	return p, nil
}

// initPlugin calls the init function and, when it agrees, puts the plug-in into
// its place on the list: by precedence, equal ones in the order of their inits.
func (h *cHost) initPlugin(p *hostPlugin, init unsafe.Pointer) error {
	if strings.Contains(p.spec.Type, "pwdstoragescheme") {
		if rc := C.cshim_nss_init(); rc < 0 {
			h.log.Warn("NSS could not be initialised", "plugin", p.spec.Name)
		}
	}
	pb := h.pluginBlock(p)
	h.mu.Unlock() // the init function may register plug-ins
	rc := onThread(func() C.int { return C.cshim_call_init(p.c, init, pb) })
	h.mu.Lock()
	C.slapi_pblock_destroy(pb)
	if rc != 0 {
		for _, n := range p.nested {
			h.unlist(n)
		}
		return h.failure(p.spec, p.path, "init function "+p.init, fmt.Sprintf("returned %d", int(rc)))
	}
	at := len(h.plugins)
	for at > 0 && precedenceOf(h.plugins[at-1]) > precedenceOf(p) {
		at--
	}
	h.plugins = append(h.plugins, nil)
	copy(h.plugins[at+1:], h.plugins[at:])
	h.plugins[at] = p
	return nil
}

func (h *cHost) unlist(p *hostPlugin) {
	for i, q := range h.plugins {
		if q == p {
			h.plugins = append(h.plugins[:i], h.plugins[i+1:]...)
			return
		}
	}
}

func precedenceOf(p *hostPlugin) int {
	if p.spec.Precedence == 0 {
		return 50
	}
	return p.spec.Precedence
}
