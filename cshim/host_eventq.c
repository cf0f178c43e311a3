/* The event queue: functions of plug-ins that are to be called at a time. One
 * thread calls them, one after the other. Times of the "rel" calls are those of
 * the monotonic clock (slapi_current_rel_time_t), of the others the date. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "host_services.h"
#include "mem.h"
#include "plugin.h"

struct event {
	struct event *next;
	slapi_eq_fn_t fn;
	void *arg;
	struct cshim_plugin *plugin; /* who asked */
	int64_t due;                 /* milliseconds of the clock */
	unsigned long interval;      /* milliseconds; 0 once */
	int monotonic;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct event *events; /* in no order: there are few */
static pthread_t thread;
static int running, stopping;

void cshim_enter(struct cshim_thread *saved, struct cshim_plugin *p)
{
	struct cshim_thread *t = cshim_thread();

	*saved = *t;
	t->plugin = p;
	t->dialect = p ? p->dialect : CSHIM_AUTO;
	t->pb = NULL;
	t->op = 0;
}

void cshim_leave(const struct cshim_thread *saved)
{
	*cshim_thread() = *saved;
}

static int64_t now_of(int monotonic)
{
	struct timespec t;

	clock_gettime(monotonic ? CLOCK_MONOTONIC : CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void unlink_event(struct event *e)
{
	for (struct event **at = &events; *at; at = &(*at)->next)
		if (*at == e) {
			*at = e->next;
			return;
		}
}

/* The event that is due first, and in how many milliseconds. */
static struct event *first(int64_t *wait)
{
	struct event *best = NULL;

	for (struct event *e = events; e; e = e->next) {
		int64_t in = e->due - now_of(e->monotonic);
		if (!best || in < *wait) {
			best = e;
			*wait = in;
		}
	}
	return best;
}

static void *serve(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&lock);
	while (!stopping) {
		int64_t wait = 0;
		struct event *e = first(&wait);
		struct cshim_thread saved;
		slapi_eq_fn_t fn;
		void *arg;
		time_t when;
		struct cshim_plugin *p;

		if (!e) {
			pthread_cond_wait(&changed, &lock);
			continue;
		}
		if (wait > 0) {
			/* At most a second, so that a changed date is noticed. */
			struct timespec until;
			if (wait > 1000)
				wait = 1000;
			clock_gettime(CLOCK_REALTIME, &until);
			until.tv_sec += wait / 1000;
			until.tv_nsec += wait % 1000 * 1000000;
			if (until.tv_nsec >= 1000000000) {
				until.tv_sec++;
				until.tv_nsec -= 1000000000;
			}
			pthread_cond_timedwait(&changed, &lock, &until);
			continue;
		}
		fn = e->fn;
		arg = e->arg;
		p = e->plugin;
		when = (time_t)(e->due / 1000);
		if (e->interval) {
			e->due += (int64_t)e->interval;
			/* Turns that were missed are not made up for. */
			if (e->due < now_of(e->monotonic))
				e->due = now_of(e->monotonic) + (int64_t)e->interval;
		} else {
			unlink_event(e);
			free(e);
		}
		pthread_mutex_unlock(&lock);
		cshim_enter(&saved, p);
		fn(when, arg);
		cshim_leave(&saved);
		pthread_mutex_lock(&lock);
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

static Slapi_Eq_Context add(slapi_eq_fn_t fn, void *arg, time_t when, unsigned long interval, int monotonic)
{
	struct event *e;

	if (!fn)
		return NULL;
	e = cshim_calloc(1, sizeof *e);
	e->fn = fn;
	e->arg = arg;
	e->plugin = cshim_thread()->plugin;
	e->due = (int64_t)when * 1000;
	/* Without a time a repeated event is first due one interval from now. */
	if (when == 0 && interval)
		e->due = now_of(monotonic) + (int64_t)interval;
	e->interval = interval;
	e->monotonic = monotonic;
	pthread_mutex_lock(&lock);
	e->next = events;
	events = e;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	return e;
}

Slapi_Eq_Context slapi_eq_once(slapi_eq_fn_t fn, void *arg, time_t when)
{
	return add(fn, arg, when, 0, 0);
}

Slapi_Eq_Context slapi_eq_once_rel(slapi_eq_fn_t fn, void *arg, time_t when)
{
	return add(fn, arg, when, 0, 1);
}

Slapi_Eq_Context slapi_eq_repeat(slapi_eq_fn_t fn, void *arg, time_t when, unsigned long interval)
{
	return add(fn, arg, when, interval ? interval : 1000, 0);
}

Slapi_Eq_Context slapi_eq_repeat_rel(slapi_eq_fn_t fn, void *arg, time_t when, unsigned long interval)
{
	return add(fn, arg, when, interval ? interval : 1000, 1);
}

/* 1 when the event was still waiting. One that runs now is not waited for. */
int slapi_eq_cancel(Slapi_Eq_Context ctx)
{
	int found = 0;

	pthread_mutex_lock(&lock);
	for (struct event *e = events; e; e = e->next)
		if (e == ctx) {
			unlink_event(e);
			free(e);
			found = 1;
			break;
		}
	pthread_mutex_unlock(&lock);
	return found;
}

int slapi_eq_cancel_rel(Slapi_Eq_Context ctx)
{
	return slapi_eq_cancel(ctx);
}

void *slapi_eq_get_arg(Slapi_Eq_Context ctx)
{
	void *arg = NULL;

	pthread_mutex_lock(&lock);
	for (struct event *e = events; e; e = e->next)
		if (e == ctx)
			arg = e->arg;
	pthread_mutex_unlock(&lock);
	return arg;
}

void *slapi_eq_get_arg_rel(Slapi_Eq_Context ctx)
{
	return slapi_eq_get_arg(ctx);
}

void cshim_eq_start(void)
{
	pthread_mutex_lock(&lock);
	if (!running) {
		stopping = 0;
		running = pthread_create(&thread, NULL, serve, NULL) == 0;
	}
	pthread_mutex_unlock(&lock);
}

void cshim_eq_stop(void)
{
	struct event *rest;
	int join;

	pthread_mutex_lock(&lock);
	join = running;
	running = 0;
	stopping = 1;
	rest = events;
	events = NULL;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	if (join && !pthread_equal(thread, pthread_self()))
		pthread_join(thread, NULL);
	while (rest) {
		struct event *next = rest->next;
		free(rest);
		rest = next;
	}
}
