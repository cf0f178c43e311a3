/*
 * A database of one fixed subtree whose plug-in writes down every call: for what
 * memdb does not use. The suffix is the first argument, the log the second; more
 * arguments name what it registers beside the search function.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <slapi-plugin.h>

static FILE *log_file;
static char *suffix;

static void note(const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	vfprintf(log_file, format, ap);
	va_end(ap);
	fputc('\n', log_file);
	fflush(log_file);
}

static char *target(Slapi_PBlock *pb)
{
	char *dn = NULL;
	slapi_pblock_get(pb, SLAPI_TARGET_DN, &dn);
	return dn ? dn : "";
}

static char *backend_name(Slapi_PBlock *pb)
{
	Slapi_Backend *be = NULL;
	slapi_pblock_get(pb, SLAPI_BACKEND, &be);
	return be ? slapi_be_get_name(be) : "(none)";
}

static int search(Slapi_PBlock *pb)
{
	int scope = 0;
	char *filter = NULL, *text;
	Slapi_Entry *e;

	slapi_pblock_get(pb, SLAPI_SEARCH_SCOPE, &scope);
	slapi_pblock_get(pb, SLAPI_SEARCH_STRFILTER, &filter);
	note("search %s %d %s in %s", target(pb), scope, filter, backend_name(pb));
	if (strncasecmp(target(pb), "ou=away,", 8) == 0) {
		struct berval url = { 29, "ldap://other.example.com/ou=x" }, *urls[] = { &url, NULL };
		slapi_send_ldap_result(pb, LDAP_REFERRAL, NULL, NULL, 0, urls);
		return -1;
	}
	if (strncasecmp(target(pb), "ou=broken,", 10) == 0)
		return -1; /* nothing said at all */
	if (strncasecmp(target(pb), "ou=busy,", 8) == 0) {
		slapi_send_ldap_result(pb, LDAP_BUSY, NULL, "come again", 0, NULL);
		return -1;
	}
	if (strcasecmp(target(pb), suffix) != 0) {
		slapi_send_ldap_result(pb, LDAP_NO_SUCH_OBJECT, suffix, NULL, 0, NULL);
		return -1;
	}
	text = slapi_ch_smprintf("dn: %s\nobjectClass: organization\no: a\no: b\n", suffix);
	e = slapi_str2entry(text, 0);
	slapi_send_ldap_search_entry(pb, e, NULL, NULL, 0);
	slapi_entry_free(e);
	slapi_ch_free_string(&text);
	if (scope != LDAP_SCOPE_BASE) {
		struct berval url = { 29, "ldap://other.example.com/ou=y" }, *urls[] = { &url, NULL };
		slapi_send_ldap_search_reference(pb, NULL, urls, NULL, NULL);
	}
	slapi_send_ldap_result(pb, LDAP_SUCCESS, NULL, NULL, 0, NULL);
	return 0;
}

static int add(Slapi_PBlock *pb)
{
	Slapi_Entry *e = NULL;
	void *txn = NULL;
	slapi_pblock_get(pb, SLAPI_ADD_ENTRY, &e);
	slapi_pblock_get(pb, SLAPI_TXN, &txn);
	note("add %s txn %s", slapi_entry_get_dn(e), txn ? (char *)txn : "none");
	if (strstr(target(pb), "full")) {
		slapi_send_ldap_result(pb, LDAP_UNWILLING_TO_PERFORM, NULL, "the store is full", 0, NULL);
		return -1;
	}
	return 0;
}

static int modify(Slapi_PBlock *pb)
{
	LDAPMod **mods = NULL;
	slapi_pblock_get(pb, SLAPI_MODIFY_MODS, &mods);
	for (int i = 0; mods && mods[i]; i++)
		if (strcmp(mods[i]->mod_type, "description") == 0)
			note("modify %s %s op %d", target(pb), mods[i]->mod_type, mods[i]->mod_op & ~LDAP_MOD_BVALUES);
	return 0;
}

static int bind_fn(Slapi_PBlock *pb)
{
	struct berval *cred = NULL;
	slapi_pblock_get(pb, SLAPI_BIND_CREDENTIALS, &cred);
	note("bind %s", target(pb));
	if (cred && cred->bv_len == 4 && memcmp(cred->bv_val, "good", 4) == 0) {
		slapi_pblock_set(pb, SLAPI_CONN_DN, slapi_ch_smprintf("cn=bound,%s", suffix));
		return SLAPI_BIND_SUCCESS;
	}
	return SLAPI_BIND_FAIL;
}

static int compare(Slapi_PBlock *pb)
{
	char *type = NULL;
	struct berval *value = NULL;
	slapi_pblock_get(pb, SLAPI_COMPARE_TYPE, &type);
	slapi_pblock_get(pb, SLAPI_COMPARE_VALUE, &value);
	note("compare %s %s %.*s", target(pb), type, (int)value->bv_len, value->bv_val);
	slapi_send_ldap_result(pb, value->bv_len == 3 ? LDAP_COMPARE_TRUE : LDAP_COMPARE_FALSE, NULL, NULL, 0, NULL);
	return 0;
}

#define PLAIN(name, text) static int name(Slapi_PBlock *pb) { (void)pb; note(text); return 0; }
PLAIN(start, "start")
PLAIN(close_fn, "close")
PLAIN(cleanup, "cleanup")
PLAIN(unbind_fn, "unbind")
PLAIN(commit, "commit")
PLAIN(abort_fn, "abort")
PLAIN(delete_fn, "delete")
PLAIN(init_fn, "init")
PLAIN(flush_fn, "flush")

static int abandon(Slapi_PBlock *pb)
{
	int id = 0;
	slapi_pblock_get(pb, SLAPI_ABANDON_MSGID, &id);
	note("abandon %s", id > 0 ? "of a message" : "of nothing");
	return 0;
}

static int begin(Slapi_PBlock *pb)
{
	note("begin");
	return slapi_pblock_set(pb, SLAPI_TXN, "probe");
}

static int config(Slapi_PBlock *pb)
{
	int argc = 0, line = 0;
	char **argv = NULL;
	slapi_pblock_get(pb, SLAPI_CONFIG_ARGC, &argc);
	slapi_pblock_get(pb, SLAPI_CONFIG_ARGV, &argv);
	slapi_pblock_get(pb, SLAPI_CONFIG_LINENO, &line);
	note("config %s (%d) %s in %s", argv[0], argc, argc > 1 ? argv[1] : "", line > 0 ? "a line" : "nowhere");
	return strcmp(argv[0], "refused") == 0;
}

/* An extended operation that asks all databases to flush. */
static int broadcast(Slapi_PBlock *pb)
{
	char *type = "probe";
	note("databases of type probe: %d", slapi_get_num_be(type));
	slapi_broadcast_be(SLAPI_PLUGIN_DB_FLUSH_FN, pb);
	slapi_send_ldap_result(pb, LDAP_SUCCESS, NULL, NULL, 0, NULL);
	return SLAPI_PLUGIN_EXTENDED_SENT_RESULT;
}

int broadcast_init(Slapi_PBlock *pb)
{
	static char *oids[] = { "1.3.6.1.4.1.99999.1", NULL };
	slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, SLAPI_PLUGIN_VERSION_03);
	slapi_pblock_set(pb, SLAPI_PLUGIN_EXT_OP_OIDLIST, oids);
	return slapi_pblock_set(pb, SLAPI_PLUGIN_EXT_OP_FN, (void *)broadcast);
}

int probe_init(Slapi_PBlock *pb)
{
	char **argv = NULL;
	int argc = 0, one = 1;

	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGC, &argc);
	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGV, &argv);
	if (argc < 2)
		return -1;
	suffix = slapi_ch_strdup(argv[0]);
	log_file = fopen(argv[1], "a");
	slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, SLAPI_PLUGIN_VERSION_03);
	slapi_pblock_set(pb, SLAPI_PLUGIN_START_FN, (void *)start);
	slapi_pblock_set(pb, SLAPI_PLUGIN_CLOSE_FN, (void *)close_fn);
	slapi_pblock_set(pb, SLAPI_PLUGIN_CLEANUP_FN, (void *)cleanup);
	slapi_pblock_set(pb, SLAPI_PLUGIN_DB_SEARCH_FN, (void *)search);
	slapi_pblock_set(pb, SLAPI_PLUGIN_DB_FLUSH_FN, (void *)flush_fn);
	slapi_pblock_set(pb, SLAPI_PLUGIN_DB_INIT_FN, (void *)init_fn);
	slapi_pblock_set(pb, SLAPI_PLUGIN_DB_CONFIG_FN, (void *)config);
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "whole") == 0) {
			slapi_pblock_set(pb, SLAPI_PLUGIN_DB_BIND_FN, (void *)bind_fn);
			slapi_pblock_set(pb, SLAPI_PLUGIN_DB_COMPARE_FN, (void *)compare);
			slapi_pblock_set(pb, SLAPI_PLUGIN_DB_UNBIND_FN, (void *)unbind_fn);
			slapi_pblock_set(pb, SLAPI_PLUGIN_DB_ABANDON_FN, (void *)abandon);
		} else if (strcmp(argv[i], "noacl") == 0) {
			slapi_pblock_set(pb, SLAPI_PLUGIN_DB_NO_ACL, &one);
		} else if (strcmp(argv[i], "txn") == 0) {
			slapi_pblock_set(pb, SLAPI_PLUGIN_DB_BEGIN_FN, (void *)begin);
			slapi_pblock_set(pb, SLAPI_PLUGIN_DB_COMMIT_FN, (void *)commit);
			slapi_pblock_set(pb, SLAPI_PLUGIN_DB_ABORT_FN, (void *)abort_fn);
		} else if (strcmp(argv[i], "writes") == 0) {
			slapi_pblock_set(pb, SLAPI_PLUGIN_DB_ADD_FN, (void *)add);
			slapi_pblock_set(pb, SLAPI_PLUGIN_DB_MODIFY_FN, (void *)modify);
			slapi_pblock_set(pb, SLAPI_PLUGIN_DB_DELETE_FN, (void *)delete_fn);
		}
	}
	return 0;
}
