/* Values of an entry as C types: slapi_entry_attr_get_* and _set_*. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "entry.h"
#include "mem.h"

static const Slapi_Value *first(const Slapi_Entry *e, const char *type)
{
	Slapi_Attr *a = e && type ? cshim_entry_attr(e, type) : NULL;

	return a && a->a_present_values.num ? a->a_present_values.va[0] : NULL;
}

char *slapi_entry_attr_get_charptr(const Slapi_Entry *e, const char *type)
{
	const Slapi_Value *v = first(e, type);

	return v ? cshim_strndup(v->bv.bv_val ? v->bv.bv_val : "", v->bv.bv_len) : NULL;
}

const char *slapi_entry_attr_get_ref(Slapi_Entry *e, const char *attrname)
{
	const Slapi_Value *v = first(e, attrname);

	return v ? v->bv.bv_val : NULL;
}

const char *slapi_fetch_attr(Slapi_Entry *e, char *attrname, char *default_val)
{
	const char *v = slapi_entry_attr_get_ref(e, attrname);

	return v ? v : default_val;
}

char **slapi_entry_attr_get_charray_ext(const Slapi_Entry *e, const char *type, int *numVals)
{
	Slapi_Attr *a = e && type ? cshim_entry_attr(e, type) : NULL;
	char **out;
	size_t n;

	if (numVals)
		*numVals = 0;
	if (a == NULL || a->a_present_values.num == 0)
		return NULL;
	n = a->a_present_values.num;
	out = cshim_malloc((n + 1) * sizeof *out);
	for (size_t i = 0; i < n; i++) {
		const struct berval *bv = &a->a_present_values.va[i]->bv;
		out[i] = cshim_strndup(bv->bv_val ? bv->bv_val : "", bv->bv_len);
	}
	out[n] = NULL;
	if (numVals)
		*numVals = (int)n;
	return out;
}

char **slapi_entry_attr_get_charray(const Slapi_Entry *e, const char *type)
{
	return slapi_entry_attr_get_charray_ext(e, type, NULL);
}

const Slapi_Value **slapi_entry_attr_get_valuearray(const Slapi_Entry *e, const char *attrname)
{
	Slapi_Attr *a = e && attrname ? cshim_entry_attr(e, attrname) : NULL;

	return a ? (const Slapi_Value **)a->a_present_values.va : NULL;
}

int slapi_entry_attr_get_int(const Slapi_Entry *e, const char *type)
{
	return slapi_value_get_int(first(e, type));
}

unsigned int slapi_entry_attr_get_uint(const Slapi_Entry *e, const char *type)
{
	return slapi_value_get_uint(first(e, type));
}

long slapi_entry_attr_get_long(const Slapi_Entry *e, const char *type)
{
	return slapi_value_get_long(first(e, type));
}

unsigned long slapi_entry_attr_get_ulong(const Slapi_Entry *e, const char *type)
{
	return slapi_value_get_ulong(first(e, type));
}

slapi_longlong slapi_entry_attr_get_longlong(const Slapi_Entry *e, const char *type)
{
	return slapi_value_get_longlong(first(e, type));
}

slapi_ulonglong slapi_entry_attr_get_ulonglong(const Slapi_Entry *e, const char *type)
{
	return slapi_value_get_ulonglong(first(e, type));
}

/* A number that is not 0 is true as well. */
int slapi_entry_attr_get_bool_ext(const Slapi_Entry *e, const char *type, int default_value)
{
	const Slapi_Value *v = first(e, type);
	const char *s;

	if (v == NULL)
		return default_value;
	s = v->bv.bv_val;
	if (s == NULL || v->bv.bv_len == 0)
		return 0;
	if (v->bv.bv_len >= 2 && strncasecmp(s, "on", v->bv.bv_len) == 0)
		return 1;
	if (v->bv.bv_len == 3 && strncasecmp(s, "yes", 3) == 0)
		return 1;
	if (v->bv.bv_len == 4 && strncasecmp(s, "true", 4) == 0)
		return 1;
	return slapi_value_get_ulong(v) != 0;
}

int slapi_entry_attr_get_bool(const Slapi_Entry *e, const char *type)
{
	return slapi_entry_attr_get_bool_ext(e, type, 0);
}

int slapi_entry_attr_has_syntax_value(const Slapi_Entry *e, const char *type, const Slapi_Value *value)
{
	Slapi_Attr *a = e && type && value ? cshim_entry_attr(e, type) : NULL;

	return a && cshim_attr_find(a, value->bv.bv_val, value->bv.bv_len) >= 0;
}

int slapi_entry_attr_hasvalue(Slapi_Entry *e, const char *type, const char *value)
{
	Slapi_Attr *a = e && type && value ? cshim_entry_attr(e, type) : NULL;

	return a && cshim_attr_find(a, value, strlen(value)) >= 0;
}

/* ---- setting: the one value, or none */

void slapi_entry_attr_set_charptr(Slapi_Entry *e, const char *type, const char *value)
{
	Slapi_Attr *a;
	char *copy;

	if (e == NULL || type == NULL)
		return;
	if (value == NULL) {
		cshim_entry_remove(e, type);
		return;
	}
	copy = cshim_strdup(value); /* it may be the old value */
	a = cshim_entry_need(e, type);
	cshim_set_clear(&a->a_present_values);
	cshim_set_append(&a->a_present_values, slapi_value_new_string_passin(copy));
}

void slapi_entry_attr_set_int(Slapi_Entry *e, const char *type, int l)
{
	slapi_entry_attr_set_longlong(e, type, l);
}

void slapi_entry_attr_set_uint(Slapi_Entry *e, const char *type, unsigned int l)
{
	slapi_entry_attr_set_longlong(e, type, l);
}

void slapi_entry_attr_set_long(Slapi_Entry *e, const char *type, long l)
{
	slapi_entry_attr_set_longlong(e, type, l);
}

void slapi_entry_attr_set_longlong(Slapi_Entry *e, const char *type, slapi_longlong l)
{
	char text[24];

	snprintf(text, sizeof text, "%lld", l);
	slapi_entry_attr_set_charptr(e, type, text);
}

void slapi_entry_attr_set_ulong(Slapi_Entry *e, const char *type, uint64_t l)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)l);
	slapi_entry_attr_set_charptr(e, type, text);
}
