#!/bin/sh
# PBKDF2 in its four forms.
. "${LIB:-$(dirname "$0")/..}/lib.sh"
P="ou=People,$SUFFIX"
kind() { value "$1" userPassword | sed 's/^\({[^}]*}[0-9]*\$\).*/stored as \1/'; }

for s in PBKDF2 PBKDF2-SHA1 PBKDF2-SHA256 PBKDF2-SHA512; do
    step "scheme $s"
    printf 'dn: cn=config\nchangetype: modify\nreplace: passwordStorageScheme\npasswordStorageScheme: %s\n' $s | modify
    printf 'dn: uid=%s,%s\nobjectClass: inetOrgPerson\nuid: %s\ncn: x\nsn: x\nuserPassword: Secret.42\n' $s "$P" $s | add
    kind "uid=$s,$P"
    bind_as "uid=$s,$P" Secret.42
    bind_as "uid=$s,$P" secret.42
    bind_as "uid=$s,$P" Secret.42x
done

step "a value made elsewhere"
printf 'dn: cn=config\nchangetype: modify\nreplace: passwordStorageScheme\npasswordStorageScheme: PBKDF2-SHA512\n' | modify
printf 'dn: uid=x,%s\nobjectClass: inetOrgPerson\nuid: x\ncn: x\nsn: x\nuserPassword: {PBKDF2-SHA256}10000$YWJjZGVmZ2hpamtsbW5vcA$pWl6yRUAWCkOVqWO7kTfDHrfNPBHbgtVXS1hYm5Eo4k\n' "$P" | add
bind_as "uid=x,$P" Secret.42
