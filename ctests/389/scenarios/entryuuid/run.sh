#!/bin/sh
# Every new entry gets an entryUUID.
. "${LIB:-$(dirname "$0")/..}/lib.sh"
P="ou=People,$SUFFIX"
new() { printf 'dn: uid=%s,%s\nobjectClass: inetOrgPerson\nuid: %s\ncn: x\nsn: x\n%s' "$1" "$P" "$1" "$2" | add; }

step "an add"
new ada ''
search "uid=ada,$P" base '(objectClass=*)' entryUUID
new bob ''
if [ "$(value "uid=ada,$P" entryUUID)" = "$(value "uid=bob,$P" entryUUID)" ]; then echo same; else echo different; fi

step "found by it, in either case"
u=$(value "uid=ada,$P" entryUUID)
names "$SUFFIX" sub "(entryUUID=$u)"
names "$SUFFIX" sub "(entryUUID=$(echo "$u" | tr a-f A-F))"

step "a change leaves it, nobody may change it"
printf 'dn: uid=ada,%s\nchangetype: modify\nreplace: sn\nsn: y\n' "$P" | modify
[ "$u" = "$(value "uid=ada,$P" entryUUID)" ] && echo same
rename "uid=ada,$P" uid=ada2
[ "$u" = "$(value "uid=ada2,$P" entryUUID)" ] && echo same

step "the fix-up task"
add <<LDIF
dn: cn=fix,cn=entryuuid task,cn=tasks,cn=config
objectClass: extensibleObject
cn: fix
basedn: $SUFFIX
filter: (objectClass=*)
ttl: 60
LDIF
task_end "cn=fix,cn=entryuuid task,cn=tasks,cn=config"
[ "$u" = "$(value "uid=ada2,$P" entryUUID)" ] && echo same
names "$SUFFIX" sub '(!(entryUUID=*))'
