/* The changes of a transaction, and how they reach the database: all of them in
 * one statement where the dialect has a procedure for it, else one by one. */
#include "odbc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct op *batch_add(struct batch *b, char what, long long n1, long long n2)
{
	if (b->n == b->room) {
		b->room = b->room ? b->room * 2 : 32;
		b->v = (struct op *)slapi_ch_realloc((char *)b->v, b->room * sizeof *b->v);
	}
	struct op *o = &b->v[b->n++];
	memset(o, 0, sizeof *o);
	o->what = what;
	o->n1 = n1;
	o->n2 = n2;
	return o;
}

void batch_clear(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		for (int j = 0; j < 7; j++)
			free(b->v[i].s[j]);
		free(b->v[i].bytes);
	}
	free(b->v);
	memset(b, 0, sizeof *b);
}

static void json_string(struct sql *q, const char *s)
{
	char buf[16], *out = slapi_ch_malloc(strlen(s ? s : "") * 6 + 3), *to = out;

	*to++ = '"';
	for (; s && *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '"' || c == '\\') {
			*to++ = '\\';
			*to++ = (char)c;
		} else if (c < 0x20) {
			snprintf(buf, sizeof buf, "\\u%04x", c);
			memcpy(to, buf, 6);
			to += 6;
		} else {
			*to++ = (char)c;
		}
	}
	*to++ = '"';
	*to = 0;
	sql_put(q, out);
	free(out);
}

static void json_op(struct sql *q, const struct op *o)
{
	char head[80], *hex;

	snprintf(head, sizeof head, "[\"%c\",%lld,%lld,", o->what, o->n1, o->n2);
	sql_put(q, head);
	for (int i = 0; i < 7; i++) {
		json_string(q, o->s[i]);
		sql_put(q, ",");
	}
	hex = slapi_ch_malloc(o->len * 2 + 4);
	hex[0] = '"';
	for (size_t i = 0; i < o->len; i++) {
		static const char digit[] = "0123456789abcdef";
		hex[1 + 2 * i] = digit[(unsigned char)o->bytes[i] >> 4];
		hex[2 + 2 * i] = digit[(unsigned char)o->bytes[i] & 15];
	}
	memcpy(hex + 1 + 2 * o->len, "\"]", 3);
	sql_put(q, hex);
	free(hex);
}

static int by_procedure(struct odbc *o, struct conn *c, struct batch *b, int own)
{
	struct sql doc = { 0 }, q = { 0 };
	SQLHSTMT st;
	int rc;

	sql_put(&doc, "[");
	for (size_t i = 0; i < b->n; i++) {
		if (i)
			sql_put(&doc, ",");
		json_op(&doc, &b->v[i]);
	}
	sql_put(&doc, "]");
	sql_put(&q, own ? o->dialect->apply_own : o->dialect->apply_open);
	sql_string(&q, doc.text);
	rc = sql_run(o, c, &q, &st, NULL);
	if (rc == DONE)
		stmt_free(st);
	sql_done(&doc);
	sql_done(&q);
	return rc;
}

/* One statement of the plain way. checked: it must change one row. */
static int plain_statement(struct odbc *o, struct conn *c, struct sql *q, int checked)
{
	SQLHSTMT st;
	long long rows = 0;
	int rc = sql_run(o, c, q, &st, &rows);

	if (rc == DONE)
		stmt_free(st);
	sql_done(q);
	return rc == DONE && checked && rows != 1 ? CONFLICT : rc;
}

static int plainly(struct odbc *o, struct conn *c, const struct op *x)
{
	struct sql q = { 0 };
	int rc;

	switch (x->what) {
	case 'E':
		sql_put(&q, "INSERT INTO {e} (id, parent, dn, ndn, ndn_key, path, upto, uuid, csn) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
		sql_number(&q, x->n1);
		sql_number(&q, x->n2);
		for (int i = 0; i < 7; i++)
			sql_string(&q, x->s[i]);
		return plain_statement(o, c, &q, 1);
	case 'A':
		sql_put(&q, "INSERT INTO {a} (entry, position, type, options, descr, value, norm, cut) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
		sql_number(&q, x->n1);
		sql_number(&q, atoll(x->s[5]));
		for (int i = 0; i < 3; i++)
			sql_string(&q, x->s[i]);
		sql_bytes(&q, x->bytes, x->len);
		sql_string(&q, x->s[3]);
		sql_number(&q, x->n2);
		return plain_statement(o, c, &q, 1);
	case 'a': {
		SQLHSTMT st;
		long long at;
		sql_put(&q, "SELECT COALESCE(MAX(position), -1) + 1 FROM {a} WHERE entry = ?");
		sql_number(&q, x->n1);
		rc = sql_run(o, c, &q, &st, NULL);
		sql_done(&q);
		if (rc != DONE)
			return rc;
		at = SQLFetch(st) == SQL_SUCCESS ? row_number(st, 1) : 0;
		stmt_free(st);
		struct op at_place = *x;
		char text[24];
		snprintf(text, sizeof text, "%lld", at);
		at_place.what = 'A';
		at_place.s[5] = text;
		return plainly(o, c, &at_place);
	}
	case 'd':
		sql_put(&q, "DELETE FROM {a} WHERE entry = ? AND type = ? AND options = ?");
		sql_number(&q, x->n1);
		sql_string(&q, x->s[0]);
		sql_string(&q, x->s[1]);
		return plain_statement(o, c, &q, 0);
	case 'v':
		sql_put(&q, "DELETE FROM {a} WHERE entry = ? AND type = ? AND norm = ? AND options = ? AND value = ?");
		sql_number(&q, x->n1);
		sql_string(&q, x->s[0]);
		sql_string(&q, x->s[3]);
		sql_string(&q, x->s[1]);
		sql_bytes(&q, x->bytes, x->len);
		return plain_statement(o, c, &q, 0);
	case 'x':
		sql_put(&q, "DELETE FROM {a} WHERE entry = ?");
		sql_number(&q, x->n1);
		return plain_statement(o, c, &q, 0);
	case 'N':
		sql_put(&q, "UPDATE {e} SET parent = ?, dn = ?, ndn = ?, ndn_key = ?, path = ?, upto = ? WHERE id = ?");
		sql_number(&q, x->n2);
		for (int i = 0; i < 5; i++)
			sql_string(&q, x->s[i]);
		sql_number(&q, x->n1);
		return plain_statement(o, c, &q, 1);
	case 'C':
		sql_put(&q, "UPDATE {e} SET csn = ? WHERE id = ? AND csn = ?");
		sql_string(&q, x->s[1]);
		sql_number(&q, x->n1);
		sql_string(&q, x->s[0]);
		return plain_statement(o, c, &q, 1);
	case 'D':
		sql_put(&q, "DELETE FROM {a} WHERE entry = ?");
		sql_number(&q, x->n1);
		rc = plain_statement(o, c, &q, 0);
		if (rc != DONE)
			return rc;
		sql_put(&q, "DELETE FROM {e} WHERE id = ? AND csn = ?");
		sql_number(&q, x->n1);
		sql_string(&q, x->s[0]);
		return plain_statement(o, c, &q, 1);
	}
	return FAILED;
}

int batch_apply(struct odbc *o, struct conn *c, struct batch *b, int own)
{
	int rc = DONE;

	if (b->n == 0)
		return DONE;
	if (o->dialect->apply_own)
		return by_procedure(o, c, b, own);
	if (own && (rc = conn_manual(o, c, 1)) != DONE)
		return rc;
	for (size_t i = 0; rc == DONE && i < b->n; i++)
		rc = plainly(o, c, &b->v[i]);
	if (own) {
		if (rc == DONE)
			rc = conn_end(o, c, 1);
		else if (rc != LOST)
			conn_end(o, c, 0);
		if (rc != LOST && conn_manual(o, c, 0) != DONE)
			return rc == DONE ? DONE : LOST;
	}
	return rc;
}

/* Whether a batch whose connection was lost was made after all: 1, 0, or -1 when
 * the database does not tell. */
static int was_made(struct odbc *o, struct batch *b)
{
	const char *csn = NULL;
	long long id = 0;
	struct sql q = { 0 };
	SQLHSTMT st;
	struct conn *c;
	int made = 0;

	for (size_t i = 0; i < b->n; i++)
		switch (b->v[i].what) {
		case 'E': id = b->v[i].n1; csn = b->v[i].s[6]; break;
		case 'C': id = b->v[i].n1; csn = b->v[i].s[1]; break;
		case 'D': id = b->v[i].n1; csn = NULL; break;
		}
	sql_put(&q, "SELECT csn FROM {e} WHERE id = ?");
	sql_number(&q, id);
	if (sql_query(o, &q, &st, &c) != DONE) {
		sql_done(&q);
		return -1;
	}
	struct bytes v = { 0 };
	int there = SQLFetch(st) == SQL_SUCCESS && row_bytes(st, 1, 0, &v) == 0;
	made = csn ? there && strcmp(v.p, csn) == 0 : !there;
	stmt_free(st);
	conn_give(o, c, 0);
	free(v.p);
	sql_done(&q);
	return made;
}

int batch_commit(struct odbc *o, struct batch *b)
{
	int rc = LOST;

	for (int i = 0; i <= o->retries && rc == LOST; i++) {
		pause_before(i);
		struct conn *c = conn_take(o);
		if (!c)
			continue;
		rc = batch_apply(o, c, b, 1);
		conn_give(o, c, rc == LOST);
		if (rc == LOST) {
			int made = was_made(o, b);
			if (made < 0)
				return LOST;
			if (made)
				return DONE;
		}
	}
	return rc;
}
