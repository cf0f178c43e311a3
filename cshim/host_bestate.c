/* Who wants to know that backends come and go, and role membership. */
#include <pthread.h>
#include <stdlib.h>

#include "host_services.h"
#include "mem.h"

struct watcher {
	struct watcher *next;
	void *handle;
	slapi_backend_state_change_fnptr fn;
	struct cshim_plugin *plugin;
};

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static struct watcher *watchers;
static roles_check_fn_type roles;

void slapi_register_backend_state_change(void *handle, slapi_backend_state_change_fnptr funct)
{
	struct watcher *w, **at;

	if (!funct)
		return;
	w = cshim_calloc(1, sizeof *w);
	w->handle = handle;
	w->fn = funct;
	w->plugin = cshim_thread()->plugin;
	pthread_rwlock_wrlock(&lock);
	for (at = &watchers; *at; at = &(*at)->next)
		;
	*at = w;
	pthread_rwlock_unlock(&lock);
}

/* 1 when there was one of this handle, as 389 says it. */
int slapi_unregister_backend_state_change(void *handle)
{
	int found = 0;

	pthread_rwlock_wrlock(&lock);
	for (struct watcher **at = &watchers; *at; at = &(*at)->next)
		if ((*at)->handle == handle) {
			struct watcher *w = *at;
			*at = w->next;
			free(w);
			found = 1;
			break;
		}
	pthread_rwlock_unlock(&lock);
	return found;
}

void cshim_be_state(const char *name, int old_state, int new_state)
{
	char *copy = cshim_strdup(name);

	pthread_rwlock_rdlock(&lock);
	for (struct watcher *w = watchers; w; w = w->next) {
		struct cshim_thread saved;
		cshim_enter(&saved, w->plugin);
		w->fn(w->handle, copy, old_state, new_state);
		cshim_leave(&saved);
	}
	pthread_rwlock_unlock(&lock);
	free(copy);
}

void slapi_register_role_check(roles_check_fn_type check_fn)
{
	__atomic_store_n(&roles, check_fn, __ATOMIC_RELEASE);
}

/* Without a roles plug-in nobody has a role. */
int slapi_role_check(Slapi_Entry *entry_to_check, Slapi_DN *role_dn, int *present)
{
	roles_check_fn_type check = __atomic_load_n(&roles, __ATOMIC_ACQUIRE);

	if (present)
		*present = 0;
	if (!check || !entry_to_check || !role_dn || !present)
		return 0;
	return check(entry_to_check, role_dn, present);
}
