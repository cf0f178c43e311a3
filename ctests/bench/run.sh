#!/bin/bash
# run.sh: the benchmark plug-in in slapid and, where a starter of the peer is
# named, in slapd (PEERSLAPD, called as ctests/openldap/start.sh) and ns-slapd
# (PEER389, see ctests/openldap/start-389.sh). Prints ns per call, side by side.
# Environment: BUILD, PORT (24840).
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
export BUILD=${BUILD:-$top/build}
PORT=${PORT:-24840}
tmp=$(mktemp -d /tmp/bench-abi.XXXXXX)
trap 'rm -rf "$tmp"' EXIT
one() { # name starter cflags...
    local name=$1 start=$2 d=$tmp/$1
    shift 2
    mkdir -p "$d"
    : > "$d/out"
    cc -shared -fPIC -O2 -w "$@" -o "$d/abi.so" "$here/abi.c" || return 1
    URI=$("$start" "$d/s" "$PORT" "plugin preoperation $d/abi.so bench_init $d/out") || return 1
    ldapsearch -x -o nettimeout=300 -H "$URI" -D cn=admin,dc=example,dc=com -w secret -b cn=run,dc=example,dc=com -s base 1.1 > "$d/client" 2>&1
    "$start" --stop "$d/s" > /dev/null
}
one slapid "$top/ctests/openldap/start.sh" -I"$top/include"
[ -n "${PEERSLAPD:-}" ] && one slapd "$PEERSLAPD"
[ -n "${PEER389:-}" ] && one nsslapd "$top/ctests/openldap/start-389.sh" -DDS389 -I/usr/include/dirsrv -I/usr/include/nspr
cd "$tmp"
for n in slapid slapd nsslapd; do [ -f $n/out ] || { mkdir -p $n; : > $n/out; }; done
awk 'BEGIN { printf "%-20s %10s %10s %10s\n", "ns per call", "slapid", "slapd", "ns-slapd" }
     { v[FILENAME, $1] = $2 } FILENAME == "slapid/out" { order[++n] = $1 }
     END { for (i = 1; i <= n; i++) printf "%-20s %10s %10s %10s\n", order[i], v["slapid/out", order[i]],
           ("slapd/out", order[i]) in v ? v["slapd/out", order[i]] : "-", ("nsslapd/out", order[i]) in v ? v["nsslapd/out", order[i]] : "-" }' slapid/out slapd/out nsslapd/out
