/* dispatch.h: calling plug-ins. The lists are made in Go when plug-ins are
 * loaded, and walked here, so that a hook costs one crossing however many
 * plug-ins there are. */
#ifndef CSHIM_DISPATCH_H
#define CSHIM_DISPATCH_H

#include <stdint.h>

#include "dialect.h"
#include "objects.h"
#include "pblock.h"
#include "plugin.h"

/* One function at one point. It is called while its plug-in's host field is
 * set, which says that the plug-in runs. database is 0 for a global plug-in, else the
 * number of the database that it belongs to. */
struct cshim_hook {
	cshim_fn fn;
	struct cshim_plugin *plugin;
	int database;
};

struct cshim_hooks {
	int n;
	struct cshim_hook h[];
};

/* What return values mean at a point. */
enum cshim_rule {
	CSHIM_RULE_PRE,    /* 389: not 0 stops. OpenLDAP: negative stops, positive ends the level */
	CSHIM_RULE_TXN,    /* 389: -1 fails, NOOP values skip, others are or-ed and fail */
	CSHIM_RULE_POST,   /* nothing counts */
	CSHIM_RULE_RESULT, /* OpenLDAP: not 0 ends the walk; the operation goes on */
	CSHIM_RULE_BIND    /* 389: not 0 stops. OpenLDAP: SLAPI_BIND_* values and negative ones stop */
};

/* Objects that a plug-in may edit in place. */
enum cshim_live { CSHIM_LIVE_ADD, CSHIM_LIVE_MODS, CSHIM_LIVE_ENTRY };

/* What the host tells the plug-ins before a walk. */
struct cshim_news {
	int result_code;
	int opreturn;
	int nentries;
	unsigned live; /* bits 1<<enum cshim_live: look for edits afterwards */
};

struct cshim_outcome {
	int stop, skip, ret;
	struct cshim_plugin *plugin; /* who decided */
	int dirty;                   /* parameters were set */
	unsigned changed;            /* bits of cshim_news.live whose object was edited */
};

/* The C side of one operation. */
struct cshim_op {
	Slapi_PBlock *pb;
	/* Digests of the objects that were handed out, by enum cshim_live. */
	uint64_t digest[3];
	struct slapi_operation operation;
	struct slapi_dn target; /* SLAPI_TARGET_SDN until the target changes */
	struct cshim_news news; /* for the walk to come, and what it came to */
	struct cshim_outcome out;
	char text[];            /* of the names above */
};

struct cshim_hooks *cshim_hooks_new(int n);
void cshim_hooks_put(struct cshim_hooks *list, int i, struct cshim_plugin *p, int param, int database);

/* caller is the identity of the plug-in that started an internal operation,
 * NULL for a client's. start is a flat buffer (see build.h): connection number (low and
 * high half), operation and message number, kind, tag, is root, flags; the requestor's pretty and
 * normal form; has target: as sent, pretty, normal form; is search: scope, dereferencing, types only. */
struct cshim_op *cshim_op_new(uintptr_t handle, struct slapi_componentid *caller, const void *start, size_t size);
void cshim_op_free(struct cshim_op *op);

/* Walks the functions of the global plug-ins and of those of database; post
 * hooks (last_first) begin with the database's. op->news is given, op->out the answer. */
void cshim_walk(struct cshim_op *op, const struct cshim_hooks *list, int database, int rule, int last_first);
/* Asks the access plug-ins of OpenLDAP's kind in turn: 1 when all grant. */
int cshim_walk_access(struct cshim_op *op, const struct cshim_hooks *list, int database, Slapi_Entry *e, char *attr,
		      struct berval *value, int access);
/* Notes the digest of an object just handed out. */
void cshim_op_note(struct cshim_op *op, int live, void *object);

/* Calls one function as plug-in p, with pb as its parameter block (may be NULL
 * where fn does not need one). op is the operation that internal operations
 * become children of; 0 keeps the thread's. */
int cshim_call(struct cshim_plugin *p, cshim_fn fn, Slapi_PBlock *pb, uintptr_t op);

/* The other shapes of plug-in functions. */
char *cshim_call_pwd_enc(struct cshim_plugin *p, const char *clear);
int cshim_call_pwd_cmp(struct cshim_plugin *p, const char *clear, const char *stored);
int cshim_call_mr_match(struct cshim_plugin *p, void *fn, void *object, Slapi_Entry *e);
int cshim_call_dse(struct cshim_plugin *p, dseCallbackFn fn, Slapi_PBlock *pb, Slapi_Entry *before, Slapi_Entry *after,
		   int *code, char *text, void *arg, uintptr_t op);
void cshim_call_task(struct cshim_plugin *p, TaskCallbackFn fn, Slapi_Task *task);
int cshim_call_init(struct cshim_plugin *p, void *init, Slapi_PBlock *pb);

#endif
