# config.sh: schema, overlays, access lines, indexes and limits changed through cn=config.
#conf: global:moduleload memberof.so
#conf: global:moduleload refint.so
#conf: global:moduleload unique.so
#conf: global:moduleload accesslog.so
#conf: global:moduleload ppolicy.so
P="ou=people,$SUFFIX" G="ou=groups,$SUFFIX" A="uid=alice,ou=people,$SUFFIX"
as cn=admin,cn=config secret
DB=$(ldapsearch -x -H "$URI" "${who[@]}" -LLL -b cn=config -s one "(olcSuffix=$SUFFIX)" 1.1 | sed -n 's/^dn: //p')
show() { run ldapsearch -LLL -o ldif-wrap=no "$@" | sed 's/  / /g'; }
# refused: the text after the code is the server's own
refused() { ldif "$@" | sed '/additional info/d'; }
step "the schema's entries"
order=cat run ldapsearch -LLL -b cn=schema,cn=config -s one 1.1 | grep -v misc
step "a schema of one's own"
ldif ldapadd <<L
dn: cn=own,cn=schema,cn=config
objectClass: olcSchemaConfig
cn: own
olcAttributeTypes: ( 1.3.6.1.4.1.99999.1 NAME 'ownText' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
olcAttributeTypes: ( 1.3.6.1.4.1.99999.2 NAME 'ownNumber' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
olcObjectClasses: ( 1.3.6.1.4.1.99999.3 NAME 'ownThing' SUP top AUXILIARY MAY ( ownText \$ ownNumber ) )
L
show -b cn=schema,cn=config "(cn=*own)" olcAttributeTypes olcObjectClasses
as root
ldif ldapmodify <<L
dn: $A
changetype: modify
add: objectClass
objectClass: ownThing
-
add: ownText
ownText: Hello
L
run ldapsearch -LLL -b "$SUFFIX" '(ownText=hello)' ownText
as cn=admin,cn=config secret
OWN=$(ldapsearch -x -H "$URI" "${who[@]}" -LLL -b cn=schema,cn=config "(cn=*own)" 1.1 | sed -n 's/^dn: //p')
ldif ldapmodify <<L
dn: $OWN
changetype: modify
add: olcAttributeTypes
olcAttributeTypes: ( 1.3.6.1.4.1.99999.4 NAME 'ownMore' SUP ownText )
L
show -b "$OWN" -s base olcAttributeTypes
refused ldapmodify <<L
dn: $OWN
changetype: modify
add: olcAttributeTypes
olcAttributeTypes: ( 1.3.6.1.4.1.99999.5 NAME 'ownBad' SUP nosuch )
L
run ldapsearch -LLL -o ldif-wrap=no -b cn=Subschema -s base attributeTypes | grep -c "'own"
step "overlays"
ldif ldapadd <<L
dn: olcOverlay=memberof,$DB
objectClass: olcOverlayConfig
objectClass: olcMemberOfConfig
olcOverlay: memberof
olcMemberOfRefInt: TRUE
L
as root
ldif ldapadd <<L
dn: cn=new,$G
objectClass: groupOfNames
cn: new
member: $A
L
run ldapsearch -LLL -b "$A" -s base memberOf
as cn=admin,cn=config secret
ldif ldapadd <<L
dn: olcOverlay=unique,$DB
objectClass: olcOverlayConfig
objectClass: olcUniqueConfig
olcOverlay: unique
olcUniqueURI: ldap:///?mail?sub
L
as root
ldif ldapmodify <<L
dn: $A
changetype: modify
add: mail
mail: bob@example.com
L
as cn=admin,cn=config secret
show -b "$DB" '(objectClass=olcOverlayConfig)'
ldif ldapmodify <<L
dn: olcOverlay={1}unique,$DB
changetype: modify
replace: olcUniqueURI
olcUniqueURI: ldap:///?sn?sub
L
as root
ldif ldapmodify <<L
dn: $A
changetype: modify
add: mail
mail: bob@example.com
L
ldif ldapmodify <<L
dn: $A
changetype: modify
replace: sn
sn: Baker
L
as cn=admin,cn=config secret
run ldapdelete "olcOverlay={1}unique,$DB"
as root
ldif ldapmodify <<L
dn: $A
changetype: modify
replace: sn
sn: Baker
L
as cn=admin,cn=config secret
refused ldapadd <<L
dn: olcOverlay=nosuch,$DB
objectClass: olcOverlayConfig
olcOverlay: nosuch
L
step "access lines have places"
show -b "$DB" -s base olcAccess
ldif ldapmodify <<L
dn: $DB
changetype: modify
add: olcAccess
olcAccess: {0}to attrs=userPassword by anonymous auth by * none
-
add: olcAccess
olcAccess: to dn.subtree="$G" by users read
L
show -b "$DB" -s base olcAccess
ldif ldapmodify <<L
dn: $DB
changetype: modify
delete: olcAccess
olcAccess: {1}
L
show -b "$DB" -s base olcAccess
as anonymous
run ldapsearch -LLL -b "$P" -s one 1.1
as "$A" alicepw
run ldapsearch -LLL -b "$G" -s base 1.1
as cn=admin,cn=config secret
ldif ldapmodify <<L
dn: $DB
changetype: modify
replace: olcAccess
olcAccess: {0}to * by * read
L
show -b "$DB" -s base olcAccess
refused ldapmodify <<L
dn: $DB
changetype: modify
add: olcAccess
olcAccess: to nonsense by * read
L
show -b "$DB" -s base olcAccess
step "limits and indexes"
ldif ldapmodify <<L
dn: $DB
changetype: modify
add: olcLimits
olcLimits: {0}anonymous size=1
-
add: olcDbIndex
olcDbIndex: sn,mail eq,sub
L
as anonymous
run ldapsearch -LLL -b "$P" -s one 1.1 | tail -1
as cn=admin,cn=config secret
run ldapsearch -LLL -b "$SUFFIX" '(mail=*b*)' 1.1
show -b "$DB" -s base olcLimits
ldif ldapmodify <<L
dn: $DB
changetype: modify
delete: olcLimits
L
step "settings of the server"
ldif ldapmodify <<L
dn: cn=config
changetype: modify
replace: olcIdleTimeout
olcIdleTimeout: 600
-
replace: olcLogLevel
olcLogLevel: stats sync
L
show -b cn=config -s base olcIdleTimeout olcLogLevel
refused ldapmodify <<L
dn: cn=config
changetype: modify
replace: olcIdleTimeout
olcIdleTimeout: soon
L
step "another database"
ldif ldapadd <<L
dn: olcDatabase=mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: mdb
olcSuffix: o=second
olcRootDN: cn=root,o=second
olcRootPW: secret
olcDbDirectory: $work/second
olcAccess: to * by * read
L
as cn=root,o=second secret
ldif ldapadd <<L
dn: o=second
objectClass: organization
o: second
L
run ldapsearch -LLL -b o=second 1.1
run ldapsearch -LLL -b '' -s base namingContexts
