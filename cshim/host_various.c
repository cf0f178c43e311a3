/* Functions of several families that need Go, or that are one line. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host_goside.h"
#include "host_services.h"
#include "host_settings.h"
#include "host_various.h"
#include "mem.h"
#include "pblock.h"
#include "plugin.h"

/* 1 when the client came over a local socket. */
int slapi_is_ldapi_conn(Slapi_PBlock *pb)
{
	return pb ? slapiGoIsLDAPI(pb) : 0;
}

/* Replication asks here for what it keeps with an operation; there is none, so
 * the function is kept and answered from. */
void slapi_operation_set_replica_attr_handler(Slapi_Operation *op, void *callback)
{
	if (op)
		op->spare[0] = (uintptr_t)callback;
}

int slapi_operation_get_replica_attr(Slapi_PBlock *pb, Slapi_Operation *op, const char *type, void *value)
{
	int (*callback)(Slapi_PBlock *, const char *, void *);

	if (!op || !op->spare[0])
		return 1;
	callback = (int (*)(Slapi_PBlock *, const char *, void *))op->spare[0];
	return callback(pb, type, value);
}

/* The cipher text of a reversible scheme as stored: "{SCHEME-algorithm}text".
 * 0: *plain is new; 1: it was no cipher text and *plain is cipher itself; -1. */
int pw_rever_decode(char *cipher, char **plain, const char *attr_name)
{
	char *out = NULL;
	int rc;

	if (!cipher || !plain)
		return -1;
	rc = slapiGoReverDecode(cipher, (char *)(attr_name ? attr_name : ""), &out);
	if (rc == 1)
		*plain = cipher;
	else if (rc == 0)
		*plain = out;
	return rc;
}

int pw_rever_encode(Slapi_Value **vals, char *attr_name)
{
	if (!vals || !attr_name)
		return -1;
	for (; *vals; vals++) {
		char *out = slapiGoReverEncode((*vals)->bv.bv_val, attr_name);
		if (out) {
			slapi_value_set_string_passin(*vals, out);
		}
	}
	return 0;
}


char *cshim_call_pwd_dec(struct cshim_plugin *p, char *cipher, char *algorithm)
{
	char *(*fn)(char *, char *) = (char *(*)(char *, char *))(void *)cshim_plugin_fn(p, SLAPI_PLUGIN_PWD_STORAGE_SCHEME_DEC_FN);
	struct cshim_thread saved;
	char *plain;

	if (!fn)
		return NULL;
	cshim_enter(&saved, p);
	plain = fn(cipher, algorithm);
	cshim_leave(&saved);
	return plain;
}

/* The object classes in force, as ns-slapd's own list of them. A list is never
 * freed: plug-ins hold on to it under a lock that a changed schema does not
 * wait for. */
struct objclass *g_get_global_oc_nolock(void)
{
	return slapiGoObjectClasses();
}

static pthread_rwlock_t oc_lock = PTHREAD_RWLOCK_INITIALIZER;

void oc_lock_read(void)
{
	pthread_rwlock_rdlock(&oc_lock);
}

void oc_unlock(void)
{
	pthread_rwlock_unlock(&oc_lock);
}

_Static_assert(sizeof(struct objclass) == 88, "size of objclass");
_Static_assert(offsetof(struct objclass, oc_required) == 40, "oc_required");
_Static_assert(offsetof(struct objclass, oc_next) == 80, "oc_next");

/* GIVEN arrays. */
char **slapi_schema_list_attribute_names(unsigned long flag)
{
	return slapiGoSchemaTypes(flag);
}

char **slapi_schema_list_objectclass_attributes(const char *ocname_or_oid, uint32_t flags)
{
	return ocname_or_oid ? slapiGoClassAttrs((char *)ocname_or_oid, flags) : NULL;
}

/* The folder's schema is read; it is put in force by reload alone. NULL names
 * the server's own folder. */
int slapi_validate_schema_files(char *schemadir)
{
	return slapiGoSchemaFiles(schemadir, 0) == 0 ? LDAP_SUCCESS : LDAP_OBJECT_CLASS_VIOLATION;
}

int slapi_reload_schema_files(char *schemadir)
{
	return slapiGoSchemaFiles(schemadir, 1) == 0 ? LDAP_SUCCESS : LDAP_LOCAL_ERROR;
}

int slapi_reload_internal_attr_syntax(void)
{
	return LDAP_SUCCESS; /* the built-in types are part of every schema */
}

int slapi_matchingrule_register(Slapi_MatchingRuleEntry *mr)
{
	if (!mr || !mr->mr_oid)
		return -1;
	return slapiGoRuleRegister(mr);
}

int slapi_matchingrule_unregister(char *oid)
{
	return oid ? slapiGoRuleUnregister(oid) : -1;
}

/* A name-based id (version 3) from the id uIdBase, in 389's spelling, and bytes. */
int slapi_uniqueIDGenerateFromNameString(char **uId, const char *uIdBase, const void *name, int namelen)
{
	if (!uId || !name || namelen < 0)
		return 3; /* UID_BADDATA */
	*uId = slapiGoNameUUID((char *)uIdBase, (void *)name, (size_t)namelen);
	return *uId ? 0 : 3;
}

/* Virtual attributes are worked out anew for every reader: no cached value can
 * be out of date. */
void slapi_entry_vattrcache_watermark_invalidate(Slapi_Entry *e)
{
	(void)e;
}

int slapi_entry_vattrcache_watermark_isvalid(const Slapi_Entry *e)
{
	(void)e;
	return 0;
}

void slapi_entry_vattrcache_watermark_set(Slapi_Entry *e)
{
	(void)e;
}

void slapi_entrycache_vattrcache_watermark_invalidate(void)
{
}
