/* struct cshim_plugin: see plugin.h. */
#include "plugin.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "pblock.h"

static const struct type {
	const char *name;
	int openldap, ds389;
} types[] = {
	{ "database", 1, 1 },
	{ "extendedop", 2, 2 },
	{ "preoperation", 3, 3 },
	{ "postoperation", 4, 4 },
	{ "matchingrule", 5, 5 },
	{ "syntax", 6, 6 },
	{ "audit", 7, 0 },
	{ "accesscontrol", 0, 7 },
	{ "acl", 0, 7 },
	{ "bepreoperation", 8, 8 },
	{ "bepostoperation", 9, 9 },
	{ "entry", 10, 10 },
	{ "object", 11, 11 },
	{ "internalpreoperation", 12, 12 },
	{ "internalpostoperation", 13, 13 },
	{ "pwdstoragescheme", 14, 14 },
	{ "vattrsp", 15, 15 },
	{ "reverpwdstoragescheme", 16, 16 },
	{ "ldbmentryfetchstore", 17, 17 },
	{ "index", 18, 18 },
	{ "betxnpreoperation", 19, 19 },
	{ "betxnpostoperation", 20, 20 },
	{ "betxnextendedop", 21, 21 },
	{ "preextendedop", 22, 22 },
	{ "postextendedop", 23, 23 },
	{ "mmr", 24, 24 },
};

#define TYPES (sizeof types / sizeof types[0])

int cshim_plugin_type(const char *type_name, int dialect)
{
	for (size_t i = 0; type_name && i < TYPES; i++)
		if (strcasecmp(types[i].name, type_name) == 0)
			return dialect == CSHIM_389 ? types[i].ds389 : types[i].openldap;
	return 0;
}

const char *cshim_plugin_type_name(int type, int dialect)
{
	for (size_t i = 0; type > 0 && i < TYPES; i++)
		if ((dialect == CSHIM_389 ? types[i].ds389 : types[i].openldap) == type)
			return types[i].name;
	return NULL;
}

struct cshim_plugin *cshim_plugin_new(const char *name, const char *type_name, int dialect)
{
	struct cshim_plugin *p = cshim_calloc(1, sizeof *p);

	p->name = cshim_strdup(name ? name : "");
	p->type_name = cshim_strdup(type_name ? type_name : "");
	p->type = cshim_plugin_type(type_name, dialect);
	p->dialect = dialect;
	p->precedence = 50;
	p->enabled = 1;
	p->identity.sci_magic = &p->identity;
	p->identity.sci_plugin = p;
	return p;
}

void cshim_plugin_set_args(struct cshim_plugin *p, int argc, char **argv)
{
	char **copy;

	if (p == NULL || argc < 0)
		return;
	copy = cshim_calloc((size_t)argc + 1, sizeof *copy);
	for (int i = 0; argv && i < argc; i++)
		copy[i] = cshim_strdup(argv[i]);
	cshim_array_free(p->argv);
	p->argv = copy;
	p->argc = argc;
}

void cshim_plugin_free(struct cshim_plugin *p)
{
	if (p == NULL)
		return;
	free(p->name);
	free(p->type_name);
	free(p->identity.sci_component_name);
	cshim_array_free(p->argv);
	cshim_array_free(p->ext_oids);
	cshim_array_free(p->ext_names);
	free(p->pwd_name);
	cshim_array_free(p->syntax_names);
	free(p->syntax_oid);
	cshim_array_free(p->mr_names);
	slapi_entry_free(p->config_entry);
	free(p->config_area);
	free(p);
}

cshim_fn cshim_plugin_fn(const struct cshim_plugin *p, int id)
{
	int slot = cshim_slot_of_param(id);

	return p && slot >= 0 ? p->fn[slot] : NULL;
}
