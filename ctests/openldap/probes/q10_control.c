/* q10_control: controls, and what the server says that it supports. */
#include "q.h"

static void probe_run(Slapi_PBlock *pb)
{
	struct berval value __attribute__((unused)) = { 3, "abc" }, *got = NULL;
	LDAPControl one = { "1.2.3", { 3, "abc" }, 1 }, two = { "1.2.4", { 0, NULL }, 0 }, *list[] = { &one, &two, NULL }, *none[] = { NULL }, *copy;
	char **oids = NULL, **ops = NULL;
	unsigned long *bits = NULL;
	int critical = -1, found = 0;

	I(slapi_control_present(list, "1.2.3", &got, &critical));
	T(B(got));
	I(critical);
	I(slapi_control_present(list, "1.2.4", &got, &critical));
	I(critical);
	IO(slapi_control_present(list, "1.2.5", &got, &critical));
	IO(slapi_control_present(none, "1.2.3", &got, &critical));
	I(slapi_control_present(NULL, "1.2.3", &got, &critical));
	I(slapi_control_present(list, "1.2.3", NULL, NULL));
	copy = slapi_dup_control(&one);
	T(copy->ldctl_oid);
	T(B(&copy->ldctl_value));
	I(copy->ldctl_iscritical != 0);
	I(copy->ldctl_value.bv_val != one.ldctl_value.bv_val);
	ldap_control_free(copy);
	if (SAFE)
		PW(slapi_dup_control(NULL));
	slapi_register_supported_control("1.3.6.1.4.1.99999.2.10", SLAPI_OPERATION_SEARCH | SLAPI_OPERATION_ADD);
#ifdef DS389
	I(slapi_get_supported_controls_copy(&oids, &bits));
#else
	I(slapi_get_supported_controls(&oids, &bits));
#endif
	for (int i = 0; oids && oids[i]; i++)
		found += strcmp(oids[i], "1.3.6.1.4.1.99999.2.10") == 0;
	I(found);
	slapi_register_supported_saslmechanism("Q10-TEST");
#ifdef DS389
	ops = slapi_get_supported_saslmechanisms_copy();
	found = 0;
	for (int i = 0; ops && ops[i]; i++)
		found += strcmp(ops[i], "Q10-TEST") == 0;
	I(found);
	P(ops = slapi_get_supported_extended_ops_copy());
	LDAPControl *built = NULL, **grown = NULL;
	I(slapi_build_control_from_berval("1.2.9", slapi_ch_bvdup(&value), 1, &built));
	T(built->ldctl_oid);
	slapi_add_control_ext(&grown, built, 0);
	slapi_add_control_ext(&grown, &one, 1);
	T(grown[1]->ldctl_oid);
	P(grown[2]);
	ldap_controls_free(grown);
#else
	PO(ops = slapi_get_supported_saslmechanisms());
#endif
}
PROBE_MAIN(q10)
