/* The 389 Directory Server spelling of <slapi-plugin.h>. */
#ifndef SLAPI_DIALECT_389
#define SLAPI_DIALECT_389 1
#endif
#include "../slapi-plugin.h"
