#define _GNU_SOURCE
#include "dialect.h"

#include <link.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct range {
	uintptr_t start, end; /* [start, end) */
	uintptr_t base;
	int dialect;
};

/* A table is never changed once it is published. Readers hold no lock, so an
 * old table cannot be freed: there is one for each load, a few dozen bytes. */
struct table {
	size_t n;
	struct range r[];
};

static _Atomic(struct table *) ranges;
static pthread_mutex_t writer = PTHREAD_MUTEX_INITIALIZER;
static atomic_int fallback = CSHIM_OPENLDAP;
static __thread struct cshim_thread self;

struct cshim_thread *cshim_thread(void)
{
	return &self;
}

void cshim_dialect_default(int dialect)
{
	atomic_store(&fallback, dialect);
}

int cshim_dialect(void *return_address)
{
	uintptr_t a = (uintptr_t)return_address;
	struct table *t = atomic_load_explicit(&ranges, memory_order_acquire);

	if (t) {
		size_t lo = 0, hi = t->n;
		while (lo < hi) {
			size_t mid = lo + (hi - lo) / 2;
			if (a < t->r[mid].start)
				hi = mid;
			else if (a >= t->r[mid].end)
				lo = mid + 1;
			else
				return t->r[mid].dialect;
		}
	}
	if (self.dialect)
		return self.dialect;
	return atomic_load_explicit(&fallback, memory_order_relaxed);
}

struct segments {
	uintptr_t base;
	size_t n;
	struct range r[16];
};

static int collect(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct segments *s = arg;

	(void)size;
	if (info->dlpi_addr != s->base)
		return 0;
	for (int i = 0; i < info->dlpi_phnum && s->n < 16; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		if (p->p_type != PT_LOAD || !(p->p_flags & PF_X))
			continue;
		s->r[s->n].start = info->dlpi_addr + p->p_vaddr;
		s->r[s->n].end = s->r[s->n].start + p->p_memsz;
		s->r[s->n].base = s->base;
		s->n++;
	}
	return 1;
}

static int by_start(const void *a, const void *b)
{
	const struct range *x = a, *y = b;
	return x->start < y->start ? -1 : x->start > y->start;
}

/* Publishes the present table without the ranges of base, and with added. */
static int replace(uintptr_t base, const struct segments *added)
{
	struct table *old = atomic_load(&ranges);
	size_t have = old ? old->n : 0, more = added ? added->n : 0;
	struct table *t = malloc(sizeof *t + (have + more) * sizeof t->r[0]);

	if (!t)
		return -1;
	t->n = 0;
	for (size_t i = 0; i < have; i++)
		if (old->r[i].base != base)
			t->r[t->n++] = old->r[i];
	for (size_t i = 0; i < more; i++)
		t->r[t->n++] = added->r[i];
	qsort(t->r, t->n, sizeof t->r[0], by_start);
	atomic_store_explicit(&ranges, t, memory_order_release);
	return 0;
}

int cshim_dialect_add(uintptr_t base, int dialect)
{
	struct segments s = { .base = base };
	int rc;

	dl_iterate_phdr(collect, &s);
	if (s.n == 0)
		return -1;
	for (size_t i = 0; i < s.n; i++)
		s.r[i].dialect = dialect;
	pthread_mutex_lock(&writer);
	rc = replace(base, &s);
	pthread_mutex_unlock(&writer);
	return rc;
}

void cshim_dialect_remove(uintptr_t base)
{
	pthread_mutex_lock(&writer);
	replace(base, NULL);
	pthread_mutex_unlock(&writer);
}
