#!/bin/sh
# Accounts that are not used become useless.
. "${LIB:-$(dirname "$0")/..}/lib.sh"
P="ou=People,$SUFFIX"
put() { # uid attribute value
    printf 'dn: uid=%s,%s\nchangetype: modify\nreplace: %s\n%s: %s\n' "$1" "$P" "$2" "$2" "$3" | modify
}

step "a bind is written down"
bind_as "uid=ada,$P" ada-secret
search "uid=ada,$P" base '(objectClass=*)' lastLoginTime modifiersName
bind_as "uid=bob,$P" wrong
search "uid=bob,$P" base '(objectClass=*)' lastLoginTime

step "a policy, and an account long unused"
put ada acctPolicySubentry "cn=strict,$SUFFIX"
bind_as "uid=ada,$P" ada-secret
put ada lastLoginTime 20200101000000Z
bind_as "uid=ada,$P" ada-secret
bind_as "uid=ada,$P" wrong
RAW=1
search "uid=ada,$P" base '(objectClass=*)' lastLoginTime
RAW=0

step "the administrator lets it in again"
printf 'dn: uid=ada,%s\nchangetype: modify\ndelete: lastLoginTime\n' "$P" | modify
bind_as "uid=ada,$P" ada-secret

step "without a policy the age does not matter"
put bob lastLoginTime 20200101000000Z
bind_as "uid=bob,$P" bob-secret

step "a policy that is not there"
put carl acctPolicySubentry "cn=none,$SUFFIX"
bind_as "uid=carl,$P" carl-secret

step "a policy with a bad limit is refused"
printf 'dn: cn=strict,%s\nchangetype: modify\nreplace: accountInactivityLimit\naccountInactivityLimit: soon\n' "$SUFFIX" | modify
printf 'dn: cn=strict,%s\nchangetype: modify\nreplace: accountInactivityLimit\naccountInactivityLimit: 2000\n' "$SUFFIX" | modify
