/* A plug-in of OpenLDAP's kind, linked with nothing: one init registers hooks of
 * every sort. What a hook does is decided by the name it works on. */
#include "trace.h"

static int mine; /* what SLAPI_PLUGIN_PRIVATE points to */

static int is_ours(Slapi_PBlock *pb, const char *word)
{
	char *dn = NULL;

	slapi_pblock_get(pb, SLAPI_TARGET_DN, &dn);
	return dn && strstr(dn, word) != NULL;
}

static int start(Slapi_PBlock *pb)
{
	(void)pb;
	trace("start");
	return 0;
}

static int stop(Slapi_PBlock *pb)
{
	void *private = NULL;

	slapi_pblock_get(pb, SLAPI_PLUGIN_PRIVATE, &private);
	trace("close private %s", private == &mine ? "kept" : "lost");
	return 0;
}

/* Edits the entry in place. */
static int pre_add(Slapi_PBlock *pb)
{
	Slapi_Entry *e = NULL;

	if (is_ours(pb, "cn=edited,")) {
		slapi_pblock_get(pb, SLAPI_ADD_ENTRY, &e);
		slapi_entry_add_string(e, "description", "put in by the hook");
		slapi_entry_attr_delete(e, "street");
	}
	if (is_ours(pb, "cn=replaced,")) {
		char *text = slapi_ch_strdup("dn: cn=replaced,ou=people,dc=example,dc=com\nobjectClass: device\n"
					     "cn: replaced\nserialNumber: 7\n");
		slapi_pblock_set(pb, SLAPI_ADD_ENTRY, slapi_str2entry(text, 0));
		slapi_ch_free_string(&text);
	}
	if (is_ours(pb, "cn=refused,")) {
		slapi_send_ldap_result(pb, LDAP_UNWILLING_TO_PERFORM, NULL, "the hook says no", 0, NULL);
		return -1;
	}
	return 0;
}

/* Puts another array of modifications in the place of the client's. */
static int pre_modify(Slapi_PBlock *pb)
{
	LDAPMod **mods, *mod;

	if (!is_ours(pb, "cn=edited,"))
		return 0;
	mods = (LDAPMod **)slapi_ch_calloc(2, sizeof *mods);
	mod = mods[0] = (LDAPMod *)slapi_ch_calloc(1, sizeof *mod);
	mod->mod_op = LDAP_MOD_REPLACE;
	mod->mod_type = slapi_ch_strdup("l");
	mod->mod_values = (char **)slapi_ch_calloc(2, sizeof(char *));
	mod->mod_values[0] = slapi_ch_strdup("by the hook");
	return slapi_pblock_set(pb, SLAPI_MODIFY_MODS, mods);
}

static int pre_search(Slapi_PBlock *pb)
{
	char *filter = NULL;

	if (!is_ours(pb, "ou=mirror,"))
		return 0;
	slapi_pblock_get(pb, SLAPI_SEARCH_STRFILTER, &filter);
	trace("search %s", filter);
	slapi_pblock_set(pb, SLAPI_SEARCH_TARGET, "ou=people,dc=example,dc=com");
	slapi_pblock_set(pb, SLAPI_SEARCH_STRFILTER, "(cn=edited)");
	return 0;
}

static int pre_entry(Slapi_PBlock *pb)
{
	Slapi_Entry *e = NULL;
	char *hidden, *shown;

	slapi_pblock_get(pb, SLAPI_SEARCH_RESULT_ENTRY, &e);
	hidden = slapi_entry_attr_get_charptr(e, "serialNumber");
	shown = slapi_entry_attr_get_charptr(e, "l");
	if (shown) {
		slapi_entry_attr_delete(e, "l");
		slapi_entry_add_string(e, "l", "in disguise");
	}
	slapi_ch_free_string(&shown);
	if (hidden) {
		slapi_ch_free_string(&hidden);
		return -1;
	}
	return 0;
}

static int pre_result(Slapi_PBlock *pb)
{
	int code = 0;

	slapi_pblock_get(pb, SLAPI_RESULT_CODE, &code);
	if (is_ours(pb, "cn=nowhere,") && code == LDAP_NO_SUCH_OBJECT)
		slapi_pblock_set(pb, SLAPI_RESULT_TEXT, "the hook looked too");
	return 0;
}

/* Takes the bind of a name that no entry has over. */
static int pre_bind(Slapi_PBlock *pb)
{
	struct berval *credentials = NULL;
	void *private = NULL;

	if (!is_ours(pb, "cn=robot"))
		return 0;
	slapi_pblock_get(pb, SLAPI_PLUGIN_PRIVATE, &private);
	slapi_pblock_get(pb, SLAPI_BIND_CREDENTIALS, &credentials);
	trace("bind private %s", private == &mine ? "kept" : "lost");
	if (credentials->bv_len != 4 || memcmp(credentials->bv_val, "beep", 4) != 0)
		return SLAPI_BIND_FAIL;
	slapi_pblock_set(pb, SLAPI_CONN_DN, slapi_ch_strdup("cn=robot,dc=example,dc=com"));
	slapi_send_ldap_result(pb, LDAP_SUCCESS, NULL, NULL, 0, NULL);
	return 1;
}

static int count(Slapi_Entry *e, void *data)
{
	trace("internal entry %s", slapi_entry_get_dn(e));
	++*(int *)data;
	return 0;
}

/* Internal operations from a hook. */
static int post_delete(Slapi_PBlock *pb)
{
	Slapi_PBlock *in;
	int rc = -1, n = 0;
	LDAPMod mod = { .mod_op = LDAP_MOD_REPLACE, .mod_type = "description" }, *mods[] = { &mod, NULL };
	char *values[] = { "after a delete", NULL };

	if (!is_ours(pb, "cn=replaced,"))
		return 0;
	mod.mod_values = values;
	in = slapi_modify_internal("cn=edited,ou=people,dc=example,dc=com", mods, NULL, 0);
	slapi_pblock_get(in, SLAPI_PLUGIN_INTOP_RESULT, &rc);
	trace("internal modify %d", rc);
	slapi_pblock_destroy(in);
	in = slapi_pblock_new();
	slapi_search_internal_set_pb(in, "ou=people,dc=example,dc=com", LDAP_SCOPE_ONELEVEL, "(description=after a delete)",
				     NULL, 0, NULL, NULL, NULL, 0);
	slapi_search_internal_callback_pb(in, &n, NULL, count, NULL);
	slapi_pblock_get(in, SLAPI_PLUGIN_INTOP_RESULT, &rc);
	trace("internal search %d, %d entries", rc, n);
	slapi_pblock_destroy(in);
	in = slapi_delete_internal("cn=nobody,dc=example,dc=com", NULL, 0);
	slapi_pblock_get(in, SLAPI_PLUGIN_INTOP_RESULT, &rc);
	trace("internal delete %d", rc);
	slapi_pblock_destroy(in);
	return 0;
}

static int internal_pre_modify(Slapi_PBlock *pb)
{
	int internal = 0;

	slapi_pblock_get(pb, SLAPI_IS_INTERNAL_OPERATION, &internal);
	trace("internal pre modify, internal %d", internal);
	return 0;
}

static int extended(Slapi_PBlock *pb)
{
	struct berval *value = NULL, answer = { 4, "pong" };

	slapi_pblock_get(pb, SLAPI_EXT_OP_REQ_VALUE, &value);
	trace("extended %.*s", value ? (int)value->bv_len : 4, value ? value->bv_val : "none");
	slapi_pblock_set(pb, SLAPI_EXT_OP_RET_OID, "1.3.6.1.4.1.99999.2");
	slapi_pblock_set(pb, SLAPI_EXT_OP_RET_VALUE, ber_bvdup(&answer));
	return 0;
}

int plain_init(Slapi_PBlock *pb)
{
	static char *oids[] = { "1.3.6.1.4.1.99999.1", NULL };
	static Slapi_PluginDesc desc = { "plain", "libslapi", "1", "test of the hooks" };

	trace_open(pb);
	trace("init");
	return slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, SLAPI_PLUGIN_VERSION_03) |
	       slapi_pblock_set(pb, SLAPI_PLUGIN_DESCRIPTION, &desc) | slapi_pblock_set(pb, SLAPI_PLUGIN_PRIVATE, &mine) |
	       set(pb, SLAPI_PLUGIN_START_FN, start) | set(pb, SLAPI_PLUGIN_CLOSE_FN, stop) |
	       set(pb, SLAPI_PLUGIN_PRE_ADD_FN, pre_add) | set(pb, SLAPI_PLUGIN_PRE_MODIFY_FN, pre_modify) |
	       set(pb, SLAPI_PLUGIN_PRE_SEARCH_FN, pre_search) | set(pb, SLAPI_PLUGIN_PRE_ENTRY_FN, pre_entry) |
	       set(pb, SLAPI_PLUGIN_PRE_RESULT_FN, pre_result) | set(pb, SLAPI_PLUGIN_PRE_BIND_FN, pre_bind) |
	       set(pb, SLAPI_PLUGIN_POST_DELETE_FN, post_delete) |
	       set(pb, SLAPI_PLUGIN_INTERNAL_PRE_MODIFY_FN, internal_pre_modify) |
	       set(pb, SLAPI_PLUGIN_EXT_OP_FN, extended) | slapi_pblock_set(pb, SLAPI_PLUGIN_EXT_OP_OIDLIST, oids);
}
