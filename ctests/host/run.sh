#!/bin/bash
# run.sh: loads plug-ins of both kinds into one server each and looks at what they
# saw and did, and at the messages of plug-ins that cannot be loaded.
# Environment: BUILD (build/ of the tree), PORT (24890), KEEP.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
BUILD=${BUILD:-$top/build}
PORT=${PORT:-24890}
[ -x "$BUILD/bin/slapid" ] || { echo "$BUILD/bin/slapid: not built"; exit 2; }
out=$(mktemp -d "${TMPDIR:-/tmp}/ctests-host.XXXXXX")
failed=0
server=
finish() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; fi
    if [ -n "${KEEP:-}" ]; then echo "kept $out"; else rm -rf "$out"; fi
}
trap finish EXIT

build() { # output source [flags]
    local to=$1 from=$2
    shift 2
    ${CC:-cc} -shared -fPIC -g -std=gnu11 -Wall -Wextra -Werror -I"$top/include" -I"$here" -o "$out/$to" "$here/$from" "$@" ||
        { echo "$from does not compile"; exit 1; }
}
build plain.so plain.c
build linked.so plain.c -L"$BUILD/lib" -lslapi -Wl,--allow-shlib-undefined
build ds.so ds.c -DSLAPI_DIALECT_389 "$BUILD/lib/standin/libslapd.so.0" -Wl,--no-as-needed
build bad.so bad.c
build missing.so bad.c -DMISSING

same() { # what, wanted on stdin, got in a file
    if ! diff -u - "$2" > "$out/diff"; then
        echo "$1 differs:"
        cat "$out/diff"
        failed=1
    else
        echo "ok $1"
    fi
}

start() { # configuration
    "$BUILD/bin/slapid" -f "$1" -h "ldap://127.0.0.1:$PORT/" -d none > "$out/log" 2>&1 &
    server=$!
    for _ in $(seq 200); do
        ldapsearch -x -H "ldap://127.0.0.1:$PORT/" -s base -b '' -LLL 1.1 > /dev/null 2>&1 && return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.05
    done
    cat "$out/log"
    server=
    return 1
}
stop() {
    kill "$server"
    wait "$server"
    echo "exit $?" >> "$out/trace"
    server=
}

head_conf() { # compat
    rm -rf "$out/db" "$out/conf.d"
    mkdir "$out/db"
    : > "$out/trace"
    cat <<CONF
${1:+compat $1}
include $top/schema/core.schema
include $top/schema/cosine.schema
include $top/schema/inetorgperson.schema
CONF
}
db_conf() {
    cat <<CONF
database mdb
suffix dc=example,dc=com
rootdn cn=admin,dc=example,dc=com
rootpw secret
directory $out/db
CONF
}
URI="ldap://127.0.0.1:$PORT/"
ROOT=(-x -H "$URI" -D cn=admin,dc=example,dc=com -w secret)
quiet() { "$@" > "$out/client" 2>&1; echo "-> $?"; grep -i 'additional info' "$out/client" | sed 's/^[[:space:]]*//'; }
seed() {
    ldapadd "${ROOT[@]}" > /dev/null <<LDIF
dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: ou=people,dc=example,dc=com
objectClass: organizationalUnit
ou: people
LDIF
}

# --- hooks, by plug-ins linked with nothing and with libslapi
for lib in plain linked; do
    { head_conf; db_conf; echo "plugin preoperation $out/$lib.so plain_init $out/trace"; } > "$out/conf"
    start "$out/conf" || exit 1
    seed
    {
        P=ou=people,dc=example,dc=com
        for cn in edited replaced refused; do
            quiet ldapadd "${ROOT[@]}" <<LDIF
dn: cn=$cn,$P
objectClass: device
objectClass: extensibleObject
cn: $cn
street: taken out by the hook
LDIF
        done
        quiet ldapmodify "${ROOT[@]}" <<LDIF
dn: cn=edited,$P
changetype: modify
replace: l
l: by the client
LDIF
        ldapsearch "${ROOT[@]}" -LLL -b "$P" -s one '(cn=*)' cn description street l serialNumber
        echo "mirror:"
        ldapsearch "${ROOT[@]}" -LLL -b "ou=mirror,dc=example,dc=com" '(uid=x)' cn
        quiet ldapsearch "${ROOT[@]}" -LLL -b "cn=nowhere,$P" 1.1
        ldapwhoami -x -H "$URI" -D cn=robot,dc=example,dc=com -w beep
        quiet ldapwhoami -x -H "$URI" -D cn=robot,dc=example,dc=com -w buzz
        quiet ldapdelete "${ROOT[@]}" "cn=replaced,$P"
        ldapexop "${ROOT[@]}" '1.3.6.1.4.1.99999.1:ping' 2>/dev/null | grep -v '^#'
        ldapsearch -x -H "$URI" -LLL -s base -b '' supportedExtension | grep 99999
    } > "$out/got"
    stop
    same "hooks of $lib.so: the client" "$out/got" <<'WANT'
-> 0
-> 0
-> 53
additional info: the hook says no
-> 0
dn: cn=edited,ou=people,dc=example,dc=com
cn: edited
description: put in by the hook
l: in disguise

mirror:
dn: cn=edited,ou=people,dc=example,dc=com
cn: edited

-> 32
Additional information: the hook looked too
dn:cn=robot,dc=example,dc=com
-> 49
-> 0
oid: 1.3.6.1.4.1.99999.2
data:: cG9uZw==
supportedExtension: 1.3.6.1.4.1.99999.1
WANT
    same "hooks of $lib.so: the plug-in" "$out/trace" <<'WANT'
init
start
search (uid=x)
bind private kept
bind private kept
internal pre modify, internal 1
internal modify 0
internal entry cn=edited,ou=people,dc=example,dc=com
internal search 0, 1 entries
internal delete 32
extended ping
close private kept
exit 0
WANT
done

# --- a plug-in of 389's kind
cat > "$out/ds.ldif" <<LDIF
dn: cn=ds,cn=plugins,cn=config
objectClass: top
objectClass: nsSlapdPlugin
objectClass: extensibleObject
cn: ds
nsslapd-pluginPath: $out/ds
nsslapd-pluginInitfunc: ds_init
nsslapd-pluginType: betxnpostoperation
nsslapd-pluginEnabled: on
nsslapd-pluginarg0: $out/trace
ds-word: first
LDIF
{ head_conf 389ds; echo "pluginldif $out/ds.ldif"
  echo "rootdn cn=admin,dc=example,dc=com"; echo "rootpw secret"; db_conf; } > "$out/conf"
if start "$out/conf"; then
    seed
    {
        for cn in kept undone; do
            quiet ldapadd "${ROOT[@]}" <<LDIF
dn: cn=$cn,ou=people,dc=example,dc=com
objectClass: device
cn: $cn
LDIF
        done
        ldapsearch "${ROOT[@]}" -LLL -o ldif-wrap=no -b ou=people,dc=example,dc=com '(|(cn=*)(description=*))' description
        for word in bad good; do
            quiet ldapmodify "${ROOT[@]}" <<LDIF
dn: cn=ds,cn=plugins,cn=config
changetype: modify
replace: ds-word
ds-word: $word
LDIF
        done
        quiet ldapadd "${ROOT[@]}" <<LDIF
dn: cn=none,cn=ds task,cn=tasks,cn=config
objectClass: extensibleObject
cn: none
LDIF
        quiet ldapadd "${ROOT[@]}" <<LDIF
dn: cn=one,cn=ds task,cn=tasks,cn=config
objectClass: extensibleObject
cn: one
ds-base: x
ttl: 1
LDIF
        task=("${ROOT[@]}" -LLL -b 'cn=one,cn=ds task,cn=tasks,cn=config' -s base)
        for _ in $(seq 100); do
            ldapsearch "${task[@]}" '(nsTaskExitCode=*)' > "$out/task" 2>&1
            [ -s "$out/task" ] && break
            sleep 0.05
        done
        grep -i '^ *nstask\|^ [a-z]' "$out/task" | sort
        gone=no
        for _ in $(seq 100); do
            ldapsearch "${task[@]}" 1.1 > /dev/null 2>&1 || { gone=yes; break; }
            sleep 0.05
        done
        echo "gone $gone"
        echo "dynamic:"
        quiet ldapmodify "${ROOT[@]}" <<LDIF
dn: cn=config
changetype: modify
replace: nsslapd-dynamic-plugins
nsslapd-dynamic-plugins: on
LDIF
        for word in another bad; do
            quiet ldapmodify -o nettimeout=10 "${ROOT[@]}" <<LDIF
dn: cn=ds,cn=plugins,cn=config
changetype: modify
replace: ds-word
ds-word: $word
LDIF
        done
        for enabled in off on; do
            quiet ldapmodify "${ROOT[@]}" <<LDIF
dn: cn=ds,cn=plugins,cn=config
changetype: modify
replace: nsslapd-pluginEnabled
nsslapd-pluginEnabled: $enabled
LDIF
            quiet ldapadd "${ROOT[@]}" <<LDIF
dn: cn=$enabled,ou=people,dc=example,dc=com
objectClass: device
cn: $enabled
LDIF
        done
        ldapsearch "${ROOT[@]}" -LLL -o ldif-wrap=no -b ou=people,dc=example,dc=com '(ou=shadow)' 1.1
        ldapsearch "${ROOT[@]}" -LLL -b cn=ds,cn=plugins,cn=config -s base nsslapd-pluginId nsslapd-pluginVendor |
            grep nsslapd
    } > "$out/got"
    stop
    same "a plug-in of 389's kind: the client" "$out/got" <<'WANT'
-> 0
-> 19
additional info: undone by the plug-in
dn: cn=kept,ou=people,dc=example,dc=com

dn: ou=shadow,cn=kept,ou=people,dc=example,dc=com
description: of cn=kept,ou=people,dc=example,dc=com

-> 53
additional info: that word is not taken
-> 0
-> 65
additional info: ds-base is missing
-> 0
nsTaskCurrentItem: 2
nsTaskExitCode: 3
nsTaskLog:: aGFsZiBkb25lCgphbGwgZG9uZQo=
nsTaskStatus: ended well
nsTaskTotalItems: 2
gone yes
dynamic:
-> 0
-> 0
-> 53
additional info: that word is not taken
-> 0
-> 0
-> 0
-> 0
dn: ou=shadow,cn=kept,ou=people,dc=example,dc=com

dn: ou=shadow,cn=on,ou=people,dc=example,dc=com

nsslapd-pluginId: ds
nsslapd-pluginVendor: libslapi
WANT
    same "a plug-in of 389's kind: the plug-in" "$out/trace" <<'WANT'
ds init cn=ds,cn=plugins,cn=config
ds nested init, wrong slot -1
ds word is now first
ds start first
ds internal post ou=shadow,cn=kept,ou=people,dc=example,dc=com
ds shadow 0
ds internal post ou=shadow,cn=undone,ou=people,dc=example,dc=com
ds shadow 0
ds sees a failure
ds word is now good
ds word is now another
ds close
ds init cn=ds,cn=plugins,cn=config
ds nested init, wrong slot -1
ds start another
ds word is now another
ds close
ds init cn=ds,cn=plugins,cn=config
ds nested init, wrong slot -1
ds start another
ds internal post ou=shadow,cn=on,ou=people,dc=example,dc=com
ds shadow 0
ds close
exit 0
WANT
else
    echo "the server with ds.so did not start"
    failed=1
fi

# --- plug-ins that cannot be loaded: the server does not start, and says why
refused() { # what the message must hold, then the plugin line
    local want=$1
    shift
    { head_conf; db_conf; echo "$*"; } > "$out/conf"
    timeout 20 "$BUILD/bin/slapid" -f "$out/conf" -h "ldap://127.0.0.1:$PORT/" -d none > "$out/log" 2>&1
    local rc=$?
    if [ $rc = 1 ] && grep -q -- "$want" "$out/log"; then
        echo "ok refused: $want"
    else
        echo "not refused as it should be (exit $rc, wanted \"$want\"):"
        cat "$out/log"
        failed=1
    fi
}
refused "nosuch.so: no such file" "plugin preoperation $out/nosuch.so x"
refused "bad.so, init function nosuch_init: the library has no such function" "plugin preoperation $out/bad.so nosuch_init"
refused "bad.so, init function bad_init: returned 7" "plugin preoperation $out/bad.so bad_init"
refused "bad.so, start function of good_init: returned 9" "plugin preoperation $out/bad.so good_init"
refused "missing.so: it calls functions that nothing provides: slapi_function_that_nobody_has" \
    "plugin preoperation $out/missing.so bad_init"
refused "invalid plugin type" "plugin nosuchtype $out/bad.so bad_init"
echo "no library" > "$out/text.so"
refused "text.so: it is no shared object" "plugin preoperation $out/text.so x"

# --- an optional one is left out
{ head_conf; db_conf; echo "plugin-options onfailure=optional"; echo "plugin preoperation $out/bad.so bad_init"; } > "$out/conf"
if start "$out/conf"; then
    stop
    if grep -q 'plug-in left out.*bad_init: returned 7' "$out/log"; then echo "ok optional plug-in left out"; else
        echo "nothing in the log of the plug-in left out:"
        cat "$out/log"
        failed=1
    fi
else
    echo "an optional plug-in kept the server from starting"
    failed=1
fi

# --- the server inside a program that is linked to the shared library, and in one
# that has the static one in itself (with -rdynamic, so that plug-ins find it)
for kind in shared static; do
if [ $kind = shared ]; then
    link=(-L"$BUILD/lib" -lslapi -lldap -Wl,--allow-shlib-undefined -Wl,-rpath,"$BUILD/lib")
elif [ -f "$BUILD/lib/libslapi.a" ]; then
    link=(-rdynamic "$BUILD/lib/libslapi.a" -lldap -llber -lcrypt -lpthread -ldl -lresolv)
else
    echo "no libslapi.a: make archive"
    continue
fi
${CC:-cc} -g -Wall -Wextra -Werror ${SANITIZE:-} -I"$top/include" -o "$out/embed" "$here/embed.c" "${link[@]}" || exit 1
{ head_conf; db_conf; echo "plugin preoperation $out/plain.so plain_init $out/trace"; } > "$out/conf"
LIBSLAPI_STANDIN="$BUILD/lib/standin" timeout 60 "$out/embed" "$out/conf" "$URI" > "$out/got" 2> "$out/log"
same "the server inside a program, $kind" "$out/got" <<'WANT'
version known
stop without a server -1
start without a configuration 1, message given
start 0
again 1
ask 0
stop 0
ask no answer
start 0
again 1
ask 0
stop 0
ask no answer
WANT
same "its plug-in, $kind" "$out/trace" <<'WANT'
init
start
close private kept
init
start
close private kept
WANT
done
exit $failed
