#define _GNU_SOURCE
#include "loader.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static char *last_error(void)
{
	const char *e = dlerror();
	return strdup(e ? e : "unknown error of the dynamic linker");
}

const char *cshim_self_path(void)
{
	Dl_info info;
	if (dladdr((void *)cshim_self_path, &info) == 0 || !info.dli_fname)
		return "";
	return info.dli_fname;
}

char *cshim_self_global(void)
{
	const char *path = cshim_self_path();
	if (!*path)
		return strdup("the library's own file is unknown");
	/* NOLOAD: it is mapped, only its scope changes. The program itself
	 * (a static libslapi) is not found that way and is global anyhow. */
	if (dlopen(path, RTLD_LAZY | RTLD_GLOBAL | RTLD_NOLOAD))
		return NULL;
	dlerror();
	if (dlsym(RTLD_DEFAULT, "slapi_pblock_get"))
		return NULL;
	dlerror();
	return strdup("the functions of libslapi are not in the global scope; link the program with -rdynamic");
}

char *cshim_open_global(const char *name)
{
	if (dlopen(name, RTLD_LAZY | RTLD_GLOBAL))
		return NULL;
	return last_error();
}

void *cshim_object_open(const char *path, int now, int global, char **error)
{
	void *h = dlopen(path, (now ? RTLD_NOW : RTLD_LAZY) | (global ? RTLD_GLOBAL : RTLD_LOCAL));
	*error = h ? NULL : last_error();
	return h;
}

void *cshim_object_symbol(void *handle, const char *name)
{
	return dlsym(handle, name);
}

static struct link_map *map_of(void *handle)
{
	struct link_map *m = NULL;
	if (dlinfo(handle, RTLD_DI_LINKMAP, &m) != 0)
		return NULL;
	return m;
}

uintptr_t cshim_object_base(void *handle)
{
	struct link_map *m = map_of(handle);
	return m ? (uintptr_t)m->l_addr : 0;
}

const char *cshim_object_path(void *handle)
{
	struct link_map *m = map_of(handle);
	return m && m->l_name ? m->l_name : "";
}

void cshim_object_close(void *handle)
{
	dlclose(handle);
}

void cshim_unresolved(void *handle, const char *names, int n, unsigned char *missing)
{
	for (int i = 0; i < n; i++) {
		/* A defined symbol may have the value 0; none that is a function has. */
		missing[i] = !dlsym(RTLD_DEFAULT, names) && !dlsym(handle, names);
		names += strlen(names) + 1;
	}
	dlerror();
}

struct text {
	char *p;
	size_t n, cap;
};

static int put(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct text *t = arg;
	size_t len;

	(void)size;
	if (!info->dlpi_name || !*info->dlpi_name)
		return 0;
	len = strlen(info->dlpi_name) + 1;
	if (t->n + len + 1 > t->cap) {
		size_t cap = (t->n + len + 1) * 2;
		char *p = realloc(t->p, cap);
		if (!p)
			return 1;
		t->p = p;
		t->cap = cap;
	}
	memcpy(t->p + t->n, info->dlpi_name, len);
	t->n += len;
	t->p[t->n] = 0;
	return 0;
}

char *cshim_mapped(void)
{
	struct text t = { calloc(1, 1), 0, 1 };
	dl_iterate_phdr(put, &t);
	return t.p;
}

void *cshim_global_symbol(const char *name)
{
	void *p = dlsym(RTLD_DEFAULT, name);
	if (!p)
		dlerror();
	return p;
}

static pthread_once_t nss_once = PTHREAD_ONCE_INIT;
static int nss_state;

static void nss_start(void)
{
	int (*is_initialized)(void) = (int (*)(void))cshim_global_symbol("NSS_IsInitialized");
	int (*no_db_init)(const char *) = (int (*)(const char *))cshim_global_symbol("NSS_NoDB_Init");

	if (!no_db_init)
		nss_state = 1;
	else if (is_initialized && is_initialized())
		nss_state = 0;
	else
		nss_state = no_db_init(NULL) == 0 ? 0 : -1;
}

int cshim_nss_init(void)
{
	pthread_once(&nss_once, nss_start);
	return nss_state;
}
