#!/bin/sh
# npm run unit: the tests of the rooms that start no program and draw nothing, to be run at each change.
set -eu
cd "$(dirname "$0")/.."
rooms='tests/model tests/proc tests/probe tests/metrics tests/measure tests/alerts tests/past tests/report tests/words
  tests/render tests/settings tests/cli tests/format.test.ts'
# shellcheck disable=SC2086,SC2046 # lists
exec node_modules/.bin/bun test --no-env-file --timeout=300000 --parallel --no-isolate "$@" \
  $(grep -rLE 'support/(binary|needs|namespace|checkout|probing)\.ts|resvg|life\.ts|Bun\.spawn' $rooms --include='*.test.ts')
