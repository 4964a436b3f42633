import { copyFileSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { binaryFor, built } from "../platforms/targets.ts";
import { openNamespace } from "../support/namespace.ts";
import { namespaces } from "../support/needs.ts";
import { type Need, onX64, packageFile, program, root } from "../support/programNeeds.ts";
import { toolFile } from "../tools/tools.ts";
import { quoted, run, temporaryDirectory } from "../support/project.ts";
import type { Provocation, Provocations } from "./provoke.ts";

/** What a shell says, and what the loader says to it; run elsewhere than here, because a core may come of it. */
async function shellSays(shell: readonly string[], line: string): Promise<string> {
  using directory = temporaryDirectory();
  // With something to do after it, the shell is still there to tell how the program ended.
  return (await run([...shell, "-c", `${line}; exit $?`], { cwd: directory.path })).stderr;
}

const bash = ["bash"];
const allShells = [bash, ["dash"], ["busybox", "sh"]] as const;
const shells = [program("bash"), program("dash"), program("busybox")];

/** Where the kernel hands such binaries to QEMU by itself, they start. */
const withoutEmulation: Need = {
  what: "a kernel that does not emulate arm64 by itself",
  there: !existsSync("/proc/sys/fs/binfmt_misc/qemu-aarch64"),
};

const foreign = (shell: readonly string[]): Provocation => ({
  needs: [built, onX64, withoutEmulation, program(shell[0] ?? "")],
  says: async () => shellSays(shell, `${quoted(binaryFor("linux-arm64"))} --version`),
});

const muslLoader = "/lib/ld-musl-x86_64.so.1";
const chroots: readonly Need[] = [built, onX64, root, program("chroot"), packageFile(muslLoader), program("busybox")];

/** In a root as Alpine's, but without libstdc++: musl, a BusyBox and the binary. */
async function onMusl(binary: string): Promise<string> {
  using directory = temporaryDirectory();
  mkdirSync(join(directory.path, "lib"));
  copyFileSync(toolFile(muslLoader) ?? muslLoader, join(directory.path, muslLoader));
  copyFileSync(Bun.which("busybox") ?? "busybox", join(directory.path, "busybox"));
  copyFileSync(binary, join(directory.path, "server-metrics"));
  const line = "/busybox test -x /server-metrics && /server-metrics --version";
  return (await run(["chroot", directory.path, "/busybox", "sh", "-c", line], { cwd: "/" })).stderr;
}

/** What bash says of the binary when it asks for something else, of the same length, than it does. */
async function asking(instead: string, original: string): Promise<string> {
  using directory = temporaryDirectory();
  const binary = join(directory.path, "server-metrics");
  const bytes = readFileSync(binaryFor("linux-x64"));
  bytes.write(instead, bytes.indexOf(`\0${original}\0`) + 1);
  writeFileSync(binary, bytes);
  chmodSync(binary, 0o700);
  return await shellSays(bash, `${quoted(binary)} --version`);
}

async function withoutPermission(script: string): Promise<readonly string[]> {
  await using namespace = await openNamespace();
  await namespace.shell(`mkdir $W/disk; mount -t tmpfs tmpfs $W/disk
    install -m 700 ${quoted(binaryFor("linux-x64"))} $W/disk/server-metrics; ${script}`);
  const line = `${namespace.directory}/disk/server-metrics --version; exit $?`;
  const outputs = allShells.map(async (shell) => namespace.run([...shell, "-c", line]));
  return (await Promise.all(outputs)).map(({ stderr }) => stderr);
}

async function withoutProc(): Promise<string> {
  await using namespace = await openNamespace();
  const line = `umount --lazy /proc && ${quoted(binaryFor("linux-x64"))} --version`;
  return (await namespace.run(["sh", "-c", line])).stderr;
}

const mounts: readonly Need[] = [built, onX64, namespaces, ...shells];

/** The binary for another box, or the right one in a place that lacks something: the words are the shell's or the loader's. */
export const shellRows: Provocations = {
  "it lost its mode, as in a copy without `scp -p`": {
    needs: mounts,
    says: async () => withoutPermission("chmod 600 $W/disk/server-metrics"),
  },
  "it lies on a disk that is mounted with `noexec`": {
    needs: mounts,
    says: async () => withoutPermission("mount -o remount,noexec $W/disk"),
  },
  "built for another architecture, `bash`": foreign(bash),
  "the same, `dash`, which is Debian's `sh` and cron's": foreign(["dash"]),
  "the same, BusyBox": foreign(["busybox", "sh"]),
  "a musl system such as Alpine, `bash`": {
    needs: [built, onX64, program("bash")],
    says: async () => asking("/lib64/ld-linux-x86-64.so.9", "/lib64/ld-linux-x86-64.so.2"),
  },
  "the same, other shells": { needs: chroots, says: async () => onMusl(binaryFor("linux-x64")) },
  "Alpine without the C++ library": { needs: chroots, says: async () => onMusl(binaryFor("linux-x64-musl")) },
  "`/proc` is not mounted, as in a chroot made by hand": { needs: mounts, says: withoutProc },
  "a glibc from before 2012": {
    needs: [built, onX64, program("bash")],
    says: async () => asking("GLIBC_2.99", "GLIBC_2.17"),
  },
  "a CPU without SSE4.2, or a virtual machine's CPU type such as `kvm64` or `qemu64`": {
    needs: [built, onX64, program("qemu-x86_64-static")],
    says: async () =>
      Promise.all(
        ["core2duo", "kvm64", "qemu64"].map(async (model) =>
          shellSays(["sh"], `qemu-x86_64-static -cpu ${model} ${quoted(binaryFor("linux-x64"))} --version`),
        ),
      ),
  },
};
