#!/bin/bash
# eventnotification.sh: plugins/eventnotification: exactly the changes that match
# arrive, in order, at a command and at a URL that fails at first, also behind a
# restart and kill -9; a full queue. slapd and ns-slapd as far as they allow.
# Environment: BUILD, PORT (24960; the HTTP server takes the next one).
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
BUILD=${BUILD:-$top/build}
PORT=${PORT:-24960}
web=$((PORT + 1))
LIBS=-lcurl
tmp=$(mktemp -d "${TMPDIR:-/tmp}/ctests-event.XXXXXX") || exit 2
chmod 755 "$tmp"
. "$here/hosts.sh"
web_pid=
stop_web() {
    [ -n "$web_pid" ] || return 0
    kill "$web_pid" 2> /dev/null
    wait "$web_pid" 2> /dev/null
    web_pid=
}
trap 'stop_host; stop_web; rm -rf "$tmp"' EXIT
passed=0 failed=0
check() { # what expected got
    if [ "$2" = "$3" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "failed: $1"
        diff <(echo "$2") <(echo "$3")
    fi
}
# An HTTP server: refuses the first N requests with 503, writes the others' bodies
# into a file.
cat > "$tmp/web.py" << 'EOS'
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
left, out = int(sys.argv[2]), open(sys.argv[3], "ab", buffering=0)
class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        global left
        body = self.rfile.read(int(self.headers["Content-Length"]))
        code = 204
        if left > 0 or self.headers["Content-Type"] != "application/json" or self.path.split("?")[0] != "/hook":
            left, code = left - 1, 503
            open(sys.argv[3] + ".refused", "ab").write(b"x")
        else:
            out.write(body)
        self.send_response(code)
        self.end_headers()
    def log_message(self, *args):
        pass
server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
open(sys.argv[3] + ".ready", "w").close()
server.serve_forever()
EOS
# Every line is JSON as it should be: id change dn.
cat > "$tmp/show.py" << 'EOS'
import json, sys
last, seen = 0, set()
for line in open(sys.argv[1]):
    e = json.loads(line)
    if e["id"] in seen and len(sys.argv) > 2:
        continue
    seen.add(e["id"])
    print(e["change"], e["dn"].lower(), "" if e["id"] > last else "OUT OF ORDER", sep=" ", end="\n")
    last = e["id"]
EOS
show() { python3 "$tmp/show.py" "$@" | sed 's/ *$//'; }
start_web() { # refusals file
    rm -f "$2.ready"
    python3 "$tmp/web.py" $web "$1" "$2" 2>> "$tmp/web.err" &
    web_pid=$!
    awaits 30 test -e "$2.ready"
}
lines() { [ "$(cat "$1" 2> /dev/null | wc -l)" -ge "$2" ]; }
empty() { [ -z "$(find "$1" -name '*.json')" ]; }
person() { printf 'dn: cn=%s,%s\nobjectClass: person\ncn: %s\nsn: %s\nuserPassword: hidden\n\n' "$1" "$2" "$1" "${3:-x}"; }
cat > "$tmp/sink" << 'EOS'
#!/bin/sh
[ ! -e "$1.fail" ] || exit 1
cat >> "$1"
EOS
chmod 755 "$tmp/sink"
people=ou=people,dc=example,dc=com
requests() {
    {
        printf 'dn: dc=example,dc=com\nobjectClass: domain\ndc: example\n\n'
        printf 'dn: %s\nobjectClass: organizationalUnit\nou: people\n\n' $people
        person one $people wanted
        person two $people
        person three dc=example,dc=com wanted
    } | as_root ldapadd -c
    as_root ldapmodify -c << EOR
dn: cn=one,$people
changetype: modify
replace: description
description: a "quoted" line

dn: cn=one,$people
changetype: modify
replace: objectClass
objectClass: nosuch

dn: cn=two,$people
changetype: modify
replace: sn
sn: wanted
-
add: objectClass
objectClass: extensibleObject
-
add: audio
audio:: /wA=

dn: cn=two,$people
changetype: modify
replace: description
description: again

dn: cn=two,$people
changetype: modify
replace: sn
sn: other

dn: cn=two,$people
changetype: modify
replace: sn
sn: more
EOR
    as_root ldapmodrdn -r "cn=one,$people" cn=uno
    as_root ldapmodrdn -r -s $people cn=three,dc=example,dc=com cn=tres
    as_root ldapdelete cn=two,$people
    as_root ldapdelete cn=uno,$people
}
matching="add cn=one,$people
modify cn=one,$people
modify cn=two,$people
modify cn=two,$people
modify cn=two,$people
modrdn cn=one,$people
modrdn cn=three,dc=example,dc=com
delete cn=uno,$people"
every="add dc=example,dc=com
add $people
add cn=one,$people
add cn=two,$people
add cn=three,dc=example,dc=com"

so=$(build_for slapid "$top/plugins/eventnotification/eventnotification.c") || exit 1
hook="postoperation $so eventnotification_init"
# two hooks: one with a command, one with a URL that refuses twice
start_web 2 "$tmp/posted"
start_host slapid "$tmp/run" "$hook base=$people scope=one filter=(sn=wanted) command=$tmp/sink arg=$tmp/events backoff=20" \
    "$hook ops=add url=http://u:geheim@127.0.0.1:$web/hook?key=geheim spool=$tmp/spool backoff=20" || exit 1
requests > /dev/null 2>&1
awaits 30 lines "$tmp/events" 8
awaits 30 lines "$tmp/posted" 5
check "the command's events" "$matching" "$(show "$tmp/events")"
check "the URL's events" "$every" "$(show "$tmp/posted")"
check "refused tries" xx "$(cat "$tmp/posted.refused")"
check "the log of a failure" 1 "$(grep -c "to http://127.0.0.1:$web/hook: answer 503" "$tmp/run/out")"
check "secrets in the log" 0 "$(grep -c geheim "$tmp/run/out")"
check "passwords" 0 "$(cat "$tmp/events" "$tmp/posted" | grep -ci 'hidden\|userpassword')"
check "an event" '["a \"quoted\" line"] [{"base64": "/wA="}] cn=admin,dc=example,dc=com' \
    "$(python3 -c 'import json,sys
l=[json.loads(x) for x in open(sys.argv[1])]
print(json.dumps(l[1]["changes"][0]["values"]), json.dumps([c for c in l[2]["changes"] if c["type"]=="audio"][0]["values"]), l[1]["by"])' "$tmp/events")"
awaits 10 empty "$tmp/spool"
check "the spool is empty" "" "$(find "$tmp/spool" -name '*.json')"
# nobody listens; the server ends, comes back, dies and comes back again
stop_web
: > "$tmp/posted"
{ person a1 $people; person a2 $people; } | as_root ldapadd > /dev/null
spooled() { [ "$(find "$tmp/spool" -name '*.json' | wc -l)" = "$1" ]; }
awaits 10 spooled 2
check "spooled" 2 "$(find "$tmp/spool" -name '*.json' | wc -l)"
check "mode of the spool's files" 600 "$(find "$tmp/spool" -name '*.json' -printf '%m\n' | sort -u)"
stop_host
again() { start_host slapid "$tmp/run" "$hook ops=add url=http://127.0.0.1:$web/hook spool=$tmp/spool backoff=20 retries=0"; }
again || exit 1
person a3 $people | as_root ldapadd > /dev/null
awaits 10 spooled 3
stop_host KILL
start_web 1 "$tmp/posted"
again || exit 1
person a4 $people | as_root ldapadd > /dev/null
awaits 30 lines "$tmp/posted" 4
awaits 10 empty "$tmp/spool"
check "behind two restarts" "$(for i in 1 2 3 4; do echo "add cn=a$i,$people"; done)" "$(show "$tmp/posted" once)"
stop_host
stop_web

# a full queue, a command that fails, hangs or is given up
touch "$tmp/small.fail"
start_host slapid "$tmp/full" "$hook ops=add queue=2 retries=0 backoff=20 command=$tmp/sink arg=$tmp/small" \
    "$hook ops=add retries=1 backoff=10 timeout=50 command=/bin/sleep arg=60" "$hook ops=add command=$tmp/sink arg=$tmp/seen" || exit 1
{
    printf 'dn: dc=example,dc=com\nobjectClass: domain\ndc: example\n\n'
    for i in 1 2 3 4; do person b$i dc=example,dc=com; done
} | as_root ldapadd > /dev/null
awaits 30 lines "$tmp/seen" 5 # so the hooks in front of it have had all
grep -q 'queue is full' "$tmp/full/out"
check "the log tells of the full queue" 0 $?
rm "$tmp/small.fail"
awaits 30 lines "$tmp/small" 2
check "what the queue had room for" "$(echo "$every" | head -1)
add cn=b1,dc=example,dc=com" "$(show "$tmp/small")"
awaits 20 grep -q '3 events were lost so far' "$tmp/full/out"
check "the log counts" 0 $?
awaits 20 grep -q '/bin/sleep given up: it took too long' "$tmp/full/out"
check "a command that hangs" 0 $?
stop_host

# mistakes
for bad in "" "command=relative" "command=/nonexistent" "command=/bin/cat url=http://x/" "url=ftp://x/" "url=http://x/ arg=x" "command=/bin/cat ops=read" \
    "command=/bin/cat filter=(cn=" "command=/bin/cat queue=0" "command=/bin/cat retries=x" "command=/bin/cat scope=all" "command=/bin/cat spool=x" "command=/bin/cat nonsense=1"; do
    slapd_conf slapid "$tmp/run" "$hook $bad" > "$tmp/bad.conf"
    "$BUILD/bin/slapid" -d 0 -f "$tmp/bad.conf" -h "$uri" > /dev/null 2>&1
    check "arguments $bad" 1 $?
done

# the other hosts: slapd without filters
for host in slapd 389; do
    case $host in
    slapd) [ -x /usr/sbin/slapd ] || { echo "slapd is not installed"; continue; } ;;
    389) [ -x /usr/sbin/ns-slapd ] || { echo "389 is not installed"; continue; } ;;
    esac
    so=$(build_for $host "$top/plugins/eventnotification/eventnotification.c") || exit 1
    mkdir -m 777 "$tmp/out.$host"
    filter="filter=(sn=wanted)" want=$matching
    if [ $host = slapd ]; then
        filter=
        want="add cn=one,$people
add cn=two,$people
modify cn=one,$people
$(for _ in 1 2 3 4; do echo "modify cn=two,$people"; done)
modrdn cn=one,$people
delete cn=two,$people
delete cn=uno,$people"
    fi
    start_host $host "$tmp/run.$host" "postoperation $so eventnotification_init base=$people scope=one $filter command=$tmp/sink arg=$tmp/out.$host/events backoff=20" || exit 1
    requests > /dev/null 2>&1
    awaits 30 lines "$tmp/out.$host/events" "$(echo "$want" | wc -l)"
    stop_host
    check "$host: events" "$want" "$(show "$tmp/out.$host/events")"
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
