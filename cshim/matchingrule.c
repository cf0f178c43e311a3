/* Slapi_MatchingRuleEntry: a description of a matching rule that a plug-in builds. */
#include <stdlib.h>
#include <string.h>

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
