/* The table of attribute types (types.h): a hash table whose rows are only
 * ever added, so that readers take no lock. */
#include "types.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "goside.h"
#include "mem.h"

#define BUCKETS 2048
#define MAX_ROWS 32768 /* names come from clients too: stop keeping rows some day */

struct row {
	struct cshim_type type;
	struct row *next;
	size_t len;
	char key[]; /* as asked for, lower case, without options */
};

static _Atomic(struct row *) buckets[BUCKETS];
static pthread_mutex_t adding = PTHREAD_MUTEX_INITIALIZER;
static atomic_size_t rows;
static _Atomic uint64_t generation = 1;

static const struct cshim_type unknown = {
	.name = NULL, .compare = CSHIM_CMP_IGNORE, .generation = 0,
};

void cshim_types_changed(uint64_t g)
{
	atomic_store(&generation, g);
}

static inline unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static struct row *look(uint32_t h, const char *name, size_t n, uint64_t g)
{
	for (struct row *r = atomic_load_explicit(&buckets[h % BUCKETS], memory_order_acquire); r; r = r->next)
		if (r->len == n && r->type.generation == g && strncasecmp(r->key, name, n) == 0)
			return r;
	return NULL;
}

/* Asks Go about a name and keeps the answer. */
static const struct cshim_type *add(uint32_t h, const char *desc, size_t n, uint64_t g)
{
	struct row *r = cshim_calloc(1, sizeof *r + n + 1), *other;
	char name[520];

	for (size_t i = 0; i < n; i++)
		r->key[i] = (char)lower((unsigned char)desc[i]);
	r->len = n;
	memcpy(name, desc, n);
	name[n] = '\0';
	if (slapiGoType(name, &r->type) != 0 && r->type.name == NULL)
		r->type.compare = CSHIM_CMP_IGNORE;
	r->type.plain_name = !r->type.known ||
	                     (r->type.compare == CSHIM_CMP_IGNORE && r->type.syntax_oid &&
	                      (strcmp(r->type.syntax_oid, "1.3.6.1.4.1.1466.115.121.1.15") == 0 ||
	                       strcmp(r->type.syntax_oid, "1.3.6.1.4.1.1466.115.121.1.26") == 0));
	r->type.generation = g;
	pthread_mutex_lock(&adding);
	other = look(h, desc, n, g);
	if (other == NULL) {
		r->next = atomic_load(&buckets[h % BUCKETS]);
		atomic_store_explicit(&buckets[h % BUCKETS], r, memory_order_release);
		atomic_fetch_add(&rows, 1);
	}
	pthread_mutex_unlock(&adding);
	if (other) { /* somebody was quicker */
		free(r->type.name);
		free(r->type.oid);
		free(r->type.syntax_oid);
		free(r->type.equality_oid);
		free(r->type.ordering_oid);
		free(r->type.substr_oid);
		cshim_array_free(r->type.names);
		free(r);
		r = other;
	}
	return &r->type;
}

const struct cshim_type *cshim_type_of(const char *desc)
{
	return desc ? cshim_type_of_n(desc, strlen(desc)) : &unknown;
}

const struct cshim_type *cshim_type_of_n(const char *desc, size_t max)
{
	uint64_t g = atomic_load_explicit(&generation, memory_order_relaxed);
	uint32_t h = 2166136261u;
	struct row *r;
	size_t n;

	for (n = 0; n < max && desc[n] != ';'; n++)
		h = (h ^ lower((unsigned char)desc[n])) * 16777619u;
	r = look(h, desc, n, g);
	if (r)
		return &r->type;
	if (n == 0 || n > 512 || atomic_load(&rows) >= MAX_ROWS)
		return &unknown;
	return add(h, desc, n, g);
}
