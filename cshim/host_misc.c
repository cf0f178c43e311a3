/* Small services that need neither schema nor directory: clocks, random
 * numbers, bits, numbers as text, error texts of NSPR. */
#define _GNU_SOURCE
#include "slapi-plugin.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "host.h"
#include "loader.h"

/* Clocks. "rel" is monotonic: it does not follow changes of the date. */

time_t slapi_current_time(void)
{
	return time(NULL);
}

time_t slapi_current_utc_time(void)
{
	return time(NULL);
}

time_t slapi_current_rel_time_t(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

struct timespec slapi_current_rel_time_hr(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t;
}

struct timespec slapi_current_utc_time_hr(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return t;
}

int32_t slapi_clock_gettime(struct timespec *tp)
{
	if (!tp)
		return -1;
	return clock_gettime(CLOCK_REALTIME, tp);
}

void slapi_timestamp_utc_hr(char *buf, size_t bufsize)
{
	struct timespec t;
	struct tm tm;

	if (!buf || bufsize == 0)
		return;
	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	snprintf(buf, bufsize, "%04d%02d%02d%02d%02d%02d.%09ldZ", tm.tm_year + 1900, tm.tm_mon + 1,
		 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, t.tv_nsec);
}

void slapi_timespec_diff(struct timespec *a, struct timespec *b, struct timespec *diff)
{
	if (!a || !b || !diff)
		return;
	diff->tv_sec = a->tv_sec - b->tv_sec;
	diff->tv_nsec = a->tv_nsec - b->tv_nsec;
	if (diff->tv_nsec < 0) {
		diff->tv_sec--;
		diff->tv_nsec += 1000000000;
	}
}

/* A limit that is zero or negative never expires: the zero timespec. */
void slapi_timespec_expire_rel(time_t timeout, struct timespec *start, struct timespec *expire)
{
	if (!expire)
		return;
	memset(expire, 0, sizeof *expire);
	if (timeout <= 0 || !start)
		return;
	*expire = *start;
	expire->tv_sec += timeout;
}

void slapi_timespec_expire_at(time_t timeout, struct timespec *expire)
{
	struct timespec now = slapi_current_rel_time_hr();
	slapi_timespec_expire_rel(timeout, &now, expire);
}

slapi_timer_result slapi_timespec_expire_check(struct timespec *expire)
{
	struct timespec now;

	if (!expire || (expire->tv_sec == 0 && expire->tv_nsec == 0))
		return TIMER_CONTINUE;
	now = slapi_current_rel_time_hr();
	if (now.tv_sec > expire->tv_sec || (now.tv_sec == expire->tv_sec && now.tv_nsec > expire->tv_nsec))
		return TIMER_EXPIRED;
	return TIMER_CONTINUE;
}

/* IBM's and OpenLDAP's timers count microseconds. */
unsigned long slapi_timer_current_time(void)
{
	struct timespec t = slapi_current_rel_time_hr();
	return (unsigned long)t.tv_sec * 1000000 + (unsigned long)t.tv_nsec / 1000;
}

unsigned long slapi_timer_get_time(char *label)
{
	unsigned long now = slapi_timer_current_time();
	slapi_log_error(SLAPI_LOG_TRACE, label ? label : "timer", "%lu us\n", now);
	return now;
}

void slapi_timer_elapsed_time(char *label, unsigned long start)
{
	slapi_log_error(SLAPI_LOG_TRACE, label ? label : "timer", "%lu us elapsed\n",
			slapi_timer_current_time() - start);
}

/* An interval of NSPR is a millisecond on this platform (PR_TicksPerSecond is 1000). */
void DS_Sleep(unsigned int ticks)
{
	struct timespec t = { ticks / 1000, (long)(ticks % 1000) * 1000000 };
	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		;
}

/* Random numbers, fit for keys and salts. */

void slapi_rand_array(void *randx, size_t len)
{
	unsigned char *p = randx;

	while (p && len > 0) {
		ssize_t n = getrandom(p, len, 0);
		if (n < 0) {
			if (errno == EINTR)
				continue;
			/* No salt at all is worse than no server. */
			abort();
		}
		p += n;
		len -= (size_t)n;
	}
}

int slapi_rand(void)
{
	unsigned int n;
	slapi_rand_array(&n, sizeof n);
	return (int)(n & 0x7fffffff);
}

int slapi_rand_r(unsigned int *seed)
{
	(void)seed; /* nothing is gained by a seed from outside */
	return slapi_rand();
}

/* Comparing takes the same time wherever the difference is. 0 equal, 1 not. */
int slapi_ct_memcmp(const void *p1, const void *p2, size_t n)
{
	const volatile unsigned char *a = p1, *b = p2;
	unsigned char diff = 0;

	if (!a || !b)
		return a != b;
	for (size_t i = 0; i < n; i++)
		diff |= a[i] ^ b[i];
	return diff != 0;
}

int slapi_berval_cmp(const struct berval *L, const struct berval *R)
{
	size_t l = L && L->bv_val ? L->bv_len : 0, r = R && R->bv_val ? R->bv_len : 0;
	size_t both = l < r ? l : r;
	int c = both ? memcmp(L->bv_val, R->bv_val, both) : 0;

	if (c == 0 && l != r)
		c = l < r ? -1 : 1;
	return c;
}

/* Bits, numbered from the lowest. */

unsigned int slapi_setbit_int(unsigned int f, unsigned int bitnum)
{
	return f | (1u << (bitnum & 31));
}

unsigned int slapi_unsetbit_int(unsigned int f, unsigned int bitnum)
{
	return f & ~(1u << (bitnum & 31));
}

int slapi_isbitset_int(unsigned int f, unsigned int bitnum)
{
	return (f & (1u << (bitnum & 31))) != 0;
}

unsigned char slapi_setbit_uchar(unsigned char f, unsigned char bitnum)
{
	return (unsigned char)(f | (1u << (bitnum & 7)));
}

unsigned char slapi_unsetbit_uchar(unsigned char f, unsigned char bitnum)
{
	return (unsigned char)(f & ~(1u << (bitnum & 7)));
}

int slapi_isbitset_uchar(unsigned char f, unsigned char bitnum)
{
	return (f & (1u << (bitnum & 7))) != 0;
}

/* Numbers of a fixed width as hexadecimal text, without a final NUL; the
 * result is the place behind the text. */

static char *to_hex(uint64_t val, int digits, char *s, uint8_t upper)
{
	const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";

	if (s == NULL)
		return NULL;
	for (int i = digits - 1; i >= 0; i--) {
		s[i] = set[val & 15];
		val >>= 4;
	}
	return s + digits;
}

static uint64_t from_hex(const char *s, int digits)
{
	uint64_t v = 0;

	for (int i = 0; s && i < digits; i++) {
		int d = slapi_hexchar2int(s[i]);
		if (d < 0)
			break;
		v = v << 4 | (unsigned)d;
	}
	return v;
}

int slapi_hexchar2int(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

char *slapi_u8_to_hex(uint8_t val, char *s, uint8_t upper)
{
	return to_hex(val, 2, s, upper);
}

char *slapi_u16_to_hex(uint16_t val, char *s, uint8_t upper)
{
	return to_hex(val, 4, s, upper);
}

char *slapi_u32_to_hex(uint32_t val, char *s, uint8_t upper)
{
	return to_hex(val, 8, s, upper);
}

char *slapi_u64_to_hex(uint64_t val, char *s, uint8_t upper)
{
	return to_hex(val, 16, s, upper);
}

uint8_t slapi_str_to_u8(const char *s)
{
	return (uint8_t)from_hex(s, 2);
}

uint16_t slapi_str_to_u16(const char *s)
{
	return (uint16_t)from_hex(s, 4);
}

uint32_t slapi_str_to_u32(const char *s)
{
	return (uint32_t)from_hex(s, 8);
}

uint64_t slapi_str_to_u64(const char *s)
{
	return from_hex(s, 16);
}

/* Error texts. NSPR is asked only when a plug-in has brought it in. */

char *slapd_pr_strerror(const int prerrno)
{
	static const char *(*to_string)(int, uint32_t);
	const char *text;

	if (prerrno == 0)
		return "no error";
	if (!to_string)
		to_string = (const char *(*)(int, uint32_t))cshim_global_symbol("PR_ErrorToString");
	text = to_string ? to_string(prerrno, 0) : NULL;
	return text && *text ? (char *)text : "unknown error";
}

char *slapi_pr_strerror(const int prerrno)
{
	return slapd_pr_strerror(prerrno);
}

const char *slapi_system_strerror(const int syserrno)
{
	const char *text = strerrordesc_np(syserrno);
	return text ? text : "unknown error";
}

const char *slapd_system_strerror(const int syserrno)
{
	return slapi_system_strerror(syserrno);
}

char *slapi_err2string(int result)
{
	return ldap_err2string(result);
}

void cshim_text_add(struct cshim_text *t, const char *s, size_t n)
{
	if (t->n + n + 1 > t->cap) {
		t->cap = (t->n + n + 1) * 2;
		t->p = slapi_ch_realloc(t->p, t->cap);
	}
	memcpy(t->p + t->n, s, n);
	t->n += n;
	t->p[t->n] = 0;
}

char *cshim_text_take(struct cshim_text *t)
{
	char *p = t->p ? t->p : slapi_ch_strdup("");
	t->p = NULL;
	t->n = t->cap = 0;
	return p;
}

/* The host's own name, for the caller to free. */
char *slapi_get_hostname(void)
{
	char name[256];

	if (gethostname(name, sizeof name) != 0)
		return NULL;
	name[sizeof name - 1] = 0;
	return slapi_ch_strdup(name);
}
