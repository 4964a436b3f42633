#!/bin/sh
# Runs a command with the programs in its path that the tests fetch: sh tests/withTools.sh bun …
set -eu
cd "$(dirname "$0")/.."
TEST_TOOLS=$(node_modules/.bin/bun --no-env-file tests/tools/fetch.ts)
export TEST_TOOLS
# Where mkfs and chroot are, which not every user has in the path.
export PATH="$PATH:/usr/sbin:/sbin${TEST_TOOLS:+:$(printf %s "$TEST_TOOLS" | sed 's,:,/programs:,g')/programs}"
exec "$@"
