/*
 * Objects from flat buffers: the Go side writes an entry, a set of values or a
 * list of mods as one run of bytes, so that making one costs one crossing.
 * Numbers are 32 bit, native order; a string is its length and its bytes.
 */
#ifndef CSHIM_BUILD_H
#define CSHIM_BUILD_H

#include "objects.h"

/* pretty dn, norm dn, number of attributes, each: description, number of values, values. GIVEN. */
Slapi_Entry *cshim_build_entry(const void *buf, uint64_t id);
/* number of mods, each: op, type, number of values, values (bervals). GIVEN, NULL for none. */
LDAPMod **cshim_build_mods(const void *buf);
/* number of values, values. GIVEN. */
Slapi_ValueSet *cshim_build_valueset(const void *buf);
struct berval **cshim_build_bervals(const void *buf);
/* number of controls, each: oid, critical, has value, value. GIVEN, NULL for none. */
LDAPControl **cshim_build_controls(const void *buf);
/* pretty, norm. GIVEN. */
Slapi_DN *cshim_build_sdn(const void *buf);

#endif
