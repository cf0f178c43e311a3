/* q19_keys: functions of 389's public header that no plug-in of its own calls: keys
 * of indexes, normal forms, names of schemes, times of an operation and others. */
#include "q.h"

#ifdef DS389
char *slapi_filter_to_string(const Slapi_Filter *f, char *buffer, size_t size);
#ifndef SLAPI_NONNULL_RESULT /* exported, and in none of its headers */
void slapi_operation_time_initiated(Slapi_Operation *o, struct timespec *initiated);
void slapi_operation_op_time_elapsed(Slapi_Operation *o, struct timespec *elapsed);
void slapi_operation_workq_time_elapsed(Slapi_Operation *o, struct timespec *elapsed);
#endif
static int by_value(const void *a, const void *b) { return strcmp(slapi_value_get_string(*(Slapi_Value *const *)a), slapi_value_get_string(*(Slapi_Value *const *)b)); }

static void keys(const char *weak, const char *what, int rc, Slapi_Value **list)
{
	char line[2048] = "";
	int n = 0;
	while (list && list[n])
		n++;
	if (n)
		qsort(list, n, sizeof *list, by_value);
	for (int i = 0; i < n; i++) {
		snprintf(line + strlen(line), sizeof line - strlen(line), " [%s]", B(slapi_value_get_berval(list[i])));
		slapi_value_free(&list[i]);
	}
	slapi_ch_free((void **)&list);
	out("%s%s: %d%s", weak, what, rc, line);
}

static void of_type(const char *type, const char *text)
{
	Slapi_Attr *a = slapi_attr_new();
	Slapi_Value *v = slapi_value_new_string(text), *list[2] = { v, NULL }, **k = NULL;
	static const char *const kinds[] = { "equality", "substrings", "approx" };
	int ftypes[] = { LDAP_FILTER_EQUALITY, LDAP_FILTER_SUBSTRINGS, LDAP_FILTER_APPROX };
	char what[200];

	slapi_attr_init(a, type);
	for (int i = 0; i < 3; i++) {
		k = NULL;
		snprintf(what, sizeof what, "%s of %s '%s'", kinds[i], type, text);
		int rc = slapi_attr_values2keys_sv(a, list, &k, ftypes[i]);
		if (i == 2) /* each server has its own code of sounds */
			keys("~ ", what, rc, k);
		else
			keys("", what, rc, k);
	}
	k = NULL;
	snprintf(what, sizeof what, "asserted %s '%s'", type, text);
	int rc = slapi_attr_assertion2keys_ava_sv(a, v, &k, LDAP_FILTER_EQUALITY);
	keys("~ ", what, rc, k); /* 389's keeps the length from before */
	slapi_value_free(&v);
	slapi_attr_free(&a);
}

static void pieces(const char *initial, const char *any, const char *final)
{
	Slapi_Attr *a = slapi_attr_new();
	Slapi_Value **k = NULL;
	char *list[] = { any ? own(any) : NULL, NULL };
	char what[200];

	slapi_attr_init(a, "cn");
	snprintf(what, sizeof what, "pieces %s*%s*%s", S(initial), S(any), S(final));
	int rc = slapi_attr_assertion2keys_sub_sv(a, initial ? own(initial) : NULL, any ? list : NULL, final ? own(final) : NULL, &k);
	keys("", what, rc, k);
	slapi_attr_free(&a);
}

static void normal(const char *type, const char *text)
{
	char *val = own(text), *alt = NULL;
	slapi_attr_value_normalize(NULL, NULL, type, val, 1, &alt);
	out("normal %s '%s' = '%s'", type, text, alt ? alt : val);
	slapi_ch_free_string(&alt);
	free(val);
}
#endif

static void probe_run(Slapi_PBlock *pb)
{
#ifdef DS389
	of_type("cn", "Hello  World");
	of_type("telephoneNumber", "+49 89-1 2");
	of_type("uidNumber", "0042");
	of_type("member", "UID=a, ou=People,dc=Example");
	of_type("cn", "ab");
	pieces("Hel", NULL, NULL);
	pieces("He", "llo w", "ld");
	pieces("H", "l", "d");
	pieces(NULL, NULL, "Rld");
	normal("cn", " Hello   World ");
	normal("member", "UID=a, ou=People");
	normal("telephoneNumber", "+49 89-1");
	I(slapi_attr_is_dn_syntax_type("member"));
	I(slapi_attr_is_dn_syntax_type("cn"));
	I(slapi_attr_is_dn_syntax_type("nosuchthing"));
	char *s;
	T(s = slapi_attr_syntax_normalize_ext("commonName", 0));
	slapi_ch_free_string(&s);
	TD(s = slapi_attr_syntax_normalize_ext("NoSuchType", 0));
	slapi_ch_free_string(&s);
	struct berval b = { 7, "\x30\x05\x02\x01\x01\x42\x00" };
	I(slapi_berval_get_msg_len(&b, 0));
	I(slapi_berval_get_msg_len(&b, 1));
	struct berval l = { 6, "\x30\x82\x01\x02\x00\x00" };
	I(slapi_berval_get_msg_len(&l, 0));
	IW((int)slapi_berval_get_msg_len(&l, 1));
	I(slapi_is_ipv6_addr("::1"));
	I(slapi_is_ipv6_addr("127.0.0.1"));
	I(slapi_is_ipv6_addr("host"));
	char **words = slapi_str2charray_ext(own("a b a  c"), " ", 0);
	for (int i = 0; words && words[i]; i++)
		out("word %s", words[i]);
	slapi_ch_array_free(words);
	words = slapi_str2charray_ext(own("a b a"), " ", 1);
	for (int i = 0; words && words[i]; i++)
		out("word again %s", words[i]);
	slapi_ch_array_free(words);
	I(slapi_matchingrule_is_compat("caseIgnoreMatch", "1.3.6.1.4.1.1466.115.121.1.15"));
	I(slapi_matchingrule_is_compat("caseIgnoreMatch", "1.3.6.1.4.1.1466.115.121.1.27"));
	I(slapi_matchingrule_is_compat("nosuchrule", "1.3.6.1.4.1.1466.115.121.1.15"));
	I(slapi_matchingrule_is_ordering("caseIgnoreOrderingMatch", "1.3.6.1.4.1.1466.115.121.1.15"));
	I(slapi_matchingrule_is_ordering("caseIgnoreMatch", "1.3.6.1.4.1.1466.115.121.1.15"));
	I(slapi_matchingrule_can_use_compare_fn("caseIgnoreMatch"));
	I(slapi_matchingrule_can_use_compare_fn("nosuchrule"));
	char *rest = NULL;
	PWScheme *scheme = slapi_pw_val2scheme("{SSHA}abc", &rest, 0);
	T(scheme ? slapi_pw_get_scheme_name(scheme) : NULL);
	T(rest);
	slapi_free_pw_scheme(scheme);
	rest = NULL;
	scheme = slapi_pw_val2scheme("clear text", &rest, 0);
	T(scheme ? slapi_pw_get_scheme_name(scheme) : NULL);
	T(rest);
	if (scheme) {
		I(slapi_pw_cmp(scheme, "clear text", "clear text"));
		I(slapi_pw_cmp(scheme, "other", "clear text") != 0);
	}
	slapi_free_pw_scheme(scheme);
	scheme = slapi_pw_val2scheme("{nosuch}abc", &rest, 0);
	TD(scheme ? slapi_pw_get_scheme_name(scheme) : NULL);
	slapi_free_pw_scheme(scheme);
	char *clear = slapi_encode("secret", "SSHA");
	scheme = slapi_pw_val2scheme(clear, &rest, 0);
	if (scheme) {
		I(slapi_pw_cmp(scheme, "secret", rest));
		I(slapi_pw_cmp(scheme, "Secret", rest) != 0);
	}
	slapi_free_pw_scheme(scheme);
	slapi_ch_free_string(&clear);
	Slapi_Entry *e = person("x");
	Slapi_Value **vals = NULL, **mine = (Slapi_Value **)slapi_ch_calloc(2, sizeof *mine);
	I(slapi_pw_get_entry_ext(e, &vals));
	mine[0] = slapi_value_new_string("pw");
	I(slapi_pw_set_entry_ext(e, mine, 0));
	I(slapi_pw_get_entry_ext(e, &vals));
	T(vals && vals[0] ? slapi_value_get_string(vals[0]) : NULL);
	I(slapi_entry_schema_check_ext(pb, e, 0));
	I(slapi_entry_has_conflict_children(e, NULL) == 1);
	slapi_entry_free(e);
	Slapi_Filter *f = slapi_str2filter(own("(&(commonName=A  B)(nosuchthing=x))"));
	I(slapi_filter_schema_check(pb, f, FILTER_POLICY_OFF));
	I(slapi_filter_schema_check(pb, f, FILTER_POLICY_STRICT));
	I(slapi_filter_schema_check(pb, f, FILTER_POLICY_WARNING));
	char text[200];
	slapi_filter_normalize(f, 1);
	T(slapi_filter_to_string(f, text, sizeof text));
	slapi_filter_free(f, 1);
	I(slapi_op_reserved(pb));
	Slapi_Operation *op = NULL;
	struct timespec t = { -1, -1 }, q = { -1, -1 };
	slapi_pblock_get(pb, SLAPI_OPERATION, &op);
	slapi_operation_time_initiated(op, &t);
	I(t.tv_sec > 0);
	slapi_operation_op_time_elapsed(op, &t);
	I(t.tv_sec >= 0 && t.tv_sec < 60 && t.tv_nsec >= 0 && t.tv_nsec < 1000000000);
	slapi_operation_workq_time_elapsed(op, &q);
	I(q.tv_sec >= 0 && q.tv_sec < 60 && q.tv_nsec >= 0 && q.tv_nsec < 1000000000);
	int handle = -1, limit = -1;
	I(slapi_reslimit_register(SLAPI_RESLIMIT_TYPE_INT, "roomNumber", &handle));
	I(handle >= 0);
	I(slapi_reslimit_register(SLAPI_RESLIMIT_TYPE_INT, "roomNumber", &handle));
	I(slapi_reslimit_register(77, "carLicense", &handle));
	I(slapi_reslimit_get_integer_limit(NULL, handle, &limit));
	I(slapi_reslimit_get_integer_limit(NULL, handle, NULL));
	slapi_pal_meminfo *m = spal_meminfo_get();
	I(m && m->pagesize_bytes > 0 && m->system_total_bytes > 0 && m->process_consumed_bytes > 0);
	spal_meminfo_destroy(m);
	T(slapi_get_plugin_name("/x/y", "libfoo"));
	T(slapi_get_plugin_name(NULL, "foo"));
	I(slapi_disorderly_shutdown(0));
#endif
}
PROBE_MAIN(q19)
