/* host_check.h: see host_check.c. */
#ifndef CSHIM_HOST_CHECK_H
#define CSHIM_HOST_CHECK_H

/* The file of the object in the global scope that defines a name, "" when none
 * does. LENT. */
const char *cshim_symbol_file(const char *name);
/* Whether the dynamic linker finds a library. */
int cshim_library_there(const char *soname);

#endif
