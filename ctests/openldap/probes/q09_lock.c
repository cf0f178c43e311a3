/* q09_lock: mutexes and condition variables. Waiting with a time limit hangs slapd: only 389 is asked. */
#include "q.h"
#include <pthread.h>

static Slapi_Mutex *lock;
static Slapi_CondVar *cond;
static int ready, counter;

static void *worker(void *arg)
{
	for (int i = 0; i < 1000; i++) {
		slapi_lock_mutex(lock);
		counter++;
		slapi_unlock_mutex(lock);
	}
	return NULL;
}

static void *waker(void *arg)
{
	slapi_lock_mutex(lock);
	ready = 1;
	slapi_notify_condvar(cond, 1);
	slapi_unlock_mutex(lock);
	return NULL;
}

static void probe_run(Slapi_PBlock *pb)
{
	pthread_t t[4];

	P(lock = slapi_new_mutex());
	P(cond = slapi_new_condvar(lock));
	slapi_lock_mutex(lock);
#ifdef DS389
	I(slapi_unlock_mutex(lock) != 0);
#else
	I(slapi_unlock_mutex(lock) == 0);
#endif
	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, worker, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	I(counter);
#ifdef DS389
	struct timeval soon = { 0, 10000 };
	slapi_lock_mutex(lock);
	slapi_wait_condvar_pt(cond, lock, &soon);
	I(ready);
	pthread_create(&t[0], NULL, waker, NULL);
	struct timeval later = { 5, 0 };
	while (!ready)
		slapi_wait_condvar_pt(cond, lock, &later);
	slapi_unlock_mutex(lock);
	pthread_join(t[0], NULL);
	I(ready);
#endif
	slapi_lock_mutex(lock);
#ifdef DS389
	I(slapi_notify_condvar(cond, 0) != 0);
#else
	I(slapi_notify_condvar(cond, 0) == 0);
#endif
	slapi_unlock_mutex(lock);
	slapi_destroy_condvar(cond);
	slapi_destroy_mutex(lock);
	if (SAFE) {
		slapi_destroy_mutex(NULL);
		slapi_destroy_condvar(NULL);
	}
}
PROBE_MAIN(q09)
