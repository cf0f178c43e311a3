/* q18_rdnvalues: before an add, the values of the RDN that the entry lacks are put
 * into it: what OpenLDAP's contributed addrdnvalues does, with the same calls. */
#include "q.h"
#undef PROBE_TRIGGERED

static Slapi_PluginDesc about = { "q18", "none", "1", "adds what the RDN says" };

static void probe_run(Slapi_PBlock *pb) { }

static int before_add(Slapi_PBlock *pb)
{
	Slapi_Entry *e = NULL;
	int rc;

	if (slapi_pblock_get(pb, SLAPI_ADD_ENTRY, &e) != 0 || e == NULL) {
		out("no entry");
		return -1;
	}
	rc = slapi_entry_add_rdn_values(e);
	out("rdn values of %s: %d, twice %d", slapi_entry_get_dn(e), rc, rc == LDAP_SUCCESS ? slapi_entry_add_rdn_values(e) : -1);
	out("cn %s, sn %s, l %s", S(values_of(e, "cn")), S(values_of(e, "sn")), S(values_of(e, "l")));
	if (rc != LDAP_SUCCESS) {
		slapi_send_ldap_result(pb, LDAP_OTHER, NULL, "probe could not read the name", 0, NULL);
		return -1;
	}
	return 0;
}

int q18_init(Slapi_PBlock *pb)
{
	probe_open(pb, "q18");
	if (slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, (void *)SLAPI_PLUGIN_VERSION_03) != 0 ||
	    slapi_pblock_set(pb, SLAPI_PLUGIN_DESCRIPTION, (void *)&about) != 0)
		return -1;
	return set_fn(pb, SLAPI_PLUGIN_PRE_ADD_FN, before_add);
}
