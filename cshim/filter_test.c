/*
 * Filters tested on entries without Go: items of plain text on attributes whose
 * rule ignores case or does not, of octets, of names of classes, and sets of
 * them. What else there is, Go tests (server/filter); the outcome is the same.
 */
#include <string.h>
#include <strings.h>

#include "attr.h"
#include "host_filter.h"
#include "types.h"

enum { NO = 0, YES = 1, ASK = 2 }; /* ASK: Go must */

#define MAX_SIMPLE 1024 /* longer values are not searched letter by letter */

static inline int lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* Printable ASCII that string preparation leaves as it is but for case. */
static int plain(const char *v, size_t n)
{
	if (n == 0 || v[0] == ' ' || v[n - 1] == ' ')
		return 0;
	for (size_t i = 0; i < n; i++)
		if (v[i] < ' ' || v[i] > '~' || (v[i] == ' ' && v[i - 1] == ' '))
			return 0;
	return 1;
}

static int same(const char *a, const char *b, size_t n, int fold)
{
	if (!fold)
		return memcmp(a, b, n) == 0;
	for (size_t i = 0; i < n; i++)
		if (a[i] != b[i] && lower(a[i]) != lower(b[i]))
			return 0;
	return 1;
}

static const char *find(const char *s, size_t n, const char *p, size_t len, int fold)
{
	for (; n >= len; s++, n--)
		if (same(s, p, len, fold))
			return s;
	return NULL;
}

static int options_fine(const char *o)
{
	while (*o == ';') {
		size_t n = strcspn(++o, ";");
		if (n == 0)
			return 0;
		for (size_t i = 0; i < n; i++)
			if (!((lower(o[i]) >= 'a' && lower(o[i]) <= 'z') || (o[i] >= '0' && o[i] <= '9') || strchr("-_=.", o[i])))
				return 0;
		o += n;
	}
	return 1;
}

static const struct cshim_type *info(const Slapi_Attr *a)
{
	if (a->a_info == NULL || a->a_info->generation != cshim_types_generation())
		((Slapi_Attr *)a)->a_info = cshim_type_of(a->a_type);
	return a->a_info;
}

/* Would Go take the entry, its name and descriptions? That is noted in a_own[1]
 * for each description. */
static int readable(const Slapi_Entry *e)
{
	const Slapi_DN *d = &e->e_sdn;

	if (!(d->dn && d->ndn && !(d->flag & CSHIM_DN_INVALID)) && (d->dn || d->ndn || d->udn))
		return 0;
	for (Slapi_Attr *a = e->e_attrs; a; a = a->a_next) {
		const struct cshim_type *t;
		if (a->a_present_values.num == 0 || a->a_type == NULL || a->a_own[1] == (uintptr_t)a->a_type)
			continue;
		t = info(a);
		if (t->name == NULL || t->malformed || strlen(a->a_type) > 512 || !options_fine(a->a_type + strcspn(a->a_type, ";")))
			return 0;
		a->a_own[1] = (uintptr_t)a->a_type;
	}
	return 1;
}

/* Is t the type asked for, or a subtype? */
static inline int is_of(const struct cshim_type *t, uint64_t id)
{
	if (t->id == id)
		return 1;
	for (const uint64_t *s = t->sup; *s; s++)
		if (*s == id)
			return 1;
	return 0;
}

static int is_class(const Slapi_Filter *f, const char *v, size_t n)
{
	const struct cshim_class *c = f->info_class;

	if (n == f->value.bv_len && same(v, f->value.bv_val, n, 1))
		return YES;
	for (size_t i = 0; i < c->n; i++)
		if (c->lens[i] == n && same(v, c->names[i], n, 1))
			return YES;
	return c->all ? NO : ASK;
}

static int is_equal(const Slapi_Filter *f, const struct cshim_type *t, const char *v, size_t n)
{
	if (v == NULL)
		v = "", n = 0;
	if (t->is_class)
		return is_class(f, v, n);
	if (n == f->value.bv_len && same(v, f->value.bv_val, n, t->compare == CSHIM_CMP_IGNORE))
		return YES;
	return t->compare == CSHIM_CMP_BYTES || plain(v, n) ? NO : ASK;
}

static int has_pieces(const Slapi_Filter *f, int fold, const char *v, size_t n)
{
	size_t len;

	if (v == NULL || n > MAX_SIMPLE || !plain(v, n))
		return ASK;
	if (f->initial) {
		len = strlen(f->initial);
		if (n < len || !same(v, f->initial, len, fold))
			return NO;
		v += len;
		n -= len;
	}
	for (char **a = f->any; a && *a; a++) {
		const char *at;
		len = strlen(*a);
		at = find(v, n, *a, len, fold);
		if (at == NULL)
			return NO;
		n -= (size_t)(at + len - v);
		v = at + len;
	}
	if (f->final) {
		len = strlen(f->final);
		if (n < len || !same(v + n - len, f->final, len, fold))
			return NO;
	}
	return YES;
}

static int plain_pieces(const Slapi_Filter *f)
{
	if ((f->initial && !plain(f->initial, strlen(f->initial))) || (f->final && !plain(f->final, strlen(f->final))))
		return 0;
	for (char **a = f->any; a && *a; a++)
		if (!plain(*a, strlen(*a)))
			return 0;
	return f->initial || f->final || (f->any && *f->any);
}

/* Can the item be tested here? Fills f->info, after the rest: another thread may
 * be at the same filter. What it finds holds until the schema changes. */
static int prepare(Slapi_Filter *f)
{
	const struct cshim_type *t = __atomic_load_n(&f->info, __ATOMIC_ACQUIRE);

	if (t && t->generation == cshim_types_generation())
		return 1;
	if (f->type == NULL || strchr(f->type, ';'))
		return 0;
	t = cshim_type_of(f->type);
	if (!t->known || t->name == NULL || t->computed || t->sup[6])
		return 0;
	switch (f->choice) {
	case LDAP_FILTER_PRESENT:
		break;
	case LDAP_FILTER_EQUALITY:
		if (f->value.bv_val == NULL || t->equality_oid == NULL || t->compare == CSHIM_CMP_GO)
			if (!t->is_class)
				return 0;
		if (t->is_class) {
			f->info_class = cshim_class_of(f->value.bv_val, f->value.bv_len);
			if (f->info_class == NULL)
				return 0;
		} else if (t->compare != CSHIM_CMP_BYTES && !plain(f->value.bv_val, f->value.bv_len)) {
			return 0;
		}
		break;
	case LDAP_FILTER_SUBSTRINGS:
		if (t->pieces == CSHIM_CMP_GO || !plain_pieces(f))
			return 0;
		break;
	default:
		return 0;
	}
	__atomic_store_n(&f->info, t, __ATOMIC_RELEASE);
	return 1;
}

static int test_item(const Slapi_Entry *e, Slapi_Filter *f)
{
	const struct cshim_type *t;

	if (!prepare(f))
		return ASK;
	t = f->info;
	for (Slapi_Attr *a = e->e_attrs; a; a = a->a_next) {
		const Slapi_ValueSet *vs = &a->a_present_values;
		int unsure = 0;
		if (vs->num == 0 || a->a_type == NULL || !is_of(info(a), t->id))
			continue;
		if (f->choice == LDAP_FILTER_PRESENT)
			return YES;
		for (size_t i = 0; i < vs->num; i++) {
			const struct berval *bv = &vs->va[i]->bv;
			int r = f->choice == LDAP_FILTER_EQUALITY ? is_equal(f, t, bv->bv_val, bv->bv_len)
			                                          : has_pieces(f, t->pieces == CSHIM_CMP_IGNORE, bv->bv_val, bv->bv_len);
			if (r == YES)
				return YES;
			unsure |= r == ASK;
		}
		if (unsure)
			return ASK;
	}
	return NO;
}

/* Is there anything in f, and behind it in its list, that Go must see to even
 * where its outcome does not matter? */
static int odd(Slapi_Filter *f)
{
	for (; f; f = f->next) {
		switch (f->choice) {
		case LDAP_FILTER_NOT:
			if (f->list == NULL || f->list->next)
				return 1;
			/* fall through */
		case LDAP_FILTER_AND:
		case LDAP_FILTER_OR:
			if (odd(f->list))
				return 1;
			break;
		case LDAP_FILTER_EQUALITY:
		case LDAP_FILTER_SUBSTRINGS:
		case LDAP_FILTER_GE:
		case LDAP_FILTER_LE:
		case LDAP_FILTER_PRESENT:
		case LDAP_FILTER_APPROX:
			break;
		default:
			return 1;
		}
	}
	return 0;
}

static int test(const Slapi_Entry *e, Slapi_Filter *f)
{
	int r, end = NO;

	switch (f->choice) {
	case LDAP_FILTER_NOT:
		if (f->list == NULL || f->list->next)
			return ASK;
		r = test(e, f->list);
		return r == ASK ? ASK : !r;
	case LDAP_FILTER_OR:
		end = YES;
		/* fall through */
	case LDAP_FILTER_AND:
		for (Slapi_Filter *k = f->list; k; k = k->next) {
			r = test(e, k);
			if (r == ASK)
				return ASK;
			if (r == end)
				return odd(k->next) ? ASK : end;
		}
		return !end;
	default:
		return test_item(e, f);
	}
}

int cshim_filter_test(const Slapi_Entry *e, Slapi_Filter *f)
{
	int r = readable(e) ? test(e, f) : ASK;

	return r == ASK ? -1 : !r;
}
