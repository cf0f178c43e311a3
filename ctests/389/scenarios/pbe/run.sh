#!/bin/sh
# Credentials that the server must be able to read again are stored encrypted.
. "${LIB:-$(dirname "$0")/..}/lib.sh"
P="ou=People,$SUFFIX"
E="cn=m,$P"
kind() { value "$1" "$2" | sed 's/^\({[A-Z]*-\)[^}]*}.*/stored as \1...}/'; }

step "an add"
add <<LDIF
dn: $E
objectClass: top
objectClass: extensibleObject
cn: m
nsmultiplexorcredentials: secret-42
description: secret-42
LDIF
kind "$E" nsmultiplexorcredentials
kind "$E" description

step "a modify"
printf 'dn: %s\nchangetype: modify\nadd: nsds5ReplicaCredentials\nnsds5ReplicaCredentials: other-42\n' "$E" | modify
kind "$E" nsds5ReplicaCredentials

step "the same secret is another text each time"
a=$(value "$E" nsmultiplexorcredentials)
printf 'dn: %s\nchangetype: modify\nreplace: nsmultiplexorcredentials\nnsmultiplexorcredentials: secret-42\n' "$E" | modify
[ "$a" = "$(value "$E" nsmultiplexorcredentials)" ] && echo same || echo different

step "what is encrypted already stays as it is"
printf 'dn: %s\nchangetype: modify\nreplace: nsmultiplexorcredentials\nnsmultiplexorcredentials: %s\n' "$E" "$a" | modify
[ "$a" = "$(value "$E" nsmultiplexorcredentials)" ] && echo same || echo different

step "below cn=config"
printf 'dn: cn=secret,cn=config\nobjectClass: extensibleObject\ncn: secret\nnsmultiplexorcredentials: secret-42\n' | add
kind "cn=secret,cn=config" nsmultiplexorcredentials
