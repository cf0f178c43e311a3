#!/bin/bash
# Builds and runs the unit tests of the C object layer against build/lib/libslapi.so
# (or LIBSLAPI). VALGRIND=1 runs them under valgrind.
cd "$(dirname "$0")" || exit 2
lib=${LIBSLAPI:-../../build/lib/libslapi.so}
[ -f "$lib" ] || { echo "$lib: not built"; exit 2; }
lib=$(realpath "$lib")
out=${TMPDIR:-/tmp}/ctests-objects.$$
mkdir -p "$out" || exit 2
trap 'rm -rf "$out"' EXIT
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
