/* Slapi_MatchingRuleEntry: a description of a matching rule that a plug-in builds. */
#include <stdlib.h>
#include <string.h>

#include "goside.h"
#include "mem.h"

Slapi_MatchingRuleEntry *slapi_matchingrule_new(void)
{
	return cshim_calloc(1, sizeof(Slapi_MatchingRuleEntry));
}

void slapi_matchingrule_free(Slapi_MatchingRuleEntry **mr, int freeMembers)
{
	if (mr == NULL || *mr == NULL)
		return;
	if (freeMembers) {
		free((*mr)->mr_oid);
		free((*mr)->mr_oidalias);
		free((*mr)->mr_name);
		free((*mr)->mr_desc);
		free((*mr)->mr_syntax);
		cshim_array_free((*mr)->mr_compat_syntax);
	}
	free(*mr);
	*mr = NULL;
}

/* The pointers are stored and lent as they are. */
int slapi_matchingrule_get(Slapi_MatchingRuleEntry *mr, int arg, void *value)
{
	if (mr == NULL || value == NULL)
		return -1;
	switch (arg) {
	case SLAPI_MATCHINGRULE_NAME: *(char **)value = mr->mr_name; return 0;
	case SLAPI_MATCHINGRULE_OID: *(char **)value = mr->mr_oid; return 0;
	case SLAPI_MATCHINGRULE_DESC: *(char **)value = mr->mr_desc; return 0;
	case SLAPI_MATCHINGRULE_SYNTAX: *(char **)value = mr->mr_syntax; return 0;
	case SLAPI_MATCHINGRULE_OBSOLETE: *(int *)value = mr->mr_obsolete; return 0;
	default: return -1;
	}
}

int slapi_matchingrule_set(Slapi_MatchingRuleEntry *mr, int arg, void *value)
{
	if (mr == NULL)
		return -1;
	switch (arg) {
	case SLAPI_MATCHINGRULE_NAME: mr->mr_name = value; return 0;
	case SLAPI_MATCHINGRULE_OID: mr->mr_oid = value; return 0;
	case SLAPI_MATCHINGRULE_DESC: mr->mr_desc = value; return 0;
	case SLAPI_MATCHINGRULE_SYNTAX: mr->mr_syntax = value; return 0;
	case SLAPI_MATCHINGRULE_OBSOLETE:
		if (value == NULL)
			return -1;
		mr->mr_obsolete = *(int *)value;
		return 0;
	default: return -1;
	}
}

/* Does a rule, by its name or OID, serve values of the syntax? */
int slapi_matchingrule_is_compat(const char *mr_oid_or_name, const char *syntax_oid)
{
	return mr_oid_or_name && syntax_oid && (slapiGoRule((char *)mr_oid_or_name, (char *)syntax_oid) & 2) != 0;
}

int slapi_matchingrule_is_ordering(const char *oid_or_name, const char *syntax_oid)
{
	return oid_or_name && syntax_oid && (slapiGoRule((char *)oid_or_name, (char *)syntax_oid) & 6) == 6;
}

/* Not for the rules of the collation plug-in, whose keys it alone can make. */
int slapi_matchingrule_can_use_compare_fn(const char *mr_oid_or_name)
{
	return mr_oid_or_name && strncmp(mr_oid_or_name, "2.16.840.1.113730.3.3.2.", 24) != 0 &&
	       slapiGoRule((char *)mr_oid_or_name, NULL) != 0;
}
