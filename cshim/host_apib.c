/* The API broker: plug-ins publish tables of functions under a name, others
 * find them. Slot 0 of a table is the broker's: NULL, or the reference count of
 * a table that is counted. Names and tables stay their owners'. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "host_services.h"
#include "mem.h"

struct published {
	struct published *next;
	char *guid;
	void **api;
};

struct count {
	int n;
	slapi_apib_callback_on_zero on_zero;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct published *list;

int slapi_apib_register(char *guid, void **api)
{
	struct published *p, **at;

	if (!guid || !api)
		return -1;
	p = cshim_calloc(1, sizeof *p);
	p->guid = guid;
	p->api = api;
	pthread_mutex_lock(&lock);
	/* The first one of a name is the one that is found. */
	for (at = &list; *at; at = &(*at)->next)
		;
	*at = p;
	pthread_mutex_unlock(&lock);
	return 0;
}

int slapi_apib_unregister(char *guid)
{
	int rc = -1;

	if (!guid)
		return -1;
	pthread_mutex_lock(&lock);
	for (struct published **at = &list; *at; at = &(*at)->next)
		if (strcmp((*at)->guid, guid) == 0) {
			struct published *p = *at;
			*at = p->next;
			free(p);
			rc = 0;
			break;
		}
	pthread_mutex_unlock(&lock);
	return rc;
}

int slapi_apib_get_interface(char *guid, void ***api)
{
	void **found = NULL;

	if (!guid || !api)
		return -1;
	pthread_mutex_lock(&lock);
	for (struct published *p = list; p && !found; p = p->next)
		if (strcmp(p->guid, guid) == 0)
			found = p->api;
	pthread_mutex_unlock(&lock);
	*api = found;
	if (!found)
		return -1;
	if (found[0])
		slapi_apib_addref(found);
	return 0;
}

/* *apilist is NULL-terminated and GIVEN (free the array alone). */
int slapi_apib_get_interface_all(char *guid, void ****apilist)
{
	void ***out = NULL;
	size_t n = 0;

	if (!guid || !apilist)
		return -1;
	*apilist = NULL;
	pthread_mutex_lock(&lock);
	for (struct published *p = list; p; p = p->next)
		if (strcmp(p->guid, guid) == 0) {
			out = cshim_realloc_array(out, n + 2, sizeof *out);
			out[n++] = p->api;
			out[n] = NULL;
		}
	pthread_mutex_unlock(&lock);
	if (!out)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (out[i][0])
			slapi_apib_addref(out[i]);
	*apilist = out;
	return 0;
}

int slapi_apib_make_reference_counted(void **api, slapi_apib_callback_on_zero callback)
{
	struct count *c;

	if (!api || api[0])
		return -1;
	c = cshim_calloc(1, sizeof *c);
	c->on_zero = callback;
	api[0] = c;
	return 0;
}

int slapi_apib_addref(void **api)
{
	struct count *c = api ? api[0] : NULL;

	return c ? __atomic_add_fetch(&c->n, 1, __ATOMIC_SEQ_CST) : 0;
}

int slapi_apib_release(void **api)
{
	struct count *c = api ? api[0] : NULL;
	int n;

	if (!c)
		return 0;
	n = __atomic_sub_fetch(&c->n, 1, __ATOMIC_SEQ_CST);
	/* Who takes the table off the list when nobody uses it says so with 0. */
	if (n == 0 && c->on_zero && c->on_zero(api) == 0) {
		api[0] = NULL;
		free(c);
	}
	return n;
}

void cshim_apib_clear(void)
{
	pthread_mutex_lock(&lock);
	while (list) {
		struct published *p = list;
		list = p->next;
		free(p);
	}
	pthread_mutex_unlock(&lock);
}
