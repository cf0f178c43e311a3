/* Slapi_Value: bytes with a NUL behind them that the length does not count, so
 * that a text value is a C string too. */
#include "value.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

/* The bytes of a value that is made here lie in its own block, behind the
 * struct. No other block can begin there. */
static void drop_bytes(Slapi_Value *v)
{
	if (v->bv.bv_val != (char *)(v + 1))
		free(v->bv.bv_val);
}

void cshim_value_put(Slapi_Value *v, const void *bytes, size_t len)
{
	char *copy = cshim_memdup(bytes, len);

	drop_bytes(v);
	v->bv.bv_val = copy;
	v->bv.bv_len = copy ? len : 0;
}

Slapi_Value *cshim_value_make(const void *bytes, size_t len)
{
	Slapi_Value *v;

	if (bytes == NULL)
		return slapi_value_new();
	v = cshim_malloc(sizeof *v + len + 1);
	v->bv.bv_val = (char *)(v + 1);
	v->bv.bv_len = len;
	v->v_csnset = NULL;
	v->v_flags = 0;
	memcpy(v->bv.bv_val, bytes, len);
	v->bv.bv_val[len] = '\0';
	return v;
}

Slapi_Value *cshim_value_copy(const Slapi_Value *v)
{
	Slapi_Value *copy;

	if (v == NULL)
		return NULL;
	copy = cshim_value_make(v->bv.bv_val, v->bv.bv_len);
	copy->v_flags = v->v_flags;
	return copy;
}

void cshim_value_drop(Slapi_Value *v)
{
	if (v) {
		drop_bytes(v);
		free(v);
	}
}

Slapi_Value *slapi_value_new(void)
{
	return cshim_calloc(1, sizeof(Slapi_Value));
}

Slapi_Value *slapi_value_new_berval(const struct berval *bval)
{
	return bval ? cshim_value_make(bval->bv_val, bval->bv_len) : slapi_value_new();
}

Slapi_Value *slapi_value_new_value(const Slapi_Value *v)
{
	return v ? cshim_value_copy(v) : slapi_value_new();
}

Slapi_Value *slapi_value_new_string(const char *s)
{
	return cshim_value_make(s, s ? strlen(s) : 0);
}

Slapi_Value *slapi_value_new_string_passin(char *s)
{
	return slapi_value_init_string_passin(cshim_malloc(sizeof(Slapi_Value)), s);
}

/* The init functions take raw storage: what was in it is never freed. */
Slapi_Value *slapi_value_init(Slapi_Value *v)
{
	if (v)
		memset(v, 0, sizeof *v);
	return v;
}

Slapi_Value *slapi_value_init_berval(Slapi_Value *v, struct berval *bval)
{
	if (slapi_value_init(v) && bval)
		cshim_value_put(v, bval->bv_val, bval->bv_len);
	return v;
}

Slapi_Value *slapi_value_init_string(Slapi_Value *v, const char *s)
{
	if (slapi_value_init(v) && s)
		cshim_value_put(v, s, strlen(s));
	return v;
}

Slapi_Value *slapi_value_init_string_passin(Slapi_Value *v, char *s)
{
	if (slapi_value_init(v) && s) {
		v->bv.bv_val = s;
		v->bv.bv_len = strlen(s);
	}
	return v;
}

Slapi_Value *slapi_value_dup(const Slapi_Value *v)
{
	return cshim_value_copy(v);
}

void slapi_value_free(Slapi_Value **value)
{
	Slapi_Value *v = value ? *value : NULL;

	if (v == NULL)
		return;
	*value = NULL;
	if (v->v_csnset == (void *)CSHIM_FREED)
		return;
	drop_bytes(v);
	cshim_retire(v, sizeof *v);
	CSHIM_MARK(v->v_csnset, (void *)CSHIM_FREED);
}

const struct berval *slapi_value_get_berval(const Slapi_Value *value)
{
	return value ? &value->bv : NULL;
}

Slapi_Value *slapi_value_set(Slapi_Value *value, void *val, unsigned long len)
{
	if (value)
		cshim_value_put(value, val, val ? len : 0);
	return value;
}

Slapi_Value *slapi_value_set_value(Slapi_Value *value, const Slapi_Value *vfrom)
{
	if (value == NULL || vfrom == NULL)
		return NULL;
	if (value != vfrom) {
		cshim_value_put(value, vfrom->bv.bv_val, vfrom->bv.bv_len);
		value->v_flags = vfrom->v_flags;
	}
	return value;
}

Slapi_Value *slapi_value_set_berval(Slapi_Value *value, const struct berval *bval)
{
	if (value == NULL)
		return NULL;
	if (bval != &value->bv)
		cshim_value_put(value, bval ? bval->bv_val : NULL, bval ? bval->bv_len : 0);
	return value;
}

int slapi_value_set_string(Slapi_Value *value, const char *strVal)
{
	if (value == NULL || strVal == NULL)
		return -1;
	cshim_value_put(value, strVal, strlen(strVal));
	return 0;
}

int slapi_value_set_string_passin(Slapi_Value *value, char *strVal)
{
	if (value == NULL || strVal == NULL)
		return -1;
	if (strVal != value->bv.bv_val)
		drop_bytes(value);
	value->bv.bv_val = strVal;
	value->bv.bv_len = strlen(strVal);
	return 0;
}

int slapi_value_set_int(Slapi_Value *value, int intVal)
{
	char text[16];

	if (value == NULL)
		return -1;
	snprintf(text, sizeof text, "%d", intVal);
	return slapi_value_set_string(value, text);
}

void slapi_value_set_flags(Slapi_Value *v, unsigned long flags)
{
	if (v)
		v->v_flags = flags;
}

void slapi_values_set_flags(Slapi_Value **vs, unsigned long flags)
{
	if (vs)
		for (size_t i = 0; vs[i]; i++)
			vs[i]->v_flags = flags;
}

unsigned long slapi_value_get_flags(Slapi_Value *v)
{
	return v ? v->v_flags : 0;
}

size_t slapi_value_get_length(const Slapi_Value *value)
{
	return value ? value->bv.bv_len : 0;
}

const char *slapi_value_get_string(const Slapi_Value *value)
{
	return value ? value->bv.bv_val : NULL;
}

/*
 * Numbers are read from a copy of at most 63 bytes: a value that a plug-in made
 * itself (the Rust ones write bv directly) need not end in a NUL.
 */
static const char *number(const Slapi_Value *v, char buf[64])
{
	size_t n = 0;

	if (v && v->bv.bv_val) {
		n = v->bv.bv_len < 63 ? v->bv.bv_len : 63;
		memcpy(buf, v->bv.bv_val, n);
	}
	buf[n] = '\0';
	return buf;
}

int slapi_value_get_int(const Slapi_Value *value)
{
	char buf[64];
	long n = strtol(number(value, buf), NULL, 10);

	return n > INT_MAX ? INT_MAX : n < INT_MIN ? INT_MIN : (int)n;
}

unsigned int slapi_value_get_uint(const Slapi_Value *value)
{
	char buf[64];

	return (unsigned int)strtoul(number(value, buf), NULL, 10);
}

long slapi_value_get_long(const Slapi_Value *value)
{
	char buf[64];

	return strtol(number(value, buf), NULL, 10);
}

unsigned long slapi_value_get_ulong(const Slapi_Value *value)
{
	char buf[64];

	return strtoul(number(value, buf), NULL, 10);
}

slapi_longlong slapi_value_get_longlong(const Slapi_Value *value)
{
	char buf[64];

	return strtoll(number(value, buf), NULL, 10);
}

slapi_ulonglong slapi_value_get_ulonglong(const Slapi_Value *value)
{
	char buf[64];

	return strtoull(number(value, buf), NULL, 10);
}

/* Seconds: a plain number, or a duration such as "2d", "1h", "30m"; -1 for neither. */
slapi_longlong slapi_value_get_timelonglong(const Slapi_Value *value)
{
	char buf[64], *end;
	slapi_longlong total = 0, n;
	const char *p = number(value, buf);

	if (*p == '\0')
		return 0;
	while (*p) {
		slapi_longlong unit = 1;

		if (*p < '0' || *p > '9')
			return -1;
		n = strtoll(p, &end, 10);
		switch (*end) {
		case 'w': case 'W': unit = 7 * 86400; end++; break;
		case 'd': case 'D': unit = 86400; end++; break;
		case 'h': case 'H': unit = 3600; end++; break;
		case 'm': case 'M': unit = 60; end++; break;
		case 's': case 'S': end++; break;
		case '\0': break;
		default: return -1;
		}
		if (__builtin_mul_overflow(n, unit, &n) || __builtin_add_overflow(total, n, &total))
			return -1;
		p = end;
	}
	return total;
}

long slapi_value_get_timelong(const Slapi_Value *value)
{
	return (long)slapi_value_get_timelonglong(value);
}

time_t slapi_value_get_time_time_t(const Slapi_Value *value)
{
	return (time_t)slapi_value_get_timelonglong(value);
}
