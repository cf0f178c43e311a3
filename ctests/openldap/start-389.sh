#!/bin/bash
# start-389.sh: Debian's ns-slapd, started as the probes' run.sh starts a server
# (see start.sh): start-389.sh DIR PORT [PLUGIN-LINE...] | --stop DIR. Plug-in lines
# become entries below cn=plugins,cn=config. For recording alone; PEER389 is a
# script that makes an instance: PEER389 DIR PORT OVERLAY.ldif...
set -eu
: "${PEER389:?a script that starts an instance of ns-slapd}"
case ${1:-} in
--stop)
    pid=$(cat "$2/i/run/pid" 2>/dev/null || true)
    [ -n "$pid" ] && kill "$pid" 2>/dev/null || true
    for i in $(seq 1 200); do kill -0 "$pid" 2>/dev/null || { echo "exit=0"; exit 0; }; sleep 0.05; done
    kill -KILL "$pid"; echo "exit=killed"; exit 0 ;;
esac
dir=$1 port=$2
shift 2
mkdir -p "$dir"
for d in "$dir" "$(dirname "$dir")" "$(dirname "$(dirname "$dir")")"; do chmod a+rx "$d"; done
chmod a+w "$(dirname "$dir")"/out
n=0
for line; do
    line=${line#global:}
    read -r _ type so init args <<< "$line"
    n=$((n + 1))
    {
        printf 'dn: cn=probe %d,cn=plugins,cn=config\nobjectClass: top\nobjectClass: nsSlapdPlugin\nobjectClass: extensibleObject\n' $n
        printf 'cn: probe %d\nnsslapd-pluginPath: %s\nnsslapd-pluginInitfunc: %s\nnsslapd-pluginType: %s\nnsslapd-pluginEnabled: on\n' \
            $n "$so" "$init" "$type"
        i=0
        for a in $args; do printf 'nsslapd-pluginarg%d: %s\n' $i "$a"; i=$((i + 1)); done
        printf 'nsslapd-pluginId: probe%d\nnsslapd-pluginVersion: 1\nnsslapd-pluginVendor: none\nnsslapd-pluginDescription: none\n\n' $n
    } >> "$dir/overlay.ldif"
done
export SUFFIX=dc=example,dc=com ROOT_DN=cn=admin,dc=example,dc=com ROOT_PW=secret PROFILE=${PROFILE:-bare}
"$PEER389" "$dir/i" "$port" "$dir/overlay.ldif" > "$dir/start.out" 2> "$dir/start.log" || { cat "$dir/start.log" >&2; exit 1; }
ldapadd -x -H "ldap://127.0.0.1:$port/" -D "$ROOT_DN" -w "$ROOT_PW" -c > "$dir/seed.log" 2>&1 <<LDIF || { cat "$dir/seed.log" >&2; exit 1; }
dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: ou=people,dc=example,dc=com
objectClass: organizationalUnit
ou: people

dn: uid=alice,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
uid: alice
cn: Alice Able
sn: Able
mail: alice@example.com
userPassword: alicepw

dn: uid=bob,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
uid: bob
cn: Bob Baker
sn: Baker
mail: bob@example.com
mail: robert@example.com
userPassword: bobpw

dn: ou=groups,dc=example,dc=com
objectClass: organizationalUnit
ou: groups

dn: cn=staff,ou=groups,dc=example,dc=com
objectClass: groupOfNames
cn: staff
member: uid=alice,ou=people,dc=example,dc=com
member: uid=bob,ou=people,dc=example,dc=com
LDIF
echo "ldap://127.0.0.1:$port/"
