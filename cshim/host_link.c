/* Databases that plug-ins make while the server runs. */
#include "database.h"
#include "dialect.h"
#include "host_goside.h"
#include "host_link.h"
#include "pblock.h"

/* NULL when there is a database of that name. GIVEN: slapi_be_free. */
Slapi_Backend *slapi_be_new(const char *type, const char *name, int isprivate, int logchanges)
{
	(void)logchanges;
	return slapiGoBackendNew((char *)type, (char *)name, isprivate);
}

/* 389's: the object is forgotten, its memory stays for operations under way. */
void slapi_be_free(Slapi_Backend **be)
{
	if (!be || !*be)
		return;
	slapiGoBackendFree(*be);
	*be = NULL;
}

/*
 * Sets the function for a parameter of this database alone. A NULL function takes all
 * of those that the plug-in of pb has registered. 0, or -1 for what cannot be set.
 */
int slapi_be_setentrypoint(Slapi_Backend *be, int entrypoint, void *ret_fnptr, Slapi_PBlock *pb)
{
	struct cshim_plugin *p = cshim_thread()->plugin;

	if (!be)
		return -1;
	if (pb && cshim_pblock_plugin(pb))
		p = cshim_pblock_plugin(pb);
	if (!be->be_database) {
		if (!p)
			return -1;
		cshim_database_init(be, p);
	}
	if (ret_fnptr)
		cshim_database_set(be, entrypoint, (cshim_fn)ret_fnptr);
	return 0;
}

void slapi_mtn_be_started(Slapi_Backend *be)
{
	if (be)
		slapiGoBackendStarted(be);
}

void slapi_mtn_be_stopping(Slapi_Backend *be)
{
	if (be)
		slapiGoBackendStopping(be);
}

/* The server calls the plug-ins around every change itself, before and after it hands
 * one to a database. */
int slapi_plugin_call_preop_be_plugins(Slapi_PBlock *pb, int operation)
{
	(void)pb;
	(void)operation;
	return 0;
}

int slapi_plugin_call_postop_be_plugins(Slapi_PBlock *pb, int operation)
{
	(void)pb;
	(void)operation;
	return 0;
}
