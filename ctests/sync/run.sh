#!/bin/sh
# run.sh - replication over the wire: slapid and OpenLDAP's slapd as provider and
# consumer of each other, random changes, restarts and kill -9 of either side.
#
#   ctests/sync/run.sh [go test flags]      SLAPID: the server, default build/bin/slapid
#
# With python3-ldap at hand (setup.sh test installs it), its consumer is run against slapid too.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
SLAPID=${SLAPID:-$root/build/bin/slapid}
[ -x "$SLAPID" ] || { echo "no $SLAPID: run make first" >&2; exit 1; }
export SLAPID
cd "$root"
exec go test -count=1 -tags synctest ./ctests/sync/ "$@"
