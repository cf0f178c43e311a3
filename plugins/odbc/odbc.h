/*
 * odbc.h: the database plug-in over ODBC. sql.c has connections and statements,
 * filter.c makes SQL of filters, write.c keeps the changes of a transaction and
 * sends them, dialect.c has what differs between the databases, odbc.c the
 * functions of the plug-in.
 */
#ifndef LIBSLAPI_ODBC_H
#define LIBSLAPI_ODBC_H

#include <pthread.h>
#include <stddef.h>
#include <sql.h>
#include <sqlext.h>
#include <slapi-plugin.h>

/* Outcomes of statements. */
enum {
	DONE = 0,
	FAILED = -1,   /* the database refused it */
	LOST = -2,     /* the connection is gone */
	CONFLICT = -3, /* somebody else was faster */
	DUPLICATE = -4
};

/* What differs between the databases. In all SQL texts {e} and {a} stand for the
 * tables, {p} for the prefix of names. */
struct dialect {
	const char *name;
	const char *dbms;         /* how SQL_DBMS_NAME begins */
	const char *const *setup; /* statements for each new connection, NULL at the end */
	const char *const *create;/* tables, indexes and the procedure */
	/* One statement that makes all changes of a batch, given as JSON in a
	 * parameter: in a transaction of its own (1) or in the one that is open (0).
	 * NULL: statement by statement in a transaction. */
	const char *apply_own, *apply_open;
	const char *limit;        /* "LIMIT %d" */
};
extern const struct dialect *const dialects[];

struct conn {
	SQLHDBC h;
	struct conn *next;
	unsigned generation; /* of the odbc when it was opened */
};

struct odbc {
	char *connect, *user, *password, *prefix;
	const struct dialect *dialect;
	int most, retries, trace, create, busy_wait;
	SQLHENV env;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t given;
	struct conn *idle;
	int open;
	unsigned generation; /* grows when connections turn out to be dead */
	long long last_id;
	char **suffixes; /* normal names, NULL at the end */
};

/* A statement with its parameters. The texts of parameters are copied. */
struct param {
	char kind; /* 's' string, 'b' bytes, 'n' number */
	long long n;
	char *p;
	SQLLEN len;
};

struct sql {
	char *text;
	size_t len, room;
	struct param *v;
	int n, vroom;
};

void sql_put(struct sql *q, const char *text);
void sql_string(struct sql *q, const char *s);
void sql_bytes(struct sql *q, const void *p, size_t n);
void sql_number(struct sql *q, long long n);
/* Adds the text and the parameters of another statement. */
void sql_add(struct sql *q, const struct sql *other);
void sql_done(struct sql *q);

/* A row is read by these, columns from 1 on and in this order. */
struct bytes {
	char *p;
	size_t len, room;
	int null;
};
int row_bytes(SQLHSTMT st, int column, int binary, struct bytes *b);
long long row_number(SQLHSTMT st, int column);

/* Takes a connection, waiting for one when all are in use, and gives it back;
 * broken says that it is not to be used again. */
struct conn *conn_take(struct odbc *o);
void conn_give(struct odbc *o, struct conn *c, int broken);
void conn_close_all(struct odbc *o);

/* Runs q; *st must be freed (stmt_free) when DONE. *rows: what was changed. */
int sql_run(struct odbc *o, struct conn *c, struct sql *q, SQLHSTMT *st, long long *rows);
void stmt_free(SQLHSTMT st);
int conn_manual(struct odbc *o, struct conn *c, int manual);
int conn_end(struct odbc *o, struct conn *c, int commit);
/* Runs q outside of transactions, on any connection, again when that was lost. c
 * is to be given back when DONE. */
int sql_query(struct odbc *o, struct sql *q, SQLHSTMT *st, struct conn **c);
/* Waits before the nth attempt. */
void pause_before(int attempt);

/* Normal names and values as the tables hold them. */
void name_key(const char *ndn, char out[256]);
/* The text of a key for the column norm, and how it was made: 0 as it is, 1 in
 * hex, 2 cut off, 3 there is none. */
int value_norm(const struct berval *key, char out[256]);

/* filter.c: the ids of what lies within scope of base and may match. whole: base
 * is the only suffix. */
void filter_ids(struct odbc *o, struct sql *q, const char *base_ndn, int scope, int whole, Slapi_Filter *f);
int filter_is_all(Slapi_Filter *f);

/* One change of a row. */
struct op {
	char what;
	long long n1, n2;
	char *s[7];
	char *bytes;
	size_t len;
};

struct batch {
	struct op *v;
	size_t n, room, size;
};

struct op *batch_add(struct batch *b, char what, long long n1, long long n2);
void batch_clear(struct batch *b);
/* Makes the changes on c: in a transaction of their own, or in the open one. */
int batch_apply(struct odbc *o, struct conn *c, struct batch *b, int own);
/* Makes them on any connection, again when it was lost and they were not made. */
int batch_commit(struct odbc *o, struct batch *b);

#endif
