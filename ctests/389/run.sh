#!/bin/bash
# run.sh [NAME...]: runs the scenarios beside it, recorded from the real
# ns-slapd, with 389's prebuilt plug-ins in our server.
cd "$(dirname "$0")" || exit 2
export SERVER_HOOK=${SERVER_HOOK:-$PWD/hook.sh}
exec scenarios/run-all.sh "$@"
