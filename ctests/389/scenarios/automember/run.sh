#!/bin/sh
# Automatic membership: default and regular-expression groups, later modifies,
# configuration at run time, refusals, and the four tasks.
. "${LIB:-$(dirname "$0")/..}/lib.sh"
P="ou=People,$SUFFIX" G="ou=Groups,$SUFFIX" O="ou=Outside,$SUFFIX" C="cn=Auto Membership Plugin,cn=plugins,cn=config"
show() { search "$G" one '(objectClass=*)' member memberUid; }
host() { # name base [line...]
    { printf 'dn: cn=%s,%s\nobjectClass: device\nobjectClass: ipHost\nobjectClass: extensibleObject\ncn: %s\nipHostNumber: 10.0.0.1\n' "$1" "$2" "$1"
      shift 2; for l in "$@"; do printf '%s\n' "$l"; done; } | add
}
mod() { # DN op attr value...
    { printf 'dn: %s\nchangetype: modify\n%s: %s\n' "$1" "$2" "$3"; a=$3; shift 3
      for v in "$@"; do printf '%s: %s\n' "$a" "$v"; done; } | modify
}

step "no rule matches: the default group"
host db1 "$P"
show

step "an inclusive rule, and two at once"
host web1 "$P"
host www9 "$P" "l: Munich 5"
show

step "an exclusive rule has the last word"
host web2 "$P" "description: for test only"
show

step "outside the scope, and not of the filter"
host web3 "$O"
add <<LDIF
dn: cn=web4,$P
objectClass: device
cn: web4
LDIF
show

step "a plain value in place of the name"
add <<LDIF
dn: uid=ada,$P
objectClass: inetOrgPerson
objectClass: posixAccount
uid: ada
cn: ada
sn: ada
uidNumber: 7
gidNumber: 7
homeDirectory: /
LDIF
show

step "a modify makes the entry match another rule"
mod "cn=db1,$P" add l "Mainz 9"
show

step "a modify makes the entry match no rule any longer"
mod "cn=www9,$P" replace l Berlin
show

step "a rename"
rename -r "cn=web1,$P" cn=ftp1
show

step "a move into the scope"
rename -r -s "$P" "cn=web3,$O" cn=web3
show

step "a delete leaves the members to others"
delete "cn=web2,$P"
delete "cn=www9,$P"
show

step "the target group is gone"
delete "cn=mail,$G"
host mx "$P" "l: M 1"
search "cn=mx,$P" base '(objectClass=*)' l
show

step "definitions that are no good"
add <<LDIF
dn: cn=noscope,$C
objectClass: autoMemberDefinition
cn: noscope
autoMemberFilter: objectClass=ipHost
autoMemberGroupingAttr: member:dn
LDIF
add <<LDIF
dn: cn=nocolon,$C
objectClass: autoMemberDefinition
cn: nocolon
autoMemberScope: $P
autoMemberFilter: objectClass=ipHost
autoMemberGroupingAttr: member
LDIF
add <<LDIF
dn: cn=badfilter,$C
objectClass: autoMemberDefinition
cn: badfilter
autoMemberScope: $P
autoMemberFilter: (objectClass=ipHost
autoMemberGroupingAttr: member:dn
LDIF
add <<LDIF
dn: cn=badregex,cn=hosts,$C
objectClass: autoMemberRegexRule
cn: badregex
autoMemberTargetGroup: cn=extra,$G
autoMemberInclusiveRegex: cn=^extra(
LDIF

step "a rule made at run time"
add <<LDIF
dn: cn=extra,cn=hosts,$C
objectClass: autoMemberRegexRule
cn: extra
autoMemberTargetGroup: cn=extra,$G
autoMemberInclusiveRegex: cn=^extra[0-9]
LDIF
host extra1 "$P"
show

step "the modify switch off"
mod "$C" replace autoMemberProcessModifyOps off
mod "cn=db1,$P" replace cn db1 web77
show
mod "$C" replace autoMemberProcessModifyOps on

step "rebuild task"
mod "cn=web,$G" delete member
show
add <<LDIF
dn: cn=r1,cn=automember rebuild membership,cn=tasks,cn=config
objectClass: extensibleObject
cn: r1
basedn: $P
filter: (objectClass=ipHost)
scope: sub
ttl: 60
LDIF
task_end "cn=r1,cn=automember rebuild membership,cn=tasks,cn=config"
show

step "rebuild task with cleanup"
mod "cn=other,$G" add member "cn=web3,$P"
add <<LDIF
dn: cn=r2,cn=automember rebuild membership,cn=tasks,cn=config
objectClass: extensibleObject
cn: r2
basedn: $P
filter: (objectClass=ipHost)
scope: sub
cleanup: yes
ttl: 60
LDIF
task_end "cn=r2,cn=automember rebuild membership,cn=tasks,cn=config"
show

step "a task without a base"
add <<LDIF
dn: cn=r3,cn=automember rebuild membership,cn=tasks,cn=config
objectClass: extensibleObject
cn: r3
filter: (objectClass=ipHost)
LDIF

step "export task"
D=$(mktemp -d)
chmod 777 "$D"
add <<LDIF
dn: cn=e1,cn=automember export updates,cn=tasks,cn=config
objectClass: extensibleObject
cn: e1
basedn: $P
filter: (objectClass=ipHost)
scope: sub
ldif: $D/export.ldif
ttl: 60
LDIF
task_end "cn=e1,cn=automember export updates,cn=tasks,cn=config"
sed '/^$/d' "$D/export.ldif"

step "map task"
cat > "$D/in.ldif" <<LDIF
dn: cn=web88,$P
objectClass: device
objectClass: ipHost
cn: web88
ipHostNumber: 10.0.0.2

dn: cn=else,$P
objectClass: device
objectClass: ipHost
cn: else
ipHostNumber: 10.0.0.2
LDIF
add <<LDIF
dn: cn=m1,cn=automember map updates,cn=tasks,cn=config
objectClass: extensibleObject
cn: m1
ldif_in: $D/in.ldif
ldif_out: $D/out.ldif
ttl: 60
LDIF
task_end "cn=m1,cn=automember map updates,cn=tasks,cn=config"
sed '/^$/d' "$D/out.ldif"
rm -rf "$D"

step "a definition is deleted"
delete "cn=users,$C"
add <<LDIF
dn: uid=bob,$P
objectClass: inetOrgPerson
objectClass: posixAccount
uid: bob
cn: bob
sn: bob
uidNumber: 8
gidNumber: 8
homeDirectory: /
LDIF
show
