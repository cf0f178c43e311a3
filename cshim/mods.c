/* LDAPMod, Slapi_Mod (one, being built or read) and Slapi_Mods (a list). Mods
 * that are made here always carry bervals. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "objects.h"
#include "value.h"

static void mod_free(LDAPMod *m)
{
	if (m == NULL)
		return;
	free(m->mod_type);
	if (m->mod_op & LDAP_MOD_BVALUES)
		cshim_bvec_free(m->mod_bvalues);
	else
		cshim_array_free(m->mod_values);
	free(m);
}

/* A copy with bervals, whatever the original has. */
static LDAPMod *mod_dup(const LDAPMod *m)
{
	LDAPMod *copy;
	size_t n;

	if (m == NULL)
		return NULL;
	copy = cshim_calloc(1, sizeof *copy);
	copy->mod_op = m->mod_op | LDAP_MOD_BVALUES;
	copy->mod_type = cshim_strdup(m->mod_type);
	if (m->mod_op & LDAP_MOD_BVALUES) {
		copy->mod_bvalues = cshim_bvec_dup(m->mod_bvalues);
	} else if (m->mod_values) {
		n = cshim_array_len(m->mod_values);
		copy->mod_bvalues = cshim_calloc(n + 1, sizeof *copy->mod_bvalues);
		for (size_t i = 0; i < n; i++)
			copy->mod_bvalues[i] = cshim_bv_new(m->mod_values[i], strlen(m->mod_values[i]));
	}
	return copy;
}

static LDAPMod *mod_make(int op, const char *type, struct berval **bvals)
{
	LDAPMod *m = cshim_malloc(sizeof *m);

	m->mod_op = op | LDAP_MOD_BVALUES;
	m->mod_type = cshim_strdup(type);
	m->mod_bvalues = bvals;
	return m;
}

void cshim_mods_free(LDAPMod **mods)
{
	if (mods == NULL)
		return;
	for (size_t i = 0; mods[i]; i++)
		mod_free(mods[i]);
	free(mods);
}

LDAPMod **cshim_mods_dup(LDAPMod *const *mods)
{
	LDAPMod **copy;
	size_t n = cshim_array_len(mods);

	if (mods == NULL)
		return NULL;
	copy = cshim_malloc((n + 1) * sizeof *copy);
	for (size_t i = 0; i < n; i++)
		copy[i] = mod_dup(mods[i]);
	copy[n] = NULL;
	return copy;
}

/* ---- lists */

static void room(Slapi_Mods *s, int n)
{
	if (s->num_elements > n)
		return;
	int want = s->num_elements ? s->num_elements * 2 : 8;
	if (want <= n)
		want = n + 1;
	s->mods = cshim_realloc_array(s->mods, (size_t)want, sizeof *s->mods);
	s->num_elements = want;
	s->mods[s->num_mods] = NULL;
}

Slapi_Mods *slapi_mods_new(void)
{
	return cshim_calloc(1, sizeof(Slapi_Mods));
}

void slapi_mods_init(Slapi_Mods *smods, int initCount)
{
	if (smods == NULL)
		return;
	memset(smods, 0, sizeof *smods);
	smods->free_mods = 1;
	if (initCount > 0)
		room(smods, initCount);
}

static void over(Slapi_Mods *smods, LDAPMod **mods, int own)
{
	if (smods == NULL)
		return;
	memset(smods, 0, sizeof *smods);
	smods->free_mods = own;
	smods->mods = mods;
	smods->num_mods = (int)cshim_array_len(mods);
	smods->num_elements = mods ? smods->num_mods + 1 : 0;
}

void slapi_mods_init_byref(Slapi_Mods *smods, LDAPMod **mods)
{
	over(smods, mods, 0);
}

void slapi_mods_init_passin(Slapi_Mods *smods, LDAPMod **mods)
{
	over(smods, mods, 1);
}

void slapi_mods_done(Slapi_Mods *smods)
{
	if (smods == NULL || smods->free_mods == CSHIM_FREED)
		return;
	if (smods->free_mods)
		cshim_mods_free(smods->mods);
	memset(smods, 0, sizeof *smods);
}

void slapi_mods_free(Slapi_Mods **smods)
{
	if (smods == NULL || *smods == NULL)
		return;
	if ((*smods)->free_mods != CSHIM_FREED) {
		slapi_mods_done(*smods);
		cshim_retire(*smods, sizeof **smods);
		CSHIM_MARK((*smods)->free_mods, CSHIM_FREED);
	}
	*smods = NULL;
}

static void append(Slapi_Mods *smods, LDAPMod *mod)
{
	room(smods, smods->num_mods + 1);
	smods->mods[smods->num_mods++] = mod;
	smods->mods[smods->num_mods] = NULL;
}

/* The mod is TAKEN; a bad position frees nothing and adds nothing. */
void slapi_mods_insert_at(Slapi_Mods *smods, LDAPMod *mod, int pos)
{
	if (smods == NULL || mod == NULL || pos < 0 || pos > smods->num_mods)
		return;
	room(smods, smods->num_mods + 1);
	memmove(&smods->mods[pos + 1], &smods->mods[pos], (size_t)(smods->num_mods - pos + 1) * sizeof *smods->mods);
	smods->mods[pos] = mod;
	smods->num_mods++;
	smods->mods[smods->num_mods] = NULL;
}

void slapi_mods_insert_before(Slapi_Mods *smods, LDAPMod *mod)
{
	if (smods) {
		slapi_mods_insert_at(smods, mod, smods->iterator);
		smods->iterator++;
	}
}

void slapi_mods_insert_after(Slapi_Mods *smods, LDAPMod *mod)
{
	if (smods)
		slapi_mods_insert_at(smods, mod, smods->iterator < smods->num_mods ? smods->iterator + 1 : smods->num_mods);
}

void slapi_mods_add_ldapmod(Slapi_Mods *smods, LDAPMod *mod)
{
	if (smods && mod)
		append(smods, mod);
}

/* The smod gives its mod away and is empty then. */
void slapi_mods_insert_smod_at(Slapi_Mods *smods, Slapi_Mod *smod, int pos)
{
	if (smods && smod && pos >= 0 && pos <= smods->num_mods)
		slapi_mods_insert_at(smods, slapi_mod_get_ldapmod_passout(smod), pos);
}

void slapi_mods_insert_smod_before(Slapi_Mods *smods, Slapi_Mod *smod)
{
	if (smods && smod)
		slapi_mods_insert_before(smods, slapi_mod_get_ldapmod_passout(smod));
}

void slapi_mods_add_smod(Slapi_Mods *smods, Slapi_Mod *smod)
{
	if (smods)
		slapi_mods_insert_smod_at(smods, smod, smods->num_mods);
}

void slapi_mods_add_modbvps(Slapi_Mods *smods, int modtype, const char *type, struct berval **bvps)
{
	if (smods && type)
		append(smods, mod_make(modtype, type, cshim_bvec_dup(bvps)));
}

void slapi_mods_add_mod_values(Slapi_Mods *smods, int modtype, const char *type, Slapi_Value **va)
{
	struct berval **v = NULL;
	size_t n = cshim_array_len(va);

	if (smods == NULL || type == NULL)
		return;
	if (n) {
		v = cshim_calloc(n + 1, sizeof *v);
		for (size_t i = 0; i < n; i++)
			v[i] = cshim_bv_new(va[i]->bv.bv_val ? va[i]->bv.bv_val : "", va[i]->bv.bv_len);
	}
	slapi_mods_add_ldapmod(smods, mod_make(modtype, type, v));
}

void slapi_mods_add(Slapi_Mods *smods, int modtype, const char *type, unsigned long len, const char *val)
{
	struct berval **one = NULL;

	if (smods == NULL || type == NULL)
		return;
	if (val) {
		one = cshim_malloc(2 * sizeof *one);
		one[0] = cshim_bv_new(val, len);
		one[1] = NULL;
	}
	append(smods, mod_make(modtype, type, one));
}

void slapi_mods_add_string(Slapi_Mods *smods, int modtype, const char *type, const char *val)
{
	slapi_mods_add(smods, modtype, type, val ? strlen(val) : 0, val);
}

/* Removes the mod at the iterator; the iterator is at the one before then, so
 * that slapi_mods_get_next_mod gives the one behind. */
void slapi_mods_remove(Slapi_Mods *smods)
{
	int at;

	if (smods == NULL || smods->iterator < 0 || smods->iterator >= smods->num_mods)
		return;
	at = smods->iterator;
	if (smods->free_mods)
		mod_free(smods->mods[at]);
	memmove(&smods->mods[at], &smods->mods[at + 1], (size_t)(smods->num_mods - at) * sizeof *smods->mods);
	smods->num_mods--;
	smods->iterator--;
}

LDAPMod *slapi_mods_get_first_mod(Slapi_Mods *smods)
{
	if (smods == NULL)
		return NULL;
	smods->iterator = 0;
	return smods->num_mods ? smods->mods[0] : NULL;
}

LDAPMod *slapi_mods_get_next_mod(Slapi_Mods *smods)
{
	if (smods == NULL || smods->iterator >= smods->num_mods - 1) {
		if (smods)
			smods->iterator = smods->num_mods;
		return NULL;
	}
	return smods->mods[++smods->iterator];
}

/* smod is initialised here, whatever it held; slapi_mod_done it when the walk ends. */
static Slapi_Mod *as_smod(LDAPMod *m, Slapi_Mod *smod)
{
	if (smod == NULL)
		return NULL;
	slapi_mod_init_byref(smod, m);
	return m ? smod : NULL;
}

Slapi_Mod *slapi_mods_get_first_smod(Slapi_Mods *smods, Slapi_Mod *smod)
{
	return as_smod(slapi_mods_get_first_mod(smods), smod);
}

Slapi_Mod *slapi_mods_get_next_smod(Slapi_Mods *smods, Slapi_Mod *smod)
{
	return as_smod(slapi_mods_get_next_mod(smods), smod);
}

void slapi_mods_iterator_backone(Slapi_Mods *smods)
{
	if (smods && smods->iterator > 0)
		smods->iterator--;
}

LDAPMod **slapi_mods_get_ldapmods_byref(Slapi_Mods *smods)
{
	return smods ? smods->mods : NULL;
}

LDAPMod **slapi_mods_get_ldapmods_passout(Slapi_Mods *smods)
{
	LDAPMod **mods;

	if (smods == NULL)
		return NULL;
	mods = smods->mods;
	smods->mods = NULL;
	slapi_mods_done(smods);
	return mods;
}

int slapi_mods_get_num_mods(const Slapi_Mods *smods)
{
	return smods ? smods->num_mods : 0;
}

void slapi_mod_dump(LDAPMod *mod, int n)
{
	static const char *const ops[] = { "add", "delete", "replace", "increment" };

	if (mod == NULL)
		return;
	slapi_log_error(SLAPI_LOG_FATAL, "smods", "%d: %s %s\n", n, ops[mod->mod_op & 3], mod->mod_type ? mod->mod_type : "");
	if (mod->mod_op & LDAP_MOD_BVALUES)
		for (struct berval **v = mod->mod_bvalues; v && *v; v++)
			slapi_log_error(SLAPI_LOG_FATAL, "smods", "%d:   %lu bytes\n", n, (unsigned long)(*v)->bv_len);
}

void slapi_mods_dump(const Slapi_Mods *smods, const char *text)
{
	if (smods == NULL)
		return;
	slapi_log_error(SLAPI_LOG_FATAL, "smods", "%s: %d mods\n", text ? text : "", smods->num_mods);
	for (int i = 0; i < smods->num_mods; i++)
		slapi_mod_dump(smods->mods[i], i);
}

/* ---- one mod */

Slapi_Mod *slapi_mod_new(void)
{
	return cshim_calloc(1, sizeof(Slapi_Mod));
}

void slapi_mod_init(Slapi_Mod *smod, int initCount)
{
	if (smod == NULL)
		return;
	memset(smod, 0, sizeof *smod);
	smod->free_mod = 1;
	smod->mod = mod_make(0, NULL, NULL);
	if (initCount > 0) {
		smod->mod->mod_bvalues = cshim_calloc((size_t)initCount + 1, sizeof(struct berval *));
		smod->num_elements = initCount + 1;
	}
}

static void one_over(Slapi_Mod *smod, LDAPMod *mod, int own)
{
	if (smod == NULL)
		return;
	memset(smod, 0, sizeof *smod);
	smod->mod = mod;
	smod->free_mod = own;
	if (mod) {
		smod->num_values = (int)cshim_array_len(mod->mod_vals.modv_strvals);
		smod->num_elements = mod->mod_vals.modv_strvals ? smod->num_values + 1 : 0;
	}
}

void slapi_mod_init_byref(Slapi_Mod *smod, LDAPMod *mod)
{
	one_over(smod, mod, 0);
}

void slapi_mod_init_passin(Slapi_Mod *smod, LDAPMod *mod)
{
	one_over(smod, mod, 1);
}

void slapi_mod_init_byval(Slapi_Mod *smod, const LDAPMod *mod)
{
	one_over(smod, mod_dup(mod), 1);
}

void slapi_mod_init_valueset_byval(Slapi_Mod *smod, int op, const char *type, const Slapi_ValueSet *svs)
{
	if (smod == NULL)
		return;
	slapi_mod_init(smod, 0);
	slapi_mod_set_operation(smod, op);
	slapi_mod_set_type(smod, type);
	for (size_t i = 0; svs && i < svs->num; i++)
		slapi_mod_add_value(smod, &svs->va[i]->bv);
}

void slapi_mod_done(Slapi_Mod *mod)
{
	if (mod == NULL || mod->free_mod == CSHIM_FREED)
		return;
	if (mod->free_mod)
		mod_free(mod->mod);
	memset(mod, 0, sizeof *mod);
}

void slapi_mod_free(Slapi_Mod **smod)
{
	if (smod == NULL || *smod == NULL)
		return;
	if ((*smod)->free_mod != CSHIM_FREED) {
		slapi_mod_done(*smod);
		cshim_retire(*smod, sizeof **smod);
		CSHIM_MARK((*smod)->free_mod, CSHIM_FREED);
	}
	*smod = NULL;
}

/* A mod of strings becomes one of bervals before a value is added. */
static void to_bervals(LDAPMod *m)
{
	struct berval **v;
	size_t n;

	if (m->mod_op & LDAP_MOD_BVALUES)
		return;
	n = cshim_array_len(m->mod_values);
	v = m->mod_values ? cshim_calloc(n + 1, sizeof *v) : NULL;
	for (size_t i = 0; i < n; i++) {
		v[i] = cshim_malloc(sizeof **v);
		v[i]->bv_val = m->mod_values[i];
		v[i]->bv_len = strlen(m->mod_values[i]);
	}
	free(m->mod_values);
	m->mod_bvalues = v;
	m->mod_op |= LDAP_MOD_BVALUES;
}

void slapi_mod_add_value(Slapi_Mod *smod, const struct berval *val)
{
	if (smod == NULL || val == NULL)
		return;
	if (smod->mod == NULL)
		slapi_mod_init(smod, 0);
	to_bervals(smod->mod);
	if (smod->num_elements < smod->num_values + 2) {
		smod->num_elements = smod->num_values * 2 + 4;
		smod->mod->mod_bvalues =
		        cshim_realloc_array(smod->mod->mod_bvalues, (size_t)smod->num_elements, sizeof(struct berval *));
	}
	smod->mod->mod_bvalues[smod->num_values++] = cshim_bv_new(val->bv_val ? val->bv_val : "", val->bv_val ? val->bv_len : 0);
	smod->mod->mod_bvalues[smod->num_values] = NULL;
}

static struct berval *value_at(Slapi_Mod *smod)
{
	static __thread struct berval text;
	LDAPMod *m = smod ? smod->mod : NULL;

	if (m == NULL || smod->iterator >= smod->num_values || m->mod_vals.modv_strvals == NULL)
		return NULL;
	if (m->mod_op & LDAP_MOD_BVALUES)
		return m->mod_bvalues[smod->iterator];
	text.bv_val = m->mod_values[smod->iterator];
	text.bv_len = strlen(text.bv_val);
	return &text;
}

struct berval *slapi_mod_get_first_value(Slapi_Mod *smod)
{
	if (smod == NULL)
		return NULL;
	smod->iterator = 0;
	return value_at(smod);
}

struct berval *slapi_mod_get_next_value(Slapi_Mod *smod)
{
	if (smod == NULL)
		return NULL;
	if (smod->iterator < smod->num_values)
		smod->iterator++;
	return value_at(smod);
}

/* Removes the value that the walk is at; the next one is got by get_next_value. */
void slapi_mod_remove_value(Slapi_Mod *smod)
{
	struct berval **v;
	int at;

	if (smod == NULL || smod->mod == NULL || smod->iterator < 0 || smod->iterator >= smod->num_values)
		return;
	to_bervals(smod->mod);
	at = smod->iterator;
	v = smod->mod->mod_bvalues;
	cshim_bv_free(v[at]);
	memmove(&v[at], &v[at + 1], (size_t)(smod->num_values - at) * sizeof *v);
	smod->num_values--;
	smod->iterator--;
}

int slapi_mod_get_num_values(const Slapi_Mod *smod)
{
	return smod ? smod->num_values : 0;
}

const char *slapi_mod_get_type(const Slapi_Mod *smod)
{
	return smod && smod->mod ? smod->mod->mod_type : NULL;
}

int slapi_mod_get_operation(const Slapi_Mod *smod)
{
	return smod && smod->mod ? smod->mod->mod_op & ~LDAP_MOD_BVALUES : -1;
}

void slapi_mod_set_type(Slapi_Mod *smod, const char *type)
{
	char *copy;

	if (smod == NULL)
		return;
	if (smod->mod == NULL)
		slapi_mod_init(smod, 0);
	copy = cshim_strdup(type);
	free(smod->mod->mod_type);
	smod->mod->mod_type = copy;
}

void slapi_mod_set_operation(Slapi_Mod *smod, int op)
{
	if (smod == NULL)
		return;
	if (smod->mod == NULL)
		slapi_mod_init(smod, 0);
	smod->mod->mod_op = (op & ~LDAP_MOD_BVALUES) | (smod->mod->mod_op & LDAP_MOD_BVALUES);
}

const LDAPMod *slapi_mod_get_ldapmod_byref(const Slapi_Mod *smod)
{
	return smod ? smod->mod : NULL;
}

LDAPMod *slapi_mod_get_ldapmod_passout(Slapi_Mod *smod)
{
	LDAPMod *m;

	if (smod == NULL)
		return NULL;
	m = smod->mod;
	memset(smod, 0, sizeof *smod);
	return m;
}

/* A type, an operation, and values where the operation wants them. */
int slapi_mod_isvalid(const Slapi_Mod *mod)
{
	if (mod == NULL || mod->mod == NULL || mod->mod->mod_type == NULL)
		return 0;
	switch (mod->mod->mod_op & ~LDAP_MOD_BVALUES) {
	case LDAP_MOD_ADD:
		return mod->num_values > 0;
	case LDAP_MOD_DELETE:
	case LDAP_MOD_REPLACE:
		return 1;
	default:
		return 0;
	}
}
