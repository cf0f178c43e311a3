/* Connections and statements. */
#include "odbc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void grow(struct sql *q, size_t more)
{
	if (q->len + more + 1 > q->room) {
		q->room = (q->len + more + 1) * 2;
		q->text = slapi_ch_realloc(q->text, q->room);
	}
}

void sql_put(struct sql *q, const char *text)
{
	size_t n = strlen(text);
	grow(q, n);
	memcpy(q->text + q->len, text, n + 1);
	q->len += n;
}

static struct param *param(struct sql *q, char kind)
{
	if (q->n == q->vroom) {
		q->vroom = q->vroom ? q->vroom * 2 : 8;
		q->v = (struct param *)slapi_ch_realloc((char *)q->v, (size_t)q->vroom * sizeof *q->v);
	}
	memset(&q->v[q->n], 0, sizeof *q->v);
	q->v[q->n].kind = kind;
	return &q->v[q->n++];
}

static void put_copy(struct sql *q, char kind, const void *p, size_t n)
{
	struct param *x = param(q, kind);
	x->p = slapi_ch_malloc(n + 1);
	memcpy(x->p, p, n);
	x->p[n] = 0;
	x->len = (SQLLEN)n;
}

void sql_string(struct sql *q, const char *s) { put_copy(q, 's', s, strlen(s)); }
void sql_bytes(struct sql *q, const void *p, size_t n) { put_copy(q, 'b', p ? p : "", n); }
void sql_number(struct sql *q, long long n) { param(q, 'n')->n = n; }

void sql_add(struct sql *q, const struct sql *other)
{
	if (other->text)
		sql_put(q, other->text);
	for (int i = 0; i < other->n; i++) {
		const struct param *x = &other->v[i];
		if (x->kind == 'n')
			sql_number(q, x->n);
		else
			put_copy(q, x->kind, x->p, (size_t)x->len);
	}
}

void sql_done(struct sql *q)
{
	for (int i = 0; i < q->n; i++)
		free(q->v[i].p);
	free(q->v);
	free(q->text);
	memset(q, 0, sizeof *q);
}

/* The text with the names of the tables. */
static char *named(struct odbc *o, const char *text)
{
	size_t prefix = strlen(o->prefix), room = strlen(text) + 1;
	char *out, *to;

	for (const char *s = text; (s = strchr(s, '{')); s++)
		room += prefix + 16;
	to = out = slapi_ch_malloc(room);
	while (*text) {
		if (text[0] == '{' && text[1] && text[2] == '}') {
			to += sprintf(to, "%s%s", o->prefix, text[1] == 'e' ? "entries" : text[1] == 'a' ? "attributes" : "");
			text += 3;
		} else {
			*to++ = *text++;
		}
	}
	*to = 0;
	return out;
}

/* Drivers that give a general state for a connection that ended say it in the text alone. */
static int tells_of_end(const char *text)
{
	static const char *const texts[] = { "terminating connection", "server closed the connection", "no connection to the server",
					     "connection to server", "could not receive data from server", "could not send data to server",
					     "server has gone away", "system is shutting down", "system is starting up", NULL };

	for (int i = 0; texts[i]; i++)
		if (strstr(text, texts[i]))
			return 1;
	return 0;
}

/* Reads and logs what is wrong, and says what kind of failure it is. */
static int trouble(SQLSMALLINT type, SQLHANDLE h, const char *what)
{
	SQLCHAR state[6] = "", text[600] = "";
	SQLINTEGER native = 0;
	SQLSMALLINT len = 0;
	int rc = FAILED;

	if (SQLGetDiagRec(type, h, 1, state, &native, text, sizeof text, &len) == SQL_NO_DATA)
		return FAILED;
	if (strncmp((char *)state, "08", 2) == 0 || strncmp((char *)state, "57P0", 4) == 0 || native == 2006 || native == 2013 || native == 1053 || native == 1927 ||
	    tells_of_end((char *)text))
		rc = LOST;
	else if (strncmp((char *)state, "40", 2) == 0 || strcmp((char *)state, "HYT00") == 0 || native == 1213 || native == 1205 ||
		 strstr((char *)text, "database is locked"))
		rc = CONFLICT;
	else if (strncmp((char *)state, "23", 2) == 0 || native == 1062 || strstr((char *)text, "UNIQUE constraint"))
		rc = DUPLICATE;
	if (type == SQL_HANDLE_STMT || type == SQL_HANDLE_DBC)
		if (rc == FAILED || rc == LOST)
			slapi_log_error(SLAPI_LOG_FATAL, "odbc", "%s: [%s] (%d) %s\n", what, state, (int)native, text);
	return rc;
}

static int good(SQLRETURN rc) { return rc == SQL_SUCCESS || rc == SQL_SUCCESS_WITH_INFO; }

static int dead(struct conn *c)
{
	SQLINTEGER is = SQL_CD_FALSE;
	return good(SQLGetConnectAttr(c->h, SQL_ATTR_CONNECTION_DEAD, &is, 0, NULL)) && is == SQL_CD_TRUE;
}

static void conn_close(struct conn *c)
{
	SQLDisconnect(c->h);
	SQLFreeHandle(SQL_HANDLE_DBC, c->h);
	free(c);
}

static const struct dialect *dialect_of(struct conn *c)
{
	char name[128] = "";
	SQLSMALLINT len = 0;

	SQLGetInfo(c->h, SQL_DBMS_NAME, name, sizeof name, &len);
	for (int i = 0; dialects[i]; i++)
		if (strncasecmp(name, dialects[i]->dbms, strlen(dialects[i]->dbms)) == 0)
			return dialects[i];
	slapi_log_error(SLAPI_LOG_FATAL, "odbc", "no dialect for the database \"%s\": name one with odbc-dialect\n", name);
	return NULL;
}

static struct conn *conn_open(struct odbc *o)
{
	struct conn *c = (struct conn *)slapi_ch_calloc(1, sizeof *c);
	char *text = slapi_ch_smprintf("%s%s%s%s%s", o->connect, o->user ? ";UID=" : "", o->user ? o->user : "", o->password ? ";PWD=" : "",
				       o->password ? o->password : "");
	SQLRETURN rc = SQLAllocHandle(SQL_HANDLE_DBC, o->env, &c->h);
	int ok = 0;

	if (good(rc)) {
		SQLSetConnectAttr(c->h, SQL_ATTR_LOGIN_TIMEOUT, (SQLPOINTER)10, 0);
		rc = SQLDriverConnect(c->h, NULL, (SQLCHAR *)text, SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
		if (!good(rc)) {
			trouble(SQL_HANDLE_DBC, c->h, "connect");
			SQLFreeHandle(SQL_HANDLE_DBC, c->h);
		} else {
			ok = 1;
			if (!o->dialect)
				o->dialect = dialect_of(c);
			if (!o->dialect)
				ok = 0;
			for (int i = 0; ok && o->dialect->setup[i]; i++) {
				struct sql q = { 0 };
				SQLHSTMT st;
				sql_put(&q, o->dialect->setup[i]);
				ok = sql_run(o, c, &q, &st, NULL) == DONE;
				if (ok)
					stmt_free(st);
				sql_done(&q);
			}
			if (!ok) {
				conn_close(c);
				c = NULL;
			}
		}
	}
	memset(text, 0, strlen(text));
	free(text);
	if (!ok && c) {
		free(c);
		c = NULL;
	}
	return c;
}

/* NULL when the database cannot be reached. */
struct conn *conn_take(struct odbc *o)
{
	struct conn *c;

	pthread_mutex_lock(&o->lock);
	for (;;) {
		while ((c = o->idle)) {
			o->idle = c->next;
			if (c->generation == o->generation)
				break;
			o->open--;
			conn_close(c); /* opened before others were found dead */
		}
		if (c || o->open < o->most)
			break;
		pthread_cond_wait(&o->given, &o->lock);
	}
	if (c) {
		pthread_mutex_unlock(&o->lock);
		return c;
	}
	o->open++;
	unsigned generation = o->generation;
	pthread_mutex_unlock(&o->lock);
	c = conn_open(o);
	if (c) {
		c->generation = generation;
		return c;
	}
	pthread_mutex_lock(&o->lock);
	o->open--;
	pthread_cond_signal(&o->given);
	pthread_mutex_unlock(&o->lock);
	return NULL;
}

void conn_give(struct odbc *o, struct conn *c, int broken)
{
	if (!c)
		return;
	pthread_mutex_lock(&o->lock);
	if (broken) {
		if (c->generation == o->generation)
			o->generation++; /* the others will be dead too */
		o->open--;
	} else {
		c->next = o->idle;
		o->idle = c;
	}
	pthread_cond_signal(&o->given);
	pthread_mutex_unlock(&o->lock);
	if (broken)
		conn_close(c);
}

void conn_close_all(struct odbc *o)
{
	pthread_mutex_lock(&o->lock);
	while (o->idle) {
		struct conn *c = o->idle;
		o->idle = c->next;
		conn_close(c);
		o->open--;
	}
	pthread_mutex_unlock(&o->lock);
}

int sql_run(struct odbc *o, struct conn *c, struct sql *q, SQLHSTMT *out, long long *rows)
{
	SQLHSTMT st;
	SQLRETURN rc;
	char *text = named(o, q->text);

	*out = NULL;
	if (!good(SQLAllocHandle(SQL_HANDLE_STMT, c->h, &st))) {
		free(text);
		return dead(c) ? LOST : trouble(SQL_HANDLE_DBC, c->h, "statement");
	}
	if (o->trace)
		slapi_log_error(SLAPI_LOG_FATAL, "odbc", "statement: %.1500s\n", text);
	for (int i = 0; i < q->n; i++) {
		struct param *x = &q->v[i];
		SQLUSMALLINT at = (SQLUSMALLINT)(i + 1);
		switch (x->kind) {
		case 'n':
			SQLBindParameter(st, at, SQL_PARAM_INPUT, SQL_C_SBIGINT, SQL_BIGINT, 0, 0, &x->n, 0, NULL);
			break;
		case 's':
			SQLBindParameter(st, at, SQL_PARAM_INPUT, SQL_C_CHAR, x->len > 1000 ? SQL_LONGVARCHAR : SQL_VARCHAR,
					 (SQLULEN)(x->len ? x->len : 1), 0, x->p, x->len + 1, &x->len);
			break;
		default:
			SQLBindParameter(st, at, SQL_PARAM_INPUT, SQL_C_BINARY, SQL_LONGVARBINARY, (SQLULEN)(x->len ? x->len : 1), 0, x->p,
					 x->len, &x->len);
		}
	}
	rc = SQLExecDirect(st, (SQLCHAR *)text, SQL_NTS);
	if (!good(rc) && rc != SQL_NO_DATA) {
		int kind = trouble(SQL_HANDLE_STMT, st, "statement");
		if (kind == FAILED && dead(c))
			kind = LOST;
		if (kind == FAILED)
			slapi_log_error(SLAPI_LOG_FATAL, "odbc", "it was: %.400s\n", text);
		SQLFreeHandle(SQL_HANDLE_STMT, st);
		free(text);
		return kind;
	}
	free(text);
	if (rows) {
		SQLLEN n = 0;
		SQLRowCount(st, &n);
		*rows = rc == SQL_NO_DATA ? 0 : n;
	}
	*out = st;
	return DONE;
}

void stmt_free(SQLHSTMT st)
{
	if (st)
		SQLFreeHandle(SQL_HANDLE_STMT, st);
}

int conn_manual(struct odbc *o, struct conn *c, int manual)
{
	(void)o;
	if (good(SQLSetConnectAttr(c->h, SQL_ATTR_AUTOCOMMIT, (SQLPOINTER)(SQLULEN)(manual ? SQL_AUTOCOMMIT_OFF : SQL_AUTOCOMMIT_ON), 0)))
		return DONE;
	return dead(c) ? LOST : trouble(SQL_HANDLE_DBC, c->h, "autocommit");
}

int conn_end(struct odbc *o, struct conn *c, int commit)
{
	(void)o;
	if (good(SQLEndTran(SQL_HANDLE_DBC, c->h, commit ? SQL_COMMIT : SQL_ROLLBACK)))
		return DONE;
	int kind = trouble(SQL_HANDLE_DBC, c->h, commit ? "commit" : "rollback");
	return kind == FAILED && dead(c) ? LOST : kind;
}

void pause_before(int attempt)
{
	struct timespec t = { 0, 0 };
	long ms = attempt <= 1 ? 0 : 50L << (attempt < 7 ? attempt : 7);
	t.tv_sec = ms / 1000;
	t.tv_nsec = ms % 1000 * 1000000;
	if (ms)
		nanosleep(&t, NULL);
}

int sql_query(struct odbc *o, struct sql *q, SQLHSTMT *st, struct conn **out)
{
	int rc = LOST;

	for (int i = 0; i <= o->retries && rc == LOST; i++) {
		pause_before(i);
		struct conn *c = conn_take(o);
		if (!c)
			continue;
		rc = sql_run(o, c, q, st, NULL);
		if (rc == DONE) {
			*out = c;
			return DONE;
		}
		conn_give(o, c, rc == LOST);
	}
	return rc;
}

int row_bytes(SQLHSTMT st, int column, int binary, struct bytes *b)
{
	SQLRETURN rc;
	SQLLEN ind = 0;
	size_t end = binary ? 0 : 1;

	b->len = 0;
	b->null = 0;
	if (b->room < 256) {
		b->room = 256;
		b->p = slapi_ch_realloc(b->p, b->room + 1);
	}
	for (;;) {
		rc = SQLGetData(st, (SQLUSMALLINT)column, binary ? SQL_C_BINARY : SQL_C_CHAR, b->p + b->len, (SQLLEN)(b->room - b->len), &ind);
		if (rc == SQL_NO_DATA)
			break;
		if (!good(rc))
			return -1;
		if (ind == SQL_NULL_DATA) {
			b->null = 1;
			break;
		}
		if (rc == SQL_SUCCESS || (ind != SQL_NO_TOTAL && (size_t)ind + end <= b->room - b->len)) {
			b->len += (size_t)ind;
			break;
		}
		size_t got = b->room - b->len - end;
		size_t rest = ind == SQL_NO_TOTAL ? b->room : (size_t)ind - got;
		b->len += got;
		b->room = b->len + rest + 256;
		b->p = slapi_ch_realloc(b->p, b->room + 1);
	}
	b->p[b->len] = 0;
	return 0;
}

long long row_number(SQLHSTMT st, int column)
{
	SQLBIGINT n = 0;
	SQLLEN ind = 0;
	if (!good(SQLGetData(st, (SQLUSMALLINT)column, SQL_C_SBIGINT, &n, sizeof n, &ind)) || ind == SQL_NULL_DATA)
		return 0;
	return n;
}
