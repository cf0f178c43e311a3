/* Names: strings, Slapi_DN, Slapi_RDN. */
#include "check.h"
#include "dialect.h"
#include "dn.h"
#include "goside.h"

char **slapi_ldap_explode_dn(const char *dn, int notypes);
char **slapi_ldap_explode_rdn(const char *rdn, int notypes);

static void take(char *s, const char *want, const char *what)
{
	if ((s == NULL) != (want == NULL) || (s && strcmp(s, want) != 0)) {
		printf("%s: got %s, want %s\n", what, s ? s : "NULL", want ? want : "NULL");
		failed++;
	} else {
		passed++;
	}
	free(s);
}

static void strings(void)
{
	static const struct { const char *in, *pretty, *norm; } t[] = {
		{ "CN=Alice,OU=People,dc=Example,dc=COM", "cn=Alice,ou=People,dc=Example,dc=COM", "cn=alice,ou=people,dc=example,dc=com" },
		{ "cn = alice ,  ou=people;dc=example , dc=com", "cn=alice,ou=people,dc=example,dc=com", "cn=alice,ou=people,dc=example,dc=com" },
		{ "cn=\"Doe, John\",dc=example", "cn=Doe\\2C John,dc=example", "cn=doe\\2C john,dc=example" },
		{ "cn=Doe\\, John+sn=jd,dc=example", "cn=Doe\\2C John+sn=jd,dc=example", "cn=doe\\2C john+sn=jd,dc=example" },
		{ "cn=\xc3\x89mile,dc=example", "cn=\xc3\x89mile,dc=example", "cn=\xc3\xa9mile,dc=example" },
		{ "", "", "" },
		{ "not a dn", NULL, NULL },
		{ "cn=a,", NULL, NULL },
		{ "=x", NULL, NULL },
	};
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		char *in = strdup(t[i].in);
		char *p = slapi_dn_normalize(in), *q = slapi_dn_normalize_case(in);
		STR(in, t[i].in); /* OpenLDAP's leave their argument alone */
		/* types that the built-in schema lacks keep their spelling */
		if (p && t[i].pretty && strcasecmp(p, t[i].pretty) == 0)
			passed++;
		else
			STR(p, t[i].pretty);
		STR(q, t[i].norm);
		free(p);
		free(q);
		free(in);
	}
	cshim_dialect_default(DS389);
	char *dn = strdup("CN = Alice ,  OU=People");
	CHECK(slapi_dn_normalize(dn) == dn);
	STR(dn, "CN=Alice,OU=People");
	CHECK(slapi_dn_normalize_case(dn) == dn);
	STR(dn, "cn=alice,ou=people");
	free(dn);
	dn = strdup("CN = X");
	CHECK(slapi_dn_ignore_case(dn) == dn);
	STR(dn, "cn = x");
	free(dn);
	dn = strdup("Not A Dn");
	CHECK(slapi_dn_normalize(dn) == dn);
	STR(dn, "Not A Dn");
	free(dn);
	char *dest = NULL;
	size_t len = 0;
	char src[] = "CN= A,dc=B---";
	INT(slapi_dn_normalize_case_ext(src, 10, &dest, &len), 1);
	STR(dest, "cn=a,dc=b");
	INT(len, 9);
	free(dest);
	INT(slapi_dn_normalize_ext("junk", 0, &dest, &len), -1);
	INT(slapi_dn_normalize_ext(NULL, 0, &dest, &len), -1);
	char part[] = "CN = A , dc=B|rest";
	char *end = slapi_dn_normalize_to_end(part, strchr(part, '|'));
	INT(end - part, 9);
	INT(strncmp(part, "CN=A,dc=B", 9), 0);
	take(slapi_create_dn_string("cn=%s, dc=%s", "a", "B"), "cn=a,dc=B", "create");
	take(slapi_create_dn_string_case("cn=%s, dc=%s", "a", "B"), "cn=a,dc=b", "create_case");
	take(slapi_create_dn_string("%s", "junk"), NULL, "create of junk");
	take(slapi_create_rdn_value("cn=%s", "a,b"), "cn=a\\2Cb", "rdn value");
	cshim_dialect_default(OPENLDAP);
	STR(slapi_dn_normalize(NULL), NULL);
	STR(slapi_dn_ignore_case(NULL), NULL);

	static const struct { const char *dn, *suffix; int yes; } s[] = {
		{ "uid=a,dc=example,dc=com", "dc=example,dc=com", 1 }, { "uid=a,dc=example,dc=com", "DC=Example, DC=com", 1 },
		{ "dc=example,dc=com", "dc=example,dc=com", 1 }, { "dc=xexample,dc=com", "example,dc=com", 0 },
		{ "uid=a,dc=badexample,dc=com", "dc=example,dc=com", 0 }, { "dc=com", "dc=example,dc=com", 0 },
		{ "uid=a,dc=com", "", 1 }, { "junk", "dc=com", 0 }, { "cn=a\\,dc=com", "dc=com", 0 },
	};
	for (size_t i = 0; i < sizeof s / sizeof s[0]; i++)
		INT(slapi_dn_issuffix(s[i].dn, s[i].suffix), s[i].yes);
	INT(slapi_dn_issuffix(NULL, ""), 0);
	INT(slapi_dn_issuffix("dc=x", NULL), 0);
	take(slapi_dn_parent("CN=a , CN=b,dc=c"), "cn=b,dc=c", "parent");
	take(slapi_dn_parent("dc=c"), NULL, "parent of one");
	take(slapi_dn_parent(""), NULL, "parent of root");
	take(slapi_dn_parent(NULL), NULL, "parent of NULL");
	take(slapi_dn_parent("cn=a\\,b,dc=c"), "dc=c", "parent, escaped");
	take(slapi_dn_parent("cn=\"a,b\",dc=c"), "dc=c", "parent, quoted");
	INT(slapi_dn_isparent("ou=b,dc=c", "uid=a,OU=B,dc=c"), 1);
	INT(slapi_dn_isparent("dc=c", "uid=a,ou=b,dc=c"), 0);
	INT(slapi_dn_isparent("dc=c", "dc=c"), 0);
	INT(slapi_dn_isparent("", "dc=c"), 1);
	INT(slapi_dn_isparent(NULL, "dc=c"), 0);
	take(slapi_dn_plus_rdn("dc=b", "cn=a"), "cn=a,dc=b", "plus_rdn");
	take(slapi_dn_plus_rdn("", "cn=a"), "cn=a", "plus_rdn of root");
	take(slapi_dn_plus_rdn(NULL, "cn=a"), NULL, "plus_rdn of NULL");
	take(slapi_dn_beparent(NULL, "cn=a,dc=b"), "dc=b", "beparent");
	INT(slapi_dn_isbesuffix(NULL, "dc=b"), 0);
	INT(slapi_dn_syntax_check(NULL, "cn=a,dc=b", 1), 0);
	INT(slapi_dn_syntax_check(NULL, "junk", 1), 1);
	INT(slapi_dn_syntax_check(NULL, NULL, 1), 1);
	Slapi_DN *old = slapi_sdn_new_dn_byval("cn=a,dc=b");
	take(slapi_moddn_get_newdn(old, "cn=n", NULL), "cn=n,dc=b", "newdn");
	take(slapi_moddn_get_newdn(old, "cn=n", "ou=up"), "cn=n,ou=up", "newdn moved");
	slapi_sdn_free(&old);
	char **x = slapi_ldap_explode_dn("cn=a\\,b, ou=c,dc=d", 0);
	STR(x[0], "cn=a\\2Cb");
	STR(x[2], "dc=d");
	CHECK(x[3] == NULL);
	slapi_ch_array_free(x);
	x = slapi_ldap_explode_dn("cn=a,ou=c", 1);
	STR(x[1], "c");
	slapi_ch_array_free(x);
	x = slapi_ldap_explode_rdn("cn=a+sn=b", 1);
	STR(x[1], "b");
	slapi_ch_array_free(x);
	CHECK(slapi_ldap_explode_dn("junk", 0) == NULL);
	CHECK(slapi_ldap_explode_dn(NULL, 0) == NULL);
}

static void sdns(void)
{
	Slapi_DN *e = slapi_sdn_new(), *a, *b, *p, *n, *d, *par = slapi_sdn_new();
	char *ref = strdup("cn=By Ref, dc=x");

	CHECK(slapi_sdn_isempty(e));
	STR(slapi_sdn_get_dn(e), NULL);
	STR(slapi_sdn_get_ndn(e), NULL);
	INT(slapi_sdn_get_ndn_len(e), 0);
	a = slapi_sdn_new_dn_byval("CN=Alice,OU=People,dc=Example,dc=COM");
	b = slapi_sdn_new_dn_byref("cn=alice, ou=people, dc=example, dc=com");
	STR(slapi_sdn_get_dn(b), "cn=alice, ou=people, dc=example, dc=com"); /* OpenLDAP: as given */
	cshim_dialect_default(DS389);
	STR(slapi_sdn_get_dn(b), "cn=alice,ou=people,dc=example,dc=com");
	STR(slapi_sdn_get_udn(b), "cn=alice, ou=people, dc=example, dc=com");
	cshim_dialect_default(OPENLDAP);
	STR(slapi_sdn_get_ndn(a), "cn=alice,ou=people,dc=example,dc=com");
	INT(slapi_sdn_get_ndn_len(a), 36);
	INT(slapi_sdn_compare(a, b), 0);
	p = slapi_sdn_new_dn_passin(slapi_ch_strdup("ou=people,dc=example,dc=com"));
	n = slapi_sdn_new_ndn_byval("dc=example,dc=com");
	STR(slapi_sdn_get_dn(n), "dc=example,dc=com");
	CHECK(slapi_sdn_compare(a, p) != 0);
	CHECK(slapi_sdn_compare(a, e) > 0);
	CHECK(slapi_sdn_compare(e, a) < 0);
	INT(slapi_sdn_compare(NULL, NULL), 0);
	INT(slapi_sdn_issuffix(a, p), 1);
	INT(slapi_sdn_issuffix(a, n), 1);
	INT(slapi_sdn_issuffix(p, a), 0);
	INT(slapi_sdn_issuffix(NULL, a), 0);
	INT(slapi_sdn_isparent(p, a), 1);
	INT(slapi_sdn_isparent(n, a), 0);
	INT(slapi_sdn_isgrandparent(n, a), 1);
	INT(slapi_sdn_isgrandparent(p, a), 0);
	INT(slapi_sdn_scope_test(a, a, LDAP_SCOPE_BASE), 1);
	INT(slapi_sdn_scope_test(a, p, LDAP_SCOPE_BASE), 0);
	INT(slapi_sdn_scope_test(a, p, LDAP_SCOPE_ONELEVEL), 1);
	INT(slapi_sdn_scope_test(a, n, LDAP_SCOPE_ONELEVEL), 0);
	INT(slapi_sdn_scope_test(a, n, LDAP_SCOPE_SUBTREE), 1);
	INT(slapi_sdn_scope_test(n, n, 3), 0);
	INT(slapi_sdn_scope_test(a, n, 3), 1);
	INT(slapi_sdn_scope_test(a, n, 77), 0);
	INT(slapi_sdn_scope_test(NULL, n, LDAP_SCOPE_SUBTREE), 0);
	slapi_sdn_get_parent(a, par);
	STR(slapi_sdn_get_ndn(par), "ou=people,dc=example,dc=com");
	slapi_sdn_get_parent(par, par); /* in place */
	STR(slapi_sdn_get_ndn(par), "dc=example,dc=com");
	slapi_sdn_get_backend_parent(p, par, NULL);
	STR(slapi_sdn_get_ndn(par), "dc=example,dc=com");
	slapi_sdn_set_dn_byval(par, "dc=com");
	slapi_sdn_get_parent(par, par);
	CHECK(slapi_sdn_isempty(par));
	slapi_sdn_get_parent(NULL, par);
	CHECK(slapi_sdn_isempty(par));
	d = slapi_sdn_dup(a);
	INT(slapi_sdn_compare(a, d), 0);
	slapi_sdn_copy(p, d);
	STR(slapi_sdn_get_ndn(d), "ou=people,dc=example,dc=com");
	slapi_sdn_copy(d, d);
	STR(slapi_sdn_get_ndn(d), "ou=people,dc=example,dc=com");
	slapi_sdn_set_dn_byref(d, ref);
	STR(slapi_sdn_get_ndn(d), "cn=by ref,dc=x");
	slapi_sdn_set_dn_byval(d, slapi_sdn_get_dn(d)); /* its own text */
	free(ref);
	STR(slapi_sdn_get_dn(d), "cn=By Ref, dc=x");
	slapi_sdn_set_ndn_byval(d, "cn=n by value,dc=com");
	STR(slapi_sdn_get_ndn(d), "cn=n by value,dc=com");
	slapi_sdn_set_normdn_passin(d, slapi_ch_strdup("cn=Norm,dc=com"));
	STR(slapi_sdn_get_ndn(d), "cn=norm,dc=com");
	slapi_sdn_set_dn_byval(d, "cn=child,ou=old,dc=com");
	slapi_sdn_set_parent(d, p);
	STR(slapi_sdn_get_ndn(d), "cn=child,ou=people,dc=example,dc=com");
	Slapi_RDN *r = slapi_rdn_new_dn("cn=leaf,dc=else");
	slapi_sdn_set_dn_byval(d, "ou=base,dc=com");
	slapi_sdn_add_rdn(d, r);
	STR(slapi_sdn_get_ndn(d), "cn=leaf,ou=base,dc=com");
	slapi_rdn_set_dn(r, "sn=other");
	slapi_sdn_set_rdn(d, r);
	STR(slapi_sdn_get_ndn(d), "sn=other,ou=base,dc=com");
	slapi_sdn_get_rdn(d, r);
	STR(slapi_rdn_get_rdn(r), "sn=other");
	slapi_rdn_free(&r);
	Slapi_Attr *attr = slapi_attr_init(slapi_attr_new(), "sn");
	Slapi_Value *v = slapi_value_new_string("OTHER");
	INT(slapi_sdn_is_rdn_component(d, attr, v), 1);
	slapi_value_set_string(v, "base");
	INT(slapi_sdn_is_rdn_component(d, attr, v), 0);
	slapi_value_free(&v);
	slapi_attr_free(&attr);
	slapi_sdn_set_dn_byval(d, "cn=x,ou=q,dc=example,dc=com");
	Slapi_DN *common = slapi_sdn_common_ancestor(a, d);
	STR(slapi_sdn_get_ndn(common), "dc=example,dc=com");
	slapi_sdn_free(&common);
	/* nonsense is kept, equal to itself, and harms nobody */
	slapi_sdn_set_dn_byval(d, "Not A Dn");
	STR(slapi_sdn_get_ndn(d), "not a dn");
	INT(slapi_sdn_compare(d, d), 0);
	INT(slapi_sdn_issuffix(d, n), 0);
	CHECK(slapi_sdn_get_size(d) > 0);
	slapi_sdn_done(d);
	CHECK(slapi_sdn_isempty(d));
	slapi_sdn_set_dn_byval(d, NULL);
	CHECK(slapi_sdn_isempty(d));
	slapi_sdn_free(&d);
	CHECK(d == NULL);
	slapi_sdn_free(&d);
	slapi_sdn_free(NULL);
	slapi_sdn_free(&par);
	slapi_sdn_free(&n);
	slapi_sdn_free(&p);
	slapi_sdn_free(&b);
	slapi_sdn_free(&a);
	slapi_sdn_free(&e);
	STR(slapi_sdn_get_dn(NULL), NULL);
	CHECK(slapi_sdn_dup(NULL) == NULL);
	CHECK(slapi_sdn_set_dn_byval(NULL, "dc=x") == NULL);
}

static void rdns(void)
{
	Slapi_RDN *e = slapi_rdn_new(), *r, *c;
	char *t = NULL, *v = NULL;
	int i, n = 0;

	CHECK(slapi_rdn_isempty(e));
	INT(slapi_rdn_get_first(e, &t, &v), -1);
	CHECK(t == NULL && v == NULL);
	INT(slapi_rdn_get_num_components(e), 0);
	INT(slapi_rdn_remove_attr(e, "cn"), 0);
	r = slapi_rdn_new_dn("cn=John \\2C Doe + SN=jd,ou=people,dc=c");
	STR(slapi_rdn_get_rdn(r), "cn=John \\2C Doe + SN=jd");
	INT(slapi_rdn_get_num_components(r), 2);
	for (i = slapi_rdn_get_first(r, &t, &v); i > 0; i = slapi_rdn_get_next(r, i, &t, &v))
		n += (int)strlen(t) + (int)strlen(v);
	INT(n, 2 + 10 + 2 + 2);
	INT(slapi_rdn_get_index_attr(r, "sn", &v), 1); /* OpenLDAP counts from 0 */
	STR(v, "jd");
	INT(slapi_rdn_get_index(r, "cn", "john , doe", 10), 0);
	cshim_dialect_default(DS389);
	INT(slapi_rdn_get_index_attr(r, "sn", &v), 2);
	INT(slapi_rdn_get_index(r, "cn", "nobody", 6), -1);
	cshim_dialect_default(OPENLDAP);
	INT(slapi_rdn_contains_attr(r, "l", &v), 0);
	CHECK(v == NULL);
	INT(slapi_rdn_contains(r, "sn", "JD", 2), 1);
	INT(slapi_rdn_contains(r, "cn", "jd", 2), 0); /* the type counts */
	c = slapi_rdn_new_rdn(r);
	INT(slapi_rdn_compare(r, c), 0);
	slapi_rdn_set_dn(c, "SN=JD+CN=john \\, doe,dc=x");
	INT(slapi_rdn_compare(r, c), 0);
	slapi_rdn_set_dn(c, "sn=JD");
	INT(slapi_rdn_compare(r, c), -1);
	STR(slapi_rdn_get_nrdn(c), "sn=jd");
	INT(slapi_rdn_remove(r, "sn", "jd", 2), 1);
	STR(slapi_rdn_get_rdn(r), "cn=John \\2C Doe");
	INT(slapi_rdn_remove(r, "sn", "jd", 2), 0);
	INT(slapi_rdn_add(r, "ou", "a+b"), 1);
	STR(slapi_rdn_get_rdn(r), "cn=John \\2C Doe+ou=a\\2Bb");
	INT(slapi_rdn_is_multivalued(r), 1);
	INT(slapi_rdn_remove_index(r, 0), 1);
	STR(slapi_rdn_get_rdn(r), "ou=a\\2Bb");
	INT(slapi_rdn_remove_index(r, 5), 0);
	INT(slapi_rdn_remove_attr(r, "ou"), 1);
	CHECK(slapi_rdn_isempty(r));
	INT(slapi_rdn_add(r, "cn", "first"), 1);
	STR(slapi_rdn_get_rdn(r), "cn=first");
	INT(slapi_rdn_add(r, NULL, "x"), 0);
	INT(slapi_rdn_add(r, "cn", NULL), 0);
	slapi_rdn_set_dn(r, "nonsense");
	INT(slapi_rdn_get_num_components(r), 0);
	CHECK(slapi_rdn_get_nrdn(r) == NULL);
	INT(slapi_rdn_compare(r, c), -1);
	Slapi_DN *sdn = slapi_sdn_new_dn_byval("ou=unit,dc=c");
	slapi_rdn_set_sdn(r, sdn);
	STR(slapi_rdn_get_rdn(r), "ou=unit");
	slapi_rdn_set_rdn(c, r);
	STR(slapi_rdn_get_rdn(c), "ou=unit");
	slapi_rdn_set_rdn(c, c);
	STR(slapi_rdn_get_rdn(c), "ou=unit");
	unsigned char raw[64];
	memset(raw, 0x5a, sizeof raw);
	Slapi_RDN *k = (Slapi_RDN *)raw;
	slapi_rdn_init_dn(k, "l=here,dc=c");
	STR(slapi_rdn_get_rdn(k), "l=here");
	slapi_rdn_done(k);
	slapi_rdn_init_sdn(k, sdn);
	slapi_rdn_done(k);
	slapi_rdn_init_rdn(k, r);
	STR(slapi_rdn_get_rdn(k), "ou=unit");
	slapi_rdn_free(&k);
	INT(raw[56], 0x5a);
	slapi_sdn_free(&sdn);
	slapi_rdn_free(&c);
	slapi_rdn_free(&r);
	slapi_rdn_free(&e);
	slapi_rdn_free(&e);
	slapi_rdn_free(NULL);
	INT(slapi_rdn_get_first(NULL, &t, &v), -1);
	INT(slapi_rdn_contains(NULL, "cn", "x", 1), 0);
	STR(slapi_rdn_get_rdn(NULL), NULL);
	INT(slapi_rdn_compare(NULL, NULL), 0);
	/* type and value of an RDN text */
	struct berval bv = { 0, NULL };
	char *type = NULL, text[] = "cn = Some\\2COne";
	INT(slapi_rdn2typeval(text, &type, &bv), 0);
	STR(type, "cn");
	STR(bv.bv_val, "Some,One");
	INT(bv.bv_len, 8);
	free(type);
	free(bv.bv_val);
	cshim_dialect_default(DS389);
	INT(slapi_rdn2typeval(text, &type, &bv), 0);
	CHECK(type == text);
	STR(bv.bv_val, "Some\\2COne");
	cshim_dialect_default(OPENLDAP);
	CHECK(slapi_rdn2typeval("nonsense", &type, &bv) != 0);
	CHECK(slapi_rdn2typeval(NULL, &type, &bv) != 0);
	STR(slapi_rdn_get_value_by_ref("cn=x"), "x");
	INT(slapi_is_special_rdn("nsuniqueid=1234+cn=x", RDN_IS_CONFLICT), 1);
	INT(slapi_is_special_rdn("cn=x", RDN_IS_CONFLICT), 0);
	INT(slapi_is_special_rdn("nsuniqueid=1234", RDN_IS_TOMBSTONE), 1);
}

/* Plain names are normalised in C, the others in Go: both must say the same. */
static void two_ways(void)
{
	static const char *const pieces[] = {
		"cn", "CN", "sn", "name", "c", "objectClass", "modifiersName", "x-unknown", "unknown", "2.5.4.3", "=", "=", "=", ",", ",",
		"+", " ", "  ", "a", "Bc", "\xc3\x89", "\\2C", "\\", "#", "\"", ";", "<", "1", "/", "_", "~", "@", "[", "]", "Value", "DE",
	};
	unsigned seed = 7;
	int valid = 0;

	for (int i = 0; i < 20000; i++) {
		char text[256] = "cn=";
		int n = (int)((seed = seed * 1103515245 + 12345) >> 16) % 9;
		if (seed & 0x1000)
			text[0] = '\0';
		for (int k = 0; k < n; k++)
			strcat(text, pieces[((seed = seed * 1103515245 + 12345) >> 16) % (sizeof pieces / sizeof pieces[0])]);
		int dialect = i & 1 ? CSHIM_389 : CSHIM_OPENLDAP;
		char *p = NULL, *q = NULL, *gp = NULL, *gq = NULL;
		int rc = cshim_dn_forms(text, strlen(text), dialect, &p, &q);
		int go = slapiGoDN(text, strlen(text), dialect == CSHIM_389 ? CSHIM_DNFORM_389 : CSHIM_DNFORM_OPENLDAP, &gp, &gq);
		if (rc != go || (rc == 0 && (strcmp(p, gp) != 0 || strcmp(q, gq) != 0))) {
			printf("'%s' dialect %d: C %d %s %s, Go %d %s %s\n", text, dialect, rc, p, q, go, gp, gq);
			failed++;
		}
		valid += rc == 0;
		free(p);
		free(q);
		free(gp);
		free(gq);
	}
	passed++;
	CHECK(valid > 700);
}

int main(void)
{
	two_ways();
	strings();
	sdns();
	rdns();
	return done();
}
