/* What 389's server passes through to NSS for its reversible password schemes.
 * The library is that which the plug-in brought into the process; its objects go
 * through as they are. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

#include "loader.h"
#include "mem.h"

/* CK_* and PK11_* types: unsigned long, int and pointers. */
typedef unsigned long mechanism;

#define LOOK_UP(type, name)                                                    \
	static __typeof__(type) fn;                                            \
	if (!fn)                                                               \
		fn = (__typeof__(type))cshim_nss_symbol(name)

/* NULL when there is no NSS in the process and none can be opened. */
static void *cshim_nss_symbol(const char *name)
{
	void *fn = cshim_global_symbol(name);

	if (!fn) {
		free(cshim_open_global("libnss3.so"));
		fn = cshim_global_symbol(name);
	}
	return fn;
}

mechanism slapd_pk11_algtagToMechanism(int tag)
{
	LOOK_UP(mechanism (*)(int), "PK11_AlgtagToMechanism");
	return fn ? fn(tag) : 0;
}

int slapd_pk11_cipherOp(void *context, unsigned char *out, int *outlen, int maxout, unsigned char *in, int inlen)
{
	LOOK_UP(int (*)(void *, unsigned char *, int *, int, unsigned char *, int), "PK11_CipherOp");
	return fn ? fn(context, out, outlen, maxout, in, inlen) : -1;
}

void slapd_pk11_configurePKCS11(char *man, char *libdes, char *tokdes, char *ptokdes, char *slotdes, char *pslotdes,
				char *fslotdes, char *fpslotdes, int minPwd, int pwdRequired)
{
	LOOK_UP(void (*)(char *, char *, char *, char *, char *, char *, char *, char *, int, int), "PK11_ConfigurePKCS11");
	if (fn)
		fn(man, libdes, tokdes, ptokdes, slotdes, pslotdes, fslotdes, fpslotdes, minPwd, pwdRequired);
}

void *slapd_pk11_createContextBySymKey(mechanism type, unsigned long operation, void *key, void *param)
{
	LOOK_UP(void *(*)(mechanism, unsigned long, void *, void *), "PK11_CreateContextBySymKey");
	return fn ? fn(type, operation, key, param) : NULL;
}

void *slapd_pk11_createPBEAlgorithmID(int algorithm, int iteration, void *salt)
{
	LOOK_UP(void *(*)(int, int, void *), "PK11_CreatePBEAlgorithmID");
	return fn ? fn(algorithm, iteration, salt) : NULL;
}

void slapd_pk11_destroyContext(void *context, int freeit)
{
	LOOK_UP(void (*)(void *, int), "PK11_DestroyContext");
	if (fn)
		fn(context, freeit);
}

int slapd_pk11_finalize(void *context)
{
	LOOK_UP(int (*)(void *), "PK11_Finalize");
	return fn ? fn(context) : -1;
}

void slapd_pk11_freeSlot(void *slot)
{
	LOOK_UP(void (*)(void *), "PK11_FreeSlot");
	if (fn)
		fn(slot);
}

void slapd_pk11_freeSymKey(void *key)
{
	LOOK_UP(void (*)(void *), "PK11_FreeSymKey");
	if (fn)
		fn(key);
}

int slapd_pk11_getBlockSize(mechanism type, void *params)
{
	LOOK_UP(int (*)(mechanism, void *), "PK11_GetBlockSize");
	return fn ? fn(type, params) : 0;
}

void *slapd_pk11_getInternalKeySlot(void)
{
	LOOK_UP(void *(*)(void), "PK11_GetInternalKeySlot");
	return fn ? fn() : NULL;
}

unsigned long slapd_pk11_mapPBEMechanismToCryptoMechanism(void *pbe, void *crypto, void *pbe_pwd, int bad3DES)
{
	LOOK_UP(unsigned long (*)(void *, void *, void *, int), "PK11_MapPBEMechanismToCryptoMechanism");
	return fn ? fn(pbe, crypto, pbe_pwd, bad3DES) : 5; /* CKR_GENERAL_ERROR */
}

void *slapd_pk11_paramFromAlgid(void *algid)
{
	LOOK_UP(void *(*)(void *), "PK11_ParamFromAlgid");
	return fn ? fn(algid) : NULL;
}

void *slapd_pk11_pbeKeyGen(void *slot, void *algid, void *pwitem, int faulty3DES, void *wincx)
{
	LOOK_UP(void *(*)(void *, void *, void *, int, void *), "PK11_PBEKeyGen");
	return fn ? fn(slot, algid, pwitem, faulty3DES, wincx) : NULL;
}

void secoid_destroyAlgorithmID(void *algid, int freeit)
{
	LOOK_UP(void (*)(void *, int), "SECOID_DestroyAlgorithmID");
	if (fn)
		fn(algid, freeit);
}

/* libldaputil lies beside libns-dshttpd, which the access-control plug-in has
 * brought in. */
static void *ldaputil(void)
{
	void *beside = dlopen("libns-dshttpd.so.0", RTLD_LAZY | RTLD_NOLOAD), *lib;
	struct link_map *map = NULL;
	const char *slash;
	char *path;

	if (!beside || dlinfo(beside, RTLD_DI_LINKMAP, &map) != 0 || !map || !(slash = strrchr(map->l_name, '/')))
		return dlopen("libldaputil.so.0", RTLD_LAZY | RTLD_LOCAL);
	path = cshim_calloc(1, (size_t)(slash - map->l_name) + sizeof "/libldaputil.so.0");
	memcpy(path, map->l_name, (size_t)(slash - map->l_name));
	strcat(path, "/libldaputil.so.0");
	lib = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	free(path);
	return lib;
}

/* Compares a certificate with a description of it, which libldaputil does. The
 * plug-in that calls this does not name that library, because 389's program does.
 * What it answers without the library is that they differ. */
int ldapu_member_certificate_match(void *cert, const char *desc)
{
	static int (*fn)(void *, const char *);
	void *lib;

	if (!fn && (lib = ldaputil()) != NULL)
		fn = (int (*)(void *, const char *))dlsym(lib, "ldapu_member_certificate_match");
	return fn ? fn(cert, desc) : -1;
}
