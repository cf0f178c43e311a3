/* trace.h: what the test plug-ins share: a file of what they were called with.
 * Its name is the first plug-in argument. */
#ifndef TRACE_H
#define TRACE_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <slapi-plugin.h>

static FILE *trace_file;

static void trace_open(Slapi_PBlock *pb)
{
	char **argv = NULL;
	int argc = 0;

	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGC, &argc);
	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGV, &argv);
	if (!trace_file && argc > 0)
		trace_file = fopen(argv[0], "a");
}

__attribute__((format(printf, 1, 2))) static void trace(const char *format, ...)
{
	va_list ap;

	if (!trace_file)
		return;
	va_start(ap, format);
	vfprintf(trace_file, format, ap);
	va_end(ap);
	fputc('\n', trace_file);
	fflush(trace_file);
}

static int set(Slapi_PBlock *pb, int parameter, int (*fn)(Slapi_PBlock *))
{
	return slapi_pblock_set(pb, parameter, (void *)fn);
}

#endif
