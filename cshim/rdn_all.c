/* The calls that keep every RDN of a name in a Slapi_RDN, leaf first. */
#include <stdlib.h>
#include <string.h>

#include "dialect.h"
#include "dn.h"
#include "goside.h"
#include "mem.h"

/* The flag argument of the _ext calls. */
#define ALL_RDNS 0x1
#define ALL_NRDNS 0x2

static int fill(Slapi_RDN *rdn, const char *dn, int is_tombstone)
{
	char *pretty = NULL;
	size_t n = 0;

	if (dn == NULL || *dn == '\0')
		return -1;
	if (cshim_dn_forms(dn, strlen(dn), CSHIM_389, &pretty, NULL) != 0)
		return -1;
	for (const char *p = pretty; p; n++) {
		size_t len;
		const char *rest = cshim_dn_rest(p, &len);
		if (n == 0 && is_tombstone && rest) { /* the unique id and the RDN make one step */
			size_t more;
			const char *next = cshim_dn_rest(rest, &more);
			len = (size_t)(rest - p) + more;
			rest = next;
		}
		rdn->all_rdns = cshim_realloc_array(rdn->all_rdns, n + 2, sizeof *rdn->all_rdns);
		rdn->all_nrdns = cshim_realloc_array(rdn->all_nrdns, n + 2, sizeof *rdn->all_nrdns);
		rdn->all_rdns[n] = cshim_strndup(p, len);
		rdn->all_nrdns[n] = slapiGoRDNNorm(rdn->all_rdns[n]);
		if (rdn->all_nrdns[n] == NULL)
			rdn->all_nrdns[n] = cshim_strdup(rdn->all_rdns[n]);
		rdn->all_rdns[n + 1] = rdn->all_nrdns[n + 1] = NULL;
		p = rest;
	}
	rdn->rdn = cshim_strdup(rdn->all_rdns[0]);
	free(pretty);
	return 0;
}

int slapi_rdn_init_all_dn(Slapi_RDN *rdn, const char *dn)
{
	if (rdn == NULL)
		return -1;
	slapi_rdn_init(rdn);
	return fill(rdn, dn, 0);
}

int slapi_rdn_init_all_sdn_ext(Slapi_RDN *rdn, const Slapi_DN *sdn, int is_tombstone)
{
	if (rdn == NULL)
		return -1;
	slapi_rdn_init(rdn);
	return fill(rdn, cshim_sdn_given(sdn), is_tombstone);
}

int slapi_rdn_init_all_sdn(Slapi_RDN *rdn, const Slapi_DN *sdn)
{
	return slapi_rdn_init_all_sdn_ext(rdn, sdn, 0);
}

Slapi_RDN *slapi_rdn_new_all_dn(const char *dn)
{
	Slapi_RDN *rdn = slapi_rdn_new();

	fill(rdn, dn, 0);
	return rdn;
}

void slapi_rdn_set_all_dn(Slapi_RDN *rdn, const char *dn)
{
	if (rdn) {
		cshim_rdn_clear(rdn);
		fill(rdn, dn, 0);
	}
}

static int at(Slapi_RDN *rdn, int i, const char **out, int flag)
{
	char **list = rdn ? (flag == ALL_NRDNS ? rdn->all_nrdns : rdn->all_rdns) : NULL;

	if (out)
		*out = NULL;
	if (out == NULL || list == NULL || i < 0 || (size_t)i >= cshim_array_len(list))
		return -1;
	*out = list[i];
	return i;
}

int slapi_rdn_get_first_ext(Slapi_RDN *srdn, const char **firstrdn, int flag)
{
	return at(srdn, 0, firstrdn, flag);
}

int slapi_rdn_get_last_ext(Slapi_RDN *srdn, const char **lastrdn, int flag)
{
	return at(srdn, srdn ? (int)cshim_array_len(srdn->all_rdns) - 1 : -1, lastrdn, flag);
}

int slapi_rdn_get_next_ext(Slapi_RDN *srdn, int idx, const char **nextrdn, int flag)
{
	return at(srdn, idx < 0 ? -1 : idx + 1, nextrdn, flag);
}

int slapi_rdn_get_prev_ext(Slapi_RDN *srdn, int idx, const char **prevrdn, int flag)
{
	return at(srdn, idx - 1, prevrdn, flag);
}

/* The whole name. GIVEN. */
int slapi_rdn_get_dn(Slapi_RDN *srdn, char **dn)
{
	char *out = NULL;
	size_t len = 0;

	if (srdn == NULL || dn == NULL || srdn->all_rdns == NULL)
		return -1;
	for (size_t i = 0; srdn->all_rdns[i]; i++) {
		size_t n = strlen(srdn->all_rdns[i]);
		out = cshim_realloc(out, len + n + 2);
		if (i)
			out[len++] = ',';
		memcpy(out + len, srdn->all_rdns[i], n + 1);
		len += n;
	}
	*dn = out;
	return 0;
}

/* The RDNs from idx upwards. GIVEN in *to. */
int slapi_rdn_partial_dup(Slapi_RDN *from, Slapi_RDN **to, int idx)
{
	if (from == NULL || to == NULL || idx < 0 || (size_t)idx >= cshim_array_len(from->all_rdns))
		return -1;
	*to = slapi_rdn_new();
	(*to)->all_rdns = cshim_array_dup(from->all_rdns + idx);
	(*to)->all_nrdns = cshim_array_dup(from->all_nrdns + idx);
	(*to)->rdn = cshim_strdup((*to)->all_rdns[0]);
	return 0;
}

/* Both lists grow by one RDN. */
static void append(Slapi_RDN *srdn, char *rdn, char *nrdn)
{
	size_t n = cshim_array_len(srdn->all_rdns), m = cshim_array_len(srdn->all_nrdns);

	srdn->all_rdns = cshim_realloc_array(srdn->all_rdns, n + 2, sizeof *srdn->all_rdns);
	srdn->all_rdns[n] = rdn;
	srdn->all_rdns[n + 1] = NULL;
	srdn->all_nrdns = cshim_realloc_array(srdn->all_nrdns, m + 2, sizeof *srdn->all_nrdns);
	srdn->all_nrdns[m] = nrdn;
	srdn->all_nrdns[m + 1] = NULL;
}

int slapi_rdn_add_rdn_to_all_rdns(Slapi_RDN *srdn, char *addrdn, int byref)
{
	char *norm;

	if (srdn == NULL || addrdn == NULL || *addrdn == '\0')
		return -1;
	norm = slapiGoRDNNorm(addrdn);
	append(srdn, byref ? addrdn : cshim_strdup(addrdn), norm ? norm : cshim_strdup(addrdn));
	return 0;
}

int slapi_rdn_add_srdn_to_all_rdns(Slapi_RDN *srdn, Slapi_RDN *addsrdn)
{
	if (srdn == NULL || addsrdn == NULL)
		return -1;
	if (addsrdn->all_rdns == NULL)
		return addsrdn->rdn ? slapi_rdn_add_rdn_to_all_rdns(srdn, addsrdn->rdn, 0) : -1;
	for (size_t i = 0; addsrdn->all_rdns[i]; i++)
		append(srdn, cshim_strdup(addsrdn->all_rdns[i]), cshim_strdup(addsrdn->all_nrdns[i]));
	return 0;
}
