# retcode.sh: the overlay retcode.
#conf: global:moduleload retcode.so
#conf: overlay retcode
#conf: retcode-parent "ou=codes,dc=example,dc=com"
#conf: retcode-item "cn=Busy" 0x33 text="later please"
#conf: retcode-item "cn=Limit" 0x04 op=search
#conf: retcode-item "cn=Ref" 0x0a ref=ldap://elsewhere.example.com/
#conf: retcode-item "cn=None" 0x20 matched="ou=codes,dc=example,dc=com"
#conf: retcode-item "cn=Fine" 0x00
C="ou=codes,$SUFFIX"
as root
for n in Busy Limit Ref None Fine other; do
    run ldapsearch -LLL -b "cn=$n,$C" -s base 1.1
    run ldapdelete "cn=$n,$C"
    run ldapcompare "cn=$n,$C" cn:x
    ldif ldapmodify <<L
dn: cn=$n,$C
changetype: modify
replace: description
description: x
L
done
as "cn=Busy,$C" x
run ldapwhoami
