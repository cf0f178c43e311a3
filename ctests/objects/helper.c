/* AVL trees, text helpers, matching rule descriptions, all RDNs of a name. */
#include <time.h>

#include "check.h"

typedef struct avlnode { void *data; signed char bf; struct avlnode *left, *right; } Avlnode;
int avl_insert(Avlnode **root, void *data, int (*fcmp)(void *, void *), int (*fdup)(void *, void *));
void *avl_delete(Avlnode **root, void *data, int (*fcmp)(void *, void *));
void *avl_find(Avlnode *root, void *data, int (*fcmp)(void *, void *));
int avl_apply(Avlnode *root, int (*fn)(void *, void *), void *arg, int stopflag, int type);
int avl_free(Avlnode *root, int (*dfree)(void *));
int avl_dup_error(void);

static int cmp(void *a, void *b)
{
	return *(int *)a - *(int *)b;
}

static int dup_seen(void *have, void *now)
{
	(void)have;
	(void)now;
	return 77;
}

/* Height, or -1 when the tree is not one of Adelson-Velsky and Landis. */
static int height(Avlnode *n)
{
	if (n == NULL)
		return 0;
	int l = height(n->left), r = height(n->right);
	if (l < 0 || r < 0 || r - l != n->bf || r - l > 1 || l - r > 1)
		return -1;
	return (l > r ? l : r) + 1;
}

static int visited, last;
static int visit(void *data, void *arg)
{
	(void)arg;
	if (*(int *)data <= last)
		failed++;
	last = *(int *)data;
	return ++visited == 10 ? -9 : 0;
}

static void trees(void)
{
	enum { N = 2000 };
	static int v[N];
	Avlnode *root = NULL;
	unsigned seed = 42;
	int left = 0;

	for (int i = 0; i < N; i++) {
		seed = seed * 1103515245 + 12345;
		v[i] = (int)(seed >> 8 & 0xffff);
		if (avl_insert(&root, &v[i], cmp, dup_seen) == 0)
			left++;
	}
	CHECK(height(root) > 0);
	INT(avl_insert(&root, &v[7], cmp, dup_seen), 77);
	INT(avl_insert(&root, &v[7], cmp, NULL), -1);
	INT(avl_dup_error(), -1);
	last = -1;
	INT(avl_apply(root, visit, NULL, -9, 2), -9);
	INT(visited, 10);
	last = -1;
	visited = 100;
	INT(avl_apply(root, visit, NULL, -9, 2), -6);
	for (int i = 0; i < N; i += 2) {
		if (avl_delete(&root, &v[i], cmp))
			left--;
		if (height(root) < 0) {
			CHECK(!"balanced after a deletion");
			break;
		}
		CHECK(avl_find(root, &v[i], cmp) == NULL);
	}
	int none = -5;
	CHECK(avl_delete(&root, &none, cmp) == NULL);
	INT(avl_free(root, NULL), left);
	INT(avl_free(NULL, NULL), 0);
	CHECK(avl_find(NULL, &none, cmp) == NULL);
}

typedef struct lenstr { char *buf; size_t len, max; } lenstr;
lenstr *lenstr_new(void);
void addlenstr(lenstr *l, const char *s);
void lenstr_free(lenstr **l);
const char *escape_string(const char *str, char buf[BUFSIZ]);
const char *escape_string_with_punctuation(const char *str, char buf[BUFSIZ]);
char *filter_strcpy_special_ext(char *d, char *s, int flags);
unsigned long strntoul(char *from, size_t len, int base);
char *format_genTime(time_t from);
time_t parse_localTime(char *from);
int slapi_is_duration_valid(const char *value);
time_t slapi_parse_duration(const char *value);

static void text(void)
{
	lenstr *l = lenstr_new();
	char buf[BUFSIZ], *s;

	addlenstr(l, "one ");
	addlenstr(l, "two");
	addlenstr(l, NULL);
	addlenstr(NULL, "x");
	STR(l->buf, "one two");
	INT(l->len, 7);
	lenstr_free(&l);
	CHECK(l == NULL);
	STR(escape_string("plain text", buf), "plain text");
	STR(escape_string("a\nb\xff", buf), "a\\0ab\\ff");
	STR(escape_string_with_punctuation("a.b*", buf), "a.b\\2a");
	STR(escape_string(NULL, buf), NULL);
	char *huge = malloc(3 * BUFSIZ);
	memset(huge, '\n', 3 * BUFSIZ - 1);
	huge[3 * BUFSIZ - 1] = '\0';
	CHECK(strlen(escape_string(huge, buf)) < BUFSIZ);
	free(huge);
	CHECK(*filter_strcpy_special_ext(buf, "a.b*(c)", 1) == '\0');
	STR(buf, "a\\.b\\*\\(c\\)");
	filter_strcpy_special_ext(buf, "a(b", 0);
	STR(buf, "a(b");
	INT(strntoul("12345", 3, 10), 123);
	s = format_genTime(86400 * 365);
	STR(s, "19710101000000Z");
	INT(parse_localTime(s), 86400 * 365);
	free(s);
	INT(parse_localTime("197101010000Z"), 86400 * 365);
	INT(parse_localTime("junk"), 0);
	INT(slapi_is_duration_valid("1h30m"), 1);
	INT(slapi_is_duration_valid("h"), 0);
	INT(slapi_is_duration_valid("1x"), 0);
	INT(slapi_is_duration_valid(NULL), 0);
	INT(slapi_parse_duration("2d"), 172800);
	INT(slapi_parse_duration("2x"), -1);
	INT(slapi_parse_duration(NULL), -1);
	/* LDIF lines */
	struct berval t, v;
	char line[] = "cn: some value\r\n", b64[] = "jpegPhoto:: AAECAw==", url[] = "cn:< file:///x", bad[] = "cn:: %%";
	int freeval = 7;
	INT(slapi_ldif_parse_line(line, &t, &v, &freeval), 0);
	STR(t.bv_val, "cn");
	STR(v.bv_val, "some value");
	INT(freeval, 0);
	INT(slapi_ldif_parse_line(b64, &t, &v, &freeval), 0);
	INT(v.bv_len, 4);
	INT(memcmp(v.bv_val, "\0\1\2\3", 4), 0);
	INT(slapi_ldif_parse_line(url, &t, &v, &freeval), -1);
	INT(slapi_ldif_parse_line(bad, &t, &v, &freeval), -1);
	INT(slapi_ldif_parse_line(NULL, &t, &v, &freeval), -1);
	char out[1024], *p = out;
	slapi_ldif_put_type_and_value_with_options(&p, "cn", "plain", 5, 0);
	slapi_ldif_put_type_and_value_with_options(&p, "x", "\0\1\2\3", 4, 0);
	slapi_ldif_put_type_and_value_with_options(&p, "e", "", 0, 0);
	*p = '\0';
	STR(out, "cn: plain\nx:: AAECAw==\ne: \n");
	char longval[200];
	memset(longval, 'a', 200);
	p = out;
	slapi_ldif_put_type_and_value_with_options(&p, "cn", longval, 200, 0);
	CHECK(strstr(out, "a\n a") != NULL);
	p = out;
	slapi_ldif_put_type_and_value_with_options(&p, "cn", longval, 200, LDIF_OPT_NOWRAP);
	INT(p - out, 205);
}

static void rules(void)
{
	Slapi_MatchingRuleEntry *mr = slapi_matchingrule_new();
	char *s = NULL;
	int yes = 1, got = 0;

	INT(slapi_matchingrule_set(mr, SLAPI_MATCHINGRULE_OID, slapi_ch_strdup("1.2.3")), 0);
	INT(slapi_matchingrule_set(mr, SLAPI_MATCHINGRULE_NAME, slapi_ch_strdup("rule")), 0);
	INT(slapi_matchingrule_set(mr, SLAPI_MATCHINGRULE_OBSOLETE, &yes), 0);
	INT(slapi_matchingrule_get(mr, SLAPI_MATCHINGRULE_OID, &s), 0);
	STR(s, "1.2.3");
	INT(slapi_matchingrule_get(mr, SLAPI_MATCHINGRULE_OBSOLETE, &got), 0);
	INT(got, 1);
	INT(slapi_matchingrule_get(mr, 99, &got), -1);
	INT(slapi_matchingrule_set(NULL, SLAPI_MATCHINGRULE_OID, NULL), -1);
	slapi_matchingrule_free(&mr, 1);
	CHECK(mr == NULL);
	slapi_matchingrule_free(NULL, 1);
}

static void all_rdns(void)
{
	Slapi_RDN *r = slapi_rdn_new_all_dn("CN=a, OU=b,dc=c"), *up = NULL;
	const char *s;
	char *dn = NULL;

	INT(slapi_rdn_get_first_ext(r, &s, 1), 0);
	STR(s, "CN=a");
	INT(slapi_rdn_get_first_ext(r, &s, 2), 0);
	STR(s, "cn=a");
	INT(slapi_rdn_get_next_ext(r, 0, &s, 1), 1);
	STR(s, "OU=b");
	INT(slapi_rdn_get_last_ext(r, &s, 1), 2);
	STR(s, "dc=c");
	INT(slapi_rdn_get_next_ext(r, 2, &s, 1), -1);
	INT(slapi_rdn_get_prev_ext(r, 2, &s, 1), 1);
	INT(slapi_rdn_get_prev_ext(r, 0, &s, 1), -1);
	INT(slapi_rdn_get_dn(r, &dn), 0);
	STR(dn, "CN=a,OU=b,dc=c");
	free(dn);
	INT(slapi_rdn_partial_dup(r, &up, 1), 0);
	INT(slapi_rdn_get_dn(up, &dn), 0);
	STR(dn, "OU=b,dc=c");
	free(dn);
	slapi_rdn_free(&up);
	INT(slapi_rdn_partial_dup(r, &up, 9), -1);
	slapi_rdn_free(&r);
	r = slapi_rdn_new_all_dn("junk");
	INT(slapi_rdn_get_first_ext(r, &s, 1), -1);
	INT(slapi_rdn_get_dn(r, &dn), -1);
	slapi_rdn_free(&r);
	INT(slapi_rdn_init_all_dn(NULL, "dc=x"), -1);
}

int main(void)
{
	trees();
	text();
	rules();
	all_rdns();
	return done();
}
