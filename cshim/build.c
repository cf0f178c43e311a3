/* See build.h. */
#include "build.h"

#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "dn.h"
#include "host_filter.h"
#include "mem.h"
#include "value.h"

static uint32_t number(const unsigned char **p)
{
	uint32_t n;

	memcpy(&n, *p, sizeof n);
	*p += sizeof n;
	return n;
}

static char *string(const unsigned char **p)
{
	uint32_t n = number(p);
	char *s = cshim_memdup(*p, n);

	*p += n;
	return s;
}

static struct berval *bytes(const unsigned char **p)
{
	uint32_t n = number(p);
	struct berval *bv = cshim_bv_new(*p, n);

	*p += n;
	return bv;
}

static void values(const unsigned char **p, Slapi_ValueSet *vs, uint32_t n)
{
	if (n == 0)
		return;
	if (vs->va == NULL)
		cshim_set_reserve(vs, n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t len = number(p);
		vs->va[i] = cshim_value_make(*p, len);
		*p += len;
	}
	vs->va[n] = NULL;
	vs->num = n;
}

static void sdn(const unsigned char **p, Slapi_DN *out)
{
	char *pretty = string(p), *norm = string(p);

	cshim_sdn_put(out, pretty, norm);
}

Slapi_Entry *cshim_build_entry(const void *buf, uint64_t id)
{
	const unsigned char *p = buf;
	Slapi_Entry *e = slapi_entry_alloc();
	Slapi_Attr **tail = &e->e_attrs;

	sdn(&p, &e->e_sdn);
	e->e_id = id;
	for (uint32_t n = number(&p); n > 0; n--) {
		uint32_t len = number(&p), k;
		const char *desc = (const char *)p;
		p += len;
		k = number(&p);
		Slapi_Attr *a = cshim_attr_with(desc, len, k);
		values(&p, &a->a_present_values, k);
		a->a_own[2] = CSHIM_ATTR_LINKED;
		*tail = a;
		tail = &a->a_next;
	}
	return e;
}

LDAPMod **cshim_build_mods(const void *buf)
{
	const unsigned char *p = buf;
	uint32_t n = number(&p);
	LDAPMod **mods;

	if (n == 0)
		return NULL;
	mods = cshim_malloc(((size_t)n + 1) * sizeof *mods);
	for (uint32_t i = 0; i < n; i++) {
		LDAPMod *m = cshim_calloc(1, sizeof *m);
		m->mod_op = (int)number(&p) | LDAP_MOD_BVALUES;
		m->mod_type = string(&p);
		uint32_t k = number(&p);
		if (k) {
			m->mod_bvalues = cshim_malloc(((size_t)k + 1) * sizeof *m->mod_bvalues);
			for (uint32_t j = 0; j < k; j++)
				m->mod_bvalues[j] = bytes(&p);
			m->mod_bvalues[k] = NULL;
		}
		mods[i] = m;
	}
	mods[n] = NULL;
	return mods;
}

Slapi_ValueSet *cshim_build_valueset(const void *buf)
{
	const unsigned char *p = buf;
	Slapi_ValueSet *vs = slapi_valueset_new();
	uint32_t n = number(&p);

	values(&p, vs, n);
	return vs;
}

struct berval **cshim_build_bervals(const void *buf)
{
	const unsigned char *p = buf;
	uint32_t n = number(&p);
	struct berval **v = cshim_malloc(((size_t)n + 1) * sizeof *v);

	for (uint32_t i = 0; i < n; i++)
		v[i] = bytes(&p);
	v[n] = NULL;
	return v;
}

LDAPControl **cshim_build_controls(const void *buf)
{
	const unsigned char *p = buf;
	uint32_t n = number(&p);
	LDAPControl **list;

	if (n == 0)
		return NULL;
	list = cshim_malloc(((size_t)n + 1) * sizeof *list);
	for (uint32_t i = 0; i < n; i++) {
		LDAPControl *c = cshim_calloc(1, sizeof *c);
		c->ldctl_oid = string(&p);
		c->ldctl_iscritical = number(&p) != 0;
		if (number(&p)) {
			uint32_t len = number(&p);
			c->ldctl_value.bv_val = cshim_memdup(p, len);
			c->ldctl_value.bv_len = len;
			p += len;
		}
		list[i] = c;
	}
	list[n] = NULL;
	return list;
}

Slapi_DN *cshim_build_sdn(const void *buf)
{
	const unsigned char *p = buf;
	Slapi_DN *out = slapi_sdn_new();

	sdn(&p, out);
	return out;
}

static Slapi_Filter *filter(const unsigned char **p)
{
	unsigned long kind = number(p);
	int typed = number(p) != 0;
	char *type = string(p);
	Slapi_Filter *f = cshim_filter_new(kind, NULL);
	uint32_t n;

	if (typed)
		f->type = type;
	else
		free(type);
	switch (kind) {
	case LDAP_FILTER_AND:
	case LDAP_FILTER_OR:
	case LDAP_FILTER_NOT: {
		Slapi_Filter **tail = &f->list;
		for (n = number(p); n > 0; n--) {
			*tail = filter(p);
			tail = &(*tail)->next;
		}
		break;
	}
	case LDAP_FILTER_SUBSTRINGS:
		for (int which = 0; which <= 2; which += 2) {
			int given = number(p) != 0;
			n = number(p);
			if (given)
				cshim_filter_add_piece(f, which, *p, n);
			*p += n;
			for (uint32_t any = which == 0 ? number(p) : 0; any > 0; any--) {
				n = number(p);
				cshim_filter_add_piece(f, 1, *p, n);
				*p += n;
			}
		}
		break;
	case LDAP_FILTER_PRESENT:
		break;
	default:
		n = number(p);
		cshim_filter_set_value(f, *p, n);
		*p += n;
		if (kind == LDAP_FILTER_EXTENDED) {
			int given = number(p) != 0;
			char *rule = string(p);
			f->rule = given ? rule : NULL;
			if (!given)
				free(rule);
			f->dnattrs = number(p) != 0;
		}
	}
	return f;
}

Slapi_Filter *cshim_build_filter(const void *buf)
{
	const unsigned char *p = buf;

	return filter(&p);
}
