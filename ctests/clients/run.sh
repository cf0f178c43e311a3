#!/bin/bash
# run.sh [-u] [NAME...]: for each dialogue (default: all) starts a server through
# $START (default ctests/openldap/start.sh, called as START DIR PORT [LINE...] and
# START --stop DIR), runs NAME.sh with ldap-utils and compares with NAME.txt, which
# was recorded from Debian's slapd.
#   -u  write NAME.txt anew
# Lines "#conf: LINE" of a dialogue are lines of slapd.conf ("global:LINE" before the
# databases), lines "#acl: LINE" its access lines, lines "#slapd: LINE" are for slapd alone (with PEER=slapd). @WORK@/second and
# @WORK@/third in them are empty folders.
here=$(cd "$(dirname "$0")" && pwd)
update=
if [ "${1:-}" = -u ]; then update=1; shift; fi
if [ $# -ne 1 ]; then
    [ $# -gt 0 ] || set -- dialogue controls sasl txn accesslog ppolicy config overlays dynmember settings retcode
    status=0
    for n in "$@"; do "$0" ${update:+-u} "$n" || status=1; done
    exit $status
fi
name=$1
START=${START:-$here/../openldap/start.sh} PORT=${PORT:-13890}
work=$(mktemp -d) || exit 2
export LC_ALL=C LDAPNOINIT=1
sock=$work/ldapi
export URIS="ldap://127.0.0.1:$PORT/ ldapi://${sock//\//%2F}"
mapfile -t lines < <(sed -n "s/^#conf: //p${PEER:+;s/^#$PEER: //p}" "$here/$name.sh" | sed "s,@WORK@,$work,g")
mkdir -p "$work/second" "$work/third"
acl=$(sed -n 's/^#acl: //p' "$here/$name.sh" | paste -sd'\n' | sed ':a;N;$!ba;s/\n/;;/g')
if [ -n "$acl" ]; then export ACL=$acl; fi
LDAPI=ldapi://${sock//\//%2F}
URI=$("$START" "$work/s" "$PORT" "${lines[@]}") || { echo "the server does not start"; exit 1; }
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
    ldapsearch) mask <"$work/o" | ${order:-by_entry} ;;
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
        -e 's/\{SSHA\}[A-Za-z0-9+\/=]*/HASH/' -e 's/(pagedresults:)( estimate=[0-9]+)? cookie=..*/\1 COOKIE/' -e 's/(vlvResult.*) context=.*/\1 CONTEXT/' \
        -e '/^control: /,/^[^ ]/{/^control: |^ /d}' -e 's/^(userPassword):: .*/\1:: MASKED/'
}
as root
. "$here/$name.sh" >"$work/out" </dev/null
if [ -n "$update" ]; then
    cp "$work/out" "$here/$name.txt"
    echo "$name: recorded $(wc -l <"$here/$name.txt") lines"
elif diff -u "$here/$name.txt" "$work/out"; then
    echo "$name: $(grep -c '^->' "$work/out") passed, 0 failed"
else
    echo "$name: the dialogue differs from slapd's"
    exit 1
fi
