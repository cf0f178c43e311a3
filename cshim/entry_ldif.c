/*
 * Entries as LDIF: slapi_entry2str, and slapi_str2entry of plain records. A
 * record with options on its types, flags that ask the schema, a name that is
 * not plain, or anything wrong is Go's (libslapi/object_entry.go).
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dialect.h"
#include "dn.h"
#include "entry.h"
#include "goside.h"
#include "mem.h"

#define WIDTH 78 /* bytes of a line */

/* ---- writing */

struct text {
	char *p;
	size_t n, room;
};

static void need(struct text *t, size_t more)
{
	if (t->room - t->n > more)
		return;
	t->room = (t->n + more + 1) * 2;
	t->p = cshim_realloc(t->p, t->room);
}

static void put(struct text *t, const void *s, size_t n)
{
	memcpy(t->p + t->n, s, n);
	t->n += n;
}

static int is_secret(const char *name)
{
	size_t n = strcspn(name, ";");

	return (n == 12 && strncasecmp(name, "userPassword", 12) == 0) || (n == 8 && memcmp(name, "2.5.4.35", 8) == 0);
}

static int outer_safe(const unsigned char *v, size_t n)
{
	return n > 0 && v[0] != ' ' && v[0] != ':' && v[0] != '<' && v[n - 1] != ' ';
}

static int is_safe(const unsigned char *v, size_t n)
{
	unsigned bad = 0;

	if (!outer_safe(v, n))
		return 0;
	for (size_t i = 0; i < n; i++)
		bad |= (unsigned)(v[i] - 0x20) > 0x7e - 0x20;
	return !bad;
}

static void put_base64(struct text *t, const unsigned char *v, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *d = t->p + t->n;

	for (size_t i = 0; i < n; i += 3) {
		unsigned w = (unsigned)v[i] << 16 | (i + 1 < n ? (unsigned)v[i + 1] << 8 : 0) | (i + 2 < n ? (unsigned)v[i + 2] : 0);
		*d++ = digits[w >> 18];
		*d++ = digits[w >> 12 & 63];
		*d++ = i + 1 < n ? digits[w >> 6 & 63] : '=';
		*d++ = i + 2 < n ? digits[w & 63] : '=';
	}
	t->n = (size_t)(d - t->p);
}

/* Breaks the line that begins at start; there is room. */
static void fold(struct text *t, size_t start)
{
	size_t n = t->n - start, breaks;

	if (n <= WIDTH)
		return;
	breaks = (n - WIDTH + WIDTH - 2) / (WIDTH - 1);
	for (size_t i = breaks; i > 0; i--) {
		size_t from = start + WIDTH + (i - 1) * (WIDTH - 1), to = from + 2 * i, size = start + n - from;
		memmove(t->p + to, t->p + from, size < WIDTH - 1 ? size : WIDTH - 1);
		t->p[to - 2] = '\n';
		t->p[to - 1] = ' ';
	}
	t->n += 2 * breaks;
}

static void put_line(struct text *t, const char *name, size_t name_len, int secret, const void *bytes, size_t n, int options)
{
	const unsigned char *v = bytes ? bytes : (const unsigned char *)"";
	size_t start = t->n, most = name_len + 5 + (n + 2) / 3 * 4;

	need(t, most + 2 * (most / (WIDTH - 1) + 1));
	put(t, name, name_len);
	if ((options & SLAPI_DUMP_MINIMAL_ENCODING) && outer_safe(v, n) && !memchr(v, 0, n) && !memchr(v, '\n', n) &&
	    !memchr(v, '\r', n)) {
		put(t, ": ", 2);
		put(t, v, n);
		put(t, "\n", 1);
		return;
	}
	if (n == 0) {
		put(t, ":", 1);
	} else if (!secret && is_safe(v, n)) {
		put(t, ": ", 2);
		put(t, v, n);
	} else {
		put(t, ":: ", 3);
		put_base64(t, v, n);
	}
	if (!(options & SLAPI_DUMP_NOWRAP))
		fold(t, start);
	put(t, "\n", 1);
}

static char *print(Slapi_Entry *e, int *len, int options)
{
	const char *name;
	struct text t = { NULL, 0, 1024 };

	if (len)
		*len = 0;
	if (e == NULL)
		return NULL;
	t.p = cshim_malloc(t.room);
	name = cshim_sdn_pretty(&e->e_sdn, CSHIM_389);
	if (name)
		put_line(&t, "dn", 2, 0, name, strlen(name), options);
	for (const Slapi_Attr *a = e->e_attrs; a; a = a->a_next) {
		const char *desc = a->a_type ? a->a_type : "";
		size_t desc_len = strlen(desc);
		int secret = is_secret(desc);
		if ((options & SLAPI_DUMP_NOOPATTRS) && (cshim_type_of(desc)->flags & SLAPI_ATTR_FLAG_OPATTR))
			continue;
		if (!(options & SLAPI_DUMP_UNIQUEID) && strcasecmp(desc, "nsUniqueId") == 0)
			continue;
		for (size_t i = 0; i < a->a_present_values.num; i++) {
			const struct berval *bv = &a->a_present_values.va[i]->bv;
			put_line(&t, desc, desc_len, secret, bv->bv_val, bv->bv_val ? bv->bv_len : 0, options);
		}
	}
	t.p[t.n] = '\0';
	if (len)
		*len = (int)t.n;
	return t.p;
}

char *slapi_entry2str(Slapi_Entry *e, int *len)
{
	return print(e, len, 0);
}

char *slapi_entry2str_with_options(Slapi_Entry *e, int *len, int options)
{
	return print(e, len, options);
}

/* ---- reading */

#define FEW_LINES 96
#define FEW_BYTES 2048

struct line {
	char *p;
	size_t n;
};

struct found {
	const struct cshim_type *type;
	const char *desc; /* as the entry shows it */
	size_t desc_len, count;
	Slapi_Attr *attr;
};

struct reader {
	char *bytes;        /* the record without folds; values are decoded in place */
	struct line *lines; /* logical lines; later: values */
	struct found *attrs;
	int *of;            /* whose value a line is */
	size_t nlines, nvalues, nattrs;
};

/* The logical lines up to the first empty one behind some, without comments. */
static void unfold(struct reader *r, const char *text, size_t len)
{
	const char *end = text + len;
	char *out = r->bytes;
	int comment = 0;

	while (text <= end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text)), *stop = nl ? nl : end;
		size_t n = (size_t)(stop - text);
		if (n && text[n - 1] == '\r')
			n--;
		if (n == 0) {
			if (r->nlines)
				return;
			comment = 0;
		} else if (*text == ' ') {
			if (!comment && r->nlines) {
				memcpy(out, text + 1, n - 1);
				out += n - 1;
				r->lines[r->nlines - 1].n += n - 1;
			}
		} else if (*text == '#') {
			comment = 1;
		} else {
			comment = 0;
			memcpy(out, text, n);
			r->lines[r->nlines++] = (struct line){ out, n };
			out += n;
		}
		if (nl == NULL)
			return;
		text = nl + 1;
	}
}

/* The value of a base 64 digit, -1 for none. */
static int sextet(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decodes in place; -1 for what is not whole groups of the alphabet. */
static long decode(unsigned char *p, size_t n)
{
	unsigned char *d = p;
	size_t pad = 0;

	if (n % 4)
		return -1;
	while (pad < 2 && pad < n && p[n - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i < n; i += 4) {
		int last = i + 4 == n, k = last ? 4 - (int)pad : 4;
		unsigned w = 0;
		for (int j = 0; j < 4; j++) {
			int s = j < k ? sextet(p[i + (size_t)j]) : 0;
			if (s < 0)
				return -1;
			w = w << 6 | (unsigned)s;
		}
		*d++ = (unsigned char)(w >> 16);
		if (k > 2)
			*d++ = (unsigned char)(w >> 8);
		if (k > 3)
			*d++ = (unsigned char)w;
	}
	return d - p;
}

/* "type: text" or "type:: base 64": the type's length, and the value in *line. */
static long split(struct line *line)
{
	char *colon = memchr(line->p, ':', line->n), *v, *end = line->p + line->n;
	size_t n;
	long len;

	if (colon == NULL)
		return -1;
	n = (size_t)(colon - line->p);
	while (n && line->p[n - 1] == ' ')
		n--;
	if (n == 0)
		return -1;
	v = colon + 1;
	if (v < end && *v == '<')
		return -1;
	if (v < end && *v == ':') {
		for (v++; v < end && *v == ' '; v++)
			;
		while (end > v && end[-1] == ' ')
			end--;
		len = decode((unsigned char *)v, (size_t)(end - v));
		if (len < 0)
			return -1;
		end = v + len;
	} else {
		while (v < end && *v == ' ')
			v++;
	}
	line->p = v;
	line->n = (size_t)(end - v);
	return (long)n;
}

static int is(const char *word, const char *s, size_t n)
{
	return strlen(word) == n && strncasecmp(word, s, n) == 0;
}

/* The attribute of a type, made when it is new. -1: Go must see to it. */
static int attr_of(struct reader *r, const char *name, size_t n)
{
	const struct cshim_type *t;
	struct found *f;

	if (r->nattrs && r->attrs[r->nattrs - 1].desc_len == n && strncasecmp(r->attrs[r->nattrs - 1].desc, name, n) == 0)
		return (int)r->nattrs - 1;
	if (memchr(name, ';', n))
		return -1;
	t = cshim_type_of_n(name, n);
	if (t->name == NULL || t->malformed)
		return -1;
	for (size_t i = 0; i < r->nattrs; i++)
		if (r->attrs[i].type == t || (t->id && r->attrs[i].type->id == t->id))
			return (int)i;
	f = &r->attrs[r->nattrs];
	*f = (struct found){ .type = t, .desc = t->known ? t->name : name, .desc_len = t->known ? t->name_len : n };
	return (int)r->nattrs++;
}

static int read_lines(struct reader *r, const char *dn, int is_389, char **pretty, char **norm)
{
	int style = cshim_compat389() ? CSHIM_389 : CSHIM_OPENLDAP, named = dn != NULL, rdn_line = 0;

	if (dn && cshim_dn_plain_forms(dn, strlen(dn), style, pretty, norm) != 0)
		return -1;
	for (size_t i = 0; i < r->nlines; i++) {
		struct line line = r->lines[i];
		const char *name = line.p;
		long n = split(&line);
		int a;

		if (n < 0)
			return -1;
		if (is("dn", name, (size_t)n)) {
			if (*pretty && !named)
				return -1;
			if (*pretty == NULL && cshim_dn_plain_forms(line.p, line.n, style, pretty, norm) != 0)
				return -1;
			continue;
		}
		if (is_389 && is("version", name, (size_t)n))
			continue;
		if (named && !rdn_line && is("rdn", name, (size_t)n)) {
			rdn_line = 1;
			continue;
		}
		if (*pretty == NULL) /* attributes before the name */
			return -1;
		a = attr_of(r, name, (size_t)n);
		if (a < 0)
			return -1;
		r->attrs[a].count++;
		r->lines[r->nvalues] = line;
		r->of[r->nvalues++] = a;
	}
	return *pretty ? 0 : -1;
}

static Slapi_Entry *make(struct reader *r, char *pretty, char *norm, int flags)
{
	Slapi_Entry *e = slapi_entry_alloc();
	Slapi_Attr **tail = &e->e_attrs;

	cshim_sdn_put(&e->e_sdn, pretty, norm);
	for (size_t i = 0; i < r->nattrs; i++) {
		struct found *f = &r->attrs[i];
		f->attr = cshim_attr_with(f->desc, f->desc_len, f->count);
		f->attr->a_info = f->type;
		f->attr->a_own[1] = (uintptr_t)f->attr->a_type; /* a description, see filter_test.c */
		f->attr->a_present_values.va[f->count] = NULL;
		*tail = f->attr;
		tail = &f->attr->a_next;
	}
	for (size_t i = 0; i < r->nvalues; i++) {
		const struct found *f = &r->attrs[r->of[i]];
		Slapi_ValueSet *vs = &f->attr->a_present_values;
		const struct line *v = &r->lines[i];
		vs->va[vs->num++] = cshim_value_make(v->p, v->n);
		if (!f->type->is_class)
			continue;
		if (is("ldapsubentry", v->p, v->n) && strcasecmp(f->desc, "objectClass") == 0)
			e->e_flags |= SLAPI_ENTRY_FLAG_LDAPSUBENTRY;
		else if (is("referral", v->p, v->n) && strcasecmp(f->desc, "objectClass") == 0)
			e->e_flags |= SLAPI_ENTRY_FLAG_REFERRAL;
		else if ((flags & SLAPI_STR2ENTRY_TOMBSTONE_CHECK) && is("nsTombstone", v->p, v->n) &&
		         strcasecmp(f->desc, "objectClass") == 0)
			e->e_flags |= SLAPI_ENTRY_FLAG_TOMBSTONE;
	}
	return e;
}

Slapi_Entry *cshim_entry_read(const char *dn, const char *text, int flags, int is_389)
{
	struct line few_lines[FEW_LINES];
	struct found few_attrs[FEW_LINES];
	int few_of[FEW_LINES];
	char few_bytes[FEW_BYTES], *pretty = NULL, *norm = NULL;
	struct reader r = { few_bytes, few_lines, few_attrs, few_of, 0, 0, 0 };
	size_t len = strlen(text), lines = 1;
	Slapi_Entry *e = NULL;

	if (flags & (SLAPI_STR2ENTRY_REMOVEDUPVALS | SLAPI_STR2ENTRY_ADDRDNVALS | SLAPI_STR2ENTRY_EXPAND_OBJECTCLASSES))
		return NULL;
	if (dn && *dn == '\0')
		dn = NULL;
	if (len > FEW_BYTES)
		r.bytes = cshim_malloc(len);
	for (const char *p = text; (p = memchr(p, '\n', (size_t)(text + len - p))) != NULL; p++)
		lines++;
	if (lines > FEW_LINES) {
		r.lines = cshim_malloc(lines * sizeof *r.lines);
		r.attrs = cshim_malloc(lines * sizeof *r.attrs);
		r.of = cshim_malloc(lines * sizeof *r.of);
	}
	unfold(&r, text, len);
	if (read_lines(&r, dn, is_389, &pretty, &norm) == 0) {
		e = make(&r, pretty, norm, flags);
	} else {
		free(pretty);
		free(norm);
	}
	if (r.bytes != few_bytes)
		free(r.bytes);
	if (r.lines != few_lines) {
		free(r.lines);
		free(r.attrs);
		free(r.of);
	}
	return e;
}

static Slapi_Entry *read_entry(const char *dn, char *s, int flags, int dialect)
{
	Slapi_Entry *e;

	if (s == NULL)
		return NULL;
	e = cshim_entry_read(dn, s, flags, dialect == CSHIM_389);
	return e ? e : slapiGoStr2Entry((char *)dn, s, strlen(s), flags, dialect);
}

Slapi_Entry *slapi_str2entry(char *s, int flags)
{
	return read_entry(NULL, s, flags, cshim_dialect(CSHIM_CALLER()));
}

/* dn, or else "dn:" in the text, names the entry; the text may have an "rdn:" line too. */
Slapi_Entry *slapi_str2entry_ext(const char *dn, const Slapi_RDN *srdn, char *s, int flags)
{
	(void)srdn;
	return read_entry(dn, s, flags, cshim_dialect(CSHIM_CALLER()));
}
