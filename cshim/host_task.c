#define _GNU_SOURCE
#include "host_task.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dispatch.h"
#include "host.h"
#include "host_goside.h"

int slapi_plugin_task_register_handler(const char *name, dseCallbackFn func, Slapi_PBlock *plugin_pb)
{
	if (!name || !func)
		return -1;
	return slapiGoTaskHandler((char *)name, (void *)func, plugin_pb);
}

int slapi_task_register_handler(const char *name, dseCallbackFn func)
{
	return slapi_plugin_task_register_handler(name, func, NULL);
}

int slapi_plugin_task_unregister_handler(const char *name, dseCallbackFn func)
{
	if (!name || !func)
		return -1;
	return slapiGoTaskNoHandler((char *)name, (void *)func);
}

Slapi_Task *slapi_plugin_new_task(const char *dn, void *arg)
{
	struct slapi_componentid *id = arg;
	Slapi_Task *task = (Slapi_Task *)slapi_ch_calloc(1, sizeof *task);

	pthread_mutex_init(&task->lock, NULL);
	task->dn = slapi_ch_strdup(dn ? dn : "");
	task->plugin = id ? id->sci_plugin : cshim_thread()->plugin;
	task->exit_code = -1;
	slapiGoTaskNew(task);
	return task;
}

Slapi_Task *slapi_new_task(const char *dn)
{
	return slapi_plugin_new_task(dn, NULL);
}

/* One notice more. Those that end with a newline make an empty line, as in ns-slapd. */
static void append_line(char **log, const char *line)
{
	size_t have = *log ? strlen(*log) : 0, more = strlen(line);

	*log = slapi_ch_realloc(*log, have + more + 2);
	if (have)
		(*log)[have++] = '\n';
	memcpy(*log + have, line, more + 1);
}

static char *format_line(const char *format, va_list ap)
{
	char *text = NULL;

	if (vasprintf(&text, format, ap) < 0)
		return NULL;
	return text;
}

void slapi_task_log_notice_ext(Slapi_Task *task, char *format, va_list varg)
{
	char *line;

	if (!task || !format || !(line = format_line(format, varg)))
		return;
	pthread_mutex_lock(&task->lock);
	append_line(&task->log, line);
	pthread_mutex_unlock(&task->lock);
	free(line);
	slapiGoTaskChanged(task);
}

void slapi_task_log_notice(Slapi_Task *task, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	slapi_task_log_notice_ext(task, (char *)format, ap);
	va_end(ap);
}

void slapi_task_log_status_ext(Slapi_Task *task, char *format, va_list varg)
{
	char *line;

	if (!task || !format || !(line = format_line(format, varg)))
		return;
	pthread_mutex_lock(&task->lock);
	free(task->status);
	task->status = line;
	pthread_mutex_unlock(&task->lock);
	slapiGoTaskChanged(task);
}

void slapi_task_log_status(Slapi_Task *task, char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	slapi_task_log_status_ext(task, format, ap);
	va_end(ap);
}

void slapi_task_status_changed(Slapi_Task *task)
{
	if (task)
		slapiGoTaskChanged(task);
}

void slapi_task_begin(Slapi_Task *task, int total_work)
{
	if (!task)
		return;
	pthread_mutex_lock(&task->lock);
	task->work = total_work;
	task->progress = 0;
	task->state = CSHIM_TASK_RUNNING;
	pthread_mutex_unlock(&task->lock);
	slapiGoTaskChanged(task);
}

void slapi_task_inc_progress(Slapi_Task *task)
{
	if (!task)
		return;
	pthread_mutex_lock(&task->lock);
	task->progress++;
	pthread_mutex_unlock(&task->lock);
	slapiGoTaskChanged(task);
}

static void end(Slapi_Task *task, int rc, int state)
{
	if (!task)
		return;
	pthread_mutex_lock(&task->lock);
	task->exit_code = rc;
	task->state = state;
	pthread_mutex_unlock(&task->lock);
	slapiGoTaskEnded(task);
}

void slapi_task_finish(Slapi_Task *task, int rc)
{
	end(task, rc, CSHIM_TASK_FINISHED);
}

void slapi_task_cancel(Slapi_Task *task, int rc)
{
	end(task, rc, CSHIM_TASK_CANCELLED);
}

int slapi_task_get_state(Slapi_Task *task)
{
	int state = 0;

	if (task) {
		pthread_mutex_lock(&task->lock);
		state = task->state;
		pthread_mutex_unlock(&task->lock);
	}
	return state;
}

void slapi_task_inc_refcount(Slapi_Task *task)
{
	if (task)
		__atomic_add_fetch(&task->refcount, 1, __ATOMIC_SEQ_CST);
}

void slapi_task_dec_refcount(Slapi_Task *task)
{
	if (task)
		__atomic_sub_fetch(&task->refcount, 1, __ATOMIC_SEQ_CST);
}

int slapi_task_get_refcount(Slapi_Task *task)
{
	return task ? __atomic_load_n(&task->refcount, __ATOMIC_SEQ_CST) : 0;
}

void slapi_task_set_data(Slapi_Task *task, void *data)
{
	if (task)
		task->data = data;
}

void *slapi_task_get_data(Slapi_Task *task)
{
	return task ? task->data : NULL;
}

void slapi_task_set_destructor_fn(Slapi_Task *task, TaskCallbackFn func)
{
	if (task)
		task->destructor = func;
}

void slapi_task_set_cancel_fn(Slapi_Task *task, TaskCallbackFn func)
{
	if (task)
		task->cancel = func;
}

void slapi_task_set_warning(Slapi_Task *task, task_warning warn)
{
	if (task)
		task->warning |= (int)warn;
}

int slapi_task_get_warning(Slapi_Task *task)
{
	return task ? task->warning : 0;
}

void slapi_destroy_task(void *arg)
{
	if (arg)
		slapiGoTaskFree(arg);
}

void cshim_task_look(Slapi_Task *task, struct cshim_task_view *view)
{
	pthread_mutex_lock(&task->lock);
	view->state = task->state;
	view->exit_code = task->exit_code;
	view->progress = task->progress;
	view->work = task->work;
	view->warning = task->warning;
	view->status = task->status ? slapi_ch_strdup(task->status) : NULL;
	view->log = task->log ? slapi_ch_strdup(task->log) : NULL;
	pthread_mutex_unlock(&task->lock);
}

void cshim_task_cancel(Slapi_Task *task)
{
	if (task->cancel)
		cshim_call_task(task->plugin, task->cancel, task);
}

void cshim_task_free(Slapi_Task *task)
{
	if (task->destructor)
		cshim_call_task(task->plugin, task->destructor, task);
	pthread_mutex_destroy(&task->lock);
	free(task->dn);
	free(task->status);
	free(task->log);
	free(task);
}
