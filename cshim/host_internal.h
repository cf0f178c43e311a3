/* host_internal.h: where the description of an internal operation is kept in a
 * pblock, beside the parameters that have a public number. */
#ifndef CSHIM_HOST_INTERNAL_H
#define CSHIM_HOST_INTERNAL_H

/* OpenLDAP's private number of the flags of an internal operation; a pointer-wide value. */
#define CSHIM_INTOP_FLAGS 1401

#endif
