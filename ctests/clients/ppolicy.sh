# ppolicy.sh: the overlay ppolicy, as ldap-utils and their password policy control see it.
#conf: global:moduleload ppolicy.so
#acl: access to attrs=userPassword by dn.exact="uid=boss,ou=people,dc=example,dc=com" manage by self write by anonymous auth
#acl: access to * by dn.exact="uid=boss,ou=people,dc=example,dc=com" write by * read
#conf: lastbind on
#conf: overlay ppolicy
#conf: ppolicy_default "cn=default,ou=policies,dc=example,dc=com"
#conf: ppolicy_use_lockout
P="ou=people,$SUFFIX" A="uid=alice,ou=people,$SUFFIX" B="uid=bob,ou=people,$SUFFIX" Q="ou=policies,$SUFFIX"
state() { # what the policy keeps of an entry
    local who0=("${who[@]}")
    as root
    run ldapsearch -LLL -o ldif-wrap=no -b "${1:-$A}" -s base '(objectClass=*)' pwdChangedTime pwdAccountLockedTime pwdFailureTime pwdHistory \
        pwdGraceUseTime pwdReset pwdPolicySubentry pwdStartTime pwdEndTime pwdAccountTmpLockoutEnd userPassword
    who=("${who0[@]}")
}
policy() { # sets attributes of the default policy: NAME VALUE...
    local who0=("${who[@]}")
    as root
    { echo "dn: cn=default,$Q"; echo "changetype: modify"
      while [ $# -gt 0 ]; do echo "replace: $1"; [ -n "$2" ] && echo "$1: $2"; echo -; shift 2; done; } >"$work/p"
    ldapmodify -x -H "$URI" "${who[@]}" -f "$work/p" >/dev/null || echo "policy: $?"
    who=("${who0[@]}")
}
mod() { # DN CHANGE-LINES: as the present identity, with the control
    { echo "dn: $1"; echo "changetype: modify"; shift; printf '%s\n' "$@"; } >"$work/p"
    run ldapmodify -e ppolicy -f "$work/p"
}
force() { # DN ATTR [VALUE]: a state made by relax
    local who0=("${who[@]}")
    as root
    { echo "dn: $1"; echo "changetype: modify"; echo "replace: $2"; [ $# -gt 2 ] && echo "$2: $3"; } >"$work/p"
    ldapmodify -x -H "$URI" "${who[@]}" -e relax -f "$work/p" >/dev/null || echo "force: $?"
    who=("${who0[@]}")
}
ago() { date -u -d "@$(($(date +%s) - $1))" +%Y%m%d%H%M%SZ; }
bind() { as "$1" "$2"; run ldapwhoami -e ppolicy; as root; }
# (what slapd does with pwdMinDelay is not recorded: 2.5.13 ends with a fault)
# seconds depend on the machine
secs() { sed -E 's/in [0-9]+ (sec|min|hour|day)[a-z]*/in N/; s/[0-9]+ seconds?/N seconds/; s/expires in [0-9]+/expires in N/; s/(expire|unlock)=[0-9]+/\1=N/'; }
step "schema"
ldapsearch -x -H "$URI" "${who[@]}" -LLL -o ldif-wrap=no -b cn=Subschema -s base attributeTypes objectClasses | grep -E "NAME '(pwd|passwordPolicy)" | sort
step "policies"
ldif ldapadd <<L
dn: $Q
objectClass: organizationalUnit
ou: policies

dn: cn=default,$Q
objectClass: device
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword

dn: cn=strict,$Q
objectClass: device
objectClass: pwdPolicy
cn: strict
pwdAttribute: userPassword
pwdMinLength: 12
pwdCheckQuality: 2

dn: cn=bad,$Q
objectClass: device
objectClass: pwdPolicy
cn: bad
pwdAttribute: sn

dn: uid=boss,$P
objectClass: inetOrgPerson
uid: boss
cn: Boss
sn: Boss
userPassword: bosspw
L
step "nothing is asked"
bind "$A" alicepw
bind "$A" wrong
bind "$A" ''
bind "uid=none,$P" x
state
step "lockout"
policy pwdLockout TRUE pwdMaxFailure 3 pwdLockoutDuration 600
bind "$A" wrong
bind "$A" wrong
state
bind "$A" alicepw
state
bind "$A" wrong
bind "$A" wrong
bind "$A" wrong
state
bind "$A" alicepw
bind "$A" wrong
state
force "$A" pwdAccountLockedTime "$(ago 700)"
bind "$A" alicepw
state
step "a lock that does not end"
policy pwdLockoutDuration ''
bind "$A" wrong
bind "$A" wrong
bind "$A" wrong
force "$A" pwdAccountLockedTime "$(ago 100000)"
bind "$A" alicepw
as root
mod "$A" 'delete: pwdAccountLockedTime'
bind "$A" alicepw
as root
mod "$A" 'add: pwdAccountLockedTime' 'pwdAccountLockedTime: 000001010000Z'
bind "$A" alicepw
state
as "uid=boss,$P" bosspw
mod "$A" 'replace: userPassword' 'userPassword: alicepw2'
state
bind "$A" alicepw2
step "failures are forgotten"
policy pwdFailureCountInterval 60 pwdMaxFailure 2
bind "$A" wrong
force "$A" pwdFailureTime "$(ago 100)"
bind "$A" wrong
state
bind "$A" wrong
state
policy pwdFailureCountInterval '' pwdMaxFailure 5
mod "$A" 'replace: userPassword' 'userPassword: alicepw'
policy pwdLockout '' pwdMaxFailure ''
step "validity"
force "$A" pwdStartTime 20990101000000Z
bind "$A" alicepw
force "$A" pwdStartTime 20200101000000Z
bind "$A" alicepw
force "$A" pwdEndTime "$(ago 10)"
bind "$A" alicepw
force "$A" pwdStartTime
force "$A" pwdEndTime
step "age: no time of change"
policy pwdMaxAge 1000 pwdExpireWarning 500
force "$A" pwdChangedTime
bind "$A" alicepw
step "age: fresh"
as "$A" alicepw
mod "$A" 'replace: userPassword' 'userPassword: alicepw'
state
bind "$A" alicepw
step "age: warning"
force "$A" pwdChangedTime "$(ago 600)"
bind "$A" alicepw | secs
step "age: expired"
force "$A" pwdChangedTime "$(ago 1100)"
bind "$A" alicepw
state
policy pwdGraceAuthnLimit 2
bind "$A" alicepw
bind "$A" alicepw
state
bind "$A" alicepw
as root
mod "$A" 'replace: userPassword' 'userPassword: alicepw'
state
force "$A" pwdChangedTime "$(ago 1100)"
policy pwdGraceExpiry 50
bind "$A" alicepw
force "$A" pwdChangedTime "$(ago 1001)"
bind "$A" alicepw
state
policy pwdMaxAge '' pwdExpireWarning '' pwdGraceAuthnLimit '' pwdGraceExpiry ''
step "minimum age"
policy pwdMinAge 100
as "$A" alicepw
force "$A" pwdChangedTime "$(ago 50)"
mod "$A" 'replace: userPassword' 'userPassword: another'
run ldappasswd -e ppolicy -s another
force "$A" pwdChangedTime "$(ago 150)"
mod "$A" 'replace: userPassword' 'userPassword: another'
as root
mod "$A" 'replace: userPassword' 'userPassword: alicepw'
as "uid=boss,$P" bosspw
mod "$A" 'replace: userPassword' 'userPassword: alicepw'
policy pwdMinAge ''
step "must change"
policy pwdMustChange TRUE
as root
mod "$A" 'replace: userPassword' 'userPassword: reset'
state
as "uid=boss,$P" bosspw
mod "$A" 'replace: userPassword' 'userPassword: reset'
state
bind "$A" reset
as "$A" reset
run ldapsearch -e ppolicy -LLL -b "$P" -s base 1.1
run ldapcompare -e ppolicy "$A" sn:Able
run ldapdelete -e ppolicy "cn=staff,ou=groups,$SUFFIX"
mod "$A" 'replace: description' 'description: x'
mod "$A" 'replace: description' 'description: x' - 'replace: userPassword' 'userPassword: alicepw'
ldif ldapadd <<L
dn: cn=n,$P
objectClass: person
cn: n
sn: n
L
run ldappasswd -e ppolicy -s alicepw
state
bind "$A" alicepw
as "uid=boss,$P" bosspw
run ldappasswd -e ppolicy -s reset "$A"
state
as "$A" reset
mod "$A" 'replace: userPassword' 'userPassword: alicepw'
state
as root
mod "$A" 'replace: pwdReset' 'pwdReset: TRUE'
bind "$A" alicepw
mod "$A" 'delete: pwdReset'
policy pwdMustChange ''
step "user change, safe modify"
policy pwdAllowUserChange FALSE
as "$A" alicepw
mod "$A" 'replace: userPassword' 'userPassword: another'
run ldappasswd -e ppolicy -s another
policy pwdAllowUserChange '' pwdSafeModify TRUE
mod "$A" 'replace: userPassword' 'userPassword: another'
mod "$A" 'delete: userPassword' 'userPassword: wrong' - 'add: userPassword' 'userPassword: another'
mod "$A" 'delete: userPassword' - 'add: userPassword' 'userPassword: another'
run ldappasswd -e ppolicy -s another
run ldappasswd -e ppolicy -a wrong -s another
run ldappasswd -e ppolicy -a alicepw -s another
as "$A" another
mod "$A" 'delete: userPassword' 'userPassword: another' - 'add: userPassword' 'userPassword: alicepw'
mod "$A" 'delete: userPassword' 'userPassword: alicepw'
as "uid=boss,$P" bosspw
mod "$A" 'replace: userPassword' 'userPassword: alicepw'
policy pwdSafeModify ''
step "quality"
policy pwdCheckQuality 1 pwdMinLength 6 pwdMaxLength 10
as "$A" alicepw
mod "$A" 'replace: userPassword' 'userPassword: short'
run ldappasswd -e ppolicy -s short
mod "$A" 'replace: userPassword' 'userPassword: muchtoolongforthis'
mod "$A" 'replace: userPassword' 'userPassword: {SSHA}WTnNyQqjcWsqvbkb0xRUvcfo3BWXn3yv'
as root
mod "$A" 'replace: userPassword' 'userPassword: short'
as "uid=boss,$P" bosspw
mod "$A" 'replace: userPassword' 'userPassword: shor'
policy pwdMaxLength '' pwdMinLength ''
as "$A" shor
mod "$A" 'replace: userPassword' 'userPassword: {SSHA}WTnNyQqjcWsqvbkb0xRUvcfo3BWXn3yv'
as "uid=boss,$P" bosspw
mod "$A" 'replace: userPassword' 'userPassword: shor'
policy pwdCheckQuality 2 pwdMinLength 6 pwdMaxLength 40
as "$A" shor
mod "$A" 'replace: userPassword' 'userPassword: {SSHA}WTnNyQqjcWsqvbkb0xRUvcfo3BWXn3yv'
mod "$A" 'replace: userPassword' 'userPassword: alicepw'
mod "uid=new1,$P" 'replace: userPassword' 'userPassword: x'
as "uid=boss,$P" bosspw
ldif ldapadd -e ppolicy <<L
dn: uid=new1,$P
objectClass: inetOrgPerson
uid: new1
cn: new
sn: new
userPassword: tiny
L
ldif ldapadd -e ppolicy <<L
dn: uid=new1,$P
objectClass: inetOrgPerson
uid: new1
cn: new
sn: new
userPassword: {SSHA}WTnNyQqjcWsqvbkb0xRUvcfo3BWXn3yv
L
ldif ldapadd -e ppolicy <<L
dn: uid=new3,$P
objectClass: inetOrgPerson
uid: new1
cn: new
sn: new
userPassword: goodone
userPassword: goodtwo
L
ldif ldapadd -e ppolicy <<L
dn: uid=new1,$P
objectClass: inetOrgPerson
uid: new1
cn: new
sn: new
userPassword: goodone
L
state "uid=new1,$P"
as root
ldif ldapadd -e ppolicy <<L
dn: uid=new2,$P
objectClass: inetOrgPerson
uid: new2
cn: new
sn: new
userPassword: tiny
L
mod "uid=new2,$P" 'add: userPassword' 'userPassword: second'
as "uid=boss,$P" bosspw
mod "uid=new2,$P" 'add: userPassword' 'userPassword: third'
mod "uid=new2,$P" 'delete: userPassword'
state "uid=new2,$P"
policy pwdCheckQuality '' pwdMinLength '' pwdMaxLength ''
step "history"
policy pwdInHistory 2
as "$A" alicepw
mod "$A" 'replace: userPassword' 'userPassword: alicepw'
mod "$A" 'replace: userPassword' 'userPassword: a1' 'userPassword: a2'
mod "$A" 'replace: userPassword' 'userPassword: alicepw1'
state
as "$A" alicepw1
mod "$A" 'replace: userPassword' 'userPassword: alicepw'
run ldappasswd -e ppolicy -s alicepw
mod "$A" 'delete: userPassword' 'userPassword: alicepw1' - 'add: userPassword' 'userPassword: alicepw1'
mod "$A" 'replace: userPassword' 'userPassword: alicepw2'
as "$A" alicepw2
mod "$A" 'replace: userPassword' 'userPassword: alicepw3'
state
as "$A" alicepw3
mod "$A" 'replace: userPassword' 'userPassword: alicepw'
state
as root
mod "$A" 'replace: userPassword' 'userPassword: alicepw3'
state
policy pwdInHistory 1
as "$A" alicepw3
mod "$A" 'replace: userPassword' 'userPassword: alicepw4'
state
policy pwdInHistory ''
as "$A" alicepw4
mod "$A" 'replace: userPassword' 'userPassword: alicepw'
state
step "another policy"
as root
mod "$B" 'add: pwdPolicySubentry' "pwdPolicySubentry: cn=strict,$Q"
as "$B" bobpw
mod "$B" 'replace: userPassword' 'userPassword: short'
run ldappasswd -e ppolicy -s longenoughtobegood
bind "$B" longenoughtobegood
as root
mod "$B" 'replace: pwdPolicySubentry' "pwdPolicySubentry: cn=none,$Q"
as "$B" longenoughtobegood
mod "$B" 'replace: userPassword' 'userPassword: short'
as root
mod "$B" 'replace: pwdPolicySubentry' "pwdPolicySubentry: cn=bad,$Q"
as "$B" short
mod "$B" 'replace: userPassword' 'userPassword: bobpw'
step "what users may not change"
as "$A" alicepw
mod "$A" 'replace: pwdChangedTime' 'pwdChangedTime: 20200101000000Z'
mod "$A" 'replace: pwdAccountLockedTime' 'pwdAccountLockedTime: 000001010000Z'
as root
mod "$A" 'replace: pwdChangedTime' 'pwdChangedTime: 20200101000000Z'
mod "$A" 'delete: pwdHistory'
step "recorded failures"
policy pwdLockout TRUE pwdMaxRecordedFailure 2
for i in 1 2 3 4; do bind "$A" wrong >/dev/null; done
state
policy pwdMaxRecordedFailure '' pwdMaxFailure 3
bind "$A" wrong
state
bind "$A" alicepw
step "idle"
force "$A" pwdAccountLockedTime
policy pwdLockout TRUE pwdMaxFailure '' pwdMaxIdle 10
bind "$A" alicepw
policy pwdMaxIdle ''
bind "$A" alicepw
as root
run ldapsearch -LLL -b "$A" -s base '(objectClass=*)' pwdLastSuccess
step "account usability"
policy pwdMaxAge 1000 pwdLockout TRUE pwdLockoutDuration 100 pwdGraceAuthnLimit 2 pwdMustChange TRUE
force "$A" pwdChangedTime "$(ago 10)"
usable() { run ldapsearch -LLL -E accountUsability -b "$P" -s one "${1:-(uid=*)}" uid | secs | sed 's/ (expired)//'; }
usable
force "$A" pwdAccountLockedTime "$(ago 5)"
usable '(uid=alice)'
force "$A" pwdAccountLockedTime
force "$A" pwdChangedTime "$(ago 2000)"
usable '(uid=alice)'
bind "$A" alicepw
usable '(uid=alice)'
as anonymous
usable '(uid=alice)'
as root
run ldapsearch -LLL -E '!1.3.6.1.4.1.42.2.27.9.5.8=:eA==' -b "$P" -s base 1.1
as "$A" alicepw
ldif ldapmodify -e '!1.3.6.1.4.1.42.2.27.8.5.1=:eA==' <<L
dn: $A
changetype: modify
replace: description
description: x
L
