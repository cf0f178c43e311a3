/*
 * The hot objects of SLAPI as C structs, in the layout that compiled 389
 * plug-ins have baked in (offsets of Slapi_DN, Slapi_Value, Slapi_Attr,
 * Slapi_Entry, ... are used by plug-ins that keep these objects on their stack
 * or read a field). Fields that no plug-in touches carry data of our own.
 *
 * All memory is from malloc and is released with free. An object belongs to
 * one thread at a time; sharing needs the caller's lock.
 */
#ifndef CSHIM_OBJECTS_H
#define CSHIM_OBJECTS_H

#include <stddef.h>
#include <stdint.h>
#include <slapi-plugin.h>

/* Slapi_DN: the three forms of a name, each made when first asked for. */
struct slapi_dn {
	unsigned char flag;     /* CSHIM_DN_* */
	const char *udn;        /* as given */
	const char *dn;         /* pretty form; NULL until asked for */
	const char *ndn;        /* normal form; NULL until asked for */
	int ndn_len;
};
#define CSHIM_DN_ALLOCATED 0x01 /* the struct itself is from slapi_sdn_new */
#define CSHIM_DN_OWNS_DN   0x02
#define CSHIM_DN_OWNS_NDN  0x04
#define CSHIM_DN_OWNS_UDN  0x08
#define CSHIM_DN_INVALID   0x10 /* udn was found not to be a DN: dn and ndn hold it as given */

/* Slapi_RDN: rdn is the text of the leaf RDN; rdns its AVAs as "type=value"
 * strings, made when first asked for. all_rdns is used by the *_all_* calls:
 * every RDN of a DN, leaf first. */
struct slapi_rdn {
	unsigned char flag;     /* CSHIM_RDN_* */
	char *rdn;
	char **rdns;            /* unescaped "type=value", own memory */
	int exploded;           /* rdns is up to date */
	char *nrdn;             /* normal form of rdn, made when asked for */
	char **all_rdns;
	char **all_nrdns;
};
#define CSHIM_RDN_ALLOCATED 0x01

/* Slapi_Value. A NUL that bv_len does not count follows the bytes. Bytes that
 * lie right behind the struct are part of its block (value.c). */
struct slapi_value {
	struct berval bv;
	void *v_csnset;
	unsigned long v_flags;
};

/* Slapi_ValueSet: va has num values and a NULL, room for max pointers. max 0
 * with a va: the array is part of the attribute's block. */
struct slapi_value_set {
	size_t num;
	size_t max;
	size_t *sorted;
	struct slapi_value **va;
};

/* In sorted, which we do not use: the set inside an attribute that a plug-in was lent. */
#define CSHIM_SET_LENT ((size_t *)0x5e701)

struct cshim_type; /* what the schema knows of a type, see types.h */

struct slapi_attr {
	char *a_type;                            /* description: type and options */
	struct slapi_value_set a_present_values;
	unsigned long a_flags;                   /* SLAPI_ATTR_FLAG_* of the type, and CSHIM_ATTR_* */
	const struct cshim_type *a_info;         /* NULL until asked for */
	struct slapi_value_set a_deleted_values;
	void *a_listtofree;                      /* berval arrays that die with the attribute */
	struct slapi_attr *a_next;
	void *a_deletioncsn;
	uintptr_t a_own[3];       /* [0] attr.c, [1] filter_test.c, [2] CSHIM_ATTR_* */
};
#define CSHIM_ATTR_LINKED 1 /* part of an entry: slapi_attr_free ignores it */

struct slapi_entry {
	struct slapi_dn e_sdn;
	struct slapi_rdn e_srdn;
	char *e_uniqueid;         /* nsUniqueId, owned; kept beside the attribute */
	void *e_dncsnset;
	void *e_maxcsn;
	struct slapi_attr *e_attrs;
	struct slapi_attr *e_deleted_attrs;
	struct slapi_attr *e_virtual_attrs;
	uint64_t e_id;            /* the database's id, 0 for an entry that is not stored */
	void *e_lock;
	void *e_extension;        /* object extensions, owned by the host side */
	unsigned char e_flags;    /* SLAPI_ENTRY_FLAG_* */
	unsigned char e_own;      /* CSHIM_ENTRY_* */
	struct slapi_attr *e_aux_attrs;
};
#define CSHIM_ENTRY_FREED 0x80 /* by slapi_entry_free, and kept for a while (mem.h) */
#define CSHIM_ENTRY_LENT 0x01 /* slapi_entry_free ignores it: the server owns it */

struct slapi_mods {
	LDAPMod **mods;
	int num_elements;         /* room, the NULL included */
	int num_mods;
	int iterator;
	int free_mods;            /* the mods and their array are ours */
};

struct slapi_mod {
	LDAPMod *mod;
	int num_elements;
	int num_values;
	int iterator;
	int free_mod;
};

/* struct slapi_componentid: what SLAPI_PLUGIN_IDENTITY gives. */
struct slapi_componentid {
	const void *sci_magic;
	struct cshim_plugin *sci_plugin;
	char *sci_component_name;
};

/* What SLAPI_TARGET_ADDRESS gives. */
struct entry_address {
	char *udn;
	char *uniqueid;
	struct slapi_dn *sdn;
};
typedef struct entry_address entry_address;

struct slapi_operation {
	char own_0[80];
	struct slapi_dn o_sdn;    /* bind DN of the operation */
	char own_120[12];
	int o_opid;
	uint64_t o_connid;
	char own_144[80];
	void *o_extension;        /* object extensions, 389 up to 2.x */
	void *o_extension_new;    /* the same where newer plug-ins look for it */
	char own_240[240];
	/* behind 389's size: our own */
	uintptr_t handle;         /* the Go operation, 0 for one made by operation_new */
	unsigned long type;       /* SLAPI_OPERATION_* */
	unsigned long tag;        /* LDAP_REQ_* */
	long flags;               /* SLAPI_OP_FLAG_* and the like */
	int msgid;
	int is_root;
	struct slapi_dn *target_spec; /* owned */
	struct slapi_pblock *pb;
	unsigned long notes;
	char *authtype;           /* owned */
	uintptr_t spare[4];
	struct timespec initiated; /* when it came, on the real clock */
	struct timespec came, begun; /* the same, and when work on it began, on the monotonic one */
};

struct slapi_backend {
	char own_0[112];
	char *be_name;
	char own_120[56];
	void *be_usn_counter;
	char own_184[8];
	/* behind 389's size: our own */
	char *be_type;
	struct slapi_dn **be_suffixes; /* NULL-terminated */
	int be_readonly;
	int be_private;
	int be_lastmod;
	int be_sizelimit;
	int be_timelimit;
	int be_flags;
	int be_opaque;            /* index in the host's list */
	void *be_instance_info;
	struct cshim_database *be_database; /* the plug-in that serves it, see database.h; NULL: the server itself */
	uintptr_t spare[7];
};

/* The connection is opaque everywhere; the host fills it. */
struct slapi_connection {
	uintptr_t handle;         /* the Go connection */
	uint64_t c_connid;
	void *c_extension;
	uintptr_t spare[8];
};

#define CSHIM_AT(type, field, offset) _Static_assert(offsetof(struct type, field) == (offset), #type "." #field)
#define CSHIM_SIZE(type, size) _Static_assert(sizeof(struct type) == (size), "size of " #type)
CSHIM_AT(slapi_dn, flag, 0); CSHIM_AT(slapi_dn, udn, 8); CSHIM_AT(slapi_dn, dn, 16);
CSHIM_AT(slapi_dn, ndn, 24); CSHIM_AT(slapi_dn, ndn_len, 32); CSHIM_SIZE(slapi_dn, 40);
CSHIM_SIZE(slapi_rdn, 56);
CSHIM_AT(slapi_value, bv, 0); CSHIM_AT(slapi_value, v_csnset, 16); CSHIM_AT(slapi_value, v_flags, 24);
CSHIM_SIZE(slapi_value, 32);
CSHIM_AT(slapi_value_set, num, 0); CSHIM_AT(slapi_value_set, max, 8); CSHIM_AT(slapi_value_set, sorted, 16);
CSHIM_AT(slapi_value_set, va, 24); CSHIM_SIZE(slapi_value_set, 32);
CSHIM_AT(slapi_attr, a_type, 0); CSHIM_AT(slapi_attr, a_present_values, 8); CSHIM_AT(slapi_attr, a_flags, 40);
CSHIM_AT(slapi_attr, a_deleted_values, 56); CSHIM_AT(slapi_attr, a_listtofree, 88);
CSHIM_AT(slapi_attr, a_next, 96); CSHIM_SIZE(slapi_attr, 136);
CSHIM_AT(slapi_entry, e_sdn, 0); CSHIM_AT(slapi_entry, e_srdn, 40); CSHIM_AT(slapi_entry, e_uniqueid, 96);
CSHIM_AT(slapi_entry, e_attrs, 120); CSHIM_AT(slapi_entry, e_flags, 168); CSHIM_SIZE(slapi_entry, 184);
CSHIM_AT(slapi_mods, mods, 0); CSHIM_AT(slapi_mods, num_elements, 8); CSHIM_AT(slapi_mods, num_mods, 12);
CSHIM_AT(slapi_mods, iterator, 16); CSHIM_AT(slapi_mods, free_mods, 20); CSHIM_SIZE(slapi_mods, 24);
CSHIM_AT(slapi_mod, mod, 0); CSHIM_AT(slapi_mod, num_elements, 8); CSHIM_AT(slapi_mod, num_values, 12);
CSHIM_AT(slapi_mod, iterator, 16); CSHIM_AT(slapi_mod, free_mod, 20); CSHIM_SIZE(slapi_mod, 24);
CSHIM_AT(slapi_componentid, sci_plugin, 8); CSHIM_AT(slapi_componentid, sci_component_name, 16);
CSHIM_SIZE(slapi_componentid, 24);
CSHIM_AT(entry_address, udn, 0); CSHIM_AT(entry_address, uniqueid, 8); CSHIM_AT(entry_address, sdn, 16);
CSHIM_SIZE(entry_address, 24);
CSHIM_AT(slapi_operation, o_sdn, 80); CSHIM_AT(slapi_operation, o_opid, 132); CSHIM_AT(slapi_operation, o_connid, 136);
CSHIM_AT(slapi_operation, o_extension, 224); CSHIM_AT(slapi_operation, o_extension_new, 232);
CSHIM_AT(slapi_operation, handle, 480);
CSHIM_AT(slapi_backend, be_name, 112); CSHIM_AT(slapi_backend, be_usn_counter, 176);
CSHIM_AT(slapi_backend, be_type, 192);

/*
 * Digest of everything that a plug-in could have changed in place, so that the
 * host reads an object back only when it changed. 0 for NULL.
 */
uint64_t cshim_entry_digest(const Slapi_Entry *e);
uint64_t cshim_mods_digest(LDAPMod *const *mods);

/* Building blocks for the Go side: they take malloc'ed memory over (TAKEN). */
Slapi_Attr *cshim_entry_append_attr(Slapi_Entry *e, const char *type, int room);
int cshim_attr_append_bytes(Slapi_Attr *a, const void *bytes, size_t len);

/* A berval array or mods array as the libraries make them, in one style. */
void cshim_mods_free(LDAPMod **mods);
LDAPMod **cshim_mods_dup(LDAPMod *const *mods);
void cshim_controls_free(LDAPControl **ctrls);
LDAPControl **cshim_controls_dup(LDAPControl *const *ctrls);

#endif
