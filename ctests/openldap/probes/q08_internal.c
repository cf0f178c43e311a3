/* q08_internal: internal operations, with parameters in a pblock and in the old style. */
#include "q.h"

#define BASE "dc=example,dc=com"
static void *identity;
static int results, entries;
static int result_of(Slapi_PBlock *pb)
{
	int rc = -99;
	slapi_pblock_get(pb, SLAPI_PLUGIN_INTOP_RESULT, &rc);
	return rc;
}
static void on_result(int rc, void *d) { results++; out("  result %d, data %s", rc, d == &results ? "ours" : "not ours"); }
static int on_entry(Slapi_Entry *e, void *d) { entries++; out("  entry %s", slapi_entry_get_dn(e)); return d == &results ? 0 : -1; }
static int on_ref(char *url, void *d) { return 0; }

static void search(const char *base, int scope, const char *filter)
{
	Slapi_PBlock *pb = slapi_pblock_new();
	Slapi_Entry **list = NULL;
	int n = 0;

	slapi_search_internal_set_pb(pb, base, scope, filter, NULL, 0, NULL, NULL, identity, 0);
	slapi_search_internal_pb(pb);
	slapi_pblock_get(pb, SLAPI_PLUGIN_INTOP_SEARCH_ENTRIES, &list);
	while (list && list[n])
		n++;
	out("search %s %d %s: %d, %d entries", base, scope, filter, result_of(pb), n);
	slapi_free_search_results_internal(pb);
	slapi_pblock_destroy(pb);
}

static LDAPMod *mod(int op, const char *type, const char *value)
{
	LDAPMod *m = calloc(1, sizeof *m);
	m->mod_op = op;
	m->mod_type = strdup(type);
	if (value) {
		m->mod_values = calloc(2, sizeof(char *));
		m->mod_values[0] = strdup(value);
	}
	return m;
}

static void probe_run(Slapi_PBlock *outer)
{
	Slapi_PBlock *pb;
	LDAPMod *add[5] = { mod(0, "objectClass", "device"), mod(0, "cn", "q08"), mod(0, "l", "here"), NULL };
	LDAPMod *change[2] = { mod(LDAP_MOD_REPLACE, "l", "there"), NULL }, *wrong[2] = { mod(LDAP_MOD_DELETE, "description", NULL), NULL };

	search(BASE, LDAP_SCOPE_BASE, "(objectClass=*)");
	search("ou=people," BASE, LDAP_SCOPE_ONELEVEL, "(uid=*)");
	search(BASE, LDAP_SCOPE_SUBTREE, "(cn=alice able)");
	search("cn=none," BASE, LDAP_SCOPE_BASE, "(objectClass=*)");
	search(BASE, LDAP_SCOPE_BASE, "(cn=none)");
	pb = slapi_pblock_new();
	slapi_search_internal_set_pb(pb, "ou=people," BASE, LDAP_SCOPE_ONELEVEL, "(uid=alice)", NULL, 0, NULL, NULL, identity, 0);
	slapi_search_internal_callback_pb(pb, &results, on_result, on_entry, on_ref);
	slapi_pblock_destroy(pb);
	out("%d results, %d entries", results, entries);

	pb = slapi_pblock_new();
	slapi_add_internal_set_pb(pb, "cn=q08," BASE, add, NULL, identity, 0);
	slapi_add_internal_pb(pb);
	out("add: %d", result_of(pb));
	slapi_pblock_destroy(pb);
	pb = slapi_pblock_new();
	slapi_add_internal_set_pb(pb, "cn=q08," BASE, add, NULL, identity, 0);
	slapi_add_internal_pb(pb);
	out("add again: %d", result_of(pb));
	slapi_pblock_destroy(pb);
	pb = slapi_pblock_new();
	slapi_modify_internal_set_pb(pb, "cn=q08," BASE, change, NULL, NULL, identity, 0);
	slapi_modify_internal_pb(pb);
	out("modify: %d", result_of(pb));
	slapi_pblock_destroy(pb);
	search(BASE, LDAP_SCOPE_SUBTREE, "(l=there)");
	pb = slapi_pblock_new();
	slapi_modify_internal_set_pb(pb, "cn=q08," BASE, wrong, NULL, NULL, identity, 0);
	slapi_modify_internal_pb(pb);
	out("modify of what is not there: %d", result_of(pb));
	slapi_pblock_destroy(pb);
	pb = slapi_pblock_new();
	slapi_modify_internal_set_pb(pb, "cn=none," BASE, change, NULL, NULL, identity, 0);
	slapi_modify_internal_pb(pb);
	out("modify of no entry: %d", result_of(pb));
	slapi_pblock_destroy(pb);
	pb = slapi_pblock_new();
#ifdef DS389
	Slapi_DN *from = slapi_sdn_new_dn_byval("cn=q08," BASE);
	slapi_rename_internal_set_pb_ext(pb, from, "cn=q08b", NULL, 1, NULL, NULL, identity, 0);
#else
	slapi_rename_internal_set_pb(pb, "cn=q08," BASE, "cn=q08b", NULL, 1, NULL, NULL, identity, 0);
#endif
	slapi_modrdn_internal_pb(pb);
	out("rename: %d", result_of(pb));
	slapi_pblock_destroy(pb);
	search("cn=q08b," BASE, LDAP_SCOPE_BASE, "(cn=q08b)");
	pb = slapi_pblock_new();
	slapi_delete_internal_set_pb(pb, "cn=q08b," BASE, NULL, NULL, identity, 0);
	slapi_delete_internal_pb(pb);
	out("delete: %d", result_of(pb));
	slapi_pblock_destroy(pb);
	pb = slapi_pblock_new();
	slapi_delete_internal_set_pb(pb, "cn=q08b," BASE, NULL, NULL, identity, 0);
	slapi_delete_internal_pb(pb);
	out("delete again: %d", result_of(pb));
	slapi_pblock_destroy(pb);

#ifndef DS389
	pb = slapi_add_internal("cn=q08," BASE, add, NULL, 0);
	out("old add: %d", result_of(pb));
	slapi_pblock_destroy(pb);
	pb = slapi_modify_internal("cn=q08," BASE, change, NULL, 0);
	out("old modify: %d", result_of(pb));
	slapi_pblock_destroy(pb);
	pb = slapi_modrdn_internal("cn=q08," BASE, "cn=q08c", 1, NULL, 0);
	out("old modrdn: %d", result_of(pb));
	slapi_pblock_destroy(pb);
	pb = slapi_search_internal("cn=q08c," BASE, LDAP_SCOPE_BASE, "(cn=*)", NULL, NULL, 0);
	out("old search: %d", result_of(pb));
	slapi_free_search_results_internal(pb);
	slapi_pblock_destroy(pb);
	pb = slapi_delete_internal("cn=q08c," BASE, NULL, 0);
	out("old delete: %d", result_of(pb));
	slapi_pblock_destroy(pb);
#endif
}
int q08_init(Slapi_PBlock *pb)
{
	probe_open(pb, "q08");
	slapi_pblock_get(pb, SLAPI_PLUGIN_IDENTITY, &identity);
	slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, (void *)SLAPI_PLUGIN_VERSION_01);
	return set_fn(pb, SLAPI_PLUGIN_PRE_SEARCH_FN, probe_trigger);
}
