/*
 * database.h: databases that plug-ins serve. The functions of such a database
 * are its plug-in's, unless others were set for this one database (389's
 * slapi_be_setentrypoint).
 */
#ifndef CSHIM_DATABASE_H
#define CSHIM_DATABASE_H

#include "dispatch.h"

struct cshim_database {
	struct cshim_plugin *plugin;
	cshim_fn fn[CSHIM_SLOT_MAX]; /* by slot; NULL: the plug-in's */
};

/* Makes be a database of p, with no functions of its own. */
void cshim_database_init(Slapi_Backend *be, struct cshim_plugin *p);
/* The function of be for a parameter, NULL for none. */
cshim_fn cshim_database_fn(const Slapi_Backend *be, int id);
/* Sets a function of this database alone; NULL gives back the plug-in's. */
void cshim_database_set(Slapi_Backend *be, int id, cshim_fn fn);
/* Calls the function for a parameter as the database's plug-in; *missing is set
 * when there is none. */
int cshim_database_call(const Slapi_Backend *be, int id, Slapi_PBlock *pb, uintptr_t op, int *missing);
/* SLAPI_PLUGIN_DB_SEARCH_RESULTS_RELEASE_FN has a shape of its own. */
void cshim_database_release(const Slapi_Backend *be, void **set);

#endif
