/* mailguard: a pre-operation plug-in that keeps mail addresses in order.
 *
 * On add and modify it writes the values of the attribute "mail" in lower case,
 * and it refuses (constraintViolation) an address outside the domains that are
 * its arguments. Without arguments every domain will do.
 *
 *     plugin preoperation mailguard.so mailguard_init example.com example.org
 *
 * It shows the usual parts of a plug-in: an init function with arguments and
 * private data, hooks for two operations, reading and changing an entry and a
 * list of modifications, and a refusal with a text of its own. */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "slapi-plugin.h"

struct mailguard {
    int    domain_count;
    char **domains;
};

static Slapi_PluginDesc description = {
    "mailguard", "libslapi", "1.0", "lower-case mail addresses of known domains"
};

/* Kept beside SLAPI_PLUGIN_PRIVATE, because OpenLDAP's slapd does not hand
 * private data back to the hooks. */
static struct mailguard *the_guard;

static int domain_known(const struct mailguard *g, const struct berval *address)
{
    unsigned long at = address->bv_len;
    int i;

    while (at > 0 && address->bv_val[at - 1] != '@')
        at--;
    if (at == 0)
        return 0;
    if (g->domain_count == 0)
        return 1;
    for (i = 0; i < g->domain_count; i++) {
        if (strlen(g->domains[i]) == address->bv_len - at &&
            strncasecmp(g->domains[i], address->bv_val + at, address->bv_len - at) == 0)
            return 1;
    }
    return 0;
}

/* Lower-cases an address in place; 0 when its domain is not known. */
static int keep_in_order(const struct mailguard *g, struct berval *address)
{
    unsigned long i;

    if (!domain_known(g, address))
        return 0;
    for (i = 0; i < address->bv_len; i++)
        address->bv_val[i] = (char)tolower((unsigned char)address->bv_val[i]);
    return 1;
}

static int refuse(Slapi_PBlock *pb)
{
    slapi_send_ldap_result(pb, LDAP_CONSTRAINT_VIOLATION, NULL,
                           "mailguard: mail address outside the permitted domains", 0, NULL);
    return -1;
}

static struct mailguard *guard_of(Slapi_PBlock *pb)
{
    void *private_data = NULL;

    slapi_pblock_get(pb, SLAPI_PLUGIN_PRIVATE, &private_data);
    return private_data ? private_data : the_guard;
}

static int before_add(Slapi_PBlock *pb)
{
    struct mailguard *g = guard_of(pb);
    Slapi_Entry *entry = NULL;
    Slapi_Attr *mail = NULL;
    Slapi_Value *given = NULL, **values;
    int i, hint, count = 0, fine = 1;

    slapi_pblock_get(pb, SLAPI_ADD_ENTRY, &entry);
    if (entry == NULL || slapi_entry_attr_find(entry, "mail", &mail) != 0)
        return 0;
    slapi_attr_get_numvalues(mail, &count);
    values = (Slapi_Value **)slapi_ch_calloc(count + 1, sizeof *values);
    i = 0;
    for (hint = slapi_attr_first_value(mail, &given); hint != -1 && i < count;
         hint = slapi_attr_next_value(mail, hint, &given)) {
        values[i] = slapi_value_new_berval(slapi_value_get_berval(given));
        if (!keep_in_order(g, (struct berval *)slapi_value_get_berval(values[i])))
            fine = 0;
        i++;
    }
    if (fine)
        slapi_entry_attr_replace_sv(entry, "mail", values);
    for (i = 0; values[i] != NULL; i++)
        slapi_value_free(&values[i]);
    slapi_ch_free((void **)&values);
    return fine ? 0 : refuse(pb);
}

static int before_modify(Slapi_PBlock *pb)
{
    struct mailguard *g = guard_of(pb);
    LDAPMod **mods = NULL;
    int i, j;

    slapi_pblock_get(pb, SLAPI_MODIFY_MODS, &mods);
    for (i = 0; mods != NULL && mods[i] != NULL; i++) {
        int op = mods[i]->mod_op & ~LDAP_MOD_BVALUES;

        if (strcasecmp(mods[i]->mod_type, "mail") != 0 ||
            (op != LDAP_MOD_ADD && op != LDAP_MOD_REPLACE))
            continue;
        for (j = 0; mods[i]->mod_bvalues != NULL && mods[i]->mod_bvalues[j] != NULL; j++) {
            if (!keep_in_order(g, mods[i]->mod_bvalues[j]))
                return refuse(pb);
        }
    }
    return 0;
}

int mailguard_init(Slapi_PBlock *pb)
{
    struct mailguard *g = (struct mailguard *)slapi_ch_calloc(1, sizeof *g);
    char **argv = NULL;
    int i;

    slapi_pblock_get(pb, SLAPI_PLUGIN_ARGC, &g->domain_count);
    slapi_pblock_get(pb, SLAPI_PLUGIN_ARGV, &argv);
    g->domains = (char **)slapi_ch_calloc(g->domain_count + 1, sizeof *g->domains);
    for (i = 0; i < g->domain_count; i++)
        g->domains[i] = slapi_ch_strdup(argv[i]);
    the_guard = g;
    if (slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, (void *)SLAPI_PLUGIN_VERSION_03) != 0 ||
        slapi_pblock_set(pb, SLAPI_PLUGIN_DESCRIPTION, (void *)&description) != 0 ||
        slapi_pblock_set(pb, SLAPI_PLUGIN_PRIVATE, (void *)g) != 0 ||
        slapi_pblock_set(pb, SLAPI_PLUGIN_PRE_ADD_FN, (void *)before_add) != 0 ||
        slapi_pblock_set(pb, SLAPI_PLUGIN_PRE_MODIFY_FN, (void *)before_modify) != 0) {
        slapi_log_error(SLAPI_LOG_FATAL, "mailguard", "cannot register\n");
        return -1;
    }
    return 0;
}
