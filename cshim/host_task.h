/* host_task.h: a task that a plug-in carries out. It lives from the handler's
 * slapi_plugin_new_task() until its entry is removed, ttl seconds after its end. */
#ifndef CSHIM_HOST_TASK_H
#define CSHIM_HOST_TASK_H

#include <pthread.h>
#include <stdint.h>

#include <slapi-plugin.h>

struct cshim_plugin;

struct slapi_task {
	pthread_mutex_t lock;     /* for all below but dn, plugin and handle */
	char *dn;                 /* of the entry below cn=tasks,cn=config */
	struct cshim_plugin *plugin;
	uintptr_t handle;         /* the Go side */
	int state;                /* enum cshim_task_state */
	int exit_code;
	int progress, work;
	int warning;
	int refcount;
	char *status;             /* the last status line */
	char *log;                /* all notices, a line each */
	void *data;
	TaskCallbackFn destructor, cancel;
};

enum cshim_task_state { CSHIM_TASK_SETUP, CSHIM_TASK_RUNNING, CSHIM_TASK_FINISHED, CSHIM_TASK_CANCELLED };

/* A copy of what the entry shows; the strings are from malloc. */
struct cshim_task_view {
	int state, exit_code, progress, work, warning;
	char *status, *log;
};
void cshim_task_look(Slapi_Task *task, struct cshim_task_view *view);
/* Runs the destructor and frees the task. */
void cshim_task_free(Slapi_Task *task);
/* Asks the plug-in to stop. */
void cshim_task_cancel(Slapi_Task *task);

#endif
