/* q12_compute: computed attributes and search rewriters (389 has no public names for them). */
#include "q.h"

#ifdef DS389
typedef struct _computed_attr_context computed_attr_context;
#ifndef SLAPI_PLUGIN_COMPUTE_EVALUATOR_FN
int slapi_compute_add_evaluator(slapi_compute_callback_t f);
int slapi_compute_add_search_rewriter(slapi_search_rewrite_callback_t f);
#endif
#endif

static int asked;
static int evaluate(computed_attr_context *c, char *type, Slapi_Entry *e, slapi_compute_output_t outputfn)
{
	Slapi_Attr *a;
	int rc;

	if (strcasecmp(type, "description") != 0)
		return -1;
	asked++;
	a = slapi_attr_new();
	slapi_attr_init(a, type);
	Slapi_Value *v = slapi_value_new_string("computed");
	slapi_attr_add_value(a, v);
	slapi_value_free(&v);
	rc = outputfn(c, a, e);
	slapi_attr_free(&a);
	return rc;
}
static int rewrite(Slapi_PBlock *pb) { return -1; }

static void probe_run(Slapi_PBlock *pb)
{
	I(asked);
#ifndef DS389
	I(compute_rewrite_search_filter(pb));
#endif
}

int q12_init(Slapi_PBlock *pb)
{
	probe_open(pb, "q12");
	I(slapi_compute_add_evaluator(evaluate));
	I(slapi_compute_add_search_rewriter(rewrite));
	slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, (void *)SLAPI_PLUGIN_VERSION_01);
	return set_fn(pb, SLAPI_PLUGIN_PRE_SEARCH_FN, probe_trigger);
}
