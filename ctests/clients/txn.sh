# txn.sh: transactions (RFC 5805) with ldapmodify. Those that fail are in
# server/operation/clienttxn_test.go: slapd 2.5.13 crashes at the end of many a
# transaction, most often of those (record anew until it does not).
P="ou=people,$SUFFIX"
show() { run ldapsearch -LLL -b "$P" -s one '(objectClass=person)' title sn; }
step "nobody"
as anonymous
ldif ldapmodify -E '!txn=commit' <<L
dn: uid=alice,$P
changetype: modify
replace: title
title: four
L
as root
step "wrong identifiers, wrong operations"
run ldapdelete -e '!1.3.6.1.1.21.2=eA==' "cn=in,$P"
run ldapdelete -e '1.3.6.1.1.21.2=eA==' "cn=in,$P"
run ldapdelete -e '!1.3.6.1.1.21.2' "cn=in,$P"
run ldapcompare -e '!1.3.6.1.1.21.2=eA==' "cn=in,$P" cn:in
run ldapexop 1.3.6.1.1.21.1:x
run ldapexop 1.3.6.1.1.21.3
run ldapexop 1.3.6.1.1.21.3:x
run ldapexop 1.3.6.1.1.21.3::MAA=
run ldapexop 1.3.6.1.1.21.3::MAMEAXg=
step "commit"
ldif ldapmodify -E '!txn=commit' <<L
dn: uid=alice,$P
changetype: modify
replace: title
title: one

dn: cn=in,$P
changetype: add
objectClass: person
cn: in
sn: in

dn: cn=in,$P
changetype: modify
replace: sn
sn: changed
L
show
step "abort"
ldif ldapmodify -E '!txn=abort' <<L
dn: uid=alice,$P
changetype: modify
replace: title
title: two

dn: cn=in,$P
changetype: delete
L
show
run ldapdelete "cn=in,$P"
