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
_Atomic uint64_t cshim_generation = 1;

static const struct cshim_type unknown = {
	.name = NULL, .compare = CSHIM_CMP_IGNORE, .generation = 0,
};

static atomic_int compat389;

int cshim_compat389(void)
{
	return atomic_load_explicit(&compat389, memory_order_relaxed);
}

void cshim_types_changed(uint64_t g, int is_389)
{
	atomic_store(&compat389, is_389);
	atomic_store(&cshim_generation, g);
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
	r->type.name_len = r->type.name ? strlen(r->type.name) : 0;
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
	uint64_t g = cshim_types_generation();
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

/* ---- classes: few, and known ones alone, in a list by generation */

#define MAX_CLASSES 4096

static _Atomic(struct cshim_class *) classes[256];
static atomic_size_t class_rows;

static struct cshim_class *look_class(unsigned h, const char *name, size_t n, uint64_t g)
{
	for (struct cshim_class *c = atomic_load_explicit(&classes[h % 256], memory_order_acquire); c; c = c->next)
		if (c->generation == g && strncasecmp(c->key, name, n) == 0 && c->key[n] == '\0')
			return c;
	return NULL;
}

const struct cshim_class *cshim_class_of(const char *name, size_t n)
{
	uint64_t g = cshim_types_generation();
	struct cshim_class *c, *other;
	unsigned h = 0;

	if (n == 0 || n > 512 || memchr(name, '\0', n))
		return NULL;
	for (size_t i = 0; i < n; i++)
		h = h * 31 + lower((unsigned char)name[i]);
	c = look_class(h, name, n, g);
	if (c || atomic_load(&class_rows) >= MAX_CLASSES)
		return c;
	c = cshim_calloc(1, sizeof *c);
	c->key = cshim_strndup(name, n);
	c->generation = g;
	if (slapiGoClass(c->key, c) != 0) {
		free(c->key);
		free(c);
		return NULL;
	}
	c->n = cshim_array_len(c->names);
	c->lens = cshim_calloc(c->n + 1, sizeof *c->lens);
	for (size_t i = 0; i < c->n; i++)
		c->lens[i] = strlen(c->names[i]);
	pthread_mutex_lock(&adding);
	other = look_class(h, name, n, g);
	if (other == NULL) {
		c->next = atomic_load(&classes[h % 256]);
		atomic_store_explicit(&classes[h % 256], c, memory_order_release);
		atomic_fetch_add(&class_rows, 1);
	}
	pthread_mutex_unlock(&adding);
	if (other) {
		cshim_array_free(c->names);
		free(c->lens);
		free(c->key);
		free(c);
		c = other;
	}
	return c;
}
