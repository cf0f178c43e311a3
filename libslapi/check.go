package main

/*
#include <stdlib.h>
#include "host_check.h"
#include "loader.h"
*/
import "C"

import (
	"debug/elf"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"unsafe"

	"libslapi/server/plugin"
)

const checkUsage = `usage: slapid check [-q] [-p folder] plugin.so...
`

// checkMain is "slapid check": it tells of each plug-in library what it is, what
// it needs and whether it would load here. 0 when all would, 1 when one would
// not, 2 for a wrong command line.
func checkMain(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	quiet := flags.Bool("q", false, "")
	folder := flags.String("p", "", "")
	if err := flags.Parse(args); err != nil || flags.NArg() == 0 {
		if err != nil && err != flag.ErrHelp {
			fmt.Fprintf(stderr, "slapid check: %v\n", err)
		}
		fmt.Fprint(stderr, checkUsage)
		return 2
	}
	h := &cHost{log: slog.New(slog.DiscardHandler)}
	if *folder != "" {
		h.opt.PluginDirs = []string{*folder}
	}
	status := 0
	for _, path := range flags.Args() {
		r := h.checkObject(path)
		if r.problem() != "" {
			status = 1
		}
		if *quiet {
			if p := r.problem(); p != "" {
				fmt.Fprintf(stdout, "%s: %s\n", r.path, p)
			}
			continue
		}
		r.print(stdout)
	}
	return status
}

// checkReport is what is known of one library.
type checkReport struct {
	path       string
	err        string // why it cannot be read or opened
	dialect    plugin.Dialect
	ours       []string // imports that libslapi serves
	undeclared []string // those of them that no header declares
	others     int      // imports from other libraries
	missing    []string
	libraries  []string // DT_NEEDED but those of the C library and of the peers
	absent     []string // those of them that are not installed
	inits      []string
}

// cLibraries come with the system.
var cLibraries = []string{"libc.so", "libm.so", "libdl.so", "libpthread.so", "librt.so", "ld-linux", "libgcc_s.so"}

func (h *cHost) checkObject(path string) *checkReport {
	r := &checkReport{path: path}
	found, o, err := h.findObject(plugin.Spec{Path: path})
	if err != nil {
		r.err = err.Error()
		return r
	}
	r.path = found
	r.dialect = o.dialect(false)
	r.inits = initFunctions(found)
	if err := h.prepareLoading(); err != nil {
		r.err = err.Error()
		return r
	}
	if r.dialect == plugin.Dialect389 {
		h.prepare389Plugins()
	}
	self := C.GoString(C.cshim_self_path())
	for _, name := range o.imports {
		c := C.CString(name)
		file := C.GoString(C.cshim_symbol_file(c))
		C.free(unsafe.Pointer(c))
		switch {
		case file == self:
			r.ours = append(r.ours, name)
			if undeclared(name) {
				r.undeclared = append(r.undeclared, name)
			}
		default:
			r.others++
		}
	}
	sort.Strings(r.undeclared)
	for _, lib := range o.needed {
		if isOneOf(lib, cLibraries) || isOneOf(lib, standIns) {
			continue
		}
		r.libraries = append(r.libraries, lib)
	}
	c := C.CString(found)
	defer C.free(unsafe.Pointer(c))
	var e *C.char
	object := C.cshim_object_open(c, 0, 0, &e)
	if object == nil {
		r.err = takeString(e)
		for _, lib := range r.libraries {
			l := C.CString(lib)
			if C.cshim_library_there(l) == 0 && o.runpath == "" {
				r.absent = append(r.absent, lib)
			}
			C.free(unsafe.Pointer(l))
		}
		return r
	}
	if foreign := foreignServers(); len(foreign) > 0 {
		r.err = "it draws in the library of another server: " + strings.Join(foreign, ", ")
	}
	r.missing = unresolved(object, o.plain)
	// It stays open: a library may not stand being unloaded.
	return r
}

func isOneOf(lib string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(lib, p) {
			return true
		}
	}
	return false
}

// problem says why the library would not load, "" when it would.
func (r *checkReport) problem() string {
	switch {
	case r.err != "":
		return r.err
	case len(r.missing) > 0:
		return "functions that nothing provides: " + strings.Join(r.missing, ", ")
	}
	return ""
}

func (r *checkReport) print(w io.Writer) {
	fmt.Fprintf(w, "%s\n", r.path)
	line := func(what, text string) { fmt.Fprintf(w, "  %-12s %s\n", what, text) }
	list := func(what string, names []string) {
		if len(names) > 0 {
			line(what, fmt.Sprintf("%d: %s", len(names), strings.Join(names, " ")))
		}
	}
	if r.dialect != plugin.DialectAuto && len(r.ours)+len(r.missing) > 0 {
		line("dialect", dialectNames[r.dialect])
	}
	line("imports", fmt.Sprintf("%d served by libslapi, %d by other libraries, %d by nobody", len(r.ours), max(r.others-len(r.missing), 0), len(r.missing)))
	list("undeclared", r.undeclared)
	list("missing", r.missing)
	if len(r.libraries) > 0 {
		line("libraries", strings.Join(r.libraries, " "))
	}
	list("not found", r.absent)
	if len(r.inits) > 0 {
		line("inits", strings.Join(r.inits, " "))
	}
	if p := r.problem(); p != "" {
		line("result", "does not load: "+p)
	} else if len(r.ours) == 0 {
		line("result", "loads, but calls no SLAPI function")
	} else {
		line("result", "loads")
	}
}

var dialectNames = map[plugin.Dialect]string{
	plugin.Dialect389: "389", plugin.DialectOpenLDAP: "OpenLDAP", plugin.DialectIBM: "IBM",
}

// initFunctions are the functions of a library whose names are like those of
// init functions.
func initFunctions(path string) []string {
	f, err := elf.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	symbols, err := f.DynamicSymbols()
	if err != nil {
		return nil
	}
	var names []string
	for _, s := range symbols {
		if s.Section == elf.SHN_UNDEF || elf.ST_TYPE(s.Info) != elf.STT_FUNC || s.Name == "_init" {
			continue
		}
		if low := strings.ToLower(s.Name); strings.HasSuffix(low, "_init") || strings.HasSuffix(s.Name, "Init") {
			names = append(names, s.Name)
		}
	}
	sort.Strings(names)
	return names
}

// undeclaredSlapi are functions named slapi_ that no public header declares and
// that compiled plug-ins call all the same.
var undeclaredSlapi = nameSet(`
slapi_be_Unlock slapi_config_get_readonly slapi_config_get_unhashed_pw_switch slapi_entry_attr_get_valuearray
slapi_filter_to_string slapi_get_rootdn slapi_is_duration_valid slapi_mapping_tree_find_backend_for_sdn
slapi_mapping_tree_select slapi_mtn_be_started slapi_mtn_be_stopping slapi_parse_duration
slapi_plugin_call_postop_be_plugins slapi_plugin_call_preop_be_plugins slapi_reload_schema_files
slapi_schema_get_superior_name slapi_schema_list_attribute_names slapi_schema_list_objectclass_attributes
slapi_sdn_init_dn_byref slapi_seq_callback slapi_td_set_dn slapi_uniqueIDGenerateFromNameString
slapi_validate_schema_files slapi_vattr_get_pblock_from_context slapi_vattr_values_get_sp slapi_vattrcache_cache_all
slapi_vattrcache_cache_none slapi_vattrspi_add_type slapi_vattrspi_regattr slapi_vattrspi_register
`)

// undeclared tells whether no public header has a name that libslapi serves.
func undeclared(name string) bool {
	if name == "DS_Sleep" || strings.HasPrefix(name, "ldap_utf8") {
		return false
	}
	return !strings.HasPrefix(name, "slapi_") || undeclaredSlapi[name]
}

// runCommand runs a command of slapid that is served here; ok is false for any
// other.
func runCommand(args []string) (status int, ok bool) {
	if len(args) > 1 && args[1] == "check" && strings.HasPrefix(filepath.Base(args[0]), "slapid") {
		return checkMain(args[2:], os.Stdout, os.Stderr), true
	}
	return 0, false
}
