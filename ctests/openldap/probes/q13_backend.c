/* q13_backend: looking databases up. */
#include "q.h"

static void probe_run(Slapi_PBlock *pb)
{
	Slapi_DN *in = slapi_sdn_new_dn_byval("cn=x,dc=example,dc=com"), *outside = slapi_sdn_new_dn_byval("o=elsewhere");
	Slapi_Backend *be;

	P(be = slapi_be_select(in));
	I(slapi_be_get_readonly(be));
	slapi_be_set_readonly(be, 0);
	I(slapi_be_get_readonly(be));
#ifndef DS389
	unsigned long flags = 0;
	IO(slapi_x_backend_get_flags(be, &flags));
	PO(slapi_x_be_get_updatedn(be));
	P(slapi_be_select(outside));
#else
	T(slapi_be_get_name(be));
	I(slapi_be_exist(in));
	I(slapi_be_exist(outside));
	T(slapi_sdn_get_dn(slapi_be_getsuffix(be, 0)));
	PD(slapi_be_getsuffix(be, 1));
	I(slapi_be_issuffix(be, slapi_be_getsuffix(be, 0)));
	I(slapi_be_private(be));
	P(slapi_be_select_by_instance_name("userRoot"));
	P(slapi_be_select_by_instance_name("nothing"));
	P(slapi_get_suffix_by_dn(in));
	char *cookie = NULL;
	P(slapi_get_first_backend(&cookie));
	slapi_ch_free_string(&cookie);
#endif
	slapi_sdn_free(&in);
	slapi_sdn_free(&outside);
}
PROBE_MAIN(q13)
