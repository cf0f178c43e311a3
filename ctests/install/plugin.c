/* A stranger's plug-in: C90, also valid C++, and nothing but the header. */
#include <slapi-plugin.h>
#include <string.h>

static char name[] = "stranger", vendor[] = "nobody", version[] = "1", text[] = "says yes";
static Slapi_PluginDesc description = { name, vendor, version, text };

static int before_add(Slapi_PBlock *pb)
{
    Slapi_Entry *entry = NULL;

    slapi_pblock_get(pb, SLAPI_ADD_ENTRY, &entry);
    return entry == NULL ? -1 : 0;
}

/* ISO C has no cast from a function's address to void *. */
static void *address_of(int (*function)(Slapi_PBlock *))
{
    void *address;

    memcpy(&address, &function, sizeof address);
    return address;
}

#ifdef __cplusplus
extern "C"
#endif
int stranger_init(Slapi_PBlock *pb);

int stranger_init(Slapi_PBlock *pb)
{
    if (slapi_pblock_set(pb, SLAPI_PLUGIN_DESCRIPTION, (void *)&description) != 0)
        return -1;
    return slapi_pblock_set(pb, SLAPI_PLUGIN_PRE_ADD_FN, address_of(before_add));
}
