#!/bin/sh
# hook.sh start NAME SCENARIO_DIR | stop NAME
# The SERVER_HOOK of scenarios/run-all.sh for our server: a fresh slapid for each
# scenario, on 127.0.0.1, with 389's schema and habits and the plug-ins of the
# scenario's config.ldif, which are the binaries of the Debian packages. A scenario
# with a remote.ldif gets a second server on 127.0.0.1:28999 with that loaded.
# Environment: HOOK_DIR (default a folder in TMPDIR), HOOK_PORT (28951), HOOK_KEEP
# (keep the folder of a scenario), BUILD (build/ of the tree), PLUGINDIR, SCHEMADIR,
# LOGLEVEL (none).
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
BUILD=${BUILD:-$top/build}
HOOK_DIR=${HOOK_DIR:-${TMPDIR:-/tmp}/libslapi-389.$(id -u)}
HOOK_PORT=${HOOK_PORT:-28951}
PLUGINDIR=${PLUGINDIR:-/usr/lib/x86_64-linux-gnu/dirsrv/plugins}
SCHEMADIR=${SCHEMADIR:-/usr/share/dirsrv/schema}
SUFFIX=${SUFFIX:-dc=example,dc=com}
ROOT_DN='cn=Directory Manager'
ROOT_PW=secret12

case $1 in
start)
    run=$HOOK_DIR/$2
    rm -rf "$run"
    mkdir -p "$run/db"
    cat > "$run/slapd.conf" <<CONF
compat 389ds
schemadir $SCHEMADIR
plugindir $PLUGINDIR
pluginlog $run/errors
pidfile $run/pid
rootdn "$ROOT_DN"
rootpw $ROOT_PW
pluginldif $3/config.ldif

database mdb
dbname userRoot
suffix "$SUFFIX"
directory $run/db
index objectClass,uid,cn,member,uniqueMember,memberOf eq
CONF
    "$BUILD/bin/slapid" -f "$run/slapd.conf" -h "ldap://127.0.0.1:$HOOK_PORT/" -d "${LOGLEVEL:-none}" \
        > "$run/log" 2>&1 < /dev/null &
    pid=$!
    n=0
    until ldapsearch -LLL -x -H "ldap://127.0.0.1:$HOOK_PORT" -s base -b '' -o nettimeout=2 1.1 >/dev/null 2>&1; do
        n=$((n + 1))
        if ! kill -0 $pid 2>/dev/null; then
            echo "slapid did not start:" >&2
            tail -n 20 "$run/log" >&2
            exit 1
        fi
        if [ $n -gt 200 ]; then
            echo "no answer on port $HOOK_PORT:" >&2
            tail -n 20 "$run/log" >&2
            kill $pid
            exit 1
        fi
        sleep 0.05
    done
    echo $pid > "$run/server.pid"
    if [ -f "$3/remote.ldif" ]; then
        # A second server, without plug-ins, at the address that the scenarios name.
        mkdir -p "$run/remote"
        sed -e '/^pluginldif/d; /^pluginlog/d' -e "s|^pidfile .*|pidfile $run/remote.id|; s|^directory .*|directory $run/remote|" \
            "$run/slapd.conf" > "$run/remote.conf"
        "$BUILD/bin/slapid" -f "$run/remote.conf" -h "ldap://127.0.0.1:28999/" -d none > "$run/remote.log" 2>&1 < /dev/null &
        echo $! > "$run/remote.pid"
        n=0
        until ldapadd -x -H ldap://127.0.0.1:28999 -D "$ROOT_DN" -w $ROOT_PW -o nettimeout=2 -f "$3/remote.ldif" > "$run/remote.load" 2>&1; do
            n=$((n + 1))
            if [ $n -gt 100 ]; then
                echo "the remote server:" >&2
                cat "$run/remote.load" "$run/remote.log" >&2
                kill $pid "$(cat "$run/remote.pid")"
                exit 1
            fi
            sleep 0.05
        done
        echo "REMOTE_URI='ldap://127.0.0.1:28999'"
    fi
    echo "LDAP_URI='ldap://127.0.0.1:$HOOK_PORT'"
    echo "ROOT_DN='$ROOT_DN'"
    echo "ROOT_PW='$ROOT_PW'"
    echo "SUFFIX='$SUFFIX'"
    ;;
stop)
    run=$HOOK_DIR/$2
    [ -s "$run/server.pid" ] || exit 0
    pid=$(cat "$run/server.pid")
    kill "$pid" 2>/dev/null || true
    [ ! -s "$run/remote.pid" ] || kill "$(cat "$run/remote.pid")" 2>/dev/null || true
    n=0
    while kill -0 "$pid" 2>/dev/null; do
        n=$((n + 1))
        if [ $n -gt 300 ]; then
            kill -9 "$pid"
            echo "pid $pid did not end" >&2
        fi
        sleep 0.05
    done
    [ -n "${HOOK_KEEP:-}" ] || rm -rf "$run"
    ;;
*)
    echo "usage: hook.sh start NAME SCENARIO_DIR | stop NAME" >&2
    exit 2
    ;;
esac
