#!/bin/sh
# entryUUID: given at add, kept through modify and rename, not for clients to
# write; found by equality and order; the task that gives it to entries without.
. "${LIB:-$(dirname "$0")/..}/lib.sh"
P="ou=People,$SUFFIX"
same() { if [ "$1" = "$2" ]; then echo same; else echo different; fi; }

step "every entry has one"
search "$SUFFIX" sub '(objectClass=*)' entryUUID
search "uid=ada,$P" base '(objectClass=*)' \*
u=$(value "uid=ada,$P" entryUUID)
v=$(value "uid=bob,$P" entryUUID)
same "$u" "$v"

step "found by it, in either case"
names "$SUFFIX" sub "(entryUUID=$u)"
names "$SUFFIX" sub "(entryUUID=$(echo "$u" | tr a-f A-F))"
names "$SUFFIX" sub "(&(uid=*)(entryUUID>=$u)(entryUUID<=$u))"
names "$SUFFIX" sub "(entryUUID=nonsense)"
compare "uid=ada,$P" "entryUUID:$u"
compare "uid=ada,$P" "entryUUID:$v"

step "a client's own is not taken"
add <<LDIF
dn: uid=carl,$P
objectClass: inetOrgPerson
uid: carl
cn: carl
sn: carl
entryUUID: 11111111-2222-3333-4444-555555555555
LDIF
names "$SUFFIX" sub "(entryUUID=11111111-2222-3333-4444-555555555555)"
search "uid=carl,$P" base '(objectClass=*)' entryUUID

step "not to be changed"
modify <<LDIF
dn: uid=ada,$P
changetype: modify
replace: entryUUID
entryUUID: 11111111-2222-3333-4444-555555555555
LDIF
modify <<LDIF
dn: uid=ada,$P
changetype: modify
delete: entryUUID
LDIF

step "kept through modify and rename"
modify <<LDIF
dn: uid=ada,$P
changetype: modify
replace: sn
sn: Lovelace
LDIF
same "$u" "$(value "uid=ada,$P" entryUUID)"
rename -r "uid=ada,$P" uid=adele
same "$u" "$(value "uid=adele,$P" entryUUID)"

step "a new entry of an old name has a new one"
delete "uid=bob,$P"
add <<LDIF
dn: uid=bob,$P
objectClass: inetOrgPerson
uid: bob
cn: bob
sn: bob
LDIF
same "$v" "$(value "uid=bob,$P" entryUUID)"

step "the task leaves what is there"
add <<LDIF
dn: cn=t1,cn=entryuuid task,cn=tasks,cn=config
objectClass: extensibleObject
cn: t1
basedn: $SUFFIX
filter: (objectClass=*)
ttl: 60
LDIF
task_end "cn=t1,cn=entryuuid task,cn=tasks,cn=config"
same "$u" "$(value "uid=adele,$P" entryUUID)"

step "a task without a base"
add <<LDIF
dn: cn=t2,cn=entryuuid task,cn=tasks,cn=config
objectClass: extensibleObject
cn: t2
filter: (objectClass=*)
LDIF
