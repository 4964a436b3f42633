#!/bin/sh
# Builds server-metrics: one executable with the webhook and the settings inside. See --help.
#
# The webhook is a secret. It comes by environment or .env, is checked and scrambled by lib/bake.ts, and goes on to
# the bundler by environment: no argument list, output or file ever holds it.
set -eu

usage() {
  cat <<'EOF'
Usage: DISCORD_WEBHOOK_URL=https://discord.com/api/webhooks/… ./build.sh [options]

Builds dist/server-metrics for this machine, with the webhook inside.

  --target TARGET  build dist/server-metrics-TARGET for another machine: linux-x64, linux-arm64,
                   linux-x64-musl, linux-arm64-musl (musl is Alpine), or all four
  --config FILE    put this settings file inside, too
  --out DIR        write there instead of dist
  --run            run the result: post a report, or show one when no webhook is inside
  --help           say this

The webhook may also stand in a file .env beside build.sh. DISCORD_ALERT_WEBHOOK_URL, in either place, gives alerts
a channel of their own. SERVER_METRICS_ALLOW_HOST=HOST[:PORT], in either place, allows a Discord-compatible host other
than Discord's own.
EOF
}

# fail STATUS MESSAGE
fail() {
  printf 'build.sh: %s\n' "$2" >&2
  exit "$1"
}

# absolute PATH: options name paths as seen from the caller's directory, the build runs in its own.
absolute() {
  case $1 in
    /*) printf '%s\n' "$1" ;;
    *) printf '%s/%s\n' "$PWD" "$1" ;;
  esac
}

# Installs the pinned packages, unless those that are there are as new as the lock file. Their install scripts need
# no webhook, so they get none. A linked node_modules belongs to another checkout, and npm ci would empty that one.
install_packages() {
  [ ! -L node_modules ] || return 0
  if [ -e node_modules/.package-lock.json ] &&
    [ -z "$(find package-lock.json -newer node_modules/.package-lock.json)" ]; then
    return
  fi
  command -v npm >/dev/null || fail 69 'npm is needed once, to install the pinned packages (https://nodejs.org)'
  log=$(unset DISCORD_WEBHOOK_URL DISCORD_ALERT_WEBHOOK_URL && npm ci --no-audit --no-fund 2>&1) || fail 69 "npm ci failed:
$log"
}

# is_locked PACKAGE FILE: whether the file has the sha512 that package-lock.json gives for the package.
# shellcheck disable=SC2016 # the dollar signs are JavaScript's
is_locked() {
  [ -e "$2" ] && "$bun" --no-env-file -e '
    const [name, file] = process.argv.slice(1);
    const { packages } = await Bun.file("package-lock.json").json();
    const hash = new Bun.CryptoHasher("sha512").update(await Bun.file(file).bytes()).digest("base64");
    process.exit(packages[`node_modules/${name}`].integrity === `sha512-${hash}` ? 0 : 1);
  ' "$1" "$2"
}

# unpack_runtime TARGET: Bun for another machine, to $tmp/bun. Bun's own downloader checks no hash and knows no
# registry setting; the pinned package comes through npm and is compared with the lock file each time it is used.
unpack_runtime() {
  package=@oven/bun-$(printf '%s' "$1" | sed 's/arm64/aarch64/')
  version=$("$bun" --version)
  tarball=node_modules/.cache/server-metrics/bun-$1-$version.tgz
  if ! is_locked "$package" "$tarball"; then
    name=$(npm pack --loglevel=error --pack-destination "$tmp" "$package@$version") ||
      fail 69 "npm cannot fetch $package@$version"
    is_locked "$package" "$tmp/$name" || fail 69 "$package@$version is not what package-lock.json pins"
    mkdir -p "${tarball%/*}"
    mv "$tmp/$name" "$tarball"
  fi
  tar -xzOf "$tarball" package/bin/bun >"$tmp/bun"
  chmod +x "$tmp/bun"
}

# compile NAME [FLAG…]: the name is part of the bytes, so it is built under that name in a directory of its own, and a
# rename puts it in place: there is never half a binary, and an earlier one survives a failure.
#
# NODE_ENV instead of --production: that flag also minifies, which gains nothing beside bytecode and may let
# identifiers collide. --env inlines the blob, by the prefix of its name. Of a run that takes a few hundredths of a
# second the JIT never pays back what compiling costs, so it waits a hundred times as long as usual.
compile() {
  name=$1
  shift
  log=$(NODE_ENV=production SERVER_METRICS_BAKED=$blob "$bun" build --no-env-file ./index.ts --compile \
    --outfile="$tmp/$name" --bytecode --format=esm --compile-jit-policy=100 \
    --env='SERVER_METRICS_BAKED*' \
    --no-compile-autoload-dotenv --no-compile-autoload-bunfig \
    --compile-exec-argv='--disallow-code-generation-from-strings=strict --no-addons --use-system-ca' "$@" 2>&1) ||
    fail 70 "the build failed:
$log"
  chmod 700 "$tmp/$name"
  mv "$tmp/$name" "$out/$name"
}

# announce NAME MACHINE
announce() {
  megabytes=$(($(wc -c <"$out/$1") / 1000000))
  printf '%s: %s MB, for %s, %s inside\n' "$out/$1" "$megabytes" "$2" "${inside:-no webhook}"
  printf '  copy it:  scp -p %s you@your-server:server-metrics\n' "$out/$1"
}

target='' config='' out='' run=''
while [ $# -gt 0 ]; do
  case $1 in
    --target | --config | --out) [ -n "${2-}" ] || fail 64 "$1 needs a value; see --help" ;;
  esac
  case $1 in
    --target) target=$2 && shift ;;
    --config) config=$(absolute "$2") && shift ;;
    --out) out=$(absolute "$2") && shift ;;
    --run) run=yes ;;
    --help) usage && exit ;;
    # What follows may be a webhook: never repeat it.
    -*) fail 64 "unknown option ${1%%=*}; see --help" ;;
    *) fail 64 'everything is said with options; see --help' ;;
  esac
  shift
done
case $target in
  '') targets='' ;;
  all) targets='linux-x64 linux-arm64 linux-x64-musl linux-arm64-musl' ;;
  linux-x64 | linux-arm64 | linux-x64-musl | linux-arm64-musl) targets=$target ;;
  *) fail 64 "unknown target $target; see --help" ;;
esac
[ -z "$run" ] || [ -z "$targets" ] || fail 64 '--run runs here and --target builds for elsewhere: leave one out'

cd "$(dirname "$0")"
: "${out:=$PWD/dist}"
bun=node_modules/.bin/bun
install_packages

umask 077
baked=$("$bun" --no-env-file lib/bake.ts ${config:+--config "$config"})
webhook_id=${baked%% *}
blob=${baked#* }
inside=${webhook_id:+webhook $webhook_id}
unset DISCORD_WEBHOOK_URL DISCORD_ALERT_WEBHOOK_URL

mkdir -p "$out"
tmp=$(mktemp -d "$out/.build.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
# An interrupted bundler leaves its scratch file in the working directory.
trap 'rm -f .*.bun-build; exit 130' INT TERM HUP

if [ -z "$targets" ]; then
  compile server-metrics
  announce server-metrics 'this machine'
fi
for target in $targets; do
  unpack_runtime "$target"
  compile "server-metrics-$target" --target="bun-$target" --compile-executable-path="$tmp/bun"
  announce "server-metrics-$target" "$target"
done
printf '  run it:   %s   (a line for crontab -e, there)\n' "*/30 * * * * \"\$HOME\"/server-metrics"
[ -n "$webhook_id" ] || printf 'No webhook is inside: it posts only where DISCORD_WEBHOOK_URL is set, and shows elsewhere.\n'

[ -n "$run" ] || exit 0
printf '\n'
if [ -n "$webhook_id" ]; then
  "$out/server-metrics"
else
  "$out/server-metrics" show
  printf '\nTo see this in Discord: DISCORD_WEBHOOK_URL=https://discord.com/api/webhooks/… npm start\n'
fi
