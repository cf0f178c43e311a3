#!/bin/sh
# run.sh - several slapid servers on one PostgreSQL: concurrent changes, kill -9 of
# a server, a crash of the database, followers of different servers.
#
#   ctests/sql/run.sh [go test flags]      SLAPID: the server, default build/bin/slapid
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
SLAPID=${SLAPID:-$root/build/bin/slapid}
[ -x "$SLAPID" ] || { echo "no $SLAPID: run make first" >&2; exit 1; }
export SLAPID
cd "$root"
exec go test -count=1 -tags sqltest ./ctests/sql/ "$@"
