/*
 * audit: who did what from where, and with which result. See slapid-audit(5).
 * One source for slapid (type audit, or postoperation), for OpenLDAP's slapd and
 * for 389 Directory Server (type postoperation).
 *
 * The form is that of IBM's directory server, version 3: a line that begins
 * "AuditV3--", then one line for each part of the request. Values of attributes
 * and passwords are never written.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <ldap.h>
#include <slapi-plugin.h>

#ifndef SLAPI_PLUGIN_AUDIT_FN
#define SLAPI_PLUGIN_AUDIT_FN 1101
#endif
#ifndef SLAPI_PLUGIN_AUDIT
#define SLAPI_PLUGIN_AUDIT 7
#endif
#ifndef SLAPI_PLUGIN_POSTOPERATION
#define SLAPI_PLUGIN_POSTOPERATION 4
#endif
#ifndef SLAPI_CONN_CLIENTIP
#define SLAPI_CONN_CLIENTIP 145
#endif

enum { BIND, UNBIND, SEARCH, COMPARE, MODIFY, MODRDN, ADD, DELETE, ABANDON, EXTENDED, KINDS };
static const char *const kinds[KINDS] = { "bind", "unbind", "search", "compare", "modify", "modifydn", "add", "delete", "abandon", "extended" };
static const char *const titles[KINDS] = { "Bind", "Unbind", "Search", "Compare", "Modify", "ModifyDN", "Add", "Delete", "Abandon", "Extended Operation" };

static struct {
	char *file;
	off_t most;       /* bytes; 0: no rotation */
	int keep;         /* old files */
	int failed_only, sync, wanted[KINDS];
	pthread_mutex_t lock; /* guards fd and what is done to the files */
	int fd;
} log_to = { .keep = 5, .lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1 };

/* ---------------------------------------------------------------- Text */

struct text {
	char *p;
	size_t len, room;
};

static void put(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct text *t, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n < 0)
		return;
	if (t->len + (size_t)n + 1 > t->room) {
		char *p = realloc(t->p, (t->len + (size_t)n + 1) * 2);
		if (!p)
			return;
		t->p = p;
		t->room = (t->len + (size_t)n + 1) * 2;
	}
	va_start(ap, format);
	vsnprintf(t->p + t->len, (size_t)n + 1, format, ap);
	va_end(ap);
	t->len += (size_t)n;
}

/* What a client sent must not look like lines of the log. */
static void put_safe(struct text *t, const char *s)
{
	for (; s && *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c < 0x20 || c == 0x7f)
			put(t, "\\%02x", c);
		else
			put(t, "%c", c);
	}
}

static void field(struct text *t, const char *name, const char *value)
{
	put(t, "%s: ", name);
	put_safe(t, value);
	put(t, "\n");
}

static void stamp(struct text *t, const struct timeval *tv)
{
	struct tm tm;
	char date[40], zone[8];

	localtime_r(&tv->tv_sec, &tm);
	strftime(date, sizeof date, "%Y-%m-%d-%H:%M:%S", &tm);
	strftime(zone, sizeof zone, "%z", &tm);
	put(t, "%s.%03d%.3s:%s%s", date, (int)(tv->tv_usec / 1000), zone, zone + 3, tm.tm_isdst > 0 ? "DST" : "");
}

/* ---------------------------------------------------------------- File */

static int open_file(void)
{
	if (log_to.fd < 0)
		log_to.fd = open(log_to.file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	return log_to.fd < 0 ? -1 : 0;
}

/* file.1 is the last one that was full. */
static void rotate(void)
{
	size_t n = strlen(log_to.file) + 16;
	char *from = malloc(n), *to = malloc(n);

	if (from && to) {
		for (int i = log_to.keep; i > 0; i--) {
			snprintf(to, n, "%s.%d", log_to.file, i);
			if (i == 1)
				snprintf(from, n, "%s", log_to.file);
			else
				snprintf(from, n, "%s.%d", log_to.file, i - 1);
			rename(from, to);
		}
		if (log_to.keep == 0)
			unlink(log_to.file);
	}
	free(from);
	free(to);
	close(log_to.fd);
	log_to.fd = -1;
}

static void write_out(const struct text *t)
{
	struct stat named, opened;
	int bad = 0;

	pthread_mutex_lock(&log_to.lock);
	/* Others may have moved the file away. */
	if (log_to.fd >= 0 && (stat(log_to.file, &named) != 0 || fstat(log_to.fd, &opened) != 0 || named.st_ino != opened.st_ino ||
			       named.st_dev != opened.st_dev)) {
		close(log_to.fd);
		log_to.fd = -1;
	}
	bad = open_file();
	if (!bad && log_to.most > 0 && fstat(log_to.fd, &opened) == 0 && opened.st_size > 0 &&
	    opened.st_size + (off_t)t->len > log_to.most) {
		rotate();
		bad = open_file();
	}
	for (size_t done = 0; !bad && done < t->len;) {
		ssize_t n = write(log_to.fd, t->p + done, t->len - done);
		if (n < 0 && errno != EINTR)
			bad = 1;
		else if (n > 0)
			done += (size_t)n;
	}
	if (!bad && log_to.sync)
		bad = fsync(log_to.fd);
	if (bad)
		slapi_log_error(SLAPI_LOG_FATAL, "audit", "%s: %s\n", log_to.file, strerror(errno));
	pthread_mutex_unlock(&log_to.lock);
}

/* ---------------------------------------------------------------- Records */

#ifdef SLAPI_DIALECT_389_HOST
/* 389 gives the address as NSPR does: the family, then what sockaddr has. */
static void client(Slapi_PBlock *pb, struct text *t)
{
	union {
		struct {
			uint16_t family, port;
			uint32_t ip;
		} v4;
		struct {
			uint16_t family, port;
			uint32_t flow;
			struct in6_addr ip;
		} v6;
		char room[256];
	} a;
	char text[INET6_ADDRSTRLEN] = "";

	memset(&a, 0, sizeof a);
	if (slapi_pblock_get(pb, SLAPI_CONN_CLIENTNETADDR, &a) != 0)
		put(t, "unknown");
	else if (a.v4.family == AF_INET)
		put(t, "%s:%d", inet_ntop(AF_INET, &a.v4.ip, text, sizeof text), ntohs(a.v4.port));
	else if (a.v4.family == AF_UNIX)
		put(t, "local");
	else if (IN6_IS_ADDR_V4MAPPED(&a.v6.ip))
		put(t, "%s:%d", inet_ntop(AF_INET, &a.v6.ip.s6_addr[12], text, sizeof text), ntohs(a.v6.port));
	else
		put(t, "%s:%d", inet_ntop(AF_INET6, &a.v6.ip, text, sizeof text), ntohs(a.v6.port));
}
#else
static void client(Slapi_PBlock *pb, struct text *t)
{
	char *ip = NULL;

	if (slapi_pblock_get(pb, SLAPI_CONN_CLIENTIP, &ip) == 0 && ip)
		put_safe(t, strncmp(ip, "IP=", 3) == 0 ? ip + 3 : ip);
	else
		put(t, "unknown");
}
#endif

static char *string_of(Slapi_PBlock *pb, int id)
{
	char *s = NULL;
	return slapi_pblock_get(pb, id, &s) == 0 ? s : NULL;
}

static int int_of(Slapi_PBlock *pb, int id)
{
	long room = 0; /* some hosts write more than an int */
	int n;
	if (slapi_pblock_get(pb, id, &room) != 0)
		return 0;
	memcpy(&n, &room, sizeof n);
	return n;
}

static void controls(Slapi_PBlock *pb, struct text *t)
{
	LDAPControl **list = NULL;

	if (slapi_pblock_get(pb, SLAPI_REQCONTROLS, &list) != 0)
		return;
	for (; list && *list; list++) {
		field(t, "controlType", (*list)->ldctl_oid);
		put(t, "criticality: %s\n", (*list)->ldctl_iscritical ? "true" : "false");
	}
}

static void list_attributes(struct text *t, char **attrs)
{
	put(t, "attributes: ");
	for (int i = 0; attrs && attrs[i]; i++) {
		if (i)
			put(t, ", ");
		put_safe(t, attrs[i]);
	}
	put(t, "\n");
}

static void request(Slapi_PBlock *pb, int kind, struct text *t)
{
	static const char *const scopes[] = { "baseObject", "singleLevel", "wholeSubtree", "subordinateSubtree" };
	static const char *const derefs[] = { "neverDerefAliases", "derefInSearching", "derefFindingBaseObj", "derefAlways" };
	static const char *const verbs[] = { "add", "delete", "replace", "increment" };
	char *dn = string_of(pb, SLAPI_TARGET_DN), **attrs = NULL, *s;
	int n;

	switch (kind) {
	case BIND:
		field(t, "name", dn);
		n = int_of(pb, SLAPI_BIND_METHOD);
		s = n == LDAP_AUTH_SIMPLE ? NULL : string_of(pb, SLAPI_BIND_SASLMECHANISM);
		field(t, "authenticationChoice", n == LDAP_AUTH_SIMPLE ? "simple" : s ? s : "sasl");
		break;
	case SEARCH:
		field(t, "base", dn);
		n = int_of(pb, SLAPI_SEARCH_SCOPE);
		put(t, "scope: %s\n", n >= 0 && n < 4 ? scopes[n] : "unknown");
		n = int_of(pb, SLAPI_SEARCH_DEREF);
		put(t, "derefAliases: %s\n", n >= 0 && n < 4 ? derefs[n] : "unknown");
		put(t, "typesOnly: %s\n", int_of(pb, SLAPI_SEARCH_ATTRSONLY) ? "true" : "false");
		field(t, "filter", string_of(pb, SLAPI_SEARCH_STRFILTER));
		if (slapi_pblock_get(pb, SLAPI_SEARCH_ATTRS, &attrs) == 0 && attrs && attrs[0])
			list_attributes(t, attrs);
		break;
	case COMPARE:
		field(t, "entry", dn);
		field(t, "attribute", string_of(pb, SLAPI_COMPARE_TYPE));
		break;
	case MODIFY: {
		LDAPMod **mods = NULL;
		field(t, "object", dn);
		if (slapi_pblock_get(pb, SLAPI_MODIFY_MODS, &mods) == 0)
			for (; mods && *mods; mods++) {
				int op = (*mods)->mod_op & ~LDAP_MOD_BVALUES;
				field(t, op >= 0 && op < 4 ? verbs[op] : "change", (*mods)->mod_type);
			}
		break;
	}
	case MODRDN:
		field(t, "entry", dn);
		field(t, "newrdn", string_of(pb, SLAPI_MODRDN_NEWRDN));
		put(t, "deleteoldrdn: %s\n", int_of(pb, SLAPI_MODRDN_DELOLDRDN) ? "true" : "false");
		if ((s = string_of(pb, SLAPI_MODRDN_NEWSUPERIOR)))
			field(t, "newSuperior", s);
		break;
	case ADD: {
		Slapi_Entry *e = NULL;
		Slapi_Attr *a = NULL;
		int first = 1;
		field(t, "entry", dn);
		if (slapi_pblock_get(pb, SLAPI_ADD_ENTRY, &e) == 0 && e) {
			put(t, "attributes: ");
			for (int rc = slapi_entry_first_attr(e, &a); rc == 0 && a; rc = slapi_entry_next_attr(e, a, &a)) {
				char *type = NULL;
				slapi_attr_get_type(a, &type);
				put(t, "%s", first ? "" : ", ");
				put_safe(t, type);
				first = 0;
			}
			put(t, "\n");
		}
		break;
	}
	case DELETE:
		field(t, "entry", dn);
		break;
	case ABANDON:
		put(t, "message id: %d\n", int_of(pb, SLAPI_ABANDON_MSGID));
		break;
	case EXTENDED:
		field(t, "OID", string_of(pb, SLAPI_EXT_OP_REQ_OID));
		break;
	}
}

static void record(Slapi_PBlock *pb, int kind)
{
	int code = int_of(pb, SLAPI_RESULT_CODE);
	struct text t = { 0 };
	struct timeval now, begun = { 0, 0 };
	uint64_t conn = 0;
	long initiated = 0;
	char *who;

	if (!log_to.wanted[kind])
		return;
#ifdef SLAPI_DIALECT_389_HOST
	void *connection = NULL; /* 389 calls post-operation plug-ins for its own searches, too */
	if (slapi_pblock_get(pb, SLAPI_CONNECTION, &connection) != 0 || !connection)
		return;
#endif
	if (log_to.failed_only && (code == LDAP_SUCCESS || code == LDAP_COMPARE_TRUE || code == LDAP_COMPARE_FALSE || code == LDAP_SASL_BIND_IN_PROGRESS))
		return;
	gettimeofday(&now, NULL);
	put(&t, "AuditV3--");
	stamp(&t, &now);
	put(&t, "--V3 %s--bindDN: ", titles[kind]);
	who = string_of(pb, SLAPI_REQUESTOR_DN);
	if (kind == BIND) {
		/* Who the client has become, or wanted to be. */
		if (code == LDAP_SUCCESS)
			who = string_of(pb, SLAPI_CONN_DN);
		if (!who || !*who)
			who = string_of(pb, SLAPI_TARGET_DN);
	}
	if (who && *who)
		put_safe(&t, who);
	else
		put(&t, "<*CN=NULLDN*>");
	put(&t, "--client: ");
	client(pb, &t);
	slapi_pblock_get(pb, SLAPI_CONN_ID, &conn);
	put(&t, "--connectionID: %llu--received: ", (unsigned long long)conn);
	slapi_pblock_get(pb, SLAPI_OPINITIATED_TIME, &initiated);
	begun.tv_sec = initiated ? initiated : now.tv_sec;
	stamp(&t, &begun);
	put(&t, "--%s\n", kind == ABANDON || kind == UNBIND ? "Success" : ldap_err2string(code));
	controls(pb, &t);
	request(pb, kind, &t);
	put(&t, "\n");
	if (t.p)
		write_out(&t);
	free(t.p);
}

#define HOOK(name, kind) static int name(Slapi_PBlock *pb) { record(pb, kind); return 0; }
HOOK(post_bind, BIND)
HOOK(post_unbind, UNBIND)
HOOK(post_search, SEARCH)
HOOK(post_compare, COMPARE)
HOOK(post_modify, MODIFY)
HOOK(post_modrdn, MODRDN)
HOOK(post_add, ADD)
HOOK(post_delete, DELETE)
HOOK(post_abandon, ABANDON)

/* The one function of an audit plug-in, for every operation. */
static int audit(Slapi_PBlock *pb)
{
	switch (int_of(pb, SLAPI_OPERATION_TYPE)) {
	case LDAP_REQ_BIND: record(pb, BIND); break;
	case LDAP_REQ_UNBIND: record(pb, UNBIND); break;
	case LDAP_REQ_SEARCH: record(pb, SEARCH); break;
	case LDAP_REQ_MODIFY: record(pb, MODIFY); break;
	case LDAP_REQ_ADD: record(pb, ADD); break;
	case LDAP_REQ_DELETE: record(pb, DELETE); break;
	case LDAP_REQ_MODRDN: record(pb, MODRDN); break;
	case LDAP_REQ_COMPARE: record(pb, COMPARE); break;
	case LDAP_REQ_ABANDON: record(pb, ABANDON); break;
	case LDAP_REQ_EXTENDED: record(pb, EXTENDED); break;
	}
	return 0;
}

static int wrong(const char *what)
{
	slapi_log_error(SLAPI_LOG_FATAL, "audit", "argument \"%s\": wrong, see slapid-audit(5)\n", what);
	return -1;
}

static int size_of(const char *s, off_t *out)
{
	char *end;
	long long n = strtoll(s, &end, 10);

	if (end == s || n < 0)
		return -1;
	if (*end == 'k' || *end == 'K')
		n <<= 10, end++;
	else if (*end == 'm' || *end == 'M')
		n <<= 20, end++;
	else if (*end == 'g' || *end == 'G')
		n <<= 30, end++;
	*out = n;
	return *end ? -1 : 0;
}

static int choose(const char *list)
{
	memset(log_to.wanted, 0, sizeof log_to.wanted);
	while (*list) {
		size_t n = strcspn(list, ",");
		int found = 0;
		for (int i = 0; i < KINDS; i++)
			if (strlen(kinds[i]) == n && strncasecmp(kinds[i], list, n) == 0)
				log_to.wanted[i] = found = 1;
		if (!found)
			return -1;
		list += n + (list[n] == ',');
	}
	return 0;
}

static int configure(int argc, char **argv)
{
	for (int i = 0; i < KINDS; i++)
		log_to.wanted[i] = 1;
	for (int i = 0; i < argc; i++) {
		char *a = argv[i];
		if (strncmp(a, "file=", 5) == 0) {
			free(log_to.file);
			log_to.file = strdup(a + 5);
		} else if (strncmp(a, "size=", 5) == 0) {
			if (size_of(a + 5, &log_to.most) != 0)
				return wrong(a);
		} else if (strncmp(a, "keep=", 5) == 0) {
			char *end;
			log_to.keep = (int)strtol(a + 5, &end, 10);
			if (*end || end == a + 5 || log_to.keep < 0 || log_to.keep > 9999)
				return wrong(a);
		} else if (strncmp(a, "operations=", 11) == 0) {
			if (choose(a + 11) != 0)
				return wrong(a);
		} else if (strcmp(a, "failed") == 0) {
			log_to.failed_only = 1;
		} else if (strcmp(a, "sync") == 0) {
			log_to.sync = 1;
		} else {
			return wrong(a);
		}
	}
	if (!log_to.file) {
		slapi_log_error(SLAPI_LOG_FATAL, "audit", "no file=PATH among the arguments\n");
		return -1;
	}
	return 0;
}

static int close_fn(Slapi_PBlock *pb)
{
	(void)pb;
	pthread_mutex_lock(&log_to.lock);
	if (log_to.fd >= 0)
		close(log_to.fd);
	log_to.fd = -1;
	pthread_mutex_unlock(&log_to.lock);
	return 0;
}

static Slapi_PluginDesc description = { "audit", "libslapi", "1", "who did what, with which result" };

int audit_init(Slapi_PBlock *pb)
{
	int argc = 0, type = 0, rc = 0;
	char **argv = NULL;

	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGC, &argc);
	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGV, &argv);
	slapi_pblock_get(pb, SLAPI_PLUGIN_TYPE, &type);
	if (configure(argc, argv) != 0)
		return -1;
	pthread_mutex_lock(&log_to.lock);
	rc = open_file();
	pthread_mutex_unlock(&log_to.lock);
	if (rc != 0) {
		slapi_log_error(SLAPI_LOG_FATAL, "audit", "%s: %s\n", log_to.file, strerror(errno));
		return -1;
	}
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, SLAPI_PLUGIN_VERSION_03);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DESCRIPTION, &description);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_CLOSE_FN, (void *)close_fn);
	if (type == SLAPI_PLUGIN_AUDIT)
		return rc | slapi_pblock_set(pb, SLAPI_PLUGIN_AUDIT_FN, (void *)audit) ? -1 : 0;
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_POST_BIND_FN, (void *)post_bind);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_POST_UNBIND_FN, (void *)post_unbind);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_POST_SEARCH_FN, (void *)post_search);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_POST_COMPARE_FN, (void *)post_compare);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_POST_MODIFY_FN, (void *)post_modify);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_POST_MODRDN_FN, (void *)post_modrdn);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_POST_ADD_FN, (void *)post_add);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_POST_DELETE_FN, (void *)post_delete);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_POST_ABANDON_FN, (void *)post_abandon);
	return rc ? -1 : 0;
}
