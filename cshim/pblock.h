/*
 * The parameter block. Parameters are kept sparsely: one descriptor table says
 * for each number its class in each dialect, who owns what is set, and where
 * it lives (in the pblock, in the current plug-in, or derived from another
 * parameter).
 *
 * Numbers here are canonical: 389's, except that the few numbers that mean two
 * things get CSHIM_PB_* values of their own. slapi_pblock_get/set translate
 * the caller's number by its dialect.
 */
#ifndef CSHIM_PBLOCK_H
#define CSHIM_PBLOCK_H

#include "objects.h"
#include "plugin.h"

/* Canonical numbers of parameters whose public number is ambiguous. */
#define CSHIM_PB_OPERATION_ID       744  /* OpenLDAP 742, 389 744 */
#define CSHIM_PB_BE_MAXNESTLEVEL  10742  /* 389 742 */
#define CSHIM_PB_IS_INTERNAL        748  /* OpenLDAP 748 */
#define CSHIM_PB_CONN_SASL_SSF    10748  /* 389 748 */
#define CSHIM_PB_INTERNAL_PRE_BIND_FN 424 /* OpenLDAP 1260 */

/* A pblock of no operation (0) or of the Go operation with this handle. */
Slapi_PBlock *cshim_pblock_new(uintptr_t handle);
uintptr_t cshim_pblock_handle(const Slapi_PBlock *pb);
void cshim_pblock_set_handle(Slapi_PBlock *pb, uintptr_t handle);
/* The plug-in on whose behalf get and set work now. May be NULL. Returns the one before. */
struct cshim_plugin *cshim_pblock_set_plugin(Slapi_PBlock *pb, struct cshim_plugin *p);
struct cshim_plugin *cshim_pblock_plugin(const Slapi_PBlock *pb);

/*
 * For the host: store a value (filled, not dirty). A filled pointer is lent
 * unless it is put with cshim_pblock_put_own, whose free function is called
 * when the value is replaced by another put, or the pblock goes. Strings: *_put_str copies.
 * TARGET_DN, NEWSUPERIOR, REQUESTOR_DN/NDN are derived in C: put the SDNs
 * (47, 103, 852) only. OPERATION_TYPE (590) takes the SLAPI_OPERATION_* bit;
 * OpenLDAP callers are given the LDAP_REQ_* tag of it. BIND_METHOD (70),
 * OPERATION_ID (744), CONN_ID (139), OPINITIATED_TIME (140) and MSGID (591) are long.
 * All answer 0, or -1 for an unknown number.
 */
int cshim_pblock_put_ptr(Slapi_PBlock *pb, int id, void *p);
int cshim_pblock_put_own(Slapi_PBlock *pb, int id, void *p, void (*free_fn)(void *));
int cshim_pblock_put_str(Slapi_PBlock *pb, int id, const char *s);
int cshim_pblock_put_int(Slapi_PBlock *pb, int id, int v);
int cshim_pblock_put_long(Slapi_PBlock *pb, int id, long v);
/* Forget a value, so that the next get fills it again. */
void cshim_pblock_forget(Slapi_PBlock *pb, int id);
/* Free functions for cshim_pblock_put_own. */
void cshim_free_sdn(void *sdn);
void cshim_free_entry(void *entry);
void cshim_free_mods(void *mods);
void cshim_free_controls(void *controls);
void cshim_free_berval(void *bv);
void cshim_free_charray(void *array);
void cshim_free_plain(void *block);

/* What is stored now, without filling: 0 when there is none. */
void *cshim_pblock_ptr(const Slapi_PBlock *pb, int id);
long cshim_pblock_num(const Slapi_PBlock *pb, int id);
int cshim_pblock_is_filled(const Slapi_PBlock *pb, int id);
int cshim_pblock_is_dirty(const Slapi_PBlock *pb, int id);

/*
 * What plug-ins set since the last cshim_pblock_clean. *iter starts at 0; gives
 * canonical numbers, -1 at the end. Derived ones show as what they derive from
 * (a set TARGET_DN shows as 47).
 */
int cshim_pblock_next_dirty(const Slapi_PBlock *pb, int *iter);
int cshim_pblock_any_dirty(const Slapi_PBlock *pb);
void cshim_pblock_clean(Slapi_PBlock *pb, int id); /* id -1: all */

/* Keep a block until the pblock is destroyed. TAKEN. */
void cshim_pblock_keep(Slapi_PBlock *pb, void *p, void (*free_fn)(void *));

/* get and set with the dialect given: the host's own C code uses these. Public
 * numbers of that dialect. */
int cshim_pblock_get(Slapi_PBlock *pb, int id, void *value, int dialect);
int cshim_pblock_set(Slapi_PBlock *pb, int id, void *value, int dialect);

#endif
