/* dialect.h: which header a caller was built against, and who is running on
 * this thread.
 *
 * Some thirty functions and ten pblock parameters mean something else to an
 * OpenLDAP plug-in than to a 389 plug-in. They, and only they, ask
 * cshim_dialect(CSHIM_CALLER()). The answer comes from the return address when
 * it lies in the text of a loaded plug-in, else from the plug-in that this
 * thread is running, else from the default. */
#ifndef CSHIM_DIALECT_H
#define CSHIM_DIALECT_H

#include <stddef.h>
#include <stdint.h>

struct cshim_plugin;
struct slapi_pblock;

/* The numbers are those of server/plugin.Dialect. */
enum {
	CSHIM_AUTO = 0,
	CSHIM_OPENLDAP = 1,
	CSHIM_389 = 2,
	CSHIM_IBM = 3
};

/* Use it in the exported function itself: an inner function would see its own
 * caller, which is ours. */
#define CSHIM_CALLER() __builtin_return_address(0)

int cshim_dialect(void *return_address);

/* What a thread is doing for plug-ins. op is the handle of the operation whose
 * hooks run (0: none): an internal operation started now becomes its child. */
struct cshim_thread {
	struct cshim_plugin *plugin;
	struct slapi_pblock *pb;
	int dialect; /* of plugin; CSHIM_AUTO when there is none */
	uintptr_t op;
};

/* The present thread's own; never NULL. Whoever changes it puts it back. */
struct cshim_thread *cshim_thread(void);

/* Adds the executable segments of the object whose load address is base (its
 * link map's l_addr) to the table; a second call for the same object replaces
 * the dialect. Returns 0, or -1 when the object is not mapped. */
int cshim_dialect_add(uintptr_t base, int dialect);
/* The object is about to be unmapped. */
void cshim_dialect_remove(uintptr_t base);
/* For callers in no plug-in and on no plug-in's thread (a program that embeds
 * the server, a library called by nobody we know). OpenLDAP unless set. */
void cshim_dialect_default(int dialect);

#endif
