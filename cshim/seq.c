/* Walking along the values of an attribute (slapi_seq_internal_*): the entries
 * below a base whose value is the first, the last, or the next one after or
 * before a given value, by the attribute's ordering. */
#include <stdlib.h>
#include <string.h>

#include "dialect.h"
#include "goside.h"
#include "mem.h"
#include "host_various.h"
#include "pblock.h"

void slapi_seq_internal_set_pb(Slapi_PBlock *pb, char *ibase, int type, char *attrname, char *val, char **attrs,
			       int attrsonly, LDAPControl **controls, Slapi_ComponentId *plugin_identity,
			       int operation_flags)
{
	char *filter;

	if (pb == NULL || attrname == NULL)
		return;
	filter = slapi_ch_smprintf("(%s=*)", attrname);
	slapi_search_internal_set_pb(pb, ibase, LDAP_SCOPE_SUBTREE, filter, attrs, attrsonly, controls, NULL,
				     plugin_identity, operation_flags);
	free(filter);
	cshim_pblock_put_int(pb, SLAPI_SEQ_TYPE, type);
	cshim_pblock_put_str(pb, SLAPI_SEQ_ATTRNAME, attrname);
	cshim_pblock_put_str(pb, SLAPI_SEQ_VAL, val);
}

static int order(char *attr, const struct berval *a, const struct berval *b)
{
	int result = 0;

	slapiGoCompare(attr, 1, a->bv_val, a->bv_len, b->bv_val, b->bv_len, &result);
	return result;
}

/* Whether v suits the way of walking and is a better one than best. */
static int better(int type, char *attr, const struct berval *v, const struct berval *from, const struct berval *best)
{
	int up = type == SLAPI_SEQ_FIRST || type == SLAPI_SEQ_NEXT;

	if (type == SLAPI_SEQ_NEXT && order(attr, v, from) <= 0)
		return 0;
	if (type == SLAPI_SEQ_PREV && order(attr, v, from) >= 0)
		return 0;
	return best == NULL || (up ? order(attr, v, best) < 0 : order(attr, v, best) > 0);
}

/* The entry's value that is wanted, NULL when it has none. */
static const struct berval *choose(Slapi_Entry *e, int type, char *attr, const struct berval *from)
{
	const struct berval *best = NULL;
	Slapi_Attr *a = NULL;
	Slapi_Value *v = NULL;

	if (slapi_entry_attr_find(e, attr, &a) != 0)
		return NULL;
	for (int i = slapi_attr_first_value(a, &v); i != -1; i = slapi_attr_next_value(a, i, &v)) {
		const struct berval *bv = slapi_value_get_berval(v);
		if (better(type, attr, bv, from, best))
			best = bv;
	}
	return best;
}

int slapi_seq_internal_callback_pb(Slapi_PBlock *pb, void *callback_data, plugin_result_callback res_callback,
				   plugin_search_entry_callback srch_callback,
				   plugin_referral_entry_callback ref_callback)
{
	Slapi_Entry **entries = NULL;
	char *attr, *val;
	struct berval from = { 0, NULL };
	const struct berval *best = NULL;
	int type, rc = 0;

	(void)ref_callback;
	if (pb == NULL || (attr = cshim_pblock_ptr(pb, SLAPI_SEQ_ATTRNAME)) == NULL)
		return -1;
	type = (int)cshim_pblock_num(pb, SLAPI_SEQ_TYPE);
	val = cshim_pblock_ptr(pb, SLAPI_SEQ_VAL);
	if (type < SLAPI_SEQ_FIRST || type > SLAPI_SEQ_NEXT ||
	    (val == NULL && (type == SLAPI_SEQ_NEXT || type == SLAPI_SEQ_PREV)))
		return -1;
	if (val)
		from = (struct berval){ strlen(val), val };
	slapi_search_internal_pb(pb);
	cshim_pblock_get(pb, SLAPI_PLUGIN_INTOP_RESULT, &rc, CSHIM_389);
	cshim_pblock_get(pb, SLAPI_PLUGIN_INTOP_SEARCH_ENTRIES, &entries, CSHIM_389);
	for (size_t i = 0; entries && entries[i]; i++) {
		const struct berval *v = choose(entries[i], type, attr, &from);
		if (v && better(type, attr, v, &from, best))
			best = v;
	}
	for (size_t i = 0; best && srch_callback && entries[i]; i++) {
		const struct berval *v = choose(entries[i], type, attr, &from);
		if (v && order(attr, v, best) == 0 && srch_callback(entries[i], callback_data) < 0)
			break;
	}
	if (res_callback)
		res_callback(rc, callback_data);
	slapi_free_search_results_internal(pb);
	return 0;
}

int slapi_seq_callback(const char *ibase, int type, char *attrname, char *val, char **attrs, int attrsonly,
		       void *callback_data, LDAPControl **controls, plugin_result_callback res_callback,
		       plugin_search_entry_callback srch_callback, plugin_referral_entry_callback ref_callback)
{
	Slapi_PBlock *pb;
	int rc;

	if (ibase == NULL)
		return -1;
	pb = slapi_pblock_new();
	slapi_seq_internal_set_pb(pb, (char *)ibase, type, attrname, val, attrs, attrsonly, controls, NULL, 0);
	rc = slapi_seq_internal_callback_pb(pb, callback_data, res_callback, srch_callback, ref_callback);
	slapi_pblock_destroy(pb);
	return rc;
}
