import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { openNamespace } from "./namespace.ts";
import { binary, namespaces } from "./needs.ts";
import { type Finished, lacks, projectRoot, quoted, run } from "./project.ts";

/** A Debian with systemd as its first process. All that happens in there is forgotten when the scope ends. */
export interface SystemdMachine extends AsyncDisposable {
  /** Runs a program in there as root, with no more of an environment than cron gives. */
  readonly run: (...command: readonly string[]) => Promise<Finished>;
  /** Runs a shell script in there; returns what it printed, throws when it fails. */
  readonly shell: (script: string) => Promise<string>;
}

/** What this machine lacks to boot one. */
export const missingToBoot: readonly string[] = [
  ...(namespaces.there ? [] : ["root that may mount"]),
  ...["debootstrap", "systemd-nspawn", "mkfs.ext4"].filter(lacks),
];

/** Fetches a Debian with some more packages, once: some minutes. Returns its directory. */
async function makeRoot(release: string, packages: readonly string[]): Promise<string> {
  const name = packages.length === 0 ? release : `${release}-${Bun.hash.crc32(packages.join()).toString(16)}`;
  const root = join(projectRoot, "node_modules/.cache/server-metrics", name);
  if (existsSync(root)) return root;
  const unfinished = `${root}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(dirname(root), { recursive: true });
  const include = "--include=systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd";
  const must = async (command: readonly string[]) => {
    const { status, stdout, stderr } = await run(command, { env: { DEBIAN_FRONTEND: "noninteractive" } });
    if (status !== 0) throw new Error(`${command.join(" ")}: ${(stdout + stderr).slice(-2000)}`);
  };
  await must(["debootstrap", "--variant=minbase", include, release, unfinished]);
  if (packages.length > 0) {
    const inside = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--pipe", `--directory=${unfinished}`];
    const set = "--setenv=DEBIAN_FRONTEND=noninteractive";
    await must([...inside, set, "apt-get", "install", "-qq", "--no-install-recommends", ...packages]);
  }
  renameSync(unfinished, root);
  return root;
}

const options =
  "--quiet --boot --volatile=overlay --machine=vm --register=no --keep-unit --console=pipe " +
  "--bind-ro=$W/program:/usr/local/bin/server-metrics";

/** Boots a release of Debian, with file systems of their own in some places, and more packages. It shares the network. */
export async function bootSystemd(
  release: string,
  { places = [], packages = [] }: { readonly places?: readonly string[]; readonly packages?: readonly string[] },
): Promise<SystemdMachine> {
  const root = await makeRoot(release, packages);
  // Whatever runs in here ends with it, also when the tests are killed.
  const box = await openNamespace({ processes: true });
  const binds = places.map((place, index) => `--bind=$W/disk${index}:${place}`);
  const first = await box.shell(`
cd $W
install -m 755 ${quoted(binary)} program
for index in ${places.map((_, index) => index).join(" ")}; do
  truncate -s 50M image$index
  mkfs.ext4 -q image$index
  mkdir disk$index
  mount -o loop image$index disk$index
done
systemd-nspawn ${options} ${binds.join(" ")} --directory=${quoted(root)} </dev/null >/dev/null 2>&1 &
timeout 30 sh -c 'until grep -lx systemd /proc/[0-9]*/comm; do sleep 0.1; done' | grep -om1 '[0-9]*'`);
  const flags = "--mount --pid --uts --ipc --cgroup".split(" ");
  const environment = ["env", "-i", "HOME=/root", "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];
  const enter = ["nsenter", `--target=${first.trim()}`, ...flags, "--", ...environment];
  const shell = async (script: string) => {
    const { status, stdout, stderr } = await box.run([...enter, "sh", "-euc", script]);
    if (status !== 0) throw new Error(`${stderr}\nended with ${status}: ${script}`);
    return stdout;
  };
  // Of many servers one may have failed, which the tests that need it will see.
  const isUp = "systemctl is-system-running --wait 2>/dev/null | grep -qx -e running -e degraded";
  await shell(`timeout 60 sh -c 'until ${isUp}; do sleep 0.2; done'`);
  return {
    run: (...command) => box.run([...enter, ...command]),
    shell,
    [Symbol.asyncDispose]: () => box[Symbol.asyncDispose](),
  };
}
