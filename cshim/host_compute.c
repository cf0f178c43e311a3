/* Attributes that plug-ins compute when an entry is read, and search requests
 * that plug-ins rewrite before they are carried out. */
#include <pthread.h>
#include <stdlib.h>

#include "host_services.h"
#include "mem.h"
#include "pblock.h"

struct _computed_attr_context {
	struct cshim_compute out;
};

struct listed {
	struct listed *next;
	void *fn;
	int rootonly;
	struct cshim_plugin *plugin;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct listed *evaluators, *rewriters;

/* Rows are added at the end and stay, so that readers need no lock. */
static int add(struct listed **list, void *fn, int rootonly)
{
	struct listed *l, **at;

	if (!fn)
		return -1;
	l = cshim_calloc(1, sizeof *l);
	l->fn = fn;
	l->rootonly = rootonly;
	l->plugin = cshim_thread()->plugin;
	pthread_mutex_lock(&lock);
	for (at = list; *at && (*at)->fn != fn; at = &(*at)->next)
		;
	if (*at) {
		(*at)->plugin = l->plugin; /* once more, after a restart */
		free(l);
	} else {
		__atomic_store_n(at, l, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&lock);
	return 0;
}

int slapi_compute_add_evaluator_ext(slapi_compute_callback_t function, int rootonly)
{
	return add(&evaluators, (void *)function, rootonly);
}

int slapi_compute_add_evaluator(slapi_compute_callback_t function)
{
	return slapi_compute_add_evaluator_ext(function, 0);
}

int slapi_compute_add_search_rewriter(slapi_search_rewrite_callback_t function)
{
	return add(&rewriters, (void *)function, 0);
}

int cshim_compute_any(void)
{
	return __atomic_load_n(&evaluators, __ATOMIC_ACQUIRE) != NULL;
}

int cshim_rewrite_any(void)
{
	return __atomic_load_n(&rewriters, __ATOMIC_ACQUIRE) != NULL;
}

/* Functions of a plug-in whose server ended are not called again. */
void cshim_compute_clear(void)
{
	pthread_mutex_lock(&lock);
	evaluators = rewriters = NULL; /* the rows stay: a walk may be on them */
	pthread_mutex_unlock(&lock);
}

/* -1: nobody knows the type; 0: done; else the error of the one that tried. */
int compute_evaluator(computed_attr_context *c, char *type, Slapi_Entry *e, slapi_compute_output_t outputfn)
{
	int rc = -1, is_root = 0;

	if (c && c->out.pb)
		cshim_pblock_get(c->out.pb, SLAPI_REQUESTOR_ISROOT, &is_root, CSHIM_389);
	for (struct listed *l = __atomic_load_n(&evaluators, __ATOMIC_ACQUIRE); l && rc == -1; l = l->next) {
		struct cshim_thread saved;
		if (l->rootonly && !is_root)
			continue;
		saved = *cshim_thread();
		cshim_thread()->plugin = l->plugin;
		rc = ((slapi_compute_callback_t)l->fn)(c, type, e, outputfn);
		*cshim_thread() = saved;
	}
	return rc;
}

static int hand_out(computed_attr_context *c, Slapi_Attr *a, Slapi_Entry *e)
{
	(void)e;
	return c->out.output(c->out.data, a);
}

int cshim_compute(Slapi_PBlock *pb, char *type, Slapi_Entry *e, void *data, int (*output)(void *data, Slapi_Attr *a))
{
	computed_attr_context c = { { pb, data, output } };

	return compute_evaluator(&c, type, e, hand_out);
}

int slapi_x_compute_get_pblock(computed_attr_context *c, Slapi_PBlock **pb)
{
	if (!c || !pb || !c->out.pb)
		return -1;
	*pb = c->out.pb;
	return 0;
}

/* The rewriters in turn, until one does something: -1 none did, 0 the request is
 * another one now, 1 the search is refused, 2 an error. */
int compute_rewrite_search_filter(Slapi_PBlock *pb)
{
	int rc = -1;

	for (struct listed *l = __atomic_load_n(&rewriters, __ATOMIC_ACQUIRE); l && rc == -1; l = l->next) {
		struct cshim_thread saved = *cshim_thread();

		cshim_thread()->plugin = l->plugin;
		rc = ((slapi_search_rewrite_callback_t)l->fn)(pb);
		*cshim_thread() = saved;
	}
	return rc;
}
