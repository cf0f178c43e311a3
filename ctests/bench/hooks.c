/* hooks.c: a pre- and a post-search plug-in that read two parameters each, to
 * see what they add to a search. */
#include <slapi-plugin.h>

static volatile long sink;

static int pre(Slapi_PBlock *pb)
{
	char *dn = NULL;
	int scope = 0;

	slapi_pblock_get(pb, SLAPI_SEARCH_TARGET, &dn);
	slapi_pblock_get(pb, SLAPI_SEARCH_SCOPE, &scope);
	sink += (dn ? dn[0] : 0) + scope;
	return 0;
}

static int post(Slapi_PBlock *pb)
{
	char *dn = NULL;
	int code = 0;

	slapi_pblock_get(pb, SLAPI_SEARCH_TARGET, &dn);
	slapi_pblock_get(pb, SLAPI_RESULT_CODE, &code);
	sink += (dn ? dn[0] : 0) + code;
	return 0;
}

int hooks_pre_init(Slapi_PBlock *pb)
{
	slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, (void *)SLAPI_PLUGIN_VERSION_01);
	return slapi_pblock_set(pb, SLAPI_PLUGIN_PRE_SEARCH_FN, (void *)pre);
}

int hooks_post_init(Slapi_PBlock *pb)
{
	slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, (void *)SLAPI_PLUGIN_VERSION_01);
	return slapi_pblock_set(pb, SLAPI_PLUGIN_POST_SEARCH_FN, (void *)post);
}
