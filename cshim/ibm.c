/* Functions that only the IBM servers have. */
#include <stdlib.h>
#include <strings.h>

#include "host_goside.h"
#include "mem.h"
#include "objects.h"

/* Whether type is that of be; NULL stands for all. */
static int is_type(const Slapi_Backend *be, const char *type)
{
	return type == NULL || (be->be_type && strcasecmp(be->be_type, type) == 0);
}

/* Databases of a type ("mdb", ...), all of them for NULL. */
int slapi_get_num_be(char *type)
{
	int n = 0;

	for (int i = 0;; i++) {
		Slapi_Backend *be = slapiGoBackendAt(i);
		if (be == NULL)
			return n;
		n += is_type(be, type);
	}
}

void slapi_broadcast_be(int funcType, Slapi_PBlock *pPB)
{
	slapiGoBroadcast(funcType, pPB);
}

/* The entry's memory, as slapi_entry_free, with an answer. */
int slapi_entry_delete(Slapi_Entry *e)
{
	if (e == NULL)
		return -1;
	slapi_entry_free(e);
	return 0;
}
