/* Changing the values of an entry: add, merge, replace, delete, apply_mods, rename. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dialect.h"
#include "dn.h"
#include "entry.h"
#include "mem.h"

/* Values to change by, whatever the caller has them in. */
struct input {
	Slapi_Value **sv;
	struct berval **bv;
	char **text;
};

static const struct berval *get(const struct input *in, size_t i, struct berval *tmp)
{
	if (in->sv)
		return in->sv[i] ? &in->sv[i]->bv : NULL;
	if (in->bv)
		return in->bv[i];
	if (in->text && in->text[i]) {
		tmp->bv_val = in->text[i];
		tmp->bv_len = strlen(in->text[i]);
		return tmp;
	}
	return NULL;
}

enum how { APPEND, MERGE, STRICT };

/*
 * APPEND adds all, MERGE what is not there, STRICT fails with 20 and adds
 * nothing when a value is there or comes twice.
 */
static int add(Slapi_Entry *e, const char *type, const struct input *in, enum how how)
{
	Slapi_ValueSet *vs, fresh = { 0, 0, NULL, NULL };
	const struct cshim_type *t;
	const struct berval *bv;
	struct berval tmp;
	Slapi_Attr *a;
	size_t before;

	if (e == NULL || type == NULL)
		return LDAP_PARAM_ERROR;
	if (get(in, 0, &tmp) == NULL)
		return LDAP_SUCCESS;
	a = cshim_entry_attr(e, type);
	t = a ? cshim_attr_type(a) : cshim_type_of(type);
	vs = a ? &a->a_present_values : &fresh;
	before = vs->num;
	for (size_t i = 0; (bv = get(in, i, &tmp)) != NULL; i++) {
		if (how != APPEND && cshim_set_find(type, t, vs, bv->bv_val, bv->bv_len) >= 0) {
			if (how == MERGE)
				continue;
			while (vs->num > before)
				cshim_value_drop(cshim_set_take(vs, vs->num - 1));
			if (vs == &fresh)
				cshim_set_clear(vs);
			return LDAP_TYPE_OR_VALUE_EXISTS;
		}
		Slapi_Value *v = cshim_value_make(bv->bv_val ? bv->bv_val : "", bv->bv_val ? bv->bv_len : 0);
		if (in->sv)
			v->v_flags = in->sv[i]->v_flags;
		cshim_set_append(vs, v);
	}
	if (vs == &fresh && fresh.num) {
		a = cshim_entry_need(e, type);
		a->a_present_values = fresh;
	}
	return LDAP_SUCCESS;
}

/* No values: the whole attribute. Nothing is deleted unless all are there. */
static int delete(Slapi_Entry *e, const char *type, const struct input *in)
{
	const struct berval *bv;
	struct berval tmp;
	Slapi_ValueSet work = { 0, 0, NULL, NULL };
	Slapi_Attr *a;
	long at;

	if (e == NULL || type == NULL)
		return LDAP_PARAM_ERROR;
	a = cshim_entry_attr(e, type);
	if (a == NULL)
		return LDAP_NO_SUCH_ATTRIBUTE;
	if (get(in, 0, &tmp) == NULL) {
		cshim_entry_remove(e, type);
		return LDAP_SUCCESS;
	}
	/* work on a second array of the same values, so that a failure leaves no trace */
	cshim_set_reserve(&work, a->a_present_values.num);
	if (a->a_present_values.num)
		memcpy(work.va, a->a_present_values.va, (a->a_present_values.num + 1) * sizeof *work.va);
	work.num = a->a_present_values.num;
	size_t gone = 0, n = work.num;
	Slapi_Value **dropped = cshim_calloc(n + 1, sizeof *dropped);
	for (size_t i = 0; (bv = get(in, i, &tmp)) != NULL; i++) {
		at = cshim_set_find(type, cshim_attr_type(a), &work, bv->bv_val, bv->bv_len);
		if (at < 0) {
			free(work.va);
			free(dropped);
			return LDAP_NO_SUCH_ATTRIBUTE;
		}
		dropped[gone++] = cshim_set_take(&work, (size_t)at);
	}
	for (size_t i = 0; i < gone; i++)
		cshim_value_drop(dropped[i]);
	free(dropped);
	cshim_set_drop_array(&a->a_present_values);
	a->a_present_values.va = work.va;
	a->a_present_values.num = work.num;
	a->a_present_values.max = work.max;
	if (work.num == 0)
		cshim_entry_remove(e, type);
	return LDAP_SUCCESS;
}

static int replace(Slapi_Entry *e, const char *type, const struct input *in)
{
	Slapi_Attr *a;
	Slapi_ValueSet old;
	struct berval tmp;
	int rc;

	if (e == NULL || type == NULL)
		return LDAP_PARAM_ERROR;
	if (get(in, 0, &tmp) == NULL) {
		cshim_entry_remove(e, type);
		return LDAP_SUCCESS;
	}
	a = cshim_entry_need(e, type);
	old = a->a_present_values;
	memset(&a->a_present_values, 0, sizeof a->a_present_values);
	rc = add(e, type, in, APPEND);
	cshim_set_clear(&old); /* last: the new values may be among the old */
	return rc;
}

/* ---- exported: with values, bervals, strings */

#define SV(vals) (&(struct input){ .sv = (vals) })
#define BV(vals) (&(struct input){ .bv = (vals) })

int slapi_entry_add_values_sv(Slapi_Entry *e, const char *type, Slapi_Value **vals)
{
	return add(e, type, SV(vals), STRICT);
}

int slapi_entry_add_values(Slapi_Entry *e, const char *type, struct berval **vals)
{
	return add(e, type, BV(vals), STRICT);
}

int slapi_entry_merge_values_sv(Slapi_Entry *e, const char *type, Slapi_Value **vals)
{
	return add(e, type, SV(vals), MERGE);
}

int slapi_entry_attr_merge_sv(Slapi_Entry *e, const char *type, Slapi_Value **vals)
{
	return add(e, type, SV(vals), MERGE) == LDAP_SUCCESS ? 0 : -1;
}

int slapi_entry_attr_merge(Slapi_Entry *e, const char *type, struct berval **vals)
{
	return add(e, type, BV(vals), MERGE) == LDAP_SUCCESS ? 0 : -1;
}

int slapi_entry_attr_replace_sv(Slapi_Entry *e, const char *type, Slapi_Value **vals)
{
	return replace(e, type, SV(vals));
}

int slapi_entry_attr_replace(Slapi_Entry *e, const char *type, struct berval **vals)
{
	return replace(e, type, BV(vals));
}

int slapi_entry_delete_values_sv(Slapi_Entry *e, const char *type, Slapi_Value **vals)
{
	return delete(e, type, SV(vals));
}

int slapi_entry_delete_values(Slapi_Entry *e, const char *type, struct berval **vals)
{
	return delete(e, type, BV(vals));
}

/* One value is appended without a look at the others, as both peers do: a
 * caller may add thousands. */
int slapi_entry_add_value(Slapi_Entry *e, const char *type, const Slapi_Value *value)
{
	Slapi_Value *one[2] = { (Slapi_Value *)value, NULL };

	return add(e, type, SV(one), APPEND) == LDAP_SUCCESS ? 0 : -1;
}

int slapi_entry_add_string(Slapi_Entry *e, const char *type, const char *value)
{
	char *one[2] = { (char *)value, NULL };

	if (value == NULL)
		return -1;
	return add(e, type, &(struct input){ .text = one }, APPEND) == LDAP_SUCCESS ? 0 : -1;
}

int slapi_entry_delete_string(Slapi_Entry *e, const char *type, const char *value)
{
	char *one[2] = { (char *)value, NULL };

	if (value == NULL)
		return LDAP_PARAM_ERROR;
	return delete(e, type, &(struct input){ .text = one });
}

int slapi_entry_add_valueset(Slapi_Entry *e, const char *type, Slapi_ValueSet *vs)
{
	if (vs == NULL)
		return -1;
	return add(e, type, SV(vs->va), APPEND) == LDAP_SUCCESS ? 0 : -1;
}

/* ---- exported: modifications */

static int increment(Slapi_Entry *e, const LDAPMod *m, const struct input *in)
{
	Slapi_Attr *a = cshim_entry_attr(e, m->mod_type);
	struct berval tmp;
	const struct berval *by = get(in, 0, &tmp);
	char text[64], *end;
	long long delta, n;

	if (a == NULL || a->a_present_values.num == 0)
		return LDAP_NO_SUCH_ATTRIBUTE;
	if (by == NULL || get(in, 1, &(struct berval){ 0, NULL }) != NULL || by->bv_len == 0 || by->bv_len >= sizeof text)
		return LDAP_PROTOCOL_ERROR;
	memcpy(text, by->bv_val, by->bv_len);
	text[by->bv_len] = '\0';
	delta = strtoll(text, &end, 10);
	if (*end)
		return LDAP_INVALID_SYNTAX;
	for (size_t i = 0; i < a->a_present_values.num; i++) {
		Slapi_Value *v = a->a_present_values.va[i];
		n = slapi_value_get_longlong(v);
		if (__builtin_add_overflow(n, delta, &n))
			return LDAP_CONSTRAINT_VIOLATION;
		snprintf(text, sizeof text, "%lld", n);
		slapi_value_set_string(v, text);
	}
	return LDAP_SUCCESS;
}

static int apply(Slapi_Entry *e, const LDAPMod *m)
{
	struct input in = { NULL, NULL, NULL };
	struct berval tmp;

	if (e == NULL || m == NULL || m->mod_type == NULL || *m->mod_type == '\0')
		return LDAP_PARAM_ERROR;
	if (m->mod_op & LDAP_MOD_BVALUES)
		in.bv = m->mod_bvalues;
	else
		in.text = m->mod_values;
	switch (m->mod_op & ~LDAP_MOD_BVALUES) {
	case LDAP_MOD_ADD:
		return get(&in, 0, &tmp) == NULL ? LDAP_PROTOCOL_ERROR : add(e, m->mod_type, &in, STRICT);
	case LDAP_MOD_DELETE:
		return delete(e, m->mod_type, &in);
	case LDAP_MOD_REPLACE:
		return replace(e, m->mod_type, &in);
	case LDAP_MOD_INCREMENT:
		return increment(e, m, &in);
	default:
		return LDAP_PROTOCOL_ERROR;
	}
}

int slapi_entry_apply_mod(Slapi_Entry *e, LDAPMod *mod)
{
	return apply(e, mod);
}

int slapi_entry_apply_mods(Slapi_Entry *e, LDAPMod **mods)
{
	int rc = e ? LDAP_SUCCESS : LDAP_PARAM_ERROR;

	for (; rc == LDAP_SUCCESS && mods && *mods; mods++)
		rc = apply(e, *mods);
	return rc;
}

/* ---- exported: the relative name and the attributes */

/* Calls act for each part of the entry's RDN until it answers non-zero. */
static int each_rdn_part(const Slapi_Entry *e, int (*act)(Slapi_Entry *, const char *, const struct berval *))
{
	const char *dn = e ? cshim_sdn_pretty(&e->e_sdn, CSHIM_389) : NULL;
	struct berval *values;
	char **types, *leaf;
	size_t len;
	int n, rc = 0;

	if (dn == NULL || *dn == '\0')
		return 0;
	cshim_dn_rest(dn, &len);
	leaf = cshim_strndup(dn, len);
	if (cshim_rdn_pieces(leaf, &types, &values, &n) != 0) {
		free(leaf);
		return LDAP_INVALID_DN_SYNTAX;
	}
	free(leaf);
	for (int i = 0; i < n && rc == 0; i++)
		rc = act((Slapi_Entry *)e, types[i], &values[i]);
	cshim_rdn_pieces_free(types, values, n);
	return rc;
}

static int add_part(Slapi_Entry *e, const char *type, const struct berval *value)
{
	struct berval *one[2] = { (struct berval *)value, NULL };

	return add(e, type, BV(one), MERGE);
}

static int remove_part(Slapi_Entry *e, const char *type, const struct berval *value)
{
	struct berval *one[2] = { (struct berval *)value, NULL };

	delete(e, type, BV(one)); /* what is not there need not go */
	return 0;
}

static int lacks_part(Slapi_Entry *e, const char *type, const struct berval *value)
{
	Slapi_Attr *a = cshim_entry_attr(e, type);

	return a == NULL || cshim_attr_find(a, value->bv_val, value->bv_len) < 0;
}

int slapi_entry_add_rdn_values(Slapi_Entry *e)
{
	return each_rdn_part(e, add_part);
}

int slapi_entry_rdn_values_present(const Slapi_Entry *e)
{
	return e != NULL && each_rdn_part(e, lacks_part) == 0;
}

int slapi_entry_rename(Slapi_Entry *e, const char *newrdn, int deleteoldrdn, Slapi_DN *newsuperior)
{
	const char *old, *parent;
	struct berval *values;
	char **types, *dn;
	int n;

	if (e == NULL || newrdn == NULL)
		return LDAP_PARAM_ERROR;
	old = cshim_sdn_pretty(&e->e_sdn, CSHIM_389);
	if (old == NULL || *old == '\0')
		return LDAP_OPERATIONS_ERROR;
	if (cshim_rdn_pieces(newrdn, &types, &values, &n) != 0)
		return LDAP_INVALID_DN_SYNTAX;
	cshim_rdn_pieces_free(types, values, n);
	parent = newsuperior ? cshim_sdn_pretty(newsuperior, CSHIM_389) : cshim_dn_rest(old, NULL);
	dn = cshim_dn_join(newrdn, strlen(newrdn), parent);
	if (deleteoldrdn)
		each_rdn_part(e, remove_part);
	slapi_sdn_set_dn_passin(&e->e_sdn, dn);
	cshim_rdn_clear(&e->e_srdn);
	return slapi_entry_add_rdn_values(e);
}

/* ---- exported: entry to mods and back, differences */

int slapi_entry2mods(const Slapi_Entry *e, char **dn, LDAPMod ***attrs)
{
	Slapi_Mods smods;

	if (e == NULL || attrs == NULL)
		return LDAP_PARAM_ERROR;
	slapi_mods_init(&smods, 0);
	for (Slapi_Attr *a = e->e_attrs; a; a = a->a_next)
		slapi_mods_add_mod_values(&smods, LDAP_MOD_ADD, a->a_type, a->a_present_values.va);
	*attrs = slapi_mods_get_ldapmods_passout(&smods);
	slapi_mods_done(&smods);
	if (dn)
		*dn = cshim_strdup(cshim_sdn_pretty(&e->e_sdn, CSHIM_389));
	return LDAP_SUCCESS;
}

int slapi_mods2entry(Slapi_Entry **e, const char *dn, LDAPMod **attrs)
{
	Slapi_Entry *made;
	int rc = LDAP_SUCCESS;

	if (e == NULL || dn == NULL)
		return LDAP_PARAM_ERROR;
	made = slapi_entry_alloc();
	slapi_sdn_set_dn_byval(&made->e_sdn, dn);
	for (; rc == LDAP_SUCCESS && attrs && *attrs; attrs++) {
		LDAPMod m = **attrs;
		m.mod_op = LDAP_MOD_ADD | (m.mod_op & LDAP_MOD_BVALUES);
		rc = apply(made, &m);
	}
	if (rc != LDAP_SUCCESS) {
		cshim_entry_drop(made);
		return rc;
	}
	*e = made;
	return rc;
}

static int same_values(const Slapi_Attr *a, const Slapi_Attr *b)
{
	if (a->a_present_values.num != b->a_present_values.num)
		return 0;
	for (size_t i = 0; i < a->a_present_values.num; i++) {
		const struct berval *bv = &a->a_present_values.va[i]->bv;
		if (cshim_attr_find(b, bv->bv_val, bv->bv_len) < 0)
			return 0;
	}
	return 1;
}

/* What must be done to e1 so that it equals e2. */
void slapi_entry_diff(Slapi_Mods *smods, Slapi_Entry *e1, Slapi_Entry *e2, int diff_ctrl)
{
	int skip_op = diff_ctrl & SLAPI_DUMP_NOOPATTRS;

	if (smods == NULL || e1 == NULL || e2 == NULL)
		return;
	for (Slapi_Attr *b = e2->e_attrs; b; b = b->a_next) {
		Slapi_Attr *a = cshim_entry_attr(e1, b->a_type);
		if (skip_op && (cshim_attr_type(b)->flags & SLAPI_ATTR_FLAG_OPATTR))
			continue;
		if (a == NULL)
			slapi_mods_add_mod_values(smods, LDAP_MOD_ADD, b->a_type, b->a_present_values.va);
		else if (!same_values(a, b))
			slapi_mods_add_mod_values(smods, LDAP_MOD_REPLACE, b->a_type, b->a_present_values.va);
	}
	for (Slapi_Attr *a = e1->e_attrs; a; a = a->a_next) {
		if (skip_op && (cshim_attr_type(a)->flags & SLAPI_ATTR_FLAG_OPATTR))
			continue;
		if (cshim_entry_attr(e2, a->a_type) == NULL)
			slapi_mods_add_mod_values(smods, LDAP_MOD_DELETE, a->a_type, NULL);
	}
}
