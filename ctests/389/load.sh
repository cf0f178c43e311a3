#!/bin/bash
# load.sh [NAME...]: loads 389's prebuilt plug-ins (all, or the libraries named,
# without .so) into a server each, with the entries that 389-ds-base installs for
# them, bound lazily and bound at once; every init and start function must
# succeed, the server must close cleanly, and no other server's library may be
# mapped. Then the plug-ins that 389 enables by default, and all, in one server.
# Environment: BUILD (build/ of the tree), PORT (28961), PLUGINDIR, SCHEMADIR,
# TEMPLATE, OUT (a folder that is kept), MODES ("lazy now"), SKIP (a regular
# expression: libraries to leave out).
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
BUILD=${BUILD:-$top/build}
PORT=${PORT:-28961}
PLUGINDIR=${PLUGINDIR:-/usr/lib/x86_64-linux-gnu/dirsrv/plugins}
SCHEMADIR=${SCHEMADIR:-/usr/share/dirsrv/schema}
TEMPLATE=${TEMPLATE:-/usr/share/dirsrv/data/template-dse.ldif}
MODES=${MODES:-lazy now}
out=${OUT:-$(mktemp -d "${TMPDIR:-/tmp}/ctests-load.XXXXXX")}
mkdir -p "$out"
passed=0 failed=0

libs() {
    for f in "$PLUGINDIR"/*-plugin.so; do
        f=$(basename "$f" .so)
        case $f in libreplication-plugin | libdistrib-plugin) continue ;; esac
        if [ -n "${SKIP:-}" ] && printf '%s\n' "$f" | grep -qE "$SKIP"; then echo "SKIP $f" >&2; else echo "$f"; fi
    done
}

# nisserver listens on every address: it gets a network of its own.
alone() {
    if [ "$1" = nisserver-plugin ] || [ "$1" = all ]; then
        unshare -rn sh -c 'ip link set lo up 2>/dev/null; exec "$@"' sh "${@:2}"
    else
        "${@:2}"
    fi
}

try() { # what lib mode
    local what=$1 lib=$2 mode=$3 dir=$out/$1.$3 now='' rc
    rm -rf "$dir"
    mkdir -p "$dir/db"
    [ "$mode" = now ] && now=1
    sed -e "s|%config_dir%|/etc/dirsrv/config|; s|%log_dir%|$dir|; s|%ds_suffix%|dc=example,dc=com|" "$TEMPLATE" > "$dir/template.ldif"
    awk -v so="$lib" -v now="$now" -v skip="${SKIP:-}" -f "$here/load/select.awk" "$dir/template.ldif" "$here/load/more.ldif" > "$dir/plugins.ldif"
    if [ ! -s "$dir/plugins.ldif" ]; then echo "FAIL $what $mode: no entry"; failed=$((failed + 1)); return; fi
    cat > "$dir/slapd.conf" <<CONF
compat 389ds
schemadir $SCHEMADIR
plugindir $PLUGINDIR
pluginlog $dir/errors
rootdn "cn=Directory Manager"
rootpw secret12
pluginldif $dir/plugins.ldif

database mdb
dbname userRoot
suffix "dc=example,dc=com"
directory $dir/db
CONF
    alone "$lib" "$here/load/once.sh" "$BUILD/bin/slapid" "$dir" "$PORT" > "$dir/once" 2>&1
    rc=$?
    if [ $rc = 0 ]; then
        passed=$((passed + 1))
        echo "ok   $what $mode ($(grep -ci '^nsslapd-plugininitfunc' "$dir/plugins.ldif") inits)"
    else
        failed=$((failed + 1))
        echo "FAIL $what $mode"
        sed 's/^/     /' "$dir/once" | cut -c1-1500
    fi
}

for mode in $MODES; do
    for lib in ${*:-$(libs)}; do try "$lib" "$lib" "$mode"; done
    [ $# = 0 ] && for set in stock all; do try $set $set "$mode"; done
done
echo "$passed passed, $failed failed"
[ -n "${OUT:-}" ] || rm -rf "$out"
[ $failed = 0 ]
