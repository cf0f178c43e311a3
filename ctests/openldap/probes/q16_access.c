/* q16_access: questions of access after an operation (before one, OpenLDAP grants all). */
#include "probe.h"
#include "q.h"
#undef PROBE_MAIN

static void probe_run(Slapi_PBlock *pb)
{
	Slapi_Entry *e = person("alice");
	LDAPMod m = { LDAP_MOD_REPLACE, "mail", { NULL } }, *mods[] = { &m, NULL };
	char *text = NULL;

#ifndef DS389
	out("read %d, write %d, search of sn %d, of a value %d",
	    slapi_access_allowed(pb, e, "cn", NULL, SLAPI_ACL_READ), slapi_access_allowed(pb, e, "cn", NULL, SLAPI_ACL_WRITE),
	    slapi_access_allowed(pb, e, "sn", NULL, SLAPI_ACL_SEARCH), slapi_access_allowed(pb, e, "cn", bv("x"), SLAPI_ACL_COMPARE));
	out("mods %d", slapi_acl_check_mods(pb, e, mods, &text));
#endif
	slapi_entry_free(e);
}
static int post_search(Slapi_PBlock *pb)
{
	char *dn = NULL;
	slapi_pblock_get(pb, SLAPI_TARGET_DN, &dn);
	if (dn && strncasecmp(dn, "uid=", 4) == 0)
		probe_run(pb);
	return 0;
}
int q16_init(Slapi_PBlock *pb)
{
	probe_open(pb, "q16");
	slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, (void *)SLAPI_PLUGIN_VERSION_01);
	return set_fn(pb, SLAPI_PLUGIN_POST_SEARCH_FN, post_search);
}
