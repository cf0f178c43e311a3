# controls.sh: what ldap-utils get for controls.
#conf: global:allow proxy_authz_anon
#conf: overlay sssvlv
#conf: overlay deref
#conf: global:authz-policy to
P="ou=people,$SUFFIX" G="ou=groups,$SUFFIX" A="uid=alice,ou=people,$SUFFIX"
as root
people() { order=cat run ldapsearch "$@" -b "$P" -s one; }
step "seed"
for n in dora:30:Dee emil:7:Early fay:100:Zed gus:8:Baker; do
    IFS=: read -r uid no sn <<<"$n"
    ldif ldapadd <<L
dn: uid=$uid,$P
objectClass: inetOrgPerson
objectClass: posixAccount
uid: $uid
cn: $uid
sn: $sn
uidNumber: $no
gidNumber: 1
homeDirectory: /home/$uid
description: one of $uid
description: two of $uid
L
done
step "assertion"
run ldapsearch -LLL -e '!assert=(ou=people)' -b "$P" -s base '(objectClass=*)' 1.1
run ldapsearch -LLL -e '!assert=(ou=groups)' -b "$P" -s base '(objectClass=*)' 1.1
run ldapsearch -LLL -e '!assert=(nosuch=1)' -b "$P" -s base '(objectClass=*)' 1.1
run ldapcompare -e '!assert=(sn=Able)' "$A" 'sn:Able'
run ldapcompare -e '!assert=(sn=Baker)' "$A" 'sn:Able'
ldif ldapmodify -e '!assert=(sn=Baker)' <<L
dn: $A
changetype: modify
replace: title
title: T
L
ldif ldapmodify -e '!assert=(sn=Able)' <<L
dn: $A
changetype: modify
replace: title
title: T
L
run ldapmodrdn -e '!assert=(sn=Baker)' "$A" 'uid=alice'
run ldapdelete -e '!assert=(sn=Baker)' "$A"
ldif ldapadd -e '!assert=(cn=x)' <<L
dn: cn=x,$P
objectClass: person
cn: x
sn: x
L
ldif ldapadd -e '!assert=(cn=y)' <<L
dn: cn=y1,$P
objectClass: person
cn: y1
sn: x
L
run ldapdelete -e '!assert=(cn=*)' "cn=x,$P"
run ldapdelete -e '!1.3.6.1.1.12' "cn=x,$P"
run ldapdelete -e '!1.3.6.1.1.12=eA==' "cn=x,$P"
run ldapwhoami -e '!assert=(cn=x)'
step "pre-read and post-read"
ldif ldapmodify -e '!preread=title,sn' -e '!postread=title,description' <<L
dn: $A
changetype: modify
replace: title
title: U
L
ldif ldapmodify -e 'preread' <<L
dn: $A
changetype: modify
replace: title
title: V
L
ldif ldapadd -e '!postread=*,structuralObjectClass' <<L
dn: cn=new,$P
objectClass: person
cn: new
sn: new
L
ldif ldapadd -e '!preread=*' <<L
dn: cn=new2,$P
objectClass: person
cn: new2
sn: new2
L
run ldapmodrdn -r -e '!preread=cn' -e '!postread=cn,entryDN' "cn=new,$P" 'cn=newer'
run ldapdelete -e '!preread=cn,sn' "cn=newer,$P"
run ldapdelete -e '!postread=cn,sn' "$A"
run ldapdelete -e '!1.3.6.1.1.13.1' "$A"
run ldapdelete -e '!1.3.6.1.1.13.1=eA==' "$A"
run ldapsearch -LLL -e '!preread=cn' -b "$P" -s base '(objectClass=*)' 1.1
ldif ldapmodify -e '!preread=nosuch,+' <<L
dn: cn=none,$P
changetype: modify
replace: title
title: V
L
step "paged results"
order=cat
run ldapsearch -LLL -E 'pr=2/noprompt' -b "$P" -s one '(objectClass=*)' 1.1
run ldapsearch -LLL -E '!pr=3/noprompt' -z 4 -b "$P" -s one '(objectClass=*)' 1.1
run ldapsearch -E 'pr=100/noprompt' -b "$P" -s one '(objectClass=*)' 1.1
run ldapsearch -LLL -E '!pr=3/noprompt' -b "$P" -s base '(objectClass=*)' 1.1
run ldapsearch -LLL -E '!1.2.840.113556.1.4.319' -b "$P" -s one '(objectClass=*)' 1.1
run ldapsearch -LLL -E '!1.2.840.113556.1.4.319=::MAA=' -b "$P" -s one '(objectClass=*)' 1.1
run ldapsearch -LLL -E '!1.2.840.113556.1.4.319=::MAUCAQAEAA==' -b "$P" -s one '(objectClass=*)' 1.1
run ldapsearch -LLL -E '!1.2.840.113556.1.4.319=::MAcCAQIEAmFi' -b "$P" -s one '(objectClass=*)' 1.1
run ldapsearch -LLL -E '!1.2.840.113556.1.4.319=::MA0CAQIECHh4eHh4eHh4' -b "$P" -s one '(objectClass=*)' 1.1
step "server-side sort"
sorted='(|(uidNumber=*)(uid=alice))' # one entry lacks uidNumber: no two are equal
for k in sn uidNumber -uidNumber sn:caseExactOrderingMatch -sn:caseIgnoreOrderingMatch 'sn:caseIgnoreOrderingMatch uidNumber' nosuch sn:nosuch jpegPhoto objectClass mail; do
    echo "sort by $k"
    run ldapsearch -LL -E "!sss=${k// //}" -b "$P" -s one "$sorted" uid
    run ldapsearch -LL -E "sss=${k// //}" -b "$P" -s one '(uid=gus)' uid
done
run ldapsearch -LL -E '!1.2.840.113556.1.4.473' -b "$P" -s one "$sorted" uid
run ldapsearch -LL -E '!1.2.840.113556.1.4.473=::MAA=' -b "$P" -s one "$sorted" uid
run ldapsearch -LL -E '!sss=uidNumber' -E '!pr=2/noprompt' -b "$P" -s one "$sorted" uid
run ldapsearch -LL -z 3 -E '!sss=uidNumber' -b "$P" -s one "$sorted" uid
step "virtual list view"
first() { sed -e '/^Press /,$d' -e '/^Virtual List View error/d'; } # the tool goes on to the next window by itself
for v in 0/2/2/0 1/0/5/5 1/0/100/5 0/0/50/100 1/1:c 1/1:zzz 0/9:Ba; do
    echo "view $v"
    run ldapsearch -LL -E '!sss=sn:caseIgnoreOrderingMatch' -E "!vlv=$v" -b "$P" -s one "$sorted" sn </dev/null | first
done
run ldapsearch -LL -E '!sss=sn:caseIgnoreOrderingMatch' -E '!2.16.840.1.113730.3.4.9=::MAA=' -b "$P" -s one "$sorted" sn </dev/null
order=
step "matched values"
run ldapsearch -LLL -E '!mv=((mail=robert*))' -b "uid=bob,$P" -s base
run ldapsearch -LLL -E '!mv=((description=one*)(uidNumber=*))' -b "$P" '(uid=dora)'
run ldapsearch -LLL -E '!mv=((nosuch=one*))' -b "$P" '(uid=dora)'
run ldapsearch -LLL -E '!1.2.826.0.1.3344810.2.3' -b "$P" '(uid=dora)'
step "proxied authorization"
run ldapwhoami -e "!authzid=dn:$A"
run ldapwhoami -e '!authzid='
run ldapwhoami -e '!authzid=u:alice'
run ldapwhoami -e '!authzid=nonsense'
run ldapwhoami -e '!authzid=dn:nonsense'
run ldapwhoami -e '!2.16.840.1.113730.3.4.18'
as "$A" alicepw
run ldapwhoami -e "!authzid=dn:$A"
run ldapwhoami -e '!authzid='
run ldapwhoami -e "!authzid=dn:uid=bob,$P"
run ldapsearch -LLL -e "!authzid=dn:uid=bob,$P" -b "$P" -s base '(objectClass=*)' 1.1
as root
ldif ldapmodify <<L
dn: $A
changetype: modify
add: authzTo
authzTo: dn:uid=bob,$P
L
as "$A" alicepw
run ldapwhoami -e "!authzid=dn:uid=bob,$P"
as anonymous
run ldapwhoami -e "!authzid=dn:uid=bob,$P"
run ldapwhoami -e '!authzid='
as root
ldif ldapmodify -e "!authzid=dn:uid=bob,$P" <<L
dn: $A
changetype: modify
replace: title
title: W
L
step "subentries"
ldif ldapadd <<L
dn: cn=sub,$SUFFIX
objectClass: subentry
cn: sub
subtreeSpecification: {}
L
run ldapsearch -LLL -b "$SUFFIX" -s one '(objectClass=*)' 1.1
run ldapsearch -LLL -E '!subentries=true' -b "$SUFFIX" -s one '(objectClass=*)' 1.1
run ldapsearch -LLL -E '!subentries=false' -b "$SUFFIX" -s one '(objectClass=*)' 1.1
run ldapsearch -LLL -b "cn=sub,$SUFFIX" -s base '(objectClass=*)' 1.1
run ldapsearch -LLL -E '!1.3.6.1.4.1.4203.1.10.1' -b "$SUFFIX" -s one '(objectClass=*)' 1.1
run ldapsearch -LLL -E '!1.3.6.1.4.1.4203.1.10.1=::eA==' -b "$SUFFIX" -s one '(objectClass=*)' 1.1
ldif ldapadd <<L
dn: cn=below,cn=sub,$SUFFIX
objectClass: person
cn: below
sn: below
L
run ldapdelete "cn=sub,$SUFFIX"
step "domainScope, manageDsaIT, don't use copy"
ldif ldapadd -M <<L
dn: ou=away,$SUFFIX
objectClass: referral
objectClass: extensibleObject
ou: away
ref: ldap://elsewhere.example.com/ou=away,$SUFFIX
L
run ldapsearch -LLL -b "$SUFFIX" -s one '(objectClass=*)' 1.1
run ldapsearch -LLL -E '!domainScope' -b "$SUFFIX" -s one '(objectClass=*)' 1.1
run ldapsearch -LLL -E '!domainScope' -b "ou=away,$SUFFIX" -s base '(objectClass=*)' 1.1
run ldapsearch -LLL -E '!1.2.840.113556.1.4.1339=::eA==' -b "$SUFFIX" -s one '(objectClass=*)' 1.1
run ldapsearch -LLL -MM -b "$SUFFIX" -s one '(objectClass=*)' 1.1
run ldapsearch -LLL -e '!2.16.840.1.113730.3.4.2=eA==' -b "$SUFFIX" -s one '(objectClass=*)' 1.1
run ldapdelete -MM "ou=away,$SUFFIX"
run ldapsearch -LLL -E '!dontUseCopy' -b "$SUFFIX" -s base '(objectClass=*)' 1.1
run ldapsearch -LLL -E '!1.3.6.1.1.22=::eA==' -b "$SUFFIX" -s base '(objectClass=*)' 1.1
run ldapcompare -e '!1.3.6.1.1.22' "$A" 'sn:Able'
step "no operation"
ldif ldapmodify -e '!noop' <<L
dn: $A
changetype: modify
replace: title
title: nothing
L
ldif ldapadd -e '!noop' <<L
dn: cn=nothing,$P
objectClass: person
cn: nothing
sn: nothing
L
run ldapdelete -e '!noop' "$A"
run ldapmodrdn -e '!noop' "$A" uid=a
run ldapdelete -e '!noop' "uid=nobody,$P"
run ldapdelete -e '!1.3.6.1.4.1.4203.666.5.2=eA==' "$A"
run ldapsearch -LLL -e '!noop' -b "$P" -s base '(objectClass=*)' 1.1
run ldapsearch -LLL -b "$P" -s one '(|(uid=alice)(cn=nothing))' title
step "relax"
ldif ldapmodify -e '!relax' <<L
dn: $A
changetype: modify
replace: entryUUID
entryUUID: 00000000-0000-4000-8000-000000000099
L
ldif ldapmodify -e '!relax' <<L
dn: $A
changetype: modify
replace: creatorsName
creatorsName: cn=somebody
-
replace: createTimestamp
createTimestamp: 20010101000000Z
L
run ldapsearch -LLL -b "$A" -s base '(objectClass=*)' creatorsName createTimestamp modifiersName
ldif ldapadd -e '!relax' <<L
dn: cn=relaxed,$P
objectClass: person
cn: relaxed
sn: relaxed
createTimestamp: 20010101000000Z
creatorsName: cn=somebody
modifiersName: cn=somebody
modifyTimestamp: 20010101000000Z
L
run ldapsearch -LLL -b "cn=relaxed,$P" -s base '(objectClass=*)' creatorsName createTimestamp modifiersName
ldif ldapmodify -e '!relax' <<L
dn: cn=relaxed,$P
changetype: modify
replace: objectClass
objectClass: inetOrgPerson
L
run ldapsearch -LLL -b "cn=relaxed,$P" -s base '(objectClass=*)' objectClass structuralObjectClass
as "$A" alicepw
ldif ldapmodify -e '!relax' <<L
dn: $A
changetype: modify
replace: creatorsName
creatorsName: cn=other
L
as root
run ldapdelete -e '!1.3.6.1.4.1.4203.666.5.12=eA==' "cn=relaxed,$P"
run ldapdelete -e '!relax' "cn=relaxed,$P"
step "permissive modify"
perm='!1.2.840.113556.1.4.1413'
ldif ldapmodify -e "$perm" <<L
dn: $A
changetype: modify
add: title
title: T
-
add: title
title: T
-
delete: carLicense
-
delete: roomNumber
roomNumber: 1
L
run ldapsearch -LLL -b "$A" -s base '(objectClass=*)' title
run ldapdelete -e "$perm" "uid=fay,$P"
step "dereference"
run ldapsearch -LLL -E '!deref=member:uid,sn' -b "$G" '(cn=staff)' cn
run ldapsearch -LLL -E '!deref=member:uid,nosuch;manager:cn' -b "$G" '(cn=staff)' cn
run ldapsearch -LLL -E '!deref=cn:uid' -b "$G" '(cn=staff)' cn
run ldapsearch -LLL -E '!deref=nosuch:uid' -b "$G" '(cn=staff)' cn
run ldapsearch -LLL -E '!1.3.6.1.4.1.4203.666.5.16' -b "$G" '(cn=staff)' cn
step "the same control twice, a control at the wrong operation"
run ldapsearch -LLL -E '!domainScope' -E '!1.2.840.113556.1.4.1339' -b "$SUFFIX" -s base '(objectClass=*)' 1.1
run ldapdelete -e '!1.2.840.113556.1.4.319=MAUCAQIEAA==' "$A"
