/* searches.c: what hooks add to a search. Called with pairs of servers, each
 * as "name uri pid uri pid", the first of a pair without plug-ins, the second
 * with them. Both get the same base searches in turn, sixteen in flight on one
 * connection, and the processor time that their processes take is read. The
 * difference of the best rounds, per search, is printed for each pair. */
#define _GNU_SOURCE
#include <ldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define FLIGHT 16
#define SEARCHES 4000
#define ROUNDS 30

struct server {
	LDAP *ld;
	clockid_t cpu;
	double best;
};

static void die(const char *what)
{
	fprintf(stderr, "searches: %s\n", what);
	exit(1);
}

static void open_server(struct server *s, const char *uri, const char *pid)
{
	int version = 3;

	if (ldap_initialize(&s->ld, uri) != LDAP_SUCCESS)
		die(uri);
	ldap_set_option(s->ld, LDAP_OPT_PROTOCOL_VERSION, &version);
	if (clock_getcpuclockid((pid_t)atol(pid), &s->cpu) != 0)
		die("no such process");
	s->best = 1e18;
}

static void send_one(struct server *s)
{
	char *attrs[] = { "1.1", NULL };
	int id;

	if (ldap_search_ext(s->ld, "ou=people,dc=example,dc=com", LDAP_SCOPE_BASE, "(objectClass=*)", attrs, 0, NULL, NULL,
			    NULL, 0, &id) != LDAP_SUCCESS)
		die("a search was not sent");
}

static double used(const struct server *s)
{
	struct timespec t;

	if (clock_gettime(s->cpu, &t) != 0)
		die("no processor time");
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static void run(struct server *s)
{
	double from = used(s), took;
	int sent = 0, done = 0;

	for (; sent < FLIGHT; sent++)
		send_one(s);
	while (done < SEARCHES) {
		LDAPMessage *m = NULL;
		int code = -1;
		if (ldap_result(s->ld, LDAP_RES_ANY, LDAP_MSG_ALL, NULL, &m) <= 0)
			die("no answer");
		if (ldap_parse_result(s->ld, m, &code, NULL, NULL, NULL, NULL, 1) != LDAP_SUCCESS || code != 0)
			die("a search failed");
		done++;
		if (sent < SEARCHES) {
			send_one(s);
			sent++;
		}
	}
	took = (used(s) - from) / SEARCHES;
	if (took < s->best)
		s->best = took;
}

int main(int argc, char **argv)
{
	struct server s[8][2];
	int n = 0;

	for (; n < 8 && 5 * n + 5 < argc; n++) {
		open_server(&s[n][0], argv[5 * n + 2], argv[5 * n + 3]);
		open_server(&s[n][1], argv[5 * n + 4], argv[5 * n + 5]);
	}
	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < n; i++) {
			run(&s[i][round % 2]);
			run(&s[i][1 - round % 2]);
		}
	for (int i = 0; i < n; i++)
		printf("%s %.1f %.1f %.1f\n", argv[5 * i + 1], s[i][0].best, s[i][1].best, s[i][1].best - s[i][0].best);
	return 0;
}
