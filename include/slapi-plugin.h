/*
 * slapi-plugin.h - the plug-in interface of the directory server (SLAPI).
 *
 * One header for plug-ins of both dialects. The functions are the same; five
 * constants have two values. The default is OpenLDAP's; define
 * SLAPI_DIALECT_389 before the include, or include <dirsrv/slapi-plugin.h>,
 * for those of 389 Directory Server. SLAPI_DIALECT_IBM chooses the one-level
 * slapi_ch_free of the IBM servers.
 *
 * Threads. All functions of one operation are called on one thread. An object
 * (entry, pblock, DN, ...) belongs to one thread at a time; sharing one needs
 * a lock of yours. Logging, memory, schema and internal operations may be used
 * from every thread.
 *
 * Memory. Everything that crosses the border comes from malloc; slapi_ch_*
 * never return NULL for lack of memory. Each pointer is one of
 *   GIVEN   yours from now on; the comment says what frees it
 *   LENT    stays the owner's; do not free it, and do not keep it longer than
 *           the comment says (without a word: as long as the object it is part of)
 *   TAKEN   the callee owns it from now on, also when the call fails
 * Strings passed in are LENT for the call unless they are said to be TAKEN or
 * kept by reference.
 *
 * Results. Functions that return int answer 0 for success and -1 (or an LDAP
 * result code) for failure, unless said otherwise. Outputs stay untouched on
 * failure. NULL arguments are answered with a failure.
 */
#ifndef SLAPI_PLUGIN_H
#define SLAPI_PLUGIN_H

#include <stdio.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <sys/time.h>
#include <time.h>
#include <lber.h>
#include <ldap.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SLAPI_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#define SLAPI_NONNULL_RESULT __attribute__((__returns_nonnull__))
__extension__ typedef long long slapi_longlong;
__extension__ typedef unsigned long long slapi_ulonglong;
#else
#define SLAPI_PRINTF(text, first)
#define SLAPI_NONNULL_RESULT
typedef long slapi_longlong;
typedef unsigned long slapi_ulonglong;
#endif

struct timespec;
struct timeval;

/* ---------------------------------------------------------------- Types */

/* Opaque: made, read and released by functions only. */
typedef struct slapi_pblock Slapi_PBlock;
typedef struct slapi_entry Slapi_Entry;
typedef struct slapi_attr Slapi_Attr;
typedef struct slapi_value Slapi_Value;
typedef struct slapi_value_set Slapi_ValueSet;
typedef struct slapi_filter Slapi_Filter;
typedef struct slapi_backend Slapi_Backend;
typedef struct slapi_operation Slapi_Operation;
typedef struct slapi_connection Slapi_Connection;
typedef struct slapi_dn Slapi_DN;
typedef struct slapi_rdn Slapi_RDN;
typedef struct slapi_mod Slapi_Mod;
typedef struct slapi_mods Slapi_Mods;
typedef struct slapi_componentid Slapi_ComponentId;
typedef struct slapi_mutex Slapi_Mutex;
typedef struct slapi_condvar Slapi_CondVar;
typedef struct slapi_rwlock Slapi_RWLock;
typedef struct slapi_counter Slapi_Counter;
typedef struct slapi_task Slapi_Task;
typedef struct slapi_regex_handle Slapi_Regex;
typedef struct passwordpolicyarray Slapi_PWPolicy;
typedef struct pw_scheme PWScheme;
typedef struct guid_t_ Slapi_UniqueID;
typedef struct _computed_attr_context computed_attr_context;
typedef struct _vattr_type_thang vattr_type_thang;
typedef struct _vattr_get_thang vattr_get_thang;
typedef void *Slapi_Eq_Context;

/* What a plug-in tells of itself (SLAPI_PLUGIN_DESCRIPTION). */
typedef struct slapi_plugindesc {
	char *spd_id;
	char *spd_vendor;
	char *spd_version;
	char *spd_description;
} Slapi_PluginDesc;

/* A matching rule, for slapi_matchingrule_register. */
typedef struct slapi_matchingRuleEntry {
	char *mr_oid;
	char *mr_oidalias;
	char *mr_name;
	char *mr_desc;
	char *mr_syntax;
	int mr_obsolete;
	char **mr_compat_syntax;
} Slapi_MatchingRuleEntry;

typedef enum {
	FILTER_POLICY_OFF,
	FILTER_POLICY_WARNING,
	FILTER_POLICY_PROTECT,
	FILTER_POLICY_STRICT
} Slapi_Filter_Policy;

typedef enum {
	FILTER_SCHEMA_SUCCESS = 0,
	FILTER_SCHEMA_WARNING = 1,
	FILTER_SCHEMA_FAILURE = 2
} Slapi_Filter_Result;

typedef enum slapi_compute_callback_result {
	COMPUTE_CALLBACK_CONTINUE = -1,
	COMPUTE_CALLBACK_DONE
} slapi_compute_callback_result_t;

typedef enum slapi_search_rewrite_callback_result {
	SEARCH_REWRITE_CALLBACK_CONTINUE = -1,
	SEARCH_REWRITE_CALLBACK_DONE,
	SEARCH_REWRITE_CALLBACK_REFUSE,
	SEARCH_REWRITE_CALLBACK_ERROR
} slapi_search_rewrite_callback_result_t;

typedef enum task_warning_t {
	WARN_UPGRADE_DN_FORMAT_ALL = 1,
	WARN_UPGRADE_DN_FORMAT = 2,
	WARN_UPGRADE_DN_FORMAT_SPACE = 4,
	WARN_SKIPPED_IMPORT_ENTRY = 8
} task_warning;

typedef enum {
	TIMER_CONTINUE,
	TIMER_EXPIRED
} slapi_timer_result;

typedef enum _slapi_op_note_t {
	SLAPI_OP_NOTE_UNINDEXED = 0x01,
	SLAPI_OP_NOTE_SIMPLEPAGED = 0x02,
	SLAPI_OP_NOTE_FULL_UNINDEXED = 0x04,
	SLAPI_OP_NOTE_FILTER_INVALID = 0x08
} slapi_op_note_t;

/* Numbers for slapi_back_get_info and slapi_back_ctrl_info. */
enum {
	BACK_INFO_DBENV,
	BACK_INFO_DBENV_CLDB,
	BACK_INFO_DBENV_CLDB_REMOVE,
	BACK_INFO_DBENV_CLDB_RESET,
	BACK_INFO_DBENV_CLDB_UPGRADE,
	BACK_INFO_CLDB_SET_CONFIG,
	BACK_INFO_CLDB_GET_CONFIG,
	BACK_INFO_DB_PAGESIZE,
	BACK_INFO_INDEXPAGESIZE,
	BACK_INFO_DBENV_OPENFLAGS,
	BACK_INFO_CRYPT_INIT,
	BACK_INFO_CRYPT_DESTROY,
	BACK_INFO_CRYPT_ENCRYPT_VALUE,
	BACK_INFO_CRYPT_DECRYPT_VALUE,
	BACK_INFO_DIRECTORY,
	BACK_INFO_INSTANCE_DIR,
	BACK_INFO_LOG_DIRECTORY,
	BACK_INFO_INDEX_KEY,
	BACK_INFO_DB_DIRECTORY,
	BACK_INFO_DBHOME_DIRECTORY,
	BACK_INFO_IS_ENTRYRDN,
	BACK_INFO_CLDB_FILENAME
};

/* Functions that the server calls. Entries and strings are LENT for the call. */
typedef int (*slapi_plugin_init_fnptr)(Slapi_PBlock *pb);
typedef int (*FILTER_APPLY_FN)(Slapi_Filter *f, void *arg);
typedef int (*mrFilterMatchFn)(void *filter, Slapi_Entry *e, Slapi_Attr *vals);
typedef void (*plugin_result_callback)(int rc, void *callback_data);
typedef int (*plugin_referral_entry_callback)(char *referral, void *callback_data);
typedef int (*plugin_search_entry_callback)(Slapi_Entry *e, void *callback_data);
typedef int (*send_ldap_search_entry_fn_ptr_t)(Slapi_PBlock *pb, Slapi_Entry *e, LDAPControl **ectrls, char **attrs,
                                               int attrsonly);
typedef void (*send_ldap_result_fn_ptr_t)(Slapi_PBlock *pb, int err, char *matched, char *text, int nentries,
                                          struct berval **urls);
typedef int (*send_ldap_referral_fn_ptr_t)(Slapi_PBlock *pb, Slapi_Entry *e, struct berval **refs, struct berval ***urls);
typedef int (*slapi_compute_output_t)(computed_attr_context *c, Slapi_Attr *a, Slapi_Entry *e);
typedef int (*slapi_compute_callback_t)(computed_attr_context *c, char *type, Slapi_Entry *e,
                                        slapi_compute_output_t outputfn);
typedef int (*slapi_search_rewrite_callback_t)(Slapi_PBlock *pb);
typedef int (*slapi_acl_callback_t)(Slapi_PBlock *pb, Slapi_Entry *e, const char *attr, struct berval *value, int access,
                                    void *state);
typedef void *(*slapi_extension_constructor_fnptr)(void *object, void *parent);
typedef void (*slapi_extension_destructor_fnptr)(void *extension, void *object, void *parent);
typedef int (*slapi_apib_callback_on_zero)(void **api);
typedef void (*slapi_backend_state_change_fnptr)(void *handle, char *be_name, int old_be_state, int new_be_state);
typedef int (*roles_check_fn_type)(Slapi_Entry *entry_to_check, Slapi_DN *role_dn, int *present);
typedef int (*dseCallbackFn)(Slapi_PBlock *pb, Slapi_Entry *before, Slapi_Entry *after, int *result, char *text,
                             void *arg);
typedef void (*TaskCallbackFn)(Slapi_Task *task);
typedef void (*slapi_eq_fn_t)(time_t when, void *arg);


/* ---------------------------------------------------------------- Parameter blocks */

/* A pblock carries everything about one call of a plug-in. get writes as many
 * bytes as the parameter's type has in the plug-in's dialect, and nothing when
 * it answers -1 (unknown number, or one that does not apply). What get gives is
 * LENT until the operation ends, unless a parameter says otherwise. set stores
 * int and long parameters through the pointer (pass &variable) and pointers and
 * functions as they are.
 */

void slapi_pblock_clear(Slapi_PBlock *pb);
/* Forgets one parameter; -1 when it was not set. */
int slapi_pblock_delete_param(Slapi_PBlock *pb, int arg);
/* TAKEN. Does nothing to NULL and to the pblock of a running operation. */
void slapi_pblock_destroy(Slapi_PBlock *pb);
/* 0, or -1 with *value untouched. */
int slapi_pblock_get(Slapi_PBlock *pb, int arg, void *value);
/* Empties a pblock for another use. */
void slapi_pblock_init(Slapi_PBlock *pb);
/* GIVEN: slapi_pblock_destroy. */
Slapi_PBlock *slapi_pblock_new(void);
int slapi_pblock_set(Slapi_PBlock *pb, int arg, void *value);

/* ---------------------------------------------------------------- Memory */

/* All blocks are from malloc: each side may free what the other made. */

/* bvd is raw storage: its old value is not freed. slapi_ber_bvdone frees the new one. */
void slapi_ber_bvcpy(struct berval *bvd, const struct berval *bvs);
void slapi_ber_bvdone(struct berval *bvp);
/* *array grows by string, which is TAKEN. */
void slapi_ch_array_add(char ***array, char *string);
int slapi_ch_array_add_ext(char ***array, char *string);
/* GIVEN: slapi_ch_array_free. */
char **slapi_ch_array_dup(char **array);
/* TAKEN: the array and its strings. */
void slapi_ch_array_free(char **array);
int slapi_ch_array_utf8_inlist(char **array, char *string);
/* GIVEN: slapi_ch_bvfree. */
struct berval *slapi_ch_bvdup(const struct berval *);
struct berval **slapi_ch_bvecdup(struct berval **);
void slapi_ch_bvfree(struct berval **v);
char *slapi_ch_calloc(unsigned long nelem, unsigned long size);
/* Frees *ptr and sets it to NULL. The IBM servers' frees ptr itself: a plug-in
 * built so must be configured with that dialect. */
#ifdef SLAPI_DIALECT_IBM
void slapi_ch_free(void *ptr);
#else
void slapi_ch_free(void **ptr);
#endif
/* As slapi_ch_free, typed. */
void slapi_ch_free_string(char **s);
/* GIVEN: slapi_ch_free. Never NULL. */
char *slapi_ch_malloc(unsigned long size);
char *slapi_ch_memalign(uint32_t size, uint32_t alignment);
char *slapi_ch_realloc(char *block, unsigned long size);
/* GIVEN: slapi_ch_free_string. */
char *slapi_ch_smprintf(const char *fmt, ...) SLAPI_PRINTF(1, 2);
size_t slapi_ch_stlen(const char *s);
char *slapi_ch_strdup(const char *s);

/* ---------------------------------------------------------------- Entries */

/* Attributes are found by any name of their type, in any case; options are part
 * of the name. What a getter lends lives until that attribute is changed or the
 * entry is freed.
 */

/* GIVEN LDIF: slapi_ch_free_string. *len does not count the NUL. */
char *slapi_entry2str(Slapi_Entry *e, int *len);
char *slapi_entry2str_with_options(Slapi_Entry *e, int *len, int options);
/* Adds what the RDN says and the attributes lack. LDAP result code. */
int slapi_entry_add_rdn_values(Slapi_Entry *e);
/* Appends without a look at the values that are there. 0, or -1. */
int slapi_entry_add_string(Slapi_Entry *e, const char *type, const char *value);
/* As slapi_entry_add_string; the value is copied. */
int slapi_entry_add_value(Slapi_Entry *e, const char *type, const Slapi_Value *value);
int slapi_entry_add_values(Slapi_Entry *e, const char *type, struct berval **vals);
/* Copies. LDAP_TYPE_OR_VALUE_EXISTS, with nothing added, when one is there. */
int slapi_entry_add_values_sv(Slapi_Entry *e, const char *type, Slapi_Value **vals);
int slapi_entry_add_valueset(Slapi_Entry *e, const char *type, Slapi_ValueSet *vs);
/* GIVEN: slapi_entry_free. */
Slapi_Entry *slapi_entry_alloc(void);
int slapi_entry_apply_mod(Slapi_Entry *e, LDAPMod *mod);
/* IBM's: as slapi_entry_free, with an answer. TAKEN. */
int slapi_entry_delete(Slapi_Entry *e);
/* LDAP result code; stops at the first mod that fails. */
int slapi_entry_apply_mods(Slapi_Entry *e, LDAPMod **mods);
/* 0 removed, 1 was not there. */
int slapi_entry_attr_delete(Slapi_Entry *e, const char *type);
int slapi_entry_attr_exists(Slapi_Entry *e, const char *type);
/* 0 with the attribute LENT in *attr, or -1. */
int slapi_entry_attr_find(const Slapi_Entry *e, const char *type, Slapi_Attr **attr);
/* "on", "yes", "true" and numbers but 0 are true. */
int slapi_entry_attr_get_bool(const Slapi_Entry *e, const char *type);
int slapi_entry_attr_get_bool_ext(const Slapi_Entry *e, const char *type, int default_value);
/* GIVEN copy of the first value: slapi_ch_free_string; NULL when absent. */
char *slapi_entry_attr_get_charptr(const Slapi_Entry *e, const char *type);
/* GIVEN: slapi_ch_array_free; NULL when absent. */
char **slapi_entry_attr_get_charray(const Slapi_Entry *e, const char *type);
char **slapi_entry_attr_get_charray_ext(const Slapi_Entry *e, const char *type, int *numVals);
int slapi_entry_attr_get_int(const Slapi_Entry *e, const char *type);
long slapi_entry_attr_get_long(const Slapi_Entry *e, const char *type);
slapi_longlong slapi_entry_attr_get_longlong(const Slapi_Entry *e, const char *type);
/* LENT first value, NULL when absent. */
const char *slapi_entry_attr_get_ref(Slapi_Entry *e, const char *attrname);
unsigned int slapi_entry_attr_get_uint(const Slapi_Entry *e, const char *type);
unsigned long slapi_entry_attr_get_ulong(const Slapi_Entry *e, const char *type);
slapi_ulonglong slapi_entry_attr_get_ulonglong(const Slapi_Entry *e, const char *type);
/* LENT, NULL-terminated; NULL when absent. */
const Slapi_Value **slapi_entry_attr_get_valuearray(const Slapi_Entry *e, const char *attrname);
int slapi_entry_attr_has_syntax_value(const Slapi_Entry *e, const char *type, const Slapi_Value *value);
int slapi_entry_attr_hasvalue(Slapi_Entry *e, const char *type, const char *value);
int slapi_entry_attr_merge(Slapi_Entry *e, const char *type, struct berval **vals);
int slapi_entry_attr_merge_sv(Slapi_Entry *e, const char *type, Slapi_Value **vals);
int slapi_entry_attr_replace(Slapi_Entry *e, const char *type, struct berval **vals);
/* Copies; no values remove the attribute. */
int slapi_entry_attr_replace_sv(Slapi_Entry *e, const char *type, Slapi_Value **vals);
/* One value in place of all; NULL removes the attribute. */
void slapi_entry_attr_set_charptr(Slapi_Entry *e, const char *type, const char *value);
void slapi_entry_attr_set_int(Slapi_Entry *e, const char *type, int l);
void slapi_entry_attr_set_long(Slapi_Entry *e, const char *type, long l);
void slapi_entry_attr_set_longlong(Slapi_Entry *e, const char *type, slapi_longlong l);
void slapi_entry_attr_set_uint(Slapi_Entry *e, const char *type, unsigned int l);
void slapi_entry_attr_set_ulong(Slapi_Entry *e, const char *type, uint64_t l);
void slapi_entry_clear_flag(Slapi_Entry *e, unsigned char flag);
int slapi_entry_delete_string(Slapi_Entry *e, const char *type, const char *value);
int slapi_entry_delete_values(Slapi_Entry *e, const char *type, struct berval **vals);
/* All or none: LDAP_NO_SUCH_ATTRIBUTE. No values: the attribute. */
int slapi_entry_delete_values_sv(Slapi_Entry *e, const char *type, Slapi_Value **vals);
/* Appends to smods what turns e1 into e2. */
void slapi_entry_diff(Slapi_Mods *smods, Slapi_Entry *e1, Slapi_Entry *e2, int diff_ctrl);
/* GIVEN: slapi_entry_free. */
Slapi_Entry *slapi_entry_dup(const Slapi_Entry *e);
/* 0 with *attr LENT, -1 for an entry without attributes. */
int slapi_entry_first_attr(const Slapi_Entry *e, Slapi_Attr **attr);
int slapi_entry_flag_is_set(const Slapi_Entry *e, unsigned char flag);
/* TAKEN. An entry that the server lent is left alone. */
void slapi_entry_free(Slapi_Entry *e);
/* LENT: the pretty form. */
char *slapi_entry_get_dn(Slapi_Entry *e);
const char *slapi_entry_get_dn_const(const Slapi_Entry *e);
/* LENT: the normal form. */
char *slapi_entry_get_ndn(Slapi_Entry *e);
const char *slapi_entry_get_nrdn_const(const Slapi_Entry *e);
const char *slapi_entry_get_rdn_const(const Slapi_Entry *e);
/* LENT, part of the entry. */
Slapi_DN *slapi_entry_get_sdn(Slapi_Entry *e);
const Slapi_DN *slapi_entry_get_sdn_const(const Slapi_Entry *e);
/* LENT, part of the entry. */
Slapi_RDN *slapi_entry_get_srdn(Slapi_Entry *e);
const Slapi_RDN *slapi_entry_get_srdn_const(const Slapi_Entry *e);
/* LENT: entryUUID, or nsUniqueId for 389 plug-ins; NULL when there is none. */
const char *slapi_entry_get_uniqueid(const Slapi_Entry *e);
/* 1 or 0; asks the directory when the entry does not say. */
int slapi_entry_has_children(const Slapi_Entry *e);
int slapi_entry_has_children_ext(const Slapi_Entry *e, int include_tombstone);
/* dn and a are TAKEN. */
void slapi_entry_init(Slapi_Entry *e, char *dn, Slapi_Attr *a);
/* sdn is copied, a is TAKEN. */
void slapi_entry_init_ext(Slapi_Entry *e, Slapi_DN *sdn, Slapi_Attr *a);
/* Copies those that are not there. */
int slapi_entry_merge_values_sv(Slapi_Entry *e, const char *type, Slapi_Value **vals);
/* 0 with *attr LENT, -1 at the end. */
int slapi_entry_next_attr(const Slapi_Entry *e, Slapi_Attr *prevattr, Slapi_Attr **attr);
int slapi_entry_rdn_values_present(const Slapi_Entry *e);
/* LDAP result code. newrdn and newsuperior are copied. */
int slapi_entry_rename(Slapi_Entry *e, const char *newrdn, int deleteoldrdn, Slapi_DN *newsuperior);
/* OpenLDAP plug-ins: copied. 389: TAKEN. */
void slapi_entry_set_dn(Slapi_Entry *e, char *dn);
void slapi_entry_set_flag(Slapi_Entry *e, unsigned char flag);
/* TAKEN. */
void slapi_entry_set_normdn(Slapi_Entry *e, char *normdn);
void slapi_entry_set_rdn(Slapi_Entry *e, char *rdn);
/* Copied. */
void slapi_entry_set_sdn(Slapi_Entry *e, const Slapi_DN *sdn);
void slapi_entry_set_srdn(Slapi_Entry *e, const Slapi_RDN *srdn);
/* OpenLDAP plug-ins: copied. 389: TAKEN. */
void slapi_entry_set_uniqueid(Slapi_Entry *e, char *uniqueid);
/* Octets of all values, rounded up to the next 1024. */
size_t slapi_entry_size(Slapi_Entry *e);
/* LENT first value, or default_val. */
const char *slapi_fetch_attr(Slapi_Entry *e, char *attrname, char *default_val);
/* GIVEN: slapi_entry_free; NULL for what is no entry. s is not changed and names no files. */
Slapi_Entry *slapi_str2entry(char *s, int flags);
Slapi_Entry *slapi_str2entry_ext(const char *dn, const Slapi_RDN *srdn, char *s, int flags);
int slapi_x_entry_get_id(Slapi_Entry *e);

/* ---------------------------------------------------------------- Attributes */

/* Values keep the order in which they were added. */

int slapi_attr_add_value(Slapi_Attr *a, const Slapi_Value *v);
/* NULL when it fitted into buf, else GIVEN: slapi_ch_free_string. */
char *slapi_attr_basetype(const char *type, char *buf, size_t bufsiz);
Slapi_Attr *slapi_attr_dup(const Slapi_Attr *attr);
/* A position with *v LENT, or -1 with *v NULL. */
int slapi_attr_first_value(Slapi_Attr *a, Slapi_Value **v);
int slapi_attr_flag_is_set(const Slapi_Attr *attr, unsigned long flag);
void slapi_attr_free(Slapi_Attr **a);
/* GIVEN: free with ber_bvecfree; NULL for no values. */
int slapi_attr_get_bervals_copy(Slapi_Attr *a, struct berval ***vals);
int slapi_attr_get_flags(const Slapi_Attr *attr, unsigned long *flags);
int slapi_attr_get_numvalues(const Slapi_Attr *a, int *numValues);
/* GIVEN: slapi_ch_free_string. */
int slapi_attr_get_oid_copy(const Slapi_Attr *attr, char **oidp);
/* LENT. */
int slapi_attr_get_type(Slapi_Attr *attr, char **type);
/* A copy. OpenLDAP plug-ins free it; for 389 ones it lives as long as the attribute. */
int slapi_attr_get_values(Slapi_Attr *attr, struct berval ***vals);
/* OpenLDAP plug-ins: LENT. 389: GIVEN, slapi_valueset_free. */
int slapi_attr_get_valueset(const Slapi_Attr *a, Slapi_ValueSet **vs);
/* a is raw storage; type is copied. Answers a. */
Slapi_Attr *slapi_attr_init(Slapi_Attr *a, const char *type);
int slapi_attr_is_last_mod(char *attr);
/* GIVEN: slapi_attr_free. To be initialised by slapi_attr_init. */
Slapi_Attr *slapi_attr_new(void);
/* hint is what first_value or next_value gave. */
int slapi_attr_next_value(Slapi_Attr *a, int hint, Slapi_Value **v);
int slapi_attr_set_type(Slapi_Attr *a, const char *type);
int slapi_attr_set_valueset(Slapi_Attr *a, const Slapi_ValueSet *vs);
/* 0 when they match in the way opt says (SLAPI_TYPE_CMP_*). */
int slapi_attr_type_cmp(const char *t1, const char *t2, int opt);
/* 1 for two names of one type with the same options. */
int slapi_attr_types_equivalent(const char *t1, const char *t2);
/* 0 equal by the equality rule of the type. */
int slapi_attr_value_cmp(const Slapi_Attr *attr, const struct berval *v1, const struct berval *v2);
int slapi_attr_value_cmp_ext(const Slapi_Attr *a, Slapi_Value *v1, Slapi_Value *v2);
/* 0 found, -1 not. */
int slapi_attr_value_find(const Slapi_Attr *a, const struct berval *v);

/* ---------------------------------------------------------------- Values */

/* A NUL that the length does not count stands behind every value that was set
 * by these functions.
 */

/* 0 equal by a's equality rule; a NULL compares bytes. */
int slapi_value_compare(const Slapi_Attr *a, const Slapi_Value *v1, const Slapi_Value *v2);
Slapi_Value *slapi_value_dup(const Slapi_Value *v);
/* TAKEN; *value becomes NULL. */
void slapi_value_free(Slapi_Value **value);
/* LENT. */
const struct berval *slapi_value_get_berval(const Slapi_Value *value);
unsigned long slapi_value_get_flags(Slapi_Value *v);
int slapi_value_get_int(const Slapi_Value *value);
size_t slapi_value_get_length(const Slapi_Value *value);
long slapi_value_get_long(const Slapi_Value *value);
slapi_longlong slapi_value_get_longlong(const Slapi_Value *value);
/* LENT; NULL for an empty Slapi_Value. */
const char *slapi_value_get_string(const Slapi_Value *value);
time_t slapi_value_get_time_time_t(const Slapi_Value *value);
/* Seconds of "3600", "1h", "2d12h"; -1 for other text. */
long slapi_value_get_timelong(const Slapi_Value *value);
slapi_longlong slapi_value_get_timelonglong(const Slapi_Value *value);
unsigned int slapi_value_get_uint(const Slapi_Value *value);
unsigned long slapi_value_get_ulong(const Slapi_Value *value);
slapi_ulonglong slapi_value_get_ulonglong(const Slapi_Value *value);
/* v is raw storage. */
Slapi_Value *slapi_value_init(Slapi_Value *v);
Slapi_Value *slapi_value_init_berval(Slapi_Value *v, struct berval *bval);
Slapi_Value *slapi_value_init_string(Slapi_Value *v, const char *s);
Slapi_Value *slapi_value_init_string_passin(Slapi_Value *v, char *s);
/* GIVEN: slapi_value_free. */
Slapi_Value *slapi_value_new(void);
Slapi_Value *slapi_value_new_berval(const struct berval *bval);
Slapi_Value *slapi_value_new_string(const char *s);
/* s is TAKEN. */
Slapi_Value *slapi_value_new_string_passin(char *s);
Slapi_Value *slapi_value_new_value(const Slapi_Value *v);
Slapi_Value *slapi_value_set(Slapi_Value *value, void *val, unsigned long len);
Slapi_Value *slapi_value_set_berval(Slapi_Value *value, const struct berval *bval);
void slapi_value_set_flags(Slapi_Value *v, unsigned long flags);
int slapi_value_set_int(Slapi_Value *value, int intVal);
int slapi_value_set_string(Slapi_Value *value, const char *strVal);
int slapi_value_set_string_passin(Slapi_Value *value, char *strVal);
Slapi_Value *slapi_value_set_value(Slapi_Value *value, const Slapi_Value *vfrom);
void slapi_values_set_flags(Slapi_Value **vs, unsigned long flags);

/* ---------------------------------------------------------------- Value sets */

/* Walk with first_value and next_value until -1; the number between them is
 * opaque.
 */

/* LDAP_TYPE_OR_VALUE_EXISTS leaves addval the caller's. */
int slapi_valueset_add_attr_value_ext(const Slapi_Attr *a, Slapi_ValueSet *vs, Slapi_Value *addval,
                                      unsigned long flags);
void slapi_valueset_add_value(Slapi_ValueSet *vs, const Slapi_Value *addval);
/* SLAPI_VALUE_FLAG_PASSIN: addval is TAKEN, else copied. */
void slapi_valueset_add_value_ext(Slapi_ValueSet *vs, const Slapi_Value *addval, unsigned long flags);
int slapi_valueset_count(const Slapi_ValueSet *vs);
void slapi_valueset_done(Slapi_ValueSet *vs);
/* LENT, NULL when absent. */
Slapi_Value *slapi_valueset_find(const Slapi_Attr *a, const Slapi_ValueSet *vs, const Slapi_Value *v);
int slapi_valueset_first_value(Slapi_ValueSet *vs, Slapi_Value **v);
void slapi_valueset_free(Slapi_ValueSet *vs);
void slapi_valueset_init(Slapi_ValueSet *vs);
int slapi_valueset_isempty(const Slapi_ValueSet *vs);
void slapi_valueset_join_attr_valueset(const Slapi_Attr *a, Slapi_ValueSet *vs1, const Slapi_ValueSet *vs2);
/* GIVEN: slapi_valueset_free. */
Slapi_ValueSet *slapi_valueset_new(void);
int slapi_valueset_next_value(Slapi_ValueSet *vs, int index, Slapi_Value **v);
void slapi_valueset_set_from_smod(Slapi_ValueSet *vs, Slapi_Mod *smod);
/* vs1 becomes a copy of vs2. */
void slapi_valueset_set_valueset(Slapi_ValueSet *vs1, const Slapi_ValueSet *vs2);

/* ---------------------------------------------------------------- Names: strings, Slapi_DN, Slapi_RDN */

/* A Slapi_DN keeps a name as given and makes its pretty and its normal form
 * when they are asked for. byval copies, byref LENDS (the text must outlive the
 * Slapi_DN), passin TAKES. Text that is no DN is kept as it is.
 */

/* GIVEN, NULL for what is no DN. */
char *slapi_create_dn_string(const char *fmt, ...) SLAPI_PRINTF(1, 2);
char *slapi_create_dn_string_case(const char *fmt, ...) SLAPI_PRINTF(1, 2);
char *slapi_create_rdn_value(const char *fmt, ...) SLAPI_PRINTF(1, 2);
/* GIVEN; NULL for a suffix of the pblock's backend. */
char *slapi_dn_beparent(Slapi_PBlock *pb, const char *dn);
/* LENT, part of dn. */
const char *slapi_dn_find_parent(const char *dn);
const char *slapi_dn_find_parent_ext(const char *dn, int is_tombstone);
char *slapi_dn_ignore_case(char *dn);
int slapi_dn_isbesuffix(Slapi_PBlock *pb, const char *dn);
int slapi_dn_isparent(const char *parentdn, const char *childdn);
/* 1 when dn is suffix or below it; both are normalised. */
int slapi_dn_issuffix(const char *dn, const char *suffix);
/* OpenLDAP plug-ins: GIVEN, NULL for what is no DN. 389: dn rewritten in place. */
char *slapi_dn_normalize(char *dn);
/* The same in the normal form. */
char *slapi_dn_normalize_case(char *dn);
int slapi_dn_normalize_case_ext(char *src, size_t src_len, char **dest, size_t *dest_len);
/* 1 with *dest GIVEN, -1 for what is no DN. src_len 0: up to the NUL. */
int slapi_dn_normalize_ext(char *src, size_t src_len, char **dest, size_t *dest_len);
char *slapi_dn_normalize_to_end(char *dn, char *end);
/* GIVEN: slapi_ch_free_string; NULL when there is none. */
char *slapi_dn_parent(const char *dn);
char *slapi_dn_parent_ext(const char *dn, int is_tombstone);
/* GIVEN. */
char *slapi_dn_plus_rdn(const char *dn, const char *rdn);
int slapi_is_rootdse(const char *dn);
int slapi_is_special_rdn(const char *rdn, int flag);
/* GIVEN. */
char *slapi_moddn_get_newdn(Slapi_DN *dn_olddn, const char *newrdn, const char *newsuperiordn);
/* OpenLDAP plug-ins: *type and bv->bv_val GIVEN. 389: LENT, rdn is cut in place. */
int slapi_rdn2typeval(char *rdn, char **type, struct berval *bv);
int slapi_rdn_add(Slapi_RDN *rdn, const char *type, const char *value);
int slapi_rdn_compare(Slapi_RDN *rdn1, Slapi_RDN *rdn2);
int slapi_rdn_contains(Slapi_RDN *rdn, const char *type, const char *value, size_t length);
int slapi_rdn_contains_attr(Slapi_RDN *rdn, const char *type, char **value);
void slapi_rdn_done(Slapi_RDN *rdn);
void slapi_rdn_free(Slapi_RDN **rdn);
int slapi_rdn_get_dn(Slapi_RDN *srdn, char **dn);
/* 1 with type and value LENT, or -1. */
int slapi_rdn_get_first(Slapi_RDN *rdn, char **type, char **value);
int slapi_rdn_get_first_ext(Slapi_RDN *srdn, const char **firstrdn, int flag);
/* -1 when absent. OpenLDAP plug-ins count from 0, 389 from 1. */
int slapi_rdn_get_index(Slapi_RDN *rdn, const char *type, const char *value, size_t length);
int slapi_rdn_get_index_attr(Slapi_RDN *rdn, const char *type, char **value);
int slapi_rdn_get_last_ext(Slapi_RDN *srdn, const char **lastrdn, int flag);
/* The next number, or -1. */
int slapi_rdn_get_next(Slapi_RDN *rdn, int index, char **type, char **value);
/* The list of all RDNs grows by one; addrdn is copied, or TAKEN with byref. */
int slapi_rdn_add_rdn_to_all_rdns(Slapi_RDN *srdn, char *addrdn, int byref);
int slapi_rdn_add_srdn_to_all_rdns(Slapi_RDN *srdn, Slapi_RDN *addsrdn);
int slapi_rdn_get_next_ext(Slapi_RDN *srdn, int idx, const char **nextrdn, int flag);
const char *slapi_rdn_get_nrdn(Slapi_RDN *srdn);
int slapi_rdn_get_num_components(Slapi_RDN *rdn);
int slapi_rdn_get_prev_ext(Slapi_RDN *srdn, int idx, const char **prevrdn, int flag);
/* LENT. */
const char *slapi_rdn_get_rdn(const Slapi_RDN *rdn);
size_t slapi_rdn_get_size(Slapi_RDN *srdn);
char *slapi_rdn_get_value(const char *rdn);
char *slapi_rdn_get_value_by_ref(const char *rdn);
void slapi_rdn_init(Slapi_RDN *rdn);
int slapi_rdn_init_all_dn(Slapi_RDN *rdn, const char *dn);
int slapi_rdn_init_all_sdn(Slapi_RDN *rdn, const Slapi_DN *sdn);
int slapi_rdn_init_all_sdn_ext(Slapi_RDN *rdn, const Slapi_DN *sdn, int is_tombstone);
void slapi_rdn_init_dn(Slapi_RDN *rdn, const char *dn);
void slapi_rdn_init_rdn(Slapi_RDN *rdn, const Slapi_RDN *fromrdn);
void slapi_rdn_init_sdn(Slapi_RDN *rdn, const Slapi_DN *sdn);
int slapi_rdn_is_conflict(Slapi_RDN *rdn);
int slapi_rdn_is_multivalued(Slapi_RDN *rdn);
int slapi_rdn_isempty(const Slapi_RDN *rdn);
/* GIVEN: slapi_rdn_free. */
Slapi_RDN *slapi_rdn_new(void);
Slapi_RDN *slapi_rdn_new_all_dn(const char *dn);
Slapi_RDN *slapi_rdn_new_dn(const char *dn);
Slapi_RDN *slapi_rdn_new_rdn(const Slapi_RDN *fromrdn);
Slapi_RDN *slapi_rdn_new_sdn(const Slapi_DN *sdn);
int slapi_rdn_partial_dup(Slapi_RDN *from, Slapi_RDN **to, int idx);
int slapi_rdn_remove(Slapi_RDN *rdn, const char *type, const char *value, size_t length);
int slapi_rdn_remove_attr(Slapi_RDN *rdn, const char *type);
int slapi_rdn_remove_index(Slapi_RDN *rdn, int atindex);
int slapi_rdn_replace_rdn(Slapi_RDN *srdn, char *new_rdn);
void slapi_rdn_set_all_dn(Slapi_RDN *rdn, const char *dn);
void slapi_rdn_set_dn(Slapi_RDN *rdn, const char *dn);
void slapi_rdn_set_dn_ext(Slapi_RDN *rdn, const char *dn, int flags);
void slapi_rdn_set_rdn(Slapi_RDN *rdn, const Slapi_RDN *fromrdn);
void slapi_rdn_set_sdn(Slapi_RDN *rdn, const Slapi_DN *sdn);
Slapi_DN *slapi_sdn_add_rdn(Slapi_DN *sdn, const Slapi_RDN *rdn);
/* GIVEN, NULL when there is none. */
Slapi_DN *slapi_sdn_common_ancestor(Slapi_DN *dn1, Slapi_DN *dn2);
/* 0 for the same entry, else an order. */
int slapi_sdn_compare(const Slapi_DN *sdn1, const Slapi_DN *sdn2);
void slapi_sdn_copy(const Slapi_DN *from, Slapi_DN *to);
void slapi_sdn_done(Slapi_DN *sdn);
Slapi_DN *slapi_sdn_dup(const Slapi_DN *sdn);
void slapi_sdn_free(Slapi_DN **sdn);
void slapi_sdn_get_backend_parent(const Slapi_DN *sdn, Slapi_DN *sdn_parent, const Slapi_Backend *backend);
void slapi_sdn_get_backend_parent_ext(const Slapi_DN *sdn, Slapi_DN *sdn_parent, const Slapi_Backend *backend,
                                      int is_tombstone);
/* LENT. OpenLDAP plug-ins: the name as given; 389: the pretty form. NULL when empty. */
const char *slapi_sdn_get_dn(const Slapi_DN *sdn);
/* LENT: the normal form, NULL when empty. */
const char *slapi_sdn_get_ndn(const Slapi_DN *sdn);
int slapi_sdn_get_ndn_len(const Slapi_DN *sdn);
void slapi_sdn_get_parent(const Slapi_DN *sdn, Slapi_DN *sdn_parent);
void slapi_sdn_get_parent_ext(const Slapi_DN *sdn, Slapi_DN *sdn_parent, int is_tombstone);
void slapi_sdn_get_rdn(const Slapi_DN *sdn, Slapi_RDN *rdn);
size_t slapi_sdn_get_size(const Slapi_DN *sdn);
/* LENT: as given. */
const char *slapi_sdn_get_udn(const Slapi_DN *sdn);
/* sdn is raw storage, slapi_sdn_done frees what it comes to hold. */
Slapi_DN *slapi_sdn_init(Slapi_DN *sdn);
Slapi_DN *slapi_sdn_init_dn_byref(Slapi_DN *sdn, const char *dn);
Slapi_DN *slapi_sdn_init_dn_byval(Slapi_DN *sdn, const char *dn);
Slapi_DN *slapi_sdn_init_dn_passin(Slapi_DN *sdn, const char *dn);
Slapi_DN *slapi_sdn_init_ndn_byref(Slapi_DN *sdn, const char *ndn);
Slapi_DN *slapi_sdn_init_ndn_byval(Slapi_DN *sdn, const char *ndn);
Slapi_DN *slapi_sdn_init_normdn_byref(Slapi_DN *sdn, const char *normdn);
Slapi_DN *slapi_sdn_init_normdn_byval(Slapi_DN *sdn, const char *normdn);
Slapi_DN *slapi_sdn_init_normdn_passin(Slapi_DN *sdn, const char *normdn);
int slapi_sdn_is_rdn_component(const Slapi_DN *rdn, const Slapi_Attr *a, const Slapi_Value *v);
int slapi_sdn_isempty(const Slapi_DN *sdn);
int slapi_sdn_isgrandparent(const Slapi_DN *parent, const Slapi_DN *child);
int slapi_sdn_isparent(const Slapi_DN *parent, const Slapi_DN *child);
/* 1 for the root DN of the server's configuration. */
int32_t slapi_sdn_isroot(const Slapi_DN *sdn);
/* Whether dn is the server's root DN. The IBM servers' has a pblock before it. */
#ifdef SLAPI_DIALECT_IBM
int slapi_dn_isroot(Slapi_PBlock *pb, char *dn);
#else
int slapi_dn_isroot(const char *dn);
#endif
/* 1 when sdn is suffixsdn or below it. */
int slapi_sdn_issuffix(const Slapi_DN *sdn, const Slapi_DN *suffixsdn);
/* GIVEN: slapi_sdn_free. */
Slapi_DN *slapi_sdn_new(void);
Slapi_DN *slapi_sdn_new_dn_byref(const char *dn);
Slapi_DN *slapi_sdn_new_dn_byval(const char *dn);
Slapi_DN *slapi_sdn_new_dn_passin(const char *dn);
Slapi_DN *slapi_sdn_new_from_char_dn(const char *dn);
Slapi_DN *slapi_sdn_new_ndn_byref(const char *ndn);
Slapi_DN *slapi_sdn_new_ndn_byval(const char *ndn);
Slapi_DN *slapi_sdn_new_ndn_passin(const char *ndn);
Slapi_DN *slapi_sdn_new_normdn_byref(const char *normdn);
Slapi_DN *slapi_sdn_new_normdn_byval(const char *dn);
Slapi_DN *slapi_sdn_new_normdn_passin(const char *dn);
/* 1 when dn is in the scope (LDAP_SCOPE_*) of base. */
int slapi_sdn_scope_test(const Slapi_DN *dn, const Slapi_DN *base, int scope);
int slapi_sdn_scope_test_ext(const Slapi_DN *dn, const Slapi_DN *base, int scope, int flags);
Slapi_DN *slapi_sdn_set_dn_byref(Slapi_DN *sdn, const char *dn);
Slapi_DN *slapi_sdn_set_dn_byval(Slapi_DN *sdn, const char *dn);
Slapi_DN *slapi_sdn_set_dn_passin(Slapi_DN *sdn, const char *dn);
Slapi_DN *slapi_sdn_set_ndn_byref(Slapi_DN *sdn, const char *ndn);
Slapi_DN *slapi_sdn_set_ndn_byval(Slapi_DN *sdn, const char *ndn);
Slapi_DN *slapi_sdn_set_ndn_passin(Slapi_DN *sdn, const char *ndn);
Slapi_DN *slapi_sdn_set_normdn_byref(Slapi_DN *sdn, const char *normdn);
Slapi_DN *slapi_sdn_set_normdn_byval(Slapi_DN *sdn, const char *dn);
Slapi_DN *slapi_sdn_set_normdn_passin(Slapi_DN *sdn, const char *dn);
Slapi_DN *slapi_sdn_set_parent(Slapi_DN *sdn, const Slapi_DN *parentdn);
Slapi_DN *slapi_sdn_set_rdn(Slapi_DN *sdn, const Slapi_RDN *rdn);
int slapi_srdn_copy(const Slapi_RDN *from, Slapi_RDN *to);

/* ---------------------------------------------------------------- Modifications */

/* byref LENDS, byval copies, passin TAKES an array or a mod, passout GIVES it. */

/* *dn and *attrs are GIVEN: slapi_ch_free_string, slapi_mods_init_passin. */
int slapi_entry2mods(const Slapi_Entry *e, char **dn, LDAPMod ***attrs);
void slapi_mod_add_value(Slapi_Mod *smod, const struct berval *val);
void slapi_mod_done(Slapi_Mod *mod);
void slapi_mod_dump(LDAPMod *mod, int n);
void slapi_mod_free(Slapi_Mod **smod);
/* LENT. */
struct berval *slapi_mod_get_first_value(Slapi_Mod *smod);
const LDAPMod *slapi_mod_get_ldapmod_byref(const Slapi_Mod *smod);
/* GIVEN; smod is empty then. */
LDAPMod *slapi_mod_get_ldapmod_passout(Slapi_Mod *smod);
struct berval *slapi_mod_get_next_value(Slapi_Mod *smod);
int slapi_mod_get_num_values(const Slapi_Mod *smod);
int slapi_mod_get_operation(const Slapi_Mod *smod);
const char *slapi_mod_get_type(const Slapi_Mod *smod);
void slapi_mod_init(Slapi_Mod *smod, int initCount);
void slapi_mod_init_byref(Slapi_Mod *smod, LDAPMod *mod);
void slapi_mod_init_byval(Slapi_Mod *smod, const LDAPMod *mod);
void slapi_mod_init_passin(Slapi_Mod *smod, LDAPMod *mod);
void slapi_mod_init_valueset_byval(Slapi_Mod *smod, int op, const char *type, const Slapi_ValueSet *svs);
int slapi_mod_isvalid(const Slapi_Mod *mod);
Slapi_Mod *slapi_mod_new(void);
void slapi_mod_remove_value(Slapi_Mod *smod);
void slapi_mod_set_operation(Slapi_Mod *smod, int op);
void slapi_mod_set_type(Slapi_Mod *smod, const char *type);
/* *e is GIVEN. LDAP result code. */
int slapi_mods2entry(Slapi_Entry **e, const char *dn, LDAPMod **attrs);
void slapi_mods_add(Slapi_Mods *smods, int modtype, const char *type, unsigned long len, const char *val);
/* TAKEN. */
void slapi_mods_add_ldapmod(Slapi_Mods *smods, LDAPMod *mod);
void slapi_mods_add_mod_values(Slapi_Mods *smods, int modtype, const char *type, Slapi_Value **va);
void slapi_mods_add_modbvps(Slapi_Mods *smods, int modtype, const char *type, struct berval **bvps);
/* smod gives its mod away and is empty then. */
void slapi_mods_add_smod(Slapi_Mods *smods, Slapi_Mod *smod);
void slapi_mods_add_string(Slapi_Mods *smods, int modtype, const char *type, const char *val);
void slapi_mods_done(Slapi_Mods *smods);
void slapi_mods_dump(const Slapi_Mods *smods, const char *text);
void slapi_mods_free(Slapi_Mods **smods);
/* LENT. */
LDAPMod *slapi_mods_get_first_mod(Slapi_Mods *smods);
/* Fills smod, which may be raw storage, and answers it; NULL at the end. */
Slapi_Mod *slapi_mods_get_first_smod(Slapi_Mods *smods, Slapi_Mod *smod);
/* LENT until the next change. */
LDAPMod **slapi_mods_get_ldapmods_byref(Slapi_Mods *smods);
/* GIVEN; smods is empty then. */
LDAPMod **slapi_mods_get_ldapmods_passout(Slapi_Mods *smods);
LDAPMod *slapi_mods_get_next_mod(Slapi_Mods *smods);
Slapi_Mod *slapi_mods_get_next_smod(Slapi_Mods *smods, Slapi_Mod *smod);
int slapi_mods_get_num_mods(const Slapi_Mods *smods);
void slapi_mods_init(Slapi_Mods *smods, int initCount);
void slapi_mods_init_byref(Slapi_Mods *smods, LDAPMod **mods);
void slapi_mods_init_passin(Slapi_Mods *smods, LDAPMod **mods);
void slapi_mods_insert_after(Slapi_Mods *smods, LDAPMod *mod);
void slapi_mods_insert_at(Slapi_Mods *smods, LDAPMod *mod, int pos);
void slapi_mods_insert_before(Slapi_Mods *smods, LDAPMod *mod);
void slapi_mods_insert_smod_at(Slapi_Mods *smods, Slapi_Mod *smod, int pos);
void slapi_mods_insert_smod_before(Slapi_Mods *smods, Slapi_Mod *smod);
void slapi_mods_iterator_backone(Slapi_Mods *smods);
/* GIVEN: slapi_mods_free. To be initialised by one of slapi_mods_init*. */
Slapi_Mods *slapi_mods_new(void);
void slapi_mods_remove(Slapi_Mods *smods);

/* ---------------------------------------------------------------- Filters */

/* A filter made here is GIVEN: slapi_filter_free. */

/* GIVEN. */
char *slapi_escape_filter_value(char *filter_str, int len);
int slapi_filter_apply(Slapi_Filter *f, FILTER_APPLY_FN fn, void *arg, int *error_code);
int slapi_filter_changetype(Slapi_Filter *f, const char *newtype);
int slapi_filter_compare(Slapi_Filter *f1, Slapi_Filter *f2);
Slapi_Filter *slapi_filter_dup(Slapi_Filter *f);
char *slapi_filter_escape_filter_value(char *filter_attr, char *filter_value);
/* TAKEN. */
void slapi_filter_free(Slapi_Filter *f, int recurse);
int slapi_filter_get_attribute_type(Slapi_Filter *f, char **type);
int slapi_filter_get_ava(Slapi_Filter *f, char **type, struct berval **bval);
int slapi_filter_get_choice(Slapi_Filter *f);
int slapi_filter_get_subfilt(Slapi_Filter *f, char **type, char **initial, char ***any, char **final);
Slapi_Filter *slapi_filter_join(int ftype, Slapi_Filter *f1, Slapi_Filter *f2);
Slapi_Filter *slapi_filter_join_ex(int ftype, Slapi_Filter *f1, Slapi_Filter *f2, int recurse_always);
Slapi_Filter *slapi_filter_list_first(Slapi_Filter *f);
Slapi_Filter *slapi_filter_list_next(Slapi_Filter *f, Slapi_Filter *fprev);
char *slapi_filter_sprintf(const char *fmt, ...) SLAPI_PRINTF(1, 2);
int slapi_filter_test(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Filter *f, int verify_access);
int slapi_filter_test_ext(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Filter *f, int verify_access, int only_test_access);
int slapi_filter_test_simple(Slapi_Entry *e, Slapi_Filter *f);
char *slapi_find_matching_paren(const char *str);
/* GIVEN; NULL for what is no filter. */
Slapi_Filter *slapi_str2filter(char *str);
int slapi_x_filter_append(int choice, Slapi_Filter **pContainingFilter, Slapi_Filter **pNextFilter,
                          Slapi_Filter *filterToAppend);
int slapi_x_filter_set_attribute_type(Slapi_Filter *f, const char *type);

/* ---------------------------------------------------------------- Controls, extended operations, SASL mechanisms */

/* newctrl is copied, or TAKEN without copy. */
void slapi_add_control_ext(LDAPControl ***ctrlsp, LDAPControl *newctrl, int copy);
void slapi_add_controls(LDAPControl ***ctrlsp, LDAPControl **newctrls, int copy);
/* *ctrlp is GIVEN. LDAP result code. */
int slapi_build_control(char *oid, BerElement *ber, char iscritical, LDAPControl **ctrlp);
/* *ctrlp is GIVEN; the bytes of bvp are TAKEN. */
int slapi_build_control_from_berval(char *oid, struct berval *bvp, char iscritical, LDAPControl **ctrlp);
/* 1 with *val LENT, 0 when absent. OpenLDAP plug-ins: *val NULL for an empty value. */
int slapi_control_present(LDAPControl **controls, char *oid, struct berval **val, int *iscritical);
/* GIVEN: ldap_control_free. */
LDAPControl *slapi_dup_control(LDAPControl *ctrl);
int slapi_get_supported_controls(char ***ctrloidsp, unsigned long **ctrlopsp);
int slapi_get_supported_controls_copy(char ***ctrloidsp, unsigned long **ctrlopsp);
char **slapi_get_supported_extended_ops(void);
char **slapi_get_supported_extended_ops_copy(void);
int slapi_get_supported_features_copy(char ***ftroidsp);
char **slapi_get_supported_saslmechanisms(void);
char **slapi_get_supported_saslmechanisms_copy(void);
void slapi_register_supported_control(char *controloid, unsigned long controlops);
void slapi_register_supported_saslmechanism(char *mechanism);
void slapi_register_supported_saslmechnisms(char *mechanism);

/* ---------------------------------------------------------------- Results */

int slapi_send_ldap_intermediate(Slapi_PBlock *pb, LDAPControl **ectrls, char *responseName,
                                 struct berval *responseValue);
int slapi_send_ldap_referral(Slapi_PBlock *pb, Slapi_Entry *e, struct berval **refs, struct berval ***urls);
void slapi_send_ldap_result(Slapi_PBlock *pb, int err, char *matched, char *text, int nentries, struct berval **urls);
int slapi_send_ldap_search_entry(Slapi_PBlock *pb, Slapi_Entry *e, LDAPControl **ectrls, char **attrs, int attrsonly);
/* IBM's: the answer to an extended operation in one call. response is copied. */
void slapi_send_ldap_extended_response(Slapi_Connection *conn, Slapi_Operation *op, int errornum, char *respName,
                                       struct berval *response);
int slapi_send_ldap_search_reference(Slapi_PBlock *pb, Slapi_Entry *e, struct berval **urls, LDAPControl **ectrls,
                                     struct berval **v2refs);

/* ---------------------------------------------------------------- Internal operations */

/* The set_pb functions describe an operation in a pblock of your own, the _pb
 * functions run it; SLAPI_PLUGIN_INTOP_RESULT holds the LDAP result code then.
 * Strings, mods and controls are copied at once.
 */

Slapi_PBlock *slapi_add_entry_internal(Slapi_Entry *e, LDAPControl **controls, int log_change);
/* OpenLDAP plug-ins keep e; for 389 ones the operation takes it, also when it fails. */
void slapi_add_entry_internal_set_pb(Slapi_PBlock *pb, Slapi_Entry *e, LDAPControl **controls,
                                     Slapi_ComponentId *plugin_identity, int operation_flags);
Slapi_PBlock *slapi_add_internal(char *dn, LDAPMod **attrs, LDAPControl **controls, int log_changes);
int slapi_add_internal_pb(Slapi_PBlock *pb);
int slapi_add_internal_set_pb(Slapi_PBlock *pb, const char *dn, LDAPMod **attrs, LDAPControl **controls,
                              Slapi_ComponentId *plugin_identity, int operation_flags);
Slapi_PBlock *slapi_delete_internal(char *dn, LDAPControl **controls, int log_change);
int slapi_delete_internal_pb(Slapi_PBlock *pb);
void slapi_delete_internal_set_pb(Slapi_PBlock *pb, const char *dn, LDAPControl **controls, const char *uniqueid,
                                  Slapi_ComponentId *plugin_identity, int operation_flags);
void slapi_free_search_results_internal(Slapi_PBlock *pb);
Slapi_PBlock *slapi_modify_internal(char *dn, LDAPMod **mods, LDAPControl **controls, int log_change);
int slapi_modify_internal_pb(Slapi_PBlock *pb);
void slapi_modify_internal_set_pb(Slapi_PBlock *pb, const char *dn, LDAPMod **mods, LDAPControl **controls,
                                  const char *uniqueid, Slapi_ComponentId *plugin_identity, int operation_flags);
void slapi_modify_internal_set_pb_ext(Slapi_PBlock *pb, const Slapi_DN *sdn, LDAPMod **mods, LDAPControl **controls,
                                      const char *uniqueid, Slapi_ComponentId *plugin_identity, int operation_flags);
Slapi_PBlock *slapi_modrdn_internal(char *olddn, char *newrdn, int deloldrdn, LDAPControl **controls, int log_change);
int slapi_modrdn_internal_pb(Slapi_PBlock *pb);
int slapi_op_internal(Slapi_PBlock *pb);
Slapi_PBlock *slapi_rename_internal(const char *olddn, const char *newrdn, const char *newsuperior, int deloldrdn,
                                    LDAPControl **controls, int log_change);
void slapi_rename_internal_set_pb(Slapi_PBlock *pb, const char *olddn, const char *newrdn, const char *newsuperior,
                                  int deloldrdn, LDAPControl **controls, const char *uniqueid,
                                  Slapi_ComponentId *plugin_identity, int operation_flags);
void slapi_rename_internal_set_pb_ext(Slapi_PBlock *pb, const Slapi_DN *olddn, const char *newrdn,
                                      const Slapi_DN *newsuperior, int deloldrdn, LDAPControl **controls,
                                      const char *uniqueid, Slapi_ComponentId *plugin_identity, int operation_flags);
/* *ret_entry is LENT until slapi_search_get_entry_done. */
int32_t slapi_search_get_entry(Slapi_PBlock **pb, Slapi_DN *dn, char **attrs, Slapi_Entry **ret_entry,
                               void *component_identity);
void slapi_search_get_entry_done(Slapi_PBlock **pb);
Slapi_PBlock *slapi_search_internal(char *base, int scope, char *filter, LDAPControl **controls, char **attrs,
                                    int attrsonly);
/* Walks along the values of attrname: SLAPI_SEQ_FIRST, _LAST, or _NEXT and _PREV of
 * val. The entries with the value that was found go to the callback. */
int slapi_seq_internal_callback_pb(Slapi_PBlock *pb, void *callback_data, plugin_result_callback res_callback,
                                   plugin_search_entry_callback srch_callback,
                                   plugin_referral_entry_callback ref_callback);
void slapi_seq_internal_set_pb(Slapi_PBlock *pb, char *ibase, int type, char *attrname, char *val, char **attrs,
                               int attrsonly, LDAPControl **controls, Slapi_ComponentId *plugin_identity,
                               int operation_flags);
int slapi_search_internal_callback_pb(Slapi_PBlock *pb, void *callback_data, plugin_result_callback prc,
                                      plugin_search_entry_callback psec, plugin_referral_entry_callback prec);
/* *ret_entry is GIVEN: slapi_entry_free. LDAP result code. */
int slapi_search_internal_get_entry(Slapi_DN *dn, char **attrlist, Slapi_Entry **ret_entry, void *caller_identity);
/* Entries are LENT by SLAPI_PLUGIN_INTOP_SEARCH_ENTRIES until slapi_free_search_results_internal. */
int slapi_search_internal_pb(Slapi_PBlock *pb);
void slapi_search_internal_set_pb(Slapi_PBlock *pb, const char *base, int scope, const char *filter, char **attrs,
                                  int attrsonly, LDAPControl **controls, const char *uniqueid,
                                  Slapi_ComponentId *plugin_identity, int operation_flags);
void slapi_search_internal_set_pb_ext(Slapi_PBlock *pb, Slapi_DN *sdn, int scope, const char *filter, char **attrs,
                                      int attrsonly, LDAPControl **controls, const char *uniqueid,
                                      Slapi_ComponentId *plugin_identity, int operation_flags);

/* ---------------------------------------------------------------- Registering plug-ins */

void slapi_plugin_op_finished(void *arg);
void slapi_plugin_op_started(void *arg);
int slapi_plugin_running(Slapi_PBlock *pb);
int slapi_register_plugin(const char *plugintype, int enabled, const char *initsymbol,
                          slapi_plugin_init_fnptr initfunc, const char *name, char **argv, void *group_identity);
int slapi_register_plugin_ext(const char *plugintype, int enabled, const char *initsymbol,
                              slapi_plugin_init_fnptr initfunc, const char *name, char **argv, void *group_identity,
                              int precedence);
void slapi_set_plugin_open_rootdn_bind(Slapi_PBlock *pb);

/* ---------------------------------------------------------------- Object extensions and the API broker */

int slapi_apib_addref(void **api);
int slapi_apib_get_interface(char *guid, void ***api);
int slapi_apib_get_interface_all(char *guid, void ****apilist);
int slapi_apib_make_reference_counted(void **api, slapi_apib_callback_on_zero callback);
int slapi_apib_register(char *guid, void **api);
int slapi_apib_release(void **api);
int slapi_apib_unregister(char *guid);
void *slapi_get_object_extension(int objecttype, void *object, int extensionhandle);
int slapi_register_object_extension(const char *pluginname, const char *objectname,
                                    slapi_extension_constructor_fnptr constructor,
                                    slapi_extension_destructor_fnptr destructor, int *objecttype,
                                    int *extensionhandle);
void slapi_set_object_extension(int objecttype, void *object, int extensionhandle, void *extension);
int slapi_unregister_object_extension(const char *pluginname, const char *objectname, int *objecttype, int *ext_index);

/* ---------------------------------------------------------------- Backends */

/* A Slapi_Backend is LENT for as long as the server runs. */

void slapi_be_addsuffix(Slapi_Backend *be, const Slapi_DN *suffix);
int slapi_be_exist(const Slapi_DN *sdn);
void *slapi_be_get_instance_info(Slapi_Backend *be);
char *slapi_be_get_name(Slapi_Backend *be);
int slapi_be_get_readonly(Slapi_Backend *be);
const Slapi_DN *slapi_be_getsuffix(Slapi_Backend *be, int n);
const char *slapi_be_gettype(Slapi_Backend *be);
int slapi_be_is_flag_set(Slapi_Backend *be, int flag);
int slapi_be_issuffix(const Slapi_Backend *be, const Slapi_DN *suffix);
int slapi_be_logchanges(Slapi_Backend *be);
int slapi_be_private(Slapi_Backend *be);
/* IBM's: calls the function with this parameter number of every plug-in that has it. */
void slapi_broadcast_be(int funcType, Slapi_PBlock *pPB);
/* IBM's: how many databases of a type there are; of all types for NULL. */
int slapi_get_num_be(char *type);
Slapi_Backend *slapi_be_select(const Slapi_DN *sdn);
Slapi_Backend *slapi_be_select_by_instance_name(const char *name);
Slapi_Backend *slapi_be_select_exact(const Slapi_DN *sdn);
void slapi_be_set_flag(Slapi_Backend *be, int flag);
void slapi_be_set_instance_info(Slapi_Backend *be, void *data);
void slapi_be_set_readonly(Slapi_Backend *be, int readonly);
void slapi_be_unset_flag(Slapi_Backend *be, int flag);
Slapi_Backend *slapi_get_first_backend(char **cookie);
Slapi_DN *slapi_get_first_suffix(void **node, int show_private);
Slapi_Backend *slapi_get_next_backend(char *cookie);
Slapi_DN *slapi_get_next_suffix(void **node, int show_private);
Slapi_DN *slapi_get_next_suffix_ext(void **node, int show_private);
const Slapi_DN *slapi_get_suffix_by_dn(const Slapi_DN *dn);
int slapi_is_root_suffix(Slapi_DN *dn);
void slapi_register_backend_state_change(void *handle, slapi_backend_state_change_fnptr funct);
int slapi_unregister_backend_state_change(void *handle);
int slapi_x_backend_get_flags(const Slapi_Backend *be, unsigned long *flags);
const char *slapi_x_be_get_updatedn(Slapi_Backend *be);

/* ---------------------------------------------------------------- Connections and operations */

void slapi_free_client_ip(char **clientIP);
int slapi_get_client_ip(Slapi_PBlock *pb, char **clientIP);
int slapi_get_client_port(Slapi_PBlock *pPB, int *fromPort);
int slapi_is_connection_ssl(Slapi_PBlock *pPB, int *isSSL);
int slapi_is_operation_abandoned(Slapi_Operation *op);
int slapi_op_abandoned(Slapi_PBlock *pb);
unsigned long slapi_op_get_type(Slapi_Operation *op);
char *slapi_op_type_to_string(unsigned long type);
void slapi_operation_clear_flag(Slapi_Operation *op, unsigned long flag);
ber_int_t slapi_operation_get_msgid(Slapi_Operation *op);
ber_tag_t slapi_operation_get_tag(Slapi_Operation *op);
int slapi_operation_is_flag_set(Slapi_Operation *op, unsigned long flag);
Slapi_Operation *slapi_operation_new(int flags);
void slapi_operation_set_flag(Slapi_Operation *op, unsigned long flag);
void slapi_operation_set_msgid(Slapi_Operation *op, ber_int_t msgid);
void slapi_operation_set_tag(Slapi_Operation *op, ber_tag_t tag);
void slapi_operation_time_elapsed(Slapi_Operation *o, struct timespec *elapsed);
void slapi_operation_time_expiry(Slapi_Operation *o, time_t timeout, struct timespec *expiry);

/* ---------------------------------------------------------------- Configuration callbacks */

int slapi_config_register_callback(int operation, int flags, const char *base, int scope, const char *filter,
                                   dseCallbackFn fn, void *fn_arg);
int slapi_config_register_callback_plugin(int operation, int flags, const char *base, int scope, const char *filter,
                                          dseCallbackFn fn, void *fn_arg, Slapi_PBlock *pb);
int slapi_config_remove_callback(int operation, int flags, const char *base, int scope, const char *filter,
                                 dseCallbackFn fn);

/* ---------------------------------------------------------------- Tasks */

/* A task is the server's until slapi_task_finish or slapi_destroy_task. */

void slapi_destroy_task(void *arg);
Slapi_Task *slapi_new_task(const char *dn);
Slapi_Task *slapi_plugin_new_task(const char *dn, void *arg);
int slapi_plugin_task_register_handler(const char *name, dseCallbackFn func, Slapi_PBlock *plugin_pb);
int slapi_plugin_task_unregister_handler(const char *name, dseCallbackFn func);
void slapi_task_begin(Slapi_Task *task, int total_work);
void slapi_task_cancel(Slapi_Task *task, int rc);
void slapi_task_dec_refcount(Slapi_Task *task);
void slapi_task_finish(Slapi_Task *task, int rc);
void *slapi_task_get_data(Slapi_Task *task);
int slapi_task_get_refcount(Slapi_Task *task);
int slapi_task_get_state(Slapi_Task *task);
int slapi_task_get_warning(Slapi_Task *task);
void slapi_task_inc_progress(Slapi_Task *task);
void slapi_task_inc_refcount(Slapi_Task *task);
void slapi_task_log_notice(Slapi_Task *task, const char *format, ...);
void slapi_task_log_notice_ext(Slapi_Task *task, char *format, va_list varg);
void slapi_task_log_status(Slapi_Task *task, char *format, ...);
void slapi_task_log_status_ext(Slapi_Task *task, char *format, va_list varg);
int slapi_task_register_handler(const char *name, dseCallbackFn func);
void slapi_task_set_cancel_fn(Slapi_Task *task, TaskCallbackFn func);
void slapi_task_set_data(Slapi_Task *task, void *data);
void slapi_task_set_destructor_fn(Slapi_Task *task, TaskCallbackFn func);
void slapi_task_set_warning(Slapi_Task *task, task_warning warn);
void slapi_task_status_changed(Slapi_Task *task);

/* ---------------------------------------------------------------- Schema */

int slapi_attr_get_syntax_oid_copy(const Slapi_Attr *a, char **oidp);
int slapi_attr_syntax_exists(const char *type);
/* The schema's spelling. OpenLDAP plug-ins: LENT. 389: GIVEN. */
char *slapi_attr_syntax_normalize(const char *s);
int slapi_attr_type2plugin(const char *type, void **pi);
int slapi_dn_syntax_check(Slapi_PBlock *pb, const char *dn, int override);
/* 0, or 1 with the reason in SLAPI_PB_RESULT_TEXT of pb (may be NULL). */
int slapi_entry_schema_check(Slapi_PBlock *pb, Slapi_Entry *e);
int slapi_entry_syntax_check(Slapi_PBlock *pb, Slapi_Entry *e, int override);
void slapi_matchingrule_free(Slapi_MatchingRuleEntry **mrEntry, int freeMembers);
int slapi_matchingrule_get(Slapi_MatchingRuleEntry *mr, int arg, void *value);
/* GIVEN: slapi_matchingrule_free. */
Slapi_MatchingRuleEntry *slapi_matchingrule_new(void);
int slapi_matchingrule_set(Slapi_MatchingRuleEntry *mr, int arg, void *value);
int slapi_mods_syntax_check(Slapi_PBlock *pb, LDAPMod **mods, int override);
void slapi_schema_expand_objectclasses(Slapi_Entry *e);

/* ---------------------------------------------------------------- Computed and virtual attributes */

int compute_evaluator(computed_attr_context *c, char *type, Slapi_Entry *e, slapi_compute_output_t outputfn);
int compute_rewrite_search_filter(Slapi_PBlock *pb);
int slapi_compute_add_evaluator(slapi_compute_callback_t function);
int slapi_compute_add_evaluator_ext(slapi_compute_callback_t function, int rootonly);
int slapi_compute_add_search_rewriter(slapi_search_rewrite_callback_t function);
int slapi_vattr_filter_test(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Filter *f, int verify_access);
int slapi_vattr_filter_test_ext(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Filter *f, int verify_access,
                                int only_test_access);
int slapi_x_compute_get_pblock(computed_attr_context *c, Slapi_PBlock **pb);

/* ---------------------------------------------------------------- Roles */

void slapi_register_role_check(roles_check_fn_type check_fn);
int slapi_role_check(Slapi_Entry *entry_to_check, Slapi_DN *role_dn, int *present);

/* ---------------------------------------------------------------- Transactions */

int slapi_back_transaction_abort(Slapi_PBlock *pb);
int slapi_back_transaction_begin(Slapi_PBlock *pb);
int slapi_back_transaction_commit(Slapi_PBlock *pb);

/* ---------------------------------------------------------------- Passwords */

char *slapi_encode(char *value, char *alg);
char *slapi_encode_ext(Slapi_PBlock *pb, const Slapi_DN *sdn, char *value, char *alg);
char *slapi_get_first_clear_text_pw(Slapi_Entry *entry);
int slapi_is_encoded(char *value);
int slapi_pw_find(struct berval **vals, struct berval *v);
int slapi_pw_find_sv(Slapi_Value **vals, const Slapi_Value *v);

/* ---------------------------------------------------------------- Locks, conditions, counters */

void DS_Sleep(unsigned int ticks);
int32_t slapi_atomic_decr_32(int32_t *ptr, int memorder);
uint64_t slapi_atomic_decr_64(uint64_t *ptr, int memorder);
int32_t slapi_atomic_incr_32(int32_t *ptr, int memorder);
uint64_t slapi_atomic_incr_64(uint64_t *ptr, int memorder);
int32_t slapi_atomic_load_32(int32_t *ptr, int memorder);
uint64_t slapi_atomic_load_64(uint64_t *ptr, int memorder);
void slapi_atomic_store_32(int32_t *ptr, int32_t val, int memorder);
void slapi_atomic_store_64(uint64_t *ptr, uint64_t val, int memorder);
uint64_t slapi_counter_add(Slapi_Counter *counter, uint64_t addvalue);
uint64_t slapi_counter_decrement(Slapi_Counter *counter);
void slapi_counter_destroy(Slapi_Counter **counter);
uint64_t slapi_counter_get_value(Slapi_Counter *counter);
uint64_t slapi_counter_increment(Slapi_Counter *counter);
void slapi_counter_init(Slapi_Counter *counter);
Slapi_Counter *slapi_counter_new(void);
uint64_t slapi_counter_set_value(Slapi_Counter *counter, uint64_t newvalue);
uint64_t slapi_counter_subtract(Slapi_Counter *counter, uint64_t subvalue);
void slapi_destroy_condvar(Slapi_CondVar *cvar);
void slapi_destroy_mutex(Slapi_Mutex *mutex);
void slapi_destroy_rwlock(Slapi_RWLock *rwlock);
void slapi_lock_mutex(Slapi_Mutex *mutex);
Slapi_CondVar *slapi_new_condvar(Slapi_Mutex *mutex);
Slapi_Mutex *slapi_new_mutex(void);
Slapi_RWLock *slapi_new_rwlock(void);
Slapi_RWLock *slapi_new_rwlock_prio(int32_t prio_writer);
int slapi_notify_condvar(Slapi_CondVar *cvar, int notify_all);
int slapi_rwlock_get_size(void);
int slapi_rwlock_rdlock(Slapi_RWLock *rwlock);
int slapi_rwlock_unlock(Slapi_RWLock *rwlock);
int slapi_rwlock_wrlock(Slapi_RWLock *rwlock);
int slapi_unlock_mutex(Slapi_Mutex *mutex);
int slapi_wait_condvar(Slapi_CondVar *cvar, struct timeval *timeout);
int slapi_wait_condvar_pt(Slapi_CondVar *cvar, Slapi_Mutex *mutex, struct timeval *timeout);

/* ---------------------------------------------------------------- Event queue */

int slapi_eq_cancel(Slapi_Eq_Context ctx);
int slapi_eq_cancel_rel(Slapi_Eq_Context ctx);
void *slapi_eq_get_arg(Slapi_Eq_Context ctx);
void *slapi_eq_get_arg_rel(Slapi_Eq_Context ctx);
Slapi_Eq_Context slapi_eq_once(slapi_eq_fn_t fn, void *arg, time_t when);
Slapi_Eq_Context slapi_eq_once_rel(slapi_eq_fn_t fn, void *arg, time_t when);
Slapi_Eq_Context slapi_eq_repeat(slapi_eq_fn_t fn, void *arg, time_t when, unsigned long interval);
Slapi_Eq_Context slapi_eq_repeat_rel(slapi_eq_fn_t fn, void *arg, time_t when, unsigned long interval);

/* ---------------------------------------------------------------- UTF-8 */

size_t ldap_utf8characters(const char *);
int ldap_utf8copy(char *dst, const char *src);
unsigned long ldap_utf8getcc(const char **src);
int ldap_utf8isalnum(char *s);
int ldap_utf8isalpha(char *s);
int ldap_utf8isdigit(char *s);
int ldap_utf8isspace(char *s);
int ldap_utf8isxdigit(char *s);
int ldap_utf8len(const char *);
char *ldap_utf8next(char *);
char *ldap_utf8nextn(char *s, int n);
char *ldap_utf8prev(char *);
char *ldap_utf8prevn(char *s, char *from, int n);
char *ldap_utf8strtok_r(char *src, const char *brk, char **next);
int slapi_UTF8CASECMP(char *s0, char *s1);
int slapi_UTF8ISLOWER(char *s);
int slapi_UTF8ISUPPER(char *s);
int slapi_UTF8NCASECMP(char *s0, char *s1, int n);
unsigned char *slapi_UTF8STRTOLOWER(char *s);
unsigned char *slapi_UTF8STRTOUPPER(char *s);
void slapi_UTF8TOLOWER(char *s, char *d, int *ssz, int *dsz);
void slapi_UTF8TOUPPER(char *s, char *d, int *ssz, int *dsz);
int slapi_has8thBit(unsigned char *s);
unsigned char *slapi_utf8StrToLower(unsigned char *s);
unsigned char *slapi_utf8StrToUpper(unsigned char *s);
void slapi_utf8ToLower(unsigned char *s, unsigned char *d, int *ssz, int *dsz);
void slapi_utf8ToUpper(unsigned char *s, unsigned char *d, int *ssz, int *dsz);
int slapi_utf8casecmp(unsigned char *s0, unsigned char *s1);
int slapi_utf8isLower(unsigned char *s);
int slapi_utf8isUpper(unsigned char *s);
int slapi_utf8ncasecmp(unsigned char *s0, unsigned char *s1, int n);

/* ---------------------------------------------------------------- Log */

int slapi_is_loglevel_set(const int loglevel);
/* IBM's: a line of the log with the numbers of a message and its catalogue. */
void slapi_printmessage(int catid, int level, int num, ...);
/* One line of the error log when level is on. */
int slapi_log_error(int loglevel, char *subsystem, char *fmt, ...) SLAPI_PRINTF(3, 4);
int slapi_log_error_ext(int loglevel, char *subsystem, char *fmt, va_list varg1, va_list varg2);

/* ---------------------------------------------------------------- Various */

/* Whether the requestor of the operation may do this: LDAP_SUCCESS or LDAP_INSUFFICIENT_ACCESS. True
 * in every hook. attr NULL asks about the entry itself. */
int slapi_access_allowed(Slapi_PBlock *pb, Slapi_Entry *e, char *attr, struct berval *val, int access);
int slapi_acl_check_mods(Slapi_PBlock *pb, Slapi_Entry *e, LDAPMod **mods, char **errbuf);
int slapi_berval_cmp(const struct berval *L, const struct berval *R);
int32_t slapi_clock_gettime(struct timespec *tp);
int slapi_ct_memcmp(const void *p1, const void *p2, size_t n);
struct timespec slapi_current_rel_time_hr(void);
time_t slapi_current_rel_time_t(void);
time_t slapi_current_time(void);
time_t slapi_current_utc_time(void);
struct timespec slapi_current_utc_time_hr(void);
char *slapi_err2string(int result);
char *slapi_get_hostname(void);
int slapi_hexchar2int(char c);
int slapi_is_shutting_down(void);
int slapi_isbitset_int(unsigned int f, unsigned int bitnum);
int slapi_isbitset_uchar(unsigned char f, unsigned char bitnum);
int slapi_ldap_count_values(char **vals);
/* A handle of libldap, not yet connected. GIVEN: slapi_ldap_unbind. */
LDAP *slapi_ldap_init(char *ldaphost, int ldapport, int secure, int shared);
void slapi_ldap_unbind(LDAP *ld);
/* GIVEN: slapi_ldap_value_free. */
char **slapi_ldap_explode_dn(const char *dn, int notypes);
char **slapi_ldap_explode_rdn(const char *rdn, int notypes);
void slapi_ldap_value_free(char **vals);
int slapi_ldif_parse_line(char *line, struct berval *type, struct berval *value, int *freeval);
void slapi_ldif_put_type_and_value_with_options(char **out, const char *t, const char *val, int vlen,
                                                unsigned long options);
char *slapi_pr_strerror(int prerrno);
int slapi_rand(void);
void slapi_rand_array(void *randx, size_t len);
int slapi_rand_r(unsigned int *seed);
Slapi_Regex *slapi_re_comp(const char *pat, char **error);
int slapi_re_exec(Slapi_Regex *re_handle, const char *subject, time_t time_up);
int32_t slapi_re_exec_nt(Slapi_Regex *re_handle, const char *subject);
void slapi_re_free(Slapi_Regex *re_handle);
int slapi_re_subs(Slapi_Regex *re_handle, const char *subject, const char *src, char **dst, unsigned long dstlen);
int slapi_re_subs_ext(Slapi_Regex *re_handle, const char *subject, const char *src, char **dst, unsigned long dstlen,
                      int filter);
unsigned int slapi_setbit_int(unsigned int f, unsigned int bitnum);
unsigned char slapi_setbit_uchar(unsigned char f, unsigned char bitnum);
char **slapi_str2charray(char *str, char *brkstr);
uint16_t slapi_str_to_u16(const char *s);
uint32_t slapi_str_to_u32(const char *s);
uint64_t slapi_str_to_u64(const char *s);
uint8_t slapi_str_to_u8(const char *s);
const char *slapi_system_strerror(const int syserrno);
unsigned long slapi_timer_current_time(void);
void slapi_timer_elapsed_time(char *label, unsigned long start);
unsigned long slapi_timer_get_time(char *label);
void slapi_timespec_diff(struct timespec *a, struct timespec *b, struct timespec *diff);
void slapi_timespec_expire_at(time_t timeout, struct timespec *expire);
slapi_timer_result slapi_timespec_expire_check(struct timespec *expire);
void slapi_timespec_expire_rel(time_t timeout, struct timespec *start, struct timespec *expire);
void slapi_timestamp_utc_hr(char *buf, size_t bufsize);
char *slapi_u16_to_hex(uint16_t val, char *s, uint8_t upper);
char *slapi_u32_to_hex(uint32_t val, char *s, uint8_t upper);
char *slapi_u64_to_hex(uint64_t val, char *s, uint8_t upper);
char *slapi_u8_to_hex(uint8_t val, char *s, uint8_t upper);
unsigned int slapi_unsetbit_int(unsigned int f, unsigned int bitnum);
unsigned char slapi_unsetbit_uchar(unsigned char f, unsigned char bitnum);

/* ---------------------------------------------------------------- Clients of other servers (389) */

/* A handle is GIVEN: end it with slapi_ldap_unbind. secure: 0, 1 ldaps, 2 StartTLS. */
LDAP *slapi_ldap_init_ext(const char *ldapurl, const char *hostname, int port, int secure, int shared, const char *ldap_socket);
/* With msgidp the bind is only begun; returned controls are GIVEN (ldap_controls_free). */
int slapi_ldap_bind(LDAP *ld, const char *bindid, const char *creds, const char *mech, LDAPControl **serverctrls, LDAPControl ***returnedctrls, struct timeval *timeout, int *msgidp);
/* *ctrlp is GIVEN (ldap_control_free). */
int slapi_ldap_create_proxyauth_control(LDAP *ld, const char *dn, const char ctl_iscritical, int usev2, LDAPControl **ctrlp);
int slapi_ldap_get_lderrno(LDAP *ld, char **m, char **s);
/* *ludpp is GIVEN (ldap_free_urldesc). */
int slapi_ldap_url_parse(const char *url, struct ldap_url_desc **ludpp, int require_dn, int *secure);
const char *slapi_urlparse_err2string(int err);
/* The file is LENT; setting it TAKES the string. */
const char *slapi_get_cacertfile(void);
void slapi_set_cacertfile(char *certfile);
int slapi_is_ldapi_conn(Slapi_PBlock *pb);

/* ---------------------------------------------------------------- Password policy (389) */

/* GIVEN: end it with slapi_pwpolicy_free. */
Slapi_PWPolicy *slapi_get_pwpolicy(Slapi_DN *dn);
void slapi_pwpolicy_free(Slapi_PWPolicy *pwpolicy);
int slapi_pwpolicy_is_expired(Slapi_PWPolicy *pwpolicy, Slapi_Entry *e, time_t *expire_time, int *remaining_grace);
int slapi_pwpolicy_is_locked(Slapi_PWPolicy *pwpolicy, Slapi_Entry *e, time_t *unlock_time);
int slapi_pwpolicy_is_reset(Slapi_PWPolicy *pwpolicy, Slapi_Entry *e);
int slapi_check_account_lock(Slapi_PBlock *pb, Slapi_Entry *bind_target_entry, int pwresponse_req, int check_password_policy, int send_result);
/* Response controls of a bind; -1 leaves a part of the policy's out. */
int slapi_pwpolicy_make_response_control(Slapi_PBlock *pb, int seconds, int logins, int error);
int slapi_add_pwd_control(Slapi_PBlock *pb, char *arg, long time);
void slapi_add_auth_response_control(Slapi_PBlock *pb, const char *binddn);

/* ---------------------------------------------------------------- Virtual attributes (389) */

/* 0, or SLAPI_VIRTUALATTRS_NOT_FOUND, _LOOP_DETECTED. Values and name are handed back
 * with slapi_vattr_values_free and the flags that came in *buffer_flags. */
int slapi_vattr_values_get(Slapi_Entry *e, char *type, Slapi_ValueSet **results, int *type_name_disposition, char **actual_type_name, int flags, int *buffer_flags);
int slapi_vattr_values_type_thang_get(Slapi_Entry *e, vattr_type_thang *type_thang, Slapi_ValueSet **results, int *type_name_disposition, char **actual_type_name, int flags, int *buffer_flags);
void slapi_vattr_values_free(Slapi_ValueSet **value, char **actual_type_name, int flags);
int slapi_vattr_value_compare(Slapi_Entry *e, char *type, Slapi_Value *test_this, int *result, int flags);
/* The list is GIVEN: end it with slapi_vattr_attrs_free. Names are LENT by it. */
int slapi_vattr_list_attrs(Slapi_Entry *e, vattr_type_thang **types, int flags, int *buffer_flags);
void slapi_vattr_attrs_free(vattr_type_thang **types, int flags);
vattr_type_thang *vattr_typethang_first(vattr_type_thang *t);
vattr_type_thang *vattr_typethang_next(vattr_type_thang *t);
char *vattr_typethang_get_name(vattr_type_thang *t);
unsigned long vattr_typethang_get_flags(vattr_type_thang *t);
void slapi_entry_vattrcache_watermark_invalidate(Slapi_Entry *e);
int slapi_entry_vattrcache_watermark_isvalid(const Slapi_Entry *e);
void slapi_entry_vattrcache_watermark_set(Slapi_Entry *e);
void slapi_entrycache_vattrcache_watermark_invalidate(void);

/* ---------------------------------------------------------------- Further services (389) */

/* The default settings of plug-ins, cn=plugin default config,cn=config. The set is GIVEN. */
int slapi_set_plugin_default_config(const char *type, Slapi_Value *value);
int slapi_get_plugin_default_config(char *type, Slapi_ValueSet **valueset);
int slapi_matchingrule_unregister(char *oid);
int slapi_reload_internal_attr_syntax(void);
int slapi_operation_get_replica_attr(Slapi_PBlock *pb, Slapi_Operation *op, const char *type, void *value);
void slapi_operation_set_replica_attr_handler(Slapi_Operation *op, void *callback);

/* ================================================================ constants */

/* Plug-in versions */
#define SLAPI_PLUGIN_VERSION_01                  "01"
#define SLAPI_PLUGIN_SUPPORTED_VERSIONS          "01,02,03"
#define SLAPI_PLUGIN_VERSION_02                  "02"
#define SLAPI_PLUGIN_CURRENT_VERSION             "03"
#define SLAPI_PLUGIN_VERSION_03                  "03"
#define SLAPI_PLUGIN_SHARED_CONFIG_AREA          "nsslapd-pluginConfigArea"

/* Plug-in types, values of SLAPI_PLUGIN_TYPE */
#define SLAPI_PLUGIN_DATABASE                    1
#define SLAPI_PLUGIN_EXTENDEDOP                  2
#define SLAPI_PLUGIN_PREOPERATION                3
#define SLAPI_PLUGIN_POSTOPERATION               4
#define SLAPI_PLUGIN_MATCHINGRULE                5
#define SLAPI_PLUGIN_SYNTAX                      6
#define SLAPI_PLUGIN_ACL                         7
#define SLAPI_PLUGIN_AUDIT                       7
#define SLAPI_PLUGIN_BEPREOPERATION              8
#define SLAPI_PLUGIN_BEPOSTOPERATION             9
#define SLAPI_PLUGIN_ENTRY                       10
#define SLAPI_PLUGIN_TYPE_OBJECT                 11
#define SLAPI_PLUGIN_INTERNAL_PREOPERATION       12
#define SLAPI_PLUGIN_INTERNAL_POSTOPERATION      13
#define SLAPI_PLUGIN_PWD_STORAGE_SCHEME          14
#define SLAPI_PLUGIN_VATTR_SP                    15
#define SLAPI_PLUGIN_REVER_PWD_STORAGE_SCHEME    16
#define SLAPI_PLUGIN_LDBM_ENTRY_FETCH_STORE      17
#define SLAPI_PLUGIN_INDEX                       18
#define SLAPI_PLUGIN_BETXNPREOPERATION           19
#define SLAPI_PLUGIN_BETXNPOSTOPERATION          20
#define SLAPI_PLUGIN_BETXNEXTENDEDOP             21
#define SLAPI_PLUGIN_PREEXTOPERATION             22
#define SLAPI_PLUGIN_POSTEXTOPERATION            23
#define SLAPI_PLUGIN_MMR                         24

/* Plug-in results and flags */
#define SLAPI_PLUGIN_NOOP_TOMBSTONE              (-4)
#define SLAPI_PLUGIN_EXTENDED_NO_BACKEND_AVAILABLE (-3)
#define SLAPI_PLUGIN_NOOP_COMMIT                 (-3)
#define SLAPI_PLUGIN_EXTENDED_NOT_HANDLED        (-2)
#define SLAPI_PLUGIN_NOOP                        (-2)
#define SLAPI_PLUGIN_EXTENDED_SENT_RESULT        (-1)
#define SLAPI_PLUGIN_FAILURE                     (-1)
#define SLAPI_PLUGIN_MR_USAGE_INDEX              0
#define SLAPI_PLUGIN_SUCCESS                     0
#define SLAPI_PLUGIN_MR_USAGE_SORT               1
#define SLAPI_PLUGIN_SYNTAX_FLAG_ORKEYS          1
#define SLAPI_PLUGIN_SYNTAX_FLAG_ORDERING        2
#define SLAPI_PLUGIN_CONFIG_ENTRY                52
#define SLAPI_PLUGIN_ADD_OP                      199
#define SLAPI_PLUGIN_MOD_OP                      200
#define SLAPI_PLUGIN_MODRDN_OP                   201
#define SLAPI_PLUGIN_DEL_OP                      202

/* Parameters */
#define SLAPI_PLUGIN                             3
#define SLAPI_PLUGIN_PRIVATE                     4
#define SLAPI_PLUGIN_TYPE                        5
#define SLAPI_PLUGIN_ARGV                        6
#define SLAPI_PLUGIN_ARGC                        7
#define SLAPI_PLUGIN_VERSION                     8
#define SLAPI_PLUGIN_OPRETURN                    9
#define SLAPI_PLUGIN_OBJECT                      10
#define SLAPI_PLUGIN_DESCRIPTION                 12
#define SLAPI_PLUGIN_IDENTITY                    13
#define SLAPI_PLUGIN_PRECEDENCE                  14
#define SLAPI_PLUGIN_INTOP_RESULT                15
#define SLAPI_PLUGIN_INTOP_SEARCH_ENTRIES        16
#define SLAPI_PLUGIN_INTOP_SEARCH_REFERRALS      17
#define SLAPI_CONFIG_FILENAME                    40
#define SLAPI_CONFIG_LINENO                      41
#define SLAPI_CONFIG_ARGC                        42
#define SLAPI_CONFIG_ARGV                        43
#define SLAPI_ADD_TARGET_SDN                     47
#define SLAPI_BIND_TARGET_SDN                    47
#define SLAPI_COMPARE_TARGET_SDN                 47
#define SLAPI_DELETE_TARGET_SDN                  47
#define SLAPI_MODIFY_TARGET_SDN                  47
#define SLAPI_MODRDN_TARGET_SDN                  47
#define SLAPI_SEARCH_TARGET_SDN                  47
#define SLAPI_TARGET_SDN                         47
#define SLAPI_TARGET_ADDRESS                     48
#define SLAPI_TARGET_UNIQUEID                    49
#define SLAPI_ADD_TARGET                         50
#define SLAPI_BIND_TARGET                        50
#define SLAPI_COMPARE_TARGET                     50
#define SLAPI_DELETE_TARGET                      50
#define SLAPI_MODIFY_TARGET                      50
#define SLAPI_MODRDN_TARGET                      50
#define SLAPI_SEARCH_TARGET                      50
#define SLAPI_TARGET_DN                          50
#define SLAPI_REQCONTROLS                        51
#define SLAPI_ENTRY_PRE_OP                       52
#define SLAPI_ENTRY_POST_OP                      53
#define SLAPI_RESCONTROLS                        55
#define SLAPI_ADD_RESCONTROL                     56
#define SLAPI_OPERATION_NOTES                    57
#define SLAPI_CONTROLS_ARG                       58
#define SLAPI_DESTROY_CONTENT                    59
#define SLAPI_ADD_ENTRY                          60
#define SLAPI_ADD_EXISTING_DN_ENTRY              61
#define SLAPI_ADD_PARENT_ENTRY                   62
#define SLAPI_ADD_PARENT_UNIQUEID                63
#define SLAPI_ADD_EXISTING_UNIQUEID_ENTRY        64
#define SLAPI_BIND_METHOD                        70
#define SLAPI_BIND_CREDENTIALS                   71
#define SLAPI_BIND_SASLMECHANISM                 72
#define SLAPI_BIND_RET_SASLCREDS                 73
#define SLAPI_COMPARE_TYPE                       80
#define SLAPI_COMPARE_VALUE                      81
#define SLAPI_MODIFY_MODS                        90
#define SLAPI_MODRDN_NEWRDN                      100
#define SLAPI_MODRDN_DELOLDRDN                   101
#define SLAPI_MODRDN_NEWSUPERIOR                 102
#define SLAPI_MODRDN_NEWSUPERIOR_SDN             103
#define SLAPI_MODRDN_PARENT_ENTRY                104
#define SLAPI_MODRDN_NEWPARENT_ENTRY             105
#define SLAPI_MODRDN_TARGET_ENTRY                106
#define SLAPI_MODRDN_NEWSUPERIOR_ADDRESS         107
#define SLAPI_ORIGINAL_TARGET_DN                 109
#define SLAPI_SEARCH_SCOPE                       110
#define SLAPI_SEARCH_DEREF                       111
#define SLAPI_SEARCH_SIZELIMIT                   112
#define SLAPI_SEARCH_TIMELIMIT                   113
#define SLAPI_SEARCH_FILTER                      114
#define SLAPI_SEARCH_STRFILTER                   115
#define SLAPI_SEARCH_ATTRS                       116
#define SLAPI_SEARCH_ATTRSONLY                   117
#define SLAPI_SEARCH_IS_AND                      118
#define SLAPI_SEARCH_FILTER_INTENDED             119
#define SLAPI_ABANDON_MSGID                      120
#define SLAPI_BACKEND                            130
#define SLAPI_CONNECTION                         131
#define SLAPI_OPERATION                          132
#define SLAPI_REQUESTOR_ISROOT                   133
#define SLAPI_BE_MONITORDN                       134
#define SLAPI_BE_TYPE                            135
#define SLAPI_BE_READONLY                        136
#define SLAPI_BE_LASTMOD                         137
#define SLAPI_OPERATION_PARAMETERS               138
#define SLAPI_CONN_ID                            139
#define SLAPI_OPINITIATED_TIME                   140
#define SLAPI_REQUESTOR_DN                       141
#define SLAPI_IS_REPLICATED_OPERATION            142
#define SLAPI_CONN_DN                            143
#define SLAPI_CONN_AUTHTYPE                      144
#define SLAPI_CONN_CLIENTIP                      145
#define SLAPI_CONN_SERVERIP                      146
#define SLAPI_ARGC                               147
#define SLAPI_ARGV                               148
#define SLAPI_CONN_IS_REPLICATION_SESSION        149
#define SLAPI_SEQ_TYPE                           150
#define SLAPI_SEQ_ATTRNAME                       151
#define SLAPI_SEQ_VAL                            152
#define SLAPI_IS_MMR_REPLICATED_OPERATION        153
#define SLAPI_SKIP_MODIFIED_ATTRS                155
#define SLAPI_REQUESTOR_NDN                      156
#define SLAPI_EXT_OP_REQ_OID                     160
#define SLAPI_EXT_OP_REQ_VALUE                   161
#define SLAPI_EXT_OP_RET_OID                     162
#define SLAPI_EXT_OP_RET_VALUE                   163
#define SLAPI_MR_FILTER_ENTRY                    170
#define SLAPI_MR_FILTER_TYPE                     171
#define SLAPI_MR_FILTER_VALUE                    172
#define SLAPI_MR_FILTER_OID                      173
#define SLAPI_MR_FILTER_DNATTRS                  174
#define SLAPI_LDIF2DB_GENERATE_UNIQUEID          175
#define SLAPI_DB2LDIF_DUMP_UNIQUEID              176
#define SLAPI_LDIF2DB_NAMESPACEID                177
#define SLAPI_BACKEND_INSTANCE_NAME              178
#define SLAPI_BACKEND_TASK                       179
#define SLAPI_LDIF2DB_FILE                       180
#define SLAPI_TASK_FLAGS                         181
#define SLAPI_BULK_IMPORT_ENTRY                  182
#define SLAPI_DB2LDIF_PRINTKEY                   183
#define SLAPI_DB2LDIF_FILE                       184
#define SLAPI_LDIF2DB_REMOVEDUPVALS              185
#define SLAPI_DB2INDEX_ATTRS                     186
#define SLAPI_LDIF2DB_NOATTRINDEXES              187
#define SLAPI_LDIF2DB_INCLUDE                    188
#define SLAPI_LDIF2DB_EXCLUDE                    189
#define SLAPI_PARENT_TXN                         190
#define SLAPI_TXN                                191
#define SLAPI_BULK_IMPORT_STATE                  192
#define SLAPI_SEARCH_RESULT_SET                  193
#define SLAPI_SEARCH_RESULT_ENTRY                194
#define SLAPI_NENTRIES                           195
#define SLAPI_SEARCH_REFERRALS                   196
#define SLAPI_DB2LDIF_SERVER_RUNNING             197
#define SLAPI_SEARCH_CTRLS                       198
#define SLAPI_DBSIZE                             199
#define SLAPI_CONFIG_DIRECTORY                   281
#define SLAPI_DSE_DONT_WRITE_WHEN_ADDING         282
#define SLAPI_DSE_MERGE_WHEN_ADDING              283
#define SLAPI_DSE_DONT_CHECK_DUPS                284
#define SLAPI_SCHEMA_FLAGS                       285
#define SLAPI_URP_NAMING_COLLISION_DN            286
#define SLAPI_DSE_REAPPLY_MODS                   287
#define SLAPI_URP_TOMBSTONE_UNIQUEID             288
#define SLAPI_DSE_IS_PRIMARY_FILE                289
#define SLAPI_URP_TOMBSTONE_CONFLICT_DN          293
#define SLAPI_PLUGIN_EXT_OP_OIDLIST              301
#define SLAPI_PLUGIN_EXT_OP_NAMELIST             302
#define SLAPI_LDIF2DB_ENCRYPT                    303
#define SLAPI_DB2LDIF_DECRYPT                    304
#define SLAPI_OPERATION_TYPE                     590
#define SLAPI_OPERATION_MSGID                    591
#define SLAPI_PLUGIN_MR_OID                      610
#define SLAPI_PLUGIN_MR_TYPE                     611
#define SLAPI_PLUGIN_MR_VALUE                    612
#define SLAPI_PLUGIN_MR_VALUES                   613
#define SLAPI_PLUGIN_MR_KEYS                     614
#define SLAPI_PLUGIN_MR_FILTER_REUSABLE          615
#define SLAPI_PLUGIN_MR_QUERY_OPERATOR           616
#define SLAPI_PLUGIN_MR_USAGE                    617
#define SLAPI_PLUGIN_MR_FILTER_AVA               618
#define SLAPI_PLUGIN_MR_FILTER_SUB               619
#define SLAPI_PLUGIN_MR_VALUES2KEYS              620
#define SLAPI_PLUGIN_MR_ASSERTION2KEYS_AVA       621
#define SLAPI_PLUGIN_MR_ASSERTION2KEYS_SUB       622
#define SLAPI_PLUGIN_MR_FLAGS                    623
#define SLAPI_PLUGIN_MR_NAMES                    624
#define SLAPI_PLUGIN_MR_COMPARE                  625
#define SLAPI_PLUGIN_MR_NORMALIZE                626
#define SLAPI_PLUGIN_SYNTAX_FILTER_AVA           700
#define SLAPI_PLUGIN_SYNTAX_FILTER_SUB           701
#define SLAPI_PLUGIN_SYNTAX_VALUES2KEYS          702
#define SLAPI_PLUGIN_SYNTAX_ASSERTION2KEYS_AVA   703
#define SLAPI_PLUGIN_SYNTAX_ASSERTION2KEYS_SUB   704
#define SLAPI_PLUGIN_SYNTAX_NAMES                705
#define SLAPI_PLUGIN_SYNTAX_OID                  706
#define SLAPI_PLUGIN_SYNTAX_FLAGS                707
#define SLAPI_PLUGIN_SYNTAX_COMPARE              708
#define SLAPI_SYNTAX_SUBSTRLENS                  709
#define SLAPI_PLUGIN_SYNTAX_VALIDATE             710
#define SLAPI_PLUGIN_SYNTAX_NORMALIZE            711
#define SLAPI_PLUGIN_SYNTAX_FILTER_NORMALIZED    712
#define SLAPI_PLUGIN_SYNTAX_FILTER_DATA          713
#define SLAPI_PLUGIN_ACL_INIT                    730
#define SLAPI_PLUGIN_ACL_SYNTAX_CHECK            731
#define SLAPI_PLUGIN_ACL_ALLOW_ACCESS            732
#define SLAPI_PLUGIN_ACL_MODS_ALLOWED            733
#define SLAPI_PLUGIN_ACL_MODS_UPDATE             734
#define SLAPI_OPERATION_AUTHTYPE                 741
#define SLAPI_BE_MAXNESTLEVEL                    742
#define SLAPI_CONN_CERT                          743
#ifdef SLAPI_DIALECT_389
#define SLAPI_OPERATION_ID                       744
#else
#define SLAPI_OPERATION_ID                       742
#endif
#define SLAPI_CLIENT_DNS                         745
#define SLAPI_CONN_AUTHMETHOD                    746
#define SLAPI_CONN_IS_SSL_SESSION                747
#define SLAPI_CONN_SASL_SSF                      748
#define SLAPI_IS_INTERNAL_OPERATION              748
#define SLAPI_CONN_SSL_SSF                       749
#define SLAPI_OPERATION_SSF                      750
#define SLAPI_CONN_LOCAL_SSF                     751
#define SLAPI_PLUGIN_MMR_BETXN_PREOP             761
#define SLAPI_PLUGIN_MMR_BETXN_POSTOP            762
#define SLAPI_PLUGIN_PWD_STORAGE_SCHEME_NAME     810
#define SLAPI_PLUGIN_PWD_STORAGE_SCHEME_USER_PWD 811
#define SLAPI_PLUGIN_PWD_STORAGE_SCHEME_DB_PWD   812
#define SLAPI_PLUGIN_ENTRY_FETCH_FUNC            813
#define SLAPI_PLUGIN_ENTRY_STORE_FUNC            814
#define SLAPI_PLUGIN_ENABLED                     815
#define SLAPI_PLUGIN_CONFIG_AREA                 816
#define SLAPI_PLUGIN_CONFIG_DN                   817
#define SLAPI_CONN_CLIENTNETADDR                 850
#define SLAPI_CONN_SERVERNETADDR                 851
#define SLAPI_REQUESTOR_SDN                      852
#define SLAPI_CONN_CLIENTNETADDR_ACLIP           853
#define SLAPI_BACKEND_COUNT                      860
#define SLAPI_RESULT_CODE                        881
#define SLAPI_RESULT_TEXT                        882
#define SLAPI_RESULT_MATCHED                     883
#define SLAPI_PB_RESULT_TEXT                     885
#define SLAPI_MANAGEDSAIT                        1000
#define SLAPI_PWPOLICY                           1001
#define SLAPI_PLUGIN_AUDIT_DATA                  1100
#define SLAPI_SEARCH_GERATTRS                    1160
#define SLAPI_SEARCH_REQATTRS                    1161
#define SLAPI_X_GROUP_ENTRY                      1250
#define SLAPI_X_GROUP_ATTRIBUTE                  1251
#define SLAPI_X_GROUP_OPERATION_DN               1252
#define SLAPI_X_GROUP_TARGET_ENTRY               1253
#define SLAPI_X_CONN_CLIENTPATH                  1300
#define SLAPI_X_CONN_SERVERPATH                  1301
#define SLAPI_X_CONN_IS_UDP                      1302
#define SLAPI_X_CONN_SSF                         1303
#define SLAPI_X_CONN_SASL_CONTEXT                1304
#define SLAPI_X_OPERATION_DELETE_GLUE_PARENT     1305
#define SLAPI_X_RELAX                            1306
#define SLAPI_X_OPERATION_NO_SCHEMA_CHECK        1307
#define SLAPI_X_ADD_STRUCTURAL_CLASS             1308
#define SLAPI_X_OPERATION_NO_SUBORDINATE_GLUE    1309
#define SLAPI_LDIF_CHANGELOG                     1761
#define SLAPI_SEARCH_RESULT_SET_SIZE_ESTIMATE    1930
#define SLAPI_SEARCH_RESULT_ENTRY_EXT            1944
#define SLAPI_PAGED_RESULTS_INDEX                1945
#define SLAPI_ACI_TARGET_CHECK                   1946
#define SLAPI_DBVERIFY_DBDIR                     1947
#define SLAPI_PAGED_RESULTS_COOKIE               1949
#define SLAPI_USN_INCREMENT_FOR_TOMBSTONE        1950

/* Parameters: functions */
#define SLAPI_PLUGIN_DESTROY_FN                  11
#define SLAPI_PLUGIN_DB_BIND_FN                  200
#define SLAPI_PLUGIN_DB_UNBIND_FN                201
#define SLAPI_PLUGIN_DB_SEARCH_FN                202
#define SLAPI_PLUGIN_DB_COMPARE_FN               203
#define SLAPI_PLUGIN_DB_MODIFY_FN                204
#define SLAPI_PLUGIN_DB_MODRDN_FN                205
#define SLAPI_PLUGIN_DB_ADD_FN                   206
#define SLAPI_PLUGIN_DB_DELETE_FN                207
#define SLAPI_PLUGIN_DB_ABANDON_FN               208
#define SLAPI_PLUGIN_DB_CONFIG_FN                209
#define SLAPI_PLUGIN_CLOSE_FN                    210
#define SLAPI_PLUGIN_DB_FLUSH_FN                 211
#define SLAPI_PLUGIN_START_FN                    212
#define SLAPI_PLUGIN_DB_SEQ_FN                   213
#define SLAPI_PLUGIN_DB_ENTRY_FN                 214
#define SLAPI_PLUGIN_DB_REFERRAL_FN              215
#define SLAPI_PLUGIN_DB_RESULT_FN                216
#define SLAPI_PLUGIN_DB_LDIF2DB_FN               217
#define SLAPI_PLUGIN_DB_DB2LDIF_FN               218
#define SLAPI_PLUGIN_DB_BEGIN_FN                 219
#define SLAPI_PLUGIN_DB_COMMIT_FN                220
#define SLAPI_PLUGIN_DB_ABORT_FN                 221
#define SLAPI_PLUGIN_DB_ARCHIVE2DB_FN            222
#define SLAPI_PLUGIN_DB_DB2ARCHIVE_FN            223
#define SLAPI_PLUGIN_DB_NEXT_SEARCH_ENTRY_FN     224
#define SLAPI_PLUGIN_DB_FREE_RESULT_SET_FN       225
#define SLAPI_PLUGIN_DB_SIZE_FN                  226
#define SLAPI_PLUGIN_DB_TEST_FN                  227
#define SLAPI_PLUGIN_DB_DB2INDEX_FN              228
#define SLAPI_PLUGIN_DB_NEXT_SEARCH_ENTRY_EXT_FN 229
#define SLAPI_PLUGIN_CLEANUP_FN                  232
#define SLAPI_PLUGIN_POSTSTART_FN                233
#define SLAPI_PLUGIN_DB_WIRE_IMPORT_FN           234
#define SLAPI_PLUGIN_DB_UPGRADEDB_FN             235
#define SLAPI_PLUGIN_DB_DBVERIFY_FN              236
#define SLAPI_PLUGIN_DB_SEARCH_RESULTS_RELEASE_FN 238
#define SLAPI_PLUGIN_DB_PREV_SEARCH_RESULTS_FN   239
#define SLAPI_PLUGIN_DB_UPGRADEDNFORMAT_FN       240
/* IBM's, which its documents name without giving a number: these are ours. */
#define SLAPI_PLUGIN_DB_INIT_FN                  241
#define SLAPI_PLUGIN_DB_REGISTER_SERVICE_FN      242
#define SLAPI_PLUGIN_DB_GET_REPL_ENTRIES_FN      243
#define SLAPI_PLUGIN_DB_REPLICA_DONE_FN          244
#define SLAPI_PLUGIN_DB_INIT_REPL_LIST_FN        245
#define SLAPI_PLUGIN_DB_RMDB_FN                  280
#define SLAPI_PLUGIN_DB_GET_INFO_FN              290
#define SLAPI_PLUGIN_DB_SET_INFO_FN              291
#define SLAPI_PLUGIN_DB_CTRL_INFO_FN             292
#define SLAPI_PLUGIN_DB_COMPACT_FN               294
#define SLAPI_PLUGIN_EXT_OP_FN                   300
#define SLAPI_PLUGIN_PRE_BIND_FN                 401
#define SLAPI_PLUGIN_PRE_UNBIND_FN               402
#define SLAPI_PLUGIN_PRE_SEARCH_FN               403
#define SLAPI_PLUGIN_PRE_COMPARE_FN              404
#define SLAPI_PLUGIN_PRE_MODIFY_FN               405
#define SLAPI_PLUGIN_PRE_MODRDN_FN               406
#define SLAPI_PLUGIN_PRE_ADD_FN                  407
#define SLAPI_PLUGIN_PRE_DELETE_FN               408
#define SLAPI_PLUGIN_PRE_ABANDON_FN              409
#define SLAPI_PLUGIN_PRE_ENTRY_FN                410
#define SLAPI_PLUGIN_PRE_REFERRAL_FN             411
#define SLAPI_PLUGIN_PRE_RESULT_FN               412
#define SLAPI_PLUGIN_PRE_EXTOP_FN                413
#define SLAPI_PLUGIN_INTERNAL_PRE_ADD_FN         420
#define SLAPI_PLUGIN_INTERNAL_PRE_MODIFY_FN      421
#define SLAPI_PLUGIN_INTERNAL_PRE_MODRDN_FN      422
#define SLAPI_PLUGIN_INTERNAL_PRE_DELETE_FN      423
#ifdef SLAPI_DIALECT_389
#define SLAPI_PLUGIN_INTERNAL_PRE_BIND_FN        424
#else
#define SLAPI_PLUGIN_INTERNAL_PRE_BIND_FN        1260
#endif
#define SLAPI_PLUGIN_BE_PRE_ADD_FN               450
#define SLAPI_PLUGIN_BE_PRE_MODIFY_FN            451
#define SLAPI_PLUGIN_BE_PRE_MODRDN_FN            452
#define SLAPI_PLUGIN_BE_PRE_DELETE_FN            453
#define SLAPI_PLUGIN_BE_PRE_CLOSE_FN             454
#define SLAPI_PLUGIN_BE_TXN_PRE_ADD_FN           460
#define SLAPI_PLUGIN_BE_TXN_PRE_MODIFY_FN        461
#define SLAPI_PLUGIN_BE_TXN_PRE_MODRDN_FN        462
#define SLAPI_PLUGIN_BE_TXN_PRE_DELETE_FN        463
#define SLAPI_PLUGIN_BE_TXN_PRE_DELETE_TOMBSTONE_FN 464
#define SLAPI_PLUGIN_POST_BIND_FN                501
#define SLAPI_PLUGIN_POST_UNBIND_FN              502
#define SLAPI_PLUGIN_POST_SEARCH_FN              503
#define SLAPI_PLUGIN_POST_COMPARE_FN             504
#define SLAPI_PLUGIN_POST_MODIFY_FN              505
#define SLAPI_PLUGIN_POST_MODRDN_FN              506
#define SLAPI_PLUGIN_POST_ADD_FN                 507
#define SLAPI_PLUGIN_POST_DELETE_FN              508
#define SLAPI_PLUGIN_POST_ABANDON_FN             509
#define SLAPI_PLUGIN_POST_ENTRY_FN               510
#define SLAPI_PLUGIN_POST_REFERRAL_FN            511
#define SLAPI_PLUGIN_POST_RESULT_FN              512
#define SLAPI_PLUGIN_POST_SEARCH_FAIL_FN         513
#define SLAPI_PLUGIN_POST_EXTOP_FN               514
#define SLAPI_PLUGIN_INTERNAL_POST_ADD_FN        520
#define SLAPI_PLUGIN_INTERNAL_POST_MODIFY_FN     521
#define SLAPI_PLUGIN_INTERNAL_POST_MODRDN_FN     522
#define SLAPI_PLUGIN_INTERNAL_POST_DELETE_FN     523
#define SLAPI_PLUGIN_BE_POST_ADD_FN              550
#define SLAPI_PLUGIN_BE_POST_MODIFY_FN           551
#define SLAPI_PLUGIN_BE_POST_MODRDN_FN           552
#define SLAPI_PLUGIN_BE_POST_DELETE_FN           553
#define SLAPI_PLUGIN_BE_POST_OPEN_FN             554
#define SLAPI_PLUGIN_BE_POST_EXPORT_FN           556
#define SLAPI_PLUGIN_BE_POST_IMPORT_FN           557
#define SLAPI_PLUGIN_BE_TXN_POST_ADD_FN          560
#define SLAPI_PLUGIN_BE_TXN_POST_MODIFY_FN       561
#define SLAPI_PLUGIN_BE_TXN_POST_MODRDN_FN       562
#define SLAPI_PLUGIN_BE_TXN_POST_DELETE_FN       563
#define SLAPI_PLUGIN_MR_FILTER_CREATE_FN         600
#define SLAPI_PLUGIN_MR_INDEXER_CREATE_FN        601
#define SLAPI_PLUGIN_MR_FILTER_MATCH_FN          602
#define SLAPI_PLUGIN_MR_FILTER_INDEX_FN          603
#define SLAPI_PLUGIN_MR_FILTER_RESET_FN          604
#define SLAPI_PLUGIN_MR_INDEX_FN                 605
#define SLAPI_PLUGIN_MR_INDEX_SV_FN              606
#define SLAPI_PLUGIN_PWD_STORAGE_SCHEME_ENC_FN   800
#define SLAPI_PLUGIN_PWD_STORAGE_SCHEME_DEC_FN   801
#define SLAPI_PLUGIN_PWD_STORAGE_SCHEME_CMP_FN   802
#define SLAPI_PLUGIN_AUDIT_FN                    1101
#define SLAPI_X_PLUGIN_PRE_GROUP_FN              1202
#define SLAPI_X_PLUGIN_POST_GROUP_FN             1203
#define SLAPI_PLUGIN_INTERNAL_PRE_UNBIND_FN      1261
#define SLAPI_PLUGIN_INTERNAL_PRE_SEARCH_FN      1262
#define SLAPI_PLUGIN_INTERNAL_PRE_COMPARE_FN     1263
#define SLAPI_PLUGIN_INTERNAL_PRE_ABANDON_FN     1264
#define SLAPI_PLUGIN_INTERNAL_POST_BIND_FN       1270
#define SLAPI_PLUGIN_INTERNAL_POST_UNBIND_FN     1271
#define SLAPI_PLUGIN_INTERNAL_POST_SEARCH_FN     1272
#define SLAPI_PLUGIN_INTERNAL_POST_COMPARE_FN    1273
#define SLAPI_PLUGIN_INTERNAL_POST_ABANDON_FN    1274
#define SLAPI_TXN_RUV_MODS_FN                    1901
#define SLAPI_PLUGIN_EXT_OP_BACKEND_FN           1948

/* Kinds of operation */
#define SLAPI_OPERATION_NONE                     0
#define SLAPI_OPERATION_BIND                     1
#define SLAPI_OPERATION_UNBIND                   2
#define SLAPI_OPERATION_SEARCH                   4
#define SLAPI_OPERATION_MODIFY                   8
#define SLAPI_OPERATION_ADD                      16
#define SLAPI_OPERATION_DELETE                   32
#define SLAPI_OPERATION_MODDN                    64
#define SLAPI_OPERATION_MODRDN                   64
#define SLAPI_OPERATION_COMPARE                  128
#define SLAPI_OPERATION_ABANDON                  256
#define SLAPI_OPERATION_EXTENDED                 512
#define SLAPI_OPERATION_ANY                      0xFFFFFFFFUL

/* Index and note operators */
#define SLAPI_OP_LESS                            1
#define SLAPI_OP_LESS_OR_EQUAL                   2
#define SLAPI_OP_EQUAL                           3
#define SLAPI_OP_GREATER_OR_EQUAL                4
#define SLAPI_OP_GREATER                         5
#define SLAPI_OP_SUBSTRING                       6
#define SLAPI_OP_RANGE                           255
#define SLAPI_OP_RANGE_NO_IDL_SORT               256
#define SLAPI_OP_RANGE_NO_ALLIDS                 512

/* Flags of internal operations */
#define SLAPI_OP_FLAG_INTERNAL                   32
#define SLAPI_OP_FLAG_NEVER_CHAIN                2048
#define SLAPI_OP_FLAG_TOMBSTONE_ENTRY            4096
#define SLAPI_OP_FLAG_NO_ACCESS_CHECK            65536
#define SLAPI_OP_FLAG_BYPASS_REFERRALS           262144
#define SLAPI_OP_FLAG_NEVER_CACHE                2097152
#define SLAPI_OP_FLAG_IGNORE_UNINDEXED           8388608
#define SLAPI_OP_FLAG_FIXUP                      16777216

/* Results of a pre-bind function */
#define SLAPI_BIND_SUCCESS                       0
#define SLAPI_BIND_FAIL                          2
#define SLAPI_BIND_ANONYMOUS                     3
#define SLAPI_BIND_REFERRAL                      4
#define SLAPI_BIND_NO_BACKEND                    5

/* Rights */
#define SLAPI_ACL_COMPARE                        1
#define SLAPI_ACL_SEARCH                         2
#define SLAPI_ACL_READ                           4
#define SLAPI_ACL_WRITE                          8
#define SLAPI_ACL_DELETE                         16
#define SLAPI_ACL_ADD                            32
#define SLAPI_ACL_SELF                           64
#define SLAPI_ACL_PROXY                          128
#define SLAPI_ACL_MODDN                          2048
#ifdef SLAPI_DIALECT_389
#define SLAPI_ACL_ALL                            0x87f
#else
#define SLAPI_ACL_ALL                            0x7f
#endif

/* Access plug-in calls */
#define ACLPLUGIN_ACCESS_DEFAULT                 0
#define ACLPLUGIN_ACCESS_READ_ON_ENTRY           1
#define ACLPLUGIN_ACCESS_READ_ON_ATTR            2
#define ACLPLUGIN_ACCESS_READ_ON_VLV             3
#define ACLPLUGIN_ACCESS_MODRDN                  4
#define ACLPLUGIN_ACCESS_GET_EFFECTIVE_RIGHTS    5

/* Attribute names */
#define SLAPI_ATTR_DN_LENGTH                     2
#define SLAPI_ATTR_RDN_LENGTH                    3
#define SLAPI_ATTR_ENTRYDN_LENGTH                7
#define SLAPI_ATTR_ENTRYUSN_LENGTH               8
#define SLAPI_ATTR_PARENTID_LENGTH               8
#define SLAPI_ATTR_UNIQUEID_LENGTH               10
#define SLAPI_ATTR_NSCP_ENTRYDN_LENGTH           11
#define SLAPI_ATTR_OBJECTCLASS_LENGTH            11
#define SLAPI_ATTR_VALUE_TOMBSTONE_LENGTH        11
#define SLAPI_ATTR_VALUE_SUBENTRY_LENGTH         12
#define SLAPI_ATTR_TOMBSTONE_CSN_LENGTH          14
#define SLAPI_ATTR_VALUE_PARENT_UNIQUEID_LENGTH  16
#define SLAPI_ATTR_DN                            "dn"
#define SLAPI_ATTR_DS_ENTRYDN                    "dsEntryDN"
#define SLAPI_ATTR_ENTRYDN                       "entrydn"
#define SLAPI_ATTR_ENTRYUSN                      "entryusn"
#define SLAPI_ATTR_ENTRYUUID                     "entryuuid"
#define SLAPI_ATTR_VALUE_SUBENTRY                "ldapsubentry"
#define SLAPI_ATTR_VALUE_PARENT_UNIQUEID         "nsParentUniqueID"
#define SLAPI_ATTR_VALUE_TOMBSTONE               "nsTombstone"
#define SLAPI_ATTR_TOMBSTONE_CSN                 "nsTombstoneCSN"
#define SLAPI_ATTR_NSCP_ENTRYDN                  "nscpEntryDN"
#ifdef SLAPI_DIALECT_389
#define SLAPI_ATTR_UNIQUEID                      "nsuniqueid"
#else
#define SLAPI_ATTR_UNIQUEID                      "entryUUID"
#endif
#ifdef SLAPI_DIALECT_389
#define SLAPI_ATTR_OBJECTCLASS                   "objectclass"
#else
#define SLAPI_ATTR_OBJECTCLASS                   "objectClass"
#endif
#define SLAPI_ATTR_PARENTID                      "parentid"
#define SLAPI_ATTR_RDN                           "rdn"

/* Attribute flags */
#define SLAPI_ATTR_FLAG_SINGLE                   1
#define SLAPI_ATTR_FLAG_OPATTR                   2
#define SLAPI_ATTR_FLAG_READONLY                 4
#define SLAPI_ATTR_FLAG_STD_ATTR                 4
#define SLAPI_ATTR_FLAG_OBSOLETE                 64
#define SLAPI_ATTR_FLAG_COLLECTIVE               128
#define SLAPI_ATTR_FLAG_NOUSERMOD                256
#define SLAPI_ATTR_FLAG_NORMALIZED_CES           512
#define SLAPI_ATTR_FLAG_NORMALIZED_CIS           1024
#define SLAPI_ATTR_FLAG_NORMALIZED               1536
#define SLAPI_ATTR_FLAG_NOEXPOSE                 2048
#define SLAPI_ATTR_FLAG_DISTRIBUTED_OPERATION    4096
#define SLAPI_ATTR_FLAG_DSA_OPERATION            8192

/* Ways of comparing types */
#define SLAPI_TYPE_CMP_EXACT                     0
#define SLAPI_TYPE_CMP_BASE                      1
#define SLAPI_TYPE_CMP_SUBTYPE                   2
#define SLAPI_TYPE_CMP_SUBTYPES                  3

/* Value flags */
#define SLAPI_VALUE_FLAG_PASSIN                  1
#define SLAPI_VALUE_FLAG_IGNOREERROR             2
#define SLAPI_VALUE_FLAG_PRESERVECSNSET          4
#define SLAPI_VALUE_FLAG_USENEWVALUE             8
#define SLAPI_VALUE_FLAG_DUPCHECK                16

/* Entry flags */
#define SLAPI_ENTRY_FLAG_TOMBSTONE               1
#define SLAPI_ENTRY_FLAG_LDAPSUBENTRY            2
#define SLAPI_ENTRY_FLAG_DIFF_IN_BOTH            4
#define SLAPI_ENTRY_FLAG_REFERRAL                8

/* slapi_str2entry flags */
#define SLAPI_STR2ENTRY_REMOVEDUPVALS            1
#define SLAPI_STR2ENTRY_ADDRDNVALS               2
#define SLAPI_STR2ENTRY_BIGENTRY                 4
#define SLAPI_STR2ENTRY_TOMBSTONE_CHECK          8
#define SLAPI_STR2ENTRY_IGNORE_STATE             16
#define SLAPI_STR2ENTRY_INCLUDE_VERSION_STR      32
#define SLAPI_STR2ENTRY_EXPAND_OBJECTCLASSES     64
#define SLAPI_STR2ENTRY_NOT_WELL_FORMED_LDIF     128
#define SLAPI_STR2ENTRY_NO_SCHEMA_LOCK           256
#define SLAPI_STR2ENTRY_USE_OBSOLETE_DNFORMAT    512
#define SLAPI_STR2ENTRY_NO_ENTRYDN               1024
#define SLAPI_STR2ENTRY_DN_NORMALIZED            2048

/* slapi_entry2str_with_options */
#define SLAPI_DUMP_STATEINFO                     1
#define SLAPI_DUMP_UNIQUEID                      2
#define SLAPI_DUMP_NOOPATTRS                     4
#define SLAPI_DUMP_NOWRAP                        8
#define SLAPI_DUMP_MINIMAL_ENCODING              16
#define SLAPI_DUMP_RDN_ENTRY                     32

/* LDIF options */
#define LDIF_OPT_NOWRAP                          1
#define LDIF_OPT_VALUE_IS_URL                    2
#define LDIF_OPT_MINIMAL_ENCODING                4

/* Filters */
#define SLAPI_FILTER_SCAN_ERROR                  (-2)
#define SLAPI_FILTER_SCAN_STOP                   (-1)
#define SLAPI_FILTER_SCAN_NOMORE                 0
#define SLAPI_FILTER_SCAN_CONTINUE               1
#define SLAPI_FILTER_UNKNOWN_FILTER_TYPE         2

/* Matching rules */
#define SLAPI_MATCHINGRULE_NAME                  1
#define SLAPI_MATCHINGRULE_OID                   2
#define SLAPI_MATCHINGRULE_DESC                  3
#define SLAPI_MATCHINGRULE_SYNTAX                4
#define SLAPI_MATCHINGRULE_OBSOLETE              5

/* Backends */
#define SLAPI_BE_REMOTE_BACKEND                  (-3)
#define SLAPI_BE_NO_BACKEND                      (-2)
#define SLAPI_BE_ALL_BACKENDS                    (-1)
#define SLAPI_BE_FLAG_REMOTE_DATA                1
#define SLAPI_BE_STATE_ON                        1
#define SLAPI_BE_STATE_OFFLINE                   2
#define SLAPI_BE_STATE_DELETE                    3
#define SLAPI_BE_FLAG_DONT_BYPASS_FILTERTEST     16
#define SLAPI_BE_FLAG_POST_IMPORT                256
#define SLAPI_BE_FLAG_POST_RESTORE               512

/* Backend flags of OpenLDAP */
#define SLAPI_BACKEND_FLAG_NOLASTMOD             1
#define SLAPI_BACKEND_FLAG_NO_SCHEMA_CHECK       2
#define SLAPI_BACKEND_FLAG_GLUE_INSTANCE         16
#define SLAPI_BACKEND_FLAG_GLUE_SUBORDINATE      32
#define SLAPI_BACKEND_FLAG_GLUE_LINKED           64
#define SLAPI_BACKEND_FLAG_OVERLAY               128
#define SLAPI_BACKEND_FLAG_GLOBAL_OVERLAY        256
#define SLAPI_BACKEND_FLAG_SYNC_SHADOW           4096
#define SLAPI_BACKEND_FLAG_SLURP_SHADOW          8192
#define SLAPI_BACKEND_FLAG_SHADOW                32768

/* Configuration callbacks */
#define SLAPI_DSE_CALLBACK_ERROR                 (-1)
#define SLAPI_DSE_CALLBACK_DO_NOT_APPLY          0
#define SLAPI_DSE_CALLBACK_OK                    1
#define SLAPI_DSE_RETURNTEXT_SIZE                512

/* Tasks */
#define SLAPI_TASK_RUNNING_AS_TASK               0
#define SLAPI_TASK_SETUP                         0
#define SLAPI_TASK_DESTROYING                    1
#define SLAPI_TASK_PUBLIC                        1
#define SLAPI_TASK_RUNNING                       1
#define SLAPI_TASK_RUNNING_FROM_COMMANDLINE      1
#define SLAPI_TASK_FINISHED                      2
#define SLAPI_TASK_CANCELLED                     3

/* Object extensions */
#define SLAPI_EXT_SET_ADD                        0
#define SLAPI_EXT_SET_REPLACE                    1
#define SLAPI_EXT_CONNECTION                     "Connection"
#define SLAPI_EXT_ENTRY                          "Entry"
#define SLAPI_EXT_MTNODE                         "Mapping Tree Node"
#define SLAPI_EXT_OPERATION                      "Operation"
#define SLAPI_EXTMOD_PWPOLICY                    "Password Policy"
#define SLAPI_EXTOBJ_ENTRY_PW                    "UnhashedPW"

/* Virtual attributes */
#define SLAPI_VIRTUALATTRS_LOOP_DETECTED         (-2)
#define SLAPI_VIRTUALATTRS_NOT_FOUND             (-1)
#define SLAPI_VIRTUALATTRS_RETURNED_POINTERS     1
#define SLAPI_VIRTUALATTRS_TYPE_NAME_MATCHED_EXACTLY_OR_ALIAS 1
#define SLAPI_VIRTUALATTRS_ONLY                  2
#define SLAPI_VIRTUALATTRS_RETURNED_COPIES       2
#define SLAPI_VIRTUALATTRS_TYPE_NAME_MATCHED_SUBTYPE 2
#define SLAPI_VIRTUALATTRS_REALATTRS_ONLY        4
#define SLAPI_VIRTUALATTRS_REQUEST_POINTERS      4
#define SLAPI_VIRTUALATTRS_LIST_OPERATIONAL_ATTRS 8
#define SLAPI_VIRTUALATTRS_VALUES_CACHEABLE      8
#define SLAPI_VIRTUALATTRS_SUPPRESS_SUBTYPES     16

/* Unique ids */
#define SLAPI_UNIQUEID_GENERATE_NONE             0
#define SLAPI_UNIQUEID_GENERATE_TIME_BASED       1
#define SLAPI_UNIQUEID_GENERATE_NAME_BASED       2

/* Resource limits */
#define SLAPI_RESLIMIT_STATUS_SUCCESS            0
#define SLAPI_RESLIMIT_TYPE_INT                  0
#define SLAPI_RESLIMIT_STATUS_NOVALUE            1
#define SLAPI_RESLIMIT_STATUS_INIT_FAILURE       2
#define SLAPI_RESLIMIT_STATUS_PARAM_ERROR        3
#define SLAPI_RESLIMIT_STATUS_UNKNOWN_HANDLE     4
#define SLAPI_RESLIMIT_STATUS_INTERNAL_ERROR     5

/* Log levels */
#define SLAPI_LOG_FATAL                          0
#define SLAPI_LOG_TRACE                          1
#define SLAPI_LOG_PACKETS                        2
#define SLAPI_LOG_ARGS                           3
#define SLAPI_LOG_CONNS                          4
#define SLAPI_LOG_BER                            5
#define SLAPI_LOG_FILTER                         6
#define SLAPI_LOG_CONFIG                         7
#define SLAPI_LOG_ACL                            8
#define SLAPI_LOG_SHELL                          9
#define SLAPI_LOG_PARSE                          10
#define SLAPI_LOG_HOUSE                          11
#define SLAPI_LOG_REPL                           12
#define SLAPI_LOG_CACHE                          13
#define SLAPI_LOG_PLUGIN                         14
#define SLAPI_LOG_TIMING                         15
#define SLAPI_LOG_BACKLDBM                       16
#define SLAPI_LOG_ACLSUMMARY                     17
#define SLAPI_LOG_PWDPOLICY                      18
#define SLAPI_LOG_EMERG                          19
#define SLAPI_LOG_ALERT                          20
#define SLAPI_LOG_CRIT                           21
#define SLAPI_LOG_ERR                            22
#define SLAPI_LOG_WARNING                        23
#define SLAPI_LOG_NOTICE                         24
#define SLAPI_LOG_INFO                           25
#define SLAPI_LOG_DEBUG                          26

/* Authentication */
#define SLAPD_DEFAULT_THREAD_STACKSIZE           0
#define SLAPD_UNHASHED_PW_OFF                    0
#define SLAPD_UNHASHED_PW_ON                     1
#define SLAPD_UNHASHED_PW_NOLOG                  2
#define SLAPD_AUTH_OS                            "OS"
#define SLAPD_AUTH_SASL                          "SASL "
#define SLAPD_AUTH_SSL                           "SSL"
#define SLAPD_AUTH_NONE                          "none"
#define SLAPD_AUTH_SIMPLE                        "simple"

/* LDAP: change types */
#ifndef LDAP_CHANGETYPE_ADD
#define LDAP_CHANGETYPE_ADD                      1
#endif
#ifndef LDAP_CHANGETYPE_DELETE
#define LDAP_CHANGETYPE_DELETE                   2
#endif
#ifndef LDAP_CHANGETYPE_MODIFY
#define LDAP_CHANGETYPE_MODIFY                   4
#endif
#ifndef LDAP_CHANGETYPE_MODDN
#define LDAP_CHANGETYPE_MODDN                    8
#endif
#ifndef LDAP_CHANGETYPE_ANY
#define LDAP_CHANGETYPE_ANY                      15
#endif

/* LDAP: controls */
#ifndef LDAP_CONTROL_PRE_READ_ENTRY
#define LDAP_CONTROL_PRE_READ_ENTRY              "1.3.6.1.1.13.1"
#endif
#ifndef LDAP_CONTROL_POST_READ_ENTRY
#define LDAP_CONTROL_POST_READ_ENTRY             "1.3.6.1.1.13.2"
#endif
#ifndef LDAP_CONTROL_PROXYAUTH
#define LDAP_CONTROL_PROXYAUTH                   "2.16.840.1.113730.3.4.12"
#endif
#ifndef LDAP_CONTROL_AUTH_REQUEST
#define LDAP_CONTROL_AUTH_REQUEST                "2.16.840.1.113730.3.4.16"
#endif
#ifndef LDAP_CONTROL_PROXIEDAUTH
#define LDAP_CONTROL_PROXIEDAUTH                 "2.16.840.1.113730.3.4.18"
#endif
#ifndef LDAP_CONTROL_PERSISTENTSEARCH
#define LDAP_CONTROL_PERSISTENTSEARCH            "2.16.840.1.113730.3.4.3"
#endif
#ifndef LDAP_CONTROL_PWEXPIRED
#define LDAP_CONTROL_PWEXPIRED                   "2.16.840.1.113730.3.4.4"
#endif
#ifndef LDAP_CONTROL_PWEXPIRING
#define LDAP_CONTROL_PWEXPIRING                  "2.16.840.1.113730.3.4.5"
#endif
#ifndef LDAP_CONTROL_ENTRYCHANGE
#define LDAP_CONTROL_ENTRYCHANGE                 "2.16.840.1.113730.3.4.7"
#endif

/* LDAP: password policy */
#ifndef LDAP_PWPOLICY_PWDEXPIRED
#define LDAP_PWPOLICY_PWDEXPIRED                 0
#endif
#ifndef LDAP_PWPOLICY_ACCTLOCKED
#define LDAP_PWPOLICY_ACCTLOCKED                 1
#endif
#ifndef LDAP_PWPOLICY_CHGAFTERRESET
#define LDAP_PWPOLICY_CHGAFTERRESET              2
#endif
#ifndef LDAP_PWPOLICY_PWDMODNOTALLOWED
#define LDAP_PWPOLICY_PWDMODNOTALLOWED           3
#endif
#ifndef LDAP_PWPOLICY_MUSTSUPPLYOLDPWD
#define LDAP_PWPOLICY_MUSTSUPPLYOLDPWD           4
#endif
#ifndef LDAP_PWPOLICY_INVALIDPWDSYNTAX
#define LDAP_PWPOLICY_INVALIDPWDSYNTAX           5
#endif
#ifndef LDAP_PWPOLICY_PWDTOOSHORT
#define LDAP_PWPOLICY_PWDTOOSHORT                6
#endif
#ifndef LDAP_PWPOLICY_PWDTOOYOUNG
#define LDAP_PWPOLICY_PWDTOOYOUNG                7
#endif
#ifndef LDAP_PWPOLICY_PWDINHISTORY
#define LDAP_PWPOLICY_PWDINHISTORY               8
#endif

/* LDAP: various */
#ifndef LDAP_SORT_CONTROL_MISSING
#define LDAP_SORT_CONTROL_MISSING                60
#endif
#ifndef LDAP_INDEX_RANGE_ERROR
#define LDAP_INDEX_RANGE_ERROR                   61
#endif
#ifndef LDAP_FILTER_EXTENDED
#define LDAP_FILTER_EXTENDED                     169
#endif
#ifndef LDAP_FILTER_EXT_MATCH
#define LDAP_FILTER_EXT_MATCH                    169
#endif
#ifndef LDAP_PORT_MAX
#define LDAP_PORT_MAX                            65535
#endif
#ifndef LDAP_ALL_USER_ATTRS
#define LDAP_ALL_USER_ATTRS                      "*"
#endif
#ifndef LDAP_ALL_OPERATIONAL_ATTRS
#define LDAP_ALL_OPERATIONAL_ATTRS               "+"
#endif
#ifndef LDAP_X_CONTROL_PWPOLICY_REQUEST
#define LDAP_X_CONTROL_PWPOLICY_REQUEST          "1.3.6.1.4.1.42.2.27.8.5.1"
#endif
#ifndef LDAP_X_CONTROL_PWPOLICY_RESPONSE
#define LDAP_X_CONTROL_PWPOLICY_RESPONSE         "1.3.6.1.4.1.42.2.27.8.5.1"
#endif
#ifndef LDAP_SASL_EXTERNAL
#define LDAP_SASL_EXTERNAL                       "EXTERNAL"
#endif

/* BER */
#ifndef LBER_OVERFLOW
#define LBER_OVERFLOW                            ((ber_tag_t)-3)
#endif
#ifndef LBER_END_OF_SEQORSET
#define LBER_END_OF_SEQORSET                     ((ber_tag_t)-2)
#endif

/* OpenLDAP extensions */
#define SLAPI_X_MANAGEDIT                        1306

/* int, set by the init function of a database plug-in: 1 says that the server
 * checks no access in this database, because the plug-in does. */
#define SLAPI_PLUGIN_DB_NO_ACL                   250

/* libslapi's extensions for database plug-ins (docs/writing-database-plugins.md).
 * SLAPI_X_DB_FLAGS (int) is set by the init function. */
#define SLAPI_X_DB_FLAGS                         251
#define SLAPI_X_DB_FILTERED                      0x01 /* entries of a search match its filter and scope: no second test */
#define SLAPI_X_DB_GIVES_BASE                    0x02 /* the search function heeds SLAPI_X_DB_WANT_BASE */
/* int, for DB_SEARCH_FN: 1 asks for the entry of the search base as first entry,
 * in any case, before those that match. */
#define SLAPI_X_DB_WANT_BASE                     252

/* Various numbers */
#define SLAPI_BI_ERR_BUSY                        (-23)
#define SLAPI_FAIL_DISKFULL                      (-2)
#define SLAPI_FAIL_GENERAL                       (-1)
#define DSE_FLAG_PREOP                           1
#define RDN_IS_TOMBSTONE                         1
#define SLAPI_BI_STATE_START                     1
#define SLAPI_LDAP_INIT_FLAG_SSL                 1
#define SLAPI_OC_FLAG_REQUIRED                   1
#define SLAPI_RDN_SET_DN_SKIP_UNIQUEID           1
#define SLAPI_REALATTRS_ONLY                     1
#define SLAPI_SEQ_FIRST                          1
#define DSE_FLAG_POSTOP                          2
#define RDN_IS_CONFLICT                          2
#define SLAPI_BI_STATE_DONE                      2
#define SLAPI_LDAP_INIT_FLAG_startTLS            2
#define SLAPI_OC_FLAG_ALLOWED                    2
#define SLAPI_RDN_SET_DN_INCLUDE_UNIQUEID        2
#define SLAPI_SEQ_LAST                           2
#define SLAPI_BI_STATE_ADD                       3
#define SLAPI_SEQ_PREV                           3
#define DSE_FLAG_PLUGIN                          4
#define SLAPI_SEQ_NEXT                           4
#define BACK_CRYPT_OUTBUFF_EXTLEN                16
#define SLAPI_TIMESTAMP_BUFSIZE                  32
#define SLAPI_DELETE_BEPREOP_ENTRY               52
#define SLAPI_SEARCH_ENTRY_ORIG                  52
#define SLAPI_DELETE_BEPOSTOP_ENTRY              53
#define SLAPI_SEARCH_ENTRY_COPY                  53
#define SLAPI_DELETE_EXISTING_ENTRY              61
#define SLAPI_MODIFY_EXISTING_ENTRY              61
#define SLAPI_MODRDN_EXISTING_ENTRY              61
#define SLAPI_DELETE_GLUE_PARENT_ENTRY           62
#define SLAPI_ORIGINAL_TARGET                    109
#define SLAPI_REQUESTOR_ISUPDATEDN               142
#define SLAPI_MR_SUBSTRLENS                      709
#define SLAPI_BACK_TRANSACTION_NOT_SUPPORTED     1902
#define ESC_AND_NORM_NEXT_VAL                    "__ESC__AND__NORM__NEXT__VAL__"
#define ESC_NEXT_VAL                             "__ESC__NEXT__VAL__"
#define NORM_NEXT_VAL                            "__NORM__NEXT__VAL__"
#define BERLEN_T                                 "lu"
#define BERTAG_T                                 "lu"
#define PSEUDO_ATTR_UNHASHEDUSERPASSWORD         "unhashed#user#password"
#define SLAPI_USERPWD_ATTR                       "userpassword"

/* ---------------------------------------------------------------- Macros */

/* Equal bytes. */
#define SLAPI_BERVAL_EQ(a, b) ((a)->bv_len == (b)->bv_len && memcmp((a)->bv_val, (b)->bv_val, (a)->bv_len) == 0)
#define BV_HAS_DATA(bv) ((bv) != NULL && (bv)->bv_len > 0 && (bv)->bv_val != NULL)
#define SLAPI_IS_MOD_ADD(op) (((op) & ~LDAP_MOD_BVALUES) == LDAP_MOD_ADD)
#define SLAPI_IS_MOD_DELETE(op) (((op) & ~LDAP_MOD_BVALUES) == LDAP_MOD_DELETE)
#define SLAPI_IS_MOD_REPLACE(op) (((op) & ~LDAP_MOD_BVALUES) == LDAP_MOD_REPLACE)
#define SLAPI_PLUGIN_IS_COMPAT(version) \
	(strcmp((version), SLAPI_PLUGIN_VERSION_01) == 0 || strcmp((version), SLAPI_PLUGIN_VERSION_02) == 0 || \
	 strcmp((version), SLAPI_PLUGIN_VERSION_03) == 0)
/* One UTF-8 character; ASCII without a call. */
#define LDAP_UTF8LEN(s) ((*(const unsigned char *)(s) & 0x80) ? ldap_utf8len(s) : 1)
#define LDAP_UTF8NEXT(s) ((*(const unsigned char *)(s) & 0x80) ? ldap_utf8next(s) : (s) + 1)
#define LDAP_UTF8INC(s) ((*(const unsigned char *)(s) & 0x80) ? ((s) = ldap_utf8next(s)) : ++(s))
#define LDAP_UTF8PREV(s) ldap_utf8prev(s)
#define LDAP_UTF8DEC(s) ((s) = ldap_utf8prev(s))
#define LDAP_UTF8COPY(d, s) ((*(const unsigned char *)(s) & 0x80) ? ldap_utf8copy(d, s) : ((*(d) = *(s)), 1))
#define LDAP_UTF8GETCC(s) ((*(const unsigned char *)(s) & 0x80) ? ldap_utf8getcc(&(s)) : (unsigned long)*(s)++)
#define LDAP_UTF8GETC(s) \
	((*(const unsigned char *)(s) & 0x80) ? ldap_utf8getcc((const char **)&(s)) : (unsigned long)*(s)++)

#ifdef __cplusplus
}
#endif

#endif
