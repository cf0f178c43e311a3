"""wrong.py HEADER.i [NAMES]: writes a C program that calls every function which the
preprocessed header declares (or those that NAMES lists) with arguments that no
caller may give: NULL everywhere, an object that was freed, one of another kind.
A child process makes the calls, so that the program can tell at which it died.
With -DNULL_ONLY, for tools that complain of a look at freed memory, only NULL."""
import re
import sys

text = re.sub(r'\s+', ' ', re.sub(r'__attribute__ ?\(\((?:[^()]|\([^()]*\))*\)\)', '', open(sys.argv[1]).read()))
wanted = set(open(sys.argv[2]).read().split()) if len(sys.argv) > 2 else None

# kind: makes one, frees it. Freed ones are given for all kinds, others' objects
# only where the kind is marked: those of 389's layout have no room for a mark.
kinds = {
    'Slapi_PBlock': ('slapi_pblock_new()', 'slapi_pblock_destroy(p)', True),
    'Slapi_Filter': ('slapi_str2filter("(&(cn=a)(!(sn=b)))")', 'slapi_filter_free(p, 1)', True),
    'Slapi_Mutex': ('slapi_new_mutex()', 'slapi_destroy_mutex(p)', True),
    'Slapi_CondVar': ('slapi_new_condvar(slapi_new_mutex())', 'slapi_destroy_condvar(p)', True),
    'Slapi_RWLock': ('slapi_new_rwlock()', 'slapi_destroy_rwlock(p)', True),
    'Slapi_Counter': ('slapi_counter_new()', '{ Slapi_Counter *c = p; slapi_counter_destroy(&c); }', True),
    'Slapi_Entry': ('entry()', 'slapi_entry_free(p)', False),
    'Slapi_Attr': ('attr()', '{ Slapi_Attr *a = p; slapi_attr_free(&a); }', False),
    'Slapi_Value': ('slapi_value_new_string("v")', '{ Slapi_Value *v = p; slapi_value_free(&v); }', False),
    'Slapi_ValueSet': ('slapi_valueset_new()', 'slapi_valueset_free(p)', False),
    'Slapi_DN': ('slapi_sdn_new_dn_byval("cn=a,dc=b")', '{ Slapi_DN *d = p; slapi_sdn_free(&d); }', False),
    'Slapi_RDN': ('slapi_rdn_new_dn("cn=a,dc=b")', '{ Slapi_RDN *r = p; slapi_rdn_free(&r); }', False),
    'Slapi_Mods': ('slapi_mods_new()', '{ Slapi_Mods *m = p; slapi_mods_free(&m); }', False),
    'Slapi_Mod': ('mod()', '{ Slapi_Mod *m = p; slapi_mod_free(&m); }', False),
}
# What a C program cannot live without, or what ends it by design.
skip = {'slapi_ch_memalign'}

functions = {}
for m in re.finditer(r'[A-Za-z_][\w ]*[ *]\**((?:slapi|compute|ldap_utf8|DS|vattr)_?\w*) ?\(([^;{}]*)\) ?;', text):
    name, args = m.group(1), m.group(2)
    if 'typedef' in m.group(0) or (wanted is not None and name not in wanted):
        continue
    depth, parts, now = 0, [], ''
    for c in args:
        depth += (c == '(') - (c == ')')
        if c == ',' and depth == 0:
            parts.append(now)
            now = ''
        else:
            now += c
    parts.append(now)
    functions[name] = [p.strip() for p in parts if p.strip() not in ('void', '')]

def kind_of(arg):
    m = re.fullmatch(r'(?:const )?(?:struct )?(\w+) ?(\*+)(?: ?const)? ?\w*', arg)
    return (m.group(1), len(m.group(2))) if m and m.group(1) in kinds else (None, 0)

def filler(arg):
    """A good argument of a type that is none of the objects."""
    if '(*' in arg or re.search(r'(_fn|_fn_ptr_t|FN|_fnptr|callback|callback_t|Fn|_output_t|_ptr_t) ?\w*$', arg):
        return '(long)nothing'
    if re.fullmatch(r'(const )?char ?\* ?\w*', arg):
        return '(long)strdup("cn")'
    if arg.count('*') == 1 and 'berval' in arg:
        return '(long)slapi_ch_bvdup(&(struct berval){ 2, "cn" })'
    if '*' in arg or '[' in arg:
        return '(long)calloc(1, 4096)'
    return '1L'

calls = []
for name, args in sorted(functions.items()):
    variadic = bool(args) and args[-1] == '...'
    plain = args[:-1] if variadic else args
    shape = [kind_of(a) for a in plain]
    zero = ['0L'] * len(plain) + ['0L'] * (8 - len(plain))
    calls.append((name, 'NULL', zero, None))
    for i, (k, stars) in enumerate(shape):
        if k is None or stars > 2:
            continue
        freed = list(zero)
        # the other arguments are good ones, so that the call comes to look at this one
        for j, (other, s) in enumerate(shape):
            if j != i:
                freed[j] = 'good(%d)' % list(kinds).index(other) if other and s == 1 else filler(plain[j])
        for which in ['freed'] + (['another'] if kinds[k][2] else []):
            given = list(freed)
            at = '%s(%d)' % (which, list(kinds).index(k))
            given[i] = at if stars == 1 else 'address(%s)' % at
            calls.append((name, '%s %d' % (which, i + 1), given, k))

calls = [c for c in calls if c[0] not in skip or c[1] == 'NULL']
print('''#define _GNU_SOURCE
#ifdef NULL_ONLY
enum { null_only = 1 };
#else
enum { null_only = 0 };
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include <sys/mman.h>
#include <slapi-plugin.h>
void cshim_dialect_default(int);
static Slapi_Entry *entry(void) { Slapi_Entry *e = slapi_entry_alloc(); slapi_entry_init(e, slapi_ch_strdup("cn=a,dc=b"), NULL); slapi_entry_add_string(e, "cn", "a"); return e; }
static Slapi_Attr *attr(void) { Slapi_Attr *a = slapi_attr_new(); struct berval v = { 1, "a" }; slapi_attr_init(a, "cn"); slapi_attr_add_value(a, slapi_value_new_berval(&v)); return a; }
static Slapi_Mod *mod(void) { Slapi_Mod *m = slapi_mod_new(); slapi_mod_init(m, 1); slapi_mod_set_type(m, "cn"); slapi_mod_set_operation(m, LDAP_MOD_ADD); return m; }
static void *make(int kind) { switch (kind) {''')
for i, k in enumerate(kinds):
    print('case %d: return %s;' % (i, kinds[k][0]))
print('} return NULL; }\nstatic void drop(int kind, void *p) { switch (kind) {')
for i, k in enumerate(kinds):
    print('case %d: %s; break;' % (i, kinds[k][1]))
print('''} }
static long nothing(void) { return 0; }
static long good(int kind) { return (long)make(kind); }
static long freed(int kind) { void *p = make(kind); drop(kind, p); return (long)p; }
static long another(int kind) { (void)kind; char *p = slapi_ch_calloc(1, 4096); strcpy(p, "no such object, but as large as any is"); return (long)p; }
static long address(long p) { long *at = calloc(2, sizeof *at); at[0] = p; return (long)at; }
''')
print('typedef long (*fn)();')
names = sorted({c[0] for c in calls})
for n in names:
    print('static fn f_%s = (fn)%s;' % (n, n))
for i, (name, what, given, k) in enumerate(calls):
    print('static void c%d(void) { f_%s(%s); }' % (i, name, ', '.join(given)))
print('static const struct { const char *name, *what; void (*call)(void); } all[] = {')
for i, (name, what, given, k) in enumerate(calls):
    print('{ "%s", "%s", c%d },' % (name, what, i))
print('''};
enum { N = sizeof all / sizeof *all };
/* A child begins where the one before it died; it counts in memory that both see.
 * It is a program anew: the Go runtime does not live on in a bare fork. */
int main(int argc, char **argv)
{
	int fd = argc > 1 ? atoi(argv[2]) : memfd_create("at", 0);
	int died = 0, total = 0;

	if (argc < 2 && ftruncate(fd, 4096) != 0)
		return 2;
	volatile int *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (argc > 1) {
		alarm(300);
		cshim_dialect_default(atoi(argv[1]));
		for (; *at < N; ++*at)
			all[*at].call();
		_exit(0);
	}
	for (int dialect = 1; dialect <= 3 && null_only; dialect++) {
		cshim_dialect_default(dialect);
		for (int i = 0; i < N; i++)
			if (strcmp(all[i].what, "NULL") == 0)
				all[i].call(), total++;
	}
	for (int dialect = 1; dialect <= 3 && !null_only; dialect++) {
		for (*at = 0; *at < N;) {
			char d[16], f[16], *args[] = { argv[0], d, f, NULL };
			int status;
			pid_t pid;
			sprintf(d, "%d", dialect);
			sprintf(f, "%d", fd);
			if ((pid = fork()) == 0) {
				execv(args[0], args);
				_exit(127);
			}
			waitpid(pid, &status, 0);
			if (status == 0 && *at == N)
				break;
			died++;
			printf("dialect %d: %s with %s: %s %d\\n", dialect, all[*at].name, all[*at].what,
			       WIFSIGNALED(status) ? "signal" : "exit", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
			++*at;
		}
		total += N;
	}
	printf("%d passed, %d failed\\n", total - died, died);
	return died != 0;
}''')
