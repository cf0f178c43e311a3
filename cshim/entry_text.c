/* What of entries is answered in Go: schema checks, children. */
#include <stdlib.h>
#include <string.h>

#include "dialect.h"
#include "dn.h"
#include "entry.h"
#include "goside.h"
#include "mem.h"

/* The reason goes to SLAPI_PB_RESULT_TEXT. */
static void explain(Slapi_PBlock *pb, char *text)
{
	if (pb && text)
		slapi_pblock_set(pb, SLAPI_PB_RESULT_TEXT, text);
	free(text);
}

int slapi_entry_schema_check(Slapi_PBlock *pb, Slapi_Entry *e)
{
	int dialect = cshim_dialect(CSHIM_CALLER()), rc;
	char *text = NULL;

	if (e == NULL)
		return 1;
	rc = slapiGoSchemaCheck(e, dialect, &text);
	explain(pb, text);
	return rc != 0;
}

/* check_repl: also an operation of replication is checked, which
 * slapi_entry_schema_check does too. */
int slapi_entry_schema_check_ext(Slapi_PBlock *pb, Slapi_Entry *e, int check_repl)
{
	(void)check_repl;
	return slapi_entry_schema_check(pb, e);
}

int slapi_entry_syntax_check(Slapi_PBlock *pb, Slapi_Entry *e, int override)
{
	char *text = NULL;
	int rc;

	(void)override; /* we always check */
	if (e == NULL)
		return 1;
	rc = slapiGoSyntaxCheck(e, &text);
	explain(pb, text);
	return rc;
}

int slapi_mods_syntax_check(Slapi_PBlock *pb, LDAPMod **mods, int override)
{
	char *text = NULL;
	int rc;

	(void)override;
	if (mods == NULL)
		return 1;
	rc = slapiGoModsSyntaxCheck(mods, &text);
	explain(pb, text);
	return rc;
}

void slapi_schema_expand_objectclasses(Slapi_Entry *e)
{
	if (e)
		slapiGoAddSuperclasses(e);
}

/* 1 when there are entries below, 0 when not; OpenLDAP's name for it. */
int slapi_entry_has_children(const Slapi_Entry *e)
{
	const char *ndn, *n;

	if (e == NULL)
		return 0;
	n = cshim_entry_first(e, "numSubordinates");
	if (n)
		return atol(n) > 0;
	n = cshim_entry_first(e, "hasSubordinates");
	if (n)
		return n[0] == 'T' || n[0] == 't';
	ndn = cshim_sdn_norm(&e->e_sdn);
	return ndn && slapiGoHasChildren((char *)ndn) == 1;
}

int slapi_entry_has_children_ext(const Slapi_Entry *e, int include_tombstone)
{
	const char *n;

	if (include_tombstone && e) {
		n = cshim_entry_first(e, "tombstoneNumSubordinates");
		if (n && atol(n) > 0)
			return 1;
	}
	return slapi_entry_has_children(e);
}
