/*
 * struct cshim_plugin: one registered plug-in, as its init function and later
 * slapi_pblock_set calls made it. The host makes it (cshim_plugin_new), the
 * pblock code writes functions and values into it, the dispatcher walks it.
 */
#ifndef CSHIM_PLUGIN_H
#define CSHIM_PLUGIN_H

#include "objects.h"
#include "dialect.h"

/* Room for every *_FN parameter of both dialects; cshim_slot_count() tells how many there are. */
#define CSHIM_SLOT_MAX 256

typedef int (*cshim_fn)(Slapi_PBlock *);

struct cshim_plugin {
	char *name;               /* owned */
	char *type_name;          /* "preoperation", owned */
	int type;                 /* SLAPI_PLUGIN_* type number of the dialect, 0 unknown */
	int dialect;
	int precedence;
	int enabled;
	void *priv;               /* SLAPI_PLUGIN_PRIVATE */
	void *audit;              /* SLAPI_PLUGIN_AUDIT_DATA */
	void *object;             /* SLAPI_PLUGIN_OBJECT outside of a matching-rule call */
	struct slapi_componentid identity;
	int argc;
	char **argv;              /* owned, NULL-terminated */
	char *version;            /* SLAPI_PLUGIN_VERSION, lent by the plug-in */
	Slapi_PluginDesc desc;    /* copy */
	Slapi_PluginDesc *desc_given; /* the pointer that was set: OpenLDAP's get gives it back */
	cshim_fn fn[CSHIM_SLOT_MAX]; /* by slot */
	unsigned char touched[CSHIM_SLOT_MAX]; /* the slot was set at least once */
	char **ext_oids;          /* SLAPI_PLUGIN_EXT_OP_OIDLIST, copy */
	char **ext_names;         /* SLAPI_PLUGIN_EXT_OP_NAMELIST, copy */
	char *pwd_name;           /* SLAPI_PLUGIN_PWD_STORAGE_SCHEME_NAME, copy */
	char **syntax_names;      /* copy */
	char *syntax_oid;         /* copy */
	int syntax_flags;
	char **mr_names;          /* copy */
	int mr_flags;
	int no_acl;               /* SLAPI_PLUGIN_DB_NO_ACL */
	int db_flags;             /* SLAPI_X_DB_FLAGS */
	Slapi_Entry *config_entry;/* owned */
	char *config_area;        /* owned */
	struct cshim_plugin *parent; /* the plug-in whose slapi_register_plugin made it, else NULL */
	uintptr_t handle;         /* the host's Go side */
	struct cshim_plugin *next;
	void *host;               /* for the host's own use */
};

/* GIVEN: a new plug-in with identity and dialect filled, everything copied. */
struct cshim_plugin *cshim_plugin_new(const char *name, const char *type_name, int dialect);
void cshim_plugin_free(struct cshim_plugin *p);
void cshim_plugin_set_args(struct cshim_plugin *p, int argc, char **argv); /* copies */

/* Type number for a type name in any case, of the given dialect; 0 unknown.
 * cshim_plugin_type_name is the reverse (lower case, static), NULL unknown. */
int cshim_plugin_type(const char *type_name, int dialect);
const char *cshim_plugin_type_name(int type, int dialect);

/* Dense slot of a function parameter (the canonical number of pblock.h), -1 for
 * what is no function parameter of a plug-in. cshim_param_of_slot is the reverse. */
int cshim_slot_of_param(int id);
int cshim_param_of_slot(int slot);
int cshim_slot_count(void);

/* The function a plug-in registered for a parameter, NULL for none. */
cshim_fn cshim_plugin_fn(const struct cshim_plugin *p, int id);

/* Tells whether a plug-in of this 389 type may register the function. */
int cshim_type_owns_param(int type, int id);

/* Password scheme functions, typed. */
typedef char *(*cshim_pwd_enc_fn)(const char *);
typedef int (*cshim_pwd_cmp_fn)(const char *, const char *);
typedef char *(*cshim_pwd_dec_fn)(char *, char *);

#endif
