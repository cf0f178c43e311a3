/* Names as strings: slapi_dn_* and what works on text without the schema. */
#define _GNU_SOURCE
#include "dn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dialect.h"
#include "goside.h"
#include "mem.h"

const char *cshim_dn_rest(const char *dn, size_t *rdn_len)
{
	int quoted = 0;
	size_t end = 0; /* behind the last byte that is no trailing blank */
	const char *p;

	for (p = dn; *p; p++) {
		if (*p == '\\' && p[1]) {
			p++;
			end = (size_t)(p - dn) + 1;
			continue;
		}
		if (*p == '"')
			quoted = !quoted;
		else if (!quoted && (*p == ',' || *p == ';'))
			break;
		if (*p != ' ' && *p != '\t' && *p != '\n' && *p != '\r')
			end = (size_t)(p - dn) + 1;
	}
	if (rdn_len)
		*rdn_len = end;
	if (*p == '\0')
		return NULL;
	for (p++; *p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'; p++)
		;
	return p;
}

const char *cshim_ndn_parent(const char *ndn)
{
	for (const char *p = ndn; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == ',')
			return p + 1;
	}
	return "";
}

int cshim_ndn_issuffix(const char *ndn, const char *suffix)
{
	size_t n = strlen(ndn), m = strlen(suffix);

	if (m == 0)
		return 1;
	if (n < m || memcmp(ndn + n - m, suffix, m) != 0)
		return 0;
	if (n == m)
		return 1;
	return n > m + 1 && ndn[n - m - 1] == ',' && ndn[n - m - 2] != '\\';
}

static char *norm_of(const char *dn)
{
	char *norm = NULL;

	return dn && cshim_dn_forms(dn, strlen(dn), CSHIM_389, NULL, &norm) == 0 ? norm : NULL;
}

/* OpenLDAP writes the hex digits of escapes in upper case. */
static void upper_escapes(char *s)
{
	for (; *s; s++)
		if (*s == '\\' && s[1] && s[2]) {
			for (int i = 1; i <= 2; i++)
				if (s[i] >= 'a' && s[i] <= 'f')
					s[i] -= 'a' - 'A';
			s += 2;
		}
}

static void lower_ascii(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s += 'a' - 'A';
}

/*
 * One form of dn. OpenLDAP: a new string, NULL for what is no DN. 389: dn is
 * rewritten in place, as far as the result fits, and returned.
 */
static char *rewrite(char *dn, int fold, int dialect)
{
	char *pretty = NULL, *norm = NULL, *out;
	int bad;

	if (dn == NULL)
		return NULL;
	bad = cshim_dn_forms(dn, strlen(dn), dialect, fold ? NULL : &pretty, fold ? &norm : NULL);
	out = fold ? norm : pretty;
	if (dialect != CSHIM_389) {
		if (bad)
			return NULL;
		if (fold)
			upper_escapes(out);
		return out;
	}
	if (bad || strlen(out) > strlen(dn)) {
		if (fold)
			lower_ascii(dn);
	} else {
		memcpy(dn, out, strlen(out) + 1);
	}
	free(out);
	return dn;
}

char *slapi_dn_normalize(char *dn)
{
	return rewrite(dn, 0, cshim_dialect(CSHIM_CALLER()));
}

char *slapi_dn_normalize_case(char *dn)
{
	return rewrite(dn, 1, cshim_dialect(CSHIM_CALLER()));
}

/* 389 only lowers the case; OpenLDAP makes the normal form. */
char *slapi_dn_ignore_case(char *dn)
{
	int dialect = cshim_dialect(CSHIM_CALLER());

	if (dn && dialect == CSHIM_389) {
		char *lower = (char *)slapi_utf8StrToLower((unsigned char *)dn);
		if (lower && strlen(lower) <= strlen(dn))
			memcpy(dn, lower, strlen(lower) + 1);
		else
			lower_ascii(dn);
		free(lower);
		return dn;
	}
	return rewrite(dn, 1, dialect);
}

static int normalize_ext(char *src, size_t src_len, char **dest, size_t *dest_len, int fold)
{
	char *out = NULL;

	if (src == NULL || dest == NULL || dest_len == NULL)
		return -1;
	if (src_len == 0)
		src_len = strlen(src);
	if (cshim_dn_forms(src, src_len, CSHIM_389, fold ? NULL : &out, fold ? &out : NULL) != 0)
		return -1;
	*dest = out;
	*dest_len = strlen(out);
	return 1;
}

int slapi_dn_normalize_ext(char *src, size_t src_len, char **dest, size_t *dest_len)
{
	return normalize_ext(src, src_len, dest, dest_len, 0);
}

int slapi_dn_normalize_case_ext(char *src, size_t src_len, char **dest, size_t *dest_len)
{
	return normalize_ext(src, src_len, dest, dest_len, 1);
}

/* Rewrites dn..end in place and gives the new end; no NUL is written. */
char *slapi_dn_normalize_to_end(char *dn, char *end)
{
	char *pretty = NULL;
	size_t n, m;

	if (dn == NULL)
		return NULL;
	n = end ? (size_t)(end - dn) : strlen(dn);
	if (cshim_dn_forms(dn, n, CSHIM_389, &pretty, NULL) == 0) {
		m = strlen(pretty);
		if (m <= n) {
			memcpy(dn, pretty, m);
			n = m;
		}
		free(pretty);
	}
	return dn + n;
}

int slapi_is_rootdse(const char *dn)
{
	return dn == NULL || *dn == '\0';
}

const char *slapi_dn_find_parent(const char *dn)
{
	return dn && *dn ? cshim_dn_rest(dn, NULL) : NULL;
}

const char *slapi_dn_find_parent_ext(const char *dn, int is_tombstone)
{
	const char *parent = slapi_dn_find_parent(dn);

	return is_tombstone && parent ? slapi_dn_find_parent(parent) : parent;
}

char *slapi_dn_parent_ext(const char *dn, int is_tombstone)
{
	return cshim_strdup(slapi_dn_find_parent_ext(dn, is_tombstone));
}

/* OpenLDAP tidies the name up first. */
char *slapi_dn_parent(const char *dn)
{
	int dialect = cshim_dialect(CSHIM_CALLER());
	char *pretty = NULL, *parent;

	if (dialect == CSHIM_389 || dn == NULL || cshim_dn_forms(dn, strlen(dn), dialect, &pretty, NULL) != 0)
		return cshim_strdup(slapi_dn_find_parent(dn));
	parent = cshim_strdup(slapi_dn_find_parent(pretty));
	free(pretty);
	return parent;
}

int slapi_dn_isparent(const char *parentdn, const char *childdn)
{
	char *parent = norm_of(parentdn), *child = norm_of(childdn);
	int yes = parent && child && *child && strcmp(parent, cshim_ndn_parent(child)) == 0;

	free(parent);
	free(child);
	return yes;
}

int slapi_dn_issuffix(const char *dn, const char *suffix)
{
	char *d, *s;
	int yes;

	if (dn == NULL || suffix == NULL)
		return 0;
	if (*suffix == '\0')
		return 1;
	d = norm_of(dn);
	s = norm_of(suffix);
	yes = d && s && cshim_ndn_issuffix(d, s);
	free(d);
	free(s);
	return yes;
}

static int is_backend_suffix(Slapi_PBlock *pb, const char *dn)
{
	Slapi_Backend *be = NULL;
	Slapi_DN sdn;
	int yes = 0;

	if (pb == NULL || slapi_pblock_get(pb, SLAPI_BACKEND, &be) != 0 || be == NULL)
		return 0;
	slapi_sdn_init_dn_byref(&sdn, dn);
	for (Slapi_DN **s = be->be_suffixes; s && *s && !yes; s++)
		yes = slapi_sdn_compare(*s, &sdn) == 0;
	slapi_sdn_done(&sdn);
	return yes;
}

int slapi_dn_isbesuffix(Slapi_PBlock *pb, const char *dn)
{
	return dn && is_backend_suffix(pb, dn);
}

char *slapi_dn_beparent(Slapi_PBlock *pb, const char *dn)
{
	if (dn == NULL || *dn == '\0' || is_backend_suffix(pb, dn))
		return NULL;
	return cshim_strdup(slapi_dn_find_parent(dn));
}

char *slapi_dn_plus_rdn(const char *dn, const char *rdn)
{
	if (dn == NULL || rdn == NULL)
		return NULL;
	return cshim_dn_join(rdn, strlen(rdn), dn);
}

char *slapi_moddn_get_newdn(Slapi_DN *dn_olddn, const char *newrdn, const char *newsuperiordn)
{
	const char *old = cshim_sdn_given(dn_olddn);

	if (newrdn == NULL)
		return NULL;
	if (newsuperiordn == NULL && old)
		newsuperiordn = cshim_dn_rest(old, NULL);
	return cshim_dn_join(newrdn, strlen(newrdn), newsuperiordn);
}

int slapi_dn_syntax_check(Slapi_PBlock *pb, const char *dn, int override)
{
	int rc;

	if (dn == NULL)
		return 1;
	rc = slapiGoDNSyntaxCheck((char *)dn, override);
	if (rc && pb) {
		char text[128];
		snprintf(text, sizeof text, "invalid DN \"%.80s\"", dn);
		slapi_pblock_set(pb, SLAPI_PB_RESULT_TEXT, text);
	}
	return rc;
}

/* ---- making a name from pieces */

void cshim_dn_escape(char **out, size_t *len, const char *value, size_t n)
{
	static const char hex[] = "0123456789ABCDEF";
	char *p;

	*out = cshim_realloc(*out, *len + 3 * n + 1);
	p = *out + *len;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)value[i];
		int special = c == ',' || c == '+' || c == '"' || c == '\\' || c == '<' || c == '>' || c == ';' || c == '=' ||
		              c == '\0' || (c == '#' && i == 0) || (c == ' ' && (i == 0 || i == n - 1));
		if (special && c == '=')
			special = 0; /* needs no escape behind the first one */
		if (special) {
			*p++ = '\\';
			*p++ = hex[c >> 4];
			*p++ = hex[c & 15];
		} else {
			*p++ = (char)c;
		}
	}
	*p = '\0';
	*len = (size_t)(p - *out);
}

/* The text of a format as a name, or as one escaped RDN ("type=text"). */
static char *create(const char *fmt, va_list ap, int fold, int rdn_value)
{
	char *text = NULL, *out = NULL, *form = NULL;

	if (fmt == NULL || vasprintf(&text, fmt, ap) < 0)
		return NULL;
	if (rdn_value) {
		size_t len = 0;
		const char *eq = strchr(text, '=');
		const char *value = eq ? eq + 1 : text;
		if (eq) {
			len = (size_t)(value - text);
			out = cshim_strndup(text, len);
		}
		cshim_dn_escape(&out, &len, value, strlen(value));
		free(text);
		return out;
	}
	if (cshim_dn_forms(text, strlen(text), CSHIM_389, fold ? NULL : &form, fold ? &form : NULL) != 0)
		form = NULL;
	free(text);
	return form;
}

char *slapi_create_dn_string(const char *fmt, ...)
{
	va_list ap;
	char *dn;

	va_start(ap, fmt);
	dn = create(fmt, ap, 0, 0);
	va_end(ap);
	return dn;
}

char *slapi_create_dn_string_case(const char *fmt, ...)
{
	va_list ap;
	char *dn;

	va_start(ap, fmt);
	dn = create(fmt, ap, 1, 0);
	va_end(ap);
	return dn;
}

char *slapi_create_rdn_value(const char *fmt, ...)
{
	va_list ap;
	char *value;

	va_start(ap, fmt);
	value = create(fmt, ap, 0, 1);
	va_end(ap);
	return value;
}

/* ---- libldap's helpers, on our memory */

static char **explode(const char *dn, int notypes, int only_first)
{
	char **out = NULL;
	size_t n = 0;

	while (dn && *dn) {
		size_t len;
		const char *rest = cshim_dn_rest(dn, &len);
		char *piece = cshim_strndup(dn, len);
		if (notypes) {
			char *eq = strchr(piece, '=');
			if (eq) {
				for (eq++; *eq == ' '; eq++)
					;
				memmove(piece, eq, strlen(eq) + 1);
			}
		}
		out = cshim_realloc_array(out, n + 2, sizeof *out);
		out[n++] = piece;
		out[n] = NULL;
		dn = only_first ? NULL : rest;
	}
	return out;
}

char **slapi_ldap_explode_dn(const char *dn, int notypes)
{
	char *norm = NULL;

	if (dn == NULL || cshim_dn_forms(dn, strlen(dn), CSHIM_389, &norm, NULL) != 0)
		return NULL;
	char **out = explode(norm, notypes, 0);
	free(norm);
	return out;
}

char **slapi_ldap_explode_rdn(const char *rdn, int notypes)
{
	char **types, **out;
	struct berval *values;
	int n;

	if (rdn == NULL || cshim_rdn_pieces(rdn, &types, &values, &n) != 0)
		return NULL;
	out = cshim_calloc((size_t)n + 1, sizeof *out);
	for (int i = 0; i < n; i++) {
		size_t len = 0;
		if (!notypes) {
			len = strlen(types[i]) + 1;
			out[i] = cshim_malloc(len + 1);
			memcpy(out[i], types[i], len - 1);
			memcpy(out[i] + len - 1, "=", 2);
		}
		cshim_dn_escape(&out[i], &len, values[i].bv_val, values[i].bv_len);
	}
	cshim_rdn_pieces_free(types, values, n);
	return out;
}
