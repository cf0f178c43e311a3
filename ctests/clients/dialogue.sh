# dialogue.sh: what ldap-utils say to a server and what it answers. Sourced by
# run.sh with URI, SUFFIX and the functions step, as, run, ldif.
P="ou=people,$SUFFIX" G="ou=groups,$SUFFIX"

step "root DSE"
run ldapsearch -x -LLL -s base -b '' supportedLDAPVersion namingContexts subschemaSubentry
step "whoami: anonymous, a user, the administrator"
as anonymous; run ldapwhoami
as "uid=alice,$P" alicepw; run ldapwhoami
as root; run ldapwhoami
step "binds that fail: wrong password, unknown name, no DN, no password"
as "uid=alice,$P" wrong; run ldapwhoami
as "uid=nobody,$P" x; run ldapwhoami
as "alice" x; run ldapwhoami
as "uid=alice,$P" ''; run ldapwhoami
as root
step "search: scopes"
for s in base one sub children; do run ldapsearch -LLL -s $s -b "$SUFFIX" '(objectClass=*)' 1.1; done
step "search: filters"
for f in '(uid=ALICE)' '(cn=al*)' '(cn=*ab*)' '(cn=*le)' '(cn=A*c*b*)' '(&(sn=baker)(mail=*))' '(|(uid=alice)(uid=bob))' \
    '(!(objectClass=inetOrgPerson))' '(mail>=b)' '(sn<=b)' '(cn:caseExactMatch:=alice able)' '(cn:caseExactMatch:=Alice Able)' \
    '(ou:dn:=people)' '(:dn:caseIgnoreMatch:=groups)' '(sn~=Able)' '(&)' '(|)' '(nosuch=1)' '(!(nosuch=1))' \
    '(cn=  alice   ABLE )' '(objectClass=person)' '(objectClass=2.5.6.6)' '(member=UID=alice, OU=people,dc=example,dc=com)' '(userPassword=alicepw)' \
    '(name=alice able)' '(createTimestamp>=20000101000000Z)' '(entryDN=uid=alice,ou=people,dc=example,dc=com)' '(hasSubordinates=TRUE)' '(cn=\2a)'; do
    echo "filter $f"
    run ldapsearch -LLL -b "$SUFFIX" "$f" 1.1
done
run ldapsearch -LLL -b "$SUFFIX" '(cn=unbalanced' 1.1
step "search: attribute lists"
run ldapsearch -LLL -b "uid=bob,$P" -s base
run ldapsearch -LLL -b "uid=bob,$P" -s base '(objectClass=*)' mail SN
run ldapsearch -LLL -b "uid=bob,$P" -s base '(objectClass=*)' name
run ldapsearch -LLL -b "uid=bob,$P" -s base '(objectClass=*)' @person
run ldapsearch -LLL -b "uid=bob,$P" -s base '(objectClass=*)' nosuch
run ldapsearch -LLL -A -b "uid=bob,$P" -s base
run ldapsearch -LLL -b "uid=bob,$P" -s base '(objectClass=*)' +
run ldapsearch -LLL -b "$P" -s base '(objectClass=*)' '*' hasSubordinates entryDN structuralObjectClass subschemaSubentry
step "search: limits, no such base, paging"
run ldapsearch -LLL -z 2 -b "$SUFFIX" '(objectClass=*)' 1.1
run ldapsearch -LLL -b "ou=nowhere,$P" '(objectClass=*)' 1.1
run ldapsearch -LLL -b "dc=elsewhere" '(objectClass=*)' 1.1
run ldapsearch -LLL -b "nonsense" '(objectClass=*)' 1.1
run ldapsearch -LLL -E '!1.2.3.4.5' -b "$SUFFIX" -s base '(objectClass=*)' 1.1
run ldapsearch -LLL -E '1.2.3.4.5' -b "$SUFFIX" -s base '(objectClass=*)' 1.1
step "add"
ldif ldapadd <<L
dn: cn=Carol Cole,$P
objectClass: inetOrgPerson
cn: Carol Cole
sn: Cole
description:: w6TDtsO8
jpegPhoto:: /9j/4AAQSkZJRgABAQ==
L
run ldapsearch -LLL -b "cn=carol  COLE,$P" -s base
step "add: what is refused"
ldif ldapadd <<L
dn: cn=Carol Cole,$P
objectClass: inetOrgPerson
cn: Carol Cole
sn: Cole
L
ldif ldapadd <<L
dn: cn=x,ou=nowhere,$SUFFIX
objectClass: person
cn: x
sn: x
L
ldif ldapadd <<L
dn: cn=x,$P
objectClass: person
cn: x
L
ldif ldapadd <<L
dn: cn=x,$P
objectClass: person
cn: x
sn: x
mail: x@example.com
L
ldif ldapadd <<L
dn: cn=x,$P
objectClass: person
cn: y
sn: x
L
ldif ldapadd <<L
dn: cn=x,$P
objectClass: person
cn: x
sn: x
nosuch: x
L
ldif ldapadd <<L
dn: cn=x,$P
objectClass: nosuch
cn: x
L
ldif ldapadd <<L
dn: cn=x,$P
objectClass: person
objectClass: organizationalUnit
cn: x
sn: x
ou: x
L
ldif ldapadd <<L
dn: cn=x,$P
objectClass: top
cn: x
L
ldif ldapadd <<L
dn: cn=x,$P
objectClass: groupOfNames
cn: x
member: not a name
L
ldif ldapadd <<L
dn: cn=x,$P
objectClass: person
cn: x
sn: x
sn: X
L
ldif ldapadd <<L
dn: cn=x,$P
objectClass: person
cn: x
sn: x
creatorsName: cn=somebody
L
step "modify"
ldif ldapmodify <<L
dn: cn=Carol Cole,$P
changetype: modify
add: telephoneNumber
telephoneNumber: +1 555 0100
telephoneNumber: +1 555 0101
-
replace: description
description: new
-
delete: jpegPhoto
-
add: employeeNumber
employeeNumber: 7
L
run ldapsearch -LLL -b "cn=Carol Cole,$P" -s base
step "modify: what is refused, and that nothing of it is kept"
ldif ldapmodify <<L
dn: cn=Carol Cole,$P
changetype: modify
add: title
title: t
-
add: telephoneNumber
telephoneNumber: +15550100
L
ldif ldapmodify <<L
dn: cn=Carol Cole,$P
changetype: modify
delete: title
L
ldif ldapmodify <<L
dn: cn=Carol Cole,$P
changetype: modify
delete: description
description: other
L
ldif ldapmodify <<L
dn: cn=Carol Cole,$P
changetype: modify
delete: sn
L
ldif ldapmodify <<L
dn: cn=Carol Cole,$P
changetype: modify
replace: cn
cn: Somebody Else
L
ldif ldapmodify <<L
dn: cn=Carol Cole,$P
changetype: modify
add: employeeNumber
employeeNumber: 8
L
ldif ldapmodify <<L
dn: cn=Carol Cole,$P
changetype: modify
replace: nosuch
nosuch: 1
L
ldif ldapmodify <<L
dn: cn=Carol Cole,$P
changetype: modify
replace: objectClass
objectClass: organizationalUnit
L
ldif ldapmodify <<L
dn: cn=Carol Cole,$P
changetype: modify
replace: entryUUID
entryUUID: 00000000-0000-4000-8000-000000000099
L
ldif ldapmodify <<L
dn: cn=nobody,$P
changetype: modify
replace: sn
sn: x
L
run ldapsearch -LLL -b "cn=Carol Cole,$P" -s base '(objectClass=*)' title cn
step "increment"
ldif ldapadd <<L
dn: uid=dave,$P
objectClass: account
objectClass: posixAccount
uid: dave
cn: Dave
uidNumber: 41
gidNumber: 100
homeDirectory: /home/dave
L
ldif ldapmodify <<L
dn: uid=dave,$P
changetype: modify
increment: uidNumber
uidNumber: 1
L
run ldapsearch -LLL -b "uid=dave,$P" -s base '(objectClass=*)' uidNumber
step "compare"
run ldapcompare "uid=alice,$P" 'sn:ABLE'
run ldapcompare "uid=alice,$P" 'sn:Baker'
run ldapcompare "uid=alice,$P" 'title:x'
run ldapcompare "uid=alice,$P" 'nosuch:x'
run ldapcompare "uid=nobody,$P" 'sn:x'
step "rename"
run ldapmodrdn -r "cn=Carol Cole,$P" 'cn=Carol Cooper'
run ldapsearch -LLL -b "cn=Carol Cooper,$P" -s base '(objectClass=*)' cn
run ldapmodrdn "cn=Carol Cooper,$P" 'uid=carol'
run ldapsearch -LLL -b "uid=carol,$P" -s base '(objectClass=*)' cn uid
run ldapmodrdn -r -s "$G" "uid=carol,$P" 'uid=carol'
run ldapsearch -LLL -b "uid=carol,$G" -s base '(objectClass=*)' uid
run ldapmodrdn -r "uid=carol,$G" 'uid=carol'
run ldapmodrdn "uid=nobody,$P" 'uid=x'
run ldapmodrdn -r "uid=alice,$P" 'uid=bob'
run ldapmodrdn -s "ou=nowhere,$SUFFIX" "uid=alice,$P" 'uid=alice'
step "delete"
run ldapdelete "$P"
run ldapdelete "uid=nobody,$P"
run ldapdelete "uid=carol,$G" "uid=dave,$P"
step "password modify"
as "uid=alice,$P" alicepw
run ldappasswd -a alicepw -s newpw
as "uid=alice,$P" newpw; run ldapwhoami
as root
run ldappasswd -s other "uid=alice,$P"
as "uid=alice,$P" other; run ldapwhoami
as "uid=alice,$P" alicepw; run ldapwhoami
as root
step "many changes in one file, the second fails"
ldif ldapmodify -c <<L
dn: ou=more,$SUFFIX
changetype: add
objectClass: organizationalUnit
ou: more

dn: ou=more,$SUFFIX
changetype: add
objectClass: organizationalUnit
ou: more

dn: ou=more,$SUFFIX
changetype: delete
L
step "unknown extended operation, protocol errors"
run ldapexop 1.2.3.4.5
