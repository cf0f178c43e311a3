#!/bin/sh
# The stock set of plug-ins at once, with memberof, referint, unique attributes,
# automember, managed entries, numeric assignment, linked attributes, the retro
# change log and update sequence numbers besides, under a mixed load.
# COUNT changes (400) from SEED (1).
. "${LIB:-$(dirname "$0")/..}/lib.sh"
here=$(dirname "$0")
P="ou=People,$SUFFIX" G="ou=Groups,$SUFFIX"

step "managed groups for people"
add <<LDIF
dn: cn=groups of users,cn=Managed Entries,cn=plugins,cn=config
objectClass: extensibleObject
cn: groups of users
originScope: $P
originFilter: objectClass=posixAccount
managedBase: $G
managedTemplate: cn=user group,ou=Templates,$SUFFIX
LDIF

step "the load"
awk -v seed="${SEED:-1}" -v count="${COUNT:-400}" -v suffix="$SUFFIX" -f "$here/load.awk" >"$W.l"
tool ldapmodify -c -f "$W.l" >"$W.o" 2>"$W.e"
sed -n 's/^ldap_\([a-z]*\): .* (\([0-9]*\))$/\1 \2/p' "$W.e" | sort | uniq -c | sed 's/^ *//'

step "the directory"
ORDER='' search "$SUFFIX" sub '(objectClass=*)' '*' memberOf modifiersName creatorsName | sed 's/^userpassword:.*/userpassword: <hash>/'

step "how many entries have a number"
count "$SUFFIX" sub '(entryusn=*)'

step "the change log"
tool ldapsearch -LLL -o ldif-wrap=no -b cn=changelog -s one '(objectClass=changeLogEntry)' changeNumber targetDn changeType newRdn deleteOldRdn newSuperior >"$W.o" 2>"$W.e"
# The numbers have no gaps. How often and in which order plug-ins write to one
# entry is no contract, so the modifies are left out here.
awk '/^dn:/ { next } /^$/ { print line; line = ""; next } { line = line " " $0 } END { print line }' "$W.o" |
    sed '/^$/d; s/^ //' | sort -t ' ' -k2,2n >"$W.c"
awk '$2 != NR { print "record " NR " has the number " $2; exit }' "$W.c"
sed 's/^changeNumber: [0-9]* //' "$W.c" | grep -v 'changeType: modify$' | sort
