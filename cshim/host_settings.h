/* host_settings.h: settings of cn=config and facts of the server as binaries of
 * plug-ins ask for them. */
#ifndef CSHIM_HOST_SETTINGS_H
#define CSHIM_HOST_SETTINGS_H

#include "host.h"
#include "objects.h"

/* "on", "true" and the like as 1, anything else as 0; def when there is none. */
int cshim_setting_bool(const char *attr, int def);
long cshim_setting_num(const char *attr, long def);
/* GIVEN; NULL when there is none. */
char *cshim_setting(const char *attr);

int config_get_schemacheck(void);
int config_get_entryusn_global(void);
int config_get_moddn_aci(void);
int32_t config_get_targetfilter_cache(void);
int config_set_ignore_vattrs(const char *attrname, char *value, char *errorbuf, int apply);
char *config_get_configdir(void);
char *get_localhost_DNS(void);
int slapi_config_get_readonly(void);
int slapi_config_get_unhashed_pw_switch(void);
char *slapi_get_rootdn(void);
int32_t slapi_sdn_isroot(const Slapi_DN *sdn);
int loglevel_is_set(int level);
struct slapi_componentid *plugin_get_default_component_id(void);
int proxyauth_get_dn(Slapi_PBlock *pb, char **proxydnp, char **errtextp);
void add_internal_modifiersname(Slapi_PBlock *pb, Slapi_Entry *e);
void modify_update_last_modified_attr(Slapi_PBlock *pb, Slapi_Mods *smods);
int slapi_get_plugin_default_config(char *type, Slapi_ValueSet **valueset);
const char *slapi_get_cacertfile(void);
void slapi_set_cacertfile(char *certfile);

/* Go: the folder of the configuration, the root DN; from malloc. */
extern char *slapiGoConfigDir(void);
extern int slapiGoSetSetting(char *attr, char *value, char **text);

#endif
