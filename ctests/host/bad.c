/* Ways not to load. */
#include <slapi-plugin.h>

#ifdef MISSING
int slapi_function_that_nobody_has(void);
int bad_init(Slapi_PBlock *pb) { return pb ? slapi_function_that_nobody_has() : 0; }
#else
int bad_init(Slapi_PBlock *pb) { return pb ? 7 : 0; }
int bad_start(Slapi_PBlock *pb) { return pb ? 9 : 0; }
int good_init(Slapi_PBlock *pb) { return slapi_pblock_set(pb, SLAPI_PLUGIN_START_FN, (void *)bad_start); }
#endif
