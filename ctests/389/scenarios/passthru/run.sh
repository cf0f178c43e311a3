#!/bin/sh
# Binds below a suffix are decided by another server.
. "${LIB:-$(dirname "$0")/..}/lib.sh"
P="ou=People,$SUFFIX"

step "an entry that only the other server has"
bind_as "uid=far,$P" far-secret
bind_as "uid=far,$P" wrong

step "an entry that only this server has: the other one decides"
bind_as "uid=near,$P" near-secret

step "names outside the suffix are this server's"
bind_as "$ROOT_DN" "$ROOT_PW"
bind_as "cn=nobody,$SUFFIX" x

step "the other server's password changes"
printf 'dn: uid=far,%s\nchangetype: modify\nreplace: userPassword\nuserPassword: new-secret\n' "$P" |
    ldapmodify -x -H "$REMOTE_URI" -D "$ROOT_DN" -w "$ROOT_PW" >/dev/null
bind_as "uid=far,$P" far-secret
bind_as "uid=far,$P" new-secret
