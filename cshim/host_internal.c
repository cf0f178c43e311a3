/* Internal operations. The set functions describe the operation in the pblock,
 * copying what the caller may free; the _pb functions run it. */
#include <stdlib.h>
#include <string.h>

#include "dialect.h"
#include "dn.h"
#include "host.h"
#include "host_goside.h"
#include "host_internal.h"
#include "pblock.h"
#include "types.h"

static void describe(Slapi_PBlock *pb, Slapi_DN *sdn, LDAPControl **controls, const char *uniqueid,
		     Slapi_ComponentId *identity, int flags)
{
	cshim_pblock_put_own(pb, SLAPI_TARGET_SDN, sdn, cshim_free_sdn);
	cshim_pblock_put_own(pb, SLAPI_REQCONTROLS, cshim_controls_dup(controls), cshim_free_controls);
	cshim_pblock_put_str(pb, SLAPI_TARGET_UNIQUEID, uniqueid);
	cshim_pblock_put_ptr(pb, SLAPI_PLUGIN_IDENTITY, identity);
	cshim_pblock_put_ptr(pb, CSHIM_INTOP_FLAGS, (void *)(intptr_t)flags);
	cshim_pblock_put_int(pb, SLAPI_PLUGIN_INTOP_RESULT, 0);
}

static int run(Slapi_PBlock *pb, int kind, struct cshim_callbacks *cb)
{
	const Slapi_DN *sdn = cshim_pblock_ptr(pb, SLAPI_TARGET_SDN);
	char *pretty = NULL, *norm = NULL;
	int rc;

	/* A plain target goes along in both forms. */
	if (sdn && sdn->udn && !(sdn->dn && sdn->ndn))
		cshim_dn_plain_forms(sdn->udn, strlen(sdn->udn), cshim_compat389() ? CSHIM_389 : CSHIM_OPENLDAP, &pretty, &norm);
	rc = slapiGoInternal(pb, kind, cb, pretty, norm);
	free(pretty);
	free(norm);
	cshim_pblock_put_int(pb, SLAPI_PLUGIN_INTOP_RESULT, rc);
	return rc;
}

/* What a _pb function answers: OpenLDAP the result code of the operation, 389 only
 * that it ran (the code is in SLAPI_PLUGIN_INTOP_RESULT). */
static int answer(int rc, void *caller)
{
	return cshim_dialect(caller) == CSHIM_389 ? 0 : rc;
}

/* Search. */

static void set_search(Slapi_PBlock *pb, Slapi_DN *sdn, int scope, const char *filter, char **attrs, int attrsonly,
		       LDAPControl **controls, const char *uniqueid, Slapi_ComponentId *identity, int flags)
{
	describe(pb, sdn, controls, uniqueid, identity, flags);
	cshim_pblock_put_int(pb, SLAPI_SEARCH_SCOPE, scope);
	cshim_pblock_put_ptr(pb, SLAPI_SEARCH_FILTER, NULL);
	cshim_pblock_put_str(pb, SLAPI_SEARCH_STRFILTER, filter);
	cshim_pblock_put_own(pb, SLAPI_SEARCH_ATTRS, attrs ? slapi_ch_array_dup(attrs) : NULL, cshim_free_charray);
	cshim_pblock_put_int(pb, SLAPI_SEARCH_ATTRSONLY, attrsonly);
	cshim_pblock_put_ptr(pb, SLAPI_PLUGIN_INTOP_SEARCH_ENTRIES, NULL);
	cshim_pblock_put_ptr(pb, SLAPI_PLUGIN_INTOP_SEARCH_REFERRALS, NULL);
	cshim_pblock_put_int(pb, SLAPI_NENTRIES, 0);
}

void slapi_search_internal_set_pb(Slapi_PBlock *pb, const char *base, int scope, const char *filter, char **attrs,
				  int attrsonly, LDAPControl **controls, const char *uniqueid,
				  Slapi_ComponentId *plugin_identity, int operation_flags)
{
	/* ns-slapd does nothing without a base; the search then finds no filter. */
	if (pb && !base && cshim_dialect(CSHIM_CALLER()) == CSHIM_389)
		return;
	if (pb)
		set_search(pb, slapi_sdn_new_dn_byval(base ? base : ""), scope, filter, attrs, attrsonly, controls, uniqueid,
			   plugin_identity, operation_flags);
}

void slapi_search_internal_set_pb_ext(Slapi_PBlock *pb, Slapi_DN *sdn, int scope, const char *filter, char **attrs,
				      int attrsonly, LDAPControl **controls, const char *uniqueid,
				      Slapi_ComponentId *plugin_identity, int operation_flags)
{
	if (pb)
		set_search(pb, sdn ? slapi_sdn_dup(sdn) : slapi_sdn_new(), scope, filter, attrs, attrsonly, controls,
			   uniqueid, plugin_identity, operation_flags);
}

int slapi_search_internal_pb(Slapi_PBlock *pb)
{
	if (!pb)
		return -1;
	/* ns-slapd: nothing is searched without a filter, and the result code in
	 * the block stays what it was. dna's start relies on it. */
	if (cshim_dialect(CSHIM_CALLER()) == CSHIM_389 && !cshim_pblock_ptr(pb, SLAPI_SEARCH_FILTER) &&
	    !cshim_pblock_ptr(pb, SLAPI_SEARCH_STRFILTER))
		return -1;
	return answer(run(pb, SLAPI_OPERATION_SEARCH, NULL), CSHIM_CALLER());
}

int slapi_search_internal_callback_pb(Slapi_PBlock *pb, void *callback_data, plugin_result_callback prc,
				      plugin_search_entry_callback psec, plugin_referral_entry_callback prec)
{
	struct cshim_callbacks cb = { callback_data, prc, psec, prec };

	if (!pb)
		return -1;
	return answer(run(pb, SLAPI_OPERATION_SEARCH, &cb), CSHIM_CALLER());
}

static void free_entries(Slapi_Entry **entries)
{
	for (size_t i = 0; entries && entries[i]; i++)
		slapi_entry_free(entries[i]);
	free(entries);
}

void slapi_free_search_results_internal(Slapi_PBlock *pb)
{
	if (!pb)
		return;
	free_entries(cshim_pblock_ptr(pb, SLAPI_PLUGIN_INTOP_SEARCH_ENTRIES));
	slapi_ch_array_free(cshim_pblock_ptr(pb, SLAPI_PLUGIN_INTOP_SEARCH_REFERRALS));
	cshim_pblock_put_ptr(pb, SLAPI_PLUGIN_INTOP_SEARCH_ENTRIES, NULL);
	cshim_pblock_put_ptr(pb, SLAPI_PLUGIN_INTOP_SEARCH_REFERRALS, NULL);
}

Slapi_PBlock *slapi_search_internal(char *base, int scope, char *filter, LDAPControl **controls, char **attrs,
				    int attrsonly)
{
	Slapi_PBlock *pb = slapi_pblock_new();

	slapi_search_internal_set_pb(pb, base, scope, filter, attrs, attrsonly, controls, NULL, NULL, 0);
	slapi_search_internal_pb(pb);
	return pb;
}

int slapi_search_internal_callback(const char *ibase, int scope, const char *ifstr, char **attrs, int attrsonly,
				   void *callback_data, LDAPControl **controls, plugin_result_callback prc,
				   plugin_search_entry_callback psec, plugin_referral_entry_callback prec)
{
	Slapi_PBlock *pb = slapi_pblock_new();
	int rc;

	slapi_search_internal_set_pb(pb, ibase, scope, ifstr, attrs, attrsonly, controls, NULL, NULL, 0);
	rc = slapi_search_internal_callback_pb(pb, callback_data, prc, psec, prec);
	slapi_pblock_destroy(pb);
	return rc;
}

/* One entry by name, tombstones and subentries included. */
int32_t slapi_search_get_entry(Slapi_PBlock **pb, Slapi_DN *dn, char **attrs, Slapi_Entry **ret_entry,
			       void *component_identity)
{
	Slapi_Entry **entries;
	int rc;

	if (ret_entry)
		*ret_entry = NULL;
	if (!pb || !dn)
		return LDAP_PARAM_ERROR;
	if (*pb)
		slapi_search_get_entry_done(pb);
	*pb = slapi_pblock_new();
	slapi_search_internal_set_pb_ext(*pb, dn, LDAP_SCOPE_BASE, "(|(objectclass=*)(objectclass=ldapsubentry))", attrs, 0,
					 NULL, NULL, component_identity, 0);
	slapi_search_internal_pb(*pb);
	rc = (int)cshim_pblock_num(*pb, SLAPI_PLUGIN_INTOP_RESULT);
	entries = cshim_pblock_ptr(*pb, SLAPI_PLUGIN_INTOP_SEARCH_ENTRIES);
	if (rc == LDAP_SUCCESS) {
		if (!entries || !entries[0])
			rc = LDAP_NO_SUCH_OBJECT;
		else if (ret_entry)
			*ret_entry = entries[0];
	}
	return rc;
}

void slapi_search_get_entry_done(Slapi_PBlock **pb)
{
	if (!pb || !*pb)
		return;
	slapi_free_search_results_internal(*pb);
	slapi_pblock_destroy(*pb);
	*pb = NULL;
}

int slapi_search_internal_get_entry(Slapi_DN *dn, char **attrlist, Slapi_Entry **ret_entry, void *caller_identity)
{
	Slapi_PBlock *pb = NULL;
	Slapi_Entry *e = NULL;
	int rc = slapi_search_get_entry(&pb, dn, attrlist, &e, caller_identity);

	if (ret_entry)
		*ret_entry = e ? slapi_entry_dup(e) : NULL;
	slapi_search_get_entry_done(&pb);
	return rc;
}

/* Add. */

/* 389 takes the entry, also when the add fails; it goes with the pblock. */
void slapi_add_entry_internal_set_pb(Slapi_PBlock *pb, Slapi_Entry *e, LDAPControl **controls,
				     Slapi_ComponentId *plugin_identity, int operation_flags)
{
	int taken = cshim_dialect(CSHIM_CALLER()) == CSHIM_389;

	if (!pb || !e)
		return;
	describe(pb, slapi_sdn_dup(slapi_entry_get_sdn(e)), controls, NULL, plugin_identity, operation_flags);
	if (taken)
		cshim_pblock_put_own(pb, SLAPI_ADD_ENTRY, e, cshim_free_entry);
	else
		cshim_pblock_put_ptr(pb, SLAPI_ADD_ENTRY, e);
}

int slapi_add_internal_set_pb(Slapi_PBlock *pb, const char *dn, LDAPMod **attrs, LDAPControl **controls,
			      Slapi_ComponentId *plugin_identity, int operation_flags)
{
	Slapi_Entry *e = NULL;
	int rc;

	if (!pb || !dn || !attrs)
		return LDAP_PARAM_ERROR;
	rc = slapi_mods2entry(&e, dn, attrs);
	if (rc != LDAP_SUCCESS || !e)
		return rc != LDAP_SUCCESS ? rc : LDAP_OTHER;
	describe(pb, slapi_sdn_new_dn_byval(dn), controls, NULL, plugin_identity, operation_flags);
	cshim_pblock_put_own(pb, SLAPI_ADD_ENTRY, e, cshim_free_entry);
	return LDAP_SUCCESS;
}

int slapi_add_internal_pb(Slapi_PBlock *pb)
{
	if (!pb)
		return -1;
	return answer(run(pb, SLAPI_OPERATION_ADD, NULL), CSHIM_CALLER());
}

Slapi_PBlock *slapi_add_entry_internal(Slapi_Entry *e, LDAPControl **controls, int log_change)
{
	Slapi_PBlock *pb = slapi_pblock_new();
	int taken = cshim_dialect(CSHIM_CALLER()) == CSHIM_389;

	(void)log_change;
	if (!e) {
		cshim_pblock_put_int(pb, SLAPI_PLUGIN_INTOP_RESULT, LDAP_PARAM_ERROR);
		return pb;
	}
	describe(pb, slapi_sdn_dup(slapi_entry_get_sdn(e)), controls, NULL, NULL, 0);
	if (taken)
		cshim_pblock_put_own(pb, SLAPI_ADD_ENTRY, e, cshim_free_entry);
	else
		cshim_pblock_put_ptr(pb, SLAPI_ADD_ENTRY, e);
	run(pb, SLAPI_OPERATION_ADD, NULL);
	if (!taken)
		cshim_pblock_put_ptr(pb, SLAPI_ADD_ENTRY, NULL);
	return pb;
}

Slapi_PBlock *slapi_add_internal(char *dn, LDAPMod **attrs, LDAPControl **controls, int log_changes)
{
	Slapi_PBlock *pb = slapi_pblock_new();
	int rc = slapi_add_internal_set_pb(pb, dn, attrs, controls, NULL, 0);

	(void)log_changes;
	if (rc != LDAP_SUCCESS)
		cshim_pblock_put_int(pb, SLAPI_PLUGIN_INTOP_RESULT, rc);
	else
		run(pb, SLAPI_OPERATION_ADD, NULL);
	return pb;
}

/* Modify. The mods stay the caller's; they are read when the operation runs. */

void slapi_modify_internal_set_pb(Slapi_PBlock *pb, const char *dn, LDAPMod **mods, LDAPControl **controls,
				  const char *uniqueid, Slapi_ComponentId *plugin_identity, int operation_flags)
{
	if (!pb)
		return;
	describe(pb, slapi_sdn_new_dn_byval(dn ? dn : ""), controls, uniqueid, plugin_identity, operation_flags);
	cshim_pblock_put_ptr(pb, SLAPI_MODIFY_MODS, mods);
}

void slapi_modify_internal_set_pb_ext(Slapi_PBlock *pb, const Slapi_DN *sdn, LDAPMod **mods, LDAPControl **controls,
				      const char *uniqueid, Slapi_ComponentId *plugin_identity, int operation_flags)
{
	if (!pb)
		return;
	describe(pb, sdn ? slapi_sdn_dup(sdn) : slapi_sdn_new(), controls, uniqueid, plugin_identity, operation_flags);
	cshim_pblock_put_ptr(pb, SLAPI_MODIFY_MODS, mods);
}

int slapi_modify_internal_pb(Slapi_PBlock *pb)
{
	if (!pb)
		return -1;
	return answer(run(pb, SLAPI_OPERATION_MODIFY, NULL), CSHIM_CALLER());
}

Slapi_PBlock *slapi_modify_internal(char *dn, LDAPMod **mods, LDAPControl **controls, int log_change)
{
	Slapi_PBlock *pb = slapi_pblock_new();

	(void)log_change;
	slapi_modify_internal_set_pb(pb, dn, mods, controls, NULL, NULL, 0);
	slapi_modify_internal_pb(pb);
	cshim_pblock_put_ptr(pb, SLAPI_MODIFY_MODS, NULL);
	return pb;
}

/* Delete. */

void slapi_delete_internal_set_pb(Slapi_PBlock *pb, const char *dn, LDAPControl **controls, const char *uniqueid,
				  Slapi_ComponentId *plugin_identity, int operation_flags)
{
	if (pb)
		describe(pb, slapi_sdn_new_dn_byval(dn ? dn : ""), controls, uniqueid, plugin_identity, operation_flags);
}

int slapi_delete_internal_pb(Slapi_PBlock *pb)
{
	if (!pb)
		return -1;
	return answer(run(pb, SLAPI_OPERATION_DELETE, NULL), CSHIM_CALLER());
}

Slapi_PBlock *slapi_delete_internal(char *dn, LDAPControl **controls, int log_change)
{
	Slapi_PBlock *pb = slapi_pblock_new();

	(void)log_change;
	slapi_delete_internal_set_pb(pb, dn, controls, NULL, NULL, 0);
	slapi_delete_internal_pb(pb);
	return pb;
}

/* Rename. */

static void set_rename(Slapi_PBlock *pb, Slapi_DN *olddn, const char *newrdn, Slapi_DN *newsuperior, int deloldrdn,
		       LDAPControl **controls, const char *uniqueid, Slapi_ComponentId *identity, int flags)
{
	describe(pb, olddn, controls, uniqueid, identity, flags);
	cshim_pblock_put_str(pb, SLAPI_MODRDN_NEWRDN, newrdn);
	cshim_pblock_put_own(pb, SLAPI_MODRDN_NEWSUPERIOR_SDN, newsuperior, cshim_free_sdn);
	cshim_pblock_put_int(pb, SLAPI_MODRDN_DELOLDRDN, deloldrdn);
}

void slapi_rename_internal_set_pb(Slapi_PBlock *pb, const char *olddn, const char *newrdn, const char *newsuperior,
				  int deloldrdn, LDAPControl **controls, const char *uniqueid,
				  Slapi_ComponentId *plugin_identity, int operation_flags)
{
	if (pb)
		set_rename(pb, slapi_sdn_new_dn_byval(olddn ? olddn : ""), newrdn,
			   newsuperior && *newsuperior ? slapi_sdn_new_dn_byval(newsuperior) : NULL, deloldrdn, controls,
			   uniqueid, plugin_identity, operation_flags);
}

void slapi_rename_internal_set_pb_ext(Slapi_PBlock *pb, const Slapi_DN *olddn, const char *newrdn,
				      const Slapi_DN *newsuperior, int deloldrdn, LDAPControl **controls,
				      const char *uniqueid, Slapi_ComponentId *plugin_identity, int operation_flags)
{
	if (pb)
		set_rename(pb, olddn ? slapi_sdn_dup(olddn) : slapi_sdn_new(), newrdn,
			   newsuperior ? slapi_sdn_dup(newsuperior) : NULL, deloldrdn, controls, uniqueid,
			   plugin_identity, operation_flags);
}

int slapi_modrdn_internal_pb(Slapi_PBlock *pb)
{
	if (!pb)
		return -1;
	return answer(run(pb, SLAPI_OPERATION_MODRDN, NULL), CSHIM_CALLER());
}

Slapi_PBlock *slapi_rename_internal(const char *olddn, const char *newrdn, const char *newsuperior, int deloldrdn,
				    LDAPControl **controls, int log_change)
{
	Slapi_PBlock *pb = slapi_pblock_new();

	(void)log_change;
	slapi_rename_internal_set_pb(pb, olddn, newrdn, newsuperior, deloldrdn, controls, NULL, NULL, 0);
	slapi_modrdn_internal_pb(pb);
	return pb;
}

Slapi_PBlock *slapi_modrdn_internal(char *olddn, char *newrdn, int deloldrdn, LDAPControl **controls, int log_change)
{
	return slapi_rename_internal(olddn, newrdn, NULL, deloldrdn, controls, log_change);
}

/* Transactions that plug-ins open. */

int slapi_back_transaction_begin(Slapi_PBlock *pb)
{
	return slapiGoTxn(pb, 0);
}

int slapi_back_transaction_commit(Slapi_PBlock *pb)
{
	return slapiGoTxn(pb, 1);
}

int slapi_back_transaction_abort(Slapi_PBlock *pb)
{
	return slapiGoTxn(pb, 2);
}

/* Has an entry children that replication set aside because their names were taken? */
int slapi_entry_has_conflict_children(const Slapi_Entry *e, void *plg_id)
{
	Slapi_PBlock *pb;
	Slapi_Entry **entries;
	int rc = -1;

	if (e == NULL)
		return -1;
	pb = slapi_pblock_new();
	slapi_search_internal_set_pb(pb, slapi_entry_get_dn_const(e), LDAP_SCOPE_ONELEVEL,
				     "(&(objectClass=ldapSubEntry)(nsds5ReplConflict=namingConflict*))", NULL, 0, NULL, NULL, plg_id, 0);
	slapi_search_internal_pb(pb);
	if (cshim_pblock_num(pb, SLAPI_PLUGIN_INTOP_RESULT) == LDAP_SUCCESS) {
		entries = cshim_pblock_ptr(pb, SLAPI_PLUGIN_INTOP_SEARCH_ENTRIES);
		rc = entries && entries[0] != NULL;
	}
	slapi_free_search_results_internal(pb);
	slapi_pblock_destroy(pb);
	return rc;
}
