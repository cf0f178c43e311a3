/* Slapi_Entry. */
#include <unistd.h>

#include "check.h"

static Slapi_Value *val(const char *s)
{
	return slapi_value_new_string(s);
}

/* All values of an attribute, joined by '|'. */
static const char *values(Slapi_Entry *e, const char *type)
{
	static char line[4096];
	Slapi_Attr *a;
	Slapi_Value *v;

	line[0] = '\0';
	if (slapi_entry_attr_find(e, type, &a) != 0)
		return "(none)";
	for (int h = slapi_attr_first_value(a, &v); h != -1; h = slapi_attr_next_value(a, h, &v)) {
		if (line[0])
			strcat(line, "|");
		strcat(line, slapi_value_get_string(v));
	}
	return line;
}

static void naming(void)
{
	Slapi_Entry *e = slapi_entry_alloc();
	Slapi_DN *sdn;
	char dn[] = "CN=Dan+UID=d, ou=People,dc=X";

	CHECK(slapi_entry_get_dn(e) == NULL);
	slapi_entry_set_dn(e, dn);
	dn[0] = '!'; /* OpenLDAP copied it */
	STR(slapi_entry_get_ndn(e), "cn=dan+uid=d,ou=people,dc=x");
	INT(slapi_entry_rdn_values_present(e), 0);
	INT(slapi_entry_add_rdn_values(e), 0);
	INT(slapi_entry_rdn_values_present(e), 1);
	STR(values(e, "uid"), "d");
	INT(slapi_entry_add_rdn_values(e), 0);
	STR(values(e, "cn"), "Dan");
	cshim_dialect_default(DS389);
	slapi_entry_set_dn(e, slapi_ch_strdup("cn=taken,dc=x")); /* 389 takes it */
	STR(slapi_entry_get_dn(e), "cn=taken,dc=x");
	STR(slapi_entry_get_dn_const(e), "cn=taken,dc=x");
	STR(slapi_entry_get_rdn_const(e), "cn=taken");
	STR(slapi_entry_get_nrdn_const(e), "cn=taken");
	slapi_entry_set_rdn(e, "CN=Other");
	STR(slapi_entry_get_dn(e), "CN=Other,dc=x");
	STR(slapi_entry_get_nrdn_const(e), "cn=other");
	slapi_entry_set_normdn(e, slapi_ch_strdup("cn=norm,dc=x"));
	STR(slapi_entry_get_dn(e), "cn=norm,dc=x");
	sdn = slapi_sdn_new_dn_byval("cn=Sdn,dc=x");
	slapi_entry_set_sdn(e, sdn);
	slapi_sdn_free(&sdn);
	STR(slapi_entry_get_ndn(e), "cn=sdn,dc=x");
	STR(slapi_sdn_get_dn(slapi_entry_get_sdn_const(e)), "cn=Sdn,dc=x");
	/* rename */
	slapi_entry_attr_set_charptr(e, "cn", "Sdn");
	INT(slapi_entry_rename(e, "uid=new", 1, NULL), 0);
	STR(slapi_entry_get_dn(e), "uid=new,dc=x");
	STR(values(e, "cn"), "(none)");
	CHECK(strstr(values(e, "uid"), "new") != NULL);
	sdn = slapi_sdn_new_dn_byval("ou=above,dc=y");
	INT(slapi_entry_rename(e, "cn=moved", 0, sdn), 0);
	slapi_sdn_free(&sdn);
	STR(slapi_entry_get_dn(e), "cn=moved,ou=above,dc=y");
	CHECK(slapi_entry_rename(e, "nonsense", 0, NULL) != 0);
	STR(slapi_entry_get_dn(e), "cn=moved,ou=above,dc=y");
	CHECK(slapi_entry_rename(e, NULL, 0, NULL) != 0);
	slapi_entry_set_dn(e, slapi_ch_strdup("not a dn"));
	INT(slapi_entry_add_rdn_values(e), LDAP_INVALID_DN_SYNTAX);
	INT(slapi_entry_rdn_values_present(e), 0);
	cshim_dialect_default(OPENLDAP);
	slapi_entry_free(e);
	slapi_entry_free(NULL);
	INT(slapi_entry_add_rdn_values(NULL), 0);
	STR(slapi_entry_get_dn(NULL), NULL);
	STR(slapi_entry_get_ndn(NULL), NULL);
	CHECK(slapi_entry_get_sdn(NULL) == NULL);
	slapi_entry_set_dn(NULL, NULL);
}

static void changing(void)
{
	Slapi_Entry *e = slapi_entry_alloc(), *d;
	Slapi_Value *v1 = val("v1"), *v2 = val("v2"), *v3 = val("v3"), *upper = val("V2");
	Slapi_Value *two[] = { v1, v2, NULL }, *more[] = { upper, v3, NULL }, *last[] = { v3, NULL }, *twice[] = { v3, v3, NULL };
	struct berval *bvs[] = { BV("b1"), BV("b2"), NULL };
	Slapi_Attr *a;
	Slapi_ValueSet *vs = slapi_valueset_new();
	int n = 0;

	INT(slapi_entry_first_attr(e, &a), -1);
	INT(slapi_entry_add_values_sv(e, "cn", two), LDAP_SUCCESS);
	STR(values(e, "CN"), "v1|v2");
	INT(slapi_entry_add_values_sv(e, "cn", more), LDAP_TYPE_OR_VALUE_EXISTS);
	STR(values(e, "cn"), "v1|v2");
	INT(slapi_entry_add_values_sv(e, "sn", twice), LDAP_TYPE_OR_VALUE_EXISTS);
	STR(values(e, "sn"), "(none)");
	INT(slapi_entry_merge_values_sv(e, "cn", more), 0);
	STR(values(e, "cn"), "v1|v2|v3");
	INT(slapi_entry_attr_merge_sv(e, "cn", more), 0);
	STR(values(e, "cn"), "v1|v2|v3");
	INT(slapi_entry_delete_values_sv(e, "cn", more), 0);
	STR(values(e, "cn"), "v1");
	INT(slapi_entry_delete_values_sv(e, "cn", two), LDAP_NO_SUCH_ATTRIBUTE);
	STR(values(e, "cn"), "v1"); /* nothing half done */
	INT(slapi_entry_attr_replace_sv(e, "cn", more), 0);
	STR(values(e, "cn"), "V2|v3");
	INT(slapi_entry_delete_string(e, "cn", "v2"), 0);
	INT(slapi_entry_delete_string(e, "cn", "v2"), LDAP_NO_SUCH_ATTRIBUTE);
	INT(slapi_entry_delete_values_sv(e, "cn", last), 0);
	STR(values(e, "cn"), "(none)");
	INT(slapi_entry_delete_values_sv(e, "cn", NULL), LDAP_NO_SUCH_ATTRIBUTE);
	INT(slapi_entry_add_string(e, "objectClass", "top"), 0);
	INT(slapi_entry_add_string(e, "objectClass", NULL), -1);
	INT(slapi_entry_add_value(e, "objectClass", v1), 0);
	INT(slapi_entry_add_value(e, "objectClass", NULL), 0);
	STR(values(e, "objectclass"), "top|v1");
	INT(slapi_entry_add_values(e, "title", bvs), 0);
	INT(slapi_entry_add_values(e, "title", bvs), LDAP_TYPE_OR_VALUE_EXISTS);
	INT(slapi_entry_attr_merge(e, "title", bvs), 0);
	STR(values(e, "title"), "b1|b2");
	INT(slapi_entry_attr_replace(e, "title", bvs), 0);
	INT(slapi_entry_delete_values(e, "title", bvs), 0);
	STR(values(e, "title"), "(none)");
	slapi_valueset_add_value(vs, v1);
	INT(slapi_entry_add_valueset(e, "title", vs), 0);
	INT(slapi_entry_add_valueset(e, "title", NULL), -1);
	STR(values(e, "title"), "v1");
	/* options are part of the name, aliases are not another */
	slapi_entry_add_string(e, "title;lang-de", "Titel");
	STR(values(e, "title"), "v1");
	STR(values(e, "TITLE;LANG-DE"), "Titel");
	slapi_entry_add_string(e, "2.5.4.41", "by oid");
	STR(values(e, "name"), "by oid");
	INT(slapi_entry_attr_exists(e, "title"), 1);
	INT(slapi_entry_attr_exists(e, "nosuch"), 0);
	INT(slapi_entry_attr_delete(e, "title"), 0);
	INT(slapi_entry_attr_delete(e, "title"), 1);
	INT(slapi_entry_attr_delete(NULL, "title"), -1);
	d = slapi_entry_dup(e);
	slapi_entry_attr_set_charptr(d, "objectClass", "changed");
	STR(values(e, "objectClass"), "top|v1");
	for (int rc = slapi_entry_first_attr(d, &a); rc == 0; rc = slapi_entry_next_attr(d, a, &a))
		n++;
	INT(n, 3);
	CHECK(a == NULL);
	slapi_entry_free(d);
	slapi_entry_free(e);
	slapi_valueset_free(vs);
	slapi_value_free(&v1);
	slapi_value_free(&v2);
	slapi_value_free(&v3);
	slapi_value_free(&upper);
	INT(slapi_entry_add_values_sv(NULL, "cn", two), LDAP_PARAM_ERROR);
	INT(slapi_entry_attr_find(NULL, "cn", &a), -1);
	INT(slapi_entry_next_attr(NULL, NULL, &a), -1);
	CHECK(slapi_entry_dup(NULL) == NULL);
}

static void reading(void)
{
	Slapi_Entry *e = slapi_entry_alloc();
	char *s, **list;
	int n;

	slapi_entry_attr_set_charptr(e, "employeeNumber", "77 staff");
	s = slapi_entry_attr_get_charptr(e, "EMPLOYEENUMBER");
	STR(s, "77 staff");
	slapi_ch_free_string(&s);
	STR(slapi_entry_attr_get_ref(e, "employeenumber"), "77 staff");
	STR(slapi_fetch_attr(e, "nosuch", "default"), "default");
	INT(slapi_entry_attr_get_int(e, "employeeNumber"), 77);
	INT(slapi_entry_attr_get_long(e, "employeeNumber"), 77);
	INT(slapi_entry_attr_get_uint(e, "employeeNumber"), 77);
	INT(slapi_entry_attr_get_ulong(e, "employeeNumber"), 77);
	INT(slapi_entry_attr_get_longlong(e, "employeeNumber"), 77);
	slapi_entry_attr_set_int(e, "n", -5);
	STR(slapi_entry_attr_get_ref(e, "n"), "-5");
	slapi_entry_attr_set_uint(e, "n", 4000000000u);
	STR(slapi_entry_attr_get_ref(e, "n"), "4000000000");
	slapi_entry_attr_set_long(e, "n", -5000000000L);
	STR(slapi_entry_attr_get_ref(e, "n"), "-5000000000");
	slapi_entry_attr_set_ulong(e, "n", 18446744073709551615UL);
	STR(slapi_entry_attr_get_ref(e, "n"), "18446744073709551615");
	slapi_entry_attr_set_charptr(e, "n", slapi_entry_attr_get_ref(e, "n")); /* its own value */
	STR(slapi_entry_attr_get_ref(e, "n"), "18446744073709551615");
	slapi_entry_attr_set_charptr(e, "n", NULL);
	STR(slapi_entry_attr_get_ref(e, "n"), NULL);
	INT(slapi_entry_attr_get_int(e, "n"), 0);
	INT(slapi_entry_attr_get_int(NULL, "n"), 0);
	STR(slapi_entry_attr_get_charptr(NULL, NULL), NULL);
	static const struct { const char *text; int yes; } b[] = {
		{ "on", 1 }, { "TRUE", 1 }, { "yes", 1 }, { "1", 1 }, { "off", 0 }, { "false", 0 }, { "0", 0 }, { "o", 0 },
	};
	for (size_t i = 0; i < sizeof b / sizeof b[0]; i++) {
		slapi_entry_attr_set_charptr(e, "b", b[i].text);
		INT(slapi_entry_attr_get_bool(e, "b"), b[i].yes);
	}
	INT(slapi_entry_attr_get_bool_ext(e, "nosuch", 1), 1);
	slapi_entry_add_string(e, "cn", "one");
	slapi_entry_add_string(e, "cn", "two");
	list = slapi_entry_attr_get_charray_ext(e, "cn", &n);
	INT(n, 2);
	STR(list[1], "two");
	slapi_ch_array_free(list);
	CHECK(slapi_entry_attr_get_charray(e, "nosuch") == NULL);
	Slapi_Value *v = val("TWO");
	INT(slapi_entry_attr_has_syntax_value(e, "cn", v), 1);
	slapi_value_free(&v);
	INT(slapi_entry_attr_has_syntax_value(e, "cn", NULL), 0);
	INT(slapi_entry_attr_hasvalue(e, "cn", "ONE"), 1);
	INT(slapi_entry_attr_hasvalue(e, "cn", "three"), 0);
	STR(slapi_value_get_string(slapi_entry_attr_get_valuearray(e, "cn")[0]), "one");
	CHECK(slapi_entry_attr_get_valuearray(e, "nosuch") == NULL);
	INT(slapi_entry_size(e), 1024);
	INT(slapi_entry_flag_is_set(e, SLAPI_ENTRY_FLAG_TOMBSTONE), 0);
	slapi_entry_set_flag(e, SLAPI_ENTRY_FLAG_TOMBSTONE);
	CHECK(slapi_entry_flag_is_set(e, SLAPI_ENTRY_FLAG_TOMBSTONE));
	slapi_entry_clear_flag(e, SLAPI_ENTRY_FLAG_TOMBSTONE);
	INT(slapi_entry_flag_is_set(e, SLAPI_ENTRY_FLAG_TOMBSTONE), 0);
	/* unique ids */
	STR(slapi_entry_get_uniqueid(e), NULL);
	char id[] = "00000000-1111-4000-8000-222222222222";
	slapi_entry_set_uniqueid(e, id);
	id[0] = 'x';
	STR(slapi_entry_get_uniqueid(e), "00000000-1111-4000-8000-222222222222");
	STR(slapi_entry_attr_get_ref(e, "entryUUID"), "00000000-1111-4000-8000-222222222222");
	cshim_dialect_default(DS389);
	slapi_entry_set_uniqueid(e, slapi_ch_strdup("00000000-11114000-80002222-22222222"));
	STR(slapi_entry_get_uniqueid(e), "00000000-11114000-80002222-22222222");
	STR(slapi_entry_attr_get_ref(e, "nsUniqueId"), "00000000-11114000-80002222-22222222");
	slapi_entry_set_uniqueid(e, slapi_ch_strdup("2"));
	slapi_entry_set_uniqueid(e, NULL);
	cshim_dialect_default(OPENLDAP);
	slapi_entry_free(e);
	INT(slapi_is_rootdse(""), 1);
	INT(slapi_is_rootdse(NULL), 1);
	INT(slapi_is_rootdse("dc=x"), 0);
}

static void modifying(void)
{
	Slapi_Entry *e = slapi_entry_alloc(), *f = NULL;
	Slapi_Mods *m = slapi_mods_new();
	LDAPMod **array, text = { LDAP_MOD_ADD, "sn", { .modv_strvals = (char *[]){ "s1", "s2", NULL } } };
	LDAPMod none = { LDAP_MOD_ADD, "l", { NULL } }, inc = { LDAP_MOD_INCREMENT | LDAP_MOD_BVALUES, "n", { .modv_bvals = (struct berval *[]){ BV("-3"), NULL } } };
	char *dn;

	slapi_entry_set_dn(e, "cn=a,dc=b");
	slapi_mods_init(m, 0);
	slapi_mods_add_string(m, LDAP_MOD_ADD, "cn", "a");
	slapi_mods_add_string(m, LDAP_MOD_ADD, "cn", "b");
	slapi_mods_add_string(m, LDAP_MOD_DELETE, "cn", "A");
	slapi_mods_add_string(m, LDAP_MOD_REPLACE, "n", "10");
	INT(slapi_entry_apply_mods(e, slapi_mods_get_ldapmods_byref(m)), 0);
	STR(values(e, "cn"), "b");
	INT(slapi_entry_apply_mod(e, &text), 0);
	STR(values(e, "sn"), "s1|s2");
	INT(slapi_entry_apply_mod(e, &text), LDAP_TYPE_OR_VALUE_EXISTS);
	INT(slapi_entry_apply_mod(e, &none), LDAP_PROTOCOL_ERROR);
	INT(slapi_entry_apply_mod(e, &inc), 0);
	STR(values(e, "n"), "7");
	inc.mod_type = "nosuch";
	INT(slapi_entry_apply_mod(e, &inc), LDAP_NO_SUCH_ATTRIBUTE);
	none.mod_op = LDAP_MOD_REPLACE;
	none.mod_type = "sn";
	INT(slapi_entry_apply_mod(e, &none), 0);
	STR(values(e, "sn"), "(none)");
	none.mod_op = LDAP_MOD_DELETE;
	INT(slapi_entry_apply_mod(e, &none), LDAP_NO_SUCH_ATTRIBUTE);
	none.mod_op = 77;
	INT(slapi_entry_apply_mod(e, &none), LDAP_PROTOCOL_ERROR);
	INT(slapi_entry_apply_mods(NULL, NULL), LDAP_PARAM_ERROR);
	INT(slapi_entry_apply_mods(e, NULL), 0);
	slapi_mods_free(&m);
	INT(slapi_entry2mods(e, &dn, &array), 0);
	STR(dn, "cn=a,dc=b");
	INT(slapi_mods2entry(&f, dn, array), 0);
	STR(values(f, "cn"), "b");
	STR(values(f, "n"), "7");
	slapi_ch_free_string(&dn);
	m = slapi_mods_new();
	slapi_mods_init_passin(m, array);
	slapi_mods_free(&m);
	/* differences */
	m = slapi_mods_new();
	slapi_mods_init(m, 0);
	slapi_entry_diff(m, e, f, 0);
	INT(slapi_mods_get_num_mods(m), 0);
	slapi_entry_attr_set_charptr(f, "n", "8");
	slapi_entry_attr_set_charptr(f, "added", "x");
	slapi_entry_attr_set_charptr(e, "gone", "x");
	slapi_entry_attr_set_charptr(e, "modifyTimestamp", "20200101000000Z");
	slapi_entry_diff(m, e, f, SLAPI_DUMP_NOOPATTRS);
	INT(slapi_mods_get_num_mods(m), 3);
	INT(slapi_entry_apply_mods(e, slapi_mods_get_ldapmods_byref(m)), 0);
	STR(values(e, "n"), "8");
	STR(values(e, "gone"), "(none)");
	slapi_mods_free(&m);
	slapi_entry_free(e);
	slapi_entry_free(f);
	INT(slapi_mods2entry(NULL, "dc=x", NULL), LDAP_PARAM_ERROR);
}

static void ldif(void)
{
	static const char in[] = "# comment\nversion: 1\ndn: cn=L\xc3\xb6we,dc=exam\n ple\nobjectClass: top\nobjectclass: person\n"
	                         "cn:: TMO2d2U=\nsn: S\nsn: S\ndescription: folded \r\n value\njpegPhoto:: AAEC\n\ndn: dc=next\n";
	char text[sizeof in];
	Slapi_Entry *e;
	char *out;
	int len = -1;

	memcpy(text, in, sizeof in);
	cshim_dialect_default(DS389);
	e = slapi_str2entry(text, 0);
	INT(memcmp(text, in, sizeof in), 0); /* the text is left alone */
	CHECK(e != NULL);
	if (e == NULL)
		return;
	STR(slapi_entry_get_dn(e), "cn=L\xc3\xb6we,dc=example");
	STR(values(e, "objectClass"), "top|person");
	STR(values(e, "cn"), "L\xc3\xb6we");
	STR(values(e, "sn"), "S|S");
	STR(values(e, "description"), "folded value");
	out = slapi_entry2str(e, &len);
	INT(len, strlen(out));
	CHECK(strncmp(out, "dn:: Y249TMO2d2UsZGM9ZXhhbXBsZQ==\n", 34) == 0);
	CHECK(strstr(out, "\njpegPhoto:: AAEC\n") != NULL);
	Slapi_Entry *again = slapi_str2entry(out, 0);
	CHECK(again != NULL);
	STR(values(again, "description"), "folded value");
	slapi_entry_free(again);
	slapi_ch_free_string(&out);
	slapi_entry_free(e);
	e = slapi_str2entry(text, SLAPI_STR2ENTRY_REMOVEDUPVALS | SLAPI_STR2ENTRY_ADDRDNVALS);
	STR(values(e, "sn"), "S");
	STR(values(e, "cn"), "L\xc3\xb6we");
	slapi_entry_free(e);
	cshim_dialect_default(OPENLDAP);
	static const char *const bad[] = {
		"", "\n", "cn: x\n", "dn: not a dn\ncn: x\n", "dn: dc=x\nno colon\n", "dn: dc=x\ndn: dc=y\n",
		"dn: dc=x\ncn:: %%%\n", "dn: dc=x\ncn:< file:///etc/passwd\n", "dn: dc=x\nbad name: x\n",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char copy[64];
		snprintf(copy, sizeof copy, "%s", bad[i]);
		e = slapi_str2entry(copy, 0);
		if (e)
			printf("accepted: %s", bad[i]);
		CHECK(e == NULL);
		slapi_entry_free(e);
	}
	CHECK(slapi_str2entry(NULL, 0) == NULL);
	CHECK(slapi_entry2str(NULL, &len) == NULL);
	INT(len, 0);
	char attrs[] = "sn: x\ncn: y\n";
	e = slapi_str2entry_ext("cn=y,dc=z", NULL, attrs, 0);
	CHECK(e != NULL);
	STR(slapi_entry_get_ndn(e), "cn=y,dc=z");
	STR(values(e, "sn"), "x");
	/* long lines */
	char longval[300];
	memset(longval, 'a', 299);
	longval[299] = '\0';
	slapi_entry_attr_set_charptr(e, "sn", longval);
	out = slapi_entry2str(e, NULL);
	CHECK(strstr(out, "a\n a") != NULL);
	slapi_ch_free_string(&out);
	out = slapi_entry2str_with_options(e, &len, SLAPI_DUMP_NOWRAP);
	CHECK(strstr(out, "a\n a") == NULL && strstr(out, longval) != NULL);
	slapi_ch_free_string(&out);
	slapi_entry_free(e);
}

static void checks(void)
{
	char text[] = "dn: cn=a,dc=b\nobjectClass: subentry\nobjectClass: top\ncn: a\nsubtreeSpecification: {}\n";
	Slapi_Entry *e = slapi_str2entry(text, 0);
	Slapi_PBlock *pb = slapi_pblock_new();
	char *why = NULL;

	CHECK(e != NULL);
	INT(slapi_entry_syntax_check(pb, e, 0), 0);
	slapi_entry_attr_set_charptr(e, "createTimestamp", "not a time");
	INT(slapi_entry_syntax_check(pb, e, 0), 1);
	slapi_pblock_get(pb, SLAPI_PB_RESULT_TEXT, &why);
	CHECK(why && strstr(why, "createTimestamp") != NULL);
	slapi_entry_attr_delete(e, "objectClass");
	CHECK(slapi_entry_schema_check(pb, e) != 0);
	CHECK(slapi_entry_schema_check(NULL, e) != 0);
	INT(slapi_entry_schema_check(NULL, NULL), 1);
	INT(slapi_entry_syntax_check(NULL, NULL, 0), 1);
	INT(slapi_entry_has_children(NULL), 0);
	slapi_entry_attr_set_int(e, "numSubordinates", 3);
	INT(slapi_entry_has_children(e), 1);
	slapi_entry_attr_set_int(e, "numSubordinates", 0);
	INT(slapi_entry_has_children(e), 0);
	slapi_entry_free(e);
	slapi_pblock_destroy(pb);
}

int main(void)
{
	naming();
	changing();
	reading();
	modifying();
	ldif();
	checks();
	fflush(stdout);
	return done();
}
