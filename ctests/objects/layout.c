/* The layouts that compiled plug-ins have baked in, and pointers that must lead
 * into an object. objects.h asserts offsets when it is compiled; here the
 * running library is looked at as such a plug-in does. */
#include <stdint.h>

#include "check.h"
#include "objects.h"

_Static_assert(sizeof(Slapi_PluginDesc) == 32, "Slapi_PluginDesc");
_Static_assert(sizeof(Slapi_MatchingRuleEntry) == 56, "Slapi_MatchingRuleEntry");
_Static_assert(sizeof(LDAPMod) == 24, "LDAPMod");
_Static_assert(sizeof(LDAPControl) == 32, "LDAPControl");

static void *at(void *p, size_t offset)
{
	return *(void **)((char *)p + offset);
}

int main(void)
{
	Slapi_Entry *e = slapi_entry_alloc();
	Slapi_Attr *a;
	unsigned char raw[4][64];

	memset(raw, 0xa5, sizeof raw);
	cshim_dialect_default(DS389);
	slapi_entry_init(e, slapi_ch_strdup("cn=x,dc=y"), NULL);
	CHECK(at(e, 120) == NULL);
	slapi_entry_add_string(e, "cn", "x");
	slapi_entry_add_string(e, "sn", "y");
	slapi_entry_first_attr(e, &a);
	CHECK(at(e, 120) == a);
	STR(at(a, 0), "cn");
	slapi_entry_next_attr(e, a, &a);
	CHECK(at(at(e, 120), 96) == a);
	CHECK(at(a, 96) == NULL);
	CHECK((void *)slapi_entry_get_sdn(e) == (void *)e);
	CHECK((char *)slapi_entry_get_srdn(e) == (char *)e + 40);
	slapi_entry_free(e);

	/* a Slapi_DN on the stack of a plug-in */
	Slapi_DN *sdn = (Slapi_DN *)raw[0];
	CHECK(slapi_sdn_init(sdn) == sdn);
	slapi_sdn_set_dn_byval(sdn, "cn=a,dc=b");
	STR(slapi_sdn_get_ndn(sdn), "cn=a,dc=b");
	slapi_sdn_free(&sdn); /* must not free the block */
	CHECK(sdn == NULL);
	INT(raw[0][40], 0xa5);
	/* Slapi_Mods */
	Slapi_Mods *mods = (Slapi_Mods *)raw[1];
	slapi_mods_init(mods, 0);
	slapi_mods_add_string(mods, LDAP_MOD_ADD, "cn", "v");
	CHECK(at(mods, 0) == (void *)slapi_mods_get_ldapmods_byref(mods));
	slapi_mods_done(mods);
	INT(raw[1][24], 0xa5);
	/* Slapi_Value */
	Slapi_Value *v = slapi_value_init_string((Slapi_Value *)raw[2], "abc");
	INT((intptr_t)at(v, 0), 3);
	STR(at(v, 8), "abc");
	INT(raw[2][32], 0xa5);
	free(at(v, 8));
	/* Slapi_ValueSet as roles makes it */
	Slapi_ValueSet *vs = (Slapi_ValueSet *)slapi_ch_calloc(1, 32);
	slapi_valueset_init(vs);
	slapi_valueset_add_value_ext(vs, slapi_value_new_string("one"), SLAPI_VALUE_FLAG_PASSIN);
	INT((intptr_t)at(vs, 0), 1);
	CHECK(((void **)at(vs, 24))[1] == NULL);
	slapi_valueset_free(vs);
	CHECK(sizeof(struct slapi_operation) >= 480);
	return done();
}
