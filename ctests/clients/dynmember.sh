# dynmember.sh: the overlay dynlist with memberOf of dynamic and static groups.
#conf: global:include /etc/ldap/schema/dyngroup.schema
#conf: global:moduleload dynlist.so
#conf: overlay dynlist
#conf: dynlist-attrset groupOfURLs memberURL member+memberOf@groupOfNames
P="ou=people,$SUFFIX" G="ou=groups,$SUFFIX" A="uid=alice,ou=people,$SUFFIX" B="uid=bob,ou=people,$SUFFIX"
as root
ldif ldapadd <<L
dn: cn=dyn,$G
objectClass: groupOfURLs
cn: dyn
memberURL: ldap:///$P??one?(sn=Able)
L
run ldapsearch -LLL -b "$A" -s base '(objectClass=*)' memberOf | sort
run ldapsearch -LLL -b "$B" -s base '(objectClass=*)' memberOf
run ldapsearch -LLL -b "$A" -s base '(objectClass=*)' | grep -i memberof
run ldapsearch -LLL -b "$A" -s base '(objectClass=*)' '+' | grep -i memberof | sort
run ldapsearch -LLL -b "$SUFFIX" "(memberOf=cn=dyn,$G)" 1.1
run ldapsearch -LLL -b "$SUFFIX" "(memberOf=cn=staff,$G)" 1.1
run ldapsearch -LLL -b "$SUFFIX" "(&(memberOf=cn=staff,$G)(!(memberOf=cn=dyn,$G)))" 1.1
run ldapsearch -LLL -b "$SUFFIX" "(memberOf=cn=none,$G)" 1.1
run ldapsearch -LLL -b "cn=dyn,$G" -s base '(objectClass=*)' member
