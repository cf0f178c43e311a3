/* 389's interface between its replication and a plug-in that wants a say in the
 * sessions: callbacks that the plug-in publishes with slapi_apib_register under
 * the GUID. This server's replication (RFC 4533) asks nobody. */
#ifndef SLAPI_REPL_SESSION_PLUGIN_H
#define SLAPI_REPL_SESSION_PLUGIN_H
#include "slapi-plugin.h"

#define REPL_SESSION_v1_0_GUID "210D7559-566B-41C6-9B03-5523BDF30880"

/* Places in the published table; 0 is the API broker's. */
#define REPL_SESSION_PLUGIN_AGMT_INIT_CB     1
#define REPL_SESSION_PLUGIN_PRE_ACQUIRE_CB   2
#define REPL_SESSION_PLUGIN_REPLY_ACQUIRE_CB 3
#define REPL_SESSION_PLUGIN_POST_ACQUIRE_CB  4
#define REPL_SESSION_PLUGIN_RECV_ACQUIRE_CB  5
#define REPL_SESSION_PLUGIN_DESTROY_AGMT_CB  6

typedef void *(*repl_session_plugin_agmt_init_cb)(const Slapi_DN *repl_subtree);
typedef int (*repl_session_plugin_pre_acquire_cb)(void *cookie, const Slapi_DN *repl_subtree, int is_total,
                                                  char **data_guid, struct berval **data);
typedef int (*repl_session_plugin_reply_acquire_cb)(const char *repl_subtree, int is_total, char **data_guid,
                                                    struct berval **data);
typedef int (*repl_session_plugin_post_acquire_cb)(void *cookie, const Slapi_DN *repl_subtree, int is_total,
                                                   const char *data_guid, const struct berval *data);
typedef int (*repl_session_plugin_recv_acquire_cb)(const char *repl_subtree, int is_total, const char *data_guid,
                                                   const struct berval *data);
typedef void (*repl_session_plugin_destroy_agmt_cb)(void *cookie, const Slapi_DN *repl_subtree);
#endif
