/* Slapi_Entry: making, names, flags, attributes by name. */
#include "entry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dialect.h"
#include "dn.h"
#include "goside.h"
#include "host_services.h"
#include "mem.h"

/* Could an attribute of this description be spelled another way? */
static int other_spellings(const struct cshim_type *t, const char *desc)
{
	if (strchr(desc, ';'))
		return 1;
	return t->known && !(t->names && t->names[0] && t->names[1] == NULL && strcasecmp(t->names[0], desc) == 0);
}

Slapi_Attr *cshim_entry_attr(const Slapi_Entry *e, const char *desc)
{
	const struct cshim_type *t;
	int first = desc[0] | 0x20, by_oid = 0;

	for (Slapi_Attr *a = e->e_attrs; a; a = a->a_next) {
		if ((a->a_type[0] | 0x20) == first && strcasecmp(a->a_type, desc) == 0)
			return a;
		by_oid |= a->a_type[0] <= '9';
	}
	if (e->e_attrs == NULL)
		return NULL;
	t = cshim_type_of(desc);
	if (!by_oid && !other_spellings(t, desc))
		return NULL;
	for (Slapi_Attr *a = e->e_attrs; a; a = a->a_next)
		if (cshim_attr_type(a)->id == t->id && cshim_desc_equal(a->a_type, desc))
			return a;
	return NULL;
}

static void link_attr(Slapi_Entry *e, Slapi_Attr *a)
{
	Slapi_Attr **p = &e->e_attrs;

	while (*p)
		p = &(*p)->a_next;
	*p = a;
	a->a_own[2] = CSHIM_ATTR_LINKED;
}

Slapi_Attr *cshim_entry_need(Slapi_Entry *e, const char *desc)
{
	Slapi_Attr *a = cshim_entry_attr(e, desc);

	if (a == NULL) {
		a = cshim_attr_make(desc);
		/* 389 keeps options in lower case. */
		if (cshim_thread()->dialect == CSHIM_389 && a->a_type)
			for (char *c = strchr(a->a_type, ';'); c && *c; c++)
				if (*c >= 'A' && *c <= 'Z')
					*c += 'a' - 'A';
		link_attr(e, a);
	}
	return a;
}

Slapi_Attr *cshim_entry_append_attr(Slapi_Entry *e, const char *type, int room)
{
	Slapi_Attr *a = cshim_attr_make(type);

	if (room > 0)
		cshim_set_reserve(&a->a_present_values, (size_t)room);
	link_attr(e, a);
	return a;
}

int cshim_entry_remove(Slapi_Entry *e, const char *desc)
{
	Slapi_Attr *a = cshim_entry_attr(e, desc);

	for (Slapi_Attr **p = &e->e_attrs; a && *p; p = &(*p)->a_next)
		if (*p == a) {
			*p = a->a_next;
			cshim_attr_drop(a);
			return 0;
		}
	return 1;
}

const char *cshim_entry_first(const Slapi_Entry *e, const char *desc)
{
	Slapi_Attr *a = cshim_entry_attr(e, desc);

	return a && a->a_present_values.num ? a->a_present_values.va[0]->bv.bv_val : NULL;
}

static void empty(Slapi_Entry *e)
{
	cshim_sdn_clear(&e->e_sdn);
	cshim_rdn_clear(&e->e_srdn);
	free(e->e_uniqueid);
	cshim_attrs_drop(e->e_attrs);
	cshim_attrs_drop(e->e_deleted_attrs);
	cshim_attrs_drop(e->e_virtual_attrs);
	cshim_attrs_drop(e->e_aux_attrs);
	if (e->e_extension)
		cshim_extension_free(CSHIM_EXT_ENTRY, e, &e->e_extension);
}

void cshim_entry_drop(Slapi_Entry *e)
{
	if (e) {
		empty(e);
		free(e);
	}
}

static void linked(Slapi_Attr *list)
{
	for (; list; list = list->a_next)
		list->a_own[2] = CSHIM_ATTR_LINKED;
}

/* ---- exported: life */

Slapi_Entry *slapi_entry_alloc(void)
{
	return cshim_calloc(1, sizeof(Slapi_Entry));
}

void slapi_entry_free(Slapi_Entry *e)
{
	if (e == NULL || (e->e_own & (CSHIM_ENTRY_LENT | CSHIM_ENTRY_FREED)))
		return;
	empty(e);
	cshim_retire(e, sizeof *e);
	CSHIM_MARK(e->e_own, CSHIM_ENTRY_FREED);
}

/* dn and the attributes are TAKEN; e is raw storage of slapi_entry_alloc. */
void slapi_entry_init(Slapi_Entry *e, char *dn, Slapi_Attr *a)
{
	if (e == NULL)
		return;
	cshim_sdn_clear(&e->e_sdn);
	slapi_sdn_set_dn_passin(&e->e_sdn, dn);
	cshim_rdn_clear(&e->e_srdn);
	e->e_attrs = a;
	linked(a);
}

void slapi_entry_init_ext(Slapi_Entry *e, Slapi_DN *sdn, Slapi_Attr *a)
{
	if (e == NULL)
		return;
	slapi_sdn_copy(sdn, &e->e_sdn);
	cshim_rdn_clear(&e->e_srdn);
	e->e_attrs = a;
	linked(a);
}

Slapi_Entry *slapi_entry_dup(const Slapi_Entry *e)
{
	Slapi_Entry *copy;
	Slapi_Attr **tail;

	if (e == NULL)
		return NULL;
	copy = slapi_entry_alloc();
	slapi_sdn_copy(&e->e_sdn, &copy->e_sdn);
	copy->e_uniqueid = cshim_strdup(e->e_uniqueid);
	copy->e_id = e->e_id;
	copy->e_flags = e->e_flags;
	tail = &copy->e_attrs;
	for (const Slapi_Attr *a = e->e_attrs; a; a = a->a_next) {
		*tail = cshim_attr_copy(a);
		(*tail)->a_own[2] = CSHIM_ATTR_LINKED;
		tail = &(*tail)->a_next;
	}
	return copy;
}

/* ---- exported: names */

static __attribute__((noinline)) char *make_dn(const Slapi_Entry *e, void *caller)
{
	return e ? (char *)cshim_sdn_pretty(&e->e_sdn, cshim_dialect(caller)) : NULL;
}

/* The pretty form once made is that of whoever asked first. */
char *slapi_entry_get_dn(Slapi_Entry *e)
{
	return __builtin_expect(e && e->e_sdn.dn, 1) ? (char *)e->e_sdn.dn : make_dn(e, CSHIM_CALLER());
}

const char *slapi_entry_get_dn_const(const Slapi_Entry *e)
{
	return __builtin_expect(e && e->e_sdn.dn, 1) ? e->e_sdn.dn : make_dn(e, CSHIM_CALLER());
}

char *slapi_entry_get_ndn(Slapi_Entry *e)
{
	return e ? (char *)cshim_sdn_norm(&e->e_sdn) : NULL;
}

Slapi_DN *slapi_entry_get_sdn(Slapi_Entry *e)
{
	return e ? &e->e_sdn : NULL;
}

const Slapi_DN *slapi_entry_get_sdn_const(const Slapi_Entry *e)
{
	return e ? &e->e_sdn : NULL;
}

static Slapi_RDN *srdn(const Slapi_Entry *e)
{
	Slapi_Entry *w = (Slapi_Entry *)e;

	if (w->e_srdn.rdn == NULL)
		slapi_rdn_set_dn(&w->e_srdn, cshim_sdn_pretty(&e->e_sdn, CSHIM_389));
	return &w->e_srdn;
}

Slapi_RDN *slapi_entry_get_srdn(Slapi_Entry *e)
{
	return e ? srdn(e) : NULL;
}

const Slapi_RDN *slapi_entry_get_srdn_const(const Slapi_Entry *e)
{
	return e ? srdn(e) : NULL;
}

const char *slapi_entry_get_rdn_const(const Slapi_Entry *e)
{
	return e ? slapi_rdn_get_rdn(srdn(e)) : NULL;
}

const char *slapi_entry_get_nrdn_const(const Slapi_Entry *e)
{
	return e ? slapi_rdn_get_nrdn(srdn(e)) : NULL;
}

/* OpenLDAP copies the name, 389 takes it over. */
void slapi_entry_set_dn(Slapi_Entry *e, char *dn)
{
	int dialect = cshim_dialect(CSHIM_CALLER());

	if (e == NULL)
		return;
	if (dialect == CSHIM_389)
		slapi_sdn_set_dn_passin(&e->e_sdn, dn);
	else
		slapi_sdn_set_dn_byval(&e->e_sdn, dn);
	cshim_rdn_clear(&e->e_srdn);
}

void slapi_entry_set_normdn(Slapi_Entry *e, char *normdn)
{
	if (e == NULL)
		return;
	slapi_sdn_set_normdn_passin(&e->e_sdn, normdn);
	cshim_rdn_clear(&e->e_srdn);
}

void slapi_entry_set_sdn(Slapi_Entry *e, const Slapi_DN *sdn)
{
	if (e == NULL)
		return;
	slapi_sdn_copy(sdn, &e->e_sdn);
	cshim_rdn_clear(&e->e_srdn);
}

/* Replaces the RDN in the name; an entry without a name gets one of this RDN alone. */
void slapi_entry_set_srdn(Slapi_Entry *e, const Slapi_RDN *rdn)
{
	if (e == NULL || slapi_rdn_isempty(rdn))
		return;
	slapi_sdn_set_rdn(&e->e_sdn, rdn);
	slapi_rdn_set_rdn(&e->e_srdn, rdn);
}

void slapi_entry_set_rdn(Slapi_Entry *e, char *rdn)
{
	Slapi_RDN tmp;

	slapi_rdn_init_dn(&tmp, rdn);
	slapi_entry_set_srdn(e, &tmp);
	slapi_rdn_done(&tmp);
}

static const char *uniqueid_name(int dialect)
{
	return dialect == CSHIM_389 ? "nsUniqueId" : "entryUUID";
}

/* The value of entryUUID (OpenLDAP) or nsUniqueId (389); 389's falls back on
 * entryUUID where the server keeps that one only. LENT. */
const char *slapi_entry_get_uniqueid(const Slapi_Entry *e)
{
	int dialect = cshim_dialect(CSHIM_CALLER());
	const char *id;

	if (e == NULL)
		return NULL;
	id = cshim_entry_first(e, uniqueid_name(dialect));
	if (id == NULL && dialect == CSHIM_389)
		id = e->e_uniqueid ? e->e_uniqueid : cshim_entry_first(e, "entryUUID");
	return id;
}

/* OpenLDAP copies, 389 takes over (and may give NULL to remove it). */
void slapi_entry_set_uniqueid(Slapi_Entry *e, char *uniqueid)
{
	int dialect = cshim_dialect(CSHIM_CALLER());
	const char *name = uniqueid_name(dialect);

	if (e) {
		cshim_entry_remove(e, name);
		if (uniqueid)
			cshim_attr_append_bytes(cshim_entry_need(e, name), uniqueid, strlen(uniqueid));
	}
	if (e && dialect == CSHIM_389) {
		free(e->e_uniqueid);
		e->e_uniqueid = uniqueid;
	}
}

/* ---- exported: flags, size, id */

int slapi_entry_flag_is_set(const Slapi_Entry *e, unsigned char flag)
{
	return e ? e->e_flags & flag : 0;
}

void slapi_entry_set_flag(Slapi_Entry *e, unsigned char flag)
{
	if (e)
		e->e_flags |= flag;
}

void slapi_entry_clear_flag(Slapi_Entry *e, unsigned char flag)
{
	if (e)
		e->e_flags &= (unsigned char)~flag;
}

size_t slapi_entry_size(Slapi_Entry *e)
{
	size_t n = 0;

	for (const Slapi_Attr *a = e ? e->e_attrs : NULL; a; a = a->a_next)
		for (size_t i = 0; i < a->a_present_values.num; i++)
			n += a->a_present_values.va[i]->bv.bv_len;
	return (n / 1024 + 1) * 1024;
}

int slapi_x_entry_get_id(Slapi_Entry *e)
{
	return e ? (int)e->e_id : 0;
}

/* ---- exported: attributes one by one */

int slapi_entry_first_attr(const Slapi_Entry *e, Slapi_Attr **attr)
{
	if (attr == NULL)
		return -1;
	*attr = e ? e->e_attrs : NULL;
	return *attr ? 0 : -1;
}

int slapi_entry_next_attr(const Slapi_Entry *e, Slapi_Attr *prevattr, Slapi_Attr **attr)
{
	if (attr == NULL)
		return -1;
	*attr = e && prevattr ? prevattr->a_next : NULL;
	return *attr ? 0 : -1;
}

int slapi_entry_attr_find(const Slapi_Entry *e, const char *type, Slapi_Attr **attr)
{
	Slapi_Attr *a = e && type ? cshim_entry_attr(e, type) : NULL;

	if (attr)
		*attr = a;
	return a ? 0 : -1;
}

int slapi_entry_attr_exists(Slapi_Entry *e, const char *type)
{
	return e && type && cshim_entry_attr(e, type) != NULL;
}

int slapi_entry_attr_delete(Slapi_Entry *e, const char *type)
{
	if (e == NULL || type == NULL)
		return -1;
	return cshim_entry_remove(e, type);
}

/* ---- digests */

static uint64_t mix(uint64_t h, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	h ^= n;
	while (n >= 8) {
		uint64_t w;
		memcpy(&w, p, 8);
		h = (h ^ w) * 0x9E3779B97F4A7C15ull;
		h ^= h >> 29;
		p += 8;
		n -= 8;
	}
	while (n--)
		h = (h ^ *p++) * 1099511628211ull;
	return h;
}

uint64_t cshim_entry_digest(const Slapi_Entry *e)
{
	uint64_t h = 14695981039346656037ull;
	const char *dn;

	if (e == NULL)
		return 0;
	dn = cshim_sdn_given(&e->e_sdn);
	if (dn)
		h = mix(h, dn, strlen(dn));
	for (const Slapi_Attr *a = e->e_attrs; a; a = a->a_next) {
		h = mix(h, a->a_type, strlen(a->a_type));
		for (size_t i = 0; i < a->a_present_values.num; i++)
			h = mix(h, a->a_present_values.va[i]->bv.bv_val, a->a_present_values.va[i]->bv.bv_len);
		h = mix(h, "", 0) * 31;
	}
	return h ? h : 1;
}

uint64_t cshim_mods_digest(LDAPMod *const *mods)
{
	uint64_t h = 14695981039346656037ull;

	if (mods == NULL)
		return 0;
	for (; *mods; mods++) {
		const LDAPMod *m = *mods;
		h = mix(h, &m->mod_op, sizeof m->mod_op);
		if (m->mod_type)
			h = mix(h, m->mod_type, strlen(m->mod_type));
		if (m->mod_op & LDAP_MOD_BVALUES) {
			for (struct berval **v = m->mod_bvalues; v && *v; v++)
				h = mix(h, (*v)->bv_val ? (*v)->bv_val : "", (*v)->bv_val ? (*v)->bv_len : 0);
		} else {
			for (char **v = m->mod_values; v && *v; v++)
				h = mix(h, *v, strlen(*v));
		}
		h = mix(h, "", 0) * 31;
	}
	return h ? h : 1;
}
