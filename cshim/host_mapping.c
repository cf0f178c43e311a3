/* The mapping tree: which database holds the target of an operation. */
#include <stdio.h>
#include <string.h>

#include "dialect.h"
#include "host.h"
#include "host_various.h"
#include "mem.h"
#include "objects.h"
#include "pblock.h"

/* Databases are never freed under a plug-in's feet here (host_backend.c), so the
 * read lock that a selection leaves on one has nothing to hold. */
void slapi_be_Rlock(Slapi_Backend *be)
{
	(void)be;
}

void slapi_be_Wlock(Slapi_Backend *be)
{
	(void)be;
}

void slapi_be_Unlock(Slapi_Backend *be)
{
	(void)be;
}

static int writes(unsigned long type)
{
	return type == SLAPI_OPERATION_ADD || type == SLAPI_OPERATION_DELETE || type == SLAPI_OPERATION_MODIFY ||
	       type == SLAPI_OPERATION_MODRDN;
}

/*
 * Chooses the database of the block's operation by its target. *be is the default
 * database when no suffix holds the name. Returns an LDAP code; error_string gets a
 * text with it. There is no referral: nodes of the mapping tree that hold one are
 * answered before plug-ins see the operation.
 */
int slapi_mapping_tree_select(Slapi_PBlock *pb, Slapi_Backend **be, Slapi_Entry **referral, char *error_string,
			      size_t ebuflen)
{
	Slapi_Operation *op = NULL;
	Slapi_DN *target = NULL;

	if (referral)
		*referral = NULL;
	if (error_string && ebuflen)
		error_string[0] = '\0';
	if (!be)
		return LDAP_PARAM_ERROR;
	*be = NULL;
	if (!pb || cshim_pblock_get(pb, SLAPI_OPERATION, &op, CSHIM_389) != 0 || !op)
		return LDAP_OPERATIONS_ERROR;
	target = op->target_spec;
	if (!target)
		cshim_pblock_get(pb, SLAPI_TARGET_SDN, &target, CSHIM_389);
	*be = slapi_mapping_tree_find_backend_for_sdn(target);
	if (*be && (*be)->be_readonly && writes(op->type)) {
		if (error_string && ebuflen)
			snprintf(error_string, ebuflen, "database is read-only");
		*be = NULL;
		return LDAP_UNWILLING_TO_PERFORM;
	}
	return LDAP_SUCCESS;
}
