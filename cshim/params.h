/* The table of parameters: see params.c. */
#ifndef CSHIM_PARAMS_H
#define CSHIM_PARAMS_H

#include <stdint.h>

/* How a dialect reads and writes a parameter. */
enum param_class {
	NO,    /* the dialect has no such parameter */
	PTR,   /* a pointer: get writes 8 bytes, set takes the pointer itself */
	INT,   /* get writes 4 bytes, set reads an int behind the pointer */
	LONG,  /* the same with 8 bytes */
	OWN    /* pblock.c has code for it */
};

/* Who owns a pointer that a plug-in sets. */
enum param_policy {
	KEEP,          /* lent: the plug-in sees to it */
	COPY,          /* a string, copied */
	COPY_BERVAL,   /* a berval, copied with its bytes */
	TAKE,          /* the pblock frees it in the end, with the function for its kind */
	COPY_TAKE      /* OpenLDAP's callers: COPY; 389's: TAKE */
};

enum param_kind { ANY, STRING, SDN, ENTRY, MODS, CONTROLS, CHARRAY, BERVAL };

/* Flags. */
#define RO_OL    0x01  /* OpenLDAP: set answers -1 */
#define RO_389   0x02
#define NEED_OP  0x04  /* 389: -1 in a pblock without an operation */
#define PLUGIN   0x08  /* lives in the current plug-in, if there is one */

struct param {
	int id;               /* canonical */
	unsigned char openldap, ds389, policy, kind, flags;
};

/* A function of a plug-in: id, types (389) that may register it, 0 ends. */
struct function {
	int id;
	unsigned char type[3];
};

#define PARAM_MAX 256

extern const struct param cshim_params[];
extern const struct function cshim_functions[];
extern const int cshim_param_count;

/* Index in cshim_params by number, -1 for none; for the numbers below CSHIM_NUMBERS
 * that mean one thing. */
#define CSHIM_NUMBERS 2048
extern short cshim_param_at[CSHIM_NUMBERS];
/* For numbers whose parameter is a pointer (or an int) in every dialect that has
 * it and does not live in the plug-in; 0 for others. */
#define CSHIM_PLAIN_PTR 1
#define CSHIM_PLAIN_INT 2
#define CSHIM_PLAIN_READ 4 /* set asks for more than the kind */
extern unsigned char cshim_plain[CSHIM_NUMBERS];

/* Index in cshim_params of a public number of a dialect, or of a canonical
 * number (dialect 0); -1 unknown. */
int cshim_param_index(int id, int dialect);
/* The canonical number of a public one. */
int cshim_param_canonical(int id, int dialect);

#endif
