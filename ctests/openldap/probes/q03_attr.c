/* q03_attr: attributes, their types, values and what the schema says of them. */
#include "q.h"

static void probe_run(Slapi_PBlock *pb)
{
	Slapi_Entry *e = person("q03");
	Slapi_Attr *a = NULL, *b;
	Slapi_Value *v = NULL;
	struct berval **vals = NULL;
	char *text = NULL;
	unsigned long flags = 0;
	int n = -1, exact = SLAPI_TYPE_CMP_EXACT, base = SLAPI_TYPE_CMP_BASE;

	I(slapi_entry_attr_find(e, "MAIL", &a));
	I(slapi_attr_get_numvalues(a, &n));
	I(n);
	I(slapi_attr_get_type(a, &text));
	T(text);
	I(slapi_attr_get_flags(a, &flags));
	n = SLAPI_ATTR_FLAG_SINGLE;
	I(slapi_attr_flag_is_set(a, n));
	I(slapi_attr_get_bervals_copy(a, &vals));
	I(vals && vals[0] && vals[1] && !vals[2]);
	ber_bvecfree(vals);
#ifndef DS389
	vals = NULL;
	I(slapi_attr_get_values(a, &vals));
	I(vals && vals[0] && vals[1] && !vals[2]);
	ber_bvecfree(vals);
#endif
	v = slapi_value_new_string("SECOND@example.com");
	I(slapi_attr_value_find(a, slapi_value_get_berval(v)) == 0);
	slapi_value_free(&v);
	I(slapi_attr_value_find(a, bv("third@example.com")) == 0);
	IO(slapi_attr_value_cmp(a, bv("x y"), bv("X Y")) == 0);
	I(slapi_attr_value_cmp(a, bv("x"), bv("y")) == 0);
	b = slapi_attr_dup(a);
	I(slapi_attr_get_numvalues(b, &n));
	I(n);
	v = slapi_value_new_string("third@example.com");
	I(slapi_attr_add_value(b, v));
	slapi_value_free(&v);
	slapi_attr_get_numvalues(b, &n);
	I(n);
	slapi_attr_get_numvalues(a, &n);
	I(n);
	slapi_attr_free(&b);
	PD(b);
	if (SAFE)
		slapi_attr_free(&b);
	b = slapi_attr_new();
	slapi_attr_init(b, "description;lang-de");
	slapi_attr_get_type(b, &text);
	T(text);
	slapi_attr_get_numvalues(b, &n);
	I(n);
	Slapi_ValueSet *vs = NULL;
	slapi_attr_get_valueset(a, &vs);
	I(slapi_valueset_count(vs)); /* OpenLDAP lends it, 389 gives it */
#ifdef DS389
	slapi_valueset_free(vs);
	slapi_attr_set_valueset(b, vs = slapi_valueset_new());
	slapi_valueset_free(vs);
#endif
	slapi_attr_free(&b);
	I(slapi_attr_types_equivalent("cn", "CN"));
	I(slapi_attr_types_equivalent("cn", "sn"));
	I(slapi_attr_types_equivalent("cn", "cn"));
	I(slapi_attr_type_cmp("cn", "CN", exact));
	I(slapi_attr_type_cmp("cn;lang-de", "cn", base));
	I(slapi_attr_type_cmp("cn", "sn", base) != 0);
#ifdef DS389
	char buf[20];
	text = slapi_attr_basetype("cn;lang-de", NULL, 0);
	T(text);
	slapi_ch_free_string(&text);
	P(slapi_attr_basetype("cn;lang-de", buf, sizeof buf));
	T(buf);
#endif
	I(slapi_attr_first_value(a, &v) != -1);
	slapi_entry_free(e);
}
PROBE_MAIN(q03)
