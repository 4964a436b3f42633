#!/bin/sh
# npm run check: types, lint, format and shell scripts, every complaint with its file and line.
# With names of parts, only those: sh tests/check.sh types lint
set -eu
cd "$(dirname "$0")/.."
bin=node_modules/.bin

# The formatter names a file and no line: the first one is where the file differs from what it would become.
format() {
  names=$("$bin/bun" fmt --check 2>&1) && return
  echo "$names" | sed -n "/ found in .*Run bun fmt/d; s/^\[warn\] //p" | while read -r name; do
    formatted=$("$bin/bun" fmt --stdin-filepath="$name" <"$name" && echo .)
    line=$(printf %s "${formatted%.}" | cmp - "$name" 2>&1 | sed -n 's/.* line \([0-9]*\).*/\1/p')
    echo "$name:${line:-1}: not as the formatter lays it out; npm run fix"
  done
  return 1
}

check() {
  case $1 in
    # Without that, Bun would run the npm script of the same name.
    types) "$bin/bun" check --no-script ;;
    lint) "$bin/oxlint" --type-aware --deny-warnings --format=unix ;;
    format) format ;;
    scripts) shellcheck --format=gcc build.sh .ci/run tests/*.sh ;;
    *) echo "no such part: $1" && return 1 ;;
  esac
}

[ $# -gt 0 ] || set -- types lint format scripts
status=0
for part; do
  if [ "$part" = scripts ] && ! command -v shellcheck >/dev/null; then
    echo "scripts: skipped, the package shellcheck is not installed"
  else
    check "$part" || status=1
  fi
done
exit $status
