/*
 * The pretty and the normal form of a name, worked out here where the rules are
 * simple: types that are spelled with letters, values of printable ASCII whose
 * equality rule ignores case or does not. That is nearly every name there is.
 * Any other, and all that is no name, is Go's (server/dn); what is answered
 * here is what Go would answer, byte for byte (libslapi/dn_forms_test.go).
 */
#include <string.h>

#include "dialect.h"
#include "dn.h"
#include "goside.h"
#include "mem.h"
#include "types.h"

#define MAX_TEXT 1024 /* longer names are Go's */
#define MAX_OUT 2048
#define MAX_AVAS 8

struct ava {
	const char *type; /* as shown */
	size_t type_len;
	const char *canon; /* as compared, any case */
	size_t canon_len;
	const char *value; /* without escapes */
	size_t len;
	const char *key; /* the value as compared */
	size_t key_len;
};

struct out {
	char *p;
	size_t n, room;
};

/* Classes of the bytes of a name. */
enum { KEY = 1, BLANK = 2, ESCAPE = 4, BAD = 8, END = 16 };
static const unsigned char class[256] = {
	[0 ... 8] = BAD, ['\t'] = BLANK, ['\n'] = BLANK, [11 ... 12] = BAD, ['\r'] = BLANK, [14 ... 31] = BAD,
	[' '] = BLANK, ['"'] = BAD | ESCAPE, ['+'] = END | ESCAPE, [','] = END | ESCAPE, ['-'] = KEY, ['0' ... '9'] = KEY,
	[';'] = END | ESCAPE, ['<'] = BAD | ESCAPE, ['='] = ESCAPE, ['>'] = BAD | ESCAPE, ['A' ... 'Z'] = KEY,
	['\\'] = ESCAPE, ['_'] = KEY, ['a' ... 'z'] = KEY, [127] = BAD | ESCAPE, [128 ... 255] = BAD,
};

static inline char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static int unhex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* An attribute value at *at with its escapes taken away, into buf; *at is then
 * at the separator or the end. Only printable ASCII, -1 for anything else. */
static long value(const char **at, const char *end, char *buf)
{
	const char *p = *at;
	size_t n = 0, keep = 0;

	while (p < end) {
		unsigned char c = (unsigned char)*p;
		if (!(class[c] & (END | BLANK | BAD)) && c != '\\') {
			buf[n++] = (char)c;
			keep = n;
			p++;
		} else if (class[c] & END) {
			break;
		} else if (c == ' ') {
			buf[n++] = ' ';
			p++;
		} else if (c == '\\' && end - p > 1) {
			int hi, lo;
			c = (unsigned char)p[1];
			if (c == ' ' || c == '#' || (class[c] & ESCAPE && c != 127)) {
				p += 2;
			} else {
				hi = unhex((char)c);
				lo = end - p > 2 ? unhex(p[2]) : -1;
				if (hi < 0 || lo < 0)
					return -1;
				c = (unsigned char)(hi << 4 | lo);
				if (c < ' ' || c >= 127)
					return -1;
				p += 3;
			}
			buf[n++] = (char)c;
			keep = n;
		} else {
			return -1;
		}
	}
	*at = p;
	return (long)keep;
}

/* The value as its rule compares it: outer blanks go, runs of them become one. */
static size_t key_of(char *key, const char *v, size_t len, int fold)
{
	size_t n = 0;
	int blank = 0;

	for (size_t i = 0; i < len; i++) {
		if (v[i] == ' ') {
			blank = 1;
			continue;
		}
		if (blank && n)
			key[n++] = ' ';
		blank = 0;
		key[n++] = fold ? lower(v[i]) : v[i];
	}
	if (n == 0)
		key[n++] = ' ';
	return n;
}

static inline void put(struct out *o, const char *s, size_t len, int fold)
{
	char *p = o->p + o->n;

	if (fold)
		for (size_t i = 0; i < len; i++)
			p[i] = lower(s[i]);
	else
		memcpy(p, s, len);
	o->n += len;
}

/* 0, or -1 when there may be too little room. */
static int put_ava(struct out *o, const char *type, size_t type_len, int fold, const char *v, size_t len, const char *hex)
{
	char *p;

	if (o->n + type_len + 3 * len + 2 > o->room)
		return -1;
	put(o, type, type_len, fold);
	p = o->p + o->n;
	*p++ = '=';
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)v[i];
		if (class[c] & ESCAPE || (c == ' ' && (i == 0 || i == len - 1)) || (c == '#' && i == 0)) {
			*p++ = '\\';
			*p++ = hex[c >> 4];
			*p++ = hex[c & 15];
		} else {
			*p++ = (char)c;
		}
	}
	o->n = (size_t)(p - o->p);
	return 0;
}

static int compare(const char *a, size_t alen, const char *b, size_t blen, int fold)
{
	size_t n = alen < blen ? alen : blen;

	for (size_t i = 0; i < n; i++) {
		unsigned char x = (unsigned char)(fold ? lower(a[i]) : a[i]), y = (unsigned char)(fold ? lower(b[i]) : b[i]);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return alen == blen ? 0 : alen < blen ? -1 : 1;
}

static int by_shown_type(const struct ava *a, const struct ava *b)
{
	return compare(a->type, a->type_len, b->type, b->type_len, 1);
}

static int by_key(const struct ava *a, const struct ava *b)
{
	int r = compare(a->canon, a->canon_len, b->canon, b->canon_len, 1);

	return r ? r : compare(a->key, a->key_len, b->key, b->key_len, 0);
}

static void sort(struct ava *a, size_t n, int (*order)(const struct ava *, const struct ava *))
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && order(&a[k - 1], &a[k]) > 0; k--) {
			struct ava t = a[k];
			a[k] = a[k - 1];
			a[k - 1] = t;
		}
}

/* One type and value at *at; buf has room for the text twice. */
static int parse_ava(const char **at, const char *end, int openldap, struct ava *a, char **buf, int want_key)
{
	const char *p = *at, *start = p;
	const struct cshim_type *t;
	long n;

	while (p < end && class[(unsigned char)*p] & KEY)
		p++;
	if (p == start || p == end || !((*start | 0x20) >= 'a' && (*start | 0x20) <= 'z'))
		return -1;
	a->type = a->canon = start;
	a->type_len = a->canon_len = (size_t)(p - start);
	while (p < end && class[(unsigned char)*p] & BLANK)
		p++;
	if (p == end || *p != '=')
		return -1;
	for (p++; p < end && class[(unsigned char)*p] & BLANK; p++)
		;
	if (p == end || *p == '#')
		return -1;
	t = cshim_type_of_n(start, a->type_len);
	if (t->name == NULL || t->naming == CSHIM_CMP_GO)
		return -1;
	if (t->known) {
		a->canon = t->name;
		a->canon_len = t->name_len;
		if (openldap) {
			a->type = a->canon;
			a->type_len = a->canon_len;
		}
	}
	n = value(&p, end, *buf);
	if (n <= 0)
		return -1;
	a->value = *buf;
	a->len = (size_t)n;
	*buf += n;
	if (want_key) {
		a->key = *buf;
		a->key_len = key_of(*buf, a->value, a->len, t->naming == CSHIM_CMP_IGNORE);
		*buf += a->key_len;
	}
	*at = p;
	return 0;
}

static int plain_forms(const char *text, size_t len, int openldap, struct out *pretty, struct out *norm)
{
	char buf[2 * MAX_TEXT + 2 * MAX_AVAS], *at_buf;
	const char *p = text, *end = text + len;
	struct ava avas[MAX_AVAS];

	while (p < end && class[(unsigned char)*p] & BLANK)
		p++;
	if (p == end)
		return -1;
	for (;;) {
		size_t n = 0;

		at_buf = buf;
		for (;;) {
			if (n == MAX_AVAS || parse_ava(&p, end, openldap, &avas[n], &at_buf, norm != NULL) != 0)
				return -1;
			n++;
			if (p == end || *p != '+')
				break;
			for (p++; p < end && class[(unsigned char)*p] & BLANK; p++)
				;
		}
		if (pretty) {
			if (openldap && n > 1)
				sort(avas, n, by_shown_type);
			for (size_t i = 0; i < n; i++) {
				if (put_ava(pretty, avas[i].type, avas[i].type_len, 0, avas[i].value, avas[i].len, "0123456789ABCDEF") != 0)
					return -1;
				pretty->p[pretty->n++] = i + 1 < n ? '+' : ',';
			}
		}
		if (norm) {
			if (n > 1)
				sort(avas, n, by_key);
			for (size_t i = 0; i < n; i++) {
				if (i > 0 && by_key(&avas[i - 1], &avas[i]) == 0)
					continue;
				if (put_ava(norm, avas[i].canon, avas[i].canon_len, 1, avas[i].key, avas[i].key_len, "0123456789abcdef") != 0)
					return -1;
				norm->p[norm->n++] = '+';
			}
			norm->p[norm->n - 1] = ',';
		}
		if (p == end)
			break;
		/* a separator: ',' or ';' */
		for (p++; p < end && class[(unsigned char)*p] & BLANK; p++)
			;
		if (p == end)
			return -1;
	}
	return 0;
}

int cshim_dn_plain_forms(const char *text, size_t len, int dialect, char **pretty, char **norm)
{
	char pretty_text[MAX_OUT], norm_text[MAX_OUT];
	struct out p = { pretty_text, 0, MAX_OUT }, q = { norm_text, 0, MAX_OUT };

	if (len > MAX_TEXT || plain_forms(text, len, dialect != CSHIM_389, pretty ? &p : NULL, norm ? &q : NULL) != 0)
		return -1;
	if (pretty) /* without the last separator */
		*pretty = cshim_strndup(p.p, p.n - 1);
	if (norm)
		*norm = cshim_strndup(q.p, q.n - 1);
	return 0;
}

int cshim_dn_forms(const char *text, size_t len, int dialect, char **pretty, char **norm)
{
	if (len == 0) {
		if (pretty)
			*pretty = cshim_strdup("");
		if (norm)
			*norm = cshim_strdup("");
		return 0;
	}
	if (cshim_dn_plain_forms(text, len, dialect, pretty, norm) == 0)
		return 0;
	return slapiGoDN((char *)text, len, dialect == CSHIM_389 ? CSHIM_DNFORM_389 : CSHIM_DNFORM_OPENLDAP, pretty, norm);
}
