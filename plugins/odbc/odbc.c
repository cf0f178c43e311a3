/*
 * odbc: a directory in a relational database that has an ODBC driver. See
 * odbc(5), and docs/writing-database-plugins.md for the functions.
 */
#include "odbc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What a transaction knows of an entry; id 0: that it is not there. */
struct node {
	struct node *next;
	char *ndn, *dn, *path, *csn;
	long long id;
	int kids;
	Slapi_Entry *e;
};

/* A transaction. Its changes are kept until the end, so that they are one
 * statement. When something must be read that the nodes do not tell, they go
 * out before, and c is the connection of the open transaction of the database. */
struct txn {
	struct odbc *o;
	struct conn *c;
	struct node *nodes;
	struct batch b;
};

/* What a search has found. */
struct found {
	Slapi_Entry **v;
	size_t n, room, at;
};

static struct odbc *self(Slapi_PBlock *pb)
{
	struct odbc *o = NULL;
	slapi_pblock_get(pb, SLAPI_PLUGIN_PRIVATE, &o);
	return o;
}

static struct txn *txn_of(Slapi_PBlock *pb)
{
	struct txn *t = NULL;
	slapi_pblock_get(pb, SLAPI_TXN, &t);
	return t;
}

/* Sends the LDAP result of an outcome; the return value for the server. */
static int answer(Slapi_PBlock *pb, int rc)
{
	switch (rc) {
	case DONE:
		return 0;
	case LOST:
		slapi_send_ldap_result(pb, LDAP_UNAVAILABLE, NULL, "the relational database cannot be reached", 0, NULL);
		return -1;
	case CONFLICT:
	case DUPLICATE:
		slapi_send_ldap_result(pb, LDAP_BUSY, NULL, "the entry is being changed elsewhere", 0, NULL);
		return -1;
	}
	slapi_send_ldap_result(pb, LDAP_OTHER, NULL, "the relational database refused a statement", 0, NULL);
	return -1;
}

static int no_such_object(Slapi_PBlock *pb)
{
	slapi_send_ldap_result(pb, LDAP_NO_SUCH_OBJECT, NULL, NULL, 0, NULL);
	return -1;
}

/* ---------------------------------------------------------------- Entries of rows */

/* The values of one attribute, while an entry is put together. */
struct part {
	char *descr;
	Slapi_Value **v;
	size_t n, room;
};

struct builder {
	struct part *v;
	size_t n, room;
};

static void builder_add(struct builder *b, const char *descr, const struct bytes *value)
{
	size_t i = b->n;
	struct berval bv = { value->len, value->p };

	while (i > 0 && strcmp(b->v[i - 1].descr, descr) != 0)
		i--;
	if (i == 0) {
		if (b->n == b->room) {
			b->room = b->room ? b->room * 2 : 16;
			b->v = (struct part *)slapi_ch_realloc((char *)b->v, b->room * sizeof *b->v);
		}
		i = ++b->n;
		memset(&b->v[i - 1], 0, sizeof *b->v);
		b->v[i - 1].descr = slapi_ch_strdup(descr);
	}
	struct part *p = &b->v[i - 1];
	if (p->n + 1 >= p->room) {
		p->room = p->room ? p->room * 2 : 4;
		p->v = (Slapi_Value **)slapi_ch_realloc((char *)p->v, p->room * sizeof *p->v);
	}
	p->v[p->n++] = slapi_value_new_berval(&bv);
	p->v[p->n] = NULL;
}

static Slapi_Entry *builder_end(struct builder *b, const char *dn)
{
	Slapi_Entry *e = slapi_entry_alloc();

	slapi_entry_set_dn(e, slapi_ch_strdup(dn));
	for (size_t i = 0; i < b->n; i++) {
		slapi_entry_add_values_sv(e, b->v[i].descr, b->v[i].v);
		for (size_t j = 0; j < b->v[i].n; j++)
			slapi_value_free(&b->v[i].v[j]);
		free(b->v[i].v);
		free(b->v[i].descr);
	}
	b->n = 0;
	return e;
}

static void found_add(struct found *f, Slapi_Entry *e)
{
	if (f->n == f->room) {
		f->room = f->room ? f->room * 2 : 16;
		f->v = (Slapi_Entry **)slapi_ch_realloc((char *)f->v, f->room * sizeof *f->v);
	}
	f->v[f->n++] = e;
}

static void found_free(void **set)
{
	struct found *f = set ? (struct found *)*set : NULL;

	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++)
		slapi_entry_free(f->v[i]);
	free(f->v);
	free(f);
	*set = NULL;
}

/* Columns of a row of a value. */
#define ROW "e.id, a.descr, a.value, e.dn"

/* Makes entries of rows; abandoned searches end early. */
static int collect(Slapi_PBlock *pb, SQLHSTMT st, struct found *f)
{
	struct builder b = { 0 };
	struct bytes descr = { 0 }, value = { 0 }, dn = { 0 };
	long long now = 0;
	int rc = DONE;
	SQLRETURN r;

	for (size_t rows = 1; (r = SQLFetch(st)) == SQL_SUCCESS || r == SQL_SUCCESS_WITH_INFO; rows++) {
		long long id = row_number(st, 1);
		if (id != now && now) {
			found_add(f, builder_end(&b, dn.p));
			if (slapi_op_abandoned(pb))
				break;
		}
		if (row_bytes(st, 2, 0, &descr) != 0 || row_bytes(st, 3, 1, &value) != 0 || (id != now && row_bytes(st, 4, 0, &dn) != 0)) {
			rc = FAILED;
			now = 0;
			break;
		}
		now = id;
		builder_add(&b, descr.p, &value);
	}
	if (now && b.n)
		found_add(f, builder_end(&b, dn.p));
	if (rc == DONE && r == SQL_ERROR)
		rc = FAILED;
	free(b.v);
	free(descr.p);
	free(value.p);
	free(dn.p);
	return rc;
}

/* ---------------------------------------------------------------- Transactions */

static void node_free(struct node *n)
{
	free(n->ndn);
	free(n->dn);
	free(n->path);
	free(n->csn);
	slapi_entry_free(n->e);
	free(n);
}

static void forget(struct txn *t)
{
	while (t->nodes) {
		struct node *n = t->nodes;
		t->nodes = n->next;
		node_free(n);
	}
}

static struct node *known(struct txn *t, const char *ndn)
{
	for (struct node *n = t->nodes; n; n = n->next)
		if (strcmp(n->ndn, ndn) == 0)
			return n;
	return NULL;
}

static struct node *node_new(struct txn *t, const char *ndn)
{
	struct node *n = known(t, ndn);

	if (n) {
		slapi_ch_free_string(&n->dn);
		slapi_ch_free_string(&n->path);
		slapi_ch_free_string(&n->csn);
		slapi_entry_free(n->e);
		n->e = NULL;
		n->id = 0;
		n->kids = 0;
		return n;
	}
	n = (struct node *)slapi_ch_calloc(1, sizeof *n);
	n->ndn = slapi_ch_strdup(ndn);
	n->next = t->nodes;
	t->nodes = n;
	return n;
}

/* Sends the changes so far, in a transaction that stays open. */
static int flush(struct txn *t)
{
	int rc = DONE;

	if (t->b.n == 0)
		return DONE;
	if (!t->c) {
		for (int i = 0; i <= t->o->retries && !t->c; i++) {
			pause_before(i);
			t->c = conn_take(t->o);
			if (t->c && conn_manual(t->o, t->c, 1) != DONE) {
				conn_give(t->o, t->c, 1);
				t->c = NULL;
			}
		}
		if (!t->c)
			return LOST;
	}
	rc = batch_apply(t->o, t->c, &t->b, 0);
	batch_clear(&t->b);
	return rc;
}

/* Runs a query: in the transaction's connection when it has one. */
static int query(struct odbc *o, struct txn *t, struct sql *q, SQLHSTMT *st, struct conn **c)
{
	*c = NULL;
	if (t && t->c)
		return sql_run(o, t->c, q, st, NULL);
	return sql_query(o, q, st, c);
}

/* Reads the entries of some names into the nodes. */
static int read_nodes(Slapi_PBlock *pb, struct txn *t, char *const *ndn, int n)
{
	struct sql q = { 0 };
	SQLHSTMT st;
	struct conn *c;
	int rc = flush(t), wanted = 0;

	if (rc != DONE)
		return rc;
	sql_put(&q, "SELECT " ROW ", e.ndn, e.path, e.csn, CASE WHEN EXISTS (SELECT 1 FROM {e} c WHERE c.parent = e.id) THEN 1 ELSE 0 END"
		    " FROM {e} e JOIN {a} a ON a.entry = e.id WHERE e.ndn_key IN (");
	for (int i = 0; i < n; i++) {
		char key[256];
		if (!ndn[i] || !*ndn[i] || known(t, ndn[i]))
			continue;
		sql_put(&q, wanted++ ? ", ?" : "?");
		name_key(ndn[i], key);
		sql_string(&q, key);
	}
	sql_put(&q, ") ORDER BY e.id, a.position");
	if (!wanted) {
		sql_done(&q);
		return DONE;
	}
	rc = query(t->o, t, &q, &st, &c);
	sql_done(&q);
	if (rc != DONE)
		return rc;
	struct builder b = { 0 };
	struct bytes descr = { 0 }, value = { 0 }, dn = { 0 }, name = { 0 }, path = { 0 }, csn = { 0 };
	struct node *now = NULL;
	for (int i = 0; i < n; i++)
		if (ndn[i] && *ndn[i] && !known(t, ndn[i]))
			node_new(t, ndn[i]);
	while (SQLFetch(st) == SQL_SUCCESS) {
		long long id = row_number(st, 1);
		row_bytes(st, 2, 0, &descr);
		row_bytes(st, 3, 1, &value);
		if (!now || now->id != id) {
			if (now)
				now->e = builder_end(&b, now->dn);
			row_bytes(st, 4, 0, &dn);
			row_bytes(st, 5, 0, &name);
			row_bytes(st, 6, 0, &path);
			row_bytes(st, 7, 0, &csn);
			now = node_new(t, name.p);
			now->id = id;
			now->dn = slapi_ch_strdup(dn.p);
			now->path = slapi_ch_strdup(path.p);
			now->csn = slapi_ch_strdup(csn.p);
			now->kids = row_number(st, 8) != 0;
		}
		builder_add(&b, descr.p, &value);
	}
	if (now)
		now->e = builder_end(&b, now->dn);
	stmt_free(st);
	conn_give(t->o, c, 0);
	free(b.v);
	free(descr.p);
	free(value.p);
	free(dn.p);
	free(name.p);
	free(path.p);
	free(csn.p);
	(void)pb;
	return DONE;
}

static int is_suffix(struct odbc *o, const char *ndn)
{
	for (int i = 0; o->suffixes && o->suffixes[i]; i++)
		if (strcmp(o->suffixes[i], ndn) == 0)
			return 1;
	return 0;
}

/* The node of a name. With it come its parent, the suffix and the name that an
 * entry is to get: an update needs them, too, and so reads once. */
static int node_of(Slapi_PBlock *pb, struct txn *t, const char *ndn, struct node **out)
{
	int rc = DONE;

	if (!(*out = known(t, ndn))) {
		char *names[5] = { (char *)ndn, NULL, t->o->suffixes ? t->o->suffixes[0] : NULL, NULL, NULL }, **next = NULL;
		if (!is_suffix(t->o, ndn))
			names[1] = slapi_dn_parent(ndn);
		if (names[1] && names[2] && strcmp(names[1], names[2]) == 0)
			names[2] = NULL;
		if (names[2] && strcmp(names[0], names[2]) == 0)
			names[2] = NULL;
		slapi_pblock_get(pb, SLAPI_X_DB_NEXT_NAMES, &next);
		if (next && next[0] && strcmp(next[0], names[0]) != 0) {
			names[3] = next[0];
			names[4] = is_suffix(t->o, next[0]) ? NULL : slapi_dn_parent(next[0]);
			for (int i = 0; i < 3; i++)
				if (names[4] && names[i] && strcmp(names[i], names[4]) == 0)
					slapi_ch_free_string(&names[4]);
		}
		rc = read_nodes(pb, t, names, 5);
		slapi_ch_free_string(&names[1]);
		slapi_ch_free_string(&names[4]);
		if (rc == DONE)
			*out = known(t, ndn);
	}
	return rc;
}

static int odbc_begin(Slapi_PBlock *pb)
{
	struct txn *t = (struct txn *)slapi_ch_calloc(1, sizeof *t);
	t->o = self(pb);
	slapi_pblock_set(pb, SLAPI_TXN, t);
	return 0;
}

static void txn_free(struct txn *t)
{
	forget(t);
	batch_clear(&t->b);
	free(t);
}

/* Gives the connection of an open transaction back. */
static void txn_leave(struct txn *t, int broken)
{
	if (!t->c)
		return;
	if (!broken && conn_manual(t->o, t->c, 0) != DONE)
		broken = 1;
	conn_give(t->o, t->c, broken);
	t->c = NULL;
}

static int odbc_commit(Slapi_PBlock *pb)
{
	struct txn *t = txn_of(pb);
	int rc = DONE;

	if (!t->c) {
		if (t->b.n)
			rc = batch_commit(t->o, &t->b);
	} else {
		rc = flush(t);
		if (rc == DONE)
			rc = conn_end(t->o, t->c, 1);
	}
	if (rc != DONE)
		return answer(pb, rc); /* the server calls the abort function */
	txn_leave(t, 0);
	txn_free(t);
	return 0;
}

static int odbc_abort(Slapi_PBlock *pb)
{
	struct txn *t = txn_of(pb);
	int broken = t->c && conn_end(t->o, t->c, 0) != DONE;

	txn_leave(t, broken);
	txn_free(t);
	return 0;
}

/* ---------------------------------------------------------------- Search */

static char *target(Slapi_PBlock *pb)
{
	Slapi_DN *sdn = NULL;
	slapi_pblock_get(pb, SLAPI_TARGET_SDN, &sdn);
	const char *ndn = slapi_sdn_get_ndn(sdn);
	return ndn ? (char *)ndn : "";
}

static int odbc_search(Slapi_PBlock *pb)
{
	struct odbc *o = self(pb);
	struct txn *t = txn_of(pb);
	const char *base = target(pb);
	int scope = LDAP_SCOPE_BASE, limit = -1, want_base = 0, rc, whole;
	Slapi_Filter *filter = NULL;
	struct found *f;
	struct sql q = { 0 };
	SQLHSTMT st;
	struct conn *c;

	slapi_pblock_get(pb, SLAPI_SEARCH_SCOPE, &scope);
	slapi_pblock_get(pb, SLAPI_SEARCH_FILTER, &filter);
	slapi_pblock_get(pb, SLAPI_SEARCH_SIZELIMIT, &limit);
	slapi_pblock_get(pb, SLAPI_X_DB_WANT_BASE, &want_base);
	f = (struct found *)slapi_ch_calloc(1, sizeof *f);
	if (t && filter_is_all(filter)) {
		struct node *n = known(t, base);
		if (scope == LDAP_SCOPE_BASE) {
			rc = node_of(pb, t, base, &n);
			if (rc != DONE || !n->id) {
				found_free((void **)&f);
				return rc != DONE ? answer(pb, rc) : no_such_object(pb);
			}
			found_add(f, slapi_entry_dup(n->e));
			slapi_pblock_set(pb, SLAPI_SEARCH_RESULT_SET, f);
			return 0;
		}
		if (scope == LDAP_SCOPE_ONELEVEL && n && n->id && !n->kids) {
			slapi_pblock_set(pb, SLAPI_SEARCH_RESULT_SET, f);
			return 0;
		}
	}
	if (t && (rc = flush(t)) != DONE) {
		found_free((void **)&f);
		return answer(pb, rc);
	}
	whole = o->suffixes && o->suffixes[0] && !o->suffixes[1] && strcmp(o->suffixes[0], base) == 0;
	sql_put(&q, "SELECT " ROW " FROM (");
	filter_ids(o, &q, base, scope, whole, filter);
	if (want_base && scope != LDAP_SCOPE_BASE) {
		char key[256];
		sql_put(&q, " UNION SELECT id FROM {e} WHERE ndn_key = ?");
		name_key(base, key);
		sql_string(&q, key);
	}
	if (limit > 0 && !want_base && filter_is_all(filter)) {
		char text[64];
		sql_put(&q, " ");
		snprintf(text, sizeof text, o->dialect->limit, limit);
		sql_put(&q, text);
	}
	sql_put(&q, ") x JOIN {e} e ON e.id = x.id JOIN {a} a ON a.entry = e.id ORDER BY ");
	if (want_base) {
		char key[256];
		sql_put(&q, "CASE WHEN e.ndn_key = ? THEN 0 ELSE 1 END, ");
		name_key(base, key);
		sql_string(&q, key);
	}
	sql_put(&q, "e.id, a.position");
	rc = query(o, t, &q, &st, &c);
	sql_done(&q);
	if (rc == DONE) {
		rc = collect(pb, st, f);
		stmt_free(st);
		conn_give(o, c, 0);
	}
	if (rc != DONE) {
		found_free((void **)&f);
		return answer(pb, rc);
	}
	if ((want_base || scope == LDAP_SCOPE_BASE) && f->n == 0) {
		found_free((void **)&f);
		return no_such_object(pb);
	}
	slapi_pblock_set(pb, SLAPI_SEARCH_RESULT_SET, f);
	return 0;
}

static int odbc_next(Slapi_PBlock *pb)
{
	struct found *f = NULL;

	slapi_pblock_get(pb, SLAPI_SEARCH_RESULT_SET, &f);
	if (!f)
		return -1;
	if (f->at > 0) { /* the server has made a copy */
		slapi_entry_free(f->v[f->at - 1]);
		f->v[f->at - 1] = NULL;
	}
	slapi_pblock_set(pb, SLAPI_SEARCH_RESULT_ENTRY, f->at < f->n ? f->v[f->at] : NULL);
	if (f->at < f->n)
		f->at++;
	else
		f->at = f->n = 0;
	return 0;
}

/* ---------------------------------------------------------------- Changes */

/* The columns type, options, descr and, for a value, norm and cut of an op. */
static void op_attr(struct op *x, const char *descr, const struct berval *value, int norm)
{
	char *name = NULL, *semi, text[256];
	struct berval key = { 0, NULL };
	int rc = slapi_x_attr_key(descr, value, &name, norm && value ? &key : NULL);

	x->s[0] = name ? name : slapi_ch_strdup(descr);
	semi = strchr(descr, ';');
	x->s[1] = slapi_ch_strdup(semi ? semi : "");
	for (char *p = x->s[1]; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p |= 0x20;
	x->s[2] = slapi_ch_strdup(descr);
	if (norm && value) {
		x->n2 = rc == 0 ? value_norm(&key, text) : 3;
		x->s[3] = slapi_ch_strdup(rc == 0 ? text : "");
		slapi_ch_free_string(&key.bv_val);
	}
	if (value) {
		x->bytes = slapi_ch_malloc(value->bv_len + 1);
		memcpy(x->bytes, value->bv_val ? value->bv_val : "", value->bv_len);
		x->len = value->bv_len;
	}
}

/* Rows of all values of an entry. */
static void put_values(struct batch *b, long long id, Slapi_Entry *e)
{
	Slapi_Attr *a = NULL;
	int position = 0;

	for (int rc = slapi_entry_first_attr(e, &a); rc == 0 && a; rc = slapi_entry_next_attr(e, a, &a)) {
		char *type = NULL, text[24];
		Slapi_Value *v = NULL;
		slapi_attr_get_type(a, &type);
		for (int i = slapi_attr_first_value(a, &v); i != -1 && v; i = slapi_attr_next_value(a, i, &v)) {
			struct op *x = batch_add(b, 'A', id, 0);
			op_attr(x, type, slapi_value_get_berval(v), 1);
			snprintf(text, sizeof text, "%d", position++);
			x->s[5] = slapi_ch_strdup(text);
		}
	}
}

static char *attr_text(Slapi_Entry *e, const char *type)
{
	char *s = slapi_entry_attr_get_charptr(e, type);
	return s ? s : slapi_ch_strdup("");
}

/* path of an entry below another path, and what lies behind its subtree. */
static char *path_below(const char *up, long long id) { return slapi_ch_smprintf("%s%lld/", up, id); }

static char *behind_path(const char *path)
{
	char *s = slapi_ch_strdup(path);
	s[strlen(s) - 1] = '0'; /* the character behind the slash */
	return s;
}

static char *leading_rdns(const char *dn, size_t n)
{
	size_t i = 0;

	for (int quoted = 0; dn[i]; i++) {
		if (dn[i] == '\\' && dn[i + 1])
			i++;
		else if (dn[i] == '"')
			quoted = !quoted;
		else if (dn[i] == ',' && !quoted && --n == 0)
			break;
	}
	return slapi_ch_smprintf("%.*s", (int)i, dn);
}

static size_t rdns(const char *path)
{
	size_t n = 0;
	for (; *path; path++)
		n += *path == '/';
	return n - 1;
}

static void op_name(struct op *x, const char *dn, const char *ndn, const char *path)
{
	char key[256];

	x->s[0] = slapi_ch_strdup(dn);
	x->s[1] = slapi_ch_strdup(ndn);
	name_key(ndn, key);
	x->s[2] = slapi_ch_strdup(key);
	x->s[3] = slapi_ch_strdup(path);
	x->s[4] = behind_path(path);
}

static long long next_id(struct odbc *o)
{
	pthread_mutex_lock(&o->lock);
	long long id = ++o->last_id;
	pthread_mutex_unlock(&o->lock);
	return id;
}

/* The node above a name; its path is "/" above a suffix. */
static int parent_of(Slapi_PBlock *pb, struct txn *t, const char *ndn, struct node **up)
{
	char *name;
	int rc;

	*up = NULL;
	if (is_suffix(t->o, ndn))
		return DONE;
	name = slapi_dn_parent(ndn);
	if (!name)
		return FAILED;
	rc = node_of(pb, t, name, up);
	slapi_ch_free_string(&name);
	return rc == DONE && !(*up)->id ? FAILED : rc;
}

enum { FLUSH_AT = 2000 }; /* rows */

static int odbc_add(Slapi_PBlock *pb)
{
	struct txn *t = txn_of(pb);
	Slapi_Entry *e = NULL;
	struct node *up, *n;
	char *rdn, *dn, *path;
	struct op *x;
	long long id;
	int rc;

	slapi_pblock_get(pb, SLAPI_ADD_ENTRY, &e);
	const char *ndn = slapi_entry_get_ndn(e);
	if ((rc = parent_of(pb, t, ndn, &up)) != DONE)
		return rc == FAILED ? no_such_object(pb) : answer(pb, rc);
	id = next_id(t->o);
	/* Names end with the name of the parent as it is spelled there. */
	rdn = leading_rdns(slapi_entry_get_dn_const(e), 1);
	dn = up ? slapi_ch_smprintf("%s,%s", rdn, up->dn) : slapi_ch_strdup(slapi_entry_get_dn_const(e));
	path = path_below(up ? up->path : "/", id);
	x = batch_add(&t->b, 'E', id, up ? up->id : 0);
	op_name(x, dn, ndn, path);
	x->s[5] = attr_text(e, "entryUUID");
	x->s[6] = attr_text(e, "entryCSN");
	if (up)
		up->kids = 1;
	n = node_new(t, ndn);
	n->id = id;
	n->dn = dn;
	n->path = path;
	n->csn = slapi_ch_strdup(x->s[6]);
	n->e = slapi_entry_dup(e);
	slapi_entry_set_dn(n->e, slapi_ch_strdup(dn));
	put_values(&t->b, id, e);
	free(rdn);
	return t->b.n > FLUSH_AT ? answer(pb, flush(t)) : 0;
}

/* Notes that an entry is another one now. */
static void touch(struct txn *t, struct node *n, Slapi_Entry *after)
{
	struct op *x = batch_add(&t->b, 'C', n->id, 0);
	x->s[0] = slapi_ch_strdup(n->csn);
	x->s[1] = attr_text(after, "entryCSN");
	slapi_ch_free_string(&n->csn);
	n->csn = slapi_ch_strdup(x->s[1]);
	slapi_entry_free(n->e);
	n->e = slapi_entry_dup(after);
	slapi_entry_set_dn(n->e, slapi_ch_strdup(n->dn));
}

static int odbc_modify(Slapi_PBlock *pb)
{
	struct txn *t = txn_of(pb);
	LDAPMod **mods = NULL;
	Slapi_Entry *after = NULL;
	struct node *n;
	int rc = node_of(pb, t, target(pb), &n);

	if (rc != DONE || !n->id)
		return rc != DONE ? answer(pb, rc) : no_such_object(pb);
	slapi_pblock_get(pb, SLAPI_MODIFY_MODS, &mods);
	slapi_pblock_get(pb, SLAPI_ENTRY_POST_OP, &after);
	touch(t, n, after);
	for (; mods && *mods; mods++) {
		int op = (*mods)->mod_op & ~LDAP_MOD_BVALUES;
		struct berval **v = (*mods)->mod_bvalues;
		if (op == LDAP_MOD_REPLACE || (op == LDAP_MOD_DELETE && !(v && *v)))
			op_attr(batch_add(&t->b, 'd', n->id, 0), (*mods)->mod_type, NULL, 0);
		for (; v && *v; v++)
			op_attr(batch_add(&t->b, op == LDAP_MOD_DELETE ? 'v' : 'a', n->id, 0), (*mods)->mod_type, *v, 1);
	}
	return t->b.n > FLUSH_AT ? answer(pb, flush(t)) : 0;
}

static int odbc_delete(Slapi_PBlock *pb)
{
	struct txn *t = txn_of(pb);
	struct node *n;
	struct op *x;
	int rc = node_of(pb, t, target(pb), &n);

	if (rc != DONE || !n->id)
		return rc != DONE ? answer(pb, rc) : no_such_object(pb);
	x = batch_add(&t->b, 'D', n->id, 0);
	x->s[0] = slapi_ch_strdup(n->csn);
	char *up = slapi_dn_parent(n->ndn);
	struct node *parent = up ? known(t, up) : NULL;
	node_new(t, n->ndn); /* it is known not to be there */
	/* Whether the parent has others is for the database to tell. */
	if (parent)
		parent->kids = 1;
	slapi_ch_free_string(&up);
	return 0;
}

/* Renames what is below n, which becomes dn, ndn, path. */
static int rename_below(struct txn *t, struct node *n, const char *dn, const char *ndn, const char *path)
{
	struct sql q = { 0 };
	SQLHSTMT st;
	struct conn *c;
	struct bytes old_dn = { 0 }, old_ndn = { 0 }, old_path = { 0 };
	char *end = behind_path(n->path);
	size_t above = rdns(n->path), skip = strlen(n->path);
	int rc = flush(t);

	if (rc == DONE) {
		sql_put(&q, "SELECT id, parent, dn, ndn, path FROM {e} WHERE path > ? AND path < ?");
		sql_string(&q, n->path);
		sql_string(&q, end);
		rc = query(t->o, t, &q, &st, &c);
		sql_done(&q);
	}
	free(end);
	if (rc != DONE)
		return rc;
	while (SQLFetch(st) == SQL_SUCCESS) {
		long long id = row_number(st, 1), parent = row_number(st, 2);
		row_bytes(st, 3, 0, &old_dn);
		row_bytes(st, 4, 0, &old_ndn);
		row_bytes(st, 5, 0, &old_path);
		size_t own = rdns(old_path.p) - above;
		char *d = leading_rdns(old_dn.p, own), *m = leading_rdns(old_ndn.p, own);
		char *new_dn = slapi_ch_smprintf("%s,%s", d, dn), *new_ndn = slapi_ch_smprintf("%s,%s", m, ndn);
		char *new_path = slapi_ch_smprintf("%s%s", path, old_path.p + skip);
		op_name(batch_add(&t->b, 'N', id, parent), new_dn, new_ndn, new_path);
		free(d);
		free(m);
		free(new_dn);
		free(new_ndn);
		free(new_path);
	}
	stmt_free(st);
	conn_give(t->o, c, 0);
	free(old_dn.p);
	free(old_ndn.p);
	free(old_path.p);
	return DONE;
}

static int odbc_modrdn(Slapi_PBlock *pb)
{
	struct txn *t = txn_of(pb);
	Slapi_Entry *after = NULL;
	struct node *n, *up;
	int rc = node_of(pb, t, target(pb), &n);

	if (rc != DONE || !n->id)
		return rc != DONE ? answer(pb, rc) : no_such_object(pb);
	slapi_pblock_get(pb, SLAPI_ENTRY_POST_OP, &after);
	const char *ndn = slapi_entry_get_ndn(after);
	if ((rc = parent_of(pb, t, ndn, &up)) != DONE)
		return rc == FAILED ? no_such_object(pb) : answer(pb, rc);
	char *rdn = leading_rdns(slapi_entry_get_dn_const(after), 1);
	char *dn = up ? slapi_ch_smprintf("%s,%s", rdn, up->dn) : slapi_ch_strdup(slapi_entry_get_dn_const(after));
	char *path = path_below(up ? up->path : "/", n->id);
	long long id = n->id, parent = up ? up->id : 0;

	if (n->kids)
		rc = rename_below(t, n, dn, ndn, path);
	if (rc == DONE) {
		touch(t, n, after);
		op_name(batch_add(&t->b, 'N', id, parent), dn, ndn, path);
		batch_add(&t->b, 'x', id, 0);
		put_values(&t->b, id, after);
		if (n->kids) {
			forget(t); /* of names below */
		} else {
			struct node *moved = node_new(t, ndn);
			struct node old = *n;
			moved->id = id;
			moved->dn = slapi_ch_strdup(dn);
			moved->path = slapi_ch_strdup(path);
			moved->csn = slapi_ch_strdup(n->csn ? n->csn : "");
			moved->e = slapi_entry_dup(after);
			slapi_entry_set_dn(moved->e, slapi_ch_strdup(dn));
			if (moved != n)
				node_new(t, old.ndn);
			if (up)
				up->kids = 1;
		}
	}
	free(rdn);
	free(dn);
	free(path);
	return rc == DONE ? 0 : answer(pb, rc);
}

/* ---------------------------------------------------------------- Start and end */

static int create_tables(struct odbc *o, struct conn *c)
{
	for (int i = 0; o->dialect->create[i]; i++) {
		struct sql q = { 0 };
		SQLHSTMT st;
		sql_put(&q, o->dialect->create[i]);
		int rc = sql_run(o, c, &q, &st, NULL);
		sql_done(&q);
		if (rc != DONE)
			return rc;
		stmt_free(st);
	}
	return DONE;
}

static int start(Slapi_PBlock *pb)
{
	struct odbc *o = self(pb);
	struct sql q = { 0 };
	SQLHSTMT st;
	struct conn *c = NULL;
	int rc;

	if (!o->connect) {
		slapi_log_error(SLAPI_LOG_FATAL, "odbc", "no odbc-connect line in the section of the database\n");
		return -1;
	}
	if (SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &o->env) != SQL_SUCCESS)
		return -1;
	SQLSetEnvAttr(o->env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
	for (int i = 0; i <= o->retries && !c; i++) {
		pause_before(i);
		c = conn_take(o);
	}
	if (!c)
		return -1;
	sql_put(&q, "SELECT MAX(id) FROM {e}");
	rc = sql_run(o, c, &q, &st, NULL);
	if (rc == FAILED && o->create) {
		slapi_log_error(SLAPI_LOG_FATAL, "odbc", "the tables %sentries and %sattributes are made\n", o->prefix, o->prefix);
		rc = create_tables(o, c);
		if (rc == DONE)
			rc = sql_run(o, c, &q, &st, NULL);
	}
	if (rc == DONE) {
		if (SQLFetch(st) == SQL_SUCCESS)
			o->last_id = row_number(st, 1);
		stmt_free(st);
	}
	sql_done(&q);
	conn_give(o, c, rc == LOST);
	return rc == DONE ? 0 : -1;
}

static int close_fn(Slapi_PBlock *pb)
{
	conn_close_all(self(pb));
	return 0;
}

static int read_secret(const char *path, char **out)
{
	char line[1024];
	FILE *f = fopen(path, "r");

	if (!f)
		return -1;
	if (!fgets(line, sizeof line, f))
		line[0] = 0;
	fclose(f);
	line[strcspn(line, "\r\n")] = 0;
	*out = slapi_ch_strdup(line);
	memset(line, 0, sizeof line);
	return 0;
}

static int good_prefix(const char *s)
{
	return strlen(s) <= 24 && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(s) && !(*s >= '0' && *s <= '9');
}

static int config(Slapi_PBlock *pb)
{
	struct odbc *o = self(pb);
	char **argv = NULL;
	int argc = 0, line = 0;
	const char *why = NULL;

	slapi_pblock_get(pb, SLAPI_CONFIG_ARGC, &argc);
	slapi_pblock_get(pb, SLAPI_CONFIG_ARGV, &argv);
	slapi_pblock_get(pb, SLAPI_CONFIG_LINENO, &line);
	if (!o->suffixes) {
		Slapi_Backend *be = NULL;
		slapi_pblock_get(pb, SLAPI_BACKEND, &be);
		for (int i = 0; slapi_be_getsuffix(be, i); i++)
			slapi_ch_array_add(&o->suffixes, slapi_ch_strdup(slapi_sdn_get_ndn(slapi_be_getsuffix(be, i))));
	}
	if (argc != 2) {
		why = "takes one argument";
	} else if (strcasecmp(argv[0], "odbc-connect") == 0) {
		slapi_ch_free_string(&o->connect);
		o->connect = slapi_ch_strdup(argv[1]);
	} else if (strcasecmp(argv[0], "odbc-user") == 0) {
		slapi_ch_free_string(&o->user);
		o->user = slapi_ch_strdup(argv[1]);
	} else if (strcasecmp(argv[0], "odbc-password-file") == 0) {
		slapi_ch_free_string(&o->password);
		if (read_secret(argv[1], &o->password) != 0)
			why = "the file cannot be read";
	} else if (strcasecmp(argv[0], "odbc-prefix") == 0) {
		slapi_ch_free_string(&o->prefix);
		o->prefix = slapi_ch_strdup(argv[1]);
		if (!good_prefix(argv[1]))
			why = "must be lower-case letters, digits and _";
	} else if (strcasecmp(argv[0], "odbc-dialect") == 0) {
		o->dialect = NULL;
		for (int i = 0; dialects[i]; i++)
			if (strcasecmp(dialects[i]->name, argv[1]) == 0)
				o->dialect = dialects[i];
		if (!o->dialect)
			why = "must be postgresql, mariadb, sqlite or db2";
	} else if (strcasecmp(argv[0], "odbc-connections") == 0) {
		o->most = atoi(argv[1]);
		if (o->most < 1 || o->most > 1000)
			why = "must be 1 to 1000";
	} else if (strcasecmp(argv[0], "odbc-retries") == 0) {
		o->retries = atoi(argv[1]);
		if (o->retries < 0 || o->retries > 100)
			why = "must be 0 to 100";
	} else if (strcasecmp(argv[0], "odbc-create") == 0) {
		o->create = strcasecmp(argv[1], "off") != 0;
	} else if (strcasecmp(argv[0], "odbc-trace") == 0) {
		o->trace = strcasecmp(argv[1], "on") == 0;
	} else {
		why = "is unknown";
	}
	if (why)
		slapi_log_error(SLAPI_LOG_FATAL, "odbc", "line %d: %s %s\n", line, argv[0], why);
	return why ? 1 : 0;
}

static Slapi_PluginDesc description = { "odbc", "libslapi", "1", "a directory in a relational database" };

int odbc_init(Slapi_PBlock *pb)
{
	struct odbc *o = (struct odbc *)slapi_ch_calloc(1, sizeof *o);
	int flags = SLAPI_X_DB_SPELLED_FILTER | SLAPI_X_DB_GIVES_BASE, rc = 0;

	pthread_mutex_init(&o->lock, NULL);
	pthread_cond_init(&o->given, NULL);
	o->prefix = slapi_ch_strdup("ldap_");
	o->most = 8;
	o->retries = 5;
	o->create = 1;
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, SLAPI_PLUGIN_VERSION_03);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DESCRIPTION, &description);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_PRIVATE, o);
	rc |= slapi_pblock_set(pb, SLAPI_X_DB_FLAGS, &flags);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_CONFIG_FN, (void *)config);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_START_FN, (void *)start);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_CLOSE_FN, (void *)close_fn);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_SEARCH_FN, (void *)odbc_search);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_NEXT_SEARCH_ENTRY_FN, (void *)odbc_next);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_SEARCH_RESULTS_RELEASE_FN, (void *)found_free);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_ADD_FN, (void *)odbc_add);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_MODIFY_FN, (void *)odbc_modify);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_MODRDN_FN, (void *)odbc_modrdn);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_DELETE_FN, (void *)odbc_delete);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_BEGIN_FN, (void *)odbc_begin);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_COMMIT_FN, (void *)odbc_commit);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_ABORT_FN, (void *)odbc_abort);
	return rc ? -1 : 0;
}
