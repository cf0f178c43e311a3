#!/bin/bash
# run.sh: takes the examples out of docs/writing-plugins.md, builds them as C90
# would have them and runs them in one server.
# Environment: BUILD (build/ of the tree), PORT (24850).
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
export BUILD=${BUILD:-$top/build}
PORT=${PORT:-24850}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/ctests-guide.XXXXXX")
start=$top/ctests/openldap/start.sh
trap '"$start" --stop "$tmp/s" > /dev/null 2>&1; rm -rf "$tmp"' EXIT
passed=0 failed=0
check() { if [ "$2" = "$3" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "$1: got '$3', not '$2'"; fi; }
awk -v dir="$tmp" '/^```c guide_/ { file = dir "/" substr($2, 7) ".c"; next } /^```/ { file = "" } file != "" { print > file }' "$top/docs/writing-plugins.md"
for p in hello guard count; do
    ${CC:-cc} -shared -fPIC -std=gnu90 -Wall -Wextra -Werror -I"$top/include" -o "$tmp/$p.so" "$tmp/$p.c" || { echo "$p does not compile"; exit 1; }
done
URI=$("$start" "$tmp/s" "$PORT" "plugin preoperation $tmp/hello.so hello_init" "plugin preoperation $tmp/guard.so guard_init" \
    "global:plugin extendedop $tmp/count.so count_init") || exit 1
S=dc=example,dc=com
root=(-x -H "$URI" -D "cn=admin,$S" -w secret)
add() { printf 'dn: cn=%s,%s\nobjectClass: device\ncn: %s\n' "$1" "$S" "$1" | ldapadd "${root[@]}" > /dev/null 2>&1; echo $?; }
check "an add that the guard refuses" 53 "$(add forbidden)"
check "an add that it lets through" 0 "$(add allowed)"
check "what it put in" "description: seen by the guard" "$(ldapsearch "${root[@]}" -LLL -b "cn=allowed,$S" -s base description | grep description)"
check "the extended operation" "data:: $(printf '2 people' | base64)" "$(ldapexop "${root[@]}" 1.3.6.1.4.1.99999.5.1 | grep '^data')"
check "the line in the log" yes "$(grep -q 'a search below cn=allowed' "$tmp/s/errors" "$tmp/s/slapd.log" 2>/dev/null && echo yes || echo no)"
check "the end" exit=0 "$("$start" --stop "$tmp/s")"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
