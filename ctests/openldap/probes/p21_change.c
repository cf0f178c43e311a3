/* p21_change: what a hook may change, and that the change takes effect. */
#include "probe.h"

static int has(Slapi_PBlock *pb, const char *w)
{
	char *dn = NULL;
	slapi_pblock_get(pb, SLAPI_TARGET_DN, &dn);
	return dn && strstr(dn, w) != NULL;
}
static int set_int(Slapi_PBlock *pb, int p, int v) { return slapi_pblock_set(pb, p, &v); }

static int pre_search(Slapi_PBlock *pb)
{
	char **attrs = (char **)slapi_ch_calloc(2, sizeof(char *));
	attrs[0] = slapi_ch_strdup("sn");
	if (has(pb, "ou=base,")) out("set base %d", slapi_pblock_set(pb, SLAPI_SEARCH_TARGET, "ou=people,dc=example,dc=com"));
	if (has(pb, "ou=scope")) { slapi_pblock_set(pb, SLAPI_SEARCH_TARGET, "ou=people,dc=example,dc=com"); out("set scope %d", set_int(pb, SLAPI_SEARCH_SCOPE, LDAP_SCOPE_BASE)); }
	if (has(pb, "ou=filter")) {
		slapi_pblock_set(pb, SLAPI_SEARCH_TARGET, "ou=people,dc=example,dc=com");
		out("set filter %d", slapi_pblock_set(pb, SLAPI_SEARCH_FILTER, slapi_str2filter("(uid=bob)")));
	}
	if (has(pb, "ou=attrs")) {
		slapi_pblock_set(pb, SLAPI_SEARCH_TARGET, "ou=people,dc=example,dc=com");
		out("set attrs %d", slapi_pblock_set(pb, SLAPI_SEARCH_ATTRS, attrs));
	}
	if (has(pb, "ou=size")) {
		slapi_pblock_set(pb, SLAPI_SEARCH_TARGET, "ou=people,dc=example,dc=com");
		out("set size %d", set_int(pb, SLAPI_SEARCH_SIZELIMIT, 1));
	}
	if (has(pb, "ou=types")) {
		slapi_pblock_set(pb, SLAPI_SEARCH_TARGET, "ou=people,dc=example,dc=com");
		out("set attrsonly %d", set_int(pb, SLAPI_SEARCH_ATTRSONLY, 1));
	}
	if (has(pb, "ou=own")) { /* answer it ourselves: an entry, a referral, the result */
		char *text = slapi_ch_strdup("dn: cn=made,dc=example,dc=com\nobjectClass: device\ncn: made\nl: here\n");
		Slapi_Entry *e = slapi_str2entry(text, 0);
		struct berval url = { 22, "ldap://x.example.com/a" }, *urls[] = { &url, NULL };
		out("send entry %d", slapi_send_ldap_search_entry(pb, e, NULL, NULL, 0));
		out("send reference %d", slapi_send_ldap_search_reference(pb, e, urls, NULL, NULL) != 0);
		slapi_send_ldap_result(pb, LDAP_ADMINLIMIT_EXCEEDED, "dc=example,dc=com", "probe answered", 1, NULL);
		slapi_entry_free(e);
		slapi_ch_free((void **)&text);
		return -1;
	}
	if (has(pb, "ou=control")) {
		LDAPControl c = { "1.2.3.4.5", { 3, "abc" }, 0 };
		slapi_pblock_set(pb, SLAPI_SEARCH_TARGET, "ou=people,dc=example,dc=com");
		out("add control %d", slapi_pblock_set(pb, SLAPI_ADD_RESCONTROL, &c));
	}
	return 0;
}
static int pre_compare(Slapi_PBlock *pb)
{
	if (has(pb, "uid=alice")) out("set type %d", slapi_pblock_set(pb, SLAPI_COMPARE_TYPE, "sn"));
	return 0;
}
static int pre_delete(Slapi_PBlock *pb)
{
	if (has(pb, "cn=wrong")) out("set target %d", slapi_pblock_set(pb, SLAPI_TARGET_DN, "cn=right,dc=example,dc=com"));
	return 0;
}
static int pre_entry(Slapi_PBlock *pb)
{
	Slapi_Entry *e = NULL, *n;
	slapi_pblock_get(pb, SLAPI_SEARCH_RESULT_ENTRY, &e);
	if (e && strncmp(slapi_entry_get_dn(e), "cn=swap", 7) == 0) {
		n = slapi_entry_dup(e);
		slapi_entry_attr_delete(n, "description");
		slapi_entry_attr_set_charptr(n, "description", "swapped");
		out("swap %d", slapi_pblock_set(pb, SLAPI_SEARCH_RESULT_ENTRY, n));
	}
	return 0;
}
static int pre_result(Slapi_PBlock *pb)
{
	if (has(pb, "cn=result")) {
		out("set code %d", set_int(pb, SLAPI_RESULT_CODE, LDAP_BUSY));
		out("set text %d", slapi_pblock_set(pb, SLAPI_RESULT_TEXT, "probe busy"));
		out("set matched %d", slapi_pblock_set(pb, SLAPI_RESULT_MATCHED, "dc=com"));
	}
	return 0;
}
static int post_search(Slapi_PBlock *pb)
{
	int code = -9;
	if (!has(pb, "cn=result")) return 0;
	slapi_pblock_get(pb, SLAPI_RESULT_CODE, &code);
	out("~ post code %d", code);
	return 0;
}
static int pre_modrdn(Slapi_PBlock *pb)
{
	int del = 9;
	char *rdn = NULL, *sup = (char *)"x";
	slapi_pblock_get(pb, SLAPI_MODRDN_NEWRDN, &rdn);
	slapi_pblock_get(pb, SLAPI_MODRDN_NEWSUPERIOR, &sup);
	slapi_pblock_get(pb, SLAPI_MODRDN_DELOLDRDN, &del);
	out("rename %s to %s, %s", S(rdn), S(sup), del ? "deleting" : "keeping");
	return 0;
}
static int post_modrdn(Slapi_PBlock *pb)
{
	char *dn = NULL;
	slapi_pblock_get(pb, SLAPI_TARGET_DN, &dn);
	out("post target %s", S(dn));
	return 0;
}
static int pre_bind(Slapi_PBlock *pb)
{
	if (has(pb, "cn=taken")) {
		slapi_pblock_set(pb, SLAPI_CONN_DN, slapi_ch_strdup("cn=Taken Over,dc=example,dc=com"));
		slapi_send_ldap_result(pb, LDAP_SUCCESS, NULL, NULL, 0, NULL);
		return 1;
	}
	if (has(pb, "cn=nameless")) return 1;
	if (has(pb, "cn=fail")) return SLAPI_BIND_FAIL;
	if (has(pb, "cn=anon")) {
		slapi_send_ldap_result(pb, LDAP_SUCCESS, NULL, NULL, 0, NULL);
		return SLAPI_BIND_ANONYMOUS;
	}
	return 0;
}
static int post_bind(Slapi_PBlock *pb)
{
	char *dn = NULL;
	slapi_pblock_get(pb, SLAPI_TARGET_DN, &dn);
	if (dn && strncmp(dn, "cn=admin", 8)) out("post bind %s", S(dn));
	return 0;
}

/* internal operations */
static int entry_cb(Slapi_Entry *e, void *d) { ++*(int *)d; return 0; }
static int stop_cb(Slapi_Entry *e, void *d) { ++*(int *)d; return -1; }
static void result_cb(int rc, void *d) { out("  result callback %d", rc); }
static int internal(Slapi_PBlock *pb0)
{
	Slapi_PBlock *pb;
	Slapi_Entry **es = NULL;
	int rc = -9, n = 0;
	LDAPMod add = { LDAP_MOD_ADD, "objectClass", { .modv_strvals = (char *[]){ "device", NULL } } };
	LDAPMod cn = { LDAP_MOD_ADD, "cn", { .modv_strvals = (char *[]){ "inner", NULL } } };
	LDAPMod *mods[] = { &add, &cn, NULL };
	LDAPMod rep = { LDAP_MOD_REPLACE, "l", { .modv_strvals = (char *[]){ "there", NULL } } }, *one[] = { &rep, NULL };
	if (!has(pb0, "cn=internal")) return 0;
	pb = slapi_pblock_new();
	slapi_search_internal_set_pb(pb, "dc=example,dc=com", LDAP_SCOPE_SUBTREE, "(objectClass=inetOrgPerson)", NULL, 0, NULL, NULL, NULL, 0);
	slapi_search_internal_pb(pb);
	slapi_pblock_get(pb, SLAPI_PLUGIN_INTOP_RESULT, &rc);
	slapi_pblock_get(pb, SLAPI_PLUGIN_INTOP_SEARCH_ENTRIES, &es);
	for (n = 0; es && es[n]; n++) ;
	out("search %d, %d entries", rc, n);
	slapi_free_search_results_internal(pb);
	slapi_pblock_destroy(pb);
	pb = slapi_pblock_new();
	n = 0;
	slapi_search_internal_set_pb(pb, "ou=people,dc=example,dc=com", LDAP_SCOPE_ONELEVEL, "(uid=*)", NULL, 0, NULL, NULL, NULL, 0);
	slapi_search_internal_callback_pb(pb, &n, result_cb, entry_cb, NULL);
	out("callback %d entries", n);
	slapi_pblock_destroy(pb);
	pb = slapi_pblock_new();
	n = 0;
	slapi_search_internal_set_pb(pb, "ou=people,dc=example,dc=com", LDAP_SCOPE_ONELEVEL, "(uid=*)", NULL, 0, NULL, NULL, NULL, 0);
	slapi_search_internal_callback_pb(pb, &n, NULL, stop_cb, NULL);
	out("~ stopped %d entries", n);
	slapi_pblock_destroy(pb);
	pb = slapi_pblock_new();
	rc = slapi_add_internal_set_pb(pb, "cn=inner,dc=example,dc=com", mods, NULL, NULL, 0);
	out("add set %d", rc);
	slapi_add_internal_pb(pb);
	slapi_pblock_get(pb, SLAPI_PLUGIN_INTOP_RESULT, &rc);
	out("add %d", rc);
	slapi_pblock_destroy(pb);
	pb = slapi_pblock_new();
	slapi_modify_internal_set_pb(pb, "cn=inner,dc=example,dc=com", one, NULL, NULL, NULL, 0);
	slapi_modify_internal_pb(pb);
	slapi_pblock_get(pb, SLAPI_PLUGIN_INTOP_RESULT, &rc);
	out("modify %d", rc);
	slapi_pblock_destroy(pb);
	pb = slapi_pblock_new();
	slapi_rename_internal_set_pb(pb, "cn=inner,dc=example,dc=com", "cn=outer", NULL, 1, NULL, NULL, NULL, 0);
	slapi_modrdn_internal_pb(pb);
	slapi_pblock_get(pb, SLAPI_PLUGIN_INTOP_RESULT, &rc);
	out("rename %d", rc);
	slapi_pblock_destroy(pb);
	pb = slapi_search_internal("cn=outer,dc=example,dc=com", LDAP_SCOPE_BASE, "(objectClass=*)", NULL, NULL, 0);
	slapi_pblock_get(pb, SLAPI_PLUGIN_INTOP_SEARCH_ENTRIES, &es);
	if (es && es[0]) {
		char *l = slapi_entry_attr_get_charptr(es[0], "l"), *c = slapi_entry_attr_get_charptr(es[0], "cn");
		out("found %s cn=%s l=%s", slapi_entry_get_dn(es[0]), S(c), S(l));
		slapi_ch_free_string(&l);
		slapi_ch_free_string(&c);
	}
	slapi_free_search_results_internal(pb);
	slapi_pblock_destroy(pb);
	pb = slapi_delete_internal("cn=outer,dc=example,dc=com", NULL, 0);
	slapi_pblock_get(pb, SLAPI_PLUGIN_INTOP_RESULT, &rc);
	out("delete %d", rc);
	slapi_pblock_destroy(pb);
	pb = slapi_delete_internal("cn=outer,dc=example,dc=com", NULL, 0);
	slapi_pblock_get(pb, SLAPI_PLUGIN_INTOP_RESULT, &rc);
	out("delete again %d", rc);
	slapi_pblock_destroy(pb);
	pb = slapi_search_internal("dc=nowhere", LDAP_SCOPE_BASE, "(objectClass=*)", NULL, NULL, 0);
	slapi_pblock_get(pb, SLAPI_PLUGIN_INTOP_RESULT, &rc);
	out("search nowhere %d", rc);
	slapi_pblock_destroy(pb);
	pb = slapi_search_internal("dc=example,dc=com", LDAP_SCOPE_BASE, "(objectClass", NULL, NULL, 0);
	rc = -9;
	slapi_pblock_get(pb, SLAPI_PLUGIN_INTOP_RESULT, &rc);
	out("search with a bad filter %d", rc);
	slapi_pblock_destroy(pb);
	return 0;
}
static int ipre(Slapi_PBlock *pb) { char *dn = NULL; slapi_pblock_get(pb, SLAPI_TARGET_DN, &dn); out("  INTERNAL_PRE %s", S(dn)); return 0; }
static int ipost(Slapi_PBlock *pb) { int rc = -9; slapi_pblock_get(pb, SLAPI_RESULT_CODE, &rc); out("  INTERNAL_POST %d", rc); return 0; }

int p21_init(Slapi_PBlock *pb)
{
	probe_open(pb, "p21");
	slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, (void *)SLAPI_PLUGIN_VERSION_01);
	set_fn(pb, SLAPI_PLUGIN_PRE_SEARCH_FN, pre_search);
	set_fn(pb, SLAPI_PLUGIN_POST_SEARCH_FN, post_search);
	set_fn(pb, SLAPI_PLUGIN_PRE_COMPARE_FN, pre_compare);
	set_fn(pb, SLAPI_PLUGIN_PRE_DELETE_FN, pre_delete);
	set_fn(pb, SLAPI_PLUGIN_PRE_ENTRY_FN, pre_entry);
	set_fn(pb, SLAPI_PLUGIN_PRE_RESULT_FN, pre_result);
	set_fn(pb, SLAPI_PLUGIN_PRE_MODRDN_FN, pre_modrdn);
	set_fn(pb, SLAPI_PLUGIN_POST_MODRDN_FN, post_modrdn);
	set_fn(pb, SLAPI_PLUGIN_PRE_BIND_FN, pre_bind);
	set_fn(pb, SLAPI_PLUGIN_POST_BIND_FN, post_bind);
	set_fn(pb, SLAPI_PLUGIN_POST_ADD_FN, internal);
	set_fn(pb, SLAPI_PLUGIN_INTERNAL_PRE_ADD_FN, ipre);
	set_fn(pb, SLAPI_PLUGIN_INTERNAL_POST_ADD_FN, ipost);
	set_fn(pb, SLAPI_PLUGIN_INTERNAL_PRE_MODIFY_FN, ipre);
	set_fn(pb, SLAPI_PLUGIN_INTERNAL_POST_MODIFY_FN, ipost);
	set_fn(pb, SLAPI_PLUGIN_INTERNAL_PRE_MODRDN_FN, ipre);
	set_fn(pb, SLAPI_PLUGIN_INTERNAL_POST_MODRDN_FN, ipost);
	set_fn(pb, SLAPI_PLUGIN_INTERNAL_PRE_DELETE_FN, ipre);
	set_fn(pb, SLAPI_PLUGIN_INTERNAL_POST_DELETE_FN, ipost);
	return 0;
}
