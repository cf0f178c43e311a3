/* Text helpers that plug-ins import from the server: growing strings, escapes
 * for the log, times and durations, LDIF lines. */
#define _GNU_SOURCE
#include <stdio.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mem.h"

/* ---- lenstr: retrocl reads ls_buf and ls_len */

typedef struct lenstr {
	char *ls_buf;
	size_t ls_len;
	size_t ls_maxlen;
} lenstr;

lenstr *lenstr_new(void);
void addlenstr(lenstr *l, const char *str);
void lenstr_free(lenstr **l);

lenstr *lenstr_new(void)
{
	return cshim_calloc(1, sizeof(lenstr));
}

void addlenstr(lenstr *l, const char *str)
{
	size_t n;

	if (l == NULL || str == NULL)
		return;
	n = strlen(str);
	if (l->ls_len + n + 1 > l->ls_maxlen) {
		l->ls_maxlen = (l->ls_len + n + 1) * 2;
		l->ls_buf = cshim_realloc(l->ls_buf, l->ls_maxlen);
	}
	memcpy(l->ls_buf + l->ls_len, str, n + 1);
	l->ls_len += n;
}

void lenstr_free(lenstr **l)
{
	if (l && *l) {
		free((*l)->ls_buf);
		free(*l);
		*l = NULL;
	}
}

/* ---- escapes */

const char *escape_string(const char *str, char buf[BUFSIZ]);
const char *escape_string_with_punctuation(const char *str, char buf[BUFSIZ]);
char *filter_strcpy_special_ext(char *d, char *s, int flags);

/* What ns-slapd escapes; of all punctuation that is the asterisk. */
static int special(unsigned char c, int star)
{
	return c < ' ' || c > '~' || c == '"' || (star && c == '*');
}

static const char *escape(const char *str, char *buf, int star)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *s;
	char *d = buf;

	if (str == NULL)
		return str;
	for (s = (const unsigned char *)str; *s; s++)
		if (special(*s, star))
			break;
	if (*s == '\0')
		return str;
	for (s = (const unsigned char *)str; *s && d < buf + BUFSIZ - 5; s++) {
		if (special(*s, star)) {
			*d++ = '\\';
			*d++ = hex[*s >> 4];
			*d++ = hex[*s & 15];
		} else {
			*d++ = (char)*s;
		}
	}
	*d = '\0';
	return buf;
}

const char *escape_string(const char *str, char buf[BUFSIZ])
{
	return escape(str, buf, 0);
}

const char *escape_string_with_punctuation(const char *str, char buf[BUFSIZ])
{
	return escape(str, buf, 1);
}

/* Copies s and puts a backslash before characters that mean something in a
 * regular expression; flag 1: also before those of extended expressions. */
char *filter_strcpy_special_ext(char *d, char *s, int flags)
{
	if (d == NULL || s == NULL)
		return d;
	for (; *s; s++) {
		if (strchr(".\\[]*+^$", *s) || ((flags & 1) && strchr("(){}|?", *s)))
			*d++ = '\\';
		*d++ = *s;
	}
	*d = '\0';
	return d;
}

/* ---- numbers, times, durations */

unsigned long strntoul(char *from, size_t len, int base);
char *format_genTime(time_t from);
time_t parse_localTime(char *from);
int slapi_is_duration_valid(const char *value);
time_t slapi_parse_duration(const char *value);

unsigned long strntoul(char *from, size_t len, int base)
{
	char buf[72];

	if (from == NULL)
		return 0;
	if (len >= sizeof buf)
		len = sizeof buf - 1;
	memcpy(buf, from, len);
	buf[len] = '\0';
	return strtoul(buf, NULL, base);
}

char *format_genTime(time_t from)
{
	char buf[24];
	struct tm tm;

	if (gmtime_r(&from, &tm) == NULL || strftime(buf, sizeof buf, "%Y%m%d%H%M%SZ", &tm) == 0)
		return NULL;
	return cshim_strdup(buf);
}

/* GeneralizedTime; without a Z it is local time. 0 for text that is none. */
time_t parse_localTime(char *from)
{
	struct tm tm;
	char *rest;

	if (from == NULL)
		return 0;
	memset(&tm, 0, sizeof tm);
	rest = strptime(from, "%Y%m%d%H%M%S", &tm);
	if (rest == NULL) {
		memset(&tm, 0, sizeof tm);
		rest = strptime(from, "%Y%m%d%H%M", &tm);
		if (rest == NULL)
			return 0;
	}
	tm.tm_isdst = -1;
	return *rest == 'Z' ? timegm(&tm) : mktime(&tm);
}

int slapi_is_duration_valid(const char *value)
{
	const char *p = value;

	if (p == NULL || *p < '0' || *p > '9')
		return 0;
	for (; *p; p++)
		if (!isdigit((unsigned char)*p) && strchr("DdHhMmSsWw", *p) == NULL)
			return 0;
	return 1;
}

/* Seconds of "3600", "1h", "2d12h"; -1 for what is no duration. */
time_t slapi_parse_duration(const char *value)
{
	Slapi_Value *v;
	time_t t;

	if (value == NULL || *value == '\0')
		return -1;
	v = slapi_value_new_string(value);
	t = (time_t)slapi_value_get_timelonglong(v);
	slapi_value_free(&v);
	return t;
}

/* ---- LDIF lines */

static int unbase64(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/*
 * One unfolded line "type: value" or "type:: base64". type and value point into
 * the line, which is cut at the colon; base64 is decoded in place. -1 for a
 * line that is neither, and for "type:< URL". *freeval is always 0.
 */
int slapi_ldif_parse_line(char *line, struct berval *type, struct berval *value, int *freeval)
{
	char *colon, *p, *d;

	if (line == NULL || type == NULL || value == NULL)
		return -1;
	if (freeval)
		*freeval = 0;
	while (*line == ' ' || *line == '\t')
		line++;
	colon = strchr(line, ':');
	if (colon == NULL || colon == line)
		return -1;
	p = colon + 1;
	if (*p == '<')
		return -1;
	type->bv_val = line;
	for (d = colon; d > line && (d[-1] == ' ' || d[-1] == '\t'); d--)
		;
	type->bv_len = (size_t)(d - line);
	*d = '\0';
	if (*p != ':') {
		while (*p == ' ')
			p++;
		value->bv_val = p;
		value->bv_len = strcspn(p, "\r\n");
		p[value->bv_len] = '\0';
		return 0;
	}
	for (p++; *p == ' '; p++)
		;
	value->bv_val = d = p;
	unsigned acc = 0;
	int bits = 0;
	for (; *p && *p != '\r' && *p != '\n' && *p != '='; p++) {
		int six = unbase64(*p);
		if (six < 0)
			return -1;
		acc = acc << 6 | (unsigned)six;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			*d++ = (char)(acc >> bits);
		}
	}
	value->bv_len = (size_t)(d - value->bv_val);
	*d = '\0';
	return 0;
}

/* Appends a line for the value at *out and moves *out behind it; the caller has
 * seen to the room (slapi_ldif's rule: base64 and folding at most double it). */
void slapi_ldif_put_type_and_value_with_options(char **out, const char *t, const char *val, int vlen, unsigned long options)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *v = (const unsigned char *)val;
	char *d, *start;
	int plain = 1, column;

	if (out == NULL || *out == NULL || t == NULL || (val == NULL && vlen > 0) || vlen < 0)
		return;
	d = *out;
	column = (int)strlen(t) + 2;
	memcpy(d, t, strlen(t));
	d += strlen(t);
	*d++ = ':';
	if (options & LDIF_OPT_VALUE_IS_URL) {
		*d++ = '<';
	} else if (vlen > 0) {
		plain = v[0] != ' ' && v[0] != ':' && v[0] != '<' && v[vlen - 1] != ' ';
		for (int i = 0; plain && i < vlen; i++)
			if (v[i] == 0 || v[i] == '\n' || v[i] == '\r' ||
			    (!(options & LDIF_OPT_MINIMAL_ENCODING) && (v[i] < ' ' || v[i] > '~')))
				plain = 0;
	}
	if (!plain)
		*d++ = ':';
	*d++ = ' ';
	start = d;
	column = (int)(start - *out);
#define PUT(c) \
	do { \
		if (!(options & LDIF_OPT_NOWRAP) && column == 76) { \
			*d++ = '\n'; \
			*d++ = ' '; \
			column = 1; \
		} \
		*d++ = (c); \
		column++; \
	} while (0)
	if (plain) {
		for (int i = 0; i < vlen; i++)
			PUT((char)v[i]);
	} else {
		for (int i = 0; i < vlen; i += 3) {
			unsigned w = (unsigned)v[i] << 16 | (i + 1 < vlen ? (unsigned)v[i + 1] << 8 : 0) |
			             (i + 2 < vlen ? (unsigned)v[i + 2] : 0);
			PUT(digits[w >> 18]);
			PUT(digits[w >> 12 & 63]);
			PUT(i + 1 < vlen ? digits[w >> 6 & 63] : '=');
			PUT(i + 2 < vlen ? digits[w & 63] : '=');
		}
	}
#undef PUT
	*d++ = '\n';
	*out = d;
}
