# settings.sh: sortvals, attributeoptions, maxderefdepth, size.unchecked.
#conf: global:sortvals description member
#conf: global:attributeoptions x-part- x-whole
#conf: maxderefdepth 2
#conf: limits dn.exact="uid=alice,ou=people,dc=example,dc=com" size.unchecked=disabled
#conf: limits dn.exact="uid=bob,ou=people,dc=example,dc=com" size.unchecked=1
P="ou=people,$SUFFIX" G="ou=groups,$SUFFIX" A="uid=alice,ou=people,$SUFFIX" B="uid=bob,ou=people,$SUFFIX"
as root
mod() { { echo "dn: $1"; echo "changetype: modify"; shift; printf '%s\n' "$@"; } >"$work/p"; run ldapmodify -f "$work/p"; }
step "sortvals"
mod "$A" 'add: description' 'description: zebra' 'description: apple' 'description: Bee' 'description: a longer one' 'description: aa'
run ldapsearch -LLL -b "$A" -s base '(objectClass=*)' description
mod "$A" 'delete: description' 'description: bee' - 'add: description' 'description: mid'
run ldapsearch -LLL -b "$A" -s base '(objectClass=*)' description
mod "$A" 'add: description' 'description: APPLE'
run ldapcompare "$A" description:zebra
mod "cn=staff,$G" 'add: member' 'member: cn=zz' 'member: cn=a,ou=far,dc=example,dc=com' 'member: cn=b'
run ldapsearch -LLL -b "cn=staff,$G" -s base '(objectClass=*)' member
step "attributeoptions"
mod "$A" 'add: cn;lang-de' 'cn;lang-de: Alice'
mod "$A" 'add: cn;x-part-one' 'cn;x-part-one: Al'
mod "$A" 'add: cn;x-whole' 'cn;x-whole: Alice'
mod "$A" 'add: cn;other' 'cn;other: Alice'
mod "$A" 'add: cn;x-wholeother' 'cn;x-wholeother: Alice'
ldif ldapadd <<L
dn: cn=o,$P
objectClass: person
cn: o
sn;other: o
sn: o
L
run ldapsearch -LLL -b "$A" -s base '(objectClass=*)' 'cn;x-part-'
run ldapsearch -LLL -b "$A" -s base '(objectClass=*)' 'cn;other'
run ldapsearch -LLL -b "$P" '(cn;other=x)' 1.1
step "maxderefdepth"
for n in 1 2 3 4; do
    t=cn=a$((n - 1)),$P; [ $n = 1 ] && t=$A
    ldif ldapadd <<L
dn: cn=a$n,$P
objectClass: alias
objectClass: extensibleObject
cn: a$n
aliasedObjectName: $t
L
done
for n in 1 2; do run ldapsearch -LLL -a find -b "cn=a$n,$P" -s base 1.1; done
step "unchecked"
as "$A" alicepw
run ldapsearch -LLL -b "$P" '(sn=Able)' 1.1
run ldapsearch -LLL -b "$P" '(uid=alice)' 1.1
run ldapsearch -LLL -b "$P" '(uid=nobody)' 1.1
run ldapsearch -LLL -b "$A" -s base '(sn=Able)' 1.1
as "$B" bobpw
run ldapsearch -LLL -b "$P" '(sn=Able)' 1.1
run ldapsearch -LLL -b "$P" '(uid=alice)' 1.1
