/* Slapi_ValueSet: values in the order in which they were added. */
#include <stdlib.h>
#include <string.h>

#include "goside.h"
#include "mem.h"
#include "value.h"

void cshim_set_reserve(Slapi_ValueSet *vs, size_t n)
{
	if (vs->max > n)
		return;
	size_t room = vs->max ? vs->max * 2 : 4;
	if (room < n + 1)
		room = n + 1;
	if (vs->max == 0 && vs->va) { /* lies in the attribute's block */
		Slapi_Value **va = cshim_malloc(room * sizeof *va);
		memcpy(va, vs->va, vs->num * sizeof *va);
		vs->va = va;
	} else {
		vs->va = cshim_realloc_array(vs->va, room, sizeof *vs->va);
	}
	vs->max = room;
	vs->va[vs->num] = NULL;
}

void cshim_set_drop_array(Slapi_ValueSet *vs)
{
	if (vs->max)
		free(vs->va);
}

void cshim_set_append(Slapi_ValueSet *vs, Slapi_Value *v)
{
	if (v == NULL)
		return;
	cshim_set_reserve(vs, vs->num + 1);
	vs->va[vs->num++] = v;
	vs->va[vs->num] = NULL;
}

Slapi_Value *cshim_set_take(Slapi_ValueSet *vs, size_t i)
{
	Slapi_Value *v;

	if (i >= vs->num)
		return NULL;
	v = vs->va[i];
	memmove(&vs->va[i], &vs->va[i + 1], (vs->num - i) * sizeof *vs->va);
	vs->num--;
	return v;
}

void cshim_set_clear(Slapi_ValueSet *vs)
{
	for (size_t i = 0; i < vs->num; i++)
		cshim_value_drop(vs->va[i]);
	cshim_set_drop_array(vs);
	vs->va = NULL;
	vs->num = vs->max = 0;
}

void cshim_set_copy(Slapi_ValueSet *to, const Slapi_ValueSet *from)
{
	if (from->num == 0)
		return;
	cshim_set_reserve(to, to->num + from->num);
	for (size_t i = 0; i < from->num; i++)
		to->va[to->num++] = cshim_value_copy(from->va[i]);
	to->va[to->num] = NULL;
}

/*
 * Compares plain text as the caseIgnore and caseExact rules do. Tells by its
 * result whether it could: 0 no (blanks that fold, or bytes outside ASCII: Go
 * prepares those), 1 yes.
 */
static int compare_plain(const unsigned char *a, size_t alen, const unsigned char *b, size_t blen, int ignore_case,
                         int *result)
{
	const unsigned char *s[2] = { a, b };
	size_t n[2] = { alen, blen }, i;

	for (int k = 0; k < 2; k++) {
		if (n[k] == 0 || s[k][0] == ' ' || s[k][n[k] - 1] == ' ')
			return 0;
		for (i = 0; i < n[k]; i++)
			if (s[k][i] >= 0x7f || s[k][i] < ' ' || (s[k][i] == ' ' && s[k][i + 1] == ' '))
				return 0;
	}
	for (i = 0; i < alen && i < blen; i++) {
		int x = a[i], y = b[i];
		if (ignore_case) {
			if (x >= 'A' && x <= 'Z')
				x += 'a' - 'A';
			if (y >= 'A' && y <= 'Z')
				y += 'a' - 'A';
		}
		if (x != y) {
			*result = x - y;
			return 1;
		}
	}
	*result = alen == blen ? 0 : alen < blen ? -1 : 1;
	return 1;
}

static int compare_bytes(const void *a, size_t alen, const void *b, size_t blen)
{
	int r = memcmp(a, b, alen < blen ? alen : blen);

	return r ? r : alen == blen ? 0 : alen < blen ? -1 : 1;
}

int cshim_compare(const char *type, const struct cshim_type *t, int kind, const void *a, size_t alen, const void *b,
                  size_t blen)
{
	int result = 0;

	if (a == NULL)
		a = "", alen = 0;
	if (b == NULL)
		b = "", blen = 0;
	if (alen == blen && memcmp(a, b, alen) == 0)
		return 0;
	if (t == NULL && type)
		t = cshim_type_of(type);
	if (t && kind == 0) {
		if (t->compare == CSHIM_CMP_BYTES)
			return compare_bytes(a, alen, b, blen);
		if ((t->compare == CSHIM_CMP_IGNORE || t->compare == CSHIM_CMP_EXACT) &&
		    compare_plain(a, alen, b, blen, t->compare == CSHIM_CMP_IGNORE, &result))
			return result;
	}
	if (type == NULL)
		return compare_bytes(a, alen, b, blen);
	if (slapiGoCompare((char *)type, kind, (void *)a, alen, (void *)b, blen, &result) != 0)
		return compare_bytes(a, alen, b, blen);
	return result;
}

long cshim_set_find(const char *type, const struct cshim_type *t, const Slapi_ValueSet *vs, const void *bytes, size_t len)
{
	if (bytes == NULL)
		bytes = "", len = 0;
	for (size_t i = 0; i < vs->num; i++)
		if (vs->va[i]->bv.bv_len == len && memcmp(vs->va[i]->bv.bv_val ? vs->va[i]->bv.bv_val : "", bytes, len) == 0)
			return (long)i;
	if (vs->num == 0)
		return -1;
	if (t == NULL && type)
		t = cshim_type_of(type);
	if (t && t->compare == CSHIM_CMP_BYTES)
		return -1;
	if (t && (t->compare == CSHIM_CMP_IGNORE || t->compare == CSHIM_CMP_EXACT) && vs->num <= 16) {
		for (size_t i = 0; i < vs->num; i++)
			if (cshim_compare(type, t, 0, vs->va[i]->bv.bv_val, vs->va[i]->bv.bv_len, bytes, len) == 0)
				return (long)i;
		return -1;
	}
	if (type == NULL)
		return -1;
	return slapiGoFind((char *)type, vs->va, (int)vs->num, (void *)bytes, len);
}

/* ---- exported */

Slapi_ValueSet *slapi_valueset_new(void)
{
	return cshim_calloc(1, sizeof(Slapi_ValueSet));
}

void slapi_valueset_init(Slapi_ValueSet *vs)
{
	if (vs) {
		size_t *lent = vs->sorted == CSHIM_SET_LENT ? CSHIM_SET_LENT : NULL;

		memset(vs, 0, sizeof *vs);
		vs->sorted = lent;
	}
}

void slapi_valueset_done(Slapi_ValueSet *vs)
{
	if (vs)
		cshim_set_clear(vs);
}

/* The set inside an attribute, which OpenLDAP plug-ins are lent, stays as it is.
 * (389's roles make one with slapi_ch_calloc and free it here.) */
void slapi_valueset_free(Slapi_ValueSet *vs)
{
	if (vs == NULL || vs->sorted == CSHIM_SET_LENT || vs->sorted == (size_t *)CSHIM_FREED)
		return;
	cshim_set_clear(vs);
	cshim_retire(vs, sizeof *vs);
	CSHIM_MARK(vs->sorted, (size_t *)CSHIM_FREED);
}

void slapi_valueset_add_value(Slapi_ValueSet *vs, const Slapi_Value *addval)
{
	if (vs && addval)
		cshim_set_append(vs, cshim_value_copy(addval));
}

void slapi_valueset_add_value_ext(Slapi_ValueSet *vs, const Slapi_Value *addval, unsigned long flags)
{
	if (vs == NULL || addval == NULL)
		return;
	cshim_set_append(vs, flags & SLAPI_VALUE_FLAG_PASSIN ? (Slapi_Value *)addval : cshim_value_copy(addval));
}

/* With SLAPI_VALUE_FLAG_DUPCHECK a value that is there is refused (20); a value
 * that was to be passed in stays the caller's then. */
int slapi_valueset_add_attr_value_ext(const Slapi_Attr *a, Slapi_ValueSet *vs, Slapi_Value *addval, unsigned long flags)
{
	if (vs == NULL || addval == NULL)
		return LDAP_PARAM_ERROR;
	if ((flags & SLAPI_VALUE_FLAG_DUPCHECK) &&
	    cshim_set_find(a ? a->a_type : NULL, NULL, vs, addval->bv.bv_val, addval->bv.bv_len) >= 0)
		return LDAP_TYPE_OR_VALUE_EXISTS;
	slapi_valueset_add_value_ext(vs, addval, flags);
	return LDAP_SUCCESS;
}

int slapi_valueset_count(const Slapi_ValueSet *vs)
{
	return vs ? (int)vs->num : 0;
}

int slapi_valueset_isempty(const Slapi_ValueSet *vs)
{
	return vs == NULL || vs->num == 0;
}

int slapi_valueset_first_value(Slapi_ValueSet *vs, Slapi_Value **v)
{
	if (v)
		*v = NULL;
	if (vs == NULL || v == NULL || vs->num == 0)
		return -1;
	*v = vs->va[0];
	return 0;
}

int slapi_valueset_next_value(Slapi_ValueSet *vs, int index, Slapi_Value **v)
{
	if (v)
		*v = NULL;
	if (vs == NULL || v == NULL || index < 0 || (size_t)index + 1 >= vs->num)
		return -1;
	*v = vs->va[index + 1];
	return index + 1;
}

Slapi_Value *slapi_valueset_find(const Slapi_Attr *a, const Slapi_ValueSet *vs, const Slapi_Value *v)
{
	long i;

	if (vs == NULL || v == NULL)
		return NULL;
	i = cshim_set_find(a ? a->a_type : NULL, NULL, vs, v->bv.bv_val, v->bv.bv_len);
	return i < 0 ? NULL : vs->va[i];
}

void slapi_valueset_set_valueset(Slapi_ValueSet *vs1, const Slapi_ValueSet *vs2)
{
	if (vs1 == NULL || vs1 == vs2)
		return;
	cshim_set_clear(vs1);
	if (vs2)
		cshim_set_copy(vs1, vs2);
}

void slapi_valueset_join_attr_valueset(const Slapi_Attr *a, Slapi_ValueSet *vs1, const Slapi_ValueSet *vs2)
{
	if (vs1 == NULL || vs2 == NULL || vs1 == vs2)
		return;
	for (size_t i = 0; i < vs2->num; i++)
		slapi_valueset_add_attr_value_ext(a, vs1, vs2->va[i], SLAPI_VALUE_FLAG_DUPCHECK);
}

void slapi_valueset_set_from_smod(Slapi_ValueSet *vs, Slapi_Mod *smod)
{
	if (vs == NULL || smod == NULL)
		return;
	for (struct berval *bv = slapi_mod_get_first_value(smod); bv; bv = slapi_mod_get_next_value(smod))
		cshim_set_append(vs, cshim_value_make(bv->bv_val, bv->bv_len));
}

Slapi_Value **valueset_get_valuearray(const Slapi_ValueSet *vs)
{
	return vs ? vs->va : NULL;
}

/* OpenLDAP's attribute type comparison of two values; NULLs order first. */
int slapi_value_compare(const Slapi_Attr *a, const Slapi_Value *v1, const Slapi_Value *v2)
{
	if (v1 == v2)
		return 0;
	if (v1 == NULL)
		return -1;
	if (v2 == NULL)
		return 1;
	return cshim_compare(a ? a->a_type : NULL, NULL, 0, v1->bv.bv_val, v1->bv.bv_len, v2->bv.bv_val, v2->bv.bv_len);
}
