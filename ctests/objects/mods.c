/* Slapi_Mods, Slapi_Mod, controls. */
#include "check.h"

static void lists(void)
{
	Slapi_Mods *m = slapi_mods_new();
	Slapi_Mod *one = slapi_mod_new();
	LDAPMod *mod, **array;
	struct berval *bvs[] = { BV("a"), BV("b"), NULL };
	Slapi_Value *v = slapi_value_new_string("sv"), *va[] = { v, NULL };
	int n = 0;

	slapi_mods_init(m, 2);
	INT(slapi_mods_get_num_mods(m), 0);
	CHECK(slapi_mods_get_first_mod(m) == NULL);
	CHECK(slapi_mods_get_next_mod(m) == NULL);
	slapi_mods_add(m, LDAP_MOD_ADD, "bin", 3, "x\0y");
	slapi_mods_add_string(m, LDAP_MOD_REPLACE, "cn", "new");
	slapi_mods_add_modbvps(m, LDAP_MOD_DELETE, "sn", bvs);
	slapi_mods_add_mod_values(m, LDAP_MOD_ADD, "l", va);
	slapi_mods_add_mod_values(m, LDAP_MOD_DELETE, "whole", NULL);
	INT(slapi_mods_get_num_mods(m), 5);
	array = slapi_mods_get_ldapmods_byref(m);
	CHECK(array[5] == NULL);
	for (mod = slapi_mods_get_first_mod(m); mod; mod = slapi_mods_get_next_mod(m)) {
		CHECK(mod->mod_op & LDAP_MOD_BVALUES);
		n++;
	}
	INT(n, 5);
	INT(array[0]->mod_bvalues[0]->bv_len, 3);
	CHECK(array[4]->mod_bvalues == NULL);
	/* one by one, as Slapi_Mod on reused storage */
	n = 0;
	for (Slapi_Mod *s = slapi_mods_get_first_smod(m, one); s; s = slapi_mods_get_next_smod(m, one)) {
		for (struct berval *b = slapi_mod_get_first_value(s); b; b = slapi_mod_get_next_value(s))
			n += (int)b->bv_len;
		CHECK(slapi_mod_get_type(s) != NULL);
		slapi_mod_done(one);
	}
	INT(n, 3 + 3 + 1 + 1 + 2);
	/* inserting and removing while walking */
	slapi_mods_get_first_mod(m);
	slapi_mods_get_next_mod(m);
	mod = calloc(1, sizeof *mod);
	mod->mod_op = LDAP_MOD_ADD | LDAP_MOD_BVALUES;
	mod->mod_type = strdup("inserted");
	slapi_mods_insert_before(m, mod);
	STR(slapi_mods_get_ldapmods_byref(m)[1]->mod_type, "inserted");
	slapi_mods_remove(m); /* still at cn */
	STR(slapi_mods_get_next_mod(m)->mod_type, "sn");
	slapi_mods_iterator_backone(m);
	slapi_mods_iterator_backone(m);
	slapi_mods_remove(m);
	INT(slapi_mods_get_num_mods(m), 4);
	slapi_mod_init(one, 1);
	slapi_mod_set_type(one, "smod");
	slapi_mod_set_operation(one, LDAP_MOD_REPLACE);
	slapi_mod_add_value(one, BV("v1"));
	slapi_mods_insert_smod_at(m, one, 0);
	slapi_mod_free(&one);
	STR(slapi_mods_get_first_mod(m)->mod_type, "smod");
	slapi_mods_insert_at(m, NULL, 0);
	/* pass out, pass in */
	array = slapi_mods_get_ldapmods_passout(m);
	INT(slapi_mods_get_num_mods(m), 0);
	slapi_mods_done(m);
	slapi_mods_init_byref(m, array);
	INT(slapi_mods_get_num_mods(m), 5);
	slapi_mods_done(m);
	slapi_mods_init_passin(m, array);
	slapi_mods_add_string(m, LDAP_MOD_ADD, "more", "x"); /* grows an array that it did not make */
	INT(slapi_mods_get_num_mods(m), 6);
	slapi_mods_free(&m);
	CHECK(m == NULL);
	slapi_mods_free(&m);
	slapi_mods_free(NULL);
	slapi_value_free(&v);
	slapi_mods_add_string(NULL, LDAP_MOD_ADD, "cn", "x");
	CHECK(slapi_mods_get_first_mod(NULL) == NULL);
	CHECK(slapi_mods_get_ldapmods_passout(NULL) == NULL);
}

static void single(void)
{
	Slapi_Mod *m = slapi_mod_new();
	LDAPMod text = { LDAP_MOD_ADD, "sn", { .modv_strvals = (char *[]){ "s1", "s2", NULL } } }, *out;
	Slapi_ValueSet *vs = slapi_valueset_new();

	slapi_mod_init(m, 0);
	INT(slapi_mod_isvalid(m), 0);
	slapi_mod_set_type(m, "cn");
	slapi_mod_set_operation(m, LDAP_MOD_ADD);
	INT(slapi_mod_isvalid(m), 0);
	slapi_mod_add_value(m, BV("one"));
	slapi_mod_add_value(m, BV("two"));
	slapi_mod_add_value(m, NULL);
	INT(slapi_mod_isvalid(m), 1);
	INT(slapi_mod_get_num_values(m), 2);
	INT(slapi_mod_get_operation(m), LDAP_MOD_ADD);
	slapi_mod_get_first_value(m);
	slapi_mod_remove_value(m);
	STR(slapi_mod_get_next_value(m)->bv_val, "two");
	CHECK(slapi_mod_get_next_value(m) == NULL);
	out = slapi_mod_get_ldapmod_passout(m);
	STR(out->mod_type, "cn");
	CHECK(slapi_mod_get_type(m) == NULL);
	slapi_mod_init_passin(m, out);
	INT(slapi_mod_get_num_values(m), 1);
	slapi_mod_done(m);
	/* a mod of strings: read in place, copied as bervals */
	slapi_mod_init_byref(m, &text);
	STR(slapi_mod_get_first_value(m)->bv_val, "s1");
	STR(slapi_mod_get_next_value(m)->bv_val, "s2");
	slapi_mod_done(m);
	slapi_mod_init_byval(m, &text);
	CHECK(slapi_mod_get_ldapmod_byref(m)->mod_op & LDAP_MOD_BVALUES);
	STR(slapi_mod_get_first_value(m)->bv_val, "s1");
	slapi_mod_done(m);
	slapi_valueset_add_value_ext(vs, slapi_value_new_string("x"), SLAPI_VALUE_FLAG_PASSIN);
	slapi_mod_init_valueset_byval(m, LDAP_MOD_REPLACE, "cn", vs);
	INT(slapi_mod_get_num_values(m), 1);
	slapi_valueset_done(vs);
	slapi_valueset_set_from_smod(vs, m);
	INT(slapi_valueset_count(vs), 1);
	slapi_valueset_free(vs);
	slapi_mod_free(&m);
	slapi_mod_free(&m);
	slapi_mod_free(NULL);
	CHECK(slapi_mod_get_first_value(NULL) == NULL);
	INT(slapi_mod_get_operation(NULL), -1);
}

static void controls(void)
{
	LDAPControl empty = { "1.2", { 0, NULL }, 1 }, full = { "1.3", { 2, "hi" }, 0 }, *list[] = { &empty, &full, NULL };
	LDAPControl *c, **grown = NULL;
	struct berval *val = (struct berval *)list;
	int critical = 77;

	INT(slapi_control_present(list, "1.3", &val, &critical), 1);
	INT(val->bv_len, 2);
	INT(critical, 0);
	INT(slapi_control_present(list, "1.2", &val, &critical), 1);
	CHECK(val == NULL);
	INT(critical, 1);
	cshim_dialect_default(DS389);
	INT(slapi_control_present(list, "1.2", &val, &critical), 1);
	CHECK(val == &empty.ldctl_value);
	cshim_dialect_default(OPENLDAP);
	INT(slapi_control_present(list, "1.4", &val, &critical), 0);
	INT(slapi_control_present(NULL, "1.3", &val, &critical), 0);
	INT(slapi_control_present(list, NULL, NULL, NULL), 0);
	c = slapi_dup_control(&full);
	CHECK(c->ldctl_oid != full.ldctl_oid);
	slapi_add_control_ext(&grown, c, 0);
	slapi_add_control_ext(&grown, &empty, 1);
	slapi_add_controls(&grown, list, 1);
	STR(grown[3]->ldctl_oid, "1.3");
	CHECK(grown[4] == NULL);
	for (int i = 0; i < 4; i++) {
		free(grown[i]->ldctl_oid);
		free(grown[i]->ldctl_value.bv_val);
		free(grown[i]);
	}
	free(grown);
	CHECK(slapi_dup_control(NULL) == NULL);
	CHECK(slapi_build_control_from_berval(NULL, NULL, 0, &c) != 0);
	INT(slapi_build_control_from_berval("1.5", NULL, 1, &c), 0);
	STR(c->ldctl_oid, "1.5");
	free(c->ldctl_oid);
	free(c);
}

int main(void)
{
	lists();
	single();
	controls();
	return done();
}
