/* q11_extension: data of a plug-in on connections and operations. */
#include "q.h"

static int type, handle, ctype, chandle, wrong_type, wrong_handle;
struct mark { char text[30]; };
static void *make(void *object, void *parent) { return strcpy(calloc(1, sizeof(struct mark)), "made"); }
static void unmake(void *extension, void *object, void *parent) { free(extension); }

static void probe_run(Slapi_PBlock *pb)
{
	void *op = NULL, *conn = NULL;
	struct mark *m;

	slapi_pblock_get(pb, SLAPI_OPERATION, &op);
	slapi_pblock_get(pb, SLAPI_CONNECTION, &conn);
	P(op);
	P(conn);
	P(m = slapi_get_object_extension(type, op, handle));
	T(m ? m->text : NULL);
	m = calloc(1, sizeof *m);
	strcpy(m->text, "put");
	slapi_set_object_extension(type, op, handle, m);
	T(((struct mark *)slapi_get_object_extension(type, op, handle))->text);
	m = slapi_get_object_extension(ctype, conn, chandle);
	T(m ? m->text : NULL);
}

int q11_init(Slapi_PBlock *pb)
{
	probe_open(pb, "q11");
	I(slapi_register_object_extension("q11", SLAPI_EXT_OPERATION, make, unmake, &type, &handle));
	I(slapi_register_object_extension("q11", SLAPI_EXT_CONNECTION, make, unmake, &ctype, &chandle));
	IW(slapi_register_object_extension("q11", "Nothing of the kind", make, unmake, &wrong_type, &wrong_handle) != 0);
	slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, (void *)SLAPI_PLUGIN_VERSION_01);
	return set_fn(pb, SLAPI_PLUGIN_PRE_SEARCH_FN, probe_trigger);
}
