import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";

import { cacheDirectory } from "../tools/cache.ts";
import { quoted, run, temporaryDirectory } from "../support/project.ts";

export const mirror = "http://deb.debian.org/debian";
const services = "openssh-server,cron,postgresql,nginx,sudo,logrotate,systemd-sysv,locales,ca-certificates,procps";

/** Makes an archive of a root by a script that has it as `$root`, once; `$new` is where the archive is to be. */
async function once(name: string, script: string): Promise<string> {
  const cache = cacheDirectory({ uid: process.getuid?.() ?? 0, env: process.env }) ?? "/var/tmp";
  const archive = join(cache, `${name}.tar`);
  if (existsSync(archive)) return archive;
  using place = temporaryDirectory();
  const whole = `
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
root=${quoted(join(place.path, "root"))}
${script}
tar -cf ${quoted(`${archive}.new`)} --exclude='./dev/*' --exclude='./proc/*' -C "$root" .`;
  const { status, stdout, stderr } = await run(["unshare", "--mount", "sh", "-euc", whole]);
  if (status !== 0) throw new Error(`${stdout.slice(-1000)}${stderr.slice(-1000)}`);
  renameSync(`${archive}.new`, archive);
  return archive;
}

/** A Debian with some services, and all packages of the next release beside it. */
export const upgradeArchive = (from: string, to: string): Promise<string> =>
  once(
    `upgrade-${from}-${to}`,
    `
debootstrap --variant=minbase --include=${services} ${from} "$root" ${mirror}
printf '#!/bin/sh\\nexit 101\\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
cp /etc/resolv.conf "$root/etc/"
mount -t proc proc "$root/proc"
chroot "$root" apt-get -y install certbot sysstat
rm "$root/usr/sbin/policy-rc.d"
echo 'deb ${mirror} ${to} main' >"$root/etc/apt/sources.list"
chroot "$root" apt-get update
chroot "$root" apt-get clean
chroot "$root" apt-get -y --download-only dist-upgrade`,
  );

/** The same Debian, and beside it two kernels, Docker, and a server for certificates. */
export const sequenceArchive = async (release: string, next: string): Promise<string> =>
  once(
    `sequences-${release}`,
    `
mkdir "$root"
tar -xf ${quoted(await upgradeArchive(release, next))} --exclude='./var/cache/apt/archives/*.deb' -C "$root"
cp /etc/resolv.conf "$root/etc/"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
cat >"$root/etc/apt/sources.list" <<END
deb ${mirror} ${release} main
deb ${mirror}-security ${release}-security main
END
chroot "$root" apt-get update
first=$(chroot "$root" apt-cache madison linux-image-amd64 | awk 'END { print $3 }')
echo "$first" >"$root/first-kernel"
fetch="apt-get -y --download-only --no-install-recommends install"
chroot "$root" $fetch "linux-image-amd64=$first" initramfs-tools
chroot "$root" $fetch linux-image-amd64 initramfs-tools
chroot "$root" $fetch docker.io pebble busybox-static`,
  );
