#!/bin/sh
# run.sh: what "make run" starts: a server on ldap://127.0.0.1:3389 with the
# sample data of examples/ in build/run, in the foreground, until Ctrl-C.
# RUN_URL names another address, RUN_DIR another folder.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
run=${RUN_DIR:-$top/build/run}
url=${RUN_URL:-ldap://127.0.0.1:3389/}
mkdir -p "$run"
sed -e "s|@TOP@|$top|g" -e "s|@RUN@|$run|g" "$top/examples/slapd.conf.in" > "$run/slapd.conf"
if [ ! -d "$run/db" ]; then
    mkdir "$run/db"
    "$top/build/bin/slapadd" -f "$run/slapd.conf" -b dc=example,dc=com -l "$top/examples/sample.ldif"
fi
cat <<TEXT

slapid serves dc=example,dc=com on $url
(administrator: cn=admin,dc=example,dc=com, password: secret; Ctrl-C ends it).
The plug-in mailguard is at work. In another terminal:

  ldapmodify -x -H $url -D cn=admin,dc=example,dc=com -w secret <<EOF
  dn: uid=ada,ou=people,dc=example,dc=com
  changetype: modify
  replace: mail
  mail: Ada.Lovelace@EXAMPLE.COM
  EOF

  ldapsearch -x -LLL -H $url -b dc=example,dc=com uid=ada mail

shows the address in lower case; an address outside example.com and
example.org is refused.

TEXT
exec "$top/build/bin/slapid" -f "$run/slapd.conf" -h "$url" -d stats
