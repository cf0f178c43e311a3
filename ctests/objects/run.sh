#!/bin/bash
# Builds and runs the unit tests of the C object layer. They look behind the
# exported names, so they run against a library of their own in which every
# symbol is visible (or LIBSLAPI, if it is such a one). VALGRIND=1 runs them
# under valgrind, ASAN=1 builds all C of it with the address sanitizer.
cd "$(dirname "$0")" || exit 2
out=${TMPDIR:-/tmp}/ctests-objects.$$
mkdir -p "$out" || exit 2
trap 'rm -rf "$out"' EXIT
lib=$LIBSLAPI
sanitize= wrong=
if [ -n "${ASAN:-}" ]; then
    sanitize="-fsanitize=address -fno-omit-frame-pointer"
    export CGO_CFLAGS="-g -O1 $sanitize" CGO_LDFLAGS=-fsanitize=address
fi
[ -n "${ASAN:-}${VALGRIND:-}" ] && wrong=-DNULL_ONLY # to these tools a look at a freed object is an error
if [ -z "$lib" ]; then
    lib=$out/libslapi.so
    # valgrind of Debian 12 does not read the debugging data of Go's part.
    (cd ../.. && ${GO:-go} build ${VALGRIND:+-ldflags=-w} -buildmode=c-shared -o "$lib" ./libslapi) || exit 2
fi
lib=$(realpath "$lib")
failed=0

# Every function of the header with NULL, freed objects and objects of another kind.
${CC:-cc} -I../../include -E -P -include ldap.h ../../include/slapi-plugin.h > "$out/header.i" &&
    python3 wrong.py "$out/header.i" > "$out/wrong.c" || exit 2

for src in *.c "$out/wrong.c"; do
    name=$(basename "$src" .c)
    strict="-Wall -Wextra -Werror $wrong"
    [ "$name" = wrong ] && strict="-w $wrong"
    if ! ${CC:-cc} -g -std=gnu11 $strict $sanitize -I../../include -I../../cshim -o "$out/$name" "$src" "$lib" \
        -Wl,--allow-shlib-undefined -Wl,-rpath,"$(dirname "$lib")"; then
        failed=1
        continue
    fi
    printf '%-10s ' "$name"
    leaks=full # wrong drops what it is given
    [ "$name" = wrong ] && leaks=no && export ASAN_OPTIONS=detect_leaks=0
    if [ -n "${VALGRIND:-}" ]; then
        valgrind -q --suppressions=go.supp --error-exitcode=9 --undef-value-errors=no --leak-check=$leaks \
            --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect --trace-children=yes "$out/$name" || failed=1
    else
        "$out/$name" || failed=1
    fi
done
exit $failed
