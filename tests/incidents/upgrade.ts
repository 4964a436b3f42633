import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";

import * as v from "valibot";

import { binary } from "../support/binary.ts";
import { openNamespace } from "../support/namespace.ts";
import { cacheDirectory } from "../tools/cache.ts";
import { projectRoot, quoted, run, temporaryDirectory } from "../support/project.ts";

const [from, to] = ["bookworm", "trixie"];
const mirror = "http://deb.debian.org/debian";
const services = "openssh-server,cron,postgresql,nginx,sudo,logrotate,systemd-sysv,locales,ca-certificates,procps";

/** Packages that one step upgrades. */
const atOnce = 100;

/** A Debian with some services, and all packages of the next release beside it, as an archive: made once. */
async function makeArchive(): Promise<string> {
  const cache = cacheDirectory({ uid: process.getuid?.() ?? 0, env: process.env }) ?? "/var/tmp";
  const archive = join(cache, `upgrade-${from}-${to}.tar`);
  if (existsSync(archive)) return archive;
  using place = temporaryDirectory();
  const root = quoted(join(place.path, "root"));
  const script = `
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
debootstrap --variant=minbase --include=${services} ${from} ${root} ${mirror}
printf '#!/bin/sh\\nexit 101\\n' >${root}/usr/sbin/policy-rc.d
chmod 755 ${root}/usr/sbin/policy-rc.d
cp /etc/resolv.conf ${root}/etc/
mount -t proc proc ${root}/proc
chroot ${root} apt-get -y install certbot sysstat
rm ${root}/usr/sbin/policy-rc.d
echo 'deb ${mirror} ${to} main' >${root}/etc/apt/sources.list
chroot ${root} apt-get update
chroot ${root} apt-get clean
chroot ${root} apt-get -y --download-only dist-upgrade
tar -cf ${quoted(`${archive}.new`)} --exclude='./dev/*' --exclude='./proc/*' -C ${root} .`;
  const { status, stdout, stderr } = await run(["unshare", "--mount", "sh", "-euc", script]);
  if (status !== 0) throw new Error(`${stdout.slice(-1000)}${stderr.slice(-1000)}`);
  renameSync(`${archive}.new`, archive);
  return archive;
}

const Found = v.array(v.object({ kind: v.string(), subject: v.string(), isLoud: v.boolean() }));
const Upgraded = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    looks: v.number(),
    steps: v.array(v.object({ name: v.string(), looks: v.number(), changed: v.number(), found: Found })),
    intrusions: v.array(v.object({ name: v.string(), found: Found })),
    loud: v.array(v.string()),
  }),
);

/** What came of an upgrade, as rows of a table, and whether all was as it has to be. */
export async function playUpgrade(): Promise<{ readonly rows: readonly string[]; readonly isRight: boolean }> {
  const archive = await makeArchive();
  await using box = await openNamespace({ processes: true, network: true });
  await box.shell("ip link set lo up; mount -o remount,size=6G $W");
  const script = join(projectRoot, "tests/incidents/upgrading.ts");
  const played = [script, archive, await binary, box.directory, String(atOnce)];
  const { stdout, stderr } = await box.run([process.execPath, "--no-env-file", ...played]);
  const result = v.safeParse(Upgraded, stdout.trim().split("\n").at(-1));
  if (!result.success) throw new Error(stderr.slice(0, 2000));
  const { steps, intrusions } = result.output;
  // Time that passes all at once is told, too.
  const loud = result.output.loud.filter((message) => !/"content":"🔵 Clock set forward by [^,"]*"/.test(message));
  const alarms = steps.flatMap(({ found }) => found.filter(({ isLoud }) => isLoud));
  for (const { kind, subject } of alarms) console.error(`a false alarm: ${kind} ${subject}`);
  const missed = intrusions.filter(({ name, found }) => !found.some(({ kind, isLoud }) => kind === name && isLoud));
  for (const { name } of missed) console.error(`not told aloud: ${name}`);
  // One message for each of what somebody did, and none more.
  if (loud.length !== intrusions.length) console.error(`${loud.length} loud messages: ${loud.join("\n")}`);
  const rows = steps.map(({ name, looks, changed, found }) => {
    const own = found.filter(({ isLoud }) => isLoud).length;
    return `| ${name} | ${changed} | ${looks} | ${found.length - own} | ${own} |`;
  });
  const told = intrusions.map(({ name }) => name).join(", ");
  rows.push(`| then: ${told} | 0 | ${intrusions.length} | 0 | ${intrusions.length - missed.length} |`);
  return { rows, isRight: alarms.length === 0 && missed.length === 0 && loud.length === intrusions.length };
}
