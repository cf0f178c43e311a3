/* Stepping through UTF-8 text. A byte that begins no character counts as one
 * character of its own, so that broken text is never run over. */
#include "slapi-plugin.h"
#include "host.h"

#include <string.h>

/* Bytes in the character at s, by its first byte and what really follows. */
static int width(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	int n;

	if (*s < 0x80)
		return 1;
	if (*s < 0xc0)
		return 1;
	n = *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : *s < 0xf8 ? 4 : *s < 0xfc ? 5 : *s < 0xfe ? 6 : 1;
	for (int i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return i;
	return n;
}

int ldap_utf8len(const char *s)
{
	return s ? width(s) : 0;
}

char *ldap_utf8next(char *s)
{
	return s ? s + width(s) : NULL;
}

char *ldap_utf8prev(char *s)
{
	char *limit = s ? s - 6 : NULL;

	while (s > limit) {
		s--;
		if (((unsigned char)*s & 0xc0) != 0x80)
			break;
	}
	return s;
}

char *ldap_utf8nextn(char *s, int n)
{
	while (s && n-- > 0 && *s)
		s = ldap_utf8next(s);
	return s;
}

char *ldap_utf8prevn(char *s, char *from, int n)
{
	while (s && n-- > 0 && s > from)
		s = ldap_utf8prev(s);
	return s < from ? from : s;
}

int ldap_utf8copy(char *dst, const char *src)
{
	int n = src && dst ? width(src) : 0;
	if (n > 0)
		memcpy(dst, src, (size_t)n);
	return n;
}

size_t ldap_utf8characters(const char *src)
{
	size_t n = 0;

	while (src && *src) {
		src += width(src);
		n++;
	}
	return n;
}

/* The code point of the character at *src, which is stepped over. */
unsigned long ldap_utf8getcc(const char **src)
{
	const unsigned char *s = src ? (const unsigned char *)*src : NULL;
	unsigned long c;
	int n;

	if (s == NULL)
		return 0;
	n = width(*src);
	*src += n;
	if (n == 1)
		return *s;
	c = *s & (0xffu >> (n + 1));
	for (int i = 1; i < n; i++)
		c = c << 6 | (s[i] & 0x3f);
	return c;
}

int ldap_utf8isdigit(char *s)
{
	return s && *s >= '0' && *s <= '9';
}

int ldap_utf8isxdigit(char *s)
{
	return ldap_utf8isdigit(s) || (s && ((*s >= 'a' && *s <= 'f') || (*s >= 'A' && *s <= 'F')));
}

int ldap_utf8isalpha(char *s)
{
	return s && ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z'));
}

int ldap_utf8isalnum(char *s)
{
	return ldap_utf8isalpha(s) || ldap_utf8isdigit(s);
}

int ldap_utf8isspace(char *s)
{
	const char *p = s;
	unsigned long c = ldap_utf8getcc(&p);

	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x80 || (c >= 0x2000 && c <= 0x200a) ||
	       c == 0x3000 || c == 0xfeff;
}

static int among(const char *c, int n, const char *set)
{
	for (; *set; set += width(set))
		if (width(set) == n && memcmp(c, set, (size_t)n) == 0)
			return 1;
	return 0;
}

char *ldap_utf8strtok_r(char *src, const char *brk, char **next)
{
	char *start;

	if (!brk || !next)
		return NULL;
	if (!src)
		src = *next;
	while (src && *src && among(src, width(src), brk))
		src += width(src);
	if (!src || !*src) {
		*next = NULL;
		return NULL;
	}
	start = src;
	while (*src && !among(src, width(src), brk))
		src += width(src);
	if (*src) {
		int n = width(src);
		*src = 0;
		*next = src + n;
	} else {
		*next = NULL;
	}
	return start;
}

int slapi_has8thBit(unsigned char *s)
{
	for (; s && *s; s++)
		if (*s & 0x80)
			return 1;
	return 0;
}
