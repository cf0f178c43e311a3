/* Wrappers with which plug-ins are clients of other servers: libldap's calls
 * with the settings that a server wants. */
#define _GNU_SOURCE
#define LDAP_DEPRECATED 0
#include <ldap.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host_goside.h"
#include "host_settings.h"
#include "mem.h"

#define INIT_SSL       1
#define INIT_START_TLS 2

/* An error beside libldap's LDAP_URL_ERR_*. */
#define URL_ERR_NODN 0x0b

static const char *ca_file_setting;
static pthread_mutex_t ca_lock = PTHREAD_MUTEX_INITIALIZER;

/* The file of CA certificates for connections of plug-ins; LENT. */
const char *slapi_get_cacertfile(void)
{
	const char *file;

	pthread_mutex_lock(&ca_lock);
	file = ca_file_setting;
	pthread_mutex_unlock(&ca_lock);
	return file;
}

/* certfile is TAKEN. A former one stays valid: it may be in use. */
void slapi_set_cacertfile(char *certfile)
{
	pthread_mutex_lock(&ca_lock);
	ca_file_setting = certfile;
	pthread_mutex_unlock(&ca_lock);
}

/* The port of a host of a URL list "host host:port": none is added to a host
 * that has one, or is an address in brackets with one. */
static int has_port(const char *host, size_t n)
{
	const char *bracket = memrchr(host, ']', n), *colon = memrchr(host, ':', n);

	return colon && (!bracket || colon > bracket);
}

/* "host1 host2:390" as URLs, one behind the other with blanks. */
static char *urls_of(const char *hosts, int port, int secure)
{
	struct cshim_text t = { NULL, 0, 0 };
	char number[16];

	snprintf(number, sizeof number, ":%d", port);
	while (hosts && *hosts) {
		size_t n;
		int bare_v6;
		hosts += strspn(hosts, " ");
		n = strcspn(hosts, " ");
		if (n == 0)
			break;
		if (t.n)
			cshim_text_add(&t, " ", 1);
		if (secure == INIT_SSL)
			cshim_text_add(&t, "ldaps://", 8);
		else
			cshim_text_add(&t, "ldap://", 7);
		/* An IPv6 address without brackets has several colons. */
		bare_v6 = hosts[0] != '[' && memchr(hosts, ':', n) != memrchr(hosts, ':', n);
		if (bare_v6)
			cshim_text_add(&t, "[", 1);
		cshim_text_add(&t, hosts, n);
		if (bare_v6)
			cshim_text_add(&t, "]", 1);
		if (bare_v6 || !has_port(hosts, n))
			cshim_text_add(&t, number, strlen(number));
		cshim_text_add(&t, "/", 1);
		hosts += n;
	}
	return cshim_text_take(&t);
}

/* "ldapi://" and the path, percent-escaped. */
static char *ldapi_url(const char *path)
{
	struct cshim_text t = { NULL, 0, 0 };

	cshim_text_add(&t, "ldapi://", 8);
	for (; *path; path++)
		if (*path == '/')
			cshim_text_add(&t, "%2f", 3);
		else
			cshim_text_add(&t, path, 1);
	return cshim_text_take(&t);
}

/* The handle is GIVEN (slapi_ldap_unbind), NULL on an error. The connection is
 * made by the first request, but for StartTLS, which is done here. Handles of
 * libldap may be used by several threads in any case. */
LDAP *slapi_ldap_init_ext(const char *ldapurl, const char *hostname, int port, int secure, int shared,
			  const char *ldap_socket)
{
	LDAP *ld = NULL;
	int version = LDAP_VERSION3, rc;
	const char *ca = slapi_get_cacertfile();
	char *url, *timeout;

	(void)shared;
	if (ldapurl)
		url = cshim_strdup(ldapurl);
	else if (ldap_socket)
		url = ldapi_url(ldap_socket);
	else
		url = urls_of(hostname ? hostname : "localhost", port > 0 ? port : secure == INIT_SSL ? 636 : 389, secure);
	rc = ldap_initialize(&ld, url);
	if (rc != LDAP_SUCCESS) {
		slapi_log_error(SLAPI_LOG_FATAL, "slapi_ldap_init", "%s: %s\n", url, ldap_err2string(rc));
		free(url);
		return NULL;
	}
	ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
	/* References are the plug-in's matter. */
	ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
	ldap_set_option(ld, LDAP_OPT_RESTART, LDAP_OPT_ON);
	/* A server that does not answer must not hold a thread for ever. */
	timeout = slapiGoSetting("nsslapd-outbound-ldap-io-timeout");
	if (timeout && atoi(timeout) > 0) {
		struct timeval tv = { atoi(timeout) / 1000, atoi(timeout) % 1000 * 1000 };
		ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &tv);
	}
	free(timeout);
	if (secure || strncasecmp(url, "ldaps", 5) == 0) {
		int zero = 0;
		if (ca)
			ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, ca);
		ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &zero);
	}
	if (secure == INIT_START_TLS && (rc = ldap_start_tls_s(ld, NULL, NULL)) != LDAP_SUCCESS) {
		slapi_log_error(SLAPI_LOG_FATAL, "slapi_ldap_init", "StartTLS with %s: %s\n", url, ldap_err2string(rc));
		ldap_unbind_ext_s(ld, NULL, NULL);
		ld = NULL;
	}
	free(url);
	return ld;
}

LDAP *slapi_ldap_init(char *ldaphost, int ldapport, int secure, int shared)
{
	return slapi_ldap_init_ext(NULL, ldaphost, ldapport, secure, shared, NULL);
}

void slapi_ldap_unbind(LDAP *ld)
{
	if (ld)
		ldap_unbind_ext(ld, NULL, NULL);
}

/* A bind, to its end (msgidp NULL) or only begun. Mechanisms that need more than
 * a name and a secret are those of EXTERNAL's kind here: one message each way. */
int slapi_ldap_bind(LDAP *ld, const char *bindid, const char *creds, const char *mech, LDAPControl **serverctrls,
		    LDAPControl ***returnedctrls, struct timeval *timeout, int *msgidp)
{
	struct berval cred = { creds ? strlen(creds) : 0, (char *)(creds ? creds : "") };
	LDAPMessage *answer = NULL;
	int msgid = 0, code = LDAP_SUCCESS, rc;

	if (returnedctrls)
		*returnedctrls = NULL;
	if (!ld)
		return LDAP_PARAM_ERROR;
	if (!mech || !*mech)
		mech = LDAP_SASL_SIMPLE;
	rc = ldap_sasl_bind(ld, bindid, mech, &cred, serverctrls, NULL, &msgid);
	if (rc != LDAP_SUCCESS)
		return rc;
	if (msgidp) {
		*msgidp = msgid;
		return LDAP_SUCCESS;
	}
	rc = ldap_result(ld, msgid, LDAP_MSG_ALL, timeout, &answer);
	if (rc == 0) {
		ldap_abandon_ext(ld, msgid, NULL, NULL);
		return LDAP_TIMEOUT;
	}
	if (rc < 0) {
		ldap_get_option(ld, LDAP_OPT_RESULT_CODE, &code);
		return code != LDAP_SUCCESS ? code : LDAP_SERVER_DOWN;
	}
	rc = ldap_parse_result(ld, answer, &code, NULL, NULL, NULL, returnedctrls, 1);
	return rc != LDAP_SUCCESS ? rc : code;
}

/* *ctrlp is GIVEN. usev2: RFC 4370; else Netscape's first control of the kind,
 * whose value is a sequence of the name. */
int slapi_ldap_create_proxyauth_control(LDAP *ld, const char *dn, const char ctl_iscritical, int usev2, LDAPControl **ctrlp)
{
	struct berval bv = { 0, NULL };
	char *text = NULL;
	BerElement *ber = NULL;
	int rc;

	(void)ld;
	if (!ctrlp)
		return LDAP_PARAM_ERROR;
	if (!dn)
		dn = "";
	if (usev2) {
		text = slapi_ch_smprintf(*dn ? "dn:%s" : "%s", dn);
		bv.bv_val = text;
		bv.bv_len = strlen(text);
		rc = ldap_control_create("2.16.840.1.113730.3.4.18", ctl_iscritical, &bv, 1, ctrlp);
	} else {
		ber = ber_alloc_t(LBER_USE_DER);
		if (!ber || ber_printf(ber, "{s}", dn) < 0 || ber_flatten2(ber, &bv, 0) < 0)
			rc = LDAP_ENCODING_ERROR;
		else
			rc = ldap_control_create("2.16.840.1.113730.3.4.12", ctl_iscritical, &bv, 1, ctrlp);
		ber_free(ber, 1);
	}
	free(text);
	return rc;
}

/* The last error of a handle; *m and *s, where asked for, are libldap's copies,
 * which 389's callers take as LENT, so they are not made here when empty. */
int slapi_ldap_get_lderrno(LDAP *ld, char **m, char **s)
{
	int code = LDAP_PARAM_ERROR;

	if (m)
		*m = NULL;
	if (s)
		*s = NULL;
	if (!ld)
		return code;
	ldap_get_option(ld, LDAP_OPT_RESULT_CODE, &code);
	if (m)
		ldap_get_option(ld, LDAP_OPT_MATCHED_DN, m);
	if (s)
		ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, s);
	return code;
}

/* As ldap_url_parse, and: hosts may be several with blanks between them, as in
 * "ldap://a b:390/", a missing name is an error when require_dn is set, *secure
 * tells ldaps. *ludpp is GIVEN (ldap_free_urldesc). */
int slapi_ldap_url_parse(const char *url, LDAPURLDesc **ludpp, int require_dn, int *secure)
{
	struct cshim_text t = { NULL, 0, 0 };
	const char *scheme_end, *host_end;
	char *copy;
	int rc;

	if (secure)
		*secure = 0;
	if (!url || !ludpp)
		return LDAP_URL_ERR_PARAM;
	*ludpp = NULL;
	scheme_end = strstr(url, "://");
	host_end = scheme_end ? scheme_end + 3 + strcspn(scheme_end + 3, "/") : url + strlen(url);
	for (const char *p = url; *p; p++)
		if (*p == ' ' && p < host_end)
			cshim_text_add(&t, "%20", 3);
		else
			cshim_text_add(&t, p, 1);
	copy = cshim_text_take(&t);
	rc = ldap_url_parse(copy, ludpp);
	free(copy);
	if (rc != LDAP_URL_SUCCESS)
		return rc;
	if (secure)
		*secure = (*ludpp)->lud_scheme && strcasecmp((*ludpp)->lud_scheme, "ldaps") == 0;
	if (require_dn && !((*ludpp)->lud_dn && (*host_end == '/'))) {
		ldap_free_urldesc(*ludpp);
		*ludpp = NULL;
		return URL_ERR_NODN;
	}
	return LDAP_URL_SUCCESS;
}

const char *slapi_urlparse_err2string(int err)
{
	static const char *const texts[] = {
		[LDAP_URL_SUCCESS] = "no error",
		[LDAP_URL_ERR_MEM] = "out of memory",
		[LDAP_URL_ERR_PARAM] = "no URL was given",
		[LDAP_URL_ERR_BADSCHEME] = "the scheme is not ldap, ldaps or ldapi",
		[LDAP_URL_ERR_BADENCLOSURE] = "a closing > is missing",
		[LDAP_URL_ERR_BADURL] = "not a URL",
		[LDAP_URL_ERR_BADHOST] = "bad host or port",
		[LDAP_URL_ERR_BADATTRS] = "bad list of attributes",
		[LDAP_URL_ERR_BADSCOPE] = "bad scope",
		[LDAP_URL_ERR_BADFILTER] = "bad filter",
		[LDAP_URL_ERR_BADEXTS] = "bad extension",
		[URL_ERR_NODN] = "the name of an entry is missing",
	};

	if (err < 0 || err > URL_ERR_NODN || !texts[err])
		return "unknown error";
	return texts[err];
}
