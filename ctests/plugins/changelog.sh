#!/bin/bash
# changelog.sh: plugins/changelog from one source in slapid, slapd and ns-slapd:
# what it records, trimming, and in slapid the numbers after kill -9.
# Environment: BUILD, PORT (24950), ROUNDS of kill -9 (3).
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
BUILD=${BUILD:-$top/build}
PORT=${PORT:-24950}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/ctests-changelog.XXXXXX") || exit 2
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
log_db() { # dir: the section of the log's database
    mkdir -p "$1"
    printf 'database mdb\nsuffix cn=changelog\nrootdn cn=admin,cn=changelog\nrootpw secret\ndirectory %s\n' "$1"
    printf 'index objectClass,changeNumber eq\naccess to * by * read\n'
}
requests() {
    as_root ldapadd << EOF
dn: dc=example,dc=com
objectClass: domain
dc: example

EOF
    as_root ldapadd << EOF
dn: cn=one,dc=example,dc=com
objectClass: person
cn: one
sn:: w4PFoQ==
userPassword: hidden
EOF
    as_root ldapmodify << EOF
dn: cn=one,dc=example,dc=com
changetype: modify
replace: sn
sn: second
-
add: description
description: two
description: words
EOF
    as_root ldapmodify << EOF
dn: cn=one,dc=example,dc=com
changetype: modify
replace: objectClass
objectClass: nosuch
EOF
    as_root ldapmodrdn -r cn=one,dc=example,dc=com cn=two
    as_root ldapdelete cn=two,dc=example,dc=com
}
# The records, in their order, without what a host adds of itself.
records() {
    for n in $(numbers); do
        as_root ldapsearch -LLL -o ldif-wrap=no -s base -b "changeNumber=$n,cn=changelog" changeNumber targetDN changeType changes newRdn deleteOldRdn |
            grep -iv '^dn:\|^$' | sed -E 's/^changenumber:/changeNumber:/I; s/^targetdn:/targetDN:/I; s/^changetype:/changeType:/I; s/^newrdn:/newRdn:/I; s/^deleteoldrdn:/deleteOldRdn:/I' |
            while read -r line; do
                case $line in
                changes::*) echo "${line#changes:: }" | base64 -d | sed 's/^/  /' ;;
                *) echo "$line" ;;
                esac
            done | grep -Eiv 'uuid|csn|creatorsname|modifiersname|modifytimestamp|createtimestamp|structuralobjectclass|nsuniqueid|userpassword' |
            awk '$0 != "  -" || last != "  -" { print } { last = $0 }'
    done
}
numbers() {
    as_root ldapsearch -LLL -s one -b cn=changelog '(changeNumber>=1)' changeNumber 2> /dev/null | sed -n 's/^changenumber: //Ip' | sort -n
}
has() { [ "$(numbers | wc -l)" -ge "$1" ]; }
for host in slapid slapd 389; do
    case $host in
    slapd) [ -x /usr/sbin/slapd ] || { echo "slapd is not installed"; continue; } ;;
    389) [ -x /usr/sbin/ns-slapd ] || { echo "389 is not installed"; continue; } ;;
    esac
    type=postoperation
    [ $host != slapid ] || type=betxnpostoperation
    so=$(build_for $host "$top/plugins/changelog/changelog.c") || exit 1
    log_db "$tmp/logdb.$host" > "$tmp/databases.$host"
    DATABASES=$tmp/databases.$host SUFFIX2=cn=changelog start_host $host "$tmp/run.$host" "$type $so changelog_init exclude=userPassword" || exit 1
    requests > /dev/null 2>&1
    # slapd and 389 write behind the answer to the client
    awaits 20 has 5
    check "$host: numbers" "1 2 3 4 5" "$(numbers | paste -sd' ')"
    check "$host: kinds" "add add modify modrdn delete" "$(records | sed -n 's/^changeType: //p' | paste -sd' ')"
    check "$host: names" "dc=example,dc=com cn=one,dc=example,dc=com cn=one,dc=example,dc=com cn=one,dc=example,dc=com cn=two,dc=example,dc=com" \
        "$(records | sed -n 's/^targetDN: //p' | paste -sd' ')"
    check "$host: the modify" "  replace: sn   sn: second   -   add: description   description: two   description: words   -" \
        "$(records | sed -n '/^  replace: sn/,/^  description: words/p' | paste -sd' ') $(echo '  -')"
    check "$host: a value that is no text" 1 "$(records | grep -c '^  sn:: w4PFoQ==')"
    check "$host: excluded" 0 "$(records | grep -ci hidden)"
    check "$host: the rename" "cn=two TRUE" "$(records | sed -n 's/^newRdn: //p; s/^deleteOldRdn: //p' | sort -r | paste -sd' ' | sed 's/^TRUE cn=two$/cn=two TRUE/')"
    if [ $host != slapd ]; then
        check "$host: root DSE" "cn=changelog" "$(ldapsearch -x -LLL -H "$uri" -s base -b '' changelog | sed -n 's/^changelog: //p')"
    fi
    # numbers go on after a restart
    stop_host
    DATABASES=$tmp/databases.$host SUFFIX2=cn=changelog start_host $host "$tmp/run.$host" "$type $so changelog_init exclude=userPassword" || exit 1
    as_root ldapadd > /dev/null 2>&1 << EOF
dn: cn=three,dc=example,dc=com
objectClass: person
cn: three
sn: three
EOF
    awaits 20 has 6
    check "$host: the number after a restart" "1 2 3 4 5 6" "$(numbers | paste -sd' ')"
    stop_host
done

# trimming by count
so=$tmp/slapid/changelog.so
log_db "$tmp/logdb.trim" > "$tmp/databases.trim"
DATABASES=$tmp/databases.trim start_host slapid "$tmp/run.trim" "betxnpostoperation $so changelog_init max=3" || exit 1
requests > /dev/null 2>&1
three() { [ "$(numbers | paste -sd' ')" = "3 4 5" ]; }
awaits 10 three
check "the last three" "3 4 5" "$(numbers | paste -sd' ')"
stop_host

# kill -9 while clients write
log_db "$tmp/logdb.kill" > "$tmp/databases.kill"
plugin="betxnpostoperation $so changelog_init"
export DATABASES=$tmp/databases.kill
start_host slapid "$tmp/run.kill" "$plugin" || exit 1
as_root ldapadd > /dev/null 2>&1 << EOF
dn: dc=example,dc=com
objectClass: domain
dc: example
EOF
: > "$tmp/done"
for round in $(seq "${ROUNDS:-3}"); do
    writers=
    for w in 1 2 3; do
        {
            for i in $(seq 400); do printf 'dn: cn=r%d-%d-%d,dc=example,dc=com\nobjectClass: person\nsn: x\n\n' "$round" $w "$i"; done |
                as_root ldapadd -v 2> /dev/null | awk '/^adding new entry/ { dn = $4 } /modify complete/ { gsub(/"/, "", dn); if (dn ~ /^cn=r[0-9-]+,dc=example,dc=com$/) print dn; fflush() }' >> "$tmp/done"
        } 2> /dev/null &
        writers="$writers $!"
    done
    enough() { [ "$(wc -l < "$tmp/done")" -ge $((round * 60)) ]; }
    awaits 60 enough
    stop_host KILL
    # shellcheck disable=SC2086
    wait $writers 2> /dev/null
    start_host slapid "$tmp/run.kill" "$plugin" || exit 1
done
numbers > "$tmp/numbers"
check "no gap in $(wc -l < "$tmp/numbers") numbers" "$(seq "$(wc -l < "$tmp/numbers")")" "$(cat "$tmp/numbers")"
as_root ldapsearch -LLL -o ldif-wrap=no -s one -b cn=changelog '(changeType=add)' targetDN | sed -n 's/^targetDN: //p' | sort > "$tmp/logged"
check "acknowledged adds that are not in the log" "" "$(sort "$tmp/done" | comm -23 - "$tmp/logged")"
check "records that come twice" "" "$(uniq -d "$tmp/logged")"
[ "$(wc -l < "$tmp/done")" -ge 60 ]
check "adds that were acknowledged ($(wc -l < "$tmp/done"))" 0 $?
echo "$passed passed, $failed failed"
[ $failed = 0 ]
