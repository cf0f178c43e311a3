/* Limits that plug-ins keep in attributes of the entry to which a client is bound
 * (389's resource limits): registered by the attribute's name, asked by a number. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "host.h"
#include "host_goside.h"
#include "host_settings.h"
#include "mem.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char **attrs; /* names stay for ever, so a reader may keep one */
static size_t count;

int slapi_reslimit_register(int type, const char *attrname, int *handlep)
{
	int rc = SLAPI_RESLIMIT_STATUS_SUCCESS;

	if (type != SLAPI_RESLIMIT_TYPE_INT || attrname == NULL || handlep == NULL)
		return SLAPI_RESLIMIT_STATUS_PARAM_ERROR;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < count; i++)
		if (cshim_desc_equal(attrs[i], attrname))
			rc = SLAPI_RESLIMIT_STATUS_PARAM_ERROR;
	if (rc == SLAPI_RESLIMIT_STATUS_SUCCESS) {
		attrs = cshim_realloc_array(attrs, count + 1, sizeof *attrs);
		attrs[count] = cshim_strdup(attrname);
		*handlep = (int)count++;
	}
	pthread_mutex_unlock(&lock);
	return rc;
}

/* The entry is read at each call: a changed limit holds at once. */
int slapi_reslimit_get_integer_limit(Slapi_Connection *conn, int handle, int *limitp)
{
	char *list[2] = { NULL, NULL }, *ndn;
	const char *text;
	Slapi_Entry *e = NULL;
	Slapi_DN *at;
	int rc = SLAPI_RESLIMIT_STATUS_NOVALUE;

	if (limitp == NULL)
		return SLAPI_RESLIMIT_STATUS_PARAM_ERROR;
	if (conn == NULL)
		return SLAPI_RESLIMIT_STATUS_NOVALUE;
	pthread_mutex_lock(&lock);
	if (handle >= 0 && (size_t)handle < count)
		list[0] = attrs[handle];
	pthread_mutex_unlock(&lock);
	if (list[0] == NULL)
		return SLAPI_RESLIMIT_STATUS_UNKNOWN_HANDLE;
	ndn = slapiGoConnectionDN(conn);
	if (ndn == NULL)
		return SLAPI_RESLIMIT_STATUS_NOVALUE;
	at = slapi_sdn_new_ndn_byref(ndn);
	slapi_search_internal_get_entry(at, list, &e, plugin_get_default_component_id());
	text = e ? slapi_entry_attr_get_ref(e, list[0]) : NULL;
	if (text && *text) {
		char *end;
		long n = strtol(text, &end, 10);
		if (*end == '\0') {
			*limitp = (int)n;
			rc = SLAPI_RESLIMIT_STATUS_SUCCESS;
		}
	}
	slapi_entry_free(e);
	slapi_sdn_free(&at);
	free(ndn);
	return rc;
}
