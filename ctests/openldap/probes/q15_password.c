/* q15_password: passwords, clocks, facts, the log. */
#include "q.h"

static void probe_run(Slapi_PBlock *pb)
{
	struct berval *stored[] __attribute__((unused)) = { bv("clear"), bv("{SHA}0L6TYMLVSsCwv7KFYEjLWUlLDVM="), NULL };

#ifndef DS389
	I(slapi_pw_find(stored, bv("clear")) == 0);
	I(slapi_pw_find(stored, bv("wrong")) == 0);
	unsigned long then = slapi_timer_current_time();
	I(slapi_timer_get_time("probe") >= then);
	slapi_timer_elapsed_time("probe", then);
	char *host = slapi_get_hostname();
	I(host && *host);
	slapi_ch_free_string(&host);
	int ssl = -1;
	I(slapi_is_connection_ssl(pb, &ssl));
	I(ssl);
	char *ip = NULL;
	I(slapi_get_client_ip(pb, &ip));
	P(ip);
	slapi_free_client_ip(&ip);
	P(ip);
#else
	Slapi_Value *list[2] = { slapi_value_new_string("{CLEAR}clear"), NULL }, *given = slapi_value_new_string("clear");
	I(slapi_pw_find_sv(list, given));
	slapi_value_set_string(given, "wrong");
	I(slapi_pw_find_sv(list, given) != 0);
	slapi_value_free(&given);
	slapi_value_free(&list[0]);
	I(slapi_is_encoded("{SHA}0L6TYMLVSsCwv7KFYEjLWUlLDVM="));
	I(slapi_is_encoded("plain"));
	I(slapi_current_utc_time() > 1000000);
#endif
	LDAP *ld = slapi_ldap_init("127.0.0.1", 1, 0, 0);
	P(ld);
	slapi_ldap_unbind(ld);
	if (SAFE)
		slapi_ldap_unbind(NULL);
	I(slapi_log_error(SLAPI_LOG_FATAL, "q15", "a line of the probe %d\n", 15));
	IW(slapi_log_error(SLAPI_LOG_ACL, "q15", "nothing\n"));
	I(slapi_op_abandoned(pb));
}
PROBE_MAIN(q15)
