# sasl.sh: SASL binds with ldap-utils, and whom a client may act as.
#conf: global:authz-regexp uid=([^,]*),cn=[^,]*,cn=auth uid=$1,ou=people,dc=example,dc=com
#conf: global:authz-policy to
P="ou=people,$SUFFIX"
sasl() { # one tool with a SASL bind; what follows the kind of an error is Cyrus SASL's own
    timeout 20 ldapwhoami "$@" >"$work/o" 2>&1
    local rc=$?
    sed -E -e 's/(uidNumber|gidNumber)=[0-9]+/\1=N/g' -e 's/(SASL\(-1[0-9]\): [a-z]+ failure).*/\1/' "$work/o"
    echo "-> $rc"
}
step "EXTERNAL through the local socket"
sasl -Y EXTERNAL -H "$LDAPI"
sasl -Y EXTERNAL -H "$LDAPI" -X u:alice
sasl -Y EXTERNAL -H "$LDAPI" -X "dn:uid=alice,$P"
sasl -Y EXTERNAL -H "$LDAPI" -X nonsense
sasl -Y EXTERNAL -H "$URI"
step "PLAIN: where the connection is protected"
sasl -Y PLAIN -H "$LDAPI" -U alice -w alicepw
sasl -Y PLAIN -H "$LDAPI" -U alice -w wrong
sasl -Y PLAIN -H "$URI" -U alice -w alicepw
step "SCRAM"
for m in SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512; do
    sasl -Y $m -H "$URI" -U alice -w alicepw
    sasl -Y $m -H "$LDAPI" -U bob -w bobpw
    sasl -Y $m -H "$URI" -U alice -w wrong
done
step "acting as another"
ldif ldapmodify <<L
dn: uid=bob,$P
changetype: modify
add: authzTo
authzTo: dn:uid=alice,$P
authzTo: dn.regex:^uid=carol,.*
L
for who in u:alice u:bob "dn:uid=alice,$P" u:carol u:dave "dn:uid=dave,$P" alice; do
    sasl -Y SCRAM-SHA-256 -H "$URI" -U bob -w bobpw -X "$who"
    sasl -Y PLAIN -H "$LDAPI" -U bob -w bobpw -X "$who"
done
sasl -Y SCRAM-SHA-256 -H "$URI" -U alice -w alicepw -X u:bob
step "mechanisms that are not there"
sasl -Y ANONYMOUS -H "$URI"
sasl -Y NOSUCH -H "$URI"
