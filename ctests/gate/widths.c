/* A plug-in that gets and sets every parameter of the table (params.h, made by
 * run.sh) between guard bytes, as the dialect that it is configured for: in its
 * init function, in a pblock of its own and in the hooks of operations. It
 * counts what was looked at and names what is wrong. */
#include <slapi-plugin.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct row {
	const char *name;
	int number, get, set;
} rows[] = {
#include "params.h"
};

static FILE *out;
static int looked, wrong;

/* Bytes that a get writes: those that differ from either of two fillings. */
static int written(Slapi_PBlock *pb, int number, int *rc, int *outside)
{
	unsigned char a[384], b[384];
	int first = -1, last = -1;

	memset(a, 0xa5, sizeof a);
	memset(b, 0x5a, sizeof b);
	*rc = slapi_pblock_get(pb, number, a + 128);
	slapi_pblock_get(pb, number, b + 128);
	for (int i = 0; i < (int)sizeof a; i++)
		if (a[i] != 0xa5 || b[i] != 0x5a) {
			if (first < 0)
				first = i;
			last = i;
		}
	*outside = first >= 0 && first != 128;
	return first < 0 ? 0 : last - 128 + 1;
}

static void gets(Slapi_PBlock *pb, const char *where)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int rc, outside, n;
		if (rows[i].get < 0)
			continue;
		n = written(pb, rows[i].number, &rc, &outside);
		looked++;
		if (outside || n > rows[i].get || (rc == 0 && n != rows[i].get) || (rc != 0 && n != 0)) {
			wrong++;
			fprintf(out, "%s: get of %s (%d) answers %d and writes %d bytes, not %d\n", where, rows[i].name,
				rows[i].number, rc, n, rows[i].get);
		}
	}
}

/* What set reads lies at the end of the last page that may be read. */
static void sets(const char *where)
{
	long page = sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, (size_t)page * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mprotect(p + page, (size_t)page, PROT_NONE);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		Slapi_PBlock *pb;
		char *at;
		long got = 0;
		int rc;
		if (rows[i].set == 0)
			continue;
		pb = slapi_pblock_new();
		at = p + page - rows[i].set;
		memset(at, 0, (size_t)rows[i].set);
		/* an operation's tag is one of a few */
		at[0] = rows[i].number == SLAPI_OPERATION_TYPE && rows[i].set == 8 ? LDAP_REQ_ADD : 7;
		rc = slapi_pblock_set(pb, rows[i].number, at);
		looked++;
		if (rc == 0 && slapi_pblock_get(pb, rows[i].number, &got) == 0 && got != at[0]) {
			wrong++;
			fprintf(out, "%s: %s (%d) was set to %d and is %ld\n", where, rows[i].name, rows[i].number, at[0], got);
		}
		rc = slapi_pblock_set(pb, rows[i].number, NULL);
		if (rc == 0) {
			wrong++;
			fprintf(out, "%s: set of %s (%d) takes NULL\n", where, rows[i].name, rows[i].number);
		}
		slapi_pblock_destroy(pb);
	}
	munmap(p, (size_t)page * 2);
}

static void unknown(Slapi_PBlock *pb)
{
	static const int numbers[] = { -1, 0, 1, 2, 46, 999, 2047, 2048, 10742, 100000, 0x7fffffff, -0x7fffffff };

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		int rc, outside, n = written(pb, numbers[i], &rc, &outside), v = 0;
		looked += 2;
		if (rc == 0 || n != 0 || slapi_pblock_set(pb, numbers[i], &v) == 0) {
			wrong++;
			fprintf(out, "the unknown parameter %d is served\n", numbers[i]);
		}
	}
	int type = 0;

	looked += 3;
	wrong += slapi_pblock_get(NULL, SLAPI_TARGET_DN, &type) == 0;
	wrong += slapi_pblock_get(pb, SLAPI_TARGET_DN, NULL) == 0;
	wrong += slapi_pblock_set(NULL, SLAPI_TARGET_DN, "") == 0;
	slapi_pblock_destroy(NULL);
}

static int hook(Slapi_PBlock *pb)
{
	gets(pb, "hook");
	return 0;
}

/* The last word: a search for cn=end. */
static int pre_search(Slapi_PBlock *pb)
{
	char *dn = NULL;

	gets(pb, "pre_search");
	slapi_pblock_get(pb, SLAPI_SEARCH_TARGET, &dn);
	if (dn && strncmp(dn, "cn=end,", 7) == 0)
		fprintf(out, "%d looked at, %d wrong\n", looked, wrong);
	fflush(out);
	return 0;
}

int widths_init(Slapi_PBlock *pb)
{
	static const int post[] = { SLAPI_PLUGIN_POST_BIND_FN, SLAPI_PLUGIN_POST_SEARCH_FN, SLAPI_PLUGIN_POST_MODIFY_FN,
		SLAPI_PLUGIN_POST_ADD_FN, SLAPI_PLUGIN_POST_DELETE_FN, SLAPI_PLUGIN_POST_MODRDN_FN,
		SLAPI_PLUGIN_POST_COMPARE_FN, SLAPI_PLUGIN_POST_RESULT_FN, SLAPI_PLUGIN_POST_ENTRY_FN };
	static const int pre[] = { SLAPI_PLUGIN_PRE_BIND_FN, SLAPI_PLUGIN_PRE_MODIFY_FN, SLAPI_PLUGIN_PRE_ADD_FN,
		SLAPI_PLUGIN_PRE_DELETE_FN, SLAPI_PLUGIN_PRE_MODRDN_FN, SLAPI_PLUGIN_PRE_COMPARE_FN,
		SLAPI_PLUGIN_PRE_RESULT_FN, SLAPI_PLUGIN_PRE_ENTRY_FN };
	Slapi_PBlock *own = slapi_pblock_new();
	char **argv = NULL;
	int argc = 0, type = 0;

	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGC, &argc);
	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGV, &argv);
	slapi_pblock_get(pb, SLAPI_PLUGIN_TYPE, &type);
	if (argc < 1)
		return -1;
	if (!out)
		out = fopen(argv[0], "a");
	slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, SLAPI_PLUGIN_VERSION_03);
	gets(pb, "init");
	gets(own, "own");
	sets("own");
	unknown(own);
	slapi_pblock_destroy(own);
	for (size_t i = 0; type == SLAPI_PLUGIN_PREOPERATION && i < sizeof pre / sizeof pre[0]; i++)
		wrong += slapi_pblock_set(pb, pre[i], (void *)hook) != 0;
	if (type == SLAPI_PLUGIN_PREOPERATION)
		wrong += slapi_pblock_set(pb, SLAPI_PLUGIN_PRE_SEARCH_FN, (void *)pre_search) != 0;
	for (size_t i = 0; type == SLAPI_PLUGIN_POSTOPERATION && i < sizeof post / sizeof post[0]; i++)
		wrong += slapi_pblock_set(pb, post[i], (void *)hook) != 0;
	return 0;
}
