#!/bin/bash
# test.sh [RING...]: runs the rings of the test suite (all without arguments)
# after a build. Prints one line per ring and ends with a count.
#   lint       gofmt, go vet, shell syntax, import rules
#   unit       Go tests, with the race detector
#   ctest      C tests, the installed tree, headers, symbols
#   load       every prebuilt plug-in of 389 loads, starts and closes, alone and all at once
#   scenarios  389's prebuilt plug-ins against the recorded dialogues
#   probes     OpenLDAP-dialect probes
#   clients    ldap-utils against the sample server
#   sync       replication between whole servers, slapd among them
#   conformance  one dialogue with every kind of database
#   databases  databases elsewhere, on real database servers
set -u
cd "$(dirname "$0")/.." || exit 2
rings=${*:-lint unit ctest load scenarios probes clients sync conformance databases}
passed=0 failed=0
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

ring_lint() {
    local bad
    bad=$(gofmt -l server syncrepl cmd bench libslapi cshim internal 2>/dev/null)
    if [ -n "$bad" ]; then echo "not gofmt'd: $bad"; return 1; fi
    go vet ./server/... ./syncrepl/... ./cmd/... ./bench/... ./internal/... || return 1
    local f
    for f in scripts/*.sh ctests/*/*.sh; do bash -n "$f" || return 1; done
    go test ./internal/lint/
}
ring_unit() {
    go test -race ./server/... ./internal/... && go test ./syncrepl/... ./cmd/... ./bench/... &&
        go test -tags cshimtest ./libslapi/...
}
ring_ctest() { ctests/run.sh; }
ring_load() { MODES=lazy ctests/389/load.sh; }
ring_scenarios() {
    SERVER_HOOK=$PWD/ctests/389/hook.sh ctests/389/run.sh
}
ring_probes() { ctests/openldap/run.sh; }
ring_clients() { ctests/clients/run.sh; }
ring_sync() { ctests/sync/run.sh; }
ring_conformance() { ctests/conformance/run.sh; }
ring_databases() {
    LIBSLAPI_TEST_DATABASES=1 go test -count=1 ./server/sqldb/ &&
        LIBSLAPI_TEST_BACKEND=sql go test -count=1 ./server/operation/ &&
        ctests/sql/run.sh &&
        SUBJECTS="sql odbc-sqlite odbc-postgresql odbc-mariadb" ctests/conformance/run.sh
}

for r in $rings; do
    begin=$(date +%s)
    echo "== $r"
    if "ring_$r" 2>&1 | tee "$out/$r"; [ "${PIPESTATUS[0]}" = 0 ]; then
        echo "== $r passed ($(($(date +%s) - begin)) s)"
        passed=$((passed + 1))
    else
        echo "== $r FAILED ($(($(date +%s) - begin)) s)"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
