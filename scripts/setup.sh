#!/bin/sh
# setup.sh build|test: installs the Debian packages that are needed to build
# (and to run the demonstration), or for the whole test suite, if they are
# missing. Says what it does; does nothing when all are there.
set -eu
build="gcc libc6-dev make pkg-config libldap-dev libcrypt-dev ldap-utils"
test="g++ python3 python3-ldap valgrind slapd slapi-dev 389-ds-base 389-ds-base-libs 389-ds-base-dev libnspr4-dev libsasl2-modules postgresql
  unixodbc-dev odbc-postgresql libsqliteodbc odbc-mariadb mariadb-server libcurl4-openssl-dev"

case ${1:-} in
build) want=$build ;;
test) want="$build $test" ;;
*) echo "usage: $0 build|test" >&2; exit 2 ;;
esac

missing=
for p in $want; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $p"
done
if ! command -v go >/dev/null 2>&1; then
    echo "setup: Go is not on the PATH; install Go $(sed -n 's/^go //p' "$(dirname "$0")/../go.mod") or newer" >&2
    exit 1
fi
if [ -z "$missing" ]; then
    exit 0
fi
echo "setup: installing Debian packages:$missing"
as_root=
if [ "$(id -u)" != 0 ]; then as_root=sudo; fi

# The peers' packages would start a slapd of their own on port 389. While they
# are installed, services are kept from starting, unless somebody has already
# set a policy for that.
policy=/usr/sbin/policy-rc.d
made_policy=
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null
    $as_root chmod 755 $policy
    made_policy=1
fi
status=0
$as_root apt-get update -qq || status=$?
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null || status=$?
if [ -n "$made_policy" ]; then $as_root rm -f $policy; fi
if [ $status -ne 0 ]; then
    echo "setup: apt-get could not install:$missing" >&2
    exit $status
fi
