#!/bin/bash
# audit.sh: plugins/audit from one source in slapid, slapd and ns-slapd: the same
# requests give the same records, each host's own ways apart (audit.HOST.txt).
# UPDATE=1 records them. Environment: BUILD, PORT (24940).
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
BUILD=${BUILD:-$top/build}
PORT=${PORT:-24940}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/ctests-audit.XXXXXX") || exit 2
chmod 755 "$tmp"
. "$here/hosts.sh"
trap 'stop_host; rm -rf "$tmp"' EXIT
passed=0 failed=0
check() { # what expected got
    if [ "$2" = "$3" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "failed: $1"
        diff <(echo "$2") <(echo "$3")
    fi
}
requests() {
    as_root ldapadd > /dev/null 2>&1 << EOF
dn: dc=example,dc=com
objectClass: domain
dc: example
EOF
    as_root ldapadd > /dev/null 2>&1 << EOF
dn: cn=one,dc=example,dc=com
objectClass: person
cn: one
sn: first
userPassword: hidden
EOF
    as_root ldapmodify > /dev/null 2>&1 << EOF
dn: cn=one,dc=example,dc=com
changetype: modify
replace: sn
sn: second
-
add: description
description: secret thoughts
EOF
    as_root ldapmodify > /dev/null 2>&1 << EOF
dn: cn=nobody,dc=example,dc=com
changetype: modify
replace: sn
sn: x
EOF
    ldapwhoami -x -H "$uri" -D cn=one,dc=example,dc=com -w wrong > /dev/null 2>&1
    as_root ldapcompare cn=one,dc=example,dc=com sn:second > /dev/null 2>&1
    as_root ldapsearch -s one -b dc=example,dc=com '(cn=one)' sn mail > /dev/null 2>&1
    as_root ldapmodrdn -r cn=one,dc=example,dc=com cn=two > /dev/null 2>&1
    as_root ldapdelete cn=two,dc=example,dc=com > /dev/null 2>&1
}
# What differs from run to run, and what a host does of itself.
plain() {
    sed -E -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9:.]+[+-][0-9]{2}:[0-9]{2}(DST)?/TIME/g; s/127\.0\.0\.1:[0-9]+/CLIENT/; s/connectionID: [0-9]+/connectionID: N/' \
        -e 's/cn=admin,dc=example,dc=com/ROOT/; s/cn=directory manager/ROOT/I' "$1"
}
for host in slapid slapd 389; do
    case $host in
    slapd) [ -x /usr/sbin/slapd ] || { echo "slapd is not installed"; continue; } ;;
    389) [ -x /usr/sbin/ns-slapd ] || { echo "389 is not installed"; continue; } ;;
    esac
    type=postoperation
    [ $host != slapid ] || type=audit
    so=$(build_for $host "$top/plugins/audit/audit.c") || exit 1
    mkdir -p "$tmp/log.$host"
    chmod 777 "$tmp/log.$host"
    start_host $host "$tmp/run.$host" "$type $so audit_init file=$tmp/log.$host/audit operations=bind,add,modify,modifydn,delete,compare,search" || exit 1
    : > "$tmp/log.$host/audit"
    requests
    stop_host
    plain "$tmp/log.$host/audit" > "$tmp/got.$host"
    [ -z "${UPDATE:-}" ] || cp "$tmp/got.$host" "$here/audit.$host.txt"
    check "records of $host" "$(cat "$here/audit.$host.txt")" "$(cat "$tmp/got.$host")"
    grep -q 'hidden\|secret thoughts\|wrong' "$tmp/log.$host/audit"
    check "values in the log of $host" 1 $?
done

# rotation, failures alone, a moved file, mistakes
so=$tmp/slapid/audit.so
mkdir "$tmp/small"
start_host slapid "$tmp/run.small" "audit $so audit_init file=$tmp/small/audit size=1k keep=2 sync failed" || exit 1
for _ in $(seq 12); do ldapwhoami -x -H "$uri" -D cn=x,dc=example,dc=com -w wrong > /dev/null 2>&1; done
ldapsearch -x -H "$uri" -s base -b '' > /dev/null
check "files" "audit audit.1 audit.2" "$(ls "$tmp/small" | paste -sd' ')"
check "failures alone" "" "$(grep -h -- '--Success' "$tmp"/small/*)"
for f in audit audit.1 audit.2; do
    [ "$(stat -c %s "$tmp/small/$f")" -le 1024 ]
    check "size of $f" 0 $?
    check "begin of $f" "AuditV3--" "$(head -c 9 "$tmp/small/$f")"
done
check "mode of the file" 600 "$(stat -c %a "$tmp/small/audit")"
mv "$tmp/small/audit" "$tmp/small/moved"
ldapwhoami -x -H "$uri" -D "cn=x,dc=example,dc=com" -w wrong > /dev/null 2>&1
check "records behind a move" 1 "$(grep -c '^AuditV3' "$tmp/small/audit")"
stop_host
for bad in "size=1k" "file=$tmp/a size=x" "file=$tmp/a keep=-1" "file=$tmp/a operations=nonsense" "file=/nonexistent/a"; do
    slapd_conf slapid "$tmp/run.small" "audit $so audit_init $bad" > "$tmp/bad.conf"
    "$BUILD/bin/slapid" -d 0 -f "$tmp/bad.conf" -h "$uri" > /dev/null 2>&1
    check "arguments $bad" 1 $?
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
