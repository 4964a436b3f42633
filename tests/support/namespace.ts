import { readFileSync } from "node:fs";

import { type Finished, run, temporaryDirectory } from "./project.ts";

/** A corner of this machine with mounts, and if wanted network and processes, of its own. Gone when the scope ends. */
export interface Namespace extends AsyncDisposable {
  /** An empty directory in memory that only this namespace sees. */
  readonly directory: string;
  /** Runs a program in there, to its end. */
  readonly run: (command: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Finished>;
  /** Runs a shell script in there, with `$W` the directory; returns what it printed, throws when it fails. */
  readonly shell: (script: string) => Promise<string>;
  /** A process of the namespace, as seen from outside. */
  readonly pid: number;
  /** The command as it would have to be started from outside. */
  readonly enter: (command: readonly string[]) => readonly string[];
}

/** What the namespace has of its own beside mounts. */
export interface NamespaceOptions {
  readonly network?: boolean;
  /** Also a /proc of its own; whatever still runs in there at the end is killed. */
  readonly processes?: boolean;
}

/** A mount behind which some program stands, and may hang, is none of the tests' business. */
const leaveRemote = `awk '$3 ~ /^fuse/ { print $2 }' /proc/mounts | xargs -r -n1 umount --lazy --no-canonicalize`;

/** The first report of a day asks apt what waits, which takes seconds of the CPU where much is installed. Here nothing does. */
const leaveApt = "[ ! -e /usr/bin/apt-get ] || mount --bind /bin/true /usr/bin/apt-get";

/**
 * Makes a namespace. A shell holds it open and waits for the end of its input, so that it is gone, mounts and all, even
 * when the tests are killed.
 */
export async function openNamespace(options: NamespaceOptions = {}): Promise<Namespace> {
  const parent = temporaryDirectory();
  const kinds = [
    "--mount",
    "--propagation=private",
    ...(options.network === true ? ["--net"] : []),
    ...(options.processes === true ? ["--pid", "--fork", "--kill-child", "--mount-proc"] : []),
  ];
  const hold = `${leaveRemote}; ${leaveApt}; mount -t tmpfs -o mode=755 tmpfs ${parent.path} && echo ready && read -r _`;
  const holder = Bun.spawn(["unshare", ...kinds, "sh", "-c", hold], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const { done } = await holder.stdout.getReader().read();
  if (done) throw new Error("the namespace could not be made");
  const target = options.processes === true ? onlyChild(holder.pid) : holder.pid;
  const flags = [
    "--mount",
    ...(options.network === true ? ["--net"] : []),
    ...(options.processes === true ? ["--pid"] : []),
  ];
  // With the root of the tests, which may run in a chroot: otherwise entering would leave it.
  const inside = ["nsenter", `--target=${target}`, "--root", ...flags, "--", "env", "--chdir=/"];
  const enter = (command: readonly string[]) => [...inside, ...command];
  return {
    directory: parent.path,
    pid: target,
    enter,
    run: (command, env = {}) => run(enter(command), { cwd: "/", env }),
    shell: async (script) => {
      const finished = await run(enter(["sh", "-euc", script]), { cwd: "/", env: { W: parent.path, LC_ALL: "C" } });
      if (finished.status !== 0) throw new Error(`${finished.stderr}\nended with ${finished.status}: ${script}`);
      return finished.stdout;
    },
    [Symbol.asyncDispose]: async () => {
      await holder.stdin.end();
      await holder.exited;
      parent[Symbol.dispose]();
    },
  };
}

function onlyChild(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim());
}
