package main

/*
#include <stdlib.h>
#include "dispatch.h"
#include "host_util.h"

typedef int (*allowed_fn)(Slapi_PBlock *, Slapi_Entry *, char **, struct berval *, int, int, char **);
typedef int (*mods_fn)(Slapi_PBlock *, Slapi_Entry *, LDAPMod **, char **);
typedef int (*syntax_fn)(Slapi_PBlock *, Slapi_Entry *, char **);
typedef int (*update_fn)(Slapi_PBlock *, int, Slapi_DN *, void *);

struct acl_call {
	struct cshim_thread saved;
	struct cshim_plugin *was;
};

static void acl_enter(struct acl_call *c, struct cshim_op *op, struct cshim_plugin *p)
{
	struct cshim_thread *t = cshim_thread();

	c->saved = *t;
	c->was = cshim_pblock_set_plugin(op->pb, p);
	t->plugin = p;
	t->dialect = p->dialect;
	t->pb = op->pb;
	t->op = op->operation.handle;
}

static void acl_leave(struct acl_call *c, struct cshim_op *op)
{
	cshim_pblock_set_plugin(op->pb, c->was);
	*cshim_thread() = c->saved;
}

static int acl_allowed(struct cshim_op *op, struct cshim_plugin *p, Slapi_Entry *e, char **attrs, struct berval *value, int access, int how, char **text)
{
	allowed_fn fn = (allowed_fn)(void *)cshim_plugin_fn(p, SLAPI_PLUGIN_ACL_ALLOW_ACCESS);
	struct acl_call c;
	int rc;

	acl_enter(&c, op, p);
	rc = fn(op->pb, e, attrs, value, access, how, text);
	acl_leave(&c, op);
	return rc;
}

static int acl_mods(struct cshim_op *op, struct cshim_plugin *p, Slapi_Entry *e, LDAPMod **mods, char **text)
{
	mods_fn fn = (mods_fn)(void *)cshim_plugin_fn(p, SLAPI_PLUGIN_ACL_MODS_ALLOWED);
	struct acl_call c;
	int rc = 0;

	acl_enter(&c, op, p);
	if (fn)
		rc = fn(op->pb, e, mods, text);
	acl_leave(&c, op);
	return rc;
}

static int acl_syntax(struct cshim_op *op, struct cshim_plugin *p, Slapi_Entry *e, char **text)
{
	syntax_fn fn = (syntax_fn)(void *)cshim_plugin_fn(p, SLAPI_PLUGIN_ACL_SYNTAX_CHECK);
	struct acl_call c;
	int rc = 0;

	acl_enter(&c, op, p);
	if (fn)
		rc = fn(op->pb, e, text);
	acl_leave(&c, op);
	return rc;
}

static void acl_update(struct cshim_op *op, struct cshim_plugin *p, int kind, Slapi_DN *target, void *change)
{
	update_fn fn = (update_fn)(void *)cshim_plugin_fn(p, SLAPI_PLUGIN_ACL_MODS_UPDATE);
	struct acl_call c;

	acl_enter(&c, op, p);
	if (fn)
		fn(op->pb, kind, target, change);
	acl_leave(&c, op);
}
*/
import "C"

import (
	"unsafe"

	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// aclPlugin finds the plug-in that is the configured access control; nil when
// there is none or it does not run.
func (h *cHost) aclPlugin() *hostPlugin {
	if p := h.tables.Load().acl; p != nil && p.started {
		return p
	}
	return nil
}

// Decides is a method of plugin.AccessDecider.
func (h *cHost) Decides() bool { return h.aclPlugin() != nil }

// answerOf makes a result of what an access function gave.
func answerOf(rc C.int, text *C.char) wire.Result {
	res := wire.Result{Code: resultCode(int(rc))}
	if text != nil {
		if rc != 0 {
			res.Text = C.GoString(text)
		}
		C.free(unsafe.Pointer(text))
	}
	return res
}

// asking prepares the state of an operation for questions of access.
func (h *cHost) asking(op *plugin.Operation) (*opState, *hostPlugin) {
	p := h.aclPlugin()
	if p == nil {
		return nil, nil
	}
	st := stateOf(op)
	st.refresh()
	return st, p
}

// Decide is a method of plugin.AccessDecider.
func (h *cHost) Decide(op *plugin.Operation, e *entry.Entry, attrs []string, value []byte, access plugin.Access, how plugin.AccessMode) wire.Result {
	st, p := h.asking(op)
	if st == nil {
		return wire.Result{Code: wire.InsufficientAccessRights}
	}
	var list **C.char
	if attrs != nil {
		l, free := cStrings(attrs)
		defer free()
		list = l
	}
	var bv *C.struct_berval
	if value != nil {
		bv = newBerval(value)
		defer C.cshim_free_berval(unsafe.Pointer(bv))
	}
	var text *C.char
	rc := onThread(func() C.int {
		return C.acl_allowed(st.c, p.c, st.entry(e), list, bv, C.int(access), C.int(how), &text)
	})
	return answerOf(rc, text)
}

// decideFor asks for a plug-in, the one that decides included: access has bits of
// its own.
func (h *cHost) decideFor(st *opState, e *C.Slapi_Entry, attr *C.char, value *C.struct_berval, access C.int) C.int {
	op, p := st.op, h.aclPlugin()
	if p == nil || op.Internal || op.IsRoot && !hasControl(op.Controls, proxiedOID) && !hasControl(op.Controls, proxiedOldOID) {
		return 0
	}
	var attrs **C.char
	if attr != nil {
		attrs = (**C.char)(C.calloc(2, C.size_t(unsafe.Sizeof(attr))))
		defer C.free(unsafe.Pointer(attrs))
		*attrs = attr
	}
	return onThread(func() C.int { return C.acl_allowed(st.c, p.c, e, attrs, value, access, 0, nil) })
}

const (
	proxiedOID    = "2.16.840.1.113730.3.4.18"
	proxiedOldOID = "2.16.840.1.113730.3.4.12"
)

// DecideChanges is a method of plugin.AccessDecider.
func (h *cHost) DecideChanges(op *plugin.Operation, e *entry.Entry, changes []wire.Change) wire.Result {
	st, p := h.asking(op)
	if st == nil {
		return wire.Result{Code: wire.InsufficientAccessRights}
	}
	mods := modsToC(changes)
	defer C.cshim_free_mods(unsafe.Pointer(mods))
	var text *C.char
	rc := onThread(func() C.int { return C.acl_mods(st.c, p.c, st.entry(e), mods, &text) })
	return answerOf(rc, text)
}

// CheckRules is a method of plugin.AccessDecider.
func (h *cHost) CheckRules(op *plugin.Operation, e *entry.Entry) wire.Result {
	st, p := h.asking(op)
	if st == nil {
		return wire.Result{}
	}
	ce := entryToC(e)
	defer freeEntry(ce)
	var text *C.char
	rc := onThread(func() C.int { return C.acl_syntax(st.c, p.c, ce, &text) })
	if rc != 0 {
		rc = C.int(wire.InvalidAttributeSyntax)
	}
	return answerOf(rc, text)
}

// RulesChanged is a method of plugin.AccessDecider.
func (h *cHost) RulesChanged(op *plugin.Operation) {
	st, p := h.asking(op)
	if st == nil {
		return
	}
	target := op.Target
	if op.Before != nil {
		target = op.Before.Name
	}
	sdn := sdnToC(target)
	defer C.slapi_sdn_free(&sdn)
	var change unsafe.Pointer
	switch op.Kind {
	case plugin.KindAdd:
		ce := entryToC(op.After)
		defer freeEntry(ce)
		change = unsafe.Pointer(ce)
	case plugin.KindModify:
		mods := modsToC(op.Modify.Changes)
		defer C.cshim_free_mods(unsafe.Pointer(mods))
		change = unsafe.Pointer(mods)
	case plugin.KindModDN:
		pair := (*[2]*C.char)(C.calloc(2, C.size_t(unsafe.Sizeof(uintptr(0)))))
		pair[0] = C.CString(op.ModDN.NewRDN)
		if op.ModDN.NewSuperior != nil {
			pair[1] = C.CString(op.ModDN.NewSuperior.Pretty)
		}
		defer func() {
			C.free(unsafe.Pointer(pair[0]))
			C.free(unsafe.Pointer(pair[1]))
			C.free(unsafe.Pointer(pair))
		}()
		change = unsafe.Pointer(pair)
	}
	onThread(func() bool { C.acl_update(st.c, p.c, C.int(op.Kind), sdn, change); return true })
}
