#!/bin/sh
# run.sh: one suite of directory operations against every kind of database, each
# of which must answer as slapd's back-mdb does.
#
#   ctests/conformance/run.sh [go test flags]
#
# SLAPID: the server, default build/bin/slapid. SUBJECTS: the databases to test,
# default those that need no database server. -update records testdata/dialogue.txt.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
export SLAPID="${SLAPID:-$root/build/bin/slapid}"
export SUBJECTS="${SUBJECTS:-slapd built-in memdb memdb-next memdb-plain memdb-next-plain}"
[ -x "$SLAPID" ] || { echo "no $SLAPID: run make first" >&2; exit 1; }
cd "$root"
exec go test -count=1 -tags conformance ./ctests/conformance/ "$@"
