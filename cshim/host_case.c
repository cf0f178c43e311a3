/* Upper and lower case of UTF-8 text. ASCII is handled here, other characters
 * by Go's tables, so that the process's locale does not matter. */
#include "slapi-plugin.h"

#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "host_goside.h"

static unsigned long fold(unsigned long c, int upper)
{
	if (c < 0x80) {
		if (upper)
			return c >= 'a' && c <= 'z' ? c - 32 : c;
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	}
	return slapiGoRuneCase((uint32_t)c, upper);
}

/* Appends the UTF-8 form of a character; the result is its length. */
static int encode(unsigned long c, unsigned char *d)
{
	if (c < 0x80) {
		d[0] = (unsigned char)c;
		return 1;
	}
	if (c < 0x800) {
		d[0] = (unsigned char)(0xc0 | c >> 6);
		d[1] = (unsigned char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		d[0] = (unsigned char)(0xe0 | c >> 12);
		d[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
		d[2] = (unsigned char)(0x80 | (c & 0x3f));
		return 3;
	}
	d[0] = (unsigned char)(0xf0 | c >> 18);
	d[1] = (unsigned char)(0x80 | (c >> 12 & 0x3f));
	d[2] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
	d[3] = (unsigned char)(0x80 | (c & 0x3f));
	return 4;
}

/* A byte that is no character stays as it is. */
static int is_character(const char *s)
{
	return (unsigned char)*s < 0x80 || ldap_utf8len(s) > 1;
}

static int change(const unsigned char *s, unsigned char *d, int *ssz, int upper)
{
	const char *p = (const char *)s;

	if (!is_character(p)) {
		*ssz = 1;
		d[0] = *s;
		return 1;
	}
	unsigned long c = ldap_utf8getcc(&p);
	*ssz = (int)(p - (const char *)s);
	return encode(fold(c, upper), d);
}

static unsigned char *change_all(const unsigned char *s, int upper)
{
	struct cshim_text t = { 0 };

	if (!s)
		return NULL;
	while (*s) {
		unsigned char d[8];
		int ssz;
		int n = change(s, d, &ssz, upper);
		cshim_text_add(&t, (char *)d, (size_t)n);
		s += ssz;
	}
	return (unsigned char *)cshim_text_take(&t);
}

unsigned char *slapi_utf8StrToLower(unsigned char *s)
{
	return change_all(s, 0);
}

unsigned char *slapi_utf8StrToUpper(unsigned char *s)
{
	return change_all(s, 1);
}

unsigned char *slapi_UTF8STRTOLOWER(char *s)
{
	return change_all((unsigned char *)s, 0);
}

unsigned char *slapi_UTF8STRTOUPPER(char *s)
{
	return change_all((unsigned char *)s, 1);
}

void slapi_utf8ToLower(unsigned char *s, unsigned char *d, int *ssz, int *dsz)
{
	if (s && d && ssz && dsz)
		*dsz = change(s, d, ssz, 0);
}

void slapi_utf8ToUpper(unsigned char *s, unsigned char *d, int *ssz, int *dsz)
{
	if (s && d && ssz && dsz)
		*dsz = change(s, d, ssz, 1);
}

void slapi_UTF8TOLOWER(char *s, char *d, int *ssz, int *dsz)
{
	slapi_utf8ToLower((unsigned char *)s, (unsigned char *)d, ssz, dsz);
}

void slapi_UTF8TOUPPER(char *s, char *d, int *ssz, int *dsz)
{
	slapi_utf8ToUpper((unsigned char *)s, (unsigned char *)d, ssz, dsz);
}

static int is_case(unsigned char *s, int upper)
{
	const char *p = (const char *)s;

	if (!s || !is_character(p))
		return 0;
	unsigned long c = ldap_utf8getcc(&p);
	return fold(c, upper) == c && fold(c, !upper) != c;
}

int slapi_utf8isUpper(unsigned char *s)
{
	return is_case(s, 1);
}

int slapi_utf8isLower(unsigned char *s)
{
	return is_case(s, 0);
}

int slapi_UTF8ISUPPER(char *s)
{
	return is_case((unsigned char *)s, 1);
}

int slapi_UTF8ISLOWER(char *s)
{
	return is_case((unsigned char *)s, 0);
}

/* Compares n characters at most (all when n is negative), whatever the case.
 * A missing string is less than any other. */
static int compare(const char *a, const char *b, int n)
{
	if (a == b)
		return 0;
	if (!a)
		return -1;
	if (!b)
		return 1;
	for (; n != 0; n--) {
		unsigned long x = (unsigned char)*a, y = (unsigned char)*b;
		if (!*a || !*b)
			return (x > y) - (x < y);
		if (x < 0x80 || !is_character(a))
			a++;
		else
			x = ldap_utf8getcc(&a);
		if (y < 0x80 || !is_character(b))
			b++;
		else
			y = ldap_utf8getcc(&b);
		if (x != y) {
			x = fold(x, 0);
			y = fold(y, 0);
			if (x != y)
				return x < y ? -1 : 1;
		}
	}
	return 0;
}

int slapi_utf8casecmp(unsigned char *s0, unsigned char *s1)
{
	return compare((char *)s0, (char *)s1, -1);
}

int slapi_utf8ncasecmp(unsigned char *s0, unsigned char *s1, int n)
{
	return compare((char *)s0, (char *)s1, n < 0 ? 0 : n);
}

int slapi_UTF8CASECMP(char *s0, char *s1)
{
	return compare(s0, s1, -1);
}

int slapi_UTF8NCASECMP(char *s0, char *s1, int n)
{
	return compare(s0, s1, n < 0 ? 0 : n);
}
