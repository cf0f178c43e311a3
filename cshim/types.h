/*
 * A C-side table of what the schema knows of attribute types, so that walking
 * attributes by name or alias and comparing plain values costs no crossing.
 * Rows are made by slapiGoType when a name is first met and live for ever; a
 * changed schema starts a new generation of rows.
 */
#ifndef CSHIM_TYPES_H
#define CSHIM_TYPES_H

#include <stddef.h>
#include <stdint.h>

/* How equal values are told apart for plain ASCII text. */
enum cshim_compare {
	CSHIM_CMP_GO = 0,      /* ask Go */
	CSHIM_CMP_EXACT,       /* blanks matter little, case counts */
	CSHIM_CMP_IGNORE,      /* case-insensitive */
	CSHIM_CMP_BYTES        /* bytes are the key */
};

struct cshim_type {
	char *name;            /* canonical spelling, without options */
	char *oid;
	char *syntax_oid;
	char **names;          /* all names, NULL-terminated; NULL for an unknown type */
	uint64_t id;           /* equal for all names of one type; 0 unknown */
	unsigned long flags;   /* SLAPI_ATTR_FLAG_* */
	int compare;           /* enum cshim_compare */
	int is_dn;             /* values are names */
	int known;
	int malformed;         /* the name is none: neither letters and digits nor an OID */
	int is_class;          /* values name object classes, of which a filter takes subclasses too */
	int computed;          /* entries may have a value that they do not store */
	int pieces;            /* enum cshim_compare: how plain ASCII substrings are found */
	int naming;            /* enum cshim_compare: how plain ASCII values are compared in a name */
	size_t name_len;
	uint64_t sup[8];       /* ids of the supertypes, nearest first, 0 ends */
	char *equality_oid;    /* NULL without a rule */
	char *ordering_oid;
	char *substr_oid;
	uint64_t generation;
	struct cshim_type *next;
};

/* LENT for ever; never NULL. desc may carry options, which are ignored. */
const struct cshim_type *cshim_type_of(const char *desc);
const struct cshim_type *cshim_type_of_n(const char *desc, size_t n); /* desc need not end there */

/* An object class: how it and all classes below it may be named in objectClass. */
struct cshim_class {
	char **names;
	size_t *lens, n;
	int all;               /* 0: there are too many to list */
	uint64_t generation;
	struct cshim_class *next;
	char *key;
};

/* LENT for ever; NULL for an unknown class. */
const struct cshim_class *cshim_class_of(const char *name, size_t n);

extern _Atomic uint64_t cshim_generation;
static inline uint64_t cshim_types_generation(void)
{
	return __atomic_load_n((uint64_t *)&cshim_generation, __ATOMIC_RELAXED);
}
/* A new schema is active: rows made before count no longer. */
void cshim_types_changed(uint64_t generation, int compat389);
/* Does the schema show names as they were written? */
int cshim_compat389(void);

#endif
