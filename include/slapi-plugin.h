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
#include <stdlib.h>
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

/* The same as slapi_pblock_init. */
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
/* 0, or -1 for an unknown number, one that the plug-in's type does not have, and one that is read only. A
 * pointer is LENT: it must live as long as the pblock uses it; what a parameter says is TAKEN is freed by the
 * server. */
int slapi_pblock_set(Slapi_PBlock *pb, int arg, void *value);

/* ---------------------------------------------------------------- Memory */

/* All blocks are from malloc: each side may free what the other made. */

/* bvd is raw storage: its old value is not freed. slapi_ber_bvdone frees the new one. */
void slapi_ber_bvcpy(struct berval *bvd, const struct berval *bvs);
/* Frees the bytes and empties the struct, not the struct itself. */
void slapi_ber_bvdone(struct berval *bvp);
/* *array grows by string, which is TAKEN. */
void slapi_ch_array_add(char ***array, char *string);
/* The same; answers how many strings there are now. */
int slapi_ch_array_add_ext(char ***array, char *string);
/* GIVEN: slapi_ch_array_free. */
char **slapi_ch_array_dup(char **array);
/* TAKEN: the array and its strings. */
void slapi_ch_array_free(char **array);
/* 1 when the array has the string in any case (UTF-8), else 0. */
int slapi_ch_array_utf8_inlist(char **array, char *string);
/* GIVEN: slapi_ch_bvfree. */
struct berval *slapi_ch_bvdup(const struct berval *);
/* GIVEN copy of a NULL-terminated array: free each with slapi_ch_bvfree, then the array (ber_bvecfree does
 * both). NULL for NULL. */
struct berval **slapi_ch_bvecdup(struct berval **);
/* TAKEN; *v becomes NULL. */
void slapi_ch_bvfree(struct berval **v);
/* GIVEN, zeroed: slapi_ch_free. Never NULL. */
char *slapi_ch_calloc(unsigned long nelem, unsigned long size);
/* Frees *ptr and sets it to NULL. The IBM servers' frees ptr itself: a plug-in
 * built so must be configured with that dialect. */
#ifdef SLAPI_DIALECT_IBM
void slapi_ch_free(void *ptr);
#else
/* Frees *ptr and sets it to NULL; nothing for NULL. */
void slapi_ch_free(void **ptr);
#endif
/* As slapi_ch_free, typed. */
void slapi_ch_free_string(char **s);
/* GIVEN: slapi_ch_free. Never NULL. */
char *slapi_ch_malloc(unsigned long size);
/* GIVEN: slapi_ch_free. alignment is a power of two (the program ends otherwise, as in 389). */
char *slapi_ch_memalign(uint32_t size, uint32_t alignment);
/* block is TAKEN, the result GIVEN. Never NULL. NULL for block makes a new one. */
char *slapi_ch_realloc(char *block, unsigned long size);
/* GIVEN: slapi_ch_free_string. */
char *slapi_ch_smprintf(const char *fmt, ...) SLAPI_PRINTF(1, 2);
/* Length of s, 0 for NULL. */
size_t slapi_ch_stlen(const char *s);
/* GIVEN: slapi_ch_free_string. NULL for NULL alone. */
char *slapi_ch_strdup(const char *s);

/* ---------------------------------------------------------------- Entries */

/* Attributes are found by any name of their type, in any case; options are part
 * of the name. What a getter lends lives until that attribute is changed or the
 * entry is freed.
 */

/* GIVEN LDIF: slapi_ch_free_string. *len does not count the NUL. */
char *slapi_entry2str(Slapi_Entry *e, int *len);
/* The same with SLAPI_DUMP_* options (nowrap, no operational attributes, minimal encoding). */
char *slapi_entry2str_with_options(Slapi_Entry *e, int *len, int options);
/* Adds what the RDN says and the attributes lack. LDAP result code. */
int slapi_entry_add_rdn_values(Slapi_Entry *e);
/* Appends without a look at the values that are there. 0, or -1. */
int slapi_entry_add_string(Slapi_Entry *e, const char *type, const char *value);
/* As slapi_entry_add_string; the value is copied. */
int slapi_entry_add_value(Slapi_Entry *e, const char *type, const Slapi_Value *value);
/* Copies. LDAP result code: LDAP_TYPE_OR_VALUE_EXISTS, with nothing added, when one is there. */
int slapi_entry_add_values(Slapi_Entry *e, const char *type, struct berval **vals);
/* Copies. LDAP_TYPE_OR_VALUE_EXISTS, with nothing added, when one is there. */
int slapi_entry_add_values_sv(Slapi_Entry *e, const char *type, Slapi_Value **vals);
/* Appends copies of all values. 0, or -1. */
int slapi_entry_add_valueset(Slapi_Entry *e, const char *type, Slapi_ValueSet *vs);
/* GIVEN: slapi_entry_free. */
Slapi_Entry *slapi_entry_alloc(void);
/* Applies one mod to the entry in memory. LDAP result code. */
int slapi_entry_apply_mod(Slapi_Entry *e, LDAPMod *mod);
/* IBM's: as slapi_entry_free, with an answer. TAKEN. */
int slapi_entry_delete(Slapi_Entry *e);
/* LDAP result code; stops at the first mod that fails. */
int slapi_entry_apply_mods(Slapi_Entry *e, LDAPMod **mods);
/* 0 removed, 1 was not there. */
int slapi_entry_attr_delete(Slapi_Entry *e, const char *type);
/* 1 when the entry has the attribute, else 0. */
int slapi_entry_attr_exists(Slapi_Entry *e, const char *type);
/* 0 with the attribute LENT in *attr, or -1. */
int slapi_entry_attr_find(const Slapi_Entry *e, const char *type, Slapi_Attr **attr);
/* "on", "yes", "true" and numbers but 0 are true. */
int slapi_entry_attr_get_bool(const Slapi_Entry *e, const char *type);
/* The same with an answer for an attribute that is absent. */
int slapi_entry_attr_get_bool_ext(const Slapi_Entry *e, const char *type, int default_value);
/* GIVEN copy of the first value: slapi_ch_free_string; NULL when absent. */
char *slapi_entry_attr_get_charptr(const Slapi_Entry *e, const char *type);
/* GIVEN: slapi_ch_array_free; NULL when absent. */
char **slapi_entry_attr_get_charray(const Slapi_Entry *e, const char *type);
/* The same; *numVals is set to their number. */
char **slapi_entry_attr_get_charray_ext(const Slapi_Entry *e, const char *type, int *numVals);
/* The first value as a decimal number; 0 when absent or no number. */
int slapi_entry_attr_get_int(const Slapi_Entry *e, const char *type);
/* The first value as a decimal number; 0 when absent or no number. */
long slapi_entry_attr_get_long(const Slapi_Entry *e, const char *type);
/* The first value as a decimal number; 0 when absent or no number. */
slapi_longlong slapi_entry_attr_get_longlong(const Slapi_Entry *e, const char *type);
/* LENT first value, NULL when absent. */
const char *slapi_entry_attr_get_ref(Slapi_Entry *e, const char *attrname);
/* The first value as a decimal number; 0 when absent or no number. */
unsigned int slapi_entry_attr_get_uint(const Slapi_Entry *e, const char *type);
/* The first value as a decimal number; 0 when absent or no number. */
unsigned long slapi_entry_attr_get_ulong(const Slapi_Entry *e, const char *type);
/* The first value as a decimal number; 0 when absent or no number. */
slapi_ulonglong slapi_entry_attr_get_ulonglong(const Slapi_Entry *e, const char *type);
/* LENT, NULL-terminated; NULL when absent. */
const Slapi_Value **slapi_entry_attr_get_valuearray(const Slapi_Entry *e, const char *attrname);
/* 1 when the attribute has a value that is equal by its equality rule, else 0. */
int slapi_entry_attr_has_syntax_value(const Slapi_Entry *e, const char *type, const Slapi_Value *value);
/* 1 when the attribute has a value that is equal by its equality rule, else 0. */
int slapi_entry_attr_hasvalue(Slapi_Entry *e, const char *type, const char *value);
/* Copies what is not there yet; values that are there stay as they are. 0, or -1. */
int slapi_entry_attr_merge(Slapi_Entry *e, const char *type, struct berval **vals);
/* Copies what is not there yet; values that are there stay as they are. 0, or -1. */
int slapi_entry_attr_merge_sv(Slapi_Entry *e, const char *type, Slapi_Value **vals);
/* Copies in place of all values; no values remove the attribute. 0, or -1. */
int slapi_entry_attr_replace(Slapi_Entry *e, const char *type, struct berval **vals);
/* Copies; no values remove the attribute. */
int slapi_entry_attr_replace_sv(Slapi_Entry *e, const char *type, Slapi_Value **vals);
/* One value in place of all; NULL removes the attribute. */
void slapi_entry_attr_set_charptr(Slapi_Entry *e, const char *type, const char *value);
/* The number as text in place of all values. */
void slapi_entry_attr_set_int(Slapi_Entry *e, const char *type, int l);
/* The number as text in place of all values. */
void slapi_entry_attr_set_long(Slapi_Entry *e, const char *type, long l);
/* The number as text in place of all values. */
void slapi_entry_attr_set_longlong(Slapi_Entry *e, const char *type, slapi_longlong l);
/* The number as text in place of all values. */
void slapi_entry_attr_set_uint(Slapi_Entry *e, const char *type, unsigned int l);
/* The number as text in place of all values. */
void slapi_entry_attr_set_ulong(Slapi_Entry *e, const char *type, uint64_t l);
/* SLAPI_ENTRY_FLAG_*. */
void slapi_entry_clear_flag(Slapi_Entry *e, unsigned char flag);
/* Removes the value that is equal to this one. LDAP result code: noSuchAttribute when it is not there. */
int slapi_entry_delete_string(Slapi_Entry *e, const char *type, const char *value);
/* Removes these values, all of them or none; no values remove the attribute. LDAP result code. */
int slapi_entry_delete_values(Slapi_Entry *e, const char *type, struct berval **vals);
/* All or none: LDAP_NO_SUCH_ATTRIBUTE. No values: the attribute. */
int slapi_entry_delete_values_sv(Slapi_Entry *e, const char *type, Slapi_Value **vals);
/* Appends to smods what turns e1 into e2. */
void slapi_entry_diff(Slapi_Mods *smods, Slapi_Entry *e1, Slapi_Entry *e2, int diff_ctrl);
/* GIVEN: slapi_entry_free. */
Slapi_Entry *slapi_entry_dup(const Slapi_Entry *e);
/* 0 with *attr LENT, -1 for an entry without attributes. */
int slapi_entry_first_attr(const Slapi_Entry *e, Slapi_Attr **attr);
/* Not 0 when the flag (SLAPI_ENTRY_FLAG_*) is set. */
int slapi_entry_flag_is_set(const Slapi_Entry *e, unsigned char flag);
/* TAKEN. An entry that the server lent is left alone. */
void slapi_entry_free(Slapi_Entry *e);
/* LENT: the pretty form. */
char *slapi_entry_get_dn(Slapi_Entry *e);
/* LENT: the name in its pretty form; NULL for NULL. */
const char *slapi_entry_get_dn_const(const Slapi_Entry *e);
/* LENT: the normal form. */
char *slapi_entry_get_ndn(Slapi_Entry *e);
/* LENT: the RDN in its normal form; NULL when there is none. */
const char *slapi_entry_get_nrdn_const(const Slapi_Entry *e);
/* LENT: the RDN as it stands in the name; NULL when there is none. */
const char *slapi_entry_get_rdn_const(const Slapi_Entry *e);
/* LENT, part of the entry. */
Slapi_DN *slapi_entry_get_sdn(Slapi_Entry *e);
/* LENT: the name. */
const Slapi_DN *slapi_entry_get_sdn_const(const Slapi_Entry *e);
/* LENT, part of the entry. */
Slapi_RDN *slapi_entry_get_srdn(Slapi_Entry *e);
/* LENT: the RDN. */
const Slapi_RDN *slapi_entry_get_srdn_const(const Slapi_Entry *e);
/* LENT: entryUUID, or nsUniqueId for 389 plug-ins; NULL when there is none. */
const char *slapi_entry_get_uniqueid(const Slapi_Entry *e);
/* 1 or 0; asks the directory when the entry does not say. */
int slapi_entry_has_children(const Slapi_Entry *e);
/* The same; with include_tombstone not 0, deleted entries that are kept count too. */
int slapi_entry_has_children_ext(const Slapi_Entry *e, int include_tombstone);
/* dn and a are TAKEN. */
void slapi_entry_init(Slapi_Entry *e, char *dn, Slapi_Attr *a);
/* sdn is copied, a is TAKEN. */
void slapi_entry_init_ext(Slapi_Entry *e, Slapi_DN *sdn, Slapi_Attr *a);
/* Copies those that are not there. */
int slapi_entry_merge_values_sv(Slapi_Entry *e, const char *type, Slapi_Value **vals);
/* 0 with *attr LENT, -1 at the end. */
int slapi_entry_next_attr(const Slapi_Entry *e, Slapi_Attr *prevattr, Slapi_Attr **attr);
/* 1 when the attributes have every value of the RDN, else 0. */
int slapi_entry_rdn_values_present(const Slapi_Entry *e);
/* LDAP result code. newrdn and newsuperior are copied. */
int slapi_entry_rename(Slapi_Entry *e, const char *newrdn, int deleteoldrdn, Slapi_DN *newsuperior);
/* OpenLDAP plug-ins: copied. 389: TAKEN. */
void slapi_entry_set_dn(Slapi_Entry *e, char *dn);
/* SLAPI_ENTRY_FLAG_*. */
void slapi_entry_set_flag(Slapi_Entry *e, unsigned char flag);
/* TAKEN. */
void slapi_entry_set_normdn(Slapi_Entry *e, char *normdn);
/* The entry's name begins with this RDN from now on. Its attributes stay as they are. */
void slapi_entry_set_rdn(Slapi_Entry *e, char *rdn);
/* Copied. */
void slapi_entry_set_sdn(Slapi_Entry *e, const Slapi_DN *sdn);
/* The entry's name begins with this RDN from now on. Its attributes stay as they are. */
void slapi_entry_set_srdn(Slapi_Entry *e, const Slapi_RDN *srdn);
/* OpenLDAP plug-ins: copied. 389: TAKEN. */
void slapi_entry_set_uniqueid(Slapi_Entry *e, char *uniqueid);
/* Octets of all values, rounded up to the next 1024. */
size_t slapi_entry_size(Slapi_Entry *e);
/* LENT first value, or default_val. */
const char *slapi_fetch_attr(Slapi_Entry *e, char *attrname, char *default_val);
/* GIVEN: slapi_entry_free; NULL for what is no entry. s is not changed and names no files. */
Slapi_Entry *slapi_str2entry(char *s, int flags);
/* The same for text without a "dn:" line: dn names the entry (NULL: the text does). srdn is not looked at. */
Slapi_Entry *slapi_str2entry_ext(const char *dn, const Slapi_RDN *srdn, char *s, int flags);
/* The database's number of the entry; 0 for an entry that is not stored. */
int slapi_x_entry_get_id(Slapi_Entry *e);

/* ---------------------------------------------------------------- Attributes */

/* Values keep the order in which they were added. */

/* Appends a copy without a look at the values that are there. 0, or -1. */
int slapi_attr_add_value(Slapi_Attr *a, const Slapi_Value *v);
/* NULL when it fitted into buf, else GIVEN: slapi_ch_free_string. */
char *slapi_attr_basetype(const char *type, char *buf, size_t bufsiz);
/* GIVEN copy with all values: slapi_attr_free. */
Slapi_Attr *slapi_attr_dup(const Slapi_Attr *attr);
/* A position with *v LENT, or -1 with *v NULL. */
int slapi_attr_first_value(Slapi_Attr *a, Slapi_Value **v);
/* 1 when all bits of flag (SLAPI_ATTR_FLAG_*) are set, else 0. */
int slapi_attr_flag_is_set(const Slapi_Attr *attr, unsigned long flag);
/* TAKEN; *a becomes NULL. An attribute that is part of an entry is left alone. */
void slapi_attr_free(Slapi_Attr **a);
/* GIVEN: free with ber_bvecfree; NULL for no values. */
int slapi_attr_get_bervals_copy(Slapi_Attr *a, struct berval ***vals);
/* 0 with *flags set: SLAPI_ATTR_FLAG_* of the type, or -1. */
int slapi_attr_get_flags(const Slapi_Attr *attr, unsigned long *flags);
/* 0 with *numValues set, or -1. */
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
/* 1 for the names of who changed or made an entry, and when; else 0. */
int slapi_attr_is_last_mod(char *attr);
/* GIVEN: slapi_attr_free. To be initialised by slapi_attr_init. */
Slapi_Attr *slapi_attr_new(void);
/* hint is what first_value or next_value gave. */
int slapi_attr_next_value(Slapi_Attr *a, int hint, Slapi_Value **v);
/* type is copied; the values stay. 0, or -1. */
int slapi_attr_set_type(Slapi_Attr *a, const char *type);
/* Copies in place of all values; NULL leaves none. 0, or -1. */
int slapi_attr_set_valueset(Slapi_Attr *a, const Slapi_ValueSet *vs);
/* 0 when they match in the way opt says (SLAPI_TYPE_CMP_*). */
int slapi_attr_type_cmp(const char *t1, const char *t2, int opt);
/* 1 for two names of one type with the same options. */
int slapi_attr_types_equivalent(const char *t1, const char *t2);
/* 0 equal by the equality rule of the type. */
int slapi_attr_value_cmp(const Slapi_Attr *attr, const struct berval *v1, const struct berval *v2);
/* 0 equal by the equality rule of the type. */
int slapi_attr_value_cmp_ext(const Slapi_Attr *a, Slapi_Value *v1, Slapi_Value *v2);
/* 0 found, -1 not. */
int slapi_attr_value_find(const Slapi_Attr *a, const struct berval *v);

/* ---------------------------------------------------------------- Values */

/* A NUL that the length does not count stands behind every value that was set
 * by these functions.
 */

/* 0 equal by a's equality rule; a NULL compares bytes. */
int slapi_value_compare(const Slapi_Attr *a, const Slapi_Value *v1, const Slapi_Value *v2);
/* GIVEN: slapi_value_free. NULL for NULL. */
Slapi_Value *slapi_value_dup(const Slapi_Value *v);
/* TAKEN; *value becomes NULL. */
void slapi_value_free(Slapi_Value **value);
/* LENT. */
const struct berval *slapi_value_get_berval(const Slapi_Value *value);
/* What slapi_value_set_flags stored. */
unsigned long slapi_value_get_flags(Slapi_Value *v);
/* The text as a decimal number; 0 when it is none. */
int slapi_value_get_int(const Slapi_Value *value);
/* Bytes of the value, without the NUL. */
size_t slapi_value_get_length(const Slapi_Value *value);
/* The text as a decimal number; 0 when it is none. */
long slapi_value_get_long(const Slapi_Value *value);
/* The text as a decimal number; 0 when it is none. */
slapi_longlong slapi_value_get_longlong(const Slapi_Value *value);
/* LENT; NULL for an empty Slapi_Value. */
const char *slapi_value_get_string(const Slapi_Value *value);
/* The same as slapi_value_get_timelong, as a time_t. */
time_t slapi_value_get_time_time_t(const Slapi_Value *value);
/* Seconds of "3600", "1h", "2d12h"; -1 for other text. */
long slapi_value_get_timelong(const Slapi_Value *value);
/* The same as slapi_value_get_timelong. */
slapi_longlong slapi_value_get_timelonglong(const Slapi_Value *value);
/* The text as a decimal number; 0 when it is none. */
unsigned int slapi_value_get_uint(const Slapi_Value *value);
/* The text as a decimal number; 0 when it is none. */
unsigned long slapi_value_get_ulong(const Slapi_Value *value);
/* The text as a decimal number; 0 when it is none. */
slapi_ulonglong slapi_value_get_ulonglong(const Slapi_Value *value);
/* v is raw storage. */
Slapi_Value *slapi_value_init(Slapi_Value *v);
/* v is raw storage; the bytes are copied. */
Slapi_Value *slapi_value_init_berval(Slapi_Value *v, struct berval *bval);
/* v is raw storage; the text is copied. */
Slapi_Value *slapi_value_init_string(Slapi_Value *v, const char *s);
/* v is raw storage; s is TAKEN. */
Slapi_Value *slapi_value_init_string_passin(Slapi_Value *v, char *s);
/* GIVEN: slapi_value_free. */
Slapi_Value *slapi_value_new(void);
/* GIVEN: slapi_value_free. The bytes are copied; NULL makes an empty one. */
Slapi_Value *slapi_value_new_berval(const struct berval *bval);
/* GIVEN: slapi_value_free. The text is copied; NULL makes an empty one. */
Slapi_Value *slapi_value_new_string(const char *s);
/* s is TAKEN. */
Slapi_Value *slapi_value_new_string_passin(char *s);
/* GIVEN: slapi_value_free. A copy; NULL makes an empty one. */
Slapi_Value *slapi_value_new_value(const Slapi_Value *v);
/* Copies len bytes in place of what it has. Answers value. */
Slapi_Value *slapi_value_set(Slapi_Value *value, void *val, unsigned long len);
/* Copies the bytes in place of what it has. Answers value. */
Slapi_Value *slapi_value_set_berval(Slapi_Value *value, const struct berval *bval);
/* A word for the caller's use; it is copied with the value. */
void slapi_value_set_flags(Slapi_Value *v, unsigned long flags);
/* The number as text in place of what it has. 0, or -1. */
int slapi_value_set_int(Slapi_Value *value, int intVal);
/* Copies the text in place of what it has. 0, or -1. */
int slapi_value_set_string(Slapi_Value *value, const char *strVal);
/* The same; strVal is TAKEN unless -1 is answered. */
int slapi_value_set_string_passin(Slapi_Value *value, char *strVal);
/* Copies bytes and flags in place of what value has. Answers value, NULL when one is NULL. */
Slapi_Value *slapi_value_set_value(Slapi_Value *value, const Slapi_Value *vfrom);
/* slapi_value_set_flags for each of a NULL-terminated array. */
void slapi_values_set_flags(Slapi_Value **vs, unsigned long flags);

/* ---------------------------------------------------------------- Value sets */

/* Walk with first_value and next_value until -1; the number between them is
 * opaque.
 */

/* LDAP_TYPE_OR_VALUE_EXISTS leaves addval the caller's. */
int slapi_valueset_add_attr_value_ext(const Slapi_Attr *a, Slapi_ValueSet *vs, Slapi_Value *addval,
                                      unsigned long flags);
/* Appends a copy. */
void slapi_valueset_add_value(Slapi_ValueSet *vs, const Slapi_Value *addval);
/* SLAPI_VALUE_FLAG_PASSIN: addval is TAKEN, else copied. */
void slapi_valueset_add_value_ext(Slapi_ValueSet *vs, const Slapi_Value *addval, unsigned long flags);
/* How many values; 0 for NULL. */
int slapi_valueset_count(const Slapi_ValueSet *vs);
/* Frees the values; the set is empty then, for further use. */
void slapi_valueset_done(Slapi_ValueSet *vs);
/* LENT, NULL when absent. */
Slapi_Value *slapi_valueset_find(const Slapi_Attr *a, const Slapi_ValueSet *vs, const Slapi_Value *v);
/* 0 with *v LENT, or -1 with *v NULL in an empty set. */
int slapi_valueset_first_value(Slapi_ValueSet *vs, Slapi_Value **v);
/* TAKEN, with its values. A set that is part of an attribute is left alone. */
void slapi_valueset_free(Slapi_ValueSet *vs);
/* vs is raw storage. */
void slapi_valueset_init(Slapi_ValueSet *vs);
/* 1 without values, and for NULL. */
int slapi_valueset_isempty(const Slapi_ValueSet *vs);
/* Copies what vs1 lacks by a's equality rule from vs2. */
void slapi_valueset_join_attr_valueset(const Slapi_Attr *a, Slapi_ValueSet *vs1, const Slapi_ValueSet *vs2);
/* GIVEN: slapi_valueset_free. */
Slapi_ValueSet *slapi_valueset_new(void);
/* index is what the call before gave. The next number with *v LENT, or -1. */
int slapi_valueset_next_value(Slapi_ValueSet *vs, int index, Slapi_Value **v);
/* Appends copies of the values of a mod. */
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
/* The same in the normal form. */
char *slapi_create_dn_string_case(const char *fmt, ...) SLAPI_PRINTF(1, 2);
/* GIVEN: the value of the first AVA that fmt makes, escaped as in a DN; NULL for what is none. */
char *slapi_create_rdn_value(const char *fmt, ...) SLAPI_PRINTF(1, 2);
/* GIVEN; NULL for a suffix of the pblock's backend. */
char *slapi_dn_beparent(Slapi_PBlock *pb, const char *dn);
/* LENT, part of dn. */
const char *slapi_dn_find_parent(const char *dn);
/* The same; for a deleted entry that is kept (is_tombstone) the parent that it had. */
const char *slapi_dn_find_parent_ext(const char *dn, int is_tombstone);
/* OpenLDAP plug-ins: GIVEN normal form, NULL for what is no DN. 389: dn in lower case, in place. */
char *slapi_dn_ignore_case(char *dn);
/* 1 when dn is a suffix of the pblock's backend, else 0. */
int slapi_dn_isbesuffix(Slapi_PBlock *pb, const char *dn);
/* 1 when childdn lies directly below parentdn, else 0. */
int slapi_dn_isparent(const char *parentdn, const char *childdn);
/* 1 when dn is suffix or below it; both are normalised. */
int slapi_dn_issuffix(const char *dn, const char *suffix);
/* OpenLDAP plug-ins: GIVEN, NULL for what is no DN. 389: dn rewritten in place. */
char *slapi_dn_normalize(char *dn);
/* The same in the normal form. */
char *slapi_dn_normalize_case(char *dn);
/* The same in the normal form. */
int slapi_dn_normalize_case_ext(char *src, size_t src_len, char **dest, size_t *dest_len);
/* 1 with *dest GIVEN, -1 for what is no DN. src_len 0: up to the NUL. */
int slapi_dn_normalize_ext(char *src, size_t src_len, char **dest, size_t *dest_len);
/* Rewrites dn up to end in place (NULL: up to its NUL) and answers the new end. No NUL is written. */
char *slapi_dn_normalize_to_end(char *dn, char *end);
/* GIVEN: slapi_ch_free_string; NULL when there is none. */
char *slapi_dn_parent(const char *dn);
/* GIVEN; as slapi_dn_find_parent_ext. */
char *slapi_dn_parent_ext(const char *dn, int is_tombstone);
/* GIVEN. */
char *slapi_dn_plus_rdn(const char *dn, const char *rdn);
/* 1 for the empty name, else 0. */
int slapi_is_rootdse(const char *dn);
/* 1 when an RDN is one that replication made: flag RDN_IS_TOMBSTONE or RDN_IS_CONFLICT. */
int slapi_is_special_rdn(const char *rdn, int flag);
/* GIVEN. */
char *slapi_moddn_get_newdn(Slapi_DN *dn_olddn, const char *newrdn, const char *newsuperiordn);
/* OpenLDAP plug-ins: *type and bv->bv_val GIVEN. 389: LENT, rdn is cut in place. */
int slapi_rdn2typeval(char *rdn, char **type, struct berval *bv);
/* Adds an AVA; the value is escaped. 1, or 0 for no change. */
int slapi_rdn_add(Slapi_RDN *rdn, const char *type, const char *value);
/* 0 for the same RDN in any order and case, else not 0. */
int slapi_rdn_compare(Slapi_RDN *rdn1, Slapi_RDN *rdn2);
/* 1 when it has the AVA, else 0. length: bytes of value. */
int slapi_rdn_contains(Slapi_RDN *rdn, const char *type, const char *value, size_t length);
/* 1 with *value LENT when it has an AVA of the type, else 0. */
int slapi_rdn_contains_attr(Slapi_RDN *rdn, const char *type, char **value);
/* Frees what it holds; it is empty then, for further use. */
void slapi_rdn_done(Slapi_RDN *rdn);
/* TAKEN; *rdn becomes NULL. */
void slapi_rdn_free(Slapi_RDN **rdn);
/* 0 with *dn GIVEN (slapi_ch_free_string): all RDNs joined; -1 for one that has its own RDN alone. */
int slapi_rdn_get_dn(Slapi_RDN *srdn, char **dn);
/* 1 with type and value LENT, or -1. */
int slapi_rdn_get_first(Slapi_RDN *rdn, char **type, char **value);
/* Of all RDNs of a name, leaf first. 0 with *firstrdn LENT, or -1. flag 1: as given, 2: the normal forms. */
int slapi_rdn_get_first_ext(Slapi_RDN *srdn, const char **firstrdn, int flag);
/* -1 when absent. OpenLDAP plug-ins count from 0, 389 from 1. */
int slapi_rdn_get_index(Slapi_RDN *rdn, const char *type, const char *value, size_t length);
/* As slapi_rdn_get_index, for any AVA of the type; *value is LENT. */
int slapi_rdn_get_index_attr(Slapi_RDN *rdn, const char *type, char **value);
/* The number of the topmost RDN with *lastrdn LENT, or -1. */
int slapi_rdn_get_last_ext(Slapi_RDN *srdn, const char **lastrdn, int flag);
/* The next number, or -1. */
int slapi_rdn_get_next(Slapi_RDN *rdn, int index, char **type, char **value);
/* The list of all RDNs grows by one; addrdn is copied, or TAKEN with byref. */
int slapi_rdn_add_rdn_to_all_rdns(Slapi_RDN *srdn, char *addrdn, int byref);
/* The list of all RDNs grows by copies of addsrdn's. 0, or -1. */
int slapi_rdn_add_srdn_to_all_rdns(Slapi_RDN *srdn, Slapi_RDN *addsrdn);
/* The number of the RDN behind idx with *nextrdn LENT, or -1. */
int slapi_rdn_get_next_ext(Slapi_RDN *srdn, int idx, const char **nextrdn, int flag);
/* LENT: the normal form; NULL when it is empty. */
const char *slapi_rdn_get_nrdn(Slapi_RDN *srdn);
/* How many AVAs the RDN has. */
int slapi_rdn_get_num_components(Slapi_RDN *rdn);
/* The number of the RDN before idx with *prevrdn LENT, or -1. */
int slapi_rdn_get_prev_ext(Slapi_RDN *srdn, int idx, const char **prevrdn, int flag);
/* LENT. */
const char *slapi_rdn_get_rdn(const Slapi_RDN *rdn);
/* Bytes that it occupies. */
size_t slapi_rdn_get_size(Slapi_RDN *srdn);
/* GIVEN copy of what slapi_rdn_get_value_by_ref finds: slapi_ch_free_string. */
char *slapi_rdn_get_value(const char *rdn);
/* LENT, part of rdn: what stands behind the first "="; NULL without one. */
char *slapi_rdn_get_value_by_ref(const char *rdn);
/* rdn is raw storage; slapi_rdn_done frees what it comes to hold. */
void slapi_rdn_init(Slapi_RDN *rdn);
/* rdn is raw storage. Takes in copies of all RDNs of a name. 0, or -1 for what is no DN. */
int slapi_rdn_init_all_dn(Slapi_RDN *rdn, const char *dn);
/* rdn is raw storage. Takes in copies of all RDNs of a name. 0, or -1 for what is no DN. */
int slapi_rdn_init_all_sdn(Slapi_RDN *rdn, const Slapi_DN *sdn);
/* The same; for a deleted entry that is kept (is_tombstone) its two leading RDNs are one. */
int slapi_rdn_init_all_sdn_ext(Slapi_RDN *rdn, const Slapi_DN *sdn, int is_tombstone);
/* rdn is raw storage. Takes in a copy of the name's first RDN. */
void slapi_rdn_init_dn(Slapi_RDN *rdn, const char *dn);
/* rdn is raw storage. Takes in a copy. */
void slapi_rdn_init_rdn(Slapi_RDN *rdn, const Slapi_RDN *fromrdn);
/* rdn is raw storage. Takes in a copy of the name's first RDN. */
void slapi_rdn_init_sdn(Slapi_RDN *rdn, const Slapi_DN *sdn);
/* 1 for an RDN that replication made for an entry whose name was taken, else 0. */
int slapi_rdn_is_conflict(Slapi_RDN *rdn);
/* 1 with more than one AVA, else 0. */
int slapi_rdn_is_multivalued(Slapi_RDN *rdn);
/* 1 without a text, and for NULL. */
int slapi_rdn_isempty(const Slapi_RDN *rdn);
/* GIVEN: slapi_rdn_free. */
Slapi_RDN *slapi_rdn_new(void);
/* GIVEN: slapi_rdn_free. With all RDNs of the name. */
Slapi_RDN *slapi_rdn_new_all_dn(const char *dn);
/* GIVEN: slapi_rdn_free. With the name's first RDN. */
Slapi_RDN *slapi_rdn_new_dn(const char *dn);
/* GIVEN copy: slapi_rdn_free. */
Slapi_RDN *slapi_rdn_new_rdn(const Slapi_RDN *fromrdn);
/* GIVEN: slapi_rdn_free. With the name's first RDN. */
Slapi_RDN *slapi_rdn_new_sdn(const Slapi_DN *sdn);
/* 0 with *to GIVEN (slapi_rdn_free): the RDNs from number idx upwards; or -1. */
int slapi_rdn_partial_dup(Slapi_RDN *from, Slapi_RDN **to, int idx);
/* Removes an AVA. 1, or 0 when it was not there. */
int slapi_rdn_remove(Slapi_RDN *rdn, const char *type, const char *value, size_t length);
/* Removes the first AVA of the type. 1, or 0 when there was none. */
int slapi_rdn_remove_attr(Slapi_RDN *rdn, const char *type);
/* Removes an AVA by its number, as slapi_rdn_get_index counts. 1, or 0. */
int slapi_rdn_remove_index(Slapi_RDN *rdn, int atindex);
/* The text is copied in place of its RDN. 0, or -1. */
int slapi_rdn_replace_rdn(Slapi_RDN *srdn, char *new_rdn);
/* As slapi_rdn_init_all_dn, for one that is in use. */
void slapi_rdn_set_all_dn(Slapi_RDN *rdn, const char *dn);
/* As slapi_rdn_init_dn, for one that is in use. */
void slapi_rdn_set_dn(Slapi_RDN *rdn, const char *dn);
/* The same; flags as SLAPI_ENTRY_FLAG_TOMBSTONE: the two leading RDNs are one. */
void slapi_rdn_set_dn_ext(Slapi_RDN *rdn, const char *dn, int flags);
/* As slapi_rdn_init_rdn, for one that is in use. */
void slapi_rdn_set_rdn(Slapi_RDN *rdn, const Slapi_RDN *fromrdn);
/* As slapi_rdn_init_sdn, for one that is in use. */
void slapi_rdn_set_sdn(Slapi_RDN *rdn, const Slapi_DN *sdn);
/* The name gets one RDN more in front. Answers sdn. */
Slapi_DN *slapi_sdn_add_rdn(Slapi_DN *sdn, const Slapi_RDN *rdn);
/* GIVEN, NULL when there is none. */
Slapi_DN *slapi_sdn_common_ancestor(Slapi_DN *dn1, Slapi_DN *dn2);
/* 0 for the same entry, else an order. */
int slapi_sdn_compare(const Slapi_DN *sdn1, const Slapi_DN *sdn2);
/* to becomes a copy; what it had is freed. */
void slapi_sdn_copy(const Slapi_DN *from, Slapi_DN *to);
/* Frees what it holds; it is empty then, for further use. */
void slapi_sdn_done(Slapi_DN *sdn);
/* GIVEN: slapi_sdn_free. NULL for NULL. */
Slapi_DN *slapi_sdn_dup(const Slapi_DN *sdn);
/* TAKEN; *sdn becomes NULL. */
void slapi_sdn_free(Slapi_DN **sdn);
/* sdn_parent becomes the parent's name; it is empty for a suffix of the backend. */
void slapi_sdn_get_backend_parent(const Slapi_DN *sdn, Slapi_DN *sdn_parent, const Slapi_Backend *backend);
/* The same; for a deleted entry that is kept (is_tombstone) the parent that it had. */
void slapi_sdn_get_backend_parent_ext(const Slapi_DN *sdn, Slapi_DN *sdn_parent, const Slapi_Backend *backend,
                                      int is_tombstone);
/* LENT. OpenLDAP plug-ins: the name as given; 389: the pretty form. NULL when empty. */
const char *slapi_sdn_get_dn(const Slapi_DN *sdn);
/* LENT: the normal form, NULL when empty. */
const char *slapi_sdn_get_ndn(const Slapi_DN *sdn);
/* Bytes of the normal form, 0 when empty. */
int slapi_sdn_get_ndn_len(const Slapi_DN *sdn);
/* sdn_parent becomes the parent's name; it is empty when there is none. */
void slapi_sdn_get_parent(const Slapi_DN *sdn, Slapi_DN *sdn_parent);
/* The same; for a deleted entry that is kept (is_tombstone) the parent that it had. */
void slapi_sdn_get_parent_ext(const Slapi_DN *sdn, Slapi_DN *sdn_parent, int is_tombstone);
/* rdn becomes the name's first RDN. */
void slapi_sdn_get_rdn(const Slapi_DN *sdn, Slapi_RDN *rdn);
/* Bytes that it occupies. */
size_t slapi_sdn_get_size(const Slapi_DN *sdn);
/* LENT: as given. */
const char *slapi_sdn_get_udn(const Slapi_DN *sdn);
/* sdn is raw storage, slapi_sdn_done frees what it comes to hold. */
Slapi_DN *slapi_sdn_init(Slapi_DN *sdn);
/* sdn is raw storage. dn is LENT as long as sdn is used. Answers sdn. */
Slapi_DN *slapi_sdn_init_dn_byref(Slapi_DN *sdn, const char *dn);
/* sdn is raw storage. dn is copied. Answers sdn. */
Slapi_DN *slapi_sdn_init_dn_byval(Slapi_DN *sdn, const char *dn);
/* sdn is raw storage. dn is TAKEN. Answers sdn. */
Slapi_DN *slapi_sdn_init_dn_passin(Slapi_DN *sdn, const char *dn);
/* sdn is raw storage. ndn, which is in normal form, is LENT as long as sdn is used. Answers sdn. */
Slapi_DN *slapi_sdn_init_ndn_byref(Slapi_DN *sdn, const char *ndn);
/* sdn is raw storage. ndn, which is in normal form, is copied. Answers sdn. */
Slapi_DN *slapi_sdn_init_ndn_byval(Slapi_DN *sdn, const char *ndn);
/* sdn is raw storage. normdn, which is in pretty form, is LENT as long as sdn is used. Answers sdn. */
Slapi_DN *slapi_sdn_init_normdn_byref(Slapi_DN *sdn, const char *normdn);
/* sdn is raw storage. normdn, which is in pretty form, is copied. Answers sdn. */
Slapi_DN *slapi_sdn_init_normdn_byval(Slapi_DN *sdn, const char *normdn);
/* sdn is raw storage. normdn, which is in pretty form, is TAKEN. Answers sdn. */
Slapi_DN *slapi_sdn_init_normdn_passin(Slapi_DN *sdn, const char *normdn);
/* 1 when the value is one of the name's first RDN, else 0. */
int slapi_sdn_is_rdn_component(const Slapi_DN *rdn, const Slapi_Attr *a, const Slapi_Value *v);
/* 1 without a name, and for NULL. */
int slapi_sdn_isempty(const Slapi_DN *sdn);
/* 1 when child lies two levels below parent, else 0. */
int slapi_sdn_isgrandparent(const Slapi_DN *parent, const Slapi_DN *child);
/* 1 when child lies directly below parent, else 0. */
int slapi_sdn_isparent(const Slapi_DN *parent, const Slapi_DN *child);
/* 1 for the root DN of the server's configuration. */
int32_t slapi_sdn_isroot(const Slapi_DN *sdn);
/* Whether dn is the server's root DN. The IBM servers' has a pblock before it. */
#ifdef SLAPI_DIALECT_IBM
int slapi_dn_isroot(Slapi_PBlock *pb, char *dn);
#else
/* 1 for a root DN of the server's configuration, else 0. */
int slapi_dn_isroot(const char *dn);
#endif
/* 1 when sdn is suffixsdn or below it. */
int slapi_sdn_issuffix(const Slapi_DN *sdn, const Slapi_DN *suffixsdn);
/* GIVEN: slapi_sdn_free. */
Slapi_DN *slapi_sdn_new(void);
/* GIVEN: slapi_sdn_free. dn is LENT as long as it is used. */
Slapi_DN *slapi_sdn_new_dn_byref(const char *dn);
/* GIVEN: slapi_sdn_free. dn is copied. */
Slapi_DN *slapi_sdn_new_dn_byval(const char *dn);
/* GIVEN: slapi_sdn_free. dn is TAKEN. */
Slapi_DN *slapi_sdn_new_dn_passin(const char *dn);
/* GIVEN: slapi_sdn_free. dn is copied. */
Slapi_DN *slapi_sdn_new_from_char_dn(const char *dn);
/* GIVEN: slapi_sdn_free. ndn, which is in normal form, is LENT as long as it is used. */
Slapi_DN *slapi_sdn_new_ndn_byref(const char *ndn);
/* GIVEN: slapi_sdn_free. ndn, which is in normal form, is copied. */
Slapi_DN *slapi_sdn_new_ndn_byval(const char *ndn);
/* GIVEN: slapi_sdn_free. ndn, which is in normal form, is TAKEN. */
Slapi_DN *slapi_sdn_new_ndn_passin(const char *ndn);
/* GIVEN: slapi_sdn_free. normdn, which is in pretty form, is LENT as long as it is used. */
Slapi_DN *slapi_sdn_new_normdn_byref(const char *normdn);
/* GIVEN: slapi_sdn_free. dn, which is in pretty form, is copied. */
Slapi_DN *slapi_sdn_new_normdn_byval(const char *dn);
/* GIVEN: slapi_sdn_free. dn, which is in pretty form, is TAKEN. */
Slapi_DN *slapi_sdn_new_normdn_passin(const char *dn);
/* 1 when dn is in the scope (LDAP_SCOPE_*) of base. */
int slapi_sdn_scope_test(const Slapi_DN *dn, const Slapi_DN *base, int scope);
/* The same; with SLAPI_ENTRY_FLAG_TOMBSTONE in flags one level means the parent that a deleted entry had. */
int slapi_sdn_scope_test_ext(const Slapi_DN *dn, const Slapi_DN *base, int scope, int flags);
/* What it had is freed. dn is LENT as long as sdn is used. Answers sdn. */
Slapi_DN *slapi_sdn_set_dn_byref(Slapi_DN *sdn, const char *dn);
/* What it had is freed. dn is copied. Answers sdn. */
Slapi_DN *slapi_sdn_set_dn_byval(Slapi_DN *sdn, const char *dn);
/* What it had is freed. dn is TAKEN. Answers sdn. */
Slapi_DN *slapi_sdn_set_dn_passin(Slapi_DN *sdn, const char *dn);
/* What it had is freed. ndn, which is in normal form, is LENT as long as sdn is used. Answers sdn. */
Slapi_DN *slapi_sdn_set_ndn_byref(Slapi_DN *sdn, const char *ndn);
/* What it had is freed. ndn, which is in normal form, is copied. Answers sdn. */
Slapi_DN *slapi_sdn_set_ndn_byval(Slapi_DN *sdn, const char *ndn);
/* What it had is freed. ndn, which is in normal form, is TAKEN. Answers sdn. */
Slapi_DN *slapi_sdn_set_ndn_passin(Slapi_DN *sdn, const char *ndn);
/* What it had is freed. normdn, which is in pretty form, is LENT as long as sdn is used. Answers sdn. */
Slapi_DN *slapi_sdn_set_normdn_byref(Slapi_DN *sdn, const char *normdn);
/* What it had is freed. dn, which is in pretty form, is copied. Answers sdn. */
Slapi_DN *slapi_sdn_set_normdn_byval(Slapi_DN *sdn, const char *dn);
/* What it had is freed. dn, which is in pretty form, is TAKEN. Answers sdn. */
Slapi_DN *slapi_sdn_set_normdn_passin(Slapi_DN *sdn, const char *dn);
/* The first RDN stays, what is above it is parentdn. Answers sdn. */
Slapi_DN *slapi_sdn_set_parent(Slapi_DN *sdn, const Slapi_DN *parentdn);
/* The first RDN is replaced. Answers sdn. */
Slapi_DN *slapi_sdn_set_rdn(Slapi_DN *sdn, const Slapi_RDN *rdn);
/* to becomes a copy. 0, or -1. */
int slapi_srdn_copy(const Slapi_RDN *from, Slapi_RDN *to);

/* ---------------------------------------------------------------- Modifications */

/* byref LENDS, byval copies, passin TAKES an array or a mod, passout GIVES it. */

/* *dn and *attrs are GIVEN: slapi_ch_free_string, slapi_mods_init_passin. */
int slapi_entry2mods(const Slapi_Entry *e, char **dn, LDAPMod ***attrs);
/* The bytes are copied. */
void slapi_mod_add_value(Slapi_Mod *smod, const struct berval *val);
/* Frees what it holds; it is empty then, for further use. */
void slapi_mod_done(Slapi_Mod *mod);
/* Writes the mod to the log, with n as its number. */
void slapi_mod_dump(LDAPMod *mod, int n);
/* TAKEN; *smod becomes NULL. */
void slapi_mod_free(Slapi_Mod **smod);
/* LENT. */
struct berval *slapi_mod_get_first_value(Slapi_Mod *smod);
/* LENT, as long as smod lives unchanged. */
const LDAPMod *slapi_mod_get_ldapmod_byref(const Slapi_Mod *smod);
/* GIVEN; smod is empty then. */
LDAPMod *slapi_mod_get_ldapmod_passout(Slapi_Mod *smod);
/* LENT; NULL at the end. */
struct berval *slapi_mod_get_next_value(Slapi_Mod *smod);
/* How many values. */
int slapi_mod_get_num_values(const Slapi_Mod *smod);
/* LDAP_MOD_ADD and the like, without LDAP_MOD_BVALUES; -1 for an empty one. */
int slapi_mod_get_operation(const Slapi_Mod *smod);
/* LENT; NULL for an empty one. */
const char *slapi_mod_get_type(const Slapi_Mod *smod);
/* smod is raw storage; room for initCount values is made. */
void slapi_mod_init(Slapi_Mod *smod, int initCount);
/* smod is raw storage; mod is LENT as long as smod is used. */
void slapi_mod_init_byref(Slapi_Mod *smod, LDAPMod *mod);
/* smod is raw storage; mod is copied. */
void slapi_mod_init_byval(Slapi_Mod *smod, const LDAPMod *mod);
/* smod is raw storage; mod is TAKEN. */
void slapi_mod_init_passin(Slapi_Mod *smod, LDAPMod *mod);
/* smod is raw storage; type and values are copied. */
void slapi_mod_init_valueset_byval(Slapi_Mod *smod, int op, const char *type, const Slapi_ValueSet *svs);
/* 1 with a type and a known operation, and for an add at least one value; else 0. */
int slapi_mod_isvalid(const Slapi_Mod *mod);
/* GIVEN: slapi_mod_free. */
Slapi_Mod *slapi_mod_new(void);
/* Removes the value that the walk is at; slapi_mod_get_next_value then gives the one behind it. */
void slapi_mod_remove_value(Slapi_Mod *smod);
/* LDAP_MOD_ADD, LDAP_MOD_DELETE, LDAP_MOD_REPLACE or LDAP_MOD_INCREMENT. */
void slapi_mod_set_operation(Slapi_Mod *smod, int op);
/* type is copied. */
void slapi_mod_set_type(Slapi_Mod *smod, const char *type);
/* *e is GIVEN. LDAP result code. */
int slapi_mods2entry(Slapi_Entry **e, const char *dn, LDAPMod **attrs);
/* Appends a mod of one value of len bytes, all copied; a NULL val makes one without values. */
void slapi_mods_add(Slapi_Mods *smods, int modtype, const char *type, unsigned long len, const char *val);
/* TAKEN. */
void slapi_mods_add_ldapmod(Slapi_Mods *smods, LDAPMod *mod);
/* Appends a mod with copies of the values. */
void slapi_mods_add_mod_values(Slapi_Mods *smods, int modtype, const char *type, Slapi_Value **va);
/* Appends a mod with copies of the values. */
void slapi_mods_add_modbvps(Slapi_Mods *smods, int modtype, const char *type, struct berval **bvps);
/* smod gives its mod away and is empty then. */
void slapi_mods_add_smod(Slapi_Mods *smods, Slapi_Mod *smod);
/* Appends a mod of one value, copied; a NULL val makes one without values. */
void slapi_mods_add_string(Slapi_Mods *smods, int modtype, const char *type, const char *val);
/* Frees what it holds; it is empty then, for further use. */
void slapi_mods_done(Slapi_Mods *smods);
/* Writes the mods to the log, text in front. */
void slapi_mods_dump(const Slapi_Mods *smods, const char *text);
/* TAKEN; *smods becomes NULL. */
void slapi_mods_free(Slapi_Mods **smods);
/* LENT. */
LDAPMod *slapi_mods_get_first_mod(Slapi_Mods *smods);
/* Fills smod, which may be raw storage, and answers it; NULL at the end. */
Slapi_Mod *slapi_mods_get_first_smod(Slapi_Mods *smods, Slapi_Mod *smod);
/* LENT until the next change. */
LDAPMod **slapi_mods_get_ldapmods_byref(Slapi_Mods *smods);
/* GIVEN; smods is empty then. */
LDAPMod **slapi_mods_get_ldapmods_passout(Slapi_Mods *smods);
/* LENT; NULL at the end. */
LDAPMod *slapi_mods_get_next_mod(Slapi_Mods *smods);
/* smod becomes a view of the next mod (LENT) and is answered; NULL at the end. */
Slapi_Mod *slapi_mods_get_next_smod(Slapi_Mods *smods, Slapi_Mod *smod);
/* How many mods. */
int slapi_mods_get_num_mods(const Slapi_Mods *smods);
/* smods is raw storage; room for initCount mods is made. */
void slapi_mods_init(Slapi_Mods *smods, int initCount);
/* smods is raw storage; mods are LENT as long as smods is used. */
void slapi_mods_init_byref(Slapi_Mods *smods, LDAPMod **mods);
/* smods is raw storage; mods are TAKEN. */
void slapi_mods_init_passin(Slapi_Mods *smods, LDAPMod **mods);
/* mod is TAKEN and put behind the one that the walk is at. */
void slapi_mods_insert_after(Slapi_Mods *smods, LDAPMod *mod);
/* mod is TAKEN and put at position pos; a position that does not exist changes nothing, and mod stays the
 * caller's. */
void slapi_mods_insert_at(Slapi_Mods *smods, LDAPMod *mod, int pos);
/* mod is TAKEN and put before the one that the walk is at. */
void slapi_mods_insert_before(Slapi_Mods *smods, LDAPMod *mod);
/* smod's mod is TAKEN and put at position pos; smod is empty then. */
void slapi_mods_insert_smod_at(Slapi_Mods *smods, Slapi_Mod *smod, int pos);
/* smod's mod is TAKEN and put before the one that the walk is at; smod is empty then. */
void slapi_mods_insert_smod_before(Slapi_Mods *smods, Slapi_Mod *smod);
/* The walk goes back by one. */
void slapi_mods_iterator_backone(Slapi_Mods *smods);
/* GIVEN: slapi_mods_free. To be initialised by one of slapi_mods_init*. */
Slapi_Mods *slapi_mods_new(void);
/* Removes the mod that the walk is at; slapi_mods_get_next_mod then gives the one behind it. */
void slapi_mods_remove(Slapi_Mods *smods);

/* ---------------------------------------------------------------- Filters */

/* A filter made here is GIVEN: slapi_filter_free. */

/* GIVEN. */
char *slapi_escape_filter_value(char *filter_str, int len);
/* Calls fn for each item of the filter until it answers SLAPI_FILTER_SCAN_STOP or _ERROR.
 * SLAPI_FILTER_SCAN_NOMORE, or that; *error_code is what fn answered last. */
int slapi_filter_apply(Slapi_Filter *f, FILTER_APPLY_FN fn, void *arg, int *error_code);
/* An item asks for another attribute from now on. 0, or -1 for an and, or, not. */
int slapi_filter_changetype(Slapi_Filter *f, const char *newtype);
/* 0 when both say the same in the same words, else 1. */
int slapi_filter_compare(Slapi_Filter *f1, Slapi_Filter *f2);
/* GIVEN: slapi_filter_free. */
Slapi_Filter *slapi_filter_dup(Slapi_Filter *f);
/* GIVEN text "(attr=value)" with the value escaped. */
char *slapi_filter_escape_filter_value(char *filter_attr, char *filter_value);
/* TAKEN. */
void slapi_filter_free(Slapi_Filter *f, int recurse);
/* 0 with *type LENT (NULL in an extensible filter without one), or -1 for an and, or, not. */
int slapi_filter_get_attribute_type(Slapi_Filter *f, char **type);
/* Of an equality, ordering or approximate item: 0 with both LENT, else -1. */
int slapi_filter_get_ava(Slapi_Filter *f, char **type, struct berval **bval);
/* LDAP_FILTER_*; 0 for what is no filter. */
int slapi_filter_get_choice(Slapi_Filter *f);
/* Of a substring item: 0 with all LENT (pieces that are absent are NULL), else -1. */
int slapi_filter_get_subfilt(Slapi_Filter *f, char **type, char **initial, char ***any, char **final);
/* GIVEN: f1 and f2 (TAKEN) as parts of an and, or, not (LDAP_FILTER_*). */
Slapi_Filter *slapi_filter_join(int ftype, Slapi_Filter *f1, Slapi_Filter *f2);
/* The same; with recurse_always 0 a part that is such a set already takes the other in. */
Slapi_Filter *slapi_filter_join_ex(int ftype, Slapi_Filter *f1, Slapi_Filter *f2, int recurse_always);
/* LENT: the first part of an and, or, not; NULL for others. */
Slapi_Filter *slapi_filter_list_first(Slapi_Filter *f);
/* LENT: the part behind fprev; NULL at the end. */
Slapi_Filter *slapi_filter_list_next(Slapi_Filter *f, Slapi_Filter *fprev);
/* GIVEN filter text. A string argument ESC_NEXT_VAL or ESC_AND_NORM_NEXT_VAL prints nothing and has the next
 * string escaped. */
char *slapi_filter_sprintf(const char *fmt, ...) SLAPI_PRINTF(1, 2);
/* Does the entry match, by its stored attributes? OpenLDAP plug-ins: 0 yes, 5 no, 80 undefined; 389: 0 yes, -1
 * no, more than 0 an LDAP result code. verify_access not 0: the requestor of pb must be allowed to search by the
 * filter. */
int slapi_filter_test(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Filter *f, int verify_access);
/* The same; with only_test_access not 0 nothing but the right to search by the filter is asked. */
int slapi_filter_test_ext(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Filter *f, int verify_access, int only_test_access);
/* slapi_filter_test without a requestor. */
int slapi_filter_test_simple(Slapi_Entry *e, Slapi_Filter *f);
/* LENT, part of str: the ")" that belongs to the first "("; NULL when it is missing. */
char *slapi_find_matching_paren(const char *str);
/* GIVEN; NULL for what is no filter. */
Slapi_Filter *slapi_str2filter(char *str);
/* OpenLDAP's: adds filterToAppend (TAKEN) to *pContainingFilter, which is made when NULL. 0, or -1. */
int slapi_x_filter_append(int choice, Slapi_Filter **pContainingFilter, Slapi_Filter **pNextFilter,
                          Slapi_Filter *filterToAppend);
/* OpenLDAP's name of slapi_filter_changetype. */
int slapi_x_filter_set_attribute_type(Slapi_Filter *f, const char *type);

/* ---------------------------------------------------------------- Controls, extended operations, SASL mechanisms */

/* newctrl is copied, or TAKEN without copy. */
void slapi_add_control_ext(LDAPControl ***ctrlsp, LDAPControl *newctrl, int copy);
/* The array grows by newctrls: by copies, or with copy 0 by themselves (TAKEN with their array). */
void slapi_add_controls(LDAPControl ***ctrlsp, LDAPControl **newctrls, int copy);
/* *ctrlp is GIVEN. LDAP result code. */
int slapi_build_control(char *oid, BerElement *ber, char iscritical, LDAPControl **ctrlp);
/* *ctrlp is GIVEN; the bytes of bvp are TAKEN. */
int slapi_build_control_from_berval(char *oid, struct berval *bvp, char iscritical, LDAPControl **ctrlp);
/* 1 with *val LENT, 0 when absent. OpenLDAP plug-ins: *val NULL for an empty value. */
int slapi_control_present(LDAPControl **controls, char *oid, struct berval **val, int *iscritical);
/* GIVEN: ldap_control_free. */
LDAPControl *slapi_dup_control(LDAPControl *ctrl);
/* 0 with both GIVEN (slapi_ch_array_free, slapi_ch_free): OIDs, and for which operations (SLAPI_OPERATION_*).
 * Either may be NULL. */
int slapi_get_supported_controls(char ***ctrloidsp, unsigned long **ctrlopsp);
/* 0 with both GIVEN (slapi_ch_array_free, slapi_ch_free): OIDs, and for which operations (SLAPI_OPERATION_*).
 * Either may be NULL. */
int slapi_get_supported_controls_copy(char ***ctrloidsp, unsigned long **ctrlopsp);
/* GIVEN: slapi_ch_array_free. OpenLDAP's own writes behind its memory here. */
char **slapi_get_supported_extended_ops(void);
/* GIVEN: slapi_ch_array_free. */
char **slapi_get_supported_extended_ops_copy(void);
/* 0 with *ftroidsp GIVEN (slapi_ch_array_free), or -1. */
int slapi_get_supported_features_copy(char ***ftroidsp);
/* GIVEN: slapi_ch_array_free. What the server and plug-ins offer. */
char **slapi_get_supported_saslmechanisms(void);
/* GIVEN: slapi_ch_array_free. What the server and plug-ins offer. */
char **slapi_get_supported_saslmechanisms_copy(void);
/* The root DSE names the control; requests with it are let through as critical for these operations
 * (SLAPI_OPERATION_*). */
void slapi_register_supported_control(char *controloid, unsigned long controlops);
/* The root DSE names the mechanism; a pre-bind function has to carry it out. */
void slapi_register_supported_saslmechanism(char *mechanism);
/* IBM's spelling of the same. */
void slapi_register_supported_saslmechnisms(char *mechanism);

/* ---------------------------------------------------------------- Results */

/* Sends an intermediate response; name and value may be NULL. 0, or -1. */
int slapi_send_ldap_intermediate(Slapi_PBlock *pb, LDAPControl **ectrls, char *responseName,
                                 struct berval *responseValue);
/* Sends a search reference with the URLs refs. 0, or -1. */
int slapi_send_ldap_referral(Slapi_PBlock *pb, Slapi_Entry *e, struct berval **refs, struct berval ***urls);
/* Sends the operation's result, once: a second one is dropped and logged. urls become referrals. The plug-in
 * then answers that it has done the operation (SLAPI_PLUGIN_FAILURE, or as its type says). */
void slapi_send_ldap_result(Slapi_PBlock *pb, int err, char *matched, char *text, int nentries, struct berval **urls);
/* Sends an entry, without a look at access. attrs: what of it, NULL all. ectrls and e stay the caller's. 0, or
 * -1. */
int slapi_send_ldap_search_entry(Slapi_PBlock *pb, Slapi_Entry *e, LDAPControl **ectrls, char **attrs, int attrsonly);
/* IBM's: the answer to an extended operation in one call. response is copied. */
void slapi_send_ldap_extended_response(Slapi_Connection *conn, Slapi_Operation *op, int errornum, char *respName,
                                       struct berval *response);
/* Sends a search reference with the URLs; e and v2refs are not looked at. 0, or -1. */
int slapi_send_ldap_search_reference(Slapi_PBlock *pb, Slapi_Entry *e, struct berval **urls, LDAPControl **ectrls,
                                     struct berval **v2refs);

/* ---------------------------------------------------------------- Internal operations */

/* The set_pb functions describe an operation in a pblock of your own, the _pb
 * functions run it; SLAPI_PLUGIN_INTOP_RESULT holds the LDAP result code then.
 * Strings, mods and controls are copied at once.
 */

/* Adds e. GIVEN pblock with the result: slapi_pblock_destroy. OpenLDAP plug-ins keep e, of 389's it is TAKEN. */
Slapi_PBlock *slapi_add_entry_internal(Slapi_Entry *e, LDAPControl **controls, int log_change);
/* OpenLDAP plug-ins keep e; for 389 ones the operation takes it, also when it fails. */
void slapi_add_entry_internal_set_pb(Slapi_PBlock *pb, Slapi_Entry *e, LDAPControl **controls,
                                     Slapi_ComponentId *plugin_identity, int operation_flags);
/* Adds an entry made of mods. GIVEN pblock with the result: slapi_pblock_destroy. */
Slapi_PBlock *slapi_add_internal(char *dn, LDAPMod **attrs, LDAPControl **controls, int log_changes);
/* Carries out what was set. The result is in SLAPI_PLUGIN_INTOP_RESULT. OpenLDAP plug-ins: answers it too; 389:
 * 0, or -1 when nothing was tried. */
int slapi_add_internal_pb(Slapi_PBlock *pb);
/* dn and attrs are copied, controls LENT until the operation. LDAP result code of making the entry. */
int slapi_add_internal_set_pb(Slapi_PBlock *pb, const char *dn, LDAPMod **attrs, LDAPControl **controls,
                              Slapi_ComponentId *plugin_identity, int operation_flags);
/* GIVEN pblock with the result: slapi_pblock_destroy. */
Slapi_PBlock *slapi_delete_internal(char *dn, LDAPControl **controls, int log_change);
/* As slapi_add_internal_pb. */
int slapi_delete_internal_pb(Slapi_PBlock *pb);
/* dn is copied, controls are LENT until the operation; uniqueid not NULL names the entry instead. */
void slapi_delete_internal_set_pb(Slapi_PBlock *pb, const char *dn, LDAPControl **controls, const char *uniqueid,
                                  Slapi_ComponentId *plugin_identity, int operation_flags);
/* Frees the entries and references that a search left in pb, not pb itself. */
void slapi_free_search_results_internal(Slapi_PBlock *pb);
/* GIVEN pblock with the result: slapi_pblock_destroy. mods stay the caller's. */
Slapi_PBlock *slapi_modify_internal(char *dn, LDAPMod **mods, LDAPControl **controls, int log_change);
/* As slapi_add_internal_pb. */
int slapi_modify_internal_pb(Slapi_PBlock *pb);
/* dn is copied, mods and controls are LENT until the operation; uniqueid not NULL names the entry instead. */
void slapi_modify_internal_set_pb(Slapi_PBlock *pb, const char *dn, LDAPMod **mods, LDAPControl **controls,
                                  const char *uniqueid, Slapi_ComponentId *plugin_identity, int operation_flags);
/* dn is copied, mods and controls are LENT until the operation; uniqueid not NULL names the entry instead. */
void slapi_modify_internal_set_pb_ext(Slapi_PBlock *pb, const Slapi_DN *sdn, LDAPMod **mods, LDAPControl **controls,
                                      const char *uniqueid, Slapi_ComponentId *plugin_identity, int operation_flags);
/* GIVEN pblock with the result: slapi_pblock_destroy. */
Slapi_PBlock *slapi_modrdn_internal(char *olddn, char *newrdn, int deloldrdn, LDAPControl **controls, int log_change);
/* As slapi_add_internal_pb. */
int slapi_modrdn_internal_pb(Slapi_PBlock *pb);
/* 1 when pb is that of an internal operation, else 0. */
int slapi_op_internal(Slapi_PBlock *pb);
/* GIVEN pblock with the result: slapi_pblock_destroy. newsuperior may be NULL. */
Slapi_PBlock *slapi_rename_internal(const char *olddn, const char *newrdn, const char *newsuperior, int deloldrdn,
                                    LDAPControl **controls, int log_change);
/* Names are copied, controls LENT until slapi_modrdn_internal_pb. newsuperior may be NULL; uniqueid not NULL
 * names the entry. */
void slapi_rename_internal_set_pb(Slapi_PBlock *pb, const char *olddn, const char *newrdn, const char *newsuperior,
                                  int deloldrdn, LDAPControl **controls, const char *uniqueid,
                                  Slapi_ComponentId *plugin_identity, int operation_flags);
/* Names are copied, controls LENT until slapi_modrdn_internal_pb. newsuperior may be NULL; uniqueid not NULL
 * names the entry. */
void slapi_rename_internal_set_pb_ext(Slapi_PBlock *pb, const Slapi_DN *olddn, const char *newrdn,
                                      const Slapi_DN *newsuperior, int deloldrdn, LDAPControl **controls,
                                      const char *uniqueid, Slapi_ComponentId *plugin_identity, int operation_flags);
/* *ret_entry is LENT until slapi_search_get_entry_done. */
int32_t slapi_search_get_entry(Slapi_PBlock **pb, Slapi_DN *dn, char **attrs, Slapi_Entry **ret_entry,
                               void *component_identity);
/* Ends what slapi_search_get_entry began: frees the entry and the pblock; *pb becomes NULL. */
void slapi_search_get_entry_done(Slapi_PBlock **pb);
/* GIVEN pblock with result and entries: slapi_free_search_results_internal, then slapi_pblock_destroy. */
Slapi_PBlock *slapi_search_internal(char *base, int scope, char *filter, LDAPControl **controls, char **attrs,
                                    int attrsonly);
/* Walks along the values of attrname: SLAPI_SEQ_FIRST, _LAST, or _NEXT and _PREV of
 * val. The entries with the value that was found go to the callback. */
int slapi_seq_internal_callback_pb(Slapi_PBlock *pb, void *callback_data, plugin_result_callback res_callback,
                                   plugin_search_entry_callback srch_callback,
                                   plugin_referral_entry_callback ref_callback);
/* A search for the entries that have attrname, below ibase; the order that type and val ask for is made of the
 * result. */
void slapi_seq_internal_set_pb(Slapi_PBlock *pb, char *ibase, int type, char *attrname, char *val, char **attrs,
                               int attrsonly, LDAPControl **controls, Slapi_ComponentId *plugin_identity,
                               int operation_flags);
/* Carries out the search that was set; entries are LENT to psec, not kept. A psec that answers not 0 ends the
 * search. Answers as slapi_add_internal_pb. */
int slapi_search_internal_callback_pb(Slapi_PBlock *pb, void *callback_data, plugin_result_callback prc,
                                      plugin_search_entry_callback psec, plugin_referral_entry_callback prec);
/* *ret_entry is GIVEN: slapi_entry_free. LDAP result code. */
int slapi_search_internal_get_entry(Slapi_DN *dn, char **attrlist, Slapi_Entry **ret_entry, void *caller_identity);
/* Entries are LENT by SLAPI_PLUGIN_INTOP_SEARCH_ENTRIES until slapi_free_search_results_internal. */
int slapi_search_internal_pb(Slapi_PBlock *pb);
/* base and filter are copied; attrs and controls are LENT until the operation. 389: without a base nothing is
 * set. */
void slapi_search_internal_set_pb(Slapi_PBlock *pb, const char *base, int scope, const char *filter, char **attrs,
                                  int attrsonly, LDAPControl **controls, const char *uniqueid,
                                  Slapi_ComponentId *plugin_identity, int operation_flags);
/* sdn and filter are copied; attrs and controls are LENT until the operation. */
void slapi_search_internal_set_pb_ext(Slapi_PBlock *pb, Slapi_DN *sdn, int scope, const char *filter, char **attrs,
                                      int attrsonly, LDAPControl **controls, const char *uniqueid,
                                      Slapi_ComponentId *plugin_identity, int operation_flags);

/* ---------------------------------------------------------------- Registering plug-ins */

/* 389 counts with it who is at work in a plug-in, so that it is not stopped. Nothing to do here: a plug-in that
 * is stopped is waited for. */
void slapi_plugin_op_finished(void *arg);
/* 389 counts with it who is at work in a plug-in. Nothing to do here. */
void slapi_plugin_op_started(void *arg);
/* 1 when the plug-in of pb is started and not yet stopped, else 0. */
int slapi_plugin_running(Slapi_PBlock *pb);
/* From an init function: a further plug-in of the same library. initfunc is called at once. 0, or -1. */
int slapi_register_plugin(const char *plugintype, int enabled, const char *initsymbol,
                          slapi_plugin_init_fnptr initfunc, const char *name, char **argv, void *group_identity);
/* The same with a precedence (1 first, 99 last; 0: 50). */
int slapi_register_plugin_ext(const char *plugintype, int enabled, const char *initsymbol,
                              slapi_plugin_init_fnptr initfunc, const char *name, char **argv, void *group_identity,
                              int precedence);
/* 389: pre-bind functions are called for the root DN too. They always are here. */
void slapi_set_plugin_open_rootdn_bind(Slapi_PBlock *pb);

/* ---------------------------------------------------------------- Object extensions and the API broker */

/* Answers the count after it; 0 for an interface that is not counted. */
int slapi_apib_addref(void **api);
/* 0 with *api LENT until slapi_apib_release, or -1 when no plug-in published guid. */
int slapi_apib_get_interface(char *guid, void ***api);
/* 0 with *apilist GIVEN (slapi_ch_free): all tables of that guid, NULL-terminated; or -1. */
int slapi_apib_get_interface_all(char *guid, void ****apilist);
/* callback is called when nobody uses the table any more; api[0] must be NULL before. 0, or -1. */
int slapi_apib_make_reference_counted(void **api, slapi_apib_callback_on_zero callback);
/* Publishes a table of functions; guid and api are LENT until slapi_apib_unregister. 0, or -1. */
int slapi_apib_register(char *guid, void **api);
/* Gives back what slapi_apib_get_interface lent. Answers the count that is left. */
int slapi_apib_release(void **api);
/* Takes the first table of that guid off. 0, or -1. */
int slapi_apib_unregister(char *guid);
/* LENT: what the plug-in's constructor made for the object, or slapi_set_object_extension put there; NULL when
 * none. */
void *slapi_get_object_extension(int objecttype, void *object, int extensionhandle);
/* Objects of that kind (SLAPI_EXT_*) get an extension from now on; the two numbers are for the calls beside. The
 * destructor is called when the object ends. 0, or -1. */
int slapi_register_object_extension(const char *pluginname, const char *objectname,
                                    slapi_extension_constructor_fnptr constructor,
                                    slapi_extension_destructor_fnptr destructor, int *objecttype,
                                    int *extensionhandle);
/* Replaces the extension; the old one is not freed. */
void slapi_set_object_extension(int objecttype, void *object, int extensionhandle, void *extension);
/* No further objects get one; those that have one keep it until they end. 0, or -1. */
int slapi_unregister_object_extension(const char *pluginname, const char *objectname, int *objecttype, int *ext_index);

/* ---------------------------------------------------------------- Backends */

/* A Slapi_Backend is LENT for as long as the server runs. */

/* The database serves one suffix more from now on; it is copied. */
void slapi_be_addsuffix(Slapi_Backend *be, const Slapi_DN *suffix);
/* 1 when a database serves the name, else 0. */
int slapi_be_exist(const Slapi_DN *sdn);
/* What slapi_be_set_instance_info put there. */
void *slapi_be_get_instance_info(Slapi_Backend *be);
/* LENT: the database's name. */
char *slapi_be_get_name(Slapi_Backend *be);
/* 1 when it takes no changes, else 0. */
int slapi_be_get_readonly(Slapi_Backend *be);
/* LENT: suffix number n, from 0; NULL behind the last. */
const Slapi_DN *slapi_be_getsuffix(Slapi_Backend *be, int n);
/* LENT: the database's type. */
const char *slapi_be_gettype(Slapi_Backend *be);
/* Not 0 when the flag (SLAPI_BE_FLAG_*) is set. */
int slapi_be_is_flag_set(Slapi_Backend *be, int flag);
/* 1 when the name is a suffix of the database, else 0. */
int slapi_be_issuffix(const Slapi_Backend *be, const Slapi_DN *suffix);
/* 1 when changes of it belong into a changelog, else 0. */
int slapi_be_logchanges(Slapi_Backend *be);
/* 1 for one of the server's own (cn=config and the like), else 0. */
int slapi_be_private(Slapi_Backend *be);
/* IBM's: calls the function with this parameter number of every plug-in that has it. */
void slapi_broadcast_be(int funcType, Slapi_PBlock *pPB);
/* IBM's: how many databases of a type there are; of all types for NULL. */
int slapi_get_num_be(char *type);
/* LENT: the database that serves the name. 389: without one, the default backend; OpenLDAP plug-ins: NULL. */
Slapi_Backend *slapi_be_select(const Slapi_DN *sdn);
/* LENT; NULL when there is none of that name. */
Slapi_Backend *slapi_be_select_by_instance_name(const char *name);
/* LENT: the database with that suffix; NULL when there is none. */
Slapi_Backend *slapi_be_select_exact(const Slapi_DN *sdn);
/* SLAPI_BE_FLAG_*. */
void slapi_be_set_flag(Slapi_Backend *be, int flag);
/* A pointer for the caller's use. */
void slapi_be_set_instance_info(Slapi_Backend *be, void *data);
/* Shown by slapi_be_get_readonly; the configuration says whether changes are taken. */
void slapi_be_set_readonly(Slapi_Backend *be, int readonly);
/* SLAPI_BE_FLAG_*. */
void slapi_be_unset_flag(Slapi_Backend *be, int flag);
/* LENT; *cookie is GIVEN (slapi_ch_free_string), for the walk. */
Slapi_Backend *slapi_get_first_backend(char **cookie);
/* LENT; *node is for the walk, nothing to free. show_private not 0: those of the server's own too. */
Slapi_DN *slapi_get_first_suffix(void **node, int show_private);
/* LENT; NULL at the end. */
Slapi_Backend *slapi_get_next_backend(char *cookie);
/* LENT; NULL at the end. */
Slapi_DN *slapi_get_next_suffix(void **node, int show_private);
/* LENT; NULL at the end. As slapi_get_next_suffix: no suffix lies in another's backend here. */
Slapi_DN *slapi_get_next_suffix_ext(void **node, int show_private);
/* LENT: the suffix under which the name lies; NULL when there is none. */
const Slapi_DN *slapi_get_suffix_by_dn(const Slapi_DN *dn);
/* 1 when the name is a suffix of a database, else 0. */
int slapi_is_root_suffix(Slapi_DN *dn);
/* funct is called when a database comes or goes, with its name and its states before and after
 * (SLAPI_BE_STATE_*). handle is for the end of it. */
void slapi_register_backend_state_change(void *handle, slapi_backend_state_change_fnptr funct);
/* 1 when there was one of that handle, else 0. */
int slapi_unregister_backend_state_change(void *handle);
/* libslapi's own, for plug-ins that keep entries: the type of a description
 * without its options, in lower case and the schema's spelling (*name, GIVEN, also
 * for an unknown type), and the key of a value: values are equal when their keys
 * are, and integers, times and the like sort as their keys do. key->bv_val is
 * GIVEN: slapi_ch_free_string. name or key may be NULL. 0; 1 when the type has no
 * equality rule; 2 for a value that breaks the syntax; -1 for an unknown type. */
int slapi_x_attr_key(const char *type, const struct berval *value, char **name, struct berval *key);
/* OpenLDAP's: 0 with *flags set, or -1. */
int slapi_x_backend_get_flags(const Slapi_Backend *be, unsigned long *flags);
/* OpenLDAP's: LENT, empty. Replication acts as the root DN here. */
const char *slapi_x_be_get_updatedn(Slapi_Backend *be);

/* ---------------------------------------------------------------- Connections and operations */

/* TAKEN; *clientIP becomes NULL. */
void slapi_free_client_ip(char **clientIP);
/* 0 with *clientIP GIVEN (slapi_free_client_ip): "IP=address:port"; or -1 for an internal operation. */
int slapi_get_client_ip(Slapi_PBlock *pb, char **clientIP);
/* 0 with *fromPort set, or -1. */
int slapi_get_client_port(Slapi_PBlock *pPB, int *fromPort);
/* 0 with *isSSL 1 or 0, or -1 without a connection. */
int slapi_is_connection_ssl(Slapi_PBlock *pPB, int *isSSL);
/* 1 when the client gave the operation up, or is gone; else 0. */
int slapi_is_operation_abandoned(Slapi_Operation *op);
/* 1 when the client gave the operation up, or is gone; else 0. */
int slapi_op_abandoned(Slapi_PBlock *pb);
/* SLAPI_OPERATION_*. */
unsigned long slapi_op_get_type(Slapi_Operation *op);
/* LENT: "add" for SLAPI_OPERATION_ADD and so on. */
char *slapi_op_type_to_string(unsigned long type);
/* SLAPI_OP_FLAG_*. */
void slapi_operation_clear_flag(Slapi_Operation *op, unsigned long flag);
/* The message id; -1 for an operation of no client. */
ber_int_t slapi_operation_get_msgid(Slapi_Operation *op);
/* LDAP_REQ_*. */
ber_tag_t slapi_operation_get_tag(Slapi_Operation *op);
/* Not 0 when the flag (SLAPI_OP_FLAG_*) is set. */
int slapi_operation_is_flag_set(Slapi_Operation *op, unsigned long flag);
/* GIVEN, of no client; there is no public function to free one (389 neither). */
Slapi_Operation *slapi_operation_new(int flags);
/* SLAPI_OP_FLAG_*. */
void slapi_operation_set_flag(Slapi_Operation *op, unsigned long flag);
/* Changes what slapi_operation_get_msgid says; answers go out with the client's. */
void slapi_operation_set_msgid(Slapi_Operation *op, ber_int_t msgid);
/* LDAP_REQ_*. */
void slapi_operation_set_tag(Slapi_Operation *op, ber_tag_t tag);
/* *elapsed: since the operation began. */
void slapi_operation_time_elapsed(Slapi_Operation *o, struct timespec *elapsed);
/* *expiry: on the clock of slapi_current_rel_time_hr, when an operation that may take timeout seconds has to
 * end; zero for no limit. */
void slapi_operation_time_expiry(Slapi_Operation *o, time_t timeout, struct timespec *expiry);

/* ---------------------------------------------------------------- Configuration callbacks */

/* fn is called for operations (SLAPI_OPERATION_*, flags DSE_FLAG_PREOP or _POSTOP) on cn=config entries in that
 * scope that match the filter. It answers SLAPI_DSE_CALLBACK_OK, _ERROR (with *result and text) or
 * _DO_NOT_APPLY. 1, or 0 when it could not be. */
int slapi_config_register_callback(int operation, int flags, const char *base, int scope, const char *filter,
                                   dseCallbackFn fn, void *fn_arg);
/* The same; the callback ends with the plug-in of pb. */
int slapi_config_register_callback_plugin(int operation, int flags, const char *base, int scope, const char *filter,
                                          dseCallbackFn fn, void *fn_arg, Slapi_PBlock *pb);
/* The arguments are those of the registration. 1, or 0 when there was none. */
int slapi_config_remove_callback(int operation, int flags, const char *base, int scope, const char *filter,
                                 dseCallbackFn fn);

/* ---------------------------------------------------------------- Tasks */

/* A task is the server's until slapi_task_finish or slapi_destroy_task. */

/* TAKEN: the task and its entry. */
void slapi_destroy_task(void *arg);
/* GIVEN: slapi_destroy_task, or the server some time after the task has ended. dn: of its entry below
 * cn=tasks,cn=config. */
Slapi_Task *slapi_new_task(const char *dn);
/* The same for the plug-in whose identity arg is. */
Slapi_Task *slapi_plugin_new_task(const char *dn, void *arg);
/* As slapi_task_register_handler; it ends with the plug-in. 0, or -1. */
int slapi_plugin_task_register_handler(const char *name, dseCallbackFn func, Slapi_PBlock *plugin_pb);
/* 0, or -1 when there was none. */
int slapi_plugin_task_unregister_handler(const char *name, dseCallbackFn func);
/* The task runs, and has total_work steps. */
void slapi_task_begin(Slapi_Task *task, int total_work);
/* The task ends as cancelled, with rc as its exit code. */
void slapi_task_cancel(Slapi_Task *task, int rc);
/* One that works for the task has ended. */
void slapi_task_dec_refcount(Slapi_Task *task);
/* The task ends, with rc as its exit code; its entry stays until its time to live is over. */
void slapi_task_finish(Slapi_Task *task, int rc);
/* What slapi_task_set_data put there. */
void *slapi_task_get_data(Slapi_Task *task);
/* How many work for the task. */
int slapi_task_get_refcount(Slapi_Task *task);
/* SLAPI_TASK_SETUP, _RUNNING, _FINISHED or _CANCELLED. */
int slapi_task_get_state(Slapi_Task *task);
/* The bits that slapi_task_set_warning put there. */
int slapi_task_get_warning(Slapi_Task *task);
/* One step is done; the entry's nsTaskCurrentItem says so. */
void slapi_task_inc_progress(Slapi_Task *task);
/* One more works for the task: it is not freed before slapi_task_dec_refcount. */
void slapi_task_inc_refcount(Slapi_Task *task);
/* Adds a line to the entry's nsTaskLog. */
void slapi_task_log_notice(Slapi_Task *task, const char *format, ...);
/* Adds a line to the entry's nsTaskLog. */
void slapi_task_log_notice_ext(Slapi_Task *task, char *format, va_list varg);
/* Replaces the entry's nsTaskStatus. */
void slapi_task_log_status(Slapi_Task *task, char *format, ...);
/* Replaces the entry's nsTaskStatus. */
void slapi_task_log_status_ext(Slapi_Task *task, char *format, va_list varg);
/* func is called when a client adds an entry below cn=NAME,cn=tasks,cn=config. It makes the task, starts its
 * work (in a thread of its own) and answers as a configuration callback. 0, or -1. */
int slapi_task_register_handler(const char *name, dseCallbackFn func);
/* func is called when a client sets nsTaskCancel. */
void slapi_task_set_cancel_fn(Slapi_Task *task, TaskCallbackFn func);
/* A pointer for the caller's use. */
void slapi_task_set_data(Slapi_Task *task, void *data);
/* func is called when the task is freed; it frees the data. */
void slapi_task_set_destructor_fn(Slapi_Task *task, TaskCallbackFn func);
/* Sets bits of task_warning. */
void slapi_task_set_warning(Slapi_Task *task, task_warning warn);
/* The entry's attributes are brought up to date. */
void slapi_task_status_changed(Slapi_Task *task);

/* ---------------------------------------------------------------- Schema */

/* 0 with *oidp GIVEN (slapi_ch_free_string; directory string for an unknown type), or -1. */
int slapi_attr_get_syntax_oid_copy(const Slapi_Attr *a, char **oidp);
/* 1 for an attribute type that the schema has, else 0. */
int slapi_attr_syntax_exists(const char *type);
/* The schema's spelling. OpenLDAP plug-ins: LENT. 389: GIVEN. */
char *slapi_attr_syntax_normalize(const char *s);
/* 0 with *pi LENT, for slapi_call_syntax_* and slapi_plugin_syntax2oid; -1 for an unknown type. */
int slapi_attr_type2plugin(const char *type, void **pi);
/* 0 for a DN, else 1 with a text in the pblock. override not 0: also where the configuration does not check. */
int slapi_dn_syntax_check(Slapi_PBlock *pb, const char *dn, int override);
/* 0, or 1 with the reason in SLAPI_PB_RESULT_TEXT of pb (may be NULL). */
int slapi_entry_schema_check(Slapi_PBlock *pb, Slapi_Entry *e);
/* 0 when all values fit their syntaxes, else 1 with a text in the pblock. override is not looked at: it is
 * always checked. */
int slapi_entry_syntax_check(Slapi_PBlock *pb, Slapi_Entry *e, int override);
/* TAKEN; with freeMembers not 0 also the strings in it. *mrEntry becomes NULL. */
void slapi_matchingrule_free(Slapi_MatchingRuleEntry **mrEntry, int freeMembers);
/* 0 with the member (SLAPI_MATCHINGRULE_*) LENT, or -1. */
int slapi_matchingrule_get(Slapi_MatchingRuleEntry *mr, int arg, void *value);
/* GIVEN: slapi_matchingrule_free. */
Slapi_MatchingRuleEntry *slapi_matchingrule_new(void);
/* Stores a pointer as it is: it is LENT until slapi_matchingrule_free. 0, or -1. */
int slapi_matchingrule_set(Slapi_MatchingRuleEntry *mr, int arg, void *value);
/* 0 when all values fit their syntaxes, else 1 with a text in the pblock. override is not looked at: it is
 * always checked. */
int slapi_mods_syntax_check(Slapi_PBlock *pb, LDAPMod **mods, int override);
/* Adds to objectClass the superclasses that it lacks. */
void slapi_schema_expand_objectclasses(Slapi_Entry *e);

/* ---------------------------------------------------------------- Computed and virtual attributes */

/* Asks the evaluators in turn: -1 nobody knows the type, 0 done, else the error of the one that tried. */
int compute_evaluator(computed_attr_context *c, char *type, Slapi_Entry *e, slapi_compute_output_t outputfn);
/* Asks the rewriters in turn: -1 none did something, 0 the request is another one now, 1 the search is refused,
 * 2 an error. */
int compute_rewrite_search_filter(Slapi_PBlock *pb);
/* function is called for each attribute that a search asks for by name. It answers -1 for one that it does not
 * know, else puts it out and answers 0. 0, or -1. */
int slapi_compute_add_evaluator(slapi_compute_callback_t function);
/* The same; with rootonly not 0 for searches of the root DN alone. */
int slapi_compute_add_evaluator_ext(slapi_compute_callback_t function, int rootonly);
/* function is called before each search and may change its pblock; answers as
 * slapi_search_rewrite_callback_result_t says. 0, or -1. */
int slapi_compute_add_search_rewriter(slapi_search_rewrite_callback_t function);
/* As slapi_filter_test, with virtual attributes. */
int slapi_vattr_filter_test(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Filter *f, int verify_access);
/* As slapi_filter_test_ext, with virtual attributes. */
int slapi_vattr_filter_test_ext(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Filter *f, int verify_access,
                                int only_test_access);
/* OpenLDAP's: 0 with *pb LENT, of the search for which an evaluator is called; or -1. */
int slapi_x_compute_get_pblock(computed_attr_context *c, Slapi_PBlock **pb);

/* ---------------------------------------------------------------- Roles */

/* By the roles plug-in: what slapi_role_check calls. NULL takes it back. */
void slapi_register_role_check(roles_check_fn_type check_fn);
/* 0 with *present 1 when the entry has the role, else *present 0. Without a roles plug-in nobody has one. */
int slapi_role_check(Slapi_Entry *entry_to_check, Slapi_DN *role_dn, int *present);

/* ---------------------------------------------------------------- Transactions */

/* Undoes all since the begin. 0, or -1. */
int slapi_back_transaction_abort(Slapi_PBlock *pb);
/* Internal operations of this thread are one transaction of the pblock's database until commit or abort. Inside
 * one, a savepoint. 0, or -1. */
int slapi_back_transaction_begin(Slapi_PBlock *pb);
/* 0, or -1. */
int slapi_back_transaction_commit(Slapi_PBlock *pb);

/* ---------------------------------------------------------------- Passwords */

/* GIVEN hash of a password by the named scheme (NULL: the server's); NULL when there is none of that name. */
char *slapi_encode(char *value, char *alg);
/* The same; pb and sdn are not looked at. */
char *slapi_encode_ext(Slapi_PBlock *pb, const Slapi_DN *sdn, char *value, char *alg);
/* NULL: clear text is never kept here (389: where nsslapd-unhashed-pw-switch says so). */
char *slapi_get_first_clear_text_pw(Slapi_Entry *entry);
/* 1 when the value begins with a known scheme, else 0. */
int slapi_is_encoded(char *value);
/* 0 when the password v is one of the stored values vals, else 1. */
int slapi_pw_find(struct berval **vals, struct berval *v);
/* 0 when the password v is one of the stored values vals, else 1. */
int slapi_pw_find_sv(Slapi_Value **vals, const Slapi_Value *v);

/* ---------------------------------------------------------------- Locks, conditions, counters */

/* The name of the calling thread, as the system's tools show it (newer releases of 389). */
void slapi_set_thread_name(const char *name);
/* Waits so many milliseconds. */
void DS_Sleep(unsigned int ticks);
/* Answers the new value. The strongest memory order serves all memorders. */
int32_t slapi_atomic_decr_32(int32_t *ptr, int memorder);
/* Answers the new value. The strongest memory order serves all memorders. */
uint64_t slapi_atomic_decr_64(uint64_t *ptr, int memorder);
/* Answers the new value. The strongest memory order serves all memorders. */
int32_t slapi_atomic_incr_32(int32_t *ptr, int memorder);
/* Answers the new value. The strongest memory order serves all memorders. */
uint64_t slapi_atomic_incr_64(uint64_t *ptr, int memorder);
/* The value. The strongest memory order serves all memorders. */
int32_t slapi_atomic_load_32(int32_t *ptr, int memorder);
/* The value. The strongest memory order serves all memorders. */
uint64_t slapi_atomic_load_64(uint64_t *ptr, int memorder);
/* The strongest memory order serves all memorders. */
void slapi_atomic_store_32(int32_t *ptr, int32_t val, int memorder);
/* The strongest memory order serves all memorders. */
void slapi_atomic_store_64(uint64_t *ptr, uint64_t val, int memorder);
/* Answers the new value. Any thread. */
uint64_t slapi_counter_add(Slapi_Counter *counter, uint64_t addvalue);
/* Answers the new value. Any thread. */
uint64_t slapi_counter_decrement(Slapi_Counter *counter);
/* TAKEN; *counter becomes NULL. */
void slapi_counter_destroy(Slapi_Counter **counter);
/* Any thread. */
uint64_t slapi_counter_get_value(Slapi_Counter *counter);
/* Answers the new value. Any thread. */
uint64_t slapi_counter_increment(Slapi_Counter *counter);
/* Sets it to 0. */
void slapi_counter_init(Slapi_Counter *counter);
/* GIVEN: slapi_counter_destroy. It starts at 0. */
Slapi_Counter *slapi_counter_new(void);
/* Answers the new value. Any thread. */
uint64_t slapi_counter_set_value(Slapi_Counter *counter, uint64_t newvalue);
/* Answers the new value. Any thread. */
uint64_t slapi_counter_subtract(Slapi_Counter *counter, uint64_t subvalue);
/* TAKEN. Nobody may wait on it. */
void slapi_destroy_condvar(Slapi_CondVar *cvar);
/* TAKEN. One that is held stays as it is. */
void slapi_destroy_mutex(Slapi_Mutex *mutex);
/* TAKEN. Nobody may hold it. */
void slapi_destroy_rwlock(Slapi_RWLock *rwlock);
/* Waits for the mutex. Not recursive. */
void slapi_lock_mutex(Slapi_Mutex *mutex);
/* GIVEN: slapi_destroy_condvar. mutex is LENT as long as it is used. */
Slapi_CondVar *slapi_new_condvar(Slapi_Mutex *mutex);
/* GIVEN: slapi_destroy_mutex. */
Slapi_Mutex *slapi_new_mutex(void);
/* GIVEN: slapi_destroy_rwlock. */
Slapi_RWLock *slapi_new_rwlock(void);
/* The same; prio_writer not 0: who wants to write goes before new readers. */
Slapi_RWLock *slapi_new_rwlock_prio(int32_t prio_writer);
/* Wakes one that waits, or all. OpenLDAP plug-ins: 0 or an errno; 389: 1 or 0. */
int slapi_notify_condvar(Slapi_CondVar *cvar, int notify_all);
/* Bytes of a lock. */
int slapi_rwlock_get_size(void);
/* 0 or an errno. */
int slapi_rwlock_rdlock(Slapi_RWLock *rwlock);
/* 0 or an errno. */
int slapi_rwlock_unlock(Slapi_RWLock *rwlock);
/* 0 or an errno. */
int slapi_rwlock_wrlock(Slapi_RWLock *rwlock);
/* OpenLDAP plug-ins: 0 or an errno; 389: 1 or 0. Another thread's mutex is refused. */
int slapi_unlock_mutex(Slapi_Mutex *mutex);
/* Waits with the condition's own mutex, which the caller holds; timeout NULL: for ever. OpenLDAP plug-ins: 0 or
 * an errno (ETIMEDOUT); 389: 1 or 0. slapd's own forgets the limit, ns-slapd's ends the server. */
int slapi_wait_condvar(Slapi_CondVar *cvar, struct timeval *timeout);
/* The same with the mutex named: 1, or 0 when the time is over. */
int slapi_wait_condvar_pt(Slapi_CondVar *cvar, Slapi_Mutex *mutex, struct timeval *timeout);

/* ---------------------------------------------------------------- Event queue */

/* 1 when the event was still waiting, else 0. One that runs now is not waited for. */
int slapi_eq_cancel(Slapi_Eq_Context ctx);
/* 1 when the event was still waiting, else 0. One that runs now is not waited for. */
int slapi_eq_cancel_rel(Slapi_Eq_Context ctx);
/* LENT: the argument of a waiting event; NULL when it is none. */
void *slapi_eq_get_arg(Slapi_Eq_Context ctx);
/* LENT: the argument of a waiting event; NULL when it is none. */
void *slapi_eq_get_arg_rel(Slapi_Eq_Context ctx);
/* fn is called once, on the queue's thread, at the time when (time()). GIVEN for slapi_eq_cancel alone. */
Slapi_Eq_Context slapi_eq_once(slapi_eq_fn_t fn, void *arg, time_t when);
/* The same by the clock of slapi_current_rel_time_t. */
Slapi_Eq_Context slapi_eq_once_rel(slapi_eq_fn_t fn, void *arg, time_t when);
/* The same every interval milliseconds, first at the time when. */
Slapi_Eq_Context slapi_eq_repeat(slapi_eq_fn_t fn, void *arg, time_t when, unsigned long interval);
/* The same by the clock of slapi_current_rel_time_t. */
Slapi_Eq_Context slapi_eq_repeat_rel(slapi_eq_fn_t fn, void *arg, time_t when, unsigned long interval);

/* ---------------------------------------------------------------- UTF-8 */

/* How many characters; 0 for NULL. */
size_t ldap_utf8characters(const char *);
/* Copies one character without a NUL; answers its bytes. */
int ldap_utf8copy(char *dst, const char *src);
/* The code point of the character at *src, which is stepped over. */
unsigned long ldap_utf8getcc(const char **src);
/* ASCII letters and digits. */
int ldap_utf8isalnum(char *s);
/* ASCII letters. */
int ldap_utf8isalpha(char *s);
/* ASCII digits. */
int ldap_utf8isdigit(char *s);
/* White space, that of Unicode too. */
int ldap_utf8isspace(char *s);
/* Hexadecimal ASCII digits. */
int ldap_utf8isxdigit(char *s);
/* Bytes of the character at the beginning. */
int ldap_utf8len(const char *);
/* LENT, part of the text: the next character. */
char *ldap_utf8next(char *);
/* The character n further, not beyond the end. */
char *ldap_utf8nextn(char *s, int n);
/* LENT, part of the text: the character before. There must be one. */
char *ldap_utf8prev(char *);
/* The character n before, not before from. */
char *ldap_utf8prevn(char *s, char *from, int n);
/* As strtok_r, by characters. */
char *ldap_utf8strtok_r(char *src, const char *brk, char **next);
/* As strcasecmp, for UTF-8. */
int slapi_UTF8CASECMP(char *s0, char *s1);
/* 1 for a lower-case letter at the beginning, else 0. */
int slapi_UTF8ISLOWER(char *s);
/* 1 for an upper-case letter at the beginning, else 0. */
int slapi_UTF8ISUPPER(char *s);
/* The same for the first n characters. */
int slapi_UTF8NCASECMP(char *s0, char *s1, int n);
/* GIVEN: slapi_ch_free. */
unsigned char *slapi_UTF8STRTOLOWER(char *s);
/* GIVEN: slapi_ch_free. */
unsigned char *slapi_UTF8STRTOUPPER(char *s);
/* One character from s to d; *ssz and *dsz are the bytes of both. */
void slapi_UTF8TOLOWER(char *s, char *d, int *ssz, int *dsz);
/* One character from s to d; *ssz and *dsz are the bytes of both. */
void slapi_UTF8TOUPPER(char *s, char *d, int *ssz, int *dsz);
/* 1 when a byte is outside ASCII, else 0. */
int slapi_has8thBit(unsigned char *s);
/* GIVEN: slapi_ch_free. */
unsigned char *slapi_utf8StrToLower(unsigned char *s);
/* GIVEN: slapi_ch_free. */
unsigned char *slapi_utf8StrToUpper(unsigned char *s);
/* One character from s to d; *ssz and *dsz are the bytes of both. */
void slapi_utf8ToLower(unsigned char *s, unsigned char *d, int *ssz, int *dsz);
/* One character from s to d; *ssz and *dsz are the bytes of both. */
void slapi_utf8ToUpper(unsigned char *s, unsigned char *d, int *ssz, int *dsz);
/* As strcasecmp, for UTF-8. */
int slapi_utf8casecmp(unsigned char *s0, unsigned char *s1);
/* 1 for a lower-case letter at the beginning, else 0. */
int slapi_utf8isLower(unsigned char *s);
/* 1 for an upper-case letter at the beginning, else 0. */
int slapi_utf8isUpper(unsigned char *s);
/* The same for the first n characters. */
int slapi_utf8ncasecmp(unsigned char *s0, unsigned char *s1, int n);

/* ---------------------------------------------------------------- Log */

/* 1 when messages of that level (SLAPI_LOG_*) are written, else 0. A change of the configuration is seen within
 * a second. */
int slapi_is_loglevel_set(const int loglevel);
/* IBM's: a line of the log with the numbers of a message and its catalogue. */
void slapi_printmessage(int catid, int level, int num, ...);
/* One line of the error log when level is on. */
int slapi_log_error(int loglevel, char *subsystem, char *fmt, ...) SLAPI_PRINTF(3, 4);
/* slapi_log_error with the arguments in varg1; varg2 is another copy of them, not needed here. */
int slapi_log_error_ext(int loglevel, char *subsystem, char *fmt, va_list varg1, va_list varg2);

/* ---------------------------------------------------------------- Various */

/* Whether the requestor of the operation may do this: LDAP_SUCCESS or LDAP_INSUFFICIENT_ACCESS. True
 * in every hook. attr NULL asks about the entry itself. */
int slapi_access_allowed(Slapi_PBlock *pb, Slapi_Entry *e, char *attr, struct berval *val, int access);
/* 0 when the requestor of pb may change all these attributes of e, else an LDAP result code. *errbuf becomes
 * NULL. */
int slapi_acl_check_mods(Slapi_PBlock *pb, Slapi_Entry *e, LDAPMod **mods, char **errbuf);
/* As memcmp, the shorter first; 0 equal. */
int slapi_berval_cmp(const struct berval *L, const struct berval *R);
/* The real time. 0, or -1. */
int32_t slapi_clock_gettime(struct timespec *tp);
/* 0 equal, 1 not. Takes the same time wherever the difference is. */
int slapi_ct_memcmp(const void *p1, const void *p2, size_t n);
/* A clock that never goes back. */
struct timespec slapi_current_rel_time_hr(void);
/* The same clock in seconds. */
time_t slapi_current_rel_time_t(void);
/* time(NULL). */
time_t slapi_current_time(void);
/* time(NULL). */
time_t slapi_current_utc_time(void);
/* The real time. */
struct timespec slapi_current_utc_time_hr(void);
/* LENT: the text of an LDAP result code. */
char *slapi_err2string(int result);
/* GIVEN: slapi_ch_free_string; NULL when the system has none. */
char *slapi_get_hostname(void);
/* 0 to 15; -1 for what is no hexadecimal digit. */
int slapi_hexchar2int(char c);
/* 1 once the server has begun to stop, else 0. */
int slapi_is_shutting_down(void);
/* 1 when bit bitnum (0 to 31) of f is set, else 0. */
int slapi_isbitset_int(unsigned int f, unsigned int bitnum);
/* 1 when bit bitnum (0 to 7) of f is set, else 0. */
int slapi_isbitset_uchar(unsigned char f, unsigned char bitnum);
/* How many strings of a NULL-terminated array; 0 for NULL. */
int slapi_ldap_count_values(char **vals);
/* A handle of libldap, not yet connected. GIVEN: slapi_ldap_unbind. */
LDAP *slapi_ldap_init(char *ldaphost, int ldapport, int secure, int shared);
/* TAKEN: ends the connection. */
void slapi_ldap_unbind(LDAP *ld);
/* GIVEN: slapi_ldap_value_free. */
char **slapi_ldap_explode_dn(const char *dn, int notypes);
/* GIVEN (slapi_ldap_value_free): "type=value" of each AVA, with notypes not 0 the values alone; NULL for what is
 * no RDN. */
char **slapi_ldap_explode_rdn(const char *rdn, int notypes);
/* TAKEN: the array and its strings. */
void slapi_ldap_value_free(char **vals);
/* One unfolded line; type and value become parts of it (LENT), base64 is decoded in place; *freeval is 0. -1 for
 * a line that is none, and for "type:< URL". */
int slapi_ldif_parse_line(char *line, struct berval *type, struct berval *value, int *freeval);
/* Appends a line at *out and moves *out behind it; the caller has seen to the room. options: LDIF_OPT_*. */
void slapi_ldif_put_type_and_value_with_options(char **out, const char *t, const char *val, int vlen,
                                                unsigned long options);
/* LENT: the text of an NSPR error. */
char *slapi_pr_strerror(int prerrno);
/* A random number, not negative, from the system's generator. */
int slapi_rand(void);
/* Fills len bytes from the system's generator. */
void slapi_rand_array(void *randx, size_t len);
/* As slapi_rand; seed is not needed. */
int slapi_rand_r(unsigned int *seed);
/* GIVEN: slapi_re_free; NULL with *error GIVEN (slapi_ch_free_string) for a bad pattern. */
Slapi_Regex *slapi_re_comp(const char *pat, char **error);
/* 1 match, 0 no match, LDAP_TIMELIMIT_EXCEEDED when time_up (time(), 0 none) has come, less than 0 an error. */
int slapi_re_exec(Slapi_Regex *re_handle, const char *subject, time_t time_up);
/* The same without a limit. */
int32_t slapi_re_exec_nt(Slapi_Regex *re_handle, const char *subject);
/* TAKEN. */
void slapi_re_free(Slapi_Regex *re_handle);
/* 1 with *dst filled (dstlen bytes): src with \1 to \9 and & replaced by what subject matched; 0 when there is
 * not enough room, -1 for an error. */
int slapi_re_subs(Slapi_Regex *re_handle, const char *subject, const char *src, char **dst, unsigned long dstlen);
/* The same; with filter not 0 what is put in is escaped as an assertion value. */
int slapi_re_subs_ext(Slapi_Regex *re_handle, const char *subject, const char *src, char **dst, unsigned long dstlen,
                      int filter);
/* f with bit bitnum set. */
unsigned int slapi_setbit_int(unsigned int f, unsigned int bitnum);
/* f with bit bitnum set. */
unsigned char slapi_setbit_uchar(unsigned char f, unsigned char bitnum);
/* GIVEN (slapi_ch_array_free): the words of str, which is cut in place; any character of brkstr parts them. */
char **slapi_str2charray(char *str, char *brkstr);
/* 4 hexadecimal digits. */
uint16_t slapi_str_to_u16(const char *s);
/* 8 hexadecimal digits. */
uint32_t slapi_str_to_u32(const char *s);
/* 16 hexadecimal digits. */
uint64_t slapi_str_to_u64(const char *s);
/* 2 hexadecimal digits. */
uint8_t slapi_str_to_u8(const char *s);
/* LENT: the text of an errno. */
const char *slapi_system_strerror(const int syserrno);
/* IBM's: microseconds on a clock that never goes back. */
unsigned long slapi_timer_current_time(void);
/* IBM's: logs, at the trace level, how long it is since start. */
void slapi_timer_elapsed_time(char *label, unsigned long start);
/* IBM's: the same as slapi_timer_current_time, logged at the trace level. */
unsigned long slapi_timer_get_time(char *label);
/* *diff is a - b. */
void slapi_timespec_diff(struct timespec *a, struct timespec *b, struct timespec *diff);
/* *expire: so many seconds from now on the clock of slapi_current_rel_time_hr; zero for a timeout of 0 or less. */
void slapi_timespec_expire_at(time_t timeout, struct timespec *expire);
/* TIMER_EXPIRED when that time has come, else TIMER_CONTINUE; a zero time never comes. */
slapi_timer_result slapi_timespec_expire_check(struct timespec *expire);
/* *expire: so many seconds after start; zero for a timeout of 0 or less. */
void slapi_timespec_expire_rel(time_t timeout, struct timespec *start, struct timespec *expire);
/* The time as generalized time with nanoseconds; bufsize at least SLAPI_TIMESTAMP_BUFSIZE. */
void slapi_timestamp_utc_hr(char *buf, size_t bufsize);
/* 4 digits without a NUL; answers the place behind them. */
char *slapi_u16_to_hex(uint16_t val, char *s, uint8_t upper);
/* 8 digits without a NUL; answers the place behind them. */
char *slapi_u32_to_hex(uint32_t val, char *s, uint8_t upper);
/* 16 digits without a NUL; answers the place behind them. */
char *slapi_u64_to_hex(uint64_t val, char *s, uint8_t upper);
/* 2 digits without a NUL; answers the place behind them. */
char *slapi_u8_to_hex(uint8_t val, char *s, uint8_t upper);
/* f with bit bitnum cleared. */
unsigned int slapi_unsetbit_int(unsigned int f, unsigned int bitnum);
/* f with bit bitnum cleared. */
unsigned char slapi_unsetbit_uchar(unsigned char f, unsigned char bitnum);

/* ---------------------------------------------------------------- Clients of other servers (389) */

/* A handle is GIVEN: end it with slapi_ldap_unbind. secure: 0, 1 ldaps, 2 StartTLS. */
LDAP *slapi_ldap_init_ext(const char *ldapurl, const char *hostname, int port, int secure, int shared, const char *ldap_socket);
/* With msgidp the bind is only begun; returned controls are GIVEN (ldap_controls_free). */
int slapi_ldap_bind(LDAP *ld, const char *bindid, const char *creds, const char *mech, LDAPControl **serverctrls, LDAPControl ***returnedctrls, struct timeval *timeout, int *msgidp);
/* *ctrlp is GIVEN (ldap_control_free). */
int slapi_ldap_create_proxyauth_control(LDAP *ld, const char *dn, const char ctl_iscritical, int usev2, LDAPControl **ctrlp);
/* The last result code of a connection; *m and *s, where asked for, are the matched name and the text
 * (ldap_memfree), or NULL. */
int slapi_ldap_get_lderrno(LDAP *ld, char **m, char **s);
/* *ludpp is GIVEN (ldap_free_urldesc). */
int slapi_ldap_url_parse(const char *url, struct ldap_url_desc **ludpp, int require_dn, int *secure);
/* LENT: the text of what slapi_ldap_url_parse answered. */
const char *slapi_urlparse_err2string(int err);
/* The file is LENT; setting it TAKES the string. */
const char *slapi_get_cacertfile(void);
/* TAKEN: the file of certificate authorities for connections to other servers. */
void slapi_set_cacertfile(char *certfile);
/* 1 when the client came over a local socket, else 0. */
int slapi_is_ldapi_conn(Slapi_PBlock *pb);

/* ---------------------------------------------------------------- Password policy (389) */

/* GIVEN: end it with slapi_pwpolicy_free. */
Slapi_PWPolicy *slapi_get_pwpolicy(Slapi_DN *dn);
/* TAKEN. */
void slapi_pwpolicy_free(Slapi_PWPolicy *pwpolicy);
/* 1 when the entry's password has expired; *expire_time and *remaining_grace (either may be NULL) are -1 when
 * unknown. */
int slapi_pwpolicy_is_expired(Slapi_PWPolicy *pwpolicy, Slapi_Entry *e, time_t *expire_time, int *remaining_grace);
/* 1 when the entry is locked after failed binds; *unlock_time is when that ends, 0 never by itself. */
int slapi_pwpolicy_is_locked(Slapi_PWPolicy *pwpolicy, Slapi_Entry *e, time_t *unlock_time);
/* 1 when the password was set by another and must be changed, else 0. */
int slapi_pwpolicy_is_reset(Slapi_PWPolicy *pwpolicy, Slapi_Entry *e);
/* 1 when the account must not be used: inactivated, or with check_password_policy locked (the result was sent
 * with send_result); else 0. */
int slapi_check_account_lock(Slapi_PBlock *pb, Slapi_Entry *bind_target_entry, int pwresponse_req, int check_password_policy, int send_result);
/* Response controls of a bind; -1 leaves a part of the policy's out. */
int slapi_pwpolicy_make_response_control(Slapi_PBlock *pb, int seconds, int logins, int error);
/* Adds Netscape's response control arg with time in seconds. 0, or -1. */
int slapi_add_pwd_control(Slapi_PBlock *pb, char *arg, long time);
/* Adds the response control that tells who a bind made of the client. */
void slapi_add_auth_response_control(Slapi_PBlock *pb, const char *binddn);

/* ---------------------------------------------------------------- Virtual attributes (389) */

/* 0, or SLAPI_VIRTUALATTRS_NOT_FOUND, _LOOP_DETECTED. Values and name are handed back
 * with slapi_vattr_values_free and the flags that came in *buffer_flags. */
int slapi_vattr_values_get(Slapi_Entry *e, char *type, Slapi_ValueSet **results, int *type_name_disposition, char **actual_type_name, int flags, int *buffer_flags);
/* As slapi_vattr_values_get, for a type of slapi_vattr_list_attrs. */
int slapi_vattr_values_type_thang_get(Slapi_Entry *e, vattr_type_thang *type_thang, Slapi_ValueSet **results, int *type_name_disposition, char **actual_type_name, int flags, int *buffer_flags);
/* Frees what slapi_vattr_values_get gave; flags is what it put into *buffer_flags. */
void slapi_vattr_values_free(Slapi_ValueSet **value, char **actual_type_name, int flags);
/* 0 with *result 1 when one of the attribute's values, virtual ones too, is equal, else 0;
 * SLAPI_VIRTUALATTRS_NOT_FOUND without the attribute. */
int slapi_vattr_value_compare(Slapi_Entry *e, char *type, Slapi_Value *test_this, int *result, int flags);
/* The list is GIVEN: end it with slapi_vattr_attrs_free. Names are LENT by it. */
int slapi_vattr_list_attrs(Slapi_Entry *e, vattr_type_thang **types, int flags, int *buffer_flags);
/* Frees what slapi_vattr_list_attrs gave. */
void slapi_vattr_attrs_free(vattr_type_thang **types, int flags);
/* LENT: the first of a list; NULL when it is empty. */
vattr_type_thang *vattr_typethang_first(vattr_type_thang *t);
/* LENT: the next; NULL at the end. */
vattr_type_thang *vattr_typethang_next(vattr_type_thang *t);
/* LENT. */
char *vattr_typethang_get_name(vattr_type_thang *t);
/* SLAPI_ATTR_FLAG_*. */
unsigned long vattr_typethang_get_flags(vattr_type_thang *t);
/* Nothing to do: virtual attributes are worked out anew for every reader. */
void slapi_entry_vattrcache_watermark_invalidate(Slapi_Entry *e);
/* 0: no value is cached. */
int slapi_entry_vattrcache_watermark_isvalid(const Slapi_Entry *e);
/* Nothing to do: virtual attributes are worked out anew for every reader. */
void slapi_entry_vattrcache_watermark_set(Slapi_Entry *e);
/* Nothing to do: virtual attributes are worked out anew for every reader. */
void slapi_entrycache_vattrcache_watermark_invalidate(void);

/* ---------------------------------------------------------------- Further services (389) */

/* Keys of 389's indexes: of values, and of what is looked for. ftype: LDAP_FILTER_EQUALITY the normal form, LDAP_FILTER_SUBSTRINGS
 * pieces of three characters ("^ab", "abc", "bc$"), LDAP_FILTER_APPROX the sound of each word (each server has its own code).
 * 0 with *ivals GIVEN (slapi_value_free each, slapi_ch_free the array; NULL without keys), or -1. */
int slapi_attr_values2keys_sv(const Slapi_Attr *sattr, Slapi_Value **vals, Slapi_Value ***ivals, int ftype);
/* The same; pb is not looked at. */
int slapi_attr_values2keys_sv_pb(const Slapi_Attr *sattr, Slapi_Value **vals, Slapi_Value ***ivals, int ftype, Slapi_PBlock *pb);
/* The keys of an asserted value, as slapi_attr_values2keys_sv. */
int slapi_attr_assertion2keys_ava_sv(const Slapi_Attr *sattr, Slapi_Value *val, Slapi_Value ***ivals, int ftype);
/* The keys of an asserted substring; pieces that are too short for an index give none. Any may be NULL. */
int slapi_attr_assertion2keys_sub_sv(const Slapi_Attr *sattr, char *initial, char **any, char *final, Slapi_Value ***ivals);
/* The same; pb is not looked at. */
int slapi_attr_assertion2keys_sub_sv_pb(Slapi_PBlock *pb, const Slapi_Attr *sattr, char *initial, char **any, char *final,
                                        Slapi_Value ***ivals);
/* As slapi_attr_values2keys_sv for what slapi_attr_type2plugin gave. */
int slapi_call_syntax_values2keys_sv(void *vpi, Slapi_Value **vals, Slapi_Value ***ivals, int ftype);
/* The same; pb is not looked at. */
int slapi_call_syntax_values2keys_sv_pb(void *vpi, Slapi_Value **vals, Slapi_Value ***ivals, int ftype, Slapi_PBlock *pb);
/* As slapi_attr_assertion2keys_ava_sv for what slapi_attr_type2plugin gave. */
int slapi_call_syntax_assertion2keys_ava_sv(void *vpi, Slapi_Value *val, Slapi_Value ***ivals, int ftype);
/* As slapi_attr_assertion2keys_sub_sv for what slapi_attr_type2plugin gave. */
int slapi_call_syntax_assertion2keys_sub_sv(void *vpi, char *initial, char **any, char *final, Slapi_Value ***ivals);
/* The normal form of a value of sattr, or of type where sattr is NULL: written over val, or GIVEN in *retval (slapi_ch_free_string)
 * when val has not the room. trim_spaces is not looked at: it has none outside. */
void slapi_attr_value_normalize(Slapi_PBlock *pb, const Slapi_Attr *sattr, const char *type, char *val, int trim_spaces,
                                char **retval);
/* The same; filter_type is not looked at. */
void slapi_attr_value_normalize_ext(Slapi_PBlock *pb, const Slapi_Attr *sattr, const char *type, char *val, int trim_spaces,
                                    char **retval, unsigned long filter_type);
/* 1 when its values are names (with or without a unique id), else 0. */
int slapi_attr_is_dn_syntax_attr(Slapi_Attr *attr);
/* 1 when the type's values are names (with or without a unique id), else 0. */
int slapi_attr_is_dn_syntax_type(char *type);
/* GIVEN (slapi_ch_free_string): the type's first name; of an unknown one the text in lower case, or with flags
 * ATTR_SYNTAX_NORM_ORIG_ATTR as it is. */
char *slapi_attr_syntax_normalize_ext(char *s, int flags);
/* 1 when the rule (name or OID) serves values of the syntax, else 0. */
int slapi_matchingrule_is_compat(const char *mr_oid_or_name, const char *syntax_oid);
/* 1 when the rule orders values of the syntax, else 0. */
int slapi_matchingrule_is_ordering(const char *oid_or_name, const char *syntax_oid);
/* 1 when keys of the rule can be compared without it, else 0 (unknown, or of the collation plug-in). */
int slapi_matchingrule_can_use_compare_fn(const char *mr_oid_or_name);
/* The pblock has SLAPI_PLUGIN_MR_OID and _TYPE; the first matching-rule plug-in that knows the rule puts its functions there.
 * 0, or LDAP_UNAVAILABLE_CRITICAL_EXTENSION. */
int slapi_mr_indexer_create(Slapi_PBlock *opb);
/* LDAP_UNAVAILABLE_CRITICAL_EXTENSION: plug-ins make no index of a filter here. */
int slapi_mr_filter_index(Slapi_Filter *f, Slapi_PBlock *pb);
/* As slapi_entry_schema_check; check_repl is not looked at: it is always checked. */
int slapi_entry_schema_check_ext(Slapi_PBlock *pb, Slapi_Entry *e, int check_repl);
/* 1 when a child is one that replication set aside, 0 when none is, -1 when that is not known. plg_id: the plug-in's identity. */
int slapi_entry_has_conflict_children(const Slapi_Entry *e, void *plg_id);
/* Types get their first name; with norm_values not 0 values their normal form. */
void slapi_filter_normalize(Slapi_Filter *f, int norm_values);
/* What is to be done about types that the schema does not have. */
Slapi_Filter_Result slapi_filter_schema_check(Slapi_PBlock *pb, Slapi_Filter *f, Slapi_Filter_Policy fp);
/* GIVEN (slapi_free_pw_scheme): the scheme that a stored value names, with *valpwdp LENT behind it; NULL for an unknown one, and
 * for text without one unless first_is_default is set: then the server's scheme. */
PWScheme *slapi_pw_val2scheme(char *passwd_val, char **valpwdp, int first_is_default);
/* LENT. */
char *slapi_pw_get_scheme_name(PWScheme *pass_scheme);
/* 0 when encoded_pw, without the scheme's name, is that password, else not 0. */
int slapi_pw_cmp(PWScheme *pass_scheme, char *clear_pw, char *encoded_pw);
/* TAKEN. */
void slapi_free_pw_scheme(PWScheme *pass_scheme);
/* The clear text that slapi_pw_set_entry_ext put beside the entry: 0 with *vals LENT, else an LDAP result code. The server itself
 * puts none there. */
int slapi_pw_get_entry_ext(Slapi_Entry *entry, Slapi_Value ***vals);
/* 0 with vals and their array TAKEN, else an LDAP result code. flags: SLAPI_EXT_SET_ADD or _REPLACE; NULL forgets. It ends with
 * the entry and is no part of copies. */
int slapi_pw_set_entry_ext(Slapi_Entry *entry, Slapi_Value **vals, int flags);
/* Applies a mod of PSEUDO_ATTR_UNHASHEDUSERPASSWORD to what slapi_pw_get_entry_ext gives. modcnt: how many values, -1 all. 1 done, 0
 * another attribute's, less than 0 an error. */
int slapi_entry_apply_mod_extension(Slapi_Entry *e, const LDAPMod *mod, int modcnt);
/* Limits of a temporary password: 0, or LDAP_CONSTRAINT_VIOLATION (sent with send_result). A use is counted. */
int slapi_check_tpr_limits(Slapi_PBlock *pb, Slapi_Entry *bind_target_entry, int send_result);
/* Makes attrname a limit: 0 with *handlep set, else SLAPI_RESLIMIT_STATUS_*. type: SLAPI_RESLIMIT_TYPE_INT. */
int slapi_reslimit_register(int type, const char *attrname, int *handlep);
/* 0 with *limitp set: the attribute's value in the entry to which the client is bound; else SLAPI_RESLIMIT_STATUS_*. */
int slapi_reslimit_get_integer_limit(Slapi_Connection *conn, int handle, int *limitp);
/* 1 for a search of the root DSE and for operations on the server's own trees, 0 for others, -1 without an operation. */
int slapi_op_reserved(Slapi_PBlock *pb);
/* *initiated: when the operation came, on the real clock. */
void slapi_operation_time_initiated(Slapi_Operation *o, struct timespec *initiated);
/* *elapsed: since work on the operation began. */
void slapi_operation_op_time_elapsed(Slapi_Operation *o, struct timespec *elapsed);
/* *elapsed: how long the operation waited before work on it began. */
void slapi_operation_workq_time_elapsed(Slapi_Operation *o, struct timespec *elapsed);
/* Work on the operation begins now. */
void slapi_operation_set_time_started(Slapi_Operation *o);
/* Kept with the operation; change sequence numbers are the database's here, so it is not called. */
void slapi_operation_set_csngen_handler(Slapi_Operation *op, void *callback);
/* 0 with *referral NULL: 389's mapping tree, which may refer changes elsewhere, has no such nodes here. */
int slapi_dn_write_needs_referral(Slapi_DN *target_sdn, Slapi_Entry **referral);
/* 1 for an address of IPv6, else 0. */
int slapi_is_ipv6_addr(const char *ipAddress);
/* What the length octets of a BER element say; (ber_len_t)-1 for none, and with strict not 0 for more than bv has. */
ber_len_t slapi_berval_get_msg_len(struct berval *bv, int strict);
/* As slapi_str2charray; with allow_dups 0 each word is taken once. */
char **slapi_str2charray_ext(char *str, char *brkstr, int allow_dups);
/* GIVEN (slapi_ch_free_string): the file of a plug-in, "dir/name.so"; dir may be NULL. */
char *slapi_get_plugin_name(const char *dir, const char *name);
/* 1 once somebody has set it: our databases need no recovery. set 0 only asks. */
int slapi_disorderly_shutdown(int set);

/* What spal_meminfo_get tells, in bytes and pages. */
typedef struct slapi_pal_meminfo_ {
	uint64_t pagesize_bytes;
	uint64_t system_total_pages;
	uint64_t system_total_bytes;
	uint64_t process_consumed_pages;
	uint64_t process_consumed_bytes;
	uint64_t system_available_pages;
	uint64_t system_available_bytes;
} slapi_pal_meminfo;
/* GIVEN (spal_meminfo_destroy): the memory of the system, less where a control group allows less. */
slapi_pal_meminfo *spal_meminfo_get(void);
/* TAKEN. */
void spal_meminfo_destroy(slapi_pal_meminfo *mi);

/* The default settings of plug-ins, cn=plugin default config,cn=config. The set is GIVEN. */
int slapi_set_plugin_default_config(const char *type, Slapi_Value *value);
/* 0 with *valueset GIVEN (slapi_valueset_free): values of cn=plugin default config,cn=config; else 1. */
int slapi_get_plugin_default_config(char *type, Slapi_ValueSet **valueset);
/* 0, or -1 when no plug-in brought the rule. */
int slapi_matchingrule_unregister(char *oid);
/* LDAP_SUCCESS: the built-in types are part of every schema here. */
int slapi_reload_internal_attr_syntax(void);
/* What the operation's handler answers; 1 without one. */
int slapi_operation_get_replica_attr(Slapi_PBlock *pb, Slapi_Operation *op, const char *type, void *value);
/* A replication plug-in's function for slapi_operation_get_replica_attr. */
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
#define ATTR_SYNTAX_NORM_ORIG_ATTR               1
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
#define SLAPI_X_DB_SPELLED_FILTER                0x04 /* filters name every subtype and every subclass */
#define SLAPI_X_DB_GIVES_BASE                    0x02 /* the search function heeds SLAPI_X_DB_WANT_BASE */
/* int, for DB_SEARCH_FN: 1 asks for the entry of the search base as first entry,
 * in any case, before those that match. */
#define SLAPI_X_DB_WANT_BASE                     252
/* char **, NULL at the end, or NULL, LENT: normal names that will be looked up
 * next in the transaction, so that they can be read together. */
#define SLAPI_X_DB_NEXT_NAMES                    253

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
