/*
 * Functions of the object layer that are written in Go (libslapi/object_*.go,
 * with //export; the cgo preamble there includes this header, so that the
 * compiler checks the prototypes). Types carry no const, because cgo writes none.
 *
 * Strings given to Go are borrowed for the call. Strings that Go returns come
 * from malloc (GIVEN). No function unwinds into C; on an internal failure the
 * error result is returned.
 */
#ifndef CSHIM_GOSIDE_H
#define CSHIM_GOSIDE_H

#include "objects.h"
#include "types.h"

/* Implemented by the host (host_*.go): put the parameter's value with
 * cshim_pblock_put_* and answer 0; 1: known, but there is none now (get gives
 * 0/NULL and success); -1: get fails. id is canonical. */
extern int slapiGoPblockFill(Slapi_PBlock *pb, int id);

/* Which pretty form: as 389 (AVAs in the order given) or as OpenLDAP (AVAs sorted). */
#define CSHIM_DNFORM_389      0
#define CSHIM_DNFORM_OPENLDAP 1

/* Pretty and normal form of a DN (either pointer may be NULL). 0, or -1 when
 * text is not a DN; outputs are then untouched. */
extern int slapiGoDN(char *text, size_t len, int form, char **pretty, char **norm);
/* An RDN split into AVAs: n types and n unescaped values, arrays from malloc. -1 bad. */
extern int slapiGoRDNExplode(char *rdn, char ***types, struct berval **values, int *n);
/* The normal form of one RDN. NULL when it is none. */
extern char *slapiGoRDNNorm(char *rdn);

/* What the schema knows of a type: fills *t (strings from malloc). 0, or -1 for
 * an unknown type, for which *t is filled with defaults too. */
extern int slapiGoType(char *name, struct cshim_type *t);
extern uint64_t slapiGoSchemaGeneration(void);
/* The same of an object class: fills names (an array from malloc) and all. 0, or -1 for an unknown one. */
extern int slapiGoClass(char *name, struct cshim_class *c);
/* Compares two values by the type's equality (kind 0) or ordering (1) rule:
 * *result negative, 0, positive. 0, or -1 when a value breaks the syntax
 * (compared as bytes then). */
extern int slapiGoCompare(char *type, int kind, void *a, size_t alen, void *b, size_t blen, int *result);
/* Index of the value that equals v, -1 none. */
extern int slapiGoFind(char *type, Slapi_Value **va, int num, void *v, size_t vlen);
/* Normal form of a value by the equality rule of type; GIVEN, NULL when there is none. */
extern int slapiGoNormalizeValue(char *type, void *v, size_t vlen, char **out, size_t *outlen);
/* 0 valid per syntax, 1 not, -1 unknown type. */
extern int slapiGoNormalText(char *type, void *v, size_t vlen, char **out, size_t *outlen);
extern char **slapiGoSounds(void *v, size_t vlen);
extern int slapiGoRule(char *name, char *syntax);
extern int slapiGoValidate(char *type, void *v, size_t vlen);

extern Slapi_Entry *slapiGoStr2Entry(char *dn, char *text, size_t len, int flags, int dialect);
/* LDAP result code; *text GIVEN message or NULL. */
extern int slapiGoSchemaCheck(Slapi_Entry *e, int dialect, char **text);
extern int slapiGoSyntaxCheck(Slapi_Entry *e, char **text);
extern int slapiGoModsSyntaxCheck(LDAPMod **mods, char **text);
extern int slapiGoDNSyntaxCheck(char *dn, int override);
/* Makes objectClass whole: adds superclasses that are missing. */
extern int slapiGoAddSuperclasses(Slapi_Entry *e);
/* 1 yes, 0 no, -1 cannot tell (no server). */
extern int slapiGoHasChildren(char *ndn);

#endif
