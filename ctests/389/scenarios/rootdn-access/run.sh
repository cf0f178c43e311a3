#!/bin/sh
# When and from where the root DN may bind.
. "${LIB:-$(dirname "$0")/..}/lib.sh"
PL="cn=RootDN Access Control,cn=plugins,cn=config"
setting() { # attribute value: anonymous binds cannot, so root changes it while it may
    printf 'dn: %s\nchangetype: modify\nreplace: %s\n%s: %s\n' "$PL" "$1" "$1" "$2" | modify
}

step "allowed from here"
bind_as "$ROOT_DN" "$ROOT_PW"
bind_as "$ROOT_DN" wrong

step "plug-ins start anew with their entry"
printf 'dn: cn=config\nchangetype: modify\nreplace: nsslapd-dynamic-plugins\nnsslapd-dynamic-plugins: on\n' | modify

step "settings that cannot be"
setting rootdn-open-time 99999
setting rootdn-days-allowed Nonday
setting rootdn-deny-ip here

step "all day, every day"
printf 'dn: %s\nchangetype: modify\nreplace: rootdn-open-time\nrootdn-open-time: 0000\n-\nreplace: rootdn-close-time\nrootdn-close-time: 2359\n' "$PL" | modify
setting rootdn-days-allowed "Sun, Mon, Tue, Wed, Thu, Fri, Sat"
bind_as "$ROOT_DN" "$ROOT_PW"

step "another address is not allowed: nothing changes for others"
setting rootdn-deny-ip "10.*"
bind_as "$ROOT_DN" "$ROOT_PW"

step "only another address is allowed"
setting rootdn-allow-ip 10.0.0.1
bind_as "$ROOT_DN" "$ROOT_PW"
bind_as "uid=ada,ou=People,$SUFFIX" ada-secret
as_anon
search "" base '(objectClass=*)' 1.1
