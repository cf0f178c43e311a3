/* What a plug-in does to an object that is not its own, or is no longer there:
 * the object layer refuses it where it can tell. */
#include "check.h"

#ifndef NULL_ONLY /* of a tool that complains of each look at freed memory */
static void freed_twice(void)
{
	Slapi_Entry *e = slapi_entry_alloc();
	Slapi_Attr *a = slapi_attr_init(slapi_attr_new(), "cn"), *a2 = a;
	Slapi_Value *v = slapi_value_new_string("v"), *v2 = v;
	Slapi_ValueSet *vs = slapi_valueset_new();
	Slapi_DN *dn = slapi_sdn_new_dn_byval("cn=a,dc=b"), *dn2 = dn;
	Slapi_RDN *rdn = slapi_rdn_new_dn("cn=a,dc=b"), *rdn2 = rdn;
	Slapi_Mods *mods = slapi_mods_new(), *mods2 = mods;
	Slapi_Mod *mod = slapi_mod_new(), *mod2 = mod;
	Slapi_PBlock *pb = slapi_pblock_new();
	Slapi_Filter *f = slapi_str2filter("(cn=a)");
	Slapi_Attr *found = NULL;
	char *type = NULL;
	struct berval *bv = NULL;
	int n = 5;

	slapi_entry_init(e, slapi_ch_strdup("cn=a,dc=b"), NULL);
	slapi_entry_add_string(e, "cn", "a");
	slapi_entry_free(e);
	CHECK(slapi_entry_get_dn_const(e) == NULL || *slapi_entry_get_dn_const(e) == '\0');
	INT(slapi_entry_attr_find(e, "cn", &found), -1);
	CHECK(slapi_entry_attr_get_charptr(e, "cn") == NULL);
	slapi_entry_free(e);
	slapi_attr_free(&a);
	INT(slapi_attr_get_numvalues(a2, &n), 0);
	slapi_attr_free(&a2);
	slapi_value_free(&v);
	STR(slapi_value_get_string(v2), NULL);
	slapi_value_free(&v2);
	CHECK(v2 == NULL);
	slapi_valueset_add_value_ext(vs, slapi_value_new_string("x"), SLAPI_VALUE_FLAG_PASSIN);
	slapi_valueset_free(vs);
	INT(slapi_valueset_count(vs), 0);
	slapi_valueset_free(vs);
	slapi_sdn_free(&dn);
	CHECK(slapi_sdn_isempty(dn2));
	slapi_sdn_free(&dn2);
	slapi_rdn_free(&rdn);
	CHECK(slapi_rdn_isempty(rdn2));
	slapi_rdn_free(&rdn2);
	slapi_mods_add_string(mods, LDAP_MOD_ADD, "cn", "a");
	slapi_mods_free(&mods);
	INT(slapi_mods_get_num_mods(mods2), 0);
	slapi_mods_free(&mods2);
	slapi_mod_free(&mod);
	CHECK(slapi_mod_get_type(mod2) == NULL);
	slapi_mod_free(&mod2);
	slapi_pblock_destroy(pb);
	INT(slapi_pblock_get(pb, SLAPI_PLUGIN_ARGC, &n), -1);
	INT(slapi_pblock_set(pb, SLAPI_PLUGIN_ARGC, &n), -1);
	slapi_pblock_destroy(pb);
	slapi_filter_free(f, 1);
	INT(slapi_filter_get_ava(f, &type, &bv), -1);
	CHECK(slapi_filter_dup(f) == NULL);
	slapi_filter_free(f, 1);
	/* what came back to malloc is whole */
	for (int i = 0; i < 1000; i++) {
		e = slapi_entry_alloc();
		slapi_entry_free(e);
		slapi_entry_free(e);
	}
}

static void wrong_kind(void)
{
	Slapi_Entry *e = slapi_entry_alloc();
	Slapi_Counter *c = slapi_counter_new();
	Slapi_Mutex *m = slapi_new_mutex();
	Slapi_PBlock *pb = slapi_pblock_new();
	int n = 7;

	INT(slapi_pblock_get((Slapi_PBlock *)e, SLAPI_PLUGIN_ARGC, &n), -1);
	slapi_pblock_destroy((Slapi_PBlock *)e);
	INT(n, 7);
	INT(slapi_filter_get_choice((Slapi_Filter *)pb), 0);
	slapi_filter_free((Slapi_Filter *)pb, 1);
	INT(slapi_counter_increment((Slapi_Counter *)m), 0);
	slapi_lock_mutex((Slapi_Mutex *)c);
	slapi_destroy_mutex((Slapi_Mutex *)c);
	CHECK(slapi_new_condvar((Slapi_Mutex *)c) == NULL);
	INT(slapi_counter_increment(c), 1);
	slapi_lock_mutex(m);
	slapi_destroy_mutex(m); /* one that is held stays */
	cshim_dialect_default(OPENLDAP);
	INT(slapi_unlock_mutex(m), 0);
	slapi_destroy_mutex(m);
	slapi_counter_destroy(&c);
	slapi_pblock_destroy(pb);
	slapi_entry_free(e);
}
#endif

static void lent(void)
{
	Slapi_Entry *e = slapi_entry_alloc();
	Slapi_Attr *a = NULL;
	Slapi_ValueSet *vs = NULL;

	cshim_dialect_default(OPENLDAP);
	slapi_entry_init(e, slapi_ch_strdup("cn=a,dc=b"), NULL);
	slapi_entry_add_string(e, "cn", "a");
	INT(slapi_entry_attr_find(e, "cn", &a), 0);
	INT(slapi_attr_get_valueset(a, &vs), 0);
	slapi_valueset_free(vs);
	INT(slapi_valueset_count(vs), 1);
	slapi_attr_free(&a);
	INT(slapi_entry_attr_find(e, "cn", &a), 0);
	slapi_entry_free(e);
	cshim_dialect_default(DS389);
	e = slapi_entry_alloc();
	slapi_entry_init(e, slapi_ch_strdup("cn=a,dc=b"), NULL);
	slapi_entry_add_string(e, "cn", "a");
	INT(slapi_entry_attr_find(e, "cn", &a), 0);
	INT(slapi_attr_get_valueset(a, &vs), 0);
	slapi_valueset_free(vs); /* a copy */
	slapi_entry_free(e);
}

int main(void)
{
#ifndef NULL_ONLY
	freed_twice();
	wrong_kind();
#endif
	lent();
	return done();
}
