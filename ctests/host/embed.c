/* embed.c CONF URL: a program that holds the server: starts it, asks it
 * something, stops it, and does so a second time in the same process. */
#include <stdio.h>
#include <stdlib.h>
#include <ldap.h>
#include <slapid.h>

static int ask(const char *url)
{
	LDAP *ld = NULL;
	LDAPMessage *result = NULL;
	int version = LDAP_VERSION3, rc;

	if (ldap_initialize(&ld, url) != LDAP_SUCCESS)
		return -1;
	ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
	rc = ldap_search_ext_s(ld, "", LDAP_SCOPE_BASE, "(objectClass=*)", NULL, 0, NULL, NULL, NULL, 0, &result);
	if (rc == LDAP_SUCCESS && ldap_count_entries(ld, result) != 1)
		rc = -1;
	ldap_msgfree(result);
	ldap_unbind_ext_s(ld, NULL, NULL);
	return rc;
}

int main(int argc, char **argv)
{
	char *args[] = { "embed", "-f", argv[1], "-h", argv[2] }, *wrong[] = { "embed", "-f", "/nonexistent" };
	char *error = NULL;

	if (argc != 3)
		return 2;
	printf("version %s\n", slapid_version()[0] ? "known" : "unknown");
	printf("stop without a server %d\n", slapid_stop());
	printf("start without a configuration %d", slapid_start(3, wrong, &error));
	printf(", message %s\n", error ? "given" : "missing");
	free(error);
	for (int i = 0; i < 2; i++) {
		printf("start %d\n", slapid_start(5, args, &error));
		printf("again %d\n", slapid_start(5, args, NULL));
		printf("ask %d\n", ask(argv[2]));
		printf("stop %d\n", slapid_stop());
		printf("ask %s\n", ask(argv[2]) == LDAP_SUCCESS ? "answered" : "no answer");
	}
	return 0;
}
