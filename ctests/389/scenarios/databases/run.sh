#!/bin/sh
# Databases that come and go while the server runs, as 389's tools make them.
. "${LIB:-$(dirname "$0")/..}/lib.sh"
L="cn=ldbm database,cn=plugins,cn=config" M="cn=mapping tree,cn=config"
shown() { # an entry of the configuration, without what is the machine's own
    search "$1" "${2:-base}" "${3:-(objectClass=*)}" cn nsslapd-suffix nsslapd-state nsslapd-backend nsIndexType nsSystemIndex nsslapd-parent-suffix |
        sed -e '/^objectclass/d'
}
contexts() {
    tool ldapsearch -LLL -s base -b '' '(objectClass=*)' namingContexts | sed -n '/^namingContexts/p' | sort
}

step "before"
contexts
names "o=second" base '(objectClass=*)'
add <<LDIF
dn: o=second
objectClass: organization
o: second
LDIF

step "a database without a node in the mapping tree"
add <<LDIF
dn: cn=second,$L
objectClass: top
objectClass: extensibleObject
objectClass: nsBackendInstance
cn: second
nsslapd-suffix: o=second
LDIF
shown "cn=second,$L"
names "cn=second,$L" one '(objectClass=*)'
contexts
names "o=second" base '(objectClass=*)'
add <<LDIF
dn: o=second
objectClass: organization
o: second
LDIF

step "the node"
add <<LDIF
dn: cn="o=second",$M
objectClass: top
objectClass: extensibleObject
objectClass: nsMappingTree
cn: o=second
nsslapd-state: backend
nsslapd-backend: second
LDIF
shown "cn=o\=second,$M"
contexts
names "o=second" base '(objectClass=*)'

step "entries"
add <<LDIF
dn: o=second
objectClass: organization
o: second

dn: ou=a,o=second
objectClass: organizationalUnit
ou: a

dn: cn=x,ou=a,o=second
objectClass: person
cn: x
sn: one

dn: cn=y,ou=a,o=second
objectClass: person
cn: y
sn: two
LDIF
names "o=second" sub '(objectClass=*)'
names "o=second" sub '(sn=two)'
search "cn=x,ou=a,o=second" base '(objectClass=*)' creatorsName modifiersName createTimestamp nsUniqueId entryid parentid numSubordinates entrydn
rename -r "ou=a,o=second" ou=b
names "o=second" sub '(sn=*)'

step "an index of its own"
add <<LDIF
dn: cn=sn,cn=index,cn=second,$L
objectClass: top
objectClass: nsIndex
cn: sn
nsSystemIndex: false
nsIndexType: eq
nsIndexType: sub
LDIF
names "o=second" sub '(sn=tw*)'

step "the same name and the same suffix again"
add <<LDIF
dn: cn=second,$L
objectClass: top
objectClass: extensibleObject
objectClass: nsBackendInstance
cn: second
nsslapd-suffix: o=third
LDIF
add <<LDIF
dn: cn=third,$L
objectClass: top
objectClass: extensibleObject
objectClass: nsBackendInstance
cn: third
nsslapd-suffix: o=second
LDIF
add <<LDIF
dn: cn=fourth,$L
objectClass: top
objectClass: extensibleObject
objectClass: nsBackendInstance
cn: fourth
LDIF
add <<LDIF
dn: cn=fifth,$L
objectClass: top
objectClass: extensibleObject
objectClass: nsBackendInstance
cn: fifth
nsslapd-suffix: no name
LDIF
add <<LDIF
dn: cn="o=sixth",$M
objectClass: top
objectClass: extensibleObject
objectClass: nsMappingTree
cn: o=sixth
nsslapd-state: backend
LDIF
add <<LDIF
dn: cn="o=seventh",$M
objectClass: top
objectClass: extensibleObject
objectClass: nsMappingTree
cn: o=seventh
nsslapd-state: backend
nsslapd-backend: nowhere
LDIF
contexts

step "disabled, and in service again"
modify <<LDIF
dn: cn="o=second",$M
changetype: modify
replace: nsslapd-state
nsslapd-state: disabled
LDIF
names "o=second" sub '(objectClass=*)'
modify <<LDIF
dn: cn="o=second",$M
changetype: modify
replace: nsslapd-state
nsslapd-state: backend
LDIF
names "o=second" one '(objectClass=*)'

step "read only"
modify <<LDIF
dn: cn=second,$L
changetype: modify
replace: nsslapd-readonly
nsslapd-readonly: on
LDIF
delete "cn=y,ou=b,o=second"
modify <<LDIF
dn: cn=second,$L
changetype: modify
replace: nsslapd-readonly
nsslapd-readonly: off
LDIF
delete "cn=y,ou=b,o=second"

step "the node goes, and comes back: the entries are there"
delete "cn=\"o=second\",$M"
contexts
names "o=second" sub '(objectClass=*)'
add <<LDIF
dn: cn="o=second",$M
objectClass: top
objectClass: extensibleObject
objectClass: nsMappingTree
cn: o=second
nsslapd-state: backend
nsslapd-backend: second
LDIF
names "o=second" sub '(objectClass=*)'

step "the database goes, with what is below it"
delete "cn=\"o=second\",$M"
delete "cn=second,$L"
delete -r "cn=second,$L"
names "$L" sub '(cn=second)'
contexts
names "o=second" sub '(objectClass=*)'

step "and is made anew: empty"
add <<LDIF
dn: cn=second,$L
objectClass: top
objectClass: extensibleObject
objectClass: nsBackendInstance
cn: second
nsslapd-suffix: o=second

dn: cn="o=second",$M
objectClass: top
objectClass: extensibleObject
objectClass: nsMappingTree
cn: o=second
nsslapd-state: backend
nsslapd-backend: second
LDIF
names "o=second" sub '(objectClass=*)'
add <<LDIF
dn: o=second
objectClass: organization
o: second
LDIF
names "o=second" sub '(objectClass=*)'

step "a suffix below another one's"
add <<LDIF
dn: cn=lower,$L
objectClass: top
objectClass: extensibleObject
objectClass: nsBackendInstance
cn: lower
nsslapd-suffix: ou=lower,$SUFFIX

dn: cn="ou=lower,$SUFFIX",$M
objectClass: top
objectClass: extensibleObject
objectClass: nsMappingTree
cn: ou=lower,$SUFFIX
nsslapd-state: backend
nsslapd-backend: lower
nsslapd-parent-suffix: $SUFFIX
LDIF
contexts
add <<LDIF
dn: ou=lower,$SUFFIX
objectClass: organizationalUnit
ou: lower

dn: cn=z,ou=lower,$SUFFIX
objectClass: person
cn: z
sn: z
LDIF
names "$SUFFIX" sub '(objectClass=*)'
names "$SUFFIX" one '(objectClass=*)'
names "$SUFFIX" sub '(sn=z)'
names "ou=lower,$SUFFIX" base '(objectClass=*)'
xsearch -z 2 -- "$SUFFIX" sub '(objectClass=*)' 1.1 | grep '^->'
rename -r -s "$SUFFIX" "cn=z,ou=lower,$SUFFIX" cn=z
