/* Slapi_Attr and attribute descriptions ("type;option;..."). */
#include "attr.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dialect.h"
#include "goside.h"
#include "mem.h"

const struct cshim_type *cshim_attr_type(const Slapi_Attr *a)
{
	if (a->a_info == NULL)
		((Slapi_Attr *)a)->a_info = cshim_type_of(a->a_type);
	return a->a_info;
}

static size_t base_len(const char *desc)
{
	return strcspn(desc, ";");
}

/* Same options in any order. Both strings start at the first ';' or at the end. */
static int has_options(const char *in, const char *all_of)
{
	while (*all_of == ';') {
		size_t n = strcspn(++all_of, ";");
		const char *p = in;
		int found = n == 0;

		while (!found && *p == ';') {
			size_t m = strcspn(++p, ";");
			found = m == n && strncasecmp(p, all_of, n) == 0;
			p += m;
		}
		if (!found)
			return 0;
		all_of += n;
	}
	return 1;
}

static int same_base(const char *a, const char *b)
{
	size_t n = base_len(a), m = base_len(b);
	const struct cshim_type *s, *t;

	if (n == m && strncasecmp(a, b, n) == 0)
		return 1;
	s = cshim_type_of(a);
	t = cshim_type_of(b);
	return s->id != 0 && s->id == t->id;
}

int cshim_desc_equal(const char *a, const char *b)
{
	if (strcasecmp(a, b) == 0)
		return 1;
	const char *x = a + base_len(a), *y = b + base_len(b);
	if ((*x == '\0') != (*y == '\0'))
		return 0;
	return same_base(a, b) && has_options(x, y) && has_options(y, x);
}

char *cshim_desc_canonical(const char *desc)
{
	const struct cshim_type *t = cshim_type_of(desc);
	size_t n = base_len(desc), m, options = strlen(desc + n);
	const char *name = desc;
	char *out;

	m = n;
	if (t->known && t->name) {
		name = t->name;
		m = strlen(name);
	}
	out = cshim_malloc(m + options + 1);
	memcpy(out, name, m);
	for (size_t i = 0; i <= options; i++)
		out[m + i] = (char)tolower((unsigned char)desc[n + i]);
	return out;
}

Slapi_Attr *cshim_attr_make(const char *desc)
{
	return desc ? cshim_attr_with(desc, strlen(desc), 0) : cshim_calloc(1, sizeof(Slapi_Attr));
}

/* One block: the struct, the array of values, the description. */
Slapi_Attr *cshim_attr_with(const char *desc, size_t len, size_t n)
{
	size_t array = n ? (n + 1) * sizeof(Slapi_Value *) : 0;
	Slapi_Attr *a = cshim_malloc(sizeof *a + array + len + 1);

	memset(a, 0, sizeof *a);
	if (n) {
		a->a_present_values.va = (Slapi_Value **)(a + 1);
		a->a_present_values.va[0] = NULL;
	}
	a->a_type = (char *)(a + 1) + array;
	memcpy(a->a_type, desc, len);
	a->a_type[len] = '\0';
	a->a_own[0] = (uintptr_t)a->a_type;
	return a;
}

/* a_own[0] is a description that is part of the attribute's block. */
static void drop_type(Slapi_Attr *a)
{
	if (a->a_type && (uintptr_t)a->a_type != a->a_own[0])
		free(a->a_type);
}

static void clear(Slapi_Attr *a)
{
	struct berval ***lists = a->a_listtofree;

	drop_type(a);
	cshim_set_clear(&a->a_present_values);
	cshim_set_clear(&a->a_deleted_values);
	for (size_t i = 0; lists && lists[i]; i++)
		cshim_bvec_free(lists[i]);
	free(lists);
}

void cshim_attr_drop(Slapi_Attr *a)
{
	if (a) {
		clear(a);
		free(a);
	}
}

void cshim_attrs_drop(Slapi_Attr *list)
{
	while (list) {
		Slapi_Attr *next = list->a_next;
		cshim_attr_drop(list);
		list = next;
	}
}

Slapi_Attr *cshim_attr_copy(const Slapi_Attr *a)
{
	const char *desc = a->a_type ? a->a_type : "";
	size_t n = a->a_present_values.num;
	Slapi_Attr *copy = cshim_attr_with(desc, strlen(desc), n);

	if (a->a_type == NULL)
		copy->a_type = NULL;

	copy->a_flags = a->a_flags;
	copy->a_info = a->a_info;
	for (size_t i = 0; i < n; i++)
		copy->a_present_values.va[i] = cshim_value_copy(a->a_present_values.va[i]);
	if (n)
		copy->a_present_values.va[n] = NULL;
	copy->a_present_values.num = n;
	cshim_set_copy(&copy->a_deleted_values, &a->a_deleted_values);
	return copy;
}

long cshim_attr_find(const Slapi_Attr *a, const void *bytes, size_t len)
{
	return cshim_set_find(a->a_type, cshim_attr_type(a), &a->a_present_values, bytes, len);
}

int cshim_attr_append_bytes(Slapi_Attr *a, const void *bytes, size_t len)
{
	if (a == NULL)
		return -1;
	cshim_set_append(&a->a_present_values, cshim_value_make(bytes ? bytes : "", len));
	return 0;
}

/* ---- exported: attributes */

Slapi_Attr *slapi_attr_new(void)
{
	return cshim_calloc(1, sizeof(Slapi_Attr));
}

static Slapi_Attr *init(Slapi_Attr *a, const char *type, int dialect)
{
	if (a == NULL)
		return NULL;
	memset(a, 0, sizeof *a);
	if (type)
		a->a_type = dialect == CSHIM_389 ? cshim_strdup(type) : cshim_desc_canonical(type);
	return a;
}

Slapi_Attr *slapi_attr_init(Slapi_Attr *a, const char *type)
{
	return init(a, type, cshim_dialect(CSHIM_CALLER()));
}

void slapi_attr_free(Slapi_Attr **a)
{
	Slapi_Attr *attr = a ? *a : NULL;

	if (attr == NULL)
		return;
	*a = NULL;
	if (attr->a_own[2] == CSHIM_FREED || attr->a_own[2] == CSHIM_ATTR_LINKED)
		return;
	clear(attr);
	cshim_retire(attr, sizeof *attr);
	CSHIM_MARK(attr->a_own[2], CSHIM_FREED);
}

Slapi_Attr *slapi_attr_dup(const Slapi_Attr *attr)
{
	return attr ? cshim_attr_copy(attr) : NULL;
}

int slapi_attr_set_type(Slapi_Attr *a, const char *type)
{
	char *copy;

	if (a == NULL || type == NULL)
		return -1;
	copy = cshim_strdup(type);
	drop_type(a);
	a->a_type = copy;
	a->a_own[0] = a->a_own[1] = 0;
	a->a_info = NULL;
	return 0;
}

int slapi_attr_get_type(Slapi_Attr *attr, char **type)
{
	if (attr == NULL || type == NULL)
		return -1;
	*type = attr->a_type;
	return 0;
}

int slapi_attr_get_oid_copy(const Slapi_Attr *attr, char **oidp)
{
	const struct cshim_type *t;

	if (attr == NULL || oidp == NULL || attr->a_type == NULL)
		return -1;
	t = cshim_attr_type(attr);
	if (!t->known || t->oid == NULL)
		return -1;
	*oidp = cshim_strdup(t->oid);
	return 0;
}

int slapi_attr_get_syntax_oid_copy(const Slapi_Attr *attr, char **oidp)
{
	const struct cshim_type *t;

	if (attr == NULL || oidp == NULL || attr->a_type == NULL)
		return -1;
	t = cshim_attr_type(attr);
	/* An unknown type is taken for text, as ns-slapd does. */
	*oidp = cshim_strdup(t->syntax_oid ? t->syntax_oid : "1.3.6.1.4.1.1466.115.121.1.15");
	return 0;
}

int slapi_attr_get_flags(const Slapi_Attr *attr, unsigned long *flags)
{
	if (attr == NULL || flags == NULL)
		return -1;
	*flags = attr->a_flags | cshim_attr_type(attr)->flags;
	return 0;
}

int slapi_attr_flag_is_set(const Slapi_Attr *attr, unsigned long flag)
{
	unsigned long flags;

	return slapi_attr_get_flags(attr, &flags) == 0 && (flags & flag) == flag;
}

int slapi_attr_get_numvalues(const Slapi_Attr *a, int *numValues)
{
	if (a == NULL || numValues == NULL)
		return -1;
	*numValues = (int)a->a_present_values.num;
	return 0;
}

int slapi_attr_add_value(Slapi_Attr *a, const Slapi_Value *v)
{
	if (a == NULL || v == NULL)
		return -1;
	cshim_set_append(&a->a_present_values, cshim_value_copy(v));
	return 0;
}

int slapi_attr_first_value(Slapi_Attr *a, Slapi_Value **v)
{
	return slapi_valueset_first_value(a ? &a->a_present_values : NULL, v);
}

int slapi_attr_next_value(Slapi_Attr *a, int hint, Slapi_Value **v)
{
	return slapi_valueset_next_value(a ? &a->a_present_values : NULL, hint, v);
}

static struct berval **bervals(const Slapi_Attr *a)
{
	const Slapi_ValueSet *vs = &a->a_present_values;
	struct berval **v;

	if (vs->num == 0)
		return NULL;
	v = cshim_malloc((vs->num + 1) * sizeof *v);
	for (size_t i = 0; i < vs->num; i++)
		v[i] = cshim_bv_new(vs->va[i]->bv.bv_val ? vs->va[i]->bv.bv_val : "", vs->va[i]->bv.bv_len);
	v[vs->num] = NULL;
	return v;
}

int slapi_attr_get_bervals_copy(Slapi_Attr *a, struct berval ***vals)
{
	if (vals == NULL)
		return -1;
	*vals = NULL;
	if (a == NULL)
		return -1;
	*vals = bervals(a);
	return 0;
}

/* A copy: OpenLDAP's callers free it; for 389's it dies with the attribute. */
int slapi_attr_get_values(Slapi_Attr *a, struct berval ***vals)
{
	int dialect = cshim_dialect(CSHIM_CALLER());
	struct berval ***lists;
	size_t n;

	if (a == NULL || vals == NULL)
		return -1;
	*vals = bervals(a);
	if (dialect == CSHIM_389 && *vals) {
		n = cshim_array_len(a->a_listtofree);
		lists = cshim_realloc_array(a->a_listtofree, n + 2, sizeof *lists);
		lists[n] = *vals;
		lists[n + 1] = NULL;
		a->a_listtofree = lists;
	}
	return 0;
}

/* OpenLDAP lends the attribute's own set, 389 gives a copy. */
int slapi_attr_get_valueset(const Slapi_Attr *a, Slapi_ValueSet **vs)
{
	int dialect = cshim_dialect(CSHIM_CALLER());

	if (a == NULL || vs == NULL)
		return -1;
	if (dialect == CSHIM_389) {
		*vs = slapi_valueset_new();
		cshim_set_copy(*vs, &a->a_present_values);
	} else {
		*vs = (Slapi_ValueSet *)&a->a_present_values;
		(*vs)->sorted = CSHIM_SET_LENT;
	}
	return 0;
}

int slapi_attr_set_valueset(Slapi_Attr *a, const Slapi_ValueSet *vs)
{
	if (a == NULL)
		return -1;
	slapi_valueset_set_valueset(&a->a_present_values, vs);
	return 0;
}

Slapi_Value **attr_get_present_values(const Slapi_Attr *a)
{
	return a ? a->a_present_values.va : NULL;
}

int slapi_attr_value_cmp(const Slapi_Attr *a, const struct berval *v1, const struct berval *v2)
{
	if (v1 == NULL || v2 == NULL)
		return v1 == v2 ? 0 : v1 ? 1 : -1;
	return cshim_compare(a ? a->a_type : NULL, a && a->a_type ? cshim_attr_type(a) : NULL, 0, v1->bv_val, v1->bv_len,
	                     v2->bv_val, v2->bv_len);
}

int slapi_attr_value_cmp_ext(const Slapi_Attr *a, Slapi_Value *v1, Slapi_Value *v2)
{
	return slapi_attr_value_cmp(a, v1 ? &v1->bv : NULL, v2 ? &v2->bv : NULL);
}

/* The length of a value to look for. 389 reads one of a text syntax as a C string,
 * and plug-ins count its end in, or more. */
static size_t text_len(const Slapi_Attr *a, const struct berval *v)
{
	return cshim_attr_type(a)->compare == CSHIM_CMP_BYTES || v->bv_val == NULL ? v->bv_len : strnlen(v->bv_val, v->bv_len);
}

int slapi_attr_value_find(const Slapi_Attr *a, const struct berval *v)
{
	if (a == NULL || v == NULL || a->a_type == NULL)
		return -1;
	return cshim_attr_find(a, v->bv_val, text_len(a, v)) >= 0 ? 0 : -1;
}

/* Takes the first attribute of that name out of a list. */
int attrlist_delete(Slapi_Attr **attrs, const char *type)
{
	if (attrs == NULL || type == NULL)
		return 1;
	for (; *attrs; attrs = &(*attrs)->a_next) {
		Slapi_Attr *a = *attrs;
		if (a->a_type && strcasecmp(a->a_type, type) == 0) {
			*attrs = a->a_next;
			cshim_attr_drop(a);
			return 0;
		}
	}
	return 1;
}

/* ---- exported: descriptions */

char *slapi_attr_basetype(const char *type, char *buf, size_t bufsiz)
{
	size_t n;

	if (type == NULL)
		return NULL;
	n = base_len(type);
	if (buf == NULL || n >= bufsiz)
		return cshim_strndup(type, n);
	memcpy(buf, type, n);
	buf[n] = '\0';
	return NULL;
}

/* 0 when they match. SUBTYPE: t2 may have more options than t1; SUBTYPES: the
 * options of both count. */
int slapi_attr_type_cmp(const char *t1, const char *t2, int opt)
{
	const char *o1, *o2;

	if (t1 == NULL || t2 == NULL)
		return t1 == t2 ? 0 : -1;
	o1 = t1 + base_len(t1);
	o2 = t2 + base_len(t2);
	if (!same_base(t1, t2))
		return 1;
	switch (opt) {
	case SLAPI_TYPE_CMP_BASE:
		return 0;
	case SLAPI_TYPE_CMP_SUBTYPE:
		return has_options(o2, o1) ? 0 : 1;
	case SLAPI_TYPE_CMP_EXACT:
	case SLAPI_TYPE_CMP_SUBTYPES:
		return has_options(o1, o2) && has_options(o2, o1) ? 0 : 1;
	default:
		return -1;
	}
}

int slapi_attr_types_equivalent(const char *t1, const char *t2)
{
	return t1 && t2 && cshim_desc_equal(t1, t2);
}

int slapi_attr_syntax_exists(const char *type)
{
	return type && cshim_type_of(type)->known;
}

/* The schema's spelling. OpenLDAP lends it; 389 gives a copy (also, in lower
 * case, of a type that the schema lacks). */
char *slapi_attr_syntax_normalize(const char *s)
{
	int dialect = cshim_dialect(CSHIM_CALLER());
	const struct cshim_type *t;
	char *out;

	if (s == NULL)
		return NULL;
	t = cshim_type_of(s);
	if (t->known && t->name)
		return dialect == CSHIM_389 ? cshim_strdup(t->name) : t->name;
	if (dialect != CSHIM_389)
		return t->name && strchr(s, ';') == NULL ? t->name : (char *)s;
	out = cshim_strdup(s);
	for (char *p = out; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return out;
}

/* 389's: GIVEN in every dialect. */
char *slapi_attr_syntax_normalize_ext(char *s, int flags)
{
	const struct cshim_type *t;
	char *out;

	if (s == NULL)
		return NULL;
	t = cshim_type_of(s);
	if (t->known && t->name)
		return cshim_strdup(t->name);
	out = cshim_strdup(s);
	for (char *p = out; *p && !(flags & ATTR_SYNTAX_NORM_ORIG_ATTR); p++)
		*p = (char)tolower((unsigned char)*p);
	return out;
}

/* The handle is what slapi_call_syntax_* take: the row of the type. */
int slapi_attr_type2plugin(const char *type, void **pi)
{
	const struct cshim_type *t;

	if (pi == NULL)
		return -1;
	*pi = NULL;
	if (type == NULL)
		return -1;
	t = cshim_type_of(type);
	if (!t->known)
		return -1;
	*pi = (void *)t;
	return 0;
}

/* Attributes that the server itself writes at each change. */
int slapi_attr_is_last_mod(char *attr)
{
	static const char *const names[] = { "modifytimestamp", "modifiersname", "internalmodifytimestamp",
		                             "internalmodifiersname", "createtimestamp", "creatorsname" };

	if (attr)
		for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
			if (strcasecmp(attr, names[i]) == 0)
				return 1;
	return 0;
}
