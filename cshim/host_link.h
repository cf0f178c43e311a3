/* host_link.h: see host_link.c. */
#ifndef CSHIM_HOST_LINK_H
#define CSHIM_HOST_LINK_H

#include "objects.h"

int slapi_be_setentrypoint(Slapi_Backend *be, int entrypoint, void *ret_fnptr, Slapi_PBlock *pb);
void slapi_mtn_be_started(Slapi_Backend *be);
void slapi_mtn_be_stopping(Slapi_Backend *be);
int slapi_plugin_call_preop_be_plugins(Slapi_PBlock *pb, int operation);
int slapi_plugin_call_postop_be_plugins(Slapi_PBlock *pb, int operation);

/* Go. */
extern Slapi_Backend *slapiGoBackendNew(char *type, char *name, int private_db);
extern void slapiGoBackendStarted(Slapi_Backend *be);
extern void slapiGoBackendStopping(Slapi_Backend *be);
extern void slapiGoBackendFree(Slapi_Backend *be);

#endif
