#!/bin/bash
# Installs into a folder of its own and builds there as a stranger would.
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
check() { # what, command...
    local what=$1
    shift
    if "$@" >"$work/log" 2>&1; then passed=$((passed + 1)); else
        failed=$((failed + 1)); echo "FAIL $what"; sed 's/^/    /' "$work/log" | head -20
    fi
}
prefix=$work/usr
make -s -C "$top" install PREFIX="$prefix" >"$work/install.log" 2>&1 || { cat "$work/install.log"; echo "0 passed, 1 failed"; exit 1; }
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
cflags=$(pkg-config --cflags slapi) libs=$(pkg-config --libs slapi) static=$(pkg-config --static --libs slapi)
cd "$work" || exit 2
check "plug-in, the README's command line" sh -c "cc -shared -fPIC $cflags $here/plugin.c $libs -o p.so"
check "plug-in, C90 pedantic" sh -c "cc -std=c90 -pedantic -Wall -Wextra -Werror -shared -fPIC $cflags $here/plugin.c $libs -o p90.so"
check "plug-in, C++" sh -c "g++ -x c++ -Wall -Wextra -Werror -shared -fPIC $cflags $here/plugin.c $libs -o pcc.so"
check "plug-in, linked to nothing" sh -c "cc -shared -fPIC $cflags $here/plugin.c -o pn.so"
check "program, shared library" sh -c "cc $cflags $here/host.c $libs -Wl,-rpath,$prefix/lib -o host && ./host"
check "program, static library" sh -c "cc $cflags $here/host.c $prefix/lib/libslapi.a ${static#*-lslapi} -o hosta && ./hosta"
check "dirsrv/slapi-plugin.h" sh -c "printf '#include <dirsrv/slapi-plugin.h>\nSlapi_PBlock *p;\n' | cc -xc -fsyntax-only $cflags -"
check "SONAME" sh -c "readelf -d $prefix/lib/libslapi.so | grep -q 'SONAME.*\[libslapi.so.1\]'"
check "slapid --help" sh -c "$prefix/sbin/slapid --help | grep -qi usage"
check "slapid -V names the version" sh -c "$prefix/sbin/slapid -VV 2>&1 | grep -q '$(cat "$top/VERSION")'"
check "stand-ins are in place" sh -c "ls $prefix/lib/libslapi/standin/libslapd.so.0 $prefix/lib/libslapi/standin/libslapi-2.5.so.0"
check "only API names are exported" sh -c "nm -D --defined-only $prefix/lib/libslapi.so | awk '\$2 != \"A\" {sub(/@.*/, \"\", \$3); print \$3}' | sort >exported; sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^\$/d' $top/libslapi.sym | sort >wanted; diff wanted exported"
# What the installed plug-ins and the server say to a configuration that names them.
mkdir db
cat >slapd.conf <<C
include $prefix/share/libslapi/schema/core.schema
database mdb
suffix dc=example,dc=com
rootdn cn=admin,dc=example,dc=com
rootpw secret
directory $work/db
plugin preoperation $work/p.so stranger_init
plugin preoperation $work/pn.so stranger_init
plugin preoperation $prefix/lib/libslapi/plugins/mailguard.so mailguard_init
C
check "slaptest loads the plug-ins" "$prefix/sbin/slaptest" -u -f slapd.conf
echo "$passed passed, $failed failed"
[ $failed = 0 ]
