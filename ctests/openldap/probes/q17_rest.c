/* q17_rest: adding whole entries, waiting with a time limit, evaluators that ask
 * others, the list of extended operations. What ends or hangs slapd is asked of
 * the others alone; there MUST tells by a line of its own when it is wrong. */
#include "q.h"

#define MUST(x) do { if (SAFE_O && !(x)) out("wrong: " #x); } while (0)

static void *identity;

static Slapi_Entry *device(const char *cn)
{
	char text[256];
	snprintf(text, sizeof text, "dn: cn=%s,dc=example,dc=com\nobjectClass: top\nobjectClass: device\ncn: %s\n", cn, cn);
	return slapi_str2entry(text, 0);
}

static int result_of(Slapi_PBlock *pb)
{
	int rc = -1;
	slapi_pblock_get(pb, SLAPI_PLUGIN_INTOP_RESULT, &rc);
	return rc;
}

static void adding(void)
{
	Slapi_PBlock *pb = slapi_pblock_new();

	if (SAFE)
		slapi_add_entry_internal_set_pb(NULL, NULL, NULL, NULL, 0);
	if (SAFE_O) {
		static const char *names[] = { "q17", "q17", "q17,ou=nowhere" };
		for (int i = 0; i < 3; i++) {
			slapi_add_entry_internal_set_pb(pb, device(names[i]), NULL, identity, 0);
			slapi_add_internal_pb(pb);
#ifdef DS389
			out("add of %s: %d", names[i], result_of(pb));
#else
			MUST(result_of(pb) == (i == 0 ? 0 : i == 1 ? LDAP_ALREADY_EXISTS : LDAP_NO_SUCH_OBJECT));
#endif
			slapi_pblock_destroy(pb);
			pb = slapi_pblock_new();
		}
#ifndef DS389
		Slapi_PBlock *r = slapi_add_entry_internal(device("q17b"), NULL, 0);
		MUST(r && result_of(r) == 0);
		slapi_pblock_destroy(r);
		r = slapi_add_entry_internal(device("q17b"), NULL, 0);
		MUST(r && result_of(r) == LDAP_ALREADY_EXISTS);
		slapi_pblock_destroy(r);
		MUST((r = slapi_add_entry_internal(NULL, NULL, 0)) == NULL || result_of(r) != 0);
		slapi_pblock_destroy(r);
#endif
	}
	slapi_pblock_destroy(pb);
}

static void waiting(void)
{
	Slapi_Mutex *m = slapi_new_mutex();
	Slapi_CondVar *c = slapi_new_condvar(m);
	struct timeval soon = { 0, 20000 };

	if (SAFE) { /* slapd hangs, ns-slapd ends */
		slapi_lock_mutex(m);
#ifdef DS389
		MUST(slapi_wait_condvar(c, &soon) == 0);
#else
		MUST(slapi_wait_condvar(c, &soon) != 0);
#endif
		slapi_unlock_mutex(m);
	}
	slapi_destroy_condvar(c);
	slapi_destroy_mutex(m);
}

#ifndef DS389
static int asked, inner = -99, block = -99;
static int evaluate(computed_attr_context *c, char *type, Slapi_Entry *e, slapi_compute_output_t outputfn)
{
	Slapi_PBlock *pb = NULL;
	Slapi_Attr *a;
	struct berval b = { 5, "inner" };
	int rc;

	if (strcasecmp(type, "description") == 0) {
		block = slapi_x_compute_get_pblock(c, &pb) == 0 && pb != NULL;
		inner = compute_evaluator(c, "l", e, outputfn);
		return -1;
	}
	if (strcasecmp(type, "l") != 0)
		return -1;
	asked++;
	a = slapi_attr_new();
	slapi_attr_init(a, type);
	Slapi_Value *v = slapi_value_new_berval(&b);
	slapi_attr_add_value(a, v);
	slapi_value_free(&v);
	rc = outputfn(c, a, e);
	slapi_attr_free(&a);
	return rc;
}
#endif

static void probe_run(Slapi_PBlock *pb)
{
	adding();
	waiting();
#ifndef DS389
	I(asked);
	I(inner);
	I(block);
	if (SAFE_O) {
		char **ops = slapi_get_supported_extended_ops();
		int n = 0;
		for (; ops && ops[n]; n++)
			MUST(strspn(ops[n], "0123456789.") == strlen(ops[n]));
		MUST(n > 0);
	}
#endif
}

int q17_init(Slapi_PBlock *pb)
{
	probe_open(pb, "q17");
	slapi_pblock_get(pb, SLAPI_PLUGIN_IDENTITY, &identity);
#ifndef DS389
	I(slapi_compute_add_evaluator(evaluate));
#endif
	slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, (void *)SLAPI_PLUGIN_VERSION_01);
	return set_fn(pb, SLAPI_PLUGIN_PRE_SEARCH_FN, probe_trigger);
}
