#!/bin/bash
# The public header: clean as C90 and as C++, constants equal to those of the
# peers' headers where they are installed, and every declared function exported.
cd "$(dirname "$0")" || exit 2
inc=$(realpath ../../include)
lib=${LIBSLAPI:-../../build/lib/libslapi.so}
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
cc=${CC:-cc}
passed=0 failed=0
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "failed: $*"; }

# Clean in every standard and dialect, alone and twice.
for h in slapi-plugin.h dirsrv/slapi-plugin.h; do
    printf '#include <%s>\n#include <%s>\nint main(void) { return 0; }\n' $h $h > "$tmp/h.c"
    cp "$tmp/h.c" "$tmp/h.cc"
    for std in c90 c99 c11; do
        if $cc -I"$inc" -std=$std -pedantic -Wall -Wextra -Werror -c -o "$tmp/h.o" "$tmp/h.c"; then ok; else bad "$h as $std"; fi
    done
    if command -v c++ > /dev/null; then
        for std in c++98 c++17; do # c++98 knows no long long at all
            if c++ -I"$inc" -std=$std -pedantic -Wno-long-long -Wall -Wextra -Werror -c -o "$tmp/h.o" "$tmp/h.cc"; then ok; else bad "$h as $std"; fi
        done
    fi
done

# names HEADER FLAGS...: object-like macros that HEADER defines beyond what <ldap.h> does
names() {
    local h=$1; shift
    comm -13 <(echo '#include <ldap.h>' | $cc "$@" -dM -E - | sort) <(echo "#include <$h>" | $cc "$@" -include ldap.h -dM -E - | sort) |
        sed -n 's/^#define \([A-Z][A-Za-z0-9_]*\) ..*/\1/p' |
        grep -E '^(SLAPI|SLAPD|LDAP|LDIF|LBER|ACLPLUGIN|DSE|RDN|ESC|NORM|PSEUDO|BACK|BER)' |
        grep -vE '^(LDAP_DEPRECATED|LDAP_DEBUG|SLAPI_PLUGIN_H|SLAPI_DEPRECATED|SLAPI_DIALECT.*|LDAP_F|LDAP_PF.*|LDAP_V|LBER_SOCKET|SLAPI_NONNULL_RESULT)$' | sort -u
}

# values HEADER NAMES FLAGS...: "NAME value" lines
values() {
    local h=$1 list=$2; shift 2
    {
        echo "#include <stdio.h>"
        echo "#include <ldap.h>"
        echo "#include <$h>"
        echo '#define SHOW(x) show(#x, _Generic((x), char *: 1, const char *: 1, default: 0), _Generic((x), char *: (long)0, const char *: (long)0, default: (x)), _Generic((x), char *: (x), const char *: (x), default: ""))'
        echo 'static void show(const char *n, int s, long v, const char *t) { if (s) printf("%s \"%s\"\n", n, t); else printf("%s %ld\n", n, v); }'
        echo 'int main(void) {'
        sed 's/.*/#ifdef &\nSHOW(&);\n#endif/' "$list"
        echo 'return 0; }'
    } > "$tmp/v.c"
    $cc -std=gnu11 -w "$@" -o "$tmp/v" "$tmp/v.c" && "$tmp/v"
}

# compare PEER-HEADER OUR-HEADER FLAGS-OF-THE-PEER...
compare() {
    local peer=$1 ours=$2; shift 2
    names "$peer" "$@" > "$tmp/names"
    [ -s "$tmp/names" ] || { bad "no names in $peer"; return; }
    values "$peer" "$tmp/names" "$@" | sort > "$tmp/want" || { bad "values of $peer"; return; }
    values "$ours" "$tmp/names" -I"$inc" | sort > "$tmp/got" || { bad "values of $ours"; return; }
    if diff "$tmp/want" "$tmp/got" > "$tmp/diff"; then ok; else bad "$ours differs from $peer"; cat "$tmp/diff"; fi
    echo "$(wc -l < "$tmp/want") constants of <$peer> compared"
}

if [ -f /usr/include/slapi-plugin.h ]; then compare slapi-plugin.h slapi-plugin.h; fi
if [ -f /usr/include/dirsrv/slapi-plugin.h ] && [ -f /usr/include/nspr/prtypes.h ]; then
    compare dirsrv/slapi-plugin.h dirsrv/slapi-plugin.h -I/usr/include/nspr
fi

# Every function that the header declares is in the library.
if [ -f "$lib" ]; then
    $cc -I"$inc" -E -P -include ldap.h "$inc/slapi-plugin.h" |
        grep -oE '\b(slapi|ldap_utf8|compute|send_ldap|vattr)_?[A-Za-z0-9_]* *\(' | grep -oE '[A-Za-z0-9_]+' | grep -vE '_(fn|fnptr|t|ptr_t)$' | sort -u > "$tmp/declared"
    nm -D --defined-only "$lib" | awk '{ sub(/@.*/, "", $3); print $3 }' | sort -u > "$tmp/exported"
    missing=$(comm -23 "$tmp/declared" "$tmp/exported")
    if [ -z "$missing" ]; then ok; else bad "declared but not exported:" $missing; fi
fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
