/* Memory functions: slapi_ch_* and what cshim itself uses. */
#define _GNU_SOURCE
#include "mem.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialect.h"

static void *need(void *p, size_t size)
{
	if (p == NULL) {
		fprintf(stderr, "libslapi: out of memory (%zu bytes)\n", size);
		abort();
	}
	return p;
}

void *cshim_malloc(size_t size)
{
	return need(malloc(size ? size : 1), size);
}

/* malloc has a cache for each thread, which calloc of older libcs goes past. */
void *cshim_calloc(size_t n, size_t size)
{
	if (n > 0 && size > 0 && n <= 1024 && size <= 1024 / n)
		return memset(cshim_malloc(n * size), 0, n * size);
	return need(calloc(n ? n : 1, size ? size : 1), n * size);
}

void *cshim_realloc(void *p, size_t size)
{
	return need(realloc(p, size ? size : 1), size);
}

void *cshim_realloc_array(void *p, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		need(NULL, n);
	return cshim_realloc(p, total);
}

char *cshim_strdup(const char *s)
{
	return s ? cshim_memdup(s, strlen(s)) : NULL;
}

char *cshim_strndup(const char *s, size_t n)
{
	return cshim_memdup(s, n);
}

void *cshim_memdup(const void *p, size_t n)
{
	char *copy;

	if (p == NULL)
		return NULL;
	copy = cshim_malloc(n + 1);
	if (n)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

size_t cshim_array_len(const void *array)
{
	void *const *a = array;
	size_t n = 0;

	if (a)
		while (a[n])
			n++;
	return n;
}

/* ---- what plug-ins have freed */

#ifdef __SANITIZE_ADDRESS__
void cshim_retire(void *p, size_t size)
{
	(void)size;
	free(p);
}
#else
static __thread struct retired {
	void *block[CSHIM_RETIRED];
	unsigned next;
	int known; /* to the key below */
} retired;
static pthread_key_t retired_key;
static pthread_once_t retired_once = PTHREAD_ONCE_INIT;

static void thread_ends(void *arg)
{
	struct retired *r = arg;

	for (unsigned i = 0; i < CSHIM_RETIRED; i++)
		free(r->block[i]);
	memset(r, 0, sizeof *r);
}

static void make_retired_key(void)
{
	pthread_key_create(&retired_key, thread_ends);
}

void cshim_retire(void *p, size_t size)
{
	struct retired *r = &retired;

	if (__builtin_expect(!r->known, 0)) {
		pthread_once(&retired_once, make_retired_key);
		pthread_setspecific(retired_key, r);
		r->known = 1;
	}
	memset(p, 0, size);
	free(r->block[r->next]);
	r->block[r->next] = p;
	r->next = (r->next + 1) % CSHIM_RETIRED;
}
#endif

/* ---- bervals */

struct berval *cshim_bv_new(const void *p, size_t n)
{
	struct berval *bv = cshim_malloc(sizeof *bv);

	bv->bv_len = n;
	bv->bv_val = cshim_memdup(p, n);
	return bv;
}

struct berval *cshim_bv_dup(const struct berval *bv)
{
	return bv ? cshim_bv_new(bv->bv_val, bv->bv_val ? bv->bv_len : 0) : NULL;
}

struct berval **cshim_bvec_dup(struct berval *const *v)
{
	struct berval **copy;
	size_t n = cshim_array_len(v);

	if (v == NULL)
		return NULL;
	copy = cshim_malloc((n + 1) * sizeof *copy);
	for (size_t i = 0; i < n; i++)
		copy[i] = cshim_bv_dup(v[i]);
	copy[n] = NULL;
	return copy;
}

void cshim_bv_free(struct berval *bv)
{
	if (bv) {
		free(bv->bv_val);
		free(bv);
	}
}

void cshim_bvec_free(struct berval **v)
{
	if (v == NULL)
		return;
	for (size_t i = 0; v[i]; i++)
		cshim_bv_free(v[i]);
	free(v);
}

/* ---- string arrays */

char **cshim_array_dup(char *const *a)
{
	char **copy;
	size_t n = cshim_array_len(a);

	if (a == NULL)
		return NULL;
	copy = cshim_malloc((n + 1) * sizeof *copy);
	for (size_t i = 0; i < n; i++)
		copy[i] = cshim_strdup(a[i]);
	copy[n] = NULL;
	return copy;
}

void cshim_array_free(char **a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; a[i]; i++)
		free(a[i]);
	free(a);
}

/* ---- the exported family */

char *slapi_ch_malloc(unsigned long size)
{
	return cshim_malloc(size);
}

char *slapi_ch_calloc(unsigned long nelem, unsigned long size)
{
	return cshim_calloc(nelem, size);
}

char *slapi_ch_realloc(char *block, unsigned long size)
{
	return cshim_realloc(block, size);
}

/* posix_memalign wants a power of two that is a multiple of a pointer's size. */
char *slapi_ch_memalign(uint32_t size, uint32_t alignment)
{
	void *p = NULL;

	if (alignment < sizeof(void *))
		alignment = sizeof(void *);
	if (alignment & (alignment - 1))
		return need(NULL, size);
	if (posix_memalign(&p, alignment, size ? size : 1) != 0)
		p = NULL;
	return need(p, size);
}

char *slapi_ch_strdup(const char *s)
{
	return cshim_strdup(s);
}

size_t slapi_ch_stlen(const char *s)
{
	return s ? strlen(s) : 0;
}

/* An IBM plug-in gives the block itself, the others the address of the pointer. */
void slapi_ch_free(void **ptr)
{
	if (ptr == NULL)
		return;
	if (__builtin_expect(cshim_dialect(CSHIM_CALLER()) == CSHIM_IBM, 0)) {
		free((void *)ptr);
		return;
	}
	free(*ptr);
	*ptr = NULL;
}

void slapi_ch_free_string(char **s)
{
	if (s) {
		free(*s);
		*s = NULL;
	}
}

struct berval *slapi_ch_bvdup(const struct berval *bv)
{
	return cshim_bv_dup(bv);
}

struct berval **slapi_ch_bvecdup(struct berval **v)
{
	return cshim_bvec_dup(v);
}

void slapi_ch_bvfree(struct berval **v)
{
	if (v) {
		cshim_bv_free(*v);
		*v = NULL;
	}
}

void slapi_ber_bvdone(struct berval *bv)
{
	if (bv) {
		free(bv->bv_val);
		bv->bv_val = NULL;
		bv->bv_len = 0;
	}
}

/* The old value of bvd is not freed: it may be a fresh stack variable. */
void slapi_ber_bvcpy(struct berval *bvd, const struct berval *bvs)
{
	if (bvd == NULL || bvs == NULL)
		return;
	bvd->bv_len = bvs->bv_val ? bvs->bv_len : 0;
	bvd->bv_val = cshim_memdup(bvs->bv_val, bvd->bv_len);
}

char *slapi_ch_smprintf(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;
	int n;

	if (fmt == NULL)
		return NULL;
	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	return n < 0 ? NULL : s;
}

/* ---- string arrays, exported */

void slapi_ch_array_free(char **array)
{
	cshim_array_free(array);
}

char **slapi_ch_array_dup(char **array)
{
	return cshim_array_dup(array);
}

int slapi_ch_array_add_ext(char ***array, char *string)
{
	size_t n;

	if (array == NULL)
		return 0;
	n = cshim_array_len(*array);
	if (string == NULL)
		return (int)n;
	*array = cshim_realloc_array(*array, n + 2, sizeof **array);
	(*array)[n] = string;
	(*array)[n + 1] = NULL;
	return (int)n + 1;
}

void slapi_ch_array_add(char ***array, char *string)
{
	slapi_ch_array_add_ext(array, string);
}

void charray_add(char ***array, char *string)
{
	slapi_ch_array_add_ext(array, string);
}

void charray_free(char **array)
{
	cshim_array_free(array);
}

int charray_inlist(char **array, char *string)
{
	if (array && string)
		for (size_t i = 0; array[i]; i++)
			if (strcasecmp(array[i], string) == 0)
				return 1;
	return 0;
}

int slapi_ch_array_utf8_inlist(char **array, char *string)
{
	if (array && string)
		for (size_t i = 0; array[i]; i++)
			if (slapi_utf8casecmp((unsigned char *)array[i], (unsigned char *)string) == 0)
				return 1;
	return 0;
}

void charray_merge(char ***array, char **more, int copy)
{
	size_t n, add;

	if (array == NULL || more == NULL)
		return;
	n = cshim_array_len(*array);
	add = cshim_array_len(more);
	*array = cshim_realloc_array(*array, n + add + 1, sizeof **array);
	for (size_t i = 0; i < add; i++)
		(*array)[n + i] = copy ? cshim_strdup(more[i]) : more[i];
	(*array)[n + add] = NULL;
}

void charray_merge_nodup(char ***array, char **more, int copy)
{
	if (array == NULL || more == NULL)
		return;
	for (size_t i = 0; more[i]; i++)
		if (!charray_inlist(*array, more[i]))
			slapi_ch_array_add_ext(array, copy ? cshim_strdup(more[i]) : more[i]);
}

int charray_remove(char **array, const char *string, int freeit)
{
	if (array == NULL || string == NULL)
		return 0;
	for (size_t i = 0; array[i]; i++) {
		if (strcasecmp(array[i], string) != 0)
			continue;
		if (freeit)
			free(array[i]);
		do
			array[i] = array[i + 1];
		while (array[i++]);
		return 1;
	}
	return 0;
}

/* The strings taken out of a itself are freed; a copy in *c is all its own. */
void charray_subtract(char **a, char **b, char ***c)
{
	char **from = a;
	size_t keep = 0;

	if (c)
		*c = from = cshim_array_dup(a);
	if (from == NULL || b == NULL)
		return;
	for (size_t i = 0; from[i]; i++) {
		if (slapi_ch_array_utf8_inlist(b, from[i]))
			free(from[i]);
		else
			from[keep++] = from[i];
	}
	from[keep] = NULL;
}

/* Splits at any character of brkstr; str is cut in place, the strings are copies. */
char **slapi_str2charray(char *str, char *brkstr)
{
	return slapi_str2charray_ext(str, brkstr, 1);
}

/* allow_dups 0: a word that is there (in any case) is not taken once more. */
char **slapi_str2charray_ext(char *str, char *brkstr, int allow_dups)
{
	char **result = NULL, *rest = NULL;
	size_t n = 0;

	if (str == NULL || brkstr == NULL)
		return NULL;
	for (char *word = strtok_r(str, brkstr, &rest); word; word = strtok_r(NULL, brkstr, &rest)) {
		if (!allow_dups && charray_inlist(result, word))
			continue;
		result = cshim_realloc_array(result, n + 2, sizeof *result);
		result[n++] = cshim_strdup(word);
		result[n] = NULL;
	}
	if (result == NULL)
		result = cshim_calloc(1, sizeof *result);
	return result;
}

/* libldap's names for arrays of strings, served with our memory. */
void slapi_ldap_value_free(char **vals)
{
	cshim_array_free(vals);
}

int slapi_ldap_count_values(char **vals)
{
	return (int)cshim_array_len(vals);
}
