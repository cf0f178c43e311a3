/* LDAPControl helpers. */
#include <stdlib.h>
#include <string.h>

#include "dialect.h"
#include "mem.h"
#include "objects.h"

static void control_free(LDAPControl *c)
{
	if (c) {
		free(c->ldctl_oid);
		free(c->ldctl_value.bv_val);
		free(c);
	}
}

static LDAPControl *control_dup(const LDAPControl *c)
{
	LDAPControl *copy;

	if (c == NULL)
		return NULL;
	copy = cshim_calloc(1, sizeof *copy);
	copy->ldctl_oid = cshim_strdup(c->ldctl_oid);
	copy->ldctl_iscritical = c->ldctl_iscritical;
	copy->ldctl_value.bv_val = cshim_memdup(c->ldctl_value.bv_val, c->ldctl_value.bv_val ? c->ldctl_value.bv_len : 0);
	copy->ldctl_value.bv_len = copy->ldctl_value.bv_val ? c->ldctl_value.bv_len : 0;
	return copy;
}

void cshim_controls_free(LDAPControl **ctrls)
{
	if (ctrls == NULL)
		return;
	for (size_t i = 0; ctrls[i]; i++)
		control_free(ctrls[i]);
	free(ctrls);
}

LDAPControl **cshim_controls_dup(LDAPControl *const *ctrls)
{
	LDAPControl **copy;
	size_t n = cshim_array_len(ctrls);

	if (ctrls == NULL)
		return NULL;
	copy = cshim_malloc((n + 1) * sizeof *copy);
	for (size_t i = 0; i < n; i++)
		copy[i] = control_dup(ctrls[i]);
	copy[n] = NULL;
	return copy;
}

LDAPControl *slapi_dup_control(LDAPControl *ctrl)
{
	return control_dup(ctrl);
}

/*
 * 1 when a control of this OID is there. OpenLDAP: *val is NULL for an empty
 * value and *iscritical is always set; 389: *val is the control's own berval.
 */
int slapi_control_present(LDAPControl **controls, char *oid, struct berval **val, int *iscritical)
{
	int dialect = cshim_dialect(CSHIM_CALLER());

	if (val)
		*val = NULL;
	if (iscritical)
		*iscritical = 0;
	if (controls == NULL || oid == NULL)
		return 0;
	for (; *controls; controls++) {
		LDAPControl *c = *controls;
		if (c->ldctl_oid == NULL || strcmp(c->ldctl_oid, oid) != 0)
			continue;
		if (val && (dialect == CSHIM_389 || c->ldctl_value.bv_len != 0))
			*val = &c->ldctl_value;
		if (iscritical)
			*iscritical = c->ldctl_iscritical != 0;
		return 1;
	}
	return 0;
}

int slapi_build_control_from_berval(char *oid, struct berval *bvp, char iscritical, LDAPControl **ctrlp)
{
	LDAPControl *c;

	if (ctrlp == NULL)
		return LDAP_PARAM_ERROR;
	if (oid == NULL)
		return LDAP_PARAM_ERROR;
	c = cshim_calloc(1, sizeof *c);
	c->ldctl_oid = cshim_strdup(oid);
	c->ldctl_iscritical = iscritical;
	if (bvp) { /* 389: the value's memory passes to the control */
		c->ldctl_value = *bvp;
	}
	*ctrlp = c;
	return LDAP_SUCCESS;
}

/* The list grows by the control, or by a copy of it. */
void slapi_add_control_ext(LDAPControl ***ctrlsp, LDAPControl *newctrl, int copy)
{
	size_t n;

	if (ctrlsp == NULL || newctrl == NULL)
		return;
	n = cshim_array_len(*ctrlsp);
	*ctrlsp = cshim_realloc_array(*ctrlsp, n + 2, sizeof **ctrlsp);
	(*ctrlsp)[n] = copy ? control_dup(newctrl) : newctrl;
	(*ctrlsp)[n + 1] = NULL;
}

/* Without copy the controls pass on, and the emptied array newctrls is freed. */
void slapi_add_controls(LDAPControl ***ctrlsp, LDAPControl **newctrls, int copy)
{
	if (ctrlsp == NULL || newctrls == NULL)
		return;
	for (size_t i = 0; newctrls[i]; i++)
		slapi_add_control_ext(ctrlsp, newctrls[i], copy);
	if (!copy)
		free(newctrls);
}
