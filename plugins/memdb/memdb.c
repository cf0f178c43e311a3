/*
 * memdb: a database in memory, and the example of docs/writing-database-plugins.md.
 *
 *     database memdb
 *     suffix   dc=example,dc=com
 *     rootdn   cn=admin,dc=example,dc=com
 *     plugin   database memdb.so memdb_init [ldif=FILE] [next] [plain]
 *
 * ldif=FILE is read at the start and written at the end. next gives the entries
 * of a search one by one (389's way) instead of sending them from the search
 * function (OpenLDAP's and IBM's way). plain registers no transactions: the
 * server then undoes what has to be undone.
 *
 * All entries are in one sorted array, in the order of their names read from the
 * right, so that a subtree is one piece of it. An array that readers may see is
 * never changed: a writer makes a copy and puts that in its place, so a search
 * needs no lock while it looks, and to abort is to throw the copy away.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <slapi-plugin.h>

struct item {
	int refs;
	char *key; /* the normal name from the right to the left, \1 between the RDNs */
	Slapi_Entry *e;
};

struct tree {
	int refs;
	size_t n, room;
	struct item **v;
};

struct memdb {
	pthread_mutex_t lock; /* guards all refs, and now */
	struct tree *now;
	char *ldif;
	int next, plain, failed;
};

/* What SLAPI_SEARCH_RESULT_SET points to. */
struct found {
	struct memdb *db;
	struct item **hit; /* held */
	size_t n, at;
};

static char *key_of(const char *ndn)
{
	size_t len = strlen(ndn), end = len, out = 0;
	char *key = slapi_ch_malloc(len + 2);

	for (size_t i = len; ; i--) {
		int cut = i == 0;
		if (!cut && ndn[i - 1] == ',') {
			size_t slashes = 0;
			while (i - 1 > slashes && ndn[i - 2 - slashes] == '\\')
				slashes++;
			cut = slashes % 2 == 0;
		}
		if (cut) {
			if (out)
				key[out++] = '\1';
			memcpy(key + out, ndn + i, end - i);
			out += end - i;
			end = i ? i - 1 : 0;
		}
		if (i == 0)
			break;
	}
	key[out] = 0;
	return key;
}

static int below(const char *key, const char *base)
{
	size_t n = strlen(base);
	return strncmp(key, base, n) == 0 && (key[n] == 0 || key[n] == '\1');
}

static struct item *item_new(Slapi_Entry *e) /* takes e over */
{
	struct item *it = (struct item *)slapi_ch_calloc(1, sizeof *it);
	it->refs = 1;
	it->e = e;
	it->key = key_of(slapi_entry_get_ndn(e));
	return it;
}

/* The caller holds the lock. */
static void item_drop(struct item *it)
{
	if (--it->refs > 0)
		return;
	slapi_entry_free(it->e);
	free(it->key);
	free(it);
}

static void tree_drop(struct tree *t)
{
	if (--t->refs > 0)
		return;
	for (size_t i = 0; i < t->n; i++)
		item_drop(t->v[i]);
	free(t->v);
	free(t);
}

static struct tree *tree_copy(const struct tree *t)
{
	struct tree *c = (struct tree *)slapi_ch_calloc(1, sizeof *c);
	c->refs = 1;
	c->n = t->n;
	c->room = t->n + 8;
	c->v = (struct item **)slapi_ch_calloc(c->room, sizeof *c->v);
	for (size_t i = 0; i < t->n; i++) {
		c->v[i] = t->v[i];
		c->v[i]->refs++;
	}
	return c;
}

/* Where key is, or would be. */
static size_t tree_find(const struct tree *t, const char *key, int *there)
{
	size_t low = 0, high = t->n;

	*there = 0;
	while (low < high) {
		size_t mid = (low + high) / 2;
		int c = strcmp(t->v[mid]->key, key);
		if (c == 0) {
			*there = 1;
			return mid;
		}
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int tree_put(struct tree *t, struct item *it) /* takes it over; -1: the name is taken */
{
	int there;
	size_t at = tree_find(t, it->key, &there);

	if (there)
		return -1;
	if (t->n == t->room) {
		t->room *= 2;
		t->v = (struct item **)slapi_ch_realloc((char *)t->v, t->room * sizeof *t->v);
	}
	memmove(t->v + at + 1, t->v + at, (t->n - at) * sizeof *t->v);
	t->v[at] = it;
	t->n++;
	return 0;
}

static void tree_cut(struct tree *t, size_t at, size_t n)
{
	for (size_t i = at; i < at + n; i++)
		item_drop(t->v[i]);
	memmove(t->v + at, t->v + at + n, (t->n - at - n) * sizeof *t->v);
	t->n -= n;
}

static struct memdb *database(Slapi_PBlock *pb)
{
	struct memdb *db = NULL;
	slapi_pblock_get(pb, SLAPI_PLUGIN_PRIVATE, &db);
	return db;
}

/* The state to read: that of the transaction, or what is there now. */
static struct tree *reading(struct memdb *db, Slapi_PBlock *pb)
{
	struct tree *t = NULL;

	slapi_pblock_get(pb, SLAPI_TXN, &t);
	pthread_mutex_lock(&db->lock);
	if (!t)
		t = db->now;
	t->refs++;
	pthread_mutex_unlock(&db->lock);
	return t;
}

static void done_reading(struct memdb *db, struct tree *t)
{
	pthread_mutex_lock(&db->lock);
	tree_drop(t);
	pthread_mutex_unlock(&db->lock);
}

/* The state to change, with the lock held. Without a transaction it is a copy
 * that changed() puts in place. */
static struct tree *changing(struct memdb *db, Slapi_PBlock *pb)
{
	struct tree *t = NULL;

	slapi_pblock_get(pb, SLAPI_TXN, &t);
	pthread_mutex_lock(&db->lock);
	return t ? t : tree_copy(db->now);
}

static int changed(struct memdb *db, Slapi_PBlock *pb, struct tree *t, int code)
{
	struct tree *txn = NULL;

	slapi_pblock_get(pb, SLAPI_TXN, &txn);
	if (!txn && code == LDAP_SUCCESS) {
		tree_drop(db->now);
		db->now = t;
	} else if (!txn) {
		tree_drop(t);
	}
	pthread_mutex_unlock(&db->lock);
	slapi_send_ldap_result(pb, code, NULL, NULL, 0, NULL);
	return code == LDAP_SUCCESS ? 0 : -1;
}

static int memdb_add(Slapi_PBlock *pb)
{
	struct memdb *db = database(pb);
	struct tree *t = changing(db, pb);
	Slapi_Entry *e = NULL;
	struct item *it;
	int code = LDAP_SUCCESS;

	slapi_pblock_get(pb, SLAPI_ADD_ENTRY, &e);
	it = item_new(slapi_entry_dup(e));
	if (tree_put(t, it) != 0) {
		item_drop(it);
		code = LDAP_ALREADY_EXISTS;
	}
	return changed(db, pb, t, code);
}

static char *target_key(Slapi_PBlock *pb)
{
	Slapi_DN *sdn = NULL;
	slapi_pblock_get(pb, SLAPI_TARGET_SDN, &sdn);
	return key_of(slapi_sdn_get_ndn(sdn));
}

/* The server has worked out what the entry will be: SLAPI_ENTRY_POST_OP. (A plug-in
 * that keeps attributes apart takes SLAPI_MODIFY_MODS instead.) */
static int memdb_modify(Slapi_PBlock *pb)
{
	struct memdb *db = database(pb);
	struct tree *t = changing(db, pb);
	char *key = target_key(pb);
	Slapi_Entry *after = NULL;
	int there, code = LDAP_NO_SUCH_OBJECT;
	size_t at = tree_find(t, key, &there);

	slapi_pblock_get(pb, SLAPI_ENTRY_POST_OP, &after);
	if (there) {
		item_drop(t->v[at]);
		t->v[at] = item_new(slapi_entry_dup(after));
		code = LDAP_SUCCESS;
	}
	free(key);
	return changed(db, pb, t, code);
}

static int memdb_delete(Slapi_PBlock *pb)
{
	struct memdb *db = database(pb);
	struct tree *t = changing(db, pb);
	char *key = target_key(pb);
	int there, code = LDAP_NO_SUCH_OBJECT;
	size_t at = tree_find(t, key, &there);

	if (there && at + 1 < t->n && below(t->v[at + 1]->key, key)) {
		code = LDAP_NOT_ALLOWED_ON_NONLEAF;
	} else if (there) {
		tree_cut(t, at, 1);
		code = LDAP_SUCCESS;
	}
	free(key);
	return changed(db, pb, t, code);
}

/* Cuts a DN behind its first n RDNs. */
static size_t rdns_length(const char *dn, size_t n)
{
	size_t i = 0;

	for (int quoted = 0; dn[i]; i++) {
		if (dn[i] == '\\' && dn[i + 1])
			i++;
		else if (dn[i] == '"')
			quoted = !quoted;
		else if ((dn[i] == ',' || dn[i] == ';') && !quoted && --n == 0)
			break;
	}
	return i;
}

static size_t depth(const char *key)
{
	size_t n = 1;
	for (; *key; key++)
		n += *key == '\1';
	return n;
}

/* A rename takes the whole subtree along. */
static int memdb_modrdn(Slapi_PBlock *pb)
{
	struct memdb *db = database(pb);
	struct tree *t = changing(db, pb);
	char *key = target_key(pb), *newkey;
	Slapi_Entry *after = NULL;
	struct item **moved;
	int there, code = LDAP_SUCCESS;
	size_t at = tree_find(t, key, &there), n = 0;

	slapi_pblock_get(pb, SLAPI_ENTRY_POST_OP, &after);
	newkey = key_of(slapi_entry_get_ndn(after));
	if (!there) {
		free(key);
		free(newkey);
		return changed(db, pb, t, LDAP_NO_SUCH_OBJECT);
	}
	while (at + n < t->n && below(t->v[at + n]->key, key))
		n++;
	moved = (struct item **)slapi_ch_calloc(n, sizeof *moved);
	for (size_t i = 0; i < n; i++) {
		struct item *old = t->v[at + i];
		Slapi_Entry *e = slapi_entry_dup(i == 0 ? after : old->e);
		if (i > 0) {
			const char *dn = slapi_entry_get_dn_const(old->e);
			size_t keep = rdns_length(dn, depth(old->key) - depth(key));
			char *fresh = slapi_ch_smprintf("%.*s,%s", (int)keep, dn, slapi_entry_get_dn_const(after));
			slapi_entry_set_dn(e, fresh); /* takes fresh over */
		}
		moved[i] = item_new(e);
	}
	tree_cut(t, at, n);
	for (size_t i = 0; i < n; i++)
		if (tree_put(t, moved[i]) != 0) {
			item_drop(moved[i]);
			code = LDAP_ALREADY_EXISTS; /* the server has looked: it cannot be */
		}
	free(moved);
	free(key);
	free(newkey);
	return changed(db, pb, t, code);
}

static int in_scope(const char *key, const char *base, size_t base_depth, int scope)
{
	switch (scope) {
	case LDAP_SCOPE_BASE:
		return strcmp(key, base) == 0;
	case LDAP_SCOPE_ONELEVEL:
		return depth(key) == base_depth + 1;
	case LDAP_SCOPE_SUBORDINATE:
		return strcmp(key, base) != 0;
	}
	return 1;
}

static void free_found(void **set)
{
	struct found *f = set ? (struct found *)*set : NULL;

	if (!f)
		return;
	pthread_mutex_lock(&f->db->lock);
	for (size_t i = 0; i < f->n; i++)
		item_drop(f->hit[i]);
	pthread_mutex_unlock(&f->db->lock);
	free(f->hit);
	free(f);
	*set = NULL;
}

static int memdb_search(Slapi_PBlock *pb)
{
	struct memdb *db = database(pb);
	struct tree *t = reading(db, pb);
	char *base = target_key(pb);
	int scope = LDAP_SCOPE_BASE, there, limit = -1;
	size_t at = tree_find(t, base, &there), base_depth = depth(base);
	Slapi_Filter *filter = NULL;
	struct found *f;

	slapi_pblock_get(pb, SLAPI_SEARCH_SCOPE, &scope);
	slapi_pblock_get(pb, SLAPI_SEARCH_FILTER, &filter);
	slapi_pblock_get(pb, SLAPI_SEARCH_SIZELIMIT, &limit);
	if (!there) {
		free(base);
		done_reading(db, t);
		slapi_send_ldap_result(pb, LDAP_NO_SUCH_OBJECT, NULL, NULL, 0, NULL);
		return -1;
	}
	f = (struct found *)slapi_ch_calloc(1, sizeof *f);
	f->db = db;
	f->hit = (struct item **)slapi_ch_calloc(scope == LDAP_SCOPE_BASE ? 1 : t->n - at, sizeof *f->hit);
	for (; at < t->n && below(t->v[at]->key, base); at++) {
		if (in_scope(t->v[at]->key, base, base_depth, scope) &&
		    slapi_filter_test(pb, t->v[at]->e, filter, 0) == 0)
			f->hit[f->n++] = t->v[at];
		if (scope == LDAP_SCOPE_BASE || (limit >= 0 && f->n >= (size_t)limit && limit > 0))
			break;
	}
	free(base);
	/* What was found stays while it is sent, whatever becomes of the array. */
	pthread_mutex_lock(&db->lock);
	for (size_t i = 0; i < f->n; i++)
		f->hit[i]->refs++;
	tree_drop(t);
	pthread_mutex_unlock(&db->lock);
	if (db->next) {
		slapi_pblock_set(pb, SLAPI_SEARCH_RESULT_SET, f);
		return 0;
	}
	for (size_t i = 0; i < f->n; i++)
		if (slapi_send_ldap_search_entry(pb, f->hit[i]->e, NULL, NULL, 0) != 0)
			break; /* nobody wants more */
	free_found((void **)&f);
	slapi_send_ldap_result(pb, LDAP_SUCCESS, NULL, NULL, 0, NULL);
	return 0;
}

/* The entry stays the plug-in's. */
static int memdb_next(Slapi_PBlock *pb)
{
	struct found *f = NULL;

	slapi_pblock_get(pb, SLAPI_SEARCH_RESULT_SET, &f);
	if (!f)
		return -1;
	slapi_pblock_set(pb, SLAPI_SEARCH_RESULT_ENTRY, f->at < f->n ? f->hit[f->at]->e : NULL);
	f->at++;
	return 0;
}

/* A transaction is a copy of the array. The server has one at a time. */
static int memdb_begin(Slapi_PBlock *pb)
{
	struct memdb *db = database(pb);
	struct tree *t;

	pthread_mutex_lock(&db->lock);
	t = tree_copy(db->now);
	pthread_mutex_unlock(&db->lock);
	slapi_pblock_set(pb, SLAPI_TXN, t);
	return 0;
}

static int memdb_commit(Slapi_PBlock *pb)
{
	struct memdb *db = database(pb);
	struct tree *t = NULL;

	slapi_pblock_get(pb, SLAPI_TXN, &t);
	pthread_mutex_lock(&db->lock);
	tree_drop(db->now);
	db->now = t;
	pthread_mutex_unlock(&db->lock);
	return 0;
}

static int memdb_abort(Slapi_PBlock *pb)
{
	struct memdb *db = database(pb);
	struct tree *t = NULL;

	slapi_pblock_get(pb, SLAPI_TXN, &t);
	done_reading(db, t);
	return 0;
}

/* Reads LDIF: 0, or -1 with a line in the log. */
static int load(struct memdb *db, const char *path)
{
	FILE *in = fopen(path, "r");
	char *record = NULL, *line = NULL;
	size_t len = 0, room = 0;
	ssize_t got;
	int rc = 0;

	if (!in)
		return -1;
	do {
		got = getline(&line, &room, in);
		if (got > 0 && *line != '\n') {
			if (*line == '#')
				continue;
			record = slapi_ch_realloc(record, len + (size_t)got + 1);
			memcpy(record + len, line, (size_t)got + 1);
			len += (size_t)got;
			continue;
		}
		if (len > 0 && strncmp(record, "version:", 8) != 0) {
			Slapi_Entry *e = slapi_str2entry(record, 0);
			struct item *it = e ? item_new(e) : NULL;
			pthread_mutex_lock(&db->lock);
			if (!it || tree_put(db->now, it) != 0) {
				slapi_log_error(SLAPI_LOG_FATAL, "memdb", "%s: a record is no entry, or comes twice\n", path);
				if (it)
					item_drop(it);
				rc = -1;
			}
			pthread_mutex_unlock(&db->lock);
		}
		len = 0;
	} while (got > 0 && rc == 0);
	free(record);
	free(line);
	fclose(in);
	return rc;
}

static int dump(struct memdb *db, Slapi_PBlock *pb, const char *path)
{
	struct tree *t = reading(db, pb);
	char *fresh = slapi_ch_smprintf("%s.new", path);
	FILE *out = fopen(fresh, "w");
	int rc = out ? 0 : -1;

	for (size_t i = 0; out && i < t->n; i++) {
		int len;
		char *text = slapi_entry2str(t->v[i]->e, &len);
		if (fprintf(out, "%s\n", text) < 0)
			rc = -1;
		slapi_ch_free_string(&text);
	}
	if (out && fclose(out) != 0)
		rc = -1;
	if (rc == 0)
		rc = rename(fresh, path);
	free(fresh);
	done_reading(db, t);
	return rc;
}

/* slapadd -q and slapcat -l. The file lists have one name. */
static int memdb_ldif2db(Slapi_PBlock *pb)
{
	char **files = NULL;

	slapi_pblock_get(pb, SLAPI_LDIF2DB_FILE, &files);
	return files && files[0] ? load(database(pb), files[0]) : -1;
}

static int memdb_db2ldif(Slapi_PBlock *pb)
{
	char *file = NULL;

	slapi_pblock_get(pb, SLAPI_DB2LDIF_FILE, &file);
	return file ? dump(database(pb), pb, file) : -1;
}

static int memdb_size(Slapi_PBlock *pb)
{
	struct memdb *db = database(pb);
	struct tree *t = reading(db, pb);
	size_t bytes = 0;

	for (size_t i = 0; i < t->n; i++) {
		int len = 0;
		char *text = slapi_entry2str(t->v[i]->e, &len);
		bytes += (size_t)len;
		slapi_ch_free_string(&text);
	}
	done_reading(db, t);
	int n = (int)bytes;
	slapi_pblock_set(pb, SLAPI_DBSIZE, &n);
	return 0;
}

static int memdb_start(Slapi_PBlock *pb)
{
	struct memdb *db = database(pb);
	FILE *f;

	if (!db->ldif || !(f = fopen(db->ldif, "r")))
		return 0; /* nothing was kept yet */
	fclose(f);
	db->failed = load(db, db->ldif);
	return db->failed;
}

static int memdb_close(Slapi_PBlock *pb)
{
	struct memdb *db = database(pb);

	if (db->ldif && !db->failed && dump(db, pb, db->ldif) != 0) {
		slapi_log_error(SLAPI_LOG_FATAL, "memdb", "%s could not be written\n", db->ldif);
		return -1;
	}
	return 0;
}

static int memdb_cleanup(Slapi_PBlock *pb)
{
	struct memdb *db = database(pb);

	pthread_mutex_lock(&db->lock);
	tree_drop(db->now);
	pthread_mutex_unlock(&db->lock);
	slapi_ch_free_string(&db->ldif);
	free(db);
	slapi_pblock_set(pb, SLAPI_PLUGIN_PRIVATE, NULL);
	return 0;
}

static Slapi_PluginDesc description = { "memdb", "libslapi", "1", "a database in memory" };

int memdb_init(Slapi_PBlock *pb)
{
	struct memdb *db = (struct memdb *)slapi_ch_calloc(1, sizeof *db);
	char **argv = NULL;
	int argc = 0, filtered = SLAPI_X_DB_FILTERED, rc = 0;

	pthread_mutex_init(&db->lock, NULL);
	db->now = (struct tree *)slapi_ch_calloc(1, sizeof *db->now);
	db->now->refs = 1;
	db->now->room = 8;
	db->now->v = (struct item **)slapi_ch_calloc(db->now->room, sizeof *db->now->v);
	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGC, &argc);
	slapi_pblock_get(pb, SLAPI_PLUGIN_ARGV, &argv);
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "ldif=", 5) == 0) {
			slapi_ch_free_string(&db->ldif);
			db->ldif = slapi_ch_strdup(argv[i] + 5);
		} else if (strcmp(argv[i], "next") == 0) {
			db->next = 1;
		} else if (strcmp(argv[i], "plain") == 0) {
			db->plain = 1;
		} else {
			slapi_log_error(SLAPI_LOG_FATAL, "memdb", "unknown argument \"%s\"\n", argv[i]);
			return -1;
		}
	}
	/* slapi_filter_test is the server's own test: it need not repeat it. */
	rc |= slapi_pblock_set(pb, SLAPI_X_DB_FLAGS, &filtered);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_VERSION, SLAPI_PLUGIN_VERSION_03);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DESCRIPTION, &description);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_PRIVATE, db);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_SEARCH_FN, (void *)memdb_search);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_ADD_FN, (void *)memdb_add);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_MODIFY_FN, (void *)memdb_modify);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_MODRDN_FN, (void *)memdb_modrdn);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_DELETE_FN, (void *)memdb_delete);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_LDIF2DB_FN, (void *)memdb_ldif2db);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_DB2LDIF_FN, (void *)memdb_db2ldif);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_SIZE_FN, (void *)memdb_size);
	if (db->next) {
		rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_NEXT_SEARCH_ENTRY_FN, (void *)memdb_next);
		rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_SEARCH_RESULTS_RELEASE_FN, (void *)free_found);
	}
	if (!db->plain) {
		rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_BEGIN_FN, (void *)memdb_begin);
		rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_COMMIT_FN, (void *)memdb_commit);
		rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_DB_ABORT_FN, (void *)memdb_abort);
	}
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_START_FN, (void *)memdb_start);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_CLOSE_FN, (void *)memdb_close);
	rc |= slapi_pblock_set(pb, SLAPI_PLUGIN_CLEANUP_FN, (void *)memdb_cleanup);
	return rc ? -1 : 0;
}
