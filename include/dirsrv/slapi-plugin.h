/* The 389 Directory Server spelling of <slapi-plugin.h>. Its own header brings
 * NSPR along, and with it the system's: so does this one where NSPR's headers are
 * on the path. */
#ifndef SLAPI_DIALECT_389
#define SLAPI_DIALECT_389 1
#endif
#include <arpa/inet.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <syslog.h>
#if defined(__has_include)
#if __has_include(<nspr.h>)
#include <nspr.h>
#include <prprf.h>
#endif
#endif
#include "../slapi-plugin.h"

/* How 389's own sources, its examples among them, write a line to the log. */
#ifndef slapi_log_err
#define slapi_log_err slapi_log_error
#endif
