/* host_util.h: small steps on C objects that the Go side of the host takes. */
#ifndef CSHIM_HOST_UTIL_H
#define CSHIM_HOST_UTIL_H

#include "objects.h"
#include "pblock.h"

/* A new Slapi_DN of these forms of a name (from malloc, taken; NULL where there is
 * none, worked out when asked for). */
Slapi_DN *cshim_name_make(char *udn, char *dn, char *ndn);

/* e takes over the contents of made, whose struct is freed; the old contents
 * live on until the pblock goes. */
void cshim_entry_become(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Entry *made);

/* A NULL-terminated array of entries being built. */
Slapi_Entry **cshim_entries_add(Slapi_Entry **list, size_t n, Slapi_Entry *e);

/* For cshim_pblock_put_own. */
void cshim_free_filter(void *filter);
void cshim_free_bervals(void *array);

#endif
