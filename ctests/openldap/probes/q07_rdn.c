/* q07_rdn: RDNs as objects. Those with more than one value: ours alone survives them. */
#include "q.h"

static void probe_run(Slapi_PBlock *pb)
{
	Slapi_RDN *r = slapi_rdn_new(), *s;
	char *type = NULL, *value = NULL;

	I(slapi_rdn_isempty(r));
	if (SAFE_O)
		IW(slapi_rdn_get_num_components(r));
	slapi_rdn_set_dn(r, "uid=x,dc=example,dc=com");
	T(slapi_rdn_get_rdn(r));
	I(slapi_rdn_get_num_components(r));
	I(slapi_rdn_get_first(r, &type, &value) >= 0);
	T(type);
	T(value);
	I(slapi_rdn_get_next(r, 1, &type, &value));
	I(slapi_rdn_contains(r, "uid", "x", strlen("x")));
	I(slapi_rdn_contains(r, "uid", "y", strlen("y")));
	I(slapi_rdn_contains_attr(r, "uid", &value));
	T(value);
	I(slapi_rdn_contains_attr(r, "cn", &value));
	IO(slapi_rdn_get_index_attr(r, "uid", &value));
	IO(slapi_rdn_get_index(r, "uid", "x", strlen("x")));
	I(slapi_rdn_get_index(r, "cn", "z", strlen("z")));
	s = slapi_rdn_new_dn("uid=x,o=y");
	I(slapi_rdn_compare(r, s));
	slapi_rdn_set_rdn(r, s);
	T(slapi_rdn_get_rdn(r));
	slapi_rdn_free(&s);
	P(s);
	if (SAFE_O)
		slapi_rdn_free(&s);
	s = slapi_rdn_new_rdn(r);
	T(slapi_rdn_get_rdn(s));
	slapi_rdn_done(s);
	I(slapi_rdn_isempty(s));
	slapi_rdn_init_dn(s, "cn=i,dc=com");
	T(slapi_rdn_get_rdn(s));
	slapi_rdn_done(s);
	slapi_rdn_init_rdn(s, r);
	T(slapi_rdn_get_rdn(s));
	slapi_rdn_free(&s);
	s = slapi_rdn_new();
	I(slapi_rdn_add(s, "cn", "only"));
	T(slapi_rdn_get_rdn(s));
	slapi_rdn_free(&s);
	s = slapi_rdn_new_sdn(NULL ? NULL : (Slapi_DN *)slapi_sdn_new_dn_byval("ou=o,dc=com"));
	T(slapi_rdn_get_rdn(s));
#ifdef DS389
	I(slapi_rdn_add(s, "cn", "b"));
	I(slapi_rdn_get_num_components(s));
	TD(slapi_rdn_get_rdn(s));
	I(slapi_rdn_remove(s, "ou", "o", 1));
	T(slapi_rdn_get_rdn(s));
	I(slapi_rdn_remove_attr(s, "cn"));
	I(slapi_rdn_isempty(s));
	I(slapi_rdn_remove_index(s, 5));
#endif
	slapi_rdn_free(&s);
	slapi_rdn_free(&r);
}
PROBE_MAIN(q07)
