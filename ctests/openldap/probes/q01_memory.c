/* q01_memory: memory, arrays of strings and of bervals. */
#include "q.h"

static void probe_run(Slapi_PBlock *pb)
{
	char *s, **a = NULL;
	struct berval *b, **v, *in[3] = { bv("one"), bv("two"), NULL };

	P(s = slapi_ch_malloc(10));
	strcpy(s, "kept text");
	T(s = slapi_ch_realloc(s, 1000));
	slapi_ch_free((void **)&s);
	P(s);
	slapi_ch_free((void **)&s);
	slapi_ch_free_string(&s);
	s = slapi_ch_calloc(4, 8);
	I(memcmp(s, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32));
	slapi_ch_free_string(&s);
	P(s);
	P(s = slapi_ch_realloc(NULL, 5));
	slapi_ch_free((void **)&s);
	T(s = slapi_ch_strdup("copied"));
	slapi_ch_free_string(&s);
	T(s = slapi_ch_strdup(""));
	slapi_ch_free_string(&s);
	if (SAFE_O)
		PW(slapi_ch_strdup(NULL));
	b = slapi_ch_bvdup(in[0]);
	T(B(b));
	I(b->bv_val != in[0]->bv_val);
	ber_bvfree(b);
	if (SAFE)
		PW(b = slapi_ch_bvdup(NULL));
	v = slapi_ch_bvecdup((void *)in);
	T(B(v[0]));
	T(B(v[1]));
	P(v[2]);
	ber_bvecfree(v);
	if (SAFE)
		PW(v = slapi_ch_bvecdup(NULL));
	if (SAFE)
		slapi_ch_array_free(NULL);
	a = (char **)slapi_ch_calloc(3, sizeof *a);
	a[0] = slapi_ch_strdup("x");
	a[1] = slapi_ch_strdup("y");
	slapi_ch_array_free(a);
#ifndef DS389
	I(slapi_ch_stlen("four"));
	I(slapi_ch_stlen(""));
#else
	a = NULL;
	slapi_ch_array_add(&a, slapi_ch_strdup("first"));
	slapi_ch_array_add(&a, slapi_ch_strdup("second"));
	T(a[1]);
	P(a[2]);
	char **copy = slapi_ch_array_dup(a);
	T(copy[0]);
	I(copy[0] != a[0]);
	slapi_ch_array_free(copy);
	slapi_ch_array_free(a);
	T(s = slapi_ch_smprintf("%d-%s", 7, "x"));
	slapi_ch_free_string(&s);
#endif
}
PROBE_MAIN(q01)
