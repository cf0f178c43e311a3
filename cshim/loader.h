/* loader.h: the dynamic linker's side of loading a plug-in. What to load, in
 * which order and what a failure means is decided in Go (libslapi/host_load.go). */
#ifndef CSHIM_LOADER_H
#define CSHIM_LOADER_H

#include <stddef.h>
#include <stdint.h>

/* Every error is a string from malloc which the caller frees. */

/* The path of the object that contains libslapi, and whether its symbols were
 * put into the global scope (so that a plug-in which names no library finds
 * them). A statically linked libslapi gives the program. */
const char *cshim_self_path(void);
char *cshim_self_global(void);

/* Opens a library into the global scope. NULL or the error. */
char *cshim_open_global(const char *name);

/* Opens a plug-in. */
void *cshim_object_open(const char *path, int now, int global, char **error);
void *cshim_object_symbol(void *handle, const char *name);
/* Load address and file of an opened object. */
uintptr_t cshim_object_base(void *handle);
const char *cshim_object_path(void *handle);
void cshim_object_close(void *handle);

/* names: n strings, one behind the other, each ended by a NUL. missing[i] is set to
 * 1 when neither the global scope nor the object and its libraries define name i. */
void cshim_unresolved(void *handle, const char *names, int n, unsigned char *missing);

/* Every mapped object's path, one behind the other, each ended by a NUL, the list by
 * an empty one; from malloc. */
char *cshim_mapped(void);

/* Is a function of this name in the global scope? Its address or NULL. */
void *cshim_global_symbol(const char *name);

/* NSS hashes nothing before it is initialised; once is enough. 0, or -1 when
 * NSS refused, 1 when no libnss3 is there. */
int cshim_nss_init(void);

#endif
