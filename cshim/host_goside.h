/*
 * Functions of the host that are written in Go (libslapi/host_*.go, with
 * //export). The same rules as in goside.h: strings given to Go are borrowed
 * for the call, strings that Go returns come from malloc, nothing unwinds into C.
 */
#ifndef CSHIM_HOST_GOSIDE_H
#define CSHIM_HOST_GOSIDE_H

#include <stdint.h>

#include "objects.h"

/* Filters. */
/* 0 match, 1 no match, 2 undefined, 1000 + LDAP code for an error. access: bit 0
 * checks the right to search, bit 1 tests the right only; bit 2 counts virtual
 * attributes in. */
extern int slapiGoFilterTest(Slapi_PBlock *pb, Slapi_Entry *e, Slapi_Filter *f, int access);
extern void slapiGoFilterForget(uintptr_t handle);
/* A plug-in serves a virtual attribute from now on; NULL: none does any more. */
extern void slapiGoVattrServed(char *type);

/* Answers to the client of the operation of pb. 0, or -1 when pb has none or
 * the client has gone. */
extern int slapiGoSendResult(Slapi_PBlock *pb, int err, char *matched, char *text, struct berval **urls);
extern int slapiGoSendEntry(Slapi_PBlock *pb, Slapi_Entry *e, LDAPControl **ctrls, char **attrs, int attrsonly);
extern int slapiGoSendReference(Slapi_PBlock *pb, struct berval **urls, LDAPControl **ctrls);
extern int slapiGoSendIntermediate(Slapi_PBlock *pb, LDAPControl **ctrls, char *oid, struct berval *value);

/* Runs the internal operation that pb describes; kind is a SLAPI_OPERATION_*
 * bit, flags SLAPI_OP_FLAG_*, identity that of the caller (may be NULL). The
 * answer is the LDAP result code. The callbacks serve a search; without any,
 * entries and referrals are kept in pb. Nothing of pb but the results is changed. */
struct cshim_callbacks {
	void *data;
	plugin_result_callback result;
	plugin_search_entry_callback entry;
	plugin_referral_entry_callback referral;
};
/* pretty and norm are the forms of the target, NULL where C could not make them. */
extern int slapiGoInternal(Slapi_PBlock *pb, int kind, struct cshim_callbacks *cb, char *pretty, char *norm);

/* The log. */
extern void slapiGoLog(int level, char *subsystem, char *text);
extern int slapiGoLogEnabled(int level, int dialect);

/* Plug-ins that plug-ins register. */
extern int slapiGoRegisterPlugin(char *type, int enabled, char *symbol, void *init, char *name, char **argv,
				 void *group, int precedence);
extern int slapiGoPluginRunning(Slapi_PBlock *pb);

/* Configuration callbacks. */
extern int slapiGoConfigRegister(int operation, int flags, char *base, int scope, char *filter, void *fn, void *arg,
				 Slapi_PBlock *pb);
extern int slapiGoConfigRemove(int operation, int flags, char *base, int scope, char *filter, void *fn);

/* Tasks. */
extern int slapiGoTaskHandler(char *name, void *fn, Slapi_PBlock *pb);
extern int slapiGoTaskNoHandler(char *name, void *fn);
extern void slapiGoTaskNew(Slapi_Task *task);
/* What changed, to be shown in the task's entry. */
extern void slapiGoTaskChanged(Slapi_Task *task);
extern void slapiGoTaskEnded(Slapi_Task *task);
extern void slapiGoTaskFree(Slapi_Task *task);

/* Transactions: step 0 begin, 1 commit, 2 abort. 0 or an error. */
extern int slapiGoTxn(Slapi_PBlock *pb, int step);

/* Databases. */
extern Slapi_Backend *slapiGoBackendFor(char *ndn, int exact);
extern Slapi_Backend *slapiGoBackendAt(int i);
extern Slapi_Backend *slapiGoBackendNamed(char *name);

/* Whether a database has this name, in normal form, as its root DN. */
extern int slapiGoIsRoot(char *ndn);

/* Calls the function with this parameter number of every database plug-in. */
extern void slapiGoBroadcast(int function, Slapi_PBlock *pb);

/* A character in lower or upper case. */
extern uint32_t slapiGoRuneCase(uint32_t c, int upper);

/* See slapi_x_attr_key; name and key may be NULL, both are new. */
extern int slapiGoAttrKey(char *desc, void *value, size_t len, char **name, char **key, size_t *keylen);

/* Server facts. */
extern int slapiGoShuttingDown(void);
extern char *slapiGoSetting(char *attr);
extern void slapiGoRegisterControl(char *oid, unsigned long ops);
extern void slapiGoRegisterSASL(char *name);
/* what: 0 controls (with *ops), 1 extended operations, 2 SASL mechanisms, 3 features. A new array. */
extern char **slapiGoSupported(int what, unsigned long **ops);
extern int slapiGoAccessAllowed(Slapi_PBlock *pb, Slapi_Entry *e, char *attr, struct berval *val, int access);
extern int slapiGoAbandoned(uintptr_t op);
extern char *slapiGoSuperior(char *objectclass);

/* Passwords: 1 equal, 0 not. */
extern int slapiGoPasswordEqual(void *stored, size_t stored_len, void *clear, size_t clear_len);
extern char *slapiGoPasswordHash(char *clear, char *scheme);
/* Whether a value carries the prefix of a known scheme. */
extern int slapiGoPasswordEncoded(char *value);

extern int64_t slapiGoOperationAge(uintptr_t handle);
extern int slapiGoIndexerCreate(Slapi_PBlock *pb);
extern char *slapiGoConnectionDN(Slapi_Connection *conn);
extern int slapiGoConnectionAcquire(Slapi_Connection *conn);
extern int slapiGoConnectionRemoveOperation(uintptr_t handle);

#endif
