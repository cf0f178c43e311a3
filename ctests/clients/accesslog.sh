# accesslog.sh: the overlay accesslog, as ldap-utils see what it wrote.
#conf: global:moduleload accesslog.so
#conf: global:database mdb
#conf: global:suffix cn=log
#conf: global:rootdn cn=log
#conf: global:rootpw secret
#conf: global:directory @WORK@/second
#conf: global:index reqStart,objectClass eq
#conf: global:dbnosync
#conf: global:access to * by * read
#conf: overlay accesslog
#conf: logdb cn=log
#conf: logops writes reads session extended
#conf: logold (sn=*)
#conf: logoldattr cn description
#conf: logpurge 07+00:00 01+00:00
P="ou=people,$SUFFIX" A="uid=alice,ou=people,$SUFFIX"
last=0
# what was logged since the last call, in order
logged() {
    ldapsearch -x -H "$URI" -LLL -o ldif-wrap=no -b cn=log -s one '(objectClass=auditObject)' "${@:-*}" >"$work/l" 2>&1
    # ldapsearch's own operations are seen too: connections of this function are left out
    awk -v RS= -v ORS='\n\n' 'NR > '$last "$work/l" | mask | logmask
    last=$(awk -v RS= 'END { print NR }' "$work/l")
}
logmask() { sed -E -e 's/^(reqSession: ).*/\1N/' -e 's/^(reqStart|reqEnd): .*/\1: T/' -e 's/reqStart=[^,]*,/reqStart=T,/' -e 's/^(reqEntryUUID: ).*/\1UUID/'; }
step "schema of the log"
ldapsearch -x -H "$URI" -LLL -o ldif-wrap=no -b cn=Subschema -s base attributeTypes objectClasses | grep -E "NAME '(req|audit|minCSN)" |
    sed s/reqAttrsonly/reqAttrsOnly/ | sort
step "the root of the log"
run ldapsearch -LLL -b cn=log -s base '(objectClass=*)' '*' structuralObjectClass minCSN
logged >/dev/null
step "add"
ldif ldapadd <<L
dn: uid=carl,$P
objectClass: inetOrgPerson
uid: carl
cn: Carl
sn: Coder
description: one
description: two
mail: carl@example.com
userPassword: carlpw
L
logged '*' '+'
step "modify"
ldif ldapmodify <<L
dn: uid=carl,$P
changetype: modify
replace: description
description: three
description: four
-
add: title
title: Boss
title: Chief
-
delete: mail
-
delete: title
title: Chief
-
replace: seeAlso
-
add: carLicense;lang-en
carLicense;lang-en: x

dn: uid=carl,$P
changetype: modify
add: description
description: five
-
add: description
description: six
-
replace: description
description: seven
-
replace: description
L
logged '*' '+'
step "a modify that fails"
ldif ldapmodify <<L
dn: uid=carl,$P
changetype: modify
delete: mail
L
logged objectClass reqStart reqType reqAuthzID reqDN reqResult reqMessage
step "rename"
run ldapmodrdn -r "uid=carl,$P" "uid=karl"
run ldapmodrdn -s "$SUFFIX" "uid=karl,$P" "cn=Karl"
logged '*' '+'
step "compare"
run ldapcompare "$A" "sn:Able"
run ldapcompare "$A" "sn:Baker"
logged
step "search"
run ldapsearch -LLL -b "$P" -s one -z 7 -l 9 -a find '(&(sn=*)(!(cn=x*)))' cn sn
run ldapsearch -LLL -A -b "$P" -s children '(uid=alice)'
run ldapsearch -LLL -b "cn=none,$P" -s base
run ldapsearch -LLL -e manageDSAit -E pr=5/noprompt -b "$A" -s base 1.1
logged
step "bind"
as "$A" alicepw
run ldapwhoami
as "$A" wrong
run ldapwhoami
as root
logged
step "password modify"
run ldappasswd -s newpw "$A"
logged
step "delete"
run ldapdelete "cn=Karl,$SUFFIX"
run ldapdelete "cn=Karl,$SUFFIX"
run ldapdelete "uid=bob,$P"
logged '*' '+'
step "proxied"
run ldapdelete -e "!authzid=dn:$A" "cn=staff,ou=groups,$SUFFIX"
run ldapsearch -LLL -E 'mv=(sn=x)' -b "ou=groups,$SUFFIX" -s one
logged
step "the log itself"
run ldapsearch -LLL -b cn=log -s one "(&(objectClass=auditWriteObject)(reqResult=0))" reqType reqDN | logmask
run ldapsearch -LLL -b cn=log -s one "(reqMod=title:+ Boss)" reqDN | logmask
run ldapsearch -LLL -b cn=log -s one "(reqStart>=20200101000000Z)" reqType | logmask | grep -c reqType
