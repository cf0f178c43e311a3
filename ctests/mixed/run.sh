#!/bin/bash
# One server with a plug-in linked to no SLAPI library, one linked to ours, one
# built against OpenLDAP's header and library, and 389's prebuilt whoami: all do
# their work, and neither peer's library is mapped.
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
PORT=${PORT:-13870}
work=$(mktemp -d) || exit 2
passed=0 failed=0
pid=
trap '[ -n "$pid" ] && kill $pid 2>/dev/null; wait; rm -rf "$work"' EXIT
check() { # what, wanted, got
    if [ "$2" = "$3" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1)); echo "FAIL $1: wanted \"$2\", got \"$3\""
    fi
}
build() { gcc -shared -fPIC -o "$work/$1.so" "$here/plugin.c" "${@:2}" || exit 1; }
build none -I"$top/include"
build ours -I"$top/include" -L"${BUILD:-$top/build}/lib" -lslapi
build openldap -I/usr/include -L/usr/lib/x86_64-linux-gnu -l:libslapi-2.5.so.0
check "the plug-in for OpenLDAP names its library" 1 "$(readelf -d "$work/openldap.so" | grep -c 'NEEDED.*libslapi-2.5.so.0')"
mkdir "$work/db"
cat >"$work/plugins.ldif" <<L
dn: cn=whoami,cn=plugins,cn=config
objectClass: top
objectClass: nsSlapdPlugin
objectClass: extensibleObject
cn: whoami
nsslapd-pluginPath: libwhoami-plugin
nsslapd-pluginInitfunc: whoami_init
nsslapd-pluginType: extendedop
nsslapd-pluginEnabled: on
L
cat >"$work/slapd.conf" <<C
include $top/schema/core.schema
pluginldif $work/plugins.ldif
database mdb
suffix dc=example,dc=com
rootdn cn=admin,dc=example,dc=com
rootpw secret
directory $work/db
plugin preoperation $work/none.so mixed_init none
plugin preoperation $work/ours.so mixed_init ours
plugin preoperation $work/openldap.so mixed_init openldap
C
uri=ldap://127.0.0.1:$PORT/
"${BUILD:-$top/build}/bin/slapid" -f "$work/slapd.conf" -h "$uri" -d none >"$work/log" 2>&1 &
pid=$!
for _ in $(seq 200); do
    ldapsearch -x -H "$uri" -s base -b '' 1.1 >/dev/null 2>&1 && break
    kill -0 $pid 2>/dev/null || { cat "$work/log"; echo "0 passed, 1 failed"; exit 1; }
    sleep 0.05
done
root=(-x -H "$uri" -D cn=admin,dc=example,dc=com -w secret)
ldapadd "${root[@]}" >"$work/out" 2>&1 <<L
dn: dc=example,dc=com
objectClass: organization
objectClass: dcObject
o: Example
dc: example
L
check "the add" 0 $?
check "each plug-in has left its name" "none openldap ours" \
    "$(ldapsearch "${root[@]}" -LLL -s base -b dc=example,dc=com description | sed -n 's/^description: //p' | sort | paste -sd' ')"
check "389's whoami answers, in lower case and with a blank" "dn: cn=admin,dc=example,dc=com" "$(ldapwhoami "${root[@]}")"
check "four plug-ins are mapped" 4 "$(grep -oE '[^ /]*(none|ours|openldap|libwhoami-plugin)\.so$' /proc/$pid/maps | sort -u | wc -l)"
check "neither peer's library is" 0 "$(grep -cE '/usr/lib.*/(libslapd|libslapi)[-.]' /proc/$pid/maps)"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
