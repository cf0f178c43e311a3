/* Entries inside cshim. */
#ifndef CSHIM_ENTRY_H
#define CSHIM_ENTRY_H

#include "attr.h"
#include "objects.h"

/* Attribute of exactly this description (any of the type's names), NULL when absent. */
Slapi_Attr *cshim_entry_attr(const Slapi_Entry *e, const char *desc);
/* The same, made when absent. */
Slapi_Attr *cshim_entry_need(Slapi_Entry *e, const char *desc);
/* 0, or 1 when it was not there. */
int cshim_entry_remove(Slapi_Entry *e, const char *desc);
const char *cshim_entry_first(const Slapi_Entry *e, const char *desc); /* LENT, NULL */
void cshim_entry_drop(Slapi_Entry *e);
/* An LDIF record as slapi_str2entry reads it; GIVEN, NULL for one that is not plain. */
Slapi_Entry *cshim_entry_read(const char *dn, const char *text, int flags, int is_389);

#endif
