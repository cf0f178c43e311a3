package main

/*
#include <stdlib.h>
#include "host_various.h"
*/
import "C"

import (
	"errors"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"unsafe"

	"libslapi/server/schema"
)

//export slapiGoSchemaTypes
func slapiGoSchemaTypes(flag C.ulong) (list **C.char) {
	defer guard("slapi_schema_list_attribute_names", func() { list = nil })
	var names []string
	for _, a := range activeSchema().AttributeTypes() {
		if typeFlags(a)&flag != 0 {
			names = append(names, a.Name())
		}
	}
	return newCharray(names)
}

// classAttrs collects the attributes of a class and of those that it is made of.
func classAttrs(oc *schema.ObjectClass, must, may bool) []string {
	var names []string
	seen := map[string]bool{}
	add := func(list []*schema.AttributeType) {
		for _, a := range list {
			if n := a.Name(); !seen[strings.ToLower(n)] {
				seen[strings.ToLower(n)] = true
				names = append(names, n)
			}
		}
	}
	visited := map[*schema.ObjectClass]bool{}
	var walk func(*schema.ObjectClass)
	walk = func(c *schema.ObjectClass) {
		if visited[c] {
			return
		}
		visited[c] = true
		for _, s := range c.Sups {
			walk(s)
		}
		if must {
			add(c.Must)
		}
		if may {
			add(c.May)
		}
	}
	walk(oc)
	return names
}

//export slapiGoClassAttrs
func slapiGoClassAttrs(name *C.char, flags C.uint32_t) (list **C.char) {
	defer guard("slapi_schema_list_objectclass_attributes", func() { list = nil })
	oc := activeSchema().ObjectClass(C.GoString(name))
	if oc == nil {
		return nil
	}
	names := classAttrs(oc, flags&C.SLAPI_OC_FLAG_REQUIRED != 0, flags&C.SLAPI_OC_FLAG_ALLOWED != 0)
	if len(names) == 0 {
		return nil
	}
	return newCharray(names)
}

// classList is the C list of the object classes of one schema.
var classList struct {
	sync.Mutex
	of   *schema.Schema
	head *C.struct_objclass
}

//export slapiGoObjectClasses
func slapiGoObjectClasses() (head *C.struct_objclass) {
	defer guard("g_get_global_oc_nolock", func() { head = nil })
	s := activeSchema()
	classList.Lock()
	defer classList.Unlock()
	if classList.of == s {
		return classList.head
	}
	charray := func(names []string) **C.char {
		if len(names) == 0 {
			return nil
		}
		return newCharray(names)
	}
	at := &head
	for _, oc := range s.ObjectClasses() {
		c := (*C.struct_objclass)(C.calloc(1, C.size_t(unsafe.Sizeof(C.struct_objclass{}))))
		c.oc_name, c.oc_oid = C.CString(oc.Name()), C.CString(oc.OID)
		if oc.Desc != "" {
			c.oc_desc = C.CString(oc.Desc)
		}
		if len(oc.Sups) > 0 {
			c.oc_superior = C.CString(oc.Sups[0].Name())
		}
		c.oc_kind = C.uint8_t(oc.Kind)
		c.oc_required, c.oc_allowed = charray(classAttrs(oc, true, false)), charray(classAttrs(oc, false, true))
		*at = c
		at = &c.oc_next
	}
	classList.of, classList.head = s, head
	return head
}

// schemaReloader is implemented by services whose schema can be read anew.
type schemaReloader interface {
	// ReloadSchema reads the schema files of a folder ("": the server's own)
	// and, with apply, puts the outcome in force.
	ReloadSchema(dir string, apply bool) error
}

var errNoReload = errors.New("this server's schema cannot be read anew")

// slapiGoSchemaFiles reads the schema files of a folder. 0 when they are sound
// (and, with apply, in force).
//
//export slapiGoSchemaFiles
func slapiGoSchemaFiles(dir *C.char, apply C.int) (rc C.int) {
	defer guard("slapi_reload_schema_files", func() { rc = -1 })
	folder := ""
	if dir != nil {
		folder = C.GoString(dir)
	}
	err := errNoReload
	if r, ok := services().(schemaReloader); ok {
		err = r.ReloadSchema(folder, apply != 0)
	} else if apply == 0 {
		err = readSchemaFolder(folder)
	}
	if err == nil {
		return 0
	}
	if h := theHost.Load(); h != nil {
		h.log.Error("schema files", "folder", folder, "error", err.Error())
	}
	return -1
}

// readSchemaFolder tries a folder of schema files.
func readSchemaFolder(folder string) error {
	paths, err := filepath.Glob(filepath.Join(folder, "*.ldif"))
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return errors.New("no .ldif file there")
	}
	sort.Strings(paths)
	var opts []schema.Option
	if activeSchema().Compat389() {
		opts = append(opts, schema.Compat389())
	}
	return schema.New(opts...).LoadLDIFFiles(paths)
}

// pluginRules are the matching rules that plug-ins registered, by OID.
var pluginRules struct {
	sync.Mutex
	m map[string]pluginRule
}

type pluginRule struct {
	oid, name, desc, syntax string
	compat                  []string
}

//export slapiGoRuleRegister
func slapiGoRuleRegister(mr *C.Slapi_MatchingRuleEntry) (rc C.int) {
	defer guard("slapi_matchingrule_register", func() { rc = -1 })
	text := func(c *C.char) string {
		if c == nil {
			return ""
		}
		return C.GoString(c)
	}
	r := pluginRule{oid: text(mr.mr_oid), name: text(mr.mr_name), desc: text(mr.mr_desc), syntax: text(mr.mr_syntax), compat: goStrings(mr.mr_compat_syntax)}
	pluginRules.Lock()
	defer pluginRules.Unlock()
	if pluginRules.m == nil {
		pluginRules.m = map[string]pluginRule{}
	}
	pluginRules.m[r.oid] = r
	return 0
}

//export slapiGoRuleUnregister
func slapiGoRuleUnregister(oid *C.char) (rc C.int) {
	defer guard("slapi_matchingrule_unregister", func() { rc = -1 })
	pluginRules.Lock()
	defer pluginRules.Unlock()
	if _, ok := pluginRules.m[C.GoString(oid)]; !ok {
		return -1
	}
	delete(pluginRules.m, C.GoString(oid))
	return 0
}
