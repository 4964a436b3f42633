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

/** Fetches a Debian, once: about a minute. Returns its directory. */
async function makeRoot(release: string): Promise<string> {
  const root = join(projectRoot, "node_modules/.cache/server-metrics", release);
  if (existsSync(root)) return root;
  const unfinished = `${root}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(dirname(root), { recursive: true });
  const packages = "--include=systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd";
  const { status, stdout } = await run(["debootstrap", "--variant=minbase", packages, release, unfinished]);
  if (status !== 0) throw new Error(`debootstrap: ${stdout.slice(-2000)}`);
  renameSync(unfinished, root);
  return root;
}

const options =
  "--quiet --boot --volatile=overlay --machine=vm --register=no --keep-unit --console=pipe " +
  "--bind-ro=$W/program:/usr/local/bin/server-metrics";

/** Boots a release of Debian, with file systems of their own in some places. It shares the network. */
export async function bootSystemd(release: string, places: readonly string[]): Promise<SystemdMachine> {
  const root = await makeRoot(release);
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
  await shell("timeout 60 sh -c 'until systemctl is-system-running --wait >/dev/null 2>&1; do sleep 0.2; done'");
  return {
    run: (...command) => box.run([...enter, ...command]),
    shell,
    [Symbol.asyncDispose]: () => box[Symbol.asyncDispose](),
  };
}
