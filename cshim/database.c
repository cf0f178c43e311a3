#include "database.h"

#include "host_goside.h"
#include "host_services.h"
#include "mem.h"

void cshim_database_init(Slapi_Backend *be, struct cshim_plugin *p)
{
	if (!be->be_database)
		be->be_database = cshim_calloc(1, sizeof *be->be_database);
	be->be_database->plugin = p;
}

cshim_fn cshim_database_fn(const Slapi_Backend *be, int id)
{
	int slot = cshim_slot_of_param(id);
	const struct cshim_database *d = be ? be->be_database : NULL;

	if (!d || slot < 0)
		return NULL;
	return d->fn[slot] ? d->fn[slot] : cshim_plugin_fn(d->plugin, id);
}

void cshim_database_set(Slapi_Backend *be, int id, cshim_fn fn)
{
	int slot = cshim_slot_of_param(id);

	if (be && be->be_database && slot >= 0)
		be->be_database->fn[slot] = fn;
}

int cshim_database_call(const Slapi_Backend *be, int id, Slapi_PBlock *pb, uintptr_t op, int *missing)
{
	cshim_fn fn = cshim_database_fn(be, id);

	*missing = fn == NULL;
	return fn ? cshim_call(be->be_database->plugin, fn, pb, op) : 0;
}

void cshim_database_release(const Slapi_Backend *be, void **set)
{
	void (*fn)(void **) = (void (*)(void **))(void *)cshim_database_fn(be, SLAPI_PLUGIN_DB_SEARCH_RESULTS_RELEASE_FN);
	struct cshim_thread saved;

	if (!fn)
		return;
	cshim_enter(&saved, be->be_database->plugin);
	fn(set);
	cshim_leave(&saved);
}

int slapi_x_attr_key(const char *type, const struct berval *value, char **name, struct berval *key)
{
	char *bytes = NULL;
	size_t len = 0;
	int rc;

	if (name)
		*name = NULL;
	if (!type || (key && !value))
		return -1;
	rc = slapiGoAttrKey((char *)type, value ? value->bv_val : NULL, value ? value->bv_len : 0, name, key ? &bytes : NULL, &len);
	if (key) {
		key->bv_val = rc == 0 ? bytes : NULL;
		key->bv_len = len;
	}
	return rc;
}
