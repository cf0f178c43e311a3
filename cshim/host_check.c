/* For "slapid check": where a name would be found. */
#define _GNU_SOURCE
#include "host_check.h"

#include <dlfcn.h>

const char *cshim_symbol_file(const char *name)
{
	void *at = dlsym(RTLD_DEFAULT, name);
	Dl_info info;

	if (!at) {
		dlerror();
		return "";
	}
	return dladdr(at, &info) && info.dli_fname ? info.dli_fname : "?";
}

int cshim_library_there(const char *soname)
{
	void *lib = dlopen(soname, RTLD_LAZY | RTLD_LOCAL);

	if (!lib) {
		dlerror();
		return 0;
	}
	dlclose(lib);
	return 1;
}
