/* What plug-ins send to clients, and what they ask of an operation, its
 * connection, the controls and the log. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dialect.h"
#include "host.h"
#include "host_goside.h"
#include "pblock.h"

/* Results. */

void slapi_send_ldap_result(Slapi_PBlock *pb, int err, char *matched, char *text, int nentries, struct berval **urls)
{
	(void)nentries;
	if (pb)
		slapiGoSendResult(pb, err, matched, text, urls);
}

void send_ldap_result(Slapi_PBlock *pb, int err, char *matched, char *text, int nentries, struct berval **urls)
{
	slapi_send_ldap_result(pb, err, matched, text, nentries, urls);
}

int slapi_send_ldap_search_entry(Slapi_PBlock *pb, Slapi_Entry *e, LDAPControl **ectrls, char **attrs, int attrsonly)
{
	if (!pb || !e)
		return -1;
	return slapiGoSendEntry(pb, e, ectrls, attrs, attrsonly);
}

int slapi_send_ldap_search_reference(Slapi_PBlock *pb, Slapi_Entry *e, struct berval **urls, LDAPControl **ectrls,
				     struct berval **v2refs)
{
	(void)e;
	(void)v2refs;
	if (!pb || !urls)
		return -1;
	return slapiGoSendReference(pb, urls, ectrls);
}

int slapi_send_ldap_referral(Slapi_PBlock *pb, Slapi_Entry *e, struct berval **refs, struct berval ***urls)
{
	(void)urls;
	return slapi_send_ldap_search_reference(pb, e, refs, NULL, NULL);
}

int slapi_send_ldap_intermediate(Slapi_PBlock *pb, LDAPControl **ectrls, char *responseName,
				 struct berval *responseValue)
{
	if (!pb)
		return -1;
	return slapiGoSendIntermediate(pb, ectrls, responseName, responseValue);
}

/* IBM's: the answer to an extended operation in one call. */
void slapi_send_ldap_extended_response(Slapi_Connection *conn, Slapi_Operation *op, int errornum, char *respName,
				       struct berval *response)
{
	(void)conn;
	if (!op || !op->pb)
		return;
	cshim_pblock_set(op->pb, SLAPI_EXT_OP_RET_OID, respName, CSHIM_OPENLDAP);
	cshim_pblock_set(op->pb, SLAPI_EXT_OP_RET_VALUE, response, CSHIM_OPENLDAP);
	slapiGoSendResult(op->pb, errornum, NULL, NULL, NULL);
}

/* A plug-in's own thread takes part in an operation of the connection: 0, or -1 when
 * the connection is on its way down. */
int slapi_connection_acquire(Slapi_Connection *conn)
{
	return conn ? slapiGoConnectionAcquire(conn) : -1;
}

/* The thread is done with the operation, and with release with the connection. */
int slapi_connection_remove_operation(Slapi_PBlock *pb, Slapi_Connection *conn, Slapi_Operation *op, int release)
{
	(void)pb;
	(void)conn;
	(void)release;
	return op ? slapiGoConnectionRemoveOperation(op->handle) : -1;
}

/* Operations. */

int slapi_op_abandoned(Slapi_PBlock *pb)
{
	return pb ? slapiGoAbandoned(cshim_pblock_handle(pb)) : 0;
}

int slapi_is_operation_abandoned(Slapi_Operation *op)
{
	return op ? slapiGoAbandoned(op->handle) : 0;
}

int slapi_op_internal(Slapi_PBlock *pb)
{
	Slapi_Operation *op = NULL;

	if (!pb || cshim_pblock_get(pb, SLAPI_OPERATION, &op, CSHIM_389) != 0 || !op)
		return 0;
	return (op->flags & SLAPI_OP_FLAG_INTERNAL) != 0;
}

unsigned long slapi_op_get_type(Slapi_Operation *op)
{
	return op ? op->type : 0;
}

unsigned long operation_get_type(Slapi_Operation *op)
{
	return slapi_op_get_type(op);
}

void operation_set_type(Slapi_Operation *op, unsigned long type)
{
	if (op)
		op->type = type;
}

char *slapi_op_type_to_string(unsigned long type)
{
	static const struct {
		unsigned long type;
		const char *name;
	} names[] = {
		{ SLAPI_OPERATION_BIND, "bind" },       { SLAPI_OPERATION_UNBIND, "unbind" },
		{ SLAPI_OPERATION_SEARCH, "search" },   { SLAPI_OPERATION_MODIFY, "modify" },
		{ SLAPI_OPERATION_ADD, "add" },         { SLAPI_OPERATION_DELETE, "delete" },
		{ SLAPI_OPERATION_MODRDN, "modrdn" },   { SLAPI_OPERATION_COMPARE, "compare" },
		{ SLAPI_OPERATION_ABANDON, "abandon" }, { SLAPI_OPERATION_EXTENDED, "extended" },
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].type == type)
			return (char *)names[i].name;
	return "unknown operation type";
}

void slapi_operation_set_flag(Slapi_Operation *op, unsigned long flag)
{
	if (op)
		op->flags |= (long)flag;
}

void slapi_operation_clear_flag(Slapi_Operation *op, unsigned long flag)
{
	if (op)
		op->flags &= ~(long)flag;
}

int slapi_operation_is_flag_set(Slapi_Operation *op, unsigned long flag)
{
	return op ? (int)(op->flags & (long)flag) : 0;
}

int operation_is_flag_set(Slapi_Operation *op, int flag)
{
	return slapi_operation_is_flag_set(op, (unsigned long)flag);
}

Slapi_Operation *slapi_operation_new(int flags)
{
	Slapi_Operation *op = (Slapi_Operation *)slapi_ch_calloc(1, sizeof *op);
	op->flags = flags;
	op->msgid = -1;
	op->initiated = slapi_current_utc_time_hr();
	op->came = op->begun = slapi_current_rel_time_hr();
	return op;
}

Slapi_Operation *operation_new(int flags)
{
	return slapi_operation_new(flags);
}

ber_int_t slapi_operation_get_msgid(Slapi_Operation *op)
{
	return op ? op->msgid : -1;
}

void slapi_operation_set_msgid(Slapi_Operation *op, ber_int_t msgid)
{
	if (op)
		op->msgid = msgid;
}

ber_tag_t slapi_operation_get_tag(Slapi_Operation *op)
{
	return op ? op->tag : 0;
}

void slapi_operation_set_tag(Slapi_Operation *op, ber_tag_t tag)
{
	if (op)
		op->tag = tag;
}

void operation_set_target_spec_str(Slapi_Operation *op, const char *target_spec)
{
	if (!op)
		return;
	slapi_sdn_free(&op->target_spec);
	op->target_spec = slapi_sdn_new_dn_byval(target_spec);
}

/* The times of a server's operation are worked out when somebody asks. Work on it
 * begins as it comes: nothing waits in a queue here. */
static struct slapi_operation *timed(Slapi_Operation *op)
{
	struct timespec now, utc, before = { 0, 0 };
	int64_t ago;

	if (op && op->came.tv_sec == 0 && op->came.tv_nsec == 0) {
		now = slapi_current_rel_time_hr();
		utc = slapi_current_utc_time_hr();
		ago = slapiGoOperationAge(op->handle);
		before.tv_sec = ago / 1000000000;
		before.tv_nsec = ago % 1000000000;
		slapi_timespec_diff(&now, &before, &op->came);
		slapi_timespec_diff(&utc, &before, &op->initiated);
		if (op->begun.tv_sec == 0 && op->begun.tv_nsec == 0)
			op->begun = op->came;
	}
	return op;
}

static void since(const struct timespec *then, struct timespec *elapsed)
{
	struct timespec now = slapi_current_rel_time_hr();

	if (elapsed)
		slapi_timespec_diff(&now, (struct timespec *)then, elapsed);
}

void slapi_operation_time_elapsed(Slapi_Operation *o, struct timespec *elapsed)
{
	if (timed(o))
		since(&o->came, elapsed);
}

/* Without the time that it waited for its turn. */
void slapi_operation_op_time_elapsed(Slapi_Operation *o, struct timespec *elapsed)
{
	if (timed(o))
		since(&o->begun, elapsed);
}

void slapi_operation_workq_time_elapsed(Slapi_Operation *o, struct timespec *elapsed)
{
	if (timed(o) && elapsed)
		slapi_timespec_diff(&o->begun, &o->came, elapsed);
}

void slapi_operation_time_initiated(Slapi_Operation *o, struct timespec *initiated)
{
	if (timed(o) && initiated)
		*initiated = o->initiated;
}

void slapi_operation_time_expiry(Slapi_Operation *o, time_t timeout, struct timespec *expiry)
{
	if (!expiry)
		return;
	memset(expiry, 0, sizeof *expiry);
	if (timed(o))
		slapi_timespec_expire_rel(timeout, &o->came, expiry);
}

/* Work on it begins now. */
void slapi_operation_set_time_started(Slapi_Operation *o)
{
	if (timed(o))
		o->begun = slapi_current_rel_time_hr();
}

void slapi_operation_set_csngen_handler(Slapi_Operation *op, void *callback)
{
	if (op)
		op->spare[1] = (uintptr_t)callback;
}

/* A search of the root DSE, or an operation on the server's own tree. */
int slapi_op_reserved(Slapi_PBlock *pb)
{
	Slapi_Operation *op = NULL;
	Slapi_DN *target = NULL;
	Slapi_Backend *be;
	int scope = LDAP_SCOPE_BASE;

	if (!pb || cshim_pblock_get(pb, SLAPI_OPERATION, &op, CSHIM_389) != 0 || !op)
		return -1;
	cshim_pblock_get(pb, SLAPI_TARGET_SDN, &target, CSHIM_389);
	if (slapi_sdn_isempty(target)) {
		cshim_pblock_get(pb, SLAPI_SEARCH_SCOPE, &scope, CSHIM_389);
		return op->type == SLAPI_OPERATION_SEARCH && scope == LDAP_SCOPE_BASE;
	}
	be = slapiGoBackendFor((char *)slapi_sdn_get_ndn(target), 0);
	return be && be->be_private;
}

/* Connections. */

int slapi_get_client_ip(Slapi_PBlock *pb, char **clientIP)
{
	char *text = NULL;

	if (!pb || !clientIP || cshim_pblock_get(pb, 145, &text, CSHIM_OPENLDAP) != 0 || !text)
		return -1;
	*clientIP = slapi_ch_smprintf("IP=%s", text); /* with the prefix that the parameter lacks */
	return 0;
}

void slapi_free_client_ip(char **clientIP)
{
	slapi_ch_free_string(clientIP);
}

int slapi_get_client_port(Slapi_PBlock *pPB, int *fromPort)
{
	char *text = NULL, *colon;

	if (!fromPort || slapi_get_client_ip(pPB, &text) != 0)
		return -1;
	colon = strrchr(text, ':');
	*fromPort = colon ? atoi(colon + 1) : 0;
	free(text);
	return colon ? 0 : -1;
}

int slapi_is_connection_ssl(Slapi_PBlock *pPB, int *isSSL)
{
	int ssl = 0;

	if (!pPB || !isSSL || cshim_pblock_get(pPB, SLAPI_CONN_IS_SSL_SESSION, &ssl, CSHIM_389) != 0)
		return -1;
	*isSSL = ssl;
	return 0;
}

/* Controls. */

int slapi_build_control(char *oid, BerElement *ber, char iscritical, LDAPControl **ctrlp)
{
	struct berval *bv = NULL, empty = { 0, NULL };
	int rc;

	if (!oid || !ctrlp)
		return LDAP_PARAM_ERROR;
	if (ber && ber_flatten(ber, &bv) == -1)
		return LDAP_NO_MEMORY;
	rc = slapi_build_control_from_berval(oid, bv ? bv : &empty, iscritical, ctrlp);
	free(bv); /* the struct only: its bytes are the control's */
	return rc;
}

void slapi_register_supported_control(char *controloid, unsigned long controlops)
{
	if (controloid)
		slapiGoRegisterControl(controloid, controlops);
}

void slapi_register_supported_saslmechanism(char *mechanism)
{
	if (mechanism)
		slapiGoRegisterSASL(mechanism);
}

void slapi_register_supported_saslmechnisms(char *mechanism)
{
	slapi_register_supported_saslmechanism(mechanism);
}

int slapi_get_supported_controls_copy(char ***ctrloidsp, unsigned long **ctrlopsp)
{
	unsigned long *ops = NULL;
	char **oids = slapiGoSupported(0, &ops);

	if (ctrloidsp)
		*ctrloidsp = oids;
	else
		slapi_ch_array_free(oids);
	if (ctrlopsp)
		*ctrlopsp = ops;
	else
		free(ops);
	return 0;
}

int slapi_get_supported_controls(char ***ctrloidsp, unsigned long **ctrlopsp)
{
	return slapi_get_supported_controls_copy(ctrloidsp, ctrlopsp);
}

char **slapi_get_supported_extended_ops_copy(void)
{
	return slapiGoSupported(1, NULL);
}

char **slapi_get_supported_extended_ops(void)
{
	return slapiGoSupported(1, NULL);
}

char **slapi_get_supported_saslmechanisms_copy(void)
{
	return slapiGoSupported(2, NULL);
}

char **slapi_get_supported_saslmechanisms(void)
{
	return slapiGoSupported(2, NULL);
}

int slapi_get_supported_features_copy(char ***ftroidsp)
{
	if (!ftroidsp)
		return -1;
	*ftroidsp = slapiGoSupported(3, NULL);
	return 0;
}

/* Access. */

int slapi_access_allowed(Slapi_PBlock *pb, Slapi_Entry *e, char *attr, struct berval *val, int access)
{
	return slapiGoAccessAllowed(pb, e, attr, val, access); /* an LDAP code, in both dialects */
}

int slapi_acl_check_mods(Slapi_PBlock *pb, Slapi_Entry *e, LDAPMod **mods, char **errbuf)
{
	if (errbuf)
		*errbuf = NULL;
	for (; mods && *mods; mods++) {
		int rc = slapiGoAccessAllowed(pb, e, (*mods)->mod_type, NULL, SLAPI_ACL_WRITE);
		if (rc != LDAP_SUCCESS)
			return rc;
	}
	return LDAP_SUCCESS;
}

/* The log. Which levels are shown is asked of Go once a second: plug-ins log a
 * trace line at every step, and mostly in vain. */

static uint32_t shown_levels[2]; /* of 389's plug-ins, of others */
static time_t shown_at[2];

static int shown(int loglevel, int dialect)
{
	int of = dialect != CSHIM_389;
	struct timespec now;

	if (loglevel < 0 || loglevel > 31)
		return 0;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	if (__atomic_load_n(&shown_at[of], __ATOMIC_RELAXED) != now.tv_sec + 1) {
		uint32_t levels = 0;
		for (int i = 0; i < 32; i++)
			if (slapiGoLogEnabled(i, dialect))
				levels |= 1u << i;
		__atomic_store_n(&shown_levels[of], levels, __ATOMIC_RELAXED);
		__atomic_store_n(&shown_at[of], now.tv_sec + 1, __ATOMIC_RELAXED);
	}
	return (__atomic_load_n(&shown_levels[of], __ATOMIC_RELAXED) & (1u << loglevel)) != 0;
}

int slapi_is_loglevel_set(const int loglevel)
{
	return shown(loglevel, cshim_dialect(CSHIM_CALLER()));
}

static int log_line(int level, int dialect, const char *subsystem, const char *fmt, va_list ap)
{
	char *text = NULL;

	if (!fmt || !shown(level, dialect))
		return -1;
	if (vasprintf(&text, fmt, ap) < 0)
		return -1;
	slapiGoLog(level, (char *)(subsystem ? subsystem : ""), text);
	free(text);
	return 0;
}

int slapi_log_error(int loglevel, char *subsystem, char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = log_line(loglevel, cshim_dialect(CSHIM_CALLER()), subsystem, fmt, ap);
	va_end(ap);
	return rc;
}

int slapi_log_error_ext(int loglevel, char *subsystem, char *fmt, va_list varg1, va_list varg2)
{
	(void)varg2;
	return log_line(loglevel, cshim_dialect(CSHIM_CALLER()), subsystem, fmt, varg1);
}

/* IBM's: a message by its number in a catalogue, which only IBM's server has. */
void slapi_printmessage(int catid, int level, int num, ...)
{
	slapi_log_error(level, "plugin", "message %d of catalogue %d\n", num, catid);
}

/* Facts about the server. */

int slapi_is_shutting_down(void)
{
	return slapiGoShuttingDown();
}

/* Plug-ins that plug-ins register. */

int slapi_register_plugin_ext(const char *plugintype, int enabled, const char *initsymbol,
			      slapi_plugin_init_fnptr initfunc, const char *name, char **argv, void *group_identity,
			      int precedence)
{
	if (!plugintype || !initfunc)
		return -1;
	return slapiGoRegisterPlugin((char *)plugintype, enabled, (char *)initsymbol, (void *)initfunc, (char *)name, argv,
				     group_identity, precedence);
}

int slapi_register_plugin(const char *plugintype, int enabled, const char *initsymbol, slapi_plugin_init_fnptr initfunc,
			  const char *name, char **argv, void *group_identity)
{
	return slapi_register_plugin_ext(plugintype, enabled, initsymbol, initfunc, name, argv, group_identity, 0);
}

int slapi_plugin_running(Slapi_PBlock *pb)
{
	return pb ? slapiGoPluginRunning(pb) : 0;
}

void slapi_plugin_op_started(void *arg)
{
	(void)arg;
}

void slapi_plugin_op_finished(void *arg)
{
	(void)arg;
}

void slapi_set_plugin_open_rootdn_bind(Slapi_PBlock *pb)
{
	(void)pb; /* internal pre-bind functions are always called for binds of the root DN */
}

/* Configuration callbacks. */

int slapi_config_register_callback_plugin(int operation, int flags, const char *base, int scope, const char *filter,
					  dseCallbackFn fn, void *fn_arg, Slapi_PBlock *pb)
{
	if (!base || !fn)
		return 0;
	return slapiGoConfigRegister(operation, flags, (char *)base, scope, (char *)filter, (void *)fn, fn_arg, pb);
}

int slapi_config_register_callback(int operation, int flags, const char *base, int scope, const char *filter,
				   dseCallbackFn fn, void *fn_arg)
{
	return slapi_config_register_callback_plugin(operation, flags, base, scope, filter, fn, fn_arg, NULL);
}

int slapi_config_remove_callback(int operation, int flags, const char *base, int scope, const char *filter,
				 dseCallbackFn fn)
{
	if (!base || !fn)
		return 0;
	return slapiGoConfigRemove(operation, flags, (char *)base, scope, (char *)filter, (void *)fn);
}

/* Passwords. */

int slapi_pw_find_sv(Slapi_Value **vals, const Slapi_Value *v)
{
	for (; v && vals && *vals; vals++)
		if (slapiGoPasswordEqual((*vals)->bv.bv_val, (*vals)->bv.bv_len, v->bv.bv_val, v->bv.bv_len))
			return 0;
	return 1;
}

int slapi_pw_find(struct berval **vals, struct berval *v)
{
	for (; v && vals && *vals; vals++)
		if (slapiGoPasswordEqual((*vals)->bv_val, (*vals)->bv_len, v->bv_val, v->bv_len))
			return 0;
	return 1;
}

/* 389 keeps the clear text of a new password beside the entry only where
 * nsslapd-unhashed-pw-switch asks for it, which is off by default. We never
 * keep it, so there is never one to give. */
char *slapi_get_first_clear_text_pw(Slapi_Entry *entry)
{
	(void)entry;
	return NULL;
}

char *slapi_encode(char *value, char *alg)
{
	return value ? slapiGoPasswordHash(value, alg) : NULL;
}

char *slapi_encode_ext(Slapi_PBlock *pb, const Slapi_DN *sdn, char *value, char *alg)
{
	(void)pb;
	(void)sdn;
	return slapi_encode(value, alg);
}

int slapi_is_encoded(char *value)
{
	return value ? slapiGoPasswordEncoded(value) : 0;
}

char *slapi_schema_get_superior_name(const char *ocname_or_oid)
{
	return ocname_or_oid ? slapiGoSuperior((char *)ocname_or_oid) : NULL;
}
