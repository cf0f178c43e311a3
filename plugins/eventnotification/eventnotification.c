/*
 * eventnotification: tells a command or a URL of the changes that match. See
 * slapid-eventnotification(5). One source for slapid, for OpenLDAP's slapd and for
 * 389 (type postoperation).
 *
 * The operation's thread writes the event into the queue (a file for each event,
 * where spool= is given) and goes on; a thread of the hook's own delivers them one
 * after another.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifndef EVENTNOTIFICATION_NO_URL
#include <curl/curl.h>
#endif
#include <ldap.h>
#include <slapi-plugin.h>

/* OpenLDAP's slapd shows a plug-in neither the entry nor its private data. */
#ifndef SLAPI_ENTRY_POST_OP
#define ONE_HOOK_WITHOUT_FILTER
#endif

#define NAME "eventnotification"
#define MOST_ARGS 64
#define STOP_MS 5000      /* how long the event at work may take when the server ends */
#define LONGEST_MS 60000  /* between two tries */

enum { ADD, MODIFY, MODRDN, DELETE, KINDS };
static const char *const kinds[KINDS] = { "add", "modify", "modrdn", "delete" };

struct event {
	struct event *next;
	unsigned long long id;
	char *text; /* NULL: in the spool */
};

struct hook {
	/* Configuration. */
	char *base;    /* normal form, NULL: everywhere */
	int scope, wanted[KINDS];
	char *filter_text, *exclude; /* ",type,type,", lower case */
	Slapi_Filter *filter;
	char *argv[MOST_ARGS + 2];
	int argc;
	char *url, *spool, *shown; /* shown: the receiver without what may be secret */
	long retries, backoff, timeout, most;
	/* State, guarded by lock. */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	int running, stopping, lock_fd;
	struct timespec stop_at;
	struct event *first, **end;
	long queued;
	unsigned long long id;   /* the last one given */
	unsigned long long lost; /* not queued, or given up */
	int full;                /* said so in the log */
};

static struct hook *hooks[16];
static int hook_count;

/* ---------------------------------------------------------------- JSON */

struct text {
	char *p;
	size_t len, room;
};

static void put_bytes(struct text *t, const char *s, size_t n)
{
	if (t->len + n + 1 > t->room) {
		char *p = realloc(t->p, (t->len + n + 1) * 2);
		if (!p)
			abort();
		t->p = p;
		t->room = (t->len + n + 1) * 2;
	}
	memcpy(t->p + t->len, s, n);
	t->len += n;
	t->p[t->len] = 0;
}

static void put(struct text *t, const char *s) { put_bytes(t, s, strlen(s)); }

/* The length of the UTF-8 character at b (RFC 3629), 0: none. */
static size_t utf8(const unsigned char *b, size_t left)
{
	size_t n = b[0] < 0x80 ? 1 : b[0] >= 0xc2 && b[0] < 0xe0 ? 2 : b[0] >= 0xe0 && b[0] < 0xf0 ? 3 : b[0] >= 0xf0 && b[0] < 0xf5 ? 4 : 0;

	if (n == 0 || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((b[i] & 0xc0) != 0x80)
			return 0;
	if ((b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f) || (b[0] == 0xf0 && b[1] < 0x90) || (b[0] == 0xf4 && b[1] > 0x8f))
		return 0;
	return n;
}

static void put_string(struct text *t, const char *s, size_t len)
{
	const unsigned char *b = (const unsigned char *)s;
	char escape[8];

	put(t, "\"");
	for (size_t i = 0; i < len; i++) {
		if (b[i] == '"' || b[i] == '\\' || b[i] < 0x20 || b[i] == 0x7f) {
			snprintf(escape, sizeof escape, "\\u%04x", b[i]);
			put(t, escape);
		} else {
			put_bytes(t, s + i, 1);
		}
	}
	put(t, "\"");
}

/* A string, or {"base64": ...} for what is no UTF-8. */
static void put_value(struct text *t, const struct berval *v)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *b = (const unsigned char *)v->bv_val;
	size_t n = v->bv_len, i = 0, step;

	while (i < n && (step = utf8(b + i, n - i)) > 0)
		i += step;
	if (i >= n) {
		put_string(t, v->bv_val ? v->bv_val : "", n);
		return;
	}
	put(t, "{\"base64\":\"");
	for (i = 0; i < n; i += 3) {
		unsigned long x = (unsigned long)b[i] << 16 | (i + 1 < n ? (unsigned long)b[i + 1] << 8 : 0) | (i + 2 < n ? b[i + 2] : 0);
		char four[4] = { digits[x >> 18], digits[x >> 12 & 63], i + 1 < n ? digits[x >> 6 & 63] : '=', i + 2 < n ? digits[x & 63] : '=' };
		put_bytes(t, four, 4);
	}
	put(t, "\"}");
}

static void put_member(struct text *t, const char *name, const char *value)
{
	struct berval v = { strlen(value), (char *)value };

	put(t, ",\"");
	put(t, name);
	put(t, "\":");
	put_value(t, &v);
}

static int excluded(const struct hook *h, const char *type)
{
	char name[256];
	size_t n = strcspn(type, ";");

	if (!*h->exclude || n > 250)
		return 0;
	snprintf(name, sizeof name, ",%.*s,", (int)n, type);
	return strcasestr(h->exclude, name) != NULL;
}

static void put_entry(const struct hook *h, struct text *t, Slapi_Entry *e)
{
	Slapi_Attr *a = NULL;
	const char *comma = "";

	put(t, ",\"attributes\":{");
	for (int rc = slapi_entry_first_attr(e, &a); rc == 0 && a; rc = slapi_entry_next_attr(e, a, &a)) {
		char *type = NULL;
		Slapi_Value *v = NULL;
		const char *between = "";

		slapi_attr_get_type(a, &type);
		if (!type || excluded(h, type))
			continue;
		put(t, comma);
		comma = ",";
		put_string(t, type, strlen(type));
		put(t, ":[");
		for (int i = slapi_attr_first_value(a, &v); i != -1 && v; i = slapi_attr_next_value(a, i, &v)) {
			put(t, between);
			between = ",";
			put_value(t, slapi_value_get_berval(v));
		}
		put(t, "]");
	}
	put(t, "}");
}

static void put_mods(const struct hook *h, struct text *t, LDAPMod **mods)
{
	static const char *const verbs[] = { "add", "delete", "replace", "increment" };
	const char *comma = "";

	put(t, ",\"changes\":[");
	for (; mods && *mods; mods++) {
		int op = (*mods)->mod_op & ~LDAP_MOD_BVALUES, is_string = !((*mods)->mod_op & LDAP_MOD_BVALUES);
		const char *between = "";

		if (op < 0 || op > 3 || excluded(h, (*mods)->mod_type))
			continue;
		put(t, comma);
		comma = ",";
		put(t, "{\"operation\":\"");
		put(t, verbs[op]);
		put(t, "\",\"type\":");
		put_string(t, (*mods)->mod_type, strlen((*mods)->mod_type));
		put(t, ",\"values\":[");
		for (int i = 0; (*mods)->mod_bvalues && (*mods)->mod_bvalues[i]; i++) {
			struct berval text = { 0, NULL }, *v = (*mods)->mod_bvalues[i];
			if (is_string) {
				text.bv_val = (*mods)->mod_values[i];
				text.bv_len = strlen(text.bv_val);
				v = &text;
			}
			put(t, between);
			between = ",";
			put_value(t, v);
		}
		put(t, "]}");
	}
	put(t, "]");
}

/* The event without its first member, the id. GIVEN: free. */
static char *describe(const struct hook *h, Slapi_PBlock *pb, int kind, const char *target)
{
	struct text t = { 0 };
	char now[32], *s = NULL;
	time_t at = time(NULL);
	struct tm tm;
	int n = 0;

	gmtime_r(&at, &tm);
	strftime(now, sizeof now, "%Y%m%d%H%M%SZ", &tm);
	put(&t, ",\"change\":\"");
	put(&t, kinds[kind]);
	put(&t, "\"");
	put_member(&t, "dn", target);
	put_member(&t, "time", now);
	if (slapi_pblock_get(pb, SLAPI_REQUESTOR_DN, &s) == 0 && s)
		put_member(&t, "by", s);
	if (kind == ADD) {
		Slapi_Entry *e = NULL;
		slapi_pblock_get(pb, SLAPI_ADD_ENTRY, &e);
		if (e)
			put_entry(h, &t, e);
	} else if (kind == MODIFY) {
		LDAPMod **mods = NULL;
		slapi_pblock_get(pb, SLAPI_MODIFY_MODS, &mods);
		put_mods(h, &t, mods);
	} else if (kind == MODRDN) {
		s = NULL;
		if (slapi_pblock_get(pb, SLAPI_MODRDN_NEWRDN, &s) == 0 && s)
			put_member(&t, "newRdn", s);
		slapi_pblock_get(pb, SLAPI_MODRDN_DELOLDRDN, &n);
		put(&t, n ? ",\"deleteOldRdn\":true" : ",\"deleteOldRdn\":false");
		s = NULL;
		if (slapi_pblock_get(pb, SLAPI_MODRDN_NEWSUPERIOR, &s) == 0 && s && *s)
			put_member(&t, "newSuperior", s);
	}
	put(&t, "}\n");
	return t.p;
}

/* ---------------------------------------------------------------- Spool */

/* GIVEN: free. */
static char *file_of(const struct hook *h, unsigned long long id, const char *ending)
{
	char *name = NULL;
	if (asprintf(&name, "%s/%020llu%s", h->spool, id, ending) < 0)
		abort();
	return name;
}

static int spool_write(const struct hook *h, unsigned long long id, const char *text)
{
	char *part = file_of(h, id, ".part"), *name = file_of(h, id, ".json");
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), bad = fd < 0;

	for (size_t done = 0, len = strlen(text); !bad && done < len;) {
		ssize_t n = write(fd, text + done, len - done);
		if (n < 0 && errno != EINTR)
			bad = 1;
		else if (n > 0)
			done += (size_t)n;
	}
	if (fd >= 0 && close(fd) != 0)
		bad = 1;
	if (!bad)
		bad = rename(part, name) != 0;
	if (bad) {
		slapi_log_error(SLAPI_LOG_FATAL, NAME, "%s: %s\n", part, strerror(errno));
		unlink(part);
	}
	free(part);
	free(name);
	return bad ? -1 : 0;
}

/* GIVEN: free; NULL: it cannot be read. */
static char *spool_read(const struct hook *h, unsigned long long id)
{
	char *name = file_of(h, id, ".json"), room[65536];
	struct text t = { 0 };
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd >= 0) {
		put(&t, "");
		while ((n = read(fd, room, sizeof room)) > 0 || (n < 0 && errno == EINTR))
			if (n > 0)
				put_bytes(&t, room, (size_t)n);
		close(fd);
	}
	/* A machine that lost its power may leave half a file. */
	if (n < 0 || t.len == 0 || t.p[t.len - 1] != '\n') {
		slapi_log_error(SLAPI_LOG_FATAL, NAME, "%s: not an event (%s), it is thrown away\n", name, n < 0 ? strerror(errno) : "cut off");
		free(t.p);
		t.p = NULL;
	}
	free(name);
	return t.p;
}

static void append(struct hook *h, unsigned long long id, char *text)
{
	struct event *e = calloc(1, sizeof *e);

	if (!e)
		abort();
	e->id = id;
	e->text = text;
	*h->end = e;
	h->end = &e->next;
	h->queued++;
}

static int is_event(const struct dirent *d)
{
	size_t n = strspn(d->d_name, "0123456789");
	return n == 20 && strcmp(d->d_name + n, ".json") == 0;
}

static void forget(struct hook *h)
{
	while (h->first) {
		struct event *e = h->first;
		h->first = e->next;
		free(e->text);
		free(e);
	}
	h->end = &h->first;
	h->queued = 0;
}

/* What the last run left, in its order. */
static int spool_open(struct hook *h)
{
	struct dirent **names = NULL;
	char *lock = NULL;
	int n;

	if (mkdir(h->spool, 0700) != 0 && errno != EEXIST) {
		slapi_log_error(SLAPI_LOG_FATAL, NAME, "%s: %s\n", h->spool, strerror(errno));
		return -1;
	}
	if (asprintf(&lock, "%s/lock", h->spool) < 0)
		abort();
	h->lock_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (h->lock_fd < 0 || flock(h->lock_fd, LOCK_EX | LOCK_NB) != 0) {
		slapi_log_error(SLAPI_LOG_FATAL, NAME, "%s: %s\n", lock, errno == EWOULDBLOCK ? "another hook has this spool" : strerror(errno));
		free(lock);
		return -1;
	}
	free(lock);
	forget(h); /* other plug-ins' starts may have made changes */
	n = scandir(h->spool, &names, is_event, alphasort);
	for (int i = 0; i < n; i++) {
		unsigned long long id = strtoull(names[i]->d_name, NULL, 10);
		append(h, id, NULL);
		if (id > h->id)
			h->id = id;
		free(names[i]);
	}
	free(names);
	return n < 0 ? -1 : 0;
}

/* ---------------------------------------------------------------- Delivery */

static struct timespec after(long ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += ms / 1000;
	at.tv_nsec += ms % 1000 * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}

static int past(const struct timespec *at)
{
	struct timespec now = after(0);
	return now.tv_sec > at->tv_sec || (now.tv_sec == at->tv_sec && now.tv_nsec >= at->tv_nsec);
}

/* Whether the server ends and the event at work has had its time. */
static int must_end(struct hook *h)
{
	int yes;

	pthread_mutex_lock(&h->lock);
	yes = h->stopping && past(&h->stop_at);
	pthread_mutex_unlock(&h->lock);
	return yes;
}

static int run_command(struct hook *h, const char *text, char *why, size_t room)
{
	int fd = memfd_create(NAME, MFD_CLOEXEC), rc, status = 0;
	size_t len = strlen(text);
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	struct timespec limit = after(h->timeout);
	sigset_t none, all;
	pid_t pid, ended;

	if (fd < 0 || write(fd, text, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0) {
		snprintf(why, room, "its input: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, fd, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	rc = posix_spawn(&pid, h->argv[0], &files, &attr, h->argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	close(fd);
	if (rc != 0) {
		snprintf(why, room, "%s", strerror(rc));
		return -1;
	}
	for (long ms = 1; (ended = waitpid(pid, &status, WNOHANG)) == 0; ms = ms < 50 ? ms * 2 : 50) {
		struct timespec pause = { 0, ms * 1000000 };
		if (past(&limit) || must_end(h)) {
			kill(-pid, SIGKILL);
			waitpid(pid, &status, 0);
			snprintf(why, room, "it took too long");
			return -1;
		}
		nanosleep(&pause, NULL);
	}
	if (ended < 0 && errno == ECHILD)
		return 0; /* slapd and 389 take the ends of all children: the code is not to be had */
	if (ended < 0)
		snprintf(why, room, "%s", strerror(errno));
	else if (WIFSIGNALED(status))
		snprintf(why, room, "signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		snprintf(why, room, "exit code %d", WEXITSTATUS(status));
	else
		return 0;
	return -1;
}

#ifndef EVENTNOTIFICATION_NO_URL
static size_t ignore(char *p, size_t size, size_t n, void *arg)
{
	(void)p, (void)arg;
	return size * n;
}

static int progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	return must_end(arg);
}

static int post(struct hook *h, CURL *curl, const char *text, char *why, size_t room)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
	char error[CURL_ERROR_SIZE] = "";
	long code = 0;
	CURLcode rc;

	curl_easy_reset(curl); /* keeps the connection */
	curl_easy_setopt(curl, CURLOPT_URL, h->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, h->timeout);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(text));
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progress);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, h);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "slapid-" NAME);
	rc = curl_easy_perform(curl);
	if (rc == CURLE_OK)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
	curl_slist_free_all(headers);
	if (rc != CURLE_OK)
		snprintf(why, room, "%s", *error ? error : curl_easy_strerror(rc));
	else if (code < 200 || code > 299)
		snprintf(why, room, "answer %ld", code);
	else
		return 0;
	return -1;
}
#endif

/* 0: delivered, 1: given up, -1: the server ends. */
static int deliver(struct hook *h, void *curl, const struct event *e, const char *text)
{
	long wait = h->backoff;
	char why[512] = "";

	for (long tries = 0;; tries++) {
		struct timespec at;
		int rc, stop;
#ifndef EVENTNOTIFICATION_NO_URL
		if (h->url)
			rc = post(h, curl, text, why, sizeof why);
		else
#endif
			rc = run_command(h, text, why, sizeof why);
		(void)curl;
		if (rc == 0)
			return 0;
		if (tries == 0)
			slapi_log_error(SLAPI_LOG_FATAL, NAME, "event %llu to %s: %s\n", e->id, h->shown, why);
		if (h->retries && tries >= h->retries) {
			slapi_log_error(SLAPI_LOG_FATAL, NAME, "event %llu to %s given up: %s\n", e->id, h->shown, why);
			return 1;
		}
		at = after(wait);
		pthread_mutex_lock(&h->lock);
		while (!h->stopping && !past(&at))
			pthread_cond_timedwait(&h->wake, &h->lock, &at);
		stop = h->stopping;
		pthread_mutex_unlock(&h->lock);
		if (stop)
			return -1;
		wait = wait * 2 < LONGEST_MS ? wait * 2 : LONGEST_MS;
	}
}

static void *work(void *arg)
{
	struct hook *h = arg;
	void *curl = NULL;

#ifndef EVENTNOTIFICATION_NO_URL
	if (h->url)
		curl = curl_easy_init();
#endif
	pthread_mutex_lock(&h->lock);
	for (;;) {
		struct event *e;
		char *text;
		int rc = 1;

		while (!h->first && !h->stopping)
			pthread_cond_wait(&h->wake, &h->lock);
		if (h->stopping)
			break;
		e = h->first;
		pthread_mutex_unlock(&h->lock);
		text = e->text ? e->text : spool_read(h, e->id);
		if (text)
			rc = deliver(h, curl, e, text);
		if (text != e->text)
			free(text);
		if (rc >= 0 && h->spool) {
			char *name = file_of(h, e->id, ".json");
			unlink(name);
			free(name);
		}
		pthread_mutex_lock(&h->lock);
		if (rc < 0)
			break;
		if (rc > 0)
			h->lost++;
		h->first = e->next;
		if (!h->first)
			h->end = &h->first;
		h->queued--;
		if (h->full && h->queued <= h->most / 2) {
			h->full = 0;
			slapi_log_error(SLAPI_LOG_FATAL, NAME, "the queue has room again, %llu events were lost so far\n", h->lost);
		}
		free(e->text);
		free(e);
	}
	pthread_mutex_unlock(&h->lock);
#ifndef EVENTNOTIFICATION_NO_URL
	if (curl)
		curl_easy_cleanup(curl);
#endif
	return NULL;
}

/* ---------------------------------------------------------------- Hooks of the server */

static struct hook *hook_of(Slapi_PBlock *pb)
{
#ifdef ONE_HOOK_WITHOUT_FILTER
	(void)pb;
	return hooks[0];
#else
	struct hook *h = NULL;
	slapi_pblock_get(pb, SLAPI_PLUGIN_PRIVATE, &h);
	return h;
#endif
}

static int in_scope(const struct hook *h, const char *dn)
{
	char *n;
	size_t len, base;
	int is = 0;

	if (!h->base)
		return 1;
	n = slapi_dn_normalize_case(slapi_ch_strdup(dn));
	len = strlen(n);
	base = strlen(h->base);
	if (len == base) {
		is = h->scope != LDAP_SCOPE_ONELEVEL && strcmp(n, h->base) == 0;
	} else if (base == 0) {
		is = h->scope == LDAP_SCOPE_SUBTREE;
	} else if (len > base && n[len - base - 1] == ',' && strcmp(n + len - base, h->base) == 0 && h->scope != LDAP_SCOPE_BASE) {
		is = h->scope == LDAP_SCOPE_SUBTREE;
		if (!is) { /* one level: no comma of its own in front of the base */
			is = 1;
			for (size_t i = 0; i + 1 < len - base; i++) {
				if (n[i] == '\\' && n[i + 1])
					i++;
				else if (n[i] == ',')
					is = 0;
			}
		}
	}
	slapi_ch_free((void **)&n);
	return is;
}

/* The entry as it was or as it is now, by name and by filter. */
static int matches(const struct hook *h, Slapi_PBlock *pb, int kind, const char *target)
{
#ifdef ONE_HOOK_WITHOUT_FILTER
	(void)pb, (void)kind;
	return in_scope(h, target);
#else
	Slapi_Entry *before = NULL, *now = NULL;
	int was, is;

	if (kind != ADD)
		slapi_pblock_get(pb, SLAPI_ENTRY_PRE_OP, &before);
	if (kind != DELETE)
		slapi_pblock_get(pb, SLAPI_ENTRY_POST_OP, &now);
	if (kind == ADD && !now)
		slapi_pblock_get(pb, SLAPI_ADD_ENTRY, &now);
	was = in_scope(h, target);
	is = kind == MODRDN ? now && in_scope(h, slapi_entry_get_dn(now)) : was;
	if (!h->filter)
		return was || is;
	return (was && before && slapi_filter_test_simple(before, h->filter) == 0) || (is && now && slapi_filter_test_simple(now, h->filter) == 0);
#endif
}

static void enqueue(struct hook *h, char *rest) /* takes rest over */
{
	struct timespec now;
	unsigned long long id;
	char *text = NULL;

	clock_gettime(CLOCK_REALTIME, &now);
	id = (unsigned long long)now.tv_sec * 1000000 + (unsigned long long)now.tv_nsec / 1000;
	pthread_mutex_lock(&h->lock);
	if (h->queued >= h->most) {
		h->lost++;
		if (!h->full || h->lost % 1000 == 0)
			slapi_log_error(SLAPI_LOG_FATAL, NAME, "the queue is full (%ld events), %llu events were lost so far\n", h->queued, h->lost);
		h->full = 1;
	} else {
		if (id <= h->id)
			id = h->id + 1;
		h->id = id;
		if (asprintf(&text, "{\"id\":%llu%s", id, rest) < 0)
			abort();
		if (h->spool && spool_write(h, id, text) != 0) {
			h->lost++;
		} else {
			append(h, id, h->spool ? NULL : text);
			if (!h->spool)
				text = NULL;
			pthread_cond_broadcast(&h->wake);
		}
	}
	pthread_mutex_unlock(&h->lock);
	free(text);
	free(rest);
}

static int changed(Slapi_PBlock *pb, int kind)
{
	struct hook *h = hook_of(pb);
	char *target = NULL;
	int code = 0;

	slapi_pblock_get(pb, SLAPI_RESULT_CODE, &code);
	slapi_pblock_get(pb, SLAPI_TARGET_DN, &target);
	if (h && code == LDAP_SUCCESS && h->wanted[kind] && target && matches(h, pb, kind, target))
		enqueue(h, describe(h, pb, kind, target));
	return 0;
}

static int post_add(Slapi_PBlock *pb) { return changed(pb, ADD); }
static int post_modify(Slapi_PBlock *pb) { return changed(pb, MODIFY); }
static int post_modrdn(Slapi_PBlock *pb) { return changed(pb, MODRDN); }
static int post_delete(Slapi_PBlock *pb) { return changed(pb, DELETE); }

static int start(Slapi_PBlock *pb)
{
	struct hook *h = hook_of(pb);
	pthread_condattr_t attr;
	int rc;

#ifdef ONE_HOOK_WITHOUT_FILTER
	(void)pb;
#endif
	if (!h || h->running)
		return 0;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&h->wake, &attr);
	pthread_condattr_destroy(&attr);
	h->stopping = 0;
	if (h->spool) {
		pthread_mutex_lock(&h->lock);
		rc = spool_open(h);
		pthread_mutex_unlock(&h->lock);
		if (rc != 0)
			return -1;
	}
	rc = pthread_create(&h->thread, NULL, work, h);
	if (rc != 0) {
		slapi_log_error(SLAPI_LOG_FATAL, NAME, "no thread: %s\n", strerror(rc));
		return -1;
	}
	h->running = 1;
	return 0;
}

static int stop(Slapi_PBlock *pb)
{
	struct hook *h = hook_of(pb);

	if (!h || !h->running)
		return 0;
	pthread_mutex_lock(&h->lock);
	h->stopping = 1;
	h->stop_at = after(STOP_MS);
	pthread_cond_broadcast(&h->wake);
	pthread_mutex_unlock(&h->lock);
	pthread_join(h->thread, NULL);
	h->running = 0;
	if (h->queued && !h->spool)
		slapi_log_error(SLAPI_LOG_FATAL, NAME, "%ld events were not delivered and are lost: there is no spool\n", h->queued);
	forget(h);
	if (h->lock_fd >= 0)
		close(h->lock_fd);
	h->lock_fd = -1;
	return 0;
}

/* ---------------------------------------------------------------- Configuration */

static int number(const char *s, long least, long most, long *to)
{
	char *end;

	errno = 0;
	*to = strtol(s, &end, 10);
	return errno == 0 && end != s && !*end && *to >= least && *to <= most;
}

static int operations(struct hook *h, const char *s)
{
	memset(h->wanted, 0, sizeof h->wanted);
	while (*s) {
		size_t n = strcspn(s, ",");
		int kind = 0;
		while (kind < KINDS && (strlen(kinds[kind]) != n || strncasecmp(kinds[kind], s, n) != 0))
			kind++;
		if (kind == KINDS)
			return 0;
		h->wanted[kind] = 1;
		s += n;
		if (*s && !*++s)
			return 0;
	}
	return h->wanted[ADD] || h->wanted[MODIFY] || h->wanted[MODRDN] || h->wanted[DELETE];
}

static int argument(struct hook *h, const char *a)
{
	size_t n = strcspn(a, "=");
	const char *v = a + n + 1;

	if (!a[n])
		return 0;
#define IS(name) (n == sizeof name - 1 && strncmp(a, name, n) == 0)
	if (IS("base")) {
		slapi_ch_free((void **)&h->base);
		h->base = slapi_dn_normalize_case(slapi_ch_strdup(v));
		return h->base != NULL;
	}
	if (IS("scope")) {
		h->scope = strcmp(v, "base") == 0 ? LDAP_SCOPE_BASE : strcmp(v, "one") == 0 ? LDAP_SCOPE_ONELEVEL : LDAP_SCOPE_SUBTREE;
		return h->scope != LDAP_SCOPE_SUBTREE || strcmp(v, "sub") == 0;
	}
#ifndef ONE_HOOK_WITHOUT_FILTER
	if (IS("filter")) {
		free(h->filter_text);
		h->filter_text = strdup(v);
		if (h->filter)
			slapi_filter_free(h->filter, 1);
		h->filter = slapi_str2filter(h->filter_text);
		return h->filter != NULL;
	}
#endif
	if (IS("ops"))
		return operations(h, v);
	if (IS("exclude")) {
		free(h->exclude);
		if (asprintf(&h->exclude, *v ? ",%s," : "%s", v) < 0)
			abort();
		return 1;
	}
	if (IS("command")) {
		if (*v != '/' || h->argv[0])
			return 0;
		h->argv[0] = strdup(v);
		return 1;
	}
	if (IS("arg")) {
		if (h->argc >= MOST_ARGS)
			return 0;
		h->argv[++h->argc] = strdup(v);
		return 1;
	}
#ifndef EVENTNOTIFICATION_NO_URL
	if (IS("url")) {
		free(h->url);
		h->url = strdup(v);
		return strncmp(v, "http://", 7) == 0 || strncmp(v, "https://", 8) == 0;
	}
#endif
	if (IS("spool")) {
		free(h->spool);
		h->spool = strdup(v);
		return *v == '/';
	}
	if (IS("queue"))
		return number(v, 1, 10000000, &h->most);
	if (IS("retries"))
		return number(v, 0, 1000000, &h->retries);
	if (IS("backoff"))
		return number(v, 1, LONGEST_MS, &h->backoff);
	if (IS("timeout"))
		return number(v, 1, 3600000, &h->timeout);
	return 0;
}

/* The URL without user, password and query. GIVEN: free. */
static char *without_secrets(const char *url)
{
	const char *host = strstr(url, "://") + 3, *end = host + strcspn(host, "/?#"), *at = memrchr(host, '@', (size_t)(end - host));
	char *s = NULL;

	if (asprintf(&s, "%.*s%.*s", (int)(host - url), url, (int)strcspn(at ? at + 1 : host, "?#"), at ? at + 1 : host) < 0)
		abort();
	return s;
}

static struct hook *configure(int argc, char **argv)
{
	struct hook *h = calloc(1, sizeof *h);

	if (!h)
		return NULL;
	pthread_mutex_init(&h->lock, NULL);
	h->end = &h->first;
	h->lock_fd = -1;
	h->scope = LDAP_SCOPE_SUBTREE;
	h->exclude = strdup(",userPassword,");
	h->retries = 10;
	h->backoff = 1000;
	h->timeout = 30000;
	h->most = 10000;
	for (int i = 0; i < KINDS; i++)
		h->wanted[i] = 1;
	for (int i = 0; i < argc; i++) {
		if (!argument(h, argv[i])) {
			slapi_log_error(SLAPI_LOG_FATAL, NAME, "argument \"%.*s\": wrong, see slapid-eventnotification(5)\n",
					strncmp(argv[i], "url=", 4) == 0 ? 3 : 1000, argv[i]);
			return NULL;
		}
	}
	if (!h->url == !h->argv[0] || (h->url && h->argc)) {
		slapi_log_error(SLAPI_LOG_FATAL, NAME, "either command= (with arg=) or url= is needed\n");
		return NULL;
	}
	if (h->argv[0] && access(h->argv[0], X_OK) != 0) {
		slapi_log_error(SLAPI_LOG_FATAL, NAME, "%s: %s\n", h->argv[0], strerror(errno));
		return NULL;
	}
	h->shown = h->url ? without_secrets(h->url) : strdup(h->argv[0]);
	return h;
}

static Slapi_PluginDesc description = { NAME, "libslapi", "1", "tells a command or a URL of changes" };

int eventnotification_init(Slapi_PBlock *pb)
{
	int argc = 0, rc = 0;
	char **argv = NULL;
	struct hook *h;

	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGC, &argc);
	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGV, &argv);
#ifdef ONE_HOOK_WITHOUT_FILTER
	if (hook_count > 0) {
		slapi_log_error(SLAPI_LOG_FATAL, NAME, "slapd has room for one of these\n");
		return -1;
	}
#endif
	if (hook_count >= (int)(sizeof hooks / sizeof *hooks) || !(h = configure(argc, argv)))
		return -1;
#ifndef EVENTNOTIFICATION_NO_URL
	if (hook_count == 0 && curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return -1;
#endif
	hooks[hook_count++] = h;
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, SLAPI_PLUGIN_VERSION_03);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DESCRIPTION, &description);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_PRIVATE, h);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_START_FN, (void *)start);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_CLOSE_FN, (void *)stop);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_POST_ADD_FN, (void *)post_add);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_POST_MODIFY_FN, (void *)post_modify);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_POST_MODRDN_FN, (void *)post_modrdn);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_POST_DELETE_FN, (void *)post_delete);
	return rc ? -1 : 0;
}
