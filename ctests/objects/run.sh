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
for src in *.c; do
    name=${src%.c}
    if ! ${CC:-cc} -g -std=gnu11 -Wall -Wextra -Werror -I../../include -I../../cshim -o "$out/$name" "$src" "$lib" \
        -Wl,--allow-shlib-undefined -Wl,-rpath,"$(dirname "$lib")"; then
        failed=1
        continue
    fi
    printf '%-10s ' "$name"
    if [ -n "$VALGRIND" ]; then
        valgrind -q --suppressions=valgrind.supp --error-exitcode=9 --undef-value-errors=no "$out/$name" || failed=1
    else
        "$out/$name" || failed=1
    fi
done
exit $failed
