# overlays.sh: the overlays valsort, collect, dynlist, dds and constraint's uri and set.
#conf: global:include /etc/ldap/schema/dyngroup.schema
#conf: global:moduleload valsort.so
#conf: global:moduleload collect.so
#conf: global:moduleload dynlist.so
#conf: global:moduleload dds.so
#conf: global:moduleload constraint.so
#acl: access to attrs=entryTtl by users manage by * read
#acl: access to attrs=userPassword by anonymous auth by self write
#acl: access to * by dn.exact="uid=bob,ou=people,dc=example,dc=com" write by * read
#conf: overlay valsort
#conf: valsort-attr description ou=people,dc=example,dc=com alpha-descend
#conf: valsort-attr carLicense ou=people,dc=example,dc=com weighted alpha-ascend
#conf: valsort-attr uidNumber ou=people,dc=example,dc=com numeric-ascend
#conf: overlay collect
#conf: collectinfo "ou=people,dc=example,dc=com" l,postalCode
#conf: overlay dynlist
#conf: dynlist-attrset groupOfURLs memberURL member
#conf: overlay dds
#conf: dds-default-ttl 90000
#conf: dds-min-ttl 100
#conf: overlay constraint
#conf: constraint_attribute title uri ldap:///ou=titles,dc=example,dc=com?cn?one?(objectClass=device)
#conf: constraint_attribute displayName set "(this/givenName + [ ] + this/sn) & this/displayName"
P="ou=people,$SUFFIX" G="ou=groups,$SUFFIX" A="uid=alice,ou=people,$SUFFIX" B="uid=bob,ou=people,$SUFFIX"
as root
mod() { { echo "dn: $1"; echo "changetype: modify"; shift; printf '%s\n' "$@"; } >"$work/p"; run ldapmodify -f "$work/p"; }
step "valsort"
mod "$A" 'add: description' 'description: beta' 'description: Alpha' 'description: gamma' 'description: alpha2'
run ldapsearch -LLL -b "$A" -s base '(objectClass=*)' description
mod "$A" 'add: carLicense' 'carLicense: {2}two' 'carLicense: {1}b' 'carLicense: {1}a' 'carLicense: {10}ten'
run ldapsearch -LLL -b "$A" -s base '(objectClass=*)' carLicense
run ldapsearch -LLL -E '1.3.6.1.4.1.4203.666.5.14=::MAMBAf8=' -b "$A" -s base '(objectClass=*)' carLicense
mod "$A" 'add: carLicense' 'carLicense: none'
mod "$A" 'add: carLicense' 'carLicense: {x}none'
mod "$B" 'add: carLicense' 'carLicense: {-1}minus' 'carLicense: {0}zero'
run ldapsearch -LLL -b "$B" -s base '(objectClass=*)' carLicense
ldif ldapadd <<L
dn: cn=v,$P
objectClass: inetOrgPerson
cn: v
sn: v
carLicense: noweight
L
mod "$A" 'delete: carLicense' 'carLicense: {1}a'
run ldapsearch -LLL -b "$A" -s base '(objectClass=*)' carLicense
mod "cn=staff,$G" 'add: description' 'description: b' 'description: a'
run ldapsearch -LLL -b "cn=staff,$G" -s base '(objectClass=*)' description
step "collect"
mod "$P" 'add: l' 'l: Berlin' - 'add: postalCode' 'postalCode: 10115'
run ldapsearch -LLL -b "$P" '(objectClass=*)' l postalCode cn | sed 's/berlin/Berlin/' # slapd gives the normal form
run ldapsearch -LLL -b "$P" '(l=Berlin)' l
run ldapsearch -LLL -b "$A" -s base '(objectClass=*)' cn
mod "$A" 'add: l' 'l: Paris'
mod "$A" 'replace: postalCode' 'postalCode: 1'
run ldapsearch -LLL -A -b "$A" -s base '(objectClass=*)' l
run ldapcompare "$A" l:Berlin
step "dynlist"
ldif ldapadd <<L
dn: cn=dyn,$G
objectClass: groupOfURLs
cn: dyn
memberURL: ldap:///$P??one?(uid=*)

dn: cn=both,$G
objectClass: groupOfURLs
cn: both
memberURL: ldap:///$P??sub?(uid=alice)
memberURL: ldap:///$G??one?(cn=staff)
L
run ldapsearch -LLL -b "cn=dyn,$G" -s base | sort
run ldapsearch -LLL -b "cn=both,$G" -s base '(objectClass=*)' member
run ldapsearch -LLL -b "cn=both,$G" -s base '(objectClass=*)' cn
run ldapsearch -LLL -M -b "cn=both,$G" -s base
run ldapcompare "cn=dyn,$G" "member:$A"
run ldapcompare "cn=dyn,$G" "member:cn=staff,$G"
run ldapcompare "cn=dyn,$G" "cn:dyn"
run ldapsearch -LLL -A -b "cn=both,$G" -s base '(objectClass=*)' member
mod "cn=dyn,$G" 'replace: memberURL' 'memberURL: ldap:///ou=none,dc=example,dc=com??sub?(uid=*)'
run ldapsearch -LLL -b "cn=dyn,$G" -s base '(objectClass=*)' member
step "constraint"
ldif ldapadd <<L
dn: ou=titles,$SUFFIX
objectClass: organizationalUnit
ou: titles

dn: cn=Boss,ou=titles,$SUFFIX
objectClass: device
cn: Boss
L
as "$B" bobpw
mod "$A" 'add: title' 'title: Nobody'
mod "$A" 'add: title' 'title: boss'
mod "$A" 'add: displayName' 'displayName: Wrong'
mod "$A" 'add: givenName' 'givenName: Alice' - 'add: displayName' 'displayName: Alice Able'
mod "$A" 'replace: displayName' 'displayName: Other'
as root
mod "$A" 'replace: displayName' 'displayName: Other'
ldif ldapadd <<L
dn: cn=t,$P
objectClass: inetOrgPerson
cn: t
sn: t
title: nope
L
step "dds"
as "$B" bobpw
ldif ldapadd <<L
dn: cn=dynamic,$P
objectClass: device
objectClass: dynamicObject
cn: dynamic
L
run ldapsearch -LLL -b "cn=dynamic,$P" -s base '(objectClass=*)' objectClass entryTtl | sed -E 's/: (9000[01]|89999)$/: about 90000/'
run ldapsearch -LLL -b '' -s base '(objectClass=*)' dynamicSubtrees
run ldapexop refresh "cn=dynamic,$P" 86400
run ldapsearch -LLL -b "cn=dynamic,$P" -s base '(objectClass=*)' entryTtl | sed -E 's/: (86400|86399|86398)$/: about 86400/'
run ldapexop refresh "cn=dynamic,$P" 50
run ldapexop refresh "cn=dynamic,$P" 86401
run ldapexop refresh "$A" 1000
run ldapexop refresh "cn=nosuch,$P" 1000
ldif ldapadd <<L
dn: cn=static,cn=dynamic,$P
objectClass: device
cn: static
L
mod "$A" 'add: objectClass' 'objectClass: dynamicObject'
mod "cn=dynamic,$P" 'delete: objectClass' 'objectClass: dynamicObject'
as anonymous
run ldapexop refresh "cn=dynamic,$P" 1000
as root
run ldapdelete "cn=dynamic,$P"
