/* host_filter.h: Slapi_Filter. A tree of C nodes, so that plug-ins walk it
 * without a crossing. Parsing, printing and most matching are in C; for what
 * Go must match, the root keeps the resolved form of the tree. */
#ifndef CSHIM_HOST_FILTER_H
#define CSHIM_HOST_FILTER_H

#include <stdint.h>

#include <slapi-plugin.h>

#include "types.h"

struct slapi_filter {
	uintptr_t magic;            /* CSHIM_FILTER; 0 once freed */
	unsigned long choice;       /* LDAP_FILTER_* */
	char *type;                 /* of an item; NULL in an extensible filter without one */
	struct berval value;        /* equality, ordering, approximate, extensible; NUL behind it */
	char *initial, **any, *final; /* substrings; NULL when absent */
	char *rule;                 /* extensible */
	int dnattrs;
	struct slapi_filter *list;  /* and, or, not */
	struct slapi_filter *next;  /* the next in the list that it is in */
	uintptr_t resolved;         /* handle of the Go form, of a root; atomic */
	size_t block;               /* bytes of this node with the strings that lie behind it */
	const struct cshim_type *info;        /* filter_test.c: of an item that it can test */
	const struct cshim_class *info_class; /* the class asserted */
};

/* filter_text.c. GIVEN; NULL for what is no filter. */
Slapi_Filter *cshim_filter_parse(const char *text);
char *cshim_filter_print(const Slapi_Filter *f);
/* filter_test.c: 0 match, 1 no match, -1: only Go can tell. */
int cshim_filter_test(const Slapi_Entry *e, Slapi_Filter *f);
void cshim_filter_drop(Slapi_Filter *f); /* with everything below */
/* A filter from a flat buffer, see build.h: kind, flags, type, then by kind a value and a rule, the pieces, the parts. */
Slapi_Filter *cshim_build_filter(const void *buf);

#define CSHIM_FILTER ((uintptr_t)0x66696c7465722121)
/* Not NULL, not freed, not of another kind. */
static inline int cshim_is_filter(const Slapi_Filter *f)
{
	return f && f->magic == CSHIM_FILTER;
}

Slapi_Filter *cshim_filter_new(unsigned long choice, const char *type);
void cshim_filter_set_value(Slapi_Filter *f, const void *value, size_t len);
/* which: 0 initial, 1 any, 2 final */
void cshim_filter_add_piece(Slapi_Filter *f, int which, const void *value, size_t len);
void cshim_filter_set_rule(Slapi_Filter *f, const char *rule, int dnattrs);
void cshim_filter_append(Slapi_Filter *f, Slapi_Filter *kid);
/* The resolved form, and a new one which another thread may have stored first:
 * the answer is the one to use, *lost what the caller must drop (0 none). */
uintptr_t cshim_filter_resolved(Slapi_Filter *f);
uintptr_t cshim_filter_publish(Slapi_Filter *f, uintptr_t made, uintptr_t *lost);

#endif
