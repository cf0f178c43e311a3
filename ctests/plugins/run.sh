#!/bin/bash
# run.sh: the plug-ins that ship, built from one source for slapid, OpenLDAP's
# slapd and 389's ns-slapd, as far as each host allows.
cd "$(dirname "$0")" || exit 2
failed=0
for t in audit changelog eventnotification; do
    [ -x ./$t.sh ] || continue
    echo "-- $t"
    ./$t.sh || failed=1
done
exit $failed
