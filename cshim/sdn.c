/* Slapi_DN: a name in up to three forms. Forms are made on demand, also through
 * a const pointer; two threads that do it at once agree by compare-and-swap. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "attr.h"
#include "dialect.h"
#include "dn.h"
#include "goside.h"
#include "mem.h"

static void publish(const char *const *slot, unsigned char *flag, unsigned char bit, char *text)
{
	const char *none = NULL;

	if (__atomic_compare_exchange_n((const char **)slot, &none, text, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		__atomic_fetch_or(flag, bit, __ATOMIC_ACQ_REL);
	else
		free(text);
}

static char *lower_copy(const char *s)
{
	char *copy = cshim_strdup(s);

	for (char *p = copy; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 'a' - 'A';
	return copy;
}

/* Makes dn and ndn from what is there. Text that is no name stays as it is, in
 * lower case as "normal" form, so that equal text is still equal. */
static void fill(Slapi_DN *sdn, int dialect)
{
	const char *from = sdn->udn ? sdn->udn : sdn->dn ? sdn->dn : sdn->ndn;
	char *pretty = NULL, *norm = NULL;

	if (from == NULL)
		return;
	if (cshim_dn_forms(from, strlen(from), dialect, sdn->dn ? NULL : &pretty, sdn->ndn ? NULL : &norm) != 0) {
		if (sdn->dn == NULL)
			pretty = cshim_strdup(from);
		if (sdn->ndn == NULL)
			norm = lower_copy(from);
		__atomic_fetch_or(&sdn->flag, CSHIM_DN_INVALID, __ATOMIC_ACQ_REL);
	}
	if (norm) {
		sdn->ndn_len = (int)strlen(norm);
		publish(&sdn->ndn, &sdn->flag, CSHIM_DN_OWNS_NDN, norm);
	}
	if (pretty)
		publish(&sdn->dn, &sdn->flag, CSHIM_DN_OWNS_DN, pretty);
}

const char *cshim_sdn_norm(const Slapi_DN *sdn)
{
	if (sdn == NULL)
		return NULL;
	if (__atomic_load_n(&sdn->ndn, __ATOMIC_ACQUIRE) == NULL)
		fill((Slapi_DN *)sdn, cshim_thread()->dialect);
	return sdn->ndn;
}

const char *cshim_sdn_pretty(const Slapi_DN *sdn, int dialect)
{
	if (sdn == NULL)
		return NULL;
	if (__atomic_load_n(&sdn->dn, __ATOMIC_ACQUIRE) == NULL) {
		if (sdn->udn == NULL) /* a normal form is all there is */
			return sdn->ndn;
		fill((Slapi_DN *)sdn, dialect);
	}
	return sdn->dn;
}

const char *cshim_sdn_given(const Slapi_DN *sdn)
{
	return sdn == NULL ? NULL : sdn->udn ? sdn->udn : sdn->dn ? sdn->dn : sdn->ndn;
}

void cshim_sdn_clear(Slapi_DN *sdn)
{
	unsigned char flag = sdn->flag;

	if (flag & CSHIM_DN_OWNS_UDN)
		free((char *)sdn->udn);
	if (flag & CSHIM_DN_OWNS_DN)
		free((char *)sdn->dn);
	if (flag & CSHIM_DN_OWNS_NDN)
		free((char *)sdn->ndn);
	memset(sdn, 0, sizeof *sdn);
	sdn->flag = flag & CSHIM_DN_ALLOCATED;
}

void cshim_sdn_put(Slapi_DN *sdn, char *pretty, char *norm)
{
	cshim_sdn_clear(sdn);
	sdn->dn = pretty;
	sdn->ndn = norm;
	sdn->ndn_len = norm ? (int)strlen(norm) : 0;
	sdn->flag |= (pretty ? CSHIM_DN_OWNS_DN : 0) | (norm ? CSHIM_DN_OWNS_NDN : 0);
}

enum form { UDN, DN, NDN };

/* Sets one form. The new text may be part of the old: it is copied first. */
static Slapi_DN *set(Slapi_DN *sdn, enum form form, const char *text, int copy, int own)
{
	if (sdn == NULL)
		return NULL;
	if (copy)
		text = cshim_strdup(text);
	cshim_sdn_clear(sdn);
	if (text == NULL)
		return sdn;
	switch (form) {
	case UDN:
		sdn->udn = text;
		sdn->flag |= own ? CSHIM_DN_OWNS_UDN : 0;
		break;
	case DN:
		sdn->dn = text;
		sdn->flag |= own ? CSHIM_DN_OWNS_DN : 0;
		break;
	case NDN:
		sdn->ndn = text;
		sdn->ndn_len = (int)strlen(text);
		sdn->flag |= own ? CSHIM_DN_OWNS_NDN : 0;
		break;
	}
	return sdn;
}

Slapi_DN *slapi_sdn_new(void)
{
	Slapi_DN *sdn = cshim_calloc(1, sizeof *sdn);

	sdn->flag = CSHIM_DN_ALLOCATED;
	return sdn;
}

Slapi_DN *slapi_sdn_init(Slapi_DN *sdn)
{
	if (sdn)
		memset(sdn, 0, sizeof *sdn);
	return sdn;
}

#define NEW(name, form, copy, own) \
	Slapi_DN *slapi_sdn_new_##name(const char *text) { return set(slapi_sdn_new(), form, text, copy, own); }
#define SET(name, form, copy, own) \
	Slapi_DN *slapi_sdn_set_##name(Slapi_DN *sdn, const char *text) { return set(sdn, form, text, copy, own); }
#define INIT(name, form, copy, own) \
	Slapi_DN *slapi_sdn_init_##name(Slapi_DN *sdn, const char *text) \
	{ return set(slapi_sdn_init(sdn), form, text, copy, own); }

NEW(dn_byval, UDN, 1, 1)
NEW(dn_byref, UDN, 0, 0)
NEW(dn_passin, UDN, 0, 1)
NEW(normdn_byval, DN, 1, 1)
NEW(normdn_byref, DN, 0, 0)
NEW(normdn_passin, DN, 0, 1)
NEW(ndn_byval, NDN, 1, 1)
NEW(ndn_byref, NDN, 0, 0)
NEW(ndn_passin, NDN, 0, 1)
NEW(from_char_dn, UDN, 1, 1)
SET(dn_byval, UDN, 1, 1)
SET(dn_byref, UDN, 0, 0)
SET(dn_passin, UDN, 0, 1)
SET(normdn_byval, DN, 1, 1)
SET(normdn_byref, DN, 0, 0)
SET(normdn_passin, DN, 0, 1)
SET(ndn_byval, NDN, 1, 1)
SET(ndn_byref, NDN, 0, 0)
SET(ndn_passin, NDN, 0, 1)
INIT(dn_byval, UDN, 1, 1)
INIT(dn_byref, UDN, 0, 0)
INIT(dn_passin, UDN, 0, 1)
INIT(ndn_byval, NDN, 1, 1)
INIT(ndn_byref, NDN, 0, 0)
INIT(normdn_byref, DN, 0, 0)
INIT(normdn_byval, DN, 1, 1)
INIT(normdn_passin, DN, 0, 1)

void slapi_sdn_done(Slapi_DN *sdn)
{
	if (sdn)
		cshim_sdn_clear(sdn);
}

void slapi_sdn_free(Slapi_DN **sdn)
{
	if (sdn == NULL || *sdn == NULL)
		return;
	cshim_sdn_clear(*sdn);
	if ((*sdn)->flag & CSHIM_DN_ALLOCATED)
		cshim_retire(*sdn, sizeof **sdn);
	*sdn = NULL;
}

/* OpenLDAP shows a name as it was given, 389 tidied up. */
const char *slapi_sdn_get_dn(const Slapi_DN *sdn)
{
	int dialect = cshim_dialect(CSHIM_CALLER());

	return dialect == CSHIM_389 ? cshim_sdn_pretty(sdn, dialect) : cshim_sdn_given(sdn);
}

const char *slapi_sdn_get_ndn(const Slapi_DN *sdn)
{
	return cshim_sdn_norm(sdn);
}

const char *slapi_sdn_get_udn(const Slapi_DN *sdn)
{
	return cshim_sdn_given(sdn);
}

int slapi_sdn_get_ndn_len(const Slapi_DN *sdn)
{
	const char *ndn = cshim_sdn_norm(sdn);

	if (ndn == NULL)
		return 0;
	if (sdn->ndn_len == 0)
		((Slapi_DN *)sdn)->ndn_len = (int)strlen(ndn);
	return sdn->ndn_len;
}

size_t slapi_sdn_get_size(const Slapi_DN *sdn)
{
	size_t n = sizeof *sdn;

	if (sdn == NULL)
		return 0;
	n += sdn->udn ? strlen(sdn->udn) + 1 : 0;
	n += sdn->dn ? strlen(sdn->dn) + 1 : 0;
	n += sdn->ndn ? strlen(sdn->ndn) + 1 : 0;
	return n;
}

int slapi_sdn_isempty(const Slapi_DN *sdn)
{
	const char *text = cshim_sdn_given(sdn);

	return text == NULL || *text == '\0';
}

void slapi_sdn_copy(const Slapi_DN *from, Slapi_DN *to)
{
	Slapi_DN copy;

	if (to == NULL || from == to)
		return;
	memset(&copy, 0, sizeof copy);
	if (from) {
		copy = *from;
		copy.udn = cshim_strdup(from->udn);
		copy.dn = cshim_strdup(from->dn);
		copy.ndn = cshim_strdup(from->ndn);
		copy.flag = (from->flag & CSHIM_DN_INVALID) | (copy.udn ? CSHIM_DN_OWNS_UDN : 0) |
		            (copy.dn ? CSHIM_DN_OWNS_DN : 0) | (copy.ndn ? CSHIM_DN_OWNS_NDN : 0);
	}
	cshim_sdn_clear(to);
	copy.flag |= to->flag;
	*to = copy;
}

Slapi_DN *slapi_sdn_dup(const Slapi_DN *sdn)
{
	Slapi_DN *copy;

	if (sdn == NULL)
		return NULL;
	copy = slapi_sdn_new();
	slapi_sdn_copy(sdn, copy);
	return copy;
}

int slapi_sdn_compare(const Slapi_DN *sdn1, const Slapi_DN *sdn2)
{
	const char *a, *b;

	if (sdn1 == sdn2)
		return 0;
	a = cshim_sdn_norm(sdn1);
	b = cshim_sdn_norm(sdn2);
	if (a == NULL || b == NULL)
		return a == b ? 0 : a ? 1 : -1;
	return strcmp(a, b);
}

int slapi_sdn_issuffix(const Slapi_DN *sdn, const Slapi_DN *suffixsdn)
{
	const char *dn, *suffix;

	if (sdn == NULL || suffixsdn == NULL)
		return 0;
	dn = cshim_sdn_norm(sdn);
	suffix = cshim_sdn_norm(suffixsdn);
	if (dn == NULL || suffix == NULL)
		return suffix == NULL && dn == NULL;
	return cshim_ndn_issuffix(dn, suffix);
}

static int is_parent(const char *parent, const char *child, int levels)
{
	if (parent == NULL || child == NULL || *child == '\0')
		return 0;
	while (levels-- > 0) {
		if (*child == '\0')
			return 0;
		child = cshim_ndn_parent(child);
	}
	return strcmp(parent, child) == 0;
}

int slapi_sdn_isparent(const Slapi_DN *parent, const Slapi_DN *child)
{
	return is_parent(cshim_sdn_norm(parent), cshim_sdn_norm(child), 1);
}

int slapi_sdn_isgrandparent(const Slapi_DN *parent, const Slapi_DN *child)
{
	return is_parent(cshim_sdn_norm(parent), cshim_sdn_norm(child), 2);
}

int slapi_sdn_scope_test(const Slapi_DN *dn, const Slapi_DN *base, int scope)
{
	const char *d = cshim_sdn_norm(dn), *b = cshim_sdn_norm(base);

	if (d == NULL || b == NULL)
		return 0;
	switch (scope) {
	case LDAP_SCOPE_BASE:
		return strcmp(d, b) == 0;
	case LDAP_SCOPE_ONELEVEL:
		return is_parent(b, d, 1);
	case LDAP_SCOPE_SUBTREE:
		return cshim_ndn_issuffix(d, b);
	case 3: /* subordinate */
		return strcmp(d, b) != 0 && cshim_ndn_issuffix(d, b);
	default:
		return 0;
	}
}

/* Tombstones keep their unique id as the first RDN: the flag skips it. */
int slapi_sdn_scope_test_ext(const Slapi_DN *dn, const Slapi_DN *base, int scope, int flags)
{
	const char *d = cshim_sdn_norm(dn), *b = cshim_sdn_norm(base);

	if ((flags & SLAPI_ENTRY_FLAG_TOMBSTONE) && d && b && scope == LDAP_SCOPE_ONELEVEL)
		return is_parent(b, d, 2);
	return slapi_sdn_scope_test(dn, base, scope);
}

static void get_parent(const Slapi_DN *sdn, Slapi_DN *parent, int levels)
{
	const char *text = cshim_sdn_given(sdn), *ndn;
	int is_udn = sdn && sdn->udn != NULL;
	char *dn = NULL, *norm = NULL;

	if (parent == NULL)
		return;
	ndn = sdn ? sdn->ndn : NULL;
	for (int i = 0; i < levels && text; i++) {
		text = cshim_dn_rest(text, NULL);
		if (ndn)
			ndn = *ndn ? cshim_ndn_parent(ndn) : NULL;
	}
	dn = cshim_strdup(text);
	norm = text && ndn ? cshim_strdup(ndn) : NULL;
	cshim_sdn_clear(parent);
	if (dn == NULL)
		return;
	if (is_udn) {
		parent->udn = dn;
		parent->flag |= CSHIM_DN_OWNS_UDN;
	} else {
		parent->dn = dn;
		parent->flag |= CSHIM_DN_OWNS_DN;
	}
	if (norm) {
		parent->ndn = norm;
		parent->ndn_len = (int)strlen(norm);
		parent->flag |= CSHIM_DN_OWNS_NDN;
	}
}

void slapi_sdn_get_parent(const Slapi_DN *sdn, Slapi_DN *sdn_parent)
{
	get_parent(sdn, sdn_parent, 1);
}

void slapi_sdn_get_parent_ext(const Slapi_DN *sdn, Slapi_DN *sdn_parent, int is_tombstone)
{
	get_parent(sdn, sdn_parent, is_tombstone ? 2 : 1);
}

/* A suffix of the backend has no parent there. */
static int is_backend_suffix(const Slapi_Backend *be, const Slapi_DN *sdn)
{
	for (Slapi_DN **s = be ? be->be_suffixes : NULL; s && *s; s++)
		if (slapi_sdn_compare(*s, sdn) == 0)
			return 1;
	return 0;
}

void slapi_sdn_get_backend_parent(const Slapi_DN *sdn, Slapi_DN *sdn_parent, const Slapi_Backend *backend)
{
	slapi_sdn_get_backend_parent_ext(sdn, sdn_parent, backend, 0);
}

void slapi_sdn_get_backend_parent_ext(const Slapi_DN *sdn, Slapi_DN *sdn_parent, const Slapi_Backend *backend,
                                      int is_tombstone)
{
	if (sdn_parent == NULL)
		return;
	if (is_backend_suffix(backend, sdn))
		cshim_sdn_clear(sdn_parent);
	else
		get_parent(sdn, sdn_parent, is_tombstone ? 2 : 1);
}

char *cshim_dn_join(const char *rdn, size_t rdn_len, const char *parent)
{
	size_t n = parent ? strlen(parent) : 0;
	char *dn = cshim_malloc(rdn_len + n + 2);

	memcpy(dn, rdn, rdn_len);
	if (n) {
		dn[rdn_len] = ',';
		memcpy(dn + rdn_len + 1, parent, n);
		rdn_len += n + 1;
	}
	dn[rdn_len] = '\0';
	return dn;
}

Slapi_DN *slapi_sdn_set_parent(Slapi_DN *sdn, const Slapi_DN *parentdn)
{
	const char *text = cshim_sdn_given(sdn), *parent = cshim_sdn_given(parentdn);
	size_t n;
	char *dn;

	if (sdn == NULL)
		return NULL;
	if (text == NULL || *text == '\0')
		return sdn;
	cshim_dn_rest(text, &n);
	dn = cshim_dn_join(text, n, parent);
	return set(sdn, UDN, dn, 0, 1);
}

Slapi_DN *slapi_sdn_add_rdn(Slapi_DN *sdn, const Slapi_RDN *rdn)
{
	const char *text = cshim_sdn_given(sdn), *leaf = slapi_rdn_get_rdn(rdn);

	if (sdn == NULL || leaf == NULL || *leaf == '\0')
		return sdn;
	return set(sdn, UDN, cshim_dn_join(leaf, strlen(leaf), text), 0, 1);
}

Slapi_DN *slapi_sdn_set_rdn(Slapi_DN *sdn, const Slapi_RDN *rdn)
{
	const char *text = cshim_sdn_given(sdn), *leaf = slapi_rdn_get_rdn(rdn);
	const char *rest = text ? cshim_dn_rest(text, NULL) : NULL;

	if (sdn == NULL || leaf == NULL || *leaf == '\0')
		return sdn;
	return set(sdn, UDN, cshim_dn_join(leaf, strlen(leaf), rest), 0, 1);
}

void slapi_sdn_get_rdn(const Slapi_DN *sdn, Slapi_RDN *rdn)
{
	slapi_rdn_set_sdn(rdn, sdn);
}

/* Is "a's type = value" one of the parts of the name's RDN? */
int slapi_sdn_is_rdn_component(const Slapi_DN *sdn, const Slapi_Attr *a, const Slapi_Value *v)
{
	const char *text = cshim_sdn_given(sdn);
	struct berval *values;
	char **types, *leaf;
	int n, found = 0;
	size_t len;

	if (text == NULL || a == NULL || a->a_type == NULL || v == NULL)
		return 0;
	cshim_dn_rest(text, &len);
	leaf = cshim_strndup(text, len);
	if (cshim_rdn_pieces(leaf, &types, &values, &n) == 0) {
		for (int i = 0; i < n && !found; i++)
			found = slapi_attr_types_equivalent(types[i], a->a_type) &&
			        cshim_compare(a->a_type, NULL, 0, values[i].bv_val, values[i].bv_len, v->bv.bv_val,
			                      v->bv.bv_len) == 0;
		cshim_rdn_pieces_free(types, values, n);
	}
	free(leaf);
	return found;
}

/* The longest name that both are below of; NULL when there is none. */
Slapi_DN *slapi_sdn_common_ancestor(Slapi_DN *dn1, Slapi_DN *dn2)
{
	const char *a = cshim_sdn_norm(dn1), *b = cshim_sdn_norm(dn2);
	Slapi_DN *up, *result = NULL;

	if (a == NULL || b == NULL)
		return NULL;
	up = slapi_sdn_dup(dn1);
	while (!slapi_sdn_isempty(up)) {
		if (cshim_ndn_issuffix(b, cshim_sdn_norm(up))) {
			result = up;
			break;
		}
		Slapi_DN *parent = slapi_sdn_new();
		get_parent(up, parent, 1);
		slapi_sdn_free(&up);
		up = parent;
	}
	if (result == NULL)
		slapi_sdn_free(&up);
	return result;
}
