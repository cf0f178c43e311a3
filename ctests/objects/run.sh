#!/bin/bash
# Builds and runs the unit tests of the C object layer. They look behind the
# exported names, so they run against a library of their own in which every
# symbol is visible (or LIBSLAPI, if it is such a one). VALGRIND=1 runs them
# under valgrind.
cd "$(dirname "$0")" || exit 2
out=${TMPDIR:-/tmp}/ctests-objects.$$
mkdir -p "$out" || exit 2
trap 'rm -rf "$out"' EXIT
lib=$LIBSLAPI
if [ -z "$lib" ]; then
    lib=$out/libslapi.so
    (cd ../.. && ${GO:-go} build -buildmode=c-shared -o "$lib" ./libslapi) || exit 2
fi
lib=$(realpath "$lib")
failed=0

# Go code reads whole vector registers at the edges of blocks and moves between
# stacks of its own; neither is an error. C functions have no dot in their names.
for size in 1 2 4 8 16 32; do
    for fun in '*body' 'runtime.*' 'main.*' '_cgoexp_*' 'libslapi/*' 'internal/*' 'reflect.*' 'sync*' 'strings.*' \
        'bytes.*' 'slices.*' 'unicode*' 'strconv.*' 'encoding/*' 'fmt.*' 'errors.*' 'hash/*' 'golang.org/*'; do
        printf '{\n   go\n   Memcheck:Addr%d\n   fun:%s\n}\n' $size "$fun"
    done
done > "$out/supp"

# A program that calls every function of the object layer with nothing but
# NULL and 0, as either dialect. It says which one it was at when it dies.
{
    echo '#include <stdio.h>'
    echo 'void cshim_dialect_default(int);'
    ${CC:-cc} -I../../include -E -P ../../include/slapi-plugin.h |
        grep -oE '\bslapi_(ch|ber_bv|pblock|entry|attr|values?|valueset|sdn|dn|rdn|srdn|mods?|mods2entry|entry2str|str2entry|fetch|control|dup|add_control|build_control|matchingrule|ldif|create)[A-Za-z0-9_]* *\(' |
        grep -oE '[A-Za-z0-9_]+' | sort -u > "$out/names"
    sed 's/.*/long &();/' "$out/names"
    echo 'static const struct { const char *name; long (*f)(); } all[] = {'
    sed 's/.*/{ "&", & },/' "$out/names"
    echo '};'
    echo 'int main(void) { unsigned n = 0; for (int d = 1; d <= 2; d++) for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {'
    echo 'FILE *last = fopen(LAST, "w"); fputs(all[i].name, last); fclose(last); cshim_dialect_default(d); all[i].f(0L, 0L, 0L, 0L, 0L, 0L, 0L); n++; }'
    echo 'printf("%u passed, 0 failed\n", n); return 0; }'
} > "$out/null.c"

for src in *.c "$out/null.c"; do
    name=$(basename "$src" .c)
    strict="-Wall -Wextra -Werror"
    [ "$name" = null ] && strict="-w -DLAST=\"$out/last\""
    if ! ${CC:-cc} -g -std=gnu11 $strict -I../../include -I../../cshim -o "$out/$name" "$src" "$lib" \
        -Wl,--allow-shlib-undefined -Wl,-rpath,"$(dirname "$lib")"; then
        failed=1
        continue
    fi
    printf '%-10s ' "$name"
    if [ -n "$VALGRIND" ]; then
        valgrind -q --suppressions="$out/supp" --error-exitcode=9 --undef-value-errors=no "$out/$name" || failed=1
    else
        "$out/$name" || failed=1
    fi
    [ $name = null ] && [ $failed = 1 ] && echo "last function called with NULL: $(cat "$out/last")"
done
exit $failed
