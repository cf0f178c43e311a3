/* q04_change: adding, replacing, merging and deleting values of entries. */
#include "q.h"

static void probe_run(Slapi_PBlock *pb)
{
	Slapi_Entry *e = person("q04"), *d;
	struct berval *two[] = { bv("n1"), bv("n2"), NULL }, *one[] = { bv("n1"), NULL }, *none[] __attribute__((unused)) = { NULL };
	Slapi_Value *sv[3] = { slapi_value_new_string("s1"), slapi_value_new_string("s2"), NULL };

	I(slapi_entry_attr_merge(e, "description", two));
	TO(values_of(e, "description"));
	I(slapi_entry_attr_merge(e, "description", one));
	TW(values_of(e, "description"));
#ifdef DS389
	I(slapi_entry_attr_replace(e, "description", one));
#endif
	TO(values_of(e, "description"));
	I(slapi_entry_attr_merge_sv(e, "description", sv));
	TO(values_of(e, "description"));
	I(slapi_entry_attr_replace_sv(e, "description", sv));
	TO(values_of(e, "description"));
#ifndef DS389
	IO(slapi_entry_add_values(e, "title", two));
	TO(values_of(e, "title"));
	IO(slapi_entry_delete_values(e, "title", one));
	TO(values_of(e, "title"));
#endif
	I(slapi_entry_delete_values_sv(e, "description", sv));
	TO(values_of(e, "description"));
	I(slapi_entry_delete_values_sv(e, "description", sv));
	I(slapi_entry_add_values_sv(e, "description", sv));
	TO(values_of(e, "description"));
	I(slapi_entry_add_string(e, "l", "place"));
	T(values_of(e, "l"));
	I(slapi_entry_delete_string(e, "l", "place"));
	T(values_of(e, "l"));
	IW(slapi_entry_delete_string(e, "l", "place"));
	slapi_entry_attr_set_charptr(e, "l", "charptr");
	T(values_of(e, "l"));
	slapi_entry_attr_set_int(e, "employeeNumber", -5);
	T(values_of(e, "employeeNumber"));
	slapi_entry_attr_set_uint(e, "employeeNumber", 4000000000u);
	T(values_of(e, "employeeNumber"));
	slapi_entry_attr_set_long(e, "employeeNumber", -5000000000l);
	T(values_of(e, "employeeNumber"));
	slapi_entry_attr_set_ulong(e, "employeeNumber", 5000000000ul);
	T(values_of(e, "employeeNumber"));
	I(slapi_entry_attr_get_long(e, "employeeNumber"));
	I(slapi_entry_attr_get_ulong(e, "employeeNumber"));
	I(slapi_entry_attr_get_int(e, "uid"));
	I(slapi_entry_attr_get_int(e, "absent"));
	I(slapi_entry_attr_get_uint(e, "absent"));
	P(slapi_entry_attr_get_charptr(e, "absent"));
	I(slapi_entry_attr_hasvalue(e, "l", "charptr"));
	I(slapi_entry_attr_hasvalue(e, "l", "other"));
	I(slapi_entry_attr_hasvalue(e, "absent", "other"));
	Slapi_Value *has = slapi_value_new_string("charptr");
#ifdef DS389
	I(slapi_entry_attr_has_syntax_value(e, "l", has));
#endif
	slapi_value_free(&has);
	I(slapi_entry_attr_delete(e, "l"));
	I(slapi_entry_attr_delete(e, "l") != 0);
	P(values_of(e, "l"));
#ifdef DS389
	I(slapi_entry_attr_replace(e, "description", none));
#endif
	I(slapi_entry_has_children(e));
	d = slapi_entry_dup(e);
	T(slapi_entry_get_dn(d));
	T(values_of(d, "mail"));
	slapi_entry_set_dn(d, slapi_ch_strdup("cn=other,dc=example,dc=com"));
	T(slapi_entry_get_dn(d));
#ifdef DS389
	T(slapi_entry_get_ndn(d));
#endif
	I(slapi_entry_add_rdn_values(d));
	T(values_of(d, "cn"));
	I(slapi_entry_rdn_values_present(d));
	T(slapi_entry_get_dn(e));
	Slapi_DN *sdn = slapi_sdn_new_dn_byval("cn=third,dc=example,dc=com");
#ifdef DS389
	slapi_entry_set_sdn(d, sdn);
#endif
	T(slapi_entry_get_dn(d));
#ifdef DS389
	P(slapi_entry_get_sdn(d));
	P(slapi_entry_get_sdn_const(d));
#endif
	slapi_sdn_free(&sdn);
#ifndef DS389
	IO(slapi_x_entry_get_id(d) != 12345);
#endif
	I(slapi_entry_size(e) > 0);
	slapi_entry_free(d);
	slapi_entry_free(e);
	slapi_entry_free(NULL);
	slapi_value_free(&sv[0]);
	slapi_value_free(&sv[1]);
	e = slapi_entry_alloc();
	PW(slapi_entry_get_dn(e));
#ifdef DS389
	slapi_entry_init(e, slapi_ch_strdup("cn=inited"), NULL);
#endif
	T(slapi_entry_get_dn(e));
	slapi_entry_free(e);
}
PROBE_MAIN(q04)
