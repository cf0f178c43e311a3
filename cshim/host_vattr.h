/* host_vattr.h: virtual attributes, which providers (class of service, roles)
 * work out for an entry when it is read. */
#ifndef CSHIM_HOST_VATTR_H
#define CSHIM_HOST_VATTR_H

#include "objects.h"
#include "plugin.h"

typedef struct cshim_vattr_handle vattr_sp_handle;
typedef struct cshim_vattr_context vattr_context;
typedef struct cshim_vattr_list vattr_type_list_context;

typedef int (*vattr_get_fn_type)(vattr_sp_handle *handle, vattr_context *c, Slapi_Entry *e, char *type,
				 Slapi_ValueSet **results, int *type_name_disposition, char **actual_type_name, int flags,
				 int *free_flags, void *hint);
typedef int (*vattr_compare_fn_type)(vattr_sp_handle *handle, vattr_context *c, Slapi_Entry *e, char *type,
				     Slapi_Value *test_this, int *result, int flags, void *hint);
typedef int (*vattr_types_fn_type)(vattr_sp_handle *handle, Slapi_Entry *e, vattr_type_list_context *type_context,
				   int flags);

struct _vattr_type_thang {
	char *type_name;
	unsigned long type_flags;
	Slapi_ValueSet *type_values;
};
_Static_assert(sizeof(struct _vattr_type_thang) == 24, "size of vattr_type_thang");

int slapi_vattrspi_register(vattr_sp_handle **h, vattr_get_fn_type get_fn, vattr_compare_fn_type compare_fn,
			    vattr_types_fn_type types_fn);
int slapi_vattrspi_regattr(vattr_sp_handle *h, char *type_name_to_register, char *DN, void *hint);
int slapi_vattrspi_add_type(vattr_type_list_context *c, vattr_type_thang *thang, int flags);
Slapi_PBlock *slapi_vattr_get_pblock_from_context(vattr_context *c);
int slapi_vattr_values_get_sp(vattr_context *c, Slapi_Entry *e, char *type, Slapi_ValueSet **results,
			      int *type_name_disposition, char **actual_type_name, int flags, int *free_flags);
void slapi_vattrcache_cache_all(void);
void slapi_vattrcache_cache_none(void);
int slapi_vattr_list_attrs(Slapi_Entry *e, vattr_type_thang **types, int flags, int *buffer_flags);
void slapi_vattr_attrs_free(vattr_type_thang **types, int flags);
vattr_type_thang *vattr_typethang_first(vattr_type_thang *t);
vattr_type_thang *vattr_typethang_next(vattr_type_thang *t);
char *vattr_typethang_get_name(vattr_type_thang *t);
unsigned long vattr_typethang_get_flags(vattr_type_thang *t);

/* Whether a provider serves this type, or any ("" or NULL). Cheap. */
int cshim_vattr_served(const char *type);
/* As slapi_vattr_values_get, on behalf of the operation of pb (may be NULL). */
int cshim_vattr_get(Slapi_PBlock *pb, Slapi_Entry *e, char *type, Slapi_ValueSet **results, int *disposition,
		    char **actual, int flags, int *buffer_flags);
/* Asks the providers alone: 0 and the answer, or SLAPI_VIRTUALATTRS_NOT_FOUND. */
int cshim_vattr_compare(Slapi_PBlock *pb, Slapi_Entry *e, char *type, Slapi_Value *test_this, int *result, int flags);
/* Forgets all providers: their server ended. */
void cshim_vattr_clear(void);

#endif
