/* host.h: functions of the host side that binaries of plug-ins import and that
 * our public header does not declare, because no plug-in should be written
 * with them. */
#ifndef CSHIM_HOST_H
#define CSHIM_HOST_H

#include <slapi-plugin.h>

/* host_lock.c */
void slapi_counter_init(Slapi_Counter *counter);
uint64_t slapi_counter_add(Slapi_Counter *counter, uint64_t addvalue);
uint64_t slapi_counter_subtract(Slapi_Counter *counter, uint64_t subvalue);
uint64_t slapi_counter_set_value(Slapi_Counter *counter, uint64_t newvalue);
int32_t slapi_atomic_load_32(int32_t *ptr, int memorder);
void slapi_atomic_store_32(int32_t *ptr, int32_t val, int memorder);
int32_t slapi_atomic_incr_32(int32_t *ptr, int memorder);
int32_t slapi_atomic_decr_32(int32_t *ptr, int memorder);
uint64_t slapi_atomic_load_64(uint64_t *ptr, int memorder);
void slapi_atomic_store_64(uint64_t *ptr, uint64_t val, int memorder);
uint64_t slapi_atomic_incr_64(uint64_t *ptr, int memorder);
uint64_t slapi_atomic_decr_64(uint64_t *ptr, int memorder);
Slapi_RWLock *slapi_new_rwlock_prio(int32_t prio_writer);
int slapi_rwlock_get_size(void);
int slapi_td_dn_init(void);
int slapi_td_set_dn(char *dn);
void slapi_td_get_dn(char **dn);

/* host_filter.c */
char *slapi_filter_to_string(const Slapi_Filter *f, char *buffer, size_t bufsize);
int slapi_filter_compare(struct slapi_filter *f1, struct slapi_filter *f2);
int slapi_filter_get_type(Slapi_Filter *f, char **type);
int slapi_filter_test_ext(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Filter *f, int verify_access, int only_test_access);
char *slapi_filter_escape_filter_value(char *filter_attr, char *filter_value);

/* A growing string. cshim_text_take gives it away (never NULL) and empties t. */
struct cshim_text {
	char *p;
	size_t n, cap;
};
void cshim_text_add(struct cshim_text *t, const char *s, size_t n);
char *cshim_text_take(struct cshim_text *t);

/* host_op.c */
void send_ldap_result(Slapi_PBlock *pb, int err, char *matched, char *text, int nentries, struct berval **urls);
int slapi_send_ldap_referral(Slapi_PBlock *pb, Slapi_Entry *e, struct berval **refs, struct berval ***urls);
void slapi_send_ldap_extended_response(Slapi_Connection *conn, Slapi_Operation *op, int errornum, char *respName,
				       struct berval *response);
unsigned long operation_get_type(Slapi_Operation *op);
void operation_set_type(Slapi_Operation *op, unsigned long type);
int operation_is_flag_set(Slapi_Operation *op, int flag);
Slapi_Operation *operation_new(int flags);
void operation_set_target_spec_str(Slapi_Operation *op, const char *target_spec);
void slapi_operation_clear_flag(Slapi_Operation *op, unsigned long flag);
int slapi_operation_is_flag_set(Slapi_Operation *op, unsigned long flag);
int slapi_get_client_port(Slapi_PBlock *pPB, int *fromPort);
int slapi_log_error_ext(int loglevel, char *subsystem, char *fmt, va_list varg1, va_list varg2);
void slapi_printmessage(int catid, int level, int num, ...);
void slapi_plugin_op_started(void *arg);

void slapi_plugin_op_finished(void *arg);
int slapi_pw_find_sv(Slapi_Value **vals, const Slapi_Value *v);
char *slapi_encode(char *value, char *alg);
char *slapi_encode_ext(Slapi_PBlock *pb, const Slapi_DN *sdn, char *value, char *alg);
int slapi_is_encoded(char *value);
char *slapi_schema_get_superior_name(const char *ocname_or_oid);

/* host_backend.c */
Slapi_Backend *defbackend_get_backend(void);
Slapi_Backend *slapi_mapping_tree_find_backend_for_sdn(Slapi_DN *sdn);
Slapi_DN *slapi_get_next_suffix_ext(void **node, int show_private);
char *slapi_be_get_name(Slapi_Backend *be);
void slapi_be_unset_flag(Slapi_Backend *be, int flag);
void be_set_sizelimit(Slapi_Backend *be, int sizelimit);
void be_set_timelimit(Slapi_Backend *be, int timelimit);

/* host_task.c */
void slapi_task_log_notice_ext(Slapi_Task *task, char *format, va_list varg);
void slapi_task_log_status_ext(Slapi_Task *task, char *format, va_list varg);
void slapi_task_status_changed(Slapi_Task *task);
void slapi_task_cancel(Slapi_Task *task, int rc);
int slapi_task_get_state(Slapi_Task *task);
void slapi_task_set_cancel_fn(Slapi_Task *task, TaskCallbackFn func);
void slapi_task_set_warning(Slapi_Task *task, task_warning warn);
int slapi_task_get_warning(Slapi_Task *task);
void slapi_destroy_task(void *arg);

/* host_case.c */
unsigned char *slapi_utf8StrToUpper(unsigned char *s);
unsigned char *slapi_UTF8STRTOLOWER(char *s);
unsigned char *slapi_UTF8STRTOUPPER(char *s);
void slapi_utf8ToUpper(unsigned char *s, unsigned char *d, int *ssz, int *dsz);
void slapi_UTF8TOLOWER(char *s, char *d, int *ssz, int *dsz);
void slapi_UTF8TOUPPER(char *s, char *d, int *ssz, int *dsz);
int slapi_utf8isUpper(unsigned char *s);
int slapi_utf8isLower(unsigned char *s);
int slapi_UTF8ISUPPER(char *s);
int slapi_UTF8ISLOWER(char *s);

/* host_misc.c */
char *slapd_pr_strerror(const int prerrno);
const char *slapd_system_strerror(const int syserrno);

#endif
