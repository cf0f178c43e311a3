#!/bin/sh
# Managed entries: an entry beside each origin, kept in step with it.
. "${LIB:-$(dirname "$0")/..}/lib.sh"
P="ou=People,$SUFFIX" G="ou=Groups,$SUFFIX" O="ou=Outside,$SUFFIX" C="cn=Managed Entries,cn=plugins,cn=config"
T="cn=user group,ou=Templates,$SUFFIX"
show() { search "$SUFFIX" sub '(|(objectClass=mepOriginEntry)(objectClass=mepManagedEntry))' \* ; }
user() { # name number [base]
    add <<LDIF
dn: uid=$1,${3:-$P}
objectClass: inetOrgPerson
objectClass: posixAccount
uid: $1
cn: $1
sn: $1
uidNumber: $2
gidNumber: $2
homeDirectory: /home/$1
LDIF
}
mod() { # DN op attr value...
    { printf 'dn: %s\nchangetype: modify\n%s: %s\n' "$1" "$2" "$3"; a=$3; shift 3
      for v in "$@"; do printf '%s: %s\n' "$a" "$v"; done; } | modify
}

step "a definition that lacks its template"
add <<LDIF
dn: cn=incomplete,$C
objectClass: extensibleObject
cn: incomplete
originScope: $P
originFilter: (objectClass=posixAccount)
managedBase: $G
LDIF

step "a definition whose template is not there"
add <<LDIF
dn: cn=notemplate,$C
objectClass: extensibleObject
cn: notemplate
originScope: $O
originFilter: (objectClass=posixAccount)
managedBase: $G
managedTemplate: cn=nothing,ou=Templates,$SUFFIX
LDIF

step "the definition, made at run time"
add <<LDIF
dn: cn=users,$C
objectClass: extensibleObject
cn: users
originScope: $P
originFilter: (objectClass=posixAccount)
managedBase: $G
managedTemplate: $T
LDIF

step "a user"
user ada 1001
show

step "one that the filter does not match"
add <<LDIF
dn: uid=plain,$P
objectClass: inetOrgPerson
uid: plain
cn: plain
sn: plain
LDIF
show

step "one outside the scope"
user otto 1002 "$O"
show

step "a user whose group is there already"
add <<LDIF
dn: cn=bob,$G
objectClass: posixGroup
cn: bob
gidNumber: 77
LDIF
user bob 1003
search "uid=bob,$P" base '(objectClass=*)' objectClass mepManagedEntry
search "cn=bob,$G" base '(objectClass=*)'

step "a mapped attribute changes"
mod "uid=ada,$P" replace uidNumber 2001
show

step "one that is not mapped"
mod "uid=ada,$P" replace description 'of no concern'
search "$G" one '(cn=ada)'

step "mapped attributes of the managed entry are guarded"
mod "cn=ada,$G" replace gidNumber 5
mod "cn=ada,$G" replace memberUid other
mod "cn=ada,$G" delete cn ada
search "cn=ada,$G" base '(objectClass=*)'

step "others are not"
mod "cn=ada,$G" replace description 'by hand'
search "cn=ada,$G" base '(objectClass=*)' description

step "the origin is renamed"
rename -r "uid=ada,$P" uid=ade
show

step "the managed entry is renamed by hand"
rename -r "cn=ade,$G" cn=adele
show

step "the managed entry is deleted by hand"
user carl 1004
delete "cn=carl,$G"
search "uid=carl,$P" base '(objectClass=*)' objectClass mepManagedEntry

step "an origin is deleted"
user dora 1005
delete "uid=dora,$P"
names "$SUFFIX" sub '(|(uid=dora)(cn=dora))'

step "an origin moves out of the scope and back"
user eve 1006
rename -r -s "$O" "uid=eve,$P" uid=eve
search "$SUFFIX" sub '(|(uid=eve)(cn=eve))' objectClass mepManagedEntry mepManagedBy
rename -r -s "$P" "uid=eve,$O" uid=eve
search "$SUFFIX" sub '(|(uid=eve)(cn=eve))' objectClass mepManagedEntry mepManagedBy

step "an entry begins to match the filter"
modify <<LDIF
dn: uid=plain,$P
changetype: modify
add: objectClass
objectClass: posixAccount
-
add: uidNumber
uidNumber: 1100
-
add: gidNumber
gidNumber: 1100
-
add: homeDirectory
homeDirectory: /home/plain
LDIF
search "$SUFFIX" sub '(|(uid=plain)(cn=plain))' objectClass mepManagedEntry mepManagedBy gidNumber

step "the template is changed"
mod "$T" add mepStaticAttr 'objectClass: extensibleObject'
mod "$T" add mepMappedAttr 'ou: group of $cn'
user fay 1007
search "cn=fay,$G" base '(objectClass=*)'

step "a template that is no good is refused"
mod "$T" add mepMappedAttr 'nocolon'
mod "$T" delete mepRDNAttr
mod "$T" add mepMappedAttr 'l: $uid and $cn'
search "$T" base '(objectClass=*)' mepRDNAttr mepStaticAttr mepMappedAttr

step "the definition is deleted"
delete "cn=users,$C"
user gil 1008
names "$G" one '(cn=gil)'
mod "cn=fay,$G" replace gidNumber 5
delete "uid=fay,$P"
names "$SUFFIX" sub '(|(uid=fay)(cn=fay))'
