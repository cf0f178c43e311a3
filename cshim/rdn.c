/* Slapi_RDN: a relative name. The text is what was given; the parts are made
 * when they are first asked for: rdns[i] is "type" NUL "value" NUL. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dialect.h"
#include "dn.h"
#include "goside.h"
#include "mem.h"
#include "value.h"

int cshim_rdn_pieces(const char *rdn, char ***types, struct berval **values, int *n)
{
	if (rdn == NULL || *rdn == '\0')
		return -1;
	return slapiGoRDNExplode((char *)rdn, types, values, n);
}

void cshim_rdn_pieces_free(char **types, struct berval *values, int n)
{
	for (int i = 0; i < n; i++) {
		free(types[i]);
		free(values[i].bv_val);
	}
	free(types);
	free(values);
}

static void forget_parts(Slapi_RDN *rdn)
{
	cshim_array_free(rdn->rdns);
	rdn->rdns = NULL;
	free(rdn->nrdn);
	rdn->nrdn = NULL;
	rdn->exploded = 0;
}

void cshim_rdn_clear(Slapi_RDN *rdn)
{
	unsigned char flag = rdn->flag & CSHIM_RDN_ALLOCATED;

	forget_parts(rdn);
	free(rdn->rdn);
	cshim_array_free(rdn->all_rdns);
	cshim_array_free(rdn->all_nrdns);
	memset(rdn, 0, sizeof *rdn);
	rdn->flag = flag;
}

int cshim_rdn_explode(Slapi_RDN *rdn)
{
	struct berval *values;
	char **types;
	int n;

	if (rdn == NULL || rdn->rdn == NULL)
		return -1;
	if (rdn->exploded)
		return rdn->rdns ? 0 : -1;
	rdn->exploded = 1;
	if (cshim_rdn_pieces(rdn->rdn, &types, &values, &n) != 0)
		return -1;
	rdn->rdns = cshim_calloc((size_t)n + 1, sizeof *rdn->rdns);
	for (int i = 0; i < n; i++) {
		size_t t = strlen(types[i]);
		rdn->rdns[i] = cshim_malloc(t + values[i].bv_len + 2);
		memcpy(rdn->rdns[i], types[i], t + 1);
		if (values[i].bv_len)
			memcpy(rdn->rdns[i] + t + 1, values[i].bv_val, values[i].bv_len);
		rdn->rdns[i][t + 1 + values[i].bv_len] = '\0';
	}
	cshim_rdn_pieces_free(types, values, n);
	return 0;
}

static char *type_of(char *part)
{
	return part;
}

static char *value_of(char *part)
{
	return part + strlen(part) + 1;
}

/* Sets the text to the first RDN of dn; dn may be part of the old text. */
static void set_text(Slapi_RDN *rdn, const char *dn)
{
	char *text = NULL;
	size_t n;

	if (dn && *dn) {
		cshim_dn_rest(dn, &n);
		while (*dn == ' ' && n)
			dn++, n--;
		text = cshim_strndup(dn, n);
	}
	cshim_rdn_clear(rdn);
	rdn->rdn = text;
}

/* The text again from parts. */
static void rebuild(Slapi_RDN *rdn, char **parts)
{
	char *text = NULL;
	size_t len = 0;

	for (size_t i = 0; parts && parts[i]; i++) {
		size_t t = strlen(parts[i]);
		text = cshim_realloc(text, len + t + 3);
		if (i)
			text[len++] = '+';
		memcpy(text + len, parts[i], t);
		len += t;
		text[len++] = '=';
		text[len] = '\0';
		cshim_dn_escape(&text, &len, value_of(parts[i]), strlen(value_of(parts[i])));
	}
	free(rdn->rdn);
	rdn->rdn = text;
	free(rdn->nrdn);
	rdn->nrdn = NULL;
}

Slapi_RDN *slapi_rdn_new(void)
{
	Slapi_RDN *rdn = cshim_calloc(1, sizeof *rdn);

	rdn->flag = CSHIM_RDN_ALLOCATED;
	return rdn;
}

Slapi_RDN *slapi_rdn_new_dn(const char *dn)
{
	Slapi_RDN *rdn = slapi_rdn_new();

	set_text(rdn, dn);
	return rdn;
}

Slapi_RDN *slapi_rdn_new_sdn(const Slapi_DN *sdn)
{
	return slapi_rdn_new_dn(cshim_sdn_given(sdn));
}

Slapi_RDN *slapi_rdn_new_rdn(const Slapi_RDN *fromrdn)
{
	return slapi_rdn_new_dn(fromrdn ? fromrdn->rdn : NULL);
}

void slapi_rdn_init(Slapi_RDN *rdn)
{
	if (rdn) /* raw storage: what is in it says nothing, not even that it came from slapi_rdn_new */
		memset(rdn, 0, sizeof *rdn);
}

void slapi_rdn_init_dn(Slapi_RDN *rdn, const char *dn)
{
	slapi_rdn_init(rdn);
	slapi_rdn_set_dn(rdn, dn);
}

void slapi_rdn_init_sdn(Slapi_RDN *rdn, const Slapi_DN *sdn)
{
	slapi_rdn_init(rdn);
	slapi_rdn_set_sdn(rdn, sdn);
}

void slapi_rdn_init_rdn(Slapi_RDN *rdn, const Slapi_RDN *fromrdn)
{
	slapi_rdn_init(rdn);
	slapi_rdn_set_rdn(rdn, fromrdn);
}

void slapi_rdn_set_dn(Slapi_RDN *rdn, const char *dn)
{
	if (rdn)
		set_text(rdn, dn);
}

/* A tombstone's name starts with "nsuniqueid=...": skip it or keep it with the next RDN. */
void slapi_rdn_set_dn_ext(Slapi_RDN *rdn, const char *dn, int flags)
{
	static const char mark[] = "nsuniqueid=";
	const char *rest;
	size_t n;

	if (rdn == NULL)
		return;
	if (dn && strncasecmp(dn, mark, sizeof mark - 1) == 0 && (rest = cshim_dn_rest(dn, &n)) != NULL) {
		if (flags & SLAPI_RDN_SET_DN_SKIP_UNIQUEID) {
			set_text(rdn, rest);
			return;
		}
		if (flags & SLAPI_RDN_SET_DN_INCLUDE_UNIQUEID) {
			size_t m;
			cshim_dn_rest(rest, &m);
			char *text = cshim_strndup(dn, (size_t)(rest - dn) + m);
			cshim_rdn_clear(rdn);
			rdn->rdn = text;
			return;
		}
	}
	set_text(rdn, dn);
}

void slapi_rdn_set_sdn(Slapi_RDN *rdn, const Slapi_DN *sdn)
{
	slapi_rdn_set_dn(rdn, cshim_sdn_given(sdn));
}

void slapi_rdn_set_rdn(Slapi_RDN *rdn, const Slapi_RDN *fromrdn)
{
	slapi_rdn_set_dn(rdn, fromrdn ? fromrdn->rdn : NULL);
}

void slapi_rdn_done(Slapi_RDN *rdn)
{
	if (rdn)
		cshim_rdn_clear(rdn);
}

void slapi_rdn_free(Slapi_RDN **rdn)
{
	if (rdn == NULL || *rdn == NULL)
		return;
	cshim_rdn_clear(*rdn);
	if ((*rdn)->flag & CSHIM_RDN_ALLOCATED)
		cshim_retire(*rdn, sizeof **rdn);
	*rdn = NULL;
}

const char *slapi_rdn_get_rdn(const Slapi_RDN *rdn)
{
	return rdn ? rdn->rdn : NULL;
}

const char *slapi_rdn_get_nrdn(Slapi_RDN *srdn)
{
	if (srdn == NULL || srdn->rdn == NULL)
		return NULL;
	if (srdn->nrdn == NULL)
		srdn->nrdn = slapiGoRDNNorm(srdn->rdn);
	return srdn->nrdn;
}

size_t slapi_rdn_get_size(Slapi_RDN *srdn)
{
	size_t n = sizeof *srdn;

	if (srdn == NULL)
		return 0;
	n += srdn->rdn ? strlen(srdn->rdn) + 1 : 0;
	n += srdn->nrdn ? strlen(srdn->nrdn) + 1 : 0;
	for (size_t i = 0; srdn->rdns && srdn->rdns[i]; i++)
		n += sizeof(char *) + strlen(srdn->rdns[i]) + 2 + strlen(value_of(srdn->rdns[i]));
	return n;
}

int slapi_rdn_isempty(const Slapi_RDN *rdn)
{
	return rdn == NULL || rdn->rdn == NULL || *rdn->rdn == '\0';
}

int slapi_rdn_get_num_components(Slapi_RDN *rdn)
{
	return cshim_rdn_explode(rdn) == 0 ? (int)cshim_array_len(rdn->rdns) : 0;
}

int slapi_rdn_is_multivalued(Slapi_RDN *rdn)
{
	return slapi_rdn_get_num_components(rdn) > 1;
}

/* Part i from 0; its number from 1, -1 when there is none. */
static int part(Slapi_RDN *rdn, int i, char **type, char **value)
{
	if (type)
		*type = NULL;
	if (value)
		*value = NULL;
	if (i < 0 || cshim_rdn_explode(rdn) != 0 || (size_t)i >= cshim_array_len(rdn->rdns))
		return -1;
	if (type)
		*type = type_of(rdn->rdns[i]);
	if (value)
		*value = value_of(rdn->rdns[i]);
	return i + 1;
}

int slapi_rdn_get_first(Slapi_RDN *rdn, char **type, char **value)
{
	return part(rdn, 0, type, value);
}

int slapi_rdn_get_next(Slapi_RDN *rdn, int index, char **type, char **value)
{
	return part(rdn, index, type, value);
}

static int find_attr(Slapi_RDN *rdn, const char *type)
{
	if (type && cshim_rdn_explode(rdn) == 0)
		for (int i = 0; rdn->rdns[i]; i++)
			if (slapi_attr_types_equivalent(rdn->rdns[i], type))
				return i;
	return -1;
}

static int find(Slapi_RDN *rdn, const char *type, const char *value, size_t length)
{
	if (type && value && cshim_rdn_explode(rdn) == 0)
		for (int i = 0; rdn->rdns[i]; i++) {
			const char *v = value_of(rdn->rdns[i]);
			if (slapi_attr_types_equivalent(rdn->rdns[i], type) &&
			    cshim_compare(type, NULL, 0, v, strlen(v), value, length) == 0)
				return i;
		}
	return -1;
}

/* OpenLDAP counts from 0, 389 from 1. */
static int number(int i, int dialect)
{
	return i < 0 ? -1 : dialect == CSHIM_389 ? i + 1 : i;
}

int slapi_rdn_get_index(Slapi_RDN *rdn, const char *type, const char *value, size_t length)
{
	return number(find(rdn, type, value, length), cshim_dialect(CSHIM_CALLER()));
}

int slapi_rdn_get_index_attr(Slapi_RDN *rdn, const char *type, char **value)
{
	int dialect = cshim_dialect(CSHIM_CALLER()), i = find_attr(rdn, type);

	if (value)
		*value = i < 0 ? NULL : value_of(rdn->rdns[i]);
	return number(i, dialect);
}

int slapi_rdn_contains(Slapi_RDN *rdn, const char *type, const char *value, size_t length)
{
	return find(rdn, type, value, length) >= 0;
}

int slapi_rdn_contains_attr(Slapi_RDN *rdn, const char *type, char **value)
{
	int i = find_attr(rdn, type);

	if (value)
		*value = i < 0 ? NULL : value_of(rdn->rdns[i]);
	return i >= 0;
}

int slapi_rdn_add(Slapi_RDN *rdn, const char *type, const char *value)
{
	char *text = NULL;
	size_t len, t;

	if (rdn == NULL || type == NULL || *type == '\0' || value == NULL)
		return 0;
	t = strlen(type);
	len = rdn->rdn ? strlen(rdn->rdn) : 0;
	text = cshim_malloc(len + t + 3);
	if (len) {
		memcpy(text, rdn->rdn, len);
		text[len++] = '+';
	}
	memcpy(text + len, type, t);
	len += t;
	text[len++] = '=';
	text[len] = '\0';
	cshim_dn_escape(&text, &len, value, strlen(value));
	forget_parts(rdn);
	free(rdn->rdn);
	rdn->rdn = text;
	return 1;
}

static int remove_part(Slapi_RDN *rdn, int i)
{
	if (i < 0 || cshim_rdn_explode(rdn) != 0 || (size_t)i >= cshim_array_len(rdn->rdns))
		return 0;
	free(rdn->rdns[i]);
	do
		rdn->rdns[i] = rdn->rdns[i + 1];
	while (rdn->rdns[i++]);
	rebuild(rdn, rdn->rdns);
	if (rdn->rdn == NULL)
		forget_parts(rdn);
	return 1;
}

int slapi_rdn_remove(Slapi_RDN *rdn, const char *type, const char *value, size_t length)
{
	return remove_part(rdn, find(rdn, type, value, length));
}

int slapi_rdn_remove_attr(Slapi_RDN *rdn, const char *type)
{
	return remove_part(rdn, find_attr(rdn, type));
}

int slapi_rdn_remove_index(Slapi_RDN *rdn, int atindex)
{
	return remove_part(rdn, cshim_dialect(CSHIM_CALLER()) == CSHIM_389 ? atindex - 1 : atindex);
}

int slapi_rdn_compare(Slapi_RDN *rdn1, Slapi_RDN *rdn2)
{
	const char *a, *b;

	if (rdn1 == rdn2)
		return 0;
	if (slapi_rdn_isempty(rdn1) || slapi_rdn_isempty(rdn2))
		return slapi_rdn_isempty(rdn1) && slapi_rdn_isempty(rdn2) ? 0 : -1;
	a = slapi_rdn_get_nrdn(rdn1);
	b = slapi_rdn_get_nrdn(rdn2);
	if (a == NULL || b == NULL) /* one is no RDN: only the same text is equal */
		return strcasecmp(rdn1->rdn, rdn2->rdn) == 0 ? 0 : -1;
	return strcmp(a, b) == 0 ? 0 : -1;
}

/* Names that replication made for entries whose name was taken. */
int slapi_rdn_is_conflict(Slapi_RDN *rdn)
{
	return slapi_rdn_is_multivalued(rdn) && find_attr(rdn, "nsuniqueid") >= 0;
}

int slapi_is_special_rdn(const char *rdn, int flag)
{
	static const char mark[] = "nsuniqueid=";
	const char *p;
	int plus = 0;

	if (rdn == NULL)
		return 0;
	for (p = rdn; *p; p++)
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '+')
			plus = 1;
	if (flag == RDN_IS_TOMBSTONE)
		return strncasecmp(rdn, mark, sizeof mark - 1) == 0 && !plus;
	if (flag == RDN_IS_CONFLICT) {
		if (!plus)
			return 0;
		for (p = rdn; *p; p++)
			if ((p == rdn || p[-1] == '+') && strncasecmp(p, mark, sizeof mark - 1) == 0)
				return 1;
	}
	return 0;
}

/* The value behind "type=" of one RDN text. */
char *slapi_rdn_get_value_by_ref(const char *rdn)
{
	const char *eq = rdn ? strchr(rdn, '=') : NULL;

	if (eq == NULL)
		return NULL;
	for (eq++; *eq == ' '; eq++)
		;
	return (char *)eq;
}

char *slapi_rdn_get_value(const char *rdn)
{
	return cshim_strdup(slapi_rdn_get_value_by_ref(rdn));
}

/*
 * First part of an RDN. OpenLDAP: type and value are new. 389: the argument is
 * cut in place and they point into it, so the value stays escaped as written.
 */
int slapi_rdn2typeval(char *rdn, char **type, struct berval *bv)
{
	int dialect = cshim_dialect(CSHIM_CALLER()), n;
	struct berval *values;
	char **types, *eq, *end;

	if (rdn == NULL || type == NULL || bv == NULL)
		return -1;
	if (dialect != CSHIM_389) {
		if (cshim_rdn_pieces(rdn, &types, &values, &n) != 0)
			return -1;
		*type = types[0];
		*bv = values[0];
		types[0] = NULL;
		values[0].bv_val = NULL;
		cshim_rdn_pieces_free(types, values, n);
		return 0;
	}
	eq = strchr(rdn, '=');
	if (eq == NULL)
		return -1;
	for (end = eq; end > rdn && end[-1] == ' '; end--)
		;
	*end = '\0';
	for (eq++; *eq == ' '; eq++)
		;
	*type = rdn;
	bv->bv_val = eq;
	bv->bv_len = strlen(eq);
	return 0;
}

int slapi_srdn_copy(const Slapi_RDN *from, Slapi_RDN *to)
{
	if (from == NULL || to == NULL)
		return -1;
	slapi_rdn_set_rdn(to, from);
	return 0;
}

int slapi_rdn_replace_rdn(Slapi_RDN *srdn, char *new_rdn)
{
	if (srdn == NULL)
		return -1;
	set_text(srdn, new_rdn);
	return 0;
}
