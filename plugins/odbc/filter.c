/*
 * SQL of filters. The server tests every entry itself, so what is made here may
 * find too much; below a "not" it must find too little. Filters come with every
 * subtype and subclass named (SLAPI_X_DB_SPELLED_FILTER).
 */
#include "odbc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned long long check_sum(const char *p, size_t n)
{
	unsigned long long h = 14695981039346656037ULL;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 1099511628211ULL;
	return h;
}

static int plain(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] < 0x20 || (unsigned char)p[i] > 0x7e)
			return 0;
	return n == 0 || p[0] != '\\';
}

enum { LONGEST = 200, BEGIN = 160 };

static void key_text(const char *p, size_t n, char out[256], int *how)
{
	size_t len = 0;

	*how = 0;
	if (plain(p, n)) {
		if (n <= LONGEST) {
			memcpy(out, p, n);
			out[n] = 0;
			return;
		}
		memcpy(out, p, BEGIN);
		len = BEGIN;
		*how = 2;
	} else {
		*how = n * 2 + 1 <= LONGEST ? 1 : 2;
		out[len++] = '\\';
		for (size_t i = 0; i < n && (*how == 1 || len + 2 <= BEGIN); i++)
			len += (size_t)sprintf(out + len, "%02x", (unsigned char)p[i]);
	}
	out[len] = 0;
	if (*how == 2)
		sprintf(out + len, "#%016llx#%zu", check_sum(p, n), n);
}

void name_key(const char *ndn, char out[256])
{
	int how;
	key_text(ndn, strlen(ndn), out, &how);
}

int value_norm(const struct berval *key, char out[256])
{
	int how;
	if (!key->bv_val) {
		out[0] = 0;
		return 3;
	}
	key_text(key->bv_val, key->bv_len, out, &how);
	return how;
}

static void constant(struct sql *q, int yes) { sql_put(q, yes ? "1 = 1" : "1 = 0"); }

/* An item that is not made into SQL: all may match, and below "not" none is sure to. */
static void unknown(struct sql *q, int sure) { constant(q, !sure); }

/* Begins the condition that an entry has a row of the type. */
static void has_row(struct sql *q, const char *type)
{
	sql_put(q, "e.id IN (SELECT a.entry FROM {a} a WHERE a.type = ?");
	sql_string(q, type);
}

/* The pieces of a substring filter as a LIKE pattern, escaped by "!". 0: none of
 * them says anything. */
static int pattern(const char *type, char *initial, char **any, char *final, char out[800])
{
	size_t len = 0;
	int says = 0;

	for (int i = -1;; i++) {
		char *piece = i < 0 ? initial : (any && any[i]) ? any[i] : final;
		int last = i >= 0 && !(any && any[i]);
		if (piece && *piece) {
			struct berval v = { strlen(piece), piece }, key = { 0, NULL };
			if (slapi_x_attr_key(type, &v, NULL, &key) != 0)
				return 0;
			char *b = key.bv_val;
			size_t n = key.bv_len;
			/* Blanks at the ends of a piece may be blanks that the normal form lost. */
			while (n && *b == ' ')
				b++, n--;
			while (n && b[n - 1] == ' ')
				n--;
			if (!plain(b, n) || len + 2 * n + 3 > 700) {
				slapi_ch_free_string(&key.bv_val);
				return 0;
			}
			if (i >= 0 || b != key.bv_val)
				out[len++] = '%';
			for (size_t j = 0; j < n; j++) {
				if (b[j] == '%' || b[j] == '_' || b[j] == '!')
					out[len++] = '!';
				out[len++] = b[j];
			}
			says |= n > 0;
			slapi_ch_free_string(&key.bv_val);
		}
		if (last)
			break;
	}
	if (!final || !*final || len == 0)
		out[len++] = '%';
	else if (final[strlen(final) - 1] == ' ')
		out[len++] = '%';
	out[len] = 0;
	return says;
}

/* The first text behind all that begin with s. */
static int behind(const char *s, char out[800])
{
	size_t n = strlen(s);
	memcpy(out, s, n + 1);
	if (n == 0 || (unsigned char)out[n - 1] >= 0x7e)
		return 0;
	out[n - 1]++;
	return 1;
}

static void substrings(struct sql *q, Slapi_Filter *f, int sure)
{
	char *type = NULL, *initial = NULL, *final = NULL, **any = NULL, *name = NULL, like[800], prefix[800], end[800];
	size_t n = 0;

	slapi_filter_get_subfilt(f, &type, &initial, &any, &final);
	if (sure || slapi_x_attr_key(type, NULL, &name, NULL) != 0 || !pattern(name, initial, any, final, like)) {
		unknown(q, sure);
		slapi_ch_free_string(&name);
		return;
	}
	has_row(q, name);
	sql_put(q, " AND (a.cut <> 0 OR (a.norm LIKE ? ESCAPE '!'");
	sql_string(q, like);
	while (like[n] && like[n] != '%') {
		if (like[n] == '!')
			break;
		prefix[n] = like[n];
		n++;
	}
	prefix[n] = 0;
	if (n && behind(prefix, end)) {
		sql_put(q, " AND a.norm >= ? AND a.norm < ?");
		sql_string(q, prefix);
		sql_string(q, end);
	}
	sql_put(q, ")))");
	slapi_ch_free_string(&name);
}

static void item(struct sql *q, Slapi_Filter *f, int choice, int sure)
{
	char *type = NULL, *name = NULL, norm[256];
	struct berval *value = NULL, key = { 0, NULL };
	int how, exact;

	slapi_filter_get_ava(f, &type, &value);
	if (!type || slapi_x_attr_key(type, value, &name, &key) != 0) {
		unknown(q, sure);
		slapi_ch_free_string(&name);
		return;
	}
	how = value_norm(&key, norm);
	exact = choice == LDAP_FILTER_EQUALITY && how != 2 && !strchr(type, ';');
	if (sure && !exact) {
		unknown(q, sure);
	} else if (strcmp(name, "entrydn") == 0) { /* no row of values has it */
		if (exact) {
			sql_put(q, "e.ndn_key = ?");
			sql_string(q, norm);
		} else {
			unknown(q, sure);
		}
	} else if (choice == LDAP_FILTER_EQUALITY) {
		has_row(q, name);
		sql_put(q, " AND a.norm = ?)");
		sql_string(q, norm);
	} else if (how == 2) {
		has_row(q, name);
		sql_put(q, ")");
	} else {
		/* Texts and what is in hex are no order together. */
		has_row(q, name);
		sql_put(q, choice == LDAP_FILTER_GE ? " AND (a.cut <> ? OR a.norm >= ?))" : " AND (a.cut <> ? OR a.norm <= ?))");
		sql_number(q, how);
		sql_string(q, norm);
	}
	slapi_ch_free_string(&key.bv_val);
	slapi_ch_free_string(&name);
}

/* Whether the filter is (objectClass=*), which every entry matches. */
int filter_is_all(Slapi_Filter *f)
{
	char *type = NULL;
	return f && slapi_filter_get_choice(f) == LDAP_FILTER_PRESENT && slapi_filter_get_attribute_type(f, &type) == 0 && type &&
	       strcasecmp(type, "objectClass") == 0;
}

static void condition(struct sql *q, Slapi_Filter *f, int sure)
{
	int choice = slapi_filter_get_choice(f);
	char *type = NULL, *name = NULL;

	if (filter_is_all(f)) {
		constant(q, 1);
		return;
	}
	switch (choice) {
	case LDAP_FILTER_AND:
	case LDAP_FILTER_OR: {
		Slapi_Filter *k = slapi_filter_list_first(f);
		if (!k) {
			constant(q, choice == LDAP_FILTER_AND);
			return;
		}
		sql_put(q, "(");
		for (int first = 1; k; k = slapi_filter_list_next(f, k), first = 0) {
			if (!first)
				sql_put(q, choice == LDAP_FILTER_AND ? " AND " : " OR ");
			condition(q, k, sure);
		}
		sql_put(q, ")");
		return;
	}
	case LDAP_FILTER_NOT:
		sql_put(q, "NOT (");
		condition(q, slapi_filter_list_first(f), !sure);
		sql_put(q, ")");
		return;
	case LDAP_FILTER_PRESENT:
		slapi_filter_get_attribute_type(f, &type);
		if (slapi_x_attr_key(type, NULL, &name, NULL) != 0 || strcmp(name, "entrydn") == 0 || (sure && strchr(type, ';'))) {
			unknown(q, sure);
		} else {
			has_row(q, name);
			sql_put(q, ")");
		}
		slapi_ch_free_string(&name);
		return;
	case LDAP_FILTER_SUBSTRINGS:
		substrings(q, f, sure);
		return;
	case LDAP_FILTER_EQUALITY:
	case LDAP_FILTER_GE:
	case LDAP_FILTER_LE:
		item(q, f, choice, sure);
		return;
	}
	unknown(q, sure);
}

static void part(struct sql *q, const char *key, int scope, int whole, Slapi_Filter *f)
{
	switch (scope) {
	case LDAP_SCOPE_BASE:
		sql_put(q, "SELECT e.id FROM {e} e WHERE e.ndn_key = ? AND ");
		sql_string(q, key);
		break;
	case LDAP_SCOPE_ONELEVEL:
		sql_put(q, "SELECT e.id FROM {e} e JOIN {e} b ON e.parent = b.id WHERE b.ndn_key = ? AND ");
		sql_string(q, key);
		break;
	default:
		if (whole && scope == LDAP_SCOPE_SUBTREE) {
			sql_put(q, "SELECT e.id FROM {e} e WHERE ");
			break;
		}
		sql_put(q, scope == LDAP_SCOPE_SUBTREE ?
				   "SELECT e.id FROM {e} e JOIN {e} b ON e.path >= b.path AND e.path < b.upto WHERE b.ndn_key = ? AND " :
				   "SELECT e.id FROM {e} e JOIN {e} b ON e.path > b.path AND e.path < b.upto WHERE b.ndn_key = ? AND ");
		sql_string(q, key);
	}
	condition(q, f, 0);
}

/* The branches of the sets at the top are selects of their own, so that each can
 * go by its index. */
static void parts(struct sql *q, const char *key, int scope, int whole, Slapi_Filter *f, int *first)
{
	if (slapi_filter_get_choice(f) == LDAP_FILTER_OR && slapi_filter_list_first(f)) {
		for (Slapi_Filter *k = slapi_filter_list_first(f); k; k = slapi_filter_list_next(f, k))
			parts(q, key, scope, whole, k, first);
		return;
	}
	if (!*first)
		sql_put(q, " UNION ");
	*first = 0;
	part(q, key, scope, whole, f);
}

void filter_ids(struct odbc *o, struct sql *q, const char *base_ndn, int scope, int whole, Slapi_Filter *f)
{
	char key[256];
	int first = 1;

	(void)o;
	name_key(base_ndn, key);
	parts(q, key, scope, whole, f, &first);
}
