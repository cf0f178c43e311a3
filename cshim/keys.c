/* The keys under which an index has a value, and under which one looks for it, as
 * 389's syntaxes make them: the normal form for equality, pieces of three
 * characters for substrings, the sound of each word for approximate matching. */
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "dialect.h"
#include "goside.h"
#include "mem.h"
#include "value.h"

struct keys {
	Slapi_Value **list;
	size_t n;
};

static void add(struct keys *k, const char *bytes, size_t len)
{
	k->list = cshim_realloc_array(k->list, k->n + 2, sizeof *k->list);
	k->list[k->n++] = cshim_value_make(bytes, len);
	k->list[k->n] = NULL;
}

/* GIVEN: the normal form as text. Text of broken values stays as it is. */
static char *normal(const char *type, const char *bytes, size_t len, size_t *out_len)
{
	char *out = NULL;

	if (slapiGoNormalText((char *)type, (void *)bytes, len, &out, out_len) != 0 || out == NULL) {
		out = cshim_strndup(bytes, len);
		*out_len = len;
	}
	return out;
}

/* Where the character that is count further begins, in bytes; end when there are fewer. */
static size_t step(const char *s, size_t at, size_t end, int count)
{
	while (count-- > 0 && at < end) {
		at++;
		while (at < end && ((unsigned char)s[at] & 0xc0) == 0x80)
			at++;
	}
	return at;
}

static size_t characters(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i = step(s, i, len, 1))
		n++;
	return n;
}

/* The pieces of a text; those of its beginning and its end are marked where asked for. */
static void pieces(struct keys *k, const char *s, size_t len, int begin, int end)
{
	size_t n = characters(s, len);
	char *marked;

	if (begin && n >= 2) {
		size_t two = step(s, 0, len, 2);
		marked = cshim_malloc(two + 1);
		marked[0] = '^';
		memcpy(marked + 1, s, two);
		add(k, marked, two + 1);
		free(marked);
	}
	for (size_t i = 0; n >= 3 && i + 2 < n; i++) {
		size_t from = step(s, 0, len, (int)i);
		add(k, s + from, step(s, from, len, 3) - from);
	}
	if (end && n >= 2) {
		size_t from = step(s, 0, len, (int)n - 2);
		marked = cshim_malloc(len - from + 1);
		memcpy(marked, s + from, len - from);
		marked[len - from] = '$';
		add(k, marked, len - from + 1);
		free(marked);
	}
}

static void keys_of(struct keys *k, const char *type, const char *bytes, size_t len, int ftype)
{
	char **sounds, *text;
	size_t n;

	if (bytes == NULL)
		bytes = "", len = 0;
	switch (ftype) {
	case LDAP_FILTER_APPROX:
		sounds = slapiGoSounds((void *)bytes, len);
		for (char **s = sounds; s && *s; s++)
			add(k, *s, strlen(*s));
		cshim_array_free(sounds);
		return;
	case LDAP_FILTER_SUBSTRINGS:
		text = normal(type, bytes, len, &n);
		pieces(k, text, n, 1, 1);
		free(text);
		return;
	default:
		text = normal(type, bytes, len, &n);
		add(k, text, n);
		free(text);
	}
}

static int known(int ftype)
{
	return ftype == LDAP_FILTER_EQUALITY || ftype == LDAP_FILTER_APPROX || ftype == LDAP_FILTER_SUBSTRINGS;
}

static int of_values(const char *type, Slapi_Value **vals, Slapi_Value ***ivals, int ftype)
{
	struct keys k = { NULL, 0 };

	if (ivals)
		*ivals = NULL;
	if (type == NULL || vals == NULL || ivals == NULL || !known(ftype))
		return -1;
	for (; *vals; vals++)
		keys_of(&k, type, (*vals)->bv.bv_val, (*vals)->bv.bv_len, ftype);
	*ivals = k.list;
	return 0;
}

static int of_assertion(const char *type, Slapi_Value *val, Slapi_Value ***ivals, int ftype)
{
	Slapi_Value *one[2] = { val, NULL };

	return of_values(type, val ? one : NULL, ivals, ftype);
}

/* As 389: pieces shorter than an index has give no key. */
static int of_substrings(const char *type, char *initial, char **any, char *final, Slapi_Value ***ivals)
{
	struct keys k = { NULL, 0 };
	char *text;
	size_t n;

	if (ivals)
		*ivals = NULL;
	if (type == NULL || ivals == NULL)
		return -1;
	if (initial) {
		text = normal(type, initial, strlen(initial), &n);
		pieces(&k, text, n, 1, 0);
		free(text);
	}
	for (; any && *any; any++) {
		text = normal(type, *any, strlen(*any), &n);
		pieces(&k, text, n, 0, 0);
		free(text);
	}
	if (final) {
		text = normal(type, final, strlen(final), &n);
		pieces(&k, text, n, 0, 1);
		free(text);
	}
	*ivals = k.list;
	return 0;
}

static const char *type_of(const Slapi_Attr *a)
{
	return a ? a->a_type : NULL;
}

int slapi_attr_values2keys_sv(const Slapi_Attr *sattr, Slapi_Value **vals, Slapi_Value ***ivals, int ftype)
{
	return of_values(type_of(sattr), vals, ivals, ftype);
}

int slapi_attr_values2keys_sv_pb(const Slapi_Attr *sattr, Slapi_Value **vals, Slapi_Value ***ivals, int ftype,
				 Slapi_PBlock *pb)
{
	(void)pb;
	return of_values(type_of(sattr), vals, ivals, ftype);
}

int slapi_attr_assertion2keys_ava_sv(const Slapi_Attr *sattr, Slapi_Value *val, Slapi_Value ***ivals, int ftype)
{
	return of_assertion(type_of(sattr), val, ivals, ftype);
}

int slapi_attr_assertion2keys_sub_sv(const Slapi_Attr *sattr, char *initial, char **any, char *final,
				     Slapi_Value ***ivals)
{
	return of_substrings(type_of(sattr), initial, any, final, ivals);
}

int slapi_attr_assertion2keys_sub_sv_pb(Slapi_PBlock *pb, const Slapi_Attr *sattr, char *initial, char **any, char *final,
					Slapi_Value ***ivals)
{
	(void)pb;
	return of_substrings(type_of(sattr), initial, any, final, ivals);
}

/* The same for what slapi_attr_type2plugin gave: the row of a type. */

static const char *name_of(void *vpi)
{
	const struct cshim_type *t = vpi;

	return t ? t->name : NULL;
}

int slapi_call_syntax_values2keys_sv(void *vpi, Slapi_Value **vals, Slapi_Value ***ivals, int ftype)
{
	return of_values(name_of(vpi), vals, ivals, ftype);
}

int slapi_call_syntax_values2keys_sv_pb(void *vpi, Slapi_Value **vals, Slapi_Value ***ivals, int ftype, Slapi_PBlock *pb)
{
	(void)pb;
	return of_values(name_of(vpi), vals, ivals, ftype);
}

int slapi_call_syntax_assertion2keys_ava_sv(void *vpi, Slapi_Value *val, Slapi_Value ***ivals, int ftype)
{
	return of_assertion(name_of(vpi), val, ivals, ftype);
}

int slapi_call_syntax_assertion2keys_sub_sv(void *vpi, char *initial, char **any, char *final, Slapi_Value ***ivals)
{
	return of_substrings(name_of(vpi), initial, any, final, ivals);
}

/* The normal form of a value: written over val where it has the room, else GIVEN
 * in *retval. (trim_spaces is not looked at: a normal form has none outside.) */
void slapi_attr_value_normalize_ext(Slapi_PBlock *pb, const Slapi_Attr *sattr, const char *type, char *val, int trim_spaces,
				    char **retval, unsigned long filter_type)
{
	char *text;
	size_t n, room;

	(void)pb;
	(void)trim_spaces;
	(void)filter_type;
	if (retval)
		*retval = NULL;
	if (sattr)
		type = sattr->a_type;
	if (type == NULL || val == NULL)
		return;
	room = strlen(val);
	text = normal(type, val, room, &n);
	if (n <= room) {
		memcpy(val, text, n);
		val[n] = '\0';
		free(text);
	} else if (retval) {
		*retval = text;
	} else {
		free(text);
	}
}

void slapi_attr_value_normalize(Slapi_PBlock *pb, const Slapi_Attr *sattr, const char *type, char *val, int trim_spaces,
				char **retval)
{
	slapi_attr_value_normalize_ext(pb, sattr, type, val, trim_spaces, retval, 0);
}

int slapi_attr_is_dn_syntax_type(char *type)
{
	const struct cshim_type *t = type ? cshim_type_of(type) : NULL;

	return t && t->known && t->syntax_oid &&
	       (strcmp(t->syntax_oid, "1.3.6.1.4.1.1466.115.121.1.12") == 0 ||
		strcmp(t->syntax_oid, "1.3.6.1.4.1.1466.115.121.1.34") == 0);
}

int slapi_attr_is_dn_syntax_attr(Slapi_Attr *attr)
{
	return attr && attr->a_type && slapi_attr_is_dn_syntax_type(attr->a_type);
}
