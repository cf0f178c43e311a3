/* q.h - the shape of the q probes: a line for each call, which says what was
 * asked and what came. A line is marked '~' (a weakness of a peer, or a freedom
 * that each server takes) for OpenLDAP with an O, for 389 with a D in its macro's
 * name, for both with a W. */
#ifndef Q_H
#define Q_H
#define PROBE_TRIGGERED
#include "probe.h"

/* Exported and declared in no header. */
#if defined(DS389) && !defined(SLAPI_NONNULL_RESULT)
int slapi_entry_attr_merge(Slapi_Entry *e, const char *type, struct berval **vals);
int slapi_entry_attr_replace(Slapi_Entry *e, const char *type, struct berval **vals);
int slapi_entry_attr_hasvalue(Slapi_Entry *e, const char *type, const char *value);
int slapi_entry_add_values(Slapi_Entry *e, const char *type, struct berval **vals);
int slapi_entry_delete_values(Slapi_Entry *e, const char *type, struct berval **vals);
void slapi_sdn_init(Slapi_DN *sdn);
int slapi_pw_find(struct berval **vals, struct berval *v);
#elif !defined(SLAPI_NONNULL_RESULT) /* our own header has them */
size_t slapi_ch_stlen(const char *s);
void slapi_sdn_init(Slapi_DN *sdn);
Slapi_DN *slapi_sdn_set_ndn_passin(Slapi_DN *sdn, const char *ndn);
int slapi_entry_add_values(Slapi_Entry *e, const char *type, struct berval **vals);
int slapi_entry_delete_values(Slapi_Entry *e, const char *type, struct berval **vals);
void slapi_pblock_clear(Slapi_PBlock *pb);
int slapi_pblock_delete_param(Slapi_PBlock *pb, int arg);
int slapi_pw_find(struct berval **vals, struct berval *v);
int slapi_x_backend_get_flags(const Slapi_Backend *be, unsigned long *flags);
const char *slapi_x_be_get_updatedn(Slapi_Backend *be);
unsigned long slapi_timer_current_time(void);
unsigned long slapi_timer_get_time(char *label);
void slapi_timer_elapsed_time(char *label, unsigned long start);
char *slapi_get_hostname(void);
#endif

/* Calls that end a peer are made in our server alone: SAFE_O is 0 in OpenLDAP's,
 * SAFE_D in 389's. */
#ifdef SLAPI_NONNULL_RESULT
#define SAFE_O 1
#define SAFE_D 1
#elif defined(DS389)
#define SAFE_O 1
#define SAFE_D 0
#else
#define SAFE_O 0
#define SAFE_D 1
#endif
#define SAFE (SAFE_O && SAFE_D)

#ifdef DS389
#define WO ""
#define WD "~ "
#else
#define WO "~ "
#define WD ""
#endif
#define WW "~ "
#define NUM(w, x) out("%s = %ld", w #x, (long)(x))
#define STR(w, x) do { const char *s_ = (const char *)(x); out("%s = %s", w #x, S(s_)); } while (0)
#define I(x) NUM("", x)
#define IO(x) NUM(WO "", x)
#define ID(x) NUM(WD "", x)
#define IW(x) NUM(WW, x)
#define T(x) STR("", x)
#define TO(x) STR(WO "", x)
#define TD(x) STR(WD "", x)
#define TW(x) STR(WW, x)
/* whether a pointer came */
#define P(x) out("%s is %s", #x, (x) ? "there" : "NULL")
#define PO(x) out("%s is %s", WO #x, (x) ? "there" : "NULL")
#define PD(x) out("%s is %s", WD #x, (x) ? "there" : "NULL")
#define PW(x) out("%s is %s", WW #x, (x) ? "there" : "NULL")

static inline struct berval *bv(const char *s)
{
	static struct berval b[16];
	static int n;
	struct berval *p = &b[n++ % 16];
	p->bv_val = (char *)s;
	p->bv_len = s ? strlen(s) : 0;
	return p;
}

/* A text that the caller may change. */
static inline char *own(const char *s) { return strdup(s); }

static inline Slapi_Entry *person(const char *uid)
{
	char text[1024];
	snprintf(text, sizeof text, "dn: uid=%s,ou=people,dc=example,dc=com\nobjectClass: top\nobjectClass: person\n"
		"objectClass: organizationalPerson\nobjectClass: inetOrgPerson\nuid: %s\ncn: Cn %s\nsn: Sn %s\nmail: %s@example.com\n"
		"mail: second@example.com\nemployeeNumber: 42\ntelephoneNumber: +49 89 1\n", uid, uid, uid, uid, uid);
	return slapi_str2entry(text, 0);
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The values of an attribute in order. */
static inline const char *values_of(Slapi_Entry *e, const char *type)
{
	static char line[4][4096];
	static int n_;
	char *p = line[n_++ % 4], *list[100];
	Slapi_Attr *a = NULL;
	Slapi_Value *v = NULL;
	int n = 0;
	if (slapi_entry_attr_find(e, (char *)type, &a) != 0)
		return NULL;
	for (int h = slapi_attr_first_value(a, &v); h != -1 && n < 100; h = slapi_attr_next_value(a, h, &v))
		list[n++] = strdup(B(slapi_value_get_berval(v)));
	qsort(list, n, sizeof *list, by_text);
	*p = 0;
	for (int i = 0; i < n; i++) {
		if (i) strcat(p, " | ");
		strcat(p, list[i]);
		free(list[i]);
	}
	return p;
}
#endif
