/* A stranger's program that is linked to the library and uses the object layer. */
#include <slapi-plugin.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    Slapi_PBlock *pb = slapi_pblock_new();
    char *copy = slapi_ch_strdup("works");
    int fine = pb != NULL && strcmp(copy, "works") == 0;

    slapi_ch_free((void **)&copy);
    fine = fine && copy == NULL;
    slapi_pblock_destroy(pb);
    printf("%s\n", fine ? "fine" : "broken");
    return fine ? 0 : 1;
}
