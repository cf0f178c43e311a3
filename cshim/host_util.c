#include "host_util.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

static void set_name(Slapi_DN *sdn, char *udn, char *dn, char *ndn)
{
	slapi_sdn_done(sdn);
	if (!udn && dn)
		udn = cshim_strdup(dn);
	sdn->udn = udn;
	sdn->dn = dn;
	sdn->ndn = ndn;
	sdn->ndn_len = ndn ? (int)strlen(ndn) : 0;
	sdn->flag |= (udn ? CSHIM_DN_OWNS_UDN : 0) | (dn ? CSHIM_DN_OWNS_DN : 0) | (ndn ? CSHIM_DN_OWNS_NDN : 0);
}

Slapi_DN *cshim_name_make(char *udn, char *dn, char *ndn)
{
	Slapi_DN *sdn = slapi_sdn_new();
	set_name(sdn, udn, dn, ndn);
	return sdn;
}

void cshim_entry_become(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Entry *made)
{
	struct slapi_entry old = *e;
	unsigned char own = e->e_own;
	void *extension = e->e_extension;

	*e = *made;
	e->e_own = own;
	e->e_extension = extension;
	*made = old;
	made->e_extension = NULL;
	made->e_own &= (unsigned char)~CSHIM_ENTRY_LENT;
	cshim_pblock_keep(pb, made, cshim_free_entry);
}

Slapi_Entry **cshim_entries_add(Slapi_Entry **list, size_t n, Slapi_Entry *e)
{
	list = (Slapi_Entry **)slapi_ch_realloc((char *)list, (n + 2) * sizeof *list);
	list[n] = e;
	list[n + 1] = NULL;
	return list;
}

void cshim_free_filter(void *filter)
{
	slapi_filter_free(filter, 1);
}

void cshim_free_bervals(void *array)
{
	struct berval **list = array;

	for (size_t i = 0; list && list[i]; i++) {
		free(list[i]->bv_val);
		free(list[i]);
	}
	free(list);
}
