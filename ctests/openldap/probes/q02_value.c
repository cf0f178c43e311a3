/* q02_value: values and value sets, odd ones too. */
#include "q.h"

static void probe_run(Slapi_PBlock *pb)
{
	Slapi_Value *v, *w, *list[4];
	Slapi_ValueSet *vs, *other;
	struct berval bytes = { 3, "a\0b" };
	int h;

	v = slapi_value_new();
	slapi_value_init_string(v, "by string");
	T(B(slapi_value_get_berval(v)));
	slapi_value_free(&v);
	v = slapi_value_new();
	slapi_value_init_berval(v, &bytes);
	T(B(slapi_value_get_berval(v)));
	I(slapi_value_get_length(v));
	slapi_value_free(&v);
	slapi_value_free(&v);
	P(v);
	v = slapi_value_new_berval(NULL);
	PO(v);
	slapi_value_free(&v);
	v = slapi_value_new_string("12");
	I(slapi_value_get_int(v));
	I(slapi_value_get_uint(v));
	I(slapi_value_get_long(v));
	I(slapi_value_get_ulong(v));
	slapi_value_set_int(v, -2147483647 - 1);
	T(B(slapi_value_get_berval(v)));
	if (SAFE_O) {
		slapi_value_set_string(v, "");
		IO(slapi_value_get_length(v));
	}
	slapi_value_set_string(v, "text");
	w = slapi_value_dup(v);
	slapi_value_set_string(v, "changed");
	T(B(slapi_value_get_berval(w)));
	slapi_value_set_value(w, v);
	T(B(slapi_value_get_berval(w)));
	slapi_value_free(&w);
#ifdef DS389
	w = slapi_value_new_string_passin(slapi_ch_strdup("passed in"));
#endif
	T(slapi_value_get_string(w));
#ifdef DS389
	slapi_value_set_string_passin(w, slapi_ch_strdup("anew"));
#endif
	T(slapi_value_get_string(w));
	slapi_value_free(&w);
	w = slapi_value_new_string("word");
	I(slapi_value_get_int(w));
	slapi_value_free(&w);
	slapi_value_free(&v);

	vs = slapi_valueset_new();
	I(slapi_valueset_count(vs));
	slapi_valueset_add_value(vs, list[0] = slapi_value_new_string("one"));
	slapi_valueset_add_value(vs, list[1] = slapi_value_new_string("two"));
	slapi_value_free(&list[0]);
	slapi_value_free(&list[1]);
	I(slapi_valueset_count(vs));
	h = slapi_valueset_first_value(vs, &v);
	T(B(slapi_value_get_berval(v)));
	h = slapi_valueset_next_value(vs, h, &v);
	T(B(slapi_value_get_berval(v)));
	I(slapi_valueset_next_value(vs, h, &v));
	other = slapi_valueset_new();
	slapi_valueset_set_valueset(other, vs);
	I(slapi_valueset_count(other));
	slapi_valueset_free(other);
	list[0] = slapi_value_new_string("p");
	list[1] = slapi_value_new_string("q");
	list[2] = NULL;
	other = slapi_valueset_new();
#ifdef DS389
	if (SAFE_D)
		slapi_valueset_set_from_smod(other, NULL);
#endif
	I(slapi_valueset_count(other));
	slapi_valueset_free(other);
	slapi_value_free(&list[0]);
	slapi_value_free(&list[1]);
	Slapi_Attr *a = slapi_attr_new();
	slapi_attr_init(a, "cn");
	v = slapi_value_new_string("two");
#ifdef DS389
	P(slapi_valueset_find(a, vs, v));
#endif
	slapi_value_free(&v);
	v = slapi_value_new_string("three");
#ifdef DS389
	P(slapi_valueset_find(a, vs, v));
#endif
	slapi_value_free(&v);
	slapi_attr_free(&a);
	slapi_valueset_done(vs);
	if (SAFE)
		IW(slapi_valueset_count(vs));
	slapi_valueset_free(vs);
	if (SAFE)
		slapi_valueset_free(NULL);
}
PROBE_MAIN(q02)
