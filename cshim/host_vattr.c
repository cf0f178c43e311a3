/* Virtual attributes: see host_vattr.h. A provider registers for types; whoever
 * reads one asks the type's providers in the order of their registration and,
 * when none has values, looks at the entry itself. Nothing is cached here:
 * providers cache what they know. */
#include "host_vattr.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host_goside.h"
#include "host_services.h"
#include "host_settings.h"
#include "mem.h"
#include "types.h"
#include "value.h"

/* Providers that read attributes of each other could turn in circles. */
#define MAX_DEPTH 50

struct cshim_vattr_handle {
	struct cshim_vattr_handle *next;
	vattr_get_fn_type get;
	vattr_compare_fn_type compare;
	vattr_types_fn_type types;
	struct cshim_plugin *plugin;
	int live;
};

struct cshim_vattr_context {
	Slapi_PBlock *pb;
};

/* How deep providers stand in each other on this thread: by way of a context, of
 * filters, or of internal searches. */
static __thread int depth;

struct cshim_vattr_list {
	vattr_type_thang *list; /* ends with one without a name */
	size_t n;
	int flags;
};

/* One registration: rows are added at the front of the list and stay. */
struct served {
	struct served *next;
	struct cshim_vattr_handle *handle;
	char *type;
	Slapi_DN *below; /* NULL: everywhere */
	void *hint;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct cshim_vattr_handle *handles;
static struct served *table;

int slapi_vattrspi_register(vattr_sp_handle **h, vattr_get_fn_type get_fn, vattr_compare_fn_type compare_fn,
			    vattr_types_fn_type types_fn)
{
	struct cshim_vattr_handle *made, **at;

	if (!h || !get_fn)
		return -1;
	made = cshim_calloc(1, sizeof *made);
	made->get = get_fn;
	made->compare = compare_fn;
	made->types = types_fn;
	made->plugin = cshim_thread()->plugin;
	made->live = 1;
	pthread_mutex_lock(&lock);
	for (at = &handles; *at; at = &(*at)->next)
		;
	__atomic_store_n(at, made, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&lock);
	*h = made;
	return 0;
}

/* Types are matched without their options. */
static int same_type(const char *a, const char *b)
{
	const struct cshim_type *ta, *tb;
	size_t n = strcspn(a, ";"), m = strcspn(b, ";");

	if (n == m && strncasecmp(a, b, n) == 0)
		return 1;
	ta = cshim_type_of(a);
	tb = cshim_type_of(b);
	return ta->known && tb->known && ta->id == tb->id;
}

int slapi_vattrspi_regattr(vattr_sp_handle *h, char *type_name_to_register, char *DN, void *hint)
{
	struct served *made, **at;
	char text[SLAPI_DSE_RETURNTEXT_SIZE];

	if (!h || !type_name_to_register)
		return -1;
	made = cshim_calloc(1, sizeof *made);
	made->handle = h;
	made->type = cshim_strdup(type_name_to_register);
	made->below = DN && *DN ? slapi_sdn_new_dn_byval(DN) : NULL;
	made->hint = hint;
	pthread_mutex_lock(&lock);
	for (at = &table; *at; at = &(*at)->next)
		if ((*at)->handle == h && strcasecmp((*at)->type, type_name_to_register) == 0 &&
		    (made->below ? (*at)->below && slapi_sdn_compare((*at)->below, made->below) == 0 : !(*at)->below))
			break;
	if (*at) { /* the provider said so before */
		(*at)->hint = hint;
		slapi_sdn_free(&made->below);
		free(made->type);
		free(made);
	} else {
		__atomic_store_n(at, made, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&lock);
	slapiGoVattrServed(type_name_to_register);
	/* From now on there are virtual attributes to look for. */
	if (cshim_setting_bool("nsslapd-ignore-virtual-attrs", 0))
		config_set_ignore_vattrs("nsslapd-ignore-virtual-attrs", "off", text, 1);
	return 0;
}

int cshim_vattr_served(const char *type)
{
	for (struct served *s = __atomic_load_n(&table, __ATOMIC_ACQUIRE); s; s = s->next)
		if (s->handle->live && (!type || !*type || same_type(s->type, type)))
			return 1;
	return 0;
}

void cshim_vattr_clear(void)
{
	pthread_mutex_lock(&lock);
	for (struct cshim_vattr_handle *h = handles; h; h = h->next)
		h->live = 0;
	table = NULL; /* the rows stay: a reader may be on them */
	pthread_mutex_unlock(&lock);
	slapiGoVattrServed(NULL);
}

static int applies(const struct served *s, const char *type, Slapi_Entry *e)
{
	return s->handle->live && same_type(s->type, type) &&
	       (!s->below || slapi_sdn_issuffix(slapi_entry_get_sdn(e), s->below));
}

/* The entry's own values. */
static int real_values(Slapi_Entry *e, const char *type, Slapi_ValueSet **results, int *disposition, char **actual,
		       int flags, int *buffer_flags)
{
	Slapi_Attr *a = NULL;

	if (slapi_entry_attr_find(e, type, &a) != 0 || !a || a->a_present_values.num == 0)
		return SLAPI_VIRTUALATTRS_NOT_FOUND;
	if (disposition)
		*disposition = same_type(a->a_type, type) ? SLAPI_VIRTUALATTRS_TYPE_NAME_MATCHED_EXACTLY_OR_ALIAS
							  : SLAPI_VIRTUALATTRS_TYPE_NAME_MATCHED_SUBTYPE;
	if (flags & SLAPI_VIRTUALATTRS_REQUEST_POINTERS) {
		*results = &a->a_present_values;
		if (actual)
			*actual = a->a_type;
		*buffer_flags = SLAPI_VIRTUALATTRS_RETURNED_POINTERS;
		return 0;
	}
	*results = slapi_valueset_new();
	cshim_set_copy(*results, &a->a_present_values);
	if (actual)
		*actual = cshim_strdup(a->a_type);
	*buffer_flags = SLAPI_VIRTUALATTRS_RETURNED_COPIES;
	return 0;
}

static int get_values(vattr_context *c, Slapi_Entry *e, char *type, Slapi_ValueSet **results, int *disposition,
		      char **actual, int flags, int *buffer_flags)
{
	int rc = SLAPI_VIRTUALATTRS_NOT_FOUND;

	*results = NULL;
	if (actual)
		*actual = NULL;
	*buffer_flags = 0;
	if (!(flags & SLAPI_REALATTRS_ONLY) && depth >= MAX_DEPTH)
		return SLAPI_VIRTUALATTRS_LOOP_DETECTED;
	for (struct served *s = __atomic_load_n(&table, __ATOMIC_ACQUIRE);
	     s && rc != 0 && !(flags & SLAPI_REALATTRS_ONLY); s = s->next) {
		struct cshim_thread saved;
		int how = 0;
		if (!applies(s, type, e))
			continue;
		depth++;
		saved = *cshim_thread();
		cshim_thread()->plugin = s->handle->plugin;
		cshim_thread()->dialect = CSHIM_389;
		rc = s->handle->get(s->handle, c, e, type, results, disposition ? disposition : &how, actual, flags,
				    buffer_flags, s->hint);
		*cshim_thread() = saved;
		depth--;
		if (rc == SLAPI_VIRTUALATTRS_LOOP_DETECTED)
			return rc;
	}
	if (rc != 0 && !(flags & SLAPI_VIRTUALATTRS_ONLY))
		rc = real_values(e, type, results, disposition, actual, flags, buffer_flags);
	return rc;
}

int cshim_vattr_get(Slapi_PBlock *pb, Slapi_Entry *e, char *type, Slapi_ValueSet **results, int *disposition,
		    char **actual, int flags, int *buffer_flags)
{
	vattr_context c = { pb };
	int unused;

	if (!e || !type || !results)
		return SLAPI_VIRTUALATTRS_NOT_FOUND;
	return get_values(&c, e, type, results, disposition, actual, flags, buffer_flags ? buffer_flags : &unused);
}

/* 0 and the values, SLAPI_VIRTUALATTRS_NOT_FOUND or _LOOP_DETECTED. */
int slapi_vattr_values_get(Slapi_Entry *e, char *type, Slapi_ValueSet **results, int *type_name_disposition,
			   char **actual_type_name, int flags, int *buffer_flags)
{
	return cshim_vattr_get(NULL, e, type, results, type_name_disposition, actual_type_name, flags, buffer_flags);
}

int slapi_vattr_values_type_thang_get(Slapi_Entry *e, vattr_type_thang *type_thang, Slapi_ValueSet **results,
				      int *type_name_disposition, char **actual_type_name, int flags, int *buffer_flags)
{
	if (!type_thang)
		return SLAPI_VIRTUALATTRS_NOT_FOUND;
	return slapi_vattr_values_get(e, type_thang->type_name, results, type_name_disposition, actual_type_name, flags,
				      buffer_flags);
}

/* For providers: counts how deep the providers stand in each other. */
int slapi_vattr_values_get_sp(vattr_context *c, Slapi_Entry *e, char *type, Slapi_ValueSet **results,
			      int *type_name_disposition, char **actual_type_name, int flags, int *free_flags)
{
	int unused;

	if (!c)
		return slapi_vattr_values_get(e, type, results, type_name_disposition, actual_type_name, flags, free_flags);
	if (!e || !type || !results)
		return SLAPI_VIRTUALATTRS_NOT_FOUND;
	return get_values(c, e, type, results, type_name_disposition, actual_type_name, flags,
			  free_flags ? free_flags : &unused);
}

void slapi_vattr_values_free(Slapi_ValueSet **value, char **actual_type_name, int flags)
{
	if (flags & SLAPI_VIRTUALATTRS_RETURNED_COPIES) {
		if (value && *value)
			slapi_valueset_free(*value);
		if (actual_type_name)
			free(*actual_type_name);
	}
	if (value)
		*value = NULL;
	if (actual_type_name)
		*actual_type_name = NULL;
}

int cshim_vattr_compare(Slapi_PBlock *pb, Slapi_Entry *e, char *type, Slapi_Value *test_this, int *result, int flags)
{
	vattr_context c = { pb };
	int rc;

	if (depth >= MAX_DEPTH)
		return SLAPI_VIRTUALATTRS_LOOP_DETECTED;
	for (struct served *s = __atomic_load_n(&table, __ATOMIC_ACQUIRE); s; s = s->next) {
		struct cshim_thread saved;
		if (!s->handle->compare || !applies(s, type, e))
			continue;
		depth++;
		saved = *cshim_thread();
		cshim_thread()->plugin = s->handle->plugin;
		cshim_thread()->dialect = CSHIM_389;
		rc = s->handle->compare(s->handle, &c, e, type, test_this, result, flags, s->hint);
		*cshim_thread() = saved;
		depth--;
		if (rc == 0)
			return 0;
	}
	return SLAPI_VIRTUALATTRS_NOT_FOUND;
}

/* 0 and *result 1 when one of the values is equal, else 0. */
int slapi_vattr_value_compare(Slapi_Entry *e, char *type, Slapi_Value *test_this, int *result, int flags)
{
	vattr_context c = { NULL };
	Slapi_ValueSet *values = NULL;
	char *actual = NULL;
	int rc, buffer = 0;

	if (!e || !type || !test_this || !result)
		return SLAPI_VIRTUALATTRS_NOT_FOUND;
	*result = 0;
	if (!(flags & SLAPI_REALATTRS_ONLY) && cshim_vattr_compare(NULL, e, type, test_this, result, flags) == 0)
		return 0;
	rc = get_values(&c, e, type, &values, NULL, &actual, SLAPI_REALATTRS_ONLY | SLAPI_VIRTUALATTRS_REQUEST_POINTERS, &buffer);
	if (rc == 0)
		*result = cshim_set_find(type, cshim_type_of(type), values, test_this->bv.bv_val, test_this->bv.bv_len) >= 0;
	slapi_vattr_values_free(&values, &actual, buffer);
	return rc;
}

Slapi_PBlock *slapi_vattr_get_pblock_from_context(vattr_context *c)
{
	return c ? c->pb : NULL;
}

void slapi_vattrcache_cache_all(void)
{
}

void slapi_vattrcache_cache_none(void)
{
}

/* Lists of types. */

int slapi_vattrspi_add_type(vattr_type_list_context *c, vattr_type_thang *thang, int flags)
{
	vattr_type_thang *to;

	(void)flags;
	if (!c || !thang || !thang->type_name)
		return -1;
	for (size_t i = 0; i < c->n; i++)
		if (strcasecmp(c->list[i].type_name, thang->type_name) == 0)
			return 0;
	c->list = cshim_realloc_array(c->list, c->n + 2, sizeof *c->list);
	to = &c->list[c->n++];
	to->type_name = cshim_strdup(thang->type_name);
	to->type_flags = thang->type_flags;
	to->type_values = NULL;
	memset(&c->list[c->n], 0, sizeof *c->list);
	return 0;
}

/* *types is GIVEN (slapi_vattr_attrs_free): the types that the entry has, its own
 * and those of providers. */
int slapi_vattr_list_attrs(Slapi_Entry *e, vattr_type_thang **types, int flags, int *buffer_flags)
{
	vattr_type_list_context c = { NULL, 0, flags };

	if (!e || !types)
		return -1;
	if (buffer_flags)
		*buffer_flags = SLAPI_VIRTUALATTRS_RETURNED_COPIES;
	for (Slapi_Attr *a = e->e_attrs; a && !(flags & SLAPI_VIRTUALATTRS_ONLY); a = a->a_next) {
		vattr_type_thang t = { a->a_type, a->a_flags, NULL };
		if (!(a->a_flags & SLAPI_ATTR_FLAG_OPATTR) || (flags & SLAPI_VIRTUALATTRS_LIST_OPERATIONAL_ATTRS))
			slapi_vattrspi_add_type(&c, &t, 0);
	}
	for (struct cshim_vattr_handle *h = __atomic_load_n(&handles, __ATOMIC_ACQUIRE);
	     h && !(flags & SLAPI_REALATTRS_ONLY); h = h->next) {
		struct cshim_thread saved = *cshim_thread();
		if (!h->live || !h->types)
			continue;
		cshim_thread()->plugin = h->plugin;
		cshim_thread()->dialect = CSHIM_389;
		h->types(h, e, &c, flags);
		*cshim_thread() = saved;
	}
	if (!c.list)
		c.list = cshim_calloc(1, sizeof *c.list);
	*types = c.list;
	return 0;
}

void slapi_vattr_attrs_free(vattr_type_thang **types, int flags)
{
	(void)flags;
	if (!types || !*types)
		return;
	for (vattr_type_thang *t = *types; t->type_name; t++)
		free(t->type_name);
	free(*types);
	*types = NULL;
}

vattr_type_thang *vattr_typethang_first(vattr_type_thang *t)
{
	return t && t->type_name ? t : NULL;
}

vattr_type_thang *vattr_typethang_next(vattr_type_thang *t)
{
	return t && t->type_name && t[1].type_name ? t + 1 : NULL;
}

char *vattr_typethang_get_name(vattr_type_thang *t)
{
	return t ? t->type_name : NULL;
}

unsigned long vattr_typethang_get_flags(vattr_type_thang *t)
{
	return t ? t->type_flags : 0;
}
