/* Password policy as plug-ins ask for it: the policy of an entry, what the
 * entry's operational attributes say by it, and the controls of bind responses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host_goside.h"
#include "host_settings.h"
#include "host_vattr.h"
#include "mem.h"
#include "pblock.h"

time_t parse_localTime(char *from);

struct passwordpolicyarray {
	int expires, must_change, lockout;
	long grace;
};

static int entry_bool(Slapi_Entry *e, const char *attr, int def)
{
	return e && slapi_entry_attr_exists(e, attr) ? slapi_entry_attr_get_bool(e, attr) : def;
}

/* GIVEN (slapi_pwpolicy_free). The policy of cn=config, or where
 * nsslapd-pwpolicy-local is on that which the entry's pwdpolicysubentry names. */
Slapi_PWPolicy *slapi_get_pwpolicy(Slapi_DN *dn)
{
	Slapi_PWPolicy *p = cshim_calloc(1, sizeof *p);
	Slapi_Entry *e = NULL, *local = NULL;
	char *attrs[] = { "pwdpolicysubentry", NULL };
	const char *name;

	p->expires = cshim_setting_bool("passwordExp", 0);
	p->must_change = cshim_setting_bool("passwordMustChange", 0);
	p->lockout = cshim_setting_bool("passwordLockout", 0);
	p->grace = cshim_setting_num("passwordGraceLimit", 0);
	if (!dn || slapi_sdn_isempty(dn) || !cshim_setting_bool("nsslapd-pwpolicy-local", 0))
		return p;
	slapi_search_internal_get_entry(dn, attrs, &e, plugin_get_default_component_id());
	name = e ? slapi_entry_attr_get_ref(e, "pwdpolicysubentry") : NULL;
	if (name) {
		Slapi_DN *at = slapi_sdn_new_dn_byval(name);
		slapi_search_internal_get_entry(at, NULL, &local, plugin_get_default_component_id());
		slapi_sdn_free(&at);
	}
	if (local) {
		p->expires = entry_bool(local, "passwordExp", p->expires);
		p->must_change = entry_bool(local, "passwordMustChange", p->must_change);
		p->lockout = entry_bool(local, "passwordLockout", p->lockout);
		if (slapi_entry_attr_exists(local, "passwordGraceLimit"))
			p->grace = slapi_entry_attr_get_long(local, "passwordGraceLimit");
	}
	slapi_entry_free(local);
	slapi_entry_free(e);
	return p;
}

void slapi_pwpolicy_free(Slapi_PWPolicy *pwpolicy)
{
	free(pwpolicy);
}

/* -1 when the entry lacks the attribute. The first second of 1970 is 389's way
 * to say "no time": reset by an administrator, or locked for ever. */
static time_t time_in(Slapi_Entry *e, const char *attr)
{
	const char *text = slapi_entry_attr_get_ref(e, (char *)attr);

	return text ? parse_localTime((char *)text) : (time_t)-1;
}

int slapi_pwpolicy_is_expired(Slapi_PWPolicy *pwpolicy, Slapi_Entry *e, time_t *expire_time, int *remaining_grace)
{
	time_t end;

	if (expire_time)
		*expire_time = (time_t)-1;
	if (remaining_grace)
		*remaining_grace = -1;
	if (!pwpolicy || !e || !pwpolicy->expires)
		return 0;
	end = time_in(e, "passwordExpirationTime");
	if (end == (time_t)-1 || end == 0)
		return 0;
	if (end > time(NULL)) {
		if (expire_time)
			*expire_time = end;
		return 0;
	}
	if (remaining_grace) {
		long left = pwpolicy->grace - slapi_entry_attr_get_long(e, "passwordGraceUserTime");
		*remaining_grace = left > 0 ? (int)left : 0;
	}
	return 1;
}

int slapi_pwpolicy_is_locked(Slapi_PWPolicy *pwpolicy, Slapi_Entry *e, time_t *unlock_time)
{
	time_t end;

	if (unlock_time)
		*unlock_time = (time_t)-1;
	if (!pwpolicy || !e || !pwpolicy->lockout)
		return 0;
	end = time_in(e, "accountUnlockTime");
	if (end == (time_t)-1 || (end != 0 && end <= time(NULL)))
		return 0;
	if (unlock_time)
		*unlock_time = end;
	return 1;
}

int slapi_pwpolicy_is_reset(Slapi_PWPolicy *pwpolicy, Slapi_Entry *e)
{
	return pwpolicy && e && pwpolicy->must_change && time_in(e, "passwordExpirationTime") == 0;
}

static void add_response(Slapi_PBlock *pb, LDAPControl *c)
{
	cshim_pblock_set(pb, SLAPI_ADD_RESCONTROL, c, CSHIM_389); /* copies */
}

/* Netscape's controls: arg is the OID, the value the seconds as text. */
int slapi_add_pwd_control(Slapi_PBlock *pb, char *arg, long time)
{
	char text[32];
	LDAPControl c = { 0 };

	if (!pb || !arg)
		return -1;
	c.ldctl_oid = arg;
	c.ldctl_value.bv_len = (ber_len_t)snprintf(text, sizeof text, "%ld", time);
	c.ldctl_value.bv_val = text;
	add_response(pb, &c);
	return 0;
}

/* Who a bind made of the connection: "dn:" and the name, empty for nobody. */
void slapi_add_auth_response_control(Slapi_PBlock *pb, const char *binddn)
{
	LDAPControl c = { 0 };
	char *text;

	if (!pb)
		return;
	text = binddn && *binddn ? slapi_ch_smprintf("dn:%s", binddn) : cshim_strdup("");
	c.ldctl_oid = "2.16.840.1.113730.3.4.15";
	c.ldctl_value.bv_val = text;
	c.ldctl_value.bv_len = strlen(text);
	add_response(pb, &c);
	free(text);
}

/* The response of draft-behera-ldap-password-policy; -1 leaves a part out. */
int slapi_pwpolicy_make_response_control(Slapi_PBlock *pb, int seconds, int logins, int error)
{
	BerElement *ber = ber_alloc_t(LBER_USE_DER);
	LDAPControl c = { 0 };
	int rc;

	if (!pb || !ber) {
		if (ber)
			ber_free(ber, 1);
		return -1;
	}
	rc = ber_printf(ber, "{");
	if (rc >= 0 && seconds >= 0)
		rc = ber_printf(ber, "t{ti}", (ber_tag_t)0xa0, (ber_tag_t)0x80, seconds);
	else if (rc >= 0 && logins >= 0)
		rc = ber_printf(ber, "t{ti}", (ber_tag_t)0xa0, (ber_tag_t)0x81, logins);
	if (rc >= 0 && error >= 0)
		rc = ber_printf(ber, "te", (ber_tag_t)0x81, error);
	if (rc >= 0)
		rc = ber_printf(ber, "}");
	c.ldctl_oid = "1.3.6.1.4.1.42.2.27.8.5.1";
	if (rc >= 0 && ber_flatten2(ber, &c.ldctl_value, 0) == 0) {
		add_response(pb, &c);
		rc = 0;
	} else {
		rc = -1;
	}
	ber_free(ber, 1);
	return rc;
}

/* nsAccountLock, the entry's own or a virtual one. */
static int inactivated(Slapi_PBlock *pb, Slapi_Entry *e)
{
	Slapi_ValueSet *values = NULL;
	Slapi_Value *v = NULL;
	char *actual = NULL;
	int flags = 0, is = 0;

	if (cshim_vattr_get(pb, e, "nsAccountLock", &values, NULL, &actual, SLAPI_VIRTUALATTRS_REQUEST_POINTERS, &flags) == 0) {
		slapi_valueset_first_value(values, &v);
		is = v && v->bv.bv_val && strcasecmp(v->bv.bv_val, "true") == 0;
	}
	slapi_vattr_values_free(&values, &actual, flags);
	return is;
}

/* Whether an account must not be used: inactivated (nsAccountLock), or, when the
 * policy is asked too, locked after failed binds. 1 yes (the result was sent when
 * send_result is set), 0 no. */
int slapi_check_account_lock(Slapi_PBlock *pb, Slapi_Entry *bind_target_entry, int pwresponse_req,
			     int check_password_policy, int send_result)
{
	Slapi_PWPolicy *policy;
	time_t until;
	int locked;

	if (!bind_target_entry)
		return 0;
	if (inactivated(pb, bind_target_entry)) {
		if (pwresponse_req)
			slapi_pwpolicy_make_response_control(pb, -1, -1, 1);
		if (send_result)
			slapi_send_ldap_result(pb, LDAP_UNWILLING_TO_PERFORM, NULL, "Account inactivated. Contact system administrator.", 0, NULL);
		return 1;
	}
	if (!check_password_policy)
		return 0;
	policy = slapi_get_pwpolicy(slapi_entry_get_sdn(bind_target_entry));
	locked = slapi_pwpolicy_is_locked(policy, bind_target_entry, &until);
	slapi_pwpolicy_free(policy);
	if (!locked)
		return 0;
	if (pwresponse_req)
		slapi_pwpolicy_make_response_control(pb, -1, -1, 1);
	if (send_result)
		slapi_send_ldap_result(pb, LDAP_CONSTRAINT_VIOLATION, NULL,
				       until ? "too many failed binds; try again later"
					     : "too many failed binds; an administrator must reset the password",
				       0, NULL);
	return 1;
}

/* One of the settings of temporary passwords: the entry's own policy's, or cn=config's; -1 unset. */
static long temporary(Slapi_Entry *local, const char *attr)
{
	if (local && slapi_entry_attr_exists(local, attr))
		return slapi_entry_attr_get_long(local, attr);
	return cshim_setting_num(attr, -1);
}

static int count_use(Slapi_Entry *e, long n)
{
	char text[32], *vals[2] = { text, NULL };
	LDAPMod mod = { LDAP_MOD_REPLACE, "pwdTPRUseCount", { vals } }, *mods[2] = { &mod, NULL };
	Slapi_PBlock *pb = slapi_pblock_new();
	int rc = -1;

	snprintf(text, sizeof text, "%ld", n);
	slapi_modify_internal_set_pb_ext(pb, slapi_entry_get_sdn(e), mods, NULL, NULL, plugin_get_default_component_id(), 0);
	slapi_modify_internal_pb(pb);
	slapi_pblock_get(pb, SLAPI_PLUGIN_INTOP_RESULT, &rc);
	slapi_pblock_destroy(pb);
	return rc;
}

/* A password that an administrator has set may be good for some binds, from some
 * time on, and to some time only. 0, or LDAP_CONSTRAINT_VIOLATION. */
int slapi_check_tpr_limits(Slapi_PBlock *pb, Slapi_Entry *bind_target_entry, int send_result)
{
	Slapi_Entry *e = bind_target_entry, *local = NULL;
	const char *name, *why = NULL;
	time_t at, now = time(NULL);

	if (e == NULL || !slapi_entry_attr_hasvalue(e, "pwdTPRReset", "TRUE"))
		return 0;
	name = slapi_entry_attr_get_ref(e, "pwdpolicysubentry");
	if (name && cshim_setting_bool("nsslapd-pwpolicy-local", 0)) {
		Slapi_DN *sdn = slapi_sdn_new_dn_byval(name);
		slapi_search_internal_get_entry(sdn, NULL, &local, plugin_get_default_component_id());
		slapi_sdn_free(&sdn);
	}
	if (temporary(local, "passwordTPRMaxUse") >= 0 && slapi_entry_attr_exists(e, "pwdTPRUseCount")) {
		long n = slapi_entry_attr_get_long(e, "pwdTPRUseCount") + 1;
		count_use(e, n);
		if (n > temporary(local, "passwordTPRMaxUse"))
			why = "the temporary password has been used too often";
	}
	if (why == NULL && temporary(local, "passwordTPRDelayExpireAt") >= 0 && (at = time_in(e, "pwdTPRExpireAt")) != (time_t)-1 && now >= at)
		why = "the temporary password has expired";
	if (why == NULL && temporary(local, "passwordTPRDelayValidFrom") >= 0 && (at = time_in(e, "pwdTPRValidFrom")) != (time_t)-1 && now < at)
		why = "the temporary password is not yet valid";
	slapi_entry_free(local);
	if (why && send_result)
		slapi_send_ldap_result(pb, LDAP_CONSTRAINT_VIOLATION, NULL, (char *)why, 0, NULL);
	return why ? LDAP_CONSTRAINT_VIOLATION : 0;
}
