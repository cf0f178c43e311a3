/* searches.c: what hooks add to a search. Called with pairs of servers, each
 * as "name uri pid uri pid", the first of a pair without plug-ins, the second
 * with them. Both get the same base searches in turn, sixteen in flight on one
 * connection, and the processor time that their processes take is read. Printed
 * for each pair, per search: the medians of both, and that of the differences
 * of neighbouring rounds. */
#define _GNU_SOURCE
#include <ldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define FLIGHT 16
#define SEARCHES 1000
#define ROUNDS 101

struct server {
	LDAP *ld;
	clockid_t cpu;
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

/* Processor time of a round, per search. */
static double run(struct server *s)
{
	double from = used(s);
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
	return (used(s) - from) / SEARCHES;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *v)
{
	qsort(v, ROUNDS, sizeof *v, ascending);
	return v[ROUNDS / 2];
}

int main(int argc, char **argv)
{
	static double took[8][2][ROUNDS], more[8][ROUNDS];
	struct server s[8][2];
	int n = 0;

	for (; n < 8 && 5 * n + 5 < argc; n++) {
		open_server(&s[n][0], argv[5 * n + 2], argv[5 * n + 3]);
		open_server(&s[n][1], argv[5 * n + 4], argv[5 * n + 5]);
	}
	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < n; i++) {
			int first = round % 2;
			took[i][first][round] = run(&s[i][first]);
			took[i][!first][round] = run(&s[i][!first]);
			more[i][round] = took[i][1][round] - took[i][0][round];
		}
	for (int i = 0; i < n; i++)
		printf("%s %.0f %.0f %.0f\n", argv[5 * i + 1], median(took[i][0]), median(took[i][1]), median(more[i]));
	return 0;
}
