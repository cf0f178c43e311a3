#!/bin/bash
# run.sh [FOLDER...]: runs the C tests: every folder beside this file that has a
# run.sh of its own and needs no peer's recording (or the named ones).
cd "$(dirname "$0")" || exit 2
failed=0
[ $# -gt 0 ] || set -- header objects gate host mixed ibm database plugins guide install
for d in "$@"; do
    echo "-- ctests/$d"
    "$d/run.sh" || { echo "-- ctests/$d FAILED"; failed=1; }
done
exit $failed
