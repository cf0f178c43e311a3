/* check.h: counting checks for the C tests. Each program prints
 * "N passed, N failed" and exits with 1 when a check failed. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <slapi-plugin.h>

static int passed, failed;

#define CHECK(cond) check_((cond) != 0, #cond, __FILE__, __LINE__)
#define INT(got, want) int_((long)(got), (long)(want), #got, __FILE__, __LINE__)
#define STR(got, want) str_((got), (want), #got, __FILE__, __LINE__)

static inline void check_(int ok, const char *what, const char *file, int line)
{
	if (ok) {
		passed++;
	} else {
		failed++;
		printf("%s:%d: failed: %s\n", file, line, what);
	}
}

static inline void int_(long got, long want, const char *what, const char *file, int line)
{
	if (got == want) {
		passed++;
	} else {
		failed++;
		printf("%s:%d: %s is %ld, want %ld\n", file, line, what, got, want);
	}
}

static inline void str_(const char *got, const char *want, const char *what, const char *file, int line)
{
	if (got == want || (got && want && strcmp(got, want) == 0)) {
		passed++;
	} else {
		failed++;
		printf("%s:%d: %s is %s, want %s\n", file, line, what, got ? got : "NULL", want ? want : "NULL");
	}
}

static inline int done(void)
{
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}

/* The dialect of callers that are no plug-in, as this program is. */
enum { OPENLDAP = 1, DS389 = 2, IBM = 3 };
void cshim_dialect_default(int dialect);

static inline struct berval *bv_(struct berval *bv, const char *s)
{
	bv->bv_val = (char *)s;
	bv->bv_len = s ? strlen(s) : 0;
	return bv;
}
#define BV(s) bv_(&(struct berval){ 0, NULL }, s)

#endif
