/* Locks, condition variables, reader/writer locks, atomic counters and what a
 * thread keeps for itself. Plain pthreads: plug-ins never look inside. */
#define _GNU_SOURCE
#include "slapi-plugin.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dialect.h"
#include "host.h"

/* What an object is, so that a freed one and one of another kind are refused;
 * the first word, which malloc writes over. */
enum { MUTEX = 0x6d757478, CONDVAR = 0x636f6e64, RWLOCK = 0x7277606b, COUNTER = 0x636f756e };
#define IS(object, what) ((object) && (object)->magic == (what))

struct slapi_mutex {
	uintptr_t magic;
	pthread_mutex_t m;
};

struct slapi_condvar {
	uintptr_t magic;
	pthread_cond_t c;
	Slapi_Mutex *mutex;
};

/* 389 says 1 for success and 0 for failure, OpenLDAP 0 and an errno. */
static int answer(int err, void *caller)
{
	if (cshim_dialect(caller) == CSHIM_389)
		return err == 0;
	return err;
}

Slapi_Mutex *slapi_new_mutex(void)
{
	pthread_mutexattr_t attr;
	Slapi_Mutex *mutex = (Slapi_Mutex *)slapi_ch_calloc(1, sizeof *mutex);

	mutex->magic = MUTEX;
	/* Error checking: an unlock by the wrong thread is refused, not undefined. */
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&mutex->m, &attr);
	pthread_mutexattr_destroy(&attr);
	return mutex;
}

void slapi_destroy_mutex(Slapi_Mutex *mutex)
{
	if (!IS(mutex, MUTEX) || pthread_mutex_destroy(&mutex->m) != 0) /* one that is held stays */
		return;
	mutex->magic = 0;
	free(mutex);
}

void slapi_lock_mutex(Slapi_Mutex *mutex)
{
	if (IS(mutex, MUTEX))
		pthread_mutex_lock(&mutex->m);
}

int slapi_unlock_mutex(Slapi_Mutex *mutex)
{
	return answer(IS(mutex, MUTEX) ? pthread_mutex_unlock(&mutex->m) : EINVAL, CSHIM_CALLER());
}

Slapi_CondVar *slapi_new_condvar(Slapi_Mutex *mutex)
{
	pthread_condattr_t attr;
	Slapi_CondVar *cvar;

	if (!IS(mutex, MUTEX))
		return NULL;
	cvar = (Slapi_CondVar *)slapi_ch_calloc(1, sizeof *cvar);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&cvar->c, &attr);
	pthread_condattr_destroy(&attr);
	cvar->magic = CONDVAR;
	cvar->mutex = mutex;
	return cvar;
}

void slapi_destroy_condvar(Slapi_CondVar *cvar)
{
	if (!IS(cvar, CONDVAR))
		return;
	cvar->magic = 0;
	pthread_cond_destroy(&cvar->c);
	free(cvar);
}

int slapi_notify_condvar(Slapi_CondVar *cvar, int notify_all)
{
	int err = EINVAL;

	if (IS(cvar, CONDVAR))
		err = notify_all ? pthread_cond_broadcast(&cvar->c) : pthread_cond_signal(&cvar->c);
	return answer(err, CSHIM_CALLER());
}

static int wait_for(Slapi_CondVar *cvar, Slapi_Mutex *mutex, const struct timeval *timeout)
{
	struct timespec end;

	if (!IS(cvar, CONDVAR) || !IS(mutex, MUTEX))
		return EINVAL;
	if (!timeout)
		return pthread_cond_wait(&cvar->c, &mutex->m);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += timeout->tv_sec;
	end.tv_nsec += timeout->tv_usec * 1000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_sec += end.tv_nsec / 1000000000;
		end.tv_nsec %= 1000000000;
	}
	return pthread_cond_timedwait(&cvar->c, &mutex->m, &end);
}

int slapi_wait_condvar(Slapi_CondVar *cvar, struct timeval *timeout)
{
	return answer(wait_for(cvar, IS(cvar, CONDVAR) ? cvar->mutex : NULL, timeout), CSHIM_CALLER());
}

int slapi_wait_condvar_pt(Slapi_CondVar *cvar, Slapi_Mutex *mutex, struct timeval *timeout)
{
	return wait_for(cvar, mutex, timeout) == 0;
}

/* Slapi_RWLock is a pointer to something opaque in every header. */
struct rwlock {
	uintptr_t magic;
	pthread_rwlock_t l;
};

static pthread_rwlock_t *rw(Slapi_RWLock *rwlock)
{
	struct rwlock *lock = (struct rwlock *)rwlock;

	return IS(lock, RWLOCK) ? &lock->l : NULL;
}

Slapi_RWLock *slapi_new_rwlock_prio(int32_t prio_writer)
{
	pthread_rwlockattr_t attr;
	struct rwlock *lock = (struct rwlock *)slapi_ch_calloc(1, sizeof *lock);

	pthread_rwlockattr_init(&attr);
	if (prio_writer)
		pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&lock->l, &attr);
	pthread_rwlockattr_destroy(&attr);
	lock->magic = RWLOCK;
	return (Slapi_RWLock *)lock;
}

Slapi_RWLock *slapi_new_rwlock(void)
{
	return slapi_new_rwlock_prio(0);
}

void slapi_destroy_rwlock(Slapi_RWLock *rwlock)
{
	if (!rw(rwlock))
		return;
	pthread_rwlock_destroy(rw(rwlock));
	((struct rwlock *)rwlock)->magic = 0;
	free(rwlock);
}

int slapi_rwlock_rdlock(Slapi_RWLock *rwlock)
{
	return rw(rwlock) ? pthread_rwlock_rdlock(rw(rwlock)) : EINVAL;
}

int slapi_rwlock_wrlock(Slapi_RWLock *rwlock)
{
	return rw(rwlock) ? pthread_rwlock_wrlock(rw(rwlock)) : EINVAL;
}

int slapi_rwlock_unlock(Slapi_RWLock *rwlock)
{
	return rw(rwlock) ? pthread_rwlock_unlock(rw(rwlock)) : EINVAL;
}

int slapi_rwlock_get_size(void)
{
	return (int)sizeof(struct rwlock);
}

/* Counters. */

struct slapi_counter {
	uintptr_t magic;
	uint64_t value;
};

Slapi_Counter *slapi_counter_new(void)
{
	Slapi_Counter *counter = (Slapi_Counter *)slapi_ch_calloc(1, sizeof *counter);

	counter->magic = COUNTER;
	return counter;
}

void slapi_counter_destroy(Slapi_Counter **counter)
{
	if (!counter)
		return;
	if (IS(*counter, COUNTER)) {
		(*counter)->magic = 0;
		free(*counter);
	}
	*counter = NULL;
}

uint64_t slapi_counter_add(Slapi_Counter *counter, uint64_t addvalue)
{
	return IS(counter, COUNTER) ? __atomic_add_fetch(&counter->value, addvalue, __ATOMIC_SEQ_CST) : 0;
}

uint64_t slapi_counter_subtract(Slapi_Counter *counter, uint64_t subvalue)
{
	return IS(counter, COUNTER) ? __atomic_sub_fetch(&counter->value, subvalue, __ATOMIC_SEQ_CST) : 0;
}

uint64_t slapi_counter_increment(Slapi_Counter *counter)
{
	return slapi_counter_add(counter, 1);
}

uint64_t slapi_counter_decrement(Slapi_Counter *counter)
{
	return slapi_counter_subtract(counter, 1);
}

uint64_t slapi_counter_set_value(Slapi_Counter *counter, uint64_t newvalue)
{
	if (!IS(counter, COUNTER))
		return 0;
	__atomic_store_n(&counter->value, newvalue, __ATOMIC_SEQ_CST);
	return newvalue;
}

void slapi_counter_init(Slapi_Counter *counter)
{
	slapi_counter_set_value(counter, 0);
}

uint64_t slapi_counter_get_value(Slapi_Counter *counter)
{
	return IS(counter, COUNTER) ? __atomic_load_n(&counter->value, __ATOMIC_SEQ_CST) : 0;
}

/* The memory order that callers give is a GCC constant; the strongest serves all. */
int32_t slapi_atomic_load_32(int32_t *ptr, int memorder)
{
	(void)memorder;
	return !ptr ? 0 : __atomic_load_n(ptr, __ATOMIC_SEQ_CST);
}

void slapi_atomic_store_32(int32_t *ptr, int32_t val, int memorder)
{
	(void)memorder;
	if (ptr)
		__atomic_store_n(ptr, val, __ATOMIC_SEQ_CST);
}

int32_t slapi_atomic_incr_32(int32_t *ptr, int memorder)
{
	(void)memorder;
	return !ptr ? 0 : __atomic_add_fetch(ptr, 1, __ATOMIC_SEQ_CST);
}

int32_t slapi_atomic_decr_32(int32_t *ptr, int memorder)
{
	(void)memorder;
	return !ptr ? 0 : __atomic_sub_fetch(ptr, 1, __ATOMIC_SEQ_CST);
}

uint64_t slapi_atomic_load_64(uint64_t *ptr, int memorder)
{
	(void)memorder;
	return !ptr ? 0 : __atomic_load_n(ptr, __ATOMIC_SEQ_CST);
}

void slapi_atomic_store_64(uint64_t *ptr, uint64_t val, int memorder)
{
	(void)memorder;
	if (ptr)
		__atomic_store_n(ptr, val, __ATOMIC_SEQ_CST);
}

uint64_t slapi_atomic_incr_64(uint64_t *ptr, int memorder)
{
	(void)memorder;
	return !ptr ? 0 : __atomic_add_fetch(ptr, 1, __ATOMIC_SEQ_CST);
}

uint64_t slapi_atomic_decr_64(uint64_t *ptr, int memorder)
{
	(void)memorder;
	return !ptr ? 0 : __atomic_sub_fetch(ptr, 1, __ATOMIC_SEQ_CST);
}

/* The requestor that a plug-in's own thread works for. The thread owns the string. */

static pthread_key_t dn_key;
static pthread_once_t dn_once = PTHREAD_ONCE_INIT;

static void make_dn_key(void)
{
	pthread_key_create(&dn_key, free);
}

int slapi_td_dn_init(void)
{
	pthread_once(&dn_once, make_dn_key);
	return 0;
}

int slapi_td_set_dn(char *dn)
{
	char *old;

	pthread_once(&dn_once, make_dn_key);
	old = pthread_getspecific(dn_key);
	if (old != dn)
		free(old);
	return pthread_setspecific(dn_key, dn) == 0 ? 0 : -1;
}

void slapi_td_get_dn(char **dn)
{
	pthread_once(&dn_once, make_dn_key);
	if (dn)
		*dn = pthread_getspecific(dn_key);
}

/* The system keeps 15 bytes of a name. */
void slapi_set_thread_name(const char *name)
{
	char text[16];

	if (!name)
		return;
	strncpy(text, name, sizeof text - 1);
	text[sizeof text - 1] = 0;
	pthread_setname_np(pthread_self(), text);
}
