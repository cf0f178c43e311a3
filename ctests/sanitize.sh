#!/bin/bash
# sanitize.sh FOLDER...: runs those C tests with a server (BUILD) whose C side has the
# address sanitizer; fails when a test does or when the sanitizer had something to
# say. `make asan` calls it; the reports are the files beside BUILD's libraries.
cd "$(dirname "$0")" || exit 2
: "${BUILD:?the tree of the instrumented build}"
export SANITIZE=-fsanitize=address # of programs that link the library
rm -f "$BUILD"/report.*
failed=0
for d in "$@"; do
    echo "-- ctests/$d"
    "$d/run.sh" || { echo "-- ctests/$d FAILED"; failed=1; }
done
for r in "$BUILD"/report.*; do
    [ -e "$r" ] || continue
    failed=1
    echo "-- $r"
    head -40 "$r"
done
exit $failed
