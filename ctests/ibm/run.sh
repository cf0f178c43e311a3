#!/bin/bash
# run.sh: a plug-in of the IBM dialect in the server: functions, the audit type,
# access plug-ins, a SASL mechanism of a plug-in.
# Environment: BUILD (build/ of the tree), PORT (24870), KEEP.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
export BUILD=${BUILD:-$top/build}
PORT=${PORT:-24870}
out=$(mktemp -d "${TMPDIR:-/tmp}/ctests-ibm.XXXXXX")
start=$top/ctests/openldap/start.sh
trap '"$start" --stop "$out/s" > /dev/null 2>&1; [ -n "${KEEP:-}" ] && echo "kept $out" || rm -rf "$out"' EXIT
${CC:-cc} -shared -fPIC -g -std=gnu11 -Wall -Wextra -Werror -I"$top/include" -o "$out/ibm.so" "$here/ibm.c" || exit 1
URI=$("$start" "$out/s" "$PORT" "global:plugin-options dialect=ibm" "global:plugin preoperation $out/ibm.so ibm_init $out/trace" \
    "global:plugin-options dialect=ibm" "global:plugin audit $out/ibm.so audit_init $out/trace") || exit 1
SUFFIX=dc=example,dc=com
ROOT=(-x -H "$URI" -D "cn=admin,$SUFFIX" -w secret)
: > "$out/trace"
{
    ldapsearch "${ROOT[@]}" -LLL -b "cn=run,$SUFFIX" -s base 1.1 2>&1; echo "-> $?"
    ldapmodify "${ROOT[@]}" > /dev/null <<LDIF
dn: uid=alice,ou=people,$SUFFIX
changetype: modify
add: description
description: secret
LDIF
    for who in alice bob; do
        ldapcompare "${ROOT[@]}" "uid=$who,ou=people,$SUFFIX" cn:x > /dev/null 2>&1; echo "-> $?"
    done
    ldapsearch "${ROOT[@]}" -LLL -b "ou=people,$SUFFIX" '(uid=*)' cn uid
    ldapsearch -x -H "$URI" -LLL -b "ou=people,$SUFFIX" '(cn=alice able)' uid
    ldapdelete "${ROOT[@]}" "cn=nobody,$SUFFIX" 2> /dev/null; echo "-> $?"
    ldapsearch -x -H "$URI" -LLL -s base -b '' supportedSASLMechanisms | grep IBM
    python3 - "$PORT" <<'PY'
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)
mech, creds = b"IBM-TEST", b"hello"
sasl = b"\xa3" + bytes([4 + len(mech) + len(creds)]) + b"\x04" + bytes([len(mech)]) + mech + b"\x04" + bytes([len(creds)]) + creds
body = b"\x02\x01\x03\x04\x00" + sasl
msg = b"\x02\x01\x01\x60" + bytes([len(body)]) + body
s.sendall(b"\x30" + bytes([len(msg)]) + msg)
r = s.recv(1000)
print("sasl code", r[r.index(b"\x0a\x01") + 2], "challenge", b"\x87\x04next" in r)
PY
} > "$out/got"
"$start" --stop "$out/s" >> "$out/got"
echo "message in the log: $(cat "$out/s/errors" "$out/s/slapd.log" 2>/dev/null | grep -c 'message 17 of catalogue 1')" >> "$out/got"
cat "$out/trace" >> "$out/got"
if diff -u "$here/expected.txt" "$out/got"; then echo "1 passed, 0 failed"; else echo "0 passed, 1 failed"; exit 1; fi
