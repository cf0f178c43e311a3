/* Settings of cn=config and facts of the server under the names by which
 * binaries of 389's plug-ins ask for them. */
#define _GNU_SOURCE
#include "host_settings.h"

#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "host_goside.h"
#include "host_services.h"
#include "mem.h"
#include "plugin.h"
#include "pblock.h"

char *cshim_setting(const char *attr)
{
	return slapiGoSetting((char *)attr);
}

int cshim_setting_bool(const char *attr, int def)
{
	char *value = cshim_setting(attr);
	int on = def;

	if (value)
		on = strcasecmp(value, "on") == 0 || strcasecmp(value, "true") == 0 || strcasecmp(value, "yes") == 0 ||
		     strcmp(value, "1") == 0;
	free(value);
	return on;
}

long cshim_setting_num(const char *attr, long def)
{
	char *value = cshim_setting(attr), *end = NULL;
	long n = value ? strtol(value, &end, 10) : def;

	if (value && end == value)
		n = def;
	free(value);
	return n;
}

int config_get_schemacheck(void)
{
	return cshim_setting_bool("nsslapd-schemacheck", 1);
}

int config_get_entryusn_global(void)
{
	return cshim_setting_bool("nsslapd-entryusn-global", 0);
}

int config_get_moddn_aci(void)
{
	return cshim_setting_bool("nsslapd-moddn-aci", 1);
}

int32_t config_get_targetfilter_cache(void)
{
	return cshim_setting_bool("nsslapd-targetfilter-cache", 1);
}

int slapi_config_get_readonly(void)
{
	return cshim_setting_bool("nsslapd-readonly", 0);
}

int slapi_config_get_unhashed_pw_switch(void)
{
	char *value = cshim_setting("nsslapd-unhashed-pw-switch");
	int rc = SLAPD_UNHASHED_PW_OFF;

	if (value && strcasecmp(value, "on") == 0)
		rc = SLAPD_UNHASHED_PW_ON;
	else if (value && strcasecmp(value, "nolog") == 0)
		rc = SLAPD_UNHASHED_PW_NOLOG;
	free(value);
	return rc;
}

/* errorbuf has room for SLAPI_DSE_RETURNTEXT_SIZE. */
int config_set_ignore_vattrs(const char *attrname, char *value, char *errorbuf, int apply)
{
	char *text = NULL;
	int rc;

	if (!value || (strcasecmp(value, "on") != 0 && strcasecmp(value, "off") != 0)) {
		if (errorbuf)
			snprintf(errorbuf, SLAPI_DSE_RETURNTEXT_SIZE, "%s: the value is neither on nor off",
				 attrname ? attrname : "nsslapd-ignore-virtual-attrs");
		return LDAP_OPERATIONS_ERROR;
	}
	if (!apply)
		return LDAP_SUCCESS;
	rc = slapiGoSetSetting("nsslapd-ignore-virtual-attrs", value, &text);
	if (rc != LDAP_SUCCESS && errorbuf)
		snprintf(errorbuf, SLAPI_DSE_RETURNTEXT_SIZE, "%s", text ? text : "cn=config could not be changed");
	free(text);
	return rc;
}

/* GIVEN; NULL when the server has no such folder. */
char *config_get_configdir(void)
{
	return slapiGoConfigDir();
}

/* GIVEN: the host name that is configured, else the one that the resolver has. */
char *get_localhost_DNS(void)
{
	char *name = cshim_setting("nsslapd-localhost"), here[256];
	struct addrinfo hints = { .ai_flags = AI_CANONNAME }, *found = NULL;

	if (name || gethostname(here, sizeof here) != 0)
		return name;
	here[sizeof here - 1] = 0;
	if (getaddrinfo(here, NULL, &hints, &found) == 0 && found->ai_canonname)
		name = cshim_strdup(found->ai_canonname);
	if (found)
		freeaddrinfo(found);
	return name ? name : cshim_strdup(here);
}

/* GIVEN. */
char *slapi_get_rootdn(void)
{
	return cshim_setting("nsslapd-rootdn");
}

int32_t slapi_sdn_isroot(const Slapi_DN *sdn)
{
	const char *ndn = sdn ? slapi_sdn_get_ndn(sdn) : NULL;
	char *root;
	Slapi_DN *other;
	int same;

	if (!ndn || !*ndn)
		return 0;
	if (slapiGoIsRoot((char *)ndn))
		return 1;
	root = slapi_get_rootdn();
	if (!root)
		return 0;
	other = slapi_sdn_new_dn_byval(root);
	same = slapi_sdn_compare(sdn, other) == 0;
	slapi_sdn_free(&other);
	free(root);
	return same;
}

/* IBM's callers give a pblock before the name: one symbol, so the C name differs. */
int cshim_dn_isroot(const char *first, const char *second) __asm__("slapi_dn_isroot");
int cshim_dn_isroot(const char *first, const char *second)
{
	const char *dn = cshim_dialect(CSHIM_CALLER()) == CSHIM_IBM ? second : first;
	Slapi_DN *sdn = dn ? slapi_sdn_new_dn_byval(dn) : NULL;
	int is = slapi_sdn_isroot(sdn);

	slapi_sdn_free(&sdn);
	return is;
}

/* level is bits of nsslapd-errorlog-level. 389's numbers SLAPI_LOG_* stand for
 * bits of it: LDAP_DEBUG_TRACE 1 is SLAPI_LOG_TRACE and so on. */
int loglevel_is_set(int level)
{
	return (cshim_setting_num("nsslapd-errorlog-level", 16384) & level) != 0;
}

/* The server's own identity. */
struct slapi_componentid *plugin_get_default_component_id(void)
{
	static struct slapi_componentid self;
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&lock);
	if (!self.sci_component_name) {
		self.sci_magic = &self;
		self.sci_component_name = cshim_strdup("cn=server,cn=plugins,cn=config");
	}
	pthread_mutex_unlock(&lock);
	return &self;
}

static LDAPControl *request_control(Slapi_PBlock *pb, const char *oid)
{
	LDAPControl **list = NULL;

	if (cshim_pblock_get(pb, SLAPI_REQCONTROLS, &list, CSHIM_389) != 0)
		return NULL;
	for (; list && *list; list++)
		if ((*list)->ldctl_oid && strcmp((*list)->ldctl_oid, oid) == 0)
			return *list;
	return NULL;
}

/* Whom a request asks to act for, by either proxied-authorization control.
 * *proxydnp is GIVEN, NULL when there is none; *errtextp is a constant. */
/* The root cannot be acted as. *dn is freed then. */
static int proxy_of(char **dn, int critical, char **errtextp)
{
	if (!*dn || !slapi_dn_isroot(*dn))
		return LDAP_SUCCESS;
	if (errtextp)
		*errtextp = "Proxy dn should not be rootdn";
	free(*dn);
	*dn = NULL;
	return critical ? LDAP_UNAVAILABLE_CRITICAL_EXTENSION : LDAP_UNWILLING_TO_PERFORM;
}

int proxyauth_get_dn(Slapi_PBlock *pb, char **proxydnp, char **errtextp)
{
	LDAPControl *c;

	*proxydnp = NULL;
	if (!pb)
		return LDAP_SUCCESS;
	if ((c = request_control(pb, "2.16.840.1.113730.3.4.18")) != NULL) {
		if (!c->ldctl_iscritical) {
			if (errtextp)
				*errtextp = "proxy control must be marked critical";
			return LDAP_PROTOCOL_ERROR;
		}
		if (c->ldctl_value.bv_len == 0 || !c->ldctl_value.bv_val) {
			*proxydnp = cshim_strdup("");
		} else if (c->ldctl_value.bv_len >= 3 && strncasecmp(c->ldctl_value.bv_val, "dn:", 3) == 0) {
			*proxydnp = cshim_strndup(c->ldctl_value.bv_val + 3, c->ldctl_value.bv_len - 3);
		} else {
			if (errtextp)
				*errtextp = "the authorization identity is no name of the form dn:";
			return LDAP_INVALID_SYNTAX;
		}
		return proxy_of(proxydnp, 1, errtextp);
	}
	if ((c = request_control(pb, "2.16.840.1.113730.3.4.12")) != NULL) {
		BerElement *ber = c->ldctl_value.bv_len ? ber_init(&c->ldctl_value) : NULL;
		char *dn = NULL;
		int ok = ber && ber_scanf(ber, "{a}", &dn) != LBER_ERROR;
		if (ber)
			ber_free(ber, 1);
		if (!ok) {
			if (errtextp)
				*errtextp = "the value of the proxied authorization control cannot be read";
			return LDAP_OPERATIONS_ERROR;
		}
		*proxydnp = cshim_strdup(dn);
		ber_memfree(dn);
		return proxy_of(proxydnp, c->ldctl_iscritical, errtextp);
	}
	return LDAP_SUCCESS;
}

/* The DN of the plug-in that an operation comes from, which 389 writes down
 * where nsslapd-plugin-binddn-tracking is on. LENT, NULL when it is off. */
static const char *tracked(Slapi_PBlock *pb)
{
	struct slapi_componentid *id = NULL;
	struct cshim_plugin *p;

	if (!cshim_setting_bool("nsslapd-plugin-binddn-tracking", 0))
		return NULL;
	if (pb)
		cshim_pblock_get(pb, SLAPI_PLUGIN_IDENTITY, &id, CSHIM_389);
	if (id && id->sci_component_name)
		return id->sci_component_name;
	p = id ? id->sci_plugin : cshim_thread()->plugin;
	if (p && p->config_entry)
		return slapi_entry_get_dn_const(p->config_entry);
	return "cn=server,cn=plugins,cn=config";
}

void add_internal_modifiersname(Slapi_PBlock *pb, Slapi_Entry *e)
{
	const char *name = tracked(pb);

	if (name && e)
		slapi_entry_attr_set_charptr(e, "internalModifiersName", name);
}

static void replace(Slapi_Mods *smods, const char *type, const char *value)
{
	slapi_mods_add_string(smods, LDAP_MOD_REPLACE, type, value ? value : "");
}

char *format_genTime(time_t from);

void modify_update_last_modified_attr(Slapi_PBlock *pb, Slapi_Mods *smods)
{
	char *who = NULL, *td = NULL, *when = format_genTime(time(NULL));
	const char *name = tracked(pb);

	if (pb)
		cshim_pblock_get(pb, SLAPI_REQUESTOR_DN, &who, CSHIM_389);
	if (name) {
		/* The plug-in is named apart, so modifiersName is who caused it all. */
		replace(smods, "internalModifiersName", name);
		slapi_td_get_dn(&td);
		if (td && *td)
			who = td;
	}
	replace(smods, "modifiersName", who);
	replace(smods, "modifyTimestamp", when);
	free(when);
}

#define DEFAULTS "cn=plugin default config,cn=config"

static Slapi_Entry *defaults(void)
{
	Slapi_DN *sdn = slapi_sdn_new_dn_byval(DEFAULTS);
	Slapi_Entry *e = NULL;

	slapi_search_internal_get_entry(sdn, NULL, &e, plugin_get_default_component_id());
	slapi_sdn_free(&sdn);
	return e;
}

/* 0 done or there already. */
int slapi_set_plugin_default_config(const char *type, Slapi_Value *value)
{
	Slapi_Entry *e;
	Slapi_PBlock *pb;
	int rc = LDAP_SUCCESS;

	if (!type || !*type || !value)
		return 1;
	e = defaults();
	pb = slapi_pblock_new();
	if (!e) {
		Slapi_Entry *made = slapi_entry_alloc();
		slapi_entry_init(made, cshim_strdup(DEFAULTS), NULL);
		slapi_entry_add_string(made, "objectclass", "top");
		slapi_entry_add_string(made, "objectclass", "extensibleObject");
		slapi_entry_add_string(made, "cn", "plugin default config");
		slapi_entry_add_value(made, type, value);
		slapi_add_entry_internal_set_pb(pb, made, NULL, plugin_get_default_component_id(), 0);
		slapi_add_internal_pb(pb);
	} else if (!slapi_entry_attr_has_syntax_value(e, type, value)) {
		struct berval *values[] = { &value->bv, NULL };
		LDAPMod mod = { LDAP_MOD_ADD | LDAP_MOD_BVALUES, (char *)type, { NULL } }, *mods[] = { &mod, NULL };
		mod.mod_bvalues = values;
		slapi_modify_internal_set_pb(pb, DEFAULTS, mods, NULL, NULL, plugin_get_default_component_id(), 0);
		slapi_modify_internal_pb(pb);
	} else {
		slapi_pblock_destroy(pb);
		slapi_entry_free(e);
		return 0;
	}
	slapi_entry_free(e);
	cshim_pblock_get(pb, SLAPI_PLUGIN_INTOP_RESULT, &rc, CSHIM_389);
	slapi_pblock_destroy(pb);
	return rc;
}

/* *valueset is GIVEN, NULL when there are no values. */
int slapi_get_plugin_default_config(char *type, Slapi_ValueSet **valueset)
{
	Slapi_Entry *e;
	Slapi_Attr *a = NULL;

	if (!type || !valueset)
		return 1;
	*valueset = NULL;
	e = defaults();
	if (e && slapi_entry_attr_find(e, type, &a) == 0) {
		*valueset = slapi_valueset_new();
		slapi_valueset_set_valueset(*valueset, &a->a_present_values);
	}
	slapi_entry_free(e);
	return *valueset ? 0 : 1;
}
