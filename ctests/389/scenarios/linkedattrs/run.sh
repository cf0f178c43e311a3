#!/bin/sh
# Linked attributes: managed back links through adds, modifies, renames, deletes,
# refusals that undo the whole, configuration at run time, and the fix-up task.
. "${LIB:-$(dirname "$0")/..}/lib.sh"
P="ou=People,$SUFFIX" O="ou=Outside,$SUFFIX" C="cn=Linked Attributes,cn=plugins,cn=config"
links() { search "$SUFFIX" sub '(|(manager=*)(directReport=*)(secretary=*)(seeAlso=*))' manager directReport secretary seeAlso; }
mod() { # DN op attr value...
    { printf 'dn: %s\nchangetype: modify\n%s: %s\n' "$1" "$2" "$3"; a=$3; shift 3
      for v in "$@"; do printf '%s: %s\n' "$a" "$v"; done; } | modify
}

step "a link is added: the other entry gets the managed attribute"
mod "uid=ada,$P" add directReport "uid=bob,$P"
links

step "several at once"
mod "uid=ada,$P" add directReport "uid=carl,$P" "uid=dora,$P"
links

step "one taken away"
mod "uid=ada,$P" delete directReport "uid=carl,$P"
links

step "replaced"
mod "uid=ada,$P" replace directReport "uid=carl,$P"
links

step "a link to an entry that is not there refuses the whole modify"
modify <<LDIF
dn: uid=ada,$P
changetype: modify
add: directReport
directReport: uid=dora,$P
directReport: uid=nobody,$P
-
add: description
description: not to be seen
LDIF
search "uid=ada,$P" base '(objectClass=*)' directReport description
links

step "a link out of the scope"
mod "uid=ada,$P" add directReport "uid=otto,$O"
links

step "a link from outside the scope"
mod "uid=otto,$O" add directReport "uid=bob,$P"
links

step "the pair without a scope"
mod "uid=otto,$O" add secretary "uid=bob,$P"
links

step "a managed attribute written by hand"
mod "uid=dora,$P" add manager "uid=bob,$P"
links

step "an entry added with links"
add <<LDIF
dn: uid=eve,$P
objectClass: inetOrgPerson
objectClass: extensibleObject
uid: eve
cn: eve
sn: eve
directReport: uid=dora,$P
directReport: uid=bob,$P
LDIF
links

step "an entry added with a link into nothing is not added"
add <<LDIF
dn: uid=fay,$P
objectClass: inetOrgPerson
objectClass: extensibleObject
uid: fay
cn: fay
sn: fay
directReport: uid=dora,$P
directReport: uid=nobody,$P
LDIF
search "uid=fay,$P" base '(objectClass=*)' 1.1
links

step "an entry that links is renamed"
rename -r "uid=eve,$P" uid=eva
links

step "an entry that is linked to is renamed"
rename -r "uid=dora,$P" uid=doris
links

step "an entry that links moves out of the scope"
rename -r -s "$O" "uid=eva,$P" uid=eva
links

step "and back"
rename -r -s "$P" "uid=eva,$O" uid=eva
links

step "an entry that links is deleted"
delete "uid=eva,$P"
links

step "an entry that is linked to is deleted"
delete "uid=carl,$P"
links

step "a definition without a managed type"
add <<LDIF
dn: cn=bad,$C
objectClass: extensibleObject
cn: bad
linkType: owner
LDIF

step "a second definition of one link type in one scope"
add <<LDIF
dn: cn=twice,$C
objectClass: extensibleObject
cn: twice
linkType: directReport
managedType: owner
linkScope: ou=People,$SUFFIX
LDIF

step "a definition whose managed type is not of DN syntax"
add <<LDIF
dn: cn=nodn,$C
objectClass: extensibleObject
cn: nodn
linkType: member
managedType: description
LDIF
search "$C" one '(objectClass=*)' linkType managedType linkScope

step "a definition made at run time acts at once"
add <<LDIF
dn: cn=owners,$C
objectClass: extensibleObject
cn: owners
linkType: owner
managedType: memberOf
LDIF
mod "uid=ada,$P" add owner "uid=bob,$P"
search "uid=bob,$P" base '(objectClass=*)' memberOf

step "the scope is changed at run time"
mod "cn=reports,$C" replace linkScope "ou=Outside,$SUFFIX"
mod "uid=otto,$O" replace directReport "uid=eva,$O"
mod "uid=ada,$P" replace directReport "uid=doris,$P"
links

step "the fix-up task"
mod "cn=reports,$C" replace linkScope "ou=People,$SUFFIX"
add <<LDIF
dn: cn=fix,cn=fixup linked attributes,cn=tasks,cn=config
objectClass: extensibleObject
cn: fix
linkdn: cn=reports,$C
ttl: 60
LDIF
task_end "cn=fix,cn=fixup linked attributes,cn=tasks,cn=config"
links
add <<LDIF
dn: cn=fixall,cn=fixup linked attributes,cn=tasks,cn=config
objectClass: extensibleObject
cn: fixall
ttl: 60
LDIF
task_end "cn=fixall,cn=fixup linked attributes,cn=tasks,cn=config"
links

step "a definition is deleted"
delete "cn=secretaries,$C"
mod "uid=ada,$P" add secretary "uid=bob,$P"
links
