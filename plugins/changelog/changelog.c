/*
 * changelog: the changes of the directory as entries below cn=changelog, as
 * draft-good-ldap-changelog has it. See slapid-changelog(5). One source for slapid
 * (type betxnpostoperation: the record is part of the change's transaction), for
 * OpenLDAP's slapd and for 389 (type postoperation: it is written behind it).
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <ldap.h>
#include <slapi-plugin.h>

#ifndef SLAPI_PLUGIN_BE_TXN_POST_ADD_FN
#define SLAPI_PLUGIN_BE_TXN_POST_ADD_FN 560
#define SLAPI_PLUGIN_BE_TXN_POST_MODIFY_FN 561
#define SLAPI_PLUGIN_BE_TXN_POST_MODRDN_FN 562
#define SLAPI_PLUGIN_BE_TXN_POST_DELETE_FN 563
#endif
#ifndef SLAPI_PLUGIN_BETXNPOSTOPERATION
#define SLAPI_PLUGIN_BETXNPOSTOPERATION 20
#endif

enum { ADD, MODIFY, MODRDN, DELETE };
static const char *const kinds[] = { "add", "modify", "modrdn", "delete" };

static struct {
	char *base;     /* as given */
	char *nbase;    /* in normal form */
	char *exclude;  /* ",type,type,", lower case */
	long most, age; /* entries, seconds; 0: no bound */
	int in_txn;
	void *identity;
	pthread_mutex_t lock; /* guards what follows */
	int known;            /* first and last are right */
	long first, last;
} changelog = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* ---------------------------------------------------------------- Text */

struct text {
	char *p;
	size_t len, room;
};

static void put_bytes(struct text *t, const char *s, size_t n)
{
	if (t->len + n + 1 > t->room) {
		t->room = (t->len + n + 1) * 2;
		t->p = slapi_ch_realloc(t->p, t->room);
	}
	memcpy(t->p + t->len, s, n);
	t->len += n;
	t->p[t->len] = 0;
}

static void put(struct text *t, const char *s) { put_bytes(t, s, strlen(s)); }

/* A line of LDIF (RFC 2849), not folded. */
static void put_value(struct text *t, const char *type, const struct berval *v)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *b = (const unsigned char *)v->bv_val;
	size_t n = v->bv_len;
	int safe = n == 0 || (b[0] != ' ' && b[0] != ':' && b[0] != '<' && b[n - 1] != ' ');

	for (size_t i = 0; safe && i < n; i++)
		safe = b[i] >= 0x20 && b[i] < 0x7f;
	put(t, type);
	if (safe) {
		put(t, n ? ": " : ":");
		put_bytes(t, v->bv_val ? v->bv_val : "", n);
	} else {
		put(t, ":: ");
		for (size_t i = 0; i < n; i += 3) {
			unsigned long x = (unsigned long)b[i] << 16 | (i + 1 < n ? (unsigned long)b[i + 1] << 8 : 0) | (i + 2 < n ? b[i + 2] : 0);
			char four[4] = { digits[x >> 18], digits[x >> 12 & 63], i + 1 < n ? digits[x >> 6 & 63] : '=', i + 2 < n ? digits[x & 63] : '=' };
			put_bytes(t, four, 4);
		}
	}
	put(t, "\n");
}

static int excluded(const char *type)
{
	char name[256];
	size_t n = strcspn(type, ";");

	if (!changelog.exclude || n > 250)
		return 0;
	snprintf(name, sizeof name, ",%.*s,", (int)n, type);
	return strcasestr(changelog.exclude, name) != NULL;
}

/* ---------------------------------------------------------------- Entries of the log */

static char *entry_dn(long number)
{
	char *dn = slapi_ch_malloc(strlen(changelog.base) + 48);
	sprintf(dn, "changeNumber=%ld,%s", number, changelog.base);
	return dn;
}

static int result_of(Slapi_PBlock *pb)
{
	int rc = LDAP_OTHER;
	slapi_pblock_get(pb, SLAPI_PLUGIN_INTOP_RESULT, &rc);
	return rc;
}

static LDAPMod **mods_of(Slapi_Entry *e)
{
	LDAPMod **mods = (LDAPMod **)slapi_ch_calloc(64, sizeof *mods);
	Slapi_Attr *a = NULL;
	int n = 0;

	for (int rc = slapi_entry_first_attr(e, &a); rc == 0 && a && n < 63; rc = slapi_entry_next_attr(e, a, &a), n++) {
		Slapi_Value *v = NULL;
		char *type = NULL;
		int count = 0;
		slapi_attr_get_type(a, &type);
		mods[n] = (LDAPMod *)slapi_ch_calloc(1, sizeof **mods);
		mods[n]->mod_op = LDAP_MOD_ADD | LDAP_MOD_BVALUES;
		mods[n]->mod_type = slapi_ch_strdup(type);
		mods[n]->mod_bvalues = (struct berval **)slapi_ch_calloc(16, sizeof(struct berval *));
		for (int i = slapi_attr_first_value(a, &v); i != -1 && v && count < 15; i = slapi_attr_next_value(a, i, &v)) {
			const struct berval *from = slapi_value_get_berval(v);
			struct berval *to = (struct berval *)slapi_ch_calloc(1, sizeof *to);
			to->bv_val = slapi_ch_malloc(from->bv_len + 1);
			memcpy(to->bv_val, from->bv_val, from->bv_len);
			to->bv_val[from->bv_len] = 0;
			to->bv_len = from->bv_len;
			mods[n]->mod_bvalues[count++] = to;
		}
	}
	return mods;
}

static void mods_free(LDAPMod **mods)
{
	for (int i = 0; mods[i]; i++) {
		for (int j = 0; mods[i]->mod_bvalues[j]; j++) {
			free(mods[i]->mod_bvalues[j]->bv_val);
			free(mods[i]->mod_bvalues[j]);
		}
		free(mods[i]->mod_bvalues);
		free(mods[i]->mod_type);
		free(mods[i]);
	}
	free(mods);
}

/* By way of modifications: OpenLDAP's slapd does not survive the form that takes
 * an entry. */
static int add_entry(char *text) /* takes text over */
{
	Slapi_Entry *e = slapi_str2entry(text, 0);
	LDAPMod **mods;
	Slapi_PBlock *pb;
	int rc;

	free(text);
	if (!e)
		return LDAP_OTHER;
	mods = mods_of(e);
	pb = slapi_pblock_new();
	slapi_add_internal_set_pb(pb, slapi_entry_get_dn(e), mods, NULL, changelog.identity, 0);
	slapi_add_internal_pb(pb);
	rc = result_of(pb);
	slapi_pblock_destroy(pb);
	mods_free(mods);
	slapi_entry_free(e);
	return rc;
}

static int delete_number(long number)
{
	Slapi_PBlock *pb = slapi_pblock_new();
	char *dn = entry_dn(number);
	int rc;

	slapi_delete_internal_set_pb(pb, dn, NULL, NULL, changelog.identity, 0);
	slapi_delete_internal_pb(pb);
	rc = result_of(pb);
	slapi_pblock_destroy(pb);
	free(dn);
	return rc;
}

/* The first value of an attribute of an entry of the log, 0 when there is none. */
static long number_in(Slapi_Entry *e, const char *type)
{
	char *s = slapi_entry_attr_get_charptr(e, type);
	long n = s ? atol(s) : 0;
	slapi_ch_free((void **)&s);
	return n;
}

/* Searches the log: the least and greatest changeNumber of what is found. */
static int search_log(const char *dn, int scope, long *least, long *greatest, char time_of[32])
{
	Slapi_PBlock *pb = slapi_pblock_new();
	Slapi_Entry **list = NULL;
	int rc;

	*least = *greatest = 0;
	slapi_search_internal_set_pb(pb, (char *)dn, scope, "(changeNumber=*)", NULL, 0, NULL, NULL, changelog.identity, 0);
	slapi_search_internal_pb(pb);
	rc = result_of(pb);
	if (rc == LDAP_SUCCESS) {
		slapi_pblock_get(pb, SLAPI_PLUGIN_INTOP_SEARCH_ENTRIES, &list);
		for (; list && *list; list++) {
			long n = number_in(*list, "changeNumber");
			if (n && (!*least || n < *least))
				*least = n;
			if (n > *greatest)
				*greatest = n;
			if (time_of) {
				char *s = slapi_entry_attr_get_charptr(*list, "changeTime");
				snprintf(time_of, 32, "%s", s ? s : "");
				slapi_ch_free((void **)&s);
			}
		}
	}
	slapi_free_search_results_internal(pb);
	slapi_pblock_destroy(pb);
	return rc;
}

static int make_base(void)
{
	struct text t = { 0 };
	size_t n = strcspn(changelog.base, "=") + 1;

	put(&t, "dn: ");
	put(&t, changelog.base);
	put(&t, "\nobjectClass: top\nobjectClass: applicationProcess\nobjectClass: extensibleObject\ncn: ");
	put_bytes(&t, changelog.base + n, strcspn(changelog.base + n, ","));
	put(&t, "\n");
	if (changelog.in_txn)
		put(&t, "changeNumber: 0\n");
	return add_entry(t.p);
}

/* The caller holds the lock. */
static void learn(void)
{
	if (changelog.known)
		return;
	if (search_log(changelog.base, LDAP_SCOPE_ONELEVEL, &changelog.first, &changelog.last, NULL) == LDAP_NO_SUCH_OBJECT)
		make_base();
	changelog.known = 1;
}

/* The next number, inside the transaction of the change: a counter in the base
 * entry, so that what is undone leaves no gap, and one writer follows the other. */
static long counted(void)
{
	long least, greatest;

	for (int i = 0; i < 2; i++) {
		struct berval one = { 1, "1" }, *values[] = { &one, NULL };
		LDAPMod mod = { .mod_op = LDAP_MOD_INCREMENT | LDAP_MOD_BVALUES, .mod_type = "changeNumber", .mod_vals.modv_bvals = values };
		LDAPMod *mods[] = { &mod, NULL };
		Slapi_PBlock *pb = slapi_pblock_new();
		int rc;

		slapi_modify_internal_set_pb(pb, changelog.base, mods, NULL, NULL, changelog.identity, 0);
		slapi_modify_internal_pb(pb);
		rc = result_of(pb);
		slapi_pblock_destroy(pb);
		if (rc == LDAP_SUCCESS)
			return search_log(changelog.base, LDAP_SCOPE_BASE, &least, &greatest, NULL) == LDAP_SUCCESS ? greatest : 0;
		if (rc != LDAP_NO_SUCH_OBJECT || make_base() != LDAP_SUCCESS)
			break;
	}
	return 0;
}

/* ---------------------------------------------------------------- Records */

static void of_modify(Slapi_PBlock *pb, struct text *t)
{
	static const char *const verbs[] = { "add: ", "delete: ", "replace: ", "increment: " };
	LDAPMod **mods = NULL;

	slapi_pblock_get(pb, SLAPI_MODIFY_MODS, &mods);
	for (; mods && *mods; mods++) {
		int op = (*mods)->mod_op & ~LDAP_MOD_BVALUES, is_string = !((*mods)->mod_op & LDAP_MOD_BVALUES);
		if (op < 0 || op > 3 || excluded((*mods)->mod_type))
			continue;
		put(t, verbs[op]);
		put(t, (*mods)->mod_type);
		put(t, "\n");
		for (int i = 0; (*mods)->mod_bvalues && (*mods)->mod_bvalues[i]; i++) {
			struct berval text = { 0, NULL }, *v = (*mods)->mod_bvalues[i];
			if (is_string) {
				text.bv_val = (*mods)->mod_values[i];
				text.bv_len = strlen(text.bv_val);
				v = &text;
			}
			put_value(t, (*mods)->mod_type, v);
		}
		put(t, "-\n");
	}
}

static void of_add(Slapi_PBlock *pb, struct text *t)
{
	Slapi_Entry *e = NULL;
	Slapi_Attr *a = NULL;

	slapi_pblock_get(pb, SLAPI_ADD_ENTRY, &e);
	if (!e)
		return;
	for (int rc = slapi_entry_first_attr(e, &a); rc == 0 && a; rc = slapi_entry_next_attr(e, a, &a)) {
		char *type = NULL;
		Slapi_Value *v = NULL;
		slapi_attr_get_type(a, &type);
		if (excluded(type))
			continue;
		for (int i = slapi_attr_first_value(a, &v); i != -1 && v; i = slapi_attr_next_value(a, i, &v))
			put_value(t, type, slapi_value_get_berval(v));
	}
}

static char *record_text(Slapi_PBlock *pb, int kind, const char *target, long number)
{
	struct text t = { 0 }, changes = { 0 };
	struct berval v;
	char line[64], now[32], *s = NULL;
	time_t at = time(NULL);
	struct tm tm;
	int n = 0;

	gmtime_r(&at, &tm);
	strftime(now, sizeof now, "%Y%m%d%H%M%SZ", &tm);
	snprintf(line, sizeof line, "dn: changeNumber=%ld,", number);
	put(&t, line);
	put(&t, changelog.base);
	put(&t, "\nobjectClass: top\nobjectClass: changeLogEntry\n");
	snprintf(line, sizeof line, "changeNumber: %ld\n", number);
	put(&t, line);
	v.bv_val = (char *)target;
	v.bv_len = strlen(target);
	put_value(&t, "targetDN", &v);
	put(&t, "changeType: ");
	put(&t, kinds[kind]);
	put(&t, "\nchangeTime: ");
	put(&t, now);
	put(&t, "\n");
	if (kind == ADD)
		of_add(pb, &changes);
	else if (kind == MODIFY)
		of_modify(pb, &changes);
	if (changes.p) {
		v.bv_val = changes.p;
		v.bv_len = changes.len;
		put_value(&t, "changes", &v);
		free(changes.p);
	}
	if (kind == MODRDN) {
		slapi_pblock_get(pb, SLAPI_MODRDN_NEWRDN, &s);
		if (s) {
			v.bv_val = s;
			v.bv_len = strlen(s);
			put_value(&t, "newRdn", &v);
		}
		slapi_pblock_get(pb, SLAPI_MODRDN_DELOLDRDN, &n);
		put(&t, n ? "deleteOldRdn: TRUE\n" : "deleteOldRdn: FALSE\n");
		s = NULL;
		if (slapi_pblock_get(pb, SLAPI_MODRDN_NEWSUPERIOR, &s) == 0 && s && *s) {
			v.bv_val = s;
			v.bv_len = strlen(s);
			put_value(&t, "newSuperior", &v);
		}
	}
	return t.p;
}

static int below_log(const char *dn)
{
	char *n = slapi_dn_normalize_case(slapi_ch_strdup(dn));
	size_t len = strlen(n), base = strlen(changelog.nbase);
	int is = len >= base && strcmp(n + len - base, changelog.nbase) == 0 && (len == base || n[len - base - 1] == ',');

	slapi_ch_free((void **)&n);
	return is;
}

/* 0, or -1: the change must not be made. */
static int record(Slapi_PBlock *pb, int kind)
{
	char *target = NULL;
	long number;
	int rc;

	slapi_pblock_get(pb, SLAPI_TARGET_DN, &target);
	if (!target || !*target || below_log(target) || strcasecmp(target, "cn=config") == 0 ||
	    (strlen(target) > 10 && strcasecmp(target + strlen(target) - 10, ",cn=config") == 0))
		return 0;
	if (changelog.in_txn) {
		number = counted();
		rc = number ? add_entry(record_text(pb, kind, target, number)) : LDAP_OTHER;
	} else {
		pthread_mutex_lock(&changelog.lock);
		learn();
		number = changelog.last + 1;
		rc = add_entry(record_text(pb, kind, target, number));
		if (rc == LDAP_SUCCESS) {
			changelog.last = number;
			if (!changelog.first)
				changelog.first = number;
		} else {
			changelog.known = 0;
		}
		pthread_mutex_unlock(&changelog.lock);
	}
	if (rc != LDAP_SUCCESS) {
		slapi_log_error(SLAPI_LOG_FATAL, "changelog", "the change of %s could not be recorded (%d)\n", target, rc);
		return -1;
	}
	return 0;
}

/* Removes what is too much or too old, a few at a time. */
static void trim(void)
{
	char limit[32], then[32];
	time_t at = time(NULL) - changelog.age;
	struct tm tm;
	long least, greatest;

	if ((!changelog.most && !changelog.age) || pthread_mutex_trylock(&changelog.lock) != 0)
		return;
	learn();
	if (changelog.in_txn && search_log(changelog.base, LDAP_SCOPE_BASE, &least, &greatest, NULL) == LDAP_SUCCESS)
		changelog.last = greatest;
	if (!changelog.first && changelog.last)
		changelog.first = 1;
	gmtime_r(&at, &tm);
	strftime(limit, sizeof limit, "%Y%m%d%H%M%SZ", &tm);
	for (int i = 0; i < 20 && changelog.first && changelog.first < changelog.last; i++) {
		int old = changelog.most && changelog.last - changelog.first >= changelog.most;
		if (!old && changelog.age) {
			char *dn = entry_dn(changelog.first);
			then[0] = 0;
			int rc = search_log(dn, LDAP_SCOPE_BASE, &least, &greatest, then);
			old = rc == LDAP_NO_SUCH_OBJECT || (rc == LDAP_SUCCESS && then[0] && strcmp(then, limit) < 0);
			free(dn);
		}
		if (!old)
			break;
		int rc = delete_number(changelog.first);
		if (rc != LDAP_SUCCESS && rc != LDAP_NO_SUCH_OBJECT)
			break;
		changelog.first++;
	}
	pthread_mutex_unlock(&changelog.lock);
}

static int succeeded(Slapi_PBlock *pb)
{
	int code = 0;
	slapi_pblock_get(pb, SLAPI_RESULT_CODE, &code);
	return code == LDAP_SUCCESS;
}

/* In the transaction, and behind the change. */
#define HOOKS(name, kind) \
	static int txn_##name(Slapi_PBlock *pb) \
	{ \
		int rc = 0; \
		slapi_pblock_get(pb, SLAPI_PLUGIN_OPRETURN, &rc); \
		return rc ? 0 : record(pb, kind); \
	} \
	static int post_##name(Slapi_PBlock *pb) \
	{ \
		if (succeeded(pb) && !changelog.in_txn) \
			record(pb, kind); \
		if (succeeded(pb)) \
			trim(); \
		return 0; \
	}
HOOKS(add, ADD)
HOOKS(modify, MODIFY)
HOOKS(modrdn, MODRDN)
HOOKS(delete, DELETE)

#ifndef CHANGELOG_NO_ROOT_DSE
/* The root DSE tells where the log is. */
static int root_dse(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Entry *after, int *code, char *text, void *arg)
{
	(void)pb, (void)after, (void)code, (void)text, (void)arg;
	slapi_entry_attr_set_charptr(e, "changelog", changelog.base);
	return 1; /* SLAPI_DSE_CALLBACK_OK */
}

static int start(Slapi_PBlock *pb)
{
	(void)pb;
	slapi_config_register_callback(SLAPI_OPERATION_SEARCH, 1 /* DSE_FLAG_PREOP */, "", LDAP_SCOPE_BASE, "(objectclass=*)", root_dse, NULL);
	return 0;
}
#endif

static long duration(const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);

	if (end == s || n < 0)
		return -1;
	switch (*end) {
	case 'd': n *= 24; /* fall through */
	case 'h': n *= 60; /* fall through */
	case 'm': n *= 60; /* fall through */
	case 's': end++;
	}
	return *end ? -1 : n;
}

static int configure(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		char *a = argv[i], *end;
		if (strncmp(a, "base=", 5) == 0 && a[5]) {
			free(changelog.base);
			changelog.base = strdup(a + 5);
			continue;
		}
		if (strncmp(a, "max=", 4) == 0) {
			changelog.most = strtol(a + 4, &end, 10);
			if (end != a + 4 && !*end && changelog.most >= 0)
				continue;
		} else if (strncmp(a, "age=", 4) == 0) {
			changelog.age = duration(a + 4);
			if (changelog.age >= 0)
				continue;
		} else if (strncmp(a, "exclude=", 8) == 0) {
			free(changelog.exclude);
			changelog.exclude = malloc(strlen(a));
			sprintf(changelog.exclude, ",%s,", a + 8);
			continue;
		}
		slapi_log_error(SLAPI_LOG_FATAL, "changelog", "argument \"%s\": wrong, see slapid-changelog(5)\n", a);
		return -1;
	}
	if (!changelog.base)
		changelog.base = strdup("cn=changelog");
	changelog.nbase = slapi_dn_normalize_case(slapi_ch_strdup(changelog.base));
	return 0;
}

static Slapi_PluginDesc description = { "changelog", "libslapi", "1", "the changes of the directory as entries" };

static int set_post(Slapi_PBlock *pb)
{
	int rc = 0;

	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_POST_ADD_FN, (void *)post_add);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_POST_MODIFY_FN, (void *)post_modify);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_POST_MODRDN_FN, (void *)post_modrdn);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_POST_DELETE_FN, (void *)post_delete);
	return rc;
}

#ifndef CHANGELOG_NO_ROOT_DSE
static int changelog_post_init(Slapi_PBlock *pb)
{
	int rc = slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, SLAPI_PLUGIN_VERSION_03);

	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DESCRIPTION, &description);
	return rc | set_post(pb) ? -1 : 0;
}
#endif

int changelog_init(Slapi_PBlock *pb)
{
	int argc = 0, type = 0, rc = 0;
	char **argv = NULL;

	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGC, &argc);
	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGV, &argv);
	slapi_pblock_get(pb, SLAPI_PLUGIN_TYPE, &type);
	slapi_pblock_get(pb, SLAPI_PLUGIN_IDENTITY, &changelog.identity);
	if (configure(argc, argv) != 0)
		return -1;
	changelog.in_txn = type == SLAPI_PLUGIN_BETXNPOSTOPERATION;
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, SLAPI_PLUGIN_VERSION_03);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DESCRIPTION, &description);
#ifndef CHANGELOG_NO_ROOT_DSE
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_START_FN, (void *)start);
#endif
	if (!changelog.in_txn)
		return rc | set_post(pb) ? -1 : 0;
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_BE_TXN_POST_ADD_FN, (void *)txn_add);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_BE_TXN_POST_MODIFY_FN, (void *)txn_modify);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_BE_TXN_POST_MODRDN_FN, (void *)txn_modrdn);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_BE_TXN_POST_DELETE_FN, (void *)txn_delete);
#ifndef CHANGELOG_NO_ROOT_DSE
	/* What is trimmed is trimmed behind the change: a plug-in has functions of its
	 * own type only. */
	rc |= slapi_register_plugin("postoperation", 1, "changelog_post_init", changelog_post_init, "changelog trimming", NULL, changelog.identity);
#endif
	return rc ? -1 : 0;
}
