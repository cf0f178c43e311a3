/* slapi_ch_*, string arrays, bervals. */
#include <stdint.h>

#include "check.h"

void charray_merge(char ***a, char **s, int copy);
void charray_merge_nodup(char ***a, char **s, int copy);
int charray_remove(char **a, const char *s, int freeit);
void charray_subtract(char **a, char **b, char ***c);
int charray_inlist(char **a, char *s);

static void blocks(void)
{
	char *p = slapi_ch_malloc(0), *q, *zero;
	size_t i;

	CHECK(p != NULL);
	p = slapi_ch_realloc(p, 64);
	memset(p, 'x', 64);
	q = slapi_ch_realloc(p, 4096);
	INT(q[63], 'x');
	slapi_ch_free((void **)&q);
	CHECK(q == NULL);
	slapi_ch_free((void **)&q); /* again: nothing happens */
	slapi_ch_free(NULL);
	zero = slapi_ch_calloc(10, 10);
	for (i = 0; i < 100 && zero[i] == 0; i++)
		;
	INT(i, 100);
	slapi_ch_free_string(&zero);
	CHECK(zero == NULL);
	slapi_ch_free_string(NULL);
	p = slapi_ch_strdup("text");
	STR(p, "text");
	slapi_ch_free_string(&p);
	STR(slapi_ch_strdup(NULL), NULL);
	p = slapi_ch_memalign(100, 256);
	INT((uintptr_t)p % 256, 0);
	slapi_ch_free_string(&p);
	p = slapi_ch_smprintf("%s-%d-%5.2f", "a", 7, 1.5);
	STR(p, "a-7- 1.50");
	slapi_ch_free_string(&p);
	STR(slapi_ch_smprintf(NULL), NULL);
	INT(slapi_ch_stlen("four"), 4);
	INT(slapi_ch_stlen(NULL), 0);
	/* blocks are libc's: either side may free them */
	p = slapi_ch_malloc(10);
	free(p);
	p = malloc(10);
	slapi_ch_free_string(&p);
}

static void ibm(void)
{
	char *p = slapi_ch_malloc(10);

	cshim_dialect_default(IBM);
	slapi_ch_free((void **)p); /* the block itself; valgrind tells whether it was freed */
	cshim_dialect_default(OPENLDAP);
	passed++;
}

static void arrays(void)
{
	char **a = NULL, **b, **c = NULL, *more[] = { "two", "THREE", NULL };

	slapi_ch_array_add(&a, slapi_ch_strdup("one"));
	slapi_ch_array_add(&a, slapi_ch_strdup("two"));
	INT(slapi_ch_array_add_ext(&a, slapi_ch_strdup("three")), 3);
	slapi_ch_array_add(&a, NULL);
	slapi_ch_array_add(NULL, "x");
	STR(a[2], "three");
	STR(a[3], NULL);
	b = slapi_ch_array_dup(a);
	CHECK(b != a && b[0] != a[0]);
	STR(b[1], "two");
	CHECK(charray_inlist(a, "TWO"));
	CHECK(!charray_inlist(a, "four"));
	CHECK(!charray_inlist(NULL, "four"));
	CHECK(!charray_inlist(a, NULL));
	charray_merge_nodup(&b, more, 1);
	STR(b[3], NULL);
	charray_merge(&b, more, 1);
	STR(b[4], "THREE");
	STR(b[5], NULL);
	INT(charray_remove(b, "TWO", 1), 1);
	STR(b[1], "three");
	INT(charray_remove(b, "nosuch", 1), 0);
	INT(charray_remove(NULL, "x", 1), 0);
	charray_subtract(a, more, &c);
	STR(c[0], "one");
	STR(c[1], NULL);
	STR(a[2], "three");
	slapi_ch_array_free(a);
	slapi_ch_array_free(b);
	slapi_ch_array_free(c);
	slapi_ch_array_free(NULL);
	CHECK(slapi_ch_array_dup(NULL) == NULL);
	char text[] = "a, b,,c";
	a = slapi_str2charray(text, ", ");
	STR(a[0], "a");
	STR(a[1], "b");
	STR(a[2], "c");
	STR(a[3], NULL);
	slapi_ch_array_free(a);
	char none[] = "";
	a = slapi_str2charray(none, ",");
	CHECK(a && a[0] == NULL);
	slapi_ch_array_free(a);
}

static void bervals(void)
{
	struct berval in = { 3, "a\0b" }, *dup = slapi_ch_bvdup(&in), copy, **v, *list[] = { &in, &in, NULL };

	INT(dup->bv_len, 3);
	INT(memcmp(dup->bv_val, "a\0b", 4), 0); /* a NUL stands behind it */
	slapi_ch_bvfree(&dup);
	CHECK(dup == NULL);
	CHECK(slapi_ch_bvdup(NULL) == NULL);
	v = slapi_ch_bvecdup(list);
	CHECK(v[0] != &in && v[1] && v[2] == NULL);
	slapi_ch_bvfree(&v[0]);
	slapi_ch_bvfree(&v[1]);
	free(v);
	CHECK(slapi_ch_bvecdup(NULL) == NULL);
	slapi_ber_bvcpy(&copy, &in);
	INT(copy.bv_len, 3);
	slapi_ber_bvdone(&copy);
	CHECK(copy.bv_val == NULL && copy.bv_len == 0);
	slapi_ber_bvdone(NULL);
	slapi_ber_bvcpy(NULL, &in);
}

int main(void)
{
	blocks();
	ibm();
	arrays();
	bervals();
	return done();
}
