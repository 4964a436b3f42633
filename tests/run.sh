#!/bin/sh
# npm test: builds the executable that the tests start, runs every test, and ends with a line of counts.
# npm test -- PATH…: only the tests whose files have one of these in their path. Options of `bun test` work as well.
# It passes only when the runner finished, ran something, and nothing failed.
set -eu
cd "$(dirname "$0")/.."
# Where mkfs and chroot are, which not every user has in the path.
PATH=$PATH:/usr/sbin:/sbin
bun=node_modules/.bin/bun

whole=yes before=''
for argument; do
  case $before in
  -t | --test-name-pattern) ;;
  *) case $argument in -*) ;; *) whole=no ;; esac ;;
  esac
  before=$argument
done
if [ "$whole" = yes ]; then
  set -- tests "$@"
  echo 'All tests: about 10 minutes on two cores, and 1 more the first time, for Debian packages that are fetched, not installed'
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# A user without a home has no place for npm's cache either.
if [ ! -w "${HOME:-/nowhere}" ]; then export npm_config_cache="$tmp/npm"; fi

# A developer's own webhook stays out of the tests, and out of the binaries that they start.
unset SERVER_METRICS_CONFIG SERVER_METRICS_STATE_DIR SERVER_METRICS_NAME SERVER_METRICS_LANGUAGE LC_ALL LC_MESSAGES LANG
DISCORD_WEBHOOK_URL='' SERVER_METRICS_ALLOW_HOST='' sh build.sh --out dist/test
unset DISCORD_WEBHOOK_URL SERVER_METRICS_ALLOW_HOST

# What is not installed comes after what is.
TEST_TOOLS=$("$bun" --no-env-file tests/tools/fetch.ts)
export TEST_TOOLS
PATH=$PATH${TEST_TOOLS:+:$(printf %s "$TEST_TOOLS" | sed 's,:,/programs:,g')/programs}

# A worker more than processors, as many tests wait; some start builds of their own. The slowest files first.
workers=$(($(nproc 2>/dev/null || echo 2) + 1))
[ "$workers" -le 4 ] || workers=4
timings=dist/test/timings.json
[ -e "$timings" ] || "$bun" --no-env-file tests/support/timings.ts >"$timings"
{
  status=0
  "$bun" test --no-env-file --timeout=300000 --parallel="$workers" --no-isolate --timings="$timings" --update-timings \
    --reporter=junit --reporter-outfile="$tmp/junit.xml" "$@" 2>&1 || status=$?
  echo "$status" >"$tmp/status"
} | tee "$tmp/log"
"$bun" --no-env-file tests/support/summary.ts "$tmp"
