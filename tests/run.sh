#!/bin/sh
# npm test: builds the executable that the tests start, runs every test, and ends with a line of counts.
# It passes only when the runner finished, ran something, and nothing failed.
set -eu
cd "$(dirname "$0")/.."
# Where mkfs and chroot are, which not every user has in the path.
PATH=$PATH:/usr/sbin:/sbin

# Debian packages that some tests need. Elsewhere, and where they cannot be had, those tests are skipped by name.
tools='shellcheck strace openssl qemu-user-static libc6-arm64-cross musl
  sysstat stress-ng xfsprogs btrfs-progs squashfs-tools iproute2 busybox-static bindfs cron zsh fish tmux
  xz-utils'
if [ "${CI-}" = true ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  # shellcheck disable=SC2086 # a list
  { apt-get -qq update && apt-get -qq install -y --no-install-recommends $tools; } >/dev/null 2>&1 || :
fi

# The engines that the export is tested with; 50 MB, once. Where there is no apt those tests are skipped by name.
engines=$PWD/dist/engines
PATH=$PATH:$engines/usr/bin
if command -v apt-get >/dev/null && command -v dpkg >/dev/null; then
  timeout 120 sh tests/fleet/engines.sh "$engines" >/dev/null 2>&1 || :
fi

# A developer's own webhook stays out of the tests, and out of the binary that they start.
unset SERVER_METRICS_CONFIG SERVER_METRICS_STATE_DIR SERVER_METRICS_NAME
DISCORD_WEBHOOK_URL='' SERVER_METRICS_ALLOW_HOST='' sh build.sh --out dist/test
unset DISCORD_WEBHOOK_URL SERVER_METRICS_ALLOW_HOST

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bun=node_modules/.bin/bun
{
  status=0
  "$bun" test --no-env-file --timeout=30000 --reporter=junit --reporter-outfile="$tmp/junit.xml" tests "$@" 2>&1 || status=$?
  echo "$status" >"$tmp/status"
} | tee "$tmp/log"
"$bun" --no-env-file tests/support/summary.ts "$tmp"
