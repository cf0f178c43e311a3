/* Password storage schemes as 389's public functions show them, and the clear
 * text of a new password that a plug-in keeps beside an entry. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "host_goside.h"
#include "mem.h"
#include "value.h"

struct pw_scheme {
	char *name; /* "clear" for text without a scheme */
};

/* The scheme that a stored value names, and the value without it; NULL for one
 * that nobody knows, and for text without one unless first_is_default is set. */
PWScheme *slapi_pw_val2scheme(char *passwd_val, char **valpwdp, int first_is_default)
{
	PWScheme *s;
	char *end, *name = NULL, *rest = passwd_val;

	if (valpwdp)
		*valpwdp = NULL;
	if (passwd_val == NULL)
		return NULL;
	if (*passwd_val == '{' && (end = strchr(passwd_val, '}')) != NULL) {
		if (!slapiGoPasswordEncoded(passwd_val))
			return NULL;
		name = cshim_strndup(passwd_val + 1, (size_t)(end - passwd_val - 1));
		rest = end + 1;
	} else if (first_is_default) {
		name = slapiGoSetting("passwordStorageScheme");
		if (name == NULL || *name == '\0') {
			free(name);
			name = cshim_strdup("clear");
		}
	} else {
		return NULL;
	}
	s = cshim_calloc(1, sizeof *s);
	s->name = name;
	if (valpwdp)
		*valpwdp = rest;
	return s;
}

char *slapi_pw_get_scheme_name(PWScheme *pass_scheme)
{
	return pass_scheme ? pass_scheme->name : NULL;
}

/* 0 when they are the same password. encoded_pw is without the scheme. */
int slapi_pw_cmp(PWScheme *pass_scheme, char *clear_pw, char *encoded_pw)
{
	char *stored;
	int same;

	if (pass_scheme == NULL || clear_pw == NULL || encoded_pw == NULL)
		return 1;
	if (strcasecmp(pass_scheme->name, "clear") == 0)
		return strlen(clear_pw) != strlen(encoded_pw) || slapi_ct_memcmp(clear_pw, encoded_pw, strlen(clear_pw)) != 0;
	stored = slapi_ch_smprintf("{%s}%s", pass_scheme->name, encoded_pw);
	same = slapiGoPasswordEqual(stored, strlen(stored), clear_pw, strlen(clear_pw));
	free(stored);
	return !same;
}

void slapi_free_pw_scheme(PWScheme *pass_scheme)
{
	if (pass_scheme) {
		free(pass_scheme->name);
		free(pass_scheme);
	}
}

/* ---- beside an entry */

struct kept {
	Slapi_Value **values;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int type = -1, handle = -1;

static void drop(Slapi_Value **values)
{
	for (size_t i = 0; values && values[i]; i++) {
		if (values[i]->bv.bv_val)
			explicit_bzero(values[i]->bv.bv_val, values[i]->bv.bv_len);
		cshim_value_drop(values[i]);
	}
	free(values);
}

static void *construct(void *object, void *parent)
{
	(void)object;
	(void)parent;
	return cshim_calloc(1, sizeof(struct kept));
}

static void destruct(void *extension, void *object, void *parent)
{
	struct kept *k = extension;

	(void)object;
	(void)parent;
	if (k) {
		drop(k->values);
		free(k);
	}
}

static void prepare(void)
{
	if (slapi_register_object_extension("libslapi passwords", SLAPI_EXT_ENTRY, construct, destruct, &type, &handle) != 0)
		handle = -1;
}

static struct kept *kept_of(Slapi_Entry *e)
{
	pthread_once(&once, prepare);
	return e && handle >= 0 ? slapi_get_object_extension(type, e, handle) : NULL;
}

int slapi_pw_get_entry_ext(Slapi_Entry *entry, Slapi_Value ***vals)
{
	struct kept *k;

	if (vals == NULL)
		return LDAP_PARAM_ERROR;
	*vals = NULL;
	k = kept_of(entry);
	if (k == NULL || k->values == NULL)
		return LDAP_NO_SUCH_ATTRIBUTE;
	*vals = k->values;
	return LDAP_SUCCESS;
}

/* vals and their array are TAKEN on success; NULL forgets what is kept. */
int slapi_pw_set_entry_ext(Slapi_Entry *entry, Slapi_Value **vals, int flags)
{
	struct kept *k = kept_of(entry);
	size_t have, more;

	if (k == NULL)
		return LDAP_NO_SUCH_ATTRIBUTE;
	if (vals == NULL || flags == SLAPI_EXT_SET_REPLACE) {
		drop(k->values);
		k->values = vals;
		return LDAP_SUCCESS;
	}
	have = cshim_array_len(k->values);
	more = cshim_array_len(vals);
	k->values = cshim_realloc_array(k->values, have + more + 1, sizeof *k->values);
	memcpy(k->values + have, vals, (more + 1) * sizeof *vals);
	free(vals);
	return LDAP_SUCCESS;
}

/* A mod of the pseudo attribute: 1 when it was one and was carried out, 0 when it
 * is another attribute's, less than 0 for an error. */
int slapi_entry_apply_mod_extension(Slapi_Entry *e, const LDAPMod *mod, int modcnt)
{
	struct kept *k;
	Slapi_Value **vals = NULL;
	struct berval **bv;
	int n = 0;

	if (e == NULL || mod == NULL || mod->mod_type == NULL || strcasecmp(mod->mod_type, PSEUDO_ATTR_UNHASHEDUSERPASSWORD) != 0)
		return 0;
	if (!(mod->mod_op & LDAP_MOD_BVALUES) && mod->mod_values)
		return -1;
	for (bv = mod->mod_bvalues; bv && *bv && (modcnt < 0 || n < modcnt); bv++)
		n++;
	if ((mod->mod_op & ~LDAP_MOD_BVALUES) == LDAP_MOD_DELETE && n > 0) {
		k = kept_of(e);
		for (int i = 0; k && i < n; i++)
			for (size_t j = 0; k->values && k->values[j]; j++)
				if (slapi_berval_cmp(&k->values[j]->bv, mod->mod_bvalues[i]) == 0) {
					Slapi_Value *gone = k->values[j];
					memmove(&k->values[j], &k->values[j + 1], cshim_array_len(&k->values[j]) * sizeof gone);
					cshim_value_drop(gone);
					break;
				}
		return 1;
	}
	for (int i = 0; i < n; i++) {
		vals = cshim_realloc_array(vals, (size_t)i + 2, sizeof *vals);
		vals[i] = cshim_value_make(mod->mod_bvalues[i]->bv_val, mod->mod_bvalues[i]->bv_len);
		vals[i + 1] = NULL;
	}
	if (vals == NULL && (mod->mod_op & ~LDAP_MOD_BVALUES) == LDAP_MOD_ADD)
		return 1;
	if (slapi_pw_set_entry_ext(e, vals, (mod->mod_op & ~LDAP_MOD_BVALUES) == LDAP_MOD_ADD ? SLAPI_EXT_SET_ADD : SLAPI_EXT_SET_REPLACE) != 0) {
		drop(vals);
		return -1;
	}
	return 1;
}
