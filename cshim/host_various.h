/* host_various.h: see host_various.c. */
#ifndef CSHIM_HOST_VARIOUS_H
#define CSHIM_HOST_VARIOUS_H

#include "objects.h"
#include "plugin.h"

/* ns-slapd's description of an object class, which the class-of-service plug-in
 * walks. Arrays are NULL-terminated; required and allowed hold what is inherited too. */
struct objclass {
	char *oc_name, *oc_desc, *oc_oid, *oc_superior;
	uint8_t oc_kind, oc_flags;
	char **oc_required, **oc_allowed;
	char **oc_orig_required, **oc_orig_allowed;
	void *oc_extensions;
	struct objclass *oc_next;
};

struct objclass *g_get_global_oc_nolock(void);
void oc_lock_read(void);
void oc_unlock(void);
int pw_rever_decode(char *cipher, char **plain, const char *attr_name);
int pw_rever_encode(Slapi_Value **vals, char *attr_name);
char **slapi_schema_list_attribute_names(unsigned long flag);
char **slapi_schema_list_objectclass_attributes(const char *ocname_or_oid, uint32_t flags);
int slapi_validate_schema_files(char *schemadir);
int slapi_reload_schema_files(char *schemadir);
int slapi_reload_internal_attr_syntax(void);
int slapi_matchingrule_unregister(char *oid);
int slapi_uniqueIDGenerateFromNameString(char **uId, const char *uIdBase, const void *name, int namelen);
int slapi_entry_vattrcache_watermark_isvalid(const Slapi_Entry *e);
void slapi_entry_vattrcache_watermark_set(Slapi_Entry *e);
int slapi_operation_get_replica_attr(Slapi_PBlock *pb, Slapi_Operation *op, const char *type, void *value);
int slapi_seq_callback(const char *ibase, int type, char *attrname, char *val, char **attrs, int attrsonly,
		       void *callback_data, LDAPControl **controls, plugin_result_callback res_callback,
		       plugin_search_entry_callback srch_callback, plugin_referral_entry_callback ref_callback);
void slapi_be_Rlock(Slapi_Backend *be);
void slapi_be_Wlock(Slapi_Backend *be);
void slapi_be_Unlock(Slapi_Backend *be);
int slapi_mapping_tree_select(Slapi_PBlock *pb, Slapi_Backend **be, Slapi_Entry **referral, char *error_string, size_t ebuflen);
char *cshim_call_pwd_dec(struct cshim_plugin *p, char *cipher, char *algorithm);

/* Go. */
extern int slapiGoIsLDAPI(Slapi_PBlock *pb);
extern int slapiGoReverDecode(char *cipher, char *attr, char **plain);
extern char *slapiGoReverEncode(char *plain, char *attr);
extern struct objclass *slapiGoObjectClasses(void);
extern char **slapiGoSchemaTypes(unsigned long flag);
extern char **slapiGoClassAttrs(char *oc, uint32_t flags);
extern int slapiGoSchemaFiles(char *dir, int apply);
extern int slapiGoRuleRegister(Slapi_MatchingRuleEntry *mr);
extern int slapiGoRuleUnregister(char *oid);
extern char *slapiGoNameUUID(char *base, void *name, size_t len);

#endif
