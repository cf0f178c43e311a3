#include "dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "host_goside.h"
#include "host_services.h"
#include "mem.h"

struct cshim_hooks *cshim_hooks_new(int n)
{
	struct cshim_hooks *list = (struct cshim_hooks *)slapi_ch_calloc(1, sizeof *list + (size_t)n * sizeof list->h[0]);
	list->n = n;
	return list;
}

void cshim_hooks_put(struct cshim_hooks *list, int i, struct cshim_plugin *p, int param, int database)
{
	list->h[i].fn = cshim_plugin_fn(p, param);
	list->h[i].plugin = p;
	list->h[i].database = database;
}

static uint32_t number(const char **p)
{
	uint32_t n;

	memcpy(&n, *p, sizeof n);
	*p += sizeof n;
	return n;
}

/* A string of the buffer, copied to *room. */
static const char *string(const char **p, char **room)
{
	uint32_t n = number(p);
	char *s = *room;

	memcpy(s, *p, n);
	s[n] = '\0';
	*p += n;
	*room += n + 1;
	return s;
}

/* What every operation has is filled at once: asking for it later would be a
 * call into Go. The names are not the Slapi_DN's own but part of the block. */
struct cshim_op *cshim_op_new(uintptr_t handle, struct slapi_componentid *caller, const void *start, size_t size)
{
	struct cshim_op *op = cshim_malloc(sizeof *op + size);
	struct slapi_operation *o = &op->operation;
	char *room = op->text;
	const char *p = start;

	memset(op, 0, sizeof *op);
	op->pb = cshim_pblock_new(handle);
	o->handle = handle;
	o->pb = op->pb;
	o->o_connid = number(&p);
	o->o_connid |= (uint64_t)number(&p) << 32;
	o->o_opid = (int)number(&p);
	o->msgid = (int)number(&p);
	o->type = number(&p);
	o->tag = number(&p);
	o->is_root = (int)number(&p);
	o->flags = (long)number(&p);
	o->o_sdn.dn = string(&p, &room);
	o->o_sdn.udn = o->o_sdn.dn;
	o->o_sdn.ndn = string(&p, &room);
	o->o_sdn.ndn_len = (int)strlen(o->o_sdn.ndn);
	cshim_pblock_put_ptr(op->pb, SLAPI_PLUGIN_IDENTITY, caller);
	cshim_pblock_put_ptr(op->pb, SLAPI_OPERATION, o);
	if (number(&p)) {
		const char *raw = string(&p, &room);
		op->target.dn = string(&p, &room);
		op->target.udn = *raw ? raw : op->target.dn;
		op->target.ndn = string(&p, &room);
		op->target.ndn_len = (int)strlen(op->target.ndn);
		cshim_pblock_put_ptr(op->pb, SLAPI_TARGET_SDN, &op->target);
	}
	if (number(&p)) {
		cshim_pblock_put_int(op->pb, SLAPI_SEARCH_SCOPE, (int)number(&p));
		cshim_pblock_put_int(op->pb, SLAPI_SEARCH_DEREF, (int)number(&p));
		cshim_pblock_put_int(op->pb, SLAPI_SEARCH_ATTRSONLY, (int)number(&p));
	}
	return op;
}

void cshim_op_free(struct cshim_op *op)
{
	if (!op)
		return;
	cshim_extension_free(CSHIM_EXT_OPERATION, &op->operation, &op->operation.o_extension);
	cshim_pblock_set_handle(op->pb, 0);
	slapi_pblock_destroy(op->pb);
	slapi_sdn_done(&op->operation.o_sdn);
	slapi_sdn_done(&op->target);
	slapi_sdn_free(&op->operation.target_spec);
	free(op->operation.authtype);
	free(op);
}

static const int live_param[] = { SLAPI_ADD_ENTRY, SLAPI_MODIFY_MODS, SLAPI_SEARCH_RESULT_ENTRY };

static uint64_t digest(int live, void *object)
{
	return live == CSHIM_LIVE_MODS ? cshim_mods_digest(object) : cshim_entry_digest(object);
}

void cshim_op_note(struct cshim_op *op, int live, void *object)
{
	op->digest[live] = digest(live, object);
}

/* The thread works for p until leave(). */
static void enter(struct cshim_thread *saved, struct cshim_plugin *p, Slapi_PBlock *pb, uintptr_t op)
{
	struct cshim_thread *t = cshim_thread();

	*saved = *t;
	t->plugin = p;
	t->dialect = p ? p->dialect : CSHIM_AUTO;
	if (pb)
		t->pb = pb;
	if (op)
		t->op = op;
}

static void leave(const struct cshim_thread *saved)
{
	*cshim_thread() = *saved;
}

int cshim_call(struct cshim_plugin *p, cshim_fn fn, Slapi_PBlock *pb, uintptr_t op)
{
	struct cshim_thread saved;
	struct cshim_plugin *before = NULL;
	int rc;

	enter(&saved, p, pb, op);
	if (pb)
		before = cshim_pblock_set_plugin(pb, p);
	rc = fn(pb);
	if (pb)
		cshim_pblock_set_plugin(pb, before);
	leave(&saved);
	return rc;
}

/* Notes what a return value decides. 1: go on; 0: end this level; -1: end the walk. */
static int decide(struct cshim_plugin *p, int rule, int rc, struct cshim_outcome *out)
{
	int is_389 = p->dialect == CSHIM_389;

	if (rc == 0)
		return 1;
	switch (rule) {
	case CSHIM_RULE_PRE:
		if (!is_389 && rc > 0)
			return 0;
		break;
	case CSHIM_RULE_BIND:
		break; /* the pipeline knows what the values mean */
	case CSHIM_RULE_RESULT:
		if (is_389) {
			out->stop = 1;
			out->ret = rc;
			out->plugin = p;
		}
		return is_389 ? 1 : -1;
	case CSHIM_RULE_TXN:
		if (!is_389 && rc > 0)
			return 1;
		if (is_389 && rc <= SLAPI_PLUGIN_NOOP && rc >= SLAPI_PLUGIN_NOOP_TOMBSTONE) {
			if (!out->stop) {
				out->skip = 1;
				out->ret = rc;
				out->plugin = p;
			}
			return 1;
		}
		/* The others run all the same: some of them pair what they do before
		 * a change with what they do after it. */
		if (!out->stop) {
			out->stop = 1;
			out->skip = 0;
			out->ret = rc;
			out->plugin = p;
		} else if (rc == SLAPI_PLUGIN_FAILURE) {
			out->ret = rc;
		} else if (out->ret != SLAPI_PLUGIN_FAILURE) {
			out->ret |= rc;
		}
		return 1;
	default:
		return 1;
	}
	out->stop = 1;
	out->ret = rc;
	out->plugin = p;
	return -1;
}

static int walk_level(struct cshim_op *op, const struct cshim_hooks *list, int database, int rule,
		      struct cshim_outcome *out)
{
	for (int i = 0; i < list->n; i++) {
		const struct cshim_hook *h = &list->h[i];
		int go;
		if (h->database != database || !h->fn || !h->plugin->host)
			continue;
		go = decide(h->plugin, rule, cshim_call(h->plugin, h->fn, op->pb, op->operation.handle), out);
		if (go <= 0)
			return go;
	}
	return 1;
}

void cshim_walk(struct cshim_op *op, const struct cshim_hooks *list, int database, int rule, int last_first)
{
	int first = last_first ? database : 0, second = last_first ? 0 : database;
	/* Copies: a plug-in's internal operation may come back to this one. */
	struct cshim_outcome answer = { 0 }, *out = &answer;
	struct cshim_news given = op->news, *news = &given;

	cshim_pblock_put_int(op->pb, SLAPI_RESULT_CODE, news->result_code);
	cshim_pblock_put_int(op->pb, SLAPI_PLUGIN_OPRETURN, news->opreturn);
	cshim_pblock_put_int(op->pb, SLAPI_NENTRIES, news->nentries);
	if (walk_level(op, list, first, rule, out) >= 0 && first != second)
		walk_level(op, list, second, rule, out);
	for (int i = 0; i < 3; i++) {
		void *object;
		if (!(news->live & (1u << i)) || !cshim_pblock_is_filled(op->pb, live_param[i]) ||
		    cshim_pblock_is_dirty(op->pb, live_param[i]))
			continue;
		object = cshim_pblock_ptr(op->pb, live_param[i]);
		uint64_t now = digest(i, object);
		if (now != op->digest[i]) {
			op->digest[i] = now;
			out->changed |= 1u << i;
		}
	}
	out->dirty = cshim_pblock_any_dirty(op->pb);
	op->out = answer;
}

int cshim_walk_access(struct cshim_op *op, const struct cshim_hooks *list, int database, Slapi_Entry *e, char *attr,
		      struct berval *value, int access)
{
	for (int i = 0; i < list->n; i++) {
		const struct cshim_hook *h = &list->h[i];
		struct cshim_thread saved;
		struct cshim_plugin *was;
		int granted;
		if ((h->database != 0 && h->database != database) || !h->fn || !h->plugin->host)
			continue;
		enter(&saved, h->plugin, op->pb, op->operation.handle);
		was = cshim_pblock_set_plugin(op->pb, h->plugin);
		granted = ((slapi_acl_callback_t)(void *)h->fn)(op->pb, e, attr, value, access, NULL);
		cshim_pblock_set_plugin(op->pb, was);
		leave(&saved);
		if (!granted)
			return 0;
	}
	return 1;
}

char *cshim_call_pwd_enc(struct cshim_plugin *p, const char *clear)
{
	cshim_pwd_enc_fn fn = (cshim_pwd_enc_fn)(void *)cshim_plugin_fn(p, SLAPI_PLUGIN_PWD_STORAGE_SCHEME_ENC_FN);
	struct cshim_thread saved;
	char *stored;

	if (!fn)
		return NULL;
	enter(&saved, p, NULL, 0);
	stored = fn(clear);
	leave(&saved);
	return stored;
}

int cshim_call_pwd_cmp(struct cshim_plugin *p, const char *clear, const char *stored)
{
	cshim_pwd_cmp_fn fn = (cshim_pwd_cmp_fn)(void *)cshim_plugin_fn(p, SLAPI_PLUGIN_PWD_STORAGE_SCHEME_CMP_FN);
	struct cshim_thread saved;
	int rc;

	if (!fn)
		return 1;
	enter(&saved, p, NULL, 0);
	rc = fn(clear, stored);
	leave(&saved);
	return rc;
}

int cshim_call_mr_match(struct cshim_plugin *p, void *fn, void *object, Slapi_Entry *e)
{
	int (*match)(void *, Slapi_Entry *, Slapi_Attr *) = (int (*)(void *, Slapi_Entry *, Slapi_Attr *))fn;
	struct cshim_thread saved;
	int rc;

	enter(&saved, p, NULL, 0);
	rc = match(object, e, e->e_attrs);
	leave(&saved);
	return rc;
}

int cshim_call_dse(struct cshim_plugin *p, dseCallbackFn fn, Slapi_PBlock *pb, Slapi_Entry *before, Slapi_Entry *after,
		   int *code, char *text, void *arg, uintptr_t op)
{
	struct cshim_thread saved;
	struct cshim_plugin *was;
	int rc;

	enter(&saved, p, pb, op);
	was = cshim_pblock_set_plugin(pb, p);
	rc = fn(pb, before, after, code, text, arg);
	cshim_pblock_set_plugin(pb, was);
	leave(&saved);
	return rc;
}

void cshim_call_task(struct cshim_plugin *p, TaskCallbackFn fn, Slapi_Task *task)
{
	struct cshim_thread saved;

	enter(&saved, p, NULL, 0);
	fn(task);
	leave(&saved);
}

int cshim_call_init(struct cshim_plugin *p, void *init, Slapi_PBlock *pb)
{
	return cshim_call(p, (cshim_fn)init, pb, 0);
}
