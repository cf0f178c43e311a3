/* Databases as plug-ins see them. The objects are made by Go from the server's
 * list and live for ever; a plug-in may make its own with slapi_be_new. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dialect.h"
#include "host.h"
#include "host_goside.h"
#include "objects.h"

Slapi_Backend *slapi_be_select_exact(const Slapi_DN *sdn)
{
	const char *ndn = sdn ? slapi_sdn_get_ndn(sdn) : NULL;
	return ndn ? slapiGoBackendFor((char *)ndn, 1) : NULL;
}

static struct slapi_backend default_backend;
static struct slapi_dn *no_suffixes[1];

/* The database of names that no suffix holds; compared by its address only. */
Slapi_Backend *defbackend_get_backend(void)
{
	default_backend.be_name = "DirectoryServerDefaultBackend";
	default_backend.be_type = "default";
	default_backend.be_suffixes = no_suffixes;
	return &default_backend;
}

Slapi_Backend *slapi_be_select(const Slapi_DN *sdn)
{
	int is_389 = cshim_dialect(CSHIM_CALLER()) == CSHIM_389;
	const char *ndn = sdn ? slapi_sdn_get_ndn(sdn) : NULL;
	Slapi_Backend *be = ndn ? slapiGoBackendFor((char *)ndn, 0) : NULL;

	return be || !is_389 ? be : defbackend_get_backend();
}

Slapi_Backend *slapi_mapping_tree_find_backend_for_sdn(Slapi_DN *sdn)
{
	const char *ndn = sdn ? slapi_sdn_get_ndn(sdn) : NULL;
	Slapi_Backend *be = ndn ? slapiGoBackendFor((char *)ndn, 0) : NULL;

	return be ? be : defbackend_get_backend();
}

int slapi_be_exist(const Slapi_DN *sdn)
{
	const char *ndn = sdn ? slapi_sdn_get_ndn(sdn) : NULL;
	return ndn && slapiGoBackendFor((char *)ndn, 0) != NULL;
}

Slapi_Backend *slapi_be_select_by_instance_name(const char *name)
{
	return name ? slapiGoBackendNamed((char *)name) : NULL;
}

/* The cookie is the caller's to free. */
Slapi_Backend *slapi_get_first_backend(char **cookie)
{
	Slapi_Backend *be = slapiGoBackendAt(0);

	if (!cookie)
		return NULL;
	*cookie = slapi_ch_calloc(1, sizeof(int));
	return be;
}

Slapi_Backend *slapi_get_next_backend(char *cookie)
{
	int *i = (int *)(void *)cookie;

	if (!i)
		return NULL;
	(*i)++;
	return slapiGoBackendAt(*i);
}

/* The node is a place in the list of all suffixes: the database's index and,
 * in the low 16 bits, the suffix's index plus one. */
static Slapi_DN *suffix_from(void **node, int show_private, uintptr_t at)
{
	uintptr_t b = at >> 16, s = at & 0xffff;

	for (;; b++, s = 0) {
		Slapi_Backend *be = slapiGoBackendAt((int)b);
		size_t n = 0;
		if (!be)
			break;
		if (be->be_private && !show_private)
			continue;
		while (be->be_suffixes[n])
			n++;
		if (s < n) {
			*node = (void *)(b << 16 | (s + 1));
			return be->be_suffixes[s];
		}
	}
	*node = NULL;
	return NULL;
}

Slapi_DN *slapi_get_first_suffix(void **node, int show_private)
{
	return node ? suffix_from(node, show_private, 0) : NULL;
}

Slapi_DN *slapi_get_next_suffix(void **node, int show_private)
{
	if (!node || !*node)
		return NULL;
	return suffix_from(node, show_private, (uintptr_t)*node);
}

Slapi_DN *slapi_get_next_suffix_ext(void **node, int show_private)
{
	return slapi_get_next_suffix(node, show_private);
}

const Slapi_DN *slapi_get_suffix_by_dn(const Slapi_DN *dn)
{
	const char *ndn = dn ? slapi_sdn_get_ndn(dn) : NULL;
	Slapi_Backend *be = ndn ? slapiGoBackendFor((char *)ndn, 0) : NULL;

	for (struct slapi_dn **s = be ? be->be_suffixes : NULL; s && *s; s++)
		if (slapi_sdn_issuffix(dn, *s))
			return *s;
	return NULL;
}

int slapi_is_root_suffix(Slapi_DN *dn)
{
	return slapi_be_select_exact(dn) != NULL;
}

const Slapi_DN *slapi_be_getsuffix(Slapi_Backend *be, int n)
{
	if (!be || n < 0)
		return NULL;
	for (int i = 0; be->be_suffixes && be->be_suffixes[i]; i++)
		if (i == n)
			return be->be_suffixes[i];
	return NULL;
}

int slapi_be_issuffix(const Slapi_Backend *be, const Slapi_DN *suffix)
{
	for (int i = 0; be && be->be_suffixes && be->be_suffixes[i]; i++)
		if (slapi_sdn_compare(be->be_suffixes[i], suffix) == 0)
			return 1;
	return 0;
}

void slapi_be_addsuffix(Slapi_Backend *be, const Slapi_DN *suffix)
{
	size_t n = 0;

	if (!be || !suffix)
		return;
	while (be->be_suffixes && be->be_suffixes[n])
		n++;
	be->be_suffixes = (struct slapi_dn **)slapi_ch_realloc((char *)be->be_suffixes, (n + 2) * sizeof *be->be_suffixes);
	be->be_suffixes[n] = slapi_sdn_dup(suffix);
	be->be_suffixes[n + 1] = NULL;
}

char *slapi_be_get_name(Slapi_Backend *be)
{
	return be ? be->be_name : NULL;
}

const char *slapi_be_gettype(Slapi_Backend *be)
{
	return be ? be->be_type : NULL;
}

int slapi_be_get_readonly(Slapi_Backend *be)
{
	return be ? be->be_readonly : 0;
}

void slapi_be_set_readonly(Slapi_Backend *be, int readonly)
{
	if (be)
		be->be_readonly = readonly != 0;
}

int slapi_be_private(Slapi_Backend *be)
{
	return be ? be->be_private : 0;
}

int slapi_be_logchanges(Slapi_Backend *be)
{
	return be && !be->be_private;
}

int slapi_be_is_flag_set(Slapi_Backend *be, int flag)
{
	return be ? be->be_flags & flag : 0;
}

void slapi_be_set_flag(Slapi_Backend *be, int flag)
{
	if (be)
		be->be_flags |= flag;
}

void slapi_be_unset_flag(Slapi_Backend *be, int flag)
{
	if (be)
		be->be_flags &= ~flag;
}

void *slapi_be_get_instance_info(Slapi_Backend *be)
{
	return be ? be->be_instance_info : NULL;
}

void slapi_be_set_instance_info(Slapi_Backend *be, void *data)
{
	if (be)
		be->be_instance_info = data;
}

void be_set_sizelimit(Slapi_Backend *be, int sizelimit)
{
	if (be)
		be->be_sizelimit = sizelimit;
}

void be_set_timelimit(Slapi_Backend *be, int timelimit)
{
	if (be)
		be->be_timelimit = timelimit;
}

int slapi_x_backend_get_flags(const Slapi_Backend *be, unsigned long *flags)
{
	if (!be || !flags)
		return -1;
	*flags = (unsigned long)be->be_flags;
	return 0;
}

const char *slapi_x_be_get_updatedn(Slapi_Backend *be)
{
	(void)be;
	return ""; /* no database has one: replication acts as the root DN */
}

/* A referral of 389's mapping tree for changes: there are none here, where a
 * database refers its clients itself. */
int slapi_dn_write_needs_referral(Slapi_DN *target_sdn, Slapi_Entry **referral)
{
	(void)target_sdn;
	if (referral)
		*referral = NULL;
	return 0;
}
