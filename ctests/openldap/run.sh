#!/bin/bash
# run.sh [PROBE...]: builds the probe plug-ins against our header, runs them in
# our server and compares with what the peers did: Debian's slapd, and for the q
# probes, as plug-ins of the 389 dialect, ns-slapd.
cd "$(dirname "$0")" || exit 2
inc=$(cd ../.. && pwd)/include
export START=${START:-$PWD/start.sh} LENIENT=${LENIENT:-1} PORT=${PORT:-13900}
failed=0
CFLAGS=${CFLAGS:--I$inc} probes/run.sh "$@" || failed=1
[ $# -gt 0 ] || set -- $(cd probes && ls *.expected389 | sed 's/\.expected389$//')
for p; do
    [ -f "probes/${p%.c}.expected389" ] || set -- "${@/#$p/}"
done
set -- $*
[ $# -gt 0 ] || exit $failed
echo "as plug-ins of 389:"
DIALECT=389 OPTIONS="plugin-options dialect=389ds" CFLAGS="-I$inc/dirsrv -I$inc" probes/run.sh "$@" || failed=1
exit $failed
