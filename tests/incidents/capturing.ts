/**
 * Records a sequence, `capturing.ts NAME ARCHIVE DIRECTORY`, in a namespace of its own; prints its looks. They are made in a
 * chroot, by Bun and the sources of this checkout, which are mounted there.
 */
import { mkdirSync, openSync, readFileSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { projectRoot } from "../support/project.ts";
import { sequences } from "./sequenceScripts.ts";

const [, , name = "", archive = "", directory = ""] = process.argv;
const root = join(directory, "root");
const env = { HOME: "/root", PATH: "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };

function outside(script: string, ...args: readonly string[]): void {
  const { success, stderr } = Bun.spawnSync(["sh", "-euc", script, "sh", ...args]);
  if (!success) throw new Error(stderr.toString());
}

function start(script: string) {
  // What is started in the background keeps it open.
  writeFileSync(join(directory, "log"), "");
  const log = openSync(join(directory, "log"), "a");
  return Bun.spawn(["chroot", root, "sh", "-euc", script], { env, stdout: log, stderr: log });
}

async function finished(work: ReturnType<typeof start>, what: string): Promise<void> {
  if ((await work.exited) === 0) return;
  throw new Error(`${readFileSync(join(directory, "log"), "utf8").slice(-1000)}\nin ${what}`);
}

/** Docker wants a root that is a mount. */
function open(): void {
  mkdirSync(root);
  outside(
    `
mount --bind "$2" "$2"
tar -xf "$1" -C "$2"
mount -t proc proc "$2/proc"
mount -t sysfs sysfs "$2/sys"
mount --rbind /sys/fs/cgroup "$2/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$2/run"
mount -t tmpfs -o mode=755 tmpfs "$2/dev"
mkdir -m 1777 "$2/dev/shm"; mkdir -p "$2/run/lock" "$2/run/sshd" "$2/dev/pts"
for name in null zero full random urandom tty; do cp -a "/dev/$name" "$2/dev/"; done
ln -s /proc/self/fd "$2/dev/fd"
ip link add wan type veth peer name far
ip link set far up; ip link set wan up
ip address add 203.0.113.5/24 dev wan`,
    archive,
    root,
  );
  // The packages may lie outside of the checkout.
  for (const path of [projectRoot, realpathSync(join(projectRoot, "node_modules"))]) {
    outside(`mkdir -p "$2$1"; mount --bind "$1" "$2$1"`, path, root);
  }
}

const boots = { count: 1, kernel: "6.1.0" };

async function look(what: string, minutes: number, isErrand: boolean, laterSeconds = 0): Promise<void> {
  const boot = { id: `boot ${boots.count}`, kernel: boots.kernel };
  const script = join(projectRoot, "tests/incidents/recordOne.ts");
  const wanted = JSON.stringify({ what, minutes, isErrand, boot });
  const bun = realpathSync(process.execPath);
  const inside = [
    "sh",
    "-c",
    `sleep ${laterSeconds}; exec "$@"`,
    "sh",
    bun,
    "--no-env-file",
    script,
    "/recorded",
    wanted,
  ];
  const command = ["chroot", root, ...inside];
  const child = Bun.spawn(command, { env, stdout: "ignore", stderr: "pipe" });
  const problem = await child.stderr.text();
  if ((await child.exited) !== 0) throw new Error(`a look failed: ${problem}`);
}

const usualMinutes = 5;
open();
for (const service of ["ssh", "cron", "nginx", "postgresql"])
  await finished(start(`service ${service} start`), service);
const wanted = Object.entries(sequences).find(([one]) => one === name)?.[1] ?? [];
for (const {
  what,
  script = "",
  network = "",
  minutes = usualMinutes,
  isErrand = false,
  isWatched,
  boots: isNew,
} of wanted) {
  console.error(what);
  if (isNew === true) {
    boots.count += 1;
    boots.kernel = readdirSync(join(root, "lib/modules")).toSorted().at(-1) ?? boots.kernel;
  }
  outside(network);
  const work = start(script);
  if (isWatched === true) while (work.exitCode === null) await look(`${what}: meanwhile`, usualMinutes, false, 2);
  await finished(work, what);
  await look(what, minutes, isErrand);
}
console.log(readFileSync(join(root, "recorded"), "utf8"));
process.exit(0);
