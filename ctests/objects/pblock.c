/* The parameter block: widths, dialects, ownership, plug-in parameters. */
#include "check.h"
#include "pblock.h"

static int hook(Slapi_PBlock *pb)
{
	(void)pb;
	return 0;
}

/* Every number of both dialects: get writes no more than it should, set with a
 * bad pointer does no harm, unknown numbers answer -1 and write nothing. */
static void every_number(void)
{
	for (int dialect = OPENLDAP; dialect <= DS389; dialect++) {
		cshim_dialect_default(dialect);
		Slapi_PBlock *pb = slapi_pblock_new();
		int known = 0;
		for (int id = -5; id < 2100; id++) {
			unsigned char out[128];
			memset(out, 0xa5, sizeof out);
			int rc = slapi_pblock_get(pb, id, out);
			int width = 128;
			while (width > 0 && out[width - 1] == 0xa5)
				width--;
			if (rc != 0) {
				INT(rc, -1);
				INT(width, 0);
				continue;
			}
			known++;
			int most = 8;
			if (dialect == DS389 && id == 12)
				most = 32;
			if (dialect == DS389 && (id == 850 || id == 851))
				most = 112;
			CHECK(width <= most);
			slapi_pblock_set(pb, id, NULL);
		}
		CHECK(known > 150);
		slapi_pblock_destroy(pb);
	}
	cshim_dialect_default(OPENLDAP);
}

static int width_of(Slapi_PBlock *pb, int id)
{
	unsigned char out[16];
	int n = 16;

	memset(out, 0xa5, sizeof out);
	if (slapi_pblock_get(pb, id, out) != 0)
		return -1;
	while (n > 0 && out[n - 1] == 0xa5)
		n--;
	return n;
}

static void widths(void)
{
	Slapi_PBlock *pb = slapi_pblock_new();
	unsigned long tag = LDAP_REQ_SEARCH;
	int method = 128;

	INT(slapi_pblock_set(pb, SLAPI_BIND_METHOD, &method), 0);
	INT(width_of(pb, SLAPI_BIND_METHOD), 4);
	INT(slapi_pblock_set(pb, SLAPI_OPERATION_TYPE, &tag), 0);
	INT(width_of(pb, SLAPI_OPERATION_TYPE), 8);
	tag = 0;
	slapi_pblock_get(pb, SLAPI_OPERATION_TYPE, &tag);
	INT(tag, LDAP_REQ_SEARCH);
	INT(width_of(pb, 742), 8);  /* OPERATION_ID */
	INT(width_of(pb, 748), 4);  /* IS_INTERNAL_OPERATION */
	cshim_pblock_put_long(pb, CSHIM_PB_OPERATION_ID, 77);
	cshim_pblock_put_int(pb, CSHIM_PB_BE_MAXNESTLEVEL, 5);
	long l = 0;
	slapi_pblock_get(pb, 742, &l);
	INT(l, 77);
	cshim_dialect_default(DS389);
	int bit = 0;
	INT(slapi_pblock_get(pb, SLAPI_OPERATION_TYPE, &bit), 0);
	INT(bit, SLAPI_OPERATION_SEARCH);
	INT(slapi_pblock_set(pb, SLAPI_OPERATION_TYPE, &bit), -1);
	INT(width_of(pb, SLAPI_OPERATION_TYPE), 4);
	INT(width_of(pb, SLAPI_BIND_METHOD), 8);
	slapi_pblock_get(pb, 744, &bit);
	INT(bit, 77);
	slapi_pblock_get(pb, 742, &bit);
	INT(bit, 5);
	INT(width_of(pb, 742), 4);
	INT(width_of(pb, SLAPI_CONN_DN), -1); /* no connection */
	cshim_dialect_default(OPENLDAP);
	INT(width_of(pb, SLAPI_CONN_DN), 8);
	slapi_pblock_destroy(pb);
}

static void names(void)
{
	Slapi_PBlock *pb = slapi_pblock_new();
	char *dn = NULL, given[] = "CN=A, dc=B";
	Slapi_DN *sdn = NULL;
	int iter = 0;

	INT(slapi_pblock_set(pb, SLAPI_TARGET_DN, given), 0);
	given[0] = '!';
	INT(cshim_pblock_next_dirty(pb, &iter), 47);
	INT(cshim_pblock_next_dirty(pb, &iter), -1);
	cshim_pblock_clean(pb, -1);
	CHECK(!cshim_pblock_any_dirty(pb));
	cshim_dialect_default(DS389);
	slapi_pblock_get(pb, SLAPI_TARGET_DN, &dn);
	STR(dn, "CN=A,dc=B");
	slapi_pblock_get(pb, 47, &sdn);
	STR(slapi_sdn_get_ndn(sdn), "cn=a,dc=b");
	slapi_pblock_get(pb, SLAPI_REQUESTOR_DN, &dn);
	STR(dn, "");
	INT(slapi_pblock_set(pb, SLAPI_REQUESTOR_DN, "cn=Me"), 0);
	slapi_pblock_get(pb, SLAPI_REQUESTOR_NDN, &dn);
	STR(dn, "cn=me");
	slapi_pblock_set(pb, SLAPI_TARGET_DN, NULL);
	dn = "x";
	slapi_pblock_get(pb, SLAPI_TARGET_DN, &dn);
	STR(dn, NULL);
	cshim_dialect_default(OPENLDAP);
	slapi_pblock_destroy(pb);
}

static int freed;
static void count_free(void *p)
{
	freed++;
	free(p);
}

static void ownership(void)
{
	Slapi_PBlock *pb = cshim_pblock_new(0);
	char text[] = "text", *got = NULL;
	struct berval bv = { 2, "hi" }, *out;
	LDAPControl ctrl = { "1.2", { 1, "v" }, 1 }, **list;

	slapi_pblock_set(pb, SLAPI_RESULT_TEXT, text);
	text[0] = 'n';
	slapi_pblock_get(pb, SLAPI_RESULT_TEXT, &got);
	STR(got, "text");
	slapi_pblock_set(pb, SLAPI_COMPARE_VALUE, &bv);
	bv.bv_len = 0;
	slapi_pblock_get(pb, SLAPI_COMPARE_VALUE, &out);
	INT(out->bv_len, 2);
	INT(slapi_pblock_set(pb, SLAPI_ADD_RESCONTROL, &ctrl), 0);
	INT(slapi_pblock_set(pb, SLAPI_ADD_RESCONTROL, &ctrl), 0);
	INT(slapi_pblock_set(pb, SLAPI_ADD_RESCONTROL, NULL), -1);
	slapi_pblock_get(pb, SLAPI_RESCONTROLS, &list);
	CHECK(list && list[0] != &ctrl && list[1] && list[2] == NULL);
	CHECK(cshim_pblock_is_dirty(pb, SLAPI_RESCONTROLS));
	/* what the host puts is freed when replaced by it, or in the end */
	cshim_pblock_put_own(pb, SLAPI_SEARCH_ATTRS, malloc(8), count_free);
	INT(cshim_pblock_is_filled(pb, SLAPI_SEARCH_ATTRS), 1);
	cshim_pblock_put_own(pb, SLAPI_SEARCH_ATTRS, malloc(8), count_free);
	INT(freed, 1);
	cshim_pblock_forget(pb, SLAPI_SEARCH_ATTRS);
	INT(freed, 2);
	cshim_pblock_put_own(pb, SLAPI_SEARCH_ATTRS, malloc(8), count_free);
	/* an OpenLDAP plug-in replaces it: the old one stays until the end */
	char *attrs[] = { "cn", NULL };
	slapi_pblock_set(pb, SLAPI_SEARCH_ATTRS, attrs);
	INT(freed, 2);
	INT(cshim_pblock_put_own(pb, 99999, malloc(8), count_free), -1);
	INT(freed, 3);
	cshim_pblock_keep(pb, malloc(8), count_free);
	slapi_pblock_init(pb);
	INT(freed, 5);
	slapi_pblock_get(pb, SLAPI_RESULT_TEXT, &got);
	STR(got, NULL);
	/* 389: a plug-in frees what it replaces */
	char *old = malloc(8);
	cshim_pblock_put_own(pb, SLAPI_SEARCH_ATTRS, old, count_free);
	cshim_dialect_default(DS389);
	free(old);
	slapi_pblock_set(pb, SLAPI_SEARCH_ATTRS, attrs);
	cshim_dialect_default(OPENLDAP);
	slapi_pblock_destroy(pb);
	INT(freed, 5);
}

static void plugin(void)
{
	Slapi_PBlock *pb = slapi_pblock_new();
	struct cshim_plugin *p = cshim_plugin_new("test", "PreOperation", DS389), *o = cshim_plugin_new("old", "audit", OPENLDAP);
	Slapi_PluginDesc desc = { "id", "vendor", "1", "text" }, copy = { 0, 0, 0, 0 }, *ptr = NULL;
	int (*fn)(Slapi_PBlock *) = NULL, type = 0, argc = 0;
	char *argv[] = { "one", "two" }, **args = NULL, *oids[] = { "1.2", NULL };
	void *identity = NULL;

	INT(p->type, 3);
	INT(o->type, 7);
	INT(cshim_plugin_type("accesscontrol", DS389), 7);
	INT(cshim_plugin_type("nonsense", DS389), 0);
	STR(cshim_plugin_type_name(19, DS389), "betxnpreoperation");
	INT(slapi_pblock_set(pb, SLAPI_PLUGIN_PRE_ADD_FN, (void *)hook), -1); /* no plug-in */
	cshim_plugin_set_args(p, 2, argv);
	CHECK(cshim_pblock_set_plugin(pb, p) == NULL);
	cshim_dialect_default(DS389);
	INT(slapi_pblock_set(pb, SLAPI_PLUGIN_PRE_ADD_FN, (void *)hook), 0);
	INT(slapi_pblock_set(pb, SLAPI_PLUGIN_POST_ADD_FN, (void *)hook), -1); /* another type's */
	INT(slapi_pblock_set(pb, SLAPI_PLUGIN_BE_TXN_PRE_ADD_FN, (void *)hook), -1);
	INT(slapi_pblock_set(pb, SLAPI_PLUGIN_START_FN, (void *)hook), 0);
	INT(slapi_pblock_get(pb, SLAPI_PLUGIN_PRE_ADD_FN, &fn), 0);
	CHECK(fn == hook);
	CHECK(cshim_plugin_fn(p, SLAPI_PLUGIN_START_FN) == hook);
	CHECK(cshim_plugin_fn(p, SLAPI_PLUGIN_CLOSE_FN) == NULL);
	INT(slapi_pblock_set(pb, SLAPI_PLUGIN_DESCRIPTION, &desc), 0);
	INT(slapi_pblock_get(pb, SLAPI_PLUGIN_DESCRIPTION, &copy), 0);
	STR(copy.spd_vendor, "vendor");
	INT(slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, SLAPI_PLUGIN_VERSION_03), 0);
	INT(slapi_pblock_set(pb, SLAPI_PLUGIN_PRIVATE, &desc), 0);
	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGC, &argc);
	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGV, &args);
	INT(argc, 2);
	STR(args[1], "two");
	slapi_pblock_get(pb, SLAPI_PLUGIN_TYPE, &type);
	INT(type, 3);
	slapi_pblock_get(pb, SLAPI_PLUGIN_IDENTITY, &identity);
	CHECK(identity == &p->identity);
	CHECK(*(struct cshim_plugin **)((char *)identity + 8) == p);
	cshim_dialect_default(OPENLDAP);
	INT(slapi_pblock_get(pb, SLAPI_PLUGIN_DESCRIPTION, &ptr), 0);
	CHECK(ptr == &desc);
	cshim_pblock_set_plugin(pb, o);
	INT(slapi_pblock_set(pb, SLAPI_PLUGIN_POST_ADD_FN, (void *)hook), 0); /* OpenLDAP: any */
	INT(slapi_pblock_set(pb, 1260, (void *)hook), 0);
	CHECK(cshim_plugin_fn(o, CSHIM_PB_INTERNAL_PRE_BIND_FN) == hook);
	INT(slapi_pblock_set(pb, SLAPI_PLUGIN_EXT_OP_OIDLIST, oids), 0);
	oids[0] = "changed";
	STR(o->ext_oids[0], "1.2");
	void *priv = &desc;
	slapi_pblock_get(pb, SLAPI_PLUGIN_PRIVATE, &priv);
	CHECK(priv == NULL);
	for (int i = 0; i < cshim_slot_count(); i++)
		INT(cshim_slot_of_param(cshim_param_of_slot(i)), i);
	INT(cshim_slot_of_param(SLAPI_PLUGIN_PRIVATE), -1);
	INT(cshim_slot_of_param(-1), -1);
	CHECK(cshim_type_owns_param(21, SLAPI_PLUGIN_EXT_OP_FN));
	slapi_pblock_destroy(pb);
	cshim_plugin_free(p);
	cshim_plugin_free(o);
	cshim_plugin_free(NULL);
}

static void wrong(void)
{
	int n = 0;

	INT(slapi_pblock_get(NULL, SLAPI_RESULT_CODE, &n), -1);
	INT(slapi_pblock_set(NULL, SLAPI_RESULT_CODE, &n), -1);
	slapi_pblock_destroy(NULL);
	slapi_pblock_init(NULL);
	slapi_pblock_clear(NULL);
	Slapi_PBlock *pb = slapi_pblock_new();
	INT(slapi_pblock_get(pb, SLAPI_RESULT_CODE, NULL), -1);
	INT(slapi_pblock_set(pb, SLAPI_RESULT_CODE, NULL), -1);
	INT(slapi_pblock_delete_param(pb, SLAPI_RESULT_CODE), -1);
	n = 5;
	slapi_pblock_set(pb, SLAPI_RESULT_CODE, &n);
	INT(slapi_pblock_delete_param(pb, SLAPI_RESULT_CODE), 0);
	slapi_pblock_get(pb, SLAPI_RESULT_CODE, &n);
	INT(n, 0);
	slapi_pblock_destroy(pb);
	/* the pblock of an operation is not the plug-in's to destroy */
	pb = cshim_pblock_new(12345);
	slapi_pblock_destroy(pb);
	cshim_pblock_set_handle(pb, 0);
	slapi_pblock_destroy(pb);
}

int main(void)
{
	every_number();
	widths();
	names();
	ownership();
	plugin();
	wrong();
	return done();
}
