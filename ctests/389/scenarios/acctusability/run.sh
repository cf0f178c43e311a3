#!/bin/sh
# The account usability control: which accounts may be used, and why not.
. "${LIB:-$(dirname "$0")/..}/lib.sh"
P="ou=People,$SUFFIX"
OID=1.3.6.1.4.1.42.2.27.9.5.8
use() { # BASE SCOPE FILTER
    tool ldapsearch -LLL -o ldif-wrap=no -e "!$OID" -b "$1" -s "$2" "$3" uid >"$W.o" 2>"$W.e"
    _rc=$?
    norm <"$W.o"
    result $_rc "$W.e"
}

step "accounts that may be used"
use "$P" one '(uid=*)'

step "one that is locked"
printf 'dn: uid=bob,%s\nchangetype: modify\nadd: nsAccountLock\nnsAccountLock: true\n' "$P" | modify
use "$P" one '(uid=*)'
bind_as "uid=bob,$P" bob-secret

step "entries that are no accounts"
use "$SUFFIX" base '(objectClass=*)'

step "unlocked again"
printf 'dn: uid=bob,%s\nchangetype: modify\ndelete: nsAccountLock\n' "$P" | modify
use "uid=bob,$P" base '(objectClass=*)'
bind_as "uid=bob,$P" bob-secret

step "without the control nothing comes along"
search "uid=bob,$P" base '(objectClass=*)' uid

step "a control with a value"
tool ldapsearch -LLL -e "!$OID=abc" -b "$P" -s one '(uid=*)' uid >"$W.o" 2>"$W.e"
result $? "$W.e"

step "the control on other operations"
tool ldapcompare -e "!$OID" "uid=bob,$P" uid:bob >"$W.o" 2>"$W.e"
result $? "$W.e"

step "it is offered"
search "" base '(objectClass=*)' supportedControl | grep -c "$OID"
