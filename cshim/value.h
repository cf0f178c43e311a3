/* Values and value sets inside cshim. */
#ifndef CSHIM_VALUE_H
#define CSHIM_VALUE_H

#include "objects.h"
#include "types.h"

void cshim_value_put(Slapi_Value *v, const void *bytes, size_t len);    /* copies */
Slapi_Value *cshim_value_make(const void *bytes, size_t len);           /* GIVEN */
Slapi_Value *cshim_value_copy(const Slapi_Value *v);                    /* GIVEN */
void cshim_value_drop(Slapi_Value *v);

/* v is TAKEN. */
void cshim_set_append(Slapi_ValueSet *vs, Slapi_Value *v);
void cshim_set_reserve(Slapi_ValueSet *vs, size_t n);
void cshim_set_drop_array(Slapi_ValueSet *vs); /* the array alone, not the values */
/* Takes the value at i out of the set; the caller owns it. */
Slapi_Value *cshim_set_take(Slapi_ValueSet *vs, size_t i);
void cshim_set_clear(Slapi_ValueSet *vs);
void cshim_set_copy(Slapi_ValueSet *to, const Slapi_ValueSet *from);    /* appends copies */
/* Index of the value that equals these bytes by the type's rule, -1 none. */
long cshim_set_find(const char *type, const struct cshim_type *t, const Slapi_ValueSet *vs, const void *bytes,
                    size_t len);

/*
 * Compares by the equality rule of the type (kind 0) or by its ordering rule
 * (kind 1): negative, 0, positive. Plain ASCII text is compared here, the rest
 * in Go. t may be NULL.
 */
int cshim_compare(const char *type, const struct cshim_type *t, int kind, const void *a, size_t alen, const void *b,
                  size_t blen);

#endif
