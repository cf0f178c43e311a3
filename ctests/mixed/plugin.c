/* A plug-in that leaves its name in the description of every entry added. The
 * init function's argument is the name. Built four ways by run.sh. */
#include <slapi-plugin.h>

static char *name;

static int before_add(Slapi_PBlock *pb)
{
    Slapi_Entry *entry = NULL;

    slapi_pblock_get(pb, SLAPI_ADD_ENTRY, &entry);
    slapi_entry_add_string(entry, "description", name);
    return 0;
}

int mixed_init(Slapi_PBlock *pb)
{
    char **argv = NULL;
    int argc = 0;

    slapi_pblock_get(pb, SLAPI_PLUGIN_ARGC, &argc);
    slapi_pblock_get(pb, SLAPI_PLUGIN_ARGV, &argv);
    if (argc != 1)
        return -1;
    name = slapi_ch_strdup(argv[0]);
    slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, (void *)SLAPI_PLUGIN_VERSION_03);
    return slapi_pblock_set(pb, SLAPI_PLUGIN_PRE_ADD_FN, (void *)before_add);
}
