#!/bin/bash
# run.sh: the benchmark plug-in in slapid and, where a starter of the peer is
# named, in slapd (PEERSLAPD, called as ctests/openldap/start.sh) and ns-slapd
# (PEER389, see ctests/openldap/start-389.sh). All run at the same time and take
# turns; the best of all rounds counts. Prints ns per call side by side, and the
# processor time that a pre- and a post-search plug-in add to a search.
# Environment: BUILD, PORT (24840), ROUNDS (5), HOOKS (empty: leaves them out).
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
export BUILD=${BUILD:-$top/build}
PORT=${PORT:-24840}
tmp=$(mktemp -d /tmp/bench-abi.XXXXXX)
chmod 755 "$tmp"
declare -A start uri dir
names=()
stop() {
    local n
    for n in "${!dir[@]}"; do "${start[$n]}" --stop "${dir[$n]}" > /dev/null 2>&1; done
    rm -rf "$tmp"
}
trap stop EXIT
ours=$top/ctests/openldap/start.sh

up() { # name starter port plugin-line...
    local name=$1 with=$2 port=$3
    shift 3
    mkdir -p "$tmp/$name"
    : > "$tmp/$name/out"
    start[$name]=$with
    dir[$name]=$tmp/$name/s
    uri[$name]=$("$with" "${dir[$name]}" "$port" "$@")
}
abi() { # name starter port cflags...
    local name=$1 with=$2 port=$3
    shift 3
    cc -shared -fPIC -O2 -w "$@" -o "$tmp/abi-$name.so" "$here/abi.c" || return 1
    up "$name" "$with" "$port" "plugin preoperation $tmp/abi-$name.so bench_init $tmp/$name/out" && names+=("$name")
}
abi slapid "$ours" "$PORT" -I"$top/include" || exit 1
[ -n "${PEERSLAPD:-}" ] && abi slapd "$PEERSLAPD" $((PORT + 1))
[ -n "${PEER389:-}" ] && abi nsslapd "$top/ctests/openldap/start-389.sh" $((PORT + 2)) -DDS389 -I/usr/include/dirsrv -I/usr/include/nspr
for i in $(seq "${ROUNDS:-5}"); do
    for n in "${names[@]}"; do
        ldapsearch -x -o nettimeout=300 -H "${uri[$n]}" -D cn=admin,dc=example,dc=com -w secret -b cn=run,dc=example,dc=com -s base 1.1 \
            > "$tmp/$n/client" 2>&1
        grep -q measured "$tmp/$n/client" || { echo "$n did not measure" >&2; cat "$tmp/$n/client" >&2; exit 1; }
    done
done
cd "$tmp"
for n in slapid slapd nsslapd; do [ -f $n/out ] || { mkdir -p $n; : > $n/out; }; done
awk 'BEGIN { printf "%-20s %10s %10s %10s %8s\n", "ns per call", "slapid", "slapd", "ns-slapd", "ratio" }
     function shown(f, r) { return (f, r) in v ? v[f, r] : "-" }
     { if (FILENAME == "slapid/out" && !($1 in seen)) { order[++n] = $1; seen[$1] = 1 }
       if (!((FILENAME, $1) in v) || $2 < v[FILENAME, $1]) v[FILENAME, $1] = $2 }
     END { for (i = 1; i <= n; i++) {
             r = order[i]; a = v["slapd/out", r] + 0; b = v["nsslapd/out", r] + 0
             if (!a || (b && b < a)) a = b
             printf "%-20s %10s %10s %10s %8s\n", r, shown("slapid/out", r), shown("slapd/out", r), shown("nsslapd/out", r),
               a ? sprintf("%.2f", v["slapid/out", r] / a) : "-" } }
     ' slapid/out slapd/out nsslapd/out
[ -n "${HOOKS-1}" ] || exit 0
for n in "${names[@]}"; do "${start[$n]}" --stop "${dir[$n]}" > /dev/null 2>&1; unset "dir[$n]"; done
cc -O2 -Wall -o searches "$here/searches.c" -lldap -llber || exit 1
export LOGLEVEL=0
hooks() { # name starter port cflags...
    local name=$1 with=$2 port=$3
    shift 3
    cc -shared -fPIC -O2 -w "$@" -o "$tmp/hooks-$name.so" "$here/hooks.c" || return 1
    up "$name-without" "$with" "$port" || return 1
    up "$name-with" "$with" $((port + 1)) "plugin preoperation $tmp/hooks-$name.so hooks_pre_init" \
        "plugin postoperation $tmp/hooks-$name.so hooks_post_init" || return 1
    pairs+=("$name" "${uri[$name-without]}" "$(cat "${dir[$name-without]}/slapd.pid")" "${uri[$name-with]}" "$(cat "${dir[$name-with]}/slapd.pid")")
}
pairs=()
hooks slapid "$ours" $((PORT + 4)) -I"$top/include" || exit 1
[ -n "${PEERSLAPD:-}" ] && hooks slapd "$PEERSLAPD" $((PORT + 6))
printf '\n%-20s %10s %10s %10s\n' "processor ns" without with hooks
./searches "${pairs[@]}" | awk '{ printf "%-20s %10s %10s %10s\n", $1 " search", $2, $3, $4 }'
