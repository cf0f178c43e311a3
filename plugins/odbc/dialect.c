/* What differs between the databases. DB2's is untested. */
#include "odbc.h"

/*
 * {p}entries: one row an entry. path is the ids from the suffix down to the entry,
 * "/1/7/": the entries below have it in front, which lie between path and upto.
 * ndn_key is the normal name, or the begin and a check sum of a long one.
 * {p}attributes: one row a value. norm is the normal form by which it is found.
 */
#define INDEXES \
	"CREATE UNIQUE INDEX {p}entries_key ON {e} (ndn_key)", "CREATE INDEX {p}entries_parent ON {e} (parent)", \
	"CREATE UNIQUE INDEX {p}entries_path ON {e} (path)", "CREATE INDEX {p}attributes_norm ON {a} (type, norm, entry)"

static const char *const none[] = { NULL };

static const char *const pg_setup[] = { "SET client_encoding TO 'UTF8'", "SET standard_conforming_strings TO on", NULL };

static const char *const pg_create[] = {
	"CREATE TABLE {e} (id BIGINT PRIMARY KEY, parent BIGINT NOT NULL, dn TEXT NOT NULL, ndn TEXT NOT NULL,"
	" ndn_key VARCHAR(255) COLLATE \"C\" NOT NULL, path VARCHAR(1000) COLLATE \"C\" NOT NULL,"
	" upto VARCHAR(1000) COLLATE \"C\" NOT NULL, uuid VARCHAR(64) NOT NULL, csn VARCHAR(64) NOT NULL)",
	"CREATE TABLE {a} (entry BIGINT NOT NULL REFERENCES {e}, position INTEGER NOT NULL, type VARCHAR(255) COLLATE \"C\" NOT NULL,"
	" options VARCHAR(255) NOT NULL, descr VARCHAR(255) NOT NULL, value BYTEA NOT NULL,"
	" norm VARCHAR(255) COLLATE \"C\" NOT NULL, cut SMALLINT NOT NULL, PRIMARY KEY (entry, position))",
	INDEXES,
	"CREATE OR REPLACE FUNCTION {p}apply(doc jsonb) RETURNS integer LANGUAGE plpgsql AS $$"
	" DECLARE o jsonb; n integer; BEGIN"
	" FOR o IN SELECT * FROM jsonb_array_elements(doc) LOOP"
	" CASE o->>0"
	" WHEN 'E' THEN INSERT INTO {e} VALUES ((o->>1)::bigint, (o->>2)::bigint, o->>3, o->>4, o->>5, o->>6, o->>7, o->>8, o->>9);"
	" WHEN 'A' THEN INSERT INTO {a} VALUES ((o->>1)::bigint, (o->>8)::integer, o->>3, o->>4, o->>5, decode(o->>10, 'hex'), o->>6, (o->>2)::smallint);"
	" WHEN 'a' THEN INSERT INTO {a} SELECT (o->>1)::bigint, COALESCE(MAX(position), -1) + 1, o->>3, o->>4, o->>5, decode(o->>10, 'hex'),"
	" o->>6, (o->>2)::smallint FROM {a} WHERE entry = (o->>1)::bigint;"
	" WHEN 'd' THEN DELETE FROM {a} WHERE entry = (o->>1)::bigint AND type = o->>3 AND options = o->>4;"
	" WHEN 'v' THEN DELETE FROM {a} WHERE entry = (o->>1)::bigint AND type = o->>3 AND norm = o->>6 AND options = o->>4 AND value = decode(o->>10, 'hex');"
	" WHEN 'x' THEN DELETE FROM {a} WHERE entry = (o->>1)::bigint;"
	" WHEN 'N' THEN UPDATE {e} SET parent = (o->>2)::bigint, dn = o->>3, ndn = o->>4, ndn_key = o->>5, path = o->>6, upto = o->>7 WHERE id = (o->>1)::bigint;"
	" WHEN 'C' THEN UPDATE {e} SET csn = o->>4 WHERE id = (o->>1)::bigint AND csn = o->>3;"
	" WHEN 'D' THEN DELETE FROM {a} WHERE entry = (o->>1)::bigint; DELETE FROM {e} WHERE id = (o->>1)::bigint AND csn = o->>3;"
	" END CASE;"
	" IF o->>0 IN ('C', 'D', 'N') THEN GET DIAGNOSTICS n = ROW_COUNT;"
	" IF n <> 1 THEN RAISE EXCEPTION 'the entry was changed meanwhile' USING ERRCODE = '40001'; END IF; END IF;"
	" END LOOP; RETURN 0; END $$",
	NULL
};

static const struct dialect postgresql = {
	"postgresql", "PostgreSQL", pg_setup, pg_create, "SELECT {p}apply(CAST(? AS jsonb))", "SELECT {p}apply(CAST(? AS jsonb))", "LIMIT %d"
};

static const char *const maria_setup[] = {
	"SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES'",
	"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", NULL
};

#define ASCII " CHARACTER SET ascii COLLATE ascii_nopad_bin NOT NULL"
static const char *const maria_create[] = {
	"CREATE TABLE {e} (id BIGINT PRIMARY KEY, parent BIGINT NOT NULL, dn TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,"
	" ndn TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, ndn_key VARCHAR(255)" ASCII ", path VARCHAR(1000)" ASCII
	", upto VARCHAR(1000)" ASCII ", uuid VARCHAR(64)" ASCII ", csn VARCHAR(64)" ASCII ") ENGINE=InnoDB ROW_FORMAT=DYNAMIC",
	"CREATE TABLE {a} (entry BIGINT NOT NULL, position INTEGER NOT NULL, type VARCHAR(255)" ASCII ", options VARCHAR(255)" ASCII
	", descr VARCHAR(255)" ASCII ", value LONGBLOB NOT NULL, norm VARCHAR(255)" ASCII ", cut SMALLINT NOT NULL,"
	" PRIMARY KEY (entry, position), FOREIGN KEY (entry) REFERENCES {e} (id)) ENGINE=InnoDB ROW_FORMAT=DYNAMIC",
	INDEXES,
	"CREATE OR REPLACE PROCEDURE {p}apply(doc LONGTEXT CHARACTER SET utf8mb4, own INTEGER) MODIFIES SQL DATA BEGIN"
	" DECLARE ended, n INTEGER DEFAULT 0; DECLARE w CHAR(1) CHARACTER SET ascii COLLATE ascii_bin; DECLARE n1, n2 BIGINT;"
	" DECLARE s1, s2, s3, s4, s5, s6, s7 TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; DECLARE h LONGTEXT CHARACTER SET ascii;"
	" DECLARE c CURSOR FOR SELECT * FROM JSON_TABLE(doc, '$[*]' COLUMNS (w CHAR(1) CHARACTER SET ascii PATH '$[0]', n1 BIGINT PATH '$[1]',"
	" n2 BIGINT PATH '$[2]', s1 TEXT CHARACTER SET utf8mb4 PATH '$[3]', s2 TEXT CHARACTER SET utf8mb4 PATH '$[4]',"
	" s3 TEXT CHARACTER SET utf8mb4 PATH '$[5]', s4 TEXT CHARACTER SET utf8mb4 PATH '$[6]', s5 TEXT CHARACTER SET utf8mb4 PATH '$[7]',"
	" s6 TEXT CHARACTER SET utf8mb4 PATH '$[8]', s7 TEXT CHARACTER SET utf8mb4 PATH '$[9]', h LONGTEXT PATH '$[10]')) t;"
	" DECLARE CONTINUE HANDLER FOR NOT FOUND SET ended = 1;"
	" DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN IF own THEN ROLLBACK; END IF; RESIGNAL; END;"
	" IF own THEN START TRANSACTION; END IF;"
	" OPEN c;"
	" each_op: LOOP FETCH c INTO w, n1, n2, s1, s2, s3, s4, s5, s6, s7, h; IF ended THEN LEAVE each_op; END IF;"
	" CASE w"
	" WHEN 'E' THEN INSERT INTO {e} VALUES (n1, n2, s1, s2, s3, s4, s5, s6, s7);"
	" WHEN 'A' THEN INSERT INTO {a} VALUES (n1, CAST(s6 AS SIGNED), s1, s2, s3, UNHEX(h), s4, n2);"
	" WHEN 'a' THEN INSERT INTO {a} SELECT n1, COALESCE(MAX(position), -1) + 1, s1, s2, s3, UNHEX(h), s4, n2 FROM {a} WHERE entry = n1;"
	" WHEN 'd' THEN DELETE FROM {a} WHERE entry = n1 AND type = s1 AND options = s2;"
	" WHEN 'v' THEN DELETE FROM {a} WHERE entry = n1 AND type = s1 AND norm = s4 AND options = s2 AND value = UNHEX(h);"
	" WHEN 'x' THEN DELETE FROM {a} WHERE entry = n1;"
	" WHEN 'N' THEN UPDATE {e} SET parent = n2, dn = s1, ndn = s2, ndn_key = s3, path = s4, upto = s5 WHERE id = n1;"
	" WHEN 'C' THEN SELECT COUNT(*) INTO n FROM {e} WHERE id = n1 AND csn = s1 FOR UPDATE;"
	" IF n <> 1 THEN SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'the entry was changed meanwhile'; END IF;"
	" UPDATE {e} SET csn = s2 WHERE id = n1;"
	" WHEN 'D' THEN DELETE FROM {a} WHERE entry = n1; DELETE FROM {e} WHERE id = n1 AND csn = s1;"
	" IF ROW_COUNT() <> 1 THEN SIGNAL SQLSTATE '40001' SET MESSAGE_TEXT = 'the entry was changed meanwhile'; END IF;"
	" END CASE; SET ended = 0; END LOOP; CLOSE c;"
	" IF own THEN COMMIT; END IF; END",
	NULL
};

static const struct dialect mariadb = {
	"mariadb", "M", maria_setup, maria_create, "CALL {p}apply(?, 1)", "CALL {p}apply(?, 0)", "LIMIT %d"
};

static const char *const lite_setup[] = { "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA busy_timeout=20000", NULL };

static const char *const lite_create[] = {
	"CREATE TABLE {e} (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, dn TEXT NOT NULL, ndn TEXT NOT NULL, ndn_key TEXT NOT NULL,"
	" path TEXT NOT NULL, upto TEXT NOT NULL, uuid TEXT NOT NULL, csn TEXT NOT NULL)",
	"CREATE TABLE {a} (entry INTEGER NOT NULL REFERENCES {e}, position INTEGER NOT NULL, type TEXT NOT NULL, options TEXT NOT NULL,"
	" descr TEXT NOT NULL, value BLOB NOT NULL, norm TEXT NOT NULL, cut INTEGER NOT NULL, PRIMARY KEY (entry, position)) WITHOUT ROWID",
	INDEXES,
	NULL
};

static const struct dialect sqlite = { "sqlite", "SQLite", lite_setup, lite_create, NULL, NULL, "LIMIT %d" };

static const char *const db2_create[] = {
	"CREATE TABLE {e} (id BIGINT NOT NULL PRIMARY KEY, parent BIGINT NOT NULL, dn VARCHAR(8000) NOT NULL, ndn VARCHAR(8000) NOT NULL,"
	" ndn_key VARCHAR(255) NOT NULL, path VARCHAR(1000) NOT NULL, upto VARCHAR(1000) NOT NULL, uuid VARCHAR(64) NOT NULL, csn VARCHAR(64) NOT NULL)",
	"CREATE TABLE {a} (entry BIGINT NOT NULL REFERENCES {e}, position INTEGER NOT NULL, type VARCHAR(255) NOT NULL, options VARCHAR(255) NOT NULL,"
	" descr VARCHAR(255) NOT NULL, value BLOB(100M) NOT NULL, norm VARCHAR(255) NOT NULL, cut SMALLINT NOT NULL, PRIMARY KEY (entry, position))",
	INDEXES,
	NULL
};

/* Needs a database with IDENTITY collation and code set UTF-8. */
static const struct dialect db2 = { "db2", "DB2", none, db2_create, NULL, NULL, "FETCH FIRST %d ROWS ONLY" };

const struct dialect *const dialects[] = { &postgresql, &sqlite, &db2, &mariadb, NULL };
