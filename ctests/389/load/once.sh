#!/bin/bash
# once.sh SLAPID DIR PORT: starts a server with DIR/slapd.conf, looks at what is
# mapped and stops it. What went wrong goes to standard output.
slapid=$1 dir=$2 port=$3
"$slapid" -f "$dir/slapd.conf" -h "ldap://127.0.0.1:$port/" -d none > "$dir/log" 2>&1 < /dev/null &
pid=$!
answered=
for _ in $(seq 400); do
    ldapsearch -LLL -x -H "ldap://127.0.0.1:$port/" -s base -b '' -o nettimeout=2 1.1 > /dev/null 2>&1 && answered=1 && break
    kill -0 $pid 2> /dev/null || break
    sleep 0.05
done
if ! kill -0 $pid 2> /dev/null; then
    wait $pid
    echo "did not start, status $?"
    tail -n 12 "$dir/log"
    exit 1
fi
failed=0
if [ -z "$answered" ]; then echo "no answer to a search of the root DSE"; failed=1; fi
foreign=$(awk '$6 ~ /lib(slapd|slapi-2)/ && $6 !~ /standin/ { print $6 }' /proc/$pid/maps | sort -u)
if [ -n "$foreign" ]; then echo "mapped: $foreign"; failed=1; fi
if grep -E 'panic|level=ERROR|internal error' "$dir/log"; then failed=1; fi
kill $pid
for _ in $(seq 200); do
    kill -0 $pid 2> /dev/null || break
    sleep 0.05
done
if kill -0 $pid 2> /dev/null; then
    kill -9 $pid
    echo "did not stop within 10 s"
    exit 1
fi
wait $pid
rc=$?
if [ $rc != 0 ]; then echo "ended with status $rc"; tail -n 5 "$dir/log"; failed=1; fi
exit $failed
