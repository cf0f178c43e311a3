#!/bin/sh
# Class of Service: what the qualifiers do to results, filters and compares; the
# controls for real and for virtual attributes; an account locked by class.
. "${LIB:-$(dirname "$0")/..}/lib.sh"
P="ou=People,$SUFFIX" T="ou=Templates,$SUFFIX"
. "$(dirname "$0")/../cos/seen.sh"
seen "uid=ada,$P" '(postalCode=10115)'
step "overridden: filters, compare by own and virtual"
names "$P" sub '(facsimileTelephoneNumber=555-9999)'
names "$P" sub '(facsimileTelephoneNumber=555-0100)'
names "$P" sub '(facsimileTelephoneNumber=*)'
compare "uid=bob,$P" facsimileTelephoneNumber:555-9999
compare "uid=bob,$P" facsimileTelephoneNumber:555-0100
step "all attributes"
search "uid=bob,$P" base '(objectClass=*)'
search "uid=ada,$P" base '(objectClass=*)' '*'
search "uid=ada,$P" base '(objectClass=*)' '+' | grep -i 'postal'
search "uid=ada,$P" base '(objectClass=*)' '*' postalcode
search "uid=ada,$P" base '(objectClass=*)' POSTALCODE fax
search "uid=ada,$P" base '(objectClass=*)' 'postalCode;lang-fr'
step "attributes from a second template"
add <<LDIF
dn: cn=tel,$T
objectClass: cosTemplate
objectClass: extensibleObject
cn: tel
telephoneNumber: 1234
mail: x@y.z

dn: cn=telp,$SUFFIX
objectClass: cosSuperDefinition
objectClass: cosPointerDefinition
cn: telp
cosTemplateDn: cn=tel,$T
cosAttribute: telephoneNumber
cosAttribute: mail override
LDIF
seen "uid=ada,$P" '(telephoneNumber=1234)'
search "uid=ada,$P" base '(objectClass=*)' telephoneNumber mail
names "uid=ada,$P" base '(telephoneNumber=1234)'
names "uid=ada,$P" base '(mail=nobody@y.z)'
compare "uid=ada,$P" mail:x@y.z

step "operational-default"
add <<LDIF
dn: cn=op,$SUFFIX
objectClass: cosSuperDefinition
objectClass: cosPointerDefinition
cn: op
cosTemplateDn: cn=tel2,$T
cosAttribute: nsSizeLimit operational-default
cosAttribute: street operational
cosAttribute: st operational-default

dn: cn=tel2,$T
objectClass: cosTemplate
objectClass: extensibleObject
cn: tel2
nsSizeLimit: 7
street: S1
st: ST
LDIF
modify <<LDIF
dn: uid=bob,$P
changetype: modify
replace: street
street: own
-
replace: st
st: ownst
LDIF
seen "uid=ada,$P" '(street=S1)'
search "uid=ada,$P" base '(objectClass=*)' '*'
search "uid=ada,$P" base '(objectClass=*)' street st nsSizeLimit
search "uid=bob,$P" base '(objectClass=*)' street st nsSizeLimit
search "uid=bob,$P" base '(objectClass=*)'
search "uid=bob,$P" base '(objectClass=*)' '+' | grep -iv 'time\|unique\|entryid\|parentid'
step "real only, virtual only"
xsearch -e 2.16.840.1.113730.3.4.17 -- "uid=bob,$P" base '(objectClass=*)'
xsearch -e 2.16.840.1.113730.3.4.19 -- "uid=bob,$P" base '(objectClass=*)'
xsearch -e 2.16.840.1.113730.3.4.17 -- "uid=bob,$P" base '(objectClass=*)' street postalCode sn telephoneNumber
xsearch -e 2.16.840.1.113730.3.4.19 -- "uid=bob,$P" base '(objectClass=*)' street postalCode sn telephoneNumber
step "account lock by class"
modify <<LDIF
dn: uid=bob,$P
changetype: modify
replace: userPassword
userPassword: bob
-
add: nsAccountLock
nsAccountLock: true
LDIF
bind_as "uid=bob,$P" bob
bind_as "uid=bob,$P" wrong
modify <<LDIF
dn: uid=bob,$P
changetype: modify
delete: nsAccountLock
LDIF
bind_as "uid=bob,$P" bob
add <<LDIF
dn: cn=lock,$T
objectClass: cosTemplate
objectClass: extensibleObject
cn: lock
nsAccountLock: true

dn: cn=lockp,$SUFFIX
objectClass: cosSuperDefinition
objectClass: cosPointerDefinition
cn: lockp
cosTemplateDn: cn=lock,$T
cosAttribute: nsAccountLock operational
LDIF
seen "uid=ada,$P" '(nsAccountLock=true)'
bind_as "uid=bob,$P" bob
search "uid=bob,$P" base '(objectClass=*)' nsAccountLock
