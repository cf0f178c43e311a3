# hosts.sh: starts one of the three servers with plug-ins. To be sourced, with
# tmp, top, BUILD and PORT set.
#
#   start_host HOST DIR PLUGIN...   HOST is slapid, slapd or 389; a PLUGIN is
#                                   "TYPE LIBRARY INIT ARGUMENT..."
#   stop_host [SIGNAL]
#
# DATABASES (slapid and slapd) is a file put before the database of
# dc=example,dc=com, SECTION one with lines for its section; SUFFIX2 (389) makes a
# second backend. Sets uri, root (the root DN; its password is "secret").
uri=ldap://127.0.0.1:$PORT
host_pid=

awaits() { # seconds command...: until it succeeds
    local n=$(($1 * 10))
    shift
    for _ in $(seq $n); do
        "$@" > /dev/null 2>&1 && return 0
        sleep 0.1
    done
    return 1
}

stop_host() {
    [ -n "$host_pid" ] || return 0
    kill "-${1:-TERM}" "$host_pid" 2> /dev/null
    wait "$host_pid" 2> /dev/null
    host_pid=
}

slapd_conf() { # host dir plugin...
    local host=$1 dir=$2 p s
    shift 2
    for s in core cosine inetorgperson; do echo "include /etc/ldap/schema/$s.schema"; done
    echo "include $top/schema/changelog.schema"
    [ "$host" = slapid ] || printf 'modulepath /usr/lib/ldap\nmoduleload back_mdb\n'
    echo "pidfile $dir/pid"
    [ -z "${DATABASES:-}" ] || cat "$DATABASES"
    mkdir -p "$dir/db"
    printf 'database mdb\nsuffix dc=example,dc=com\nrootdn cn=admin,dc=example,dc=com\nrootpw secret\ndirectory %s\n' "$dir/db"
    [ -z "${SECTION:-}" ] || cat "$SECTION"
    for p; do echo "plugin $p"; done
    echo 'access to attrs=userPassword by anonymous auth'
    echo 'access to * by * read'
}

entry_389() { # number type library init argument...
    local n=$1 type=$2 so=$3 init=$4 i=0 a
    shift 4
    printf 'dn: cn=test %s,cn=plugins,cn=config\nobjectClass: top\nobjectClass: nsSlapdPlugin\nobjectClass: extensibleObject\n' "$n"
    printf 'cn: test %s\nnsslapd-pluginPath: %s\nnsslapd-pluginInitfunc: %s\nnsslapd-pluginType: %s\nnsslapd-pluginEnabled: on\n' "$n" "$so" "$init" "$type"
    printf 'nsslapd-pluginId: test\nnsslapd-pluginVersion: 1\nnsslapd-pluginVendor: test\nnsslapd-pluginDescription: test\nnsslapd-plugin-depends-on-type: database\n'
    for a; do printf 'nsslapd-pluginarg%d: %s\n' $i "$a"; i=$((i + 1)); done
    echo
}

config_389() { # dir plugin...
    local d=$1 p n=0 data=/usr/share/dirsrv/data hash
    hash=$(pwdhash -s SSHA512 secret)
    shift
    mkdir -p "$d"/{config/schema,db,log,run,lock,ldif,bak,tmp,inst}
    cp /etc/dirsrv/config/certmap.conf /etc/dirsrv/config/slapd-collations.conf "$d/config/"
    cp /etc/dirsrv/schema/99user.ldif "$d/config/schema/"
    {
        for f in dse suffix-db; do
            sed -e "s|%schema_dir%|$d/config/schema|; s|%lock_dir%|$d/lock|; s|%tmp_dir%|$d/tmp|; s|%cert_dir%|$d/config|; s|%ldif_dir%|$d/ldif|" \
                -e "s|%bak_dir%|$d/bak|; s|%run_dir%|$d/run|; s|%inst_dir%|$d/inst|; s|%log_dir%|$d/log|; s|%fqdn%|localhost.localdomain|" \
                -e "s|%ds_port%|$PORT|; s|%ds_user%|dirsrv|; s|%rootdn%|cn=Directory Manager|; s|%ds_passwd%|$hash|" \
                -e "s|%ldapi_enabled%|off|; s|%ldapi%|$d/run/ldapi|; s|%ldapi_autobind%|off|; s|%config_dir%|$d/config|" \
                -e "s|%db_dir%|$d/db|; s|%db_home_dir%|$d/db|; s|%db_lib%|bdb|; s|%ds_suffix%|dc=example,dc=com|; s|%ds_bename%|userRoot|" \
                -e '/^changetype:/,$d' "$data/template-$f.ldif"
            echo
            if [ $f = suffix-db ] && [ -n "${SUFFIX2:-}" ]; then
                sed -e "s|%ds_suffix%|$SUFFIX2|; s|%ds_bename%|second|" -e '/^changetype:/,$d' "$data/template-$f.ldif"
                echo
            fi
        done
        for p; do n=$((n + 1)); read -ra words <<< "$p"; entry_389 $n "${words[@]}"; done
    } | sed -e '/^#/d' -e 's/^\(nsslapd-ldapilisten:\) *$/\1 off/; s/^\(nsslapd-pluginenabled:\) *$/\1 off/I' |
        awk 'BEGIN { RS = ""; ORS = "\n\n" }
             NR == 1 { $0 = $0 "\nnsslapd-listenhost: 127.0.0.1\nnsslapd-security: off\nnsslapd-allow-hashed-passwords: on" }
             tolower($0) !~ /^dn: *dc=/ { print }' > "$d/config/dse.ldif"
    chmod -R a+rX "$tmp"
    chown -R dirsrv "$d"
}

start_host() { # host dir plugin...
    local host=$1 dir=$2
    shift 2
    mkdir -p "$dir"
    root=cn=admin,dc=example,dc=com
    case $host in
    slapid | slapd)
        slapd_conf "$host" "$dir" "$@" > "$dir/slapd.conf"
        local bin=/usr/sbin/slapd
        [ "$host" = slapd ] || bin=$BUILD/bin/slapid
        "$bin" -d 0 -f "$dir/slapd.conf" -h "$uri" >> "$dir/out" 2>&1 &
        ;;
    389)
        root='cn=Directory Manager'
        [ -f "$dir/config/dse.ldif" ] || config_389 "$dir" "$@"
        /usr/sbin/ns-slapd -D "$dir/config" -i "$dir/run/pid" -d 0 >> "$dir/out" 2>&1 &
        ;;
    esac
    host_pid=$!
    answers() { ! kill -0 "$host_pid" 2> /dev/null || ldapsearch -x -H "$uri" -s base -b '' 1.1; }
    awaits 60 answers && kill -0 "$host_pid" 2> /dev/null && return 0
    cat "$dir/out" "$dir"/log/errors 2> /dev/null | tail -20
    stop_host KILL
    return 1
}

as_root() { local tool=$1; shift; "$tool" -x -H "$uri" -D "$root" -w secret "$@"; }

# build_for HOST SOURCE: prints the library
build_for() {
    local host=$1 source=$2 flags=
    case $host in
    slapid) flags=-I$top/include ;;
    slapd) flags=-DCHANGELOG_NO_ROOT_DSE ;;
    389) flags="-I/usr/include/dirsrv -I/usr/include/nspr -DSLAPI_DIALECT_389_HOST" ;;
    esac
    mkdir -p "$tmp/$host"
    local out=$tmp/$host/$(basename "$source" .c).so
    # shellcheck disable=SC2086
    ${CC:-cc} -shared -fPIC -Wall -Wextra -Werror $flags -o "$out" "$source" ${LIBS:-} && echo "$out"
}
