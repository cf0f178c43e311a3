/* q06_sdn: names as objects. */
#include "q.h"

static void probe_run(Slapi_PBlock *pb)
{
	Slapi_DN *a, *b, *c;
	Slapi_RDN *r;

	a = slapi_sdn_new();
	I(slapi_sdn_isempty(a));
	slapi_sdn_init(a);
	slapi_sdn_set_dn_byval(a, "CN=Ann, DC=Example,DC=com");
	I(slapi_sdn_isempty(a));
	TW(slapi_sdn_get_dn(a));
	T(slapi_sdn_get_ndn(a));
	I(slapi_sdn_get_ndn_len(a));
	b = slapi_sdn_new_dn_byval("cn=ann,dc=example,dc=com");
	I(slapi_sdn_compare(a, b));
	c = slapi_sdn_dup(a);
	I(slapi_sdn_compare(a, c));
	slapi_sdn_set_dn_byval(c, "dc=com");
	I(slapi_sdn_compare(a, c) != 0);
	I(slapi_sdn_issuffix(a, c));
	I(slapi_sdn_issuffix(c, a));
	slapi_sdn_set_dn_byval(c, "dc=example,dc=com");
	I(slapi_sdn_isparent(c, a));
	I(slapi_sdn_isparent(a, c));
	I(slapi_sdn_isgrandparent(c, a));
	slapi_sdn_free(&c);
	c = slapi_sdn_new();
	if (SAFE_O) {
		slapi_sdn_get_parent(a, c);
		TO(slapi_sdn_get_ndn(c));
		slapi_sdn_get_parent(c, b);
		TO(slapi_sdn_get_ndn(b));
	}
	slapi_sdn_set_parent(a, b);
	TW(slapi_sdn_get_ndn(a));
	r = slapi_rdn_new_dn("uid=new,dc=x");
	slapi_sdn_set_dn_byval(a, "cn=ann,dc=example,dc=com");
#ifdef DS389
	slapi_sdn_set_rdn(a, r);
#endif
	T(slapi_sdn_get_ndn(a));
	slapi_sdn_add_rdn(a, r);
	T(slapi_sdn_get_ndn(a));
	slapi_rdn_free(&r);
	r = slapi_rdn_new();
#ifdef DS389
	slapi_sdn_get_rdn(a, r);
#endif
	TW(slapi_rdn_get_rdn(r));
	slapi_rdn_free(&r);
	slapi_sdn_set_dn_passin(a, slapi_ch_strdup("cn=passed,dc=example,dc=com"));
	T(slapi_sdn_get_dn(a));
#ifndef DS389
	slapi_sdn_set_ndn_passin(a, slapi_ch_strdup("cn=npassed,dc=example,dc=com"));
	T(slapi_sdn_get_ndn(a));
#endif
	slapi_sdn_set_ndn_byval(a, "cn=nval,dc=example,dc=com");
	T(slapi_sdn_get_ndn(a));
	slapi_sdn_set_ndn_byref(a, "cn=nref,dc=example,dc=com");
	T(slapi_sdn_get_ndn(a));
	slapi_sdn_set_dn_byref(a, "cn=ref,dc=example,dc=com");
	T(slapi_sdn_get_dn(a));
	slapi_sdn_copy(a, b);
	T(slapi_sdn_get_ndn(b));
	slapi_sdn_done(b);
	I(slapi_sdn_isempty(b));
	slapi_sdn_free(&a);
	slapi_sdn_free(&b);
	slapi_sdn_free(&c);
	PD(a);
	slapi_sdn_free(&a);
	a = slapi_sdn_new_dn_byref("cn=byref,dc=example,dc=com");
	T(slapi_sdn_get_dn(a));
	I(slapi_sdn_scope_test(a, a, LDAP_SCOPE_BASE));
	b = slapi_sdn_new_dn_passin(slapi_ch_strdup("dc=example,dc=com"));
	I(slapi_sdn_scope_test(a, b, LDAP_SCOPE_BASE));
	I(slapi_sdn_scope_test(a, b, LDAP_SCOPE_ONELEVEL));
	I(slapi_sdn_scope_test(a, b, LDAP_SCOPE_SUBTREE));
	slapi_sdn_free(&a);
	slapi_sdn_free(&b);
	a = slapi_sdn_new_ndn_byval("cn=n1");
	b = slapi_sdn_new_ndn_byref("cn=n2");
	T(slapi_sdn_get_ndn(a));
	T(slapi_sdn_get_ndn(b));
	slapi_sdn_free(&a);
	slapi_sdn_free(&b);
}
PROBE_MAIN(q06)
