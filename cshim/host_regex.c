/* Regular expressions as 389 has them: PCRE2, opened when the first expression
 * is compiled. Where the library is missing, POSIX extended expressions stand in
 * for it, which know no Perl classes and no lazy repetition. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <regex.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host_services.h"
#include "mem.h"

/* The part of PCRE2's interface that is used, for 8-bit strings. */
static struct {
	void *(*compile)(const char *pattern, size_t length, uint32_t options, int *error, size_t *offset, void *context);
	int (*match)(const void *code, const char *subject, size_t length, size_t start, uint32_t options, void *data,
		     void *context);
	void *(*data_create)(const void *code, void *context);
	size_t *(*ovector)(void *data);
	void (*data_free)(void *data);
	void (*code_free)(void *code);
	int (*message)(int error, char *buffer, size_t size);
} pcre;
#define PCRE2_ZERO_TERMINATED (~(size_t)0)
#define PCRE2_ERROR_NOMATCH   (-1)
#define PCRE2_UNSET           (~(size_t)0)

#define GROUPS 10

struct slapi_regex_handle {
	void *code;             /* PCRE2; NULL: posix is used */
	regex_t posix;
	pthread_mutex_t lock;   /* for what follows */
	int groups;             /* of the last match; 0 before one */
	size_t from[GROUPS], to[GROUPS];
};

static void open_pcre(void)
{
	void *lib = dlopen("libpcre2-8.so.0", RTLD_NOW | RTLD_LOCAL);

	if (!lib)
		return;
	pcre.match = (int (*)(const void *, const char *, size_t, size_t, uint32_t, void *, void *))dlsym(lib, "pcre2_match_8");
	pcre.data_create = (void *(*)(const void *, void *))dlsym(lib, "pcre2_match_data_create_from_pattern_8");
	pcre.ovector = (size_t *(*)(void *))dlsym(lib, "pcre2_get_ovector_pointer_8");
	pcre.data_free = (void (*)(void *))dlsym(lib, "pcre2_match_data_free_8");
	pcre.code_free = (void (*)(void *))dlsym(lib, "pcre2_code_free_8");
	pcre.message = (int (*)(int, char *, size_t))dlsym(lib, "pcre2_get_error_message_8");
	if (pcre.match && pcre.data_create && pcre.ovector && pcre.data_free && pcre.code_free && pcre.message)
		pcre.compile = (void *(*)(const char *, size_t, uint32_t, int *, size_t *, void *))dlsym(lib, "pcre2_compile_8");
}

/* *error is GIVEN when NULL is returned. */
Slapi_Regex *slapi_re_comp(const char *pat, char **error)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	Slapi_Regex *re;
	char text[256] = "";

	if (error)
		*error = NULL;
	if (!pat) {
		if (error)
			*error = cshim_strdup("no expression");
		return NULL;
	}
	pthread_once(&once, open_pcre);
	re = cshim_calloc(1, sizeof *re);
	if (pcre.compile) {
		int code = 0;
		size_t offset = 0;
		re->code = pcre.compile(pat, PCRE2_ZERO_TERMINATED, 0, &code, &offset, NULL);
		if (!re->code)
			pcre.message(code, text, sizeof text);
	} else {
		int code = regcomp(&re->posix, pat, REG_EXTENDED);
		if (code)
			regerror(code, &re->posix, text, sizeof text);
	}
	if (text[0]) {
		if (error)
			*error = cshim_strdup(text);
		free(re);
		return NULL;
	}
	pthread_mutex_init(&re->lock, NULL);
	return re;
}

/* 1 match, 0 no match, else an error. */
int32_t slapi_re_exec_nt(Slapi_Regex *re, const char *subject)
{
	size_t from[GROUPS], to[GROUPS];
	int groups = 0, rc;

	if (!re || !subject)
		return -1;
	if (re->code) {
		void *data = pcre.data_create(re->code, NULL);
		if (!data)
			return -1;
		rc = pcre.match(re->code, subject, strlen(subject), 0, 0, data, NULL);
		for (; groups < rc && groups < GROUPS; groups++) {
			from[groups] = pcre.ovector(data)[2 * groups];
			to[groups] = pcre.ovector(data)[2 * groups + 1];
		}
		pcre.data_free(data);
		if (rc < 0)
			return rc == PCRE2_ERROR_NOMATCH ? 0 : rc;
	} else {
		regmatch_t m[GROUPS];
		rc = regexec(&re->posix, subject, GROUPS, m, 0);
		if (rc)
			return rc == REG_NOMATCH ? 0 : -1;
		for (; groups < GROUPS; groups++) {
			from[groups] = m[groups].rm_so < 0 ? PCRE2_UNSET : (size_t)m[groups].rm_so;
			to[groups] = m[groups].rm_eo < 0 ? PCRE2_UNSET : (size_t)m[groups].rm_eo;
		}
	}
	pthread_mutex_lock(&re->lock);
	re->groups = groups;
	memcpy(re->from, from, (size_t)groups * sizeof from[0]);
	memcpy(re->to, to, (size_t)groups * sizeof to[0]);
	pthread_mutex_unlock(&re->lock);
	return 1;
}

int slapi_re_exec(Slapi_Regex *re, const char *subject, time_t time_up)
{
	if (time_up != -1 && slapi_current_utc_time() > time_up)
		return LDAP_TIMELIMIT_EXCEEDED;
	return slapi_re_exec_nt(re, subject);
}

/* Copies src to *dst with \0..\9 (and & for the whole) replaced by what the last
 * match caught in subject. For a filter, what was caught is escaped. 1 done, 0
 * there was no match or no room. */
int slapi_re_subs_ext(Slapi_Regex *re, const char *subject, const char *src, char **dst, unsigned long dstlen, int filter)
{
	size_t n = 0;
	int done = 1;

	if (!re || !subject || !src || !dst || !*dst || dstlen == 0)
		return 0;
	pthread_mutex_lock(&re->lock);
	if (re->groups == 0)
		done = 0;
	for (; done && *src; src++) {
		int group = -1;
		if (*src == '&') {
			group = 0;
		} else if (*src == '\\' && src[1] >= '0' && src[1] <= '9') {
			group = *++src - '0';
		} else if (*src == '\\' && (src[1] == '\\' || src[1] == '&')) {
			src++;
		}
		if (group < 0) {
			if (n + 1 >= dstlen)
				done = 0;
			else
				(*dst)[n++] = *src;
		} else if (group < re->groups && re->from[group] != PCRE2_UNSET && re->to[group] <= strlen(subject)) {
			size_t len = re->to[group] - re->from[group];
			char *piece = cshim_strndup(subject + re->from[group], len);
			char *text = filter ? slapi_escape_filter_value(piece, (int)len) : piece;
			size_t m = text ? strlen(text) : 0;
			if (n + m >= dstlen) {
				done = 0;
			} else {
				memcpy(*dst + n, text ? text : "", m);
				n += m;
			}
			if (text != piece)
				free(text);
			free(piece);
		}
	}
	pthread_mutex_unlock(&re->lock);
	(*dst)[n] = 0;
	return done;
}

int slapi_re_subs(Slapi_Regex *re, const char *subject, const char *src, char **dst, unsigned long dstlen)
{
	return slapi_re_subs_ext(re, subject, src, dst, dstlen, 0);
}

void slapi_re_free(Slapi_Regex *re)
{
	if (!re)
		return;
	if (re->code)
		pcre.code_free(re->code);
	else
		regfree(&re->posix);
	pthread_mutex_destroy(&re->lock);
	free(re);
}
