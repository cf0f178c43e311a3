/* q14_pblock: a pblock of one's own. */
#include "q.h"

/* OpenLDAP ends when a pblock without an operation is asked for a parameter of one. */
#ifdef DS389
#define NUMBER SLAPI_PLUGIN_INTOP_RESULT
#else
#define NUMBER SLAPI_CONFIG_LINENO
#endif

static void probe_run(Slapi_PBlock *outer)
{
	Slapi_PBlock *pb = slapi_pblock_new();
	int n = 7, m = 0;
	void *p = NULL;

	I(slapi_pblock_set(pb, NUMBER, &n));
	n = 8;
	I(slapi_pblock_get(pb, NUMBER, &m));
	I(m);
	if (SAFE_D)
		ID(slapi_pblock_set(pb, SLAPI_PLUGIN_PRIVATE, &n));
	I(slapi_pblock_get(pb, -5, &p));
	I(slapi_pblock_set(pb, -5, &p));
	I(slapi_pblock_get(pb, 99999, &p));
	if (SAFE_O) {
		IO(slapi_pblock_get(pb, SLAPI_PLUGIN_INTOP_SEARCH_ENTRIES, &p));
		PO(p);
	}
#ifndef DS389
	I(slapi_pblock_delete_param(pb, NUMBER));
	I(slapi_pblock_delete_param(pb, NUMBER));
	m = 5;
	I(slapi_pblock_get(pb, NUMBER, &m));
	I(m);
	slapi_pblock_clear(pb);
#else
	slapi_pblock_init(pb);
#endif
	I(slapi_pblock_set(pb, NUMBER, &n));
	I(slapi_pblock_get(pb, NUMBER, &m));
	I(m);
	slapi_pblock_destroy(pb);
	if (SAFE)
		slapi_pblock_destroy(NULL);
}
PROBE_MAIN(q14)
