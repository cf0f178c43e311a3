/* host_syntax.h: see host_syntax.c. */
#ifndef CSHIM_HOST_SYNTAX_H
#define CSHIM_HOST_SYNTAX_H

#include "objects.h"
#include "plugin.h"

/* 0: the bytes (a NUL behind them) are a value of the plug-in's syntax. */
int cshim_call_validate(struct cshim_plugin *p, void *bytes, size_t len);

#endif
