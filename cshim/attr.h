/* Attributes and attribute descriptions inside cshim. */
#ifndef CSHIM_ATTR_H
#define CSHIM_ATTR_H

#include "objects.h"
#include "types.h"
#include "value.h"

/* The row of the attribute's type, kept in the attribute. */
const struct cshim_type *cshim_attr_type(const Slapi_Attr *a);
/* Two descriptions name the same attribute: same type under any of its names, same options. */
int cshim_desc_equal(const char *a, const char *b);
Slapi_Attr *cshim_attr_make(const char *desc);       /* GIVEN */
/* The same with an array for n values (one block for all); len is the description's length. */
Slapi_Attr *cshim_attr_with(const char *desc, size_t len, size_t n);
void cshim_attr_drop(Slapi_Attr *a);
void cshim_attrs_drop(Slapi_Attr *list);             /* the whole list */
Slapi_Attr *cshim_attr_copy(const Slapi_Attr *a);
long cshim_attr_find(const Slapi_Attr *a, const void *bytes, size_t len);
/* Description as OpenLDAP spells it: schema spelling of the type, options in lower case. GIVEN. */
char *cshim_desc_canonical(const char *desc);

#endif
