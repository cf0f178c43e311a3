/*
 * Memory of the C side: libc malloc, abort when there is none (plug-ins are
 * compiled against headers that promise a result). cshim's own code uses these
 * and plain free, never the slapi_ch_* names, whose meaning can depend on the caller.
 */
#ifndef CSHIM_MEM_H
#define CSHIM_MEM_H

#include <stddef.h>
#include <slapi-plugin.h>

void *cshim_malloc(size_t size);
void *cshim_calloc(size_t n, size_t size);
void *cshim_realloc(void *p, size_t size);
void *cshim_realloc_array(void *p, size_t n, size_t size);
char *cshim_strdup(const char *s);                     /* NULL gives NULL */
char *cshim_strndup(const char *s, size_t n);          /* n bytes and a NUL */
void *cshim_memdup(const void *p, size_t n);           /* a NUL behind the copy; NULL for NULL */

struct berval *cshim_bv_new(const void *p, size_t n);  /* GIVEN */
struct berval *cshim_bv_dup(const struct berval *bv);  /* NULL gives NULL */
struct berval **cshim_bvec_dup(struct berval *const *v);
void cshim_bv_free(struct berval *bv);
void cshim_bvec_free(struct berval **v);

char **cshim_array_dup(char *const *a);
void cshim_array_free(char **a);
/*
 * An object that a plug-in has freed stays readable for a while, empty, so that
 * a function that is given it once more finds nothing in it and a second free
 * finds its mark. p is of at most size bytes and emptied here; it goes back to
 * malloc when CSHIM_RETIRED others have followed it on this thread (at once in a
 * build with the address sanitizer, which is to see such mistakes of ours).
 */
void cshim_retire(void *p, size_t size);
#define CSHIM_RETIRED 64
#ifdef __SANITIZE_ADDRESS__
#define CSHIM_MARK(field, mark) ((void)0)
#else
#define CSHIM_MARK(field, mark) ((void)((field) = (mark))) /* of what has been retired */
#endif
#define CSHIM_FREED 0x0ddf4eed /* the mark, where the object has room for one */

size_t cshim_array_len(const void *array_of_pointers); /* of a NULL-terminated array; 0 for NULL */

#endif
