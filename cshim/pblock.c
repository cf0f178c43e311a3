/* slapi_pblock_*: see pblock.h and params.c. */
#include "pblock.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "dn.h"
#include "goside.h"
#include "mem.h"
#include "params.h"

union slot {
	void *p;
	long n;
};

struct kept {
	struct kept *next;
	int at;                 /* the parameter whose value it is, -1: until the end */
	void *p;
	void (*free_fn)(void *);
};

struct slapi_pblock {
	uintptr_t magic;
	uintptr_t handle;
	struct cshim_plugin *plugin;
	struct kept *kept;
	uint64_t filled[PARAM_MAX / 64], dirty[PARAM_MAX / 64];
	/* Where the value of each parameter is, 0: it has none yet. Few parameters
	 * of a block are ever used, so that a new one is small and quickly cleared. */
	unsigned char where[PARAM_MAX];
	unsigned used, room;    /* of the values; value[0] is the NULL of those without */
	union slot *value, few[32];
};

static inline union slot value_of(const Slapi_PBlock *pb, int at)
{
	return pb->value[pb->where[at]];
}

static void more_room(Slapi_PBlock *pb)
{
	union slot *bigger = cshim_malloc(PARAM_MAX * sizeof *bigger);

	memcpy(bigger, pb->value, pb->used * sizeof *bigger);
	pb->value = bigger;
	pb->room = PARAM_MAX;
}

static inline void set_value(Slapi_PBlock *pb, int at, union slot v)
{
	if (pb->where[at] == 0) {
		if (pb->used == pb->room)
			more_room(pb);
		pb->where[at] = (unsigned char)pb->used++;
	}
	pb->value[pb->where[at]] = v;
}

static void no_values(Slapi_PBlock *pb)
{
	memset(pb->filled, 0, sizeof pb->filled);
	memset(pb->dirty, 0, sizeof pb->dirty);
	memset(pb->where, 0, sizeof pb->where);
	pb->value = pb->few;
	pb->few[0].p = NULL;
	pb->used = 1;
	pb->room = sizeof pb->few / sizeof pb->few[0];
}

#define BIT(set, i) ((set)[(i) / 64] >> ((i) % 64) & 1)
#define SET_BIT(set, i) ((set)[(i) / 64] |= (uint64_t)1 << ((i) % 64))
#define CLEAR_BIT(set, i) ((set)[(i) / 64] &= ~((uint64_t)1 << ((i) % 64)))

/* NULL, freed, or of another kind. */
#define MAGIC ((uintptr_t)0x70626c6f636b2121)
#define DEAD(pb) (__builtin_expect((pb) == NULL || (pb)->magic != MAGIC, 0))

/* ---- free functions by kind */

void cshim_free_sdn(void *sdn)
{
	Slapi_DN *p = sdn;

	slapi_sdn_free(&p);
}

void cshim_free_entry(void *entry)
{
	slapi_entry_free(entry);
}

void cshim_free_mods(void *mods)
{
	cshim_mods_free(mods);
}

void cshim_free_controls(void *controls)
{
	cshim_controls_free(controls);
}

void cshim_free_berval(void *bv)
{
	cshim_bv_free(bv);
}

void cshim_free_charray(void *array)
{
	cshim_array_free(array);
}

void cshim_free_plain(void *block)
{
	free(block);
}

static void (*free_of(int kind))(void *)
{
	switch (kind) {
	case SDN: return cshim_free_sdn;
	case ENTRY: return cshim_free_entry;
	case MODS: return cshim_free_mods;
	case CONTROLS: return cshim_free_controls;
	case CHARRAY: return cshim_free_charray;
	case BERVAL: return cshim_free_berval;
	default: return cshim_free_plain;
	}
}

/* ---- what a pblock keeps */

static void keep(Slapi_PBlock *pb, int at, void *p, void (*free_fn)(void *))
{
	struct kept *k;

	if (p == NULL || free_fn == NULL)
		return;
	k = cshim_malloc(sizeof *k);
	*k = (struct kept){ pb->kept, at, p, free_fn };
	pb->kept = k;
}

void cshim_pblock_keep(Slapi_PBlock *pb, void *p, void (*free_fn)(void *))
{
	if (!DEAD(pb))
		keep(pb, -1, p, free_fn);
}

enum then { FREE, FORGET, UNTIL_END };

/* The value at a parameter is replaced: what becomes of a kept one. */
static void release(Slapi_PBlock *pb, int at, enum then then)
{
	struct kept **link = &pb->kept;

	while (*link) {
		struct kept *k = *link;
		if (k->at != at) {
			link = &k->next;
		} else if (then == UNTIL_END) {
			k->at = -1;
			link = &k->next;
		} else {
			*link = k->next;
			if (then == FREE)
				k->free_fn(k->p);
			free(k);
		}
	}
}

static void empty(Slapi_PBlock *pb)
{
	struct kept *k = pb->kept;

	pb->kept = NULL;
	while (k) {
		struct kept *next = k->next;
		k->free_fn(k->p);
		free(k);
		k = next;
	}
	if (pb->value != pb->few)
		free(pb->value);
	no_values(pb);
}

/* ---- for the host */

Slapi_PBlock *cshim_pblock_new(uintptr_t handle)
{
	Slapi_PBlock *pb = cshim_malloc(sizeof *pb);

	pb->magic = MAGIC;
	pb->handle = handle;
	pb->plugin = NULL;
	pb->kept = NULL;
	no_values(pb);
	return pb;
}

uintptr_t cshim_pblock_handle(const Slapi_PBlock *pb)
{
	return DEAD(pb) ? 0 : pb->handle;
}

void cshim_pblock_set_handle(Slapi_PBlock *pb, uintptr_t handle)
{
	if (!DEAD(pb))
		pb->handle = handle;
}

struct cshim_plugin *cshim_pblock_set_plugin(Slapi_PBlock *pb, struct cshim_plugin *p)
{
	struct cshim_plugin *before;

	if (DEAD(pb))
		return NULL;
	before = pb->plugin;
	pb->plugin = p;
	return before;
}

struct cshim_plugin *cshim_pblock_plugin(const Slapi_PBlock *pb)
{
	return DEAD(pb) ? NULL : pb->plugin;
}

static int put(Slapi_PBlock *pb, int id, union slot v, void (*free_fn)(void *))
{
	int at = DEAD(pb) ? -1 : cshim_param_index(id, 0);

	if (at < 0) {
		if (free_fn && v.p)
			free_fn(v.p);
		return -1;
	}
	if (BIT(pb->filled, at) && value_of(pb, at).p == v.p && free_fn == NULL) {
		/* the same again: nothing to free */
	} else {
		release(pb, at, FREE);
		set_value(pb, at, v);
		keep(pb, at, v.p, free_fn);
	}
	SET_BIT(pb->filled, at);
	CLEAR_BIT(pb->dirty, at);
	return 0;
}

int cshim_pblock_put_ptr(Slapi_PBlock *pb, int id, void *p)
{
	return put(pb, id, (union slot){ .p = p }, NULL);
}

int cshim_pblock_put_own(Slapi_PBlock *pb, int id, void *p, void (*free_fn)(void *))
{
	return put(pb, id, (union slot){ .p = p }, free_fn);
}

int cshim_pblock_put_str(Slapi_PBlock *pb, int id, const char *s)
{
	return put(pb, id, (union slot){ .p = cshim_strdup(s) }, cshim_free_plain);
}

int cshim_pblock_put_int(Slapi_PBlock *pb, int id, int v)
{
	return put(pb, id, (union slot){ .n = v }, NULL);
}

int cshim_pblock_put_long(Slapi_PBlock *pb, int id, long v)
{
	return put(pb, id, (union slot){ .n = v }, NULL);
}

void cshim_pblock_forget(Slapi_PBlock *pb, int id)
{
	int at = DEAD(pb) ? -1 : cshim_param_index(id, 0);

	if (at < 0)
		return;
	release(pb, at, FREE);
	pb->value[pb->where[at]].p = NULL;
	CLEAR_BIT(pb->filled, at);
	CLEAR_BIT(pb->dirty, at);
}

void *cshim_pblock_ptr(const Slapi_PBlock *pb, int id)
{
	int at = DEAD(pb) ? -1 : cshim_param_index(id, 0);

	return at < 0 ? NULL : value_of(pb, at).p;
}

long cshim_pblock_num(const Slapi_PBlock *pb, int id)
{
	int at = DEAD(pb) ? -1 : cshim_param_index(id, 0);

	return at < 0 ? 0 : value_of(pb, at).n;
}

int cshim_pblock_is_filled(const Slapi_PBlock *pb, int id)
{
	int at = DEAD(pb) ? -1 : cshim_param_index(id, 0);

	return at >= 0 && BIT(pb->filled, at);
}

int cshim_pblock_is_dirty(const Slapi_PBlock *pb, int id)
{
	int at = DEAD(pb) ? -1 : cshim_param_index(id, 0);

	return at >= 0 && BIT(pb->dirty, at);
}

int cshim_pblock_any_dirty(const Slapi_PBlock *pb)
{
	uint64_t any = 0;

	for (size_t i = 0; !DEAD(pb) && i < PARAM_MAX / 64; i++)
		any |= pb->dirty[i];
	return any != 0;
}

int cshim_pblock_next_dirty(const Slapi_PBlock *pb, int *iter)
{
	if (DEAD(pb) || iter == NULL)
		return -1;
	for (; *iter < cshim_param_count; ++*iter)
		if (BIT(pb->dirty, *iter))
			return cshim_params[(*iter)++].id;
	return -1;
}

void cshim_pblock_clean(Slapi_PBlock *pb, int id)
{
	int at;

	if (DEAD(pb))
		return;
	if (id == -1)
		memset(pb->dirty, 0, sizeof pb->dirty);
	else if ((at = cshim_param_index(id, 0)) >= 0)
		CLEAR_BIT(pb->dirty, at);
}

/* ---- the value of a parameter, from wherever it is */

/* 0: value_of() is it; 1: there is none; -1: get must fail. */
static int fill(Slapi_PBlock *pb, int at)
{
	int rc = 1;

	if (BIT(pb->filled, at))
		return 0;
	if (pb->handle) {
		rc = slapiGoPblockFill(pb, cshim_params[at].id);
		if (rc == 0 && !BIT(pb->filled, at))
			rc = 1;
	}
	return rc;
}

static void *ptr_now(Slapi_PBlock *pb, int id)
{
	int at = cshim_param_index(id, 0);

	return fill(pb, at) == 0 ? value_of(pb, at).p : NULL;
}

/* LDAP_REQ_* and SLAPI_OPERATION_* name the same things. */
static const struct {
	unsigned char bit_of_2, tag;
} operations[] = {
	{ 0, 0x60 }, { 1, 0x42 }, { 2, 0x63 }, { 3, 0x66 }, { 4, 0x68 }, { 5, 0x4a },
	{ 6, 0x6c }, { 7, 0x6e }, { 8, 0x50 }, { 9, 0x77 },
};

static unsigned long tag_of(long bit)
{
	for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
		if (bit == 1L << operations[i].bit_of_2)
			return operations[i].tag;
	return 0;
}

static long bit_of(unsigned long tag)
{
	for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
		if (tag == operations[i].tag)
			return 1L << operations[i].bit_of_2;
	return 0;
}

/* "10.0.0.1:389" as the struct in_addr that old 389 plug-ins ask for. */
static uint32_t ipv4(const char *text)
{
	struct in_addr a = { 0 };
	char buf[INET_ADDRSTRLEN];
	size_t n;

	if (text == NULL)
		return 0;
	if (strncmp(text, "IP=", 3) == 0)
		text += 3;
	n = strcspn(text, ":");
	if (n >= sizeof buf)
		return 0;
	memcpy(buf, text, n);
	buf[n] = '\0';
	return inet_pton(AF_INET, buf, &a) == 1 ? a.s_addr : 0;
}

#define NETADDR_SIZE 112

/* Parameters with code of their own. */
static int get_own(Slapi_PBlock *pb, int at, void *value, int dialect)
{
	int is_389 = dialect == CSHIM_389, rc;
	const Slapi_DN *sdn;

	switch (cshim_params[at].id) {
	case 12: /* PLUGIN_DESCRIPTION without a plug-in */
		if (is_389)
			memset(value, 0, sizeof(Slapi_PluginDesc));
		else
			*(void **)value = NULL;
		return 0;
	case 50:
		sdn = ptr_now(pb, 47);
		*(const char **)value = cshim_sdn_pretty(sdn, dialect);
		return 0;
	case 102:
		sdn = ptr_now(pb, 103);
		*(const char **)value = cshim_sdn_pretty(sdn, dialect);
		return 0;
	case 141:
	case 156:
		sdn = ptr_now(pb, 852);
		*(const char **)value =
		        cshim_params[at].id == 141 ? cshim_sdn_pretty(sdn, dialect) : cshim_sdn_norm(sdn);
		/* Nobody is "" in 389 and NULL in OpenLDAP. */
		if (*(const char **)value == NULL && is_389)
			*(const char **)value = "";
		return 0;
	default:
		break;
	}
	rc = fill(pb, at);
	if (rc < 0)
		return -1;
	union slot v = rc == 0 ? value_of(pb, at) : (union slot){ .p = NULL };
	switch (cshim_params[at].id) {
	case 71: /* OpenLDAP */
	case 148:
	case 745:
		*(void **)value = v.p;
		return 0;
	case 143:
	case 746:
		*(void **)value = is_389 ? cshim_strdup(v.p) : v.p;
		return 0;
	case 145:
	case 146:
		*(uint32_t *)value = ipv4(v.p);
		return 0;
	case 590:
		*(unsigned long *)value = tag_of(v.n);
		return 0;
	case 850:
	case 851:
		if (!is_389) /* 112 bytes: nobody else asks with room for them */
			return -1;
		if (v.p)
			memcpy(value, v.p, NETADDR_SIZE);
		else
			memset(value, 0, NETADDR_SIZE);
		return 0;
	default:
		return -1;
	}
}

/* Parameters that live in the plug-in. 0 served, 1 not one of them. */
static int get_plugin(struct cshim_plugin *p, int id, void *value, int dialect)
{
	void **ptr = value;
	int *num = value;

	switch (id) {
	case 3: *ptr = p; return 0;
	case 4: *ptr = p->priv; return 0;
	case 5: *num = p->type; return 0;
	case 6: *ptr = p->argv; return 0;
	case 7: *num = p->argc; return 0;
	case 8: *ptr = p->version; return 0;
	case 12:
		if (dialect == CSHIM_389)
			memcpy(value, &p->desc, sizeof p->desc);
		else
			*ptr = p->desc_given;
		return 0;
	case 13: *ptr = &p->identity; return 0;
	case 14: *num = p->precedence; return 0;
	case 250: *num = p->no_acl; return 0;
	case 251: *num = p->db_flags; return 0;
	case 301: *ptr = p->ext_oids; return 0;
	case 302: *ptr = p->ext_names; return 0;
	case 623: *num = p->mr_flags; return 0;
	case 624: *ptr = p->mr_names; return 0;
	case 705: *ptr = p->syntax_names; return 0;
	case 706: *ptr = p->syntax_oid; return 0;
	case 707: *num = p->syntax_flags; return 0;
	case 810: *ptr = p->pwd_name; return 0;
	case 815: *num = p->enabled; return 0;
	case 816: *ptr = p->config_area; return 0;
	case 1100: *ptr = p->audit; return 0;
	default: return 1;
	}
}

static void replace_array(char ***at, char **array)
{
	char **copy = cshim_array_dup(array);

	cshim_array_free(*at);
	*at = copy;
}

static void replace_string(char **at, const char *s)
{
	char *copy = cshim_strdup(s);

	free(*at);
	*at = copy;
}

static int set_plugin_value(struct cshim_plugin *p, int id, void *value)
{
	switch (id) {
	case 3: return -1;
	case 4: p->priv = value; return 0;
	case 8: p->version = value; return 0;
	case 12:
		p->desc_given = value;
		if (value)
			p->desc = *(Slapi_PluginDesc *)value;
		return 0;
	case 301: replace_array(&p->ext_oids, value); return 0;
	case 302: replace_array(&p->ext_names, value); return 0;
	case 624: replace_array(&p->mr_names, value); return 0;
	case 705: replace_array(&p->syntax_names, value); return 0;
	case 706: replace_string(&p->syntax_oid, value); return 0;
	case 810: replace_string(&p->pwd_name, value); return 0;
	case 816: replace_string(&p->config_area, value); return 0;
	case 1100: p->audit = value; return 0;
	default: break;
	}
	if (id != 6 && id != 13 && value == NULL)
		return -1;
	switch (id) {
	case 5: p->type = *(int *)value; return 0;
	case 7: p->argc = *(int *)value; return 0;
	case 14: p->precedence = *(int *)value; return 0;
	case 250: p->no_acl = *(int *)value; return 0;
	case 251: p->db_flags = *(int *)value; return 0;
	case 623: p->mr_flags = *(int *)value; return 0;
	case 707: p->syntax_flags = *(int *)value; return 0;
	case 815: p->enabled = *(int *)value; return 0;
	case 6: replace_array(&p->argv, value); return 0;
	default: return 1;
	}
}

/* ---- get and set */

int cshim_pblock_get(Slapi_PBlock *pb, int id, void *value, int dialect)
{
	int is_389 = dialect == CSHIM_389, at, slot, class, rc;
	const struct param *par;
	union slot v;

	if (DEAD(pb) || value == NULL)
		return -1;
	id = cshim_param_canonical(id, dialect);
	slot = cshim_slot_of_param(id);
	if (slot >= 0) {
		if (is_389 && (pb->plugin == NULL || !cshim_type_owns_param(pb->plugin->type, id)))
			return -1;
		*(cshim_fn *)value = pb->plugin ? pb->plugin->fn[slot] : NULL;
		return 0;
	}
	at = cshim_param_index(id, 0);
	if (at < 0)
		return -1;
	par = &cshim_params[at];
	class = is_389 ? par->ds389 : par->openldap;
	if (class == NO) /* the number is free in the other dialect, so it can be served there too */
		class = is_389 ? par->openldap : par->ds389;
	if (is_389 && (par->flags & NEED_OP) && pb->handle == 0 && !BIT(pb->filled, at))
		return -1;
	/* For 389 PLUGIN_IDENTITY in an operation is who started it, for OpenLDAP one's own. */
	if ((par->flags & PLUGIN) && pb->plugin &&
	    !(id == 13 && BIT(pb->filled, at) && (is_389 || pb->handle == 0)) &&
	    get_plugin(pb->plugin, id, value, dialect) == 0)
		return 0;
	if (class == OWN)
		return get_own(pb, at, value, dialect);
	rc = fill(pb, at);
	if (rc < 0)
		return -1;
	if (rc > 0) {
		v.p = NULL;
		if (id == 52 && pb->plugin && pb->handle == 0) /* PLUGIN_CONFIG_ENTRY */
			v.p = pb->plugin->config_entry;
	} else {
		v = value_of(pb, at);
	}
	switch (class) {
	case PTR:
		*(void **)value = v.p;
		return 0;
	case INT:
		*(int *)value = (int)v.n;
		return 0;
	case LONG:
		*(long *)value = v.n;
		return 0;
	default:
		return -1;
	}
}

/* Stores what a plug-in set. */
static void store(Slapi_PBlock *pb, int at, union slot v, enum then then, void (*free_fn)(void *))
{
	if (!(BIT(pb->filled, at) && value_of(pb, at).p == v.p)) { /* the same again stays whose it is */
		release(pb, at, then);
		set_value(pb, at, v);
		keep(pb, at, v.p, free_fn);
	}
	SET_BIT(pb->filled, at);
	SET_BIT(pb->dirty, at);
}

static int set_sdn(Slapi_PBlock *pb, int id, const char *dn)
{
	int at = cshim_param_index(id, 0);
	Slapi_DN *sdn = dn ? slapi_sdn_new_dn_byval(dn) : NULL;

	store(pb, at, (union slot){ .p = sdn }, UNTIL_END, cshim_free_sdn);
	return 0;
}

static int add_rescontrol(Slapi_PBlock *pb, LDAPControl *c)
{
	int at = cshim_param_index(55, 0);
	LDAPControl **list;

	if (c == NULL)
		return -1;
	fill(pb, at);
	list = cshim_controls_dup(value_of(pb, at).p);
	slapi_add_control_ext(&list, c, 1);
	store(pb, at, (union slot){ .p = list }, UNTIL_END, cshim_free_controls);
	return 0;
}

static int set_own(Slapi_PBlock *pb, int at, void *value, int dialect)
{
	switch (cshim_params[at].id) {
	case 50:
		return set_sdn(pb, 47, value);
	case 102:
		return set_sdn(pb, 103, value);
	case 141:
		return set_sdn(pb, 852, value);
	case 56:
		return add_rescontrol(pb, value);
	case 71:
		store(pb, at, (union slot){ .p = cshim_bv_dup(value) }, UNTIL_END, cshim_free_berval);
		return 0;
	case 143:
		if (dialect == CSHIM_389)
			store(pb, at, (union slot){ .p = value }, UNTIL_END, cshim_free_plain);
		else
			store(pb, at, (union slot){ .p = cshim_strdup(value) }, UNTIL_END, cshim_free_plain);
		return 0;
	case 746:
		store(pb, at, (union slot){ .p = cshim_strdup(value) }, UNTIL_END, cshim_free_plain);
		return 0;
	case 148:
	case 745:
		if (value == NULL)
			return -1;
		store(pb, at, (union slot){ .p = *(void **)value }, FORGET, NULL);
		return 0;
	case 590: /* OpenLDAP */
		if (value == NULL)
			return -1;
		store(pb, at, (union slot){ .n = bit_of(*(unsigned long *)value) }, FREE, NULL);
		return 0;
	case 12:
		store(pb, at, (union slot){ .p = value }, FORGET, NULL);
		return 0;
	default:
		return -1;
	}
}

static int set_ptr(Slapi_PBlock *pb, int at, void *value, int dialect)
{
	const struct param *par = &cshim_params[at];
	int is_389 = dialect == CSHIM_389, policy = par->policy;
	/* A 389 plug-in frees what it replaces; what OpenLDAP's replace lives on until the end. */
	enum then then = is_389 ? FORGET : UNTIL_END;
	void (*free_fn)(void *) = NULL;

	if (policy == COPY_TAKE)
		policy = is_389 ? TAKE : COPY;
	switch (policy) {
	case COPY:
		then = par->kind == SDN ? UNTIL_END : FREE;
		free_fn = free_of(par->kind);
		value = par->kind == SDN ? (void *)slapi_sdn_dup(value) : (void *)cshim_strdup(value);
		break;
	case COPY_BERVAL:
		then = UNTIL_END;
		free_fn = cshim_free_berval;
		value = cshim_bv_dup(value);
		break;
	case TAKE:
		/* without an operation nobody would take it: it stays the plug-in's */
		free_fn = pb->handle ? free_of(par->kind) : NULL;
		break;
	default:
		break;
	}
	store(pb, at, (union slot){ .p = value }, then, free_fn);
	return 0;
}

int cshim_pblock_set(Slapi_PBlock *pb, int id, void *value, int dialect)
{
	int is_389 = dialect == CSHIM_389, at, slot, class;
	const struct param *par;

	if (DEAD(pb))
		return -1;
	id = cshim_param_canonical(id, dialect);
	slot = cshim_slot_of_param(id);
	if (slot >= 0) {
		if (pb->plugin == NULL || (is_389 && !cshim_type_owns_param(pb->plugin->type, id)))
			return -1;
		memcpy(&pb->plugin->fn[slot], &value, sizeof value);
		pb->plugin->touched[slot] = 1;
		return 0;
	}
	at = cshim_param_index(id, 0);
	if (at < 0)
		return -1;
	par = &cshim_params[at];
	class = is_389 ? par->ds389 : par->openldap;
	if (class == NO)
		class = is_389 ? par->openldap : par->ds389;
	if (par->flags & (is_389 ? RO_389 : RO_OL))
		return -1;
	if (is_389 && (par->flags & NEED_OP) && pb->handle == 0)
		return -1;
	if ((par->flags & PLUGIN) && pb->plugin) {
		int rc = set_plugin_value(pb->plugin, id, value);
		if (rc <= 0)
			return rc;
	}
	switch (class) {
	case OWN:
		return set_own(pb, at, value, dialect);
	case PTR:
		return set_ptr(pb, at, value, dialect);
	case INT:
		if (value == NULL)
			return -1;
		store(pb, at, (union slot){ .n = *(int *)value }, FREE, NULL);
		return 0;
	case LONG:
		if (value == NULL)
			return -1;
		store(pb, at, (union slot){ .n = *(long *)value }, FREE, NULL);
		return 0;
	default:
		return -1;
	}
}

/* ---- exported */

Slapi_PBlock *slapi_pblock_new(void)
{
	return cshim_pblock_new(0);
}

/* Makes a used pblock new. What it kept is freed. */
void slapi_pblock_init(Slapi_PBlock *pb)
{
	if (!DEAD(pb)) {
		empty(pb);
		if (pb->handle == 0)
			pb->plugin = NULL;
	}
}

void slapi_pblock_clear(Slapi_PBlock *pb)
{
	slapi_pblock_init(pb);
}

/* The pblock of a running operation is the server's: destroying it is no more than a mistake. */
void slapi_pblock_destroy(Slapi_PBlock *pb)
{
	if (DEAD(pb) || pb->handle != 0)
		return;
	empty(pb);
	*(volatile uintptr_t *)&pb->magic = 0; /* seen although free follows */
	free(pb);
}

/*
 * Most calls are for a plain parameter, which means the same in every dialect,
 * and most get calls for one that has its value already: cshim_plain tells
 * them, and who is calling need not be found out.
 */
static __attribute__((noinline)) int get(Slapi_PBlock *pb, int arg, void *value, void *caller)
{
	return cshim_pblock_get(pb, arg, value, cshim_dialect(caller));
}

static __attribute__((noinline)) int set(Slapi_PBlock *pb, int arg, void *value, void *caller)
{
	return cshim_pblock_set(pb, arg, value, cshim_dialect(caller));
}

int slapi_pblock_get(Slapi_PBlock *pb, int arg, void *value)
{
	if (__builtin_expect(pb && pb->magic == MAGIC && value && (unsigned)arg < CSHIM_NUMBERS && cshim_plain[arg], 1)) {
		int at = cshim_param_at[arg];
		if (__builtin_expect(BIT(pb->filled, at), 1)) {
			if (cshim_plain[arg] & CSHIM_PLAIN_INT)
				*(int *)value = (int)value_of(pb, at).n;
			else
				*(void **)value = value_of(pb, at).p;
			return 0;
		}
	}
	return get(pb, arg, value, CSHIM_CALLER());
}

int slapi_pblock_set(Slapi_PBlock *pb, int arg, void *value)
{
	if (__builtin_expect(pb && pb->magic == MAGIC && value && (unsigned)arg < CSHIM_NUMBERS && cshim_plain[arg] == CSHIM_PLAIN_INT, 1)) {
		int at = cshim_param_at[arg];
		if (__builtin_expect(BIT(pb->filled, at), 1)) {
			pb->value[pb->where[at]].n = *(int *)value;
			SET_BIT(pb->dirty, at);
			return 0;
		}
	}
	return set(pb, arg, value, CSHIM_CALLER());
}

/* Forgets one parameter. */
int slapi_pblock_delete_param(Slapi_PBlock *pb, int arg)
{
	int dialect = cshim_dialect(CSHIM_CALLER());
	int id = cshim_param_canonical(arg, dialect);
	int at = cshim_param_index(id, 0);

	if (DEAD(pb) || at < 0 || !BIT(pb->filled, at))
		return -1;
	store(pb, at, (union slot){ .p = NULL }, UNTIL_END, NULL);
	CLEAR_BIT(pb->filled, at);
	return 0;
}
