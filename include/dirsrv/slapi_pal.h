/* 389's header of the platform: memory and widths. Part of <slapi-plugin.h> here. */
#include "slapi-plugin.h"
