#!/bin/bash
# run.sh [PROBE...]: builds the probe plug-ins against our header, runs them in
# our server and compares with what Debian's slapd did.
cd "$(dirname "$0")" || exit 2
export START=${START:-$PWD/start.sh} LENIENT=${LENIENT:-1} CFLAGS=${CFLAGS:--I$(cd ../.. && pwd)/include} PORT=${PORT:-13900}
exec probes/run.sh "$@"
