import { test } from "bun:test";

import { lacks } from "./project.ts";

/** The executable under test; another one when TEST_BINARY names it. */
export const binary = process.env["TEST_BINARY"] ?? (await (await import("./binary.ts")).binary);

/** The Debian package of a program that is often not installed. */
const packages: Readonly<Record<string, string>> = {
  bindfs: "bindfs",
  busybox: "busybox-static",
  crontab: "cron",
  free: "procps",
  ip: "iproute2",
  "mkfs.ext4": "e2fsprogs",
  "mkfs.btrfs": "btrfs-progs",
  "mkfs.xfs": "xfsprogs",
  mksquashfs: "squashfs-tools",
  mpstat: "sysstat",
  promtool: "prometheus",
  setpriv: "util-linux",
  strace: "strace",
  "stress-ng": "stress-ng",
  "systemd-analyze": "systemd",
  tmux: "tmux",
};

function mayMakeNamespaces(): boolean {
  if (process.getuid?.() !== 0 || lacks("unshare")) return false;
  return Bun.spawnSync(["unshare", "--mount", "--net", "--pid", "--fork", "mount", "-t", "tmpfs", "tmpfs", "/mnt"])
    .success;
}

/** Whether this user may make namespaces and mount in them: root on a machine, but not in every container. */
export const namespacesAllowed = mayMakeNamespaces();

const packagesMissing = (programs: readonly string[]) =>
  programs.filter(lacks).map((program) => `the package ${packages[program] ?? program}`);

/** What of the programs is missing, and the right to make namespaces, in words for a test's name. */
const missing = (programs: readonly string[]) => [
  ...(namespacesAllowed ? [] : ["root that may mount"]),
  ...packagesMissing(programs),
];

type AddTest = (name: string, run: () => Promise<void>, timeoutMs?: number) => void;

/**
 * A `test` that makes namespaces and runs some programs. Where it cannot, it is skipped, and its name in the list of
 * skipped tests says what is missing.
 */
export const testWith = (...programs: readonly string[]): AddTest => testWhen(missing(programs), test);

/** The same for tests that mostly wait, and may do so side by side. */
export const concurrentTestWith = (...programs: readonly string[]): AddTest =>
  testWhen(missing(programs), test.concurrent);

/** A `test` that runs some programs and makes no namespaces, so that any user may run it. */
export const testWithPrograms = (...programs: readonly string[]): AddTest => testWhen(packagesMissing(programs), test);

function testWhen(lacking: readonly string[], add: typeof test): AddTest {
  return (name, run, timeoutMs = 60_000) => {
    if (lacking.length === 0) add(name, run, timeoutMs);
    else test.skip(`${name} — needs ${lacking.join(", ")}`, run);
  };
}
