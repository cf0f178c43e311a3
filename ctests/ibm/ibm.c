/* A plug-in of the IBM dialect: its functions with their own forms, the audit
 * type, an access plug-in of OpenLDAP's form, and a SASL mechanism of its own. */
#define SLAPI_DIALECT_IBM
#include <slapi-plugin.h>
#include <stdlib.h>

static FILE *trace;
static int data;

#define SAY(...) (fprintf(trace, __VA_ARGS__), fputc('\n', trace), fflush(trace))

static int audit(Slapi_PBlock *pb)
{
	unsigned long type = 0;
	int code = -1;
	char *dn = NULL;
	void *own = NULL;

	slapi_pblock_get(pb, SLAPI_OPERATION_TYPE, &type);
	slapi_pblock_get(pb, SLAPI_RESULT_CODE, &code);
	slapi_pblock_get(pb, SLAPI_TARGET_DN, &dn);
	slapi_pblock_get(pb, SLAPI_PLUGIN_AUDIT_DATA, &own);
	if (type != LDAP_REQ_SEARCH && type != LDAP_REQ_MODIFY && type != LDAP_REQ_DELETE && type != LDAP_REQ_COMPARE)
		return 0;
	SAY("audit 0x%lx %s: %d, data %s", type, dn ? dn : "-", code, own == &data ? "kept" : "lost");
	return 0;
}

int audit_init(Slapi_PBlock *pb)
{
	int type = 0, argc = 0;
	char **argv = NULL;

	slapi_pblock_get(pb, SLAPI_PLUGIN_TYPE, &type);
	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGC, &argc);
	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGV, &argv);
	if (type != SLAPI_PLUGIN_AUDIT || argc < 1)
		return -1;
	if (!trace)
		trace = fopen(argv[0], "a");
	slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, SLAPI_PLUGIN_VERSION_01);
	slapi_pblock_set(pb, SLAPI_PLUGIN_AUDIT_DATA, &data);
	return slapi_pblock_set(pb, SLAPI_PLUGIN_AUDIT_FN, (void *)audit);
}

/* Everything of the dialect, called by a search for cn=run. */
static void everything(Slapi_PBlock *pb)
{
	char *block = slapi_ch_malloc(10), *name = slapi_get_hostname();
	unsigned long then = slapi_timer_current_time();
	int port = 0, ssl = -1, found = 0;
	char **mechs = slapi_get_supported_saslmechanisms();
	Slapi_Entry *e = slapi_entry_alloc();

	slapi_ch_free(block); /* the block itself */
	SAY("host name %s", name && *name ? "there" : "missing");
	slapi_ch_free(name);
	SAY("timer %s", slapi_timer_get_time("get") >= then ? "runs on" : "runs back");
	slapi_timer_elapsed_time("elapsed", then);
	SAY("root %d, not root %d", slapi_dn_isroot(pb, "CN=Admin, dc=example,dc=com"), slapi_dn_isroot(pb, "cn=x,dc=example,dc=com"));
	if (slapi_get_client_port(pb, &port) == 0 && slapi_is_connection_ssl(pb, &ssl) == 0)
		SAY("port %s, ssl %d", port > 0 ? "known" : "unknown", ssl);
	for (int i = 0; mechs && mechs[i]; i++)
		found += strcmp(mechs[i], "IBM-TEST") == 0;
	SAY("mechanism listed %d", found);
	slapi_ch_array_free(mechs);
	SAY("databases: all %s, none of type x %d", slapi_get_num_be(NULL) > 0 ? "some" : "none", slapi_get_num_be("x"));
	SAY("delete %d %d", slapi_entry_delete(e), slapi_entry_delete(NULL));
	slapi_broadcast_be(SLAPI_PLUGIN_DB_FLUSH_FN, pb);
	slapi_broadcast_be(-1, NULL);
	slapi_printmessage(1, SLAPI_LOG_PLUGIN, 17, "x", 2);
	slapi_send_ldap_extended_response(NULL, NULL, 0, NULL, NULL);
}

static int pre_search(Slapi_PBlock *pb)
{
	char *dn = NULL;

	slapi_pblock_get(pb, SLAPI_SEARCH_TARGET, &dn);
	if (!dn || strncmp(dn, "cn=run,", 7) != 0)
		return 0;
	everything(pb);
	slapi_send_ldap_result(pb, LDAP_SUCCESS, NULL, "ran", 0, NULL);
	return -1;
}

static int pre_bind(Slapi_PBlock *pb)
{
	int method = 0;
	char *mech = NULL;
	struct berval *creds = NULL, challenge = { 4, "next" };

	slapi_pblock_get(pb, SLAPI_BIND_METHOD, &method);
	slapi_pblock_get(pb, SLAPI_BIND_SASLMECHANISM, &mech);
	slapi_pblock_get(pb, SLAPI_BIND_CREDENTIALS, &creds);
	if (method != (int)LDAP_AUTH_SASL || !mech || strcmp(mech, "IBM-TEST") != 0)
		return 0;
	SAY("sasl %s %.*s", mech, creds ? (int)creds->bv_len : 0, creds ? creds->bv_val : "");
	slapi_pblock_set(pb, SLAPI_BIND_RET_SASLCREDS, slapi_ch_bvdup(&challenge));
	slapi_send_ldap_result(pb, LDAP_SASL_BIND_IN_PROGRESS, NULL, NULL, 0, NULL);
	return SLAPI_BIND_FAIL;
}

/* Nobody, not even the root, compares what is secret; the rest is the server's. */
static int access(Slapi_PBlock *pb, Slapi_Entry *e, const char *attr, struct berval *value, int access, void *state)
{
	(void)state;
	(void)value;
	if (slapi_entry_attr_hasvalue(e, "description", "secret") && strcasecmp(attr ? attr : "", "cn") == 0) {
		/* what it asks itself does not come back to it */
		SAY("access %d to %s: the server says %d", access, attr, slapi_access_allowed(pb, e, (char *)attr, NULL, access));
		return 0;
	}
	return 1;
}

int ibm_init(Slapi_PBlock *pb)
{
	char **argv = NULL;

	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGV, &argv);
	if (!argv || !argv[0])
		return -1;
	if (!trace)
		trace = fopen(argv[0], "a");
	slapi_register_supported_saslmechnisms("IBM-TEST");
	slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, SLAPI_PLUGIN_VERSION_01);
	slapi_pblock_set(pb, SLAPI_PLUGIN_PRE_BIND_FN, (void *)pre_bind);
	slapi_pblock_set(pb, SLAPI_PLUGIN_ACL_ALLOW_ACCESS, (void *)access);
	return slapi_pblock_set(pb, SLAPI_PLUGIN_PRE_SEARCH_FN, (void *)pre_search);
}
