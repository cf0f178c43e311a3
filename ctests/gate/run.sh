#!/bin/bash
# run.sh: the symbol gate. Every function of OpenLDAP's library and of IBM's list
# is exported and declared; prototypes agree with the peers' installed headers;
# sizes and offsets of public structures too; get and set of every parameter of
# a pblock touch as many bytes as in the peers, in each dialect. (Constants:
# ctests/header, offsets of the objects: ctests/objects/layout.c.)
# Environment: BUILD (build/ of the tree), PORT (24860).
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
export BUILD=${BUILD:-$top/build}
PORT=${PORT:-24860}
lib=$BUILD/lib/libslapi.so
cc=${CC:-cc}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/ctests-gate.XXXXXX") || exit 2
start=$top/ctests/openldap/start.sh
trap '"$start" --stop "$tmp/s" > /dev/null 2>&1; rm -rf "$tmp"' EXIT
passed=0 failed=0
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "failed: $*"; }
inc=$top/include

# protos FLAGS HEADER: one function declaration a line, without attributes
protos() {
    $cc "$@" -E -P -x c - < "$tmp/include.c" | tr '\n' ' ' | sed 's/;/;\n/g' |
        grep -oE '[A-Za-z_][A-Za-z0-9_ *]*\b(slapi|ldap_utf8|compute|DS)_[A-Za-z0-9_]+ *\([^;{]*\)( *__attribute__ *\(\(.*\)\))? *;' |
        sed 's/__attribute__.*/;/' | grep -vE 'typedef|^ *return'
}
name_of() { sed -E 's/^[^(]*[ *]([A-Za-z0-9_]+) *\(.*/\1/'; }

# 1. exported and declared
nm -D --defined-only "$lib" | awk '{ sub(/@.*/, "", $3); print $3 }' | sort -u > "$tmp/exported"
for dialect in '' -DSLAPI_DIALECT_389 -DSLAPI_DIALECT_IBM; do
    echo '#include <slapi-plugin.h>' > "$tmp/include.c"
    protos -I"$inc" -std=gnu11 -include ldap.h $dialect > "$tmp/protos$dialect"
    name_of < "$tmp/protos$dialect" | sort -u > "$tmp/declared"
    grep -v '^#' "$here/names.txt" | awk '$2 !~ /s/ { print $1 }' | sort > "$tmp/public"
    missing=$(comm -23 "$tmp/public" "$tmp/declared")
    if [ -z "$missing" ]; then ok; else bad "not declared ($dialect):" $missing; fi
done
missing=$(grep -v '^#' "$here/names.txt" | awk '{ print $1 }' | sort | comm -23 - "$tmp/exported")
if [ -z "$missing" ]; then ok; else bad "not exported:" $missing; fi
echo "$(grep -vc '^#' "$here/names.txt") names looked for"

# 2. prototypes: ours are declared again after the peer's header. The peers put
# const in other places; without it, all must agree.
agree() { # header dialect flags...
    local h=$1 dialect=$2
    shift 2
    echo "#include <$h>" > "$tmp/include.c"
    protos "$@" -include ldap.h | name_of | sort -u > "$tmp/peer"
    {
        printf '#include <%s>\n' stdio.h stdarg.h stdint.h time.h sys/time.h ldap.h "$h"
        echo 'typedef long long slapi_longlong; typedef unsigned long long slapi_ulonglong;'
        awk 'NR == FNR { peer[$1] = 1; next }
             { n = $0; sub(/ *\(.*/, "", n); sub(/.*[ *]/, "", n); if (n in peer) print }' "$tmp/peer" "$tmp/protos$dialect"
    } > "$tmp/again.c"
    if $cc "$@" -Dconst= -w -fsyntax-only "$tmp/again.c" 2> "$tmp/errors"; then ok; else bad "prototypes of $h"; grep error: "$tmp/errors"; fi
    echo "$(grep -c '(' "$tmp/again.c") prototypes of <$h> compared"
}
[ -f /usr/include/slapi-plugin.h ] && agree slapi-plugin.h ""
[ -f /usr/include/dirsrv/slapi-plugin.h ] && [ -d /usr/include/nspr ] && agree dirsrv/slapi-plugin.h -DSLAPI_DIALECT_389 -I/usr/include/nspr

# 3. the structures that are not opaque
cat > "$tmp/sizes.c" <<'C'
#include <stddef.h>
#include <stdio.h>
#include <ldap.h>
#include <slapi-plugin.h>
#define P(type, member) printf("%s.%s %zu %zu\n", #type, #member, offsetof(type, member), sizeof(((type *)0)->member))
int main(void)
{
	P(Slapi_PluginDesc, spd_id);
	P(Slapi_PluginDesc, spd_vendor);
	P(Slapi_PluginDesc, spd_version);
	P(Slapi_PluginDesc, spd_description);
	printf("%zu\n", sizeof(Slapi_PluginDesc));
	return 0;
}
C
want='Slapi_PluginDesc.spd_id 0 8
Slapi_PluginDesc.spd_vendor 8 8
Slapi_PluginDesc.spd_version 16 8
Slapi_PluginDesc.spd_description 24 8
32'
for flags in "-I$inc" "" "-I/usr/include/dirsrv -I/usr/include/nspr"; do
    $cc $flags -w -o "$tmp/sizes" "$tmp/sizes.c" 2> /dev/null || continue # that peer is not installed
    if [ "$("$tmp/sizes")" = "$want" ]; then ok; else bad "sizes with $flags"; fi
done

# 4. widths, by a plug-in in the server
for dialect in openldap 389ds; do
    [ $dialect = openldap ] && col=2 || col=5
    grep -v '^#' "$here/pblock.txt" | awk -v c=$col '$c != "-" { printf "{ \"%s\", %s, %s, %s },\n", $1, $c, $(c+1) == "-" ? -1 : $(c+1), $(c+2) }' > "$tmp/params.h"
    if ! $cc -shared -fPIC -g -Wall -Wextra -I"$inc" -I"$tmp" -o "$tmp/$dialect.so" "$here/widths.c"; then
        bad "widths.c"
        continue
    fi
    : > "$tmp/trace"
    o="global:plugin-options dialect=$dialect"
    if ! URI=$("$start" "$tmp/s" "$PORT" "$o" "global:plugin preoperation $tmp/$dialect.so widths_init $tmp/trace" \
        "$o" "global:plugin postoperation $tmp/$dialect.so widths_init $tmp/trace"); then
        bad "server with widths of $dialect"
        continue
    fi
    S=dc=example,dc=com
    root=(-x -H "$URI" -D "cn=admin,$S" -w secret)
    ldapsearch "${root[@]}" -b "$S" '(cn=*)' cn > /dev/null
    printf 'dn: cn=w,%s\nchangetype: add\nobjectClass: device\ncn: w\n\ndn: cn=w,%s\nchangetype: modify\nadd: l\nl: x\n\ndn: cn=w,%s\nchangetype: modrdn\nnewrdn: cn=v\ndeleteoldrdn: 1\n' $S $S $S |
        ldapmodify "${root[@]}" > /dev/null || bad "changes with widths of $dialect"
    ldapcompare "${root[@]}" "cn=v,$S" cn:v > /dev/null
    ldapdelete "${root[@]}" "cn=v,$S" || bad "delete with widths of $dialect"
    ldapsearch "${root[@]}" -b "cn=end,$S" -s base > /dev/null 2>&1
    "$start" --stop "$tmp/s" > "$tmp/exit"
    sed "s/^/$dialect: /" "$tmp/trace" | sort -u
    if grep -q ' 0 wrong' "$tmp/trace" && grep -q '^exit=0' "$tmp/exit"; then ok; else bad "widths of $dialect"; cat "$tmp/exit"; fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
