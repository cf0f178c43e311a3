/* Calls into the functions of syntax and matching-rule plug-ins. */
#include "host_syntax.h"

#include "dispatch.h"
#include "host_services.h"

int cshim_call_validate(struct cshim_plugin *p, void *bytes, size_t len)
{
	int (*fn)(struct berval *) = (int (*)(struct berval *))(void *)cshim_plugin_fn(p, SLAPI_PLUGIN_SYNTAX_VALIDATE);
	struct berval bv = { len, bytes };
	struct cshim_thread saved;
	int rc;

	if (!fn)
		return 0;
	cshim_enter(&saved, p);
	rc = fn(&bv);
	cshim_leave(&saved);
	return rc;
}
