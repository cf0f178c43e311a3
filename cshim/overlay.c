/* Three functions of OpenLDAP's library that are for its server more than for
 * plug-ins: in its server SLAPI is an overlay on a database. Here plug-ins need
 * no such thing, so every database has it. */
#include "objects.h"

int slapi_over_is_inst(void *be);
int slapi_over_config(void *be, void *reply);
unsigned slapi_tag2op(unsigned long tag);

int slapi_over_is_inst(void *be)
{
	return be != NULL;
}

int slapi_over_config(void *be, void *reply)
{
	(void)reply;
	return be ? 0 : -1;
}

/* The place of a request's tag in OpenLDAP's order of operations; their number
 * for a tag that is no request's. */
unsigned slapi_tag2op(unsigned long tag)
{
	static const unsigned char tags[] = { 0x60, 0x42, 0x63, 0x6e, 0x66, 0x6c, 0x68, 0x4a, 0x50, 0x77 };
	unsigned i;

	for (i = 0; i < sizeof tags && tags[i] != tag; i++)
		;
	return i;
}
