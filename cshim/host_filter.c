#define _GNU_SOURCE
#include "host_filter.h"

#include <stdlib.h>
#include <string.h>

#include "dialect.h"
#include "host.h"
#include "goside.h"
#include "host_goside.h"
#include "host_vattr.h"
#include "mem.h"

Slapi_Filter *cshim_filter_new(unsigned long choice, const char *type)
{
	Slapi_Filter *f = (Slapi_Filter *)cshim_calloc(1, sizeof *f);
	f->magic = CSHIM_FILTER;
	f->choice = choice;
	f->block = sizeof *f;
	f->type = cshim_strdup(type);
	return f;
}

static char *bytes(const void *value, size_t len)
{
	char *p = slapi_ch_malloc(len + 1);
	if (len)
		memcpy(p, value, len);
	p[len] = 0;
	return p;
}

/* Frees a part of a node, unless it lies in the node's own block. */
static void part_free(Slapi_Filter *f, void *part)
{
	if ((uintptr_t)part - (uintptr_t)f >= f->block)
		free(part);
}

void cshim_filter_set_value(Slapi_Filter *f, const void *value, size_t len)
{
	part_free(f, f->value.bv_val);
	f->info = NULL;
	f->value.bv_val = bytes(value, len);
	f->value.bv_len = len;
}

void cshim_filter_add_piece(Slapi_Filter *f, int which, const void *value, size_t len)
{
	if (which == 0) {
		part_free(f, f->initial);
		f->initial = bytes(value, len);
	} else if (which == 2) {
		part_free(f, f->final);
		f->final = bytes(value, len);
	} else {
		size_t n = 0;
		while (f->any && f->any[n])
			n++;
		f->any = (char **)slapi_ch_realloc((char *)f->any, (n + 2) * sizeof *f->any);
		f->any[n] = bytes(value, len);
		f->any[n + 1] = NULL;
	}
}

void cshim_filter_set_rule(Slapi_Filter *f, const char *rule, int dnattrs)
{
	part_free(f, f->rule);
	f->rule = rule ? slapi_ch_strdup(rule) : NULL;
	f->dnattrs = dnattrs;
}

void cshim_filter_append(Slapi_Filter *f, Slapi_Filter *kid)
{
	Slapi_Filter **at = &f->list;
	while (*at)
		at = &(*at)->next;
	*at = kid;
}

uintptr_t cshim_filter_resolved(Slapi_Filter *f)
{
	return __atomic_load_n(&f->resolved, __ATOMIC_ACQUIRE);
}

uintptr_t cshim_filter_publish(Slapi_Filter *f, uintptr_t made, uintptr_t *lost)
{
	uintptr_t none = 0;

	*lost = 0;
	if (__atomic_compare_exchange_n(&f->resolved, &none, made, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return made;
	*lost = made;
	return none;
}

/* The tree changes: what was worked out for it holds no longer. */
static void changed(Slapi_Filter *f)
{
	uintptr_t h = __atomic_exchange_n(&f->resolved, 0, __ATOMIC_ACQ_REL);
	if (h)
		slapiGoFilterForget(h);
}

static int is_set(const Slapi_Filter *f)
{
	return f->choice == LDAP_FILTER_AND || f->choice == LDAP_FILTER_OR || f->choice == LDAP_FILTER_NOT;
}

static void free_node(Slapi_Filter *f)
{
	changed(f);
	part_free(f, f->type);
	part_free(f, f->value.bv_val);
	part_free(f, f->initial);
	part_free(f, f->final);
	if (f->any) {
		for (char **a = f->any; *a; a++)
			part_free(f, *a);
		part_free(f, f->any);
	}
	part_free(f, f->rule);
	*(volatile uintptr_t *)&f->magic = 0; /* seen although free follows */
	free(f);
}

void cshim_filter_drop(Slapi_Filter *f)
{
	Slapi_Filter *kid, *next;

	for (kid = f->list; kid; kid = next) {
		next = kid->next;
		cshim_filter_drop(kid);
	}
	free_node(f);
}

void slapi_filter_free(Slapi_Filter *f, int recurse)
{
	if (!cshim_is_filter(f))
		return;
	/* OpenLDAP frees the whole whatever it is told. */
	if (!recurse && cshim_dialect(CSHIM_CALLER()) == CSHIM_389)
		free_node(f);
	else
		cshim_filter_drop(f);
}

Slapi_Filter *slapi_filter_dup(Slapi_Filter *f)
{
	Slapi_Filter *d, *kid;

	if (!cshim_is_filter(f))
		return NULL;
	d = cshim_filter_new(f->choice, f->type);
	if (f->value.bv_val)
		cshim_filter_set_value(d, f->value.bv_val, f->value.bv_len);
	d->initial = f->initial ? slapi_ch_strdup(f->initial) : NULL;
	d->final = f->final ? slapi_ch_strdup(f->final) : NULL;
	for (char **a = f->any; a && *a; a++)
		cshim_filter_add_piece(d, 1, *a, strlen(*a));
	cshim_filter_set_rule(d, f->rule, f->dnattrs);
	for (kid = f->list; kid; kid = kid->next)
		cshim_filter_append(d, slapi_filter_dup(kid));
	return d;
}

Slapi_Filter *slapi_str2filter(char *str)
{
	return str ? cshim_filter_parse(str) : NULL;
}

char *slapi_filter_to_string(const Slapi_Filter *f, char *buffer, size_t bufsize)
{
	char *text;

	if (!buffer || bufsize == 0)
		return buffer;
	text = cshim_is_filter(f) ? cshim_filter_print(f) : NULL;
	buffer[0] = 0;
	if (text) {
		strncpy(buffer, text, bufsize - 1);
		buffer[bufsize - 1] = 0;
	}
	free(text);
	return buffer;
}

int slapi_filter_get_choice(Slapi_Filter *f)
{
	return cshim_is_filter(f) ? (int)f->choice : 0;
}

int slapi_filter_get_ava(Slapi_Filter *f, char **type, struct berval **bval)
{
	if (!cshim_is_filter(f) || !type || !bval)
		return -1;
	switch (f->choice) {
	case LDAP_FILTER_EQUALITY:
	case LDAP_FILTER_GE:
	case LDAP_FILTER_LE:
	case LDAP_FILTER_APPROX:
		*type = f->type;
		*bval = &f->value;
		return 0;
	}
	return -1;
}

int slapi_filter_get_type(Slapi_Filter *f, char **type)
{
	return slapi_filter_get_attribute_type(f, type);
}

int slapi_filter_get_attribute_type(Slapi_Filter *f, char **type)
{
	if (!cshim_is_filter(f) || !type || is_set(f))
		return -1;
	*type = f->type;
	return 0;
}

int slapi_filter_get_subfilt(Slapi_Filter *f, char **type, char **initial, char ***any, char **final)
{
	if (!cshim_is_filter(f) || !type || !initial || !any || !final || f->choice != LDAP_FILTER_SUBSTRINGS)
		return -1;
	*type = f->type;
	*initial = f->initial;
	*any = f->any;
	*final = f->final;
	return 0;
}

Slapi_Filter *slapi_filter_list_first(Slapi_Filter *f)
{
	return cshim_is_filter(f) && is_set(f) ? f->list : NULL;
}

Slapi_Filter *slapi_filter_list_next(Slapi_Filter *f, Slapi_Filter *fprev)
{
	if (!cshim_is_filter(f) || !cshim_is_filter(fprev) || !is_set(f))
		return NULL;
	return fprev->next;
}

/* f1 and f2 become parts of the result; where one of them is already a set of
 * that kind and always_new is 0, it takes the other in. */
Slapi_Filter *slapi_filter_join_ex(int ftype, Slapi_Filter *f1, Slapi_Filter *f2, int recurse_always)
{
	Slapi_Filter *f;

	if (!cshim_is_filter(f1))
		f1 = NULL;
	if (!cshim_is_filter(f2))
		f2 = NULL;
	if (!f1 && !f2)
		return NULL;
	if (!f1) {
		f1 = f2;
		f2 = NULL;
	}
	if ((unsigned long)ftype != LDAP_FILTER_NOT) {
		if (!f2)
			return f1;
		if (!recurse_always && f1->choice == (unsigned long)ftype) {
			changed(f1);
			cshim_filter_append(f1, f2);
			return f1;
		}
		if (!recurse_always && f2->choice == (unsigned long)ftype) {
			changed(f2);
			f1->next = f2->list;
			f2->list = f1;
			return f2;
		}
	}
	f = cshim_filter_new((unsigned long)ftype, NULL);
	cshim_filter_append(f, f1);
	if (f2)
		cshim_filter_append(f, f2);
	return f;
}

Slapi_Filter *slapi_filter_join(int ftype, Slapi_Filter *f1, Slapi_Filter *f2)
{
	return slapi_filter_join_ex(ftype, f1, f2, 1);
}

int slapi_x_filter_append(int choice, Slapi_Filter **pContainingFilter, Slapi_Filter **pNextFilter,
			  Slapi_Filter *filterToAppend)
{
	if (!pContainingFilter || !pNextFilter || !cshim_is_filter(filterToAppend))
		return -1;
	if (*pContainingFilter && !cshim_is_filter(*pContainingFilter))
		return -1;
	if (!*pContainingFilter) {
		*pContainingFilter = cshim_filter_new((unsigned long)choice, NULL);
		(*pContainingFilter)->list = filterToAppend;
	} else {
		if ((*pContainingFilter)->choice != (unsigned long)choice)
			return -1;
		changed(*pContainingFilter);
		cshim_filter_append(*pContainingFilter, filterToAppend);
	}
	*pNextFilter = filterToAppend;
	return 0;
}

int slapi_filter_changetype(Slapi_Filter *f, const char *newtype)
{
	if (!cshim_is_filter(f) || !newtype || is_set(f))
		return -1;
	changed(f);
	char *type = slapi_ch_strdup(newtype);
	part_free(f, f->type);
	f->type = type;
	f->info = NULL;
	return 0;
}

int slapi_x_filter_set_attribute_type(Slapi_Filter *f, const char *type)
{
	return slapi_filter_changetype(f, type);
}

static int same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcasecmp(a, b) == 0);
}

/* 0 when both say the same in the same words. */
int slapi_filter_compare(Slapi_Filter *f1, Slapi_Filter *f2)
{
	char **a, **b;

	if (!cshim_is_filter(f1) || !cshim_is_filter(f2))
		return f1 != f2;
	if (f1->choice != f2->choice || !same_text(f1->type, f2->type) || !same_text(f1->rule, f2->rule) ||
	    f1->dnattrs != f2->dnattrs || !same_text(f1->initial, f2->initial) || !same_text(f1->final, f2->final) ||
	    f1->value.bv_len != f2->value.bv_len ||
	    (f1->value.bv_len && strncasecmp(f1->value.bv_val, f2->value.bv_val, f1->value.bv_len) != 0))
		return 1;
	for (a = f1->any, b = f2->any; a && b && *a && *b; a++, b++)
		if (!same_text(*a, *b))
			return 1;
	if ((a && *a) || (b && *b))
		return 1;
	f1 = f1->list;
	f2 = f2->list;
	for (; f1 && f2; f1 = f1->next, f2 = f2->next)
		if (slapi_filter_compare(f1, f2) != 0)
			return 1;
	return f1 != f2;
}

/* OpenLDAP leaves what the function said last in *error_code. */
int slapi_filter_apply(Slapi_Filter *f, FILTER_APPLY_FN fn, void *arg, int *error_code)
{
	int rc, unused;

	if (!error_code)
		error_code = &unused;
	if (!cshim_is_filter(f) || !fn) {
		*error_code = SLAPI_FILTER_UNKNOWN_FILTER_TYPE;
		return SLAPI_FILTER_SCAN_ERROR;
	}
	if (!is_set(f)) {
		rc = fn(f, arg);
		*error_code = rc;
		return rc == SLAPI_FILTER_SCAN_CONTINUE ? SLAPI_FILTER_SCAN_NOMORE : rc;
	}
	for (Slapi_Filter *kid = f->list; kid; kid = kid->next) {
		rc = slapi_filter_apply(kid, fn, arg, error_code);
		if (rc == SLAPI_FILTER_SCAN_STOP || rc == SLAPI_FILTER_SCAN_ERROR)
			return rc;
	}
	return SLAPI_FILTER_SCAN_NOMORE;
}

/* What a test answers: match 0, no match 1, undefined 2, an LDAP code + 1000 for an error. */
static int verdict(int r, void *caller)
{
	int is_389;

	if (r == 0)
		return 0;
	is_389 = cshim_dialect(caller) == CSHIM_389;
	switch (r) {
	case 1:
		return is_389 ? -1 : LDAP_COMPARE_FALSE;
	case 2:
		return is_389 ? -1 : LDAP_OTHER;
	}
	return is_389 ? r - 1000 : -1;
}

static int filter_test(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Filter *f, int access)
{
	if (!cshim_is_filter(f))
		f = NULL;
	if (access == 4 && !cshim_vattr_served(NULL))
		access = 0;
	int r = e && f && !access ? cshim_filter_test(e, f) : -1;

	return r >= 0 ? r : slapiGoFilterTest(pb, e, f, access);
}

int slapi_filter_test_simple(Slapi_Entry *e, Slapi_Filter *f)
{
	return verdict(filter_test(NULL, e, f, 0), CSHIM_CALLER());
}

int slapi_filter_test(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Filter *f, int verify_access)
{
	return verdict(filter_test(pb, e, f, verify_access ? 1 : 0), CSHIM_CALLER());
}

int slapi_filter_test_ext(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Filter *f, int verify_access, int only_test_access)
{
	return verdict(filter_test(pb, e, f, (verify_access ? 1 : 0) | (only_test_access ? 2 : 0)), CSHIM_CALLER());
}

int slapi_vattr_filter_test(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Filter *f, int verify_access)
{
	return verdict(filter_test(pb, e, f, (verify_access ? 1 : 0) | 4), CSHIM_CALLER());
}

int slapi_vattr_filter_test_ext(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Filter *f, int verify_access,
				int only_test_access)
{
	return verdict(filter_test(pb, e, f, (verify_access ? 1 : 0) | (only_test_access ? 2 : 0) | 4), CSHIM_CALLER());
}

/* Text of filters. */

static void escape(struct cshim_text *t, const char *s, size_t len)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c == '*' || c == '(' || c == ')' || c == '\\' || c == 0) {
			char e[3] = { '\\', hex[c >> 4], hex[c & 15] };
			cshim_text_add(t, e, 3);
		} else {
			cshim_text_add(t, s + i, 1);
		}
	}
}

char *slapi_escape_filter_value(char *filter_str, int len)
{
	struct cshim_text t = { 0 };

	if (!filter_str)
		return NULL;
	escape(&t, filter_str, len < 0 ? strlen(filter_str) : (size_t)len);
	return cshim_text_take(&t);
}

char *slapi_filter_escape_filter_value(char *filter_attr, char *filter_value)
{
	struct cshim_text t = { 0 };

	if (!filter_attr || !filter_value)
		return NULL;
	cshim_text_add(&t, "(", 1);
	cshim_text_add(&t, filter_attr, strlen(filter_attr));
	cshim_text_add(&t, "=", 1);
	escape(&t, filter_value, strlen(filter_value));
	cshim_text_add(&t, ")", 1);
	return cshim_text_take(&t);
}

/* The ")" that belongs to the "(" at str. */
char *slapi_find_matching_paren(const char *str)
{
	int depth = 0;

	if (!str)
		return NULL;
	for (; *str; str++) {
		if (*str == '\\' && str[1])
			str++;
		else if (*str == '(')
			depth++;
		else if (*str == ')' && --depth <= 0)
			return (char *)str;
	}
	return NULL;
}

/* As sprintf; a string argument that is ESC_NEXT_VAL or ESC_AND_NORM_NEXT_VAL
 * prints nothing and has the next string escaped as an assertion value.
 * (Values are brought to normal form when the filter is used.) */
char *slapi_filter_sprintf(const char *fmt, ...)
{
	struct cshim_text t = { 0 };
	int escape_next = 0;
	va_list ap;

	if (!fmt)
		return NULL;
	va_start(ap, fmt);
	while (*fmt) {
		char spec[32], number[64];
		size_t n = strcspn(fmt, "%");
		int longs = 0, size = 0;
		cshim_text_add(&t, fmt, n);
		fmt += n;
		if (!*fmt)
			break;
		n = 1 + strspn(fmt + 1, "-+ #0123456789.");
		n += strspn(fmt + n, "hlzqjtL");
		for (size_t i = 1; i < n; i++) {
			longs += fmt[i] == 'l';
			size |= fmt[i] == 'z' || fmt[i] == 'j' || fmt[i] == 't' || fmt[i] == 'q';
		}
		if (!fmt[n] || n + 2 > sizeof spec)
			break;
		memcpy(spec, fmt, n + 1);
		spec[n + 1] = 0;
		number[0] = 0;
		switch (fmt[n]) {
		case '%':
			cshim_text_add(&t, "%", 1);
			break;
		case 's': {
			const char *s = va_arg(ap, const char *);
			if (!s)
				s = "(null)";
			if (strcmp(s, ESC_NEXT_VAL) == 0 || strcmp(s, ESC_AND_NORM_NEXT_VAL) == 0) {
				escape_next = 1;
			} else if (escape_next) {
				escape(&t, s, strlen(s));
				escape_next = 0;
			} else if (n == 1) {
				cshim_text_add(&t, s, strlen(s));
			} else {
				char *p = slapi_ch_smprintf(spec, s);
				if (p)
					cshim_text_add(&t, p, strlen(p));
				free(p);
			}
			break;
		}
		case 'd':
		case 'i':
		case 'u':
		case 'x':
		case 'X':
		case 'o':
			if (longs || size)
				snprintf(number, sizeof number, spec, va_arg(ap, long));
			else
				snprintf(number, sizeof number, spec, va_arg(ap, int));
			cshim_text_add(&t, number, strlen(number));
			break;
		case 'c':
			snprintf(number, sizeof number, spec, va_arg(ap, int));
			cshim_text_add(&t, number, strlen(number));
			break;
		case 'p':
			snprintf(number, sizeof number, spec, va_arg(ap, void *));
			cshim_text_add(&t, number, strlen(number));
			break;
		default:
			/* Nothing says how wide this argument is: what follows cannot be read. */
			va_end(ap);
			free(cshim_text_take(&t));
			return NULL;
		}
		fmt += n + 1;
	}
	va_end(ap);
	return cshim_text_take(&t);
}

/* What 389 finds wrong with a filter: types that the schema does not have. */

static int unknown_types(const Slapi_Filter *f)
{
	int n = f->type && !is_set(f) && !cshim_type_of(f->type)->known;

	for (const Slapi_Filter *kid = f->list; kid; kid = kid->next)
		n += unknown_types(kid);
	return n;
}

Slapi_Filter_Result slapi_filter_schema_check(Slapi_PBlock *pb, Slapi_Filter *f, Slapi_Filter_Policy fp)
{
	(void)pb;
	if (!cshim_is_filter(f) || fp == FILTER_POLICY_OFF || unknown_types(f) == 0)
		return FILTER_SCHEMA_SUCCESS;
	return fp == FILTER_POLICY_STRICT ? FILTER_SCHEMA_FAILURE : FILTER_SCHEMA_WARNING;
}

/* Types get their first name, with norm_values the values their normal form. */
void slapi_filter_normalize(Slapi_Filter *f, int norm_values)
{
	if (!cshim_is_filter(f))
		return;
	for (Slapi_Filter *kid = f->list; kid; kid = kid->next)
		slapi_filter_normalize(kid, norm_values);
	if (is_set(f) || f->type == NULL)
		return;
	if (norm_values && f->choice != LDAP_FILTER_SUBSTRINGS && f->value.bv_val) {
		char *text = NULL;
		size_t n = 0;
		if (slapiGoNormalText(f->type, f->value.bv_val, f->value.bv_len, &text, &n) == 0 && text) {
			changed(f);
			part_free(f, f->value.bv_val);
			f->value.bv_val = text;
			f->value.bv_len = n;
		}
	}
	char *type = slapi_attr_syntax_normalize_ext(f->type, 0);
	slapi_filter_changetype(f, type);
	free(type);
}

/* The indexes of a matching-rule plug-in serve its own filters; a filter of
 * ours has none. */
int slapi_mr_filter_index(Slapi_Filter *f, Slapi_PBlock *pb)
{
	(void)f;
	(void)pb;
	return LDAP_UNAVAILABLE_CRITICAL_EXTENSION;
}

int slapi_mr_indexer_create(Slapi_PBlock *opb)
{
	return opb ? slapiGoIndexerCreate(opb) : LDAP_PARAM_ERROR;
}
