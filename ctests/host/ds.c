/* A plug-in of 389's kind: linked with libslapd.so.0 (the stand-in), configured
 * by an entry, with a second plug-in that it registers itself, a task and a guard
 * on its own configuration. */
#include <pthread.h>

#include "trace.h"

int slapi_td_set_dn(char *dn);

static void *identity;

static int start(Slapi_PBlock *pb)
{
	Slapi_Entry *e = NULL;
	char *value;

	slapi_pblock_get(pb, SLAPI_ADD_ENTRY, &e);
	value = slapi_entry_attr_get_charptr(e, "ds-word");
	trace("ds start %s", value ? value : "none");
	slapi_ch_free_string(&value);
	return 0;
}

static int stop(Slapi_PBlock *pb)
{
	(void)pb;
	trace("ds close");
	return 0;
}

/* In the transaction: one more entry beside the one that is added; when that is
 * called "cn=undone" the whole is undone. */
static int txn_post_add(Slapi_PBlock *pb)
{
	Slapi_DN *sdn = NULL;
	Slapi_Entry *after = NULL, *shadow;
	Slapi_PBlock *in;
	void *caller = NULL;
	const char *dn;
	char *text;
	int rc = -1, opreturn = 0;

	slapi_pblock_get(pb, SLAPI_PLUGIN_IDENTITY, &caller);
	slapi_pblock_get(pb, SLAPI_PLUGIN_OPRETURN, &opreturn);
	slapi_pblock_get(pb, SLAPI_TARGET_SDN, &sdn);
	if (caller == identity || !strstr(slapi_sdn_get_ndn(sdn), ",dc=example,dc=com"))
		return 0; /* our own, or of the configuration */
	if (opreturn != 0) {
		trace("ds sees a failure");
		return 0;
	}
	slapi_pblock_get(pb, SLAPI_ENTRY_POST_OP, &after);
	dn = slapi_sdn_get_dn(sdn);
	if (strncasecmp(dn, "cn=", 3) != 0)
		return 0;
	text = slapi_ch_smprintf("dn: ou=shadow,%s\nobjectClass: organizationalUnit\nou: shadow\ndescription: of %s\n", dn,
				 slapi_entry_get_ndn(after));
	shadow = slapi_str2entry(text, 0);
	slapi_ch_free_string(&text);
	in = slapi_pblock_new();
	slapi_add_entry_internal_set_pb(in, shadow, NULL, identity, 0);
	slapi_add_internal_pb(in);
	slapi_pblock_get(in, SLAPI_PLUGIN_INTOP_RESULT, &rc);
	slapi_pblock_destroy(in);
	trace("ds shadow %d", rc);
	if (strncasecmp(dn, "cn=undone", 9) == 0) {
		rc = LDAP_CONSTRAINT_VIOLATION;
		slapi_pblock_set(pb, SLAPI_RESULT_CODE, &rc);
		slapi_pblock_set(pb, SLAPI_PB_RESULT_TEXT, "undone by the plug-in");
		return rc;
	}
	return 0;
}

static int internal_post_add(Slapi_PBlock *pb)
{
	Slapi_DN *sdn = NULL;

	slapi_pblock_get(pb, SLAPI_TARGET_SDN, &sdn);
	trace("ds internal post %s", slapi_sdn_get_ndn(sdn));
	return 0;
}

static int nested_init(Slapi_PBlock *pb)
{
	/* The type says which slots a plug-in may set. */
	trace("ds nested init, wrong slot %d", set(pb, SLAPI_PLUGIN_PRE_ADD_FN, internal_post_add));
	return slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, SLAPI_PLUGIN_VERSION_01) |
	       set(pb, SLAPI_PLUGIN_INTERNAL_POST_ADD_FN, internal_post_add);
}

static void *work(void *arg)
{
	Slapi_Task *task = arg;

	slapi_td_set_dn(slapi_ch_strdup("cn=worker"));
	slapi_task_begin(task, 2);
	slapi_task_log_notice(task, "half done\n");
	slapi_task_inc_progress(task);
	slapi_task_inc_progress(task);
	slapi_task_log_notice(task, "all done\n");
	slapi_task_log_status(task, "ended well");
	slapi_task_finish(task, 3);
	return NULL;
}

static int add_task(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Entry *after, int *code, char *text, void *arg)
{
	pthread_t thread;

	(void)pb;
	(void)after;
	(void)arg;
	if (!slapi_fetch_attr(e, "ds-base", NULL)) {
		*code = LDAP_OBJECT_CLASS_VIOLATION;
		strcpy(text, "ds-base is missing");
		return SLAPI_DSE_CALLBACK_ERROR;
	}
	pthread_create(&thread, NULL, work, slapi_plugin_new_task(slapi_entry_get_ndn(e), identity));
	pthread_detach(thread);
	*code = LDAP_SUCCESS;
	return SLAPI_DSE_CALLBACK_OK;
}

static int guard(Slapi_PBlock *pb, Slapi_Entry *before, Slapi_Entry *after, int *code, char *text, void *arg)
{
	const char *word = slapi_fetch_attr(after, "ds-word", "");

	(void)pb;
	(void)before;
	(void)arg;
	if (strcmp(word, "bad") == 0) {
		*code = LDAP_UNWILLING_TO_PERFORM;
		strcpy(text, "that word is not taken");
		return SLAPI_DSE_CALLBACK_ERROR;
	}
	trace("ds word is now %s", word);
	*code = LDAP_SUCCESS;
	return SLAPI_DSE_CALLBACK_OK;
}

int ds_init(Slapi_PBlock *pb)
{
	static Slapi_PluginDesc desc = { "ds", "libslapi", "1", "test of 389's kind" };
	Slapi_Entry *e = NULL;

	trace_open(pb);
	slapi_pblock_get(pb, SLAPI_PLUGIN_IDENTITY, &identity);
	slapi_pblock_get(pb, SLAPI_PLUGIN_CONFIG_ENTRY, &e);
	trace("ds init %s", e ? slapi_entry_get_dn(e) : "without an entry");
	if (slapi_register_plugin("internalpostoperation", 1, "nested_init", nested_init, "ds nested", NULL, identity) != 0)
		return -1;
	slapi_plugin_task_register_handler("ds task", add_task, pb);
	slapi_config_register_callback(SLAPI_OPERATION_MODIFY, DSE_FLAG_PREOP, "cn=ds,cn=plugins,cn=config", LDAP_SCOPE_BASE,
				       "(objectclass=*)", guard, NULL);
	return slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, SLAPI_PLUGIN_VERSION_01) |
	       slapi_pblock_set(pb, SLAPI_PLUGIN_DESCRIPTION, &desc) | set(pb, SLAPI_PLUGIN_START_FN, start) |
	       set(pb, SLAPI_PLUGIN_CLOSE_FN, stop) | set(pb, SLAPI_PLUGIN_BE_TXN_POST_ADD_FN, txn_post_add);
}
