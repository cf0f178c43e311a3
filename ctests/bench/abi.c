/* abi.c: how many nanoseconds the calls of the interface take. One source for
 * slapd's header, 389's (-DDS389) and ours; a search of cn=run,... runs it. */
#include <slapi-plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <ldap.h>

static FILE *out;
static void *identity;
static volatile long sink;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

/* The best of many short batches: a batch that nobody interrupts is among them
 * even where the machine has other work. Batches have about 0.3 ms, so that a
 * time slice holds several. */
#define BATCH 3e5
#define BATCHES 60
#define ROW(name, body) do { \
	double best = 1e18, from, took; \
	long count = 1; \
	for (;;) { \
		from = now(); \
		for (long i = 0; i < count; i++) { body; } \
		took = now() - from; \
		if (took > BATCH / 4) break; \
		count *= 2; \
	} \
	count = took < BATCH ? (long)((double)count * BATCH / took) : count; \
	for (int run = 0; run < BATCHES; run++) { \
		from = now(); \
		for (long i = 0; i < count; i++) { body; } \
		took = (now() - from) / (double)count; \
		if (took < best) best = took; \
	} \
	fprintf(out, "%s %.1f\n", name, best); fflush(out); \
} while (0)

static const char text[] = "dn: uid=bench,ou=people,dc=example,dc=com\nobjectClass: top\nobjectClass: person\n"
	"objectClass: organizationalPerson\nobjectClass: inetOrgPerson\nuid: bench\ncn: Bench Mark\nsn: Mark\n"
	"mail: bench@example.com\nmail: mark@example.com\ntelephoneNumber: +49 89 1234\ndescription: an entry to measure with\n"
	"employeeNumber: 42\n";

static void walk(Slapi_Entry *e)
{
	Slapi_Attr *a = NULL;
	Slapi_Value *v = NULL;

	for (int rc = slapi_entry_first_attr(e, &a); rc == 0; rc = slapi_entry_next_attr(e, a, &a))
		for (int h = slapi_attr_first_value(a, &v); h != -1; h = slapi_attr_next_value(a, h, &v))
			sink += (long)v;
}

static void internal_search(void)
{
	Slapi_PBlock *pb = slapi_pblock_new();
	slapi_search_internal_set_pb(pb, "uid=alice,ou=people,dc=example,dc=com", LDAP_SCOPE_BASE, "(objectClass=*)", NULL, 0, NULL, NULL, identity, 0);
	slapi_search_internal_pb(pb);
	slapi_free_search_results_internal(pb);
	slapi_pblock_destroy(pb);
}

static void internal_modify(void)
{
	char *values[] = { "a place", NULL };
	LDAPMod m = { LDAP_MOD_REPLACE, "l", { values } }, *mods[] = { &m, NULL };
	Slapi_PBlock *pb = slapi_pblock_new();
	slapi_modify_internal_set_pb(pb, "uid=bob,ou=people,dc=example,dc=com", mods, NULL, NULL, identity, 0);
	slapi_modify_internal_pb(pb);
	slapi_pblock_destroy(pb);
}

static void rows(Slapi_PBlock *pb)
{
	Slapi_Entry *e;
	Slapi_Attr *a;
	Slapi_Value *v = NULL;
	Slapi_Filter *f;
	char *copy, *s;
	int n = 0, scope = 0;

	copy = strdup(text);
	e = slapi_str2entry(copy, 0);
	free(copy);
	copy = strdup("(&(objectClass=person)(|(uid=bench)(mail=x*))(!(cn=none)))");
	f = slapi_str2filter(copy);
	slapi_entry_attr_find(e, "cn", &a);
	slapi_attr_first_value(a, &v);

	ROW("pblock_get", slapi_pblock_get(pb, SLAPI_SEARCH_SCOPE, &n); sink += n);
	slapi_pblock_get(pb, SLAPI_SEARCH_SCOPE, &scope);
	ROW("pblock_set", slapi_pblock_set(pb, SLAPI_SEARCH_SCOPE, &scope));
	ROW("pblock_new_destroy", Slapi_PBlock *p = slapi_pblock_new(); slapi_pblock_destroy(p));
	ROW("entry_get_dn", sink += (long)slapi_entry_get_dn(e));
	ROW("entry_attr_find", sink += slapi_entry_attr_find(e, "description", &a));
	ROW("attr_get_charptr", s = slapi_entry_attr_get_charptr(e, "mail"); slapi_ch_free_string(&s));
	ROW("value_walk", walk(e));
	ROW("value_get_string", sink += (long)slapi_value_get_string(v));
	ROW("entry_dup", Slapi_Entry *d = slapi_entry_dup(e); slapi_entry_free(d));
	ROW("str2filter", char *t = strdup(copy); Slapi_Filter *g = slapi_str2filter(t); slapi_filter_free(g, 1); free(t));
	ROW("filter_test", sink += slapi_filter_test_simple(e, f));
#ifdef DS389
	ROW("dn_normalize", char *t = strdup("CN=Ann Able, OU=People, DC=Example, DC=com"); char *r = slapi_create_dn_string("%s", t); slapi_ch_free_string(&r); free(t));
#else
	ROW("dn_normalize", char *t = strdup("CN=Ann Able, OU=People, DC=Example, DC=com"); char *r = slapi_dn_normalize(t); if (r != t) slapi_ch_free((void **)&r); free(t));
#endif
	ROW("str2entry", char *t = strdup(text); Slapi_Entry *d = slapi_str2entry(t, 0); slapi_entry_free(d); free(t));
	ROW("entry2str", s = slapi_entry2str(e, &n); slapi_ch_free_string(&s));
	ROW("sdn_new_ndn", Slapi_DN *d = slapi_sdn_new_dn_byval("CN=Ann Able, OU=People, DC=Example, DC=com"); sink += (long)slapi_sdn_get_ndn(d); slapi_sdn_free(&d));
#if defined(DS389) || defined(SLAPI_NONNULL_RESULT)
	ROW("mods_building", Slapi_Mods *m = slapi_mods_new(); slapi_mods_init(m, 0); slapi_mods_add_string(m, LDAP_MOD_REPLACE, "l", "x"); slapi_mods_add_string(m, LDAP_MOD_ADD, "mail", "y"); slapi_mods_free(&m));
#endif
	ROW("internal_search", internal_search());
	ROW("internal_modify", internal_modify());
	free(copy);
	slapi_filter_free(f, 1);
	slapi_entry_free(e);
}

static int pre_search(Slapi_PBlock *pb)
{
	char *dn = NULL;

	slapi_pblock_get(pb, SLAPI_SEARCH_TARGET, &dn);
	if (!dn || strncasecmp(dn, "cn=run,", 7) != 0)
		return 0;
	rows(pb);
	slapi_send_ldap_result(pb, LDAP_SUCCESS, NULL, "measured", 0, NULL);
	return -1;
}

int bench_init(Slapi_PBlock *pb)
{
	char **argv = NULL;

	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGV, &argv);
	out = argv && argv[0] ? fopen(argv[0], "a") : stderr;
	slapi_pblock_get(pb, SLAPI_PLUGIN_IDENTITY, &identity);
	slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, (void *)SLAPI_PLUGIN_VERSION_01);
	return slapi_pblock_set(pb, SLAPI_PLUGIN_PRE_SEARCH_FN, (void *)pre_search);
}
