#!/bin/bash
# run.sh: database plug-ins, built as a stranger builds them. What memdb.so does
# besides the dialogue of ctests/conformance (files, tools, following), and a
# probe that shows which functions are called with what.
# UPDATE=1 records probe.seen and probe.log.
# Environment: BUILD (build/ of the tree), PORT (24930).
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
BUILD=${BUILD:-$top/build}
PORT=${PORT:-24930}
cc=${CC:-cc}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/ctests-database.XXXXXX") || exit 2
uri=ldap://127.0.0.1:$PORT
root="cn=admin,dc=example,dc=com"
pid=
stop() {
    [ -z "$pid" ] || { kill -TERM "$pid" 2> /dev/null; wait "$pid" 2> /dev/null; }
    pid=
}
trap 'stop; rm -rf "$tmp"' EXIT
passed=0 failed=0
check() { # what expected got
    if [ "$2" = "$3" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        printf 'failed: %s\nwant:\n%s\ngot:\n%s\n' "$1" "$2" "$3"
    fi
}
start() { # conf
    "$BUILD/bin/slapid" -d 0 -f "$1" -h "$uri" > "$tmp/out" 2>&1 &
    pid=$!
    for _ in $(seq 300); do
        ldapsearch -x -H "$uri" -s base -b '' 1.1 > /dev/null 2>&1 && return 0
        kill -0 "$pid" 2> /dev/null || break
        sleep 0.1
    done
    cat "$tmp/out"
    return 1
}
head_of() {
    for s in core cosine inetorgperson; do echo "include $top/schema/$s.schema"; done
    echo "pidfile $tmp/pid"
}
as_root() { local tool=$1; shift; "$tool" -x -H "$uri" -D "$root" -w secret "$@"; }
codes() { sed -n 's/^ldap_[a-z_]*: .*(\([0-9]*\)).*/\1/p; s/^result: \([0-9]*\) .*/\1/p'; }

for p in probe "../../plugins/memdb/memdb"; do
    $cc -shared -fPIC -Wall -Wextra -Werror -I"$top/include" -o "$tmp/$(basename $p).so" "$here/$p.c" || exit 1
done

# 1. memdb: what was added by slapadd is there, what was changed is there after a restart
{
    head_of
    cat << EOF
database monitor
database memdb
suffix dc=example,dc=com
rootdn $root
rootpw secret
plugin database $tmp/memdb.so memdb_init ldif=$tmp/data.ldif
overlay syncprov
access to attrs=userPassword by anonymous auth
access to dn.subtree=ou=secret,dc=example,dc=com by * none
access to * by * read
EOF
} > "$tmp/mem.conf"
cat > "$tmp/in.ldif" << EOF
dn: dc=example,dc=com
objectClass: domain
dc: example

dn: ou=secret,dc=example,dc=com
objectClass: organizationalUnit
ou: secret

dn: cn=one,dc=example,dc=com
objectClass: person
cn: one
sn: first
userPassword: pw
EOF
slapadd=$BUILD/bin/slapadd slapcat=$BUILD/bin/slapcat
"$slapadd" -f "$tmp/mem.conf" -l "$tmp/in.ldif" 2>&1
check "slapadd" 0 $?
"$slapadd" -f "$tmp/mem.conf" -l "$tmp/in.ldif" > "$tmp/again" 2>&1
check "slapadd of what is there" 1 $?
check "slapcat" "cn=one,dc=example,dc=com dc=example,dc=com ou=secret,dc=example,dc=com" \
    "$("$slapcat" -f "$tmp/mem.conf" | sed -n 's/^dn: //p' | LC_ALL=C sort | paste -sd' ')"
check "slapcat: entries" 3 "$("$slapcat" -f "$tmp/mem.conf" | grep -c '^entryUUID:')"
"$slapcat" -f "$tmp/mem.conf" -l "$tmp/out.ldif"
check "slapcat by the plug-in" 3 "$(grep -c '^entryUUID:' "$tmp/out.ldif")"
rm -f "$tmp/data.ldif"
"$slapadd" -q -f "$tmp/mem.conf" -l "$tmp/out.ldif"
check "slapadd by the plug-in" 3 "$(grep -c '^entryUUID:' "$tmp/data.ldif")"
start "$tmp/mem.conf" || exit 1
check "access lines" "dc=example,dc=com cn=one,dc=example,dc=com" \
    "$(ldapsearch -x -LLL -H "$uri" -b dc=example,dc=com 1.1 | sed -n 's/^dn: //p' | sort -r | paste -sd' ')"
check "bind" "dn:cn=one,dc=example,dc=com" "$(ldapwhoami -x -H "$uri" -D cn=one,dc=example,dc=com -w pw)"
# a client that follows
ldapsearch -x -LLL -H "$uri" -b dc=example,dc=com -E '!sync=rp' '(sn=*)' sn > "$tmp/sync" 2>&1 &
follower=$!
for _ in $(seq 100); do grep -q 'sn: first' "$tmp/sync" && break; sleep 0.1; done
as_root ldapmodify > /dev/null << EOF
dn: cn=one,dc=example,dc=com
changetype: modify
replace: sn
sn: second
EOF
for _ in $(seq 100); do grep -q 'sn: second' "$tmp/sync" && break; sleep 0.1; done
kill $follower; wait $follower 2> /dev/null
check "what a follower sees" "first second" "$(sed -n 's/^sn: //p' "$tmp/sync" | paste -sd' ')"
context=$(ldapsearch -x -LLL -H "$uri" -s base -b dc=example,dc=com contextCSN | sed -n 's/^contextCSN: //p')
ldapsearch -x -LLL -H "$uri" -b cn=Databases,cn=Monitor '(monitoredInfo=bytes=*)' monitoredInfo |
    grep -q '^monitoredInfo: bytes=[1-9]'
check "size in cn=Monitor" 0 $?
stop
start "$tmp/mem.conf" || exit 1
check "the change after a restart" second "$(ldapsearch -x -LLL -H "$uri" -b dc=example,dc=com '(cn=one)' sn | sed -n 's/^sn: //p')"
check "contextCSN after a restart" "$context" "$(ldapsearch -x -LLL -H "$uri" -s base -b dc=example,dc=com contextCSN | sed -n 's/^contextCSN: //p')"
[ -n "$context" ]; check "there is a contextCSN" 0 $?
stop

# 2. the probe: two databases of one library, each with a plug-in of its own
{
    head_of
    cat << EOF
plugin extendedop $tmp/probe.so broadcast_init
database probe
suffix o=a
rootdn cn=root,o=a
rootpw secret
option "two words"
plugin database $tmp/probe.so probe_init o=a $tmp/a.log whole noacl
access to * by * none
database probe
suffix o=b
plugin database $tmp/probe.so probe_init o=a $tmp/a.log
EOF
} > "$tmp/two.conf"
start "$tmp/two.conf" || exit 1
: > "$tmp/seen"
search() { ldapsearch -x -LLL -H "$uri" "$@" 2>&1 | grep -v '^$' >> "$tmp/seen"; }
search -b o=a
search -b ou=away,o=a -s base
search -b ou=broken,o=a -s base
search -b ou=busy,o=a -s base
search -b ou=none,o=a -s base
ldapcompare -x -H "$uri" o=a o:yes >> "$tmp/seen" 2>&1
ldapcompare -x -H "$uri" o=a o:no >> "$tmp/seen" 2>&1
ldapwhoami -x -H "$uri" -D cn=x,o=a -w good >> "$tmp/seen" 2>&1
ldapwhoami -x -H "$uri" -D cn=x,o=a -w bad >> "$tmp/seen" 2>&1
ldapadd -x -H "$uri" -D cn=root,o=a -w secret >> "$tmp/seen" 2>&1 << EOF
dn: cn=x,o=a
objectClass: person
sn: x
EOF
ldapexop -x -H "$uri" 1.3.6.1.4.1.99999.1 >> "$tmp/seen" 2>&1
stop
[ -z "${UPDATE:-}" ] || { cp "$tmp/seen" "$here/probe.seen"; cp "$tmp/a.log" "$here/probe.log"; }
check "what clients of the probe see" "$(cat "$here/probe.seen")" "$(cat "$tmp/seen")"
check "what the probe is asked" "$(cat "$here/probe.log")" "$(cat "$tmp/a.log")"

# 3. transactions of the plug-in's own
{
    head_of
    cat << EOF
database probe
suffix o=a
rootdn cn=root,o=a
rootpw secret
plugin database $tmp/probe.so probe_init o=a $tmp/c.log txn writes
EOF
} > "$tmp/txn.conf"
start "$tmp/txn.conf" || exit 1
for cn in x full; do
    ldapadd -x -H "$uri" -D cn=root,o=a -w secret > /dev/null 2> "$tmp/err" << EOF
dn: cn=$cn,o=a
objectClass: person
sn: x
EOF
done
check "the plug-in's text" "the store is full" "$(sed -n 's/.*additional info: //p' "$tmp/err")"
ldapmodify -x -H "$uri" -D cn=root,o=a -w secret > /dev/null << EOF
dn: o=a
changetype: modify
add: description
description: x
EOF
ldapmodrdn -x -H "$uri" -D cn=root,o=a -w secret o=a o=c > "$tmp/err" 2>&1
stop
check "calls of a transaction" "init start begin add cn=x,o=a txn probe commit begin add cn=full,o=a txn probe abort begin modify o=a description op 0 commit begin" \
    "$(grep -v '^search\|^close\|^cleanup' "$tmp/c.log" | head -12 | paste -sd' ')"

# 4. mistakes in the configuration
refused() { # conf-text message
    { head_of; printf '%s\n' "$1"; } > "$tmp/bad.conf"
    "$BUILD/bin/slapid" -d 0 -f "$tmp/bad.conf" -h "$uri" > "$tmp/out" 2>&1
    check "exit status for: $2" 1 $?
    grep -q "$2" "$tmp/out"
    check "message: $2 ($(tail -1 "$tmp/out"))" 0 $?
}
refused "database probe
suffix o=a" "unrecognized database type (probe)"
refused "database probe
suffix o=a
refused x
plugin database $tmp/probe.so probe_init o=a $tmp/d.log" "refused <refused>"
refused "database memdb
suffix o=a
nonsense x
plugin database $tmp/memdb.so memdb_init" "unknown directive <nonsense>"
refused "database memdb
suffix o=a
plugin database $tmp/memdb.so memdb_init nonsense" "memdb_init: returned -1"
refused "database memdb
plugin database $tmp/memdb.so memdb_init" "no suffix"

echo "$passed passed, $failed failed"
[ $failed = 0 ]
