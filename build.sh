#!/bin/sh
# Builds server-metrics: one executable with the webhook and the settings inside. See --help.
#
# The webhook is a secret. It comes by environment or .env, is checked and scrambled by lib/settings/bake.ts, and goes on to
# the bundler by environment: no argument list, output or file ever holds it.
set -eu
# Where progress is told, also by what has its output read.
exec 3>&1

usage() {
  cat <<'EOF'
Usage: DISCORD_WEBHOOK_URL=https://discord.com/api/webhooks/… ./build.sh [options]

Builds dist/server-metrics for this machine, with the webhook inside.

  --target TARGET  build dist/server-metrics-TARGET for another machine: linux-x64, linux-arm64,
                   linux-x64-musl, linux-arm64-musl (musl is Alpine), or all four
  --config FILE    put this settings file inside, too
  --no-webhook     put nothing of yours inside, whatever is set: a binary to share
  --xz             also make server-metrics.xz, for a slow line, and say how to copy it
  --release        build all four targets to share into dist/release, each twice to see that the bytes are the same,
                   and write SHA256SUMS, and THIRD-PARTY.txt: the licences of what others wrote that is inside
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

# quote WORD: as a shell takes it for one word.
quote() {
  case $1 in
    *[!A-Za-z0-9_./-]*) printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s' "$1" ;;
  esac
}

# cannot_write PATH WORDS: ends the build. WORDS are those of the program that could not; the reason is at their end.
cannot_write() {
  place=$1
  until [ -e "$place" ]; do place=$(dirname "$place"); done
  read -r _ _ owner _ <<EOF
$(ls -ld "$place")
EOF
  whose='' remedy='build to another directory with --out DIR'
  [ "$owner" = "$(id -un)" ] || whose="; $place belongs to $owner"
  # Nothing but what this script has made is safe to remove.
  case $whose:$place in
    :*) ;;
    *:"$PWD/dist" | *:"$PWD/node_modules") remedy="sudo rm -r $(quote "$place")" ;;
  esac
  fail 73 "cannot write to $1: ${2##*: }$whose: $remedy"
}

# write PATH COMMAND…: runs a command that writes there, or says why it cannot.
write() {
  path=$1
  shift
  said=$("$@" 2>&1) || cannot_write "$path" "$said"
}

# patiently COMMAND…: runs it, and says every 10 s that it still runs.
patiently() {
  # The last sleep may outlive this script, so it holds nothing open.
  (
    seconds=10
    while sleep 10 >/dev/null 2>&1 3>&- && kill -0 $$ 2>/dev/null; do
      printf 'Still waiting for npm (%s s)\n' "$seconds" >&3
      seconds=$((seconds + 10))
    done
  ) >/dev/null &
  ticker=$!
  status=0
  "$@" || status=$?
  kill "$ticker" 2>/dev/null || :
  wait "$ticker" 2>/dev/null || :
  return "$status"
}

npm_ci() (
  unset DISCORD_WEBHOOK_URL DISCORD_ALERT_WEBHOOK_URL
  npm ci --no-audit --no-fund 2>&1
)

# Installs the pinned packages, unless those that are there are as new as the lock file. Their install scripts need
# no webhook, so they get none. A linked node_modules belongs to another checkout, and npm ci would empty that one.
install_packages() {
  [ ! -L node_modules ] || return 0
  if [ -e node_modules/.package-lock.json ] &&
    [ -z "$(find package-lock.json -newer node_modules/.package-lock.json)" ]; then
    return
  fi
  command -v npm >/dev/null || fail 69 'npm is needed once, to install the pinned packages (https://nodejs.org)'
  write "$PWD/node_modules" mkdir -p node_modules
  [ -w node_modules ] || cannot_write "$PWD/node_modules" 'Permission denied'
  printf 'Installing the pinned packages, once\n'
  log=$(patiently npm_ci) ||
    fail 69 "npm ci failed; look at the network, and at npm's proxy and cafile if there is a proxy. It said:
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
    name=$(patiently npm pack --loglevel=error --pack-destination "$tmp" --no-update-notifier "$package@$version") ||
      fail 69 "npm cannot fetch $package@$version"
    is_locked "$package" "$tmp/$name" || fail 69 "$package@$version is not what package-lock.json pins"
    write "$PWD/${tarball%/*}" mkdir -p "${tarball%/*}"
    write "$PWD/$tarball" mv -f "$tmp/$name" "$tarball"
  fi
  said=$(tar -xzOf "$tarball" package/bin/bun 2>&1 >"$tmp/bun") || cannot_write "$tmp/bun" "$said"
  chmod +x "$tmp/bun"
}

# compile DIRECTORY NAME [FLAG…]: the name is part of the bytes, so it is built under that name in a directory of its own,
# and a rename puts it in place: there is never half a binary, and an earlier one survives a failure.
#
# NODE_ENV instead of --production: that flag also minifies, which gains nothing beside bytecode and may let
# identifiers collide. --env inlines the blob, by the prefix of its name. Of a run that takes a few hundredths of a
# second the JIT never pays back what compiling costs, so it waits a hundred times as long as usual. --splitting keeps what
# is imported dynamically in files of their own; without it every module they share is wrapped, a sixth more to do.
compile() {
  directory=$1 name=$2
  shift 2
  log=$(NODE_ENV=production SERVER_METRICS_BAKED=$blob "$bun" build --no-env-file ./index.ts --compile \
    --outfile="$tmp/$name" --bytecode --format=esm --splitting --compile-jit-policy=100 \
    --env='SERVER_METRICS_BAKED*' \
    --no-compile-autoload-dotenv --no-compile-autoload-bunfig \
    --compile-exec-argv='--disallow-code-generation-from-strings=strict --no-addons' "$@" 2>&1) ||
    fail 70 "the build failed:
$log"
  chmod 700 "$tmp/$name"
  write "$directory/$name" mv -f "$tmp/$name" "$directory/$name"
}

# compile_for TARGET DIRECTORY
compile_for() {
  compile "$2" "server-metrics-$1" --target="bun-$1" --compile-executable-path="$tmp/bun"
}

# size FILE: its bytes, and how long they take on a line of 10 Mbit/s.
size() {
  bytes=$(wc -c <"$1")
  printf '%s MB, %s s at 10 Mbit/s' $((bytes / 1000000)) $((bytes / 1250000))
}

# compress NAME: the dictionary of preset 6 lets a box unpack it with 9 MB of memory; those above gain 2 %.
compress() {
  xz -6 --threads=0 --stdout "$out/$1" >"$tmp/$1.xz" || fail 70 "xz failed on $1"
  write "$out/$1.xz" mv -f "$tmp/$1.xz" "$out/$1.xz"
}

# announce NAME MACHINE: the copy goes beside the program and then takes its place. Linux refuses to write into a program
# that runs, and a copy that breaks off leaves the old one whole.
announce() {
  printf '%s: %s, for %s, %s inside\n' "$out/$1" "$(size "$out/$1")" "$2" "${inside:-no webhook}"
  [ -z "$release" ] || return 0
  printf "  copy it:  scp -p %s you@your-server:new && ssh you@your-server 'mv new server-metrics'\n" "$(quote "$out/$1")"
  [ -n "$xz" ] || return 0
  printf '  or this:  %s: %s\n' "$out/$1.xz" "$(size "$out/$1.xz")"
  printf "            ssh you@your-server 'umask 077 && xz -d >new && chmod 700 new && mv new server-metrics' <%s\n" "$(quote "$out/$1.xz")"
}

# compare NAME: whoever builds it, and however often, gets the same bytes.
compare() {
  cmp -s "$out/$1" "$tmp/again/$1" || fail 70 "two builds of $1 are not the same"
  rm "$tmp/again/$1"
}

# list_packages: a line for each package that is in the executable: where it is, its version, where it comes from, its licence.
# shellcheck disable=SC2016 # the dollar signs are JavaScript's
list_packages() {
  "$bun" --no-env-file -e '
    const { packages } = await Bun.file("package-lock.json").json();
    for (const [path, { version, license, dev, optional }] of Object.entries(packages)) {
      if (path === "" || ((dev || optional) && path !== "node_modules/bun")) continue;
      const { homepage, repository } = await Bun.file(`${path}/package.json`).json();
      const origin = homepage ?? repository.url ?? repository;
      console.log(path, version, origin.replace(/^git@([^:]+):(.*)\.git$/, "https://$1/$2"), license);
    }
  '
}

# third_party: what others wrote that is in the executable, with the terms of each as far as its package tells them.
third_party() {
  listed=$(list_packages) || fail 70 'package-lock.json and node_modules cannot be read'
  printf 'What others wrote that is inside server-metrics, and the terms of each. server-metrics itself is under the MIT licence.\n'
  while read -r package version origin licence; do
    printf '\n----------------------------------------\n%s %s\n%s\nLicence: %s\n\n' "${package#node_modules/}" "$version" "$origin" "$licence"
    case $package in
      # The package of Bun has no licence; that of its types has what Bun says of itself and of its parts.
      node_modules/bun) set -- node_modules/bun-types/docs/project/license.mdx ;;
      *) set -- "$package"/LICEN[CS]E* ;;
    esac
    if [ -e "$1" ]; then cat "$@"; else printf 'The terms: https://spdx.org/licenses/%s.html\n' "$licence"; fi
  done <<EOF
$listed
EOF
}

# write_sums FILE…
write_sums() {
  (cd "$out" && if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi) >"$tmp/SHA256SUMS"
  write "$out/SHA256SUMS" mv -f "$tmp/SHA256SUMS" "$out/SHA256SUMS"
  printf '%s: every target was built twice, to the same bytes\n' "$out/SHA256SUMS"
}

target='' config='' out='' run='' share='' xz='' release=''
while [ $# -gt 0 ]; do
  case $1 in
    --target | --config | --out) [ -n "${2-}" ] || fail 64 "$1 needs a value; see --help" ;;
  esac
  case $1 in
    --target) target=$2 && shift ;;
    --config) config=$(absolute "$2") && shift ;;
    --out) out=$(absolute "$2") && shift ;;
    --run) run=yes ;;
    --no-webhook) share=yes ;;
    --xz) xz=yes ;;
    --release) release=yes share=yes ;;
    --help) usage && exit ;;
    # What follows may be a webhook: never repeat it.
    -*) fail 64 "unknown option ${1%%=*}; see --help" ;;
    *) fail 64 'everything is said with options; see --help' ;;
  esac
  shift
done
[ -z "$release" ] || : "${target:=all}"
case $target in
  '') targets='' ;;
  all) targets='linux-x64 linux-arm64 linux-x64-musl linux-arm64-musl' ;;
  linux-x64 | linux-arm64 | linux-x64-musl | linux-arm64-musl) targets=$target ;;
  *) fail 64 "unknown target $target; see --help" ;;
esac
[ -z "$share" ] || [ -z "$config" ] || fail 64 'what is to be shared has no settings of yours inside: leave --config out'
[ -z "$run" ] || [ -z "$targets" ] || fail 64 '--run runs here and --target builds for elsewhere: leave one out'

cd "$(dirname "$0")"
: "${out:=$PWD/dist${release:+/release}}"
bun=node_modules/.bin/bun
install_packages

[ -z "$xz" ] || command -v xz >/dev/null || fail 69 'xz is not here (Debian: apt-get install xz-utils)'
# Empty means none, and .env is not asked then.
[ -z "$share" ] || export DISCORD_WEBHOOK_URL='' DISCORD_ALERT_WEBHOOK_URL='' SERVER_METRICS_ALLOW_HOST=''

umask 077
baked=$("$bun" --no-env-file lib/settings/bake.ts ${config:+--config "$config"})
webhook_id=${baked%% *}
blob=${baked#* }
inside=${webhook_id:+webhook $webhook_id}
unset DISCORD_WEBHOOK_URL DISCORD_ALERT_WEBHOOK_URL

write "$out" mkdir -p "$out"
tmp=$(mktemp -d "$out/.build.XXXXXX" 2>&1) || cannot_write "$out" "$tmp"
trap 'rm -rf "$tmp"' EXIT
# An interrupted bundler leaves its scratch file in the working directory.
trap 'rm -f .*.bun-build; exit 130' INT TERM HUP

if [ -z "$targets" ]; then
  compile "$out" server-metrics
  [ -z "$xz" ] || compress server-metrics
  announce server-metrics 'this machine'
fi
names=''
[ -z "$release" ] || write "$out/SHA256SUMS" rm -f "$out/SHA256SUMS"
for target in $targets; do
  unpack_runtime "$target"
  name=server-metrics-$target
  compile_for "$target" "$out"
  if [ -n "$release" ]; then
    write "$tmp/again" mkdir -p "$tmp/again"
    compile_for "$target" "$tmp/again"
    compare "$name"
  fi
  [ -z "$xz" ] || compress "$name"
  announce "$name" "$target"
  names="$names $name${xz:+ $name.xz}"
done
if [ -n "$release" ]; then
  third_party >"$tmp/THIRD-PARTY.txt"
  write "$out/THIRD-PARTY.txt" mv -f "$tmp/THIRD-PARTY.txt" "$out/THIRD-PARTY.txt"
  # shellcheck disable=SC2086 # a list
  write_sums $names THIRD-PARTY.txt
  exit 0
fi
if [ -n "$webhook_id" ]; then
  printf "  then:     ssh you@your-server './server-metrics && ./server-metrics install'\n"
else
  printf 'No webhook is inside: it posts only where DISCORD_WEBHOOK_URL is set, and shows elsewhere.\n'
fi

[ -n "$run" ] || exit 0
printf '\n'
if [ -n "$webhook_id" ]; then
  "$out/server-metrics"
else
  "$out/server-metrics" show
  printf '\nTo see this in Discord: DISCORD_WEBHOOK_URL=https://discord.com/api/webhooks/… npm start\n'
fi
