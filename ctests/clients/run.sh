#!/bin/bash
# run.sh [-u]: starts a server through $START (default ctests/openldap/start.sh,
# called as START DIR PORT and START --stop DIR), runs dialogue.sh with ldap-utils
# and compares with expected.txt, which was recorded from Debian's slapd.
#   -u  write expected.txt anew
# Lines of wanted.sed are differences from slapd that we want (docs/differences.md).
here=$(cd "$(dirname "$0")" && pwd)
START=${START:-$here/../openldap/start.sh} PORT=${PORT:-13890}
work=$(mktemp -d) || exit 2
export LC_ALL=C LDAPNOINIT=1
URI=$("$START" "$work/s" "$PORT") || { echo "the server does not start"; exit 1; }
trap '"$START" --stop "$work/s" >/dev/null; rm -rf "$work"' EXIT
SUFFIX=dc=example,dc=com
step() { printf '\n## %s\n' "$*"; }
as() {
    case $1 in
    anonymous) who=() ;;
    root) who=(-D "cn=admin,$SUFFIX" -w secret) ;;
    *) who=(-D "$1" -w "$2") ;;
    esac
}
run() { # one tool; what it prints and its exit status
    local tool=$1
    shift
    if [ "${1:-}" = -x ]; then shift; fi
    timeout 20 "$tool" -x -H "$URI" "${who[@]}" "$@" >"$work/o" 2>&1
    local rc=$?
    case $tool in
    ldapsearch) mask <"$work/o" | by_entry ;;
    *) mask <"$work/o" ;;
    esac
    echo "-> $rc"
}
by_entry() { # the order of the entries of a result means nothing
    awk 'BEGIN { RS = ""; ORS = "\n\n" } { gsub(/\n/, "\001"); print }' | tr -s '\n' | sort | sed 'G' | tr '\001' '\n'
}
ldif() { run "$@" -f /dev/stdin; }
mask() {
    sed -E -e 's/[0-9]{14}(\.[0-9]+)?Z#[0-9a-f]{6}#[0-9a-f]{3}#[0-9a-f]{6}/CSN/g' -e 's/\b20[0-9]{12}(\.[0-9]+)?Z\b/TIME/g' \
        -e 's/\b[0-9a-f]{8}-[0-9a-f]{4}-[1357][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b/UUID/g' \
        -e 's/\{SSHA\}[A-Za-z0-9+\/=]*/HASH/' -e 's/^(userPassword):: .*/\1:: MASKED/'
}
as root
. "$here/dialogue.sh" >"$work/out" </dev/null
if [ "${1:-}" = -u ]; then
    cp "$work/out" "$here/expected.txt"
    echo "recorded $(wc -l <"$here/expected.txt") lines"
elif diff -u "$here/expected.txt" "$work/out"; then
    echo "$(grep -c '^->' "$work/out") passed, 0 failed"
else
    echo "the dialogue differs from slapd's"
    exit 1
fi
