# load.awk: LDIF changes for a mixed load, the same for the same -v seed=N and
# -v count=N. What goes wrong (a name that is not there, a value that is) is part
# of it. -v suffix=DN.
function rnd(n) { seed = (seed * 1103515245 + 12345) % 2147483648; return int(seed / 65536) % n }
function people() { return (rnd(4) ? "ou=People," : "ou=Staff,") suffix }
function user() { return "uid=u" rnd(40) "," people() }
function group() { return "cn=g" rnd(10) ",ou=Groups," suffix }
function head(dn, type) { print "dn: " dn; print "changetype: " type }
BEGIN {
    # Linked attributes refuse links to what is not there, and ns-slapd's change
    # log does not get over that: these eight stay.
    for (i = 0; i < 8; i++) {
        head("uid=f" i ",ou=People," suffix, "add")
        print "objectClass: inetOrgPerson\nobjectClass: posixAccount\nobjectClass: extensibleObject\nuid: f" i "\ncn: Fixed\nsn: F" i
        print "uidNumber: -1\ngidNumber: -1\nhomeDirectory: /home/f" i "\n"
    }
    for (i = 0; i < count; i++) {
        k = i < 30 ? rnd(34) : rnd(100)
        if (k < 26) {
            n = rnd(40)
            head("uid=u" n "," people(), "add")
            print "objectClass: inetOrgPerson"
            print "objectClass: posixAccount"
            print "objectClass: extensibleObject"
            print "uid: u" n
            print "cn: User " n
            print "sn: Name " n % 7
            print "uidNumber: -1"
            print "gidNumber: -1"
            print "homeDirectory: /home/u" n
            if (rnd(3)) print "mail: m" rnd(30) "@example.com"
            if (!rnd(3)) print "directReport: uid=f" rnd(8) ",ou=People," suffix
            if (!rnd(9)) print "userPassword: pw" n
        } else if (k < 34) {
            dn = group()
            head(dn, "add")
            print "objectClass: groupOfNames"
            print "cn: " substr(dn, 4, index(dn, ",") - 4)
            print "member: " user()
            if (!rnd(2)) print "member: " group()
        } else if (k < 50) {
            head(group(), "modify")
            print (rnd(3) ? "add" : "delete") ": member"
            print "member: " (rnd(4) ? user() : group())
        } else if (k < 60) {
            head(user(), "modify")
            print "replace: mail"
            print "mail: m" rnd(30) "@example.com"
            if (!rnd(3)) { print "-"; print "replace: description"; print "description: change " i }
        } else if (k < 66) {
            head(user(), "modify")
            print (rnd(4) ? "add" : "delete") ": directReport"
            print "directReport: uid=f" rnd(8) ",ou=People," suffix
        } else if (k < 70) {
            head(group(), "modify")
            print "replace: member"
            for (j = rnd(3); j >= 0; j--) print "member: uid=u" (rnd(12) + 13 * j) "," people()
        } else if (k < 78) {
            head(user(), "modrdn")
            print "newrdn: uid=u" rnd(40)
            print "deleteoldrdn: 1"
        } else if (k < 83) {
            head(user(), "modrdn")
            n = rnd(40)
            print "newrdn: uid=u" n
            print "deleteoldrdn: 1"
            print "newsuperior: " people()
        } else if (k < 86) {
            head(group(), "modrdn")
            print "newrdn: cn=g" rnd(10)
            print "deleteoldrdn: 1"
        } else if (k < 95) {
            head(user(), "delete")
        } else if (k < 98) {
            head(group(), "delete")
        } else {
            head(user(), "modify")
            print "replace: objectClass"
            print "objectClass: inetOrgPerson"
        }
        print ""
    }
}
