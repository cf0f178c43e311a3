/*
 * Filters as text: RFC 4515 with what the peers take besides, the same language
 * as server/filter reads and writes (libslapi/plain_test.go holds them against
 * each other). A parsed item is one block: the node, and behind it its strings.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host.h"
#include "host_filter.h"
#include "mem.h"

#define MAX_DEPTH 500
#define MAX_NODES (1 << 16)

struct parser {
	const char *at, *end;
	int nodes;
};

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void blanks(struct parser *p)
{
	while (p->at < p->end && is_blank(*p->at))
		p->at++;
}

static Slapi_Filter *node(unsigned long choice, size_t payload)
{
	Slapi_Filter *f = cshim_malloc(sizeof *f + payload);

	memset(f, 0, sizeof *f);
	f->magic = CSHIM_FILTER;
	f->choice = choice;
	f->block = sizeof *f + payload;
	return f;
}

static int unhex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* s..end without its escapes and with a NUL, at *room, which moves behind it.
 * The length, -1 for a bad escape. */
static long unescape(const char *s, const char *end, char **room)
{
	char *d = *room, *start = d;

	while (s < end) {
		if (*s != '\\') {
			*d++ = *s++;
		} else if (end - s > 2 && unhex(s[1]) >= 0 && unhex(s[2]) >= 0) {
			*d++ = (char)(unhex(s[1]) << 4 | unhex(s[2]));
			s += 3;
		} else if (end - s > 1 && s[1] == '\\') { /* as RFC 1960 had it */
			*d++ = '\\';
			s += 2;
		} else {
			return -1;
		}
	}
	*d = '\0';
	*room = d + 1;
	return d - start;
}

static char *copy(const char *s, size_t n, char **room)
{
	char *p = *room;

	memcpy(p, s, n);
	p[n] = '\0';
	*room += n + 1;
	return p;
}

static const unsigned char described[256] = {
	['0' ... '9'] = 1, ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1, ['-'] = 1, ['.'] = 1, [';'] = 1, ['_'] = 1,
};

/* May s..end stand for a type with options, or for a rule? */
static int is_description(const char *s, const char *end)
{
	if (s == end)
		return 0;
	for (; s < end; s++)
		if (!described[(unsigned char)*s])
			return 0;
	return 1;
}

/* The left side of an extensible item: [attr][":dn"][":" rule]. */
static int extensible(Slapi_Filter *f, const char *s, const char *end, char **room)
{
	const char *colon = memchr(s, ':', (size_t)(end - s)), *attr_end = colon ? colon : end;

	if (attr_end > s) {
		if (!is_description(s, attr_end))
			return -1;
		f->type = copy(s, (size_t)(attr_end - s), room);
	}
	if (colon) {
		s = colon + 1;
		colon = memchr(s, ':', (size_t)(end - s));
		if ((colon ? colon : end) - s == 2 && strncasecmp(s, "dn", 2) == 0) {
			f->dnattrs = 1;
			s = colon ? colon + 1 : NULL;
		}
		if (s) {
			if (!is_description(s, end)) /* no second colon either */
				return -1;
			f->rule = copy(s, (size_t)(end - s), room);
		}
	}
	return f->type || f->rule ? 0 : -1;
}

/* A substring assertion. Pieces between two asterisks are not empty. */
static int pieces(Slapi_Filter *f, const char *s, const char *end, int any, char **room)
{
	int n = 0;

	f->choice = LDAP_FILTER_SUBSTRINGS;
	for (int first = 1;; first = 0) {
		const char *star = memchr(s, '*', (size_t)(end - s)), *stop = star ? star : end;
		char *piece = *room;

		if (stop > s) {
			if (unescape(s, stop, room) < 0)
				return -1;
			if (first)
				f->initial = piece;
			else if (star == NULL)
				f->final = piece;
			else
				f->any[n++] = piece;
		} else if (!first && star) {
			return -1;
		}
		if (star == NULL)
			break;
		s = star + 1;
	}
	if (any)
		f->any[n] = NULL;
	if (n == 0)
		f->any = NULL;
	return 0;
}

static Slapi_Filter *item(struct parser *p)
{
	const char *start = p->at, *stop = start, *eq = NULL, *left, *right;
	unsigned long kind = LDAP_FILTER_EQUALITY;
	size_t stars = 0;
	Slapi_Filter *f;
	char *room;
	int ok;

	for (; stop < p->end && *stop != '(' && *stop != ')'; stop++) {
		if (*stop == '=' && eq == NULL)
			eq = stop;
		else if (*stop == '*' && eq)
			stars++;
	}
	if (eq == NULL)
		return NULL;
	left = eq;
	right = eq + 1;
	if (left > start) {
		switch (left[-1]) {
		case '>': kind = LDAP_FILTER_GE; break;
		case '<': kind = LDAP_FILTER_LE; break;
		case '~': kind = LDAP_FILTER_APPROX; break;
		case ':': kind = LDAP_FILTER_EXTENDED; break;
		}
		left -= kind != LDAP_FILTER_EQUALITY;
	}
	while (left > start && left[-1] == ' ')
		left--;
	if (kind != LDAP_FILTER_EXTENDED && !is_description(start, left))
		return NULL;
	/* Three strings of the left side at most, a piece for each asterisk, and the pointers to them. */
	f = node(kind, (stars ? (stars + 1) * sizeof(char *) : 0) + (size_t)(stop - start) + stars + 4);
	room = (char *)(f + 1);
	if (kind == LDAP_FILTER_EQUALITY && stars) {
		f->any = (char **)(void *)room;
		room += (stars + 1) * sizeof(char *);
	}
	if (kind == LDAP_FILTER_EXTENDED)
		ok = extensible(f, start, left, &room) == 0;
	else
		ok = (f->type = copy(start, (size_t)(left - start), &room)) != NULL;
	if (ok && kind == LDAP_FILTER_EQUALITY && stars == 1 && stop - right == 1) {
		f->choice = LDAP_FILTER_PRESENT;
		f->any = NULL;
	} else if (ok && kind == LDAP_FILTER_EQUALITY && stars) {
		ok = pieces(f, right, stop, 1, &room) == 0;
	} else if (ok) {
		long n;
		f->value.bv_val = room;
		n = unescape(right, stop, &room);
		f->value.bv_len = n < 0 ? 0 : (ber_len_t)n;
		ok = n >= 0;
	}
	if (!ok) {
		free(f);
		return NULL;
	}
	p->at = stop;
	return f;
}

static Slapi_Filter *filter(struct parser *p, int depth);

/* What stands between the parentheses. */
static Slapi_Filter *inside(struct parser *p, int depth)
{
	Slapi_Filter *f, **tail;
	unsigned long kind;
	int kids = 0;

	if (depth > MAX_DEPTH || ++p->nodes > MAX_NODES)
		return NULL;
	switch (p->at < p->end ? *p->at : 0) {
	case '&': kind = LDAP_FILTER_AND; break;
	case '|': kind = LDAP_FILTER_OR; break;
	case '!': kind = LDAP_FILTER_NOT; break;
	default: return item(p);
	}
	p->at++;
	f = node(kind, 0);
	tail = &f->list;
	for (blanks(p); p->at < p->end && *p->at == '('; blanks(p)) {
		*tail = filter(p, depth + 1);
		if (*tail == NULL) {
			cshim_filter_drop(f);
			return NULL;
		}
		tail = &(*tail)->next;
		kids++;
	}
	if (kind == LDAP_FILTER_NOT && kids != 1) {
		cshim_filter_drop(f);
		return NULL;
	}
	return f;
}

static Slapi_Filter *filter(struct parser *p, int depth)
{
	Slapi_Filter *f;

	if (p->at == p->end || *p->at != '(')
		return NULL;
	p->at++;
	blanks(p);
	f = inside(p, depth);
	if (f && (p->at == p->end || *p->at != ')')) {
		cshim_filter_drop(f);
		return NULL;
	}
	p->at++;
	return f;
}

Slapi_Filter *cshim_filter_parse(const char *text)
{
	struct parser p = { text, text + strlen(text), 0 };
	Slapi_Filter *f;

	blanks(&p);
	while (p.end > p.at && is_blank(p.end[-1]))
		p.end--;
	f = p.at < p.end && *p.at != '(' ? inside(&p, 0) : filter(&p, 0);
	if (f && p.at != p.end) {
		cshim_filter_drop(f);
		return NULL;
	}
	return f;
}

/* ---- printing */

static void escape(struct cshim_text *t, const char *s, size_t len)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t plain = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c >= ' ' && c <= '~' && c != '(' && c != ')' && c != '*' && c != '\\') {
			plain++;
			continue;
		}
		cshim_text_add(t, s + i - plain, plain);
		plain = 0;
		cshim_text_add(t, (char[]){ '\\', hex[c >> 4], hex[c & 15] }, 3);
	}
	if (plain)
		cshim_text_add(t, s + len - plain, plain);
}

static void escape_string(struct cshim_text *t, const char *s)
{
	if (s)
		escape(t, s, strlen(s));
}

static int print(struct cshim_text *t, const Slapi_Filter *f)
{
	const char *between = "=";

	cshim_text_add(t, "(", 1);
	switch (f->choice) {
	case LDAP_FILTER_AND:
	case LDAP_FILTER_OR:
	case LDAP_FILTER_NOT:
		if (f->choice == LDAP_FILTER_NOT && (f->list == NULL || f->list->next))
			return -1;
		cshim_text_add(t, f->choice == LDAP_FILTER_AND ? "&" : f->choice == LDAP_FILTER_OR ? "|" : "!", 1);
		for (const Slapi_Filter *k = f->list; k; k = k->next)
			if (print(t, k) != 0)
				return -1;
		break;
	case LDAP_FILTER_PRESENT:
		escape_string(t, f->type);
		cshim_text_add(t, "=*", 2);
		break;
	case LDAP_FILTER_SUBSTRINGS:
		escape_string(t, f->type);
		cshim_text_add(t, "=", 1);
		escape_string(t, f->initial);
		cshim_text_add(t, "*", 1);
		for (char **a = f->any; a && *a; a++) {
			escape_string(t, *a);
			cshim_text_add(t, "*", 1);
		}
		escape_string(t, f->final);
		break;
	case LDAP_FILTER_GE: between = ">="; goto item;
	case LDAP_FILTER_LE: between = "<="; goto item;
	case LDAP_FILTER_APPROX: between = "~="; goto item;
	case LDAP_FILTER_EXTENDED: between = ":="; goto item;
	case LDAP_FILTER_EQUALITY:
	item:
		escape_string(t, f->type);
		if (f->choice == LDAP_FILTER_EXTENDED) {
			if (f->dnattrs)
				cshim_text_add(t, ":dn", 3);
			if (f->rule && *f->rule) {
				cshim_text_add(t, ":", 1);
				escape_string(t, f->rule);
			}
		}
		cshim_text_add(t, between, strlen(between));
		if (f->value.bv_val)
			escape(t, f->value.bv_val, f->value.bv_len);
		break;
	default:
		return -1;
	}
	cshim_text_add(t, ")", 1);
	return 0;
}

char *cshim_filter_print(const Slapi_Filter *f)
{
	struct cshim_text t = { 0 };
	int bad = print(&t, f);
	char *text = cshim_text_take(&t);

	if (bad) {
		free(text);
		return NULL;
	}
	return text;
}
