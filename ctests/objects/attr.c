/* Slapi_Attr and attribute descriptions. */
#include "check.h"

int attrlist_delete(Slapi_Attr **attrs, const char *type);
Slapi_Value **attr_get_present_values(const Slapi_Attr *a);

static void attributes(void)
{
	Slapi_Attr *a = slapi_attr_init(slapi_attr_new(), "CN;lang-EN"), *d, *none = NULL;
	Slapi_Value *v = slapi_value_new_string("One"), *got;
	struct berval **list;
	Slapi_ValueSet *vs;
	unsigned long flags;
	char *text;
	int n;

	INT(slapi_attr_get_type(a, &text), 0);
	STR(text, "cn;lang-en");
	INT(slapi_attr_set_type(a, "sn"), 0);
	INT(slapi_attr_set_type(a, NULL), -1);
	slapi_attr_get_type(a, &text);
	STR(text, "sn");
	slapi_attr_set_type(a, "modifiersName");
	INT(slapi_attr_get_oid_copy(a, &text), 0);
	STR(text, "2.5.18.4");
	slapi_ch_free_string(&text);
	INT(slapi_attr_get_syntax_oid_copy(a, &text), 0);
	STR(text, "1.3.6.1.4.1.1466.115.121.1.12");
	slapi_ch_free_string(&text);
	INT(slapi_attr_get_flags(a, &flags), 0);
	CHECK(flags & SLAPI_ATTR_FLAG_SINGLE);
	CHECK(slapi_attr_flag_is_set(a, SLAPI_ATTR_FLAG_OPATTR | SLAPI_ATTR_FLAG_NOUSERMOD));
	CHECK(!slapi_attr_flag_is_set(a, SLAPI_ATTR_FLAG_OPATTR | SLAPI_ATTR_FLAG_COLLECTIVE));
	slapi_attr_set_type(a, "cn");

	INT(slapi_attr_first_value(a, &got), -1);
	INT(slapi_attr_add_value(a, v), 0);
	slapi_value_set_string(v, "Two");
	INT(slapi_attr_add_value(a, v), 0);
	INT(slapi_attr_get_numvalues(a, &n), 0);
	INT(n, 2);
	INT(slapi_attr_value_find(a, BV("ONE")), 0);
	INT(slapi_attr_value_find(a, BV("three")), -1);
	INT(slapi_attr_value_find(a, NULL), -1);
	INT(slapi_attr_value_cmp(a, BV("x  Y"), BV("X y")), 0);
	CHECK(slapi_attr_value_cmp(a, BV("x"), BV("y")) != 0);
	INT(slapi_attr_value_cmp_ext(a, v, v), 0);
	d = slapi_attr_dup(a);
	INT(slapi_attr_get_bervals_copy(d, &list), 0);
	STR(list[1]->bv_val, "Two");
	CHECK(list[2] == NULL);
	slapi_ch_bvfree(&list[0]);
	slapi_ch_bvfree(&list[1]);
	free(list);
	/* OpenLDAP lends the set and gives the values, 389 the other way round */
	INT(slapi_attr_get_valueset(d, &vs), 0);
	INT(slapi_valueset_count(vs), 2);
	INT(slapi_attr_get_values(d, &list), 0);
	slapi_ch_bvfree(&list[0]);
	slapi_ch_bvfree(&list[1]);
	free(list);
	cshim_dialect_default(DS389);
	INT(slapi_attr_get_valueset(d, &vs), 0);
	INT(slapi_valueset_count(vs), 2);
	slapi_valueset_free(vs);
	INT(slapi_attr_get_values(d, &list), 0);
	STR(list[0]->bv_val, "One");
	cshim_dialect_default(OPENLDAP);
	vs = slapi_valueset_new();
	INT(slapi_attr_set_valueset(d, vs), 0);
	slapi_valueset_free(vs);
	slapi_attr_get_numvalues(d, &n);
	INT(n, 0);
	INT(slapi_attr_get_bervals_copy(d, &list), 0);
	CHECK(list == NULL);
	slapi_attr_free(&d);
	CHECK(d == NULL);
	slapi_attr_free(&none);
	slapi_attr_free(NULL);
	STR(slapi_value_get_string(attr_get_present_values(a)[1]), "Two");
	slapi_attr_free(&a);
	slapi_value_free(&v);
	/* an attribute that the schema lacks */
	a = slapi_attr_init(slapi_attr_new(), "x-unknown");
	CHECK(slapi_attr_get_oid_copy(a, &text) != 0);
	INT(slapi_attr_get_flags(a, &flags), 0);
	INT(flags, 0);
	slapi_attr_free(&a);
	/* NULL everywhere */
	CHECK(slapi_attr_init(NULL, "cn") == NULL);
	CHECK(slapi_attr_dup(NULL) == NULL);
	INT(slapi_attr_get_type(NULL, &text), -1);
	INT(slapi_attr_get_oid_copy(NULL, &text), -1);
	INT(slapi_attr_get_flags(NULL, &flags), -1);
	INT(slapi_attr_get_numvalues(NULL, &n), -1);
	INT(slapi_attr_first_value(NULL, &got), -1);
	INT(slapi_attr_next_value(NULL, 0, &got), -1);
	INT(slapi_attr_add_value(NULL, NULL), -1);
	INT(slapi_attr_get_valueset(NULL, &vs), -1);
	INT(slapi_attr_value_find(NULL, BV("x")), -1);
	INT(attrlist_delete(NULL, "cn"), 1);
}

static void descriptions(void)
{
	char buf[8], *p;

	CHECK(slapi_attr_basetype("cn;lang-en", buf, sizeof buf) == NULL);
	STR(buf, "cn");
	p = slapi_attr_basetype("averylongtype;x", buf, sizeof buf);
	STR(p, "averylongtype");
	slapi_ch_free_string(&p);
	INT(slapi_attr_types_equivalent("cn", "CN"), 1);
	INT(slapi_attr_types_equivalent("name", "2.5.4.41"), 1);
	INT(slapi_attr_types_equivalent("cn", "sn"), 0);
	INT(slapi_attr_types_equivalent("cn", "cn;lang-en"), 0);
	INT(slapi_attr_types_equivalent("cn;b;a", "CN;A;B"), 1);
	INT(slapi_attr_types_equivalent(NULL, "cn"), 0);
	INT(slapi_attr_types_equivalent("", ""), 1);
	INT(slapi_attr_type_cmp("cn;lang-en", "cn", SLAPI_TYPE_CMP_BASE), 0);
	CHECK(slapi_attr_type_cmp("cn;lang-en", "cn", SLAPI_TYPE_CMP_EXACT) != 0);
	CHECK(slapi_attr_type_cmp("cn;lang-en", "cn", SLAPI_TYPE_CMP_SUBTYPE) != 0);
	INT(slapi_attr_type_cmp("cn", "cn;lang-en", SLAPI_TYPE_CMP_SUBTYPE), 0);
	CHECK(slapi_attr_type_cmp("cn", "cn;lang-en", SLAPI_TYPE_CMP_SUBTYPES) != 0);
	INT(slapi_attr_type_cmp("cn;a;b", "CN;b;a", SLAPI_TYPE_CMP_SUBTYPES), 0);
	CHECK(slapi_attr_type_cmp("cn", "sn", SLAPI_TYPE_CMP_BASE) != 0);
	CHECK(slapi_attr_type_cmp(NULL, "sn", SLAPI_TYPE_CMP_BASE) != 0);
	CHECK(slapi_attr_type_cmp("cn", "cn", 99) != 0);
	INT(slapi_attr_syntax_exists("objectClass"), 1);
	INT(slapi_attr_syntax_exists("nosuch"), 0);
	INT(slapi_attr_syntax_exists(NULL), 0);
	STR(slapi_attr_syntax_normalize("OBJECTCLASS"), "objectClass"); /* lent */
	STR(slapi_attr_syntax_normalize(NULL), NULL);
	cshim_dialect_default(DS389);
	p = slapi_attr_syntax_normalize("OBJECTCLASS");
	STR(p, "objectClass");
	slapi_ch_free_string(&p);
	p = slapi_attr_syntax_normalize("X-Unknown");
	STR(p, "x-unknown");
	slapi_ch_free_string(&p);
	cshim_dialect_default(OPENLDAP);
	void *handle = &p;
	INT(slapi_attr_type2plugin("cn", &handle) == 0, slapi_attr_syntax_exists("cn"));
	INT(slapi_attr_type2plugin(NULL, &handle), -1);
	CHECK(handle == NULL);
	CHECK(slapi_attr_is_last_mod("ModifyTimestamp"));
	CHECK(!slapi_attr_is_last_mod("cn"));
	CHECK(!slapi_attr_is_last_mod(NULL));
}

int main(void)
{
	attributes();
	descriptions();
	return done();
}
