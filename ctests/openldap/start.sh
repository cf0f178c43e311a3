#!/bin/bash
# start.sh - run our server on loopback, called as the probes' run.sh calls a starter:
#
#   start.sh DIR PORT [PLUGIN-LINE...]     start a fresh server, print its URI
#   start.sh --stop DIR                    stop it, print its exit status
#   start.sh --restart DIR                 stop, then start again on the same data
#
# PLUGIN-LINE is a whole slapd.conf line. It goes in the database section unless it
# starts with "global:", then before the first database line.
#
# Environment: SUFFIX (dc=example,dc=com), ROOTDN (cn=admin,$SUFFIX), ROOTPW (secret),
# LDIF (seed file; "none" = empty), LOGLEVEL (stats), ACL (replaces the default access
# line; ";;" = newline), EXTRA (file put at the end of slapd.conf), URIS, BUILD (build/
# of the tree), SLAPDENV (words put before slapid).
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
BUILD=${BUILD:-$top/build}
SLAPD=${SLAPD:-$BUILD/bin/slapid}

stop() {
  local d=$1 p i
  p=$(cat "$d/slapd.pid" 2>/dev/null || true)
  if [ -n "$p" ] && kill -0 "$p" 2>/dev/null; then
    kill -INT "$p" 2>/dev/null || true
    for i in $(seq 1 200); do kill -0 "$p" 2>/dev/null || break; sleep 0.05; done
    kill -0 "$p" 2>/dev/null && kill -KILL "$p" || true
  fi
  for i in $(seq 1 100); do [ -s "$d/exit" ] && break; sleep 0.05; done
  echo "exit=$(cat "$d/exit" 2>/dev/null || echo unknown)"
}

launch() {
  local d=$1 uris port i
  uris=$(cat "$d/uris"); port=$(cat "$d/port")
  rm -f "$d/exit" "$d/slapd.pid"
  ( set +e
    cd "$d"
    ${SLAPDENV:-} "$SLAPD" -f "$d/slapd.conf" -h "$uris" -d "${LOGLEVEL:-stats}" >>"$d/slapd.log" 2>&1 &
    echo $! >"$d/slapd.pid"
    wait $!
    echo $? >"$d/exit" ) </dev/null >/dev/null 2>&1 &
  for i in $(seq 1 200); do
    [ -s "$d/exit" ] && { echo "slapid died, exit=$(cat "$d/exit")" >&2; tail -5 "$d/slapd.log" >&2; return 1; }
    if ldapsearch -x -H "ldap://127.0.0.1:$port/" -s base -b '' -LLL 1.1 >/dev/null 2>&1; then
      echo "ldap://127.0.0.1:$port/"; return 0
    fi
    sleep 0.05
  done
  echo "slapid does not answer" >&2; return 1
}

case "${1:-}" in
  --stop)    stop "$2"; exit 0;;
  --restart) stop "$2" >/dev/null; launch "$2"; exit $?;;
  ""|-h|--help) sed -n '2,16p' "$0"; exit 2;;
esac

DIR=$(mkdir -p "$1" && cd "$1" && pwd); PORT=$2; shift 2
SUFFIX=${SUFFIX:-dc=example,dc=com}
ROOTDN=${ROOTDN:-cn=admin,$SUFFIX}
ROOTPW=${ROOTPW:-secret}
rm -rf "$DIR/db" "$DIR/slapd.log" "$DIR/slapd.conf" "$DIR/seed.conf" "$DIR/errors"
mkdir -p "$DIR/db"
echo "$PORT" >"$DIR/port"; echo "${URIS:-ldap://127.0.0.1:$PORT/}" >"$DIR/uris"

head_conf() {
  cat <<C
include $top/schema/core.schema
include $top/schema/cosine.schema
include $top/schema/nis.schema
include $top/schema/inetorgperson.schema
pidfile $DIR/run.pid
argsfile $DIR/run.args
pluginlog $DIR/errors
C
}
db_conf() {
  cat <<C
database mdb
suffix "$SUFFIX"
rootdn "$ROOTDN"
rootpw $ROOTPW
directory $DIR/db
dbnosync
index objectClass,uid,cn,entryUUID,entryCSN eq
C
}
acl() { local a=${ACL:-access to * by * read}; echo "${a//;;/$'\n'}"; }

{ head_conf; db_conf; } >"$DIR/seed.conf"
{ head_conf
  for l in "$@"; do case $l in global:*) echo "${l#global:}";; esac; done
  echo "database config"; echo "rootdn cn=admin,cn=config"; echo "rootpw $ROOTPW"
  db_conf; acl
  for l in "$@"; do case $l in global:*) :;; *) echo "$l";; esac; done
  if [ -n "${EXTRA:-}" ]; then cat "$EXTRA"; fi
} >"$DIR/slapd.conf"

if [ "${LDIF:-}" != none ]; then
  if [ -n "${LDIF:-}" ]; then cp "$LDIF" "$DIR/seed.ldif"; else
    n=0
    uuid() { n=$((n + 1)); printf 'entryUUID: 00000000-0000-4000-8000-%012d\n' $n; }
    person() { # uid given name, surname, password, more lines
      printf 'dn: uid=%s,ou=people,%s\nobjectClass: inetOrgPerson\nuid: %s\ncn: %s %s\nsn: %s\nmail: %s@example.com\n' \
        "$1" "$SUFFIX" "$1" "$2" "$3" "$3" "$1"
    }
    {
      printf 'dn: %s\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: %s\n' \
        "$SUFFIX" "$(echo "$SUFFIX" | sed 's/^dc=\([^,]*\).*/\1/')"; uuid; echo
      printf 'dn: ou=people,%s\nobjectClass: organizationalUnit\nou: people\n' "$SUFFIX"; uuid; echo
      person alice Alice Able; printf 'userPassword: alicepw\n'; uuid; echo
      person bob Bob Baker; printf 'mail: robert@example.com\nuserPassword: bobpw\n'; uuid; echo
      printf 'dn: ou=groups,%s\nobjectClass: organizationalUnit\nou: groups\n' "$SUFFIX"; uuid; echo
      printf 'dn: cn=staff,ou=groups,%s\nobjectClass: groupOfNames\ncn: staff\n' "$SUFFIX"
      printf 'member: uid=alice,ou=people,%s\nmember: uid=bob,ou=people,%s\n' "$SUFFIX" "$SUFFIX"; uuid
    } >"$DIR/seed.ldif"
  fi
  "$(dirname "$SLAPD")/slapadd" -q -w -f "$DIR/seed.conf" -l "$DIR/seed.ldif" >>"$DIR/slapd.log" 2>&1
fi
launch "$DIR"
