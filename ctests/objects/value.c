/* Slapi_Value and Slapi_ValueSet. */
#include "check.h"

Slapi_Value **valueset_get_valuearray(const Slapi_ValueSet *vs);

static void making(void)
{
	Slapi_Value *v = slapi_value_new(), *w;
	struct berval bin = { 4, "x\0yz" };

	STR(slapi_value_get_string(v), NULL);
	INT(slapi_value_get_length(v), 0);
	CHECK(slapi_value_get_berval(v)->bv_val == NULL);
	INT(slapi_value_set_string(v, "hello"), 0);
	STR(slapi_value_get_string(v), "hello");
	INT(slapi_value_get_length(v), 5);
	INT(slapi_value_set_string(v, NULL), -1);
	STR(slapi_value_get_string(v), "hello");
	INT(slapi_value_set_int(v, -42), 0);
	STR(slapi_value_get_string(v), "-42");
	CHECK(slapi_value_set(v, "a\0b", 3) == v);
	INT(slapi_value_get_length(v), 3);
	INT(slapi_value_get_berval(v)->bv_val[3], 0);
	CHECK(slapi_value_set_berval(v, &bin) == v);
	INT(slapi_value_get_length(v), 4);
	CHECK(slapi_value_set_berval(v, slapi_value_get_berval(v)) == v);
	INT(slapi_value_get_length(v), 4);
	w = slapi_value_dup(v);
	INT(memcmp(slapi_value_get_berval(w)->bv_val, "x\0yz", 4), 0);
	slapi_value_set_flags(w, 5);
	INT(slapi_value_get_flags(w), 5);
	slapi_value_set_value(v, w);
	INT(slapi_value_get_flags(v), 5);
	CHECK(slapi_value_set_value(v, v) == v);
	slapi_value_free(&w);
	CHECK(w == NULL);
	w = slapi_value_new_value(v);
	slapi_value_free(&w);
	w = slapi_value_new_string_passin(slapi_ch_strdup("passed"));
	STR(slapi_value_get_string(w), "passed");
	slapi_value_set_string_passin(w, slapi_ch_strdup("again"));
	STR(slapi_value_get_string(w), "again");
	slapi_value_free(&w);
	slapi_value_free(&w);
	slapi_value_free(NULL);
	slapi_value_free(&v);
	/* garbage storage becomes a value */
	char raw[32];
	memset(raw, 0xee, sizeof raw);
	v = (Slapi_Value *)raw;
	CHECK(slapi_value_init_string(v, "text") == v);
	STR(slapi_value_get_string(v), "text");
	slapi_value_set_string(v, "other");
	STR(slapi_value_get_string(v), "other");
	free(slapi_value_get_berval(v)->bv_val);
	/* what the Rust plug-ins do: write bv themselves, from malloc */
	v = slapi_value_new();
	struct berval *bv = (struct berval *)v;
	bv->bv_val = malloc(3);
	memcpy(bv->bv_val, "abc", 3);
	bv->bv_len = 3;
	INT(slapi_value_get_int(v), 0);
	slapi_value_free(&v);
}

static void numbers(void)
{
	static const struct { const char *text; long n; unsigned long u; int i; } t[] = {
		{ "0", 0, 0, 0 },
		{ "-7 apples", -7, (unsigned long)-7, -7 },
		{ "12345678901", 12345678901, 12345678901u, 2147483647 },
		{ "", 0, 0, 0 },
		{ "x", 0, 0, 0 },
		{ "4000000000", 4000000000, 4000000000u, 2147483647 },
	};
	for (size_t k = 0; k < sizeof t / sizeof t[0]; k++) {
		Slapi_Value *v = slapi_value_new_string(t[k].text);
		INT(slapi_value_get_long(v), t[k].n);
		INT(slapi_value_get_longlong(v), t[k].n);
		INT(slapi_value_get_ulong(v), t[k].u);
		INT(slapi_value_get_int(v), t[k].i);
		slapi_value_free(&v);
	}
	static const struct { const char *text; long seconds; } d[] = {
		{ "3600", 3600 }, { "1h", 3600 }, { "2d", 172800 }, { "1w", 604800 }, { "1h30m", 5400 }, { "5s", 5 },
		{ "x", -1 }, { "1y", -1 }, { "", 0 }, { "-1", -1 }, { "99999999999999999999w", -1 },
	};
	for (size_t k = 0; k < sizeof d / sizeof d[0]; k++) {
		Slapi_Value *v = slapi_value_new_string(d[k].text);
		INT(slapi_value_get_timelong(v), d[k].seconds);
		slapi_value_free(&v);
	}
	INT(slapi_value_get_int(NULL), 0);
	INT(slapi_value_get_ulong(NULL), 0);
	INT(slapi_value_get_length(NULL), 0);
	STR(slapi_value_get_string(NULL), NULL);
	CHECK(slapi_value_get_berval(NULL) == NULL);
	INT(slapi_value_set_int(NULL, 1), -1);
	CHECK(slapi_value_set(NULL, "x", 1) == NULL);
	CHECK(slapi_value_dup(NULL) == NULL);
}

static int equal(const char *type, const char *a, const char *b)
{
	Slapi_Attr *attr = slapi_attr_init(slapi_attr_new(), type);
	Slapi_Value *v = slapi_value_new_string(a), *w = slapi_value_new_string(b);
	int r = slapi_value_compare(attr, v, w);

	slapi_value_free(&v);
	slapi_value_free(&w);
	slapi_attr_free(&attr);
	return r == 0;
}

static void comparing(void)
{
	CHECK(equal("cn", "foo bar", "FOO BAR"));
	CHECK(equal("cn", "Foo  Bar", "foo bar"));
	CHECK(equal("cn", " foo", "foo"));
	CHECK(!equal("cn", "foo bar", "fob"));
	CHECK(equal("cn", "\xc3\x89mile", "\xc3\xa9mile"));
	CHECK(equal("modifiersName", "UID=a, DC=b", "uid=A,dc=b"));
	CHECK(!equal("modifiersName", "uid=a,dc=b", "uid=b,dc=b"));
	CHECK(equal("modifiersName", "not a dn", "not a dn"));
	CHECK(!equal("modifiersName", "not a dn", "Not a dn"));
	CHECK(!equal("userPassword", "a", "A"));
	CHECK(equal("objectClass", "top", "TOP"));
	CHECK(equal("nosuchattribute", "a", "A"));
	INT(slapi_value_compare(NULL, NULL, NULL), 0);
	Slapi_Value *v = slapi_value_new_string("x");
	CHECK(slapi_value_compare(NULL, v, NULL) > 0);
	CHECK(slapi_value_compare(NULL, NULL, v) < 0);
	INT(slapi_value_compare(NULL, v, v), 0);
	slapi_value_free(&v);
}

static void sets(void)
{
	Slapi_ValueSet *vs = slapi_valueset_new(), *copy = slapi_valueset_new();
	Slapi_Value *v = slapi_value_new_string("one"), *got = v;
	Slapi_Attr *cn = slapi_attr_init(slapi_attr_new(), "cn");
	char text[16];
	int h, n = 0;

	INT(slapi_valueset_count(vs), 0);
	CHECK(slapi_valueset_isempty(vs));
	INT(slapi_valueset_first_value(vs, &got), -1);
	CHECK(got == NULL);
	slapi_valueset_done(vs);
	slapi_valueset_add_value(vs, v);
	slapi_value_set_string(v, "two");
	slapi_valueset_add_value(vs, v);
	slapi_valueset_add_value_ext(vs, slapi_value_new_string("three"), SLAPI_VALUE_FLAG_PASSIN);
	INT(slapi_valueset_count(vs), 3);
	for (h = slapi_valueset_first_value(vs, &got); h != -1; h = slapi_valueset_next_value(vs, h, &got))
		n += (int)slapi_value_get_length(got);
	INT(n, 11);
	CHECK(got == NULL);
	slapi_value_set_string(v, "TWO");
	STR(slapi_value_get_string(slapi_valueset_find(cn, vs, v)), "two");
	INT(slapi_valueset_add_attr_value_ext(cn, vs, v, SLAPI_VALUE_FLAG_DUPCHECK), LDAP_TYPE_OR_VALUE_EXISTS);
	slapi_value_set_string(v, "four");
	CHECK(slapi_valueset_find(cn, vs, v) == NULL);
	INT(slapi_valueset_add_attr_value_ext(cn, vs, v, SLAPI_VALUE_FLAG_DUPCHECK), LDAP_SUCCESS);
	slapi_valueset_set_valueset(copy, vs);
	INT(slapi_valueset_count(copy), 4);
	slapi_valueset_set_valueset(copy, vs); /* replaces */
	INT(slapi_valueset_count(copy), 4);
	slapi_valueset_set_valueset(copy, copy);
	INT(slapi_valueset_count(copy), 4);
	slapi_valueset_join_attr_valueset(cn, copy, vs);
	INT(slapi_valueset_count(copy), 4);
	STR(slapi_value_get_string(valueset_get_valuearray(copy)[3]), "four");
	CHECK(valueset_get_valuearray(copy)[4] == NULL);
	slapi_valueset_done(vs);
	INT(slapi_valueset_count(vs), 0);
	INT(slapi_valueset_count(copy), 4);
	/* many values, found by their rule */
	slapi_valueset_done(copy);
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof text, "Value %d", i);
		slapi_valueset_add_value_ext(copy, slapi_value_new_string(text), SLAPI_VALUE_FLAG_PASSIN);
	}
	slapi_value_set_string(v, "VALUE  999");
	STR(slapi_value_get_string(slapi_valueset_find(cn, copy, v)), "Value 999");
	slapi_valueset_free(vs);
	slapi_valueset_free(copy);
	slapi_valueset_free(NULL);
	slapi_valueset_add_value(NULL, v);
	INT(slapi_valueset_first_value(NULL, &got), -1);
	INT(slapi_valueset_next_value(NULL, 0, &got), -1);
	INT(slapi_valueset_count(NULL), 0);
	CHECK(slapi_valueset_find(NULL, NULL, v) == NULL);
	slapi_value_free(&v);
	slapi_attr_free(&cn);
}

int main(void)
{
	making();
	numbers();
	comparing();
	sets();
	return done();
}
