#!/bin/sh
# Schema files are read while the server runs. The server is on this machine.
. "${LIB:-$(dirname "$0")/..}/lib.sh"
P="ou=People,$SUFFIX"
D=$(mktemp -d) && chmod 755 "$D"
trap 'rm -rf "$D"; rm -f "$W".*' EXIT
cp /usr/share/dirsrv/schema/*.ldif "$D"
chmod 644 "$D"/*
task() { # cn
    printf 'dn: cn=%s,cn=schema reload task,cn=tasks,cn=config\nobjectClass: extensibleObject\ncn: %s\nschemadir: %s\nttl: 60\n' "$1" "$1" "$D" | add
    task_end "cn=$1,cn=schema reload task,cn=tasks,cn=config"
}
person() { printf 'dn: uid=%s,%s\nobjectClass: inetOrgPerson\nobjectClass: %s\nuid: %s\ncn: x\nsn: x\n%s: red\n' "$1" "$P" "$2" "$1" "$3" | add; }

step "before"
person ada newPerson newColour

step "a new file"
cat > "$D/97new.ldif" <<'LDIF'
dn: cn=schema
attributeTypes: ( 1.3.6.1.4.1.55555.1.1 NAME 'newColour' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 X-ORIGIN 'test' )
objectClasses: ( 1.3.6.1.4.1.55555.2.1 NAME 'newPerson' SUP top AUXILIARY MAY ( newColour ) X-ORIGIN 'test' )
LDIF
chmod 644 "$D"/*
task one
person ada newPerson newColour
names "$SUFFIX" sub '(newColour=RED)'
search "uid=ada,$P" base '(objectClass=*)' newColour

step "a broken file changes nothing"
cat > "$D/98bad.ldif" <<'LDIF'
dn: cn=schema
objectClasses: ( 1.3.6.1.4.1.55555.2.2 NAME 'badPerson' SUP top AUXILIARY MAY ( sn
LDIF
chmod 644 "$D"/*
task two
person bob newPerson newColour
rm "$D/98bad.ldif"

step "one more"
cat > "$D/98more.ldif" <<'LDIF'
dn: cn=schema
attributeTypes: ( 1.3.6.1.4.1.55555.1.2 NAME 'newShape' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 X-ORIGIN 'test' )
objectClasses: ( 1.3.6.1.4.1.55555.2.3 NAME 'newThing' SUP top AUXILIARY MAY ( newShape ) X-ORIGIN 'test' )
LDIF
chmod 644 "$D"/*
task three
person carl newThing newShape
