/* host_services.h: services between plug-ins and around them (event queue, API
 * broker, object extensions, computed attributes, changes of backends' states,
 * roles), and the names of them that only binaries import. */
#ifndef CSHIM_HOST_SERVICES_H
#define CSHIM_HOST_SERVICES_H

#include "dialect.h"
#include "objects.h"

/* The thread works for p (NULL: for nobody) until cshim_leave. */
void cshim_enter(struct cshim_thread *saved, struct cshim_plugin *p);
void cshim_leave(const struct cshim_thread *saved);

/* host_eventq.c. Events wait until the queue is started, which is when all
 * plug-ins are. Stopping waits for an event that runs and drops the others. */
void cshim_eq_start(void);
void cshim_eq_stop(void);
Slapi_Eq_Context slapi_eq_repeat(slapi_eq_fn_t fn, void *arg, time_t when, unsigned long interval);
int slapi_eq_cancel(Slapi_Eq_Context ctx);
void *slapi_eq_get_arg(Slapi_Eq_Context ctx);
void *slapi_eq_get_arg_rel(Slapi_Eq_Context ctx);

/* host_apib.c */
int slapi_apib_addref(void **api);
int slapi_apib_release(void **api);
int slapi_apib_make_reference_counted(void **api, slapi_apib_callback_on_zero callback);
int slapi_apib_get_interface_all(char *guid, void ****apilist);
/* A server ends: what its plug-ins published goes with it. */
void cshim_apib_clear(void);

/* host_extension.c. The classes of objects that have extensions. */
enum cshim_extended { CSHIM_EXT_CONNECTION, CSHIM_EXT_OPERATION, CSHIM_EXT_ENTRY, CSHIM_EXT_MTNODE, CSHIM_EXT_CLASSES };
void *factory_create_extension(int type, void *object, void *parent);
int get_operation_object_type(void);
/* Runs the destructors of an object's extensions and frees the array at *at. */
void cshim_extension_free(int class, void *object, void **at);
/* Go: the connection of a client's operation, NULL for others. */
extern void *slapiGoOperationConn(uintptr_t op);

/* host_bestate.c: tells all who asked that a backend changed its state. */
void cshim_be_state(const char *name, int old_state, int new_state);

/* host_compute.c */
struct cshim_compute {
	Slapi_PBlock *pb;
	void *data;
	int (*output)(void *data, Slapi_Attr *a);
};
int cshim_compute_any(void);
int cshim_rewrite_any(void);
int cshim_compute(Slapi_PBlock *pb, char *type, Slapi_Entry *e, void *data, int (*output)(void *data, Slapi_Attr *a));
int slapi_compute_add_evaluator_ext(slapi_compute_callback_t function, int rootonly);
void cshim_compute_clear(void);

/* host_regex.c */
int slapi_re_exec(Slapi_Regex *re, const char *subject, time_t time_up);
int slapi_re_subs(Slapi_Regex *re, const char *subject, const char *src, char **dst, unsigned long dstlen);
int slapi_re_subs_ext(Slapi_Regex *re, const char *subject, const char *src, char **dst, unsigned long dstlen, int filter);

#endif
