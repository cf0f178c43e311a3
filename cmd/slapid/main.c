/* slapid: the directory server, and its tools by the name it is called with.
 * All of it is in libslapi; see slapid.h. */
#include "slapid.h"

int main(int argc, char **argv)
{
	return slapid_main(argc, argv);
}
